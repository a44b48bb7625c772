//! A text as its file lays it out: blocks in reading order, before any sentence is found.

use super::{ByteSpan, Language, Markup};

/// What a block is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BlockKind {
    /// A headline of any level.
    Heading,
    /// Running text.
    Paragraph,
    /// An item of a list, or a cell of a table.
    ListItem,
    /// A line that is one sentence already.
    Sentence,
}

/// One block of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What it is for.
    pub kind: BlockKind,
    /// Its text; tags are gone, entities are resolved.
    pub text: String,
    /// What of it is set off, by where it begins.
    pub markup: Vec<Markup>,
    /// The paragraph it stands in, counted from 0. Each block is one of its own, except that sentences between two blank
    /// lines share one.
    pub paragraph: usize,
}

/// A part of an article's text, and what its file says it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaidOut {
    /// Where it stands in the text.
    pub span: ByteSpan,
    /// What it is for.
    pub kind: BlockKind,
}

/// A file as blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The file, or `stdin`.
    pub name: String,
    /// SHA-256 of its bytes, lower-case hexadecimal.
    pub sha256: String,
    /// Its blocks, in reading order; none is blank.
    pub blocks: Vec<Block>,
    /// The language that the file itself names, where it does.
    pub language: Option<Language>,
    /// What was done to the bytes, in words.
    pub notes: Vec<String>,
}
