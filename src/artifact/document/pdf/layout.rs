//! Lines and paragraphs out of glyphs.
//!
//! Owns: which glyphs are a line, which lines a paragraph, in which order columns are read, what stands at the head and foot of
//! each page. In: glyphs by page. Out: blocks. Never: the order of letters inside a line (that is `text::visual`).

use std::collections::HashMap;

use super::glyphs::Glyph;
use crate::artifact::document::Blocks;
use crate::domain::BlockKind;
use crate::text::visual;

/// Glyphs whose base lines are nearer than this part of their size stand on one line.
const SAME_LINE: f64 = 0.45;
/// A gap of this part of the size parts words.
const WORD_GAP: f64 = 0.2;
/// A gap of so many sizes parts columns where all lines of a stretch have it.
const COLUMN_GAP: f64 = 1.2;
/// A font larger by this factor is that of a headline.
const HEADLINE: f64 = 1.15;
/// A gap between lines larger than the usual one by this factor parts paragraphs.
const PARAGRAPH_GAP: f64 = 1.35;
/// A line that ends so many sizes before the edge is the last of its paragraph, if a sentence ends there.
const SHORT_BY: f64 = 3.0;
/// A headline has at most so many words.
const HEADLINE_WORDS: usize = 30;
/// Lines of so many at the head and foot of a page may be the same on each.
const MARGIN_LINES: usize = 2;

/// A line as it stands on paper.
struct Line {
    pieces: Vec<String>,
    left: f64,
    right: f64,
    y: f64,
    size: f64,
    page: usize,
    /// Which column of the document it stands in; a new one begins a new paragraph only if a sentence has ended.
    column: usize,
    text: String,
}

/// The blocks of a document.
pub(super) fn blocks(pages: Vec<Vec<Glyph>>) -> Blocks {
    let mut lines = Vec::new();
    let mut columns = 0;
    for (page, glyphs) in pages.into_iter().enumerate() {
        for column in columns_of(with_marks(glyphs)) {
            lines.extend(lines_of(column, page, columns));
            columns += 1;
        }
    }
    let read = |lines: &[Line], mirrored| -> Vec<String> {
        lines.iter().map(|line| visual::line(&line.pieces, mirrored)).collect()
    };
    // Some programs write brackets as they look, others as they are read: the way that opens before it closes is right.
    let (as_shown, as_read) = (read(&lines, true), read(&lines, false));
    let order =
        |texts: &[String]| texts.iter().map(|text| visual::brackets_in_order(text)).sum::<isize>();
    let texts = if order(&as_shown) >= order(&as_read) { as_shown } else { as_read };
    for (line, text) in lines.iter_mut().zip(texts) {
        line.text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    lines.retain(|line| !line.text.is_empty());
    drop_margins(&mut lines);
    paragraphs(&lines)
}

/// Marks that stand over a letter become part of its glyph.
fn with_marks(glyphs: Vec<Glyph>) -> Vec<Glyph> {
    let is_mark = |glyph: &Glyph| {
        let mut chars = glyph.text.chars();
        chars.next().is_some_and(is_tashkil) && chars.all(is_tashkil)
    };
    let (marks, mut letters): (Vec<Glyph>, Vec<Glyph>) = glyphs.into_iter().partition(is_mark);
    letters.sort_by(|a, b| b.y.total_cmp(&a.y));
    for mark in marks {
        let middle = mark.x + mark.width / 2.0;
        let reach = mark.size * 0.8;
        // Letters come by their base line: only those near it are looked at.
        let from = letters.partition_point(|letter| letter.y > mark.y + reach);
        let near = letters.iter_mut().skip(from).take_while(|letter| letter.y >= mark.y - reach);
        let off = |letter: &Glyph| (letter.x - middle).max(middle - letter.right()).max(0.0);
        let nearest = near
            .filter(|letter| !letter.text.trim().is_empty())
            .min_by(|a, b| off(a).total_cmp(&off(b)));
        if let Some(letter) = nearest {
            letter.text.push_str(&mark.text);
        }
    }
    letters
}

fn is_tashkil(c: char) -> bool {
    matches!(c, '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{fe70}'..='\u{fe7f}')
}

/// The columns of a page in reading order, right before left. A stretch that reaches over the gap, such as a headline, is a
/// column of its own.
fn columns_of(glyphs: Vec<Glyph>) -> Vec<Vec<Glyph>> {
    let mut rows: Vec<Vec<Glyph>> = Vec::new();
    for glyph in glyphs {
        match rows.last_mut() {
            Some(row)
                if row
                    .last()
                    .is_some_and(|last| (last.y - glyph.y).abs() < last.size * SAME_LINE) =>
            {
                row.push(glyph);
            }
            _ => rows.push(vec![glyph]),
        }
    }
    let Some(gap) = gutter(&rows) else { return vec![rows.into_iter().flatten().collect()] };
    let mut columns: Vec<Vec<Glyph>> = Vec::new();
    let (mut right, mut left) = (Vec::new(), Vec::new());
    for row in rows {
        if row
            .iter()
            .any(|glyph| glyph.x < gap && glyph.right() > gap && !glyph.text.trim().is_empty())
        {
            take_columns(&mut right, &mut left, &mut columns);
            columns.push(row);
        } else {
            let (west, east): (Vec<Glyph>, Vec<Glyph>) =
                row.into_iter().partition(|glyph| glyph.x < gap);
            left.extend(west);
            right.extend(east);
        }
    }
    take_columns(&mut right, &mut left, &mut columns);
    columns
}

/// Ends the two columns that stand side by side.
fn take_columns(right: &mut Vec<Glyph>, left: &mut Vec<Glyph>, columns: &mut Vec<Vec<Glyph>>) {
    let taken = [std::mem::take(right), std::mem::take(left)];
    columns.extend(taken.into_iter().filter(|column| !column.is_empty()));
}

/// Where the gap between two columns runs, if most rows have one at the same place.
fn gutter(rows: &[Vec<Glyph>]) -> Option<f64> {
    let mut middles: Vec<f64> = Vec::new();
    let mut wide = 0;
    for row in rows {
        let mut edges: Vec<(f64, f64, f64)> = row
            .iter()
            .filter(|glyph| !glyph.text.trim().is_empty())
            .map(|glyph| (glyph.x, glyph.right(), glyph.size))
            .collect();
        edges.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut reached = f64::NEG_INFINITY;
        let mut best: Option<(f64, f64)> = None;
        for (x, end, size) in edges {
            let gap = x - reached;
            if reached.is_finite()
                && gap > size * COLUMN_GAP
                && best.is_none_or(|(widest, _)| gap > widest)
            {
                best = Some((gap, reached + gap / 2.0));
            }
            reached = reached.max(end);
        }
        wide += usize::from(row.len() > 8);
        middles.extend(best.map(|(_, middle)| middle));
    }
    if middles.len() < 5 || middles.len() * 2 < wide {
        return None;
    }
    middles.sort_by(f64::total_cmp);
    let median = *middles.get(middles.len() / 2)?;
    let near = middles.iter().filter(|middle| (**middle - median).abs() < 12.0).count();
    (near * 3 >= middles.len() * 2).then_some(median)
}

/// The lines of a column, from the top.
fn lines_of(mut glyphs: Vec<Glyph>, page: usize, column: usize) -> Vec<Line> {
    glyphs.sort_by(|a, b| b.y.total_cmp(&a.y));
    let mut rows: Vec<Vec<Glyph>> = Vec::new();
    for glyph in glyphs {
        match rows.last_mut() {
            Some(row)
                if row.first().is_some_and(|first| {
                    (first.y - glyph.y).abs() < first.size.max(glyph.size) * SAME_LINE
                }) =>
            {
                row.push(glyph);
            }
            _ => rows.push(vec![glyph]),
        }
    }
    rows.into_iter().filter_map(|row| line_of(row, page, column)).collect()
}

fn line_of(mut row: Vec<Glyph>, page: usize, column: usize) -> Option<Line> {
    // Programs that print a letter twice to make it bold mean one letter.
    row.sort_by(|a, b| a.x.total_cmp(&b.x));
    row.dedup_by(|b, a| a.text == b.text && (a.x - b.x).abs() < a.size * 0.05 && a.width > 0.0);
    let mut sizes: Vec<f64> =
        row.iter().filter(|glyph| !glyph.text.trim().is_empty()).map(|glyph| glyph.size).collect();
    sizes.sort_by(f64::total_cmp);
    let size = *sizes.get(sizes.len() / 2)?;
    let (left, right) = row
        .iter()
        .filter(|glyph| !glyph.text.trim().is_empty())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(left, right), glyph| {
            (left.min(glyph.x), right.max(glyph.right()))
        });
    let y = row.first()?.y;
    let mut pieces: Vec<String> = Vec::new();
    let mut reached: Option<f64> = None;
    for glyph in row {
        let is_space = glyph.text.trim().is_empty();
        let gap = reached.is_some_and(|reached| glyph.x - reached > size * WORD_GAP);
        let ends_in_space = pieces.last().is_none_or(|piece| piece.trim().is_empty());
        if (is_space || gap) && !ends_in_space {
            pieces.push(" ".to_owned());
        }
        if !is_space {
            pieces.push(glyph.text.clone());
        }
        reached = Some(reached.map_or(glyph.right(), |reached| reached.max(glyph.right())));
    }
    Some(Line { pieces, left, right, y, size, page, column, text: String::new() })
}

/// Takes out numbers of pages, and lines that stand at the head or foot of page after page.
fn drop_margins(lines: &mut Vec<Line>) {
    let mut by_page: HashMap<usize, Vec<usize>> = HashMap::new();
    for (index, line) in lines.iter().enumerate() {
        by_page.entry(line.page).or_default().push(index);
    }
    let pages = by_page.len();
    let plain = |line: &Line| line.text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
    let mut margins: Vec<usize> = Vec::new();
    for indices in by_page.values_mut() {
        indices.sort_by(|a, b| {
            let y = |index: &usize| lines.get(*index).map_or(0.0, |line| line.y);
            y(b).total_cmp(&y(a))
        });
        let head = indices.iter().take(MARGIN_LINES);
        let foot = indices.iter().skip(MARGIN_LINES).rev().take(MARGIN_LINES);
        margins.extend(head.chain(foot));
    }
    let mut seen: HashMap<String, usize> = HashMap::new();
    for line in margins.iter().filter_map(|index| lines.get(*index)) {
        *seen.entry(plain(line)).or_default() += 1;
    }
    let is_margin = |line: &Line| {
        let letters = plain(line);
        let is_number = letters.chars().count() <= 4 && line.text.chars().any(char::is_numeric);
        let repeated = pages >= 3 && seen.get(&letters).is_some_and(|count| *count * 2 > pages);
        let words = line.text.split_whitespace().count();
        (is_number && words <= 4) || repeated
    };
    let drop: Vec<bool> = (0..lines.len())
        .map(|index| margins.contains(&index) && lines.get(index).is_some_and(is_margin))
        .collect();
    let mut index = 0;
    lines.retain(|_| {
        index += 1;
        !drop.get(index - 1).copied().unwrap_or_default()
    });
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// The usual gap between two lines of a paragraph: in a text of short paragraphs most gaps are larger.
fn lower_quarter(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 4).copied().unwrap_or_default()
}

fn paragraphs(lines: &[Line]) -> Blocks {
    let weights =
        lines.iter().flat_map(|line| std::iter::repeat_n(line.size, line.pieces.len().min(200)));
    let body = median(weights.collect());
    let follows =
        |pair: &[Line]| pair.first().zip(pair.get(1)).is_some_and(|(a, b)| a.column == b.column);
    let gaps = lines.windows(2).filter(|pair| follows(pair));
    let gap = lower_quarter(
        gaps.map(|pair| pair.first().map_or(0.0, |a| a.y) - pair.get(1).map_or(0.0, |b| b.y))
            .collect(),
    );
    let mut edges: HashMap<usize, (f64, f64)> = HashMap::new();
    for line in lines {
        let edge = edges.entry(line.column).or_insert((line.left, line.right));
        *edge = (edge.0.min(line.left), edge.1.max(line.right));
    }
    let is_headline = |line: &Line| line.size > body * HEADLINE;
    let mut blocks = Blocks::default();
    let mut text = String::new();
    let mut previous: Option<&Line> = None;
    let mut heading = false;
    for line in lines {
        let (left, right) = edges.get(&line.column).copied().unwrap_or((line.left, line.right));
        let starts = previous.is_none_or(|previous| {
            let ended = previous.text.trim_end().ends_with(['.', '؟', '!', ':', '…', '»', ')']);
            let (before_left, _) = edges.get(&previous.column).copied().unwrap_or((left, right));
            // Only a line from right to left ends at the left edge.
            let short = previous.left - before_left > previous.size * SHORT_BY;
            let indented = right - line.right > line.size * 0.9
                && right - previous.right < previous.size * 0.5;
            let apart = previous.column == line.column
                && previous.y - line.y > gap.max(line.size) * PARAGRAPH_GAP;
            let other = (previous.size - line.size).abs() > body * 0.12;
            other
                || apart
                || (ended && (short || indented))
                || (is_headline(previous) != is_headline(line))
        });
        if starts {
            flush(&mut blocks, &mut text, heading);
            heading = is_headline(line);
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&line.text);
        previous = Some(line);
    }
    flush(&mut blocks, &mut text, heading);
    blocks
}

fn flush(blocks: &mut Blocks, text: &mut String, heading: bool) {
    let is_short = text.split_whitespace().count() <= HEADLINE_WORDS;
    let kind = if heading && is_short { BlockKind::Heading } else { BlockKind::Paragraph };
    blocks.push(kind, &std::mem::take(text));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Glyphs of a line that is seen so, 6 points a character.
    fn line(seen: &str, x: f64, y: f64, size: f64) -> Vec<Glyph> {
        let glyph = |(index, c): (usize, char)| Glyph {
            x: x + 6.0 * index as f64,
            y,
            width: 6.0,
            size,
            text: c.to_string(),
        };
        seen.chars().enumerate().map(glyph).collect()
    }

    fn read(lines: &[(&str, f64, f64, f64)]) -> Vec<(BlockKind, String)> {
        let page = lines.iter().flat_map(|(seen, x, y, size)| line(seen, *x, *y, *size)).collect();
        blocks(vec![page]).blocks.into_iter().map(|block| (block.kind, block.text)).collect()
    }

    fn turned(text: &str) -> String {
        text.chars().rev().collect()
    }

    #[test]
    fn lines_are_joined_to_paragraphs_and_large_type_is_a_headline() {
        let (one, two, three) = (
            turned("قالت الوزيرة إن العمل"),
            turned("انتهى اليوم."),
            turned("ورحب الأهالي بالخبر."),
        );
        let title = turned("جسر جديد");
        let right = |text: &str| 300.0 - 6.0 * text.chars().count() as f64;
        let lines = [
            (title.as_str(), right(&title), 700.0, 18.0),
            (one.as_str(), right(&one), 670.0, 12.0),
            (two.as_str(), right(&two), 655.0, 12.0),
            (three.as_str(), right(&three), 640.0, 12.0),
            ("3", 150.0, 40.0, 10.0),
        ];
        let expected = [
            (BlockKind::Heading, "جسر جديد".to_owned()),
            (BlockKind::Paragraph, "قالت الوزيرة إن العمل انتهى اليوم.".to_owned()),
            (BlockKind::Paragraph, "ورحب الأهالي بالخبر.".to_owned()),
        ];
        assert_eq!(read(&lines), expected);
    }

    #[test]
    fn the_right_column_is_read_before_the_left_one() {
        let mut lines = Vec::new();
        let (right, left) = (turned("كلام العمود الأيمن"), turned("كلام العمود الأيسر"));
        for row in 0..6 {
            let y = 700.0 - 15.0 * f64::from(row);
            lines.push((left.as_str(), 50.0, y, 12.0));
            lines.push((right.as_str(), 300.0, y, 12.0));
        }
        let text = read(&lines).remove(0).1;
        let at = |word| text.find(word).unwrap();
        assert!(text.rfind("الأيمن").unwrap() < at("الأيسر"), "{text}");
    }

    #[test]
    fn marks_go_with_their_letters() {
        let mut glyphs = line("م", 0.0, 0.0, 12.0);
        glyphs.extend(line("س", 6.0, 0.0, 12.0));
        glyphs.push(Glyph { x: 8.0, y: 1.0, width: 0.0, size: 12.0, text: "َ".to_owned() });
        let found = blocks(vec![glyphs]).blocks;
        assert_eq!(found[0].text, "سَم");
    }
}
