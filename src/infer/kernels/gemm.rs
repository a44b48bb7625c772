//! Activations × quantised weights.
//!
//! Owns: the quantisation of activations to 8 bits in blocks of 32 (as ggml does for these formats, but
//! with an f32 scale), the split of a product over threads, and the portable kernel.
//! In: rows of floats and a [`PackedMatrix`]. Out: rows of floats.
//!
//! For one output: `Σ_block fma(Σ_i w·x, scale_w · scale_x, sum)`, blocks in rising order. The inner sum
//! is exact in 32 bits (32 · 127 · 128 < 2³¹), so any kernel that keeps the outer order gives the same bits.

use rayon::prelude::*;

use super::packed::{BLOCK, LANES, Lane, PackedMatrix, TILE_ROWS};
use super::{Isa, per_isa};

/// 32 activations: integers −127 to 127, four to a word, low byte first.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub(super) struct ActivationBlock {
    pub(super) quads: [i32; LANES],
    pub(super) scale: f32,
    /// −128 · Σ integers: cancels the 128 that packed weights carry.
    pub(super) correction: i32,
}

/// Rows that one pass over a tile serves; more would spill the accumulators.
pub(super) const ROWS_PER_PASS: usize = 8;

/// Activation rows in 8 bits, in passes of up to [`ROWS_PER_PASS`] rows.
///
/// Inside a pass the blocks stand as `[block][row]`, so that a kernel walks one slice for all its rows.
#[derive(Default)]
pub(crate) struct QuantizedRows {
    rows: usize,
    columns: usize,
    blocks: Vec<ActivationBlock>,
}

impl QuantizedRows {
    /// Quantises `values`, rows of `columns` floats (a multiple of [`BLOCK`]), reusing the buffer.
    pub(crate) fn fill(&mut self, values: &[f32], columns: usize) {
        self.columns = columns;
        self.rows = values.len() / columns;
        self.blocks.resize(values.len() / BLOCK, ActivationBlock::default());
        let pass = ROWS_PER_PASS * columns;
        if self.rows <= ROWS_PER_PASS {
            quantize(values, columns, &mut self.blocks);
        } else {
            let passes = values.par_chunks(pass).zip(self.blocks.par_chunks_mut(pass / BLOCK));
            passes.for_each(|(values, blocks)| quantize(values, columns, blocks));
        }
    }

    /// The blocks of one pass, `[block][row]`.
    pub(super) fn pass(&self, pass: usize) -> &[ActivationBlock] {
        let length = ROWS_PER_PASS * (self.columns / BLOCK);
        let start = (pass * length).min(self.blocks.len());
        &self.blocks[start..(start + length).min(self.blocks.len())]
    }

    /// The blocks of one row.
    fn row(&self, row: usize) -> impl Iterator<Item = &ActivationBlock> {
        let pass = row / ROWS_PER_PASS;
        let rows = (self.rows - pass * ROWS_PER_PASS).min(ROWS_PER_PASS);
        self.pass(pass).iter().skip(row % ROWS_PER_PASS).step_by(rows)
    }
}

per_isa! {
    /// One pass: rows of `columns` values to `[block][row]`.
    fn quantize(values: &[f32], columns: usize, blocks: &mut [ActivationBlock]) {
        let rows = values.len() / columns;
        for (row, values) in values.chunks_exact(columns).enumerate() {
            let blocks = blocks.chunks_exact_mut(rows);
            for (values, blocks) in values.as_chunks::<BLOCK>().0.iter().zip(blocks) {
                blocks[row] = quantize_block(values);
            }
        }
    }
}

#[inline(always)]
fn quantize_block(values: &[f32; BLOCK]) -> ActivationBlock {
    // Adding 1.5 · 2²³ leaves the nearest integer (ties to even) in the low bits of the float.
    const ROUND: f32 = 12_582_912.0;
    let mut peaks = [0f32; 16];
    for half in values.as_chunks::<16>().0 {
        for i in 0..16 {
            peaks[i] = peaks[i].max(half[i].abs());
        }
    }
    let peak = peaks.iter().fold(0f32, |a, b| a.max(*b));
    let inverse = if peak > 0.0 { 127.0 / peak } else { 0.0 };
    let mut integers = [0i32; BLOCK];
    let mut sum = 0;
    for i in 0..BLOCK {
        let shifted = values[i].mul_add(inverse, ROUND).to_bits();
        integers[i] = (shifted & 0x00ff_ffff).cast_signed() - 0x0040_0000;
        sum += integers[i];
    }
    let mut quads = [0; LANES];
    for (quad, integers) in quads.iter_mut().zip(integers.as_chunks::<4>().0) {
        let [a, b, c, d] = integers;
        *quad = (a & 255) | (b & 255) << 8 | (c & 255) << 16 | d << 24;
    }
    ActivationBlock { quads, scale: peak / 127.0, correction: -128 * sum }
}

/// Shares a thread that a product of several rows is cut into: where other work holds up one thread, the
/// others take over its shares.
const SHARES_PER_THREAD: usize = 4;

/// `out[m][n] = Σ_k x[m][k] · w[n][k]`; `out` has `x.rows()` rows of `w.rows()` values.
///
/// Columns of the result are divided among the threads of the current pool.
pub(crate) fn matmul(x: &QuantizedRows, w: &PackedMatrix, out: &mut [f32]) {
    debug_assert_eq!(x.columns, w.columns());
    debug_assert_eq!(out.len(), x.rows * w.rows());
    let threads = rayon::current_num_threads();
    let shares = if x.rows == 1 { threads } else { threads * SHARES_PER_THREAD };
    let tiles_each = w.tiles().div_ceil(shares).max(4);
    if threads == 1 || tiles_each >= w.tiles() {
        let mut rows: Vec<&mut [f32]> = out.chunks_mut(w.rows()).collect();
        multiply_tiles(x, w, 0, &mut rows);
        return;
    }
    let mut shares: Vec<Vec<&mut [f32]>> = Vec::new();
    shares.resize_with(w.tiles().div_ceil(tiles_each), || Vec::with_capacity(x.rows));
    for row in out.chunks_mut(w.rows()) {
        for (share, columns) in shares.iter_mut().zip(row.chunks_mut(tiles_each * TILE_ROWS)) {
            share.push(columns);
        }
    }
    shares.par_iter_mut().enumerate().for_each(|(index, rows)| {
        multiply_tiles(x, w, index * tiles_each, rows);
    });
}

/// The columns from tile `first` on, as many as the slices of `out` hold.
fn multiply_tiles(x: &QuantizedRows, w: &PackedMatrix, first: usize, out: &mut [&mut [f32]]) {
    match Isa::best() {
        #[cfg(target_arch = "x86_64")]
        #[expect(unsafe_code, reason = "the processor was asked for these instructions")]
        // SAFETY: `Isa::best` names a set only after detecting each of its features.
        Isa::Avx512Vnni => unsafe { super::x86::multiply_tiles_vnni(x, w, first, out) },
        #[cfg(target_arch = "x86_64")]
        #[expect(unsafe_code, reason = "the processor was asked for these instructions")]
        // SAFETY: as above.
        Isa::Avx2 => unsafe { super::x86::multiply_tiles_avx2(x, w, first, out) },
        Isa::Portable => multiply_tiles_portable(x, w, first, out),
    }
}

/// Copies the results of one tile for one row; the last tile may be narrower than 16.
#[inline]
pub(super) fn store(out: &mut [f32], tile: usize, values: &[f32; TILE_ROWS]) {
    let start = tile * TILE_ROWS;
    let end = out.len().min(start + TILE_ROWS);
    out[start..end].copy_from_slice(&values[..end - start]);
}

pub(super) fn multiply_tiles_portable(
    x: &QuantizedRows,
    w: &PackedMatrix,
    first: usize,
    out: &mut [&mut [f32]],
) {
    let tiles = out.first().map_or(0, |row| row.len().div_ceil(TILE_ROWS));
    for tile in 0..tiles {
        let (lanes, scales) = w.tile(first + tile);
        for (row, out) in out.iter_mut().enumerate() {
            let mut total = [0f32; TILE_ROWS];
            for ((lanes, scales), x) in lanes.chunks(LANES).zip(scales).zip(x.row(row)) {
                let sums = block_sums(lanes, x);
                for at in 0..TILE_ROWS {
                    #[expect(
                        clippy::cast_precision_loss,
                        reason = "sums of one block stay below 2^24"
                    )]
                    let sum = sums[at] as f32;
                    total[at] = sum.mul_add(scales[at].to_f32() * x.scale, total[at]);
                }
            }
            store(out, tile, &total);
        }
    }
}

fn block_sums(lanes: &[Lane], x: &ActivationBlock) -> [i32; TILE_ROWS] {
    let mut sums = [x.correction; TILE_ROWS];
    for (lane, quad) in lanes.iter().zip(x.quads) {
        let inputs = quad.to_le_bytes().map(|byte| i32::from(byte.cast_signed()));
        for (sum, weights) in sums.iter_mut().zip(lane.0.chunks_exact(4)) {
            for (weight, input) in weights.iter().zip(inputs) {
                *sum += i32::from(*weight) * input;
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    #![allow(clippy::cast_possible_truncation, reason = "made-up numbers are small")]

    use super::super::BlockFormat;
    use super::*;

    /// A small linear congruential generator: the tests need variety, not randomness.
    fn noise(len: usize, seed: u32) -> Vec<f32> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f32::from(u16::try_from(state >> 16).unwrap_or(0)) / 32_768.0 - 1.0
        };
        (0..len).map(|_| next()).collect()
    }

    fn matrix(rows: usize, columns: usize) -> PackedMatrix {
        let values = noise(rows * columns, 7);
        let blocks: Vec<u8> = values
            .chunks(BLOCK)
            .flat_map(|block| {
                let scale = half::f16::from_f32(block[0].abs() / 50.0 + 0.001);
                let integers = block.iter().map(|v| ((v * 127.0) as i8).cast_unsigned());
                scale.to_le_bytes().into_iter().chain(integers).collect::<Vec<u8>>()
            })
            .collect();
        PackedMatrix::from_blocks(BlockFormat::Q8_0, rows, columns, &blocks)
            .unwrap_or_else(|_| unreachable!())
    }

    fn product(x: &[f32], w: &PackedMatrix) -> Vec<f32> {
        let mut rows = QuantizedRows::default();
        rows.fill(x, w.columns());
        let mut out = vec![0.0; x.len() / w.columns() * w.rows()];
        matmul(&rows, w, &mut out);
        out
    }

    #[test]
    fn every_kernel_gives_the_bits_of_the_portable_one() {
        let w = matrix(83, 96);
        let x = noise(11 * 96, 3);
        let mut rows = QuantizedRows::default();
        rows.fill(&x, 96);
        let mut expected = vec![0.0; 11 * 83];
        let mut slices: Vec<&mut [f32]> = expected.chunks_mut(83).collect();
        multiply_tiles_portable(&rows, &w, 0, &mut slices);
        assert_eq!(product(&x, &w), expected);
    }

    #[test]
    fn a_row_of_a_batch_equals_the_row_alone() {
        let w = matrix(160, 64);
        let x = noise(13 * 64, 5);
        let batch = product(&x, &w);
        for (row, expected) in x.chunks(64).zip(batch.chunks(160)) {
            assert_eq!(product(row, &w), expected);
        }
    }

    #[test]
    fn the_product_is_close_to_the_float_product() {
        let w = matrix(40, 128);
        let x = noise(2 * 128, 9);
        let got = product(&x, &w);
        let mut weights = vec![0.0; 128];
        for column in 0..40 {
            w.dequantize_row(column, &mut weights);
            for row in 0..2 {
                let exact: f32 = weights.iter().zip(&x[row * 128..]).map(|(a, b)| a * b).sum();
                // 8-bit rounding of 128 inputs: half a step each, steps of about 1/127.
                assert!((got[row * 40 + column] - exact).abs() < 0.5, "{exact}");
            }
        }
    }
}
