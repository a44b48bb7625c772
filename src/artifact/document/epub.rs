//! Text of an electronic book.
//!
//! Owns: the way from the container to the pages in reading order. In: the bytes of a file. Out: blocks of the whole book.
//! Never: tables of contents, notes about the book beside title, author, date and publisher.

use super::super::ArtifactError;
use super::super::archive::Archive;
use super::super::xml::{Node, Xml};
use super::{Blocks, html, language_of_tag};
use crate::domain::Metadata;

const CONTAINER: &str = "META-INF/container.xml";
const ENCRYPTION: &str = "META-INF/encryption.xml";

pub(super) fn blocks(bytes: &[u8], name: &str, max_bytes: u64) -> Result<Blocks, ArtifactError> {
    let mut archive = Archive::open(bytes, name, "EPUB book", max_bytes)?;
    let container = archive.needed(CONTAINER)?;
    let encrypted = archive.member(ENCRYPTION)?.is_some_and(|text| text.contains(".xhtml"));
    if encrypted {
        return Err(ArtifactError::Encrypted { name: name.to_owned() });
    }
    let package = package_path(&container, &format!("{name}, {CONTAINER}"))?;
    let text = archive.needed(&package)?;
    let book = Package::read(&text, &format!("{name}, {package}"))?;
    let folder = package.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut all = Blocks {
        language: book.language,
        title: book.title,
        metadata: book.metadata,
        ..Blocks::default()
    };
    for page in book.spine.iter().filter_map(|id| book.pages.iter().find(|(known, _)| known == id))
    {
        if let Some(text) = archive.member(&joined(folder, &page.1))? {
            all.append(html::blocks(&text));
        }
    }
    Ok(all)
}

fn package_path(container: &str, place: &str) -> Result<String, ArtifactError> {
    let mut xml = Xml::new(container, place)?;
    loop {
        match xml.next()? {
            Node::Start(element) if element.name == "rootfile" => {
                if let Some(path) = element.attribute("full-path") {
                    return Ok(path.to_owned());
                }
            }
            Node::Eof => return Err(xml.error("no book is named")),
            _ => {}
        }
    }
}

/// What a book is made of.
#[derive(Default)]
struct Package {
    title: Option<String>,
    language: Option<crate::domain::Language>,
    metadata: Metadata,
    /// Pages by their ids.
    pages: Vec<(String, String)>,
    /// Ids in reading order.
    spine: Vec<String>,
}

impl Package {
    fn read(text: &str, place: &str) -> Result<Self, ArtifactError> {
        let mut xml = Xml::new(text, place)?;
        let mut book = Self::default();
        loop {
            let element = match xml.next()? {
                Node::Start(element) => element,
                Node::Eof => return Ok(book),
                _ => continue,
            };
            let value = |name| element.attribute(name).unwrap_or_default().to_owned();
            match element.name.as_str() {
                "title" | "creator" | "date" | "publisher" | "language" => {
                    let text = xml.text(|_| true)?.trim().to_owned();
                    book.note(&element.name, text);
                }
                "item" if is_page(&value("media-type")) && !is_contents(&value("properties")) => {
                    book.pages.push((value("id"), value("href")));
                }
                "itemref" if value("linear") != "no" => book.spine.push(value("idref")),
                _ => {}
            }
        }
    }

    fn note(&mut self, name: &str, text: String) {
        let place = match name {
            "title" => &mut self.title,
            "creator" => &mut self.metadata.byline,
            "date" => &mut self.metadata.date,
            "publisher" => &mut self.metadata.source,
            _ => {
                self.language = self.language.or_else(|| language_of_tag(&text));
                return;
            }
        };
        if place.is_none() && !text.is_empty() {
            *place = Some(text);
        }
    }
}

fn is_page(media_type: &str) -> bool {
    matches!(media_type, "application/xhtml+xml" | "text/html")
}

fn is_contents(properties: &str) -> bool {
    properties.split_whitespace().any(|property| property == "nav")
}

/// The path of a page named relative to `folder`, with `%20` and `..` resolved.
fn joined(folder: &str, href: &str) -> String {
    let mut parts: Vec<String> = folder.split('/').map(ToOwned::to_owned).collect();
    let href = href.split('#').next().unwrap_or_default();
    for part in href.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            part => parts.push(unescaped(part)),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join("/")
}

/// `%20` as the byte it stands for.
fn unescaped(part: &str) -> String {
    let bytes = part.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let code = bytes.get(at + 1..at + 3).and_then(|code| std::str::from_utf8(code).ok());
        let code = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        match code {
            Some(code) if *byte == b'%' => {
                plain.push(code);
                at += 3;
            }
            _ => {
                plain.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::super::archive::packed;
    use super::*;

    fn book(pages: &[(&str, &str)]) -> Vec<u8> {
        let container = "<container><rootfiles><rootfile full-path=\"OEBPS/content.opf\"/></rootfiles></container>";
        let package = "<package xmlns:dc=\"d\"><metadata><dc:title>كتاب</dc:title><dc:creator>سلمى</dc:creator>\
            <dc:language>ar</dc:language><dc:date>2021</dc:date></metadata><manifest>\
            <item id=\"n\" href=\"nav.xhtml\" media-type=\"application/xhtml+xml\" properties=\"nav\"/>\
            <item id=\"b\" href=\"text/ch%202.xhtml\" media-type=\"application/xhtml+xml\"/>\
            <item id=\"a\" href=\"../a.xhtml\" media-type=\"application/xhtml+xml\"/>\
            <item id=\"i\" href=\"i.png\" media-type=\"image/png\"/></manifest>\
            <spine><itemref idref=\"n\"/><itemref idref=\"a\"/><itemref idref=\"b\"/><itemref idref=\"x\"/></spine></package>";
        let mut members = vec![("mimetype", "application/epub+zip"), (CONTAINER, container)];
        members.push(("OEBPS/content.opf", package));
        members.extend(pages);
        packed(&members)
    }

    #[test]
    fn pages_come_in_reading_order_and_the_contents_are_left_out() {
        let pages = [
            ("OEBPS/nav.xhtml", "<html><body><p>المحتويات</p></body></html>"),
            ("OEBPS/text/ch 2.xhtml", "<html><body><p>الفصل الثاني.</p></body></html>"),
            ("a.xhtml", "<html><body><h1>الأول</h1></body></html>"),
        ];
        let found = blocks(&book(&pages), "b.epub", 1 << 20).unwrap();
        let texts: Vec<_> = found.blocks.iter().map(|block| block.text.as_str()).collect();
        assert_eq!(texts, ["الأول", "الفصل الثاني."]);
        assert_eq!(found.title.as_deref(), Some("كتاب"));
        assert_eq!(found.metadata.byline.as_deref(), Some("سلمى"));
        assert_eq!(found.metadata.date.as_deref(), Some("2021"));
    }

    #[test]
    fn a_bomb_and_a_book_without_its_package_are_refused() {
        let page = format!("<html><body>{}</body></html>", " ".repeat(1 << 20));
        let bomb = book(&[("a.xhtml", &page), ("OEBPS/text/ch 2.xhtml", &page)]);
        assert!(bomb.len() < 1 << 15);
        let told = blocks(&bomb, "b.epub", 1 << 20).err();
        assert!(matches!(told, Some(ArtifactError::TooLarge { .. })), "{told:?}");
        let told = blocks(&packed(&[("mimetype", "application/epub+zip")]), "b.epub", 99).err();
        assert!(matches!(told, Some(ArtifactError::DamagedArchive { .. })), "{told:?}");
    }
}
