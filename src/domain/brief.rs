//! The finished brief: what the reader gets, and what is saved.
//!
//! Owns: the saved form (its JSON is documented in `docs` of the renderer) and the invariant that each
//! quote equals the source bytes of its span.

use serde::{Deserialize, Serialize};

use super::{
    Article, BoilerplateKind, ByteSpan, ClaimId, Coverage, Doubt, FailureReason, Language,
    LinkEntailment, ParagraphId, ParagraphKind, Road, SegmentId, Signature, Translation, Verdict,
    WordLink,
};

/// Version of the saved form; raised whenever a field changes its meaning or goes away.
pub const SCHEMA_VERSION: u32 = 2;

/// One piece of evidence for a claim, quoted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The segment.
    pub segment: SegmentId,
    /// The paragraph above it.
    pub paragraph: ParagraphId,
    /// Where the quote stands in the article.
    pub span: ByteSpan,
    /// The Arabic, exactly the bytes of `span`.
    pub quote: String,
    /// Its English.
    pub translation: String,
    /// Similarity to the claim by each road that led here, −1 to 1.
    #[serde(with = "super::ordered_map")]
    pub scores: Vec<(Road, f32)>,
    /// How an entailment model read the claim against both languages of this segment; absent without such a model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entailment: Option<LinkEntailment>,
    /// Words of the claim and the Arabic words they rest on, where known; in the order of the claim.
    #[serde(default)]
    pub words: Vec<WordLink>,
}

/// A claim of the summary with its chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BriefClaim {
    /// Which claim it is.
    pub id: ClaimId,
    /// Its text.
    pub text: String,
    /// Where it stands in the summary.
    pub span: ByteSpan,
    /// The sentence of the summary it belongs to, counted from 0.
    pub sentence: usize,
    /// How far its evidence bears it out.
    pub verdict: Verdict,
    /// How probable it is that the evidence bears it out, and that nothing is wrong in the words it has from the translation,
    /// 0 to 1; calibrated unless an entailment model was asked.
    pub confidence: f32,
    /// What speaks against it.
    pub doubts: Vec<Doubt>,
    /// The evidence, best first.
    pub evidence: Vec<Evidence>,
}

/// One segment as the reader sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BriefSegment {
    /// Which segment it is.
    pub id: SegmentId,
    /// Where it stands in the article.
    pub span: ByteSpan,
    /// The Arabic, exactly the bytes of `span`.
    pub source: String,
    /// Its translation and what became of it.
    pub translation: Translation,
}

/// One paragraph as the reader sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BriefParagraph {
    /// Which paragraph it is.
    pub id: ParagraphId,
    /// Where it stands in the article.
    pub span: ByteSpan,
    /// What it is for.
    #[serde(flatten)]
    pub kind: ParagraphKind,
    /// Its segments, in order.
    pub segments: Vec<BriefSegment>,
}

/// A paragraph that was left out of translation and summary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Which paragraph.
    pub paragraph: ParagraphId,
    /// Why.
    pub kind: BoilerplateKind,
    /// Its text.
    pub text: String,
}

/// A segment whose translation failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FailedSegment {
    /// Which segment.
    pub segment: SegmentId,
    /// The paragraph above it.
    pub paragraph: ParagraphId,
    /// The checks that failed.
    pub reasons: Vec<FailureReason>,
}

/// A statement that a strict run took out of the summary.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Removed {
    /// What it said.
    pub text: String,
    /// Why it had to go.
    pub verdict: Verdict,
    /// What spoke against it.
    pub doubts: Vec<Doubt>,
}

/// What the reader must know about how the brief was made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Paragraphs that were left out as boilerplate.
    pub left_out: Vec<LeftOut>,
    /// Segments whose translation failed.
    pub failed: Vec<FailedSegment>,
    /// Statements that a strict run took out of the summary.
    #[serde(default)]
    pub removed: Vec<Removed>,
    /// Anything else worth a warning, in words.
    pub warnings: Vec<String>,
    /// Models, settings, version.
    pub signature: Signature,
}

/// Who wrote a summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SummaryAuthor {
    /// Sentences of the translation, as they are.
    Extractive,
    /// Sentences of the translation, shortened.
    Compress,
    /// A language model.
    Abstractive,
    /// Somebody else: the summary was given.
    Given,
}

/// An Arabic article's sourced English brief.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Brief {
    /// [`SCHEMA_VERSION`] of the program that made it.
    pub schema_version: u32,
    /// The article, whole.
    pub article: Article,
    /// Its headline in Arabic and English, if one was found.
    pub title: Option<BriefSegment>,
    /// The summary's text.
    pub summary: String,
    /// The language it is written in.
    pub summary_language: Language,
    /// Who wrote the summary.
    pub author: SummaryAuthor,
    /// Its claims, in order.
    pub claims: Vec<BriefClaim>,
    /// What of the article they use.
    pub coverage: Coverage,
    /// The article in both languages, paragraph by paragraph.
    pub paragraphs: Vec<BriefParagraph>,
    /// What was left out, what failed, and how it was made.
    pub report: Report,
}

/// Why a brief that was read, or is about to be written, cannot be trusted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BriefError {
    /// Made by a version with another saved form.
    #[error("brief has schema version {found}, this program reads {SCHEMA_VERSION}")]
    Schema {
        /// The version found.
        found: u32,
    },
    /// A quote is not the text at its span.
    #[error("quote of segment {} is not the text at bytes {}..{}", segment.number(), span.start(), span.end())]
    Misquoted {
        /// The segment quoted.
        segment: SegmentId,
        /// The span it should equal.
        span: ByteSpan,
    },
    /// A claim is not the text at its span of the summary.
    #[error("claim {} is not in the summary", claim.number())]
    AstrayClaim {
        /// The claim.
        claim: ClaimId,
    },
}

impl Brief {
    /// Checks every quote against the article and every claim against the summary.
    ///
    /// # Errors
    /// [`BriefError`] names the first value that does not hold.
    pub fn check(&self) -> Result<(), BriefError> {
        if self.schema_version != SCHEMA_VERSION {
            return Err(BriefError::Schema { found: self.schema_version });
        }
        let text = self.article.text();
        let segments = self.paragraphs.iter().flat_map(|p| &p.segments).chain(&self.title);
        let quotes = segments.map(|s| (s.id, s.span, &s.source));
        let evidence = self.claims.iter().flat_map(|claim| &claim.evidence);
        for (segment, span, quote) in quotes.chain(evidence.map(|e| (e.segment, e.span, &e.quote)))
        {
            if span.of(text) != Some(quote.as_str()) {
                return Err(BriefError::Misquoted { segment, span });
            }
        }
        match self.claims.iter().find(|c| c.span.of(&self.summary) != Some(c.text.as_str())) {
            Some(claim) => Err(BriefError::AstrayClaim { claim: claim.id }),
            None => Ok(()),
        }
    }
}
