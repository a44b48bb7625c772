//! Cuts a text into words that can be linked with those of another text.
//!
//! Owns: what is a word. In: a text of any script. Out: spans that rise and do not touch white space or invisible
//! marks at their ends. Never: stems, clitics; an Arabic word keeps its article and conjunction.

use unicode_normalization::char::is_combining_mark;

use super::chars::{is_blank, is_format_mark};
use crate::domain::ByteSpan;

/// What a character does in a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A letter, digit, or mark on one of them.
    Part,
    /// Invisible and no control of direction: a joiner or soft hyphen.
    Joiner,
    /// A word of its own, unless it joins two parts.
    Mark,
    /// Part of nothing.
    Space,
}

/// The words of `text`: letters, marks and digits in a row, and every other visible character alone.
///
/// Between two letters or digits an apostrophe, a hyphen or a joiner is part of the word; between two digits so are the
/// marks of decimals, thousands and times (`3.5`, `1,000`, `٣٫٥`, `10:30`). Marks of direction are in no word.
#[must_use]
pub fn words(text: &str) -> Vec<ByteSpan> {
    let mut words = Vec::new();
    let mut start = None; // of the word that is open
    let mut last = ' ';
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        let inside = start.is_some()
            && match kind(character) {
                Kind::Part => true,
                Kind::Joiner => next.is_some_and(|next| kind(next) == Kind::Part),
                Kind::Mark => next.is_some_and(|next| joins(last, character, next)),
                Kind::Space => false,
            };
        if inside {
            last = character;
            continue;
        }
        if let Some(start) = start.take() {
            words.extend(ByteSpan::within(text, start, at));
        }
        match kind(character) {
            Kind::Part => (start, last) = (Some(at), character),
            Kind::Mark => words.extend(ByteSpan::within(text, at, at + character.len_utf8())),
            Kind::Joiner | Kind::Space => {}
        }
    }
    words.extend(start.and_then(|start| ByteSpan::within(text, start, text.len()).ok()));
    words
}

fn kind(character: char) -> Kind {
    match character {
        '\u{ad}' | '\u{200c}' | '\u{200d}' | '\u{2060}' => Kind::Joiner,
        _ if character.is_alphanumeric() || is_combining_mark(character) => Kind::Part,
        _ if is_format_mark(character) || is_blank(character) || character.is_control() => {
            Kind::Space
        }
        _ => Kind::Mark,
    }
}

/// Whether `mark` holds the characters around it together.
fn joins(before: char, mark: char, after: char) -> bool {
    match mark {
        '\'' | '’' | '-' | '\u{2010}' | '\u{2011}' => {
            kind(before) == Kind::Part && after.is_alphanumeric()
        }
        '.' | ',' | ':' | '،' | '٫' | '٬' => before.is_numeric() && after.is_numeric(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(text: &str) -> Vec<&str> {
        words(text).into_iter().filter_map(|span| span.of(text)).collect()
    }

    #[test]
    fn letters_in_a_row_are_a_word_and_marks_stand_alone() {
        assert_eq!(cut("قال: «نعم»،  وذهب."), ["قال", ":", "«", "نعم", "»", "،", "وذهب", "."]);
        assert_eq!(
            cut("It's a well-known \"fact\"--yes..."),
            ["It's", "a", "well-known", "\"", "fact", "\"", "-", "-", "yes", ".", ".", "."]
        );
        assert_eq!(cut("رحّب الرئيسُ"), ["رحّب", "الرئيسُ"]);
        assert_eq!(cut(""), [""; 0]);
        assert_eq!(cut("'tis John' end- -x"), ["'", "tis", "John", "'", "end", "-", "-", "x"]);
    }

    #[test]
    fn numbers_keep_their_points_and_commas() {
        assert_eq!(
            cut("1,000.5 ٣٫٥ 10:30, 7. 3-1 50%"),
            ["1,000.5", "٣٫٥", "10:30", ",", "7", ".", "3-1", "50", "%"]
        );
        assert_eq!(cut("a.b 1.a م16على"), ["a", ".", "b", "1", ".", "a", "م16على"]);
    }

    #[test]
    fn marks_of_direction_are_in_no_word() {
        assert_eq!(cut("\u{200f}نعم\u{200e} \u{202b}لا\u{202c}\u{feff}"), ["نعم", "لا"]);
        assert_eq!(cut("می\u{200c}خواهم \u{200d}"), ["می\u{200c}خواهم"]);
    }

    proptest! {
        #[test]
        fn words_rise_and_hold_every_visible_character(text in "[ab1٣ا\u{64b}.,:'’ـ\\-\u{200f}\u{200c}\u{ad} \n«»]{0,30}|\\PC{0,20}") {
            let spans = words(&text);
            let mut covered = 0;
            for span in &spans {
                prop_assert!(span.start() >= covered && !span.is_empty());
                let word = span.of(&text).unwrap_or_default();
                prop_assert!(!word.contains(char::is_whitespace), "{word:?}");
                let between = text.get(covered..span.start()).unwrap_or("?");
                prop_assert!(between.chars().all(|c| matches!(kind(c), Kind::Space | Kind::Joiner)));
                covered = span.end();
            }
            let rest = text.get(covered..).unwrap_or("?");
            prop_assert!(rest.chars().all(|c| matches!(kind(c), Kind::Space | Kind::Joiner)));
        }
    }
}
