//! Text that was read in the wrong encoding.
//!
//! Owns: what is recognised as the bytes of UTF-8 taken for windows-1252 (“Tráº§n”) or windows-1256 (“ط§ظ„”), and as bytes that
//! nobody could read.
//! In: text. Out: the first such word.
//! Never: a repair; what stood there is a guess.

use encoding_rs::{Encoding, WINDOWS_1252, WINDOWS_1256};

/// The first word of `text` that was garbled by a wrong encoding.
#[must_use]
pub fn garbled_word(text: &str) -> Option<&str> {
    // Every trace has a character beyond ASCII, and most words have none.
    let mut words = text.split_whitespace().filter(|word| !word.is_ascii());
    words.find(|word| {
        word.contains(char::REPLACEMENT_CHARACTER) || bytes_of_utf8(word, WINDOWS_1252) > 0
    })
}

/// The first word of a `text` most of which is UTF-8 that was read in another encoding, and that encoding.
///
/// Read as windows-1256, Arabic becomes other words in Arabic letters, which no check of scripts notices.
#[must_use]
pub fn misread(text: &str) -> Option<(&str, &'static str)> {
    let words = || text.split_whitespace().filter(|word| !word.is_ascii());
    // Real Arabic has such a sequence by chance, but none of its words has two.
    let encodings = [(WINDOWS_1252, 1), (WINDOWS_1256, 2)];
    encodings.into_iter().find_map(|(encoding, least)| {
        let mut garbled = words().filter(|word| bytes_of_utf8(word, encoding) >= least);
        let first = garbled.next()?;
        (2 * (1 + garbled.count()) > words().count()).then_some((first, encoding.name()))
    })
}

/// How many characters of UTF-8 the characters of a word spell, each taken for a byte of `encoding`.
fn bytes_of_utf8(word: &str, encoding: &'static Encoding) -> usize {
    let characters: Vec<char> = word.chars().collect();
    let at = |at| starts_a_character(characters.get(at..).unwrap_or_default(), encoding);
    (0..characters.len()).filter(|place| at(*place)).count()
}

/// Whether the first characters, each a byte of `encoding`, are together one character of UTF-8.
fn starts_a_character(characters: &[char], encoding: &'static Encoding) -> bool {
    let byte = |character: &char| byte(*character, encoding);
    let Some(lead) = characters.first().and_then(byte) else { return false };
    let length = match lead {
        // Latin-1 and its first extension, Greek, Cyrillic, Arabic: other leads are letters of real words too often.
        0xc2..=0xc5 | 0xce..=0xd1 | 0xd8..=0xdb => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return false,
    };
    let Some(all) = characters.get(..length) else { return false };
    // "à la «CAFÉ»…" has marks of punctuation behind a letter, and they are bytes as well.
    let punctuation = all.iter().skip(1).all(|c| "‘’“”‚„‹›«»–—…•،؛؟".contains(*c));
    let bytes: Option<Vec<u8>> = all.iter().map(byte).collect();
    !punctuation && bytes.is_some_and(|bytes| str::from_utf8(&bytes).is_ok())
}

/// The byte that an encoding has for a character; its holes stand for themselves, as decoders leave them.
fn byte(character: char, encoding: &'static Encoding) -> Option<u8> {
    if let '\u{80}'..='\u{9f}' = character {
        return u8::try_from(u32::from(character)).ok();
    }
    let mut buffer = [0; 4];
    let (bytes, _, unmappable) = encoding.encode(character.encode_utf8(&mut buffer));
    bytes.first().copied().filter(|_| !unmappable)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bytes_of_utf8_are_recognised_and_named() {
        for (text, word) in [
            ("the Battle of BáÄ\u{fffd}ch", "BáÄ\u{fffd}ch"),
            ("the house of Tráº§n fell", "Tráº§n"),
            ("yesÃ¼n ruled", "yesÃ¼n"),
            ("(Chinese: å¤§å… €", "å¤§å…"),
            ("he said â€œnoâ€\u{9d}", "â€œnoâ€\u{9d}"),
            ("Ø§Ù„Ø±Ø¦ÙŠØ³", "Ø§Ù„Ø±Ø¦ÙŠØ³"),
        ] {
            assert_eq!(garbled_word(text), Some(word));
        }
    }

    #[test]
    fn words_of_other_languages_are_not() {
        for text in [
            "São Tomé, Łódź, Ørsted, Düsseldorf, Zürich, Đà Nẵng, Þingvellir, İstanbul",
            "Beyoncé’s café–bar was “très «naïve»…” and “déjà”…",
            "20 °C, §5, £3, 1½ km², ±4 µm, ¿Qué? ¡No! © 2020 Ångström’s",
            "ÇA VA, À PROPOS, L’ÉTÉ’S «CAFÉ»",
            "大元 東京 Ελλάδα Москва عربي",
        ] {
            assert_eq!(garbled_word(text), None, "{text}");
        }
    }

    const ARABIC: &str = "أكد الرئيس الروسي، الذي التقى نظيره فقط؟ أنه «يرحب» بالتنسيق بين البلدين؛ وانضم إلى حفظ، وغيظ…";

    #[test]
    fn a_text_read_in_another_encoding_is_told_with_its_name() {
        for encoding in [WINDOWS_1252, WINDOWS_1256] {
            let wrong = encoding.decode_without_bom_handling(ARABIC.as_bytes()).0;
            let first = wrong.split_whitespace().next().unwrap_or_default();
            assert_eq!(misread(&wrong), Some((first, encoding.name())));
        }
        assert_eq!(misread(ARABIC), None);
        assert_eq!(misread(&format!("{ARABIC} Tráº§n")), None, "one word is not the text");
        assert_eq!(misread(""), None);
    }

    proptest! {
        #[test]
        fn whatever_was_read_wrongly_is_seen(text in "[éüñçïαβγδабвгابتجسش大中文]{1,8}") {
            let wrong: String = WINDOWS_1252.decode_without_bom_handling(text.as_bytes()).0.into_owned();
            prop_assert!(garbled_word(&wrong).is_some(), "{wrong}");
        }

        #[test]
        fn any_text_may_come(text in "\\PC{0,30}") {
            prop_assert!(garbled_word(&text).is_none_or(|word| text.contains(word)));
        }
    }
}
