//! An encoder–decoder and its tokenizer, loaded from the files of a model.
//!
//! Owns: which files a family has, the marks and language tags around source and output.
//! In: verified files. Out: something that scores next tokens, given a source.

use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;

use super::checkpoint::{Checkpoint, Precision};
use super::decode::NextToken;
use super::error::InferError;
use super::files::{contents, json, optional, pieces};
use super::nn::seq2seq::{Family, OutputState, Seq2Seq, Seq2SeqConfig, Wanted};
use super::seq2seq_gguf;
use super::tokenizer::{PairTokenizer, SentencePieceModel, VocabularyKind};
use crate::ports::{Cause, ModelFile, ModelFiles};

/// Names of the families as `model_type` gives them.
pub(super) const SUPPORTED: [&str; 4] = ["marian", "m2m_100", "t5", "mt5"];

/// The languages as NLLB tags them.
const NLLB_TAGS: (&str, &str) = ("arb_Arab", "eng_Latn");
/// Where Arabic and English stand in the list of languages of M2M-100, whose tags follow the pieces.
const M2M100_TAGS: (usize, usize) = (2, 18);
/// MADLAD-400's way to ask for English.
const MADLAD_TAG: &str = "<2en>";

/// A loaded encoder–decoder.
pub(super) struct Seq2SeqEngine {
    pub(super) network: Seq2Seq,
    pub(super) tokenizer: PairTokenizer,
    /// What the decoder is fed first.
    pub(super) prompt: Vec<u32>,
    pub(super) sha256: String,
}

#[derive(Deserialize)]
struct SpecialTokens {
    #[serde(default)]
    additional_special_tokens: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct TokenizerConfig {
    #[serde(default)]
    added_tokens_decoder: HashMap<String, AddedToken>,
}

#[derive(Deserialize)]
struct AddedToken {
    content: String,
}

impl Seq2SeqEngine {
    /// # Errors
    /// [`InferError`] names what is missing, damaged or of another kind.
    pub(super) fn load(files: &dyn ModelFiles, precision: Precision) -> Result<Self, InferError> {
        let weights = optional(files, "weights")?;
        if let Some(weights) = weights.filter(|file| is_gguf(&file.path)) {
            return seq2seq_gguf::load(files, weights);
        }
        let config_file = files.open("config")?;
        let path = config_file.path.clone();
        let config = config(config_file)?;
        let (tokenizer, prompt) = tokenizer(files, &config, &path)?;
        let mut checkpoint = Checkpoint::open(files, precision)?;
        let sha256 = checkpoint.sha256().to_owned();
        let network = Seq2Seq::load(&mut checkpoint, config)?;
        Self::checked(Self { network, tokenizer, prompt, sha256 }, &path)
    }

    /// An engine that gives numbers; `path` is for the message.
    pub(super) fn checked(mut self, path: &Path) -> Result<Self, InferError> {
        self.check_numbers(path)?;
        Ok(self)
    }

    /// One source through all layers: weights that give no numbers would silence every answer.
    fn check_numbers(&mut self, path: &Path) -> Result<(), InferError> {
        let source = self.tokenizer.encode("a");
        let mut states = self.begin_all(&[&source])?;
        let prompt = self.prompt.clone();
        let mut rows: Vec<(&mut OutputState, &[u32])> =
            states.iter_mut().map(|state| (state, prompt.as_slice())).collect();
        let mut logits = Vec::new();
        self.advance(&mut rows, &mut logits)?;
        if logits.iter().all(|logit| logit.is_finite()) {
            Ok(())
        } else {
            Err(InferError::NotFinite { path: path.to_owned() })
        }
    }

    /// Tokens of the prompt behind the first: they count in the length of an output.
    pub(super) fn tags(&self) -> usize {
        self.prompt.len().saturating_sub(1)
    }
}

impl NextToken for Seq2SeqEngine {
    type State = OutputState;
    type Error = InferError;

    fn vocabulary(&self) -> usize {
        self.network.config().vocabulary
    }

    fn begin_all(&mut self, sources: &[&[u32]]) -> Result<Vec<OutputState>, InferError> {
        Ok(self.network.sources(sources)?.into_iter().map(OutputState::new).collect())
    }

    fn advance(
        &mut self,
        rows: &mut [(&mut OutputState, &[u32])],
        logits: &mut Vec<f32>,
    ) -> Result<(), InferError> {
        self.network.decode(rows, Wanted::Last, logits, None)
    }
}

/// What `config.json` says of the network.
pub(super) fn config(file: ModelFile) -> Result<Seq2SeqConfig, InferError> {
    let path = file.path.clone();
    Seq2SeqConfig::from_json(&contents(file)?).map_err(|source| InferError::Format {
        path,
        format: "the configuration of an encoder-decoder",
        source,
    })
}

fn is_gguf(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gguf"))
}

/// The tokenizer of a T5 and the prompt of its decoder.
pub(super) fn t5_tokenizer(
    model: SentencePieceModel,
    (start, end): (u32, u32),
    path: &Path,
) -> Result<(PairTokenizer, Vec<u32>), InferError> {
    let tag = (0u32..).zip(model.vocabulary()).find(|(_, (text, _))| text == MADLAD_TAG);
    let tag: Vec<u32> = tag.map(|(id, _)| id).into_iter().collect();
    let tokenizer = PairTokenizer::new(model, None, VocabularyKind::Own, end);
    let mut tokenizer = tokenizer
        .map_err(|error| InferError::Tokenizer { path: path.to_owned(), source: error.into() })?;
    tokenizer.before = tag;
    Ok((tokenizer, vec![start]))
}

/// The tokenizer and the prompt of the decoder.
fn tokenizer(
    files: &dyn ModelFiles,
    config: &Seq2SeqConfig,
    path: &Path,
) -> Result<(PairTokenizer, Vec<u32>), InferError> {
    let failed = |source: Cause| InferError::Tokenizer { path: path.to_owned(), source };
    let list = |role: &str| json::<HashMap<String, u32>>(files, role, "a list of pieces");
    let (start, end) = (config.start, config.end);
    let has_list = optional(files, "vocabulary")?.is_some();
    match config.family {
        Family::Marian => {
            let (source, target) =
                (pieces(files, "source_pieces")?, pieces(files, "target_pieces")?);
            let kind = match optional(files, "target_vocabulary")? {
                Some(_) => {
                    VocabularyKind::Separate(list("vocabulary")?, list("target_vocabulary")?)
                }
                None => VocabularyKind::Listed(list("vocabulary")?),
            };
            let tokenizer = PairTokenizer::new(source, Some(target), kind, end);
            Ok((tokenizer.map_err(|error| failed(error.into()))?, vec![start]))
        }
        Family::M2m100 => {
            let (kind, size) = if has_list {
                let ids = list("vocabulary")?;
                let size = ids.len();
                (VocabularyKind::Listed(ids), Some(size))
            } else {
                (VocabularyKind::Fairseq, None)
            };
            let model = pieces(files, "sentencepiece")?;
            let (from, to) = match size {
                Some(size) => (size + M2M100_TAGS.0, size + M2M100_TAGS.1),
                None => nllb_tags(files, model.vocabulary().len())?,
            };
            let tag = |id: usize| {
                let id = u32::try_from(id).ok().filter(|id| (*id as usize) < config.vocabulary);
                id.ok_or_else(|| failed("its language tags lie outside the vocabulary".into()))
            };
            let mut tokenizer =
                PairTokenizer::new(model, None, kind, end).map_err(|error| failed(error.into()))?;
            tokenizer.before = vec![tag(from)?];
            Ok((tokenizer, vec![start, tag(to)?]))
        }
        Family::T5 => t5_tokenizer(pieces(files, "sentencepiece")?, (start, end), path),
    }
}

/// Ids of Arabic and English: as `tokenizer_config.json` numbers them, or else behind the pieces, in the order in which
/// `special_tokens_map.json` lists them.
fn nllb_tags(files: &dyn ModelFiles, pieces: usize) -> Result<(usize, usize), InferError> {
    if optional(files, "tokenizer_config")?.is_some() {
        let config: TokenizerConfig =
            json(files, "tokenizer_config", "the configuration of a tokenizer")?;
        let id = |wanted: &str| {
            let token =
                config.added_tokens_decoder.iter().find(|(_, token)| token.content == wanted);
            token.and_then(|(id, _)| id.parse::<usize>().ok())
        };
        if let (Some(from), Some(to)) = (id(NLLB_TAGS.0), id(NLLB_TAGS.1)) {
            return Ok((from, to));
        }
    }
    let file = files.open("special_tokens")?;
    let path = file.path.clone();
    let map: SpecialTokens = json(files, "special_tokens", "a map of special tokens")?;
    let place = |wanted: &str| {
        listed_tag(&map, pieces, wanted).ok_or_else(|| InferError::Tokenizer {
            path: path.clone(),
            source: format!("it lists no language tag `{wanted}`").into(),
        })
    };
    Ok((place(NLLB_TAGS.0)?, place(NLLB_TAGS.1)?))
}

/// The id of a tag in the published layout: pieces one above their own id, then the tags in the order of the list.
fn listed_tag(map: &SpecialTokens, pieces: usize, wanted: &str) -> Option<usize> {
    let is_wanted = |value: &serde_json::Value| {
        value.as_str().or_else(|| value.get("content")?.as_str()) == Some(wanted)
    };
    map.additional_special_tokens.iter().position(is_wanted).map(|at| pieces + 1 + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Witness: nllb-200-distilled-600M, whose model has 256000 pieces, and whose first tags are 256001 and 256002.
    #[test]
    fn listed_tags_follow_the_pieces() {
        let tags = serde_json::json!(["ace_Arab", {"content": "ace_Latn"}]);
        let map = SpecialTokens {
            additional_special_tokens: tags.as_array().cloned().unwrap_or_default(),
        };
        assert_eq!(listed_tag(&map, 256_000, "ace_Arab"), Some(256_001));
        assert_eq!(listed_tag(&map, 256_000, "ace_Latn"), Some(256_002));
        assert_eq!(listed_tag(&map, 256_000, "eng_Latn"), None);
    }
}
