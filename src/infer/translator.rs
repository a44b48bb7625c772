//! The translator port over a decoder-only model.
//!
//! Owns: the way from a segment to a job and from tokens to text.

use std::sync::Arc;

use super::decode::{BatchLimits, Decoded, Job, TokenSet, decode};
use super::engine::Engine;
use super::error::InferError;
use super::prompt::{Frame, PromptFormat};
use super::thread_pool;
use crate::domain::ModelSignature;
use crate::ports::{Hypothesis, ModelFiles, Search, TokenCounter, TranslateError, Translator};

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
}

/// Positions that the caches may hold together, at most; with 18 layers of 256 values this is 600 MB.
const MAX_POSITIONS: usize = 16_384;

/// A decoder-only model that translates.
pub struct GgufTranslator {
    engine: Engine,
    options: TranslatorOptions,
    frame: Frame,
    pool: rayon::ThreadPool,
    source_script: Arc<TokenSet>,
    nothing: Arc<TokenSet>,
}

impl GgufTranslator {
    /// Loads the file that plays the role `weights`.
    ///
    /// # Errors
    /// [`InferError`] when the file is missing, damaged, or of another kind.
    pub fn load(files: &dyn ModelFiles, options: TranslatorOptions) -> Result<Self, InferError> {
        let pool = thread_pool(options.threads)?;
        let file = files.open("weights")?;
        let mut engine = pool.install(|| Engine::load(file))?;
        let frame = options.prompt.frame(&engine)?;
        pool.install(|| engine.share_prefix(&frame.before))?;
        let vocabulary = engine.decoder.config().vocabulary;
        let tokenizer = &engine.tokenizer;
        let source_script =
            Arc::new(TokenSet::of(vocabulary, |id| writes_arabic(&tokenizer.token_bytes(id))));
        Ok(Self { engine, options, frame, pool, source_script, nothing: Arc::default() })
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
        Job {
            source: Vec::new(),
            forced: Vec::new(),
            unscored: 0,
            prompt: [source.as_slice(), self.frame.behind.as_slice()].concat(),
            ends: self.ends(),
            forbidden: Arc::clone(forbidden),
            beam_width: search.beam_width,
            length_penalty: search.length_penalty,
            no_repeat_ngram: search.no_repeat_ngram,
            max_new_tokens: allowed.min(search.max_new_tokens).max(1),
        }
    }

    /// The end mark of the vocabulary and the marks that end a turn in the supported chat formats.
    fn ends(&self) -> Vec<u32> {
        let turn_marks = ["<|im_end|>", "<|endoftext|>", "<end_of_turn>", "<|eot_id|>"];
        let tokenizer = &self.engine.tokenizer;
        let marks = turn_marks.iter().filter_map(|mark| tokenizer.special_id(mark));
        tokenizer.eos().into_iter().chain(marks).collect()
    }

    fn hypothesis(&self, decoded: &Decoded) -> Hypothesis {
        Hypothesis {
            text: self.engine.tokenizer.decode(&decoded.tokens).trim().to_owned(),
            mean_logprob_nats: decoded.mean_logprob(),
            tokens: decoded.logprobs.len(),
            stop: decoded.stop,
        }
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

/// Whether a token adds Arabic letters: whole ones, or the first byte of one (U+0600–U+07FF, and the
/// presentation forms U+FB50–U+FEFF).
fn writes_arabic(bytes: &[u8]) -> bool {
    let lead = |byte: &u8| matches!(byte, 0xd8..=0xdd);
    let form = |pair: &[u8]| pair[0] == 0xef && (0xad..=0xbb).contains(&pair[1]);
    bytes.iter().any(lead) || bytes.windows(2).any(form)
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
        let jobs: Vec<Job> = segments.iter().map(|segment| self.job(segment, search)).collect();
        for (index, job) in jobs.iter().enumerate() {
            self.check_length(index, job)?;
        }
        let blank =
            |index: usize| segments[index].trim().is_empty() || jobs[index].prompt.is_empty();
        let asked: Vec<Job> =
            (0..jobs.len()).filter(|&i| !blank(i)).map(|i| jobs[i].clone()).collect();
        // A segment without text is done before the others begin.
        (0..jobs.len()).filter(|&index| blank(index)).for_each(|_| on_done());
        let limits = BatchLimits { rows: self.options.batch, positions: MAX_POSITIONS };
        let Self { engine, pool, .. } = self;
        let decoded = pool
            .install(|| decode(engine, &asked, limits, on_done))
            .map_err(|error| TranslateError::Engine(Box::new(error)))?;
        let mut decoded = decoded.into_iter();
        let mut hypotheses = Vec::with_capacity(segments.len());
        for index in 0..segments.len() {
            let next = if blank(index) { None } else { decoded.next() };
            hypotheses.push(match next {
                Some(decoded) => self.hypothesis(&decoded),
                None => Hypothesis::empty(),
            });
        }
        Ok(hypotheses)
    }

    fn signature(&self) -> ModelSignature {
        ModelSignature {
            role: "translator".to_owned(),
            name: self.options.name.clone(),
            sha256: self.engine.sha256.clone(),
        }
    }
}
