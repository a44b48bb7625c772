//! Documents whose beads are known, prepared for alignment.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    dead_code,
    reason = "a recipe, run by hand"
)]

#[path = "shipped.rs"]
mod shipped;

use std::ops::Range;
use std::path::{Path, PathBuf};

use isnad::align::{Example, FEATURES, GAP_FEATURES, Options, Weights, gradient as one};
use isnad::domain::{AlignedSentence, AlignedText, Language};
use isnad::infer::UniversalEncoder;
use isnad::pipeline::{Bridged, Silent, Thresholds, TranslateOptions, prepare};
use isnad::ports::Search;
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
///
/// With a bridge, NAME.bridge holds the Arabic lines in English; it is made where it is not there.
pub(crate) fn examples(folder: &Path, with_bridge: bool) -> Vec<Example> {
    let mut golds: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    golds.retain(|path| path.extension().is_some_and(|e| e == "gold"));
    golds.sort();
    let golds: Vec<PathBuf> = golds.into_iter().step_by(5).collect();
    let store = Store::open(Environment::current()).unwrap();
    let model = store.resolve("usem3-ar-en").unwrap();
    let mut encoder = UniversalEncoder::load(&model, model.name(), 2).unwrap();
    let max_bead = Options::default().max_bead;
    let mut engine = None;
    let one = |gold: &PathBuf| {
        let mut source = text(&gold.with_extension("ar.txt"), Language::Arabic);
        let mut target = text(&gold.with_extension("en.txt"), Language::English);
        let ladder = isnad::eval::read_ladder(&std::fs::read_to_string(gold).unwrap()).unwrap();
        let ladder = ladder.concat();
        mark_headings(&mut source, &mut target, &ladder);
        let bridge = with_bridge.then(|| {
            let file = gold.with_extension("bridge");
            if !file.exists() {
                let engine = engine.get_or_insert_with(shipped::translator);
                let options = translate_options();
                let made = Bridged::new(&source, engine, &options, &mut Silent).unwrap();
                let lines =
                    made.sentences.iter().map(|line| format!("{}\n", line.replace('\n', " ")));
                std::fs::write(&file, lines.collect::<String>()).unwrap();
            }
            std::fs::read_to_string(file).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
        });
        let texts = (&source, &target);
        let (source, target) = prepare(texts, bridge.as_deref(), &mut encoder, max_bead).unwrap();
        Example { source, target, beads: monotone(&ladder, max_bead) }
    };
    golds.iter().map(one).collect()
}

/// The generator knows no headlines, so some are made: of sentences that are alone in their paragraph and translate one
/// another, a third is marked on both sides, a few on one only, as where one of two files lost its markup.
fn mark_headings(
    source: &mut AlignedText,
    target: &mut AlignedText,
    ladder: &[(Vec<usize>, Vec<usize>)],
) {
    let alone = |text: &AlignedText, n: usize| {
        let paragraph = |n: usize| text.sentences.get(n).map(|sentence| sentence.paragraph);
        paragraph(n + 1) != paragraph(n) && (n == 0 || paragraph(n - 1) != paragraph(n))
    };
    for (number, (s, t)) in ladder.iter().enumerate() {
        let ([s], [t]) = (&s[..], &t[..]) else { continue };
        if alone(source, *s) && alone(target, *t) {
            let chance = number * 7 % 20;
            source.sentences[*s].heading = chance < 7;
            target.sentences[*t].heading = chance < 6 || chance == 7;
        }
    }
}

/// How a bridge asks its translator.
fn translate_options() -> TranslateOptions {
    let search = Search {
        beam_width: 1,
        length_penalty: 1.0,
        no_repeat_ngram: 0,
        forbid_source_script: true,
        max_new_tokens: usize::MAX,
    };
    let thresholds = Thresholds::default();
    TranslateOptions {
        keep_boilerplate: true,
        search,
        retry: search,
        max_attempts: 1,
        thresholds,
        reliability: None,
    }
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
