//! Sentences in which each piece is told apart once.
//!
//! Owns: which sentences are computed together, so that what depends on a piece alone is computed once for all of them and
//! still fits into memory, and at which place it is kept until another piece needs that.
//! In: piece ids. Out: the ids that are new, and sentences that name their pieces by place.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// Which piece is at which place.
#[derive(Debug, Default)]
pub(super) struct Places {
    of: HashMap<u32, usize>,
    /// By place.
    ids: Vec<u32>,
    /// Where the search for a place that can be given away goes on.
    hand: usize,
}

/// Neighbouring sentences, and the pieces that are in them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    /// Pieces of which nothing is known yet, with their places, in rising order of places.
    pub(super) new: Vec<(usize, u32)>,
    /// For each sentence the places of its pieces.
    pub(super) sentences: Vec<Vec<usize>>,
}

impl Places {
    /// Finds places for the pieces of the first of `sentences`, as many as have `most` distinct pieces, but at least one.
    ///
    /// Pieces of earlier stretches keep their places while there is room, which is `most` pieces or those of one sentence.
    pub(super) fn next(&mut self, sentences: &[Vec<u32>], most: usize) -> Stretch {
        let mut here: HashSet<u32> = HashSet::new();
        let mut count = 0;
        for sentence in sentences {
            here.extend(sentence);
            if count > 0 && here.len() > most {
                break;
            }
            count += 1;
        }
        let sentences = sentences.get(..count).unwrap_or_default();
        // Those of a sentence that no longer fitted in may go.
        let here: HashSet<u32> = sentences.iter().flatten().copied().collect();
        let mut new = Vec::new();
        for id in sentences.iter().flatten() {
            if !self.of.contains_key(id) {
                let place = self.free(&here, most);
                if let Some(held) = self.ids.get_mut(place) {
                    self.of.remove(held);
                    *held = *id;
                } else {
                    self.ids.push(*id);
                }
                self.of.insert(*id, place);
                new.push((place, *id));
            }
        }
        new.sort_unstable();
        let row = |sentence: &Vec<u32>| sentence.iter().map(|id| self.of[id]).collect();
        Stretch { new, sentences: sentences.iter().map(row).collect() }
    }

    /// A place that holds none of the pieces in `here`; the end, if there is none or still room.
    fn free(&mut self, here: &HashSet<u32>, most: usize) -> usize {
        let places = self.ids.len();
        if places < most.max(here.len()) {
            return places;
        }
        let order = (self.hand..places).chain(0..self.hand);
        let found = order.into_iter().find(|place| !here.contains(&self.ids[*place]));
        self.hand = found.map_or(0, |place| place + 1);
        found.unwrap_or(places)
    }
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
    fn each_piece_of_a_stretch_has_a_place_of_its_own_and_is_new_once() {
        let sentences: Vec<Vec<u32>> =
            vec![vec![1, 7, 7, 2], vec![1, 8, 2], vec![], vec![1, 9, 10, 11, 12, 2], vec![1, 7, 2]];
        for most in [1, 4, 6, 100] {
            let mut places = Places::default();
            // What is held at each place, as the network would have computed it.
            let mut held: HashMap<usize, u32> = HashMap::new();
            for round in 0..3 {
                let mut done = 0;
                while done < sentences.len() {
                    let stretch = places.next(&sentences[done..], most);
                    assert!(!stretch.sentences.is_empty());
                    if most == 100 && round > 0 {
                        assert_eq!(stretch.new, [], "known from the first time");
                    }
                    held.extend(stretch.new.iter().copied());
                    let back: Vec<Vec<u32>> = (stretch.sentences.iter())
                        .map(|row| row.iter().map(|place| held[place]).collect())
                        .collect();
                    assert_eq!(back, sentences[done..done + back.len()]);
                    let pieces: HashSet<u32> = back.iter().flatten().copied().collect();
                    assert!(pieces.len() <= most || back.len() == 1, "{most}: {stretch:?}");
                    assert!(stretch.new.is_sorted());
                    done += back.len();
                }
                assert!(held.len() <= most.max(6), "{most}: {held:?}");
            }
        }
    }

    #[test]
    fn a_piece_keeps_its_place_until_another_needs_it() {
        let mut places = Places::default();
        assert_eq!(places.next(&[vec![5, 6, 7]], 4).new, [(0, 5), (1, 6), (2, 7)]);
        assert_eq!(places.next(&[vec![6, 8]], 4).new, [(3, 8)]);
        let third = places.next(&[vec![6, 9, 5]], 4);
        assert_eq!(third, Stretch { new: vec![(2, 9)], sentences: vec![vec![1, 2, 0]] });
    }

    #[test]
    fn blocks_hold_all_sentences_in_their_order() {
        let sentences = [3, 4, 0, 9, 2, 2].map(|length| vec![0; length]).to_vec();
        let stretch = Stretch { new: vec![(0, 5)], sentences };
        assert_eq!(stretch.blocks(8), [0..3, 3..4, 4..6]);
        assert_eq!(stretch.blocks(1), [0..1, 1..3, 3..4, 4..5, 5..6]);
    }
}
