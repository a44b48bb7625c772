//! Segments to a bitext: translate, check, try again.
//!
//! Owns: which of the hypotheses of a search is taken, and the retry policy. A segment that is too long for the model is
//! cut into pieces. A piece that fails a check is tried again with the careful search, then in smaller parts; the attempt
//! with the fewest faults is kept, and what still fails says so.
//! In: a segmented article or plain sentences, and a translator. Out: a [`Bitext`] or translations.
//! Never: the checks themselves (that is `checks`).

use std::cmp::Reverse;

use super::checks::{Thresholds, judge};
use super::error::PipelineError;
use super::fidelity::fidelity;
use super::progress::{Observer, Stage};
use super::reliability::estimate;
use crate::domain::{
    Alternative, Bitext, FailureReason, NBest, Outcome, ReliabilityWeights, SegmentId,
    SegmentedArticle, Translation,
};
use crate::ports::{Hypothesis, Ranked, Search, StopReason, Translator};
use crate::text::script::letters;
use crate::text::{budget, for_translation};

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
    /// What makes an estimate of each translation; without it none is made.
    pub reliability: Option<ReliabilityWeights>,
}

/// A piece of a sentence on its way: the whole sentence, unless it is longer than the model takes.
struct Piece {
    /// Which of the sentences.
    sentence: usize,
    /// Normalised source.
    source: String,
    best: Option<Attempt>,
    attempts: usize,
}

struct Attempt {
    hypothesis: Hypothesis,
    reasons: Vec<FailureReason>,
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
    let is_wanted = |segment: &SegmentId| {
        let paragraph = article.paragraph_of(*segment);
        options.keep_boilerplate || !paragraph.is_some_and(|p| p.kind.is_boilerplate())
    };
    let count = article.segments().len();
    let wanted: Vec<SegmentId> = (0..count).map(SegmentId::new).filter(is_wanted).collect();
    let sources: Vec<&str> = wanted.iter().map(|segment| article.segment_text(*segment)).collect();
    let mut made = translate_sentences(&sources, translator, options, observer)?;
    if let Some(weights) = &options.reliability {
        estimate(&sources, &mut made, translator, weights, observer)?;
    }
    let mut translations = vec![Translation::skipped(); count];
    for (segment, translation) in wanted.iter().zip(made) {
        translations[segment.index()] = translation;
    }
    Ok(Bitext::new(article, translations)?)
}

/// The `count` best translations of every segment that is not boilerplate and has Arabic letters, as the search left them:
/// nothing is checked, cut or tried again.
///
/// # Errors
/// [`PipelineError`] if the engine fails, or a segment is longer than the model takes.
pub fn n_best(
    article: &SegmentedArticle,
    translator: &mut dyn Translator,
    options: &TranslateOptions,
    count: usize,
    observer: &mut dyn Observer,
) -> Result<Vec<NBest>, PipelineError> {
    let is_wanted = |segment: &SegmentId| {
        let paragraph = article.paragraph_of(*segment);
        (options.keep_boilerplate || !paragraph.is_some_and(|p| p.kind.is_boilerplate()))
            && letters(article.segment_text(*segment)).arabic > 0
    };
    let all = (0..article.segments().len()).map(SegmentId::new);
    let wanted: Vec<SegmentId> = all.filter(is_wanted).collect();
    let search = Search { beam_width: options.search.beam_width.max(count), ..options.search };
    let alternative = |ranked: Ranked| Alternative {
        text: ranked.hypothesis.text,
        score: ranked.score,
        mean_logprob_nats: ranked.hypothesis.mean_logprob_nats,
        tokens: ranked.hypothesis.tokens,
        is_whole: ranked.hypothesis.stop == StopReason::EndMark,
    };
    let sources: Vec<String> = wanted
        .iter()
        .map(|segment| for_translation(article.segment_text(*segment)).text().to_owned())
        .collect();
    let sources: Vec<&str> = sources.iter().map(String::as_str).collect();
    observer.begin(Stage::Translate, wanted.len());
    let ranked = translator.n_best(&sources, &search, &mut || observer.advance())?;
    observer.end();
    let list = |(segment, ranked): (SegmentId, Vec<Ranked>)| NBest {
        segment,
        source: article.segment_text(segment).to_owned(),
        alternatives: ranked.into_iter().take(count).map(alternative).collect(),
    };
    Ok(wanted.into_iter().zip(ranked).map(list).collect())
}

/// Translates sentences, one translation a sentence.
///
/// # Errors
/// [`PipelineError`] only if the engine itself fails.
pub fn translate_sentences(
    sentences: &[&str],
    translator: &mut dyn Translator,
    options: &TranslateOptions,
    observer: &mut dyn Observer,
) -> Result<Vec<Translation>, PipelineError> {
    let mut work = Vec::new();
    let mut translations = vec![Translation::skipped(); sentences.len()];
    for (sentence, source) in sentences.iter().enumerate() {
        if letters(source).arabic == 0 {
            // Nothing to translate: figures, a Latin name, an address. It stands as it is.
            translations[sentence] = verbatim(source);
            continue;
        }
        let source = for_translation(source);
        let pieces = cut(source.text(), translator.max_segment_tokens(), translator);
        work.extend(pieces.into_iter().map(|piece| Piece {
            sentence,
            source: piece.to_owned(),
            best: None,
            attempts: 0,
        }));
    }
    for attempt in 1..=options.max_attempts.max(1) {
        let mut open: Vec<&mut Piece> = work.iter_mut().filter(|piece| !piece.is_sound()).collect();
        if open.is_empty() {
            break;
        }
        try_all(&mut open, attempt, translator, options, observer)?;
    }
    let mut work = work.into_iter().peekable();
    while let Some(sentence) = work.peek().map(|piece| piece.sentence) {
        let pieces = std::iter::from_fn(|| work.next_if(|piece| piece.sentence == sentence));
        translations[sentence] = joined(pieces.collect());
    }
    Ok(translations)
}

/// One attempt for each of `open`, all in one batch.
fn try_all(
    open: &mut [&mut Piece],
    attempt: usize,
    translator: &mut dyn Translator,
    options: &TranslateOptions,
    observer: &mut dyn Observer,
) -> Result<(), PipelineError> {
    let (search, stage) = match attempt {
        1 => (&options.search, Stage::Translate),
        _ => (&options.retry, Stage::Retry),
    };
    let parts: Vec<Vec<&str>> =
        open.iter().map(|piece| parts(&piece.source, attempt, translator)).collect();
    let flat: Vec<&str> = parts.iter().flatten().copied().collect();
    observer.begin(stage, flat.len());
    let answers = translator.n_best(&flat, search, &mut || observer.advance())?;
    observer.end();
    let chosen = flat.iter().zip(answers);
    let answers: Vec<Hypothesis> =
        chosen.map(|(source, ranked)| chosen_of(source, ranked, &options.thresholds)).collect();
    let mut answers = answers.into_iter();
    let counts: Vec<usize> = parts.iter().map(Vec::len).collect();
    for (piece, count) in open.iter_mut().zip(counts) {
        let hypothesis = join(answers.by_ref().take(count).collect());
        let reasons = judge(&piece.source, &hypothesis, &options.thresholds);
        piece.keep(Attempt { hypothesis, reasons });
    }
    Ok(())
}

/// The hypothesis with the fewest failed checks, then that which keeps most facts of `source`, then the likeliest.
fn chosen_of(source: &str, ranked: Vec<Ranked>, thresholds: &Thresholds) -> Hypothesis {
    let is_choice = ranked.len() > 1;
    let mut hypotheses = ranked.into_iter().map(|ranked| ranked.hypothesis);
    let faults = |hypothesis: &Hypothesis| {
        let failed = judge(source, hypothesis, thresholds).len();
        (failed, Reverse(fidelity(source, &hypothesis.text)))
    };
    // Of equals the first stays.
    let chosen = if is_choice { hypotheses.min_by_key(faults) } else { hypotheses.next() };
    chosen.unwrap_or_else(Hypothesis::empty)
}

/// What an attempt feeds for one piece: the piece itself, and from the third attempt on ever smaller parts.
fn parts<'a>(source: &'a str, attempt: usize, translator: &dyn Translator) -> Vec<&'a str> {
    if attempt <= 2 {
        return vec![source];
    }
    let most = translator.max_segment_tokens();
    let max = translator.count_tokens(source) / (attempt - 1);
    cut(source, max.clamp(MIN_PIECE_TOKENS.min(most), most), translator)
}

fn cut<'a>(source: &'a str, max: usize, translator: &dyn Translator) -> Vec<&'a str> {
    let spans = budget::cut(source, max, &|text| translator.count_tokens(text));
    spans.into_iter().filter_map(|span| span.of(source)).collect()
}

/// Several hypotheses as one; it is cut if any of them is.
fn join(parts: Vec<Hypothesis>) -> Hypothesis {
    let tokens: usize = parts.iter().map(|part| part.tokens).sum();
    let is_cut = parts.iter().any(|part| part.stop == StopReason::TokenLimit);
    #[expect(clippy::cast_precision_loss, reason = "outputs have fewer than 2^24 tokens")]
    let weighted = |part: &Hypothesis| part.mean_logprob_nats * part.tokens as f32;
    let total: f32 = parts.iter().map(weighted).sum();
    let texts: Vec<String> =
        parts.into_iter().map(|part| part.text).filter(|text| !text.is_empty()).collect();
    #[expect(clippy::cast_precision_loss, reason = "outputs have fewer than 2^24 tokens")]
    let mean_logprob_nats = total / tokens.max(1) as f32;
    let stop = if is_cut { StopReason::TokenLimit } else { StopReason::EndMark };
    Hypothesis { text: texts.join(" "), mean_logprob_nats, tokens, stop }
}

/// The pieces of one segment as its translation; of each kind of fault the first is named.
fn joined(pieces: Vec<Piece>) -> Translation {
    let attempts = pieces.iter().map(|piece| piece.attempts).max().unwrap_or(0);
    let (mut parts, mut reasons) = (Vec::new(), Vec::<FailureReason>::new());
    for Attempt { hypothesis, reasons: new } in pieces.into_iter().filter_map(|piece| piece.best) {
        parts.push(hypothesis);
        for reason in new {
            if !reasons.iter().any(|r| std::mem::discriminant(r) == std::mem::discriminant(&reason))
            {
                reasons.push(reason);
            }
        }
    }
    let Hypothesis { text, mean_logprob_nats, tokens, .. } = join(parts);
    let outcome = if reasons.is_empty() { Outcome::Translated } else { Outcome::Failed(reasons) };
    Translation { text, mean_logprob_nats, tokens, attempts, reliability: None, outcome }
}

fn verbatim(source: &str) -> Translation {
    Translation {
        text: source.to_owned(),
        mean_logprob_nats: 0.0,
        tokens: 0,
        attempts: 0,
        reliability: None,
        outcome: Outcome::Translated,
    }
}

impl Piece {
    fn is_sound(&self) -> bool {
        self.best.as_ref().is_some_and(|attempt| attempt.reasons.is_empty())
    }

    fn keep(&mut self, attempt: Attempt) {
        self.attempts += 1;
        if self.best.as_ref().is_none_or(|best| attempt.is_better_than(best)) {
            self.best = Some(attempt);
        }
    }
}
