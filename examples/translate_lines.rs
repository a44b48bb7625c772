//! Translates a file line by line with the settings of the catalog, as a test set wants it.
//!
//! `cargo run --release --example translate_lines -- devtest.ar > devtest.en`

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::error::Error;

use isnad::infer::{GgufTranslator, PromptFormat, TranslatorOptions};
use isnad::ports::{Search, Translator};
use isnad::store::{Environment, Prompt, Store};
use isnad::text::for_translation;

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).ok_or("give a file with one segment a line")?;
    let text = std::fs::read_to_string(file)?;
    let lines: Vec<String> =
        text.lines().map(|line| for_translation(line).text().to_owned()).collect();
    let model = Store::open(Environment::current())?.resolve("isnad-ar-en")?;
    let entry = model.entry().ok_or("the catalog does not describe the model")?;
    let (Some(Prompt::Template(prompt)), Some(decoding)) = (&entry.prompt, &entry.decoding) else {
        return Err("the catalog does not say how the model is asked".into());
    };
    let options = TranslatorOptions {
        name: model.name().to_owned(),
        prompt: PromptFormat::Plain { template: prompt.text.clone(), bos: prompt.bos },
        threads: std::thread::available_parallelism()?.get(),
        batch: decoding.batch.get(),
        max_segment_tokens: decoding.max_segment_tokens.get(),
        answer_tokens: (decoding.max_new_tokens_factor, decoding.max_new_tokens_extra),
    };
    let search = Search {
        beam_width: decoding.beam_width.get(),
        length_penalty: decoding.length_penalty,
        no_repeat_ngram: decoding.no_repeat_ngram,
        forbid_source_script: decoding.forbid_source_script,
        max_new_tokens: usize::MAX,
    };
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let mut translator = GgufTranslator::load(&model, options)?;
    for hypothesis in translator.translate(&lines, &search, &mut || {})? {
        println!("{}", hypothesis.text.replace('\n', " "));
    }
    Ok(())
}
