//! How good outputs are: the scores of one or several systems, and what is needed to repeat them.
//!
//! Owns: the saved form of an evaluation, and the rule that no number in it is NaN or infinite.

use serde::{Deserialize, Serialize};

use super::ModelSignature;

/// Version of the saved form; raised whenever a field changes its meaning or goes away.
pub const EVALUATION_SCHEMA_VERSION: u32 = 1;

/// What a file was read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum InputRole {
    /// The text that was translated.
    Source,
    /// What it is compared with.
    Reference,
    /// What is judged.
    Hypothesis,
    /// A brief, from which translation, summary and claims are taken.
    Brief,
    /// A reference summary.
    ReferenceSummary,
    /// Alignments known to be right.
    Gold,
}

/// One file that took part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluationInput {
    /// What it was read as.
    pub role: InputRole,
    /// The system it belongs to; none for sources and references.
    pub system: Option<String>,
    /// Its name as given.
    pub name: String,
    /// SHA-256 of its bytes, lower-case hexadecimal.
    pub sha256: String,
    /// Segments read from it.
    pub segments: usize,
}

/// One metric with its recipe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricInfo {
    /// `BLEU`, `chrF2`, `TER`, `ROUGE-1`, …
    pub name: String,
    /// The recipe, in sacreBLEU's form `key:value|key:value`.
    pub signature: String,
    /// Whether a larger score is a better one.
    pub higher_is_better: bool,
}

/// Scores of resamples.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Mean over the resamples.
    pub mean: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
}

impl Interval {
    /// Half the width of the interval: the figure behind `±`.
    #[must_use]
    pub fn half_width(&self) -> f64 {
        0.5 * (self.high - self.low)
    }
}

/// One system's score by one metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetricScore {
    /// Name of the metric, as in [`MetricInfo`].
    pub metric: String,
    /// The score, mostly 0 to 100.
    pub score: f64,
    /// The parts it was computed from, as a person reads them; may be empty.
    pub detail: String,
    /// From bootstrap resampling, if it was asked for.
    pub interval: Option<Interval>,
    /// Against the baseline, if a test was asked for and this is not the baseline.
    pub p_value: Option<f64>,
}

/// One system's scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SystemScores {
    /// The system's name.
    pub name: String,
    /// Its scores, in the order of [`Evaluation::metrics`].
    pub scores: Vec<MetricScore>,
}

/// How systems were compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PairedTest {
    /// Paired bootstrap resampling (Koehn 2004).
    Bootstrap,
    /// Paired approximate randomization (Riezler & Maxwell 2005).
    ApproximateRandomization,
}

/// The test behind the p-values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Significance {
    /// Which test.
    pub test: PairedTest,
    /// Resamples or shufflings.
    pub trials: usize,
    /// Seed of the random numbers.
    pub seed: u64,
    /// The system that the others are compared with.
    pub baseline: String,
}

/// What one system wrote for one segment, and its scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SegmentOutput {
    /// The hypothesis.
    pub hypothesis: String,
    /// Scores in the order of [`Evaluation::metrics`]; none where a metric has no segment scores.
    pub scores: Vec<Option<f64>>,
}

/// One segment with what every system wrote for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SegmentScores {
    /// Its line, from 1.
    pub line: usize,
    /// The document it belongs to, where documents are known.
    pub document: Option<String>,
    /// The source, where it was given.
    pub source: Option<String>,
    /// The references.
    pub references: Vec<String>,
    /// One output a system, in the order of [`Evaluation::systems`].
    pub outputs: Vec<SegmentOutput>,
}

/// Systems, metrics, scores, and everything needed to repeat them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// [`EVALUATION_SCHEMA_VERSION`] of the program that made it.
    pub schema_version: u32,
    /// Version of isnad.
    pub version: String,
    /// The files that took part.
    pub inputs: Vec<EvaluationInput>,
    /// Settings that change a score, as `(name, value)` in a fixed order.
    #[serde(with = "super::ordered_map")]
    pub settings: Vec<(String, String)>,
    /// Models that took part.
    pub models: Vec<ModelSignature>,
    /// Segments that were scored.
    pub segment_count: usize,
    /// The metrics, in order.
    pub metrics: Vec<MetricInfo>,
    /// The systems, in order; the first is the baseline.
    pub systems: Vec<SystemScores>,
    /// The test behind the p-values, if there was one.
    pub significance: Option<Significance>,
    /// What a reader should know before trusting a number.
    pub warnings: Vec<String>,
    /// Per-segment scores, if they were asked for.
    pub segments: Vec<SegmentScores>,
}
