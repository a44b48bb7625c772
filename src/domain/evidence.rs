//! What a claim rests on, and how far it can be trusted.

use serde::{Deserialize, Serialize};

use super::{ClaimId, SegmentId};

/// How a segment was found to be evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Road {
    /// The claim was compared with the English of the segments; the id then leads to the Arabic.
    ThroughEnglish,
    /// The claim was compared with the Arabic segments themselves, in a multilingual space.
    Across,
}

/// One link from a claim to a segment.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EvidenceLink {
    /// The segment the claim rests on.
    pub segment: SegmentId,
    /// Cosine similarity on this road, −1 to 1.
    pub score: f32,
    /// The road that led there.
    pub road: Road,
}

/// How far a claim is borne out by its evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "verdict", content = "doubts")]
#[non_exhaustive]
pub enum Verdict {
    /// Evidence found, both roads agree, nothing of the claim is missing from it.
    Verified,
    /// Evidence found, but something speaks against trusting it blindly; each doubt in words.
    Partial(Vec<String>),
    /// No segment bears the claim out.
    Unsupported,
}

impl Verdict {
    /// The verdict in one word.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Partial(_) => "partial",
            Self::Unsupported => "unsupported",
        }
    }

    /// What speaks against the claim; empty unless the verdict is partial.
    #[must_use]
    pub fn doubts(&self) -> &[String] {
        match self {
            Self::Partial(doubts) => doubts,
            Self::Verified | Self::Unsupported => &[],
        }
    }
}

/// A claim's chain: ranked links, best first, and the verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attribution {
    /// The claim.
    pub claim: ClaimId,
    /// Its links, best first, the through-English road before the other where scores tie.
    pub links: Vec<EvidenceLink>,
    /// How far they bear it out.
    pub verdict: Verdict,
}
