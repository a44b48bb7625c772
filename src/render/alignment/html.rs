//! An alignment as a reader in two columns that needs nothing else: no script, no font, no network.
//!
//! Owns: the template and the style sheet of the page. In: an alignment. Out: HTML.
//! Never: markup from a file; all text went through `visible` and is escaped.

use minijinja::context;
use minijinja::value::Serde;

use super::view::View;
use super::words;
use crate::domain::Alignment;
use crate::render::html::page;
use crate::render::{RenderError, style};

/// An alignment as a self-contained page.
///
/// # Errors
/// [`RenderError::Template`] if the template that is compiled in is broken.
pub(super) fn html(alignment: &Alignment) -> Result<String, RenderError> {
    let view = View::of(alignment);
    let own = include_str!("alignment.css").replace("\r\n", "\n");
    let sheet = format!("{}{own}{}", style::sheet(), words::rules(view.lit));
    let values = context! {
        page => Serde(view),
        policy => style::policy_source(&sheet),
        style => sheet,
    };
    page(include_str!("alignment.html.j2"), values)
}
