//! `isnad summarize`: an article in, its summary out, each sentence with the paragraphs it rests on.

use isnad::artifact::write_atomic;
use isnad::render::{self, Format, SummaryForm};

use super::articles::{Articles, Joined};
use super::brief::{Loaded, notes, status, terms_missing};
use crate::cli::args::{self, Global};
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
    let articles = Articles::read(&asked.reading, asked.output.as_deref(), &early)?;
    let (extension, joined) =
        if asked.json { ("json", Joined::JsonLines) } else { ("txt", Joined::Named) };
    if articles.is_empty() {
        return articles.each(extension, joined, |_, _| Ok(Outcome::default()));
    }
    let mut loaded = Loaded::load(layers, &early)?;
    articles.each(extension, joined, |prepared, file| {
        let brief = loaded.brief(prepared.article, &prepared.notes, global)?;
        let text = if asked.json {
            render::brief(&brief, Format::Json)?
        } else {
            let form = SummaryForm { headline: asked.headline, bullets: asked.bullets };
            render::summary(&brief, form)
        };
        let mut all_notes = notes(&brief, global);
        all_notes.extend(terms_missing(&brief, &loaded.settings));
        let mut outcome =
            Outcome { status: status(&brief), notes: all_notes, text, ..Outcome::default() };
        if let Some(path) = file {
            write_atomic(path, outcome.text.as_bytes(), &prepared.input)?;
            outcome.notes.push(format!("wrote {}", path.display()));
            outcome.text.clear();
        }
        Ok(outcome)
    })
}
