//! Scores from models: nearness of sentences, greedy matching of tokens, and learnt estimates.
//!
//! Owns: how vectors become segment scores. In: texts and engines behind ports. Out: columns.
//! Source: Zhang et al. 2020 (`BERTScore`) for greedy matching, without baseline rescaling or inverse document
//! frequencies; Rei et al. 2022 (COMET) behind [`QualityEstimator`].
//! Different: any encoder's token states serve, so values compare only under one signature.

use super::compare::{Column, Texts};
use super::metric::{Mean, Precision, Scoring, mean_f, mean_precision_and_recall};
use super::resample::Statistics;
use crate::domain::ModelSignature;
use crate::ports::{EmbedError, Embedder, QualityEstimator, TokenEncoder, TokenStates};

/// Texts that are encoded in one call.
const BATCH: usize = 64;

/// Cosine of hypothesis and reference in the encoder's space, times 100; of several references the nearest
/// counts.
///
/// # Errors
/// [`EmbedError`] when the encoder fails.
pub fn semantic(texts: &Texts, embedder: &mut dyn Embedder) -> Result<Column, EmbedError> {
    let others: Vec<Vec<&str>> =
        texts.references.iter().map(|lines| lines.iter().map(String::as_str).collect()).collect();
    nearness("Semantic", texts, &others, embedder)
}

/// Cosine of hypothesis and source, across languages, times 100; no reference is needed.
///
/// # Errors
/// [`EmbedError`] when the encoder fails.
pub fn semantic_source(
    texts: &Texts,
    source: &[String],
    embedder: &mut dyn Embedder,
) -> Result<Column, EmbedError> {
    let lines = source.iter().map(String::as_str).collect();
    nearness("Semantic-src", texts, &[lines], embedder)
}

fn nearness(
    name: &str,
    texts: &Texts,
    others: &[Vec<&str>],
    embedder: &mut dyn Embedder,
) -> Result<Column, EmbedError> {
    let others: Vec<Vec<Vec<f32>>> =
        others.iter().map(|lines| embed(lines, embedder)).collect::<Result<_, _>>()?;
    let mut statistics = Vec::new();
    for system in &texts.systems {
        let lines: Vec<&str> = system.hypotheses.iter().map(String::as_str).collect();
        let vectors = embed(&lines, embedder)?;
        let rows = vectors.iter().enumerate().map(|(index, vector)| {
            let cosines = others.iter().filter_map(|other| Some(dot(vector, other.get(index)?)));
            vec![100.0 * cosines.fold(-1.0, f64::max), 1.0]
        });
        statistics.push(Statistics::new(2, rows));
    }
    let scoring = Box::new(Mean::new(name, vec![encoder_key(&embedder.signature())]));
    Ok(Column { scoring, equals_version: None, statistics })
}

fn embed(lines: &[&str], embedder: &mut dyn Embedder) -> Result<Vec<Vec<f32>>, EmbedError> {
    let mut vectors = Vec::with_capacity(lines.len());
    for batch in lines.chunks(BATCH) {
        vectors.extend(embedder.embed(batch)?);
    }
    Ok(vectors)
}

/// `enc:name@sha8`; of a path only the last part, for a signature says what was used and not where it lay.
fn encoder_key(model: &ModelSignature) -> (&'static str, String) {
    let name = model.name.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    ("enc", format!("{name}@{}", model.short_sha256()))
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

/// Greedy matching of token states: each token of one text meets its nearest of the other.
///
/// Precision averages over the tokens of the hypothesis, recall over those of the reference; of several references
/// the one with the best F1 counts. Two texts without tokens are equal, one without is worth nothing.
///
/// # Errors
/// [`EmbedError`] when the encoder fails.
pub fn token_matching(texts: &Texts, encoder: &mut dyn TokenEncoder) -> Result<Column, EmbedError> {
    let mut rows: Vec<Vec<Vec<f64>>> = vec![Vec::new(); texts.systems.len()];
    let segments: Vec<usize> = (0..texts.segments()).collect();
    for batch in segments.chunks(BATCH) {
        let mut encode = |lines: &[String]| {
            let lines = batch.iter().filter_map(|&index| lines.get(index));
            let lines: Vec<&str> = lines.map(String::as_str).collect();
            let states = encoder.token_states(&lines)?;
            Ok::<Vec<TokenStates>, EmbedError>(states.into_iter().map(unit).collect())
        };
        let references: Vec<Vec<TokenStates>> =
            texts.references.iter().map(|lines| encode(lines)).collect::<Result<_, _>>()?;
        for (system, rows) in texts.systems.iter().zip(&mut rows) {
            for (index, hypothesis) in encode(&system.hypotheses)?.iter().enumerate() {
                let matched = references.iter().filter_map(|lines| lines.get(index));
                let best = matched.map(|reference| matching(hypothesis, reference));
                let best = best.reduce(|best, other| if other[2] > best[2] { other } else { best });
                let [precision, recall, f1] = best.unwrap_or_default();
                rows.push(vec![precision, recall, f1, 1.0]);
            }
        }
    }
    Ok(Column {
        scoring: Box::new(TokenMatching { encoder: encoder_key(&encoder.signature()) }),
        equals_version: None,
        statistics: rows.into_iter().map(|rows| Statistics::new(4, rows)).collect(),
    })
}

/// States divided by their lengths.
fn unit(mut states: TokenStates) -> TokenStates {
    for row in states.values.chunks_exact_mut(states.width.max(1)) {
        let length = dot(row, row).sqrt();
        if length > 0.0 {
            #[expect(clippy::cast_possible_truncation, reason = "states are 32 bits wide")]
            for value in row.iter_mut() {
                *value = (f64::from(*value) / length) as f32;
            }
        }
    }
    states
}

/// Precision, recall and F1, 0 to 1 for states that are not opposed.
fn matching(hypothesis: &TokenStates, reference: &TokenStates) -> [f64; 3] {
    let (ours, theirs) = (hypothesis.tokens(), reference.tokens());
    match (ours, theirs) {
        (0, 0) => return [1.0; 3],
        (0, _) | (_, 0) => return [0.0; 3],
        _ => {}
    }
    let mut nearest_of_theirs = vec![-1.0; theirs];
    let mut sum = 0.0;
    for row in hypothesis.rows() {
        let mut nearest: f64 = -1.0;
        for (other, best) in reference.rows().zip(&mut nearest_of_theirs) {
            let cosine = dot(row, other);
            nearest = nearest.max(cosine);
            *best = cosine.max(*best);
        }
        sum += nearest;
    }
    #[expect(clippy::cast_precision_loss, reason = "segments have fewer than 2^52 tokens")]
    let (precision, recall) =
        (sum / ours as f64, nearest_of_theirs.iter().sum::<f64>() / theirs as f64);
    let both = precision + recall;
    let f1 = if both > 0.0 { 2.0 * precision * recall / both } else { 0.0 };
    [precision, recall, f1]
}

struct TokenMatching {
    encoder: (&'static str, String),
}

impl Scoring for TokenMatching {
    fn name(&self) -> String {
        "BERTScore".to_owned()
    }

    fn signature(&self) -> Vec<(&'static str, String)> {
        let no = || "no".to_owned();
        vec![self.encoder.clone(), ("idf", no()), ("rescale", no())]
    }

    fn width(&self) -> usize {
        4
    }

    /// The mean F1, times 100.
    fn score(&self, sums: &[f64], precision: Precision) -> f64 {
        mean_f(sums, precision)
    }

    fn detail(&self, sums: &[f64]) -> String {
        mean_precision_and_recall(sums)
    }
}

/// The mean estimate of a learnt metric such as COMET, times 100, against the first reference.
///
/// # Errors
/// [`EmbedError`] when the estimator fails.
pub fn estimated(
    texts: &Texts,
    source: &[String],
    estimator: &mut dyn QualityEstimator,
) -> Result<Column, EmbedError> {
    let reference = texts.references.first().map_or(&[] as &[String], Vec::as_slice);
    let mut statistics = Vec::new();
    for system in &texts.systems {
        let triples: Vec<(&str, &str, &str)> = source
            .iter()
            .zip(&system.hypotheses)
            .zip(reference)
            .map(|((source, hypothesis), reference)| {
                (source.as_str(), hypothesis.as_str(), reference.as_str())
            })
            .collect();
        let mut rows = Vec::with_capacity(triples.len());
        for batch in triples.chunks(BATCH) {
            let scores = estimator.estimate(batch)?;
            rows.extend(scores.into_iter().map(|score| vec![100.0 * f64::from(score), 1.0]));
        }
        statistics.push(Statistics::new(2, rows));
    }
    let (_, model) = encoder_key(&estimator.signature());
    let scoring = Box::new(Mean::new("COMET", vec![("model", model)]));
    Ok(Column { scoring, equals_version: None, statistics })
}
