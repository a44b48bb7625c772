//! Characters by what they do in a text.
//!
//! Owns: which characters are invisible, which end a sentence, which open and close.
//! In: characters, or a text and an offset. Out: answers about them.
//! Never: decisions about sentences.

use crate::domain::ByteSpan;
pub(crate) use crate::domain::is_blank;

/// Marks without width: byte order mark, soft hyphen, joiners, bidi controls.
pub(crate) fn is_format_mark(c: char) -> bool {
    matches!(c, '\u{feff}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
}

/// Tashkil and Quranic marks: they sit on a letter and may be left out of ordinary writing.
///
/// Not among them: madda and hamza above and below (U+0653 to U+0655), which change the letter.
pub(crate) fn is_tashkil(c: char) -> bool {
    matches!(c, '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{652}' | '\u{656}'..='\u{65f}' | '\u{670}'
        | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}' | '\u{6e7}' | '\u{6e8}'
        | '\u{6ea}'..='\u{6ed}' | '\u{8ca}'..='\u{8e1}' | '\u{8e3}'..='\u{8ff}')
}

/// Dots, question and exclamation marks, ellipses of the scripts an Arabic page may hold.
pub(crate) fn is_end_mark(c: char) -> bool {
    is_dot(c) || is_strong_mark(c) || c == '…' || c == '\u{61e}'
}

/// A full stop that also serves as a decimal point or abbreviation mark, in Latin and Urdu form.
pub(crate) fn is_dot(c: char) -> bool {
    matches!(c, '.' | '۔')
}

/// A mark that is nothing but an end mark.
pub(crate) fn is_strong_mark(c: char) -> bool {
    matches!(c, '؟' | '?' | '!' | '。' | '．' | '？' | '！' | '｡' | '‼' | '⁇' | '⁈' | '⁉')
}

/// Marks that may not begin a sentence: what stands in front of them goes on.
pub(crate) fn continues(c: char) -> bool {
    matches!(c, ',' | '،' | ':' | ';' | '؛' | '/' | '\\' | '_' | '=' | '&' | '%' | '٪' | '~')
}

/// Closing brackets and quotation marks that point in one direction.
pub(crate) fn is_closer(c: char) -> bool {
    matches!(c, '»' | '”' | '’' | ')' | ']' | '}' | '›' | '﴾' | '』' | '」')
}

/// Dashes that may open a list item, a turn of dialogue or an aside.
pub(crate) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '–' | '—' | '―' | '−' | 'ـ')
}

/// The characters in front of `at`, nearest first.
pub(crate) fn before(text: &str, at: usize) -> impl Iterator<Item = char> + '_ {
    text.get(..at).unwrap_or_default().chars().rev()
}

/// The characters from `at` on.
pub(crate) fn after(text: &str, at: usize) -> impl Iterator<Item = char> + '_ {
    text.get(at..).unwrap_or_default().chars()
}

/// The bytes `start..end` of `text`, or nothing if they are not a part of it.
pub(crate) fn part(text: &str, start: usize, end: usize) -> &str {
    text.get(start..end).unwrap_or_default()
}

/// `start..end` of `text` without the invisible characters at both ends; nothing if none is left.
pub(crate) fn visible_span(text: &str, start: usize, end: usize) -> Option<ByteSpan> {
    let inside = part(text, start, end);
    let trimmed = inside.trim_end_matches(is_blank);
    let end = start + trimmed.len();
    let start = end - trimmed.trim_start_matches(is_blank).len();
    ByteSpan::within(text, start, end).ok().filter(|span| !span.is_empty())
}

/// Where the first visible character at or after `at` stands, or the end of the text.
pub(crate) fn skip_blanks(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.len() - rest.trim_start_matches(is_blank).len()
}

/// Whether `word` is an entry of `list`, whose entries are parted by `|`.
pub(crate) fn is_listed(list: &str, word: &str) -> bool {
    list.split('|').any(|entry| entry == word)
}
