//! Continuous batching.
//!
//! Owns: which jobs stand in the batch. Longest prompts go first, so that the batch stays full to the end.

use rayon::prelude::*;

use super::NextToken;
use super::constraint::TokenSet;
use super::hypothesis::{Active, Decoded};

/// One thing to decode.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// Tokens to feed first; at least one.
    pub(crate) prompt: Vec<u32>,
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

/// Decodes all jobs; results in the order of the jobs. `on_done` is called once a job, as it ends.
///
/// A result does not depend on the other jobs or on the limits, as long as `model` keeps its contract.
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
    let mut waiting: Vec<usize> = (0..jobs.len()).collect();
    waiting.sort_by_key(|&index| (jobs[index].prompt.len(), usize::MAX - index)); // popped from the end
    let mut active: Vec<Active<M::State>> = Vec::new();
    let mut results: Vec<Option<Decoded>> = vec![None; jobs.len()];
    let mut logits = Vec::new();
    loop {
        while let Some(&index) = waiting.last() {
            if !active.is_empty() && !fits(jobs, &active, index, limits) {
                break;
            }
            waiting.pop();
            active.push(Active::new(index, model.begin()));
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

fn fits<S>(jobs: &[Job], active: &[Active<S>], next: usize, limits: BatchLimits) -> bool {
    let longest = |index: usize| {
        let job = &jobs[index];
        (job.prompt.len() + job.max_new_tokens) * job.beam_width.max(1)
    };
    let indices = || active.iter().map(|active| active.index).chain([next]);
    indices().map(|index| jobs[index].beam_width.max(1)).sum::<usize>() <= limits.rows
        && indices().map(longest).sum::<usize>() <= limits.positions
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
) -> Vec<Option<Decoded>> {
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
