//! Line by line, what stands behind a sentence in the prompt against the recipe with which the translator was trained.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop at the first surprise, and reads its files itself"
)]

use isnad::text::lexicon::Lexicon;
use serde::Deserialize;

#[derive(Deserialize)]
struct Line {
    source: String,
    glosses: String,
}

fn read(path: &str) -> String {
    std::fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn glosses_are_those_of_the_recipe() {
    let lexicon = Lexicon::read(&read("models/isnad-ar-en/lexicon.tsv")).unwrap();
    let lines: Vec<Line> =
        serde_json::from_str(&read("tests/parity/fixtures/glosses.json")).unwrap();
    assert!(lines.len() > 300);
    for line in lines {
        assert_eq!(lexicon.glosses(&line.source), line.glosses, "{}", line.source);
    }
}
