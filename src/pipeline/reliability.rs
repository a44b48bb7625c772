//! How far a translation can be relied on, word by word and as a whole.
//!
//! Owns: what is counted of each word and of the whole, and how weights make probabilities of it.
//! In: a source, its translation, what the translator says of each token. Out: a [`Reliability`].
//! Never: a reading of the Arabic. An error of which the translator is sure passes.
//!
//! Source: Fomicheva et al. 2020, "Unsupervised Quality Estimation for Neural Machine Translation" (what a decoder's own
//! probabilities and entropies tell); the weights are fitted by `examples/fit_reliability.rs` and stand in the catalog.

use std::collections::HashSet;

use super::error::PipelineError;
use super::progress::{Observer, Stage};
use crate::domain::{
    ByteSpan, FactCheck, Language, Reliability, ReliabilityWeights, Translation, WHOLE_WEIGHTS,
    WORD_WEIGHTS, WordReliability,
};
use crate::ports::{Scored, TokenScore, Translator};
use crate::text::{for_translation, names, quantities, words::words};

/// What is counted of a word.
pub const WORD_COUNTS: [&str; WORD_WEIGHTS] = [
    "always 1",
    "negative log-probability, of 12 nats at most",
    "that of its unlikeliest token, of 8 nats at most",
    "entropy before its first token",
    "highest entropy before one of its tokens",
    "logarithm of its worst token's rank",
    "tokens behind the first, of 4 at most",
    "in the lexicon for this source",
    "of 3 letters at most",
    "a mark",
    "has a capital, and is not the first",
    "a name that the Arabic lacks",
    "a name that the Arabic has",
    "a number or date that the Arabic lacks",
    "a number or date that the Arabic has",
    "mean entropy of the translation",
    "highest entropy of the word before",
    "entropy before the word behind",
    "fifties of tokens of the translation",
    "the first",
];
/// What is counted of a whole translation.
pub const WHOLE_COUNTS: [&str; WHOLE_WEIGHTS] = [
    "always 1",
    "negative logarithm of the product of what speaks for each word",
    "the probability of the worst word",
    "the mean of its words",
    "logarithm of the number of its words",
];

/// No word is surer to be wrong than this.
const SUREST: f32 = 0.999;
/// Translations scored in one call, so that progress shows.
const CHUNK: usize = 32;

/// Estimates all translations that passed their checks; `sources` are as they stand in the article.
///
/// # Errors
/// [`PipelineError::Translate`] if the translator fails.
pub(super) fn estimate(
    sources: &[&str],
    translations: &mut [Translation],
    translator: &mut dyn Translator,
    weights: &ReliabilityWeights,
    observer: &mut dyn Observer,
) -> Result<(), PipelineError> {
    let is_asked = |made: &Translation| made.is_sound() && made.tokens > 0;
    let asked: Vec<(&str, &mut Translation)> = sources
        .iter()
        .copied()
        .zip(translations)
        .filter(|(_, translation)| is_asked(translation))
        .collect();
    observer.begin(Stage::Estimate, asked.len());
    let mut rest = asked;
    while !rest.is_empty() {
        let behind = rest.split_off(rest.len().min(CHUNK));
        let normal: Vec<String> =
            rest.iter().map(|(source, _)| for_translation(source).text().to_owned()).collect();
        let pairs = normal.iter().zip(&rest);
        let pairs: Vec<(&str, &str)> =
            pairs.map(|(source, (_, made))| (source.as_str(), made.text.as_str())).collect();
        let scored = translator.score(&pairs)?;
        let estimates: Vec<Option<Reliability>> = pairs
            .iter()
            .zip(&scored)
            .map(|((source, text), scored)| {
                Some(reliability(source, text, scored.as_ref()?, weights))
            })
            .collect();
        for ((_, translation), estimate) in rest.iter_mut().zip(estimates) {
            translation.reliability = estimate;
            observer.advance();
        }
        rest = behind;
    }
    observer.end();
    Ok(())
}

/// The estimate of one translation.
#[must_use]
pub fn reliability(
    source: &str,
    text: &str,
    scored: &Scored,
    weights: &ReliabilityWeights,
) -> Reliability {
    let counted = count_words(source, text, scored);
    let wrong = |counts: &[f32]| rounded(logistic(&weights.word, counts));
    let words: Vec<WordReliability> = counted
        .iter()
        .map(|(span, counts)| WordReliability { span: *span, wrong: wrong(counts) })
        .collect();
    let all: Vec<f32> = words.iter().map(|word| word.wrong).collect();
    Reliability { right: rounded(logistic(&weights.whole, &count_whole(&all))), words }
}

/// The words and marks of a translation with what is counted of each, in the order of [`WORD_COUNTS`].
#[must_use]
pub fn count_words(
    source: &str,
    text: &str,
    scored: &Scored,
) -> Vec<(ByteSpan, [f32; WORD_WEIGHTS])> {
    let facts = Facts::of(source, text);
    let known = scored.known.iter().flat_map(|phrase| phrase.split_whitespace());
    let known: HashSet<String> = known.map(str::to_lowercase).collect();
    let mean = scored.tokens.iter().map(|token| token.entropy_nats).sum::<f32>()
        / count(scored.tokens.len().max(1));
    let length = count(scored.tokens.len()) / 50.0;
    let spans = words(text);
    let tokens: Vec<Vec<TokenScore>> = spans.iter().map(|span| inside(scored, *span)).collect();
    let mut found = Vec::with_capacity(spans.len());
    for (place, (span, own)) in spans.iter().zip(&tokens).enumerate() {
        let word = span.of(text).unwrap_or_default();
        let Some(first) = own.first() else { continue };
        let least = own.iter().map(|token| token.logprob_nats).fold(0.0, f32::min);
        let rank = own.iter().map(|token| token.rank).max().unwrap_or(0);
        let before = place.checked_sub(1).and_then(|place| tokens.get(place));
        let behind = tokens.get(place + 1).and_then(|tokens| tokens.first());
        let plain = word.trim_end_matches("'s").trim_end_matches("’s").to_lowercase();
        let counts = [
            1.0,
            (-own.iter().map(|token| token.logprob_nats).sum::<f32>()).min(12.0),
            (-least).min(8.0),
            first.entropy_nats,
            highest_entropy(own),
            count(rank).ln_1p(),
            count(own.len().min(5) - 1),
            flag(known.contains(&plain)),
            flag(word.chars().count() <= 3),
            flag(!word.chars().any(char::is_alphanumeric)),
            flag(place > 0 && word.starts_with(char::is_uppercase)),
            flag(overlap(&facts.lacking_names, *span)),
            flag(overlap(&facts.names, *span)),
            flag(overlap(&facts.lacking_quantities, *span)),
            flag(overlap(&facts.quantities, *span)),
            mean,
            before.map_or(0.0, |tokens| highest_entropy(tokens)),
            behind.map_or(0.0, |token| token.entropy_nats),
            length,
            flag(place == 0),
        ];
        found.push((*span, counts));
    }
    found
}

/// What is counted of a translation whose words are wrong with these probabilities, in the order of [`WHOLE_COUNTS`].
#[must_use]
pub fn count_whole(wrong: &[f32]) -> [f32; WHOLE_WEIGHTS] {
    let words = count(wrong.len().max(1));
    let against: f32 = wrong.iter().map(|p| weight(*p)).sum();
    let worst = wrong.iter().copied().fold(0.0, f32::max);
    [1.0, against, worst, wrong.iter().sum::<f32>() / words, words.ln()]
}

/// How much a word adds to what speaks against the whole.
pub(super) fn weight(wrong: f32) -> f32 {
    -(1.0 - wrong.min(SUREST)).ln()
}

/// Names and quantities of the English, as the Arabic has them or not.
struct Facts {
    names: Vec<ByteSpan>,
    lacking_names: Vec<ByteSpan>,
    quantities: Vec<ByteSpan>,
    lacking_quantities: Vec<ByteSpan>,
}

impl Facts {
    fn of(arabic: &str, english: &str) -> Self {
        let parted = |checks: Vec<FactCheck>| -> (Vec<ByteSpan>, Vec<ByteSpan>) {
            let (there, lacking): (Vec<FactCheck>, Vec<FactCheck>) =
                checks.into_iter().partition(|check| check.agreement.is_borne_out());
            let spans = |checks: Vec<FactCheck>| checks.iter().map(|check| check.claim).collect();
            (spans(there), spans(lacking))
        };
        let (names, lacking_names) = parted(names::compare(english, arabic, None));
        let (quantities, lacking_quantities) =
            parted(quantities::compare(english, Language::English, arabic, Language::Arabic));
        Self { names, lacking_names, quantities, lacking_quantities }
    }
}

/// The tokens that spell a part of a span.
fn inside(scored: &Scored, span: ByteSpan) -> Vec<TokenScore> {
    let touches = |token: &&TokenScore| token.bytes.0 < span.end() && token.bytes.1 > span.start();
    scored.tokens.iter().filter(touches).copied().collect()
}

fn overlap(spans: &[ByteSpan], span: ByteSpan) -> bool {
    spans.iter().any(|other| other.overlaps(span))
}

fn highest_entropy(tokens: &[TokenScore]) -> f32 {
    tokens.iter().map(|token| token.entropy_nats).fold(0.0, f32::max)
}

fn flag(flag: bool) -> f32 {
    f32::from(u8::from(flag))
}

#[expect(clippy::cast_precision_loss, reason = "texts have fewer than 2^24 tokens")]
fn count(number: usize) -> f32 {
    number as f32
}

/// The probability that a logistic model gives.
pub(super) fn logistic(weights: &[f32], counts: &[f32]) -> f32 {
    let sum: f32 = weights.iter().zip(counts).map(|(weight, count)| weight * count).sum();
    1.0 / (1.0 + (-sum).exp())
}

/// To a thousandth: more digits would say more than is known, and a brief has thousands of words.
fn rounded(probability: f32) -> f32 {
    (probability * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Scores of a text whose tokens are its words, all alike.
    fn scored(text: &str) -> Scored {
        let token = |span: ByteSpan| TokenScore {
            bytes: (span.start(), span.end()),
            logprob_nats: -0.5,
            entropy_nats: 1.5,
            rank: 3,
        };
        Scored {
            tokens: words(text).into_iter().map(token).collect(),
            known: vec!["Moscow".to_owned(), "soldiers and officers".to_owned()],
        }
    }

    #[test]
    fn words_are_counted_with_what_the_arabic_and_the_lexicon_say_of_them() {
        let (arabic, english) = ("قتل 42 جنديا في موسكو", "Biden lost 17 soldiers in Moscow.");
        let counted = count_words(arabic, english, &scored(english));
        let of = |place: usize| -> Vec<&str> {
            let has = counted.iter().filter(|(_, counts)| counts[place] > 0.5);
            has.filter_map(|(span, _)| span.of(english)).collect()
        };
        assert_eq!(of(7), ["soldiers", "Moscow"], "in the lexicon");
        assert_eq!(of(9), ["."], "a mark");
        assert_eq!(of(10), ["Moscow"], "a capital that is not the first");
        assert_eq!(of(12), ["Moscow"], "a name that is there");
        assert_eq!(of(19), ["Biden"], "the first");
        assert_eq!(of(13), ["17"], "a number that is not");
        let (_, counts) = counted[0];
        assert!((counts[1] - 0.5).abs() < 1e-6 && (counts[15] - 1.5).abs() < 1e-6);
        assert!((counts[5] - 4f32.ln()).abs() < 1e-6, "three tokens before it");
    }

    #[test]
    fn one_bad_word_weighs_more_than_many_good_ones() {
        let good = count_whole(&[0.05; 12]);
        let bad = count_whole(&[0.05, 0.05, 0.9]);
        assert!(bad[1] > good[1] && bad[2] > good[2] && bad[3] > good[3]);
        assert!(count_whole(&[]).iter().all(|value| value.is_finite()));
        assert!(count_whole(&[1.0; 3]).iter().all(|value| value.is_finite()));
    }

    proptest! {
        #[test]
        fn any_text_has_an_estimate(text in "[A-Za-z0-9 .,’'\u{e9}\u{2014}]{0,60}", arabic in "\\PC{0,30}") {
            let weights = ReliabilityWeights { word: [0.3; WORD_WEIGHTS], whole: [-0.5; WHOLE_WEIGHTS] };
            let estimate = reliability(&arabic, &text, &scored(&text), &weights);
            prop_assert!((0.0..=1.0).contains(&estimate.right));
            prop_assert_eq!(estimate.words.len(), words(&text).len());
            for word in &estimate.words {
                prop_assert!((0.0..=1.0).contains(&word.wrong) && word.span.of(&text).is_some());
            }
        }
    }
}
