//! Summarizes articles from their known English, apart from any translator, and prints a JSON object a line.
//!
//! `cargo run --release --example summarize_known -- tests/data/claims`; `tests/bench/claims/summaries.py` scores the
//! result. Fields: `article`, `system`, `budget`, `summary`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a recipe, run by hand"
)]

#[path = "support/claims.rs"]
mod claims;

use std::path::Path;

use isnad::domain::SegmentId;
use isnad::infer::UniversalEncoder;
use isnad::pipeline::{Compress, Extractive};
use isnad::ports::{Candidate, Length, Summarizer};

const BUDGETS: [(&str, Length); 2] =
    [("3 sentences", Length::Sentences(3)), ("50 words", Length::Words(50))];

fn main() {
    let folder = std::env::args().nth(1).unwrap();
    let folder = Path::new(&folder);
    let mut encoder = claims::encoder();
    let files = std::fs::read_dir(folder.join("articles")).unwrap();
    let mut names: Vec<String> = files
        .map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    names.sort();
    for name in names {
        let article = claims::article(folder, &name);
        let sentences = article.sentences.iter().enumerate();
        let candidates: Vec<Candidate> = sentences
            .map(|(index, sentence)| Candidate {
                segment: SegmentId::new(index),
                text: sentence.en.clone(),
                right: sentence.right,
            })
            .collect();
        let title = Some(article.title_en.as_str()).filter(|title| !title.is_empty());
        for (budget, length) in BUDGETS {
            for system in ["extractive", "compress"] {
                let summary =
                    summarized(system, &mut encoder).summarize(title, &candidates, length).unwrap();
                let line = serde_json::json!({
                    "article": name, "system": system, "budget": budget, "summary": summary.text(),
                });
                println!("{line}");
            }
        }
    }
}

fn summarized<'a>(system: &str, encoder: &'a mut UniversalEncoder) -> Box<dyn Summarizer + 'a> {
    match system {
        "compress" => Box::new(Compress::new(encoder)),
        _ => Box::new(Extractive::new(encoder)),
    }
}
