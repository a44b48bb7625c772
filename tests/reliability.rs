//! Estimates of the shipped translator against translations that were judged, with floors.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a test may stop at the first surprise, and reads its files itself"
)]

#[path = "../examples/support/shipped.rs"]
mod shipped;

use isnad::domain::Reliability;
use isnad::pipeline::reliability;
use isnad::ports::Translator;
use isnad::store::{Environment, Store};
use isnad::text::for_translation;

/// Every so many sentences of the articles; all would take a minute.
const EVERY: usize = 5;

/// The probability that one that is right is found surer than one that is wrong.
fn area(right: &[f32], wrong: &[f32]) -> f32 {
    let above = |r: &f32| wrong.iter().filter(|w| r > *w).count();
    right.iter().map(above).sum::<usize>() as f32 / (right.len() * wrong.len()) as f32
}

#[test]
fn right_translations_are_found_surer_than_wrong_ones_and_doubted_words_are_often_wrong() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/translations");
    let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
    let (sources, judged) = (read("articles.txt"), read("articles.tsv"));
    let rows: Vec<(String, Vec<&str>)> = sources
        .lines()
        .zip(judged.lines())
        .step_by(EVERY)
        .map(|(source, line)| {
            (for_translation(source).text().to_owned(), line.split('\t').collect())
        })
        .collect();
    let weights = Store::open(Environment::current()).unwrap().resolve("isnad-ar-en").unwrap();
    let weights = weights.entry().and_then(|entry| entry.reliability).unwrap();
    let pairs: Vec<(&str, &str)> =
        rows.iter().map(|(source, cells)| (source.as_str(), cells[2])).collect();
    let scored = shipped::translator().score(&pairs).unwrap();
    let estimates: Vec<Reliability> = pairs
        .iter()
        .zip(&scored)
        .map(|((source, text), scored)| {
            reliability(source, text, scored.as_ref().unwrap(), &weights)
        })
        .collect();
    let of = |wanted: bool| -> Vec<f32> {
        let judged = rows.iter().zip(&estimates);
        let judged = judged.filter(|((_, cells), _)| (cells[1] != "wrong") == wanted);
        judged.map(|(_, estimate)| estimate.right).collect()
    };
    let (right, wrong) = (of(true), of(false));
    assert!(right.len() > 10 && wrong.len() > 40, "{} and {}", right.len(), wrong.len());
    let found = area(&right, &wrong);
    assert!(found > 0.82, "area under the curve {found}, measured on all: 0.885");

    // Of words that are more likely wrong than right, most are not in the correction.
    let (mut doubted, mut gone) = (0, 0);
    for ((_, cells), estimate) in rows.iter().zip(&estimates) {
        let kept = if cells[3] == "=" { cells[2] } else { cells[3] }.to_lowercase();
        let kept: Vec<&str> = kept.split(|c: char| !c.is_alphanumeric()).collect();
        for word in estimate.words.iter().filter(|word| word.wrong > 0.5) {
            let word = word.span.of(cells[2]).unwrap().to_lowercase();
            doubted += 1;
            gone +=
                usize::from(!word.split(|c: char| !c.is_alphanumeric()).all(|w| kept.contains(&w)));
        }
    }
    let share = gone as f32 / doubted as f32;
    assert!(doubted > 100 && share > 0.5, "{gone} of {doubted}");
}
