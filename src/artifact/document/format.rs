//! Which format a file is in.
//!
//! Owns: names and extensions of formats, and how each is known by its content. In: bytes, text, a file name.
//! Out: a format, and a note where the name says something else. Never: reading the content.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use serde::de::IgnoredAny;

use super::super::{ArtifactError, FileKind, Input, magic};

/// What a text is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DocumentFormat {
    /// Plain text: paragraphs by lines and blank lines.
    Text,
    /// A sentence a line; a blank line parts paragraphs.
    Lines,
    /// `CommonMark` with tables and footnotes.
    Markdown,
    /// A web page.
    Html,
    /// Word since 2007.
    Docx,
    /// Electronic book.
    Epub,
    /// Portable Document Format.
    Pdf,
    /// RSS or Atom.
    Feed,
    /// JSON: an object, or a list of objects.
    Json,
    /// JSON: an object a line.
    JsonLines,
}

/// Each format with its name in options, its name in messages, and its extensions.
const FORMATS: [(DocumentFormat, &str, &str, &[&str]); 10] = [
    (DocumentFormat::Text, "text", "plain text", &["txt", "text"]),
    (DocumentFormat::Lines, "lines", "a sentence a line", &[]),
    (DocumentFormat::Markdown, "markdown", "Markdown", &["md", "markdown"]),
    (DocumentFormat::Html, "html", "a web page", &["html", "htm", "xhtml", "aspx", "php"]),
    (DocumentFormat::Docx, "docx", "a Word document", &["docx"]),
    (DocumentFormat::Epub, "epub", "an EPUB book", &["epub"]),
    (DocumentFormat::Pdf, "pdf", "a PDF document", &["pdf"]),
    (DocumentFormat::Feed, "feed", "a feed", &["rss", "atom", "xml"]),
    (DocumentFormat::Json, "json", "JSON", &["json"]),
    (DocumentFormat::JsonLines, "jsonl", "JSON lines", &["jsonl", "ndjson"]),
];

impl DocumentFormat {
    /// The format that the extension of a file name tells.
    #[must_use]
    pub fn from_extension(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        let named = FORMATS.iter().find(|(.., known)| known.contains(&extension.as_str()))?;
        Some(named.0)
    }

    /// The format of a file that is no text.
    pub(super) fn of_bytes(bytes: &[u8]) -> Option<Self> {
        match magic::recognize(bytes)? {
            FileKind::Docx => Some(Self::Docx),
            FileKind::Epub => Some(Self::Epub),
            FileKind::Pdf => Some(Self::Pdf),
            _ => None,
        }
    }

    /// The format of a text by how it begins, then by the name of its file; what is left is plain text.
    pub(super) fn of_text(text: &str, input: &Input) -> Self {
        let by_name = match input {
            Input::File(path) => Self::from_extension(path),
            Input::Stdin => None,
        };
        let tags = || text.matches("</").count();
        match (root(text).as_deref(), by_name) {
            (Some("rss" | "feed" | "rdf:rdf"), _) => return Self::Feed,
            (Some("!doctype html" | "html" | "head" | "body"), _) => return Self::Html,
            // A fragment of a page has tags all over; a text that speaks of one does not begin with it.
            (Some(_), None | Some(Self::Text | Self::Html)) if tags() > 1 => return Self::Html,
            _ => {}
        }
        match by_name {
            Some(Self::Html) if tags() > 0 || text.contains("<p>") || text.contains("<br") => {
                Self::Html
            }
            Some(format @ (Self::Markdown | Self::Json | Self::JsonLines)) => format,
            Some(Self::Feed) if root(text).is_some() => Self::Feed,
            _ => of_json(text).unwrap_or(Self::Text),
        }
    }

    /// Whether a file may say itself which encoding it has.
    pub(super) fn may_name_its_encoding(self) -> bool {
        matches!(self, Self::Html | Self::Feed)
    }

    /// What to tell of a file whose name says something else.
    pub(super) fn unlike_extension(self, path: &Path) -> Option<String> {
        let named = Self::from_extension(path)?;
        let extension = path.extension()?.to_str()?;
        let same = named == self || (named == Self::Json && self == Self::JsonLines);
        (!same).then(|| format!("it is named .{extension}, but it is {self}"))
    }
}

/// The first element of a text that begins with markup, in lower case; `!doctype html` for a page that says so.
fn root(text: &str) -> Option<String> {
    let mut rest = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    loop {
        rest = rest.trim_start();
        let inside = rest.strip_prefix('<')?;
        if let Some(comment) = inside.strip_prefix("!--") {
            rest = comment.split_once("-->")?.1;
        } else if inside.starts_with('?') {
            rest = inside.split_once('>')?.1;
        } else {
            let head: String = inside.chars().take(40).collect::<String>().to_lowercase();
            if head.starts_with("!doctype html") {
                return Some("!doctype html".to_owned());
            }
            if head.starts_with("!doctype") {
                // Declarations inside it may hold the same mark.
                let (head, behind) = inside.split_once('>')?;
                rest = if head.contains('[') { inside.split_once("]>")?.1 } else { behind };
                continue;
            }
            let name: String =
                head.chars().take_while(|c| c.is_alphanumeric() || *c == ':').collect();
            return (!name.is_empty()).then_some(name);
        }
    }
}

/// JSON, if all of the text or its first line is.
fn of_json(text: &str) -> Option<DocumentFormat> {
    let begins = |text: &str| text.trim_start().starts_with(['{', '[']);
    if !begins(text) || !text.contains('"') {
        return None;
    }
    let holds = |text: &str| serde_json::from_str::<IgnoredAny>(text).is_ok();
    if holds(text) {
        return Some(DocumentFormat::Json);
    }
    let first = text.trim_start().lines().next()?;
    (first.starts_with('{') && holds(first)).then_some(DocumentFormat::JsonLines)
}

impl fmt::Display for DocumentFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = FORMATS.iter().find(|(format, ..)| format == self).map(|(_, _, name, _)| *name);
        f.write_str(name.unwrap_or_default())
    }
}

impl FromStr for DocumentFormat {
    type Err = ArtifactError;

    /// A format by its name or one of its extensions.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let lower = name.to_ascii_lowercase();
        let is_named = |(_, known, _, extensions): &&(Self, &str, &str, &[&str])| {
            *known == lower || extensions.contains(&lower.as_str())
        };
        let found = FORMATS.iter().find(is_named).map(|(format, ..)| *format);
        found.ok_or_else(|| ArtifactError::UnknownDocumentFormat { name: name.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_known_by_how_it_begins() {
        use DocumentFormat::{Feed, Html, Json, JsonLines, Markdown, Text};
        let told = |text: &str| DocumentFormat::of_text(text, &Input::Stdin);
        assert_eq!(told("<!-- x --> <!DOCTYPE html><p>"), Html);
        assert_eq!(told("<?xml version=\"1.0\"?>\n<rss version=\"2.0\">"), Feed);
        assert_eq!(told("<?xml version='1.0'?><!DOCTYPE x SYSTEM 'y'><feed>"), Feed);
        assert_eq!(told("<?xml version='1.0'?><html xmlns='x'>"), Html);
        assert_eq!(told("<div><p>نص</p></div>"), Html);
        assert_eq!(told("<سهم> نص"), Text);
        assert_eq!(told("[رويترز] قال \"الوزير\"."), Text);
        assert_eq!(told("{\"text\": \"x\"}"), Json);
        assert_eq!(told("{\"text\": \"x\"}\n{\"text\": \"y\"}\n"), JsonLines);
        let named = |name: &str, text| DocumentFormat::of_text(text, &Input::File(name.into()));
        assert_eq!(named("a.html", "قال الوزير."), Text);
        assert_eq!(named("a.html", "قال<br>الوزير."), Html);
        assert_eq!(named("a.md", "<div>x</div> y"), Markdown);
        assert_eq!(named("a.xml", "plain"), Text);
    }

    #[test]
    fn a_format_has_a_name() {
        assert_eq!("HTML".parse::<DocumentFormat>().unwrap(), DocumentFormat::Html);
        assert_eq!("rss".parse::<DocumentFormat>().unwrap(), DocumentFormat::Feed);
        assert!("word".parse::<DocumentFormat>().is_err());
    }
}
