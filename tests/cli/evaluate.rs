//! `isnad evaluate`: what is scored, what is said, and what is refused.

use super::machine::{Machine, list, project, shipped_article, string};

const REFERENCE: &str = "The minister met 12 envoys in Damascus on Monday.\nNothing else was agreed.\n\
                         Prices rose by 3.5% in the region.\n";
const GOOD: &str = "The minister met 12 envoys in Damascus on Monday.\nNothing more was agreed.\n\
                    Prices went up by 3.5% in the region.\n";
const POOR: &str = "A minister saw envoys.\nNot agreed.\nPrices fell.\n";
const SOURCE: &str = "التقى الوزير 12 مبعوثا في دمشق يوم الاثنين.\nلم يتفق على شيء آخر.\n\
                      ارتفعت الأسعار بنسبة 3.5% في المنطقة.\n";

fn machine() -> Machine {
    let machine = Machine::without_models();
    for (name, text) in
        [("ref.txt", REFERENCE), ("good.txt", GOOD), ("poor.txt", POOR), ("source.txt", SOURCE)]
    {
        machine.file(name, text);
    }
    machine
}

/// The score of a system by a metric, in a JSON report.
fn score(report: &serde_json::Value, system: usize, metric: &str) -> f64 {
    let scores = list(&list(report, "systems")[system], "scores");
    let found = scores.iter().find(|score| score["metric"] == metric).expect(metric);
    found["score"].as_f64().unwrap()
}

#[test]
fn a_reference_scores_one_hundred_against_itself_and_says_so() {
    let run = machine().run(&[
        "evaluate",
        "ref.txt",
        "ref.txt",
        "-m",
        "bleu,chrf,chrf++,ter,rouge,kept",
        "--json",
    ]);
    let run = run.done().says(&["ref is a reference itself"]);
    let report = run.json();
    for metric in ["BLEU", "chrF2", "chrF2++", "ROUGE-1", "ROUGE-Lsum", "Numbers", "Names"] {
        assert!((score(&report, 0, metric) - 100.0).abs() < 1e-9, "{metric}");
    }
    for metric in ["TER", "LengthError", "ArabicLeft", "Failures"] {
        assert!(score(&report, 0, metric).abs() < 1e-9, "{metric}");
    }
}

#[test]
fn a_report_names_settings_checksums_and_recipes() {
    let run = machine().run(&["evaluate", "good.txt", "ref.txt", "--confidence=50", "--json"]);
    let report = run.done().json();
    let inputs = list(&report, "inputs");
    assert_eq!(inputs.len(), 2);
    // sha256sum of the reference as written above
    assert!(inputs.iter().all(|input| string(input, "sha256").len() == 64));
    assert_eq!(inputs[0]["segments"], 3);
    let signature = string(&list(&report, "metrics")[0], "signature");
    let expected =
        "nrefs:1|bs:50|seed:12345|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0|impl:isnad-";
    assert!(signature.starts_with(expected), "{signature}");
    assert!(report["systems"][0]["scores"][0]["interval"]["low"].is_f64());
}

#[test]
fn systems_are_compared_with_the_first() {
    let arguments = ["evaluate", "--systems", "good=good.txt", "poor=poor.txt", "same=good.txt"];
    let arguments = [&arguments[..], &["--ref", "ref.txt", "--paired-ar=200", "--json"]].concat();
    let report = machine().run(&arguments).done().json();
    assert_eq!(report["significance"]["baseline"], "good");
    assert!(score(&report, 0, "BLEU") > score(&report, 1, "BLEU"));
    let p_value = |system: usize| report["systems"][system]["scores"][0]["p_value"].clone();
    assert!(p_value(0).is_null());
    assert!(p_value(1).as_f64().unwrap() < 1.0);
    assert_eq!(p_value(2), 1.0, "a system does not differ from itself");
}

#[test]
fn the_worst_segments_come_first_with_their_differences() {
    let arguments = ["evaluate", "good.txt", "ref.txt", "--worst", "1", "--source", "source.txt"];
    machine().run(&arguments).done().prints(&["Segment 2", "[-else-] {+more+}", "لم يتفق"]);
}

#[test]
fn every_option_changes_the_score_or_its_recipe() {
    let machine = machine();
    let loud = GOOD.to_uppercase().replace("MONDAY.", "MONDAY!").replace("ENVOYS", "ENVOY");
    machine.file("loud.txt", loud);
    let report = |arguments: &[&str]| {
        let base = ["evaluate", "loud.txt", "ref.txt", "-m", "bleu,chrf,ter,rouge1", "--json"];
        let report = machine.run(&[&base[..], arguments].concat()).done().json();
        (report["metrics"].to_string(), report["systems"].to_string())
    };
    let usual = report(&[]);
    for changed in [
        &["--tokenize", "char"][..],
        &["--smooth", "floor=0.2"],
        &["--lowercase"],
        &["--chrf-whitespace"],
        &["--chrf-eps"],
        &["--ter-case-sensitive"],
        &["--ter-no-punct"],
        &["--stem"],
    ] {
        let (recipes, scores) = report(changed);
        assert!(recipes != usual.0 && scores != usual.1, "{changed:?}");
    }
    // These change nothing in plain English sentences, but the recipe tells.
    for changed in
        [&["--ter-normalized"][..], &["--ter-asian-support"], &["--rouge-tokenizer", "unicode"]]
    {
        assert_ne!(report(changed).0, usual.0, "{changed:?}");
    }
}

#[test]
fn identical_arabic_texts_agree_in_rouge() {
    let machine = machine();
    let report = machine
        .run(&["evaluate", "source.txt", "source.txt", "-m", "rouge", "--json"])
        .done()
        .json();
    assert!((score(&report, 0, "ROUGE-L") - 100.0).abs() < 1e-9);
    assert!(string(&list(&report, "metrics")[0], "signature").contains("tok:unicode"));
}

#[test]
fn reports_are_written_in_every_form() {
    let machine = machine();
    for (name, part) in [
        ("report.txt", "BLEU"),
        ("report.json", "\"schema_version\""),
        ("report.tsv", "system\tmetric\tscore"),
        ("report.tex", "\\begin{tabular}"),
        ("report.html", "<!DOCTYPE html>"),
    ] {
        let run = machine.run(&["evaluate", "good.txt", "ref.txt", "-o", name]).done();
        assert!(run.stdout.is_empty() && run.stderr.contains("wrote"), "{run}");
        let text = std::fs::read_to_string(machine.work().join(name)).unwrap();
        assert!(text.to_lowercase().contains(&part.to_lowercase()), "{name}: {text}");
    }
    let run = machine.run(&["evaluate", "good.txt", "ref.txt", "--html", "page.html"]).done();
    assert!(run.stdout.contains("BLEU"));
    assert!(machine.left_in_work().contains(&"page.html".to_owned()));
}

#[test]
fn standard_input_is_a_file_like_any_other() {
    let run = machine().run_with_stdin(&["evaluate", "-", "ref.txt", "--json"], GOOD.as_bytes());
    assert!(score(&run.done().json(), 0, "BLEU") > 50.0);
}

#[test]
fn bad_input_is_named() {
    let machine = machine();
    machine.file("short.txt", "one\n");
    machine.file("empty.txt", "");
    machine.file("latin.txt", b"one\ntwo\nth\xe9e\n");
    machine.file("blank.txt", "\n\n\n");
    let refused = |arguments: &[&str], parts: &[&str]| {
        machine.run(&[&["evaluate"], arguments].concat()).refused(2, parts);
    };
    refused(&[], &["nothing to evaluate"]);
    refused(&["good.txt"], &["`bleu` needs a reference"]);
    refused(&["good.txt", "short.txt"], &["short.txt has 1 segments", "good.txt has 3"]);
    refused(&["good.txt", "ref.txt", "short.txt"], &["short.txt has 1 segments"]);
    refused(&["empty.txt", "ref.txt"], &["empty.txt is empty"]);
    refused(&["latin.txt", "ref.txt"], &["latin.txt is not valid UTF-8 in line 3"]);
    refused(&["good.txt", "absent.txt"], &["absent.txt does not exist"]);
    refused(&["good.txt", "ref.txt", "-m", "blue"], &["unknown metric `blue`", "chrf++"]);
    refused(&["good.txt", "ref.txt", "--tokenize", "zh"], &["unknown tokenizer `zh`"]);
    refused(&["good.txt", "ref.txt", "--smooth", "much"], &["unknown smoothing `much`"]);
    refused(&["good.txt", "ref.txt", "--confidence=0"], &["from 1 to 1000000"]);
    refused(&["good.txt", "ref.txt", "-m", "semantic-src"], &["needs the source"]);
    refused(
        &["good.txt", "ref.txt", "-m", "comet", "--source", "source.txt"],
        &["convert_comet.py"],
    );
    refused(&["--systems", "good.txt", "--ref", "ref.txt"], &["NAME=FILE"]);
    refused(&["--systems", "a=good.txt", "a=poor.txt", "--ref", "ref.txt"], &["are called `a`"]);
    refused(&["good.txt", "ref.txt", "-o", "good.txt"], &["good.txt"]);
    refused(&["good.txt", "--ref", "ref.txt", "--html", "ref.txt"], &["ref.txt"]);
    refused(&["--systems", "a=good.txt", "--ref", "ref.txt", "-o", "good.txt"], &["good.txt"]);
    refused(&["good.txt", "ref.txt", "--paired-ar"], &["two systems"]);
    assert_eq!(std::fs::read_to_string(machine.work().join("good.txt")).unwrap(), GOOD);
    let blank = machine.run(&["evaluate", "blank.txt", "ref.txt", "--json"]).done();
    assert!(score(&blank.json(), 0, "BLEU").abs() < 1e-12);
    assert!(!blank.stdout.contains("NaN") && blank.stderr.contains("3 of 3 lines"), "{blank}");
}

#[test]
fn alignments_are_scored_against_gold() {
    let machine = machine();
    machine.file("gold.ladder", "[0]:[0]\n[1, 2]:[1]\n[3]:[]\n[4]:[2]\n");
    machine.file("out.ladder", "[0]:[0]:0.1\n[1]:[1]:0.2\n[2]:[]:0.3\n[3]:[]:0.3\n[4]:[2]:0.1\n");
    let report = machine
        .run(&["evaluate", "out.ladder", "gold.ladder", "-m", "beads", "--json"])
        .done()
        .json();
    // P = 3/5, R = 2/3 strictly; P = 4/5, R = 1 laxly.
    assert!((score(&report, 0, "Beads-strict") - 63.157_894_736_842).abs() < 1e-9);
    assert!((score(&report, 0, "Beads-lax") - 88.888_888_888_889).abs() < 1e-9);
    machine.file("gold.align", "0-0 1-1 2?1\n");
    machine.file("out.align", "0-0 2-1\n");
    let report =
        machine.run(&["evaluate", "out.align", "gold.align", "-m", "aer", "--json"]).done().json();
    assert!((score(&report, 0, "AER") - 25.0).abs() < 1e-9);
    let arguments =
        ["evaluate", "out.align", "gold.align", "-m", "aer", "--confidence=9", "--json"];
    machine.run(&arguments).done().says(&["an interval of one segment"]);
    machine.file("broken.ladder", "[0]:[0]\nnothing\n");
    machine
        .run(&["evaluate", "broken.ladder", "gold.ladder", "-m", "beads"])
        .refused(2, &["broken.ladder", "line 2"]);
}

#[test]
fn a_brief_is_judged_by_itself_and_against_references() {
    let machine = Machine::new();
    let article = shipped_article().display().to_string();
    machine.run(&["brief", &article, "-o", "brief.json"]).finished();
    let brief: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(machine.work().join("brief.json")).unwrap())
            .unwrap();
    // The brief's own texts as references: nothing can be better.
    let segments = list(&brief, "paragraphs").iter().flat_map(|p| list(p, "segments"));
    let lines: Vec<&str> = segments
        .filter(|segment| segment["translation"]["outcome"] != "skipped")
        .map(|segment| string(&segment["translation"], "text"))
        .collect();
    machine.file("translation.txt", lines.join("\n"));
    machine.file("summary.txt", string(&brief, "summary"));
    let arguments = ["evaluate", "brief.json", "--ref-translation", "translation.txt"];
    let more = ["--ref-summary", "summary.txt", "--source", &article, "--json"];
    let report = machine.run(&[&arguments[..], &more[..]].concat()).done().json();
    for metric in ["BLEU", "chrF2", "ROUGE-1", "ROUGE-L", "SourceQuotes", "CitationRecall"] {
        assert!((score(&report, 0, metric) - 100.0).abs() < 1e-9, "{metric}");
    }
    let coverage = score(&report, 0, "ParagraphCoverage");
    assert!(coverage > 0.0 && coverage < 100.0);

    // A folder of briefs, and another version.
    std::fs::create_dir(machine.work().join("briefs")).unwrap();
    for name in ["a.json", "b.json"] {
        std::fs::copy(machine.work().join("brief.json"), machine.work().join("briefs").join(name))
            .unwrap();
    }
    let report = machine.run(&["evaluate", "briefs", "--json"]).done().json();
    assert_eq!(report["segment_count"], 2);
    machine.run(&["evaluate", "briefs", "--ref-summary", "summary.txt"]).refused(2, &["folder"]);
    machine.file("briefs.jsonl", format!("{brief}\n\n{brief}\n"));
    std::fs::create_dir(machine.work().join("summaries")).unwrap();
    machine.file("summaries/putin-biden-call.txt", string(&brief, "summary"));
    let arguments = ["evaluate", "briefs.jsonl", "--ref-summary", "summaries", "--json"];
    let report = machine.run(&arguments).done().json();
    assert_eq!(report["segment_count"], 2);
    assert!((score(&report, 0, "ROUGE-1") - 100.0).abs() < 1e-9);
    machine.file("old.json", "{\"schema_version\": 99}");
    machine.run(&["evaluate", "old.json"]).refused(2, &["old.json", "schema version 99"]);
}

#[test]
fn a_test_set_is_translated_scored_and_kept() {
    let machine = Machine::new();
    std::fs::create_dir(machine.work().join("set")).unwrap();
    machine.file("set/source.txt", SOURCE);
    machine.file("set/reference.txt", REFERENCE);
    let report = machine.run(&["evaluate", "--test-set", "set", "--keep", "kept", "--json"]);
    let report = report.done().json();
    assert_eq!(report["systems"][0]["name"], "isnad-ar-en");
    assert!(score(&report, 0, "chrF2") > 20.0);
    let kept =
        |name: &str| std::fs::read_to_string(machine.work().join("kept").join(name)).unwrap();
    assert_eq!(kept("isnad-ar-en.txt").lines().count(), 3);
    assert!(kept("isnad-ar-en.json").contains("sha256"));
    // The kept translation, scored as a text, gives the same score.
    let arguments = ["evaluate", "kept/isnad-ar-en.txt", "set/reference.txt", "--json"];
    let again = machine.run(&arguments).done().json();
    assert!((score(&again, 0, "BLEU") - score(&report, 0, "BLEU")).abs() < 1e-12);
}

#[test]
fn the_encoder_puts_good_translations_above_poor_ones() {
    let machine = Machine::new();
    for (name, text) in
        [("ref.txt", REFERENCE), ("good.txt", GOOD), ("poor.txt", POOR), ("source.txt", SOURCE)]
    {
        machine.file(name, text);
    }
    let arguments = ["evaluate", "--systems", "good=good.txt", "poor=poor.txt", "--ref", "ref.txt"];
    let more = ["--source", "source.txt", "-m", "semantic,bertscore,semantic-src", "--json"];
    let report = machine.run(&[&arguments[..], &more[..]].concat()).done().json();
    for metric in ["Semantic", "BERTScore", "Semantic-src"] {
        assert!(score(&report, 0, metric) > score(&report, 1, metric), "{metric}");
    }
    assert_eq!(list(&report, "models").len(), 1);
}

/// The models are tiny and random; that they give the numbers of their references is held elsewhere.
#[test]
fn models_are_given_by_their_paths() {
    let machine = machine();
    let pieces = project("tests/parity/fixtures/spm_unigram.model").display().to_string();
    let run = machine.run(&["evaluate", "good.txt", "ref.txt", "--tokenize", &pieces, "--json"]);
    let report = run.done().json();
    let signature = string(&list(&report, "metrics")[0], "signature");
    assert!(signature.contains("|tok:spm_unigram@"), "{signature}");
    let plain = machine.run(&["evaluate", "good.txt", "ref.txt", "--json"]).done().json();
    assert!((score(&report, 0, "BLEU") - score(&plain, 0, "BLEU")).abs() > 1e-6);

    let estimator = project("tests/parity/fixtures/comet").display().to_string();
    let arguments = ["evaluate", "good.txt", "ref.txt", "-m", "comet", "--comet", &estimator];
    let more = ["--source", "source.txt", "--segments", "--json"];
    let report = machine.run(&[&arguments[..], &more[..]].concat()).done().json();
    let segments = list(&report, "segments").iter();
    let scores: Vec<f64> =
        segments.map(|segment| segment["outputs"][0]["scores"][0].as_f64().unwrap()).collect();
    let mean = scores.iter().sum::<f64>() / 3.0;
    assert!((score(&report, 0, "COMET") - mean).abs() < 1e-9);
    assert!(string(&list(&report, "metrics")[0], "signature").contains("|model:comet@"));
    assert_eq!(list(&report, "models").len(), 1);
}
