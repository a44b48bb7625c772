//! From states of an encoder to a score.
//!
//! Owns: the mix of layers, the average over tokens, the six features and the feed-forward network.
//! In: states of all layers. Out: a vector a sentence, a score a triple.
//! Never: tokens, files.
//! Source: Rei et al. 2020 (arXiv 2009.09025); `LayerwiseAttention`, `average_pooling`, `RegressionMetric.estimate` and
//! `FeedForward` of unbabel-comet 2.2.7, as they are in prediction: without dropout and context.

use std::collections::HashMap;

use candle_core::{D, DType, Tensor};

use super::hparams::Hparams;
use crate::infer::error::InferError;
use crate::infer::nn::{Parameters, Rows, affine};

/// Added to the variance of a sentence.
const EPSILON: f64 = 1e-12;

/// How the weight of each layer comes from its parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MixWeights {
    Softmax,
    Sparsemax,
}

/// Activation of the feed-forward network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Activation {
    Tanh,
    Sigmoid,
}

impl Activation {
    fn apply(self, x: &Tensor) -> Result<Tensor, InferError> {
        Ok(match self {
            Self::Tanh => x.tanh()?,
            // σ(x) = (1 + tanh(x / 2)) / 2
            Self::Sigmoid => (((x * 0.5)?.tanh()? + 1.0)? * 0.5)?,
        })
    }
}

/// The part of COMET behind its encoder.
pub(super) struct Regression {
    /// One a layer of states, γ included.
    weights: Vec<f64>,
    layer_norm: bool,
    layers: Vec<Parameters>, // [6 D, …], …, [_, 1]
    activation: Activation,
    final_activation: Option<Activation>,
}

impl Regression {
    /// Takes its tensors out of `tensors`; `states` is how many layers of states the encoder gives.
    ///
    /// # Errors
    /// [`InferError::Tensor`] if a tensor is missing or their number does not fit.
    pub(super) fn take(
        tensors: &mut HashMap<String, Tensor>,
        hparams: &Hparams,
        states: usize,
    ) -> Result<Self, InferError> {
        let mut take = |name: &str| match tensors.remove(name) {
            Some(tensor) => Ok::<_, InferError>(tensor.to_dtype(DType::F32)?),
            None => Err(unfit(name, "absent")),
        };
        let mut number = |name: &str| {
            Ok::<_, InferError>(take(name)?.flatten_all()?.get(0)?.to_scalar::<f32>()?)
        };
        let gamma = f64::from(number("layerwise_attention.gamma")?);
        let parameters = (0..states)
            .map(|layer| {
                Ok(number(&format!("layerwise_attention.scalar_parameters.{layer}"))?.into())
            })
            .collect::<Result<Vec<f64>, InferError>>()?;
        let weights = match hparams.weights {
            MixWeights::Softmax => softmax(&parameters),
            MixWeights::Sparsemax => sparsemax(&parameters),
        };
        let mut layers = Vec::new();
        // Between two linear layers stand an activation and a dropout.
        while let Ok(weight) = take(&format!("estimator.ff.{}.weight", 3 * layers.len())) {
            layers.push((weight.t()?, take(&format!("estimator.ff.{}.bias", 3 * layers.len()))?));
        }
        if layers.len() < 2 {
            return Err(unfit("estimator.ff.3.weight", "absent"));
        }
        if let Some(more) =
            tensors.keys().find(|name| name.starts_with("layerwise_attention.scalar"))
        {
            return Err(unfit(more, format!("the encoder has {states} layers of states")));
        }
        Ok(Self {
            weights: weights.into_iter().map(|weight| weight * gamma).collect(),
            layer_norm: hparams.layer_norm,
            layers,
            activation: hparams.activation,
            final_activation: hparams.final_activation,
        })
    }

    /// One vector `[D]` a sequence: the mean over its tokens, marks included, of `γ · Σ weight · state`.
    ///
    /// # Errors
    /// [`InferError::Backend`] if a tensor operation fails.
    pub(super) fn pooled(&self, states: &[Tensor], rows: &Rows) -> Result<Vec<Tensor>, InferError> {
        let mut vectors = Vec::with_capacity(rows.len());
        for range in rows {
            let mut sum: Option<Tensor> = None;
            for (state, weight) in states.iter().zip(&self.weights) {
                let state = state.narrow(0, range.start, range.len())?; // [T, D]
                let state = if self.layer_norm { normed(&state)? } else { state };
                let part = (state * *weight)?;
                sum = Some(match sum {
                    Some(sum) => (sum + part)?,
                    None => part,
                });
            }
            vectors.extend(sum.map(|sum| sum.mean(0)).transpose()?);
        }
        Ok(vectors)
    }

    /// Scores of vectors `[B, D]` of sources, hypotheses and references.
    ///
    /// # Errors
    /// [`InferError::Backend`] if a tensor operation fails.
    pub(super) fn scores(
        &self,
        source: &Tensor,
        hypothesis: &Tensor,
        reference: &Tensor,
    ) -> Result<Vec<f32>, InferError> {
        let features = [
            hypothesis.clone(),
            reference.clone(),
            (hypothesis * reference)?,
            (hypothesis - reference)?.abs()?,
            (hypothesis * source)?,
            (hypothesis - source)?.abs()?,
        ];
        let mut x = Tensor::cat(&features, D::Minus1)?; // [B, 6 D]
        for (index, layer) in self.layers.iter().enumerate() {
            x = affine(&x, layer)?;
            if index + 1 < self.layers.len() {
                x = self.activation.apply(&x)?;
            }
        }
        if let Some(activation) = self.final_activation {
            x = activation.apply(&x)?;
        }
        Ok(x.flatten_all()?.to_vec1()?)
    }
}

/// A state less its mean, divided by its deviation, both over all values of all tokens of the sentence.
fn normed(state: &Tensor) -> Result<Tensor, InferError> {
    let centred = state.broadcast_sub(&state.mean_all()?)?;
    let deviation = (centred.sqr()?.mean_all()? + EPSILON)?.sqrt()?;
    Ok(centred.broadcast_div(&deviation)?)
}

fn softmax(values: &[f64]) -> Vec<f64> {
    let best = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let exponents: Vec<f64> = values.iter().map(|value| (value - best).exp()).collect();
    let sum: f64 = exponents.iter().sum();
    exponents.iter().map(|exponent| exponent / sum).collect()
}

/// The point of the simplex that is nearest to `values`: small ones become 0.
///
/// Source: Martins & Astudillo 2016 (arXiv 1602.02068), algorithm 1.
fn sparsemax(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let (mut sum, mut count, mut threshold) = (0.0, 0.0, 0.0);
    for value in sorted {
        sum += value;
        count += 1.0;
        if 1.0 + count * value > sum {
            threshold = (sum - 1.0) / count;
        }
    }
    values.iter().map(|value| (value - threshold).max(0.0)).collect()
}

fn unfit(tensor: &str, detail: impl Into<crate::ports::Cause>) -> InferError {
    InferError::Tensor { tensor: tensor.to_owned(), path: "COMET".into(), detail: detail.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_close(got: &[f64], expected: &[f64]) {
        assert_eq!(got.len(), expected.len());
        for (got, expected) in got.iter().zip(expected) {
            assert!((got - expected).abs() < 1e-12, "{got} for {expected}");
        }
    }

    #[test]
    fn sparsemax_gives_small_values_nothing() {
        assert_close(&sparsemax(&[1.0, 0.2, -3.0]), &[0.9, 0.1, 0.0]);
        assert_close(&sparsemax(&[5.0, 1.0]), &[1.0, 0.0]);
        assert_close(&sparsemax(&[0.0; 4]), &[0.25; 4]);
    }

    #[test]
    fn softmax_gives_everything_something() {
        let two_to_one = [0.5 + 2f64.ln(), 0.5];
        assert_close(&softmax(&two_to_one), &[2.0 / 3.0, 1.0 / 3.0]);
    }
}
