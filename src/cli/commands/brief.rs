//! `isnad brief`: an article in, a sourced brief out.

use isnad::artifact::write_atomic;
use isnad::domain::{Brief, Verdict};
use isnad::pipeline::{self, BriefOptions, Engines};
use isnad::render::{self, Format};

use super::engines::{embedder, open_store, prepare, resolve, translator};
use crate::cli::args::{self, Global};
use crate::cli::progress::Bars;
use crate::cli::settings::Layers;
use crate::cli::{CliError, Outcome, Status};

pub(super) fn run(
    asked: &args::Brief,
    global: &Global,
    mut layers: Layers,
) -> Result<Outcome, CliError> {
    let format = format(asked)?;
    layers.reading(&asked.reading);
    layers.translating(&asked.translating)?;
    layers.flag("embedder", asked.embedder.as_ref());
    layers.flag("sentences", asked.sentences.as_ref());
    layers.flag("words", asked.words.as_ref());
    // What the user typed is checked before anything is searched or loaded.
    let early = layers.resolve()?;
    let prepared = prepare(&asked.reading, asked.output.as_deref(), &early)?;
    let store = open_store()?;
    let (settings, model) = resolve(&store, layers)?;
    let mut translator = translator(&model, &settings)?;
    let mut embedder = embedder(&store, &settings)?;
    let options = BriefOptions {
        translate: settings.translate,
        length: settings.length,
        verify: settings.verify,
        settings: settings.signature(true),
        warnings: prepared.notes.clone(),
    };
    let mut engines = Engines { translator: translator.as_mut(), embedder: &mut embedder };
    let mut bars = Bars::new(global.quiet);
    let brief = pipeline::brief(prepared.article, &mut engines, &options, &mut bars)?;
    let text = render::brief(&brief, format)?;
    let mut notes = notes(&brief, global);
    let segments = brief.paragraphs.iter().flat_map(|paragraph| &paragraph.segments);
    let pairs = segments.map(|segment| (segment.id, segment.source.as_str(), &segment.translation));
    notes.extend(settings.terminology.warnings(pairs));
    let mut outcome = Outcome { status: status(&brief), notes, text };
    if let Some(path) = &asked.output {
        write_atomic(path, outcome.text.as_bytes(), &prepared.input)?;
        outcome.notes.push(format!("wrote {}", path.display()));
        outcome.text.clear();
    }
    Ok(outcome)
}

fn format(asked: &args::Brief) -> Result<Format, CliError> {
    match (&asked.format, asked.json, &asked.output) {
        (Some(name), ..) => Ok(name.parse()?),
        (None, true, _) => Ok(Format::Json),
        (None, false, Some(path)) => {
            Format::from_extension(path).ok_or_else(|| CliError::Extension(path.clone()))
        }
        (None, false, None) => Ok(Format::Markdown),
    }
}

fn status(brief: &Brief) -> Status {
    let unsupported = brief.claims.iter().any(|claim| claim.verdict == Verdict::Unsupported);
    if unsupported || !brief.report.failed.is_empty() { Status::Blemished } else { Status::Done }
}

fn notes(brief: &Brief, global: &Global) -> Vec<String> {
    let mut notes: Vec<String> =
        brief.report.warnings.iter().map(|warning| format!("warning: {warning}")).collect();
    for failed in &brief.report.failed {
        let reasons: Vec<String> = failed.reasons.iter().map(ToString::to_string).collect();
        notes.push(format!(
            "warning: the translation of sentence {} (paragraph {}) {}",
            failed.segment.number(),
            failed.paragraph.number(),
            reasons.join("; ")
        ));
    }
    if brief.claims.is_empty() {
        notes.push("warning: no sentence was fit for the summary".to_owned());
    }
    if global.verbose {
        notes.push(brief.report.signature.to_string());
    }
    notes
}
