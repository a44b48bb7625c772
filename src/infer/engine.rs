//! A decoder and its tokenizer, loaded from one GGUF file.
//!
//! Owns: the reading of a GGUF vocabulary, and the shared prompt prefix.
//! In: a verified file. Out: something that scores next tokens.

use std::path::Path;
use std::sync::Arc;

use super::decode::NextToken;
use super::error::InferError;
use super::nn::{Decoder, Feed, KvCache};
use super::tokenizer::{GgufVocabulary, Tokenizer};
use super::weights::GgufFile;
use crate::ports::ModelFile;

/// A loaded decoder-only model.
pub(crate) struct Engine {
    pub(crate) decoder: Decoder,
    pub(crate) tokenizer: Box<dyn Tokenizer>,
    /// Whether prompts begin with the begin mark.
    pub(crate) adds_bos: bool,
    /// Spellings of the marks of begin and end, for chat templates.
    pub(crate) marks: (String, String),
    /// The chat template of the file, if it has one.
    pub(crate) chat_template: Option<String>,
    pub(crate) sha256: String,
    /// That of the adapter, if there is one.
    pub(crate) adapter_sha256: Option<String>,
    prefix: Arc<KvCache>,
}

impl Engine {
    /// `adapter` is a file of corrections for the matrices of `file`.
    ///
    /// # Errors
    /// [`InferError`] names what the file lacks, or what the adapter has beside it.
    pub(crate) fn load(file: ModelFile, adapter: Option<ModelFile>) -> Result<Self, InferError> {
        let mut file = GgufFile::read(file)?;
        let adapter_sha256 = adapter.as_ref().map(|adapter| adapter.sha256.clone());
        if let Some(adapter) = adapter {
            file.adapt(adapter)?;
        }
        let chat_template = file.text("tokenizer.chat_template").map(ToOwned::to_owned);
        let vocabulary = vocabulary(&mut file)?;
        let adds_bos = vocabulary.add_bos;
        let marks = (spelling(&vocabulary, vocabulary.bos), spelling(&vocabulary, vocabulary.eos));
        let tokenizer = vocabulary.into_tokenizer().map_err(|source| InferError::Tokenizer {
            path: file.path().clone(),
            source: Box::new(source),
        })?;
        let mut decoder = Decoder::load(&mut file, tokenizer.vocabulary_size())?;
        file.finish()?;
        check_numbers(&mut decoder, file.path())?;
        let sha256 = file.sha256().to_owned();
        let prefix = Arc::default();
        Ok(Self {
            decoder,
            tokenizer,
            adds_bos,
            marks,
            chat_template,
            sha256,
            adapter_sha256,
            prefix,
        })
    }

    /// The state behind the shared prefix.
    pub(crate) fn begin(&self) -> KvCache {
        KvCache::after(Arc::clone(&self.prefix))
    }

    /// Computes `tokens` once; every sequence begins behind them from now on.
    ///
    /// # Errors
    /// As [`Decoder::forward`].
    pub(crate) fn share_prefix(&mut self, tokens: &[u32]) -> Result<(), InferError> {
        let mut cache = KvCache::default();
        if !tokens.is_empty() {
            self.decoder.forward(&mut [Feed { cache: &mut cache, tokens }], &mut Vec::new())?;
        }
        self.prefix = Arc::new(cache);
        Ok(())
    }
}

impl NextToken for Engine {
    type State = KvCache;
    type Error = InferError;

    fn vocabulary(&self) -> usize {
        self.decoder.config().vocabulary
    }

    fn begin_all(&mut self, sources: &[&[u32]]) -> Result<Vec<KvCache>, InferError> {
        Ok(sources.iter().map(|_| self.begin()).collect())
    }

    fn advance(
        &mut self,
        rows: &mut [(&mut KvCache, &[u32])],
        logits: &mut Vec<f32>,
    ) -> Result<(), InferError> {
        let mut feeds: Vec<Feed<'_>> =
            rows.iter_mut().map(|(cache, tokens)| Feed { cache, tokens }).collect();
        self.decoder.forward(&mut feeds, logits)?;
        // Whatever is fed at once is a prompt, and all hypotheses that come of it read it.
        for (cache, _) in rows.iter_mut().filter(|(_, tokens)| tokens.len() > 1) {
            cache.share();
        }
        Ok(())
    }
}

/// One step through the whole network: a scale that is no number anywhere would silence every answer.
fn check_numbers(decoder: &mut Decoder, path: &Path) -> Result<(), InferError> {
    let (mut cache, mut logits) = (KvCache::default(), Vec::new());
    decoder.forward(&mut [Feed { cache: &mut cache, tokens: &[0] }], &mut logits)?;
    if logits.iter().all(|logit| logit.is_finite()) {
        Ok(())
    } else {
        Err(InferError::NotFinite { path: path.to_owned() })
    }
}

fn vocabulary(file: &mut GgufFile) -> Result<GgufVocabulary, InferError> {
    let path = file.path().clone();
    let missing = |key: &str| InferError::Metadata { key: key.to_owned(), path: path.clone() };
    let key = |name: &str| format!("tokenizer.ggml.{name}");
    let id = |name: &str| file.number(&key(name)).and_then(|id| u32::try_from(id).ok());
    let (bos, eos) = (id("bos_token_id"), id("eos_token_id"));
    let (unk, pad) = (id("unknown_token_id"), id("padding_token_id"));
    let model = file.text(&key("model")).ok_or_else(|| missing("tokenizer.ggml.model"))?.to_owned();
    let pre = file.text(&key("pre")).unwrap_or("default").to_owned();
    let is_spm = model == "llama";
    let add_bos = file.flag(&key("add_bos_token")).unwrap_or(is_spm) && bos.is_some();
    let add_space_prefix = file.flag(&key("add_space_prefix")).unwrap_or(is_spm);
    let tokens = file.take_texts(&key("tokens")).ok_or_else(|| missing("tokenizer.ggml.tokens"))?;
    Ok(GgufVocabulary {
        model,
        pre,
        tokens,
        scores: file.take_floats(&key("scores")).unwrap_or_default(),
        token_types: file.take_integers(&key("token_type")).unwrap_or_default(),
        merges: file.take_texts(&key("merges")).unwrap_or_default(),
        bos,
        eos,
        unk,
        pad,
        add_bos,
        add_space_prefix,
    })
}

fn spelling(vocabulary: &GgufVocabulary, id: Option<u32>) -> String {
    let index = id.and_then(|id| usize::try_from(id).ok());
    index.and_then(|index| vocabulary.tokens.get(index)).cloned().unwrap_or_default()
}
