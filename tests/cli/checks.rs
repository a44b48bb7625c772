//! `isnad check` and `isnad summarize` as a user meets them.

use super::machine::{Machine, list, string};

const ARTICLE: &str = "قتل 17 شخصا في الفيضانات التي ضربت مدينة سيئون يوم الأحد.\tSeventeen people were killed in the floods that hit the city of Seiyun on Sunday.\n\
لم يتضرر المطار واستمرت الرحلات الجوية.\tThe airport was not damaged and flights continued.\n\n\
وقدرت السلطات الأضرار بنحو 4 ملايين دولار.\tThe authorities put the damage at about 4 million dollars.\n";

fn checked(summary: &str, arguments: &[&str]) -> (i32, serde_json::Value) {
    let machine = Machine::new();
    machine.file("article.tsv", ARTICLE);
    machine.file("summary.txt", summary);
    let all = ["check", "summary.txt", "--bitext", "article.tsv", "--json"];
    let run = machine.run(&[&all, arguments].concat());
    let code = run.code.unwrap();
    (code, run.finished().json())
}

#[test]
fn a_summary_may_come_as_a_web_page_or_markdown() {
    let machine = Machine::new();
    machine.file(
        "article.tsv",
        "لم يتضرر المطار واستمرت الرحلات.\tThe airport was not damaged and flights continued.\n",
    );
    machine.file(
        "s.html",
        "<html lang=en><body><p>The airport was <b>not</b> damaged.</p></body></html>",
    );
    machine.file("s.md", "The airport was **not** damaged.\n");
    for name in ["s.html", "s.md"] {
        let check = ["check", name, "--bitext", "article.tsv", "--json"];
        let brief = machine.run(&check).finished().json();
        assert_eq!(string(&brief, "summary"), "The airport was not damaged.", "{name}");
    }
}

#[test]
fn a_true_summary_is_verified_with_its_arabic() {
    let (code, brief) = checked("The floods in Seiyun killed 17 people.", &[]);
    let claim = &list(&brief, "claims")[0];
    assert_eq!((code, string(claim, "verdict")), (0, "verified"), "{claim}");
    assert!(string(&list(claim, "evidence")[0], "quote").starts_with("قتل 17"));
}

#[test]
fn a_changed_number_contradicts_and_the_exit_code_tells() {
    let (code, brief) = checked("The floods in Seiyun killed 71 people on Sunday.", &[]);
    let claim = &list(&brief, "claims")[0];
    assert_eq!((code, string(claim, "verdict")), (1, "contradicted"), "{claim}");
    assert_eq!(list(claim, "doubts")[0]["origin"], "summary");
}

#[test]
fn a_dropped_negation_contradicts_though_other_sentences_are_silent_on_it() {
    let (code, brief) = checked("The airport was damaged and flights continued.", &["--claims"]);
    let claim = &list(&brief, "claims")[0];
    assert_eq!((code, string(claim, "verdict")), (1, "contradicted"), "{claim}");
    assert_eq!(list(claim, "doubts")[0]["kind"]["fact"], "negation");
}

#[test]
fn a_summary_of_something_else_is_unsupported_throughout() {
    let (code, brief) =
        checked("The painter sold his house in Paris.\nCats sleep all day long.", &["--claims"]);
    assert_eq!(code, 1);
    assert!(list(&brief, "claims").iter().all(|claim| claim["verdict"] == "unsupported"));
}

#[test]
fn a_summary_in_arabic_is_checked_as_well() {
    let (_, brief) = checked("لقي 17 شخصا مصرعهم في فيضانات سيئون.", &[]);
    assert_eq!(brief["summary_language"], "arabic");
    assert_eq!(list(&list(&brief, "claims")[0], "evidence")[0]["segment"], 0);
}

#[test]
fn the_verdicts_of_a_saved_brief_come_out_again() {
    let machine = Machine::new();
    machine.file("article.tsv", ARTICLE);
    machine.file("summary.txt", "The floods in Seiyun killed 17 people.");
    machine.run(&["check", "summary.txt", "--bitext", "article.tsv", "-o", "a.json"]).finished();
    machine.run(&["check", "a.json", "--json"]).done().says(&["1 of 1 verdicts came out as saved"]);
}

#[test]
fn what_cannot_be_checked_is_refused() {
    let machine = Machine::new();
    machine.file("summary.txt", "Text.");
    machine.file("broken.tsv", "no tab here\n");
    machine.run(&["check", "summary.txt"]).refused(2, &["nothing to check", "--bitext"]);
    let broken = ["check", "summary.txt", "--bitext", "broken.tsv"];
    machine.run(&broken).refused(2, &["line 1 of broken.tsv"]);
    machine.run(&["check", "-", "-"]).refused(2, &["standard input"]);
}

#[test]
fn a_summary_alone_names_its_paragraphs() {
    let machine = Machine::new();
    machine.file("article.txt", "وصل الرئيس إلى العاصمة يوم الجمعة في زيارة رسمية.\n");
    let run = machine.run(&["summarize", "article.txt", "--bullets"]).finished();
    assert!(run.stdout.starts_with("- ") && run.stdout.contains("[¶1"), "{run}");
    let wrong = ["summarize", "article.txt", "--summarizer", "poem"];
    machine.run(&wrong).refused(2, &["`poem`", "extractive"]);
    let missing = ["summarize", "article.txt", "--summarizer", "abstractive:nowhere"];
    machine.run(&missing).refused(2, &["nowhere"]);
}
