//! The length of an alignment as one strip that is coloured by confidence.
//!
//! Owns: how many beads a stretch holds and what it is called. In: beads. Out: inline SVG without any text of a
//! file. Never: colours; those are the style sheet's.

use std::fmt::Write;

use super::band::Band;
use crate::domain::Bead;

/// Stretches that can be told apart on a screen.
const MAX_STRETCHES: usize = 600;

/// A strip of the beads in their order, from left to right; each run of one colour leads to its first bead.
///
/// In a long document a stretch holds several beads and has the colour of their median probability; a stretch
/// is a gap, or rejected, where more than half of its beads are.
pub(super) fn strip(beads: &[Bead], unsure_below: f64) -> String {
    let size = beads.len().div_ceil(MAX_STRETCHES).max(1);
    let stretches: Vec<Band> =
        beads.chunks(size).map(|beads| middle(beads, unsure_below)).collect();
    let mut svg = format!(
        "<svg class=\"strip\" viewBox=\"0 0 {} 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">",
        stretches.len().max(1)
    );
    let mut first = 0;
    for run in stretches.chunk_by(|a, b| a == b) {
        let (number, last) = (first * size + 1, ((first + run.len()) * size).min(beads.len()));
        let band = run.first().map_or("", |band| band.class());
        // Writing to a string cannot fail.
        let _ = write!(
            svg,
            "<a href=\"#b{number}\" tabindex=\"-1\"><title>beads {number}–{last}: {band}</title>\
             <rect class=\"{band}\" x=\"{first}\" y=\"0\" width=\"{}\" height=\"10\"/></a>",
            run.len()
        );
        first += run.len();
    }
    svg.push_str("</svg>");
    svg
}

fn middle(beads: &[Bead], unsure_below: f64) -> Band {
    let bands = || beads.iter().map(|bead| Band::of(bead, unsure_below));
    for most in [Band::Rejected, Band::Gap] {
        if bands().filter(|band| *band == most).count() * 2 > beads.len() {
            return most;
        }
    }
    let mut joined: Vec<f64> =
        beads.iter().filter(|bead| !bead.is_gap()).map(|bead| bead.probability).collect();
    joined.sort_by(f64::total_cmp);
    let median = joined.get(joined.len() / 2).copied();
    match (beads, median) {
        ([only], _) => Band::of(only, unsure_below),
        (_, Some(median)) => Band::of_probability(median, unsure_below),
        (_, None) => Band::Gap,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bead(probability: f64, target: usize) -> Bead {
        let (moved, rejected, words) = (false, false, None);
        let (source, target) = (0..1, 0..target);
        Bead { source, target, probability, similarity: None, moved, rejected, words }
    }

    #[test]
    fn a_run_of_one_colour_is_one_link_to_its_first_bead() {
        let svg = strip(&[bead(0.95, 1), bead(0.99, 1), bead(0.1, 1), bead(0.9, 0)], 0.5);
        let links: Vec<&str> = svg.split("<a href=\"#").skip(1).collect();
        let starts: Vec<&str> = links.iter().filter_map(|link| link.split('"').next()).collect();
        assert_eq!(starts, ["b1", "b3", "b4"]);
        assert!(links[0].contains("class=\"sure\" x=\"0\" y=\"0\" width=\"2\""), "{svg}");
        assert!(links[1].contains("class=\"unsure\"") && links[2].contains("class=\"gap\""));
    }

    #[test]
    fn a_long_document_has_the_middle_of_every_stretch() {
        let beads: Vec<Bead> =
            (0..6_000).map(|n| bead(if n % 10 < 4 { 0.1 } else { 0.8 }, 1)).collect();
        let svg = strip(&beads, 0.5);
        assert!(svg.contains("viewBox=\"0 0 600 10\""));
        assert_eq!(svg.matches("<rect").count(), 1, "six of ten are likely");
        assert!(svg.contains("beads 1–6000: likely"));
    }

    #[test]
    fn an_alignment_without_beads_has_an_empty_strip() {
        assert!(!strip(&[], 0.5).contains("<rect"));
    }
}
