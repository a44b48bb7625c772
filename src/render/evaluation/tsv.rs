//! An evaluation in columns between tabs, for programs.
//!
//! Owns: the columns, their order, and escapes that keep a row on one line.
//! In: an evaluation. Out: a header and rows: one a system and metric, or, if the evaluation has
//! segments, one a segment and system. Never: rounding; both tables in one file.

use crate::domain::{Evaluation, SegmentScores};
use crate::render::fields::escaped;

/// The columns of the corpus scores. Programs rely on names and order.
const CORPUS: [&str; 8] =
    ["system", "metric", "score", "mean", "low", "high", "p_value", "signature"];

/// Tab-separated values in UTF-8, a header first. A field that does not apply is empty.
///
/// In texts `\t`, `\n`, `\r` and `\\` stand for tab, line feed, carriage return and backslash; other control
/// characters, line separators and direction overrides are written as `\u202e`, so that no reader splits or
/// reorders a row.
pub(super) fn tsv(evaluation: &Evaluation) -> String {
    let mut text = String::new();
    if evaluation.segments.is_empty() {
        row(&mut text, CORPUS.iter().map(ToString::to_string));
        corpus(&mut text, evaluation);
    } else {
        segments(&mut text, evaluation);
    }
    text
}

fn row(text: &mut String, fields: impl Iterator<Item = String>) {
    text.push_str(&fields.collect::<Vec<_>>().join("\t"));
    text.push('\n');
}

/// The shortest digits that are read back as the same number.
fn number(value: Option<f64>) -> String {
    value.filter(|value| value.is_finite()).map(|value| value.to_string()).unwrap_or_default()
}

fn corpus(text: &mut String, evaluation: &Evaluation) {
    for system in &evaluation.systems {
        for score in &system.scores {
            let metric = evaluation.metrics.iter().find(|metric| metric.name == score.metric);
            let fields = [
                escaped(&system.name),
                escaped(&score.metric),
                number(Some(score.score)),
                number(score.interval.map(|interval| interval.mean)),
                number(score.interval.map(|interval| interval.low)),
                number(score.interval.map(|interval| interval.high)),
                number(score.p_value),
                escaped(metric.map_or("", |metric| &metric.signature)),
            ];
            row(text, fields.into_iter());
        }
    }
}

/// Columns: line, document, system, each metric, source, each reference, hypothesis.
fn segments(text: &mut String, evaluation: &Evaluation) {
    let all = &evaluation.segments;
    let references = all.iter().map(|segment| segment.references.len()).max().unwrap_or(0);
    let fixed = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let head = fixed(&["line", "document", "system"])
        .into_iter()
        .chain(evaluation.metrics.iter().map(|metric| escaped(&metric.name)))
        .chain(fixed(&["source"]))
        .chain((1..=references).map(|number| format!("reference_{number}")))
        .chain(fixed(&["hypothesis"]));
    row(text, head);
    for segment in all {
        segment_rows(text, evaluation, segment, references);
    }
}

fn segment_rows(
    text: &mut String,
    evaluation: &Evaluation,
    segment: &SegmentScores,
    references: usize,
) {
    let optional = |value: &Option<String>| value.as_deref().map(escaped).unwrap_or_default();
    for (system, output) in evaluation.systems.iter().zip(&segment.outputs) {
        let score = |metric: usize| number(output.scores.get(metric).copied().flatten());
        let reference = |at: usize| segment.references.get(at).map(|r| escaped(r));
        let fields = [segment.line.to_string(), optional(&segment.document), escaped(&system.name)]
            .into_iter()
            .chain((0..evaluation.metrics.len()).map(score))
            .chain([optional(&segment.source)])
            .chain((0..references).map(|at| reference(at).unwrap_or_default()))
            .chain([escaped(&output.hypothesis)]);
        row(text, fields);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_none_is_an_empty_field() {
        assert_eq!(number(Some(f64::NAN)), "");
        assert_eq!(number(Some(0.1)), "0.1");
    }
}
