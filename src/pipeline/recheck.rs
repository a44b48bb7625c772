//! A saved brief back to the values it was made of.
//!
//! Owns: what of a brief is needed to judge its summary again. In: a [`Brief`] that passed its check. Out: its bitext and its
//! summary. Never: its verdicts; they are what is recomputed.

use super::check::GivenSummary;
use super::claims::Granularity;
use crate::domain::{
    Bitext, Brief, ByteSpan, Paragraph, Segment, SegmentedArticle, Summary, SummaryError,
};

/// Bitext and summary of `brief`; `None` where its segments do not cover its article, or its claims not its summary.
#[must_use]
pub fn taken_apart(brief: &Brief) -> Option<(Bitext, GivenSummary)> {
    let (mut paragraphs, mut segments, mut translations) = (Vec::new(), Vec::new(), Vec::new());
    for paragraph in &brief.paragraphs {
        let first = segments.len();
        for segment in &paragraph.segments {
            segments.push(Segment { span: segment.span, paragraph: paragraph.id });
            translations.push(segment.translation.clone());
        }
        paragraphs.push(Paragraph::new(paragraph.span, paragraph.kind, first, segments.len()));
    }
    let article = SegmentedArticle::new(brief.article.clone(), paragraphs, segments).ok()?;
    let bitext = Bitext::new(article, translations).ok()?;
    let summary = summary(brief).ok()?;
    let sentences = summary.sentences().len();
    // A clause that is a claim by itself shows that sentences were cut.
    let granularity = if brief.claims.len() == sentences {
        Granularity::Sentences
    } else {
        Granularity::Statements
    };
    Some((bitext, GivenSummary { summary, language: brief.summary_language, granularity }))
}

/// The sentences of the summary reach from their first claim to their last one.
fn summary(brief: &Brief) -> Result<Summary, SummaryError> {
    let mut spans = Vec::new();
    for claims in brief.claims.chunk_by(|a, b| a.sentence == b.sentence) {
        if let (Some(first), Some(last)) = (claims.first(), claims.last()) {
            spans.push(ByteSpan::within(&brief.summary, first.span.start(), last.span.end())?);
        }
    }
    Summary::new(brief.summary.clone(), spans)
}
