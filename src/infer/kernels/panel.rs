//! Products with float weights, laid out in panels of 16 outputs.
//!
//! Owns: the layout and the kernel. Inside a panel stand, for each input, the weights of its 16 outputs together, so that
//! one vector instruction serves 16 outputs of one row, and up to 8 rows share each load of weights.
//! In: rows of floats and a [`PanelMatrix`]. Out: rows of floats.
//!
//! For one output: `fma` over the inputs in rising order, whatever else is in the batch: a row of a batch has the bits it
//! has alone, on every instruction set.

use rayon::prelude::*;

use super::{Isa, per_isa};

/// Outputs of a panel.
const PANEL: usize = 16;
/// Rows that share a load of weights; 8 accumulators of 512 bits hide the latency of the instruction.
const MAX_ROWS: usize = 8;
/// Panels a thread takes at once, at least.
const MIN_SHARE: usize = 2;

/// A matrix `[rows, columns]` of float weights.
pub(crate) struct PanelMatrix {
    rows: usize,
    columns: usize,
    /// `[panel][column]`; outputs beyond the last are 0.
    panels: Vec<[f32; PANEL]>,
}

impl PanelMatrix {
    /// Lays out the row-major `weights`; `columns` is not 0.
    pub(crate) fn new(weights: &[f32], columns: usize) -> Self {
        let rows = weights.len() / columns;
        let mut panels = vec![[0f32; PANEL]; rows.div_ceil(PANEL) * columns];
        panels.par_chunks_mut(columns).zip(weights.par_chunks(PANEL * columns)).for_each(
            |(panel, weights)| {
                for (output, row) in weights.chunks_exact(columns).enumerate() {
                    for (lanes, weight) in panel.iter_mut().zip(row) {
                        lanes[output] = *weight;
                    }
                }
            },
        );
        Self { rows, columns, panels }
    }

    /// Puts `below` under this matrix; gives both back if the widths differ or the last panel here is not full.
    pub(crate) fn stack(mut self, below: Self) -> Result<Self, Box<[Self; 2]>> {
        if below.columns != self.columns || !self.rows.is_multiple_of(PANEL) {
            return Err(Box::new([self, below]));
        }
        self.rows += below.rows;
        self.panels.extend(below.panels);
        Ok(self)
    }

    /// Output values a row gives.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Writes one row of the weights; `out` has `columns` values.
    pub(crate) fn copy_row(&self, row: usize, out: &mut [f32]) {
        let panel = &self.panels[row / PANEL * self.columns..][..self.columns];
        for (value, lanes) in out.iter_mut().zip(panel) {
            *value = lanes[row % PANEL];
        }
    }
}

/// `out[m][n] = Σ_k x[m][k] · w[n][k]`; `out` has as many rows as `x`, of `w.rows()` values.
///
/// Columns of the result are divided among the threads of the current pool.
pub(crate) fn panel_matmul(x: &[f32], w: &PanelMatrix, out: &mut [f32]) {
    let panels = w.rows.div_ceil(PANEL);
    let shares = rayon::current_num_threads() * 4;
    let each = panels.div_ceil(shares).max(MIN_SHARE);
    let mut rows: Vec<&mut [f32]> = out.chunks_mut(w.rows).collect();
    if each >= panels || rayon::current_num_threads() == 1 {
        multiply_panels(x, w, 0, &mut rows);
        return;
    }
    let mut shares: Vec<Vec<&mut [f32]>> = Vec::new();
    shares.resize_with(panels.div_ceil(each), || Vec::with_capacity(rows.len()));
    for row in rows {
        for (share, columns) in shares.iter_mut().zip(row.chunks_mut(each * PANEL)) {
            share.push(columns);
        }
    }
    shares.par_iter_mut().enumerate().for_each(|(index, rows)| {
        multiply_panels(x, w, index * each, rows);
    });
}

/// The columns from panel `first` on, as many as the slices of `out` hold.
fn multiply_panels(x: &[f32], w: &PanelMatrix, first: usize, out: &mut [&mut [f32]]) {
    // Half as wide registers hold half as many sums.
    let most = if Isa::best().name().starts_with("avx512") { MAX_ROWS } else { MAX_ROWS / 2 };
    let width = out.first().map_or(0, |row| row.len());
    let mut sums = [[0f32; PANEL]; MAX_ROWS];
    for panel in 0..width.div_ceil(PANEL) {
        let weights = &w.panels[(first + panel) * w.columns..][..w.columns];
        let (start, end) = (panel * PANEL, width.min((panel + 1) * PANEL));
        for (x, out) in x.chunks(most * w.columns).zip(out.chunks_mut(most)) {
            products(x, weights, &mut sums);
            for (row, sums) in out.iter_mut().zip(&sums) {
                row[start..end].copy_from_slice(&sums[..end - start]);
            }
        }
    }
}

per_isa! {
    /// The sums of one panel for up to 8 rows of `x`.
    fn products(x: &[f32], weights: &[[f32; PANEL]], sums: &mut [[f32; PANEL]; MAX_ROWS]) {
        match x.len() / weights.len() {
            1 => rows::<1>(x, weights, sums),
            2 => rows::<2>(x, weights, sums),
            3 => rows::<3>(x, weights, sums),
            4 => rows::<4>(x, weights, sums),
            5 => rows::<5>(x, weights, sums),
            6 => rows::<6>(x, weights, sums),
            7 => rows::<7>(x, weights, sums),
            _ => rows::<8>(x, weights, sums),
        }
    }
}

#[expect(
    clippy::inline_always,
    reason = "inlined into a function of wider instructions, or it would lose them"
)]
#[inline(always)]
fn rows<const R: usize>(x: &[f32], weights: &[[f32; PANEL]], sums: &mut [[f32; PANEL]; MAX_ROWS]) {
    let columns = weights.len();
    let x: [&[f32]; R] = std::array::from_fn(|row| &x[row * columns..(row + 1) * columns]);
    let mut totals = [[0f32; PANEL]; R];
    for (at, weights) in weights.iter().enumerate() {
        for row in 0..R {
            let input = x[row][at];
            for lane in 0..PANEL {
                totals[row][lane] = input.mul_add(weights[lane], totals[row][lane]);
            }
        }
    }
    sums[..R].copy_from_slice(&totals);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::cast_precision_loss, reason = "made-up numbers are small")]

    use super::*;

    fn noise(len: usize, seed: usize) -> Vec<f32> {
        (0..len).map(|at| ((at * 7_919 + seed * 31) % 1_009) as f32 / 500.0 - 1.0).collect()
    }

    #[test]
    fn products_are_sums_in_rising_order_for_any_number_of_rows() {
        for (outputs, columns) in [(1, 3), (16, 32), (83, 40)] {
            let weights = noise(outputs * columns, 1);
            let matrix = PanelMatrix::new(&weights, columns);
            for rows in [1, 2, 5, 8, 9, 21] {
                let x = noise(rows * columns, 2);
                let mut out = vec![f32::NAN; rows * outputs];
                panel_matmul(&x, &matrix, &mut out);
                for (row, x) in x.chunks(columns).enumerate() {
                    for (output, weights) in weights.chunks(columns).enumerate() {
                        let sum =
                            x.iter().zip(weights).fold(0f32, |sum, (x, w)| x.mul_add(*w, sum));
                        assert_eq!(out[row * outputs + output].to_bits(), sum.to_bits());
                    }
                }
            }
            let mut row = vec![0.0; columns];
            matrix.copy_row(outputs - 1, &mut row);
            assert_eq!(row, weights[(outputs - 1) * columns..]);
        }
    }
}
