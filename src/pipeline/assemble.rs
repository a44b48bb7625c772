//! The whole way from a segmented article to a finished brief.
//!
//! Owns: the order of the steps, and what a strict run takes out.
//! In: a segmented article, engines, options. Out: a [`Brief`] that passed its own check.

use std::collections::BTreeSet;

use super::attribute::Sources;
use super::claims::Granularity;
use super::error::PipelineError;
use super::judge::{Bench, Judgement, Witnesses, judge};
use super::parts;
use super::progress::Observer;
use super::summarize::abstractive::drafts;
use super::summarize::{Compress, Extractive};
use super::translate::{TranslateOptions, translate};
use super::verify::VerifyOptions;
use crate::domain::{
    Bitext, Brief, ByteSpan, Language, Removed, Report, SCHEMA_VERSION, SegmentId,
    SegmentedArticle, Signature, Summary, SummaryAuthor, Verdict,
};
use crate::ports::{Candidate, Entailer, Length, SentenceEncoder, Summarizer, Translator, Writer};

/// The engines of a run.
pub struct Engines<'a> {
    /// Arabic to English.
    pub translator: &'a mut dyn Translator,
    /// One space for both languages.
    pub encoder: &'a mut dyn SentenceEncoder,
    /// Writes abstractive summaries; not needed for others.
    pub writer: Option<&'a mut dyn Writer>,
    /// Tells whether a text says what a claim says; without one, likeness alone decides.
    pub entailer: Option<&'a mut dyn Entailer>,
}

/// How a summary is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Style {
    /// Sentences of the translation as they are.
    #[default]
    Extractive,
    /// The same, shortened.
    Compress,
    /// Written by a model, from the translation.
    Abstractive,
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
    let Engines { translator, encoder, writer, entailer } = engines;
    let entailer = entailer.as_mut().map(|entailer| &mut **entailer as &mut dyn Entailer);
    let mut bench = Bench::of(Witnesses { encoder: &mut **encoder, entailer });
    let sources = Sources::of(&bitext, bench.encoder, observer)?;
    let writer = writer.as_mut().map(|writer| &mut **writer as &mut dyn Writer);
    let mut models = vec![translator.signature()];
    models.extend(bench.signatures());
    models.extend(writer.as_ref().map(|writer| writer.signature()));
    let Made { summary, judgement, removed, rejected } =
        made(&bitext, &sources, (writer, &mut bench), options)?;
    let author = match options.style {
        Style::Extractive => SummaryAuthor::Extractive,
        Style::Compress => SummaryAuthor::Compress,
        Style::Abstractive => SummaryAuthor::Abstractive,
    };
    let mut warnings = options.warnings.clone();
    warnings.extend(judgement.remarks.iter().cloned());
    if summary.sentences().is_empty() && !removed.is_empty() {
        warnings.push("no sentence could be verified, so the summary is empty".to_owned());
    }
    if rejected > 0 {
        warnings.push(format!(
            "{rejected} citation(s) in the written summary name no sentence of the article and were rejected"
        ));
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

/// A summary with its verdicts.
struct Made {
    summary: Summary,
    judgement: Judgement,
    removed: Vec<Removed>,
    /// Citations that name no sentence.
    rejected: usize,
}

/// What every step of making a summary looks at.
struct Desk<'a> {
    bitext: &'a Bitext,
    sources: &'a Sources,
    title: Option<String>,
    options: &'a BriefOptions,
}

fn made(
    bitext: &Bitext,
    sources: &Sources,
    (writer, bench): (Option<&mut dyn Writer>, &mut Bench<'_>),
    options: &BriefOptions,
) -> Result<Made, PipelineError> {
    let title = bitext.source().title().map(|id| parts::joined(bitext, id));
    let desk = Desk { bitext, sources, title, options };
    match (options.style, writer) {
        (Style::Abstractive, Some(writer)) => desk.written(writer, bench),
        (Style::Abstractive, None) => Err(PipelineError::NoWriter),
        (Style::Extractive | Style::Compress, _) => desk.picked(bench),
    }
}

impl Desk<'_> {
    fn judge(&self, summary: &Summary, bench: &mut Bench<'_>) -> Result<Judgement, PipelineError> {
        let how = (Language::English, Granularity::Statements);
        judge(summary, how, self.bitext, (self.sources, &self.options.verify), bench)
    }

    /// Picks sentences. A strict run takes out those with a claim that is not verified and asks again without their
    /// segments, until all that is left is verified.
    fn picked(&self, bench: &mut Bench<'_>) -> Result<Made, PipelineError> {
        let mut candidates = parts::candidates(self.bitext);
        let mut removed = Vec::new();
        for _ in 0..STRICT_ROUNDS {
            let summary = self.pick(&candidates, bench.encoder)?;
            let judgement = self.judge(&summary, bench)?;
            let bad = unverified(&judgement);
            if !self.options.strict || bad.is_empty() {
                return Ok(Made { summary, judgement, removed, rejected: 0 });
            }
            removed.extend(bad.iter().filter_map(|index| taken(&summary, &judgement, *index)));
            let gone: Vec<SegmentId> =
                bad.iter().flat_map(|index| summary.cited(*index).to_vec()).collect();
            candidates.retain(|candidate| !gone.contains(&candidate.segment));
        }
        let summary = self.pick(&candidates, bench.encoder)?;
        self.cleaned(&summary, removed, bench)
    }

    fn pick(
        &self,
        candidates: &[Candidate],
        encoder: &mut dyn SentenceEncoder,
    ) -> Result<Summary, PipelineError> {
        let (title, length) = (self.title.as_deref(), self.options.length);
        Ok(match self.options.style {
            Style::Compress => Compress::new(encoder).summarize(title, candidates, length)?,
            _ => Extractive::new(encoder).summarize(title, candidates, length)?,
        })
    }

    /// Has drafts written and takes the one whose claims and citations hold best, the likeliest among equals.
    fn written(
        &self,
        writer: &mut dyn Writer,
        bench: &mut Bench<'_>,
    ) -> Result<Made, PipelineError> {
        let candidates = parts::candidates(self.bitext);
        let (title, length) = (self.title.as_deref(), self.options.length);
        let drafts = drafts(title, &candidates, length, writer, bench.encoder)?;
        let mut best: Option<(f32, Made)> = None;
        for draft in drafts {
            let judgement = self.judge(&draft.summary, bench)?;
            let worth = worth(&draft.summary, &judgement);
            if best.as_ref().is_none_or(|(other, _)| worth > *other) {
                let (summary, rejected) = (draft.summary, draft.rejected);
                best = Some((worth, Made { summary, judgement, removed: Vec::new(), rejected }));
            }
        }
        match best {
            Some((_, made)) if self.options.strict => {
                let rejected = made.rejected;
                Ok(Made { rejected, ..self.cleaned(&made.summary, Vec::new(), bench)? })
            }
            Some((_, made)) => Ok(made),
            None => self.cleaned(&Summary::new(String::new(), Vec::new())?, Vec::new(), bench),
        }
    }

    /// The summary without sentences that have a claim which is not verified.
    fn cleaned(
        &self,
        summary: &Summary,
        mut removed: Vec<Removed>,
        bench: &mut Bench<'_>,
    ) -> Result<Made, PipelineError> {
        let judgement = self.judge(summary, bench)?;
        let bad = unverified(&judgement);
        removed.extend(bad.iter().filter_map(|index| taken(summary, &judgement, *index)));
        let summary = without(summary, &bad)?;
        let judgement = self.judge(&summary, bench)?;
        Ok(Made { summary, judgement, removed, rejected: 0 })
    }
}

/// How well a draft holds: the share of its claims that are verified and whose evidence is what they cite, then how sure the
/// verdicts are. An empty draft is worth nothing.
#[expect(clippy::cast_precision_loss, reason = "drafts have few claims")]
fn worth(summary: &Summary, judgement: &Judgement) -> f32 {
    let claims = &judgement.claims;
    let held = claims.iter().filter(|claim| {
        let cited = summary.cited(claim.sentence);
        claim.verdict == Verdict::Verified
            && claim.evidence.iter().any(|evidence| cited.contains(&evidence.segment))
    });
    let sure: f32 = claims.iter().map(|claim| claim.confidence).sum();
    (held.count() as f32 + 0.1 * sure) / claims.len().max(1) as f32
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
