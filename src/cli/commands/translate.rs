//! `isnad translate`: an article in, its English out.

use isnad::artifact::{Input, write_atomic};
use isnad::domain::{Bitext, SegmentId, Signature};
use isnad::pipeline;
use isnad::ports::Translator;
use isnad::render::{
    n_best_json, n_best_text, translation_bitext, translation_json, translation_text,
};

use super::engines::{Prepared, open_store, prepare, resolve, translator};
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
    let prepared = prepare(&asked.reading, asked.output.as_deref(), &early)?;
    let store = open_store()?;
    let (settings, model) = resolve(&store, layers)?;
    let mut translator = translator(&model, &settings)?;
    let mut bars = Bars::new(global.quiet);
    if let Some(count) = asked.n_best {
        let engine = translator.as_mut();
        return n_best(asked, prepared, (engine, &settings), count.get(), &mut bars);
    }
    let bitext =
        pipeline::translate(prepared.article, translator.as_mut(), &settings.translate, &mut bars)?;
    let signature = Signature {
        models: vec![translator.signature()],
        settings: settings.signature(false),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let text = if asked.json {
        translation_json(&bitext, &signature)?
    } else if asked.bitext {
        translation_bitext(&bitext, width(asked))
    } else {
        translation_text(&bitext)
    };
    let mut notes: Vec<String> =
        prepared.notes.iter().map(|note| format!("warning: {note}")).collect();
    notes.extend(failures(&bitext));
    let pairs = (0..).map(SegmentId::new).zip(bitext.translations());
    let pairs = pairs.map(|(id, made)| (id, bitext.source().segment_text(id), made));
    notes.extend(settings.terminology.warnings(pairs));
    if global.verbose {
        notes.push(signature.to_string());
    }
    let status = if bitext.failed().next().is_none() { Status::Done } else { Status::Blemished };
    deliver(asked, &prepared.input, Outcome { text, notes, status })
}

/// Leaves the outcome for standard output, or writes it where it was asked for.
fn deliver(
    asked: &args::Translate,
    input: &Input,
    mut outcome: Outcome,
) -> Result<Outcome, CliError> {
    if let Some(path) = &asked.output {
        if !outcome.text.ends_with('\n') {
            outcome.text.push('\n');
        }
        write_atomic(path, outcome.text.as_bytes(), input)?;
        outcome.notes.push(format!("wrote {}", path.display()));
        outcome.text.clear();
    }
    Ok(outcome)
}

/// The best translations of each segment, instead of one that was checked.
fn n_best(
    asked: &args::Translate,
    prepared: Prepared,
    (translator, settings): (&mut dyn Translator, &Settings),
    count: usize,
    bars: &mut Bars,
) -> Result<Outcome, CliError> {
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
    deliver(asked, &prepared.input, Outcome { text, notes, status: Status::Done })
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
