//! The embedder and token encoder ports over the universal sentence encoder.
//!
//! Owns: the way from a sentence to piece ids with their marks, and which rows belong to the text.

use std::io::Read;

use super::error::InferError;
use super::nn::SentenceEncoder;
use super::thread_pool;
use super::tokenizer::{Tokenizer, Unigram, UnigramVocabulary};
use super::weights::read_safetensors;
use crate::domain::{ByteSpan, ModelSignature, RunVectors};
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

    /// Cuts `texts` into blocks that go through the network at once.
    fn blocks(&self, texts: &[&str]) -> Vec<Vec<Vec<u32>>> {
        let all: Vec<Vec<u32>> = texts.par_iter().map(|text| self.ids(text)).collect();
        let mut blocks: Vec<Vec<Vec<u32>>> = Vec::new();
        let mut room = 0;
        for ids in all {
            let rows = ids.len();
            match blocks.last_mut() {
                Some(block) if rows <= room => block.push(ids),
                _ => {
                    room = ROWS;
                    blocks.push(vec![ids]);
                }
            }
            room = room.saturating_sub(rows);
        }
        blocks
    }

    /// Calls `done(ids, features)` with each text of `texts` after its network pass; results in the order of texts.
    fn each<T: Send>(
        &self,
        texts: &[&str],
        done: impl Fn(&[u32], &[f32]) -> T + Sync,
    ) -> Result<Vec<T>, InferError> {
        let block = |block: &Vec<Vec<u32>>| -> Result<Vec<T>, InferError> {
            let ids: Vec<&[u32]> = block.iter().map(Vec::as_slice).collect();
            let features = self.network.features(&ids)?; // [T, 1280]
            let mut rest = features.as_slice();
            let mut results = Vec::with_capacity(ids.len());
            for ids in ids {
                let size = ids.len() * SentenceEncoder::feature_width();
                let (own, after) = rest.split_at_checked(size).unwrap_or((rest, &[]));
                rest = after;
                results.push(done(ids, own));
            }
            Ok(results)
        };
        let blocks = self.blocks(texts);
        let results = blocks.par_iter().map(block).collect::<Result<Vec<_>, _>>()?;
        Ok(results.into_iter().flatten().collect())
    }

    /// The features of the pieces of a text; the marks take part in the convolutions, but have no row. Without spans.
    fn states(&self, ids: &[u32], features: &[f32]) -> TokenStates {
        let width = SentenceEncoder::feature_width();
        let (begin, end) = self.marks();
        let values = features.get(begin * width..(ids.len() - end) * width).unwrap_or_default();
        TokenStates { width, values: values.to_vec(), spans: Vec::new() }
    }

    /// How many marks go before and behind a text.
    fn marks(&self) -> (usize, usize) {
        (self.tokenizer.bos().iter().count(), self.tokenizer.eos().iter().count())
    }
}

/// What a text adds to the vector of a run: sums of features over its own tokens, and over its marks.
struct Sums {
    tokens: usize,
    own: Vec<f32>,
    begin: Vec<f32>,
    end: Vec<f32>,
}

/// Pieces that go through the network at once, unless one text has more.
const ROWS: usize = 256;

/// Runs whose vectors are computed in one product.
const RUNS: usize = 256;

/// Texts whose sums are held at one time while the vectors of runs are made.
const STRETCH: usize = 1024;

impl UniversalEncoder {
    fn sums(&self, ids: &[u32], features: &[f32]) -> Sums {
        let width = SentenceEncoder::feature_width();
        let (begin, end) = self.marks();
        let tokens = ids.len() - begin - end;
        let sum = |first: usize, count: usize| {
            let mut sum = vec![0f32; width];
            for row in features.chunks_exact(width).skip(first).take(count) {
                sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
            }
            sum
        };
        Sums {
            tokens,
            own: sum(begin, tokens),
            begin: sum(0, begin),
            end: sum(begin + tokens, end),
        }
    }

    /// Vectors of some runs, each a first text and a count of texts, one behind the other.
    fn runs(&self, sums: &[Sums], runs: &[(usize, usize)]) -> Result<Vec<f32>, InferError> {
        let width = SentenceEncoder::feature_width();
        let (begin, end) = self.marks();
        let mut rows = vec![0f32; runs.len() * width];
        let mut tokens = Vec::with_capacity(runs.len());
        for (row, (first, length)) in rows.chunks_exact_mut(width).zip(runs) {
            let run = &sums[*first..first + length];
            let marked = run.first().map(|text| &text.begin).into_iter();
            let marked = marked.chain(run.last().map(|text| &text.end));
            for part in run.iter().map(|text| &text.own).chain(marked) {
                row.iter_mut().zip(part).for_each(|(sum, value)| *sum += value);
            }
            tokens.push(run.iter().map(|text| text.tokens).sum::<usize>() + begin + end);
        }
        let rows = Tensor::from_vec(rows, (runs.len(), width), &Device::Cpu)?;
        Ok(self.network.head(&rows, &tokens)?.flatten_all()?.to_vec1()?)
    }

    fn vectors(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, InferError> {
        let block = |block: &Vec<Vec<u32>>| {
            let ids: Vec<&[u32]> = block.iter().map(Vec::as_slice).collect();
            self.network.forward(&ids)
        };
        let blocks = self.blocks(texts).par_iter().map(block).collect::<Result<Vec<_>, _>>()?;
        let width = SentenceEncoder::dimensions();
        Ok(blocks.iter().flat_map(|block| block.chunks_exact(width)).map(<[f32]>::to_vec).collect())
    }

    /// All runs, `[texts, longest, width]`; those that leave the texts are zero.
    fn all_runs(&self, texts: &[&str], longest: usize) -> Result<Vec<f32>, InferError> {
        let row = longest * SentenceEncoder::dimensions();
        let mut values = vec![0f32; texts.len() * row];
        // Sums of a text are as large as its vectors, so those of a long text are not all held at once.
        for (number, values) in values.chunks_mut(STRETCH * row.max(1)).enumerate() {
            let first = number * STRETCH;
            let here = values.len() / row.max(1);
            let reached = (first + here + longest.saturating_sub(1)).min(texts.len());
            let texts = texts.get(first..reached).unwrap_or_default();
            let sums = self.each(texts, |ids, features| self.sums(ids, features))?;
            let block = (RUNS / longest.max(1)).max(1);
            let blocks = values.par_chunks_mut(block * row.max(1)).enumerate();
            blocks.try_for_each(|(number, values)| {
                self.write_runs(&sums, (number * block, longest), values)
            })?;
        }
        Ok(values)
    }

    /// Writes the runs of up to `longest` texts that begin at `first` and behind it, as many as `values` has room for.
    fn write_runs(
        &self,
        sums: &[Sums],
        (first, longest): (usize, usize),
        values: &mut [f32],
    ) -> Result<(), InferError> {
        let width = SentenceEncoder::dimensions();
        let starts = first..first + values.len() / (longest * width);
        let runs: Vec<(usize, usize)> = starts
            .flat_map(|start| (1..=longest).map(move |length| (start, length)))
            .filter(|(start, length)| start + length <= sums.len())
            .collect();
        let vectors = self.runs(sums, &runs)?;
        for ((start, length), vector) in runs.iter().zip(vectors.chunks_exact(width)) {
            let row = ((start - first) * longest + length - 1) * width;
            values[row..row + width].copy_from_slice(vector);
        }
        Ok(())
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
        let vectors = self.pool.install(|| self.vectors(texts));
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
        let state = |ids: &[u32], features: &[f32]| self.states(ids, features);
        let spans = |text: &&str| -> Vec<ByteSpan> {
            let tokens = self.tokenizer.encode_with_spans(text).into_iter();
            tokens.take(MAX_PIECES).map(|(_, span)| span).collect()
        };
        let states = self.pool.install(|| {
            let mut states = self.each(texts, state)?;
            states.par_iter_mut().zip(texts).for_each(|(states, text)| states.spans = spans(text));
            Ok(states)
        });
        states.map_err(|error: InferError| EmbedError(Box::new(error)))
    }

    fn signature(&self) -> ModelSignature {
        Embedder::signature(self)
    }
}
