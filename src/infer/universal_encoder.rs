//! The embedder and token encoder ports over the universal sentence encoder.
//!
//! Owns: the way from a sentence to piece ids with their marks, and which rows belong to the text.

use std::io::Read;

use super::error::InferError;
use super::nn::SentenceEncoder;
use super::thread_pool;
use super::tokenizer::{Tokenizer, Unigram, UnigramVocabulary};
use super::weights::read_safetensors;
use crate::domain::{ModelSignature, RunVectors};
use crate::ports::{EmbedError, Embedder, ModelFile, ModelFiles, TokenEncoder, TokenStates};
use candle_core::{Device, Tensor};
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

/// What a text adds to the vector of a run: sums of features over its own tokens, and over its marks.
struct Sums {
    tokens: usize,
    own: Vec<f32>,
    begin: Vec<f32>,
    end: Vec<f32>,
}

/// Runs whose vectors are computed in one product.
const RUNS: usize = 256;

impl UniversalEncoder {
    fn sums(&self, text: &str) -> Result<Sums, InferError> {
        let ids = self.ids(text);
        let features = self.network.features(&ids)?; // [T, 1280]
        let begin = self.tokenizer.bos().iter().count();
        let end = self.tokenizer.eos().iter().count();
        let tokens = ids.len() - begin - end;
        let sum = |first: usize, count: usize| -> Result<Vec<f32>, InferError> {
            if count == 0 {
                return Ok(vec![0.0; SentenceEncoder::feature_width()]);
            }
            Ok(features.narrow(0, first, count)?.sum(0)?.to_vec1()?)
        };
        let own = sum(begin, tokens)?;
        Ok(Sums { tokens, own, begin: sum(0, begin)?, end: sum(begin + tokens, end)? })
    }

    /// Vectors of some runs, each a first text and a count of texts, one behind the other.
    fn runs(&self, sums: &[Sums], runs: &[(usize, usize)]) -> Result<Vec<f32>, InferError> {
        let width = SentenceEncoder::feature_width();
        let marks = self.tokenizer.bos().iter().count() + self.tokenizer.eos().iter().count();
        let mut rows = vec![0f32; runs.len() * width];
        let mut tokens = Vec::with_capacity(runs.len());
        for (row, (first, length)) in rows.chunks_exact_mut(width).zip(runs) {
            let run = &sums[*first..first + length];
            let marked = run.first().map(|text| &text.begin).into_iter();
            let marked = marked.chain(run.last().map(|text| &text.end));
            for part in run.iter().map(|text| &text.own).chain(marked) {
                row.iter_mut().zip(part).for_each(|(sum, value)| *sum += value);
            }
            tokens.push(run.iter().map(|text| text.tokens).sum::<usize>() + marks);
        }
        let rows = Tensor::from_vec(rows, (runs.len(), width), &Device::Cpu)?;
        Ok(self.network.head(&rows, &tokens)?.flatten_all()?.to_vec1()?)
    }

    fn all_runs(&self, texts: &[&str], longest: usize) -> Result<Vec<f32>, InferError> {
        let sums = texts.par_iter().map(|text| self.sums(text)).collect::<Result<Vec<_>, _>>()?;
        let starts: Vec<usize> = (0..texts.len()).collect();
        let width = SentenceEncoder::dimensions();
        let block = |starts: &[usize]| -> Result<Vec<f32>, InferError> {
            let runs = starts.iter().flat_map(|first| (1..=longest).map(move |n| (*first, n)));
            let (there, beyond): (Vec<_>, Vec<_>) =
                runs.partition(|(first, length)| first + length <= texts.len());
            let vectors = self.runs(&sums, &there)?;
            if beyond.is_empty() {
                return Ok(vectors);
            }
            let first = starts.first().copied().unwrap_or(0);
            let mut values = vec![0f32; starts.len() * longest * width];
            for (run, vector) in there.iter().zip(vectors.chunks_exact(width)) {
                let row = ((run.0 - first) * longest + run.1 - 1) * width;
                values[row..row + width].copy_from_slice(vector);
            }
            Ok(values)
        };
        let blocks = starts.par_chunks((RUNS / longest.max(1)).max(1)).map(block);
        Ok(blocks.collect::<Result<Vec<_>, _>>()?.concat())
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

    /// The vector of a run is made from the sums over its texts, so that each text passes through the network once.
    /// What differs from the joined text are the n-grams over the seams.
    fn embed_runs(&mut self, texts: &[&str], longest: usize) -> Result<RunVectors, EmbedError> {
        let values = self.pool.install(|| self.all_runs(texts, longest));
        let values = values.map_err(|error| EmbedError(Box::new(error)))?;
        let ragged = || EmbedError("vectors of different lengths".into());
        RunVectors::new(texts.len(), longest, SentenceEncoder::dimensions(), values)
            .ok_or_else(ragged)
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
