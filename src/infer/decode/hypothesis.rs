//! One step of beam search for one job.
//!
//! Owns: which continuations live on, which are finished, and when a job is done.
//! Beam search keeps the `width` best open hypotheses; of the `2 · width` best continuations those that
//! end become finished, and the job stops when `width` are finished (`early_stopping` of the reference
//! implementations). Width 1 is greedy search.

use std::cmp::Ordering;

use super::batch::Job;
use super::constraint::NgramGuard;
use crate::infer::kernels::log_sum_exp;
use crate::ports::StopReason;

/// The result of one job.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Decoded {
    /// Tokens generated, without the end mark.
    pub(crate) tokens: Vec<u32>,
    /// Log-probability of each, and of the end mark where it was given, in nats.
    pub(crate) logprobs: Vec<f32>,
    /// Why decoding ended.
    pub(crate) stop: StopReason,
}

impl Decoded {
    /// Mean log-probability of a token, in nats; 0 for an empty output.
    pub(crate) fn mean_logprob(&self) -> f32 {
        mean(&self.logprobs)
    }
}

#[expect(clippy::cast_precision_loss, reason = "outputs have fewer than 2^24 tokens")]
fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len().max(1) as f32
}

/// An open hypothesis.
#[derive(Clone)]
pub(super) struct Hypothesis<S> {
    pub(super) state: S,
    pub(super) tokens: Vec<u32>,
    logprobs: Vec<f32>,
    total: f32,
    guard: NgramGuard,
}

/// A job that is being decoded.
pub(super) struct Active<S> {
    pub(super) index: usize,
    /// Open hypotheses; the tokens each feeds next are its prompt at first, then its last token.
    pub(super) open: Vec<Hypothesis<S>>,
    finished: Vec<(f32, Decoded)>,
    steps: usize,
}

/// A way to go on: from hypothesis `parent` with `token`.
#[derive(Clone, Copy)]
struct Continuation {
    parent: usize,
    token: u32,
    logprob: f32,
    total: f32,
}

impl Continuation {
    /// Best first; equal totals in a fixed order, so that results never depend on chance.
    fn rank(&self, other: &Self) -> Ordering {
        other
            .total
            .total_cmp(&self.total)
            .then(self.parent.cmp(&other.parent))
            .then(self.token.cmp(&other.token))
    }
}

impl<S: Clone> Active<S> {
    pub(super) fn new(index: usize, state: S) -> Self {
        let root = Hypothesis {
            state,
            tokens: Vec::new(),
            logprobs: Vec::new(),
            total: 0.0,
            guard: NgramGuard::default(),
        };
        Self { index, open: vec![root], finished: Vec::new(), steps: 0 }
    }

    /// Takes the logits `[open, V]` of one step; gives the result when the job is done.
    pub(super) fn step(&mut self, job: &Job, logits: &mut [f32]) -> Option<Decoded> {
        let vocabulary = logits.len() / self.open.len();
        let width = job.beam_width.max(1);
        let mut best: Vec<Continuation> = Vec::new();
        for (parent, logits) in logits.chunks_exact_mut(vocabulary).enumerate() {
            let hypothesis = &self.open[parent];
            // The model's own distribution, before anything is forbidden: a forced choice shows as unlikely.
            let normaliser = log_sum_exp(logits);
            job.forbidden.for_each(|id| logits[id] = f32::NEG_INFINITY);
            if job.no_repeat_ngram > 1 {
                for id in hypothesis.guard.forbidden(&hypothesis.tokens, job.no_repeat_ngram) {
                    logits[*id as usize] = f32::NEG_INFINITY;
                }
            }
            let forced = job.forced.get(hypothesis.tokens.len());
            let best_of_row = match forced.and_then(|id| Some((*id, *logits.get(*id as usize)?))) {
                Some(only) => vec![only],
                None => top(logits, 2 * width),
            };
            for (token, logit) in best_of_row {
                let logprob = logit - normaliser;
                best.push(Continuation {
                    parent,
                    token,
                    logprob,
                    total: hypothesis.total + logprob,
                });
            }
        }
        best.sort_by(Continuation::rank);
        best.truncate(2 * width);
        self.steps += 1;
        self.keep(job, &best, width)
    }

    /// Sorts the continuations into finished and open ones; gives the result when the job is done.
    fn keep(&mut self, job: &Job, best: &[Continuation], width: usize) -> Option<Decoded> {
        let cut = self.steps >= job.max_new_tokens;
        let mut chosen = Vec::with_capacity(width);
        for (rank, continuation) in best.iter().enumerate() {
            let ends = job.ends.contains(&continuation.token);
            // An ending that is not among the best `width` is not worth a place.
            if ends && rank < width || !ends && cut {
                self.finish(job, continuation, ends);
                if self.finished.len() == width {
                    return Some(self.best());
                }
            } else if !ends && chosen.len() < width {
                chosen.push(*continuation);
            }
        }
        if chosen.is_empty() {
            return Some(self.best());
        }
        self.open = self.grow(job, &chosen);
        None
    }

    fn finish(&mut self, job: &Job, continuation: &Continuation, ends: bool) {
        let parent = &self.open[continuation.parent];
        let (mut tokens, mut logprobs) = (parent.tokens.clone(), parent.logprobs.clone());
        logprobs.push(continuation.logprob);
        let stop = if ends {
            StopReason::EndMark
        } else {
            tokens.push(continuation.token);
            StopReason::TokenLimit
        };
        let length = logprobs.len() + job.unscored;
        let score = score(continuation.total, length, job.length_penalty);
        self.finished.push((score, Decoded { tokens, logprobs, stop }));
    }

    /// The hypotheses behind `chosen`. A parent's state is cloned for each child but its last, which
    /// inherits it: greedy search never copies a cache.
    fn grow(&mut self, job: &Job, chosen: &[Continuation]) -> Vec<Hypothesis<S>> {
        let mut parents: Vec<Option<Hypothesis<S>>> = self.open.drain(..).map(Some).collect();
        let mut open = Vec::with_capacity(chosen.len());
        for (at, continuation) in chosen.iter().enumerate() {
            let parent = &mut parents[continuation.parent];
            let needed_again = chosen[at + 1..].iter().any(|c| c.parent == continuation.parent);
            let child = if needed_again { parent.clone() } else { parent.take() };
            let Some(mut child) = child else { continue };
            child.tokens.push(continuation.token);
            child.logprobs.push(continuation.logprob);
            child.total = continuation.total;
            if job.no_repeat_ngram > 1 {
                child.guard.extend(&child.tokens, job.no_repeat_ngram);
            }
            open.push(child);
        }
        open
    }

    fn best(&mut self) -> Decoded {
        // Stable: among equals the one that finished first.
        self.finished.sort_by(|a, b| b.0.total_cmp(&a.0));
        if let Some((_, decoded)) = self.finished.drain(..).next() {
            return decoded;
        }
        // Nothing is allowed any more, not even an end: what there is is the answer, cut short.
        let (tokens, logprobs) = match self.open.drain(..).next() {
            Some(first) => (first.tokens, first.logprobs),
            None => (Vec::new(), Vec::new()),
        };
        Decoded { tokens, logprobs, stop: StopReason::TokenLimit }
    }
}

/// Log-probability divided by `length^penalty`.
///
/// Source: Wu et al. 2016 (GNMT), in the simple form of the `transformers` library.
#[expect(clippy::cast_precision_loss, reason = "outputs have fewer than 2^24 tokens")]
fn score(total: f32, length: usize, penalty: f32) -> f32 {
    total / (length as f32).powf(penalty)
}

/// The `count` highest values with their ids, highest first, the lower id first among equals.
fn top(values: &[f32], count: usize) -> Vec<(u32, f32)> {
    let mut best: Vec<(u32, f32)> = Vec::with_capacity(count + 1);
    let mut floor = f32::NEG_INFINITY;
    for (id, &value) in (0u32..).zip(values) {
        if value > floor {
            let at = best.partition_point(|(_, other)| *other >= value);
            best.insert(at, (id, value));
            best.truncate(count);
            if best.len() == count {
                floor = best[count - 1].1;
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn top_keeps_the_lower_id_of_equals() {
        assert_eq!(top(&[1.0, 3.0, 3.0, 2.0], 2), [(1, 3.0), (2, 3.0)]);
    }
}
