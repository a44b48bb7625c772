//! Claims read against their evidence by an entailment model.
//!
//! Owns: which pairs are read, that texts a claim rests on together are read together, too, and that no pair is read twice in a run.
//! In: statements with their evidence. Out: readings; no verdict.

use std::collections::HashMap;

use super::attribute::{Statement, Support};
use super::error::PipelineError;
use super::verify::{Readings, SegmentReading, evidence_segments};
use crate::domain::{
    Bitext, Entailment, Language, LinkEntailment, ModelSignature, SegmentId, Translation,
};
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

    /// What is to be said where it reads no claims of this language.
    pub(super) fn unread(&self, claims: Language) -> Option<String> {
        (!self.entailer.reads(claims)).then(|| {
            "the entailment model reads no claims of this language, and read none".to_owned()
        })
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
    ) -> Result<Vec<Readings>, PipelineError> {
        let evidence: Vec<Vec<SegmentId>> = statements
            .iter()
            .zip(ranked)
            .map(|(statement, ranked)| {
                if self.entailer.reads(statement.language) {
                    evidence_segments(statement, ranked, bitext)
                } else {
                    Vec::new()
                }
            })
            .collect();
        let pairs = |statement: &Statement<'_>, segments: &[SegmentId]| {
            premises(bitext, segments).map(|premise| Some((premise?, statement.text.to_owned())))
        };
        let mut unknown: Vec<Pair> = Vec::new();
        for (statement, segments) in statements.iter().zip(&evidence) {
            let single = segments.iter().flat_map(|segment| pairs(statement, &[*segment]));
            let all = (segments.len() > 1).then(|| pairs(statement, segments));
            for pair in single.chain(all.into_iter().flatten()).flatten() {
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
        let reading = |statement: &Statement<'_>, segments: &[SegmentId]| {
            let [arabic, english] = pairs(statement, segments).map(&known);
            LinkEntailment { arabic, english }
        };
        let all = |(statement, segments): (&Statement<'_>, &Vec<SegmentId>)| {
            let single = |segment: &SegmentId| SegmentReading {
                segment: *segment,
                entailment: reading(statement, &[*segment]),
            };
            Readings {
                segments: segments.iter().map(single).collect(),
                together: (segments.len() > 1).then(|| reading(statement, segments)),
            }
        };
        Ok(statements.iter().zip(&evidence).map(all).collect())
    }
}

/// The Arabic of segments and their English, in the order of the article; a translation that failed a check is no text to judge by.
fn premises(bitext: &Bitext, segments: &[SegmentId]) -> [Option<String>; 2] {
    let mut segments = segments.to_vec();
    segments.sort_unstable();
    let arabic = |segment: &SegmentId| {
        let text = bitext.source().segment_text(*segment);
        Some(normalize(text, Profile::Translate).text().to_owned())
    };
    let english = |segment: &SegmentId| {
        let sound = bitext.translation(*segment).filter(|english| english.is_sound());
        sound.map(|Translation { text, .. }| text.clone())
    };
    let joined = |texts: Option<Vec<String>>| {
        texts.map(|texts| texts.join(" ")).filter(|text| !text.trim().is_empty())
    };
    [joined(segments.iter().map(arabic).collect()), joined(segments.iter().map(english).collect())]
}

/// What the model could not read whole, in words.
pub(super) fn remarks(statements: &[Statement<'_>], readings: &[Readings]) -> Vec<String> {
    let mut remarks = Vec::new();
    for (statement, readings) in statements.iter().zip(readings) {
        let number = statement.claim.id.number();
        for SegmentReading { segment, entailment } in &readings.segments {
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
