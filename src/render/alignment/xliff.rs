//! An alignment as XLIFF, for tools of translators.
//!
//! Owns: the elements of XLIFF 1.2 and 2.1. In: an alignment. Out: a file that is valid against their schemas.
//! Never: the time, so that equal alignments give equal files.
//!
//! Source: OASIS XLIFF 1.2 (2008); OASIS XLIFF 2.1 (2018) with its metadata module.

use std::fmt::{self, Write};
use std::str::FromStr;

use super::super::UnknownFormat;
use super::xml::{escaped, header, notes, tag, text};
use crate::domain::exchange::{HEADER, PREFIX};
use crate::domain::{Alignment, Bead, Side};

/// Which XLIFF is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum XliffVersion {
    /// The one that every tool reads.
    #[default]
    V1_2,
    /// The newer one.
    V2_1,
}

impl fmt::Display for XliffVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V1_2 => "1.2",
            Self::V2_1 => "2.1",
        })
    }
}

impl FromStr for XliffVersion {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "1.2" => Ok(Self::V1_2),
            "2.1" => Ok(Self::V2_1),
            _ => Err(UnknownFormat { name: name.to_owned(), known: "1.2 and 2.1" }),
        }
    }
}

/// A unit a bead, in the order of the beads; an empty source is an empty element, an empty target is absent.
///
/// Nothing is left out: what XLIFF has no element for stands in contexts (1.2) or metadata (2.1) `x-isnad-…`, from which
/// the alignment can be read again, similarities and probabilities to four digits. A bead that was rejected has the state
/// `needs-review-translation` (1.2), or `initial` with the substate `isnad:rejected` (2.1). Characters that XML cannot
/// hold become U+FFFD.
#[must_use]
pub fn xliff(alignment: &Alignment, version: XliffVersion) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    match version {
        XliffVersion::V1_2 => xliff_1(&mut out, alignment),
        XliffVersion::V2_1 => xliff_2(&mut out, alignment),
    }
    out.push_str("</xliff>\n");
    out
}

fn xliff_1(out: &mut String, alignment: &Alignment) {
    let (source, target) = (tag(alignment.source.language), tag(alignment.target.language));
    let (original, version) =
        (escaped(&alignment.source.name), escaped(&alignment.signature.version));
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(
        out,
        "<xliff version=\"1.2\" xmlns=\"urn:oasis:names:tc:xliff:document:1.2\">\n  \
         <file original=\"{original}\" source-language=\"{source}\" target-language=\"{target}\" datatype=\"plaintext\" \
         tool-id=\"isnad\">\n    <header>\n      \
         <tool tool-id=\"isnad\" tool-name=\"isnad\" tool-version=\"{version}\"/>\n      \
         <note from=\"{PREFIX}{HEADER}\" annotates=\"general\">{}</note>\n    </header>\n    <body>",
        escaped(&header(alignment)),
    );
    for (index, bead) in alignment.beads().iter().enumerate() {
        unit_1(out, alignment, bead, index + 1);
    }
    out.push_str("    </body>\n  </file>\n");
}

fn unit_1(out: &mut String, alignment: &Alignment, bead: &Bead, number: usize) {
    let _ = writeln!(out, "      <trans-unit id=\"{number}\" xml:space=\"preserve\">");
    let source = text(alignment, bead, Side::Source).unwrap_or_default();
    let _ = writeln!(out, "        <source>{}</source>", escaped(&source));
    if let Some(target) = text(alignment, bead, Side::Target) {
        let state = if bead.rejected { "needs-review-translation" } else { "translated" };
        let _ = writeln!(out, "        <target state=\"{state}\">{}</target>", escaped(&target));
    }
    out.push_str("        <context-group purpose=\"information\">\n");
    for (name, value) in notes(alignment, bead) {
        let value = escaped(&value);
        let _ =
            writeln!(out, "          <context context-type=\"{PREFIX}{name}\">{value}</context>");
    }
    out.push_str("        </context-group>\n      </trans-unit>\n");
}

fn xliff_2(out: &mut String, alignment: &Alignment) {
    let (source, target) = (tag(alignment.source.language), tag(alignment.target.language));
    let original = escaped(&alignment.source.name);
    let _ = writeln!(
        out,
        "<xliff version=\"2.1\" xmlns=\"urn:oasis:names:tc:xliff:document:2.0\" \
         xmlns:mda=\"urn:oasis:names:tc:xliff:metadata:2.0\" srcLang=\"{source}\" trgLang=\"{target}\">\n  \
         <file id=\"f1\" original=\"{original}\">"
    );
    metadata(out, "    ", &[(HEADER, header(alignment))]);
    for (index, bead) in alignment.beads().iter().enumerate() {
        unit_2(out, alignment, bead, index + 1);
    }
    out.push_str("  </file>\n");
}

fn metadata(out: &mut String, indent: &str, notes: &[(&'static str, String)]) {
    let _ = writeln!(out, "{indent}<mda:metadata>\n{indent}  <mda:metaGroup category=\"isnad\">");
    for (name, value) in notes {
        let value = escaped(value);
        let _ = writeln!(out, "{indent}    <mda:meta type=\"{PREFIX}{name}\">{value}</mda:meta>");
    }
    let _ = writeln!(out, "{indent}  </mda:metaGroup>\n{indent}</mda:metadata>");
}

fn unit_2(out: &mut String, alignment: &Alignment, bead: &Bead, number: usize) {
    let _ = writeln!(out, "    <unit id=\"{number}\">");
    metadata(out, "      ", &notes(alignment, bead));
    let source = text(alignment, bead, Side::Source).unwrap_or_default();
    let target = text(alignment, bead, Side::Target);
    let state = match (bead.rejected, &target) {
        (true, _) => " state=\"initial\" subState=\"isnad:rejected\"",
        (false, Some(_)) => " state=\"translated\"",
        (false, None) => "",
    };
    let _ = writeln!(
        out,
        "      <segment{state}>\n        <source xml:space=\"preserve\">{}</source>",
        escaped(&source)
    );
    if let Some(target) = target {
        let target = escaped(&target);
        let _ = writeln!(out, "        <target xml:space=\"preserve\">{target}</target>");
    }
    out.push_str("      </segment>\n    </unit>\n");
}

#[cfg(test)]
mod tests {
    use super::super::sample::sample;
    use super::*;

    #[test]
    fn every_bead_has_a_unit_and_a_rejected_one_its_state() {
        let old = xliff(&sample(), XliffVersion::V1_2);
        assert_eq!(old.matches("<trans-unit ").count(), 4);
        assert_eq!(old.matches("<target ").count(), 3);
        assert_eq!(old.matches("needs-review-translation").count(), 1);
        let new = xliff(&sample(), XliffVersion::V2_1);
        assert_eq!(new.matches("<segment").count(), 4);
        assert_eq!(new.matches("isnad:rejected").count(), 1);
        assert!(new.contains("original=\"a&#9;b.txt\""), "{new}");
    }

    #[test]
    fn a_version_is_named_by_its_number() {
        for version in [XliffVersion::V1_2, XliffVersion::V2_1] {
            assert_eq!(version.to_string().parse::<XliffVersion>().unwrap(), version);
        }
        assert!("2".parse::<XliffVersion>().is_err());
    }
}
