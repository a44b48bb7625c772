//! Which words of two sentences translate one another.
//!
//! Owns: similarities of tokens, three ways to choose links from them, and the step from tokens to words.
//! In: a state a token, and the word each token is part of. Out: pairs of words, rising. Never: text.
//! Source: Jalili Sabet et al. 2020, "`SimAlign`"; reference: `simalign` 0.4, whose `get_similarity`, `apply_distortion`,
//! `get_alignment_matrix`, `iter_max` and `get_max_weight_match` give the same links. Different: literals and
//! `least` are ours.

/// How links are chosen from similarities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordMethod {
    /// Pairs of tokens each of which is the most similar to the other.
    ArgMax,
    /// The same, and once more among pairs of which at most one token has a link.
    IterMax,
    /// The matching with the highest sum of similarities; every token of the shorter side gets a link.
    Match,
}

/// How words are linked.
#[derive(Clone, Debug, PartialEq)]
pub struct WordOptions {
    /// How links are chosen.
    pub method: WordMethod,
    /// How much tokens at other relative places lose, between 0 (nothing) and 1: a similarity is multiplied by
    /// `1 − distortion · d²`, `d` being the distance of their places, each between 0 and 1.
    pub distortion: f64,
    /// Pairs of tokens that are less similar are not linked; similarities lie between 0 and 1, 0.5 for a cosine of 0.
    pub least: f64,
    /// Parts of a state, as a count of values and a weight of the cosine in that part; empty for one cosine.
    pub parts: Vec<(usize, f64)>,
}

impl Default for WordOptions {
    /// What had the lowest error rate on the development sentences of `tests/data/words`.
    fn default() -> Self {
        Self { method: WordMethod::Match, distortion: 0.8, least: 0.55, parts: Vec::new() }
    }
}

/// The tokens of one side.
#[derive(Clone, Copy, Debug)]
pub struct WordStates<'a> {
    /// Values of a state.
    pub width: usize,
    /// One state a token, `[T, width]`.
    pub values: &'a [f32],
    /// The word that each token is part of; tokens without one get no link.
    pub words: &'a [Option<usize>],
    /// For each word that is written the same in both languages, such as a number, a value that is the same for the
    /// same spelling; may be empty.
    pub literals: &'a [Option<u64>],
}

/// What a pair of equal literals gains: more than any other pair has.
const LITERAL: f64 = 1.0;

/// Links between the words of two sentences, rising.
#[must_use]
pub fn link(
    source: &WordStates<'_>,
    target: &WordStates<'_>,
    options: &WordOptions,
) -> Vec<(usize, usize)> {
    let (from, to) = (source.tokens(), target.tokens());
    let mut similar = Matrix::new(from.len(), to.len());
    for (row, (state, word)) in similar.rows_mut().zip(&from) {
        for (cell, (other, counterpart)) in row.iter_mut().zip(&to) {
            *cell = f64::midpoint(cosine(state, other, &options.parts), 1.0);
            let literal = source.literals.get(*word).copied().flatten();
            let same = target.literals.get(*counterpart).copied().flatten() == literal;
            if literal.is_some() && same {
                *cell += LITERAL;
            }
        }
    }
    similar.distort(options.distortion);
    let mut links: Vec<(usize, usize)> = similar
        .links(options.method)
        .into_iter()
        .filter(|(i, j)| similar.at(*i, *j) >= options.least)
        .map(|(i, j)| (from[i].1, to[j].1))
        .collect();
    links.sort_unstable();
    links.dedup();
    links
}

impl<'a> WordStates<'a> {
    /// The tokens that are part of a word, each with its word.
    fn tokens(&self) -> Vec<(&'a [f32], usize)> {
        let states = self.values.chunks_exact(self.width.max(1));
        states.zip(self.words).filter_map(|(state, word)| Some((state, (*word)?))).collect()
    }
}

/// Cosine of two states, or the weighted mean of the cosines of their parts; 0 where one is zero.
fn cosine(a: &[f32], b: &[f32], parts: &[(usize, f64)]) -> f64 {
    if parts.is_empty() {
        return cosine_of_part(a, b);
    }
    let (mut first, mut sum, mut weights) = (0, 0.0, 0.0);
    for (count, weight) in parts {
        let part = first..first + count;
        if *weight > 0.0
            && let (Some(a), Some(b)) = (a.get(part.clone()), b.get(part))
        {
            sum += weight * cosine_of_part(a, b);
            weights += weight;
        }
        first += count;
    }
    if weights > 0.0 { sum / weights } else { 0.0 }
}

fn cosine_of_part(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| -> f32 {
        let mut lanes = [0f32; 16];
        let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<16>(), b.as_chunks::<16>());
        for (a, b) in a.iter().zip(b) {
            lanes.iter_mut().zip(a.iter().zip(b)).for_each(|(lane, (a, b))| *lane += a * b);
        }
        lanes.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f32>()
    };
    let lengths = (f64::from(dot(a, a)) * f64::from(dot(b, b))).sqrt();
    if lengths > 0.0 { f64::from(dot(a, b)) / lengths } else { 0.0 }
}

/// Similarities of tokens, a row for each of the source.
struct Matrix {
    rows: usize,
    columns: usize,
    values: Vec<f64>,
}

/// How much a pair keeps in the second round if one of its tokens has a link.
const TAKEN: f64 = 0.9;

impl Matrix {
    fn new(rows: usize, columns: usize) -> Self {
        Self { rows, columns, values: vec![0.0; rows * columns] }
    }

    fn at(&self, row: usize, column: usize) -> f64 {
        self.values[row * self.columns + column]
    }

    fn rows_mut(&mut self) -> impl Iterator<Item = &mut [f64]> {
        self.values.chunks_exact_mut(self.columns.max(1))
    }

    /// Lowers the similarity of tokens at other relative places; does nothing for a side of one token.
    #[expect(clippy::cast_precision_loss, reason = "a sentence has few tokens")]
    fn distort(&mut self, ratio: f64) {
        if self.rows < 2 || self.columns < 2 {
            return;
        }
        let (height, width) = ((self.rows - 1) as f64, (self.columns - 1) as f64);
        for (i, row) in self.rows_mut().enumerate() {
            for (j, cell) in row.iter_mut().enumerate() {
                let distance = j as f64 / width - i as f64 / height;
                *cell *= 1.0 - distance * distance * ratio;
            }
        }
    }

    fn links(&self, method: WordMethod) -> Vec<(usize, usize)> {
        match method {
            WordMethod::ArgMax => self.mutual(),
            WordMethod::IterMax => self.twice(),
            WordMethod::Match => self.matching(),
        }
    }

    /// Pairs each of which is the best of its row and of its column; of equal ones the first counts.
    fn mutual(&self) -> Vec<(usize, usize)> {
        if self.values.is_empty() {
            return Vec::new();
        }
        let first_best = |cells: &mut dyn Iterator<Item = f64>| {
            let better =
                |best: (usize, f64), cell: (usize, f64)| if cell.1 > best.1 { cell } else { best };
            cells.enumerate().reduce(better).map_or(0, |(at, _)| at)
        };
        let down = |j: usize| first_best(&mut (0..self.rows).map(|i| self.at(i, j)));
        let along = |i: usize| first_best(&mut (0..self.columns).map(|j| self.at(i, j)));
        let best_rows: Vec<usize> = (0..self.columns).map(down).collect();
        (0..self.rows).map(|i| (i, along(i))).filter(|(i, j)| best_rows[*j] == *i).collect()
    }

    /// Mutual best pairs, and once more among pairs of which at most one token has a link.
    fn twice(&self) -> Vec<(usize, usize)> {
        let mut links = self.mutual();
        if self.rows.min(self.columns) <= 2 {
            return links;
        }
        let (mut row_taken, mut column_taken) = (vec![false; self.rows], vec![false; self.columns]);
        for (i, j) in &links {
            (row_taken[*i], column_taken[*j]) = (true, true);
        }
        if row_taken.iter().all(|taken| *taken) || column_taken.iter().all(|taken| *taken) {
            return links;
        }
        let mut lowered =
            Self { rows: self.rows, columns: self.columns, values: self.values.clone() };
        for (row, row_taken) in lowered.rows_mut().zip(&row_taken) {
            for (cell, column_taken) in row.iter_mut().zip(&column_taken) {
                *cell *= match (row_taken, column_taken) {
                    (false, false) => 1.0,
                    (true, true) => 0.0,
                    _ => TAKEN,
                };
            }
        }
        let open = |(i, j): &(usize, usize)| !(row_taken[*i] && column_taken[*j]);
        links.extend(lowered.mutual().into_iter().filter(open));
        links.sort_unstable();
        links
    }

    /// The matching of all rows or all columns, whichever are fewer, with the highest sum.
    fn matching(&self) -> Vec<(usize, usize)> {
        let turned = self.rows > self.columns;
        let (few, many) =
            if turned { (self.columns, self.rows) } else { (self.rows, self.columns) };
        let gain = |i: usize, j: usize| if turned { self.at(j, i) } else { self.at(i, j) };
        let pairs = assignment(few, many, |i, j| -gain(i, j)).into_iter().enumerate();
        let mut links: Vec<_> = pairs.map(|(i, j)| if turned { (j, i) } else { (i, j) }).collect();
        links.sort_unstable();
        links
    }
}

/// The column of each row in the assignment with the lowest sum of costs; there are at least as many columns as rows.
///
/// Shortest augmenting paths with potentials: O(rows² · columns).
/// Source: Kuhn 1955; Munkres 1957; Jonker & Volgenant 1987.
fn assignment(rows: usize, columns: usize, cost: impl Fn(usize, usize) -> f64) -> Vec<usize> {
    // Row `rows` and column `columns` stand for none; the path to a new row starts in the latter.
    let mut row_of = vec![rows; columns + 1];
    let (mut row_potential, mut column_potential) = (vec![0.0; rows + 1], vec![0.0; columns + 1]);
    for new in 0..rows {
        row_of[columns] = new;
        let mut at = columns;
        let mut least = vec![f64::INFINITY; columns];
        let mut came_from = vec![columns; columns];
        let mut seen = vec![false; columns + 1];
        while row_of[at] < rows {
            seen[at] = true;
            let row = row_of[at];
            let (mut step, mut next) = (f64::INFINITY, columns);
            for column in (0..columns).filter(|column| !seen[*column]) {
                let reduced = cost(row, column) - row_potential[row] - column_potential[column];
                if reduced < least[column] {
                    (least[column], came_from[column]) = (reduced, at);
                }
                if least[column] < step {
                    (step, next) = (least[column], column);
                }
            }
            for column in 0..=columns {
                if seen[column] {
                    row_potential[row_of[column]] += step;
                    column_potential[column] -= step;
                } else if let Some(least) = least.get_mut(column) {
                    *least -= step;
                }
            }
            if next == columns {
                break; // costs that are no numbers
            }
            at = next;
        }
        while at != columns {
            row_of[at] = row_of[came_from[at]];
            at = came_from[at];
        }
    }
    let mut column_of = vec![0; rows];
    for (column, row) in row_of.into_iter().take(columns).enumerate().filter(|(_, row)| *row < rows)
    {
        column_of[row] = column;
    }
    column_of
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;

    fn plain() -> WordOptions {
        WordOptions { method: WordMethod::IterMax, distortion: 0.0, least: 0.0, parts: Vec::new() }
    }

    use proptest::prelude::*;

    fn matrix(rows: usize, columns: usize, values: Vec<f64>) -> Matrix {
        Matrix { rows, columns, values }
    }

    /// Witness: `simalign` 0.4, made by `tests/parity/gen/simalign_links.py`.
    #[test]
    fn links_are_those_of_the_reference() {
        let text = include_str!("../../tests/parity/fixtures/simalign/links.json");
        let cases: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
        assert!(cases.len() > 50);
        for case in cases {
            let rows: Vec<Vec<f64>> = serde_json::from_value(case["similar"].clone()).unwrap();
            let mut similar = matrix(rows.len(), rows[0].len(), rows.concat());
            similar.distort(case["distortion"].as_f64().unwrap());
            for (name, method) in [
                ("argmax", WordMethod::ArgMax),
                ("itermax", WordMethod::IterMax),
                ("match", WordMethod::Match),
            ] {
                let expected: Vec<(usize, usize)> =
                    serde_json::from_value(case[name].clone()).unwrap();
                assert_eq!(similar.links(method), expected, "{name}");
            }
        }
    }

    /// The highest sum over all ways to give each row a column of its own.
    fn best_sum(similar: &Matrix, row: usize, free: &mut Vec<usize>) -> f64 {
        if row == similar.rows {
            return 0.0;
        }
        let mut best = f64::NEG_INFINITY;
        for at in 0..free.len() {
            let column = free.swap_remove(at);
            best = best.max(similar.at(row, column) + best_sum(similar, row + 1, free));
            free.push(column);
            let last = free.len() - 1;
            free.swap(at, last);
        }
        best
    }

    proptest! {
        #[test]
        fn no_matching_has_a_higher_sum(
            rows in 1usize..6, more in 0usize..2, cells in proptest::collection::vec(0u8..20, 42)
        ) {
            let columns = rows + more;
            let values = cells.iter().take(rows * columns).map(|cell| f64::from(*cell)).collect();
            let similar = matrix(rows, columns, values);
            let sum: f64 = similar.matching().iter().map(|(i, j)| similar.at(*i, *j)).sum();
            let best = best_sum(&similar, 0, &mut (0..columns).collect());
            prop_assert!((sum - best).abs() < 1e-9, "{sum} {best}");
            let turned = (0..columns).flat_map(|j| (0..rows).map(move |i| (i, j)));
            let turned = turned.map(|(i, j)| similar.at(i, j)).collect();
            let turned = matrix(columns, rows, turned);
            let sum: f64 = turned.matching().iter().map(|(i, j)| turned.at(*i, *j)).sum();
            prop_assert!((sum - best).abs() < 1e-9, "{sum} {best}");
        }
    }

    #[test]
    fn a_word_is_linked_if_any_of_its_tokens_is() {
        let source = [1.0, 0.0, 0.0, 1.0, 0.6, 0.8];
        let states = |words: &'static [Option<usize>]| WordStates {
            width: 2,
            values: &source,
            words,
            literals: &[],
        };
        let options = WordOptions { method: WordMethod::ArgMax, ..plain() };
        let (apart, joined) =
            (states(&[Some(0), Some(1), None]), states(&[Some(0), Some(0), None]));
        assert_eq!(link(&apart, &apart, &options), [(0, 0), (1, 1)]);
        assert_eq!(link(&apart, &joined, &options), [(0, 0), (1, 0)]);
        let nothing = WordStates { width: 2, values: &[], words: &[], literals: &[] };
        for method in [WordMethod::ArgMax, WordMethod::IterMax, WordMethod::Match] {
            let options = WordOptions { method, ..plain() };
            assert!(link(&apart, &nothing, &options).is_empty());
            assert!(link(&nothing, &apart, &options).is_empty());
        }
    }

    #[test]
    fn equal_literals_are_linked_whatever_their_states_say() {
        let (left, right) = ([1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0]);
        let words = [Some(0), Some(1)];
        let literals = [Some(7), None];
        let side = |values| WordStates { width: 2, values, words: &words, literals: &literals };
        let options = plain();
        assert_eq!(link(&side(&left), &side(&right), &options), [(0, 0)]);
    }

    #[test]
    fn parts_of_a_state_count_by_their_weights() {
        let (a, b) = ([1.0, 0.0, 1.0, 0.0], [1.0, 0.0, 0.0, 1.0]);
        assert!((cosine(&a, &b, &[]) - 0.5).abs() < 1e-9);
        assert!((cosine(&a, &b, &[(2, 3.0), (2, 1.0)]) - 0.75).abs() < 1e-9);
        assert!((cosine(&a, &b, &[(2, 0.0), (2, 1.0)])).abs() < 1e-9);
    }

    #[test]
    fn pairs_below_the_least_similarity_are_not_linked() {
        let values = [1.0, 0.0, -1.0, 0.0];
        let words = [Some(0)];
        let side = |at: usize| WordStates {
            width: 2,
            values: &values[at * 2..at * 2 + 2],
            words: &words,
            literals: &[],
        };
        let options = WordOptions { least: 0.4, ..plain() };
        assert!(link(&side(0), &side(1), &options).is_empty());
        assert_eq!(link(&side(0), &side(0), &options), [(0, 0)]);
    }
}
