//! Times an encoder-decoder with outputs of a forced length, for `tests/bench/seq2seq/peer_ctranslate2.py`.
//!
//! In: the folder of a model, `float32` or `int8`, threads, tokens of an output, segments decoded together; a segment a line on
//! standard input. Out: one JSON object on standard output.
//! The length is forced by a limit that every output reaches: the script makes networks that never choose the end mark.
#![allow(
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a measuring tool prints what it measured"
)]

use std::error::Error;
use std::io::Read as _;
use std::time::Instant;

use isnad::infer::{Precision, PromptFormat, Terminology, TranslatorOptions, load_translator};
use isnad::ports::Search;
use isnad::store::{Environment, Store, peak_memory};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, form, threads, tokens, batch] = arguments.as_slice() else {
        return Err("seq2seq_speed FOLDER float32|int8 THREADS TOKENS BATCH < SEGMENTS".into());
    };
    let tokens: usize = tokens.parse()?;
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let segments: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    let model = Store::open(Environment::current())?.resolve(folder)?;
    let options = TranslatorOptions {
        name: folder.clone(),
        prompt: PromptFormat::Plain { template: "{source}".to_owned(), bos: false },
        threads: threads.parse()?,
        batch: batch.parse()?,
        max_segment_tokens: 400,
        answer_tokens: (0.0, tokens),
        precision: if form == "int8" { Precision::Int8 } else { Precision::Float32 },
        terminology: Terminology::default(),
    };
    let search = Search {
        beam_width: 1,
        length_penalty: 1.0,
        no_repeat_ngram: 0,
        forbid_source_script: false,
        max_new_tokens: tokens,
    };
    let started = Instant::now();
    let mut translator = load_translator(&model, options)?;
    let loaded = started.elapsed().as_secs_f64();
    translator.translate(&segments[..segments.len().min(4)], &search, &mut || {})?;
    let started = Instant::now();
    let made = translator.translate(&segments, &search, &mut || {})?;
    let seconds = started.elapsed().as_secs_f64();
    let written: usize = made.iter().map(|hypothesis| hypothesis.tokens).sum();
    let report = serde_json::json!({
        "load_seconds": loaded,
        "seconds": seconds,
        "tokens": written,
        "peak_bytes": peak_memory(),
    });
    println!("{report}");
    Ok(())
}
