//! How a brief looks: as a page, Markdown, plain text, on a terminal, as the parts of a Word document.
//!
//! Owns: what all these show, and in which order. In: a brief. Out: text. Never: files, printing, judging a claim.

mod article;
mod coverage;
mod docx;
mod doubts;
mod html;
mod line;
mod markdown;
mod report;
mod terminal;
mod text;
mod view;
mod words;

pub use docx::{DocxPart, docx_parts};
pub use html::{html, html_made};
pub use markdown::markdown;
pub(in crate::render) use markdown::{at_line_start, escaped};
pub use terminal::terminal;
pub use text::text;
pub(in crate::render) use view::reasons;
