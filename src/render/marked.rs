//! English text with parts that are bold, in italics or linked.
//!
//! Owns: the order of marks that overlap, and their spelling in HTML and Markdown. In: a text, marks on it.
//! Out: escaped text with marks. Never: which words are marked.

use std::ops::Range;

use super::brief::escaped as in_markdown;
use super::visible::one_line;
use super::xml::escaped as in_html;
use crate::domain::{ByteSpan, Markup, MarkupKind};

/// How marks are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    Html,
    Markdown,
}

/// What stands for the words of a link that has none.
const NO_WORDS: &str = "[link]";

/// A text with marks on it.
#[derive(Debug, Default)]
pub(super) struct Marked {
    text: String,
    markup: Vec<Markup>,
}

impl Marked {
    /// Adds a text behind what is there, as one line: of its own `prefix`, and marked. A space parts it from the text before.
    pub(super) fn push(&mut self, prefix: &str, text: &str, markup: &[Markup]) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(prefix);
        let shown = one_line(text);
        let start = self.text.len();
        self.text.push_str(&shown);
        // A text that had to be changed to be shown has its marks elsewhere.
        let end = ByteSpan::within(&shown, shown.len(), shown.len());
        let placed = markup.iter().filter_map(|mark| match &end {
            _ if shown == text => Some(mark.clone()),
            Ok(span) if mark.kind.is_link() => {
                Some(Markup { span: *span, kind: mark.kind.clone() })
            }
            _ => None,
        });
        self.markup.extend(placed.map(|mark| mark.shifted_by(start)));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Leaves out these characters at its start.
    pub(super) fn without_start(&mut self, is_out: impl Fn(char) -> bool) {
        let rest = self.text.trim_start_matches(is_out);
        let start = self.text.len() - rest.len();
        if let Ok(kept) = ByteSpan::within(&self.text, start, self.text.len()) {
            let moved = |mark: &Markup| {
                if mark.span.is_empty() {
                    let at = mark.span.start().saturating_sub(start);
                    let span = ByteSpan::within(rest, at, at).ok()?;
                    return Some(Markup { span, kind: mark.kind.clone() });
                }
                mark.clipped_to(kept)
            };
            self.markup = self.markup.iter().filter_map(moved).collect();
            self.text = rest.to_owned();
        }
    }

    /// Leaves out bold letters: all of a headline has them.
    pub(super) fn without_strong(&mut self) {
        self.markup.retain(|mark| mark.kind != MarkupKind::Strong);
    }

    /// The escaped text without marks.
    pub(super) fn plain(&self, syntax: Syntax) -> String {
        syntax.escaped(&self.text)
    }

    /// The escaped text with its marks. A link is outside of bold, bold outside of italics; of links that overlap, each
    /// begins where the one before it ends. Blanks at the ends of marks are outside of them, as Markdown wants it.
    pub(super) fn written(&self, syntax: Syntax) -> String {
        let pieces = self.pieces();
        let mut written = String::new();
        let mut open: Vec<&MarkupKind> = Vec::new();
        for (index, (range, kinds)) in pieces.iter().enumerate() {
            let text = self.text.get(range.clone()).unwrap_or_default();
            let behind = pieces.get(index + 1).map_or(&[][..], |(_, kinds)| kinds.as_slice());
            let is_blank = !text.is_empty() && text.trim().is_empty();
            let may_stay = |at: &usize| !is_blank || behind.get(*at) == open.get(*at);
            let kept = open.iter().zip(kinds).take_while(|(a, b)| a == b).count();
            let kept = (0..kept).take_while(may_stay).count();
            open.drain(kept..).rev().for_each(|kind| written.push_str(&syntax.end(kind)));
            for kind in kinds.iter().skip(kept).filter(|_| !is_blank) {
                written.push_str(&syntax.start(kind));
                open.push(kind);
            }
            written.push_str(&syntax.escaped(text));
            let here = |mark: &&Markup| mark.span.is_empty() && mark.span.start() == range.end;
            for Markup { kind, .. } in self.markup.iter().filter(here) {
                open.drain(..).rev().for_each(|kind| written.push_str(&syntax.end(kind)));
                let words = syntax.escaped(NO_WORDS);
                let link = [" ", &syntax.start(kind), &words, &syntax.end(kind)].concat();
                written.push_str(&link);
            }
        }
        open.iter().rev().for_each(|kind| written.push_str(&syntax.end(kind)));
        written
    }

    /// The text in pieces that have the same marks throughout; blanks are pieces of their own.
    fn pieces(&self) -> Vec<(Range<usize>, Vec<&MarkupKind>)> {
        let ends = self.markup.iter().flat_map(|mark| [mark.span.start(), mark.span.end()]);
        let is_blank = |(_, c): &(usize, char)| c.is_whitespace();
        let blanks = self.text.char_indices().filter(is_blank);
        let blanks = blanks.flat_map(|(at, c)| [at, at + c.len_utf8()]);
        let mut cuts: Vec<usize> = ends.chain([0, self.text.len()]).chain(blanks).collect();
        cuts.sort_unstable();
        cuts.dedup();
        let ranges = cuts.iter().zip(cuts.iter().skip(1));
        ranges.map(|(start, end)| (*start..*end, self.over(*start, *end))).collect()
    }

    /// The marks on the text from `start` to `end`, the outermost first.
    fn over(&self, start: usize, end: usize) -> Vec<&MarkupKind> {
        let covers = |mark: &&Markup| mark.span.start() <= start && end <= mark.span.end();
        let kinds = || self.markup.iter().filter(covers).map(|mark| &mark.kind);
        let link = kinds().find(|kind| kind.is_link());
        let strong = kinds().find(|kind| **kind == MarkupKind::Strong);
        let emphasis = kinds().find(|kind| **kind == MarkupKind::Emphasis);
        [link, strong, emphasis].into_iter().flatten().collect()
    }
}

impl Syntax {
    fn escaped(self, text: &str) -> String {
        match self {
            Self::Html => in_html(text),
            Self::Markdown => in_markdown(text),
        }
    }

    fn start(self, kind: &MarkupKind) -> String {
        match (self, kind) {
            (Self::Html, MarkupKind::Strong) => "<strong>".to_owned(),
            (Self::Html, MarkupKind::Emphasis) => "<em>".to_owned(),
            (Self::Html, MarkupKind::Link(address)) => {
                format!("<a href=\"{}\" rel=\"noreferrer\">", in_html(address))
            }
            (Self::Markdown, MarkupKind::Strong) => "**".to_owned(),
            (Self::Markdown, MarkupKind::Emphasis) => "*".to_owned(),
            (Self::Markdown, MarkupKind::Link(_)) => "[".to_owned(),
        }
    }

    fn end(self, kind: &MarkupKind) -> String {
        match (self, kind) {
            (Self::Html, MarkupKind::Strong) => "</strong>".to_owned(),
            (Self::Html, MarkupKind::Emphasis) => "</em>".to_owned(),
            (Self::Html, MarkupKind::Link(_)) => "</a>".to_owned(),
            (Self::Markdown, MarkupKind::Link(address)) => format!("](<{}>)", destination(address)),
            (Self::Markdown, kind) => self.start(kind),
        }
    }
}

/// An address between the angle brackets of a Markdown link.
fn destination(address: &str) -> String {
    let mut safe = String::with_capacity(address.len());
    for c in address.chars() {
        match c {
            '<' => safe.push_str("%3C"),
            '>' => safe.push_str("%3E"),
            '\\' => safe.push_str("%5C"),
            // Else `&copy` would become a sign.
            '&' => safe.push_str("&amp;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(text: &str, part: &str, kind: MarkupKind) -> Markup {
        let start = text.find(part).unwrap();
        Markup { span: ByteSpan::within(text, start, start + part.len()).unwrap(), kind }
    }

    fn marked(text: &str, markup: &[Markup]) -> Marked {
        let mut marked = Marked::default();
        marked.push("", text, markup);
        marked
    }

    #[test]
    fn marks_that_overlap_are_nested_and_everything_is_escaped() {
        let text = "The <new> minister* said so";
        let link = MarkupKind::Link("https://a.example/?x=\"1\"&y=<2>".into());
        let marks = [
            mark(text, "<new> minister*", MarkupKind::Strong),
            mark(text, "minister* said", link),
            mark(text, "said", MarkupKind::Emphasis),
        ];
        let marked = marked(text, &marks);
        let start =
            "<a href=\"https://a.example/?x=&quot;1&quot;&amp;y=&lt;2&gt;\" rel=\"noreferrer\">";
        let html = format!(
            "The <strong>&lt;new&gt;</strong> {start}<strong>minister*</strong> <em>said</em></a> so"
        );
        assert_eq!(marked.written(Syntax::Html), html);
        let markdown = "The **&lt;new&gt;** [**minister\\*** *said*](<https://a.example/?x=\"1\"&amp;y=%3C2%3E>) so";
        assert_eq!(marked.written(Syntax::Markdown), markdown);
    }

    #[test]
    fn a_link_without_words_stands_behind_its_sentence() {
        let mut marked = Marked::default();
        let link = |at| Markup {
            span: ByteSpan::within("One.", at, at).unwrap(),
            kind: MarkupKind::Link("x".into()),
        };
        marked.push("", "- One.", &[]);
        marked.push("[failed] ", "One.", &[link(4)]);
        marked.push("", "Two.\u{202e}", &[mark("Two.", "Two", MarkupKind::Link("y".into()))]);
        marked.without_start(|c| matches!(c, '-' | ' '));
        let expected = "One. \\[failed\\] One. [\\[link\\]](<x>) Two.⟨U+202E⟩ [\\[link\\]](<y>)";
        assert_eq!(marked.written(Syntax::Markdown), expected);
    }
}
