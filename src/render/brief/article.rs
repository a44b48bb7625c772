//! The article of a brief, paragraph against paragraph.
//!
//! Owns: blocks, rows, labels of kinds, and how much room a paragraph will take. In: a brief and the marks of its
//! words. Out: blocks in reading order. Never: markup.

use std::collections::HashMap;

use serde::Serialize;

use super::line::Line;
use super::view::failure;
use super::words::Words;
use crate::domain::{
    Brief, BriefParagraph, BriefSegment, Language, Outcome, ParagraphKind, SegmentId,
};

/// Characters of a line of a column, roughly; only the room kept for a paragraph depends on it.
const CHARS_A_LINE: usize = 55;
/// Lines for which the style sheet keeps room; a paragraph gets the next one that is enough.
const LINES: [usize; 8] = [1, 2, 3, 5, 8, 13, 21, 34];

/// A paragraph of the article, or a run of paragraphs that were left out.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub(super) enum Block {
    Paragraph(Paragraph),
    LeftOut { paragraphs: Vec<Left> },
}

#[derive(Serialize)]
pub(super) struct Paragraph {
    pub(super) number: usize,
    pub(super) kind: &'static str,
    pub(super) is_headline: bool,
    pub(super) sentences: Vec<Sentence>,
    /// Numbers of the claims that rest on it.
    pub(super) claims: Vec<usize>,
    /// Lines it will roughly take.
    pub(super) lines: usize,
}

#[derive(Serialize)]
pub(super) struct Sentence {
    pub(super) number: usize,
    pub(super) arabic: Line,
    pub(super) english: Line,
    pub(super) failed: Option<Line>,
    /// A sentence that was not translated although its paragraph is none of the page's.
    pub(super) is_skipped: bool,
    /// Numbers of the claims that rest on it.
    pub(super) claims: Vec<usize>,
}

#[derive(Serialize)]
pub(super) struct Left {
    pub(super) number: usize,
    pub(super) reason: &'static str,
    pub(super) arabic: Line,
}

/// The article with the claims that each sentence serves.
pub(super) fn blocks(
    brief: &Brief,
    served: &HashMap<SegmentId, Vec<usize>>,
    words: &Words,
) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for paragraph in &brief.paragraphs {
        match (left(brief, paragraph), blocks.last_mut()) {
            (Some(left), Some(Block::LeftOut { paragraphs })) => paragraphs.push(left),
            (Some(left), _) => blocks.push(Block::LeftOut { paragraphs: vec![left] }),
            (None, _) => {
                let sentence = |segment| sentence(segment, served, words);
                let sentences = paragraph.segments.iter().map(sentence).collect();
                blocks.push(Block::Paragraph(self::paragraph(paragraph, sentences)));
            }
        }
    }
    blocks
}

fn left(brief: &Brief, paragraph: &BriefParagraph) -> Option<Left> {
    match paragraph.kind {
        ParagraphKind::Boilerplate(kind) => Some(Left {
            number: paragraph.id.number(),
            reason: kind.reason(),
            arabic: Line::arabic(paragraph.span.of(brief.article.text()).unwrap_or_default()),
        }),
        _ => None,
    }
}

fn paragraph(paragraph: &BriefParagraph, sentences: Vec<Sentence>) -> Paragraph {
    let mut claims: Vec<usize> = sentences.iter().flat_map(|s| &s.claims).copied().collect();
    claims.sort_unstable();
    claims.dedup();
    let side = |text: fn(&BriefSegment) -> &str| -> usize {
        paragraph.segments.iter().map(|segment| text(segment).chars().count() + 1).sum()
    };
    let chars = side(|segment| &segment.source).max(side(|segment| &segment.translation.text));
    let needed = chars.div_ceil(CHARS_A_LINE);
    Paragraph {
        number: paragraph.id.number(),
        kind: kind_label(paragraph.kind),
        is_headline: matches!(paragraph.kind, ParagraphKind::Title | ParagraphKind::Heading),
        sentences,
        claims,
        lines: LINES.into_iter().find(|lines| *lines >= needed).unwrap_or(34),
    }
}

fn kind_label(kind: ParagraphKind) -> &'static str {
    match kind {
        ParagraphKind::Title => "title",
        ParagraphKind::Heading => "heading",
        ParagraphKind::ListItem => "list-item",
        ParagraphKind::Source => "source",
        ParagraphKind::Date => "date",
        ParagraphKind::Body | ParagraphKind::Boilerplate(_) => "body",
    }
}

fn sentence(
    segment: &BriefSegment,
    served: &HashMap<SegmentId, Vec<usize>>,
    words: &Words,
) -> Sentence {
    let english = words.english(segment.id);
    Sentence {
        number: segment.id.number(),
        arabic: Line::marked(&segment.source, Language::Arabic, words.arabic(segment.id)),
        english: Line::marked(&segment.translation.text, Language::English, english),
        failed: failure(&segment.translation.outcome),
        is_skipped: segment.translation.outcome == Outcome::Skipped,
        claims: served.get(&segment.id).cloned().unwrap_or_default(),
    }
}
