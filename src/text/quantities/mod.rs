//! Quantities of Arabic and English texts: numbers, percentages, sums of money, measures, dates and times.
//!
//! Owns: how they are written in both languages, and when two of them agree.
//! In: a text and its language, or a claim and its evidence. Out: facts and checks with spans of those texts.
//! Never: names; conversion between calendars or currencies.

mod arabic_words;
mod compare;
mod dates;
mod derived;
mod english_words;
mod lexicon;
mod numerals;
mod read;
#[cfg(test)]
mod tests;
mod token;
mod unit_words;
mod value;

use self::read::readings;
use self::token::Tokens;
use self::value::Strength;
use crate::domain::{Fact, FactCheck, Language};

/// Numbers, percentages, sums of money, measures, dates and times of `text`, in order, never overlapping.
#[must_use]
pub fn facts(text: &str, language: Language) -> Vec<Fact> {
    let tokens = Tokens::of(text, language);
    let stated = readings(&tokens).into_iter().filter(|reading| reading.strength != Strength::Hint);
    stated
        .filter_map(|reading| {
            let span = tokens.span(text, reading.first, reading.end)?;
            Some(Fact { kind: reading.value.kind(), span })
        })
        .collect()
}

/// Holds each quantity and date of `claim` against `evidence`. One check a fact of the claim, in order.
///
/// A word that often states no number ("one", "first", "half", "today") is contradicted only by another number in its
/// place; where the evidence is silent its check is [`Near`](crate::domain::Agreement::Near) without a span.
#[must_use]
pub fn compare(
    claim: &str,
    claim_language: Language,
    evidence: &str,
    evidence_language: Language,
) -> Vec<FactCheck> {
    let (claim_tokens, evidence_tokens) =
        (Tokens::of(claim, claim_language), Tokens::of(evidence, evidence_language));
    let mut stated = readings(&claim_tokens);
    stated.retain(|reading| reading.strength != Strength::Hint);
    let support = readings(&evidence_tokens);
    let answers = compare::answers(&stated, &support);
    stated
        .iter()
        .zip(answers)
        .filter_map(|(reading, (agreement, answer))| {
            let span = claim_tokens.span(claim, reading.first, reading.end)?;
            let found = answer
                .and_then(|index| support.get(index))
                .and_then(|reading| evidence_tokens.span(evidence, reading.first, reading.end));
            Some(FactCheck { kind: reading.value.kind(), claim: span, evidence: found, agreement })
        })
        .collect()
}
