//! Documents whose beads are known, prepared for alignment.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    dead_code,
    reason = "a recipe, run by hand"
)]

use std::ops::Range;
use std::path::{Path, PathBuf};

use isnad::align::{Example, FEATURES, GAP_FEATURES, Options, Weights, gradient as one};
use isnad::domain::{AlignedSentence, AlignedText, Language};
use isnad::infer::UniversalEncoder;
use isnad::store::{Environment, Store};
use rayon::prelude::*;

/// How many weights there are.
pub(crate) const WEIGHTS: usize = FEATURES + GAP_FEATURES;
type Bead = (Range<usize>, Range<usize>);

/// The weight at a place: those of beads first.
pub(crate) fn weight(weights: &mut Weights, place: usize) -> &mut f32 {
    if place < FEATURES { &mut weights.bead[place] } else { &mut weights.gap[place - FEATURES] }
}

#[allow(clippy::cast_possible_truncation, reason = "weights are small")]
pub(crate) fn narrow(value: f64) -> f32 {
    value as f32
}

/// Mean log-probability of known beads, and its slope.
#[allow(clippy::cast_precision_loss, reason = "counts are small")]
pub(crate) fn gradient(examples: &[Example], weights: &Weights) -> (f64, Vec<f64>) {
    let all: Vec<_> =
        examples.par_iter().map(|e| one(e, weights, Options::default().max_bead)).collect();
    let beads: usize = all.iter().map(|(_, _, beads)| beads).sum();
    let mut slope = vec![0.0; WEIGHTS];
    let mut nats = 0.0;
    for (score, slopes, _) in &all {
        nats += score / beads as f64;
        slope.iter_mut().zip(slopes).for_each(|(sum, value)| *sum += value / beads as f64);
    }
    (nats, slope)
}

pub(crate) fn text(path: &Path, language: Language) -> AlignedText {
    let mut paragraph = 0;
    let mut sentences = Vec::new();
    for line in std::fs::read_to_string(path).unwrap().lines() {
        if line.is_empty() {
            paragraph += 1;
        } else {
            sentences.push(AlignedSentence { text: line.to_owned(), paragraph, heading: false });
        }
    }
    AlignedText { name: path.display().to_string(), sha256: String::new(), language, sentences }
}

/// The documents of a folder; blocks that cross the others are taken for sentences alone.
pub(crate) fn examples(folder: &Path) -> Vec<Example> {
    let mut golds: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    golds.retain(|path| path.extension().is_some_and(|e| e == "gold"));
    golds.sort();
    let golds: Vec<PathBuf> = golds.into_iter().step_by(5).collect();
    let store = Store::open(Environment::current()).unwrap();
    let model = store.resolve("usem3-ar-en").unwrap();
    let mut encoder = UniversalEncoder::load(&model, model.name(), 2).unwrap();
    let max_bead = Options::default().max_bead;
    let one = |gold: &PathBuf| {
        let source = text(&gold.with_extension("ar.txt"), Language::Arabic);
        let target = text(&gold.with_extension("en.txt"), Language::English);
        let (source, target) =
            isnad::pipeline::prepare((&source, &target), None, &mut encoder, max_bead).unwrap();
        let ladder = isnad::eval::read_ladder(&std::fs::read_to_string(gold).unwrap()).unwrap();
        Example { source, target, beads: monotone(&ladder.concat(), max_bead) }
    };
    golds.iter().map(one).collect()
}

/// The longest chain of beads without crossings; all other sentences are alone, the source's before the target's.
fn monotone(ladder: &[(Vec<usize>, Vec<usize>)], max_bead: usize) -> Vec<Bead> {
    let range = |v: &[usize]| v[0]..v[v.len() - 1] + 1;
    let mut full: Vec<Bead> = ladder
        .iter()
        .filter(|(s, t)| !s.is_empty() && !t.is_empty() && s.len() + t.len() <= max_bead)
        .map(|(s, t)| (range(s), range(t)))
        .collect();
    full.sort_by_key(|bead| bead.0.start);
    let mut best: Vec<(usize, Option<usize>)> = Vec::new();
    for (n, bead) in full.iter().enumerate() {
        let before = (0..n).filter(|k| full[*k].1.end <= bead.1.start).max_by_key(|k| best[*k].0);
        best.push((before.map_or(1, |k| best[k].0 + 1), before));
    }
    let mut chain = Vec::new();
    let mut at = (0..full.len()).max_by_key(|k| best[*k].0);
    while let Some(k) = at {
        chain.push(full[k].clone());
        at = best[k].1;
    }
    chain.reverse();
    let sentences = |f: fn(&(Vec<usize>, Vec<usize>)) -> usize| ladder.iter().map(f).sum::<usize>();
    let (n, m) = (sentences(|b| b.0.len()), sentences(|b| b.1.len()));
    chain.push((n..n, m..m));
    let (mut i, mut j) = (0, 0);
    let mut beads = Vec::new();
    for (s, t) in chain {
        beads.extend((i..s.start).map(|k| (k..k + 1, j..j)));
        beads.extend((j..t.start).map(|k| (s.start..s.start, k..k + 1)));
        (i, j) = (s.end, t.end);
        beads.push((s, t));
    }
    beads.pop();
    beads
}
