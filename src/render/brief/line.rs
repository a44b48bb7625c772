//! A line of text, cut where its words are linked or doubted and where its direction turns.
//!
//! Owns: the cuts, and the ways a line is written: plain, with isolates, as HTML. In: a text, its language, and marks
//! on ranges of it. Out: text that went through `visible`. Never: which words are marked.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;

use serde::{Serialize, Serializer};

use crate::domain::{Language, Severity};
use crate::render::bidi;
use crate::render::visible::Visible;

/// What is known of some words of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// A claim and the Arabic it rests on are linked here.
    Word {
        /// Number of the claim.
        claim: usize,
        /// Number of the link within the claim.
        link: usize,
    },
    /// Something speaks against these words.
    Doubt(Severity),
    /// A word of which the translator is not sure.
    Unsure,
}

/// A line of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    language: Language,
    runs: Vec<Run>,
}

/// A stretch in one direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// Whether it runs against the line.
    pub(super) is_foreign: bool,
    pub(super) parts: Vec<Part>,
}

/// A stretch whose characters share their marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) text: String,
    pub(super) marks: Vec<Mark>,
}

impl Line {
    /// A line without marks.
    pub(super) fn new(text: &str, language: Language) -> Self {
        Self::marked(text, language, &[])
    }

    /// A line of English.
    pub(super) fn english(text: &str) -> Self {
        Self::new(text, Language::English)
    }

    /// A line of Arabic.
    pub(super) fn arabic(text: &str) -> Self {
        Self::new(text, Language::Arabic)
    }

    /// A line with marks on ranges of its bytes; what of a range lies outside is passed over.
    pub(super) fn marked(text: &str, language: Language, marks: &[(Range<usize>, Mark)]) -> Self {
        let visible = Visible::of(text.trim());
        let core = text.trim();
        let start = text.len() - text.trim_start().len();
        let bounds = start..start + core.len();
        let foreign = bidi::foreign(core, language);
        let foreign = foreign.iter().map(|run| run.start + start..run.end + start);
        let mut runs = Vec::new();
        let mut at = bounds.start;
        let mut push = |range: Range<usize>, is_foreign: bool| {
            if !range.is_empty() {
                runs.push(Run { is_foreign, parts: parts(text, range, marks, visible) });
            }
        };
        for run in foreign {
            push(at..run.start, false);
            at = run.end;
            push(run, true);
        }
        push(at..bounds.end, false);
        Self { language, runs }
    }

    /// Whether there is nothing to read.
    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The language of the line.
    pub(super) fn language(&self) -> Language {
        self.language
    }

    /// Its stretches.
    pub(super) fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The text alone.
    pub(super) fn plain(&self) -> String {
        self.runs.iter().flat_map(|run| &run.parts).map(|part| part.text.as_str()).collect()
    }

    /// The text with isolates around what runs against the line.
    pub(super) fn isolated(&self) -> String {
        let mut text = String::new();
        for run in &self.runs {
            let parts = run.parts.iter().map(|part| part.text.as_str());
            if run.is_foreign {
                text.push(bidi::opening(self.language));
                text.extend(parts);
                text.push(bidi::CLOSING);
            } else {
                text.extend(parts);
            }
        }
        text
    }

    /// The line as HTML without marks; `escape` makes a part safe where it will stand.
    pub(super) fn html(&self, escape: impl Fn(&str) -> String) -> String {
        let mut html = String::new();
        for run in &self.runs {
            let parts = run.parts.iter().map(|part| escape(&part.text));
            if run.is_foreign {
                html.push_str(self.opening_tag());
                html.extend(parts);
                html.push_str("</bdi>");
            } else {
                html.extend(parts);
            }
        }
        html
    }

    /// The line as HTML, marked parts in elements.
    fn markup(&self) -> String {
        let mut html = String::new();
        for run in &self.runs {
            if run.is_foreign {
                html.push_str(self.opening_tag());
            }
            for part in &run.parts {
                push_part(&mut html, part);
            }
            if run.is_foreign {
                html.push_str("</bdi>");
            }
        }
        html
    }

    fn opening_tag(&self) -> &'static str {
        match self.language {
            Language::Arabic => "<bdi dir=\"ltr\">",
            Language::English => "<bdi lang=\"ar\" dir=\"rtl\">",
        }
    }
}

/// For the page template, where a line is markup already.
impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.markup())
    }
}

fn parts(
    text: &str,
    range: Range<usize>,
    marks: &[(Range<usize>, Mark)],
    visible: Visible,
) -> Vec<Part> {
    let inside = |at: &usize| range.contains(at) && text.is_char_boundary(*at);
    let ends = marks.iter().flat_map(|(marked, _)| [marked.start, marked.end]);
    let cuts: BTreeSet<usize> = ends.filter(inside).chain([range.start, range.end]).collect();
    let starts = cuts.iter().copied();
    let pieces = starts.zip(cuts.iter().copied().skip(1));
    pieces
        .map(|(start, end)| Part {
            text: visible.show(text.get(start..end).unwrap_or_default()),
            marks: marks
                .iter()
                .filter(|(marked, _)| marked.start <= start && end <= marked.end)
                .map(|(_, mark)| *mark)
                .collect(),
        })
        .collect()
}

fn push_part(html: &mut String, part: &Part) {
    if part.marks.is_empty() {
        html.push_str(&html_escaped(&part.text));
        return;
    }
    let mut classes: Vec<&str> = Vec::new();
    let mut words: Vec<String> = Vec::new();
    for mark in &part.marks {
        let class = match mark {
            Mark::Word { claim, link } => {
                words.push(format!("{claim}.{link}"));
                "w"
            }
            Mark::Doubt(Severity::Missing) => "doubted",
            Mark::Doubt(Severity::Contradicts) => "denied",
            Mark::Unsure => "unsure",
        };
        if !classes.contains(&class) {
            classes.push(class);
        }
    }
    // Writing to a string cannot fail.
    let _ = write!(html, "<span class=\"{}\"", classes.join(" "));
    if !words.is_empty() {
        let _ = write!(html, " data-w=\"{}\"", words.join(" "));
    }
    let _ = write!(html, ">{}</span>", html_escaped(&part.text));
}

/// Text between tags or inside quotation marks of HTML.
pub(super) fn html_escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#x27;"),
            _ => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORD: Mark = Mark::Word { claim: 1, link: 0 };

    #[test]
    fn a_mark_that_crosses_a_turn_of_direction_is_cut_there() {
        let text = "قال gpt-5 ذلك";
        let (start, end) = ("قال gpt".len(), text.len());
        let line = Line::marked(text, Language::Arabic, &[(start..end, WORD)]);
        assert_eq!(
            line.markup(),
            "قال <bdi dir=\"ltr\">gpt<span class=\"w\" data-w=\"1.0\">-5</span></bdi>\
             <span class=\"w\" data-w=\"1.0\"> ذلك</span>"
        );
        assert_eq!(line.plain(), text);
    }

    #[test]
    fn marks_on_the_same_words_share_one_element() {
        let doubt = Mark::Doubt(Severity::Contradicts);
        let marks = [(0..3, WORD), (0..3, doubt), (0..3, Mark::Word { claim: 2, link: 4 })];
        let line = Line::marked("<a> b", Language::English, &marks);
        assert_eq!(line.markup(), "<span class=\"w denied\" data-w=\"1.0 2.4\">&lt;a&gt;</span> b");
    }

    #[test]
    fn a_mark_outside_the_line_or_inside_a_letter_loses_no_text() {
        let text = " سلام ";
        let line = Line::marked(text, Language::Arabic, &[(2..400, WORD), (0..1, WORD)]);
        assert_eq!(line.plain(), "سلام");
    }

    #[test]
    fn an_override_of_the_whole_is_spelled_out_in_its_part() {
        let text = "a\u{202e}b c";
        let line = Line::marked(text, Language::English, &[(5..6, WORD)]);
        assert_eq!(line.plain(), "a⟨U+202E⟩b c");
    }
}
