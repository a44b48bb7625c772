//! A T5 in a GGUF file.
//!
//! Owns: the two ways such files are written (by llama.cpp, with names of its own, a vocabulary and the shape of the network; by
//! candle, with the names of the checkpoint and nothing else), and the way from one naming to the other.
//! In: a verified file; `config.json` and a sentencepiece model where the file itself has none. Out: an engine.
//! Never: the layers.
//! Source: `MODEL_ARCH.T5` of gguf-py 0.19 (names), `T5Model` of llama.cpp's converter (metadata).

use super::error::InferError;
use super::files::{optional, pieces};
use super::nn::Linear;
use super::nn::seq2seq::{Family, Seq2Seq, Seq2SeqConfig};
use super::seq2seq::{Seq2SeqEngine, config, t5_tokenizer};
use super::tokenizer::SentencePieceModel;
use super::weights::{GgufFile, Weights};
use crate::ports::{Cause, ModelFile, ModelFiles};

/// Tensors by the names they have in a checkpoint.
struct Renamed {
    file: GgufFile,
    /// Whether the file has llama.cpp's names.
    is_renamed: bool,
}

/// # Errors
/// [`InferError`] names what is missing, damaged or of another kind.
pub(super) fn load(
    files: &dyn ModelFiles,
    weights: ModelFile,
) -> Result<Seq2SeqEngine, InferError> {
    let mut file = GgufFile::read(weights)?;
    let path = file.path().clone();
    let config = match optional(files, "config")? {
        Some(said) => config(said)?,
        None => metadata(&file).map_err(|source| InferError::Format {
            path: path.clone(),
            format: "the GGUF file of an encoder-decoder",
            source,
        })?,
    };
    if config.family != Family::T5 {
        let key = "model_type".to_owned();
        return Err(InferError::Metadata { key, path });
    }
    let model = match vocabulary(&mut file) {
        Some(model) => model.map_err(|source| InferError::Tokenizer {
            path: path.clone(),
            source: source.into(),
        })?,
        None => pieces(files, "sentencepiece")?,
    };
    let (tokenizer, prompt) = t5_tokenizer(model, (config.start, config.end), &path)?;
    let sha256 = file.sha256().to_owned();
    let is_renamed = file.has_tensor("token_embd.weight");
    let network = Seq2Seq::load(&mut Renamed { file, is_renamed }, config)?;
    Seq2SeqEngine { network, tokenizer, prompt, sha256 }.checked(&path)
}

/// The shape of the network as the file tells it.
fn metadata(file: &GgufFile) -> Result<Seq2SeqConfig, Cause> {
    let number = |key: &str| file.number(&format!("t5.{key}"));
    let epsilon = ["layer_norm_rms_epsilon", "layer_norm_epsilon"]
        .iter()
        .find_map(|key| file.float(&format!("t5.attention.{key}")));
    let vocabulary = file.rows("token_embd.weight").ok_or("`token_embd.weight` is missing")?;
    let gated = file.has_tensor("enc.blk.0.ffn_gate.weight");
    let mut config = Seq2SeqConfig::from_gguf(
        number,
        epsilon,
        (vocabulary, gated, file.has_tensor("output.weight")),
    )?;
    let id = |name: &str| {
        let id = file.number(&format!("tokenizer.ggml.{name}_token_id"))?;
        u32::try_from(id).ok().filter(|_| id < vocabulary)
    };
    config.end = id("eos").unwrap_or(config.end);
    config.pad = id("padding").unwrap_or(config.pad);
    Ok(config)
}

/// The vocabulary of the file, if it has one of the unigram kind.
fn vocabulary(
    file: &mut GgufFile,
) -> Option<Result<SentencePieceModel, super::tokenizer::TokenizerError>> {
    let key = |name: &str| format!("tokenizer.ggml.{name}");
    if file.text(&key("model")) != Some("t5") {
        return None;
    }
    let texts = file.take_texts(&key("tokens"))?;
    let scores = file.take_floats(&key("scores")).unwrap_or_default();
    let types = file.take_integers(&key("token_type")).unwrap_or_default();
    let charsmap = file.take_integers(&key("precompiled_charsmap")).unwrap_or_default();
    // Bytes, which some versions wrote with a sign.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "8 bits of each")]
    let charsmap = charsmap.into_iter().map(|byte| byte as u8).collect();
    let spaces = (
        file.flag(&key("add_space_prefix")).unwrap_or(true),
        file.flag(&key("remove_extra_whitespaces")).unwrap_or(true),
    );
    let scores = scores.into_iter().chain(std::iter::repeat(0.0));
    let types = types.into_iter().chain(std::iter::repeat(1));
    let all = texts.into_iter().zip(scores).zip(types);
    Some(SentencePieceModel::from_gguf(
        all.map(|((text, score), kind)| (text, score, kind)),
        charsmap,
        spaces,
    ))
}

impl Renamed {
    fn name(&self, name: &str) -> String {
        if self.is_renamed { llama_name(name).unwrap_or_default() } else { name.to_owned() }
    }

    /// An error with both names, as the user knows one of them.
    fn told<T>(name: &str, result: Result<T, InferError>) -> Result<T, InferError> {
        result.map_err(|error| match error {
            InferError::Tensor { tensor, path, detail } if tensor != name => {
                InferError::Tensor { tensor: format!("{tensor} ({name})"), path, detail }
            }
            other => other,
        })
    }
}

impl Weights for Renamed {
    fn has_tensor(&self, name: &str) -> bool {
        self.file.has_tensor(&self.name(name))
    }

    fn vector(&mut self, name: &str, len: usize) -> Result<Vec<f32>, InferError> {
        Self::told(name, self.file.vector(&self.name(name), len))
    }

    fn matrix(&mut self, name: &str, rows: usize, columns: usize) -> Result<Vec<f32>, InferError> {
        Self::told(name, self.file.matrix(&self.name(name), rows, columns))
    }

    fn linear(&mut self, name: &str, rows: usize, columns: usize) -> Result<Linear, InferError> {
        Self::told(name, self.file.linear(&self.name(name), rows, columns))
    }
}

/// llama.cpp's name of a tensor of T5; `None` for one it does not keep.
fn llama_name(name: &str) -> Option<String> {
    let fixed = match name {
        "shared.weight" => "token_embd.weight",
        "lm_head.weight" => "output.weight",
        "encoder.final_layer_norm.weight" => "enc.output_norm.weight",
        "decoder.final_layer_norm.weight" => "dec.output_norm.weight",
        _ => "",
    };
    if !fixed.is_empty() {
        return Some(fixed.to_owned());
    }
    let (side, rest) = name.split_once(".block.")?;
    let (index, rest) = rest.split_once(".layer.")?;
    let (layer, part) = rest.split_once('.')?;
    let side = if side == "encoder" { "enc" } else { "dec" };
    let part = match (layer, part.trim_end_matches(".weight"), side) {
        ("0", "SelfAttention.q", _) => "attn_q",
        ("0", "SelfAttention.k", _) => "attn_k",
        ("0", "SelfAttention.v", _) => "attn_v",
        ("0", "SelfAttention.o", _) => "attn_o",
        ("0", "SelfAttention.relative_attention_bias", _) => "attn_rel_b",
        ("0", "layer_norm", _) => "attn_norm",
        ("1", "EncDecAttention.q", "dec") => "cross_attn_q",
        ("1", "EncDecAttention.k", "dec") => "cross_attn_k",
        ("1", "EncDecAttention.v", "dec") => "cross_attn_v",
        ("1", "EncDecAttention.o", "dec") => "cross_attn_o",
        ("1", "layer_norm", "dec") => "cross_attn_norm",
        (_, "DenseReluDense.wi_0", _) => "ffn_gate",
        (_, "DenseReluDense.wi_1" | "DenseReluDense.wi", _) => "ffn_up",
        (_, "DenseReluDense.wo", _) => "ffn_down",
        (_, "layer_norm", _) => "ffn_norm",
        _ => return None,
    };
    Some(format!("{side}.blk.{index}.{part}.weight"))
}
