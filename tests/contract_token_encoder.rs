//! The numbered clauses of the token encoder port, on the stand-in and the shipped sentence encoder.
//!
//! Owns: what every engine behind the port must hold. In: the shipped model. Never: quality of a match.
//! That the states are the right numbers shows in `contract_embedder`: the embedding is computed from their sum.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop at the first surprise, and reads its files itself"
)]

#[path = "support/model_folder.rs"]
mod model_folder;

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use isnad::infer::UniversalEncoder;
use isnad::infer::tokenizer::{Tokenizer, Unigram};
use isnad::ports::fakes::FakeEmbedder;
use isnad::ports::{TokenEncoder, TokenStates};
use model_folder::ModelFolder;

const TEXTS: [&str; 5] = [
    "أعلنت وزارة الصحة افتتاح ثلاثة مستشفيات جديدة.",
    "The health ministry announced the opening of three new hospitals.",
    "",
    "نعم",
    "The final was postponed because of rain, 12 hours before it should have begun.",
];

fn shipped() -> MutexGuard<'static, UniversalEncoder> {
    static SHIPPED: OnceLock<Mutex<UniversalEncoder>> = OnceLock::new();
    let load = || {
        let files = ModelFolder::of("usem3-ar-en");
        Mutex::new(UniversalEncoder::load(&files, "usem3-ar-en", 2).unwrap())
    };
    SHIPPED.get_or_init(load).lock().unwrap_or_else(PoisonError::into_inner)
}

fn states(texts: &[&str]) -> Vec<TokenStates> {
    shipped().token_states(texts).unwrap()
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

fn assert_near(a: &TokenStates, b: &TokenStates) {
    assert_eq!((a.width, &a.spans, a.values.len()), (b.width, &b.spans, b.values.len()));
    let differences = a.values.iter().zip(&b.values).map(|(a, b)| (a - b).abs());
    assert!(differences.fold(0.0, f32::max) < 1e-5);
}

#[test]
fn clause_1_there_is_one_value_a_text_in_the_same_order() {
    assert!(states(&[]).is_empty());
    let forwards = states(&TEXTS);
    let mut turned = TEXTS;
    turned.reverse();
    let mut backwards = states(&turned);
    backwards.reverse();
    assert_eq!(forwards.len(), TEXTS.len());
    for (forwards, backwards) in forwards.iter().zip(&backwards) {
        assert_near(forwards, backwards);
    }
}

#[test]
fn clause_2_states_are_whole_rows_of_finite_numbers_one_a_piece() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/models/usem3-ar-en/vocab.json");
    let vocabulary = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let tokenizer = Unigram::new(vocabulary).unwrap();
    for (text, states) in TEXTS.iter().zip(states(&TEXTS)) {
        assert_eq!(states.width, 1280);
        assert_eq!(states.values.len(), states.tokens() * states.width);
        assert_eq!(states.tokens(), tokenizer.encode(text).len(), "{text}");
        assert_eq!(states.rows().count(), states.tokens());
        assert!(states.values.iter().all(|value| value.is_finite()), "{text}");
    }
}

#[test]
fn clause_3_the_empty_text_has_no_rows() {
    for states in states(&["", "   "]) {
        assert_eq!((states.tokens(), states.rows().count()), (0, 0));
    }
}

#[test]
fn clause_4_the_other_texts_change_nothing() {
    for (text, together) in TEXTS.iter().zip(states(&TEXTS)) {
        assert_near(&states(&[text])[0], &together);
    }
}

#[test]
fn clause_5_spans_rise_and_spell_the_text() {
    let texts = [TEXTS[0], "  Ｆｕｌｌ \u{200f}width ﷺ １٢…\u{a0}\t end ", "", " ", "a😀😀 b"];
    let mut fake = FakeEmbedder.token_states(&texts).unwrap();
    fake.extend(states(&texts));
    for (text, states) in texts.iter().cycle().zip(fake) {
        assert_eq!(states.spans.len(), states.tokens());
        let mut reached = 0;
        for (before, span) in
            [None].into_iter().chain(states.spans.iter().map(Some)).zip(&states.spans)
        {
            let spelt = span.of(text).unwrap();
            assert_eq!(spelt.trim(), spelt, "{text:?}");
            assert!(before.is_none_or(|b| b.start() <= span.start() && b.end() <= span.end()));
            let skipped = text.get(reached.min(span.start())..span.start()).unwrap();
            assert!(
                skipped.chars().all(|c| c.is_whitespace() || c == '\u{200f}'),
                "{text:?}: {skipped:?}"
            );
            reached = span.end();
        }
        assert!(text.get(reached..).unwrap().trim().is_empty());
    }
}

/// A bank of money and a bank of a river: the states of the word differ, though less than those of other words.
#[test]
fn the_state_of_a_token_depends_on_its_surroundings() {
    let states =
        states(&["the bank raised rates", "the bank of the river", "the bank raised rates"]);
    let [money, river, again] = [0, 1, 2].map(|text| states[text].rows().nth(1).unwrap());
    let elsewhere = states[1].rows().last().unwrap();
    assert!(money.iter().zip(again).all(|(a, b)| (a - b).abs() < 1e-5));
    assert_ne!(money, river);
    assert!(cosine(money, river) > cosine(money, elsewhere));
}

#[test]
fn the_signature_names_the_model() {
    let signature = TokenEncoder::signature(&*shipped());
    assert_eq!(signature.name, "usem3-ar-en");
    assert_eq!(signature.sha256.len(), 64);
}
