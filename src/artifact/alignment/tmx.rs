//! The units of a TMX file.
//!
//! Owns: the elements of TMX 1.1 to 1.4b. In: text. Out: units of Arabic and English. Never: other languages of a unit.

use super::super::ArtifactError;
use super::super::xml::{Element, Node, Xml};
use super::units::{Unit, Units, language_of, languages};
use crate::domain::exchange::{HEADER, PREFIX};

/// Inline elements whose content is text; that of the others is code of the document the text was taken from.
fn is_text(name: &str) -> bool {
    name == "hi"
}

/// A unit with the variants it has: tag and text.
#[derive(Default)]
struct Variants {
    unit: Unit,
    texts: Vec<(String, String)>,
}

/// What was read so far.
#[derive(Default)]
struct Memory {
    source_tag: Option<String>,
    header: Option<String>,
    tags: Vec<String>,
    units: Vec<Variants>,
    in_unit: bool,
}

pub(super) fn units(text: &str, name: &str) -> Result<Units, ArtifactError> {
    let mut xml = Xml::new(text, name)?;
    let mut memory = Memory::default();
    loop {
        match xml.next()? {
            Node::Start(element) => memory.start(&element, &mut xml)?,
            Node::End(ended) if ended == "tu" => memory.in_unit = false,
            Node::End(_) | Node::Text(_) => {}
            Node::Eof => break,
        }
    }
    if memory.units.is_empty() {
        return Err(ArtifactError::NoUnits { name: name.to_owned() });
    }
    let (source, target) = languages(&memory.tags, memory.source_tag.as_deref(), name)?;
    let units = memory.units.into_iter().map(|Variants { mut unit, texts }| {
        for (tag, text) in texts {
            let side = match language_of(&tag) {
                Some(language) if language == source => &mut unit.source,
                Some(language) if language == target => &mut unit.target,
                _ => continue,
            };
            // Of several variants of a language the first one counts.
            if side.is_empty() {
                *side = text;
            }
        }
        unit
    });
    Ok(Units { source, target, header: memory.header, all: units.collect() })
}

impl Memory {
    fn start(&mut self, element: &Element, xml: &mut Xml<'_>) -> Result<(), ArtifactError> {
        match element.name.as_str() {
            "header" => self.source_tag = element.attribute("srclang").map(ToOwned::to_owned),
            "tu" => {
                self.units.push(Variants::default());
                self.in_unit = true;
            }
            "tuv" => {
                // Before 1.4 the attribute was called `lang`.
                let tag = element.attribute("xml:lang").or_else(|| element.attribute("lang"));
                let Some(tag) = tag else { return Err(xml.error("`<tuv>` names no language")) };
                if !self.tags.iter().any(|known| known == tag) {
                    self.tags.push(tag.to_owned());
                }
                match self.units.last_mut().filter(|_| self.in_unit) {
                    Some(unit) => unit.texts.push((tag.to_owned(), String::new())),
                    None => return Err(xml.error("`<tuv>` stands in no `<tu>`")),
                }
            }
            "seg" => {
                let text = xml.text(is_text)?;
                match self.units.last_mut().and_then(|unit| unit.texts.last_mut()) {
                    Some((_, place)) if self.in_unit => *place = text,
                    _ => return Err(xml.error("`<seg>` stands in no `<tuv>`")),
                }
            }
            "prop" => {
                let name = element.attribute("type").unwrap_or_default();
                let value = xml.text(|_| true)?;
                match self.units.last_mut().filter(|_| self.in_unit) {
                    Some(unit) => unit.unit.note(name, value),
                    None if name.strip_prefix(PREFIX) == Some(HEADER) => self.header = Some(value),
                    None => {}
                }
            }
            _ => {}
        }
        Ok(())
    }
}
