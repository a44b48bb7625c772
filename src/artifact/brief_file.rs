//! Reads briefs that were saved as JSON.
//!
//! Owns: the distrust of saved files: every quote and claim is checked again.
//! In: a path. Out: [`Brief`]s that hold. Never: repairing one that does not.

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

/// A saved brief, and where it was found.
#[derive(Clone, Debug)]
pub struct SavedBrief {
    /// The file's name without its extension; for a line of JSONL, the id of the article without its extension.
    pub name: String,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub sha256: String,
    /// The brief; it passed its checks.
    pub brief: Brief,
}

/// Reads and checks saved briefs: one from a `.json` file, one a line from a `.jsonl` file, and those of all such
/// files of a folder, by name.
///
/// # Errors
/// [`ArtifactError::NotABrief`] if something is not the JSON of one, [`ArtifactError::UntrustedBrief`] if it
/// was saved in another form or a quote or claim is not the text at its span; or as for any file. A folder without
/// such a file is [`ArtifactError::NoBriefs`].
pub fn read_briefs(path: &Path) -> Result<Vec<SavedBrief>, ArtifactError> {
    if !path.is_dir() {
        return read_file_of_briefs(path);
    }
    let mut files = read::files_named(path, "", "json")?;
    files.extend(read::files_named(path, "", "jsonl")?);
    files.sort();
    if files.is_empty() {
        return Err(ArtifactError::NoBriefs { path: path.to_owned() });
    }
    let briefs = files.iter().map(|file| read_file_of_briefs(file));
    Ok(briefs.collect::<Result<Vec<_>, _>>()?.concat())
}

/// Whether a file is called as files of briefs are.
#[must_use]
pub fn is_file_of_briefs(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "json" || extension == "jsonl")
}

fn read_file_of_briefs(path: &Path) -> Result<Vec<SavedBrief>, ArtifactError> {
    let name = path.display().to_string();
    let bytes = read::read_file(path, MAX_BRIEF_BYTES)?;
    let sha256 = read::sha256(&bytes);
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    if path.extension().is_some_and(|extension| extension == "jsonl") {
        let lines = bytes.split(|byte| *byte == b'\n').enumerate();
        let lines = lines.filter(|(_, line)| !line.trim_ascii().is_empty());
        let briefs = lines.map(|(index, line)| {
            let brief = parse(line, &format!("{name}, line {}", index + 1))?;
            Ok(SavedBrief {
                name: stem(Path::new(brief.article.id())),
                sha256: sha256.clone(),
                brief,
            })
        });
        return briefs.collect();
    }
    Ok(vec![SavedBrief { name: stem(path), sha256, brief: parse(bytes, &name)? }])
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

fn parse(bytes: &[u8], name: &str) -> Result<Brief, ArtifactError> {
    let not_a_brief =
        |source: serde_json::Error| ArtifactError::NotABrief { name: name.to_owned(), source };
    let untrusted = |source| ArtifactError::UntrustedBrief { name: name.to_owned(), source };
    // The version first: another form must be called that, and not an error in some field.
    let found = serde_json::from_slice::<Versioned>(bytes).map_err(not_a_brief)?.schema_version;
    if found != SCHEMA_VERSION {
        return Err(untrusted(BriefError::Schema { found }));
    }
    let brief: Brief = serde_json::from_slice(bytes).map_err(not_a_brief)?;
    brief.check().map_err(untrusted)?;
    Ok(brief)
}
