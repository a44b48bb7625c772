//! Systems side by side: scores, intervals, p-values, and the scores of single segments.
//!
//! Owns: the order in which statistics become scores, and signatures as sacreBLEU writes them.
//! In: one column a metric, with the statistics of every system. Out: an [`Evaluation`].

use rayon::prelude::*;

use super::metric::{Metric, Precision, Scoring};
use super::random::Random;
use super::resample::{
    Statistics, bootstrap, bootstrap_p_value, interval, randomization_p_values, scores,
};
use crate::domain::{
    EVALUATION_SCHEMA_VERSION, Evaluation, Interval, MetricInfo, MetricScore, PairedTest,
    SegmentOutput, SegmentScores, Significance, SystemScores,
};

/// The seed of sacreBLEU.
pub const DEFAULT_SEED: u64 = 12_345;

/// What one system wrote, a line a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct System {
    /// Its name.
    pub name: String,
    /// Its hypotheses.
    pub hypotheses: Vec<String>,
}

/// The texts of an evaluation. All lists are equally long.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// One system at least; the first is the baseline.
    pub systems: Vec<System>,
    /// One list a reference; may be empty for metrics without references.
    pub references: Vec<Vec<String>>,
    /// What was translated, if it is known.
    pub source: Option<Vec<String>>,
    /// The document of each segment, if it is known.
    pub documents: Option<Vec<String>>,
}

impl Texts {
    /// The references of one segment.
    #[must_use]
    pub fn references_of(&self, segment: usize) -> Vec<&str> {
        self.references.iter().filter_map(|lines| lines.get(segment)).map(String::as_str).collect()
    }

    /// Segments of the first system.
    #[must_use]
    pub fn segments(&self) -> usize {
        self.systems.first().map_or(0, |system| system.hypotheses.len())
    }
}

/// One metric with the statistics of every system.
pub struct Column {
    /// Turns sums into scores.
    pub scoring: Box<dyn Scoring>,
    /// Ends the signature: `version` of the reference implementation whose numbers these are, if there is one.
    pub equals_version: Option<&'static str>,
    /// One table a system.
    pub statistics: Vec<Statistics>,
}

impl Column {
    /// Applies `metric` to all systems, segments side by side.
    #[must_use]
    pub fn of(
        metric: Box<dyn MetricWithScoring>,
        equals_version: Option<&'static str>,
        texts: &Texts,
    ) -> Self {
        let table = |system: &System| {
            let lines = system.hypotheses.par_iter().enumerate();
            let rows: Vec<Vec<f64>> = lines
                .map(|(index, line)| metric.statistics(line, &texts.references_of(index)))
                .collect();
            Statistics::new(metric.width(), rows)
        };
        let statistics = texts.systems.iter().map(table).collect();
        Self { scoring: metric.into_scoring(), equals_version, statistics }
    }
}

/// A metric that can be kept as its scoring alone once the statistics are there.
pub trait MetricWithScoring: Metric {
    /// Forgets how statistics are made.
    fn into_scoring(self: Box<Self>) -> Box<dyn Scoring>;
}

impl<M: Metric + 'static> MetricWithScoring for M {
    fn into_scoring(self: Box<Self>) -> Box<dyn Scoring> {
        self
    }
}

/// What is computed beside the scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resampling {
    /// Bootstrap resamples for intervals; none without.
    pub confidence: Option<usize>,
    /// A test of each system against the first, with its number of trials.
    pub test: Option<(PairedTest, usize)>,
    /// Seed of the random numbers.
    pub seed: u64,
}

impl Resampling {
    /// Bootstrap resamples: the paired bootstrap gives intervals too.
    fn resamples(&self) -> Option<usize> {
        match self.test {
            Some((PairedTest::Bootstrap, trials)) => Some(trials),
            _ => self.confidence,
        }
    }

    /// Keys that sacreBLEU puts between the number of references and the settings of the metric.
    fn signature(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        pairs.extend(self.resamples().map(|resamples| ("bs", resamples.to_string())));
        if let Some((PairedTest::ApproximateRandomization, trials)) = self.test {
            pairs.push(("ar", trials.to_string()));
        }
        if !pairs.is_empty() {
            pairs.push(("seed", self.seed.to_string()));
        }
        pairs
    }
}

/// Scores of every system in every column; all columns have tables for the systems of `texts`, in their order.
#[must_use]
pub fn compare(texts: &Texts, columns: &[Column], resampling: &Resampling) -> Evaluation {
    let metrics = columns.iter().map(|column| info(column, texts, resampling)).collect();
    let statistics = resampled(columns, texts.systems.len(), resampling);
    let systems = texts.systems.iter().enumerate().map(|(index, system)| {
        let scores = columns.iter().zip(&statistics);
        let scores = scores.map(|(column, resampled)| score(column, index, resampled)).collect();
        SystemScores { name: system.name.clone(), scores }
    });
    let baseline = texts.systems.first().map(|system| system.name.clone()).unwrap_or_default();
    Evaluation {
        schema_version: EVALUATION_SCHEMA_VERSION,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        inputs: Vec::new(),
        settings: Vec::new(),
        models: Vec::new(),
        segment_count: texts.segments(),
        metrics,
        systems: systems.collect(),
        significance: resampling.test.map(|(test, trials)| Significance {
            test,
            trials,
            seed: resampling.seed,
            baseline,
        }),
        warnings: Vec::new(),
        segments: Vec::new(),
    }
}

fn info(column: &Column, texts: &Texts, resampling: &Resampling) -> MetricInfo {
    let mut pairs = vec![("nrefs", texts.references.len().to_string())];
    pairs.extend(resampling.signature());
    pairs.extend(column.scoring.signature());
    pairs.extend(column.equals_version.map(|version| ("version", version.to_owned())));
    pairs.push(("impl", format!("isnad-{}", env!("CARGO_PKG_VERSION"))));
    let pairs: Vec<String> = pairs.iter().map(|(key, value)| format!("{key}:{value}")).collect();
    MetricInfo {
        name: column.scoring.name(),
        signature: pairs.join("|"),
        higher_is_better: column.scoring.higher_is_better(),
    }
}

/// Interval and p-value of each system by one metric.
type Resampled = Vec<(Option<Interval>, Option<f64>)>;

fn resampled(columns: &[Column], systems: usize, resampling: &Resampling) -> Vec<Resampled> {
    let mut results: Vec<Resampled> = vec![vec![(None, None); systems]; columns.len()];
    if let Some(resamples) = resampling.resamples() {
        let mut random = Random::new(resampling.seed);
        let tables: Vec<&Statistics> =
            columns.iter().flat_map(|column| &column.statistics).collect();
        let mut sums = bootstrap(&tables, resamples, &mut random).into_iter();
        let paired = matches!(resampling.test, Some((PairedTest::Bootstrap, _)));
        for (column, results) in columns.iter().zip(&mut results) {
            let resampled: Vec<Vec<f64>> = sums
                .by_ref()
                .take(column.statistics.len())
                .map(|sums| scores(column.scoring.as_ref(), &sums))
                .collect();
            for (index, (scores, result)) in resampled.iter().zip(results).enumerate() {
                result.0 = interval(scores);
                if let Some(baseline) = resampled.first().filter(|_| paired && index > 0) {
                    result.1 = Some(bootstrap_p_value(baseline, scores, difference(column, index)));
                }
            }
        }
    }
    if let Some((PairedTest::ApproximateRandomization, trials)) = resampling.test {
        for system in 1..systems {
            // Each system meets the baseline with the same draws, as in sacreBLEU.
            let mut random = Random::new(resampling.seed);
            let compared: Vec<_> = columns.iter().filter_map(|c| c.pair(system)).collect();
            let p_values = randomization_p_values(&compared, trials, &mut random);
            for (result, p_value) in results.iter_mut().zip(p_values) {
                if let Some(result) = result.get_mut(system) {
                    result.1 = Some(p_value);
                }
            }
        }
    }
    results
}

impl Column {
    fn pair(&self, system: usize) -> Option<(&dyn Scoring, &Statistics, &Statistics)> {
        let (baseline, system) = (self.statistics.first()?, self.statistics.get(system)?);
        Some((self.scoring.as_ref(), baseline, system))
    }
}

fn difference(column: &Column, system: usize) -> f64 {
    column.pair(system).map_or(0.0, |(scoring, baseline, system)| {
        let score = |table: &Statistics| scoring.score(&table.sums(), Precision::Double);
        (score(baseline) - score(system)).abs()
    })
}

fn score(column: &Column, system: usize, resampled: &Resampled) -> MetricScore {
    let sums = column.statistics.get(system).map(Statistics::sums).unwrap_or_default();
    let (interval, p_value) = resampled.get(system).copied().unwrap_or_default();
    MetricScore {
        metric: column.scoring.name(),
        score: column.scoring.score(&sums, Precision::Double),
        detail: column.scoring.detail(&sums),
        interval,
        p_value,
    }
}

/// The scores of single segments, worst first by the first column: by its mean over the systems. At most `worst`
/// of them, all for none; segments that are equally good stay in their order.
#[must_use]
pub fn segments(texts: &Texts, columns: &[Column], worst: Option<usize>) -> Vec<SegmentScores> {
    let at = |column: &Column, system: usize, segment: usize| {
        let row = column.statistics.get(system)?.rows().nth(segment)?;
        Some(column.scoring.segment_score(row))
    };
    let badness = |segment: usize| -> f64 {
        let Some(column) = columns.first() else { return 0.0 };
        let scores = (0..texts.systems.len()).filter_map(|system| at(column, system, segment));
        let sum: f64 = scores.sum();
        if column.scoring.higher_is_better() { sum } else { -sum }
    };
    let mut order: Vec<(f64, usize)> =
        (0..texts.segments()).map(|segment| (badness(segment), segment)).collect();
    if worst.is_some() {
        order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    }
    let kept = order.into_iter().take(worst.unwrap_or(usize::MAX));
    kept.map(|(_, segment)| SegmentScores {
        line: segment + 1,
        document: line_of(texts.documents.as_ref(), segment),
        source: line_of(texts.source.as_ref(), segment),
        references: texts.references_of(segment).into_iter().map(str::to_owned).collect(),
        outputs: texts
            .systems
            .iter()
            .enumerate()
            .map(|(index, system)| SegmentOutput {
                hypothesis: system.hypotheses.get(segment).cloned().unwrap_or_default(),
                scores: columns.iter().map(|column| at(column, index, segment)).collect(),
            })
            .collect(),
    })
    .collect()
}

fn line_of(lines: Option<&Vec<String>>, segment: usize) -> Option<String> {
    lines.and_then(|lines| lines.get(segment)).cloned()
}
