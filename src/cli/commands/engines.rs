//! Where the store meets the engines.

use std::path::Path;

use isnad::artifact::Input;
use isnad::infer::{
    EntailmentClassifier, GgufWriter, LoadedEncoder, PromptFormat, TranslatorOptions, load_encoder,
    load_translator,
};
use isnad::ports::Translator;
use isnad::store::{Environment, Model, ModelEntry, Prompt, Role, Store};

use crate::cli::CliError;
use crate::cli::settings::{Layers, Settings};

/// The models of this machine.
pub(super) fn open_store() -> Result<Store, CliError> {
    Ok(Store::open(Environment::current())?)
}

/// The input that was named; `-` is standard input.
pub(super) fn input(path: &Path) -> Input {
    if path.as_os_str() == "-" { Input::Stdin } else { Input::File(path.to_owned()) }
}

/// Finds the translator and lets its catalog entry fill in what the user left open.
pub(super) fn resolve(store: &Store, layers: Layers) -> Result<(Settings, Model), CliError> {
    let (name, _) = layers.value("translator");
    let model = store.resolve(&name)?;
    Ok((settings(layers, model.entry())?, model))
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
    if let Some(entry) = model.entry().filter(|entry| entry.role != Role::Embedder) {
        let (name, found) = (model.name().to_owned(), entry.role.to_string());
        return Err(CliError::WrongRole { name, found, wanted: "embedder" });
    }
    // What a text must be introduced by stands in the catalog; of a folder, its name tells.
    let prompt = model.entry().and_then(|entry| entry.prompt.as_ref());
    let prefix = match prompt {
        Some(Prompt::Template(template)) => template.text.replace("{source}", ""),
        _ if model.folder().to_string_lossy().contains("e5-") => "query: ".to_owned(),
        _ => String::new(),
    };
    Ok(load_encoder(&model, model.name(), settings.threads, &prefix)?)
}

/// Loads the entailment model, if there is to be one.
pub(super) fn entailer(
    store: &Store,
    settings: &Settings,
) -> Result<Option<EntailmentClassifier>, CliError> {
    let Some(name) = &settings.entailer else { return Ok(None) };
    let model = store.resolve(name)?;
    if let Some(entry) = model.entry().filter(|entry| entry.role != Role::Entailment) {
        let (name, found) = (model.name().to_owned(), entry.role.to_string());
        return Err(CliError::WrongRole { name, found, wanted: "entailment" });
    }
    Ok(Some(EntailmentClassifier::load(&model, model.name(), settings.threads)?))
}

/// Loads the model that writes, if the summary needs one.
pub(super) fn writer(store: &Store, settings: &Settings) -> Result<Option<GgufWriter>, CliError> {
    let Some(name) = &settings.writer else { return Ok(None) };
    let model = store.resolve(name)?;
    if let Some(entry) =
        model.entry().filter(|entry| !matches!(entry.role, Role::General | Role::Summarizer))
    {
        let (name, found) = (model.name().to_owned(), entry.role.to_string());
        return Err(CliError::WrongRole { name, found, wanted: "general" });
    }
    Ok(Some(GgufWriter::load(&model, model.name(), settings.threads)?))
}
