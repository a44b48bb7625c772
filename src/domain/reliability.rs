//! How far a translation can be relied on.
//!
//! Owns: the estimate of each word and of the whole. Never: how it is made.

use serde::{Deserialize, Serialize};

use super::ByteSpan;

/// How many things are counted of a word, in the order of `pipeline::WORD_COUNTS`.
pub const WORD_WEIGHTS: usize = 20;
/// And of a whole translation.
pub const WHOLE_WEIGHTS: usize = 5;

/// Weights of the two logistic models that make an estimate, fitted to translations by one model.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReliabilityWeights {
    /// Whether a word is wrong.
    pub word: [f32; WORD_WEIGHTS],
    /// Whether nothing in a translation is wrong.
    pub whole: [f32; WHOLE_WEIGHTS],
}

/// A word of a translation, as far as it can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WordReliability {
    /// Where it stands in the translation.
    pub span: ByteSpan,
    /// Probability, 0 to 1, that it is not what the source says.
    pub wrong: f32,
}

/// How far a translation can be relied on, by what its translator says of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reliability {
    /// Probability, 0 to 1, that nothing in it is wrong.
    pub right: f32,
    /// Its words and marks, in order.
    pub words: Vec<WordReliability>,
}
