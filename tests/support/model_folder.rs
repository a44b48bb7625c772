//! The models of this repository, straight from their folders.
//!
//! Owns: the way from a catalog name to the files under `models/`.
//! Never: checksums (`tests/store.rs` has them), models that are not shipped.

use std::fs::File;
use std::path::{Path, PathBuf};

use isnad::ports::{ModelFile, ModelFileError, ModelFiles};

/// The files of one shipped model.
pub(crate) struct ModelFolder {
    folder: PathBuf,
    /// `(role, name)`
    files: Vec<(String, String)>,
}

impl ModelFolder {
    /// The model that `models/catalog/<name>.toml` describes.
    pub(crate) fn of(name: &str) -> Self {
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
        let catalog = std::fs::read_to_string(models.join(format!("catalog/{name}.toml"))).unwrap();
        let files = catalog.split("[[file]]").skip(1);
        let field = |table: &str, key: &str| {
            let line =
                table.lines().find_map(|line| line.strip_prefix(key)?.trim().strip_prefix('='));
            line.unwrap().trim().trim_matches('"').to_owned()
        };
        let files = files.map(|table| (field(table, "role"), field(table, "name"))).collect();
        Self { folder: models.join(name), files }
    }
}

impl ModelFiles for ModelFolder {
    fn open(&self, role: &str) -> Result<ModelFile, ModelFileError> {
        let (_, name) = self.files.iter().find(|(found, _)| found == role).unwrap();
        let path = self.folder.join(name);
        match File::open(&path) {
            Ok(file) => Ok(ModelFile {
                reader: Box::new(file),
                path,
                sha256: format!("{:064x}", name.len()),
            }),
            Err(source) => Err(ModelFileError::Io { path, source }),
        }
    }
}
