//! `isnad summarize`: an article in, its summary out, each sentence with the paragraphs it rests on.

use isnad::artifact::write_atomic;
use isnad::pipeline::{self, Engines};
use isnad::render::{self, Format, SummaryForm};

use super::brief::{notes, options, status, terms_missing};
use super::engines::{embedder, open_store, prepare, require_models, resolve, translator, writer};
use crate::cli::args::{self, Global};
use crate::cli::progress::Bars;
use crate::cli::settings::Layers;
use crate::cli::{CliError, Outcome};

pub(super) fn run(
    asked: &args::Summarize,
    global: &Global,
    mut layers: Layers,
) -> Result<Outcome, CliError> {
    layers.reading(&asked.reading);
    layers.translating(&asked.translating)?;
    layers.summarizing(&asked.summarizing);
    let early = layers.resolve()?;
    let prepared = prepare(&asked.reading, asked.output.as_deref(), &early)?;
    let store = open_store()?;
    require_models(&store, &layers, &early)?;
    let (settings, model) = resolve(&store, layers)?;
    let mut translator = translator(&model, &settings)?;
    let mut encoder = embedder(&store, &settings)?;
    let mut writer = writer(&store, &settings)?;
    let mut engines = Engines {
        translator: translator.as_mut(),
        encoder: &mut encoder,
        writer: writer.as_mut().map(|writer| writer.as_mut() as _),
    };
    let options = options(&settings, &prepared.notes);
    let mut bars = Bars::new(global.quiet);
    let brief = pipeline::brief(prepared.article, &mut engines, &options, &mut bars)?;
    let text = if asked.json {
        render::brief(&brief, Format::Json)?
    } else {
        let form = SummaryForm { headline: asked.headline, bullets: asked.bullets };
        render::summary(&brief, form)
    };
    let mut all_notes = notes(&brief, global);
    all_notes.extend(terms_missing(&brief, &settings));
    let mut outcome = Outcome { status: status(&brief), notes: all_notes, text };
    if let Some(path) = &asked.output {
        write_atomic(path, outcome.text.as_bytes(), &prepared.input)?;
        outcome.notes.push(format!("wrote {}", path.display()));
        outcome.text.clear();
    }
    Ok(outcome)
}
