//! Weight matrices of symmetric 32-value blocks, laid out for the integer kernels.
//!
//! Owns: the unpacking of GGUF's `Q8_0`, `Q5_0` and `Q4_0` blocks (all are `scale × small integer`, so one
//! layout serves them without loss) and the tile layout.
//! In: the bytes of a GGUF tensor. Out: a [`PackedMatrix`].
//! Never: arithmetic.
//!
//! Layout: 16 output rows make a tile; inside a tile, for each block of 32 inputs, the 16 scales stand
//! together, and the integers stand in 8 lanes of 64 bytes, a lane holding 4 neighbouring inputs of each
//! of the 16 rows. One 512-bit instruction then multiplies a lane with 4 inputs of one activation row.

use half::f16;
use rayon::prelude::*;

/// Values that share one scale.
pub(crate) const BLOCK: usize = 32;
/// Output rows of a tile.
pub(super) const TILE_ROWS: usize = 16;
/// Lanes of one block of a tile.
pub(super) const LANES: usize = BLOCK / 4;

/// 4 neighbouring inputs of each of 16 rows, stored with 128 added.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(super) struct Lane(pub(super) [u8; 64]);

/// GGUF block formats that unpack to `scale × integer` without loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlockFormat {
    /// 8-bit integers.
    Q8_0,
    /// 5-bit integers, −16 to 15.
    Q5_0,
    /// 4-bit integers, −8 to 7.
    Q4_0,
}

impl BlockFormat {
    /// Bytes of one block in the file.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::Q8_0 => 2 + 32,
            Self::Q5_0 => 2 + 4 + 16,
            Self::Q4_0 => 2 + 16,
        }
    }

    /// The integers of one block; `block` begins behind the scale.
    fn integers(self, block: &[u8]) -> [i8; BLOCK] {
        let mut out = [0i8; BLOCK];
        match self {
            // No quantiser writes −128; without it the negation in the AVX2 kernel cannot overflow.
            Self::Q8_0 => {
                for (value, byte) in out.iter_mut().zip(block) {
                    *value = byte.cast_signed().max(-127);
                }
            }
            Self::Q5_0 => {
                let (high, low) = block.split_at(4);
                let high = high.iter().rev().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte));
                for (i, byte) in low.iter().enumerate() {
                    let bit = |at: usize| u8::try_from((high >> at) & 1).unwrap_or(0) << 4;
                    out[i] = ((byte & 15) | bit(i)).cast_signed() - 16;
                    out[i + 16] = ((byte >> 4) | bit(i + 16)).cast_signed() - 16;
                }
            }
            Self::Q4_0 => {
                for (i, byte) in block.iter().enumerate() {
                    out[i] = (byte & 15).cast_signed() - 8;
                    out[i + 16] = (byte >> 4).cast_signed() - 8;
                }
            }
        }
        out
    }
}

/// Why bytes make no matrix.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PackError {
    #[error("{found} bytes are no {rows} × {columns} values in blocks of {BLOCK}")]
    Size { found: usize, rows: usize, columns: usize },
    #[error("the scale of a block is no number")]
    Scale,
}

/// A matrix `[rows, columns]` of quantised weights; `columns` is a multiple of [`BLOCK`].
pub(crate) struct PackedMatrix {
    rows: usize,
    columns: usize,
    /// `[tile][block][lane]`
    lanes: Vec<Lane>,
    /// `[tile][block]`
    scales: Vec<[f16; TILE_ROWS]>,
}

impl PackedMatrix {
    /// Unpacks the bytes of a row-major GGUF tensor.
    ///
    /// # Errors
    /// [`PackError`] if their number is not what the shape asks for, or a scale is no number.
    pub(crate) fn from_blocks(
        format: BlockFormat,
        rows: usize,
        columns: usize,
        bytes: &[u8],
    ) -> Result<Self, PackError> {
        let blocks = columns / BLOCK;
        let row_bytes = blocks * format.bytes();
        let expected = rows.saturating_mul(row_bytes);
        if !columns.is_multiple_of(BLOCK) || blocks == 0 || bytes.len() != expected {
            return Err(PackError::Size { found: bytes.len(), rows, columns });
        }
        let tiles = rows.div_ceil(TILE_ROWS);
        let mut lanes = vec![Lane([128; 64]); tiles * blocks * LANES];
        let mut scales = vec![[f16::ZERO; TILE_ROWS]; tiles * blocks];
        lanes
            .par_chunks_mut(blocks * LANES)
            .zip(scales.par_chunks_mut(blocks))
            .zip(bytes.par_chunks(TILE_ROWS * row_bytes))
            .try_for_each(|((lanes, scales), bytes)| {
                for (row, bytes) in bytes.chunks(row_bytes).enumerate() {
                    for (index, block) in bytes.chunks(format.bytes()).enumerate() {
                        let scale = f16::from_le_bytes([block[0], block[1]]);
                        if !scale.is_finite() {
                            return Err(PackError::Scale);
                        }
                        scales[index][row] = scale;
                        let integers = format.integers(&block[2..]);
                        let lanes = &mut lanes[index * LANES..(index + 1) * LANES];
                        for (lane, quad) in lanes.iter_mut().zip(integers.chunks(4)) {
                            for (at, value) in quad.iter().enumerate() {
                                lane.0[row * 4 + at] = value.cast_unsigned() ^ 0x80;
                            }
                        }
                    }
                }
                Ok(())
            })?;
        Ok(Self { rows, columns, lanes, scales })
    }

    /// Puts `below` under this matrix; gives both back if the widths differ or the last tile here is not full.
    pub(crate) fn stack(mut self, below: Self) -> Result<Self, Box<[Self; 2]>> {
        if below.columns != self.columns || !self.rows.is_multiple_of(TILE_ROWS) {
            return Err(Box::new([self, below]));
        }
        self.rows += below.rows;
        self.lanes.extend(below.lanes);
        self.scales.extend(below.scales);
        Ok(self)
    }

    /// Output values a row of activations gives.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Input values.
    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    pub(super) fn tiles(&self) -> usize {
        self.rows.div_ceil(TILE_ROWS)
    }

    /// Lanes and scales of one tile, block after block.
    pub(super) fn tile(&self, tile: usize) -> (&[Lane], &[[f16; TILE_ROWS]]) {
        let blocks = self.columns / BLOCK;
        (
            &self.lanes[tile * blocks * LANES..(tile + 1) * blocks * LANES],
            &self.scales[tile * blocks..(tile + 1) * blocks],
        )
    }

    /// Writes one row as floats: an embedding lookup. `out` has `columns` values.
    pub(crate) fn dequantize_row(&self, row: usize, out: &mut [f32]) {
        let (lanes, scales) = self.tile(row / TILE_ROWS);
        let at = row % TILE_ROWS;
        let blocks = out.chunks_mut(BLOCK).zip(lanes.chunks(LANES)).zip(scales);
        for ((out, lanes), scales) in blocks {
            let scale = scales[at].to_f32();
            for (out, lane) in out.chunks_mut(4).zip(lanes) {
                for (value, byte) in out.iter_mut().zip(&lane.0[at * 4..at * 4 + 4]) {
                    *value = f32::from((byte ^ 0x80).cast_signed()) * scale;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(scale: f32, rest: &[u8]) -> Vec<u8> {
        [f16::from_f32(scale).to_le_bytes().as_slice(), rest].concat()
    }

    #[test]
    fn four_and_five_bit_blocks_unpack_as_ggml_defines_them() {
        let nibbles: Vec<u8> = (0..16).map(|i| i | (15 - i) << 4).collect();
        let four = PackedMatrix::from_blocks(BlockFormat::Q4_0, 1, 32, &block(0.5, &nibbles));
        let mut row = [0.0; 32];
        four.unwrap_or_else(|_| unreachable!()).dequantize_row(0, &mut row);
        assert_eq!((row[0], row[15], row[16], row[31]), (-4.0, 3.5, 3.5, -4.0));

        let with_high_bit_of_value_17 = [&[0, 0, 2, 0], nibbles.as_slice()].concat();
        let five = block(1.0, &with_high_bit_of_value_17);
        let five = PackedMatrix::from_blocks(BlockFormat::Q5_0, 1, 32, &five);
        five.unwrap_or_else(|_| unreachable!()).dequantize_row(0, &mut row);
        assert_eq!((row[0], row[16], row[17]), (-16.0, -1.0, 14.0));
    }

    #[test]
    fn a_tensor_of_the_wrong_size_is_refused() {
        assert!(PackedMatrix::from_blocks(BlockFormat::Q8_0, 2, 32, &[0; 34]).is_err());
        assert!(PackedMatrix::from_blocks(BlockFormat::Q8_0, 1, 33, &[0; 34]).is_err());
    }

    #[test]
    fn a_scale_that_is_no_number_is_refused() {
        for scale in [f32::NAN, f32::INFINITY] {
            let bytes = block(scale, &[1; 32]);
            let packed = PackedMatrix::from_blocks(BlockFormat::Q8_0, 1, 32, &bytes);
            assert!(matches!(packed, Err(PackError::Scale)));
        }
    }
}
