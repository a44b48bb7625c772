//! Reads a text with its layout, whatever file it came in.
//!
//! Owns: the formats, and what of a file is text. In: an [`Input`]. Out: a [`Document`] of blocks, or articles.
//! Never: sentences (except where a line is one); a word that the file does not show.

mod articles;
mod docx;
mod epub;
mod feed;
mod format;
mod html;
mod json;
mod lines;
mod markdown;
mod page;
mod pdf;
mod runs;

use std::io;

pub use articles::{ArticleOptions, FoundArticle, read_articles};
pub use format::DocumentFormat;

use super::decode::{self, ReadNote, TextEncoding};
use super::read::{read_file, sha256, take};
use super::{ArtifactError, Input, ReadOptions};
use crate::domain::{Block, BlockKind, Document, Language, Metadata};
use crate::text::document::plain_text_blocks;
use runs::Run;

/// A text of a file: its blocks, and what the file tells about it.
#[derive(Debug, Default)]
#[expect(clippy::struct_field_names, reason = "they are the blocks")]
struct Blocks {
    blocks: Vec<Block>,
    language: Option<Language>,
    title: Option<String>,
    metadata: Metadata,
}

impl Blocks {
    /// Adds a block, a paragraph of its own; a blank one is left out.
    fn push(&mut self, kind: BlockKind, text: &str) {
        self.push_run(kind, &Run::plain(text));
    }

    /// Adds a block with what is set off in it; a blank one is left out.
    fn push_run(&mut self, kind: BlockKind, run: &Run) {
        if let Some(run) = Run::part(&run.text, &run.markup, 0..run.text.len()) {
            let Run { text, markup } = run;
            self.blocks.push(Block { kind, text, markup, paragraph: self.blocks.len() });
        }
    }

    /// Adds the blocks of another text behind.
    fn append(&mut self, other: Self) {
        self.language = self.language.or(other.language);
        for block in other.blocks {
            let paragraph = self.blocks.len();
            self.blocks.push(Block { paragraph, ..block });
        }
    }

    fn of_plain_text(text: &str) -> Self {
        Self { blocks: plain_text_blocks(text), ..Self::default() }
    }
}

/// Reads a document. Without a format, its bytes tell which it has, and only then the extension of the file.
///
/// The encoding is recognised as for an article; a web page may name its own. A document that is an archive may not be
/// larger than `options.max_bytes`, packed or unpacked. A web page is read whole, and all items of a feed.
///
/// # Errors
/// [`ArtifactError::NoText`] if nothing is shown, [`ArtifactError::DamagedArchive`], [`ArtifactError::DamagedPdf`] and
/// [`ArtifactError::Xml`] for broken files, and as [`read_article`](super::read_article).
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
    let options = ArticleOptions { read: *options, format, ..ArticleOptions::default() };
    let found = read(bytes, input, &options, Whole::Page)?;
    let mut all = Blocks::default();
    for text in found.texts {
        if all.blocks.is_empty() {
            all = text;
        } else {
            all.append(text);
        }
    }
    let name = input.name();
    if all.blocks.is_empty() {
        return Err(ArtifactError::NoText { name });
    }
    let Blocks { blocks, language, .. } = all;
    Ok(Document { name, sha256: sha256(bytes), blocks, language, notes: found.notes })
}

/// How much of a web page is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whole {
    /// All that it shows.
    Page,
    /// The article on it.
    Article,
}

/// What was read of a file.
struct Found {
    /// Its texts: one, or one for each item of a feed.
    texts: Vec<Blocks>,
    /// What was done to the bytes, in words.
    notes: Vec<String>,
    /// The text as it was read, where it has no layout.
    plain: Option<String>,
}

/// The texts of a file.
fn read(
    bytes: &[u8],
    input: &Input,
    options: &ArticleOptions,
    whole: Whole,
) -> Result<Found, ArtifactError> {
    let name = &input.name();
    if bytes.is_empty() {
        return Err(ArtifactError::Empty { name: name.clone() });
    }
    let max_bytes = options.read.max_bytes;
    let by_bytes = options.format.or_else(|| DocumentFormat::of_bytes(bytes));
    let one = |text| Found { texts: vec![text], notes: Vec::new(), plain: None };
    match by_bytes {
        Some(DocumentFormat::Docx) => Ok(one(docx::blocks(bytes, name, max_bytes)?)),
        Some(DocumentFormat::Epub) => Ok(one(epub::blocks(bytes, name, max_bytes)?)),
        Some(DocumentFormat::Pdf) => Ok(one(pdf::blocks(bytes, name, max_bytes)?)),
        format => shown(bytes, input, options, (format, whole)),
    }
}

/// The texts of a file that is text itself.
fn shown(
    bytes: &[u8],
    input: &Input,
    options: &ArticleOptions,
    (format, whole): (Option<DocumentFormat>, Whole),
) -> Result<Found, ArtifactError> {
    let name = &input.name();
    let may_name = !matches!(format, Some(DocumentFormat::Text | DocumentFormat::Lines));
    let named = if options.read.encoding.is_none() && may_name {
        html::named_encoding(bytes)
    } else {
        None
    };
    let is_page = format == Some(DocumentFormat::Html) || html::begins_like_a_page(bytes);
    let unnamed = is_page && options.read.encoding.is_none();
    let named = named.or_else(|| if unnamed { shown_encoding(bytes, name) } else { None });
    let encoding: Option<TextEncoding> = options.read.encoding.or(named);
    let (text, mut notes) = match decode::decode(bytes, encoding, name) {
        Err(ArtifactError::InvalidUtf8 { .. }) if is_page && encoding.is_none() => {
            decode::decode_mending(bytes, name)?
        }
        decoded => decoded?,
    };
    notes.retain(|note| *note != ReadNote::Markup);
    let by_content = || DocumentFormat::of_text(&text, input);
    let format = format.unwrap_or_else(by_content);
    if let (Some(named), true) = (named, format.may_name_its_encoding()) {
        notes.push(ReadNote::Encoding(named.name()));
    }
    let mut notes: Vec<String> = notes.iter().map(ToString::to_string).collect();
    if let (None, Input::File(path)) = (options.format, input) {
        notes.extend(format.unlike_extension(path));
    }
    let texts = match format {
        DocumentFormat::Lines => vec![lines::blocks(&text)],
        DocumentFormat::Markdown => vec![markdown::blocks(&text)],
        DocumentFormat::Html if whole == Whole::Article => vec![page::article(&text)],
        DocumentFormat::Html => vec![html::blocks(&text)],
        DocumentFormat::Feed => feed::items(&text, name)?,
        DocumentFormat::Json => json::texts(&text, name, options.text_field.as_deref())?,
        DocumentFormat::JsonLines => json::lines(&text, name, options.text_field.as_deref())?,
        _ => {
            let texts = vec![Blocks::of_plain_text(&text)];
            return Ok(Found { texts, notes, plain: Some(text) });
        }
    };
    Ok(Found { texts, notes, plain: None })
}

/// The old encoding that the text of a page is recognised to be in, its Latin tags aside.
fn shown_encoding(bytes: &[u8], name: &str) -> Option<TextEncoding> {
    let (_, notes) = decode::decode(&html::without_tags(bytes), None, name).ok()?;
    notes.iter().find_map(|note| match note {
        ReadNote::Encoding(name) => name.parse().ok(),
        _ => None,
    })
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
        assert_eq!(text.blocks[0].text, "نص", "the content decides");
        assert_eq!(text.notes, ["it is named .txt, but it is a web page"]);
        let text = read("page.docx", "قال الرئيس.".as_bytes()).unwrap();
        assert_eq!(text.notes, ["it is named .docx, but it is plain text"]);
        assert!(read("page.html", "قال الرئيس.".as_bytes()).unwrap().notes[0].contains("plain"));
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
        let told = read("a.txt", b"%PDF-1.4").unwrap_err();
        assert!(matches!(told, ArtifactError::DamagedPdf { .. }), "{told}");
        let told = read("a.txt", b"\x89PNG\r\n\x1a\n").unwrap_err();
        assert!(matches!(told, ArtifactError::NotText { .. }));
    }
}
