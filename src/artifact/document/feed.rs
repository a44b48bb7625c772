//! Items of a feed: RSS of every version, and Atom.
//!
//! Owns: which elements hold title, text, author, date and address of an item. In: text. Out: a text for each item.
//! Never: following an address.

use super::super::ArtifactError;
use super::super::xml::{Element, Node, Xml};
use super::{Blocks, html};
use crate::domain::Metadata;

/// What an item says, as it is read.
#[derive(Default)]
struct Item {
    title: Option<String>,
    /// The whole text.
    content: Option<String>,
    /// A summary or the beginning.
    description: Option<String>,
    metadata: Metadata,
}

pub(super) fn items(text: &str, name: &str) -> Result<Vec<Blocks>, ArtifactError> {
    let mut xml = Xml::new(text, name)?;
    let mut source = None;
    let mut items = Vec::new();
    loop {
        match xml.next()? {
            Node::Start(element) if matches!(element.name.as_str(), "item" | "entry") => {
                items.push(item(&mut xml)?);
            }
            // The title of the feed comes before that of a picture in it.
            Node::Start(element) if element.name == "title" && source.is_none() => {
                source = some(&xml.text(|_| true)?);
            }
            Node::Start(element) if element.name == "image" => xml.skip()?,
            Node::Start(_) | Node::End(_) | Node::Text(_) => {}
            Node::Eof => break,
        }
    }
    Ok(items.into_iter().map(|item| item.blocks(source.as_ref())).collect())
}

/// The item that has just begun.
fn item(xml: &mut Xml<'_>) -> Result<Item, ArtifactError> {
    let mut item = Item::default();
    let mut depth = 1_usize;
    while depth > 0 {
        match xml.next()? {
            Node::Start(element) => {
                let name = element.name.clone();
                match name.as_str() {
                    "link" => {
                        let link = link(&element, &xml.text(|_| true)?);
                        let url = &mut item.metadata.url;
                        *url = url.take().or(link);
                    }
                    // A person of Atom has a name inside.
                    "author" | "creator" => {
                        let said = xml.text(|name| name == "name")?;
                        let byline = &mut item.metadata.byline;
                        *byline = byline.take().or_else(|| some(&said));
                    }
                    "source" => {
                        let said = xml.text(|name| name == "title")?;
                        item.metadata.source = some(&said);
                    }
                    "title" | "encoded" | "content" | "description" | "summary" | "pubDate"
                    | "date" | "published" | "updated" => {
                        let said = xml.text(|_| true)?;
                        item.note(&element, &said);
                    }
                    _ => depth += 1,
                }
            }
            Node::End(_) => depth -= 1,
            Node::Text(_) => {}
            Node::Eof => return Err(xml.error("the file ends inside an item")),
        }
    }
    Ok(item)
}

fn link(element: &Element, text: &str) -> Option<String> {
    let is_other = element.attribute("rel").is_some_and(|rel| rel != "alternate");
    match element.attribute("href") {
        Some(href) if !is_other => some(href),
        Some(_) => None,
        None => some(text),
    }
}

fn some(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

impl Item {
    fn note(&mut self, element: &Element, said: &str) {
        // Pictures and sound of an item have titles and descriptions of their own.
        if element.namespace.contains("search.yahoo.com/mrss") {
            return;
        }
        match element.name.as_str() {
            "title" => self.title = self.title.take().or_else(|| some(said)),
            "encoded" | "content" => self.content = self.content.take().or_else(|| some(said)),
            "description" | "summary" => {
                self.description = self.description.take().or_else(|| some(said));
            }
            "updated" => self.metadata.date = self.metadata.date.take().or_else(|| some(said)),
            _ => self.metadata.date = some(said).or_else(|| self.metadata.date.take()),
        }
    }

    fn blocks(self, source: Option<&String>) -> Blocks {
        let text = self.content.or(self.description).unwrap_or_default();
        let mut blocks = text_or_page(&text);
        blocks.title = self.title.map(|title| html::plain(&title));
        blocks.metadata = self.metadata;
        blocks.metadata.source = blocks.metadata.source.take().or_else(|| source.cloned());
        blocks
    }
}

/// A text that may be markup.
pub(super) fn text_or_page(text: &str) -> Blocks {
    let has_tags = text.contains("</") || text.contains("<br") || text.contains("<p>");
    let has_entities = text.contains('&') && text.contains(';');
    if has_tags || has_entities { html::blocks(text) } else { Blocks::of_plain_text(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RSS: &str = "<?xml version=\"1.0\"?><rss xmlns:content=\"c\" xmlns:dc=\"d\" \
        xmlns:media=\"http://search.yahoo.com/mrss/\"><channel><title>وكالة المثال</title>\
        <image><title>شعار</title></image>\
        <item><title>خبر &amp;quot;أول&amp;quot;</title><link>https://example.org/1</link><dc:creator>سلمى</dc:creator>\
        <pubDate>Tue, 05 Mar 2024 10:00:00 GMT</pubDate><description>موجز</description>\
        <media:content><media:title>صورة</media:title><media:description>لا</media:description></media:content>\
        <content:encoded><![CDATA[<p>نص <b>كامل</b>.</p><p>تتمة.</p>]]></content:encoded></item>\
        <item><title>خبر ثان</title><description>نص قصير.</description></item></channel></rss>";

    fn texts(blocks: &Blocks) -> Vec<&str> {
        blocks.blocks.iter().map(|block| block.text.as_str()).collect()
    }

    #[test]
    fn each_item_of_rss_is_a_text() {
        let found = items(RSS, "t").unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(texts(&found[0]), ["نص كامل.", "تتمة."]);
        assert_eq!(found[0].title.as_deref(), Some("خبر \"أول\""));
        let told = &found[0].metadata;
        assert_eq!(told.byline.as_deref(), Some("سلمى"));
        assert_eq!(told.date.as_deref(), Some("Tue, 05 Mar 2024 10:00:00 GMT"));
        assert_eq!(told.url.as_deref(), Some("https://example.org/1"));
        assert_eq!(told.source.as_deref(), Some("وكالة المثال"));
        assert_eq!(texts(&found[1]), ["نص قصير."]);
    }

    #[test]
    fn each_entry_of_atom_is_a_text() {
        let atom = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>مدونة</title><entry><title>خبر</title>\
            <link rel=\"self\" href=\"https://example.org/x\"/><link href=\"https://example.org/1\"/>\
            <author><name>سلمى</name><email>a@example.org</email></author><published>2024-03-05</published>\
            <updated>2024-03-06</updated><content type=\"html\">&lt;p&gt;نص.&lt;/p&gt;</content></entry></feed>";
        let found = items(atom, "t").unwrap();
        assert_eq!(texts(&found[0]), ["نص."]);
        let told = &found[0].metadata;
        assert_eq!(told.byline.as_deref(), Some("سلمى"));
        assert_eq!(told.date.as_deref(), Some("2024-03-05"));
        assert_eq!(told.url.as_deref(), Some("https://example.org/1"));
    }

    #[test]
    fn a_feed_that_breaks_off_is_refused_with_its_place() {
        let told = items("<rss>\n<channel><item><title>x</title>", "t").err();
        assert!(matches!(told, Some(ArtifactError::Xml { line: 2, .. })), "{told:?}");
    }
}
