//! Several translations of one segment.
//!
//! Owns: what is known of each. In: the end of a search. Out: values that can be shown or saved.
//! Never: which of them is right.

use serde::Serialize;

use super::ids::SegmentId;

/// The best translations of one segment, best first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NBest {
    /// The segment.
    pub segment: SegmentId,
    /// Its text.
    pub source: String,
    /// Its translations.
    pub alternatives: Vec<Alternative>,
}

/// One of several translations.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Alternative {
    /// The English.
    pub text: String,
    /// What the search ranked it by: the sum of its log-probabilities, divided by its length to the power of the length penalty.
    pub score: f32,
    /// Mean log-probability of a token, in nats.
    pub mean_logprob_nats: f32,
    /// Tokens, the end mark included.
    pub tokens: usize,
    /// Whether it came to its end, and was not cut at the limit of tokens.
    pub is_whole: bool,
}
