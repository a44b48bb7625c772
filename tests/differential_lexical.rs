//! BLEU, chrF, their signatures and their resampling, held against sacreBLEU 2.6.0.
//!
//! Witness: `tests/differential/fixtures/lexical.json`, made by `tests/differential/gen/lexical.py`.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
#![allow(clippy::disallowed_methods, reason = "the fixture is read here")]

use isnad::domain::{Evaluation, PairedTest};
use isnad::eval::{
    Bleu, Chrf, Column, DEFAULT_SEED, MetricWithScoring, Precision, Resampling, Smoothing,
    Statistics, System, Texts, compare,
};
use serde_json::Value;

/// Scores: 64-bit arithmetic in another order.
const TOLERANCE: f64 = 1e-9;

/// Mean and half width of resamples. numpy keeps resampled chrF scores in 32 bits, and their mean and difference
/// too: one unit in the last place of a score near 100 is 7.6e-6. BLEU comes back to 64 bits by its logarithm.
fn resampled_tolerance(metric: &str) -> f64 {
    if metric == "BLEU" { TOLERANCE } else { 8e-6 }
}

fn fixture() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/differential/fixtures/lexical.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn bleu(options: &Value) -> Bleu {
    let value = options["smooth_value"].as_f64();
    let smoothing = match options["smooth_method"].as_str() {
        None | Some("exp") => Smoothing::Exponential,
        Some("none") => Smoothing::None,
        Some("floor") => Smoothing::Floor(value.unwrap_or(0.1)),
        Some("add-k") => Smoothing::AddK(value.unwrap_or(1.0)),
        Some(other) => panic!("unknown smoothing {other}"),
    };
    Bleu {
        tokenizer: options["tokenize"].as_str().unwrap_or("13a").parse().unwrap(),
        smoothing,
        lowercase: options["lowercase"].as_bool().unwrap_or(false),
        effective_order: options["effective_order"].as_bool().unwrap_or(false),
    }
}

fn chrf(options: &Value) -> Chrf {
    let order = |key: &str, usual| options[key].as_u64().unwrap_or(usual);
    let orders = (order("char_order", 6), order("word_order", 0), order("beta", 2));
    let beta = u32::try_from(orders.2).unwrap();
    let mut chrf = Chrf::with_orders(
        usize::try_from(orders.0).unwrap(),
        usize::try_from(orders.1).unwrap(),
        beta,
    )
    .unwrap();
    let on = |key: &str| options[key].as_bool().unwrap_or(false);
    (chrf.lowercase, chrf.whitespace, chrf.eps_smoothing) =
        (on("lowercase"), on("whitespace"), on("eps_smoothing"));
    chrf
}

fn metric(options: &Value) -> Box<dyn MetricWithScoring> {
    match options["metric"].as_str() {
        Some("bleu") => Box::new(bleu(options)),
        _ => Box::new(chrf(options)),
    }
}

fn assert_near(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((found - expected).abs() <= tolerance, "{what}: {found}, expected {expected}");
}

#[test]
fn statistics_are_equal_and_scores_too() {
    let fixture = fixture();
    let segments = fixture["segments"].as_array().unwrap();
    for case in fixture["cases"].as_array().unwrap() {
        let (options, nrefs) = (&case["options"], case["nrefs"].as_u64().unwrap());
        let metric = metric(options);
        let rows: Vec<Vec<f64>> = segments
            .iter()
            .map(|segment| {
                let references = strings(&segment[1]);
                let references: Vec<&str> = references.iter().map(String::as_str).collect();
                let nrefs = usize::try_from(nrefs).unwrap();
                metric.statistics(segment[0].as_str().unwrap(), &references[..nrefs])
            })
            .collect();
        if let Some(expected) = case["statistics"].as_array() {
            for (index, (row, expected)) in rows.iter().zip(expected).enumerate() {
                let what = format!("{options}: segment {index}: {}", segments[index]);
                assert_eq!(*row, numbers(expected), "{what}");
            }
        }
        let sums = Statistics::new(metric.width(), rows.clone()).sums();
        assert_eq!(sums, numbers(&case["sums"]), "{options}");
        let score = metric.score(&sums, Precision::Double);
        assert_near(score, case["score"].as_f64().unwrap(), TOLERANCE, &options.to_string());
        assert_eq!(metric.name(), case["name"]);
        if options["metric"] == "bleu" {
            assert_eq!(metric.detail(&sums), case["verbose"], "{options}");
        }
        if let Some(expected) = case["segment_scores"].as_array() {
            for (row, expected) in rows.iter().zip(expected) {
                let score = metric.score(row, Precision::Double);
                assert_near(score, expected.as_f64().unwrap(), TOLERANCE, &options.to_string());
            }
        }
    }
}

fn texts(fixture: &Value) -> Texts {
    let system = |value: &Value| System {
        name: value[0].as_str().unwrap().to_owned(),
        hypotheses: strings(&value[1]),
    };
    Texts {
        systems: fixture["systems"].as_array().unwrap().iter().map(system).collect(),
        references: fixture["references"].as_array().unwrap().iter().map(strings).collect(),
        ..Texts::default()
    }
}

fn evaluated(texts: &Texts, options: &[Value], resampling: &Resampling) -> Evaluation {
    let columns: Vec<Column> =
        options.iter().map(|options| Column::of(metric(options), Some("2.6.0"), texts)).collect();
    compare(texts, &columns, resampling)
}

/// The signature without the key that names this program.
fn signature(evaluation: &Evaluation, metric: usize) -> &str {
    evaluation.metrics[metric].signature.split("|impl:").next().unwrap()
}

#[test]
fn paired_tests_give_the_intervals_and_p_values_of_sacrebleu() {
    let fixture = fixture();
    let texts = texts(&fixture);
    let options = [
        serde_json::json!({"metric": "bleu"}),
        serde_json::json!({"metric": "chrf"}),
        serde_json::json!({"metric": "chrf", "word_order": 2}),
    ];
    for (index, expected) in fixture["paired"].as_array().unwrap().iter().enumerate() {
        let test = match expected["test"].as_str().unwrap() {
            "bs" => PairedTest::Bootstrap,
            _ => PairedTest::ApproximateRandomization,
        };
        let trials = match expected["samples"].as_u64().unwrap() {
            0 => 1000,
            samples => usize::try_from(samples).unwrap(),
        };
        let resampling =
            Resampling { confidence: None, test: Some((test, trials)), seed: DEFAULT_SEED };
        let evaluation = evaluated(&texts, &options, &resampling);
        let column = index % options.len();
        assert_eq!(evaluation.metrics[column].name, expected["metric"]);
        assert_eq!(signature(&evaluation, column), expected["signature"]);
        for (system, result) in
            evaluation.systems.iter().zip(expected["results"].as_array().unwrap())
        {
            let (score, what) = (&system.scores[column], format!("{} {expected}", system.name));
            assert_near(score.score, result["score"].as_f64().unwrap(), TOLERANCE, &what);
            // The one deliberate difference: a system that is the baseline does not differ from it.
            let expected_p = match system.name.as_str() {
                "same" => Some(1.0),
                _ => result["p_value"].as_f64(),
            };
            assert_eq!(score.p_value, expected_p, "{what}");
            if let Some(mean) = result["mean"].as_f64() {
                let interval = score.interval.unwrap();
                let tolerance = resampled_tolerance(&score.metric);
                assert_near(interval.mean, mean, tolerance, &what);
                assert_near(
                    interval.half_width(),
                    result["ci"].as_f64().unwrap(),
                    tolerance,
                    &what,
                );
            }
        }
    }
}

#[test]
fn intervals_of_one_system_are_those_of_sacrebleu() {
    let fixture = fixture();
    let mut texts = texts(&fixture);
    texts.systems = texts.systems.split_off(1);
    texts.systems.truncate(1);
    for expected in fixture["single"].as_array().unwrap() {
        let resampling = Resampling { confidence: Some(500), test: None, seed: DEFAULT_SEED };
        let evaluation = evaluated(&texts, &[expected["options"].clone()], &resampling);
        assert_eq!(signature(&evaluation, 0), expected["signature"]);
        let score = &evaluation.systems[0].scores[0];
        let interval = score.interval.unwrap();
        let what = expected.to_string();
        assert_near(score.score, expected["score"].as_f64().unwrap(), TOLERANCE, &what);
        let tolerance = resampled_tolerance(&score.metric);
        assert_near(interval.mean, expected["mean"].as_f64().unwrap(), tolerance, &what);
        assert_near(interval.half_width(), expected["ci"].as_f64().unwrap(), tolerance, &what);
    }
}

#[test]
fn another_seed_draws_other_resamples() {
    let fixture = fixture();
    let texts = texts(&fixture);
    let options = [serde_json::json!({"metric": "bleu"})];
    let mean = |seed| {
        let resampling = Resampling { confidence: Some(100), test: None, seed };
        evaluated(&texts, &options, &resampling).systems[0].scores[0].interval.unwrap().mean
    };
    assert!((mean(1) - mean(2)).abs() > 1e-6);
}
