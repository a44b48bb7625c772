//! What of the article the claims use.
//!
//! Owns: which paragraphs and facts count as used, and the figures on repetition and length.
//! In: the bitext, the judged claims, vectors. Out: a [`Coverage`].

use std::collections::BTreeSet;

use super::attribute::{Sources, Statement};
use super::summarize::dot;
use super::verify::Judged;
use crate::domain::{
    Bitext, ByteSpan, Coverage, CoveredFact, Fact, Language, ParagraphId, ParagraphKind, SegmentId,
};
use crate::text::{english, names, quantities};

/// The coverage of `bitext` by claims; `vectors` are those of the claims, in their order.
#[must_use]
pub fn coverage(
    bitext: &Bitext,
    statements: &[Statement<'_>],
    judged: &[Judged],
    sources: &Sources,
    vectors: &[Vec<f32>],
) -> Coverage {
    let running = running(bitext);
    let cited = |judged: &Judged| judged.attribution.links.first().map(|link| link.segment);
    let used: BTreeSet<ParagraphId> = judged
        .iter()
        .flat_map(|judged| &judged.attribution.links)
        .filter_map(|link| paragraph_of(bitext, link.segment))
        .collect();
    let (paragraphs_used, paragraphs_omitted) =
        running.iter().copied().partition(|paragraph| used.contains(paragraph));
    let lead = running.first().copied();
    let in_lead = judged.iter().filter_map(cited).filter(|s| paragraph_of(bitext, *s) == lead);
    Coverage {
        paragraphs_used,
        paragraphs_omitted,
        facts: facts(bitext, &running, judged),
        similarity: similarity(bitext, &running, sources, vectors),
        lead_share: share(in_lead.count(), judged.len()),
        redundancy: redundancy(statements, vectors),
        compression: compression(bitext, &running, statements),
    }
}

/// Paragraphs of running text, in order.
fn running(bitext: &Bitext) -> Vec<ParagraphId> {
    let paragraphs = bitext.source().paragraphs().iter().enumerate();
    let body =
        paragraphs.filter(|(_, p)| matches!(p.kind, ParagraphKind::Body | ParagraphKind::ListItem));
    body.map(|(index, _)| ParagraphId::new(index)).collect()
}

fn paragraph_of(bitext: &Bitext, segment: SegmentId) -> Option<ParagraphId> {
    Some(bitext.source().segments().get(segment.index())?.paragraph)
}

fn is_running(bitext: &Bitext, running: &[ParagraphId], segment: SegmentId) -> bool {
    paragraph_of(bitext, segment).is_some_and(|paragraph| running.contains(&paragraph))
}

/// Numbers, dates and names of the running text, each with whether a claim that rests on its segment has it.
fn facts(bitext: &Bitext, running: &[ParagraphId], judged: &[Judged]) -> Vec<CoveredFact> {
    let used: Vec<(SegmentId, ByteSpan)> =
        judged.iter().flat_map(|judged| judged.used.iter().copied()).collect();
    let mut covered = Vec::new();
    for (index, place) in bitext.source().segments().iter().enumerate() {
        let segment = SegmentId::new(index);
        if !running.contains(&place.paragraph) {
            continue;
        }
        let arabic = bitext.source().segment_text(segment);
        let english = bitext.translation(segment).map(|t| t.text.as_str()).unwrap_or_default();
        let mut found: Vec<Fact> = quantities::facts(arabic, Language::Arabic);
        found.extend(names::arabic_names(arabic, english));
        found.sort_by_key(|fact| fact.span.start());
        covered.extend(found.into_iter().map(|fact| CoveredFact {
            kind: fact.kind,
            segment,
            span: fact.span.shifted_by(place.span.start()),
            quote: fact.span.of(arabic).unwrap_or_default().to_owned(),
            used: used.iter().any(|(id, span)| *id == segment && span.overlaps(fact.span)),
        }));
    }
    covered
}

/// Mean over the running segments of the greatest similarity to a claim, through English.
#[expect(clippy::cast_precision_loss, reason = "articles have fewer than 2^24 sentences")]
fn similarity(
    bitext: &Bitext,
    running: &[ParagraphId],
    sources: &Sources,
    claims: &[Vec<f32>],
) -> f32 {
    let pairs = sources.segments().iter().zip(sources.english());
    let closest: Vec<f32> = pairs
        .filter(|(segment, _)| is_running(bitext, running, **segment))
        .map(|(_, vector)| claims.iter().map(|claim| dot(claim, vector)).fold(0.0, f32::max))
        .collect();
    closest.iter().sum::<f32>() / closest.len().max(1) as f32
}

/// Greatest similarity between claims of different sentences.
fn redundancy(statements: &[Statement<'_>], vectors: &[Vec<f32>]) -> f32 {
    let mut greatest = 0f32;
    for (at, (one, vector)) in statements.iter().zip(vectors).enumerate() {
        for (other, next) in statements.iter().zip(vectors).skip(at + 1) {
            if other.claim.sentence != one.claim.sentence {
                greatest = greatest.max(dot(vector, next));
            }
        }
    }
    greatest.min(1.0)
}

fn compression(bitext: &Bitext, running: &[ParagraphId], statements: &[Statement<'_>]) -> f32 {
    let mut sentences: Vec<(usize, &str)> =
        statements.iter().map(|s| (s.claim.sentence, s.sentence)).collect();
    sentences.dedup();
    let summary: usize = sentences.iter().map(|(_, text)| english::words(text).count()).sum();
    let translations = bitext.translations().iter().enumerate();
    let article = translations
        .filter(|(index, _)| is_running(bitext, running, SegmentId::new(*index)))
        .map(|(_, translation)| english::words(&translation.text).count())
        .sum();
    share(summary, article)
}

#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn share(part: usize, whole: usize) -> f32 {
    if whole == 0 { 0.0 } else { part as f32 / whole as f32 }
}
