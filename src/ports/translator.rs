//! Source segments to target text.

use super::Cause;
use crate::domain::ModelSignature;

/// How hard to search for a translation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Search {
    /// Hypotheses kept alive; 1 is greedy search.
    pub beam_width: usize,
    /// Exponent of the length by which a hypothesis' log-probability is divided; 0 leaves it as it is.
    pub length_penalty: f32,
    /// Length of the n-grams that may not come twice in one output; 0 allows all.
    pub no_repeat_ngram: usize,
    /// Whether letters of the source script are forbidden in the output.
    pub forbid_source_script: bool,
    /// Tokens after which decoding is cut.
    pub max_new_tokens: usize,
}

/// Why decoding of one segment ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// The model gave its end mark.
    EndMark,
    /// The token limit was reached.
    TokenLimit,
}

/// What the engine makes of one segment.
#[derive(Clone, Debug, PartialEq)]
pub struct Hypothesis {
    /// The text.
    pub text: String,
    /// Mean log-probability of its tokens, end mark included, in nats.
    pub mean_logprob_nats: f32,
    /// Tokens generated, end mark included.
    pub tokens: usize,
    /// Why decoding ended.
    pub stop: StopReason,
}

impl Hypothesis {
    /// What becomes of a segment without text.
    #[must_use]
    pub fn empty() -> Self {
        Self { text: String::new(), mean_logprob_nats: 0.0, tokens: 0, stop: StopReason::EndMark }
    }
}

/// A hypothesis and what it was ranked by.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    /// The hypothesis.
    pub hypothesis: Hypothesis,
    /// The sum of its log-probabilities, divided by its length to the power of the length penalty.
    pub score: f32,
}

/// How likely an engine finds one token of a translation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TokenScore {
    /// Bytes of the translation that it spells; none for the end mark. It may be part of a character.
    pub bytes: (usize, usize),
    /// Its log-probability behind the tokens before it, in nats.
    pub logprob_nats: f32,
    /// Entropy of what the engine would write in its place, in nats.
    pub entropy_nats: f32,
    /// How many other tokens the engine finds likelier in its place.
    pub rank: usize,
}

/// How likely an engine finds a translation that is given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scored {
    /// Its tokens, and the end mark behind them.
    pub tokens: Vec<TokenScore>,
    /// English words and names that the engine's lexicon has for those of the source.
    pub known: Vec<String>,
}

/// Why a translator could not work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TranslateError {
    /// The engine failed.
    #[error("the translation engine failed")]
    Engine(#[source] Cause),
    /// A segment does not fit the model; the caller must cut it first.
    #[error("segment {index} needs {needed} tokens, the model takes {limit}")]
    SegmentTooLong {
        /// Index in the call.
        index: usize,
        /// Tokens of the prompt and the longest answer.
        needed: usize,
        /// Tokens the model takes.
        limit: usize,
    },
}

/// Turns source segments into target text.
///
/// 1. One hypothesis a segment, in the same order; none for none.
/// 2. A result does not depend on the other segments of the call.
/// 3. Same weights and same options give the same bytes.
/// 4. An empty segment gives an empty text.
/// 5. `on_done` is told each time a segment is finished, once a segment.
/// 6. [`n_best`](Self::n_best) gives the hypotheses of [`translate`](Self::translate) first, and likelier ones before others.
/// 7. [`score`](Self::score) gives one answer a pair, in the same order, that does not depend on the other pairs: none at all, or
///    of a translation of its own the probabilities with which it was made.
pub trait Translator: TokenCounter {
    /// Translates `segments`.
    ///
    /// # Errors
    /// Only when the engine itself fails or a segment does not fit; a hard segment is a poor
    /// [`Hypothesis`], not an error.
    fn translate(
        &mut self,
        segments: &[&str],
        search: &Search,
        on_done: &mut (dyn FnMut() + Send),
    ) -> Result<Vec<Hypothesis>, TranslateError>;

    /// For each of `segments` the hypotheses that its search finished, best first, the first of them that of
    /// [`translate`](Self::translate): as many as the search is wide where it finishes so many, and none for a segment without
    /// text. An engine that keeps one gives that one.
    ///
    /// # Errors
    /// As [`translate`](Self::translate).
    fn n_best(
        &mut self,
        segments: &[&str],
        search: &Search,
        on_done: &mut (dyn FnMut() + Send),
    ) -> Result<Vec<Vec<Ranked>>, TranslateError> {
        let made = self.translate(segments, search, on_done)?;
        let ranked = |hypothesis: Hypothesis| {
            let score = hypothesis.mean_logprob_nats;
            (hypothesis.tokens > 0).then_some(Ranked { hypothesis, score })
        };
        Ok(made.into_iter().map(|hypothesis| ranked(hypothesis).into_iter().collect()).collect())
    }

    /// For each of `pairs` of a source and a translation how likely the engine finds the translation; `None` for a pair without
    /// words or without room in the model, and for all where the engine cannot tell.
    ///
    /// # Errors
    /// Only when the engine itself fails.
    fn score(&mut self, pairs: &[(&str, &str)]) -> Result<Vec<Option<Scored>>, TranslateError> {
        Ok(vec![None; pairs.len()])
    }

    /// The model behind it.
    fn signature(&self) -> ModelSignature;
}

/// Counts tokens as the engine does.
///
/// 1. The empty text has none.
/// 2. The same text always has the same count.
pub trait TokenCounter {
    /// Tokens of `text`, without marks of begin and end.
    fn count_tokens(&self, text: &str) -> usize;

    /// Tokens a segment may have.
    fn max_segment_tokens(&self) -> usize;
}
