//! Text to token ids and back.
//!
//! Owns: the tokenizer trait, and one file for each kind: sentencepiece BPE by scores (`spm_bpe`), GPT-2's
//! byte-level BPE (`byte_bpe`), sentencepiece unigram (`unigram`); `sentencepiece` reads the latter's own files.
//! In: vocabularies as plain data, which the caller has read from a model file. Out: ids.
//! Never: files, tensors, chat templates.

mod byte_bpe;
mod charsmap;
mod fairseq;
mod json;
mod pair;
mod pretokenizer;
mod protobuf;
mod sentencepiece;
mod special;
mod spm_bpe;
mod trie;
mod unigram;
mod vocabulary;

use std::borrow::Cow;

pub(crate) use fairseq::FairseqTokenizer;
pub(crate) use json::{JsonTokenizer, PairMarks};
pub(crate) use pair::{PairTokenizer, VocabularyKind};
pub use sentencepiece::SentencePieceModel;
pub use unigram::{PieceKind, Unigram, UnigramVocabulary};
pub use vocabulary::{GgufVocabulary, TokenizerError};

/// Cuts text into the tokens of one model.
///
/// 1. [`encode`](Self::encode) treats its text as data: it adds no begin or end mark, and no text, whatever it
///    spells, gives a control token. This is what keeps an article from writing into the prompt.
/// 2. [`encode_with_special`](Self::encode_with_special) also reads the spelling of control tokens; it is for
///    text the program itself wrote, such as a chat template.
/// 3. Joining [`token_bytes`](Self::token_bytes) over ids gives the bytes that
///    [`decode`](Self::decode) reads as UTF-8, less the space that `encode` put before the first word.
/// 4. Ids outside the vocabulary give no bytes; nothing panics.
pub trait Tokenizer: Send + Sync {
    /// Ids of `text`, read as plain data.
    fn encode(&self, text: &str) -> Vec<u32>;

    /// Ids of `text`, in which the spelling of a control token stands for that token.
    fn encode_with_special(&self, text: &str) -> Vec<u32>;

    /// The bytes a token adds to the output; none for control tokens. A token may hold part of a character.
    fn token_bytes(&self, id: u32) -> Cow<'_, [u8]>;

    /// The text of `ids`; bytes that are not UTF-8 become U+FFFD.
    fn decode(&self, ids: &[u32]) -> String;

    /// The number of ids: they run from 0 to one below it.
    fn vocabulary_size(&self) -> usize;

    /// The token that begins a text, if the model has one.
    fn bos(&self) -> Option<u32>;

    /// The token that ends a text, if the model has one.
    fn eos(&self) -> Option<u32>;

    /// The control or user-defined token that is spelt exactly `text`.
    fn special_id(&self, text: &str) -> Option<u32>;
}

/// Joins the bytes of `ids` and reads them as UTF-8.
fn joined_text<T: Tokenizer + ?Sized>(tokenizer: &T, ids: &[u32]) -> String {
    let mut bytes = Vec::with_capacity(ids.len() * 4);
    for &id in ids {
        bytes.extend_from_slice(&tokenizer.token_bytes(id));
    }
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    }
}
