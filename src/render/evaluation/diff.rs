//! Which words of a reference a hypothesis lacks, and which it has instead.
//!
//! Owns: words, and the longest common subsequence of two lists of them, at a bounded cost.
//! In: two texts of one line. Out: pieces that, read in order, tell both texts.
//! Never: judgement; two words are equal or not.

use serde::Serialize;

/// Cells of the table of common subsequences: 512 by 512 words between the first and the last difference.
/// Longer stretches are shown as one removal and one addition.
const MAX_CELLS: usize = 1 << 18;

/// Where a piece stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Side {
    /// In both texts.
    Both,
    /// In the reference only.
    Reference,
    /// In the hypothesis only.
    Hypothesis,
}

/// Words that stand on one side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Piece {
    pub(super) side: Side,
    pub(super) text: String,
    /// Whether a space parts it from the piece before.
    pub(super) is_spaced: bool,
}

/// A word or a punctuation mark at the edge of one.
#[derive(Clone, Copy)]
struct Word<'a> {
    text: &'a str,
    is_spaced: bool,
}

/// A hypothesis against the reference that it shares most with.
pub(super) struct Difference {
    /// Index of that reference.
    pub(super) reference: usize,
    pub(super) pieces: Vec<Piece>,
}

impl Difference {
    /// Whether both texts have the same words.
    pub(super) fn is_none(&self) -> bool {
        self.pieces.iter().all(|piece| piece.side == Side::Both)
    }
}

/// The difference to the reference with the fewest differing characters, the first of several.
pub(super) fn nearest(references: &[String], hypothesis: &str) -> Option<Difference> {
    let differing = |pieces: &[Piece]| -> usize {
        let changed = pieces.iter().filter(|piece| piece.side != Side::Both);
        changed.map(|piece| piece.text.len()).sum()
    };
    let compared = references.iter().map(|reference| words(reference, hypothesis)).enumerate();
    let (reference, pieces) = compared.min_by_key(|(_, pieces)| differing(pieces))?;
    Some(Difference { reference, pieces })
}

/// The word difference of two texts.
pub(super) fn words(reference: &str, hypothesis: &str) -> Vec<Piece> {
    let (old, new) = (split(reference), split(hypothesis));
    let is_same = |(a, b): &(&Word<'_>, &Word<'_>)| a.text == b.text;
    let head = old.iter().zip(&new).take_while(is_same).count();
    let (old_rest, new_rest) = (old.get(head..).unwrap_or(&[]), new.get(head..).unwrap_or(&[]));
    let tail = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(is_same).count();
    let (old_middle, _) = old_rest.split_at(old_rest.len() - tail);
    let (new_middle, new_tail) = new_rest.split_at(new_rest.len() - tail);

    let mut pieces = Pieces(Vec::new());
    // Words on both sides are spaced as the hypothesis has them.
    for word in new.iter().take(head) {
        pieces.push(Side::Both, *word);
    }
    middle(&mut pieces, old_middle, new_middle);
    for word in new_tail {
        pieces.push(Side::Both, *word);
    }
    pieces.0
}

/// Runs of words of one side.
struct Pieces(Vec<Piece>);

impl Pieces {
    fn push(&mut self, side: Side, word: Word<'_>) {
        match self.0.last_mut() {
            Some(last) if last.side == side => {
                if word.is_spaced {
                    last.text.push(' ');
                }
                last.text.push_str(word.text);
            }
            _ => self.0.push(Piece {
                side,
                text: word.text.to_owned(),
                is_spaced: word.is_spaced && !self.0.is_empty(),
            }),
        }
    }
}

/// Walks a table of the lengths of common subsequences of all endings; removals come before additions.
fn middle(pieces: &mut Pieces, old: &[Word<'_>], new: &[Word<'_>]) {
    let width = new.len() + 1;
    let is_bounded = (old.len() + 1).saturating_mul(width) <= MAX_CELLS;
    let mut common = vec![0_u16; if is_bounded { (old.len() + 1) * width } else { 0 }];
    if is_bounded {
        for (row, a) in old.iter().enumerate().rev() {
            for (column, b) in new.iter().enumerate().rev() {
                let at = row * width + column;
                common[at] = if a.text == b.text {
                    common[at + width + 1] + 1
                } else {
                    common[at + width].max(common[at + 1])
                };
            }
        }
    }
    let length = |row: usize, column: usize| common.get(row * width + column).copied().unwrap_or(0);
    let (mut row, mut column) = (0, 0);
    while let (Some(a), Some(b)) = (old.get(row), new.get(column)) {
        if a.text == b.text && is_bounded {
            pieces.push(Side::Both, *b);
            (row, column) = (row + 1, column + 1);
        } else if length(row + 1, column) >= length(row, column + 1) {
            pieces.push(Side::Reference, *a);
            row += 1;
        } else {
            pieces.push(Side::Hypothesis, *b);
            column += 1;
        }
    }
    for word in old.iter().skip(row) {
        pieces.push(Side::Reference, *word);
    }
    for word in new.iter().skip(column) {
        pieces.push(Side::Hypothesis, *word);
    }
}

/// Words at white space, with the punctuation at their edges apart: `Kyiv.` and `Kyiv` share a word.
fn split(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    for word in text.split_whitespace() {
        let core = word.trim_matches(|c: char| !c.is_alphanumeric());
        let parts = match word.split_once(core) {
            Some((before, after)) if !core.is_empty() => [before, core, after],
            _ => ["", word, ""],
        };
        let mut is_spaced = true;
        for text in parts.into_iter().filter(|part| !part.is_empty()) {
            words.push(Word { text, is_spaced });
            is_spaced = false;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(reference: &str, hypothesis: &str) -> String {
        let piece = |piece: Piece| {
            let gap = if piece.is_spaced { " " } else { "" };
            match piece.side {
                Side::Both => format!("{gap}{}", piece.text),
                Side::Reference => format!("{gap}[-{}-]", piece.text),
                Side::Hypothesis => format!("{gap}{{+{}+}}", piece.text),
            }
        };
        words(reference, hypothesis).into_iter().map(piece).collect()
    }

    #[test]
    fn a_replaced_word_is_a_removal_and_an_addition() {
        assert_eq!(marked("the cat sat", "the dog sat"), "the [-cat-] {+dog+} sat");
    }

    #[test]
    fn what_lies_between_common_words_is_found() {
        assert_eq!(marked("a b c d e", "b x d e f"), "[-a-] b [-c-] {+x+} d e {+f+}");
    }

    #[test]
    fn punctuation_does_not_hide_a_common_word() {
        assert_eq!(marked("in Kyiv.", "in Kyiv, he said."), "in Kyiv{+, he said+}.");
        assert_eq!(marked("«...»", "..."), "[-«...»-] {+...+}");
    }

    #[test]
    fn empty_sides_are_one_piece() {
        assert_eq!(marked("", "a b"), "{+a b+}");
        assert_eq!(marked("a b", ""), "[-a b-]");
        assert_eq!(marked(" ", ""), "");
    }

    /// Both texts can be read from the pieces, however long they are.
    #[test]
    fn each_side_can_be_read_back_at_any_length() {
        for length in [3_usize, 40, 700] {
            let text = |step: usize| {
                (0..length).map(|i| format!("w{}", i * step % 97)).collect::<Vec<_>>().join(" ")
            };
            let (old, new) = (text(3), text(5));
            let pieces = words(&old, &new);
            for (side, whole) in [(Side::Reference, &old), (Side::Hypothesis, &new)] {
                let kept = pieces.iter().filter(|p| p.side == Side::Both || p.side == side);
                let read: Vec<&str> = kept.map(|piece| piece.text.as_str()).collect();
                assert_eq!(&read.join(" "), whole);
            }
        }
    }

    #[test]
    fn the_nearest_reference_is_chosen() {
        let references = ["he left".to_owned(), "she went home".to_owned()];
        let found = nearest(&references, "she went home").unwrap();
        assert_eq!(found.reference, 1);
        assert!(found.is_none());
        assert!(nearest(&[], "x").is_none());
    }
}
