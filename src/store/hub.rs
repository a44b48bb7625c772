//! One file from a model hub.
//!
//! Owns: everything about hf-hub: its builder, its metadata, its error types.
//! In: a repository, a path, the length expected. Out: a file in a staging folder, not yet verified.
//! Never: checksums, the final place of a file, retries.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use hf_hub::api::Progress;
use hf_hub::api::sync::{Api, ApiBuilder, ApiError};
use hf_hub::{Cache, Repo, RepoType};

use super::entry::{CatalogFile, HubSource, is_plain};
use super::error::StoreError;
use super::locations::Environment;

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

    /// The file in the cache that the hub's own tools keep, if it is there.
    pub(super) fn cached(&self, file: &CatalogFile) -> Option<PathBuf> {
        let cache = Cache::new(self.environment.hub_cache()?);
        // The cache holds links to its blobs; a hard link or copy must be made of the blob.
        cache.repo(self.repo()).get(path_on_hub(file))?.canonicalize().ok()
    }

    /// Downloads `file` and gives its place in the staging folder.
    ///
    /// What an earlier, interrupted call left there is gone on with.
    pub(super) fn download(
        &self,
        file: &CatalogFile,
        on_bytes: &mut dyn FnMut(u64),
    ) -> Result<PathBuf, StoreError> {
        let api = ApiBuilder::from_cache(Cache::new(self.staging.clone()))
            .with_endpoint(self.environment.hub_endpoint())
            .with_token(self.environment.hub_token())
            .with_progress(false)
            .with_user_agent("isnad", env!("CARGO_PKG_VERSION"))
            .build()
            .map_err(|error| self.explain(error, file))?;
        self.check_first(&api, file)?;
        let repository = api.repo(self.repo());
        let path = path_on_hub(file);
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
        let pointer = fetched.map_err(|error| self.explain(error, file))?;
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

    /// Asks for the file's length before a byte of it is fetched: a file of another length cannot
    /// have the right checksum. hf-hub makes paths of the tag and the commit it is sent, so both
    /// must be plain names.
    fn check_first(&self, api: &Api, file: &CatalogFile) -> Result<(), StoreError> {
        let url = api.repo(self.repo()).url(path_on_hub(file));
        let metadata = api.metadata(&url).map_err(|error| self.explain(error, file))?;
        if !is_plain(metadata.etag()) || !is_plain(metadata.commit_hash()) {
            return Err(StoreError::Protocol {
                endpoint: self.environment.hub_endpoint(),
                message: "its file tag or commit is no plain name".to_owned(),
            });
        }
        let found = metadata.size() as u64;
        if found != file.bytes {
            return Err(StoreError::OtherFileOnHub {
                repository: self.source.repository.clone(),
                path: path_on_hub(file).to_owned(),
                found,
                expected: file.bytes,
            });
        }
        Ok(())
    }

    fn repo(&self) -> Repo {
        Repo::with_revision(
            self.source.repository.clone(),
            RepoType::Model,
            self.source.revision.clone(),
        )
    }

    fn explain(&self, error: ApiError, file: &CatalogFile) -> StoreError {
        let endpoint = self.environment.hub_endpoint();
        match error {
            ApiError::RequestError(error) => match *error {
                ureq::Error::StatusCode(status) => self.explain_status(status, file),
                ureq::Error::Io(source) => self.explain_io(source, file),
                other => StoreError::Network { endpoint, source: Box::new(other) },
            },
            ApiError::IoError(source) => self.explain_io(source, file),
            ApiError::TooManyRetries(inner) => self.explain(*inner, file),
            ApiError::LockAcquisition(lock) => {
                StoreError::Busy { name: self.model.to_owned(), lock }
            }
            // Headers that are missing or no numbers.
            other => StoreError::Protocol { endpoint, message: other.to_string() },
        }
    }

    fn explain_status(&self, status: u16, file: &CatalogFile) -> StoreError {
        let repository = self.source.repository.clone();
        match status {
            401 | 403 => StoreError::Unauthorized { repository, status },
            404 => StoreError::NotOnHub {
                repository,
                revision: self.source.revision.clone(),
                path: path_on_hub(file).to_owned(),
            },
            429 => StoreError::RateLimited { repository },
            _ => StoreError::Hub { repository, status },
        }
    }

    /// hf-hub gives errors of the disk and of the connection in one variant; their kinds differ.
    fn explain_io(&self, source: std::io::Error, file: &CatalogFile) -> StoreError {
        match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::DiskFull {
                folder: self.staging.clone(),
                needed: file.bytes,
                available: 0,
            },
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
                file: file.name.clone(),
                name: self.model.to_owned(),
                source: Box::new(source),
            },
        }
    }
}

fn path_on_hub(file: &CatalogFile) -> &str {
    file.hub_path.as_deref().unwrap_or(&file.name)
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
