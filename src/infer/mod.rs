//! The engines: networks, search and tokenizers behind the ports.
//!
//! Owns: everything that touches candle, tensors and tokens.
//! In: verified model files. Out: [`GgufTranslator`], [`UniversalEncoder`], [`SentencePieces`], [`CometEstimator`],
//! [`EntailmentClassifier`] and others, which implement the ports.
//! Never: where files come from, the order of steps, printing.

mod adapter;
mod checkpoint;
mod citations;
mod comet;
mod decode;
#[cfg(test)]
mod encoder_parity;
mod engine;
mod entailment;
mod error;
mod files;
#[cfg(test)]
mod fixtures;
mod gguf;
mod gguf_entailer;
mod jobs;
mod kernels;
mod load;
#[cfg(test)]
mod malformed;
mod nn;
mod prompt;
mod scoring;
mod sentence_pieces;
mod seq2seq;
#[cfg(test)]
mod seq2seq_containers;
mod seq2seq_gguf;
#[cfg(test)]
mod seq2seq_parity;
mod seq2seq_translator;
mod seq2seq_writer;
pub mod tokenizer;
mod transformer_encoder;
mod translator;
mod universal_encoder;
mod weights;
mod writer;

pub use checkpoint::Precision;
pub use comet::CometEstimator;
pub use entailment::EntailmentClassifier;
pub use error::InferError;
pub use gguf_entailer::{GgufEntailer, READER};
pub use jobs::{Glosses, Preferences, Terminology, Terms};
pub use load::{LoadedEncoder, load_encoder, load_entailer, load_translator, load_writer};
pub use prompt::PromptFormat;
pub use sentence_pieces::SentencePieces;
pub use seq2seq_translator::Seq2SeqTranslator;
pub use seq2seq_writer::Seq2SeqWriter;
pub use transformer_encoder::TransformerEncoder;
pub use translator::{GgufTranslator, TranslatorOptions};
pub use universal_encoder::UniversalEncoder;
pub use writer::GgufWriter;

/// The instruction set whose kernels this processor runs, for reports.
#[must_use]
pub fn instruction_set() -> &'static str {
    kernels::Isa::best().name()
}

/// A pool of `threads` threads for one engine.
fn thread_pool(threads: usize) -> Result<rayon::ThreadPool, InferError> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|source| InferError::Threads { threads, source: Box::new(source) })
}
