//! All pairs of a folder.
//!
//! Owns: which files belong together, and that a pair that fails stops no other.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use isnad::artifact::{Input, create_folder, files_named};
use isnad::pipeline::AlignOptions;
use isnad::render::{AlignmentFormat, alignment};

use super::bridge::Bridge;
use super::{Texts, format, status, write};
use crate::cli::args::Global;
use crate::cli::args_align::Align;
use crate::cli::commands::engines::{embedder, open_store};
use crate::cli::settings::Settings;
use crate::cli::{CliError, Outcome, Status};

/// A source, its target, and what `*` stands for.
struct PairOfFiles {
    source: PathBuf,
    target: PathBuf,
    name: String,
}

pub(super) fn run(
    dir: &Path,
    (asked, global): (&Align, &Global),
    settings: &Settings,
    options: &AlignOptions,
    bridge: Option<&Bridge>,
) -> Result<Outcome, CliError> {
    let Some(output) = &asked.report.output else { return Err(CliError::TwoTexts) };
    let pattern = asked.many.pattern.as_deref().unwrap_or_default();
    let pairs = pairs(dir, pattern)?;
    let format = format(&asked.report, true)?;
    create_folder(output)?;
    let store = open_store()?;
    let done: Mutex<Vec<(usize, Result<Status, CliError>)>> = Mutex::default();
    let next = AtomicUsize::new(0);
    let jobs = asked.many.jobs.clamp(1, pairs.len().max(1));
    let per_job = Settings { threads: (settings.threads / jobs).max(1), ..settings.clone() };
    std::thread::scope(|scope| {
        let work = || -> Result<(), CliError> {
            let mut encoder = embedder(&store, &per_job)?;
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(pair) = pairs.get(index) else { return Ok(()) };
                let made = one(pair, asked, settings, |texts| {
                    let made = texts.align(&mut encoder, options, asked.words, bridge)?.alignment;
                    let path = output.join(format!("{}.{}", pair.name, extension(format)));
                    write(&path, &alignment(&made, format)?, &Input::Stdin)?;
                    Ok(status(&made))
                });
                done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((index, made));
            }
        };
        let workers: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or(Err(CliError::Worker)))
    })?;
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    Ok(told(&pairs, &done, global))
}

fn one(
    pair: &PairOfFiles,
    asked: &Align,
    settings: &Settings,
    align: impl FnOnce(Texts) -> Result<Status, CliError>,
) -> Result<Status, CliError> {
    let inputs = [Input::File(pair.source.clone()), Input::File(pair.target.clone())];
    align(Texts::read(&inputs, asked, settings)?)
}

fn told(
    pairs: &[PairOfFiles],
    done: &[(usize, Result<Status, CliError>)],
    global: &Global,
) -> Outcome {
    let mut outcome = Outcome::default();
    for (index, result) in done {
        let name = pairs.get(*index).map_or("", |pair| pair.name.as_str());
        match result {
            Ok(Status::Done) if global.verbose => outcome.notes.push(format!("{name}: done")),
            Ok(Status::Done) => {}
            Ok(Status::Blemished) => {
                outcome.status = Status::Blemished;
                outcome.notes.push(format!(
                    "warning: {name}: the texts do not seem to translate one another"
                ));
            }
            Err(error) => {
                outcome.status = Status::Blemished;
                outcome.notes.push(format!("error: {name}: {error}"));
            }
        }
    }
    let aligned = done.iter().filter(|(_, result)| result.is_ok()).count();
    outcome.notes.push(format!("{aligned} of {} pairs aligned", pairs.len()));
    outcome
}

/// The files of a folder that fit the two patterns, each with one `*`.
fn pairs(dir: &Path, pattern: &str) -> Result<Vec<PairOfFiles>, CliError> {
    let wrong = || CliError::Pattern(pattern.to_owned());
    let (source, target) = pattern.split_once('=').ok_or_else(wrong)?;
    let (start, end) = source.split_once('*').ok_or_else(wrong)?;
    let (target_start, target_end) = target.split_once('*').ok_or_else(wrong)?;
    let extension = end.rsplit_once('.').map_or("", |(_, extension)| extension);
    let mut pairs = Vec::new();
    for source in files_named(dir, start, extension)? {
        let file_name = source.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = file_name.as_deref().and_then(|n| n.strip_prefix(start)?.strip_suffix(end));
        let Some(name) = name.filter(|name| !name.is_empty()).map(str::to_owned) else { continue };
        let target = dir.join(format!("{target_start}{name}{target_end}"));
        pairs.push(PairOfFiles { source, target, name });
    }
    if pairs.is_empty() { Err(CliError::NoPairs(pattern.to_owned())) } else { Ok(pairs) }
}

fn extension(format: AlignmentFormat) -> &'static str {
    match format {
        AlignmentFormat::Json => "json",
        AlignmentFormat::Html => "html",
        AlignmentFormat::Tmx => "tmx",
        AlignmentFormat::Xliff12 | AlignmentFormat::Xliff21 => "xlf",
        AlignmentFormat::Ladder => "ladder",
        AlignmentFormat::Tsv => "tsv",
        _ => "txt",
    }
}
