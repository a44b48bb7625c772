//! `isnad evaluate`: outputs against references.
//!
//! Owns: which of the four kinds of evaluation was asked for, and what is written where.

mod alignments;
mod briefs;
mod metrics;
mod test_set;
mod texts;
mod watched;

use std::path::{Path, PathBuf};

use isnad::artifact::{Input, check_output, write_atomic};
use isnad::domain::{Evaluation, PairedTest};
use isnad::eval::{Column, Resampling, Texts, compare, segments};
use isnad::render::{EvaluationFormat, evaluation};

use super::engines::input;
use crate::cli::args::Global;
use crate::cli::args_evaluate::{Evaluate, Report, Statistics};
use crate::cli::settings::{Layers, Settings};
use crate::cli::{CliError, Outcome};
pub(super) use alignments::score_beads;
use metrics::Choice;

/// The name of a file without folders and extension, which names its system.
fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// What an evaluation is made from, and what is known beside the scores.
struct Scored {
    texts: Texts,
    columns: Vec<Column>,
    /// Everything but scores: files, models, settings, warnings.
    about: About,
}

/// What a reader of the scores must know.
#[derive(Default)]
struct About {
    inputs: Vec<isnad::domain::EvaluationInput>,
    models: Vec<isnad::domain::ModelSignature>,
    settings: Vec<(String, String)>,
    warnings: Vec<String>,
}

pub(super) fn run(
    asked: &Evaluate,
    global: &Global,
    mut layers: Layers,
) -> Result<Outcome, CliError> {
    layers.flag("embedder", asked.scoring.embedder.as_ref());
    let settings = layers.resolve()?;
    let format = format(&asked.report)?;
    let resampling = resampling(&asked.statistics)?;
    let choices = Choice::read(&asked.metrics)?;
    let systems = asked.systems.iter().filter_map(|system| system.split_once('='));
    let systems = systems.map(|(_, file)| Path::new(file));
    let named = asked.files.iter().chain(&asked.references).chain(&asked.source);
    let read: Vec<&Path> = named.map(PathBuf::as_path).chain(systems).collect();
    for path in [&asked.report.output, &asked.report.html].into_iter().flatten() {
        for read in &read {
            check_output(path, &input(read))?;
        }
    }
    let scored = if asked.test_set.folder.is_some() {
        test_set::score(asked, global, &choices, &layers)?
    } else if asked.files.first().is_some_and(|path| briefs::is_meant(path)) {
        briefs::score(asked, global, &choices, &settings)?
    } else if choices.iter().any(|choice| choice.is_alignment()) {
        alignments::score(asked, &choices, &settings)?
    } else {
        texts::score(asked, global, &choices, &settings)?
    };
    if resampling.test.is_some() && scored.texts.systems.len() < 2 {
        return Err(CliError::OneSystem);
    }
    let evaluation = evaluated(&scored, asked, &resampling, &settings)?;
    written(evaluation, &scored, asked, format)
}

/// All scores, and segments where they were asked for.
fn evaluated(
    scored: &Scored,
    asked: &Evaluate,
    resampling: &Resampling,
    settings: &Settings,
) -> Result<Evaluation, CliError> {
    let mut evaluation = scores(scored, resampling, settings)?;
    if asked.report.segments || asked.report.worst.is_some() {
        evaluation.segments = isnad::eval::on_threads(settings.threads, || {
            segments(&scored.texts, &scored.columns, asked.report.worst)
        })?;
    }
    Ok(evaluation)
}

/// All scores with what is known beside them; resampling runs on as many threads as the settings say.
fn scores(
    scored: &Scored,
    resampling: &Resampling,
    settings: &Settings,
) -> Result<Evaluation, CliError> {
    let Scored { texts, columns, about } = scored;
    let mut evaluation =
        isnad::eval::on_threads(settings.threads, || compare(texts, columns, resampling))?;
    evaluation.inputs.clone_from(&about.inputs);
    evaluation.models.clone_from(&about.models);
    evaluation.settings.clone_from(&about.settings);
    evaluation.warnings.clone_from(&about.warnings);
    if resampling.confidence.is_some() && evaluation.segment_count < 2 {
        let warning = "an interval of one segment, document or brief says nothing";
        evaluation.warnings.push(warning.to_owned());
    }
    Ok(evaluation)
}

/// The report in the form that was asked for, and the page beside it.
fn written(
    mut result: Evaluation,
    scored: &Scored,
    asked: &Evaluate,
    format: EvaluationFormat,
) -> Result<Outcome, CliError> {
    let mut notes = Vec::new();
    // A table on the terminal ends with them.
    if format != EvaluationFormat::Table || asked.report.output.is_some() {
        notes.extend(result.warnings.iter().map(|warning| format!("warning: {warning}")));
    }
    let nothing_read = Input::Stdin;
    let write = |path: &Path, text: &str| write_atomic(path, text.as_bytes(), &nothing_read);
    let mut text = evaluation(&result, format)?;
    if let Some(path) = &asked.report.output {
        if !text.ends_with('\n') {
            text.push('\n');
        }
        write(path, &text)?;
        notes.push(format!("wrote {}", path.display()));
        text.clear();
    }
    if let Some(path) = &asked.report.html {
        // Plots and document scores need every segment; the page shows as many as it can, the worst first.
        result.segments = segments(&scored.texts, &scored.columns, Some(usize::MAX));
        write(path, &evaluation(&result, EvaluationFormat::Html)?)?;
        notes.push(format!("wrote {}", path.display()));
    }
    Ok(Outcome { text, notes, ..Outcome::default() })
}

fn format(report: &Report) -> Result<EvaluationFormat, CliError> {
    match (&report.format, &report.output) {
        (Some(name), _) => Ok(name.parse()?),
        (None, _) if report.json => Ok(EvaluationFormat::Json),
        (None, _) if report.tsv => Ok(EvaluationFormat::Tsv),
        (None, Some(path)) => EvaluationFormat::from_extension(path)
            .ok_or_else(|| CliError::ReportExtension(path.clone())),
        (None, None) => Ok(EvaluationFormat::Table),
    }
}

fn resampling(asked: &Statistics) -> Result<Resampling, CliError> {
    let bootstrap = asked.paired_bootstrap.map(|trials| (PairedTest::Bootstrap, trials));
    let shuffles = asked.paired_ar.map(|trials| (PairedTest::ApproximateRandomization, trials));
    let test = bootstrap.or(shuffles);
    let counts = [asked.confidence, test.map(|(_, trials)| trials)];
    if counts.into_iter().flatten().any(|count| !(1..=1_000_000).contains(&count)) {
        return Err(CliError::Resamples);
    }
    Ok(Resampling { confidence: asked.confidence, test, seed: asked.seed })
}
