//! What of the article the summary uses, in figures and along its length.
//!
//! Owns: the strip, lists of facts used and left out, figures in words. In: a brief. Out: values for all forms.
//! Never: colours.

use std::collections::HashSet;

use serde::Serialize;

use super::line::Line;
use super::view::{counted, percent};
use crate::domain::{Brief, BriefParagraph, FactKind, Outcome, ParagraphId, ParagraphKind};

/// Units of the strip's length.
pub(super) const STRIP_WIDTH: usize = 1000;

#[derive(Serialize)]
pub(super) struct Coverage {
    /// The article from its first to its last paragraph.
    pub(super) strip: Vec<Stretch>,
    /// Where translations failed along it, in units of its length.
    pub(super) failed: Vec<f64>,
    /// Paragraphs of running text that claims cite, and all of them.
    pub(super) cited: usize,
    pub(super) running: usize,
    /// Numbers of paragraphs of running text that no claim cites, as ranges: `3–7, 9`.
    pub(super) omitted: Vec<[usize; 2]>,
    /// Facts by kind.
    pub(super) facts: Vec<Facts>,
    /// Label and value, in words.
    pub(super) figures: Vec<(&'static str, String)>,
}

/// A stretch of the strip.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Stretch {
    /// Start and length, in units of the strip.
    pub(super) start: f64,
    pub(super) length: f64,
    pub(super) state: State,
    /// First and last paragraph.
    pub(super) paragraphs: [usize; 2],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum State {
    /// A claim cites it.
    Used,
    /// Running text that none cites.
    Omitted,
    /// Titles, headings, lines of source and date.
    Frame,
    /// Text of the web page.
    LeftOut,
}

/// Facts of one kind.
#[derive(Serialize)]
pub(super) struct Facts {
    pub(super) kind: &'static str,
    pub(super) used: usize,
    pub(super) all: usize,
    /// Those that the summary does not have, with their sentences.
    pub(super) omitted: Vec<Omitted>,
}

#[derive(Serialize)]
pub(super) struct Omitted {
    pub(super) quote: Line,
    pub(super) sentence: usize,
}

impl Coverage {
    pub(super) fn of(brief: &Brief) -> Self {
        let coverage = &brief.coverage;
        let (strip, failed) = strip(brief);
        let (used, omitted) = (&coverage.paragraphs_used, &coverage.paragraphs_omitted);
        Self {
            strip,
            failed,
            cited: used.len(),
            running: used.len() + omitted.len(),
            omitted: ranges(omitted),
            facts: facts(brief),
            figures: figures(brief),
        }
    }

    /// Whether there is anything to tell.
    pub(super) fn is_known(&self) -> bool {
        self.running > 0
    }

    /// `Claims cite 3 of 7 paragraphs of running text`.
    pub(super) fn cited_in_words(&self) -> String {
        let running = counted(self.running, "paragraph", "paragraphs");
        format!("Claims cite {} of {running} of running text", self.cited)
    }

    /// `3–7, 9`, or nothing where every paragraph is cited.
    pub(super) fn omitted_in_words(&self) -> Option<String> {
        let range = |[first, last]: &[usize; 2]| {
            if first == last { first.to_string() } else { format!("{first}–{last}") }
        };
        let ranges: Vec<String> = self.omitted.iter().map(range).collect();
        (!ranges.is_empty()).then(|| ranges.join(", "))
    }
}

/// Numbers in runs, first and last.
fn ranges(paragraphs: &[ParagraphId]) -> Vec<[usize; 2]> {
    let mut ranges: Vec<[usize; 2]> = Vec::new();
    for number in paragraphs.iter().map(|paragraph| paragraph.number()) {
        match ranges.last_mut() {
            Some([_, last]) if *last + 1 == number => *last = number,
            _ => ranges.push([number, number]),
        }
    }
    ranges
}

fn facts(brief: &Brief) -> Vec<Facts> {
    const KINDS: [FactKind; 9] = [
        FactKind::Number,
        FactKind::Percentage,
        FactKind::Money,
        FactKind::Measure,
        FactKind::Date,
        FactKind::Name,
        FactKind::Negation,
        FactKind::Modality,
        FactKind::Role,
    ];
    let of_kind = |kind: FactKind| {
        let (used, all) = brief.coverage.facts_of(kind);
        let facts = brief.coverage.facts.iter().filter(|fact| fact.kind == kind && !fact.used);
        let omitted = facts.map(|fact| Omitted {
            quote: Line::arabic(&fact.quote),
            sentence: fact.segment.number(),
        });
        Facts { kind: kind.label(), used, all, omitted: omitted.collect() }
    };
    KINDS.into_iter().map(of_kind).filter(|facts| facts.all > 0).collect()
}

fn figures(brief: &Brief) -> Vec<(&'static str, String)> {
    let coverage = &brief.coverage;
    if coverage.paragraphs_used.is_empty() && coverage.paragraphs_omitted.is_empty() {
        return Vec::new();
    }
    vec![
        ("Nearness of the article’s sentences to the summary", percent(coverage.similarity)),
        ("Claims that rest on the first paragraph", percent(coverage.lead_share)),
        ("Greatest likeness of two claims", percent(coverage.redundancy)),
        ("Length of the summary by that of the English article", percent(coverage.compression)),
    ]
}

fn strip(brief: &Brief) -> (Vec<Stretch>, Vec<f64>) {
    let cited: HashSet<ParagraphId> =
        brief.claims.iter().flat_map(|claim| &claim.evidence).map(|e| e.paragraph).collect();
    let total: usize = brief.paragraphs.iter().map(|paragraph| paragraph.span.len()).sum();
    let unit = |bytes: usize| to_units(bytes, total);
    let (mut strip, mut failed) = (Vec::<Stretch>::new(), Vec::new());
    let mut at = 0;
    for paragraph in &brief.paragraphs {
        let length = paragraph.span.len();
        let state = state(paragraph, &cited);
        let number = paragraph.id.number();
        for segment in &paragraph.segments {
            if matches!(segment.translation.outcome, Outcome::Failed(_)) {
                let inside = segment.span.start().saturating_sub(paragraph.span.start());
                failed.push(unit(at + inside));
            }
        }
        match strip.last_mut() {
            // A cited paragraph stays by itself, so that it can light up alone.
            Some(last) if last.state == state && state != State::Used => {
                last.length = rounded(last.length + unit(length));
                last.paragraphs[1] = number;
            }
            _ => strip.push(Stretch {
                start: unit(at),
                length: unit(length),
                state,
                paragraphs: [number, number],
            }),
        }
        at += length;
    }
    (strip, failed)
}

fn state(paragraph: &BriefParagraph, cited: &HashSet<ParagraphId>) -> State {
    match paragraph.kind {
        _ if cited.contains(&paragraph.id) => State::Used,
        ParagraphKind::Body | ParagraphKind::ListItem => State::Omitted,
        ParagraphKind::Boilerplate(_) => State::LeftOut,
        _ => State::Frame,
    }
}

/// `bytes` of `total` in units of the strip, to two digits.
fn to_units(bytes: usize, total: usize) -> f64 {
    // Lengths of articles are far below 2^52, so the conversion is exact.
    #[expect(clippy::cast_precision_loss, reason = "exact below 2^52")]
    let share = bytes as f64 / total.max(1) as f64;
    #[expect(clippy::cast_precision_loss, reason = "1000 is exact")]
    let width = STRIP_WIDTH as f64;
    rounded(share * width)
}

fn rounded(units: f64) -> f64 {
    (units * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_become_one_range() {
        let ids: Vec<ParagraphId> = [0, 1, 2, 4, 6, 7].map(ParagraphId::new).to_vec();
        assert_eq!(ranges(&ids), [[1, 3], [5, 5], [7, 8]]);
    }

    #[test]
    fn a_strip_of_nothing_has_no_length() {
        assert!(to_units(0, 0).abs() < f64::EPSILON);
        assert!((to_units(1, 3) - 333.33).abs() < 1e-9);
    }
}
