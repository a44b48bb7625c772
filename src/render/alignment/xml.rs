//! What TMX and XLIFF have in common: escapes, and the notes of a bead.
//!
//! Owns: how text becomes XML. In: text. Out: text that stands between tags or quotation marks.
//! Never: elements of a format.

use crate::domain::exchange::{self, ExchangeHeader, is_xml_char};
use crate::domain::{Alignment, Bead, Language, Side};

/// `text` as content of an element or of an attribute in double quotation marks.
///
/// Characters that XML 1.0 cannot hold in any form become U+FFFD, one for one, so that lengths stay. Line ends and tabs
/// are written as references, for a reader would turn some of them into others.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' => escaped.push_str("&#9;"),
            '\n' => escaped.push_str("&#10;"),
            '\r' => escaped.push_str("&#13;"),
            c if is_xml_char(c) => escaped.push(c),
            _ => escaped.push('\u{fffd}'),
        }
    }
    escaped
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_replaced_one_for_one() {
        assert_eq!(
            escaped("a<b>&\"\u{1}\u{ffff}س\n"),
            "a&lt;b&gt;&amp;&quot;\u{fffd}\u{fffd}س&#10;"
        );
    }
}
