//! The numbered clauses of the translator port, on the stand-in and on the shipped model.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a test may stop at the first surprise, and reads its files itself"
)]

#[path = "support/model_folder.rs"]
mod model_folder;
#[path = "../examples/support/shipped.rs"]
mod shipped;

use std::sync::{Mutex, OnceLock};

use isnad::infer::{GgufTranslator, TranslatorOptions};
use isnad::ports::fakes::FakeTranslator;
use isnad::ports::{Hypothesis, Search, StopReason, TranslateError, Translator};
use model_folder::ModelFolder;

const SEGMENTS: [&str; 4] = [
    "أعلنت وزارة الصحة افتتاح ثلاثة مستشفيات جديدة.",
    "نعم.",
    "قال الرئيس: «لن نتراجع»، ثم غادر القاعة في الساعة ١٠:٣٠ صباحا.",
    "شكرا جزيلا",
];

fn search() -> Search {
    Search {
        beam_width: 1,
        length_penalty: 1.0,
        no_repeat_ngram: 0,
        forbid_source_script: true,
        max_new_tokens: 24,
    }
}

static SHIPPED: OnceLock<Mutex<GgufTranslator>> = OnceLock::new();

/// Calls `check` with each engine, the shipped one loaded once for all tests.
fn each_engine(check: impl Fn(&mut dyn Translator)) {
    check(&mut FakeTranslator::default());
    let shipped = SHIPPED.get_or_init(|| {
        let files = ModelFolder::of("isnad-ar-en");
        let mut options = TranslatorOptions { batch: 3, ..shipped::options(&files) };
        options.terminology.preferred = None;
        Mutex::new(GgufTranslator::load(&files, options).unwrap())
    });
    check(&mut *shipped.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
}

fn translate(engine: &mut dyn Translator, segments: &[&str], search: &Search) -> Vec<Hypothesis> {
    engine.translate(segments, search, &mut || {}).unwrap()
}

#[test]
fn clause_1_no_segments_give_no_hypotheses() {
    each_engine(|engine| assert!(translate(engine, &[], &search()).is_empty()));
}

#[test]
fn clause_1_there_is_one_hypothesis_a_segment_in_the_same_order() {
    each_engine(|engine| {
        let forwards = translate(engine, &SEGMENTS, &search());
        assert_eq!(forwards.len(), SEGMENTS.len());
        let mut turned = SEGMENTS;
        turned.reverse();
        let mut backwards = translate(engine, &turned, &search());
        backwards.reverse();
        assert_eq!(forwards, backwards);
        for pair in forwards.windows(2) {
            assert_ne!(pair[0].text, pair[1].text);
        }
    });
}

#[test]
fn clause_2_a_result_does_not_depend_on_the_other_segments() {
    for beam_width in [1, 2] {
        each_engine(|engine| {
            let search = Search { beam_width, ..search() };
            let together = translate(engine, &SEGMENTS, &search);
            for (segment, expected) in SEGMENTS.iter().zip(&together) {
                assert_eq!(&translate(engine, &[segment], &search)[0], expected);
            }
        });
    }
}

#[test]
fn clause_3_the_same_input_gives_the_same_bytes() {
    each_engine(|engine| {
        assert_eq!(
            translate(engine, &SEGMENTS, &search()),
            translate(engine, &SEGMENTS, &search())
        );
    });
}

#[test]
fn clause_4_an_empty_segment_gives_an_empty_text() {
    each_engine(|engine| {
        let blanks = ["", " ", "\n\t", SEGMENTS[1], "\u{a0}"];
        let results = translate(engine, &blanks, &search());
        for (segment, hypothesis) in blanks.iter().zip(&results) {
            assert_eq!(hypothesis.text.is_empty(), segment.trim().is_empty(), "{segment:?}");
        }
        assert_eq!(results[0], Hypothesis::empty());
    });
}

#[test]
fn clause_5_each_segment_is_reported_once() {
    each_engine(|engine| {
        let mut done = 0;
        let segments = [SEGMENTS[1], "", SEGMENTS[3]];
        engine.translate(&segments, &search(), &mut || done += 1).unwrap();
        assert_eq!(done, segments.len());
    });
}

#[test]
fn clause_6_the_best_of_several_hypotheses_is_the_translation() {
    each_engine(|engine| {
        let (segments, search) = ([SEGMENTS[1], "", SEGMENTS[3]], search());
        let wide = Search { beam_width: 3, ..search };
        for search in [search, wide] {
            let alone = translate(engine, &segments, &search);
            let ranked = engine.n_best(&segments, &search, &mut || {}).unwrap();
            assert_eq!(ranked.len(), segments.len());
            assert!(ranked[1].is_empty());
            for (all, best) in ranked.iter().zip(&alone).filter(|(all, _)| !all.is_empty()) {
                assert_eq!(&all[0].hypothesis, best);
                assert!(all.windows(2).all(|pair| pair[0].score >= pair[1].score));
                assert!(all.len() <= search.beam_width);
            }
        }
    });
}

#[test]
fn clause_7_a_translation_of_its_own_is_as_likely_as_when_it_was_made() {
    each_engine(|engine| {
        let made = translate(engine, &SEGMENTS, &search());
        let whole: Vec<&Hypothesis> =
            made.iter().filter(|made| made.stop == StopReason::EndMark).collect();
        assert!(whole.len() > 1);
        let source = |text: &str| SEGMENTS[made.iter().position(|m| m.text == text).unwrap()];
        let mut pairs: Vec<(&str, &str)> =
            whole.iter().map(|made| (source(&made.text), made.text.as_str())).collect();
        pairs.push((SEGMENTS[0], ""));
        let scored = engine.score(&pairs).unwrap();
        assert_eq!(scored.len(), pairs.len());
        assert!(scored.last().unwrap().is_none(), "there is nothing to score");
        for ((pair, hypothesis), scored) in pairs.iter().zip(&whole).zip(&scored) {
            let Some(scored) = scored else {
                assert_eq!(engine.signature().name, "fake-translator");
                continue;
            };
            assert_eq!(scored.tokens.len(), hypothesis.tokens);
            let sum: f32 = scored.tokens.iter().map(|token| token.logprob_nats).sum();
            let mean = sum / hypothesis.tokens as f32;
            assert!((mean - hypothesis.mean_logprob_nats).abs() < 1e-3, "{pair:?}: {mean}");
            assert!(scored.tokens.iter().all(|token| token.entropy_nats >= 0.0));
            let bytes: Vec<(usize, usize)> =
                scored.tokens.iter().map(|token| token.bytes).collect();
            assert!(bytes[0].0 == 0 && bytes.windows(2).all(|pair| pair[0].1 == pair[1].0));
            assert_eq!(bytes.last(), Some(&(pair.1.len(), pair.1.len())), "the end mark");
            assert_eq!(engine.score(&[*pair]).unwrap()[0].as_ref(), Some(scored));
        }
    });
}

#[test]
fn a_translation_has_text_and_figures_that_fit_it() {
    each_engine(|engine| {
        for hypothesis in translate(engine, &SEGMENTS, &search()) {
            assert!(!hypothesis.text.is_empty());
            assert_eq!(hypothesis.text, hypothesis.text.trim());
            assert!((1..=25).contains(&hypothesis.tokens));
            assert!(hypothesis.mean_logprob_nats <= 0.0 && hypothesis.mean_logprob_nats > -10.0);
        }
    });
}

#[test]
fn a_forbidden_source_script_does_not_come_in_the_output() {
    each_engine(|engine| {
        for hypothesis in translate(engine, &SEGMENTS, &search()) {
            let arabic = |c: char| matches!(c, '\u{600}'..='\u{6ff}' | '\u{fb50}'..='\u{feff}');
            assert!(!hypothesis.text.contains(arabic), "{}", hypothesis.text);
        }
    });
}

#[test]
fn the_token_limit_cuts_and_says_so() {
    each_engine(|engine| {
        let cut = &translate(engine, &SEGMENTS[..1], &Search { max_new_tokens: 2, ..search() })[0];
        assert_eq!((cut.stop, cut.tokens), (StopReason::TokenLimit, 2));
        let whole = &translate(engine, &SEGMENTS[1..2], &search())[0];
        assert_eq!(whole.stop, StopReason::EndMark);
    });
}

#[test]
fn a_segment_that_does_not_fit_is_named() {
    each_engine(|engine| {
        let long = "كتاب ".repeat(40_000);
        let result = engine.translate(&[SEGMENTS[0], &long], &search(), &mut || {});
        assert!(matches!(result, Err(TranslateError::SegmentTooLong { index: 1, .. })));
    });
}

#[test]
fn token_counts_are_none_for_nothing_and_steady() {
    each_engine(|engine| {
        assert_eq!(engine.count_tokens(""), 0);
        assert!(engine.max_segment_tokens() > 0);
        for segment in SEGMENTS {
            let count = engine.count_tokens(segment);
            assert!(count > 0);
            assert_eq!(engine.count_tokens(segment), count);
        }
    });
}

#[test]
fn the_signature_names_a_translator() {
    each_engine(|engine| {
        let signature = engine.signature();
        assert_eq!((signature.role.as_str(), signature.sha256.len()), ("translator", 64));
        assert!(!signature.name.is_empty());
    });
}
