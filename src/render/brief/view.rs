//! A brief in the order and words in which a person reads it; what all its forms share.
//!
//! Owns: labels, counts, numbers counted from 1, and which sentence serves which claim.
//! In: a brief. Out: text that went through `visible`; only [`Line`]s know a markup, that of the page.
//! Never: judging a claim.

use std::collections::HashMap;

use serde::Serialize;

use super::article::{Block, blocks};
use super::coverage::Coverage;
use super::doubts::{Doubt, doubts};
use super::line::Line;
use super::report::{Report, sha256_of_text};
use super::words::{self, Words};
use crate::domain::{
    Brief, BriefClaim, BriefSegment, Entailment, Evidence, FailureReason, Language, LinkEntailment,
    Outcome, Road, SegmentId, SummaryAuthor, Verdict,
};
use crate::render::bidi::direction;
use crate::render::visible::one_line;

/// Words that a reader takes in a minute.
///
/// Source: Brysbaert 2019 (doi 10.1016/j.jml.2019.104047): 238 on average, English non-fiction read silently.
const WORDS_A_MINUTE: usize = 238;

/// The whole brief.
#[derive(Serialize)]
pub(super) struct View {
    pub(super) title: Option<Title>,
    /// What stands for the title where there is none: the name of the file.
    pub(super) name: String,
    pub(super) facts: Vec<Fact>,
    pub(super) tally: Vec<Tally>,
    /// Whether words may be marked as unsure.
    pub(super) is_estimated: bool,
    /// Tag and direction of the summary's language.
    pub(super) language: &'static str,
    pub(super) direction: &'static str,
    /// What of the summary's text stands behind the last claim; all of it where there is no claim.
    pub(super) rest: Option<Line>,
    pub(super) claims: Vec<Claim>,
    /// What a strict run took out.
    pub(super) removed: Vec<Gone>,
    pub(super) coverage: Coverage,
    pub(super) blocks: Vec<Block>,
    pub(super) report: Report,
    /// What a citation says of the article: publisher, date, address, file, checksum of its text.
    pub(super) citation: String,
}

#[derive(Serialize)]
pub(super) struct Title {
    pub(super) english: Line,
    pub(super) arabic: Line,
    pub(super) failed: Option<Line>,
}

#[derive(Serialize)]
pub(super) struct Fact {
    pub(super) label: &'static str,
    pub(super) value: Line,
    /// Where it leads, if it may become a link: only `http` and `https` do.
    pub(super) link: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Tally {
    pub(super) tone: &'static str,
    pub(super) text: String,
    /// The anchor that tells more.
    pub(super) to: &'static str,
}

#[derive(Serialize)]
pub(super) struct Claim {
    pub(super) number: usize,
    /// What of the summary's text stands between this claim and the one before it, if it holds a word.
    pub(super) lead: Option<Line>,
    pub(super) text: Line,
    pub(super) verdict: &'static str,
    /// How probable it is that its evidence bears it out, in words: `support 93 %`.
    pub(super) confidence: String,
    pub(super) doubts: Vec<Doubt>,
    pub(super) evidence: Vec<Quote>,
}

/// A piece of evidence.
#[derive(Serialize)]
pub(super) struct Quote {
    /// Its number among all of the brief, from 1.
    pub(super) number: usize,
    pub(super) paragraph: usize,
    pub(super) sentence: usize,
    pub(super) arabic: Line,
    pub(super) english: Line,
    pub(super) failed: Option<Line>,
    /// `through English 0.83 · across 0.71`.
    pub(super) scores: String,
}

/// A statement that was taken out.
#[derive(Serialize)]
pub(super) struct Gone {
    pub(super) text: Line,
    pub(super) verdict: &'static str,
    pub(super) doubts: Vec<Doubt>,
}

/// Reasons in one phrase.
pub(in crate::render) fn reasons(reasons: &[FailureReason]) -> String {
    let words: Vec<String> = reasons.iter().map(|reason| one_line(&reason.to_string())).collect();
    if words.is_empty() { "no reason given".to_owned() } else { words.join("; ") }
}

/// Why a translation failed, if it did.
pub(super) fn failure(outcome: &Outcome) -> Option<Line> {
    match outcome {
        Outcome::Failed(found) => Some(Line::english(&reasons(found))),
        Outcome::Translated | Outcome::Skipped => None,
    }
}

/// A share of one as a percentage, or `unknown` where it is no number.
pub(super) fn percent(share: f32) -> String {
    if share.is_finite() { format!("{:.0} %", share * 100.0) } else { "unknown".to_owned() }
}

/// `1 claim`, `2 claims`.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

impl View {
    pub(super) fn of(brief: &Brief) -> Self {
        let words = Words::of(brief);
        let served = served(brief);
        let claims = claims(brief, &words);
        Self {
            title: brief.title.as_ref().map(|segment| title(segment, &words)),
            name: one_line(brief.article.id()),
            facts: facts(brief),
            tally: tally(brief),
            is_estimated: is_estimated(brief),
            language: brief.summary_language.tag(),
            direction: direction(brief.summary_language),
            rest: gap(brief, covered(&brief.claims), brief.summary.len()),
            claims,
            removed: brief.report.removed.iter().map(|gone| self::gone(brief, gone)).collect(),
            coverage: Coverage::of(brief),
            blocks: blocks(brief, &served, &words),
            report: Report::of(brief),
            citation: citation(brief),
        }
    }

    /// The pieces of evidence of all claims, in the order of their numbers.
    pub(super) fn quotes(&self) -> impl Iterator<Item = &Quote> {
        self.claims.iter().flat_map(|claim| &claim.evidence)
    }
}

fn title(segment: &BriefSegment, words: &Words) -> Title {
    let (text, marks) = (&segment.translation.text, words.english(segment.id));
    Title {
        english: Line::marked(text, Language::English, marks),
        arabic: Line::arabic(&segment.source),
        failed: failure(&segment.translation.outcome),
    }
}

fn is_estimated(brief: &Brief) -> bool {
    let mut segments = brief.paragraphs.iter().flat_map(|paragraph| &paragraph.segments);
    segments.any(|segment| segment.translation.reliability.is_some())
}

fn facts(brief: &Brief) -> Vec<Fact> {
    let metadata = &brief.article.metadata;
    let known = [
        ("Source", &metadata.source),
        ("By", &metadata.byline),
        ("Date", &metadata.date),
        ("Found at", &metadata.url),
    ];
    let known = known.into_iter().filter_map(|(label, value)| Some((label, value.clone()?)));
    let told = [
        ("File", brief.article.id().to_owned()),
        ("Reading time", reading_time(brief)),
        ("Summary by", author(brief.author).to_owned()),
    ];
    known
        .chain(told)
        .map(|(label, value)| {
            let shown = one_line(&value);
            let is_web = shown.starts_with("https://") || shown.starts_with("http://");
            let link = (label == "Found at" && is_web).then_some(shown);
            Fact { label, value: Line::english(&value), link }
        })
        .collect()
}

fn reading_time(brief: &Brief) -> String {
    let words = |text: &str| text.split_whitespace().count();
    let segments = brief.paragraphs.iter().flat_map(|paragraph| &paragraph.segments);
    let article: usize = segments.map(|segment| words(&segment.translation.text)).sum();
    let minutes = |words: usize| words.div_ceil(WORDS_A_MINUTE).max(1);
    format!("{} min, the summary {} min", minutes(article), minutes(words(&brief.summary)))
}

fn author(author: SummaryAuthor) -> &'static str {
    match author {
        SummaryAuthor::Extractive => "choice of translated sentences",
        SummaryAuthor::Compress => "choice of translated sentences, shortened",
        SummaryAuthor::Abstractive => "a language model",
        SummaryAuthor::Given => "somebody else; it was given",
    }
}

fn tally(brief: &Brief) -> Vec<Tally> {
    let claims = |verdict: Verdict| brief.claims.iter().filter(|c| c.verdict == verdict).count();
    let report = &brief.report;
    let counts = [
        (
            Verdict::Verified.label(),
            claims(Verdict::Verified),
            ["claim verified", "claims verified"],
            "summary",
        ),
        (
            Verdict::Partial.label(),
            claims(Verdict::Partial),
            ["claim partial", "claims partial"],
            "summary",
        ),
        (
            Verdict::Unsupported.label(),
            claims(Verdict::Unsupported),
            ["claim unsupported", "claims unsupported"],
            "summary",
        ),
        (
            Verdict::Contradicted.label(),
            claims(Verdict::Contradicted),
            ["claim contradicted", "claims contradicted"],
            "summary",
        ),
        ("failed", report.failed.len(), ["sentence failed", "sentences failed"], "report"),
        ("quiet", report.removed.len(), ["claim taken out", "claims taken out"], "removed"),
        ("quiet", report.left_out.len(), ["paragraph left out", "paragraphs left out"], "report"),
        ("partial", report.warnings.len(), ["warning", "warnings"], "report"),
    ];
    let present = counts.into_iter().filter(|(_, count, ..)| *count > 0);
    present
        .map(|(tone, count, [one, many], to)| Tally { tone, text: counted(count, one, many), to })
        .collect()
}

/// Where the last of `claims` ends in the summary; claims may overlap.
fn covered(claims: &[BriefClaim]) -> usize {
    claims.iter().map(|claim| claim.span.end()).max().unwrap_or(0)
}

/// The summary's text from `start` to `end`, if it holds a word.
fn gap(brief: &Brief, start: usize, end: usize) -> Option<Line> {
    // The sign that ends the claim before it says nothing here.
    let gap = brief.summary.get(start..end)?.trim_start_matches([',', ';', '.', '،', '؛', ' ']);
    gap.contains(char::is_alphanumeric).then(|| Line::new(gap, brief.summary_language))
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

fn claims(brief: &Brief, words: &Words) -> Vec<Claim> {
    let segments = brief.paragraphs.iter().flat_map(|paragraph| &paragraph.segments);
    let failed: HashMap<SegmentId, Line> =
        segments.filter_map(|s| Some((s.id, failure(&s.translation.outcome)?))).collect();
    let mut number = 0;
    let mut claim = |(index, claim): (usize, &BriefClaim)| Claim {
        number: claim.id.number(),
        lead: gap(
            brief,
            covered(brief.claims.get(..index).unwrap_or_default()),
            claim.span.start(),
        ),
        text: Line::marked(&claim.text, brief.summary_language, &words::of_claim(claim)),
        verdict: claim.verdict.label(),
        confidence: format!("support {}", percent(claim.confidence)),
        doubts: doubts(&claim.doubts, claim.verdict, &brief.summary),
        evidence: claim
            .evidence
            .iter()
            .map(|evidence| {
                number += 1;
                quote(evidence, number, &failed, words)
            })
            .collect(),
    };
    brief.claims.iter().enumerate().map(&mut claim).collect()
}

fn quote(
    evidence: &Evidence,
    number: usize,
    failed: &HashMap<SegmentId, Line>,
    words: &Words,
) -> Quote {
    let score = |(road, score): &(Road, f32)| {
        let road = match road {
            Road::ThroughEnglish => "through English",
            Road::Across => "across",
        };
        format!("{road} {score:.2}")
    };
    let segment = evidence.segment;
    Quote {
        number,
        paragraph: evidence.paragraph.number(),
        sentence: segment.number(),
        arabic: Line::marked(&evidence.quote, Language::Arabic, words.arabic(segment)),
        english: Line::marked(&evidence.translation, Language::English, words.english(segment)),
        failed: failed.get(&segment).cloned(),
        scores: evidence
            .scores
            .iter()
            .map(score)
            .chain(evidence.entailment.and_then(entailment))
            .collect::<Vec<_>>()
            .join(" · "),
    }
}

/// How far an entailment model says that the evidence bears the claim out; nothing where it read neither language.
fn entailment(read: LinkEntailment) -> Option<String> {
    let of = |reading: Option<Entailment>, language: &str| {
        reading.map(|reading| format!("{language} {:.2}", reading.entailment))
    };
    let parts: Vec<String> =
        [of(read.arabic, "Arabic"), of(read.english, "English")].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("entailment {}", parts.join(", ")))
}

fn gone(brief: &Brief, gone: &crate::domain::Removed) -> Gone {
    Gone {
        text: Line::new(&gone.text, brief.summary_language),
        verdict: gone.verdict.label(),
        // Spans of these doubts lie in a summary that is no longer there.
        doubts: doubts(&gone.doubts, gone.verdict, ""),
    }
}

fn citation(brief: &Brief) -> String {
    let metadata = &brief.article.metadata;
    let known = [&metadata.byline, &metadata.source, &metadata.date, &metadata.url];
    let known = known.into_iter().flatten();
    let mut parts: Vec<String> = known.map(|value| one_line(value)).collect();
    parts.push(format!("file {}", one_line(brief.article.id())));
    parts.push(format!("sha256 of its text {}", sha256_of_text(brief)));
    parts.join(", ")
}
