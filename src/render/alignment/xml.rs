//! What TMX and XLIFF have in common: the notes of a bead.
//!
//! Owns: what is told beside a bead. In: an alignment. Out: text that is not yet escaped.
//! Never: elements of a format.

use crate::domain::exchange::{self, ExchangeHeader, is_xml_char};
use crate::domain::{Alignment, Bead, Language, Side};
pub(super) use crate::render::xml::escaped;

/// The tag of a language.
pub(super) fn tag(language: Language) -> &'static str {
    match language {
        Language::Arabic => "ar",
        Language::English => "en",
    }
}

/// The text of a bead on one side, not yet escaped; nothing where the side is empty.
pub(super) fn text(alignment: &Alignment, bead: &Bead, side: Side) -> Option<String> {
    let sentences = alignment.sentences(bead, side);
    (!sentences.is_empty()).then(|| exchange::joined(sentences))
}

/// The header of an alignment as JSON.
pub(super) fn header(alignment: &Alignment) -> String {
    // Plain data without maps cannot fail.
    serde_json::to_string(&ExchangeHeader::of(alignment)).unwrap_or_default()
}

/// The notes of a bead. Words are among them, unless a character of their sentences was replaced: their bytes would
/// then name other places.
pub(super) fn notes(alignment: &Alignment, bead: &Bead) -> Vec<(&'static str, String)> {
    let mut notes = exchange::notes(alignment, bead);
    let whole =
        |side| alignment.sentences(bead, side).iter().all(|s| s.text.chars().all(is_xml_char));
    if let Some(words) = bead.words.as_ref().filter(|_| whole(Side::Source) && whole(Side::Target))
    {
        notes.push((exchange::WORDS, serde_json::to_string(words).unwrap_or_default()));
    }
    notes
}
