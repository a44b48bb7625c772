//! Small files of a model, whole.
//!
//! Owns: which files are optional, and the cap on what is read at once.

use std::io::Read;

use super::error::InferError;
use super::sentence_pieces::read_model;
use super::tokenizer::SentencePieceModel;
use crate::ports::{Cause, ModelFile, ModelFileError, ModelFiles};

/// A `tokenizer.json` of XLM-R has 17 MB.
const MAX_TEXT_BYTES: u64 = 1 << 28;

/// The file of this role, if the model has one.
pub(super) fn optional(
    files: &dyn ModelFiles,
    role: &str,
) -> Result<Option<ModelFile>, InferError> {
    match files.open(role) {
        Ok(file) => Ok(Some(file)),
        Err(ModelFileError::Missing { .. }) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

/// All of a file.
pub(super) fn contents(file: ModelFile) -> Result<Vec<u8>, InferError> {
    let ModelFile { reader, path, .. } = file;
    let mut bytes = Vec::new();
    match reader.take(MAX_TEXT_BYTES).read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(source) => Err(ModelFileError::Io { path, source }.into()),
    }
}

/// A file that holds one JSON value of a known form.
pub(super) fn json<T: serde::de::DeserializeOwned>(
    files: &dyn ModelFiles,
    role: &str,
    format: &'static str,
) -> Result<T, InferError> {
    let file = files.open(role)?;
    let path = file.path.clone();
    serde_json::from_slice(&contents(file)?).map_err(|error| InferError::Format {
        path,
        format,
        source: Cause::from(error),
    })
}

/// The sentencepiece model of this role.
pub(super) fn pieces(files: &dyn ModelFiles, role: &str) -> Result<SentencePieceModel, InferError> {
    Ok(read_model(files.open(role)?)?.0)
}
