//! What a repository of a model hub holds, and one file of it.
//!
//! Owns: everything about hf-hub: its builder, its metadata, its error types, the layout of its cache.
//! In: a repository, a path. Out: lists of files, what is known of one, a file in a staging folder, not yet verified.
//! Never: checksums, the final place of a file, retries.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use hf_hub::api::Progress;
use hf_hub::api::sync::{Api, ApiBuilder, ApiError};
use hf_hub::{Cache, Repo, RepoType};

use super::entry::{HubSource, is_plain, is_plain_path};
use super::error::StoreError;
use super::locations::Environment;

/// The commit behind a revision, and the files of it.
pub(super) type Listing = (String, Vec<String>);

/// What the hub says of a file before it is fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Announced {
    pub(super) bytes: u64,
    /// Its checksum, for files that the hub keeps apart from the text of the repository.
    pub(super) sha256: Option<String>,
    pub(super) commit: String,
}

/// The hub, as far as one model needs it.
pub(super) struct Hub<'a> {
    environment: &'a Environment,
    source: &'a HubSource,
    model: &'a str,
    staging: PathBuf,
}

/// Turns hf-hub's progress calls into `on_bytes(bytes of the file that are here)`.
struct Meter<'a> {
    bytes: u64,
    on_bytes: &'a mut dyn FnMut(u64),
}

impl Progress for Meter<'_> {
    fn init(&mut self, _size: usize, _filename: &str) {
        self.bytes = 0;
    }

    fn update(&mut self, size: usize) {
        self.bytes += size as u64;
        (self.on_bytes)(self.bytes);
    }

    fn finish(&mut self) {}
}

impl<'a> Hub<'a> {
    /// `staging` is a folder for unfinished downloads.
    pub(super) fn new(
        environment: &'a Environment,
        source: &'a HubSource,
        model: &'a str,
        staging: PathBuf,
    ) -> Self {
        Self { environment, source, model, staging }
    }

    /// The same hub at one commit, so that all files are of one state.
    pub(super) fn at(&self, source: &'a HubSource) -> Self {
        Self { source, staging: self.staging.clone(), ..*self }
    }

    /// The file in the cache that the hub's own tools keep, if it is there.
    pub(super) fn cached(&self, path: &str) -> Option<PathBuf> {
        let (_, snapshot) = self.snapshot()?;
        // The cache holds links to its blobs; a hard link or copy must be made of the blob.
        snapshot.join(path).canonicalize().ok()
    }

    /// The commit in that cache, and its files.
    pub(super) fn cached_listing(&self) -> Option<Listing> {
        let (commit, snapshot) = self.snapshot()?;
        let mut names = Vec::new();
        names_below(&snapshot, "", &mut names);
        (!names.is_empty()).then_some((commit, names))
    }

    fn snapshot(&self) -> Option<(String, PathBuf)> {
        let folder = format!("models--{}", self.source.repository.replace('/', "--"));
        let repository = self.environment.hub_cache()?.join(folder);
        let revision = &self.source.revision;
        let commit = std::fs::read_to_string(repository.join("refs").join(revision));
        let commit = commit.map_or_else(|_| revision.clone(), |commit| commit.trim().to_owned());
        let snapshot = repository.join("snapshots").join(&commit);
        (is_plain(&commit) && snapshot.is_dir()).then_some((commit, snapshot))
    }

    fn api(&self) -> Result<Api, ApiError> {
        ApiBuilder::from_cache(Cache::new(self.staging.clone()))
            .with_endpoint(self.environment.hub_endpoint())
            .with_token(self.environment.hub_token())
            .with_progress(false)
            .with_user_agent("isnad", env!("CARGO_PKG_VERSION"))
            .build()
    }

    /// Asks for the commit behind the revision, and the files of it.
    pub(super) fn listing(&self) -> Result<Listing, StoreError> {
        let info = self.api().and_then(|api| api.repo(self.repo()).info());
        let info = info.map_err(|error| self.explain(error, None))?;
        if !is_plain(&info.sha) {
            return Err(self.odd("its commit is no plain name"));
        }
        let names = info.siblings.into_iter().map(|file| file.rfilename);
        // What is called otherwise is no file of a model, and its name could lead elsewhere.
        Ok((info.sha, names.filter(|name| is_plain_path(name)).collect()))
    }

    /// Asks what the hub knows of a file before a byte of it is fetched.
    pub(super) fn announced(&self, path: &str) -> Result<Announced, StoreError> {
        let metadata = self.api().and_then(|api| api.metadata(&api.repo(self.repo()).url(path)));
        let metadata = metadata.map_err(|error| self.explain(error, Some(path)))?;
        // hf-hub makes paths of the tag and the commit it is sent.
        if !is_plain(metadata.etag()) || !is_plain(metadata.commit_hash()) {
            return Err(self.odd("its file tag or commit is no plain name"));
        }
        let is_sha256 = |tag: &&str| tag.len() == 64 && tag.bytes().all(|b| b.is_ascii_hexdigit());
        let sha256 = Some(metadata.etag()).filter(is_sha256).map(str::to_ascii_lowercase);
        let (bytes, commit) = (metadata.size() as u64, metadata.commit_hash().to_owned());
        Ok(Announced { bytes, sha256, commit })
    }

    /// Downloads a file and gives its place in the staging folder.
    ///
    /// What an earlier, interrupted call left there is gone on with.
    pub(super) fn download(
        &self,
        path: &str,
        on_bytes: &mut dyn FnMut(u64),
    ) -> Result<PathBuf, StoreError> {
        let api = self.api().map_err(|error| self.explain(error, Some(path)))?;
        let repository = api.repo(self.repo());
        let mut attempt = || {
            repository.download_with_progress(path, Meter { bytes: 0, on_bytes: &mut *on_bytes })
        };
        let fetched = match attempt() {
            // A part as long as the whole (or longer) cannot be gone on with: start again.
            Err(error) if is_stale_part(&error) => {
                self.discard()?;
                attempt()
            }
            other => other,
        };
        let pointer = fetched.map_err(|error| self.explain(error, Some(path)))?;
        pointer.canonicalize().map_err(|source| StoreError::Io {
            action: "read",
            path: pointer,
            source,
        })
    }

    /// Forgets everything staged.
    pub(super) fn discard(&self) -> Result<(), StoreError> {
        remove_folder(&self.staging)
    }

    fn odd(&self, message: &str) -> StoreError {
        let endpoint = self.environment.hub_endpoint();
        StoreError::Protocol { endpoint, message: message.to_owned() }
    }

    fn repo(&self) -> Repo {
        Repo::with_revision(
            self.source.repository.clone(),
            RepoType::Model,
            self.source.revision.clone(),
        )
    }

    /// `path` is the file that was asked for, if it was one.
    fn explain(&self, error: ApiError, path: Option<&str>) -> StoreError {
        let endpoint = self.environment.hub_endpoint();
        match error {
            ApiError::RequestError(error) => match *error {
                ureq::Error::StatusCode(status) => self.explain_status(status, path),
                ureq::Error::Io(source) => self.explain_io(source, path),
                other => StoreError::Network { endpoint, source: Box::new(other) },
            },
            ApiError::IoError(source) => self.explain_io(source, path),
            ApiError::TooManyRetries(inner) => self.explain(*inner, path),
            ApiError::LockAcquisition(lock) => {
                StoreError::Busy { name: self.model.to_owned(), lock }
            }
            // Headers that are missing or no numbers.
            other => StoreError::Protocol { endpoint, message: other.to_string() },
        }
    }

    fn explain_status(&self, status: u16, path: Option<&str>) -> StoreError {
        let repository = self.source.repository.clone();
        let revision = self.source.revision.clone();
        match status {
            401 | 403 => StoreError::Unauthorized { repository, status },
            404 => match path {
                Some(path) => StoreError::NotOnHub { repository, revision, path: path.to_owned() },
                None => StoreError::NoSuchRevision { repository, revision },
            },
            429 => StoreError::RateLimited { repository },
            _ => StoreError::Hub { repository, status },
        }
    }

    /// hf-hub gives errors of the disk and of the connection in one variant; their kinds differ.
    fn explain_io(&self, source: std::io::Error, path: Option<&str>) -> StoreError {
        match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                StoreError::DiskFull { folder: self.staging.clone(), needed: 1, available: 0 }
            }
            ErrorKind::PermissionDenied
            | ErrorKind::ReadOnlyFilesystem
            | ErrorKind::NotADirectory
            | ErrorKind::IsADirectory => {
                StoreError::Io { action: "write", path: self.staging.clone(), source }
            }
            ErrorKind::ConnectionRefused
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::NetworkDown => StoreError::Network {
                endpoint: self.environment.hub_endpoint(),
                source: Box::new(source),
            },
            _ => StoreError::Interrupted {
                file: path.unwrap_or("list of files").to_owned(),
                name: self.model.to_owned(),
                source: Box::new(source),
            },
        }
    }
}

/// Names of the files below a folder, with `/` between folders.
fn names_below(folder: &Path, before: &str, names: &mut Vec<String>) {
    let Ok(listing) = std::fs::read_dir(folder) else { return };
    for item in listing.flatten() {
        let (path, name) = (item.path(), item.file_name().to_string_lossy().into_owned());
        if path.is_dir() {
            names_below(&path, &format!("{before}{name}/"), names);
        } else if is_plain_path(&name) && path.is_file() {
            names.push(format!("{before}{name}"));
        }
    }
}

fn is_stale_part(error: &ApiError) -> bool {
    match error {
        ApiError::InvalidResume => true,
        ApiError::RequestError(error) => matches!(**error, ureq::Error::StatusCode(416)),
        _ => false,
    }
}

/// Removes a folder with all it holds; one that is not there is no error.
pub(super) fn remove_folder(folder: &Path) -> Result<(), StoreError> {
    match std::fs::remove_dir_all(folder) {
        Err(source) if source.kind() != ErrorKind::NotFound => {
            Err(StoreError::Io { action: "remove", path: folder.to_path_buf(), source })
        }
        _ => Ok(()),
    }
}
