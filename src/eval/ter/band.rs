//! The matrix of edit distances near its diagonal.
//!
//! Owns: which cells are near enough, and their values.
//! In: numbered words. Out: distances, as ways that stay in the band have them.
//! Never: which words to shift.
//! Source: `BeamEditDistance._edit_distance`, `metrics/lib_ter.py`, sacreBLEU 2.6.0.

use std::ops::Range;

use super::alignment::Matrix;

/// Columns on each side of the diagonal.
const BEAM_WIDTH: usize = 25;

/// No way leads here. Small enough to be added to.
const UNREACHED: u32 = u32::MAX / 2;

/// Which columns of each row are filled: all of the first row, then those around the diagonal.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bands {
    rows: usize,
    columns: usize,
    words_ratio: f64,
    width: usize,
}

impl Bands {
    /// For a hypothesis of `rows` words, at least one, and a reference of `columns` words.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the reference computes with floats, rounding included; counts of words are small"
    )]
    pub(super) fn of(rows: usize, columns: usize) -> Self {
        let words_ratio = columns as f64 / rows as f64;
        let beam = BEAM_WIDTH as f64;
        // Rows of a very short hypothesis are far apart, and the bands must still overlap.
        let width = if beam < words_ratio / 2.0 {
            (words_ratio / 2.0 + beam).ceil() as usize
        } else {
            BEAM_WIDTH
        };
        Self { rows, columns, words_ratio, width }
    }

    /// The filled columns of `row`, of which there is at least one.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the reference computes with floats, rounding included; counts of words are small"
    )]
    fn of_row(&self, row: usize) -> Range<usize> {
        if row == 0 {
            return 0..self.columns + 1;
        }
        let diagonal = (row as f64 * self.words_ratio).floor() as usize;
        let end = diagonal + self.width;
        let end = if row == self.rows { self.columns + 1 } else { end.min(self.columns + 1) };
        diagonal.saturating_sub(self.width)..end
    }

    /// A bound from below on the cost of ways through the whole matrix that touch a cell outside the bands. If a
    /// distance in the whole matrix is below it, the cheapest ways are all in the bands, and cells on them have
    /// the same values in both.
    pub(super) fn cheapest_way_outside(&self) -> usize {
        if self.columns < BEAM_WIDTH {
            return usize::MAX;
        }
        let through = |row: usize, column: usize| {
            row.abs_diff(column) + (self.rows - row).abs_diff(self.columns - column)
        };
        let mut cheapest = usize::MAX;
        for row in 1..=self.rows {
            let band = self.of_row(row);
            // `through` falls towards the columns between the two diagonals, and rises beyond them.
            let diagonals = [row, (row + self.columns).saturating_sub(self.rows)];
            let (near, far) = (diagonals[0].min(diagonals[1]), diagonals[0].max(diagonals[1]));
            if band.start > 0 {
                cheapest = cheapest.min(through(row, far.min(band.start - 1)));
            }
            if band.end <= self.columns {
                cheapest = cheapest.min(through(row, near.max(band.end)));
            }
        }
        cheapest
    }
}

/// One row within its band.
#[derive(Clone, Copy, Debug)]
struct Row {
    first_column: usize,
    start: usize,
    end: usize,
}

/// The matrix, as far as it lies in the bands.
#[derive(Default)]
pub(super) struct Band {
    bands: Bands,
    reference: Vec<u32>,
    rows: Vec<Row>,
    cells: Vec<u32>,
    above: Vec<u32>,
    current: Vec<u32>,
}

impl Band {
    /// Makes ready for hypotheses of as many words as `bands` was made for.
    pub(super) fn prepare(&mut self, bands: Bands, reference: &[u32]) {
        self.bands = bands;
        self.reference.clear();
        self.reference.extend_from_slice(reference);
    }
}

impl Matrix for Band {
    const WHOLE: bool = false;

    fn fill(&mut self, hypothesis: &[u32]) -> usize {
        self.rows.clear();
        self.cells.clear();
        self.cells.extend((0..=self.reference.len()).map(small));
        self.rows.push(Row { first_column: 0, start: 0, end: self.cells.len() });
        let mut above = self.bands.of_row(0);
        for (row, &word) in hypothesis.iter().enumerate() {
            let band = self.bands.of_row(row + 1);
            self.current.clear();
            let from = self.cells.len() - above.len();
            fill_row(&self.cells[from..], &above, word, &self.reference, &band, &mut self.current);
            let start = self.cells.len();
            self.cells.extend_from_slice(&self.current);
            self.rows.push(Row { first_column: band.start, start, end: self.cells.len() });
            above = band;
        }
        self.cells.last().map_or(0, |&cost| cost as usize)
    }

    fn at(&self, row: usize, column: usize) -> usize {
        let Row { first_column, start, end } = self.rows[row];
        let cell = column.checked_sub(first_column).map(|offset| start + offset);
        cell.filter(|&cell| cell < end).map_or(UNREACHED, |cell| self.cells[cell]) as usize
    }

    fn distance_after(&mut self, hypothesis: &[u32], same: usize, limit: usize) -> usize {
        let Row { start, end, .. } = self.rows[same];
        self.above.clear();
        self.above.extend_from_slice(&self.cells[start..end]);
        let mut above = self.bands.of_row(same);
        for row in same + 1..=hypothesis.len() {
            let band = self.bands.of_row(row);
            self.current.clear();
            let word = hypothesis[row - 1];
            fill_row(&self.above, &above, word, &self.reference, &band, &mut self.current);
            let rows_left = hypothesis.len() - row;
            let columns_left = self.reference.len() - band.start;
            let bound =
                self.current.iter().enumerate().map(|(offset, &cost)| {
                    cost as usize + (columns_left - offset).abs_diff(rows_left)
                });
            if bound.min().is_some_and(|bound| bound >= limit) {
                return limit;
            }
            std::mem::swap(&mut self.above, &mut self.current);
            above = band;
        }
        self.above.last().map_or(0, |&cost| cost as usize)
    }
}

/// Appends the cells of a row, of which `band` are filled, below the cells `above`, which are those of `above_band`.
fn fill_row(
    above: &[u32],
    above_band: &Range<usize>,
    word: u32,
    reference: &[u32],
    band: &Range<usize>,
    out: &mut Vec<u32>,
) {
    let cell_above = |column: usize| {
        column.checked_sub(above_band.start).and_then(|offset| above.get(offset)).copied()
    };
    let mut left = UNREACHED;
    let mut diagonal = band.start.checked_sub(1).and_then(cell_above).unwrap_or(UNREACHED);
    for column in band.clone() {
        let up = cell_above(column).unwrap_or(UNREACHED);
        let mut cost = left.min(up) + 1;
        if column > 0 {
            cost = cost.min(diagonal + u32::from(reference[column - 1] != word));
        }
        left = cost.min(UNREACHED);
        out.push(left);
        diagonal = up;
    }
}

fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(UNREACHED)
}
