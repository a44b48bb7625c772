//! Segments to a summary.

use super::EmbedError;
use crate::domain::{SegmentId, Summary};

/// One segment that a summary may draw on.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Which segment.
    pub segment: SegmentId,
    /// Its English.
    pub text: String,
    /// Probability, 0 to 1, that nothing in it is wrong, where there is an estimate.
    pub right: Option<f32>,
}

/// How long a summary may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// At most so many sentences.
    Sentences(usize),
    /// At most so many words, but always one sentence.
    Words(usize),
}

/// Why there is no summary.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SummarizeError {
    /// The encoder failed.
    #[error(transparent)]
    Embed(#[from] EmbedError),
    /// The model that writes failed.
    #[error(transparent)]
    Write(#[from] super::WriteError),
    /// The parts do not make a summary.
    #[error("the summary is malformed")]
    Malformed(#[from] crate::domain::SummaryError),
}

/// Writes a summary.
///
/// 1. No candidates give an empty summary.
/// 2. The length is never exceeded, but for the first sentence of a word limit.
/// 3. Same input, same output.
pub trait Summarizer {
    /// Summarizes `candidates`, which stand in reading order; `title` is the English headline.
    ///
    /// # Errors
    /// [`SummarizeError`] when an engine fails.
    fn summarize(
        &mut self,
        title: Option<&str>,
        candidates: &[Candidate],
        length: Length,
    ) -> Result<Summary, SummarizeError>;
}
