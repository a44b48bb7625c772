//! Reads one article from a file or from standard input.
//!
//! Owns: where bytes come from, and how many are taken. In: an [`Input`]. Out: an [`Article`] and notes.
//! Never: changing a character of it.

use std::fmt::Write as _;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::ArtifactError;
use super::decode::{self, ReadNote, TextEncoding};
use super::inputs::address;
use crate::domain::{Article, Language};

/// The size of an input beyond which it is refused, unless told otherwise, in bytes (64 MiB).
pub const DEFAULT_MAX_BYTES: u64 = 64 * 1024 * 1024;

/// Where an article comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
}

impl Input {
    /// Its name in messages: the path, or `stdin`.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Stdin => "stdin".to_owned(),
            Self::File(path) => path.display().to_string(),
        }
    }

    /// The id of the article read from it: the file's name without its folders, or `stdin`.
    #[must_use]
    pub fn article_id(&self) -> String {
        match self {
            Self::Stdin => "stdin".to_owned(),
            Self::File(path) => path.file_name().map_or_else(
                || path.display().to_string(),
                |file_name| file_name.to_string_lossy().into_owned(),
            ),
        }
    }
}

/// How to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadOptions {
    /// The encoding, where the user knows it; recognised otherwise.
    pub encoding: Option<TextEncoding>,
    /// Larger inputs are refused, in bytes.
    pub max_bytes: u64,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { encoding: None, max_bytes: DEFAULT_MAX_BYTES }
    }
}

/// An article, and what the reader should know about how it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadArticle {
    /// The article; its text is the decoded bytes, line ends included.
    pub article: Article,
    /// What was done to the bytes.
    pub notes: Vec<ReadNote>,
}

/// Reads an Arabic article.
///
/// # Errors
/// [`ArtifactError`] if the input is absent, a folder, unreadable, too large, empty, blank, not text,
/// or in no encoding that is known or was recognised.
pub fn read_article(input: &Input, options: &ReadOptions) -> Result<ReadArticle, ArtifactError> {
    let bytes = match input {
        Input::Stdin => take(io::stdin().lock(), &input.name(), options.max_bytes)?,
        Input::File(path) => read_file(path, options.max_bytes)?,
    };
    article_of(&bytes, input, options)
}

/// Reads an article from a stream, as [`read_article`] does from `input`; the stream takes its place.
///
/// # Errors
/// As [`read_article`].
pub fn read_article_from(
    stream: impl Read,
    input: &Input,
    options: &ReadOptions,
) -> Result<ReadArticle, ArtifactError> {
    article_of(&take(stream, &input.name(), options.max_bytes)?, input, options)
}

fn article_of(
    bytes: &[u8],
    input: &Input,
    options: &ReadOptions,
) -> Result<ReadArticle, ArtifactError> {
    let (text, notes) = decode::decode(bytes, options.encoding, &input.name())?;
    Ok(ReadArticle { article: Article::new(input.article_id(), Language::Arabic, text), notes })
}

/// The bytes of a file of at most `max_bytes`.
pub(super) fn read_file(path: &Path, max_bytes: u64) -> Result<Vec<u8>, ArtifactError> {
    let name = path.display().to_string();
    let told = |source: io::Error| match (source.kind(), address(path)) {
        (io::ErrorKind::NotFound, Some(url)) => ArtifactError::IsUrl { url },
        (io::ErrorKind::NotFound, None) => ArtifactError::NotFound { path: path.to_owned() },
        _ => ArtifactError::Unreadable { name: name.clone(), source },
    };
    let metadata = std::fs::metadata(path).map_err(told)?;
    if metadata.is_dir() {
        return Err(ArtifactError::IsDirectory { path: path.to_owned() });
    }
    take(std::fs::File::open(path).map_err(told)?, &name, max_bytes)
}

/// The files of a folder whose names begin with `start` and end in `.extension`, by name.
///
/// # Errors
/// [`ArtifactError::NotFound`] if there is no such folder, [`ArtifactError::Unreadable`] if it cannot be read.
pub fn files_named(
    folder: &Path,
    start: &str,
    extension: &str,
) -> Result<Vec<PathBuf>, ArtifactError> {
    let told = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => ArtifactError::NotFound { path: folder.to_owned() },
        _ => ArtifactError::Unreadable { name: folder.display().to_string(), source },
    };
    let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut files: Vec<PathBuf> =
        entries.map_err(told)?.iter().map(std::fs::DirEntry::path).collect();
    files.retain(|file| {
        file.extension().is_some_and(|found| found == extension)
            && file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(start))
    });
    files.sort();
    Ok(files)
}

/// SHA-256 of `bytes`, lower-case hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// One byte more than allowed is asked for, so that a device or pipe without an end is refused too.
pub(super) fn take(
    stream: impl Read,
    name: &str,
    max_bytes: u64,
) -> Result<Vec<u8>, ArtifactError> {
    let mut bytes = Vec::new();
    stream
        .take(max_bytes.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|source| ArtifactError::Unreadable { name: name.to_owned(), source })?;
    if bytes.len() as u64 > max_bytes {
        return Err(ArtifactError::TooLarge { name: name.to_owned(), max_bytes });
    }
    Ok(bytes)
}
