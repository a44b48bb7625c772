//! Alignments against gold: beads of sentences, and links of words.
//!
//! Owns: the ladder and Pharaoh notations as values, strict and lax scores of beads, alignment error rate.
//! In: lines. Out: statistics, one row a document or a sentence pair.
//! Source: `score.py` of vecalign (Thompson & Koehn 2019) for strict and lax; Och & Ney 2003 for the error rate.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::metric::{Precision, Scoring};
pub use crate::domain::NotationError;
use crate::domain::{Rung, read_rungs};

/// Sentences of the source and of the target that translate one another; either may be empty.
pub type Bead = (Vec<usize>, Vec<usize>);

/// Reads vecalign's ladder: a line `[0, 1]:[0]` a bead, with a cost behind a second colon or without; an empty line
/// ends a document.
///
/// # Errors
/// [`NotationError`] names the first line that is none.
pub fn read_ladder(text: &str) -> Result<Vec<Vec<Bead>>, NotationError> {
    let beads =
        |rungs: Vec<Rung>| rungs.into_iter().map(|rung| (rung.source, rung.target)).collect();
    Ok(read_rungs(text)?.into_iter().map(beads).collect())
}

/// Links between words, 0-based.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WordLinks {
    /// Links that must be there.
    pub sure: BTreeSet<(usize, usize)>,
    /// Links that may be there; the sure ones are among them.
    pub possible: BTreeSet<(usize, usize)>,
}

/// Reads the Pharaoh notation: `0-0 1-2 3?4` a sentence pair; `i-j` is sure, `i?j` or `ipj` possible.
///
/// # Errors
/// [`NotationError`] names the first line that holds something else.
pub fn read_links(text: &str) -> Result<Vec<WordLinks>, NotationError> {
    let line = |(index, line): (usize, &str)| {
        let problem = "links are written `0-0 1-2`, possible ones `3?4` or `3p4`";
        let mut links = WordLinks::default();
        for word in line.split_whitespace() {
            let error = NotationError { line: index + 1, problem };
            let Some((source, target)) = word.split_once(['-', '?', 'p']) else {
                return Err(error);
            };
            let (Ok(source), Ok(target)) = (source.parse(), target.parse()) else {
                return Err(error);
            };
            links.possible.insert((source, target));
            if word.contains('-') {
                links.sure.insert((source, target));
            }
        }
        Ok(links)
    };
    text.lines().enumerate().map(line).collect()
}

/// How a bead must agree with gold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BeadAgreement {
    /// It is a gold bead.
    Strict,
    /// It shares a source sentence, and a target sentence of it, with a gold bead.
    Lax,
}

/// F1 of beads. Statistics: right and wrong beads of the system, right and wrong beads of gold.
///
/// Precision counts beads without counterpart, recall does not, as in vecalign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BeadF1 {
    agreement: BeadAgreement,
    kind: Option<BeadKind>,
}

/// How many sentences a bead has on each side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BeadKind {
    /// One sentence each.
    OneToOne,
    /// One source sentence, several of the target.
    OneToMany,
    /// Several source sentences, one of the target.
    ManyToOne,
    /// Several on both sides.
    ManyToMany,
    /// None on one side.
    Gap,
}

impl BeadKind {
    /// All of them, in the order of reports.
    pub const ALL: [Self; 5] =
        [Self::OneToOne, Self::OneToMany, Self::ManyToOne, Self::ManyToMany, Self::Gap];

    fn of((source, target): &Bead) -> Self {
        match (source.len(), target.len()) {
            (0, _) | (_, 0) => Self::Gap,
            (1, 1) => Self::OneToOne,
            (1, _) => Self::OneToMany,
            (_, 1) => Self::ManyToOne,
            _ => Self::ManyToMany,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::OneToOne => "1-1",
            Self::OneToMany => "1-n",
            Self::ManyToOne => "n-1",
            Self::ManyToMany => "n-m",
            Self::Gap => "gaps",
        }
    }
}

impl BeadF1 {
    /// Over all beads.
    #[must_use]
    pub fn of_all(agreement: BeadAgreement) -> Self {
        Self { agreement, kind: None }
    }

    /// Over beads of one kind: precision judges those that the system made, recall those of gold. Unlike the figure
    /// over all beads, that of [`BeadKind::Gap`] has a recall.
    #[must_use]
    pub fn of_kind(agreement: BeadAgreement, kind: BeadKind) -> Self {
        Self { agreement, kind: Some(kind) }
    }

    /// Statistics of one document.
    #[must_use]
    pub fn statistics(self, system: &[Bead], gold: &[Bead]) -> Vec<f64> {
        let of = |beads: &[Bead], keep: fn(BeadKind, BeadKind) -> bool, kind| -> Vec<Bead> {
            beads.iter().filter(|bead| keep(BeadKind::of(bead), kind)).cloned().collect()
        };
        let [(right, wrong), (found, missed)] = if let Some(kind) = self.kind {
            let judged = |beads| of(beads, |found, kind| found == kind, kind);
            [self.agreeing(&judged(system), gold), self.agreeing(&judged(gold), system)]
        } else {
            let full = |beads| of(beads, |found, gap| found != gap, BeadKind::Gap);
            [self.agreeing(system, gold), self.agreeing(&full(gold), &full(system))]
        };
        #[expect(clippy::cast_precision_loss, reason = "documents have fewer than 2^52 beads")]
        [right, wrong, found, missed].map(|n| n as f64).to_vec()
    }

    /// Different beads of `judged` that agree with `standard`, and those that do not.
    fn agreeing(self, judged: &[Bead], standard: &[Bead]) -> (usize, usize) {
        let kept = |beads: &[Bead]| -> HashSet<Bead> {
            beads.iter().filter(|(s, t)| !s.is_empty() || !t.is_empty()).cloned().collect()
        };
        let (judged, standard) = (kept(judged), kept(standard));
        let mut targets: HashMap<usize, HashSet<usize>> = HashMap::new();
        for (sources, target) in &standard {
            for source in sources {
                targets.entry(*source).or_default().extend(target);
            }
        }
        let touches = |(sources, target): &Bead| {
            let mut standing = sources.iter().filter_map(|source| targets.get(source));
            standing.any(|standing| target.iter().any(|t| standing.contains(t)))
        };
        let agrees = |bead: &&Bead| match self.agreement {
            BeadAgreement::Strict => standard.contains(*bead),
            BeadAgreement::Lax => standard.contains(*bead) || touches(bead),
        };
        let right = judged.iter().filter(agrees).count();
        (right, judged.len() - right)
    }

    fn precision_and_recall(sums: &[f64]) -> (f64, f64) {
        let share =
            |right: f64, wrong: f64| if right > 0.0 { right / (right + wrong) } else { 0.0 };
        match sums {
            &[right, wrong, found, missed] => (share(right, wrong), share(found, missed)),
            _ => (0.0, 0.0),
        }
    }
}

impl Scoring for BeadF1 {
    fn name(&self) -> String {
        let agreement = match self.agreement {
            BeadAgreement::Strict => "Beads-strict",
            BeadAgreement::Lax => "Beads-lax",
        };
        self.kind
            .map_or_else(|| agreement.to_owned(), |kind| format!("{agreement} {}", kind.name()))
    }

    fn signature(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn width(&self) -> usize {
        4
    }

    fn score(&self, sums: &[f64], precision: Precision) -> f64 {
        let (precise, recalled) = Self::precision_and_recall(sums);
        let both = precise + recalled;
        precision.keep(if both > 0.0 { 200.0 * precise * recalled / both } else { 0.0 })
    }

    fn detail(&self, sums: &[f64]) -> String {
        let (precise, recalled) = Self::precision_and_recall(sums);
        format!("P = {:.1} R = {:.1}", 100.0 * precise, 100.0 * recalled)
    }
}

/// Alignment error rate of word links, in per cent. Statistics: links of the system that are sure, that are
/// possible, all links of the system, all sure links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlignmentErrorRate;

impl AlignmentErrorRate {
    /// Statistics of one sentence pair; all links of the system count, sure or possible.
    #[must_use]
    pub fn statistics(self, system: &WordLinks, gold: &WordLinks) -> Vec<f64> {
        let links = &system.possible;
        let in_gold = |gold: &BTreeSet<_>| links.intersection(gold).count();
        let counts = [in_gold(&gold.sure), in_gold(&gold.possible), links.len(), gold.sure.len()];
        #[expect(clippy::cast_precision_loss, reason = "sentences have fewer than 2^52 links")]
        counts.map(|n| n as f64).to_vec()
    }
}

impl Scoring for AlignmentErrorRate {
    fn name(&self) -> String {
        "AER".to_owned()
    }

    fn signature(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn higher_is_better(&self) -> bool {
        false
    }

    fn width(&self) -> usize {
        4
    }

    fn score(&self, sums: &[f64], precision: Precision) -> f64 {
        match sums {
            &[sure, possible, links, all_sure] if links + all_sure > 0.0 => {
                precision.keep(100.0 * (1.0 - (sure + possible) / (links + all_sure)))
            }
            _ => 0.0,
        }
    }

    fn detail(&self, sums: &[f64]) -> String {
        let share = |part: f64, whole: f64| if whole > 0.0 { 100.0 * part / whole } else { 0.0 };
        match sums {
            &[sure, possible, links, all_sure] => {
                format!("P = {:.1} R = {:.1}", share(possible, links), share(sure, all_sure))
            }
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(agreement: BeadAgreement, system: &str, gold: &str) -> Vec<f64> {
        let read = |text| read_ladder(text).unwrap().concat();
        BeadF1::of_all(agreement).statistics(&read(system), &read(gold))
    }

    /// Witness: counts by hand after vecalign's `score.py`.
    #[test]
    fn strict_and_lax_part_ways_on_a_bead_that_is_too_short() {
        let gold = "[0]:[0]\n[1, 2]:[1]\n[3]:[]\n[4]:[2]";
        let system = "[0]:[0]:0.1\n[1]:[1]:0.2\n[2]:[]:0.3\n[3]:[]:0.3\n[4]:[2]:0.1";
        assert_eq!(sums(BeadAgreement::Strict, system, gold), [3.0, 2.0, 2.0, 1.0]);
        assert_eq!(sums(BeadAgreement::Lax, system, gold), [4.0, 1.0, 3.0, 0.0]);
    }

    #[test]
    fn the_same_alignment_scores_one_hundred() {
        let gold = "[0]:[0]\n[1]:[1, 2]";
        let sums = sums(BeadAgreement::Strict, gold, gold);
        assert!(
            (BeadF1::of_all(BeadAgreement::Strict).score(&sums, Precision::Double) - 100.0).abs()
                < 1e-12
        );
    }

    #[test]
    fn documents_end_at_empty_lines_and_nonsense_is_refused() {
        assert_eq!(read_ladder("[0]:[0]\n\n[0]:[]\n").unwrap().len(), 2);
        assert_eq!(read_ladder("[0]:[0]\n0 0 0.3").unwrap_err().line, 2);
        assert_eq!(read_ladder("[a]:[0]").unwrap_err().line, 1);
        assert_eq!(read_links("0-0\n1-").unwrap_err().line, 2);
    }

    /// Och & Ney's rate: 1 − (2 + 3) / (3 + 2) for three links, all possible, that hold both sure ones.
    #[test]
    fn possible_links_cost_nothing() {
        let read = |text| read_links(text).unwrap().remove(0);
        let statistics =
            AlignmentErrorRate.statistics(&read("0-0 1-1 2-1"), &read("0-0 1-1 2?1 3p1"));
        assert_eq!(statistics, [2.0, 3.0, 3.0, 2.0]);
        assert!(AlignmentErrorRate.score(&statistics, Precision::Double).abs() < 1e-12);
    }
}
