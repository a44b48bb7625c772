//! Checkpoints against what `PyTorch` wrote, and damaged ones.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop at the first surprise, and reads its fixtures itself"
)]

use std::error::Error;
use std::io::Cursor;

use serde_json::Value as Json;

use super::*;

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(crate::infer::fixtures::path(name)).unwrap()
}

fn open(bytes: Vec<u8>) -> Result<Checkpoint, InferError> {
    let file = ModelFile {
        reader: Box::new(Cursor::new(bytes)),
        path: "x.bin".into(),
        sha256: String::new(),
    };
    Checkpoint::read(file, Precision::Float32)
}

fn told(result: Result<Checkpoint, InferError>) -> String {
    let error = result.err().unwrap();
    assert!(matches!(error, InferError::Format { .. }), "{error}");
    error.source().unwrap().to_string()
}

/// Witness: `torch.save`, both ways; made by `tests/parity/gen/tiny_seq2seq.py`. Equal to the last bit.
#[test]
fn both_formats_of_pytorch_give_the_numbers_that_were_saved() {
    let expected: Json = serde_json::from_slice(&bytes("pickles/expected.json")).unwrap();
    for file in ["pickles/zip.bin", "pickles/legacy.bin"] {
        let mut checkpoint = open(bytes(file)).unwrap();
        for name in ["plain", "shared", "row", "turned", "half", "brain", "one"] {
            let shape: Vec<usize> =
                serde_json::from_value(expected[name]["shape"].clone()).unwrap();
            let values: Vec<f32> =
                serde_json::from_value(expected[name]["values"].clone()).unwrap();
            assert_eq!(checkpoint.floats(name, &shape).unwrap(), values, "{file} {name}");
        }
        let error = checkpoint.floats("whole", &[3]).unwrap_err();
        assert_eq!(error.source().unwrap().to_string(), "its numbers are no floats");
    }
}

#[test]
fn a_pickle_that_names_a_function_is_refused_by_that_name() {
    for file in ["pickles/foreign.bin", "pickles/foreign_legacy.bin"] {
        let told = told(open(bytes(file)));
        assert!(told.contains("posix.system") && told.contains("not opened"), "{told}");
    }
}

#[test]
fn a_checkpoint_cut_off_anywhere_is_an_error() {
    for file in ["pickles/zip.bin", "pickles/legacy.bin", "marian/model.safetensors"] {
        let whole = bytes(file);
        for end in (0..whole.len()).step_by(whole.len() / 97 + 1) {
            assert!(open(whole[..end].to_vec()).is_err(), "{file} cut at {end}");
        }
    }
}

fn safetensors(header: &str, data: usize) -> Vec<u8> {
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.as_bytes());
    file.resize(file.len() + data, 0);
    file
}

#[test]
fn a_header_that_promises_more_than_the_file_holds_is_refused_before_memory_is_asked_for() {
    let entry = |shape: &str, from: u64, to: u64| {
        format!(r#"{{"a":{{"dtype":"F32","shape":{shape},"data_offsets":[{from},{to}]}}}}"#)
    };
    for (header, data, part) in [
        (entry("[4294967296,4294967296]", 0, 8), 8, "cannot be the bytes"),
        (entry("[2]", 0, 16), 8, "cannot be the bytes"),
        (entry("[4611686018427387904]", 0, 0), 0, "cannot be the bytes"),
        (entry("[2]", 8, 0), 8, "cannot be the bytes"),
        (entry("[2]", 8, 16), 16, "gap or overlap"),
        (entry("[2]", 0, 8), 12, "end at byte 8 of 12"),
        (entry("[2]", 0, 8).replace("F32", "F33"), 8, "unknown type `F33`"),
        ("{".to_owned(), 0, "EOF"),
    ] {
        let told = told(open(safetensors(&header, data)));
        assert!(told.contains(part), "{told}");
    }
    let mut absurd = safetensors("{}", 60);
    absurd[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(told(open(absurd)).contains("does not fit a file of 70"));
    assert!(told(open(b"{}".to_vec())).contains("2 bytes are no header"));
}

#[test]
fn an_8_bit_matrix_is_the_float_matrix_but_for_rounding() {
    let values: Vec<f32> = (0u16..640).map(|at| f32::from(at * 37 % 101) / 50.0 - 1.0).collect();
    let packed = PackedMatrix::from_blocks(BlockFormat::Q8_0, 10, 64, &quantised(&values)).unwrap();
    let mut row = [0f32; 64];
    packed.dequantize_row(7, &mut row);
    for (got, expected) in row.iter().zip(&values[7 * 64..]) {
        assert!((got - expected).abs() <= 1.0 / 127.0 / 2.0 + 1e-3, "{got} for {expected}");
    }
}
