//! Segment scores in figures, and what can be told of them in sum.
//!
//! Owns: the direction of a text, means by document, and which metrics have segment scores at all.
//! In: an evaluation. Out: text and means. Never: markup, other orders than the given one.

use std::collections::HashMap;

use super::grid::{Grid, NOTHING, fixed};
use crate::domain::{Evaluation, SegmentOutput};

/// Whether most letters of a text are Arabic, so that it runs from right to left.
pub(super) fn is_arabic(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic());
    let (arabic, other): (Vec<char>, Vec<char>) = letters.partition(|c| is_arabic_letter(*c));
    arabic.len() > other.len()
}

/// Whether a text holds Arabic letters, so that a terminal may reorder it.
pub(super) fn has_arabic(text: &str) -> bool {
    text.chars().any(is_arabic_letter)
}

fn is_arabic_letter(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{870}'..='\u{8ff}'
        | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

/// Indices of the metrics for which at least one segment has a score.
pub(super) fn scored_metrics(evaluation: &Evaluation) -> Vec<usize> {
    let is_scored = |index: &usize| {
        let mut outputs = evaluation.segments.iter().flat_map(|segment| &segment.outputs);
        outputs.any(|output| output.scores.get(*index).is_some_and(Option::is_some))
    };
    (0..evaluation.metrics.len()).filter(is_scored).collect()
}

/// The scores of one output: `(metric, figure)`, those that exist.
pub(super) fn figures(grid: &Grid, output: &SegmentOutput) -> Vec<(String, String)> {
    let scores = grid.columns.iter().zip(&output.scores);
    scores.filter_map(|(c, score)| Some((c.name.clone(), fixed((*score)?, c.decimals)))).collect()
}

/// All segment scores of one system by one metric.
pub(super) fn values(evaluation: &Evaluation, system: usize, metric: usize) -> Vec<f64> {
    let outputs = evaluation.segments.iter().filter_map(|segment| segment.outputs.get(system));
    outputs.filter_map(|output| output.scores.get(metric).copied().flatten()).collect()
}

/// A count as a number to divide by.
pub(super) fn count(items: usize) -> f64 {
    f64::from(u32::try_from(items).unwrap_or(u32::MAX))
}

/// The segments of one document.
pub(super) struct Document<'a> {
    pub(super) name: &'a str,
    pub(super) segments: usize,
    /// Index of its first segment, in the order of the evaluation.
    pub(super) first: usize,
    /// `[system][metric]`: sum and number of segment scores.
    sums: Vec<Vec<(f64, usize)>>,
}

impl Document<'_> {
    /// The mean of a system's segment scores, in figures.
    pub(super) fn mean(&self, system: usize, metric: usize, decimals: usize) -> String {
        match self.sums.get(system).and_then(|sums| sums.get(metric)) {
            Some((sum, items)) if *items > 0 => fixed(sum / count(*items), decimals),
            _ => NOTHING.to_owned(),
        }
    }
}

/// The documents in the order in which they first appear; segments without one are left out.
pub(super) fn documents(evaluation: &Evaluation) -> Vec<Document<'_>> {
    let mut found: Vec<Document<'_>> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    let named = evaluation.segments.iter().enumerate();
    for (first, (segment, name)) in
        named.filter_map(|(i, s)| Some((i, (s, s.document.as_deref()?))))
    {
        let place = *places.entry(name).or_insert(found.len());
        if place == found.len() {
            let sums = vec![vec![(0.0, 0); evaluation.metrics.len()]; evaluation.systems.len()];
            found.push(Document { name, segments: 0, first, sums });
        }
        let Some(document) = found.get_mut(place) else { continue };
        document.segments += 1;
        for (sums, output) in document.sums.iter_mut().zip(&segment.outputs) {
            for ((sum, items), score) in sums.iter_mut().zip(&output.scores) {
                *sum += score.unwrap_or(0.0);
                *items += usize::from(score.is_some());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_latin_name_does_not_turn_an_arabic_sentence() {
        assert!(is_arabic("REvil هجوم على شركة كاسيا"));
        assert!(!is_arabic("The word سلام means peace"));
        assert!(!is_arabic("12.5"));
    }
}
