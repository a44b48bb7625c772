//! How much each feature counts: fitted on development documents, never on those that the figures are of.
//!
//! Source: `examples/fit_alignment.rs` on documents of `tests/bench/align/generate.py --part dev --seed 1`.

use super::beads::Options;
use super::features::{FEATURES, GAP_FEATURES};
use super::lattice::Weights;

/// In the order of [`NAMES`](super::NAMES), for two texts as they are.
#[rustfmt::skip]
const BEAD: [f32; FEATURES] = [
    0.359, -2.604, -0.558, -3.086, -1.717, 1.664, 10.192, 3.487, -0.974, -0.758,
    -2.062, -0.56, -3.48, -5.88, 5.125, 1.515, -0.17, -3.797, 1.369, -0.215,
    -0.117, -0.029, 0.258, 0.0, 0.0, 0.0, 0.0, 0.0, 0.522, 0.329,
];
/// Alone in the source, alone in the target, after none alone, largest margin, letters (ln), literals, opens a
/// paragraph, headline.
const GAP: [f32; GAP_FEATURES] = [-0.516, 0.185, -4.341, 2.677, -0.158, -0.017, 0.687, -0.656];

/// What a bridge adds where the Arabic side is there in English too: cosine, margin, extended, shortened, n-grams. All other
/// weights are those without a bridge, since a weak translator is no reason to trust the texts themselves less.
const BRIDGE: [f32; 5] = [0.477, 2.968, -3.202, -3.005, -0.449];
/// Where these stand among the features.
const FIRST_OF_BRIDGE: usize = 23;

const fn bridged() -> [f32; FEATURES] {
    let mut weights = BEAD;
    let mut place = 0;
    while place < BRIDGE.len() {
        weights[FIRST_OF_BRIDGE + place] = BRIDGE[place];
        place += 1;
    }
    weights
}

impl Default for Options {
    /// Beads of at most six sentences.
    fn default() -> Self {
        Self {
            max_bead: 6,
            weights: Weights { bead: BEAD, gap: GAP },
            bridged: Weights { bead: bridged(), gap: GAP },
            gap_gain: 1.0,
            adaption: 0.5,
            move_prior: -6.0,
        }
    }
}
