//! Cuts an article into paragraphs and sentences.
//!
//! Owns: the order of the steps, and the choices a caller has.
//! In: an [`Article`]. Out: a [`SegmentedArticle`] whose metadata names source, author and date if found.
//! Never: changes the text.

use super::boilerplate::boilerplate;
use super::chars::part;
use super::kinds::{Outline, outline};
use super::paragraphs::paragraphs;
use super::sentences::sentences;
use crate::domain::{
    Article, BlockKind, BoilerplateKind, ByteSpan, LaidOut, Paragraph, ParagraphId, ParagraphKind,
    Segment, SegmentationError, SegmentedArticle,
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
/// is kept; unknown source, author and date are filled in from such lines.
///
/// # Errors
/// [`SegmentationError`] if the parts would not cover the text. That is a fault of this room, never
/// of the text: it holds for any string.
pub fn segment_article(
    article: Article,
    options: &SegmentOptions,
) -> Result<SegmentedArticle, SegmentationError> {
    let spans = paragraphs(article.text());
    let outline = outline(article.text(), &spans);
    cut(article, spans, outline, options)
}

/// Cuts an article whose file says what its parts are: each part of `layout` is a paragraph.
///
/// Lines of the page around it, credits and dates are still known by their words. What is a headline and what an item, the
/// file knows better, unless it marks no headline at all.
///
/// # Errors
/// [`SegmentationError`] if `layout` leaves out some of the text or its parts overlap.
pub fn segment_laid_out(
    article: Article,
    layout: &[LaidOut],
    options: &SegmentOptions,
) -> Result<SegmentedArticle, SegmentationError> {
    let spans: Vec<ByteSpan> = layout.iter().map(|part| part.span).collect();
    let mut outline = outline(article.text(), &spans);
    let has_headings = layout.iter().any(|part| part.kind == BlockKind::Heading);
    let mut titled = false;
    let mut begun = false;
    for (kind, block) in outline.kinds.iter_mut().zip(layout) {
        // A headline ends the list of links above it, unless its own words are those of the page.
        let of_page = || block.span.of(article.text()).and_then(boilerplate);
        *kind = match (*kind, block.kind) {
            (ParagraphKind::Boilerplate(kind), block)
                if block != BlockKind::Heading
                    || of_page().is_some_and(BoilerplateKind::is_certain) =>
            {
                ParagraphKind::Boilerplate(kind)
            }
            (ParagraphKind::Source, _) => ParagraphKind::Source,
            (ParagraphKind::Date, block) if block != BlockKind::Heading => ParagraphKind::Date,
            (_, BlockKind::Heading) if !titled && !begun => ParagraphKind::Title,
            (_, BlockKind::Heading) => ParagraphKind::Heading,
            (_, BlockKind::ListItem) => ParagraphKind::ListItem,
            (ParagraphKind::Title | ParagraphKind::Heading, _) if has_headings => {
                ParagraphKind::Body
            }
            (kind, _) => kind,
        };
        titled |= *kind == ParagraphKind::Title;
        begun |= *kind == ParagraphKind::Body;
    }
    cut(article, spans, outline, options)
}

fn cut(
    mut article: Article,
    spans: Vec<ByteSpan>,
    outline: Outline,
    options: &SegmentOptions,
) -> Result<SegmentedArticle, SegmentationError> {
    let Outline { kinds, source, byline, date } = outline;
    let known = &mut article.metadata;
    known.source = match (known.source.take(), source) {
        // A site that prints a dispatch is not the one that wrote it.
        (Some(site), Some(agency)) if !site.contains(&agency) => Some(format!("{site} ({agency})")),
        (site, agency) => site.or(agency),
    };
    known.byline = known.byline.take().or(byline);
    known.date = known.date.take().or(date);

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    #[test]
    fn the_file_says_what_a_headline_is_and_the_words_what_belongs_to_the_page() {
        use ParagraphKind::{Body, Boilerplate, Heading, ListItem, Source, Title};

        let blocks = [
            (BlockKind::Heading, "فيضانات تغرق أحياء المدينة."),
            (BlockKind::Paragraph, "بقلم: سلمى حداد"),
            (BlockKind::Paragraph, "سطر قصير"),
            (BlockKind::Paragraph, "أكد الوزير أن الأمطار توقفت مساء أمس."),
            (BlockKind::ListItem, "خيام للنازحين"),
            (BlockKind::Paragraph, "اقرأ أيضا: عواصف في الجنوب"),
            (BlockKind::Heading, "ردود الفعل"),
            (BlockKind::Paragraph, "رحبت الجمعيات بالقرار."),
        ];
        let mut text = String::new();
        let mut layout = Vec::new();
        for (kind, block) in blocks {
            let start = text.len();
            text.push_str(block);
            let span = ByteSpan::within(&text, start, text.len()).unwrap();
            layout.push(LaidOut { span, kind });
            text.push_str("\n\n");
        }
        let article = Article::new("t", Language::Arabic, text);
        let cut = segment_laid_out(article, &layout, &SegmentOptions::default()).unwrap();
        let kinds: Vec<_> = cut.paragraphs().iter().map(|paragraph| paragraph.kind).collect();
        let page = Boilerplate(BoilerplateKind::ReadAlso);
        assert_eq!(kinds, [Title, Source, Body, Body, ListItem, page, Heading, Body]);
        assert_eq!(cut.article().metadata.byline.as_deref(), Some("سلمى حداد"));
    }
}
