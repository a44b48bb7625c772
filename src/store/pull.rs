//! Fetches a model from the hub, whole or not at all.
//!
//! Owns: the lock, the staging folder `NAME.part`, the check before a model gets its name, retries.
//! In: a hub source, and the files with their checksums if the catalog has them. Out: a folder `NAME` in which every file has
//! its checksum, with a record of them.
//! Never: HTTP.
//!
//! ```text
//! <downloads>/.NAME.lock         held while fetching
//! <downloads>/NAME.part/hub/     hf-hub's own cache: unfinished files, gone on with next time
//! <downloads>/NAME.part/files/   finished and verified files
//! <downloads>/NAME.part/commit   the state of the repository they are of, where the catalog fixes none
//! <downloads>/NAME/              the files, renamed once all are there, with `isnad.lock`
//! ```

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::entry::{CatalogFile, HubSource};
use super::error::StoreError;
use super::hub::{Hub, remove_folder};
use super::locations::Environment;
use super::lock::{Lock, Locked, Pulled};
use super::model::reason;
use super::roles;
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
    /// What the user calls the model.
    pub(super) name: &'a str,
    /// What its folder is called.
    pub(super) folder: &'a str,
    /// Its files; none, if what the repository holds is to be recognised by name.
    pub(super) files: &'a [CatalogFile],
    pub(super) source: &'a HubSource,
    pub(super) downloads: PathBuf,
    pub(super) offline: bool,
}

/// A file that is wanted, as far as it is known.
#[derive(Clone, Debug)]
struct Wanted {
    role: String,
    name: String,
    path_on_hub: String,
    bytes: Option<u64>,
    sha256: Option<String>,
}

impl From<&CatalogFile> for Wanted {
    fn from(file: &CatalogFile) -> Self {
        Self {
            role: file.role.clone(),
            name: file.name.clone(),
            path_on_hub: file.hub_path.clone().unwrap_or_else(|| file.name.clone()),
            bytes: Some(file.bytes),
            sha256: Some(file.sha256.clone()),
        }
    }
}

impl Pull<'_> {
    /// Runs it.
    pub(super) fn run(
        &self,
        progress: &mut dyn FnMut(PullEvent<'_>),
    ) -> Result<PullReport, StoreError> {
        create_folder(&self.downloads)?;
        let _lock = lock(&self.downloads, self.folder)?;
        let part = self.part();
        let hub = Hub::new(self.environment, self.source, self.name, part.join("hub"));
        let (commit, wanted) = if self.files.is_empty() {
            let (commit, wanted) = self.discover(&hub)?;
            (Some(commit), wanted)
        } else {
            (None, self.files.iter().map(Wanted::from).collect())
        };
        if let Some(commit) = &commit {
            self.keep_only(commit)?;
        }
        let revision = commit.clone().unwrap_or_else(|| self.source.revision.clone());
        let source = HubSource { revision, ..self.source.clone() };
        let hub = hub.at(&source);
        let files = part.join("files");
        create_folder(&files)?;
        let (mut brought, mut locked) = (Vec::new(), Vec::new());
        for mut file in wanted {
            let target = files.join(&file.name);
            let (from, sha256) = self.bring(&hub, &mut file, &target, progress)?;
            progress(PullEvent::Finished { file: &file.name, from });
            locked.push(Locked::of(&target, &file.role, &file.name, sha256)?);
            brought.push((file.name, from));
        }
        let origin = commit.map(|commit| Pulled {
            repository: self.source.repository.clone(),
            revision: self.source.revision.clone(),
            commit,
        });
        Lock::new(origin, locked).write(&files)?;
        let folder = self.downloads.join(self.folder);
        // What stands there is known to be damaged, or this pull would not have begun.
        remove_folder(&folder)?;
        rename(&files, &folder)?;
        remove_folder(&part)?;
        let (name, outcome) = (self.name.to_owned(), PullOutcome::Pulled(brought));
        Ok(PullReport { name, folder, outcome })
    }

    fn part(&self) -> PathBuf {
        self.downloads.join(format!("{}.part", self.folder))
    }

    /// Which files of the repository make the model, at which commit.
    fn discover(&self, hub: &Hub<'_>) -> Result<(String, Vec<Wanted>), StoreError> {
        let (commit, names) = if self.offline {
            let offline = StoreError::Offline { name: self.name.to_owned(), missing: Vec::new() };
            hub.cached_listing().ok_or(offline)?
        } else {
            retrying(|| hub.listing(), |_| {})?
        };
        let pattern = self.source.weights.as_deref();
        let chosen = roles::choose(names, pattern).map_err(|refusal| StoreError::NoModelOnHub {
            repository: self.source.repository.clone(),
            reason: reason(&refusal),
        })?;
        let wanted = |(name, role): (String, String)| Wanted {
            path_on_hub: name.clone(),
            role,
            name,
            bytes: None,
            sha256: None,
        };
        Ok((commit, chosen.into_iter().map(wanted).collect()))
    }

    /// Drops what an earlier pull left of another state of the repository.
    fn keep_only(&self, commit: &str) -> Result<(), StoreError> {
        let (part, note) = (self.part(), self.part().join("commit"));
        if std::fs::read_to_string(&note).is_ok_and(|known| known == commit) {
            return Ok(());
        }
        remove_folder(&part)?;
        create_folder(&part)?;
        std::fs::write(&note, commit).map_err(|source| StoreError::Io {
            action: "write",
            path: note,
            source,
        })
    }

    /// Brings one file to `target`, verified; also gives its checksum.
    fn bring(
        &self,
        hub: &Hub<'_>,
        file: &mut Wanted,
        target: &Path,
        progress: &mut dyn FnMut(PullEvent<'_>),
    ) -> Result<(FileOrigin, String), StoreError> {
        if let Some(parent) = target.parent() {
            create_folder(parent)?;
        }
        if file.bytes.is_none() && !self.offline {
            let announced = retrying(|| hub.announced(&file.path_on_hub), |_| {})?;
            (file.bytes, file.sha256) = (Some(announced.bytes), announced.sha256);
        }
        if target.is_file()
            && let Ok(sha256) = self.verify(target, file)
        {
            return Ok((FileOrigin::EarlierPull, sha256));
        }
        if let Some(cached) = hub.cached(&file.path_on_hub) {
            progress(PullEvent::Verifying { file: &file.name });
            // A cached file that differs is another revision, not an error: download instead.
            if let Ok(sha256) = self.verify(&cached, file) {
                self.require_room(file.bytes.unwrap_or(0))?;
                link_or_copy(&cached, target)?;
                return Ok((FileOrigin::HubCache, sha256));
            }
        }
        if self.offline {
            let missing = vec![file.name.clone()];
            return Err(StoreError::Offline { name: self.name.to_owned(), missing });
        }
        let sha256 = self.fetch(hub, file, target, progress)?;
        Ok((FileOrigin::Hub, sha256))
    }

    /// Downloads one file to `target` and verifies it.
    fn fetch(
        &self,
        hub: &Hub<'_>,
        file: &Wanted,
        target: &Path,
        progress: &mut dyn FnMut(PullEvent<'_>),
    ) -> Result<String, StoreError> {
        let bytes = file.bytes.unwrap_or(0);
        self.require_room(bytes)?;
        progress(PullEvent::Started { file: &file.name, bytes });
        let staged = self.download(hub, file, bytes, progress)?;
        progress(PullEvent::Verifying { file: &file.name });
        let sha256 = match self.verify(&staged, file) {
            Ok(sha256) => sha256,
            Err(source) => {
                // Kept, it would be taken for finished by the next pull.
                hub.discard()?;
                let repository = self.source.repository.clone();
                return Err(StoreError::BadDownload { repository, source });
            }
        };
        rename(&staged, target)?;
        // Its blobs are of no more use, and a link to the moved one would dangle.
        hub.discard()?;
        Ok(sha256)
    }

    /// One file into the staging folder, tried again while that may help.
    ///
    /// Its length is asked for before a byte of it is fetched: a file of another length cannot have the right checksum.
    fn download(
        &self,
        hub: &Hub<'_>,
        file: &Wanted,
        bytes: u64,
        progress: &mut dyn FnMut(PullEvent<'_>),
    ) -> Result<PathBuf, StoreError> {
        let progress = std::cell::RefCell::new(progress);
        let attempt = || {
            let found = hub.announced(&file.path_on_hub)?.bytes;
            if found != bytes {
                return Err(StoreError::OtherFileOnHub {
                    repository: self.source.repository.clone(),
                    path: file.path_on_hub.clone(),
                    found,
                    expected: bytes,
                });
            }
            hub.download(&file.path_on_hub, &mut |done| {
                (*progress.borrow_mut())(PullEvent::Advanced { file: &file.name, done, bytes });
            })
        };
        retrying(attempt, |attempt| {
            (*progress.borrow_mut())(PullEvent::Retrying { file: &file.name, attempt });
        })
    }

    /// The checksum of a file that is what it should be.
    fn verify(&self, path: &Path, file: &Wanted) -> Result<String, ModelFileError> {
        let expected = file.bytes.zip(file.sha256.clone());
        let expected = expected.map(|(bytes, sha256)| Expected { bytes, sha256 });
        let sha256 = self.digests.open(path, expected.as_ref(), None)?.1;
        let unreadable = |source| ModelFileError::Io { path: path.to_path_buf(), source };
        let found = std::fs::metadata(path).map_err(unreadable)?.len();
        match file.bytes {
            Some(expected) if found != expected => {
                Err(ModelFileError::Truncated { path: path.to_path_buf(), found, expected })
            }
            _ => Ok(sha256),
        }
    }

    fn require_room(&self, bytes: u64) -> Result<(), StoreError> {
        let staged = size_of_folder(&self.part().join("hub"));
        require_room(&self.downloads, bytes.saturating_sub(staged))
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

/// Does something of the network again while that may help; `before` hears which attempt comes next.
fn retrying<T>(
    mut attempt: impl FnMut() -> Result<T, StoreError>,
    mut before: impl FnMut(u32),
) -> Result<T, StoreError> {
    let mut pause = FIRST_PAUSE;
    for next in 2..=ATTEMPTS {
        match attempt() {
            Err(error) if is_passing(&error) => {
                before(next);
                std::thread::sleep(pause);
                pause *= 2;
            }
            other => return other,
        }
    }
    attempt()
}

/// # Errors
/// [`StoreError::DiskFull`] if so many bytes have no room in `folder`.
pub(super) fn require_room(folder: &Path, needed: u64) -> Result<(), StoreError> {
    let available = fs4::available_space(folder).map_err(|source| StoreError::Io {
        action: "measure the free space of",
        path: folder.to_path_buf(),
        source,
    })?;
    fits(folder, needed, available)
}

fn fits(folder: &Path, needed: u64, available: u64) -> Result<(), StoreError> {
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

pub(super) fn create_folder(folder: &Path) -> Result<(), StoreError> {
    std::fs::create_dir_all(folder).map_err(|source| StoreError::Io {
        action: "create",
        path: folder.to_path_buf(),
        source,
    })
}

pub(super) fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
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

    use super::{StoreError, fits};

    #[test]
    fn a_download_needs_as_much_room_as_it_has_bytes() {
        assert!(fits(Path::new("x"), 10, 10).is_ok());
        let refused = fits(Path::new("x"), 11, 10);
        let Err(StoreError::DiskFull { needed, available, .. }) = refused else {
            panic!("11 bytes do not fit in 10");
        };
        assert_eq!((needed, available), (11, 10));
    }
}
