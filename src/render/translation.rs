//! A translation as English text: plain, as Markdown, or as a page.
//!
//! Owns: paragraphs as lines, headings and lists as the article has them, and the mark of a failed sentence.
//! In: a bitext. Out: text. Never: the Arabic (that is `columns`).

use std::fmt::Write as _;

use super::brief::{at_line_start, reasons as in_words};
use super::marked::{Marked, Syntax};
use super::visible::one_line;
use super::xml::escaped as in_html;
use crate::domain::{Bitext, Markup, NBest, Outcome, Paragraph, ParagraphKind, Translation};

/// The English, one paragraph a line and a blank line between; boilerplate is left out.
///
/// A failed sentence reads `[translation failed: reasons] text`.
#[must_use]
pub fn translation_text(bitext: &Bitext) -> String {
    let paragraphs = bitext.source().paragraphs().iter();
    let lines: Vec<String> =
        paragraphs.map(|p| paragraph_text(bitext, p)).filter(|line| !line.is_empty()).collect();
    let mut text = lines.join("\n\n");
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// The English as Markdown, with the headings and lists of the article; boilerplate is left out.
///
/// `markup` is what is set off in each translation, in the order of the segments; it may end early.
#[must_use]
pub fn translation_markdown(bitext: &Bitext, markup: &[Vec<Markup>]) -> String {
    let mut page = String::new();
    let mut in_list = false;
    for (kind, text) in shown(bitext, markup) {
        let is_item = kind == ParagraphKind::ListItem;
        if !page.is_empty() {
            page.push_str(if is_item && in_list { "\n" } else { "\n\n" });
        }
        in_list = is_item;
        page.push_str(match kind {
            ParagraphKind::Title => "# ",
            ParagraphKind::Heading => "## ",
            ParagraphKind::ListItem => "- ",
            _ => "",
        });
        let text = text.written(Syntax::Markdown);
        let is_marked =
            matches!(kind, ParagraphKind::Title | ParagraphKind::Heading | ParagraphKind::ListItem);
        page.push_str(&if is_marked { text } else { at_line_start(&text) });
    }
    if !page.is_empty() {
        page.push('\n');
    }
    page
}

/// The English as a page of its own, with the headings and lists of the article; boilerplate is left out.
///
/// `markup` is what is set off in each translation, in the order of the segments; it may end early.
#[must_use]
pub fn translation_html(bitext: &Bitext, markup: &[Vec<Markup>]) -> String {
    let mut body = String::new();
    let mut title = None;
    let mut in_list = false;
    for (kind, text) in shown(bitext, markup) {
        let is_item = kind == ParagraphKind::ListItem;
        if is_item != in_list {
            body.push_str(if is_item { "<ul>\n" } else { "</ul>\n" });
        }
        in_list = is_item;
        let element = match kind {
            ParagraphKind::Title => "h1",
            ParagraphKind::Heading => "h2",
            ParagraphKind::ListItem => "li",
            _ => "p",
        };
        if kind == ParagraphKind::Title && title.is_none() {
            title = Some(text.plain(Syntax::Html));
        }
        let _ = writeln!(body, "<{element}>{}</{element}>", text.written(Syntax::Html));
    }
    if in_list {
        body.push_str("</ul>\n");
    }
    let title = title.unwrap_or_else(|| in_html(&one_line(bitext.source().article().id())));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\" dir=\"ltr\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'\">\n\
         <title>{title}</title>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
}

/// The paragraphs that are shown, with what each is for.
fn shown(bitext: &Bitext, markup: &[Vec<Markup>]) -> impl Iterator<Item = (ParagraphKind, Marked)> {
    let paragraphs = bitext.source().paragraphs().iter();
    let texts = paragraphs.map(|paragraph| (paragraph.kind, marked(bitext, paragraph, markup)));
    texts.filter(|(_, text)| !text.is_empty())
}

fn marked(bitext: &Bitext, paragraph: &Paragraph, markup: &[Vec<Markup>]) -> Marked {
    let mut text = Marked::default();
    for id in paragraph.segment_ids() {
        let Some(translation) = bitext.translation(id) else { continue };
        let Some(prefix) = prefix(translation) else { continue };
        let markup = markup.get(id.index()).map_or(&[][..], Vec::as_slice);
        text.push(&prefix, &translation.text, markup);
    }
    match paragraph.kind {
        // The list gives an item its dash or dot anyway.
        ParagraphKind::ListItem => {
            text.without_start(|c| matches!(c, '-' | '•' | '*' | '–' | '·' | ' '));
        }
        ParagraphKind::Title | ParagraphKind::Heading => text.without_strong(),
        _ => {}
    }
    text
}

/// The best translations of segments, one a line: number of the sentence, score and text, with tabs between.
#[must_use]
pub fn n_best_text(lists: &[NBest]) -> String {
    let mut text = String::new();
    for list in lists {
        for alternative in &list.alternatives {
            let (number, score) = (list.segment.number(), alternative.score);
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{number}\t{score:.4}\t{}", one_line(&alternative.text));
        }
    }
    text
}

fn paragraph_text(bitext: &Bitext, paragraph: &Paragraph) -> String {
    let translations = paragraph.segment_ids().filter_map(|id| bitext.translation(id));
    let sentences: Vec<String> = translations.filter_map(sentence).collect();
    sentences.join(" ")
}

/// The English of one sentence with its mark; nothing where it was skipped.
pub(super) fn sentence(translation: &Translation) -> Option<String> {
    let text = [prefix(translation)?, one_line(&translation.text)].concat();
    Some(text.trim_end().to_owned())
}

/// The mark in front of a sentence that failed; nothing where it was skipped.
fn prefix(translation: &Translation) -> Option<String> {
    match &translation.outcome {
        Outcome::Skipped => None,
        Outcome::Translated => Some(String::new()),
        Outcome::Failed(reasons) => Some(format!("[translation failed: {}] ", in_words(reasons))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Article, ByteSpan, Language, MarkupKind, Paragraph, Segment, SegmentedArticle,
    };

    fn bitext() -> Bitext {
        let kinds = [
            ParagraphKind::Title,
            ParagraphKind::Body,
            ParagraphKind::ListItem,
            ParagraphKind::ListItem,
            ParagraphKind::Heading,
            ParagraphKind::Body,
        ];
        let text = "ا\nب\nت\nث\nج\nح";
        let mut paragraphs = Vec::new();
        let mut segments = Vec::new();
        for (index, kind) in kinds.into_iter().enumerate() {
            let span = ByteSpan::within(text, index * 3, index * 3 + 2).unwrap();
            paragraphs.push(Paragraph::new(span, kind, index, index + 1));
            segments.push(Segment { span, paragraph: crate::domain::ParagraphId::new(index) });
        }
        let article = Article::new("t", Language::Arabic, text);
        let source = SegmentedArticle::new(article, paragraphs, segments).unwrap();
        let made = ["A <b>title</b>", "- No list", "- one", "two", "Part", "1. Two*"];
        let made = made.map(|text| Translation {
            text: text.to_owned(),
            outcome: Outcome::Translated,
            ..Translation::skipped()
        });
        Bitext::new(source, made.to_vec()).unwrap()
    }

    #[test]
    fn links_and_bold_stay_and_a_headline_is_not_bold_twice() {
        let mark = |start, end, kind| Markup {
            span: ByteSpan::within("A <b>title</b>", start, end).unwrap(),
            kind,
        };
        let link = || MarkupKind::Link("https://a.example".to_owned());
        let markup = [
            vec![mark(0, 14, MarkupKind::Strong), mark(0, 1, link())],
            Vec::new(),
            vec![mark(2, 5, MarkupKind::Emphasis)],
        ];
        let markdown = translation_markdown(&bitext(), &markup);
        let expected = "# [A](<https://a.example>) &lt;b&gt;title&lt;/b&gt;\n\n\\- No list\n\n- *one*\n- two\n";
        assert!(markdown.starts_with(expected), "{markdown}");
        let page = translation_html(&bitext(), &markup);
        assert!(page.contains("<title>A &lt;b&gt;"), "{page}");
        assert!(
            page.contains("<h1><a href=\"https://a.example\" rel=\"noreferrer\">A</a> &lt;b&gt;"),
            "{page}"
        );
        assert!(page.contains("<li><em>one</em></li>"), "{page}");
    }

    #[test]
    fn headings_and_lists_stay_and_nothing_else_becomes_one() {
        let markdown = translation_markdown(&bitext(), &[]);
        let expected = "# A &lt;b&gt;title&lt;/b&gt;\n\n\\- No list\n\n- one\n- two\n\n## Part\n\n1\\. Two\\*\n";
        assert_eq!(markdown, expected);
        let page = translation_html(&bitext(), &[]);
        assert!(page.contains("<title>A &lt;b&gt;title&lt;/b&gt;</title>"), "{page}");
        let body = "<h1>A &lt;b&gt;title&lt;/b&gt;</h1>\n<p>- No list</p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n\
                    <h2>Part</h2>\n<p>1. Two*</p>\n</body>";
        assert!(page.contains(body), "{page}");
    }
}
