//! Fits the weights of verdicts to claims known to be true or false, and prints them with what they reach.
//!
//! `cargo run --release --example fit_claims -- [--report] FOLDER:PART...`, for example `tests/data/claims:dev`. With
//! `--report` nothing is fitted: the weights of the program are judged.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a recipe, run by hand"
)]

#[path = "support/claims.rs"]
mod claims;
#[path = "support/logistic.rs"]
mod logistic;

use std::collections::BTreeMap;
use std::path::Path;

use claims::{Seen, encoder, seen};
use isnad::domain::Verdict;
use isnad::pipeline::{FEATURES, NAMES, VerifyOptions, Weights};
use logistic::fitted;

/// Pull of each weight to 0.
const RIDGE: f64 = 1e-3;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let options = VerifyOptions::default();
    let mut encoder = encoder();
    let mut all = Vec::new();
    for argument in arguments.iter().filter(|argument| *argument != "--report") {
        let (folder, part) = argument.rsplit_once(':').unwrap();
        all.extend(seen(Path::new(folder), part, &mut encoder, &options));
    }
    report(&all);
    if arguments.iter().any(|argument| argument == "--report") {
        return;
    }
    let about = |seen: &Seen| {
        seen.known.kind != "unsupported"
            && seen.ranked.first().is_some_and(|first| seen.known.evidence.contains(first))
    };
    let likeness = Weights::likeness();
    let support = weights(&all, likeness, about);
    let confidence = weights(&all, FEATURES, |seen| seen.known.label == "true");
    for (name, weights) in [("support", support), ("confidence", confidence)] {
        let weights: Vec<String> = weights.iter().map(|weight| format!("{weight:.3}")).collect();
        println!("{name}: [{}]", weights.join(", "));
    }
    println!("{}", NAMES.join(" | "));
}

/// Weights of the first `count` features; those of the others stay 0.
fn weights(all: &[Seen], count: usize, label: impl Fn(&Seen) -> bool) -> [f64; FEATURES] {
    let row = |seen: &Seen| {
        let mut features = seen.judged.features.map(f64::from);
        features.iter_mut().skip(count).for_each(|feature| *feature = 0.0);
        (features, label(seen))
    };
    fitted(&all.iter().map(row).collect::<Vec<_>>(), RIDGE)
}

/// For each kind: how many, how many flagged, contradicted, unsupported; right evidence first; and calibration.
fn report(all: &[Seen]) {
    let mut kinds: BTreeMap<(&str, &str), Vec<&Seen>> = BTreeMap::new();
    for seen in all {
        kinds.entry((&seen.known.label, &seen.known.kind)).or_default().push(seen);
    }
    println!(
        "{:6} {:12} {:>5} {:>8} {:>7} {:>6} {:>8}",
        "label", "kind", "count", "flagged", "contra", "unsup", "evidence"
    );
    for ((label, kind), group) in kinds {
        let verdict = |wanted: Verdict| {
            group.iter().filter(|seen| seen.judged.attribution.verdict == wanted).count()
        };
        let right = group.iter().filter(|seen| {
            seen.ranked.first().is_some_and(|first| seen.known.evidence.contains(first))
        });
        println!(
            "{label:6} {kind:12} {:5} {:8} {:7} {:6} {:8}",
            group.len(),
            group.len() - verdict(Verdict::Verified),
            verdict(Verdict::Contradicted),
            verdict(Verdict::Unsupported),
            right.count()
        );
    }
    let mut error = 0.0;
    for bin in 0..10u8 {
        let inside: Vec<&Seen> = all
            .iter()
            .filter(|seen| {
                let p = seen.judged.attribution.confidence * 10.0;
                p >= f32::from(bin) && (p < f32::from(bin + 1) || bin == 9)
            })
            .collect();
        if inside.is_empty() {
            continue;
        }
        let count = inside.len() as f32;
        let said: f32 =
            inside.iter().map(|seen| seen.judged.attribution.confidence).sum::<f32>() / count;
        let right = inside.iter().filter(|seen| seen.known.label == "true").count() as f32 / count;
        println!("confidence {said:.2} right {right:.2} of {count}");
        error += count * (said - right).abs() / all.len() as f32;
    }
    println!("expected calibration error {error:.3}");
    for seen in all
        .iter()
        .filter(|seen| std::env::var_os("SHOW").is_some_and(|kind| *kind == *seen.known.kind))
    {
        println!(
            "{} {} {:?} first {:?} of {:?}: {}",
            seen.known.id,
            seen.known.label,
            seen.judged.attribution.verdict,
            seen.ranked.first(),
            seen.known.evidence,
            seen.known.claim
        );
        for doubt in &seen.judged.attribution.doubts {
            println!("    {}", doubt.text);
        }
    }
}
