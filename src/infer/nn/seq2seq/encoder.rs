//! The encoder: sources to states, and states to what cross-attention reads.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::{Scratch, Seq2Seq, Source, add, read, score_scale};
use crate::infer::error::InferError;
use crate::infer::kernels::attend_biased;

impl Seq2Seq {
    /// The states of all sources, one behind the other, `[T, D]`; a source does not depend on the others, to the last bit.
    ///
    /// # Errors
    /// [`InferError::TooLong`] for a source with more tokens than there are positions.
    pub(crate) fn encode(&mut self, sources: &[&[u32]]) -> Result<Vec<f32>, InferError> {
        let limit = self.config.positions;
        if let Some(long) = sources.iter().find(|source| source.len() > limit) {
            return Err(InferError::TooLong { needed: long.len(), limit });
        }
        let mut scratch = std::mem::take(&mut self.scratch);
        let result = self.encode_with(sources, &mut scratch);
        self.scratch = scratch;
        result
    }

    fn encode_with(&self, sources: &[&[u32]], s: &mut Scratch) -> Result<Vec<f32>, InferError> {
        let config = &self.config;
        let tokens = sources.iter().map(|source| (0, *source));
        self.encoder.embed(config, self.sinusoids.as_ref(), tokens, &mut s.hidden)?; // [T, D]
        let ranges = ranges(sources);
        for layer in &self.encoder.layers {
            read(config, &layer.attention.norm, s);
            layer.attention.qkv.apply(&s.normed, &mut s.quantised, &mut s.qkv)?; // [T, 3 H·K]
            self.attend_within(&ranges, s); // [T, H·K]
            layer.attention.output.apply(&s.attended, &mut s.quantised, &mut s.projected)?;
            add(config, &layer.attention.norm, s);
            read(config, &layer.feed_forward.norm, s);
            layer.feed_forward.apply(
                &s.normed,
                &mut s.quantised,
                &mut s.inner,
                &mut s.projected,
            )?;
            add(config, &layer.feed_forward.norm, s);
        }
        if let Some(norm) = &self.encoder.norm {
            norm.apply(&s.hidden, &mut s.normed);
            std::mem::swap(&mut s.hidden, &mut s.normed);
        }
        Ok(s.hidden.clone())
    }

    /// Every token attends to all tokens of its source.
    fn attend_within(&self, ranges: &[Range<usize>], s: &mut Scratch) {
        let heads = self.config.encoder_heads;
        let (width, _) = self.config.head_widths();
        let (attended, scale) = (heads * width, score_scale(&self.config, width));
        let mut keys = Vec::with_capacity(s.qkv.len() / 3);
        let mut values = Vec::with_capacity(s.qkv.len() / 3);
        for row in s.qkv.chunks_exact(3 * attended) {
            keys.extend_from_slice(&row[attended..2 * attended]);
            values.extend_from_slice(&row[2 * attended..]);
        }
        s.attended.resize(keys.len(), 0.0);
        let places: Vec<&Range<usize>> =
            ranges.iter().flat_map(|range| range.clone().map(move |_| range)).collect();
        s.attended
            .par_chunks_exact_mut(attended)
            .zip(s.qkv.par_chunks_exact(3 * attended))
            .enumerate()
            .with_min_len(4)
            .for_each_init(Vec::new, |weights: &mut Vec<f32>, (at, (out, row))| {
                let range = places[at];
                let rows = range.start * attended..range.end * attended;
                let run = [(&keys[rows.clone()], &values[rows])];
                let biases =
                    self.encoder.distances.as_ref().map(|d| d.row(at - range.start, range.len()));
                for head in 0..heads {
                    weights.clear();
                    match &biases {
                        Some(biases) => {
                            weights.extend_from_slice(&biases[head * range.len()..][..range.len()]);
                        }
                        None => weights.resize(range.len(), 0.0),
                    }
                    let part = head * width..(head + 1) * width;
                    attend_biased(
                        &row[part.clone()],
                        &run,
                        (attended, part.start),
                        scale,
                        weights,
                        &mut out[part],
                    );
                }
            });
    }

    /// Reads sources and computes, for each layer of the decoder, the keys and values of its cross-attention.
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    pub(crate) fn sources(&mut self, sources: &[&[u32]]) -> Result<Vec<Arc<Source>>, InferError> {
        let states = self.encode(sources)?;
        let ranges = ranges(sources);
        let mut found: Vec<Source> = sources
            .iter()
            .map(|source| Source {
                layers: Vec::with_capacity(self.decoder.layers.len()),
                tokens: source.len(),
            })
            .collect();
        let mut scratch = std::mem::take(&mut self.scratch);
        for layer in &self.decoder.layers {
            let Some(cross) = &layer.cross else { continue };
            cross.keys_values.apply(&states, &mut scratch.quantised, &mut scratch.qkv)?; // [T, 2 H·K]
            let width = cross.keys_values.rows();
            for (source, range) in found.iter_mut().zip(&ranges) {
                let (mut keys, mut values) = (Vec::new(), Vec::new());
                for row in scratch.qkv[range.start * width..range.end * width].chunks_exact(width) {
                    keys.extend_from_slice(&row[..width / 2]);
                    values.extend_from_slice(&row[width / 2..]);
                }
                source.layers.push((keys, values));
            }
        }
        self.scratch = scratch;
        Ok(found.into_iter().map(Arc::new).collect())
    }
}

/// Rows of each sequence.
fn ranges(sources: &[&[u32]]) -> Vec<Range<usize>> {
    let mut start = 0;
    let range = |source: &&[u32]| {
        let range = start..start + source.len();
        start = range.end;
        range
    };
    sources.iter().map(range).collect()
}
