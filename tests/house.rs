//! The walls of the house: which room may open which door, and how large its parts may be.
//!
//! Owns: the table of rooms, the caps, and what no room may contain. In: all of `src`. Out: every
//! offence with its file and line. Never: style that rustfmt and clippy already watch.
#![allow(clippy::expect_used, reason = "a test may stop at the first surprise")]
#![allow(clippy::disallowed_methods, reason = "the sources are read here")]

#[path = "house/source.rs"]
mod source;

use std::path::Path;

use source::Source;

/// Each room and the rooms it may import. The binary's `cli` sees the library from outside.
const ROOMS: [(&str, &[&str]); 11] = [
    ("domain", &[]),
    ("text", &["domain"]),
    ("ports", &["domain"]),
    ("align", &["domain"]),
    ("eval", &["domain", "text", "align", "ports"]),
    ("pipeline", &["domain", "text", "align", "ports"]),
    ("infer", &["domain", "ports"]),
    ("store", &["domain", "ports"]),
    ("artifact", &["domain", "text"]),
    ("render", &["domain"]),
    ("cli", &[]),
];

/// Foreign crates that belong to some rooms only.
const FOREIGN: [(&str, &[&str]); 31] = [
    ("unicode_normalization", &["text"]),
    ("candle_core", &["infer"]),
    ("candle_nn", &["infer"]),
    ("candle_transformers", &["infer"]),
    ("tokenizers", &["infer"]),
    ("bytemuck", &["infer"]),
    ("rayon", &["infer", "eval", "align"]),
    ("half", &["infer"]),
    ("regex", &["infer", "eval"]),
    ("hf_hub", &["store"]),
    ("ureq", &["store"]),
    ("fs4", &["store"]),
    ("encoding_rs", &["artifact", "text"]),
    ("tempfile", &["artifact"]),
    ("html5gum", &["artifact"]),
    ("dom_query", &["artifact"]),
    ("dom_smoothie", &["artifact"]),
    ("flate2", &["artifact"]),
    ("glob", &["artifact"]),
    ("pdf_extract", &["artifact"]),
    ("pulldown_cmark", &["artifact"]),
    ("quick_xml", &["artifact", "render"]),
    ("weezl", &["artifact"]),
    ("zip", &["artifact", "infer", "store"]),
    ("unicode_width", &["render"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("indicatif", &["cli"]),
    ("dirs", &["cli", "store"]),
    ("terminal_size", &["cli"]),
    ("time", &["cli"]),
];

/// Who may touch files: whole rooms, and one file of the binary for the configuration.
const FILES: [&str; 3] = ["artifact/", "store/", "cli/settings.rs"];

/// What no code outside tests contains.
const FORBIDDEN: [(&str, &str); 9] = [
    ("println!", "cli/output.rs writes to a locked stream"),
    ("eprintln!", "cli/output.rs writes to a locked stream"),
    ("print!", "cli/output.rs writes to a locked stream"),
    ("eprint!", "cli/output.rs writes to a locked stream"),
    ("dbg!", "left over from a search"),
    ("todo!", "nothing is half done"),
    ("unimplemented!", "nothing is half done"),
    (".unwrap()", "an error is told, not a panic"),
    (".expect(", "an error is told, not a panic"),
];

const MAX_LINES: usize = 600;
const MAX_LINES_OF_ROOTS: usize = 60;
const MAX_LINES_OF_FUNCTION: usize = 60;

/// Every offence of one file; `for_tests` if it belongs to a module that exists for tests only.
fn offences(source: &Source, for_tests: bool) -> Vec<String> {
    let mut found = sizes(source);
    if !for_tests {
        found.extend(doors(source));
        found.extend(forbidden(source));
    }
    found
}

fn sizes(source: &Source) -> Vec<String> {
    let path = &source.path;
    let mut found = Vec::new();
    if !source.text.starts_with("//! ") {
        found.push(format!("{path}:1: does not open with its room card (`//! …`)"));
    }
    let lines = source.text.lines().count();
    let cap = if source.room().is_empty() { MAX_LINES_OF_ROOTS } else { MAX_LINES };
    if lines > cap {
        found.push(format!("{path}: {lines} lines, at most {cap}"));
    }
    for function in source.functions() {
        let (first, last) = (*function.lines.start(), *function.lines.end());
        let lines = last - first + 1;
        if lines > MAX_LINES_OF_FUNCTION {
            let name = function.name;
            found.push(format!(
                "{path}:{first}: `{name}` has {lines} lines, at most {MAX_LINES_OF_FUNCTION}"
            ));
        }
    }
    found
}

/// Paths into rooms, crates and files that this room may not open.
fn doors(source: &Source) -> Vec<String> {
    let (path, room) = (&source.path, source.room());
    // The two roots declare the rooms and know no more than that.
    let known = ROOMS.iter().find(|(name, _)| *name == room);
    let Some((_, may)) = known.or(room.is_empty().then_some(&("", &[]))) else {
        return vec![format!("{path}: room `{room}` is not in the table")];
    };
    let mut found = Vec::new();
    for used in source.paths() {
        let segment = |index: usize| used.segments.get(index).map_or("", String::as_str);
        let (first, second, line) = (segment(0), segment(1), used.line);
        let is_room = ROOMS.iter().any(|(name, _)| *name == second);
        if first == "crate" && is_room && second != room && !may.contains(&second) {
            found.push(format!("{path}:{line}: `{room}` may not open `{second}`"));
        }
        if first == "isnad" && !["cli", ""].contains(&room) {
            found.push(format!("{path}:{line}: the library does not know its own name"));
        }
        let owners = FOREIGN.iter().find(|(name, _)| *name == first);
        if let Some((name, owners)) = owners.filter(|(_, owners)| !owners.contains(&room)) {
            let owners = owners.join(", ");
            found.push(format!("{path}:{line}: crate `{name}` belongs to {owners}"));
        }
        let allowed = FILES.iter().any(|start| path.starts_with(start));
        if first == "std" && second == "fs" && !allowed {
            found.push(format!("{path}:{line}: `{room}` may not touch files"));
        }
    }
    found.dedup();
    found
}

fn forbidden(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    for (index, line) in source.library.lines().enumerate() {
        for (word, reason) in FORBIDDEN {
            let stands_alone = |at: usize| {
                let before = line.get(..at).and_then(|before| before.chars().next_back());
                word.starts_with('.') || !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
            };
            if line.match_indices(word).any(|(at, _)| stands_alone(at)) {
                let line = index + 1;
                found.push(format!("{}:{line}: `{word}`: {reason}", source.path));
            }
        }
    }
    found
}

/// All of `src`.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("src is readable") {
            let path = entry.expect("src is readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let below = path.strip_prefix(&root).expect("it lies below src");
                let below = below.to_string_lossy().replace('\\', "/");
                let text = std::fs::read_to_string(&path).expect("a source is UTF-8");
                sources.push(Source::new(&below, &text));
            }
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

#[test]
fn the_walls_of_the_house_stand() {
    let sources = sources();
    assert!(sources.len() > 50, "only {} files were found", sources.len());
    let test_modules: Vec<&String> = sources.iter().flat_map(|s| &s.test_modules).collect();
    let for_tests = |source: &Source| {
        let stem = source.path.trim_end_matches(".rs");
        test_modules
            .iter()
            .any(|module| stem == **module || stem.starts_with(&format!("{module}/")))
    };
    let found: Vec<String> =
        sources.iter().flat_map(|source| offences(source, for_tests(source))).collect();
    assert!(found.is_empty(), "{} offences:\n{}", found.len(), found.join("\n"));
}

#[test]
fn the_table_lets_values_flow_one_way() {
    for (room, may) in ROOMS {
        for door in may {
            let behind = ROOMS.iter().find(|(name, _)| name == door);
            let (_, back) = behind.expect("a door leads to a room of the table");
            assert!(!back.contains(&room), "`{room}` and `{door}` open each other");
        }
    }
}

/// The words between backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// Rooms that stand in the table above and are not built yet are in no document.
#[test]
fn the_table_of_the_document_is_the_table_that_is_checked() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md");
    let document = std::fs::read_to_string(path).expect("ARCHITECTURE.md is there");
    let table = document.lines().skip_while(|line| !line.starts_with("| Room |")).skip(2);
    let rows: Vec<Vec<&str>> =
        table.take_while(|line| line.starts_with('|')).map(|l| l.split('|').collect()).collect();
    let built: Vec<&str> = rows.iter().flat_map(|row| quoted(row[1])).collect();
    assert!(built.len() > 5, "rooms: {built:?}");
    for row in &rows {
        let room = quoted(row[1])[0];
        let (_, may) = ROOMS.iter().find(|(name, _)| *name == room).expect(room);
        let may: Vec<&str> = may.iter().copied().filter(|door| built.contains(door)).collect();
        assert_eq!(quoted(row[2]), may, "doors of `{room}`");
        for name in quoted(row[3]).iter().filter(|name| !["serde", "thiserror"].contains(name)) {
            let name = name.replace('-', "_");
            let owners = FOREIGN.iter().find(|(foreign, _)| *foreign == name);
            assert!(owners.is_some_and(|(_, rooms)| rooms.contains(&room)), "`{name}` of `{room}`");
        }
    }
}

/// What the checker says of a made-up file.
fn said_of(path: &str, code: &str) -> Vec<String> {
    offences(&Source::new(path, &format!("//! A card.\n{code}\n")), false)
}

#[test]
fn a_forbidden_door_is_found_however_it_is_written() {
    let ways = [
        "use crate::infer::Engine;",
        "use crate::{domain::Span, infer::Engine};",
        "use crate::{\n    domain::{Span, Ids},\n    infer,\n};",
        "fn f() { crate::infer::load(); }",
        "use super::super::infer::Engine;",
        "pub use crate::infer as engine;",
    ];
    for way in ways {
        let said = said_of("text/marks.rs", way);
        assert_eq!(said.len(), 1, "{way}: {said:?}");
        assert!(said[0].contains("`text` may not open `infer`"), "{said:?}");
    }
    assert_eq!(said_of("text/mod.rs", "use super::infer::Engine;").len(), 1);
    assert_eq!(said_of("domain/span.rs", "use crate::text::cut;").len(), 1);
    assert_eq!(said_of("render/html.rs", "use isnad::text::cut;").len(), 1);
    assert_eq!(said_of("cellar/mod.rs", "use crate::domain::Span;").len(), 1);
}

#[test]
fn an_open_door_a_comment_a_string_and_a_test_are_no_offence() {
    let harmless = [
        "use crate::domain::Span;\nuse super::marks::Mark;\nuse crate::text::chars;",
        "// use crate::infer::Engine;\n/* crate::infer::Engine */",
        "const A: &str = \"crate::infer::Engine \\\" println!\";",
        "const A: &str = r#\"crate::infer::\"quoted\" .unwrap()\"#;",
        "fn f<'a>(c: char) -> bool { c == '\"' || c == '\\'' || c == '{' }",
        "#[cfg(test)]\nmod tests {\n    use crate::infer::Engine;\n    fn f() { g().unwrap(); }\n}",
        "#[cfg(test)]\n#[path = \"x.rs\"]\nuse crate::infer::fixtures;",
        "#[cfg(all(test, feature = \"x\"))]\nfn f() { println!(\"{}\", std::fs::read(\"a\").unwrap()) }",
    ];
    for code in harmless {
        assert_eq!(said_of("text/sentences.rs", code), Vec::<String>::new(), "{code}");
    }
}

#[test]
fn code_behind_a_test_item_is_watched_again() {
    let code = "#[cfg(test)]\nfn a() { b(); }\n\nuse crate::store::Store;";
    assert_eq!(said_of("render/mod.rs", code), ["render/mod.rs:5: `render` may not open `store`"]);
}

#[test]
fn a_module_of_tests_in_its_own_file_is_known() {
    let declares = |path| Source::new(path, "//! A.\n#[cfg(test)]\nmod parity;\n").test_modules;
    assert_eq!(declares("infer/nn/mod.rs"), ["infer/nn/parity"]);
    assert_eq!(declares("infer/engine.rs"), ["infer/engine/parity"]);
    assert_eq!(declares("lib.rs"), ["parity"]);
}

#[test]
fn foreign_crates_and_files_stay_in_their_rooms() {
    let cases = [
        ("pipeline/brief.rs", "use candle_core::Tensor;"),
        ("text/mod.rs", "use tokenizers;"),
        ("infer/engine.rs", "fn f() { hf_hub::api(); }"),
        ("render/mod.rs", "use clap::Parser;"),
        ("infer/gguf.rs", "fn f() { std::fs::read(\"a\"); }"),
        ("pipeline/brief.rs", "use std::{fs, io};"),
        ("cli/output.rs", "use std::fs::File;"),
    ];
    for (path, code) in cases {
        assert_eq!(said_of(path, code).len(), 1, "{path}: {code}");
    }
    let allowed = [
        ("infer/nn/linear.rs", "use candle_core::{Tensor, Device};"),
        ("store/hub.rs", "use std::fs::File;\nuse ureq::Agent;"),
        ("cli/settings.rs", "fn f() { std::fs::read(\"a\"); isnad::text::cut(); }"),
    ];
    for (path, code) in allowed {
        assert_eq!(said_of(path, code), Vec::<String>::new());
    }
}

#[test]
fn forbidden_words_are_found() {
    for (word, _) in FORBIDDEN {
        let said = said_of("text/mod.rs", &format!("fn f() {{ x{word}; }}").replace("x.", "x ."));
        let alone = said_of("text/mod.rs", &format!("fn f() {{ {word}; }}"));
        assert_eq!(alone.len(), 1, "{word}: {alone:?}");
        assert_eq!(said.len(), usize::from(word.starts_with('.')), "{word}: {said:?}");
    }
    assert!(said_of("text/mod.rs", "fn f() { a.unwrap_or(1); b.unwrap_or_default() }").is_empty());
}

#[test]
fn what_is_too_long_or_has_no_card_is_found() {
    let body = "    g();\n".repeat(MAX_LINES_OF_FUNCTION - 1);
    let said = said_of("text/mod.rs", &format!("fn a() {{}}\nfn long(x: [u8; 2]) {{\n{body}}}"));
    assert_eq!(said, ["text/mod.rs:3: `long` has 61 lines, at most 60"]);
    let body = "    g();\n".repeat(MAX_LINES_OF_FUNCTION - 2);
    assert!(said_of("text/mod.rs", &format!("fn fits() {{\n{body}}}")).is_empty());
    let trait_only = format!("trait A {{\n    fn a(&self);\n{}}}", "    // g\n".repeat(70));
    assert!(said_of("text/mod.rs", &trait_only).is_empty());
    assert_eq!(said_of("text/mod.rs", &"// g\n".repeat(MAX_LINES)).len(), 1);
    assert_eq!(said_of("lib.rs", &"// g\n".repeat(MAX_LINES_OF_ROOTS)).len(), 1);
    let bare = offences(&Source::new("text/a.rs", "use std::io;\n"), false);
    assert_eq!(bare, ["text/a.rs:1: does not open with its room card (`//! …`)"]);
}
