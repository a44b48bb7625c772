//! Articles out of files of every format.
//!
//! Owns: how blocks become the text of an article, and which names articles of one file have. In: an [`Input`].
//! Out: articles with their layout. Never: changing a word of a file that is plain text.

use super::runs::Run;
use super::{Blocks, Found, Whole, bytes_of, read};
use crate::artifact::{ArtifactError, DocumentFormat, Input, ReadOptions};
use crate::domain::{Article, Block, BlockKind, ByteSpan, LaidOut, Language, Markup, is_blank};

/// How to read articles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArticleOptions {
    /// Encoding and size.
    pub read: ReadOptions,
    /// The format, where the user knows it; recognised otherwise.
    pub format: Option<DocumentFormat>,
    /// The field of JSON objects that holds the text, with dots where it lies deeper; `text` if not given.
    pub text_field: Option<String>,
}

/// An article out of a file of whatever format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundArticle {
    /// The article, with what its file tells about it.
    pub article: Article,
    /// What the reader should know about how it was read, in words.
    pub notes: Vec<String>,
    /// The parts of its text; none for plain text, whose parts only its words tell.
    pub layout: Vec<LaidOut>,
    /// What of its text is set off, by where it begins.
    pub markup: Vec<Markup>,
}

/// Reads the articles of a file: one, or one for each item of a feed and each object of JSON.
///
/// # Errors
/// [`ArtifactError`] as for [`read_document`](super::read_document).
pub fn read_articles(
    input: &Input,
    options: &ArticleOptions,
) -> Result<Vec<FoundArticle>, ArtifactError> {
    articles_of(&bytes_of(input, options.read.max_bytes)?, input, options)
}

fn articles_of(
    bytes: &[u8],
    input: &Input,
    options: &ArticleOptions,
) -> Result<Vec<FoundArticle>, ArtifactError> {
    let Found { texts, notes, plain } = read(bytes, input, options, Whole::Article)?;
    let id = input.article_id();
    if let Some(text) = plain {
        let article = Article::new(id, Language::Arabic, text);
        let (layout, markup) = (Vec::new(), Vec::new());
        return Ok(vec![FoundArticle { article, notes, layout, markup }]);
    }
    let several = texts.len() > 1;
    let mut articles = Vec::new();
    for (index, text) in texts.into_iter().enumerate() {
        let id = if several { format!("{id}#{}", index + 1) } else { id.clone() };
        let notes = if index == 0 { notes.clone() } else { Vec::new() };
        if let Some(article) = article(id, text, notes) {
            articles.push(article);
        }
    }
    if articles.is_empty() {
        return Err(ArtifactError::NoText { name: input.name() });
    }
    Ok(articles)
}

/// An article whose text is its blocks with an empty line between them; none if nothing is in them.
fn article(id: String, found: Blocks, notes: Vec<String>) -> Option<FoundArticle> {
    let mut text = String::new();
    let mut layout = Vec::new();
    let mut markup = Vec::new();
    let headline = headline(&found);
    for block in headline.iter().chain(&found.blocks) {
        for part in parts(block) {
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            let start = text.len();
            text.push_str(&part.text);
            markup.extend(part.markup.into_iter().map(|mark| mark.shifted_by(start)));
            let span = ByteSpan::within(&text, start, text.len()).ok()?;
            layout.push(LaidOut { span, kind: block.kind });
        }
    }
    if layout.is_empty() {
        return None;
    }
    let mut article = Article::new(id, Language::Arabic, text);
    article.metadata = found.metadata;
    Some(FoundArticle { article, notes, layout, markup })
}

/// The title that the file names, unless the text begins with it.
fn headline(found: &Blocks) -> Option<Block> {
    let title = found.title.as_deref()?.trim_matches(is_blank);
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    // A file that was a web page may name its site as well: `title | site`.
    let mut names: Vec<String> = title.split(['|', '–', '—']).map(letters).collect();
    names.push(letters(title));
    let is_title = |block: &Block| names.contains(&letters(&block.text));
    let known = title.is_empty() || found.blocks.iter().take(3).any(is_title);
    let (kind, markup) = (BlockKind::Heading, Vec::new());
    (!known).then(|| Block { kind, text: title.to_owned(), markup, paragraph: 0 })
}

/// A block in pieces: a line end inside it parts paragraphs where the line above it has ended.
fn parts(block: &Block) -> Vec<Run> {
    let is_end = |c: char| matches!(c, '.' | '؟' | '?' | '!' | ':' | '…' | '»' | '"' | '”' | ')');
    let mut ranges = Vec::new();
    let mut start = 0;
    for (at, _) in block.text.match_indices('\n') {
        let before = block.text.get(start..at).unwrap_or_default();
        if before.trim_end().ends_with(is_end) || block.kind == BlockKind::ListItem {
            ranges.push(start..at);
            start = at + 1;
        }
    }
    ranges.push(start..block.text.len());
    let part = |range| Run::part(&block.text, &block.markup, range);
    ranges.into_iter().filter_map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(name: &str, bytes: &[u8]) -> Vec<FoundArticle> {
        articles_of(bytes, &Input::File(name.into()), &ArticleOptions::default()).unwrap()
    }

    #[test]
    fn plain_text_is_kept_byte_for_byte() {
        let text = "عنوان\r\n\r\nقال الرئيس.\r\n";
        let read = read_all("a.txt", text.as_bytes());
        assert_eq!((read[0].article.text(), read[0].layout.len()), (text, 0));
    }

    #[test]
    fn blocks_are_parted_by_an_empty_line_and_known_by_their_spans() {
        let read = read_all("a.md", "# عنوان\n\nقال *الرئيس*\nذلك.\n\n- بند\n".as_bytes());
        let text = read[0].article.text();
        assert_eq!(text, "عنوان\n\nقال الرئيس\nذلك.\n\nبند");
        let parts: Vec<_> = read[0].layout.iter().map(|part| part.span.of(text)).collect();
        assert_eq!(parts, [Some("عنوان"), Some("قال الرئيس\nذلك."), Some("بند")]);
    }

    #[test]
    fn a_title_with_the_name_of_its_site_is_no_second_headline() {
        let titled = |title: &str| {
            let mut found = Blocks::of_plain_text("عنوان الخبر\n\nقال الرئيس ذلك.");
            found.title = Some(title.to_owned());
            article("a".to_owned(), found, Vec::new()).unwrap().layout.len()
        };
        assert_eq!(titled("عنوان الخبر"), 2);
        assert_eq!(titled("عنوان الخبر | وكالة"), 2);
        assert_eq!(titled("وكالة | عنوان آخر"), 3);
    }

    #[test]
    fn a_line_end_behind_a_full_stop_parts_paragraphs() {
        let page = "<html><body><p>قال الرئيس ذلك.<br>ورد الوزير عليه<br>في المساء.</p></body>";
        let read = read_all("a.html", page.as_bytes());
        assert_eq!(read[0].article.text(), "قال الرئيس ذلك.\n\nورد الوزير عليه\nفي المساء.");
    }
}
