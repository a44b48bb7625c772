//! A brief as one page that needs nothing else: no script, no font, no network.
//!
//! Owns: the template, its escaping, and the Content-Security-Policy that forbids all but its own style.
//! In: a brief. Out: HTML. Never: markup from the article; all its text is escaped.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};

use super::view::View;
use super::{RenderError, style};
use crate::domain::Brief;

/// A brief as a self-contained page.
///
/// # Errors
/// [`RenderError::Template`] if the template that is compiled in is broken.
pub fn html(brief: &Brief) -> Result<String, RenderError> {
    let sheet = style::sheet();
    let values = context! {
        brief => Serde(View::of(brief)),
        policy => style::policy_source(&sheet),
        style => sheet,
    };
    page(include_str!("brief.html.j2"), values)
}

/// `template` filled with `values`, all of which are escaped unless the template says otherwise.
pub(super) fn page(template: &str, values: Value) -> Result<String, RenderError> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.map_err(RenderError::Template)?);
    environment.render_str(template, values).map_err(RenderError::Template)
}
