//! Names with a form of their own in Arabic, and words that are no names.
//!
//! Owns: the tables of exonyms and of common English words, and how they are looked up.
//! In: folded words. Out: rows of the table.
//! Never: transliteration.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::letters::{ArabicWord, fold_arabic, without_article};

const EXONYMS: &str = include_str!("exonyms.tsv");
const COMMON: &str = include_str!("common_words.txt");

/// Letters that a stem must have before an ending of an adjective may follow it.
const MIN_STEM: usize = 3;
/// What makes an adjective, or its plural, of the name of a place: "Egypt" answers to "Egyptian".
const ADJECTIVES: [&str; 12] =
    ["ي", "يه", "يين", "يون", "يا", "يات", "ان", "اوي", "اويه", "يتين", "يان", "اويين"];

/// An Arabic form of a name: its words, folded and without article.
type Phrase = Vec<String>;

/// One name: its Arabic forms.
#[derive(Debug, Default)]
pub(super) struct Exonym {
    pub(super) arabic: Vec<Phrase>,
}

/// The table of exonyms.
#[derive(Debug, Default)]
pub(super) struct Exonyms {
    rows: Vec<Exonym>,
    /// Rows by English spelling, words parted by one space; acronyms in capitals. A spelling may have two rows.
    english: HashMap<&'static str, Vec<usize>>,
    /// The English spellings of places, sorted: a people is called by one of these.
    sorted: Vec<&'static str>,
    /// Rows by the first word of an Arabic form.
    arabic: HashMap<String, Vec<usize>>,
    /// Words of the longest English spelling.
    pub(super) longest: usize,
}

/// The table, read once.
pub(super) static TABLE: LazyLock<Exonyms> = LazyLock::new(|| {
    let mut table = Exonyms::default();
    let lines = EXONYMS.lines().filter(|line| !line.starts_with('#'));
    for (english, arabic) in lines.filter_map(|line| line.split_once('\t')) {
        let row = table.rows.len();
        for spelling in english.split('|') {
            table.longest = table.longest.max(spelling.split(' ').count());
            table.english.entry(spelling).or_default().push(row);
        }
        let phrase = |form: &str| -> Phrase {
            form.split_whitespace().map(|word| fold_arabic(without_article(word))).collect()
        };
        let arabic: Vec<Phrase> = arabic.split('|').map(phrase).collect();
        for first in arabic.iter().filter_map(|phrase| phrase.first()) {
            table.arabic.entry(first.clone()).or_default().push(row);
        }
        table.rows.push(Exonym { arabic });
    }
    table.sorted = table.english.keys().copied().collect();
    table.sorted.sort_unstable();
    table
});

impl Exonyms {
    /// The rows of an English spelling: capitals as they stand for acronyms, else in lower case.
    pub(super) fn english(&self, spelling: &str) -> &[usize] {
        let exact = self.english.get(spelling);
        let rows = exact.or_else(|| self.english.get(spelling.to_lowercase().as_str()));
        rows.map_or(&[], Vec::as_slice)
    }

    /// Where one of the forms of `row` stands in `words`, as a range of words; the longest form first.
    pub(super) fn find(&self, row: usize, words: &[ArabicWord]) -> Option<(usize, usize)> {
        let row = self.rows.get(row)?;
        let places = (0..words.len()).flat_map(|at| row.arabic.iter().map(move |form| (at, form)));
        let fits = places.filter(|(at, form)| stands_at(form, words, *at));
        fits.max_by_key(|(at, form)| (form.len(), usize::MAX - at))
            .map(|(at, form)| (at, form.len()))
    }

    /// The longest Arabic form of any name that begins at word `at` of `words`: its row and words.
    pub(super) fn at(&self, words: &[ArabicWord], at: usize) -> Option<(usize, usize)> {
        let word = words.get(at)?;
        let rows = word.forms.iter().filter_map(|form| self.arabic.get(form));
        let forms = rows.flatten().filter_map(|row| Some((*row, self.rows.get(*row)?)));
        let forms =
            forms.flat_map(|(row, exonym)| exonym.arabic.iter().map(move |form| (row, form)));
        let exact = |form: &Phrase| {
            form.iter()
                .enumerate()
                .all(|(i, part)| words.get(at + i).is_some_and(|w| w.reads(part)))
        };
        let fits = forms.filter(|(_, form)| exact(form));
        fits.max_by_key(|(_, form)| form.len()).map(|(row, form)| (row, form.len()))
    }

    /// Whether `stem` begins an English spelling and lacks at most three of its letters: "Egypt" of "Egyptian".
    pub(super) fn is_stem(&self, stem: &str) -> bool {
        self.begun_by(stem).next().is_some()
    }

    /// The rows of the spellings that `stem` begins, without at most three of their letters.
    pub(super) fn begun_by(&self, stem: &str) -> impl Iterator<Item = usize> {
        let names = self.sorted.get(self.sorted.partition_point(|name| *name < stem)..);
        let names = names.unwrap_or_default().iter().take_while(move |name| name.starts_with(stem));
        let near = names.filter(move |name| name.len() <= stem.len() + 3 && !name.contains(' '));
        near.flat_map(move |name| self.english(name)).copied()
    }
}

/// Whether `form` stands at word `at`; a single word may carry the ending of an adjective.
fn stands_at(form: &[String], words: &[ArabicWord], at: usize) -> bool {
    let exact =
        form.iter().enumerate().all(|(i, part)| words.get(at + i).is_some_and(|w| w.reads(part)));
    exact || matches!((form, words.get(at)), ([part], Some(word)) if is_adjective_of(part, word))
}

fn is_adjective_of(name: &str, word: &ArabicWord) -> bool {
    let stem = ["يا", "ا", "ه"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    if stem.chars().count() < MIN_STEM {
        return false;
    }
    let endings = word.forms.iter().filter_map(|form| form.strip_prefix(stem));
    let mut endings = endings.filter(|ending| !ending.is_empty());
    endings.any(|ending| ADJECTIVES.contains(&ending))
}

static COMMON_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let lines = COMMON.lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).collect()
});

/// Regular endings, and what stands in their place in the word that the table has.
const ENDINGS: [(&str, &[&str]); 20] = [
    ("s", &[""]),
    ("es", &[""]),
    ("ies", &["y"]),
    ("ed", &["", "e"]),
    ("ied", &["y"]),
    ("d", &[""]),
    ("ing", &["", "e"]),
    ("ly", &[""]),
    ("ily", &["y"]),
    ("er", &["", "e"]),
    ("ers", &["", "e"]),
    ("est", &["", "e"]),
    ("ness", &[""]),
    ("ment", &[""]),
    ("able", &["", "e"]),
    ("ation", &["e"]),
    ("ations", &["e"]),
    ("ion", &["e", ""]),
    ("ions", &["e", ""]),
    ("ity", &["", "e"]),
];
/// Letters that must be left in front of an ending.
const MIN_BASE: usize = 3;

/// Whether `lower` is a common English word or a regular form of one.
pub(super) fn is_common(lower: &str) -> bool {
    if COMMON_WORDS.contains(lower) {
        return true;
    }
    ENDINGS.iter().any(|(ending, places)| {
        let Some(base) = lower.strip_suffix(ending) else { return false };
        let long_enough = base.chars().count() >= MIN_BASE;
        let undoubled = || {
            let mut letters = base.chars();
            let last = letters.next_back();
            (letters.next_back() == last && MIN_BASE < base.chars().count())
                .then(|| base.strip_suffix(|c| Some(c) == last))
                .flatten()
        };
        let listed = |place: &&str| COMMON_WORDS.contains(format!("{base}{place}").as_str());
        long_enough
            && (places.iter().any(listed)
                || undoubled().is_some_and(|base| COMMON_WORDS.contains(base)))
    })
}

#[cfg(test)]
mod tests {
    use super::super::letters::arabic_words;
    use super::*;

    fn answers(english: &str, arabic: &str) -> bool {
        let words = arabic_words(arabic);
        TABLE.english(english).iter().any(|row| TABLE.find(*row, &words).is_some())
    }

    #[test]
    fn names_with_a_form_of_their_own_are_found() {
        assert!(answers("Egypt", "وقال رئيس مصر"));
        assert!(answers("egypt", "الرئيس المصري"));
        assert!(answers("United Nations", "دعت الأمم المتحدة إلى الهدوء"));
        assert!(answers("UN", "للأمم المتحدة"));
        assert!(answers("Germany", "المستشارة الألمانية"));
        assert!(!answers("Austria", "المستشارة الألمانية"));
        assert!(!answers("us", "الولايات المتحدة"), "a pronoun is no country");
    }

    #[test]
    fn common_words_are_known_in_their_forms() {
        for word in ["local", "officials", "running", "stopped", "carries", "moved"] {
            assert!(is_common(word), "{word}");
        }
        for word in ["putin", "moscow", "xyz", ""] {
            assert!(!is_common(word), "{word}");
        }
    }

    #[test]
    fn every_line_of_the_table_has_both_sides() {
        let lines = EXONYMS.lines().filter(|line| !line.starts_with('#'));
        for line in lines {
            let sides = line.split_once('\t').map(|(en, ar)| (en.is_ascii(), ar.is_empty()));
            assert_eq!(sides, Some((true, false)), "{line}");
        }
    }
}
