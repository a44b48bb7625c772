//! Phrases that an output must contain, and words it must not.
//!
//! Owns: how far a hypothesis is with its phrases, and how places in the beam are shared among hypotheses that are unequally far.
//! Source: Post & Vilar 2018 (arXiv 1804.06609), "dynamic beam allocation". Different: places go round the banks one by one,
//! the fullest bank first, which shares them evenly and leaves none empty.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Says of an output and a next token whether the token may not follow.
#[derive(Clone, Default)]
pub(crate) struct Veto(Option<Arc<Forbids>>);

type Forbids = dyn Fn(&[u32], u32) -> bool + Send + Sync;

impl Veto {
    pub(crate) fn new(forbids: impl Fn(&[u32], u32) -> bool + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(forbids)))
    }

    pub(crate) fn forbids(&self, tokens: &[u32], next: u32) -> bool {
        self.0.as_ref().is_some_and(|forbids| forbids(tokens, next))
    }

    /// Continuations to look at, for `wanted` that pass.
    pub(super) fn margin(&self, wanted: usize) -> usize {
        if self.0.is_some() { wanted * 2 + 16 } else { wanted }
    }
}

impl fmt::Debug for Veto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Veto").field("set", &self.0.is_some()).finish()
    }
}

/// How far one hypothesis is with the phrases of its job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    met: Vec<bool>,
    /// The phrase that is being written, and how many of its tokens stand.
    current: Option<(usize, usize)>,
}

impl Progress {
    pub(super) fn new(phrases: &[Vec<u32>]) -> Self {
        Self { met: vec![false; phrases.len()], current: None }
    }

    /// Tokens of phrases that stand.
    pub(super) fn bank(&self, phrases: &[Vec<u32>]) -> usize {
        let whole =
            self.met.iter().zip(phrases).filter(|(met, _)| **met).map(|(_, phrase)| phrase.len());
        whole.sum::<usize>() + self.current.map_or(0, |(_, tokens)| tokens)
    }

    pub(super) fn is_complete(&self) -> bool {
        self.met.iter().all(|met| *met)
    }

    /// Tokens that would bring it further.
    pub(super) fn next(&self, phrases: &[Vec<u32>]) -> Vec<u32> {
        let token = |phrase: usize, at: usize| phrases.get(phrase)?.get(at).copied();
        if let Some((phrase, tokens)) = self.current {
            return token(phrase, tokens).into_iter().collect();
        }
        let open = self.met.iter().enumerate().filter(|(_, met)| !**met);
        open.filter_map(|(phrase, _)| token(phrase, 0)).collect()
    }

    /// The progress once `token` has followed. A phrase that is broken off has to be begun anew.
    pub(super) fn after(&self, token: u32, phrases: &[Vec<u32>]) -> Self {
        let mut after = self.clone();
        after.current = match self.current {
            Some((phrase, tokens)) if phrases[phrase].get(tokens) == Some(&token) => {
                Some((phrase, tokens + 1))
            }
            _ => {
                let begun = self
                    .met
                    .iter()
                    .zip(phrases)
                    .position(|(met, phrase)| !met && phrase.first() == Some(&token));
                begun.map(|phrase| (phrase, 1))
            }
        };
        if let Some((phrase, tokens)) = after.current
            && tokens == phrases[phrase].len()
        {
            after.met[phrase] = true;
            after.current = None;
        }
        after
    }
}

/// Orders what stands best first within its bank so that the first `n` are shared evenly among banks, for any `n`.
pub(super) fn shared<T>(sorted: Vec<(usize, T)>) -> Vec<T> {
    let mut banks: BTreeMap<usize, std::collections::VecDeque<T>> = BTreeMap::new();
    for (bank, item) in sorted {
        banks.entry(bank).or_default().push_back(item);
    }
    let mut order = Vec::new();
    while !banks.is_empty() {
        for items in banks.values_mut().rev() {
            order.extend(items.pop_front());
        }
        banks.retain(|_, items| !items.is_empty());
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_counts_once_it_stands_whole_and_in_order() {
        let phrases = vec![vec![5, 6], vec![7]];
        let run = |tokens: &[u32]| {
            tokens.iter().fold(Progress::new(&phrases), |p, t| p.after(*t, &phrases))
        };
        assert_eq!(run(&[5, 6]).bank(&phrases), 2);
        assert_eq!(run(&[5, 9]).bank(&phrases), 0);
        assert_eq!(run(&[5, 5, 6, 7]).bank(&phrases), 3);
        assert!(run(&[7, 5, 6]).is_complete() && !run(&[7, 5]).is_complete());
        assert_eq!(run(&[5]).next(&phrases), [6]);
        assert_eq!(run(&[]).next(&phrases), [5, 7]);
    }

    #[test]
    fn places_go_round_the_banks_the_fullest_first() {
        let sorted = vec![(0, 'a'), (0, 'b'), (2, 'c'), (0, 'd'), (1, 'e'), (2, 'f')];
        assert_eq!(shared(sorted), ['c', 'e', 'a', 'f', 'b', 'd']);
    }
}
