//! What speaks against a claim, in a form that machines and people can read.

use serde::{Deserialize, Serialize};

use super::{ByteSpan, FactKind};

/// What a doubt is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DoubtKind {
    /// A fact of the claim does not stand in its evidence as it should.
    Fact(FactKind),
    /// What it says stands in the article, but in sentences apart; none says it all.
    Combined,
    /// The two roads lead to different sentences.
    Roads,
    /// Claim and evidence are too far apart in meaning.
    Similarity,
    /// An entailment model reads the evidence as saying otherwise.
    Entailment,
    /// The translation of the evidence failed a check.
    Translation,
    /// The claim took words from the translation of which the translator is not sure.
    Unsure,
    /// A citation written by the summarizer names no sentence, or one that does not bear the claim out.
    Citation,
    /// Words between quotation marks are not quoted in the article.
    Quote,
}

/// Where the fault lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The summary says what its evidence does not.
    Summary,
    /// The translation lost or changed it; the summary follows the translation.
    Translation,
    /// It cannot be told.
    Unclear,
}

/// How much a doubt weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Something is missing or unsure.
    Missing,
    /// The evidence says otherwise.
    Contradicts,
}

/// One thing that speaks against a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    /// What it is about.
    pub kind: DoubtKind,
    /// Where the fault lies.
    pub origin: Origin,
    /// How much it weighs.
    pub severity: Severity,
    /// The words of the summary it is about, if it is about some; a span of the summary's text.
    pub span: Option<ByteSpan>,
    /// The same for a reader, in words.
    pub text: String,
}
