//! Writes results so that a file is whole or absent.
//!
//! Owns: temporary files beside the target, permissions, and the refusal to destroy the input.
//! In: a path and bytes. Out: a file. Never: creating folders unasked.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{ArtifactError, Input};

/// What stands at the path now.
enum Target {
    /// Nothing, or a file that will be replaced.
    File { path: PathBuf, permissions: Option<std::fs::Permissions> },
    /// A device or pipe, which cannot be replaced and is written to directly.
    Stream,
}

/// Checks that a result could be written to `path`; cheap enough to do before the work begins.
///
/// # Errors
/// [`ArtifactError::OutputIsInput`] if `path` leads to the file of `input`; otherwise if it is a folder,
/// read-only, or in a folder that is missing or refuses new files.
pub fn check_output(path: &Path, input: &Input) -> Result<(), ArtifactError> {
    match target(path, input)? {
        Target::File { path: file, .. } => temporary(path, &file).map(drop),
        Target::Stream => Ok(()),
    }
}

/// Writes `bytes` to `path` in one step: readers see the old file or the whole new one.
///
/// The bytes go to a temporary file in the same folder, are flushed to the disk and renamed; if anything
/// fails, the temporary file goes away. An existing file keeps its permissions, a symbolic link stays one.
///
/// # Errors
/// As [`check_output`], or if the system refuses to write.
pub fn write_atomic(path: &Path, bytes: &[u8], input: &Input) -> Result<(), ArtifactError> {
    let unwritable = |source| ArtifactError::Unwritable { path: path.to_owned(), source };
    let (file, permissions) = match target(path, input)? {
        Target::File { path, permissions } => (path, permissions),
        Target::Stream => return write_stream(path, bytes).map_err(unwritable),
    };
    let mut temporary = temporary(path, &file)?;
    temporary.write_all(bytes).map_err(unwritable)?;
    if let Some(permissions) = permissions {
        temporary.as_file().set_permissions(permissions).map_err(unwritable)?;
    }
    temporary.as_file().sync_all().map_err(unwritable)?;
    temporary.persist(&file).map_err(|failed| unwritable(failed.error))?;
    sync_folder(folder_of(&file));
    Ok(())
}

/// Creates the folder `path` and those above it, where they are missing.
///
/// # Errors
/// [`ArtifactError::Unwritable`] if the system refuses.
pub fn create_folder(path: &Path) -> Result<(), ArtifactError> {
    let unwritable = |source| ArtifactError::Unwritable { path: path.to_owned(), source };
    std::fs::create_dir_all(path).map_err(unwritable)
}

fn target(path: &Path, input: &Input) -> Result<Target, ArtifactError> {
    // Links are followed, so that the file behind them is replaced and not the link.
    let file = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if let Input::File(input) = input
        && std::fs::canonicalize(input).is_ok_and(|input| input == file)
    {
        return Err(ArtifactError::OutputIsInput { path: path.to_owned() });
    }
    let permissions = match std::fs::metadata(&file) {
        Ok(metadata) if metadata.is_dir() => {
            return Err(ArtifactError::IsDirectory { path: path.to_owned() });
        }
        Ok(metadata) if !metadata.is_file() => return Ok(Target::Stream),
        Ok(metadata) if metadata.permissions().readonly() => {
            return Err(ArtifactError::ReadOnly { path: path.to_owned() });
        }
        Ok(metadata) => Some(metadata.permissions()),
        Err(_) => None,
    };
    // `out/` names a folder even where none stands.
    if path.file_name().is_none() || path.as_os_str().as_encoded_bytes().ends_with(b"/") {
        return Err(ArtifactError::IsDirectory { path: path.to_owned() });
    }
    let folder = folder_of(&file);
    if !std::fs::metadata(folder).is_ok_and(|metadata| metadata.is_dir()) {
        let (path, folder) = (path.to_owned(), folder.to_owned());
        return Err(ArtifactError::FolderMissing { path, folder });
    }
    Ok(Target::File { path: file, permissions })
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn temporary(path: &Path, file: &Path) -> Result<tempfile::NamedTempFile, ArtifactError> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".isnad-").suffix(".part");
    // Temporary files are private by default; a result is as readable as any new file of the user.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder
        .tempfile_in(folder_of(file))
        .map_err(|source| ArtifactError::Unwritable { path: path.to_owned(), source })
}

fn write_stream(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut stream = std::fs::OpenOptions::new().write(true).open(path)?;
    stream.write_all(bytes)?;
    stream.flush()
}

/// Makes the rename itself durable. Not every system can flush a folder; the file is whole either way.
fn sync_folder(folder: &Path) {
    if let Ok(folder) = std::fs::File::open(folder) {
        drop(folder.sync_all());
    }
}
