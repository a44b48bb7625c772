//! A linear layer over quantised weights.
//!
//! Owns: the choice between our integer kernels (symmetric 32-value blocks), our float kernel (float
//! formats; candle's gives other bits to a row of a batch than to the row alone) and candle's kernels
//! (other block formats).

use std::sync::Arc;

use candle_core::quantized::{GgmlDType, QMatMul, QTensor};
use candle_core::{Device, Module, Tensor};

use crate::infer::error::InferError;
use crate::infer::kernels::{PackedMatrix, PanelMatrix, QuantizedRows, matmul, panel_matmul};

/// `y = W x` with `W` of shape `[rows, columns]`, possibly several matrices under one another.
pub(crate) struct Linear {
    parts: Vec<Part>,
    rows: usize,
    columns: usize,
    corrections: Vec<Correction>,
}

/// `scale · B A x`, added to some of the output rows.
struct Correction {
    first: usize,
    scale: f32,
    down: Linear, // A, [rank, columns]
    up: Linear,   // B, [rows, rank]
}

enum Part {
    Packed(PackedMatrix),
    Floats(PanelMatrix),
    Foreign { weights: Arc<QTensor>, rows: usize, single_row_differs: bool },
}

impl Part {
    fn rows(&self) -> usize {
        match self {
            Self::Packed(matrix) => matrix.rows(),
            Self::Floats(matrix) => matrix.rows(),
            Self::Foreign { rows, .. } => *rows,
        }
    }
}

impl Linear {
    fn of(parts: Vec<Part>, rows: usize, columns: usize) -> Self {
        Self { parts, rows, columns, corrections: Vec::new() }
    }

    /// The layer with `scale · up down x` added; `down` is `[rank, columns]`, `up` `[rows, rank]`.
    pub(crate) fn corrected(mut self, down: Self, up: Self, scale: f32) -> Self {
        self.corrections.push(Correction { first: 0, scale, down, up });
        self
    }

    pub(crate) fn from_packed(matrix: PackedMatrix) -> Self {
        let (rows, columns) = (matrix.rows(), matrix.columns());
        Self::of(vec![Part::Packed(matrix)], rows, columns)
    }

    /// A matrix of floats, row by row; `columns` is not 0.
    pub(crate) fn from_floats(weights: &[f32], columns: usize) -> Self {
        let rows = weights.len() / columns;
        Self::of(vec![Part::Floats(PanelMatrix::new(weights, columns))], rows, columns)
    }

    /// A matrix in any other format.
    pub(crate) fn from_quantised(tensor: QTensor) -> Result<Self, InferError> {
        let (rows, columns) = tensor.shape().dims2()?;
        let part = match tensor.dtype() {
            GgmlDType::F32 | GgmlDType::F16 | GgmlDType::BF16 => {
                let weights = tensor.dequantize(&Device::Cpu)?.flatten_all()?.to_vec1::<f32>()?;
                Part::Floats(PanelMatrix::new(&weights, columns))
            }
            format => {
                // candle 0.11.1 multiplies one row of Q6K with another kernel than several
                // (`repack_x86::select`).
                let single_row_differs = format == GgmlDType::Q6K;
                Part::Foreign { weights: Arc::new(tensor), rows, single_row_differs }
            }
        };
        Ok(Self::of(vec![part], rows, columns))
    }

    /// Puts layers with the same input under one another, so that they are computed in one go.
    pub(crate) fn stack(mut layers: Vec<Self>) -> Self {
        let columns = layers.first().map_or(0, |layer| layer.columns);
        let (mut rows, mut corrections) = (0, Vec::new());
        for layer in &mut layers {
            layer.corrections.iter_mut().for_each(|correction| correction.first += rows);
            corrections.append(&mut layer.corrections);
            rows += layer.rows;
        }
        let mut parts: Vec<Part> = Vec::new();
        for part in layers.into_iter().flat_map(|layer| layer.parts) {
            match (parts.pop(), part) {
                (Some(Part::Packed(above)), Part::Packed(below)) => {
                    parts.extend(join(above, below).into_iter().map(Part::Packed));
                }
                (Some(Part::Floats(above)), Part::Floats(below)) => match above.stack(below) {
                    Ok(whole) => parts.push(Part::Floats(whole)),
                    Err(both) => parts.extend(Vec::from(*both).into_iter().map(Part::Floats)),
                },
                (above, part) => {
                    parts.extend(above);
                    parts.push(part);
                }
            }
        }
        Self { parts, rows, columns, corrections }
    }

    /// Values of one output row.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Values of one input row.
    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    /// One row of the weights as floats (an embedding lookup); `out` has `columns` values.
    pub(crate) fn row(&self, row: usize, out: &mut [f32]) -> Result<(), InferError> {
        match self.parts.as_slice() {
            [Part::Packed(matrix)] => matrix.dequantize_row(row, out),
            [Part::Floats(matrix)] => matrix.copy_row(row, out),
            [Part::Foreign { weights, .. }] => {
                let id = u32::try_from(row).unwrap_or(u32::MAX);
                let values = weights.embedding(&Tensor::new(&[id], &Device::Cpu)?)?;
                out.copy_from_slice(&values.flatten_all()?.to_vec1::<f32>()?);
            }
            _ => out.fill(0.0),
        }
        Ok(())
    }

    /// Applies the layer to rows of `columns` floats: `x` is `[T, columns]`, `out` becomes `[T, rows]`.
    pub(crate) fn apply(
        &self,
        x: &[f32],
        quantised: &mut QuantizedRows,
        out: &mut Vec<f32>,
    ) -> Result<(), InferError> {
        self.multiply(x, quantised, out)?;
        let (mut thin, mut added) = (Vec::new(), Vec::new());
        for Correction { first, scale, down, up } in &self.corrections {
            down.multiply(x, quantised, &mut thin)?;
            up.multiply(&thin, quantised, &mut added)?;
            for (row, added) in out.chunks_exact_mut(self.rows).zip(added.chunks_exact(up.rows)) {
                let row = row[*first..].iter_mut().zip(added);
                row.for_each(|(value, added)| *value += scale * added);
            }
        }
        Ok(())
    }

    fn multiply(
        &self,
        x: &[f32],
        quantised: &mut QuantizedRows,
        out: &mut Vec<f32>,
    ) -> Result<(), InferError> {
        let tokens = x.len() / self.columns;
        // Every value is written below; what stood here before need not be cleared.
        out.resize(tokens * self.rows, 0.0);
        if self.parts.iter().any(|part| matches!(part, Part::Packed(_))) {
            quantised.fill(x, self.columns);
        }
        match self.parts.as_slice() {
            [Part::Packed(matrix)] => {
                matmul(quantised, matrix, out);
                return Ok(());
            }
            [Part::Floats(matrix)] => {
                panel_matmul(x, matrix, out);
                return Ok(());
            }
            _ => {}
        }
        let mut first = 0;
        for part in &self.parts {
            let width = part.rows();
            let values = match part {
                Part::Packed(matrix) => {
                    let mut values = vec![0.0; tokens * width];
                    matmul(quantised, matrix, &mut values);
                    values
                }
                Part::Floats(matrix) => {
                    let mut values = vec![0.0; tokens * width];
                    panel_matmul(x, matrix, &mut values);
                    values
                }
                Part::Foreign { weights, single_row_differs, .. } => {
                    foreign(weights, x, self.columns, *single_row_differs)?
                }
            };
            for (row, values) in out.chunks_exact_mut(self.rows).zip(values.chunks_exact(width)) {
                row[first..first + width].copy_from_slice(values);
            }
            first += width;
        }
        Ok(())
    }
}

/// Joins two matrices where the tiles of the upper one are full, else keeps both.
fn join(above: PackedMatrix, below: PackedMatrix) -> Vec<PackedMatrix> {
    match above.stack(below) {
        Ok(whole) => vec![whole],
        Err(both) => Vec::from(*both),
    }
}

fn foreign(
    weights: &Arc<QTensor>,
    x: &[f32],
    columns: usize,
    single_row_differs: bool,
) -> Result<Vec<f32>, InferError> {
    let tokens = x.len() / columns;
    let copies = if single_row_differs && tokens == 1 { 2 } else { 1 };
    let input = Tensor::from_vec(x.repeat(copies), (tokens * copies, columns), &Device::Cpu)?;
    let product = QMatMul::QTensor(Arc::clone(weights)).forward(&input)?;
    let mut values = product.flatten_all()?.to_vec1::<f32>()?;
    values.truncate(values.len() / copies);
    Ok(values)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;

    const COLUMNS: usize = 512;

    /// Values between −1 and 1, by a linear congruential generator.
    fn noise(len: usize, mut state: u32) -> Vec<f32> {
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f32::from(u16::try_from(state >> 16).unwrap()) / 32_768.0 - 1.0
        };
        (0..len).map(|_| next()).collect()
    }

    fn apply(layer: &Linear, x: &[f32]) -> Vec<u32> {
        let mut out = Vec::new();
        layer.apply(x, &mut QuantizedRows::default(), &mut out).unwrap();
        out.iter().map(|value| value.to_bits()).collect()
    }

    #[test]
    fn in_every_format_a_row_of_a_batch_equals_the_row_alone() {
        let formats = [
            GgmlDType::F32,
            GgmlDType::F16,
            GgmlDType::BF16,
            GgmlDType::Q4_1,
            GgmlDType::Q5_1,
            GgmlDType::Q2K,
            GgmlDType::Q3K,
            GgmlDType::Q4K,
            GgmlDType::Q5K,
            GgmlDType::Q6K,
        ];
        for rows in [48, 37] {
            let weights = Tensor::from_vec(noise(rows * COLUMNS, 3), (rows, COLUMNS), &Device::Cpu);
            let weights = weights.unwrap();
            for format in formats {
                let layer = QTensor::quantize(&weights, format).unwrap();
                let layer = Linear::from_quantised(layer).unwrap();
                for tokens in [2, 3, 4, 5, 8, 9, 17, 33] {
                    let x = noise(tokens * COLUMNS, 5);
                    let batch = apply(&layer, &x);
                    for (row, expected) in x.chunks(COLUMNS).zip(batch.chunks(rows)) {
                        assert_eq!(apply(&layer, row), expected, "{format:?}, {tokens} rows");
                    }
                }
            }
        }
    }

    #[test]
    fn a_stack_of_different_formats_gives_what_its_layers_give() {
        let layer = |rows: usize, format: GgmlDType| {
            let weights = Tensor::from_vec(noise(rows * COLUMNS, 7), (rows, COLUMNS), &Device::Cpu);
            Linear::from_quantised(QTensor::quantize(&weights.unwrap(), format).unwrap()).unwrap()
        };
        let kinds = [(8, GgmlDType::Q4K), (5, GgmlDType::F32), (24, GgmlDType::Q6K)];
        let x = noise(2 * COLUMNS, 9);
        let alone: Vec<Vec<u32>> =
            kinds.iter().map(|(rows, kind)| apply(&layer(*rows, *kind), &x)).collect();
        let stacked = Linear::stack(kinds.iter().map(|(rows, kind)| layer(*rows, *kind)).collect());
        let together = apply(&stacked, &x);
        for (token, row) in together.chunks(stacked.rows()).enumerate() {
            let mut at = 0;
            for ((rows, _), alone) in kinds.iter().zip(&alone) {
                assert_eq!(row[at..at + rows], alone[token * rows..(token + 1) * rows]);
                at += rows;
            }
        }
    }
}
