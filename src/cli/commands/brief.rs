//! `isnad brief`: an article in, a sourced brief out.

use isnad::domain::Brief;
use isnad::pipeline::{self, BriefOptions, Engines};

use super::engines::{embedder, open_store, prepare, require_models, resolve, translator, writer};
use super::form::Form;
use crate::cli::args::{self, Global};
use crate::cli::progress::Bars;
use crate::cli::settings::{Layers, Settings};
use crate::cli::{CliError, Outcome, Status};

pub(super) fn run(
    asked: &args::Brief,
    global: &Global,
    mut layers: Layers,
) -> Result<Outcome, CliError> {
    let output = asked.output.as_deref();
    let form = Form::of(asked.format.as_deref(), (asked.json, asked.plain), output)?;
    layers.reading(&asked.reading);
    layers.translating(&asked.translating)?;
    layers.summarizing(&asked.summarizing);
    // What the user typed is checked before anything is searched or loaded.
    let early = layers.resolve()?;
    let prepared = prepare(&asked.reading, asked.output.as_deref(), &early)?;
    let store = open_store()?;
    require_models(&store, &layers, &early)?;
    let (settings, model) = resolve(&store, layers)?;
    let mut translator = translator(&model, &settings)?;
    let mut embedder = embedder(&store, &settings)?;
    let mut writer = writer(&store, &settings)?;
    let options = options(&settings, &prepared.notes);
    let mut engines = Engines {
        translator: translator.as_mut(),
        encoder: &mut embedder,
        writer: writer.as_mut().map(|writer| writer.as_mut() as _),
    };
    let mut bars = Bars::new(global.quiet);
    let brief = pipeline::brief(prepared.article, &mut engines, &options, &mut bars)?;
    let mut notes = notes(&brief, global);
    notes.extend(terms_missing(&brief, &settings));
    let mut outcome = Outcome { status: status(&brief), notes, text: String::new() };
    form.deliver(&brief, (output, &prepared.input), &mut outcome)?;
    Ok(outcome)
}

/// Warnings of terms of the glossary that a translation does not have.
pub(super) fn terms_missing(brief: &Brief, settings: &Settings) -> Vec<String> {
    let segments = brief.paragraphs.iter().flat_map(|paragraph| &paragraph.segments);
    let pairs = segments.map(|segment| (segment.id, segment.source.as_str(), &segment.translation));
    settings.terminology.warnings(pairs)
}

/// How a brief is made with these settings.
pub(super) fn options(settings: &Settings, warnings: &[String]) -> BriefOptions {
    BriefOptions {
        translate: settings.translate,
        style: settings.style,
        length: settings.length,
        strict: settings.strict,
        verify: settings.verify.clone(),
        settings: settings.signature(true),
        warnings: warnings.to_vec(),
    }
}

/// Refused claims and failed translations are blemishes.
pub(super) fn status(brief: &Brief) -> Status {
    let refused = brief.claims.iter().any(|claim| claim.verdict.is_refused());
    if refused || !brief.report.failed.is_empty() { Status::Blemished } else { Status::Done }
}

pub(super) fn notes(brief: &Brief, global: &Global) -> Vec<String> {
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
    for removed in &brief.report.removed {
        notes.push(format!("note: taken out ({}): {}", removed.verdict.label(), removed.text));
    }
    if brief.claims.is_empty() {
        notes.push("warning: no sentence was fit for the summary".to_owned());
    }
    if global.verbose {
        notes.push(brief.report.signature.to_string());
    }
    notes
}
