//! What a reader must know about how a brief was made.
//!
//! Owns: what was left out, what failed, warnings, the recipe. In: a brief. Out: lists in words.
//! Never: markup.

use std::fmt::Write as _;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::article::Left;
use super::line::Line;
use super::view::reasons;
use crate::domain::{Brief, Signature};
use crate::render::visible::one_line;

#[derive(Serialize)]
pub(super) struct Report {
    pub(super) left_out: Vec<Left>,
    pub(super) failed: Vec<Failed>,
    pub(super) warnings: Vec<Line>,
    pub(super) models: Vec<Model>,
    pub(super) settings: Vec<(String, String)>,
    pub(super) version: String,
    /// SHA-256 of the article's text in UTF-8, as it was read.
    pub(super) text_sha256: String,
}

#[derive(Serialize)]
pub(super) struct Failed {
    pub(super) sentence: usize,
    pub(super) paragraph: usize,
    pub(super) reasons: Line,
}

#[derive(Serialize)]
pub(super) struct Model {
    pub(super) role: String,
    pub(super) name: String,
    pub(super) sha256: String,
}

impl Report {
    pub(super) fn of(brief: &Brief) -> Self {
        let report = &brief.report;
        let left_out = report.left_out.iter().map(|left| Left {
            number: left.paragraph.number(),
            reason: left.kind.reason(),
            arabic: Line::arabic(&left.text),
        });
        let failed = report.failed.iter().map(|failed| Failed {
            sentence: failed.segment.number(),
            paragraph: failed.paragraph.number(),
            reasons: Line::english(&reasons(&failed.reasons)),
        });
        let pair = |(name, value): &(String, String)| (one_line(name), one_line(value));
        Self {
            left_out: left_out.collect(),
            failed: failed.collect(),
            warnings: report.warnings.iter().map(|warning| Line::english(warning)).collect(),
            models: models(&report.signature),
            settings: report.signature.settings.iter().map(pair).collect(),
            version: one_line(&report.signature.version),
            text_sha256: sha256_of_text(brief),
        }
    }

    /// The recipe as pairs of name and value, in order.
    pub(super) fn recipe(&self) -> Vec<(String, String)> {
        let models = self
            .models
            .iter()
            .map(|model| (model.role.clone(), format!("{}, sha256 {}", model.name, model.sha256)));
        let text = ("text of the article".to_owned(), format!("sha256 {}", self.text_sha256));
        let version = ("isnad".to_owned(), self.version.clone());
        models.chain(self.settings.iter().cloned()).chain([text, version]).collect()
    }
}

fn models(signature: &Signature) -> Vec<Model> {
    let model = |model: &crate::domain::ModelSignature| Model {
        role: one_line(&model.role),
        name: one_line(&model.name),
        sha256: one_line(&model.checksums()),
    };
    signature.models.iter().map(model).collect()
}

/// SHA-256 of the article's text in UTF-8, lower-case hexadecimal.
pub(super) fn sha256_of_text(brief: &Brief) -> String {
    let digest = Sha256::digest(brief.article.text().as_bytes());
    let mut text = String::new();
    for byte in &digest[..] {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
