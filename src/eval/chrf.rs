//! chrF and chrF++, as sacreBLEU computes them.
//!
//! Owns: character and word n-gram F-scores. In: lines. Out: for each order the n-grams of the hypothesis, of the
//! reference, and those they share.
//! Source: Popović 2015 and 2017; `metrics/chrf.py`, sacreBLEU 2.6.0.

use super::metric::{Metric, Precision, Scoring};
use super::ngrams::{Grams, MAX_ORDER, Words};
use crate::text::python;

/// Stands for a precision that cannot be computed.
const EPSILON: f64 = 1e-16;

/// chrF with its settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Chrf {
    char_order: usize,
    word_order: usize,
    beta: u32,
    /// Whether case is ignored.
    pub lowercase: bool,
    /// Whether spaces are characters too.
    pub whitespace: bool,
    /// Smoothing of chrF++.py, Moses and NLTK instead of the effective order.
    pub eps_smoothing: bool,
}

/// An n-gram order that chrF cannot count.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "chrF counts characters up to order 1 to {MAX_ORDER} and words up to order 0 to {MAX_ORDER}"
)]
pub struct UnusableOrder;

impl Default for Chrf {
    /// chrF2: characters up to order 6, recall twice as important as precision.
    fn default() -> Self {
        Self {
            char_order: MAX_ORDER,
            word_order: 0,
            beta: 2,
            lowercase: false,
            whitespace: false,
            eps_smoothing: false,
        }
    }
}

impl Chrf {
    /// chrF2++: with words up to order 2.
    #[must_use]
    pub fn plus_plus() -> Self {
        Self { word_order: 2, ..Self::default() }
    }

    /// chrF with other orders and another weight of recall.
    ///
    /// # Errors
    /// [`UnusableOrder`] unless `char_order` is 1 to 6, `word_order` 0 to 6.
    pub fn with_orders(
        char_order: usize,
        word_order: usize,
        beta: u32,
    ) -> Result<Self, UnusableOrder> {
        if (1..=MAX_ORDER).contains(&char_order) && word_order <= MAX_ORDER {
            Ok(Self { char_order, word_order, beta, ..Self::default() })
        } else {
            Err(UnusableOrder)
        }
    }

    fn order(&self) -> usize {
        self.char_order + self.word_order
    }

    fn characters(&self, line: &str) -> Grams {
        let wanted = |c: &char| self.whitespace || !python::is_space(*c);
        let symbols: Vec<u32> = line.chars().filter(wanted).map(|c| u32::from(c) + 1).collect();
        Grams::new(&symbols, self.char_order)
    }
}

impl Scoring for Chrf {
    fn name(&self) -> String {
        format!("chrF{}{}", self.beta, "+".repeat(self.word_order))
    }

    fn signature(&self) -> Vec<(&'static str, String)> {
        let yes = |flag: bool| if flag { "yes" } else { "no" }.to_owned();
        vec![
            ("case", if self.lowercase { "lc" } else { "mixed" }.to_owned()),
            ("eff", yes(!self.eps_smoothing)),
            ("nc", self.char_order.to_string()),
            ("nw", self.word_order.to_string()),
            ("space", yes(self.whitespace)),
        ]
    }

    fn width(&self) -> usize {
        3 * self.order()
    }

    fn score(&self, sums: &[f64], precision: Precision) -> f64 {
        let keep = |value| precision.keep(value);
        let factor = f64::from(self.beta * self.beta);
        let mut smoothed = 0.0;
        let (mut sum_of_precisions, mut sum_of_recalls, mut orders) = (0.0, 0.0, 0.0);
        for counts in sums.chunks_exact(3) {
            let &[hypothesis, reference, matches] = counts else { continue };
            let share = |of: f64| if of > 0.0 { keep(matches / of) } else { EPSILON };
            let (precise, recalled) = (share(hypothesis), share(reference));
            let denominator = keep(keep(factor * precise) + recalled);
            let f_score = if denominator > 0.0 {
                keep(keep(keep((1.0 + factor) * precise) * recalled) / denominator)
            } else {
                EPSILON
            };
            smoothed = keep(smoothed + f_score);
            if hypothesis > 0.0 && reference > 0.0 {
                sum_of_precisions = keep(sum_of_precisions + precise);
                sum_of_recalls = keep(sum_of_recalls + recalled);
                orders += 1.0;
            }
        }
        if self.eps_smoothing {
            #[expect(clippy::cast_precision_loss, reason = "at most 12")]
            return keep(keep(100.0 * smoothed) / self.order() as f64);
        }
        if orders <= 0.0 {
            return 0.0;
        }
        let (precise, recalled) = (keep(sum_of_precisions / orders), keep(sum_of_recalls / orders));
        if keep(precise + recalled) <= 0.0 {
            return 0.0;
        }
        let product = keep(keep((1.0 + factor) * precise) * recalled);
        keep(100.0 * keep(product / keep(keep(factor * precise) + recalled)))
    }
}

impl Metric for Chrf {
    /// Of several references the one with the best F-score counts, the first of equal ones.
    fn statistics(&self, hypothesis: &str, references: &[&str]) -> Vec<f64> {
        let prepare =
            |line: &str| if self.lowercase { line.to_lowercase() } else { line.to_owned() };
        let hypothesis = prepare(hypothesis);
        let characters = self.characters(&hypothesis);
        let mut best: Option<(f64, Vec<f64>)> = None;
        for reference in references {
            let reference = prepare(reference);
            let mut statistics = Vec::with_capacity(self.width());
            let others = [self.characters(&reference)];
            (1..=self.char_order).for_each(|n| count(&mut statistics, &characters, &others, n));
            if self.word_order > 0 {
                let mut numbers = Words::default();
                let words = word_grams(&mut numbers, &hypothesis, self.word_order);
                let others = [word_grams(&mut numbers, &reference, self.word_order)];
                (1..=self.word_order).for_each(|n| count(&mut statistics, &words, &others, n));
            }
            let score = self.score(&statistics, Precision::Double);
            if best.as_ref().is_none_or(|(so_far, _)| score > *so_far) {
                best = Some((score, statistics));
            }
        }
        best.map_or_else(|| vec![0.0; self.width()], |(_, statistics)| statistics)
    }
}

fn count(statistics: &mut Vec<f64>, hypothesis: &Grams, reference: &[Grams; 1], n: usize) {
    let in_reference = reference.iter().map(|grams| grams.total(n)).sum();
    // Where the reference has no n-gram of this order, those of the hypothesis do not count either.
    let in_hypothesis = if in_reference == 0 { 0 } else { hypothesis.total(n) };
    let counts = [in_hypothesis, in_reference, hypothesis.matches(reference, n)];
    #[expect(clippy::cast_precision_loss, reason = "segments have fewer than 2^52 characters")]
    statistics.extend(counts.map(|n| n as f64));
}

fn word_grams<'a>(numbers: &mut Words<&'a str>, line: &'a str, order: usize) -> Grams {
    let words = python::words(line).flat_map(without_outer_punctuation).flatten();
    Grams::new(&numbers.numbers(words), order)
}

/// A word and the one ASCII punctuation mark at its end or, failing that, at its beginning, which stands alone.
fn without_outer_punctuation(word: &str) -> [Option<&str>; 2] {
    let is_mark = |c: char| c.is_ascii_punctuation();
    let mut characters = word.chars();
    let (first, last) = (characters.next(), characters.next_back());
    match (first, last) {
        (Some(_), Some(mark)) if is_mark(mark) => {
            let (rest, mark) = word.split_at(word.len() - mark.len_utf8());
            [Some(rest), Some(mark)]
        }
        (Some(mark), Some(_)) if is_mark(mark) => {
            let (mark, rest) = word.split_at(mark.len_utf8());
            [Some(mark), Some(rest)]
        }
        _ => [Some(word), None],
    }
}
