//! Things a text states that can be held against another text: numbers, dates, names, negation.
//!
//! Owns: their kinds, and how one of a claim stands in its evidence.
//! Never: how they are written in any language.

use serde::{Deserialize, Serialize};

use super::ByteSpan;

/// What kind of thing a stretch of text states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FactKind {
    /// A number without a unit, in digits or in words, cardinal or ordinal.
    Number,
    /// A share of a hundred.
    Percentage,
    /// A sum in a currency.
    Money,
    /// A number with a unit of measure.
    Measure,
    /// A day, month, year or time of day, in any calendar.
    Date,
    /// The name of a person, place or organisation.
    Name,
    /// That something is not so, or is denied.
    Negation,
    /// That something may be so, or is alleged or planned.
    Modality,
    /// Who does what to whom.
    Role,
    /// A word of which another text has the opposite.
    Opposite,
}

impl FactKind {
    /// Whether it is about how something is said to be so, and not a value or a name: listed only where two texts differ.
    #[must_use]
    pub fn is_turn(self) -> bool {
        matches!(self, Self::Negation | Self::Modality | Self::Role | Self::Opposite)
    }

    /// The kind in one word, as in the saved form.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Percentage => "percentage",
            Self::Money => "money",
            Self::Measure => "measure",
            Self::Date => "date",
            Self::Name => "name",
            Self::Negation => "negation",
            Self::Modality => "modality",
            Self::Role => "role",
            Self::Opposite => "opposite",
        }
    }
}

/// A stretch of a text that states something checkable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What it states.
    pub kind: FactKind,
    /// Where, in the text it was found in.
    pub span: ByteSpan,
}

/// How a fact of a claim stands in the evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Agreement {
    /// It stands there.
    Same,
    /// It stands there rounded, less exactly, or as a vague word ("dozens").
    Near,
    /// Another value of its kind stands in its place.
    Differs,
    /// Nothing there answers to it.
    Absent,
}

impl Agreement {
    /// Whether the evidence bears the fact out, be it less exactly.
    #[must_use]
    pub fn is_borne_out(self) -> bool {
        matches!(self, Self::Same | Self::Near)
    }
}

/// A fact of a claim, held against the evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactCheck {
    /// What it states.
    pub kind: FactKind,
    /// Where it stands in the claim.
    pub claim: ByteSpan,
    /// What answers to it in the evidence, or stands in its place.
    pub evidence: Option<ByteSpan>,
    /// How they agree.
    pub agreement: Agreement,
}
