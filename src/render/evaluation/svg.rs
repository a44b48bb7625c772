//! Plots as inline SVG: how segment scores are spread, and corpus scores with their intervals.
//!
//! Owns: axes, bins, places. Colours and fonts are the style sheet's, since the page's policy forbids any
//! style elsewhere. In: names and numbers. Out: markup in which all text is escaped.
//! Never: scripts, a number that is none.

use std::fmt::Write;

use minijinja::HtmlEscape;

use super::grid::{Grid, fixed};
use super::segments::{count, values};
use crate::domain::{Evaluation, Interval, MetricScore};
use crate::render::columns::cells;
use crate::render::visible::{one_flat_line, one_line};

/// Width of a plot in its own units, which a narrow screen shows as pixels.
const WIDTH: f64 = 400.0;
/// Left and right of an axis, so that the first and the last number of it have room.
const MARGIN: f64 = 16.0;
/// Height of a row's name.
const NAME: f64 = 18.0;
/// Height of the axis with its numbers.
const AXIS: f64 = 24.0;
/// Height of the bars of a histogram.
const BARS: f64 = 44.0;
/// Height of a score with its interval.
const DOT: f64 = 14.0;
/// Between two rows.
const GAP: f64 = 10.0;
/// Bins of a histogram.
const BINS: u32 = 20;
/// Names are cut here, in cells.
const MAX_NAME: usize = 36;
/// More systems would make a plot that nobody reads.
const MAX_SYSTEMS: usize = 24;

/// Places of numbers between two round ones.
struct Axis {
    low: f64,
    high: f64,
    ticks: Vec<f64>,
    decimals: usize,
}

impl Axis {
    /// An axis that holds `low` to `high` with 4 to 8 round numbers on it; none if they cannot be told apart.
    fn over(low: f64, high: f64) -> Option<Self> {
        let span = high - low;
        if !span.is_finite() || span <= low.abs().max(high.abs()) * 1e-9 {
            return None;
        }
        let power = 10_f64.powf((span / 5.0).log10().floor());
        let steps = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power);
        let step = steps.into_iter().find(|step| span / step <= 6.0).unwrap_or(span);
        let (low, high) = ((low / step).floor() * step, (high / step).ceil() * step);
        let mut ticks = vec![low];
        while ticks.len() < 12 && ticks.last().is_some_and(|last| last + 0.5 * step < high) {
            ticks.push(low + step * count(ticks.len()));
        }
        let is_whole = |decimals: &usize| step * 10_f64.powf(count(*decimals)) > 1.0 - 1e-9;
        let decimals = (0..9).find(is_whole).unwrap_or(9);
        [low, high, step].iter().all(|x| x.is_finite()).then_some(Self {
            low,
            high,
            ticks,
            decimals,
        })
    }

    fn x(&self, value: f64) -> f64 {
        let share = (value - self.low) / (self.high - self.low);
        MARGIN + share.clamp(0.0, 1.0) * (WIDTH - 2.0 * MARGIN)
    }

    /// Lines through all rows and the numbers below them.
    fn draw(&self, svg: &mut String, top: f64, bottom: f64) {
        for tick in &self.ticks {
            let (x, label) = (self.x(*tick), fixed(*tick, self.decimals));
            push(
                svg,
                format_args!(
                    "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{top:.1}\" y2=\"{bottom:.1}\"/>\
                     <text class=\"tick\" x=\"{x:.1}\" y=\"{:.1}\">{label}</text>",
                    bottom + 15.0
                ),
            );
        }
    }
}

fn push(svg: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = svg.write_fmt(arguments);
}

/// A row's name above it, cut if it is long; the whole name is its tooltip.
fn name(svg: &mut String, y: f64, name: &str, note: &str) {
    let (whole, mut short, mut width) = (one_flat_line(name), String::new(), 0);
    for c in whole.chars() {
        width += cells(c.encode_utf8(&mut [0; 4]));
        if width > MAX_NAME {
            short.push('…');
            break;
        }
        short.push(c);
    }
    push(
        svg,
        format_args!(
            "<text class=\"name\" x=\"{MARGIN}\" y=\"{y:.1}\"><title>{}</title>{}\
             <tspan class=\"aside\" dx=\"8\">{note}</tspan></text>",
            HtmlEscape(&whole),
            HtmlEscape(&short)
        ),
    );
}

fn framed(label: &str, height: f64, body: &str) -> String {
    format!(
        "<svg class=\"plot\" role=\"img\" viewBox=\"0 0 {WIDTH} {height:.0}\" aria-label=\"{}\">{body}</svg>",
        HtmlEscape(label)
    )
}

/// How the segment scores of one metric are spread, a row of bars for each system, all on one scale.
///
/// The scale is 0 to 100 or 0 to 1 where all scores fit and fill some of it.
pub(super) fn histogram(evaluation: &Evaluation, grid: &Grid, metric: usize) -> Option<String> {
    let column = grid.columns.get(metric)?;
    let rows: Vec<(&str, Vec<f64>)> = grid
        .rows
        .iter()
        .enumerate()
        .map(|(system, row)| (row.name.as_str(), values(evaluation, system, metric)))
        .filter(|(_, values)| !values.is_empty())
        .take(MAX_SYSTEMS)
        .collect();
    let all = || rows.iter().flat_map(|(_, values)| values).copied();
    let (low, high) = (all().reduce(f64::min)?, all().reduce(f64::max)?);
    let axis = match (low >= 0.0, high) {
        (true, high) if high <= 1.0 => Axis::over(0.0, 1.0),
        (true, high) if high <= 100.0 && high > 20.0 => Axis::over(0.0, 100.0),
        _ => Axis::over(low, high),
    }?;
    let counted: Vec<Vec<usize>> = rows.iter().map(|(_, values)| bins(&axis, values)).collect();
    let tallest = counted.iter().flatten().copied().max().unwrap_or(0).max(1);
    let mut svg = String::new();
    let bottom = count(rows.len()) * (NAME + BARS + GAP);
    axis.draw(&mut svg, 0.0, bottom);
    for (index, ((system, values), bins)) in rows.iter().zip(&counted).enumerate() {
        let top = count(index) * (NAME + BARS + GAP);
        let middle = median(values);
        let note = format!("median {}", fixed(middle, column.decimals));
        name(&mut svg, top + NAME - 5.0, system, &note);
        bars(&mut svg, &axis, top + NAME + BARS, bins, tallest);
        let x = axis.x(middle);
        let (from, to) = (top + NAME, top + NAME + BARS);
        push(
            &mut svg,
            format_args!(
                "<line class=\"median\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{from:.1}\" y2=\"{to:.1}\"/>"
            ),
        );
    }
    let label =
        format!("Histogram of the segment scores by {}, a row for each system", column.name);
    Some(framed(&label, bottom + AXIS, &svg))
}

fn bars(svg: &mut String, axis: &Axis, floor: f64, bins: &[usize], tallest: usize) {
    let width = (WIDTH - 2.0 * MARGIN) / f64::from(BINS);
    for (index, items) in bins.iter().enumerate().filter(|(_, items)| **items > 0) {
        let height = (BARS * count(*items) / count(tallest)).max(0.5);
        let (x, y) = (MARGIN + width * count(index) + 0.5, floor - height);
        let step = (axis.high - axis.low) / f64::from(BINS);
        let from = axis.low + step * count(index);
        let decimals = axis.decimals + 1;
        push(
            svg,
            format_args!(
                "<rect class=\"bar\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{height:.1}\">\
                 <title>{} to {}: {items}</title></rect>",
                width - 1.0,
                fixed(from, decimals),
                fixed(from + step, decimals)
            ),
        );
    }
    let (left, right) = (MARGIN, WIDTH - MARGIN);
    push(
        svg,
        format_args!(
            "<line class=\"floor\" x1=\"{left}\" x2=\"{right}\" y1=\"{floor:.1}\" y2=\"{floor:.1}\"/>"
        ),
    );
}

/// How many values lie in each bin; a value on an edge is in the bin above it, the greatest in the last.
fn bins(axis: &Axis, values: &[f64]) -> Vec<usize> {
    let step = (axis.high - axis.low) / f64::from(BINS);
    let edges: Vec<f64> = (1..BINS).map(|edge| axis.low + step * f64::from(edge)).collect();
    let mut bins = vec![0; edges.len() + 1];
    for value in values {
        bins[edges.partition_point(|edge| edge <= value)] += 1;
    }
    bins
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |index: usize| sorted.get(index).copied().unwrap_or(0.0);
    let half = sorted.len() / 2;
    if sorted.len().is_multiple_of(2) {
        0.5 * at(half.saturating_sub(1)) + 0.5 * at(half)
    } else {
        at(half)
    }
}

/// The corpus scores of one metric with their 95 % intervals, a row for each system; none without intervals.
pub(super) fn intervals(evaluation: &Evaluation, grid: &Grid, metric: usize) -> Option<String> {
    let column = grid.columns.get(metric)?;
    let id = &evaluation.metrics.get(metric)?.name;
    let score_of = |scores: &'_ [MetricScore]| {
        let score = scores.iter().find(|score| score.metric == *id)?;
        Some((score.score, score.interval?))
    };
    let rows: Vec<(String, f64, Interval)> = evaluation
        .systems
        .iter()
        .filter_map(|system| {
            let (score, interval) = score_of(&system.scores)?;
            Some((one_line(&system.name), score, interval))
        })
        .take(MAX_SYSTEMS)
        .collect();
    let low = rows.iter().map(|(_, score, i)| score.min(i.low)).reduce(f64::min)?;
    let high = rows.iter().map(|(_, score, i)| score.max(i.high)).reduce(f64::max)?;
    let axis = Axis::over(low, high)?;
    let mut svg = String::new();
    let bottom = count(rows.len()) * (NAME + DOT + GAP);
    axis.draw(&mut svg, 0.0, bottom);
    for (index, (system, score, interval)) in rows.iter().enumerate() {
        let top = count(index) * (NAME + DOT + GAP);
        let figures = [*score, interval.low, interval.high].map(|v| fixed(v, column.decimals));
        let note = format!("{} ({} to {})", figures[0], figures[1], figures[2]);
        name(&mut svg, top + NAME - 5.0, system, &note);
        whisker(&mut svg, &axis, top + NAME + 0.5 * DOT, *score, *interval);
    }
    let arrow = if column.higher_is_better { "higher" } else { "lower" };
    let name = &column.name;
    let label = format!("{name} of each system with its 95 % interval; {arrow} is better");
    Some(framed(&label, bottom + AXIS, &svg))
}

fn whisker(svg: &mut String, axis: &Axis, y: f64, score: f64, interval: Interval) {
    let (left, right, dot) = (axis.x(interval.low), axis.x(interval.high), axis.x(score));
    let (above, below) = (y - 5.0, y + 5.0);
    push(
        svg,
        format_args!(
            "<path class=\"interval\" d=\"M{left:.1} {above:.1}V{below:.1}M{right:.1} {above:.1}V{below:.1}\
             M{left:.1} {y:.1}H{right:.1}\"/><circle class=\"dot\" cx=\"{dot:.1}\" cy=\"{y:.1}\" r=\"4.5\"/>"
        ),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_begins_and_ends_at_round_numbers() {
        let axis = Axis::over(18.13, 22.6).unwrap();
        let ticks: Vec<String> = axis.ticks.iter().map(|t| fixed(*t, axis.decimals)).collect();
        assert_eq!(ticks, ["18", "19", "20", "21", "22", "23"]);
        let axis = Axis::over(0.0, 1.0).unwrap();
        let ticks: Vec<String> = axis.ticks.iter().map(|t| fixed(*t, axis.decimals)).collect();
        assert_eq!(ticks, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
    }

    #[test]
    fn numbers_that_cannot_be_told_apart_have_no_axis() {
        assert!(Axis::over(3.0, 3.0).is_none());
        assert!(Axis::over(f64::MIN, f64::MAX).is_none());
        assert!(Axis::over(f64::NAN, 1.0).is_none());
    }

    #[test]
    fn every_value_is_in_one_bin() {
        let axis = Axis::over(0.0, 100.0).unwrap();
        let found = bins(&axis, &[0.0, 4.9, 5.0, 99.9, 100.0]);
        assert_eq!((found[0], found[1], found[19]), (2, 1, 2));
        assert_eq!(found.iter().sum::<usize>(), 5);
    }

    #[test]
    fn the_median_of_an_even_number_is_between() {
        assert_eq!(fixed(median(&[4.0, 1.0, 3.0, 2.0]), 2), "2.50");
        assert_eq!(fixed(median(&[4.0, 1.0, 3.0]), 2), "3.00");
    }
}
