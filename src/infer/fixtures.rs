//! Tiny random models for tests, with the numbers that a reference computed from them.
//!
//! Owns: the way to `tests/parity/fixtures`, model files in memory, adapters for them, and a GGUF writer to spoil files with.
//! Witness: `transformers`, float32, CPU; made by `tests/parity/gen/tiny_decoders.py`, versions in each file.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop at the first surprise, and reads its fixtures itself"
)]

use std::collections::{BTreeMap, HashMap};
use std::io::Cursor;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::engine::Engine;
use super::error::InferError;
use super::gguf::{Header, TensorInfo, Value};
use super::nn::{Decoder, Feed, KvCache};
use super::weights::GgufFile;
use crate::ports::{ModelFile, ModelFileError, ModelFiles};

/// Fixtures in float32, one an architecture.
pub(crate) const FLOAT: [&str; 4] = ["gemma3", "qwen2", "qwen3", "llama"];
/// The same with matrices that our integer kernels multiply.
pub(crate) const INTEGER: &str = "gemma3-q8_0";
pub(crate) const VOCABULARY: usize = 96;

/// One prompt and what the reference makes of it.
pub(crate) struct Case {
    pub(crate) prompt: Vec<u32>,
    /// `[positions][VOCABULARY]`
    pub(crate) logits: Vec<Vec<f32>>,
    /// The ids that greedy search appends.
    pub(crate) greedy: Vec<u32>,
}

pub(crate) fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/fixtures").join(name)
}

pub(crate) fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(path(&format!("{name}.gguf"))).unwrap()
}

pub(crate) fn cases(name: &str) -> Vec<Case> {
    let text = std::fs::read_to_string(path(&format!("{name}.json"))).unwrap();
    let json: Json = serde_json::from_str(&text).unwrap();
    let ids = |json: &Json| -> Vec<u32> { serde_json::from_value(json.clone()).unwrap() };
    let case = |case: &Json| Case {
        prompt: ids(&case["prompt"]),
        logits: serde_json::from_value(case["logits"].clone()).unwrap(),
        greedy: ids(&case["greedy"]),
    };
    json["cases"].as_array().unwrap().iter().map(case).collect()
}

/// Files of a model by role, in memory, to be changed before they are opened.
#[derive(Clone)]
pub(crate) struct Files(pub(crate) BTreeMap<&'static str, Vec<u8>>);

impl Files {
    /// The files of a fixture's folder: role and name of each.
    pub(crate) fn of(folder: &str, names: &[(&'static str, &str)]) -> Self {
        let read = |name: &str| std::fs::read(path(&format!("{folder}/{name}"))).unwrap();
        Self(names.iter().map(|(role, name)| (*role, read(name))).collect())
    }

    pub(crate) fn without(mut self, role: &str) -> Self {
        self.0.remove(role).unwrap();
        self
    }

    pub(crate) fn replace(mut self, role: &'static str, from: &str, to: &str) -> Self {
        let text = String::from_utf8(self.0.remove(role).unwrap()).unwrap();
        assert!(text.contains(from), "{role} has no `{from}`");
        self.0.insert(role, text.replace(from, to).into_bytes());
        self
    }
}

impl ModelFiles for Files {
    fn open(&self, role: &str) -> Result<ModelFile, ModelFileError> {
        let missing = || ModelFileError::Missing { file: role.to_owned(), searched: Vec::new() };
        let bytes = self.0.get(role).ok_or_else(missing)?.clone();
        let sha256 = format!("{:064x}", bytes.len());
        Ok(ModelFile { reader: Box::new(Cursor::new(bytes)), path: role.into(), sha256 })
    }
}

pub(crate) fn model_file(bytes: Vec<u8>) -> ModelFile {
    let reader = Box::new(Cursor::new(bytes));
    ModelFile { reader, path: "fixture.gguf".into(), sha256: "0".repeat(64) }
}

pub(crate) fn decoder(name: &str) -> Decoder {
    let mut file = GgufFile::read(model_file(bytes(name))).unwrap();
    Decoder::load(&mut file, VOCABULARY).unwrap()
}

pub(crate) fn engine(name: &str) -> Engine {
    load(bytes(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub(crate) fn load(bytes: Vec<u8>) -> Result<Engine, InferError> {
    Engine::load(model_file(bytes), None)
}

/// Logits behind the last of `tokens`, which are fed in one go.
pub(crate) fn feed(decoder: &mut Decoder, cache: &mut KvCache, tokens: &[u32]) -> Vec<f32> {
    let mut logits = Vec::new();
    decoder.forward(&mut [Feed { cache, tokens }], &mut logits).unwrap();
    logits
}

/// A GGUF file in parts, to be changed and written again.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) values: HashMap<String, Value>,
    /// Shape, format and bytes.
    pub(crate) tensors: HashMap<String, (Vec<u64>, u32, Vec<u8>)>,
}

impl Parts {
    pub(crate) fn of(name: &str) -> Self {
        let bytes = bytes(name);
        let header = Header::read(&mut Cursor::new(&bytes)).unwrap();
        let contents = |info: TensorInfo| {
            let start = usize::try_from(header.data_start + info.offset).unwrap();
            let values = usize::try_from(info.shape.iter().product::<u64>()).unwrap();
            let length = if info.format == 8 { values / 32 * 34 } else { values * 4 };
            (info.shape, info.format, bytes[start..start + length].to_vec())
        };
        let tensors = header.tensors.iter();
        let tensors = tensors.map(|(name, info)| (name.clone(), contents(info.clone()))).collect();
        Self { values: header.values, tensors }
    }

    pub(crate) fn with(mut self, key: &str, value: Value) -> Self {
        self.values.insert(key.to_owned(), value);
        self
    }

    pub(crate) fn without_tensor(mut self, name: &str) -> Self {
        self.tensors.remove(name).unwrap();
        self
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        let mut out = b"GGUF\x03\0\0\0".to_vec();
        out.extend((self.tensors.len() as u64).to_le_bytes());
        out.extend((self.values.len() as u64).to_le_bytes());
        for (key, value) in &self.values {
            text(&mut out, key);
            write_value(&mut out, value);
        }
        let mut data: Vec<u8> = Vec::new();
        for (name, (shape, format, bytes)) in &self.tensors {
            text(&mut out, name);
            out.extend(u32::try_from(shape.len()).unwrap().to_le_bytes());
            out.extend(shape.iter().rev().flat_map(|dimension| dimension.to_le_bytes()));
            out.extend(format.to_le_bytes());
            out.extend((data.len() as u64).to_le_bytes());
            data.extend(bytes);
            data.resize(data.len().next_multiple_of(32), 0);
        }
        out.resize(out.len().next_multiple_of(32), 0);
        out.extend(data);
        out
    }
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend((text.len() as u64).to_le_bytes());
    out.extend(text.as_bytes());
}

fn write_value(out: &mut Vec<u8>, value: &Value) {
    let mut array = |kind: u32, len: usize, bytes: Vec<u8>| {
        out.extend(9u32.to_le_bytes());
        out.extend(kind.to_le_bytes());
        out.extend((len as u64).to_le_bytes());
        out.extend(bytes);
    };
    match value {
        Value::Integers(all) => {
            array(11, all.len(), all.iter().flat_map(|n| n.to_le_bytes()).collect());
        }
        Value::Floats(all) => {
            array(12, all.len(), all.iter().flat_map(|n| n.to_le_bytes()).collect());
        }
        Value::Texts(all) => {
            let mut bytes = Vec::new();
            for one in all {
                text(&mut bytes, one);
            }
            array(8, all.len(), bytes);
        }
        Value::Other => array(7, 0, Vec::new()),
        Value::Integer(n) => [11u32.to_le_bytes().as_slice(), &n.to_le_bytes()]
            .iter()
            .for_each(|bytes| out.extend(*bytes)),
        Value::Float(n) => [12u32.to_le_bytes().as_slice(), &n.to_le_bytes()]
            .iter()
            .for_each(|bytes| out.extend(*bytes)),
        Value::Flag(flag) => {
            out.extend(7u32.to_le_bytes());
            out.push(u8::from(*flag));
        }
        Value::Text(one) => {
            out.extend(8u32.to_le_bytes());
            text(out, one);
        }
    }
}

/// Rank of the adapters made here.
pub(crate) const RANK: usize = 4;
const ALPHA: f32 = 8.0;

/// Small values, by a linear congruential generator.
fn noise(len: usize, seed: usize) -> Vec<f32> {
    let mut state = u32::try_from(seed % 1_000_003).unwrap();
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (f32::from(u16::try_from(state >> 16).unwrap()) / 32_768.0 - 1.0) / 8.0
    };
    (0..len).map(|_| next()).collect()
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

pub(crate) fn tensor(rows: usize, columns: usize, values: &[f32]) -> (Vec<u64>, u32, Vec<u8>) {
    let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    (vec![rows as u64, columns as u64], 0, bytes)
}

/// An adapter for every matrix of the layers of `model`, and the model that has it in its weights.
pub(crate) fn adapter_and_merged(model: &Parts) -> (Parts, Parts) {
    let mut merged = model.clone();
    let architecture = model.values["general.architecture"].clone();
    let mut adapter = Parts { values: HashMap::new(), tensors: HashMap::new() }
        .with("general.architecture", architecture)
        .with("general.type", Value::Text("adapter".to_owned()))
        .with("adapter.type", Value::Text("lora".to_owned()))
        .with("adapter.lora.alpha", Value::Float(f64::from(ALPHA)));
    for (name, (shape, format, bytes)) in &model.tensors {
        let [rows, columns] = shape[..] else { continue };
        if !name.starts_with("blk.") {
            continue;
        }
        let (rows, columns) = (usize::try_from(rows).unwrap(), usize::try_from(columns).unwrap());
        let seed = name.bytes().map(usize::from).sum::<usize>() * 31 + name.len();
        let (down, up) = (noise(RANK * columns, seed), noise(rows * RANK, seed + 1));
        let mut weights = if *format == 0 { floats(bytes) } else { Vec::new() };
        for (row, up) in weights.chunks_exact_mut(columns).zip(up.chunks_exact(RANK)) {
            for (down, factor) in down.chunks_exact(columns).zip(up) {
                let row = row.iter_mut().zip(down);
                row.for_each(|(value, down)| *value += ALPHA / 4.0 * factor * down);
            }
        }
        if *format == 0 {
            merged.tensors.insert(name.clone(), tensor(rows, columns, &weights));
        }
        adapter.tensors.insert(format!("{name}.lora_a"), tensor(RANK, columns, &down));
        adapter.tensors.insert(format!("{name}.lora_b"), tensor(rows, RANK, &up));
    }
    (adapter, merged)
}
