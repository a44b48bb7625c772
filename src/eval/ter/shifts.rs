//! Which runs of words to move: the search of tercom.
//!
//! Owns: the limits of the search, which shifts are tried, and which of them is taken.
//! In: numbered words and a matrix of edit distances. Out: the number of edits, shifts included.
//! Never: texts, the inside of a matrix.
//! Source: `translation_edit_rate` and `_shift`, `metrics/lib_ter.py`, sacreBLEU 2.6.0. Same: every limit and every tie.
//! Different: shifts are gathered first and tried in the order of their rank, so that those which cannot win are left
//! out; nothing is tried where the limit of candidates or the words themselves decide.

use std::cmp::Reverse;

use super::alignment::{Alignment, Matrix};

/// Words in a shift.
const MAX_SHIFT_SIZE: usize = 10;
/// Words between the positions in hypothesis and reference.
const MAX_SHIFT_DISTANCE: usize = 50;
/// Shifts tried for one pair of texts. The round that reaches it is not played.
const MAX_SHIFT_CANDIDATES: usize = 1000;

/// Moves the `length` words from `start` to `target`, in the order in which equally good shifts are preferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Shift {
    length: Reverse<usize>,
    start: usize,
    target: usize,
}

impl Shift {
    /// The words that change their places, and by how much they rotate to the left.
    fn rotation(self, words: usize) -> (usize, usize, usize) {
        let Self { length: Reverse(length), start, target } = self;
        if target < start {
            (target, start + length, start - target)
        } else if target > start + length {
            (start, target, length)
        } else {
            // A target inside of the run counts from its start, and moves the run beyond its end.
            (start, (target + length).min(words), length)
        }
    }
}

/// Buffers of the search.
#[derive(Default)]
pub(super) struct Search {
    /// Places in the reference, word by word; those of word `w` are `places[starts[w]..starts[w + 1]]`.
    places: Vec<usize>,
    starts: Vec<usize>,
    /// Edits that no order of the words can spare.
    unavoidable: usize,
    alignment: Alignment,
    shifts: Vec<Shift>,
    shifted: Vec<u32>,
}

impl Search {
    /// Makes ready for two texts with words below `vocabulary`.
    pub(super) fn prepare(&mut self, hypothesis: &[u32], reference: &[u32], vocabulary: usize) {
        self.starts.clear();
        self.starts.resize(vocabulary + 1, 0);
        for &word in reference {
            self.starts[word as usize] += 1;
        }
        // Ends of the runs of places, which become starts while the places are put in from the last.
        let mut sum = 0;
        for start in &mut self.starts {
            sum += *start;
            *start = sum;
        }
        self.places.clear();
        self.places.resize(reference.len(), 0);
        for (place, &word) in reference.iter().enumerate().rev() {
            self.starts[word as usize] -= 1;
            self.places[self.starts[word as usize]] = place;
        }
        self.unavoidable = hypothesis.len().max(reference.len()) - self.common(hypothesis);
    }

    /// How many words both texts have.
    fn common(&mut self, hypothesis: &[u32]) -> usize {
        self.shifted.clear();
        self.shifted.extend_from_slice(hypothesis);
        self.shifted.sort_unstable();
        let runs = self.shifted.chunk_by(|a, b| a == b);
        runs.map(|run| run.len().min(self.places_of(run[0]).len())).sum()
    }

    fn places_of(&self, word: u32) -> &[usize] {
        &self.places[self.starts[word as usize]..self.starts[word as usize + 1]]
    }

    /// Edits from `hypothesis` to `reference`: shifts, as long as each lowers the edit distance, and the distance
    /// that remains. Leaves `hypothesis` as the shifts made it.
    pub(super) fn edits(
        &mut self,
        matrix: &mut impl Matrix,
        hypothesis: &mut [u32],
        reference: &[u32],
    ) -> usize {
        let mut tried = 0;
        let mut shifts = 0;
        loop {
            let distance = matrix.fill(hypothesis);
            if distance == self.unavoidable {
                return shifts + distance;
            }
            self.alignment.trace(matrix, hypothesis, reference);
            tried += self.gather(hypothesis, reference, MAX_SHIFT_CANDIDATES - tried);
            if tried >= MAX_SHIFT_CANDIDATES {
                return shifts + distance;
            }
            let Some(shift) = self.best(matrix, hypothesis, distance) else {
                return shifts + distance;
            };
            let (from, to, by) = shift.rotation(hypothesis.len());
            hypothesis[from..to].rotate_left(by);
            shifts += 1;
        }
    }

    /// Collects the shifts to try, those of equal runs where both texts err. Gives their number, with repetitions,
    /// which stops growing at `limit`.
    fn gather(&mut self, hypothesis: &[u32], reference: &[u32], limit: usize) -> usize {
        self.shifts.clear();
        for (start, &word) in hypothesis.iter().enumerate() {
            let word = word as usize;
            for place in self.starts[word]..self.starts[word + 1] {
                let place = self.places[place];
                if start.abs_diff(place) > MAX_SHIFT_DISTANCE {
                    continue;
                }
                let run = hypothesis[start..].iter().zip(&reference[place..]);
                let longest = run.take(MAX_SHIFT_SIZE).take_while(|(a, b)| a == b).count();
                for length in 1..=longest {
                    self.gather_targets(start, place, length);
                }
                if self.shifts.len() >= limit {
                    return self.shifts.len();
                }
            }
        }
        self.shifts.len()
    }

    /// Collects the shifts of `length` words at `start` of the hypothesis that also are at `place` of the reference.
    fn gather_targets(&mut self, start: usize, place: usize, length: usize) {
        let alignment = &self.alignment;
        let within = start + 1..=start + length;
        if !alignment.hypothesis_errs(start, length)
            || !alignment.reference_errs(place, length)
            || within.contains(&alignment.place_after(place + 1))
        {
            return;
        }
        let mut last = None;
        for words in place..=place + length {
            let target = alignment.place_after(words);
            if last != Some(target) {
                self.shifts.push(Shift { length: Reverse(length), start, target });
                last = Some(target);
            }
        }
    }

    /// The shift that lowers `distance` the most, if any does.
    fn best<M: Matrix>(
        &mut self,
        matrix: &mut M,
        hypothesis: &[u32],
        distance: usize,
    ) -> Option<Shift> {
        self.shifts.sort_unstable();
        self.shifts.dedup();
        self.shifted.clear();
        self.shifted.extend_from_slice(hypothesis);
        let mut best = None;
        let mut least = distance;
        for &shift in &self.shifts {
            // Moving words changes a distance by no more than taking them out and putting them in again.
            if least == self.unavoidable || (M::WHOLE && 2 * shift.length.0 <= distance - least) {
                break;
            }
            let (from, to, by) = shift.rotation(hypothesis.len());
            self.shifted[from..to].rotate_left(by);
            let shifted = matrix.distance_after(&self.shifted, from, least);
            self.shifted[from..to].copy_from_slice(&hypothesis[from..to]);
            if shifted < least {
                (best, least) = (Some(shift), shifted);
            }
        }
        best
    }
}
