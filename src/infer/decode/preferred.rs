//! Phrases that are made likelier where they may stand.
//!
//! Owns: the bonus of each next token, and what of it is taken back when a phrase is broken off.
//! Source: Williams et al. 2018, "Contextual Speech Recognition in End-to-End Neural Network Systems using Beam Search":
//! fusion with a list of phrases, and a cost that undoes the bonus of a phrase that does not go on. Different: a phrase gets
//! its bonus once.

use super::phrases::Progress;

/// Phrases, and the bonus of each of their tokens in nats.
#[derive(Clone, Debug, Default)]
pub(crate) struct Preferred {
    phrases: Vec<Vec<u32>>,
    bonuses: Vec<f32>,
}

impl Preferred {
    /// Phrases without tokens are left out.
    pub(crate) fn new(phrases: impl IntoIterator<Item = (Vec<u32>, f32)>) -> Self {
        let (phrases, bonuses) =
            phrases.into_iter().filter(|(tokens, _)| !tokens.is_empty()).unzip();
        Self { phrases, bonuses }
    }
}

/// How far one hypothesis is with its preferred phrases, and what they have brought it.
#[derive(Clone, Debug)]
pub(super) struct Favour {
    progress: Progress,
    /// For phrases that stand.
    kept: f32,
    /// For the phrase that is being written.
    lent: f32,
}

impl Favour {
    pub(super) fn new(preferred: &Preferred) -> Self {
        Self { progress: Progress::new(&preferred.phrases), kept: 0.0, lent: 0.0 }
    }

    /// Tokens that would bring a phrase further, each once, with the bonus it gets.
    pub(super) fn offers(&self, preferred: &Preferred) -> Vec<(u32, f32)> {
        let mut offers: Vec<(u32, f32)> = Vec::new();
        for (phrase, token) in self.progress.next_by_phrase(&preferred.phrases) {
            let bonus = preferred.bonuses.get(phrase).copied().unwrap_or(0.0);
            match offers.iter_mut().find(|(known, _)| *known == token) {
                Some((_, most)) => *most = most.max(bonus),
                None => offers.push((token, bonus)),
            }
        }
        offers
    }

    /// What all phrases have brought once a token with the bonus `given` has followed; 0 for one that was not offered.
    pub(super) fn total_with(&self, given: f32) -> f32 {
        if given > 0.0 { self.kept + self.lent + given } else { self.kept }
    }

    /// The same hypothesis once `token` has followed, which got `given`.
    pub(super) fn after(&self, token: u32, given: f32, preferred: &Preferred) -> Self {
        let progress = self.progress.after(token, &preferred.phrases);
        let lent = if given > 0.0 { self.lent + given } else { 0.0 };
        if progress.is_within() {
            Self { progress, kept: self.kept, lent }
        } else {
            Self { progress, kept: self.kept + lent, lent: 0.0 }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(preferred: &Preferred, tokens: &[u32]) -> (Favour, f32) {
        let mut favour = Favour::new(preferred);
        let mut total = 0.0;
        for token in tokens {
            let offers = favour.offers(preferred);
            let given = offers.iter().find(|(offered, _)| offered == token).map_or(0.0, |o| o.1);
            total = favour.total_with(given);
            favour = favour.after(*token, given, preferred);
        }
        (favour, total)
    }

    #[test]
    fn a_phrase_keeps_its_bonus_when_it_stands_and_loses_it_when_it_is_broken_off() {
        let preferred = Preferred::new([(vec![5, 6], 2.0), (vec![7], 1.0), (vec![], 9.0)]);
        let brings = |tokens: &[u32], wanted: f32, why: &str| {
            let brought = run(&preferred, tokens).1;
            assert!((brought - wanted).abs() < 1e-6, "{why}: {brought}");
        };
        brings(&[5], 2.0, "given");
        brings(&[5, 6], 4.0, "given");
        brings(&[5, 9], 0.0, "taken back");
        brings(&[5, 6, 9], 4.0, "kept");
        brings(&[5, 6, 7], 5.0, "given");
        brings(&[7, 7], 1.0, "once");
        brings(&[5, 7], 0.0, "what breaks a phrase off was not offered");
    }

    #[test]
    fn a_token_of_several_phrases_is_offered_once_with_the_highest_bonus() {
        let preferred = Preferred::new([(vec![5, 6], 1.0), (vec![5, 8], 3.0), (vec![7], 2.0)]);
        assert_eq!(run(&preferred, &[]).0.offers(&preferred), [(5, 3.0), (7, 2.0)]);
        assert_eq!(run(&preferred, &[7]).0.offers(&preferred), [(5, 3.0)]);
    }
}
