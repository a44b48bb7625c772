//! A brief as one page that needs nothing else: no font, no network, and readable without its script.
//!
//! Owns: the template, style sheet and script of the page, and the Content-Security-Policy that admits only these two
//! by their hashes. In: a brief. Out: HTML. Never: markup from the article; all its text is escaped.

use std::fmt::Write as _;

use minijinja::context;
use minijinja::value::Serde;

use super::coverage::{Coverage, STRIP_WIDTH, State};
use super::view::{Title, View};
use crate::domain::Brief;
use crate::render::html::page;
use crate::render::visible::one_line;
use crate::render::{RenderError, style};

/// From so many paragraphs on, those out of sight are not laid out before they are needed.
const LONG: usize = 60;
/// Height of the strip, in its units.
const STRIP_HEIGHT: usize = 20;
/// Width of the mark of a failed sentence on the strip, in its units.
const FAILED_WIDTH: usize = 4;

/// A brief as a self-contained page; the same brief gives the same bytes.
///
/// # Errors
/// [`RenderError::Template`] if the template that is compiled in is broken.
pub fn html(brief: &Brief) -> Result<String, RenderError> {
    filled(brief, None)
}

/// As [`html`], and its footer says when it was made, in the words of `made`.
///
/// # Errors
/// As [`html`].
pub fn html_made(brief: &Brief, made: &str) -> Result<String, RenderError> {
    filled(brief, Some(made))
}

fn filled(brief: &Brief, made: Option<&str>) -> Result<String, RenderError> {
    let sheet = style::with_base(include_str!("page.css"));
    let script = style::unix_lines(include_str!("page.js"));
    let view = View::of(brief);
    let tab_title = view.title.as_ref().map_or_else(|| view.name.clone(), Title::in_tab);
    let values = context! {
        style_policy => style::policy_source(&sheet),
        script_policy => style::policy_source(&script),
        style => sheet,
        script => script,
        is_long => brief.paragraphs.len() > LONG,
        strip => strip(&view.coverage),
        quotes => Serde(view.quotes().collect::<Vec<_>>()),
        tab_title => tab_title,
        made => made.map(one_line),
        brief => Serde(&view),
    };
    page(include_str!("page.html.j2"), values)
}

impl Title {
    fn in_tab(&self) -> String {
        if self.english.is_empty() { self.arabic.plain() } else { self.english.plain() }
    }
}

/// The coverage of the article along its length, as SVG.
fn strip(coverage: &Coverage) -> String {
    let mut svg = format!(
        "<svg class=\"strip\" role=\"img\" aria-label=\"Along the article: {} of {} paragraphs of running text are cited\" \
         viewBox=\"0 0 {STRIP_WIDTH} {STRIP_HEIGHT}\" preserveAspectRatio=\"none\">",
        coverage.cited, coverage.running
    );
    for stretch in &coverage.strip {
        let state = match stretch.state {
            State::Used => "used",
            State::Omitted => "omitted",
            State::Frame => "frame",
            State::LeftOut => "left-out",
        };
        let [first, last] = stretch.paragraphs;
        // Writing to a string cannot fail.
        let _ = write!(
            svg,
            "<rect class=\"{state}\" x=\"{}\" y=\"0\" width=\"{}\" height=\"{STRIP_HEIGHT}\" data-p=\"{first}\" data-last=\"{last}\"/>",
            stretch.start, stretch.length
        );
    }
    for start in &coverage.failed {
        let y = STRIP_HEIGHT / 2;
        let _ = write!(
            svg,
            "<rect class=\"failed\" x=\"{start}\" y=\"{y}\" width=\"{FAILED_WIDTH}\" height=\"{y}\"/>"
        );
    }
    // The script moves it to where the reader is.
    let _ = write!(
        svg,
        "<rect class=\"here\" x=\"0\" y=\"0\" width=\"0\" height=\"{STRIP_HEIGHT}\"/></svg>"
    );
    svg
}
