//! The unigram model of sentencepiece: of all ways to cut a text into pieces, the one with the highest sum of scores.
//!
//! Owns: the vocabulary file of the sentence encoder, and the search.
//! In: text. Out: ids equal to sentencepiece's, but that no text gives a control piece.
//! Never: begin and end marks.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::charsmap::{Normalizer, SpaceRules};
use super::sentencepiece::Part;
use super::spm_bpe::{SPACE_SIGN, byte_spelt};
use super::trie::Trie;
use super::{Tokenizer, TokenizerError, joined_text};
use crate::domain::ByteSpan;

/// How far below the worst piece an unknown character scores.
const UNKNOWN_PENALTY: f32 = 10.0;

/// Where the library begins to look for the best score: C's `FLT_MIN`, which is the smallest positive number. As scores
/// are logarithms, it is what the library finds.
const LEAST_BEST_SCORE: f32 = f32::MIN_POSITIVE;

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PieceKind {
    /// Part of a text.
    Normal,
    /// Stands for characters that no piece covers.
    Unknown,
    /// Steers the model; no text gives it.
    Control,
    /// Always kept whole.
    UserDefined,
    /// Kept for later use; no text gives it.
    Unused,
    /// One byte of a character that no other piece covers, spelt `<0xNN>`.
    Byte,
}

/// A unigram model and its normaliser, as stored in JSON.
#[derive(Clone, Debug, Deserialize)]
pub struct UnigramVocabulary {
    /// Spelling, score (log-probability) and kind; the index is the id.
    pub pieces: Vec<(String, f32, PieceKind)>,
    /// Whether a space goes before the text.
    pub add_dummy_prefix: bool,
    /// Whether spaces at both ends go and several become one.
    pub remove_extra_whitespaces: bool,
    /// Whether a space becomes U+2581.
    pub escape_whitespaces: bool,
    /// The unknown piece.
    pub unk: u32,
    /// The piece that begins a text.
    #[serde(default)]
    pub bos: Option<u32>,
    /// The piece that ends a text.
    #[serde(default)]
    pub eos: Option<u32>,
    /// Score of a character that no piece covers; 10 below the worst piece if not given.
    #[serde(default)]
    pub unk_score: Option<f32>,
    /// Base64 of the precompiled character map; may be empty.
    #[serde(default)]
    pub charsmap: String,
}

/// A unigram tokenizer.
pub struct Unigram {
    pieces: Vec<(String, f32, PieceKind)>,
    trie: Trie,
    normalizer: Normalizer,
    special_ids: HashMap<String, u32>,
    unk: u32,
    unk_score: f32,
    /// Of normal pieces, but at least [`LEAST_BEST_SCORE`].
    best_score: f32,
    bos: Option<u32>,
    eos: Option<u32>,
    strips_prefix: bool,
}

impl Unigram {
    /// Sets the vocabulary up for searching.
    ///
    /// # Errors
    /// [`TokenizerError`] if an id lies outside the vocabulary or the character map is damaged.
    pub fn new(vocabulary: UnigramVocabulary) -> Result<Self, TokenizerError> {
        let UnigramVocabulary { pieces, unk, bos, eos, .. } = vocabulary;
        for (role, id) in [("unknown", Some(unk)), ("begin", bos), ("end", eos)] {
            if let Some(id) =
                id.filter(|&id| usize::try_from(id).is_ok_and(|id| id >= pieces.len()))
            {
                return Err(TokenizerError::IdOutside { role, id, tokens: pieces.len() });
            }
        }
        let map = (STANDARD.decode(&vocabulary.charsmap))
            .map_err(|error| TokenizerError::CharacterMapEncoding(error.into()))?;
        let rules = SpaceRules {
            add_dummy_prefix: vocabulary.add_dummy_prefix,
            remove_extra_whitespaces: vocabulary.remove_extra_whitespaces,
            escape_whitespaces: vocabulary.escape_whitespaces,
        };
        let normalizer = Normalizer::new(&map, rules)?;
        let numbered = || (0_u32..).zip(&pieces);
        let trie = Trie::new(numbered().filter_map(|(id, (text, _, kind))| {
            let can_be_chosen = matches!(kind, PieceKind::Normal | PieceKind::UserDefined);
            (can_be_chosen && !text.is_empty()).then_some((text.as_str(), id))
        }));
        let special_ids = (numbered().filter(|(_, (_, _, kind))| *kind != PieceKind::Normal))
            .map(|(id, (text, _, _))| (text.clone(), id))
            .collect();
        let normal_scores =
            || pieces.iter().filter(|(_, _, kind)| *kind == PieceKind::Normal).map(|piece| piece.1);
        let worst_score = normal_scores().reduce(f32::min).unwrap_or(0.0);
        Ok(Self {
            trie,
            normalizer,
            special_ids,
            unk,
            unk_score: vocabulary.unk_score.unwrap_or(worst_score - UNKNOWN_PENALTY),
            best_score: normal_scores().fold(LEAST_BEST_SCORE, f32::max),
            bos,
            eos,
            strips_prefix: vocabulary.add_dummy_prefix,
            pieces,
        })
    }

    /// Cuts a normalised text; each character without a piece is a part of its own.
    pub(super) fn parts<'t>(&self, normalised: &'t str) -> Vec<Part<'t>> {
        let part = |(start, end, id): (usize, usize, u32)| Part {
            text: normalised.get(start..end).unwrap_or_default(),
            id: (id != self.unk).then_some(id),
        };
        self.cuts(normalised).into_iter().map(part).collect()
    }

    /// Ids as of [`encode`](Tokenizer::encode), each with the bytes of `text` that it stands for.
    ///
    /// Spans rise; of a character that becomes several pieces each has all of it. The space before a word is in no span,
    /// and a piece that is only a space has an empty span where the next piece begins.
    #[must_use]
    pub fn encode_with_spans(&self, text: &str) -> Vec<(u32, ByteSpan)> {
        let mut written: Vec<(usize, Range<usize>)> = Vec::new();
        let normalised =
            self.normalizer.rewrite(text, |length, origin| written.push((length, origin)));
        let origin = |byte: usize| {
            let at = written.partition_point(|(length, _)| *length <= byte);
            written.get(at).map_or(text.len()..text.len(), |(_, origin)| origin.clone())
        };
        let mut tokens: Vec<(u32, ByteSpan)> = Vec::new();
        for (start, end, id) in self.cuts(&normalised) {
            let piece = normalised.get(start..end).unwrap_or_default();
            let letters = end - piece.trim_start_matches(SPACE_SIGN).len();
            let next = origin(letters).start;
            let last = if letters < end { origin(end - 1).end } else { next };
            match tokens.last_mut() {
                Some((before, span)) if id == self.unk && *before == self.unk => {
                    *span = within(text, span.start(), last);
                }
                _ => tokens.push((id, within(text, next, last))),
            }
        }
        tokens
    }

    /// Start, end and id of each piece.
    fn cuts(&self, text: &str) -> Vec<(usize, usize, u32)> {
        let endings = self.best_endings(text);
        let mut cuts = Vec::with_capacity(text.len() / 3);
        let mut end = text.len();
        while end > 0 {
            let Ending { start, id, .. } = endings[end];
            cuts.push((start, end, id));
            end = start;
        }
        cuts.reverse();
        cuts
    }

    /// Fills in, from left to right, the best piece that ends at each byte.
    fn best_endings(&self, text: &str) -> Vec<Ending> {
        let mut endings = vec![Ending::UNREACHED; text.len() + 1];
        endings[0].score = 0.0;
        for (start, character) in text.char_indices() {
            let so_far = endings[start].score;
            let one_character = character.len_utf8();
            let mut has_one_character = false;
            let rest = text.as_bytes().get(start..).unwrap_or_default();
            self.trie.prefixes(rest, |bytes, id| {
                endings[start + bytes].improve(so_far + self.score(id, bytes), start, id);
                has_one_character |= bytes == one_character;
            });
            if !has_one_character {
                endings[start + one_character].improve(so_far + self.unk_score, start, self.unk);
            }
        }
        endings
    }

    /// A user-defined piece scores so high that hardly anything else wins over it.
    #[expect(clippy::cast_precision_loss, reason = "a piece has few bytes")]
    fn score(&self, id: u32, bytes: usize) -> f32 {
        match self.pieces.get(id as usize) {
            Some((_, _, PieceKind::UserDefined)) => bytes as f32 * self.best_score - 0.1,
            Some((_, score, _)) => *score,
            None => self.unk_score,
        }
    }
}

/// The span, which ends between characters because the origins do.
fn within(text: &str, start: usize, end: usize) -> ByteSpan {
    ByteSpan::within(text, start, end).unwrap_or_else(|_| ByteSpan::whole(text))
}

/// The best piece that ends at one byte of the text, and the score of the text up to it.
#[derive(Clone, Copy)]
struct Ending {
    score: f32,
    start: usize,
    id: u32,
}

impl Ending {
    const UNREACHED: Self = Self { score: f32::NEG_INFINITY, start: 0, id: 0 };

    /// Takes the new piece if it is strictly better: of two equal ones the longer, which came first, stays.
    fn improve(&mut self, score: f32, start: usize, id: u32) {
        if score > self.score {
            *self = Self { score, start, id };
        }
    }
}

impl Tokenizer for Unigram {
    fn encode(&self, text: &str) -> Vec<u32> {
        let text = self.normalizer.normalize(text);
        let mut ids: Vec<u32> = self.cuts(&text).into_iter().map(|(_, _, id)| id).collect();
        // One unknown piece stands for all unknown characters in a row.
        ids.dedup_by(|next, last| *next == self.unk && *last == self.unk);
        ids
    }

    /// The same as [`encode`](Tokenizer::encode): an encoder has no template.
    fn encode_with_special(&self, text: &str) -> Vec<u32> {
        self.encode(text)
    }

    fn token_bytes(&self, id: u32) -> Cow<'_, [u8]> {
        match self.pieces.get(id as usize) {
            Some((text, _, PieceKind::Normal | PieceKind::UserDefined | PieceKind::Unused)) => {
                Cow::Owned(text.replace(SPACE_SIGN, " ").into_bytes())
            }
            Some((text, _, PieceKind::Byte)) => Cow::Owned(byte_spelt(text).into_iter().collect()),
            Some((_, _, PieceKind::Unknown | PieceKind::Control)) | None => Cow::Borrowed(&[]),
        }
    }

    fn decode(&self, ids: &[u32]) -> String {
        let mut text = joined_text(self, ids);
        if self.strips_prefix && text.starts_with(' ') {
            text.remove(0);
        }
        text
    }

    fn vocabulary_size(&self) -> usize {
        self.pieces.len()
    }

    fn bos(&self) -> Option<u32> {
        self.bos
    }

    fn eos(&self) -> Option<u32> {
        self.eos
    }

    fn special_id(&self, text: &str) -> Option<u32> {
        self.special_ids.get(text).copied()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;

    fn vocabulary() -> UnigramVocabulary {
        let normal =
            [("▁", -2.0), ("a", -3.0), ("b", -3.0), ("ab", -5.0), ("▁ab", -7.5), ("▁a", -4.0)];
        let mut pieces = vec![
            ("<unk>".to_owned(), 0.0, PieceKind::Unknown),
            ("<s>".to_owned(), 0.0, PieceKind::Control),
        ];
        pieces.extend(normal.map(|(text, score)| (text.to_owned(), score, PieceKind::Normal)));
        UnigramVocabulary {
            pieces,
            add_dummy_prefix: true,
            remove_extra_whitespaces: true,
            escape_whitespaces: true,
            unk: 0,
            bos: Some(1),
            eos: None,
            unk_score: None,
            charsmap: String::new(),
        }
    }

    #[test]
    fn the_cut_with_the_highest_sum_wins() {
        let tokenizer = Unigram::new(vocabulary()).unwrap();
        // ▁ + ab = -7, ▁a + b = -7, ▁ab = -7.5: of the equal ones, that whose last piece begins first.
        assert_eq!(tokenizer.encode("ab"), [2, 5]);
        assert_eq!(tokenizer.decode(&[2, 5]), "ab");
    }

    #[test]
    fn unknown_characters_in_a_row_become_one_piece() {
        let tokenizer = Unigram::new(vocabulary()).unwrap();
        assert_eq!(tokenizer.encode("aبتb"), [7, 0, 4]);
    }

    #[test]
    fn pieces_know_the_bytes_they_stand_for() {
        let tokenizer = Unigram::new(vocabulary()).unwrap();
        for text in ["  ab  بتa b ", "aبتb", "", "  ", "ab"] {
            let (ids, spans): (Vec<u32>, Vec<ByteSpan>) =
                tokenizer.encode_with_spans(text).into_iter().unzip();
            assert_eq!(ids, tokenizer.encode(text));
            assert!(spans.is_sorted_by_key(|span| (span.start(), span.end())), "{text:?}");
        }
        let text = "  ab  بتa b ";
        let spelt: Vec<(usize, &str)> = (tokenizer.encode_with_spans(text).into_iter())
            .map(|(_, span)| (span.start(), span.of(text).unwrap()))
            .collect();
        assert_eq!(spelt, [(2, ""), (2, "ab"), (6, ""), (6, "بت"), (10, "a"), (12, ""), (12, "b")]);
    }

    #[test]
    fn plain_text_that_spells_a_control_piece_stays_text() {
        let tokenizer = Unigram::new(vocabulary()).unwrap();
        assert!(!tokenizer.encode("<s>").contains(&1));
        assert_eq!(tokenizer.special_id("<s>"), Some(1));
    }

    #[test]
    fn an_unknown_piece_outside_the_vocabulary_is_refused() {
        let outside = UnigramVocabulary { unk: 99, ..vocabulary() };
        let message = Unigram::new(outside).err().unwrap().to_string();
        assert_eq!(message, "the unknown token has id 99, the vocabulary has 8 tokens");
    }
}
