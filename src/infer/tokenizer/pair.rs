//! Sources to the ids of an encoder, and the ids of a decoder to text.
//!
//! Owns: how each family numbers the pieces of its sentencepiece models, and the marks around them.
//! In: models, vocabularies. Out: ids. No text gives a control token or a language tag, whatever it spells.
//! Never: files.
//! Source: `MarianTokenizer`, `M2M100Tokenizer`, `NllbTokenizer` and `T5Tokenizer` of transformers 4.57. Different: those obey
//! a text that spells a mark.

use std::borrow::Cow;
use std::collections::HashMap;

use super::spm_bpe::{SPACE_SIGN, byte_spelt};
use super::{PieceKind, SentencePieceModel, TokenizerError};

/// How pieces get their numbers.
pub(crate) enum VocabularyKind {
    /// From `vocab.json`, for both languages.
    Listed(HashMap<String, u32>),
    /// From one list for the source and another for the target.
    Separate(HashMap<String, u32>, HashMap<String, u32>),
    /// As fairseq does: marks first (`<s>`, `<pad>`, `</s>`, `<unk>`), then pieces one above their own id.
    Fairseq,
    /// As the model does.
    Own,
}

/// A tokenizer of an encoder–decoder.
pub(crate) struct PairTokenizer {
    source: SentencePieceModel,
    /// `None` if it is that of the source.
    target: Option<SentencePieceModel>,
    source_ids: HashMap<String, u32>,
    target_ids: HashMap<String, u32>,
    /// The bytes of each id of the decoder; none for marks.
    outputs: Vec<Vec<u8>>,
    source_texts: HashMap<u32, String>,
    unknown: u32,
    is_own: bool,
    /// Ids before and behind a source.
    pub(crate) before: Vec<u32>,
    pub(crate) behind: Vec<u32>,
}

impl PairTokenizer {
    /// Sets the vocabularies up; `end` is the end mark.
    ///
    /// # Errors
    /// [`TokenizerError::Setup`] if a list has no unknown token.
    pub(crate) fn new(
        source: SentencePieceModel,
        target: Option<SentencePieceModel>,
        kind: VocabularyKind,
        end: u32,
    ) -> Result<Self, TokenizerError> {
        let is_own = matches!(kind, VocabularyKind::Own);
        let (source_ids, target_ids, unknown) = match kind {
            VocabularyKind::Listed(ids) => {
                let unknown = unknown_of(&ids)?;
                let pieces = text_pieces(ids);
                (pieces.clone(), pieces, unknown)
            }
            VocabularyKind::Separate(ids, targets) => {
                let unknown = unknown_of(&ids)?;
                (text_pieces(ids), text_pieces(targets), unknown)
            }
            VocabularyKind::Fairseq => {
                let ids = own_ids(&source, 1);
                (ids.clone(), ids, 3)
            }
            VocabularyKind::Own => {
                let ids = own_ids(&source, 0);
                let unknown = (0u32..)
                    .zip(source.vocabulary())
                    .find(|(_, (_, kind))| *kind == PieceKind::Unknown);
                (ids.clone(), ids, unknown.map_or(0, |(id, _)| id))
            }
        };
        let mut outputs = Vec::new();
        for (piece, id) in &target_ids {
            let at = usize::try_from(*id).unwrap_or(usize::MAX);
            if at > 1 << 24 {
                return Err(TokenizerError::Setup(
                    format!("the id {id} of `{piece}` is out of range").into(),
                ));
            }
            if outputs.len() <= at {
                outputs.resize(at + 1, Vec::new());
            }
            outputs[at] = match byte_spelt(piece) {
                Some(byte) => vec![byte],
                None => piece.replace(SPACE_SIGN, " ").into_bytes(),
            };
        }
        let source_texts = source_ids.iter().map(|(piece, id)| (*id, piece.clone())).collect();
        let (before, behind) = (Vec::new(), vec![end]);
        Ok(Self {
            source,
            target,
            source_ids,
            target_ids,
            outputs,
            source_texts,
            unknown,
            is_own,
            before,
            behind,
        })
    }

    /// Ids of a source between its marks; none for a text without pieces.
    pub(crate) fn encode(&self, text: &str) -> Vec<u32> {
        let pieces = self.source_pieces(text);
        [self.before.as_slice(), &pieces, &self.behind].concat()
    }

    /// Pieces of a source, without marks.
    pub(crate) fn source_pieces(&self, text: &str) -> Vec<u32> {
        self.ids(&self.source, &self.source_ids, text)
    }

    /// Pieces of a target, without marks.
    pub(crate) fn target_pieces(&self, text: &str) -> Vec<u32> {
        self.ids(self.target.as_ref().unwrap_or(&self.source), &self.target_ids, text)
    }

    fn ids(&self, model: &SentencePieceModel, ids: &HashMap<String, u32>, text: &str) -> Vec<u32> {
        let pieces = model.pieces(text);
        pieces.iter().map(|piece| ids.get(piece).copied().unwrap_or(self.unknown)).collect()
    }

    /// Whether an instruction may stand before a source: the network reads any text, and no tag asks for a language.
    pub(crate) fn takes_instructions(&self) -> bool {
        self.is_own && self.before.is_empty()
    }

    /// The text of a token of a source, a space before it where a word begins; marks have none.
    pub(crate) fn source_text(&self, id: u32) -> String {
        let piece = self.source_texts.get(&id).map_or("", String::as_str);
        piece.replace(SPACE_SIGN, " ")
    }

    /// The bytes a token adds to the output; none for marks. A token may hold part of a character.
    pub(crate) fn token_bytes(&self, id: u32) -> &[u8] {
        self.outputs.get(usize::try_from(id).unwrap_or(usize::MAX)).map_or(&[], Vec::as_slice)
    }

    /// The text of `ids`, without the space before the first word.
    pub(crate) fn decode(&self, ids: &[u32]) -> String {
        let bytes: Vec<u8> = ids.iter().flat_map(|id| self.token_bytes(*id)).copied().collect();
        let text = String::from_utf8_lossy(&bytes);
        let text: Cow<'_, str> =
            text.strip_prefix(' ').map_or(text.clone(), |text| text.to_owned().into());
        text.into_owned()
    }
}

fn unknown_of(ids: &HashMap<String, u32>) -> Result<u32, TokenizerError> {
    ids.get("<unk>")
        .copied()
        .ok_or_else(|| TokenizerError::Setup("the vocabulary has no `<unk>`".into()))
}

/// The list without what steers the network: marks, and tags such as `>>ara<<`.
fn text_pieces(mut ids: HashMap<String, u32>) -> HashMap<String, u32> {
    let is_mark = |piece: &str| {
        ["<s>", "</s>", "<unk>", "<pad>", "<mask>"].contains(&piece)
            || piece.starts_with(">>") && piece.ends_with("<<")
            || piece.starts_with("__") && piece.ends_with("__") && piece.len() > 4
    };
    ids.retain(|piece, _| !is_mark(piece));
    ids
}

/// Pieces that a text may give; a user-defined piece in angle brackets is a tag (`<2en>`), and is none.
fn own_ids(model: &SentencePieceModel, above: u32) -> HashMap<String, u32> {
    let is_tag = |text: &str| text.starts_with('<') && text.ends_with('>') && text.len() > 2;
    let pieces = (above..).zip(model.vocabulary()).filter(|(_, (text, kind))| match kind {
        PieceKind::Normal | PieceKind::Byte => true,
        PieceKind::UserDefined => !is_tag(text),
        PieceKind::Unknown | PieceKind::Control | PieceKind::Unused => false,
    });
    pieces.map(|(id, (text, _))| (text.clone(), id)).collect()
}
