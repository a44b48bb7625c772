//! Says what each paragraph of an article is for.
//!
//! Owns: titles, headings, list items; the order in which the parts of a page stand.
//! In: a text and its paragraphs. Out: one kind a paragraph, and the source and date they name.
//! Never: the wording of pages (see `boilerplate`) and of agencies (see `credits`).

use super::boilerplate::{LONGEST_LINE_BYTES, boilerplate, is_category};
use super::chars::part;
use super::credits;
use super::lists::marker_end;
use crate::domain::{BoilerplateKind, ByteSpan, ParagraphKind};

/// A title or a line above the text has at most so many words.
const LONGEST_TITLE_WORDS: usize = 25;

/// A heading inside the text has at most so many words.
const LONGEST_HEADING_WORDS: usize = 12;

/// The shortest line with a full stop that shows that the text has begun.
const SHORTEST_SENTENCE_WORDS: usize = 4;

/// What was found out about the paragraphs of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// One kind a paragraph, in order.
    pub kinds: Vec<ParagraphKind>,
    /// The agency or newspaper, as written.
    pub source: Option<String>,
    /// Who wrote the text, as written.
    pub byline: Option<String>,
    /// The date of publication, as written.
    pub date: Option<String>,
}

/// What a line is by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    /// Text of the page.
    Page(BoilerplateKind),
    /// The name of a section of the site, or a heading.
    Category,
    /// Agency, newspaper, author.
    Source,
    /// A date.
    Date,
    /// Begins with an item mark.
    Item,
    /// A sentence or more.
    Text,
    /// Few words and no full stop.
    Short { words: usize, stopped: bool },
}

/// Classifies the paragraphs of `text`.
#[must_use]
pub fn outline(text: &str, paragraphs: &[ByteSpan]) -> Outline {
    let lines: Vec<&str> = paragraphs.iter().map(|p| part(text, p.start(), p.end())).collect();
    let mut looks: Vec<Look> = lines.iter().map(|line| look(line)).collect();
    let is_text = |look: &Look| matches!(look, Look::Text);
    let first_text = looks.iter().position(is_text);
    let last_text = looks.iter().rposition(is_text);
    mark_related_links(&mut looks, last_text);
    let mut outline = Outline::default();
    let mut titled = false;
    for (index, line) in lines.iter().enumerate() {
        let place = Place { looks: &looks, index, first_text, last_text, titled };
        let kind = place.kind();
        titled |= kind == ParagraphKind::Title;
        match kind {
            ParagraphKind::Source => {
                outline.source = outline.source.take().or_else(|| credits::source(line));
                outline.byline = outline.byline.take().or_else(|| credits::author(line));
            }
            ParagraphKind::Date if outline.date.is_none() => {
                outline.date = credits::date(line);
            }
            _ => {}
        }
        outline.kinds.push(kind);
    }
    outline
}

fn look(line: &str) -> Look {
    if line.len() > LONGEST_LINE_BYTES {
        return if marker_end(line).is_some() { Look::Item } else { Look::Text };
    }
    if let Some(kind) = boilerplate(line) {
        return Look::Page(kind);
    }
    if is_category(line) {
        return Look::Category;
    }
    if credits::is_source(line) {
        return Look::Source;
    }
    if credits::is_date(line) {
        return Look::Date;
    }
    if marker_end(line).is_some() {
        return Look::Item;
    }
    let words =
        line.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count();
    let last = line.trim_end_matches(['"', '”', '»', ')', '\'', ' ']).chars().next_back();
    let stopped = matches!(last, Some('.' | '۔' | ':' | '،' | '؛'));
    if words > LONGEST_TITLE_WORDS || (stopped && words >= SHORTEST_SENTENCE_WORDS) {
        Look::Text
    } else {
        Look::Short { words, stopped }
    }
}

/// Behind "related articles", short lines up to the end of the page are titles of other articles.
fn mark_related_links(looks: &mut [Look], last_text: Option<usize>) {
    let related = Look::Page(BoilerplateKind::ReadAlso);
    let tail = last_text.map_or(0, |last| last + 1);
    let Some(header) = looks.iter().skip(tail).position(|look| *look == related) else { return };
    if last_text.is_none() {
        return;
    }
    for look in looks.iter_mut().skip(tail + header) {
        if matches!(look, Look::Short { stopped: false, .. } | Look::Item) {
            *look = related;
        }
    }
}

/// One paragraph among the others.
struct Place<'a> {
    looks: &'a [Look],
    index: usize,
    first_text: Option<usize>,
    last_text: Option<usize>,
    titled: bool,
}

impl Place<'_> {
    fn kind(&self) -> ParagraphKind {
        let before_text = self.first_text.is_some_and(|first| self.index < first);
        let after_text = self.last_text.is_some_and(|last| self.index > last);
        let outside = before_text || after_text;
        match self.look(self.index) {
            Look::Page(BoilerplateKind::Share) if self.stands_in_text() => ParagraphKind::Heading,
            Look::Page(kind) => ParagraphKind::Boilerplate(kind),
            Look::Category if outside => ParagraphKind::Boilerplate(BoilerplateKind::Category),
            Look::Source => ParagraphKind::Source,
            Look::Date if outside => ParagraphKind::Date,
            Look::Item => ParagraphKind::ListItem,
            Look::Short { stopped: false, .. } if before_text && !self.titled => {
                ParagraphKind::Title
            }
            Look::Short { stopped: false, .. } if before_text => ParagraphKind::Heading,
            Look::Short { stopped: false, words } if words <= LONGEST_HEADING_WORDS => {
                self.heading()
            }
            Look::Category | Look::Date => self.heading(),
            Look::Text | Look::Short { .. } => ParagraphKind::Body,
        }
    }

    fn look(&self, index: usize) -> Look {
        self.looks.get(index).copied().unwrap_or(Look::Text)
    }

    /// Heading if text or a list follows, else body: a line of verse, a last word.
    fn heading(&self) -> ParagraphKind {
        let below =
            self.looks.iter().skip(self.index + 1).find(|look| !matches!(look, Look::Page(_)));
        match below {
            Some(Look::Text | Look::Item) => ParagraphKind::Heading,
            _ => ParagraphKind::Body,
        }
    }

    /// The name of a network between two paragraphs of text is a heading, not a button.
    fn stands_in_text(&self) -> bool {
        let above = self.index.checked_sub(1).map(|index| self.look(index));
        above == Some(Look::Text) && self.looks.get(self.index + 1) == Some(&Look::Text)
    }
}

#[cfg(test)]
mod tests {
    use super::super::paragraphs::paragraphs;
    use super::*;

    fn kinds(text: &str) -> Vec<ParagraphKind> {
        outline(text, &paragraphs(text)).kinds
    }

    const TEXT: &str = "أكد الرئيس الروسي أنه يرحب بالتنسيق بين البلدين.";

    #[test]
    fn a_category_a_title_and_a_heading_are_told_apart() {
        let text = format!("عالمي\nبوتين يرحب بالتنسيق\nعنوان فرعي\n{TEXT}\nردود الفعل\n{TEXT}\n");
        assert_eq!(
            kinds(&text),
            [
                ParagraphKind::Boilerplate(BoilerplateKind::Category),
                ParagraphKind::Title,
                ParagraphKind::Heading,
                ParagraphKind::Body,
                ParagraphKind::Heading,
                ParagraphKind::Body,
            ]
        );
    }

    #[test]
    fn an_article_that_begins_with_text_has_no_title() {
        assert_eq!(kinds(&format!("{TEXT}\n{TEXT}")), [ParagraphKind::Body; 2]);
    }

    #[test]
    fn a_lone_line_is_body() {
        assert_eq!(kinds("مرحبا بكم"), [ParagraphKind::Body]);
        assert_eq!(kinds("قصيدة\nبيت أول\nبيت ثان"), [ParagraphKind::Body; 3]);
    }

    #[test]
    fn source_and_date_lines_give_metadata() {
        let text = format!("عنوان الخبر\n16 يونيو 2021\n{TEXT}\nالمصدر : وكالة ايسنا للأنباء.\n");
        let outline = outline(&text, &paragraphs(&text));
        assert_eq!(outline.source.as_deref(), Some("وكالة ايسنا للأنباء"));
        assert_eq!(outline.date.as_deref(), Some("16 يونيو 2021"));
        assert_eq!(outline.kinds[1], ParagraphKind::Date);
        assert_eq!(outline.kinds[3], ParagraphKind::Source);
    }

    #[test]
    fn a_section_name_inside_the_text_is_a_heading() {
        let text = format!("{TEXT}\nالاقتصاد\n{TEXT}\nفيسبوك\n{TEXT}");
        assert_eq!(kinds(&text)[1], ParagraphKind::Heading);
        assert_eq!(kinds(&text)[3], ParagraphKind::Heading);
    }

    #[test]
    fn links_behind_the_text_are_left_out_with_their_header() {
        let text = format!("{TEXT}\nمقالات ذات صلة\nبايدن يزور أوروبا\nقمة في جنيف");
        let read_also = ParagraphKind::Boilerplate(BoilerplateKind::ReadAlso);
        assert_eq!(kinds(&text), [ParagraphKind::Body, read_also, read_also, read_also]);
    }

    #[test]
    fn list_items_are_seen() {
        let text = format!("{TEXT}\n- بند أول\n- بند ثان\n1. بند ثالث");
        assert_eq!(kinds(&text).get(1..), Some(&[ParagraphKind::ListItem; 3][..]));
    }
}
