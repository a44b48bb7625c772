//! How results look: a [`Brief`], a [`Bitext`](crate::domain::Bitext) or an
//! [`Evaluation`](crate::domain::Evaluation) in, a string out.
//!
//! Owns: Markdown, HTML, JSON and plain text, and what is done to text that could deceive a reader.
//! Never: files, printing, decisions about content.

mod alignment;
mod bidi;
mod brief;
mod columns;
mod evaluation;
mod fields;
mod html;
mod json;
mod marked;
mod style;
mod summary;
mod translation;
mod visible;
mod xml;

use std::fmt;
use std::path::Path;
use std::str::FromStr;

pub use alignment::{
    AlignmentFormat, Colour, XliffVersion, alignment, alignment_table, finding_in_words, ladder,
    pharaoh, tmx, tsv, xliff,
};
pub use brief::{DocxPart, docx_parts, html, html_made, markdown, terminal, text};
pub use columns::translation_bitext;
pub use evaluation::{EvaluationFormat, evaluation};
pub use json::{json, n_best_json, translation_json};
pub use summary::{SummaryForm, summary};
pub use translation::{n_best_text, translation_html, translation_markdown, translation_text};

use crate::domain::Brief;

/// What a brief can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Markdown with a little HTML for the Arabic.
    Markdown,
    /// One self-contained page.
    Html,
    /// The saved form, which can be read back.
    Json,
    /// Plain text in one column.
    Text,
}

impl Format {
    /// All of them, for help texts.
    pub const ALL: [Self; 4] = [Self::Markdown, Self::Html, Self::Json, Self::Text];

    /// The format that the extension of a file name asks for.
    #[must_use]
    pub fn from_extension(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "md" | "markdown" => Some(Self::Markdown),
            "html" | "htm" => Some(Self::Html),
            "json" => Some(Self::Json),
            "txt" | "text" => Some(Self::Text),
            _ => None,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Json => "json",
            Self::Text => "text",
        })
    }
}

/// No format has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown format `{name}`; there are {known}")]
pub struct UnknownFormat {
    /// As typed.
    pub name: String,
    /// The names that exist, as a person lists them.
    pub known: &'static str,
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name.to_ascii_lowercase().as_str() {
            "markdown" | "md" => Ok(Self::Markdown),
            "html" => Ok(Self::Html),
            "json" => Ok(Self::Json),
            "text" | "txt" => Ok(Self::Text),
            _ => {
                Err(UnknownFormat { name: name.to_owned(), known: "markdown, html, json and text" })
            }
        }
    }
}

/// A value that cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// No result shows a number that is infinite or none at all; JSON could not even hold it.
    #[error("{what} is {value}, which cannot be written")]
    NotFinite {
        /// Which number.
        what: String,
        /// Its value.
        value: f32,
    },
    /// The serializer failed.
    #[error("cannot write JSON")]
    Json(#[source] serde_json::Error),
    /// The page template failed.
    #[error("cannot fill the page template")]
    Template(#[source] minijinja::Error),
}

/// Writes a brief in the given format.
///
/// # Errors
/// [`RenderError`] if a number is not finite (JSON), or a serializer or the template fails.
pub fn brief(brief: &Brief, format: Format) -> Result<String, RenderError> {
    match format {
        Format::Markdown => Ok(markdown(brief)),
        Format::Html => html(brief),
        Format::Json => json(brief),
        Format::Text => Ok(text(brief)),
    }
}
