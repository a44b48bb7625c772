//! An article as it was read: immutable text, and what is known about it.

use serde::{Deserialize, Serialize};

/// The language of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Language {
    /// Arabic, right to left.
    Arabic,
    /// English, left to right.
    English,
}

impl Language {
    /// BCP 47 tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Arabic => "ar",
            Self::English => "en",
        }
    }
}

/// What is known about an article beside its text; every field may be unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// Who published it, as written in the article (an agency, a newspaper).
    pub source: Option<String>,
    /// Who wrote it, as written. Absent from saved briefs where it is not known, as it was before there was this field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub byline: Option<String>,
    /// When it was published, as written.
    pub date: Option<String>,
    /// Where it was found.
    pub url: Option<String>,
}

/// An article: its text is kept as it was read and is never normalised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    id: String,
    language: Language,
    text: String,
    /// What is known beside the text.
    pub metadata: Metadata,
}

impl Article {
    /// An article with the given id (a file name, `stdin`, …).
    #[must_use]
    pub fn new(id: impl Into<String>, language: Language, text: impl Into<String>) -> Self {
        Self { id: id.into(), language, text: text.into(), metadata: Metadata::default() }
    }

    /// How the user named it.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The language it is written in.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// The text, byte for byte as decoded.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}
