//! Reads alignments: our own JSON, and translation memories of anybody.
//!
//! Owns: which of the formats a file is in. In: an [`Input`]. Out: an [`Alignment`] that passed its checks.
//! Never: repairing one that does not; aligning anew.

mod tmx;
mod units;
mod xliff;

use super::document::bytes_of;
use super::{ArtifactError, Input, TextEncoding, decode};
use crate::domain::Alignment;

/// Reads an alignment: isnad's JSON, TMX, or XLIFF 1.x and 2.x, told by its content.
///
/// TMX and XLIFF that isnad wrote give back the same sentences and beads, probabilities and similarities to four digits.
/// In other files, and in ours after another tool changed the text or the units, each unit is one bead of one sentence a
/// side, in the order of the file, certain (1.0) unless it notes a probability; codes inside a text are left out.
///
/// # Errors
/// [`ArtifactError::Xml`] with line and column for broken XML and for XML that declares entities, nests too deep or uses
/// unknown ones; [`ArtifactError::OtherLanguages`] unless there are Arabic and English;
/// [`ArtifactError::NotAnAlignment`], [`ArtifactError::UntrustedAlignment`], [`ArtifactError::NoUnits`],
/// [`ArtifactError::UnknownAlignment`], and as for any file.
pub fn read_alignment(input: &Input, max_bytes: u64) -> Result<Alignment, ArtifactError> {
    alignment_of(&bytes_of(input, max_bytes)?, &input.name())
}

fn alignment_of(bytes: &[u8], name: &str) -> Result<Alignment, ArtifactError> {
    let (text, _) = decode::decode(bytes, named_encoding(bytes), name)?;
    let text = text.trim_start();
    if text.starts_with('{') {
        return serde_json::from_str(text)
            .map_err(|source| ArtifactError::NotAnAlignment { name: name.to_owned(), source });
    }
    if !text.starts_with('<') {
        return Err(ArtifactError::UnknownAlignment { name: name.to_owned() });
    }
    let units = match root(text).as_str() {
        "tmx" => tmx::units(text, name)?,
        "xliff" => xliff::units(text, name)?,
        _ => return Err(unknown(text, name)),
    };
    units.join(name)
}

/// The name of the root element without prefix, as far as it can be seen without reading the file.
fn root(text: &str) -> String {
    let mut rest = text;
    loop {
        let Some((_, behind)) = rest.split_once('<') else { return String::new() };
        rest = behind;
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, behind)| behind);
        } else if rest.starts_with(['?', '!']) {
            // Angle brackets of an internal subset belong to no element: the reader will refuse them by place.
            rest = rest.split_once('>').map_or("", |(_, behind)| behind);
        } else {
            let name: String = rest.chars().take(64).collect();
            let name = name.split(|c: char| c.is_whitespace() || c == '>' || c == '/').next();
            return name.unwrap_or_default().rsplit(':').next().unwrap_or_default().to_owned();
        }
    }
}

/// XML of another kind, unless it is broken before that can be told.
fn unknown(text: &str, name: &str) -> ArtifactError {
    let first = super::xml::Xml::new(text, name).and_then(|mut xml| xml.next());
    first.err().unwrap_or_else(|| ArtifactError::UnknownAlignment { name: name.to_owned() })
}

/// The encoding that the first line of an XML file names, where the bytes are not UTF-8 and have no byte order mark.
fn named_encoding(bytes: &[u8]) -> Option<TextEncoding> {
    if std::str::from_utf8(bytes).is_ok() || encoding_rs::Encoding::for_bom(bytes).is_some() {
        return None;
    }
    let head = String::from_utf8_lossy(bytes.get(..128).unwrap_or(bytes)).into_owned();
    let (declaration, _) = head.strip_prefix("<?xml")?.split_once("?>")?;
    let (_, behind) = declaration.split_once("encoding")?;
    let name = behind.trim_start_matches([' ', '=', '"', '\'']).split(['"', '\'']).next()?;
    name.parse().ok()
}

#[cfg(test)]
mod tests;
