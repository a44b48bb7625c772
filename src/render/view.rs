//! A brief in the order and words in which a person reads it; what Markdown and HTML share.
//!
//! Owns: labels, counts, numbers counted from 1, and which sentence serves which claim.
//! In: a brief. Out: text that went through `visible`, not yet escaped for any markup.
//! Never: markup.

use std::collections::HashMap;

use serde::Serialize;

use super::visible::one_line;
use crate::domain::{
    Brief, BriefClaim, BriefParagraph, BriefSegment, Evidence, FailureReason, Outcome,
    ParagraphKind, Road, SegmentId,
};

/// The whole brief.
#[derive(Serialize)]
pub(super) struct View {
    pub(super) title: Option<Title>,
    /// What stands for the title where there is none: the name of the file.
    pub(super) name: String,
    pub(super) facts: Vec<Fact>,
    pub(super) tally: Vec<Tally>,
    /// The summary's text, only where the claims do not hold all of it.
    pub(super) summary: Option<String>,
    pub(super) claims: Vec<Claim>,
    pub(super) blocks: Vec<Block>,
    pub(super) report: Report,
}

#[derive(Serialize)]
pub(super) struct Title {
    pub(super) english: String,
    pub(super) arabic: String,
    pub(super) failed: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Fact {
    pub(super) label: &'static str,
    pub(super) value: String,
    /// Whether the value may become a link: only `http` and `https` do.
    pub(super) is_link: bool,
}

#[derive(Serialize)]
pub(super) struct Tally {
    pub(super) tone: &'static str,
    pub(super) text: String,
}

#[derive(Serialize)]
pub(super) struct Claim {
    pub(super) number: usize,
    pub(super) text: String,
    pub(super) verdict: &'static str,
    pub(super) doubts: Vec<String>,
    pub(super) evidence: Vec<Quote>,
}

#[derive(Serialize)]
pub(super) struct Quote {
    pub(super) paragraph: usize,
    pub(super) sentence: usize,
    pub(super) arabic: String,
    pub(super) english: String,
    pub(super) failed: Option<String>,
    /// `through English 0.83 · across 0.71`.
    pub(super) scores: String,
}

/// A paragraph of the article, or a run of paragraphs that were left out.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub(super) enum Block {
    Paragraph { number: usize, kind: &'static str, rows: Vec<Row> },
    LeftOut { paragraphs: Vec<Left> },
}

#[derive(Serialize)]
pub(super) struct Row {
    pub(super) number: usize,
    pub(super) arabic: String,
    pub(super) english: String,
    pub(super) failed: Option<String>,
    /// A sentence that was not translated although its paragraph is none of the page's.
    pub(super) is_skipped: bool,
    /// Numbers of the claims that rest on it.
    pub(super) claims: Vec<usize>,
}

#[derive(Serialize)]
pub(super) struct Left {
    pub(super) number: usize,
    pub(super) reason: &'static str,
    pub(super) arabic: String,
}

#[derive(Serialize)]
pub(super) struct Report {
    pub(super) left_out: Vec<Left>,
    pub(super) failed: Vec<Failed>,
    pub(super) warnings: Vec<String>,
    pub(super) models: Vec<Model>,
    pub(super) settings: Vec<(String, String)>,
    pub(super) version: String,
}

#[derive(Serialize)]
pub(super) struct Failed {
    pub(super) sentence: usize,
    pub(super) paragraph: usize,
    pub(super) reasons: String,
}

#[derive(Serialize)]
pub(super) struct Model {
    pub(super) role: String,
    pub(super) name: String,
    pub(super) sha256: String,
}

/// Reasons in one phrase.
pub(super) fn reasons(reasons: &[FailureReason]) -> String {
    let words: Vec<String> = reasons.iter().map(|reason| one_line(&reason.to_string())).collect();
    if words.is_empty() { "no reason given".to_owned() } else { words.join("; ") }
}

impl View {
    pub(super) fn of(brief: &Brief) -> Self {
        let failed = failures(brief);
        let served = served(brief);
        Self {
            title: brief.title.as_ref().map(title),
            name: one_line(brief.article.id()),
            facts: facts(brief),
            tally: tally(brief),
            summary: (!is_covered(brief)).then(|| one_line(&brief.summary)),
            claims: brief.claims.iter().map(|c| claim(c, &failed)).collect(),
            blocks: blocks(brief, &served),
            report: report(brief),
        }
    }
}

fn title(segment: &BriefSegment) -> Title {
    Title {
        english: one_line(&segment.translation.text),
        arabic: one_line(&segment.source),
        failed: failure(&segment.translation.outcome),
    }
}

fn failure(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Failed(found) => Some(reasons(found)),
        Outcome::Translated | Outcome::Skipped => None,
    }
}

fn facts(brief: &Brief) -> Vec<Fact> {
    let metadata = &brief.article.metadata;
    let known =
        [("Source", &metadata.source), ("Date", &metadata.date), ("Found at", &metadata.url)];
    let known = known.into_iter().filter_map(|(label, value)| Some((label, value.as_ref()?)));
    let file = ("File", brief.article.id());
    known
        .map(|(label, value)| (label, value.as_str()))
        .chain([file])
        .map(|(label, value)| {
            let value = one_line(value);
            let is_link = label == "Found at"
                && (value.starts_with("https://") || value.starts_with("http://"));
            Fact { label, value, is_link }
        })
        .collect()
}

fn tally(brief: &Brief) -> Vec<Tally> {
    let claims = |label: &str| brief.claims.iter().filter(|c| c.verdict.label() == label).count();
    let counts = [
        ("verified", claims("verified"), ["claim verified", "claims verified"]),
        ("partial", claims("partial"), ["claim partial", "claims partial"]),
        ("unsupported", claims("unsupported"), ["claim unsupported", "claims unsupported"]),
        ("failed", brief.report.failed.len(), ["sentence failed", "sentences failed"]),
        ("quiet", brief.report.left_out.len(), ["paragraph left out", "paragraphs left out"]),
        ("partial", brief.report.warnings.len(), ["warning", "warnings"]),
    ];
    let present = counts.into_iter().filter(|(_, count, _)| *count > 0);
    present
        .map(|(tone, count, [one, many])| Tally {
            tone,
            text: format!("{count} {}", if count == 1 { one } else { many }),
        })
        .collect()
}

/// Whether the claims, in order, hold every character of the summary but white space.
fn is_covered(brief: &Brief) -> bool {
    let mut at = 0;
    let is_blank = |gap: Option<&str>| gap.is_none_or(|gap| gap.trim().is_empty());
    for claim in &brief.claims {
        if !is_blank(brief.summary.get(at..claim.span.start())) {
            return false;
        }
        at = at.max(claim.span.end());
    }
    is_blank(brief.summary.get(at..))
}

fn failures(brief: &Brief) -> HashMap<SegmentId, String> {
    let segments = brief.paragraphs.iter().flat_map(|paragraph| &paragraph.segments);
    segments.filter_map(|s| Some((s.id, failure(&s.translation.outcome)?))).collect()
}

/// The claims that each sentence serves.
fn served(brief: &Brief) -> HashMap<SegmentId, Vec<usize>> {
    let mut served: HashMap<SegmentId, Vec<usize>> = HashMap::new();
    for claim in &brief.claims {
        for evidence in &claim.evidence {
            let numbers = served.entry(evidence.segment).or_default();
            if !numbers.contains(&claim.id.number()) {
                numbers.push(claim.id.number());
            }
        }
    }
    served
}

fn claim(claim: &BriefClaim, failed: &HashMap<SegmentId, String>) -> Claim {
    Claim {
        number: claim.id.number(),
        text: one_line(&claim.text),
        verdict: claim.verdict.label(),
        doubts: claim.doubts.iter().map(|doubt| one_line(&doubt.text)).collect(),
        evidence: claim.evidence.iter().map(|evidence| quote(evidence, failed)).collect(),
    }
}

fn quote(evidence: &Evidence, failed: &HashMap<SegmentId, String>) -> Quote {
    let score = |(road, score): &(Road, f32)| {
        let road = match road {
            Road::ThroughEnglish => "through English",
            Road::Across => "across",
        };
        format!("{road} {score:.2}")
    };
    Quote {
        paragraph: evidence.paragraph.number(),
        sentence: evidence.segment.number(),
        arabic: one_line(&evidence.quote),
        english: one_line(&evidence.translation),
        failed: failed.get(&evidence.segment).cloned(),
        scores: evidence.scores.iter().map(score).collect::<Vec<_>>().join(" · "),
    }
}

fn blocks(brief: &Brief, served: &HashMap<SegmentId, Vec<usize>>) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for paragraph in &brief.paragraphs {
        match (left(brief, paragraph), blocks.last_mut()) {
            (Some(left), Some(Block::LeftOut { paragraphs })) => paragraphs.push(left),
            (Some(left), _) => blocks.push(Block::LeftOut { paragraphs: vec![left] }),
            (None, _) => blocks.push(Block::Paragraph {
                number: paragraph.id.number(),
                kind: kind_label(paragraph.kind),
                rows: paragraph.segments.iter().map(|segment| row(segment, served)).collect(),
            }),
        }
    }
    blocks
}

fn left(brief: &Brief, paragraph: &BriefParagraph) -> Option<Left> {
    match paragraph.kind {
        ParagraphKind::Boilerplate(kind) => Some(Left {
            number: paragraph.id.number(),
            reason: kind.reason(),
            arabic: one_line(paragraph.span.of(brief.article.text()).unwrap_or_default()),
        }),
        _ => None,
    }
}

fn kind_label(kind: ParagraphKind) -> &'static str {
    match kind {
        ParagraphKind::Title => "title",
        ParagraphKind::Heading => "heading",
        ParagraphKind::ListItem => "list-item",
        ParagraphKind::Source => "source",
        ParagraphKind::Date => "date",
        ParagraphKind::Body | ParagraphKind::Boilerplate(_) => "body",
    }
}

fn row(segment: &BriefSegment, served: &HashMap<SegmentId, Vec<usize>>) -> Row {
    Row {
        number: segment.id.number(),
        arabic: one_line(&segment.source),
        english: one_line(&segment.translation.text),
        failed: failure(&segment.translation.outcome),
        is_skipped: segment.translation.outcome == Outcome::Skipped,
        claims: served.get(&segment.id).cloned().unwrap_or_default(),
    }
}

fn report(brief: &Brief) -> Report {
    let report = &brief.report;
    let pair = |(name, value): &(String, String)| (one_line(name), one_line(value));
    Report {
        left_out: report
            .left_out
            .iter()
            .map(|left| Left {
                number: left.paragraph.number(),
                reason: left.kind.reason(),
                arabic: one_line(&left.text),
            })
            .collect(),
        failed: report
            .failed
            .iter()
            .map(|failed| Failed {
                sentence: failed.segment.number(),
                paragraph: failed.paragraph.number(),
                reasons: reasons(&failed.reasons),
            })
            .collect(),
        warnings: report.warnings.iter().map(|warning| one_line(warning)).collect(),
        models: report
            .signature
            .models
            .iter()
            .map(|model| Model {
                role: one_line(&model.role),
                name: one_line(&model.name),
                sha256: one_line(&model.sha256),
            })
            .collect(),
        settings: report.signature.settings.iter().map(pair).collect(),
        version: one_line(&report.signature.version),
    }
}
