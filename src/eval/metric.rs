//! What every metric is: statistics of one segment, and a score of their sums.
//!
//! Owns: the two traits, and the mean that many metrics share. Corpus score, segment score and each
//! resample of a bootstrap are the same function over different sums.
//! Source: the design of `metrics/base.py`, sacreBLEU 2.6.0.

/// How scores of sums are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// In 64 bits: corpus and segment scores.
    Double,
    /// Every intermediate value rounded to 32 bits: sacreBLEU keeps resampled statistics in 32-bit numpy arrays,
    /// and numpy 2 keeps their arithmetic in that type, so equal intervals need equal rounding.
    Single,
}

impl Precision {
    /// `value` as this precision keeps it. One rounding after each 64-bit `+ − × ÷` gives the bits that
    /// 32-bit arithmetic gives, since 64 bits hold more than twice the digits.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "the rounding is the purpose")]
    pub fn keep(self, value: f64) -> f64 {
        match self {
            Self::Double => value,
            Self::Single => f64::from(value as f32),
        }
    }
}

/// Turns sums of per-segment statistics into a score.
///
/// 1. A score of finite sums is finite.
/// 2. [`score`](Self::score) depends on the sums alone, so segments can be summed in any order.
pub trait Scoring: Send + Sync {
    /// `BLEU`, `chrF2++`, `TER`, `ROUGE-1`, …
    fn name(&self) -> String;

    /// The recipe, as `(key, value)` in sacreBLEU's order, without the keys that all metrics share
    /// (`nrefs`, `bs`, `ar`, `seed`, `version`).
    fn signature(&self) -> Vec<(&'static str, String)>;

    /// Whether a larger score is a better one.
    fn higher_is_better(&self) -> bool {
        true
    }

    /// Statistics a segment.
    fn width(&self) -> usize;

    /// The score of `sums`, which holds [`width`](Self::width) values.
    fn score(&self, sums: &[f64], precision: Precision) -> f64;

    /// The score of one segment by itself.
    fn segment_score(&self, sums: &[f64]) -> f64 {
        self.score(sums, Precision::Double)
    }

    /// The parts of the score in sacreBLEU's words; empty if it has none.
    fn detail(&self, sums: &[f64]) -> String {
        let _ = sums;
        String::new()
    }
}

/// A metric that compares texts without a model.
pub trait Metric: Scoring {
    /// Statistics of one segment against its references, of which there is at least one.
    fn statistics(&self, hypothesis: &str, references: &[&str]) -> Vec<f64>;
}

/// A score that is the mean of segment scores: statistics are `[score, 1]`, or `[0, 0]` for a segment that does
/// not count.
#[derive(Clone, Debug)]
pub struct Mean {
    name: String,
    signature: Vec<(&'static str, String)>,
}

impl Mean {
    /// A mean called `name`.
    #[must_use]
    pub fn new(name: impl Into<String>, signature: Vec<(&'static str, String)>) -> Self {
        Self { name: name.into(), signature }
    }
}

impl Scoring for Mean {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn signature(&self) -> Vec<(&'static str, String)> {
        self.signature.clone()
    }

    fn width(&self) -> usize {
        2
    }

    fn score(&self, sums: &[f64], precision: Precision) -> f64 {
        match sums {
            [sum, count] if *count > 0.0 => precision.keep(sum / count),
            _ => 0.0,
        }
    }
}

/// 100 times the mean F of statistics `[precision, recall, F, 1]`, each 0 to 1 a segment.
pub(super) fn mean_f(sums: &[f64], precision: Precision) -> f64 {
    match sums {
        [_, _, f, segments] if *segments > 0.0 => {
            precision.keep(100.0 * precision.keep(f / segments))
        }
        _ => 0.0,
    }
}

/// Mean precision and recall of the same statistics, in per cent.
pub(super) fn mean_precision_and_recall(sums: &[f64]) -> String {
    match sums {
        [precision, recall, _, segments] if *segments > 0.0 => {
            let per_cent = |sum: f64| 100.0 * sum / segments;
            format!("P = {:.1} R = {:.1}", per_cent(*precision), per_cent(*recall))
        }
        _ => String::new(),
    }
}

/// A share in per cent: statistics are `[part, whole]`.
#[derive(Clone, Debug)]
pub struct Share {
    /// Name of the metric.
    pub name: &'static str,
    /// What is counted, in the plural, for the detail.
    pub counted: &'static str,
    /// Whether a large share is a good one; if so, a part of nothing is the whole.
    pub higher_is_better: bool,
    /// The recipe beside the keys that all metrics share.
    pub signature: Vec<(&'static str, String)>,
}

impl Scoring for Share {
    fn name(&self) -> String {
        self.name.to_owned()
    }

    fn signature(&self) -> Vec<(&'static str, String)> {
        self.signature.clone()
    }

    fn higher_is_better(&self) -> bool {
        self.higher_is_better
    }

    fn width(&self) -> usize {
        2
    }

    fn score(&self, sums: &[f64], precision: Precision) -> f64 {
        match sums {
            [part, whole] if *whole > 0.0 => precision.keep(100.0 * part / whole),
            _ if self.higher_is_better => 100.0,
            _ => 0.0,
        }
    }

    fn detail(&self, sums: &[f64]) -> String {
        let &[part, whole] = sums else { return String::new() };
        format!("{part} of {whole} {}", self.counted)
    }
}
