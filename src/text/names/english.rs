//! The translation of the evidence, as far as names go.
//!
//! Owns: whether the English has a word of a claim, in this or a kindred form, and which Arabic words its names answer to.
//! In: English text and the claim. Out: answers about folded words.
//! Never: the Arabic text as a whole.

use std::collections::HashSet;

use super::super::chars::is_listed;
use super::super::english::words;
use super::letters::{ArabicWord, fold_latin};
use super::lexicon::TABLE;
use super::peoples;
use super::spot::{self, Name, NameWord, WordKind};
use super::translit::LatinName;

/// Words need this many letters in common at their beginning to be forms of one.
const STEM: usize = 5;
/// Shorter words must be equal but for an ending of a letter or two.
const ENDINGS: &str = "|s|es|d|ed|n|al|y|ly";
/// Words that an acronym leaves out.
const SKIPPED: &str = "of|the|and|for|in|on|to|a|an|de|la";

/// Share of the claim's words in small letters that the English must have for the claim to retell it.
const RETOLD: (usize, usize) = (7, 10);

#[derive(Debug)]
pub(super) struct English {
    /// Folded words in order, compounds also in their parts.
    words: Vec<String>,
    /// The same words as they stand begin with a capital.
    capital: Vec<bool>,
    /// Rows of the names and peoples in it.
    rows: HashSet<usize>,
    /// Capitalised words that the claim has not.
    others: Vec<LatinName>,
    /// Whether the claim tells it in nearly its own words, so that a word which it lacks stands out.
    pub(super) is_retold: bool,
}

impl English {
    pub(super) fn new(text: &str, claim: &str) -> Self {
        let mut folded = Vec::new();
        let mut capital = Vec::new();
        for word in words(text) {
            let parts = word.split('-').filter(|_| word.contains('-'));
            for part in std::iter::once(word).chain(parts) {
                folded.push(fold_latin(part));
                capital.push(part.starts_with(char::is_uppercase));
            }
        }
        let names = spot::find(text);
        let mut rows: HashSet<usize> = names.iter().flat_map(|name| name.rows.clone()).collect();
        rows.extend(folded.iter().flat_map(|word| TABLE.english(word)));
        rows.extend(spot::peoples(text).iter().flat_map(|(_, people)| peoples::rows(people)));
        let claimed: HashSet<String> = words(claim).map(fold_latin).collect();
        let proper = names.iter().flat_map(|name| &name.words);
        let proper = proper.filter(|word| word.kind == WordKind::Proper);
        let others = proper.map(|word| &word.folded).filter(|word| !claimed.contains(*word));
        let others = others.map(|word| LatinName::new(word)).collect();
        let small = words(claim).filter(|word| word.starts_with(char::is_lowercase));
        let small: Vec<String> = small.map(fold_latin).collect();
        let there = small.iter().filter(|word| folded.contains(word)).count();
        let is_retold = there * RETOLD.1 >= small.len() * RETOLD.0;
        Self { words: folded, capital, rows, others, is_retold }
    }

    /// Whether it has `folded`, or a word with the same beginning.
    pub(super) fn has(&self, folded: &str) -> bool {
        let stem: String = folded.chars().take(STEM).collect();
        let long = stem.chars().count() == STEM;
        let kindred = |word: &String| {
            let ending = |long: &str, short: &str| {
                long.strip_prefix(short).is_some_and(|ending| is_listed(ENDINGS, ending))
            };
            if long {
                word.starts_with(&stem)
            } else {
                ending(word, folded) || ending(folded, word)
            }
        };
        self.words.iter().any(kindred)
    }

    /// Whether it has the name `folded` itself, or its plural.
    pub(super) fn has_name(&self, folded: &str) -> bool {
        self.words
            .iter()
            .any(|word| word == folded || word.strip_suffix('s').is_some_and(|word| word == folded))
    }

    /// Whether it has a name of one stem with `folded`, a country and its people: Iceland and Icelanders, Peru and Peruvian.
    pub(super) fn has_kin(&self, folded: &str) -> bool {
        let named = self.words.iter().zip(&self.capital).filter(|(_, capital)| **capital);
        named.into_iter().any(|(word, _)| are_kin(word, folded))
    }

    /// Whether it names one of these rows of the table.
    pub(super) fn has_row(&self, rows: &[usize]) -> bool {
        rows.iter().any(|row| self.rows.contains(row))
    }

    /// Whether a name that the claim has not answers to `arabic` at least as well as at a distance of `far`.
    pub(super) fn claims(&self, arabic: &ArabicWord, far: f32) -> bool {
        self.others.iter().any(|name| name.distance_of(arabic) <= far)
    }

    /// Whether words in it begin with the letters of an acronym, one after another.
    pub(super) fn spells_out(&self, acronym: &str) -> bool {
        let letters: Vec<char> = acronym.chars().filter(|c| c.is_alphabetic()).collect();
        let told = self.words.iter().filter(|word| !is_listed(SKIPPED, word));
        let initials: Vec<char> = told.filter_map(|word| word.chars().next()).collect();
        letters.len() > 1
            && initials.windows(letters.len()).any(|initials| *initials == letters[..])
    }

    /// Whether another capitalised word stands in front of `family` wherever it has it.
    pub(super) fn has_given_name(&self, family: &str) -> bool {
        let places = self.words.iter().enumerate().filter(|(_, word)| *word == family);
        let mut given = places.map(|(at, _)| {
            let before = at.checked_sub(1);
            let word = before.and_then(|b| self.words.get(b));
            let capital = before.and_then(|b| self.capital.get(b)) == Some(&true);
            capital && word.is_some_and(|word| !spot::is_title(word) && !peoples::is_people(word))
        });
        let first = given.next();
        first.is_some() && first.into_iter().chain(given).all(|given| given)
    }
}

/// Letters that names of one stem begin with, at least.
const MIN_KIN: usize = 4;
/// What makes a people, a tongue or a land of a stem.
const OF_ONE_STEM: &str =
    "|a|ia|e|es|s|o|an|ans|ian|ians|n|ns|ic|i|is|ese|ish|ean|eans|ar|ars|vian|vians|ers|be|stan";
/// Names that begin alike and are no kin.
const NO_KIN: [&str; 3] = ["niger", "roman", "india"];

fn are_kin(one: &str, other: &str) -> bool {
    let same = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let rest = |word: &str| word.chars().skip(same).collect::<String>();
    let stem: String = one.chars().take(same).collect();
    let (rest_of_one, rest_of_other) = (rest(one), rest(other));
    // Michel and Michela are two.
    let vowel = |long: &str, short: &str| short.is_empty() && matches!(long, "a" | "e" | "o");
    same >= MIN_KIN
        && is_listed(OF_ONE_STEM, &rest_of_one)
        && is_listed(OF_ONE_STEM, &rest_of_other)
        && !vowel(&rest_of_one, &rest_of_other)
        && !vowel(&rest_of_other, &rest_of_one)
        && !NO_KIN.contains(&stem.as_str())
}

/// Words that speak of somebody whom another sentence names.
const PRONOUNS: [&str; 14] = [
    "he", "she", "it", "they", "his", "her", "its", "their", "him", "them", "hers", "theirs",
    "this", "these",
];

/// Whether `claim` tells `english` with a name in another's place: it leaves one out, a people among them, or retells the
/// sentence without putting a name where a pronoun was.
pub(super) fn is_left_out(claim: &str, english: &str) -> bool {
    let told = English::new(english, claim);
    let claim = English::new(claim, "");
    let pronoun = |word: &String| PRONOUNS.contains(&word.as_str());
    let resolved = told.words.iter().any(|word| pronoun(word) && !claim.words.contains(word));
    if told.is_retold && !resolved {
        return true;
    }
    let has = |name: &Name| {
        let long = name.words.iter().filter(|word| word.folded.chars().count() > 2);
        let is_own = |word: &&NameWord| word.kind != WordKind::Common;
        let any_own = long.clone().any(|word| is_own(&word));
        let mut words = long.filter(|word| !any_own || is_own(word));
        claim.has_row(&name.rows) || words.any(|word| claim.has_name(&word.folded))
    };
    let has_people = |people: &str| claim.has(people) || claim.has_row(&peoples::rows(people));
    !spot::find(english).iter().all(has)
        || !spot::peoples(english).iter().all(|(_, people)| has_people(people))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_left_out_is_noticed_by_whole_words_and_kindred_names() {
        assert!(is_left_out("South Africa grew.", "South Korea grew."));
        assert!(is_left_out("Manila grew.", "Man grew."), "no part of another word");
        assert!(is_left_out("Japan won.", "The French team won in Japan."));
        let team = "They sent the French team to win in the United States.";
        assert!(!is_left_out("France sent people who won in the US.", team));
    }

    #[test]
    fn lands_and_their_peoples_are_kin() {
        for (one, other) in [
            ("iceland", "icelanders"),
            ("peru", "peruvian"),
            ("slovakia", "slovak"),
            ("argentina", "argentines"),
            ("kosovo", "kosovar"),
            ("china", "chinese"),
        ] {
            assert!(are_kin(one, other) && are_kin(other, one), "{one} {other}");
        }
        for (one, other) in [
            ("niger", "nigeria"),
            ("austria", "australia"),
            ("iran", "iraq"),
            ("romania", "roman"),
            ("mauritania", "mauritius"),
            ("michel", "michela"),
        ] {
            assert!(!are_kin(one, other), "{one} {other}");
        }
    }

    #[test]
    fn a_name_may_stand_for_a_pronoun() {
        let english = "He told them that it had ended.";
        assert!(!is_left_out("Morsi told them that it had ended.", english));
        assert!(is_left_out("He told Morsi that it had ended.", "He told all that it had ended."));
    }

    #[test]
    fn kindred_words_are_had_and_others_are_not() {
        let english = English::new("The German ministers met at the pro forma talks.", "");
        for word in ["germany", "minister", "talk", "pro"] {
            assert!(english.has(word), "{word}");
        }
        for word in ["france", "bowl", "form"] {
            assert!(!english.has(word), "{word}");
        }
    }

    #[test]
    fn acronyms_are_spelt_out() {
        let english = English::new("the Court of the League of Arab States", "");
        assert!(
            english.spells_out("las") && !english.spells_out("las-x") && !english.spells_out("l")
        );
    }

    #[test]
    fn a_family_name_may_have_another_given_name() {
        let english = English::new("Yesterday Barack Obama and President Biden met.", "");
        assert!(english.has_given_name("obama"));
        assert!(!english.has_given_name("biden") && !english.has_given_name("putin"));
    }
}
