//! Integer kernels for x86-64.
//!
//! Owns: one tile (16 outputs) × up to 8 activation rows with AVX-512 VNNI or AVX2.
//! The functions may only be called where [`Isa::best`](super::Isa::best) names their set.

use std::arch::x86_64::{
    __m128i, __m256, __m256i, __m512, __m512i, _mm256_abs_epi8, _mm256_add_epi32,
    _mm256_cvtepi32_ps, _mm256_cvtph_ps, _mm256_fmadd_ps, _mm256_madd_epi16, _mm256_maddubs_epi16,
    _mm256_mul_ps, _mm256_set1_epi8, _mm256_set1_epi16, _mm256_set1_epi32, _mm256_set1_ps,
    _mm256_setzero_ps, _mm256_setzero_si256, _mm256_sign_epi8, _mm256_xor_si256, _mm512_add_epi32,
    _mm512_cvtepi32_ps, _mm512_cvtph_ps, _mm512_dpbusd_epi32, _mm512_fmadd_ps, _mm512_mul_ps,
    _mm512_set1_epi32, _mm512_set1_ps, _mm512_setzero_ps, _mm512_setzero_si512,
};

use bytemuck::must_cast;
use half::f16;

use super::gemm::{ActivationBlock, QuantizedRows, ROWS_PER_PASS, store};
use super::packed::{LANES, Lane, PackedMatrix, TILE_ROWS};

/// Goes through the tiles, and for each through the passes over the rows, calling `$kernel::<M>` for a
/// pass of `M` rows.
macro_rules! passes {
    ($kernel:ident, $x:ident, $w:ident, $first:ident, $out:ident, [$($m:literal)*]) => {{
        let tiles = $out.first().map_or(0, |row| row.len().div_ceil(TILE_ROWS));
        for tile in 0..tiles {
            let (lanes, scales) = $w.tile($first + tile);
            for (pass, out) in $out.chunks_mut(ROWS_PER_PASS).enumerate() {
                match out.len() {
                    $($m => {
                        let inputs = $x.pass(pass).as_chunks::<$m>().0;
                        let values = $kernel::<$m>(lanes, scales, inputs);
                        for (row, values) in out.iter_mut().zip(&values) {
                            store(row, tile, values);
                        }
                    })*
                    _ => {}
                }
            }
        }
    }};
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni,avx2,fma,f16c")]
pub(super) fn multiply_tiles_vnni(
    x: &QuantizedRows,
    w: &PackedMatrix,
    first: usize,
    out: &mut [&mut [f32]],
) {
    passes!(tile_vnni, x, w, first, out, [1 2 3 4 5 6 7 8]);
}

#[target_feature(enable = "avx2,fma,f16c")]
pub(super) fn multiply_tiles_avx2(
    x: &QuantizedRows,
    w: &PackedMatrix,
    first: usize,
    out: &mut [&mut [f32]],
) {
    passes!(tile_avx2, x, w, first, out, [1 2 3 4 5 6 7 8]);
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni,avx2,fma,f16c")]
fn tile_vnni<const M: usize>(
    lanes: &[Lane],
    scales: &[[f16; TILE_ROWS]],
    inputs: &[[ActivationBlock; M]],
) -> [[f32; TILE_ROWS]; M] {
    let mut totals: [__m512; M] = [_mm512_setzero_ps(); M];
    let blocks = lanes.as_chunks::<LANES>().0.iter().zip(scales).zip(inputs);
    for ((lanes, scales), inputs) in blocks {
        let weights: [__m512i; LANES] = lanes.map(|lane| must_cast(lane.0));
        let scales: [u16; TILE_ROWS] = scales.map(f16::to_bits);
        let scales = _mm512_cvtph_ps(must_cast::<[u16; 16], __m256i>(scales));
        for (total, input) in totals.iter_mut().zip(inputs) {
            let mut sum = _mm512_set1_epi32(input.correction);
            if M < 4 {
                // Two chains, so that few rows do not wait for each product before the next.
                let mut odd = _mm512_setzero_si512();
                for pair in 0..LANES / 2 {
                    let at = 2 * pair;
                    sum = _mm512_dpbusd_epi32(sum, weights[at], _mm512_set1_epi32(input.quads[at]));
                    let next = _mm512_set1_epi32(input.quads[at + 1]);
                    odd = _mm512_dpbusd_epi32(odd, weights[at + 1], next);
                }
                sum = _mm512_add_epi32(sum, odd);
            } else {
                for (weights, quad) in weights.iter().zip(input.quads) {
                    sum = _mm512_dpbusd_epi32(sum, *weights, _mm512_set1_epi32(quad));
                }
            }
            let sum = _mm512_cvtepi32_ps(sum);
            let scale = _mm512_mul_ps(scales, _mm512_set1_ps(input.scale));
            *total = _mm512_fmadd_ps(sum, scale, *total);
        }
    }
    totals.map(must_cast)
}

#[inline]
#[target_feature(enable = "avx2,fma,f16c")]
fn tile_avx2<const M: usize>(
    lanes: &[Lane],
    scales: &[[f16; TILE_ROWS]],
    inputs: &[[ActivationBlock; M]],
) -> [[f32; TILE_ROWS]; M] {
    let ones = _mm256_set1_epi16(1);
    let offset = _mm256_set1_epi8(i8::MIN);
    let mut totals: [[__m256; 2]; M] = [[_mm256_setzero_ps(); 2]; M];
    let blocks = lanes.as_chunks::<LANES>().0.iter().zip(scales).zip(inputs);
    for ((lanes, scales), inputs) in blocks {
        let scales: [[u16; 8]; 2] = must_cast(scales.map(f16::to_bits));
        let scales = scales.map(|half| _mm256_cvtph_ps(must_cast::<[u16; 8], __m128i>(half)));
        for (total, input) in totals.iter_mut().zip(inputs) {
            let mut sums = [_mm256_setzero_si256(); 2];
            for (lane, quad) in lanes.iter().zip(input.quads) {
                let activation = _mm256_set1_epi32(quad);
                let magnitude = _mm256_abs_epi8(activation);
                let halves: [__m256i; 2] = must_cast(lane.0);
                for (sum, half) in sums.iter_mut().zip(halves) {
                    // |x| is unsigned and w takes the sign of x; 2 · 127 · 127 fits 16 bits.
                    let signed = _mm256_sign_epi8(_mm256_xor_si256(half, offset), activation);
                    let pairs = _mm256_maddubs_epi16(magnitude, signed);
                    *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(pairs, ones));
                }
            }
            for ((total, sum), scale) in total.iter_mut().zip(sums).zip(scales) {
                let scale = _mm256_mul_ps(scale, _mm256_set1_ps(input.scale));
                *total = _mm256_fmadd_ps(_mm256_cvtepi32_ps(sum), scale, *total);
            }
        }
    }
    totals.map(must_cast)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::cast_precision_loss, reason = "made-up numbers are small")]

    use super::super::gemm::multiply_tiles_portable;
    use super::super::{BlockFormat, Isa};
    use super::*;

    /// The set above runs on most machines that run the tests; AVX2 would otherwise never be tried on them.
    #[test]
    fn the_avx2_kernel_gives_the_bits_of_the_portable_one() {
        if Isa::best() == Isa::Portable {
            return;
        }
        let bytes: Vec<u8> = (0..40 * 2 * 34u32)
            .map(|i| if i % 34 == 1 { 0x2c } else { (i * 37 % 251) as u8 })
            .collect();
        let w = PackedMatrix::from_blocks(BlockFormat::Q8_0, 40, 64, &bytes)
            .unwrap_or_else(|_| unreachable!());
        let x: Vec<f32> = (0..9 * 64).map(|i| ((i * 73 % 97) as f32 - 48.0) / 31.0).collect();
        let mut rows = QuantizedRows::default();
        rows.fill(&x, 64);
        let (mut ours, mut expected) = (vec![0.0; 9 * 40], vec![0.0; 9 * 40]);
        let mut slices: Vec<&mut [f32]> = ours.chunks_mut(40).collect();
        #[expect(unsafe_code, reason = "the processor was asked for these instructions")]
        // SAFETY: every set but the portable one includes AVX2, FMA and F16C.
        unsafe {
            multiply_tiles_avx2(&rows, &w, 0, &mut slices);
        }
        let mut slices: Vec<&mut [f32]> = expected.chunks_mut(40).collect();
        multiply_tiles_portable(&rows, &w, 0, &mut slices);
        assert_eq!(ours, expected);
    }
}
