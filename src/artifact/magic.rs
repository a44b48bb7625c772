//! Names a file that is not plain text by its first bytes.
//!
//! Owns: the signatures of file formats that people mistake for text.
//! In: bytes. Out: a kind, or nothing. Never: decoding.

use std::fmt;

/// A kind of file that is not plain text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileKind {
    /// Portable Document Format.
    Pdf,
    /// Word since 2007.
    Docx,
    /// Excel or `PowerPoint` since 2007.
    OfficeOpenXml,
    /// `OpenDocument`.
    OpenDocument,
    /// Electronic book.
    Epub,
    /// Another ZIP archive.
    Zip,
    /// Word, Excel or `PowerPoint` before 2007.
    OldOffice,
    /// Rich Text Format.
    Rtf,
    /// A picture.
    Image,
    /// Sound or moving pictures.
    Media,
    /// A compressed file or archive.
    Compressed,
    /// A program.
    Program,
    /// UTF-32 text.
    Utf32,
    /// Something with NUL bytes.
    Binary,
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pdf => "a PDF document",
            Self::Docx => "a Word document (docx)",
            Self::OfficeOpenXml => "an Office document (xlsx or pptx)",
            Self::OpenDocument => "an OpenDocument file",
            Self::Epub => "an EPUB book",
            Self::Zip => "a ZIP archive",
            Self::OldOffice => "an old Office document (doc, xls or ppt)",
            Self::Rtf => "a Rich Text document (rtf)",
            Self::Image => "an image",
            Self::Media => "sound or video",
            Self::Compressed => "a compressed file",
            Self::Program => "a program",
            Self::Utf32 => "UTF-32 text, which is not supported",
            Self::Binary => "binary data (it holds NUL bytes)",
        })
    }
}

/// First bytes, and what begins with them. The longer one comes first where one begins another.
const SIGNATURES: [(&[u8], FileKind); 24] = [
    (b"%PDF-", FileKind::Pdf),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind::OldOffice),
    (b"{\\rtf", FileKind::Rtf),
    (b"\x89PNG\r\n\x1a\n", FileKind::Image),
    (b"\xff\xd8\xff", FileKind::Image),
    (b"GIF87a", FileKind::Image),
    (b"GIF89a", FileKind::Image),
    (b"II*\0", FileKind::Image),
    (b"MM\0*", FileKind::Image),
    (b"RIFF", FileKind::Media),
    (b"OggS", FileKind::Media),
    (b"ID3", FileKind::Media),
    (b"\x1f\x8b", FileKind::Compressed),
    (b"BZh", FileKind::Compressed),
    (b"\xfd7zXZ\0", FileKind::Compressed),
    (b"\x28\xb5\x2f\xfd", FileKind::Compressed),
    (b"7z\xbc\xaf\x27\x1c", FileKind::Compressed),
    (b"Rar!\x1a\x07", FileKind::Compressed),
    (b"\x7fELF", FileKind::Program),
    (b"MZ\x90\0", FileKind::Program),
    (b"\xcf\xfa\xed\xfe", FileKind::Program),
    (b"\xff\xfe\0\0", FileKind::Utf32),
    (b"\0\0\xfe\xff", FileKind::Utf32),
    (b"SQLite format 3\0", FileKind::Binary),
];

/// The kind of file that `bytes` begin like.
pub(super) fn recognize(bytes: &[u8]) -> Option<FileKind> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Some(zip_content(bytes));
    }
    // These are letters and could open an article; a text has no control byte so early.
    let is_word =
        |signature: &[u8]| [b"RIFF" as &[u8], b"OggS", b"ID3", b"BZh"].contains(&signature);
    let head = bytes.get(..16).unwrap_or(bytes);
    SIGNATURES
        .iter()
        .filter(|(signature, _)| bytes.starts_with(signature))
        .find(|(signature, _)| !is_word(signature) || !head.iter().all(|byte| is_plain(*byte)))
        .map(|(_, kind)| *kind)
}

fn is_plain(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7e)
}

/// ZIP keeps the names of its members uncompressed, so they can be looked for.
fn zip_content(bytes: &[u8]) -> FileKind {
    let holds = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
    if holds(b"word/document.xml") {
        FileKind::Docx
    } else if holds(b"xl/workbook.xml") || holds(b"ppt/presentation.xml") {
        FileKind::OfficeOpenXml
    } else if holds(b"application/vnd.oasis.opendocument") {
        FileKind::OpenDocument
    } else if holds(b"application/epub+zip") || holds(b"META-INF/container.xml") {
        FileKind::Epub
    } else {
        FileKind::Zip
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_document_is_told_from_another_zip() {
        assert_eq!(recognize(b"PK\x03\x04....word/document.xml"), Some(FileKind::Docx));
        assert_eq!(recognize(b"PK\x03\x04....photo.jpg"), Some(FileKind::Zip));
    }

    #[test]
    fn words_that_open_like_a_signature_stay_text() {
        assert_eq!(recognize(b"RIFF is a container format."), None);
        assert_eq!(recognize(b"ID3 tags explained, at last"), None);
    }

    #[test]
    fn each_signature_is_recognised() {
        for (signature, kind) in SIGNATURES {
            let file = [signature, b"\x01\x02\x03\0rest"].concat();
            assert_eq!(recognize(&file), Some(kind), "{signature:?}");
        }
    }
}
