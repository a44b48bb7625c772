//! What alignment knows of a text: vectors, lengths, structure, and tokens that both languages share.
//!
//! Owns: the rule that all parts speak of the same sentences. In: numbers made elsewhere. Never: text.

use crate::domain::RunVectors;

/// Tokens that would be the same in both languages, as sorted pairs of id and weight.
pub type Tokens = Vec<(u64, f32)>;

/// One side of an alignment, a value a sentence in every list.
#[derive(Clone, Debug)]
pub struct TextVectors {
    /// Vectors of all runs of neighbouring sentences, in the space of both languages.
    pub runs: RunVectors,
    /// Letters and digits of each sentence.
    pub letters: Vec<f32>,
    /// The paragraph of each sentence, rising.
    pub paragraphs: Vec<usize>,
    /// Whether the sentence is a headline.
    pub headings: Vec<bool>,
    /// Numbers and words in Latin letters.
    pub literals: Vec<Tokens>,
    /// Consonants of words that may be names.
    pub names: Vec<Tokens>,
    /// The same text in the other side's language, where it was translated by machine.
    pub bridge: Option<Bridge>,
}

/// What a machine translation, or the text it is compared with, adds.
#[derive(Clone, Debug)]
pub struct Bridge {
    /// Vectors of all runs of it.
    pub runs: RunVectors,
    /// Its character n-grams with TF-IDF weights.
    pub grams: Vec<Tokens>,
}

impl TextVectors {
    /// How many sentences there are.
    #[must_use]
    pub fn sentences(&self) -> usize {
        self.runs.texts()
    }

    /// Whether every list has a value a sentence.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let count = self.sentences();
        let lists = [
            self.letters.len(),
            self.paragraphs.len(),
            self.headings.len(),
            self.literals.len(),
            self.names.len(),
        ];
        let bridge = self.bridge.as_ref();
        lists.into_iter().all(|found| found == count)
            && bridge.is_none_or(|b| b.runs.texts() == count && b.grams.len() == count)
    }

    /// The sentences of a range as a text of their own.
    pub(super) fn part(&self, range: &std::ops::Range<usize>) -> Option<Self> {
        let bridge = self.bridge.as_ref().map(|bridge| {
            let grams = bridge.grams.get(range.clone())?.to_vec();
            Some(Bridge { runs: bridge.runs.part(range.clone())?, grams })
        });
        Some(Self {
            runs: self.runs.part(range.clone())?,
            letters: self.letters.get(range.clone())?.to_vec(),
            paragraphs: self.paragraphs.get(range.clone())?.to_vec(),
            headings: self.headings.get(range.clone())?.to_vec(),
            literals: self.literals.get(range.clone())?.to_vec(),
            names: self.names.get(range.clone())?.to_vec(),
            bridge: bridge.flatten(),
        })
    }

    /// Whether a paragraph begins with this sentence.
    pub(super) fn opens_paragraph(&self, sentence: usize) -> bool {
        sentence == 0 || self.paragraphs[sentence] != self.paragraphs[sentence - 1]
    }

    /// Paragraph breaks inside a run.
    pub(super) fn breaks_inside(&self, first: usize, length: usize) -> usize {
        (first + 1..first + length).filter(|sentence| self.opens_paragraph(*sentence)).count()
    }
}

/// Sum of products of the weights that two lists share.
pub(super) fn shared(left: &Tokens, right: &Tokens) -> f32 {
    let (mut i, mut j, mut sum) = (0, 0, 0.0);
    while let (Some((a, x)), Some((b, y))) = (left.get(i), right.get(j)) {
        match a.cmp(b) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                sum += x * y;
                (i, j) = (i + 1, j + 1);
            }
        }
    }
    sum
}
