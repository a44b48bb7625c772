//! Row-wise float functions of the networks.
//!
//! Owns: normalisation, rotary embedding, activations, attention of one query, log-sum-exp.
//! In and out: slices; lengths are the caller's duty (`debug_assert`ed).
//! Sums run in 16 interleaved lanes that are folded in a fixed order, so the width of the machine's
//! vectors does not change a bit of the result.

use super::per_isa;

const LANES: usize = 16;
/// 2 √(2/π)
const GELU_SCALE: f32 = 1.595_769;

#[expect(
    clippy::inline_always,
    reason = "inlined into a function of wider instructions, or it would lose them"
)]
#[inline(always)]
fn fold(lanes: [f32; LANES]) -> f32 {
    let mut width = LANES;
    let mut lanes = lanes;
    while width > 1 {
        width /= 2;
        for i in 0..width {
            lanes[i] += lanes[i + width];
        }
    }
    lanes[0]
}

#[expect(
    clippy::inline_always,
    reason = "inlined into a function of wider instructions, or it would lose them"
)]
#[inline(always)]
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0f32; LANES];
    let (a, a_rest) = a.as_chunks::<LANES>();
    let (b, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a.iter().zip(b) {
        for i in 0..LANES {
            lanes[i] = a[i].mul_add(b[i], lanes[i]);
        }
    }
    let mut rest = 0f32;
    for (a, b) in a_rest.iter().zip(b_rest) {
        rest = a.mul_add(*b, rest);
    }
    fold(lanes) + rest
}

#[expect(
    clippy::inline_always,
    reason = "inlined into a function of wider instructions, or it would lose them"
)]
#[inline(always)]
fn sum(x: &[f32]) -> f32 {
    let mut lanes = [0f32; LANES];
    let (chunks, rest) = x.as_chunks::<LANES>();
    for chunk in chunks {
        for i in 0..LANES {
            lanes[i] += chunk[i];
        }
    }
    fold(lanes) + rest.iter().sum::<f32>()
}

/// `e^x` to about 2 units in the last place, for x in −87 to 88 (clamped).
///
/// Cephes' `expf` (Moshier): reduce by multiples of ln 2, then a polynomial of degree 5 in the rest.
#[inline(always)]
fn exp(x: f32) -> f32 {
    const ROUND: f32 = 12_582_912.0; // 1.5 · 2²³: adding it rounds to the nearest integer
    let x = x.clamp(-87.0, 88.0);
    let shifted = x.mul_add(std::f32::consts::LOG2_E, ROUND);
    let n = shifted - ROUND;
    let r = n.mul_add(2.121_944_4e-4, n.mul_add(-0.693_359_4, x));
    let p = 1.987_569_1e-4f32;
    let p = p.mul_add(r, 1.398_2e-3);
    let p = p.mul_add(r, 8.333_452e-3);
    let p = p.mul_add(r, 4.166_579_6e-2);
    let p = p.mul_add(r, 1.666_666_5e-1);
    let p = p.mul_add(r, 0.5);
    let value = p.mul_add(r * r, r) + 1.0;
    // The low bits of `shifted` hold n; moved into the exponent they scale by 2ⁿ.
    let exponent = shifted.to_bits().wrapping_sub(ROUND.to_bits()) << 23;
    f32::from_bits(value.to_bits().wrapping_add(exponent))
}

per_isa! {
    /// `out = x / √(mean(x²) + ε) · weight`, for each row of `weight.len()` values.
    ///
    /// Source: Zhang & Sennrich 2019, "Root Mean Square Layer Normalization".
    pub(crate) fn rms_norm(x: &[f32], weight: &[f32], epsilon: f32, out: &mut [f32]) {
        debug_assert_eq!(x.len(), out.len());
        let width = weight.len();
        #[expect(clippy::cast_precision_loss, reason = "a width is far below 2^24")]
        let count = width as f32;
        for (x, out) in x.chunks_exact(width).zip(out.chunks_exact_mut(width)) {
            let scale = 1.0 / (dot(x, x) / count + epsilon).sqrt();
            for ((out, x), weight) in out.iter_mut().zip(x).zip(weight) {
                *out = x * scale * weight;
            }
        }
    }
}

per_isa! {
    /// `out = (x − mean) / √(variance + ε) · weight + bias`, for each row of `weight.len()` values.
    ///
    /// Source: Ba et al. 2016, "Layer Normalization".
    pub(crate) fn layer_norm(x: &[f32], weight: &[f32], bias: &[f32], epsilon: f32, out: &mut [f32]) {
        debug_assert_eq!(x.len(), out.len());
        let width = weight.len();
        #[expect(clippy::cast_precision_loss, reason = "a width is far below 2^24")]
        let count = width as f32;
        for (x, out) in x.chunks_exact(width).zip(out.chunks_exact_mut(width)) {
            let mean = sum(x) / count;
            for (out, x) in out.iter_mut().zip(x) {
                *out = x - mean;
            }
            let scale = 1.0 / (dot(out, out) / count + epsilon).sqrt();
            for ((out, weight), bias) in out.iter_mut().zip(weight).zip(bias) {
                *out = (*out * scale).mul_add(*weight, *bias);
            }
        }
    }
}

per_isa! {
    /// `x = max(x, 0)`.
    pub(crate) fn relu(x: &mut [f32]) {
        for x in x {
            *x = x.max(0.0);
        }
    }
}

per_isa! {
    /// `sum = max(sum + Σ parts, 0) + rest`; all are as long.
    pub(crate) fn relu_of_sum(sum: &mut [f32], parts: &[&[f32]], rest: &[f32]) {
        // A shorter row would pass over lanes in silence below.
        assert!(parts.iter().chain([&rest]).all(|part| part.len() >= sum.len()));
        let (blocks, tail) = sum.as_chunks_mut::<LANES>();
        let whole = blocks.len() * LANES;
        for (at, sum) in (0..).step_by(LANES).zip(blocks) {
            // A copy that nothing else can point to stays in a register; added to in place, lanes are added one by one.
            let mut lanes = *sum;
            for part in parts {
                let Some(part) = part[at..].first_chunk::<LANES>() else { continue };
                for (lane, value) in lanes.iter_mut().zip(part) {
                    *lane += value;
                }
            }
            let Some(rest) = rest[at..].first_chunk::<LANES>() else { continue };
            for (lane, value) in lanes.iter_mut().zip(rest) {
                *lane = lane.max(0.0) + value;
            }
            *sum = lanes;
        }
        for (at, sum) in (whole..).zip(tail) {
            let all = parts.iter().fold(*sum, |all, part| all + part[at]);
            *sum = all.max(0.0) + rest[at];
        }
    }
}

per_isa! {
    /// `sum += x`.
    pub(crate) fn add(sum: &mut [f32], x: &[f32]) {
        for (sum, x) in sum.iter_mut().zip(x) {
            *sum += x;
        }
    }
}

per_isa! {
    /// `x = tanh(x)`, to 2e-7.
    pub(crate) fn tanh(x: &mut [f32]) {
        for x in x {
            *x = 1.0 - 2.0 / (1.0 + exp(2.0 * *x));
        }
    }
}

per_isa! {
    /// `x = x · σ(x)`.
    pub(crate) fn silu(x: &mut [f32]) {
        for x in x {
            *x /= 1.0 + exp(-*x);
        }
    }
}

per_isa! {
    /// `x = gelu(x)` by its tanh form; see [`gelu_gate`].
    pub(crate) fn gelu(x: &mut [f32]) {
        for x in x {
            let inner = GELU_SCALE * (0.044_715 * *x * *x).mul_add(*x, *x);
            *x /= 1.0 + exp(-inner);
        }
    }
}

per_isa! {
    /// `x = x · Φ(x)`: GELU by the error function.
    ///
    /// `erf` by Abramowitz & Stegun 7.1.26 is good to 1.5e-7, which is about the rounding of the result.
    pub(crate) fn gelu_erf(x: &mut [f32]) {
        for x in x {
            let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
            let t = 1.0 / 0.327_591_1f32.mul_add(z, 1.0);
            let p = 1.061_405_4f32.mul_add(t, -1.453_152);
            let p = p.mul_add(t, 1.421_413_8);
            let p = p.mul_add(t, -0.284_496_72);
            let p = p.mul_add(t, 0.254_829_6) * t;
            let tail = 0.5 * p * exp(-z * z); // 1 − Φ(|x|)
            *x *= if *x < 0.0 { tail } else { 1.0 - tail };
        }
    }
}

per_isa! {
    /// Rotates one head's vector; value `i` pairs with `i + width / 2` (the order of GGUF files but those of `llama`).
    ///
    /// `cos` and `sin` have `width / 2` values. Source: Su et al. 2021, "`RoFormer`".
    pub(crate) fn rotate_pairs(head: &mut [f32], cos: &[f32], sin: &[f32]) {
        let (low, high) = head.split_at_mut(cos.len());
        for (((low, high), cos), sin) in low.iter_mut().zip(high).zip(cos).zip(sin) {
            let (a, b) = (*low, *high);
            *low = a * cos - b * sin;
            *high = b * cos + a * sin;
        }
    }
}

per_isa! {
    /// Rotates one head's vector; value `2i` pairs with `2i + 1` (the order of GGUF's `llama` files).
    pub(crate) fn rotate_interleaved(head: &mut [f32], cos: &[f32], sin: &[f32]) {
        for ((pair, cos), sin) in head.as_chunks_mut::<2>().0.iter_mut().zip(cos).zip(sin) {
            let [a, b] = *pair;
            *pair = [a * cos - b * sin, b * cos + a * sin];
        }
    }
}

per_isa! {
    /// `gate = gelu(gate) · up`, GELU by its tanh form: `x · σ(2 √(2/π) (x + 0.044715 x³))`.
    ///
    /// Source: Hendrycks & Gimpel 2016; the form that Gemma was trained with.
    pub(crate) fn gelu_gate(gate: &mut [f32], up: &[f32]) {
        for (gate, up) in gate.iter_mut().zip(up) {
            let x = *gate;
            let inner = GELU_SCALE * (0.044_715 * x * x).mul_add(x, x);
            *gate = x / (1.0 + exp(-inner)) * up;
        }
    }
}

per_isa! {
    /// `gate = silu(gate) · up`, with `silu(x) = x · σ(x)`.
    pub(crate) fn silu_gate(gate: &mut [f32], up: &[f32]) {
        for (gate, up) in gate.iter_mut().zip(up) {
            let x = *gate;
            *gate = x / (1.0 + exp(-x)) * up;
        }
    }
}

/// Attention of one query head over runs of keys and values, without a bias; see [`attend_biased`].
pub(crate) fn attend(
    query: &[f32],
    runs: &[(&[f32], &[f32])],
    layout: (usize, usize),
    scale: f32,
    weights: &mut [f32],
    out: &mut [f32],
) {
    weights.fill(0.0);
    attend_biased(query, runs, layout, scale, weights, out);
}

per_isa! {
    /// Attention of one query head over runs of keys and values.
    ///
    /// Each run is `(keys, values)`, `stride` values a position, of which `query.len()` from `offset` on
    /// belong to this head. `weights` has one value a position over all runs: on entry what is added to its score, on
    /// return its share. Writes `softmax(query · keys · scale + bias) · values` to `out`.
    pub(crate) fn attend_biased(
        query: &[f32],
        runs: &[(&[f32], &[f32])],
        layout: (usize, usize),
        scale: f32,
        weights: &mut [f32],
        out: &mut [f32],
    ) {
        let (stride, offset) = layout;
        let width = query.len();
        let mut scored = 0;
        let mut peak = f32::NEG_INFINITY;
        for (keys, _) in runs {
            for key in keys.chunks_exact(stride) {
                let score = dot(query, &key[offset..offset + width]).mul_add(scale, weights[scored]);
                peak = peak.max(score);
                weights[scored] = score;
                scored += 1;
            }
        }
        let mut total = 0f32;
        for weight in &mut weights[..scored] {
            *weight = exp(*weight - peak);
            total += *weight;
        }
        let inverse = 1.0 / total;
        for weight in &mut weights[..scored] {
            *weight *= inverse;
        }
        out.fill(0.0);
        let mut weights = weights.iter();
        for (_, values) in runs {
            for (value, weight) in values.chunks_exact(stride).zip(&mut weights) {
                for (out, value) in out.iter_mut().zip(&value[offset..offset + width]) {
                    *out = value.mul_add(*weight, *out);
                }
            }
        }
    }
}

per_isa! {
    /// `ln Σ e^x`, without overflow.
    pub(crate) fn log_sum_exp(x: &[f32]) -> f32 {
        let peak = x.iter().fold(f32::NEG_INFINITY, |a, b| a.max(*b));
        let mut lanes = [0f32; LANES];
        let (chunks, rest) = x.as_chunks::<LANES>();
        for chunk in chunks {
            for i in 0..LANES {
                lanes[i] += exp(chunk[i] - peak);
            }
        }
        let mut total = fold(lanes);
        for x in rest {
            total += exp(x - peak);
        }
        peak + total.ln()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::cast_precision_loss, reason = "made-up numbers are small")]

    use super::*;

    #[test]
    fn exp_agrees_with_the_standard_library() {
        for step in -8700..8800 {
            let x = step as f32 / 100.0;
            let expected = x.exp();
            assert!((exp(x) - expected).abs() <= 4e-7 * expected, "{x}");
        }
    }

    #[test]
    fn tanh_agrees_with_the_standard_library() {
        let values: Vec<f32> = (-4_000..4_000).map(|step| step as f32 / 300.0).collect();
        let mut got = values.clone();
        tanh(&mut got);
        for (got, x) in got.iter().zip(&values) {
            assert!((got - x.tanh()).abs() <= 2e-7, "{x}: {got}");
        }
        let mut far = [-1e30, 1e30];
        tanh(&mut far);
        assert_eq!(far.map(f32::to_bits), [-1f32, 1.0].map(f32::to_bits));
    }

    #[test]
    fn sums_of_rows_are_cut_at_zero_before_the_rest_is_added() {
        for width in [3, 16, 37] {
            let row = |seed: usize| -> Vec<f32> {
                (0..width).map(|at| ((at * 31 + seed * 17) % 23) as f32 - 11.0).collect()
            };
            let (first, second, rest) = (row(1), row(2), row(3));
            let mut sum = row(4);
            let expected: Vec<f32> = (0..width)
                .map(|at| (sum[at] + first[at] + second[at]).max(0.0) + rest[at])
                .collect();
            relu_of_sum(&mut sum, &[&first, &second], &rest);
            assert_eq!(sum, expected);
            add(&mut sum, &first);
            assert_eq!(
                sum[width - 1].to_bits(),
                (expected[width - 1] + first[width - 1]).to_bits()
            );
        }
    }

    #[test]
    fn attention_over_split_runs_equals_attention_over_one() {
        let values: Vec<f32> = (0..7 * 32).map(|i| (i * 29 % 23) as f32 / 11.0 - 1.0).collect();
        let query: Vec<f32> = (0..16).map(|i| i as f32 / 9.0 - 0.8).collect();
        let run = |runs: &[(&[f32], &[f32])]| {
            let (mut weights, mut out) = (vec![0.0; 7], vec![0.0; 16]);
            attend(&query, runs, (32, 16), 0.25, &mut weights, &mut out);
            out
        };
        let (head, tail) = values.split_at(3 * 32);
        assert_eq!(run(&[(&values, &values)]), run(&[(head, head), (tail, tail)]));
    }

    #[test]
    fn log_sum_exp_does_not_overflow() {
        assert!((log_sum_exp(&[1000.0, 1000.0]) - (1000.0 + 2f32.ln())).abs() < 1e-3);
    }
}
