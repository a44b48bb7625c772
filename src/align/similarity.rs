//! Cosines of unit vectors, and what unrelated sentences reach.

use rayon::prelude::*;

use crate::domain::RunVectors;

/// Sentences of a text of which half of the mean is believed.
const FEW: f32 = 8.0;

/// Dot product; of unit vectors it is the cosine.
pub(super) fn dot(left: &[f32], right: &[f32]) -> f32 {
    // Eight sums side by side, so that the compiler can use vector registers.
    let mut sums = [0f32; 8];
    for (a, b) in left.chunks_exact(8).zip(right.chunks_exact(8)) {
        for (sum, (x, y)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += x * y;
        }
    }
    let rest = left.chunks_exact(8).remainder().iter().zip(right.chunks_exact(8).remainder());
    sums.iter().sum::<f32>() + rest.map(|(x, y)| x * y).sum::<f32>()
}

/// For each run of `text` the mean cosine with sentences of `other`, in the layout `[texts, longest]`.
///
/// The mean over vectors is the cosine with their mean, so one product a run is enough.
pub(super) fn baselines(text: &RunVectors, other: &RunVectors) -> Vec<f32> {
    let mut mean = mean(other);
    // Of a few sentences the counterpart is a large part: then little is known of unrelated ones.
    #[expect(clippy::cast_precision_loss, reason = "texts have fewer than 2^24 sentences")]
    let count = other.texts() as f32;
    for value in &mut mean {
        *value *= count / (count + FEW);
    }
    let runs = (0..text.texts() * text.longest()).into_par_iter();
    let run = |row: usize| text.values(row / text.longest(), row % text.longest() + 1);
    let cosine =
        |vector: &mut dyn Iterator<Item = f32>| vector.zip(&mean).map(|(x, y)| x * y).sum::<f32>();
    runs.map(|row| run(row).map_or(0.0, |mut vector| cosine(&mut vector))).collect()
}

/// The mean vector of single sentences.
pub(super) fn mean(text: &RunVectors) -> Vec<f32> {
    let mut mean = vec![0f32; text.width()];
    for vector in (0..text.texts()).filter_map(|first| text.values(first, 1)) {
        for (sum, value) in mean.iter_mut().zip(vector) {
            *sum += value;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "texts have fewer than 2^24 sentences")]
    let count = text.texts().max(1) as f32;
    for value in &mut mean {
        *value /= count;
    }
    mean
}
