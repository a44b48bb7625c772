//! Text that cannot deceive: what an article contains is shown, not obeyed.
//!
//! Owns: control characters, direction overrides and line separators.
//! In: any text. Out: one line (or paragraph) of text that a terminal, a page or Markdown may show.
//! Never: changing letters, marks, or the invisible signs of ordinary Arabic writing.

use std::fmt::Write;

/// The text as one line without control characters; unruly direction marks become visible.
///
/// * Line ends and separators become a space: the caller decides where lines end.
/// * Other control characters become their pictures (`␛` for escape): a terminal would obey them.
/// * Embeddings and isolates that nest and close stay. If one is left open, closed twice, or an
///   override, each of them is spelled out as `⟨U+202E⟩`, since it could reorder its surroundings.
pub(super) fn one_line(text: &str) -> String {
    let trimmed = text.trim();
    Visible::of(trimmed).show(trimmed)
}

/// How the parts of one text are shown, where it is cut into parts first.
#[derive(Clone, Copy)]
pub(super) struct Visible {
    spell_out: bool,
}

impl Visible {
    /// Of the whole text: whether its direction marks are unruly is told by all of them together.
    pub(super) fn of(text: &str) -> Self {
        Self { spell_out: !is_well_nested(text) }
    }

    /// A part of that text, as [`one_line`] shows it; blanks at its ends stay.
    pub(super) fn show(self, part: &str) -> String {
        let mut line = String::with_capacity(part.len());
        for c in part.replace("\r\n", "\n").chars() {
            match c {
                '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                    line.push(' ');
                }
                '\u{0}'..='\u{1f}' => line.push(picture(c)),
                '\u{7f}' => line.push('␡'),
                '\u{80}'..='\u{9f}' => line.push('\u{fffd}'),
                _ if self.spell_out && is_direction(c) => {
                    // Writing to a string cannot fail.
                    let _ = write!(line, "⟨U+{:04X}⟩", u32::from(c));
                }
                _ => line.push(c),
            }
        }
        line
    }
}

/// As [`one_line`], and without embeddings and isolates: for text that is cut into lines afterwards,
/// where one half of a pair would be left alone.
pub(super) fn one_flat_line(text: &str) -> String {
    one_line(text).replace(is_direction, "")
}

fn picture(control: char) -> char {
    char::from_u32(0x2400 + u32::from(control)).unwrap_or('\u{fffd}')
}

fn is_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether every embedding and isolate is closed in order, and nothing is overridden.
fn is_well_nested(text: &str) -> bool {
    let mut open = Vec::new();
    for c in text.chars().filter(|c| is_direction(*c)) {
        match c {
            '\u{202d}' | '\u{202e}' => return false,
            '\u{202a}' | '\u{202b}' => open.push('\u{202c}'),
            '\u{2066}'..='\u{2068}' => open.push('\u{2069}'),
            close => {
                if open.pop() != Some(close) {
                    return false;
                }
            }
        }
    }
    open.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_override_is_spelled_out() {
        assert_eq!(one_line("a\u{202e}fdp.exe"), "a⟨U+202E⟩fdp.exe");
    }

    #[test]
    fn an_isolate_left_open_is_spelled_out() {
        assert_eq!(one_line("a\u{2067}b"), "a⟨U+2067⟩b");
        assert_eq!(one_line("a\u{2069}b"), "a⟨U+2069⟩b");
    }

    #[test]
    fn a_closed_embedding_and_a_direction_mark_stay() {
        let text = "قال \u{202a}REvil\u{202c} ذلك\u{200f}.";
        assert_eq!(one_line(text), text);
    }

    #[test]
    fn escape_sequences_lose_their_power() {
        assert_eq!(one_line("a\u{1b}[31mb\u{9b}0m"), "a␛[31mb\u{fffd}0m");
    }

    #[test]
    fn a_line_that_will_be_cut_holds_no_pairs() {
        assert_eq!(one_flat_line("قال \u{2066}REvil ok\u{2069} ذلك"), "قال REvil ok ذلك");
    }

    #[test]
    fn separators_become_spaces() {
        assert_eq!(one_line("a\u{2028}b\r\nc\n"), "a b c");
    }
}
