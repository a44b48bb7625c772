//! Search and batching over a made-up model, against naive searches written here.
#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "a test may stop at the first surprise, and its counts are small"
)]

use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::Arc;

use proptest::prelude::*;

use super::{BatchLimits, Decoded, Job, NextToken, TokenSet, decode};
use crate::ports::StopReason;

/// The end mark of all jobs here.
const END: u32 = 0;
const ROOMY: BatchLimits = BatchLimits { rows: 64, positions: 100_000 };

/// Logits are a hash of all tokens seen so far: any mix-up of states or tokens changes them.
struct Hashing {
    vocabulary: usize,
    seed: u64,
    /// Added to the logit of the end mark.
    end_bias: f32,
    /// Hypotheses of each call, to see how the batch is used.
    calls: Vec<usize>,
}

impl Hashing {
    fn new(vocabulary: usize, seed: u64) -> Self {
        Self { vocabulary, seed, end_bias: 0.0, calls: Vec::new() }
    }

    fn logits(&self, tokens: &[u32]) -> Vec<f32> {
        let mix = |hash: u64, value: u64| {
            let mixed = (hash ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            mixed ^ (mixed >> 29)
        };
        let seen = tokens.iter().fold(self.seed, |hash, token| mix(hash, u64::from(*token) + 1));
        let logit = |id: u64| f32::from(u16::try_from(mix(seen, id + 77) >> 48).unwrap()) / 8_192.0;
        let mut logits: Vec<f32> = (0..self.vocabulary as u64).map(logit).collect();
        logits[END as usize] += self.end_bias;
        logits
    }
}

impl NextToken for Hashing {
    type State = Vec<u32>;
    type Error = Infallible;

    fn vocabulary(&self) -> usize {
        self.vocabulary
    }

    fn begin_all(&mut self, sources: &[&[u32]]) -> Result<Vec<Vec<u32>>, Infallible> {
        Ok(sources.iter().map(|source| source.to_vec()).collect())
    }

    fn advance(
        &mut self,
        rows: &mut [(&mut Vec<u32>, &[u32])],
        logits: &mut Vec<f32>,
    ) -> Result<(), Infallible> {
        self.calls.push(rows.len());
        logits.clear();
        for (state, tokens) in rows {
            assert!(!tokens.is_empty());
            state.extend_from_slice(tokens);
            logits.extend(self.logits(state));
        }
        Ok(())
    }
}

fn job(prompt: &[u32]) -> Job {
    Job {
        source: Vec::new(),
        prompt: prompt.to_vec(),
        forced: Vec::new(),
        unscored: 0,
        required: Vec::new(),
        preferred: super::Preferred::default(),
        veto: super::Veto::default(),
        ends: vec![END],
        forbidden: Arc::default(),
        beam_width: 1,
        length_penalty: 1.0,
        no_repeat_ngram: 0,
        max_new_tokens: 20,
    }
}

fn run(model: &mut Hashing, jobs: &[Job], limits: BatchLimits) -> Vec<Decoded> {
    let Ok(results) = decode(model, jobs, limits, &mut || {});
    results
}

#[test]
fn a_phrase_that_was_required_does_not_count_where_it_stands_first() {
    let decoded = Decoded {
        tokens: vec![5, 7, 8, 7, 8],
        logprobs: vec![-1.0, -10.0, -20.0, -2.0, -3.0, -4.0],
        stop: StopReason::EndMark,
        bonus: 0.0,
    };
    let mean = |required: &[Vec<u32>]| decoded.mean_logprob(required);
    let close = |found: f32, wanted: f32| assert!((found - wanted).abs() < 1e-6, "{found}");
    close(mean(&[]), -40.0 / 6.0);
    close(mean(&[vec![7, 8]]), -10.0 / 4.0);
    close(mean(&[vec![7, 8], vec![9], Vec::new()]), -10.0 / 4.0);
    close(mean(&[vec![8, 7], vec![7, 8]]), -8.0 / 3.0);
    close(mean(std::slice::from_ref(&decoded.tokens)), -4.0);
}

fn logprobs(logits: &[f32]) -> Vec<f64> {
    let total: f64 = logits.iter().map(|logit| f64::from(*logit).exp()).sum();
    logits.iter().map(|logit| f64::from(*logit) - total.ln()).collect()
}

fn forbidden_by_ngrams(tokens: &[u32], n: usize, next: u32) -> bool {
    let grown = [tokens, &[next]].concat();
    n > 1 && grown.len() >= n && tokens.windows(n).any(|gram| *gram == grown[grown.len() - n..])
}

/// Greedy search as one would write it on a page.
fn greedy(model: &Hashing, job: &Job) -> (Vec<u32>, f64, StopReason) {
    let (mut tokens, mut total) = (Vec::new(), 0.0);
    loop {
        let scores = logprobs(&model.logits(&[job.prompt.as_slice(), &tokens].concat()));
        let allowed = (0u32..).zip(scores).filter(|(id, _)| {
            !job.forbidden.contains(*id) && !forbidden_by_ngrams(&tokens, job.no_repeat_ngram, *id)
        });
        // `reduce` keeps the earlier of equals.
        let (id, score) = allowed.reduce(|a, b| if b.1 > a.1 { b } else { a }).unwrap();
        total += score;
        if id == END {
            return (tokens, total, StopReason::EndMark);
        }
        tokens.push(id);
        if tokens.len() == job.max_new_tokens {
            return (tokens, total, StopReason::TokenLimit);
        }
    }
}

fn total(decoded: &Decoded) -> f64 {
    decoded.logprobs.iter().map(|logprob| f64::from(*logprob)).sum()
}

/// The best of all outputs there are, by total log-probability over length to the penalty.
fn exhaustive(
    model: &Hashing,
    job: &Job,
    tokens: &mut Vec<u32>,
    total: f64,
    best: &mut (f64, Vec<u32>),
) {
    let scores = logprobs(&model.logits(&[job.prompt.as_slice(), tokens].concat()));
    for (id, logprob) in (0u32..).zip(scores) {
        let (total, length) = (total + logprob, tokens.len() + 1);
        let ends = id == END;
        if !ends {
            tokens.push(id);
        }
        if ends || length == job.max_new_tokens {
            let score = total / (length as f64).powf(f64::from(job.length_penalty));
            if score > best.0 {
                *best = (score, tokens.clone());
            }
        } else {
            exhaustive(model, job, tokens, total, best);
        }
        if !ends {
            tokens.pop();
        }
    }
}

fn any_job(vocabulary: u32) -> impl Strategy<Value = Job> {
    let prompt = prop::collection::vec(1..vocabulary, 1..6);
    let forbidden = prop::collection::hash_set(1..vocabulary, 0..4);
    (prompt, forbidden, 1usize..5, 0usize..4, 1usize..24, 0f32..1.5).prop_map(
        move |(prompt, forbidden, beam_width, ngram, max_new_tokens, length_penalty)| Job {
            forbidden: Arc::new(TokenSet::of(vocabulary as usize, |id| forbidden.contains(&id))),
            beam_width,
            length_penalty,
            no_repeat_ngram: if ngram == 1 { 0 } else { ngram },
            max_new_tokens,
            ..job(&prompt)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_beam_of_one_is_greedy_search(seed: u64, mut job in any_job(13), end_bias in -3f32..1.0) {
        job.beam_width = 1;
        let mut model = Hashing { end_bias, ..Hashing::new(13, seed) };
        let (tokens, logprob, stop) = greedy(&model, &job);
        let decoded = &run(&mut model, &[job], ROOMY)[0];
        prop_assert_eq!(&decoded.tokens, &tokens);
        prop_assert_eq!(decoded.stop, stop);
        prop_assert_eq!(decoded.logprobs.len(), tokens.len() + usize::from(stop == StopReason::EndMark));
        prop_assert!((total(decoded) - logprob).abs() < 1e-4);
    }

    #[test]
    fn a_result_depends_neither_on_limits_nor_on_the_order_of_jobs(
        seed: u64,
        jobs in prop::collection::vec(any_job(13), 1..9),
        rows in 1usize..9,
        positions in 1usize..200,
        rotation in 0usize..9,
    ) {
        let mut model = Hashing { end_bias: -1.0, ..Hashing::new(13, seed) };
        let alone: Vec<Decoded> =
            jobs.iter().flat_map(|job| run(&mut model, std::slice::from_ref(job), ROOMY)).collect();
        prop_assert_eq!(&run(&mut model, &jobs, BatchLimits { rows, positions }), &alone);
        let (mut turned, mut expected) = (jobs.clone(), alone);
        turned.rotate_left(rotation % jobs.len());
        expected.rotate_left(rotation % jobs.len());
        prop_assert_eq!(run(&mut model, &turned, ROOMY), expected);
    }

    #[test]
    fn what_is_forbidden_never_comes_and_the_limit_holds(seed: u64, jobs in prop::collection::vec(any_job(9), 1..5)) {
        let mut model = Hashing { end_bias: -2.0, ..Hashing::new(9, seed) };
        for (job, decoded) in jobs.iter().zip(run(&mut model, &jobs, ROOMY)) {
            prop_assert!(!decoded.tokens.iter().any(|id| job.forbidden.contains(*id) || *id == END));
            prop_assert!(decoded.tokens.len() <= job.max_new_tokens);
            if decoded.stop == StopReason::TokenLimit {
                prop_assert_eq!(decoded.tokens.len(), job.max_new_tokens);
            }
            if job.no_repeat_ngram > 1 {
                let mut seen = HashSet::new();
                prop_assert!(decoded.tokens.windows(job.no_repeat_ngram).all(|gram| seen.insert(gram)));
            }
            prop_assert!(decoded.logprobs.iter().all(|logprob| logprob.is_finite() && *logprob <= 0.0));
        }
    }

    #[test]
    fn a_beam_wide_enough_finds_the_best_output_there_is(seed: u64, length_penalty in 0f32..1.5) {
        let mut model = Hashing::new(4, seed);
        let wide = Job { beam_width: 400, length_penalty, max_new_tokens: 4, ..job(&[2]) };
        let mut best = (f64::NEG_INFINITY, Vec::new());
        exhaustive(&model, &wide, &mut Vec::new(), 0.0, &mut best);
        let decoded = &run(&mut model, &[wide], BatchLimits { rows: 1, positions: 1 })[0];
        let score = total(decoded) / (decoded.logprobs.len() as f64).powf(f64::from(length_penalty));
        // Outputs may be equally good up to rounding.
        prop_assert!((score - best.0).abs() < 1e-5, "{:?} {} for {:?}", decoded, score, best);
    }

    #[test]
    fn each_job_is_reported_once_as_it_ends(seed: u64, jobs in prop::collection::vec(any_job(9), 0..9), rows in 1usize..5) {
        let mut model = Hashing::new(9, seed);
        let mut done = 0;
        let Ok(results) = decode(&mut model, &jobs, BatchLimits { rows, positions: 500 }, &mut || done += 1);
        prop_assert_eq!((done, results.len()), (jobs.len(), jobs.len()));
    }
}

#[test]
fn a_wider_beam_finds_likelier_outputs_than_greedy_search() {
    let mean_of_totals = |beam_width: usize| {
        let mut sum = 0.0;
        for seed in 0..200 {
            let mut model = Hashing::new(7, seed);
            let wide = Job { beam_width, length_penalty: 0.0, max_new_tokens: 6, ..job(&[3]) };
            sum += total(&run(&mut model, &[wide], ROOMY)[0]);
        }
        sum / 200.0
    };
    let (greedy, four, wide) = (mean_of_totals(1), mean_of_totals(4), mean_of_totals(2_000));
    assert!(greedy < four && four <= wide, "{greedy} {four} {wide}");
}

#[test]
fn a_higher_length_penalty_prefers_longer_outputs() {
    let mean_length = |length_penalty: f32| {
        let length = |seed: u64| {
            let mut model = Hashing::new(7, seed);
            let job = Job { beam_width: 4, length_penalty, ..job(&[3]) };
            run(&mut model, &[job], ROOMY)[0].tokens.len()
        };
        (0..100).map(length).sum::<usize>()
    };
    assert!(mean_length(0.0) < mean_length(2.0));
}

#[test]
fn an_output_that_does_not_end_is_cut_at_the_limit() {
    for beam_width in [1, 3] {
        let mut model = Hashing { end_bias: -100.0, ..Hashing::new(9, 1) };
        let decoded = &run(&mut model, &[Job { beam_width, ..job(&[4]) }], ROOMY)[0];
        assert_eq!((decoded.stop, decoded.tokens.len()), (StopReason::TokenLimit, 20));
    }
}

#[test]
fn where_nothing_is_allowed_any_more_the_output_so_far_is_kept() {
    let mut model = Hashing { end_bias: f32::NEG_INFINITY, ..Hashing::new(3, 1) };
    // Tokens 1 and 2 make four bigrams; a fifth cannot come.
    let decoded = &run(&mut model, &[Job { no_repeat_ngram: 2, ..job(&[1]) }], ROOMY)[0];
    assert_eq!(decoded.stop, StopReason::TokenLimit);
    assert!((2..=5).contains(&decoded.tokens.len()), "{decoded:?}");
}

#[test]
fn waiting_jobs_join_as_soon_as_others_leave() {
    let mut model = Hashing { end_bias: -100.0, ..Hashing::new(9, 1) };
    let jobs: Vec<Job> = [4, 2, 2].map(|max_new_tokens| Job { max_new_tokens, ..job(&[5]) }).into();
    run(&mut model, &jobs, BatchLimits { rows: 2, positions: 1_000 });
    assert_eq!(model.calls, [2, 2, 2, 2]);
}

#[test]
fn the_positions_limit_keeps_jobs_waiting() {
    let mut model = Hashing { end_bias: -100.0, ..Hashing::new(9, 1) };
    let jobs = [job(&[5]), job(&[6])];
    run(&mut model, &jobs, BatchLimits { rows: 64, positions: 41 });
    assert!(model.calls.iter().all(|rows| *rows == 1));
}

#[test]
fn no_jobs_give_no_results() {
    assert!(run(&mut Hashing::new(9, 1), &[], ROOMY).is_empty());
}
