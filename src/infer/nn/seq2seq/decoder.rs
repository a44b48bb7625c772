//! The decoder: tokens of outputs to logits, over a ragged batch.

use rayon::prelude::*;

use super::layers::Layer;
use super::{OutputState, Scratch, Seq2Seq, Wanted, add, read, score_scale};
use crate::infer::error::InferError;
use crate::infer::kernels::attend_biased;

/// The tokens that one output feeds, and its state.
pub(crate) type Row<'s, 't> = (&'s mut OutputState, &'t [u32]);

/// Where one token of the batch stands.
#[derive(Clone, Copy)]
struct Place {
    row: usize,
    at: usize,
}

impl Seq2Seq {
    /// Feeds tokens (at least one a row) and writes the logits that are wanted.
    ///
    /// An output's logits do not depend on the others in the batch, to the last bit. `attention`, if given, becomes the
    /// weights of cross-attention, averaged over the heads: one list a layer, in which each token has one weight a token of
    /// its row's source.
    ///
    /// # Errors
    /// [`InferError::TooLong`] if an output would outgrow the positions; nothing was fed then.
    pub(crate) fn decode(
        &mut self,
        rows: &mut [Row<'_, '_>],
        wanted: Wanted,
        logits: &mut Vec<f32>,
        attention: Option<&mut Vec<Vec<f32>>>,
    ) -> Result<(), InferError> {
        let limit = self.config.positions;
        let longest =
            rows.iter().map(|(state, tokens)| state.own.len() + tokens.len()).max().unwrap_or(0);
        if longest > limit {
            return Err(InferError::TooLong { needed: longest, limit });
        }
        let mut scratch = std::mem::take(&mut self.scratch);
        let result = self.run(rows, &mut scratch, attention);
        let result = result.and_then(|()| self.logits(rows, wanted, &mut scratch, logits));
        self.scratch = scratch;
        result
    }

    fn run(
        &self,
        rows: &mut [Row<'_, '_>],
        s: &mut Scratch,
        mut attention: Option<&mut Vec<Vec<f32>>>,
    ) -> Result<(), InferError> {
        let config = &self.config;
        let tokens = rows.iter().map(|(state, tokens)| (state.own.len(), *tokens));
        self.decoder.embed(config, self.sinusoids.as_ref(), tokens, &mut s.hidden)?; // [T, D]
        let mut places = Vec::new();
        for (row, (state, tokens)) in rows.iter().enumerate() {
            let start = state.own.len();
            places.extend((start..start + tokens.len()).map(|at| Place { row, at }));
        }
        for (index, layer) in self.decoder.layers.iter().enumerate() {
            read(config, &layer.attention.norm, s);
            layer.attention.qkv.apply(&s.normed, &mut s.quantised, &mut s.qkv)?; // [T, 3 H·K]
            self.attend_back(index, rows, &places, s);
            layer.attention.output.apply(&s.attended, &mut s.quantised, &mut s.projected)?;
            add(config, &layer.attention.norm, s);
            let weights =
                self.attend_across(index, layer, rows, &places, s, attention.is_some())?;
            if let Some(attention) = &mut attention {
                attention.push(weights);
            }
            read(config, &layer.feed_forward.norm, s);
            layer.feed_forward.apply(
                &s.normed,
                &mut s.quantised,
                &mut s.inner,
                &mut s.projected,
            )?;
            add(config, &layer.feed_forward.norm, s);
        }
        for (state, tokens) in rows.iter_mut() {
            state.own.advance(tokens.len());
        }
        Ok(())
    }

    /// Every token attends to those before it, and to itself.
    fn attend_back(
        &self,
        index: usize,
        rows: &mut [Row<'_, '_>],
        places: &[Place],
        s: &mut Scratch,
    ) {
        let heads = self.config.decoder_heads;
        let (_, width) = self.config.head_widths();
        let (attended, scale) = (heads * width, score_scale(&self.config, width));
        for (row, place) in s.qkv.chunks_exact(3 * attended).zip(places) {
            let (keys, values) = row[attended..].split_at(attended);
            rows[place.row].0.own.append(index, keys, values);
        }
        let rows: &[Row<'_, '_>] = rows;
        s.attended.resize(places.len() * attended, 0.0);
        s.attended
            .par_chunks_exact_mut(attended)
            .zip(s.qkv.par_chunks_exact(3 * attended))
            .zip(places.par_iter())
            .with_min_len(2)
            .for_each_init(Vec::new, |weights: &mut Vec<f32>, ((out, row), place)| {
                let seen = place.at + 1;
                let runs = rows[place.row].0.own.runs(index, attended, 0, seen);
                let biases = self.decoder.distances.as_ref().map(|d| d.row(place.at, seen));
                for head in 0..heads {
                    weights.clear();
                    match &biases {
                        Some(biases) => weights.extend_from_slice(&biases[head * seen..][..seen]),
                        None => weights.resize(seen, 0.0),
                    }
                    let part = head * width..(head + 1) * width;
                    let layout = (attended, part.start);
                    attend_biased(
                        &row[part.clone()],
                        runs.as_slice(),
                        layout,
                        scale,
                        weights,
                        &mut out[part],
                    );
                }
            });
    }

    /// Every token attends to its source; gives the weights, averaged over heads, if they are wanted.
    fn attend_across(
        &self,
        index: usize,
        layer: &Layer,
        rows: &[Row<'_, '_>],
        places: &[Place],
        s: &mut Scratch,
        keeps: bool,
    ) -> Result<Vec<f32>, InferError> {
        let Some(cross) = &layer.cross else { return Ok(Vec::new()) };
        let heads = self.config.decoder_heads;
        let (_, width) = self.config.head_widths();
        let (attended, scale) = (heads * width, score_scale(&self.config, width));
        read(&self.config, &cross.norm, s);
        cross.query.apply(&s.normed, &mut s.quantised, &mut s.qkv)?; // [T, H·K]
        s.attended.resize(places.len() * attended, 0.0);
        #[expect(clippy::cast_precision_loss, reason = "there are few heads")]
        let share = 1.0 / heads as f32;
        let means: Vec<Vec<f32>> = s
            .attended
            .par_chunks_exact_mut(attended)
            .zip(s.qkv.par_chunks_exact(attended))
            .zip(places.par_iter())
            .with_min_len(2)
            .map_init(Vec::new, |weights: &mut Vec<f32>, ((out, row), place)| {
                let source = &rows[place.row].0.source;
                let (keys, values) = &source.layers[index];
                let mut mean = vec![0f32; if keeps { source.tokens } else { 0 }];
                for head in 0..heads {
                    weights.clear();
                    weights.resize(source.tokens, 0.0);
                    let part = head * width..(head + 1) * width;
                    let (run, layout) =
                        ([(keys.as_slice(), values.as_slice())], (attended, part.start));
                    attend_biased(&row[part.clone()], &run, layout, scale, weights, &mut out[part]);
                    mean.iter_mut()
                        .zip(weights.iter())
                        .for_each(|(mean, weight)| *mean += weight * share);
                }
                mean
            })
            .collect();
        cross.output.apply(&s.attended, &mut s.quantised, &mut s.projected)?; // [T, D]
        add(&self.config, &cross.norm, s);
        Ok(means.concat())
    }

    fn logits(
        &self,
        rows: &[Row<'_, '_>],
        wanted: Wanted,
        s: &mut Scratch,
        logits: &mut Vec<f32>,
    ) -> Result<(), InferError> {
        let width = self.config.width;
        if let Some(norm) = &self.decoder.norm {
            norm.apply(&s.hidden, &mut s.normed);
            std::mem::swap(&mut s.hidden, &mut s.normed);
        }
        s.projected.clear();
        let mut end = 0;
        for (_, tokens) in rows {
            let start = if wanted == Wanted::All { end } else { end + tokens.len() - 1 };
            end += tokens.len();
            s.projected.extend_from_slice(&s.hidden[start * width..end * width]);
        }
        s.projected.iter_mut().for_each(|value| *value *= self.config.logit_scale);
        let head = self.head.as_ref().unwrap_or(&self.decoder.embedding);
        head.apply(&s.projected, &mut s.quantised, logits)?;
        if let Some(bias) = &self.head_bias {
            for row in logits.chunks_exact_mut(bias.len()) {
                row.iter_mut().zip(bias).for_each(|(logit, bias)| *logit += bias);
            }
        }
        Ok(())
    }
}
