//! Logistic regression.
#![allow(dead_code, clippy::cast_precision_loss, reason = "a recipe, run by hand")]

const STEPS: usize = 30;

/// Weights under which `rows` tell their labels best, found by Newton's method; `ridge` is the pull of each but the first to 0,
/// for the mean loss of a row.
pub(crate) fn fitted<const N: usize>(rows: &[([f64; N], bool)], ridge: f64) -> [f64; N] {
    let mut weights = [0.0; N];
    for _ in 0..STEPS {
        let (mut slope, mut curve) = ([0.0; N], [[0.0; N]; N]);
        for (features, label) in rows {
            let p = probability(&weights, features);
            let error = f64::from(u8::from(*label)) - p;
            for i in 0..N {
                slope[i] += error * features[i];
                for j in 0..=i {
                    curve[i][j] += p * (1.0 - p) * features[i] * features[j];
                }
            }
        }
        let pull = ridge * rows.len() as f64;
        for i in 0..N {
            let pull = if i == 0 { 0.0 } else { pull };
            slope[i] -= pull * weights[i];
            curve[i][i] += pull + 1e-9;
        }
        let below = curve;
        for (i, row) in curve.iter_mut().enumerate() {
            (i + 1..N).for_each(|j| row[j] = below[j][i]);
        }
        let step = solved(curve, slope);
        weights.iter_mut().zip(step).for_each(|(weight, step)| *weight += step);
    }
    weights
}

/// The probability that a row has the label.
pub(crate) fn probability<const N: usize>(weights: &[f64; N], features: &[f64; N]) -> f64 {
    let sum: f64 = weights.iter().zip(features).map(|(w, x)| w * x).sum();
    1.0 / (1.0 + (-sum).exp())
}

/// Gaussian elimination; the matrix is positive definite.
fn solved<const N: usize>(mut a: [[f64; N]; N], mut b: [f64; N]) -> [f64; N] {
    for i in 0..N {
        for row in i + 1..N {
            let factor = a[row][i] / a[i][i];
            let above = a[i];
            a[row].iter_mut().zip(above).for_each(|(x, y)| *x -= factor * y);
            b[row] -= factor * b[i];
        }
    }
    for i in (0..N).rev() {
        let known: f64 = (i + 1..N).map(|j| a[i][j] * b[j]).sum();
        b[i] = (b[i] - known) / a[i][i];
    }
    b
}
