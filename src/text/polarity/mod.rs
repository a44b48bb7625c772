//! What a text denies or leaves open, and who does what to whom, held against a second text.
//!
//! Owns: negation and modality of Arabic and English, exchanged roles and opposites in English.
//! In: a claim and its evidence. Out: facts and checks with spans of these texts.
//! Never: models; a marker is reported only where both sides can be seen to tell the same thing.

mod compare;
mod lexicon;
mod opposites;
mod reading;
mod roles;
#[cfg(test)]
mod tests;
mod verbs;

use super::normalize::{Profile, normalize};
use crate::domain::{Fact, FactCheck, FactKind, Language};
use lexicon::Level;
use reading::{Reading, Token};

/// Negations and modalities of `text`, in order; kinds negation and modality.
///
/// Two negations that stand together ("did not deny") and phrases that only look like one ("not only") are left out, and so
/// are the month of May and قد in front of a perfect.
#[must_use]
pub fn markers(text: &str, language: Language) -> Vec<Fact> {
    let reading = Reading::of(text, language);
    let shown = reading.markers.iter().filter(|marker| marker.level >= Level::Shown);
    shown.filter_map(|m| Some(Fact { kind: m.kind, span: reading.span(text, m)? })).collect()
}

/// Negation or modality that one side has and the other lacks: one check a disagreement, none where the sides agree.
///
/// What the claim adds is [`Absent`](crate::domain::Agreement::Absent), with the marker as its span. What the claim drops
/// [`Differs`](crate::domain::Agreement::Differs): the span is the word of the claim that stands without its negation, and
/// `evidence` is the marker. Something is dropped only where the claim has the word that the evidence denies or weakens, or
/// enough of its surroundings; a sentence has other clauses, which the claim need not tell.
#[must_use]
pub fn compare(
    claim: &str,
    claim_language: Language,
    evidence: &str,
    evidence_language: Language,
) -> Vec<FactCheck> {
    compare::Pair::of((claim, claim_language), (evidence, evidence_language)).checks()
}

/// Words behind a denied word that tell what is denied of what.
const DENIED_OF: usize = 4;

/// Whether a `claim` in English denies a word that the `english` of its evidence has: "did not raise" where that has "raised";
/// or another word of what the evidence has in all its words: "did not speak of aid to Syria" where that has a call about aid
/// to Syria. A claim that tells in its own words what is so may say "did not fall" of what stood.
#[must_use]
pub fn denies_a_word_of(claim: &str, english: &str) -> bool {
    let (ours, theirs) =
        (Reading::of(claim, Language::English), Reading::of(english, Language::English));
    let has = |token: &Token| theirs.tokens.iter().any(|other| other.key == token.key);
    ours.of_kind(FactKind::Negation).filter(|marker| marker.level >= Level::Firm).any(|marker| {
        let scope = ours.scope(marker, DENIED_OF);
        let Some((denied, of)) = scope.split_first() else { return false };
        has(denied) || of.len() > 1 && of.iter().all(|token| has(token))
    })
}

/// Names or nouns of a `claim` in English that have changed places in the `english` of its evidence: "X attacked Y" and "Y
/// attacked X". The span runs from the first to the second of them; kind role.
///
/// Passives with "by" are read as actives. Things in a row ("X and Y") have no roles.
#[must_use]
pub fn compare_roles(claim: &str, english: &str) -> Vec<FactCheck> {
    roles::compare(claim, english)
}

/// The first word of a `claim` in English where the `english` of its evidence has the opposite ("rose" and "fell"), beside the
/// same word and with the half of the claim's words around it; kind opposite. Nothing where only one side denies something.
#[must_use]
pub fn compare_opposites(claim: &str, english: &str) -> Vec<FactCheck> {
    opposites::compare(claim, english)
}

/// One form for the spellings of a word.
fn fold(word: &str) -> String {
    normalize(word, Profile::Match).text().trim().to_owned()
}
