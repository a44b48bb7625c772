//! Counts of n-grams that two texts share, for all orders from one sort.
//!
//! Owns: n-grams packed into integers. In: symbols (characters, or numbers of words). Out: counts.
//! Never: what a word is.

use std::collections::HashMap;
use std::hash::Hash;

/// Bits a symbol: every character, and two million different words, with zero left over.
const BITS: u32 = 21;
/// The longest n-gram that fits into 128 bits.
pub(super) const MAX_ORDER: usize = 6;
/// The largest symbol.
const MAX_SYMBOL: u32 = (1 << BITS) - 1;

/// The n-grams of one text up to some order.
///
/// Each position becomes one integer: its symbol and those that follow, the first in the highest bits, zeros
/// beyond the end. Sorted, equal n-grams of every order stand side by side.
#[derive(Clone, Debug)]
pub(super) struct Grams {
    keys: Vec<u128>,
    order: usize,
}

impl Grams {
    /// The n-grams of `symbols` (1 to [`MAX_SYMBOL`]) up to `order` (1 to [`MAX_ORDER`]).
    pub(super) fn new(symbols: &[u32], order: usize) -> Self {
        debug_assert!((1..=MAX_ORDER).contains(&order), "n-grams must fit into a key");
        let mut keys = vec![0; symbols.len()];
        let mut key = 0u128;
        let drop_last = BITS * u32::try_from(order - 1).unwrap_or(0);
        for (slot, &symbol) in keys.iter_mut().zip(symbols).rev() {
            debug_assert!((1..=MAX_SYMBOL).contains(&symbol), "zero marks the end of the text");
            key = (key >> BITS) | (u128::from(symbol) << drop_last);
            *slot = key;
        }
        keys.sort_unstable();
        Self { keys, order }
    }

    /// Number of n-grams of order `n`.
    pub(super) fn total(&self, n: usize) -> usize {
        (self.keys.len() + 1).saturating_sub(n)
    }

    /// How many n-grams of order `n` also stand in one of `references`: each as often as it stands here, but no
    /// more often than in the reference that has it most.
    pub(super) fn matches(&self, references: &[Grams], n: usize) -> usize {
        debug_assert!(references.iter().all(|other| other.order == self.order));
        let mut cursors: Vec<Groups<'_>> = references.iter().map(|other| other.groups(n)).collect();
        let mut matches = 0;
        for (gram, count) in self.groups(n) {
            let most = cursors.iter_mut().map(|groups| groups.count_of(gram)).max();
            matches += count.min(most.unwrap_or(0));
        }
        matches
    }

    fn groups(&self, n: usize) -> Groups<'_> {
        let beyond = self.order.saturating_sub(n);
        Groups { keys: &self.keys, shift: BITS * u32::try_from(beyond).unwrap_or(0) }
    }
}

/// Runs of equal n-grams of one order, in rising order.
struct Groups<'a> {
    keys: &'a [u128],
    shift: u32,
}

impl Groups<'_> {
    /// How often `gram` stands here; grams must be asked for in rising order.
    fn count_of(&mut self, gram: u128) -> usize {
        let shift = self.shift;
        let skipped = self.keys.iter().take_while(|key| **key >> shift < gram).count();
        self.keys = self.keys.get(skipped..).unwrap_or_default();
        self.keys.iter().take_while(|key| **key >> shift == gram).count()
    }
}

impl Iterator for Groups<'_> {
    type Item = (u128, usize);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let gram = *self.keys.first()? >> self.shift;
            let count = self.keys.iter().take_while(|key| **key >> self.shift == gram).count();
            self.keys = self.keys.get(count..).unwrap_or_default();
            // An n-gram whose last symbol is zero runs over the end of the text.
            if gram & u128::from(MAX_SYMBOL) != 0 {
                return Some((gram, count));
            }
        }
    }
}

/// Symbols for the words of one segment and its references, from 1 in the order of their first appearance.
///
/// Words beyond the two millionth different one share a symbol.
pub(super) struct Words<W> {
    symbols: HashMap<W, u32>,
}

impl<W> Default for Words<W> {
    fn default() -> Self {
        Self { symbols: HashMap::new() }
    }
}

impl<W: Eq + Hash> Words<W> {
    /// The symbols of `words`, in their order.
    pub(super) fn numbers(&mut self, words: impl IntoIterator<Item = W>) -> Vec<u32> {
        words.into_iter().map(|word| self.number(word)).collect()
    }

    fn number(&mut self, word: W) -> u32 {
        let next = u32::try_from(self.symbols.len() + 1).unwrap_or(MAX_SYMBOL).min(MAX_SYMBOL);
        *self.symbols.entry(word).or_insert(next)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counted(symbols: &[u32], n: usize) -> HashMap<&[u32], usize> {
        let mut counts = HashMap::new();
        for gram in symbols.windows(n) {
            *counts.entry(gram).or_insert(0) += 1;
        }
        counts
    }

    proptest! {
        #[test]
        fn matches_are_those_of_counting_with_a_table(
            hypothesis in prop::collection::vec(1u32..6, 0..30),
            references in prop::collection::vec(prop::collection::vec(1u32..6, 0..30), 1..4),
            order in 1usize..=MAX_ORDER,
        ) {
            let hypothesis_grams = Grams::new(&hypothesis, order);
            let reference_grams: Vec<Grams> =
                references.iter().map(|symbols| Grams::new(symbols, order)).collect();
            for n in 1..=order {
                let tables: Vec<_> = references.iter().map(|symbols| counted(symbols, n)).collect();
                let expected: usize = counted(&hypothesis, n)
                    .iter()
                    .map(|(gram, count)| {
                        let most = tables.iter().filter_map(|table| table.get(gram)).max();
                        *count.min(most.unwrap_or(&0))
                    })
                    .sum();
                prop_assert_eq!(hypothesis_grams.matches(&reference_grams, n), expected);
                prop_assert_eq!(hypothesis_grams.total(n), hypothesis.windows(n).count());
            }
        }
    }

    #[test]
    fn the_largest_character_is_a_symbol() {
        let last = u32::from(char::MAX) + 1;
        assert!(last <= MAX_SYMBOL);
        let grams = Grams::new(&[last; 7], 6);
        assert_eq!(grams.matches(std::slice::from_ref(&grams), 6), 2);
    }
}
