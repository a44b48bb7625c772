//! Pages that need nothing else: how their templates are filled.
//!
//! Owns: escaping by default, and that a name without a value is an error. In: a template and values. Out: HTML.
//! Never: which values.

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};

use super::RenderError;

/// `template` filled with `values`, all of which are escaped unless the template says otherwise.
pub(super) fn page(template: &str, values: Value) -> Result<String, RenderError> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.map_err(RenderError::Template)?);
    environment.render_str(template, values).map_err(RenderError::Template)
}
