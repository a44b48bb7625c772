//! The extractive summarizer.
//!
//! Owns: which sentences stand for the article: central, early, close to the headline, and not twice the
//! same thing.
//! In: the English of sound segments. Out: a summary of whole sentences, in reading order.
//!
//! Score of a sentence: `0.45 · cos(sentence, centroid) + 0.30 · cos(sentence, title) + 0.25 · position`,
//! with position falling from 1 to 0 over the article; without a title its weight goes to the centroid.
//! Sentences are then taken by maximal marginal relevance (Carbonell & Goldstein 1998): score less
//! `0.5 · (greatest similarity to what was taken)`. All steps are linear in the number of sentences.

use std::collections::HashSet;

use super::dot;
use crate::domain::{ByteSpan, Summary};
use crate::ports::{Candidate, Embedder, Length, SummarizeError, Summarizer};

const CENTRALITY: f32 = 0.45;
const TITLE: f32 = 0.30;
const POSITION: f32 = 0.25;
const REDUNDANCY: f32 = 0.5;

/// Shorter sentences say too little to stand alone, unless there are no others.
const MIN_WORDS: usize = 6;

/// Picks sentences by their place in an encoder's space.
pub struct Extractive<'a> {
    embedder: &'a mut dyn Embedder,
}

impl<'a> Extractive<'a> {
    /// A summarizer over `embedder`.
    pub fn new(embedder: &'a mut dyn Embedder) -> Self {
        Self { embedder }
    }
}

impl Summarizer for Extractive<'_> {
    fn summarize(
        &mut self,
        title: Option<&str>,
        candidates: &[Candidate],
        length: Length,
    ) -> Result<Summary, SummarizeError> {
        let candidates = distinct(candidates);
        let long: Vec<&Candidate> =
            candidates.iter().copied().filter(|c| words(&c.text) >= MIN_WORDS).collect();
        let candidates = if long.is_empty() { candidates } else { long };
        let texts: Vec<&str> = candidates.iter().map(|c| c.text.as_str()).chain(title).collect();
        let mut vectors = self.embedder.embed(&texts)?;
        let title = title.and_then(|_| vectors.pop());
        let scores = scores(&vectors, title.as_deref());
        let mut chosen = choose(&candidates, &vectors, &scores, length);
        chosen.sort_unstable();
        let chosen: Vec<&Candidate> = chosen.iter().map(|&index| candidates[index]).collect();
        Ok(join(&chosen)?)
    }
}

/// Candidates with text, each text once.
fn distinct(candidates: &[Candidate]) -> Vec<&Candidate> {
    let mut seen = HashSet::new();
    candidates
        .iter()
        .filter(|c| !c.text.trim().is_empty() && seen.insert(c.text.trim().to_lowercase()))
        .collect()
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

#[expect(clippy::cast_precision_loss, reason = "articles have fewer than 2^24 sentences")]
fn scores(vectors: &[Vec<f32>], title: Option<&[f32]>) -> Vec<f32> {
    let width = vectors.first().map_or(0, Vec::len);
    let mut centroid = vec![0.0; width];
    for vector in vectors {
        for (sum, value) in centroid.iter_mut().zip(vector) {
            *sum += value;
        }
    }
    let norm = dot(&centroid, &centroid).sqrt().max(f32::MIN_POSITIVE);
    let count = vectors.len() as f32;
    vectors
        .iter()
        .enumerate()
        .map(|(index, vector)| {
            let central = dot(vector, &centroid) / norm;
            let relevance = match title {
                Some(title) => CENTRALITY * central + TITLE * dot(vector, title),
                None => (CENTRALITY + TITLE) * central,
            };
            relevance + POSITION * (1.0 - index as f32 / count)
        })
        .collect()
}

/// Indices of the chosen candidates, in the order in which they were chosen.
fn choose(
    candidates: &[&Candidate],
    vectors: &[Vec<f32>],
    scores: &[f32],
    length: Length,
) -> Vec<usize> {
    let mut chosen: Vec<usize> = Vec::new();
    let mut closest = vec![0f32; candidates.len()];
    let mut left: Vec<usize> = (0..candidates.len()).collect();
    let mut used_words = 0;
    loop {
        let value = |index: &usize| scores[*index] - REDUNDANCY * closest[*index];
        // The earlier sentence wins a tie: `max_by` keeps the last of equals.
        let best = left.iter().rev().copied().max_by(|a, b| value(a).total_cmp(&value(b)));
        let Some(best) = best else { break };
        left.retain(|index| *index != best);
        let fits = match length {
            Length::Sentences(most) => chosen.len() < most,
            Length::Words(most) => {
                chosen.is_empty() || used_words + words(&candidates[best].text) <= most
            }
        };
        match (fits, length) {
            (true, _) => {}
            (false, Length::Sentences(_)) => break,
            (false, Length::Words(_)) => continue, // a shorter one may still fit
        }
        used_words += words(&candidates[best].text);
        chosen.push(best);
        for index in &left {
            closest[*index] = closest[*index].max(dot(&vectors[*index], &vectors[best]));
        }
    }
    chosen
}

/// Whole sentences, each citing the segment it is the English of.
fn join(sentences: &[&Candidate]) -> Result<Summary, crate::domain::SummaryError> {
    let texts: Vec<&str> = sentences.iter().map(|sentence| sentence.text.trim()).collect();
    let text = texts.join(" ");
    let mut at = 0;
    let mut spans = Vec::with_capacity(texts.len());
    for sentence in texts {
        spans.push(ByteSpan::within(&text, at, at + sentence.len())?);
        at += sentence.len() + 1;
    }
    let cited = sentences.iter().map(|sentence| vec![sentence.segment]).collect();
    Summary::new(text, spans)?.citing(cited)
}
