//! Longest common subsequences of numbered words.
//!
//! Owns: their length, and which one is taken where several are equally long.
//! In: word numbers. Out: counts.
//! Never: words, scores.
//! Source: `_lcs_table`, `_backtrack_norec`, `_summary_level_lcs` in `rouge_scorer.py`, rouge-score 0.1.2.

use std::collections::HashMap;

/// Length of the longest common subsequence. Time |a|·|b|, memory of the shorter one.
pub(super) fn length(a: &[u32], b: &[u32]) -> usize {
    let (long, short) = if a.len() < b.len() { (b, a) } else { (a, b) };
    let mut row = vec![0; short.len()];
    for &word in long {
        next_row(word, short, &mut row, |_| {});
    }
    row.last().map_or(0, |length| usize::try_from(*length).unwrap_or(usize::MAX))
}

/// Turns the lengths of one row of the table into those of the next, which `word` belongs to. Row and
/// `candidate` are equally long. `left` hears each column whose length comes from the left alone.
fn next_row(word: u32, candidate: &[u32], row: &mut [u32], mut left: impl FnMut(usize)) {
    let mut diagonal = 0;
    let mut before = 0;
    for (column, (cell, &other)) in row.iter_mut().zip(candidate).enumerate() {
        let above = *cell;
        if word == other {
            *cell = diagonal + 1;
        } else if before > above {
            *cell = before;
            left(column);
        }
        diagonal = above;
        before = *cell;
    }
}

/// The number of reference words that summary-level ROUGE-L counts as found.
///
/// Each reference sentence takes the union of its longest common subsequences with all candidate sentences; a
/// word is found at most as often as both texts have it. Memory: one bit for each pair of words of two sentences.
pub(super) fn union_hits(reference: &[Vec<u32>], candidate: &[Vec<u32>]) -> usize {
    let mut in_reference = counts(reference);
    let mut in_candidate = counts(candidate);
    let mut hits = 0;
    for sentence in reference {
        let mut common = vec![false; sentence.len()];
        for other in candidate {
            mark_common(sentence, other, &mut common);
        }
        for (word, _) in sentence.iter().zip(&common).filter(|(_, common)| **common) {
            let left = (in_reference.get_mut(word), in_candidate.get_mut(word));
            if let (Some(reference @ 1..), Some(candidate @ 1..)) = left {
                *reference -= 1;
                *candidate -= 1;
                hits += 1;
            }
        }
    }
    hits
}

fn counts(sentences: &[Vec<u32>]) -> HashMap<u32, usize> {
    let mut counts = HashMap::new();
    for &word in sentences.iter().flatten() {
        *counts.entry(word).or_insert(0) += 1;
    }
    counts
}

/// Marks the words of `reference` that belong to one longest common subsequence with `candidate`: from the end,
/// equal words are taken, then the column to the left if it has more than the row above, else the row above.
fn mark_common(reference: &[u32], candidate: &[u32], common: &mut [bool]) {
    let mut table = LeftMoves::new(reference.len(), candidate.len());
    let mut row = vec![0; candidate.len()];
    for (index, &word) in reference.iter().enumerate() {
        next_row(word, candidate, &mut row, |column| table.set(index, column));
    }
    let (mut rows, mut columns) = (reference.len(), candidate.len());
    while rows > 0 && columns > 0 {
        let (row, column) = (rows - 1, columns - 1);
        if reference[row] == candidate[column] {
            common[row] = true;
            (rows, columns) = (row, column);
        } else if table.get(row, column) {
            columns = column;
        } else {
            rows = row;
        }
    }
}

/// One bit for each cell of the table: whether the way back goes to the left.
struct LeftMoves {
    blocks_in_row: usize,
    blocks: Vec<u64>,
}

impl LeftMoves {
    fn new(rows: usize, columns: usize) -> Self {
        let blocks_in_row = columns.div_ceil(64);
        Self { blocks_in_row, blocks: vec![0; rows * blocks_in_row] }
    }

    fn set(&mut self, row: usize, column: usize) {
        self.blocks[row * self.blocks_in_row + column / 64] |= 1 << (column % 64);
    }

    fn get(&self, row: usize, column: usize) -> bool {
        self.blocks[row * self.blocks_in_row + column / 64] >> (column % 64) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn of_two_equally_long_subsequences_the_one_from_the_rows_is_taken() {
        // 1 2 against 2 1: the way back starts at (2, 1), where left has no more than above, so row 2 goes first.
        let mut common = vec![false; 2];
        mark_common(&[1, 2], &[2, 1], &mut common);
        assert_eq!(common, [true, false]);
    }

    #[test]
    fn a_union_over_sentences_counts_no_word_twice() {
        assert_eq!(union_hits(&[vec![1, 2, 3, 4, 5]], &[vec![1, 2, 6, 7], vec![1, 3, 8, 9, 5]]), 4);
        assert_eq!(union_hits(&[vec![1, 1], vec![1]], &[vec![1, 2], vec![1]]), 2);
        assert_eq!(union_hits(&[], &[vec![1]]), 0);
    }

    /// All subsequences of `a`, tried one by one.
    fn longest_by_trial(a: &[u32], b: &[u32]) -> usize {
        let within_b = |choice: u32| {
            let mut rest = b.iter();
            let mut chosen = a.iter().enumerate().filter(|(at, _)| choice >> at & 1 == 1);
            chosen.all(|(_, word)| rest.any(|other| other == word))
        };
        let choices = (0..1u32 << a.len()).filter(|choice| within_b(*choice));
        choices.map(|choice| choice.count_ones() as usize).max().unwrap_or(0)
    }

    proptest! {
        #[test]
        fn length_and_marked_words_agree_with_trial(
            a in prop::collection::vec(0u32..4, 0..9),
            b in prop::collection::vec(0u32..4, 0..9),
        ) {
            let expected = longest_by_trial(&a, &b);
            prop_assert_eq!(length(&a, &b), expected);
            prop_assert_eq!(length(&b, &a), expected);
            let mut common = vec![false; a.len()];
            mark_common(&a, &b, &mut common);
            prop_assert_eq!(common.iter().filter(|common| **common).count(), expected);
        }
    }
}
