//! Cuts an article into paragraphs and sentences.
//!
//! Owns: the order of the steps, and the choices a caller has.
//! In: an [`Article`]. Out: a [`SegmentedArticle`] whose metadata names source and date if found.
//! Never: changes the text.

use super::chars::part;
use super::kinds::{Outline, outline};
use super::paragraphs::paragraphs;
use super::sentences::sentences;
use crate::domain::{
    Article, ByteSpan, Paragraph, ParagraphId, ParagraphKind, Segment, SegmentationError,
    SegmentedArticle,
};

/// How an article is cut.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SegmentOptions {
    /// Whether `؛` and `;` end a segment; off by default, for they part clauses.
    pub split_at_semicolon: bool,
}

impl SegmentOptions {
    /// The same options, with segments that end at `؛` and `;`, too.
    #[must_use]
    pub fn splitting_at_semicolons(mut self) -> Self {
        self.split_at_semicolon = true;
        self
    }
}

/// Cuts `article` into paragraphs of known kinds and into sentences.
///
/// Titles, source lines and date lines are one segment each. Metadata that the article already has
/// is kept; unknown source and date are filled in from such lines.
///
/// # Errors
/// [`SegmentationError`] if the parts would not cover the text. That is a fault of this room, never
/// of the text: it holds for any string.
pub fn segment_article(
    mut article: Article,
    options: &SegmentOptions,
) -> Result<SegmentedArticle, SegmentationError> {
    let spans = paragraphs(article.text());
    let Outline { kinds, source, date } = outline(article.text(), &spans);
    article.metadata.source = article.metadata.source.take().or(source);
    article.metadata.date = article.metadata.date.take().or(date);

    let mut paragraphs = Vec::with_capacity(spans.len());
    let mut segments: Vec<Segment> = Vec::new();
    for (index, (span, kind)) in spans.into_iter().zip(kinds).enumerate() {
        let first = segments.len();
        let text = part(article.text(), span.start(), span.end());
        let inside = match kind {
            ParagraphKind::Title | ParagraphKind::Source | ParagraphKind::Date => {
                vec![ByteSpan::whole(text)]
            }
            _ => sentences(text, options),
        };
        let paragraph = ParagraphId::new(index);
        segments.extend(
            inside.into_iter().map(|s| Segment { span: s.shifted_by(span.start()), paragraph }),
        );
        paragraphs.push(Paragraph::new(span, kind, first, segments.len()));
    }
    SegmentedArticle::new(article, paragraphs, segments)
}
