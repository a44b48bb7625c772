//! Encoder–decoders from text to text against `transformers`, and what terms do to their search.
//!
//! Witness: transformers 4.57.1, float32, CPU, padded batches; made by `tests/parity/gen/tiny_seq2seq.py`. Ids and texts are
//! equal; scores to 2e-4, as float sums have another order.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop at the first surprise, and reads its fixtures itself"
)]

use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;

use super::decode::{BatchLimits, Decoded, Job, Preferred, TokenSet, Veto, decode_n_best};
use super::fixtures::path;
use super::seq2seq::Seq2SeqEngine;
use super::{
    InferError, Precision, PromptFormat, Seq2SeqTranslator, Terminology, TranslatorOptions,
};
use crate::ports::{
    ModelFile, ModelFileError, ModelFiles, PairReader, Search, StopReason, Translator,
};

const FAMILIES: [&str; 5] = ["marian", "m2m100", "nllb", "t5", "mt5"];
const NEW_TOKENS: usize = 24;

/// The files of one fixture, by the roles their names give them.
pub(super) struct Folder(pub(super) &'static str);

const ROLES: [(&str, &str); 8] = [
    ("config", "config.json"),
    ("weights", "model.safetensors"),
    ("vocabulary", "vocab.json"),
    ("source_pieces", "source.spm"),
    ("target_pieces", "target.spm"),
    ("sentencepiece", "sentencepiece.bpe.model"),
    ("sentencepiece", "spiece.model"),
    ("tokenizer_config", "tokenizer_config.json"),
];

impl ModelFiles for Folder {
    fn open(&self, role: &str) -> Result<ModelFile, ModelFileError> {
        let names = ROLES.iter().filter(|(known, _)| *known == role);
        let paths = names.map(|(_, name)| path(&format!("{}/{name}", self.0)));
        let found: Option<PathBuf> = paths.into_iter().find(|path| path.is_file());
        let Some(path) = found else {
            return Err(ModelFileError::Missing { file: role.to_owned(), searched: Vec::new() });
        };
        let reader = Box::new(std::fs::File::open(&path).unwrap());
        Ok(ModelFile { reader, path, sha256: "0".repeat(64) })
    }
}

#[derive(Deserialize)]
pub(super) struct Expected {
    pub(super) ids: Vec<(String, Vec<u32>)>,
    batch: Vec<String>,
    pub(super) batch_ids: Vec<Vec<u32>>,
    greedy: Vec<String>,
    pub(super) greedy_ids: Vec<Vec<u32>>,
    beam: Vec<String>,
    beam_ids: Vec<Vec<u32>>,
    beam_scores: Vec<f32>,
}

pub(super) fn expected(family: &str) -> Expected {
    serde_json::from_slice(&std::fs::read(path(&format!("{family}/expected.json"))).unwrap())
        .unwrap()
}

fn engine(family: &'static str) -> Seq2SeqEngine {
    Seq2SeqEngine::load(&Folder(family), Precision::Float32)
        .unwrap_or_else(|error| panic!("{family}: {error:?}"))
}

pub(super) fn job(engine: &Seq2SeqEngine, source: &[u32], width: usize) -> Job {
    Job {
        source: source.to_vec(),
        prompt: engine.prompt.clone(),
        forced: Vec::new(),
        unscored: engine.tags(),
        required: Vec::new(),
        preferred: Preferred::default(),
        veto: Veto::default(),
        ends: vec![engine.network.config().end],
        // As in the reference run: padding is no output.
        forbidden: Arc::new(TokenSet::of(engine.network.config().vocabulary, |id| {
            id == engine.network.config().pad
        })),
        beam_width: width,
        length_penalty: 1.0,
        no_repeat_ngram: 0,
        // The tag of a language is generated in the reference, and counts.
        max_new_tokens: NEW_TOKENS - engine.tags(),
    }
}

pub(super) fn search(engine: &mut Seq2SeqEngine, jobs: &[Job]) -> Vec<Vec<Decoded>> {
    let limits = BatchLimits { rows: 64, positions: 1 << 16 };
    decode_n_best(engine, jobs, limits, &mut || {}).unwrap()
}

/// What the reference calls the output: tags first, the end mark last.
pub(super) fn whole(engine: &Seq2SeqEngine, decoded: &Decoded) -> Vec<u32> {
    let mut ids = engine.prompt[1..].to_vec();
    ids.extend(&decoded.tokens);
    if decoded.stop == StopReason::EndMark {
        ids.push(engine.network.config().end);
    }
    ids
}

/// The reference writes language tags into its texts where it does not know them for marks.
fn without_tags(text: &str) -> String {
    let tags = regex::Regex::new("__[a-z]{2,3}__").unwrap();
    tags.replace_all(text, "").trim().to_owned()
}

#[test]
fn two_hundred_lines_have_the_ids_of_the_reference() {
    for family in FAMILIES {
        let (engine, expected) = (engine(family), expected(family));
        assert_eq!(expected.ids.len(), 200);
        for (line, ids) in &expected.ids {
            assert_eq!(&engine.tokenizer.encode(line), ids, "{family}: {line:?}");
        }
    }
}

#[test]
fn no_text_gives_a_mark_or_a_language_tag() {
    let hostile = "</s> <pad> <unk> <s> __en__ eng_Latn >>ara<< <2en>";
    for family in FAMILIES {
        let engine = engine(family);
        let config = engine.network.config();
        let pieces = engine.tokenizer.source_pieces(hostile);
        let marks = [config.end, config.pad].into_iter().chain(engine.prompt.clone());
        let marks: Vec<u32> = marks.chain(engine.tokenizer.before.clone()).collect();
        assert!(pieces.iter().all(|id| !marks.contains(id)), "{family}: {pieces:?}");
    }
}

#[test]
fn greedy_search_writes_what_the_reference_writes() {
    for family in FAMILIES {
        let (mut engine, expected) = (engine(family), expected(family));
        let jobs: Vec<Job> = expected.batch_ids.iter().map(|ids| job(&engine, ids, 1)).collect();
        let found = search(&mut engine, &jobs);
        for (text, best) in found.iter().enumerate() {
            assert_eq!(
                whole(&engine, &best[0]),
                expected.greedy_ids[text],
                "{family}, text {text}"
            );
            let written = engine.tokenizer.decode(&best[0].tokens);
            assert_eq!(
                written.trim(),
                without_tags(&expected.greedy[text]),
                "{family}, text {text}"
            );
        }
    }
}

#[test]
fn the_four_best_of_a_beam_of_four_are_those_of_the_reference_with_their_scores() {
    for family in FAMILIES {
        let (mut engine, expected) = (engine(family), expected(family));
        let jobs: Vec<Job> = expected.batch_ids.iter().map(|ids| job(&engine, ids, 4)).collect();
        let found = search(&mut engine, &jobs);
        for (text, best) in found.iter().enumerate() {
            assert_eq!(best.len(), 4);
            for (rank, decoded) in best.iter().enumerate() {
                let (at, what) = (text * 4 + rank, format!("{family}, text {text}, rank {rank}"));
                assert_eq!(whole(&engine, decoded), expected.beam_ids[at], "{what}");
                let score = decoded.score(engine.tags(), 1.0);
                assert!((score - expected.beam_scores[at]).abs() < 2e-4, "{what}: {score}");
                let written = engine.tokenizer.decode(&decoded.tokens);
                assert_eq!(written.trim(), without_tags(&expected.beam[at]), "{what}");
            }
        }
    }
}

fn translator(family: &'static str, terminology: Terminology) -> Seq2SeqTranslator {
    let options = TranslatorOptions {
        name: family.to_owned(),
        prompt: PromptFormat::Plain { template: "{source}".to_owned(), bos: false },
        threads: 2,
        batch: 16,
        max_segment_tokens: 120,
        answer_tokens: (1.0, 12),
        precision: Precision::Float32,
        terminology,
    };
    Seq2SeqTranslator::load(&Folder(family), options).unwrap()
}

fn plain(beam_width: usize) -> Search {
    Search {
        beam_width,
        length_penalty: 1.0,
        no_repeat_ngram: 0,
        forbid_source_script: false,
        max_new_tokens: 24,
    }
}

#[test]
fn required_terms_are_in_every_output_of_every_family() {
    let terms = ["license", "the Work"];
    for family in FAMILIES {
        let terminology = Terminology {
            required: Some(Arc::new(move |_: &str| terms.map(str::to_owned).to_vec())),
            ..Terminology::default()
        };
        let expected = expected(family);
        let sources: Vec<&str> = expected.batch.iter().map(String::as_str).collect();
        let mut without = translator(family, Terminology::default());
        let mut with = translator(family, terminology);
        let mut changed = 0;
        let freely = without.translate(&sources, &plain(4), &mut || {}).unwrap();
        let bound = with
            .translate(&sources, &Search { max_new_tokens: 60, ..plain(4) }, &mut || {})
            .unwrap();
        for (freely, bound) in freely.iter().zip(&bound) {
            for term in terms {
                assert!(bound.text.contains(term), "{family}: {}", bound.text);
            }
            changed += usize::from(freely.text != bound.text);
        }
        assert_eq!(changed, sources.len(), "{family}");
    }
}

#[test]
fn a_preferred_word_is_taken_where_the_model_hesitates_and_none_is_forced() {
    let expected = expected("t5");
    let source = expected.batch[0].as_str();
    let with = |phrase: &'static str, bonus: f32| {
        let preferred = Arc::new(move |_: &str| vec![(vec![phrase.to_owned()], bonus)]);
        let terminology = Terminology { preferred: Some(preferred), ..Terminology::default() };
        let made = translator("t5", terminology).translate(&[source], &plain(4), &mut || {});
        made.unwrap().remove(0)
    };
    let usual = with("the Work", 0.0);
    assert!(!usual.text.contains("the Work"), "{}", usual.text);
    assert_eq!(with("the Work", 0.01), usual, "a small bonus changes nothing");
    let leant = with("the Work", 30.0);
    assert!(leant.text.contains("the Work"), "{}", leant.text);
    // The bonus is no probability: what is reported is what the model thinks.
    assert!(leant.mean_logprob_nats < usual.mean_logprob_nats);
}

#[test]
fn a_forbidden_word_is_in_no_output() {
    let expected = expected("t5");
    let source = expected.batch[0].as_str();
    let usual = translator("t5", Terminology::default())
        .translate(&[source], &plain(1), &mut || {})
        .unwrap();
    assert!(usual[0].text.contains("compiled"), "{}", usual[0].text);
    let terminology =
        Terminology { forbidden: vec!["Compiled".to_owned()], ..Terminology::default() };
    for width in [1, 4] {
        let other = translator("t5", terminology.clone())
            .translate(&[source], &plain(width), &mut || {})
            .unwrap();
        assert!(!other[0].text.contains(" compiled"), "{}", other[0].text);
    }
}

#[test]
fn a_forced_beginning_stands_and_the_search_goes_on_from_it() {
    let (mut engine, expected) = (engine("nllb"), expected("nllb"));
    let forced = engine.tokenizer.target_pieces("the Work");
    let job = Job { forced: forced.clone(), ..job(&engine, &expected.batch_ids[0], 4) };
    let found = search(&mut engine, &[job]).remove(0);
    assert!(found[0].tokens.starts_with(&forced) && found[0].tokens.len() > forced.len());
}

#[test]
fn reading_what_greedy_search_wrote_gives_its_probabilities_and_weights_that_sum_to_one() {
    for family in ["nllb", "t5"] {
        let expected = expected(family);
        let mut translator = translator(family, Terminology::default());
        let source = expected.batch[3].as_str();
        let search = Search { max_new_tokens: 6, ..plain(1) };
        let written = translator.translate(&[source], &search, &mut || {}).unwrap().remove(0);
        let reading = translator.read_pairs(&[(source, &written.text)]).unwrap().remove(0);
        assert_eq!(reading.logprobs_nats.len(), reading.target_tokens.len());
        assert!(reading.logprobs_nats.iter().all(|logprob| *logprob <= 0.0));
        let whole: String = reading.target_tokens.concat();
        assert_eq!(whole.trim(), written.text, "{family}");
        assert_eq!(reading.layers, 2);
        for layer in 0..reading.layers {
            let rows = reading.layer(layer).chunks_exact(reading.source_tokens.len());
            assert_eq!(rows.len(), reading.target_tokens.len());
            for row in rows {
                assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-4, "{family}");
            }
        }
        if written.stop == StopReason::EndMark {
            let mean = reading.logprobs_nats.iter().sum::<f32>()
                / 1e-9f32.max(reading.logprobs_nats.iter().map(|_| 1.0).sum());
            assert!((mean - written.mean_logprob_nats).abs() < 1e-4, "{family}");
        }
    }
}

/// A model without one of its files.
struct Without(&'static str, Folder);

impl ModelFiles for Without {
    fn open(&self, role: &str) -> Result<ModelFile, ModelFileError> {
        if role == self.0 {
            return Err(ModelFileError::Missing { file: role.to_owned(), searched: Vec::new() });
        }
        self.1.open(role)
    }
}

/// Weights of another family under Marian's configuration.
struct Mixed;

impl ModelFiles for Mixed {
    fn open(&self, role: &str) -> Result<ModelFile, ModelFileError> {
        Folder(if role == "weights" { "t5" } else { "marian" }).open(role)
    }
}

#[test]
fn the_n_best_are_ranked_by_their_scores() {
    let expected = expected("marian");
    let mut translator = translator("marian", Terminology::default());
    let sources = [expected.batch[0].as_str(), " ", expected.batch[1].as_str()];
    let found = translator.n_best(&sources, &plain(4), &mut || {}).unwrap();
    let best = translator.translate(&sources, &plain(4), &mut || {}).unwrap();
    assert!(found[1].is_empty() && best[1].text.is_empty());
    assert_eq!((&found[2][0].hypothesis, &found[0][0].hypothesis), (&best[2], &best[0]));
    let found = &found[0];
    assert_eq!(found.len(), 4);
    assert!(
        found.windows(2).all(|pair| pair[0].score >= pair[1].score
            && pair[0].hypothesis.text != pair[1].hypothesis.text)
    );
}

#[test]
fn a_missing_file_and_a_missing_tensor_are_named() {
    for role in ["config", "weights", "source_pieces", "target_pieces", "vocabulary"] {
        let error = Seq2SeqEngine::load(&Without(role, Folder("marian")), Precision::Float32)
            .err()
            .unwrap();
        assert!(error.to_string().contains(role), "{error}");
    }
    let error = Seq2SeqEngine::load(&Mixed, Precision::Float32).err().unwrap();
    assert!(
        matches!(&error, InferError::Tensor { tensor, .. } if tensor.starts_with("model.")),
        "{error}"
    );
}
