//! Networks: token ids in, logits or vectors out.
//!
//! Owns: the shape of each network. State that lives between calls (a key–value cache) is a value that
//! the caller holds.
//!
//! Letters in shape comments: `B` sequences · `T` tokens of this call, over all sequences · `D` model
//! width · `H` heads · `G` key–value heads · `K` head width · `F` feed-forward width · `V` vocabulary.

mod cache;
mod config;
mod decoder;
mod dense;
mod distinct;
mod embedding_table;
mod linear;
#[cfg(test)]
mod parity;
mod rope;
mod sentence_encoder;
pub(crate) mod seq2seq;
mod xlmr;

pub(crate) use cache::KvCache;
pub(crate) use decoder::{Decoder, Feed};
pub(crate) use dense::{Parameters, affine};
pub(crate) use linear::Linear;
pub(crate) use sentence_encoder::SentenceEncoder;
pub(crate) use xlmr::{Rows, Xlmr, XlmrShape};
