//! How an alignment is noted in formats that know units of text, but no sentences and no beads: TMX and XLIFF.
//!
//! Owns: the names and the spelling of the notes of a unit, so that the writer and the reader of such a format agree.
//! In: an alignment, or the text and the notes of a unit. Out: notes, or the sentences they tell of.
//! Never: the syntax of a format.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{AlignedSentence, Alignment, Bead, Finding, Side, Signature};

/// What the names of our notes begin with where a format has room for other tools' names too.
pub const PREFIX: &str = "x-isnad-";

/// The note of a file that holds its [`ExchangeHeader`] as JSON.
pub const HEADER: &str = "header";
/// Numbers of the sentences of a bead on the source side, counted from 0: `3-5` are the two from 3 on.
pub const SOURCE: &str = "source";
/// The same for the target side.
pub const TARGET: &str = "target";
/// How the source text of a unit is cut, see [`layout`].
pub const SOURCE_SENTENCES: &str = "source-sentences";
/// How the target text of a unit is cut.
pub const TARGET_SENTENCES: &str = "target-sentences";
/// The kind of the bead: `2-1`.
pub const KIND: &str = "kind";
/// Probability of the bead, four digits behind the point.
pub const PROBABILITY: &str = "probability";
/// Cosine of the two sides, four digits behind the point.
pub const SIMILARITY: &str = "similarity";
/// `true` for a bead outside the order of its neighbours.
pub const MOVED: &str = "moved";
/// `true` for a bead that was judged too unsure to be used.
pub const REJECTED: &str = "rejected";
/// The words of a bead and their links as JSON.
pub const WORDS: &str = "words";

/// Where a text came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The file, or `stdin`.
    pub name: String,
    /// SHA-256 of its bytes, lower-case hexadecimal.
    pub sha256: String,
}

/// What an alignment holds beside its beads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExchangeHeader {
    /// Where the source came from.
    pub source: Origin,
    /// Where the target came from.
    pub target: Origin,
    /// What a reader should know.
    pub findings: Vec<Finding>,
    /// Models, settings and version behind it.
    pub signature: Signature,
}

impl ExchangeHeader {
    /// The header of an alignment.
    #[must_use]
    pub fn of(alignment: &Alignment) -> Self {
        let origin = |side| {
            let text = alignment.side(side);
            Origin { name: text.name.clone(), sha256: text.sha256.clone() }
        };
        Self {
            source: origin(Side::Source),
            target: origin(Side::Target),
            findings: alignment.findings.clone(),
            signature: alignment.signature.clone(),
        }
    }
}

/// The notes of a bead as (name, value), words aside; names are without [`PREFIX`].
#[must_use]
pub fn notes(alignment: &Alignment, bead: &Bead) -> Vec<(&'static str, String)> {
    let range = |range: &Range<usize>| format!("{}-{}", range.start, range.end);
    let mut notes = vec![
        (KIND, bead.kind()),
        (PROBABILITY, format!("{:.4}", bead.probability)),
        (SOURCE, range(&bead.source)),
        (TARGET, range(&bead.target)),
    ];
    if let Some(cosine) = bead.similarity {
        notes.push((SIMILARITY, format!("{cosine:.4}")));
    }
    for (name, side) in [(SOURCE_SENTENCES, Side::Source), (TARGET_SENTENCES, Side::Target)] {
        let sentences = alignment.sentences(bead, side);
        if !sentences.is_empty() {
            notes.push((name, layout(sentences)));
        }
    }
    for (name, holds) in [(MOVED, bead.moved), (REJECTED, bead.rejected)] {
        if holds {
            notes.push((name, "true".to_owned()));
        }
    }
    notes
}

/// The sentences of a unit as one text: a space stands between two of them.
#[must_use]
pub fn joined(sentences: &[AlignedSentence]) -> String {
    let texts: Vec<&str> = sentences.iter().map(|sentence| sentence.text.as_str()).collect();
    texts.join(" ")
}

/// How [`joined`] sentences are cut: `45/3 30/4h` are two sentences of 45 and of 30 characters (Unicode scalar values),
/// in the paragraphs 3 and 4, counted from 0; paragraph 4 is a headline.
#[must_use]
pub fn layout(sentences: &[AlignedSentence]) -> String {
    let one = |sentence: &AlignedSentence| {
        let heading = if sentence.heading { "h" } else { "" };
        format!("{}/{}{heading}", sentence.text.chars().count(), sentence.paragraph)
    };
    sentences.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// Cuts a text by its [`layout`]; nothing if the text is no longer the one that the layout was made for.
#[must_use]
pub fn cut(text: &str, layout: &str) -> Option<Vec<AlignedSentence>> {
    let mut rest = text.chars();
    let mut sentences = Vec::new();
    for entry in layout.split(' ') {
        if !sentences.is_empty() && rest.next() != Some(' ') {
            return None;
        }
        let (length, paragraph) = entry.split_once('/')?;
        let heading = paragraph.ends_with('h');
        let paragraph = paragraph.trim_end_matches('h').parse().ok()?;
        let length: usize = length.parse().ok()?;
        let text: String = rest.by_ref().take(length).collect();
        if text.chars().count() != length {
            return None;
        }
        sentences.push(AlignedSentence { text, paragraph, heading });
    }
    rest.next().is_none().then_some(sentences)
}

/// Reads `3-5` as the range from 3 to one before 5.
#[must_use]
pub fn range(text: &str) -> Option<Range<usize>> {
    let (start, end) = text.split_once('-')?;
    let (start, end) = (start.parse().ok()?, end.parse().ok()?);
    (start <= end).then_some(start..end)
}

/// Whether XML 1.0 can hold `c`, written as itself or as a reference: it can hold no control characters but tab and line
/// ends, and not U+FFFE and U+FFFF.
#[must_use]
pub fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(text: &str, paragraph: usize, heading: bool) -> AlignedSentence {
        AlignedSentence { text: text.into(), paragraph, heading }
    }

    #[test]
    fn a_layout_restores_the_sentences_it_was_made_of() {
        let sentences =
            [sentence("عنوان", 0, true), sentence("a b", 1, false), sentence("", 1, false)];
        assert_eq!(layout(&sentences), "5/0h 3/1 0/1");
        assert_eq!(cut(&joined(&sentences), &layout(&sentences)).unwrap(), sentences);
    }

    #[test]
    fn a_text_that_was_edited_is_not_cut() {
        for (text, layout) in
            [("a b", "1/0"), ("a", "1/0 1/0"), ("ab", "1/0 0/0"), ("a", "x/0"), ("", "")]
        {
            assert_eq!(cut(text, layout), None, "{text} {layout}");
        }
        assert_eq!(cut("a", "99999999999999999999/0"), None);
    }

    #[test]
    fn a_range_that_ends_before_it_starts_is_none() {
        assert_eq!(range("3-5"), Some(3..5));
        assert_eq!(range("5-5"), Some(5..5));
        assert_eq!(range("5-3"), None);
        assert_eq!(range("-3"), None);
    }
}
