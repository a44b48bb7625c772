//! What we know of Arabic and English writing.
//!
//! Owns: paragraphs and their kinds, sentences, normal forms, numbers, scripts, loops, wrong encodings, faults of translations,
//! and where an overlong sentence may be cut.
//! In: text. Out: byte spans into that same text, and plain values.
//! Never: models, files; only `domain` is imported.

mod abbreviations;
pub mod boilerplate;
pub mod budget;
mod chars;
pub mod clauses;
pub mod compress;
pub(crate) mod credits;
pub mod document;
pub mod english;
pub mod evidence;
pub mod faults;
pub mod garbled;
pub mod kinds;
pub mod language;
pub mod lexicon;
mod lists;
mod marks;
pub mod names;
pub mod normalize;
pub mod noun_clauses;
pub mod numbers;
mod paragraphs;
pub mod polarity;
pub mod python;
pub mod quantities;
pub(crate) mod quotes;
pub mod repetition;
pub mod script;
mod segment;
mod sentences;
pub mod visual;
pub mod words;

pub use normalize::{Marks, Normalized, Profile, for_translation, normalize, normalize_with};
pub use paragraphs::paragraphs;
pub use segment::{SegmentOptions, segment_article, segment_laid_out};
pub use sentences::sentences;
