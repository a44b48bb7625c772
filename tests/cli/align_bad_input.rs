//! `isnad align` and texts as they should not be: what it says of them, and that it ends.

use std::time::{Duration, Instant};

use super::machine::{Machine, Run, list, string};

const ARABIC: &str = "أعلنت وزارة الصحة يوم الاثنين افتتاح ثلاثة مستشفيات جديدة في العاصمة. وقال الوزير إن تكلفة المشروع بلغت 12 مليون دولار.\n\n\
    لم تذكر الوزارة عدد الأطباء.\n\nمن جهة أخرى فاز المنتخب بكأس القارة للمرة الثانية.\n";
const ENGLISH: &str = "The health ministry announced on Monday the opening of three new hospitals in the capital. The minister said that the project cost 12 million dollars.\n\n\
    The ministry did not mention the number of doctors.\n\nIn another development the national team won the continental cup for the second time.\n";
const RECIPE: &str = "Peel the onions and cut them finely. Heat the oil in a pan. Fry the onions until golden. \
    Add salt, pepper and a little water. Let the soup simmer for an hour. Serve it with bread. \
    Keep the rest in the fridge. It can be frozen for two weeks.\n";

fn machine() -> Machine {
    let machine = Machine::new();
    machine.file("a.txt", ARABIC);
    machine.file("b.txt", ENGLISH);
    machine
}

/// Aligns texts of these contents.
fn align(arabic: impl AsRef<[u8]>, english: impl AsRef<[u8]>, more: &[&str]) -> Run {
    let machine = Machine::new();
    machine.file("a.txt", arabic);
    machine.file("b.txt", english);
    machine.run(&[["align", "a.txt", "b.txt"].as_slice(), more].concat())
}

/// The names of what was found.
fn findings(run: &Run) -> Vec<String> {
    let made = run.json();
    list(&made, "findings").iter().map(|finding| string(finding, "finding").to_owned()).collect()
}

#[test]
fn a_side_with_nothing_in_it_is_refused_by_name() {
    for nothing in ["", " \n\t\n", "\u{feff}\u{200f}\n\u{200b}\n"] {
        let reason = if nothing.is_empty() { "empty" } else { "white space" };
        align(nothing, ENGLISH, &[]).refused(2, &["a.txt", reason]);
        align(ARABIC, nothing, &[]).refused(2, &["b.txt", reason]);
    }
    let machine = machine();
    machine.file("page.html", "<html><head><title>x</title></head><script>x</script></html>");
    machine.run(&["align", "a.txt", "page.html"]).refused(2, &["page.html", "no text"]);
}

#[test]
fn texts_without_a_letter_translate_nothing() {
    for english in ["1 2 3.\n4 5 6.\n", "*** --- ***\n\n!!!\n"] {
        let run = align(ARABIC, english, &["--json"]);
        assert_eq!(run.code, Some(1), "{run}");
        let run = run.says(&["do not seem to translate", "only 0 % of the sentences"]);
        assert_eq!(findings(&run).first().map(String::as_str), Some("not-a-translation"));
    }
}

#[test]
fn what_is_no_translation_ends_with_one_and_is_written_all_the_same() {
    let machine = machine();
    machine.file("soup.txt", RECIPE);
    let run = machine.run(&["align", "a.txt", "soup.txt", "-o", "o.json"]);
    assert_eq!(run.code, Some(1), "{run}");
    run.says(&["do not seem to translate", "wrote o.json"]);
    let run = machine.run(&["align", "convert", "o.json", "--json"]);
    assert_eq!(run.code, Some(1), "it is said again: {run}");
    assert!(findings(&run).contains(&"not-a-translation".to_owned()));
}

#[test]
fn two_texts_in_one_language_are_refused() {
    align(ENGLISH, RECIPE, &[]).refused(2, &["one language"]);
    align(ARABIC, "وصل الوفد إلى المدينة. ثم عقد اجتماعا.\n", &[]).refused(2, &["one language"]);
    align(ENGLISH, RECIPE, &["--auto-swap"]).refused(2, &["one language"]);
}

#[test]
fn one_sentence_against_five_thousand_ends_in_bounded_time() {
    let subjects = ["The minister", "A farmer", "The court", "Our teacher", "The old captain"];
    let verbs = ["visited", "described", "sold", "repaired", "painted"];
    let objects = ["the harbour", "a red bicycle", "the northern road", "two letters"];
    let sentence = |n: usize| {
        let (subject, verb, object) = (subjects[n % 5], verbs[n / 5 % 5], objects[n / 25 % 4]);
        format!("{subject} {verb} {object} in the year {}.\n", 1000 + n)
    };
    let many: String = (0..5000).map(sentence).collect();
    let began = Instant::now();
    let run = align("أعلنت الوزارة افتتاح ثلاثة مستشفيات جديدة.\n", many, &["--json"]);
    assert_eq!(run.code, Some(1), "{run}");
    // Seconds in practice; a search over all pairs of runs would take hours.
    assert!(began.elapsed() < Duration::from_secs(300), "{:?}", began.elapsed());
    let run = run.says(&["do not seem to translate"]);
    let made = run.json();
    assert_eq!(list(&made["target"], "sentences").len(), 5000);
    let alone = |bead: &&serde_json::Value| bead["source"]["start"] == bead["source"]["end"];
    assert!(list(&made, "beads").iter().filter(alone).count() >= 4990);
}

#[test]
fn a_sentence_that_is_there_fifty_times_keeps_its_order() {
    let arabic = "أعلنت الوزارة افتتاح ثلاثة مستشفيات جديدة.\n".repeat(50);
    let english = "The ministry announced the opening of three new hospitals.\n".repeat(50);
    let run = align(arabic, english, &["--format", "ladder"]).done();
    let beads: Vec<&str> =
        run.stdout.lines().map(|line| line.rsplit_once(':').unwrap().0).collect();
    let expected: Vec<String> = (0..50).map(|n| format!("[{n}]:[{n}]")).collect();
    assert_eq!(beads, expected);
}

#[test]
fn sentences_in_another_language_are_found() {
    let arabic = format!(
        "{ARABIC}\nThis whole sentence was left in English by mistake.\n\nAnd so was this other one, sadly.\n"
    );
    let run = align(arabic, ENGLISH, &["--json"]).done();
    assert!(findings(&run).contains(&"other-language".to_owned()), "{run}");
    let run = run.says(&["2 sentences of the Arabic text are written in another language"]);
    let made = run.json();
    let alone = |bead: &&serde_json::Value| bead["target"]["start"] == bead["target"]["end"];
    let alone: Vec<_> = list(&made, "beads").iter().filter(alone).collect();
    assert_eq!(alone.len(), 2, "no translation is forced on them: {made:#}");
    let english = format!("{ENGLISH}\nهذه الجملة بقيت بالعربية عن طريق الخطأ.\n");
    align(ARABIC, english, &[]).done().says(&["1 sentence of the English text"]);
}

/// Byte order mark, lone carriage returns, U+202E, and characters that XML has no form for.
const STRANGE_ARABIC: &str = "\u{feff}أعلنت الوزارة\u{202e} افتتاح ثلاثة\u{1} مستشفيات جديدة.\rقال الوزير <نعم> & \u{7f} ثم غادر\u{1b} المدينة.\r";
const STRANGE_ENGLISH: &str = "The ministry\u{2} announced the opening of three new hospitals.\r\n\
    The minister said\u{202e} <yes> & ]]> then left\u{ffff} the town.\r\n";

#[test]
fn control_characters_break_no_file() {
    let machine = Machine::new();
    machine.file("a.txt", STRANGE_ARABIC);
    machine.file("b.txt", STRANGE_ENGLISH);
    let run = machine.run(&["align", "a.txt", "b.txt", "-o", "o.json"]).done();
    run.says(&["byte order mark"]);
    let made = machine.run(&["align", "convert", "o.json", "--json"]).done().json();
    let texts = |made: &serde_json::Value, side: &str| -> Vec<String> {
        let sentences = list(&made[side], "sentences");
        sentences.iter().map(|sentence| string(sentence, "text").to_owned()).collect()
    };
    assert_eq!(texts(&made, "source").len(), 2, "a lone carriage return ends a line: {made:#}");
    assert!(texts(&made, "source")[0].contains("\u{202e} افتتاح ثلاثة\u{1}"), "JSON keeps all");
    for (format, name) in [("tmx", "o.tmx"), ("xliff12", "o.xlf"), ("xliff21", "p.xlf")] {
        machine.run(&["align", "convert", "o.json", "--format", format, "-o", name]).done();
        let file = std::fs::read_to_string(machine.work().join(name)).unwrap();
        let well_formed = |c: char| (' '..='\u{fffd}').contains(&c) || c == '\n';
        assert!(file.chars().all(well_formed), "{name}: {file:?}");
        let again = machine.run(&["align", "convert", name, "--json"]).done().json();
        let replaced =
            |text: &String| text.replace(['\u{1}', '\u{2}', '\u{1b}', '\u{ffff}'], "\u{fffd}");
        for side in ["source", "target"] {
            let expected: Vec<String> = texts(&made, side).iter().map(replaced).collect();
            assert_eq!(texts(&again, side), expected, "{name}");
        }
        assert_eq!(list(&again, "beads").len(), list(&made, "beads").len(), "{name}");
    }
    for name in ["o.tsv", "o.html", "o.txt"] {
        machine.run(&["align", "convert", "o.json", "-o", name]).done();
        let file = std::fs::read_to_string(machine.work().join(name)).unwrap();
        let bare = |c: char| c < ' ' && !matches!(c, '\n' | '\t') || c == '\u{7f}';
        assert!(!file.contains(bare), "{name}: {file:?}");
        assert!(!file.contains('\u{202e}'), "{name} lets nobody turn its text round");
    }
}

#[test]
fn a_text_with_nul_is_no_text() {
    let with_nul = "The ministry \0announced the opening of three hospitals.\n";
    align(ARABIC, with_nul, &[]).refused(2, &["b.txt is not plain text", "NUL"]);
    align(ARABIC.replace('.', "\0"), ENGLISH, &[]).refused(2, &["a.txt is not plain text"]);
}

/// Converts a file of this name and content.
fn convert(name: &str, content: &str) -> Run {
    let machine = Machine::without_models();
    machine.file(name, content);
    machine.run(&["align", "convert", name])
}

#[test]
fn broken_memories_are_told_with_line_and_column() {
    let tmx = "<tmx>\n <body><tu>\n  <tuv xml:lang=\"en\"><seg>x</tuv></tu></body></tmx>";
    convert("a.tmx", tmx).refused(2, &["a.tmx, line 3, column 28", "</seg>"]);
    convert("a.tmx", "<tmx>\n<body>\n<tu>").refused(2, &["a.tmx, line 3", "ends inside `<tu>`"]);
    let unit = |text: &str| {
        format!(
            "<xliff version=\"1.2\">\n<file source-language=\"en\" target-language=\"ar\"><body>\n\
             <trans-unit id=\"1\"><source>{text}</source></trans-unit></body></file></xliff>"
        )
    };
    convert("a.xlf", &unit("a &nbsp; b")).refused(2, &["line 3, column 30", "`&nbsp;`"]);
    convert("a.xlf", &unit("a\u{1b}")).refused(2, &["line 3, column 29", "U+001B"]);
    convert("a.xlf", &unit("&#0;")).refused(2, &["line 3, column 28"]);
    convert("a.xlf", &unit("x")).done().prints(&["1-0"]);
    convert("a.xlf", &"<g>".repeat(1000)).refused(2, &["a.xlf"]);
    convert("a.json", "{\"schema_version\": 1,\n \"source\": }")
        .refused(2, &["a.json", "line 2 column 12"]);
}

#[test]
fn entities_are_refused_before_they_grow() {
    let lines =
        (1..10).map(|n| format!("<!ENTITY a{n} \"{}\">\n", format!("&a{};", n - 1).repeat(10)));
    let declared: String =
        std::iter::once("<!ENTITY a0 \"ha\">\n".to_owned()).chain(lines).collect();
    let outside = "<!ENTITY a9 SYSTEM \"file:///etc/hostname\">\n";
    for declared in [declared.as_str(), outside] {
        for root in ["tmx", "xliff"] {
            let bomb = format!(
                "<?xml version=\"1.0\"?>\n<!DOCTYPE {root} [\n{declared}]>\n<{root}><seg>&a9;</seg></{root}>"
            );
            let began = Instant::now();
            convert("a.xml", &bomb).refused(2, &["a.xml, line 2, column 1", "declarations inside"]);
            assert!(began.elapsed() < Duration::from_secs(20));
        }
    }
}

#[test]
fn numbers_beyond_measure_in_a_saved_alignment_do_no_harm() {
    let machine = Machine::without_models();
    machine.file("a.txt", "نعم.\n");
    machine.file("b.txt", "Yes.\n");
    machine.file("o.ladder", "[0]:[0]\n");
    let join = ["align", "convert", "o.ladder", "--source", "a.txt", "--target", "b.txt", "--json"];
    let saved = machine.run(&join).done().json();
    let most = u64::MAX;
    let mut wild = saved.clone();
    wild["source"]["sentences"][0]["paragraph"] = most.into();
    wild["findings"] = serde_json::json!([
        {"finding": "paragraph-alone", "side": "source", "paragraph": most},
        {"finding": "moved", "source": {"start": most, "end": most}, "target": {"start": most - 1, "end": most}},
        {"finding": "not-a-translation", "aligned": 1e300},
    ]);
    machine.file("wild.json", wild.to_string());
    for format in ["table", "tsv", "json", "html", "tmx", "xliff12", "xliff21", "ladder"] {
        let run = machine.run(&["align", "convert", "wild.json", "--format", format]);
        assert_eq!(run.code, Some(1), "{run}");
    }
    for (key, value) in [("probability", 2.0), ("probability", -0.1), ("similarity", 7.0)] {
        let mut wrong = saved.clone();
        wrong["beads"][0][key] = value.into();
        machine.file("wrong.json", wrong.to_string());
        machine.run(&["align", "convert", "wrong.json"]).refused(2, &["wrong.json", "bead 0"]);
    }
}
