//! A `tokenizer.json` of an encoder: `WordPiece`, unigram or another kind, through the `tokenizers` library.
//!
//! Owns: the marks around a text and between the texts of a pair, and that no text gives one.
//! In: the file. Out: ids with the bytes they stand for.

use tokenizers::Tokenizer as Library;

use super::TokenizerError;
use crate::domain::ByteSpan;
use crate::ports::Cause;

/// A tokenizer read from `tokenizer.json`.
pub(crate) struct JsonTokenizer {
    library: Box<Library>,
    before: Vec<u32>,
    behind: Vec<u32>,
    /// Ids of marks, and what stands for a mark that a text spells.
    marks: Vec<u32>,
    unknown: u32,
}

/// Marks of a pair of texts: each id with the kind of the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PairMarks {
    pub(crate) before: Vec<(u32, u32)>,
    pub(crate) between: Vec<(u32, u32)>,
    pub(crate) behind: Vec<(u32, u32)>,
    /// Kinds of the tokens of the first and of the second text.
    pub(crate) kinds: [u32; 2],
}

impl JsonTokenizer {
    /// Reads the file.
    ///
    /// # Errors
    /// [`TokenizerError::Setup`] if it is none, or has no unknown token.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, TokenizerError> {
        let mut library = Library::from_bytes(bytes).map_err(TokenizerError::Setup)?;
        library.with_padding(None);
        library.with_truncation(None).map_err(TokenizerError::Setup)?;
        let marks: Vec<u32> = (library.get_added_tokens_decoder().into_iter())
            .filter(|(_, token)| token.special)
            .map(|(id, _)| id)
            .collect();
        let unknown = ["[UNK]", "<unk>"].iter().find_map(|text| library.token_to_id(text));
        let unknown =
            unknown.ok_or_else(|| TokenizerError::Setup("there is no unknown token".into()))?;
        let around = library.encode("a", true).map_err(TokenizerError::Setup)?;
        let is_mark = |id: &&u32| marks.contains(id);
        let ids = around.get_ids();
        let before = ids.iter().take_while(is_mark).copied().collect();
        let mut behind: Vec<u32> = ids.iter().rev().take_while(is_mark).copied().collect();
        behind.reverse();
        Ok(Self { library: Box::new(library), before, behind, marks, unknown })
    }

    /// Ids of `text` between its marks, at most `limit` of them, and the bytes of each id that is no mark.
    ///
    /// # Errors
    /// When the `tokenizers` library fails.
    pub(crate) fn encode(
        &self,
        text: &str,
        limit: usize,
    ) -> Result<(Vec<u32>, Vec<ByteSpan>), Cause> {
        let encoding = self.library.encode(text, false)?;
        let pieces = self.data(encoding.get_ids());
        let room = limit.saturating_sub(self.before.len() + self.behind.len());
        let mut ids = self.before.clone();
        let mut spans = Vec::new();
        for (id, (start, end)) in pieces.zip(encoding.get_offsets()).take(room) {
            ids.push(id);
            spans.push(
                ByteSpan::within(text, *start, *end).unwrap_or_else(|_| ByteSpan::whole(text)),
            );
        }
        ids.extend(&self.behind);
        Ok((ids, spans))
    }

    /// Ids of `text` without any mark.
    ///
    /// # Errors
    /// When the `tokenizers` library fails.
    pub(crate) fn pieces(&self, text: &str) -> Result<Vec<u32>, Cause> {
        Ok(self.data(self.library.encode(text, false)?.get_ids()).collect())
    }

    /// The text is data: what spells a mark is unknown.
    fn data(&self, ids: &[u32]) -> impl Iterator<Item = u32> {
        ids.iter().map(move |id| if self.marks.contains(id) { self.unknown } else { *id })
    }

    /// The marks around and between the texts of a pair, as the file has them.
    ///
    /// # Errors
    /// When the `tokenizers` library fails, or the file puts no mark between two texts.
    pub(crate) fn pair_marks(&self) -> Result<PairMarks, Cause> {
        let pair = self.library.encode(("a", "a"), true)?;
        let tokens: Vec<(u32, u32)> =
            pair.get_ids().iter().copied().zip(pair.get_type_ids().iter().copied()).collect();
        let runs: Vec<&[(u32, u32)]> = tokens
            .chunk_by(|(a, _), (b, _)| self.marks.contains(a) == self.marks.contains(b))
            .collect();
        match runs.as_slice() {
            [before, first, between, second, behind]
                if before.iter().all(|(id, _)| self.marks.contains(id)) =>
            {
                let kind = |run: &[(u32, u32)]| run.first().map_or(0, |(_, kind)| *kind);
                Ok(PairMarks {
                    before: before.to_vec(),
                    between: between.to_vec(),
                    behind: behind.to_vec(),
                    kinds: [kind(first), kind(second)],
                })
            }
            _ => {
                Err("it does not say which marks stand before, between and behind two texts".into())
            }
        }
    }

    /// Marks before a text.
    pub(crate) fn marks_before(&self) -> usize {
        self.before.len()
    }
}
