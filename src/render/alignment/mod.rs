//! How an alignment looks: an [`Alignment`] in, a string out.
//!
//! Owns: the names of its formats, and the refusal to show a number that is none.
//! In: an alignment. Out: text for a terminal, JSON, one HTML page, or a format that other programs read.
//! Never: files, printing, judging a bead.

mod band;
mod findings;
mod html;
mod ladder;
mod pharaoh;
mod strip;
mod table;
mod tmx;
mod tsv;
mod view;
mod words;
mod xliff;
mod xml;

#[cfg(test)]
mod sample;

use std::fmt;
use std::path::Path;
use std::str::FromStr;

pub use findings::finding_in_words;
pub use ladder::ladder;
pub use pharaoh::pharaoh;
pub use table::{Colour, alignment_table};
pub use tmx::tmx;
pub use tsv::tsv;
pub use xliff::{XliffVersion, xliff};

use super::{RenderError, UnknownFormat, json};
use crate::domain::{Alignment, Finding};

/// What an alignment can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AlignmentFormat {
    /// For people at a terminal.
    Table,
    /// Columns between tabs, for programs.
    Tsv,
    /// The saved form, which can be read back.
    Json,
    /// A reader in two columns, one self-contained page.
    Html,
    /// Translation memory, TMX 1.4b.
    Tmx,
    /// XLIFF 1.2.
    Xliff12,
    /// XLIFF 2.1.
    Xliff21,
    /// Ranges of sentences without their text, as hunalign and vecalign write them.
    Ladder,
    /// Links of words, as `i-j`.
    Pharaoh,
}

impl AlignmentFormat {
    /// All of them, for help texts.
    pub const ALL: [Self; 9] = [
        Self::Table,
        Self::Tsv,
        Self::Json,
        Self::Html,
        Self::Tmx,
        Self::Xliff12,
        Self::Xliff21,
        Self::Ladder,
        Self::Pharaoh,
    ];

    /// The format that the extension of a file name asks for; `xlf` asks for XLIFF 1.2, which more programs read.
    #[must_use]
    pub fn from_extension(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "txt" => Some(Self::Table),
            "tsv" => Some(Self::Tsv),
            "json" => Some(Self::Json),
            "html" | "htm" => Some(Self::Html),
            "tmx" => Some(Self::Tmx),
            "xlf" | "xliff" => Some(Self::Xliff12),
            "ladder" | "align" => Some(Self::Ladder),
            "pharaoh" => Some(Self::Pharaoh),
            _ => None,
        }
    }
}

impl fmt::Display for AlignmentFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Table => "table",
            Self::Tsv => "tsv",
            Self::Json => "json",
            Self::Html => "html",
            Self::Tmx => "tmx",
            Self::Xliff12 => "xliff12",
            Self::Xliff21 => "xliff21",
            Self::Ladder => "ladder",
            Self::Pharaoh => "pharaoh",
        })
    }
}

impl FromStr for AlignmentFormat {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let lower = name.to_ascii_lowercase();
        Self::ALL.into_iter().find(|format| format.to_string() == lower).ok_or_else(|| {
            let known = "table, tsv, json, html, tmx, xliff12, xliff21, ladder and pharaoh";
            UnknownFormat { name: name.to_owned(), known }
        })
    }
}

/// Writes an alignment in the given format; a table without colours and of the usual width.
///
/// # Errors
/// [`RenderError::NotFinite`] if a number of a finding is infinite or none at all; else only if a serializer
/// or the template fails.
pub fn alignment(alignment: &Alignment, format: AlignmentFormat) -> Result<String, RenderError> {
    all_finite(alignment)?;
    match format {
        AlignmentFormat::Table => Ok(alignment_table(alignment, None, Colour::Never)),
        AlignmentFormat::Tsv => Ok(tsv(alignment)),
        AlignmentFormat::Json => json::pretty(alignment),
        AlignmentFormat::Html => html::html(alignment),
        AlignmentFormat::Tmx => Ok(tmx(alignment)),
        AlignmentFormat::Xliff12 => Ok(xliff(alignment, XliffVersion::V1_2)),
        AlignmentFormat::Xliff21 => Ok(xliff(alignment, XliffVersion::V2_1)),
        AlignmentFormat::Ladder => Ok(ladder(alignment)),
        AlignmentFormat::Pharaoh => Ok(pharaoh(alignment)),
    }
}

/// The numbers of beads are checked when an alignment is made; those of findings are not.
#[expect(clippy::cast_possible_truncation, reason = "a number that is not finite stays what it is")]
fn all_finite(alignment: &Alignment) -> Result<(), RenderError> {
    alignment.findings.iter().try_for_each(|finding| {
        let (what, value) = match finding {
            Finding::Unsure { share, .. } => ("the share of unsure beads", *share),
            Finding::NotATranslation { aligned } => ("the share of aligned sentences", *aligned),
            _ => return Ok(()),
        };
        let refusal = || RenderError::NotFinite { what: what.to_owned(), value: value as f32 };
        value.is_finite().then_some(()).ok_or_else(refusal)
    })
}
