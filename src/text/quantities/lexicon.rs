//! What a word can mean in a quantity, and the tables of both languages made ready for looking up.
//!
//! Owns: the meanings, and which prefixes an Arabic word of quantity may carry. In: a word. Out: its meaning.
//! Never: meanings of several words together.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::value::{Dimension, Era, Unit};
use super::{arabic_words, english_words, unit_words};
use crate::domain::Language;
use crate::text::normalize::{Profile, normalize};

/// What one word means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Meaning {
    /// A cardinal below 1,000.
    Cardinal(f64),
    /// Arabic "one of", which counts in front of a ten only.
    OneOf,
    /// The ten of Arabic teens; 10 alone.
    Ten,
    /// Multiplies what stands in front of it: hundred (English), thousand, million.
    Scale(f64),
    /// Two thousand, two million in one Arabic word; the value is that of one.
    DoubleScale(f64),
    /// Thousands, dozens: a scale behind an Arabic number, vague alone.
    Many(f64),
    /// Bounds of a small vague number: several, a few.
    Few,
    Ordinal(f64),
    /// The second of a minute, or the second in a row.
    Second,
    /// A half, third, quarter.
    Part(f64),
    Unit(Unit),
    /// Two of the unit in one Arabic word.
    DoubleUnit(Unit),
    Percent,
    Square,
    Cubic,
    /// A country as an adjective of its currency.
    Nation(&'static str),
    /// 1 to 12, Gregorian.
    Month(u8),
    /// A month that is also an ordinary word.
    DoubtfulMonth(u8),
    /// First word of a month of two words; months of the second word "first" and "second".
    MonthHead(u8, u8, Era),
    HijriMonth(u8),
    Weekday(u8),
    /// Two digits: nineties is 90.
    Decade(u32),
    Century,
    /// "last", "this", "next".
    Step(i8),
    /// "yesterday", "today", "tomorrow".
    DayStep(i8),
    /// "about", "nearly", "more than" in its first word.
    About,
    /// Hours to add to a time of the clock, and whether noon counts as hour 0.
    Half(Afternoon),
    Hour,
    Era(Era),
    /// A word in front of a year: "in", "since", "عام" is a unit.
    YearCue,
    And,
}

/// Which half of the day a word names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Afternoon {
    Before,
    After,
    /// Noon and midnight themselves.
    Noon,
    Midnight,
}

/// A word as it stands in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Entry {
    pub(super) meaning: Option<Meaning>,
    /// It is joined by "and".
    pub(super) joined: bool,
    /// It carries the Arabic article.
    pub(super) definite: bool,
    /// It carries the Arabic preposition "in, by".
    pub(super) with_in: bool,
}

/// A table: a meaning and the words that have it, parted by blanks.
pub(super) type Row = (Meaning, &'static str);

static ARABIC: LazyLock<HashMap<String, Meaning>> =
    LazyLock::new(|| table(arabic_words::ROWS, Language::Arabic));
static ENGLISH: LazyLock<HashMap<String, Meaning>> =
    LazyLock::new(|| table(english_words::ROWS, Language::English));

fn table(rows: &[Row], language: Language) -> HashMap<String, Meaning> {
    let mut table = HashMap::new();
    for (meaning, words) in rows {
        for word in words.split_whitespace() {
            table.entry(fold(word)).or_insert(*meaning);
        }
    }
    for row in unit_words::ROWS {
        let unit = Unit::new(row.dimension, row.factor);
        let (singles, doubles) = match language {
            Language::Arabic => (row.arabic, row.arabic_dual),
            Language::English => (row.english, ""),
        };
        for word in singles.split_whitespace() {
            table.entry(fold(word)).or_insert(Meaning::Unit(unit));
        }
        for word in doubles.split_whitespace() {
            table.entry(fold(word)).or_insert(Meaning::DoubleUnit(unit));
        }
    }
    table
}

/// The form in which words are looked up.
pub(super) fn fold(word: &str) -> String {
    normalize(word, Profile::Match).text().to_owned()
}

/// The meaning of a folded word. Latin words in an Arabic text are looked up as English ones.
pub(super) fn look_up(word: &str, language: Language) -> Entry {
    let latin = word.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
    if language == Language::English || latin {
        return Entry { meaning: ENGLISH.get(word).copied(), ..Entry::default() };
    }
    // Words that only look like a preposition before a number: quantity, "I am not".
    if matches!(word, "كميه" | "كميات" | "الكميه" | "وكميه" | "لست" | "ولست" | "فلست")
    {
        return Entry::default();
    }
    let whole = Entry { meaning: ARABIC.get(word).copied(), ..Entry::default() };
    if whole.meaning.is_some() {
        return whole;
    }
    let bare =
        |rest: Option<&str>| rest.and_then(|rest| without_preposition(rest, Entry::default()));
    bare(Some(word))
        .or_else(|| {
            bare(word.strip_prefix(['و', 'ف'])).map(|entry| Entry { joined: true, ..entry })
        })
        .unwrap_or_default()
}

/// `word` without preposition and article; nothing if the rest is unknown.
fn without_preposition(word: &str, entry: Entry) -> Option<Entry> {
    let found = |rest: &str| ARABIC.get(rest).copied().filter(|_| rest.chars().count() > 1);
    let of = |rest: &str, definite: bool, with_in: bool| {
        found(rest).map(|meaning| Entry { meaning: Some(meaning), definite, with_in, ..entry })
    };
    of(word, false, false)
        .or_else(|| of(word.strip_prefix("ال")?, true, false))
        .or_else(|| of(word.strip_prefix("لل")?, true, false))
        .or_else(|| of(word.strip_prefix("بال")?, true, true))
        .or_else(|| of(word.strip_prefix("كال")?, true, false))
        .or_else(|| of(word.strip_prefix('ب')?, false, true))
        .or_else(|| of(word.strip_prefix(['ل', 'ك'])?, false, false))
}

/// Whether an Arabic word may be a dual: "two" of something, with or without a pronoun behind it.
pub(super) fn may_be_dual(word: &str) -> bool {
    const ENDINGS: [&str; 10] = ["ان", "ين", "تا", "تي", "يهما", "اهما", "يه", "يها", "يهم", "اه"];
    const NEVER: [&str; 20] = [
        "بين",
        "الذين",
        "حين",
        "اين",
        "من",
        "كان",
        "وكان",
        "او",
        "دين",
        "عين",
        "الان",
        "لان",
        "مكان",
        "عليه",
        "اليه",
        "فيه",
        "عليها",
        "اليها",
        "الانسان",
        "انسان",
    ];
    word.chars().count() > 3
        && !NEVER.contains(&word)
        && ENDINGS.iter().any(|ending| word.ends_with(ending))
}

/// Whether the unit is a year, in front of which and behind which years stand.
pub(super) fn is_year(unit: Unit) -> bool {
    unit.dimension == Dimension::Time && unit.factor > 3e7 && unit.factor < 4e7
}
