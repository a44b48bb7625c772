//! COMET against the reference, on a tiny random model.
//!
//! Witness: unbabel-comet and transformers, float32, CPU, padded batches; made by `tests/parity/gen/tiny_comet.py`,
//! versions in the fixture. Tolerance 1e-4: float sums in another order, and padding that we do not have.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop at the first surprise, and reads its fixtures itself"
)]

use std::collections::BTreeMap;

use serde::Deserialize;

use super::*;
use crate::infer::fixtures::{Files, path};

const TOLERANCE: f32 = 1e-4;

#[derive(Deserialize)]
struct Fixture {
    triples: Vec<(String, String, String)>,
    scores: BTreeMap<String, Vec<f32>>,
    texts: Vec<Tokenized>,
    hidden: Vec<Hidden>,
}

#[derive(Deserialize)]
struct Tokenized {
    text: String,
    ids: Vec<u32>,
    /// Where transformers' own reading of the sentencepiece model differs from the library's.
    sentencepiece_ids: Option<Vec<u32>>,
}

#[derive(Deserialize)]
struct Hidden {
    layer: usize,
    text: usize,
    values: Vec<Vec<f32>>,
}

/// The files of the fixture.
fn tiny() -> Files {
    let names = [
        ("weights", "model.safetensors"),
        ("hparams", "hparams.yaml"),
        ("config", "config.json"),
        ("tokenizer", "tokenizer.json"),
        ("sentencepiece", "sentencepiece.bpe.model"),
    ];
    Files::of("comet", &names)
}

fn load(files: &Files) -> Result<CometEstimator, InferError> {
    CometEstimator::load(files, "tiny", 2)
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(path(&format!("comet/{name}"))).unwrap()
}

fn fixture() -> Fixture {
    let fixture: Fixture = serde_json::from_slice(&read("expected.json")).unwrap();
    assert!(fixture.triples.len() >= 24 && fixture.scores.len() == 4);
    fixture
}

fn borrowed(triples: &[(String, String, String)]) -> Vec<(&str, &str, &str)> {
    triples.iter().map(|(s, h, r)| (s.as_str(), h.as_str(), r.as_str())).collect()
}

fn assert_close(got: &[f32], expected: &[f32], what: &str) {
    assert_eq!(got.len(), expected.len(), "{what}");
    for (at, (got, expected)) in got.iter().zip(expected).enumerate() {
        assert!((got - expected).abs() < TOLERANCE, "{what}, {at}: {got} for {expected}");
    }
}

#[test]
fn ids_equal_those_of_transformers_with_either_tokenizer() {
    let fixture = fixture();
    let json = load(&tiny()).unwrap();
    let sentencepiece = load(&tiny().without("tokenizer")).unwrap();
    let limit = json.encoder.positions() - UNUSED_POSITIONS;
    assert!(fixture.texts.iter().any(|text| text.ids.len() == limit), "no text is cut off");
    for Tokenized { text, ids, sentencepiece_ids } in fixture.texts {
        assert_eq!(json.tokenizer.encode(&text, limit).unwrap(), ids, "{text:?}");
        let expected = sentencepiece_ids.unwrap_or(ids);
        assert_eq!(sentencepiece.tokenizer.encode(&text, limit).unwrap(), expected, "{text:?}");
    }
}

#[test]
fn no_text_gives_a_control_token() {
    for files in [tiny(), tiny().without("tokenizer")] {
        let tokenizer = load(&files).unwrap().tokenizer;
        for text in ["<s>", "a</s>b", "<pad><pad>", "<mask>"] {
            let ids = tokenizer.encode(text, 100).unwrap();
            let (begin, end) = (ids.first(), ids.last());
            assert_eq!((begin, end), (Some(&0), Some(&2)));
            assert!(
                ids[1..ids.len() - 1].iter().all(|&id| (3..501).contains(&id)),
                "{text}: {ids:?}"
            );
        }
    }
}

#[test]
fn states_of_each_layer_match_transformers() {
    let (fixture, estimator) = (fixture(), load(&tiny()).unwrap());
    let ids: Vec<&[u32]> = fixture.texts[..3].iter().map(|text| text.ids.as_slice()).collect();
    let (states, rows) = estimator.encoder.forward(&ids).unwrap();
    assert_eq!(states.len(), 4);
    assert!(fixture.hidden.len() >= 9);
    for Hidden { layer, text, values } in fixture.hidden {
        let range = rows[text].clone();
        let state = states[layer].narrow(0, range.start, range.len()).unwrap();
        let got: Vec<f32> = state.flatten_all().unwrap().to_vec1().unwrap();
        assert_close(&got, &values.concat(), &format!("layer {layer}, text {text}"));
    }
}

#[test]
fn scores_match_comet_for_each_kind_of_mix() {
    let fixture = fixture();
    let triples = borrowed(&fixture.triples);
    for (variant, expected) in &fixture.scores {
        let mut files = tiny();
        if variant.contains("sparsemax") {
            files = files.replace("hparams", "sparsemax_patch", "sparsemax");
        }
        if variant.contains("layer_norm") {
            files = files.replace("hparams", "layer_norm: false", "layer_norm: true");
        }
        let got = load(&files).unwrap().estimate(&triples).unwrap();
        assert_close(&got, expected, variant);
    }
    let first = |variant: &str| fixture.scores[variant][0];
    assert!((first("softmax") - first("sparsemax")).abs() > 100.0 * TOLERANCE);
    assert!((first("softmax") - first("softmax, layer_norm")).abs() > 100.0 * TOLERANCE);
}

#[test]
fn an_activation_at_the_end_bends_the_score() {
    let fixture = fixture();
    let triples = borrowed(&fixture.triples);
    let files = tiny().replace("hparams", "final_activation: null", "final_activation: Sigmoid");
    let got = load(&files).unwrap().estimate(&triples).unwrap();
    let bent: Vec<f32> =
        fixture.scores["softmax"].iter().map(|score| 1.0 / (1.0 + (-score).exp())).collect();
    assert_close(&got, &bent, "sigmoid");
}

#[test]
fn clause_1_there_is_one_estimate_a_triple_in_the_same_order() {
    let (fixture, mut estimator) = (fixture(), load(&tiny()).unwrap());
    assert!(estimator.estimate(&[]).unwrap().is_empty());
    let mut triples = borrowed(&fixture.triples);
    let forwards = estimator.estimate(&triples).unwrap();
    triples.reverse();
    let mut backwards = estimator.estimate(&triples).unwrap();
    backwards.reverse();
    assert_close(&forwards, &backwards, "reversed");
}

#[test]
fn clause_3_the_other_triples_change_nothing() {
    let (fixture, mut estimator) = (fixture(), load(&tiny()).unwrap());
    let triples = borrowed(&fixture.triples);
    let together = estimator.estimate(&triples).unwrap();
    let alone: Vec<f32> =
        triples.iter().map(|one| estimator.estimate(&[*one]).unwrap()[0]).collect();
    assert_close(&alone, &together, "alone");
}

#[test]
fn batches_hold_all_texts_in_order_and_no_more_tokens_than_allowed() {
    assert!(batches(&[]).is_empty());
    assert_eq!(batches(&[600, 1, 511, 1, 510]), [0..1, 1..3, 3..5]);
}

#[test]
fn the_signature_names_the_weights() {
    let signature = load(&tiny()).unwrap().signature();
    assert_eq!((signature.role.as_str(), signature.name.as_str()), ("quality", "tiny"));
    assert_eq!(signature.sha256, format!("{:064x}", read("model.safetensors").len()));
}

fn told(files: &Files) -> String {
    let error = load(files).err().unwrap();
    let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
    format!("{error}: {cause}")
}

#[test]
fn files_that_are_missing_or_do_not_fit_are_named() {
    let all = tiny;
    let encoder = told(&all().without("config"));
    assert!(
        encoder.ends_with("encoder `tiny` is not known: its config.json is needed"),
        "{encoder}"
    );
    let heads =
        told(&all().replace("config", "\"num_attention_heads\": 4", "\"num_attention_heads\": 5"));
    assert!(heads.ends_with("16 values, 5 heads, 3 layers"), "{heads}");
    let pool = told(&all().replace("hparams", "pool: avg", "pool: cls"));
    assert!(pool.ends_with("`pool: cls` is not supported: avg"), "{pool}");
    let marks = told(&all().replace("tokenizer", "</s>", "<end>"));
    assert!(marks.starts_with("cannot build the tokenizer of `tokenizer`"), "{marks}");
    let neither = all().without("tokenizer").without("sentencepiece");
    assert!(told(&neither).starts_with("model file not found: `sentencepiece`"));
    for role in ["weights", "hparams", "config", "tokenizer"] {
        for cut in [0, 1, 100] {
            let mut files = all();
            files.0.get_mut(role).unwrap().truncate(cut);
            assert!(load(&files).is_err(), "{role} cut at {cut}");
        }
    }
}

#[test]
fn weights_that_are_no_numbers_are_refused() {
    let mut files = all_with_last_bytes(f32::NAN.to_le_bytes());
    assert!(matches!(load(&files), Err(InferError::Tensor { .. })));
    files = all_with_last_bytes(0.5f32.to_le_bytes());
    assert!(load(&files).is_ok());
}

/// The last tensor of the file is the gain γ of the mix.
fn all_with_last_bytes(last: [u8; 4]) -> Files {
    let mut files = tiny();
    let weights = files.0.get_mut("weights").unwrap();
    let end = weights.len();
    weights[end - 4..].copy_from_slice(&last);
    files
}
