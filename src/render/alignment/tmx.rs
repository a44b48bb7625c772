//! An alignment as a translation memory, TMX 1.4b.
//!
//! Owns: the elements of TMX. In: an alignment. Out: a file that is valid against `tmx14.dtd`.
//! Never: the time, so that equal alignments give equal files.
//!
//! Source: TMX 1.4b Specification, LISA OSCAR 2005.

use std::fmt::Write;

use super::xml::{escaped, header, notes, tag, text};
use crate::domain::exchange::{HEADER, PREFIX};
use crate::domain::{Alignment, Bead, Side};

/// A unit a bead, in the order of the beads; a bead with an empty side has one variant, for TMX asks for one at least.
///
/// Nothing is left out: what TMX has no element for stands in properties `x-isnad-…`, from which the alignment can be
/// read again, similarities and probabilities to four digits. A bead that was rejected carries `x-isnad-rejected`.
/// Characters that XML cannot hold become U+FFFD.
#[must_use]
pub fn tmx(alignment: &Alignment) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str("<!DOCTYPE tmx SYSTEM \"tmx14.dtd\">\n<tmx version=\"1.4\">\n");
    let version = escaped(&alignment.signature.version);
    let language = tag(alignment.source.language);
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(
        out,
        "  <header creationtool=\"isnad\" creationtoolversion=\"{version}\" segtype=\"sentence\" o-tmf=\"isnad\" \
         adminlang=\"en\" srclang=\"{language}\" datatype=\"plaintext\">"
    );
    property(&mut out, "    ", HEADER, &header(alignment));
    out.push_str("  </header>\n  <body>\n");
    for (index, bead) in alignment.beads().iter().enumerate() {
        unit(&mut out, alignment, bead, index + 1);
    }
    out.push_str("  </body>\n</tmx>\n");
    out
}

fn property(out: &mut String, indent: &str, name: &str, value: &str) {
    let _ = writeln!(out, "{indent}<prop type=\"{PREFIX}{name}\">{}</prop>", escaped(value));
}

fn unit(out: &mut String, alignment: &Alignment, bead: &Bead, number: usize) {
    let block = bead.source.len() > 1 || bead.target.len() > 1;
    let segtype = if block { " segtype=\"block\"" } else { "" };
    let _ = writeln!(out, "    <tu tuid=\"{number}\"{segtype}>");
    for (name, value) in notes(alignment, bead) {
        property(out, "      ", name, &value);
    }
    for side in [Side::Source, Side::Target] {
        if let Some(text) = text(alignment, bead, side) {
            let (language, text) = (tag(alignment.side(side).language), escaped(&text));
            let _ = writeln!(out, "      <tuv xml:lang=\"{language}\"><seg>{text}</seg></tuv>");
        }
    }
    out.push_str("    </tu>\n");
}

#[cfg(test)]
mod tests {
    use super::super::sample::sample;
    use super::*;

    #[test]
    fn a_gap_has_one_variant_and_every_bead_a_unit() {
        let file = tmx(&sample());
        assert_eq!(file.matches("<tu ").count(), 4);
        assert_eq!(file.matches("<tuv ").count(), 7);
        assert!(
            file.contains("<tuv xml:lang=\"en\"><seg>A &lt;b&gt; &amp; c. Two.</seg></tuv>"),
            "{file}"
        );
        assert!(file.contains("<prop type=\"x-isnad-target-sentences\">10/0 4/0</prop>"), "{file}");
        assert!(file.contains("<prop type=\"x-isnad-rejected\">true</prop>"), "{file}");
    }
}
