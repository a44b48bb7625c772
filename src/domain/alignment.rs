//! Two texts that translate one another, and which sentences of one stand for which of the other.
//!
//! Owns: the saved form of an alignment, and the rule that every sentence of both sides is in exactly one bead.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{ByteSpan, Language, Signature};

/// Version of the saved form; raised whenever a field changes its meaning or goes away.
pub const ALIGNMENT_SCHEMA_VERSION: u32 = 1;

/// One of the two texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The first text.
    Source,
    /// The second text.
    Target,
}

/// One sentence of a side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlignedSentence {
    /// Its text, as read.
    pub text: String,
    /// The paragraph it stands in, counted from 0.
    pub paragraph: usize,
    /// Whether that paragraph is a headline.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub heading: bool,
}

/// One text, cut into sentences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlignedText {
    /// The file, or `stdin`.
    pub name: String,
    /// SHA-256 of its bytes, lower-case hexadecimal; empty where no file stands behind it.
    pub sha256: String,
    /// The language it is written in.
    pub language: Language,
    /// Its sentences, in reading order.
    pub sentences: Vec<AlignedSentence>,
}

/// A word of a bead: which sentence of its side it stands in, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// Index of the sentence in its side.
    pub sentence: usize,
    /// Bytes of that sentence.
    pub span: ByteSpan,
}

/// The words of a bead and the links between them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeadWords {
    /// Words of the source sentences, in order.
    pub source: Vec<Word>,
    /// Words of the target sentences, in order.
    pub target: Vec<Word>,
    /// Pairs of indices into `source` and `target`, rising.
    pub links: Vec<(usize, usize)>,
}

/// Sentences of the source and of the target that translate one another; one of the two may be none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bead {
    /// Source sentences, from the first to one past the last.
    pub source: Range<usize>,
    /// Target sentences, from the first to one past the last.
    pub target: Range<usize>,
    /// How probable it is that exactly these belong together, between 0 and 1.
    pub probability: f64,
    /// Cosine of the two sides' vectors; none for a bead with an empty side.
    pub similarity: Option<f64>,
    /// Whether it lies outside the order of its neighbours: a block that was moved.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub moved: bool,
    /// Whether it was judged too unsure to be used.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rejected: bool,
    /// Links of words, where they were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<BeadWords>,
}

impl Bead {
    /// Its kind as the field writes it: `1-1`, `2-1`, `0-1` …
    #[must_use]
    pub fn kind(&self) -> String {
        format!("{}-{}", self.source.len(), self.target.len())
    }

    /// Whether one side is empty: a sentence without counterpart.
    #[must_use]
    pub fn is_gap(&self) -> bool {
        self.source.is_empty() || self.target.is_empty()
    }
}

/// What a reader should know about an alignment as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "finding")]
#[non_exhaustive]
pub enum Finding {
    /// Nothing of a paragraph has a counterpart.
    ParagraphAlone {
        /// Which text it stands in.
        side: Side,
        /// The paragraph, counted from 0.
        paragraph: usize,
    },
    /// A share of the beads is less sure than asked for.
    Unsure {
        /// How many beads.
        beads: usize,
        /// Their share of all beads that are no gaps, between 0 and 1.
        share: f64,
    },
    /// A block stands elsewhere in the other text.
    Moved {
        /// Its source sentences.
        source: Range<usize>,
        /// Its target sentences.
        target: Range<usize>,
    },
    /// The two files were given in the other order and were swapped.
    Swapped,
    /// The texts do not seem to translate one another.
    NotATranslation {
        /// Share of the sentences of both sides that have a counterpart, between 0 and 1.
        aligned: f64,
    },
    /// Sentences of a side are written in another language than the rest.
    OtherLanguage {
        /// Which text they stand in.
        side: Side,
        /// How many sentences.
        sentences: usize,
    },
}

/// An alignment of two texts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Saved")]
pub struct Alignment {
    schema_version: u32,
    /// The first text.
    pub source: AlignedText,
    /// The second text.
    pub target: AlignedText,
    beads: Vec<Bead>,
    /// What a reader should know.
    pub findings: Vec<Finding>,
    /// Models, settings and version behind it.
    pub signature: Signature,
}

/// As [`Alignment`], not yet checked.
#[derive(Deserialize)]
struct Saved {
    schema_version: u32,
    source: AlignedText,
    target: AlignedText,
    beads: Vec<Bead>,
    findings: Vec<Finding>,
    signature: Signature,
}

/// What is wrong with an alignment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AlignmentError {
    /// A saved alignment of another version.
    #[error("schema version {found}, this program reads {ALIGNMENT_SCHEMA_VERSION}")]
    Version {
        /// The version found.
        found: u32,
    },
    /// A sentence is in no bead, or in two.
    #[error("sentence {sentence} of the {side:?} is in {beads} beads, not in one")]
    NotOneBead {
        /// The side.
        side: Side,
        /// The sentence, counted from 0.
        sentence: usize,
        /// In how many beads it is.
        beads: usize,
    },
    /// A bead without any sentence, or with sentences that are not there.
    #[error("bead {bead} is empty or leaves its texts")]
    Astray {
        /// The bead, counted from 0.
        bead: usize,
    },
    /// A probability or similarity that is none.
    #[error("bead {bead} has a score that is no number between its bounds")]
    Score {
        /// The bead, counted from 0.
        bead: usize,
    },
    /// Words or links of words that are not there.
    #[error("bead {bead} names words that are not in its sentences")]
    Words {
        /// The bead, counted from 0.
        bead: usize,
    },
}

impl Alignment {
    /// Joins two texts with their beads; beads are kept in the given order, which is that of the source.
    ///
    /// # Errors
    /// [`AlignmentError`] unless every sentence of both sides is in exactly one bead, and every word lies in its bead.
    pub fn new(
        source: AlignedText,
        target: AlignedText,
        beads: Vec<Bead>,
        findings: Vec<Finding>,
        signature: Signature,
    ) -> Result<Self, AlignmentError> {
        for (number, bead) in beads.iter().enumerate() {
            check(bead, number, &source, &target)?;
        }
        one_bead_each(Side::Source, source.sentences.len(), beads.iter().map(|b| &b.source))?;
        one_bead_each(Side::Target, target.sentences.len(), beads.iter().map(|b| &b.target))?;
        let schema_version = ALIGNMENT_SCHEMA_VERSION;
        Ok(Self { schema_version, source, target, beads, findings, signature })
    }

    /// The beads, in the order of the source; target sentences without counterpart stand where they fit best.
    #[must_use]
    pub fn beads(&self) -> &[Bead] {
        &self.beads
    }

    /// The text of a side.
    #[must_use]
    pub fn side(&self, side: Side) -> &AlignedText {
        match side {
            Side::Source => &self.source,
            Side::Target => &self.target,
        }
    }

    /// The sentences of a bead on one side.
    #[must_use]
    pub fn sentences(&self, bead: &Bead, side: Side) -> &[AlignedSentence] {
        let range = match side {
            Side::Source => bead.source.clone(),
            Side::Target => bead.target.clone(),
        };
        self.side(side).sentences.get(range).unwrap_or_default()
    }
}

impl TryFrom<Saved> for Alignment {
    type Error = AlignmentError;

    fn try_from(saved: Saved) -> Result<Self, AlignmentError> {
        if saved.schema_version != ALIGNMENT_SCHEMA_VERSION {
            return Err(AlignmentError::Version { found: saved.schema_version });
        }
        Self::new(saved.source, saved.target, saved.beads, saved.findings, saved.signature)
    }
}

fn check(
    bead: &Bead,
    number: usize,
    source: &AlignedText,
    target: &AlignedText,
) -> Result<(), AlignmentError> {
    let inside = |range: &Range<usize>, text: &AlignedText| {
        range.start <= range.end && range.end <= text.sentences.len()
    };
    let empty = bead.source.is_empty() && bead.target.is_empty();
    if empty || !inside(&bead.source, source) || !inside(&bead.target, target) {
        return Err(AlignmentError::Astray { bead: number });
    }
    let similar = bead.similarity.is_none_or(|cosine| (-1.001..=1.001).contains(&cosine));
    if !(0.0..=1.0).contains(&bead.probability) || !similar {
        return Err(AlignmentError::Score { bead: number });
    }
    let Some(words) = &bead.words else { return Ok(()) };
    let there = |words: &[Word], range: &Range<usize>, text: &AlignedText| {
        words.iter().all(|word| {
            let sentence = text.sentences.get(word.sentence);
            range.contains(&word.sentence)
                && sentence.is_some_and(|sentence| word.span.of(&sentence.text).is_some())
        })
    };
    let linked =
        |&(from, to): &(usize, usize)| from < words.source.len() && to < words.target.len();
    let whole = there(&words.source, &bead.source, source)
        && there(&words.target, &bead.target, target)
        && words.links.iter().all(linked);
    if whole { Ok(()) } else { Err(AlignmentError::Words { bead: number }) }
}

fn one_bead_each<'a>(
    side: Side,
    sentences: usize,
    ranges: impl Iterator<Item = &'a Range<usize>>,
) -> Result<(), AlignmentError> {
    let mut counts = vec![0usize; sentences];
    for sentence in ranges.flat_map(Clone::clone) {
        if let Some(count) = counts.get_mut(sentence) {
            *count += 1;
        }
    }
    match counts.iter().position(|count| *count != 1) {
        Some(sentence) => {
            Err(AlignmentError::NotOneBead { side, sentence, beads: counts[sentence] })
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(language: Language, sentences: usize) -> AlignedText {
        let sentence = |n: usize| AlignedSentence {
            text: format!("sentence {n}"),
            paragraph: 0,
            heading: false,
        };
        let sentences = (0..sentences).map(sentence).collect();
        AlignedText { name: "t".into(), sha256: String::new(), language, sentences }
    }

    fn bead(source: Range<usize>, target: Range<usize>) -> Bead {
        let (moved, rejected, words) = (false, false, None);
        Bead { source, target, probability: 0.5, similarity: None, moved, rejected, words }
    }

    fn joined(beads: Vec<Bead>) -> Result<Alignment, AlignmentError> {
        let (source, target) = (text(Language::Arabic, 3), text(Language::English, 2));
        Alignment::new(source, target, beads, Vec::new(), Signature::default())
    }

    #[test]
    fn every_sentence_is_in_one_bead() {
        assert!(joined(vec![bead(0..2, 0..1), bead(2..3, 1..2)]).is_ok());
        assert!(joined(vec![bead(0..1, 1..2), bead(1..3, 0..1)]).is_ok(), "moved blocks cross");
        let lost = AlignmentError::NotOneBead { side: Side::Source, sentence: 2, beads: 0 };
        assert_eq!(joined(vec![bead(0..2, 0..1), bead(1..1, 1..2)]), Err(lost));
        let twice = AlignmentError::NotOneBead { side: Side::Target, sentence: 0, beads: 2 };
        assert_eq!(joined(vec![bead(0..2, 0..1), bead(2..3, 0..2)]), Err(twice));
        assert_eq!(joined(vec![bead(0..9, 0..1)]), Err(AlignmentError::Astray { bead: 0 }));
    }

    #[test]
    fn a_saved_alignment_is_checked_when_read() {
        let saved = joined(vec![bead(0..2, 0..1), bead(2..3, 1..2)]).unwrap();
        let json = serde_json::to_string(&saved).unwrap();
        assert_eq!(serde_json::from_str::<Alignment>(&json).unwrap(), saved);
        let broken = json.replace(r#""probability":0.5"#, r#""probability":1.5"#);
        assert!(serde_json::from_str::<Alignment>(&broken).is_err());
        let newer = json.replace(r#""schema_version":1"#, r#""schema_version":2"#);
        assert!(serde_json::from_str::<Alignment>(&newer).is_err());
    }
}
