//! What a writer may say next, so that every citation names a sentence that exists.
//!
//! Owns: the form of a draft (text, then `[3]` or `[3, 5]`, then a line end), followed byte by byte, and the drawing of tokens.
//! In: a model that scores next tokens. Out: the same model, with the scores of impossible tokens at −∞. It keeps the contract
//! of [`NextToken`]: what a row may say depends on its own tokens alone.

use std::collections::HashMap;

use super::decode::NextToken;

/// Where in a line a draft stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
enum Place {
    /// At the begin of a line: the draft may end here.
    #[default]
    Begin,
    /// In its text.
    Text,
    /// Behind `[` or a comma, before a digit.
    Open,
    /// In a number.
    Number(usize),
    /// Behind `]`: a line end or the end may follow.
    Cited,
}

/// The numbers that may be cited: 1 to this.
#[derive(Clone, Copy, Debug)]
struct Range(usize);

impl Range {
    /// Where a draft stands after `byte`; `None` if it may not come.
    fn after(self, place: Place, byte: u8) -> Option<Place> {
        let digit = usize::from(byte.wrapping_sub(b'0'));
        match (place, byte) {
            (Place::Begin, b'[') | (Place::Text, b'\n') => None,
            (Place::Text, b'[') | (Place::Open, b' ') | (Place::Number(_), b',') => {
                Some(Place::Open)
            }
            (Place::Begin, b'\n' | b' ') | (Place::Cited, b'\n') => Some(Place::Begin),
            (Place::Begin | Place::Text, _) => Some(Place::Text),
            (Place::Open, b'1'..=b'9') => (digit <= self.0).then_some(Place::Number(digit)),
            (Place::Number(number), b'0'..=b'9') => {
                let longer = number * 10 + digit;
                (longer <= self.0).then_some(Place::Number(longer))
            }
            (Place::Number(_), b']') | (Place::Cited, b' ' | b'.') => Some(Place::Cited),
            _ => None,
        }
    }

    fn after_all(self, place: Place, bytes: &[u8]) -> Option<Place> {
        bytes.iter().try_fold(place, |place, byte| self.after(place, *byte))
    }
}

/// A model whose every draft cites.
pub(super) struct Citing<'a, M> {
    model: &'a mut M,
    range: Range,
    /// Bytes of every token; none for those that are no text.
    bytes: &'a [Vec<u8>],
    ends: Vec<u32>,
    /// Divides the scores of all drafts but the first before noise is added.
    temperature: f32,
    /// Drafts begun: each draws noise of its own.
    drafts: u64,
    /// Which tokens may come, for each place where a draft stood.
    possible: HashMap<Place, Vec<bool>>,
}

/// What is remembered of one draft.
#[derive(Clone)]
pub(super) struct State<S> {
    inner: S,
    place: Place,
    started: bool,
    /// 0 takes the likeliest token.
    temperature: f32,
    noise: u64,
}

impl<'a, M: NextToken> Citing<'a, M> {
    /// `bytes` are those of every token of the vocabulary, `ends` the tokens that end a draft. The first draft is the likeliest
    /// one, the others are drawn at `temperature`.
    pub(super) fn new(
        model: &'a mut M,
        sentences: usize,
        (bytes, ends): (&'a [Vec<u8>], Vec<u32>),
        temperature: f32,
    ) -> Self {
        let (range, possible) = (Range(sentences), HashMap::new());
        Self { model, range, bytes, ends, temperature, drafts: 0, possible }
    }

    /// Sets the scores of tokens that may not come to −∞.
    fn mask(&mut self, place: Place, logits: &mut [f32]) {
        let Self { range, bytes, ends, possible, .. } = self;
        let can_end = matches!(place, Place::Begin | Place::Cited);
        let may_come = |(id, bytes): (u32, &Vec<u8>)| {
            let follows = || !bytes.is_empty() && range.after_all(place, bytes).is_some();
            if ends.contains(&id) { can_end } else { follows() }
        };
        let possible =
            possible.entry(place).or_insert_with(|| (0..).zip(*bytes).map(may_come).collect());
        for (logit, possible) in logits.iter_mut().zip(possible) {
            if !*possible {
                *logit = f32::NEG_INFINITY;
            }
        }
    }
}

/// Adds noise to scores, so that the greatest one is a token drawn from their distribution.
///
/// Source: the Gumbel-max trick (Gumbel 1954), with a counter-based generator, so that a draft does not depend on others.
#[expect(clippy::cast_precision_loss, reason = "24 random bits fit a float")]
fn draw(logits: &mut [f32], temperature: f32, seed: u64) {
    for (index, logit) in (0u64..).zip(logits) {
        // SplitMix64 (Steele, Lea & Flood 2014).
        let mut z = seed.wrapping_add((index + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let uniform = (((z ^ (z >> 31)) >> 40) as f32 + 0.5) / 16_777_216.0;
        *logit = *logit / temperature - (-uniform.ln()).ln();
    }
}

impl<M: NextToken> NextToken for Citing<'_, M> {
    type State = State<M::State>;
    type Error = M::Error;

    fn vocabulary(&self) -> usize {
        self.model.vocabulary()
    }

    fn begin_all(&mut self, sources: &[&[u32]]) -> Result<Vec<Self::State>, M::Error> {
        let states = self.model.begin_all(sources)?;
        let begun = states.into_iter().map(|inner| {
            self.drafts += 1;
            let temperature = if self.drafts == 1 { 0.0 } else { self.temperature };
            State { inner, place: Place::Begin, started: false, temperature, noise: self.drafts }
        });
        Ok(begun.collect())
    }

    fn advance(
        &mut self,
        rows: &mut [(&mut Self::State, &[u32])],
        logits: &mut Vec<f32>,
    ) -> Result<(), M::Error> {
        let mut inner: Vec<(&mut M::State, &[u32])> =
            rows.iter_mut().map(|(state, tokens)| (&mut state.inner, *tokens)).collect();
        self.model.advance(&mut inner, logits)?;
        let vocabulary = self.model.vocabulary();
        for ((state, tokens), logits) in rows.iter_mut().zip(logits.chunks_exact_mut(vocabulary)) {
            if state.started {
                for token in *tokens {
                    let bytes = usize::try_from(*token).ok().and_then(|id| self.bytes.get(id));
                    let next = bytes.and_then(|bytes| self.range.after_all(state.place, bytes));
                    state.place = next.unwrap_or(state.place);
                }
            }
            state.started = true; // the first tokens are the prompt
            self.mask(state.place, logits);
            if state.temperature > 0.0 {
                state.noise = state.noise.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
                draw(logits, state.temperature, state.noise);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_of_sentences_can_be_cited() {
        let range = Range(12);
        for good in ["It rained. [3]\n", "It rained. [12]", "a [1, 12].\nb [7]", "x [3,4]"] {
            assert!(range.after_all(Place::Begin, good.as_bytes()).is_some(), "{good}");
        }
        for bad in ["a [0]", "a [13]", "a [3\n", "a []", "a\n", "[3]", "a [3] and more", "a [x]"] {
            assert!(range.after_all(Place::Begin, bad.as_bytes()).is_none(), "{bad}");
        }
    }

    #[test]
    fn drawing_follows_the_distribution() {
        let mut counts = [0; 2];
        for seed in 0..4000u64 {
            let mut logits = [3f32.ln(), 0.0];
            draw(&mut logits, 1.0, seed.wrapping_mul(0x5851_f42d_4c95_7f2d));
            counts[usize::from(logits[1] > logits[0])] += 1;
        }
        assert!((2900..3100).contains(&counts[0]), "{counts:?}");
    }
}
