//! The extractive summarizer over shortened sentences.
//!
//! Owns: nothing but the order: shorten, then pick. What is left of a sentence stands in it word for word.

use super::Extractive;
use crate::domain::Summary;
use crate::ports::{Candidate, Embedder, Length, SummarizeError, Summarizer};
use crate::text::compress::shortened;

/// Picks among sentences from which asides were taken.
pub struct Compress<'a> {
    embedder: &'a mut dyn Embedder,
}

impl<'a> Compress<'a> {
    /// A summarizer over `embedder`.
    pub fn new(embedder: &'a mut dyn Embedder) -> Self {
        Self { embedder }
    }
}

impl Summarizer for Compress<'_> {
    fn summarize(
        &mut self,
        title: Option<&str>,
        candidates: &[Candidate],
        length: Length,
    ) -> Result<Summary, SummarizeError> {
        let short = |candidate: &Candidate| Candidate {
            segment: candidate.segment,
            text: shortened(&candidate.text),
            right: candidate.right,
        };
        let candidates: Vec<Candidate> = candidates.iter().map(short).collect();
        Extractive::new(&mut *self.embedder).summarize(title, &candidates, length)
    }
}
