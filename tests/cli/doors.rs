//! Files of every kind, several of them, and addresses, as a user meets them.

use super::machine::{Machine, SENTENCE, list, project, string};

/// A page with a byline and a date.
fn page() -> String {
    format!(
        "<!doctype html><html lang=ar><head><title>جسر جديد في المدينة | الأفق</title>\
         <meta name=author content='سلمى حداد'><meta property='article:published_time' content='2024-03-05'>\
         <meta property='og:site_name' content='الأفق'></head><body><nav><a href=/>الرئيسية</a></nav>\
         <h1>جسر جديد في المدينة</h1><p>{SENTENCE}</p></body></html>"
    )
}

#[test]
fn an_address_is_refused_with_the_line_that_fetches_it() {
    let machine = Machine::new();
    for command in ["brief", "translate", "summarize"] {
        let run = machine.run(&[command, "https://example.org/a?b='c"]);
        run.refused(
            2,
            &["never downloads", "curl -L 'https://example.org/a?b='\\''c' | isnad brief -"],
        );
    }
    machine.run(&["brief", "www.example.org"]).refused(2, &["curl -L 'https://www.example.org'"]);
    machine.file("a.txt", SENTENCE);
    let two: [&[&str]; 2] = [
        &["align", "https://example.org/a", "a.txt"],
        &["check", "https://example.org/a", "a.txt"],
    ];
    for arguments in two {
        machine.run(arguments).refused(2, &["never downloads", "curl -L 'https://example.org/a'"]);
    }
}

#[test]
fn author_and_date_of_a_page_reach_every_form_of_its_brief() {
    let machine = Machine::new();
    machine.file("page.html", page());
    let brief = machine.run(&["brief", "page.html", "--json"]).finished().json();
    let metadata = &brief["article"]["metadata"];
    assert_eq!(string(metadata, "byline"), "سلمى حداد");
    assert_eq!(string(metadata, "date"), "2024-03-05");
    assert_eq!(string(metadata, "source"), "الأفق");
    assert_eq!(string(&brief["title"], "source"), "جسر جديد في المدينة");
    assert_eq!(string(&brief["article"], "text"), format!("جسر جديد في المدينة\n\n{SENTENCE}"));
    for format in ["markdown", "html", "text"] {
        let run = machine.run(&["brief", "page.html", "--format", format]).finished();
        run.prints(&["سلمى حداد", "2024-03-05"]);
    }
}

#[test]
fn a_page_on_standard_input_is_known_by_its_content() {
    let machine = Machine::new();
    let run = machine.run_with_stdin(&["translate", "-", "--json"], page().as_bytes()).finished();
    assert_eq!(list(&run.json(), "paragraphs").len(), 2);
    let forced = ["translate", "-", "--json", "--from", "text", "--force", "--attempts", "1"];
    let run = machine.run_with_stdin(&forced, page().as_bytes()).finished();
    assert!(string(&run.json()["article"], "text").starts_with("<!doctype"));
    machine.run(&["translate", "-", "--from", "doc"]).refused(2, &["doc", "--from text"]);
}

#[test]
fn several_articles_go_into_a_folder_and_one_that_fails_stops_no_other() {
    let machine = Machine::new();
    machine.file("in/a.txt", SENTENCE);
    machine.file("in/a.html", page());
    machine.file("in/bad.docx", b"PK\x03\x04");
    machine.file("in/notes.bin", b"not looked at");
    let run = machine.run(&["translate", "in", "-o", "out"]);
    assert_eq!(run.code, Some(2), "{run}");
    run.says(&["bad.docx", "ZIP", "a.html: wrote", "a.txt: wrote"]);
    let mut names: Vec<String> = std::fs::read_dir(machine.work().join("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["a-2.txt", "a.txt"]);
    let run = machine.run(&["translate", "in/*.txt", "in/*.html", "-o", "one.txt"]);
    run.refused(2, &["several articles do not fit into one file", "folder"]);
    machine.run(&["translate", "none/*.txt"]).refused(2, &["no article fits `none/*.txt`"]);
}

#[test]
fn several_articles_on_standard_output_are_told_apart() {
    let machine = Machine::new();
    machine.file("a.txt", SENTENCE);
    machine.file("b.jsonl", format!("{{\"body\": \"{SENTENCE}\"}}\n"));
    let run = machine.run(&["translate", "a.txt", "b.jsonl", "--text-field", "body"]).finished();
    run.prints(&["==> a.txt <==", "==> b.jsonl <=="]);
    let lines = machine.run(&["translate", "a.txt", "b.jsonl", "--text-field", "body", "--json"]);
    let lines = lines.finished().stdout;
    let ids: Vec<String> = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|value| string(&value["article"], "id").to_owned())
        .collect();
    assert_eq!(ids, ["a.txt", "b.jsonl"]);
    machine
        .run(&["translate", "b.jsonl"])
        .refused(2, &["no text in the field `text`", "--text-field", "body"]);
}

#[test]
fn documents_without_text_for_us_say_why() {
    let machine = Machine::new();
    let document = |name: &str| project("tests/data/doors").join(name).display().to_string();
    let run = machine.run(&["brief", &document("scanned.pdf")]);
    run.refused(2, &["no text in this file; it needs OCR", "ocrmypdf"]);
    machine.run(&["brief", &document("encrypted.pdf")]).refused(2, &["encrypted", "password"]);
}

#[test]
fn what_a_page_says_of_itself_is_shown_and_not_run() {
    let machine = Machine::new();
    let injected = "&lt;script&gt;alert(1)&lt;/script&gt;";
    let page =
        page().replace("سلمى حداد", &format!("{injected} سلمى")).replace("2024-03-05", injected);
    machine.file("a <script>alert(1)<script>.html", page);
    let run = machine.run(&["brief", "a <script>alert(1)<script>.html", "--format", "html"]);
    let html = run.finished().stdout;
    assert!(!html.contains("<script>alert(1)"), "{html}");
    assert!(html.contains("&lt;script&gt;alert(1)"), "{html}");
}
