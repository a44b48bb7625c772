//! An evaluation made by hand, for the golden files: two systems, an Arabic source, three metrics.
//!
//! Sentences and their English were written for this file; scores, hashes and names are made up.

use isnad::domain::{
    EVALUATION_SCHEMA_VERSION, Evaluation, EvaluationInput, InputRole, Interval, MetricInfo,
    MetricScore, ModelSignature, PairedTest, SegmentOutput, SegmentScores, Significance,
    SystemScores,
};

/// Line, document, source, references, and for each system its hypothesis and segment scores.
type Line = (
    usize,
    &'static str,
    &'static str,
    &'static [&'static str],
    [(&'static str, [Option<f64>; 3]); 2],
);

const LINES: [Line; 4] = [
    (
        3,
        "news/2021-07-10.txt",
        "أعلنت شركة REvil مسؤوليتها عن الهجوم، وطالبت بفدية قدرها 70 مليون دولار.",
        &[
            "The REvil group claimed responsibility for the attack and demanded a ransom of $70 million.",
            "REvil said it was behind the attack, demanding 70 million dollars in ransom.",
        ],
        [
            (
                "REvil company announced its responsibility for the attack.",
                [Some(9.25), Some(73.5), Some(0.5)],
            ),
            (
                "The REvil group claimed responsibility for the attack, and demanded a ransom of 70 million dollars.",
                [Some(61.75), Some(22.0), Some(0.8125)],
            ),
        ],
    ),
    (
        1,
        "news/2021-07-10.txt",
        "أكد الرئيسان ترحيبهما بالتنسيق بين البلدين.",
        &["Both presidents welcomed the coordination between the two countries."],
        [
            (
                "The two presidents affirmed that they welcome coordination between the countries.",
                [Some(17.5), Some(62.5), Some(0.625)],
            ),
            (
                "Both presidents welcomed the coordination between the two countries.",
                [Some(100.0), Some(0.0), Some(1.0)],
            ),
        ],
    ),
    (
        2,
        "news/weather.txt",
        "لم تصل الرسائل.",
        &["The messages did not arrive."],
        [
            ("", [Some(0.0), Some(100.0), None]),
            ("The letters were not received, were not received.", [Some(4.5), Some(140.0), None]),
        ],
    ),
    (
        4,
        "news/weather.txt",
        "ستهطل أمطار غزيرة غدًا على الساحل.",
        &["Heavy rain will fall on the coast tomorrow."],
        [
            ("Heavy rain will fall tomorrow on the coast.", [Some(48.0), Some(25.0), Some(0.875)]),
            ("Tomorrow heavy rain falls on the coast.", [Some(22.0), Some(37.5), Some(0.75)]),
        ],
    ),
];

fn score(metric: &str, figures: [f64; 4], p_value: Option<f64>, detail: &str) -> MetricScore {
    let [score, mean, low, high] = figures;
    MetricScore {
        metric: metric.to_owned(),
        score,
        detail: detail.to_owned(),
        interval: Some(Interval { mean, low, high }),
        p_value,
    }
}

fn systems() -> Vec<SystemScores> {
    let base = vec![
        score(
            "BLEU",
            [19.046_875, 19.125, 18.187_5, 20.0],
            None,
            "52.1/25.1/13.4/7.5 (BP = 0.981 ratio = 0.981 hyp_len = 1012 ref_len = 1032)",
        ),
        score("TER", [71.25, 71.5, 69.0, 73.5], None, ""),
        score("ROUGE-1", [0.4375, 0.4385, 0.42, 0.457], None, ""),
    ];
    let better = vec![
        score(
            "BLEU",
            [23.953_125, 24.0, 22.75, 25.125],
            Some(0.000_999),
            "57.0/30.2/18.1/11.3 (BP = 0.995 ratio = 0.995 hyp_len = 1027 ref_len = 1032)",
        ),
        score("TER", [71.75, 71.875, 69.5, 74.0], Some(0.312_5), ""),
        score("ROUGE-1", [0.5, 0.499, 0.481, 0.517], Some(0.031), ""),
    ];
    vec![
        SystemScores { name: "isnad-ar-en".to_owned(), scores: base },
        SystemScores { name: "نظام-2 beam=4".to_owned(), scores: better },
    ]
}

fn metrics() -> Vec<MetricInfo> {
    let shared = "bs:1000|seed:12345";
    let recipes = [
        (
            "BLEU",
            format!("nrefs:var|{shared}|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0"),
            true,
        ),
        (
            "TER",
            format!(
                "nrefs:var|{shared}|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:2.6.0"
            ),
            false,
        ),
        ("ROUGE-1", format!("nrefs:var|{shared}|stem:yes|version:0.1.2"), true),
    ];
    let info = |(name, signature, higher_is_better): (&str, String, bool)| MetricInfo {
        name: name.to_owned(),
        signature,
        higher_is_better,
    };
    recipes.into_iter().map(info).collect()
}

fn inputs() -> Vec<EvaluationInput> {
    let files = [
        (InputRole::Source, None, "test.ar", "a0"),
        (InputRole::Reference, None, "test.ref0.en", "b1"),
        (InputRole::Reference, None, "test.ref1.en", "c2"),
        (InputRole::Hypothesis, Some("isnad-ar-en"), "out/base.en", "d3"),
        (InputRole::Hypothesis, Some("نظام-2 beam=4"), "out/beam4.en", "e4"),
    ];
    let input =
        |(role, system, name, byte): (InputRole, Option<&str>, &str, &str)| EvaluationInput {
            role,
            system: system.map(str::to_owned),
            name: name.to_owned(),
            sha256: byte.repeat(32),
            segments: 4,
        };
    files.into_iter().map(input).collect()
}

fn segment(line: &Line) -> SegmentScores {
    let (number, document, source, references, outputs) = line;
    let output = |(hypothesis, scores): &(&str, [Option<f64>; 3])| SegmentOutput {
        hypothesis: (*hypothesis).to_owned(),
        scores: scores.to_vec(),
    };
    SegmentScores {
        line: *number,
        document: Some((*document).to_owned()),
        source: Some((*source).to_owned()),
        references: references.iter().map(|reference| (*reference).to_owned()).collect(),
        outputs: outputs.iter().map(output).collect(),
    }
}

/// The whole evaluation.
pub(crate) fn sample() -> Evaluation {
    Evaluation {
        schema_version: EVALUATION_SCHEMA_VERSION,
        version: "0.1.0".to_owned(),
        inputs: inputs(),
        settings: vec![
            ("lowercase".to_owned(), "false".to_owned()),
            ("tokenizer".to_owned(), "13a".to_owned()),
        ],
        models: vec![ModelSignature {
            role: "embedder".to_owned(),
            name: "sentence-encoder".to_owned(),
            sha256: "f5".repeat(32),
            adapter_sha256: None,
        }],
        segment_count: 4,
        metrics: metrics(),
        systems: systems(),
        significance: Some(Significance {
            test: PairedTest::Bootstrap,
            trials: 1000,
            seed: 12345,
            baseline: "isnad-ar-en".to_owned(),
        }),
        warnings: vec!["1 hypothesis of `isnad-ar-en` is empty: line 2".to_owned()],
        segments: LINES.iter().map(segment).collect(),
    }
}
