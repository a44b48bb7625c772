//! Tiny random models for tests, with the numbers that a reference computed from them.
//!
//! Owns: the way to `tests/parity/fixtures`, model files in memory, and a GGUF writer to spoil files with.
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
