//! The embedder and token encoder ports over the universal sentence encoder.
//!
//! Owns: the way from a sentence to piece ids with their marks, and which rows belong to the text.

use std::io::Read;

use super::error::InferError;
use super::nn::SentenceEncoder;
use super::thread_pool;
use super::tokenizer::{Tokenizer, Unigram, UnigramVocabulary};
use super::weights::read_safetensors;
use crate::domain::ModelSignature;
use crate::ports::{EmbedError, Embedder, ModelFile, ModelFiles, TokenEncoder, TokenStates};
use rayon::prelude::*;

/// Pieces of a sentence beyond which its tail is not read; the network sums over pieces, so more would
/// only blur it.
const MAX_PIECES: usize = 1024;

/// The multilingual universal sentence encoder.
pub struct UniversalEncoder {
    network: SentenceEncoder,
    tokenizer: Unigram,
    pool: rayon::ThreadPool,
    name: String,
    sha256: String,
}

impl UniversalEncoder {
    /// Loads the files that play the roles `weights` and `vocabulary`.
    ///
    /// # Errors
    /// [`InferError`] when a file is missing, damaged, or of another kind.
    pub fn load(
        files: &dyn ModelFiles,
        name: impl Into<String>,
        threads: usize,
    ) -> Result<Self, InferError> {
        let tokenizer = vocabulary(files.open("vocabulary")?)?;
        let weights = files.open("weights")?;
        let sha256 = weights.sha256.clone();
        let network = SentenceEncoder::new(read_safetensors(weights)?)?;
        Ok(Self { network, tokenizer, pool: thread_pool(threads)?, name: name.into(), sha256 })
    }

    fn ids(&self, text: &str) -> Vec<u32> {
        let pieces = self.tokenizer.encode(text);
        let pieces = pieces.into_iter().take(MAX_PIECES);
        self.tokenizer.bos().into_iter().chain(pieces).chain(self.tokenizer.eos()).collect()
    }

    /// The features of the pieces of `text`; the marks take part in the convolutions, but have no row.
    fn states(&self, text: &str) -> Result<TokenStates, InferError> {
        let width = SentenceEncoder::feature_width();
        let ids = self.ids(text);
        let before = self.tokenizer.bos().iter().count();
        let tokens = ids.len() - before - self.tokenizer.eos().iter().count();
        if tokens == 0 {
            return Ok(TokenStates { width, values: Vec::new() });
        }
        let features = self.network.features(&ids)?.narrow(0, before, tokens)?; // [T, 1280]
        Ok(TokenStates { width, values: features.flatten_all()?.to_vec1()? })
    }
}

fn vocabulary(mut file: ModelFile) -> Result<Unigram, InferError> {
    let mut bytes = Vec::new();
    let format = |path, source| InferError::Format { path, format: "a vocabulary", source };
    if let Err(error) = file.reader.read_to_end(&mut bytes) {
        return Err(format(file.path, Box::new(error)));
    }
    let vocabulary: UnigramVocabulary = match serde_json::from_slice(&bytes) {
        Ok(vocabulary) => vocabulary,
        Err(error) => return Err(format(file.path, Box::new(error))),
    };
    Unigram::new(vocabulary)
        .map_err(|source| InferError::Tokenizer { path: file.path, source: Box::new(source) })
}

impl Embedder for UniversalEncoder {
    fn embed(&mut self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let one = |text: &&str| self.network.forward(&self.ids(text));
        let vectors: Result<_, InferError> =
            self.pool.install(|| texts.par_iter().map(one).collect());
        vectors.map_err(|error| EmbedError(Box::new(error)))
    }

    fn dimensions(&self) -> usize {
        SentenceEncoder::dimensions()
    }

    fn signature(&self) -> ModelSignature {
        ModelSignature {
            role: "embedder".to_owned(),
            name: self.name.clone(),
            sha256: self.sha256.clone(),
        }
    }
}

/// States are the features that the network sums over: 512 values of the token itself, and 3 × 256 of its
/// surroundings of up to 2, 4 and 8 tokens.
impl TokenEncoder for UniversalEncoder {
    fn token_states(&mut self, texts: &[&str]) -> Result<Vec<TokenStates>, EmbedError> {
        let states: Result<_, InferError> =
            self.pool.install(|| texts.par_iter().map(|text| self.states(text)).collect());
        states.map_err(|error| EmbedError(Box::new(error)))
    }

    fn signature(&self) -> ModelSignature {
        Embedder::signature(self)
    }
}
