//! Articles that are not what they should be: each is refused, or read, with a clear word about it.

use std::path::Path;

use super::machine::{Machine, Run, SENTENCE, list, string};

fn translate(content: impl AsRef<[u8]>) -> Run {
    let machine = Machine::new();
    machine.file("article.txt", content);
    let run = machine.run(&["translate", "article.txt", "-o", "english.txt"]);
    if !matches!(run.code, Some(0 | 1)) {
        assert_eq!(machine.left_in_work(), ["article.txt"], "{run}");
    }
    run
}

#[test]
fn an_empty_file_is_refused() {
    translate("").refused(2, &["article.txt is empty"]);
}

#[test]
fn a_file_without_anything_visible_is_refused() {
    translate(" \n\t\r\n\u{200f}\u{feff}\u{a0}\n").refused(2, &["article.txt", "only white space"]);
}

#[test]
fn bytes_that_are_no_text_are_refused_with_the_first_bad_byte() {
    let good = SENTENCE.as_bytes();
    let bad = [good, b"\xff\xfe\n"].concat();
    let place = format!("not valid UTF-8 from byte {} on", good.len());
    translate(bad).refused(2, &["article.txt", &place, "--encoding"]);
    translate([SENTENCE.as_bytes(), b"\0\0"].concat()).refused(2, &["article.txt", "NUL"]);
    translate(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n").refused(2, &["article.txt", "damaged PDF"]);
}

#[test]
fn a_declared_encoding_that_does_not_fit_is_refused_with_the_byte() {
    let machine = Machine::new();
    machine.file("article.txt", [b"abc ", &SENTENCE.as_bytes()[..7]].concat());
    let run = machine.run(&["translate", "article.txt", "--encoding", "utf-8"]);
    run.refused(2, &["not valid UTF-8 from byte 10 on"]);
}

#[test]
fn utf_16_with_a_byte_order_mark_is_read() {
    let machine = Machine::new();
    let english =
        machine.run_with_stdin(&["translate", "-"], SENTENCE.as_bytes()).finished().stdout;
    let units = || std::iter::once(0xfeff).chain(SENTENCE.encode_utf16());
    let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
    for bytes in [little, big] {
        let run = machine.run_with_stdin(&["translate", "-"], &bytes).finished();
        assert_eq!(run.stdout, english);
        run.says(&["byte order mark"]);
    }
}

#[test]
fn windows_1256_is_recognised_and_named() {
    let machine = Machine::new();
    let english =
        machine.run_with_stdin(&["translate", "-"], SENTENCE.as_bytes()).finished().stdout;
    let (bytes, _, lost) = encoding_rs::WINDOWS_1256.encode(SENTENCE);
    assert!(!lost);
    let run = machine.run_with_stdin(&["translate", "-"], &bytes).finished();
    assert_eq!(run.stdout, english);
    run.says(&["read as windows-1256"]);
}

#[test]
fn utf_8_that_was_saved_in_another_encoding_is_told_from_arabic() {
    for encoding in [encoding_rs::WINDOWS_1252, encoding_rs::WINDOWS_1256] {
        let garbled = encoding.decode_without_bom_handling(SENTENCE.as_bytes()).0;
        translate(&*garbled).refused(2, &["does not look Arabic: it is garbled", encoding.name()]);
    }
}

#[test]
fn english_given_as_arabic_is_refused_unless_forced() {
    let english = "The two leaders spoke about the crisis on Friday.\n";
    translate(english).refused(2, &["does not look Arabic: 0 %", "--force"]);
    let machine = Machine::new();
    machine.file("article.txt", english);
    let run = machine.run(&["translate", "article.txt", "--force"]).finished();
    assert!(run.stdout.contains("The two leaders"), "{run}");
    run.says(&["warning: the text does not look Arabic"]);
}

#[test]
fn persian_is_refused_by_name_although_its_script_is_arabic() {
    let persian = "رئیس جمهور گفت که این کشور آماده گفتگو با همسایگان است و پیشنهاد چین را \
        بررسی می‌کند. گزارش‌ها می‌گویند که پیگیری ادامه دارد.";
    translate(persian).refused(2, &["does not look Arabic", "Persian", "--force"]);
}

#[test]
fn signs_without_letters_are_refused() {
    translate("😀😀 🇦🇪 … ١٢٣").refused(2, &["it has no letters"]);
}

#[test]
fn emoji_and_control_characters_do_no_harm() {
    let article = "قال الرئيس 😀 إنه سعيد\u{7} بهذا\u{1b}[31m القرار 👩‍👩‍👧 اليوم.";
    let machine = Machine::new();
    machine.file("article.txt", article);
    let run = machine.run(&["brief", "article.txt", "--json"]).finished();
    let brief = run.json();
    assert_eq!(string(&brief["article"], "text"), article);
    assert!(!run.stdout.contains('\u{1b}') && !run.stdout.contains('\u{7}'), "raw control");
    let page = machine.run(&["brief", "article.txt"]).finished().stdout;
    assert!(!page.contains('\u{1b}') && !page.contains('\u{7}'), "raw control characters: {page}");
}

#[test]
fn a_long_paragraph_without_a_full_stop_is_translated_in_pieces() {
    let words: Vec<&str> =
        "أكد وزير الخارجية أن بلاده ستواصل التعاون مع الدول المجاورة من أجل السلام في المنطقة"
            .split(' ')
            .collect();
    // Each clause begins with another word, so that the text is not one sentence over and over.
    let paragraph: Vec<&str> =
        (0..6000 / 6).map(|i| words[(i * 7 + i / 16) % words.len()]).collect();
    let paragraph = paragraph.join(" ");
    assert!((5000..8000).contains(&paragraph.chars().count()));
    let machine = Machine::new();
    machine.file("article.txt", &paragraph);
    let quickly = ["translate", "article.txt", "--json", "--attempts", "1", "--beam", "1"];
    let run = machine.run(&quickly).finished();
    let translation = run.json();
    let segments: Vec<_> =
        list(&translation, "paragraphs").iter().flat_map(|p| list(p, "segments")).collect();
    assert_eq!(segments.len(), 1, "there is no sentence end in it");
    let english = string(&segments[0]["translation"], "text");
    assert!(english.split_whitespace().count() > 200, "{english}");
    let failed = segments[0]["translation"]["outcome"] == "failed";
    assert_eq!(run.code, Some(i32::from(failed)), "{run}");
}

#[test]
fn a_file_that_is_not_there_or_a_folder_is_refused() {
    let machine = Machine::new();
    let run = machine.run(&["brief", "none.txt", "-o", "out.md"]);
    run.refused(2, &["none.txt does not exist", "standard input"]);
    machine.run(&["brief", ".", "-o", "out.md"]).refused(2, &["no article fits `.`"]);
    assert!(machine.left_in_work().is_empty());
}

#[test]
fn a_file_larger_than_allowed_is_refused() {
    let machine = Machine::new().with("ISNAD_MAX_MEGABYTES", "1");
    machine.file("article.txt", SENTENCE.repeat((1 << 20) / SENTENCE.len() + 1));
    let run = machine.run(&["translate", "article.txt"]);
    run.refused(2, &["larger than 1048576 bytes", "max_megabytes"]);
}

#[test]
fn an_output_that_cannot_be_written_is_refused_before_the_work_begins() {
    let machine = Machine::new();
    machine.file("article.txt", SENTENCE);
    let to = |output: &str| machine.run(&["brief", "article.txt", "-o", output]);
    to("none/b.md").refused(2, &["none/b.md", "the folder none does not exist"]);
    let read_only = machine.file("old.md", "kept");
    let mut permissions = read_only.metadata().unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&read_only, permissions).unwrap();
    to("old.md").refused(2, &["old.md is read-only"]);
    assert_eq!(std::fs::read_to_string(&read_only).unwrap(), "kept");
    assert_eq!(machine.left_in_work(), ["article.txt", "old.md"]);
    if cfg!(target_os = "linux") {
        to("/proc/brief.md").refused(2, &["cannot write /proc/brief.md"]);
    }
}

#[test]
fn the_input_is_never_overwritten() {
    let machine = Machine::new();
    let article = machine.file("article.md", SENTENCE);
    let unchanged = |article: &Path| std::fs::read_to_string(article).unwrap() == SENTENCE;
    for output in ["article.md", "./article.md", "../work/article.md"] {
        let run = machine.run(&["brief", "article.md", "-o", output]);
        run.refused(2, &["refusing to overwrite the input", "-o"]);
        assert!(unchanged(&article));
    }
    assert_eq!(machine.left_in_work(), ["article.md"]);
}
