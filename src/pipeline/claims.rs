//! A summary to checkable claims.
//!
//! Owns: how finely a summary is cut.

use crate::domain::{Claim, ClaimId, Language, Summary};
use crate::text::clauses::statements;

/// How finely a summary is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Granularity {
    /// Each clause that can be checked by itself is a claim.
    #[default]
    Statements,
    /// Each sentence is a claim.
    Sentences,
}

/// The claims of `summary`, in order.
#[must_use]
pub fn claims(summary: &Summary, language: Language, granularity: Granularity) -> Vec<Claim> {
    let mut claims = Vec::new();
    for (sentence, span) in summary.sentences().iter().enumerate() {
        let text = span.of(summary.text()).unwrap_or_default();
        let spans = match granularity {
            Granularity::Sentences => vec![*span],
            Granularity::Statements => {
                let inside = statements(text, language);
                inside.into_iter().map(|inner| inner.shifted_by(span.start())).collect()
            }
        };
        for span in spans {
            claims.push(Claim { id: ClaimId::new(claims.len()), sentence, span });
        }
    }
    claims
}
