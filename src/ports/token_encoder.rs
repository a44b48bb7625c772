//! Texts to one vector a token.

use super::EmbedError;
use crate::domain::{ByteSpan, ModelSignature};

/// The states of one text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TokenStates {
    /// Values of one state.
    pub width: usize,
    /// `[T, width]`, one row a token of the text; the marks of begin and end have none.
    pub values: Vec<f32>,
    /// The bytes of the text that each token stands for, without the space before a word; a token that is only a space
    /// has an empty span where the next one begins.
    pub spans: Vec<ByteSpan>,
}

impl TokenStates {
    /// How many tokens there are, `T`.
    #[must_use]
    pub fn tokens(&self) -> usize {
        self.values.len().checked_div(self.width).unwrap_or(0)
    }

    /// The states, in the order of the tokens.
    pub fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks_exact(self.width.max(1))
    }
}

/// Turns each token of a text into a vector that depends on the tokens around it, so that tokens of two texts can be
/// matched.
///
/// 1. One [`TokenStates`] a text, in the same order; none for none.
/// 2. All have one width, and `values` holds whole rows of finite numbers.
/// 3. A text without tokens, such as the empty one, has no rows.
/// 4. The states of a text do not depend on the other texts of the call (± 1e-5 a value).
/// 5. There is a span a token; spans lie in the text, and neither their starts nor their ends fall.
/// 6. States are as the network gives them: their length is not 1, and cosines need a division.
pub trait TokenEncoder {
    /// The states of all tokens of `texts`.
    ///
    /// # Errors
    /// [`EmbedError`] when the engine fails.
    fn token_states(&mut self, texts: &[&str]) -> Result<Vec<TokenStates>, EmbedError>;

    /// The model behind it.
    fn signature(&self) -> ModelSignature;
}
