//! GPT-2's byte-level BPE: bytes, written as letters, merge by a ranked list of pairs.
//!
//! Owns: the letter of each byte, and how words become ids.
//! In: text. Out: ids equal to those of the model's own tokenizer: with Qwen 2 and 3, text is composed (NFC) first,
//! which GGUF does not say and llama.cpp does not do.
//! Never: begin and end marks.

use std::borrow::Cow;
use std::collections::HashMap;

use tokenizers::models::bpe::{BPE, Vocab};
use tokenizers::{Model, NormalizedString};

use super::pretokenizer::Pretokenizer;
use super::special::{Fragment, Trust};
use super::vocabulary::{TokenKind, Tokens};
use super::{Tokenizer, TokenizerError, joined_text};

/// A byte-level BPE tokenizer.
pub(super) struct ByteBpe {
    tokens: Tokens,
    pretokenizer: Pretokenizer,
    merging: BPE,
    letters: Vec<char>,
    bytes: HashMap<char, u8>,
}

impl ByteBpe {
    pub(super) fn new(
        tokens: Tokens,
        merges: &[String],
        pretokenizer: Pretokenizer,
    ) -> Result<Self, TokenizerError> {
        let vocabulary: Vocab =
            tokens.mergeable().map(|(text, id)| (text.to_owned(), id)).collect();
        let pairs = (merges.iter().enumerate())
            .map(|(index, text)| {
                merged_pair(&vocabulary, text)
                    .ok_or_else(|| TokenizerError::Merge { index, text: text.clone() })
            })
            .collect::<Result<_, _>>()?;
        let merging = BPE::builder()
            .vocab_and_merges(vocabulary, pairs)
            .ignore_merges(pretokenizer.takes_whole_words)
            .build()
            .map_err(TokenizerError::Setup)?;
        let letters: Vec<char> = (0..=u8::MAX).map(letter_of).collect();
        let bytes = letters.iter().copied().zip(0..=u8::MAX).collect();
        Ok(Self { tokens, pretokenizer, merging, letters, bytes })
    }

    fn encode_trusting(&self, text: &str, trust: Trust) -> Vec<u32> {
        let mut ids = Vec::with_capacity(text.len() / 3);
        for fragment in self.tokens.special.cut(text, trust) {
            match fragment {
                Fragment::Token(id) => ids.push(id),
                Fragment::Text(text) => self.push_words(&self.normalized(text), &mut ids),
            }
        }
        ids
    }

    fn normalized<'t>(&self, text: &'t str) -> Cow<'t, str> {
        // Below U+0300 nothing combines and every character is its own composed form.
        if !self.pretokenizer.composes || text.chars().all(|character| character < '\u{300}') {
            return Cow::Borrowed(text);
        }
        let mut normalized = NormalizedString::from(text);
        normalized.nfc();
        Cow::Owned(normalized.get().to_owned())
    }

    fn push_words(&self, text: &str, ids: &mut Vec<u32>) {
        let mut letters = String::new();
        self.pretokenizer.words(text, &mut |word| {
            letters.clear();
            letters.extend(word.bytes().map(|byte| self.letters[usize::from(byte)]));
            // Fails only if an unknown token is set and missing; none is set.
            let merged = self.merging.tokenize(&letters).unwrap_or_default();
            ids.extend(merged.iter().map(|token| token.id));
        });
    }
}

/// Reads `left right`, if both and what they join to are tokens.
fn merged_pair(vocabulary: &Vocab, text: &str) -> Option<(String, String)> {
    // A token may itself begin with a space, so the first character does not separate.
    let (separator, _) = text.char_indices().skip(1).find(|&(_, character)| character == ' ')?;
    let (left, right) = (text.get(..separator)?, text.get(separator + 1..)?);
    let all_known = [left, right, &format!("{left}{right}")]
        .iter()
        .all(|token| vocabulary.contains_key(*token));
    all_known.then(|| (left.to_owned(), right.to_owned()))
}

/// The letter GPT-2 writes for a byte: itself if it is visible in Latin-1, else the next free one from U+0100.
fn letter_of(byte: u8) -> char {
    let shifted = match byte {
        0..=32 => u32::from(byte),
        127..=160 => u32::from(byte) - 127 + 33,
        173 => 67,
        _ => return char::from(byte),
    };
    char::from_u32(0x100 + shifted).unwrap_or(char::REPLACEMENT_CHARACTER)
}

impl Tokenizer for ByteBpe {
    fn encode(&self, text: &str) -> Vec<u32> {
        self.encode_trusting(text, Trust::PlainData)
    }

    fn encode_with_special(&self, text: &str) -> Vec<u32> {
        self.encode_trusting(text, Trust::Template)
    }

    fn token_bytes(&self, id: u32) -> Cow<'_, [u8]> {
        match self.tokens.get(id) {
            Some((text, TokenKind::UserDefined)) => Cow::Borrowed(text.as_bytes()),
            Some((text, TokenKind::Normal | TokenKind::Unused | TokenKind::Byte)) => {
                let bytes: Option<Vec<u8>> =
                    text.chars().map(|letter| self.bytes.get(&letter).copied()).collect();
                // A token that is no row of byte letters stands for its own spelling.
                bytes.map_or(Cow::Borrowed(text.as_bytes()), Cow::Owned)
            }
            Some((_, TokenKind::Control | TokenKind::Unknown)) | None => Cow::Borrowed(&[]),
        }
    }

    fn decode(&self, ids: &[u32]) -> String {
        joined_text(self, ids)
    }

    fn vocabulary_size(&self) -> usize {
        self.tokens.texts.len()
    }

    fn bos(&self) -> Option<u32> {
        self.tokens.bos
    }

    fn eos(&self) -> Option<u32> {
        self.tokens.eos
    }

    fn special_id(&self, text: &str) -> Option<u32> {
        self.tokens.special.id(text)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::super::GgufVocabulary;
    use super::*;

    fn vocabulary(pre: &str) -> GgufVocabulary {
        let mut tokens: Vec<String> =
            (0..=u8::MAX).map(|byte| letter_of(byte).to_string()).collect();
        tokens.extend(["ab", "Ġab", "abc", "<|end|>"].map(String::from));
        let mut token_types = vec![1; 259];
        token_types.push(3);
        GgufVocabulary {
            model: "gpt2".into(),
            pre: pre.into(),
            tokens,
            token_types,
            merges: ["a b", "Ġ ab"].map(String::from).to_vec(),
            ..Default::default()
        }
    }

    #[test]
    fn each_byte_has_its_own_letter() {
        let letters: std::collections::HashSet<char> = (0..=u8::MAX).map(letter_of).collect();
        assert_eq!(letters.len(), 256);
        assert_eq!([b' ', b'\n', 0xAD, b'a'].map(letter_of), ['Ġ', 'Ċ', 'Ń', 'a']);
        assert_eq!([0x7F, 0xA0, 0xFF].map(letter_of), ['ġ', 'ł', 'ÿ']);
    }

    #[test]
    fn the_last_of_several_spaces_goes_with_the_word() {
        let tokenizer = vocabulary("gpt-2").into_tokenizer().unwrap();
        let space = u32::from(b' ');
        assert_eq!(tokenizer.encode("  ab"), [space, 257]);
        assert_eq!(tokenizer.encode("ab  "), [256, space, space]);
    }

    #[test]
    fn whole_words_win_over_merges_for_llama_3_only() {
        let llama = vocabulary("llama-bpe").into_tokenizer().unwrap();
        let qwen = vocabulary("qwen2").into_tokenizer().unwrap();
        assert_eq!(llama.encode("abc"), [258]);
        assert_eq!(qwen.encode("abc"), [256, u32::from(b'c')]);
    }

    #[test]
    fn plain_text_that_spells_a_control_token_stays_text() {
        let tokenizer = vocabulary("qwen2").into_tokenizer().unwrap();
        assert!(!tokenizer.encode("<|end|>").contains(&259));
        assert_eq!(tokenizer.decode(&tokenizer.encode("<|end|>")), "<|end|>");
        assert_eq!(tokenizer.encode_with_special("<|end|>"), [259]);
        assert_eq!(tokenizer.decode(&[259]), "");
    }

    #[test]
    fn a_merge_of_what_is_no_token_is_refused_with_its_place() {
        let mut vocabulary = vocabulary("qwen2");
        vocabulary.merges.push("ab Ġab".into());
        assert_eq!(
            vocabulary.into_tokenizer().err().unwrap().to_string(),
            "merge 2, `ab Ġab`, does not join two tokens of the vocabulary to a third"
        );
    }
}
