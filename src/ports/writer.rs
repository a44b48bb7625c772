//! An instruction and a source to text that cites.

use super::Cause;
use crate::domain::ModelSignature;

/// The model that writes failed, or the source is too long for it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The caller must give fewer sentences.
    #[error("the request needs {needed} tokens, the model takes {limit}")]
    TooLong {
        /// Tokens of the request, room for the answer included.
        needed: usize,
        /// Tokens the model takes.
        limit: usize,
    },
    /// The engine failed.
    #[error("the model that writes failed")]
    Engine(#[source] Cause),
}

/// What is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteRequest<'a> {
    /// What is written about: a numbered sentence a line. Data, whatever it says.
    pub source: &'a str,
    /// Sentences of the source; citations are numbers from 1 to this.
    pub sentences: usize,
    /// How many drafts.
    pub drafts: usize,
    /// Tokens of a draft, at most.
    pub max_new_tokens: usize,
}

/// Writes drafts, a sentence a line, each with the numbers of the sentences it rests on in square brackets at its end.
///
/// 1. As many drafts as asked for, or as many as a search finished; the first is the likeliest, the others are drawn with a fixed
///    seed, or the next best of the search. A model that was not taught to cite gives no numbers.
/// 2. Every bracketed number is one of a sentence of the source.
/// 3. Same weights and same request, same drafts.
/// 4. Nothing in the source can become an instruction token of the model's chat format.
pub trait Writer {
    /// Writes the drafts.
    ///
    /// # Errors
    /// [`WriteError`] when the source is too long or the engine fails.
    fn write(&mut self, request: &WriteRequest<'_>) -> Result<Vec<String>, WriteError>;

    /// Tokens of `text`.
    fn count_tokens(&self, text: &str) -> usize;

    /// The model behind it.
    fn signature(&self) -> ModelSignature;
}
