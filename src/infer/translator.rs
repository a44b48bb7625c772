//! The translator port over a decoder-only model.
//!
//! Owns: the way from a segment to a job and from tokens to text.

use std::sync::Arc;

use super::checkpoint::Precision;
use super::decode::{Decoded, Job, TokenSet, Veto};
use super::engine::Engine;
use super::error::InferError;
use super::files::optional;
use super::jobs::{MIN_WIDTH_WITH_PHRASES, Terminology, best, run};
use super::prompt::{Frame, PromptFormat};
use super::scoring::{Question, score};
use super::thread_pool;
use super::tokenizer::Tokenizer;
use crate::domain::ModelSignature;
use crate::ports::{
    Hypothesis, ModelFiles, Ranked, Scored, Search, TokenCounter, TranslateError, Translator,
};

/// What a translator needs to know beside its files.
#[derive(Clone, Debug)]
pub struct TranslatorOptions {
    /// Name for the signature.
    pub name: String,
    /// How the model wants to be asked.
    pub prompt: PromptFormat,
    /// Threads to use.
    pub threads: usize,
    /// Hypotheses decoded together.
    pub batch: usize,
    /// Tokens a segment may have.
    pub max_segment_tokens: usize,
    /// Tokens allowed for the answer: `factor · source tokens + extra`, and never more than the search says.
    pub answer_tokens: (f32, usize),
    /// How the matrices of a checkpoint are kept; those of a GGUF file stay as they are.
    pub precision: Precision,
    /// Terms that translations must or must not contain.
    pub terminology: Terminology,
}

/// A decoder-only model that translates.
pub struct GgufTranslator {
    engine: Engine,
    options: TranslatorOptions,
    frame: Frame,
    pool: rayon::ThreadPool,
    source_script: Arc<TokenSet>,
    nothing: Arc<TokenSet>,
    continuing: Arc<TokenSet>,
    veto: Veto,
}

impl GgufTranslator {
    /// Loads the file that plays the role `weights`, and that of the role `adapter` if there is one.
    ///
    /// # Errors
    /// [`InferError`] when the file is missing, damaged, or of another kind.
    pub fn load(files: &dyn ModelFiles, options: TranslatorOptions) -> Result<Self, InferError> {
        let pool = thread_pool(options.threads)?;
        let file = files.open("weights")?;
        let adapter = optional(files, "adapter")?;
        let mut engine = pool.install(|| Engine::load(file, adapter))?;
        let frame = options.prompt.frame(&engine)?;
        pool.install(|| engine.share_prefix(&frame.before))?;
        let vocabulary = engine.decoder.config().vocabulary;
        let tokenizer = &engine.tokenizer;
        let source_script =
            Arc::new(TokenSet::of(vocabulary, |id| writes_arabic(&tokenizer.token_bytes(id))));
        let continuing =
            Arc::new(TokenSet::of(vocabulary, |id| goes_on(&tokenizer.token_bytes(id))));
        let veto =
            options.terminology.veto(vocabulary, |id| tokenizer.token_bytes(id).into_owned());
        let nothing = Arc::default();
        Ok(Self { engine, options, frame, pool, source_script, nothing, continuing, veto })
    }

    fn job(&self, segment: &str, search: &Search) -> Job {
        let source = self.engine.tokenizer.encode(segment);
        let (factor, extra) = self.options.answer_tokens;
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "token counts are small and the factor is positive"
        )]
        let allowed = (source.len() as f32 * factor) as usize + extra;
        let forbidden =
            if search.forbid_source_script { &self.source_script } else { &self.nothing };
        let terms = self.options.terminology.required_by(segment);
        // Inside a text a word has a space before it, which is part of its first token.
        let encode = |term: &str| self.engine.tokenizer.encode(&format!(" {}", term.trim()));
        let required = terms.iter().map(|term| encode(term));
        let required: Vec<Vec<u32>> = required.filter(|tokens| !tokens.is_empty()).collect();
        let floor = if required.is_empty() { 1 } else { MIN_WIDTH_WITH_PHRASES };
        let allowed = allowed + required.iter().map(Vec::len).sum::<usize>();
        Job {
            source: Vec::new(),
            forced: Vec::new(),
            unscored: 0,
            required,
            preferred: self.options.terminology.preferred_by(
                segment,
                |phrase| {
                    // Digits are tokens of their own, and the space before them is one, too.
                    let begins = phrase.starts_with(|c: char| c.is_ascii_digit());
                    if begins { self.engine.tokenizer.encode(phrase) } else { encode(phrase) }
                },
                &self.continuing,
            ),
            veto: self.veto.clone(),
            prompt: self.prompt(segment),
            ends: turn_ends(self.engine.tokenizer.as_ref()),
            forbidden: Arc::clone(forbidden),
            beam_width: search.beam_width.max(floor),
            length_penalty: search.length_penalty,
            no_repeat_ngram: search.no_repeat_ngram,
            max_new_tokens: allowed.min(search.max_new_tokens).max(1),
        }
    }

    /// What stands behind the shared prefix.
    fn prompt(&self, segment: &str) -> Vec<u32> {
        let asked = self.options.terminology.glossed(segment);
        [self.engine.tokenizer.encode(&asked), self.frame.behind.clone()].concat()
    }

    fn hypothesis(&self, decoded: &Decoded, required: &[Vec<u32>]) -> Hypothesis {
        let text = self.engine.tokenizer.decode(&decoded.tokens).trim().to_owned();
        Hypothesis {
            // A term that was asked for stays as it was spelt.
            text: if required.is_empty() { capitalised(text) } else { text },
            mean_logprob_nats: decoded.mean_logprob(required),
            tokens: decoded.logprobs.len(),
            stop: decoded.stop,
        }
    }

    /// `None` where there is nothing to ask, or no room for it.
    fn question<'a>(&self, source: &str, text: &'a str) -> Option<Question<'a>> {
        let (prompt, tokens) = (self.prompt(source), self.engine.tokenizer.encode(text));
        let needed = self.frame.before.len() + prompt.len() + tokens.len();
        let fits = needed <= self.engine.decoder.config().context;
        (fits && !prompt.is_empty() && !tokens.is_empty()).then_some(Question {
            prompt,
            text,
            tokens,
        })
    }

    fn check_length(&self, index: usize, job: &Job) -> Result<(), TranslateError> {
        let needed = self.frame.before.len() + job.prompt.len() + job.max_new_tokens;
        let limit = self.engine.decoder.config().context;
        if needed > limit {
            return Err(TranslateError::SegmentTooLong { index, needed, limit });
        }
        Ok(())
    }
}

/// The end mark of the vocabulary and the marks that end a turn in the supported chat formats.
pub(super) fn turn_ends(tokenizer: &dyn Tokenizer) -> Vec<u32> {
    let turn_marks = ["<|im_end|>", "<|endoftext|>", "<end_of_turn>", "<|eot_id|>"];
    let marks = turn_marks.iter().filter_map(|mark| tokenizer.special_id(mark));
    tokenizer.eos().into_iter().chain(marks).collect()
}

/// Whether a token adds Arabic letters: whole ones, or the first byte of one (U+0600–U+07FF, and the
/// presentation forms U+FB50–U+FEFF).
pub(super) fn writes_arabic(bytes: &[u8]) -> bool {
    let lead = |byte: &u8| matches!(byte, 0xd8..=0xdd);
    let form = |pair: &[u8]| pair[0] == 0xef && (0xad..=0xbb).contains(&pair[1]);
    bytes.iter().any(lead) || bytes.windows(2).any(form)
}

/// A text with a capital at its beginning, but for words that have one within (`iPhone`). Arabic has none, and a model that has
/// learnt from strings of programs and from word lists, too, forgets them now and then.
fn capitalised(text: String) -> String {
    let first_word = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let is_plain = first_word.chars().all(char::is_lowercase);
    let Some(first) = text.chars().next().filter(|_| is_plain && !first_word.is_empty()) else {
        return text;
    };
    first.to_uppercase().chain(text.chars().skip(1)).collect()
}

/// Whether a token goes on with the word before it: it begins with a Latin letter (U+00C0–U+024F and U+1E00–U+1EFF among
/// them) or within a character.
pub(super) fn goes_on(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|byte| {
        byte.is_ascii_alphabetic() || matches!(byte, 0x80..=0xbf | 0xc3..=0xc9 | 0xe1)
    })
}

impl TokenCounter for GgufTranslator {
    fn count_tokens(&self, text: &str) -> usize {
        self.engine.tokenizer.encode(text).len()
    }

    fn max_segment_tokens(&self) -> usize {
        self.options.max_segment_tokens
    }
}

impl Translator for GgufTranslator {
    fn translate(
        &mut self,
        segments: &[&str],
        search: &Search,
        on_done: &mut (dyn FnMut() + Send),
    ) -> Result<Vec<Hypothesis>, TranslateError> {
        self.n_best(segments, search, on_done).map(best)
    }

    fn n_best(
        &mut self,
        segments: &[&str],
        search: &Search,
        on_done: &mut (dyn FnMut() + Send),
    ) -> Result<Vec<Vec<Ranked>>, TranslateError> {
        let jobs: Vec<Job> = segments.iter().map(|segment| self.job(segment, search)).collect();
        for (index, job) in jobs.iter().enumerate() {
            self.check_length(index, job)?;
        }
        let required: Vec<Vec<Vec<u32>>> = jobs.iter().map(|job| job.required.clone()).collect();
        let blank = |index: usize| segments[index].trim().is_empty();
        let jobs = jobs.into_iter().enumerate();
        let jobs =
            jobs.map(|(index, job)| (!blank(index) && !job.prompt.is_empty()).then_some(job));
        let found = run(&mut self.engine, &self.pool, jobs.collect(), self.options.batch, on_done)?;
        let ranked = |decoded: &Decoded, required: &Vec<Vec<u32>>| Ranked {
            hypothesis: self.hypothesis(decoded, required),
            score: decoded.score(0, search.length_penalty),
        };
        let pairs = found.iter().zip(&required);
        Ok(pairs.map(|(all, required)| all.iter().map(|d| ranked(d, required)).collect()).collect())
    }

    fn score(&mut self, pairs: &[(&str, &str)]) -> Result<Vec<Option<Scored>>, TranslateError> {
        let ends = turn_ends(self.engine.tokenizer.as_ref());
        let Some(end) = ends.first().copied() else { return Ok(vec![None; pairs.len()]) };
        let questions: Vec<Option<Question<'_>>> =
            pairs.iter().map(|(source, text)| self.question(source, text)).collect();
        let is_asked: Vec<bool> = questions.iter().map(Option::is_some).collect();
        let asked: Vec<Question<'_>> = questions.into_iter().flatten().collect();
        let Self { engine, pool, options, .. } = self;
        let scored = pool.install(|| score(engine, &asked, end));
        let scored = scored.map_err(|error| TranslateError::Engine(Box::new(error)))?;
        let mut scored = scored.into_iter();
        let of = |(asked, (source, _)): (bool, &(&str, &str))| {
            let tokens = if asked { scored.next() } else { None }?;
            Some(Scored { tokens, known: options.terminology.preferred_phrases(source) })
        };
        Ok(is_asked.into_iter().zip(pairs).map(of).collect())
    }

    fn signature(&self) -> ModelSignature {
        ModelSignature {
            role: "translator".to_owned(),
            name: self.options.name.clone(),
            sha256: self.engine.sha256.clone(),
            adapter_sha256: self.engine.adapter_sha256.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::capitalised;

    #[test]
    fn a_text_begins_with_a_capital_unless_its_first_word_has_one_within() {
        for (text, expected) in [
            ("commenting on reports, he said", "Commenting on reports, he said"),
            ("al-Assad left", "Al-Assad left"),
            ("élan", "Élan"),
            ("iPhone sales fell", "iPhone sales fell"),
            ("802.11n is fast", "802.11n is fast"),
            ("\"we have\"", "\"we have\""),
            ("Paris", "Paris"),
            ("", ""),
        ] {
            assert_eq!(capitalised(text.to_owned()), expected);
        }
    }
}
