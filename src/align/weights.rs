//! How much each feature counts: fitted on development documents, never on those that the figures are of.

use super::beads::Options;
use super::lattice::Weights;

impl Default for Options {
    /// Beads of at most six sentences.
    fn default() -> Self {
        Self {
            max_bead: 6,
            weights: Weights::default(),
            gap_gain: 1.0,
            adaption: 0.5,
            move_prior: -6.0,
        }
    }
}

impl Default for Weights {
    fn default() -> Self {
        let mut bead = [0.0; super::FEATURES];
        let mut gap = [0.0; super::GAP_FEATURES];
        for (index, weight) in [
            (1, -2.0),
            (2, -3.0),
            (3, -3.0),
            (4, -0.5),
            (6, 12.0),
            (7, 4.0),
            (9, -0.1),
            (12, -5.0),
            (13, -5.0),
        ] {
            bead[index] = weight;
        }
        gap[2] = -1.0;
        Self { bead, gap }
    }
}
