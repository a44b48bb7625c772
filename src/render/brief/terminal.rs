//! A brief for a terminal: the English left, the Arabic right, both wrapped by the cells they take.
//!
//! Owns: the layout, colours, the strip in blocks. In: a brief, a width, whether colours are wanted. Out: lines in logical
//! order. Never: the size of the terminal, or whether it shows colours.

use super::article::{Block, Paragraph};
use super::coverage::{Coverage, STRIP_WIDTH, State};
use super::line::Line;
use super::report::Report;
use super::text::{doubt, mark};
use super::view::{Claim, Quote, View};
use crate::domain::{Brief, Language};
use crate::render::Colour;
use crate::render::bidi;
use crate::render::columns::{cells, wrap};
use crate::render::visible::one_flat_line;

/// What stands between the columns.
const DIVIDER: &str = " │ ";
/// A column narrower than this cuts ordinary words, in cells.
const MIN_COLUMN: usize = 16;

// Codes of ECMA-48, section 8.3.117.
const BOLD: &str = "1";
const FAINT: &str = "2";
const RED: &str = "31";
const GREEN: &str = "32";
const YELLOW: &str = "33";

/// A brief in lines of at most `width` cells, or as many as two columns of 16 cells need.
///
/// Texts stay in logical order. Each line of Arabic is a right-to-left isolate (U+2067 … U+2069) with isolates of its own
/// around Latin words and numbers, so a terminal that reorders text keeps the columns apart and another shows the marks as
/// nothing. Long values of the recipe (checksums) are not cut.
#[must_use]
pub fn terminal(brief: &Brief, width: usize, colour: Colour) -> String {
    let view = View::of(brief);
    let width = width.max(2 * MIN_COLUMN + cells(DIVIDER));
    let mut page = Page { text: String::new(), width, colour };
    head(&mut page, &view);
    page.heading("Summary");
    view.claims.iter().for_each(|entry| claim(&mut page, entry));
    if let Some(rest) = &view.rest {
        page.prose("", &rest.plain(), "");
    } else if view.claims.is_empty() {
        page.line("There is no summary.");
    }
    for gone in &view.removed {
        page.prose("- ", &format!("taken out ({}): {}", gone.verdict, gone.text.plain()), FAINT);
        gone.doubts.iter().for_each(|told| page.prose("  ", &doubt(told), FAINT));
    }
    page.heading("The article");
    page.strip(&view.coverage);
    for block in &view.blocks {
        match block {
            Block::Paragraph(block) => paragraph(&mut page, block),
            Block::LeftOut { paragraphs } => {
                let reasons: Vec<&str> = paragraphs.iter().map(|left| left.reason).collect();
                page.prose("", &format!("[left out here: {}]", reasons.join(", ")), FAINT);
                page.blank();
            }
        }
    }
    coverage(&mut page, &view.coverage);
    report(&mut page, &view.report);
    let mut text = page.text;
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

struct Page {
    text: String,
    width: usize,
    colour: Colour,
}

impl Page {
    fn blank(&mut self) {
        self.text.push('\n');
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    fn heading(&mut self, heading: &str) {
        self.text.truncate(self.text.trim_end().len());
        self.text.push_str("\n\n");
        let rule = "─".repeat(self.width.saturating_sub(cells(heading) + 1));
        let heading = self.painted(BOLD, heading);
        self.line(&format!("{heading} {rule}"));
        self.blank();
    }

    fn painted(&self, code: &str, text: &str) -> String {
        match self.colour {
            Colour::Ansi if !code.is_empty() && !text.is_empty() => {
                format!("\u{1b}[{code}m{text}\u{1b}[0m")
            }
            _ => text.to_owned(),
        }
    }

    /// Left-to-right text behind `label`; further lines begin under the first.
    fn prose(&mut self, label: &str, text: &str, code: &str) {
        let room = self.width.saturating_sub(cells(label)).max(MIN_COLUMN);
        let blank = " ".repeat(cells(label));
        for (number, line) in wrap(&one_flat_line(text), room).iter().enumerate() {
            let start = if number == 0 { label } else { &blank };
            let line = self.painted(code, &bidi::isolated(line, Language::English));
            self.line(&format!("{start}{line}"));
        }
    }

    /// English left, Arabic right, behind an indent.
    fn pair(&mut self, indent: usize, english: &str, arabic: &str, code: &str) {
        let column = (self.width.saturating_sub(indent + cells(DIVIDER)) / 2).max(MIN_COLUMN);
        let left = wrap(&one_flat_line(english), column);
        let right = wrap(&one_flat_line(arabic), column);
        for row in 0..left.len().max(right.len()) {
            let left = left.get(row).map_or("", String::as_str);
            let right = right.get(row).map_or("", String::as_str);
            let gap = " ".repeat(column.saturating_sub(cells(left)));
            let left = self.painted(code, &bidi::isolated(left, Language::English));
            let before = " ".repeat(indent);
            if right.is_empty() {
                self.line(&format!("{before}{left}{gap}{DIVIDER}"));
            } else {
                let pad = " ".repeat(column.saturating_sub(cells(right)));
                let right = bidi::isolated(right, Language::Arabic);
                self.line(&format!("{before}{left}{gap}{DIVIDER}{pad}\u{2067}{right}\u{2069}"));
            }
        }
    }

    /// The article along its length, a cell for each part: what most of it is.
    fn strip(&mut self, coverage: &Coverage) {
        if coverage.strip.is_empty() {
            return;
        }
        let mut strip = String::new();
        for cell in 0..self.width {
            // Positions along a terminal are small numbers.
            #[expect(clippy::cast_precision_loss, reason = "exact below 2^52")]
            let middle = (cell as f64 + 0.5) * (STRIP_WIDTH as f64) / (self.width as f64);
            let at = coverage.strip.iter().rev().find(|stretch| stretch.start <= middle);
            let (sign, code) = match at.map(|stretch| stretch.state) {
                Some(State::Used) => ("█", GREEN),
                Some(State::Omitted) => ("░", ""),
                Some(State::Frame) => ("▁", FAINT),
                Some(State::LeftOut) | None => ("·", FAINT),
            };
            strip.push_str(&self.painted(code, sign));
        }
        self.line(&strip);
        self.prose("", "█ cited  ░ not cited  ▁ headlines, credits  · left out", FAINT);
        self.blank();
    }
}

fn head(page: &mut Page, view: &View) {
    match &view.title {
        Some(title) => {
            let english = format!("{}{}", mark(title.failed.as_ref()), title.english.plain());
            page.pair(0, &english, &title.arabic.plain(), BOLD);
        }
        None => page.prose("", &view.name, BOLD),
    }
    page.blank();
    for fact in &view.facts {
        page.prose(&format!("{}: ", fact.label), &fact.value.plain(), "");
    }
    if !view.tally.is_empty() {
        let tally: Vec<&str> = view.tally.iter().map(|entry| entry.text.as_str()).collect();
        page.prose("", &tally.join(", "), "");
    }
    page.prose("", "Translated and summarized by machine.", FAINT);
}

fn claim(page: &mut Page, claim: &Claim) {
    let label = format!("{}. ", claim.number);
    let lead = claim.lead.as_ref().map(|lead| format!("({}) ", lead.plain())).unwrap_or_default();
    page.prose(&label, &format!("{lead}{}", claim.text.plain()), BOLD);
    let code = match claim.verdict {
        "verified" => GREEN,
        "partial" => YELLOW,
        _ => RED,
    };
    let indent = " ".repeat(cells(&label));
    page.prose(&indent, &format!("[{}, {}]", claim.verdict, claim.confidence), code);
    for told in &claim.doubts {
        page.prose(&indent, &doubt(told), if told.is_grave { RED } else { YELLOW });
    }
    claim.evidence.iter().for_each(|quote| evidence(page, cells(&label), quote));
    page.blank();
}

fn evidence(page: &mut Page, indent: usize, quote: &Quote) {
    let scores =
        if quote.scores.is_empty() { String::new() } else { format!(" ({})", quote.scores) };
    let place = format!("paragraph {}, sentence {}{scores}", quote.paragraph, quote.sentence);
    page.prose(&format!("{}[{}] ", " ".repeat(indent), quote.number), &place, FAINT);
    let english = format!("{}{}", mark(quote.failed.as_ref()), quote.english.plain());
    let code = if quote.failed.is_some() { RED } else { "" };
    page.pair(indent, &english, &quote.arabic.plain(), code);
}

fn paragraph(page: &mut Page, block: &Paragraph) {
    let claims: Vec<String> = block.claims.iter().map(ToString::to_string).collect();
    let cited =
        if claims.is_empty() { String::new() } else { format!(", cited by {}", claims.join(", ")) };
    page.prose("", &format!("¶{}{cited}", block.number), FAINT);
    for sentence in &block.sentences {
        let skipped = if sentence.is_skipped { "[not translated]" } else { "" };
        let english =
            format!("{}{skipped}{}", mark(sentence.failed.as_ref()), sentence.english.plain());
        let code = match (&sentence.failed, block.is_headline) {
            (Some(_), _) => RED,
            (None, true) => BOLD,
            (None, false) => "",
        };
        page.pair(0, &english, &sentence.arabic.plain(), code);
    }
    page.blank();
}

fn coverage(page: &mut Page, coverage: &Coverage) {
    if !coverage.is_known() {
        return;
    }
    page.heading("What the summary uses");
    page.prose("", &format!("{}.", coverage.cited_in_words()), "");
    if let Some(omitted) = coverage.omitted_in_words() {
        page.prose("", &format!("Not cited: paragraphs {omitted}."), "");
    }
    for facts in &coverage.facts {
        let omitted: Vec<String> = facts.omitted.iter().map(|fact| fact.quote.plain()).collect();
        let count = format!("{}: {} of {} in the summary", facts.kind, facts.used, facts.all);
        page.prose("", &count, "");
        if !omitted.is_empty() {
            page.prose("  not: ", &omitted.join(" · "), FAINT);
        }
    }
    for (label, value) in &coverage.figures {
        page.prose("", &format!("{label}: {value}"), "");
    }
}

fn report(page: &mut Page, report: &Report) {
    page.heading("Report");
    for failed in &report.failed {
        let place = format!("Sentence {}, paragraph {}", failed.sentence, failed.paragraph);
        page.prose("", &format!("{place}: translation failed: {}", failed.reasons.plain()), RED);
    }
    for warning in &report.warnings {
        page.prose("Warning: ", &warning.plain(), YELLOW);
    }
    for left in &report.left_out {
        let label = format!("Left out: paragraph {}, {}", left.number, left.reason);
        page.pair(0, &label, &left.arabic.plain(), FAINT);
    }
    page.blank();
    for (name, value) in report.recipe() {
        let line = Line::english(&format!("{name}: {value}")).plain();
        let line = page.painted(FAINT, &one_flat_line(&line));
        page.line(&line);
    }
}
