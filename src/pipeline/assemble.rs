//! The whole way from a segmented article to a finished brief.
//!
//! Owns: the order of the steps, and what a strict run takes out.
//! In: a segmented article, engines, options. Out: a [`Brief`] that passed its own check.

use std::collections::BTreeSet;

use super::attribute::Sources;
use super::claims::Granularity;
use super::error::PipelineError;
use super::judge::{Judgement, judge};
use super::parts;
use super::progress::Observer;
use super::summarize::{Compress, Extractive};
use super::translate::{TranslateOptions, translate};
use super::verify::VerifyOptions;
use crate::domain::{
    Bitext, Brief, ByteSpan, Language, Removed, Report, SCHEMA_VERSION, SegmentId,
    SegmentedArticle, Signature, Summary, SummaryAuthor, Verdict,
};
use crate::ports::{Candidate, Embedder, Length, SentenceEncoder, Summarizer, Translator};

/// The engines of a run.
pub struct Engines<'a> {
    /// Arabic to English.
    pub translator: &'a mut dyn Translator,
    /// One space for both languages.
    pub encoder: &'a mut dyn SentenceEncoder,
}

/// How a summary is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Style {
    /// Sentences of the translation as they are.
    #[default]
    Extractive,
    /// The same, shortened.
    Compress,
}

/// How a brief is made.
#[derive(Clone, Debug, PartialEq)]
pub struct BriefOptions {
    /// Translation.
    pub translate: TranslateOptions,
    /// How the summary is made.
    pub style: Style,
    /// Length of the summary.
    pub length: Length,
    /// Whether what is not verified is taken out of the summary.
    pub strict: bool,
    /// Verdicts.
    pub verify: VerifyOptions,
    /// Settings to name in the signature.
    pub settings: Vec<(String, String)>,
    /// Warnings from reading the article.
    pub warnings: Vec<String>,
}

/// How often a strict run looks for other sentences in the place of those it took out.
const STRICT_ROUNDS: usize = 6;

/// Makes the brief of `article`.
///
/// # Errors
/// [`PipelineError`] if an engine fails or the result does not hold; poor segments are in the report.
pub fn brief(
    article: SegmentedArticle,
    engines: &mut Engines<'_>,
    options: &BriefOptions,
    observer: &mut dyn Observer,
) -> Result<Brief, PipelineError> {
    let bitext = translate(article, engines.translator, &options.translate, observer)?;
    let sources = Sources::of(&bitext, engines.encoder, observer)?;
    let (summary, judgement, removed) = summarized(&bitext, &sources, engines.encoder, options)?;
    let models = vec![engines.translator.signature(), Embedder::signature(engines.encoder)];
    let author = match options.style {
        Style::Extractive => SummaryAuthor::Extractive,
        Style::Compress => SummaryAuthor::Compress,
    };
    let mut warnings = options.warnings.clone();
    if summary.sentences().is_empty() && !removed.is_empty() {
        warnings.push("no sentence could be verified, so the summary is empty".to_owned());
    }
    let report = Report {
        left_out: parts::left_out(&bitext, options.translate.keep_boilerplate),
        failed: parts::failed(&bitext),
        removed,
        warnings,
        signature: signature(models, options.settings.clone()),
    };
    finished(&bitext, (&summary, Language::English, author), judgement, report)
}

pub(super) fn signature(
    models: Vec<crate::domain::ModelSignature>,
    settings: Vec<(String, String)>,
) -> Signature {
    Signature { models, settings, version: env!("CARGO_PKG_VERSION").to_owned() }
}

/// Joins all parts and checks them.
pub(super) fn finished(
    bitext: &Bitext,
    (summary, summary_language, author): (&Summary, Language, SummaryAuthor),
    judgement: Judgement,
    report: Report,
) -> Result<Brief, PipelineError> {
    let brief = Brief {
        schema_version: SCHEMA_VERSION,
        article: bitext.source().article().clone(),
        title: parts::title(bitext),
        summary: summary.text().to_owned(),
        summary_language,
        author,
        claims: judgement.claims,
        coverage: judgement.coverage,
        paragraphs: parts::paragraphs(bitext),
        report,
    };
    brief.check()?;
    Ok(brief)
}

/// A summary with its verdicts. A strict run takes out sentences with a claim that is not verified and asks again without
/// their segments, until all that is left is verified.
fn summarized(
    bitext: &Bitext,
    sources: &Sources,
    encoder: &mut dyn SentenceEncoder,
    options: &BriefOptions,
) -> Result<(Summary, Judgement, Vec<Removed>), PipelineError> {
    let title = bitext.source().title().map(|id| parts::joined(bitext, id));
    let mut candidates = parts::candidates(bitext);
    let mut removed = Vec::new();
    let how = (Language::English, Granularity::Statements);
    for _ in 0..STRICT_ROUNDS {
        let summary = summarize(title.as_deref(), &candidates, encoder, options)?;
        let judgement = judge(&summary, how, bitext, (sources, &options.verify), encoder)?;
        let bad = unverified(&judgement);
        if !options.strict || bad.is_empty() {
            return Ok((summary, judgement, removed));
        }
        removed.extend(bad.iter().filter_map(|sentence| taken(&summary, &judgement, *sentence)));
        let gone: Vec<SegmentId> =
            bad.iter().flat_map(|sentence| summary.cited(*sentence).to_vec()).collect();
        candidates.retain(|candidate| !gone.contains(&candidate.segment));
    }
    let summary = summarize(title.as_deref(), &candidates, encoder, options)?;
    let judgement = judge(&summary, how, bitext, (sources, &options.verify), encoder)?;
    let bad = unverified(&judgement);
    removed.extend(bad.iter().filter_map(|sentence| taken(&summary, &judgement, *sentence)));
    let summary = without(&summary, &bad)?;
    let judgement = judge(&summary, how, bitext, (sources, &options.verify), encoder)?;
    Ok((summary, judgement, removed))
}

fn summarize(
    title: Option<&str>,
    candidates: &[Candidate],
    encoder: &mut dyn SentenceEncoder,
    options: &BriefOptions,
) -> Result<Summary, PipelineError> {
    Ok(match options.style {
        Style::Extractive => {
            Extractive::new(encoder).summarize(title, candidates, options.length)?
        }
        Style::Compress => Compress::new(encoder).summarize(title, candidates, options.length)?,
    })
}

/// Sentences with a claim that is not verified.
fn unverified(judgement: &Judgement) -> BTreeSet<usize> {
    let bad = judgement.claims.iter().filter(|claim| claim.verdict != Verdict::Verified);
    bad.map(|claim| claim.sentence).collect()
}

fn taken(summary: &Summary, judgement: &Judgement, sentence: usize) -> Option<Removed> {
    let text = summary.sentences().get(sentence)?.of(summary.text())?.to_owned();
    let claims = || judgement.claims.iter().filter(|claim| claim.sentence == sentence);
    let worst = claims().map(|claim| claim.verdict).max_by_key(|verdict| verdict.is_refused())?;
    // Spans of doubts are of a summary that is gone.
    let doubts = claims().flat_map(|claim| claim.doubts.clone());
    let doubts = doubts.map(|doubt| crate::domain::Doubt { span: None, ..doubt }).collect();
    Some(Removed { text, verdict: worst, doubts })
}

/// The summary without some of its sentences.
fn without(summary: &Summary, gone: &BTreeSet<usize>) -> Result<Summary, PipelineError> {
    let (mut text, mut spans, mut cited) = (String::new(), Vec::new(), Vec::new());
    for (index, span) in summary.sentences().iter().enumerate() {
        let Some(sentence) = span.of(summary.text()).filter(|_| !gone.contains(&index)) else {
            continue;
        };
        if !text.is_empty() {
            text.push(' ');
        }
        spans.push((text.len(), text.len() + sentence.len()));
        text.push_str(sentence);
        cited.push(summary.cited(index).to_vec());
    }
    let spans: Result<Vec<ByteSpan>, _> =
        spans.into_iter().map(|(start, end)| ByteSpan::within(&text, start, end)).collect();
    let spans = spans.map_err(crate::domain::SummaryError::from)?;
    Ok(Summary::new(text, spans)?.citing(cited)?)
}
