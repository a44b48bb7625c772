//! Results as JSON.
//!
//! Owns: layout (two spaces, `schema_version` first, the field order of the types, a line end at the end)
//! and the promise that what is written can be read back equal. `SCHEMA.md` beside this file documents
//! every field for users.
//! In: a brief or a bitext. Out: JSON. Never: rounding, renaming or leaving out.

use serde::Serialize;

use super::RenderError;
use crate::domain::{
    Article, Bitext, Brief, BriefParagraph, BriefSegment, FailureReason, NBest, Outcome,
    SCHEMA_VERSION, Signature, Translation,
};

/// A brief in its saved form.
///
/// # Errors
/// [`RenderError::NotFinite`] if a number in it is infinite or no number: JSON would turn it into
/// `null`, and the file could not be read again.
pub fn json(brief: &Brief) -> Result<String, RenderError> {
    let segments = brief.paragraphs.iter().flat_map(|p| &p.segments).chain(&brief.title);
    for segment in segments {
        finite_translation(segment.id.number(), &segment.translation)?;
    }
    for failed in &brief.report.failed {
        finite_reasons(failed.segment.number(), &failed.reasons)?;
    }
    let coverage = &brief.coverage;
    for (what, value) in [
        ("the similarity of the coverage", coverage.similarity),
        ("the lead share of the coverage", coverage.lead_share),
        ("the redundancy of the coverage", coverage.redundancy),
        ("the compression of the coverage", coverage.compression),
    ] {
        finite(value, || what.to_owned())?;
    }
    for claim in &brief.claims {
        finite(claim.confidence, || format!("the confidence of claim {}", claim.id.number()))?;
        for (_, score) in claim.evidence.iter().flat_map(|evidence| &evidence.scores) {
            finite(*score, || format!("a score of claim {}", claim.id.number()))?;
        }
        let read = claim.evidence.iter().filter_map(|evidence| evidence.entailment);
        for reading in read.flat_map(|read| read.readings().collect::<Vec<_>>()) {
            for value in [reading.entailment, reading.neutral, reading.contradiction] {
                finite(value, || format!("an entailment score of claim {}", claim.id.number()))?;
            }
        }
    }
    pretty(brief)
}

/// A translation without a brief.
#[derive(Serialize)]
struct TranslationDocument<'a> {
    schema_version: u32,
    article: &'a Article,
    paragraphs: Vec<BriefParagraph>,
    signature: &'a Signature,
}

/// A translation, segment by segment, in the form that `paragraphs` has in a brief.
///
/// # Errors
/// As [`json`].
pub fn translation_json(bitext: &Bitext, signature: &Signature) -> Result<String, RenderError> {
    for (index, translation) in bitext.translations().iter().enumerate() {
        finite_translation(index + 1, translation)?;
    }
    pretty(&TranslationDocument {
        schema_version: SCHEMA_VERSION,
        article: bitext.source().article(),
        paragraphs: paragraphs(bitext),
        signature,
    })
}

/// The best translations of segments as JSON.
///
/// # Errors
/// [`RenderError`] for a score that is no number.
pub fn n_best_json(lists: &[NBest], signature: &Signature) -> Result<String, RenderError> {
    for list in lists {
        for alternative in &list.alternatives {
            let what = || format!("a score of sentence {}", list.segment.number());
            finite(alternative.score, what)?;
            finite(alternative.mean_logprob_nats, what)?;
        }
    }
    pretty(&NBestDocument { schema_version: SCHEMA_VERSION, segments: lists, signature })
}

fn paragraphs(bitext: &Bitext) -> Vec<BriefParagraph> {
    let source = bitext.source();
    let segment = |id: crate::domain::SegmentId| {
        Some(BriefSegment {
            id,
            span: source.segments().get(id.index())?.span,
            source: source.segment_text(id).to_owned(),
            translation: bitext.translation(id)?.clone(),
        })
    };
    let numbered = source.paragraphs().iter().enumerate();
    numbered
        .map(|(index, paragraph)| BriefParagraph {
            id: crate::domain::ParagraphId::new(index),
            span: paragraph.span,
            kind: paragraph.kind,
            segments: paragraph.segment_ids().filter_map(segment).collect(),
        })
        .collect()
}

#[derive(Serialize)]
struct NBestDocument<'a> {
    schema_version: u32,
    segments: &'a [NBest],
    signature: &'a Signature,
}

/// Any value in the layout of this file.
pub(super) fn pretty(value: &impl Serialize) -> Result<String, RenderError> {
    let mut text = serde_json::to_string_pretty(value).map_err(RenderError::Json)?;
    text.push('\n');
    Ok(text)
}

fn finite_translation(number: usize, translation: &Translation) -> Result<(), RenderError> {
    let what = || format!("the mean log-probability of sentence {number}");
    finite(translation.mean_logprob_nats, what)?;
    match &translation.outcome {
        Outcome::Failed(reasons) => finite_reasons(number, reasons),
        Outcome::Translated | Outcome::Skipped => Ok(()),
    }
}

fn finite_reasons(number: usize, reasons: &[FailureReason]) -> Result<(), RenderError> {
    let what = || format!("a failure measure of sentence {number}");
    reasons.iter().try_for_each(|reason| match reason {
        FailureReason::SourceScriptLeft { share: value }
        | FailureReason::LengthRatio { ratio: value }
        | FailureReason::LowLogprob { mean_nats: value } => finite(*value, what),
        FailureReason::RepetitionLoop { .. }
        | FailureReason::CopiedSource
        | FailureReason::Garbled { .. }
        | FailureReason::Empty
        | FailureReason::CutAtLimit { .. } => Ok(()),
    })
}

fn finite(value: f32, what: impl Fn() -> String) -> Result<(), RenderError> {
    if value.is_finite() { Ok(()) } else { Err(RenderError::NotFinite { what: what(), value }) }
}
