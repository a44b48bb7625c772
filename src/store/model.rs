//! One model found on this machine.
//!
//! Owns: which file plays which role, and how a model is recognised in a folder or a single file.
//! In: a catalog entry and a folder, or a path. Out: verified readers ([`ModelFiles`]).
//! Never: the order of the folders, downloads.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::catalog::Catalog;
use super::embedded;
use super::entry::{CatalogFile, ModelEntry};
use super::error::StoreError;
use super::locations::Origin;
use super::lock::{Lock, Locked};
use super::roles::{self, Refusal};
use super::verify::{Digests, Expected, check_bytes};
use crate::ports::{ModelFile, ModelFileError, ModelFiles};

/// A model on this machine. Its files are checked when they are opened.
#[derive(Clone, Debug)]
pub struct Model {
    name: String,
    origin: Origin,
    folder: PathBuf,
    entry: Option<Arc<ModelEntry>>,
    files: Vec<PlacedFile>,
    digests: Arc<Digests>,
}

#[derive(Clone, Debug)]
struct PlacedFile {
    role: String,
    name: String,
    place: Place,
    expected: Option<Expected>,
    /// What was found when it came.
    recorded: Option<Locked>,
}

impl PlacedFile {
    fn bytes(&self) -> u64 {
        match &self.place {
            Place::Path(path) => std::fs::metadata(path).map_or(0, |data| data.len()),
            Place::Memory(bytes) => bytes.len() as u64,
        }
    }
}

#[derive(Clone, Debug)]
enum Place {
    Path(PathBuf),
    Memory(&'static [u8]),
}

/// What a file is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeldAgainst {
    /// The checksum in the catalog.
    Published,
    /// The checksum it had when it was pulled or imported.
    Recorded,
    /// Nothing: it was given by its path.
    Nothing,
}

/// One file of a model and what its check found.
#[derive(Debug)]
pub struct FileCheck {
    /// What it is to the model.
    pub role: String,
    /// Where it is.
    pub path: PathBuf,
    /// What there was to hold it against.
    pub held_against: HeldAgainst,
    /// Its SHA-256, or what is wrong with it.
    pub result: Result<String, ModelFileError>,
}

impl Model {
    /// Its catalog name, or the path it was given by.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it was found.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// The folder that holds its files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What the catalog says of it; `None` for a file or folder the catalog does not know.
    #[must_use]
    pub fn entry(&self) -> Option<&ModelEntry> {
        self.entry.as_deref()
    }

    /// The roles its files play.
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| file.role.as_str())
    }

    /// Path of the file that plays `role`; `None` if there is none or it is compiled in.
    #[must_use]
    pub fn path(&self, role: &str) -> Option<&Path> {
        let file = self.files.iter().find(|file| file.role == role)?;
        match &file.place {
            Place::Path(path) => Some(path),
            Place::Memory(_) => None,
        }
    }

    /// Reads all files, whatever was recorded of them, and holds them against their checksums.
    #[must_use]
    pub fn check(&self) -> Vec<FileCheck> {
        let published = self.entry.as_ref().is_some_and(|entry| !entry.is_open());
        let check = |file: &PlacedFile| FileCheck {
            role: file.role.clone(),
            path: self.folder.join(&file.name),
            held_against: match (&file.expected, published) {
                (None, _) => HeldAgainst::Nothing,
                (Some(_), true) => HeldAgainst::Published,
                (Some(_), false) => HeldAgainst::Recorded,
            },
            result: self.open_file(file, None).map(|opened| opened.sha256),
        };
        self.files.iter().map(check).collect()
    }

    /// Length of its files together.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(PlacedFile::bytes).sum()
    }

    /// Length of its weights.
    pub(super) fn weight_bytes(&self) -> u64 {
        let is_weights =
            |file: &&PlacedFile| file.role == roles::WEIGHTS || file.role.starts_with(roles::SHARD);
        self.files.iter().filter(is_weights).map(PlacedFile::bytes).sum()
    }

    /// What is wrong with the model as far as names and lengths tell, which costs no reading.
    pub(super) fn damage_at_a_glance(&self) -> Option<ModelFileError> {
        self.files.iter().find_map(|file| {
            let (Place::Path(path), Some(expected)) = (&file.place, &file.expected) else {
                return None;
            };
            match std::fs::metadata(path) {
                Ok(metadata) if metadata.len() < expected.bytes => {
                    Some(ModelFileError::Truncated {
                        path: path.clone(),
                        found: metadata.len(),
                        expected: expected.bytes,
                    })
                }
                Ok(_) => None,
                Err(source) => Some(self.unreadable(file, path, source)),
            }
        })
    }

    fn open_file(
        &self,
        file: &PlacedFile,
        recorded: Option<&Locked>,
    ) -> Result<ModelFile, ModelFileError> {
        let expected = file.expected.as_ref();
        match &file.place {
            Place::Path(path) => {
                let (reader, sha256) =
                    self.digests.open(path, expected, recorded).map_err(|error| match error {
                        ModelFileError::Io { path, source } => self.unreadable(file, &path, source),
                        other => other,
                    })?;
                Ok(ModelFile { reader: Box::new(reader), path: path.clone(), sha256 })
            }
            Place::Memory(bytes) => {
                let path = self.folder.join(&file.name);
                let sha256 = check_bytes(&path, bytes, expected)?;
                Ok(ModelFile { reader: Box::new(Cursor::new(*bytes)), path, sha256 })
            }
        }
    }

    fn unreadable(&self, file: &PlacedFile, path: &Path, source: std::io::Error) -> ModelFileError {
        if source.kind() == std::io::ErrorKind::NotFound {
            let searched = vec![self.folder.clone()];
            return ModelFileError::Missing { file: file.name.clone(), searched };
        }
        ModelFileError::Io { path: path.to_path_buf(), source }
    }

    /// The model of `entry` in `folder`, if at least one of its files is there; of a model whose files are not in the catalog,
    /// if the record of its pull is there.
    pub(super) fn in_folder(
        entry: &Arc<ModelEntry>,
        folder: &Path,
        origin: Origin,
        digests: &Arc<Digests>,
    ) -> Option<Self> {
        if entry.is_open() {
            let entry = Some(Arc::clone(entry));
            return Self::recorded(&entry.as_ref()?.name.clone(), entry, (folder, origin), digests);
        }
        let lock = Lock::read(folder);
        let recorded = |name: &str| lock.as_ref().and_then(|lock| lock.file(name)).cloned();
        let files: Vec<PlacedFile> = entry
            .files
            .iter()
            .map(|file| placed(file, Place::Path(folder.join(&file.name)), recorded(&file.name)))
            .collect();
        let present = entry.files.iter().any(|file| folder.join(&file.name).is_file());
        present.then(|| Self {
            name: entry.name.clone(),
            origin,
            folder: folder.to_path_buf(),
            entry: Some(Arc::clone(entry)),
            files,
            digests: Arc::clone(digests),
        })
    }

    /// The model in `folder` as the record of its pull or import tells, if there is one.
    pub(super) fn recorded(
        name: &str,
        entry: Option<Arc<ModelEntry>>,
        (folder, origin): (&Path, Origin),
        digests: &Arc<Digests>,
    ) -> Option<Self> {
        let file = |file: &Locked| PlacedFile {
            role: file.role.clone(),
            name: file.name.clone(),
            place: Place::Path(folder.join(&file.name)),
            expected: Some(Expected { bytes: file.bytes, sha256: file.sha256.clone() }),
            recorded: Some(file.clone()),
        };
        Some(Self {
            name: name.to_owned(),
            origin,
            folder: folder.to_path_buf(),
            entry,
            files: Lock::read(folder)?.files.iter().map(file).collect(),
            digests: Arc::clone(digests),
        })
    }

    /// The model of `entry` as compiled into the program.
    pub(super) fn compiled_in(entry: &Arc<ModelEntry>, digests: &Arc<Digests>) -> Option<Self> {
        let file = |file: &CatalogFile| {
            let bytes = embedded::bytes(&entry.name, &file.name)?;
            Some(placed(file, Place::Memory(bytes), None))
        };
        if entry.is_open() {
            return None;
        }
        Some(Self {
            name: entry.name.clone(),
            origin: Origin::Embedded,
            folder: Path::new("<compiled in>").join(&entry.name),
            entry: Some(Arc::clone(entry)),
            files: entry.files.iter().map(file).collect::<Option<_>>()?,
            digests: Arc::clone(digests),
        })
    }

    /// The model at a path the user gave.
    ///
    /// A folder with the name and a file of a catalog model is that model, and is checked as such.
    /// A `.gguf` file with the bytes of a catalog model's weights is that model too, whatever it is
    /// called. A sentencepiece model, alone or in a folder without weights, plays the role `pieces`.
    /// Anything else is opened as it is, its checksum computed but held against nothing.
    pub(super) fn at_path(
        path: &Path,
        catalog: &Catalog,
        digests: &Arc<Digests>,
    ) -> Result<Self, StoreError> {
        if path.is_dir() {
            let named = path.canonicalize().ok();
            let named = named.as_deref().unwrap_or(path).file_name();
            let known = named.and_then(|name| catalog.get(&name.to_string_lossy()));
            if let Some(known) = known
                && let Some(model) = Self::in_folder(&known.entry, path, Origin::Path, digests)
            {
                return Ok(model);
            }
            return Self::unknown_folder(path, digests);
        }
        Self::single_file(path, catalog, digests)
    }

    fn unknown_folder(folder: &Path, digests: &Arc<Digests>) -> Result<Self, StoreError> {
        // A folder that a pull or an import made carries its record with it.
        let name = folder.display().to_string();
        if let Some(model) = Self::recorded(&name, None, (folder, Origin::Path), digests) {
            return Ok(model);
        }
        let chosen = roles::choose(names_in(folder)?, None).map_err(|refusal| {
            StoreError::NoModelAtPath { path: folder.to_path_buf(), reason: reason(&refusal) }
        })?;
        let file = |(name, role): (String, String)| {
            let place = Place::Path(folder.join(&name));
            PlacedFile { role, name, place, expected: None, recorded: None }
        };
        Ok(Self {
            name,
            origin: Origin::Path,
            folder: folder.to_path_buf(),
            entry: None,
            files: chosen.into_iter().map(file).collect(),
            digests: Arc::clone(digests),
        })
    }

    fn single_file(
        path: &Path,
        catalog: &Catalog,
        digests: &Arc<Digests>,
    ) -> Result<Self, StoreError> {
        let nothing = |reason: &str| StoreError::NoModelAtPath {
            path: path.to_path_buf(),
            reason: reason.to_owned(),
        };
        let metadata = std::fs::metadata(path).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => nothing("there is no such file or folder"),
            _ => StoreError::Io { action: "read", path: path.to_path_buf(), source },
        })?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let role = match () {
            () if roles::is_gguf(&name) => roles::WEIGHTS,
            () if roles::is_pieces(&name) => "pieces",
            () => return Err(nothing("a single file must be a .gguf or a .model file")),
        };
        // Only a file of the right length is worth reading for its checksum.
        let weights =
            |file: &CatalogFile| file.role == roles::WEIGHTS && roles::is_gguf(&file.name);
        let alike = |known: &&ModelEntry| {
            known.files.iter().any(|file| weights(file) && file.bytes == metadata.len())
        };
        let candidates: Vec<_> = catalog.iter().filter(|known| alike(&&*known.entry)).collect();
        let digest = match candidates.as_slice() {
            [] => None,
            _ => digests.open(path, None, None).ok().map(|(_, digest)| digest),
        };
        let candidates = candidates.into_iter().filter(|known| {
            known.entry.files.iter().any(|file| Some(&file.sha256) == digest.as_ref())
        });
        let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        // Of models with the same weights, that which lacks least here.
        let recognised = candidates.min_by_key(|known| {
            let others = known.entry.files.iter().filter(|file| !weights(file));
            others.filter(|file| !folder.join(&file.name).is_file()).count()
        });
        let place = Place::Path(path.to_path_buf());
        let mut files =
            vec![PlacedFile { role: role.to_owned(), name, place, expected: None, recorded: None }];
        // What else the model has is taken where it lies beside the weights; they do without.
        let others = recognised.iter().flat_map(|known| &known.entry.files);
        let others = others.filter(|file| file.role != role);
        files.extend(others.filter_map(|file| {
            let path = folder.join(&file.name);
            path.is_file().then(|| placed(file, Place::Path(path), None))
        }));
        Ok(Self {
            name: recognised
                .map_or_else(|| path.display().to_string(), |known| known.entry.name.clone()),
            origin: Origin::Path,
            folder,
            entry: recognised.map(|known| Arc::clone(&known.entry)),
            files,
            digests: Arc::clone(digests),
        })
    }
}

impl ModelFiles for Model {
    fn open(&self, role: &str) -> Result<ModelFile, ModelFileError> {
        let Some(file) = self.files.iter().find(|file| file.role == role) else {
            let searched = vec![self.folder.clone()];
            return Err(ModelFileError::Missing { file: role.to_owned(), searched });
        };
        self.open_file(file, file.recorded.as_ref())
    }
}

fn placed(file: &CatalogFile, place: Place, recorded: Option<Locked>) -> PlacedFile {
    PlacedFile {
        role: file.role.clone(),
        name: file.name.clone(),
        place,
        expected: Some(Expected { bytes: file.bytes, sha256: file.sha256.clone() }),
        recorded,
    }
}

/// The files of a folder, with those of its folders that could belong to a model.
pub(super) fn names_in(folder: &Path) -> Result<Vec<String>, StoreError> {
    let failed = |source| StoreError::Io { action: "read", path: folder.to_path_buf(), source };
    let mut names: Vec<String> = Vec::new();
    for item in std::fs::read_dir(folder).map_err(failed)? {
        names.push(item.map_err(failed)?.file_name().to_string_lossy().into_owned());
    }
    let nested = roles::nested().filter(|name| folder.join(name).is_file());
    names.extend(nested.map(str::to_owned));
    Ok(names)
}

/// Why a folder is no model, for people.
pub(super) fn reason(refusal: &Refusal) -> String {
    let several = |names: &[String]| {
        format!("it has several files of weights; name one of them: {}", names.join(", "))
    };
    match refusal {
        Refusal::OnlyComet => "its checkpoint is a pickle; make model.safetensors of it with models/training/convert_comet.py"
            .to_owned(),
        Refusal::NoWeights => {
            "it has no .gguf, model.safetensors or pytorch_model.bin file".to_owned()
        }
        Refusal::SeveralPieces => "it has several sentencepiece models; name one of them".to_owned(),
        Refusal::Several(names) => several(names),
        Refusal::NoneFits(names) if names.is_empty() => reason(&Refusal::NoWeights),
        Refusal::NoneFits(names) => {
            format!("none of its files of weights fits the pattern: {}", names.join(", "))
        }
    }
}
