//! How likely a decoder finds a text that is given, token by token.
//!
//! Owns: the pass over prompt and text at once, and where in the text each token stands.
//! In: tokens of a prompt and of a text. Out: scores of the latter. Never: a verdict; that is the pipeline's.

use rayon::prelude::*;

use super::engine::Engine;
use super::error::InferError;
use super::jobs::batches;
use super::nn::{Feed, KvCache};
use crate::ports::TokenScore;

/// Rows of logits held at once, at most, unless one text has more: 192 of 60,000 values are 46 MB.
const ROWS: usize = 192;

/// A prompt, and the text behind it whose likelihood is asked.
pub(super) struct Question<'a> {
    pub(super) prompt: Vec<u32>,
    pub(super) text: &'a str,
    pub(super) tokens: Vec<u32>,
}

impl Question<'_> {
    /// The end mark is scored, too.
    fn rows(&self) -> usize {
        self.tokens.len() + 1
    }
}

/// Scores of the tokens of each question, and of `end` behind them.
pub(super) fn score(
    engine: &mut Engine,
    questions: &[Question<'_>],
    end: u32,
) -> Result<Vec<Vec<TokenScore>>, InferError> {
    let vocabulary = engine.decoder.config().vocabulary;
    let (mut found, mut logits) = (Vec::new(), Vec::new());
    for batch in batches(questions, ROWS, Question::rows) {
        let fed = |q: &Question<'_>| [q.prompt.as_slice(), q.tokens.as_slice()].concat();
        let tokens: Vec<Vec<u32>> = batch.iter().map(fed).collect();
        let mut states: Vec<KvCache> = batch.iter().map(|_| engine.begin()).collect();
        let feeds = states.iter_mut().zip(&tokens);
        let mut feeds: Vec<Feed<'_>> =
            feeds.map(|(cache, tokens)| Feed { cache, tokens }).collect();
        let tails: Vec<usize> = batch.iter().map(Question::rows).collect();
        engine.decoder.forward_tails(&mut feeds, &tails, &mut logits)?;
        let mut rows = logits.as_slice();
        for question in batch {
            let (own, others) = rows.split_at(rows.len().min(question.rows() * vocabulary));
            rows = others;
            let tokens = question.tokens.iter().copied().chain([end]);
            let tokens: Vec<_> = tokens.zip(places(engine, question)).collect();
            let scores = own.par_chunks_exact(vocabulary).zip(tokens);
            found.push(scores.map(|(row, (id, bytes))| of(row, id, bytes)).collect());
        }
    }
    Ok(found)
}

/// The bytes of the text that each token spells, and where the text ends.
fn places(engine: &Engine, question: &Question<'_>) -> Vec<(usize, usize)> {
    let lengths = question.tokens.iter().map(|id| engine.tokenizer.token_bytes(*id).len());
    let lengths: Vec<usize> = lengths.collect();
    // Some tokenizers put a space before the first word.
    let added = lengths.iter().sum::<usize>().saturating_sub(question.text.len());
    let mut at = 0;
    let mut places = Vec::with_capacity(lengths.len() + 1);
    for length in lengths.into_iter().chain([0]) {
        let end = at + length;
        places.push((at.saturating_sub(added), end.saturating_sub(added)));
        at = end;
    }
    places
}

fn of(logits: &[f32], id: u32, bytes: (usize, usize)) -> TokenScore {
    let own = usize::try_from(id).ok().and_then(|id| logits.get(id)).copied();
    let own = own.unwrap_or(f32::NEG_INFINITY);
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    // Of all tokens the sum of their weights, and of their distances from the likeliest so weighted.
    let (mut sum, mut distance, mut rank) = (0.0, 0.0, 0);
    for logit in logits {
        let below = logit - most;
        let weight = below.exp();
        sum += weight;
        distance += weight * below;
        rank += usize::from(*logit > own);
    }
    let normaliser = sum.ln();
    TokenScore {
        bytes,
        logprob_nats: (own - most - normaliser).min(0.0),
        entropy_nats: (normaliser - distance / sum).max(0.0),
        rank,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::super::fixtures::{FLOAT, INTEGER, cases, engine};
    use super::*;

    /// What the logits of the reference say of a token, in double precision.
    fn expected(logits: &[f32], id: u32) -> (f64, f64, usize) {
        let logits: Vec<f64> = logits.iter().map(|logit| f64::from(*logit)).collect();
        let own = logits[id as usize];
        let sum: f64 = logits.iter().map(|logit| logit.exp()).sum();
        let entropy = -logits.iter().map(|l| l.exp() / sum * (l - sum.ln())).sum::<f64>();
        (own - sum.ln(), entropy, logits.iter().filter(|logit| **logit > own).count())
    }

    #[test]
    fn scores_are_those_of_the_reference_alone_and_among_others() {
        for name in FLOAT.into_iter().chain([INTEGER]) {
            let mut engine = engine(name);
            let tolerance = if name == INTEGER { 0.3 } else { 2e-4 };
            let cases: Vec<_> =
                cases(name).into_iter().filter(|case| case.prompt.len() > 2).collect();
            let text_of = |tokens: &[u32]| engine.tokenizer.decode(tokens);
            let texts: Vec<String> = cases.iter().map(|case| text_of(&case.prompt[1..])).collect();
            let questions: Vec<Question<'_>> = cases
                .iter()
                .zip(&texts)
                .map(|(case, text)| {
                    let (prompt, tokens) = case.prompt.split_at(1);
                    Question { prompt: prompt.to_vec(), text, tokens: tokens.to_vec() }
                })
                .collect();
            let end = 2;
            let together = score(&mut engine, &questions, end).unwrap();
            assert_eq!(together.len(), cases.len());
            for ((case, question), scores) in cases.iter().zip(&questions).zip(&together) {
                let ids = question.tokens.iter().copied().chain([end]);
                assert_eq!(scores.len(), question.tokens.len() + 1);
                for ((id, logits), score) in ids.zip(&case.logits).zip(scores) {
                    let (logprob, entropy, rank) = expected(logits, id);
                    assert!((f64::from(score.logprob_nats) - logprob).abs() < tolerance, "{name}");
                    assert!((f64::from(score.entropy_nats) - entropy).abs() < tolerance, "{name}");
                    assert!(name == INTEGER || score.rank == rank, "{name}");
                }
                let alone = score(&mut engine, std::slice::from_ref(question), end).unwrap();
                assert_eq!(&alone[0], scores, "{name}");
            }
        }
    }
}
