//! The units of an XLIFF file.
//!
//! Owns: the elements of XLIFF 1.x and 2.x. In: text. Out: units. Never: proposals, glossaries, binary units.

use super::super::ArtifactError;
use super::super::xml::{Element, Node, Xml};
use super::units::{Unit, Units, languages};
use crate::domain::exchange::{HEADER, PREFIX};

/// Inline elements whose content is text; that of the others is code of the document the text was taken from.
fn is_text(name: &str) -> bool {
    matches!(name, "g" | "mrk" | "pc")
}

/// Elements that hold other texts than those of the unit.
const LEFT_OUT: [&str; 8] = [
    "alt-trans",
    "seg-source",
    "bin-unit",
    "skeleton",
    "matches",
    "glossary",
    "originalData",
    "ignorable",
];

/// What was read so far.
#[derive(Default)]
struct File {
    source_tag: Option<String>,
    target_tag: Option<String>,
    header: Option<String>,
    units: Vec<Unit>,
    /// Notes of a unit of 2.x, which may have several segments.
    notes: Vec<(String, String)>,
    in_unit: bool,
    in_segment: bool,
}

pub(super) fn units(text: &str, name: &str) -> Result<Units, ArtifactError> {
    let mut xml = Xml::new(text, name)?;
    let mut file = File::default();
    loop {
        match xml.next()? {
            Node::Start(element) => file.start(&element, &mut xml)?,
            Node::End(ended) => file.end(&ended),
            Node::Text(_) => {}
            Node::Eof => break,
        }
    }
    if file.units.is_empty() {
        return Err(ArtifactError::NoUnits { name: name.to_owned() });
    }
    let tags: Vec<String> =
        [&file.source_tag, &file.target_tag].into_iter().flatten().cloned().collect();
    let (source, target) = languages(&tags, file.source_tag.as_deref(), name)?;
    Ok(Units { source, target, header: file.header, all: file.units })
}

impl File {
    fn start(&mut self, element: &Element, xml: &mut Xml<'_>) -> Result<(), ArtifactError> {
        match element.name.as_str() {
            name if LEFT_OUT.contains(&name) => xml.skip()?,
            "xliff" => self.tags(element, ["srcLang", "trgLang"], xml)?,
            "file" => self.tags(element, ["source-language", "target-language"], xml)?,
            "trans-unit" | "segment" => {
                let mut unit = Unit::default();
                for (name, value) in &self.notes {
                    unit.note(name, value.clone());
                }
                self.units.push(unit);
                (self.in_unit, self.in_segment) = (true, true);
            }
            "unit" => self.in_unit = true,
            "source" | "target" if self.in_segment => {
                let text = xml.text(is_text)?;
                if let Some(unit) = self.units.last_mut() {
                    let is_source = element.name == "source";
                    *(if is_source { &mut unit.source } else { &mut unit.target }) = text;
                }
            }
            "note" | "context" | "meta" => {
                let attribute = match element.name.as_str() {
                    "note" => "from",
                    "context" => "context-type",
                    _ => "type",
                };
                let name = element.attribute(attribute).unwrap_or_default().to_owned();
                let value = xml.text(|_| true)?;
                self.note(name, value);
            }
            _ => {}
        }
        Ok(())
    }

    fn note(&mut self, name: String, value: String) {
        if self.in_segment {
            if let Some(unit) = self.units.last_mut() {
                unit.note(&name, value);
            }
        } else if self.in_unit {
            self.notes.push((name, value));
        } else if name.strip_prefix(PREFIX) == Some(HEADER) {
            self.header = Some(value);
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "segment" => self.in_segment = false,
            "trans-unit" | "unit" => {
                (self.in_unit, self.in_segment) = (false, false);
                self.notes.clear();
            }
            _ => {}
        }
    }

    /// Takes the languages that an element names; a file of several pairs is refused.
    fn tags(
        &mut self,
        element: &Element,
        names: [&str; 2],
        xml: &Xml<'_>,
    ) -> Result<(), ArtifactError> {
        for (place, name) in [&mut self.source_tag, &mut self.target_tag].into_iter().zip(names) {
            let Some(tag) = element.attribute(name) else { continue };
            match place {
                Some(known) if known != tag => {
                    return Err(
                        xml.error(format!("the language changes from `{known}` to `{tag}`"))
                    );
                }
                _ => *place = Some(tag.to_owned()),
            }
        }
        Ok(())
    }
}
