//! The decoder against `transformers`, and against itself in other batches.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

use std::sync::Arc;

use super::{Decoder, Feed, KvCache};
use crate::infer::decode::NextToken;
use crate::infer::fixtures::{FLOAT, INTEGER, VOCABULARY, cases, decoder, engine, feed};

fn all_fixtures() -> impl Iterator<Item = &'static str> {
    FLOAT.into_iter().chain([INTEGER])
}

/// Float sums in another order move a logit by about 1e-5; 8-bit activations (the reference has float
/// ones) by up to 0.2.
fn tolerance(name: &str) -> f32 {
    if name == INTEGER { 0.3 } else { 1e-4 }
}

fn assert_close(got: &[f32], expected: &[f32], tolerance: f32, what: &str) {
    assert_eq!(got.len(), expected.len(), "{what}");
    for (id, (got, expected)) in got.iter().zip(expected).enumerate() {
        let allowed = tolerance * expected.abs().max(1.0);
        assert!((got - expected).abs() <= allowed, "{what}, token {id}: {got} for {expected}");
    }
}

fn bits(logits: &[f32]) -> Vec<u32> {
    logits.iter().map(|logit| logit.to_bits()).collect()
}

fn best(logits: &[f32]) -> u32 {
    let best = (0u32..).zip(logits).max_by(|a, b| a.1.total_cmp(b.1));
    best.unwrap().0
}

/// The logits behind the whole prompt, alone in the batch.
fn alone(decoder: &mut Decoder, prompt: &[u32]) -> Vec<f32> {
    feed(decoder, &mut KvCache::default(), prompt)
}

#[test]
fn logits_match_transformers_at_every_position() {
    for name in all_fixtures() {
        let mut decoder = decoder(name);
        for case in cases(name) {
            let mut cache = KvCache::default();
            for (at, token) in case.prompt.iter().enumerate() {
                let logits = feed(&mut decoder, &mut cache, &[*token]);
                let what = format!("{name}, position {at} of {}", case.prompt.len());
                assert_close(&logits, &case.logits[at], tolerance(name), &what);
            }
        }
    }
}

#[test]
fn greedy_search_appends_the_ids_of_transformers() {
    for name in all_fixtures() {
        let mut decoder = decoder(name);
        for case in cases(name) {
            let mut cache = KvCache::default();
            let mut logits = feed(&mut decoder, &mut cache, &case.prompt);
            let mut appended = Vec::new();
            for _ in 0..case.greedy.len() {
                appended.push(best(&logits));
                logits = feed(&mut decoder, &mut cache, &appended[appended.len() - 1..]);
            }
            assert_eq!(appended, case.greedy, "{name}");
        }
    }
}

#[test]
fn a_prompt_gives_the_same_bits_whole_in_pieces_and_token_by_token() {
    for name in all_fixtures() {
        let mut decoder = decoder(name);
        for case in cases(name) {
            let whole = alone(&mut decoder, &case.prompt);
            assert_close(&whole, case.logits.last().unwrap(), tolerance(name), name);
            let mut cache = KvCache::default();
            let mut steps = Vec::new();
            for token in &case.prompt {
                steps = feed(&mut decoder, &mut cache, &[*token]);
            }
            assert_eq!(bits(&steps), bits(&whole), "{name}, token by token");
            for cut in [1, 3, 8, 20] {
                let Some((head, tail)) = case.prompt.split_at_checked(cut) else { continue };
                if tail.is_empty() {
                    continue;
                }
                let mut cache = KvCache::default();
                feed(&mut decoder, &mut cache, head);
                let pieces = feed(&mut decoder, &mut cache, tail);
                assert_eq!(bits(&pieces), bits(&whole), "{name}, cut at {cut}");
            }
        }
    }
}

#[test]
fn a_sequence_gives_the_same_bits_in_a_ragged_batch_as_alone() {
    for name in all_fixtures() {
        let mut decoder = decoder(name);
        let prompts: Vec<Vec<u32>> = cases(name).into_iter().map(|case| case.prompt).collect();
        // Twelve rows: more than one pass of a kernel serves.
        let prompts: Vec<&[u32]> = prompts.iter().map(Vec::as_slice).cycle().take(12).collect();
        let expected: Vec<Vec<f32>> = prompts.iter().map(|p| alone(&mut decoder, p)).collect();
        let mut caches = vec![KvCache::default(); prompts.len()];
        let mut feeds: Vec<Feed<'_>> =
            caches.iter_mut().zip(&prompts).map(|(cache, tokens)| Feed { cache, tokens }).collect();
        let mut logits = Vec::new();
        decoder.forward(&mut feeds, &mut logits).unwrap();
        for (row, expected) in logits.chunks(VOCABULARY).zip(&expected) {
            assert_eq!(bits(row), bits(expected), "{name}");
        }
        // One more token each: now all rows are of length one, at positions of their own.
        let mut feeds: Vec<Feed<'_>> =
            caches.iter_mut().map(|cache| Feed { cache, tokens: &[7] }).collect();
        decoder.forward(&mut feeds, &mut logits).unwrap();
        for (row, prompt) in logits.chunks(VOCABULARY).zip(&prompts) {
            let expected = alone(&mut decoder, &[prompt, [7].as_slice()].concat());
            assert_eq!(bits(row), bits(&expected), "{name}, second step");
        }
    }
}

#[test]
fn the_number_of_threads_does_not_change_a_bit() {
    for name in all_fixtures() {
        let mut decoder = decoder(name);
        let prompt = cases(name).pop().unwrap().prompt;
        let mut with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| alone(&mut decoder, &prompt))
        };
        assert_eq!(bits(&with(1)), bits(&with(3)), "{name}");
    }
}

#[test]
fn a_shared_prefix_gives_the_bits_of_the_whole_prompt() {
    for name in all_fixtures() {
        let mut engine = engine(name);
        let prompt = cases(name).pop().unwrap().prompt;
        let whole = alone(&mut engine.decoder, &prompt);
        for cut in [1, 7, 22] {
            engine.share_prefix(&prompt[..cut]).unwrap();
            // Two sequences behind one prefix, so that writing into it would show.
            let mut states = [engine.begin(), engine.begin()];
            let [first, second] = &mut states;
            let mut logits = Vec::new();
            let mut rows = [(first, &prompt[cut..]), (second, [9, 9].as_slice())];
            engine.advance(&mut rows, &mut logits).unwrap();
            assert_eq!(bits(&logits[..VOCABULARY]), bits(&whole), "{name}, cut at {cut}");
            let other = alone(&mut engine.decoder, &[&prompt[..cut], &[9, 9]].concat());
            assert_eq!(bits(&logits[VOCABULARY..]), bits(&other), "{name}, cut at {cut}");
        }
    }
}

#[test]
fn a_forked_cache_goes_on_as_if_it_had_been_computed_anew() {
    for name in all_fixtures() {
        let mut decoder = decoder(name);
        let prompt = cases(name).pop().unwrap().prompt;
        let mut prefix = KvCache::default();
        feed(&mut decoder, &mut prefix, &prompt[..2]);
        let mut trunk = KvCache::after(Arc::new(prefix));
        feed(&mut decoder, &mut trunk, &prompt[2..]);
        let mut copied = trunk.clone();
        trunk.share();
        let mut fork = trunk.clone();
        // No further run is left to share.
        fork.share();
        for (cache, token) in [(&mut trunk, 11), (&mut fork, 12), (&mut copied, 13)] {
            let got = feed(&mut decoder, cache, &[token]);
            let anew = alone(&mut decoder, &[prompt.as_slice(), &[token]].concat());
            assert_eq!(bits(&got), bits(&anew), "{name}");
        }
    }
}

#[test]
fn a_sequence_that_outgrows_the_context_is_refused_and_nothing_is_fed() {
    let mut decoder = decoder("qwen2");
    let mut cache = KvCache::default();
    feed(&mut decoder, &mut cache, &[5; 127]);
    let mut logits = Vec::new();
    let mut feeds = [Feed { cache: &mut cache, tokens: &[5; 2] }];
    let error = decoder.forward(&mut feeds, &mut logits).unwrap_err();
    assert_eq!(error.to_string(), "sequence of 129 tokens, the model takes 128");
    assert_eq!(cache.len(), 127);
    feed(&mut decoder, &mut cache, &[5]);
}
