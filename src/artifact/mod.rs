//! The user's files: articles in, briefs in, results out.
//!
//! Owns: text encodings, the recognition of files that are not text, and writing without half-written results.
//! In: paths, streams and bytes. Out: [`Article`](crate::domain::Article)s and [`Brief`](crate::domain::Brief)s
//! that passed their checks; files that are whole or absent.
//! Never: models, and what a result looks like (that is `render`).

mod alignment;
mod archive;
mod bitext_file;
mod brief_file;
mod decode;
mod document;
mod error;
mod inputs;
mod lines;
mod magic;
mod package;
mod pdf;
mod read;
mod write;
mod xml;

pub use alignment::read_alignment;
pub use bitext_file::read_bitext;
pub use brief_file::{SavedBrief, is_file_of_briefs, read_briefs};
pub use decode::{ReadNote, TextEncoding};
pub use document::{ArticleOptions, DocumentFormat, FoundArticle, read_articles, read_document};
pub use error::ArtifactError;
pub use inputs::inputs_of;
pub use lines::{Lines, read_lines};
pub use magic::FileKind;
pub use package::{PackageError, package};
pub use pdf::{PdfEngine, PdfError, pdf};
pub use read::{
    DEFAULT_MAX_BYTES, Input, ReadArticle, ReadOptions, files_named, read_article,
    read_article_from,
};
pub use write::{check_output, create_folder, write_atomic};
