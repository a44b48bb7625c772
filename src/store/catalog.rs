//! All models the program knows.
//!
//! Owns: reading catalog files, and which of two files with one name counts.
//! In: the files compiled in, and those in `catalog/` of the model folders. Out: entries by name.
//! Never: the models' files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::entry::{ModelEntry, Role};
use super::error::StoreError;
use super::locations::Location;

macro_rules! built_in {
    ($($name:literal),+ $(,)?) => {
        [$((
            concat!($name, ".toml"),
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/catalog/", $name, ".toml")),
        )),+]
    };
}

/// Catalog files compiled in, so that the program knows its models wherever it is run from.
const BUILT_IN: [(&str, &str); 28] = built_in![
    "flan-t5-large",
    "gemma-3-12b-it",
    "gemma-3-1b-it",
    "gemma-3-270m-it",
    "gemma-3-4b-it",
    "gemma3-270m-base",
    "isnad-ar-en",
    "labse",
    "madlad400-3b-mt",
    "mt5-multilingual-xlsum",
    "multilingual-e5-base",
    "multilingual-e5-small",
    "nllb-200-distilled-600m",
    "opus-mt-ar-en",
    "opus-mt-tc-big-ar-en",
    "paraphrase-multilingual-minilm",
    "qwen2.5-0.5b-instruct",
    "qwen2.5-1.5b-instruct",
    "qwen2.5-3b-instruct",
    "qwen2.5-7b-instruct",
    "qwen2.5-coder-0.5b-instruct",
    "qwen2.5-coder-1.5b-instruct",
    "qwen3-0.6b",
    "qwen3-1.7b",
    "qwen3-4b",
    "qwen3-8b",
    "usem3-ar-en",
    "xlm-roberta-large-xnli",
];

/// An entry and the file it came from.
#[derive(Clone, Debug)]
pub struct Known {
    /// What the file says.
    pub entry: Arc<ModelEntry>,
    /// The catalog file; `None` if it is compiled in.
    pub file: Option<PathBuf>,
}

/// The models by name.
#[derive(Clone, Debug)]
pub struct Catalog {
    models: BTreeMap<String, Known>,
}

impl Catalog {
    /// The catalog compiled in.
    ///
    /// # Errors
    /// [`StoreError::Catalog`] if a built-in file is malformed, which a test rules out.
    pub fn built_in() -> Result<Self, StoreError> {
        let mut models = BTreeMap::new();
        for (file, text) in BUILT_IN {
            let entry = Arc::new(parse(Path::new(file), text)?);
            models.insert(entry.name.clone(), Known { entry, file: None });
        }
        Ok(Self { models })
    }

    /// The catalog compiled in, with the files in `catalog/` of each location laid over it.
    ///
    /// A file of an earlier location counts before one of a later location, and every file before
    /// the one compiled in.
    ///
    /// # Errors
    /// [`StoreError::Catalog`] for a malformed file, [`StoreError::Io`] for an unreadable one.
    pub fn load(locations: &[Location]) -> Result<Self, StoreError> {
        let mut catalog = Self::built_in()?;
        for location in locations.iter().rev() {
            for file in toml_files(&location.folder.join("catalog"))? {
                let text = std::fs::read_to_string(&file).map_err(|source| StoreError::Io {
                    action: "read",
                    path: file.clone(),
                    source,
                })?;
                let entry = Arc::new(parse(&file, &text)?);
                let known = Known { entry: Arc::clone(&entry), file: Some(file) };
                catalog.models.insert(entry.name.clone(), known);
            }
        }
        Ok(catalog)
    }

    /// The model called `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Known> {
        self.models.get(name)
    }

    /// All models, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Known> {
        self.models.values()
    }

    /// The models for `role`, by name.
    pub fn of_role(&self, role: Role) -> impl Iterator<Item = &Known> {
        self.iter().filter(move |known| known.entry.role == role)
    }

    /// All names, in order.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.models.keys().cloned().collect()
    }
}

/// Reads one catalog file; `file` is for the message and for the name the entry must have.
///
/// # Errors
/// [`StoreError::Catalog`] with the line at fault.
pub fn parse(file: &Path, text: &str) -> Result<ModelEntry, StoreError> {
    let fault = |line, message| StoreError::Catalog { file: file.to_path_buf(), line, message };
    let entry: ModelEntry = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        fault(line_at(text, at), error.message().to_owned())
    })?;
    let stem = file.file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default();
    entry.check(&stem).map_err(|(key, message)| fault(line_of(text, key), message))?;
    Ok(entry)
}

fn line_at(text: &str, byte: usize) -> usize {
    1 + text.bytes().take(byte).filter(|&b| b == b'\n').count()
}

/// The line that starts with `key`; 1 if there is none. Of several tables alike, the last.
fn line_of(text: &str, key: &str) -> usize {
    let mut lines = text.lines().enumerate().filter(|(_, line)| line.starts_with(key));
    let found = if key.starts_with("[[") { lines.last() } else { lines.next() };
    found.map_or(1, |(index, _)| index + 1)
}

/// The `.toml` files of a folder, by name; none if there is no such folder.
fn toml_files(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let unreadable = |source| StoreError::Io { action: "read", path: folder.to_path_buf(), source };
    let listing = match std::fs::read_dir(folder) {
        Ok(listing) => listing,
        // `NotADirectory` as well: a location may be something else altogether.
        Err(error) if is_absent(&error) => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(error)),
    };
    let mut files = Vec::new();
    for item in listing {
        let path = item.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use std::path::Path;

    use super::{BUILT_IN, Catalog, parse, toml_files};
    use crate::store::StoreError;

    fn good() -> String {
        let (_, text) =
            BUILT_IN.iter().find(|(file, _)| file.starts_with("qwen2.5-coder-0")).unwrap();
        (*text).to_owned()
    }

    fn fault(text: &str) -> (usize, String) {
        match parse(Path::new("qwen2.5-coder-0.5b-instruct.toml"), text) {
            Err(StoreError::Catalog { line, message, .. }) => (line, message),
            other => panic!("expected a catalog error, got {other:?}"),
        }
    }

    fn line_with(text: &str, part: &str) -> usize {
        1 + text.lines().position(|line| line.contains(part)).unwrap()
    }

    #[test]
    fn every_catalog_file_is_compiled_in_and_sound() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/catalog");
        let on_disk: Vec<String> = toml_files(&folder)
            .unwrap()
            .iter()
            .map(|file| file.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(on_disk, BUILT_IN.map(|(file, _)| file.to_owned()));
        assert_eq!(Catalog::built_in().unwrap().names().len(), BUILT_IN.len());
    }

    #[test]
    fn a_misspelt_field_is_reported_with_its_line() {
        let text = good().replace("revision =", "revison =");
        let (line, message) = fault(&text);
        assert_eq!(line, line_with(&text, "revison ="));
        assert!(message.contains("revison"), "{message}");
    }

    #[test]
    fn a_value_out_of_range_is_reported_with_its_line() {
        for (from, to) in [
            ("beam_width = 1", "beam_width = 0"),
            ("length_penalty = 1.0", "length_penalty = -1.0"),
            ("sha256 = \"1d96", "sha256 = \"1D96"),
            ("name = \"qwen2.5-coder-0.5b-instruct-q4_k_m.gguf\"", "name = \"../x.gguf\""),
            ("repository = \"Qwen/", "repository = \"../"),
            ("revision = \"main\"", "revision = \"../x\""),
        ] {
            let text = good().replace(from, to);
            assert_eq!(fault(&text).0, line_with(&text, to), "{to}");
        }
    }

    #[test]
    fn what_no_single_field_shows_is_reported_with_its_line() {
        let text = good();
        let renamed = text.replacen("0.5b", "0.6b", 1);
        assert_eq!(fault(&renamed).0, 1);
        let file: String = text.split("\n\n").nth(2).unwrap().to_owned();
        assert!(file.starts_with("[[file]]"), "{file}");
        let twice = format!("{text}\n{file}\n");
        let (line, message) = fault(&twice);
        assert!(message.contains("share the role"), "{message}");
        assert_eq!(twice.lines().nth(line - 1), Some("[[file]]"));
        let aimless = text.replace("[prompt.chat]\ninstruction", "# ");
        assert!(fault(&aimless).1.contains("needs [prompt"));
    }
}
