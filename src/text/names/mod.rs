//! Names across two scripts.
//!
//! Owns: which words are names, how they are spelt in Arabic, and whether those of a claim stand in its evidence.
//! In: a claim, Arabic evidence, its English where it is known. Out: facts and checks with spans of those texts.
//! Never: a guess about a word that may have been translated.

mod arabic;
mod check;
mod english;
pub(in crate::text) mod letters;
mod lexicon;
mod peoples;
mod repeated;
mod seats;
mod spellings;
mod spot;
#[cfg(test)]
mod tests;
mod translit;

pub use repeated::{RepeatedName, repeated_names};
pub(in crate::text) use repeated::{arabic_skeletons, latin_skeleton};

use crate::domain::{Fact, FactCheck, FactKind};

/// Names of an English text (people, places, organisations), in order.
///
/// Runs of capitalised words; not ordinary words that open a sentence, titles, days, months, peoples.
#[must_use]
pub fn names(text: &str) -> Vec<Fact> {
    spot::find(text)
        .into_iter()
        .map(|name| Fact { kind: FactKind::Name, span: name.span })
        .collect()
}

/// Holds each name of `claim` (English) against the Arabic evidence, by transliteration distance and known exonyms, and
/// against `english`, the translation of that evidence, where it is given.
///
/// A name found in neither is `Absent`, or `Differs` with the span of the Arabic name that is left over in its place. A
/// name whose family name alone is there is `Near`. Names of ordinary words, which are translated, and unknown
/// acronyms get a check only if `english` is given.
#[must_use]
pub fn compare(claim: &str, evidence: &str, english: Option<&str>) -> Vec<FactCheck> {
    check::compare(claim, evidence, english)
}

/// Holds the names of an Arabic claim against Arabic evidence: normalised words without their prefixes, and exonyms.
#[must_use]
pub fn compare_arabic(claim: &str, evidence: &str) -> Vec<FactCheck> {
    arabic::compare(claim, evidence)
}

/// Words of an Arabic `text` that are probably names, in order: known ones, those behind titles and verbs of speech, and
/// those that answer to a name of `english`.
#[must_use]
pub fn arabic_names(text: &str, english: &str) -> Vec<Fact> {
    arabic::find(text, english)
}

/// Whether the claim has a name in another's place: it does not name somebody or something that `english` does, or it
/// retells `english` and no pronoun has become a name. A name that stands in a sentence near by is no excuse then.
#[must_use]
pub fn leaves_a_name_out(claim: &str, english: &str) -> bool {
    english::is_left_out(claim, english)
}
