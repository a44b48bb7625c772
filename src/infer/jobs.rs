//! From segments to hypotheses, whatever the network.
//!
//! Owns: segments without text, which no network sees; the limits of a batch; terms that must or must not be in an output.
//! Never: how a segment becomes tokens.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::decode::{
    BatchLimits, Decoded, Job, NextToken, Preferred, TokenSet, Veto, decode_n_best,
};
use super::error::InferError;
use crate::ports::{Hypothesis, Ranked, TranslateError};

/// Positions that the caches may hold together, at most; with 18 layers of 256 values this is 600 MB.
const MAX_POSITIONS: usize = 16_384;
/// Hypotheses kept alive where phrases are required: fewer leave no room beside those that hold the phrases.
pub(super) const MIN_WIDTH_WITH_PHRASES: usize = 4;

/// Tells which target terms the translation of a source must contain.
pub type Terms = Arc<dyn Fn(&str) -> Vec<String> + Send + Sync>;

/// Tells for each place of a source of which English phrases one is likely, and the bonus of each of its tokens in nats.
pub type Preferences = Arc<dyn Fn(&str) -> Vec<(Vec<String>, f32)> + Send + Sync>;

/// Gives the line of glosses of a source, which a network trained with them reads behind it; empty where nothing is known.
pub type Glosses = Arc<dyn Fn(&str) -> String + Send + Sync>;

/// Terms that every translation has to heed.
#[derive(Clone, Default)]
pub struct Terminology {
    /// For a source, what its translation must contain, spelt as it must stand there.
    pub required: Option<Terms>,
    /// For a source, what the search leans to.
    pub preferred: Option<Preferences>,
    /// For a source, what a decoder-only network reads of its words.
    pub glosses: Option<Glosses>,
    /// Words that no translation may contain, or words that begin with them; case does not count.
    pub forbidden: Vec<String>,
}

impl fmt::Debug for Terminology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { required, preferred, glosses, forbidden } = self;
        f.debug_struct("Terminology")
            .field("required", &required.is_some())
            .field("preferred", &preferred.is_some())
            .field("glosses", &glosses.is_some())
            .field("forbidden", forbidden)
            .finish()
    }
}

impl Terminology {
    pub(super) fn required_by(&self, source: &str) -> Vec<String> {
        self.required.as_ref().map(|terms| terms(source)).unwrap_or_default()
    }

    /// `source` as a network reads it, with its glosses on a line of their own.
    pub(super) fn glossed<'a>(&self, source: &'a str) -> Cow<'a, str> {
        let line = self.glosses.as_ref().map(|of| of(source)).unwrap_or_default();
        if line.is_empty() { source.into() } else { format!("{source}\n{line}").into() }
    }

    /// What the search leans to for `source`, in the tokens of `encode`; `continuing` are those that go on with a word.
    pub(super) fn preferred_by(
        &self,
        source: &str,
        encode: impl Fn(&str) -> Vec<u32>,
        continuing: &Arc<TokenSet>,
    ) -> Preferred {
        let places = self.preferred.as_ref().map(|of| of(source)).unwrap_or_default();
        let encoded = |phrases: Vec<String>| phrases.iter().map(|phrase| encode(phrase)).collect();
        let places = places.into_iter().map(|(phrases, bonus)| (encoded(phrases), bonus));
        Preferred::new(places, Arc::clone(continuing))
    }

    /// All that the search leans to for `source`.
    pub(super) fn preferred_phrases(&self, source: &str) -> Vec<String> {
        let places = self.preferred.as_ref().map(|of| of(source)).unwrap_or_default();
        places.into_iter().flat_map(|(phrases, _)| phrases).collect()
    }

    /// A veto against tokens that would spell a forbidden word; `bytes` are those of each token of the vocabulary.
    pub(super) fn veto(&self, vocabulary: usize, bytes: impl Fn(u32) -> Vec<u8>) -> Veto {
        let words: Vec<String> =
            self.forbidden.iter().map(|word| word.trim().to_lowercase()).collect();
        let words: Vec<String> = words.into_iter().filter(|word| !word.is_empty()).collect();
        if words.is_empty() {
            return Veto::default();
        }
        let ids = 0..u32::try_from(vocabulary).unwrap_or(u32::MAX);
        let table: Vec<Vec<u8>> = ids.map(bytes).collect();
        let longest = words.iter().map(String::len).max().unwrap_or(0);
        Veto::new(move |tokens, next| {
            let of = |id: u32| table.get(id as usize).map_or(&[][..], Vec::as_slice);
            let last = of(next);
            if last.is_empty() {
                return false;
            }
            // Only the end of the output can hold something new: the word's length, one character before, and the token.
            let mut tail: Vec<u8> = last.to_vec();
            for token in tokens.iter().rev() {
                if tail.len() > longest + last.len() + 4 {
                    break;
                }
                tail.splice(0..0, of(*token).iter().copied());
            }
            let text = String::from_utf8_lossy(&tail).to_lowercase();
            words.iter().any(|word| begins_a_word(&text, word))
        })
    }
}

/// Whether `word` stands in `text` where no letter or digit is before it.
fn begins_a_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        before.is_none_or(|character| !character.is_alphanumeric())
    })
}

/// What the searches of the jobs finish, best first; a `None` is a segment without text, which has nothing and is done before
/// the others begin.
pub(super) fn run<M: NextToken<Error = InferError> + Send>(
    engine: &mut M,
    pool: &rayon::ThreadPool,
    jobs: Vec<Option<Job>>,
    rows: usize,
    on_done: &mut (dyn FnMut() + Send),
) -> Result<Vec<Vec<Decoded>>, TranslateError>
where
    M::State: Send,
{
    jobs.iter().filter(|job| job.is_none()).for_each(|_| on_done());
    let is_asked: Vec<bool> = jobs.iter().map(Option::is_some).collect();
    let asked: Vec<Job> = jobs.into_iter().flatten().collect();
    let limits = BatchLimits { rows, positions: MAX_POSITIONS };
    let decoded = pool
        .install(|| decode_n_best(engine, &asked, limits, on_done))
        .map_err(|error| TranslateError::Engine(Box::new(error)))?;
    let mut decoded = decoded.into_iter();
    let mut found = |asked: bool| if asked { decoded.next() } else { None };
    Ok(is_asked.into_iter().map(|asked| found(asked).unwrap_or_default()).collect())
}

/// `items` in order, as many together as have `limit` of what `size` tells of each; one that has more stands alone.
pub(super) fn batches<T>(
    items: &[T],
    limit: usize,
    size: impl Fn(&T) -> usize,
) -> impl Iterator<Item = &[T]> {
    let mut rest = items;
    std::iter::from_fn(move || {
        let mut taken = 0;
        let fit = rest.iter().take_while(|item| {
            taken += size(item);
            taken <= limit
        });
        let (batch, behind) = rest.split_at(fit.count().max(1).min(rest.len()));
        rest = behind;
        (!batch.is_empty()).then_some(batch)
    })
}

/// The first hypothesis of each segment; the empty one where there is none.
pub(super) fn best(ranked: Vec<Vec<Ranked>>) -> Vec<Hypothesis> {
    let first = |ranked: Vec<Ranked>| ranked.into_iter().next();
    let first = |ranked| first(ranked).map_or_else(Hypothesis::empty, |best| best.hypothesis);
    ranked.into_iter().map(first).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_keep_order_and_limit_and_lose_nothing() {
        let sizes = [3, 4, 9, 1, 1, 6, 2];
        let found: Vec<&[usize]> = batches(&sizes, 7, |size| *size).collect();
        assert_eq!(found, [&[3, 4][..], &[9], &[1, 1], &[6], &[2]]);
        assert_eq!(batches(&sizes[..0], 7, |size| *size).count(), 0);
    }

    #[test]
    fn a_veto_sees_a_word_across_tokens_and_in_any_case_but_not_within_another() {
        let pieces = [" Kil", "led", " s", "kill", "k", "ill", " ", ""];
        let terms = Terminology { forbidden: vec!["kill".to_owned()], ..Terminology::default() };
        let veto = terms.veto(pieces.len(), |id| pieces[id as usize].as_bytes().to_vec());
        let forbids = |tokens: &[u32], next| veto.forbids(tokens, next);
        assert!(forbids(&[0], 1), " Kil + led");
        assert!(forbids(&[6, 4], 5), "k + ill");
        assert!(!forbids(&[2], 3), "skill");
        assert!(!forbids(&[0], 7) && !forbids(&[], 0));
    }
}
