//! What an evaluation promises whatever the metric, and the metrics that have no reference implementation.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use isnad::domain::PairedTest;
use isnad::eval::{
    Bleu, Chrf, Column, DEFAULT_SEED, Metric, MetricWithScoring, Precision, Preservation,
    Resampling, Rouge, RougeKind, RougeOptions, System, Ter, TerOptions, Texts, compare, failures,
    on_threads, segments, semantic, semantic_source,
};
use isnad::ports::fakes::FakeEmbedder;
use proptest::prelude::*;

fn metrics() -> Vec<Box<dyn MetricWithScoring>> {
    vec![
        Box::new(Bleu::default()),
        Box::new(Chrf::default()),
        Box::new(Chrf::plus_plus()),
        Box::new(Ter::new(TerOptions::default())),
        Box::new(Rouge::new(RougeKind::Lsum, RougeOptions::default())),
        Box::new(Preservation::Numbers),
        Box::new(Preservation::Names),
        Box::new(Preservation::LengthError),
        Box::new(Preservation::ArabicLeft),
    ]
}

fn texts(systems: &[(&str, &[&str])], references: &[&[&str]]) -> Texts {
    let owned = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
    let system = |(name, lines): &(&str, &[&str])| System {
        name: (*name).to_owned(),
        hypotheses: owned(lines),
    };
    Texts {
        systems: systems.iter().map(system).collect(),
        references: references.iter().map(|lines| owned(lines)).collect(),
        ..Texts::default()
    }
}

proptest! {
    #[test]
    fn no_text_makes_a_score_that_is_no_number(
        hypothesis in "\\PC{0,40}|[ .,0-9a-zA-Zقال«»،؟\t\r-]{0,60}",
        references in prop::collection::vec("\\PC{0,40}|[ .,0-9a-zA-Zقال«»،؟\t\r-]{0,60}", 1..3),
    ) {
        let references: Vec<&str> = references.iter().map(String::as_str).collect();
        for metric in metrics() {
            let row = metric.statistics(&hypothesis, &references);
            prop_assert_eq!(row.len(), metric.width());
            for precision in [Precision::Double, Precision::Single] {
                prop_assert!(metric.score(&row, precision).is_finite(), "{}", metric.name());
            }
            prop_assert!(metric.segment_score(&row).is_finite());
            prop_assert!(!metric.detail(&row).contains("NaN"));
        }
    }

    #[test]
    fn a_hypothesis_that_is_a_reference_cannot_be_better(text in "[a-zA-Z0-9قال ]{4,60}") {
        for metric in metrics() {
            let row = metric.statistics(&text, &["something else", &text]);
            let score = metric.segment_score(&row);
            let perfect = if metric.higher_is_better() { 100.0 } else { 0.0 };
            let exempt = text.trim().is_empty()
                || metric.name() == "ArabicLeft" && text.chars().any(|c| "قال".contains(c))
                // rouge-score's tokenizer keeps nothing of these.
                || metric.name() == "ROUGE-Lsum" && !text.chars().any(|c| c.is_ascii_alphanumeric());
            prop_assert!(exempt || (score - perfect).abs() < 1e-9, "{}: {score}", metric.name());
        }
    }
}

#[test]
fn empty_sums_have_scores() {
    for metric in metrics() {
        assert!(metric.score(&vec![0.0; metric.width()], Precision::Double).is_finite());
    }
}

#[test]
fn what_is_kept_is_counted() {
    let share = |kept: Preservation, hypothesis: &str, reference: &str| {
        kept.statistics(hypothesis, &[reference])
    };
    let reference = "On Monday Sara paid 1,000 and 4.5% to Omar.";
    assert_eq!(share(Preservation::Numbers, "1000 and ٤٫٥ per cent", reference), [2.0, 2.0]);
    assert_eq!(share(Preservation::Numbers, "1000 and 4", reference), [1.0, 2.0]);
    assert_eq!(
        share(Preservation::Names, "Omar was paid on monday by Omar", reference),
        [1.0, 3.0]
    );
    assert_eq!(share(Preservation::ArabicLeft, "Omar قال", ""), [3.0, 7.0]);
    assert_eq!(share(Preservation::LengthError, "one two", "one two three"), [2.0, 3.0]);
    // Of two references the one that is kept best counts.
    assert_eq!(Preservation::Numbers.statistics("7", &["5 and 7", "7"]), [1.0, 1.0]);
}

#[test]
fn a_length_error_is_of_the_whole_text() {
    let texts = texts(&[("a", &["one", "one two three"])], &[&["one two", "one two"]]);
    let column = Column::of(Box::new(Preservation::LengthError), None, &texts);
    let usual = Resampling { confidence: None, test: None, seed: DEFAULT_SEED };
    let evaluation = compare(&texts, &[column], &usual);
    assert!(evaluation.systems[0].scores[0].score.abs() < 1e-12);
}

#[test]
fn failures_see_more_with_the_source() {
    let mut texts = texts(&[("a", &["Yes.", "", "the the the the the the the the"])], &[]);
    let failed = |texts: &Texts| failures(texts).statistics[0].sums();
    assert_eq!(failed(&texts), [2.0, 3.0]);
    let source = "أكد الرئيس الروسي أنه يرحب بالتنسيق بين البلدين";
    texts.source = Some(vec![source.to_owned(); 3]);
    assert_eq!(failed(&texts), [3.0, 3.0]);
}

#[test]
fn vectors_give_the_order_of_nearness() {
    let near = "The minister met the envoys";
    let mut texts = texts(
        &[("near", &[near]), ("far", &["Rain fell"])],
        &[&["The minister met envoys"], &[""]],
    );
    let column = semantic(&texts, &mut FakeEmbedder).unwrap();
    let score =
        |system: usize| column.scoring.score(&column.statistics[system].sums(), Precision::Double);
    assert!(score(0) > score(1) && score(0) <= 100.0 + 1e-3);
    texts.source = Some(vec![near.to_owned()]);
    let source = texts.source.clone().unwrap();
    let column = semantic_source(&texts, &source, &mut FakeEmbedder).unwrap();
    let score = column.scoring.score(&column.statistics[0].sums(), Precision::Double);
    assert!((score - 100.0).abs() < 1e-3, "{score}");
}

#[test]
fn results_do_not_depend_on_threads() {
    let lines: Vec<String> = (0..300).map(|n| format!("line {n} of {} words", n % 7)).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let mut changed = lines.clone();
    changed.rotate_left(1);
    let texts = texts(&[("a", &lines[..299]), ("b", &changed[..299])], &[&lines[1..]]);
    for test in [PairedTest::Bootstrap, PairedTest::ApproximateRandomization] {
        let on = |threads| {
            on_threads(threads, || {
                let columns = [Column::of(Box::new(Chrf::default()), None, &texts)];
                let resampling =
                    Resampling { confidence: Some(70), test: Some((test, 99)), seed: 7 };
                compare(&texts, &columns, &resampling)
            })
            .unwrap()
        };
        assert_eq!(on(1), on(3));
    }
}

#[test]
fn the_worst_segments_come_first_by_the_first_metric() {
    let texts =
        texts(&[("a", &["same", "wholly other", "nearly same"])], &[&["same", "x", "nearly sane"]]);
    let column = || Column::of(Box::new(Chrf::default()), None, &texts);
    let lines =
        |worst| segments(&texts, &[column()], worst).iter().map(|s| s.line).collect::<Vec<_>>();
    assert_eq!(lines(None), [1, 2, 3]);
    assert_eq!(lines(Some(2)), [2, 3]);
    let ter = Column::of(Box::new(Ter::new(TerOptions::default())), None, &texts);
    assert_eq!(segments(&texts, &[ter], Some(1))[0].line, 2);
}
