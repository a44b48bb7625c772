//! Vectors of runs of neighbouring sentences.

use std::ops::Range;

/// One vector of length 1 for each run of 1 to [`longest`](Self::longest) neighbouring texts.
///
/// A run that would leave the texts has no vector.
#[derive(Clone, Debug, PartialEq)]
pub struct RunVectors {
    texts: usize,
    longest: usize,
    width: usize,
    /// `[texts, longest, width]`; rows of runs that leave the texts are zero.
    values: Vec<f32>,
}

impl RunVectors {
    /// Vectors of `texts` texts in the layout `[texts, longest, width]`, the run of length `n` that begins at text `i` in
    /// row `[i, n − 1]`; rows of runs that leave the texts are not looked at.
    ///
    /// None if `values` has another size.
    #[must_use]
    pub fn new(texts: usize, longest: usize, width: usize, values: Vec<f32>) -> Option<Self> {
        let size = texts.checked_mul(longest)?.checked_mul(width)?;
        (values.len() == size).then_some(Self { texts, longest, width, values })
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

    /// The vector of the run of `length` texts that begins at `first`, both counted as in a slice.
    #[must_use]
    pub fn run(&self, first: usize, length: usize) -> Option<&[f32]> {
        let there = length >= 1 && length <= self.longest && first + length <= self.texts;
        let row = first * self.longest + length.wrapping_sub(1);
        there.then(|| self.values.get(row * self.width..(row + 1) * self.width)).flatten()
    }

    /// The texts of a range as if there were no others; none if it leaves the texts.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> Option<Self> {
        let row = self.longest * self.width;
        let values = self.values.get(range.start * row..range.end * row)?.to_vec();
        Self::new(range.len(), self.longest, self.width, values)
    }
}
