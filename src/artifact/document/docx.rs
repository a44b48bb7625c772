//! Text of a Word document.
//!
//! Owns: the paragraphs and their styles, what is bold, italic or a link. In: the bytes of a file. Out: blocks.
//! Never: text that was deleted or moved away under tracked changes, codes of fields, notes, comments, headers.
//!
//! Text boxes come before the paragraph they are anchored in; the copy that Word keeps for old programs is left out.

use std::collections::HashMap;

use super::super::ArtifactError;
use super::super::archive::Archive;
use super::super::xml::{Element, Node, Xml};
use super::Blocks;
use super::runs::Runs;
use crate::domain::{BlockKind, MarkupKind};

const DOCUMENT: &str = "word/document.xml";
const STYLES: &str = "word/styles.xml";
const RELATIONS: &str = "word/_rels/document.xml.rels";

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
    let addresses = match archive.member(RELATIONS)? {
        Some(relations) => addresses(&relations, &format!("{name}, {RELATIONS}"))?,
        None => HashMap::new(),
    };
    let place = format!("{name}, {DOCUMENT}");
    Walk::new(Xml::new(&document, &place)?, &headings, &addresses).all()
}

/// The addresses that links of the document lead to, by the ids it knows them under.
fn addresses(text: &str, name: &str) -> Result<HashMap<String, String>, ArtifactError> {
    let mut xml = Xml::new(text, name)?;
    let mut addresses = HashMap::new();
    loop {
        match xml.next()? {
            Node::Start(element) if element.name == "Relationship" => {
                let value = |name| element.attribute(name).unwrap_or_default();
                if value("TargetMode") == "External" {
                    addresses.insert(value("Id").to_owned(), value("Target").to_owned());
                }
            }
            Node::Eof => return Ok(addresses),
            _ => {}
        }
    }
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

/// Whether a switch is on that has this value, or none.
fn is_on(value: &str) -> bool {
    !matches!(value, "0" | "false" | "off" | "none")
}

fn is_heading(style: &str) -> bool {
    let style = style.to_lowercase();
    style.starts_with("heading") || style == "title" || style == "subtitle"
}

/// A paragraph that has not ended yet.
#[derive(Default)]
struct Paragraph {
    text: Runs,
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
    addresses: &'a HashMap<String, String>,
    /// How the run is set off that we are in; none outside of runs, where formats are those of paragraph marks.
    run: Option<Vec<MarkupKind>>,
}

impl<'a> Walk<'a> {
    fn new(
        xml: Xml<'a>,
        headings: &'a HashMap<String, bool>,
        addresses: &'a HashMap<String, String>,
    ) -> Self {
        let (blocks, open) = (Blocks::default(), Vec::new());
        Self { xml, headings, blocks, open, cells: 0, addresses, run: None }
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
            "r" => self.run = Some(Vec::new()),
            // Right-to-left letters follow the second of each pair.
            "b" | "bCs" if is_on(value()) => self.set_off(MarkupKind::Strong),
            "i" | "iCs" if is_on(value()) => self.set_off(MarkupKind::Emphasis),
            "hyperlink" => {
                let id = element.local_attribute("id").unwrap_or_default();
                if let Some(link) = self.addresses.get(id).and_then(|to| MarkupKind::link(to)) {
                    self.note(|paragraph| paragraph.text.open(link));
                }
            }
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

    fn set_off(&mut self, kind: MarkupKind) {
        if let Some(run) = self.run.as_mut().filter(|run| !run.contains(&kind)) {
            run.push(kind);
        }
    }

    fn add(&mut self, text: &str) {
        let kinds = self.run.clone().unwrap_or_default();
        self.note(|paragraph| {
            for kind in &kinds {
                paragraph.text.open(kind.clone());
            }
            paragraph.text.push_str(text);
            for kind in &kinds {
                paragraph.text.close(kind);
            }
        });
    }

    fn note(&mut self, change: impl FnOnce(&mut Paragraph)) {
        if let Some(paragraph) = self.open.last_mut() {
            change(paragraph);
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "p" => {
                let Some(mut paragraph) = self.open.pop() else { return };
                let kind = match (paragraph.heading, paragraph.item) {
                    (true, _) => BlockKind::Heading,
                    (false, true) => BlockKind::ListItem,
                    (false, false) => BlockKind::Paragraph,
                };
                self.blocks.push_run(kind, &paragraph.text.take());
            }
            "tc" => self.cells = self.cells.saturating_sub(1),
            "r" => self.run = None,
            "hyperlink" => self.note(|p| p.text.close(&MarkupKind::Link(String::new()))),
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
    fn bold_italics_and_links_keep_their_words() {
        let run = |format: &str, text: &str| {
            format!("<w:r><w:rPr>{format}</w:rPr><w:t xml:space=\"preserve\">{text}</w:t></w:r>")
        };
        let body = format!(
            "<w:p><w:pPr><w:rPr><w:b/></w:rPr></w:pPr>{}{}<w:hyperlink r:id=\"l1\">{}{}</w:hyperlink>\
             <w:hyperlink r:id=\"l2\">{}</w:hyperlink></w:p>",
            run("<w:b w:val=\"0\"/>", "قال "),
            run("<w:bCs/><w:b/>", "الوزير"),
            run("<w:i/>", " في "),
            run("", "بيان"),
            run("", " له"),
        );
        let body = body.replace("<w:p>", "<w:p xmlns:r=\"r\">");
        let relation = |id: &str, to: &str| {
            format!("<Relationship Id=\"{id}\" Target=\"{to}\" TargetMode=\"External\"/>")
        };
        let relations =
            [relation("l1", "https://a.example/x?a=1&amp;b"), relation("l2", "javascript:x()")];
        let relations = format!("<Relationships>{}</Relationships>", relations.concat());
        let bytes = archive(&[(DOCUMENT, &document(&body)), (RELATIONS, &relations)]);
        let block = blocks(&bytes, "t.docx", 1 << 20).unwrap().blocks.remove(0);
        let marks: Vec<_> = block
            .markup
            .iter()
            .map(|mark| (mark.span.of(&block.text).unwrap(), mark.kind.clone()))
            .collect();
        let link = MarkupKind::Link("https://a.example/x?a=1&b".to_owned());
        let expected =
            [("الوزير", MarkupKind::Strong), (" في ", MarkupKind::Emphasis), (" في بيان", link)];
        assert_eq!(marks, expected);
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
