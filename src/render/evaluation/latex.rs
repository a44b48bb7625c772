//! An evaluation as a table for a paper.
//!
//! Owns: a `booktabs` table, and escapes, so that no name becomes a command.
//! In: an evaluation. Out: LaTeX that needs the package `booktabs`. Never: segments.

use std::fmt::Write;

use super::grid::{Cell, Column, Grid, NOTHING, Row, test};
use crate::domain::Evaluation;
use crate::render::visible::one_flat_line;

/// One `table` environment: systems as rows, metrics as columns, the best figure of a column in bold, and
/// below it what the marks mean and the signatures.
pub(super) fn latex(evaluation: &Evaluation) -> String {
    let grid = Grid::of(evaluation);
    let mut text = String::new();
    let mut line = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    line(&format!("% Made by isnad {}.", escaped(&evaluation.version)));
    line(
        "% Needs \\usepackage{booktabs}; letters beyond Latin need LuaLaTeX or XeLaTeX and a font.",
    );
    line("\\begin{table}");
    line("  \\centering");
    line(&format!("  \\begin{{tabular}}{{l{}}}", "r".repeat(grid.columns.len())));
    line("    \\toprule");
    let heads: Vec<String> = grid.columns.iter().map(head).collect();
    line(&format!("    System{} \\\\", heads.concat()));
    line("    \\midrule");
    for row in &grid.rows {
        line(&system(row));
    }
    line("    \\bottomrule");
    line("  \\end{tabular}");
    line("  \\par\\smallskip");
    line("  \\begin{minipage}{\\linewidth}\\footnotesize\\raggedright");
    for note in notes(evaluation, &grid) {
        line(&format!("    {note}\\par"));
    }
    line("  \\end{minipage}");
    line("\\end{table}");
    text
}

fn head(column: &Column) -> String {
    let arrow = if column.higher_is_better { "\\uparrow" } else { "\\downarrow" };
    format!(" & {} ${arrow}$", escaped(&column.name))
}

fn system(row: &Row) -> String {
    let mut line = format!("    {}", escaped(&row.name));
    for cell in &row.cells {
        line.push_str(" & ");
        line.push_str(&cell.as_ref().map_or_else(|| mathematical(NOTHING), figure));
    }
    line.push_str(" \\\\");
    line
}

fn figure(cell: &Cell) -> String {
    let score = mathematical(&cell.score);
    let mut text = if cell.is_best { format!("\\textbf{{{score}}}") } else { score };
    if let Some(half_width) = &cell.half_width {
        // Writing to a string cannot fail.
        let _ = write!(text, " {{\\scriptsize$\\pm${half_width}}}");
    }
    if cell.is_significant {
        text.push_str("$^{*}$");
    }
    text
}

/// A figure of ours, whose only signs beyond ASCII are the minus and the dash.
fn mathematical(figure: &str) -> String {
    figure.replace('\u{2212}', "$-$").replace(NOTHING, "--")
}

fn notes(evaluation: &Evaluation, grid: &Grid) -> Vec<String> {
    let mut notes = Vec::new();
    if grid.any(|cell| cell.half_width.is_some()) {
        notes.push("$\\pm$: half of the 95\\,\\% interval of bootstrap resampling.".to_owned());
    }
    if let Some(significance) = &evaluation.significance {
        notes.push(format!(
            "$^{{*}}$: $p < 0.05$ against {} ({}).",
            escaped(&significance.baseline),
            escaped(&test(significance))
        ));
    }
    let signature = |column: &Column| {
        // A signature has no spaces; it may break behind its bars.
        let text = escaped(&column.signature);
        format!("\\texttt{{{}}}", text.replace("\\textbar{}", "\\textbar{}\\allowbreak{}"))
    };
    notes.extend(grid.columns.iter().map(signature));
    notes
}

/// Text in which no sign is a command. Brackets and the star are wrapped, since they could be read as an
/// argument of the line end before them; doubled hyphens and quotes are kept from becoming ligatures.
fn escaped(text: &str) -> String {
    let mut latex = String::with_capacity(text.len());
    for c in one_flat_line(text).chars() {
        match c {
            '\\' => latex.push_str("\\textbackslash{}"),
            '{' | '}' | '$' | '&' | '#' | '_' | '%' => {
                latex.push('\\');
                latex.push(c);
            }
            '^' => latex.push_str("\\textasciicircum{}"),
            '~' => latex.push_str("\\textasciitilde{}"),
            '<' => latex.push_str("\\textless{}"),
            '>' => latex.push_str("\\textgreater{}"),
            '|' => latex.push_str("\\textbar{}"),
            '[' | ']' | '*' | '`' => {
                latex.push('{');
                latex.push(c);
                latex.push('}');
            }
            _ => latex.push(c),
        }
    }
    latex.replace("--", "{-}{-}").replace("''", "{'}{'}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_sign_of_a_name_is_a_command() {
        assert_eq!(
            escaped("50% \\input{x} a_b^~ [1]"),
            "50\\% \\textbackslash{}input\\{x\\} a\\_b\\textasciicircum{}\\textasciitilde{} {[}1{]}"
        );
    }
}
