//! Which sentences of two texts translate one another.
//!
//! Owns: beads by dynamic programming, their probabilities, moved blocks, links of words.
//! In: vectors and other numbers, a value a sentence. Out: beads.
//! Never: text, tensors; only `domain` is imported.

mod band;
mod beads;
mod features;
mod fit;
mod lattice;
mod moves;
mod similarity;
#[cfg(test)]
mod tests;
mod text;
mod weights;
mod words;

pub use beads::{Options, align};
pub use features::{FEATURES, GAP_FEATURES, NAMES};
pub use fit::{Example, gradient};
pub use lattice::Weights;
pub use text::{Bridge, TextVectors, Tokens};
pub use words::{WordMethod, WordOptions, WordStates, link};
