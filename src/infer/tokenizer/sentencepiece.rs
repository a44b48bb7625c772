//! A sentencepiece model file (`.model`), and the pieces it cuts a text into.
//!
//! Owns: the fields of `ModelProto` that decide how text is cut, and what can be wrong with them.
//! In: the bytes of the file. Out: [`SentencePieceModel`], which cuts as `EncodeAsPieces` of the library does.
//! Never: the search itself (`unigram`, `spm_bpe`), files.
//! Source: `sentencepiece_model.proto` and `SentencePieceProcessor::PopulateSentencePieceText`,
//! google/sentencepiece 0.2. Different: a model with a suffix for spaces, or a BPE model with unused pieces, is
//! refused; neither is published for translation or its evaluation.

use super::charsmap::{Normalizer, SpaceRules};
use super::protobuf::{Field, Fields, WireError};
use super::spm_bpe::SpmBpe;
use super::trie::Trie;
use super::unigram::{PieceKind, Unigram, UnigramVocabulary};
use super::{GgufVocabulary, TokenizerError};
use crate::ports::Cause;

/// The library takes no longer pieces, bytes.
const MAX_PIECE_BYTES: usize = 8000;
/// More pieces than any model has; ids are 32 bits.
const MAX_PIECES: usize = 1 << 24;
/// Kinds of models that are read, by the names of the library.
const SUPPORTED: &[&str] = &["unigram", "bpe"];

/// Part of a normalised text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part<'t> {
    pub(super) text: &'t str,
    /// The piece; `None` for what no piece covers.
    pub(super) id: Option<u32>,
}

/// What the file says, as read.
struct Spec {
    pieces: Vec<(String, f32, PieceKind)>,
    model_type: u64,
    byte_fallback: bool,
    suffix_whitespace: bool,
    rules: SpaceRules,
    charsmap: Vec<u8>,
}

enum Search {
    Unigram(Unigram),
    Bpe(SpmBpe),
}

/// A sentencepiece model, ready to cut text.
pub struct SentencePieceModel {
    search: Search,
    normalizer: Normalizer,
    byte_fallback: bool,
    vocabulary: Vec<(String, PieceKind)>,
}

impl SentencePieceModel {
    /// Reads a `.model` file.
    ///
    /// # Errors
    /// [`TokenizerError::SentencePiece`] if the bytes are no such model or one of a kind we do not cut with;
    /// [`TokenizerError::CharacterMap`] if its character map is damaged.
    pub fn read(bytes: &[u8]) -> Result<Self, TokenizerError> {
        Self::of(Spec::read(bytes).map_err(TokenizerError::SentencePiece)?)
    }

    /// Makes a unigram model of the vocabulary that a GGUF file holds: text, score and type of each piece, the map of
    /// characters, and whether a space is put before the text and rows of spaces become one.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) fn from_gguf(
        pieces: impl Iterator<Item = (String, f32, i32)>,
        charsmap: Vec<u8>,
        (add_dummy_prefix, remove_extra_whitespaces): (bool, bool),
    ) -> Result<Self, TokenizerError> {
        let piece = |(id, (text, score, kind)): (usize, (String, f32, i32))| {
            let kind = match u64::try_from(kind).map(|kind| piece_kind(id, kind)) {
                // Marks for spans, which llama.cpp lists as if a text could ask for them.
                Ok(Ok(PieceKind::UserDefined)) if text.starts_with("<extra_id_") => {
                    PieceKind::Control
                }
                Ok(kind) => kind?,
                Err(_) => return Err(format!("piece {id} has the unknown type {kind}").into()),
            };
            if text.is_empty() || text.len() >= MAX_PIECE_BYTES || score.is_nan() {
                return Err(format!("piece {id} is empty, too long, or its score no number").into());
            }
            Ok((text, score, kind))
        };
        let pieces: Result<Vec<_>, Cause> = pieces.enumerate().map(piece).collect();
        let pieces = pieces.map_err(TokenizerError::SentencePiece)?;
        let byte_fallback = pieces.iter().any(|(_, _, kind)| *kind == PieceKind::Byte);
        let rules =
            SpaceRules { add_dummy_prefix, remove_extra_whitespaces, escape_whitespaces: true };
        let (model_type, suffix_whitespace) = (1, false);
        Self::of(Spec { pieces, model_type, byte_fallback, suffix_whitespace, rules, charsmap })
    }

    fn of(spec: Spec) -> Result<Self, TokenizerError> {
        spec.check().map_err(TokenizerError::SentencePiece)?;
        let user_defined =
            spec.pieces.iter().filter(|(_, _, kind)| *kind == PieceKind::UserDefined);
        let kept = Trie::new(user_defined.map(|(text, _, _)| (text.as_str(), 0)));
        let normalizer = Normalizer::new(&spec.charsmap, spec.rules)?.keeping(kept);
        let byte_fallback = spec.byte_fallback;
        let vocabulary = spec.pieces.iter().map(|(text, _, kind)| (text.clone(), *kind)).collect();
        let search = match spec.model_type {
            2 => Search::Bpe(spec.into_bpe()?),
            _ => Search::Unigram(spec.into_unigram()?),
        };
        Ok(Self { search, normalizer, byte_fallback, vocabulary })
    }

    /// Spelling and kind of each piece; the index is its id.
    #[must_use]
    pub fn vocabulary(&self) -> &[(String, PieceKind)] {
        &self.vocabulary
    }

    /// The pieces of `text`, as spelt in the normalised text; none for the empty one.
    ///
    /// Characters without a piece stand for themselves, those in a row as one piece, or as their bytes
    /// (`<0xNN>`) if the model falls back to bytes. No control piece is among them, whatever the text spells.
    #[must_use]
    pub fn pieces(&self, text: &str) -> Vec<String> {
        let normalised = self.normalizer.normalize(text);
        let mut pieces: Vec<String> = Vec::new();
        let mut after_unknown = false;
        for Part { text, id } in self.parts(&normalised) {
            let is_unknown = id.is_none();
            match pieces.last_mut() {
                _ if is_unknown && self.byte_fallback => {
                    pieces.extend(text.bytes().map(|byte| format!("<0x{byte:02X}>")));
                }
                Some(last) if is_unknown && after_unknown => last.push_str(text),
                _ => pieces.push(text.to_owned()),
            }
            after_unknown = is_unknown;
        }
        pieces
    }

    /// The ids of [`pieces`](Self::pieces): `None` stands for the unknown piece.
    ///
    /// A model that falls back to bytes gives `None` for each unknown character; its byte pieces have no use
    /// in the encoders that read ids from here.
    #[must_use]
    pub fn ids(&self, text: &str) -> Vec<Option<u32>> {
        let normalised = self.normalizer.normalize(text);
        let mut ids: Vec<Option<u32>> =
            self.parts(&normalised).iter().map(|part| part.id).collect();
        if !self.byte_fallback {
            ids.dedup_by(|next, last| next.is_none() && last.is_none());
        }
        ids
    }

    fn parts<'t>(&'t self, normalised: &'t str) -> Vec<Part<'t>> {
        match &self.search {
            Search::Unigram(unigram) => unigram.parts(normalised),
            Search::Bpe(bpe) => bpe.parts(normalised),
        }
    }
}

impl Spec {
    fn read(bytes: &[u8]) -> Result<Self, Cause> {
        let mut spec = Self {
            pieces: Vec::new(),
            model_type: 1,
            byte_fallback: false,
            suffix_whitespace: false,
            rules: SpaceRules {
                add_dummy_prefix: true,
                remove_extra_whitespaces: true,
                escape_whitespaces: true,
            },
            charsmap: Vec::new(),
        };
        for field in Fields::of(bytes) {
            let field = field?;
            match field.number {
                1 => spec.add_piece(field.bytes()?)?,
                2 => spec.read_trainer(field.bytes()?)?,
                3 => spec.read_normalizer(field.bytes()?)?,
                _ => {}
            }
        }
        Ok(spec)
    }

    fn add_piece(&mut self, message: &[u8]) -> Result<(), Cause> {
        let (mut text, mut score, mut kind) = (String::new(), 0.0, PieceKind::Normal);
        let id = self.pieces.len();
        for field in Fields::of(message) {
            let field = field?;
            match field.number {
                1 => text = piece_text(id, field)?,
                2 => score = field.float()?,
                3 => kind = piece_kind(id, field.number()?)?,
                _ => {}
            }
        }
        if text.is_empty() || text.contains('\0') {
            return Err(format!("piece {id} is empty or holds a zero byte").into());
        }
        if score.is_nan() {
            return Err(format!("the score of piece {id} is no number").into());
        }
        if id >= MAX_PIECES {
            return Err(format!("more than {MAX_PIECES} pieces").into());
        }
        self.pieces.push((text, score, kind));
        Ok(())
    }

    fn read_trainer(&mut self, message: &[u8]) -> Result<(), WireError> {
        for field in Fields::of(message) {
            let field = field?;
            match field.number {
                3 => self.model_type = field.number()?,
                24 => self.suffix_whitespace = field.flag()?,
                35 => self.byte_fallback = field.flag()?,
                _ => {}
            }
        }
        Ok(())
    }

    fn read_normalizer(&mut self, message: &[u8]) -> Result<(), WireError> {
        for field in Fields::of(message) {
            let field = field?;
            match field.number {
                2 => self.charsmap = field.bytes()?.to_vec(),
                3 => self.rules.add_dummy_prefix = field.flag()?,
                4 => self.rules.remove_extra_whitespaces = field.flag()?,
                5 => self.rules.escape_whitespaces = field.flag()?,
                _ => {}
            }
        }
        Ok(())
    }

    /// What the library checks when it loads a model, and what we leave out.
    fn check(&self) -> Result<(), Cause> {
        if !matches!(self.model_type, 1 | 2) {
            let name = match self.model_type {
                3 => "word".to_owned(),
                4 => "char".to_owned(),
                number => number.to_string(),
            };
            let supported = SUPPORTED.join(", ");
            return Err(
                format!("models of type `{name}` are not supported: {supported} are").into()
            );
        }
        if self.suffix_whitespace {
            return Err("models with `treat_whitespace_as_suffix` are not supported".into());
        }
        let count = |wanted| self.pieces.iter().filter(|(_, _, kind)| *kind == wanted).count();
        match count(PieceKind::Unknown) {
            1 => {}
            found => return Err(format!("{found} unknown pieces, one is needed").into()),
        }
        if self.model_type == 2 && count(PieceKind::Unused) > 0 {
            return Err("BPE models with unused pieces are not supported".into());
        }
        let bytes = count(PieceKind::Byte);
        if bytes != if self.byte_fallback { 256 } else { 0 } {
            return Err(
                format!("{bytes} byte pieces; 256 are needed to fall back, else none").into()
            );
        }
        Ok(())
    }

    fn unknown_id(&self) -> u32 {
        let unknown = (0_u32..).zip(&self.pieces).find(|(_, piece)| piece.2 == PieceKind::Unknown);
        unknown.map_or(0, |(id, _)| id)
    }

    fn into_unigram(self) -> Result<Unigram, TokenizerError> {
        let unk = self.unknown_id();
        // The text is normalised before the search sees it.
        let vocabulary = UnigramVocabulary {
            pieces: self.pieces,
            add_dummy_prefix: false,
            remove_extra_whitespaces: false,
            escape_whitespaces: false,
            unk,
            bos: None,
            eos: None,
            unk_score: None,
            charsmap: String::new(),
        };
        Unigram::new(vocabulary)
    }

    fn into_bpe(self) -> Result<SpmBpe, TokenizerError> {
        let unk = Some(self.unknown_id());
        let (mut tokens, mut scores, mut token_types) = (Vec::new(), Vec::new(), Vec::new());
        for (text, score, kind) in self.pieces {
            tokens.push(text);
            scores.push(score);
            token_types.push(gguf_type(kind));
        }
        let model = "llama".to_owned();
        GgufVocabulary { model, tokens, scores, token_types, unk, ..Default::default() }
            .into_spm_bpe()
    }
}

fn piece_text(id: usize, field: Field<'_>) -> Result<String, Cause> {
    let bytes = field.bytes()?;
    if bytes.len() >= MAX_PIECE_BYTES {
        return Err(format!("piece {id} has {} bytes", bytes.len()).into());
    }
    let text = std::str::from_utf8(bytes);
    text.map(str::to_owned).map_err(|_| format!("piece {id} is not UTF-8").into())
}

/// GGUF took over the numbers of sentencepiece.
fn piece_kind(id: usize, number: u64) -> Result<PieceKind, Cause> {
    Ok(match number {
        1 => PieceKind::Normal,
        2 => PieceKind::Unknown,
        3 => PieceKind::Control,
        4 => PieceKind::UserDefined,
        5 => PieceKind::Unused,
        6 => PieceKind::Byte,
        _ => return Err(format!("piece {id} has the unknown type {number}").into()),
    })
}

fn gguf_type(kind: PieceKind) -> i32 {
    match kind {
        PieceKind::Normal => 1,
        PieceKind::Unknown => 2,
        PieceKind::Control => 3,
        PieceKind::UserDefined => 4,
        PieceKind::Unused => 5,
        PieceKind::Byte => 6,
    }
}
