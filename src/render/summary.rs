//! The summary of a brief by itself.
//!
//! Owns: how a sentence names the paragraphs it rests on, and what stands behind one that is not verified.
//! In: a brief. Out: text.

use std::collections::BTreeSet;

use crate::domain::{Brief, BriefClaim, Verdict};

/// How the summary is set out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SummaryForm {
    /// Whether the English headline stands above it.
    pub headline: bool,
    /// Whether each sentence is an item of a list.
    pub bullets: bool,
}

/// The summary of `brief`: each sentence with the numbers of its paragraphs, and its verdict unless it is verified.
#[must_use]
pub fn summary(brief: &Brief, form: SummaryForm) -> String {
    let sentences: BTreeSet<usize> = brief.claims.iter().map(|claim| claim.sentence).collect();
    let lines: Vec<String> = sentences
        .into_iter()
        .map(|sentence| {
            let claims: Vec<&BriefClaim> =
                brief.claims.iter().filter(|claim| claim.sentence == sentence).collect();
            let mark = if form.bullets { "- " } else { "" };
            format!("{mark}{} {}", text(brief, &claims), marks(&claims))
        })
        .collect();
    let body = lines.join(if form.bullets { "\n" } else { " " });
    let title = brief.title.as_ref().filter(|_| form.headline);
    match title {
        Some(title) => format!("{}\n\n{body}\n", title.translation.text),
        None => format!("{body}\n"),
    }
}

/// From the first to the last claim of a sentence, with what stands between them.
fn text<'a>(brief: &'a Brief, claims: &[&BriefClaim]) -> &'a str {
    let (first, last) = (claims.first(), claims.last());
    let range = first.zip(last).map(|(first, last)| first.span.start()..last.span.end());
    range.and_then(|range| brief.summary.get(range)).unwrap_or_default()
}

fn marks(claims: &[&BriefClaim]) -> String {
    let paragraphs: BTreeSet<usize> = claims
        .iter()
        .filter_map(|claim| claim.evidence.first())
        .map(|evidence| evidence.paragraph.number())
        .collect();
    let numbers: Vec<String> = paragraphs.iter().map(|number| format!("¶{number}")).collect();
    let worst = claims.iter().map(|claim| claim.verdict).max_by_key(|verdict| match verdict {
        Verdict::Verified => 0,
        Verdict::Partial => 1,
        Verdict::Unsupported => 2,
        Verdict::Contradicted => 3,
    });
    match worst.filter(|verdict| *verdict != Verdict::Verified) {
        Some(verdict) if numbers.is_empty() => format!("[{}]", verdict.label()),
        Some(verdict) => format!("[{}; {}]", numbers.join(", "), verdict.label()),
        None => format!("[{}]", numbers.join(", ")),
    }
}
