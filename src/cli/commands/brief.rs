//! `isnad brief`: an article in, a sourced brief out.

use std::path::Path;

use isnad::domain::{Brief, SegmentedArticle};
use isnad::infer::LoadedEncoder;
use isnad::pipeline::{self, BriefOptions, Engines};
use isnad::ports::{Entailer, Translator, Writer};

use super::articles::{Articles, is_folder};
use super::engines::{embedder, entailer, open_store, require_models, resolve, translator, writer};
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
    // In a folder each article gets a file that is named for its form.
    let is_folder = |output: &&Path| is_folder(output, &asked.reading.inputs);
    let named = output.filter(is_folder).map(|_| Path::new("brief.md")).or(output);
    let form = Form::of(asked.format.as_deref(), (asked.json, asked.plain), named)?;
    layers.reading(&asked.reading);
    layers.translating(&asked.translating)?;
    layers.summarizing(&asked.summarizing);
    // What the user typed is checked before anything is searched or loaded.
    let early = layers.resolve()?;
    let articles = Articles::read(&asked.reading, output, &early)?;
    if articles.is_empty() {
        return articles.each(form.extension(), form.joined(), |_, _| Ok(Outcome::default()));
    }
    let mut loaded = Loaded::load(layers, &early)?;
    articles.each(form.extension(), form.joined(), |prepared, file| {
        let brief = loaded.brief(prepared.article, &prepared.notes, global)?;
        let mut notes = notes(&brief, global);
        notes.extend(terms_missing(&brief, &loaded.settings));
        let mut outcome = Outcome { status: status(&brief), notes, ..Outcome::default() };
        form.deliver(&brief, (file, &prepared.input), &mut outcome)?;
        Ok(outcome)
    })
}

/// The engines that a brief needs, loaded once for all articles.
pub(super) struct Loaded {
    pub(super) settings: Settings,
    translator: Box<dyn Translator + Send>,
    embedder: LoadedEncoder,
    writer: Option<Box<dyn Writer + Send>>,
    entailer: Option<Box<dyn Entailer + Send>>,
}

impl Loaded {
    pub(super) fn load(layers: Layers, early: &Settings) -> Result<Self, CliError> {
        let store = open_store()?;
        require_models(&store, &layers, early)?;
        let (settings, model) = resolve(&store, layers)?;
        let translator = translator(&model, &settings)?;
        let embedder = embedder(&store, &settings)?;
        let writer = writer(&store, &settings)?;
        let entailer = entailer(&store, &settings)?;
        Ok(Self { settings, translator, embedder, writer, entailer })
    }

    /// The brief of one article.
    pub(super) fn brief(
        &mut self,
        article: SegmentedArticle,
        warnings: &[String],
        global: &Global,
    ) -> Result<Brief, CliError> {
        let options = options(&self.settings, warnings);
        let mut engines = Engines {
            translator: self.translator.as_mut(),
            encoder: &mut self.embedder,
            writer: self.writer.as_mut().map(|writer| writer.as_mut() as _),
            entailer: self.entailer.as_deref_mut().map(|entailer| entailer as _),
        };
        let mut bars = Bars::new(global.quiet);
        Ok(pipeline::brief(article, &mut engines, &options, &mut bars)?)
    }
}

/// Warnings of terms of the glossary that a translation does not have.
pub(super) fn terms_missing(brief: &Brief, settings: &Settings) -> Vec<String> {
    let segments = brief.paragraphs.iter().flat_map(|paragraph| &paragraph.segments);
    let pairs = segments.map(|segment| (segment.id, segment.source.as_str(), &segment.translation));
    settings.terminology.warnings(pairs)
}

/// How a brief is made with these settings.
fn options(settings: &Settings, warnings: &[String]) -> BriefOptions {
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
