//! The translator port over an encoder–decoder.
//!
//! Owns: the way from a segment to a job, from tokens to text, and the reading of given translations.

use std::sync::Arc;

use super::decode::{Decoded, Job, TokenSet, Veto};
use super::error::InferError;
use super::jobs::{MIN_WIDTH_WITH_PHRASES, best, run};
use super::kernels::log_sum_exp;
use super::nn::seq2seq::{OutputState, Wanted};
use super::prompt::PromptFormat;
use super::seq2seq::Seq2SeqEngine;
use super::thread_pool;
use super::translator::{TranslatorOptions, goes_on, writes_arabic};
use crate::domain::ModelSignature;
use crate::ports::{
    Hypothesis, ModelFiles, PairReader, Ranked, Reading, Search, TokenCounter, TranslateError,
    Translator,
};

/// Marian, M2M-100, NLLB, T5, mT5 or MADLAD-400 as a translator.
pub struct Seq2SeqTranslator {
    engine: Seq2SeqEngine,
    options: TranslatorOptions,
    /// Text before and behind each source; empty for all families but T5.
    frame: (String, String),
    pool: rayon::ThreadPool,
    source_script: Arc<TokenSet>,
    nothing: Arc<TokenSet>,
    continuing: Arc<TokenSet>,
    veto: Veto,
}

impl Seq2SeqTranslator {
    /// Loads the files that play the roles `config`, `weights`, and those of the family's vocabulary: `source_pieces`,
    /// `target_pieces` and `vocabulary` for Marian; `sentencepiece` and `vocabulary` for M2M-100, or `special_tokens` for NLLB;
    /// `sentencepiece` for T5.
    ///
    /// # Errors
    /// [`InferError`] when a file is missing, damaged, or of another kind.
    pub fn load(files: &dyn ModelFiles, options: TranslatorOptions) -> Result<Self, InferError> {
        let pool = thread_pool(options.threads)?;
        let engine = Seq2SeqEngine::load(files, options.precision)?;
        let config = engine.network.config();
        let vocabulary = config.vocabulary;
        let source_script = Arc::new(TokenSet::of(vocabulary, |id| {
            writes_arabic(engine.tokenizer.token_bytes(id)) || id == config.pad
        }));
        // The reference never generates padding either.
        let nothing = Arc::new(TokenSet::of(vocabulary, |id| id == config.pad));
        let continuing =
            Arc::new(TokenSet::of(vocabulary, |id| goes_on(engine.tokenizer.token_bytes(id))));
        let frame = match &options.prompt {
            PromptFormat::Plain { template, .. } if engine.tokenizer.takes_instructions() => {
                let (before, behind) = template.split_once("{source}").unwrap_or((template, ""));
                (before.to_owned(), behind.to_owned())
            }
            _ => Default::default(),
        };
        let veto =
            options.terminology.veto(vocabulary, |id| engine.tokenizer.token_bytes(id).to_vec());
        Ok(Self { engine, options, frame, pool, source_script, nothing, continuing, veto })
    }

    /// Tokens a source may have.
    pub(super) fn positions(&self) -> usize {
        self.engine.network.config().positions
    }

    /// `None` for a segment without text.
    fn job(&self, segment: &str, search: &Search) -> Option<Job> {
        let tokenizer = &self.engine.tokenizer;
        let own = tokenizer.source_pieces(segment).len();
        if own == 0 {
            return None;
        }
        let framed = format!("{}{segment}{}", self.frame.0, self.frame.1);
        let (factor, extra) = self.options.answer_tokens;
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "token counts are small and the factor is positive"
        )]
        let allowed = (own as f32 * factor) as usize + extra;
        let terms = self.options.terminology.required_by(segment);
        let required: Vec<Vec<u32>> = terms
            .iter()
            .map(|term| tokenizer.target_pieces(term))
            .filter(|tokens| !tokens.is_empty())
            .collect();
        let floor = if required.is_empty() { 1 } else { MIN_WIDTH_WITH_PHRASES };
        let room: usize = required.iter().map(Vec::len).sum();
        let limit =
            self.engine.network.config().positions.saturating_sub(self.engine.prompt.len()).max(1);
        Some(Job {
            source: tokenizer.encode(&framed),
            prompt: self.engine.prompt.clone(),
            forced: Vec::new(),
            unscored: self.engine.tags(),
            required,
            preferred: self.options.terminology.preferred_by(
                segment,
                |term| tokenizer.target_pieces(term),
                &self.continuing,
            ),
            veto: self.veto.clone(),
            ends: vec![self.engine.network.config().end],
            forbidden: Arc::clone(if search.forbid_source_script {
                &self.source_script
            } else {
                &self.nothing
            }),
            beam_width: search.beam_width.max(floor),
            length_penalty: search.length_penalty,
            no_repeat_ngram: search.no_repeat_ngram,
            max_new_tokens: (allowed + room).min(search.max_new_tokens).clamp(1, limit),
        })
    }

    fn hypothesis(&self, decoded: &Decoded, required: &[Vec<u32>]) -> Hypothesis {
        Hypothesis {
            text: self.engine.tokenizer.decode(&decoded.tokens).trim().to_owned(),
            mean_logprob_nats: decoded.mean_logprob(required),
            tokens: decoded.logprobs.len(),
            stop: decoded.stop,
        }
    }

    fn read_pair(&mut self, source: &str, target: &str) -> Result<Reading, InferError> {
        let Self { engine, pool, .. } = self;
        let source = engine.tokenizer.encode(source);
        let mut targets = engine.tokenizer.target_pieces(target);
        targets.push(engine.network.config().end);
        let fed: Vec<u32> = [engine.prompt.as_slice(), &targets].concat();
        let (mut logits, mut attention) = (Vec::new(), Vec::new());
        let skipped = engine.prompt.len() - 1;
        pool.install(|| -> Result<(), InferError> {
            let mut state = OutputState::new(engine.network.sources(&[&source])?.remove(0));
            let mut rows = [(&mut state, &fed[..fed.len() - 1])];
            engine.network.decode(&mut rows, Wanted::All, &mut logits, Some(&mut attention))
        })?;
        let vocabulary = engine.network.config().vocabulary;
        let rows = logits.chunks_exact(vocabulary).skip(skipped);
        let logprobs_nats = targets.iter().zip(rows).map(|(id, row)| {
            row.get(*id as usize)
                .map_or(f32::NEG_INFINITY, |logit| (logit - log_sum_exp(row)).min(0.0))
        });
        let logprobs_nats = logprobs_nats.collect();
        let target_text =
            |id: &u32| String::from_utf8_lossy(engine.tokenizer.token_bytes(*id)).into_owned();
        let attention: Vec<&[f32]> = attention
            .iter()
            .map(|layer| layer.get(skipped * source.len()..).unwrap_or_default())
            .collect();
        Ok(Reading {
            logprobs_nats,
            source_tokens: source.iter().map(|id| engine.tokenizer.source_text(*id)).collect(),
            target_tokens: targets.iter().map(target_text).collect(),
            layers: attention.len(),
            attention: attention.concat(),
        })
    }
}

impl TokenCounter for Seq2SeqTranslator {
    fn count_tokens(&self, text: &str) -> usize {
        self.engine.tokenizer.source_pieces(text).len()
    }

    fn max_segment_tokens(&self) -> usize {
        let around =
            self.engine.tokenizer.encode(&format!("{}{}", self.frame.0, self.frame.1)).len();
        let most = self.engine.network.config().positions.saturating_sub(around);
        self.options.max_segment_tokens.min(most).max(1)
    }
}

impl Translator for Seq2SeqTranslator {
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
        let jobs: Vec<Option<Job>> =
            segments.iter().map(|segment| self.job(segment, search)).collect();
        let limit = self.engine.network.config().positions;
        for (index, job) in jobs.iter().enumerate() {
            let needed = job.as_ref().map_or(0, |job| job.source.len());
            if needed > limit {
                return Err(TranslateError::SegmentTooLong { index, needed, limit });
            }
        }
        let required: Vec<Vec<Vec<u32>>> = jobs
            .iter()
            .map(|job| job.as_ref().map(|job| job.required.clone()).unwrap_or_default())
            .collect();
        let unscored = self.engine.tags();
        let found = run(&mut self.engine, &self.pool, jobs, self.options.batch, on_done)?;
        let ranked = |decoded: &Decoded, required: &Vec<Vec<u32>>| Ranked {
            hypothesis: self.hypothesis(decoded, required),
            score: decoded.score(unscored, search.length_penalty),
        };
        let pairs = found.iter().zip(&required);
        Ok(pairs.map(|(all, required)| all.iter().map(|d| ranked(d, required)).collect()).collect())
    }

    fn signature(&self) -> ModelSignature {
        ModelSignature {
            role: "translator".to_owned(),
            name: self.options.name.clone(),
            sha256: self.engine.sha256.clone(),
            adapter_sha256: None,
        }
    }
}

impl PairReader for Seq2SeqTranslator {
    fn read_pairs(&mut self, pairs: &[(&str, &str)]) -> Result<Vec<Reading>, TranslateError> {
        let read = |(source, target): &(&str, &str)| {
            self.read_pair(source, target).map_err(|error| TranslateError::Engine(Box::new(error)))
        };
        pairs.iter().map(read).collect()
    }
}
