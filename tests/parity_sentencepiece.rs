//! Piece by piece, our reading of sentencepiece model files against the library.
//!
//! Owns: the comparison on the fixtures, and what damaged files do.
//! Witness: sentencepiece; version in the fixture. Made by `parity/gen/sentencepiece_pieces.py`.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop at the first surprise, and reads its fixtures itself"
)]

use std::io::Cursor;
use std::path::Path;

use isnad::infer::tokenizer::SentencePieceModel;
use isnad::infer::{InferError, SentencePieces};
use isnad::ports::{ModelFile, PieceTokenizer};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    lines: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    text: String,
    spm_unigram: Vec<String>,
    spm_bpe: Vec<String>,
}

fn bytes(name: &str) -> Vec<u8> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/fixtures");
    std::fs::read(fixtures.join(name)).unwrap()
}

fn lines() -> Vec<Line> {
    let fixture: Fixture = serde_json::from_slice(&bytes("spm_pieces.json")).unwrap();
    assert!(fixture.lines.len() >= 200, "only {} lines", fixture.lines.len());
    fixture.lines
}

fn load(bytes: Vec<u8>) -> Result<SentencePieces, InferError> {
    let sha256 = "0".repeat(64);
    let file = ModelFile { reader: Box::new(Cursor::new(bytes)), path: "x.model".into(), sha256 };
    SentencePieces::load(file, "x")
}

fn assert_pieces(name: &str, theirs: impl Fn(Line) -> Vec<String>) {
    let model = load(bytes(name)).unwrap();
    let mut different = Vec::new();
    for line in lines() {
        let (text, ours) = (line.text.clone(), model.pieces(&line.text));
        let theirs = theirs(line);
        if ours != theirs {
            different.push(format!("{text:?}\n  ours   {ours:?}\n  theirs {theirs:?}"));
        }
    }
    assert!(different.is_empty(), "{} differ:\n{}", different.len(), different.join("\n"));
}

#[test]
fn unigram_pieces_equal_sentencepiece() {
    assert_pieces("spm_unigram.model", |line| line.spm_unigram);
}

#[test]
fn bpe_pieces_equal_sentencepiece() {
    assert_pieces("spm_bpe.model", |line| line.spm_bpe);
}

/// Every field the cutting depends on shows somewhere in the fixture.
#[test]
fn the_fixture_reaches_unknown_characters_bytes_and_user_defined_pieces() {
    let lines = lines();
    let any = |holds: &dyn Fn(&Line) -> bool| lines.iter().any(holds);
    assert!(any(&|line| line.spm_bpe.iter().any(|piece| piece == "<0x00>")));
    assert!(any(&|line| line.spm_unigram.iter().any(|piece| piece == "你好世界")));
    assert!(any(&|line| line.spm_unigram.iter().any(|piece| piece == "<url>")));
    assert!(any(&|line| line.text == "<s>" && line.spm_unigram.len() > 1));
}

#[test]
fn the_signature_names_the_model_and_its_bytes() {
    let signature = load(bytes("spm_bpe.model")).unwrap().signature();
    assert_eq!((signature.role.as_str(), signature.name.as_str()), ("pieces", "x"));
    assert_eq!(signature.sha256, "0".repeat(64));
}

#[test]
fn a_file_that_ends_early_never_panics_and_is_no_whole_model() {
    for name in ["spm_unigram.model", "spm_bpe.model"] {
        let whole = bytes(name);
        let mut refused = 0;
        for end in 0..whole.len() {
            // A cut between two fields leaves a smaller message, which may be a model.
            match SentencePieceModel::read(&whole[..end]) {
                Ok(model) => drop(model.pieces("نص text")),
                Err(_) => refused += 1,
            }
        }
        // Most cuts fall inside a field.
        assert!(refused * 10 > whole.len() * 7, "{name}: {refused} of {} cuts", whole.len());
    }
}

#[test]
fn a_model_of_another_kind_is_refused_by_name() {
    let told = |message: &[u8]| {
        let error = SentencePieceModel::read(message).err().unwrap();
        std::error::Error::source(&error).unwrap().to_string()
    };
    // trainer_spec { model_type: 4 }, then treat_whitespace_as_suffix: true.
    let unknown_piece = [0x0A, 7, 0x0A, 3, b'u', b'n', b'k', 0x18, 2];
    let with = |trainer: &[u8]| {
        [unknown_piece.as_slice(), &[0x12, u8::try_from(trainer.len()).unwrap()], trainer].concat()
    };
    assert_eq!(
        told(&with(&[0x18, 4])),
        "models of type `char` are not supported: unigram, bpe are"
    );
    assert_eq!(
        told(&with(&[0x18, 3])),
        "models of type `word` are not supported: unigram, bpe are"
    );
    let suffix = told(&with(&[0xC0, 0x01, 1]));
    assert_eq!(suffix, "models with `treat_whitespace_as_suffix` are not supported");
    assert_eq!(told(&[]), "0 unknown pieces, one is needed");
    assert_eq!(told(&[unknown_piece, unknown_piece].concat()), "2 unknown pieces, one is needed");
    let fallback = told(&with(&[0x98, 0x02, 1]));
    assert_eq!(fallback, "0 byte pieces; 256 are needed to fall back, else none");
    assert!(SentencePieceModel::read(&unknown_piece).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_changed_bytes_make_a_panic(
        bpe in any::<bool>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        text in "\\PC{0,40}",
    ) {
        let mut file = bytes(if bpe { "spm_bpe.model" } else { "spm_unigram.model" });
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        if let Ok(model) = SentencePieceModel::read(&file) {
            let _ = model.pieces(&text);
            let _ = model.ids(&text);
        }
    }

    #[test]
    fn no_bytes_make_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(SentencePieceModel::read(&bytes).is_err());
    }

    /// Whatever the text, pieces joined give the normalised text, and none is empty.
    #[test]
    fn pieces_are_never_empty(text in any::<String>()) {
        for name in ["spm_unigram.model", "spm_bpe.model"] {
            let model = SentencePieceModel::read(&bytes(name)).unwrap();
            prop_assert!(model.pieces(&text).iter().all(|piece| !piece.is_empty()));
        }
    }
}
