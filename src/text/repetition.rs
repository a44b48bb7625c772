//! Finds the loops that a translation model falls into.
//!
//! Owns: what counts as a loop.
//! In: text. Out: the phrase that repeats and how often it comes in a row.
//! Never: a decision what to do about it.

use std::collections::HashMap;

use super::script::ascii_digit;

/// The longest phrase, in words, that is looked for.
const LONGEST_PHRASE_WORDS: usize = 12;

/// The longest syllable, in characters, that is looked for inside one word.
const LONGEST_SYLLABLE_CHARS: usize = 6;

/// A phrase that comes several times in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loop {
    /// The words, or the characters inside one word, that repeat.
    pub phrase: String,
    /// How often they come in a row.
    pub times: usize,
}

/// The loop that covers most of `text`, if there is one.
///
/// A phrase of 3 to 12 words must come at least 3 times in a row, one of 1 or 2 words 4 times.
/// Case and punctuation at the edges of words do not count. Where no phrase repeats, a run inside
/// one word counts: the same letter 12 times, or the same 2 to 6 letters 6 times.
///
/// Takes about 12 steps a word.
#[must_use]
pub fn longest_loop(text: &str) -> Option<Loop> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let ids = intern(&words);
    let mut best: Option<(usize, usize, usize)> = None; // start, words a phrase, times
    for length in 1..=LONGEST_PHRASE_WORDS.min(words.len() / 2) {
        let least_times = if length <= 2 { 4 } else { 3 };
        for (start, run) in runs(&ids, length) {
            let times = run / length + 1;
            let covered = best.map_or(0, |(_, length, times)| length * times);
            if times >= least_times && times * length > covered {
                best = Some((start, length, times));
            }
        }
    }
    match best {
        Some((start, length, times)) => {
            let phrase = words.get(start..start + length).unwrap_or_default().join(" ");
            Some(Loop { phrase, times })
        }
        None => words.iter().find_map(|word| loop_in_word(word)),
    }
}

/// Maximal runs of equality between `items` and `items` shifted by `length`: start and run length.
fn runs<T: PartialEq>(items: &[T], length: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let equal = |i: usize| items.get(i + length).is_some_and(|later| *later == items[i]);
        while at + length < items.len() {
            let start = at;
            while equal(at) {
                at += 1;
            }
            let run = at - start;
            at += 1;
            if run > 0 {
                return Some((start, run));
            }
        }
        None
    })
}

/// The same number for words that differ in case or outer punctuation only. A token of nothing but
/// punctuation stands for itself.
fn intern(words: &[&str]) -> Vec<usize> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    words
        .iter()
        .map(|word| {
            let core = word.trim_matches(|c: char| !c.is_alphanumeric());
            let key = if core.is_empty() { word } else { core }.to_lowercase();
            let next = seen.len();
            *seen.entry(key).or_insert(next)
        })
        .collect()
}

fn loop_in_word(word: &str) -> Option<Loop> {
    if word.len() < 12 {
        return None;
    }
    let chars: Vec<char> = word.chars().collect();
    (1..=LONGEST_SYLLABLE_CHARS).find_map(|length| {
        let least_times = if length == 1 { 12 } else { 6 };
        runs(&chars, length).find_map(|(start, run)| {
            let syllable = chars.get(start..start + length)?;
            let times = run / length + 1;
            // Rules of dashes and long numbers repeat by nature.
            let lettered = syllable.iter().any(|c| c.is_alphabetic() && *c != 'ـ');
            let numeric = syllable.iter().any(|c| ascii_digit(*c).is_some());
            (times >= least_times && lettered && !numeric)
                .then(|| Loop { phrase: syllable.iter().collect(), times })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<(String, usize)> {
        longest_loop(text).map(|found| (found.phrase, found.times))
    }

    #[test]
    fn a_phrase_three_times_in_a_row_is_a_loop() {
        let text = "He said the two sides, the two sides, The two sides agreed.";
        assert_eq!(found(text), Some(("the two sides,".to_owned(), 3)));
    }

    #[test]
    fn one_word_must_come_four_times() {
        assert_eq!(found("very very very good"), None);
        assert_eq!(found("no no no no!"), Some(("no".to_owned(), 4)));
    }

    #[test]
    fn the_shortest_phrase_that_explains_the_loop_is_named() {
        assert_eq!(found(&"a b c ".repeat(6)), Some(("a b c".to_owned(), 6)));
    }

    #[test]
    fn ordinary_repetition_is_no_loop() {
        assert_eq!(
            found("The war of all against all is the war of the few against the few."),
            None
        );
        assert_eq!(found("1,000,000,000,000,000,000 and ---------------- and ههههه"), None);
    }

    #[test]
    fn letters_that_repeat_inside_a_word_are_a_loop() {
        assert_eq!(found("the ahahahahahahahah end"), Some(("ah".to_owned(), 8)));
        assert_eq!(found(&"ا".repeat(40)), Some(("ا".to_owned(), 40)));
    }

    #[test]
    fn short_texts_have_no_loop() {
        assert_eq!(found(""), None);
        assert_eq!(found("one"), None);
    }
}
