//! Phrases that are made likelier where they may stand.
//!
//! Owns: the bonus of each next token, and what of it is taken back when a phrase is broken off.
//! Source: Williams et al. 2018, "Contextual Speech Recognition in End-to-End Neural Network Systems using Beam Search":
//! fusion with a list of phrases, and a cost that undoes the bonus of a phrase that does not go on. Different: phrases are
//! alternatives for a place of the source, of which one gets the bonus, once; a phrase stands only where a word ends.

use std::sync::Arc;

use super::constraint::TokenSet;

/// Phrases for the places of one source, with the bonus of each of their tokens in nats.
#[derive(Clone, Debug, Default)]
pub(crate) struct Preferred {
    phrases: Vec<Phrase>,
    places: usize,
    /// Tokens that go on with a word: no phrase has ended before them.
    continuing: Arc<TokenSet>,
}

#[derive(Clone, Debug)]
struct Phrase {
    place: usize,
    tokens: Vec<u32>,
    bonus: f32,
}

impl Preferred {
    /// `places` gives the alternatives of each; phrases without tokens are left out.
    pub(crate) fn new(
        places: impl IntoIterator<Item = (Vec<Vec<u32>>, f32)>,
        continuing: Arc<TokenSet>,
    ) -> Self {
        let mut preferred = Self { phrases: Vec::new(), places: 0, continuing };
        for (alternatives, bonus) in places {
            let place = preferred.places;
            let phrases = alternatives.into_iter().filter(|tokens| !tokens.is_empty());
            preferred.phrases.extend(phrases.map(|tokens| Phrase { place, tokens, bonus }));
            preferred.places += 1;
        }
        preferred
    }
}

/// A phrase that is whole, if the word it ends with is.
#[derive(Clone, Copy, Debug)]
struct Whole {
    place: usize,
    bonus: f32,
    /// Whether what followed has shown that the word ended.
    is_sure: bool,
}

/// How far one hypothesis is with its preferred phrases, and what they have brought it.
#[derive(Clone, Debug)]
pub(super) struct Favour {
    /// Whether anything was written. Phrases are spelt as they stand behind another word: at the beginning of a text a word has
    /// no space before it, and a capital letter.
    has_begun: bool,
    /// The places that have their phrase.
    served: Vec<bool>,
    /// Phrases that are being written, all from the same token on, and how many of their tokens stand.
    within: Vec<(usize, usize)>,
    whole: Option<Whole>,
    /// For phrases that stand.
    kept: f32,
    /// For what is being written, [`Whole`] included.
    lent: f32,
}

impl Favour {
    pub(super) fn new(preferred: &Preferred) -> Self {
        let served = vec![false; preferred.places];
        Self { has_begun: false, served, within: Vec::new(), whole: None, kept: 0.0, lent: 0.0 }
    }

    /// Tokens that would begin a phrase or bring one further, each once, with the bonus it gets.
    pub(super) fn offers(&self, preferred: &Preferred) -> Vec<(u32, f32)> {
        let mut offers: Vec<(u32, f32)> = Vec::new();
        if !self.has_begun {
            return offers;
        }
        for &(phrase, stand) in &self.within {
            let phrase = &preferred.phrases[phrase];
            offer(&mut offers, phrase.tokens[stand], phrase.bonus);
        }
        let further = offers.len();
        let mut begun: Vec<(u32, f32)> = Vec::new();
        for phrase in preferred.phrases.iter().filter(|phrase| self.is_open(phrase.place)) {
            if offers[..further].iter().all(|(token, _)| *token != phrase.tokens[0]) {
                offer(&mut begun, phrase.tokens[0], phrase.bonus);
            }
        }
        offers.extend(begun);
        offers
    }

    /// What all phrases have brought once `token` has followed, which got `given`.
    pub(super) fn total_with(&self, token: u32, given: f32, preferred: &Preferred) -> f32 {
        if self.within.iter().any(|at| goes_on(*at, token, preferred)) {
            return self.kept + self.lent + given;
        }
        self.kept + self.settled(token, preferred).map_or(0.0, |whole| whole.bonus) + given
    }

    /// The same hypothesis once `token` has followed, which got `given`.
    pub(super) fn after(&self, token: u32, given: f32, preferred: &Preferred) -> Self {
        let mut after = Self { has_begun: true, ..self.clone() };
        after.within.retain(|at| goes_on(*at, token, preferred));
        if after.within.is_empty() {
            if let Some(whole) = self.settled(token, preferred) {
                after.kept += whole.bonus;
                after.served[whole.place] = true;
            }
            after.whole = None;
            after.lent = 0.0;
            let phrases = preferred.phrases.iter().enumerate();
            let begun = phrases.filter(|(_, phrase)| {
                self.has_begun && phrase.tokens[0] == token && after.is_open(phrase.place)
            });
            after.within = begun.map(|(phrase, _)| (phrase, 0)).collect();
        } else {
            after.whole = self.settled(token, preferred).map(|w| Whole { is_sure: true, ..w });
        }
        if after.within.is_empty() {
            return after;
        }
        after.lent += given;
        after.within.iter_mut().for_each(|(_, stand)| *stand += 1);
        let is_whole =
            |(phrase, stand): &(usize, usize)| *stand == preferred.phrases[*phrase].tokens.len();
        if let Some((phrase, _)) = after.within.iter().find(|at| is_whole(at)) {
            let place = preferred.phrases[*phrase].place;
            after.whole = Some(Whole { place, bonus: after.lent, is_sure: false });
        }
        after.within.retain(|at| !is_whole(at));
        after
    }

    /// The phrase that stands if `token` follows.
    fn settled(&self, token: u32, preferred: &Preferred) -> Option<Whole> {
        self.whole.filter(|whole| whole.is_sure || !preferred.continuing.contains(token))
    }

    fn is_open(&self, place: usize) -> bool {
        !self.served[place] && self.whole.is_none_or(|whole| whole.place != place)
    }
}

fn goes_on((phrase, stand): (usize, usize), token: u32, preferred: &Preferred) -> bool {
    preferred.phrases[phrase].tokens[stand] == token
}

/// Adds an offer; of several for a token the highest remains.
fn offer(offers: &mut Vec<(u32, f32)>, token: u32, bonus: f32) {
    match offers.iter_mut().find(|(known, _)| *known == token) {
        Some((_, most)) => *most = most.max(bonus),
        None => offers.push((token, bonus)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(preferred: &Preferred, tokens: &[u32]) -> (Favour, f32) {
        let start = Favour::new(preferred);
        assert!(start.offers(preferred).is_empty(), "at the beginning");
        let mut favour = start.after(9, 0.0, preferred);
        let mut total = 0.0;
        for token in tokens {
            let offers = favour.offers(preferred);
            let given = offers.iter().find(|(offered, _)| offered == token).map_or(0.0, |o| o.1);
            total = favour.total_with(*token, given, preferred);
            favour = favour.after(*token, given, preferred);
            assert!((favour.kept + favour.lent - total).abs() < 1e-6, "{tokens:?}");
        }
        (favour, total)
    }

    /// Token 9 begins a word, 10 goes on with one.
    fn preferred(places: Vec<(Vec<Vec<u32>>, f32)>) -> Preferred {
        Preferred::new(places, Arc::new(TokenSet::of(16, |id| id >= 10)))
    }

    #[test]
    fn a_phrase_keeps_its_bonus_when_it_stands_and_loses_it_when_it_is_broken_off() {
        let preferred =
            preferred(vec![(vec![vec![5, 6]], 2.0), (vec![vec![7]], 1.0), (vec![vec![]], 9.0)]);
        let brings = |tokens: &[u32], wanted: f32, why: &str| {
            let brought = run(&preferred, tokens).1;
            assert!((brought - wanted).abs() < 1e-6, "{why}: {brought}");
        };
        brings(&[5], 2.0, "given");
        brings(&[5, 6], 4.0, "given");
        brings(&[5, 9], 0.0, "taken back");
        brings(&[5, 6, 9], 4.0, "kept");
        brings(&[5, 6, 10], 0.0, "another word");
        brings(&[5, 6, 7], 5.0, "given");
        brings(&[7, 7], 1.0, "once");
        brings(&[7, 7, 9], 1.0, "once");
        brings(&[5, 7], 1.0, "taken back, and another begun");
    }

    #[test]
    fn of_the_alternatives_of_a_place_one_gets_the_bonus() {
        let twice = preferred(vec![(vec![vec![5], vec![7]], 1.0), (vec![vec![7]], 1.0)]);
        assert!((run(&twice, &[5, 7, 9]).1 - 2.0).abs() < 1e-6);
        let once = preferred(vec![(vec![vec![5], vec![7]], 1.0)]);
        assert!((run(&once, &[5, 7, 9]).1 - 1.0).abs() < 1e-6);
        assert!((run(&once, &[5, 10, 7, 9]).1 - 1.0).abs() < 1e-6, "the first was another word");
    }

    #[test]
    fn the_longer_of_two_phrases_counts_and_the_shorter_where_the_longer_breaks_off() {
        let both = preferred(vec![(vec![vec![5], vec![5, 6, 8]], 1.0)]);
        assert!((run(&both, &[5, 6, 8, 9]).1 - 3.0).abs() < 1e-6);
        assert!((run(&both, &[5, 6, 9]).1 - 1.0).abs() < 1e-6);
        let joined = preferred(vec![(vec![vec![5], vec![5, 10]], 1.0)]);
        assert!((run(&joined, &[5, 10, 9]).1 - 2.0).abs() < 1e-6);
        assert!((run(&joined, &[5, 11, 9]).1).abs() < 1e-6);
    }

    #[test]
    fn a_token_of_several_phrases_is_offered_once_with_the_highest_bonus() {
        let preferred =
            preferred(vec![(vec![vec![5, 6]], 1.0), (vec![vec![5, 8]], 3.0), (vec![vec![7]], 2.0)]);
        assert_eq!(run(&preferred, &[]).0.offers(&preferred), [(5, 3.0), (7, 2.0)]);
        assert_eq!(run(&preferred, &[7]).0.offers(&preferred), [(5, 3.0)]);
        let begun = run(&preferred, &[5]).0.offers(&preferred);
        assert_eq!(begun, [(6, 1.0), (8, 3.0), (5, 3.0), (7, 2.0)]);
    }
}
