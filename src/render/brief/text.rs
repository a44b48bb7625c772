//! A brief as plain text: one column, no colour, every line to be read aloud as it stands.
//!
//! Owns: the layout. In: a brief. Out: text, Arabic on lines of its own, with isolates around what runs against a line.
//! Never: wrapping; whoever shows the text does that.

use super::article::{Block, Paragraph};
use super::coverage::Coverage;
use super::doubts::Doubt;
use super::line::Line;
use super::report::Report;
use super::view::{Claim, View};
use crate::domain::Brief;

/// A brief as plain text.
///
/// A line of Arabic begins with an Arabic letter or an isolate, so that programs which tell the direction of a line by
/// its first letter (UAX #9, rule P2) set it from right to left.
#[must_use]
pub fn text(brief: &Brief) -> String {
    let view = View::of(brief);
    let mut page = Page(String::new());
    head(&mut page, &view);
    page.heading("Summary");
    view.claims.iter().for_each(|entry| claim(&mut page, entry));
    if let Some(rest) = &view.rest {
        page.line(&rest.isolated());
    } else if view.claims.is_empty() {
        page.line("There is no summary.");
    }
    if !view.removed.is_empty() {
        page.heading("Taken out of the summary");
        for gone in &view.removed {
            page.line(&format!("- {} [{}]", gone.text.isolated(), gone.verdict));
            gone.doubts.iter().for_each(|told| page.line(&format!("  {}", doubt(told))));
        }
    }
    page.heading("The article");
    for block in &view.blocks {
        match block {
            Block::Paragraph(block) => paragraph(&mut page, block),
            Block::LeftOut { paragraphs } => {
                let reasons: Vec<&str> = paragraphs.iter().map(|left| left.reason).collect();
                page.line(&format!("[left out here: {}]", reasons.join(", ")));
                page.blank();
            }
        }
    }
    coverage(&mut page, &view.coverage);
    report(&mut page, &view.report);
    let mut text = page.0;
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

struct Page(String);

impl Page {
    fn line(&mut self, line: &str) {
        self.0.push_str(line.trim_end());
        self.0.push('\n');
    }

    fn blank(&mut self) {
        self.0.push('\n');
    }

    fn heading(&mut self, heading: &str) {
        self.0.truncate(self.0.trim_end().len());
        self.0.push_str("\n\n");
        self.line(&heading.to_uppercase());
        self.blank();
    }
}

fn head(page: &mut Page, view: &View) {
    match &view.title {
        Some(title) => {
            page.line(&format!("{}{}", mark(title.failed.as_ref()), title.english.isolated()));
            page.line(&title.arabic.isolated());
        }
        None => page.line(&view.name),
    }
    page.blank();
    for fact in &view.facts {
        page.line(&format!("{}: {}", fact.label, fact.value.isolated()));
    }
    page.blank();
    page.line(
        "Translated and summarized by machine. Below each claim stands the Arabic it rests on.",
    );
    if !view.tally.is_empty() {
        let tally: Vec<&str> = view.tally.iter().map(|entry| entry.text.as_str()).collect();
        page.line(&format!("{}.", tally.join(", ")));
    }
}

/// What stands before a translation that failed.
pub(super) fn mark(failed: Option<&Line>) -> String {
    failed
        .map(|reasons| format!("[translation failed: {}] ", reasons.isolated()))
        .unwrap_or_default()
}

fn claim(page: &mut Page, claim: &Claim) {
    let lead =
        claim.lead.as_ref().map(|lead| format!("({}) ", lead.isolated())).unwrap_or_default();
    let text = format!("{lead}{}", claim.text.isolated());
    page.line(&format!("{}. {text} [{}, {}]", claim.number, claim.verdict, claim.confidence));
    for told in &claim.doubts {
        page.line(&doubt(told));
    }
    for quote in &claim.evidence {
        let scores =
            if quote.scores.is_empty() { String::new() } else { format!(" ({})", quote.scores) };
        let place = format!("paragraph {}, sentence {}", quote.paragraph, quote.sentence);
        page.line(&format!("Evidence {}: {place}{scores}", quote.number));
        page.line(&quote.arabic.isolated());
        page.line(&format!("{}{}", mark(quote.failed.as_ref()), quote.english.isolated()));
    }
    page.blank();
}

/// A doubt in one line.
pub(super) fn doubt(doubt: &Doubt) -> String {
    let words = doubt.words.as_ref().map(|words| format!(" (“{words}”)")).unwrap_or_default();
    let sign = if doubt.is_grave { "!!" } else { "!" };
    format!("{sign} {}{words}: {}", doubt.label(), doubt.text.isolated())
}

fn paragraph(page: &mut Page, block: &Paragraph) {
    let claims: Vec<String> = block.claims.iter().map(ToString::to_string).collect();
    let cited =
        if claims.is_empty() { String::new() } else { format!(", cited by {}", claims.join(", ")) };
    page.line(&format!("Paragraph {}{cited}", block.number));
    let english: Vec<String> = block
        .sentences
        .iter()
        .map(|sentence| {
            let skipped = if sentence.is_skipped { "[not translated]" } else { "" };
            format!("{}{skipped}{}", mark(sentence.failed.as_ref()), sentence.english.isolated())
        })
        .collect();
    page.line(&english.join(" "));
    let arabic: Vec<String> = block.sentences.iter().map(|s| s.arabic.isolated()).collect();
    page.line(&arabic.join(" "));
    page.blank();
}

fn coverage(page: &mut Page, coverage: &Coverage) {
    if !coverage.is_known() {
        return;
    }
    page.heading("What the summary uses");
    page.line(&format!("{}.", coverage.cited_in_words()));
    if let Some(omitted) = coverage.omitted_in_words() {
        page.line(&format!("Not cited: paragraphs {omitted}."));
    }
    for facts in &coverage.facts {
        page.line(&format!(
            "Facts of kind {}: {} of {} in the summary.",
            facts.kind, facts.used, facts.all
        ));
        for fact in &facts.omitted {
            page.line(&format!(
                "  not: {} (sentence {})",
                Line::english(&fact.quote.plain()).isolated(),
                fact.sentence
            ));
        }
    }
    for (label, value) in &coverage.figures {
        page.line(&format!("{label}: {value}"));
    }
}

fn report(page: &mut Page, report: &Report) {
    page.heading("Report");
    for failed in &report.failed {
        let place = format!("Sentence {}, paragraph {}", failed.sentence, failed.paragraph);
        page.line(&format!("{place}: translation failed: {}", failed.reasons.isolated()));
    }
    for warning in &report.warnings {
        page.line(&format!("Warning: {}", warning.isolated()));
    }
    for left in &report.left_out {
        page.line(&format!("Left out: paragraph {}, {}:", left.number, left.reason));
        page.line(&left.arabic.isolated());
    }
    page.blank();
    for (name, value) in report.recipe() {
        page.line(&format!("{name}: {value}"));
    }
}
