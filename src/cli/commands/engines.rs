//! Where the store meets the engines.

use std::path::Path;
use std::sync::Arc;

use isnad::artifact::Input;
use isnad::infer::{
    Glosses, LoadedEncoder, Precision, Preferences, PromptFormat, READER, Terminology,
    TranslatorOptions, load_encoder, load_entailer, load_translator, load_writer,
};
use isnad::ports::{Entailer, ModelFileError, ModelFiles, Search, Translator, Writer};
use isnad::store::{Environment, Model, ModelEntry, Prompt, Role, Store};
use isnad::text::lexicon::Lexicon;

use crate::cli::CliError;
use crate::cli::settings::{Layers, LexiconBonus, Settings};

/// The file of a model that has names and words with their English.
const LEXICON: &str = "lexicon";

/// The models of this machine.
pub(super) fn open_store() -> Result<Store, CliError> {
    Ok(Store::open(Environment::current())?)
}

/// The input that was named; `-` is standard input.
pub(super) fn input(path: &Path) -> Input {
    if path.as_os_str() == "-" { Input::Stdin } else { Input::File(path.to_owned()) }
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
    names.extend(early.entailer.as_deref());
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
    let mut settings = layers.resolve()?;
    let wanted = settings.verify.min_right > 0.0;
    settings.translate.reliability = entry.and_then(|entry| entry.reliability).filter(|_| wanted);
    Ok(settings)
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
    if let Some(lexicon) = lexicon(model)? {
        let lexicon = Arc::new(lexicon);
        options.terminology.preferred = Some(preferences(Arc::clone(&lexicon), settings.lexicon));
        let prompt = model.entry().and_then(|entry| entry.prompt.as_ref());
        if matches!(prompt, Some(Prompt::Template(template)) if template.glosses) {
            options.terminology.glosses = Some(glosses(lexicon, settings.terminology.pairs()));
        }
    }
    Ok(load_translator(model, options)?)
}

/// The names and words of a translator that has some.
fn lexicon(model: &Model) -> Result<Option<Lexicon>, CliError> {
    if !model.roles().any(|role| role == LEXICON) {
        return Ok(None);
    }
    let mut file = model.open(LEXICON)?;
    let mut text = String::new();
    file.reader
        .read_to_string(&mut text)
        .map_err(|source| ModelFileError::Io { path: file.path.clone(), source })?;
    let read = Lexicon::read(&text).map_err(|error| CliError::Lexicon { path: file.path, error });
    read.map(Some)
}

/// What a lexicon tells the search of a translator.
fn preferences(lexicon: Arc<Lexicon>, bonus: LexiconBonus) -> Preferences {
    Arc::new(move |source: &str| {
        let of = |places: Vec<Vec<&str>>, bonus: f32| {
            let places = places.into_iter().filter(move |_| bonus > 0.0);
            let owned = |place: Vec<&str>| place.into_iter().map(ToOwned::to_owned).collect();
            places.map(|place| (owned(place), bonus)).collect::<Vec<(Vec<String>, f32)>>()
        };
        let words = [Lexicon::numbers(source), lexicon.words(source)].concat();
        [of(lexicon.names(source), bonus.names), of(words, bonus.words)].concat()
    })
}

/// What a translator that was trained with glosses reads of a source: terms of the user before what its lexicon has.
fn glosses(mut lexicon: Arc<Lexicon>, terms: &[(String, String)]) -> Glosses {
    for (arabic, english) in terms {
        Arc::make_mut(&mut lexicon).put(arabic, english);
    }
    Arc::new(move |source| lexicon.glosses(source))
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

/// Loads the entailment model, if there is to be one.
pub(super) fn entailer(
    store: &Store,
    settings: &Settings,
) -> Result<Option<Box<dyn Entailer + Send>>, CliError> {
    let Some(name) = &settings.entailer else { return Ok(None) };
    let model = store.resolve(name)?;
    let reads = model.roles().any(|role| role == READER);
    if let Some(entry) = model.entry().filter(|entry| entry.role != Role::Entailment && !reads) {
        let (name, found) = (model.name().to_owned(), entry.role.to_string());
        return Err(CliError::WrongRole { name, found, wanted: "entailment" });
    }
    Ok(Some(load_entailer(&model, model.name(), settings.threads)?))
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
    Ok(Some(load_writer(&model, &options, search)?))
}
