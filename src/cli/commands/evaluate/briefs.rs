//! Briefs against references, and against themselves.
//!
//! Owns: which reference belongs to which brief.

use std::path::{Path, PathBuf};

use isnad::artifact::{SavedBrief, is_file_of_briefs, read_briefs, read_lines};
use isnad::domain::{EvaluationInput, InputRole};
use isnad::eval::{
    Column, JudgedBrief, RougeKind, System, Texts, Unit, citation_columns, laid_side_by_side,
    own_columns, summaries, translation_column,
};
use isnad::ports::Embedder as _;

use super::super::engines::{embedder, input, open_store};
use super::metrics::{Choice, Engines, columns, rouge_tokenizer, tokenizer};
use super::texts::names;
use super::{About, Scored};
use crate::cli::CliError;
use crate::cli::args::Global;
use crate::cli::args_evaluate::Evaluate;
use crate::cli::settings::Settings;

/// Whether a path means briefs instead of a text.
pub(super) fn is_meant(path: &Path) -> bool {
    is_file_of_briefs(path) || path.is_dir()
}

pub(super) fn score(
    asked: &Evaluate,
    global: &Global,
    choices: &[Choice],
    settings: &Settings,
) -> Result<Scored, CliError> {
    let mut about = About::default();
    let briefs = read(asked, settings, &mut about)?;
    let default =
        [Choice::Bleu, Choice::Chrf, Choice::Rouge(RougeKind::One), Choice::Rouge(RougeKind::L)];
    let choices = if choices.is_empty() { &default } else { choices };
    let mut scored = Vec::new();
    scored.extend(of_translations(asked, choices, &briefs)?);
    scored.extend(of_summaries(
        asked,
        choices,
        &briefs,
        &Engines::new(global, settings),
        &mut about,
    )?);
    scored.extend(own_columns(&briefs));
    let mut encoder = embedder(&open_store()?, settings)?;
    scored.extend(citation_columns(&briefs, &mut encoder)?);
    if !about.models.contains(&encoder.signature()) {
        about.models.push(encoder.signature());
    }
    about.settings.push(("metrics".to_owned(), names(choices)));
    about.settings.push(("seed".to_owned(), asked.statistics.seed.to_string()));
    let hypotheses = briefs.iter().map(|judged| judged.brief.summary.clone()).collect();
    let documents = briefs.iter().map(|judged| judged.brief.article.id().to_owned()).collect();
    let texts = Texts {
        systems: vec![System { name: "brief".to_owned(), hypotheses }],
        documents: Some(documents),
        ..Texts::default()
    };
    Ok(Scored { texts, columns: scored, about })
}

/// Reads the briefs and what they are compared with.
fn read(
    asked: &Evaluate,
    settings: &Settings,
    about: &mut About,
) -> Result<Vec<JudgedBrief>, CliError> {
    let mut saved = Vec::new();
    for path in &asked.files {
        if !is_meant(path) {
            return Err(CliError::MixedInputs(path.clone()));
        }
        let briefs = read_briefs(path)?;
        about.inputs.extend(briefs.iter().map(|brief| EvaluationInput {
            role: InputRole::Brief,
            system: None,
            name: format!("{}: {}", path.display(), brief.name),
            sha256: brief.sha256.clone(),
            segments: brief.brief.paragraphs.iter().map(|p| p.segments.len()).sum(),
        }));
        saved.extend(briefs);
    }
    let alone = saved.len() == 1;
    let mut partner = |given: &Option<PathBuf>, brief: &SavedBrief, role| {
        let Some(given) = given else { return Ok(None) };
        let path = belonging(given, &format!("{}.txt", brief.name), alone)?;
        let lines = read_lines(&input(&path), settings.max_bytes)?;
        let (name, sha256, segments) = (lines.name, lines.sha256, lines.lines.len());
        about.inputs.push(EvaluationInput { role, system: None, name, sha256, segments });
        Ok::<_, CliError>(Some(lines.lines.join("\n")))
    };
    let mut briefs = Vec::new();
    for brief in saved {
        let translation = &asked.brief.ref_translation;
        briefs.push(JudgedBrief {
            reference_translation: partner(translation, &brief, InputRole::Reference)?,
            reference_summary: partner(
                &asked.brief.ref_summary,
                &brief,
                InputRole::ReferenceSummary,
            )?,
            source: source(asked.source.as_ref(), &brief, alone, settings)?,
            brief: brief.brief,
        });
    }
    for judged in &briefs {
        about.warnings.extend(doubts(judged));
    }
    Ok(briefs)
}

/// The file that belongs to one brief: of a folder the one called `name`; a file only where there is one brief.
fn belonging(given: &Path, name: &str, alone: bool) -> Result<PathBuf, CliError> {
    match (given.is_dir(), alone) {
        (true, _) => Ok(given.join(name)),
        (false, true) => Ok(given.to_owned()),
        (false, false) => Err(CliError::FolderNeeded(given.to_owned())),
    }
}

/// The article as it is today, byte for byte: in a source, white space counts.
fn source(
    given: Option<&PathBuf>,
    brief: &SavedBrief,
    alone: bool,
    settings: &Settings,
) -> Result<Option<String>, CliError> {
    let Some(given) = given else { return Ok(None) };
    let path = belonging(given, brief.brief.article.id(), alone)?;
    let options =
        isnad::artifact::ReadOptions { encoding: settings.encoding, max_bytes: settings.max_bytes };
    let read = isnad::artifact::read_article(&input(&path), &options)?;
    Ok(Some(read.article.text().to_owned()))
}

fn doubts(judged: &JudgedBrief) -> Vec<String> {
    let id = judged.brief.article.id();
    let mut doubts = Vec::new();
    if let Some(reference) = &judged.reference_translation {
        match laid_side_by_side(&judged.brief, reference).0 {
            Unit::Segment => {}
            Unit::Paragraph => {
                doubts.push(format!("{id}: the reference translation is compared by paragraphs"));
            }
            Unit::Whole => doubts.push(format!(
                "{id}: the lines of the reference translation fit neither segments nor paragraphs; \
                 it is compared as one text, which flatters n-gram scores"
            )),
        }
    }
    if judged.source.as_ref().is_some_and(|source| source != judged.brief.article.text()) {
        doubts.push(format!("{id}: the source is not the article that the brief was made from"));
    }
    doubts
}

/// Metrics that compare translations: all that compare texts alone but ROUGE.
fn of_translations(
    asked: &Evaluate,
    choices: &[Choice],
    briefs: &[JudgedBrief],
) -> Result<Vec<Column>, CliError> {
    if asked.brief.ref_translation.is_none() {
        return Ok(Vec::new());
    }
    let tokenizer = tokenizer(&asked.scoring)?;
    let rouge = rouge_tokenizer(&asked.scoring, std::iter::empty())?;
    let wanted = choices.iter().filter(|c| !matches!(c, Choice::Rouge(_)) && c.needs_reference());
    let mut columns = Vec::new();
    for choice in wanted {
        if let Some((metric, equals)) = choice.lexical(&asked.scoring, &tokenizer, rouge)? {
            columns.push(translation_column(metric, equals, briefs));
        }
    }
    Ok(columns)
}

/// Metrics that compare summaries: ROUGE and those of the encoder.
fn of_summaries(
    asked: &Evaluate,
    choices: &[Choice],
    briefs: &[JudgedBrief],
    engines: &Engines<'_>,
    about: &mut About,
) -> Result<Vec<Column>, CliError> {
    let Some(texts) = summaries(briefs) else { return Ok(Vec::new()) };
    let wanted = |choice: &&Choice| {
        matches!(choice, Choice::Rouge(_) | Choice::Semantic | Choice::BertScore)
    };
    let wanted: Vec<Choice> = choices.iter().filter(wanted).copied().collect();
    let (columns, models) = columns(&wanted, &texts, &asked.scoring, engines)?;
    about.models.extend(models);
    Ok(columns)
}
