//! Doubts in words.
//!
//! Owns: what a doubt is about and whose fault it is, as a reader is told. In: doubts. Out: labels and lines.
//! Never: weighing them.

use serde::Serialize;

use super::line::Line;
use crate::domain::{self, DoubtKind, Origin, Severity, Verdict};
use crate::render::visible::one_line;

/// One thing that speaks against a claim.
#[derive(Serialize)]
pub(super) struct Doubt {
    /// What it is about, in one word.
    pub(super) about: &'static str,
    /// Whose fault it is; empty where that says nothing.
    pub(super) fault: &'static str,
    /// Whether the evidence says otherwise.
    pub(super) is_grave: bool,
    pub(super) text: Line,
    /// The words of the claim it is about.
    pub(super) words: Option<String>,
}

/// The doubts of a claim whose spans lie in `summary`.
pub(super) fn doubts(doubts: &[domain::Doubt], verdict: Verdict, summary: &str) -> Vec<Doubt> {
    let told = doubts.iter().map(|doubt| Doubt {
        about: about(doubt.kind),
        fault: fault(doubt.origin),
        is_grave: doubt.severity == Severity::Contradicts,
        text: Line::english(&doubt.text),
        words: doubt.span.and_then(|span| span.of(summary)).map(one_line),
    });
    let mut told: Vec<Doubt> = told.collect();
    if told.is_empty() && verdict == Verdict::Unsupported {
        told.push(Doubt {
            about: "evidence",
            fault: "",
            is_grave: true,
            text: Line::english("no sentence of the article bears this out"),
            words: None,
        });
    }
    told
}

fn about(kind: DoubtKind) -> &'static str {
    match kind {
        DoubtKind::Fact(kind) => kind.label(),
        DoubtKind::Roads | DoubtKind::Combined => "evidence",
        DoubtKind::Similarity => "meaning",
        DoubtKind::Entailment => "entailment",
        DoubtKind::Translation => "translation",
        DoubtKind::Unsure => "unsure",
        DoubtKind::Citation => "citation",
        DoubtKind::Quote => "quotation",
    }
}

fn fault(origin: Origin) -> &'static str {
    match origin {
        Origin::Summary => "fault of the summary",
        Origin::Translation => "fault of the translation",
        Origin::Unclear => "fault unclear",
    }
}

impl Doubt {
    /// `number, fault of the summary: the article has no such number`; the line is escaped or isolated by the caller.
    pub(super) fn label(&self) -> String {
        if self.fault.is_empty() {
            self.about.to_owned()
        } else {
            format!("{}, {}", self.about, self.fault)
        }
    }
}
