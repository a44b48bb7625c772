//! Are these the bytes that were published?
//!
//! Owns: length before checksum, and which checksums this process has already computed.
//! In: an open file and what the catalog expects. Out: its SHA-256, or what is wrong.
//! Never: where files are, or what to do about a bad one.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use sha2::{Digest as _, Sha256};

use super::lock::Locked;
use crate::ports::ModelFileError;

/// Length and checksum a file should have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Expected {
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

/// Checksums computed by this process, so that a file is read once however often it is opened.
///
/// A file counts as the same while its path, length and time of change are. A checksum that was recorded with them when the
/// file came is believed as well, unless every file is to be read.
#[derive(Debug, Default)]
pub(super) struct Digests {
    known: Mutex<HashMap<Key, String>>,
    reads_all: AtomicBool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    path: PathBuf,
    bytes: u64,
    modified: Option<SystemTime>,
}

impl Digests {
    /// From now on a file is read once, whatever was recorded.
    pub(super) fn read_all(&self) {
        self.reads_all.store(true, Ordering::Relaxed);
    }

    /// Opens `path`, checks it and gives it standing at byte 0, with its SHA-256; `recorded` is what was found when it came.
    pub(super) fn open(
        &self,
        path: &Path,
        expected: Option<&Expected>,
        recorded: Option<&Locked>,
    ) -> Result<(File, String), ModelFileError> {
        let unreadable = |source| ModelFileError::Io { path: path.to_path_buf(), source };
        let mut file = File::open(path).map_err(unreadable)?;
        let metadata = file.metadata().map_err(unreadable)?;
        let found = metadata.len();
        if let Some(expected) = expected.filter(|expected| found < expected.bytes) {
            let expected = expected.bytes;
            return Err(ModelFileError::Truncated { path: path.to_path_buf(), found, expected });
        }
        let modified = metadata.modified().ok();
        let key = Key { path: path.to_path_buf(), bytes: found, modified };
        let earlier = self.lock().get(&key).cloned();
        let recorded = recorded
            .filter(|recorded| recorded.is(found, modified))
            .filter(|_| !self.reads_all.load(Ordering::Relaxed));
        let digest = match (earlier, recorded) {
            (Some(digest), _) => digest,
            (None, Some(recorded)) => {
                check(path, &recorded.sha256, expected)?;
                // Not kept with those that were computed: who asks without a record wants it read.
                return Ok((file, recorded.sha256.clone()));
            }
            (None, None) => sha256_of(&mut file).map_err(unreadable)?,
        };
        check(path, &digest, expected)?;
        // Only a file whose time of change is known can be recognised again.
        if key.modified.is_some() {
            self.lock().insert(key, digest.clone());
        }
        file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        Ok((file, digest))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, String>> {
        // A thread that panicked while inserting leaves at worst an entry missing.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Checks bytes that are in memory.
pub(super) fn check_bytes(
    path: &Path,
    bytes: &[u8],
    expected: Option<&Expected>,
) -> Result<String, ModelFileError> {
    let found = bytes.len() as u64;
    if let Some(expected) = expected.filter(|expected| found < expected.bytes) {
        let expected = expected.bytes;
        return Err(ModelFileError::Truncated { path: path.to_path_buf(), found, expected });
    }
    let digest = hexadecimal(&Sha256::digest(bytes));
    check(path, &digest, expected)?;
    Ok(digest)
}

/// Whether a checksum is the one that is expected.
pub(super) fn check(
    path: &Path,
    found: &str,
    expected: Option<&Expected>,
) -> Result<(), ModelFileError> {
    match expected {
        Some(expected) if expected.sha256 != found => Err(ModelFileError::Checksum {
            path: path.to_path_buf(),
            found: found.to_owned(),
            expected: expected.sha256.clone(),
        }),
        _ => Ok(()),
    }
}

/// SHA-256 of bytes, lower-case hexadecimal.
pub(super) fn sha256_of_bytes(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn sha256_of(reader: &mut impl Read) -> std::io::Result<String> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(hexadecimal(&hasher.finalize())),
            Ok(count) => hasher.update(buffer.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Bytes as lower-case digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::sha256_of;

    /// Witness: FIPS 180-2, appendix B.1 and B.3 ("abc", and a million times "a").
    #[test]
    fn checksums_are_those_of_the_standard() -> std::io::Result<()> {
        let abc = sha256_of(&mut "abc".as_bytes())?;
        assert_eq!(abc, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let million = vec![b'a'; 1_000_000];
        let digest = sha256_of(&mut million.as_slice())?;
        assert_eq!(digest, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
        Ok(())
    }
}
