//! Sentences to vectors.

use super::Cause;
use crate::domain::{ModelSignature, RunVectors};

/// The encoder failed.
#[derive(Debug, thiserror::Error)]
#[error("the sentence encoder failed")]
pub struct EmbedError(#[source] pub Cause);

/// Turns sentences of any of its languages into vectors of one space.
///
/// 1. One vector a text, in the same order; none for none.
/// 2. Every vector has [`dimensions`](Embedder::dimensions) finite values and length 1 (± 1e-3).
/// 3. A vector does not depend on the other texts of the call (± 1e-5 a value).
/// 4. The vector of a run of one text is that of the text (± 3e-5 a value); that of two or three has a cosine of at
///    least 0.9 with the vector of its texts joined by spaces, that of up to six one of at least 0.85.
pub trait Embedder {
    /// Embeds `texts`.
    ///
    /// # Errors
    /// [`EmbedError`] when the engine fails.
    fn embed(&mut self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError>;

    /// Embeds all runs of 1 to `longest` neighbouring texts, each as if it were one text.
    ///
    /// # Errors
    /// [`EmbedError`] when the engine fails.
    fn embed_runs(&mut self, texts: &[&str], longest: usize) -> Result<RunVectors, EmbedError> {
        let width = self.dimensions();
        let mut values = vec![0.0; texts.len() * longest * width];
        for length in 1..=longest.min(texts.len()) {
            let joined: Vec<String> = texts.windows(length).map(|run| run.join(" ")).collect();
            let joined: Vec<&str> = joined.iter().map(String::as_str).collect();
            for (first, vector) in self.embed(&joined)?.into_iter().enumerate() {
                let row = (first * longest + length - 1) * width;
                if let Some(row) = values.get_mut(row..row + width) {
                    row.copy_from_slice(&vector);
                }
            }
        }
        let ragged = || EmbedError("vectors of different lengths".into());
        RunVectors::new(texts.len(), longest, width, &values).ok_or_else(ragged)
    }

    /// Values a vector.
    fn dimensions(&self) -> usize;

    /// The model behind it.
    fn signature(&self) -> ModelSignature;
}
