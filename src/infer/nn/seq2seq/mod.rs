//! Encoder–decoders: Marian (OPUS-MT), M2M-100 and NLLB, T5 with mT5 and MADLAD-400.
//!
//! Owns: the forward passes. Sequences of a call stand under one another, each with as many rows as it has tokens: there is
//! no padding, so none has to be masked. The encoder runs once a source; what the decoder's cross-attention needs of it,
//! keys and values, is computed once and shared by all hypotheses.
//! In: ids with their marks. Out: states, caches, logits, and on request the weights of cross-attention.
//! Never: search, text.
//! Source: Vaswani et al. 2017 (arXiv 1706.03762), Raffel et al. 2020 (arXiv 1910.10683); reference: `MarianMTModel`,
//! `M2M100ForConditionalGeneration` and `T5ForConditionalGeneration` of transformers 4.57. Different: the reference pads.

mod config;
mod decoder;
mod encoder;
mod layers;
#[cfg(test)]
mod parity;
mod positions;

use std::sync::Arc;

pub(crate) use config::{Family, Seq2SeqConfig};

use super::{KvCache, Linear};
use crate::infer::error::InferError;
use crate::infer::kernels::QuantizedRows;
use crate::infer::weights::Weights;
use layers::{Layer, Loader, Names, Norm, Side};
use positions::{Distances, Sinusoids};

/// Keys and values of one source, for each layer of the decoder: `[S, H·K]` each.
pub(crate) struct Source {
    layers: Vec<(Vec<f32>, Vec<f32>)>,
    tokens: usize,
}

/// What is remembered of one output: its source, and its own keys and values.
#[derive(Clone)]
pub(crate) struct OutputState {
    source: Arc<Source>,
    own: KvCache,
}

impl OutputState {
    /// An output before its first token.
    pub(crate) fn new(source: Arc<Source>) -> Self {
        Self { source, own: KvCache::default() }
    }
}

/// Which logits are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Behind the last token of each row: `[B, V]`.
    Last,
    /// Behind every token: `[T, V]`.
    All,
}

/// One half of the network.
struct Half {
    embedding: Arc<Linear>, // [V, D]
    layers: Vec<Layer>,
    norm: Option<Norm>,
    distances: Option<Distances>,
}

/// Weights and scratch space; all state of an output is in its [`OutputState`].
pub(crate) struct Seq2Seq {
    config: Seq2SeqConfig,
    encoder: Half,
    decoder: Half,
    head: Option<Linear>, // [V, D]; the decoder's embedding serves where it is absent
    head_bias: Option<Vec<f32>>,
    sinusoids: Option<Sinusoids>,
    scratch: Scratch,
}

/// Buffers that live on between calls, so that a step allocates nothing large.
#[derive(Default)]
struct Scratch {
    quantised: QuantizedRows,
    hidden: Vec<f32>,
    normed: Vec<f32>,
    qkv: Vec<f32>,
    attended: Vec<f32>,
    projected: Vec<f32>,
    inner: [Vec<f32>; 2],
}

impl Seq2Seq {
    /// Loads the network.
    ///
    /// # Errors
    /// [`InferError::Tensor`] names the tensor that is missing or has the wrong shape.
    pub(crate) fn load(
        weights: &mut dyn Weights,
        config: Seq2SeqConfig,
    ) -> Result<Self, InferError> {
        let names = match config.family {
            Family::T5 => Names::T5 { gated: config.gated },
            Family::Marian | Family::M2m100 => Names::Fairseq,
        };
        let mut loader = Loader { weights, config: &config, names };
        let embedding = |loader: &mut Loader<'_>, side| -> Result<Arc<Linear>, InferError> {
            let choices = names.embeddings(side);
            let found = choices.iter().find(|name| loader.weights.has_tensor(name));
            let name = found.or(choices.last()).copied().unwrap_or_default();
            Ok(Arc::new(loader.weights.linear(name, config.vocabulary, config.width)?))
        };
        let first = |loader: &Loader<'_>, side| {
            let mut choices = names.embeddings(side).iter();
            choices.find(|name| loader.weights.has_tensor(name)).copied()
        };
        let encoder_embedding = embedding(&mut loader, Side::Encoder)?;
        let shared = first(&loader, Side::Encoder) == first(&loader, Side::Decoder)
            || names
                .embeddings(Side::Decoder)
                .first()
                .is_none_or(|name| !loader.weights.has_tensor(name));
        let decoder_embedding = if shared {
            Arc::clone(&encoder_embedding)
        } else {
            embedding(&mut loader, Side::Decoder)?
        };
        let (encoder, decoder) = (
            half(&mut loader, Side::Encoder, encoder_embedding)?,
            half(&mut loader, Side::Decoder, decoder_embedding)?,
        );
        // A head that is the embedding is not kept twice.
        let own_head = loader.weights.has_tensor(names.head())
            && config.logit_scale >= 1.0
            && !is_tied(&config);
        let head = if own_head {
            Some(loader.weights.linear(names.head(), config.vocabulary, config.width)?)
        } else {
            None
        };
        let head_bias = match config.family {
            Family::Marian => Some(loader.weights.vector("final_logits_bias", config.vocabulary)?),
            Family::M2m100 | Family::T5 => None,
        };
        let sinusoids = Sinusoids::of(&config);
        Ok(Self {
            encoder,
            decoder,
            head,
            head_bias,
            sinusoids,
            scratch: Scratch::default(),
            config,
        })
    }

    /// Sizes of the network.
    pub(crate) fn config(&self) -> &Seq2SeqConfig {
        &self.config
    }
}

/// Whether the head is the embedding by the family's definition.
fn is_tied(config: &Seq2SeqConfig) -> bool {
    config.family != Family::T5
}

fn half(loader: &mut Loader<'_>, side: Side, embedding: Arc<Linear>) -> Result<Half, InferError> {
    let config = loader.config;
    let (layers, heads) = match side {
        Side::Encoder => (config.encoder_layers, config.encoder_heads),
        Side::Decoder => (config.decoder_layers, config.decoder_heads),
    };
    let layers = (0..layers).map(|index| loader.layer(side, index)).collect::<Result<_, _>>()?;
    let norm = match config.family {
        Family::Marian => None,
        Family::M2m100 | Family::T5 => Some(loader.norm(loader.names.last_norm(side))?),
    };
    let distances = match config.buckets {
        Some((buckets, farthest)) => {
            let name = loader.names.distances(side);
            let values = loader.weights.matrix(name, buckets, heads)?;
            Some(Distances::new(values, heads, farthest, side == Side::Encoder))
        }
        None => None,
    };
    Ok(Half { embedding, layers, norm, distances })
}

impl Half {
    /// Embeds the tokens of sequences, each beginning at its position, into `hidden`.
    fn embed<'t>(
        &self,
        config: &Seq2SeqConfig,
        sinusoids: Option<&Sinusoids>,
        sequences: impl Iterator<Item = (usize, &'t [u32])>,
        hidden: &mut Vec<f32>,
    ) -> Result<(), InferError> {
        let width = config.width;
        hidden.clear();
        for (start, tokens) in sequences {
            for (at, token) in tokens.iter().enumerate() {
                let from = hidden.len();
                hidden.resize(from + width, 0.0);
                let row = hidden.get_mut(from..).unwrap_or_default();
                let id = usize::try_from(*token).unwrap_or(0).min(config.vocabulary - 1);
                self.embedding.row(id, row)?;
                match sinusoids {
                    Some(sinusoids) => {
                        let places = sinusoids.at(start + at);
                        for (value, place) in row.iter_mut().zip(places) {
                            *value = value.mul_add(config.embedding_scale, *place);
                        }
                    }
                    None => row.iter_mut().for_each(|value| *value *= config.embedding_scale),
                }
            }
        }
        Ok(())
    }
}

/// Adds what a layer gave to the residual stream, and norms it behind if the family does so.
fn add(config: &Seq2SeqConfig, norm: &Norm, s: &mut Scratch) {
    for (hidden, value) in s.hidden.iter_mut().zip(&s.projected) {
        *hidden += value;
    }
    if config.family == Family::Marian {
        norm.apply(&s.hidden, &mut s.normed);
        std::mem::swap(&mut s.hidden, &mut s.normed);
    }
}

/// Leaves in `normed` what a layer reads: the stream, normed before if the family does so.
fn read(config: &Seq2SeqConfig, norm: &Norm, s: &mut Scratch) {
    if config.family == Family::Marian {
        s.normed.clear();
        s.normed.extend_from_slice(&s.hidden);
    } else {
        norm.apply(&s.hidden, &mut s.normed);
    }
}

/// What a score is multiplied by: T5 has it in its weights.
fn score_scale(config: &Seq2SeqConfig, head_width: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "head widths are far below 2^24")]
    let width = head_width as f32;
    if config.family == Family::T5 { 1.0 } else { 1.0 / width.sqrt() }
}
