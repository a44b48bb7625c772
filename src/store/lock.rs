//! What was found when a model came: the record beside its files.
//!
//! Owns: the form of `isnad.lock`. In: files that have been read once. Out: their roles, lengths, checksums and times of
//! change, by which they are known again without being read.
//! Never: what a checksum should be (the catalog says), or whether a file still has it (`verify` looks).

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::entry::is_plain_path;
use super::error::StoreError;

/// Its name in the folder of a model.
pub(super) const LOCK: &str = "isnad.lock";
/// The form of the file.
const VERSION: u32 = 1;
/// Models have a dozen files.
const MAX_BYTES: u64 = 1 << 20;

/// The record of one model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lock {
    version: u32,
    /// Where it was pulled from; absent for what was imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) origin: Option<Pulled>,
    /// Its files.
    #[serde(rename = "file")]
    pub(super) files: Vec<Locked>,
}

/// Where a model was pulled from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pulled {
    /// `owner/name`.
    pub(super) repository: String,
    /// What was asked for.
    pub(super) revision: String,
    /// What that was when it was pulled.
    pub(super) commit: String,
}

/// One file as it was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Locked {
    pub(super) role: String,
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) sha256: String,
    /// Time of change: seconds and nanoseconds since 1970.
    modified: (u64, u32),
}

impl Locked {
    /// The record of the file at `path`, whose checksum was just computed.
    pub(super) fn of(
        path: &Path,
        role: &str,
        name: &str,
        sha256: String,
    ) -> Result<Self, StoreError> {
        let metadata = std::fs::metadata(path).and_then(|data| Ok((data.len(), data.modified()?)));
        let (bytes, modified) = metadata.map_err(|source| StoreError::Io {
            action: "read",
            path: path.to_path_buf(),
            source,
        })?;
        let (role, name) = (role.to_owned(), name.to_owned());
        Ok(Self { role, name, bytes, sha256, modified: time(modified) })
    }

    /// Whether a file of this length and time of change is the one that was read.
    pub(super) fn is(&self, bytes: u64, modified: Option<SystemTime>) -> bool {
        self.bytes == bytes && modified.map(time) == Some(self.modified)
    }
}

fn time(at: SystemTime) -> (u64, u32) {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    (since.as_secs(), since.subsec_nanos())
}

impl Lock {
    pub(super) fn new(origin: Option<Pulled>, files: Vec<Locked>) -> Self {
        Self { version: VERSION, origin, files }
    }

    /// The record in `folder`; `None` if there is none that can be trusted.
    pub(super) fn read(folder: &Path) -> Option<Self> {
        let path = folder.join(LOCK);
        if std::fs::metadata(&path).ok()?.len() > MAX_BYTES {
            return None;
        }
        let lock: Self = toml::from_str(&std::fs::read_to_string(path).ok()?).ok()?;
        // A record can be edited: no name in it may lead out of the folder.
        let sound = lock.version == VERSION
            && !lock.files.is_empty()
            && lock.files.iter().all(|file| is_plain_path(&file.name));
        sound.then_some(lock)
    }

    /// Writes the record into `folder`.
    pub(super) fn write(&self, folder: &Path) -> Result<(), StoreError> {
        let path = folder.join(LOCK);
        let failed = |source| StoreError::Io { action: "write", path: path.clone(), source };
        let text = toml::to_string(self).map_err(|error| failed(std::io::Error::other(error)))?;
        std::fs::write(&path, text).map_err(failed)
    }

    /// The record of the file called `name`.
    pub(super) fn file(&self, name: &str) -> Option<&Locked> {
        self.files.iter().find(|file| file.name == name)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::{LOCK, Lock, Locked, Pulled};

    #[test]
    fn what_was_written_is_read_and_a_changed_file_is_not_taken_for_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.gguf");
        std::fs::write(&path, b"abc").unwrap();
        let file = Locked::of(&path, "weights", "x.gguf", "0".repeat(64)).unwrap();
        let origin = Pulled {
            repository: "a/b".to_owned(),
            revision: "main".to_owned(),
            commit: "c".to_owned(),
        };
        let lock = Lock::new(Some(origin), vec![file.clone()]);
        lock.write(folder.path()).unwrap();
        assert_eq!(Lock::read(folder.path()), Some(lock));
        let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
        assert!(file.is(3, Some(modified)));
        assert!(!file.is(4, Some(modified)) && !file.is(3, None));
        assert!(!file.is(3, Some(modified + std::time::Duration::from_micros(1))));
    }

    #[test]
    fn a_record_that_leads_out_of_its_folder_or_is_none_is_not_trusted() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Lock::read(folder.path()), None);
        let file = |name: &str| {
            format!(
                "version = 1\n[[file]]\nrole = \"weights\"\nname = \"{name}\"\nbytes = 1\nsha256 = \"\"\nmodified = [1, 1]\n"
            )
        };
        for (text, trusted) in [
            (file("1_Pooling/config.json"), true),
            (file("../x"), false),
            (file("/etc/passwd"), false),
            (file("x").replace("version = 1", "version = 2"), false),
            ("garbage".to_owned(), false),
        ] {
            std::fs::write(folder.path().join(LOCK), &text).unwrap();
            assert_eq!(Lock::read(folder.path()).is_some(), trusted, "{text}");
        }
    }
}
