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
}

#[derive(Clone, Debug)]
enum Place {
    Path(PathBuf),
    Memory(&'static [u8]),
}

/// One file of a model and what its check found.
#[derive(Debug)]
pub struct FileCheck {
    /// What it is to the model.
    pub role: String,
    /// Where it is.
    pub path: PathBuf,
    /// Whether there was a published checksum to hold it against.
    pub has_published_checksum: bool,
    /// Its SHA-256, or what is wrong with it.
    pub result: Result<String, ModelFileError>,
}

/// File names by which roles are recognised in a folder that the catalog does not describe.
const ROLES_BY_NAME: [(&str, &str); 19] = [
    ("model.safetensors", "weights"),
    (CHECKPOINT, "weights"),
    ("source.spm", "source_pieces"),
    ("target.spm", "target_pieces"),
    ("target_vocab.json", "target_vocabulary"),
    ("spiece.model", "sentencepiece"),
    ("tokenizer_config.json", "tokenizer_config"),
    ("special_tokens_map.json", "special_tokens"),
    ("modules.json", "modules"),
    ("1_Pooling/config.json", "pooling"),
    ("2_Dense/config.json", "dense_config"),
    ("2_Dense/model.safetensors", "dense"),
    ("2_Dense/pytorch_model.bin", "dense"),
    ("vocab.json", "vocabulary"),
    ("tokenizer.json", "tokenizer"),
    ("config.json", "config"),
    ("sp.model", "sentencepiece"),
    ("sentencepiece.bpe.model", "sentencepiece"),
    ("hparams.yaml", "hparams"),
];

/// Sentencepiece models without an extension: the names under which sacreBLEU keeps what it downloads.
const PIECES_BY_NAME: [&str; 1] = ["flores200sacrebleuspm"];

/// Weights as `PyTorch` writes them; where the same are there as safetensors, those count.
const CHECKPOINT: &str = "pytorch_model.bin";
/// Lists the files of weights that are cut in several.
const SHARDS: &str = "model.safetensors.index.json";

/// Where a COMET model from the hub has its weights, in a format that can run code and is never opened.
const COMET_CHECKPOINT: &str = "checkpoints/model.ckpt";

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

    /// Reads all files and holds them against their checksums.
    #[must_use]
    pub fn check(&self) -> Vec<FileCheck> {
        let check = |file: &PlacedFile| FileCheck {
            role: file.role.clone(),
            path: self.folder.join(&file.name),
            has_published_checksum: file.expected.is_some(),
            result: self.open(&file.role).map(|opened| opened.sha256),
        };
        self.files.iter().map(check).collect()
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

    fn unreadable(&self, file: &PlacedFile, path: &Path, source: std::io::Error) -> ModelFileError {
        if source.kind() == std::io::ErrorKind::NotFound {
            let searched = vec![self.folder.clone()];
            return ModelFileError::Missing { file: file.name.clone(), searched };
        }
        ModelFileError::Io { path: path.to_path_buf(), source }
    }

    /// The model of `entry` in `folder`, if at least one of its files is there.
    pub(super) fn in_folder(
        entry: &Arc<ModelEntry>,
        folder: &Path,
        origin: Origin,
        digests: &Arc<Digests>,
    ) -> Option<Self> {
        let files: Vec<PlacedFile> = entry
            .files
            .iter()
            .map(|file| placed(file, Place::Path(folder.join(&file.name))))
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

    /// The model of `entry` as compiled into the program.
    pub(super) fn compiled_in(entry: &Arc<ModelEntry>, digests: &Arc<Digests>) -> Option<Self> {
        let file = |file: &CatalogFile| {
            Some(placed(file, Place::Memory(embedded::bytes(&entry.name, &file.name)?)))
        };
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
        let failed = |source| StoreError::Io { action: "read", path: folder.to_path_buf(), source };
        let nothing = |reason| StoreError::NoModelAtPath { path: folder.to_path_buf(), reason };
        let mut names: Vec<String> = Vec::new();
        for item in std::fs::read_dir(folder).map_err(failed)? {
            names.push(item.map_err(failed)?.file_name().to_string_lossy().into_owned());
        }
        let nested = ROLES_BY_NAME.iter().map(|(name, _)| *name).filter(|name| name.contains('/'));
        names.extend(nested.filter(|name| folder.join(name).is_file()).map(str::to_owned));
        let has_safetensors = names.iter().any(|name| name == "model.safetensors");
        let mut files: Vec<PlacedFile> = Vec::new();
        for name in names {
            let path = folder.join(&name);
            let by_name = ROLES_BY_NAME.iter().find(|(known, _)| *known == name);
            let role = match by_name {
                _ if is_gguf(&path) => Some("weights"),
                Some((known, _)) if *known == CHECKPOINT && has_safetensors => None,
                Some((_, role)) => Some(*role),
                None => is_pieces(&path).then_some("pieces"),
            };
            if let Some(role) = role {
                let role = role.to_owned();
                files.push(PlacedFile { role, name, place: Place::Path(path), expected: None });
            }
        }
        let count = |role| files.iter().filter(|file| file.role == role).count();
        match (count("weights"), count("pieces")) {
            (1, _) | (0, 1) => {}
            (0, 0) if folder.join(COMET_CHECKPOINT).is_file() => {
                return Err(nothing(
                    "its checkpoint is a pickle; make model.safetensors of it with models/training/convert_comet.py",
                ));
            }
            (0, _) if folder.join(SHARDS).is_file() => {
                return Err(nothing(
                    "its weights are cut in several files, which are not read; save them as one",
                ));
            }
            (0, 0) => {
                return Err(nothing(
                    "it has no .gguf, model.safetensors or pytorch_model.bin file",
                ));
            }
            (0, _) => return Err(nothing("it has several sentencepiece models; name one of them")),
            _ => return Err(nothing("it has several files of weights; name one of them")),
        }
        // The order of a directory listing differs between machines.
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self {
            name: folder.display().to_string(),
            origin: Origin::Path,
            folder: folder.to_path_buf(),
            entry: None,
            files,
            digests: Arc::clone(digests),
        })
    }

    fn single_file(
        path: &Path,
        catalog: &Catalog,
        digests: &Arc<Digests>,
    ) -> Result<Self, StoreError> {
        let nothing = |reason| StoreError::NoModelAtPath { path: path.to_path_buf(), reason };
        let metadata = std::fs::metadata(path).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => nothing("there is no such file or folder"),
            _ => StoreError::Io { action: "read", path: path.to_path_buf(), source },
        })?;
        let role = match () {
            () if is_gguf(path) => "weights",
            () if is_pieces(path) => "pieces",
            () => return Err(nothing("a single file must be a .gguf or a .model file")),
        };
        // Only a file of the right length is worth reading for its checksum.
        let alike = |known: &&ModelEntry| matches!(known.files.as_slice(), [only] if only.bytes == metadata.len());
        let candidates: Vec<_> = catalog.iter().filter(|known| alike(&&*known.entry)).collect();
        let digest = match candidates.as_slice() {
            [] => None,
            _ => digests.open(path, None).ok().map(|(_, digest)| digest),
        };
        let recognised = candidates.into_iter().find(|known| {
            known.entry.files.iter().any(|file| Some(&file.sha256) == digest.as_ref())
        });
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let place = Place::Path(path.to_path_buf());
        let role = role.to_owned();
        Ok(Self {
            name: recognised
                .map_or_else(|| path.display().to_string(), |known| known.entry.name.clone()),
            origin: Origin::Path,
            folder: path.parent().map(Path::to_path_buf).unwrap_or_default(),
            entry: recognised.map(|known| Arc::clone(&known.entry)),
            files: vec![PlacedFile { role, name, place, expected: None }],
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
        let expected = file.expected.as_ref();
        match &file.place {
            Place::Path(path) => {
                let (reader, sha256) =
                    self.digests.open(path, expected).map_err(|error| match error {
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
}

fn placed(file: &CatalogFile, place: Place) -> PlacedFile {
    PlacedFile {
        role: file.role.clone(),
        name: file.name.clone(),
        place,
        expected: Some(Expected { bytes: file.bytes, sha256: file.sha256.clone() }),
    }
}

fn is_gguf(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gguf"))
}

fn is_pieces(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("model"))
        || path.file_name().is_some_and(|name| PIECES_BY_NAME.iter().any(|known| name == *known))
}
