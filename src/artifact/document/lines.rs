//! Text that somebody cut already: a sentence a line.
//!
//! Owns: what a line is there. In: text. Out: a block of kind sentence for each line that shows something; a blank line
//! parts paragraphs. Never: cutting or joining lines.

use super::Blocks;
use crate::domain::{Block, BlockKind, is_blank};

/// Lines end at line feeds, carriage returns or both, and nowhere else.
pub(super) fn blocks(text: &str) -> Blocks {
    let mut blocks: Vec<Block> = Vec::new();
    let mut paragraph = 0;
    let mut after_blank = false;
    for line in text.replace("\r\n", "\n").split(['\n', '\r']) {
        let line = line.trim_matches(is_blank);
        if line.is_empty() {
            after_blank = true;
            continue;
        }
        paragraph += usize::from(after_blank && !blocks.is_empty());
        after_blank = false;
        let (kind, text) = (BlockKind::Sentence, line.to_owned());
        blocks.push(Block { kind, text, markup: Vec::new(), paragraph });
    }
    Blocks { blocks, ..Blocks::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_line_parts_paragraphs_and_a_line_is_never_cut() {
        let found = blocks("\n One. Two. \r\nThree\r\n\u{200f}\n\nFour\n").blocks;
        let found: Vec<_> = found.iter().map(|b| (b.text.as_str(), b.paragraph)).collect();
        assert_eq!(found, [("One. Two.", 0), ("Three", 0), ("Four", 1)]);
    }
}
