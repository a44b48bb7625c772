//! Words that end in a dot without ending a sentence, and words that tell which it was.
//!
//! Owns: the lists, in Arabic and English, and what a dot behind a word means.
//! In: the words on both sides of a dot. Out: [`DotMeans`].
//! Never: quotation marks, positions.

use super::chars::{is_listed, is_tashkil};
use super::script::{ascii_digit, is_arabic_letter, is_latin_letter};

/// What the dot behind a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DotMeans {
    /// An end mark.
    End,
    /// Part of the word, whatever follows.
    Abbreviation,
    /// Part of the word, and an end mark if what follows begins a sentence.
    Either,
}

/// English abbreviations in front of the name or number that they belong to.
const ENGLISH_TITLES: &str = "mr|mrs|ms|dr|prof|st|mt|ft|gen|sen|rep|gov|lt|col|capt|sgt|cpl|cmdr|adm|maj|brig|rev|\
     hon|pres|supt|messrs|mme|mlle|vs|v|cf|e.g|i.e|eg|ie|viz|approx|ca|al|ed|eds|trans|ibid";

/// English abbreviations only in front of a number.
const BEFORE_NUMBER: &str = "no|nos|vol|vols|p|pp|fig|figs|ch|sec|art|para|eq";

/// English abbreviations that may also stand at the end of a sentence.
const ENGLISH_EITHER: &str = "inc|ltd|co|corp|plc|llc|jr|sr|etc|est|dept|univ|bros|ave|blvd|rd|jan|feb|mar|apr|jun|\
     jul|aug|sep|sept|oct|nov|dec|mon|tue|tues|wed|thu|thurs|fri|sat|esq|ph.d|m.d|b.a|m.a";

/// Arabic words in front of a single letter that is a name of its own: vitamin B, point A.
const LETTER_NAMES: &str = "فيتامين|الفئة|فئة|النوع|نوع|المجموعة|مجموعة|النقطة|نقطة|حرف|الحرف|البند|بند|الفقرة|\
     فقرة|الخطة|خطة|الفريق|المنتخب|plan|vitamin|class|type|group|point|grade|hepatitis";

/// Titles of several letters in front of a name.
const ARABIC_TITLES: &str = "أ.د|ا.د|أ.م.د|ا.م.د|د.م|م.د|أ.م";

/// Abbreviations behind a year or an hour, and "and so on".
const ARABIC_EITHER: &str = "ق.م|ب.م|ق.هـ|هـ|ه|إلخ|الخ|وإلخ|اهـ|كلم";

/// Arabic words that go on with the sentence in front of them rather than begin one.
const ARABIC_CONTINUATION: &str = "في|من|إلى|الى|على|عن|حتى|مع|بين|بعد|قبل|خلال|عند|أو|او|ثم|أن|التي|الذي|الذين|حيث|إذ|كي|\
     لكي|بل|أم|ضد|نحو|دون|دونما|بدون|منذ|لدى|تحت|فوق|أمام|داخل|خارج|وفي|ومن|وإلى|وعلى|ثمّ|\
     فقط|أيضا|أيضاً|بحسب|وفق|حسب|لأن|لأنه|لأنها|وهو|وهي";

/// Arabic words that begin a sentence wherever one may begin.
const ARABIC_STARTERS: &str = "إن|إنه|إنها|لقد|وقد|كما|هذا|هذه|هل|لماذا|كيف|أين|متى|ماذا|لكن|ولكن|أما|وأما|غير|بيد|\
     كان|كانت|وكان|وكانت|نعم|لا|كلا|أنا|نحن|هو|هي|هم|ليس|ليست|لم|لن|قال|قالت|وقال|وقالت|\
     وأضاف|وأضافت|وأكد|وأكدت|وأوضح|وأشار|وذكر|ويقول|وتقول|يذكر|وعندما|فهل|وهل|إذن";

/// Verbs of speech, behind a quotation: «…» قال فلان.
const SPEECH: &str = "قال|قالت|يقول|تقول|سأل|سألت|يسأل|تسأل|أجاب|أجابت|رد|ردت|صرخ|صرخت|هتف|هتفت|تساءل|تساءلت|\
     أضاف|أضافت|صاح|صاحت|همس|همست|علق|علقت|كتب|كتبت|هكذا|بهذه|قلت|سألته|سألني|asked|said|\
     says|replied|cried|shouted|wondered|added|answered|wrote|asks";

/// English words that begin a sentence even behind an abbreviation.
const ENGLISH_STARTERS: &str = "The|A|An|In|On|At|It|He|She|They|We|I|You|This|That|These|Those|But|And|However|Its|\
     His|Her|Their|Our|My|When|While|After|Before|As|If|For|There|Here|What|Who|Why|How|\
     Some|Many|Most|Since|By|From|To|With|Yet|So|Then|Meanwhile|Although|Both|Each|All|Not|\
     One|Two|According|During|Under|Let";

/// What the dot behind `word` means; `earlier` is the word in front of it, `next` the one behind.
pub(crate) fn dot_means(earlier: &str, word: &str, next: &str) -> DotMeans {
    if word.chars().any(is_tashkil) || earlier.chars().any(is_tashkil) {
        return dot_means(&without_tashkil(earlier), &without_tashkil(word), next);
    }
    let numbered = earlier.chars().next_back().is_some_and(|c| ascii_digit(c).is_some())
        || word.chars().next().is_some_and(|c| ascii_digit(c).is_some());
    let core = word.trim_start_matches(|c| ascii_digit(c).is_some());
    if is_listed(ARABIC_EITHER, core) || (numbered && matches!(core, "م" | "ب" | "ص")) {
        return DotMeans::Either;
    }
    if core.chars().any(is_latin_letter) {
        // "below 2C." and "5km." end in a unit.
        let unit = core.len() < word.len() && !core.contains('.');
        return if unit { DotMeans::End } else { english_dot_means(earlier, core, next) };
    }
    let bare = core.strip_prefix('و').filter(|rest| !rest.is_empty()).unwrap_or(core);
    if is_single(bare) && !is_common_word(core) {
        let names_letter = is_listed(LETTER_NAMES, earlier) && bare == core;
        return if names_letter { DotMeans::Either } else { DotMeans::Abbreviation };
    }
    match is_dotted(bare) {
        false => DotMeans::End,
        true if is_listed(ARABIC_TITLES, bare) => DotMeans::Abbreviation,
        true => behind_name(next),
    }
}

/// A name that ends in a dot is far more often followed by its apposition than by a new sentence.
fn behind_name(next: &str) -> DotMeans {
    let conjunction = next.strip_prefix('و').is_some_and(|rest| rest.chars().count() >= 3);
    if surely_begins_sentence(next) || (conjunction && !goes_on(next)) {
        DotMeans::End
    } else {
        DotMeans::Abbreviation
    }
}

fn english_dot_means(earlier: &str, word: &str, next: &str) -> DotMeans {
    let lower = word.to_lowercase();
    let lower = lower.as_str();
    let number_next = next.chars().next().is_some_and(|c| ascii_digit(c).is_some());
    if is_listed(BEFORE_NUMBER, lower) {
        return if number_next { DotMeans::Abbreviation } else { DotMeans::End };
    }
    if is_listed(ENGLISH_TITLES, lower) {
        return DotMeans::Abbreviation;
    }
    let arabic_next = next.chars().next().is_some_and(is_arabic_letter);
    if lower == "etc" && next.starts_with(char::is_uppercase) {
        return DotMeans::End;
    }
    let either = is_listed(ENGLISH_EITHER, lower) || (is_dotted(word) && !is_single(word));
    if either {
        return if arabic_next { behind_name(next) } else { DotMeans::Either };
    }
    if is_single(word) {
        let names_letter = is_listed(LETTER_NAMES, earlier.to_lowercase().as_str());
        let initial = word.chars().all(char::is_uppercase) && !arabic_next;
        return match (names_letter || word == "I", initial) {
            (true, _) => DotMeans::Either,
            (false, true) => DotMeans::Abbreviation,
            (false, false) => DotMeans::End,
        };
    }
    DotMeans::End
}

/// One letter, tatweel aside.
fn is_single(word: &str) -> bool {
    let mut letters = word.chars().filter(|c| *c != 'ـ');
    letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none()
}

/// Words of two letters that look like a conjunction and an abbreviated title.
fn is_common_word(word: &str) -> bool {
    matches!(
        word,
        "وا" | "وي" | "وه" | "وو" | "وك" | "ول" | "وب" | "وق" | "وع" | "وف" | "وس" | "وش"
    )
}

/// Letters apart from one another by dots, as in `ص.ب` and `U.S`; one or two letters each.
fn is_dotted(word: &str) -> bool {
    word.contains('.')
        && word.split('.').all(|part| {
            let letters = part.chars().filter(|c| c.is_alphabetic() && *c != 'ـ').count();
            let others = part.chars().filter(|c| !c.is_alphabetic()).count();
            (1..=2).contains(&letters) && others == 0
        })
}

fn without_tashkil(word: &str) -> String {
    word.chars().filter(|c| !is_tashkil(*c)).collect()
}

/// Whether `next` begins a sentence, behind a dot that may belong to an abbreviation.
pub(crate) fn begins_sentence(next: &str) -> bool {
    match next.chars().next() {
        Some(c) if is_latin_letter(c) => is_listed(ENGLISH_STARTERS, next),
        Some(c) if is_arabic_letter(c) => !goes_on(next),
        Some(_) => false,
        None => true,
    }
}

/// Whether `next` begins a sentence for certain, as it takes behind "…".
pub(crate) fn surely_begins_sentence(next: &str) -> bool {
    let plain = without_tashkil(next);
    is_listed(ARABIC_STARTERS, plain.as_str())
        || next.chars().next().is_some_and(|c| is_latin_letter(c) && c.is_uppercase())
}

/// Whether `next` goes on with what stands in front of it.
pub(crate) fn goes_on(next: &str) -> bool {
    is_listed(ARABIC_CONTINUATION, without_tashkil(next).as_str())
}

/// Whether `word` says that someone spoke.
pub(crate) fn is_speech(word: &str) -> bool {
    is_listed(SPEECH, without_tashkil(word).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_and_initials_never_end_a_sentence() {
        for (earlier, word, next) in [
            ("قال", "د", "أحمد"),
            ("قال", "وأ", "أحمد"),
            ("ج", "ك", "رولينغ"),
            ("قال", "أ.د", "وليد"),
            ("Mr", "J", "Smith"),
            ("met", "Dr", "Smith"),
        ] {
            assert_eq!(dot_means(earlier, word, next), DotMeans::Abbreviation, "{word}");
        }
    }

    #[test]
    fn a_latin_letter_in_front_of_arabic_ends_a_sentence() {
        assert_eq!(dot_means("hepatit", "C", "وقال"), DotMeans::End);
    }

    #[test]
    fn a_letter_that_is_a_name_may_end_a_sentence() {
        assert_eq!(dot_means("فيتامين", "ب", "وقال"), DotMeans::Either);
    }

    #[test]
    fn years_and_and_so_on_may_end_a_sentence() {
        assert_eq!(dot_means("1990", "م", "وكان"), DotMeans::Either);
        assert_eq!(dot_means("والقمح", "إلخ", "وقال"), DotMeans::Either);
        assert_eq!(dot_means("500", "ق.م", "في"), DotMeans::Either);
    }

    #[test]
    fn number_signs_are_abbreviations_only_before_a_number() {
        assert_eq!(dot_means("said", "No", "5"), DotMeans::Abbreviation);
        assert_eq!(dot_means("said", "no", "Then"), DotMeans::End);
    }

    #[test]
    fn ordinary_words_end_a_sentence() {
        for word in ["سوريا", "هم", "بد", "كم", "market", "ذلك"] {
            assert_eq!(dot_means("كلمة", word, "وقال"), DotMeans::End, "{word}");
        }
    }
}
