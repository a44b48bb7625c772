//! Decodes the lines of a file one by one and in batches, and tells how much faster the batch is.
//!
//! `cargo run --release --example throughput -- segments.txt [models/isnad-ar-en/isnad-ar-en.gguf] [threads]`

#![allow(
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "an example prints, and shows rates"
)]

use std::error::Error;
use std::time::Instant;

use isnad::infer::{GgufTranslator, PromptFormat, TranslatorOptions};
use isnad::ports::{Hypothesis, Search, Translator};
use isnad::store::{Environment, Store};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("give a file with one segment a line")?;
    let model = arguments.next().unwrap_or_else(|| "isnad-ar-en".to_owned());
    let threads = arguments.next().map_or(Ok(2), |threads| threads.parse())?;
    let text = std::fs::read_to_string(file)?;
    let segments: Vec<&str> = text.lines().collect();
    let model = Store::open(Environment::current())?.resolve(&model)?;
    let run = |batch: usize| -> Result<(Vec<Hypothesis>, f64), Box<dyn Error>> {
        let options = TranslatorOptions {
            name: model.name().to_owned(),
            prompt: PromptFormat::Plain { template: "{source}\n".to_owned(), bos: true },
            threads,
            batch,
            max_segment_tokens: 200,
            answer_tokens: (2.0, 32),
            precision: isnad::infer::Precision::default(),
            terminology: isnad::infer::Terminology::default(),
        };
        let mut translator = GgufTranslator::load(&model, options)?;
        let greedy = Search {
            beam_width: 1,
            length_penalty: 1.0,
            no_repeat_ngram: 0,
            forbid_source_script: false,
            max_new_tokens: 200,
        };
        let started = Instant::now();
        let hypotheses = translator.translate(&segments, &greedy, &mut || {})?;
        Ok((hypotheses, started.elapsed().as_secs_f64()))
    };
    let (alone, alone_seconds) = run(1)?;
    let (batched, batched_seconds) = run(32)?;
    let tokens: usize = alone.iter().map(|hypothesis| hypothesis.tokens).sum();
    let report = serde_json::json!({
        "segments": segments.len(),
        "tokens": tokens,
        "one_by_one_tokens_per_second": tokens as f64 / alone_seconds,
        "batched_tokens_per_second": tokens as f64 / batched_seconds,
        "ratio": alone_seconds / batched_seconds,
        "identical": alone == batched,
    });
    println!("{report:#}");
    Ok(())
}
