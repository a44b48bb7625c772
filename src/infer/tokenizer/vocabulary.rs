//! The vocabulary of a GGUF file, checked and turned into a tokenizer.
//!
//! Owns: the meaning of the `tokenizer.ggml.*` values, and what can be wrong with them.
//! In: plain vectors. Out: a boxed [`Tokenizer`], or the first fault found.
//! Never: the reading of the file itself.

use std::collections::HashMap;

use super::Tokenizer;
use super::byte_bpe::ByteBpe;
use super::pretokenizer::Pretokenizer;
use super::special::SpecialTokens;
use super::spm_bpe::SpmBpe;
use crate::ports::Cause;

/// Values of `tokenizer.ggml.model` that [`GgufVocabulary::into_tokenizer`] reads.
const SUPPORTED_MODELS: &[&str] = &["llama", "gpt2"];

/// Why a vocabulary gives no tokenizer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenizerError {
    /// The file names a kind of tokenizer we do not have.
    #[error("tokenizer model `{found}` is not supported (supported: {})", supported.join(", "))]
    UnknownModel {
        /// What the file says.
        found: String,
        /// What we read.
        supported: &'static [&'static str],
    },
    /// The file names a way to cut words we do not have.
    #[error("pre-tokenizer `{found}` is not supported (supported: {})", supported.join(", "))]
    UnknownPreTokenizer {
        /// What the file says.
        found: String,
        /// What we read.
        supported: &'static [&'static str],
    },
    /// Two lists that run side by side have different lengths.
    #[error("the vocabulary has {tokens} tokens but {found} {field}")]
    Length {
        /// The list that does not fit.
        field: &'static str,
        /// Tokens in the vocabulary.
        tokens: usize,
        /// Entries in the list.
        found: usize,
    },
    /// A token has a type that GGUF does not define.
    #[error("token {token} has the unknown type {found}")]
    TokenType {
        /// Its id.
        token: usize,
        /// The type found; 1 to 6 are defined.
        found: i32,
    },
    /// A token of type "byte" does not spell a byte.
    #[error("token {token} is of type byte but is spelt `{text}`, not `<0xNN>`")]
    ByteToken {
        /// Its id.
        token: u32,
        /// Its spelling.
        text: String,
    },
    /// An id lies outside the vocabulary.
    #[error("the {role} token has id {id}, the vocabulary has {tokens} tokens")]
    IdOutside {
        /// Which token.
        role: &'static str,
        /// The id found.
        id: u32,
        /// Tokens in the vocabulary.
        tokens: usize,
    },
    /// A merge is not two tokens of the vocabulary that join to a third.
    #[error("merge {index}, `{text}`, does not join two tokens of the vocabulary to a third")]
    Merge {
        /// Its place in the list.
        index: usize,
        /// The merge as written.
        text: String,
    },
    /// The pattern that cuts words, or the merging of pairs, could not be set up.
    #[error("cannot set up the tokenizer")]
    Setup(#[source] Cause),
    /// The character map of a unigram vocabulary is damaged.
    #[error("the character map is damaged: {reason}")]
    CharacterMap {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A sentencepiece model file is damaged, or of a kind we do not cut with.
    #[error("cannot use the sentencepiece model")]
    SentencePiece(#[source] Cause),
    /// The character map of a unigram vocabulary is not base64.
    #[error("the character map is not base64")]
    CharacterMapEncoding(#[source] Cause),
}

/// What a token is, by `tokenizer.ggml.token_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Part of a text, made by merging.
    Normal,
    /// Stands for what has no token.
    Unknown,
    /// Steers the model; is never written out.
    Control,
    /// Cut out of any text before merging begins.
    UserDefined,
    /// Kept for later use.
    Unused,
    /// One byte.
    Byte,
}

impl TokenKind {
    fn from_gguf(token: usize, found: i32) -> Result<Self, TokenizerError> {
        Ok(match found {
            1 => Self::Normal,
            2 => Self::Unknown,
            3 => Self::Control,
            4 => Self::UserDefined,
            5 => Self::Unused,
            6 => Self::Byte,
            _ => return Err(TokenizerError::TokenType { token, found }),
        })
    }

    /// Whether the token gives no bytes and cannot come from plain text.
    pub(super) fn is_silent(self) -> bool {
        matches!(self, Self::Control | Self::Unknown)
    }
}

/// The `tokenizer.ggml.*` values of a GGUF file, as read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GgufVocabulary {
    /// `model`: "llama" (sentencepiece BPE by scores) or "gpt2" (byte-level BPE by merges).
    pub model: String,
    /// `pre`: how "gpt2" cuts text into words; "llama" does not use it.
    pub pre: String,
    /// `tokens`: the spelling of each id.
    pub tokens: Vec<String>,
    /// `scores`: one a token, higher merges first; needed by "llama" only.
    pub scores: Vec<f32>,
    /// `token_type`: one a token (1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte); none means
    /// that all are normal.
    pub token_types: Vec<i32>,
    /// `merges`: pairs, separated by a space, the first merges first; needed by "gpt2" only.
    pub merges: Vec<String>,
    /// `bos_token_id`.
    pub bos: Option<u32>,
    /// `eos_token_id`.
    pub eos: Option<u32>,
    /// `unknown_token_id`.
    pub unk: Option<u32>,
    /// `padding_token_id`.
    pub pad: Option<u32>,
    /// `add_bos_token`: kept for the caller, who puts the begin mark; `encode` never does.
    pub add_bos: bool,
    /// `add_space_prefix`: whether "llama" puts a space before the text.
    pub add_space_prefix: bool,
}

/// What both GGUF tokenizers know of their tokens.
pub(super) struct Tokens {
    pub(super) texts: Vec<String>,
    pub(super) kinds: Vec<TokenKind>,
    pub(super) special: SpecialTokens,
    pub(super) bos: Option<u32>,
    pub(super) eos: Option<u32>,
}

impl Tokens {
    /// Spelling to id, of the tokens that merging may give.
    pub(super) fn mergeable(&self) -> impl Iterator<Item = (&str, u32)> {
        (0_u32..).zip(&self.texts).zip(&self.kinds).filter_map(|((id, text), kind)| {
            let from_plain_text =
                matches!(kind, TokenKind::Normal | TokenKind::UserDefined | TokenKind::Unused);
            (from_plain_text && !text.is_empty()).then_some((text.as_str(), id))
        })
    }

    /// Spelling and kind of `id`.
    pub(super) fn get(&self, id: u32) -> Option<(&str, TokenKind)> {
        let index = usize::try_from(id).ok()?;
        Some((self.texts.get(index)?.as_str(), *self.kinds.get(index)?))
    }
}

impl GgufVocabulary {
    /// The tokenizer of this vocabulary.
    ///
    /// # Errors
    /// [`TokenizerError`], naming the first value that does not fit.
    pub fn into_tokenizer(self) -> Result<Box<dyn Tokenizer>, TokenizerError> {
        match self.model.as_str() {
            "llama" => self.into_spm_bpe().map(|tokenizer| Box::new(tokenizer) as _),
            "gpt2" => self.into_byte_bpe().map(|tokenizer| Box::new(tokenizer) as _),
            _ => {
                Err(TokenizerError::UnknownModel { found: self.model, supported: SUPPORTED_MODELS })
            }
        }
    }

    pub(super) fn into_spm_bpe(mut self) -> Result<SpmBpe, TokenizerError> {
        let scores = std::mem::take(&mut self.scores);
        check_length("scores", self.tokens.len(), scores.len())?;
        let (unk, add_space_prefix) = (self.unk, self.add_space_prefix);
        SpmBpe::new(self.into_tokens()?, scores, unk, add_space_prefix)
    }

    fn into_byte_bpe(mut self) -> Result<ByteBpe, TokenizerError> {
        let pretokenizer = Pretokenizer::named(&self.pre)?;
        let merges = std::mem::take(&mut self.merges);
        ByteBpe::new(self.into_tokens()?, &merges, pretokenizer)
    }

    fn into_tokens(self) -> Result<Tokens, TokenizerError> {
        let tokens = self.tokens.len();
        let mut kinds = if self.token_types.is_empty() {
            vec![TokenKind::Normal; tokens]
        } else {
            check_length("token types", tokens, self.token_types.len())?;
            (self.token_types.iter().enumerate())
                .map(|(token, &found)| TokenKind::from_gguf(token, found))
                .collect::<Result<_, _>>()?
        };
        let roles =
            [("begin", self.bos), ("end", self.eos), ("unknown", self.unk), ("padding", self.pad)];
        for (role, id) in roles {
            let Some(id) = id else { continue };
            let kind = usize::try_from(id).ok().and_then(|index| kinds.get_mut(index));
            let Some(kind) = kind else {
                return Err(TokenizerError::IdOutside { role, id, tokens });
            };
            // Some files mark these as user-defined, and then an article that spells them would steer the model.
            if *kind != TokenKind::Unknown {
                *kind = TokenKind::Control;
            }
        }
        let special = SpecialTokens::new(&self.tokens, &kinds);
        Ok(Tokens { texts: self.tokens, kinds, special, bos: self.bos, eos: self.eos })
    }
}

fn check_length(field: &'static str, tokens: usize, found: usize) -> Result<(), TokenizerError> {
    if tokens == found { Ok(()) } else { Err(TokenizerError::Length { field, tokens, found }) }
}

/// Spelling to id; of two tokens with one spelling the later wins, as in llama.cpp.
pub(super) fn ids_by_text(tokens: &Tokens) -> HashMap<Box<str>, u32> {
    tokens.mergeable().map(|(text, id)| (Box::from(text), id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(vocabulary: GgufVocabulary) -> String {
        vocabulary.into_tokenizer().err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn an_unknown_model_is_named_beside_the_supported_ones() {
        let vocabulary = GgufVocabulary { model: "rwkv".into(), ..Default::default() };
        assert_eq!(
            refusal(vocabulary),
            "tokenizer model `rwkv` is not supported (supported: llama, gpt2)"
        );
    }

    #[test]
    fn an_unknown_pre_tokenizer_is_named_beside_the_supported_ones() {
        let vocabulary =
            GgufVocabulary { model: "gpt2".into(), pre: "tekken".into(), ..Default::default() };
        let message = refusal(vocabulary);
        assert!(message.starts_with("pre-tokenizer `tekken` is not supported (supported: "));
        assert!(message.contains("qwen2") && message.contains("llama-bpe"));
    }

    #[test]
    fn lists_of_different_lengths_are_refused() {
        let vocabulary = GgufVocabulary {
            model: "llama".into(),
            tokens: vec!["a".into(), "b".into()],
            scores: vec![0.0],
            ..Default::default()
        };
        assert_eq!(refusal(vocabulary), "the vocabulary has 2 tokens but 1 scores");
    }

    #[test]
    fn an_end_token_outside_the_vocabulary_is_refused() {
        let vocabulary = GgufVocabulary {
            model: "llama".into(),
            tokens: vec!["a".into()],
            scores: vec![0.0],
            eos: Some(7),
            ..Default::default()
        };
        assert_eq!(refusal(vocabulary), "the end token has id 7, the vocabulary has 1 tokens");
    }
}
