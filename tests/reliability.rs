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
fn right_translations_are_found_surer_and_doubted_words_are_wrong_more_often() {
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
    assert!(found > 0.81, "area under the curve {found}, measured on all: 0.875");

    // A word counts as wrong here if the correction has it nowhere, which is more than to have it elsewhere.
    let (mut doubted, mut others) = ([0, 0], [0, 0]);
    for ((_, cells), estimate) in rows.iter().zip(&estimates) {
        let kept = if cells[3] == "=" { cells[2] } else { cells[3] }.to_lowercase();
        let kept: Vec<&str> = kept.split(|c: char| !c.is_alphanumeric()).collect();
        for word in &estimate.words {
            let spelt = word.span.of(cells[2]).unwrap().to_lowercase();
            let mut parts = spelt.split(|c: char| !c.is_alphanumeric());
            let is_kept = parts.all(|part| kept.contains(&part));
            let counts = if word.wrong > 0.5 { &mut doubted } else { &mut others };
            counts[0] += 1;
            counts[1] += usize::from(!is_kept);
        }
    }
    let share = |[all, gone]: [usize; 2]| gone as f32 / all as f32;
    assert!(doubted[0] > 100, "{doubted:?}");
    assert!(share(doubted) > 3.0 * share(others), "{doubted:?} and {others:?}");
}
