//! `isnad translate`: an article in, its English out.

use isnad::artifact::write_atomic;
use isnad::domain::{Bitext, SegmentId, Signature};
use isnad::pipeline;
use isnad::render::{
    Format, translation_bitext, translation_html, translation_json, translation_markdown,
    translation_text,
};

use super::articles::{Articles, Joined, Prepared};
use super::engines::{open_store, resolve, translator};
use crate::cli::args::{self, Global};
use crate::cli::progress::Bars;
use crate::cli::settings::Layers;
use crate::cli::{CliError, Outcome, Status};

/// Columns of a bitext where the width of the terminal is unknown.
const DEFAULT_WIDTH: usize = 100;

pub(super) fn run(
    asked: &args::Translate,
    global: &Global,
    mut layers: Layers,
) -> Result<Outcome, CliError> {
    layers.reading(&asked.reading);
    layers.translating(&asked.translating)?;
    let early = layers.resolve()?;
    let articles = Articles::read(&asked.reading, asked.output.as_deref(), &early)?;
    let form = form(asked)?;
    let (extension, joined) = match form {
        Format::Json => ("json", Joined::JsonLines),
        Format::Html => ("html", Joined::Named),
        Format::Markdown => ("md", Joined::Ruled),
        _ => ("txt", Joined::Named),
    };
    if articles.is_empty() {
        return articles.each(extension, joined, |_, _| Ok(Outcome::default()));
    }
    let store = open_store()?;
    let (settings, model) = resolve(&store, layers)?;
    let mut translator = translator(&model, &settings)?;
    let mut bars = Bars::new(global.quiet);
    articles.each(extension, joined, |prepared, file| {
        let Prepared { input, article, notes: told } = prepared;
        let bitext =
            pipeline::translate(article, translator.as_mut(), &settings.translate, &mut bars)?;
        let signature = Signature {
            models: vec![translator.signature()],
            settings: settings.signature(false),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let mut outcome =
            Outcome { text: text(form, asked, &bitext, &signature)?, ..Outcome::default() };
        let notes = &mut outcome.notes;
        notes.extend(told.iter().map(|note| format!("warning: {note}")));
        notes.extend(failures(&bitext));
        let pairs = (0..).map(SegmentId::new).zip(bitext.translations());
        let pairs = pairs.map(|(id, made)| (id, bitext.source().segment_text(id), made));
        notes.extend(settings.terminology.warnings(pairs));
        if global.verbose {
            notes.push(signature.to_string());
        }
        if bitext.failed().next().is_some() {
            outcome.status = Status::Blemished;
        }
        if let Some(path) = file {
            if !outcome.text.ends_with('\n') {
                outcome.text.push('\n');
            }
            write_atomic(path, outcome.text.as_bytes(), &input)?;
            outcome.notes.push(format!("wrote {}", path.display()));
            outcome.text.clear();
        }
        Ok(outcome)
    })
}

/// The form that was asked for, else that of the output's extension.
fn form(asked: &args::Translate) -> Result<Format, CliError> {
    if asked.json {
        return Ok(Format::Json);
    }
    if let Some(name) = &asked.format {
        return Ok(name.parse()?);
    }
    let named = asked.output.as_deref().and_then(Format::from_extension);
    Ok(named.filter(|_| !asked.bitext).unwrap_or(Format::Text))
}

fn text(
    form: Format,
    asked: &args::Translate,
    bitext: &Bitext,
    signature: &Signature,
) -> Result<String, CliError> {
    Ok(match form {
        Format::Json => translation_json(bitext, signature)?,
        Format::Html => translation_html(bitext),
        Format::Markdown => translation_markdown(bitext),
        _ if asked.bitext => translation_bitext(bitext, width(asked)),
        _ => translation_text(bitext),
    })
}

/// The terminal's width, for a bitext that goes there.
fn width(asked: &args::Translate) -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    match asked.output {
        Some(_) => DEFAULT_WIDTH,
        None => columns.unwrap_or(DEFAULT_WIDTH),
    }
}

fn failures(bitext: &Bitext) -> impl Iterator<Item = String> {
    bitext.failed().map(|(segment, reasons)| {
        let reasons: Vec<String> = reasons.iter().map(ToString::to_string).collect();
        let reasons = reasons.join("; ");
        format!("warning: the translation of sentence {} {reasons}", segment.number())
    })
}
