//! A brief as the parts of a Word document (`WordprocessingML`, ECMA-376).
//!
//! Owns: the parts, their relations, real right-to-left paragraphs and runs, evidence as footnotes. In: a brief. Out: XML
//! by name of the part. Never: the archive; `artifact` packs it.

use std::fmt::Write as _;

use super::article::{Block, Paragraph};
use super::line::Line;
use super::view::{Claim, Quote, View};
use crate::domain::{Brief, Language};
use crate::render::xml::escaped;

/// One part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocxPart {
    /// Its name within the archive.
    pub name: &'static str,
    /// Its text in UTF-8.
    pub xml: String,
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const WORD: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";
const CONTENT_TYPES: &str = include_str!("docx/content_types.xml");
const RELATIONS: &str = include_str!("docx/relations.xml");
const DOCUMENT_RELATIONS: &str = include_str!("docx/document_relations.xml");
const STYLES: &str = include_str!("docx/styles.xml");
const SETTINGS: &str = include_str!("docx/settings.xml");

/// The parts of a document that shows `brief`, in the order in which they are packed.
///
/// The same brief gives the same parts.
#[must_use]
pub fn docx_parts(brief: &Brief) -> Vec<DocxPart> {
    let view = View::of(brief);
    let part = |name, xml: String| DocxPart { name, xml };
    vec![
        part("[Content_Types].xml", CONTENT_TYPES.to_owned()),
        part("_rels/.rels", RELATIONS.to_owned()),
        part("docProps/core.xml", properties(&view)),
        part("word/_rels/document.xml.rels", DOCUMENT_RELATIONS.to_owned()),
        part("word/document.xml", document(&view)),
        part("word/footnotes.xml", footnotes(&view)),
        part("word/settings.xml", SETTINGS.to_owned()),
        part("word/styles.xml", STYLES.to_owned()),
    ]
}

fn properties(view: &View) -> String {
    let title = view.title.as_ref().map_or_else(|| view.name.clone(), |t| t.english.plain());
    format!(
        "{HEAD}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{}</dc:title><dc:creator>isnad {}</dc:creator>\
         </cp:coreProperties>",
        escaped(&title),
        escaped(&view.report.version)
    )
}

fn document(view: &View) -> String {
    let mut body = String::new();
    head(&mut body, view);
    push(&mut body, &heading("Summary"));
    view.claims.iter().for_each(|entry| claim(&mut body, entry));
    if let Some(rest) = &view.rest {
        push(&mut body, &paragraph("Normal", &runs(rest, "")));
    } else if view.claims.is_empty() {
        push(&mut body, &plain("Normal", "There is no summary."));
    }
    for gone in &view.removed {
        let text = format!("Taken out ({}): ", gone.verdict);
        let text = run(&text, "<w:b/>") + &runs(&gone.text, "");
        push(&mut body, &paragraph("Normal", &text));
    }
    push(&mut body, &heading("The article"));
    article(&mut body, &view.blocks);
    coverage(&mut body, view);
    report(&mut body, view);
    format!(
        "{HEAD}<w:document {WORD}><w:body>{body}<w:sectPr><w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"1134\" \
         w:right=\"1134\" w:bottom=\"1134\" w:left=\"1134\" w:header=\"567\" w:footer=\"567\" w:gutter=\"0\"/></w:sectPr>\
         </w:body></w:document>"
    )
}

fn push(body: &mut String, xml: &str) {
    body.push_str(xml);
}

fn head(body: &mut String, view: &View) {
    match &view.title {
        Some(title) => {
            if let Some(reasons) = &title.failed {
                push(body, &failure(reasons));
            }
            push(body, &paragraph("Title", &runs(&title.english, "")));
            push(body, &arabic("ArabicTitle", std::iter::once(&title.arabic)));
        }
        None => push(body, &plain("Title", &view.name)),
    }
    for fact in &view.facts {
        let label = run(&format!("{}: ", fact.label), "<w:b/>");
        push(body, &paragraph("Facts", &(label + &runs(&fact.value, ""))));
    }
    let tally: Vec<&str> = view.tally.iter().map(|entry| entry.text.as_str()).collect();
    if !tally.is_empty() {
        push(body, &plain("Facts", &tally.join(", ")));
    }
    push(
        body,
        &plain(
            "Facts",
            "Translated and summarized by machine. Footnotes hold the Arabic that each claim rests on.",
        ),
    );
}

fn claim(body: &mut String, claim: &Claim) {
    let mut text = run(&format!("{}. ", claim.number), "");
    if let Some(lead) = &claim.lead {
        text += &(runs(lead, "<w:i/>") + &run(" ", ""));
    }
    text += &runs(&claim.text, "");
    for (index, quote) in claim.evidence.iter().enumerate() {
        if index > 0 {
            text += &run(" ", "<w:vertAlign w:val=\"superscript\"/>");
        }
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "<w:r><w:rPr><w:rStyle w:val=\"FootnoteReference\"/></w:rPr><w:footnoteReference w:id=\"{}\"/></w:r>",
            quote.number
        );
    }
    text += &run(&format!("  [{}, {}]", claim.verdict, claim.confidence), "<w:b/>");
    push(body, &paragraph("Claim", &text));
    for doubt in &claim.doubts {
        let words = doubt.words.as_ref().map(|words| format!(" (“{words}”)")).unwrap_or_default();
        let label = run(&format!("{}{words}: ", doubt.label()), "<w:b/>");
        push(body, &paragraph("Doubt", &(label + &runs(&doubt.text, ""))));
    }
}

/// The article as a table of two columns, left to right: English, then Arabic.
fn article(body: &mut String, blocks: &[Block]) {
    let mut rows = String::new();
    for block in blocks {
        match block {
            Block::Paragraph(block) => rows += &row(&english(block), &arabic_of(block)),
            Block::LeftOut { paragraphs } => {
                for left in paragraphs {
                    let label = format!("¶{} left out: {}", left.number, left.reason);
                    let right = arabic("ArabicFaint", std::iter::once(&left.arabic));
                    rows += &row(&plain("Facts", &label), &right);
                }
            }
        }
    }
    if !rows.is_empty() {
        let _ = write!(
            body,
            "<w:tbl><w:tblPr><w:tblW w:w=\"5000\" w:type=\"pct\"/><w:tblBorders><w:insideH w:val=\"single\" w:sz=\"4\" \
             w:space=\"0\" w:color=\"CCCCCC\"/></w:tblBorders><w:tblLayout w:type=\"fixed\"/><w:tblCellMar><w:top w:w=\"60\" \
             w:type=\"dxa\"/><w:left w:w=\"113\" w:type=\"dxa\"/><w:bottom w:w=\"60\" w:type=\"dxa\"/><w:right w:w=\"113\" \
             w:type=\"dxa\"/></w:tblCellMar></w:tblPr><w:tblGrid><w:gridCol w:w=\"4819\"/><w:gridCol w:w=\"4819\"/>\
             </w:tblGrid>{rows}</w:tbl>"
        );
    }
}

fn row(left: &str, right: &str) -> String {
    let cell = |content: &str| {
        format!("<w:tc><w:tcPr><w:tcW w:w=\"4819\" w:type=\"dxa\"/></w:tcPr>{content}</w:tc>")
    };
    format!("<w:tr>{}{}</w:tr>", cell(left), cell(right))
}

fn english(block: &Paragraph) -> String {
    let bold = if block.is_headline { "<w:b/>" } else { "" };
    let mut cell = String::new();
    let mut text = run(&format!("¶{} ", block.number), "<w:color w:val=\"595959\"/>");
    for sentence in &block.sentences {
        if let Some(reasons) = &sentence.failed {
            let why = format!("[translation failed: {}] ", reasons.plain());
            text += &run(&why, "<w:b/><w:color w:val=\"8F2417\"/>");
        }
        if sentence.is_skipped {
            text += &run("[not translated]", "<w:i/>");
        }
        text += &runs(&sentence.english, bold);
        text += &run(" ", "");
    }
    cell += &paragraph("Normal", &text);
    if !block.claims.is_empty() {
        let claims: Vec<String> = block.claims.iter().map(ToString::to_string).collect();
        cell += &plain("Facts", &format!("cited by {}", claims.join(", ")));
    }
    cell
}

fn arabic_of(block: &Paragraph) -> String {
    arabic("Arabic", block.sentences.iter().map(|sentence| &sentence.arabic))
}

fn coverage(body: &mut String, view: &View) {
    let coverage = &view.coverage;
    if !coverage.is_known() {
        return;
    }
    push(body, &heading("What the summary uses"));
    let omitted = coverage.omitted_in_words().map(|list| format!(" Not cited: paragraphs {list}."));
    let cited = format!("{}.{}", coverage.cited_in_words(), omitted.unwrap_or_default());
    push(body, &plain("Normal", &cited));
    for facts in &coverage.facts {
        let count = format!("{}: {} of {} in the summary", facts.kind, facts.used, facts.all);
        push(body, &plain("Normal", &count));
        if !facts.omitted.is_empty() {
            let omitted: Vec<String> =
                facts.omitted.iter().map(|fact| fact.quote.plain()).collect();
            let line = Line::arabic(&omitted.join("، "));
            push(body, &arabic("ArabicFaint", std::iter::once(&line)));
        }
    }
    for (label, value) in &coverage.figures {
        push(body, &plain("Facts", &format!("{label}: {value}")));
    }
}

fn report(body: &mut String, view: &View) {
    push(body, &heading("Report"));
    for failed in &view.report.failed {
        let place = format!("Sentence {}, paragraph {}: ", failed.sentence, failed.paragraph);
        push(body, &paragraph("Normal", &(run(&place, "<w:b/>") + &runs(&failed.reasons, ""))));
    }
    for warning in &view.report.warnings {
        push(body, &paragraph("Normal", &(run("Warning: ", "<w:b/>") + &runs(warning, ""))));
    }
    for (name, value) in view.report.recipe() {
        let text = run(&format!("{name}: "), "<w:b/>") + &runs(&Line::english(&value), "");
        push(body, &paragraph("Facts", &text));
    }
}

fn footnotes(view: &View) -> String {
    let mut notes = String::new();
    for (id, kind, mark) in
        [(-1, "separator", "separator"), (0, "continuationSeparator", "continuationSeparator")]
    {
        let _ = write!(
            notes,
            "<w:footnote w:type=\"{kind}\" w:id=\"{id}\"><w:p><w:r><w:{mark}/></w:r></w:p></w:footnote>"
        );
    }
    for quote in view.quotes() {
        let _ =
            write!(notes, "<w:footnote w:id=\"{}\">{}</w:footnote>", quote.number, footnote(quote));
    }
    format!("{HEAD}<w:footnotes {WORD}>{notes}</w:footnotes>")
}

fn footnote(quote: &Quote) -> String {
    let scores =
        if quote.scores.is_empty() { String::new() } else { format!(" ({})", quote.scores) };
    let place = format!(" Paragraph {}, sentence {}{scores}: ", quote.paragraph, quote.sentence);
    let mark = "<w:r><w:rPr><w:rStyle w:val=\"FootnoteReference\"/></w:rPr><w:footnoteRef/></w:r>";
    let failed = quote
        .failed
        .as_ref()
        .map(|reasons| run(&format!("[translation failed: {}] ", reasons.plain()), "<w:b/>"));
    let text = format!(
        "{mark}{}{}{}",
        run(&place, ""),
        failed.unwrap_or_default(),
        runs(&quote.english, "")
    );
    paragraph("FootnoteText", &text) + &arabic("ArabicFootnote", std::iter::once(&quote.arabic))
}

fn heading(text: &str) -> String {
    plain("Heading1", text)
}

fn failure(reasons: &Line) -> String {
    let label = run("Translation failed: ", "<w:b/><w:color w:val=\"8F2417\"/>");
    paragraph("Normal", &(label + &runs(reasons, "")))
}

fn plain(style: &str, text: &str) -> String {
    paragraph(style, &runs(&Line::english(text), ""))
}

fn paragraph(style: &str, runs: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>{runs}</w:p>")
}

/// A right-to-left paragraph of sentences.
fn arabic<'a>(style: &str, lines: impl Iterator<Item = &'a Line>) -> String {
    let sentences: Vec<String> = lines.map(|line| runs(line, "")).collect();
    let blank = rtl_run(" ", "");
    format!(
        "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/><w:bidi/></w:pPr>{}</w:p>",
        sentences.join(&blank)
    )
}

/// The runs of a line: those of Arabic are right-to-left, Latin words and numbers inside it are not.
fn runs(line: &Line, properties: &str) -> String {
    let is_arabic = line.language() == Language::Arabic;
    let mut xml = String::new();
    for stretch in line.runs() {
        let text: String = stretch.parts.iter().map(|part| part.text.as_str()).collect();
        xml += &if is_arabic == stretch.is_foreign {
            run(&text, properties)
        } else {
            rtl_run(&text, properties)
        };
    }
    xml
}

fn run(text: &str, properties: &str) -> String {
    format!(
        "<w:r><w:rPr>{properties}</w:rPr><w:t xml:space=\"preserve\">{}</w:t></w:r>",
        escaped(text)
    )
}

/// Complex scripts have properties of their own: what is bold is bold in both.
fn rtl_run(text: &str, properties: &str) -> String {
    let properties = properties.replace("<w:b/>", "<w:b/><w:bCs/>");
    format!(
        "<w:r><w:rPr>{properties}<w:rtl/><w:lang w:bidi=\"ar-SA\"/></w:rPr><w:t xml:space=\"preserve\">{}</w:t></w:r>",
        escaped(text)
    )
}
