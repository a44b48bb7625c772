//! The summarizers.
//!
//! Owns: which kinds there are. In: the English of sound segments. Out: a summary whose sentences cite their segments.

pub(super) mod abstractive;
mod compress;
mod extractive;

pub use compress::Compress;
pub use extractive::Extractive;

/// Scalar product; of vectors of length 1, their cosine.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
