//! One step of beam search for one job.
//!
//! Owns: which continuations live on, which are finished, and when a job is done.
//! Beam search keeps the `width` best open hypotheses; of the `2 · width` best continuations those that
//! end become finished, and the job stops when `width` are finished (`early_stopping` of the reference
//! implementations). Width 1 is greedy search.

use std::cmp::Ordering;

use super::batch::Job;
use super::constraint::NgramGuard;
use super::phrases::{Progress, shared};
use super::preferred::Favour;
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
    /// What preferred phrases brought it in the ranking, in nats.
    pub(crate) bonus: f32,
}

impl Decoded {
    /// The sum of log-probabilities and bonus divided by `(length + unscored)^penalty`, by which a search ranks.
    pub(crate) fn score(&self, unscored: usize, penalty: f32) -> f32 {
        let total = self.logprobs.iter().sum::<f32>() + self.bonus;
        score(total, self.logprobs.len() + unscored, penalty)
    }

    /// Mean log-probability of a token that the model chose, in nats; 0 if there is none.
    ///
    /// A phrase that was required says nothing of how sure the model is, so its tokens do not count where it stands first.
    pub(crate) fn mean_logprob(&self, required: &[Vec<u32>]) -> f32 {
        let mut chosen = vec![true; self.logprobs.len()];
        for phrase in required.iter().filter(|phrase| !phrase.is_empty()) {
            let at = self.tokens.windows(phrase.len()).position(|tokens| tokens == phrase);
            let span = at.and_then(|at| chosen.get_mut(at..at + phrase.len()));
            span.unwrap_or_default().fill(false);
        }
        let chosen = self.logprobs.iter().zip(chosen).filter(|(_, chosen)| *chosen);
        mean(&chosen.map(|(logprob, _)| *logprob).collect::<Vec<f32>>())
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
    progress: Progress,
    favour: Favour,
}

/// A job that is being decoded.
pub(super) struct Active<S> {
    pub(super) index: usize,
    /// Open hypotheses; the tokens each feeds next are its prompt at first, then its last token.
    pub(super) open: Vec<Hypothesis<S>>,
    /// Tokens of required phrases, score, and what was written.
    finished: Vec<(usize, f32, Decoded)>,
    steps: usize,
}

/// A way to go on: from hypothesis `parent` with `token`.
#[derive(Clone, Copy)]
struct Continuation {
    parent: usize,
    token: u32,
    logprob: f32,
    /// Log-probabilities, this one included.
    total: f32,
    /// What the token gets as part of a preferred phrase.
    given: f32,
    /// What preferred phrases bring, this token included.
    bonus: f32,
}

impl Continuation {
    /// Best first; equal totals in a fixed order, so that results never depend on chance.
    fn rank(&self, other: &Self) -> Ordering {
        (other.total + other.bonus)
            .total_cmp(&(self.total + self.bonus))
            .then(self.parent.cmp(&other.parent))
            .then(self.token.cmp(&other.token))
    }
}

impl<S: Clone> Active<S> {
    pub(super) fn new(index: usize, state: S, job: &Job) -> Self {
        let root = Hypothesis {
            state,
            tokens: Vec::new(),
            logprobs: Vec::new(),
            total: 0.0,
            guard: NgramGuard::default(),
            progress: Progress::new(&job.required),
            favour: Favour::new(&job.preferred),
        };
        Self { index, open: vec![root], finished: Vec::new(), steps: 0 }
    }

    /// Takes the logits `[open, V]` of one step; gives the results, best first, when the job is done.
    pub(super) fn step(&mut self, job: &Job, logits: &mut [f32]) -> Option<Vec<Decoded>> {
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
            let offers = hypothesis.favour.offers(&job.preferred);
            for (token, bonus) in &offers {
                if let Some(logit) = logits.get_mut(*token as usize) {
                    *logit += bonus;
                }
            }
            for (token, logit) in hypothesis.candidates(job, logits, 2 * width) {
                let offer = offers.iter().find(|(offered, _)| *offered == token);
                let given = offer.map_or(0.0, |(_, bonus)| *bonus);
                let logprob = logit - given - normaliser;
                let total = hypothesis.total + logprob;
                let bonus = hypothesis.favour.total_with(token, given, &job.preferred);
                best.push(Continuation { parent, token, logprob, total, given, bonus });
            }
        }
        best.sort_by(Continuation::rank);
        if !job.required.is_empty() {
            best = self.shared_among_banks(job, best);
        }
        best.truncate(2 * width);
        self.steps += 1;
        self.keep(job, &best, width)
    }

    /// The continuations with their places shared among banks; an unfinished phrase cannot end.
    fn shared_among_banks(&self, job: &Job, best: Vec<Continuation>) -> Vec<Continuation> {
        let bank = |continuation: Continuation| {
            let progress = &self.open[continuation.parent].progress;
            if job.ends.contains(&continuation.token) {
                let bank = progress.bank(&job.required);
                return progress.is_complete().then_some((bank, continuation));
            }
            Some((
                progress.after(continuation.token, &job.required).bank(&job.required),
                continuation,
            ))
        };
        shared(best.into_iter().filter_map(bank).collect())
    }

    /// Sorts the continuations into finished and open ones; gives the results when the job is done.
    fn keep(&mut self, job: &Job, best: &[Continuation], width: usize) -> Option<Vec<Decoded>> {
        let cut = self.steps >= job.max_new_tokens;
        let mut chosen = Vec::with_capacity(width);
        for (rank, continuation) in best.iter().enumerate() {
            let ends = job.ends.contains(&continuation.token);
            if ends || cut {
                // An ending that is not among the best `width` is not worth a place.
                if rank < width {
                    self.finish(job, continuation, ends);
                }
            } else if chosen.len() < width {
                chosen.push(*continuation);
            }
        }
        if self.finished.len() >= width || chosen.is_empty() {
            return Some(self.results(width));
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
        let bonus = continuation.bonus;
        let score = score(continuation.total + bonus, length, job.length_penalty);
        let bank = match stop {
            StopReason::EndMark => parent.progress.bank(&job.required),
            StopReason::TokenLimit => {
                parent.progress.after(continuation.token, &job.required).bank(&job.required)
            }
        };
        self.finished.push((bank, score, Decoded { tokens, logprobs, stop, bonus }));
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
            if !job.required.is_empty() {
                child.progress = child.progress.after(continuation.token, &job.required);
            }
            let Continuation { token, given, .. } = *continuation;
            child.favour = child.favour.after(token, given, &job.preferred);
            if job.no_repeat_ngram > 1 {
                child.guard.extend(&child.tokens, job.no_repeat_ngram);
            }
            open.push(child);
        }
        open
    }

    /// What was finished, best first; there is always one.
    fn results(&mut self, width: usize) -> Vec<Decoded> {
        // Stable: among equals the one that finished first. Phrases that stand count before the score.
        self.finished.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.total_cmp(&a.1)));
        self.finished.truncate(width);
        let finished: Vec<Decoded> =
            self.finished.drain(..).map(|(_, _, decoded)| decoded).collect();
        if !finished.is_empty() {
            return finished;
        }
        // Nothing is allowed any more, not even an end: what there is is the answer, cut short.
        let (tokens, logprobs) = match self.open.drain(..).next() {
            Some(first) => (first.tokens, first.logprobs),
            None => (Vec::new(), Vec::new()),
        };
        vec![Decoded { tokens, logprobs, stop: StopReason::TokenLimit, bonus: 0.0 }]
    }
}

impl<S> Hypothesis<S> {
    /// Tokens worth looking at as the next one, with their logits: the `count` best, and those that required phrases need.
    fn candidates(&self, job: &Job, logits: &[f32], count: usize) -> Vec<(u32, f32)> {
        let forced = job.forced.get(self.tokens.len());
        if let Some(only) = forced.and_then(|id| Some((*id, *logits.get(*id as usize)?))) {
            return vec![only];
        }
        let allowed = |token: &u32| !job.veto.forbids(&self.tokens, *token);
        let mut found = top(logits, job.veto.margin(count));
        found.retain(|(token, _)| allowed(token));
        found.truncate(count);
        for token in self.progress.next(&job.required) {
            let is_new = found.iter().all(|(other, _)| *other != token);
            if let Some(logit) =
                logits.get(token as usize).filter(|logit| is_new && logit.is_finite())
                && allowed(&token)
            {
                found.push((token, *logit));
            }
        }
        found
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
