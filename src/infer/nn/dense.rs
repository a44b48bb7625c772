//! Layers of float tensors that the sentence encoder and XLM-R share.
//!
//! Owns: the affine map and the layer norm. In: rows. Out: rows.
//! Never: names of tensors, quantised weights (`linear` has them).

use candle_core::{D, Tensor};

use crate::infer::error::InferError;

/// Weights and biases: of an affine map `[in, out]` and `[out]`, of a norm `[out]` and `[out]`.
pub(crate) type Parameters = (Tensor, Tensor);

/// `x W + b`: `[T, in]` becomes `[T, out]`.
pub(crate) fn affine(x: &Tensor, (weight, bias): &Parameters) -> Result<Tensor, InferError> {
    Ok(x.matmul(weight)?.broadcast_add(bias)?)
}

/// `(x − mean) / √(variance + ε) · w + b` over the values of each row.
pub(crate) fn layer_norm(
    x: &Tensor,
    (weight, bias): &Parameters,
    epsilon: f64,
) -> Result<Tensor, InferError> {
    let centred = x.broadcast_sub(&x.mean_keepdim(D::Minus1)?)?;
    let deviation = (centred.sqr()?.mean_keepdim(D::Minus1)? + epsilon)?.sqrt()?;
    Ok(centred.broadcast_div(&deviation)?.broadcast_mul(weight)?.broadcast_add(bias)?)
}
