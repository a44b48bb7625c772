//! The embedder and token encoder ports over the universal sentence encoder.
//!
//! Owns: the way from a sentence to piece ids with their marks, and which rows belong to the text.

use std::io::Read;

use super::checkpoint::{Checkpoint, Precision};
use super::error::InferError;
use super::kernels::add;
use super::nn::SentenceEncoder;
use super::thread_pool;
use super::tokenizer::{Tokenizer, Unigram, UnigramVocabulary};
use crate::domain::{ByteSpan, ModelSignature, RunVectors};
use crate::ports::{EmbedError, Embedder, ModelFile, ModelFiles, TokenEncoder, TokenStates};
use rayon::prelude::*;

/// Pieces of a sentence beyond which its tail is not read; the network sums over pieces, so more would
/// only blur it.
const MAX_PIECES: usize = 1024;

/// The multilingual universal sentence encoder.
pub struct UniversalEncoder {
    engine: Engine,
    pool: rayon::ThreadPool,
    name: String,
    sha256: String,
}

/// What runs in the pool.
struct Engine {
    network: SentenceEncoder,
    tokenizer: Unigram,
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
        let pool = thread_pool(threads)?;
        // Either takes about as long as the other, checksums included.
        let (tokenizer, network) = pool.install(|| {
            rayon::join(
                || vocabulary(files.open("vocabulary")?),
                || network(files.open("weights")?),
            )
        });
        let (network, sha256) = network?;
        let engine = Engine { network, tokenizer: tokenizer? };
        Ok(Self { engine, pool, name: name.into(), sha256 })
    }
}

impl Engine {
    fn ids(&self, text: &str) -> Vec<u32> {
        let pieces = self.tokenizer.encode(text);
        let pieces = pieces.into_iter().take(MAX_PIECES);
        self.tokenizer.bos().into_iter().chain(pieces).chain(self.tokenizer.eos()).collect()
    }

    fn all_ids(&self, texts: &[&str]) -> Vec<Vec<u32>> {
        texts.par_iter().map(|text| self.ids(text)).collect()
    }

    /// How many marks go before and behind a text.
    fn marks(&self) -> Marks {
        Marks {
            begin: self.tokenizer.bos().iter().count(),
            end: self.tokenizer.eos().iter().count(),
        }
    }
}

/// How many pieces of a text are no part of it.
#[derive(Clone, Copy)]
struct Marks {
    begin: usize,
    end: usize,
}

impl Marks {
    /// The features of the pieces of a text; the marks take part in the convolutions, but have no row. Without spans.
    fn states(self, ids: &[u32], features: &[f32]) -> TokenStates {
        let width = SentenceEncoder::feature_width();
        let own = self.begin * width..(ids.len() - self.end) * width;
        let values = features.get(own).unwrap_or_default();
        TokenStates { width, values: values.to_vec(), spans: Vec::new() }
    }

    /// Sums of the features of a text, `[own, begin, end]`, and how many own tokens it has.
    fn sums(self, ids: &[u32], features: &[f32]) -> (usize, Vec<f32>) {
        let width = SentenceEncoder::feature_width();
        let tokens = ids.len() - self.begin - self.end;
        let mut sums = vec![0f32; PARTS * width];
        let parts = [(self.begin, tokens), (0, self.begin), (self.begin + tokens, self.end)];
        for (sum, (first, count)) in sums.chunks_exact_mut(width).zip(parts) {
            for row in features.chunks_exact(width).skip(first).take(count) {
                add(sum, row);
            }
        }
        (tokens, sums)
    }
}

/// What a text adds to the vector of a run: its own tokens and its marks, summed and through the linear layer.
struct Sums {
    tokens: usize,
    /// `[own, begin, end]`, one behind the other.
    values: Vec<f32>,
}

impl Sums {
    fn part(&self, part: usize) -> &[f32] {
        let width = SentenceEncoder::dimensions();
        &self.values[part * width..][..width]
    }
}

/// What a text adds: by its own tokens, by the mark before it, by the mark behind it.
const PARTS: usize = 3;

/// Texts or runs whose vectors are computed in one product.
const RUNS: usize = 128;

/// Texts whose sums are held at one time while the vectors of runs are made.
const STRETCH: usize = 1024;

impl Engine {
    /// What each text adds to the vectors of the runs that it is in.
    fn parts(&mut self, texts: &[&str]) -> Vec<Sums> {
        let width = SentenceEncoder::feature_width();
        let (ids, marks) = (self.all_ids(texts), self.marks());
        let sums = self.network.each(&ids, |ids, features| marks.sums(ids, features));
        let block = |block: &[(usize, Vec<f32>)]| -> Vec<Sums> {
            let rows: Vec<&[f32]> =
                block.iter().flat_map(|(_, sums)| sums.chunks_exact(width)).collect();
            let values = self.network.linear(&rows);
            let values = values.chunks_exact(PARTS * SentenceEncoder::dimensions());
            let both = block.iter().zip(values);
            both.map(|((tokens, _), values)| Sums { tokens: *tokens, values: values.to_vec() })
                .collect()
        };
        sums.par_chunks(RUNS / PARTS).flat_map_iter(block).collect()
    }

    /// Vectors of some runs, each a first text and a count of texts, one behind the other.
    fn runs(&self, sums: &[Sums], runs: &[(usize, usize)]) -> Vec<f32> {
        let width = SentenceEncoder::dimensions();
        let Marks { begin, end } = self.marks();
        let mut rows = vec![0f32; runs.len() * width];
        let mut tokens = Vec::with_capacity(runs.len());
        for (row, (first, length)) in rows.chunks_exact_mut(width).zip(runs) {
            let run = &sums[*first..first + length];
            let marks = run.first().map(|text| text.part(1)).into_iter();
            let marks = marks.chain(run.last().map(|text| text.part(2)));
            for part in run.iter().map(|text| text.part(0)).chain(marks) {
                add(row, part);
            }
            tokens.push(run.iter().map(|text| text.tokens).sum::<usize>() + begin + end);
        }
        self.network.head(rows, &tokens)
    }

    fn vectors(&mut self, texts: &[&str]) -> Vec<Vec<f32>> {
        let width = SentenceEncoder::feature_width();
        let ids = self.all_ids(texts);
        let sum = |ids: &[u32], features: &[f32]| {
            let mut sum = vec![0f32; width];
            features.chunks_exact(width).for_each(|row| add(&mut sum, row));
            (ids.len(), sum)
        };
        let sums = self.network.each(&ids, sum);
        let block = |block: &[(usize, Vec<f32>)]| -> Vec<Vec<f32>> {
            let (tokens, rows): (Vec<usize>, Vec<&[f32]>) =
                block.iter().map(|(tokens, sum)| (*tokens, sum.as_slice())).unzip();
            let vectors = self.network.head(self.network.linear(&rows), &tokens);
            vectors.chunks_exact(SentenceEncoder::dimensions()).map(<[f32]>::to_vec).collect()
        };
        sums.par_chunks(RUNS).flat_map_iter(block).collect()
    }

    /// All runs, packed, `[texts, longest, width]`; those that leave the texts are zero.
    fn all_runs(&mut self, texts: &[&str], longest: usize) -> Vec<i16> {
        let row = longest * SentenceEncoder::dimensions();
        let mut values = vec![0i16; texts.len() * row];
        // Sums of a text are as large as its vectors, so those of a long text are not all held at once.
        for (number, values) in values.chunks_mut(STRETCH * row.max(1)).enumerate() {
            let first = number * STRETCH;
            let here = values.len() / row.max(1);
            let reached = (first + here + longest.saturating_sub(1)).min(texts.len());
            let texts = texts.get(first..reached).unwrap_or_default();
            let sums = self.parts(texts);
            let block = (RUNS / longest.max(1)).max(1);
            let blocks = values.par_chunks_mut(block * row.max(1)).enumerate();
            blocks.for_each(|(number, values)| {
                self.write_runs(&sums, (number * block, longest), values);
            });
        }
        values
    }

    /// Writes the runs of up to `longest` texts that begin at `first` and behind it, as many as `values` has room for.
    fn write_runs(&self, sums: &[Sums], (first, longest): (usize, usize), values: &mut [i16]) {
        let width = SentenceEncoder::dimensions();
        let starts = first..first + values.len() / (longest * width);
        let runs: Vec<(usize, usize)> = starts
            .flat_map(|start| (1..=longest).map(move |length| (start, length)))
            .filter(|(start, length)| start + length <= sums.len())
            .collect();
        let vectors = self.runs(sums, &runs);
        for ((start, length), vector) in runs.iter().zip(vectors.chunks_exact(width)) {
            let row = ((start - first) * longest + length - 1) * width;
            for (packed, value) in values[row..row + width].iter_mut().zip(vector) {
                *packed = RunVectors::pack(*value);
            }
        }
    }
}

/// The network and the checksum of its weights.
fn network(file: ModelFile) -> Result<(SentenceEncoder, String), InferError> {
    let weights = Checkpoint::read(file, Precision::Float32)?;
    let sha256 = weights.sha256().to_owned();
    Ok((SentenceEncoder::new(weights)?, sha256))
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
        Ok(self.pool.install(|| self.engine.vectors(texts)))
    }

    /// The vector of a run is made from the sums over its texts, so that each text passes through the network once.
    /// What differs from the joined text are the n-grams over the seams.
    fn embed_runs(&mut self, texts: &[&str], longest: usize) -> Result<RunVectors, EmbedError> {
        let values = self.pool.install(|| self.engine.all_runs(texts, longest));
        let ragged = || EmbedError("vectors of different lengths".into());
        RunVectors::of_packed(texts.len(), longest, SentenceEncoder::dimensions(), values)
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
            adapter_sha256: None,
        }
    }
}

/// States are the features that the network sums over: 512 values of the token itself, and 3 × 256 of its
/// surroundings of up to 2, 4 and 8 tokens.
impl TokenEncoder for UniversalEncoder {
    fn token_states(&mut self, texts: &[&str]) -> Result<Vec<TokenStates>, EmbedError> {
        let engine = &mut self.engine;
        Ok(self.pool.install(|| {
            let (ids, marks) = (engine.all_ids(texts), engine.marks());
            let state = |ids: &[u32], features: &[f32]| marks.states(ids, features);
            let mut states = engine.network.each(&ids, state);
            let spans = |text: &str| -> Vec<ByteSpan> {
                let tokens = engine.tokenizer.encode_with_spans(text).into_iter();
                tokens.take(MAX_PIECES).map(|(_, span)| span).collect()
            };
            states.par_iter_mut().zip(texts).for_each(|(states, text)| states.spans = spans(text));
            states
        }))
    }

    fn signature(&self) -> ModelSignature {
        Embedder::signature(self)
    }
}
