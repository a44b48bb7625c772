//! From a summary to judged claims.
//!
//! Owns: the order claims → attribute → entailment → verify → word links → coverage, the same for summaries made here and by
//! others.
//! In: a bitext, a summary, an encoder, and an entailment model if there is one. Out: claims ready for a brief, and the coverage.

use super::attribute::{Sources, Statement, attribute};
use super::claims::{Granularity, claims};
use super::coverage::coverage;
use super::entail::{Reader, remarks};
use super::error::PipelineError;
use super::parts;
use super::verify::{Judged, Readings, VerifyOptions, verify_read};
use super::words::link_pairs;
use crate::align::WordOptions;
use crate::domain::{Bitext, BriefClaim, Coverage, Language, ModelSignature, Summary, WordLink};
use crate::ports::{Embedder, Entailer, SentenceEncoder};

/// The engines that compare a claim with its evidence.
pub struct Witnesses<'a> {
    /// One space for both languages.
    pub encoder: &'a mut dyn SentenceEncoder,
    /// Tells whether a text says what a claim says; without one, likeness alone decides.
    pub entailer: Option<&'a mut dyn Entailer>,
}

/// An encoder alone.
impl<'a, E: SentenceEncoder> From<&'a mut E> for Witnesses<'a> {
    fn from(encoder: &'a mut E) -> Self {
        Self { encoder, entailer: None }
    }
}

/// The same, the entailer with what it has read in this run.
pub(super) struct Bench<'a> {
    pub(super) encoder: &'a mut dyn SentenceEncoder,
    pub(super) reader: Option<Reader<'a>>,
}

impl<'a> Bench<'a> {
    pub(super) fn of(witnesses: Witnesses<'a>) -> Self {
        let Witnesses { encoder, entailer } = witnesses;
        Self { encoder, reader: entailer.map(Reader::new) }
    }

    /// The models behind it.
    pub(super) fn signatures(&self) -> Vec<ModelSignature> {
        let encoder = Embedder::signature(&*self.encoder);
        [encoder].into_iter().chain(self.reader.as_ref().map(Reader::signature)).collect()
    }
}

/// The claims of a summary with their verdicts, and what of the article they use.
#[derive(Clone, Debug)]
pub(super) struct Judgement {
    pub(super) claims: Vec<BriefClaim>,
    pub(super) coverage: Coverage,
    /// What an engine could not read whole.
    pub(super) remarks: Vec<String>,
}

/// Judges `summary` against `bitext`.
///
/// # Errors
/// [`PipelineError::Embed`] if the encoder fails, [`PipelineError::Entail`] if the entailment model does.
pub(super) fn judge(
    summary: &Summary,
    (language, granularity): (Language, Granularity),
    bitext: &Bitext,
    (sources, options): (&Sources, &VerifyOptions),
    bench: &mut Bench<'_>,
) -> Result<Judgement, PipelineError> {
    let encoder = &mut *bench.encoder;
    let claims = claims(summary, language, granularity);
    let statements = Statement::all(summary, &claims, language);
    let ranked = attribute(&statements, sources, encoder)?;
    let readings = match &mut bench.reader {
        Some(reader) => reader.read(&statements, &ranked, bitext)?,
        None => vec![Readings::default(); statements.len()],
    };
    let judged: Vec<Judged> = statements
        .iter()
        .zip(&ranked)
        .zip(&readings)
        .map(|((statement, ranked), read)| verify_read(statement, ranked, bitext, options, read))
        .collect();
    let texts: Vec<&str> = statements.iter().map(|statement| statement.text).collect();
    let vectors = encoder.embed(&texts)?;
    let coverage = coverage(bitext, &statements, &judged, sources, &vectors);
    let pairs = statements.iter().zip(&judged).zip(&readings);
    let mut claims: Vec<BriefClaim> = pairs
        .map(|((statement, judged), read)| {
            parts::claim(statement, &judged.attribution, read, bitext)
        })
        .collect();
    link(&mut claims, encoder)?;
    let mut remarks = remarks(&statements, &readings);
    remarks.extend(bench.reader.as_ref().and_then(|reader| reader.unread(language)));
    Ok(Judgement { claims, coverage, remarks })
}

/// Links the words of each claim with those of its evidence.
fn link(claims: &mut [BriefClaim], encoder: &mut dyn SentenceEncoder) -> Result<(), PipelineError> {
    let texts: Vec<(&str, &str)> = claims
        .iter()
        .flat_map(|claim| claim.evidence.iter().map(|e| (claim.text.as_str(), e.quote.as_str())))
        .collect();
    let mut linked = link_pairs(&texts, encoder, &WordOptions::default())?.into_iter();
    for claim in claims {
        let start = claim.span.start();
        for evidence in &mut claim.evidence {
            let links = linked.next().unwrap_or_default().into_iter();
            let shift = evidence.span.start();
            evidence.words = links
                .map(|(of_claim, of_source)| WordLink {
                    claim: of_claim.shifted_by(start),
                    source: of_source.shifted_by(shift),
                })
                .collect();
        }
    }
    Ok(())
}
