//! `isnad align score`: beads against gold.

use std::path::Path;

use isnad::artifact::read_lines;
use isnad::domain::{EvaluationInput, InputRole};
use isnad::eval::{DEFAULT_SEED, Resampling, Statistics, System, Texts, compare};
use isnad::render::{EvaluationFormat, evaluation};

use super::input;
use crate::cli::commands::evaluate::beads;
use crate::cli::settings::Settings;
use crate::cli::{CliError, Outcome, Status};

pub(super) fn run(
    gold: &Path,
    found: &Path,
    confidence: usize,
    json: bool,
    settings: &Settings,
) -> Result<Outcome, CliError> {
    if !(1..=1_000_000).contains(&confidence) {
        return Err(CliError::Resamples);
    }
    let read = |path| read_lines(&input(path), settings.max_bytes);
    let (found_lines, gold_lines) = (read(found)?, read(gold)?);
    let columns = beads(&found_lines, &gold_lines)?;
    let documents = columns.first().and_then(|column| column.statistics.first());
    let hypotheses = vec![String::new(); documents.map_or(0, Statistics::len)];
    let name = found.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let systems = vec![System { name: name.unwrap_or_default(), hypotheses }];
    let texts = Texts { systems, ..Texts::default() };
    // An interval over one document says nothing.
    let confidence = (documents.map_or(0, Statistics::len) > 1).then_some(confidence);
    let resampling = Resampling { confidence, test: None, seed: DEFAULT_SEED };
    let mut result =
        isnad::eval::on_threads(settings.threads, || compare(&texts, &columns, &resampling))?;
    let files = [(InputRole::Hypothesis, found_lines), (InputRole::Gold, gold_lines)];
    for (role, lines) in files {
        let (name, sha256, segments) = (lines.name, lines.sha256, lines.lines.len());
        result.inputs.push(EvaluationInput { role, system: None, name, sha256, segments });
    }
    let format = if json { EvaluationFormat::Json } else { EvaluationFormat::Table };
    let text = evaluation(&result, format)?;
    Ok(Outcome { text, notes: Vec::new(), status: Status::Done })
}
