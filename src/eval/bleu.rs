//! BLEU, as sacreBLEU computes it.
//!
//! Owns: clipped n-gram precisions, brevity penalty, smoothing.
//! Source: Papineni et al. 2002; smoothing methods from Chen & Cherry 2014; `metrics/bleu.py`, sacreBLEU 2.6.0.
//! Different: signatures name this program besides the version they equal.

use std::str::FromStr;

use super::metric::{Metric, Precision, Scoring};
use super::ngrams::{Grams, Words};
use super::tokenize::{Tokenizer, prepared};
use crate::text::python;

/// The longest n-gram that counts.
const ORDER: usize = 4;
/// What stands for the logarithm of a precision of zero.
const LOG_OF_ZERO: f64 = -9_999_999_999.0;

/// What is done about n-gram orders without a match.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Smoothing {
    /// Nothing: the score is zero.
    None,
    /// A small number of matches instead of none (method 1); 0.1 in the paper.
    Floor(f64),
    /// So much is added to matches and totals of all orders from 2 (method 2); 1 in the paper.
    AddK(f64),
    /// Each order without a match counts half of the one before (method 3, mteval-v13a).
    #[default]
    Exponential,
}

/// The smoothing that was asked for is not known.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown smoothing `{0}`")]
pub struct UnknownSmoothing(pub String);

impl FromStr for Smoothing {
    type Err = UnknownSmoothing;

    /// `none`, `exp`, `floor`, `add-k`, the last two also with a value: `floor=0.1`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownSmoothing(text.to_owned());
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => {
                let value: f64 = value.parse().map_err(|_| unknown())?;
                let sensible = value.is_finite() && value >= 0.0;
                (name, Some(sensible.then_some(value).ok_or_else(unknown)?))
            }
            None => (text, None),
        };
        match (name, value) {
            ("none", None) => Ok(Self::None),
            ("exp", None) => Ok(Self::Exponential),
            ("floor", value) => Ok(Self::Floor(value.unwrap_or(0.1))),
            ("add-k", value) => Ok(Self::AddK(value.unwrap_or(1.0))),
            _ => Err(unknown()),
        }
    }
}

impl Smoothing {
    fn signature(self) -> String {
        match self {
            Self::None => "none".to_owned(),
            Self::Floor(value) => format!("floor[{value:.2}]"),
            Self::AddK(value) => format!("add-k[{value:.2}]"),
            Self::Exponential => "exp".to_owned(),
        }
    }
}

/// BLEU with its settings. Statistics: hypothesis length, reference length, matches of order 1 to 4, totals of
/// order 1 to 4.
#[derive(Clone, Debug, Default)]
pub struct Bleu {
    /// How lines are cut.
    pub tokenizer: Tokenizer,
    /// What is done about orders without a match.
    pub smoothing: Smoothing,
    /// Whether case is ignored.
    pub lowercase: bool,
    /// Whether orders that are longer than the text are left out of the mean; meant for single segments.
    pub effective_order: bool,
}

/// Sums taken apart.
struct Sums {
    hypothesis: f64,
    reference: f64,
    matches: [f64; ORDER],
    totals: [f64; ORDER],
}

impl Sums {
    fn new(sums: &[f64]) -> Self {
        let at = |index: usize| sums.get(index).copied().unwrap_or(0.0);
        Self {
            hypothesis: at(0),
            reference: at(1),
            matches: std::array::from_fn(|n| at(2 + n)),
            totals: std::array::from_fn(|n| at(2 + ORDER + n)),
        }
    }

    fn brevity_penalty(&self) -> f64 {
        if self.hypothesis >= self.reference {
            1.0
        } else if self.hypothesis > 0.0 {
            (1.0 - self.reference / self.hypothesis).exp()
        } else {
            0.0
        }
    }
}

impl Bleu {
    /// Precisions in per cent, and the order up to which they count.
    fn precisions(&self, sums: &Sums, precision: Precision) -> ([f64; ORDER], usize) {
        let keep = |value| precision.keep(value);
        let mut precisions = [0.0; ORDER];
        let mut last_order = ORDER;
        if sums.matches.iter().all(|matches| *matches <= 0.0) {
            return (precisions, last_order);
        }
        let mut halvings = 1.0;
        for (index, slot) in precisions.iter_mut().enumerate() {
            let added = match self.smoothing {
                Smoothing::AddK(k) if index > 0 => k,
                _ => 0.0,
            };
            let matches = keep(sums.matches.get(index).copied().unwrap_or(0.0) + added);
            let total = keep(sums.totals.get(index).copied().unwrap_or(0.0) + added);
            if total <= 0.0 {
                break;
            }
            if self.effective_order {
                last_order = index + 1;
            }
            if matches > 0.0 {
                *slot = keep(keep(100.0 * matches) / total);
            } else if self.smoothing == Smoothing::Exponential {
                halvings *= 2.0;
                *slot = keep(100.0 / keep(halvings * total));
            } else if let Smoothing::Floor(floor) = self.smoothing {
                *slot = keep(100.0 * floor / total);
            }
        }
        (precisions, last_order)
    }
}

impl Scoring for Bleu {
    fn name(&self) -> String {
        "BLEU".to_owned()
    }

    fn signature(&self) -> Vec<(&'static str, String)> {
        vec![
            ("case", if self.lowercase { "lc" } else { "mixed" }.to_owned()),
            ("eff", if self.effective_order { "yes" } else { "no" }.to_owned()),
            ("tok", self.tokenizer.name().to_owned()),
            ("smooth", self.smoothing.signature()),
        ]
    }

    fn width(&self) -> usize {
        2 + 2 * ORDER
    }

    fn score(&self, sums: &[f64], precision: Precision) -> f64 {
        let sums = Sums::new(sums);
        if sums.matches.iter().all(|matches| *matches <= 0.0) {
            return 0.0;
        }
        let (precisions, last_order) = self.precisions(&sums, precision);
        let logarithm = |value: &f64| if *value > 0.0 { value.ln() } else { LOG_OF_ZERO };
        let sum: f64 = precisions.iter().take(last_order).map(logarithm).sum();
        #[expect(clippy::cast_precision_loss, reason = "at most 4")]
        let mean = sum / last_order as f64;
        sums.brevity_penalty() * mean.exp()
    }

    /// A segment is scored with effective order, as sacreBLEU does sentence by sentence.
    fn segment_score(&self, sums: &[f64]) -> f64 {
        Self { effective_order: true, ..self.clone() }.score(sums, Precision::Double)
    }

    fn detail(&self, sums: &[f64]) -> String {
        let sums = Sums::new(sums);
        let (precisions, _) = self.precisions(&sums, Precision::Double);
        let precisions: Vec<String> =
            precisions.iter().map(|value| format!("{value:.1}")).collect();
        let ratio = if sums.reference > 0.0 { sums.hypothesis / sums.reference } else { 0.0 };
        format!(
            "{} (BP = {:.3} ratio = {ratio:.3} hyp_len = {} ref_len = {})",
            precisions.join("/"),
            sums.brevity_penalty(),
            sums.hypothesis,
            sums.reference
        )
    }
}

impl Metric for Bleu {
    fn statistics(&self, hypothesis: &str, references: &[&str]) -> Vec<f64> {
        let prepare = |line| prepared(line, self.lowercase, &self.tokenizer);
        let hypothesis = prepare(hypothesis);
        let references: Vec<String> = references.iter().map(|line| prepare(line)).collect();
        let mut words = Words::default();
        let hypothesis = words.numbers(python::words(&hypothesis));
        let references: Vec<Vec<u32>> =
            references.iter().map(|line| words.numbers(python::words(line))).collect();
        let length = hypothesis.len();
        // The closest length; of two equally close ones the shorter.
        let closest = references
            .iter()
            .map(Vec::len)
            .min_by_key(|candidate| (candidate.abs_diff(length), *candidate))
            .unwrap_or(0);
        let hypothesis = Grams::new(&hypothesis, ORDER);
        let references: Vec<Grams> =
            references.iter().map(|line| Grams::new(line, ORDER)).collect();
        let matches = (1..=ORDER).map(|n| hypothesis.matches(&references, n));
        let totals = (1..=ORDER).map(|n| hypothesis.total(n));
        #[expect(clippy::cast_precision_loss, reason = "segments have fewer than 2^52 tokens")]
        [length, closest].into_iter().chain(matches).chain(totals).map(|n| n as f64).collect()
    }
}
