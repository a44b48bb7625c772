//! An article cut into paragraphs and segments.
//!
//! Owns: the invariant that gap–segment–gap covers every byte, in rising order, on `char` boundaries.

use serde::{Deserialize, Serialize};

use super::{Article, ByteSpan, ParagraphId, SegmentId, SpanError};

/// What a paragraph is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "boilerplate")]
#[non_exhaustive]
pub enum ParagraphKind {
    /// The headline of the article.
    Title,
    /// A headline inside the article.
    Heading,
    /// Running text.
    Body,
    /// An item of a list.
    ListItem,
    /// The line that names the agency or newspaper.
    Source,
    /// The line that gives the date of publication.
    Date,
    /// Text of the web page rather than of the article.
    Boilerplate(BoilerplateKind),
}

impl ParagraphKind {
    /// Whether the paragraph is left out of translation and summary (it stays in the report).
    #[must_use]
    pub fn is_boilerplate(self) -> bool {
        matches!(self, Self::Boilerplate(_))
    }
}

/// Why a paragraph was taken for text of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum BoilerplateKind {
    /// The section of the site that the article stands in.
    Category,
    /// A form for comments and its instructions.
    CommentForm,
    /// Buttons and invitations to share or follow.
    Share,
    /// Pointers to other articles.
    ReadAlso,
    /// Menus, "back to top", breadcrumbs.
    Navigation,
    /// Cookie and consent notices.
    Cookie,
    /// Marks that say the dispatch is over.
    EndMark,
    /// Newsletter and notification sign-up.
    Subscription,
    /// Copyright and rights notices.
    Copyright,
    /// Advertisement labels.
    Advertisement,
    /// A line without a letter or digit.
    Ornament,
}

impl BoilerplateKind {
    /// Whether words alone decide it, even for a line that its file calls a headline. The name of a section, a network or
    /// a button is a fair headline, too.
    #[must_use]
    pub fn is_certain(self) -> bool {
        matches!(
            self,
            Self::CommentForm
                | Self::ReadAlso
                | Self::Cookie
                | Self::Subscription
                | Self::Copyright
        )
    }

    /// The reason in words, for reports.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Category => "category label of the web page",
            Self::CommentForm => "comment form",
            Self::Share => "share or follow buttons",
            Self::ReadAlso => "pointer to other articles",
            Self::Navigation => "page navigation",
            Self::Cookie => "cookie notice",
            Self::EndMark => "end-of-dispatch mark",
            Self::Subscription => "subscription form",
            Self::Copyright => "copyright notice",
            Self::Advertisement => "advertisement label",
            Self::Ornament => "line without letters or digits",
        }
    }
}

/// One paragraph: a span of the article and the segments inside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paragraph {
    /// Where it stands in the article's text.
    pub span: ByteSpan,
    /// What it is for.
    #[serde(flatten)]
    pub kind: ParagraphKind,
    /// First segment, and one past the last.
    segments: (usize, usize),
}

impl Paragraph {
    /// A paragraph that holds the segments `first..end` of the article.
    #[must_use]
    pub fn new(span: ByteSpan, kind: ParagraphKind, first: usize, end: usize) -> Self {
        Self { span, kind, segments: (first, end) }
    }

    /// Its segments, in order.
    pub fn segment_ids(&self) -> impl Iterator<Item = SegmentId> + use<> {
        (self.segments.0..self.segments.1).map(SegmentId::new)
    }
}

/// One segment (sentence): a span of the article and the paragraph it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Where it stands in the article's text.
    pub span: ByteSpan,
    /// The paragraph above it.
    pub paragraph: ParagraphId,
}

/// An article with its paragraphs and segments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SegmentedArticle {
    article: Article,
    paragraphs: Vec<Paragraph>,
    segments: Vec<Segment>,
}

/// What is wrong with a segmentation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SegmentationError {
    /// A span does not fit the text.
    #[error("a span does not fit the article")]
    Span(#[from] SpanError),
    /// A unit begins before the one in front of it ends, or is empty.
    #[error("the span at byte {at} overlaps the one before it or is empty")]
    NotRising {
        /// Where the offending unit begins.
        at: usize,
    },
    /// A segment and its paragraph do not agree.
    #[error("segment {segment} does not lie in its paragraph")]
    Astray {
        /// Index of the segment.
        segment: usize,
    },
    /// Text between two units would be lost.
    #[error("text at byte {at} belongs to no segment")]
    LostText {
        /// Where the lost text begins.
        at: usize,
    },
}

impl SegmentedArticle {
    /// Joins an article with its paragraphs and segments.
    ///
    /// # Errors
    /// [`SegmentationError`] if a span does not fit, units overlap, a segment lies outside its
    /// paragraph, or a gap holds anything but white space and invisible characters.
    pub fn new(
        article: Article,
        paragraphs: Vec<Paragraph>,
        segments: Vec<Segment>,
    ) -> Result<Self, SegmentationError> {
        let text = article.text();
        rising(text, paragraphs.iter().map(|p| p.span))?;
        rising(text, segments.iter().map(|s| s.span))?;
        let mut next = 0;
        for (number, paragraph) in paragraphs.iter().enumerate() {
            let (first, end) = paragraph.segments;
            if first != next || end < first || end > segments.len() {
                return Err(SegmentationError::Astray { segment: next });
            }
            for (offset, segment) in segments.iter().take(end).skip(first).enumerate() {
                let astray =
                    segment.paragraph.index() != number || !paragraph.span.contains(segment.span);
                if astray {
                    return Err(SegmentationError::Astray { segment: first + offset });
                }
            }
            next = end;
        }
        if next != segments.len() {
            return Err(SegmentationError::Astray { segment: next });
        }
        nothing_lost(text, &segments)?;
        Ok(Self { article, paragraphs, segments })
    }

    /// The article.
    #[must_use]
    pub fn article(&self) -> &Article {
        &self.article
    }

    /// Its paragraphs, in order.
    #[must_use]
    pub fn paragraphs(&self) -> &[Paragraph] {
        &self.paragraphs
    }

    /// Its segments, in order.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The text of a segment; empty for an id of another article.
    #[must_use]
    pub fn segment_text(&self, id: SegmentId) -> &str {
        let span = self.segments.get(id.index()).map(|segment| segment.span);
        span.and_then(|span| span.of(self.article.text())).unwrap_or_default()
    }

    /// The text of a paragraph; empty for an id of another article.
    #[must_use]
    pub fn paragraph_text(&self, id: ParagraphId) -> &str {
        let span = self.paragraphs.get(id.index()).map(|paragraph| paragraph.span);
        span.and_then(|span| span.of(self.article.text())).unwrap_or_default()
    }

    /// The paragraph that a segment stands in.
    #[must_use]
    pub fn paragraph_of(&self, id: SegmentId) -> Option<&Paragraph> {
        let segment = self.segments.get(id.index())?;
        self.paragraphs.get(segment.paragraph.index())
    }

    /// The headline, if one was found.
    #[must_use]
    pub fn title(&self) -> Option<ParagraphId> {
        let is_title = |paragraph: &Paragraph| paragraph.kind == ParagraphKind::Title;
        self.paragraphs.iter().position(is_title).map(ParagraphId::new)
    }
}

fn rising(text: &str, spans: impl Iterator<Item = ByteSpan>) -> Result<(), SegmentationError> {
    let mut end = 0;
    for span in spans {
        span.check(text)?;
        if span.start() < end || span.is_empty() {
            return Err(SegmentationError::NotRising { at: span.start() });
        }
        end = span.end();
    }
    Ok(())
}

fn nothing_lost(text: &str, segments: &[Segment]) -> Result<(), SegmentationError> {
    let mut at = 0;
    let ends = segments.iter().map(|s| (s.span.start(), s.span.end()));
    for (start, end) in ends.chain([(text.len(), text.len())]) {
        let gap = text.get(at..start).unwrap_or_default();
        if let Some((offset, _)) = gap.char_indices().find(|(_, c)| !is_blank(*c)) {
            return Err(SegmentationError::LostText { at: at + offset });
        }
        at = end;
    }
    Ok(())
}

/// Characters that show nothing: white space, controls, byte order marks, zero-width and bidi marks.
#[must_use]
pub fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{feff}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(text: &str) -> Article {
        Article::new("test", super::super::Language::Arabic, text)
    }

    fn one_paragraph(
        text: &str,
        segments: &[(usize, usize)],
    ) -> Result<SegmentedArticle, SegmentationError> {
        let paragraph =
            Paragraph::new(ByteSpan::whole(text), ParagraphKind::Body, 0, segments.len());
        let segments = segments
            .iter()
            .map(|&(start, end)| {
                let span = ByteSpan::within(text, start, end)?;
                Ok(Segment { span, paragraph: ParagraphId::new(0) })
            })
            .collect::<Result<_, SpanError>>()?;
        SegmentedArticle::new(article(text), vec![paragraph], segments)
    }

    #[test]
    fn text_between_segments_may_not_be_lost() {
        assert_eq!(
            one_paragraph("ab cd", &[(0, 1), (3, 5)]),
            Err(SegmentationError::LostText { at: 1 })
        );
    }

    #[test]
    fn white_space_between_segments_is_a_gap() {
        assert!(one_paragraph("ab \u{200f} cd", &[(0, 2), (7, 9)]).is_ok());
    }

    #[test]
    fn overlapping_segments_are_refused() {
        assert_eq!(
            one_paragraph("abcd", &[(0, 3), (2, 4)]),
            Err(SegmentationError::NotRising { at: 2 })
        );
    }
}
