//! `isnad align convert`: what every format keeps, and how a ladder meets its texts again. No model is needed.

use serde_json::Value;

use super::machine::{Machine, Run, list, string};

const ARABIC: &str = "فتحت المكتبة أبوابها.\nجاء الأطفال مع المعلمة.\nثم قرأوا قصة.\n\nغادر الجميع في المساء.\nأغلقت المكتبة.\n";
const ENGLISH: &str = "The library opened its doors.\nThe children came with their teacher and then read a story.\n\n\
    The library closed.\nEverybody left in the evening.\n";
/// Its last two beads cross.
const LADDER: &str = "[0]:[0]:0.010000\n[1, 2]:[1]:0.300000\n[3]:[3]:0.600000\n[4]:[2]:0.000000\n";

/// Texts with a sentence a line, and a ladder for them, where no model is installed.
fn machine() -> Machine {
    let machine = Machine::without_models();
    machine.file("a.txt", ARABIC);
    machine.file("b.txt", ENGLISH);
    machine.file("o.ladder", LADDER);
    machine
}

/// Joins `ladder` with both texts.
fn join(machine: &Machine, ladder: &str, more: &[&str]) -> Run {
    machine.file("t.ladder", ladder);
    let texts = ["align", "convert", "t.ladder", "--source", "a.txt", "--target", "b.txt"];
    machine.run(&[&texts, ["--presplit"].as_slice(), more].concat())
}

fn beads(made: &Value) -> Vec<String> {
    let end = |bead: &Value, side: &str| format!("{}-{}", bead[side]["start"], bead[side]["end"]);
    list(made, "beads")
        .iter()
        .map(|bead| format!("{}:{}", end(bead, "source"), end(bead, "target")))
        .collect()
}

#[test]
fn a_ladder_gets_its_texts_back() {
    let machine = machine();
    let made = join(&machine, LADDER, &["--json"]).done().json();
    assert_eq!(beads(&made), ["0-1:0-1", "1-3:1-2", "3-4:3-4", "4-5:2-3"]);
    assert_eq!(made["source"]["language"], "arabic");
    assert_eq!(string(&list(&made["source"], "sentences")[2], "text"), "ثم قرأوا قصة.");
    let of = |key: &str| list(&made, "beads").iter().map(|bead| bead[key].clone()).collect();
    let probabilities: Vec<Value> = of("probability");
    let expected = [0.99, 0.7, 0.4, 1.0];
    for (found, expected) in probabilities.iter().zip(expected) {
        assert!((found.as_f64().unwrap() - expected).abs() < 1e-9, "{found} {expected}");
    }
    let moved: Vec<Value> = of("moved");
    assert_eq!(moved.iter().filter(|moved| **moved == true).count(), 1, "{made:#}");
    let back = join(&machine, LADDER, &["--format", "ladder"]).done();
    assert_eq!(back.stdout, LADDER);
    back.says(&["elsewhere"]);
}

#[test]
fn every_format_that_can_be_read_keeps_the_alignment() {
    let machine = machine();
    join(&machine, LADDER, &["-o", "o.json"]).done().says(&["wrote o.json"]);
    let first = machine.run(&["align", "convert", "o.json", "--json"]).done();
    for (format, name) in
        [("tmx", "o.tmx"), ("xliff12", "o.xlf"), ("xliff21", "p.xlf"), ("json", "p.json")]
    {
        machine.run(&["align", "convert", "o.json", "--format", format, "-o", name]).done();
        let second = machine.run(&["align", "convert", name, "--json"]).done();
        assert_eq!(second.stdout, first.stdout, "{format}");
    }
    for (name, part) in [("o.html", "<html"), ("o.txt", "4 beads"), ("o.tsv", "probability")] {
        machine.run(&["align", "convert", "o.tmx", "-o", name]).done();
        let text = std::fs::read_to_string(machine.work().join(name)).unwrap();
        assert!(text.contains(part), "{name}: {text}");
    }
    let tmx = std::fs::read(machine.work().join("o.tmx")).unwrap();
    let piped = machine.run_with_stdin(&["align", "convert", "-"], &tmx).done();
    assert!(piped.stdout.starts_with("bead\tkind\t"), "{piped}");
}

#[test]
fn sentences_that_a_ladder_leaves_out_stand_alone() {
    let machine = machine();
    let run = join(&machine, "[1]:[1]\n[4]:[]\n", &["--json"]).finished();
    let made = run.json();
    // Sentence 3 of the target stands behind sentence 2, which was left out itself.
    let expected =
        ["0-0:0-1", "0-1:1-1", "1-2:1-2", "2-2:2-3", "2-2:3-4", "2-3:4-4", "3-4:4-4", "4-5:4-4"];
    assert_eq!(beads(&made), expected);
    run.says(&["6 sentences are in no bead of the ladder"]);
}

#[test]
fn a_ladder_that_does_not_fit_is_refused_with_its_line() {
    let machine = machine();
    let cases: [(&str, &[&str]); 11] = [
        ("[0]:[0]\n[1]:[4]\n", &["line 2", "no sentence 4 in the target, which has 4"]),
        ("[18446744073709551615]:[0]", &["line 1", "in the source, which has 5", "--presplit"]),
        ("[0]:[0]\n[1, 0]:[1]\n", &["line 2", "sentence 0 of the source is in line 1"]),
        ("[0, 2]:[0]\n", &["line 1", "source do not follow one another"]),
        ("[0]:[2, 1]\n", &["line 1", "target do not follow one another"]),
        ("[0]:[1, 1]\n", &["line 1", "sentence 1 of the target is in line 1"]),
        ("[0]:[0]\n[]:[]\n", &["line 2", "without any sentence"]),
        ("[0]:[0]\n\n[0]:[0]\n", &["line 3", "another document"]),
        ("[0]:[0]\n1 1 0.3\n", &["line 2", "[0, 1]:[0]"]),
        ("[0]:[0]:near\n", &["line 1", "number"]),
        ("\n\n", &["no bead"]),
    ];
    for (ladder, parts) in cases {
        join(&machine, ladder, &[]).refused(2, &[&["t.ladder"], parts].concat());
    }
}

#[test]
fn the_numbers_of_a_ladder_say_which_text_is_first() {
    let machine = machine();
    machine.file("t.ladder", "[0]:[0]\n[1]:[1, 2]\n[2]:[4]\n[3]:[3]\n");
    let run = |source, target, more: &[&str]| {
        let texts = ["align", "convert", "t.ladder", "--source", source, "--target", target];
        machine.run(&[&texts, ["--presplit"].as_slice(), more].concat())
    };
    let made = run("b.txt", "a.txt", &["--json"]).done().json();
    assert_eq!(
        (&made["source"]["language"], &made["target"]["language"]),
        (&"english".into(), &"arabic".into())
    );
    run("a.txt", "a.txt", &[]).refused(2, &["one language"]);
    run("-", "-", &[]).refused(2, &["standard input"]);
    run("a.txt", "absent.txt", &[]).refused(2, &["absent.txt"]);
    run("a.txt", "b.txt", &["-o", "b.txt"]).refused(2, &["refusing to overwrite"]);
}

#[test]
fn beads_are_rejected_anew_only_when_asked() {
    let machine = machine();
    let rejected = |run: Run| -> Vec<usize> {
        let made = run.done().json();
        let beads = list(&made, "beads").iter().enumerate();
        beads.filter(|(_, bead)| bead["rejected"] == true).map(|(index, _)| index).collect()
    };
    assert_eq!(rejected(join(&machine, LADDER, &["--json", "--min-confidence", "0.5"])), [2]);
    join(&machine, LADDER, &["-o", "o.tmx", "--min-confidence", "0.8"]).done();
    let again = |more: &[&str]| {
        machine.run(&[["align", "convert", "o.tmx", "--json"].as_slice(), more].concat())
    };
    assert_eq!(rejected(again(&[])), [1, 2], "as they were marked");
    assert_eq!(rejected(again(&["--min-confidence", "0"])), [0; 0]);
    again(&["--min-confidence", "0.8"]).done().says(&["50 %", "2 beads"]);
    again(&["--min-confidence", "1.5"]).refused(2, &["1.5 is no probability"]);
}

#[test]
fn what_cannot_be_converted_is_told_with_what_helps() {
    let machine = machine();
    join(&machine, LADDER, &["-o", "o.json"]).done();
    let convert = |rest: &[&str]| machine.run(&[["align", "convert"].as_slice(), rest].concat());
    convert(&["o.ladder"]).refused(2, &["neither JSON nor TMX nor XLIFF", "--source", "--target"]);
    convert(&["absent.tmx"]).refused(2, &["absent.tmx does not exist"]);
    convert(&["o.json", "-o", "o.odt"]).refused(2, &["o.odt", "--format"]);
    convert(&["o.json", "-o", "o.json"]).refused(2, &["refusing to overwrite the input"]);
    convert(&["o.json", "--format", "docx"]).refused(2, &["docx", "xliff21"]);
    convert(&["o.json", "-o", "o.pharaoh"]).refused(2, &["no links of words", "--words"]);
    convert(&["o.json", "--source", "a.txt"]).refused(2, &["--target"]);
    convert(&["o.json", "--presplit"]).refused(2, &["--source"]);
    convert(&[]).refused(2, &["ALIGNMENT"]);
    assert!(!machine.left_in_work().iter().any(|name| name.contains(".part")));
}
