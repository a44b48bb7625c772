//! Claims to the segments they rest on, by two roads.
//!
//! Owns: the ranking of evidence. Through English: the claim against the English of each segment, whose id
//! then leads to the Arabic without a doubt. Across: the claim against the Arabic itself. Beside both, the words that
//! a claim shares with a segment of its own language.
//! In: claims and both sides of the bitext. Out: ranked segments; no verdict yet.

mod lexical;

use lexical::Lexicon;

use super::error::PipelineError;
use super::progress::{Observer, Stage};
use super::summarize::dot;
use crate::domain::{Bitext, ByteSpan, Claim, Language, Outcome, SegmentId, Summary};
use crate::ports::Embedder;
use crate::text::{Profile, normalize};

/// A claim with its words and what surrounds it.
#[derive(Clone, Copy, Debug)]
pub struct Statement<'a> {
    /// The claim.
    pub claim: Claim,
    /// Its words.
    pub text: &'a str,
    /// The sentence of the summary that it is part of.
    pub sentence: &'a str,
    /// The language of both.
    pub language: Language,
    /// Segments that the author of the summary cites for it.
    pub cited: &'a [SegmentId],
}

impl<'a> Statement<'a> {
    /// The claims of `summary` with their words.
    #[must_use]
    pub fn all(summary: &'a Summary, claims: &[Claim], language: Language) -> Vec<Self> {
        let text = summary.text();
        let statement = |claim: &Claim| {
            let sentence = summary.sentences().get(claim.sentence).copied();
            Self {
                claim: *claim,
                text: claim.span.of(text).unwrap_or_default(),
                sentence: sentence.and_then(|span| span.of(text)).unwrap_or_default(),
                language,
                cited: summary.cited(claim.sentence),
            }
        };
        claims.iter().map(statement).collect()
    }

    /// A span of this claim's words as one of the whole summary.
    #[must_use]
    pub fn in_summary(&self, span: ByteSpan) -> ByteSpan {
        span.shifted_by(self.claim.span.start())
    }
}

/// How well one segment bears a claim out, as far as likeness tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Support {
    /// The segment.
    pub segment: SegmentId,
    /// Cosine of the claim and the segment's English, −1 to 1.
    pub through_english: f32,
    /// Cosine of the claim and the segment's Arabic, −1 to 1.
    pub across: f32,
    /// Share of the claim's words that the segment has in the claim's language, rare words counting more, 0 to 1.
    pub words: f32,
    /// The three in one figure; the greatest comes first.
    pub rank: f32,
}

/// How much each of the three counts in the rank: through English, across, words. Chosen on the development part of
/// `tests/data/claims`.
const RANK: [f32; 3] = [0.4, 0.25, 0.35];
/// How much the sentence around a claim counts beside the claim itself: a clause alone may say too little.
const CONTEXT: f32 = 0.3;
/// What a segment gains that the author of the summary cites.
const CITED: f32 = 0.15;

/// Segments that evidence can come from, with their vectors and words in both languages.
pub struct Sources {
    segments: Vec<SegmentId>,
    english: Vec<Vec<f32>>,
    arabic: Vec<Vec<f32>>,
    english_words: Lexicon,
    arabic_words: Lexicon,
}

/// Sentences embedded in one call, so that progress shows.
const CHUNK: usize = 64;

impl Sources {
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
        let english_words = Lexicon::of(english.iter().map(String::as_str), Language::English);
        let arabic_words = Lexicon::of(arabic.iter().map(String::as_str), Language::Arabic);
        observer.begin(Stage::Embed, 2 * segments.len());
        let english = embed(&english, embedder, observer)?;
        let arabic = embed(&arabic, embedder, observer)?;
        observer.end();
        Ok(Self { segments, english, arabic, english_words, arabic_words })
    }

    /// The segments that evidence can come from, in order.
    #[must_use]
    pub fn segments(&self) -> &[SegmentId] {
        &self.segments
    }

    /// Vectors of the English side, in the order of [`segments`](Self::segments).
    pub(super) fn english(&self) -> &[Vec<f32>] {
        &self.english
    }

    /// All segments by how well they bear `statement` out, best first, earlier ones first among equals.
    fn ranked(&self, statement: &Statement<'_>, claim: &[f32], sentence: &[f32]) -> Vec<Support> {
        let lexicon = match statement.language {
            Language::English => &self.english_words,
            Language::Arabic => &self.arabic_words,
        };
        let (of_claim, of_sentence) =
            (lexicon.shares(statement.text), lexicon.shares(statement.sentence));
        let support = |index: usize| -> Option<Support> {
            let (english, arabic) = (self.english.get(index)?, self.arabic.get(index)?);
            let segment = *self.segments.get(index)?;
            let near = [dot(english, claim), dot(arabic, claim), *of_claim.get(index)?];
            let around = [dot(english, sentence), dot(arabic, sentence), *of_sentence.get(index)?];
            let cited = if statement.cited.contains(&segment) { CITED } else { 0.0 };
            Some(Support {
                segment,
                through_english: near[0],
                across: near[1],
                words: near[2],
                rank: (1.0 - CONTEXT) * dot(&RANK, &near) + CONTEXT * dot(&RANK, &around) + cited,
            })
        };
        let mut ranked: Vec<Support> = (0..self.segments.len()).filter_map(support).collect();
        ranked.sort_by(|a, b| b.rank.total_cmp(&a.rank));
        ranked
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

/// For each statement all segments, best first.
///
/// # Errors
/// [`PipelineError::Embed`] if the encoder fails.
pub fn attribute(
    statements: &[Statement<'_>],
    sources: &Sources,
    embedder: &mut dyn Embedder,
) -> Result<Vec<Vec<Support>>, PipelineError> {
    let normal = |text: &str| normalize(text, Profile::Translate).text().to_owned();
    let texts: Vec<String> = statements.iter().map(|s| normal(s.text)).collect();
    let around: Vec<String> = statements.iter().map(|s| normal(s.sentence)).collect();
    let claims = embed(&texts, embedder, &mut super::Silent)?;
    let sentences = embed(&around, embedder, &mut super::Silent)?;
    let both = claims.iter().zip(&sentences);
    let ranked =
        statements.iter().zip(both).map(|(s, (claim, around))| sources.ranked(s, claim, around));
    Ok(ranked.collect())
}
