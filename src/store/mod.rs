//! Where weights are, and whether they are the right ones.
//!
//! Owns: the catalog, the model folders, checksums, downloads.
//! In: a model's name or path. Out: a [`Model`] whose files are verified as they are opened.
//! Never: what is inside the files.
//!
//! The network is used by [`Store::pull`] alone.

mod catalog;
mod embedded;
mod entry;
mod error;
mod hub;
mod locations;
mod model;
mod pull;
mod verify;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

pub use catalog::{Catalog, Known, parse as parse_catalog_file};
pub use entry::{
    CatalogFile, Chat, Decoding, HubSource, Licence, ModelEntry, PackageSource, Prompt, Role,
    Sources, Template,
};
pub use error::{StoreError, Way};
pub use locations::{
    ENDPOINT_VARIABLE, Environment, HOME_VARIABLE, Location, MODELS_VARIABLE, OFFLINE_VARIABLE,
    Origin, TOKEN_VARIABLE,
};
pub use model::{FileCheck, Model};
pub use pull::{FileOrigin, PullEvent, PullOutcome, PullReport};

use crate::ports::ModelFileError;
use hub::remove_folder;
use pull::Pull;
use verify::Digests;

/// The models of this machine.
#[derive(Clone, Debug)]
pub struct Store {
    environment: Environment,
    locations: Vec<Location>,
    catalog: Catalog,
    digests: Arc<Digests>,
}

/// One model of the catalog and whether it is here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ModelStatus {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// One line for people.
    pub description: String,
    /// What it may be used for.
    pub licence: Licence,
    /// Length of all its files.
    pub bytes: u64,
    /// Whether it is here.
    pub presence: Presence,
}

/// Whether a model is on this machine. Names and lengths are looked at; [`Store::verify`] reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Presence {
    /// All files are there with their lengths.
    Present {
        /// How it was found.
        origin: Origin,
        /// Where.
        folder: PathBuf,
    },
    /// A file is missing or cut off.
    Damaged {
        /// How it was found.
        origin: Origin,
        /// Where.
        folder: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// It is nowhere.
    Missing,
}

impl Store {
    /// Reads the catalog of this machine.
    ///
    /// # Errors
    /// [`StoreError::Catalog`] or [`StoreError::Io`] for a catalog file that cannot be read.
    pub fn open(environment: Environment) -> Result<Self, StoreError> {
        let locations = environment.locations();
        let catalog = Catalog::load(&locations)?;
        Ok(Self { environment, locations, catalog, digests: Arc::default() })
    }

    /// All models the program knows.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The folders that are searched, in order.
    #[must_use]
    pub fn locations(&self) -> &[Location] {
        &self.locations
    }

    /// The model called `name_or_path`, or the one at that path: a `.gguf` file or a folder.
    ///
    /// A name of the catalog counts before a path. Nothing is read here; a damaged file shows when
    /// it is opened.
    ///
    /// # Errors
    /// [`StoreError::NotInstalled`] for a name that is nowhere, [`StoreError::UnknownModel`] for what
    /// is neither name nor path, [`StoreError::NoModelAtPath`] for a path without a model.
    pub fn resolve(&self, name_or_path: &str) -> Result<Model, StoreError> {
        if let Some(known) = self.catalog.get(name_or_path) {
            return self.find(&known.entry).ok_or_else(|| StoreError::NotInstalled {
                name: known.entry.name.clone(),
                searched: self.folders_of(&known.entry),
                way: way(&known.entry),
            });
        }
        let path = Path::new(name_or_path);
        let looks_like_path = path.components().count() > 1
            || path.extension().is_some_and(|extension| extension == "gguf");
        if looks_like_path || path.exists() {
            return Model::at_path(path, &self.catalog, &self.digests);
        }
        Err(self.unknown(name_or_path))
    }

    /// All models of the catalog, by name, with their presence as far as lengths tell.
    #[must_use]
    pub fn list(&self) -> Vec<ModelStatus> {
        let status = |known: &Known| ModelStatus {
            name: known.entry.name.clone(),
            role: known.entry.role,
            description: known.entry.description.clone(),
            licence: known.entry.licence.clone(),
            bytes: known.entry.bytes(),
            presence: self.presence(&known.entry),
        };
        self.catalog.iter().map(status).collect()
    }

    /// Reads all files of a model and holds them against their checksums.
    ///
    /// # Errors
    /// As [`resolve`](Self::resolve). A damaged file is a result, not an error.
    pub fn verify(&self, name_or_path: &str) -> Result<Vec<FileCheck>, StoreError> {
        Ok(self.resolve(name_or_path)?.check())
    }

    /// The folder that holds a model.
    ///
    /// # Errors
    /// As [`resolve`](Self::resolve).
    pub fn path(&self, name_or_path: &str) -> Result<PathBuf, StoreError> {
        Ok(self.resolve(name_or_path)?.folder().to_path_buf())
    }

    /// Removes a downloaded model, and what an unfinished download of it left; gives its folder.
    ///
    /// # Errors
    /// [`StoreError::RemoveRefused`] for a model that was not downloaded by this program,
    /// [`StoreError::NotInstalled`] if there is none, [`StoreError::UnknownModel`].
    pub fn remove(&self, name: &str) -> Result<PathBuf, StoreError> {
        let entry = &self.catalog.get(name).ok_or_else(|| self.unknown(name))?.entry;
        let downloads = self.environment.downloads();
        if let Some(downloads) = &downloads {
            let folder = downloads.join(&entry.name);
            let part = downloads.join(format!("{}.part", entry.name));
            if folder.is_dir() || part.is_dir() {
                let _lock = pull::lock(downloads, &entry.name)?;
                remove_folder(&folder)?;
                remove_folder(&part)?;
                return Ok(folder);
            }
        }
        // Not downloaded: it is elsewhere, where we do not delete, or nowhere.
        let folder = self.resolve(name)?.folder().to_path_buf();
        Err(StoreError::RemoveRefused { folder, downloads })
    }

    /// Downloads a model from the hub into the user's data folder.
    ///
    /// A model that is here and sound is left alone. Files in the cache of the hub's own tools
    /// (`HF_HOME`) are used before the network is. `offline`, or `HF_HUB_OFFLINE`, forbids the network.
    ///
    /// # Errors
    /// All that can go wrong on the way, see [`StoreError`]; nothing half done is ever taken for a
    /// model.
    pub fn pull(
        &self,
        name: &str,
        progress: &mut dyn FnMut(PullEvent<'_>),
        offline: bool,
    ) -> Result<PullReport, StoreError> {
        let entry = &self.catalog.get(name).ok_or_else(|| self.unknown(name))?.entry;
        if let Some(folder) = self.sound(entry)? {
            let outcome = PullOutcome::AlreadyHere;
            return Ok(PullReport { name: entry.name.clone(), folder, outcome });
        }
        let Some(source) = &entry.source.hub else {
            let name = entry.name.clone();
            return Err(StoreError::NoHubSource { name, way: way(entry) });
        };
        let downloads = self.environment.downloads().ok_or(StoreError::NoDataFolder)?;
        let offline = offline || self.environment.is_offline();
        let (environment, digests) = (&self.environment, &*self.digests);
        Pull { environment, digests, entry, source, downloads, offline }.run(progress)
    }

    /// The shell commands that fetch a model from published packages, if it is in any. They are for
    /// the user to run.
    ///
    /// # Errors
    /// [`StoreError::UnknownModel`], or [`StoreError::NoDataFolder`] if there is no place for it.
    pub fn package_commands(&self, name: &str) -> Result<Option<Vec<String>>, StoreError> {
        let entry = &self.catalog.get(name).ok_or_else(|| self.unknown(name))?.entry;
        let downloads = self.environment.downloads().ok_or(StoreError::NoDataFolder)?;
        let source = entry.source.package.as_ref().zip(entry.files.first());
        Ok(source.map(|(package, file)| {
            let mut commands = package.commands(file, &downloads.join(&entry.name));
            commands.push(format!("isnad models verify {}", entry.name));
            commands
        }))
    }

    /// The best copy: first one with all files in their lengths, else first one with any file.
    fn find(&self, entry: &Arc<ModelEntry>) -> Option<Model> {
        let in_folder = |location: &Location| {
            let folder = location.folder.join(&entry.name);
            Model::in_folder(entry, &folder, location.origin, &self.digests)
        };
        let mut copies: Vec<Model> = self.locations.iter().filter_map(in_folder).collect();
        copies.extend(Model::compiled_in(entry, &self.digests));
        let whole = copies.iter().position(|model| model.damage_at_a_glance().is_none());
        (!copies.is_empty()).then(|| copies.swap_remove(whole.unwrap_or(0)))
    }

    fn presence(&self, entry: &Arc<ModelEntry>) -> Presence {
        let Some(model) = self.find(entry) else { return Presence::Missing };
        let (origin, folder) = (model.origin(), model.folder().to_path_buf());
        match model.damage_at_a_glance() {
            None => Presence::Present { origin, folder },
            Some(problem) => Presence::Damaged { origin, folder, problem: problem.to_string() },
        }
    }

    /// Folder of a copy with the right checksums; `None` if a download would help.
    fn sound(&self, entry: &Arc<ModelEntry>) -> Result<Option<PathBuf>, StoreError> {
        let Some(model) = self.find(entry) else { return Ok(None) };
        let problem = model.check().into_iter().find_map(|check| check.result.err());
        match problem {
            None => Ok(Some(model.folder().to_path_buf())),
            Some(_) if model.origin() == Origin::UserData => Ok(None),
            // Cut off or incomplete: a whole copy in the data folder would be found before it.
            Some(ModelFileError::Truncated { .. } | ModelFileError::Missing { .. }) => Ok(None),
            // Whole by its lengths, it would go on standing before any download.
            Some(source) => Err(StoreError::File { name: entry.name.clone(), source }),
        }
    }

    fn folders_of(&self, entry: &ModelEntry) -> Vec<PathBuf> {
        self.locations.iter().map(|location| location.folder.join(&entry.name)).collect()
    }

    fn unknown(&self, name: &str) -> StoreError {
        StoreError::UnknownModel { name: name.to_owned(), known: self.catalog.names() }
    }
}

fn way(entry: &ModelEntry) -> Way {
    if entry.source.shipped {
        Way::Shipped
    } else if entry.source.hub.is_some() {
        Way::Pull
    } else {
        Way::Package
    }
}
