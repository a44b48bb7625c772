//! Text as a field between tabs.
//!
//! Owns: what is escaped, so that a row stays a line and shows what it holds. In: any text. Out: one field.

use std::fmt::Write as _;

/// `text` with tabs, line ends, backslashes, controls and separators as escapes.
pub(super) fn escaped(text: &str) -> String {
    let mut field = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => field.push_str("\\\\"),
            '\t' => field.push_str("\\t"),
            '\n' => field.push_str("\\n"),
            '\r' => field.push_str("\\r"),
            c if c.is_control() || is_separator(c) => {
                // Writing to a string cannot fail.
                let _ = write!(field, "\\u{:04x}", u32::from(c));
            }
            c => field.push(c),
        }
    }
    field
}

/// Line and paragraph separators, embeddings, overrides and isolates.
fn is_separator(c: char) -> bool {
    matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_can_be_told_from_what_was_there() {
        assert_eq!(escaped("a\tb\\tc\r\n\u{1b}[0m\u{202e}"), "a\\tb\\\\tc\\r\\n\\u001b[0m\\u202e");
    }
}
