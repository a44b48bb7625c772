//! The shape of a decoder-only network, from the metadata of its GGUF file.

use crate::infer::error::InferError;
use crate::infer::weights::GgufFile;

/// Architectures that [`Decoder`](super::Decoder) runs.
pub(crate) const SUPPORTED: &[&str] = &["gemma3", "llama", "qwen2", "qwen3"];

/// Widest head that the decoder has room for on its stack; Gemma's 256 is the widest in use.
pub(crate) const MAX_HEAD_WIDTH: usize = 512;

/// Activation of the gated feed-forward layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Activation {
    Gelu,
    Silu,
}

/// Which values of a head the rotary embedding turns together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RotaryOrder {
    /// `i` with `i + K/2`.
    Halves,
    /// `2i` with `2i + 1`.
    Interleaved,
}

/// Sizes and variants of a decoder-only network.
#[derive(Clone, Debug)]
pub(crate) struct DecoderConfig {
    pub(crate) vocabulary: usize,
    pub(crate) layers: usize,
    pub(crate) width: usize,
    pub(crate) heads: usize,
    pub(crate) kv_heads: usize,
    pub(crate) head_width: usize,
    pub(crate) feed_forward: usize,
    /// Positions the model was made for.
    pub(crate) context: usize,
    pub(crate) rms_epsilon: f32,
    /// Embeddings are multiplied by this (Gemma: √D).
    pub(crate) embedding_scale: f32,
    pub(crate) activation: Activation,
    pub(crate) rotary_order: RotaryOrder,
    pub(crate) rotary_base: f32,
    /// Positions a local layer sees, and the rotary base of local layers; all layers are global without it.
    pub(crate) local: Option<LocalAttention>,
    pub(crate) parts: LayerParts,
}

/// Tensors that not every family has; one that a family has may not be missing from a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LayerParts {
    /// Biases of queries, keys and values. Llama files have them or not.
    pub(crate) qkv_bias: Presence,
    /// Norms of each query and key head.
    pub(crate) head_norms: Presence,
    /// Norms behind attention and feed-forward.
    pub(crate) post_norms: Presence,
}

/// Whether a family has a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Always,
    Maybe,
    Never,
}

/// Gemma's sliding-window layers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LocalAttention {
    /// Positions seen, the current one included.
    pub(crate) window: usize,
    pub(crate) rotary_base: f32,
    /// Each so-many-th layer is global.
    pub(crate) global_every: usize,
}

impl LayerParts {
    fn of(architecture: &str) -> Self {
        let when = |holds| if holds { Presence::Always } else { Presence::Never };
        Self {
            qkv_bias: match architecture {
                "llama" => Presence::Maybe,
                _ => when(architecture == "qwen2"),
            },
            head_norms: when(matches!(architecture, "gemma3" | "qwen3")),
            post_norms: when(architecture == "gemma3"),
        }
    }
}

/// Rotations stretched for longer contexts, or of a part of a head, would be computed wrongly: better not at all.
fn refuse_other_rotations(
    file: &GgufFile,
    architecture: &str,
    head_width: usize,
) -> Result<(), InferError> {
    let scaling = format!("{architecture}.rope.scaling.type");
    let dimensions = format!("{architecture}.rope.dimension_count");
    let key = if file.has_value(&scaling) && file.text(&scaling) != Some("none") {
        scaling
    } else if file.has_value(&dimensions) && file.number(&dimensions) != Some(head_width) {
        dimensions
    } else {
        return Ok(());
    };
    Err(InferError::Metadata { key, path: file.path().clone() })
}

impl DecoderConfig {
    /// # Errors
    /// [`InferError::UnknownArchitecture`] or [`InferError::Metadata`].
    pub(crate) fn read(file: &GgufFile) -> Result<Self, InferError> {
        let architecture = file.text("general.architecture").unwrap_or_default().to_owned();
        if !SUPPORTED.contains(&architecture.as_str()) {
            return Err(InferError::UnknownArchitecture {
                found: architecture,
                supported: SUPPORTED,
            });
        }
        let missing = |key: String| InferError::Metadata { key, path: file.path().clone() };
        let number = |name: &str| {
            let key = format!("{architecture}.{name}");
            // Larger values than these make no model; they would only overflow the products below.
            let value = file.number(&key).filter(|&n| (1..1 << 24).contains(&n));
            value.ok_or_else(|| missing(key))
        };
        let float = |name: &str| {
            let key = format!("{architecture}.{name}");
            let value = file.float(&key).filter(|value| value.is_finite() && *value > 0.0);
            value.ok_or_else(|| missing(key))
        };
        let width = number("embedding_length")?;
        let heads = number("attention.head_count")?;
        let kv_heads = number("attention.head_count_kv").unwrap_or(heads);
        let head_width = number("attention.key_length").unwrap_or(width / heads);
        if !heads.is_multiple_of(kv_heads) {
            return Err(missing(format!("{architecture}.attention.head_count_kv")));
        }
        if !head_width.is_multiple_of(2) || !(2..=MAX_HEAD_WIDTH).contains(&head_width) {
            return Err(missing(format!("{architecture}.attention.key_length")));
        }
        refuse_other_rotations(file, &architecture, head_width)?;
        let gemma = architecture == "gemma3";
        let local = gemma.then(|| LocalAttention {
            window: number("attention.sliding_window").unwrap_or(512),
            rotary_base: float("rope.local_freq_base").unwrap_or(10_000.0),
            global_every: number("attention.sliding_window_pattern").unwrap_or(6),
        });
        #[expect(clippy::cast_precision_loss, reason = "a width is far below 2^24")]
        let embedding_scale = if gemma { (width as f32).sqrt() } else { 1.0 };
        Ok(Self {
            vocabulary: 0,
            layers: number("block_count")?,
            width,
            heads,
            kv_heads,
            head_width,
            feed_forward: number("feed_forward_length")?,
            context: number("context_length")?,
            rms_epsilon: float("attention.layer_norm_rms_epsilon")?,
            embedding_scale,
            activation: if gemma { Activation::Gelu } else { Activation::Silu },
            rotary_order: match architecture.as_str() {
                "llama" => RotaryOrder::Interleaved,
                _ => RotaryOrder::Halves,
            },
            rotary_base: float("rope.freq_base").unwrap_or(10_000.0),
            local,
            parts: LayerParts::of(&architecture),
        })
    }

    /// Width of all keys of one position, `G · K`.
    pub(crate) fn kv_width(&self) -> usize {
        self.kv_heads * self.head_width
    }

    /// Width of all queries of one position, `H · K`.
    pub(crate) fn query_width(&self) -> usize {
        self.heads * self.head_width
    }

    /// The sliding window of a layer, if it has one.
    pub(crate) fn window_of(&self, layer: usize) -> Option<usize> {
        let local = self.local?;
        (!(layer + 1).is_multiple_of(local.global_every)).then_some(local.window)
    }
}
