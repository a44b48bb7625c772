//! A statement of the summary that can be checked.

use serde::{Deserialize, Serialize};

use super::{ByteSpan, ClaimId};

/// A checkable statement: a non-empty span of the summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Which claim it is.
    pub id: ClaimId,
    /// The sentence of the summary it belongs to, counted from 0.
    pub sentence: usize,
    /// Where it stands in the summary's text.
    pub span: ByteSpan,
}
