//! Sentences of a document, whatever file it came from.
//!
//! Owns: which blocks are cut, how a sentence becomes one line, and the language by its script.
//! In: a [`Document`]. Out: its sentences with their paragraphs, or a language.
//! Never: files; order and kinds of blocks.

use super::chars::{is_blank, is_end_mark};
use super::kinds::outline;
use super::paragraphs::paragraphs;
use super::script::{Letters, letters};
use super::segment::SegmentOptions;
use super::sentences::sentences;
use crate::domain::{AlignedSentence, Block, BlockKind, Document, Language, ParagraphKind};

/// The blocks of a plain text: its paragraphs, with headlines and list items told from running text.
///
/// A line counts as a headline where [`outline`] sees a title or heading and no mark ends it: lines of dialogue are
/// short, too. Text of web pages (buttons, credits, links) stays, as running text: an alignment loses nothing.
#[must_use]
pub fn plain_text_blocks(text: &str) -> Vec<Block> {
    let paragraphs = paragraphs(text);
    let kinds = outline(text, &paragraphs).kinds;
    let blocks = paragraphs.iter().zip(kinds).enumerate().map(|(paragraph, (span, kind))| {
        let text = span.of(text).unwrap_or_default().to_owned();
        let kind = match kind {
            ParagraphKind::Title | ParagraphKind::Heading if !is_ended(&text) => BlockKind::Heading,
            ParagraphKind::ListItem => BlockKind::ListItem,
            _ => BlockKind::Paragraph,
        };
        Block { kind, text, markup: Vec::new(), paragraph }
    });
    blocks.collect()
}

/// Whether the last mark of a line ends or interrupts a sentence, quotation marks and brackets aside.
fn is_ended(line: &str) -> bool {
    let closes = |c: char| matches!(c, '"' | '”' | '»' | '’' | '\'' | ')' | ']') || is_blank(c);
    let last = line.trim_end_matches(closes).chars().next_back();
    last.is_some_and(|c| {
        is_end_mark(c) || matches!(c, ',' | '،' | ';' | '؛' | ':' | '-' | '–' | '—')
    })
}

/// The sentences of `document`, in order.
///
/// A sentence is the text as read, without blank characters at its ends. Line ends inside it become a space, for each
/// format that an alignment is written in holds a sentence a line. Blocks that are sentences already are not cut.
#[must_use]
pub fn aligned_sentences(document: &Document) -> Vec<AlignedSentence> {
    let options = SegmentOptions::default();
    let mut found = Vec::new();
    for block in &document.blocks {
        let mut add = |text: &str| {
            let text = one_line(text);
            if !text.is_empty() {
                let heading = block.kind == BlockKind::Heading;
                found.push(AlignedSentence { text, paragraph: block.paragraph, heading });
            }
        };
        if block.kind == BlockKind::Sentence {
            add(&block.text);
        } else {
            for span in sentences(&block.text, &options) {
                add(span.of(&block.text).unwrap_or_default());
            }
        }
    }
    found
}

/// The text without blank characters at its ends, and with a space for each line end and the blank characters around it.
fn one_line(text: &str) -> String {
    let is_line_end =
        |c: char| matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let lines = text.split(is_line_end).map(|line| line.trim_matches(is_blank));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The language of `document` by the script of more than half of its letters; none where no script prevails, or one
/// that neither Arabic nor English is written in.
#[must_use]
pub fn language_of(document: &Document) -> Option<Language> {
    let mut sum = Letters::default();
    for block in &document.blocks {
        let found = letters(&block.text);
        sum.arabic += found.arabic;
        sum.latin += found.latin;
        sum.other += found.other;
    }
    if sum.arabic * 2 > sum.total() {
        Some(Language::Arabic)
    } else if sum.latin * 2 > sum.total() {
        Some(Language::English)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(blocks: Vec<Block>) -> Document {
        let (name, sha256) = ("t".to_owned(), String::new());
        Document { name, sha256, blocks, language: None, notes: Vec::new() }
    }

    fn block(kind: BlockKind, text: &str) -> Document {
        document(vec![Block { kind, text: text.into(), markup: Vec::new(), paragraph: 7 }])
    }

    #[test]
    fn headlines_of_both_languages_are_seen_and_dialogue_is_not() {
        let kinds = |text| plain_text_blocks(text).iter().map(|b| b.kind).collect::<Vec<_>>();
        let english = "The Old House\n\nThe house stood on a hill.\nWhere is he?\nHe had left long ago.\n\
                       Part two\nNobody knew where he was.";
        let (heading, text) = (BlockKind::Heading, BlockKind::Paragraph);
        assert_eq!(kinds(english), [heading, text, text, text, heading, text]);
        let arabic = "البيت القديم\n\nكان البيت يقف على تل فوق المدينة.\nأين هو؟\nغادر المدينة منذ زمن بعيد.";
        assert_eq!(kinds(arabic), [heading, text, text, text]);
    }

    #[test]
    fn a_sentence_is_one_line_without_blanks_at_its_ends() {
        let sentences =
            aligned_sentences(&block(BlockKind::Paragraph, "\u{200f} One \r\n two. Three\n"));
        let texts: Vec<_> = sentences.iter().map(|s| (s.text.as_str(), s.paragraph)).collect();
        assert_eq!(texts, [("One two.", 7), ("Three", 7)]);
    }

    #[test]
    fn a_block_that_is_a_sentence_is_not_cut() {
        assert_eq!(aligned_sentences(&block(BlockKind::Sentence, "One. Two.")).len(), 1);
        assert_eq!(aligned_sentences(&block(BlockKind::ListItem, "One. Two.")).len(), 2);
    }

    #[test]
    fn the_language_is_told_by_the_script() {
        let told = |text| language_of(&block(BlockKind::Paragraph, text));
        assert_eq!(told("قال Bob"), None);
        assert_eq!(told("قال الرئيس Smith ذلك"), Some(Language::Arabic));
        assert_eq!(told("The word سلام means peace."), Some(Language::English));
        assert_eq!(told("Привет"), None);
        assert_eq!(told("12"), None);
    }
}
