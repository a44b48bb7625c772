//! `isnad translate`: an article in, its English out.

use std::path::Path;

use isnad::artifact::{Input, write_atomic};
use isnad::domain::{Bitext, Markup, SegmentId, Signature};
use isnad::infer::LoadedEncoder;
use isnad::pipeline;
use isnad::ports::Translator;
use isnad::render::{
    Format, n_best_json, n_best_text, translation_bitext, translation_html, translation_json,
    translation_markdown, translation_text,
};

use super::articles::{Articles, Joined, Prepared};
use super::engines::{embedder, open_store, resolve, translator};
use crate::cli::args::{self, Global};
use crate::cli::progress::Bars;
use crate::cli::settings::{Layers, Settings};
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
    let shows_markup = asked.n_best.is_none() && matches!(form, Format::Html | Format::Markdown);
    let mut encoder =
        (shows_markup && articles.are_marked()).then(|| embedder(&store, &settings)).transpose()?;
    let mut bars = Bars::new(global.quiet);
    articles.each(extension, joined, |prepared, file| {
        let made = match asked.n_best {
            Some(count) => {
                n_best(asked, prepared, (translator.as_mut(), &settings), count.get(), &mut bars)?
            }
            None => one_best(
                (form, asked, global),
                prepared,
                (translator.as_mut(), encoder.as_mut(), &settings),
                &mut bars,
            )?,
        };
        deliver(file, made)
    })
}

/// The translation of one article, checked, with what there is to tell about it.
fn one_best(
    (form, asked, global): (Format, &args::Translate, &Global),
    prepared: Prepared,
    (translator, encoder, settings): (&mut dyn Translator, Option<&mut LoadedEncoder>, &Settings),
    bars: &mut Bars,
) -> Result<(Input, Outcome), CliError> {
    let Prepared { input, article, markup, notes: told } = prepared;
    let bitext = pipeline::translate(article, translator, &settings.translate, bars)?;
    let signature = Signature {
        models: vec![translator.signature()],
        settings: settings.signature(false),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let markup = match encoder {
        Some(encoder) => pipeline::carry_markup(&bitext, &markup, encoder)?,
        None => Vec::new(),
    };
    let text = text(form, asked, (&bitext, &markup), &signature)?;
    let mut notes: Vec<String> = told.iter().map(|note| format!("warning: {note}")).collect();
    notes.extend(failures(&bitext));
    notes.extend(unsure(&bitext, settings.verify.min_right));
    let pairs = (0..).map(SegmentId::new).zip(bitext.translations());
    let pairs = pairs.map(|(id, made)| (id, bitext.source().segment_text(id), made));
    notes.extend(settings.terminology.warnings(pairs));
    if global.verbose {
        notes.push(signature.to_string());
    }
    let failed = bitext.failed().next().is_some();
    let status = if failed { Status::Blemished } else { Status::Done };
    Ok((input, Outcome { text, notes, status, ..Outcome::default() }))
}

/// Leaves the outcome for standard output, or writes it where it was asked for.
fn deliver(
    file: Option<&Path>,
    (input, mut outcome): (Input, Outcome),
) -> Result<Outcome, CliError> {
    if let Some(path) = file {
        if !outcome.text.ends_with('\n') {
            outcome.text.push('\n');
        }
        write_atomic(path, outcome.text.as_bytes(), &input)?;
        outcome.notes.push(format!("wrote {}", path.display()));
        outcome.text.clear();
    }
    Ok(outcome)
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
    (bitext, markup): (&Bitext, &[Vec<Markup>]),
    signature: &Signature,
) -> Result<String, CliError> {
    Ok(match form {
        Format::Json => translation_json(bitext, signature)?,
        Format::Html => translation_html(bitext, markup),
        Format::Markdown => translation_markdown(bitext, markup),
        _ if asked.bitext => translation_bitext(bitext, width(asked)),
        _ => translation_text(bitext),
    })
}

/// The best translations of each segment, instead of one that was checked.
fn n_best(
    asked: &args::Translate,
    prepared: Prepared,
    (translator, settings): (&mut dyn Translator, &Settings),
    count: usize,
    bars: &mut Bars,
) -> Result<(Input, Outcome), CliError> {
    let lists = pipeline::n_best(&prepared.article, translator, &settings.translate, count, bars)?;
    let mut named = settings.signature(false);
    named.push(("n_best".to_owned(), count.to_string()));
    let signature = Signature {
        models: vec![translator.signature()],
        settings: named,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let text = if asked.json { n_best_json(&lists, &signature)? } else { n_best_text(&lists) };
    let notes = prepared.notes.iter().map(|note| format!("warning: {note}")).collect();
    Ok((prepared.input, Outcome { text, notes, ..Outcome::default() }))
}

/// The terminal's width, for a bitext that goes there.
fn width(asked: &args::Translate) -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    match asked.output {
        Some(_) => DEFAULT_WIDTH,
        None => columns.unwrap_or(DEFAULT_WIDTH),
    }
}

/// How many translations are more likely wrong than wanted.
fn unsure(bitext: &Bitext, min_right: f32) -> Option<String> {
    let estimates = || bitext.translations().iter().filter_map(|made| made.reliability.as_ref());
    let (count, unsure) =
        (estimates().count(), estimates().filter(|e| e.right < min_right).count());
    (unsure > 0).then(|| {
        format!("note: the translator is not sure of {unsure} of {count} sentences; --json tells of which words")
    })
}

fn failures(bitext: &Bitext) -> impl Iterator<Item = String> {
    bitext.failed().map(|(segment, reasons)| {
        let reasons: Vec<String> = reasons.iter().map(ToString::to_string).collect();
        let reasons = reasons.join("; ");
        format!("warning: the translation of sentence {} {reasons}", segment.number())
    })
}
