//! Which words of a brief belong together.
//!
//! Owns: the numbers of word links, and where the words of a claim stand in the English of its evidence. In: a brief.
//! Out: marks for each sentence and claim. Never: linking words; links are the pipeline's.

use std::collections::HashMap;
use std::ops::Range;

use super::line::Mark;
use crate::domain::{Brief, BriefClaim, ByteSpan, SegmentId, Translation};

type Marks = Vec<(Range<usize>, Mark)>;

/// Words are marked as unsure that are wrong with this probability: of judged articles, three in five of these are.
const UNSURE: f32 = 0.4;

/// The marks of a brief's sentences, as ranges of each sentence.
pub(super) struct Words {
    arabic: HashMap<SegmentId, Marks>,
    english: HashMap<SegmentId, Marks>,
}

impl Words {
    pub(super) fn of(brief: &Brief) -> Self {
        let segments = || brief.paragraphs.iter().flat_map(|paragraph| &paragraph.segments);
        let spans: HashMap<SegmentId, ByteSpan> = segments().map(|s| (s.id, s.span)).collect();
        let unsure = segments().map(|s| (s.id, unsure(&s.translation))).collect();
        let mut words = Self { arabic: HashMap::new(), english: unsure };
        for claim in &brief.claims {
            let mut link = 0;
            for evidence in &claim.evidence {
                let span = spans.get(&evidence.segment).copied().unwrap_or(evidence.span);
                let mut after = 0;
                for pair in &evidence.words {
                    let mark = Mark::Word { claim: claim.id.number(), link };
                    link += 1;
                    if let Some(inside) = pair.source.clipped_to(span) {
                        let range = inside.start()..inside.end();
                        words.arabic.entry(evidence.segment).or_default().push((range, mark));
                    }
                    let phrase = pair.claim.of(&brief.summary).unwrap_or_default();
                    if let Some(range) = find(&evidence.translation, phrase, after) {
                        after = range.end;
                        words.english.entry(evidence.segment).or_default().push((range, mark));
                    }
                }
            }
        }
        words
    }

    /// Marks on the Arabic of a sentence.
    pub(super) fn arabic(&self, segment: SegmentId) -> &[(Range<usize>, Mark)] {
        self.arabic.get(&segment).map_or(&[], Vec::as_slice)
    }

    /// Marks on the English of a sentence: words of a claim that stand there as they are, and those that may be wrong.
    pub(super) fn english(&self, segment: SegmentId) -> &[(Range<usize>, Mark)] {
        self.english.get(&segment).map_or(&[], Vec::as_slice)
    }
}

fn unsure(translation: &Translation) -> Marks {
    let words = translation.reliability.iter().flat_map(|reliability| &reliability.words);
    let doubtful = words.filter(|word| word.wrong >= UNSURE);
    doubtful.map(|word| (word.span.start()..word.span.end(), Mark::Unsure)).collect()
}

/// Links and doubts on the words of a claim, as ranges of its text.
pub(super) fn of_claim(claim: &BriefClaim) -> Marks {
    let links = claim.evidence.iter().flat_map(|evidence| &evidence.words).enumerate();
    let number = claim.id.number();
    let links = links.map(|(link, pair)| (pair.claim, Mark::Word { claim: number, link }));
    let doubts =
        claim.doubts.iter().filter_map(|doubt| Some((doubt.span?, Mark::Doubt(doubt.severity))));
    let inside = |(span, mark): (ByteSpan, Mark)| {
        let span = span.clipped_to(claim.span)?;
        Some((span.start()..span.end(), mark))
    };
    links.chain(doubts).filter_map(inside).collect()
}

/// Where `phrase` stands in `text` as whole words: first behind `after`, else anywhere. Letters of English match in
/// either case, for a sentence begins with a capital one.
fn find(text: &str, phrase: &str, after: usize) -> Option<Range<usize>> {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let stands = |at: &usize| {
        let end = at + phrase.len();
        let here = text.get(*at..end).is_some_and(|here| here.eq_ignore_ascii_case(phrase));
        here && !is_word(text.get(..*at).and_then(|before| before.chars().next_back()))
            && !is_word(text.get(end..).and_then(|behind| behind.chars().next()))
    };
    if phrase.is_empty() {
        return None;
    }
    let places = || text.char_indices().map(|(at, _)| at);
    let found = places().filter(|at| *at >= after).find(stands).or_else(|| places().find(stands));
    found.map(|at| at..at + phrase.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whole_in_order_and_in_either_case() {
        let text = "The theme of the thesis";
        assert_eq!(find(text, "the", 0), Some(0..3));
        assert_eq!(find(text, "the", 3), Some(13..16));
        assert_eq!(find(text, "the", 16), Some(0..3), "none behind, so the first");
        assert_eq!(find(text, "hem", 0), None);
        assert_eq!(find(text, "", 0), None);
        assert_eq!(find("ابن سينا", "ابن", 0), Some(0..6));
    }
}
