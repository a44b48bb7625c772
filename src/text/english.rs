//! Sentences of an English text of several paragraphs, such as a summary or a reference.
//!
//! Owns: which words are taken for names; sentences end by the marks and abbreviations of both languages.
//! In: English text. Out: spans into that text, and words of it.
//! Never: kinds of paragraphs.

use super::chars::part;
use super::paragraphs::paragraphs;
use super::segment::SegmentOptions;
use crate::domain::ByteSpan;

/// The sentences of `text`, in order; a line end that parts paragraphs parts sentences, too.
#[must_use]
pub fn sentences(text: &str) -> Vec<ByteSpan> {
    let options = SegmentOptions::default();
    paragraphs(text)
        .into_iter()
        .flat_map(|span| {
            let paragraph = part(text, span.start(), span.end());
            let inside = super::sentences::sentences(paragraph, &options);
            inside.into_iter().map(move |sentence| sentence.shifted_by(span.start()))
        })
        .collect()
}

/// The words of `text`: letters and digits, with apostrophes and hyphens inside; a possessive `'s` is left out.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    let joins = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’' | '-');
    let words = text.split(move |c: char| !joins(c)).map(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word)
    });
    words.filter(|word| !word.is_empty())
}

/// Words that are capitalised wherever they stand.
const NO_NAMES: [&str; 5] = ["I", "I'm", "I've", "I'll", "I'd"];

/// The words of `text` that are taken for names, in order: those with a capital letter that open no sentence.
///
/// Names that open a sentence are missed, and words of headlines that are all capitalised are counted.
#[must_use]
pub fn names(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for sentence in sentences(text).into_iter().filter_map(|span| span.of(text)) {
        let words = words(sentence).skip(1);
        names.extend(
            words.filter(|word| word.starts_with(char::is_uppercase) && !NO_NAMES.contains(word)),
        );
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        sentences(text).into_iter().filter_map(|span| span.of(text)).collect()
    }

    #[test]
    fn titles_acronyms_and_decimals_do_not_end_sentences() {
        let text = "Dr. J. R. Smith of the U.S. Senate paid $4.5 million to Acme Inc. in Jan. 2020. \
                    He left at 5 p.m. The firm, e.g. its board, agreed.";
        assert_eq!(cut(text).len(), 3, "{:?}", cut(text));
    }

    #[test]
    fn a_quotation_keeps_its_speaker() {
        let text =
            "\"Where were you?\" he asked. \"At home!\" Sara replied. \"We won.\" The crowd left.";
        assert_eq!(
            cut(text),
            [
                "\"Where were you?\" he asked.",
                "\"At home!\" Sara replied.",
                "\"We won.\"",
                "The crowd left."
            ]
        );
    }

    #[test]
    fn names_with_exclamation_marks_go_on_in_lower_case() {
        assert_eq!(cut("Yahoo! said so. It closed at 5.").len(), 2);
    }

    #[test]
    fn names_are_capitalised_words_inside_sentences() {
        let text = "On Monday, Vladimir Putin's envoy told the U.N. that I was in Aix-en-Provence. He left.";
        assert_eq!(names(text), ["Monday", "Vladimir", "Putin", "U", "N", "Aix-en-Provence"]);
    }

    #[test]
    fn paragraphs_part_sentences() {
        assert_eq!(
            cut("First line\n\nSecond line. Third"),
            ["First line", "Second line.", "Third"]
        );
    }
}
