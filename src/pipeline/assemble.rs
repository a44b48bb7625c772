//! The whole way from a segmented article to a finished brief.
//!
//! Owns: the order of the steps, and what the reader is told.
//! In: a segmented article, engines, options. Out: a [`Brief`] that passed its own check.

use super::attribute::{Vectors, attribute};
use super::claims::claims;
use super::error::PipelineError;
use super::progress::Observer;
use super::summarize::Extractive;
use super::translate::{TranslateOptions, translate};
use super::verify::{VerifyOptions, verify};
use crate::domain::{
    Attribution, Bitext, Brief, BriefClaim, BriefParagraph, BriefSegment, Claim, Evidence,
    FailedSegment, LeftOut, ParagraphId, ParagraphKind, Report, SCHEMA_VERSION, SegmentId,
    SegmentedArticle, Signature, Summary, Translation,
};
use crate::ports::{Candidate, Embedder, Length, Summarizer, Translator};

/// The engines of a run.
pub struct Engines<'a> {
    /// Arabic to English.
    pub translator: &'a mut dyn Translator,
    /// One space for both languages.
    pub embedder: &'a mut dyn Embedder,
}

/// How a brief is made.
#[derive(Clone, Debug, PartialEq)]
pub struct BriefOptions {
    /// Translation.
    pub translate: TranslateOptions,
    /// Length of the summary.
    pub length: Length,
    /// Verdicts.
    pub verify: VerifyOptions,
    /// Settings to name in the signature.
    pub settings: Vec<(String, String)>,
    /// Warnings from reading the article.
    pub warnings: Vec<String>,
}

/// Links of each road that are looked at for a claim.
const LINKS_A_ROAD: usize = 3;

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
    let title = bitext.source().title();
    let english_title = title.map(|id| joined(&bitext, id));
    let summary = Extractive::new(engines.embedder).summarize(
        english_title.as_deref(),
        &candidates(&bitext),
        options.length,
    )?;
    let claims = claims(&summary);
    let vectors = Vectors::of(&bitext, engines.embedder, observer)?;
    let links = attribute(&summary, &claims, &vectors, engines.embedder, LINKS_A_ROAD)?;
    let attributions: Vec<Attribution> = claims
        .iter()
        .zip(&links)
        .map(|(claim, links)| {
            let text = claim.span.of(summary.text()).unwrap_or_default();
            verify(claim.id, text, links, &bitext, &options.verify)
        })
        .collect();
    let brief = Brief {
        schema_version: SCHEMA_VERSION,
        article: bitext.source().article().clone(),
        title: title.and_then(|id| title_segment(&bitext, id)),
        claims: brief_claims(&summary, &claims, &attributions, &bitext),
        summary: summary.text().to_owned(),
        paragraphs: paragraphs(&bitext),
        report: report(&bitext, engines, options),
    };
    brief.check()?;
    Ok(brief)
}

/// Sound translations of running text: what a summary may draw on.
fn candidates(bitext: &Bitext) -> Vec<Candidate> {
    let source = bitext.source();
    let mut candidates = Vec::new();
    for (index, translation) in bitext.translations().iter().enumerate() {
        let segment = SegmentId::new(index);
        let kind = source.paragraph_of(segment).map(|paragraph| paragraph.kind);
        let running = matches!(kind, Some(ParagraphKind::Body | ParagraphKind::ListItem));
        if running && translation.is_sound() {
            candidates.push(Candidate { segment, text: translation.text.clone() });
        }
    }
    candidates
}

fn joined(bitext: &Bitext, paragraph: ParagraphId) -> String {
    let segments = bitext.source().paragraphs().get(paragraph.index());
    let ids = segments.into_iter().flat_map(crate::domain::Paragraph::segment_ids);
    let texts: Vec<&str> =
        ids.filter_map(|id| Some(bitext.translation(id)?.text.as_str())).collect();
    texts.join(" ")
}

fn title_segment(bitext: &Bitext, title: ParagraphId) -> Option<BriefSegment> {
    let first = bitext.source().paragraphs().get(title.index())?.segment_ids().next()?;
    brief_segment(bitext, first)
}

fn brief_segment(bitext: &Bitext, id: SegmentId) -> Option<BriefSegment> {
    let segment = bitext.source().segments().get(id.index())?;
    Some(BriefSegment {
        id,
        span: segment.span,
        source: bitext.source().segment_text(id).to_owned(),
        translation: bitext.translation(id)?.clone(),
    })
}

fn paragraphs(bitext: &Bitext) -> Vec<BriefParagraph> {
    let numbered = bitext.source().paragraphs().iter().enumerate();
    numbered
        .map(|(index, paragraph)| BriefParagraph {
            id: ParagraphId::new(index),
            span: paragraph.span,
            kind: paragraph.kind,
            segments: paragraph.segment_ids().filter_map(|id| brief_segment(bitext, id)).collect(),
        })
        .collect()
}

fn brief_claims(
    summary: &Summary,
    claims: &[Claim],
    attributions: &[Attribution],
    bitext: &Bitext,
) -> Vec<BriefClaim> {
    let claim = |(claim, attribution): (&Claim, &Attribution)| BriefClaim {
        id: claim.id,
        text: claim.span.of(summary.text()).unwrap_or_default().to_owned(),
        span: claim.span,
        verdict: attribution.verdict.clone(),
        evidence: evidence(attribution, bitext),
    };
    claims.iter().zip(attributions).map(claim).collect()
}

/// Links to the same segment are one piece of evidence with several scores.
fn evidence(attribution: &Attribution, bitext: &Bitext) -> Vec<Evidence> {
    let mut pieces: Vec<Evidence> = Vec::new();
    for link in &attribution.links {
        let score = (link.road, link.score);
        if let Some(piece) = pieces.iter_mut().find(|piece| piece.segment == link.segment) {
            piece.scores.push(score);
            continue;
        }
        let segment = bitext.source().segments().get(link.segment.index());
        pieces.extend(segment.map(|segment| Evidence {
            segment: link.segment,
            paragraph: segment.paragraph,
            span: segment.span,
            quote: bitext.source().segment_text(link.segment).to_owned(),
            translation: bitext.translation(link.segment).map(text_of).unwrap_or_default(),
            scores: vec![score],
        }));
    }
    pieces
}

fn text_of(translation: &Translation) -> String {
    translation.text.clone()
}

fn report(bitext: &Bitext, engines: &Engines<'_>, options: &BriefOptions) -> Report {
    let source = bitext.source();
    let numbered = source.paragraphs().iter().enumerate();
    let left_out = numbered.filter_map(|(index, paragraph)| match paragraph.kind {
        ParagraphKind::Boilerplate(kind) if !options.translate.keep_boilerplate => {
            let paragraph = ParagraphId::new(index);
            Some(LeftOut { paragraph, kind, text: source.paragraph_text(paragraph).to_owned() })
        }
        _ => None,
    });
    let failed = bitext.failed().filter_map(|(segment, reasons)| {
        let paragraph = source.segments().get(segment.index())?.paragraph;
        Some(FailedSegment { segment, paragraph, reasons: reasons.to_vec() })
    });
    Report {
        left_out: left_out.collect(),
        failed: failed.collect(),
        warnings: options.warnings.clone(),
        signature: Signature {
            models: vec![engines.translator.signature(), engines.embedder.signature()],
            settings: options.settings.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
    }
}
