//! Whether a translation tells the facts of its source.
//!
//! Owns: what speaks for one of several translations and what against it. In: an Arabic text and English. Out: a count.
//! Never: a verdict; what agrees can be wrong in everything else.

use crate::domain::{FactCheck, Language};
use crate::text::{names, polarity, quantities};

/// Names of the Arabic that the English has, less what disagrees: numbers and dates that only one side has, names of the
/// English that no Arabic word answers to, and negations and modalities of one side alone.
///
/// Counts of translations of one text can be compared, others not.
pub(super) fn fidelity(arabic: &str, english: &str) -> isize {
    let both = |compare: fn(&str, Language, &str, Language) -> Vec<FactCheck>| {
        let made = compare(english, Language::English, arabic, Language::Arabic);
        made.into_iter().chain(compare(arabic, Language::Arabic, english, Language::English))
    };
    let all = both(quantities::compare)
        .chain(names::compare(english, arabic, None))
        .chain(polarity::compare(english, Language::English, arabic, Language::Arabic));
    let against = all.filter(|check| !check.agreement.is_borne_out()).count();
    names::arabic_names(arabic, english).len().cast_signed() - against.cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_translation_that_keeps_more_facts_has_the_higher_count() {
        let arabic = "لم يعلن بوتين عن قتلى بين 42 جنديا في موسكو";
        let of = |english| fidelity(arabic, english);
        let right = of("Putin did not announce deaths among 42 soldiers in Moscow");
        for wrong in [
            "Biden did not announce deaths among 42 soldiers in Moscow",
            "He did not announce deaths among 42 soldiers in Moscow",
            "Putin did not announce deaths among soldiers in Moscow",
            "Putin did not announce 7 deaths among 42 soldiers in Moscow",
            "Putin announced deaths among 42 soldiers in Moscow",
        ] {
            assert!(of(wrong) < right, "{wrong}: {} of {right}", of(wrong));
        }
    }
}
