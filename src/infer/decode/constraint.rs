//! What may not be generated.

use std::collections::HashMap;

/// A set of token ids.
#[derive(Clone, Debug, Default)]
pub(crate) struct TokenSet {
    words: Vec<u64>,
}

impl TokenSet {
    /// The ids of `0..vocabulary` for which `holds` is true.
    pub(crate) fn of(vocabulary: usize, holds: impl Fn(u32) -> bool) -> Self {
        let mut words = vec![0u64; vocabulary.div_ceil(64)];
        for id in 0..u32::try_from(vocabulary).unwrap_or(u32::MAX) {
            if holds(id) {
                words[id as usize / 64] |= 1 << (id % 64);
            }
        }
        Self { words }
    }

    /// Whether `id` is in the set.
    pub(crate) fn contains(&self, id: u32) -> bool {
        self.words.get(id as usize / 64).is_some_and(|word| word >> (id % 64) & 1 == 1)
    }

    /// Calls `action` with each id of the set.
    pub(crate) fn for_each(&self, mut action: impl FnMut(usize)) {
        for (index, word) in self.words.iter().enumerate() {
            let mut rest = *word;
            while rest != 0 {
                action(index * 64 + rest.trailing_zeros() as usize);
                rest &= rest - 1;
            }
        }
    }
}

/// The n-grams of one output, by their first n − 1 tokens.
#[derive(Clone, Debug, Default)]
pub(crate) struct NgramGuard {
    continuations: HashMap<Vec<u32>, Vec<u32>>,
}

impl NgramGuard {
    /// Takes note of the n-gram that ends with the last of `tokens`.
    pub(crate) fn extend(&mut self, tokens: &[u32], n: usize) {
        if let Some((last, before)) = tokens.split_last()
            && let Some(start) = before.len().checked_sub(n - 1)
        {
            self.continuations.entry(before[start..].to_vec()).or_default().push(*last);
        }
    }

    /// Tokens that would repeat an n-gram behind `tokens`.
    pub(crate) fn forbidden(&self, tokens: &[u32], n: usize) -> &[u32] {
        let context = tokens.len().checked_sub(n - 1).map(|start| &tokens[start..]);
        context.and_then(|c| self.continuations.get(c)).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guard_forbids_what_followed_the_same_context() {
        let mut guard = NgramGuard::default();
        let tokens = [5, 6, 7, 5, 6];
        for end in 1..=tokens.len() {
            guard.extend(&tokens[..end], 3);
        }
        assert_eq!(guard.forbidden(&tokens, 3), [7]);
        assert!(guard.forbidden(&tokens[..1], 3).is_empty());
    }

    #[test]
    fn a_set_lists_the_ids_it_contains() {
        let set = TokenSet::of(130, |id| id % 64 == 1);
        let mut listed = Vec::new();
        set.for_each(|id| listed.push(id));
        assert_eq!(listed, [1, 65, 129]);
        assert!(set.contains(65) && !set.contains(64) && !set.contains(4000));
    }
}
