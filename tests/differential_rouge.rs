//! Score by score, our ROUGE against rouge-score.
//!
//! Owns: the comparison on the fixture. In: `tests/differential/fixtures/rouge.json`. Never: the network.
//! Witness: rouge-score 0.1.2; made by `tests/differential/gen/rouge.py`. Tolerance 1e-12: the same few operations on
//! the same counts. Its stems are compared inside the room, in `src/eval/rouge/porter.rs`.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use isnad::eval::{Rouge, RougeKind, RougeOptions, RougeTokenizer};
use serde::Deserialize;

const FIXTURE: &str = include_str!("differential/fixtures/rouge.json");
const KINDS: [(&str, RougeKind); 4] = [
    ("rouge1", RougeKind::One),
    ("rouge2", RougeKind::Two),
    ("rougeL", RougeKind::L),
    ("rougeLsum", RougeKind::Lsum),
];

#[derive(Deserialize)]
struct Fixture {
    kinds: Vec<String>,
    cases: Vec<Case>,
}

/// Hypothesis, references, and precision, recall and F of every kind without, then with the stemmer.
#[derive(Deserialize)]
struct Case(String, Vec<String>, Vec<[f64; 3]>);

#[test]
fn scores_are_those_of_rouge_score() {
    let fixture: Fixture = serde_json::from_str(FIXTURE).unwrap();
    assert!(fixture.kinds.iter().eq(KINDS.iter().map(|(name, _)| name)));
    let mut compared = 0;
    for Case(hypothesis, references, expected) in &fixture.cases {
        let references: Vec<&str> = references.iter().map(String::as_str).collect();
        let settings = [false, true]
            .into_iter()
            .flat_map(|stemmer| KINDS.map(|(name, kind)| (name, kind, stemmer)));
        for ((name, kind, stemmer), expected) in settings.zip(expected) {
            let options = RougeOptions { stemmer, tokenizer: RougeTokenizer::Default };
            let found = Rouge::new(kind, options).compare(hypothesis, &references);
            let found = [found.precision, found.recall, found.fmeasure];
            let equal = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12);
            assert!(
                equal,
                "{name}, stemmer {stemmer}, {hypothesis:?} against {references:?}: {found:?}, not {expected:?}"
            );
            compared += 1;
        }
    }
    assert!(compared >= 600, "{compared} scores are too few");
}
