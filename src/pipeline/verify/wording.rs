//! Doubts in words for a reader.
//!
//! Owns: every sentence that is said about a claim, and how much each doubt weighs.

use super::super::attribute::{Statement, Support};
use super::facts::{Finding, Side};
use crate::domain::{
    Agreement, ByteSpan, Doubt, DoubtKind, FactCheck, FactKind, Origin, SegmentId, Severity,
};
use crate::text::names::RepeatedName;
use crate::text::quotes::quotes_words;

/// A fact that the evidence does not bear out.
pub(super) fn fact(statement: &Statement<'_>, finding: &Finding) -> Doubt {
    let check = &finding.check;
    let said = check.claim.of(statement.text).unwrap_or_default();
    let number = finding.segment.number();
    let kind = check.kind.label();
    let differs = check.agreement == Agreement::Differs;
    let sentence = if finding.by_english { "the English of sentence" } else { "Arabic sentence" };
    let text = match (check.kind, differs) {
        (FactKind::Role, _) => {
            format!("“{said}” has the roles the other way round than sentence {number}")
        }
        (FactKind::Opposite, _) => {
            format!("“{said}” is the opposite of what {sentence} {number} says")
        }
        (FactKind::Negation, _) => {
            format!("claim and {sentence} {number} differ in a negation (“{said}”)")
        }
        (FactKind::Modality, _) => {
            format!("claim and {sentence} {number} are not equally sure (“{said}”)")
        }
        (_, true) => format!("the Arabic sentence {number} has another {kind} than “{said}”"),
        (_, false) => format!("the Arabic sentence {number} has no {kind} “{said}”"),
    };
    let text = match finding.origin {
        Origin::Translation => format!("{text}; the translation brought it in"),
        Origin::Summary | Origin::Unclear => text,
    };
    let contradicts = match check.kind {
        FactKind::Negation | FactKind::Role | FactKind::Opposite => true,
        FactKind::Modality => false,
        // A name in another's place may be a spelling that was not recognised.
        FactKind::Name => differs && finding.origin == Origin::Summary,
        _ => differs,
    };
    Doubt {
        kind: DoubtKind::Fact(check.kind),
        origin: finding.origin,
        severity: if contradicts { Severity::Contradicts } else { Severity::Missing },
        span: Some(statement.in_summary(check.claim)),
        text,
    }
}

/// A fact of the Arabic that its translation, and so the claim, has not.
pub(super) fn lost(check: &FactCheck, side: &Side<'_>) -> Doubt {
    let said = check.claim.of(side.arabic).unwrap_or_default();
    missing(
        DoubtKind::Fact(check.kind),
        Origin::Translation,
        format!(
            "the translation lost the {} {said} of sentence {}",
            check.kind.label(),
            side.segment.number()
        ),
    )
}

/// A name that the claim has more often than the Arabic: one person was taken for another.
pub(super) fn repeated(name: &RepeatedName, side: &Side<'_>, origin: Origin) -> Doubt {
    let text = format!(
        "the claim names “{}” {} times, the Arabic sentence {} has {} {} time(s); another name may be lost",
        name.name,
        name.in_claim,
        side.segment.number(),
        name.arabic,
        name.in_arabic
    );
    missing(DoubtKind::Fact(FactKind::Name), origin, text)
}

pub(super) fn combined(segments: &[SegmentId]) -> Doubt {
    let numbers: Vec<String> = segments.iter().map(|s| s.number().to_string()).collect();
    let text = format!(
        "what the claim says stands in sentences {}, which are apart; none says it all",
        numbers.join(" and ")
    );
    missing(DoubtKind::Combined, Origin::Summary, text)
}

pub(super) fn roads(through: SegmentId, across: SegmentId) -> Doubt {
    let text = format!(
        "compared with the Arabic itself, sentence {} is closer than sentence {}",
        across.number(),
        through.number()
    );
    missing(DoubtKind::Roads, Origin::Unclear, text)
}

pub(super) fn far_apart(best: &Support) -> Doubt {
    let text = format!(
        "claim and Arabic sentence {} are far apart (similarity {:.2})",
        best.segment.number(),
        best.across
    );
    missing(DoubtKind::Similarity, Origin::Unclear, text)
}

pub(super) fn nothing_near(best: &Support) -> Doubt {
    let text = format!(
        "no sentence says this; the nearest is sentence {} (through English {:.2}, across {:.2})",
        best.segment.number(),
        best.through_english,
        best.across
    );
    missing(DoubtKind::Similarity, Origin::Summary, text)
}

/// A reading of the Arabic, of its English, or of both as saying otherwise.
pub(super) fn contradicted(
    segment: SegmentId,
    by: (bool, bool),
    origin: Origin,
    severity: Severity,
) -> Doubt {
    let number = segment.number();
    let text = match by {
        (true, true) => {
            format!(
                "the entailment model reads sentence {number}, the Arabic and its English, as contradicting the claim"
            )
        }
        (true, false) => {
            format!(
                "the entailment model reads the Arabic sentence {number} as contradicting the claim, but not its English"
            )
        }
        (false, _) => {
            format!(
                "the entailment model reads the English of sentence {number} as contradicting the claim, but not the Arabic"
            )
        }
    };
    Doubt { kind: DoubtKind::Entailment, origin, severity, span: None, text }
}

pub(super) fn astray(cited: &[SegmentId], kept: &[SegmentId]) -> Doubt {
    let list = |segments: &[SegmentId]| {
        let numbers: Vec<String> = segments.iter().map(|s| s.number().to_string()).collect();
        numbers.join(", ")
    };
    let text =
        format!("the summary cites sentence {}, its evidence is {}", list(cited), list(kept));
    missing(DoubtKind::Citation, Origin::Summary, text)
}

/// Words in quotation marks, where nobody is quoted in the Arabic.
pub(super) fn quotation(statement: &Statement<'_>, arabic: &str) -> Option<Doubt> {
    let marked = |text: &str| text.contains(['“', '”', '"', '«', '»', '„', '‟']);
    let invented = quotes_words(statement.text) && !marked(arabic);
    invented.then(|| {
        let text = "the claim has words in quotation marks, the Arabic sentence has none";
        missing(DoubtKind::Quote, Origin::Unclear, text.to_owned())
    })
}

/// What a claim has from a translation that may be wrong; `words` are the doubtful ones.
pub(super) fn unsure(
    segment: SegmentId,
    right: f32,
    words: &[&str],
    span: Option<ByteSpan>,
) -> Doubt {
    let quoted: Vec<String> = words.iter().map(|words| format!("“{words}”")).collect();
    let most = if quoted.is_empty() {
        String::new()
    } else {
        format!(", least of all of {}", quoted.join(", "))
    };
    let text = format!(
        "the translator is not sure of sentence {} ({:.0} %){most}",
        segment.number(),
        right * 100.0
    );
    Doubt { span, ..missing(DoubtKind::Unsure, Origin::Translation, text) }
}

fn missing(kind: DoubtKind, origin: Origin, text: String) -> Doubt {
    Doubt { kind, origin, severity: Severity::Missing, span: None, text }
}
