//! Where models are looked for, and in which order.
//!
//! Owns: the names of the folders and of the environment variables that point at them.
//! In: an [`Environment`], a value, so that a test can make one. Out: folders with their origin.
//! Never: what is inside a model's folder.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::Serialize;

/// Folders of models, as a list in the system's `PATH` form.
pub const MODELS_VARIABLE: &str = "ISNAD_MODELS";
/// Address of the hub, if not the usual one.
pub const ENDPOINT_VARIABLE: &str = "HF_ENDPOINT";
/// Token sent to the hub.
pub const TOKEN_VARIABLE: &str = "HF_TOKEN";
/// Folder of the hub's own cache and token file.
pub const HOME_VARIABLE: &str = "HF_HOME";
/// Forbids the network if true.
pub const OFFLINE_VARIABLE: &str = "HF_HUB_OFFLINE";

const READ: [&str; 5] =
    [MODELS_VARIABLE, ENDPOINT_VARIABLE, TOKEN_VARIABLE, HOME_VARIABLE, OFFLINE_VARIABLE];
const HUB: &str = "https://huggingface.co";
/// `target/debug/deps/x` lies three folders below the one that holds `models`.
const BUILD_TREE_LEVELS: usize = 3;

/// What this room needs to know of the machine.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// Environment variables; the five named in this file are read.
    pub variables: BTreeMap<String, OsString>,
    /// The running program, symbolic links followed.
    pub executable: Option<PathBuf>,
    /// The user's data folder, without our name (`~/.local/share` on Linux).
    pub data: Option<PathBuf>,
    /// The user's home folder.
    pub home: Option<PathBuf>,
}

impl std::fmt::Debug for Environment {
    /// Names the variables without their values: one of them is a token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment")
            .field("variables", &self.variables.keys().collect::<Vec<_>>())
            .field("executable", &self.executable)
            .field("data", &self.data)
            .field("home", &self.home)
            .finish()
    }
}

/// How a folder came to be searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Named in `ISNAD_MODELS`.
    Variable,
    /// `models` beside the program.
    BesideProgram,
    /// `share/isnad/models` of the prefix the program is installed in.
    Share,
    /// `models` of the source tree the program was built in.
    BuildTree,
    /// The user's data folder: where downloads go.
    UserData,
    /// Compiled into the program.
    Embedded,
    /// Given as a path.
    Path,
}

/// A folder that may hold models.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Location {
    /// Why it is searched.
    pub origin: Origin,
    /// The folder; it need not exist.
    pub folder: PathBuf,
}

impl Environment {
    /// The machine as it is.
    #[must_use]
    pub fn current() -> Self {
        let variables = READ
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), std::env::var_os(name)?)))
            .collect();
        let executable = std::env::current_exe().ok();
        Self {
            variables,
            executable: executable.map(|path| path.canonicalize().unwrap_or(path)),
            data: dirs::data_dir(),
            home: dirs::home_dir(),
        }
    }

    /// A variable that is set, is text and is not blank.
    fn text(&self, name: &str) -> Option<&str> {
        let value = self.variables.get(name)?.to_str()?.trim();
        (!value.is_empty()).then_some(value)
    }

    /// Address of the hub, without a slash at its end.
    #[must_use]
    pub fn hub_endpoint(&self) -> String {
        self.text(ENDPOINT_VARIABLE).unwrap_or(HUB).trim_end_matches('/').to_owned()
    }

    /// Token for the hub: `HF_TOKEN`, else the token file of the hub's own tools.
    #[must_use]
    pub fn hub_token(&self) -> Option<String> {
        self.text(TOKEN_VARIABLE).map(str::to_owned).or_else(|| {
            let token = std::fs::read_to_string(self.hub_home()?.join("token")).ok()?;
            let token = token.trim();
            (!token.is_empty()).then(|| token.to_owned())
        })
    }

    /// Files that the hub's own tools have downloaded.
    #[must_use]
    pub fn hub_cache(&self) -> Option<PathBuf> {
        self.hub_home().map(|home| home.join("hub"))
    }

    fn hub_home(&self) -> Option<PathBuf> {
        let named = self.variables.get(HOME_VARIABLE).filter(|value| !value.is_empty());
        match named {
            Some(named) => Some(PathBuf::from(named)),
            None => self.home.as_ref().map(|home| home.join(".cache").join("huggingface")),
        }
    }

    /// Whether `HF_HUB_OFFLINE` forbids the network.
    #[must_use]
    pub fn is_offline(&self) -> bool {
        self.text(OFFLINE_VARIABLE).is_some_and(|value| {
            ["1", "true", "yes", "on"].iter().any(|yes| value.eq_ignore_ascii_case(yes))
        })
    }

    /// Where downloads are kept.
    #[must_use]
    pub fn downloads(&self) -> Option<PathBuf> {
        self.data.as_ref().map(|data| data.join("isnad").join("models"))
    }

    /// The folders to search, first one first. A folder is named once, with its first origin.
    #[must_use]
    pub fn locations(&self) -> Vec<Location> {
        let mut found: Vec<Location> = Vec::new();
        let mut add = |origin, folder: PathBuf| {
            if found.iter().all(|location| location.folder != folder) {
                found.push(Location { origin, folder });
            }
        };
        if let Some(list) = self.variables.get(MODELS_VARIABLE) {
            let folders = std::env::split_paths(list).filter(|path| !path.as_os_str().is_empty());
            folders.for_each(|folder| add(Origin::Variable, folder));
        }
        if let Some(beside) = self.executable.as_deref().and_then(Path::parent) {
            add(Origin::BesideProgram, beside.join("models"));
            if let Some(prefix) = beside.parent() {
                add(Origin::Share, prefix.join("share").join("isnad").join("models"));
            }
            let above = beside.ancestors().skip(1).take(BUILD_TREE_LEVELS);
            // The last ancestor of a relative path is empty, which would mean the working folder.
            for ancestor in above.filter(|ancestor| !ancestor.as_os_str().is_empty()) {
                let models = ancestor.join("models");
                // A folder that is merely called `models` is not ours: ours has a catalog.
                if models.join("catalog").is_dir() {
                    add(Origin::BuildTree, models);
                }
            }
        }
        if let Some(downloads) = self.downloads() {
            add(Origin::UserData, downloads);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Environment, MODELS_VARIABLE, OFFLINE_VARIABLE, Origin, TOKEN_VARIABLE};

    fn with(name: &str, value: &str) -> Environment {
        let variables = [(name.to_owned(), value.into())].into_iter().collect();
        Environment { variables, ..Environment::default() }
    }

    #[test]
    fn folders_are_searched_from_the_most_to_the_least_deliberate() {
        let folders = [PathBuf::from("first"), PathBuf::from("second")];
        let list = std::env::join_paths(&folders).unwrap_or_default();
        let mut environment = with(MODELS_VARIABLE, &list.to_string_lossy());
        environment.executable = Some(PathBuf::from("prefix").join("bin").join("isnad"));
        environment.data = Some(PathBuf::from("data"));
        let origins: Vec<Origin> = environment.locations().iter().map(|l| l.origin).collect();
        let expected = [
            Origin::Variable,
            Origin::Variable,
            Origin::BesideProgram,
            Origin::Share,
            Origin::UserData,
        ];
        assert_eq!(origins, expected);
    }

    #[test]
    fn an_environment_without_anything_searches_nowhere() {
        assert!(Environment::default().locations().is_empty());
        assert!(with(MODELS_VARIABLE, "").locations().is_empty());
    }

    #[test]
    fn offline_is_on_for_the_words_the_hub_tools_take() {
        for on in ["1", "true", "YES", "on"] {
            assert!(with(OFFLINE_VARIABLE, on).is_offline(), "{on}");
        }
        for off in ["0", "false", "", "no"] {
            assert!(!with(OFFLINE_VARIABLE, off).is_offline(), "{off}");
        }
    }

    #[test]
    fn the_token_is_not_in_the_debug_text() {
        let text = format!("{:?}", with(TOKEN_VARIABLE, "hf_secret"));
        assert!(text.contains(TOKEN_VARIABLE) && !text.contains("hf_secret"), "{text}");
    }
}
