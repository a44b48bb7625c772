//! Sentences of an English text of several paragraphs, such as a summary or a reference.
//!
//! Owns: nothing of its own; the same marks and abbreviations serve both languages.
//! In: English text. Out: spans into that text.
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
    fn paragraphs_part_sentences() {
        assert_eq!(
            cut("First line\n\nSecond line. Third"),
            ["First line", "Second line.", "Third"]
        );
    }
}
