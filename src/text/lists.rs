//! The marks in front of list items.
//!
//! Owns: bullets, numbers and letters that count items.
//! In: one line. Out: where the mark ends.
//! Never: whether a dash opens an item or a turn of dialogue.

use super::chars::is_blank;
use super::script::{ascii_digit, is_arabic_letter};

/// Where the item mark of `line` ends, or nothing if the line begins with none.
///
/// Marks: `•` and its like; `-`, `*` and dashes in front of white space; one to three digits or one
/// Arabic letter in front of `.`, `)`, `-` or `/`, also in brackets.
pub(crate) fn marker_end(line: &str) -> Option<usize> {
    let first = line.chars().next()?;
    let behind = line.get(first.len_utf8()..)?;
    let space_behind = behind.starts_with(is_blank);
    match first {
        '•' | '◦' | '▪' | '▫' | '●' | '○' | '■' | '□' | '►' | '▶' | '‣' | '⁃' | '∙' | '✓' | '✔'
        | '➤' => Some(first.len_utf8()),
        '-' | '–' | '—' | '*' | '·' | '−' | '+' => space_behind.then(|| first.len_utf8()),
        _ => counter_end(line),
    }
}

fn counter_end(line: &str) -> Option<usize> {
    let inner = line.strip_prefix('(').unwrap_or(line);
    let opened = inner.len() < line.len();
    let digits = inner.chars().take_while(|c| ascii_digit(*c).is_some()).count();
    let lettered = digits == 0 && inner.chars().next().is_some_and(is_arabic_letter);
    let count = if lettered { 1 } else { digits };
    if !(1..=3).contains(&count) {
        return None;
    }
    let mut rest = inner.chars().skip(count).skip_while(|c| *c == 'ـ').peekable();
    let close = rest.next()?;
    let next = rest.peek().copied();
    let separated = next.is_some_and(is_blank);
    let fits = match close {
        ')' => opened || separated || next.is_some_and(char::is_alphabetic),
        // "10-15" is a range, "5.2" a fraction, "أ.ف" an abbreviation, "و-" a hyphen.
        '-' | '–' | '.' | '/' if !opened => {
            separated || (!lettered && close != '/' && next.is_some_and(char::is_alphabetic))
        }
        _ => false,
    };
    // "د. أحمد" and "م. خالد" open with a title.
    let title = lettered && close == '.';
    let end = line.find(close)? + close.len_utf8();
    (fits && !title).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bullets_numbers_and_letters_mark_items() {
        for line in [
            "• نقطة",
            "- نقطة",
            "* نقطة",
            "– نقطة",
            "1- نقطة",
            "٢. نقطة",
            "3) نقطة",
            "(4) نقطة",
            "أ- نقطة",
            "ب) نقطة",
            "1-نقطة",
        ] {
            assert!(marker_end(line).is_some(), "{line}");
        }
    }

    #[test]
    fn ordinary_lines_carry_no_mark() {
        for line in [
            "10-15 نوعا",
            "5.2 في المئة",
            "2021. كان",
            "د. أحمد",
            "أ.ف.ب",
            "-5 درجات",
            "كلمة",
            "",
            "(كلمة)",
            "*",
            "و-",
        ] {
            assert!(marker_end(line).is_none(), "{line}");
        }
    }
}
