//! `isnad translate`: an article in, its English out.

use isnad::artifact::write_atomic;
use isnad::domain::{Bitext, SegmentId, Signature};
use isnad::pipeline;
use isnad::render::{translation_bitext, translation_json, translation_text};

use super::engines::{open_store, prepare, resolve, translator};
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
    let prepared = prepare(&asked.reading, asked.output.as_deref(), &early)?;
    let store = open_store()?;
    let (settings, model) = resolve(&store, layers)?;
    let mut translator = translator(&model, &settings)?;
    let mut bars = Bars::new(global.quiet);
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
    let mut outcome = Outcome { text, notes, status };
    if let Some(path) = &asked.output {
        if !outcome.text.ends_with('\n') {
            outcome.text.push('\n');
        }
        write_atomic(path, outcome.text.as_bytes(), &prepared.input)?;
        outcome.notes.push(format!("wrote {}", path.display()));
        outcome.text.clear();
    }
    Ok(outcome)
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
