//! Where the store meets the engines, and an article its settings.

use std::path::Path;

use isnad::artifact::{Input, ReadOptions, check_output, read_article};
use isnad::domain::SegmentedArticle;
use isnad::infer::{
    LoadedEncoder, Precision, PromptFormat, Terminology, TranslatorOptions, load_encoder,
    load_translator, load_writer,
};
use isnad::ports::{Search, Translator, Writer};
use isnad::store::{Environment, Model, ModelEntry, Prompt, Role, Store};
use isnad::text::language::{LooksLike, looks_arabic};
use isnad::text::{SegmentOptions, segment_article};

use crate::cli::CliError;
use crate::cli::args::Reading;
use crate::cli::settings::{Layers, Settings};

/// The models of this machine.
pub(super) fn open_store() -> Result<Store, CliError> {
    Ok(Store::open(Environment::current())?)
}

/// The input that was named; `-` is standard input.
pub(super) fn input(path: &Path) -> Input {
    if path.as_os_str() == "-" { Input::Stdin } else { Input::File(path.to_owned()) }
}

/// An article ready to be worked on, and what to tell about how it was read.
pub(super) struct Prepared {
    pub(super) input: Input,
    pub(super) article: SegmentedArticle,
    pub(super) notes: Vec<String>,
}

/// Reads and segments the article, after checking that the output could be written.
pub(super) fn prepare(
    reading: &Reading,
    output: Option<&Path>,
    settings: &Settings,
) -> Result<Prepared, CliError> {
    let input = input(&reading.input);
    if let Some(output) = output {
        check_output(output, &input)?;
    }
    let options = ReadOptions { encoding: settings.encoding, max_bytes: settings.max_bytes };
    let read = read_article(&input, &options)?;
    let mut notes: Vec<String> = read.notes.iter().map(ToString::to_string).collect();
    let doubt = match looks_arabic(read.article.text()) {
        LooksLike::Arabic => None,
        LooksLike::NoLetters => Some("it has no letters".to_owned()),
        LooksLike::Other { arabic_share } => {
            Some(format!("{:.0} % of its letters are Arabic", arabic_share * 100.0))
        }
        LooksLike::ArabicScript { foreign_share } => Some(format!(
            "{:.0} % of its letters belong to other languages of the Arabic script, such as Persian or Urdu",
            foreign_share * 100.0
        )),
        _ => Some("its script was not recognised".to_owned()),
    };
    match doubt {
        Some(doubt) if !reading.force => return Err(CliError::NotArabic(doubt)),
        Some(doubt) => notes.push(format!("the text does not look Arabic: {doubt}")),
        None => {}
    }
    let mut options = SegmentOptions::default();
    if settings.split_at_semicolon {
        options = options.splitting_at_semicolons();
    }
    let article = segment_article(read.article, &options)?;
    Ok(Prepared { input, article, notes })
}

/// Sees whether all models of a brief are here, so that one message tells what is missing.
pub(super) fn require_models(
    store: &Store,
    layers: &Layers,
    early: &Settings,
) -> Result<(), CliError> {
    let (translator, _) = layers.value("translator");
    let mut names = vec![translator.as_str(), early.embedder.as_str()];
    names.extend(early.writer.as_deref());
    Ok(store.require(&names)?)
}

/// Finds the translator and lets its catalog entry fill in what the user left open.
pub(super) fn resolve(store: &Store, layers: Layers) -> Result<(Settings, Model), CliError> {
    let (name, _) = layers.value("translator");
    let model = store.resolve(&name)?;
    let settings = settings(layers, model.entry())?;
    if settings.verify_fully {
        store.verify_fully();
    }
    store.require_memory(&model, kept_share(&model, settings.precision))?;
    Ok((settings, model))
}

/// How long the weights of a model are in memory, at the least, for each byte of their file.
fn kept_share(model: &Model, precision: Precision) -> f64 {
    let is_gguf = model.path("weights").is_some_and(|path| {
        path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gguf"))
    });
    // A checkpoint of 32-bit floats, of which 8 bits and a scale remain.
    if precision == Precision::Int8 && !is_gguf { 0.27 } else { 1.0 }
}

/// The settings in force with a translator of which the catalog says `entry`.
pub(super) fn settings(
    mut layers: Layers,
    entry: Option<&ModelEntry>,
) -> Result<Settings, CliError> {
    if let Some(entry) = entry
        && let Some(decoding) = &entry.decoding
    {
        layers.catalog(&entry.name, decoding);
    }
    layers.resolve()
}

/// What a model is told that the catalog does not know, in the chat form of its own file.
const INSTRUCTION: &str =
    "Translate the following Arabic text into English. Give only the translation.\n\n";

/// What an encoder-decoder is told that the catalog does not know, as T5 was trained to.
const SUMMARIZE: &str = "summarize: {source}";
/// Tokens of a summary by an encoder-decoder, at most.
const LONGEST_SUMMARY: usize = 512;

/// Loads the translator.
pub(super) fn translator(
    model: &Model,
    settings: &Settings,
) -> Result<Box<dyn Translator + Send>, CliError> {
    let name = model.name().to_owned();
    let mut options = TranslatorOptions {
        name: name.clone(),
        prompt: PromptFormat::Chat { instruction: INSTRUCTION.to_owned() },
        threads: settings.threads,
        batch: settings.batch,
        max_segment_tokens: 200,
        answer_tokens: (2.0, 32),
        precision: settings.precision,
        terminology: settings.terminology.terms(),
    };
    if let Some(entry) = model.entry() {
        if !entry.role.writes_text() {
            let found = entry.role.to_string();
            return Err(CliError::WrongRole { name, found, wanted: "translator" });
        }
        let (Some(prompt), Some(decoding)) = (&entry.prompt, &entry.decoding) else {
            return Err(CliError::NoPrompt { name });
        };
        options.prompt = prompt_format(prompt);
        options.max_segment_tokens = decoding.max_segment_tokens.get();
        options.answer_tokens = (decoding.max_new_tokens_factor, decoding.max_new_tokens_extra);
    }
    Ok(load_translator(model, options)?)
}

fn prompt_format(prompt: &Prompt) -> PromptFormat {
    match prompt {
        Prompt::Template(template) => {
            PromptFormat::Plain { template: template.text.clone(), bos: template.bos }
        }
        Prompt::Chat(chat) => PromptFormat::Chat { instruction: chat.instruction.clone() },
    }
}

/// Loads the sentence encoder.
pub(super) fn embedder(store: &Store, settings: &Settings) -> Result<LoadedEncoder, CliError> {
    let model = store.resolve(&settings.embedder)?;
    if settings.verify_fully {
        store.verify_fully();
    }
    store.require_memory(&model, 1.0)?;
    if let Some(entry) = model.entry().filter(|entry| entry.role != Role::Embedder) {
        let (name, found) = (model.name().to_owned(), entry.role.to_string());
        return Err(CliError::WrongRole { name, found, wanted: "embedder" });
    }
    // What a text must be introduced by stands in the catalog; of a folder, its own files tell.
    let prompt = model.entry().and_then(|entry| entry.prompt.as_ref());
    let prefix = match prompt {
        Some(Prompt::Template(template)) => Some(template.text.replace("{source}", "")),
        _ => None,
    };
    Ok(load_encoder(&model, model.name(), settings.threads, prefix.as_deref())?)
}

/// Loads the model that writes, if the summary needs one.
pub(super) fn writer(
    store: &Store,
    settings: &Settings,
) -> Result<Option<Box<dyn Writer + Send>>, CliError> {
    let Some(name) = &settings.writer else { return Ok(None) };
    let model = store.resolve(name)?;
    store.require_memory(&model, kept_share(&model, settings.precision))?;
    if let Some(entry) =
        model.entry().filter(|entry| !matches!(entry.role, Role::General | Role::Summarizer))
    {
        let (name, found) = (model.name().to_owned(), entry.role.to_string());
        return Err(CliError::WrongRole { name, found, wanted: "general" });
    }
    let options = TranslatorOptions {
        name: model.name().to_owned(),
        prompt: match model.entry().and_then(|entry| entry.prompt.as_ref()) {
            Some(prompt) => prompt_format(prompt),
            None => PromptFormat::Plain { template: SUMMARIZE.to_owned(), bos: false },
        },
        threads: settings.threads,
        batch: settings.batch,
        max_segment_tokens: usize::MAX,
        answer_tokens: (0.0, LONGEST_SUMMARY),
        precision: settings.precision,
        terminology: Terminology::default(),
    };
    let search = match model.entry().and_then(|entry| entry.decoding.as_ref()) {
        Some(decoding) => decoding.search(0),
        None => {
            Search { no_repeat_ngram: 3, forbid_source_script: false, ..settings.translate.search }
        }
    };
    Ok(Some(load_writer(&model, options, search)?))
}
