//! TER: how many edits turn a hypothesis into its reference, where moving a run of words is one edit.
//!
//! Owns: the options, the choice among references, numbering of words, the score.
//! In: lines. Out: `[edits, mean length of the references]`, both in words, and 100 × their quotient.
//! Never: resampling, files.
//! Source: Snover et al. 2006 (<https://aclanthology.org/2006.amta-papers.25>); `metrics/ter.py` and `metrics/lib_ter.py`, sacreBLEU 2.6.0. Same numbers. Different:
//! how they are found. Its cache of matrix rows is left out, since it never changes a number; see `bits` and `shifts`
//! for what takes its place. Lower case is that of the Unicode version of Rust here, of Python there.

mod alignment;
mod band;
mod bits;
mod shifts;
mod tokenizer;

use std::cell::RefCell;
use std::collections::HashMap;

use band::{Band, Bands};
use bits::BitRows;
use shifts::Search;

use super::metric::{Metric, Precision, Scoring};
use crate::text::python;

/// How lines become words. All off by default, as in sacreBLEU.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "these are the options of the reference")]
pub struct TerOptions {
    /// Set punctuation apart and resolve XML escapes.
    pub normalized: bool,
    /// Leave punctuation out.
    pub no_punct: bool,
    /// Extend the two options above to Asian characters; without them it does nothing.
    pub asian_support: bool,
    /// Keep upper case.
    pub case_sensitive: bool,
}

/// Translation edit rate, 0 to 100 and beyond; lower is better.
///
/// Statistics: the fewest edits to any of the references, and the mean length of the references.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ter {
    options: TerOptions,
}

impl Ter {
    /// TER with these `options`.
    #[must_use]
    pub fn new(options: TerOptions) -> Self {
        Self { options }
    }
}

impl Scoring for Ter {
    fn name(&self) -> String {
        "TER".to_owned()
    }

    fn signature(&self) -> Vec<(&'static str, String)> {
        let yes = |on: bool| if on { "yes" } else { "no" }.to_owned();
        vec![
            ("case", if self.options.case_sensitive { "mixed" } else { "lc" }.to_owned()),
            ("tok", "tercom".to_owned()),
            ("norm", yes(self.options.normalized)),
            ("punct", yes(!self.options.no_punct)),
            ("asian", yes(self.options.asian_support)),
        ]
    }

    fn higher_is_better(&self) -> bool {
        false
    }

    fn width(&self) -> usize {
        2
    }

    fn score(&self, sums: &[f64], precision: Precision) -> f64 {
        match *sums {
            [edits, length] if length > 0.0 => {
                precision.keep(100.0 * precision.keep(edits / length))
            }
            // Nothing to compare with: all wrong if there is anything, all right if not.
            [edits, _] if edits > 0.0 => 100.0,
            _ => 0.0,
        }
    }
}

impl Metric for Ter {
    fn statistics(&self, hypothesis: &str, references: &[&str]) -> Vec<f64> {
        let hypothesis = tokenizer::prepare(hypothesis, self.options);
        let references: Vec<String> = references
            .iter()
            .map(|line| tokenizer::prepare_reference(line, self.options))
            .collect();
        SCRATCH.with_borrow_mut(|scratch| scratch.statistics(&hypothesis, &references))
    }
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// Buffers that live from segment to segment.
#[derive(Default)]
struct Scratch {
    hypothesis: Vec<u32>,
    reference: Vec<u32>,
    search: Search,
    narrow: BitRows<u64>,
    wide: BitRows<u128>,
    band: Band,
}

impl Scratch {
    fn statistics(&mut self, hypothesis: &str, references: &[String]) -> Vec<f64> {
        let mut numbers = HashMap::new();
        let mut fewest = None;
        let mut total_length = 0;
        for reference in references {
            number(reference, &mut numbers, &mut self.reference);
            number(hypothesis, &mut numbers, &mut self.hypothesis);
            let edits = self.edits(numbers.len());
            fewest = Some(fewest.map_or(edits, |fewest: usize| fewest.min(edits)));
            total_length += self.reference.len();
        }
        let count = references.len().max(1);
        vec![as_f64(fewest.unwrap_or_default()), as_f64(total_length) / as_f64(count)]
    }

    /// Edits between the two buffers, whose words are numbered below `vocabulary`.
    fn edits(&mut self, vocabulary: usize) -> usize {
        let Self { hypothesis, reference, search, narrow, wide, band } = self;
        if hypothesis.is_empty() || reference.is_empty() {
            return hypothesis.len() + reference.len();
        }
        search.prepare(hypothesis, reference, vocabulary);
        let bands = Bands::of(hypothesis.len(), reference.len());
        // A narrow matrix is the whole matrix as long as no cheap enough way could leave the band.
        if reference.len() <= 64 {
            narrow.prepare(reference, vocabulary);
            if narrow.distance(hypothesis) < bands.cheapest_way_outside() {
                return search.edits(narrow, hypothesis, reference);
            }
        } else if reference.len() <= 128 {
            wide.prepare(reference, vocabulary);
            if wide.distance(hypothesis) < bands.cheapest_way_outside() {
                return search.edits(wide, hypothesis, reference);
            }
        }
        band.prepare(bands, reference);
        search.edits(band, hypothesis, reference)
    }
}

/// The words of `text` as numbers; equal words have equal numbers in all texts that share `numbers`.
fn number<'text>(text: &'text str, numbers: &mut HashMap<&'text str, u32>, out: &mut Vec<u32>) {
    out.clear();
    for word in python::words(text) {
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        out.push(*numbers.entry(word).or_insert(next));
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of words are far below 2^52")]
fn as_f64(count: usize) -> f64 {
    count as f64
}
