//! The same weights in other files: GGUF by llama.cpp and by candle, several safetensors; and files that are wrong.
//!
//! Witness: transformers 4.57.1, as in `seq2seq_parity`; `mt5.gguf` was written with gguf-py 0.19.0 by
//! `tests/parity/gen/t5_gguf.py`. Ids are equal.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop at the first surprise, and reads its fixtures itself"
)]

use std::collections::HashMap;
use std::io::Cursor;
use std::path::PathBuf;

use serde_json::{Value as Json, json};

use super::fixtures::{Parts, path};
use super::gguf::Value;
use super::seq2seq::Seq2SeqEngine;
use super::seq2seq_parity::{Folder, expected, job, search, whole};
use super::{InferError, Precision};
use crate::ports::{ModelFile, ModelFileError, ModelFiles};

/// Files in memory by their roles; the rest comes from a fixture.
#[derive(Default)]
struct Files {
    made: HashMap<String, (String, Vec<u8>)>,
    hidden: Vec<&'static str>,
    rest: Option<Folder>,
}

impl Files {
    fn beside(fixture: &'static str) -> Self {
        Self { rest: Some(Folder(fixture)), ..Self::default() }
    }

    fn with(mut self, role: &str, name: &str, bytes: Vec<u8>) -> Self {
        self.made.insert(role.to_owned(), (name.to_owned(), bytes));
        self
    }

    fn without(mut self, role: &'static str) -> Self {
        self.hidden.push(role);
        self
    }

    fn load(&self) -> Result<Seq2SeqEngine, InferError> {
        Seq2SeqEngine::load(self, Precision::Float32)
    }

    fn refused(&self) -> InferError {
        self.load().err().unwrap()
    }
}

impl ModelFiles for Files {
    fn open(&self, role: &str) -> Result<ModelFile, ModelFileError> {
        if let Some((name, bytes)) = self.made.get(role) {
            let reader = Box::new(Cursor::new(bytes.clone()));
            return Ok(ModelFile { reader, path: PathBuf::from(name), sha256: "0".repeat(64) });
        }
        match &self.rest {
            Some(rest) if !self.hidden.contains(&role) => rest.open(role),
            _ => Err(ModelFileError::Missing { file: role.to_owned(), searched: Vec::new() }),
        }
    }
}

/// Shape and bytes of a tensor, by its name.
type Tensors = Vec<(String, (Vec<u64>, Vec<u8>))>;

fn tensors(fixture: &str) -> Tensors {
    let bytes = std::fs::read(path(&format!("{fixture}/model.safetensors"))).unwrap();
    let length = usize::try_from(u64::from_le_bytes(bytes[..8].try_into().unwrap())).unwrap();
    let header: Json = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
    let of = |(name, entry): (&String, &Json)| {
        let shape: Vec<u64> = serde_json::from_value(entry["shape"].clone()).unwrap();
        let at: [usize; 2] = serde_json::from_value(entry["data_offsets"].clone()).unwrap();
        (name.clone(), (shape, bytes[8 + length + at[0]..8 + length + at[1]].to_vec()))
    };
    let all = header.as_object().unwrap().iter().filter(|(name, _)| *name != "__metadata__");
    all.map(of).collect()
}

/// A tensor's name, shape and bytes.
type Named = (String, (Vec<u64>, Vec<u8>));

fn safetensors(tensors: &[Named]) -> Vec<u8> {
    let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
    for (name, (shape, bytes)) in tensors {
        let start = data.len();
        data.extend(bytes);
        let entry = json!({ "dtype": "F32", "shape": shape, "data_offsets": [start, data.len()] });
        header.insert(name.clone(), entry);
    }
    let header = serde_json::to_vec(&header).unwrap();
    [(header.len() as u64).to_le_bytes().as_slice(), &header, &data].concat()
}

fn index(files: &[(&str, &[Named])]) -> Vec<u8> {
    let entries = files.iter().flat_map(|(file, tensors)| {
        tensors.iter().map(|(name, _)| (name.clone(), Json::from(*file)))
    });
    let map: serde_json::Map<String, Json> = entries.collect();
    serde_json::to_vec(&json!({ "metadata": {}, "weight_map": map })).unwrap()
}

fn sharded(fixture: &'static str) -> Files {
    let all = tensors(fixture);
    let (first, second) = all.split_at(all.len() / 3);
    let (a, b) = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors");
    Files::beside(fixture)
        .without("weights")
        .with("weights_index", "model.safetensors.index.json", index(&[(a, first), (b, second)]))
        .with(&format!("weights:{a}"), a, safetensors(first))
        .with(&format!("weights:{b}"), b, safetensors(second))
}

fn llama_cpp() -> Vec<u8> {
    std::fs::read(path("mt5.gguf")).unwrap()
}

fn writes_what_the_reference_writes(mut engine: Seq2SeqEngine, fixture: &str) {
    let expected = expected(fixture);
    for (line, ids) in &expected.ids {
        assert_eq!(&engine.tokenizer.encode(line), ids, "{line:?}");
    }
    let jobs: Vec<_> = expected.batch_ids.iter().map(|ids| job(&engine, ids, 1)).collect();
    let found = search(&mut engine, &jobs);
    for (text, best) in found.iter().enumerate() {
        assert_eq!(whole(&engine, &best[0]), expected.greedy_ids[text], "{fixture}, text {text}");
    }
}

#[test]
fn weights_in_several_files_are_those_in_one() {
    for fixture in ["t5", "marian"] {
        let engine = sharded(fixture).load().unwrap();
        let whole_file = Seq2SeqEngine::load(&Folder(fixture), Precision::Float32).unwrap();
        assert!(engine.sha256.len() == 64 && engine.sha256 != whole_file.sha256);
        writes_what_the_reference_writes(engine, fixture);
    }
}

/// The configuration stands beside, as this network tells distances apart up to 20, and the file does not say so.
#[test]
fn a_gguf_of_llama_cpp_with_its_own_vocabulary_writes_what_the_reference_writes() {
    let files =
        Files::beside("mt5").without("sentencepiece").with("weights", "m.gguf", llama_cpp());
    writes_what_the_reference_writes(files.load().unwrap(), "mt5");
}

#[test]
fn a_gguf_of_llama_cpp_alone_tells_all_but_the_farthest_distance() {
    let alone = Files::default().with("weights", "m.gguf", llama_cpp()).load().unwrap();
    let beside = Seq2SeqEngine::load(&Folder("mt5"), Precision::Float32).unwrap();
    let (mut found, known) = (alone.network.config().clone(), beside.network.config());
    assert_eq!(found.buckets, Some((8, 128)));
    found.buckets = known.buckets;
    assert_eq!(&found, known);
    assert_eq!(alone.prompt, beside.prompt);
    for (line, ids) in &expected("mt5").ids {
        assert_eq!(&alone.tokenizer.encode(line), ids, "{line:?}");
    }
}

/// As candle's tools write it: tensors under the names of the checkpoint, and nothing else.
#[test]
fn a_gguf_of_tensors_alone_takes_the_rest_from_the_files_beside_it() {
    for fixture in ["t5", "mt5"] {
        let tensors = tensors(fixture).into_iter();
        let tensors = tensors.map(|(name, (shape, bytes))| (name, (shape, 0, bytes))).collect();
        let parts = Parts { values: HashMap::new(), tensors };
        let files = Files::beside(fixture).with("weights", "model-f32.gguf", parts.write());
        writes_what_the_reference_writes(files.load().unwrap(), fixture);
    }
}

#[test]
fn a_list_that_does_not_fit_its_files_is_refused_with_what_is_wrong() {
    let a_shard = "weights:model-00002-of-00002.safetensors";
    let mut files = sharded("t5");
    files.made.remove(a_shard);
    let error = files.refused();
    assert!(error.to_string().contains("model-00002-of-00002.safetensors"), "{error}");
    let all = tensors("t5");
    let files = sharded("t5").with(a_shard, "b.safetensors", safetensors(&all[all.len() - 1..]));
    let InferError::Format { source, .. } = files.refused() else { panic!("no format") };
    assert!(source.to_string().contains("is not in `model-00002"), "{source}");
    let cut = safetensors(&all[all.len() / 3..]);
    let files = sharded("t5").with(a_shard, "b.safetensors", cut[..cut.len() - 8].to_vec());
    assert!(matches!(files.refused(), InferError::Format { format: "safetensors", .. }));
    for text in [r#"{"weight_map":{}}"#, r#"{"weight_map":{"a":"../../x"}}"#, "[]", ""] {
        let files = sharded("t5").with("weights_index", "i.json", text.as_bytes().to_vec());
        let error = files.refused();
        assert!(matches!(error, InferError::Format { .. } | InferError::File(_)), "{error}");
    }
}

#[test]
fn a_tensor_that_is_missing_or_of_another_shape_is_named_with_both_shapes() {
    let name = "decoder.block.1.layer.1.EncDecAttention.k.weight";
    let mut all = tensors("t5");
    let at = all.iter().position(|(known, _)| known == name).unwrap();
    all[at].1.0.reverse();
    let error = Files::beside("t5").with("weights", "m.safetensors", safetensors(&all)).refused();
    let InferError::Tensor { tensor, detail, .. } = error else { panic!("no tensor") };
    assert_eq!(
        (tensor.as_str(), detail.to_string().as_str()),
        (name, "[32, 36], expected [36, 32]")
    );
    all.remove(at);
    let error = Files::beside("t5").with("weights", "m.safetensors", safetensors(&all)).refused();
    assert!(error.to_string().contains(name), "{error}");
    let of_gguf = Parts::of("mt5");
    let part = "dec.blk.1.cross_attn_k.weight";
    let spoilt = of_gguf.clone().without_tensor(part).write();
    let error = Files::default().with("weights", "m.gguf", spoilt).refused();
    assert!(error.to_string().contains(part) && error.to_string().contains(name), "{error}");
    let spoilt = of_gguf.with("t5.attention.head_count", Value::Integer(4)).write();
    let error = Files::default().with("weights", "m.gguf", spoilt).refused();
    assert!(matches!(error, InferError::Tensor { .. }), "{error}");
}

#[test]
fn a_gguf_without_what_it_needs_says_which() {
    for key in ["block_count", "embedding_length", "feed_forward_length", "attention.head_count"] {
        let mut parts = Parts::of("mt5");
        parts.values.remove(&format!("t5.{key}")).unwrap();
        let error = Files::default().with("weights", "m.gguf", parts.write()).refused();
        let InferError::Format { source, .. } = error else { panic!("{key}: {error}") };
        assert!(source.to_string().contains("is missing"), "{key}: {source}");
    }
    let mut parts = Parts::of("mt5");
    parts.values.remove("tokenizer.ggml.tokens").unwrap();
    let error = Files::default().with("weights", "m.gguf", parts.write()).refused();
    assert!(error.to_string().contains("sentencepiece"), "{error}");
}
