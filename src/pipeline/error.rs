//! What can stop a run. A poor segment cannot: it is an outcome in the report.

use crate::domain::{AlignmentError, BitextError, BriefError, SummaryError};
use crate::ports::{EmbedError, EntailError, SummarizeError, TranslateError};

/// Why a step could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PipelineError {
    /// The translator failed.
    #[error(transparent)]
    Translate(#[from] TranslateError),
    /// The sentence encoder failed.
    #[error(transparent)]
    Embed(#[from] EmbedError),
    /// The entailment model failed.
    #[error(transparent)]
    Entail(#[from] EntailError),
    /// An entailment model broke its contract.
    #[error("the entailment model gave {found} readings of {pairs} pairs")]
    Readings {
        /// Pairs asked for.
        pairs: usize,
        /// Readings given.
        found: usize,
    },
    /// The summarizer failed.
    #[error(transparent)]
    Summarize(#[from] SummarizeError),
    /// An abstractive summary was asked for, and no model that writes was given.
    #[error("there is no model that writes summaries")]
    NoWriter,
    /// A translator broke its contract.
    #[error("the translator did not return one translation a segment")]
    Bitext(#[from] BitextError),
    /// A summarizer broke its contract.
    #[error("the summary is malformed")]
    Summary(#[from] SummaryError),
    /// The finished brief does not hold; it is not given out.
    #[error("the brief failed its own check")]
    Brief(#[from] BriefError),
    /// The finished alignment does not hold; it is not given out.
    #[error("the alignment failed its own check")]
    Alignment(#[from] AlignmentError),
}
