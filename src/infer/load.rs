//! Which engine the files of a model need.
//!
//! Owns: the names of architectures, as `config.json` and GGUF give them, and the engine behind each.
//! In: verified files. Out: an engine behind its port.

use std::collections::HashMap;

use serde::Deserialize;

use super::entailment::EntailmentClassifier;
use super::error::InferError;
use super::files::{json, optional};
use super::gguf_entailer::{GgufEntailer, READER};
use super::seq2seq;
use super::thread_pool;
use super::transformer_encoder::{self, TransformerEncoder};
use super::translator::{GgufTranslator, TranslatorOptions};
use super::universal_encoder::UniversalEncoder;
use super::weights::GgufFile;
use super::{GgufWriter, Seq2SeqTranslator, Seq2SeqWriter};
use crate::domain::{ModelSignature, RunVectors};
use crate::ports::{
    EmbedError, Embedder, Entailer, ModelFiles, Search, TokenEncoder, TokenStates, Translator,
    Writer,
};

/// What `--translator` takes: encoder-decoders from a folder, decoders from a GGUF file.
const TRANSLATORS: &[&str] = &[
    "marian",
    "m2m_100",
    "t5",
    "mt5",
    "t5 (GGUF)",
    "gemma3 (GGUF)",
    "llama (GGUF)",
    "qwen2 (GGUF)",
    "qwen3 (GGUF)",
];
/// What `--summarizer` takes.
const WRITERS: &[&str] =
    &["t5", "mt5", "t5 (GGUF)", "gemma3 (GGUF)", "llama (GGUF)", "qwen2 (GGUF)", "qwen3 (GGUF)"];
/// What `--embedder` takes.
const EMBEDDERS: &[&str] = &["bert", "xlm-roberta", "usem3"];

/// What GGUF calls the encoder-decoders of the T5 family.
const T5_IN_GGUF: &str = "t5";
/// What texts of E5 models are introduced by.
const E5_PREFIX: &str = "query: ";

#[derive(Deserialize)]
struct Named {
    model_type: Option<String>,
    #[serde(rename = "_name_or_path")]
    origin: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Prompts {
    prompts: HashMap<String, String>,
    default_prompt_name: Option<String>,
}

/// An engine that gives vectors of texts and of their tokens.
trait TextEncoder: Embedder + TokenEncoder + Send {}
impl<T: Embedder + TokenEncoder + Send> TextEncoder for T {}

/// A sentence encoder, whatever its network.
pub struct LoadedEncoder(Box<dyn TextEncoder>);

impl Embedder for LoadedEncoder {
    fn embed(&mut self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        self.0.embed(texts)
    }

    fn embed_runs(&mut self, texts: &[&str], longest: usize) -> Result<RunVectors, EmbedError> {
        self.0.embed_runs(texts, longest)
    }

    fn dimensions(&self) -> usize {
        self.0.dimensions()
    }

    fn signature(&self) -> ModelSignature {
        Embedder::signature(self.0.as_ref())
    }
}

impl TokenEncoder for LoadedEncoder {
    fn token_states(&mut self, texts: &[&str]) -> Result<Vec<TokenStates>, EmbedError> {
        self.0.token_states(texts)
    }

    fn signature(&self) -> ModelSignature {
        TokenEncoder::signature(self.0.as_ref())
    }
}

/// The `model_type` of `config.json`; `None` for a model without that file.
fn model_type(files: &dyn ModelFiles) -> Result<Option<String>, InferError> {
    if optional(files, "config")?.is_none() {
        return Ok(None);
    }
    let named: Named = json(files, "config", "the configuration of a network")?;
    Ok(Some(named.model_type.unwrap_or_default()))
}

/// Loads a translator, whatever its network.
///
/// # Errors
/// [`InferError::UnknownArchitecture`] with the names of those that there are; else as the engines.
pub fn load_translator(
    files: &dyn ModelFiles,
    options: TranslatorOptions,
) -> Result<Box<dyn Translator + Send>, InferError> {
    thread_pool(options.threads)?.install(|| choose_translator(files, options))
}

/// Runs within the threads that were asked for, as reading weights takes as many as there are.
fn choose_translator(
    files: &dyn ModelFiles,
    options: TranslatorOptions,
) -> Result<Box<dyn Translator + Send>, InferError> {
    match gguf_architecture(files)? {
        // A file of tensors alone, as candle's tools write them, has its network in `config.json`.
        Some(found) if found == T5_IN_GGUF || found.is_empty() => {
            return Ok(Box::new(Seq2SeqTranslator::load(files, options)?));
        }
        Some(_) => return Ok(Box::new(GgufTranslator::load(files, options)?)),
        None => {}
    }
    let found = match model_type(files)? {
        Some(found) => found,
        // A checkpoint without a configuration is no network.
        None => files.open("config").map(|_| String::new())?,
    };
    if seq2seq::SUPPORTED.contains(&found.as_str()) {
        return Ok(Box::new(Seq2SeqTranslator::load(files, options)?));
    }
    Err(InferError::UnknownArchitecture { found, supported: TRANSLATORS })
}

/// Loads a model that writes, whatever its network: a decoder is told in its chat form what to do, of the encoder-decoders only
/// T5 and mT5 were trained to summarize, and the prompt and search they are given are their own.
///
/// # Errors
/// As [`load_translator`].
pub fn load_writer(
    files: &dyn ModelFiles,
    options: &TranslatorOptions,
    search: Search,
) -> Result<Box<dyn Writer + Send>, InferError> {
    let load = || -> Result<Box<dyn Writer + Send>, InferError> {
        match gguf_architecture(files)? {
            Some(found) if found == T5_IN_GGUF || found.is_empty() => {}
            Some(_) => {
                let writer = GgufWriter::load(files, &options.name, options.threads)?;
                return Ok(Box::new(writer));
            }
            None => match model_type(files)? {
                Some(found) if found == "t5" || found == "mt5" => {}
                Some(found) => {
                    return Err(InferError::UnknownArchitecture { found, supported: WRITERS });
                }
                None => drop(files.open("config")?),
            },
        }
        Ok(Box::new(Seq2SeqWriter::load(files, options.clone(), search)?))
    };
    thread_pool(options.threads)?.install(load)
}

/// Loads a sentence encoder, whatever its network; `prefix` goes before each text, where the network was trained so. Without
/// it, the model's own files and its name tell.
///
/// # Errors
/// As [`load_translator`].
pub fn load_encoder(
    files: &dyn ModelFiles,
    name: &str,
    threads: usize,
    prefix: Option<&str>,
) -> Result<LoadedEncoder, InferError> {
    let load = || match model_type(files)? {
        None => Ok(LoadedEncoder(Box::new(UniversalEncoder::load(files, name, threads)?))),
        Some(found) if transformer_encoder::SUPPORTED.contains(&found.as_str()) => {
            let prefix = match prefix {
                Some(prefix) => prefix.to_owned(),
                None => own_prefix(files, name)?,
            };
            Ok(LoadedEncoder(Box::new(TransformerEncoder::load(files, name, threads, prefix)?)))
        }
        Some(found) => Err(InferError::UnknownArchitecture { found, supported: EMBEDDERS }),
    };
    thread_pool(threads)?.install(load)
}

/// Loads a model that reads claims: the adapter of a translator that was trained to, or a classifier.
///
/// # Errors
/// As the engines.
pub fn load_entailer(
    files: &dyn ModelFiles,
    name: &str,
    threads: usize,
) -> Result<Box<dyn Entailer + Send>, InferError> {
    if optional(files, READER)?.is_some() {
        return Ok(Box::new(GgufEntailer::load(files, name, threads)?));
    }
    Ok(Box::new(EntailmentClassifier::load(files, name, threads)?))
}

/// What texts are introduced by, as the model's own files tell, or else the name of an E5 model.
fn own_prefix(files: &dyn ModelFiles, name: &str) -> Result<String, InferError> {
    if optional(files, "sentence_transformers")?.is_some() {
        let said: Prompts =
            json(files, "sentence_transformers", "the configuration of sentence-transformers")?;
        let wanted = said.default_prompt_name.as_deref().unwrap_or("query");
        if let Some(prompt) = said.prompts.get(wanted) {
            return Ok(prompt.clone());
        }
    }
    let named: Named = json(files, "config", "the configuration of a network")?;
    let is_e5 = [name, named.origin.as_deref().unwrap_or("")].into_iter().any(is_e5);
    Ok(if is_e5 { E5_PREFIX.to_owned() } else { String::new() })
}

/// Whether the last part of a name is that of an E5 model: `multilingual-e5-small`, `e5-base-v2`.
fn is_e5(name: &str) -> bool {
    let last = name.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or_default();
    let last = last.split(['@', ':']).next().unwrap_or_default().to_lowercase();
    last.starts_with("e5-") || last.contains("-e5-")
}

/// The architecture that a GGUF file names, empty if it names none; `None` for weights of another format.
fn gguf_architecture(files: &dyn ModelFiles) -> Result<Option<String>, InferError> {
    let Some(weights) = optional(files, "weights")? else {
        // Cut in several files, or absent, which the engine will tell.
        return Ok(None);
    };
    let is_gguf =
        weights.path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gguf"));
    if !is_gguf {
        return Ok(None);
    }
    let file = GgufFile::read(weights)?;
    Ok(Some(file.text("general.architecture").unwrap_or_default().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::is_e5;

    #[test]
    fn an_e5_model_is_known_by_its_own_name_and_not_by_its_folders() {
        for name in
            ["multilingual-e5-small", "a/b/e5-base-v2/", "hf:intfloat/multilingual-e5-base@main"]
        {
            assert!(is_e5(name), "{name}");
        }
        for name in ["/home/e5-models/labse", "e5-mine/MiniLM", "LaBSE", "e5", "rule5-x", ""] {
            assert!(!is_e5(name), "{name}");
        }
    }
}
