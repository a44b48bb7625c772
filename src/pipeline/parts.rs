//! The parts of a brief.
//!
//! Owns: how a bitext, judged claims and what went wrong become the values a reader gets.
//! In: values of the steps. Out: parts of a [`Brief`](crate::domain::Brief).

use super::attribute::Statement;
use super::verify::Readings;
use crate::domain::{
    Attribution, Bitext, BriefClaim, BriefParagraph, BriefSegment, Evidence, FailedSegment,
    LeftOut, ParagraphId, ParagraphKind, SegmentId, Translation,
};
use crate::ports::Candidate;

/// Sound translations of running text: what a summary may draw on.
pub(super) fn candidates(bitext: &Bitext) -> Vec<Candidate> {
    let source = bitext.source();
    let mut candidates = Vec::new();
    for (index, translation) in bitext.translations().iter().enumerate() {
        let segment = SegmentId::new(index);
        let kind = source.paragraph_of(segment).map(|paragraph| paragraph.kind);
        let running = matches!(kind, Some(ParagraphKind::Body | ParagraphKind::ListItem));
        if running && translation.is_sound() {
            let right = translation.reliability.as_ref().map(|reliability| reliability.right);
            candidates.push(Candidate { segment, text: translation.text.clone(), right });
        }
    }
    candidates
}

/// The English of a paragraph.
pub(super) fn joined(bitext: &Bitext, paragraph: ParagraphId) -> String {
    let segments = bitext.source().paragraphs().get(paragraph.index());
    let ids = segments.into_iter().flat_map(crate::domain::Paragraph::segment_ids);
    let texts: Vec<&str> =
        ids.filter_map(|id| Some(bitext.translation(id)?.text.as_str())).collect();
    texts.join(" ")
}

/// The headline as one segment.
pub(super) fn title(bitext: &Bitext) -> Option<BriefSegment> {
    let title = bitext.source().title()?;
    let first = bitext.source().paragraphs().get(title.index())?.segment_ids().next()?;
    segment(bitext, first)
}

fn segment(bitext: &Bitext, id: SegmentId) -> Option<BriefSegment> {
    let segment = bitext.source().segments().get(id.index())?;
    Some(BriefSegment {
        id,
        span: segment.span,
        source: bitext.source().segment_text(id).to_owned(),
        translation: bitext.translation(id)?.clone(),
    })
}

/// All paragraphs in both languages.
pub(super) fn paragraphs(bitext: &Bitext) -> Vec<BriefParagraph> {
    let numbered = bitext.source().paragraphs().iter().enumerate();
    numbered
        .map(|(index, paragraph)| BriefParagraph {
            id: ParagraphId::new(index),
            span: paragraph.span,
            kind: paragraph.kind,
            segments: paragraph.segment_ids().filter_map(|id| segment(bitext, id)).collect(),
        })
        .collect()
}

/// A claim with its evidence quoted; words are not linked yet.
pub(super) fn claim(
    statement: &Statement<'_>,
    attribution: &Attribution,
    readings: &Readings,
    bitext: &Bitext,
) -> BriefClaim {
    BriefClaim {
        id: statement.claim.id,
        text: statement.text.to_owned(),
        span: statement.claim.span,
        sentence: statement.claim.sentence,
        verdict: attribution.verdict,
        confidence: attribution.confidence,
        doubts: attribution.doubts.clone(),
        evidence: evidence(attribution, readings, bitext),
    }
}

/// Links to the same segment are one piece of evidence with several scores.
fn evidence(attribution: &Attribution, readings: &Readings, bitext: &Bitext) -> Vec<Evidence> {
    let read = |segment: SegmentId| {
        let reading = readings.segments.iter().find(|reading| reading.segment == segment);
        reading.map(|reading| reading.entailment)
    };
    let mut pieces: Vec<Evidence> = Vec::new();
    for link in &attribution.links {
        let score = (link.road, link.score);
        if let Some(piece) = pieces.iter_mut().find(|piece| piece.segment == link.segment) {
            piece.scores.push(score);
            continue;
        }
        let segment = bitext.source().segments().get(link.segment.index());
        let english = |translation: &Translation| translation.text.clone();
        pieces.extend(segment.map(|segment| Evidence {
            segment: link.segment,
            paragraph: segment.paragraph,
            span: segment.span,
            quote: bitext.source().segment_text(link.segment).to_owned(),
            translation: bitext.translation(link.segment).map(english).unwrap_or_default(),
            scores: vec![score],
            entailment: read(link.segment),
            words: Vec::new(),
        }));
    }
    pieces
}

/// Paragraphs that were left out, unless boilerplate is kept.
pub(super) fn left_out(bitext: &Bitext, keep_boilerplate: bool) -> Vec<LeftOut> {
    let source = bitext.source();
    let numbered = source.paragraphs().iter().enumerate();
    let left_out = numbered.filter_map(|(index, paragraph)| match paragraph.kind {
        ParagraphKind::Boilerplate(kind) if !keep_boilerplate => {
            let paragraph = ParagraphId::new(index);
            Some(LeftOut { paragraph, kind, text: source.paragraph_text(paragraph).to_owned() })
        }
        _ => None,
    });
    left_out.collect()
}

/// Segments whose translation failed.
pub(super) fn failed(bitext: &Bitext) -> Vec<FailedSegment> {
    let failed = bitext.failed().filter_map(|(segment, reasons)| {
        let paragraph = bitext.source().segments().get(segment.index())?.paragraph;
        Some(FailedSegment { segment, paragraph, reasons: reasons.to_vec() })
    });
    failed.collect()
}
