//! The entailer port over a decoder with an adapter that answers whether a text bears a claim out.
//!
//! Owns: what the model is asked (`<bos>TEXT\nCLAIM\n`), where a long text is cut, and how the odds of two answers become a
//! reading.
//! Source: `models/training/entail.py`, which trains the adapter on the same form.
//! Never: three classes. The adapter learnt what a text bears out and what not, so what it does not bear out counts as neutral.

use super::decode::NextToken;
use super::engine::Engine;
use super::error::InferError;
use super::jobs::batches;
use super::nn::KvCache;
use super::thread_pool;
use crate::domain::{Entailment, Language, ModelSignature};
use crate::ports::{EntailError, Entailer, ModelFiles};

/// Role of the adapter among the files of a translator.
pub const READER: &str = "reader";
/// Tokens of a text and a claim together; the adapter has seen 256.
const ROOM: usize = 512;
/// Tokens that go through the network together.
const BATCH_TOKENS: usize = 2048;
/// What the adapter learnt to say.
const ANSWERS: [&str; 2] = ["yes", "no"];

/// A decoder that reads claims.
pub struct GgufEntailer {
    engine: Engine,
    pool: rayon::ThreadPool,
    name: String,
    answers: [usize; 2],
    before: Vec<u32>,
    newline: Vec<u32>,
}

/// Tokens of a question, and how many of the text found no room.
struct Question {
    tokens: Vec<u32>,
    cut: usize,
}

impl GgufEntailer {
    /// Loads the files that play the roles `weights` and [`READER`].
    ///
    /// # Errors
    /// [`InferError`] when one is missing, damaged, or not for the other, or if the vocabulary lacks the answers.
    pub fn load(
        files: &dyn ModelFiles,
        name: impl Into<String>,
        threads: usize,
    ) -> Result<Self, InferError> {
        let pool = thread_pool(threads)?;
        let (weights, adapter) = (files.open("weights")?, files.open(READER)?);
        let path = weights.path.clone();
        let engine = pool.install(|| Engine::load(weights, Some(adapter)))?;
        let answer = |word: &str| match engine.tokenizer.encode(word)[..] {
            [id] => usize::try_from(id).ok(),
            _ => None,
        };
        let missing = || InferError::Metadata { key: "tokenizer.ggml.tokens".to_owned(), path };
        let [yes, no] = ANSWERS.map(answer);
        let answers = yes.zip(no).map(|(yes, no)| [yes, no]).ok_or_else(missing)?;
        let before = engine.tokenizer.bos().into_iter().collect();
        let newline = engine.tokenizer.encode("\n");
        Ok(Self { engine, pool, name: name.into(), answers, before, newline })
    }

    /// The tokens of a pair; `None` if the claim leaves no room for the text.
    fn question(&self, text: &str, claim: &str) -> Option<Question> {
        let encode = |text: &str| self.engine.tokenizer.encode(text.trim());
        let (text, claim) = (encode(text), encode(claim));
        let marks = self.before.len() + 2 * self.newline.len();
        let limit = ROOM.min(self.engine.decoder.config().context);
        let room = limit.checked_sub(marks + claim.len()).filter(|room| *room > 0)?;
        let kept = text.len().min(room);
        let parts = [&self.before, text.get(..kept)?, &self.newline, &claim, &self.newline];
        Some(Question { tokens: parts.concat(), cut: text.len() - kept })
    }

    /// The log-odds that the answer is yes, a question each.
    fn log_odds(&mut self, questions: &[Question]) -> Result<Vec<f32>, InferError> {
        let Self { engine, pool, answers, .. } = self;
        let vocabulary = engine.vocabulary();
        let (mut found, mut logits) = (Vec::new(), Vec::new());
        for batch in batches(questions, BATCH_TOKENS, |question| question.tokens.len()) {
            let mut states: Vec<KvCache> = batch.iter().map(|_| engine.begin()).collect();
            let rows = states.iter_mut().zip(batch);
            let mut rows: Vec<_> = rows.map(|(state, q)| (state, q.tokens.as_slice())).collect();
            pool.install(|| engine.advance(&mut rows, &mut logits))?;
            let odds = |row: &[f32]| Some(row.get(answers[0])? - row.get(answers[1])?);
            found.extend(logits.chunks_exact(vocabulary).map(|row| odds(row).unwrap_or(f32::NAN)));
        }
        Ok(found)
    }
}

impl Entailer for GgufEntailer {
    fn read(&mut self, pairs: &[(&str, &str)]) -> Result<Vec<Option<Entailment>>, EntailError> {
        let asked: Vec<Option<Question>> =
            pairs.iter().map(|(text, claim)| self.question(text, claim)).collect();
        let cuts: Vec<Option<usize>> =
            asked.iter().map(|question| question.as_ref().map(|question| question.cut)).collect();
        let questions: Vec<Question> = asked.into_iter().flatten().collect();
        let odds = self.log_odds(&questions).map_err(|error| EntailError(Box::new(error)))?;
        let mut odds = odds.into_iter();
        let reading = |cut: Option<usize>| {
            let cut_tokens = cut?;
            let entailment = 1.0 / (1.0 + (-odds.next()?).exp());
            let (neutral, contradiction) = (1.0 - entailment, 0.0);
            Some(Entailment { entailment, neutral, contradiction, cut_tokens })
        };
        Ok(cuts.into_iter().map(reading).collect())
    }

    fn reads(&self, claim: Language) -> bool {
        claim == Language::English
    }

    fn signature(&self) -> ModelSignature {
        ModelSignature {
            role: "entailment".to_owned(),
            name: self.name.clone(),
            sha256: self.engine.sha256.clone(),
            adapter_sha256: self.engine.adapter_sha256.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use std::collections::BTreeMap;

    use super::super::fixtures::{FLOAT, Files, INTEGER, Parts, adapter_and_merged};
    use super::super::gguf::Value;
    use super::*;

    /// Tokens in place of the last of the fixture's.
    const WORDS: [&str; 12] = ["y", "e", "s", "n", "o", "ye", "yes", "no", "a", "b", "c", " "];

    fn files(name: &str, words: &[&str]) -> Files {
        let mut model = Parts::of(name);
        let key = "tokenizer.ggml.tokens";
        let Value::Texts(mut tokens) = model.values[key].clone() else { panic!("no tokens") };
        let first = tokens.len() - words.len();
        tokens.splice(first.., words.iter().map(|word| (*word).to_owned()));
        model.values.insert(key.to_owned(), Value::Texts(tokens));
        let adapter = adapter_and_merged(&Parts::of(name)).0.write();
        Files(BTreeMap::from([("weights", model.write()), (READER, adapter)]))
    }

    fn entailer() -> GgufEntailer {
        GgufEntailer::load(&files(INTEGER, &WORDS), "tiny", 1).unwrap()
    }

    #[test]
    fn a_reading_is_one_of_two_answers_and_the_same_alone_and_among_others() {
        let mut entailer = entailer();
        let pairs = [("abc", "yes"), ("a", "b"), ("", "c"), ("abcabc", "no no")];
        let together = entailer.read(&pairs).unwrap();
        assert_eq!(together.len(), pairs.len());
        for (pair, reading) in pairs.iter().zip(&together) {
            let reading = reading.unwrap();
            assert!((reading.entailment + reading.neutral - 1.0).abs() < 1e-6);
            assert!(reading.contradiction == 0.0 && reading.cut_tokens == 0);
            assert_eq!(entailer.read(&[*pair]).unwrap()[0], Some(reading));
        }
        assert_ne!(together[0], together[1]);
        assert!(entailer.read(&[]).unwrap().is_empty());
    }

    #[test]
    fn a_long_text_is_cut_at_its_end_and_a_claim_never() {
        let mut entailer = entailer();
        let context = entailer.engine.decoder.config().context;
        let marks = 3;
        let room = context - marks - 1;
        let (whole, long) = ("a".repeat(room), format!("{}bb", "a".repeat(room)));
        let found = entailer.read(&[(&whole, "c"), (&long, "c")]).unwrap();
        let [whole, long] = [found[0].unwrap(), found[1].unwrap()];
        assert_eq!((whole.cut_tokens, long.cut_tokens), (0, 2));
        assert!((whole.entailment - long.entailment).abs() < 1e-6);
        let claim = "c".repeat(context - marks);
        assert_eq!(entailer.read(&[("a", &claim)]).unwrap(), [None]);
    }

    #[test]
    fn only_english_claims_are_read() {
        let entailer = entailer();
        assert!(entailer.reads(Language::English) && !entailer.reads(Language::Arabic));
        let signature = entailer.signature();
        assert_eq!(signature.role, "entailment");
        assert!(signature.adapter_sha256.is_some());
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = |files: &Files| {
            GgufEntailer::load(files, "tiny", 1).err().map(|error| error.to_string()).unwrap()
        };
        let all = files(FLOAT[0], &WORDS);
        assert!(error(&all.clone().without(READER)).contains(READER));
        assert!(error(&all.without("weights")).contains("weights"));
        // A vocabulary that spells an answer in several tokens.
        let cut = files(FLOAT[0], &["y", "e", "s", "no"]);
        assert!(error(&cut).contains("tokenizer.ggml.tokens"), "{}", error(&cut));
    }
}
