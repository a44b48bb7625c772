//! A brief as Markdown (`CommonMark`; Arabic in HTML paragraphs, since Markdown knows no direction).
//!
//! Owns: escaping, so that no sign of the article becomes markup. In: a brief. Out: Markdown.
//! Never: links to places that the article names.

use std::fmt::Write;

use super::view::{Block, Claim, Left, Quote, Report, Row, View};
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
            Block::Paragraph { number, kind, rows } => paragraph(&mut page, *number, kind, rows),
            Block::LeftOut { paragraphs } => {
                let reasons: Vec<&str> = paragraphs.iter().map(|left| left.reason).collect();
                page.line(&format!("*Left out here: {}.*", reasons.join(", ")));
            }
        }
    }
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
            page.line(&format!("# {}", escaped(&title.english)));
            if let Some(reasons) = &title.failed {
                page.line(&failed(reasons));
            }
            page.line(&arabic(&title.arabic));
        }
        None => page.line(&format!("# {}", escaped(&view.name))),
    }
    page.list(view.facts.iter().map(|fact| format!("{}: {}", fact.label, escaped(&fact.value))));
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
    if let Some(text) = &view.summary {
        page.line(&at_line_start(text));
    }
    for entry in &view.claims {
        claim(page, entry);
    }
    if view.claims.is_empty() && view.summary.is_none() {
        page.line("There is no summary.");
    }
}

fn claim(page: &mut Page, claim: &Claim) {
    let marker = format!("{}. ", claim.number);
    let indent = " ".repeat(marker.len());
    page.line(&format!("{marker}{} **[{}]**", at_line_start(&claim.text), claim.verdict));
    for doubt in &claim.doubts {
        page.line(&format!("{indent}*{}*", escaped(doubt)));
    }
    for quote in &claim.evidence {
        evidence(page, &indent, quote);
    }
}

fn evidence(page: &mut Page, indent: &str, quote: &Quote) {
    let place = format!("Paragraph {}, sentence {}", quote.paragraph, quote.sentence);
    let scores =
        if quote.scores.is_empty() { String::new() } else { format!(" ({})", quote.scores) };
    page.line(&format!("{indent}{place}{scores}:"));
    let mark = quote.failed.as_ref().map(|reasons| format!("{} ", failed(reasons)));
    let english = format!("{}{}", mark.unwrap_or_default(), at_line_start(&quote.english));
    // One quotation of two paragraphs: the empty quoted line ends the block of HTML.
    let arabic = arabic(&quote.arabic);
    page.line(&format!("{indent}> {arabic}\n{indent}>\n{indent}> {}", english.trim_end()));
}

fn paragraph(page: &mut Page, number: usize, kind: &str, rows: &[Row]) {
    let is_headline = matches!(kind, "title" | "heading");
    page.line(&format!("### Paragraph {number}"));
    let sentences: Vec<String> = rows.iter().map(|row| english(row, is_headline)).collect();
    page.line(&sentences.join(" "));
    let source: Vec<&str> = rows.iter().map(|row| row.arabic.as_str()).collect();
    page.line(&arabic(&source.join(" ")));
}

fn english(row: &Row, is_headline: bool) -> String {
    let text = escaped(&row.english);
    let text = if is_headline && !text.is_empty() { format!("**{text}**") } else { text };
    let mark = match &row.failed {
        Some(reasons) => format!("{} ", failed(reasons)),
        None if row.is_skipped => "*not translated*".to_owned(),
        None => String::new(),
    };
    // The number keeps the sentence away from the start of the line, where signs open blocks.
    format!("<sup>{}</sup> {mark}{text}", row.number).trim_end().to_owned()
}

fn report(page: &mut Page, report: &Report) {
    page.line("## Report");
    if !report.failed.is_empty() {
        page.line("### Sentences whose translation failed");
        page.list(report.failed.iter().map(|failed| {
            let reasons = escaped(&failed.reasons);
            format!("Sentence {}, paragraph {}: {reasons}", failed.sentence, failed.paragraph)
        }));
    }
    if !report.warnings.is_empty() {
        page.line("### Warnings");
        page.list(report.warnings.iter().map(|warning| at_line_start(warning)));
    }
    if !report.left_out.is_empty() {
        page.line("### Left out as text of the web page");
        page.list(report.left_out.iter().map(left_out));
    }
    page.line("### How it was made");
    let models = report.models.iter().map(|model| {
        let [role, name, hash] =
            [&model.role, &model.name, &model.sha256].map(|text| escaped(text));
        format!("Model {role}: {name}, sha256 {hash}")
    });
    let settings = report.settings.iter();
    let settings =
        settings.map(|(name, value)| format!("Setting {}: {}", escaped(name), escaped(value)));
    let version = format!("Version of isnad: {}", escaped(&report.version));
    page.list(models.chain(settings).chain([version]));
}

fn left_out(left: &Left) -> String {
    let text = html_escaped(&left.arabic);
    format!("Paragraph {}, {}: <bdi lang=\"ar\">{text}</bdi>", left.number, left.reason)
}

fn failed(reasons: &str) -> String {
    format!("**[translation failed: {}]**", escaped(reasons))
}

/// Arabic in a block of HTML, where Markdown signs mean nothing.
fn arabic(text: &str) -> String {
    format!("<p dir=\"rtl\" lang=\"ar\">{}</p>", html_escaped(text))
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
fn escaped(text: &str) -> String {
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

/// Running text at the start of a block, where a few more signs mean something.
fn at_line_start(text: &str) -> String {
    let safe = escaped(text);
    let digits = safe.chars().take_while(char::is_ascii_digit).count();
    let after = safe.chars().nth(digits);
    match safe.chars().next() {
        Some('#' | '-' | '+' | '=' | ':') => format!("\\{safe}"),
        Some(_) if digits > 0 && matches!(after, Some('.' | ')')) => {
            let (number, rest) = safe.split_at(digits);
            format!("{number}\\{rest}")
        }
        _ => safe,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_cannot_open_a_block() {
        assert_eq!(at_line_start("# no heading"), "\\# no heading");
        assert_eq!(at_line_start("1. no list"), "1\\. no list");
        assert_eq!(at_line_start("- no list"), "\\- no list");
        assert_eq!(at_line_start("> no quote"), "&gt; no quote");
    }

    #[test]
    fn a_sentence_cannot_open_a_span() {
        assert_eq!(escaped("[a](b) *c* <d> `e`"), "\\[a\\](b) \\*c\\* &lt;d&gt; \\`e\\`");
    }
}
