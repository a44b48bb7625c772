//! Letters and digits by script.
//!
//! Owns: which letters are Arabic, which digits have which value.
//! In: text. Out: counts and shares.
//! Never: words, languages.

use unicode_normalization::char::is_combining_mark;

/// How many letters of each script a text has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Letters {
    /// Letters of the Arabic script, whatever the language.
    pub arabic: usize,
    /// Letters of the Latin script.
    pub latin: usize,
    /// Letters of any other script.
    pub other: usize,
}

impl Letters {
    /// All letters.
    #[must_use]
    pub fn total(self) -> usize {
        self.arabic + self.latin + self.other
    }

    /// Arabic letters as a share of all letters, 0 to 1; 0 where there is no letter.
    #[must_use]
    pub fn arabic_share(self) -> f32 {
        share(self.arabic, self.total())
    }
}

/// `part / whole`, 0 if the whole is nothing.
#[expect(clippy::cast_precision_loss, reason = "a share needs no more than 24 bits")]
pub(crate) fn share(part: usize, whole: usize) -> f32 {
    if whole == 0 { 0.0 } else { part as f32 / whole as f32 }
}

/// Whether `c` is a letter of the Arabic script; tatweel and combining marks are not letters.
#[must_use]
pub fn is_arabic_letter(c: char) -> bool {
    let in_block = matches!(c, '\u{620}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{870}'..='\u{8ff}'
        | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10ec0}'..='\u{10eff}');
    in_block && c.is_alphabetic() && c != 'ـ' && !is_combining_mark(c)
}

/// Whether `c` is a letter of the Latin script.
#[must_use]
pub fn is_latin_letter(c: char) -> bool {
    c.is_ascii_alphabetic()
        || matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\u{ff21}'..='\u{ff3a}'
            | '\u{ff41}'..='\u{ff5a}')
            && c.is_alphabetic()
}

/// Counts the letters of `text` by script.
#[must_use]
pub fn letters(text: &str) -> Letters {
    let mut letters = Letters::default();
    for c in text.chars() {
        if is_arabic_letter(c) {
            letters.arabic += 1;
        } else if is_latin_letter(c) {
            letters.latin += 1;
        } else if c.is_alphabetic() && c != 'ـ' && !is_combining_mark(c) {
            letters.other += 1;
        }
    }
    letters
}

/// Arabic letters as a share of all letters of `text`, 0 to 1; 0 where there is no letter.
#[must_use]
pub fn arabic_letter_share(text: &str) -> f32 {
    letters(text).arabic_share()
}

/// The zero of each set of ten decimal digits that stand in a row in Unicode.
const ZEROS: [char; 22] = [
    '0', '\u{660}', '\u{6f0}', '\u{7c0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}',
    '\u{be6}', '\u{c66}', '\u{ce6}', '\u{d66}', '\u{e50}', '\u{ed0}', '\u{f20}', '\u{1040}',
    '\u{17e0}', '\u{1810}', '\u{19d0}', '\u{a620}', '\u{ff10}',
];

/// The value of a decimal digit of any living script, 0 to 9, as its ASCII digit.
#[must_use]
pub fn ascii_digit(c: char) -> Option<char> {
    if c.is_ascii() {
        return c.is_ascii_digit().then_some(c);
    }
    let code = u32::from(c);
    let zero = ZEROS.iter().map(|zero| u32::from(*zero)).rfind(|zero| *zero <= code)?;
    char::from_digit(code - zero, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tatweel_and_tashkil_are_not_letters() {
        assert_eq!(letters("مـُحـمّد ABC 語"), Letters { arabic: 4, latin: 3, other: 1 });
    }

    #[test]
    fn a_text_without_letters_has_no_arabic_share() {
        assert!(arabic_letter_share("12 ؟ !").abs() < f32::EPSILON);
    }

    #[test]
    fn digits_of_every_script_have_the_same_value() {
        for seven in ['7', '٧', '۷', '७', '７'] {
            assert_eq!(ascii_digit(seven), Some('7'));
        }
        for none in ['x', 'س', '٪', '²', '\u{66a}'] {
            assert_eq!(ascii_digit(none), None);
        }
    }
}
