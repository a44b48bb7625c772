//! Finished briefs against references, and against themselves.
//!
//! Owns: what of a brief is compared with what, and the shares that need no reference: verdicts, citations,
//! coverage, failures. One row of statistics a brief, so that intervals speak of articles.
//! In: briefs and reference texts. Out: columns. Never: making or mending a brief.
//! Source: Gao et al. 2023 (ALCE) for citation recall and precision, with encoder similarity and numbers in the
//! place of an entailment model.

use std::collections::BTreeSet;

use super::compare::{Column, System, Texts};
use super::metric::{Metric, Share};
use super::resample::Statistics;
use super::{MetricWithScoring, Preservation};
use crate::domain::{Brief, BriefClaim, BriefSegment, Outcome, Verdict, is_blank};
use crate::ports::{EmbedError, Embedder};
use crate::text::english::sentences;
use crate::text::numbers::numbers;
use crate::text::python;

/// Least similarity of a claim and what it cites, for the citation to bear it out.
const MIN_SUPPORT: f64 = 0.6;

/// A brief with what is known to be right.
#[derive(Clone, Debug)]
pub struct JudgedBrief {
    /// The brief.
    pub brief: Brief,
    /// A translation of the article by people: a line a segment, a line a paragraph, or otherwise cut.
    pub reference_translation: Option<String>,
    /// A summary by people.
    pub reference_summary: Option<String>,
    /// The article's file as it is today.
    pub source: Option<String>,
}

/// How a reference translation was laid against a brief.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Line by line with segments.
    Segment,
    /// Line by line with paragraphs.
    Paragraph,
    /// The lines did not fit: as one text.
    Whole,
}

/// Translation and reference of one brief in equally many pieces.
#[must_use]
pub fn laid_side_by_side(brief: &Brief, reference: &str) -> (Unit, Vec<(String, String)>) {
    let lines: Vec<&str> =
        reference.lines().map(str::trim).filter(|line| !line.chars().all(is_blank)).collect();
    let paragraphs: Vec<Vec<&str>> = brief
        .paragraphs
        .iter()
        .map(|paragraph| {
            paragraph.segments.iter().filter(|s| is_translated(s)).map(english).collect()
        })
        .filter(|segments: &Vec<&str>| !segments.is_empty())
        .collect();
    let segments: Vec<String> = paragraphs.concat().into_iter().map(str::to_owned).collect();
    let paragraphs: Vec<String> = paragraphs.iter().map(|segments| segments.join(" ")).collect();
    let paired = |texts: Vec<String>| {
        texts.into_iter().zip(lines.iter().map(|line| (*line).to_owned())).collect()
    };
    if lines.len() == segments.len() {
        (Unit::Segment, paired(segments))
    } else if lines.len() == paragraphs.len() {
        (Unit::Paragraph, paired(paragraphs))
    } else {
        (Unit::Whole, vec![(segments.join(" "), lines.join(" "))])
    }
}

fn is_translated(segment: &BriefSegment) -> bool {
    segment.translation.outcome != Outcome::Skipped
}

fn english(segment: &BriefSegment) -> &str {
    &segment.translation.text
}

/// The summaries of `briefs`, a sentence a line, against their reference summaries: as texts of one system. `None`
/// where a brief has none.
#[must_use]
pub fn summaries(briefs: &[JudgedBrief]) -> Option<Texts> {
    let lined = |text: &str| -> String {
        let spans = sentences(text);
        let lines = spans.iter().filter_map(|span| span.of(text)).map(str::trim);
        lines.collect::<Vec<_>>().join("\n")
    };
    let references: Option<Vec<String>> =
        briefs.iter().map(|judged| judged.reference_summary.as_deref().map(lined)).collect();
    let hypotheses = briefs.iter().map(|judged| lined(&judged.brief.summary)).collect();
    let system = System { name: "summary".to_owned(), hypotheses };
    Some(Texts { systems: vec![system], references: vec![references?], ..Texts::default() })
}

/// A metric over the translations of briefs that have a reference translation; the pieces of a brief are summed.
#[must_use]
pub fn translation_column(
    metric: Box<dyn MetricWithScoring>,
    equals_version: Option<&'static str>,
    briefs: &[JudgedBrief],
) -> Column {
    let rows = briefs.iter().map(|judged| {
        let pieces = judged.reference_translation.as_deref();
        let pieces = pieces.map(|reference| laid_side_by_side(&judged.brief, reference).1);
        let mut sums = vec![0.0; metric.width()];
        for (hypothesis, reference) in pieces.unwrap_or_default() {
            let row = metric.statistics(&hypothesis, &[&reference]);
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        }
        sums
    });
    let statistics = vec![Statistics::new(metric.width(), rows)];
    Column { scoring: metric.into_scoring(), equals_version, statistics }
}

/// The shares that a brief gives by itself.
#[must_use]
pub fn own_columns(briefs: &[JudgedBrief]) -> Vec<Column> {
    let counts =
        |share: fn(&Brief) -> (usize, usize)| briefs.iter().map(move |judged| share(&judged.brief));
    let mut columns = vec![
        column("Verified", "claims", true, counts(|b| verdicts(b, |v| *v == Verdict::Verified))),
        column("Partial", "claims", false, counts(|b| verdicts(b, |v| *v == Verdict::Partial))),
        column(
            "Unsupported",
            "claims",
            false,
            counts(|b| verdicts(b, |v| *v == Verdict::Unsupported)),
        ),
        column(
            "Contradicted",
            "claims",
            false,
            counts(|b| verdicts(b, |v| *v == Verdict::Contradicted)),
        ),
        column("ParagraphCoverage", "paragraphs cited", true, counts(paragraph_coverage)),
        column("NumberCoverage", "numbers used", true, counts(number_coverage)),
        column("LeadClaims", "claims rest on the first paragraph", false, counts(lead_claims)),
        column("Compression", "words", false, counts(compression)),
        column("Failures", "segments", false, counts(failed)),
        arabic_left(briefs),
    ];
    if briefs.iter().any(|judged| judged.source.is_some()) {
        let counts = briefs.iter().map(quotes);
        columns.push(column("SourceQuotes", "quotes stand in the source", true, counts));
    }
    columns
}

fn verdicts(brief: &Brief, wanted: fn(&Verdict) -> bool) -> (usize, usize) {
    let claims = &brief.claims;
    (claims.iter().filter(|claim| wanted(&claim.verdict)).count(), claims.len())
}

/// Words of the summary for those of the whole translation.
fn compression(brief: &Brief) -> (usize, usize) {
    let words = |text: &str| python::words(text).count();
    (words(&brief.summary), segments(brief).map(english).map(words).sum())
}

fn failed(brief: &Brief) -> (usize, usize) {
    let failed = |segment: &&BriefSegment| !segment.translation.is_sound();
    (segments(brief).filter(failed).count(), segments(brief).count())
}

fn segments(brief: &Brief) -> impl Iterator<Item = &BriefSegment> {
    brief.paragraphs.iter().flat_map(|paragraph| &paragraph.segments).filter(|s| is_translated(s))
}

fn column(
    name: &'static str,
    counted: &'static str,
    higher_is_better: bool,
    counts: impl IntoIterator<Item = (usize, usize)>,
) -> Column {
    #[expect(clippy::cast_precision_loss, reason = "briefs have fewer than 2^52 claims")]
    let rows = counts.into_iter().map(|(part, whole)| vec![part as f64, whole as f64]);
    let statistics = vec![Statistics::new(2, rows)];
    let scoring = Box::new(Share { name, counted, higher_is_better, signature: Vec::new() });
    Column { scoring, equals_version: None, statistics }
}

fn arabic_left(briefs: &[JudgedBrief]) -> Column {
    let metric = Preservation::ArabicLeft;
    let rows = briefs.iter().map(|judged| {
        let text: Vec<&str> = segments(&judged.brief).map(english).collect();
        metric.statistics(&text.join("\n"), &[])
    });
    let statistics = vec![Statistics::new(2, rows)];
    Column { scoring: Box::new(metric), equals_version: None, statistics }
}

/// Paragraphs that are cited, of those that could be.
fn paragraph_coverage(brief: &Brief) -> (usize, usize) {
    let cited: BTreeSet<_> = brief
        .claims
        .iter()
        .flat_map(|claim| &claim.evidence)
        .map(|evidence| evidence.paragraph)
        .collect();
    let usable = brief.paragraphs.iter().filter(|p| p.segments.iter().any(is_translated));
    let usable: Vec<_> = usable.map(|paragraph| paragraph.id).collect();
    (usable.iter().filter(|id| cited.contains(id)).count(), usable.len())
}

/// Different numbers in digits of the article that the summary has too.
fn number_coverage(brief: &Brief) -> (usize, usize) {
    let values = |text: &str| -> BTreeSet<String> {
        numbers(text).into_iter().map(|number| number.value).collect()
    };
    let in_summary = values(&brief.summary);
    let in_article: BTreeSet<String> =
        segments(brief).flat_map(|segment| values(&segment.source)).collect();
    (in_article.intersection(&in_summary).count(), in_article.len())
}

/// Claims whose best evidence is in the first paragraph of running text: copying the lead gives all of them.
fn lead_claims(brief: &Brief) -> (usize, usize) {
    let body = crate::domain::ParagraphKind::Body;
    let lead = brief.paragraphs.iter().find(|paragraph| paragraph.kind == body).map(|p| p.id);
    let best = |claim: &&BriefClaim| {
        claim.evidence.first().is_some_and(|evidence| Some(evidence.paragraph) == lead)
    };
    (brief.claims.iter().filter(best).count(), brief.claims.len())
}

/// Quotes that are still the text at their place in the source.
fn quotes(judged: &JudgedBrief) -> (usize, usize) {
    let Some(source) = &judged.source else { return (0, 0) };
    let quotes = judged.brief.claims.iter().flat_map(|claim| &claim.evidence);
    let stands = quotes.clone().filter(|e| e.span.of(source) == Some(e.quote.as_str()));
    (stands.count(), quotes.count())
}

/// Citation recall and precision: whether what a claim cites bears it out, and whether each citation is needed or
/// bears it out alone.
///
/// English evidence bears a claim out if the encoder finds them similar enough and every number of the claim
/// stands in it. The verdicts in the brief are not asked.
///
/// # Errors
/// [`EmbedError`] when the encoder fails.
pub fn citation_columns(
    briefs: &[JudgedBrief],
    embedder: &mut dyn Embedder,
) -> Result<Vec<Column>, EmbedError> {
    let (mut recalls, mut precisions) = (Vec::new(), Vec::new());
    for judged in briefs {
        let (mut recalled, mut precise, mut citations) = (0, 0, 0);
        for claim in &judged.brief.claims {
            let texts: Vec<&str> =
                claim.evidence.iter().map(|evidence| evidence.translation.as_str()).collect();
            let all = supports(&claim.text, &texts, embedder)?;
            recalled += usize::from(all);
            citations += texts.len();
            for (index, text) in texts.iter().enumerate() {
                let mut others = texts.clone();
                others.remove(index);
                let needed = all
                    && (supports(&claim.text, &[*text], embedder)?
                        || !supports(&claim.text, &others, embedder)?);
                precise += usize::from(needed);
            }
        }
        recalls.push((recalled, judged.brief.claims.len()));
        precisions.push((precise, citations));
    }
    Ok(vec![
        column("CitationRecall", "claims borne out by what they cite", true, recalls),
        column("CitationPrecision", "citations bear their claim out", true, precisions),
    ])
}

fn supports(
    claim: &str,
    evidence: &[&str],
    embedder: &mut dyn Embedder,
) -> Result<bool, EmbedError> {
    if evidence.is_empty() {
        return Ok(false);
    }
    let evidence = evidence.join(" ");
    let values = |text| -> Vec<String> { numbers(text).into_iter().map(|n| n.value).collect() };
    let there = values(&evidence);
    if values(claim).iter().any(|value| !there.contains(value)) {
        return Ok(false);
    }
    let vectors = embedder.embed(&[claim, &evidence])?;
    let [claim, evidence] = vectors.as_slice() else { return Ok(false) };
    let cosine: f64 = claim.iter().zip(evidence).map(|(a, b)| f64::from(a * b)).sum();
    Ok(cosine >= MIN_SUPPORT)
}
