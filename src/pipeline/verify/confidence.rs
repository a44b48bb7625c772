//! Likeness and doubts to probabilities.
//!
//! Owns: what is counted, and the weights of two logistic models: whether the best segment bears the claim out as far as
//! likeness tells, and whether the claim is true.
//! Source: logistic regression, fitted by `examples/fit_claims.rs` on the development part of `tests/data/claims` and on
//! generated claims.

use super::super::attribute::Support;
use super::super::reliability::logistic;
use super::facts::Findings;
use crate::domain::{Agreement, Doubt, DoubtKind, FactKind, Severity};

/// How many features there are.
pub const FEATURES: usize = 11;
/// What each feature is.
pub const NAMES: [&str; FEATURES] = [
    "always 1",
    "cosine through English",
    "cosine across",
    "share of the claim's words",
    "rank ahead of the next segment",
    "facts borne out, of 3 at most",
    "facts of numbers and dates not borne out, of 2 at most",
    "names not borne out, of 2 at most",
    "negation, roles or opposites differ",
    "modality differs",
    "other doubts, of 2 at most",
];
/// The first features are likeness alone.
const LIKENESS: usize = 5;

/// Weights of both models, in the order of [`NAMES`]; those behind likeness are 0 in the first.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// Whether the best segment is about what the claim says.
    pub support: [f32; FEATURES],
    /// Whether the claim is true.
    pub confidence: [f32; FEATURES],
}

impl Default for Weights {
    #[rustfmt::skip]
    fn default() -> Self {
        Self {
            support: [-3.364, 3.494, 2.714, 3.477, 2.342, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
            confidence: [-0.870, 1.756, 1.513, -1.918, 2.125, 0.108, -3.559, -3.783, -4.613, -2.600, -1.591],
        }
    }
}

impl Weights {
    /// Probability, 0 to 1, that the best segment is about what the claim says.
    pub(super) fn support(&self, features: &[f32; FEATURES]) -> f32 {
        logistic(&self.support, features)
    }

    /// Probability, 0 to 1, that the evidence bears the claim out.
    pub(super) fn confidence(&self, features: &[f32; FEATURES]) -> f32 {
        logistic(&self.confidence, features)
    }
}

/// The features of a claim.
pub(super) fn features(
    ranked: &[Support],
    findings: &Findings,
    doubts: &[Doubt],
) -> [f32; FEATURES] {
    let Some(best) = ranked.first() else { return [0.0; FEATURES] };
    let ahead = ranked.get(1).map_or(best.rank, |second| best.rank - second.rank);
    let missing = |wanted: fn(FactKind) -> bool| {
        let of_kind = findings.facts.iter().filter(|f| wanted(f.check.kind) && !f.is_borne_out());
        of_kind.count()
    };
    let same = findings.facts.iter().filter(|f| f.check.agreement == Agreement::Same).count();
    let others = doubts.iter().filter(|doubt| !matches!(doubt.kind, DoubtKind::Fact(_)));
    let is_name = |kind| kind == FactKind::Name;
    let turned = |kind| matches!(kind, FactKind::Negation | FactKind::Role | FactKind::Opposite);
    let modal = |kind| kind == FactKind::Modality;
    let quantity = |kind: FactKind| kind != FactKind::Name && !kind.is_turn();
    [
        1.0,
        best.through_english,
        best.across,
        best.words,
        ahead,
        capped(same, 3),
        capped(missing(quantity), 2),
        capped(missing(is_name), 2),
        capped(missing(turned), 1),
        capped(missing(modal), 1),
        capped(others.filter(|d| d.severity == Severity::Missing).count(), 2),
    ]
}

#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn capped(count: usize, most: usize) -> f32 {
    count.min(most) as f32
}

impl Weights {
    /// How many of the features the first model sees.
    #[must_use]
    pub fn likeness() -> usize {
        LIKENESS
    }
}
