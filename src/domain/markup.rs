//! Markup inside a line of text: what its file sets in bold or in italics, and where it links to.
//!
//! Owns: which addresses a link may have. In: what a file says. Out: marks with their places.

use super::ByteSpan;

/// How a part of a text is set off.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum MarkupKind {
    /// Bold.
    Strong,
    /// Italic.
    Emphasis,
    /// A link to this address.
    Link(String),
}

/// A part of a text that is set off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Markup {
    /// Where it stands. An empty span stands for a link whose words are nowhere in a translation.
    pub span: ByteSpan,
    /// How it is set off.
    pub kind: MarkupKind,
}

/// Schemes of addresses that a reader may be sent to; `javascript:` and `data:` are programs and pages of their own.
const SCHEMES: [&str; 5] = ["http", "https", "mailto", "tel", "ftp"];

impl MarkupKind {
    /// A link to `address`, unless that is empty, a place on the same page, or of a scheme that no text needs.
    ///
    /// White space and control characters are left out, as browsers do before they look at the scheme.
    #[must_use]
    pub fn link(address: &str) -> Option<Self> {
        let is_left_out = |c: char| c.is_control() || c.is_whitespace();
        let address: String = address.trim().chars().filter(|c| !is_left_out(*c)).collect();
        let scheme = address.split(['/', '?', '#']).next().unwrap_or_default().split_once(':');
        let may_be_followed = scheme.is_none_or(|(scheme, _)| {
            SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme))
        });
        let leads_away = !address.is_empty() && !address.starts_with('#');
        (may_be_followed && leads_away).then_some(Self::Link(address))
    }

    /// Whether it is a link.
    #[must_use]
    pub fn is_link(&self) -> bool {
        matches!(self, Self::Link(_))
    }

    /// Whether both set text off in the same way, wherever links lead to.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

impl Markup {
    /// What of it lies in `outer`, counted from the start of `outer`.
    #[must_use]
    pub fn clipped_to(&self, outer: ByteSpan) -> Option<Self> {
        Some(Self { span: self.span.clipped_to(outer)?, kind: self.kind.clone() })
    }

    /// The same markup seen from a text that begins `offset` bytes earlier.
    #[must_use]
    pub fn shifted_by(self, offset: usize) -> Self {
        Self { span: self.span.shifted_by(offset), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_run_programs_or_lead_nowhere_are_none() {
        for address in [
            "javascript:alert(1)",
            " java\nscript:alert(1)",
            "DATA:text/html,x",
            "vbscript:x",
            "",
            " ",
            "#top",
        ] {
            assert_eq!(MarkupKind::link(address), None, "{address}");
        }
        for address in [
            "https://a.example/ب?x=1:2#y",
            "HTTP://a",
            "mailto:a@b.example",
            "docs/a:b.md",
            "/news/12",
            "//a.example",
        ] {
            assert_eq!(MarkupKind::link(address), Some(MarkupKind::Link(address.to_owned())));
        }
    }
}
