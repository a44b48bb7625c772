//! Ranked segments to a verdict that can be recomputed.
//!
//! Owns: which segments are the evidence of a claim, what speaks for and against it, and how that becomes a verdict.
//! In: a claim's words, its ranked segments, the bitext. Out: an [`Attribution`], and the facts of the article it uses.
//! Never: an engine; the same input gives the same verdict on every machine.
//!
//! A claim rests on the segment that bears it out best, and on a second one only where that has facts which the first
//! lacks. Each fact of the claim is then held against the Arabic, and against its English, so that what the translation
//! lost is told apart from what the summary invented.
//!
//! Readings of an entailment model, where there are some, come last: they can take a claim over the threshold of likeness if
//! all its facts stand in the evidence, add a doubt, and move the confidence. They overrule no fact.
//!
//! A claim that has its words from the translation is as sure as they are: where an estimate says that one of them is more
//! likely wrong than not, the claim is not verified.

mod confidence;
mod entailment;
mod facts;
mod unsure;
mod wording;

use confidence::features;
pub use confidence::{FEATURES, NAMES, Weights};
pub use entailment::EntailmentOptions;
pub(super) use entailment::{Readings, SegmentReading};

use super::attribute::{Statement, Support};
use crate::domain::{
    Attribution, Bitext, ByteSpan, Doubt, DoubtKind, EvidenceLink, Origin, Road, SegmentId,
    Severity, Translation, Verdict,
};
use facts::{Findings, Side};

/// When a link counts.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifyOptions {
    /// Least probability, from likeness alone, that the best segment bears a claim out, for it to count as evidence.
    pub min_support: f32,
    /// The same where claim and segment have a word in common and nothing speaks against the claim.
    pub min_support_undoubted: f32,
    /// Least probability that a claim without doubts is true, for it to be verified.
    pub min_confidence: f32,
    /// The roads agree if the best evidence is at most so much worse across than the best segment across.
    pub max_road_gap: f32,
    /// Least probability that nothing is wrong in the words a claim has from a translation, for it to be verified.
    pub min_right: f32,
    /// How likeness and doubts become probabilities.
    pub weights: Weights,
    /// When a reading of an entailment model counts.
    pub entailment: EntailmentOptions,
}

impl Default for VerifyOptions {
    fn default() -> Self {
        Self {
            min_support: 0.5,
            min_support_undoubted: 0.4,
            min_confidence: 0.3,
            max_road_gap: 0.1,
            min_right: 0.5,
            weights: Weights::default(),
            entailment: EntailmentOptions::default(),
        }
    }
}

/// A claim's attribution, and what of the article it uses.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The chain and the verdict.
    pub attribution: Attribution,
    /// Facts of the article that the claim has: the segment, and where in its text.
    pub used: Vec<(SegmentId, ByteSpan)>,
    /// What likeness and doubts were, in the order of [`NAMES`].
    pub features: [f32; FEATURES],
}

/// Judges `statement` by all segments, `ranked` best first (from [`attribute`](super::attribute())).
#[must_use]
pub fn verify(
    statement: &Statement<'_>,
    ranked: &[Support],
    bitext: &Bitext,
    options: &VerifyOptions,
) -> Judged {
    verify_read(statement, ranked, bitext, options, &Readings::default())
}

/// The segments that a claim rests on: what an entailment model is to read.
pub(super) fn evidence_segments(
    statement: &Statement<'_>,
    ranked: &[Support],
    bitext: &Bitext,
) -> Vec<SegmentId> {
    if ranked.is_empty() {
        return Vec::new();
    }
    evidence(statement, ranked, bitext).segments
}

/// As [`verify`], with the `readings` of an entailment model against the claim's evidence.
pub(super) fn verify_read(
    statement: &Statement<'_>,
    ranked: &[Support],
    bitext: &Bitext,
    options: &VerifyOptions,
    readings: &Readings,
) -> Judged {
    let claim = statement.claim.id;
    let Some(best) = ranked.first() else {
        let verdict = Verdict::Unsupported;
        let attribution =
            Attribution { claim, links: Vec::new(), doubts: Vec::new(), confidence: 0.0, verdict };
        return Judged { attribution, used: Vec::new(), features: [0.0; FEATURES] };
    };
    let side = |support: &Support| Side::of(bitext, support.segment);
    let findings = evidence(statement, ranked, bitext);
    let kept = &findings.segments;
    let mut doubts = findings.doubts(statement);
    doubts.extend(road_doubt(statement, bitext, (ranked, kept), options));
    doubts.extend(translation_doubt(bitext, best.segment));
    doubts.extend(citation_doubts(statement, kept));
    doubts.extend(wording::quotation(statement, side(best).arabic));
    let features = features(ranked, &findings, &doubts);
    let support = options.weights.support(&features);
    let confidence = options.weights.confidence(&features);
    let entailed = findings.missing() == 0 && entailment::is_entailed(readings, options.entailment);
    let undoubted = doubts.is_empty() && best.words > 0.0;
    let bar = if undoubted { options.min_support_undoubted } else { options.min_support };
    if support < bar.min(options.min_support) && !entailed {
        let attribution = Attribution {
            claim,
            links: Vec::new(),
            doubts: vec![wording::nothing_near(best)],
            confidence: entailment::joined(confidence.min(support), readings, true),
            verdict: Verdict::Unsupported,
        };
        return Judged { attribution, used: Vec::new(), features };
    }
    doubts.extend(entailment::doubt(readings, options.entailment));
    let joined = entailment::joined(confidence, readings, !doubts.is_empty());
    // A model that is not sure takes nothing from what likeness shows.
    if doubts.is_empty() && confidence.max(joined) < options.min_confidence {
        doubts.push(wording::far_apart(best));
    }
    let unsure = unsure::unsure(statement, kept, bitext);
    let right = unsure.as_ref().map_or(1.0, |unsure| unsure.right);
    doubts.extend(unsure.filter(|_| right < options.min_right).map(|unsure| unsure.doubt));
    let verdict = match doubts.iter().map(|doubt| doubt.severity).max() {
        None => Verdict::Verified,
        Some(Severity::Missing) => Verdict::Partial,
        Some(Severity::Contradicts) => Verdict::Contradicted,
    };
    let links = links(kept, ranked, options);
    let confidence = joined * right;
    let attribution = Attribution { claim, links, doubts, confidence, verdict };
    Judged { attribution, used: findings.used(), features }
}

/// Segments looked at as second evidence.
const SECOND: usize = 4;
/// Least cosine through English, or share of the claim's words, of second evidence: any sentence may have a number by chance.
const SECOND_LIKENESS: f32 = 0.3;
/// Least likeness for a second segment to report a negation or a modality, unless the claim has a clause for it: some sentence
/// near by nearly always has one.
const TURN_LIKENESS: f32 = 0.6;

/// The best segment as evidence, with a second one where that has facts of the claim which the best one lacks.
fn evidence<'a>(statement: &Statement<'a>, ranked: &[Support], bitext: &'a Bitext) -> Findings {
    let sides: Vec<Side<'_>> =
        ranked.iter().map(|support| Side::of(bitext, support.segment)).collect();
    let context = ranked.first().map(|best| facts::context(bitext, best.segment));
    let context = context.unwrap_or_default();
    let alone = Findings::of(statement, sides.first(), &context);
    if alone.missing() == 0 {
        return alone;
    }
    let by_the_way = facts::by_the_way(statement, &alone);
    let mut found = alone.clone();
    for (place, (second, support)) in sides.iter().zip(ranked).enumerate().skip(1) {
        let Some(first) = sides.first() else { break };
        let likeness = support.through_english.max(support.words);
        let is_like = place < SECOND && likeness >= SECOND_LIKENESS;
        let is_told = || by_the_way.as_ref().is_some_and(|told| facts::tells_all(told, second));
        if !is_like && !is_told() {
            continue;
        }
        let reports = likeness >= TURN_LIKENESS || facts::tells_more(statement, first);
        let both = alone.with(statement, [first, second], reports, &context);
        if both.missing() < found.missing() {
            found = both;
        }
    }
    found
}

/// Both roads to each piece of evidence, and the segment that the road across prefers if it is clearly another.
fn links(kept: &[SegmentId], ranked: &[Support], options: &VerifyOptions) -> Vec<EvidenceLink> {
    let mut links = Vec::new();
    let both = |support: &Support| {
        [(Road::ThroughEnglish, support.through_english), (Road::Across, support.across)]
            .map(|(road, score)| EvidenceLink { segment: support.segment, score, road })
    };
    for segment in kept {
        links.extend(ranked.iter().find(|s| s.segment == *segment).into_iter().flat_map(both));
    }
    let other = ranked.first().and_then(|best| other_road(best, ranked, options));
    if let Some(other) = other.filter(|other| !kept.contains(&other.segment)) {
        let (segment, score) = (other.segment, other.across);
        links.push(EvidenceLink { segment, score, road: Road::Across });
    }
    links
}

/// The segment that the road across leads to, where it is clearly closer there than the evidence.
fn other_road<'a>(
    best: &Support,
    ranked: &'a [Support],
    options: &VerifyOptions,
) -> Option<&'a Support> {
    let across = ranked.iter().max_by(|a, b| a.across.total_cmp(&b.across))?;
    let apart = across.segment != best.segment;
    (apart && across.across - best.across > options.max_road_gap).then_some(across)
}

fn road_doubt(
    statement: &Statement<'_>,
    bitext: &Bitext,
    (ranked, kept): (&[Support], &[SegmentId]),
    options: &VerifyOptions,
) -> Option<Doubt> {
    let best = ranked.first()?;
    let other = other_road(best, ranked, options).filter(|o| !kept.contains(&o.segment))?;
    // Where a claim tells of two sentences, each road may lead to one of them.
    let told = ranked.iter().take(SECOND).any(|support| support.segment == other.segment)
        && other.through_english.max(other.words) >= SECOND_LIKENESS
        && facts::tells_more(statement, &Side::of(bitext, best.segment));
    (!told).then(|| wording::roads(best.segment, other.segment))
}

fn translation_doubt(bitext: &Bitext, segment: SegmentId) -> Option<Doubt> {
    let sound = bitext.translation(segment).is_none_or(Translation::is_sound);
    (!sound).then(|| Doubt {
        kind: DoubtKind::Translation,
        origin: Origin::Translation,
        severity: Severity::Missing,
        span: None,
        text: format!("the translation of sentence {} failed a check", segment.number()),
    })
}

/// Citations by the author of the summary that do not lead to the evidence.
fn citation_doubts(statement: &Statement<'_>, kept: &[SegmentId]) -> Option<Doubt> {
    let cited = statement.cited;
    let astray = !cited.is_empty() && !cited.iter().any(|segment| kept.contains(segment));
    astray.then(|| wording::astray(cited, kept))
}
