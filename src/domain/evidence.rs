//! What a claim rests on, and how far it can be trusted.

use serde::{Deserialize, Serialize};

use super::{ByteSpan, ClaimId, Doubt, SegmentId};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Verdict {
    /// Evidence found, both roads agree, nothing of the claim is missing from it.
    Verified,
    /// Evidence found, but something of the claim is missing from it or unsure; the doubts say what.
    Partial,
    /// No segment bears the claim out.
    Unsupported,
    /// The evidence says otherwise; the doubts say what.
    Contradicted,
}

impl Verdict {
    /// The verdict in one word.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Partial => "partial",
            Self::Unsupported => "unsupported",
            Self::Contradicted => "contradicted",
        }
    }

    /// Whether the claim must not be passed on as it is: the exit code tells.
    #[must_use]
    pub fn is_refused(self) -> bool {
        matches!(self, Self::Unsupported | Self::Contradicted)
    }
}

/// Words of a claim and the words of the article that answer to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WordLink {
    /// Words of the claim, as a span of the summary's text.
    pub claim: ByteSpan,
    /// Arabic words, as a span of the article.
    pub source: ByteSpan,
}

/// A claim's chain: ranked links, best first, what speaks against it, and the verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attribution {
    /// The claim.
    pub claim: ClaimId,
    /// Its links, best first, the through-English road before the other where scores tie.
    pub links: Vec<EvidenceLink>,
    /// What speaks against it.
    pub doubts: Vec<Doubt>,
    /// How probable it is that the evidence bears the claim out, 0 to 1; calibrated unless an entailment model was asked.
    pub confidence: f32,
    /// How far the evidence bears it out.
    pub verdict: Verdict,
}
