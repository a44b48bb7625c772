//! A segmented article side by side with its translation.
//!
//! Owns: one translation a segment, in the same order; a failed segment is present, with its reasons.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Reliability, SegmentId, SegmentedArticle};

/// What became of one segment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "outcome", content = "reasons")]
pub enum Outcome {
    /// The translation passed every check.
    Translated,
    /// Every attempt failed a check; the best text is kept and must not be trusted.
    Failed(Vec<FailureReason>),
    /// Not translated, because its paragraph is boilerplate.
    Skipped,
}

/// A check that a translation failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "reason")]
#[non_exhaustive]
pub enum FailureReason {
    /// A run of words comes again and again.
    RepetitionLoop {
        /// The words that repeat.
        phrase: String,
        /// How often they come in a row.
        times: usize,
    },
    /// Letters of the source script are left in the translation.
    SourceScriptLeft {
        /// Share of the letters, 0 to 1.
        share: f32,
    },
    /// The translation is much shorter or longer than such a source asks for.
    LengthRatio {
        /// Characters of the translation for each character of the source.
        ratio: f32,
    },
    /// The translation is the source.
    CopiedSource,
    /// Characters are the bytes of others, read in a wrong encoding.
    Garbled {
        /// The first word that has some.
        word: String,
    },
    /// Nothing was produced.
    Empty,
    /// Decoding stopped at the token limit before the end mark.
    CutAtLimit {
        /// The limit, in tokens.
        limit: usize,
    },
    /// The model itself finds its output unlikely.
    LowLogprob {
        /// Mean log-probability of the tokens, in nats.
        mean_nats: f32,
    },
}

impl fmt::Display for FailureReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RepetitionLoop { phrase, times } => write!(f, "repeats “{phrase}” {times} times"),
            Self::SourceScriptLeft { share } => {
                write!(f, "{:.0} % of the letters are still Arabic", share * 100.0)
            }
            Self::LengthRatio { ratio } => {
                write!(f, "{ratio:.2} times as long as its source, which is implausible")
            }
            Self::CopiedSource => f.write_str("is a copy of the source"),
            Self::Garbled { word } => write!(f, "has garbled characters (“{word}”)"),
            Self::Empty => f.write_str("is empty"),
            Self::CutAtLimit { limit } => write!(f, "was cut at {limit} tokens"),
            Self::LowLogprob { mean_nats } => {
                write!(f, "is unlikely by the model's own measure ({mean_nats:.2} nats a token)")
            }
        }
    }
}

/// The translation of one segment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Translation {
    /// The English text; empty where the segment was skipped.
    pub text: String,
    /// Mean log-probability of its tokens, in nats (0 is certain).
    pub mean_logprob_nats: f32,
    /// Tokens that were generated for the text that was kept, end marks included.
    pub tokens: usize,
    /// How often translation was tried.
    pub attempts: usize,
    /// How far it can be relied on; absent where the translator does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reliability: Option<Reliability>,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

impl Translation {
    /// The value of a segment that is not translated.
    #[must_use]
    pub fn skipped() -> Self {
        Self {
            text: String::new(),
            mean_logprob_nats: 0.0,
            tokens: 0,
            attempts: 0,
            reliability: None,
            outcome: Outcome::Skipped,
        }
    }

    /// Whether the text passed every check.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.outcome == Outcome::Translated
    }
}

/// A segmented article and one [`Translation`] a segment.
#[derive(Clone, Debug, PartialEq)]
pub struct Bitext {
    source: SegmentedArticle,
    translations: Vec<Translation>,
}

/// The two sides of a bitext differ in length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{segments} segments, but {translations} translations")]
pub struct BitextError {
    /// Segments of the source.
    pub segments: usize,
    /// Translations given.
    pub translations: usize,
}

impl Bitext {
    /// Joins both sides.
    ///
    /// # Errors
    /// [`BitextError`] unless there is exactly one translation a segment.
    pub fn new(
        source: SegmentedArticle,
        translations: Vec<Translation>,
    ) -> Result<Self, BitextError> {
        let (segments, given) = (source.segments().len(), translations.len());
        if segments == given {
            Ok(Self { source, translations })
        } else {
            Err(BitextError { segments, translations: given })
        }
    }

    /// The Arabic side.
    #[must_use]
    pub fn source(&self) -> &SegmentedArticle {
        &self.source
    }

    /// The English side, in the order of the segments.
    #[must_use]
    pub fn translations(&self) -> &[Translation] {
        &self.translations
    }

    /// The translation of one segment.
    #[must_use]
    pub fn translation(&self, id: SegmentId) -> Option<&Translation> {
        self.translations.get(id.index())
    }

    /// Segments whose translation failed, in order.
    pub fn failed(&self) -> impl Iterator<Item = (SegmentId, &[FailureReason])> {
        self.translations.iter().enumerate().filter_map(|(index, translation)| {
            match &translation.outcome {
                Outcome::Failed(reasons) => Some((SegmentId::new(index), reasons.as_slice())),
                Outcome::Translated | Outcome::Skipped => None,
            }
        })
    }
}
