//! A text and a claim to how probable it is that the one says the other.

use super::Cause;
use crate::domain::{Entailment, Language, ModelSignature};

/// The entailment model failed.
#[derive(Debug, thiserror::Error)]
#[error("the entailment model failed")]
pub struct EntailError(#[source] pub Cause);

/// Tells whether a text says what a claim says, in any mix of its languages.
///
/// 1. One answer a pair, in the same order; none for none.
/// 2. The three probabilities of a reading are between 0 and 1 and sum to 1 (± 1e-3).
/// 3. A reading does not depend on the other pairs of the call (± 1e-4).
/// 4. A premise that is too long is cut at its end, and the reading says by how many tokens. A hypothesis is never cut: if it
///    leaves no room for a premise, there is no reading.
pub trait Entailer {
    /// Reads `pairs` of premise and hypothesis.
    ///
    /// # Errors
    /// [`EntailError`] when the engine fails.
    fn read(&mut self, pairs: &[(&str, &str)]) -> Result<Vec<Option<Entailment>>, EntailError>;

    /// Whether it reads claims of this language.
    fn reads(&self, claim: Language) -> bool {
        let _ = claim;
        true
    }

    /// The model behind it.
    fn signature(&self) -> ModelSignature;
}
