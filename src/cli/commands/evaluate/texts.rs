//! Hypotheses and references from files that hold a segment a line.
//!
//! Owns: which file is what, and that they are equally long.

use std::path::{Path, PathBuf};

use isnad::artifact::{Lines, read_lines};
use isnad::domain::{EvaluationInput, InputRole};
use isnad::eval::{Column, System, Texts};

use super::super::engines::input;
use super::metrics::{Choice, Engines, columns};
use super::{About, Scored, stem};
use crate::cli::CliError;
use crate::cli::args::Global;
use crate::cli::args_evaluate::Evaluate;
use crate::cli::settings::Settings;

/// So many hypotheses that end in a full stop behind a space look tokenised, as for sacreBLEU.
const TOKENISED_LINES: usize = 100;

pub(super) fn score(
    asked: &Evaluate,
    global: &Global,
    choices: &[Choice],
    settings: &Settings,
) -> Result<Scored, CliError> {
    let choices = if choices.is_empty() { &[Choice::Bleu, Choice::Chrf] } else { choices };
    let mut reader = Reader::new(settings);
    let (systems, references) = named_files(asked)?;
    let mut texts = Texts::default();
    for (name, path) in systems {
        let hypotheses = reader.read(&path, InputRole::Hypothesis, Some(&name))?;
        texts.systems.push(System { name, hypotheses });
    }
    for path in references {
        texts.references.push(reader.read(&path, InputRole::Reference, None)?);
    }
    if let Some(path) = &asked.source {
        texts.source = Some(reader.read(path, InputRole::Source, None)?);
    }
    if let Some(path) = &asked.documents {
        texts.documents = Some(reader.read(path, InputRole::Source, None)?);
    }
    let about = reader.about;
    let (columns, about) = scored(asked, &texts, choices, about, &Engines::new(global, settings))?;
    Ok(Scored { texts, columns, about })
}

/// Columns for texts that have been read, after checking that nothing is missing.
pub(super) fn scored(
    asked: &Evaluate,
    texts: &Texts,
    choices: &[Choice],
    mut about: About,
    engines: &Engines<'_>,
) -> Result<(Vec<Column>, About), CliError> {
    let wanting = |needs: fn(Choice) -> bool| -> Option<&'static str> {
        choices.iter().copied().find(|choice| needs(*choice)).map(Choice::name)
    };
    if let Some(metric) = wanting(Choice::needs_reference).filter(|_| texts.references.is_empty()) {
        return Err(CliError::NoReference { metric });
    }
    if let Some(metric) = wanting(Choice::needs_source).filter(|_| texts.source.is_none()) {
        return Err(CliError::NoSource { metric });
    }
    about.warnings.extend(doubts(texts));
    let (columns, models) = columns(choices, texts, &asked.scoring, engines)?;
    about.models.extend(models);
    about.settings.push(("metrics".to_owned(), names(choices)));
    about.settings.push(("seed".to_owned(), asked.statistics.seed.to_string()));
    Ok((columns, about))
}

pub(super) fn names(choices: &[Choice]) -> String {
    choices.iter().map(|choice| choice.name()).collect::<Vec<_>>().join(",")
}

/// A named system and its file.
type NamedFile = (String, PathBuf);

/// Systems by name, and references.
fn named_files(asked: &Evaluate) -> Result<(Vec<NamedFile>, Vec<PathBuf>), CliError> {
    let mut references = asked.references.clone();
    if asked.systems.is_empty() {
        let Some((hypotheses, others)) = asked.files.split_first() else {
            return Err(CliError::NothingToEvaluate);
        };
        references.splice(0..0, others.iter().cloned());
        return Ok((vec![(stem(hypotheses), hypotheses.clone())], references));
    }
    let mut systems: Vec<NamedFile> = Vec::new();
    for system in &asked.systems {
        let named =
            system.split_once('=').filter(|(name, file)| !name.is_empty() && !file.is_empty());
        let Some((name, file)) = named else {
            return Err(CliError::UnnamedSystem(system.clone()));
        };
        if systems.iter().any(|(other, _)| other == name) {
            return Err(CliError::SameName(name.to_owned()));
        }
        systems.push((name.to_owned(), PathBuf::from(file)));
    }
    Ok((systems, references))
}

/// Reads files and holds their lengths against the first one's.
pub(super) struct Reader {
    max_bytes: u64,
    first: Option<(String, usize)>,
    pub(super) about: About,
}

impl Reader {
    pub(super) fn new(settings: &Settings) -> Self {
        Self { max_bytes: settings.max_bytes, first: None, about: About::default() }
    }

    pub(super) fn read(
        &mut self,
        path: &Path,
        role: InputRole,
        system: Option<&str>,
    ) -> Result<Vec<String>, CliError> {
        let Lines { name, sha256, lines, had_byte_order_mark } =
            read_lines(&input(path), self.max_bytes)?;
        match &self.first {
            None => self.first = Some((name.clone(), lines.len())),
            Some((_, expected)) if *expected == lines.len() => {}
            Some((other, expected)) => {
                return Err(CliError::LineCounts {
                    name,
                    lines: lines.len(),
                    other: other.clone(),
                    expected: *expected,
                });
            }
        }
        if had_byte_order_mark {
            let warning = format!("a byte order mark was dropped from the front of {name}");
            self.about.warnings.push(warning);
        }
        let system = system.map(str::to_owned);
        let segments = lines.len();
        self.about.inputs.push(EvaluationInput { role, system, name, sha256, segments });
        Ok(lines)
    }
}

/// What makes scores of these texts doubtful.
fn doubts(texts: &Texts) -> Vec<String> {
    let mut doubts = Vec::new();
    for system in &texts.systems {
        let (name, lines) = (&system.name, &system.hypotheses);
        let tokenised = lines.iter().filter(|line| line.ends_with(" .")).count();
        if tokenised >= TOKENISED_LINES {
            doubts.push(format!(
                "{tokenised} lines of {name} end in a full stop behind a space: \
                 are the hypotheses tokenised? Published scores are of plain text"
            ));
        }
        let empty = lines.iter().filter(|line| line.is_empty()).count();
        if empty > 0 {
            doubts.push(format!("{empty} of {} lines of {name} are empty", lines.len()));
        }
        if texts.references.contains(lines) {
            doubts.push(format!("{name} is a reference itself"));
        }
    }
    for (index, reference) in texts.references.iter().enumerate() {
        let empty = reference.iter().filter(|line| line.is_empty()).count();
        if empty > 0 {
            doubts.push(format!("{empty} lines of reference {} are empty", index + 1));
        }
    }
    doubts
}
