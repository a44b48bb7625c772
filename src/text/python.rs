//! Texts as Python's `str` sees them, because the reference implementations of the metrics are written in Python.
//!
//! Owns: which characters are white space to `str.split`, `str.strip` and `\s`; words and trimming by that rule.
//! In: texts. Out: slices of them.
//! Never: normal forms, tokenizers (each metric has its own).
//! Source: `str.isspace`, `str.split`, `str.rstrip` of the Python library reference.

/// Whether Python's `str.isspace` holds for `c`: Unicode white space, and the four information separators
/// U+001C to U+001F, which Python counts for their bidirectional class and [`char::is_whitespace`] leaves out.
#[must_use]
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

/// `text.split()`: the pieces between white space, none of them empty.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_space).filter(|word| !word.is_empty())
}

/// `text.rstrip()`.
#[must_use]
pub fn trim_end(text: &str) -> &str {
    text.trim_end_matches(is_space)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_what_python_says() {
        // [hex(c) for c in range(0x110000) if chr(c).isspace()], Python 3.11; \s of `re` gives the same list.
        let expected: Vec<u32> =
            [0x9..=0xd, 0x1c..=0x20, 0x85..=0x85, 0xa0..=0xa0, 0x1680..=0x1680]
                .into_iter()
                .chain([0x2000..=0x200a, 0x2028..=0x2029, 0x202f..=0x202f, 0x205f..=0x205f])
                .chain([0x3000..=0x3000])
                .flatten()
                .collect();
        let found: Vec<u32> = ('\0'..=char::MAX).filter(|&c| is_space(c)).map(u32::from).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn words_and_trimming_follow_that_rule() {
        assert_eq!(
            words(" a\u{1c}b\u{3000}\u{85}c\u{200b}d \r\n").collect::<Vec<_>>(),
            ["a", "b", "c\u{200b}d"]
        );
        assert_eq!(words("\u{1f} \t").count(), 0);
        assert_eq!(trim_end(" a b\u{1e}\u{a0}\n"), " a b");
        assert_eq!(trim_end(" \n"), "");
    }
}
