//! A short English text about an article, and where its sentences stand in it.

use serde::{Deserialize, Serialize};

use super::{ByteSpan, SpanError};

/// A summary: its sentences rise and, with the white space between them, cover its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    text: String,
    sentences: Vec<ByteSpan>,
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
        Ok(Self { text, sentences })
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
