//! `isnad align`: what is read, what is written, and what is refused.

use super::machine::{Machine, list};

const ARABIC: &str = "افتتاح ثلاثة مستشفيات جديدة\n\n\
    أعلنت وزارة الصحة يوم الاثنين افتتاح ثلاثة مستشفيات جديدة في العاصمة. وقال الوزير إن تكلفة المشروع بلغت 12 مليون دولار.\n\n\
    وأضاف أن المستشفيات ستستقبل المرضى ابتداء من الشهر المقبل. لم تذكر الوزارة عدد الأطباء.\n\n\
    من جهة أخرى فاز المنتخب بكأس القارة للمرة الثانية.\n";
const ENGLISH: &str = "Three new hospitals open\n\n\
    The health ministry announced on Monday the opening of three new hospitals in the capital, and the minister said that the project cost 12 million dollars.\n\n\
    He added that the hospitals will receive patients from next month. The ministry did not mention the number of doctors.\n\n\
    In another development the national team won the continental cup for the second time.\n";

fn machine() -> Machine {
    let machine = Machine::new();
    machine.file("a.txt", ARABIC);
    machine.file("b.txt", ENGLISH);
    machine
}

#[test]
fn beads_partition_both_texts_and_merged_sentences_are_seen() {
    let run = machine().run(&["align", "a.txt", "b.txt", "--json", "--words"]).done();
    let made = run.json();
    let beads = list(&made, "beads");
    let shape: Vec<String> = beads
        .iter()
        .map(|bead| {
            let range = |side: &str| format!("{}-{}", bead[side]["start"], bead[side]["end"]);
            format!("{}:{}", range("source"), range("target"))
        })
        .collect();
    assert_eq!(shape, ["0-1:0-1", "1-3:1-2", "3-4:2-3", "4-5:3-4", "5-6:4-5"]);
    assert!(beads.iter().all(|bead| bead["probability"].as_f64().unwrap() > 0.5));
    assert!(beads.iter().all(|bead| !list(&bead["words"], "links").is_empty()));
    assert!(list(&made["signature"], "models").iter().any(|model| model["name"] == "usem3-ar-en"));
}

#[test]
fn every_format_is_written_by_its_extension() {
    let machine = machine();
    let formats = [
        ("o.tsv", "probability"),
        ("o.json", "\"schema_version\": 1"),
        ("o.html", "Content-Security-Policy"),
        ("o.tmx", "<tmx version=\"1.4\">"),
        ("o.xlf", "version=\"1.2\""),
        ("o.ladder", "[1, 2]:[1]"),
        ("o.pharaoh", "0-"),
    ];
    for (name, part) in formats {
        machine.run(&["align", "a.txt", "b.txt", "-o", name]).done().says(&["wrote"]);
        let text = std::fs::read_to_string(machine.work().join(name)).unwrap();
        assert!(text.contains(part), "{name}: {text}");
    }
    let refused = machine.run(&["align", "a.txt", "b.txt", "-o", "o.odt"]);
    refused.refused(2, &["o.odt", "--format"]);
    machine.run(&["align", "a.txt", "b.txt", "-o", "b.txt"]).refused(2, &["b.txt"]);
}

#[test]
fn an_alignment_scores_one_hundred_against_itself() {
    let machine = machine();
    machine.run(&["align", "a.txt", "b.txt", "-o", "o.ladder"]).done();
    let run = machine.run(&["align", "score", "o.ladder", "o.ladder", "--json"]).done();
    let report = run.json();
    let scores = list(&list(&report, "systems")[0], "scores");
    let score = |name: &str| {
        let found = scores.iter().find(|score| score["metric"] == name).expect(name);
        found["score"].as_f64().unwrap()
    };
    for name in ["Beads-strict", "Beads-lax", "Beads-strict 1-1", "Beads-strict n-1"] {
        assert!((score(name) - 100.0).abs() < 1e-9, "{name}");
    }
    assert!(score("Beads-strict gaps") < 1e-9, "there is none");
    let refused = machine.run(&["align", "score", "a.txt", "o.ladder"]);
    refused.refused(2, &["a.txt", "line 1", "isnad align convert"]);
}

#[test]
fn swapped_sides_are_told_and_swapped_back_when_asked() {
    let machine = machine();
    machine.run(&["align", "b.txt", "a.txt"]).refused(2, &["English", "--auto-swap"]);
    let run = machine.run(&["align", "b.txt", "a.txt", "--auto-swap", "--json"]).done();
    let made = run.json();
    assert_eq!(made["source"]["language"], "arabic");
    assert_eq!(list(&made, "findings")[0]["finding"], "swapped");
    machine.run(&["align", "a.txt", "a.txt"]).refused(2, &["one language"]);
}

#[test]
fn texts_that_have_nothing_in_common_end_with_one() {
    let machine = machine();
    let recipe = "Peel the onions and cut them finely. Heat the oil in a pan. Fry the onions until golden. \
                  Add salt, pepper and a little water. Let the soup simmer for an hour. Serve it with bread. \
                  Keep the rest in the fridge. It can be frozen for two weeks.\n";
    machine.file("soup.txt", recipe);
    let run = machine.run(&["align", "a.txt", "soup.txt", "--json"]);
    run.finished().says(&["do not seem to translate"]);
}

#[test]
fn a_folder_of_pairs_is_aligned_and_a_broken_pair_stops_no_other() {
    let machine = machine();
    for (name, text) in [("one.ar.txt", ARABIC), ("one.en.txt", ENGLISH), ("two.ar.txt", ARABIC)] {
        machine.file(name, text);
    }
    let pattern = "*.ar.txt=*.en.txt";
    let all =
        ["align", "--dir", ".", "--pattern", pattern, "-j", "2", "-o", "out", "--format", "ladder"];
    let run = machine.run(&all);
    run.finished().says(&["1 of 2 pairs aligned", "two"]);
    assert!(machine.work().join("out/one.ladder").exists());
    let nothing = ["align", "--dir", ".", "--pattern", "*.fr.txt=*.en.txt", "-o", "out"];
    machine.run(&nothing).refused(2, &["*.fr.txt"]);
    let no_pattern = ["align", "--dir", ".", "--pattern", "x", "-o", "out"];
    machine.run(&no_pattern).refused(2, &["no pattern"]);
}

#[test]
fn a_sentence_a_line_is_not_cut_and_markup_is_read() {
    let machine = machine();
    machine.file("lines.ar.txt", "قال نعم. ثم ذهب إلى البيت.\nوصل المطر في المساء.\n");
    machine.file(
        "page.html",
        "<h1>Rain</h1><p>He said yes. Then he went home.</p><p>Rain came in the evening.</p>",
    );
    let run = machine.run(&["align", "lines.ar.txt", "page.html", "--presplit", "--json"]);
    let made = run.finished().json();
    assert_eq!(list(&made["source"], "sentences").len(), 2);
    let run = machine.run(&["align", "lines.ar.txt", "page.html", "--json"]);
    let made = run.finished().json();
    assert_eq!(list(&made["target"], "sentences").len(), 4);
    assert_eq!(list(&made["target"], "sentences")[0]["heading"], true);
}

#[test]
fn empty_texts_and_wild_numbers_are_refused() {
    let machine = machine();
    machine.file("empty.txt", "");
    machine.run(&["align", "a.txt", "empty.txt"]).refused(2, &["empty"]);
    machine.run(&["align", "a.txt", "absent.txt"]).refused(2, &["absent.txt"]);
    machine.run(&["align", "a.txt", "b.txt", "--max-bead", "1"]).refused(2, &["2 to 10"]);
    machine.run(&["align", "a.txt", "b.txt", "--min-confidence", "7"]).refused(2, &["7"]);
    machine.run(&["align", "-", "-"]).refused(2, &["two texts"]);
}

/// The parts of a Word document that are read: headings have a style of that name.
fn docx(paragraphs: &[(&str, bool)]) -> Vec<u8> {
    use std::io::{Cursor, Write as _};
    let style = "<w:pPr><w:pStyle w:val=\"h\"/></w:pPr>";
    let paragraph = |(text, heading): &(&str, bool)| {
        let style = if *heading { style } else { "" };
        format!("<w:p>{style}<w:r><w:t>{text}</w:t></w:r></w:p>")
    };
    let body: String = paragraphs.iter().map(paragraph).collect();
    let space = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";
    let document = format!("<w:document {space}><w:body>{body}</w:body></w:document>");
    let styles = format!(
        "<w:styles {space}><w:style w:type=\"paragraph\" w:styleId=\"h\"><w:name w:val=\"heading 1\"/></w:style></w:styles>"
    );
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [("word/document.xml", document), ("word/styles.xml", styles)] {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The same texts, the first sentence marked as a headline on both sides or on one only.
#[test]
fn headings_of_every_markup_are_evidence() {
    const BODY: [&str; 2] =
        ["وصل المطر في المساء إلى العاصمة.", "Rain came to the capital in the evening."];
    let heading = ["طقس", "What to wear tomorrow"];
    let machine = Machine::new();
    let file = |name: &str, content: &[u8]| drop(machine.file(name, content));
    file("a.md", format!("# {}\n\n{}\n", heading[0], BODY[0]).as_bytes());
    file("b.md", format!("# {}\n\n{}\n", heading[1], BODY[1]).as_bytes());
    file("a.html", format!("<h2>{}</h2><p>{}</p>", heading[0], BODY[0]).as_bytes());
    file("b.html", format!("<h2>{}</h2><p>{}</p>", heading[1], BODY[1]).as_bytes());
    file("a.docx", &docx(&[(heading[0], true), (BODY[0], false)]));
    file("b.docx", &docx(&[(heading[1], true), (BODY[1], false)]));
    file("plain.html", format!("<p>{}</p><p>{}</p>", heading[1], BODY[1]).as_bytes());
    // How probable it is that the first sentences are no bead.
    let doubt = |source: &str, target: &str| {
        let made = machine.run(&["align", source, target, "--json"]).finished().json();
        let bead = &list(&made, "beads")[0];
        let pair = bead["source"]["end"] == 1 && bead["target"]["end"] == 1;
        let probability = bead["probability"].as_f64().unwrap();
        assert_eq!(list(&made["source"], "sentences")[0]["heading"], true, "{source}");
        if pair { 1.0 - probability } else { probability }
    };
    let unmarked = doubt("a.html", "plain.html");
    for extension in ["md", "html", "docx"] {
        let marked = doubt(&format!("a.{extension}"), &format!("b.{extension}"));
        assert!(marked < unmarked / 2.0, "{extension}: {marked} against {unmarked}");
    }
}
