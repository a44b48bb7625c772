//! An alignment as vecalign's ladder, which keeps no text.
//!
//! Owns: the notation `[0, 1]:[0]:0.123456`. In: an alignment. Out: a line a bead. Never: texts.

use std::fmt::Write;
use std::ops::Range;

use crate::domain::Alignment;

/// A line a bead: its source sentences, its target sentences, counted from 0, and a cost: one minus the probability that
/// the bead is right, six digits.
///
/// Source: `print_alignments` of thompsonb/vecalign. Different: its cost is a distance of embeddings, which a gap has
/// none of; ours is there for each bead.
#[must_use]
pub fn ladder(alignment: &Alignment) -> String {
    let list = |range: &Range<usize>| {
        range.clone().map(|index| index.to_string()).collect::<Vec<_>>().join(", ")
    };
    let mut out = String::new();
    for bead in alignment.beads() {
        let (source, target) = (list(&bead.source), list(&bead.target));
        // Writing to a string cannot fail.
        let _ = writeln!(out, "[{source}]:[{target}]:{:.6}", 1.0 - bead.probability);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::sample::sample;
    use super::*;

    #[test]
    fn beads_are_lists_of_sentences() {
        let expected = "[0]:[0, 1]:0.012350\n[1]:[]:0.500000\n[2]:[3]:0.750000\n[3]:[2]:0.000000\n";
        assert_eq!(ladder(&sample()), expected);
    }
}
