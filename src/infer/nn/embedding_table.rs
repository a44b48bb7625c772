//! Embedding rows of the sentence encoder, packed to few bits a value.
//!
//! Owns: the packing. In: tensors of bytes and of floats. Out: rows of floats.

use super::sentence_encoder::unfit;
use crate::infer::checkpoint::Checkpoint;
use crate::infer::error::InferError;
use crate::infer::weights::Weights as _;

/// Embedding rows, packed to as few bits a value as each row needs.
pub(super) struct EmbeddingTable {
    values: usize,
    codes: Vec<u8>,
    offsets: Vec<usize>,
    width: Vec<u8>,
    base: Vec<u8>,
    chunk: Vec<u8>,
    scale: Vec<f32>,
    low: Vec<f32>,
}

impl EmbeddingTable {
    /// Takes the tensors `embedding.*`; a row has `values` values, a multiple of 8.
    ///
    /// # Errors
    /// [`InferError`] if one is missing, or they do not fit one another.
    pub(super) fn new(values: usize, weights: &mut Checkpoint) -> Result<Self, InferError> {
        let chunks = weights.count("embedding.scale").unwrap_or(0);
        let table = Self {
            values,
            codes: weights.bytes("embedding.codes")?,
            width: weights.bytes("embedding.width")?,
            base: weights.bytes("embedding.base")?,
            chunk: weights.bytes("embedding.chunk")?,
            scale: weights.vector("embedding.scale", chunks)?,
            low: weights.vector("embedding.low", chunks)?,
            offsets: Vec::new(),
        };
        let mut at = 0;
        let mut offsets = Vec::with_capacity(table.width.len());
        for width in &table.width {
            offsets.push(at);
            at += usize::from(*width) * values / 8;
        }
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
    pub(super) fn rows(&self, ids: &[u32], rows: &mut Vec<f32>) {
        for id in ids {
            let row =
                usize::try_from(*id).ok().filter(|row| *row < self.offsets.len()).unwrap_or(0);
            let width = usize::from(self.width[row]);
            let chunk = usize::from(self.chunk[row]);
            let (scale, low, base) = (self.scale[chunk], self.low[chunk], self.base[row]);
            let codes = &self.codes[self.offsets[row]..][..width * self.values / 8];
            let value = |code: u8| f32::from(code.saturating_add(base)) * scale + low;
            if width == 0 {
                rows.extend(std::iter::repeat_n(value(0), self.values));
                continue;
            }
            // Eight values take `width` whole bytes.
            let mask = (1u64 << width) - 1;
            for group in codes.chunks_exact(width) {
                let mut held = [0u8; 8];
                held[..width].copy_from_slice(group);
                let held = u64::from_le_bytes(held);
                let code = |at: usize| u8::try_from(held >> (at * width) & mask).unwrap_or(u8::MAX);
                rows.extend([0, 1, 2, 3, 4, 5, 6, 7].map(|at| value(code(at))));
            }
        }
    }
}
