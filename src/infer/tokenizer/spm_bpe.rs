//! BPE as in sentencepiece: neighbours merge by the score of the token they make.
//!
//! Owns: the merge order, the sign for a space, bytes for what has no token.
//! In: text. Out: ids equal to llama.cpp's for the same GGUF, but that merging never makes a control token.
//! Never: begin and end marks.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap};

use super::sentencepiece::Part;
use super::special::{Fragment, Trust};
use super::vocabulary::{TokenKind, Tokens, ids_by_text};
use super::{Tokenizer, TokenizerError, joined_text};

/// U+2581, which stands for a space inside tokens.
pub(super) const SPACE_SIGN: char = '▁';

/// No neighbour.
const NONE: usize = usize::MAX;

/// A BPE tokenizer whose merges are ordered by score.
pub(super) struct SpmBpe {
    tokens: Tokens,
    scores: Vec<f32>,
    ids: HashMap<Box<str>, u32>,
    longest_token_bytes: usize,
    /// The token of each byte.
    byte_ids: Vec<Option<u32>>,
    /// The byte of each byte token.
    bytes: HashMap<u32, u8>,
    unk: Option<u32>,
    add_space_prefix: bool,
}

impl SpmBpe {
    pub(super) fn new(
        tokens: Tokens,
        scores: Vec<f32>,
        unk: Option<u32>,
        add_space_prefix: bool,
    ) -> Result<Self, TokenizerError> {
        let mut byte_ids = vec![None; 256];
        let mut bytes = HashMap::new();
        for ((id, text), kind) in (0_u32..).zip(&tokens.texts).zip(&tokens.kinds) {
            if *kind == TokenKind::Byte {
                let byte = byte_spelt(text)
                    .ok_or_else(|| TokenizerError::ByteToken { token: id, text: text.clone() })?;
                byte_ids[usize::from(byte)] = Some(id);
                bytes.insert(id, byte);
            }
        }
        let ids = ids_by_text(&tokens);
        let longest_token_bytes = ids.keys().map(|text| text.len()).max().unwrap_or(0);
        Ok(Self {
            tokens,
            scores,
            ids,
            longest_token_bytes,
            byte_ids,
            bytes,
            unk,
            add_space_prefix,
        })
    }

    fn encode_trusting(&self, text: &str, trust: Trust) -> Vec<u32> {
        let mut ids = Vec::with_capacity(text.len() / 3);
        let mut after_token = true;
        for fragment in self.tokens.special.cut(text, trust) {
            match fragment {
                Fragment::Token(id) => ids.push(id),
                Fragment::Text(text) => {
                    let mut escaped = String::with_capacity(text.len() * 5 / 4 + 3);
                    if self.add_space_prefix && after_token {
                        escaped.push(SPACE_SIGN);
                    }
                    escaped.extend(text.chars().map(|c| if c == ' ' { SPACE_SIGN } else { c }));
                    Merging::of(self, &escaped).run(|symbol| self.push_symbol(symbol, &mut ids));
                }
            }
            after_token = matches!(fragment, Fragment::Token(_));
        }
        ids
    }

    /// Cuts a normalised text, in which spaces are signs already; user-defined tokens stay whole.
    pub(super) fn parts<'t>(&'t self, normalised: &'t str) -> Vec<Part<'t>> {
        let mut parts = Vec::with_capacity(normalised.len() / 3);
        for fragment in self.tokens.special.cut(normalised, Trust::PlainData) {
            match fragment {
                Fragment::Token(id) => {
                    let text = self.tokens.get(id).map_or("", |(text, _)| text);
                    parts.push(Part { text, id: Some(id) });
                }
                Fragment::Text(text) => Merging::of(self, text).run(|symbol| {
                    parts.push(Part { text: symbol, id: self.ids.get(symbol).copied() });
                }),
            }
        }
        parts
    }

    /// Appends the ids of `symbol`, which merging has left.
    fn push_symbol(&self, symbol: &str, ids: &mut Vec<u32>) {
        if let Some(&id) = self.ids.get(symbol) {
            ids.push(id);
            return;
        }
        // Only single characters can be without a token: a merge makes a token or does not happen.
        let byte_ids = symbol.bytes().map(|byte| self.byte_ids[usize::from(byte)]);
        match byte_ids.collect::<Option<Vec<u32>>>() {
            Some(byte_ids) => ids.extend(byte_ids),
            None => ids.extend(self.unk),
        }
    }
}

/// Reads `<0xNN>`.
pub(super) fn byte_spelt(text: &str) -> Option<u8> {
    let digits = text.strip_prefix("<0x")?.strip_suffix('>')?;
    if digits.len() == 2 { u8::from_str_radix(digits, 16).ok() } else { None }
}

/// A run of bytes that is one token so far, in a linked list.
#[derive(Clone, Copy)]
struct Symbol {
    start: usize,
    /// 0 once it is part of the symbol to its left.
    bytes: usize,
    previous: usize,
    next: usize,
}

/// Two neighbours that would make a token.
#[derive(Clone, Copy)]
struct Pair {
    score: f32,
    left: usize,
    right: usize,
    /// Of both together; tells whether one of them has changed since.
    bytes: usize,
}

impl Ord for Pair {
    /// The higher score first, then the leftmost.
    fn cmp(&self, other: &Self) -> Ordering {
        self.score.total_cmp(&other.score).then(other.left.cmp(&self.left))
    }
}

impl PartialOrd for Pair {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Pair {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Pair {}

/// One text on its way from characters to tokens.
struct Merging<'t> {
    tokenizer: &'t SpmBpe,
    text: &'t str,
    symbols: Vec<Symbol>,
    queue: BinaryHeap<Pair>,
}

impl<'t> Merging<'t> {
    fn of(tokenizer: &'t SpmBpe, text: &'t str) -> Self {
        let mut symbols: Vec<Symbol> = (text.char_indices().enumerate())
            .map(|(index, (start, character))| Symbol {
                start,
                bytes: character.len_utf8(),
                previous: index.checked_sub(1).unwrap_or(NONE),
                next: index + 1,
            })
            .collect();
        if let Some(last) = symbols.last_mut() {
            last.next = NONE;
        }
        Self { tokenizer, text, symbols, queue: BinaryHeap::new() }
    }

    /// Merges all it can, then calls `found` for each symbol that is left.
    fn run(mut self, mut found: impl FnMut(&'t str)) {
        for right in 1..self.symbols.len() {
            self.offer(right - 1, right);
        }
        while let Some(pair) = self.queue.pop() {
            let (left, right) = (self.symbols[pair.left], self.symbols[pair.right]);
            let is_stale =
                left.bytes == 0 || right.bytes == 0 || left.bytes + right.bytes != pair.bytes;
            if is_stale {
                continue;
            }
            self.symbols[pair.left].bytes = pair.bytes;
            self.symbols[pair.left].next = right.next;
            self.symbols[pair.right].bytes = 0;
            if right.next != NONE {
                self.symbols[right.next].previous = pair.left;
            }
            self.offer(left.previous, pair.left);
            self.offer(pair.left, right.next);
        }
        for symbol in &self.symbols {
            if symbol.bytes > 0
                && let Some(text) = self.text.get(symbol.start..symbol.start + symbol.bytes)
            {
                found(text);
            }
        }
    }

    /// Queues two neighbours, if both exist and together make a token.
    fn offer(&mut self, left: usize, right: usize) {
        if left == NONE || right == NONE {
            return;
        }
        let start = self.symbols[left].start;
        let bytes = self.symbols[left].bytes + self.symbols[right].bytes;
        if bytes > self.tokenizer.longest_token_bytes {
            return;
        }
        let token =
            self.text.get(start..start + bytes).and_then(|text| self.tokenizer.ids.get(text));
        let index = token.and_then(|&id| usize::try_from(id).ok());
        if let Some(&score) = index.and_then(|index| self.tokenizer.scores.get(index)) {
            self.queue.push(Pair { score, left, right, bytes });
        }
    }
}

impl Tokenizer for SpmBpe {
    fn encode(&self, text: &str) -> Vec<u32> {
        self.encode_trusting(text, Trust::PlainData)
    }

    fn encode_with_special(&self, text: &str) -> Vec<u32> {
        self.encode_trusting(text, Trust::Template)
    }

    fn token_bytes(&self, id: u32) -> Cow<'_, [u8]> {
        match self.tokens.get(id) {
            Some((_, TokenKind::Byte)) => {
                Cow::Owned(self.bytes.get(&id).copied().into_iter().collect())
            }
            Some((text, TokenKind::UserDefined)) => Cow::Borrowed(text.as_bytes()),
            Some((text, TokenKind::Normal | TokenKind::Unused)) => {
                if text.contains(SPACE_SIGN) {
                    Cow::Owned(text.replace(SPACE_SIGN, " ").into_bytes())
                } else {
                    Cow::Borrowed(text.as_bytes())
                }
            }
            Some((_, TokenKind::Control | TokenKind::Unknown)) | None => Cow::Borrowed(&[]),
        }
    }

    fn decode(&self, ids: &[u32]) -> String {
        let mut text = joined_text(self, ids);
        if self.add_space_prefix && text.starts_with(' ') {
            text.remove(0);
        }
        text
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

    /// `<eos>` can be put together from its parts, so a careless merge would make the control token.
    fn vocabulary() -> GgufVocabulary {
        let mut tokens: Vec<String> =
            ["<unk>", "<eos>", "<", "eos", ">", "<eos", "e", "o", "s", "eo", "▁", "▁e", "\n"]
                .map(String::from)
                .to_vec();
        let mut token_types = vec![2, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 4];
        tokens.extend((0..=255).map(|byte| format!("<0x{byte:02X}>")));
        token_types.resize(tokens.len(), 6);
        let scores = (0_u16..).take(tokens.len()).map(|rank| -f32::from(rank)).collect();
        GgufVocabulary {
            model: "llama".into(),
            tokens,
            scores,
            token_types,
            unk: Some(0),
            eos: Some(1),
            ..Default::default()
        }
    }

    #[test]
    fn merging_never_makes_a_control_token() {
        let tokenizer = vocabulary().into_tokenizer().unwrap();
        assert_eq!(tokenizer.encode("<eos>"), [5, 4]);
        assert_eq!(tokenizer.encode_with_special("<eos>"), [1]);
    }

    #[test]
    fn plain_text_that_spells_a_byte_token_stays_text() {
        let tokenizer = vocabulary().into_tokenizer().unwrap();
        assert_eq!(tokenizer.decode(&tokenizer.encode("<0x41>")), "<0x41>");
    }

    #[test]
    fn a_space_prefix_is_added_only_if_the_vocabulary_says_so() {
        let mut with_prefix = vocabulary();
        with_prefix.add_space_prefix = true;
        let with_prefix = with_prefix.into_tokenizer().unwrap();
        assert_eq!(with_prefix.encode("e"), [11]);
        assert_eq!(with_prefix.decode(&[11]), "e");
        assert_eq!(vocabulary().into_tokenizer().unwrap().encode("e"), [6]);
    }

    #[test]
    fn a_character_without_token_becomes_its_bytes_or_the_unknown_token() {
        let with_bytes = vocabulary().into_tokenizer().unwrap();
        assert_eq!(with_bytes.encode("ب"), [13 + 0xD8, 13 + 0xA8]);
        let mut without = vocabulary();
        without.tokens.truncate(13);
        without.token_types.truncate(13);
        without.scores.truncate(13);
        assert_eq!(without.into_tokenizer().unwrap().encode("بo"), [0, 7]);
    }

    #[test]
    fn a_byte_token_with_another_spelling_is_refused() {
        let mut vocabulary = vocabulary();
        vocabulary.tokens[20] = "<0xZZ>".into();
        assert!(matches!(
            vocabulary.into_tokenizer().err(),
            Some(TokenizerError::ByteToken { token: 20, .. })
        ));
    }

    #[test]
    fn an_end_token_marked_user_defined_is_still_control() {
        let mut vocabulary = vocabulary();
        vocabulary.token_types[1] = 4;
        assert_eq!(vocabulary.into_tokenizer().unwrap().encode("<eos>"), [5, 4]);
    }
}
