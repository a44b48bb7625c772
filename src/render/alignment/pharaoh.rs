//! Links of words as Pharaoh writes them.
//!
//! Owns: the notation `0-0 1-2`. In: an alignment with words. Out: a line a bead. Never: texts.

use crate::domain::{Alignment, BeadWords};

/// A line a bead, so that lines match the rows of the other formats: pairs `i-j` of a source and a target word of the
/// bead, counted from 0; an empty line where nothing is linked or words were not aligned.
#[must_use]
pub fn pharaoh(alignment: &Alignment) -> String {
    let lines = alignment.beads().iter().map(|bead| bead.words.as_ref().map(links));
    lines.map(|line| line.unwrap_or_default() + "\n").collect()
}

/// The links of one bead.
pub(super) fn links(words: &BeadWords) -> String {
    let pairs = words.links.iter().map(|(source, target)| format!("{source}-{target}"));
    pairs.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::sample::sample;
    use super::*;

    #[test]
    fn a_line_a_bead() {
        assert_eq!(pharaoh(&sample()), "\n\n\n0-0\n");
        let words = BeadWords { links: vec![(0, 1), (2, 0)], ..BeadWords::default() };
        assert_eq!(links(&words), "0-1 2-0");
    }
}
