//! Which word stands for which: one cheapest way through a matrix of edit distances.
//!
//! Owns: what a matrix must offer, the order among equally cheap ways, and where the errors on the way are.
//! In: a filled matrix. Out: an [`Alignment`].
//! Never: how a matrix is filled, shifts.
//! Source: `BeamEditDistance._edit_distance` and `trace_to_alignment`, `metrics/lib_ter.py`, sacreBLEU 2.6.0.

/// Edit distances between the beginnings of a hypothesis (rows) and of a reference (columns); insertions, deletions
/// and substitutions cost 1.
pub(super) trait Matrix {
    /// Whether the distances are those of the whole matrix, no cell of which was left out.
    const WHOLE: bool;

    /// Fills the matrix for `hypothesis`. Gives the distance.
    fn fill(&mut self, hypothesis: &[u32]) -> usize;

    /// The distance between `row` words of the hypothesis and `column` words of the reference, as filled. It is
    /// larger than any distance where nothing was filled.
    fn at(&self, row: usize, column: usize) -> usize;

    /// The distance for `hypothesis`, which begins with the same `same` words as the one of the last [`fill`], if it
    /// is below `limit`; else any value that is not.
    ///
    /// [`fill`]: Self::fill
    fn distance_after(&mut self, hypothesis: &[u32], same: usize, limit: usize) -> usize;
}

/// One cheapest way from the words of the reference to those of the hypothesis.
#[derive(Default)]
pub(super) struct Alignment {
    /// For each word of the reference, how many words of the hypothesis lie on the way up to and with it.
    after: Vec<usize>,
    /// For each length of a beginning of the hypothesis, how many of its words are wrong.
    hypothesis_errors: Vec<usize>,
    /// The same for the reference.
    reference_errors: Vec<usize>,
}

impl Alignment {
    /// Follows `matrix` back from its end. Among equally cheap steps the diagonal goes first, then leaving a word of
    /// the hypothesis out, then putting one of the reference in.
    pub(super) fn trace(&mut self, matrix: &impl Matrix, hypothesis: &[u32], reference: &[u32]) {
        let (mut row, mut column) = (hypothesis.len(), reference.len());
        self.after.clear();
        self.after.resize(column, 0);
        self.hypothesis_errors.clear();
        self.hypothesis_errors.resize(row + 1, 0);
        self.reference_errors.clear();
        self.reference_errors.resize(column + 1, 0);
        let mut cost = matrix.at(row, column);
        while row > 0 || column > 0 {
            let (mut rows, mut columns, mut error) = (0, 1, 1);
            if row > 0 && column > 0 {
                let differ = usize::from(hypothesis[row - 1] != reference[column - 1]);
                if matrix.at(row - 1, column - 1) + differ == cost {
                    (rows, error) = (1, differ);
                } else if matrix.at(row - 1, column) + 1 == cost {
                    (rows, columns) = (1, 0);
                }
            } else if row > 0 {
                (rows, columns) = (1, 0);
            }
            if rows == 1 {
                self.hypothesis_errors[row] = error;
            }
            if columns == 1 {
                self.after[column - 1] = row;
                self.reference_errors[column] = error;
            }
            (row, column, cost) = (row - rows, column - columns, cost - error);
        }
        accumulate(&mut self.hypothesis_errors);
        accumulate(&mut self.reference_errors);
    }

    /// Where in the hypothesis a word would stand that follows the first `words` words of the reference.
    pub(super) fn place_after(&self, words: usize) -> usize {
        match words {
            0 => 0,
            _ => self.after[words - 1],
        }
    }

    /// Whether any of `length` words of the hypothesis from `start` is wrong.
    pub(super) fn hypothesis_errs(&self, start: usize, length: usize) -> bool {
        self.hypothesis_errors[start] < self.hypothesis_errors[start + length]
    }

    /// Whether any of `length` words of the reference from `start` is missed.
    pub(super) fn reference_errs(&self, start: usize, length: usize) -> bool {
        self.reference_errors[start] < self.reference_errors[start + length]
    }
}

fn accumulate(counts: &mut [usize]) {
    let mut sum = 0;
    for count in counts {
        sum += *count;
        *count = sum;
    }
}
