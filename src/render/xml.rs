//! Text inside XML.
//!
//! Owns: escapes, and what stands for a character that XML cannot hold. In: text. Out: text that may stand between tags or
//! quotation marks. Never: elements of a format.

use crate::domain::exchange::is_xml_char;

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
