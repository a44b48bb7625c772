//! Encoder–decoders against `transformers`, and against themselves in other batches.
//!
//! Witness: transformers 4.57.1, float32, CPU, padded batches; made by `tests/parity/gen/tiny_seq2seq.py`. Tolerance 2e-4 of the
//! value or of 1: float sums in another order, and padding that we do not have.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop at the first surprise, and reads its fixtures itself"
)]

use serde::Deserialize;

use super::decoder::Row;
use super::*;
use crate::infer::checkpoint::{Checkpoint, Precision};
use crate::infer::fixtures::path;
use crate::ports::ModelFile;

const FAMILIES: [&str; 5] = ["marian", "m2m100", "nllb", "t5", "mt5"];
const TOLERANCE: f32 = 2e-4;

#[derive(Deserialize)]
struct Expected {
    batch_ids: Vec<Vec<u32>>,
    states: Vec<Vec<Vec<f32>>>,
    decoder_ids: Vec<Vec<u32>>,
    logits: Vec<Vec<Vec<f32>>>,
    attention: Vec<Vec<f32>>,
}

fn expected(family: &str) -> Expected {
    serde_json::from_slice(&std::fs::read(path(&format!("{family}/expected.json"))).unwrap())
        .unwrap()
}

fn network(family: &str, precision: Precision) -> Seq2Seq {
    let config = std::fs::read(path(&format!("{family}/config.json"))).unwrap();
    let config = Seq2SeqConfig::from_json(&config).unwrap();
    let weights = path(&format!("{family}/model.safetensors"));
    let reader = Box::new(std::fs::File::open(&weights).unwrap());
    let file = ModelFile { reader, path: weights, sha256: String::new() };
    let mut checkpoint = Checkpoint::read(file, precision).unwrap();
    Seq2Seq::load(&mut checkpoint, config).unwrap_or_else(|error| panic!("{family}: {error:?}"))
}

fn assert_close(got: &[f32], expected: &[f32], tolerance: f32, what: &str) {
    assert_eq!(got.len(), expected.len(), "{what}");
    for (at, (got, expected)) in got.iter().zip(expected).enumerate() {
        let allowed = tolerance * expected.abs().max(1.0);
        assert!((got - expected).abs() <= allowed, "{what}, value {at}: {got} for {expected}");
    }
}

fn slices(ids: &[Vec<u32>]) -> Vec<&[u32]> {
    ids.iter().map(Vec::as_slice).collect()
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn encoder_states_match_transformers_in_a_padded_batch() {
    for family in FAMILIES {
        let (mut network, expected) = (network(family, Precision::Float32), expected(family));
        let width = network.config().width;
        let states = network.encode(&slices(&expected.batch_ids)).unwrap();
        let mut rows = states.chunks(width);
        for (text, tokens) in expected.states.iter().enumerate() {
            for (at, values) in tokens.iter().enumerate() {
                let row = rows.next().unwrap();
                assert_close(
                    &row[..values.len()],
                    values,
                    TOLERANCE,
                    &format!("{family}, text {text}, token {at}"),
                );
            }
        }
    }
}

#[test]
fn logits_and_cross_attention_match_transformers_in_a_padded_batch() {
    for family in FAMILIES {
        let (mut network, expected) = (network(family, Precision::Float32), expected(family));
        let vocabulary = network.config().vocabulary;
        let sources = network.sources(&slices(&expected.batch_ids)).unwrap();
        let mut states: Vec<OutputState> = sources.into_iter().map(OutputState::new).collect();
        let mut rows: Vec<Row<'_, '_>> = states
            .iter_mut()
            .zip(&expected.decoder_ids)
            .map(|(state, ids)| (state, ids.as_slice()))
            .collect();
        let (mut logits, mut attention) = (Vec::new(), Vec::new());
        network.decode(&mut rows, Wanted::All, &mut logits, Some(&mut attention)).unwrap();
        let length = expected.decoder_ids[0].len();
        let mut weights = attention.last().unwrap().as_slice();
        for (text, (places, attended)) in
            expected.logits.iter().zip(&expected.attention).enumerate()
        {
            for (at, values) in [0, 3, length - 1].into_iter().zip(places) {
                let row = &logits[(text * length + at) * vocabulary..][..vocabulary];
                let every_third: Vec<f32> = row.iter().step_by(3).copied().collect();
                assert_close(
                    &every_third,
                    values,
                    TOLERANCE,
                    &format!("{family}, text {text}, token {at}"),
                );
            }
            let (own, rest) = weights.split_at(length * attended.len());
            weights = rest;
            let last = &own[(length - 1) * attended.len()..];
            assert_close(last, attended, TOLERANCE, &format!("{family}, attention of text {text}"));
        }
    }
}

/// 8-bit weights and activations: rounding of up to 1/254 a value, over two layers of random weights, moves a logit by up to
/// some tenths; the mean distance stays below a tenth of the mean size. Random T5s are left out: nothing scales their scores, so
/// that attention jumps from one token to another at the slightest change.
#[test]
fn eight_bit_weights_stay_near_the_float_logits() {
    for family in ["marian", "m2m100", "nllb"] {
        let expected = expected(family);
        let run = |precision| {
            let mut network = network(family, precision);
            let mut state =
                OutputState::new(network.sources(&[&expected.batch_ids[0]]).unwrap().remove(0));
            let mut logits = Vec::new();
            let mut rows = [(&mut state, expected.decoder_ids[0].as_slice())];
            network.decode(&mut rows, Wanted::All, &mut logits, None).unwrap();
            logits
        };
        let (float, int) = (run(Precision::Float32), run(Precision::Int8));
        #[expect(clippy::cast_precision_loss, reason = "there are few logits")]
        let count = float.len() as f32;
        let mean = |values: &mut dyn Iterator<Item = f32>| values.sum::<f32>() / count;
        let distance = mean(&mut float.iter().zip(&int).map(|(a, b)| (a - b).abs()));
        let size = mean(&mut float.iter().map(|value| value.abs()));
        assert!(distance > 0.0 && distance < 0.1 * size, "{family}: {distance} of {size}");
    }
}

#[test]
fn an_output_gives_the_same_bits_in_a_ragged_batch_as_alone_and_in_steps_as_whole() {
    for family in FAMILIES {
        let (mut network, expected) = (network(family, Precision::Float32), expected(family));
        let vocabulary = network.config().vocabulary;
        let alone: Vec<Vec<u32>> = (0..expected.batch_ids.len())
            .map(|text| {
                let mut state = OutputState::new(
                    network.sources(&[&expected.batch_ids[text]]).unwrap().remove(0),
                );
                let mut logits = Vec::new();
                for id in &expected.decoder_ids[text][..=text] {
                    let mut rows = [(&mut state, std::slice::from_ref(id))];
                    network.decode(&mut rows, Wanted::Last, &mut logits, None).unwrap();
                }
                bits(&logits)
            })
            .collect();
        let sources = network.sources(&slices(&expected.batch_ids)).unwrap();
        let mut states: Vec<OutputState> = sources.into_iter().map(OutputState::new).collect();
        let mut rows: Vec<Row<'_, '_>> = states
            .iter_mut()
            .zip(&expected.decoder_ids)
            .enumerate()
            .map(|(text, (state, ids))| (state, &ids[..=text]))
            .collect();
        let mut logits = Vec::new();
        network.decode(&mut rows, Wanted::Last, &mut logits, None).unwrap();
        for (row, alone) in logits.chunks(vocabulary).zip(&alone) {
            assert_eq!(&bits(row), alone, "{family}");
        }
    }
}
