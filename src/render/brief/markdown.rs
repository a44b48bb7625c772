//! A brief as Markdown (`CommonMark`; Arabic in HTML paragraphs, since Markdown knows no direction).
//!
//! Owns: escaping, so that no sign of the article becomes markup. In: a brief. Out: Markdown.
//! Never: links to places that the article names.

use std::fmt::Write;

use super::article::{Block, Left, Paragraph, Sentence};
use super::coverage::Coverage;
use super::doubts::Doubt;
use super::line::Line;
use super::report::Report;
use super::view::{Claim, Quote, View};
use crate::domain::Brief;

/// A brief as Markdown.
#[must_use]
pub fn markdown(brief: &Brief) -> String {
    let view = View::of(brief);
    let mut page = Page(String::new());
    head(&mut page, &view);
    summary(&mut page, &view);
    page.line("## The article");
    for block in &view.blocks {
        match block {
            Block::Paragraph(block) => paragraph(&mut page, block),
            Block::LeftOut { paragraphs } => {
                let reasons: Vec<&str> = paragraphs.iter().map(|left| left.reason).collect();
                page.line(&format!("*Left out here: {}.*", reasons.join(", ")));
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

/// Blocks with a blank line after each.
struct Page(String);

impl Page {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push_str("\n\n");
    }

    /// A list without blank lines between its items.
    fn list(&mut self, items: impl Iterator<Item = String>) {
        for item in items {
            // Writing to a string cannot fail.
            let _ = writeln!(self.0, "- {item}");
        }
        self.0.push('\n');
    }
}

fn head(page: &mut Page, view: &View) {
    match &view.title {
        Some(title) => {
            page.line(&format!("# {}", text(&title.english)));
            if let Some(reasons) = &title.failed {
                page.line(&failed(reasons));
            }
            page.line(&arabic(&title.arabic));
        }
        None => page.line(&format!("# {}", escaped(&view.name))),
    }
    page.list(view.facts.iter().map(|fact| format!("{}: {}", fact.label, text(&fact.value))));
    page.line(
        "Translated and summarized by machine. Below each claim stands the Arabic it rests on.",
    );
    if !view.tally.is_empty() {
        let tally: Vec<&str> = view.tally.iter().map(|entry| entry.text.as_str()).collect();
        page.line(&format!("{}.", tally.join(", ")));
    }
}

fn summary(page: &mut Page, view: &View) {
    page.line("## Summary");
    for entry in &view.claims {
        claim(page, entry);
    }
    if let Some(rest) = &view.rest {
        page.line(&at_line_start(&text(rest)));
    } else if view.claims.is_empty() {
        page.line("There is no summary.");
    }
    if !view.removed.is_empty() {
        page.line("### Taken out of the summary");
        page.list(view.removed.iter().map(|gone| {
            let doubts: Vec<String> = gone.doubts.iter().map(doubt).collect();
            let doubts = doubts.join(" ");
            format!("{} **[{}]** {doubts}", at_line_start(&text(&gone.text)), gone.verdict)
        }));
    }
}

fn claim(page: &mut Page, claim: &Claim) {
    let marker = format!("{}. ", claim.number);
    let indent = " ".repeat(marker.len());
    // Between two claims of one sentence: `, and`.
    let lead = claim.lead.as_ref().map(|lead| format!("*{}* ", text(lead))).unwrap_or_default();
    let statement = at_line_start(&format!("{lead}{}", text(&claim.text)));
    page.line(&format!("{marker}{statement} **[{}, {}]**", claim.verdict, claim.confidence));
    for told in &claim.doubts {
        page.line(&format!("{indent}{}", doubt(told)));
    }
    for quote in &claim.evidence {
        evidence(page, &indent, quote);
    }
}

fn doubt(doubt: &Doubt) -> String {
    let words = doubt.words.as_ref().map(|words| format!(" (“{}”)", escaped(words)));
    format!("*{}{}: {}*", doubt.label(), words.unwrap_or_default(), text(&doubt.text))
}

fn evidence(page: &mut Page, indent: &str, quote: &Quote) {
    let place = format!(
        "Evidence {}: paragraph {}, sentence {}",
        quote.number, quote.paragraph, quote.sentence
    );
    let scores =
        if quote.scores.is_empty() { String::new() } else { format!(" ({})", quote.scores) };
    page.line(&format!("{indent}{place}{scores}:"));
    let mark = quote.failed.as_ref().map(|reasons| format!("{} ", failed(reasons)));
    let english = format!("{}{}", mark.unwrap_or_default(), at_line_start(&text(&quote.english)));
    // One quotation of two paragraphs: the empty quoted line ends the block of HTML.
    let arabic = arabic(&quote.arabic);
    page.line(&format!("{indent}> {arabic}\n{indent}>\n{indent}> {}", english.trim_end()));
}

fn paragraph(page: &mut Page, block: &Paragraph) {
    let claims: Vec<String> = block.claims.iter().map(ToString::to_string).collect();
    let cited = match block.claims.len() {
        0 => String::new(),
        1 => format!(" (claim {})", claims.join(", ")),
        _ => format!(" (claims {})", claims.join(", ")),
    };
    page.line(&format!("### Paragraph {}{cited}", block.number));
    let sentences: Vec<String> =
        block.sentences.iter().map(|sentence| english(sentence, block.is_headline)).collect();
    page.line(&sentences.join(" "));
    let source: Vec<String> =
        block.sentences.iter().map(|sentence| sentence.arabic.html(html_escaped)).collect();
    page.line(&in_arabic(&source.join(" ")));
}

fn english(sentence: &Sentence, is_headline: bool) -> String {
    let text = text(&sentence.english);
    let text = if is_headline && !text.is_empty() { format!("**{text}**") } else { text };
    let mark = match &sentence.failed {
        Some(reasons) => format!("{} ", failed(reasons)),
        None if sentence.is_skipped => "*not translated*".to_owned(),
        None => String::new(),
    };
    // The number keeps the sentence away from the start of the line, where signs open blocks.
    format!("<sup>{}</sup> {mark}{text}", sentence.number).trim_end().to_owned()
}

fn coverage(page: &mut Page, coverage: &Coverage) {
    if !coverage.is_known() {
        return;
    }
    page.line("## What the summary uses");
    let omitted = coverage.omitted_in_words();
    let omitted = omitted.map_or_else(String::new, |list| format!(" Not cited: {list}."));
    page.line(&format!("{}.{omitted}", coverage.cited_in_words()));
    page.list(
        coverage
            .facts
            .iter()
            .map(|facts| {
                let left: Vec<String> = facts
                    .omitted
                    .iter()
                    .map(|fact| {
                        format!(
                            "<bdi lang=\"ar\">{}</bdi> ({})",
                            fact.quote.html(html_escaped),
                            fact.sentence
                        )
                    })
                    .collect();
                let left = if left.is_empty() {
                    String::new()
                } else {
                    format!("; not: {}", left.join(", "))
                };
                format!(
                    "Facts of kind {}: {} of {} in the summary{left}",
                    facts.kind, facts.used, facts.all
                )
            })
            .chain(coverage.figures.iter().map(|(label, value)| format!("{label}: {value}"))),
    );
}

fn report(page: &mut Page, report: &Report) {
    page.line("## Report");
    if !report.failed.is_empty() {
        page.line("### Sentences whose translation failed");
        page.list(report.failed.iter().map(|failed| {
            let reasons = text(&failed.reasons);
            format!("Sentence {}, paragraph {}: {reasons}", failed.sentence, failed.paragraph)
        }));
    }
    if !report.warnings.is_empty() {
        page.line("### Warnings");
        page.list(report.warnings.iter().map(|warning| at_line_start(&text(warning))));
    }
    if !report.left_out.is_empty() {
        page.line("### Left out as text of the web page");
        page.list(report.left_out.iter().map(left_out));
    }
    page.line("### How it was made");
    let recipe = report.recipe();
    page.list(
        recipe
            .iter()
            .map(|(name, value)| at_line_start(&format!("{}: {}", escaped(name), escaped(value)))),
    );
}

fn left_out(left: &Left) -> String {
    let text = left.arabic.html(html_escaped);
    format!("Paragraph {}, {}: <bdi lang=\"ar\">{text}</bdi>", left.number, left.reason)
}

fn failed(reasons: &Line) -> String {
    format!("**[translation failed: {}]**", text(reasons))
}

/// A line as running text of Markdown.
fn text(line: &Line) -> String {
    line.html(escaped)
}

/// Arabic in a block of HTML, where Markdown signs mean nothing.
fn arabic(line: &Line) -> String {
    in_arabic(&line.html(html_escaped))
}

fn in_arabic(html: &str) -> String {
    format!("<p dir=\"rtl\" lang=\"ar\">{html}</p>")
}

/// Text inside HTML inside Markdown: neither may see a sign of it.
fn html_escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            // Inside `<bdi>` in a list Markdown still reads; numbers of characters it does not.
            '*' | '_' | '`' | '[' | ']' | '\\' | '~' | '|' | '$' => {
                let _ = write!(safe, "&#{};", u32::from(c));
            }
            _ => safe.push(c),
        }
    }
    safe
}

/// Running text inside a line of Markdown.
pub(in crate::render) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '|' | '$' => {
                safe.push('\\');
                safe.push(c);
            }
            _ => safe.push(c),
        }
    }
    // A trailing run of these would close a heading.
    if safe.ends_with('#') {
        safe.pop();
        safe.push_str("\\#");
    }
    safe
}

/// Escaped text at the start of a block, where a few more signs mean something.
pub(in crate::render) fn at_line_start(safe: &str) -> String {
    let digits = safe.chars().take_while(char::is_ascii_digit).count();
    let after = safe.chars().nth(digits);
    match safe.chars().next() {
        Some('#' | '-' | '+' | '=' | ':') => format!("\\{safe}"),
        Some(_) if digits > 0 && matches!(after, Some('.' | ')')) => {
            let (number, rest) = safe.split_at(digits);
            format!("{number}\\{rest}")
        }
        _ => safe.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_cannot_open_a_block() {
        assert_eq!(at_line_start(&escaped("# no heading")), "\\# no heading");
        assert_eq!(at_line_start(&escaped("1. no list")), "1\\. no list");
        assert_eq!(at_line_start(&escaped("- no list")), "\\- no list");
        assert_eq!(at_line_start(&escaped("> no quote")), "&gt; no quote");
    }

    #[test]
    fn a_sentence_cannot_open_a_span() {
        assert_eq!(escaped("[a](b) *c* <d> `e`"), "\\[a\\](b) \\*c\\* &lt;d&gt; \\`e\\`");
    }
}
