//! What of an article a summary uses, and what it leaves out.

use serde::{Deserialize, Serialize};

use super::{ByteSpan, FactKind, ParagraphId, SegmentId};

/// A fact of the article, and whether the summary has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoveredFact {
    /// What it states.
    pub kind: FactKind,
    /// The segment it stands in.
    pub segment: SegmentId,
    /// Where it stands in the article.
    pub span: ByteSpan,
    /// The Arabic, exactly the bytes of `span`.
    pub quote: String,
    /// Whether a claim that cites this segment has it.
    pub used: bool,
}

/// What of the article the summary uses, and figures on how it does so.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// Paragraphs of running text that a claim cites, in order.
    pub paragraphs_used: Vec<ParagraphId>,
    /// Paragraphs of running text that no claim cites, in order.
    pub paragraphs_omitted: Vec<ParagraphId>,
    /// Numbers, dates and names of the article, in order of their place.
    pub facts: Vec<CoveredFact>,
    /// Mean, over the running segments, of the greatest similarity to a claim; 0 to 1.
    pub similarity: f32,
    /// Share of the claims that rest on the first paragraph of running text, 0 to 1.
    pub lead_share: f32,
    /// Greatest similarity between two claims, 0 to 1; near 1, the summary says something twice.
    pub redundancy: f32,
    /// Words of the summary by words of the article's English, 0 to 1.
    pub compression: f32,
}

impl Coverage {
    /// Facts of one kind: used, and all.
    #[must_use]
    pub fn facts_of(&self, kind: FactKind) -> (usize, usize) {
        let of_kind = || self.facts.iter().filter(move |fact| fact.kind == kind);
        (of_kind().filter(|fact| fact.used).count(), of_kind().count())
    }
}
