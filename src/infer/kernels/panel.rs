//! Products with float weights, laid out in panels of 16 outputs.
//!
//! Owns: the layout and the kernel. Inside a panel stand, for each input, the weights of its 16 outputs together, so that
//! one vector instruction serves 16 outputs of one row, and up to 12 rows share each load of weights.
//! In: rows of floats and a [`PanelMatrix`]. Out: rows of floats.
//!
//! For one output: `fma` over the inputs in rising order, whatever else is in the batch: a row of a batch has the bits it
//! has alone, on every instruction set.

use rayon::prelude::*;

use super::{Isa, per_isa};

/// Outputs of a panel.
const PANEL: usize = 16;
/// Rows that share a load of weights, at most.
const MAX_ROWS: usize = 12;
/// Panels whose sums are made together, at most.
const MAX_PANELS: usize = 2;
/// Panels a thread takes at once, at least.
const MIN_SHARE: usize = 2;

/// Sums of some rows in some panels.
type Tile = [[[f32; PANEL]; MAX_PANELS]; MAX_ROWS];

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

    /// Lays out weights that stand input by input, `[columns, rows]`; neither is 0.
    pub(crate) fn from_inputs(weights: &[f32], rows: usize) -> Self {
        let columns = weights.len() / rows;
        let mut panels = vec![[0f32; PANEL]; rows.div_ceil(PANEL) * columns];
        for (input, outputs) in weights.chunks_exact(rows).enumerate() {
            for (panel, outputs) in outputs.chunks(PANEL).enumerate() {
                panels[panel * columns + input][..outputs.len()].copy_from_slice(outputs);
            }
        }
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
    let x: Vec<&[f32]> = x.chunks_exact(w.columns).collect();
    let mut rows: Vec<&mut [f32]> = out.chunks_mut(w.rows).collect();
    if each >= panels || rayon::current_num_threads() == 1 {
        multiply_panels(&x, w, 0, &mut rows);
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
        multiply_panels(&x, w, index * each, rows);
    });
}

/// The same for rows of both that stand anywhere, those of `x` also one over another; on this thread alone.
pub(crate) fn panel_matmul_rows(x: &[&[f32]], w: &PanelMatrix, out: &mut [&mut [f32]]) {
    debug_assert!(x.iter().all(|row| row.len() == w.columns));
    multiply_panels(x, w, 0, out);
}

/// The columns from panel `first` on, as many as the slices of `out` hold.
fn multiply_panels(x: &[&[f32]], w: &PanelMatrix, first: usize, out: &mut [&mut [f32]]) {
    // Half as wide registers, and half as many of them, hold the sums of 6 rows in one panel.
    let wide = Isa::best().name().starts_with("avx512");
    let (most, together) = if wide { (MAX_ROWS, MAX_PANELS) } else { (MAX_ROWS / 2, 1) };
    let width = out.first().map_or(0, |row| row.len());
    let mut tile = [[[0f32; PANEL]; MAX_PANELS]; MAX_ROWS];
    for start in (0..width).step_by(together * PANEL) {
        let end = width.min(start + together * PANEL);
        let panels = (end - start).div_ceil(PANEL);
        let weights = &w.panels[(first + start / PANEL) * w.columns..][..panels * w.columns];
        for (x, out) in x.chunks(most).zip(out.chunks_mut(most)) {
            products(x, weights, &mut tile);
            for (row, sums) in out.iter_mut().zip(&tile) {
                row[start..end].copy_from_slice(&sums.as_flattened()[..end - start]);
            }
        }
    }
}

per_isa! {
    /// The sums of one or two panels for up to 12 rows.
    fn products(x: &[&[f32]], weights: &[[f32; PANEL]], tile: &mut Tile) {
        let columns = x.first().map_or(0, |row| row.len());
        if weights.len() == columns {
            rows_of([weights], x, tile);
        } else {
            let (first, second) = weights.split_at(columns);
            rows_of([first, second], x, tile);
        }
    }
}

/// Takes the rows in as large groups as there are; how they are grouped does not change a bit.
#[expect(
    clippy::inline_always,
    reason = "inlined into a function of wider instructions, or it would lose them"
)]
#[inline(always)]
fn rows_of<const P: usize>(weights: [&[[f32; PANEL]]; P], mut x: &[&[f32]], tile: &mut Tile) {
    let mut tile = tile.as_mut_slice();
    while !x.is_empty() {
        let taken = match x.len() {
            12.. => rows::<12, P>(x, weights, tile),
            8.. => rows::<8, P>(x, weights, tile),
            6.. => rows::<6, P>(x, weights, tile),
            4.. => rows::<4, P>(x, weights, tile),
            3 => rows::<3, P>(x, weights, tile),
            2 => rows::<2, P>(x, weights, tile),
            _ => rows::<1, P>(x, weights, tile),
        };
        x = &x[taken..];
        tile = &mut tile[taken..];
    }
}

#[expect(
    clippy::inline_always,
    reason = "inlined into a function of wider instructions, or it would lose them"
)]
#[inline(always)]
fn rows<const R: usize, const P: usize>(
    x: &[&[f32]],
    weights: [&[[f32; PANEL]]; P],
    tile: &mut [[[f32; PANEL]; MAX_PANELS]],
) -> usize {
    let columns = weights[0].len();
    let x: [&[f32]; R] = std::array::from_fn(|row| &x[row][..columns]);
    let weights = weights.map(|panel| &panel[..columns]);
    let mut totals = [[[0f32; PANEL]; P]; R];
    for at in 0..columns {
        // Loaded once for all rows; in this order of loops the compiler keeps all sums in registers.
        let weights: [[f32; PANEL]; P] = std::array::from_fn(|panel| weights[panel][at]);
        for row in 0..R {
            let input = x[row][at];
            for panel in 0..P {
                for lane in 0..PANEL {
                    totals[row][panel][lane] =
                        input.mul_add(weights[panel][lane], totals[row][panel][lane]);
                }
            }
        }
    }
    // By known indices: a loop over slices would keep the sums in memory all along.
    let tile = &mut tile[..R];
    for row in 0..R {
        for panel in 0..P {
            tile[row][panel] = totals[row][panel];
        }
    }
    R
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
            for rows in [1, 2, 3, 5, 8, 9, 12, 21, 35] {
                let x = noise(rows * columns, 2);
                let mut out = vec![f32::NAN; rows * outputs];
                panel_matmul(&x, &matrix, &mut out);
                let scattered: Vec<&[f32]> = x.chunks(columns).collect();
                let mut again = vec![f32::NAN; rows * outputs];
                let mut rows: Vec<&mut [f32]> = again.chunks_mut(outputs).collect();
                panel_matmul_rows(&scattered, &matrix, &mut rows);
                assert_eq!(again, out);
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

    #[test]
    fn weights_that_stand_input_by_input_make_the_same_matrix() {
        let (outputs, columns) = (37, 5);
        let weights = noise(outputs * columns, 3);
        let by_input: Vec<f32> = (0..columns)
            .flat_map(|column| (0..outputs).map(move |output| output * columns + column))
            .map(|at| weights[at])
            .collect();
        let (one, two) =
            (PanelMatrix::new(&weights, columns), PanelMatrix::from_inputs(&by_input, outputs));
        assert_eq!((one.rows, one.columns, &one.panels), (two.rows, two.columns, &two.panels));
    }
}
