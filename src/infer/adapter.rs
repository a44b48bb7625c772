//! An adapter of low rank in a GGUF file of its own, in the form of `llama.cpp`.
//!
//! Owns: the names of its tensors, its scale, and which matrices it is for.
//! Source: Hu et al. 2021 (arXiv 2106.09685); the file as `convert_lora_to_gguf.py` (`llama.cpp`) writes it: `NAME.lora_a` `[rank, in]`,
//! `NAME.lora_b` `[out, rank]`, scaled by `adapter.lora.alpha / rank`.
//! Never: the matrices themselves.

use std::collections::BTreeSet;

use super::error::InferError;
use super::nn::Linear;
use super::weights::GgufFile;
use crate::ports::ModelFile;

const DOWN: &str = ".lora_a";
const UP: &str = ".lora_b";

/// An open adapter.
pub(crate) struct Adapter {
    file: GgufFile,
    /// The numerator of the scale; 0 is for none.
    alpha: f32,
    /// Matrices that have not asked for their part.
    left: BTreeSet<String>,
}

impl Adapter {
    /// Reads the header.
    ///
    /// # Errors
    /// [`InferError::Format`] if it is not GGUF; [`InferError::Metadata`] if it is no adapter of this kind, or for another
    /// network than `architecture`.
    pub(crate) fn read(file: ModelFile, architecture: &str) -> Result<Self, InferError> {
        let file = GgufFile::read(file)?;
        let is = |key: &str, wanted: &str| {
            let wrong =
                || InferError::Metadata { key: key.to_owned(), path: file.path().to_owned() };
            (file.text(key) == Some(wanted)).then_some(()).ok_or_else(wrong)
        };
        is("general.type", "adapter")?;
        is("adapter.type", "lora")?;
        is("general.architecture", architecture)?;
        let alpha = file.float("adapter.lora.alpha").unwrap_or(0.0);
        let left = file.tensors().filter_map(|name| name.strip_suffix(DOWN)).map(ToOwned::to_owned);
        Ok(Self { left: left.collect(), alpha, file })
    }

    /// `matrix`, which has the name `name`, with what the adapter has for it.
    ///
    /// # Errors
    /// [`InferError::Tensor`] if a tensor of the adapter is absent or has another shape.
    pub(crate) fn adapt(&mut self, name: &str, matrix: Linear) -> Result<Linear, InferError> {
        // An embedding is looked up, not multiplied.
        let is_multiplied = name.starts_with("blk.");
        let down = format!("{name}{DOWN}");
        let Some(rank) = self.file.rows(&down).filter(|_| is_multiplied) else { return Ok(matrix) };
        self.left.remove(name);
        let (rows, columns) = (matrix.rows(), matrix.columns());
        let down = self.file.linear(&down, rank, columns)?;
        let up = self.file.linear(&format!("{name}{UP}"), rows, rank)?;
        #[expect(clippy::cast_precision_loss, reason = "ranks are small")]
        let scale = if self.alpha == 0.0 { 1.0 } else { self.alpha / rank as f32 };
        Ok(matrix.corrected(down, up, scale))
    }

    /// Says whether all of it was for this network.
    ///
    /// # Errors
    /// [`InferError::Tensor`] names a tensor that no matrix asked for.
    pub(crate) fn finish(&self) -> Result<(), InferError> {
        let Some(name) = self.left.first() else { return Ok(()) };
        let (tensor, path) = (format!("{name}{DOWN}"), self.file.path().to_owned());
        Err(InferError::Tensor { tensor, path, detail: "the model has no such matrix".into() })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::super::engine::Engine;
    use super::super::fixtures::{
        FLOAT, INTEGER, Parts, RANK, adapter_and_merged, cases, feed, model_file, tensor,
    };
    use super::super::gguf::Value;
    use super::super::nn::KvCache;
    use super::*;

    fn load(model: &Parts, adapter: Option<&Parts>) -> Result<Engine, InferError> {
        let adapter = adapter.map(|adapter| model_file(adapter.write()));
        Engine::load(model_file(model.write()), adapter)
    }

    #[test]
    fn an_adapter_gives_what_the_weights_with_it_inside_give() {
        for name in FLOAT {
            let model = Parts::of(name);
            let (adapter, merged) = adapter_and_merged(&model);
            let prompt = &cases(name)[0].prompt;
            let logits = |engine: Result<Engine, InferError>| {
                feed(&mut engine.unwrap().decoder, &mut KvCache::default(), prompt)
            };
            let plain = logits(load(&model, None));
            let beside = logits(load(&model, Some(&adapter)));
            let inside = logits(load(&merged, None));
            let most = |a: &[f32], b: &[f32]| {
                a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
            };
            assert!(most(&beside, &inside) < 1e-3, "{name}: {}", most(&beside, &inside));
            assert!(most(&beside, &plain) > 1e-2, "{name}: {}", most(&beside, &plain));
        }
    }

    #[test]
    fn an_adapter_may_correct_matrices_of_blocks_and_a_row_of_a_batch_equals_the_row_alone() {
        let (adapter, _) = adapter_and_merged(&Parts::of(INTEGER));
        let engine = load(&Parts::of(INTEGER), Some(&adapter)).unwrap();
        let mut decoder = engine.decoder;
        let prompt = &cases(INTEGER)[0].prompt;
        let at_once = feed(&mut decoder, &mut KvCache::default(), prompt);
        let mut cache = KvCache::default();
        let one_by_one = prompt.iter().map(|token| feed(&mut decoder, &mut cache, &[*token]));
        assert_eq!(one_by_one.last().unwrap(), at_once);
        let plain = load(&Parts::of(INTEGER), None).unwrap();
        let mut plain = plain.decoder;
        assert_ne!(feed(&mut plain, &mut KvCache::default(), prompt), at_once);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let model = Parts::of(FLOAT[0]);
        let (adapter, _) = adapter_and_merged(&model);
        let error = |adapter: &Parts| load(&model, Some(adapter)).err().unwrap().to_string();
        let other = adapter.clone().with("general.architecture", Value::Text("llama".to_owned()));
        assert!(error(&other).contains("general.architecture"), "{}", error(&other));
        assert!(error(&model).contains("general.type"), "{}", error(&model));
        let name = format!("blk.0.ffn_up.weight{UP}");
        let half = adapter.clone().without_tensor(&name);
        assert!(error(&half).contains(&name), "{}", error(&half));
        for name in ["blk.77.ffn_up.weight", "token_embd.weight"] {
            let mut more = adapter.clone();
            more.tensors.insert(format!("{name}{DOWN}"), tensor(RANK, 32, &[0.0; RANK * 32]));
            assert!(error(&more).contains(name), "{}", error(&more));
        }
    }
}
