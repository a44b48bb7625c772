//! Text of a PDF document.
//!
//! Owns: x. In: the bytes of a file. Out: blocks. Never: pictures.

use super::super::ArtifactError;
use super::Blocks;

pub(super) fn blocks(_bytes: &[u8], name: &str, _max_bytes: u64) -> Result<Blocks, ArtifactError> {
    Err(ArtifactError::DamagedPdf { name: name.to_owned(), reason: "not read yet".to_owned() })
}
