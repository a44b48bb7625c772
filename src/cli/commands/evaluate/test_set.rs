//! A folder with a source and references: translated, scored, and kept.
//!
//! Owns: how a test set is laid out, and what is kept of a translation.

use std::path::{Path, PathBuf};

use isnad::artifact::{Input, write_atomic};
use isnad::domain::{
    Article, ByteSpan, InputRole, Language, Paragraph, ParagraphId, ParagraphKind, Segment,
    SegmentId, SegmentationError, SegmentedArticle, Signature,
};
use isnad::eval::{System, Texts};
use isnad::pipeline;

use super::super::engines::{open_store, resolve, translator};
use super::Scored;
use super::metrics::{Choice, Engines};
use super::texts::{Reader, scored};
use crate::cli::CliError;
use crate::cli::args::Global;
use crate::cli::args_evaluate::Evaluate;
use crate::cli::progress::Bars;
use crate::cli::settings::{Layers, Settings};

pub(super) fn score(
    asked: &Evaluate,
    global: &Global,
    choices: &[Choice],
    layers: &Layers,
) -> Result<Scored, CliError> {
    let folder = asked.test_set.folder.clone().unwrap_or_default();
    let settings = layers.resolve()?;
    let mut reader = Reader::new(&settings);
    let source = reader.read(&folder.join("source.txt"), InputRole::Source, None)?;
    let mut texts = Texts::default();
    for path in references(&folder)? {
        texts.references.push(reader.read(&path, InputRole::Reference, None)?);
    }
    let kept = asked.test_set.keep.clone().unwrap_or_else(|| folder.join("outputs"));
    let mut names = asked.test_set.translators.clone();
    if names.is_empty() {
        names.push(layers.value("translator").0);
    }
    let mut about = reader.about;
    for name in names {
        let mut layers = layers.clone();
        layers.flag("translator", Some(&name));
        let (hypotheses, signature) = translated(&source, layers, global)?;
        // A catalog name may have dots of its own, so only a known extension goes.
        let file = name.rsplit('/').next().unwrap_or(&name);
        let stem = file.strip_suffix(".gguf").unwrap_or(file).to_owned();
        keep(&kept, &stem, &hypotheses, &signature)?;
        about.models.extend(signature.models);
        let settings = signature.settings.into_iter();
        about.settings.extend(settings.map(|(key, value)| (format!("{stem}.{key}"), value)));
        texts.systems.push(System { name: stem, hypotheses });
    }
    texts.source = Some(source);
    let default = [Choice::Bleu, Choice::Chrf, Choice::Failures];
    let choices = if choices.is_empty() { &default } else { choices };
    let (columns, about) = scored(asked, &texts, choices, about, &Engines::new(global, &settings))?;
    Ok(Scored { texts, columns, about })
}

/// `reference.txt`, then other files whose names begin with `reference`.
fn references(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let found = isnad::artifact::files_named(folder, "reference", "txt")?;
    if found.is_empty() { Err(CliError::NoTestSet(folder.to_owned())) } else { Ok(found) }
}

/// The translation of each line, checked and tried again as that of an article.
fn translated(
    source: &[String],
    layers: Layers,
    global: &Global,
) -> Result<(Vec<String>, Signature), CliError> {
    let (settings, model) = resolve(&open_store()?, layers)?;
    let mut translator = translator(&model, &settings)?;
    let (article, line_of) = as_article(source)?;
    let mut bars = Bars::new(global.quiet);
    let bitext = pipeline::translate(article, translator.as_mut(), &settings.translate, &mut bars)?;
    let mut hypotheses = vec![String::new(); source.len()];
    for (index, line) in line_of.into_iter().enumerate() {
        if let Some(translation) = bitext.translation(SegmentId::new(index)) {
            hypotheses[line] = translation.text.replace('\n', " ");
        }
    }
    Ok((hypotheses, signature(&settings, translator.signature())))
}

fn signature(settings: &Settings, model: isnad::domain::ModelSignature) -> Signature {
    Signature {
        models: vec![model],
        settings: settings.signature(false),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// Lines as an article in which each line that is not empty is a paragraph of one segment; and the line of each
/// segment.
fn as_article(lines: &[String]) -> Result<(SegmentedArticle, Vec<usize>), SegmentationError> {
    let text = lines.join("\n");
    let (mut paragraphs, mut segments, mut line_of) = (Vec::new(), Vec::new(), Vec::new());
    let mut start = 0;
    for (index, line) in lines.iter().enumerate() {
        if !line.chars().all(isnad::domain::is_blank) {
            let span = ByteSpan::within(&text, start, start + line.len())?;
            let (id, paragraph) = (segments.len(), ParagraphId::new(paragraphs.len()));
            segments.push(Segment { span, paragraph });
            paragraphs.push(Paragraph::new(span, ParagraphKind::Body, id, id + 1));
            line_of.push(index);
        }
        start += line.len() + 1;
    }
    let article = Article::new("test set", Language::Arabic, text);
    Ok((SegmentedArticle::new(article, paragraphs, segments)?, line_of))
}

/// Writes `NAME.txt` and `NAME.json`, the signature.
fn keep(
    folder: &Path,
    name: &str,
    hypotheses: &[String],
    signature: &Signature,
) -> Result<(), CliError> {
    isnad::artifact::create_folder(folder)?;
    let text = format!("{}\n", hypotheses.join("\n"));
    let signature = format!("{:#}\n", serde_json::json!(signature));
    write_atomic(&folder.join(format!("{name}.txt")), text.as_bytes(), &Input::Stdin)?;
    write_atomic(&folder.join(format!("{name}.json")), signature.as_bytes(), &Input::Stdin)?;
    Ok(())
}
