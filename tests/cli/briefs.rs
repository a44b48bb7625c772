//! `isnad brief` on the shipped article: the title, the source, claims with their chain, and the report.

use std::sync::OnceLock;

use serde_json::Value;

use super::machine::{
    Machine, Run, SENTENCE, list, published_sha256, shipped_article, span, string,
};

/// A run is shared by the tests that look at its result: it takes seconds.
fn as_markdown() -> &'static Run {
    static RUN: OnceLock<Run> = OnceLock::new();
    RUN.get_or_init(|| brief(&[]))
}

fn as_json() -> &'static Value {
    static BRIEF: OnceLock<Value> = OnceLock::new();
    BRIEF.get_or_init(|| brief(&["--json"]).json())
}

fn brief(arguments: &[&str]) -> Run {
    let article = shipped_article().display().to_string();
    Machine::new().run(&[&["brief", &article], arguments].concat()).finished()
}

fn text(brief: &Value) -> &str {
    string(&brief["article"], "text")
}

fn fails(brief: &Value) -> bool {
    let unsupported = |claim: &Value| claim["verdict"] == "unsupported";
    !list(&brief["report"], "failed").is_empty() || list(brief, "claims").iter().any(unsupported)
}

#[test]
fn the_title_is_found_and_translated() {
    let title = &as_json()["title"];
    assert!(string(title, "source").starts_with("محادثة هاتفية بين بوتين وبايدن"));
    let translation = &title["translation"];
    assert_eq!(translation["outcome"], "translated");
    assert!(string(translation, "text").contains("Putin"), "{translation}");
    let heading = format!("# {}\n", string(translation, "text"));
    assert!(as_markdown().stdout.starts_with(&heading), "{}", as_markdown());
}

#[test]
fn the_agency_is_recognised_as_the_source() {
    let source = string(&as_json()["article"]["metadata"], "source");
    assert!(source.contains("وكالة ايسنا"), "{source}");
    assert!(as_markdown().stdout.contains(source));
}

#[test]
fn three_to_five_claims_carry_their_chain_back_to_the_arabic() {
    let brief = as_json();
    let claims = list(brief, "claims");
    assert!((3..=5).contains(&claims.len()), "{} claims", claims.len());
    for claim in claims {
        assert!(["verified", "partial", "unsupported"].contains(&string(claim, "verdict")));
        assert_eq!(string(brief, "summary").get(span(claim)), claim["text"].as_str());
        let evidence = list(claim, "evidence");
        assert!(!evidence.is_empty() || claim["verdict"] == "unsupported", "{claim:#}");
        for link in evidence {
            let paragraph = usize::try_from(link["paragraph"].as_u64().unwrap()).unwrap();
            let paragraph = &list(brief, "paragraphs")[paragraph];
            let segments = list(paragraph, "segments");
            let segment = segments.iter().find(|segment| segment["id"] == link["segment"]);
            let segment = segment.expect("the segment stands in the paragraph that is named");
            assert_eq!(segment["source"], link["quote"]);
            assert_eq!(segment["translation"]["text"], link["translation"]);
            for (road, score) in link["scores"].as_object().unwrap() {
                assert!(["through-english", "across"].contains(&road.as_str()), "{road}");
                assert!((-1.001..=1.001).contains(&score.as_f64().unwrap()), "{road}: {score}");
            }
        }
    }
}

#[test]
fn a_reader_of_the_markdown_sees_number_quote_english_score_and_verdict_of_every_claim() {
    let markdown = &as_markdown().stdout;
    let summary = markdown.split("## Summary").nth(1).unwrap().split("## The article").next();
    let summary = summary.unwrap();
    for claim in list(as_json(), "claims") {
        assert!(summary.contains(&format!("**[{}, support", string(claim, "verdict"))));
        for link in list(claim, "evidence") {
            let number = link["paragraph"].as_u64().unwrap() + 1;
            assert!(summary.contains(&format!("paragraph {number}, sentence ")), "{summary}");
            assert!(without_tags(summary).contains(string(link, "quote")), "{summary}");
            for score in link["scores"].as_object().unwrap().values() {
                let shown = format!("{:.2}", score.as_f64().unwrap());
                assert!(summary.contains(&shown), "{shown} is not in\n{summary}");
            }
        }
    }
}

#[test]
fn every_quote_is_the_bytes_of_its_span() {
    let brief = as_json();
    let text = text(brief);
    assert_eq!(text, std::fs::read_to_string(shipped_article()).unwrap());
    for link in list(brief, "claims").iter().flat_map(|claim| list(claim, "evidence")) {
        assert_eq!(text.get(span(link)), Some(string(link, "quote")));
    }
    for segment in list(brief, "paragraphs").iter().flat_map(|p| list(p, "segments")) {
        assert_eq!(text.get(span(segment)), Some(string(segment, "source")));
    }
}

#[test]
fn no_visible_byte_lies_outside_the_paragraphs_and_their_sentences() {
    let brief = as_json();
    let text = text(brief);
    let mut covered = 0;
    let visible = |from: usize, to: usize| {
        let gap = text.get(from..to).expect("spans rise and end between characters");
        assert_eq!(gap.trim(), "", "lost: {gap}");
        to
    };
    for paragraph in list(brief, "paragraphs") {
        covered = visible(covered, span(paragraph).start);
        for segment in list(paragraph, "segments") {
            assert!(span(segment).end <= span(paragraph).end);
            visible(covered, span(segment).start);
            covered = span(segment).end;
        }
        visible(covered, span(paragraph).end);
        covered = span(paragraph).end;
    }
    visible(covered, text.len());
}

#[test]
fn boilerplate_is_named_with_its_reason_and_not_dropped() {
    let brief = as_json();
    let left_out = list(&brief["report"], "left_out");
    let reason = |start: &str| {
        let line = left_out.iter().find(|line| string(line, "text").starts_with(start));
        line.map(|line| string(line, "kind"))
    };
    assert_eq!(reason("عالمي"), Some("category"));
    assert_eq!(reason("اترك تعليقاً"), Some("comment-form"));
    assert_eq!(reason("لن يتم نشر عنوان"), Some("comment-form"));
    assert_eq!(reason("زر الذهاب"), Some("navigation"));
    let kind = |paragraph: &Value| paragraph["kind"] == "boilerplate";
    assert_eq!(list(brief, "paragraphs").iter().filter(|p| kind(p)).count(), left_out.len());
    let report = as_markdown().stdout.split("## Report").nth(1).unwrap();
    for line in left_out {
        assert!(report.contains(string(line, "text").trim_end_matches(" *")), "{line}");
    }
}

#[test]
fn the_report_names_models_with_checksums_settings_and_version() {
    let signature = &as_json()["report"]["signature"];
    let models = list(signature, "models");
    let sha256_of = |role: &str| {
        let model = models.iter().find(|model| model["role"] == role).expect(role);
        (string(model, "name"), string(model, "sha256"))
    };
    for role in ["translator", "embedder"] {
        let (name, sha256) = sha256_of(role);
        assert_eq!(sha256, published_sha256(name));
        assert!(as_markdown().stdout.contains(sha256));
    }
    assert_eq!(signature["version"], env!("CARGO_PKG_VERSION"));
    let search = string(&signature["settings"], "search");
    assert!(search == "greedy" || search.starts_with("beam"), "{search}");
    assert!(as_markdown().stdout.contains(search));
}

#[test]
fn the_json_says_which_schema_it_follows() {
    assert_eq!(as_json()["schema_version"], 2);
}

#[test]
fn the_exit_code_is_1_if_and_only_if_something_failed() {
    let expected = i32::from(fails(as_json()));
    assert_eq!(as_markdown().code, Some(expected), "{}", as_markdown());
}

/// What a reader sees of a page: words and numbers stand in elements of their own.
pub(super) fn without_tags(page: &str) -> String {
    let mut inside = false;
    let visible = page.chars().filter(|c| {
        inside |= *c == '<';
        let seen = !inside;
        inside &= *c != '>';
        seen
    });
    visible.collect()
}

#[test]
fn the_extension_of_the_output_chooses_the_format() {
    let machine = Machine::new().with("SOURCE_DATE_EPOCH", "1700000000");
    machine.file("article.txt", SENTENCE);
    for (name, opening) in [("b.html", "<!doctype html>"), ("b.md", "# "), ("b.json", "{\n")] {
        let run = machine.run(&["brief", "article.txt", "-o", name]).finished();
        assert_eq!(run.stdout, "", "{run}");
        let written = std::fs::read_to_string(machine.work().join(name)).unwrap();
        assert!(written.to_lowercase().starts_with(opening), "{written}");
        assert!(without_tags(&written).contains("ورحب الجانبان"), "{name}");
        let is_dated = written.contains("2023-11-14, 22:13 UTC");
        assert_eq!(is_dated, name == "b.html", "a page is sent on and says when it was made");
        run.says(&["wrote", name]);
    }
    assert_eq!(machine.left_in_work(), ["article.txt", "b.html", "b.json", "b.md"]);
    machine.run(&["brief", "article.txt", "-o", "b"]).refused(2, &["`b`", "--format"]);
    machine.run(&["brief", "article.txt", "--format", "rtf"]).refused(2, &["`rtf`", "html"]);
}

#[test]
fn the_web_page_is_whole_marks_its_languages_and_loads_nothing() {
    let page = brief(&["--format", "html"]).stdout;
    assert!(page.trim_end().ends_with("</html>"));
    for part in ["<html lang=\"en\"", "lang=\"ar\"", "dir=\"rtl\"", "charset=\"utf-8\""] {
        assert!(page.to_lowercase().contains(part), "no {part}");
    }
    for loads in ["<script src", "<link rel=\"stylesheet\"", "@import", "<img", "url("] {
        assert!(!page.contains(loads), "the page loads something: {loads}");
    }
    let read = without_tags(&page);
    for paragraph in list(as_json(), "paragraphs").iter().filter(|p| p["kind"] == "body") {
        for segment in list(paragraph, "segments") {
            let words: Vec<&str> = string(segment, "source").split_whitespace().take(4).collect();
            assert!(read.contains(&words.join(" ")), "{segment}");
        }
    }
}

#[test]
fn the_length_of_the_summary_is_what_was_asked_for() {
    let machine = Machine::new();
    let article = std::fs::read_to_string(shipped_article()).unwrap();
    let paragraphs: Vec<&str> = article.split("\n\n").skip(1).take(5).collect();
    machine.file("article.txt", paragraphs.join("\n\n"));
    let claims = |arguments: &[&str]| {
        let run = machine.run(&[&["brief", "article.txt", "--json"], arguments].concat());
        run.finished().json()
    };
    assert_eq!(list(&claims(&["--sentences", "1"]), "claims").len(), 1);
    let short = claims(&["--words", "45"]);
    let words = string(&short, "summary").split_whitespace().count();
    assert!((1..=45).contains(&words), "{words} words");
}
