//! Claims read against their evidence by an entailment model.
//!
//! Owns: which pairs are read, and that none is read twice in a run.
//! In: statements with their evidence. Out: readings; no verdict.

use std::collections::HashMap;

use super::attribute::{Statement, Support};
use super::error::PipelineError;
use super::verify::{SegmentReading, evidence_segments};
use crate::domain::{Bitext, Entailment, LinkEntailment, ModelSignature, SegmentId, Translation};
use crate::ports::Entailer;
use crate::text::{Profile, normalize};

/// Premise and hypothesis.
type Pair = (String, String);

/// An entailment model and what it has read so far: a strict run judges the same sentences several times.
pub(super) struct Reader<'a> {
    entailer: &'a mut dyn Entailer,
    known: HashMap<Pair, Option<Entailment>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(entailer: &'a mut dyn Entailer) -> Self {
        Self { entailer, known: HashMap::new() }
    }

    pub(super) fn signature(&self) -> ModelSignature {
        self.entailer.signature()
    }

    /// For each statement its readings against the segments of its evidence, in both languages.
    ///
    /// # Errors
    /// [`PipelineError::Entail`] if the model fails or breaks its contract.
    pub(super) fn read(
        &mut self,
        statements: &[Statement<'_>],
        ranked: &[Vec<Support>],
        bitext: &Bitext,
    ) -> Result<Vec<Vec<SegmentReading>>, PipelineError> {
        let evidence: Vec<Vec<SegmentId>> = statements
            .iter()
            .zip(ranked)
            .map(|(statement, ranked)| evidence_segments(statement, ranked, bitext))
            .collect();
        let pairs = |statement: &Statement<'_>, segment: SegmentId| {
            premises(bitext, segment).map(|premise| Some((premise?, statement.text.to_owned())))
        };
        let mut unknown: Vec<Pair> = Vec::new();
        for (statement, segments) in statements.iter().zip(&evidence) {
            let all = segments.iter().flat_map(|segment| pairs(statement, *segment));
            for pair in all.flatten() {
                if !self.known.contains_key(&pair) && !unknown.contains(&pair) {
                    unknown.push(pair);
                }
            }
        }
        let borrowed: Vec<(&str, &str)> =
            unknown.iter().map(|(premise, claim)| (premise.as_str(), claim.as_str())).collect();
        let readings = self.entailer.read(&borrowed)?;
        if readings.len() != unknown.len() {
            return Err(PipelineError::Readings { pairs: unknown.len(), found: readings.len() });
        }
        self.known.extend(unknown.into_iter().zip(readings));
        let known = |pair: Option<Pair>| self.known.get(&pair?).copied().flatten();
        let reading = |statement: &Statement<'_>, segment: SegmentId| {
            let [arabic, english] = pairs(statement, segment).map(&known);
            SegmentReading { segment, entailment: LinkEntailment { arabic, english } }
        };
        let all = statements.iter().zip(&evidence);
        Ok(all.map(|(s, segments)| segments.iter().map(|id| reading(s, *id)).collect()).collect())
    }
}

/// The Arabic of a segment and its English; a translation that failed a check is no text to judge by.
fn premises(bitext: &Bitext, segment: SegmentId) -> [Option<String>; 2] {
    let arabic = normalize(bitext.source().segment_text(segment), Profile::Translate);
    let english = bitext.translation(segment).filter(|english| english.is_sound());
    let english = english.map(|Translation { text, .. }| text.clone());
    [Some(arabic.text().to_owned()), english]
        .map(|text| text.filter(|text| !text.trim().is_empty()))
}

/// What the model could not read whole, in words.
pub(super) fn remarks(
    statements: &[Statement<'_>],
    readings: &[Vec<SegmentReading>],
) -> Vec<String> {
    let mut remarks = Vec::new();
    for (statement, readings) in statements.iter().zip(readings) {
        let number = statement.claim.id.number();
        for SegmentReading { segment, entailment } in readings {
            let sentence = segment.number();
            let cut = entailment.readings().map(|reading| reading.cut_tokens).max();
            match (entailment.arabic, cut) {
                (_, Some(cut)) if cut > 0 => remarks.push(format!(
                    "the entailment model has no room for sentence {sentence} beside claim {number}: {cut} tokens at its \
                     end were not read, and the reading does not count"
                )),
                (None, _) => remarks.push(format!(
                    "claim {number} is too long for the entailment model and was not read by it"
                )),
                _ => {}
            }
        }
    }
    remarks.dedup();
    remarks
}
