//! Texts to an estimate of how good a translation is.

use super::EmbedError;
use crate::domain::ModelSignature;

/// Estimates the quality of translations from source, hypothesis and reference.
///
/// 1. One estimate a triple, in the same order; none for none.
/// 2. Every estimate is finite; good translations are near 1 for COMET, others may lie below 0.
/// 3. An estimate does not depend on the other triples of the call (± 1e-4).
pub trait QualityEstimator {
    /// Estimates `triples` of source, hypothesis and reference.
    ///
    /// # Errors
    /// [`EmbedError`] when the engine fails.
    fn estimate(&mut self, triples: &[(&str, &str, &str)]) -> Result<Vec<f32>, EmbedError>;

    /// The model behind it.
    fn signature(&self) -> ModelSignature;
}
