//! Claims to the segments they rest on, by two roads.
//!
//! Owns: the ranking of evidence. Through English: the claim against the English of each segment, whose id
//! then leads to the Arabic without a doubt. Across: the claim against the Arabic itself.
//! In: vectors of claims and of both sides of the bitext. Out: ranked links; no verdict yet.

use super::error::PipelineError;
use super::progress::{Observer, Stage};
use super::summarize::dot;
use crate::domain::{Bitext, Claim, EvidenceLink, Outcome, Road, SegmentId, Summary};
use crate::ports::Embedder;
use crate::text::{Profile, normalize};

/// Segments that evidence can come from, with their vectors in both languages.
pub struct Vectors {
    segments: Vec<SegmentId>,
    english: Vec<Vec<f32>>,
    arabic: Vec<Vec<f32>>,
}

/// Sentences embedded in one call, so that progress shows.
const CHUNK: usize = 64;

impl Vectors {
    /// Embeds both sides of every segment that has a translation.
    ///
    /// # Errors
    /// [`PipelineError::Embed`] if the encoder fails.
    pub fn of(
        bitext: &Bitext,
        embedder: &mut dyn Embedder,
        observer: &mut dyn Observer,
    ) -> Result<Self, PipelineError> {
        let translated = |(_, translation): &(usize, &crate::domain::Translation)| {
            translation.outcome != Outcome::Skipped && !translation.text.trim().is_empty()
        };
        let segments: Vec<SegmentId> = bitext
            .translations()
            .iter()
            .enumerate()
            .filter(translated)
            .map(|(index, _)| SegmentId::new(index))
            .collect();
        let english: Vec<String> =
            segments.iter().filter_map(|id| Some(bitext.translation(*id)?.text.clone())).collect();
        // The encoder knows no Arabic-Indic digits and no presentation forms.
        let arabic: Vec<String> = segments
            .iter()
            .map(|id| normalize(bitext.source().segment_text(*id), Profile::Translate))
            .map(|normal| normal.text().to_owned())
            .collect();
        observer.begin(Stage::Embed, 2 * segments.len());
        let english = embed(&english, embedder, observer)?;
        let arabic = embed(&arabic, embedder, observer)?;
        observer.end();
        Ok(Self { segments, english, arabic })
    }

    /// All segments by similarity to `claim` on one road, best first, earlier segments first among equals.
    fn ranked(&self, claim: &[f32], road: Road) -> Vec<EvidenceLink> {
        let side = match road {
            Road::ThroughEnglish => &self.english,
            Road::Across => &self.arabic,
        };
        let link = |(segment, vector): (&SegmentId, &Vec<f32>)| {
            let score = dot(vector, claim);
            EvidenceLink { segment: *segment, score, road }
        };
        let mut links: Vec<EvidenceLink> = self.segments.iter().zip(side).map(link).collect();
        links.sort_by(|a, b| b.score.total_cmp(&a.score));
        links
    }
}

fn embed(
    texts: &[String],
    embedder: &mut dyn Embedder,
    observer: &mut dyn Observer,
) -> Result<Vec<Vec<f32>>, PipelineError> {
    let mut vectors = Vec::with_capacity(texts.len());
    for chunk in texts.chunks(CHUNK) {
        let chunk: Vec<&str> = chunk.iter().map(String::as_str).collect();
        vectors.extend(embedder.embed(&chunk)?);
        for _ in chunk {
            observer.advance();
        }
    }
    Ok(vectors)
}

/// For each claim, the `most` best links of each road: those through English first, each road best first.
///
/// # Errors
/// [`PipelineError::Embed`] if the encoder fails.
pub fn attribute(
    summary: &Summary,
    claims: &[Claim],
    vectors: &Vectors,
    embedder: &mut dyn Embedder,
    most: usize,
) -> Result<Vec<Vec<EvidenceLink>>, PipelineError> {
    let texts: Vec<&str> = claims.iter().filter_map(|c| c.span.of(summary.text())).collect();
    let claim_vectors = embedder.embed(&texts)?;
    let links = |claim: &Vec<f32>| {
        let mut links = vectors.ranked(claim, Road::ThroughEnglish);
        links.truncate(most);
        let mut across = vectors.ranked(claim, Road::Across);
        across.truncate(most);
        links.extend(across);
        links
    };
    Ok(claim_vectors.iter().map(links).collect())
}
