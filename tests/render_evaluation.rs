//! What a reader sees of an evaluation: golden files, texts that try to deceive, numbers that are none.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
#![allow(
    clippy::disallowed_methods,
    reason = "golden files are read and, on demand, rewritten here"
)]

#[path = "golden/evaluation/sample.rs"]
mod sample;

use std::path::Path;

use isnad::domain::{Evaluation, Interval, ModelSignature, SegmentScores};
use isnad::render::{EvaluationFormat, RenderError, evaluation};
use proptest::prelude::*;

use sample::sample;

/// Compares with a golden file; `ISNAD_BLESS=1 cargo test --test render_evaluation` rewrites it instead.
fn assert_golden(name: &str, actual: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/evaluation");
    let path = folder.join(name);
    if std::env::var_os("ISNAD_BLESS").is_some() {
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    let differs = expected.lines().zip(actual.lines()).find(|(old, new)| old != new);
    assert!(expected == actual, "{name} differs, first in {differs:#?}");
}

fn written(value: &Evaluation, format: EvaluationFormat) -> String {
    evaluation(value, format).unwrap()
}

/// The sample without its segments.
fn scores_only() -> Evaluation {
    Evaluation { segments: Vec::new(), ..sample() }
}

/// One system and one metric.
fn single() -> Evaluation {
    let mut value = scores_only();
    value.systems.truncate(1);
    value.metrics.truncate(1);
    value.systems[0].scores.truncate(1);
    value.significance = None;
    value.warnings.clear();
    value
}

#[test]
fn every_format_is_the_golden_one() {
    let (whole, short) = (sample(), scores_only());
    assert_golden("report.txt", &written(&whole, EvaluationFormat::Table));
    assert_golden("report.json", &written(&whole, EvaluationFormat::Json));
    assert_golden("report.tex", &written(&whole, EvaluationFormat::Latex));
    assert_golden("report.html", &written(&whole, EvaluationFormat::Html));
    assert_golden("segments.tsv", &written(&whole, EvaluationFormat::Tsv));
    assert_golden("scores.tsv", &written(&short, EvaluationFormat::Tsv));
}

#[test]
fn one_score_is_one_line_in_the_form_of_sacrebleu() {
    let expected = "BLEU|nrefs:var|bs:1000|seed:12345|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0 \
        = 19.0 (μ = 19.1 ± 0.9) 52.1/25.1/13.4/7.5 \
        (BP = 0.981 ratio = 0.981 hyp_len = 1012 ref_len = 1032)\n";
    assert_eq!(written(&single(), EvaluationFormat::Table), expected);
    let mut plain = single();
    plain.systems[0].scores[0].interval = None;
    plain.systems[0].scores[0].detail.clear();
    let line = written(&plain, EvaluationFormat::Table);
    assert!(line.ends_with("|version:2.6.0 = 19.0\n"), "{line}");
}

#[test]
fn one_system_with_several_metrics_has_one_line_each() {
    let mut value = scores_only();
    value.systems.truncate(1);
    value.significance = None;
    let text = written(&value, EvaluationFormat::Table);
    let heads = text.lines().map(|line| line.split_whitespace().next().unwrap_or_default());
    let heads: Vec<&str> = heads.collect();
    for (score, metric) in value.systems[0].scores.iter().zip(&value.metrics) {
        let lines = heads.iter().filter(|head| **head == metric.name).count();
        assert_eq!(lines, 1, "{}:\n{text}", metric.name);
        // The parts may be broken over lines.
        let first = score.detail.split_whitespace().next().unwrap_or_default();
        assert!(text.contains(first) && text.contains(&metric.signature), "{text}");
    }
    let scores = text.lines().filter(|line| line.contains('↑') || line.contains('↓'));
    let points: Vec<_> = scores.filter_map(|line| line.find('.')).collect();
    assert_eq!(points.len(), value.metrics.len());
}

#[test]
fn what_is_saved_is_read_back_equal() {
    for value in [sample(), hostile()] {
        let saved = written(&value, EvaluationFormat::Json);
        assert!(saved.starts_with("{\n  \"schema_version\": 1,"));
        assert_eq!(serde_json::from_str::<Evaluation>(&saved).unwrap(), value);
    }
}

#[test]
fn a_number_that_is_none_is_an_error_in_every_format() {
    let spoil: [fn(&mut Evaluation); 4] = [
        |value| value.systems[0].scores[0].score = f64::NAN,
        |value| value.systems[1].scores[1].p_value = Some(f64::INFINITY),
        |value| {
            let interval = Interval { mean: 1.0, low: f64::NEG_INFINITY, high: 2.0 };
            value.systems[1].scores[2].interval = Some(interval);
        },
        |value| value.segments[0].outputs[0].scores[1] = Some(f64::NAN),
    ];
    for spoil in spoil {
        let mut value = sample();
        spoil(&mut value);
        for format in EvaluationFormat::ALL {
            assert!(matches!(evaluation(&value, format), Err(RenderError::NotFinite { .. })));
        }
    }
}

#[test]
fn finite_numbers_whose_sums_are_not_are_never_spelt() {
    let mut value = sample();
    for score in value.segments.iter_mut().flat_map(|s| &mut s.outputs).flat_map(|o| &mut o.scores)
    {
        *score = Some(f64::MAX);
    }
    value.systems[0].scores[0].interval =
        Some(Interval { mean: 0.0, low: f64::MIN, high: f64::MAX });
    for format in [EvaluationFormat::Table, EvaluationFormat::Latex, EvaluationFormat::Html] {
        let text = written(&value, format);
        assert!(!text.contains("NaN") && !text.contains("inf "), "{format}");
        assert!(!text.contains("±inf") && !text.contains(">inf") && !text.contains("\"inf"));
    }
}

/// Tries to leave its place: markup, templates, LaTeX, cells, lines, direction overrides, escapes.
const HOSTILE: &str = "</p><script>alert('x')</script> \"&amp;' <img src=x onerror=alert(1)> \u{2028}\
    \u{202e}fdp.exe \u{1b}[31m <!-- </title></style></svg> {{ 7*7 }} {% raw %} \\input{x} 50%\t$x_1^2$ #&~\r\n[y]";

/// The sample with the hostile text wherever a text can stand.
fn hostile() -> Evaluation {
    let mut value = sample();
    let spoil = |text: &mut String| *text = format!("{text}{HOSTILE}");
    let spoil_all = |texts: &mut Vec<String>| texts.iter_mut().for_each(spoil);
    spoil(&mut value.version);
    spoil_all(&mut value.warnings);
    for input in &mut value.inputs {
        spoil(&mut input.name);
        spoil(&mut input.sha256);
        input.system.iter_mut().for_each(spoil);
    }
    for (name, setting) in &mut value.settings {
        spoil(name);
        spoil(setting);
    }
    for ModelSignature { role, name, sha256, .. } in &mut value.models {
        [role, name, sha256].into_iter().for_each(spoil);
    }
    for metric in &mut value.metrics {
        spoil(&mut metric.name);
        spoil(&mut metric.signature);
    }
    for system in &mut value.systems {
        // At the start of a row, behind the line end before it.
        system.name = format!("[2ex]{HOSTILE}{}", system.name);
        for score in &mut system.scores {
            spoil(&mut score.metric);
            spoil(&mut score.detail);
        }
    }
    for SegmentScores { document, source, references, outputs, .. } in &mut value.segments {
        document.iter_mut().for_each(spoil);
        source.iter_mut().for_each(spoil);
        spoil_all(references);
        for output in outputs {
            spoil(&mut output.hypothesis);
        }
    }
    value.significance.as_mut().unwrap().baseline.clone_from(&value.systems[0].name);
    value
}

/// The tags of a page without what stands between them.
fn tags(page: &str) -> Vec<String> {
    let after = page.split('<').skip(1);
    after.map(|tag| tag.split('>').next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_page_holds_no_tag_of_a_file() {
    let page = written(&hostile(), EvaluationFormat::Html);
    let allowed = "!doctype html head meta title style body header main section nav footer article \
        fieldset legend label input table thead tbody tr th td p h1 h2 h3 dl dt dd div ul li span bdi a \
        figure figcaption details summary strong br code del ins svg line text tspan rect path circle";
    let allowed: Vec<&str> = allowed.split(' ').collect();
    for tag in tags(&page) {
        let name = tag.trim_start_matches('/').split(' ').next().unwrap().to_lowercase();
        assert!(allowed.contains(&name.as_str()), "<{tag}>");
        // What stands inside quotes is a value, and all quotes of a file are escaped.
        let unquoted: String = tag.split('"').step_by(2).collect();
        assert!(!unquoted.contains("onerror") && !unquoted.contains("style="), "<{tag}>");
    }
    assert!(!page.contains("<script") && !page.contains("javascript"));
    assert!(page.contains("{{ 7*7 }}"), "a text must not be run as a template");
    assert_eq!(page.matches("</style>").count(), 1);
    assert_eq!(page.matches(" style=").count(), 0, "the policy admits no style in an attribute");
}

#[test]
fn no_output_for_people_or_columns_holds_an_override_or_an_escape_sequence() {
    let mut value = hostile();
    for format in EvaluationFormat::ALL.into_iter().filter(|f| *f != EvaluationFormat::Json) {
        for segments in [value.segments.clone(), Vec::new()] {
            value.segments = segments;
            let text = written(&value, format);
            assert!(!text.contains(['\u{202e}', '\u{1b}', '\u{2028}', '\r']), "{format}");
            assert!(text.contains("fdp.exe"), "it is shown, not dropped: {format}");
        }
        value = hostile();
    }
}

#[test]
fn the_policy_admits_the_style_of_the_page_and_nothing_else() {
    let page = written(&sample(), EvaluationFormat::Html);
    let (_, policy) = page.split_once("http-equiv=\"Content-Security-Policy\" content=\"").unwrap();
    let policy = policy.split('"').next().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(policy.ends_with("='; base-uri 'none'; form-action 'none'"), "{policy}");
    assert!(!page.contains("http://") && !page.contains("https://"), "nothing leads out");
}

#[test]
fn the_page_names_every_file_and_model_with_its_hash() {
    let (value, page) = (sample(), written(&sample(), EvaluationFormat::Html));
    let files = value.inputs.iter().map(|input| (&input.name, &input.sha256));
    let models = value.models.iter().map(|model| (&model.name, &model.sha256));
    for (name, sha256) in files.chain(models) {
        let name = name.replace('/', "&#x2f;");
        assert!(page.contains(&format!("<bdi>{name}</bdi>")), "{name}");
        assert!(page.contains(&format!("<bdi>{sha256}</bdi>")), "{sha256}");
    }
    for metric in &value.metrics {
        assert!(page.contains(&format!("<code>{}|{}</code>", metric.name, metric.signature)));
    }
}

#[test]
fn arabic_runs_from_right_to_left_and_latin_names_in_it_do_not_turn_it() {
    let page = written(&sample(), EvaluationFormat::Html);
    assert!(page.contains("<dd lang=\"ar\" dir=\"rtl\">أعلنت شركة REvil"));
    assert_eq!(page.matches("<dd lang=\"ar\" dir=\"rtl\">").count(), 4);
    let table = written(&sample(), EvaluationFormat::Table);
    assert!(table.contains("\u{2067}أعلنت"));
    assert_eq!(
        table.matches('\u{2067}').count() + table.matches('\u{2066}').count(),
        table.matches('\u{2069}').count()
    );
}

#[test]
fn every_link_of_the_page_leads_to_an_anchor_of_it() {
    let page = written(&sample(), EvaluationFormat::Html);
    let values = |attribute: &str| -> Vec<String> {
        let after = page.split(attribute).skip(1);
        after.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    };
    let (ids, links) = (values(" id=\""), values("href=\"#"));
    assert!(links.len() > 8, "{links:?}");
    for link in links.iter().chain(&values("aria-labelledby=\"")) {
        assert_eq!(ids.iter().filter(|id| *id == link).count(), 1, "#{link}");
    }
}

#[test]
fn a_large_evaluation_is_cut_and_the_page_says_so() {
    let mut value = sample();
    let segment = value.segments[0].clone();
    value.segments = (1..=2_500).map(|line| SegmentScores { line, ..segment.clone() }).collect();
    value.segment_count = 100_000;
    let page = written(&value, EvaluationFormat::Html);
    assert_eq!(page.matches("<article ").count(), 2_000);
    assert!(page.contains("The first 2000 of 2500 segments"));
    assert!(page.contains("over the 2500 of 100000 segments"));
    assert_eq!(page.matches("<article ").count(), page.matches("</article>").count());
}

#[test]
fn the_best_score_of_a_column_is_marked_by_its_direction() {
    let page = written(&sample(), EvaluationFormat::Html);
    for best in ["24.0", "71.2", "0.500"] {
        assert!(page.contains(&format!("<strong>{best}</strong>")), "{best}");
    }
    let latex = written(&sample(), EvaluationFormat::Latex);
    for best in ["24.0", "71.2", "0.500"] {
        assert!(latex.contains(&format!("\\textbf{{{best}}}")), "{best}");
    }
    assert_eq!(latex.matches("\\textbf").count(), 3);
    assert!(
        !written(&single(), EvaluationFormat::Latex).contains("\\textbf"),
        "nothing to compare"
    );
}

#[test]
fn only_a_small_p_value_is_starred() {
    let table = written(&sample(), EvaluationFormat::Table);
    assert!(table.contains("p = 0.0010*") && table.contains("p = 0.0310*"));
    assert!(table.contains("p = 0.3125") && !table.contains("p = 0.3125*"));
    let page = written(&sample(), EvaluationFormat::Html);
    assert!(page.contains("p = 0.0010*") && !page.contains("p = 0.3125*"));
}

#[test]
fn the_figures_of_a_terminal_stay_within_80_cells() {
    let mut value = scores_only();
    let (metrics, scores) = (value.metrics.clone(), value.systems[0].scores.clone());
    for round in 0..4 {
        for (metric, score) in metrics.iter().zip(&scores) {
            let name = format!("{}-{round}", metric.name);
            let mut score = score.clone();
            score.metric.clone_from(&name);
            let mut metric = metric.clone();
            metric.name = name;
            metric.signature = "k:v".to_owned();
            value.metrics.push(metric);
            value.systems.iter_mut().for_each(|system| system.scores.push(score.clone()));
        }
    }
    value.systems[1].name =
        "a-system-with-a-name-that-is-longer-than-any-name-ought-to-be".to_owned();
    let table = written(&value, EvaluationFormat::Table);
    for line in table.lines().filter(|line| !line.contains('|')) {
        assert!(line.chars().count() <= 80, "{line}");
    }
    for metric in &value.metrics {
        let arrow = if metric.higher_is_better { "↑" } else { "↓" };
        assert!(table.contains(&format!("{} {arrow}", metric.name)), "{}", metric.name);
    }
}

#[test]
fn a_word_difference_tells_both_texts() {
    let table = written(&sample(), EvaluationFormat::Table);
    assert!(table.contains("[-Both-] {+The two+} presidents"), "{table}");
    let page = written(&sample(), EvaluationFormat::Html);
    assert!(page.contains("<del>Both</del> <ins>The two</ins> presidents"));
    assert!(page.contains("marked against reference 1"));
}

#[test]
fn every_row_of_a_tsv_has_the_columns_of_its_header() {
    for value in [sample(), scores_only(), hostile(), Evaluation { segments: vec![], ..hostile() }]
    {
        let text = written(&value, EvaluationFormat::Tsv);
        let columns: Vec<usize> = text.lines().map(|line| line.split('\t').count()).collect();
        assert!(columns.iter().all(|count| *count == columns[0]), "{columns:?}");
        let rows = if value.segments.is_empty() { 6 } else { 8 };
        assert_eq!(columns.len(), 1 + rows);
    }
}

#[test]
fn a_tsv_holds_every_digit() {
    let text = written(&scores_only(), EvaluationFormat::Tsv);
    let mut lines = text.lines();
    assert_eq!(lines.next().unwrap(), "system\tmetric\tscore\tmean\tlow\thigh\tp_value\tsignature");
    let second: Vec<&str> = text.lines().nth(4).unwrap().split('\t').collect();
    assert_eq!(second[1..7], ["BLEU", "23.953125", "24", "22.75", "25.125", "0.000999"]);
}

/// Depth of groups at the end, and the least depth on the way; escaped braces do not count.
fn braces(latex: &str) -> (i64, i64) {
    let (mut depth, mut least, mut is_escaped) = (0, 0, false);
    for c in latex.chars() {
        depth += match c {
            '{' if !is_escaped => 1,
            '}' if !is_escaped => -1,
            _ => 0,
        };
        least = least.min(depth);
        is_escaped = c == '\\' && !is_escaped;
    }
    (depth, least)
}

#[test]
fn no_sign_of_a_file_is_a_command_of_the_latex() {
    for value in [sample(), hostile()] {
        let latex = written(&value, EvaluationFormat::Latex);
        assert_eq!(braces(&latex), (0, 0));
        assert!(!latex.contains("\\input"));
        let rows = latex.lines().filter(|line| line.ends_with(" \\\\"));
        let cells: Vec<usize> =
            rows.map(|row| row.replace("\\&", "").matches('&').count()).collect();
        assert_eq!(cells, [3, 3, 3], "a head and two systems");
        for row in latex.lines().skip(1).filter(|line| !line.starts_with('%')) {
            assert!(!row.replace("\\%", "").contains('%'), "no comment begins in {row}");
        }
    }
    assert!(written(&hostile(), EvaluationFormat::Latex).contains("    {[}2ex{]}"));
}

#[test]
fn a_format_is_known_by_its_name_and_by_its_extension() {
    for format in EvaluationFormat::ALL {
        assert_eq!(format.to_string().parse(), Ok(format));
    }
    for (name, format) in [
        ("a.json", EvaluationFormat::Json),
        ("a.tsv", EvaluationFormat::Tsv),
        ("a.tex", EvaluationFormat::Latex),
        ("a/b.HTML", EvaluationFormat::Html),
        ("a.txt", EvaluationFormat::Table),
    ] {
        assert_eq!(EvaluationFormat::from_extension(Path::new(name)), Some(format));
    }
    assert_eq!(EvaluationFormat::from_extension(Path::new("a.csv")), None);
    let told = "xml".parse::<EvaluationFormat>().unwrap_err().to_string();
    assert_eq!(told, "unknown format `xml`; there are table, json, tsv, latex and html");
}

#[test]
fn an_evaluation_of_nothing_can_be_written() {
    let mut value = scores_only();
    value.systems.clear();
    value.metrics.clear();
    for format in EvaluationFormat::ALL {
        assert!(!written(&value, format).is_empty());
    }
}

proptest! {
    #[test]
    fn any_text_can_be_rendered(text in ".*", score in -1.0e6_f64..1.0e6) {
        let mut value = sample();
        value.systems[1].name.clone_from(&text);
        value.metrics[2].signature.clone_from(&text);
        value.segments[0].references = vec![text.clone()];
        value.segments[1].outputs[0].hypothesis = text;
        value.segments[1].outputs[0].scores[0] = Some(score);
        for format in EvaluationFormat::ALL {
            prop_assert!(evaluation(&value, format).is_ok());
        }
        let saved = evaluation(&value, EvaluationFormat::Json).unwrap();
        prop_assert_eq!(serde_json::from_str::<Evaluation>(&saved).unwrap(), value);
    }
}
