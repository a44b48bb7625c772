//! Continuous batching.
//!
//! Owns: which jobs stand in the batch. Longest prompts go first, so that the batch stays full to the end.

use rayon::prelude::*;

use super::NextToken;
use super::constraint::TokenSet;
use super::hypothesis::{Active, Decoded};
use super::phrases::Veto;
use super::preferred::Preferred;

/// One thing to decode.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// Tokens for the encoder; empty for a model without one.
    pub(crate) source: Vec<u32>,
    /// Tokens to feed first; at least one.
    pub(crate) prompt: Vec<u32>,
    /// Tokens that the output must begin with.
    pub(crate) forced: Vec<u32>,
    /// Tokens of the prompt that count in the length of the output, as a language tag does in the reference implementations.
    pub(crate) unscored: usize,
    /// Phrases that the output must contain.
    pub(crate) required: Vec<Vec<u32>>,
    /// Phrases that are made likelier.
    pub(crate) preferred: Preferred,
    /// Words that the output must not contain.
    pub(crate) veto: Veto,
    /// Tokens that end the output.
    pub(crate) ends: Vec<u32>,
    /// Tokens that may not be generated.
    pub(crate) forbidden: std::sync::Arc<TokenSet>,
    /// Hypotheses kept alive; 1 is greedy.
    pub(crate) beam_width: usize,
    /// Exponent of the length in the score of a finished hypothesis.
    pub(crate) length_penalty: f32,
    /// Length of n-grams that may not come twice; below 2, all may.
    pub(crate) no_repeat_ngram: usize,
    /// Tokens after which the output is cut.
    pub(crate) max_new_tokens: usize,
}

/// How much may stand in the batch at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BatchLimits {
    /// Hypotheses over all jobs.
    pub(crate) rows: usize,
    /// Positions in the caches over all jobs, at their longest; bounds the memory.
    pub(crate) positions: usize,
}

/// Decodes all jobs; the best result of each, in the order of the jobs. See [`decode_n_best`].
///
/// # Errors
/// The first error of `model`.
pub(crate) fn decode<M: NextToken>(
    model: &mut M,
    jobs: &[Job],
    limits: BatchLimits,
    on_done: &mut (dyn FnMut() + Send),
) -> Result<Vec<Decoded>, M::Error>
where
    M::State: Send,
{
    let results = decode_n_best(model, jobs, limits, on_done)?;
    Ok(results.into_iter().filter_map(|best| best.into_iter().next()).collect())
}

/// Decodes all jobs: for each, in their order, what its search finished, best first, at most as many as the beam is wide and
/// at least one. `on_done` is called once a job, as it ends.
///
/// A result does not depend on the other jobs or on the limits, as long as `model` keeps its contract.
///
/// # Errors
/// The first error of `model`.
pub(crate) fn decode_n_best<M: NextToken>(
    model: &mut M,
    jobs: &[Job],
    limits: BatchLimits,
    on_done: &mut (dyn FnMut() + Send),
) -> Result<Vec<Vec<Decoded>>, M::Error>
where
    M::State: Send,
{
    let mut waiting: Vec<usize> = (0..jobs.len()).collect();
    // Popped from the end.
    waiting.sort_by_key(|&index| (jobs[index].input_tokens(), usize::MAX - index));
    let mut active: Vec<Active<M::State>> = Vec::new();
    let mut results: Vec<Option<Vec<Decoded>>> = vec![None; jobs.len()];
    let mut logits = Vec::new();
    loop {
        let mut joining: Vec<usize> = Vec::new();
        while let Some(&index) = waiting.last() {
            let standing =
                || active.iter().map(|active| active.index).chain(joining.iter().copied());
            if standing().next().is_some() && !fits(jobs, standing().chain([index]), limits) {
                break;
            }
            waiting.pop();
            joining.push(index);
        }
        if !joining.is_empty() {
            let sources: Vec<&[u32]> =
                joining.iter().map(|index| jobs[*index].source.as_slice()).collect();
            let states = model.begin_all(&sources)?;
            active.extend(
                joining
                    .into_iter()
                    .zip(states)
                    .map(|(index, state)| Active::new(index, state, &jobs[index])),
            );
        }
        if active.is_empty() {
            break;
        }
        advance(model, jobs, &mut active, &mut logits)?;
        let done = step(jobs, &mut active, &mut logits, model.vocabulary());
        for (active, decoded) in active.iter().zip(done) {
            if decoded.is_some() {
                results[active.index] = decoded;
                on_done();
            }
        }
        active.retain(|active| results[active.index].is_none());
    }
    Ok(results.into_iter().flatten().collect())
}

impl Job {
    /// Tokens that are read before the first one is generated.
    fn input_tokens(&self) -> usize {
        self.source.len() + self.prompt.len()
    }
}

/// Whether the jobs `indices` may stand in the batch together.
fn fits(jobs: &[Job], indices: impl Iterator<Item = usize>, limits: BatchLimits) -> bool {
    let (mut rows, mut positions) = (0, 0);
    for job in indices.filter_map(|index| jobs.get(index)) {
        let width = job.beam_width.max(1);
        rows += width;
        positions += job.input_tokens() + job.max_new_tokens * width;
    }
    rows <= limits.rows && positions <= limits.positions
}

fn advance<M: NextToken>(
    model: &mut M,
    jobs: &[Job],
    active: &mut [Active<M::State>],
    logits: &mut Vec<f32>,
) -> Result<(), M::Error> {
    let mut rows = Vec::new();
    for active in active {
        let job = &jobs[active.index];
        for hypothesis in &mut active.open {
            let tokens = match hypothesis.tokens.as_slice() {
                [] => job.prompt.as_slice(),
                [.., last] => std::slice::from_ref(last),
            };
            rows.push((&mut hypothesis.state, tokens));
        }
    }
    model.advance(&mut rows, logits)
}

fn step<S: Clone + Send>(
    jobs: &[Job],
    active: &mut [Active<S>],
    logits: &mut [f32],
    vocabulary: usize,
) -> Vec<Option<Vec<Decoded>>> {
    let mut shares = Vec::with_capacity(active.len());
    let mut rest = logits;
    for active in active.iter() {
        let (share, behind) = rest.split_at_mut(active.open.len() * vocabulary);
        shares.push(share);
        rest = behind;
    }
    let one =
        |(active, logits): (&mut Active<S>, &mut [f32])| active.step(&jobs[active.index], logits);
    active.par_iter_mut().zip(shares).map(one).collect()
}
