//! Parts of a document as one archive.
//!
//! Owns: the archive of a Word document: order, compression, no trace of when or where it was packed. In: names and texts.
//! Out: bytes. Never: what the parts say.

use std::io::{Cursor, Write as _};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// The archive could not be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot pack the document")]
pub struct PackageError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// The parts, names first, as the bytes of an archive; the same parts give the same bytes.
///
/// # Errors
/// [`PackageError`] if a part is too large for an archive.
pub fn package<'a>(
    parts: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Vec<u8>, PackageError> {
    packed(parts).map_err(|error| PackageError(error.into()))
}

fn packed<'a>(parts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Vec<u8>, ZipError> {
    // The time of packing would make each archive another.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive.start_file(name, options)?;
        archive.write_all(text.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}
