//! `--nli`: claims read by an entailment model, here a tiny random one that knows nothing.

use std::path::Path;

use super::machine::{Machine, SENTENCE, list, project, string};

const ARTICLE: &str =
    "لم يتضرر المطار واستمرت الرحلات.\tThe airport was not damaged and flights continued.\n";
const CLAIM: &str = "The airport was not damaged.";

fn fixture(name: &str) -> String {
    project("tests/parity/fixtures").join(name).display().to_string()
}

/// A copy of a fixture whose `config.json` was changed.
fn changed(machine: &Machine, name: &str, from: &str, to: &str) -> String {
    let copy = machine.work().join("changed");
    std::fs::create_dir_all(&copy).unwrap();
    for file in ["config.json", "model.safetensors", "tokenizer.json"] {
        std::fs::copy(Path::new(&fixture(name)).join(file), copy.join(file)).unwrap();
    }
    let config = std::fs::read_to_string(copy.join("config.json")).unwrap();
    assert!(config.contains(from));
    std::fs::write(copy.join("config.json"), config.replace(from, to)).unwrap();
    copy.display().to_string()
}

fn machine() -> Machine {
    let machine = Machine::new();
    machine.file("article.tsv", ARTICLE);
    machine.file("summary.txt", CLAIM);
    machine
}

#[test]
fn a_check_names_the_model_and_gives_its_readings() {
    let machine = machine();
    for name in ["xnli", "bertnli"] {
        let check = ["check", "summary.txt", "--bitext", "article.tsv", "--json", "--nli"];
        let brief = machine.run(&[&check[..], &[&fixture(name)]].concat()).finished().json();
        let reading = &list(&list(&brief, "claims")[0], "evidence")[0]["entailment"];
        for language in ["arabic", "english"] {
            let read = &reading[language];
            let part = |key: &str| read[key].as_f64().unwrap();
            let sum = part("entailment") + part("neutral") + part("contradiction");
            assert!((sum - 1.0).abs() < 1e-3 && read["cut_tokens"] == 0, "{reading}");
        }
        let signature = &brief["report"]["signature"];
        let model = list(signature, "models").iter().find(|model| model["role"] == "entailment");
        assert!(string(model.unwrap(), "name").ends_with(name), "{signature}");
        assert_eq!(string(&signature["settings"], "nli"), "entails0.9,contradicts0.9");
    }
}

#[test]
fn without_a_model_nothing_of_it_is_written() {
    let check = ["check", "summary.txt", "--bitext", "article.tsv", "--json"];
    let run = machine().run(&check).finished();
    assert!(!run.stdout.contains("entailment") && !run.stdout.contains("nli"), "{run}");
}

#[test]
fn a_brief_and_a_summary_take_the_model_from_flag_and_setting() {
    let machine = Machine::new();
    machine.file("article.txt", SENTENCE);
    let model = fixture("xnli");
    let brief = ["brief", "article.txt", "--json", "--nli", &model];
    let json = machine.run(&brief).finished().json();
    let claims = list(&json, "claims");
    assert!(claims.iter().any(|claim| !list(claim, "evidence")[0]["entailment"].is_null()));
    machine.file("mine.toml", format!("nli = {model:?}\nnli_contradiction = 0.6\n"));
    let summary = ["summarize", "article.txt", "--verbose", "--config", "mine.toml"];
    machine.run(&summary).finished().says(&["xnli@", "nli:entails0.9,contradicts0.6"]);
}

#[test]
fn a_saved_brief_is_judged_with_the_model_of_now() {
    let machine = machine();
    let model = fixture("xnli");
    let check =
        ["check", "summary.txt", "--bitext", "article.tsv", "-o", "a.json", "--nli", &model];
    machine.run(&check).finished();
    let again = machine.run(&["check", "a.json", "--json"]).finished();
    assert!(!again.stdout.contains("nli"), "{again}");
    let again = machine.run(&["check", "a.json", "--json", "--nli", &model]).finished().json();
    assert_eq!(
        string(&again["report"]["signature"]["settings"], "nli"),
        "entails0.9,contradicts0.9"
    );
}

#[test]
fn folders_that_are_no_entailment_model_are_refused() {
    let machine = machine();
    let refused = |model: &str, code: i32, parts: &[&str]| {
        let check = ["check", "summary.txt", "--bitext", "article.tsv", "--nli", model];
        machine.run(&check).refused(code, parts);
    };
    refused(
        &changed(&machine, "xnli", "\"entailment\"", "\"LABEL_2\""),
        3,
        &["labels", "contradiction, neutral, LABEL_2"],
    );
    refused(
        &changed(&machine, "xnli", "XLMRobertaForSequenceClassification", "XLMRobertaModel"),
        3,
        &["`XLMRobertaModel`", "XLMRobertaForSequenceClassification"],
    );
    refused(&fixture("e5"), 3, &["XLMRobertaModel"]);
    refused(&fixture("marian"), 3, &["unknown architecture"]);
    refused("usem3-ar-en", 2, &["role embedder", "entailment is needed"]);
    refused("nowhere", 2, &["nowhere"]);
}

#[test]
fn a_threshold_out_of_range_is_refused() {
    let machine = machine().with("ISNAD_NLI_ENTAILMENT", "0.4");
    let check = ["check", "summary.txt", "--bitext", "article.tsv"];
    machine.run(&check).refused(2, &["`0.4`", "nli_entailment", "0.5 to 1"]);
}
