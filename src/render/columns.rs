//! A translation beside its source, for terminals: English left, Arabic right.
//!
//! Owns: wrapping by display width, and the direction marks that keep the columns apart.
//! In: a bitext and a width. Out: lines. Never: colours, the size of the terminal.

use unicode_width::UnicodeWidthChar;

use super::translation::sentence;
use super::visible::one_flat_line;
use crate::domain::{Bitext, ParagraphKind, SegmentId};

/// What stands between the columns.
const DIVIDER: &str = " │ ";
/// A column narrower than this cuts ordinary words, in cells.
const MIN_COLUMN: usize = 12;

/// Both languages, sentence by sentence, in two columns that fill `width` cells (27 at least).
///
/// Arabic stays in logical order; each of its lines is a right-to-left isolate (U+2067 … U+2069), so a
/// terminal that reorders text keeps the columns apart and another shows the marks as nothing.
#[must_use]
pub fn translation_bitext(bitext: &Bitext, width: usize) -> String {
    let column = (width.saturating_sub(cells(DIVIDER)) / 2).max(MIN_COLUMN);
    let mut text = String::new();
    for (number, paragraph) in bitext.source().paragraphs().iter().enumerate() {
        if number > 0 {
            text.push('\n');
        }
        for id in paragraph.segment_ids() {
            let left = wrap(&one_flat_line(&english(bitext, paragraph.kind, id)), column);
            let right = wrap(&one_flat_line(bitext.source().segment_text(id)), column);
            for row in 0..left.len().max(right.len()) {
                let side = |lines: &[String]| lines.get(row).cloned().unwrap_or_default();
                push_row(&mut text, &side(&left), &side(&right), column);
            }
        }
    }
    text
}

fn english(bitext: &Bitext, kind: ParagraphKind, id: SegmentId) -> String {
    match (bitext.translation(id).and_then(sentence), kind) {
        (Some(text), _) => text,
        (None, ParagraphKind::Boilerplate(kind)) => format!("[left out: {}]", kind.reason()),
        (None, _) => "[left out]".to_owned(),
    }
}

fn push_row(text: &mut String, english: &str, arabic: &str, column: usize) {
    text.push_str(english);
    text.extend(std::iter::repeat_n(' ', column.saturating_sub(cells(english))));
    if arabic.is_empty() {
        text.push_str(DIVIDER.trim_end());
    } else {
        text.push_str(DIVIDER);
        text.extend(std::iter::repeat_n(' ', column.saturating_sub(cells(arabic))));
        text.push('\u{2067}');
        text.push_str(arabic);
        text.push('\u{2069}');
    }
    text.push('\n');
}

/// Cells that a text takes. Counted a character at a time as terminals do, so that the joined
/// lam-alef takes two.
pub(super) fn cells(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// Lines of at most `column` cells, broken at white space and, inside a longer word, anywhere.
pub(super) fn wrap(text: &str, column: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && cells(&line) + 1 + cells(word) > column {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        for c in word.chars() {
            if cells(&line) + c.width().unwrap_or(0) > column {
                lines.push(std::mem::take(&mut line));
            }
            line.push(c);
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_its_column_and_no_letter_is_lost() {
        let text = "مَرْحَبًا بالعالم supercalifragilisticexpialidocious ok";
        let lines = wrap(text, 12);
        assert!(lines.iter().all(|line| cells(line) <= 12), "{lines:?}");
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        assert_eq!(squeezed(&lines.concat()), squeezed(text));
    }

    #[test]
    fn vowel_signs_take_no_room() {
        assert_eq!(cells("مَرْحَبًا"), cells("مرحبا"));
    }
}
