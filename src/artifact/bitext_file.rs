//! Reads an article that people have translated: Arabic TAB English a line, an empty line between paragraphs.
//!
//! Owns: what a line is. In: a file. Out: a [`Bitext`] whose segments are the lines, and whose article is their Arabic.
//! Never: an engine; a line without a tab is an error.

use super::{ArtifactError, Input, lines::read_lines};
use crate::domain::{
    Article, Bitext, ByteSpan, Language, Outcome, Paragraph, ParagraphId, ParagraphKind, Segment,
    SegmentedArticle, Translation,
};

/// Reads the article and its translation.
///
/// # Errors
/// [`ArtifactError::NotBitext`] names the first line that is none; otherwise as for any file.
pub fn read_bitext(input: &Input, max_bytes: u64) -> Result<Bitext, ArtifactError> {
    let lines = read_lines(input, max_bytes)?;
    let (mut text, mut places) = (String::new(), Vec::new());
    let (mut paragraph, mut english) = (0, Vec::new());
    for (index, line) in lines.lines.iter().enumerate() {
        if line.trim().is_empty() {
            paragraph = places.last().map_or(0, |(_, _, last)| last + 1);
            continue;
        }
        let not = || ArtifactError::NotBitext { name: lines.name.clone(), line: index + 1 };
        let (arabic, translation) = line.split_once('\t').ok_or_else(not)?;
        let (arabic, translation) = (arabic.trim(), translation.trim());
        if arabic.is_empty() || translation.is_empty() {
            return Err(not());
        }
        let same = places.last().is_some_and(|(_, _, last)| *last == paragraph);
        if !text.is_empty() {
            text.push_str(if same { " " } else { "\n\n" });
        }
        places.push((text.len(), text.len() + arabic.len(), paragraph));
        text.push_str(arabic);
        english.push(given(translation));
    }
    if english.is_empty() {
        return Err(ArtifactError::OnlyWhiteSpace { name: lines.name });
    }
    let article = Article::new(input.article_id(), Language::Arabic, text);
    let malformed = || ArtifactError::NotBitext { name: lines.name.clone(), line: 1 };
    let source = segmented(article, &places).ok_or_else(malformed)?;
    Bitext::new(source, english).map_err(|_| malformed())
}

/// A translation that no engine made.
fn given(text: &str) -> Translation {
    Translation { text: text.to_owned(), outcome: Outcome::Translated, ..Translation::skipped() }
}

fn segmented(article: Article, places: &[(usize, usize, usize)]) -> Option<SegmentedArticle> {
    let (mut paragraphs, mut segments) = (Vec::new(), Vec::new());
    for run in places.chunk_by(|a, b| a.2 == b.2) {
        let first = segments.len();
        for (start, end, paragraph) in run {
            let span = ByteSpan::within(article.text(), *start, *end).ok()?;
            segments.push(Segment { span, paragraph: ParagraphId::new(*paragraph) });
        }
        let (start, end) = (run.first()?.0, run.last()?.1);
        let span = ByteSpan::within(article.text(), start, end).ok()?;
        paragraphs.push(Paragraph::new(span, ParagraphKind::Body, first, segments.len()));
    }
    SegmentedArticle::new(article, paragraphs, segments).ok()
}
