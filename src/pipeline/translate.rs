//! Segments to a bitext: translate, check, try again.
//!
//! Owns: the retry policy. A segment that fails a check is tried again with the careful search, then in
//! smaller pieces; the attempt with the fewest faults is kept, and what still fails says so.
//! In: a segmented article and a translator. Out: a [`Bitext`].
//! Never: the checks themselves (that is `checks`).

use super::checks::{Thresholds, judge};
use super::error::PipelineError;
use super::progress::{Observer, Stage};
use crate::domain::{Bitext, Outcome, SegmentId, SegmentedArticle, Translation};
use crate::ports::{Hypothesis, Search, StopReason, Translator};
use crate::text::script::letters;
use crate::text::{Profile, budget, normalize};

/// How segments are translated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TranslateOptions {
    /// Whether boilerplate is translated, too.
    pub keep_boilerplate: bool,
    /// The first attempt.
    pub search: Search,
    /// Later attempts.
    pub retry: Search,
    /// Attempts a segment gets, at most; at least 1.
    pub max_attempts: usize,
    /// When an attempt counts as failed.
    pub thresholds: Thresholds,
}

/// A segment on its way.
struct Work {
    id: SegmentId,
    /// Normalised source.
    source: String,
    best: Option<Attempt>,
    attempts: usize,
}

struct Attempt {
    hypothesis: Hypothesis,
    reasons: Vec<crate::domain::FailureReason>,
}

impl Attempt {
    /// Fewer faults first, then the likelier text.
    fn is_better_than(&self, other: &Self) -> bool {
        let (ours, theirs) = (self.reasons.len(), other.reasons.len());
        let likelier = self.hypothesis.mean_logprob_nats > other.hypothesis.mean_logprob_nats;
        ours < theirs || ours == theirs && likelier
    }
}

/// Smallest piece, in tokens, that a retry cuts a segment into.
const MIN_PIECE_TOKENS: usize = 12;

/// Translates every segment that is not boilerplate.
///
/// # Errors
/// [`PipelineError`] only if the engine itself fails.
pub fn translate(
    article: SegmentedArticle,
    translator: &mut dyn Translator,
    options: &TranslateOptions,
    observer: &mut dyn Observer,
) -> Result<Bitext, PipelineError> {
    let mut work = Vec::new();
    let mut translations = Vec::with_capacity(article.segments().len());
    for index in 0..article.segments().len() {
        let id = SegmentId::new(index);
        let boilerplate = article.paragraph_of(id).is_some_and(|p| p.kind.is_boilerplate());
        let source = article.segment_text(id);
        translations.push(Translation::skipped());
        if boilerplate && !options.keep_boilerplate {
            continue;
        }
        if letters(source).arabic == 0 {
            // Nothing to translate: figures, a Latin name, an address. It stands as it is.
            translations[index] = verbatim(source);
            continue;
        }
        let source = normalize(source, Profile::Translate).text().to_owned();
        work.push(Work { id, source, best: None, attempts: 0 });
    }
    for attempt in 1..=options.max_attempts.max(1) {
        let mut open: Vec<&mut Work> = work.iter_mut().filter(|work| !work.is_sound()).collect();
        if open.is_empty() {
            break;
        }
        try_all(&mut open, attempt, translator, options, observer)?;
    }
    for work in work {
        let index = work.id.index();
        translations[index] = work.into_translation();
    }
    Ok(Bitext::new(article, translations)?)
}

/// One attempt for each of `open`, all pieces in one batch.
fn try_all(
    open: &mut [&mut Work],
    attempt: usize,
    translator: &mut dyn Translator,
    options: &TranslateOptions,
    observer: &mut dyn Observer,
) -> Result<(), PipelineError> {
    let (search, stage) = match attempt {
        1 => (&options.search, Stage::Translate),
        _ => (&options.retry, Stage::Retry),
    };
    let cut: Vec<Vec<&str>> =
        open.iter().map(|work| pieces(&work.source, attempt, translator)).collect();
    let flat: Vec<&str> = cut.iter().flatten().copied().collect();
    observer.begin(stage, flat.len());
    let hypotheses = translator.translate(&flat, search, &mut || observer.advance())?;
    observer.end();
    let mut hypotheses = hypotheses.into_iter();
    let counts: Vec<usize> = cut.iter().map(Vec::len).collect();
    for (work, pieces) in open.iter_mut().zip(counts) {
        let whole = join(hypotheses.by_ref().take(pieces).collect());
        let reasons = judge(&work.source, &whole, &options.thresholds);
        work.keep(Attempt { hypothesis: whole, reasons });
    }
    Ok(())
}

/// The pieces that an attempt cuts a source into: as few as the model allows, then ever smaller ones.
fn pieces<'a>(source: &'a str, attempt: usize, translator: &dyn Translator) -> Vec<&'a str> {
    let count = |text: &str| translator.count_tokens(text);
    let most = translator.max_segment_tokens();
    let max = match attempt {
        1 | 2 => most,
        later => (count(source) / (later - 1)).clamp(MIN_PIECE_TOKENS.min(most), most),
    };
    let spans = budget::cut(source, max, &count);
    spans.into_iter().filter_map(|span| span.of(source)).collect()
}

/// The pieces of one segment as one hypothesis; it is cut if any piece is.
fn join(pieces: Vec<Hypothesis>) -> Hypothesis {
    let tokens: usize = pieces.iter().map(|piece| piece.tokens).sum();
    let cut = pieces.iter().any(|piece| piece.stop == StopReason::TokenLimit);
    #[expect(clippy::cast_precision_loss, reason = "outputs have fewer than 2^24 tokens")]
    let weighted = |piece: &Hypothesis| piece.mean_logprob_nats * piece.tokens as f32;
    let total: f32 = pieces.iter().map(weighted).sum();
    let texts: Vec<String> =
        pieces.into_iter().map(|piece| piece.text).filter(|text| !text.is_empty()).collect();
    #[expect(clippy::cast_precision_loss, reason = "outputs have fewer than 2^24 tokens")]
    let mean_logprob_nats = total / tokens.max(1) as f32;
    let stop = if cut { StopReason::TokenLimit } else { StopReason::EndMark };
    Hypothesis { text: texts.join(" "), mean_logprob_nats, tokens, stop }
}

fn verbatim(source: &str) -> Translation {
    Translation {
        text: source.to_owned(),
        mean_logprob_nats: 0.0,
        tokens: 0,
        attempts: 0,
        outcome: Outcome::Translated,
    }
}

impl Work {
    fn is_sound(&self) -> bool {
        self.best.as_ref().is_some_and(|attempt| attempt.reasons.is_empty())
    }

    fn keep(&mut self, attempt: Attempt) {
        self.attempts += 1;
        if self.best.as_ref().is_none_or(|best| attempt.is_better_than(best)) {
            self.best = Some(attempt);
        }
    }

    fn into_translation(self) -> Translation {
        let Some(Attempt { hypothesis, reasons }) = self.best else {
            return Translation::skipped();
        };
        let outcome =
            if reasons.is_empty() { Outcome::Translated } else { Outcome::Failed(reasons) };
        Translation {
            text: hypothesis.text,
            mean_logprob_nats: hypothesis.mean_logprob_nats,
            tokens: hypothesis.tokens,
            attempts: self.attempts,
            outcome,
        }
    }
}
