//! Vectors of runs of neighbouring sentences.

use std::ops::Range;

/// Steps of a packed value for 1: values of a unit vector lie between -1 and 1, and are off by 1.6e-5 at most.
const STEPS: f32 = 32_767.0;

/// One vector of length 1 for each run of 1 to [`longest`](Self::longest) neighbouring texts.
///
/// A run that would leave the texts has no vector. Values are packed into 16 bits: vectors of two books are most of what
/// an alignment holds in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct RunVectors {
    texts: usize,
    longest: usize,
    width: usize,
    /// `[texts, longest, width]`; rows of runs that leave the texts are zero.
    values: Vec<i16>,
}

impl RunVectors {
    /// Vectors of `texts` texts in the layout `[texts, longest, width]`, the run of length `n` that begins at text `i` in
    /// row `[i, n − 1]`; rows of runs that leave the texts are not looked at.
    ///
    /// None if `values` has another size.
    #[must_use]
    pub fn new(texts: usize, longest: usize, width: usize, values: &[f32]) -> Option<Self> {
        Self::of_packed(texts, longest, width, values.iter().copied().map(Self::pack).collect())
    }

    /// The same, of values that are [packed](Self::pack) already.
    #[must_use]
    pub fn of_packed(texts: usize, longest: usize, width: usize, values: Vec<i16>) -> Option<Self> {
        let size = texts.checked_mul(longest)?.checked_mul(width)?;
        (values.len() == size).then_some(Self { texts, longest, width, values })
    }

    /// A value as it is kept; one that no unit vector has becomes the nearest that one can have.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "`as` saturates")]
    pub fn pack(value: f32) -> i16 {
        (value * STEPS).round() as i16
    }

    /// Cosine of two packed vectors.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "it is divided by as much")]
    pub fn cosine(a: &[i16], b: &[i16]) -> f32 {
        // No sum over a part of two unit vectors is larger than 1, which is 2³⁰ here.
        let products = a.iter().zip(b).map(|(x, y)| i32::from(*x) * i32::from(*y));
        products.fold(0i32, i32::wrapping_add) as f32 / (STEPS * STEPS)
    }

    /// How many texts there are.
    #[must_use]
    pub fn texts(&self) -> usize {
        self.texts
    }

    /// Texts of the longest run.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// Values of a vector.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// The packed vector of the run of `length` texts that begins at `first`, both counted as in a slice.
    #[must_use]
    pub fn run(&self, first: usize, length: usize) -> Option<&[i16]> {
        let there = length >= 1 && length <= self.longest && first + length <= self.texts;
        let row = first * self.longest + length.wrapping_sub(1);
        there.then(|| self.values.get(row * self.width..(row + 1) * self.width)).flatten()
    }

    /// The vector of a run as numbers.
    #[must_use]
    pub fn values(&self, first: usize, length: usize) -> Option<impl Iterator<Item = f32>> {
        Some(self.run(first, length)?.iter().map(|value| f32::from(*value) / STEPS))
    }

    /// The texts of a range as if there were no others; none if it leaves the texts.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> Option<Self> {
        let row = self.longest * self.width;
        let values = self.values.get(range.start * row..range.end * row)?.to_vec();
        Self::of_packed(range.len(), self.longest, self.width, values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_vectors_have_nearly_the_cosine_of_those_they_were_made_of() {
        let unit = |seed: f32| {
            let raw: Vec<f32> = (0..512u16).map(|at| (f32::from(at) * seed).sin()).collect();
            let length = raw.iter().map(|value| value * value).sum::<f32>().sqrt();
            raw.into_iter().map(|value| value / length).collect::<Vec<f32>>()
        };
        let (a, b) = (unit(0.37), unit(0.41));
        let runs = RunVectors::new(2, 1, 512, &[a.clone(), b.clone()].concat()).unwrap();
        let (left, right) = (runs.run(0, 1).unwrap(), runs.run(1, 1).unwrap());
        let exact: f32 = a.iter().zip(&b).map(|(x, y)| x * y).sum();
        assert!((RunVectors::cosine(left, right) - exact).abs() < 1e-4);
        assert!((RunVectors::cosine(left, left) - 1.0).abs() < 1e-4);
        let back = runs.values(1, 1).unwrap();
        assert!(back.zip(&b).all(|(found, value)| (found - value).abs() < 2e-5));
        assert_eq!([-2.0, 2.0, f32::NAN].map(RunVectors::pack), [i16::MIN, i16::MAX, 0]);
    }
}
