//! How far a name in Latin letters is from a word in Arabic letters.
//!
//! Owns: the cheapest way to write the one as the other, and how cheap is near enough.
//! In: folded words. Out: a distance, as a share of what the Latin word tells.
//! Never: which words of a text are names.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::letters::ArabicWord;
use super::spellings::{LATIN_LOST, SPELLINGS, arabic_lost, weight};

/// Names longer than this are not compared: no name is, and time grows with the product of the lengths.
const MAX_LETTERS: usize = 40;
/// Letters by which the Arabic may be longer: long vowels that Latin leaves out.
const MAX_LONGER: usize = 3;
/// A distance up to here is the same name. Chosen by hand, not fitted.
pub(super) const NEAR: f32 = 0.22;
/// Names whose weight is below this tell too little for any deviation in their consonants.
const SHORT: u16 = 300;
/// Names with at least this weight are not like another word by chance.
const LONG: u16 = 400;
/// The limit for short names.
const NEAR_SHORT: f32 = 0.16;
/// A consonant: names with less weight cannot be told from chance.
const MIN_WEIGHT: u16 = 100;

#[derive(Debug)]
struct Way {
    latin: Vec<char>,
    arabic: Vec<(Vec<char>, u16)>,
}

static WAYS: LazyLock<HashMap<char, Vec<Way>>> = LazyLock::new(|| {
    let mut ways: HashMap<char, Vec<Way>> = HashMap::new();
    for (latin, arabic) in SPELLINGS {
        let latin: Vec<char> = latin.chars().collect();
        let Some(&first) = latin.first() else { continue };
        let arabic = arabic.iter().map(|(letters, cost)| (letters.chars().collect(), *cost));
        ways.entry(first).or_default().push(Way { latin, arabic: arabic.collect() });
    }
    ways
});

/// A Latin name, ready to be compared.
#[derive(Clone, Debug)]
pub(super) struct LatinName {
    letters: Vec<char>,
    /// The spellings that apply at each letter.
    ways: Vec<Vec<&'static Way>>,
    weight: u16,
}

impl LatinName {
    /// `folded` is lower case without marks; what is no letter and no apostrophe is left out.
    pub(super) fn new(folded: &str) -> Self {
        let letters: Vec<char> =
            folded.chars().filter(|c| c.is_ascii_lowercase() || *c == '\'').collect();
        // The second of two equal consonants is not written in Arabic.
        let mut single: Vec<char> = Vec::with_capacity(letters.len());
        for letter in letters {
            let doubled = single.last() == Some(&letter) && !matches!(letter, 'e' | 'o');
            if !doubled {
                single.push(letter);
            }
        }
        let weight = single.iter().map(|c| weight(*c)).sum();
        let ways = (0..single.len()).map(|at| {
            let rest = single.get(at..).unwrap_or_default();
            let ways = rest.first().and_then(|first| WAYS.get(first)).into_iter().flatten();
            ways.filter(|way| rest.starts_with(&way.latin)).collect()
        });
        Self { ways: ways.collect(), letters: single, weight }
    }

    /// Whether there is enough of it to be compared.
    pub(super) fn is_telling(&self) -> bool {
        self.weight > MIN_WEIGHT && self.letters.len() <= MAX_LETTERS
    }

    /// Whether it tells so much that a likeness is hardly chance.
    pub(super) fn is_long(&self) -> bool {
        self.weight >= LONG
    }

    /// The cost of the cheapest way from this name to `arabic` (folded), divided by what the name tells; 0 is the same.
    pub(super) fn distance(&self, arabic: &str) -> f32 {
        let arabic: Vec<char> = arabic.chars().collect();
        let (long, short) = (self.letters.len(), arabic.len());
        let comparable = short <= long + MAX_LONGER && short * 3 >= long;
        if !self.is_telling() || !comparable || short == 0 {
            return f32::INFINITY;
        }
        let width = arabic.len() + 1;
        let mut costs = vec![u16::MAX; (self.letters.len() + 1) * width];
        if let Some(start) = costs.first_mut() {
            *start = 0;
        }
        for row in 0..=self.letters.len() {
            for column in 0..width {
                let here = costs.get(row * width + column).copied().unwrap_or(u16::MAX);
                if here < u16::MAX {
                    self.steps(&arabic, (row, column), |(row, column), cost| {
                        if let Some(there) = costs.get_mut(row * width + column) {
                            *there = (*there).min(here.saturating_add(cost));
                        }
                    });
                }
            }
        }
        let total = costs.last().copied().unwrap_or(u16::MAX);
        f32::from(total) / f32::from(self.weight)
    }

    /// The least distance to one of the readings of `word`.
    pub(super) fn distance_of(&self, word: &ArabicWord) -> f32 {
        word.forms.iter().map(|form| self.distance(form)).fold(f32::INFINITY, f32::min)
    }

    /// Every step on from a place of both words, with its cost.
    fn steps(
        &self,
        arabic: &[char],
        (row, column): (usize, usize),
        mut step: impl FnMut((usize, usize), u16),
    ) {
        let arabic_rest = arabic.get(column..).unwrap_or_default();
        if let Some(letter) = arabic_rest.first() {
            step((row, column + 1), arabic_lost(*letter));
        }
        let Some(ways) = self.ways.get(row) else { return };
        step((row + 1, column), LATIN_LOST);
        for way in ways {
            for (letters, cost) in &way.arabic {
                if arabic_rest.starts_with(letters) {
                    step((row + way.latin.len(), column + letters.len()), *cost);
                }
            }
        }
    }

    /// The distance that still is the same name.
    pub(super) fn limit(&self) -> f32 {
        if self.weight < SHORT { NEAR_SHORT } else { NEAR }
    }
}

#[cfg(test)]
mod tests {
    use super::super::letters::{fold_arabic, fold_latin};
    use super::*;

    fn same(latin: &str, arabic: &str) -> bool {
        let name = LatinName::new(&fold_latin(latin));
        name.distance(&fold_arabic(arabic)) <= name.limit()
    }

    #[test]
    fn names_are_recognised_across_scripts() {
        for (latin, arabic) in [
            ("Putin", "بوتين"),
            ("Zelensky", "زيلينسكي"),
            ("Gaddafi", "قذافي"),
            ("Qaddafi", "قذافي"),
            ("Chavez", "تشافيز"),
            ("Schwarzenegger", "شوارزنيجر"),
            ("Khashoggi", "خاشقجي"),
            ("Netanyahu", "نتنياهو"),
            ("Washington", "واشنطن"),
            ("Houston", "هيوستن"),
            ("Volkswagen", "فولكسفاغن"),
            ("Shakespeare", "شكسبير"),
            ("Xavier", "خافيير"),
            ("Michigan", "ميشيغان"),
            ("Cuomo", "كومو"),
            ("Wuhan", "ووهان"),
            ("Łódź", "لودز"),
        ] {
            assert!(same(latin, arabic), "{latin} {arabic}");
        }
    }

    #[test]
    fn other_names_are_not() {
        for (latin, arabic) in [
            ("Putin", "بايدن"),
            ("Biden", "بوتين"),
            ("Obama", "أوزبكستان"),
            ("Trump", "ترودو"),
            ("London", "لندنبرغ"),
            ("Iran", "العراق"),
            ("Morsi", "مرسيليا"),
            ("Macron", "ميركل"),
        ] {
            assert!(!same(latin, arabic), "{latin} {arabic}");
        }
    }

    #[test]
    fn what_has_no_consonant_and_what_is_too_long_answers_to_nothing() {
        assert!(!same("Io", "يو"));
        assert!(!same("", "بوتين") && !same("Putin", ""));
        assert!(!same(&"ab".repeat(30), &"اب".repeat(30)));
    }
}
