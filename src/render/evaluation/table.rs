//! An evaluation for a terminal of 80 cells.
//!
//! Owns: columns by display width, blocks of columns that fit, and the compact line for a single score.
//! In: an evaluation. Out: lines. Never: colours, the size of the terminal, breaking a signature, which
//! is there to be copied.

use std::fmt::Write;

use super::diff::{Difference, Side, nearest};
use super::grid::{Cell, Column, Grid, NOTHING, Row, test};
use super::segments::{figures, has_arabic, is_arabic};
use crate::domain::{Evaluation, SegmentOutput, SegmentScores};
use crate::render::columns::{cells, wrap};
use crate::render::visible::{one_flat_line, one_line};

/// Cells of a line.
const WIDTH: usize = 80;
/// Longer names of systems are broken, in cells.
const MAX_NAME: usize = 32;
/// Between two columns.
const GAP: &str = "  ";
/// Where the texts of a segment begin.
const LABEL: usize = 14;

/// The scores of all systems, the recipes behind them, and the segments if there are any.
pub(super) fn table(evaluation: &Evaluation) -> String {
    let grid = Grid::of(evaluation);
    let mut text = String::new();
    if let ([row], [column]) = (grid.rows.as_slice(), grid.columns.as_slice()) {
        compact(&mut text, column, row.cells.first().and_then(Option::as_ref));
    } else if let [row] = grid.rows.as_slice() {
        one_system(&mut text, &grid, row);
        notes(&mut text, evaluation, &grid);
        text.push('\n');
        for column in &grid.columns {
            push(&mut text, format_args!("{}\n", column.signature));
        }
    } else {
        systems(&mut text, &grid);
        notes(&mut text, evaluation, &grid);
        recipes(&mut text, &grid);
    }
    if !evaluation.warnings.is_empty() {
        text.push('\n');
    }
    for warning in &evaluation.warnings {
        hang(&mut text, "warning: ", 9, warning);
    }
    if !evaluation.segments.is_empty() {
        text.push_str("\nSegments, [-only in the reference-] {+only in the hypothesis+}\n");
    }
    for segment in &evaluation.segments {
        listing(&mut text, &grid, segment);
    }
    text
}

/// `BLEU|nrefs:1|… = 19.0 (μ = 19.0 ± 0.9) 52.1/25.1/…`, as sacreBLEU prints one score.
fn compact(text: &mut String, column: &Column, cell: Option<&Cell>) {
    text.push_str(&column.signature);
    text.push_str(" = ");
    text.push_str(cell.map_or(NOTHING, |cell| &cell.score));
    if let Some(cell) = cell {
        if let (Some(mean), Some(half_width)) = (&cell.mean, &cell.half_width) {
            push(text, format_args!(" (μ = {mean} ± {half_width})"));
        }
        if !cell.detail.is_empty() {
            push(text, format_args!(" {}", cell.detail));
        }
    }
    text.push('\n');
}

fn push(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = text.write_fmt(arguments);
}

/// One metric a line: name, score, and the parts of the score.
fn one_system(text: &mut String, grid: &Grid, row: &Row) {
    push(text, format_args!("{}\n{}\n", one_flat_line(&row.name), "─".repeat(WIDTH)));
    let printed: Vec<Printed> = (0..grid.columns.len()).map(|index| printed(grid, index)).collect();
    let widest = |of: fn(&Printed) -> usize| printed.iter().map(of).max().unwrap_or(0);
    let head_width = widest(|column| cells(&column.head));
    let figure = |column: &Printed| column.rows.first().map(|[figure, _]| figure.clone());
    let figures: Vec<String> = printed.iter().map(|c| figure(c).unwrap_or_default()).collect();
    // Scores stand under one another at their decimal points.
    let before_point = |figure: &str| figure.find('.').unwrap_or(figure.len());
    let point = figures.iter().map(|figure| before_point(figure)).max().unwrap_or(0);
    let figures: Vec<String> = figures
        .iter()
        .map(|figure| format!("{}{figure}", " ".repeat(point - before_point(figure))))
        .collect();
    let figure_width = figures.iter().map(|figure| cells(figure)).max().unwrap_or(0);
    for ((column, figure), cell) in printed.iter().zip(&figures).zip(&row.cells) {
        let detail = cell.as_ref().map(|cell| cell.detail.as_str()).unwrap_or_default();
        let head = format!("{}{}", column.head, " ".repeat(head_width - cells(&column.head)));
        let blanks = " ".repeat(figure_width - cells(figure));
        let label = format!("{head}{GAP}{figure}{blanks}{GAP}");
        let indent = cells(&label);
        hang(text, &label, indent, detail);
    }
}

/// One column as it is printed: its head, and for each row a figure and a line below it.
struct Printed {
    head: String,
    rows: Vec<[String; 2]>,
    width: usize,
}

fn systems(text: &mut String, grid: &Grid) {
    let name = |row: &Row| {
        let mark = if row.is_baseline { " (baseline)" } else { "" };
        wrap(&one_flat_line(&format!("{}{mark}", row.name)), MAX_NAME)
    };
    let names: Vec<Vec<String>> = grid.rows.iter().map(name).collect();
    let widest = names.iter().flatten().map(|line| cells(line)).max().unwrap_or(0);
    let name_width = widest.max(cells("System"));
    let columns: Vec<Printed> = (0..grid.columns.len()).map(|index| printed(grid, index)).collect();
    let mut rest = columns.as_slice();
    while !rest.is_empty() {
        let mut width = name_width;
        let fits = |column: &&Printed| {
            width += GAP.len() + column.width;
            width <= WIDTH
        };
        let (block, after) = rest.split_at(rest.iter().take_while(fits).count().max(1));
        write_block(text, block, &names, name_width);
        rest = after;
    }
}

fn printed(grid: &Grid, index: usize) -> Printed {
    let column = &grid.columns[index];
    let of_rows = || grid.rows.iter().map(|row| row.cells.get(index).and_then(Option::as_ref));
    let width_of = |part: fn(&Cell) -> &str| {
        of_rows().flatten().map(|cell| cells(part(cell))).max().unwrap_or(0)
    };
    let scores = width_of(|cell| &cell.score);
    let halves = width_of(|cell| cell.half_width.as_deref().unwrap_or_default());
    let rows: Vec<[String; 2]> = of_rows()
        .map(|cell| {
            let Some(cell) = cell else { return [padded_left(NOTHING, scores), String::new()] };
            let mut figure = padded_left(&cell.score, scores);
            if let Some(half) = &cell.half_width {
                push(&mut figure, format_args!(" ± {}", padded_left(half, halves)));
            }
            let star = if cell.is_significant { "*" } else { "" };
            let p_value = cell.p_value.as_ref().map(|p| format!("{p}{star}"));
            [figure, p_value.unwrap_or_default()]
        })
        .collect();
    let head = format!("{} {}", one_flat_line(&column.name), column.arrow());
    let widths = rows.iter().flatten().map(|line| cells(line)).chain([cells(&head)]);
    Printed { width: widths.max().unwrap_or(0), head, rows }
}

fn write_block(text: &mut String, block: &[Printed], names: &[Vec<String>], name_width: usize) {
    if !text.is_empty() {
        text.push('\n');
    }
    let heads = block.iter().map(|column| (column.head.as_str(), column.width));
    write_line(text, ("System", name_width), heads);
    let total = block.iter().fold(name_width, |sum, column| sum + GAP.len() + column.width);
    push(text, format_args!("{}\n", "─".repeat(total)));
    for (index, name) in names.iter().enumerate() {
        let has_second = block.iter().any(|column| !column.rows[index][1].is_empty());
        for line in 0..name.len().max(1 + usize::from(has_second)) {
            let part = name.get(line).map(String::as_str).unwrap_or_default();
            let figures = block.iter().map(|column| {
                let figure = column.rows[index].get(line).map(String::as_str);
                (figure.unwrap_or_default(), column.width)
            });
            write_line(text, (part, name_width), figures);
        }
    }
}

fn write_line<'a>(
    text: &mut String,
    name: (&'a str, usize),
    figures: impl Iterator<Item = (&'a str, usize)>,
) {
    let parts: Vec<String> = std::iter::once(name)
        .chain(figures)
        .map(|(part, width)| {
            let blanks = " ".repeat(width.saturating_sub(cells(part)));
            format!("{}{blanks}", isolated(part, is_arabic(part)))
        })
        .collect();
    text.push_str(parts.join(GAP).trim_end());
    text.push('\n');
}

fn padded_left(part: &str, width: usize) -> String {
    format!("{}{part}", " ".repeat(width.saturating_sub(cells(part))))
}

fn notes(text: &mut String, evaluation: &Evaluation, grid: &Grid) {
    text.push('\n');
    if grid.any(|cell| cell.half_width.is_some()) {
        hang(text, "", 0, "±: half of the 95 % interval of bootstrap resampling");
    }
    if let Some(significance) = &evaluation.significance {
        let note = format!(
            "p: {}, each system against {}; * marks p < 0.05",
            test(significance),
            significance.baseline
        );
        hang(text, "", 0, &note);
    }
    push(text, format_args!("segments: {}\n", evaluation.segment_count));
}

/// The signature of each metric, and below it the parts of each system's score.
fn recipes(text: &mut String, grid: &Grid) {
    for (index, column) in grid.columns.iter().enumerate() {
        push(text, format_args!("\n{}\n", column.signature));
        for row in &grid.rows {
            let Some(Some(cell)) = row.cells.get(index) else { continue };
            let resampled = cell.mean.as_ref().zip(cell.range.as_ref());
            let resampled = resampled.map(|(mean, range)| format!("μ = {mean}, 95 % {range}"));
            let detail = Some(cell.detail.clone()).filter(|detail| !detail.is_empty());
            let parts: Vec<String> = resampled.into_iter().chain(detail).collect();
            if !parts.is_empty() {
                hang(text, "  ", 4, &format!("{}: {}", row.name, parts.join("; ")));
            }
        }
    }
}

fn listing(text: &mut String, grid: &Grid, segment: &SegmentScores) {
    let document = segment.document.as_ref().map(|name| format!(", {}", one_line(name)));
    text.push('\n');
    hang(text, "", 2, &format!("Segment {}{}", segment.line, document.unwrap_or_default()));
    if let Some(source) = &segment.source {
        labelled(text, "source", source);
    }
    let is_only = segment.references.len() == 1;
    for (index, reference) in segment.references.iter().enumerate() {
        let number = format!("reference {}", index + 1);
        labelled(text, if is_only { "reference" } else { &number }, reference);
    }
    for (row, output) in grid.rows.iter().zip(&segment.outputs) {
        let scores = figures(grid, output);
        let scores: Vec<String> = scores.iter().map(|(m, score)| format!("{m} {score}")).collect();
        hang(text, "  ", 4, &format!("{}: {}", row.name, scores.join(", ")));
        judged(text, segment, output);
    }
}

fn judged(text: &mut String, segment: &SegmentScores, output: &SegmentOutput) {
    labelled(text, "hypothesis", &output.hypothesis);
    let Some(difference) = nearest(&segment.references, &one_flat_line(&output.hypothesis)) else {
        return;
    };
    let label = match segment.references.len() {
        1 => "difference".to_owned(),
        _ => format!("to ref. {}", difference.reference + 1),
    };
    labelled(text, &label, &marked(&difference));
}

/// `the [-cat-] {+dog+} sat`.
fn marked(difference: &Difference) -> String {
    if difference.is_none() {
        return "none".to_owned();
    }
    let mut text = String::new();
    for piece in &difference.pieces {
        let (open, close) = match piece.side {
            Side::Both => ("", ""),
            Side::Reference => ("[-", "-]"),
            Side::Hypothesis => ("{+", "+}"),
        };
        let gap = if piece.is_spaced { " " } else { "" };
        push(&mut text, format_args!("{gap}{open}{}{close}", piece.text));
    }
    text
}

/// A text of a segment beside its label.
fn labelled(text: &mut String, label: &str, body: &str) {
    let blanks = " ".repeat(LABEL.saturating_sub(2 + cells(label)));
    hang(text, &format!("  {label}{blanks}"), LABEL, body);
}

/// `label` and then `body`, whose further lines are indented by `indent` cells, no fewer than the label has.
fn hang(text: &mut String, label: &str, indent: usize, body: &str) {
    let flat = one_flat_line(body);
    let is_arabic = is_arabic(&flat);
    let mut before = label.to_owned();
    for line in wrap(&flat, WIDTH.saturating_sub(indent)) {
        push(text, format_args!("{before}{}\n", isolated(&line, is_arabic)));
        before = " ".repeat(indent);
    }
    if flat.is_empty() {
        push(text, format_args!("{}\n", label.trim_end()));
    }
}

/// A line that holds Arabic, kept from reordering what stands around it.
fn isolated(line: &str, is_arabic: bool) -> String {
    match (is_arabic, has_arabic(line)) {
        (true, _) => format!("\u{2067}{line}\u{2069}"),
        (false, true) => format!("\u{2066}{line}\u{2069}"),
        (false, false) => line.to_owned(),
    }
}
