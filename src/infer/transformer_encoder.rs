//! The embedder and token encoder ports over BERT and XLM-R, with the modules of sentence-transformers behind them.
//!
//! Owns: which files make the model; pooling, the dense layer, the length of vectors; batches.
//! In: verified files. Out: vectors of length 1, or one state a token.
//! Source: `Pooling`, `Dense` and `Normalize` of sentence-transformers 5.7. Different: batches are not padded; vectors always have
//! length 1, as the port asks.

use candle_core::{Device, Tensor};
use rayon::prelude::*;
use serde::Deserialize;

use super::checkpoint::{Checkpoint, Precision};
use super::error::InferError;
use super::files::{contents, json, optional};
use super::nn::{Parameters, Xlmr, XlmrShape, affine};
use super::thread_pool;
use super::tokenizer::JsonTokenizer;
use crate::domain::{ByteSpan, ModelSignature};
use crate::ports::{EmbedError, Embedder, ModelFiles, TokenEncoder, TokenStates};

/// Networks by their `model_type`.
pub(super) const SUPPORTED: [&str; 2] = ["bert", "xlm-roberta"];
/// Tokens that go through the network together.
const BATCH_TOKENS: usize = 512;
/// What checkpoints of whole models put before the names of the encoder's tensors.
const PREFIXES: [&str; 3] = ["bert.", "roberta.", "model."];

#[derive(Deserialize)]
struct Config {
    model_type: String,
    num_attention_heads: usize,
    layer_norm_eps: f64,
    #[serde(default)]
    pad_token_id: usize,
    hidden_act: String,
    position_embedding_type: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
#[expect(
    clippy::struct_excessive_bools,
    clippy::struct_field_names,
    reason = "the keys of the file"
)]
struct PoolingConfig {
    /// The form since version 5.7; before, there was a flag a kind.
    pooling_mode: Option<String>,
    pooling_mode_cls_token: bool,
    pooling_mode_mean_tokens: bool,
    pooling_mode_max_tokens: bool,
    pooling_mode_mean_sqrt_len_tokens: bool,
    pooling_mode_weightedmean_tokens: bool,
    pooling_mode_lasttoken: bool,
}

#[derive(Deserialize)]
struct DenseConfig {
    in_features: usize,
    out_features: usize,
    activation_function: String,
}

/// Which token states make the vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pooling {
    First,
    Mean,
}

/// Ids of a text, and the bytes of each that is no mark.
type Encoded = (Vec<u32>, Vec<ByteSpan>);

/// A transformer that gives sentence vectors.
pub struct TransformerEncoder {
    network: Xlmr,
    tokenizer: JsonTokenizer,
    pooling: Pooling,
    dense: Option<Parameters>, // [D, out], [out]
    dimensions: usize,
    prefix: String,
    pool: rayon::ThreadPool,
    name: String,
    sha256: String,
}

impl TransformerEncoder {
    /// Loads the files that play the roles `config`, `weights`, `tokenizer`, and if they are there `pooling`, `dense_config` and
    /// `dense`; without `pooling`, vectors are means. `prefix` goes before each text.
    ///
    /// # Errors
    /// [`InferError`] when a file is missing, damaged, or of another kind.
    pub fn load(
        files: &dyn ModelFiles,
        name: impl Into<String>,
        threads: usize,
        prefix: impl Into<String>,
    ) -> Result<Self, InferError> {
        let shape = shape(files)?;
        let file = files.open("tokenizer")?;
        let path = file.path.clone();
        let tokenizer = JsonTokenizer::read(&contents(file)?)
            .map_err(|source| InferError::Tokenizer { path, source: Box::new(source) })?;
        let checkpoint = Checkpoint::open(files, Precision::Float32)?;
        let sha256 = checkpoint.sha256().to_owned();
        let cut = PREFIXES.into_iter().find(|prefix| checkpoint.has_prefix(prefix)).unwrap_or("");
        let mut tensors = checkpoint.into_tensors(cut)?;
        let network = Xlmr::take(&mut tensors, "", shape)?;
        let (pooling, dense) = (pooling(files)?, dense(files, network.width())?);
        let dimensions = dense.as_ref().map_or(network.width(), |(_, bias)| bias.elem_count());
        let (pool, name, prefix) = (thread_pool(threads)?, name.into(), prefix.into());
        let encoder =
            Self { network, tokenizer, pooling, dense, dimensions, prefix, pool, name, sha256 };
        let probe = encoder.vectors(&["a"])?;
        if probe.iter().flatten().all(|value| value.is_finite()) {
            Ok(encoder)
        } else {
            Err(InferError::NotFinite { path: "weights".into() })
        }
    }

    fn ids(&self, texts: &[&str]) -> Result<Vec<Encoded>, InferError> {
        let limit = self.network.limit();
        let encode = |text: &&str| self.tokenizer.encode(text, limit);
        let ids = texts.par_iter().map(encode).collect::<Result<Vec<_>, _>>();
        ids.map_err(|source| InferError::Tokenizer { path: self.name.clone().into(), source })
    }

    /// The states of the last layer of each sequence, `[T, D]`.
    fn states(&self, ids: &[&[u32]]) -> Result<Vec<Tensor>, InferError> {
        let mut batches: Vec<Vec<&[u32]>> = Vec::new();
        let mut tokens = usize::MAX;
        for ids in ids {
            tokens = tokens.saturating_add(ids.len());
            match batches.last_mut() {
                Some(batch) if tokens <= BATCH_TOKENS => batch.push(ids),
                _ => {
                    batches.push(vec![ids]);
                    tokens = ids.len();
                }
            }
        }
        let run = |batch: &Vec<&[u32]>| -> Result<Vec<Tensor>, InferError> {
            let (mut states, rows) = self.network.forward(batch)?;
            let last = states.pop();
            let part = |range: std::ops::Range<usize>| -> Result<Option<Tensor>, InferError> {
                Ok(last
                    .as_ref()
                    .map(|last| last.narrow(0, range.start, range.len()))
                    .transpose()?)
            };
            let parts = rows.into_iter().map(part).collect::<Result<Vec<_>, _>>()?;
            Ok(parts.into_iter().flatten().collect())
        };
        let states = batches.par_iter().map(run).collect::<Result<Vec<_>, _>>()?;
        Ok(states.into_iter().flatten().collect())
    }

    fn vectors(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, InferError> {
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        let prefixed: Vec<String> =
            texts.iter().map(|text| format!("{}{text}", self.prefix)).collect();
        let prefixed: Vec<&str> = prefixed.iter().map(String::as_str).collect();
        let ids = self.ids(&prefixed)?;
        let ids: Vec<&[u32]> = ids.iter().map(|(ids, _)| ids.as_slice()).collect();
        let pooled = |states: &Tensor| match self.pooling {
            Pooling::First => states.get(0),
            Pooling::Mean => states.mean(0),
        };
        let states = self.states(&ids)?;
        let pooled: Vec<Tensor> = states.iter().map(pooled).collect::<Result<_, _>>()?;
        let mut vectors = Tensor::stack(&pooled, 0)?; // [B, D]
        if let Some(dense) = &self.dense {
            vectors = affine(&vectors, dense)?.tanh()?;
        }
        let mut rows: Vec<Vec<f32>> = vectors.to_vec2()?;
        for row in &mut rows {
            let length =
                row.iter().map(|value| value * value).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
            for value in row {
                *value /= length;
            }
        }
        Ok(rows)
    }

    fn all_states(&self, texts: &[&str]) -> Result<Vec<TokenStates>, InferError> {
        let encoded = self.ids(texts)?;
        let ids: Vec<&[u32]> = encoded.iter().map(|(ids, _)| ids.as_slice()).collect();
        let width = self.network.width();
        let mut found = Vec::with_capacity(texts.len());
        for (states, (_, spans)) in self.states(&ids)?.into_iter().zip(&encoded) {
            let values = states.narrow(0, self.tokenizer.marks_before(), spans.len())?;
            let values = values.flatten_all()?.to_vec1()?;
            found.push(TokenStates { width, values, spans: spans.clone() });
        }
        Ok(found)
    }
}

/// The shape of the network, from its `config.json`.
///
/// # Errors
/// [`InferError::Metadata`] for a variant that is not computed.
pub(super) fn shape(files: &dyn ModelFiles) -> Result<XlmrShape, InferError> {
    let file = files.open("config")?;
    let config: Config = json(files, "config", "the configuration of an encoder")?;
    let wrong = |key: &str| InferError::Metadata { key: key.to_owned(), path: file.path.clone() };
    if config.hidden_act != "gelu" {
        return Err(wrong("hidden_act"));
    }
    if config.position_embedding_type.as_deref().is_some_and(|kind| kind != "absolute") {
        return Err(wrong("position_embedding_type"));
    }
    if !(config.layer_norm_eps > 0.0 && config.layer_norm_eps < 1.0) {
        return Err(wrong("layer_norm_eps"));
    }
    if config.pad_token_id > 1 << 20 {
        return Err(wrong("pad_token_id"));
    }
    let first_position = if config.model_type == "bert" { 0 } else { config.pad_token_id + 1 };
    Ok(XlmrShape {
        heads: config.num_attention_heads,
        epsilon: config.layer_norm_eps,
        first_position,
    })
}

fn pooling(files: &dyn ModelFiles) -> Result<Pooling, InferError> {
    let Some(file) = optional(files, "pooling")? else { return Ok(Pooling::Mean) };
    let config: PoolingConfig = json(files, "pooling", "the configuration of a pooling")?;
    let others = config.pooling_mode_max_tokens
        || config.pooling_mode_mean_sqrt_len_tokens
        || config.pooling_mode_weightedmean_tokens
        || config.pooling_mode_lasttoken;
    let flags = (config.pooling_mode_cls_token, config.pooling_mode_mean_tokens, others);
    match (config.pooling_mode.as_deref(), flags) {
        (Some("cls"), _) | (None, (true, false, false)) => Ok(Pooling::First),
        (Some("mean"), _) | (None, (false, true, false)) => Ok(Pooling::Mean),
        _ => Err(InferError::Format {
            path: file.path,
            format: "a pooling by the first token or by means",
            source: "no other pooling, and no two together, are computed".into(),
        }),
    }
}

fn dense(files: &dyn ModelFiles, width: usize) -> Result<Option<Parameters>, InferError> {
    let Some(file) = optional(files, "dense_config")? else { return Ok(None) };
    let config: DenseConfig = json(files, "dense_config", "the configuration of a dense layer")?;
    let wrong = |source: String| InferError::Format {
        path: file.path.clone(),
        format: "a dense layer with tanh",
        source: source.into(),
    };
    if !config.activation_function.ends_with("Tanh") {
        return Err(wrong(format!("`{}` is not computed", config.activation_function)));
    }
    if config.in_features != width {
        return Err(wrong(format!(
            "it takes {} values, the network gives {width}",
            config.in_features
        )));
    }
    let checkpoint = Checkpoint::read(files.open("dense")?, Precision::Float32)?;
    let mut tensors = checkpoint.into_tensors("")?;
    let mut take = |name: &str, shape: &[usize]| {
        let tensor = tensors.remove(name).filter(|tensor| tensor.dims() == shape);
        tensor.ok_or_else(|| wrong(format!("`{name}` is absent or has another shape")))
    };
    let weight = take("linear.weight", &[config.out_features, width])?;
    let bias = take("linear.bias", &[config.out_features])?;
    Ok(Some((weight.t()?.contiguous()?.to_device(&Device::Cpu)?, bias)))
}

impl Embedder for TransformerEncoder {
    fn embed(&mut self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let vectors = self.pool.install(|| self.vectors(texts));
        vectors.map_err(|error| EmbedError(Box::new(error)))
    }

    fn dimensions(&self) -> usize {
        self.dimensions
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

impl TokenEncoder for TransformerEncoder {
    fn token_states(&mut self, texts: &[&str]) -> Result<Vec<TokenStates>, EmbedError> {
        let states = self.pool.install(|| self.all_states(texts));
        states.map_err(|error| EmbedError(Box::new(error)))
    }

    fn signature(&self) -> ModelSignature {
        Embedder::signature(self)
    }
}
