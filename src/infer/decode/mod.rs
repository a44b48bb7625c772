//! From next-token scores to texts: search and batching.
//!
//! Owns: beam search (width 1 is greedy), its constraints, and continuous batching: finished rows leave
//! the batch and waiting jobs join it.
//! In: jobs (prompts and limits) and anything that is [`NextToken`]. Out: one result a job, in order.
//! Never: tensors, tokenizers, text.

mod batch;
mod constraint;
mod hypothesis;
mod phrases;
mod preferred;
#[cfg(test)]
mod tests;

pub(crate) use batch::{BatchLimits, Job, decode, decode_n_best};
pub(crate) use constraint::TokenSet;
pub(crate) use hypothesis::Decoded;
pub(crate) use phrases::Veto;
pub(crate) use preferred::Preferred;

/// A model that scores the next token.
///
/// 1. The logits of a row depend on its own tokens alone, to the last bit.
/// 2. A cloned state goes on as the original would have.
pub(crate) trait NextToken {
    /// What is remembered of one sequence.
    type State: Clone;
    /// What can go wrong.
    type Error;

    /// Tokens of the vocabulary.
    fn vocabulary(&self) -> usize;

    /// The states before the first token of jobs, one a source; models without an encoder have empty sources.
    fn begin_all(&mut self, sources: &[&[u32]]) -> Result<Vec<Self::State>, Self::Error>;

    /// Feeds each row its tokens (at least one) and writes the logits behind each row's last token:
    /// `logits` becomes `[rows, vocabulary]`.
    fn advance(
        &mut self,
        rows: &mut [(&mut Self::State, &[u32])],
        logits: &mut Vec<f32>,
    ) -> Result<(), Self::Error>;
}
