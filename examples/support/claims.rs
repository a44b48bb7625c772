//! Articles with claims that are known to be true or false.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    dead_code,
    reason = "a recipe, run by hand"
)]

use std::collections::BTreeMap;
use std::path::Path;

use isnad::artifact::{Input, read_bitext};
use isnad::domain::{Bitext, Language};
use isnad::infer::UniversalEncoder;
use isnad::pipeline::{
    GivenSummary, Judged, Silent, Sources, Statement, VerifyOptions, attribute, claims, verify,
};
use isnad::store::{Environment, Store};
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Sentence {
    pub(crate) ar: String,
    pub(crate) en: String,
    /// Probability that nothing in a translation by machine is wrong.
    #[serde(default)]
    pub(crate) right: Option<f32>,
}

#[derive(Deserialize)]
pub(crate) struct Article {
    #[serde(default)]
    pub(crate) title_en: String,
    pub(crate) sentences: Vec<Sentence>,
    paragraphs: Vec<Vec<usize>>,
}

/// One line of the set.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Known {
    pub(crate) id: String,
    pub(crate) article: String,
    pub(crate) language: String,
    pub(crate) claim: String,
    pub(crate) label: String,
    pub(crate) kind: String,
    pub(crate) evidence: Vec<usize>,
}

/// A claim and what the program thinks of it.
pub(crate) struct Seen {
    pub(crate) known: Known,
    pub(crate) judged: Judged,
    /// Segments, best first.
    pub(crate) ranked: Vec<usize>,
}

pub(crate) fn encoder() -> UniversalEncoder {
    let store = Store::open(Environment::current()).unwrap();
    let model = store.resolve("usem3-ar-en").unwrap();
    UniversalEncoder::load(&model, model.name(), 2).unwrap()
}

pub(crate) fn article(folder: &Path, name: &str) -> Article {
    let text = std::fs::read_to_string(folder.join(format!("articles/{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn bitext(folder: &Path, name: &str) -> Bitext {
    let article = article(folder, name);
    let lines = article.paragraphs.iter().map(|paragraph| {
        let line = |index: &usize| {
            let sentence = &article.sentences[*index];
            format!("{}\t{}\n", sentence.ar.trim(), sentence.en.trim())
        };
        paragraph.iter().map(line).collect::<String>()
    });
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), lines.collect::<Vec<_>>().join("\n")).unwrap();
    read_bitext(&Input::File(file.path().to_owned()), 1 << 24).unwrap()
}

/// All claims of `folder`/`part`.jsonl with their features.
pub(crate) fn seen(
    folder: &Path,
    part: &str,
    encoder: &mut UniversalEncoder,
    options: &VerifyOptions,
) -> Vec<Seen> {
    let lines = std::fs::read_to_string(folder.join(format!("{part}.jsonl"))).unwrap();
    let mut groups: BTreeMap<(String, String), Vec<Known>> = BTreeMap::new();
    for known in lines.lines().map(|line| serde_json::from_str::<Known>(line).unwrap()) {
        groups.entry((known.article.clone(), known.language.clone())).or_default().push(known);
    }
    let mut all = Vec::new();
    for ((name, language), group) in groups {
        let bitext = bitext(folder, &name);
        let language = if language == "ar" { Language::Arabic } else { Language::English };
        let sources = Sources::of(&bitext, encoder, &mut Silent).unwrap();
        let text: Vec<&str> = group.iter().map(|known| known.claim.as_str()).collect();
        let given = GivenSummary::lines(&text.join("\n"), language).unwrap();
        let claims = claims(&given.summary, language, given.granularity);
        let statements = Statement::all(&given.summary, &claims, language);
        let ranked = attribute(&statements, &sources, encoder).unwrap();
        for ((known, statement), ranked) in group.into_iter().zip(&statements).zip(&ranked) {
            let judged = verify(statement, ranked, &bitext, options);
            let ranked = ranked.iter().map(|support| support.segment.index()).collect();
            all.push(Seen { known, judged, ranked });
        }
    }
    all
}
