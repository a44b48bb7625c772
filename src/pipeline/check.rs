//! Somebody else's summary against an article.
//!
//! Owns: how a text becomes a summary, and the order of the steps.
//! In: a summary in English or Arabic, an article or a finished bitext, engines. Out: a [`Brief`] whose summary was given.

use super::assemble::{Engines, finished, signature};
use super::attribute::Sources;
use super::claims::Granularity;
use super::error::PipelineError;
use super::judge::{Bench, Witnesses, judge};
use super::parts;
use super::progress::Observer;
use super::translate::{TranslateOptions, translate};
use super::verify::VerifyOptions;
use crate::domain::{
    Bitext, Brief, ByteSpan, Language, ModelSignature, Report, SegmentedArticle, Summary,
    SummaryAuthor, SummaryError,
};
use crate::ports::Entailer;
use crate::text::english::sentences;

/// A summary that somebody else wrote.
#[derive(Clone, Debug, PartialEq)]
pub struct GivenSummary {
    /// Its sentences.
    pub summary: Summary,
    /// Its language.
    pub language: Language,
    /// How finely it is cut into claims.
    pub granularity: Granularity,
}

impl GivenSummary {
    /// A text whose sentences are cut into statements.
    ///
    /// # Errors
    /// [`SummaryError`] if its sentences do not cover it, which no text should do.
    pub fn text(text: &str, language: Language) -> Result<Self, SummaryError> {
        let summary = Summary::new(text.to_owned(), sentences(text))?;
        Ok(Self { summary, language, granularity: Granularity::Statements })
    }

    /// A text with a claim a line; empty lines are none.
    ///
    /// # Errors
    /// As [`text`](Self::text).
    pub fn lines(text: &str, language: Language) -> Result<Self, SummaryError> {
        let mut spans = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let start = at + (line.len() - line.trim_start().len());
            let end = start + line.trim().len();
            if start < end {
                spans.push(ByteSpan::within(text, start, end)?);
            }
            at += line.len();
        }
        let summary = Summary::new(text.to_owned(), spans)?;
        Ok(Self { summary, language, granularity: Granularity::Sentences })
    }
}

/// How a check is made.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckOptions {
    /// Translation.
    pub translate: TranslateOptions,
    /// Verdicts.
    pub verify: VerifyOptions,
    /// Settings to name in the signature.
    pub settings: Vec<(String, String)>,
    /// Warnings from reading.
    pub warnings: Vec<String>,
}

/// Translates `article` and holds `given` against it.
///
/// # Errors
/// [`PipelineError`] if an engine fails or the result does not hold.
pub fn check(
    article: SegmentedArticle,
    given: &GivenSummary,
    engines: &mut Engines<'_>,
    options: &CheckOptions,
    observer: &mut dyn Observer,
) -> Result<Brief, PipelineError> {
    let bitext = translate(article, engines.translator, &options.translate, observer)?;
    let Engines { translator, encoder, entailer, .. } = engines;
    let entailer = entailer.as_mut().map(|entailer| &mut **entailer as &mut dyn Entailer);
    let witnesses = Witnesses { encoder: &mut **encoder, entailer };
    checked(&bitext, given, (witnesses, vec![translator.signature()]), options, observer)
}

/// Holds `given` against an article that has its translation already; `witnesses` may be an encoder alone.
///
/// # Errors
/// As [`check`].
pub fn check_bitext<'a>(
    bitext: &Bitext,
    given: &GivenSummary,
    witnesses: impl Into<Witnesses<'a>>,
    options: &CheckOptions,
    observer: &mut dyn Observer,
) -> Result<Brief, PipelineError> {
    checked(bitext, given, (witnesses.into(), Vec::new()), options, observer)
}

fn checked(
    bitext: &Bitext,
    given: &GivenSummary,
    (witnesses, mut models): (Witnesses<'_>, Vec<ModelSignature>),
    options: &CheckOptions,
    observer: &mut dyn Observer,
) -> Result<Brief, PipelineError> {
    let mut bench = Bench::of(witnesses);
    let sources = Sources::of(bitext, bench.encoder, observer)?;
    let how = (given.language, given.granularity);
    let judgement = judge(&given.summary, how, bitext, (&sources, &options.verify), &mut bench)?;
    models.extend(bench.signatures());
    // A saved brief may bring the same remarks from when it was made.
    let new = judgement.remarks.iter().filter(|remark| !options.warnings.contains(remark));
    let warnings = options.warnings.iter().chain(new).cloned().collect();
    let report = Report {
        left_out: parts::left_out(bitext, options.translate.keep_boilerplate),
        failed: parts::failed(bitext),
        removed: Vec::new(),
        warnings,
        signature: signature(models, options.settings.clone()),
    };
    finished(bitext, (&given.summary, given.language, SummaryAuthor::Given), judgement, report)
}
