//! Letters of names, in forms that can be compared.
//!
//! Owns: which spellings of a letter are one, and which particles are written onto an Arabic word.
//! In: words. Out: folded letters, and the words of an Arabic text with every reading of their prefixes.
//! Never: what a word means.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::super::chars::is_tashkil;
use super::super::script::is_arabic_letter;
use super::super::words::words;
use crate::domain::ByteSpan;

/// A word of an Arabic text, in letters that can be compared.
#[derive(Clone, Debug)]
pub(crate) struct ArabicWord {
    /// Where it stands in the text.
    pub(crate) span: ByteSpan,
    /// Folded, as it stands.
    pub(crate) folded: String,
    /// The folded word itself, then what is left of it without each prefix that may be written onto it.
    pub(crate) forms: Vec<String>,
}

impl ArabicWord {
    /// Whether one of its readings is `word` (folded).
    pub(crate) fn reads(&self, word: &str) -> bool {
        self.forms.iter().any(|form| form == word)
    }
}

/// The words of `text` in Arabic letters, in order.
pub(crate) fn arabic_words(text: &str) -> Vec<ArabicWord> {
    let spans = words(text).into_iter();
    let in_arabic =
        |span: &ByteSpan| span.of(text).is_some_and(|word| word.chars().any(is_arabic_letter));
    spans
        .filter(in_arabic)
        .map(|span| {
            let folded = fold_arabic(span.of(text).unwrap_or_default());
            ArabicWord { span, forms: forms(&folded), folded }
        })
        .collect()
}

/// Arabic without marks and stretching, with one alif, one yeh and no hamza of its own.
pub(crate) fn fold_arabic(word: &str) -> String {
    let letters = word.chars().filter(|c| !is_tashkil(*c) && !matches!(c, 'ـ' | 'ء' | '-' | '\''));
    let fold = |c: char| match c {
        'أ' | 'إ' | 'آ' | 'ٱ' => Some('ا'),
        'ى' | 'ئ' | 'ی' => Some('ي'),
        'ؤ' => Some('و'),
        'ة' => Some('ه'),
        'ک' => Some('ك'),
        'پ' => Some('ب'),
        'ڤ' => Some('ف'),
        'چ' => Some('ج'),
        c if is_arabic_letter(c) => Some(c),
        _ => None,
    };
    letters.filter_map(fold).collect()
}

/// `folded` and what is left of it without conjunction, preposition and article, in every order that is read.
fn forms(folded: &str) -> Vec<String> {
    let mut forms = vec![folded.to_owned()];
    let mut bare = |form: &str| {
        if form.chars().count() >= 2 && !forms.iter().any(|known| known == form) {
            forms.push(form.to_owned());
        }
    };
    let conjunctions = [Some(folded), folded.strip_prefix('و'), folded.strip_prefix('ف')];
    for rest in conjunctions.into_iter().flatten() {
        bare(rest);
        let article = rest.strip_prefix("ال");
        article.into_iter().for_each(&mut bare);
        for preposition in ["ب", "ل", "ك"] {
            let Some(inner) = rest.strip_prefix(preposition) else { continue };
            bare(inner);
            let article = if preposition == "ل" { "ل" } else { "ال" };
            inner.strip_prefix(article).into_iter().for_each(&mut bare);
        }
    }
    forms
}

/// `word`, not folded, without the article; what the tables of names hold. Alif with hamza begins no article.
pub(crate) fn without_article(word: &str) -> &str {
    word.strip_prefix("ال").filter(|rest| rest.chars().count() >= 2).unwrap_or(word)
}

/// Latin letters in lower case without marks; letters of other alphabets derived from Latin become their nearest.
pub(crate) fn fold_latin(word: &str) -> String {
    let mut folded = String::new();
    for c in word.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'ß' => folded.push_str("ss"),
            'æ' | 'œ' => folded.push('e'),
            'đ' | 'ð' => folded.push('d'),
            'þ' => folded.push_str("th"),
            'ı' => folded.push('i'),
            '’' | '‘' | 'ʼ' | 'ʿ' => folded.push('\''),
            c if !is_combining_mark(c) => folded.push(c),
            _ => {}
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_taken_off_in_every_reading() {
        let read =
            |word: &str, form: &str| arabic_words(word).first().is_some_and(|w| w.reads(form));
        assert!(read("وبالقاهرة", "قاهره"));
        assert!(read("للأردن", "اردن"));
        assert!(read("لواشنطن", "واشنطن"));
        assert!(read("واشنطن", "واشنطن"), "a letter of the name that looks like a prefix stays");
        assert!(read("والوليد", "وليد"));
        assert!(!read("بيروت", "روت"));
    }

    #[test]
    fn spellings_of_one_letter_are_one() {
        assert_eq!(fold_arabic("إسرائيلُ"), fold_arabic("اسراييل"));
        assert_eq!(fold_arabic("مـصـر"), "مصر");
        assert_eq!(fold_latin("São Tomé, Łódź, Ørsted"), "sao tome, lodz, orsted");
    }
}
