//! The metadata of a GGUF file, and the tokenizer vocabulary in it.
//!
//! Owns: just enough of the format for tests: scalars, strings and arrays of the header.
//! In: a file of this repository. Out: values by key, and a `GgufVocabulary`.
//! Never: tensors; damaged files (a test may stop at the first surprise).

use std::collections::HashMap;
use std::io::{BufReader, Read};
use std::path::Path;

use isnad::infer::tokenizer::GgufVocabulary;

/// One value of the header; numbers are widened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Integer(i64),
    Float(f64),
    Bool(bool),
    Text(String),
    Array(Vec<Value>),
}

/// The header of a GGUF file.
pub(crate) struct Metadata(HashMap<String, Value>);

impl Metadata {
    pub(crate) fn read(path: &Path) -> Self {
        let file = std::fs::File::open(path)
            .unwrap_or_else(|error| panic!("cannot open {}: {error}", path.display()));
        let mut header = Header(BufReader::with_capacity(1 << 20, file));
        assert_eq!(header.bytes::<4>(), *b"GGUF");
        let version = header.u32();
        assert!((2..=3).contains(&version), "GGUF version {version}");
        let (_tensors, values) = (header.u64(), header.u64());
        Self(
            (0..values)
                .map(|_| {
                    let (key, kind) = (header.text(), header.u32());
                    (key, header.value(kind))
                })
                .collect(),
        )
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// The values under `tokenizer.ggml`, as the production code reads them.
    pub(crate) fn vocabulary(&self) -> GgufVocabulary {
        let get = |key: &str| self.get(&format!("tokenizer.ggml.{key}"));
        let text = |key| match get(key) {
            Some(Value::Text(text)) => text.clone(),
            _ => String::new(),
        };
        let array = |key| match get(key) {
            Some(Value::Array(values)) => values.as_slice(),
            _ => &[],
        };
        let texts = |key| array(key).iter().map(Value::text).collect();
        let id = |key| get(key).map(|value| u32::try_from(value.integer()).unwrap());
        GgufVocabulary {
            model: text("model"),
            pre: text("pre"),
            tokens: texts("tokens"),
            scores: array("scores").iter().map(Value::float).collect(),
            token_types: array("token_type")
                .iter()
                .map(|value| i32::try_from(value.integer()).unwrap())
                .collect(),
            merges: texts("merges"),
            bos: id("bos_token_id"),
            eos: id("eos_token_id"),
            unk: id("unknown_token_id"),
            pad: id("padding_token_id"),
            add_bos: get("add_bos_token") == Some(&Value::Bool(true)),
            add_space_prefix: get("add_space_prefix") == Some(&Value::Bool(true)),
        }
    }
}

impl Value {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            other => panic!("{other:?} is no text"),
        }
    }

    fn integer(&self) -> i64 {
        match self {
            Self::Integer(number) => *number,
            other => panic!("{other:?} is no integer"),
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "it was an f32 before it was widened")]
    fn float(&self) -> f32 {
        match self {
            Self::Float(number) => *number as f32,
            other => panic!("{other:?} is no float"),
        }
    }
}

struct Header(BufReader<std::fs::File>);

impl Header {
    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.read_exact(&mut bytes).unwrap();
        bytes
    }

    fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.bytes())
    }

    fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.bytes())
    }

    fn text(&mut self) -> String {
        let mut bytes = vec![0; usize::try_from(self.u64()).unwrap()];
        self.0.read_exact(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    fn value(&mut self, kind: u32) -> Value {
        match kind {
            0 => Value::Integer(u8::from_le_bytes(self.bytes()).into()),
            1 => Value::Integer(i8::from_le_bytes(self.bytes()).into()),
            2 => Value::Integer(u16::from_le_bytes(self.bytes()).into()),
            3 => Value::Integer(i16::from_le_bytes(self.bytes()).into()),
            4 => Value::Integer(self.u32().into()),
            5 => Value::Integer(i32::from_le_bytes(self.bytes()).into()),
            6 => Value::Float(f32::from_le_bytes(self.bytes()).into()),
            7 => Value::Bool(self.bytes::<1>() != [0]),
            8 => Value::Text(self.text()),
            9 => {
                let (kind, length) = (self.u32(), self.u64());
                Value::Array((0..length).map(|_| self.value(kind)).collect())
            }
            10 => Value::Integer(i64::try_from(self.u64()).unwrap()),
            11 => Value::Integer(i64::from_le_bytes(self.bytes())),
            12 => Value::Float(f64::from_le_bytes(self.bytes())),
            _ => panic!("unknown kind {kind} of value"),
        }
    }
}
