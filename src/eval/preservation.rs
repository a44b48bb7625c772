//! What a translation must keep and must not contain: numbers, names, length, script, and plain failures.
//!
//! Owns: counts of what is kept. In: lines. Out: statistics whose sums make a share.
//! Never: a list of names; a name is a capitalised word that opens no sentence.

use std::collections::HashMap;
use std::hash::Hash;

use rayon::prelude::*;

use super::compare::{Column, System, Texts};
use super::metric::{Metric, Precision, Scoring, Share};
use super::resample::Statistics;
use crate::text::english::{names, words};
use crate::text::faults::{Limits, faults};
use crate::text::numbers::numbers;
use crate::text::python;
use crate::text::script::letters;

/// What a share is taken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preservation {
    /// Numbers in digits that the reference has and the hypothesis keeps, in per cent.
    Numbers,
    /// Names of an English reference that the hypothesis keeps, letter for letter, in per cent.
    Names,
    /// Letters of the hypothesis that are Arabic, in per cent.
    ArabicLeft,
    /// By how many per cent the hypotheses together are shorter or longer than the references, in words.
    LengthError,
}

impl Preservation {
    fn share(self) -> Share {
        let (name, counted) = match self {
            Self::Numbers => ("Numbers", "numbers kept"),
            Self::Names => ("Names", "names kept"),
            Self::ArabicLeft => ("ArabicLeft", "letters"),
            Self::LengthError => ("LengthError", "words"),
        };
        let higher_is_better = matches!(self, Self::Numbers | Self::Names);
        Share { name, counted, higher_is_better, signature: Vec::new() }
    }
}

impl Scoring for Preservation {
    fn name(&self) -> String {
        self.share().name()
    }

    fn signature(&self) -> Vec<(&'static str, String)> {
        self.share().signature()
    }

    fn higher_is_better(&self) -> bool {
        self.share().higher_is_better
    }

    fn width(&self) -> usize {
        self.share().width()
    }

    fn score(&self, sums: &[f64], precision: Precision) -> f64 {
        let share = self.share().score(sums, Precision::Double);
        let nothing_expected = sums.get(1).is_none_or(|whole| *whole <= 0.0);
        precision.keep(match self {
            Self::LengthError if nothing_expected => 0.0,
            Self::LengthError => (100.0 - share).abs(),
            _ => share,
        })
    }

    fn detail(&self, sums: &[f64]) -> String {
        self.share().detail(sums)
    }
}

impl Metric for Preservation {
    /// Of several references the one that was kept best counts.
    fn statistics(&self, hypothesis: &str, references: &[&str]) -> Vec<f64> {
        let (part, whole) = match self {
            Self::ArabicLeft => {
                let letters = letters(hypothesis);
                (letters.arabic, letters.total())
            }
            Self::LengthError => {
                let of = |text: &str| python::words(text).count();
                let length = of(hypothesis);
                let lengths = references.iter().map(|reference| of(reference));
                (length, lengths.min_by_key(|other| other.abs_diff(length)).unwrap_or(0))
            }
            Self::Numbers => {
                let of =
                    |text: &str| numbers(text).into_iter().map(|number| number.value).collect();
                best_kept(hypothesis, references, of, of)
            }
            Self::Names => {
                // What the hypothesis says in lower case or at the start of a sentence counts as well.
                let of = |text: &str| words(text).map(str::to_owned).collect();
                let wanted = |text: &str| names(text).into_iter().map(str::to_owned).collect();
                best_kept(hypothesis, references, of, wanted)
            }
        };
        #[expect(clippy::cast_precision_loss, reason = "segments have fewer than 2^52 letters")]
        [part, whole].map(|n| n as f64).to_vec()
    }
}

/// How many items of a reference the hypothesis has too, each no more often than it has it, and how many there
/// are; by the reference of which the largest share is kept.
fn best_kept<T: Eq + Hash>(
    hypothesis: &str,
    references: &[&str],
    items: impl Fn(&str) -> Vec<T>,
    wanted: impl Fn(&str) -> Vec<T>,
) -> (usize, usize) {
    let kept_of = |reference: &&str| {
        let mut left: HashMap<T, usize> = HashMap::new();
        for item in items(hypothesis) {
            *left.entry(item).or_default() += 1;
        }
        let wanted = wanted(reference);
        let whole = wanted.len();
        let kept = wanted.into_iter().filter(|item| match left.get_mut(item) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        });
        (kept.count(), whole)
    };
    // a/b > c/d as a·d > c·b; of equal shares the first counts.
    let better = |best: (usize, usize), other: (usize, usize)| {
        if other.0 * best.1 > best.0 * other.1 { other } else { best }
    };
    references.iter().map(kept_of).reduce(better).unwrap_or((0, 0))
}

/// The share of segments whose translation shows a fault: empty, loops, or Arabic left; with the source also
/// copied, or of implausible length.
#[must_use]
pub fn failures(texts: &Texts) -> Column {
    let failed = |index: usize, line: &str| {
        let source = texts.source.as_ref().and_then(|lines| lines.get(index)).map(String::as_str);
        !faults(source, line, &Limits::default()).is_empty()
    };
    let table = |system: &System| {
        let lines = system.hypotheses.par_iter().enumerate();
        let rows: Vec<Vec<f64>> =
            lines.map(|(index, line)| vec![f64::from(failed(index, line)), 1.0]).collect();
        Statistics::new(2, rows)
    };
    let with_source = if texts.source.is_some() { "yes" } else { "no" };
    Column {
        scoring: Box::new(Share {
            name: "Failures",
            counted: "segments",
            higher_is_better: false,
            signature: vec![("src", with_source.to_owned())],
        }),
        equals_version: None,
        statistics: texts.systems.iter().map(table).collect(),
    }
}
