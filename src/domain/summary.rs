//! A short English text about an article, and where its sentences stand in it.

use serde::{Deserialize, Serialize};

use super::{ByteSpan, SegmentId, SpanError};

/// A summary: its sentences rise and, with the white space between them, cover its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    text: String,
    sentences: Vec<ByteSpan>,
    /// As many as sentences, or none where nobody cited anything.
    #[serde(default)]
    citations: Vec<Vec<SegmentId>>,
}

/// The sentences do not cover the text of the summary.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SummaryError {
    /// A sentence span does not fit the text.
    #[error("a sentence of the summary does not fit its text")]
    Span(#[from] SpanError),
    /// Text outside every sentence, or sentences out of order.
    #[error("text at byte {at} of the summary belongs to no sentence")]
    Uncovered {
        /// Where the text begins.
        at: usize,
    },
    /// Citations for more or fewer sentences than there are.
    #[error("citations for {given} sentences of a summary of {sentences}")]
    Citations {
        /// Sentences of the summary.
        sentences: usize,
        /// Sentences that citations were given for.
        given: usize,
    },
}

impl Summary {
    /// A summary with the given sentence spans.
    ///
    /// # Errors
    /// [`SummaryError`] if the spans leave the text, are out of order or leave text uncovered.
    pub fn new(text: String, sentences: Vec<ByteSpan>) -> Result<Self, SummaryError> {
        let mut at = 0;
        for span in &sentences {
            span.check(&text)?;
            let gap = text.get(at..span.start()).ok_or(SummaryError::Uncovered { at })?;
            if !gap.trim().is_empty() || span.is_empty() {
                return Err(SummaryError::Uncovered { at });
            }
            at = span.end();
        }
        if !text.get(at..).unwrap_or_default().trim().is_empty() {
            return Err(SummaryError::Uncovered { at });
        }
        Ok(Self { text, sentences, citations: Vec::new() })
    }

    /// The same summary with the segments that its author says each sentence rests on.
    ///
    /// # Errors
    /// [`SummaryError::Citations`] unless there is one list a sentence.
    pub fn citing(self, citations: Vec<Vec<SegmentId>>) -> Result<Self, SummaryError> {
        let (sentences, given) = (self.sentences.len(), citations.len());
        if sentences == given {
            Ok(Self { citations, ..self })
        } else {
            Err(SummaryError::Citations { sentences, given })
        }
    }

    /// The segments that the author cites for a sentence; none if nothing was cited.
    #[must_use]
    pub fn cited(&self, sentence: usize) -> &[SegmentId] {
        self.citations.get(sentence).map_or(&[], Vec::as_slice)
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its sentences, in order.
    #[must_use]
    pub fn sentences(&self) -> &[ByteSpan] {
        &self.sentences
    }
}
