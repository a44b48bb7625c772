//! From the states of an encoder to the probabilities of labels.
//!
//! Owns: which heads are computed, what `config.json` says of their labels, the head itself.
//! In: `config.json`, tensors, states. Out: three probabilities a pair.
//! Never: tokens.
//! Source: `XLMRobertaClassificationHead`, and `BertPooler` with the classifier of `BertForSequenceClassification`, of
//! transformers 4.57, as they are in prediction: without dropout.

use std::collections::{BTreeMap, HashMap};

use candle_core::{DType, Tensor};
use serde::Deserialize;

use crate::infer::error::InferError;
use crate::infer::nn::{Parameters, affine};
use crate::ports::Cause;

/// Classifiers by the name that `config.json` gives them.
const SUPPORTED: &[&str] =
    &["XLMRobertaForSequenceClassification", "BertForSequenceClassification"];

#[derive(Deserialize)]
pub(super) struct Config {
    #[serde(default)]
    model_type: String,
    architectures: Option<Vec<String>>,
    #[serde(default)]
    id2label: BTreeMap<usize, String>,
    problem_type: Option<String>,
}

/// The two heads: names of their tensors, the encoder's prefix cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    XlmRoberta,
    Bert,
}

/// What an output of the head stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Entailment,
    Neutral,
    Contradiction,
}

/// Which output of the head stands for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Labels(Vec<Meaning>);

impl Config {
    /// The head this configuration asks for.
    ///
    /// # Errors
    /// [`InferError::UnknownArchitecture`] with the names of those that there are.
    pub(super) fn kind(&self) -> Result<Kind, InferError> {
        let first = self.architectures.as_ref().and_then(|names| names.first());
        let named = first.map_or(self.model_type.as_str(), String::as_str);
        match (named, self.model_type.as_str()) {
            ("XLMRobertaForSequenceClassification", "xlm-roberta") => Ok(Kind::XlmRoberta),
            ("BertForSequenceClassification", "bert") => Ok(Kind::Bert),
            _ => Err(InferError::UnknownArchitecture {
                found: named.to_owned(),
                supported: SUPPORTED,
            }),
        }
    }

    /// What its labels mean.
    ///
    /// # Errors
    /// Which labels were found, if none is entailment, two mean the same or one means nothing here.
    pub(super) fn labels(&self) -> Result<Labels, Cause> {
        if let Some(kind) =
            self.problem_type.as_ref().filter(|p| *p != "single_label_classification")
        {
            return Err(format!("`problem_type: {kind}` gives no probabilities of labels").into());
        }
        let found: Vec<&str> = self.id2label.values().map(String::as_str).collect();
        let told = if found.is_empty() { "none".to_owned() } else { found.join(", ") };
        let meanings: Option<Vec<Meaning>> = found.iter().map(|label| meaning(label)).collect();
        let times = |wanted: Meaning| {
            meanings.iter().flatten().filter(|meaning| **meaning == wanted).count()
        };
        let in_order = self.id2label.keys().copied().eq(0..self.id2label.len());
        let once = times(Meaning::Entailment) == 1
            && times(Meaning::Neutral) <= 1
            && times(Meaning::Contradiction) <= 1;
        match meanings.filter(|meanings| in_order && once && meanings.len() > 1) {
            Some(meanings) => Ok(Labels(meanings)),
            None => Err(format!(
                "its labels are not those of entailment (entailment, neutral, contradiction; or entailment, \
                 not_entailment); found: {told}"
            )
            .into()),
        }
    }
}

/// The meaning of a label in any case; `not_entailment` is what remains, so it is neutral.
fn meaning(label: &str) -> Option<Meaning> {
    match label.to_lowercase().replace([' ', '-'], "_").as_str() {
        "entailment" | "entail" | "entails" => Some(Meaning::Entailment),
        "neutral" | "not_entailment" | "non_entailment" => Some(Meaning::Neutral),
        "contradiction" | "contradict" | "contradicts" => Some(Meaning::Contradiction),
        _ => None,
    }
}

impl Labels {
    /// Probabilities of entailment, neutral and contradiction: `exp(xᵢ) / Σ exp(xⱼ)` of the logits; 0 for a label that the
    /// head has not.
    pub(super) fn probabilities(&self, logits: &[f32]) -> [f32; 3] {
        let greatest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let exponents: Vec<f32> = logits.iter().map(|logit| (logit - greatest).exp()).collect();
        let sum: f32 = exponents.iter().sum();
        let of = |wanted: Meaning| -> f32 {
            let pairs = self.0.iter().zip(&exponents);
            let of_meaning = pairs.filter(|(meaning, _)| **meaning == wanted);
            // The sum of nothing is −0 in Rust, and would be written so.
            of_meaning.fold(0.0, |total, (_, value)| total + value / sum)
        };
        [of(Meaning::Entailment), of(Meaning::Neutral), of(Meaning::Contradiction)]
    }
}

/// `W₂ tanh(W₁ x + b₁) + b₂` over the state of the first token.
pub(super) struct Head {
    dense: Parameters, // [D, D], [D]
    out: Parameters,   // [D, labels], [labels]
}

impl Head {
    /// Takes its tensors out of `tensors`; `width` is that of the encoder's states.
    ///
    /// # Errors
    /// [`InferError::Tensor`] if one is absent or has another shape.
    pub(super) fn take(
        tensors: &mut HashMap<String, Tensor>,
        kind: Kind,
        labels: &Labels,
        width: usize,
    ) -> Result<Self, InferError> {
        let (dense, out) = match kind {
            Kind::XlmRoberta => ("classifier.dense", "classifier.out_proj"),
            Kind::Bert => ("pooler.dense", "classifier"),
        };
        let mut take = |name: String, shape: &[usize]| -> Result<Tensor, InferError> {
            let wrong = |detail: String| InferError::Tensor {
                tensor: name.clone(),
                path: "the classifier".into(),
                detail: detail.into(),
            };
            match tensors.remove(&name) {
                Some(tensor) if tensor.dims() == shape => Ok(tensor.to_dtype(DType::F32)?),
                Some(tensor) => Err(wrong(format!("{:?}, expected {shape:?}", tensor.dims()))),
                None => Err(wrong("absent".to_owned())),
            }
        };
        // The file has `[out, in]`.
        let mut layer = |name: &str, rows: usize| -> Result<Parameters, InferError> {
            let weight = take(format!("{name}.weight"), &[rows, width])?;
            Ok((weight.t()?.contiguous()?, take(format!("{name}.bias"), &[rows])?))
        };
        Ok(Self { dense: layer(dense, width)?, out: layer(out, labels.0.len())? })
    }

    /// The logits of all labels for each first state: `[B, D]` becomes `[B, labels]`.
    pub(super) fn logits(&self, first: &Tensor) -> Result<Vec<Vec<f32>>, InferError> {
        Ok(affine(&affine(first, &self.dense)?.tanh()?, &self.out)?.to_vec2()?)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;

    fn config(labels: &str) -> Config {
        let text = format!(
            r#"{{"model_type":"bert","architectures":["BertForSequenceClassification"],"id2label":{labels}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    fn probabilities(labels: &str, logits: &[f32]) -> [f32; 3] {
        config(labels).labels().unwrap().probabilities(logits)
    }

    #[test]
    fn labels_count_in_any_order_and_case() {
        let [entailment, neutral, contradiction] = probabilities(
            r#"{"0":"contradiction","1":"neutral","2":"entailment"}"#,
            &[0.0, 1.0, 3.0],
        );
        assert!(entailment > neutral && neutral > contradiction);
        assert!((entailment + neutral + contradiction - 1.0).abs() < 1e-6);
        let other = probabilities(
            r#"{"1":"NEUTRAL","0":"Entailment","2":"Contradiction"}"#,
            &[3.0, 1.0, 0.0],
        );
        assert_eq!(other.map(f32::to_bits), [entailment, neutral, contradiction].map(f32::to_bits));
    }

    #[test]
    fn a_binary_head_never_contradicts() {
        let found = probabilities(r#"{"0":"entailment","1":"not_entailment"}"#, &[-9.0, 9.0]);
        assert!(found[1] > 0.999 && found[2].to_bits() == 0.0f32.to_bits(), "{found:?}");
    }

    #[test]
    fn great_logits_stay_numbers() {
        let found = probabilities(r#"{"0":"entailment","1":"neutral"}"#, &[2e4, -2e4]);
        assert!((found[0] - 1.0).abs() < 1e-6 && found[1].abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn other_labels_are_refused_by_name() {
        for (labels, told) in [
            (r#"{"0":"LABEL_0","1":"LABEL_1","2":"LABEL_2"}"#, "found: LABEL_0, LABEL_1, LABEL_2"),
            (r#"{"0":"positive","1":"negative"}"#, "found: positive, negative"),
            (r#"{"0":"neutral","1":"contradiction"}"#, "found: neutral, contradiction"),
            (r#"{"0":"entailment","1":"Entailment"}"#, "found: entailment, Entailment"),
            (r#"{"0":"entailment"}"#, "found: entailment"),
            (r#"{"1":"entailment","2":"neutral"}"#, "found: entailment, neutral"),
            ("{}", "found: none"),
        ] {
            let error = config(labels).labels().unwrap_err().to_string();
            assert!(error.ends_with(told), "{error}");
        }
    }

    #[test]
    fn only_classifiers_over_known_networks_are_taken() {
        let kind = |network: &str, named: &str| {
            let text = format!(r#"{{"model_type":"{network}","architectures":{named}}}"#);
            serde_json::from_str::<Config>(&text).unwrap().kind()
        };
        let xlmr = kind("xlm-roberta", r#"["XLMRobertaForSequenceClassification"]"#);
        assert_eq!(xlmr.unwrap(), Kind::XlmRoberta);
        for (network, named, told) in [
            ("xlm-roberta", r#"["XLMRobertaModel"]"#, "`XLMRobertaModel`"),
            ("deberta-v2", r#"["DebertaV2ForSequenceClassification"]"#, "`DebertaV2For"),
            ("roberta", r#"["XLMRobertaForSequenceClassification"]"#, "XLMRobertaForSeq"),
            ("xlm-roberta", "[]", "`xlm-roberta`"),
            ("marian", "null", "`marian`"),
        ] {
            let error = kind(network, named).unwrap_err().to_string();
            assert!(error.contains(told) && error.contains("supported"), "{error}");
        }
    }

    #[test]
    fn several_labels_at_once_are_refused() {
        let text = r#"{"problem_type":"multi_label_classification","id2label":{"0":"entailment","1":"neutral"}}"#;
        let error = serde_json::from_str::<Config>(text).unwrap().labels().unwrap_err();
        assert!(error.to_string().contains("multi_label_classification"));
    }
}
