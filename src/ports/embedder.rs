//! Sentences to vectors.

use super::Cause;
use crate::domain::ModelSignature;

/// The encoder failed.
#[derive(Debug, thiserror::Error)]
#[error("the sentence encoder failed")]
pub struct EmbedError(#[source] pub Cause);

/// Turns sentences of any of its languages into vectors of one space.
///
/// 1. One vector a text, in the same order; none for none.
/// 2. Every vector has [`dimensions`](Embedder::dimensions) finite values and length 1 (± 1e-3).
/// 3. A vector does not depend on the other texts of the call (± 1e-5 a value).
pub trait Embedder {
    /// Embeds `texts`.
    ///
    /// # Errors
    /// [`EmbedError`] when the engine fails.
    fn embed(&mut self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError>;

    /// Values a vector.
    fn dimensions(&self) -> usize;

    /// The model behind it.
    fn signature(&self) -> ModelSignature;
}
