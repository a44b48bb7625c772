//! The field against sums by hand, its slopes against differences, and beads against their promise, on random texts.

use proptest::prelude::*;

use super::band::Band;
use super::beads::{Options, align};
use super::features::{FEATURES, GAP_FEATURES, Pair};
use super::fit::{Example, gradient};
use super::lattice::Lattice;
use super::text::TextVectors;
use crate::domain::{Bead, RunVectors};

const WIDTH: usize = 32;

/// A text whose sentences have these vectors; a run has the mean of its sentences.
fn text(sentences: &[Vec<f32>], longest: usize) -> TextVectors {
    let mut values = vec![0.0; sentences.len() * longest * WIDTH];
    for first in 0..sentences.len() {
        for length in 1..=longest.min(sentences.len() - first) {
            let row = &mut values[(first * longest + length - 1) * WIDTH..][..WIDTH];
            for sentence in &sentences[first..first + length] {
                row.iter_mut().zip(sentence).for_each(|(sum, value)| *sum += value);
            }
            let norm = row.iter().map(|v| v * v).sum::<f32>().sqrt().max(1e-6);
            for value in row.iter_mut() {
                *value /= norm;
            }
        }
    }
    let count = sentences.len();
    TextVectors {
        runs: RunVectors::new(count, longest, WIDTH, &values).unwrap(),
        letters: (0..count).map(|n| 20.0 + 7.0 * (n % 5) as f32).collect(),
        paragraphs: (0..count).map(|n| n / 3).collect(),
        headings: (0..count).map(|n| n == 0).collect(),
        literals: (0..count).map(|n| vec![(n as u64 % 4, 1.0)]).collect(),
        names: vec![Vec::new(); count],
        bridge: None,
    }
}

fn sentences(
    count: impl Into<proptest::collection::SizeRange>,
) -> impl Strategy<Value = Vec<Vec<f32>>> {
    prop::collection::vec(prop::collection::vec(-1f32..1.0, WIDTH), count)
}

/// Every path through the lattice, as the sum of the scores of its steps.
fn paths(lattice: &Lattice<'_>, i: usize, j: usize, state: usize) -> Vec<f64> {
    let band = lattice.pair.band;
    if (i, j) == (band.sources(), band.targets()) {
        return vec![0.0];
    }
    let mut sums = Vec::new();
    for (step, score, state) in lattice.steps(i, j, state) {
        sums.extend(
            paths(lattice, i + step.0, j + step.1, state).into_iter().map(|rest| rest + score),
        );
    }
    sums
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_sentence_is_in_one_bead(one in sentences(0..14), two in sentences(0..14), max in 2usize..7) {
        let options = Options { max_bead: max, ..Options::default() };
        let beads = align(&text(&one, max), &text(&two, max), &options);
        let mut counts = [vec![0; one.len()], vec![0; two.len()]];
        for bead in &beads {
            prop_assert!(bead.source.len() + bead.target.len() <= max);
            prop_assert!((0.0..=1.0).contains(&bead.probability), "{bead:?}");
            bead.source.clone().for_each(|i| counts[0][i] += 1);
            bead.target.clone().for_each(|j| counts[1][j] += 1);
        }
        prop_assert!(counts.iter().flatten().all(|count| *count == 1), "{counts:?} {beads:?}");
        let starts: Vec<usize> = beads.iter().map(|bead| bead.source.start).collect();
        prop_assert!(starts.is_sorted(), "{starts:?}");
    }

    #[test]
    fn forward_and_backward_sums_are_those_of_all_paths(one in sentences(1..4), two in sentences(1..4)) {
        let (source, target) = (text(&one, 4), text(&two, 4));
        let band = Band::whole(one.len(), two.len());
        let pair = Pair::new(&source, &target, &band, 4);
        let lattice = Lattice::new(&pair, &Options::default().weights, &pair.nearest());
        let all = paths(&lattice, 0, 0, 0);
        let most = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let total = most + all.iter().map(|path| (path - most).exp()).sum::<f64>().ln();
        prop_assert!((total - lattice.total()).abs() < 1e-9, "{total} {}", lattice.total());
        // Each source sentence is in exactly one bead or alone: its probabilities sum to 1.
        for sentence in 0..one.len() {
            let mut sum = 0.0;
            for j in 0..=two.len() {
                sum += lattice.alone(0, sentence, j).iter().sum::<f64>();
                for (a, b) in lattice.lengths() {
                    for i in (sentence + 1).saturating_sub(a)..=sentence {
                        sum += lattice.bead(super::features::Place { i, a, j, b });
                    }
                }
            }
            prop_assert!((sum - 1.0).abs() < 1e-6, "{sum}");
        }
    }

    #[test]
    fn slopes_are_those_of_the_log_probability(one in sentences(3..6), two in sentences(3..6)) {
        let (source, target) = (text(&one, 4), text(&two, 4));
        let (n, m) = (one.len(), two.len());
        let mut beads = vec![(0..1, 0..2), (1..2, 2..2), (2..n, 2..3)];
        beads.extend((3..m).map(|j| (n..n, j..j + 1)));
        prop_assume!(n < 6);
        let example = Example { source, target, beads };
        let weights = Options::default().weights;
        let (_, slopes, _) = gradient(&example, &weights, 4);
        for place in [0, 1, 4, 6, 8, 11, 20, 29, FEATURES, FEATURES + 2, FEATURES + GAP_FEATURES - 4] {
            let moved = |by: f32| {
                let mut weights = weights.clone();
                let weight = if place < FEATURES { &mut weights.bead[place] } else { &mut weights.gap[place - FEATURES] };
                *weight += by;
                gradient(&example, &weights, 4).0
            };
            let slope = (moved(0.01) - moved(-0.01)) / 0.02;
            prop_assert!((slope - slopes[place]).abs() < 2e-2 * (1.0 + slope.abs()), "{place}: {slope} {}", slopes[place]);
        }
    }
}

/// Sentences that have nothing to do with one another.
fn unrelated(count: usize, seed: usize) -> Vec<Vec<f32>> {
    // SplitMix64.
    let value = |n: usize, k: usize| {
        let mut z = ((seed * 1_000_000 + n * WIDTH + k) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % 2001
    };
    (0..count).map(|n| (0..WIDTH).map(|k| value(n, k) as f32 / 1000.0 - 1.0).collect()).collect()
}

fn full(beads: &[Bead]) -> Vec<(std::ops::Range<usize>, std::ops::Range<usize>)> {
    beads.iter().filter(|b| !b.is_gap()).map(|b| (b.source.clone(), b.target.clone())).collect()
}

#[test]
fn a_text_is_aligned_with_itself() {
    let one = text(&unrelated(40, 1), 6);
    let beads = align(&one, &one, &Options::default());
    assert_eq!(full(&beads), (0..40).map(|n| (n..n + 1, n..n + 1)).collect::<Vec<_>>());
}

#[test]
fn a_long_text_keeps_to_its_corridor() {
    let sentences = unrelated(900, 2);
    // The middle is missing on the other side.
    let other = [&sentences[..300], &sentences[420..]].concat();
    let band = Band::of(&text(&sentences, 6).runs, &text(&other, 6).runs);
    assert!(band.cells() < 900 * 780 / 4, "{} cells", band.cells());
    let diagonal = (0..300).map(|n| (n, n)).chain((420..900).map(|n| (n, n - 120)));
    assert!(diagonal.into_iter().all(|(i, j)| band.cell(i, j).is_some()));
}

#[test]
fn one_sentence_against_many_is_no_trouble() {
    let many = unrelated(300, 3);
    let beads = align(&text(&many[120..121], 6), &text(&many, 6), &Options::default());
    assert_eq!(full(&beads), [(0..1, 120..121)]);
}

#[test]
fn empty_sides_give_gaps() {
    let (none, some) = (text(&[], 6), text(&unrelated(3, 4), 6));
    assert!(align(&none, &none, &Options::default()).is_empty());
    let beads = align(&some, &none, &Options::default());
    assert!(beads.len() == 3 && beads.iter().all(Bead::is_gap));
}
