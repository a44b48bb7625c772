//! Keys and values of one sequence.
//!
//! Owns: the explicit state of decoding. Each sequence has its own, so sequences of different lengths
//! stand in one batch, and a hypothesis is forked by cloning, which copies only what it does not share.

use std::sync::Arc;

/// Keys and values of all layers for the positions seen so far.
#[derive(Clone, Default)]
pub(crate) struct KvCache {
    /// Positions that many sequences share, computed once (the fixed part of a prompt; the rest of a prompt, which all
    /// hypotheses of a segment have).
    prefix: Option<Arc<KvCache>>,
    /// Each `[positions, G · K]`.
    layers: Vec<LayerCache>,
    /// Positions held here, without those of the prefix.
    positions: usize,
}

#[derive(Clone, Default)]
struct LayerCache {
    keys: Vec<f32>,
    values: Vec<f32>,
}

impl KvCache {
    /// A sequence that begins with the positions of `prefix`.
    pub(crate) fn after(prefix: Arc<KvCache>) -> Self {
        Self { prefix: Some(prefix), ..Self::default() }
    }

    /// Lets what was seen so far be shared by all that are cloned from now on.
    ///
    /// Where [`MAX_RUNS`] would be exceeded it stays as it is, and clones copy it.
    pub(crate) fn share(&mut self) {
        if self.depth() + 1 < MAX_RUNS {
            *self = Self::after(Arc::new(std::mem::take(self)));
        }
    }

    /// Prefixes before what is held here.
    fn depth(&self) -> usize {
        self.prefix.as_ref().map_or(0, |prefix| prefix.depth() + 1)
    }

    /// Positions seen, those of the prefix included.
    pub(crate) fn len(&self) -> usize {
        self.prefix.as_ref().map_or(0, |prefix| prefix.len()) + self.positions
    }

    /// Appends keys and values (`[positions, G · K]` each) to one layer.
    pub(super) fn append(&mut self, layer: usize, keys: &[f32], values: &[f32]) {
        if self.layers.len() <= layer {
            self.layers.resize_with(layer + 1, LayerCache::default);
        }
        let layer = &mut self.layers[layer];
        layer.keys.extend_from_slice(keys);
        layer.values.extend_from_slice(values);
    }

    /// Counts positions that were appended to every layer.
    pub(super) fn advance(&mut self, positions: usize) {
        self.positions += positions;
    }

    /// Keys and values of `layer` for positions `from..to`, as up to [`MAX_RUNS`] runs of whole positions.
    pub(super) fn runs(&self, layer: usize, stride: usize, from: usize, to: usize) -> Runs<'_> {
        let shared = self.prefix.as_ref().map_or(0, |prefix| prefix.len());
        let mut runs = Runs::default();
        if let Some(prefix) = &self.prefix
            && from < shared
        {
            for run in prefix.runs(layer, stride, from, to.min(shared)).as_slice() {
                runs.push(*run);
            }
        }
        if to > shared
            && let Some(layer) = self.layers.get(layer)
        {
            let range = from.saturating_sub(shared) * stride..(to - shared) * stride;
            runs.push((&layer.keys[range.clone()], &layer.values[range]));
        }
        runs
    }
}

type Run<'a> = (&'a [f32], &'a [f32]);

/// The fixed part of a prompt, the rest of it, and the sequence's own positions.
const MAX_RUNS: usize = 3;

/// At most [`MAX_RUNS`] runs.
#[derive(Default)]
pub(super) struct Runs<'a> {
    runs: [Run<'a>; MAX_RUNS],
    count: usize,
}

impl<'a> Runs<'a> {
    fn push(&mut self, run: Run<'a>) {
        if let Some(slot) = self.runs.get_mut(self.count) {
            *slot = run;
            self.count += 1;
        }
    }

    pub(super) fn as_slice(&self) -> &[Run<'a>] {
        &self.runs[..self.count]
    }
}
