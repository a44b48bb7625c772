//! What we ask of an engine: traits, and nothing else.
//!
//! Owns: the numbered contracts, each of which is a test in `tests/contract`.
//! Never: an implementation.

mod embedder;
mod entailer;
pub mod fakes;
mod model_files;
mod pieces;
mod quality;
mod reader;
mod summarizer;
mod token_encoder;
mod translator;
mod writer;

pub use embedder::{EmbedError, Embedder};
pub use entailer::{EntailError, Entailer};
pub use model_files::{ModelFile, ModelFileError, ModelFiles, ReadSeek};
pub use pieces::PieceTokenizer;
pub use quality::QualityEstimator;
pub use reader::{PairReader, Reading};
pub use summarizer::{Candidate, Length, SummarizeError, Summarizer};
pub use token_encoder::{TokenEncoder, TokenStates};
pub use translator::{
    Hypothesis, Ranked, Scored, Search, StopReason, TokenCounter, TokenScore, TranslateError,
    Translator,
};
pub use writer::{WriteError, WriteRequest, Writer};

/// An encoder of sentences that gives the states of their tokens as well.
pub trait SentenceEncoder: Embedder + TokenEncoder {}
impl<T: Embedder + TokenEncoder> SentenceEncoder for T {}

/// A foreign error kept as a cause.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;
