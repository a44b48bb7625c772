//! The entailer port over XLM-R and BERT with a head for sequences.
//!
//! Owns: which files make the model, how a pair becomes tokens, where a long premise is cut, the batches.
//! In: verified files. Out: three probabilities a pair.
//! Source: Conneau et al. 2018 (XNLI, arXiv 1809.05053); `XLMRobertaForSequenceClassification` and
//! `BertForSequenceClassification` of transformers 4.57 with `truncation="only_first"`. Different: batches are not padded, no
//! text gives a control token, and a pair whose hypothesis leaves no room is not an error.

mod head;
#[cfg(test)]
mod parity;

use candle_core::Tensor;
use rayon::prelude::*;

use super::checkpoint::{Checkpoint, Precision};
use super::error::InferError;
use super::files::{contents, json, optional};
use super::nn::Xlmr;
use super::sentence_pieces::read_model;
use super::thread_pool;
use super::tokenizer::{FairseqTokenizer, JsonTokenizer, PairMarks};
use super::transformer_encoder::shape;
use crate::domain::{Entailment, ModelSignature};
use crate::ports::{Cause, EntailError, Entailer, ModelFiles};
use head::{Config, Head, Kind, Labels};

/// Tokens that go through the network together; more would take memory and gain no time.
const BATCH_TOKENS: usize = 512;

enum Pieces {
    Json(JsonTokenizer),
    SentencePiece(FairseqTokenizer),
}

/// Tokens of a pair with their kinds, marks included.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Encoded {
    ids: Vec<u32>,
    kinds: Vec<u32>,
    /// Tokens of the premise that found no room.
    cut: usize,
}

/// A classifier such as joeddav/xlm-roberta-large-xnli.
pub struct EntailmentClassifier {
    network: Xlmr,
    head: Head,
    labels: Labels,
    pieces: Pieces,
    marks: PairMarks,
    kind: Kind,
    pool: rayon::ThreadPool,
    name: String,
    sha256: String,
}

impl EntailmentClassifier {
    /// Loads the files that play the roles `config`, `weights`, and `tokenizer` or else, for XLM-R, `sentencepiece`.
    ///
    /// # Errors
    /// [`InferError`] when a file is missing, damaged, or of another kind; it names the labels if they are not those of
    /// entailment, and the architecture if it is no classifier.
    pub fn load(
        files: &dyn ModelFiles,
        name: impl Into<String>,
        threads: usize,
    ) -> Result<Self, InferError> {
        let path = files.open("config")?.path;
        let config: Config = json(files, "config", "the configuration of a classifier")?;
        let kind = config.kind()?;
        let labels = config.labels().map_err(|source| InferError::Format {
            path,
            format: "the configuration of an entailment classifier",
            source,
        })?;
        let shape = shape(files)?;
        let (pieces, marks) = tokenizer(files, kind)?;
        let weights = files.open("weights")?;
        let path = weights.path.clone();
        let checkpoint = Checkpoint::read(weights, Precision::Float32)?;
        let sha256 = checkpoint.sha256().to_owned();
        let mut tensors = checkpoint.into_tensors(match kind {
            Kind::XlmRoberta => "roberta.",
            Kind::Bert => "bert.",
        })?;
        let network = Xlmr::take(&mut tensors, "", shape)?;
        let head = Head::take(&mut tensors, kind, &labels, network.width())?;
        let (pool, name) = (thread_pool(threads)?, name.into());
        let classifier = Self { network, head, labels, pieces, marks, kind, pool, name, sha256 };
        // One pair through all layers: tensors of other shapes, or that are no numbers, show here.
        let probe = classifier.readings(&[("a", "ب")])?;
        let is_number =
            |reading: &Option<Entailment>| reading.is_some_and(|r| r.entailment.is_finite());
        if probe.iter().all(is_number) {
            Ok(classifier)
        } else {
            Err(InferError::NotFinite { path })
        }
    }

    /// The tokens of a pair; `None` if the hypothesis leaves no room for the premise.
    fn encode(&self, premise: &str, hypothesis: &str) -> Result<Option<Encoded>, Cause> {
        let of = |text: &str| match &self.pieces {
            Pieces::Json(tokenizer) => tokenizer.pieces(text),
            Pieces::SentencePiece(tokenizer) => tokenizer.pieces(text),
        };
        let (first, second) = (of(premise)?, of(hypothesis)?);
        let PairMarks { before, between, behind, kinds } = &self.marks;
        let marks = before.len() + between.len() + behind.len();
        let room = self.network.limit().saturating_sub(marks + second.len());
        if room == 0 {
            return Ok(None);
        }
        let cut = first.len().saturating_sub(room);
        let first = first.into_iter().take(room).map(|id| (id, kinds[0]));
        let second = second.into_iter().map(|id| (id, kinds[1]));
        let tokens = before.iter().copied().chain(first).chain(between.iter().copied());
        let (ids, kinds) = tokens.chain(second).chain(behind.iter().copied()).unzip();
        Ok(Some(Encoded { ids, kinds, cut }))
    }

    /// The logits of each pair.
    fn logits(&self, pairs: &[&Encoded]) -> Result<Vec<Vec<f32>>, InferError> {
        let mut batches: Vec<Vec<&Encoded>> = Vec::new();
        let mut tokens = usize::MAX;
        for pair in pairs {
            tokens = tokens.saturating_add(pair.ids.len());
            match batches.last_mut() {
                Some(batch) if tokens <= BATCH_TOKENS => batch.push(pair),
                _ => {
                    batches.push(vec![pair]);
                    tokens = pair.ids.len();
                }
            }
        }
        let run = |batch: &Vec<&Encoded>| -> Result<Vec<Vec<f32>>, InferError> {
            let sequences: Vec<&[u32]> = batch.iter().map(|pair| pair.ids.as_slice()).collect();
            let kinds: Vec<u32> = match self.kind {
                Kind::XlmRoberta => Vec::new(),
                Kind::Bert => batch.iter().flat_map(|pair| pair.kinds.iter().copied()).collect(),
            };
            let (mut states, rows) = self.network.forward_kinds(&sequences, &kinds)?;
            let Some(last) = states.pop() else { return Ok(Vec::new()) };
            let first = |rows: &std::ops::Range<usize>| last.narrow(0, rows.start, 1);
            let first = rows.iter().map(first).collect::<Result<Vec<Tensor>, _>>()?;
            self.head.logits(&Tensor::cat(&first, 0)?)
        };
        let logits = batches.par_iter().map(run).collect::<Result<Vec<_>, _>>()?;
        Ok(logits.concat())
    }

    fn readings(&self, pairs: &[(&str, &str)]) -> Result<Vec<Option<Entailment>>, InferError> {
        let encode = |(premise, hypothesis): &(&str, &str)| self.encode(premise, hypothesis);
        let encoded = pairs.par_iter().map(encode).collect::<Result<Vec<_>, _>>();
        let encoded = encoded
            .map_err(|source| InferError::Tokenizer { path: self.name.clone().into(), source })?;
        let fit: Vec<&Encoded> = encoded.iter().flatten().collect();
        let mut logits = self.logits(&fit)?.into_iter();
        let mut reading = |encoded: &Option<Encoded>| {
            let Some(encoded) = encoded else { return Ok(None) };
            let logits = logits.next().unwrap_or_default();
            if logits.is_empty() || logits.iter().any(|logit| !logit.is_finite()) {
                return Err(InferError::NotFinite { path: self.name.clone().into() });
            }
            let [entailment, neutral, contradiction] = self.labels.probabilities(&logits);
            let cut_tokens = encoded.cut;
            Ok(Some(Entailment { entailment, neutral, contradiction, cut_tokens }))
        };
        encoded.iter().map(&mut reading).collect()
    }
}

/// Text to pieces, and the marks of a pair.
fn tokenizer(files: &dyn ModelFiles, kind: Kind) -> Result<(Pieces, PairMarks), InferError> {
    let file = match (optional(files, "tokenizer")?, kind) {
        (Some(file), _) => file,
        (None, Kind::XlmRoberta) => {
            let (model, _) = read_model(files.open("sentencepiece")?)?;
            let tokenizer = FairseqTokenizer::from_sentencepiece(model);
            return Ok((Pieces::SentencePiece(tokenizer), FairseqTokenizer::pair_marks()));
        }
        (None, Kind::Bert) => files.open("tokenizer")?,
    };
    let path = file.path.clone();
    let read = || -> Result<(Pieces, PairMarks), Cause> {
        let tokenizer = JsonTokenizer::read(&contents(file)?)?;
        let marks = tokenizer.pair_marks()?;
        Ok((Pieces::Json(tokenizer), marks))
    };
    read().map_err(|source| InferError::Tokenizer { path, source })
}

impl Entailer for EntailmentClassifier {
    fn read(&mut self, pairs: &[(&str, &str)]) -> Result<Vec<Option<Entailment>>, EntailError> {
        let readings = self.pool.install(|| self.readings(pairs));
        readings.map_err(|error| EntailError(Box::new(error)))
    }

    fn signature(&self) -> ModelSignature {
        ModelSignature {
            role: "entailment".to_owned(),
            name: self.name.clone(),
            sha256: self.sha256.clone(),
            adapter_sha256: None,
        }
    }
}
