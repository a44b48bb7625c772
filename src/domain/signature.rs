//! The recipe of a result: a number or text without it cannot be made again.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One model that took part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelSignature {
    /// What it was used for: `translator`, `embedder`, …
    pub role: String,
    /// Its catalog name or path.
    pub name: String,
    /// SHA-256 of its weights file, lower-case hexadecimal.
    pub sha256: String,
    /// The same of the adapter that corrects them, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adapter_sha256: Option<String>,
}

impl ModelSignature {
    /// The first eight digits of the checksums, enough to tell weights apart: `6b4d50a5`, `6b4d50a5+71c0e9d2` with an adapter.
    #[must_use]
    pub fn short_sha256(&self) -> String {
        let short = |sha256: &str| sha256.get(..8).unwrap_or(sha256).to_owned();
        match &self.adapter_sha256 {
            Some(adapter) => format!("{}+{}", short(&self.sha256), short(adapter)),
            None => short(&self.sha256),
        }
    }

    /// The whole checksums, for a reader who means to compare them: those of the weights, then of the adapter.
    #[must_use]
    pub fn checksums(&self) -> String {
        match &self.adapter_sha256 {
            Some(adapter) => format!("{}, adapter {adapter}", self.sha256),
            None => self.sha256.clone(),
        }
    }
}

/// Models, settings and version behind an artifact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The models that took part.
    pub models: Vec<ModelSignature>,
    /// Settings that change the result, as `(name, value)` in a fixed order.
    #[serde(with = "super::ordered_map")]
    pub settings: Vec<(String, String)>,
    /// Version of isnad.
    pub version: String,
}

impl fmt::Display for Signature {
    /// `isnad-ar-en@6b4d50a5 · search:greedy · … · v:0.1.0`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for model in &self.models {
            write!(f, "{}@{} · ", model.name, model.short_sha256())?;
        }
        for (name, value) in &self.settings {
            write!(f, "{name}:{value} · ")?;
        }
        write!(f, "v:{}", self.version)
    }
}
