//! A summary to checkable claims.
//!
//! Owns: where one claim ends. A sentence is one claim.

use crate::domain::{Claim, ClaimId, Summary};

/// The claims of `summary`, in order.
#[must_use]
pub fn claims(summary: &Summary) -> Vec<Claim> {
    let sentences = summary.sentences().iter().enumerate();
    sentences.map(|(index, span)| Claim { id: ClaimId::new(index), span: *span }).collect()
}
