//! Damaged and hostile model files: each is an error, none a panic or a large allocation.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop at the first surprise, and reads its fixtures itself"
)]

use std::error::Error;

use proptest::prelude::*;

use super::checkpoint::{Checkpoint, Precision};
use super::error::InferError;
use super::fixtures::{FLOAT, INTEGER, Parts, bytes, load, model_file};
use super::gguf::Value;
use super::nn::SentenceEncoder;

fn error_of(bytes: Vec<u8>) -> InferError {
    match load(bytes) {
        Ok(_) => panic!("the file was accepted"),
        Err(error) => error,
    }
}

/// The message with all its causes.
fn told(error: &InferError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

fn metadata_error(parts: &Parts, key: &str) {
    match error_of(parts.write()) {
        InferError::Metadata { key: found, .. } => assert!(found.ends_with(key), "{found}"),
        other => panic!("{key}: {}", told(&other)),
    }
}

fn tensor_error(parts: &Parts, name: &str, detail: &str) {
    match error_of(parts.write()) {
        InferError::Tensor { tensor, detail: found, .. } => {
            assert_eq!(tensor, name);
            assert!(found.to_string().contains(detail), "{found}");
        }
        other => panic!("{name}: {}", told(&other)),
    }
}

#[test]
fn a_file_written_again_loads_as_before() {
    for name in FLOAT.into_iter().chain([INTEGER]) {
        assert!(load(Parts::of(name).write()).is_ok(), "{name}");
    }
}

#[test]
fn a_header_that_promises_more_than_the_file_holds_is_refused_before_memory_is_asked_for() {
    let header = |tensors: u64, values: u64, rest: &[u8]| {
        let counts = [tensors.to_le_bytes(), values.to_le_bytes()].concat();
        let mut file = [b"GGUF\x03\0\0\0".as_slice(), &counts, rest].concat();
        file.resize(60, 0);
        file
    };
    let array = |kind: u32, count: u64| {
        let key = [1u64.to_le_bytes().as_slice(), b"k", &9u32.to_le_bytes()].concat();
        [key.as_slice(), &kind.to_le_bytes(), &count.to_le_bytes()].concat()
    };
    let absurd = [
        header(u64::MAX, 0, &[]),
        header(0, u64::MAX, &[]),
        header(1 << 30, 1 << 30, &[]),
        header(0, 1, &u64::MAX.to_le_bytes()),
        header(0, 1, &array(8, 1 << 60)),
        header(0, 1, &array(9, 1 << 40)),
        header(0, 1, &array(10, u64::MAX / 4)),
    ];
    for file in absurd {
        let error = error_of(file);
        assert!(matches!(error, InferError::Format { format: "GGUF", .. }));
        assert!(told(&error).contains("do not fit the"), "{}", told(&error));
    }
}

#[test]
fn arrays_of_arrays_do_not_exhaust_the_stack() {
    let mut file = b"GGUF\x03\0\0\0".to_vec();
    file.extend([0u64.to_le_bytes(), 1u64.to_le_bytes(), 1u64.to_le_bytes()].concat());
    file.extend(b"k");
    file.extend(9u32.to_le_bytes());
    for _ in 0..1_000_000 {
        file.extend(9u32.to_le_bytes());
        file.extend(1u64.to_le_bytes());
    }
    assert!(told(&error_of(file)).ends_with("arrays are nested deeper than 4"));
}

#[test]
fn other_files_are_not_taken_for_gguf() {
    for file in
        [b"".as_slice(), b"GGUF", b"\x89PNG\r\n\x1a\n0000", b"GGUF\x01\0\0\0", b"GGUF\x09\0\0\0"]
    {
        assert!(matches!(error_of(file.to_vec()), InferError::Format { .. }));
    }
}

#[test]
fn a_file_that_ends_early_is_refused_wherever_it_ends() {
    for name in ["gemma3", INTEGER, "llama"] {
        let whole = bytes(name);
        let header = 4_000; // The header is about so long: here each region has fields of a few bytes.
        let ends = (0..header).step_by(7).chain((header..whole.len() - 32).step_by(1_117));
        for end in ends {
            match error_of(whole[..end].to_vec()) {
                InferError::Format { .. } | InferError::Tensor { .. } => {}
                other => panic!("{name} cut at {end}: {}", told(&other)),
            }
        }
    }
}

#[test]
fn an_alignment_of_zero_is_refused() {
    for alignment in [0, -32, 33, i64::MAX] {
        let parts = Parts::of("gemma3").with("general.alignment", Value::Integer(alignment));
        assert!(told(&error_of(parts.write())).contains("alignment is no power of two"));
    }
}

#[test]
fn a_key_that_comes_twice_is_refused() {
    let mut file = b"GGUF\x03\0\0\0".to_vec();
    file.extend([0u64.to_le_bytes(), 2u64.to_le_bytes()].concat());
    for _ in 0..2 {
        file.extend([1u64.to_le_bytes().as_slice(), b"k", &4u32.to_le_bytes(), &[0; 4]].concat());
    }
    assert!(told(&error_of(file)).ends_with("comes twice: `k`"));
}

#[test]
fn every_tensor_is_needed() {
    for name in FLOAT {
        let parts = Parts::of(name);
        for tensor in parts.tensors.keys() {
            // Without a head of their own, these networks use the embedding.
            if tensor != "output.weight" {
                tensor_error(&parts.clone().without_tensor(tensor), tensor, "absent");
            }
        }
    }
}

#[test]
fn a_tensor_of_another_shape_or_unknown_format_is_refused() {
    let parts = Parts::of(INTEGER);
    for tensor in ["token_embd.weight", "blk.3.attn_k.weight", "blk.0.attn_norm.weight"] {
        let changed = |change: &dyn Fn(&mut Vec<u64>, &mut u32)| {
            let mut parts = parts.clone();
            let (shape, format, _) = parts.tensors.get_mut(tensor).unwrap();
            change(shape, format);
            parts
        };
        tensor_error(&changed(&|shape, _| shape[0] += 1), tensor, "expected");
        tensor_error(&changed(&|shape, _| shape[0] = u64::MAX), tensor, "expected");
        tensor_error(&changed(&|shape, _| shape.push(1)), tensor, "expected");
        tensor_error(&changed(&|shape, _| shape.clear()), tensor, "expected");
        tensor_error(&changed(&|_, format| *format = 77), tensor, "format 77 is not supported");
    }
}

#[test]
fn absurd_sizes_in_the_metadata_are_refused() {
    let parts = Parts::of("gemma3");
    let keys = [
        "embedding_length",
        "block_count",
        "feed_forward_length",
        "context_length",
        "attention.head_count",
        "attention.head_count_kv",
        "attention.key_length",
    ];
    for key in keys {
        let with = |value: i64| parts.clone().with(&format!("gemma3.{key}"), Value::Integer(value));
        for value in [0, -1, 1 << 24, 1 << 40, i64::MAX, (1 << 24) - 1] {
            // A context has no tensor that contradicts it, and costs nothing until it is used.
            if key != "context_length" || value != (1 << 24) - 1 {
                let error = error_of(with(value).write());
                let kind = matches!(error, InferError::Metadata { .. } | InferError::Tensor { .. });
                assert!(kind, "{key} = {value}: {}", told(&error));
            }
        }
    }
}

#[test]
fn a_file_with_more_layers_than_it_says_is_refused() {
    metadata_error(
        &Parts::of("gemma3").with("gemma3.block_count", Value::Integer(6)),
        "block_count",
    );
}

#[test]
fn values_of_the_wrong_kind_are_refused() {
    for architecture in ["gemma3", "llama"] {
        let parts = Parts::of(architecture);
        let wrong =
            [Value::Integers(vec![4; 7]), Value::Text("4".into()), Value::Flag(true), Value::Other];
        let keys =
            ["block_count", "embedding_length", "attention.head_count", "feed_forward_length"];
        for value in wrong {
            for key in keys {
                let parts = parts.clone().with(&format!("{architecture}.{key}"), value.clone());
                metadata_error(&parts, key);
            }
            let epsilon = "attention.layer_norm_rms_epsilon";
            metadata_error(
                &parts.clone().with(&format!("{architecture}.{epsilon}"), value.clone()),
                epsilon,
            );
            metadata_error(&parts.clone().with("tokenizer.ggml.tokens", value), "tokens");
        }
        for value in [f64::NAN, f64::INFINITY, 0.0, -1.0] {
            let key = format!("{architecture}.attention.layer_norm_rms_epsilon");
            metadata_error(&parts.clone().with(&key, Value::Float(value)), "epsilon");
        }
    }
}

#[test]
fn rotations_that_the_network_does_not_compute_are_refused() {
    let parts = Parts::of("llama");
    let scaled = parts.clone().with("llama.rope.scaling.type", Value::Text("linear".into()));
    metadata_error(&scaled, "rope.scaling.type");
    let partial = parts.with("llama.rope.dimension_count", Value::Integer(8));
    metadata_error(&partial, "rope.dimension_count");
}

#[test]
fn an_unknown_architecture_is_named() {
    let parts = Parts::of("llama").with("general.architecture", Value::Text("mamba".into()));
    let told = told(&error_of(parts.write()));
    assert_eq!(told, "unknown architecture: `mamba`; supported: gemma3, llama, qwen2, qwen3");
}

#[test]
fn an_empty_vocabulary_is_refused() {
    let parts = Parts::of("qwen3").with("tokenizer.ggml.tokens", Value::Texts(Vec::new()));
    let parts = parts.with("tokenizer.ggml.scores", Value::Floats(Vec::new()));
    let parts = parts.with("tokenizer.ggml.token_type", Value::Integers(Vec::new()));
    let error = error_of(parts.write());
    let kind = matches!(error, InferError::Metadata { .. } | InferError::Tokenizer { .. });
    assert!(kind, "{}", told(&error));
}

#[test]
fn a_vocabulary_that_does_not_fit_the_embedding_is_refused() {
    let tokens = |count: usize| Value::Texts((0..count).map(|i| format!("t{i}")).collect());
    for count in [1, 95, 97] {
        let parts = Parts::of("llama").with("tokenizer.ggml.tokens", tokens(count));
        let error = error_of(parts.write());
        let kind = matches!(error, InferError::Tensor { .. } | InferError::Tokenizer { .. });
        assert!(kind, "{}", told(&error));
    }
}

#[test]
fn weights_that_are_no_numbers_are_refused_in_every_format() {
    let spoil = |name: &str, tensor: &str, at: usize, value: &[u8]| {
        let mut parts = Parts::of(name);
        let bytes = &mut parts.tensors.get_mut(tensor).unwrap().2;
        bytes[at..at + value.len()].copy_from_slice(value);
        parts
    };
    let half_nan = [0x00, 0x7e];
    let last_block = Parts::of(INTEGER).tensors["blk.6.ffn_down.weight"].2.len() - 34;
    for (tensor, at) in [("token_embd.weight", 0), ("blk.6.ffn_down.weight", last_block)] {
        let parts = spoil(INTEGER, tensor, at, &half_nan);
        tensor_error(&parts, tensor, "the scale of a block is no number");
    }
    let nan = f32::NAN.to_le_bytes();
    let norm = spoil("gemma3", "blk.2.post_ffw_norm.weight", 8, &nan);
    tensor_error(&norm, "blk.2.post_ffw_norm.weight", "no numbers");
    for tensor in ["blk.1.ffn_up.weight", "token_embd.weight"] {
        let error = error_of(spoil("gemma3", tensor, 400, &nan).write());
        assert!(matches!(error, InferError::NotFinite { .. }), "{}", told(&error));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_changed_bytes_in_the_header_make_a_panic(
        changes in prop::collection::vec((0usize..4_500, any::<u8>()), 1..6)
    ) {
        let mut file = bytes("qwen3");
        for (at, byte) in changes {
            file[at] = byte;
        }
        let _ = load(file);
    }
}

fn encoder_of(bytes: Vec<u8>) -> Result<SentenceEncoder, InferError> {
    SentenceEncoder::new(Checkpoint::read(model_file(bytes), Precision::Float32)?)
}

#[test]
fn safetensors_that_end_early_are_refused_wherever_they_end() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/models/usem3-ar-en/model.safetensors");
    let whole = std::fs::read(path).unwrap();
    for end in (0..3_000).step_by(101).chain((3_000..whole.len()).step_by(2_345_678)) {
        let error = encoder_of(whole[..end].to_vec()).err();
        assert!(matches!(error, Some(InferError::Format { .. })), "cut at {end}");
    }
    let mut promised = whole;
    promised[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(matches!(encoder_of(promised), Err(InferError::Format { .. })));
}

#[test]
fn safetensors_without_the_tensors_or_with_other_shapes_are_refused() {
    let file = |header: &str, data: usize| {
        let length = (header.len() as u64).to_le_bytes();
        [length.as_slice(), header.as_bytes(), &vec![0; data]].concat()
    };
    assert!(matches!(encoder_of(file("{}", 0)), Err(InferError::Tensor { .. })));
    let one = r#"{"embedding.codes":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#;
    assert!(matches!(encoder_of(file(one, 4)), Err(InferError::Tensor { .. })));
    let lying = r#"{"embedding.codes":{"dtype":"U8","shape":[400],"data_offsets":[0,4]}}"#;
    assert!(matches!(encoder_of(file(lying, 4)), Err(InferError::Format { .. })));
}
