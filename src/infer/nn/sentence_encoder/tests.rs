//! The encoder against its layers as they are written down: one product a token and window, in `f64`.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a test may stop at the first surprise, and reads the shipped weights itself"
)]

use std::collections::HashMap;

use candle_core::Tensor;

use super::*;
use crate::infer::checkpoint::Precision;
use crate::ports::ModelFile;

const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/models/usem3-ar-en/model.safetensors");

fn checkpoint(bytes: Vec<u8>) -> Checkpoint {
    let reader = Box::new(std::io::Cursor::new(bytes));
    let file = ModelFile { reader, path: SHIPPED.into(), sha256: "0".repeat(64) };
    Checkpoint::read(file, Precision::Float32).unwrap()
}

fn shipped() -> Checkpoint {
    checkpoint(std::fs::read(SHIPPED).unwrap())
}

/// Sentences of pieces that were drawn, some of them often.
fn drawn(lengths: &[usize], mut seed: u64) -> Vec<Vec<u32>> {
    let mut draw = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let number = (seed >> 33) as u32;
        if number.is_multiple_of(3) { number % 7 } else { number % 91_000 }
    };
    lengths.iter().map(|length| (0..*length).map(|_| draw()).collect()).collect()
}

fn features(encoder: &SentenceEncoder, distinct: usize, sentences: &[Vec<u32>]) -> Vec<Vec<f32>> {
    let mut pieces = Pieces::default();
    features_after(encoder, (distinct, &mut pieces), sentences)
}

fn features_after(
    encoder: &SentenceEncoder,
    (distinct, pieces): (usize, &mut Pieces),
    sentences: &[Vec<u32>],
) -> Vec<Vec<f32>> {
    encoder.each_within(distinct, pieces, sentences, |ids, features| {
        assert_eq!(features.len(), ids.len() * FEATURES);
        features.to_vec()
    })
}

struct Plain(HashMap<String, Tensor>);

impl Plain {
    fn values(&self, name: &str) -> Vec<f64> {
        let tensor = self.0[name].flatten_all().unwrap();
        tensor.to_vec1::<f32>().unwrap().into_iter().map(f64::from).collect()
    }

    /// `x W + b`
    fn affine(&self, name: &str, x: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let weight = self.values(&format!("{name}.weight"));
        let bias = self.values(&format!("{name}.bias"));
        let row = |x: &Vec<f64>| {
            let mut out = bias.clone();
            for (x, weights) in x.iter().zip(weight.chunks(bias.len())) {
                out.iter_mut().zip(weights).for_each(|(out, weight)| *out += x * weight);
            }
            out
        };
        x.iter().map(row).collect()
    }

    fn norm(&self, name: &str, x: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let weight = self.values(&format!("{name}.weight"));
        let bias = self.values(&format!("{name}.bias"));
        let row = |x: &Vec<f64>| {
            let count = x.len() as f64;
            let mean = x.iter().sum::<f64>() / count;
            let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count;
            let scale = (variance + f64::from(EPSILON)).sqrt();
            let normed = x.iter().map(|x| (x - mean) / scale);
            normed.zip(weight.iter().zip(&bias)).map(|(x, (w, b))| x * w + b).collect()
        };
        x.iter().map(row).collect()
    }

    fn convolution(&self, name: &str, x: &[Vec<f64>], order: usize, left: usize) -> Vec<Vec<f64>> {
        let window = |token: usize| -> Vec<f64> {
            let places = (0..order).map(|place| (token + place).checked_sub(left));
            let inside = places.map(|at| at.and_then(|at| x.get(at)));
            inside.flat_map(|row| row.cloned().unwrap_or_else(|| vec![0.0; BRANCH])).collect()
        };
        let windows: Vec<Vec<f64>> = (0..x.len()).map(window).collect();
        let rows = self.affine(name, &windows).into_iter().zip(x);
        rows.map(|(out, x)| out.iter().zip(x).map(|(out, x)| out.max(0.0) + x).collect()).collect()
    }

    fn features(&self, table: &EmbeddingTable, ids: &[u32]) -> Vec<Vec<f64>> {
        let mut embedded = Vec::new();
        table.rows(ids, &mut embedded);
        let mut features: Vec<Vec<f64>> = embedded
            .chunks(WIDTH)
            .map(|row| row.iter().copied().map(f64::from).collect())
            .collect();
        let projected = self.norm("projection.norm", &self.affine("projection", &features));
        for (index, (order, left)) in ORDERS.into_iter().enumerate() {
            let input: Vec<Vec<f64>> =
                projected.iter().map(|row| row[index * BRANCH..][..BRANCH].to_vec()).collect();
            let hidden = self.convolution(&format!("ngram{order}.inner"), &input, order, left);
            let hidden = self.convolution(&format!("ngram{order}.outer"), &hidden, order, left);
            features.iter_mut().zip(hidden).for_each(|(all, hidden)| all.extend(hidden));
        }
        self.norm("features.norm", &features)
    }
}

#[test]
fn features_are_those_of_the_layers_as_they_are_written_down() {
    let plain = Plain(shipped().into_tensors("").unwrap());
    let encoder = SentenceEncoder::new(shipped()).unwrap();
    let sentences = drawn(&[1, 2, 3, 4, 9, 17], 5);
    for (ids, got) in sentences.iter().zip(features(&encoder, DISTINCT, &sentences)) {
        let expected = plain.features(&encoder.table, ids).concat();
        assert_eq!(got.len(), expected.len());
        for (at, (got, expected)) in got.iter().zip(&expected).enumerate() {
            let error = (f64::from(*got) - expected).abs();
            assert!(error < 1e-5, "{ids:?}, value {at}: {got} for {expected}");
        }
    }
}

/// Bit for bit: an article must have the same vectors whatever is translated with it.
#[test]
fn neither_other_sentences_nor_the_cuts_between_them_change_a_bit() {
    let encoder = SentenceEncoder::new(shipped()).unwrap();
    let sentences = drawn(&[12, 1, 40, 7, 0, 210, 33, 2, 5, 90, 60, 8, 3], 11);
    let whole = features(&encoder, DISTINCT, &sentences);
    let bits = |rows: &[f32]| -> Vec<u32> { rows.iter().map(|value| value.to_bits()).collect() };
    for distinct in [1, 50, 120] {
        for (one, two) in whole.iter().zip(features(&encoder, distinct, &sentences)) {
            assert_eq!(bits(one), bits(&two), "at most {distinct} pieces");
        }
    }
    // Nor do the sentences before, of which most pieces are still known.
    let mut pieces = Pieces::default();
    for (sentences, whole) in sentences.chunks(3).zip(whole.chunks(3)).rev() {
        for _ in 0..2 {
            for (one, two) in
                whole.iter().zip(features_after(&encoder, (100, &mut pieces), sentences))
            {
                assert_eq!(bits(one), bits(&two));
            }
        }
    }
    for (together, ids) in whole.iter().zip(&sentences) {
        let alone = features(&encoder, DISTINCT, std::slice::from_ref(ids)).concat();
        assert_eq!(bits(together), bits(&alone), "{} pieces alone", ids.len());
    }
}

#[test]
fn a_piece_outside_the_table_is_the_unknown_one() {
    let encoder = SentenceEncoder::new(shipped()).unwrap();
    let [known, outside] = [0, u32::MAX].map(|id| features(&encoder, DISTINCT, &[vec![5, id, 9]]));
    assert_eq!(known, outside);
}

#[test]
fn vectors_have_length_1_whatever_the_count_of_their_pieces() {
    let encoder = SentenceEncoder::new(shipped()).unwrap();
    let sums: Vec<Vec<f32>> = features(&encoder, DISTINCT, &drawn(&[1, 30], 2))
        .iter()
        .map(|features| {
            let mut sum = vec![0f32; FEATURES];
            for row in rows(features, FEATURES) {
                add(&mut sum, row);
            }
            sum
        })
        .collect();
    let sums: Vec<&[f32]> = sums.iter().map(Vec::as_slice).collect();
    for vector in encoder.head(encoder.linear(&sums), &[1, 30]).chunks(WIDTH) {
        assert!((square(vector) - 1.0).abs() < 1e-5);
    }
    // Without a single piece there is nothing to divide by.
    let nothing = encoder.head(vec![0.0; WIDTH], &[0]);
    assert!(nothing.iter().all(|value| value.is_finite()));
}

#[test]
fn tensors_of_another_shape_or_without_numbers_are_named() {
    let whole = std::fs::read(SHIPPED).unwrap();
    let length = usize::try_from(u64::from_le_bytes(*whole.first_chunk().unwrap())).unwrap();
    let header: serde_json::Value = serde_json::from_slice(&whole[8..8 + length]).unwrap();
    let with_header = |header: &serde_json::Value| {
        let header = serde_json::to_vec(header).unwrap();
        [&(header.len() as u64).to_le_bytes(), header.as_slice(), &whole[8 + length..]].concat()
    };
    let reshaped = |name: &str, shape: [usize; 2]| {
        let mut header = header.clone();
        header[name]["shape"] = serde_json::json!(shape);
        with_header(&header)
    };
    let first = header["sentence.bias"]["data_offsets"][0].as_u64().unwrap();
    let first = 8 + length + usize::try_from(first).unwrap();
    let mut endless = whole.clone();
    endless[first..first + 4].fill(0xff);
    for (name, wrong) in [
        ("head.d3", reshaped("head.d3", [WIDTH / 2, WIDTH * 2])),
        ("sentence.bias", endless),
        ("ngram5.inner.weight", reshaped("ngram5.inner.weight", [BRANCH, 5 * BRANCH])),
    ] {
        let error = SentenceEncoder::new(checkpoint(wrong)).err().unwrap();
        assert!(matches!(&error, InferError::Tensor { tensor, .. } if tensor == name), "{error}");
    }
}
