//! Sentence encoders against sentence-transformers.
//!
//! Witness: sentence-transformers 5.7.0 over transformers 4.57.1, float32, CPU, padded batches; made by
//! `tests/parity/gen/tiny_encoders.py`. Ids are equal; values to 1e-4, as float sums have another order and nothing is padded.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop at the first surprise, and reads its fixtures itself"
)]

use serde::Deserialize;

use super::fixtures::path;
use super::{InferError, TransformerEncoder, load_encoder};
use crate::ports::{Embedder, ModelFile, ModelFileError, ModelFiles, TokenEncoder};

struct Folder(&'static str);

const ROLES: [(&str, &str); 6] = [
    ("config", "config.json"),
    ("weights", "model.safetensors"),
    ("tokenizer", "tokenizer.json"),
    ("pooling", "1_Pooling/config.json"),
    ("dense_config", "2_Dense/config.json"),
    ("dense", "2_Dense/model.safetensors"),
];

impl ModelFiles for Folder {
    fn open(&self, role: &str) -> Result<ModelFile, ModelFileError> {
        let name = ROLES.iter().find(|(known, _)| *known == role).map(|(_, name)| *name);
        let found =
            name.map(|name| path(&format!("{}/{name}", self.0))).filter(|path| path.is_file());
        let Some(path) = found else {
            return Err(ModelFileError::Missing { file: role.to_owned(), searched: Vec::new() });
        };
        let reader = Box::new(std::fs::File::open(&path).unwrap());
        Ok(ModelFile { reader, path, sha256: "0".repeat(64) })
    }
}

#[derive(Deserialize)]
struct Expected {
    prefix: String,
    texts: Vec<String>,
    ids: Vec<Vec<u32>>,
    vectors: Vec<Vec<f32>>,
    /// Of the first text, marks left out.
    states: Vec<Vec<f32>>,
}

fn expected(model: &str) -> Expected {
    serde_json::from_slice(&std::fs::read(path(&format!("{model}/expected.json"))).unwrap())
        .unwrap()
}

fn assert_close(got: &[f32], expected: &[f32], what: &str) {
    assert_eq!(got.len(), expected.len(), "{what}");
    for (got, expected) in got.iter().zip(expected) {
        assert!(
            (got - expected).abs() <= 1e-4 * expected.abs().max(1.0),
            "{what}: {got} for {expected}"
        );
    }
}

#[test]
fn ids_vectors_and_states_are_those_of_sentence_transformers() {
    for model in ["labse", "e5"] {
        let expected = expected(model);
        let mut encoder =
            TransformerEncoder::load(&Folder(model), model, 2, expected.prefix.as_str()).unwrap();
        let tokenizer = std::fs::read(path(&format!("{model}/tokenizer.json"))).unwrap();
        let tokenizer = super::tokenizer::JsonTokenizer::read(&tokenizer).unwrap();
        assert_eq!(expected.ids.len(), 200);
        for (text, ids) in expected.texts.iter().zip(&expected.ids) {
            assert_eq!(&tokenizer.encode(text, 64).unwrap().0, ids, "{model}: {text:?}");
        }
        let texts: Vec<&str> =
            expected.texts.iter().take(expected.vectors.len()).map(String::as_str).collect();
        let vectors = encoder.embed(&texts).unwrap();
        for ((text, vector), expected) in texts.iter().zip(&vectors).zip(&expected.vectors) {
            assert_eq!(vector.len(), encoder.dimensions());
            assert_close(vector, expected, &format!("{model}: {text:?}"));
        }
        let states = encoder.token_states(&texts[..1]).unwrap().remove(0);
        assert_eq!(states.spans.len(), states.tokens());
        for (got, expected) in states.rows().zip(&expected.states) {
            assert_close(&got[..expected.len()], expected, model);
        }
        assert_eq!(states.tokens(), expected.states.len());
    }
}

#[test]
fn no_text_gives_a_mark() {
    let bytes = std::fs::read(path("labse/tokenizer.json")).unwrap();
    let tokenizer = super::tokenizer::JsonTokenizer::read(&bytes).unwrap();
    let (ids, _) = tokenizer.encode("[SEP] [CLS] a", 64).unwrap();
    let (plain, _) = tokenizer.encode("a", 64).unwrap();
    assert!(
        ids[1..ids.len() - 1].iter().all(|id| ![plain[0], plain[plain.len() - 1]].contains(id))
    );
}

#[test]
fn an_unknown_network_is_answered_with_those_that_there_are() {
    let error = load_encoder(&Folder("marian"), "x", 1, None).err().unwrap();
    let InferError::UnknownArchitecture { found, supported } = error else { panic!("{error}") };
    assert_eq!(
        (found.as_str(), supported),
        ("marian", ["bert", "xlm-roberta", "usem3"].as_slice())
    );
}
