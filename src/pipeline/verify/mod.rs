//! Links to a verdict that can be recomputed.
//!
//! Owns: what speaks for and against a claim: the strength of its best link, the agreement of the two
//! roads, the soundness of the translation, and the numbers and names on both sides.
//! In: a claim's text, its links, the bitext. Out: an [`Attribution`] with the links worth showing.

use crate::domain::{Attribution, Bitext, ClaimId, EvidenceLink, Road, SegmentId, Verdict};
use crate::text::names::repeated_names;
use crate::text::numbers::numbers;

/// When a link counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VerifyOptions {
    /// Least similarity through English for a claim to be supported at all, −1 to 1.
    pub min_through_english: f32,
    /// The roads agree if the segment found through English is at most so much worse across than the best.
    pub max_road_gap: f32,
    /// Least similarity across; a faithful translation stays above it.
    pub min_across: f32,
}

impl Default for VerifyOptions {
    fn default() -> Self {
        Self { min_through_english: 0.6, max_road_gap: 0.05, min_across: 0.6 }
    }
}

/// Judges `claim` by its `links` (from [`attribute`](super::attribute)).
#[must_use]
pub fn verify(
    claim: ClaimId,
    text: &str,
    links: &[EvidenceLink],
    bitext: &Bitext,
    options: &VerifyOptions,
) -> Attribution {
    let best = |road| links.iter().find(|link| link.road == road);
    let supported = best(Road::ThroughEnglish).filter(|l| l.score >= options.min_through_english);
    let Some(through) = supported else {
        return Attribution { claim, links: Vec::new(), verdict: Verdict::Unsupported };
    };
    let mut kept = vec![*through];
    let mut doubts = Vec::new();
    let across = links.iter().filter(|link| link.road == Road::Across);
    let same = across.clone().find(|link| link.segment == through.segment);
    kept.extend(same);
    let best_across = best(Road::Across);
    if let Some(other) = best_across.filter(|other| other.segment != through.segment) {
        let gap = same.map(|same| other.score - same.score);
        if gap.is_none_or(|gap| gap > options.max_road_gap) {
            kept.push(*other);
            doubts.push(format!(
                "compared with the Arabic itself, sentence {} is closer than sentence {}",
                other.segment.number(),
                through.segment.number()
            ));
        }
    }
    if let Some(link) = same.filter(|link| link.score < options.min_across) {
        doubts.push(format!(
            "claim and Arabic sentence are far apart (similarity {:.2}); the translation may be wrong",
            link.score
        ));
    }
    doubts.extend(translation_doubts(through.segment, bitext));
    doubts.extend(number_doubts(text, through.segment, bitext));
    doubts.extend(name_doubts(text, through.segment, bitext));
    let verdict = if doubts.is_empty() { Verdict::Verified } else { Verdict::Partial(doubts) };
    Attribution { claim, links: kept, verdict }
}

fn translation_doubts(segment: SegmentId, bitext: &Bitext) -> Option<String> {
    let sound = bitext.translation(segment).is_none_or(crate::domain::Translation::is_sound);
    (!sound).then(|| format!("the translation of sentence {} failed a check", segment.number()))
}

/// Numbers of the claim that the Arabic lacks, and numbers of the Arabic that its translation lost.
fn number_doubts(claim: &str, segment: SegmentId, bitext: &Bitext) -> Vec<String> {
    let values = |text: &str| numbers(text).into_iter().map(|n| n.value).collect::<Vec<_>>();
    let arabic = values(bitext.source().segment_text(segment));
    let claimed = values(claim);
    let english = bitext.translation(segment).map(|t| values(&t.text)).unwrap_or_default();
    let invented = claimed.iter().filter(|value| !arabic.contains(value)).map(|value| {
        format!("{value} is not written in digits in the Arabic sentence {}", segment.number())
    });
    let lost = arabic.iter().filter(|value| !english.contains(value)).map(|value| {
        format!("the translation lost the number {value} of sentence {}", segment.number())
    });
    invented.chain(lost).collect()
}

/// Names that the claim has more often than the Arabic: a sign that one person was taken for another.
fn name_doubts(claim: &str, segment: SegmentId, bitext: &Bitext) -> Vec<String> {
    let arabic = bitext.source().segment_text(segment);
    let doubt = |name: crate::text::names::RepeatedName| {
        format!(
            "the claim names “{}” {} times, the Arabic sentence {} has {} {} time(s); another name may be lost",
            name.name,
            name.in_claim,
            segment.number(),
            name.arabic,
            name.in_arabic
        )
    };
    repeated_names(claim, arabic).into_iter().map(doubt).collect()
}
