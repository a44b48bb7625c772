//! Reads XML of strangers: nothing is expanded, nothing is fetched, and an error has a place.
//!
//! Owns: what is refused (declarations inside the file, unknown entities, depth beyond a bound), lines and columns.
//! In: the text of a file. Out: starts and ends of elements, and text. Never: what the elements mean.

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

use super::ArtifactError;
use crate::domain::exchange::is_xml_char;

/// Elements inside one another beyond which a file is refused; real files stay below 50.
const DEEPEST: usize = 256;

/// A start of an element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    /// Its name without prefix.
    pub(super) name: String,
    /// Its namespace, empty if it has none.
    pub(super) namespace: String,
    attributes: Vec<(String, String)>,
}

impl Element {
    /// The value of an attribute, named with its prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The value of the first attribute with this name behind whatever prefix.
    pub(super) fn local_attribute(&self, name: &str) -> Option<&str> {
        let local = |key: &str| key.rsplit(':').next() == Some(name);
        self.attributes.iter().find(|(key, _)| local(key)).map(|(_, value)| value.as_str())
    }
}

/// One step through a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// An element begins.
    Start(Element),
    /// The element with this name ends.
    End(String),
    /// Text inside an element; text that stands together may come in several pieces.
    Text(String),
    /// The file is over; every element has ended.
    Eof,
}

/// A walk through one file.
pub(super) struct Xml<'a> {
    name: &'a str,
    text: &'a str,
    reader: NsReader<&'a [u8]>,
    open: Vec<String>,
    has_root: bool,
    /// Where the last step began, in bytes.
    at: usize,
}

impl<'a> Xml<'a> {
    /// A walk through `text`; `name` is for error messages.
    pub(super) fn new(text: &'a str, name: &'a str) -> Result<Self, ArtifactError> {
        let mut reader = NsReader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        let xml = Self { name, text, reader, open: Vec::new(), has_root: false, at: 0 };
        match text.char_indices().find(|(_, c)| !is_xml_char(*c)) {
            Some((at, c)) => {
                let reason = format!("XML cannot hold the character U+{:04X}", u32::from(c));
                Err(xml.error_at(at, reason))
            }
            None => Ok(xml),
        }
    }

    /// An error at the last step.
    pub(super) fn error(&self, reason: impl Into<String>) -> ArtifactError {
        self.error_at(self.at, reason.into())
    }

    fn error_at(&self, at: usize, reason: String) -> ArtifactError {
        let before = self.text.as_bytes().get(..at).unwrap_or(self.text.as_bytes());
        let line = before.split(|byte| *byte == b'\n').count();
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        // Bytes that go on with a character count no column.
        let begins = |byte: &&u8| (**byte & 0xc0) != 0x80;
        let column = before.iter().skip(start).filter(begins).count() + 1;
        ArtifactError::Xml { name: self.name.to_owned(), line, column, reason }
    }

    /// The next step; comments and processing instructions are passed over.
    pub(super) fn next(&mut self) -> Result<Node, ArtifactError> {
        loop {
            self.at = offset(self.reader.buffer_position());
            let step = self.reader.read_resolved_event();
            let (namespace, event) = match step {
                Ok((namespace, event)) => (namespace_of(&namespace), event),
                Err(error) => {
                    let at = offset(self.reader.error_position());
                    return Err(self.error_at(at, error.to_string()));
                }
            };
            match event {
                Event::Start(start) | Event::Empty(start) => return self.start(&start, namespace),
                Event::End(_) => return Ok(Node::End(self.open.pop().unwrap_or_default())),
                Event::Text(text) => {
                    if self.holds(&text)? {
                        return Ok(Node::Text(text.xml10_content().into_owned()));
                    }
                }
                Event::CData(text) => {
                    if self.holds(&text)? {
                        return Ok(Node::Text(text.xml10_content().into_owned()));
                    }
                }
                Event::GeneralRef(reference) => return self.reference(&reference),
                Event::DocType(doctype) => self.refuse_declarations(&doctype)?,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => return self.end(),
            }
        }
    }

    fn start(&mut self, start: &BytesStart<'_>, namespace: String) -> Result<Node, ArtifactError> {
        if self.open.is_empty() && self.has_root {
            return Err(self.error("a second root element"));
        }
        if self.open.len() >= DEEPEST {
            return Err(self.error(format!("elements are nested more than {DEEPEST} deep")));
        }
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| self.error(error.to_string()))?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(|error| self.error(error.to_string()))?;
            attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
        }
        let name = start.local_name().as_ref().to_owned();
        self.has_root = true;
        self.open.push(name.clone());
        Ok(Node::Start(Element { name, namespace, attributes }))
    }

    /// Whether `text` stands in an element; outside, only white space may stand.
    fn holds(&self, text: &str) -> Result<bool, ArtifactError> {
        if self.open.is_empty() && !text.trim_ascii().trim_start_matches('\u{feff}').is_empty() {
            return Err(self.error("text outside the root element"));
        }
        Ok(!self.open.is_empty())
    }

    fn reference(&self, reference: &BytesRef<'_>) -> Result<Node, ArtifactError> {
        let name = reference.xml10_content();
        if self.open.is_empty() {
            return Err(self.error("text outside the root element"));
        }
        let number = reference.resolve_char_ref().map_err(|error| self.error(error.to_string()))?;
        match number {
            Some(c) if is_xml_char(c) => Ok(Node::Text(c.to_string())),
            Some(c) => {
                let code = u32::from(c);
                Err(self.error(format!("XML cannot hold the character U+{code:04X}")))
            }
            None => match resolve_predefined_entity(&name) {
                Some(text) => Ok(Node::Text(text.to_owned())),
                None => Err(self.error(format!("unknown entity `&{name};`"))),
            },
        }
    }

    /// An external subset is only a name that nobody opens; an internal one could define entities that grow without end.
    fn refuse_declarations(&self, doctype: &str) -> Result<(), ArtifactError> {
        if doctype.contains(['[', '<']) {
            return Err(self.error("a document type with declarations inside the file is refused"));
        }
        Ok(())
    }

    fn end(&self) -> Result<Node, ArtifactError> {
        match self.open.last() {
            Some(name) => Err(self.error(format!("the file ends inside `<{name}>`"))),
            None if self.has_root => Ok(Node::Eof),
            None => Err(self.error("no element")),
        }
    }

    /// The text up to the end of the element that has just begun, with that of the elements inside it for which `keep`
    /// holds of their name; the others are left out with all they hold.
    pub(super) fn text(&mut self, keep: fn(&str) -> bool) -> Result<String, ArtifactError> {
        let depth = self.open.len();
        let mut text = String::new();
        loop {
            match self.next()? {
                Node::Text(piece) => text.push_str(&piece),
                Node::Start(element) if !keep(&element.name) => self.skip()?,
                Node::End(_) if self.open.len() < depth => return Ok(text),
                Node::Start(_) | Node::End(_) => {}
                Node::Eof => return Err(self.error("the file ends too early")),
            }
        }
    }

    /// Passes over the element that has just begun.
    pub(super) fn skip(&mut self) -> Result<(), ArtifactError> {
        let depth = self.open.len();
        while self.open.len() >= depth {
            self.next()?;
        }
        Ok(())
    }
}

fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

fn namespace_of(resolved: &ResolveResult<'_>) -> String {
    match resolved {
        ResolveResult::Bound(namespace) => namespace.as_ref().to_owned(),
        ResolveResult::Unbound | ResolveResult::Unknown(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What goes wrong on a walk through all of `text`, with its line and column.
    fn fault(text: &str) -> (usize, usize, String) {
        let walk = || {
            let mut xml = Xml::new(text, "t")?;
            while xml.next()? != Node::Eof {}
            Ok(())
        };
        match walk() {
            Err(ArtifactError::Xml { line, column, reason, .. }) => (line, column, reason),
            Err(other) => panic!("{other}"),
            Ok(()) => panic!("nothing is wrong"),
        }
    }

    #[test]
    fn a_fault_has_its_line_and_column() {
        assert_eq!(fault("<a>\n  <b>س</c></a>").0, 2);
        assert_eq!(fault("<a>\n  <b>سلام&x;</b></a>"), (2, 10, "unknown entity `&x;`".into()));
        assert_eq!(fault("<a>\nس\u{1}</a>"), (2, 2, "XML cannot hold the character U+0001".into()));
        assert_eq!(fault("<a>&#2;</a>").2, "XML cannot hold the character U+0002");
        assert_eq!(fault("<a><b></b>\n").2, "the file ends inside `<a>`");
        assert_eq!(fault("<a/>\n<b/>"), (2, 1, "a second root element".into()));
        assert_eq!(fault("<a/>text").2, "text outside the root element");
        assert_eq!(fault("<!-- nothing -->").2, "no element");
        assert_eq!(fault("<a x='1' x='2'/>").0, 1);
        assert_eq!(fault("<a x='&y;'/>").0, 1);
    }

    #[test]
    fn entities_of_the_file_itself_are_refused() {
        let bomb = "<!DOCTYPE a [<!ENTITY x \"xx\"><!ENTITY y \"&x;&x;\">]>\n<a>&y;</a>";
        assert_eq!(fault(bomb).0, 1);
        assert!(fault(bomb).2.contains("declarations inside the file"));
        let outside = Xml::new("<!DOCTYPE tmx SYSTEM \"tmx14.dtd\"><a/>", "t").unwrap().next();
        assert!(matches!(outside, Ok(Node::Start(_))));
    }

    #[test]
    fn depth_is_bounded() {
        let deep = "<a>".repeat(100_000);
        assert_eq!(fault(&deep), (1, 256 * 3 + 1, "elements are nested more than 256 deep".into()));
    }

    #[test]
    fn text_is_resolved_and_code_is_left_out() {
        let text = "<s>a &amp; <g>b</g><ph>{1}<g>no</g></ph>&#x633;<![CDATA[<c>]]></s>";
        let mut xml = Xml::new(text, "t").unwrap();
        xml.next().unwrap();
        assert_eq!(xml.text(|name| name == "g").unwrap(), "a & bس<c>");
        assert_eq!(xml.next().unwrap(), Node::Eof);
    }
}
