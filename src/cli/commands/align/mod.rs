//! `isnad align`: two texts in, beads out.
//!
//! Owns: what is read, swapped and written where. The search is the library's.

mod bridge;
mod convert;
mod many;
mod score;

use std::io::IsTerminal as _;
use std::path::Path;

use isnad::align;
use isnad::artifact::{
    DocumentFormat, Input, ReadOptions, check_output, read_document, write_atomic,
};
use isnad::domain::{AlignedText, Alignment, Finding, Language};
use isnad::infer::LoadedEncoder;
use isnad::pipeline::{AlignOptions, align_texts, link_words};
use isnad::render::{AlignmentFormat, alignment, finding_in_words};
use isnad::text::document::{aligned_sentences, language_of};

use self::bridge::Bridge;
use super::engines::{embedder, input, open_store};
use crate::cli::args::Global;
use crate::cli::args_align::{Align, AlignCommand, AlignReport};
use crate::cli::settings::{Layers, Settings};
use crate::cli::{CliError, Outcome, Status};

pub(super) fn run(asked: &Align, global: &Global, mut layers: Layers) -> Result<Outcome, CliError> {
    match &asked.command {
        Some(AlignCommand::Convert(asked)) => return convert::run(asked, global, layers),
        Some(AlignCommand::Score { gold, found, confidence, json }) => {
            return score::run(gold, found, *confidence, *json, &layers.resolve()?);
        }
        None => {}
    }
    layers.flag("embedder", asked.embedder.as_ref());
    layers.flag("encoding", asked.encoding.as_ref());
    layers.flag("translator", asked.bridging.translator.as_ref());
    let settings = layers.resolve()?;
    let options = options(asked)?;
    if let Some(dir) = &asked.many.dir {
        let bridge = bridge(asked, global, layers)?;
        return many::run(dir, (asked, global), &settings, &options, bridge.as_ref());
    }
    let (Some(source), Some(target)) = (&asked.source, &asked.target) else {
        return Err(CliError::TwoTexts);
    };
    let inputs = [input(source), input(target)];
    if inputs == [Input::Stdin, Input::Stdin] {
        return Err(CliError::TwoTexts);
    }
    check_report(&asked.report, &inputs)?;
    let format = format(&asked.report, false)?;
    let texts = Texts::read(&inputs, asked, &settings)?;
    let mut encoder = embedder(&open_store()?, &settings)?;
    let bridge = bridge(asked, global, layers)?;
    let words = asked.words || format == AlignmentFormat::Pharaoh;
    let aligned = texts.align(&mut encoder, &options, words, bridge.as_ref())?;
    told(&aligned, &asked.report, format, &inputs[0], global)
}

/// Refuses an output that is one of the inputs or that could not be written.
fn check_report(report: &AlignReport, inputs: &[Input]) -> Result<(), CliError> {
    let Some(output) = &report.output else { return Ok(()) };
    Ok(inputs.iter().try_for_each(|input| check_output(output, input))?)
}

/// Prints or writes an alignment, and says what is to be said of it.
fn told(
    aligned: &Aligned,
    report: &AlignReport,
    format: AlignmentFormat,
    input: &Input,
    global: &Global,
) -> Result<Outcome, CliError> {
    let Aligned { alignment: made, notes } = aligned;
    let (text, notes) = (alignment(made, format)?, notes.clone());
    let mut outcome = Outcome { text, notes, status: status(made), ..Outcome::default() };
    if format != AlignmentFormat::Table || report.output.is_some() {
        let findings = made.findings.iter().map(|f| format!("note: {}", finding_in_words(f, made)));
        outcome.notes.extend(findings);
    }
    if global.verbose {
        outcome.notes.push(made.signature.to_string());
    }
    if let Some(path) = &report.output {
        write(path, &outcome.text, input)?;
        outcome.notes.push(format!("wrote {}", path.display()));
        outcome.text.clear();
    }
    Ok(outcome)
}

fn bridge(asked: &Align, global: &Global, layers: Layers) -> Result<Option<Bridge>, CliError> {
    let load = || Bridge::load(&open_store()?, layers, global.quiet);
    asked.bridging.bridge.then(load).transpose()
}

fn write(path: &Path, text: &str, input: &Input) -> Result<(), CliError> {
    let end = if text.ends_with('\n') { "" } else { "\n" };
    Ok(write_atomic(path, format!("{text}{end}").as_bytes(), input)?)
}

fn options(asked: &Align) -> Result<AlignOptions, CliError> {
    if !(2..=10).contains(&asked.max_bead) {
        return Err(CliError::MaxBead(asked.max_bead));
    }
    check_probability(asked.min_confidence)?;
    let search = align::Options { max_bead: asked.max_bead, ..align::Options::default() };
    Ok(AlignOptions { search, min_confidence: asked.min_confidence })
}

fn check_probability(value: f64) -> Result<(), CliError> {
    if (0.0..=1.0).contains(&value) { Ok(()) } else { Err(CliError::Probability(value)) }
}

/// The format that was asked for; a folder has no extension to tell it.
fn format(report: &AlignReport, into_folder: bool) -> Result<AlignmentFormat, CliError> {
    match (&report.format, &report.output) {
        (Some(name), _) => Ok(name.parse()?),
        (None, _) if report.json => Ok(AlignmentFormat::Json),
        (None, Some(path)) if !into_folder => AlignmentFormat::from_extension(path)
            .ok_or_else(|| CliError::AlignmentExtension(path.clone())),
        (None, None) if std::io::stdout().is_terminal() => Ok(AlignmentFormat::Table),
        (None, _) => Ok(AlignmentFormat::Tsv),
    }
}

/// 1 if the texts seem to have nothing to do with one another.
fn status(alignment: &Alignment) -> Status {
    let doubt = |finding: &Finding| matches!(finding, Finding::NotATranslation { .. });
    if alignment.findings.iter().any(doubt) { Status::Blemished } else { Status::Done }
}

/// Two texts, ready to be aligned.
struct Texts {
    source: AlignedText,
    target: AlignedText,
    swapped: bool,
    notes: Vec<String>,
}

/// What came of them.
struct Aligned {
    alignment: Alignment,
    notes: Vec<String>,
}

impl Texts {
    /// Reads both files; the Arabic one comes first, or is put there where that was asked for.
    fn read(inputs: &[Input; 2], asked: &Align, settings: &Settings) -> Result<Self, CliError> {
        let mut notes = Vec::new();
        let mut read = |input: &Input| text(input, asked.presplit, settings, &mut notes);
        let (first, second) = (read(&inputs[0])?, read(&inputs[1])?);
        let languages = (first.1, second.1);
        let swapped = languages == (Some(Language::English), Some(Language::Arabic));
        if swapped && !asked.auto_swap {
            return Err(CliError::SidesSwapped);
        }
        let (mut source, mut target) =
            if swapped { (second.0, first.0) } else { (first.0, second.0) };
        let same = |language| languages == (Some(language), Some(language));
        if same(Language::Arabic) || same(Language::English) {
            return Err(CliError::OneLanguage);
        }
        (source.language, target.language) = (Language::Arabic, Language::English);
        Ok(Self { source, target, swapped, notes })
    }

    fn align(
        self,
        encoder: &mut LoadedEncoder,
        options: &AlignOptions,
        words: bool,
        bridge: Option<&Bridge>,
    ) -> Result<Aligned, CliError> {
        let bridged = bridge.map(|bridge| bridge.of(&self.source)).transpose()?;
        let mut alignment =
            align_texts(self.source, self.target, bridged.as_ref(), encoder, options)?;
        if words {
            alignment = link_words(alignment, encoder, &align::WordOptions::default())?;
        }
        if self.swapped {
            alignment.findings.insert(0, Finding::Swapped);
        }
        Ok(Aligned { alignment, notes: self.notes })
    }
}

/// The sentences of a file and the language it seems to be in.
fn text(
    input: &Input,
    presplit: bool,
    settings: &Settings,
    notes: &mut Vec<String>,
) -> Result<(AlignedText, Option<Language>), CliError> {
    let options = ReadOptions { encoding: settings.encoding, max_bytes: settings.max_bytes };
    let format = presplit.then_some(DocumentFormat::Lines);
    let document = read_document(input, &options, format)?;
    notes.extend(document.notes.iter().map(|note| format!("warning: {note}")));
    let language = language_of(&document).or(document.language);
    let sentences = aligned_sentences(&document);
    let (name, sha256) = (document.name, document.sha256);
    let text = AlignedText { name, sha256, language: Language::Arabic, sentences };
    Ok((text, language))
}
