//! Lines that come as they are seen: glyphs from left to right.
//!
//! Owns: the way from what is seen to what is read: presentation forms, runs of Latin letters and digits inside Arabic, pairs
//! of brackets. In: pieces of a line in their order on paper. Out: text in the order in which it is read.
//! Never: where on the paper a line stands.

use unicode_normalization::UnicodeNormalization as _;

use super::script::{is_arabic_letter, is_latin_letter};

/// Brackets that a line from right to left shows the other way round.
const PAIRS: [(char, char); 6] =
    [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>'), ('«', '»'), ('‹', '›')];

/// What a piece of a line is for its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Letters from right to left.
    Right,
    /// Letters from left to right.
    Left,
    /// European digits.
    Number,
    /// Digits of Arabic.
    ArabicNumber,
    /// A mark that may stand inside a number.
    Separator,
    /// A sign that may stand beside a number.
    Beside,
    Space,
    Other,
}

/// Letters in place of presentation forms and ligatures; everything else stays.
#[must_use]
pub fn without_presentation_forms(piece: &str) -> String {
    let is_form = |c: char| matches!(c, '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}');
    let mut plain = String::with_capacity(piece.len());
    for c in piece.chars() {
        // Ornate brackets lie in the same block and are no letters.
        if is_form(c) && !matches!(c, '\u{fd3e}' | '\u{fd3f}') {
            plain.extend(std::iter::once(c).nfkc().filter(|c| *c != ' '));
        } else {
            plain.push(c);
        }
    }
    plain
}

/// The text of a line whose `pieces` stand from left to right. A piece of several characters, a ligature or a letter with
/// its marks, is in the order of reading already.
///
/// `mirrored` says that brackets are given as they look, and not as they are read.
#[must_use]
pub fn line(pieces: &[String], mirrored: bool) -> String {
    let plain: Vec<String> = pieces.iter().map(|piece| without_presentation_forms(piece)).collect();
    let classes: Vec<Class> = plain.iter().map(|piece| class(piece)).collect();
    let count = |wanted: Class| classes.iter().filter(|class| **class == wanted).count();
    if count(Class::Right) == 0 || count(Class::Right) * 3 < count(Class::Left) {
        return plain.concat();
    }
    let mut text = String::new();
    let mut end = plain.len();
    while end > 0 {
        let start = run_start(&classes, end);
        let run = plain.get(start..end).unwrap_or_default();
        if end - start == 1 && !is_forward(classes.get(start).copied()) {
            text.extend(
                run.iter()
                    .flat_map(|piece| piece.chars())
                    .map(|c| if mirrored { mirror(c) } else { c }),
            );
        } else {
            text.extend(run.iter().map(String::as_str));
        }
        end = start;
    }
    text
}

/// How many more brackets of `text` open before they close than the other way round.
#[must_use]
pub fn brackets_in_order(text: &str) -> isize {
    let mut sum = 0;
    for (open, close) in PAIRS {
        let mut open_now = 0_isize;
        for c in text.chars() {
            if c == open {
                open_now += 1;
            } else if c == close {
                sum += if open_now > 0 { 1 } else { -1 };
                open_now = (open_now - 1).max(0);
            }
        }
    }
    sum
}

fn is_forward(class: Option<Class>) -> bool {
    matches!(class, Some(Class::Left | Class::Number | Class::ArabicNumber))
}

/// Where the run begins that ends before `end`: several pieces from left to right, or one piece.
fn run_start(classes: &[Class], end: usize) -> usize {
    let at = |index: usize| classes.get(index).copied();
    let before = |index: usize| index.checked_sub(1).and_then(at);
    let mut start = end - 1;
    // A sign behind a number goes with it.
    if at(start) == Some(Class::Beside) && before(start) == Some(Class::Number) {
        start -= 1;
    }
    if !is_forward(at(start)) {
        return end - 1;
    }
    loop {
        let has_letters = (start..end).any(|index| at(index) == Some(Class::Left));
        if is_forward(before(start)) {
            start -= 1;
            continue;
        }
        // Back over marks and spaces to the next piece of the same run.
        let mut back = start;
        while back > 0 && !is_forward(before(back)) && before(back) != Some(Class::Right) {
            back -= 1;
        }
        let between = start - back;
        let joins = match before(back) {
            // A phrase in Latin letters with its spaces and marks.
            Some(Class::Left) => between <= 3,
            Some(Class::Number) if has_letters => between <= 3,
            Some(Class::Number) => {
                between == 1 && matches!(at(back), Some(Class::Separator | Class::Beside))
            }
            Some(Class::ArabicNumber) => between == 1 && at(back) == Some(Class::Separator),
            _ => false,
        };
        if !joins {
            // A sign in front of a number goes with it.
            let is_sign = before(start) == Some(Class::Beside) && at(start) == Some(Class::Number);
            return if is_sign { start - 1 } else { start };
        }
        start = back - 1;
    }
}

fn class(piece: &str) -> Class {
    let Some(c) = piece.chars().find(|c| c.is_alphanumeric()).or_else(|| piece.chars().next())
    else {
        return Class::Other;
    };
    match c {
        '0'..='9' => Class::Number,
        '٠'..='٩' | '۰'..='۹' => Class::ArabicNumber,
        c if is_arabic_letter(c) => Class::Right,
        c if is_latin_letter(c) => Class::Left,
        c if c.is_whitespace() => Class::Space,
        '.' | ',' | '/' | ':' | '-' | '٫' | '٬' | '\u{a0}' => Class::Separator,
        '%' | '$' | '€' | '£' | '+' | '°' | '#' => Class::Beside,
        _ => Class::Other,
    }
}

fn mirror(c: char) -> char {
    let pair = PAIRS.iter().find(|(open, close)| *open == c || *close == c);
    match pair {
        Some((open, close)) if c == *open => *close,
        Some((open, _)) => *open,
        None => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is seen, a piece a character.
    fn seen(text: &str) -> Vec<String> {
        text.chars().map(String::from).collect()
    }

    #[test]
    fn letters_are_turned_and_numbers_and_latin_phrases_are_not() {
        let cases = [
            ("ابحرم", "مرحبا"),
            ("4.5% ةبسن", "نسبة 4.5%"),
            ("لاير $300 غلبم", "مبلغ $300 ريال"),
            ("موي gpt-5 Turbo جذومن", "نموذج gpt-5 Turbo يوم"),
            ("14/09/2022 خيرات", "تاريخ 14/09/2022"),
            ("٢٠٢٣ رياني ٢٥", "٢٥ يناير ٢٠٢٣"),
            ("20 و 10", "10 و 20"),
            ("English only 12", "English only 12"),
        ];
        for (line_seen, read) in cases {
            assert_eq!(line(&seen(line_seen), true), read, "{line_seen}");
        }
    }

    #[test]
    fn presentation_forms_become_letters_and_ligatures_stay_in_order() {
        let pieces = ["ﻡ", "ﻼ", "ﺳ"].map(str::to_owned);
        assert_eq!(line(&pieces, true), "سلام");
        let pieces = ["مٌ", "لا", "سَ"].map(str::to_owned);
        assert_eq!(line(&pieces, true), "سَلامٌ");
    }

    #[test]
    fn brackets_are_turned_where_they_are_given_as_they_look() {
        let shown = seen("(زترور) لاق");
        assert_eq!(line(&shown, true), "قال (رورتز)");
        assert_eq!(brackets_in_order(&line(&shown, true)), 1);
        assert_eq!(brackets_in_order(&line(&shown, false)), -1);
    }
}
