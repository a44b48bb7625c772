//! The quality estimator port over COMET: XLM-R and a regression over source, hypothesis and reference.
//!
//! Owns: which files make the model, the batches, and where a long text is cut off.
//! In: verified files. Out: one score a triple, for wmt22-comet-da about 0 to 1.
//! Never: a pickle (`models/training/convert_comet.py` turns a checkpoint into safetensors).
//! Source: Rei et al. 2022 (COMET-22); `RegressionMetric` of unbabel-comet 2.2.7. Different: batches are not padded, and
//! no text gives a control token.

mod hparams;
#[cfg(test)]
mod parity;
mod regression;

use std::collections::HashMap;
use std::ops::Range;

use candle_core::{Device, Tensor};
use rayon::prelude::*;

use super::checkpoint::{Checkpoint, Precision};
use super::error::InferError;
use super::files::{contents, optional};
use super::nn::{Xlmr, XlmrShape};
use super::sentence_pieces::read_model;
use super::thread_pool;
use super::tokenizer::FairseqTokenizer;
use crate::domain::ModelSignature;
use crate::ports::{EmbedError, ModelFiles, QualityEstimator};
use hparams::{Hparams, shape_of_config};
use regression::Regression;

/// Tokens that go through the encoder together; more would take memory and gain no time.
const BATCH_TOKENS: usize = 512;
/// COMET leaves so many rows of the table of positions unused: 510 tokens of 514 rows for XLM-R.
const UNUSED_POSITIONS: usize = 4;
/// Names in a checkpoint.
const ENCODER: &str = "encoder.model.";

/// A COMET regression model such as wmt22-comet-da.
pub struct CometEstimator {
    encoder: Xlmr,
    regression: Regression,
    tokenizer: FairseqTokenizer,
    pool: rayon::ThreadPool,
    name: String,
    sha256: String,
}

impl CometEstimator {
    /// Loads the files that play the roles `weights` (safetensors with the names of the checkpoint), `hparams`, `tokenizer`
    /// or else `sentencepiece`, and `config`, which may be missing if `hparams` names a well-known encoder.
    ///
    /// # Errors
    /// [`InferError`] when a file is missing, damaged, or of another kind.
    pub fn load(
        files: &dyn ModelFiles,
        name: impl Into<String>,
        threads: usize,
    ) -> Result<Self, InferError> {
        let (hparams, shape) = settings(files)?;
        let tokenizer = tokenizer(files)?;
        let weights = files.open("weights")?;
        let (path, sha256) = (weights.path.clone(), weights.sha256.clone());
        let mut tensors = Checkpoint::read(weights, Precision::Float32)?.into_tensors("")?;
        let encoder = Xlmr::take(&mut tensors, ENCODER, shape)?;
        let regression = Regression::take(&mut tensors, &hparams, encoder.states())?;
        let pool = thread_pool(threads)?;
        let estimator = Self { encoder, regression, tokenizer, pool, name: name.into(), sha256 };
        // One triple through all layers: tensors of other shapes, or that are no numbers, show here.
        let probe = estimator.scores(&[("", "a", "ب")])?;
        if probe.iter().all(|score| score.is_finite()) {
            Ok(estimator)
        } else {
            Err(InferError::NotFinite { path })
        }
    }

    fn scores(&self, triples: &[(&str, &str, &str)]) -> Result<Vec<f32>, InferError> {
        if triples.is_empty() {
            return Ok(Vec::new());
        }
        let mut texts = Vec::new();
        let mut index_of = HashMap::new();
        let mut index = |text| {
            *index_of.entry(text).or_insert_with(|| {
                texts.push(text);
                u32::try_from(texts.len() - 1).unwrap_or(u32::MAX)
            })
        };
        // A source or reference that several systems share is read once.
        let (mut sources, mut hypotheses, mut references) = (Vec::new(), Vec::new(), Vec::new());
        for (source, hypothesis, reference) in triples {
            sources.push(index(*source));
            hypotheses.push(index(*hypothesis));
            references.push(index(*reference));
        }
        let vectors = self.vectors(&texts)?; // [texts, D]
        let of = |ids: Vec<u32>| {
            let ids = Tensor::new(ids, &Device::Cpu)?;
            Ok::<_, InferError>(vectors.index_select(&ids, 0)?)
        };
        self.regression.scores(&of(sources)?, &of(hypotheses)?, &of(references)?)
    }

    fn vectors(&self, texts: &[&str]) -> Result<Tensor, InferError> {
        let limit = self.encoder.positions().saturating_sub(UNUSED_POSITIONS);
        let encode = |text: &&str| self.tokenizer.encode(text, limit);
        let ids = texts.iter().map(encode).collect::<Result<Vec<_>, _>>();
        let ids = ids.map_err(|source| InferError::Tokenizer { path: "COMET".into(), source })?;
        let batch = |range: &Range<usize>| {
            let sequences: Vec<&[u32]> =
                ids.get(range.clone()).unwrap_or_default().iter().map(Vec::as_slice).collect();
            let (states, rows) = self.encoder.forward(&sequences)?;
            self.regression.pooled(&states, &rows)
        };
        let lengths: Vec<usize> = ids.iter().map(Vec::len).collect();
        let batches = batches(&lengths);
        let vectors: Result<Vec<Vec<Tensor>>, InferError> = batches.par_iter().map(batch).collect();
        Ok(Tensor::stack(&vectors?.concat(), 0)?)
    }
}

/// Cuts texts of so many tokens into runs of at most [`BATCH_TOKENS`], or of one text.
fn batches(lengths: &[usize]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let (mut start, mut tokens) = (0, 0);
    for (at, length) in lengths.iter().enumerate() {
        if at > start && tokens + length > BATCH_TOKENS {
            runs.push(start..at);
            (start, tokens) = (at, 0);
        }
        tokens += length;
    }
    if start < lengths.len() {
        runs.push(start..lengths.len());
    }
    runs
}

fn settings(files: &dyn ModelFiles) -> Result<(Hparams, XlmrShape), InferError> {
    let format = |path, format, source| InferError::Format { path, format, source };
    let file = files.open("hparams")?;
    let path = file.path.clone();
    let text = String::from_utf8_lossy(&contents(file)?).into_owned();
    let hparams = match Hparams::read(&text) {
        Ok(hparams) => hparams,
        Err(source) => return Err(format(path, "hyperparameters of a COMET regression", source)),
    };
    let shape = match (optional(files, "config")?, hparams.known_shape()) {
        (Some(file), _) => {
            let path = file.path.clone();
            shape_of_config(&contents(file)?)
                .map_err(|source| format(path, "the configuration of XLM-R", source))?
        }
        (None, Some(shape)) => shape,
        (None, None) => {
            let what =
                format!("encoder `{}` is not known: its config.json is needed", hparams.encoder);
            return Err(format(path, "hyperparameters of a COMET regression", what.into()));
        }
    };
    Ok((hparams, shape))
}

fn tokenizer(files: &dyn ModelFiles) -> Result<FairseqTokenizer, InferError> {
    let Some(file) = optional(files, "tokenizer")? else {
        let (model, _) = read_model(files.open("sentencepiece")?)?;
        return Ok(FairseqTokenizer::from_sentencepiece(model));
    };
    let path = file.path.clone();
    FairseqTokenizer::from_json(&contents(file)?)
        .map_err(|source| InferError::Tokenizer { path, source: Box::new(source) })
}

impl QualityEstimator for CometEstimator {
    fn estimate(&mut self, triples: &[(&str, &str, &str)]) -> Result<Vec<f32>, EmbedError> {
        let scores = self.pool.install(|| self.scores(triples));
        scores.map_err(|error| EmbedError(Box::new(error)))
    }

    fn signature(&self) -> ModelSignature {
        ModelSignature {
            role: "quality".to_owned(),
            name: self.name.clone(),
            sha256: self.sha256.clone(),
            adapter_sha256: None,
        }
    }
}
