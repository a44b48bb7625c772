//! Sentences in which each piece is told apart once.
//!
//! Owns: which sentences are computed together, so that what depends on a piece alone is computed once for all of them and
//! still fits into memory. In: piece ids. Out: the distinct ids, and sentences that name them by their number.

use std::collections::HashMap;
use std::ops::Range;

/// Neighbouring sentences, and the pieces that are in them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    /// Each once, in the order in which they first stand.
    pub(super) ids: Vec<u32>,
    /// For each sentence the places of its pieces in `ids`.
    pub(super) sentences: Vec<Vec<usize>>,
}

/// Cuts sentences into stretches of at most `most` distinct pieces, unless one sentence alone has more.
pub(super) fn stretches(sentences: &[Vec<u32>], most: usize) -> Vec<Stretch> {
    let mut made: Vec<Stretch> = Vec::new();
    let mut places: HashMap<u32, usize> = HashMap::new();
    for sentence in sentences {
        // An upper bound: a piece that is new twice in its sentence counts twice.
        let new = sentence.iter().filter(|id| !places.contains_key(id)).count();
        if made.is_empty() || places.len() + new > most {
            places.clear();
            made.push(Stretch { ids: Vec::new(), sentences: Vec::new() });
        }
        let Some(stretch) = made.last_mut() else { continue };
        let place = |id: &u32| {
            *places.entry(*id).or_insert_with(|| {
                stretch.ids.push(*id);
                stretch.ids.len() - 1
            })
        };
        let row = sentence.iter().map(place).collect();
        stretch.sentences.push(row);
    }
    made
}

impl Stretch {
    /// Ranges of sentences with about `tokens` tokens, or one sentence if it has more.
    pub(super) fn blocks(&self, tokens: usize) -> Vec<Range<usize>> {
        let mut blocks: Vec<Range<usize>> = Vec::new();
        let mut room = 0;
        for (number, sentence) in self.sentences.iter().enumerate() {
            match blocks.last_mut() {
                Some(block) if sentence.len() <= room => block.end = number + 1,
                _ => {
                    room = tokens;
                    blocks.push(number..number + 1);
                }
            }
            room = room.saturating_sub(sentence.len());
        }
        blocks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_hold_all_sentences_and_few_pieces() {
        let sentences: Vec<Vec<u32>> =
            vec![vec![1, 7, 7, 2], vec![1, 8, 2], vec![], vec![1, 9, 10, 11, 12, 2], vec![1, 7, 2]];
        for most in [1, 4, 6, 100] {
            let made = stretches(&sentences, most);
            let back: Vec<Vec<u32>> = made
                .iter()
                .flat_map(|stretch| {
                    stretch
                        .sentences
                        .iter()
                        .map(|row| row.iter().map(|at| stretch.ids[*at]).collect())
                })
                .collect();
            assert_eq!(back, sentences);
            for stretch in &made {
                let mut ids = stretch.ids.clone();
                ids.sort_unstable();
                ids.dedup();
                assert_eq!(ids.len(), stretch.ids.len(), "a piece stands twice");
                assert!(ids.len() <= most || stretch.sentences.len() == 1, "{most}: {stretch:?}");
            }
        }
        assert_eq!(stretches(&sentences, 100).len(), 1);
        assert_eq!(stretches(&[], 100), []);
    }

    #[test]
    fn blocks_hold_all_sentences_in_their_order() {
        let sentences = [3, 4, 0, 9, 2, 2].map(|length| vec![0; length]).to_vec();
        let stretch = Stretch { ids: vec![5], sentences };
        assert_eq!(stretch.blocks(8), [0..3, 3..4, 4..6]);
        assert_eq!(stretch.blocks(1), [0..1, 1..3, 3..4, 4..5, 5..6]);
    }
}
