//! Alignments against gold: ladders of beads, and Pharaoh links.
//!
//! Owns: which notation a metric reads, and that both files speak of the same documents.

use std::path::Path;

use isnad::artifact::{Lines, read_lines};
use isnad::domain::{Evaluation, EvaluationInput, InputRole};
use isnad::eval::{
    AlignmentErrorRate, BeadAgreement, BeadF1, BeadKind, Column, DEFAULT_SEED, NotationError,
    Resampling, Scoring, Statistics, System, Texts, read_ladder, read_links,
};

use super::super::engines::input;
use super::metrics::Choice;
use super::texts::names;
use super::{About, Scored, scores, stem};
use crate::cli::CliError;
use crate::cli::args_evaluate::Evaluate;
use crate::cli::settings::Settings;

pub(super) fn score(
    asked: &Evaluate,
    choices: &[Choice],
    settings: &Settings,
) -> Result<Scored, CliError> {
    let [system, gold] = asked.files.as_slice() else { return Err(CliError::TwoAlignments) };
    if choices.iter().any(|choice| !choice.is_alignment()) || choices.len() != 1 {
        return Err(CliError::MixedMetrics);
    }
    let mut scored = files(system, gold, choices, settings)?;
    scored.about.settings.push(("metrics".to_owned(), names(choices)));
    Ok(scored)
}

/// Strict and lax scores of the beads of one file; an interval only where there are several documents.
pub(in crate::cli::commands) fn score_beads(
    found: &Path,
    gold: &Path,
    confidence: usize,
    settings: &Settings,
) -> Result<Evaluation, CliError> {
    let scored = files(found, gold, &[Choice::Beads], settings)?;
    let documents = scored.texts.systems.first().map_or(0, |system| system.hypotheses.len());
    // An interval over one document says nothing.
    let confidence = (documents > 1).then_some(confidence);
    scores(&scored, &Resampling { confidence, test: None, seed: DEFAULT_SEED }, settings)
}

/// Columns of one metric from the file of a system and that of gold.
fn files(
    system: &Path,
    gold: &Path,
    choices: &[Choice],
    settings: &Settings,
) -> Result<Scored, CliError> {
    let mut about = About::default();
    let mut read = |path, role| {
        let lines = read_lines(&input(path), settings.max_bytes)?;
        let (name, sha256) = (lines.name.clone(), lines.sha256.clone());
        let segments = lines.lines.len();
        about.inputs.push(EvaluationInput { role, system: None, name, sha256, segments });
        Ok::<_, CliError>(lines)
    };
    let files = (read(system, InputRole::Hypothesis)?, read(gold, InputRole::Gold)?);
    let columns = match choices {
        [Choice::Aer] => vec![links(&files.0, &files.1)?],
        _ => beads(&files.0, &files.1)?,
    };
    let segments = columns.first().and_then(|column| column.statistics.first());
    let hypotheses = vec![String::new(); segments.map_or(0, Statistics::len)];
    let systems = vec![System { name: stem(system), hypotheses }];
    Ok(Scored { texts: Texts { systems, ..Texts::default() }, columns, about })
}

fn notation<T>(file: &Lines, read: fn(&str) -> Result<T, NotationError>) -> Result<T, CliError> {
    let told = |source| CliError::Notation { name: file.name.clone(), source };
    read(&file.lines.join("\n")).map_err(told)
}

/// Holds two counts of documents or sentence pairs together.
fn same(file: &Lines, found: usize, gold: &Lines, expected: usize) -> Result<(), CliError> {
    if found == expected {
        return Ok(());
    }
    let (name, other) = (file.name.clone(), gold.name.clone());
    Err(CliError::LineCounts { name, lines: found, other, expected })
}

/// Strict and lax scores of all beads, and strict scores of each kind.
fn beads(file: &Lines, gold: &Lines) -> Result<Vec<Column>, CliError> {
    let (ours, theirs) = (notation(file, read_ladder)?, notation(gold, read_ladder)?);
    same(file, ours.len(), gold, theirs.len())?;
    let column = |metric: BeadF1| {
        let rows = ours.iter().zip(&theirs).map(|(ours, theirs)| metric.statistics(ours, theirs));
        column(metric, rows)
    };
    let overall = [BeadAgreement::Strict, BeadAgreement::Lax].map(BeadF1::of_all);
    let each = BeadKind::ALL.map(|kind| BeadF1::of_kind(BeadAgreement::Strict, kind));
    Ok(overall.into_iter().chain(each).map(column).collect())
}

fn links(file: &Lines, gold: &Lines) -> Result<Column, CliError> {
    let (ours, theirs) = (notation(file, read_links)?, notation(gold, read_links)?);
    same(file, ours.len(), gold, theirs.len())?;
    let rows = ours.iter().zip(&theirs);
    Ok(column(AlignmentErrorRate, rows.map(|(a, b)| AlignmentErrorRate.statistics(a, b))))
}

fn column(scoring: impl Scoring + 'static, rows: impl IntoIterator<Item = Vec<f64>>) -> Column {
    let statistics = vec![Statistics::new(scoring.width(), rows)];
    Column { scoring: Box::new(scoring), equals_version: None, statistics }
}
