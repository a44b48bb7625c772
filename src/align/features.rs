//! What speaks for a bead and what against it, as numbers.
//!
//! Owns: the features and their order. In: the vectors of two texts. Out: one array a bead; weights make a score of it.
//! Source: margins and the neighbour term after Liu & Zhu 2022 (Bertalign's paper); the length model of Gale & Church 1993.

use rayon::prelude::*;

use super::band::Band;
use super::similarity::baselines;
use super::text::{TextVectors, shared};
use crate::domain::RunVectors;

/// Features of a bead with sentences on both sides.
pub const FEATURES: usize = 30;
/// Features of a sentence without counterpart.
pub const GAP_FEATURES: usize = 8;

/// Names of the features, in their order.
pub const NAMES: [&str; FEATURES] = [
    "1-1",
    "1-2",
    "1-3+",
    "n-m",
    "further",
    "cosine",
    "margin",
    "margin·further",
    "length",
    "length²",
    "neighbours",
    "extended",
    "extended+",
    "shortened",
    "weakest",
    "paragraphs agree",
    "one paragraph",
    "breaks inside",
    "headings agree",
    "one heading",
    "literals",
    "literals alone",
    "names",
    "bridge cosine",
    "bridge margin",
    "bridge extended",
    "bridge shortened",
    "bridge grams",
    "margin 1-1",
    "share of literals",
];

/// Standard deviation of a translation's length, in letters for one letter of its source (Gale & Church 1993).
const LENGTH_VARIANCE: f32 = 6.8;

/// Steps of a stored cosine for 1: it is off by 1.6e-5 at most, and a table takes half the memory.
const STEPS: f32 = 32_000.0;
/// Where there is no such pair of runs.
const ABSENT: i16 = i16::MIN;

#[expect(clippy::cast_possible_truncation, reason = "a cosine lies between -1 and 1")]
fn stored(cosine: f32) -> i16 {
    // A product of unit vectors can pass 1 by a few units in the last place; `as` saturates, and makes 0 of NaN.
    ((cosine * STEPS).round() as i16).max(ABSENT + 1)
}

/// Two texts, ready to be compared.
pub(super) struct Pair<'a> {
    pub(super) source: &'a TextVectors,
    pub(super) target: &'a TextVectors,
    pub(super) band: &'a Band,
    /// Sentences of both sides in the largest bead.
    pub(super) max_bead: usize,
    direct: Cosines,
    bridge: Option<Cosines>,
    /// Shared literals, names and n-grams of sentences, `[cells]` each.
    literals: Vec<f32>,
    names: Vec<f32>,
    grams: Vec<f32>,
    /// Letters of the target for one letter of the source.
    ratio: f32,
    /// Weight of the literals of each sentence: with itself.
    weights: [Vec<f32>; 2],
    /// Products of the n-grams of sentences with their next neighbours, `[sentences][max_bead]`.
    norms: [Vec<Vec<f32>>; 2],
}

/// Cosines of all runs that begin at a cell, less what unrelated ones reach.
struct Cosines {
    /// `[cells, kinds]`, by the cell at which both runs begin, as [`stored`] packs them.
    values: Vec<i16>,
    /// `[texts, longest]`
    baselines: [Vec<f32>; 2],
    longest: [usize; 2],
}

/// The number of the pair of lengths `(a, b)` among those of at most `total` sentences: 1-1, 1-2, …, 2-1, …
pub(super) fn kind(a: usize, b: usize, total: usize) -> usize {
    // Rows before `a` hold total − 1, total − 2, … kinds.
    (a - 1) * total - (a - 1) * a / 2 + b - 1
}

pub(super) fn kinds(total: usize) -> usize {
    total * (total - 1) / 2
}

impl Cosines {
    fn new(source: &RunVectors, target: &RunVectors, band: &Band, total: usize) -> Self {
        let width = kinds(total);
        // Written in place: tables of long texts are the largest part of memory.
        let mut values = vec![ABSENT; band.cells() * width];
        band.cut(&mut values, width).into_par_iter().enumerate().for_each(|(i, row)| {
            let (low, high) = band.row(i);
            for a in 1..total {
                let Some(run) = source.run(i, a) else { continue };
                for (j, cell) in (low..=high).zip(row.chunks_exact_mut(width)) {
                    for b in 1..=total - a {
                        if let Some(other) = target.run(j, b) {
                            cell[kind(a, b, total)] = stored(RunVectors::cosine(run, other));
                        }
                    }
                }
            }
        });
        Self {
            values,
            baselines: [baselines(source, target), baselines(target, source)],
            longest: [source.longest(), target.longest()],
        }
    }

    fn baseline(&self, side: usize, first: usize, length: usize) -> f32 {
        self.baselines[side][first * self.longest[side] + length - 1]
    }
}

/// A bead: where its runs begin and how long they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) i: usize,
    pub(super) a: usize,
    pub(super) j: usize,
    pub(super) b: usize,
}

impl<'a> Pair<'a> {
    pub(super) fn new(
        source: &'a TextVectors,
        target: &'a TextVectors,
        band: &'a Band,
        max_bead: usize,
    ) -> Self {
        let total = max_bead + 1;
        let direct = Cosines::new(&source.runs, &target.runs, band, total);
        let bridges = source.bridge.as_ref().zip(target.bridge.as_ref());
        let bridge = bridges.map(|(s, t)| Cosines::new(&s.runs, &t.runs, band, total));
        let products = |left: &[super::text::Tokens], right: &[super::text::Tokens]| -> Vec<f32> {
            let mut table = vec![0f32; band.cells()];
            band.cut(&mut table, 1).into_par_iter().enumerate().for_each(|(i, row)| {
                let (low, high) = band.row(i);
                for (j, cell) in (low..=high).zip(row) {
                    if let (Some(a), Some(b)) = (left.get(i), right.get(j)) {
                        *cell = shared(a, b);
                    }
                }
            });
            table
        };
        let itself = |tokens: &[super::text::Tokens]| tokens.iter().map(|t| shared(t, t)).collect();
        let neighbours = |tokens: &[super::text::Tokens]| -> Vec<Vec<f32>> {
            let of = |i: usize| {
                tokens[i..].iter().take(max_bead).map(|t| shared(&tokens[i], t)).collect()
            };
            (0..tokens.len()).map(of).collect()
        };
        let letters = |text: &TextVectors| text.letters.iter().sum::<f32>().max(1.0);
        Self {
            direct,
            literals: products(&source.literals, &target.literals),
            names: products(&source.names, &target.names),
            grams: bridges.map_or_else(Vec::new, |(s, t)| products(&s.grams, &t.grams)),
            norms: bridges.map_or_else(Default::default, |(s, t)| {
                [neighbours(&s.grams), neighbours(&t.grams)]
            }),
            weights: [itself(&source.literals), itself(&target.literals)],
            ratio: ratio(letters(target) / letters(source)),
            source,
            target,
            band,
            max_bead,
            bridge,
        }
    }

    /// Cosine of two runs, if both lie in their texts and begin in the corridor.
    fn cosine(&self, of: &Cosines, i: usize, a: usize, j: usize, b: usize) -> Option<f32> {
        let total = self.max_bead + 1;
        if a == 0 || b == 0 || a + b > total {
            return None;
        }
        let cell = self.band.cell(i, j)?;
        let value = of.values[cell * kinds(total) + kind(a, b, total)];
        (value != ABSENT).then(|| f32::from(value) / STEPS)
    }

    /// Cosine of a bead's sides.
    pub(super) fn similarity(&self, at: Place) -> Option<f32> {
        self.cosine(&self.direct, at.i, at.a, at.j, at.b)
    }

    fn margin(&self, of: &Cosines, at: Place) -> (f32, f32) {
        let cosine = self.cosine(of, at.i, at.a, at.j, at.b).unwrap_or(0.0);
        let unrelated = of.baseline(0, at.i, at.a).max(of.baseline(1, at.j, at.b));
        (cosine, cosine - unrelated)
    }

    /// How much nearer the sides come with one more sentence: at most, and on average; and with one less, at most.
    fn reach(&self, of: &Cosines, at: Place, cosine: f32) -> [f32; 3] {
        let Place { i, a, j, b } = at;
        let longer = [
            i.checked_sub(1).and_then(|before| self.cosine(of, before, a + 1, j, b)),
            self.cosine(of, i, a + 1, j, b),
            j.checked_sub(1).and_then(|before| self.cosine(of, i, a, before, b + 1)),
            self.cosine(of, i, a, j, b + 1),
        ];
        let gains = longer.into_iter().flatten().map(|longer| longer - cosine);
        let (most, sum, count) = gains
            .fold((f32::NEG_INFINITY, 0.0, 0.0), |(most, sum, count), gain| {
                (f32::max(most, gain), sum + gain, count + 1.0)
            });
        let shorter = [
            self.cosine(of, i + 1, a - 1, j, b),
            self.cosine(of, i, a - 1, j, b),
            self.cosine(of, i, a, j + 1, b - 1),
            self.cosine(of, i, a, j, b - 1),
        ];
        let less = shorter.into_iter().flatten().map(|shorter| shorter - cosine);
        let less = less.fold(f32::NEG_INFINITY, f32::max);
        let known = |value: f32| if value.is_finite() { value } else { 0.0 };
        [known(most), if count > 0.0 { sum / count } else { 0.0 }, known(less)]
    }

    /// Mean cosine of each side with the sentences beside the other.
    fn beside(&self, at: Place) -> f32 {
        let Place { i, a, j, b } = at;
        let neighbours = [
            i.checked_sub(1).and_then(|before| self.cosine(&self.direct, before, 1, j, b)),
            self.cosine(&self.direct, i + a, 1, j, b),
            j.checked_sub(1).and_then(|before| self.cosine(&self.direct, i, a, before, 1)),
            self.cosine(&self.direct, i, a, j + b, 1),
        ];
        let (sum, count) = neighbours
            .into_iter()
            .flatten()
            .fold((0.0, 0.0), |(sum, count), c| (sum + c, count + 1.0));
        if count > 0.0 { sum / count } else { 0.0 }
    }

    /// The smallest cosine of a single sentence with the whole other side.
    fn weakest(&self, at: Place) -> f32 {
        let sources = (at.i..at.i + at.a).map(|i| self.cosine(&self.direct, i, 1, at.j, at.b));
        let targets = (at.j..at.j + at.b).map(|j| self.cosine(&self.direct, at.i, at.a, j, 1));
        sources.chain(targets).flatten().fold(1.0, f32::min)
    }

    /// Sum of a table of sentence pairs over a bead.
    fn block(&self, table: &[f32], at: Place) -> f32 {
        let rows = (at.i..at.i + at.a).flat_map(|i| (at.j..at.j + at.b).map(move |j| (i, j)));
        rows.filter_map(|(i, j)| self.band.cell(i, j)).map(|cell| table[cell]).sum()
    }

    #[expect(clippy::cast_precision_loss, reason = "beads have a handful of sentences")]
    pub(super) fn features(&self, at: Place) -> [f32; FEATURES] {
        let Place { i, a, j, b } = at;
        let mut f = [0f32; FEATURES];
        let further = (a + b - 2) as f32;
        f[match (a.min(b), a.max(b)) {
            (1, 1) => 0,
            (1, 2) => 1,
            (1, _) => 2,
            _ => 3,
        }] = 1.0;
        f[4] = further;
        let (cosine, margin) = self.margin(&self.direct, at);
        (f[5], f[6], f[7]) = (cosine, margin, margin * further);
        let (from, to) = (sum(&self.source.letters, i, a), sum(&self.target.letters, j, b));
        let expected = from * self.ratio;
        let z = (to - expected) / (LENGTH_VARIANCE * 0.5 * (to + expected)).sqrt().max(1.0);
        (f[8], f[9]) = (z.abs().min(8.0), (z * z).min(25.0));
        f[10] = self.beside(at) - cosine;
        let [most, mean, less] = self.reach(&self.direct, at, cosine);
        (f[11], f[12], f[13]) = (mean, most.max(0.0), less);
        f[14] = if a + b > 2 { self.weakest(at) } else { 0.0 };
        let opens = (self.source.opens_paragraph(i), self.target.opens_paragraph(j));
        f[15] = f32::from(opens == (true, true));
        f[16] = f32::from(opens.0 != opens.1);
        f[17] = (self.source.breaks_inside(i, a) + self.target.breaks_inside(j, b)) as f32;
        let headings = (self.source.headings[i], self.target.headings[j]);
        f[18] = f32::from(headings == (true, true));
        f[19] = f32::from(headings.0 != headings.1);
        let literals = self.block(&self.literals, at);
        let all = sum(&self.weights[0], i, a) + sum(&self.weights[1], j, b);
        f[20] = literals.min(20.0);
        f[21] = (all - 2.0 * literals).clamp(0.0, 20.0);
        f[29] = if all > 0.0 { (2.0 * literals / all).min(1.0) } else { 0.5 };
        f[22] = self.block(&self.names, at).min(20.0);
        if let Some(bridge) = &self.bridge {
            let (cosine, margin) = self.margin(bridge, at);
            let [_, most, less] = self.reach(bridge, at, cosine);
            (f[23], f[24], f[25], f[26]) = (cosine, margin, most.max(0.0), less);
            let norm = |side: usize, first: usize, length: usize| -> f32 {
                let row = |k: usize| -> f32 {
                    let row = &self.norms[side][first + k];
                    row[0] + 2.0 * row.iter().take(length - k).skip(1).sum::<f32>()
                };
                (0..length).map(row).sum::<f32>().sqrt().max(1e-6)
            };
            f[27] = self.block(&self.grams, at) / (norm(0, i, a) * norm(1, j, b));
        }
        f[28] = if a + b == 2 { margin } else { 0.0 };
        f
    }

    /// Features of a sentence alone, `side` 0 for the source; `opens` unless the one before it was alone as well.
    pub(super) fn gap(
        &self,
        side: usize,
        sentence: usize,
        best: f32,
        opens: bool,
    ) -> [f32; GAP_FEATURES] {
        let text = if side == 0 { self.source } else { self.target };
        let mut f = [0f32; GAP_FEATURES];
        f[side] = 1.0;
        f[2] = f32::from(opens);
        f[3] = best;
        f[4] = text.letters[sentence].max(1.0).ln();
        f[5] = self.weights[side][sentence].min(20.0);
        f[6] = f32::from(text.opens_paragraph(sentence));
        f[7] = f32::from(text.headings[sentence]);
        f
    }

    /// For each sentence of both sides the largest margin with any sentence of the other in the corridor.
    pub(super) fn nearest(&self) -> [Vec<f32>; 2] {
        let (n, m) = (self.band.sources(), self.band.targets());
        let mut nearest = [vec![-1f32; n], vec![-1f32; m]];
        for i in 0..n {
            let (low, high) = self.band.row(i);
            for j in low..=high.min(m.saturating_sub(1)) {
                let place = Place { i, a: 1, j, b: 1 };
                if j < m && self.similarity(place).is_some() {
                    let (_, margin) = self.margin(&self.direct, place);
                    nearest[0][i] = nearest[0][i].max(margin);
                    nearest[1][j] = nearest[1][j].max(margin);
                }
            }
        }
        nearest
    }
}

/// The ratio of lengths, unless the texts are so different that one must hold much that the other does not.
fn ratio(of_all: f32) -> f32 {
    if (0.5..=2.5).contains(&of_all) { of_all } else { 1.0 }
}

fn sum(values: &[f32], first: usize, length: usize) -> f32 {
    values.iter().skip(first).take(length).sum()
}
