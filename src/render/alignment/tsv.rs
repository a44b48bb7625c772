//! An alignment in columns between tabs, for programs.
//!
//! Owns: the columns, their order, and escapes that keep a row on one line.
//! In: an alignment. Out: a header and a row a bead. Never: leaving out a bead.

use std::ops::Range;

use super::pharaoh::links;
use super::xml::text;
use crate::domain::{Alignment, Bead, Side};
use crate::render::fields::escaped;

/// The columns. Programs rely on names and order; `links` is there only where words were aligned.
const COLUMNS: [&str; 9] = [
    "bead",
    "kind",
    "source_sentences",
    "target_sentences",
    "probability",
    "similarity",
    "flags",
    "source",
    "target",
];

/// Tab-separated values in UTF-8, a header first. A field that does not apply is empty.
///
/// Beads and sentences are counted from 1; sentences of a side are listed between commas. Probability and cosine
/// similarity have four digits behind the point. Flags are `moved` and `rejected`, between commas. Sentences of a bead are
/// parted by a space. Links are Pharaoh's pairs `i-j`, words of the bead counted from 0.
///
/// In texts `\t`, `\n`, `\r` and `\\` stand for tab, line feed, carriage return and backslash; other control
/// characters, line separators and direction overrides are written as `\u202e`.
#[must_use]
pub fn tsv(alignment: &Alignment) -> String {
    let with_words = alignment.beads().iter().any(|bead| bead.words.is_some());
    let mut out = COLUMNS.join("\t");
    out.push_str(if with_words { "\tlinks\n" } else { "\n" });
    for (index, bead) in alignment.beads().iter().enumerate() {
        let mut fields = row(alignment, bead, index + 1);
        if with_words {
            fields.push(bead.words.as_ref().map(links).unwrap_or_default());
        }
        out.push_str(&fields.join("\t"));
        out.push('\n');
    }
    out
}

fn row(alignment: &Alignment, bead: &Bead, number: usize) -> Vec<String> {
    let numbers = |range: &Range<usize>| {
        range.clone().map(|index| (index + 1).to_string()).collect::<Vec<_>>().join(",")
    };
    let flags = [(bead.moved, "moved"), (bead.rejected, "rejected")];
    let flags: Vec<&str> =
        flags.iter().filter(|(holds, _)| *holds).map(|(_, name)| *name).collect();
    let text = |side| text(alignment, bead, side).map(|text| escaped(&text)).unwrap_or_default();
    vec![
        number.to_string(),
        bead.kind(),
        numbers(&bead.source),
        numbers(&bead.target),
        format!("{:.4}", bead.probability),
        bead.similarity.map(|cosine| format!("{cosine:.4}")).unwrap_or_default(),
        flags.join(","),
        text(Side::Source),
        text(Side::Target),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::sample::sample;
    use super::*;

    #[test]
    fn a_bead_is_a_row() {
        let table = tsv(&sample());
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines.len(), 5);
        assert!(lines[0].ends_with("\tsource\ttarget\tlinks"));
        assert_eq!(lines[1], "1\t1-2\t1\t1,2\t0.9877\t0.5000\t\tواحد\\tاثنان.\tA <b> & c. Two.\t");
        assert_eq!(lines[2], "2\t1-0\t2\t\t0.5000\t\t\tثلاثة\\\\\t\t");
        assert!(lines[3].contains("\trejected\t"));
        assert!(lines[4].ends_with("\tmoved\tخمسة\tFive\t0-0"));
    }
}
