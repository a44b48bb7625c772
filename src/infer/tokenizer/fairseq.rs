//! Text to the ids of XLM-R: sentencepiece pieces as fairseq numbers them, between marks of begin and end.
//!
//! Owns: the numbering (`<s>` 0, `<pad>` 1, `</s>` 2, `<unk>` 3, then pieces one above their own id), and where a long
//! text is cut off.
//! In: a sentencepiece model, or the `tokenizer.json` that transformers makes of one. Out: ids.
//! Source: `XLMRobertaTokenizer` and `XLMRobertaTokenizerFast` of transformers 4.57. Different: no text gives a
//! control token; from `tokenizer.json`, a text that spells one has the unknown token there.

use tokenizers::Tokenizer as JsonTokenizer;

use super::{PairMarks, SentencePieceModel, TokenizerError};
use crate::ports::Cause;

const BEGIN: u32 = 0;
const END: u32 = 2;
const UNKNOWN: u32 = 3;
/// How far fairseq's number of a piece is above sentencepiece's.
const OFFSET: u32 = 1;
/// Ids that are no pieces of a text.
const MARKS: usize = 2;

/// Tokens that steer the network, by their spelling.
const CONTROL: [&str; 4] = ["<s>", "<pad>", "</s>", "<mask>"];

/// A tokenizer of XLM-R.
pub(crate) enum FairseqTokenizer {
    SentencePiece(Box<SentencePieceModel>),
    Json { tokenizer: Box<JsonTokenizer>, control: Vec<u32> },
}

impl FairseqTokenizer {
    pub(crate) fn from_sentencepiece(model: SentencePieceModel) -> Self {
        Self::SentencePiece(Box::new(model))
    }

    /// Reads a `tokenizer.json`.
    ///
    /// # Errors
    /// [`TokenizerError::Setup`] if it is none, or if its marks have other ids.
    pub(crate) fn from_json(bytes: &[u8]) -> Result<Self, TokenizerError> {
        let mut tokenizer = JsonTokenizer::from_bytes(bytes).map_err(TokenizerError::Setup)?;
        for (mark, id) in [("<s>", BEGIN), ("</s>", END)] {
            let found = tokenizer.token_to_id(mark);
            if found != Some(id) {
                let told = found.map_or("none".to_owned(), |found| found.to_string());
                return Err(TokenizerError::Setup(
                    format!("the id of `{mark}` is {told}, XLM-R has {id}").into(),
                ));
            }
        }
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(TokenizerError::Setup)?;
        let control = CONTROL.iter().filter_map(|mark| tokenizer.token_to_id(mark)).collect();
        Ok(Self::Json { tokenizer: Box::new(tokenizer), control })
    }

    /// Ids of `text` between the marks; what is beyond `limit` ids, marks included, is left out at the end.
    ///
    /// # Errors
    /// When the `tokenizers` library fails.
    pub(crate) fn encode(&self, text: &str, limit: usize) -> Result<Vec<u32>, Cause> {
        let pieces = self.pieces(text)?.into_iter().take(limit.saturating_sub(MARKS));
        Ok([BEGIN].into_iter().chain(pieces).chain([END]).collect())
    }

    /// The marks around and between the texts of a pair; all tokens are of one kind.
    pub(crate) fn pair_marks() -> PairMarks {
        PairMarks {
            before: vec![(BEGIN, 0)],
            between: vec![(END, 0), (END, 0)],
            behind: vec![(END, 0)],
            kinds: [0, 0],
        }
    }

    /// Ids of `text` without any mark.
    ///
    /// # Errors
    /// When the `tokenizers` library fails.
    pub(crate) fn pieces(&self, text: &str) -> Result<Vec<u32>, Cause> {
        Ok(match self {
            Self::SentencePiece(model) => {
                let ids = model.ids(text).into_iter();
                ids.map(|id| id.map_or(UNKNOWN, |id| id + OFFSET)).collect()
            }
            Self::Json { tokenizer, control } => {
                let mut ids = tokenizer.encode(text, false)?.get_ids().to_vec();
                // The text is data.
                for id in ids.iter_mut().filter(|id| control.contains(id)) {
                    *id = UNKNOWN;
                }
                ids
            }
        })
    }
}
