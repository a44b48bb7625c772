//! Scores of beads against vecalign's `score.py`: precision, recall and F1, strict and lax.
//!
//! Owns: the comparison on the fixture.
//! In: `tests/differential/fixtures/alignment.json`, made by `tests/differential/gen/alignment.py`.
//! Never: the network.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use isnad::eval::{BeadAgreement, BeadF1, Precision, Scoring, read_ladder};
use serde::Deserialize;

const FIXTURE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/differential/fixtures/alignment.json");

#[derive(Deserialize)]
struct Fixture {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    documents: Vec<Document>,
    precision_strict: f64,
    recall_strict: f64,
    f1_strict: f64,
    precision_lax: f64,
    recall_lax: f64,
    f1_lax: f64,
}

#[derive(Deserialize)]
struct Document {
    gold: String,
    system: String,
}

/// Precision, recall and F1 over all documents of a case, as parts of 1.
fn figures(agreement: BeadAgreement, documents: &[Document]) -> [f64; 3] {
    let measure = BeadF1::of_all(agreement);
    let mut sums = vec![0.0; 4];
    for document in documents {
        let read = |text: &str| read_ladder(text).unwrap().concat();
        let row = measure.statistics(&read(&document.system), &read(&document.gold));
        sums.iter_mut().zip(row).for_each(|(sum, count)| *sum += count);
    }
    let share = |right: f64, wrong: f64| if right > 0.0 { right / (right + wrong) } else { 0.0 };
    let f1 = measure.score(&sums, Precision::Double) / 100.0;
    [share(sums[0], sums[1]), share(sums[2], sums[3]), f1]
}

/// Witness: vecalign's `score.py`. Counts are whole numbers, so 1e-12 leaves room for the last bit only.
#[test]
fn strict_and_lax_figures_are_those_of_vecalign() {
    let fixture: Fixture =
        serde_json::from_str(&std::fs::read_to_string(FIXTURE).unwrap()).unwrap();
    assert!(fixture.cases.len() >= 100);
    for (number, case) in fixture.cases.iter().enumerate() {
        let strict = [case.precision_strict, case.recall_strict, case.f1_strict];
        let lax = [case.precision_lax, case.recall_lax, case.f1_lax];
        for (agreement, expected) in [(BeadAgreement::Strict, strict), (BeadAgreement::Lax, lax)] {
            let found = figures(agreement, &case.documents);
            for (found, expected) in found.iter().zip(expected) {
                let told = format!("case {number}, {agreement:?}: {found}, not {expected}");
                assert!((found - expected).abs() <= 1e-12, "{told}");
            }
        }
    }
}
