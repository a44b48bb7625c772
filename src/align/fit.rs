//! Fits the weights of the field to texts whose beads are known.
//!
//! Owns: the logarithm of the probability of known beads, and its slope. In: prepared texts and their beads, weights.
//! Out: nats and one slope a weight.

use std::ops::Range;

use super::band::Band;
use super::features::{FEATURES, GAP_FEATURES, Pair, Place};
use super::lattice::{Lattice, Weights};
use super::text::TextVectors;

/// Two texts and what is known of them.
#[derive(Clone, Debug)]
pub struct Example {
    /// The first text.
    pub source: TextVectors,
    /// The second text.
    pub target: TextVectors,
    /// Its beads, without crossings, in order, together holding every sentence once.
    pub beads: Vec<(Range<usize>, Range<usize>)>,
}

/// Log-probability of the known beads in nats, its slope for each weight of beads, then for each weight of gaps, and
/// how many known beads it is of.
///
/// Beads that are larger than `max_bead` have no probability; they are passed over with the sentences in them.
#[must_use]
pub fn gradient(example: &Example, weights: &Weights, max_bead: usize) -> (f64, Vec<f64>, usize) {
    let Example { source, target, beads } = example;
    let band = Band::of(&source.runs, &target.runs);
    let pair = Pair::new(source, target, &band, max_bead);
    let nearest = pair.nearest();
    let lattice = Lattice::new(&pair, weights, &nearest);
    let mut slope = vec![0.0; FEATURES + GAP_FEATURES];
    let mut score = 0.0;
    let mut was_alone = [false; 2];
    for (s, t) in beads {
        let at = Place { i: s.start, a: s.len(), j: t.start, b: t.len() };
        if at.a > 0 && at.b > 0 {
            let features = pair.features(at);
            score += f64::from(super::lattice::product(&features, &weights.bead));
            add(&mut slope[..FEATURES], &features, 1.0);
            was_alone = [false; 2];
        } else {
            let (side, sentence) = if at.b == 0 { (0, at.i) } else { (1, at.j) };
            let features = pair.gap(side, sentence, nearest[side][sentence], !was_alone[side]);
            score += f64::from(super::lattice::product(&features, &weights.gap));
            add(&mut slope[FEATURES..], &features, 1.0);
            was_alone = [side == 0, side == 1];
        }
    }
    let expected = expectation(&lattice, &nearest);
    slope.iter_mut().zip(expected).for_each(|(slope, expected)| *slope -= expected);
    (score - lattice.total(), slope, beads.len())
}

fn add(sums: &mut [f64], features: &[f32], share: f64) {
    for (sum, feature) in sums.iter_mut().zip(features) {
        *sum += share * f64::from(*feature);
    }
}

/// Features of all beads, each as often as it is probable.
fn expectation(lattice: &Lattice<'_>, nearest: &[Vec<f32>; 2]) -> Vec<f64> {
    let (pair, band) = (lattice.pair, lattice.pair.band);
    let mut sums = vec![0.0; FEATURES + GAP_FEATURES];
    for i in 0..=band.sources() {
        let (low, high) = band.row(i);
        for j in low..=high {
            for (a, b) in lattice.lengths() {
                let at = Place { i, a, j, b };
                let probability = lattice.bead(at);
                if probability > 1e-6 {
                    add(&mut sums[..FEATURES], &pair.features(at), probability);
                }
            }
            for side in [0, 1] {
                let sentence = if side == 0 { i } else { j };
                let Some(best) = nearest[side].get(sentence) else { continue };
                for (probability, opens) in lattice.alone(side, i, j).into_iter().zip([true, false])
                {
                    if probability > 1e-6 {
                        let features = pair.gap(side, sentence, *best, opens);
                        add(&mut sums[FEATURES..], &features, probability);
                    }
                }
            }
        }
    }
    sums
}
