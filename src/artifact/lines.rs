//! Reads texts that hold a segment a line: hypotheses, references, alignments.
//!
//! Owns: what a line is. In: a file or standard input. Out: lines, and the checksum of the bytes.
//! Never: guessing an encoding; scores compare bytes, so these files are UTF-8 or refused.

use std::io;

use super::read::{read_file, sha256, take};
use super::{ArtifactError, Input};
use crate::text::python;

/// The lines of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    /// The file, or `stdin`.
    pub name: String,
    /// SHA-256 of its bytes, lower-case hexadecimal.
    pub sha256: String,
    /// Its lines without their line ends; the last one need not have any.
    pub lines: Vec<String>,
    /// Whether a byte order mark was dropped from the front.
    pub had_byte_order_mark: bool,
}

/// Reads a file a line a segment. Lines end at line feeds alone, and white space at their ends goes, as sacreBLEU
/// reads them.
///
/// # Errors
/// [`ArtifactError::Empty`] for no byte, [`ArtifactError::InvalidUtf8Line`] for a line that is no UTF-8, and as for
/// any file.
pub fn read_lines(input: &Input, max_bytes: u64) -> Result<Lines, ArtifactError> {
    let name = input.name();
    let bytes = match input {
        Input::Stdin => take(io::stdin().lock(), &name, max_bytes)?,
        Input::File(path) => read_file(path, max_bytes)?,
    };
    if bytes.is_empty() {
        return Err(ArtifactError::Empty { name });
    }
    let sha256 = sha256(&bytes);
    let body = bytes.strip_prefix(b"\xef\xbb\xbf");
    let had_byte_order_mark = body.is_some();
    let body = body.unwrap_or(&bytes);
    let body = body.strip_suffix(b"\n").unwrap_or(body);
    let lines = body.split(|byte| *byte == b'\n').enumerate().map(|(index, line)| {
        let text = std::str::from_utf8(line);
        let text = text
            .map_err(|_| ArtifactError::InvalidUtf8Line { name: name.clone(), line: index + 1 })?;
        Ok(python::trim_end(text).to_owned())
    });
    let lines = lines.collect::<Result<Vec<_>, ArtifactError>>()?;
    Ok(Lines { name, sha256, lines, had_byte_order_mark })
}
