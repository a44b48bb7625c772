//! From a summary to judged claims.
//!
//! Owns: the order claims → attribute → verify → word links → coverage, the same for summaries made here and by others.
//! In: a bitext, a summary, an encoder. Out: claims ready for a brief, and the coverage.

use super::attribute::{Sources, Statement, attribute};
use super::claims::{Granularity, claims};
use super::coverage::coverage;
use super::error::PipelineError;
use super::parts;
use super::verify::{Judged, VerifyOptions, verify};
use super::words::link_pairs;
use crate::align::WordOptions;
use crate::domain::{Bitext, BriefClaim, Coverage, Language, Summary, WordLink};
use crate::ports::SentenceEncoder;

/// The claims of a summary with their verdicts, and what of the article they use.
#[derive(Clone, Debug)]
pub(super) struct Judgement {
    pub(super) claims: Vec<BriefClaim>,
    pub(super) coverage: Coverage,
}

/// Judges `summary` against `bitext`.
///
/// # Errors
/// [`PipelineError::Embed`] if the encoder fails.
pub(super) fn judge(
    summary: &Summary,
    (language, granularity): (Language, Granularity),
    bitext: &Bitext,
    (sources, options): (&Sources, &VerifyOptions),
    encoder: &mut dyn SentenceEncoder,
) -> Result<Judgement, PipelineError> {
    let claims = claims(summary, language, granularity);
    let statements = Statement::all(summary, &claims, language);
    let ranked = attribute(&statements, sources, encoder)?;
    let judged: Vec<Judged> = statements
        .iter()
        .zip(&ranked)
        .map(|(statement, ranked)| verify(statement, ranked, bitext, options))
        .collect();
    let texts: Vec<&str> = statements.iter().map(|statement| statement.text).collect();
    let vectors = encoder.embed(&texts)?;
    let coverage = coverage(bitext, &statements, &judged, sources, &vectors);
    let pairs = statements.iter().zip(&judged);
    let mut claims: Vec<BriefClaim> = pairs
        .map(|(statement, judged)| parts::claim(statement, &judged.attribution, bitext))
        .collect();
    link(&mut claims, encoder)?;
    Ok(Judgement { claims, coverage })
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
