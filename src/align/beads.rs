//! Two texts to beads with probabilities.
//!
//! Owns: the order of the passes: corridor, probabilities, what the texts themselves say about gaps, path, moved blocks.
//! In: vectors. Out: beads that hold every sentence of both sides once.

use super::band::Band;
use super::features::{Pair, Place};
use super::lattice::{Lattice, Weights};
use super::moves;
use super::text::TextVectors;
use crate::domain::Bead;

/// How to align.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Sentences of both sides in the largest bead, from 2 on; the runs of both texts must be as long.
    pub max_bead: usize,
    /// How much each feature counts.
    pub weights: Weights,
    /// The same where one side was translated by machine.
    pub bridged: Weights,
    /// What a sentence alone counts in decoding, beside 1 for a bead.
    pub gap_gain: f64,
    /// How far the gaps of the texts themselves replace those of the texts that the weights were fitted on: 0 to 1.
    pub adaption: f64,
    /// Log-odds that two sequences of sentences without counterpart hold a moved block, before they are looked at.
    pub move_prior: f64,
}

impl Options {
    /// The weights for a text, with or without a bridge.
    pub(super) fn weights_for(&self, text: &TextVectors) -> &Weights {
        if text.bridge.is_some() { &self.bridged } else { &self.weights }
    }
}

/// Share of sentences alone in the texts that the weights were fitted on.
const FITTED_GAPS: f64 = 0.06;

/// Aligns two texts.
#[must_use]
pub fn align(source: &TextVectors, target: &TextVectors, options: &Options) -> Vec<Bead> {
    let band = Band::of(&source.runs, &target.runs);
    let pair = Pair::new(source, target, &band, options.max_bead);
    let lattice = adapted(&pair, options);
    let path = lattice.decode(options.gap_gain);
    let mut beads: Vec<Bead> = path.iter().map(|(at, p)| bead(&pair, *at, *p)).collect();
    moves::find(&mut beads, source, target, options);
    in_reading_order(beads)
}

/// The lattice after gaps became as probable as these texts say.
fn adapted<'a>(pair: &'a Pair<'a>, options: &Options) -> Lattice<'a> {
    let nearest = pair.nearest();
    let lattice = Lattice::new(pair, options.weights_for(pair.source), &nearest);
    if options.adaption <= 0.0 {
        return lattice;
    }
    let logit = |share: f64| (share / (1.0 - share)).ln();
    let more = expected_gaps(&lattice)
        .map(|share| options.adaption * (logit(share.clamp(0.005, 0.9)) - logit(FITTED_GAPS)));
    lattice.with_gaps(more)
}

/// Share of sentences of each side that are expected to be alone.
fn expected_gaps(lattice: &Lattice<'_>) -> [f64; 2] {
    let band = lattice.pair.band;
    let mut sums = [0.0; 2];
    for i in 0..=band.sources() {
        let (low, high) = band.row(i);
        for j in low..=high {
            for (side, sum) in sums.iter_mut().enumerate() {
                *sum += lattice.alone(side, i, j).iter().sum::<f64>();
            }
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "texts have fewer than 2^52 sentences")]
    let counts = [band.sources().max(1) as f64, band.targets().max(1) as f64];
    [sums[0] / counts[0], sums[1] / counts[1]]
}

pub(super) fn bead(pair: &Pair<'_>, at: Place, probability: f64) -> Bead {
    Bead {
        source: at.i..at.i + at.a,
        target: at.j..at.j + at.b,
        probability: probability.clamp(0.0, 1.0),
        similarity: pair.similarity(at).map(f64::from),
        moved: false,
        rejected: false,
        words: None,
    }
}

/// Beads by their source sentences; target sentences alone keep their place behind what stood before them.
fn in_reading_order(beads: Vec<Bead>) -> Vec<Bead> {
    let (mut with_source, alone): (Vec<Bead>, Vec<Bead>) =
        beads.into_iter().partition(|bead| !bead.source.is_empty());
    with_source.sort_by_key(|bead| bead.source.start);
    // A target sentence alone stands at the source position where the path passed it.
    let mut ordered = Vec::with_capacity(with_source.len() + alone.len());
    let mut alone = alone.into_iter().peekable();
    for bead in with_source {
        while let Some(gap) = alone.next_if(|gap| gap.source.start <= bead.source.start) {
            ordered.push(gap);
        }
        ordered.push(bead);
    }
    ordered.extend(alone);
    ordered
}
