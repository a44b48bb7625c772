//! What can go wrong with the user's files.
//!
//! Owns: one error a cause, with the values a hint needs. A file is named by `name`: its path, or `stdin`.

use std::io;
use std::path::PathBuf;

use super::FileKind;
use crate::domain::{AlignmentError, BriefError};

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArtifactError {
    /// No file has this name.
    #[error("{} does not exist", path.display())]
    NotFound {
        /// The file.
        path: PathBuf,
    },
    /// A folder stands where a file is needed.
    #[error("{} is a directory, not a file", path.display())]
    IsDirectory {
        /// The folder.
        path: PathBuf,
    },
    /// The system refused to read.
    #[error("cannot read {name}")]
    Unreadable {
        /// The file, or `stdin`.
        name: String,
        /// What the system said.
        source: io::Error,
    },
    /// The file is larger than allowed.
    #[error("{name} is larger than {max_bytes} bytes")]
    TooLarge {
        /// The file, or `stdin`.
        name: String,
        /// The limit.
        max_bytes: u64,
    },
    /// There is no byte in it.
    #[error("{name} is empty")]
    Empty {
        /// The file, or `stdin`.
        name: String,
    },
    /// A line is no Arabic sentence and its translation with a tab between them.
    #[error("line {line} of {name} is not Arabic, a tab, and its translation")]
    NotBitext {
        /// The file, or `stdin`.
        name: String,
        /// The line, counted from 1.
        line: usize,
    },
    /// There is nothing to read in it.
    #[error("{name} holds only white space and invisible characters")]
    OnlyWhiteSpace {
        /// The file, or `stdin`.
        name: String,
    },
    /// The bytes are those of another kind of file.
    #[error("{name} is not plain text: it looks like {kind}")]
    NotText {
        /// The file, or `stdin`.
        name: String,
        /// What it looks like.
        kind: FileKind,
    },
    /// Neither UTF-8 nor anything else that was recognised.
    #[error("{name} is not valid UTF-8 from byte {at} on, and no other encoding fits")]
    InvalidUtf8 {
        /// The file, or `stdin`.
        name: String,
        /// Offset of the first bad byte, counted from 0.
        at: usize,
    },
    /// A folder of briefs has none.
    #[error("{} has no .json or .jsonl file", path.display())]
    NoBriefs {
        /// The folder.
        path: PathBuf,
    },
    /// A line of a file that must be UTF-8 is not.
    #[error("{name} is not valid UTF-8 in line {line}")]
    InvalidUtf8Line {
        /// The file, or `stdin`.
        name: String,
        /// The first such line, counted from 1.
        line: usize,
    },
    /// The bytes contradict the encoding: the one the user named, or the one of the byte order mark.
    #[error("{name} is not valid {encoding} from byte {at} on")]
    InvalidIn {
        /// The file, or `stdin`.
        name: String,
        /// The encoding.
        encoding: &'static str,
        /// Offset of the first bad sequence, counted from 0, as near as the decoder tells.
        at: usize,
    },
    /// No encoding has this name.
    #[error("unknown text encoding `{name}`")]
    UnknownEncoding {
        /// As typed.
        name: String,
    },
    /// Not JSON, or not the JSON of a brief.
    #[error("{name} is not a saved brief")]
    NotABrief {
        /// The file.
        name: String,
        /// Where and why, with line and column.
        source: serde_json::Error,
    },
    /// A brief whose parts contradict each other.
    #[error("the brief in {name} cannot be trusted")]
    UntrustedBrief {
        /// The file.
        name: String,
        /// The first contradiction.
        source: BriefError,
    },
    /// A document without a word outside its markup.
    #[error("{name} holds no text outside its markup")]
    NoText {
        /// The file, or `stdin`.
        name: String,
    },
    /// A document whose archive cannot be unpacked.
    #[error("{name} is a damaged {kind}")]
    DamagedArchive {
        /// The file, or `stdin`.
        name: String,
        /// What it would be, in words.
        kind: &'static str,
        /// What the unpacker said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// XML that is broken, or that asks for what is refused.
    #[error("{name}, line {line}, column {column}: {reason}")]
    Xml {
        /// The file, or `stdin`; for an archive with the member.
        name: String,
        /// The line, counted from 1.
        line: usize,
        /// The column in characters, counted from 1.
        column: usize,
        /// What is wrong there.
        reason: String,
    },
    /// An address where a file is needed.
    #[error("`{url}` is an address, and isnad never downloads")]
    IsUrl {
        /// As typed.
        url: String,
    },
    /// No file fits a pattern, or a folder has none that could be an article.
    #[error("no article fits `{pattern}`")]
    NoFiles {
        /// The pattern or folder.
        pattern: String,
    },
    /// A document in which nothing but pictures is shown.
    #[error("no text in this file; it needs OCR: {name}")]
    NeedsOcr {
        /// The file, or `stdin`.
        name: String,
    },
    /// A document that only a password opens.
    #[error("{name} is encrypted; a password is needed to read it")]
    Encrypted {
        /// The file, or `stdin`.
        name: String,
    },
    /// A PDF document that cannot be read.
    #[error("{name} is a damaged PDF document: {reason}")]
    DamagedPdf {
        /// The file, or `stdin`.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Not JSON.
    #[error("{name} is not JSON")]
    NotJson {
        /// The file, or `stdin`; for lines with the number of the line.
        name: String,
        /// Where and why.
        source: serde_json::Error,
    },
    /// An object of a JSON file does not hold its text where it was looked for.
    #[error("{name} has no text in the field `{field}`")]
    NoField {
        /// The file, or `stdin`; with the number of the object.
        name: String,
        /// The field.
        field: String,
        /// The fields that hold text.
        found: Vec<String>,
    },
    /// No format of documents has this name.
    #[error("unknown document format `{name}`")]
    UnknownDocumentFormat {
        /// As typed.
        name: String,
    },
    /// Neither JSON nor TMX nor XLIFF.
    #[error("{name} holds no alignment: it is neither JSON nor TMX nor XLIFF")]
    UnknownAlignment {
        /// The file, or `stdin`.
        name: String,
    },
    /// Not JSON, or not the JSON of an alignment that holds.
    #[error("{name} is not a saved alignment")]
    NotAnAlignment {
        /// The file, or `stdin`.
        name: String,
        /// Where and why, with line and column.
        source: serde_json::Error,
    },
    /// Units that contradict each other.
    #[error("the alignment in {name} cannot be trusted")]
    UntrustedAlignment {
        /// The file, or `stdin`.
        name: String,
        /// The first contradiction.
        source: AlignmentError,
    },
    /// A translation memory without Arabic or without English.
    #[error("{name} has no pair of Arabic and English: it is in {found}")]
    OtherLanguages {
        /// The file, or `stdin`.
        name: String,
        /// The language tags that were found, as a person lists them.
        found: String,
    },
    /// A translation memory without any unit that holds text.
    #[error("{name} holds no translation unit")]
    NoUnits {
        /// The file, or `stdin`.
        name: String,
    },
    /// The folder that should take the result does not exist.
    #[error("cannot write {}: the folder {} does not exist", path.display(), folder.display())]
    FolderMissing {
        /// The result.
        path: PathBuf,
        /// The folder.
        folder: PathBuf,
    },
    /// The result would replace the text it was made from.
    #[error("refusing to overwrite the input {}", path.display())]
    OutputIsInput {
        /// The file.
        path: PathBuf,
    },
    /// The file that stands there is marked read-only.
    #[error("{} is read-only", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// The system refused to write.
    #[error("cannot write {}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}
