//! A decoder-only transformer for Gemma 3, Qwen 2, Qwen 3 and Llama weights.
//!
//! Owns: the forward pass over a ragged batch: each sequence feeds any number of tokens at its own
//! position, so prompts and single steps of different sequences share the matrix products.
//! In: token ids and the sequences' caches. Out: logits behind each sequence's last token.
//! Never: search, text.

use rayon::prelude::*;

use super::cache::KvCache;
use super::config::{Activation, DecoderConfig, LayerParts, MAX_HEAD_WIDTH, Presence, RotaryOrder};
use super::linear::Linear;
use super::rope::RotaryTable;
use crate::infer::error::InferError;
use crate::infer::kernels::{
    QuantizedRows, attend, gelu_gate, rms_norm, rotate_interleaved, rotate_pairs, silu_gate,
};
use crate::infer::weights::GgufFile;

/// The tokens that one sequence feeds, and its state.
pub(crate) struct Feed<'a> {
    pub(crate) cache: &'a mut KvCache,
    pub(crate) tokens: &'a [u32],
}

struct Layer {
    attention_norm: Vec<f32>,            // [D]
    qkv: Linear,                         // [(H + 2 G) · K, D]
    qkv_bias: Option<Vec<f32>>,          // [(H + 2 G) · K]
    query_norm: Option<Vec<f32>>,        // [K]
    key_norm: Option<Vec<f32>>,          // [K]
    output: Linear,                      // [D, H · K]
    post_attention: Option<Vec<f32>>,    // [D]
    feed_forward_norm: Vec<f32>,         // [D]
    gate_up: Linear,                     // [2 F, D]
    down: Linear,                        // [D, F]
    post_feed_forward: Option<Vec<f32>>, // [D]
}

/// Weights and scratch space; all state of a sequence is in its [`KvCache`].
pub(crate) struct Decoder {
    config: DecoderConfig,
    embedding: Linear,    // [V, D]
    head: Option<Linear>, // [V, D]; the embedding serves where it is absent
    layers: Vec<Layer>,
    norm: Vec<f32>, // [D]
    global_rotary: RotaryTable,
    local_rotary: Option<RotaryTable>,
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
    gate_up: Vec<f32>,
    gated: Vec<f32>,
    positions: Vec<Position>,
}

/// Where one token of the batch stands.
#[derive(Clone, Copy)]
struct Position {
    sequence: usize,
    at: usize,
}

impl Decoder {
    /// Loads the network from a GGUF file.
    ///
    /// # Errors
    /// [`InferError`] names the metadata key or tensor that is missing or has the wrong shape.
    pub(crate) fn load(file: &mut GgufFile, vocabulary: usize) -> Result<Self, InferError> {
        let mut config = DecoderConfig::read(file)?;
        config.vocabulary = vocabulary;
        let metadata =
            |key: &str| InferError::Metadata { key: key.to_owned(), path: file.path().clone() };
        if vocabulary == 0 {
            return Err(metadata("tokenizer.ggml.tokens"));
        }
        // More layers than the metadata says: the answer would come from the middle of the network.
        if file.has_tensor(&format!("blk.{}.attn_norm.weight", config.layers)) {
            return Err(metadata("block_count"));
        }
        let layers = (0..config.layers).map(|layer| Layer::load(file, &config, layer));
        let layers = layers.collect::<Result<_, _>>()?;
        let head = if file.has_tensor("output.weight") {
            Some(file.linear("output.weight", vocabulary, config.width)?)
        } else {
            None
        };
        let factors = if file.has_tensor("rope_freqs.weight") {
            Some(file.vector("rope_freqs.weight", config.head_width / 2)?)
        } else {
            None
        };
        let table = |base| RotaryTable::new(config.head_width, base, factors.as_deref());
        Ok(Self {
            embedding: file.linear("token_embd.weight", vocabulary, config.width)?,
            head,
            layers,
            norm: file.vector("output_norm.weight", config.width)?,
            global_rotary: table(config.rotary_base),
            local_rotary: config.local.map(|local| table(local.rotary_base)),
            scratch: Scratch::default(),
            config,
        })
    }

    /// Sizes of the network.
    pub(crate) fn config(&self) -> &DecoderConfig {
        &self.config
    }

    /// Feeds tokens and writes the logits behind the last token of each sequence: `logits` becomes `[B, V]`.
    ///
    /// A sequence's logits do not depend on the others in the batch, to the last bit.
    ///
    /// # Errors
    /// [`InferError::TooLong`] if a sequence would outgrow the model's context; nothing was fed then.
    pub(crate) fn forward(
        &mut self,
        feeds: &mut [Feed<'_>],
        logits: &mut Vec<f32>,
    ) -> Result<(), InferError> {
        let tails = vec![1; feeds.len()];
        self.forward_tails(feeds, &tails, logits)
    }

    /// As [`forward`](Self::forward), with the logits behind as many of the last tokens of each sequence as `tails` says:
    /// `[sum of tails, V]`.
    ///
    /// # Errors
    /// As [`forward`](Self::forward).
    pub(crate) fn forward_tails(
        &mut self,
        feeds: &mut [Feed<'_>],
        tails: &[usize],
        logits: &mut Vec<f32>,
    ) -> Result<(), InferError> {
        let longest = feeds.iter().map(|f| f.cache.len() + f.tokens.len()).max().unwrap_or(0);
        if longest > self.config.context {
            return Err(InferError::TooLong { needed: longest, limit: self.config.context });
        }
        self.global_rotary.reserve(longest);
        if let Some(rotary) = &mut self.local_rotary {
            rotary.reserve(longest);
        }
        let mut scratch = std::mem::take(&mut self.scratch);
        let result = self.run(feeds, tails, &mut scratch, logits);
        self.scratch = scratch;
        result
    }

    fn run(
        &self,
        feeds: &mut [Feed<'_>],
        tails: &[usize],
        s: &mut Scratch,
        logits: &mut Vec<f32>,
    ) -> Result<(), InferError> {
        self.embed(feeds, s)?;
        for (index, layer) in self.layers.iter().enumerate() {
            self.attention(index, layer, feeds, s)?;
            self.feed_forward(layer, s)?;
        }
        for feed in feeds.iter_mut() {
            feed.cache.advance(feed.tokens.len());
        }
        let width = self.config.width;
        s.normed.clear();
        let mut end = 0;
        for (feed, tail) in feeds.iter().zip(tails) {
            end += feed.tokens.len();
            let first = end - tail.min(&feed.tokens.len());
            s.normed.extend_from_slice(&s.hidden[first * width..end * width]);
        }
        s.projected.resize(s.normed.len(), 0.0);
        rms_norm(&s.normed, &self.norm, self.config.rms_epsilon, &mut s.projected); // [sum of tails, D]
        let head = self.head.as_ref().unwrap_or(&self.embedding);
        head.apply(&s.projected, &mut s.quantised, logits) // [sum of tails, V]
    }

    fn embed(&self, feeds: &[Feed<'_>], s: &mut Scratch) -> Result<(), InferError> {
        let width = self.config.width;
        s.positions.clear();
        for (sequence, feed) in feeds.iter().enumerate() {
            let start = feed.cache.len();
            let positions = (start..start + feed.tokens.len()).map(|at| Position { sequence, at });
            s.positions.extend(positions);
        }
        s.hidden.resize(s.positions.len() * width, 0.0); // [T, D]
        let tokens = feeds.iter().flat_map(|feed| feed.tokens);
        for (hidden, token) in s.hidden.chunks_exact_mut(width).zip(tokens) {
            let row = usize::try_from(*token).unwrap_or(0).min(self.config.vocabulary - 1);
            self.embedding.row(row, hidden)?;
            for value in hidden {
                *value *= self.config.embedding_scale;
            }
        }
        Ok(())
    }

    fn attention(
        &self,
        index: usize,
        layer: &Layer,
        feeds: &mut [Feed<'_>],
        s: &mut Scratch,
    ) -> Result<(), InferError> {
        let (config, epsilon) = (&self.config, self.config.rms_epsilon);
        s.normed.resize(s.hidden.len(), 0.0);
        rms_norm(&s.hidden, &layer.attention_norm, epsilon, &mut s.normed); // [T, D]
        layer.qkv.apply(&s.normed, &mut s.quantised, &mut s.qkv)?; // [T, (H + 2 G) · K]
        let rotary = match (config.window_of(index), &self.local_rotary) {
            (Some(_), Some(local)) => local,
            _ => &self.global_rotary,
        };
        let positions = &s.positions;
        s.qkv
            .par_chunks_exact_mut(layer.qkv.rows())
            .zip(positions.par_iter())
            .with_min_len(8)
            .for_each(|(row, position)| layer.prepare(config, row, rotary.at(position.at)));
        let (query_width, kv_width) = (config.query_width(), config.kv_width());
        for (row, position) in s.qkv.chunks_exact(layer.qkv.rows()).zip(positions) {
            let (keys, values) = row[query_width..].split_at(kv_width);
            feeds[position.sequence].cache.append(index, keys, values);
        }
        s.attended.resize(positions.len() * query_width, 0.0);
        let feeds: &[Feed<'_>] = feeds;
        s.attended
            .par_chunks_exact_mut(query_width)
            .zip(s.qkv.par_chunks_exact(layer.qkv.rows()))
            .zip(positions.par_iter())
            .with_min_len(2)
            .for_each_init(Vec::new, |weights, ((out, row), position)| {
                let from = config
                    .window_of(index)
                    .map_or(0, |window| (position.at + 1).saturating_sub(window));
                let cache = &*feeds[position.sequence].cache;
                let runs = cache.runs(index, kv_width, from, position.at + 1);
                weights.resize(position.at + 1 - from, 0.0);
                self.attend_heads(&row[..query_width], runs.as_slice(), weights, out);
            }); // [T, H · K]
        layer.output.apply(&s.attended, &mut s.quantised, &mut s.projected)?; // [T, D]
        self.add(s, layer.post_attention.as_deref());
        Ok(())
    }

    fn attend_heads(
        &self,
        queries: &[f32],
        runs: &[(&[f32], &[f32])],
        weights: &mut [f32],
        out: &mut [f32],
    ) {
        let width = self.config.head_width;
        let queries_a_key = self.config.heads / self.config.kv_heads;
        #[expect(clippy::cast_precision_loss, reason = "head widths are far below 2^24")]
        let scale = 1.0 / (width as f32).sqrt();
        let heads = queries.chunks_exact(width).zip(out.chunks_exact_mut(width));
        for (head, (query, out)) in heads.enumerate() {
            let layout = (self.config.kv_width(), head / queries_a_key * width);
            attend(query, runs, layout, scale, weights, out);
        }
    }

    fn feed_forward(&self, layer: &Layer, s: &mut Scratch) -> Result<(), InferError> {
        rms_norm(&s.hidden, &layer.feed_forward_norm, self.config.rms_epsilon, &mut s.normed); // [T, D]
        layer.gate_up.apply(&s.normed, &mut s.quantised, &mut s.gate_up)?; // [T, 2 F]
        let width = self.config.feed_forward;
        s.gated.resize(s.positions.len() * width, 0.0); // [T, F]
        let activation = self.config.activation;
        s.gated
            .par_chunks_exact_mut(width)
            .zip(s.gate_up.par_chunks_exact(2 * width))
            .with_min_len(4)
            .for_each(|(out, row)| {
                let (gate, up) = row.split_at(width);
                out.copy_from_slice(gate);
                match activation {
                    Activation::Gelu => gelu_gate(out, up),
                    Activation::Silu => silu_gate(out, up),
                }
            });
        layer.down.apply(&s.gated, &mut s.quantised, &mut s.projected)?; // [T, D]
        self.add(s, layer.post_feed_forward.as_deref());
        Ok(())
    }

    /// Adds the projection to the residual stream, normalised first where the family does so.
    fn add(&self, s: &mut Scratch, norm: Option<&[f32]>) {
        let addend = match norm {
            Some(norm) => {
                rms_norm(&s.projected, norm, self.config.rms_epsilon, &mut s.normed);
                &s.normed
            }
            None => &s.projected,
        };
        for (hidden, value) in s.hidden.iter_mut().zip(addend) {
            *hidden += value;
        }
    }
}

impl Layer {
    fn load(file: &mut GgufFile, config: &DecoderConfig, layer: usize) -> Result<Self, InferError> {
        let name = |part: &str| format!("blk.{layer}.{part}");
        let (width, inner) = (config.width, config.feed_forward);
        let (query_width, kv_width) = (config.query_width(), config.kv_width());
        let qkv = [("attn_q", query_width), ("attn_k", kv_width), ("attn_v", kv_width)];
        let mut matrices = Vec::new();
        let mut biases = Vec::new();
        // A bias stands with all three or with none.
        let has_bias = match config.parts.qkv_bias {
            Presence::Always => true,
            Presence::Never => false,
            Presence::Maybe => {
                qkv.iter().any(|(part, _)| file.has_tensor(&name(&format!("{part}.bias"))))
            }
        };
        for (part, rows) in qkv {
            matrices.push(file.linear(&name(&format!("{part}.weight")), rows, width)?);
            if has_bias {
                biases.extend(file.vector(&name(&format!("{part}.bias")), rows)?);
            }
        }
        let gate = file.linear(&name("ffn_gate.weight"), inner, width)?;
        let up = file.linear(&name("ffn_up.weight"), inner, width)?;
        let mut norm = |presence, part: &str, len| match presence {
            Presence::Always => file.vector(&name(part), len).map(Some),
            _ => Ok(None),
        };
        let LayerParts { head_norms, post_norms, .. } = config.parts;
        Ok(Self {
            query_norm: norm(head_norms, "attn_q_norm.weight", config.head_width)?,
            key_norm: norm(head_norms, "attn_k_norm.weight", config.head_width)?,
            post_attention: norm(post_norms, "post_attention_norm.weight", width)?,
            post_feed_forward: norm(post_norms, "post_ffw_norm.weight", width)?,
            attention_norm: file.vector(&name("attn_norm.weight"), width)?,
            feed_forward_norm: file.vector(&name("ffn_norm.weight"), width)?,
            output: file.linear(&name("attn_output.weight"), width, query_width)?,
            down: file.linear(&name("ffn_down.weight"), width, inner)?,
            qkv: Linear::stack(matrices),
            qkv_bias: has_bias.then_some(biases),
            gate_up: Linear::stack(vec![gate, up]),
        })
    }

    /// Bias, head norms and rotation of one token's queries and keys, in place.
    fn prepare(&self, config: &DecoderConfig, row: &mut [f32], (cos, sin): (&[f32], &[f32])) {
        if let Some(bias) = &self.qkv_bias {
            for (value, bias) in row.iter_mut().zip(bias) {
                *value += bias;
            }
        }
        let width = config.head_width;
        let turned = (config.heads + config.kv_heads) * width;
        let mut normed = [0f32; MAX_HEAD_WIDTH];
        for (head, values) in row[..turned].chunks_exact_mut(width).enumerate() {
            let norm = if head < config.heads { &self.query_norm } else { &self.key_norm };
            if let (Some(norm), Some(normed)) = (norm, normed.get_mut(..width)) {
                rms_norm(values, norm, config.rms_epsilon, normed);
                values.copy_from_slice(normed);
            }
            match config.rotary_order {
                RotaryOrder::Halves => rotate_pairs(values, cos, sin),
                RotaryOrder::Interleaved => rotate_interleaved(values, cos, sin),
            }
        }
    }
}
