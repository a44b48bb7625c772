//! Text of a Markdown file.
//!
//! Owns: which parts of Markdown are text: headings, paragraphs, items, cells, footnotes; not code blocks, markup of
//! web pages, pictures and front matter. Code inside a sentence stays, for the sentence needs its words.
//! In: text. Out: blocks. Never: following a link.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::Blocks;
use super::runs::Runs;
use crate::domain::{BlockKind, MarkupKind};

pub(super) fn blocks(text: &str) -> Blocks {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    let mut walk = Walk::default();
    for event in Parser::new_ext(text, options) {
        walk.step(event);
    }
    walk.flush();
    walk.blocks
}

/// Where in the file we are.
#[derive(Default)]
struct Walk {
    blocks: Blocks,
    text: Runs,
    in_heading: bool,
    items: usize,
    /// Open parts that are left out.
    left_out: usize,
}

impl Walk {
    fn step(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) if self.left_out == 0 => {
                self.text.push_str(&text);
            }
            Event::SoftBreak | Event::HardBreak if self.left_out == 0 => self.text.push('\n'),
            Event::Rule => self.flush(),
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::CodeBlock(_) | Tag::HtmlBlock | Tag::MetadataBlock(_) => {
                self.flush();
                self.left_out += 1;
            }
            Tag::Image { .. } => self.left_out += 1,
            Tag::Strong => self.text.open(MarkupKind::Strong),
            Tag::Emphasis => self.text.open(MarkupKind::Emphasis),
            Tag::Link { dest_url, .. } => {
                if let Some(link) = MarkupKind::link(dest_url) {
                    self.text.open(link);
                }
            }
            Tag::Item | Tag::TableCell => {
                self.flush();
                self.items += 1;
            }
            Tag::Heading { .. } => {
                self.flush();
                self.in_heading = true;
            }
            Tag::Paragraph
            | Tag::BlockQuote(_)
            | Tag::List(_)
            | Tag::Table(_)
            | Tag::FootnoteDefinition(_) => self.flush(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::MetadataBlock(_) | TagEnd::Image => {
                self.left_out = self.left_out.saturating_sub(1);
            }
            TagEnd::Strong => self.text.close(&MarkupKind::Strong),
            TagEnd::Emphasis => self.text.close(&MarkupKind::Emphasis),
            TagEnd::Link => self.text.close(&MarkupKind::Link(String::new())),
            TagEnd::Item | TagEnd::TableCell => {
                self.flush();
                self.items = self.items.saturating_sub(1);
            }
            TagEnd::Heading(_) => {
                self.flush();
                self.in_heading = false;
            }
            TagEnd::Paragraph | TagEnd::BlockQuote(_) | TagEnd::FootnoteDefinition => self.flush(),
            _ => {}
        }
    }

    fn flush(&mut self) {
        let kind = match (self.in_heading, self.items) {
            (true, _) => BlockKind::Heading,
            (false, 0) => BlockKind::Paragraph,
            (false, _) => BlockKind::ListItem,
        };
        let run = self.text.take();
        self.blocks.push_run(kind, &run);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(BlockKind, String)> {
        blocks(text).blocks.into_iter().map(|block| (block.kind, block.text)).collect()
    }

    #[test]
    fn headings_paragraphs_items_and_cells_are_text() {
        use BlockKind::{Heading, ListItem, Paragraph};
        let text = "---\ntitle: x\n---\n# عنوان *مهم*\n\nA [link](http://x) and `code`\nwent &amp; on.\n\n\
                    - one\n  - two\n\n    still two\n\n| a | b |\n|---|---|\n| c | ![no](p.png) |\n";
        let expected = [
            (Heading, "عنوان مهم"),
            (Paragraph, "A link and code\nwent & on."),
            (ListItem, "one"),
            (ListItem, "two"),
            (ListItem, "still two"),
            (ListItem, "a"),
            (ListItem, "b"),
            (ListItem, "c"),
        ];
        assert_eq!(read(text), expected.map(|(kind, text)| (kind, text.to_owned())));
    }

    #[test]
    fn bold_italics_and_links_keep_their_words() {
        let text = "قال **الوزير *الأول*** في [بيان][1] له و[هنا](javascript:x).\n\n[1]: https://a.example/ب\n";
        let block = blocks(text).blocks.remove(0);
        assert_eq!(block.text, "قال الوزير الأول في بيان له وهنا.");
        let marks: Vec<_> = block
            .markup
            .iter()
            .map(|mark| (mark.span.of(&block.text).unwrap(), mark.kind.clone()))
            .collect();
        let link = MarkupKind::Link("https://a.example/ب".to_owned());
        let (strong, emphasis) = (MarkupKind::Strong, MarkupKind::Emphasis);
        assert_eq!(marks, [("الوزير الأول", strong), ("الأول", emphasis), ("بيان", link)]);
    }

    #[test]
    fn code_blocks_and_markup_are_left_out() {
        let text =
            "One.\n\n```\nlet x = 1;\n```\n\n    indented\n\n<div>\nno\n</div>\n\nTwo<br>.\n";
        let texts: Vec<String> = read(text).into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["One.", "Two."]);
    }
}
