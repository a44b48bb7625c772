//! BERT and XLM-RoBERTa: a transformer that reads a text in both directions at once.
//!
//! Owns: the forward pass, with the states of all layers. Sequences of a call stand under one another, each with
//! as many rows as it has tokens: there is no padding, and attention stays within a sequence.
//! In: ids with their marks. Out: `[T, D]` a layer, the embeddings first.
//! Source: Conneau et al. 2020 (arXiv 1911.02116); reference: `XLMRobertaModel` of transformers 4.57.
//! Different: the reference pads a batch and masks the padding, which gives the same numbers but for rounding.

use std::collections::HashMap;
use std::ops::Range;

use candle_core::{D, DType, Device, Tensor};

use super::dense::{Parameters, affine, layer_norm};
use crate::infer::error::InferError;
use crate::ports::Cause;

/// What the tensors themselves do not tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct XlmrShape {
    pub(crate) heads: usize,
    /// Added to the variance in norms.
    pub(crate) epsilon: f64,
    /// Row of the table of positions that the first token has: 0 in BERT, one above the id of the padding in XLM-R.
    pub(crate) first_position: usize,
}

/// Rows of each sequence of a call, one behind the other.
pub(crate) type Rows = Vec<Range<usize>>;

struct Layer {
    query: Parameters, // [D, D], [D]
    key: Parameters,
    value: Parameters,
    attention_out: Parameters,
    attention_norm: Parameters, // [D], [D]
    inner: Parameters,          // [D, F], [F]
    outer: Parameters,          // [F, D], [D]
    outer_norm: Parameters,
}

/// Weights of the encoder.
pub(crate) struct Xlmr {
    words: Tensor,     // [V, D]
    positions: Tensor, // [P, D]
    kinds: Tensor,     // [N, D]: of the texts of a pair; XLM-R has one for all tokens
    norm: Parameters,
    layers: Vec<Layer>,
    shape: XlmrShape,
}

/// Tensors by name, taken out one by one.
struct Source<'t> {
    tensors: &'t mut HashMap<String, Tensor>,
    prefix: &'static str,
}

impl Source<'_> {
    fn take(&mut self, name: &str) -> Result<Tensor, InferError> {
        let name = format!("{}{name}", self.prefix);
        match self.tensors.remove(&name) {
            Some(tensor) => Ok(tensor.to_dtype(DType::F32)?),
            None => Err(unfit(name, "absent")),
        }
    }

    fn norm(&mut self, name: &str) -> Result<Parameters, InferError> {
        Ok((self.take(&format!("{name}.weight"))?, self.take(&format!("{name}.bias"))?))
    }

    /// The file has `[out, in]`.
    fn dense(&mut self, name: &str) -> Result<Parameters, InferError> {
        let (weight, bias) = self.norm(name)?;
        Ok((weight.t()?, bias))
    }

    fn layer(&mut self, index: usize) -> Result<Layer, InferError> {
        let at = |part: &str| format!("encoder.layer.{index}.{part}");
        Ok(Layer {
            query: self.dense(&at("attention.self.query"))?,
            key: self.dense(&at("attention.self.key"))?,
            value: self.dense(&at("attention.self.value"))?,
            attention_out: self.dense(&at("attention.output.dense"))?,
            attention_norm: self.norm(&at("attention.output.LayerNorm"))?,
            inner: self.dense(&at("intermediate.dense"))?,
            outer: self.dense(&at("output.dense"))?,
            outer_norm: self.norm(&at("output.LayerNorm"))?,
        })
    }

    fn has_layer(&self, index: usize) -> bool {
        let name = format!("{}encoder.layer.{index}.attention.self.query.weight", self.prefix);
        self.tensors.contains_key(&name)
    }
}

impl Xlmr {
    /// Builds the encoder from the tensors whose names begin with `prefix`, and takes them out of `tensors`.
    ///
    /// # Errors
    /// [`InferError::Tensor`] if a tensor is missing or the sizes make no network.
    pub(crate) fn take(
        tensors: &mut HashMap<String, Tensor>,
        prefix: &'static str,
        shape: XlmrShape,
    ) -> Result<Self, InferError> {
        let mut source = Source { tensors, prefix };
        let words = source.take("embeddings.word_embeddings.weight")?;
        let positions = source.take("embeddings.position_embeddings.weight")?;
        let kinds = source.take("embeddings.token_type_embeddings.weight")?;
        let norm = source.norm("embeddings.LayerNorm")?;
        let mut layers = Vec::new();
        while source.has_layer(layers.len()) {
            layers.push(source.layer(layers.len())?);
        }
        let width = words.dim(D::Minus1)?;
        let fits = words.rank() == 2
            && positions.dims() == [positions.dim(0)?, width]
            && kinds.dims() == [kinds.dim(0)?, width]
            && shape.heads > 0
            && width.is_multiple_of(shape.heads)
            && !layers.is_empty();
        if !fits {
            let detail =
                format!("{} values, {} heads, {} layers", width, shape.heads, layers.len());
            return Err(unfit("the encoder", detail));
        }
        Ok(Self { words, positions, kinds, norm, layers, shape })
    }

    /// Layers that have states: the embeddings are one.
    pub(crate) fn states(&self) -> usize {
        self.layers.len() + 1
    }

    /// Values of a state, `D`.
    pub(crate) fn width(&self) -> usize {
        self.kinds.dims().last().copied().unwrap_or(0)
    }

    /// Rows of the table of positions; a sequence may have as many tokens less one more than the padding id.
    pub(crate) fn positions(&self) -> usize {
        self.positions.dims().first().copied().unwrap_or(0)
    }

    /// Tokens that a sequence may have, marks included.
    pub(crate) fn limit(&self) -> usize {
        self.positions().saturating_sub(self.shape.first_position)
    }

    /// The states of all layers and the rows of each sequence; sequences contain no padding and are not empty.
    ///
    /// # Errors
    /// [`InferError::TooLong`] for a sequence beyond the table of positions, [`InferError::Backend`] for an id
    /// outside the vocabulary or if a tensor operation fails.
    pub(crate) fn forward(&self, sequences: &[&[u32]]) -> Result<(Vec<Tensor>, Rows), InferError> {
        self.forward_kinds(sequences, &[])
    }

    /// As [`forward`](Self::forward); `kinds` has the kind of every token of all sequences, or none where all are of the first.
    ///
    /// # Errors
    /// As [`forward`](Self::forward), [`InferError::Backend`] also for a kind that the network has not.
    pub(crate) fn forward_kinds(
        &self,
        sequences: &[&[u32]],
        kinds: &[u32],
    ) -> Result<(Vec<Tensor>, Rows), InferError> {
        let mut rows: Rows = Vec::with_capacity(sequences.len());
        for sequence in sequences {
            let start = rows.last().map_or(0, |range| range.end);
            rows.push(start..start + sequence.len());
        }
        let mut states = vec![self.embedded(sequences, kinds)?];
        for layer in &self.layers {
            if let Some(x) = states.last() {
                states.push(self.through(layer, x, &rows)?);
            }
        }
        Ok((states, rows))
    }

    fn embedded(&self, sequences: &[&[u32]], kinds: &[u32]) -> Result<Tensor, InferError> {
        let first = self.shape.first_position;
        let limit = self.limit();
        if let Some(long) = sequences.iter().find(|sequence| sequence.len() > limit) {
            return Err(InferError::TooLong { needed: long.len(), limit });
        }
        let device = &Device::Cpu;
        let ids = Tensor::new(sequences.concat(), device)?;
        let words = self.words.index_select(&ids, 0)?; // [T, D]
        let places =
            sequences.iter().map(|sequence| self.positions.narrow(0, first, sequence.len()));
        let places = Tensor::cat(&places.collect::<Result<Vec<_>, _>>()?, 0)?;
        let sum = match kinds {
            [] => (words.broadcast_add(&self.kinds.get(0)?)? + places)?,
            kinds => {
                let kinds = self.kinds.index_select(&Tensor::new(kinds, device)?, 0)?; // [T, D]
                ((words + kinds)? + places)?
            }
        };
        layer_norm(&sum, &self.norm, self.shape.epsilon)
    }

    fn through(&self, layer: &Layer, x: &Tensor, rows: &Rows) -> Result<Tensor, InferError> {
        let (query, key) = (affine(x, &layer.query)?, affine(x, &layer.key)?); // [T, D]
        let value = affine(x, &layer.value)?;
        let mut attended = Vec::with_capacity(rows.len());
        for range in rows {
            let part = |of: &Tensor| self.split_heads(of, range);
            attended.push(attend(&part(&query)?, &part(&key)?, &part(&value)?)?);
        }
        let attended = affine(&Tensor::cat(&attended, 0)?, &layer.attention_out)?;
        let x = layer_norm(&(attended + x)?, &layer.attention_norm, self.shape.epsilon)?;
        let inner = affine(&x, &layer.inner)?.gelu_erf()?; // [T, F]
        let outer = affine(&inner, &layer.outer)?;
        layer_norm(&(outer + &x)?, &layer.outer_norm, self.shape.epsilon)
    }

    /// The rows of one sequence, head by head: `[H, T, K]`.
    fn split_heads(&self, x: &Tensor, range: &Range<usize>) -> Result<Tensor, InferError> {
        let heads = self.shape.heads;
        let part = x.narrow(0, range.start, range.len())?;
        let part = part.reshape((range.len(), heads, self.width() / heads))?;
        Ok(part.transpose(0, 1)?.contiguous()?)
    }
}

/// `softmax(q kᵀ / √K) v` of one sequence: from `[H, T, K]` to `[T, D]`.
fn attend(query: &Tensor, key: &Tensor, value: &Tensor) -> Result<Tensor, InferError> {
    let (heads, tokens, head_width) = query.dims3()?;
    #[expect(clippy::cast_precision_loss, reason = "a head has few values")]
    let scale = 1.0 / (head_width as f64).sqrt();
    let scores = (query.matmul(&key.transpose(1, 2)?.contiguous()?)? * scale)?; // [H, T, T]
    let exponents = scores.broadcast_sub(&scores.max_keepdim(D::Minus1)?)?.exp()?;
    let weights = exponents.broadcast_div(&exponents.sum_keepdim(D::Minus1)?)?;
    let mixed = weights.matmul(value)?.transpose(0, 1)?.contiguous()?; // [T, H, K]
    Ok(mixed.reshape((tokens, heads * head_width))?)
}

fn unfit(tensor: impl Into<String>, detail: impl Into<Cause>) -> InferError {
    InferError::Tensor { tensor: tensor.into(), path: "XLM-R".into(), detail: detail.into() }
}
