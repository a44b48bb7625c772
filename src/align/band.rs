//! Where a path through two texts can run: first coarsely over blocks of sentences, then finer and finer.
//!
//! Owns: the corridor, so that time and memory grow with the length of the texts, not with its square.
//! In: vectors of sentences. Out: for each source position the target positions that are looked at.
//! Source: the recursion of vecalign (Thompson & Koehn 2019); steps and weights of symmetric dynamic time warping
//! (Sakoe & Chiba 1978).

use super::similarity::dot;
use crate::domain::RunVectors;

/// Texts of up to so many pairs of sentences are searched whole.
const WHOLE: usize = 16_384;
/// Blocks on each side of the coarser path that are looked at on the next level, and in the end.
const RADIUS: usize = 24;

/// Positions `0..=n` of the source with positions of the target, both counted between sentences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Band {
    /// First and last target position of each source position; both ends never fall.
    rows: Vec<(usize, usize)>,
    /// Where the cells of each row begin, and the count of all.
    offsets: Vec<usize>,
}

impl Band {
    fn new(rows: Vec<(usize, usize)>) -> Self {
        let mut offsets = Vec::with_capacity(rows.len() + 1);
        let mut count = 0;
        for (low, high) in &rows {
            offsets.push(count);
            count += high + 1 - low;
        }
        offsets.push(count);
        Self { rows, offsets }
    }

    /// Every pair of positions of texts of `n` and `m` sentences.
    #[must_use]
    pub(super) fn whole(n: usize, m: usize) -> Self {
        Self::new(vec![(0, m); n + 1])
    }

    /// The corridor of two texts.
    #[must_use]
    pub(super) fn of(source: &RunVectors, target: &RunVectors) -> Self {
        let (n, m) = (source.texts(), target.texts());
        if n.saturating_mul(m) <= WHOLE {
            return Self::whole(n, m);
        }
        let mut levels = vec![(centred(source), centred(target))];
        while let Some((s, t)) = levels.last()
            && s.count() * t.count() > WHOLE
        {
            levels.push((halved(s), halved(t)));
        }
        let mut band: Option<Self> = None;
        let mut path = Vec::new();
        for (s, t) in levels.iter().rev() {
            let here = match band {
                None => Self::whole(s.count(), t.count()),
                Some(_) => Self::around(&path, s.count(), t.count()),
            };
            path = warped(s, t, &here);
            band = Some(here);
        }
        Self::around_sentences(&path, n, m)
    }

    /// Positions near a path of the level above, whose blocks are twice as long.
    fn around(path: &[(usize, usize)], n: usize, m: usize) -> Self {
        let doubled: Vec<_> = path.iter().map(|(i, j)| (2 * i, 2 * j)).collect();
        Self::around_sentences(&doubled, n, m)
    }

    fn around_sentences(path: &[(usize, usize)], n: usize, m: usize) -> Self {
        let mut rows = vec![(usize::MAX, 0); n + 1];
        for (i, j) in path.iter().chain(&[(0, 0), (n, m)]) {
            let near = i.saturating_sub(RADIUS)..=(i + RADIUS).min(n);
            for row in &mut rows[near] {
                row.0 = row.0.min(j.saturating_sub(RADIUS));
                row.1 = row.1.max((j + RADIUS).min(m));
            }
        }
        // Both ends rise, so that every cell can be reached and left.
        for i in 1..=n {
            rows[i].1 = rows[i].1.max(rows[i - 1].1);
        }
        for i in (0..n).rev() {
            rows[i].0 = rows[i].0.min(rows[i + 1].0);
        }
        Self::new(rows)
    }

    /// Source sentences.
    #[must_use]
    pub(super) fn sources(&self) -> usize {
        self.rows.len() - 1
    }

    /// Target sentences.
    #[must_use]
    pub(super) fn targets(&self) -> usize {
        self.rows.last().map_or(0, |row| row.1)
    }

    /// How many pairs of positions there are.
    #[must_use]
    pub(super) fn cells(&self) -> usize {
        self.offsets.last().copied().unwrap_or(0)
    }

    /// First and last target position beside a source position.
    pub(super) fn row(&self, source: usize) -> (usize, usize) {
        self.rows[source]
    }

    /// A table with `width` values a cell, cut into its rows.
    pub(super) fn cut<'a, T>(&self, mut table: &'a mut [T], width: usize) -> Vec<&'a mut [T]> {
        let mut rows = Vec::with_capacity(self.rows.len());
        for (low, high) in &self.rows {
            let (row, rest) = table.split_at_mut((high + 1 - low) * width);
            rows.push(row);
            table = rest;
        }
        rows
    }

    /// The number of a cell, if it lies in the corridor.
    pub(super) fn cell(&self, source: usize, target: usize) -> Option<usize> {
        let (low, high) = *self.rows.get(source)?;
        (low..=high).contains(&target).then(|| self.offsets[source] + target - low)
    }
}

/// Vectors of sentences or of blocks of them, one behind the other: a long text's leave memory in one piece.
struct Vectors {
    width: usize,
    values: Vec<f32>,
}

impl Vectors {
    fn count(&self) -> usize {
        self.values.len() / self.width.max(1)
    }

    fn get(&self, number: usize) -> Option<&[f32]> {
        self.values.get(number * self.width..(number + 1) * self.width)
    }
}

/// The vectors of single sentences less their mean, so that unrelated ones have a cosine near 0.
fn centred(text: &RunVectors) -> Vectors {
    let mean = super::similarity::mean(text);
    let mut values = Vec::with_capacity(text.texts() * text.width());
    for vector in (0..text.texts()).filter_map(|first| text.values(first, 1)) {
        let begin = values.len();
        values.extend(vector.zip(&mean).map(|(value, mean)| value - mean));
        to_unit(&mut values[begin..]);
    }
    Vectors { width: text.width(), values }
}

fn to_unit(vector: &mut [f32]) {
    let length = dot(vector, vector).sqrt().max(1e-6);
    for value in vector {
        *value /= length;
    }
}

/// Blocks of two neighbours.
fn halved(vectors: &Vectors) -> Vectors {
    let width = vectors.width;
    let mut values = Vec::with_capacity(vectors.values.len().div_ceil(2) + width);
    for pair in vectors.values.chunks(2 * width.max(1)) {
        let (one, two) = pair.split_at(width.min(pair.len()));
        let begin = values.len();
        if two.is_empty() {
            values.extend_from_slice(one);
        } else {
            values.extend(one.iter().zip(two).map(|(a, b)| a + b));
            to_unit(&mut values[begin..]);
        }
    }
    Vectors { width, values }
}

/// The best path from the first to the last position: a diagonal step counts its cosine twice, a straight one once,
/// and a step past blocks that have nothing in common is worth nothing.
fn warped(source: &Vectors, target: &Vectors, band: &Band) -> Vec<(usize, usize)> {
    let (n, m) = (source.count(), target.count());
    // Best value of a path to each cell, and the step that led there: 0 diagonal, 1 along the source, 2 along the target.
    let mut best = vec![f32::NEG_INFINITY; band.cells()];
    let mut step = vec![0u8; band.cells()];
    for i in 0..=n {
        let (low, high) = band.row(i);
        for j in low..=high {
            let Some(here) = band.cell(i, j) else { continue };
            if i == 0 && j == 0 {
                best[here] = 0.0;
                continue;
            }
            let cosine = |i: usize, j: usize| match (source.get(i), target.get(j)) {
                (Some(a), Some(b)) => dot(a, b).max(0.0),
                _ => 0.0,
            };
            let from = |i: Option<usize>, j: Option<usize>| match (i, j) {
                (Some(i), Some(j)) => band.cell(i, j).map_or(f32::NEG_INFINITY, |cell| best[cell]),
                _ => f32::NEG_INFINITY,
            };
            let (above, left) = (i.checked_sub(1), j.checked_sub(1));
            let at = cosine(above.unwrap_or(0), left.unwrap_or(0));
            let options = [
                from(above, left) + 2.0 * at,
                from(above, Some(j)) + 0.5 * at,
                from(Some(i), left) + 0.5 * at,
            ];
            for (kind, value) in (0u8..).zip(options) {
                if value > best[here] {
                    (best[here], step[here]) = (value, kind);
                }
            }
        }
    }
    let mut path = vec![(n, m)];
    let (mut i, mut j) = (n, m);
    while i > 0 || j > 0 {
        match band.cell(i, j).map_or(0, |cell| step[cell]) {
            0 => (i, j) = (i.saturating_sub(1), j.saturating_sub(1)),
            1 => i = i.saturating_sub(1),
            _ => j = j.saturating_sub(1),
        }
        path.push((i, j));
    }
    path.reverse();
    path
}
