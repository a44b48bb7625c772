//! `isnad align score`: beads against gold.
//!
//! Owns: the range of the interval's resamples, and which of two forms is printed. Scores are those of `isnad evaluate`.

use std::path::Path;

use isnad::render::{EvaluationFormat, evaluation};

use crate::cli::commands::evaluate::score_beads;
use crate::cli::settings::Settings;
use crate::cli::{CliError, Outcome};

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
    let result = score_beads(found, gold, confidence, settings)?;
    let format = if json { EvaluationFormat::Json } else { EvaluationFormat::Table };
    let text = evaluation(&result, format)?;
    Ok(Outcome::done(text))
}
