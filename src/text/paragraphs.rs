//! Cuts a text into paragraphs.
//!
//! Owns: line ends of every system, blank lines, lines that were wrapped by a program.
//! In: a text. Out: spans of its paragraphs, without the white space around them.
//! Never: what a paragraph is for.

use super::chars::{is_blank, part, visible_span};
use super::lists::marker_end;
use crate::domain::ByteSpan;

/// A wrapped text has lines of at most so many characters; longer ones are whole paragraphs.
const LONGEST_WRAPPED_LINE_CHARS: usize = 140;

/// Shorter lines are left alone: titles, addresses, verse.
const SHORTEST_WRAPPED_LINE_CHARS: usize = 40;

/// One line that shows something.
struct Line {
    span: ByteSpan,
    chars: usize,
    first_word_chars: usize,
    /// Whether a line without a visible character stands in front.
    after_blank: bool,
}

/// The paragraphs of `text`, in order.
///
/// A line is a paragraph, unless the text was wrapped by a program: then lines are joined up to the
/// next blank line. A text counts as wrapped if it has blank lines, and a line as wrapped if the
/// first word of the next one would not have fitted on it.
#[must_use]
pub fn paragraphs(text: &str) -> Vec<ByteSpan> {
    let lines = lines(text);
    let width = wrap_width(&lines);
    let mut paragraphs: Vec<ByteSpan> = Vec::new();
    let mut previous: Option<&Line> = None;
    for line in &lines {
        let joins = previous.is_some_and(|previous| {
            width.is_some_and(|width| is_wrapped(text, previous, line, width))
        });
        let joined = paragraphs
            .last()
            .filter(|_| joins)
            .and_then(|last| ByteSpan::within(text, last.start(), line.span.end()).ok());
        match (joined, paragraphs.last_mut()) {
            (Some(joined), Some(last)) => *last = joined,
            _ => paragraphs.push(line.span),
        }
        previous = Some(line);
    }
    paragraphs
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// The lines that show something.
fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut after_blank = false;
    let mut start = 0;
    while start < text.len() {
        let rest = part(text, start, text.len());
        let end = rest.find(is_line_end).map_or(text.len(), |offset| start + offset);
        if let Some(span) = visible_span(text, start, end) {
            let line = span.of(text).unwrap_or_default();
            let first_word = line.split(is_blank).next().unwrap_or_default();
            lines.push(Line {
                span,
                chars: line.chars().count(),
                first_word_chars: first_word.chars().count(),
                after_blank,
            });
            after_blank = false;
        } else if start > 0 || end > start {
            after_blank = true;
        }
        let line_end = part(text, end, text.len());
        let mark = line_end.chars().next();
        // A paragraph separator and a page break part paragraphs like a blank line.
        after_blank |= matches!(mark, Some('\u{2029}' | '\u{c}'));
        let pair = usize::from(line_end.starts_with("\r\n"));
        start = end + mark.map_or(1, char::len_utf8) + pair;
    }
    lines
}

/// The width that a wrapped text was wrapped at, or nothing if the text was not wrapped.
fn wrap_width(lines: &[Line]) -> Option<usize> {
    let has_blank_lines = lines.iter().skip(1).any(|line| line.after_blank);
    let in_blocks = lines.windows(2).filter(|pair| !pair[1].after_blank);
    let width = in_blocks.map(|pair| pair[0].chars.max(pair[1].chars)).max()?;
    (has_blank_lines && (SHORTEST_WRAPPED_LINE_CHARS..=LONGEST_WRAPPED_LINE_CHARS).contains(&width))
        .then_some(width)
}

/// Whether `line` goes on with `previous`.
fn is_wrapped(text: &str, previous: &Line, line: &Line, width: usize) -> bool {
    let ends = previous.span.of(text).and_then(|line| line.chars().next_back());
    // The widest line that ends a sentence need not be wrapped; two more words must not have fitted.
    let ends_sentence =
        ends.is_some_and(|c| matches!(c, '.' | '؟' | '?' | '!' | ':' | '»' | '"' | '”'));
    let full = previous.chars + 1 + line.first_word_chars > width - width / 10;
    let is_item = line.span.of(text).is_some_and(|line| marker_end(line).is_some());
    !line.after_blank
        && previous.chars >= SHORTEST_WRAPPED_LINE_CHARS
        && full
        && !is_item
        && (!ends_sentence || previous.chars + line.first_word_chars >= width)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        paragraphs(text).into_iter().filter_map(|span| span.of(text)).collect()
    }

    #[test]
    fn line_ends_of_every_system_end_a_paragraph() {
        for end in ["\n", "\r", "\r\n", "\n\n", "\r\n \r\n", "\u{85}", "\u{2028}", "\u{2029}"] {
            assert_eq!(cut(&format!("أول{end}ثان{end}")), ["أول", "ثان"], "{end:?}");
        }
    }

    #[test]
    fn invisible_characters_around_a_paragraph_are_left_out() {
        assert_eq!(cut("\u{feff}\u{200f} أول \u{200e}\n\u{200b}\nثان"), ["أول", "ثان"]);
    }

    #[test]
    fn wrapped_lines_are_joined_up_to_the_blank_line() {
        let text = "أكد الرئيس الروسي فلاديمير بوتين ونظيره الأمريكي\n\
                    جو بايدن أنهما يرحبان بالتنسيق بين البلدين بشأن\nنقل المساعدات إلى سوريا.\n\n\
                    ورحب الجانبان بتنسيق الجهود الروسية والأمريكية في\nهذه القضية.\n";
        assert_eq!(cut(text).len(), 2);
    }

    #[test]
    fn lines_of_their_own_stay_apart() {
        let title = "محادثة هاتفية بين بوتين وبايدن\nموسكو - وكالات\n\nأكد الرئيس ذلك.\n";
        assert_eq!(cut(title).len(), 3);
        let unwrapped =
            "أكد الرئيس الروسي فلاديمير بوتين ونظيره الأمريكي ذلك.\nورحب الجانبان بتنسيق الجهود.";
        assert_eq!(cut(unwrapped).len(), 2);
    }

    #[test]
    fn list_items_stay_apart_in_a_wrapped_text() {
        let text =
            "عنوان\n\n- أكد الرئيس الروسي فلاديمير بوتين ونظيره الأمريكي\n- جو بايدن أنهما يرحبان";
        assert_eq!(cut(text).len(), 3);
    }

    #[test]
    fn a_text_that_shows_nothing_has_no_paragraph() {
        assert!(cut(" \n\u{200f}\n\u{feff}").is_empty());
    }
}
