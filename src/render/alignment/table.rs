//! An alignment for a terminal: number, kind, probability and both texts, the English left, the Arabic right.
//!
//! Owns: wrapping by display width, direction marks that keep the columns apart, marks of doubtful beads.
//! In: an alignment, a width and whether colours are wanted. Out: lines. Never: the size of the terminal, or
//! whether it shows colours.

use std::fmt::Write;

use super::band::{Band, unsure_below};
use super::findings::{finding_in_words, other, text_name};
use super::view::{begins, kinds, range, right};
use crate::domain::{Alignment, Bead, Language, Side};
use crate::render::columns::{cells, wrap};
use crate::render::visible::one_flat_line;

/// Cells of a line where no width is given.
const WIDTH: usize = 100;
/// A column of text narrower than this cuts ordinary words, in cells.
const MIN_COLUMN: usize = 12;
/// Cells of a probability with its two marks.
const PROBABILITY: usize = 6;
/// What stands between the texts.
const DIVIDER: &str = " │ ";
/// What stands for a side without sentences.
const MISSING: &str = "[no counterpart]";

/// Whether a table has colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// None; marks tell the same.
    Never,
    /// Escape sequences of terminals (ECMA-48).
    Ansi,
}

/// Widths and choices that hold for all rows.
struct Layout {
    right: Side,
    unsure_below: f64,
    colour: Colour,
    /// Cells of the numbers of beads.
    number: usize,
    /// Cells of the kinds of beads.
    kind: usize,
    /// Cells of a column of text.
    column: usize,
}

/// The beads row by row, then counts and findings; lines of at most `width` cells (100 where none is given), or as
/// many as two columns of 12 cells need.
///
/// Texts stay in logical order; each line of Arabic is a right-to-left isolate (U+2067 … U+2069), so a terminal that
/// reorders text keeps the columns apart and another shows the marks as nothing.
#[must_use]
pub fn alignment_table(alignment: &Alignment, width: Option<usize>, colour: Colour) -> String {
    let layout = Layout::of(alignment, width.unwrap_or(WIDTH), colour);
    let mut text = String::new();
    layout.head(&mut text, alignment);
    for (index, bead) in alignment.beads().iter().enumerate() {
        if index > 0 && begins_paragraph(alignment, bead) {
            text.push('\n');
        }
        layout.row(&mut text, alignment, index, bead);
    }
    layout.foot(&mut text, alignment, width.unwrap_or(WIDTH));
    text
}

/// Whether a paragraph of the source begins with this bead, or of the target where it has no source.
fn begins_paragraph(alignment: &Alignment, bead: &Bead) -> bool {
    let side = if bead.source.is_empty() { Side::Target } else { Side::Source };
    begins(alignment, side, range(bead, side).start)
}

impl Layout {
    fn of(alignment: &Alignment, width: usize, colour: Colour) -> Self {
        let beads = alignment.beads();
        let number = beads.len().to_string().len();
        let kind = beads.iter().map(|bead| bead.kind().len()).max().unwrap_or(0).max(4);
        let before = number + 2 + kind + 2 + PROBABILITY + 2;
        let column = (width.saturating_sub(before + cells(DIVIDER)) / 2).max(MIN_COLUMN);
        let (right, unsure_below) = (right(alignment), unsure_below(alignment));
        Self { right, unsure_below, colour, number, kind, column }
    }

    fn head(&self, text: &mut String, alignment: &Alignment) {
        let label = |side: Side| {
            let mut name = text_name(alignment, side).to_owned();
            if let Some(first) = name.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            name
        };
        let before = format!(
            "{:>number$}  {:kind$}  prob    ",
            "#",
            "kind",
            number = self.number,
            kind = self.kind
        );
        let left = label(other(self.right));
        let blanks = self.column.saturating_sub(cells(&left));
        push(
            text,
            format_args!("{before}{left}{}{DIVIDER}{}\n", " ".repeat(blanks), label(self.right)),
        );
        let rule = "─".repeat(cells(&before) + self.column + 1);
        push(text, format_args!("{rule}┼{}\n", "─".repeat(self.column + 1)));
    }

    fn row(&self, text: &mut String, alignment: &Alignment, index: usize, bead: &Bead) {
        let band = Band::of(bead, self.unsure_below);
        let left = self.lines(alignment, bead, other(self.right));
        let right = self.lines(alignment, bead, self.right);
        let arabic = |side: Side| alignment.side(side).language == Language::Arabic;
        for line in 0..left.len().max(right.len()) {
            if line == 0 {
                let marks = String::from_iter(marks(bead, band));
                let probability = self.coloured(band, &format!("{:.2}{marks}", bead.probability));
                let (number, kind) = (index + 1, bead.kind());
                push(
                    text,
                    format_args!(
                        "{number:>0$}  {kind:1$}  {probability}  ",
                        self.number, self.kind
                    ),
                );
            } else {
                text.extend(std::iter::repeat_n(
                    ' ',
                    self.number + 2 + self.kind + 2 + PROBABILITY + 2,
                ));
            }
            let part = |lines: &[String]| lines.get(line).cloned().unwrap_or_default();
            let (left, right) = (part(&left), part(&right));
            let left_cell = self.cell(&left, arabic(other(self.right)));
            let row = format!("{left_cell}{DIVIDER}{}", self.cell(&right, arabic(self.right)));
            text.push_str(row.trim_end());
            text.push('\n');
        }
    }

    /// A line of a column, padded: Arabic on its left, anything else on its right.
    fn cell(&self, line: &str, is_arabic: bool) -> String {
        let blanks = " ".repeat(self.column.saturating_sub(cells(line)));
        match (line, is_arabic) {
            ("", _) => blanks,
            (line, false) if line.is_ascii() => format!("{line}{blanks}"),
            (MISSING, _) | (_, false) => format!("\u{2066}{line}\u{2069}{blanks}"),
            (_, true) => format!("{blanks}\u{2067}{line}\u{2069}"),
        }
    }

    /// The sentences of a bead on one side, each on lines of its own.
    fn lines(&self, alignment: &Alignment, bead: &Bead, side: Side) -> Vec<String> {
        let sentences = alignment.sentences(bead, side).iter();
        let lines: Vec<String> = sentences
            .flat_map(|sentence| wrap(&one_flat_line(&sentence.text), self.column))
            .collect();
        if bead.is_gap() && range(bead, side).is_empty() {
            return vec![MISSING.to_owned()];
        }
        lines
    }

    fn coloured(&self, band: Band, text: &str) -> String {
        let code = match band {
            Band::Sure | Band::Likely => "32",
            Band::Fair => "33",
            Band::Unsure => "31",
            Band::Rejected => "1;31",
            Band::Gap => "2",
        };
        match self.colour {
            Colour::Never => text.to_owned(),
            Colour::Ansi => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }

    fn foot(&self, text: &mut String, alignment: &Alignment, width: usize) {
        let beads = alignment.beads();
        let bands = || beads.iter().map(|bead| (bead, Band::of(bead, self.unsure_below)));
        let mut marks: Vec<char> =
            bands().flat_map(|(bead, band)| self::marks(bead, band)).collect();
        marks.sort_unstable();
        marks.dedup();
        let meanings: Vec<&str> = marks.iter().filter_map(|mark| meaning(*mark)).collect();
        if !meanings.is_empty() {
            push(text, format_args!("\n{}\n", meanings.join(", ")));
        }
        let kinds: Vec<String> =
            kinds(beads).into_iter().map(|(kind, count)| format!("{count} of {kind}")).collect();
        let unit = if beads.len() == 1 { "bead" } else { "beads" };
        text.push('\n');
        hang(text, "", &format!("{} {unit}: {}", beads.len(), kinds.join(", ")), width);
        for finding in &alignment.findings {
            hang(text, "- ", &one_flat_line(&finding_in_words(finding, alignment)), width);
        }
    }
}

/// What stands behind the probability of a bead that needs a look: how unsure it is, and whether it was moved.
fn marks(bead: &Bead, band: Band) -> [char; 2] {
    let doubt = match band {
        Band::Rejected => '✗',
        Band::Unsure => '?',
        _ => ' ',
    };
    if bead.moved && doubt == ' ' {
        ['↕', ' ']
    } else {
        [doubt, if bead.moved { '↕' } else { ' ' }]
    }
}

fn meaning(mark: char) -> Option<&'static str> {
    match mark {
        '✗' => Some("✗ rejected"),
        '?' => Some("? unsure"),
        '↕' => Some("↕ moved"),
        _ => None,
    }
}

/// `label` and then `body`, whose further lines are indented as far as the label.
fn hang(text: &mut String, label: &str, body: &str, width: usize) {
    let mut before = label.to_owned();
    for line in wrap(body, width.saturating_sub(cells(label)).max(MIN_COLUMN)) {
        push(text, format_args!("{before}{line}\n"));
        before = " ".repeat(cells(label));
    }
}

fn push(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = text.write_fmt(arguments);
}
