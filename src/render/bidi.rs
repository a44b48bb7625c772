//! Which stretches of a text run against its direction.
//!
//! Owns: runs of Latin writing and numbers inside Arabic, runs of Arabic inside English, and the isolates (UAX #9)
//! that keep each of them in one piece wherever isolates are text. In: a text and its language. Out: ranges, or the
//! text with isolates. Never: markup.

use std::ops::Range;

use crate::domain::Language;

/// Signs that hold a number or a name together when they stand inside it.
const INSIDE: &str = ".,:/'’_@&+=?%#~-–";
/// Signs that belong to the number before them.
const BEHIND: &str = "%‰°€$£";
/// Signs that belong to the number or name behind them.
const BEFORE: &str = "$€£#@+-";
/// At most so many signs in a row hold two parts together (`://`).
const MAX_SIGNS: usize = 3;

/// The stretches of `text`, written in `language`, that an isolate has to hold together; rising, apart.
///
/// Inside Arabic: Latin words with what ties them (`gpt-5`, `Windows 10`, `https://a.b`), and numbers with their signs
/// (`4.5%`, `$70`). Two numbers with a hyphen between stay two, so that the first of a range stands where an Arabic
/// reader begins. Eastern Arabic digits are left to the algorithm. Inside English: words of a right-to-left script.
pub(super) fn foreign(text: &str, language: Language) -> Vec<Range<usize>> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let starts: fn(char) -> bool = match language {
        Language::Arabic => is_ltr,
        Language::English => is_rtl,
    };
    // Most sentences have none, and a long article has many sentences.
    if !chars.iter().any(|(_, c)| starts(*c)) {
        return Vec::new();
    }
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some((_, c)) = chars.get(at) {
        if !starts(*c) {
            at += 1;
            continue;
        }
        let taken = found.last().map_or(0, |range| range.end);
        let (first, end) = match language {
            Language::Arabic => (before(&chars, at, taken), ltr_end(&chars, at)),
            Language::English => (at, rtl_end(&chars, at)),
        };
        found.push(offset(&chars, first, text)..offset(&chars, end, text));
        at = end;
    }
    found
}

/// `text` with every stretch of [`foreign`] between an isolate and its end.
pub(super) fn isolated(text: &str, language: Language) -> String {
    let mut isolated = String::with_capacity(text.len());
    let mut at = 0;
    for range in foreign(text, language) {
        isolated.push_str(text.get(at..range.start).unwrap_or_default());
        isolated.push(opening(language));
        isolated.push_str(text.get(range.clone()).unwrap_or_default());
        isolated.push(CLOSING);
        at = range.end;
    }
    isolated.push_str(text.get(at..).unwrap_or_default());
    isolated
}

/// POP DIRECTIONAL ISOLATE.
pub(super) const CLOSING: char = '\u{2069}';

/// The isolate for what is foreign in a text of `language`.
pub(super) fn opening(language: Language) -> char {
    match language {
        Language::Arabic => '\u{2066}',
        Language::English => '\u{2067}',
    }
}

/// The direction in which a language is written, as HTML names it.
pub(super) fn direction(language: Language) -> &'static str {
    match language {
        Language::Arabic => "rtl",
        Language::English => "ltr",
    }
}

fn offset(chars: &[(usize, char)], index: usize, text: &str) -> usize {
    chars.get(index).map_or(text.len(), |(offset, _)| *offset)
}

/// Letters of the right-to-left blocks with their marks and digits, presentation forms among them.
fn is_rtl(c: char) -> bool {
    let in_block =
        matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}');
    in_block && c.is_alphanumeric()
}

fn is_ltr(c: char) -> bool {
    c.is_ascii_digit() || (c.is_alphabetic() && !is_rtl(c))
}

/// Where a run that begins at `at` really begins: with the sign that belongs to it.
fn before(chars: &[(usize, char)], at: usize, taken: usize) -> usize {
    let Some(previous) = at.checked_sub(1) else { return at };
    let Some((offset, sign)) = chars.get(previous) else { return at };
    if *offset < taken || !BEFORE.contains(*sign) {
        return at;
    }
    let free = previous.checked_sub(1).and_then(|index| chars.get(index));
    if free.is_none_or(|(_, c)| c.is_whitespace() || "([«\"“".contains(*c)) {
        previous
    } else {
        at
    }
}

fn ltr_end(chars: &[(usize, char)], at: usize) -> usize {
    let get = |index: usize| chars.get(index).map(|(_, c)| *c);
    let mut end = at + 1;
    loop {
        while get(end).is_some_and(is_ltr) {
            end += 1;
        }
        let last = end.checked_sub(1).and_then(get).unwrap_or(' ');
        match get(end + signs(chars, end)) {
            Some(next) if is_ltr(next) && ties(chars, end, last, next) => {
                end += signs(chars, end) + 1;
            }
            _ => break,
        }
    }
    let last_is_digit = end.checked_sub(1).and_then(get).is_some_and(|c| c.is_ascii_digit());
    if last_is_digit && get(end).is_some_and(|c| BEHIND.contains(c)) {
        return end + 1;
    }
    // `C++`, `C#`.
    let tail = if last_is_digit {
        0
    } else {
        (0..2).take_while(|n| matches!(get(end + n), Some('+' | '#'))).count()
    };
    end + tail
}

/// How many signs stand from `at` on that could tie what is around them; a blank counts as one.
fn signs(chars: &[(usize, char)], at: usize) -> usize {
    let rest = chars.iter().skip(at).map(|(_, c)| *c);
    if chars.get(at).is_some_and(|(_, c)| *c == ' ') {
        return 1;
    }
    rest.take(MAX_SIGNS).take_while(|c| INSIDE.contains(*c)).count()
}

/// Whether the signs from `at` on tie `last` to `next`.
fn ties(chars: &[(usize, char)], at: usize, last: char, next: char) -> bool {
    let with_letter = !last.is_ascii_digit() || !next.is_ascii_digit();
    match (signs(chars, at), chars.get(at)) {
        (0, _) | (_, None) => false,
        (1, Some((_, sign))) => with_letter || ".,:/".contains(*sign),
        _ => with_letter,
    }
}

fn rtl_end(chars: &[(usize, char)], at: usize) -> usize {
    let get = |index: usize| chars.get(index).map(|(_, c)| *c);
    let is_mark = |c: char| {
        is_rtl(c) || matches!(c, '\u{610}'..='\u{61a}' | '\u{640}'..='\u{65f}' | '\u{670}')
    };
    let mut end = at + 1;
    loop {
        while get(end).is_some_and(is_mark) {
            end += 1;
        }
        let rest = chars.iter().skip(end).map(|(_, c)| *c);
        let between = rest.take(MAX_SIGNS).take_while(|c| " ،؛:.-/".contains(*c)).count();
        if between == 0 || !get(end + between).is_some_and(is_rtl) {
            return end;
        }
        end += between + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, language: Language) -> Vec<&str> {
        let ranges = foreign(text, language).into_iter();
        ranges.map(|range| text.get(range).unwrap_or("not a range")).collect()
    }

    #[test]
    fn names_and_numbers_inside_arabic_stay_in_one_piece() {
        for (text, runs) in [
            ("مرحبا gpt-5", vec!["gpt-5"]),
            ("نسبة 4.5% من", vec!["4.5%"]),
            ("قال: «استخدمت Windows 10 و C++، ثم 5 GB»", vec!["Windows 10", "C++", "5 GB"]),
            ("طلبت $70 مليون (أو -5)", vec!["$70", "-5"]),
            ("في 16/6/2021 عند 10:30.", vec!["16/6/2021", "10:30"]),
            ("انظر https://example.org/a?b=c، ثم", vec!["https://example.org/a?b=c"]),
            ("مجموعة REvil، وأخرى", vec!["REvil"]),
            ("بلا شيء غريب ١٢٫٥٪", vec![]),
        ] {
            assert_eq!(found(text, Language::Arabic), runs, "{text}");
        }
    }

    /// An Arabic reader begins on the right, so the first year of a range has to stand there.
    #[test]
    fn the_numbers_of_a_range_are_held_apart() {
        assert_eq!(found("بين 2010-2015 فقط", Language::Arabic), ["2010", "2015"]);
        assert_eq!(found("رحلة F-16 من COVID-19", Language::Arabic), ["F-16", "COVID-19"]);
    }

    #[test]
    fn arabic_inside_english_stays_in_one_piece() {
        let text = "He said “قال بوتين، أمس” (أهلا).";
        assert_eq!(found(text, Language::English), ["قال بوتين، أمس", "أهلا"]);
        assert_eq!(found("مَرْحَبًا there", Language::English), ["مَرْحَبًا"]);
        assert_eq!(found("nothing foreign: 4.5%", Language::English), Vec::<&str>::new());
    }

    #[test]
    fn isolates_are_the_only_thing_added() {
        let text = "قال “use gpt-5 now” و 4.5% من «نص»";
        let with = isolated(text, Language::Arabic);
        assert_eq!(with, "قال “\u{2066}use gpt-5 now\u{2069}” و \u{2066}4.5%\u{2069} من «نص»");
        assert_eq!(with.replace(['\u{2066}', CLOSING], ""), text);
        assert_eq!(isolated("a أب b", Language::English), "a \u{2067}أب\u{2069} b");
    }
}
