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

/// The same where the Arabic side is there in English too: after ten steps, since more of them fit the documents too closely
/// (strict F1 and calibration fall).
#[rustfmt::skip]
const BRIDGED_BEAD: [f32; FEATURES] = [
    1.142, -2.166, 0.146, -1.848, -0.915, 2.432, 10.968, 4.58, -0.461, -1.198,
    -3.449, -1.365, -3.667, -7.318, 5.802, 2.239, 0.463, -5.7, 1.364, -0.244,
    0.646, 0.49, 0.999, 1.387, 1.403, -1.172, -2.25, 1.397, 1.947, 1.093,
];
const BRIDGED_GAP: [f32; GAP_FEATURES] =
    [-1.092, -0.354, -3.618, 1.95, -0.732, -0.725, 0.189, -0.471];

impl Default for Options {
    /// Beads of at most six sentences.
    fn default() -> Self {
        Self {
            max_bead: 6,
            weights: Weights { bead: BEAD, gap: GAP },
            bridged: Weights { bead: BRIDGED_BEAD, gap: BRIDGED_GAP },
            gap_gain: 1.0,
            adaption: 0.5,
            move_prior: -6.0,
        }
    }
}
