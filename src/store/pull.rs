//! Fetches a model from the hub, whole or not at all.
//!
//! Owns: the lock, the staging folder `NAME.part`, the check before a model gets its name, retries.
//! In: an entry with a hub source. Out: a folder `NAME` in which every file has its checksum.
//! Never: HTTP.
//!
//! ```text
//! <downloads>/.NAME.lock        held while fetching
//! <downloads>/NAME.part/hub/    hf-hub's own cache: unfinished files, gone on with next time
//! <downloads>/NAME.part/files/  finished and verified files
//! <downloads>/NAME/             the above, renamed once all are there
//! ```

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::entry::{CatalogFile, HubSource, ModelEntry};
use super::error::StoreError;
use super::hub::{Hub, remove_folder};
use super::locations::Environment;
use super::verify::{Digests, Expected};
use crate::ports::ModelFileError;

/// Attempts for one file when the connection breaks or the hub stumbles.
const ATTEMPTS: u32 = 3;
/// Pause before the second attempt; doubled before each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// What happens during a download.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PullEvent<'a> {
    /// A file is about to be fetched.
    Started {
        /// The file.
        file: &'a str,
        /// Its length.
        bytes: u64,
    },
    /// More of it is here.
    Advanced {
        /// The file.
        file: &'a str,
        /// Bytes here, those of an earlier attempt included.
        done: u64,
        /// Its length.
        bytes: u64,
    },
    /// The connection broke or the hub failed; the file is tried again.
    Retrying {
        /// The file.
        file: &'a str,
        /// Which attempt comes next, from 2.
        attempt: u32,
    },
    /// Its checksum is being computed.
    Verifying {
        /// The file.
        file: &'a str,
    },
    /// It is here and right.
    Finished {
        /// The file.
        file: &'a str,
        /// How it came.
        from: FileOrigin,
    },
}

/// How a file of a pulled model came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileOrigin {
    /// Over the network.
    Hub,
    /// From the cache of the hub's own tools on this machine.
    HubCache,
    /// From an earlier pull that did not get to its end.
    EarlierPull,
}

/// What a pull did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullReport {
    /// The model.
    pub name: String,
    /// Where it is.
    pub folder: PathBuf,
    /// What was done.
    pub outcome: PullOutcome,
}

/// What a pull did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PullOutcome {
    /// Nothing: it was here, and its checksums are right.
    AlreadyHere,
    /// The files that were brought, in catalog order.
    Pulled(Vec<(String, FileOrigin)>),
}

/// One pull on its way.
pub(super) struct Pull<'a> {
    pub(super) environment: &'a Environment,
    pub(super) digests: &'a Digests,
    pub(super) entry: &'a ModelEntry,
    pub(super) source: &'a HubSource,
    pub(super) downloads: PathBuf,
    pub(super) offline: bool,
}

impl Pull<'_> {
    /// Runs it.
    pub(super) fn run(
        &self,
        progress: &mut dyn FnMut(PullEvent<'_>),
    ) -> Result<PullReport, StoreError> {
        create_folder(&self.downloads)?;
        let _lock = lock(&self.downloads, &self.entry.name)?;
        let part = self.downloads.join(format!("{}.part", self.entry.name));
        let files = part.join("files");
        create_folder(&files)?;
        let hub = Hub::new(self.environment, self.source, &self.entry.name, part.join("hub"));
        let mut brought = Vec::new();
        for file in &self.entry.files {
            let from = self.bring(&hub, file, &files.join(&file.name), progress)?;
            progress(PullEvent::Finished { file: &file.name, from });
            brought.push((file.name.clone(), from));
        }
        let folder = self.downloads.join(&self.entry.name);
        // What stands there is known to be damaged, or this pull would not have begun.
        remove_folder(&folder)?;
        rename(&files, &folder)?;
        remove_folder(&part)?;
        Ok(PullReport {
            name: self.entry.name.clone(),
            folder,
            outcome: PullOutcome::Pulled(brought),
        })
    }

    /// Brings one file to `target`, verified.
    fn bring(
        &self,
        hub: &Hub<'_>,
        file: &CatalogFile,
        target: &Path,
        progress: &mut dyn FnMut(PullEvent<'_>),
    ) -> Result<FileOrigin, StoreError> {
        if target.is_file() && self.verify(target, file).is_ok() {
            return Ok(FileOrigin::EarlierPull);
        }
        if let Some(cached) = hub.cached(file) {
            progress(PullEvent::Verifying { file: &file.name });
            // A cached file that differs is another revision, not an error: download instead.
            if self.verify(&cached, file).is_ok() {
                self.require_room(file)?;
                link_or_copy(&cached, target)?;
                return Ok(FileOrigin::HubCache);
            }
        }
        if self.offline {
            return Err(StoreError::Offline { name: self.entry.name.clone() });
        }
        self.require_room(file)?;
        progress(PullEvent::Started { file: &file.name, bytes: file.bytes });
        let staged = download(hub, file, progress)?;
        progress(PullEvent::Verifying { file: &file.name });
        if let Err(source) = self.verify(&staged, file) {
            // Kept, it would be taken for finished by the next pull.
            hub.discard()?;
            let repository = self.source.repository.clone();
            return Err(StoreError::BadDownload { repository, source });
        }
        rename(&staged, target)?;
        // Its blobs are of no more use, and a link to the moved one would dangle.
        hub.discard()?;
        Ok(FileOrigin::Hub)
    }

    fn verify(&self, path: &Path, file: &CatalogFile) -> Result<(), ModelFileError> {
        let expected = Expected { bytes: file.bytes, sha256: file.sha256.clone() };
        self.digests.open(path, Some(&expected)).map(|_| ())
    }

    fn require_room(&self, file: &CatalogFile) -> Result<(), StoreError> {
        let available = fs4::available_space(&self.downloads).map_err(|source| StoreError::Io {
            action: "measure the free space of",
            path: self.downloads.clone(),
            source,
        })?;
        let staged =
            size_of_folder(&self.downloads.join(format!("{}.part", self.entry.name)).join("hub"));
        require_room(&self.downloads, file.bytes.saturating_sub(staged), available)
    }
}

/// Keeps every other pull or removal of this model away until the file is dropped.
pub(super) fn lock(downloads: &Path, name: &str) -> Result<File, StoreError> {
    let path = downloads.join(format!(".{name}.lock"));
    let failed = |action, source| StoreError::Io { action, path: path.clone(), source };
    // Never removed: a lock on a file that another process may delete protects nothing.
    let file = File::options()
        .create(true)
        .append(true)
        .open(&path)
        .map_err(|source| failed("create", source))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(StoreError::Busy { name: name.to_owned(), lock: path })
        }
        Err(TryLockError::Error(source)) => Err(failed("lock", source)),
    }
}

/// One file into the staging folder, tried again while that may help.
fn download(
    hub: &Hub<'_>,
    file: &CatalogFile,
    progress: &mut dyn FnMut(PullEvent<'_>),
) -> Result<PathBuf, StoreError> {
    let mut pause = FIRST_PAUSE;
    for attempt in 2..=ATTEMPTS {
        let mut on_bytes = |done| {
            progress(PullEvent::Advanced { file: &file.name, done, bytes: file.bytes });
        };
        match hub.download(file, &mut on_bytes) {
            Err(error) if is_passing(&error) => {
                progress(PullEvent::Retrying { file: &file.name, attempt });
                std::thread::sleep(pause);
                pause *= 2;
            }
            other => return other,
        }
    }
    let mut on_bytes =
        |done| progress(PullEvent::Advanced { file: &file.name, done, bytes: file.bytes });
    hub.download(file, &mut on_bytes)
}

fn require_room(folder: &Path, needed: u64, available: u64) -> Result<(), StoreError> {
    if needed <= available {
        return Ok(());
    }
    Err(StoreError::DiskFull { folder: folder.to_path_buf(), needed, available })
}

/// Bytes of the unfinished downloads in hf-hub's staging cache.
fn size_of_folder(folder: &Path) -> u64 {
    let Ok(listing) = std::fs::read_dir(folder) else { return 0 };
    let size = |item: std::fs::DirEntry| match item.metadata() {
        Ok(metadata) if metadata.is_dir() => size_of_folder(&item.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    };
    listing.flatten().map(size).sum()
}

/// Whether trying again may help at once.
fn is_passing(error: &StoreError) -> bool {
    match error {
        StoreError::Interrupted { .. } => true,
        StoreError::Hub { status, .. } => *status >= 500,
        _ => false,
    }
}

fn create_folder(folder: &Path) -> Result<(), StoreError> {
    std::fs::create_dir_all(folder).map_err(|source| StoreError::Io {
        action: "create",
        path: folder.to_path_buf(),
        source,
    })
}

fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    std::fs::rename(from, to).map_err(|source| StoreError::Io {
        action: "rename",
        path: from.to_path_buf(),
        source,
    })
}

/// A second name for the same bytes where the disk allows it, else a copy.
fn link_or_copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    let failed = |source| StoreError::Io { action: "write", path: to.to_path_buf(), source };
    match std::fs::remove_file(to) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    if std::fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    std::fs::copy(from, to).map(|_| ()).map_err(failed)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{StoreError, require_room};

    #[test]
    fn a_download_needs_as_much_room_as_it_has_bytes() {
        assert!(require_room(Path::new("x"), 10, 10).is_ok());
        let refused = require_room(Path::new("x"), 11, 10);
        let Err(StoreError::DiskFull { needed, available, .. }) = refused else {
            panic!("11 bytes do not fit in 10");
        };
        assert_eq!((needed, available), (11, 10));
    }
}
