//! An evaluation as one page that needs nothing else: no script, no font, no network.
//!
//! Owns: what the page holds and in which order, and how much of a large evaluation is written.
//! In: an evaluation. Out: HTML. Never: markup from a file; all text went through `visible` and is escaped.

use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;

use super::diff::{Piece, nearest};
use super::grid::{Grid, test};
use super::segments::{documents, figures, is_arabic, scored_metrics};
use super::svg;
use crate::domain::{Evaluation, EvaluationInput, InputRole, SegmentScores};

use crate::render::html::page;
use crate::render::visible::one_line;
use crate::render::{RenderError, style};

/// Segments that are written; a browser still scrolls through so many with ease.
const MAX_SEGMENTS: usize = 2_000;
/// Rows of the table of documents.
const MAX_DOCUMENTS: usize = 500;
/// Systems that have a switch of their own; the style sheet holds a rule for each.
const MAX_SWITCHES: usize = 8;

/// An evaluation as a self-contained page.
///
/// # Errors
/// [`RenderError::Template`] if the template that is compiled in is broken.
pub(super) fn html(evaluation: &Evaluation) -> Result<String, RenderError> {
    let sheet = format!("{}{}", style::sheet(), include_str!("report.css").replace("\r\n", "\n"));
    let values = context! {
        report => Serde(View::of(evaluation)),
        policy => style::policy_source(&sheet),
        style => sheet,
    };
    page(include_str!("report.html.j2"), values)
}

#[derive(Serialize)]
struct View {
    version: String,
    /// `base, better`.
    title: String,
    grid: Grid,
    segment_count: usize,
    baseline: Option<String>,
    test: Option<String>,
    has_intervals: bool,
    has_details: bool,
    intervals: Vec<Plot>,
    histograms: Vec<Plot>,
    documents: Option<Documents>,
    segments: Vec<Segment>,
    /// Segments of the evaluation that the page leaves out.
    left_out: usize,
    /// Segments whose scores are in the evaluation; those not written here included.
    listed: usize,
    switches: Vec<String>,
    warnings: Vec<String>,
    inputs: Vec<Input>,
    models: Vec<Input>,
    settings: Vec<(String, String)>,
}

/// Markup of ours for one metric.
#[derive(Serialize)]
struct Plot {
    metric: String,
    svg: String,
}

#[derive(Serialize)]
struct Documents {
    /// Names of the metrics that have segment scores.
    metrics: Vec<String>,
    rows: Vec<Document>,
    left_out: usize,
}

#[derive(Serialize)]
struct Document {
    name: String,
    segments: usize,
    /// Line of its first segment, if that is on the page.
    line: Option<usize>,
    /// A mean for each metric and, within it, each system.
    means: Vec<Vec<String>>,
}

/// A text and its direction.
#[derive(Serialize)]
struct Text {
    text: String,
    is_arabic: bool,
}

#[derive(Serialize)]
struct Segment {
    line: usize,
    document: Option<String>,
    source: Option<Text>,
    references: Vec<Text>,
    outputs: Vec<Output>,
}

#[derive(Serialize)]
struct Output {
    /// From 1, as the switches count.
    number: usize,
    system: String,
    scores: Vec<(String, String)>,
    is_arabic: bool,
    is_empty: bool,
    /// Number of the reference it is compared with, where there are several.
    reference: Option<usize>,
    pieces: Vec<Piece>,
}

/// A file or a model.
#[derive(Serialize)]
struct Input {
    role: String,
    name: String,
    note: String,
    sha256: String,
}

impl View {
    fn of(evaluation: &Evaluation) -> Self {
        let grid = Grid::of(evaluation);
        let significance = evaluation.significance.as_ref();
        let all = || 0..evaluation.metrics.len();
        let written = evaluation.segments.iter().take(MAX_SEGMENTS);
        Self {
            version: one_line(&evaluation.version),
            title: title(&grid),
            segment_count: evaluation.segment_count,
            baseline: significance.map(|test| one_line(&test.baseline)),
            test: significance.map(test),
            has_intervals: grid.any(|cell| cell.half_width.is_some()),
            has_details: grid.any(|cell| cell.mean.is_some() || !cell.detail.is_empty()),
            intervals: plots(&grid, all(), |metric| svg::intervals(evaluation, &grid, metric)),
            histograms: plots(&grid, all(), |metric| svg::histogram(evaluation, &grid, metric)),
            documents: documents_of(evaluation, &grid),
            segments: written.map(|segment| segment_of(&grid, segment)).collect(),
            left_out: evaluation.segments.len().saturating_sub(MAX_SEGMENTS),
            listed: evaluation.segments.len(),
            switches: grid.rows.iter().take(MAX_SWITCHES).map(|row| row.name.clone()).collect(),
            warnings: evaluation.warnings.iter().map(|warning| one_line(warning)).collect(),
            inputs: evaluation.inputs.iter().map(input).collect(),
            models: models(evaluation),
            settings: settings(evaluation),
            grid,
        }
    }
}

fn title(grid: &Grid) -> String {
    match grid.rows.as_slice() {
        [] => "no system".to_owned(),
        [only] => only.name.clone(),
        [first, second] => format!("{} and {}", first.name, second.name),
        [first, rest @ ..] => format!("{} and {} other systems", first.name, rest.len()),
    }
}

fn plots(
    grid: &Grid,
    metrics: std::ops::Range<usize>,
    draw: impl Fn(usize) -> Option<String>,
) -> Vec<Plot> {
    let plot = |metric: usize| {
        Some(Plot { metric: grid.columns.get(metric)?.name.clone(), svg: draw(metric)? })
    };
    metrics.filter_map(plot).collect()
}

fn documents_of(evaluation: &Evaluation, grid: &Grid) -> Option<Documents> {
    let metrics: Vec<usize> = scored_metrics(evaluation);
    let found = documents(evaluation);
    if found.is_empty() || metrics.is_empty() {
        return None;
    }
    let decimals = |metric: usize| grid.columns.get(metric).map_or(1, |column| column.decimals);
    let rows = found.iter().take(MAX_DOCUMENTS).map(|document| Document {
        name: one_line(document.name),
        segments: document.segments,
        line: evaluation
            .segments
            .get(document.first)
            .filter(|_| document.first < MAX_SEGMENTS)
            .map(|segment| segment.line),
        means: metrics
            .iter()
            .map(|metric| {
                let systems = 0..grid.rows.len();
                systems.map(|system| document.mean(system, *metric, decimals(*metric))).collect()
            })
            .collect(),
    });
    Some(Documents {
        rows: rows.collect(),
        left_out: found.len().saturating_sub(MAX_DOCUMENTS),
        metrics: metrics
            .iter()
            .filter_map(|metric| Some(grid.columns.get(*metric)?.name.clone()))
            .collect(),
    })
}

fn text(text: &str) -> Text {
    Text { text: one_line(text), is_arabic: is_arabic(text) }
}

fn segment_of(grid: &Grid, segment: &SegmentScores) -> Segment {
    // Words are compared as they are shown.
    let references: Vec<String> = segment.references.iter().map(|r| one_line(r)).collect();
    let output =
        |(index, (row, output)): (usize, (&super::grid::Row, &crate::domain::SegmentOutput))| {
            let hypothesis = one_line(&output.hypothesis);
            let difference = nearest(&references, &hypothesis);
            let nearest = difference.as_ref().map(|difference| difference.reference + 1);
            Output {
                number: index + 1,
                system: row.name.clone(),
                scores: figures(grid, output),
                is_arabic: is_arabic(&hypothesis),
                is_empty: hypothesis.is_empty(),
                reference: nearest.filter(|_| references.len() > 1),
                pieces: difference
                    .map_or_else(|| super::diff::words(&hypothesis, &hypothesis), |d| d.pieces),
            }
        };
    Segment {
        line: segment.line,
        document: segment.document.as_deref().map(one_line),
        source: segment.source.as_deref().map(text),
        references: segment.references.iter().map(|reference| text(reference)).collect(),
        outputs: grid.rows.iter().zip(&segment.outputs).enumerate().map(output).collect(),
    }
}

fn input(input: &EvaluationInput) -> Input {
    let role = match input.role {
        InputRole::Source => "source",
        InputRole::Reference => "reference",
        InputRole::Hypothesis => "hypothesis",
        InputRole::Brief => "brief",
        InputRole::ReferenceSummary => "reference summary",
        InputRole::Gold => "gold alignment",
    };
    let system = input.system.as_deref().map(|system| format!(" of {}", one_line(system)));
    let unit = if input.segments == 1 { "segment" } else { "segments" };
    Input {
        role: format!("{role}{}", system.unwrap_or_default()),
        name: one_line(&input.name),
        note: format!("{} {unit}", input.segments),
        sha256: one_line(&input.sha256),
    }
}

fn models(evaluation: &Evaluation) -> Vec<Input> {
    let model = |model: &crate::domain::ModelSignature| Input {
        role: one_line(&model.role),
        name: one_line(&model.name),
        note: String::new(),
        sha256: one_line(&model.checksums()),
    };
    evaluation.models.iter().map(model).collect()
}

fn settings(evaluation: &Evaluation) -> Vec<(String, String)> {
    let pairs = evaluation.settings.iter();
    pairs.map(|(name, value)| (one_line(name), one_line(value))).collect()
}
