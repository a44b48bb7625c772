//! Text to subword pieces, for metrics that count them.

use crate::domain::ModelSignature;

/// Cuts text into the pieces of one vocabulary, as strings.
///
/// 1. The empty text has none.
/// 2. The same text always has the same pieces.
/// 3. No piece is empty.
pub trait PieceTokenizer: Send + Sync {
    /// The pieces of `text`, in order.
    fn pieces(&self, text: &str) -> Vec<String>;

    /// The model behind it.
    fn signature(&self) -> ModelSignature;
}
