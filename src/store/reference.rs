//! Models of the hub by their own names: `hf:OWNER/REPOSITORY[@REVISION][:PATTERN]`.
//!
//! Owns: that form, and the folder such a model is kept in.
//! In: what was typed. Out: a [`Reference`] whose parts are safe as addresses and as file names.
//! Never: the network.

use std::fmt;
use std::str::FromStr;

use super::entry::{HubSource, is_plain};
use super::verify::sha256_of_bytes;

/// Before every such name.
pub(super) const PREFIX: &str = "hf:";
/// The revision if none is named.
const MAIN: &str = "main";

/// A model of the hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    /// Repository, revision, and the pattern that its weights must fit.
    pub(super) source: HubSource,
}

impl FromStr for Reference {
    /// What is wrong.
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rest = text.strip_prefix(PREFIX).unwrap_or(text);
        let (rest, weights) = match rest.split_once(':') {
            Some((_, "")) => return Err("nothing stands behind the last `:`"),
            Some((rest, pattern)) if pattern.contains("..") || pattern.contains('\\') => {
                let _ = rest;
                return Err("a pattern holds no `..` and no backslash");
            }
            Some((rest, pattern)) => (rest, Some(pattern.to_owned())),
            None => (rest, None),
        };
        let (repository, revision) = rest.split_once('@').unwrap_or((rest, MAIN));
        let parts: Vec<&str> = repository.split('/').collect();
        if parts.len() != 2 || !parts.iter().all(|part| is_plain(part)) {
            return Err("a repository is written `owner/name`");
        }
        if !revision.split('/').all(is_plain) {
            return Err("a revision is a branch, a tag or a commit");
        }
        let (repository, revision) = (repository.to_owned(), revision.to_owned());
        Ok(Self { source: HubSource { repository, revision, weights } })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.source.repository)?;
        if self.source.revision != MAIN {
            write!(f, "@{}", self.source.revision)?;
        }
        self.source.weights.as_ref().map_or(Ok(()), |pattern| write!(f, ":{pattern}"))
    }
}

impl Reference {
    /// The name of its folder: two references share one only if they mean the same files.
    pub(super) fn folder(&self) -> String {
        let mut name = format!("hf--{}--{}", self.source.repository, self.source.revision);
        name = name.replace('/', "--");
        if let Some(pattern) = &self.source.weights {
            let digest = sha256_of_bytes(pattern.as_bytes());
            name.push_str("--");
            name.extend(digest.chars().take(8));
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::Reference;

    fn parse(text: &str) -> Result<Reference, &'static str> {
        text.parse()
    }

    #[test]
    fn a_name_of_the_hub_has_a_repository_a_revision_and_a_pattern() -> Result<(), &'static str> {
        let plain = parse("hf:Helsinki-NLP/opus-mt-ar-en")?;
        assert_eq!(plain.source.revision, "main");
        assert_eq!(plain.folder(), "hf--Helsinki-NLP--opus-mt-ar-en--main");
        let full = parse("hf:Qwen/Qwen2.5-3B-Instruct-GGUF@refs/pr/1:*q4_k_m.gguf")?;
        assert_eq!(full.source.revision, "refs/pr/1");
        assert_eq!(full.source.weights.as_deref(), Some("*q4_k_m.gguf"));
        assert!(full.folder().starts_with("hf--Qwen--Qwen2.5-3B-Instruct-GGUF--refs--pr--1--"));
        for text in ["hf:Helsinki-NLP/opus-mt-ar-en", "hf:a/b@c", "hf:a/b:*.gguf"] {
            assert_eq!(parse(text)?.to_string(), text);
        }
        Ok(())
    }

    #[test]
    fn other_patterns_and_revisions_have_other_folders() -> Result<(), &'static str> {
        let names = ["hf:a/b", "hf:a/b@c", "hf:a/b:*4*", "hf:a/b:*8*"];
        let mut folders = names
            .map(|name| parse(name).map(|reference| reference.folder()))
            .into_iter()
            .collect::<Result<Vec<_>, _>>()?;
        folders.sort();
        folders.dedup();
        assert_eq!(folders.len(), 4);
        Ok(())
    }

    #[test]
    fn what_could_leave_a_folder_or_an_address_is_refused() {
        for text in [
            "hf:",
            "hf:a",
            "hf:a/b/c",
            "hf:../b",
            "hf:a/..",
            "hf:a/b@",
            "hf:a/b@../c",
            "hf:a/b@x?y",
            "hf:a/b:",
            "hf:a/b:../*",
            "hf:a b/c",
            "hf:/b",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
