//! What a COMET model says of itself.
//!
//! Owns: the keys of `hparams.yaml` that decide a score; the shape of well-known encoders.
//! In: the text of the file, and `config.json` of the encoder if there is one. Out: [`Hparams`].
//! Never: YAML beyond `key: value` lines at the left edge, which is all these files hold at the keys we read.
//! Source: `RegressionMetric.__init__` and `load_from_checkpoint` of unbabel-comet 2.2.7.

use serde::Deserialize;

use super::regression::{Activation, MixWeights};
use crate::infer::nn::XlmrShape;
use crate::ports::Cause;

/// Encoders whose heads are known: tensors do not tell them.
const KNOWN_ENCODERS: [(&str, usize); 5] = [
    ("xlm-roberta-base", 12),
    ("xlm-roberta-large", 16),
    ("FacebookAI/xlm-roberta-base", 12),
    ("FacebookAI/xlm-roberta-large", 16),
    ("microsoft/infoxlm-large", 16),
];
/// Those of all encoders above.
const EPSILON: f64 = 1e-5;
const PADDING_ID: usize = 1;

/// The settings behind a score.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Hparams {
    pub(super) encoder: String,
    pub(super) weights: MixWeights,
    /// Whether each layer's states are normed over a whole sentence before they are mixed.
    pub(super) layer_norm: bool,
    pub(super) activation: Activation,
    pub(super) final_activation: Option<Activation>,
}

impl Hparams {
    /// Reads the file.
    ///
    /// # Errors
    /// Names the key whose value is not supported, or that is missing.
    pub(super) fn read(text: &str) -> Result<Self, Cause> {
        let value = |key: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
            line.map(plain)
        };
        // Each version of COMET has its own defaults, so what is missing is not guessed.
        let known = |key: &str, supported: &[&str]| {
            let found = value(key).ok_or_else(|| format!("`{key}` is missing"))?.to_owned();
            if supported.contains(&found.as_str()) {
                return Ok(found);
            }
            let supported = supported.join(", ");
            Err::<_, Cause>(format!("`{key}: {found}` is not supported: {supported}").into())
        };
        known("class_identifier", &["regression_metric"])?;
        known("encoder_model", &["XLM-RoBERTa"])?;
        known("pool", &["avg"])?;
        known("layer", &["mix"])?;
        let kinds = ["softmax", "sparsemax", "sparsemax_patch"];
        let transformation = known("layer_transformation", &kinds)?;
        // Before COMET 2.2.4 models said sparsemax and were trained with softmax; `_patch` marks those.
        let weights =
            if transformation == "sparsemax" { MixWeights::Sparsemax } else { MixWeights::Softmax };
        let flags = ["true", "True", "false", "False"];
        let layer_norm = known("layer_norm", &flags)?.eq_ignore_ascii_case("true");
        let names = ["Tanh", "tanh", "Sigmoid", "sigmoid", "null", ""];
        let hidden = activation(&known("activations", &names[..4])?);
        // Older files have no such key, and no such activation.
        let at_the_end = match value("final_activation") {
            Some(_) => activation(&known("final_activation", &names)?),
            None => None,
        };
        Ok(Self {
            encoder: value("pretrained_model").ok_or("`pretrained_model` is missing")?.to_owned(),
            weights,
            layer_norm,
            activation: hidden.unwrap_or(Activation::Tanh),
            final_activation: at_the_end,
        })
    }

    /// The shape of the encoder, if its name tells it.
    pub(super) fn known_shape(&self) -> Option<XlmrShape> {
        let (_, heads) = KNOWN_ENCODERS.iter().find(|(name, _)| *name == self.encoder)?;
        Some(XlmrShape { heads: *heads, epsilon: EPSILON, first_position: PADDING_ID + 1 })
    }
}

/// A value without its quotes and the comment behind it.
fn plain(value: &str) -> &str {
    let value = value.split(" #").next().unwrap_or_default().trim();
    value.trim_matches(['"', '\''])
}

fn activation(name: &str) -> Option<Activation> {
    match name {
        "Tanh" | "tanh" => Some(Activation::Tanh),
        "Sigmoid" | "sigmoid" => Some(Activation::Sigmoid),
        _ => None,
    }
}

#[derive(Deserialize)]
struct Config {
    num_attention_heads: usize,
    layer_norm_eps: f64,
    pad_token_id: usize,
    hidden_act: String,
    #[serde(default)]
    position_embedding_type: Option<String>,
}

/// The shape of the encoder, from its `config.json`.
///
/// # Errors
/// What is missing, or which variant is not supported.
pub(super) fn shape_of_config(json: &[u8]) -> Result<XlmrShape, Cause> {
    let config: Config = serde_json::from_slice(json)?;
    if config.hidden_act != "gelu" {
        return Err(format!("`hidden_act: {}` is not supported: gelu", config.hidden_act).into());
    }
    if config.position_embedding_type.as_deref().is_some_and(|kind| kind != "absolute") {
        return Err("positions must be absolute".into());
    }
    if !(config.layer_norm_eps > 0.0 && config.layer_norm_eps < 1.0) {
        return Err("`layer_norm_eps` is out of range".into());
    }
    if config.pad_token_id > 1 << 20 {
        return Err("`pad_token_id` is out of range".into());
    }
    Ok(XlmrShape {
        heads: config.num_attention_heads,
        epsilon: config.layer_norm_eps,
        first_position: config.pad_token_id + 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys of `Unbabel/wmt22-comet-da` that are read, in the form they have there.
    const HUB: &str = "activations: Tanh\nbatch_size: 4\nclass_identifier: regression_metric\nencoder_model: XLM-RoBERTa\n\
        final_activation: null\nhidden_sizes:\n- 3072\n- 1024\nlayer: mix\nlayer_norm: false\n\
        layer_transformation: sparsemax_patch\npool: avg\npretrained_model: xlm-roberta-large\n";

    fn told(text: &str) -> String {
        Hparams::read(text).unwrap_err().to_string()
    }

    #[test]
    fn the_keys_that_decide_a_score_are_read() {
        let hparams = Hparams::read(HUB).unwrap();
        assert_eq!((hparams.weights, hparams.layer_norm), (MixWeights::Softmax, false));
        assert_eq!((hparams.activation, hparams.final_activation), (Activation::Tanh, None));
        assert_eq!(hparams.known_shape().unwrap().heads, 16);
        let others =
            HUB.replace("sparsemax_patch", "sparsemax").replace("norm: false", "norm: true");
        let others =
            others.replace("final_activation: null", "final_activation: 'Sigmoid' # as kiwi");
        let hparams = Hparams::read(&others).unwrap();
        assert_eq!((hparams.weights, hparams.layer_norm), (MixWeights::Sparsemax, true));
        assert_eq!(hparams.final_activation, Some(Activation::Sigmoid));
    }

    #[test]
    fn a_missing_key_is_named_and_not_guessed() {
        for line in HUB.lines().filter(|line| !line.starts_with('-')) {
            let key = line.split(':').next().unwrap();
            let found = Hparams::read(&HUB.replace(line, ""));
            match key {
                "batch_size" | "hidden_sizes" | "final_activation" => {
                    assert!(found.is_ok(), "{key}");
                }
                _ => {
                    assert_eq!(found.unwrap_err().to_string(), format!("`{key}` is missing"));
                }
            }
        }
    }

    #[test]
    fn what_we_do_not_compute_is_refused_by_name() {
        assert_eq!(told(""), "`class_identifier` is missing");
        for (from, to) in [
            ("regression_metric", "unified_metric"),
            ("XLM-RoBERTa\n", "XLM-RoBERTa-XL\n"),
            ("pool: avg", "pool: cls"),
            ("layer: mix", "layer: 24"),
            ("activations: Tanh", "activations: Hardtanh"),
        ] {
            let told = told(&HUB.replace(from, to));
            assert!(told.contains(to.trim_end()) && told.contains("not supported"), "{told}");
        }
    }

    #[test]
    fn a_configuration_of_another_network_is_refused() {
        let json = r#"{"num_attention_heads":4,"layer_norm_eps":1e-5,"pad_token_id":1,"hidden_act":"gelu"}"#;
        assert_eq!(shape_of_config(json.as_bytes()).unwrap().heads, 4);
        for (from, to) in
            [("\"gelu\"", "\"relu\""), ("1e-5", "0"), (":1,", ":9999999,"), ("num_", "no_")]
        {
            assert!(shape_of_config(json.replace(from, to).as_bytes()).is_err(), "{to}");
        }
    }
}
