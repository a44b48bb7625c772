//! TER against sacreBLEU: edits and lengths exactly, scores in 64 and in 32 bits.
//!
//! Owns: the comparison on the fixture, and properties that hold for any text.
//! In: `tests/differential/fixtures/ter.json`, made by `tests/differential/gen/ter.py`.
//! Never: the network.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use isnad::eval::{Metric, Precision, Scoring, Ter, TerOptions};
use proptest::prelude::*;
use serde::Deserialize;

const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/differential/fixtures/ter.json");

#[derive(Deserialize)]
struct Fixture {
    options: Vec<String>,
    /// One for each combination of options, in the order of [`options`].
    signatures: Vec<String>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    hypothesis: String,
    references: Vec<String>,
    options: u32,
    edits: f64,
    length: f64,
    score: f64,
    score_in_32_bits: f64,
}

fn fixture() -> Fixture {
    serde_json::from_str(&std::fs::read_to_string(FIXTURE).unwrap()).unwrap()
}

/// Bits as in `OPTIONS` of the generator.
fn options(bits: u32) -> TerOptions {
    TerOptions {
        normalized: bits & 1 > 0,
        no_punct: bits & 2 > 0,
        asian_support: bits & 4 > 0,
        case_sensitive: bits & 8 > 0,
    }
}

fn statistics(ter: Ter, hypothesis: &str, references: &[String]) -> Vec<f64> {
    let references: Vec<&str> = references.iter().map(String::as_str).collect();
    ter.statistics(hypothesis, &references)
}

/// Witness: sacreBLEU 2.6.0. Counts are exact; 1e-9 leaves room for nothing but the decimal form of the scores.
#[test]
fn edits_lengths_and_scores_are_those_of_sacrebleu() {
    let fixture = fixture();
    assert_eq!(fixture.options, ["normalized", "no_punct", "asian_support", "case_sensitive"]);
    assert!(fixture.cases.len() >= 600);
    for case in &fixture.cases {
        let told = format!("{:?} {:?} {}", case.hypothesis, case.references, case.options);
        let ter = Ter::new(options(case.options));
        let found = statistics(ter, &case.hypothesis, &case.references);
        assert_eq!(found, [case.edits, case.length], "{told}");
        let score = ter.score(&found, Precision::Double);
        assert!((score - case.score).abs() <= 1e-9, "{score}, not {}: {told}", case.score);
        let single = [Precision::Single.keep(case.edits), Precision::Single.keep(case.length)];
        let score = ter.score(&single, Precision::Single);
        let expected = case.score_in_32_bits;
        assert!((score - expected).abs() <= 1e-9, "{score}, not {expected} in 32 bits: {told}");
    }
}

#[test]
fn signatures_are_those_of_sacrebleu() {
    let fixture = fixture();
    for (bits, expected) in (0..16).zip(&fixture.signatures) {
        let keys = Ter::new(options(bits)).signature();
        let keys: Vec<String> = keys.iter().map(|(key, value)| format!("{key}:{value}")).collect();
        assert_eq!(&format!("nrefs:1|{}|version:2.6.0", keys.join("|")), expected);
    }
    assert_eq!(fixture.signatures.len(), 16);
    assert_eq!((Ter::default().name().as_str(), Ter::default().higher_is_better()), ("TER", false));
}

#[test]
fn every_option_changes_a_number() {
    let line = "The 首相 said: no";
    let reference = ["the 首 相 said no".to_owned()];
    let edits = |bits| statistics(Ter::new(options(bits)), line, &reference)[0].to_string();
    assert_eq!([0, 1, 2, 5, 8].map(edits), ["3", "3", "2", "1", "4"]);
}

#[test]
fn moved_run_is_one_edit() {
    let reference = ["the river rose by three metres on Monday".to_owned()];
    let found = statistics(Ter::default(), "on Monday the river rose by three metres", &reference);
    assert_eq!(found, [1.0, 8.0]);
}

fn text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("a"),
        Just("b"),
        Just("c"),
        Just("d."),
        Just("(e)"),
        Just("日本"),
        Just("و")
    ];
    proptest::collection::vec(word, 0..150).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn edits_lie_between_what_lengths_and_words_demand(a in text(), b in text(), bits in 0u32..16) {
        let ter = Ter::new(options(bits));
        let found = statistics(ter, &a, std::slice::from_ref(&b));
        let length = |text: &str| statistics(ter, "", &[text.to_owned()])[1];
        let (hypothesis, reference) = (length(&a), length(&b));
        prop_assert_eq!(found[1].to_bits(), reference.to_bits());
        prop_assert!(found[0] >= (hypothesis - reference).abs());
        // The band can only forbid ways, and the diagonal with the rest of the longer text is never forbidden
        // altogether: leaving everything out and putting everything in costs the sum.
        prop_assert!(found[0] <= hypothesis + reference);
        prop_assert_eq!(statistics(ter, &a, std::slice::from_ref(&a))[0].to_bits(), 0f64.to_bits());
    }

    #[test]
    fn the_nearest_of_several_references_counts(a in text(), b in text(), c in text()) {
        let ter = Ter::default();
        let alone = |reference: &String| statistics(ter, &a, std::slice::from_ref(reference));
        let (first, second) = (alone(&b), alone(&c));
        let both = statistics(ter, &a, &[b, c]);
        prop_assert_eq!(both[0].to_bits(), first[0].min(second[0]).to_bits());
        prop_assert_eq!(both[1].to_bits(), f64::midpoint(first[1], second[1]).to_bits());
    }
}
