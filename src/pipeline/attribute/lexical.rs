//! How many words of a claim a sentence has, rare words counting more.
//!
//! Owns: stems coarse enough for both inflection and loose translation, and their weights over the sentences of one article.
//! In: sentences of one language. Out: shares from 0 to 1.
//! Source: inverse document frequency as in Robertson & Spärck Jones 1976, over sentences instead of documents.

use std::collections::{BTreeSet, HashMap};

use crate::domain::Language;
use crate::text::words::words;
use crate::text::{Profile, normalize};

/// Letters of a word that count: what follows is mostly inflection.
const STEM_LETTERS: usize = 5;
/// Letters that Arabic writes onto the begin of a word, longest first.
const PREFIXES: [&str; 9] = ["وال", "بال", "كال", "فال", "لل", "ال", "و", "ب", "ل"];
/// Letters of an Arabic word that are left when a prefix is taken off, at least.
const MIN_ROOT: usize = 3;

/// Stems of the sentences of an article.
pub(super) struct Lexicon {
    sentences: Vec<BTreeSet<String>>,
    /// How many sentences have a stem.
    frequency: HashMap<String, usize>,
    language: Language,
}

impl Lexicon {
    pub(super) fn of<'a>(sentences: impl Iterator<Item = &'a str>, language: Language) -> Self {
        let sentences: Vec<BTreeSet<String>> =
            sentences.map(|sentence| stems(sentence, language)).collect();
        let mut frequency = HashMap::new();
        for stem in sentences.iter().flatten() {
            *frequency.entry(stem.clone()).or_default() += 1;
        }
        Self { sentences, frequency, language }
    }

    /// For each sentence the share of the weight of `claim`'s stems that it has, 0 to 1.
    pub(super) fn shares(&self, claim: &str) -> Vec<f32> {
        let claim: Vec<(String, f32)> = stems(claim, self.language)
            .into_iter()
            .map(|stem| {
                let weight = self.weight(&stem);
                (stem, weight)
            })
            .collect();
        let all: f32 = claim.iter().map(|(_, weight)| weight).sum();
        let share = |sentence: &BTreeSet<String>| {
            let there = claim.iter().filter(|(stem, _)| sentence.contains(stem));
            there.map(|(_, weight)| weight).sum::<f32>() / all.max(f32::MIN_POSITIVE)
        };
        self.sentences.iter().map(share).collect()
    }

    #[expect(clippy::cast_precision_loss, reason = "articles have fewer than 2^24 sentences")]
    fn weight(&self, stem: &str) -> f32 {
        let frequency = self.frequency.get(stem).copied().unwrap_or(0) as f32;
        ((self.sentences.len() as f32 + 1.0) / (frequency + 0.5)).ln().max(0.05)
    }
}

/// In a fixed order: the weights of a claim's stems are summed in it, and a sum of floats depends on its order.
fn stems(text: &str, language: Language) -> BTreeSet<String> {
    let normal;
    let text = match language {
        Language::Arabic => {
            normal = normalize(text, Profile::Match);
            normal.text()
        }
        Language::English => text,
    };
    let spans = words(text);
    let words = spans.iter().filter_map(|span| span.of(text));
    words.filter(|word| word.chars().any(char::is_alphanumeric)).map(stem).collect()
}

fn stem(word: &str) -> String {
    let long = |rest: &&str| rest.chars().count() >= MIN_ROOT;
    let bare = PREFIXES.iter().find_map(|prefix| word.strip_prefix(prefix).filter(long));
    let lower = bare.unwrap_or(word).to_lowercase();
    if lower.chars().next().is_some_and(char::is_numeric) {
        return lower;
    }
    lower.chars().take(STEM_LETTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_words_weigh_more_than_words_of_every_sentence() {
        let sentences = ["the bank raised rates", "the bank closed", "the floods killed many"];
        let lexicon = Lexicon::of(sentences.into_iter(), Language::English);
        let shares = lexicon.shares("the flooding");
        assert!(shares[2] > shares[0], "{shares:?}");
        assert!(lexicon.shares("")[0].abs() < f32::EPSILON);
        let whole = lexicon.shares("the bank raised rates");
        assert!((whole[0] - 1.0).abs() < 1e-6, "{whole:?}");
    }

    #[test]
    fn arabic_words_are_the_same_with_and_without_what_is_written_onto_them() {
        let lexicon = Lexicon::of(["وبالمدينة جسر قديم"].into_iter(), Language::Arabic);
        assert!(lexicon.shares("الجسر القديم")[0] > 0.99);
    }
}
