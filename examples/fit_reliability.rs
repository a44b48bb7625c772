//! Fits the weights of `[reliability]` in the catalog entry of a translator to translations that were judged and corrected,
//! and tells what they reach on those of the lines that are kept for testing.
//!
//! `cargo run --release --example fit_reliability -- models/training/pairs.tsv:models/training/judged.tsv [SOURCES:JUDGED...]`.
//! Weights are fitted to the first; the others are only measured. SOURCES has the Arabic, a line a sentence, up to a tab; JUDGED the
//! number of the line, the judgement (`ok`, `lost`, `wrong`), the translation and its correction. A word counts as wrong if it
//! is not in the correction (longest common subsequence).
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a recipe, run by hand"
)]

#[path = "support/logistic.rs"]
mod logistic;
#[path = "support/shipped.rs"]
mod shipped;

use isnad::domain::{WHOLE_WEIGHTS, WORD_WEIGHTS};
use isnad::infer::GgufTranslator;
use isnad::pipeline::{WHOLE_COUNTS, WORD_COUNTS, count_whole, count_words};
use isnad::ports::Translator;
use isnad::text::for_translation;
use isnad::text::words::words;
use logistic::{fitted, probability};

/// Lines of the pairs that are kept for testing.
const KEPT: std::ops::RangeInclusive<usize> = 2428..=6427;
const RIDGE: f64 = 1e-4;

/// A translation by the program and what a judge made of it.
struct Judged {
    line: usize,
    source: String,
    text: String,
    is_right: bool,
    corrected: String,
}

/// What is counted of it, and what is wrong.
struct Counted {
    words: Vec<([f64; WORD_WEIGHTS], bool)>,
    is_right: bool,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [first, others @ ..] = arguments.as_slice() else {
        println!("give models/training/pairs.tsv:models/training/judged.tsv");
        return;
    };
    let mut translator = shipped::translator();
    let all = read(first);
    let (kept, train): (Vec<Judged>, Vec<Judged>) =
        all.into_iter().partition(|judged| KEPT.contains(&judged.line));
    let train = counted(&train, &mut translator);
    let rows: Vec<_> = train.iter().flat_map(|counted| counted.words.clone()).collect();
    let word = fitted(&rows, RIDGE);
    let whole_rows: Vec<_> =
        train.iter().map(|counted| (whole(counted, &word), counted.is_right)).collect();
    let whole_weights = fitted(&whole_rows, RIDGE);
    let shown = |weights: &[f64], names: &[&str]| {
        for (weight, name) in weights.iter().zip(names) {
            println!("    {weight:.4}, # {name}");
        }
    };
    println!("word = [");
    shown(&word, &WORD_COUNTS);
    println!("]\nwhole = [");
    shown(&whole_weights, &WHOLE_COUNTS);
    println!("]");
    report("lines kept for testing", &counted(&kept, &mut translator), &word, &whole_weights);
    for other in others {
        report(other, &counted(&read(other), &mut translator), &word, &whole_weights);
    }
}

fn read(files: &str) -> Vec<Judged> {
    let (sources, judged) = files.split_once(':').unwrap();
    let sources = std::fs::read_to_string(sources).unwrap();
    let sources: Vec<&str> = sources.lines().collect();
    let judged = std::fs::read_to_string(judged).unwrap();
    let lines = judged.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let number: usize = cells[0].parse().unwrap();
            let arabic = sources[number - 1].split('\t').next().unwrap();
            one(number, arabic, cells[2], cells[1], cells[3])
        })
        .collect()
}

fn one(line: usize, arabic: &str, text: &str, label: &str, corrected: &str) -> Judged {
    Judged {
        line,
        source: for_translation(arabic).text().to_owned(),
        text: text.to_owned(),
        is_right: label != "wrong",
        corrected: if corrected == "=" { text } else { corrected }.to_owned(),
    }
}

fn counted(all: &[Judged], translator: &mut GgufTranslator) -> Vec<Counted> {
    let pairs: Vec<(&str, &str)> =
        all.iter().map(|judged| (judged.source.as_str(), judged.text.as_str())).collect();
    let scored = translator.score(&pairs).unwrap();
    let one = |(judged, scored): (&Judged, Option<isnad::ports::Scored>)| {
        let counts = count_words(&judged.source, &judged.text, &scored?);
        let spelt: Vec<String> =
            counts.iter().map(|(span, _)| span.of(&judged.text).unwrap().to_lowercase()).collect();
        let right = words(&judged.corrected);
        let right: Vec<String> =
            right.iter().map(|span| span.of(&judged.corrected).unwrap().to_lowercase()).collect();
        let kept = common(&spelt, &right);
        let words = counts.iter().zip(kept);
        let words = words.map(|((_, counts), kept)| (counts.map(f64::from), !kept)).collect();
        Some(Counted { words, is_right: judged.is_right })
    };
    all.iter().zip(scored).filter_map(one).collect()
}

/// Which words of `a` are in its longest common subsequence with `b`.
fn common(a: &[String], b: &[String]) -> Vec<bool> {
    let mut length = vec![vec![0usize; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            length[i][j] = if a[i] == b[j] {
                length[i + 1][j + 1] + 1
            } else {
                length[i + 1][j].max(length[i][j + 1])
            };
        }
    }
    let (mut kept, mut i, mut j) = (vec![false; a.len()], 0, 0);
    while i < a.len() && j < b.len() {
        if a[i] == b[j] {
            kept[i] = true;
            (i, j) = (i + 1, j + 1);
        } else if length[i + 1][j] >= length[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    kept
}

fn whole(counted: &Counted, word: &[f64; WORD_WEIGHTS]) -> [f64; WHOLE_WEIGHTS] {
    #[expect(clippy::cast_possible_truncation, reason = "a probability")]
    let wrong = |(counts, _): &([f64; WORD_WEIGHTS], bool)| probability(word, counts) as f32;
    let wrong: Vec<f32> = counted.words.iter().map(wrong).collect();
    count_whole(&wrong).map(f64::from)
}

fn report(
    name: &str,
    all: &[Counted],
    word: &[f64; WORD_WEIGHTS],
    whole_weights: &[f64; WHOLE_WEIGHTS],
) {
    let words: Vec<(f64, bool)> = all
        .iter()
        .flat_map(|counted| &counted.words)
        .map(|(counts, wrong)| (probability(word, counts), *wrong))
        .collect();
    let sentences: Vec<(f64, bool)> = all
        .iter()
        .map(|counted| (probability(whole_weights, &whole(counted, word)), counted.is_right))
        .collect();
    let share = |of: &[(f64, bool)]| {
        of.iter().filter(|(_, yes)| *yes).count() as f64 / of.len().max(1) as f64
    };
    println!(
        "{name}: {} translations, {:.3} right, {:.3} of words wrong; area under the curve: translations {:.3}, words {:.3}",
        all.len(),
        share(&sentences),
        share(&words),
        area(&sentences),
        area(&words)
    );
    for least in [0.3, 0.4, 0.5, 0.6, 0.7] {
        let sure: Vec<(f64, bool)> =
            sentences.iter().copied().filter(|(p, _)| *p >= least).collect();
        let doubtful: Vec<(f64, bool)> =
            words.iter().copied().filter(|(p, _)| *p >= least).collect();
        let wrong = words.iter().filter(|(_, wrong)| *wrong).count().max(1) as f64;
        println!(
            "  from {least}: {} translations, {:.2} right; {} words, {:.2} wrong, {:.2} of all wrong ones",
            sure.len(),
            share(&sure),
            doubtful.len(),
            share(&doubtful),
            share(&doubtful) * doubtful.len() as f64 / wrong
        );
    }
    let mut error = 0.0;
    for tenth in 0..10 {
        let low = f64::from(tenth) / 10.0;
        let inside = |p: f64| p >= low && (p < low + 0.1 || tenth == 9);
        let here: Vec<(f64, bool)> =
            sentences.iter().copied().filter(|(p, _)| inside(*p)).collect();
        let said: f64 = here.iter().map(|(p, _)| p).sum();
        error += (said - share(&here) * here.len() as f64).abs() / all.len() as f64;
    }
    println!("  expected calibration error {error:.3}");
}

/// The area under the ROC curve; equal scores count half.
fn area(scored: &[(f64, bool)]) -> f64 {
    let mut sorted = scored.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut sum) = (0.0, 0.0);
    for group in sorted.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let yes = group.iter().filter(|(_, yes)| *yes).count() as f64;
        let no = group.len() as f64 - yes;
        sum += yes * (below + no / 2.0);
        below += no;
    }
    sum / (below * (sorted.len() as f64 - below)).max(1.0)
}
