//! The shape of an encoder–decoder, from its `config.json`.
//!
//! Owns: which families there are, how they differ, and what is not computed.
//! In: JSON. Out: a [`Seq2SeqConfig`].

use serde::Deserialize;

use crate::ports::Cause;

/// More of anything than a network has; keeps products of sizes within 64 bits.
const MAX_SIZE: usize = 1 << 24;
/// Positions for networks whose configuration sets no limit.
const UNLIMITED_POSITIONS: usize = 2048;

/// A family of encoder–decoders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// OPUS-MT: norms behind, sinusoids from 0.
    Marian,
    /// M2M-100 and NLLB: norms before, sinusoids from 2.
    M2m100,
    /// T5, mT5, MADLAD-400: norms before, without means; biases of distances instead of positions.
    T5,
}

/// Activation of the feed-forward layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Activation {
    Relu,
    Silu,
    /// By the tanh form.
    Gelu,
    /// By the error function.
    GeluErf,
}

/// Sizes and variants of an encoder–decoder.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seq2SeqConfig {
    pub(crate) family: Family,
    /// Tokens of the output, `V`.
    pub(crate) vocabulary: usize,
    pub(crate) width: usize,
    pub(crate) encoder_layers: usize,
    pub(crate) decoder_layers: usize,
    pub(crate) encoder_heads: usize,
    pub(crate) decoder_heads: usize,
    /// Values of a head; given for T5, else width divided by heads.
    pub(crate) head_width: Option<usize>,
    pub(crate) encoder_inner: usize,
    pub(crate) decoder_inner: usize,
    pub(crate) activation: Activation,
    /// Whether a second projection gates the first.
    pub(crate) gated: bool,
    pub(crate) epsilon: f32,
    /// Embeddings are multiplied by this.
    pub(crate) embedding_scale: f32,
    /// States are multiplied by this before they become logits.
    pub(crate) logit_scale: f32,
    /// Positions a sequence may have.
    pub(crate) positions: usize,
    /// Buckets of distances, and the distance from which all share the last; T5 only.
    pub(crate) buckets: Option<(usize, usize)>,
    /// The token that the decoder is fed first.
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) pad: u32,
}

#[derive(Default, Deserialize)]
struct Json {
    model_type: String,
    vocab_size: usize,
    decoder_vocab_size: Option<usize>,
    d_model: usize,
    encoder_layers: Option<usize>,
    decoder_layers: Option<usize>,
    encoder_attention_heads: Option<usize>,
    decoder_attention_heads: Option<usize>,
    encoder_ffn_dim: Option<usize>,
    decoder_ffn_dim: Option<usize>,
    activation_function: Option<String>,
    scale_embedding: Option<bool>,
    max_position_embeddings: Option<usize>,
    normalize_before: Option<bool>,
    normalize_embedding: Option<bool>,
    add_final_layer_norm: Option<bool>,
    add_bias_logits: Option<bool>,
    d_kv: Option<usize>,
    d_ff: Option<usize>,
    num_layers: Option<usize>,
    num_decoder_layers: Option<usize>,
    num_heads: Option<usize>,
    feed_forward_proj: Option<String>,
    layer_norm_epsilon: Option<f32>,
    relative_attention_num_buckets: Option<usize>,
    relative_attention_max_distance: Option<usize>,
    tie_word_embeddings: Option<bool>,
    decoder_start_token_id: Option<u32>,
    eos_token_id: Option<u32>,
    pad_token_id: Option<u32>,
}

impl Seq2SeqConfig {
    /// Reads a `config.json` whose `model_type` is one of a family.
    ///
    /// # Errors
    /// What is missing, out of range, or not computed.
    pub(crate) fn from_json(json: &[u8]) -> Result<Self, Cause> {
        let json: Json = serde_json::from_slice(json)?;
        let config = match json.model_type.as_str() {
            "marian" => json.sinusoidal(Family::Marian)?,
            "m2m_100" => json.sinusoidal(Family::M2m100)?,
            _ => json.relative()?,
        };
        config.check()?;
        Ok(config)
    }

    /// The shape of a T5 as a GGUF file of llama.cpp tells it: `number` and `float` give its values without the name of the
    /// architecture, the rest is seen by which tensors there are. Its files do not say how far distances are told apart: 128,
    /// as in every T5 that was published.
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json).
    pub(crate) fn from_gguf(
        number: impl Fn(&str) -> Option<usize>,
        epsilon: Option<f32>,
        (vocabulary, gated, has_head): (usize, bool, bool),
    ) -> Result<Self, Cause> {
        let layers = needed(number("block_count"), "block_count")?;
        let id = |key: &str| number(key).and_then(|id| u32::try_from(id).ok());
        let json = Json {
            model_type: "t5".to_owned(),
            vocab_size: vocabulary,
            d_model: needed(number("embedding_length"), "embedding_length")?,
            d_kv: number("attention.key_length"),
            d_ff: number("feed_forward_length"),
            num_layers: Some(layers),
            num_decoder_layers: number("decoder_block_count"),
            num_heads: number("attention.head_count"),
            feed_forward_proj: Some(if gated { "gated-gelu" } else { "relu" }.to_owned()),
            layer_norm_epsilon: epsilon,
            relative_attention_num_buckets: number("attention.relative_buckets_count"),
            tie_word_embeddings: Some(!has_head),
            decoder_start_token_id: id("decoder_start_token_id"),
            ..Json::default()
        };
        let config = json.relative()?;
        config.check()?;
        Ok(config)
    }

    /// Values of a head in the encoder and in the decoder.
    pub(crate) fn head_widths(&self) -> (usize, usize) {
        let of = |heads| self.head_width.unwrap_or(self.width / heads);
        (of(self.encoder_heads), of(self.decoder_heads))
    }

    fn check(&self) -> Result<(), Cause> {
        let sizes = [
            self.vocabulary,
            self.width,
            self.encoder_layers,
            self.decoder_layers,
            self.encoder_heads,
            self.decoder_heads,
            self.encoder_inner,
            self.decoder_inner,
            self.positions,
            self.head_widths_or_zero(),
        ];
        if sizes.iter().any(|size| *size == 0 || *size > MAX_SIZE) {
            return Err(format!("sizes are out of range: {sizes:?}").into());
        }
        let divides = |heads| self.head_width.is_some() || self.width.is_multiple_of(heads);
        if !divides(self.encoder_heads)
            || !divides(self.decoder_heads)
            || !self.width.is_multiple_of(2)
        {
            return Err(format!("a width of {} does not divide by the heads", self.width).into());
        }
        if !(self.epsilon > 0.0 && self.epsilon < 1.0) {
            return Err("the epsilon of the norms is out of range".into());
        }
        if self.buckets.is_some_and(|(buckets, distance)| {
            buckets < 4 || distance <= buckets / 2 || distance > MAX_SIZE
        }) {
            return Err("the buckets of distances are out of range".into());
        }
        if [self.start, self.end, self.pad].iter().any(|id| *id as usize >= self.vocabulary) {
            return Err("a mark lies outside the vocabulary".into());
        }
        Ok(())
    }

    fn head_widths_or_zero(&self) -> usize {
        self.head_width.unwrap_or(
            self.width.checked_div(self.encoder_heads.max(self.decoder_heads)).unwrap_or(0),
        )
    }
}

fn needed<T>(value: Option<T>, key: &str) -> Result<T, Cause> {
    value.ok_or_else(|| format!("`{key}` is missing").into())
}

#[expect(clippy::cast_precision_loss, reason = "widths are far below 2^24")]
fn root(width: usize) -> f32 {
    (width as f32).sqrt()
}

fn inverse_root(width: usize) -> f32 {
    1.0 / root(width)
}

fn activation(name: &str) -> Result<Activation, Cause> {
    Ok(match name {
        "relu" => Activation::Relu,
        "swish" | "silu" => Activation::Silu,
        "gelu" => Activation::GeluErf,
        "gelu_new" | "gelu_pytorch_tanh" => Activation::Gelu,
        other => {
            return Err(format!(
                "the activation `{other}` is not computed: relu, swish, gelu, gelu_new are"
            )
            .into());
        }
    })
}

impl Json {
    fn sinusoidal(self, family: Family) -> Result<Seq2SeqConfig, Cause> {
        let oddities = [
            self.normalize_before,
            self.normalize_embedding,
            self.add_final_layer_norm,
            self.add_bias_logits,
        ];
        if family == Family::Marian && oddities.contains(&Some(true)) {
            return Err("variants with other norms or bias are not computed".into());
        }
        let layers = (
            needed(self.encoder_layers, "encoder_layers")?,
            needed(self.decoder_layers, "decoder_layers")?,
        );
        Ok(Seq2SeqConfig {
            family,
            vocabulary: self.decoder_vocab_size.unwrap_or(self.vocab_size),
            width: self.d_model,
            encoder_layers: layers.0,
            decoder_layers: layers.1,
            encoder_heads: needed(self.encoder_attention_heads, "encoder_attention_heads")?,
            decoder_heads: needed(self.decoder_attention_heads, "decoder_attention_heads")?,
            head_width: None,
            encoder_inner: needed(self.encoder_ffn_dim, "encoder_ffn_dim")?,
            decoder_inner: needed(self.decoder_ffn_dim, "decoder_ffn_dim")?,
            activation: activation(self.activation_function.as_deref().unwrap_or("relu"))?,
            gated: false,
            epsilon: 1e-5,
            embedding_scale: if self.scale_embedding == Some(true) {
                root(self.d_model)
            } else {
                1.0
            },
            logit_scale: 1.0,
            positions: needed(self.max_position_embeddings, "max_position_embeddings")?,
            buckets: None,
            start: needed(self.decoder_start_token_id, "decoder_start_token_id")?,
            end: needed(self.eos_token_id, "eos_token_id")?,
            pad: needed(self.pad_token_id, "pad_token_id")?,
        })
    }

    fn relative(self) -> Result<Seq2SeqConfig, Cause> {
        let heads = needed(self.num_heads, "num_heads")?;
        let layers = needed(self.num_layers, "num_layers")?;
        let inner = needed(self.d_ff, "d_ff")?;
        let form = self.feed_forward_proj.as_deref().unwrap_or("relu");
        let (gated, form) = form.strip_prefix("gated-").map_or((false, form), |form| (true, form));
        // transformers takes `gated-gelu` to mean the tanh form, as T5 1.1 was trained with it.
        let form = if gated && form == "gelu" { "gelu_new" } else { form };
        // MADLAD and mT5 say so; T5's own files leave it out and share.
        let shares = self.tie_word_embeddings.unwrap_or(self.model_type == "t5");
        Ok(Seq2SeqConfig {
            family: Family::T5,
            vocabulary: self.vocab_size,
            width: self.d_model,
            encoder_layers: layers,
            decoder_layers: self.num_decoder_layers.unwrap_or(layers),
            encoder_heads: heads,
            decoder_heads: heads,
            head_width: Some(needed(self.d_kv, "d_kv")?),
            encoder_inner: inner,
            decoder_inner: inner,
            activation: activation(form)?,
            gated,
            epsilon: self.layer_norm_epsilon.unwrap_or(1e-6),
            embedding_scale: 1.0,
            logit_scale: if shares { inverse_root(self.d_model) } else { 1.0 },
            positions: UNLIMITED_POSITIONS,
            buckets: Some((
                self.relative_attention_num_buckets.unwrap_or(32),
                self.relative_attention_max_distance.unwrap_or(128),
            )),
            start: self.decoder_start_token_id.unwrap_or(0),
            end: self.eos_token_id.unwrap_or(1),
            pad: self.pad_token_id.unwrap_or(0),
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;

    const MARIAN: &str = r#"{"model_type":"marian","vocab_size":9,"d_model":8,"encoder_layers":1,"decoder_layers":1,
        "encoder_attention_heads":2,"decoder_attention_heads":2,"encoder_ffn_dim":4,"decoder_ffn_dim":4,
        "activation_function":"swish","max_position_embeddings":16,"decoder_start_token_id":8,"eos_token_id":0,"pad_token_id":8}"#;

    #[test]
    fn what_is_missing_out_of_range_or_not_computed_is_named() {
        assert!(Seq2SeqConfig::from_json(MARIAN.as_bytes()).is_ok());
        for (from, to, part) in [
            ("\"encoder_layers\":1,", "", "`encoder_layers` is missing"),
            ("swish", "tanh", "`tanh` is not computed"),
            ("\"encoder_attention_heads\":2", "\"encoder_attention_heads\":3", "does not divide"),
            ("\"encoder_attention_heads\":2", "\"encoder_attention_heads\":0", "out of range"),
            ("\"d_model\":8", "\"d_model\":99999999", "out of range"),
            ("\"eos_token_id\":0", "\"eos_token_id\":9", "outside the vocabulary"),
            ("\"vocab_size\":9", "\"vocab_size\":9,\"normalize_before\":true", "not computed"),
            ("\"vocab_size\":9,", "", "missing field"),
        ] {
            let error = Seq2SeqConfig::from_json(MARIAN.replace(from, to).as_bytes()).unwrap_err();
            assert!(error.to_string().contains(part), "{error}");
        }
    }
}
