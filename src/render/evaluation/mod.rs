//! How an evaluation looks: an [`Evaluation`] in, a string out.
//!
//! Owns: the names of its formats, and the refusal to show a number that is none.
//! In: an evaluation. Out: text for a terminal, JSON, TSV, LaTeX or one HTML page.
//! Never: files, printing, computing a score (means and medians of given scores are shown, no more).

mod diff;
mod grid;
mod html;
mod latex;
mod segments;
mod svg;
mod table;
mod tsv;

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use super::{RenderError, UnknownFormat, json};
use crate::domain::{Evaluation, Interval};

/// What an evaluation can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EvaluationFormat {
    /// For people at a terminal of 80 cells.
    Table,
    /// The saved form, which can be read back.
    Json,
    /// Columns between tabs, for programs.
    Tsv,
    /// A table for a paper.
    Latex,
    /// One self-contained page.
    Html,
}

impl EvaluationFormat {
    /// All of them, for help texts.
    pub const ALL: [Self; 5] = [Self::Table, Self::Json, Self::Tsv, Self::Latex, Self::Html];

    /// The format that the extension of a file name asks for.
    #[must_use]
    pub fn from_extension(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "txt" => Some(Self::Table),
            "json" => Some(Self::Json),
            "tsv" => Some(Self::Tsv),
            "tex" => Some(Self::Latex),
            "html" | "htm" => Some(Self::Html),
            _ => None,
        }
    }
}

impl fmt::Display for EvaluationFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Tsv => "tsv",
            Self::Latex => "latex",
            Self::Html => "html",
        })
    }
}

impl FromStr for EvaluationFormat {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let lower = name.to_ascii_lowercase();
        Self::ALL.into_iter().find(|format| format.to_string() == lower).ok_or_else(|| {
            UnknownFormat { name: name.to_owned(), known: "table, json, tsv, latex and html" }
        })
    }
}

/// Writes an evaluation in the given format.
///
/// # Errors
/// [`RenderError::NotFinite`] if a number in it is infinite or none at all; else only if a serializer or
/// the template fails.
pub fn evaluation(
    evaluation: &Evaluation,
    format: EvaluationFormat,
) -> Result<String, RenderError> {
    all_finite(evaluation)?;
    match format {
        EvaluationFormat::Table => Ok(table::table(evaluation)),
        EvaluationFormat::Json => json::pretty(evaluation),
        EvaluationFormat::Tsv => Ok(tsv::tsv(evaluation)),
        EvaluationFormat::Latex => Ok(latex::latex(evaluation)),
        EvaluationFormat::Html => html::html(evaluation),
    }
}

fn all_finite(evaluation: &Evaluation) -> Result<(), RenderError> {
    for system in &evaluation.systems {
        for score in &system.scores {
            let what = |part: &str| format!("{part} of {} by {}", system.name, score.metric);
            finite(score.score, || what("the score"))?;
            if let Some(Interval { mean, low, high }) = score.interval {
                [mean, low, high]
                    .into_iter()
                    .try_for_each(|end| finite(end, || what("the interval")))?;
            }
            score.p_value.map_or(Ok(()), |p| finite(p, || what("the p-value")))?;
        }
    }
    for segment in &evaluation.segments {
        for score in segment.outputs.iter().flat_map(|output| &output.scores).flatten() {
            finite(*score, || format!("a score of segment {}", segment.line))?;
        }
    }
    Ok(())
}

#[expect(clippy::cast_possible_truncation, reason = "a number that is not finite stays what it is")]
fn finite(value: f64, what: impl Fn() -> String) -> Result<(), RenderError> {
    let is_finite = value.is_finite();
    let refusal = || RenderError::NotFinite { what: what(), value: value as f32 };
    is_finite.then_some(()).ok_or_else(refusal)
}
