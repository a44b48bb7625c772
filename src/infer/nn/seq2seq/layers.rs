//! Layers of an encoder–decoder, and the names their tensors have.
//!
//! Owns: weights, with the differences between the families: biases, norms, gates.
//! In: tensors by name. Out: layers that are applied to rows of floats.
//! Never: attention across rows (`network` has it), search.

use super::config::{Activation, Family, Seq2SeqConfig};
use crate::infer::error::InferError;
use crate::infer::kernels::{
    QuantizedRows, gelu, gelu_erf, gelu_gate, layer_norm, relu, rms_norm, silu, silu_gate,
};
use crate::infer::nn::Linear;
use crate::infer::weights::Weights;

/// An affine map.
pub(super) struct Dense {
    linear: Linear,
    bias: Option<Vec<f32>>,
}

impl Dense {
    /// `x W + b`: `[T, in]` becomes `[T, out]`.
    pub(super) fn apply(
        &self,
        x: &[f32],
        quantised: &mut QuantizedRows,
        out: &mut Vec<f32>,
    ) -> Result<(), InferError> {
        self.linear.apply(x, quantised, out)?;
        if let Some(bias) = &self.bias {
            for row in out.chunks_exact_mut(bias.len()) {
                row.iter_mut().zip(bias).for_each(|(value, bias)| *value += bias);
            }
        }
        Ok(())
    }

    pub(super) fn rows(&self) -> usize {
        self.linear.rows()
    }

    fn stack(layers: Vec<Self>) -> Self {
        let bias = layers.iter().map(|layer| layer.bias.as_deref()).collect::<Option<Vec<_>>>();
        let bias = bias.map(|biases| biases.concat());
        Self { linear: Linear::stack(layers.into_iter().map(|layer| layer.linear).collect()), bias }
    }
}

/// Layer norm, or RMS norm where there is no bias.
pub(super) struct Norm {
    weight: Vec<f32>,
    bias: Option<Vec<f32>>,
    epsilon: f32,
}

impl Norm {
    pub(super) fn apply(&self, x: &[f32], out: &mut Vec<f32>) {
        out.resize(x.len(), 0.0);
        match &self.bias {
            Some(bias) => layer_norm(x, &self.weight, bias, self.epsilon, out),
            None => rms_norm(x, &self.weight, self.epsilon, out),
        }
    }
}

/// Attention of a sequence to itself.
pub(super) struct SelfAttention {
    pub(super) qkv: Dense, // [3 H·K, D]
    pub(super) output: Dense,
    pub(super) norm: Norm,
}

/// Attention of the decoder to the source.
pub(super) struct CrossAttention {
    pub(super) query: Dense,       // [H·K, D]
    pub(super) keys_values: Dense, // [2 H·K, D]
    pub(super) output: Dense,
    pub(super) norm: Norm,
}

pub(super) struct FeedForward {
    inner: Dense, // [F, D], or gate above the rest: [2 F, D]
    outer: Dense,
    gated: bool,
    activation: Activation,
    pub(super) norm: Norm,
}

impl FeedForward {
    /// `[T, D]` to `[T, D]`; `scratch` are two buffers.
    pub(super) fn apply(
        &self,
        x: &[f32],
        quantised: &mut QuantizedRows,
        scratch: &mut [Vec<f32>; 2],
        out: &mut Vec<f32>,
    ) -> Result<(), InferError> {
        let [inner, gates] = scratch;
        self.inner.apply(x, quantised, inner)?;
        if !self.gated {
            match self.activation {
                Activation::Relu => relu(inner),
                Activation::Silu => silu(inner),
                Activation::Gelu => gelu(inner),
                Activation::GeluErf => gelu_erf(inner),
            }
            return self.outer.apply(inner, quantised, out);
        }
        let width = self.inner.rows() / 2;
        gates.clear();
        for row in inner.chunks_exact(2 * width) {
            let (gate, up) = row.split_at(width);
            let start = gates.len();
            gates.extend_from_slice(gate);
            let gate = &mut gates[start..];
            match self.activation {
                Activation::Gelu => gelu_gate(gate, up),
                Activation::Silu => silu_gate(gate, up),
                activation => {
                    if activation == Activation::Relu {
                        relu(gate);
                    } else {
                        gelu_erf(gate);
                    }
                    gate.iter_mut().zip(up).for_each(|(gate, up)| *gate *= up);
                }
            }
        }
        self.outer.apply(gates, quantised, out)
    }
}

/// A layer of the encoder, or of the decoder with `cross`.
pub(super) struct Layer {
    pub(super) attention: SelfAttention,
    pub(super) cross: Option<CrossAttention>,
    pub(super) feed_forward: FeedForward,
}

/// Which half of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Encoder,
    Decoder,
}

/// Names of tensors as one kind of file has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// `model.encoder.layers.0.self_attn.q_proj.weight`
    Fairseq,
    /// `encoder.block.0.layer.0.SelfAttention.q.weight`
    T5 {
        /// Whether the feed-forward layer has two projections in.
        gated: bool,
    },
}

/// Reads layers.
pub(super) struct Loader<'w> {
    pub(super) weights: &'w mut dyn Weights,
    pub(super) config: &'w Seq2SeqConfig,
    pub(super) names: Names,
}

impl Loader<'_> {
    pub(super) fn layer(&mut self, side: Side, index: usize) -> Result<Layer, InferError> {
        let is_decoder = side == Side::Decoder;
        let (encoder_width, decoder_width) = self.config.head_widths();
        let (heads, head_width, inner) = if is_decoder {
            (self.config.decoder_heads, decoder_width, self.config.decoder_inner)
        } else {
            (self.config.encoder_heads, encoder_width, self.config.encoder_inner)
        };
        let (width, attended) = (self.config.width, heads * head_width);
        let part = |kind: Part| self.names.of(side, index, kind);
        let names: Vec<String> = Part::ALL.iter().map(|kind| part(*kind)).collect();
        let name = |kind: Part| names[kind as usize].as_str();
        let qkv = [Part::Query, Part::Key, Part::Value];
        let qkv = qkv.map(|part| self.dense(name(part), attended, width));
        let qkv = qkv.into_iter().collect::<Result<Vec<_>, _>>()?;
        let attention = SelfAttention {
            qkv: Dense::stack(qkv),
            output: self.dense(name(Part::Output), width, attended)?,
            norm: self.norm(name(Part::Norm))?,
        };
        let cross = if is_decoder {
            let keys_values = [Part::CrossKey, Part::CrossValue]
                .map(|part| self.dense(name(part), attended, width));
            Some(CrossAttention {
                query: self.dense(name(Part::CrossQuery), attended, width)?,
                keys_values: Dense::stack(keys_values.into_iter().collect::<Result<_, _>>()?),
                output: self.dense(name(Part::CrossOutput), width, attended)?,
                norm: self.norm(name(Part::CrossNorm))?,
            })
        } else {
            None
        };
        let up = self.dense(name(Part::Up), inner, width)?;
        let inner_layer = if self.config.gated {
            Dense::stack(vec![self.dense(name(Part::Gate), inner, width)?, up])
        } else {
            up
        };
        let feed_forward = FeedForward {
            inner: inner_layer,
            outer: self.dense(name(Part::Down), width, inner)?,
            gated: self.config.gated,
            activation: self.config.activation,
            norm: self.norm(name(Part::FeedNorm))?,
        };
        Ok(Layer { attention, cross, feed_forward })
    }

    fn dense(&mut self, name: &str, rows: usize, columns: usize) -> Result<Dense, InferError> {
        let linear = self.weights.linear(&format!("{name}.weight"), rows, columns)?;
        let bias = if self.config.family == Family::T5 {
            None
        } else {
            Some(self.weights.vector(&format!("{name}.bias"), rows)?)
        };
        Ok(Dense { linear, bias })
    }

    pub(super) fn norm(&mut self, name: &str) -> Result<Norm, InferError> {
        let weight = self.weights.vector(&format!("{name}.weight"), self.config.width)?;
        let bias = if self.config.family == Family::T5 {
            None
        } else {
            Some(self.weights.vector(&format!("{name}.bias"), self.config.width)?)
        };
        Ok(Norm { weight, bias, epsilon: self.config.epsilon })
    }
}

/// A part of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Query,
    Key,
    Value,
    Output,
    Norm,
    CrossQuery,
    CrossKey,
    CrossValue,
    CrossOutput,
    CrossNorm,
    Gate,
    Up,
    Down,
    FeedNorm,
}

impl Part {
    const ALL: [Self; 14] = [
        Self::Query,
        Self::Key,
        Self::Value,
        Self::Output,
        Self::Norm,
        Self::CrossQuery,
        Self::CrossKey,
        Self::CrossValue,
        Self::CrossOutput,
        Self::CrossNorm,
        Self::Gate,
        Self::Up,
        Self::Down,
        Self::FeedNorm,
    ];
}

impl Names {
    fn of(self, side: Side, index: usize, part: Part) -> String {
        match self {
            Self::Fairseq => {
                let side = if side == Side::Encoder { "encoder" } else { "decoder" };
                format!("model.{side}.layers.{index}.{}", fairseq(part))
            }
            Self::T5 { gated } => {
                let (word, feed) =
                    if side == Side::Encoder { ("encoder", 1) } else { ("decoder", 2) };
                format!("{word}.block.{index}.layer.{}", t5(part, feed, gated))
            }
        }
    }

    /// The last norm of a half; Marian has none.
    pub(super) fn last_norm(self, side: Side) -> &'static str {
        match (self, side) {
            (Self::Fairseq, Side::Encoder) => "model.encoder.layer_norm",
            (Self::Fairseq, Side::Decoder) => "model.decoder.layer_norm",
            (Self::T5 { .. }, Side::Encoder) => "encoder.final_layer_norm",
            (Self::T5 { .. }, Side::Decoder) => "decoder.final_layer_norm",
        }
    }

    /// The biases of distances, `[buckets, H]`.
    pub(super) fn distances(self, side: Side) -> &'static str {
        match (self, side) {
            (_, Side::Encoder) => {
                "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"
            }
            (_, Side::Decoder) => {
                "decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"
            }
        }
    }

    /// Names the embedding of a half may have, the most usual first.
    pub(super) fn embeddings(self, side: Side) -> &'static [&'static str] {
        match (self, side) {
            (Self::Fairseq, Side::Encoder) => {
                &["model.encoder.embed_tokens.weight", "model.shared.weight"]
            }
            (Self::Fairseq, Side::Decoder) => {
                &["model.decoder.embed_tokens.weight", "model.shared.weight"]
            }
            (Self::T5 { .. }, Side::Encoder) => &["shared.weight", "encoder.embed_tokens.weight"],
            (Self::T5 { .. }, Side::Decoder) => &["shared.weight", "decoder.embed_tokens.weight"],
        }
    }

    pub(super) fn head(self) -> &'static str {
        match self {
            Self::Fairseq | Self::T5 { .. } => "lm_head.weight",
        }
    }
}

fn fairseq(part: Part) -> &'static str {
    match part {
        Part::Query => "self_attn.q_proj",
        Part::Key => "self_attn.k_proj",
        Part::Value => "self_attn.v_proj",
        Part::Output => "self_attn.out_proj",
        Part::Norm => "self_attn_layer_norm",
        Part::CrossQuery => "encoder_attn.q_proj",
        Part::CrossKey => "encoder_attn.k_proj",
        Part::CrossValue => "encoder_attn.v_proj",
        Part::CrossOutput => "encoder_attn.out_proj",
        Part::CrossNorm => "encoder_attn_layer_norm",
        Part::Gate => "fc0",
        Part::Up => "fc1",
        Part::Down => "fc2",
        Part::FeedNorm => "final_layer_norm",
    }
}

fn t5(part: Part, feed: usize, gated: bool) -> String {
    match part {
        Part::Query => "0.SelfAttention.q".to_owned(),
        Part::Key => "0.SelfAttention.k".to_owned(),
        Part::Value => "0.SelfAttention.v".to_owned(),
        Part::Output => "0.SelfAttention.o".to_owned(),
        Part::Norm => "0.layer_norm".to_owned(),
        Part::CrossQuery => "1.EncDecAttention.q".to_owned(),
        Part::CrossKey => "1.EncDecAttention.k".to_owned(),
        Part::CrossValue => "1.EncDecAttention.v".to_owned(),
        Part::CrossOutput => "1.EncDecAttention.o".to_owned(),
        Part::CrossNorm => "1.layer_norm".to_owned(),
        Part::Gate => format!("{feed}.DenseReluDense.wi_0"),
        Part::Up if gated => format!("{feed}.DenseReluDense.wi_1"),
        Part::Up => format!("{feed}.DenseReluDense.wi"),
        Part::Down => format!("{feed}.DenseReluDense.wo"),
        Part::FeedNorm => format!("{feed}.layer_norm"),
    }
}
