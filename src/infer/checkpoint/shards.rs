//! A checkpoint cut in several files, with a list of which tensor is in which.
//!
//! Owns: the form of `model.safetensors.index.json`, and that list and files fit one another.
//! In: a list and the files it names, each by the role `weights:NAME`. Out: one checkpoint.
//! Never: opening a file that the list names by itself.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::{Checkpoint, Precision};
use crate::infer::error::InferError;
use crate::infer::files::json;
use crate::ports::ModelFiles;

/// The role of the list.
pub(super) const INDEX: &str = "weights_index";
const FORMAT: &str = "a list of tensors and their files";

#[derive(Deserialize)]
struct Index {
    weight_map: HashMap<String, String>,
}

/// Opens every file of the list.
///
/// # Errors
/// [`InferError::File`] for a file that is missing, [`InferError::Format`] if a tensor is not where the list has it.
pub(super) fn open(files: &dyn ModelFiles, precision: Precision) -> Result<Checkpoint, InferError> {
    let path = files.open(INDEX)?.path;
    let wrong = |source: String| InferError::Format {
        path: path.clone(),
        format: FORMAT,
        source: source.into(),
    };
    let index: Index = json(files, INDEX, FORMAT)?;
    let names: BTreeSet<&String> = index.weight_map.values().collect();
    let (mut parts, mut tensors, mut known) = (Vec::new(), HashMap::new(), Sha256::new());
    for (file, name) in names.into_iter().enumerate() {
        let part = Checkpoint::read(files.open(&format!("weights:{name}"))?, precision)?;
        known.update(format!("{}  {name}\n", part.sha256));
        for (tensor, mut info) in part.tensors {
            if index.weight_map.get(&tensor) == Some(name) {
                info.file = file;
                tensors.insert(tensor, info);
            }
        }
        parts.extend(part.parts);
    }
    if let Some((tensor, file)) =
        index.weight_map.iter().find(|(tensor, _)| !tensors.contains_key(*tensor))
    {
        return Err(wrong(format!("tensor `{tensor}` is not in `{file}`")));
    }
    if parts.is_empty() {
        return Err(wrong("it names no file".to_owned()));
    }
    let sha256 = known.finalize().iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    });
    Ok(Checkpoint { tensors, parts, path, sha256, precision })
}
