//! What an entailment model adds to a verdict.
//!
//! Owns: when its readings support a claim, speak against it, or decide nothing, and how they join the confidence.
//! In: readings of the claim against both languages of its evidence. Out: a doubt, whether the claim is borne out, a probability.
//! Never: the model; facts, which no reading overrules.
//!
//! A reading of the Arabic and one of its English are two witnesses. What both say counts; what one says alone is at most a
//! doubt, as models are surer than they are right, the more so across languages. A text that the model had no room to read
//! to its end is no witness: what was cut may turn its meaning.
//!
//! The thresholds are chosen for caution. None of this is fitted: no weights of such a model were at hand to fit it on.

use super::wording;
use crate::domain::{Doubt, LinkEntailment, Origin, SegmentId, Severity};

/// When a reading of an entailment model counts. Not calibrated, see the top of this file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EntailmentOptions {
    /// Least probability of entailment, by both readings, for a claim to be borne out whatever its likeness.
    pub min_entailment: f32,
    /// Least probability of contradiction for a reading to speak against the claim.
    pub min_contradiction: f32,
}

impl Default for EntailmentOptions {
    fn default() -> Self {
        Self { min_entailment: 0.9, min_contradiction: 0.9 }
    }
}

/// A claim's readings against one segment of its evidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SegmentReading {
    /// The segment.
    pub segment: SegmentId,
    /// Both readings.
    pub entailment: LinkEntailment,
}

/// How a claim was read against its evidence; empty where no model was asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Readings {
    /// Against each segment of it.
    pub segments: Vec<SegmentReading>,
    /// Against all of them at once, where there are several.
    pub together: Option<LinkEntailment>,
}

impl Readings {
    fn all(&self) -> impl Iterator<Item = &LinkEntailment> {
        self.segments.iter().map(|reading| &reading.entailment).chain(&self.together)
    }
}

/// No probability counts as surer than this when two are joined.
const SUREST: f32 = 0.99;

/// Whether one segment, or all together, bear the claim out by both readings.
pub(super) fn is_entailed(readings: &Readings, options: EntailmentOptions) -> bool {
    readings.all().filter_map(entailed_by_both).any(|least| least >= options.min_entailment)
}

/// The lower probability of entailment of two whole readings.
fn entailed_by_both(reading: &LinkEntailment) -> Option<f32> {
    let [arabic, english] = whole(reading).map(|read| read.map(|r| r.entailment));
    Some(arabic?.min(english?))
}

/// The readings of the Arabic and of the English that saw all of their text.
fn whole(entailment: &LinkEntailment) -> [Option<crate::domain::Entailment>; 2] {
    [entailment.arabic, entailment.english].map(|read| read.filter(|read| read.cut_tokens == 0))
}

/// What speaks against the claim, unless another segment of the evidence bears it out.
pub(super) fn doubt(readings: &Readings, options: EntailmentOptions) -> Option<Doubt> {
    if is_entailed(readings, options) {
        return None;
    }
    let doubts = readings.segments.iter().filter_map(|reading| contradiction(reading, options));
    doubts.max_by_key(|doubt| doubt.severity)
}

fn contradiction(reading: &SegmentReading, options: EntailmentOptions) -> Option<Doubt> {
    let [arabic, english] = whole(&reading.entailment);
    let against = |read: Option<crate::domain::Entailment>| {
        read.is_some_and(|read| read.contradiction >= options.min_contradiction)
    };
    let follows = english.is_some_and(|read| read.entailment >= options.min_entailment);
    let by = (against(arabic), against(english));
    let (origin, severity) = match by {
        (true, true) => (Origin::Summary, Severity::Contradicts),
        // The claim says what the English says, so it is the English that differs.
        (true, false) if follows => (Origin::Translation, Severity::Missing),
        (true, false) | (false, true) => (Origin::Unclear, Severity::Missing),
        (false, false) => return None,
    };
    Some(wording::contradicted(reading.segment, by, origin, severity))
}

/// The confidence with the readings taken in: the mean, in log-odds, of it and of the probability that the best segment
/// entails the claim by both readings, each kept within [`SUREST`]. A claim with doubts only loses by it.
pub(super) fn joined(confidence: f32, readings: &Readings, is_doubted: bool) -> f32 {
    let best = readings.all().filter_map(entailed_by_both).max_by(f32::total_cmp);
    let Some(entailed) = best else { return confidence };
    let odds = |p: f32| {
        let p = p.clamp(1.0 - SUREST, SUREST);
        (p / (1.0 - p)).ln()
    };
    let joined = 1.0 / (1.0 + (-f32::midpoint(odds(confidence), odds(entailed))).exp());
    if is_doubted { joined.min(confidence) } else { joined }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Entailment;

    fn read(entailment: f32, contradiction: f32) -> Entailment {
        let neutral = 1.0 - entailment - contradiction;
        Entailment { entailment, neutral, contradiction, cut_tokens: 0 }
    }

    fn of(
        arabic: impl Into<Option<Entailment>>,
        english: impl Into<Option<Entailment>>,
    ) -> SegmentReading {
        let entailment = LinkEntailment { arabic: arabic.into(), english: english.into() };
        SegmentReading { segment: SegmentId::new(0), entailment }
    }

    fn readings(segments: &[SegmentReading]) -> Readings {
        Readings { segments: segments.to_vec(), together: None }
    }

    fn found(segments: &[SegmentReading]) -> Option<(Origin, Severity)> {
        doubt(&readings(segments), EntailmentOptions::default())
            .map(|doubt| (doubt.origin, doubt.severity))
    }

    #[test]
    fn both_witnesses_contradict_and_one_alone_is_a_doubt() {
        let (no, yes, none) = (read(0.0, 0.97), read(0.97, 0.0), read(0.1, 0.1));
        assert_eq!(found(&[of(no, no)]), Some((Origin::Summary, Severity::Contradicts)));
        assert_eq!(found(&[of(no, yes)]), Some((Origin::Translation, Severity::Missing)));
        assert_eq!(found(&[of(no, none)]), Some((Origin::Unclear, Severity::Missing)));
        assert_eq!(found(&[of(none, no)]), Some((Origin::Unclear, Severity::Missing)));
        assert_eq!(found(&[of(no, None)]), Some((Origin::Unclear, Severity::Missing)));
        assert_eq!(found(&[of(none, none)]), None);
        assert_eq!(found(&[]), None);
    }

    #[test]
    fn a_segment_that_bears_the_claim_out_answers_for_one_that_contradicts() {
        let (no, yes) = (read(0.0, 0.97), read(0.97, 0.0));
        assert_eq!(found(&[of(no, no), of(yes, yes)]), None);
        assert!(found(&[of(no, no), of(yes, no)]).is_some());
    }

    #[test]
    fn a_text_that_was_cut_is_no_witness() {
        let cut = Entailment { cut_tokens: 3, ..read(0.97, 0.0) };
        let options = EntailmentOptions::default();
        assert!(is_entailed(&readings(&[of(read(0.95, 0.0), read(0.95, 0.0))]), options));
        assert!(!is_entailed(&readings(&[of(read(0.95, 0.0), cut)]), options));
        assert!(!is_entailed(&readings(&[of(read(0.95, 0.0), None)]), options));
        let cut = Entailment { cut_tokens: 3, ..read(0.0, 0.97) };
        assert_eq!(found(&[of(cut, cut)]), None);
    }

    #[test]
    fn the_thresholds_decide() {
        let read_so = readings(&[of(read(0.7, 0.0), read(0.8, 0.0))]);
        let asked = |min_entailment| {
            let options = EntailmentOptions { min_entailment, ..EntailmentOptions::default() };
            is_entailed(&read_so, options)
        };
        assert!(asked(0.7) && !asked(0.75));
        let read_so = readings(&[of(read(0.0, 0.7), read(0.0, 0.8))]);
        let asked = |min_contradiction| {
            let options = EntailmentOptions { min_contradiction, ..EntailmentOptions::default() };
            doubt(&read_so, options).map(|doubt| doubt.severity)
        };
        assert_eq!(asked(0.7), Some(Severity::Contradicts));
        assert_eq!((asked(0.75), asked(0.85)), (Some(Severity::Missing), None));
    }

    #[test]
    fn a_reading_moves_the_confidence_and_raises_none_that_is_doubted() {
        let yes = readings(&[of(read(0.97, 0.0), read(0.99, 0.0))]);
        let no = readings(&[of(read(0.01, 0.9), read(0.9, 0.0))]);
        assert!(joined(0.6, &yes, false) > 0.8 && joined(0.6, &no, false) < 0.2);
        assert!((joined(0.6, &yes, true) - 0.6).abs() < 1e-6);
        assert!(joined(0.6, &no, true) < 0.2);
        assert!((joined(0.6, &Readings::default(), false) - 0.6).abs() < 1e-6);
        let never = readings(&[of(read(0.0, 1.0), read(0.0, 1.0))]);
        assert!(joined(1.0, &never, false).is_finite());
    }

    #[test]
    fn sentences_may_bear_a_claim_out_together() {
        let half = of(read(0.4, 0.0), read(0.5, 0.0));
        let whole = of(read(0.95, 0.0), read(0.96, 0.0)).entailment;
        let options = EntailmentOptions::default();
        assert!(!is_entailed(&readings(&[half, half]), options));
        let both = Readings { segments: vec![half, half], together: Some(whole) };
        assert!(is_entailed(&both, options));
        assert!(joined(0.5, &both, false) > joined(0.5, &readings(&[half, half]), false));
    }
}
