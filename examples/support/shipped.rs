//! The shipped translator with its lexicon.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a recipe, run by hand, of which each takes a part"
)]

use std::sync::Arc;

use isnad::infer::{
    GgufTranslator, Glosses, Precision, Preferences, PromptFormat, Terminology, TranslatorOptions,
};
use isnad::ports::ModelFiles;
use isnad::store::{Environment, Store};
use isnad::text::lexicon::Lexicon;

/// Loads it as the program does.
pub(crate) fn translator() -> GgufTranslator {
    let model = Store::open(Environment::current()).unwrap().resolve("isnad-ar-en").unwrap();
    GgufTranslator::load(&model, options(&model)).unwrap()
}

/// How the program asks the translator of `files`; how much a search leans to the lexicon does not matter here.
pub(crate) fn options(files: &dyn ModelFiles) -> TranslatorOptions {
    let mut text = String::new();
    files.open("lexicon").unwrap().reader.read_to_string(&mut text).unwrap();
    let lexicon = Arc::new(Lexicon::read(&text).unwrap());
    let own = Arc::clone(&lexicon);
    let glosses: Glosses = Arc::new(move |source: &str| own.glosses(source));
    let preferred: Preferences = Arc::new(move |source: &str| {
        let all = [lexicon.names(source), lexicon.words(source), Lexicon::numbers(source)].concat();
        let owned = |place: Vec<&str>| place.into_iter().map(ToOwned::to_owned).collect();
        all.into_iter().map(|place| (owned(place), 1.0)).collect()
    });
    TranslatorOptions {
        name: "isnad-ar-en".to_owned(),
        prompt: PromptFormat::Plain { template: "{source}\n".to_owned(), bos: true },
        threads: 2,
        batch: 32,
        max_segment_tokens: 120,
        answer_tokens: (1.5, 16),
        precision: Precision::default(),
        terminology: Terminology {
            preferred: Some(preferred),
            glosses: Some(glosses),
            ..Terminology::default()
        },
    }
}
