//! ROUGE, as rouge-score computes it.
//!
//! Owns: precision, recall and F of shared n-grams and common subsequences; the best of several references.
//! In: texts. Out: statistics of one segment, and the mean F.
//! Never: files; intervals (those come from resampling).
//! Source: Lin 2004, "ROUGE: a package for automatic evaluation of summaries"; `rouge_scorer.py`, rouge-score 0.1.2.

mod lcs;
mod porter;
mod tokenize;

pub use tokenize::RougeTokenizer;

use super::metric::{Metric, Precision, Scoring, mean_f, mean_precision_and_recall};
use super::ngrams::{Grams, Words};

/// What two texts are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RougeKind {
    /// Words.
    One,
    /// Pairs of neighbouring words.
    Two,
    /// The longest common subsequence of words; line breaks are spaces.
    L,
    /// Longest common subsequences of lines, taken together. Each line feed ends a line; nothing else does.
    Lsum,
}

/// How words are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RougeOptions {
    /// Whether English words of more than three letters are stemmed first.
    pub stemmer: bool,
    /// What a word is.
    pub tokenizer: RougeTokenizer,
}

/// How far a text and a reference agree. Each part lies between 0 and 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RougeScore {
    /// Share of the hypothesis that the reference has.
    pub precision: f64,
    /// Share of the reference that the hypothesis has.
    pub recall: f64,
    /// Harmonic mean of the two; 0 where both are.
    pub fmeasure: f64,
}

impl RougeScore {
    #[expect(clippy::cast_precision_loss, reason = "texts have fewer than 2^52 words")]
    fn new(matches: usize, in_hypothesis: usize, in_reference: usize) -> Self {
        let precision = matches as f64 / in_hypothesis.max(1) as f64;
        let recall = matches as f64 / in_reference.max(1) as f64;
        let sum = precision + recall;
        let fmeasure = if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 };
        Self { precision, recall, fmeasure }
    }
}

/// ROUGE of one kind with its settings. Statistics: precision, recall and F of the segment, each 0 to 1, and 1.
///
/// The score of a corpus is 100 times the mean F of its segments. rouge-score returns parts of 1, and its
/// `BootstrapAggregator` the median of resampled means, which changes from run to run; the plain mean does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rouge {
    /// What texts are compared by.
    pub kind: RougeKind,
    /// How words are found.
    pub options: RougeOptions,
}

impl Rouge {
    /// ROUGE of `kind`.
    #[must_use]
    pub fn new(kind: RougeKind, options: RougeOptions) -> Self {
        Self { kind, options }
    }

    /// Compares `hypothesis` with the reference that gives the largest F, the first of equal ones; all 0 if there
    /// is no reference, or no word in one of the texts. Same as `RougeScorer.score_multi`, with `split_summaries`
    /// off.
    #[must_use]
    pub fn compare(&self, hypothesis: &str, references: &[&str]) -> RougeScore {
        let mut words = Words::default();
        let hypothesis = self.read(hypothesis, &mut words);
        let scores =
            references.iter().map(|text| self.score_one(&hypothesis, &self.read(text, &mut words)));
        scores
            .reduce(|best, score| if score.fmeasure > best.fmeasure { score } else { best })
            .unwrap_or_default()
    }

    /// The lines of `text` as word numbers; one line for all kinds but [`RougeKind::Lsum`].
    fn read(self, text: &str, words: &mut Words<String>) -> Vec<Vec<u32>> {
        let RougeOptions { stemmer, tokenizer } = self.options;
        let mut numbers = |line| -> Vec<u32> { words.numbers(tokenizer.tokens(line, stemmer)) };
        match self.kind {
            RougeKind::Lsum => text.split('\n').map(numbers).collect(),
            RougeKind::One | RougeKind::Two | RougeKind::L => vec![numbers(text)],
        }
    }

    fn score_one(self, hypothesis: &[Vec<u32>], reference: &[Vec<u32>]) -> RougeScore {
        let n = match self.kind {
            RougeKind::One => 1,
            RougeKind::Two => 2,
            RougeKind::L | RougeKind::Lsum => {
                // For single lines the union is a longest common subsequence; its length needs no way back.
                let matches = match (hypothesis, reference) {
                    ([hypothesis], [reference]) => lcs::length(hypothesis, reference),
                    _ => lcs::union_hits(reference, hypothesis),
                };
                let words = |lines: &[Vec<u32>]| lines.iter().map(Vec::len).sum();
                return RougeScore::new(matches, words(hypothesis), words(reference));
            }
        };
        let grams = |lines: &[Vec<u32>]| Grams::new(&lines.concat(), n);
        let (hypothesis, reference) = (grams(hypothesis), grams(reference));
        let totals = (hypothesis.total(n), reference.total(n));
        RougeScore::new(hypothesis.matches(&[reference], n), totals.0, totals.1)
    }
}

impl Scoring for Rouge {
    fn name(&self) -> String {
        match self.kind {
            RougeKind::One => "ROUGE-1",
            RougeKind::Two => "ROUGE-2",
            RougeKind::L => "ROUGE-L",
            RougeKind::Lsum => "ROUGE-Lsum",
        }
        .to_owned()
    }

    fn signature(&self) -> Vec<(&'static str, String)> {
        let RougeOptions { stemmer, tokenizer } = self.options;
        vec![
            ("stem", if stemmer { "yes" } else { "no" }.to_owned()),
            ("tok", tokenizer.name().to_owned()),
        ]
    }

    fn width(&self) -> usize {
        4
    }

    fn score(&self, sums: &[f64], precision: Precision) -> f64 {
        mean_f(sums, precision)
    }

    /// Mean precision and recall in per cent.
    fn detail(&self, sums: &[f64]) -> String {
        mean_precision_and_recall(sums)
    }
}

impl Metric for Rouge {
    fn statistics(&self, hypothesis: &str, references: &[&str]) -> Vec<f64> {
        let RougeScore { precision, recall, fmeasure } = self.compare(hypothesis, references);
        vec![precision, recall, fmeasure, 1.0]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KINDS: [RougeKind; 4] = [RougeKind::One, RougeKind::Two, RougeKind::L, RougeKind::Lsum];

    fn rouge(kind: RougeKind) -> Rouge {
        Rouge::new(kind, RougeOptions::default())
    }

    fn unicode(kind: RougeKind) -> Rouge {
        let tokenizer = RougeTokenizer::Unicode;
        Rouge::new(kind, RougeOptions { stemmer: false, tokenizer })
    }

    fn assert_near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
    }

    #[test]
    fn equal_arabic_texts_score_100_by_words_of_every_script_and_0_by_ascii() {
        let text = "قال الوزير إن ٢٠٢٤ عام جديد.\nوأضاف: «نعم»";
        for kind in KINDS {
            assert_near(
                unicode(kind).score(&unicode(kind).statistics(text, &[text]), Precision::Double),
                100.0,
            );
            assert_near(
                rouge(kind).score(&rouge(kind).statistics(text, &[text]), Precision::Double),
                0.0,
            );
        }
        let found = unicode(RougeKind::Two).compare("قالَ الوزيـــر إن 2024", &[text]);
        assert_near(found.precision, 1.0);
    }

    #[test]
    fn line_feeds_matter_to_lsum_alone() {
        let (hypothesis, reference) = ("c d\na b", "a b\nc d");
        assert_near(rouge(RougeKind::L).compare(hypothesis, &[reference]).fmeasure, 0.5);
        assert_near(rouge(RougeKind::Lsum).compare(hypothesis, &[reference]).fmeasure, 1.0);
        assert_near(rouge(RougeKind::Lsum).compare("c d\ra b", &["a b\rc d"]).fmeasure, 0.5);
    }

    #[test]
    fn the_score_is_the_mean_f_of_segments_in_per_cent() {
        let rouge = rouge(RougeKind::One);
        let first = rouge.statistics("a b", &["a b c d"]);
        let second = rouge.statistics("a", &["b"]);
        let sums: Vec<f64> = first.iter().zip(&second).map(|(a, b)| a + b).collect();
        assert_near(rouge.score(&sums, Precision::Double), 100.0 / 3.0);
        assert_near(rouge.score(&sums, Precision::Single), f64::from(100.0 * (1.0f32 / 3.0)));
        assert_eq!(rouge.detail(&sums), "P = 50.0 R = 25.0");
        assert_near(rouge.score(&[0.0; 4], Precision::Double), 0.0);
        assert_eq!(rouge.detail(&[0.0; 4]), "");
    }

    #[test]
    fn the_signature_tells_stemmer_and_words() {
        let options = RougeOptions { stemmer: true, tokenizer: RougeTokenizer::Unicode };
        let keys = |rouge: Rouge| rouge.signature().into_iter().map(|(_, value)| value);
        assert!(keys(rouge(RougeKind::L)).eq(["no", "rouge-score"]));
        assert!(keys(Rouge::new(RougeKind::L, options)).eq(["yes", "unicode"]));
    }

    #[test]
    fn a_text_without_words_or_references_scores_0() {
        for kind in KINDS {
            assert_eq!(rouge(kind).compare("", &["a b"]), RougeScore::default());
            assert_eq!(rouge(kind).compare("a b", &["?!\n"]), RougeScore::default());
            assert_eq!(rouge(kind).compare("a b", &[]), RougeScore::default());
        }
    }

    proptest! {
        #[test]
        fn swapping_the_texts_swaps_precision_and_recall(a in "[a-d ]{0,30}", b in "[a-d ]{0,30}") {
            for kind in [RougeKind::One, RougeKind::Two, RougeKind::L] {
                let there = rouge(kind).compare(&a, &[&b]);
                let back = rouge(kind).compare(&b, &[&a]);
                prop_assert!((there.precision - back.recall).abs() < 1e-12);
                prop_assert!((there.fmeasure - back.fmeasure).abs() < 1e-12);
            }
        }
    }
}
