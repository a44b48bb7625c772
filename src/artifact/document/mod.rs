//! Reads a text with its layout: plain, a sentence a line, Markdown, a web page or a Word document.
//!
//! Owns: which format a file is in, and what of it is text. In: an [`Input`]. Out: a [`Document`] of blocks.
//! Never: sentences (except where a line is one); a word that the file does not show.

mod docx;
mod html;
mod lines;
mod markdown;

use std::io;
use std::path::Path;

use super::decode::{self, ReadNote, TextEncoding};
use super::magic;
use super::read::{read_file, sha256, take};
use super::{ArtifactError, FileKind, Input, ReadOptions};
use crate::domain::{Block, BlockKind, Document, Language, is_blank};
use crate::text::document::plain_text_blocks;

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
}

impl DocumentFormat {
    /// The format that the extension of a file name tells.
    #[must_use]
    pub fn from_extension(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "txt" | "text" => Some(Self::Text),
            "md" | "markdown" => Some(Self::Markdown),
            "html" | "htm" | "xhtml" => Some(Self::Html),
            "docx" => Some(Self::Docx),
            _ => None,
        }
    }
}

/// Blocks as a format gives them, and the language that the file names.
#[derive(Debug, Default)]
struct Blocks {
    blocks: Vec<Block>,
    language: Option<Language>,
}

impl Blocks {
    /// Adds a block, a paragraph of its own; a blank one is left out.
    fn push(&mut self, kind: BlockKind, text: &str) {
        let text = text.trim_matches(is_blank);
        if !text.is_empty() {
            let paragraph = self.blocks.len();
            self.blocks.push(Block { kind, text: text.to_owned(), paragraph });
        }
    }
}

/// Reads a document. Without a format, its first bytes tell a Word document, then the extension of the file, then a
/// web page by how it begins; what is left is plain text.
///
/// The encoding is recognised as for an article; a web page may name its own. Word documents may not be larger than
/// `options.max_bytes`, packed or unpacked.
///
/// # Errors
/// [`ArtifactError::NoText`] if nothing is shown, [`ArtifactError::DamagedArchive`] and [`ArtifactError::Xml`] for a
/// broken Word document, and as [`read_article`](super::read_article).
pub fn read_document(
    input: &Input,
    options: &ReadOptions,
    format: Option<DocumentFormat>,
) -> Result<Document, ArtifactError> {
    document_of(&bytes_of(input, options.max_bytes)?, input, options, format)
}

/// All bytes of an input.
pub(super) fn bytes_of(input: &Input, max_bytes: u64) -> Result<Vec<u8>, ArtifactError> {
    match input {
        Input::Stdin => take(io::stdin().lock(), &input.name(), max_bytes),
        Input::File(path) => read_file(path, max_bytes),
    }
}

fn document_of(
    bytes: &[u8],
    input: &Input,
    options: &ReadOptions,
    format: Option<DocumentFormat>,
) -> Result<Document, ArtifactError> {
    let name = input.name();
    let by_name = match input {
        Input::File(path) => DocumentFormat::from_extension(path),
        Input::Stdin => None,
    };
    let is_docx = magic::recognize(bytes) == Some(FileKind::Docx);
    let format = format.or(is_docx.then_some(DocumentFormat::Docx)).or(by_name);
    let (found, notes) = if format == Some(DocumentFormat::Docx) {
        if bytes.is_empty() {
            return Err(ArtifactError::Empty { name });
        }
        (docx::blocks(bytes, &name, options.max_bytes)?, Vec::new())
    } else {
        shown(bytes, &name, options, format)?
    };
    if found.blocks.is_empty() {
        return Err(ArtifactError::NoText { name });
    }
    let Blocks { blocks, language } = found;
    Ok(Document { name, sha256: sha256(bytes), blocks, language, notes })
}

/// The blocks of a text format, and what was done to the bytes.
fn shown(
    bytes: &[u8],
    name: &str,
    options: &ReadOptions,
    format: Option<DocumentFormat>,
) -> Result<(Blocks, Vec<String>), ArtifactError> {
    let may_be_html = matches!(format, None | Some(DocumentFormat::Html));
    let named = options.encoding.is_none() && may_be_html;
    let named = if named { html::named_encoding(bytes) } else { None };
    let encoding: Option<TextEncoding> = options.encoding.or(named);
    let (text, mut notes) = decode::decode(bytes, encoding, name)?;
    let begins_like_html = notes.contains(&ReadNote::Markup);
    let by_content = if begins_like_html { DocumentFormat::Html } else { DocumentFormat::Text };
    let format = format.unwrap_or(by_content);
    if format == DocumentFormat::Html {
        notes.retain(|note| *note != ReadNote::Markup);
    }
    if let (Some(named), DocumentFormat::Html) = (named, format) {
        notes.push(ReadNote::Encoding(named.name()));
    }
    let blocks = match format {
        DocumentFormat::Lines => lines::blocks(&text),
        DocumentFormat::Markdown => markdown::blocks(&text),
        DocumentFormat::Html => html::blocks(&text),
        DocumentFormat::Text | DocumentFormat::Docx => {
            Blocks { blocks: plain_text_blocks(&text), language: None }
        }
    };
    Ok((blocks, notes.iter().map(ToString::to_string).collect()))
}

/// The language that a tag such as `ar-EG` begins with.
pub(super) fn language_of_tag(tag: &str) -> Option<Language> {
    match tag.split(['-', '_']).next()?.trim().to_ascii_lowercase().as_str() {
        "ar" | "ara" | "arb" => Some(Language::Arabic),
        "en" | "eng" => Some(Language::English),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, bytes: &[u8]) -> Result<Document, ArtifactError> {
        document_of(bytes, &Input::File(name.into()), &ReadOptions::default(), None)
    }

    #[test]
    fn a_format_is_told_by_extension_and_by_content() {
        let page = "<!DOCTYPE html><html lang=ar-EG><p>نص";
        for name in ["page.html", "page.htm", "page"] {
            let document = read(name, page.as_bytes()).unwrap();
            assert_eq!(document.blocks[0].text, "نص");
            assert_eq!(document.language, Some(Language::Arabic));
            assert!(document.notes.is_empty());
        }
        let text = read("page.txt", page.as_bytes()).unwrap();
        assert_eq!(text.blocks[0].text, page);
        assert_eq!(text.notes.len(), 1, "a text with tags is told of");
        assert_eq!(read("a.md", b"# One").unwrap().blocks[0].kind, BlockKind::Heading);
    }

    #[test]
    fn a_web_page_may_name_its_encoding() {
        let page = b"<meta charset='windows-1252'><p>caf\xe9 \x93x\x94";
        let document = read("page.html", page).unwrap();
        assert_eq!(document.blocks[0].text, "café “x”");
        assert_eq!(document.notes, ["the file is not UTF-8; it was read as windows-1252"]);
    }

    #[test]
    fn old_arabic_code_pages_are_recognised() {
        let (bytes, _, _) = encoding_rs::WINDOWS_1256.encode("<p>قال الرئيس إن الأمر انتهى</p>");
        assert_eq!(read("page.html", &bytes).unwrap().blocks[0].text, "قال الرئيس إن الأمر انتهى");
        let utf16: Vec<u8> =
            "\u{feff}سلام. وداعا.".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read("a.txt", &utf16).unwrap().blocks[0].text, "سلام. وداعا.");
    }

    #[test]
    fn a_page_that_shows_nothing_is_told() {
        let told = read("page.html", b"<html><script>x</script>").unwrap_err();
        assert!(matches!(told, ArtifactError::NoText { .. }));
        assert!(matches!(read("a.docx", b"").unwrap_err(), ArtifactError::Empty { .. }));
        assert!(matches!(read("a.txt", b" \n").unwrap_err(), ArtifactError::OnlyWhiteSpace { .. }));
        assert!(matches!(read("a.txt", b"%PDF-1.4").unwrap_err(), ArtifactError::NotText { .. }));
    }
}
