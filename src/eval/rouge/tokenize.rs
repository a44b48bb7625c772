//! Words as ROUGE counts them.
//!
//! Owns: the tokenizer of rouge-score, which knows only ASCII, and one for every script.
//! In: a text or a line of it. Out: tokens in lower case, stemmed if asked for.
//! Never: n-grams.
//! Source: `tokenize.py` of rouge-score 0.1.2; the second tokenizer is ours.

use std::sync::LazyLock;

use regex::Regex;

use super::porter;
use crate::text::{Profile, normalize};

/// What a word is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RougeTokenizer {
    /// Runs of `a` to `z` and `0` to `9` after lower-casing, as in rouge-score. Every other character parts words:
    /// `café` gives `caf`, and an Arabic text gives nothing at all.
    #[default]
    Default,
    /// Runs of letters and digits of any script, with the marks that follow them.
    ///
    /// Before that, presentation forms become letters, tashkil, tatweel and invisible marks go, and digits
    /// become ASCII ([`Profile::Translate`] without marks); hamza, ta marbuta and alef maqsura stay as they are
    /// written. Words of printable ASCII are those of [`Default`](Self::Default). Scripts without spaces are
    /// not cut: a run of Chinese is one word.
    Unicode,
}

/// Only longer words are stemmed.
const LONGEST_UNSTEMMED: usize = 3; // characters

/// A failure to compile would leave every text without words; the tests below would tell.
static WORD: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[\p{L}\p{N}][\p{L}\p{M}\p{N}]*").ok());

impl RougeTokenizer {
    /// The value of `tok` in a signature.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Default => "rouge-score",
            Self::Unicode => "unicode",
        }
    }

    /// The words of `text`. Only words of ASCII are stemmed.
    pub(super) fn tokens(self, text: &str, stemmer: bool) -> Vec<String> {
        let mut tokens = match self {
            Self::Default => ascii_words(text),
            Self::Unicode => words(text),
        };
        if stemmer {
            for token in &mut tokens {
                if token.is_ascii() && token.len() > LONGEST_UNSTEMMED {
                    *token = porter::stem(token);
                }
            }
        }
        tokens
    }
}

fn ascii_words(text: &str) -> Vec<String> {
    // The lower case of some other letters holds ASCII ones: K (Kelvin) gives `k`, İ gives `i` and a dot.
    let lower: String = text.chars().flat_map(char::to_lowercase).collect();
    lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn words(text: &str) -> Vec<String> {
    let lower = normalize(text, Profile::Translate).text().to_lowercase();
    let words = WORD.iter().flat_map(|word| word.find_iter(&lower));
    words.map(|word| word.as_str().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn default(text: &str) -> Vec<String> {
        RougeTokenizer::Default.tokens(text, false)
    }

    fn unicode(text: &str) -> Vec<String> {
        RougeTokenizer::Unicode.tokens(text, false)
    }

    #[test]
    fn the_default_keeps_nothing_but_ascii() {
        assert_eq!(
            default("Don't_stop: 3.5%\tCAFÉ-au lait"),
            ["don", "t", "stop", "3", "5", "caf", "au", "lait"]
        );
        assert_eq!(default("\u{212a}elvin İstanbul"), ["kelvin", "i", "stanbul"]);
        assert!(default("قال الوزير ٥ 😀").is_empty());
    }

    #[test]
    fn the_other_keeps_words_of_every_script() {
        assert_eq!(
            unicode("قال (الوزير): «نعم»، Déjà_vu 😀\u{fe0f} हिन्दी"),
            ["قال", "الوزير", "نعم", "déjà", "vu", "हिन्दी"]
        );
    }

    #[test]
    fn tashkil_tatweel_forms_and_digits_do_not_tell_arabic_words_apart() {
        assert_eq!(unicode("الكِتَـــابُ ﻣﺤﻤﺪ ٢٠٢٤ ٣٫٥"), unicode("الكتاب محمد 2024 3.5"));
        assert_ne!(unicode("على"), unicode("علي"));
        assert_ne!(unicode("أن"), unicode("ان"));
    }

    #[test]
    fn only_ascii_words_of_four_letters_or_more_are_stemmed() {
        for tokenizer in [RougeTokenizer::Default, RougeTokenizer::Unicode] {
            assert_eq!(tokenizer.tokens("was running ties", true), ["was", "run", "tie"]);
        }
        assert_eq!(RougeTokenizer::Unicode.tokens("naïves كتابs", true), ["naïves", "كتابs"]);
    }

    proptest! {
        #[test]
        fn both_agree_on_printable_ascii(text in "[ -~\n\t]{0,60}") {
            prop_assert_eq!(default(&text), unicode(&text));
        }
    }
}
