//! Resampling of segments: confidence intervals and paired tests from sums of statistics.
//!
//! Owns: tables of statistics, bootstrap resamples, shuffles of two systems, intervals and p-values.
//! In: one table a system and metric, computed once. Out: scores of resamples.
//! Source: Koehn 2004; Riezler & Maxwell 2005; `significance.py`, sacreBLEU 2.6.0, whose defaults and draws these are.
//! Different: equal scores have a p-value of 1. Sums are exact; sacreBLEU adds 32-bit numbers, so beyond 2^24 counts its resamples are rounded.

use rayon::prelude::*;

use super::metric::{Precision, Scoring};
use super::random::{Coins, Random};
use crate::domain::Interval;

/// Resamples that are summed in one pass over the statistics.
const LANES: usize = 8;

/// Statistics of every segment: one row a segment.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistics {
    width: usize,
    rows: Vec<f64>,
}

impl Statistics {
    /// A table of rows that are `width` long.
    #[must_use]
    pub fn new(width: usize, rows: impl IntoIterator<Item = Vec<f64>>) -> Self {
        let mut values = Vec::new();
        for row in rows {
            debug_assert_eq!(row.len(), width, "rows have one width");
            values.extend(row);
        }
        Self { width, rows: values }
    }

    /// Segments.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len().checked_div(self.width).unwrap_or(0)
    }

    /// Whether there is no segment.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// One row a segment.
    #[must_use]
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        self.rows.chunks_exact(self.width.max(1))
    }

    /// The sums over all segments.
    #[must_use]
    pub fn sums(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.width];
        for row in self.rows() {
            add(&mut sums, row, 1.0);
        }
        sums
    }
}

fn add(sums: &mut [f64], row: &[f64], times: f64) {
    for (sum, value) in sums.iter_mut().zip(row) {
        *sum += times * value;
    }
}

/// How often each segment stands in each of [`LANES`] resamples.
type Weights = Vec<[u16; LANES]>;

/// Sums of resamples: for each table one vector of sums a resample. All tables have the same segments and see the
/// same draws.
fn resampled(
    tables: &[&Statistics],
    resamples: usize,
    mut draw: impl FnMut(&mut Weights, usize),
) -> Vec<Vec<Vec<f64>>> {
    let segments = tables.first().map_or(0, |table| table.len());
    let mut results = vec![Vec::with_capacity(resamples); tables.len()];
    let mut left = resamples;
    // Draws come one after the other, sums are made side by side; a few passes at a time keep memory small.
    while left > 0 {
        let passes = left.div_ceil(LANES).min(2 * rayon::current_num_threads());
        let weights: Vec<Weights> = (0..passes)
            .map(|_| {
                let mut weights = vec![[0; LANES]; segments];
                let lanes = left.min(LANES);
                (0..lanes).for_each(|lane| draw(&mut weights, lane));
                left -= lanes;
                weights
            })
            .collect();
        for (table, result) in tables.iter().zip(&mut results) {
            let sums: Vec<_> =
                weights.par_iter().map(|weights| weighted_sums(table, weights)).collect();
            result.extend(sums.into_iter().flatten());
        }
    }
    // The lanes that the last pass left empty.
    for result in &mut results {
        result.truncate(resamples);
    }
    results
}

fn weighted_sums(table: &Statistics, weights: &Weights) -> Vec<Vec<f64>> {
    let mut sums = vec![vec![0.0; table.width]; LANES];
    for (row, weights) in table.rows().zip(weights) {
        for (sums, &weight) in sums.iter_mut().zip(weights) {
            if weight > 0 {
                add(sums, row, f64::from(weight));
            }
        }
    }
    sums
}

/// Sums of resamples drawn with replacement, as many draws as segments.
pub(super) fn bootstrap(
    tables: &[&Statistics],
    resamples: usize,
    random: &mut Random,
) -> Vec<Vec<Vec<f64>>> {
    resampled(tables, resamples, |weights, lane| {
        let bound = u32::try_from(weights.len()).unwrap_or(u32::MAX);
        for _ in 0..weights.len() {
            let drawn = random.below(bound) as usize;
            if let Some(count) = weights.get_mut(drawn).and_then(|row| row.get_mut(lane)) {
                *count = count.saturating_add(1);
            }
        }
    })
}

/// Scores of resamples, as sacreBLEU computes them.
pub(super) fn scores(scoring: &dyn Scoring, resamples: &[Vec<f64>]) -> Vec<f64> {
    resamples.iter().map(|sums| scoring.score(sums, Precision::Single)).collect()
}

/// Mean and 95 % interval of the scores of resamples; the interval leaves out a fortieth at either end.
pub(super) fn interval(scores: &[f64]) -> Option<Interval> {
    let mut sorted = scores.to_vec();
    sorted.sort_by(f64::total_cmp);
    let outside = sorted.len() / 40;
    let low = *sorted.get(outside)?;
    let high = *sorted.get(sorted.len() - outside - 1)?;
    Some(Interval { mean: mean(&sorted), low, high })
}

fn mean(values: &[f64]) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 resamples")]
    let count = values.len().max(1) as f64;
    values.iter().sum::<f64>() / count
}

/// The p-value of a difference by paired bootstrap: how often the differences of resamples lie farther from their
/// mean than `difference` from zero.
pub(super) fn bootstrap_p_value(baseline: &[f64], system: &[f64], difference: f64) -> f64 {
    let differences: Vec<f64> = baseline.iter().zip(system).map(|(a, b)| (b - a).abs()).collect();
    let centre = mean(&differences);
    p_value(differences.iter().map(|value| value - centre), difference)
}

/// The p-values of differences by approximate randomization, one a metric: how often two systems whose outputs
/// were swapped at random differ by more. `compared` holds the tables of the baseline and of the system.
pub(super) fn randomization_p_values(
    compared: &[(&dyn Scoring, &Statistics, &Statistics)],
    trials: usize,
    random: &mut Random,
) -> Vec<f64> {
    let gains: Vec<Statistics> = compared
        .iter()
        .map(|(_, baseline, system)| {
            let values = baseline.rows.iter().zip(&system.rows);
            Statistics { width: baseline.width, rows: values.map(|(a, b)| a - b).collect() }
        })
        .collect();
    let mut coins = Coins::new(random);
    let swapped = resampled(&gains.iter().collect::<Vec<_>>(), trials, |weights, lane| {
        for weight in weights.iter_mut().filter_map(|row| row.get_mut(lane)) {
            *weight = u16::from(coins.toss());
        }
    });
    let p_values = compared.iter().zip(&swapped).map(|((scoring, baseline, system), gained)| {
        let (baseline, system) = (baseline.sums(), system.sums());
        let gap = |a: &[f64], b: &[f64]| {
            (scoring.score(a, Precision::Double) - scoring.score(b, Precision::Double)).abs()
        };
        let shuffled = gained.iter().map(|gain| {
            let first: Vec<f64> = system.iter().zip(gain).map(|(b, gain)| b + gain).collect();
            let second: Vec<f64> = baseline.iter().zip(gain).map(|(a, gain)| a - gain).collect();
            gap(&first, &second)
        });
        p_value(shuffled, gap(&baseline, &system))
    });
    p_values.collect()
}

/// `(c + 1) / (n + 1)`, where `c` of `n` values exceed `difference`; 1 where there is no difference.
///
/// Different: sacreBLEU gives two equal scores `1 / (n + 1)`, its smallest p-value, as nothing exceeds a difference of
/// zero; a reader would take systems for different that are the same.
fn p_value(values: impl ExactSizeIterator<Item = f64>, difference: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 trials")]
    let of = |count: usize| (count + 1) as f64;
    let trials = values.len();
    if difference > 0.0 {
        of(values.filter(|value| *value > difference).count()) / of(trials)
    } else {
        1.0
    }
}
