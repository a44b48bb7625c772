//! What a claim takes from a translation that may be wrong.
//!
//! Owns: which words of a translation a claim has, and what their estimates say of it.
//! In: a claim, the segments it rests on, their translations with estimates. Out: a probability and a doubt.
//!
//! A claim that says in its own words what a sentence says does not rest on the words of the translation, and nothing is
//! said of it here.

use std::collections::HashMap;

use super::super::attribute::Statement;
use super::super::reliability::weight;
use super::wording;
use crate::domain::{Bitext, ByteSpan, Doubt, Language, Reliability, SegmentId, WordReliability};
use crate::text::words::words;

/// Share of a claim's words that a translation must have for the claim to follow it, unless its author cites the sentence.
const FOLLOWS: f32 = 0.8;
/// Words are named that are wrong with this probability.
const DOUBTFUL: f32 = 0.3;
/// Letters of a word that says something by itself, at least.
const SPEAKING: usize = 4;
/// Runs of words that are named, at most.
const NAMED: usize = 3;

/// How probable it is that nothing is wrong in what a claim takes from translations, and what is to be said of it.
pub(super) struct Unsure {
    pub(super) right: f32,
    pub(super) doubt: Doubt,
}

/// Looks at the translations of `segments`; `None` if the claim takes its words from none that has an estimate.
pub(super) fn unsure(
    statement: &Statement<'_>,
    segments: &[SegmentId],
    bitext: &Bitext,
) -> Option<Unsure> {
    if statement.language != Language::English {
        return None;
    }
    let taken: Vec<Taken<'_>> =
        segments.iter().filter_map(|segment| Taken::of(statement, *segment, bitext)).collect();
    let worst = taken.iter().min_by(|a, b| a.right.total_cmp(&b.right))?;
    let (named, first) = worst.named();
    let span = first.and_then(|words| place(statement.text, words));
    let span = span.map(|span| statement.in_summary(span));
    let right = taken.iter().map(|taken| taken.right).product();
    Some(Unsure { right, doubt: wording::unsure(worst.segment, worst.right, &named, span) })
}

/// What a claim has of one translation.
struct Taken<'a> {
    segment: SegmentId,
    text: &'a str,
    /// The words that the claim has, as places in the translation, rising.
    words: Vec<(usize, WordReliability)>,
    right: f32,
}

impl<'a> Taken<'a> {
    fn of(statement: &Statement<'_>, segment: SegmentId, bitext: &'a Bitext) -> Option<Self> {
        let translation = bitext.translation(segment)?;
        let reliability = translation.reliability.as_ref()?;
        let text = translation.text.as_str();
        let mut wanted: HashMap<String, usize> = HashMap::new();
        let mut count = 0;
        for word in spoken(statement.text) {
            *wanted.entry(word.to_lowercase()).or_default() += 1;
            count += 1;
        }
        let mut taken = Vec::new();
        for (place, word) in reliability.words.iter().enumerate() {
            let left = word.span.of(text).and_then(|word| wanted.get_mut(&word.to_lowercase()));
            if let Some(left) = left.filter(|left| **left > 0) {
                *left -= 1;
                taken.push((place, *word));
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "claims have few words")]
        let share = taken.len() as f32 / count.max(1) as f32;
        let follows = statement.cited.contains(&segment) || share >= FOLLOWS;
        let right = right(reliability, &taken);
        (follows && !taken.is_empty()).then_some(Self { segment, text, words: taken, right })
    }

    /// Runs of doubtful words, the worst ones, in the order of the text, and the very worst; small words count only beside
    /// others.
    fn named(&self) -> (Vec<&'a str>, Option<&'a str>) {
        let doubtful: Vec<&(usize, WordReliability)> =
            self.words.iter().filter(|(_, word)| word.wrong >= DOUBTFUL).collect();
        let worst = |run: &&[&(usize, WordReliability)]| {
            let speaking = run.iter().filter(|(_, word)| self.speaks(*word));
            speaking.map(|(_, word)| word.wrong).fold(0.0, f32::max)
        };
        let mut runs: Vec<&[&(usize, WordReliability)]> =
            doubtful.chunk_by(|a, b| b.0 == a.0 + 1).filter(|run| worst(run) > 0.0).collect();
        runs.sort_by(|a, b| worst(b).total_cmp(&worst(a)));
        runs.truncate(NAMED);
        let words = |run: &[&(usize, WordReliability)]| {
            let (first, last) = (run.first()?, run.last()?);
            self.text.get(first.1.span.start()..last.1.span.end())
        };
        let very_worst = runs.first().and_then(|run| words(run));
        runs.sort_by_key(|run| run.first().map(|(place, _)| *place));
        (runs.into_iter().filter_map(words).collect(), very_worst)
    }

    fn speaks(&self, word: WordReliability) -> bool {
        let word = word.span.of(self.text).unwrap_or_default();
        let letters = word.chars().filter(|c| c.is_alphanumeric()).count();
        letters >= SPEAKING || word.chars().any(|c| c.is_ascii_digit())
    }
}

/// The estimate of the whole, for the part that was taken: what speaks against the whole counts by the share of it that
/// stands in these words.
fn right(reliability: &Reliability, taken: &[(usize, WordReliability)]) -> f32 {
    let all: f32 = reliability.words.iter().map(|word| weight(word.wrong)).sum();
    let here: f32 = taken.iter().map(|(_, word)| weight(word.wrong)).sum();
    // A saved brief may say anything.
    let right = reliability.right.clamp(0.0, 1.0);
    if all > 0.0 { right.powf((here / all).clamp(0.0, 1.0)) } else { right }
}

fn spoken(text: &str) -> impl Iterator<Item = &str> {
    let found = words(text).into_iter().filter_map(|span| span.of(text));
    found.filter(|word| word.chars().any(char::is_alphanumeric))
}

/// Where words stand in a claim, in any case.
fn place(claim: &str, words: &str) -> Option<ByteSpan> {
    let at = claim.find(words).or_else(|| {
        // Letters whose small form has another length would shift what follows.
        let (claim, words) = (claim.to_ascii_lowercase(), words.to_ascii_lowercase());
        claim.find(&words)
    })?;
    ByteSpan::within(claim, at, at + words.len()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Article, Claim, ClaimId, Outcome, Paragraph, ParagraphId, ParagraphKind, Segment,
        SegmentedArticle, Translation,
    };

    const ARABIC: &str = "قال الكرملين إن بوتين وبايدن ركزا على البعد الإنساني";
    const ENGLISH: &str = "The Kremlin said that Putin met on a humanitarian website, not far.";

    /// The translation with an estimate in which only the words of `wrong` are doubtful.
    fn bitext(right: f32, wrong: &[&str]) -> Result<Bitext, Box<dyn std::error::Error>> {
        let span = ByteSpan::within(ARABIC, 0, ARABIC.len())?;
        let paragraph = Paragraph::new(span, ParagraphKind::Body, 0, 1);
        let segment = Segment { span, paragraph: ParagraphId::new(0) };
        let article = Article::new("a", Language::Arabic, ARABIC);
        let article = SegmentedArticle::new(article, vec![paragraph], vec![segment])?;
        let doubt = |span: ByteSpan| {
            let is_wrong = span.of(ENGLISH).is_some_and(|word| wrong.contains(&word));
            WordReliability { span, wrong: if is_wrong { 0.8 } else { 0.0 } }
        };
        let words = words(ENGLISH).into_iter().map(doubt).collect();
        let translation = Translation {
            text: ENGLISH.to_owned(),
            outcome: Outcome::Translated,
            reliability: Some(Reliability { right, words }),
            ..Translation::skipped()
        };
        Ok(Bitext::new(article, vec![translation])?)
    }

    fn found(text: &str, cited: &[SegmentId], bitext: &Bitext) -> Option<Unsure> {
        let span = ByteSpan::within(text, 0, text.len()).ok()?;
        let claim = Claim { id: ClaimId::new(0), span, sentence: 0 };
        let language = Language::English;
        let statement = Statement { claim, text, sentence: text, language, cited };
        unsure(&statement, &[SegmentId::new(0)], bitext)
    }

    #[test]
    fn a_claim_that_is_the_translation_is_as_sure_as_it_and_its_doubtful_words_are_named()
    -> Result<(), Box<dyn std::error::Error>> {
        let bitext = bitext(0.3, &["on", "humanitarian", "website", "not"])?;
        let unsure = found(ENGLISH, &[], &bitext).ok_or("no estimate")?;
        assert!((unsure.right - 0.3).abs() < 1e-6);
        let said = &unsure.doubt.text;
        assert!(said.contains("“humanitarian website”"), "{said}");
        assert!(!said.contains("“on”") && !said.contains("“not”"), "{said}");
        let span = unsure.doubt.span.ok_or("no span")?;
        assert_eq!(span.of(ENGLISH), Some("humanitarian website"));
        Ok(())
    }

    #[test]
    fn a_part_of_it_is_surer_and_without_the_doubtful_words_quite_sure()
    -> Result<(), Box<dyn std::error::Error>> {
        let bitext = bitext(0.3, &["met", "website"])?;
        let half = found("The Kremlin said that Putin met.", &[], &bitext).ok_or("none")?;
        assert!((half.right - 0.3f32.sqrt()).abs() < 1e-3, "{}", half.right);
        let none = found("the kremlin said that Putin", &[], &bitext).ok_or("none")?;
        assert!(none.right > 0.999);
        Ok(())
    }

    #[test]
    fn a_claim_in_other_words_is_not_judged_unless_it_cites_the_sentence()
    -> Result<(), Box<dyn std::error::Error>> {
        let bitext = bitext(0.3, &["website"])?;
        let other = "Moscow told reporters that both presidents spoke about a website.";
        assert!(found(other, &[], &bitext).is_none());
        let cited = found(other, &[SegmentId::new(0)], &bitext).ok_or("none")?;
        assert!((cited.right - 0.3).abs() < 1e-6);
        assert!(cited.doubt.text.contains("“website”"));
        Ok(())
    }
}
