//! What stays the same in a translation: numbers, words in Latin letters, consonants of names.
//!
//! Owns: which strings of a sentence are compared across languages. In: a sentence. Out: strings; order says nothing.
//! Never: weights or distances.

use super::english;
use super::names::{arabic_skeletons, latin_skeleton};
use super::numbers::numbers;
use super::script::{is_arabic_letter, is_latin_letter};
use crate::domain::Language;

/// Skeletons with fewer consonants fit too many words.
const MIN_CONSONANTS: usize = 3;
/// Letters of a character n-gram.
const GRAM: usize = 4;

/// Numbers by their value, and words in Latin letters in lower case: those that Arabic text has, its translation repeats.
#[must_use]
pub fn literals(text: &str) -> Vec<String> {
    let values = numbers(text).into_iter().map(|number| number.value);
    let latin = english::words(text)
        .filter(|word| word.chars().count() > 1 && word.chars().any(is_latin_letter));
    values.chain(latin.map(str::to_lowercase)).collect()
}

/// Consonants of words that may be names: any word of Arabic text, capitalised ones of English text.
#[must_use]
pub fn names(text: &str, language: Language) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let skeletons: Vec<String> = match language {
        Language::Arabic => words
            .filter(|word| word.chars().any(is_arabic_letter))
            .flat_map(arabic_skeletons)
            .collect(),
        Language::English => {
            words.filter(|word| word.starts_with(char::is_uppercase)).map(latin_skeleton).collect()
        }
    };
    let mut skeletons = skeletons;
    skeletons.retain(|skeleton| skeleton.chars().count() >= MIN_CONSONANTS);
    skeletons.sort();
    skeletons.dedup();
    skeletons
}

/// Character n-grams of the words of `text`, with a mark at the begin and end of each word.
#[must_use]
pub fn grams(text: &str) -> Vec<String> {
    let mut grams = Vec::new();
    for word in english::words(text) {
        let marked: Vec<char> = format!(" {} ", word.to_lowercase()).chars().collect();
        let length = GRAM.min(marked.len());
        grams.extend(marked.windows(length).map(|gram| gram.iter().collect::<String>()));
    }
    grams
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_both_scripts_and_latin_words_are_the_same() {
        let arabic = literals("باع 1,250 نسخة من gpt-5 في ٢٠٢٤");
        assert_eq!(arabic, ["1250", "5", "2024", "gpt-5"].map(str::to_owned).to_vec()[..]);
        let english = literals("It sold 1,250 copies of GPT-5 in 2024.");
        assert!(arabic.iter().all(|literal| english.contains(literal)), "{english:?}");
    }

    #[test]
    fn a_name_has_the_same_consonants_in_both_scripts() {
        let arabic = names("قال فلاديمير بوتين", Language::Arabic);
        let english = names("Vladimir Putin said", Language::English);
        assert!(english.iter().any(|skeleton| arabic.contains(skeleton)), "{arabic:?} {english:?}");
    }
}
