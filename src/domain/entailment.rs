//! What an entailment model makes of a claim and the evidence behind it.

use serde::{Deserialize, Serialize};

/// One reading of a text (the premise) and a claim: three probabilities that sum to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entailment {
    /// That the text says what the claim says, 0 to 1.
    pub entailment: f32,
    /// That it says neither that nor the opposite, 0 to 1. A model that only tells entailment from the rest has the rest here.
    pub neutral: f32,
    /// That it says otherwise, 0 to 1.
    pub contradiction: f32,
    /// Tokens at the end of the text that the model had no room for; 0 if it read the whole of it.
    pub cut_tokens: usize,
}

/// Both readings of a claim against one segment; one is absent where there was nothing sound to read, or no room for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LinkEntailment {
    /// Against the Arabic.
    pub arabic: Option<Entailment>,
    /// Against its English.
    pub english: Option<Entailment>,
}

impl LinkEntailment {
    /// The readings that there are.
    pub fn readings(&self) -> impl Iterator<Item = Entailment> {
        [self.arabic, self.english].into_iter().flatten()
    }
}
