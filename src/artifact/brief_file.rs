//! Reads a brief that was saved as JSON.
//!
//! Owns: the distrust of saved files: every quote and claim is checked again.
//! In: a path. Out: a [`Brief`] that holds. Never: repairing one that does not.

use std::path::Path;

use serde::Deserialize;

use super::{ArtifactError, read};
use crate::domain::{Brief, BriefError, SCHEMA_VERSION};

/// Size beyond which a saved brief is refused, in bytes (512 MiB): both languages of the largest
/// article, quotes and markup included, stay below it.
const MAX_BRIEF_BYTES: u64 = 512 * 1024 * 1024;

/// The one field that every version of the saved form has.
#[derive(Deserialize)]
struct Versioned {
    schema_version: u32,
}

/// Reads and checks a saved brief.
///
/// # Errors
/// [`ArtifactError::NotABrief`] if it is not the JSON of one, [`ArtifactError::UntrustedBrief`] if it
/// was saved in another form or a quote or claim is not the text at its span; or as for any file.
pub fn read_brief_json(path: &Path) -> Result<Brief, ArtifactError> {
    let name = path.display().to_string();
    let bytes = read::read_file(path, MAX_BRIEF_BYTES)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let not_a_brief =
        |source: serde_json::Error| ArtifactError::NotABrief { name: name.clone(), source };
    let untrusted = |source| ArtifactError::UntrustedBrief { name: name.clone(), source };
    // The version first: another form must be called that, and not an error in some field.
    let found = serde_json::from_slice::<Versioned>(bytes).map_err(not_a_brief)?.schema_version;
    if found != SCHEMA_VERSION {
        return Err(untrusted(BriefError::Schema { found }));
    }
    let brief: Brief = serde_json::from_slice(bytes).map_err(not_a_brief)?;
    brief.check().map_err(untrusted)?;
    Ok(brief)
}
