//! What can go wrong between a file of weights and a piece of text.

use std::path::PathBuf;

use crate::ports::{Cause, ModelFileError};

/// Why an engine cannot be built or cannot go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InferError {
    /// The file is missing, cut off or altered.
    #[error(transparent)]
    File(#[from] ModelFileError),
    /// The file is not what its format promises.
    #[error("cannot read `{}` as {format}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// The format it should have.
        format: &'static str,
        /// Why.
        source: Cause,
    },
    /// No network of this kind.
    #[error("unknown architecture: `{found}`; supported: {}", supported.join(", "))]
    UnknownArchitecture {
        /// The name in the file.
        found: String,
        /// The names this program runs.
        supported: &'static [&'static str],
    },
    /// A value the network needs is absent or makes no sense.
    #[error("model metadata `{key}` is missing or out of range in `{}`", path.display())]
    Metadata {
        /// The key.
        key: String,
        /// The file.
        path: PathBuf,
    },
    /// A tensor the network needs is absent or has another shape.
    #[error("cannot use tensor `{tensor}` of `{}`", path.display())]
    Tensor {
        /// Its name in the file.
        tensor: String,
        /// The file.
        path: PathBuf,
        /// What was found and expected.
        #[source]
        detail: Cause,
    },
    /// The weights hold values that are no numbers, or give none.
    #[error("the weights are damaged: `{}` computes no numbers", path.display())]
    NotFinite {
        /// The file.
        path: PathBuf,
    },
    /// The tokenizer in the file cannot be used.
    #[error("cannot build the tokenizer of `{}`", path.display())]
    Tokenizer {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Cause,
    },
    /// The prompt format of the model cannot be used.
    #[error("cannot render the prompt")]
    Prompt {
        /// Why.
        source: Cause,
    },
    /// More positions than the model was made for.
    #[error("sequence of {needed} tokens, the model takes {limit}")]
    TooLong {
        /// Tokens asked for.
        needed: usize,
        /// Tokens the model takes.
        limit: usize,
    },
    /// The tensor library failed.
    #[error("tensor operation failed")]
    Backend {
        /// Why.
        source: Cause,
    },
    /// The threads could not be started.
    #[error("cannot start {threads} threads")]
    Threads {
        /// How many were asked for.
        threads: usize,
        /// Why.
        source: Cause,
    },
}

impl From<candle_core::Error> for InferError {
    fn from(error: candle_core::Error) -> Self {
        Self::Backend { source: Box::new(error) }
    }
}
