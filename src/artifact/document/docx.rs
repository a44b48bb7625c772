//! Text of a Word document.
//!
//! Owns: the paragraphs and their styles. In: the bytes of a file. Out: blocks.
//! Never: text that was deleted or moved away under tracked changes, codes of fields, notes, comments, headers.
//!
//! Text boxes come before the paragraph they are anchored in; the copy that Word keeps for old programs is left out.

use std::collections::HashMap;

use super::super::ArtifactError;
use super::super::archive::Archive;
use super::super::xml::{Element, Node, Xml};
use super::Blocks;
use crate::domain::BlockKind;

const DOCUMENT: &str = "word/document.xml";
const STYLES: &str = "word/styles.xml";

/// The two namespaces that Word writes in: the usual one, and that of the strict form.
const WORD: [&str; 2] = [
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
];

pub(super) fn blocks(bytes: &[u8], name: &str, max_bytes: u64) -> Result<Blocks, ArtifactError> {
    let mut archive = Archive::open(bytes, name, "Word document", max_bytes)?;
    let document = archive.needed(DOCUMENT)?;
    let headings = match archive.member(STYLES)? {
        Some(styles) => heading_styles(&styles, &format!("{name}, {STYLES}"))?,
        None => HashMap::new(),
    };
    let place = format!("{name}, {DOCUMENT}");
    Walk::new(Xml::new(&document, &place)?, &headings).all()
}

fn is_word(element: &Element) -> bool {
    WORD.contains(&element.namespace.as_str())
}

/// Which style ids are headings, by the names that Word gives its own styles in every language.
fn heading_styles(text: &str, name: &str) -> Result<HashMap<String, bool>, ArtifactError> {
    let mut xml = Xml::new(text, name)?;
    let mut styles = HashMap::new();
    let mut id = String::new();
    loop {
        match xml.next()? {
            Node::Start(element) if element.name == "style" && is_word(&element) => {
                element.local_attribute("styleId").unwrap_or_default().clone_into(&mut id);
            }
            Node::Start(element) if element.name == "name" && is_word(&element) => {
                let style = element.local_attribute("val").unwrap_or_default();
                styles.insert(id.clone(), is_heading(style));
            }
            Node::Eof => return Ok(styles),
            _ => {}
        }
    }
}

fn is_heading(style: &str) -> bool {
    let style = style.to_lowercase();
    style.starts_with("heading") || style == "title" || style == "subtitle"
}

/// A paragraph that has not ended yet.
#[derive(Default)]
struct Paragraph {
    text: String,
    heading: bool,
    item: bool,
}

/// Where in the document we are.
struct Walk<'a> {
    xml: Xml<'a>,
    headings: &'a HashMap<String, bool>,
    blocks: Blocks,
    /// Paragraphs inside one another: a text box stands inside a paragraph.
    open: Vec<Paragraph>,
    cells: usize,
}

impl<'a> Walk<'a> {
    fn new(xml: Xml<'a>, headings: &'a HashMap<String, bool>) -> Self {
        Self { xml, headings, blocks: Blocks::default(), open: Vec::new(), cells: 0 }
    }

    fn all(mut self) -> Result<Blocks, ArtifactError> {
        loop {
            match self.xml.next()? {
                Node::Start(element) if element.name == "Fallback" => self.xml.skip()?,
                Node::Start(element) if is_word(&element) => self.start(&element)?,
                Node::End(name) => self.end(&name),
                Node::Start(_) | Node::Text(_) => {}
                Node::Eof => return Ok(self.blocks),
            }
        }
    }

    fn start(&mut self, element: &Element) -> Result<(), ArtifactError> {
        let value = || element.local_attribute("val").unwrap_or_default();
        match element.name.as_str() {
            "p" => self.open.push(Paragraph { item: self.cells > 0, ..Paragraph::default() }),
            "tc" => self.cells += 1,
            "del" | "moveFrom" | "pPrChange" | "rPrChange" => self.xml.skip()?,
            "t" => {
                let text = self.xml.text(|_| true)?;
                self.add(&text);
            }
            "tab" if !self.is_tab_stop(element) => self.add(" "),
            "br" | "cr" => self.add("\n"),
            "noBreakHyphen" => self.add("\u{2011}"),
            "pStyle" => {
                let style = value();
                let known = self.headings.get(style).copied();
                let heading = known.unwrap_or_else(|| is_heading(style));
                self.note(|paragraph| paragraph.heading |= heading);
            }
            "outlineLvl" if value() != "9" => self.note(|paragraph| paragraph.heading = true),
            "numPr" => self.note(|paragraph| paragraph.item = true),
            _ => {}
        }
        Ok(())
    }

    /// A tab stop of the layout is called as a tab of the text, but has a position.
    fn is_tab_stop(&self, element: &Element) -> bool {
        element.local_attribute("pos").is_some() || self.open.is_empty()
    }

    fn add(&mut self, text: &str) {
        self.note(|paragraph| paragraph.text.push_str(text));
    }

    fn note(&mut self, change: impl FnOnce(&mut Paragraph)) {
        if let Some(paragraph) = self.open.last_mut() {
            change(paragraph);
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "p" => {
                let Some(paragraph) = self.open.pop() else { return };
                let kind = match (paragraph.heading, paragraph.item) {
                    (true, _) => BlockKind::Heading,
                    (false, true) => BlockKind::ListItem,
                    (false, false) => BlockKind::Paragraph,
                };
                self.blocks.push(kind, &paragraph.text);
            }
            "tc" => self.cells = self.cells.saturating_sub(1),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::archive::packed as archive;
    use super::*;

    fn document(body: &str) -> String {
        format!(
            "<w:document xmlns:w=\"{}\" xmlns:mc=\"m\"><w:body>{body}</w:body></w:document>",
            WORD[0]
        )
    }

    fn read(body: &str) -> Vec<(BlockKind, String)> {
        let styles = format!(
            "<w:styles xmlns:w=\"{}\"><w:style w:styleId=\"1\"><w:name w:val=\"heading 1\"/></w:style></w:styles>",
            WORD[0]
        );
        let bytes = archive(&[(DOCUMENT, &document(body)), (STYLES, &styles)]);
        let found = blocks(&bytes, "t.docx", 1 << 20).unwrap();
        found.blocks.into_iter().map(|block| (block.kind, block.text)).collect()
    }

    #[test]
    fn paragraphs_have_their_kinds() {
        use BlockKind::{Heading, ListItem, Paragraph};
        let found = read(
            "<w:p><w:pPr><w:pStyle w:val=\"1\"/></w:pPr><w:r><w:t>عنوان</w:t></w:r></w:p>\
             <w:p><w:pPr><w:tabs><w:tab w:pos=\"9\"/></w:tabs></w:pPr><w:r><w:t xml:space=\"preserve\">One </w:t></w:r>\
             <w:r><w:t>&lt;two&gt;</w:t><w:tab/><w:t>three</w:t><w:br/><w:t>four</w:t></w:r></w:p><w:p/>\
             <w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>five</w:t></w:r></w:p>\
             <w:tbl><w:tr><w:tc><w:p><w:r><w:t>six</w:t></w:r></w:p></w:tc></w:tr></w:tbl>\
             <w:p><w:pPr><w:pStyle w:val=\"Title\"/></w:pPr><w:r><w:t>seven</w:t></w:r></w:p>",
        );
        let expected = [
            (Heading, "عنوان"),
            (Paragraph, "One <two> three\nfour"),
            (ListItem, "five"),
            (ListItem, "six"),
            (Heading, "seven"),
        ];
        assert_eq!(found, expected.map(|(kind, text)| (kind, text.to_owned())));
    }

    #[test]
    fn deleted_text_and_copies_are_left_out_and_text_boxes_stay() {
        let found = read(
            "<w:p><w:del><w:r><w:delText>no</w:delText></w:r></w:del><w:ins><w:r><w:t>yes</w:t></w:r></w:ins>\
             <w:r><w:instrText>PAGE</w:instrText></w:r>\
             <mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent>\
             </mc:Choice><mc:Fallback><w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent>\
             </mc:Fallback></mc:AlternateContent><w:r><w:t>, still</w:t></w:r></w:p>",
        );
        let texts: Vec<String> = found.into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["box", "yes, still"]);
    }

    #[test]
    fn a_bomb_a_broken_archive_and_broken_xml_are_refused() {
        let bomb = document(&" ".repeat(1 << 22));
        let told = blocks(&archive(&[(DOCUMENT, &bomb)]), "b.docx", 1 << 20).unwrap_err();
        assert!(matches!(told, ArtifactError::TooLarge { max_bytes: 1_048_576, .. }), "{told}");
        let whole = archive(&[(DOCUMENT, &document("<w:p/>"))]);
        let told = blocks(&whole[..whole.len() / 2], "c.docx", 1 << 20).unwrap_err();
        assert!(matches!(told, ArtifactError::DamagedArchive { .. }), "{told}");
        let told = blocks(&archive(&[("x", "y")]), "n.docx", 1 << 20).unwrap_err();
        assert!(matches!(told, ArtifactError::DamagedArchive { .. }), "{told}");
        let told = blocks(&archive(&[(DOCUMENT, "<a>\n<b>")]), "x.docx", 1 << 20).unwrap_err();
        assert!(matches!(told, ArtifactError::Xml { line: 2, .. }), "{told}");
    }
}
