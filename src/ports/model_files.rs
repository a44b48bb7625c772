//! Verified bytes of a model.

use std::io::{Read, Seek};
use std::path::PathBuf;

/// A source of bytes that can be read from any position.
pub trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

/// One file of a model, checked against its checksum.
pub struct ModelFile {
    /// Its bytes.
    pub reader: Box<dyn ReadSeek>,
    /// Where it is, for messages.
    pub path: PathBuf,
    /// SHA-256 of the bytes, lower-case hexadecimal.
    pub sha256: String,
}

/// Why a file of a model cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelFileError {
    /// The model has no such file, or it is nowhere on this machine.
    #[error("model file not found: `{file}`")]
    Missing {
        /// Name of the file within the model.
        file: String,
        /// Folders that were searched.
        searched: Vec<PathBuf>,
    },
    /// The file ends early.
    #[error("model file is cut off: `{}` ends at byte {found}, expected {expected}", path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
        /// Its length in bytes.
        found: u64,
        /// The length it should have.
        expected: u64,
    },
    /// The bytes are not those that were published.
    #[error("model file does not match its checksum: `{}` has sha256 {found}, expected {expected}", path.display())]
    Checksum {
        /// The file.
        path: PathBuf,
        /// Checksum found.
        found: String,
        /// Checksum published.
        expected: String,
    },
    /// The file cannot be read.
    #[error("cannot read model file: `{}`", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Gives the files of one model.
///
/// 1. A file is returned only after its length and SHA-256 agree with the catalog (where it has them).
/// 2. The reader stands at byte 0.
pub trait ModelFiles: Sync {
    /// Opens the file that plays `role` in the model (`weights`, `vocabulary`, …).
    ///
    /// # Errors
    /// [`ModelFileError`] when it is missing, cut off, altered or unreadable.
    fn open(&self, role: &str) -> Result<ModelFile, ModelFileError>;
}
