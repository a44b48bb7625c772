//! A translation that is there already, read by the model that might have written it.

use super::TranslateError;

/// What a model thinks of one pair.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// Log-probability of each token of the translation and of the end mark, in nats.
    pub logprobs_nats: Vec<f32>,
    /// Text of each token of the source, a space before it where a word begins; marks have none.
    pub source_tokens: Vec<String>,
    /// Text of each token of the translation, then the end mark.
    pub target_tokens: Vec<String>,
    /// Layers that have weights of cross-attention; 0 for a model without an encoder.
    pub layers: usize,
    /// `[layers, target tokens, source tokens]`: how much each token of the translation looks at each of the source, averaged
    /// over the heads; the weights of one token of one layer sum to 1.
    pub attention: Vec<f32>,
}

impl Reading {
    /// The weights of one layer, `[target tokens, source tokens]`; none beyond the last layer.
    #[must_use]
    pub fn layer(&self, layer: usize) -> &[f32] {
        let size = self.target_tokens.len() * self.source_tokens.len();
        self.attention.get(layer * size..(layer + 1) * size).unwrap_or_default()
    }
}

/// Scores given translations and tells which source words each of their words rests on: a base for word alignment.
///
/// 1. One reading a pair, in the same order; none for none.
/// 2. A reading does not depend on the other pairs of the call.
/// 3. There is a log-probability a target token, and each is at most 0.
pub trait PairReader {
    /// Reads `pairs` of source and translation.
    ///
    /// # Errors
    /// [`TranslateError`] when the engine fails or a pair has more tokens than the model takes.
    fn read_pairs(&mut self, pairs: &[(&str, &str)]) -> Result<Vec<Reading>, TranslateError>;
}
