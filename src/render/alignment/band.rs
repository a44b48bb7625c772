//! How sure a bead is, in steps that a reader can tell apart.
//!
//! Owns: the borders between the steps and their names. In: a bead. Out: its step.
//! Never: a probability of its own.

use serde::Serialize;

use crate::domain::{Alignment, Bead};

/// Below this a bead counts as unsure, where the settings name no `min-confidence`.
const UNSURE: f64 = 0.5;
/// From here on a bead is likely.
const LIKELY: f64 = 0.7;
/// From here on a bead is sure.
const SURE: f64 = 0.9;

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Band {
    Sure,
    Likely,
    Fair,
    Unsure,
    Rejected,
    /// One side is empty; its probability says how sure it is that nothing belongs there.
    Gap,
}

impl Band {
    pub(super) const ALL: [Self; 6] =
        [Self::Sure, Self::Likely, Self::Fair, Self::Unsure, Self::Rejected, Self::Gap];

    pub(super) fn of(bead: &Bead, unsure_below: f64) -> Self {
        match (bead.rejected, bead.is_gap()) {
            (true, _) => Self::Rejected,
            (false, true) => Self::Gap,
            (false, false) => Self::of_probability(bead.probability, unsure_below),
        }
    }

    /// The step of a bead that joins both texts and was not rejected.
    pub(super) fn of_probability(probability: f64, unsure_below: f64) -> Self {
        match probability {
            p if p < unsure_below => Self::Unsure,
            p if p < LIKELY => Self::Fair,
            p if p < SURE => Self::Likely,
            _ => Self::Sure,
        }
    }

    /// Its class in the style sheet.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Sure => "sure",
            Self::Likely => "likely",
            Self::Fair => "fair",
            Self::Unsure => "unsure",
            Self::Rejected => "rejected",
            Self::Gap => "gap",
        }
    }

    /// What it means, for a legend.
    pub(super) fn meaning(self, unsure_below: f64) -> String {
        match self {
            Self::Sure => format!("sure, from {SURE:.2}"),
            Self::Likely => format!("likely, from {LIKELY:.2}"),
            Self::Fair => "fair".to_owned(),
            Self::Unsure => format!("unsure, below {unsure_below:.2}"),
            Self::Rejected => "rejected".to_owned(),
            Self::Gap => "no counterpart".to_owned(),
        }
    }
}

/// The probability below which a bead is unsure: the setting `min-confidence`, or a half.
pub(super) fn unsure_below(alignment: &Alignment) -> f64 {
    let mut settings = alignment.signature.settings.iter();
    let asked = settings.find(|(name, _)| name == "min-confidence");
    let asked = asked.and_then(|(_, value)| value.parse::<f64>().ok());
    asked.filter(|value| *value > 0.0 && *value <= 1.0).unwrap_or(UNSURE)
}
