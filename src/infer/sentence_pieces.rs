//! The piece port over a sentencepiece model file.
//!
//! Owns: the way from a verified file to the model, and its signature.
//! In: a `.model` file. Out: pieces equal to the library's `EncodeAsPieces`.
//! Never: how text is cut (`tokenizer`).

use std::io::Read;

use super::error::InferError;
use super::tokenizer::SentencePieceModel;
use crate::domain::ModelSignature;
use crate::ports::{ModelFile, PieceTokenizer};

/// The largest published models have 20 MB; more is no sentencepiece model.
const MAX_FILE_BYTES: u64 = 1 << 28;

/// A sentencepiece model, such as the one behind sacreBLEU's `flores200` tokenizer.
pub struct SentencePieces {
    model: SentencePieceModel,
    name: String,
    sha256: String,
}

impl SentencePieces {
    /// Reads the model; `name` is what its signature says.
    ///
    /// # Errors
    /// [`InferError::Format`] if the file cannot be read, [`InferError::Tokenizer`] if it is no sentencepiece
    /// model or one of a kind we do not cut with.
    pub fn load(file: ModelFile, name: impl Into<String>) -> Result<Self, InferError> {
        let (model, sha256) = read_model(file)?;
        Ok(Self { model, name: name.into(), sha256 })
    }
}

/// Reads a `.model` file; also gives its SHA-256.
pub(super) fn read_model(file: ModelFile) -> Result<(SentencePieceModel, String), InferError> {
    let ModelFile { reader, path, sha256 } = file;
    let mut bytes = Vec::new();
    if let Err(source) = reader.take(MAX_FILE_BYTES).read_to_end(&mut bytes) {
        return Err(InferError::Format {
            path,
            format: "a sentencepiece model",
            source: Box::new(source),
        });
    }
    match SentencePieceModel::read(&bytes) {
        Ok(model) => Ok((model, sha256)),
        Err(source) => Err(InferError::Tokenizer { path, source: Box::new(source) }),
    }
}

impl PieceTokenizer for SentencePieces {
    fn pieces(&self, text: &str) -> Vec<String> {
        self.model.pieces(text)
    }

    fn signature(&self) -> ModelSignature {
        ModelSignature {
            role: "pieces".to_owned(),
            name: self.name.clone(),
            sha256: self.sha256.clone(),
            adapter_sha256: None,
        }
    }
}
