//! Systems by metrics, with every figure as it is printed; what the table, LaTeX and HTML share.
//!
//! Owns: how many decimals a metric has, which score is best, the marks of direction and significance.
//! In: an evaluation. Out: text that went through `visible`, not yet escaped for any markup.
//! Never: markup; the letters of NaN or infinity.

use serde::Serialize;

use crate::domain::{Evaluation, MetricInfo, MetricScore, PairedTest, Significance};
use crate::render::visible::one_line;

/// What a p-value must be below to be marked.
const SIGNIFICANT: f64 = 0.05;
/// Stands for a number that is not there.
pub(super) const NOTHING: &str = "–";

/// All corpus scores.
#[derive(Serialize)]
pub(super) struct Grid {
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
}

/// One metric.
#[derive(Serialize)]
pub(super) struct Column {
    pub(super) name: String,
    /// `BLEU|nrefs:1|…`.
    pub(super) signature: String,
    pub(super) higher_is_better: bool,
    pub(super) decimals: usize,
}

impl Column {
    /// Points to where better scores are.
    pub(super) fn arrow(&self) -> &'static str {
        if self.higher_is_better { "↑" } else { "↓" }
    }
}

/// One system.
#[derive(Serialize)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) is_baseline: bool,
    /// One a column; none where the system has no such score.
    pub(super) cells: Vec<Option<Cell>>,
}

/// One score.
#[derive(Serialize)]
pub(super) struct Cell {
    pub(super) score: String,
    pub(super) mean: Option<String>,
    /// The figure behind `±`.
    pub(super) half_width: Option<String>,
    /// `43.1 to 45.0`.
    pub(super) range: Option<String>,
    /// `p = 0.0310` or `p < 0.0001`.
    pub(super) p_value: Option<String>,
    pub(super) is_significant: bool,
    /// Whether no system's printed score is better; false where there is one system.
    pub(super) is_best: bool,
    pub(super) detail: String,
}

impl Grid {
    pub(super) fn of(evaluation: &Evaluation) -> Self {
        let columns: Vec<Column> =
            evaluation.metrics.iter().map(|m| column(evaluation, m)).collect();
        let best: Vec<Option<String>> = evaluation
            .metrics
            .iter()
            .zip(&columns)
            .map(|(metric, column)| best(evaluation, metric, column.decimals))
            .collect();
        let baseline = evaluation.significance.as_ref().map(|test| &test.baseline);
        let rows = evaluation.systems.iter().map(|system| Row {
            name: one_line(&system.name),
            is_baseline: baseline == Some(&system.name),
            cells: evaluation
                .metrics
                .iter()
                .zip(columns.iter().zip(&best))
                .map(|(metric, (column, best))| {
                    let score = system.scores.iter().find(|score| score.metric == metric.name)?;
                    Some(cell(score, column.decimals, best.as_ref()))
                })
                .collect(),
        });
        Self { rows: rows.collect(), columns }
    }

    /// Whether any cell of the grid satisfies `is`.
    pub(super) fn any(&self, is: impl Fn(&Cell) -> bool) -> bool {
        self.rows.iter().flat_map(|row| &row.cells).flatten().any(is)
    }
}

fn column(evaluation: &Evaluation, metric: &MetricInfo) -> Column {
    let name = one_line(&metric.name);
    let recipe = one_line(&metric.signature);
    Column {
        signature: if recipe.is_empty() { name.clone() } else { format!("{name}|{recipe}") },
        name,
        higher_is_better: metric.higher_is_better,
        decimals: decimals(evaluation, metric),
    }
}

/// The scores of one metric, in the order of the systems.
fn scores<'a>(
    evaluation: &'a Evaluation,
    metric: &'a MetricInfo,
) -> impl Iterator<Item = &'a MetricScore> {
    let all = evaluation.systems.iter().flat_map(|system| &system.scores);
    all.filter(|score| score.metric == metric.name)
}

/// Decimals that a reader needs: one on a scale to 100, as sacreBLEU prints, and three where all scores lie
/// within −1 and 1.
pub(super) fn decimals(evaluation: &Evaluation, metric: &MetricInfo) -> usize {
    let is_share = |score: &MetricScore| score.score.abs() <= 1.0;
    if scores(evaluation, metric).all(is_share) { 3 } else { 1 }
}

/// The best score as it is printed, so that equal figures are marked alike; none if nothing is to be compared.
fn best(evaluation: &Evaluation, metric: &MetricInfo, decimals: usize) -> Option<String> {
    let all: Vec<f64> = scores(evaluation, metric).map(|score| score.score).collect();
    let better = if metric.higher_is_better { f64::max } else { f64::min };
    (all.len() > 1).then(|| all.into_iter().reduce(better)).flatten().map(|v| fixed(v, decimals))
}

fn cell(score: &MetricScore, decimals: usize, best: Option<&String>) -> Cell {
    let shown = fixed(score.score, decimals);
    let interval = score.interval;
    Cell {
        is_best: best == Some(&shown),
        score: shown,
        mean: interval.map(|interval| fixed(interval.mean, decimals)),
        half_width: interval.map(|interval| fixed(interval.half_width(), decimals)),
        range: interval
            .map(|i| format!("{} to {}", fixed(i.low, decimals), fixed(i.high, decimals))),
        p_value: score.p_value.map(p_value),
        is_significant: score.p_value.is_some_and(|p| p < SIGNIFICANT),
        detail: one_line(&score.detail),
    }
}

/// A number with so many decimals; a number that is none becomes [`NOTHING`], and there is no −0.
pub(super) fn fixed(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return NOTHING.to_owned();
    }
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(rest) if !rest.contains(|c: char| ('1'..='9').contains(&c)) => rest.to_owned(),
        Some(rest) => format!("\u{2212}{rest}"),
        None => text,
    }
}

fn p_value(p: f64) -> String {
    if p < 0.0001 { "p < 0.0001".to_owned() } else { format!("p = {}", fixed(p, 4)) }
}

/// The test in words: `paired bootstrap resampling (Koehn 2004), 1000 resamples, seed 12345`.
pub(super) fn test(significance: &Significance) -> String {
    let (test, trials) = match significance.test {
        PairedTest::Bootstrap => ("paired bootstrap resampling (Koehn 2004)", "resamples"),
        PairedTest::ApproximateRandomization => {
            ("paired approximate randomization (Riezler & Maxwell 2005)", "shufflings")
        }
    };
    format!("{test}, {} {trials}, seed {}", significance.trials, significance.seed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_figure_is_negative_zero_or_spells_nan() {
        assert_eq!(fixed(-0.01, 1), "0.0");
        assert_eq!(fixed(-1.25, 1), "\u{2212}1.2");
        assert_eq!(fixed(f64::NAN, 1), NOTHING);
        assert_eq!(fixed(f64::NEG_INFINITY, 3), NOTHING);
    }

    #[test]
    fn a_tiny_p_value_is_not_printed_as_zero() {
        assert_eq!(p_value(0.000_09), "p < 0.0001");
        assert_eq!(p_value(0.031), "p = 0.0310");
    }
}
