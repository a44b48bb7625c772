//! Whether a text is Arabic at all.
//!
//! Owns: the thresholds of that judgement.
//! In: text. Out: [`LooksLike`], for a message to the user.
//! Never: a guess which other language it is.

use super::script::{is_arabic_letter, letters, share};

/// What a text looks like, judged by its letters.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum LooksLike {
    /// Most letters are Arabic.
    Arabic,
    /// Most letters belong to the Arabic script, but many of them to letters that Arabic does not
    /// use: Persian, Urdu, Pashto, Kurdish.
    ArabicScript {
        /// Share of such letters among those of the Arabic script, 0 to 1.
        foreign_share: f32,
    },
    /// Most letters belong to other scripts.
    Other {
        /// Share of Arabic letters, 0 to 1.
        arabic_share: f32,
    },
    /// The text has no letter.
    NoLetters,
}

/// Below this share of Arabic letters a text is not Arabic: reports on technology with many Latin
/// names stay well above, English reports that quote Arabic well below.
const LEAST_ARABIC_SHARE: f32 = 0.5;

/// Above this share of letters that Arabic does not use, a text is in another language of the
/// script. Persian and Urdu have ten in a hundred or more; names in Arabic texts reach one or two.
const MOST_FOREIGN_SHARE: f32 = 0.06;

/// Judges `text` by its letters.
#[must_use]
pub fn looks_arabic(text: &str) -> LooksLike {
    let letters = letters(text);
    if letters.total() == 0 {
        return LooksLike::NoLetters;
    }
    let arabic_share = letters.arabic_share();
    if arabic_share < LEAST_ARABIC_SHARE {
        return LooksLike::Other { arabic_share };
    }
    let foreign = text.chars().filter(|c| is_arabic_letter(*c) && !is_letter_of_arabic(*c)).count();
    let foreign_share = share(foreign, letters.arabic);
    if foreign_share > MOST_FOREIGN_SHARE {
        LooksLike::ArabicScript { foreign_share }
    } else {
        LooksLike::Arabic
    }
}

/// The letters of the Arabic language, presentation forms among them.
fn is_letter_of_arabic(c: char) -> bool {
    matches!(c, '\u{621}'..='\u{63a}' | '\u{641}'..='\u{64a}' | '\u{671}' | '\u{fc00}'..='\u{fefc}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arabic_with_latin_names_is_arabic() {
        let text = "قالت شركة Apple إن هاتف iPhone سيصل إلى الأسواق";
        assert_eq!(looks_arabic(text), LooksLike::Arabic);
    }

    #[test]
    fn english_that_quotes_arabic_is_not_arabic() {
        let verdict = looks_arabic("The word سلام means peace and is used as a greeting.");
        assert!(matches!(verdict, LooksLike::Other { arabic_share } if arabic_share < 0.2));
    }

    #[test]
    fn persian_is_told_from_arabic() {
        let text = "رئیس جمهور گفت که این کشور برای گفتگو آماده است و پیشنهاد می‌کند";
        assert!(matches!(looks_arabic(text), LooksLike::ArabicScript { .. }));
    }

    #[test]
    fn digits_alone_are_no_language() {
        assert_eq!(looks_arabic("2021 – 16.6."), LooksLike::NoLetters);
    }
}
