//! All ways to cut two texts into beads, and how probable each bead is among them.
//!
//! Owns: a semi-Markov random field over the corridor: forward and backward sums, posterior probabilities of beads,
//! and the path with the most beads that are expected to be right.
//! In: features and weights. Out: probabilities.
//! Source: Sarawagi & Cohen 2004, "Semi-Markov Conditional Random Fields"; decoding by minimum Bayes risk.

use rayon::prelude::*;

use super::features::{FEATURES, GAP_FEATURES, Pair, Place, kind, kinds};

/// How much each feature counts, in nats.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// For beads with sentences on both sides.
    pub bead: [f32; FEATURES],
    /// For sentences alone.
    pub gap: [f32; GAP_FEATURES],
}

/// What came before: a bead, a source sentence alone, a target sentence alone.
const STATES: usize = 3;
const NONE: f64 = f64::NEG_INFINITY;

/// Scores of all beads of the corridor, and the sums over all paths.
pub(super) struct Lattice<'a> {
    pub(super) pair: &'a Pair<'a>,
    /// `[cells, kinds]`, by the cell at which a bead begins.
    scores: Vec<f32>,
    /// Score of each sentence alone, if the one before was not, and if it was.
    gaps: [Vec<[f64; 2]>; 2],
    /// `[cells, states]`, sums over paths from the begin to a cell, in nats.
    forward: Vec<[f64; STATES]>,
    /// `[cells]`, over the states of `forward`: what every bead that begins at a cell asks for.
    reached: Vec<f64>,
    /// `[cells, states]`, sums over paths from a cell to the end.
    backward: Vec<[f64; STATES]>,
    total: f64,
}

fn add(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let most = values.clone().fold(NONE, f64::max);
    if most == NONE {
        NONE
    } else {
        most + values.map(|value| (value - most).exp()).sum::<f64>().ln()
    }
}

impl<'a> Lattice<'a> {
    pub(super) fn new(pair: &'a Pair<'a>, weights: &Weights, nearest: &[Vec<f32>; 2]) -> Self {
        let scores = scores(pair, weights);
        let gaps = [0, 1].map(|side| {
            let one = |(sentence, best): (usize, &f32)| {
                [true, false].map(|opens| {
                    let features = pair.gap(side, sentence, *best, opens);
                    f64::from(product(&features, &weights.gap))
                })
            };
            nearest[side].iter().enumerate().map(one).collect()
        });
        let mut lattice = Self {
            pair,
            scores,
            gaps,
            forward: Vec::new(),
            reached: Vec::new(),
            backward: Vec::new(),
            total: 0.0,
        };
        lattice.sum();
        lattice
    }

    /// Makes sentences alone more probable on each side, by so many nats.
    pub(super) fn with_gaps(mut self, more: [f64; 2]) -> Self {
        for (side, more) in self.gaps.iter_mut().zip(more) {
            side.iter_mut().flatten().for_each(|score| *score += more);
        }
        self.sum();
        self
    }

    fn sum(&mut self) {
        // The sums of before go first: of a long text both do not fit beside one another.
        (self.forward, self.reached, self.backward) = Default::default();
        let ((forward, reached), backward) = rayon::join(|| self.forwards(), || self.backwards());
        (self.forward, self.reached, self.backward) = (forward, reached, backward);
        let band = self.pair.band;
        let end = band.cell(band.sources(), band.targets());
        self.total = end.map_or(NONE, |end| self.reached[end]);
    }

    /// Sum over all paths, in nats.
    pub(super) fn total(&self) -> f64 {
        self.total
    }

    /// The path on which every sentence is alone, in nats.
    pub(super) fn nothing(&self) -> f64 {
        let side = |side: usize| -> f64 {
            let scores = self.gaps[side].iter().enumerate();
            scores.map(|(number, [opens, goes_on])| if number == 0 { opens } else { goes_on }).sum()
        };
        side(0) + side(1)
    }

    fn score(&self, at: Place) -> Option<f64> {
        let max = self.pair.max_bead;
        let begin = self.pair.band.cell(at.i, at.j)?;
        self.pair.band.cell(at.i + at.a, at.j + at.b)?;
        let score = self.scores[begin * kinds(max) + kind(at.a, at.b, max)];
        score.is_finite().then_some(f64::from(score))
    }

    /// Lengths of all beads with both sides.
    pub(super) fn lengths(&self) -> impl Iterator<Item = (usize, usize)> + Clone + use<> {
        let max = self.pair.max_bead;
        (1..max).flat_map(move |a| (1..=max - a).map(move |b| (a, b)))
    }

    /// Steps from a cell in a state: how far, with what score, into which state.
    #[cfg(test)]
    pub(super) fn steps(
        &self,
        i: usize,
        j: usize,
        state: usize,
    ) -> Vec<((usize, usize), f64, usize)> {
        let band = self.pair.band;
        let bead = |(a, b)| Some(((a, b), self.score(Place { i, a, j, b })?, 0));
        let mut steps: Vec<_> = self.lengths().filter_map(bead).collect();
        if state != 2 && i < band.sources() {
            let [opens, goes_on] = self.gaps[0][i];
            steps.push(((1, 0), if state == 1 { goes_on } else { opens }, 1));
        }
        if j < band.targets() {
            let [opens, goes_on] = self.gaps[1][j];
            steps.push(((0, 1), if state == 2 { goes_on } else { opens }, 2));
        }
        steps
    }

    fn forwards(&self) -> (Vec<[f64; STATES]>, Vec<f64>) {
        let band = self.pair.band;
        let mut sums = vec![[NONE; STATES]; band.cells()];
        let mut reached = vec![NONE; band.cells()];
        let mut beads = Vec::with_capacity(kinds(self.pair.max_bead));
        for i in 0..=band.sources() {
            let (low, high) = band.row(i);
            for j in low..=high {
                let Some(here) = band.cell(i, j) else { continue };
                if i == 0 && j == 0 {
                    (sums[here], reached[here]) = ([0.0, NONE, NONE], 0.0);
                    continue;
                }
                beads.clear();
                beads.extend(self.lengths().filter_map(|(a, b)| {
                    let at = Place { i: i.checked_sub(a)?, a, j: j.checked_sub(b)?, b };
                    let begin = band.cell(at.i, at.j)?;
                    Some(self.score(at)? + reached[begin])
                }));
                let before = [
                    i.checked_sub(1).and_then(|i| Some((i, band.cell(i, j)?))),
                    j.checked_sub(1).and_then(|j| Some((j, band.cell(i, j)?))),
                ];
                let mut new = [add(beads.iter().copied()), NONE, NONE];
                for (side, before) in before.into_iter().enumerate() {
                    if let Some((sentence, cell)) = before {
                        new[side + 1] = self.after(&sums[cell], side, sentence);
                    }
                }
                sums[here] = new;
                reached[here] = add(new.into_iter());
            }
        }
        (sums, reached)
    }

    /// Sum of paths that go on with a sentence alone. After a target sentence alone no source sentence alone comes, so
    /// that each alignment is one path only.
    fn after(&self, sums: &[f64; STATES], side: usize, sentence: usize) -> f64 {
        let [opens, goes_on] = self.gaps[side][sentence];
        let mut values = [sums[0] + opens, sums[side + 1] + goes_on, NONE];
        if side == 1 {
            values[2] = sums[1] + opens;
        }
        add(values.into_iter())
    }

    fn backwards(&self) -> Vec<[f64; STATES]> {
        let band = self.pair.band;
        let (n, m) = (band.sources(), band.targets());
        let mut sums = vec![[NONE; STATES]; band.cells()];
        let mut beads = Vec::with_capacity(kinds(self.pair.max_bead));
        for i in (0..=n).rev() {
            let (low, high) = band.row(i);
            for j in (low..=high).rev() {
                let Some(here) = band.cell(i, j) else { continue };
                if (i, j) == (n, m) {
                    sums[here] = [0.0; STATES];
                    continue;
                }
                beads.clear();
                beads.extend(self.lengths().filter_map(|(a, b)| {
                    let end = band.cell(i + a, j + b)?;
                    Some(self.score(Place { i, a, j, b })? + sums[end][0])
                }));
                let beads = add(beads.iter().copied());
                let alone = |side: usize, opens: usize| {
                    let (next, sentence) =
                        if side == 0 { ((i + 1, j), i) } else { ((i, j + 1), j) };
                    let cell = band.cell(next.0, next.1).filter(|_| next.0 <= n && next.1 <= m);
                    cell.map_or(NONE, |cell| {
                        self.gaps[side][sentence][opens] + sums[cell][side + 1]
                    })
                };
                sums[here] = [
                    add([beads, alone(0, 0), alone(1, 0)].into_iter()),
                    add([beads, alone(0, 1), alone(1, 0)].into_iter()),
                    add([beads, alone(1, 1)].into_iter()),
                ];
            }
        }
        sums
    }

    /// How probable a bead is.
    pub(super) fn bead(&self, at: Place) -> f64 {
        let band = self.pair.band;
        let ends = band.cell(at.i, at.j).zip(band.cell(at.i + at.a, at.j + at.b));
        let (Some((begin, end)), Some(score)) = (ends, self.score(at)) else { return 0.0 };
        let all = self.reached[begin] + score + self.backward[end][0];
        (all - self.total).exp().min(1.0)
    }

    /// How probable it is that a sentence is alone and stands at this position: after a bead, and after another alone.
    pub(super) fn alone(&self, side: usize, i: usize, j: usize) -> [f64; 2] {
        let band = self.pair.band;
        let (next, sentence) = if side == 0 { ((i + 1, j), i) } else { ((i, j + 1), j) };
        let Some((begin, end)) = band.cell(i, j).zip(band.cell(next.0, next.1)) else {
            return [0.0; 2];
        };
        let Some([opens, goes_on]) = self.gaps[side].get(sentence) else { return [0.0; 2] };
        let before = &self.forward[begin];
        let fresh = if side == 1 { add([before[0], before[1]].into_iter()) } else { before[0] };
        let after = self.backward[end][side + 1] - self.total;
        [
            (fresh + opens + after).exp().min(1.0),
            (before[side + 1] + goes_on + after).exp().min(1.0),
        ]
    }

    /// The path with the largest sum of probabilities; sentences alone count `gap` times theirs.
    pub(super) fn decode(&self, gap: f64) -> Vec<(Place, f64)> {
        let band = self.pair.band;
        let mut best = vec![NONE; band.cells()];
        let mut back: Vec<(u8, u8)> = vec![(0, 0); band.cells()];
        for i in 0..=band.sources() {
            let (low, high) = band.row(i);
            for j in low..=high {
                let Some(here) = band.cell(i, j) else { continue };
                if i == 0 && j == 0 {
                    best[here] = 0.0;
                    continue;
                }
                let steps = self.lengths().chain([(1, 0), (0, 1)]);
                for (a, b) in steps {
                    let (Some(i), Some(j)) = (i.checked_sub(a), j.checked_sub(b)) else { continue };
                    let Some(begin) = band.cell(i, j) else { continue };
                    let value = best[begin] + self.gain(Place { i, a, j, b }, gap);
                    if value > best[here] {
                        best[here] = value;
                        back[here] = (u8::try_from(a).unwrap_or(0), u8::try_from(b).unwrap_or(0));
                    }
                }
            }
        }
        self.path_back(&back)
    }

    /// The steps that led to the end.
    fn path_back(&self, back: &[(u8, u8)]) -> Vec<(Place, f64)> {
        let band = self.pair.band;
        let mut path = Vec::new();
        let (mut i, mut j) = (band.sources(), band.targets());
        while let Some(cell) = band.cell(i, j).filter(|_| i > 0 || j > 0) {
            let (a, b) = (usize::from(back[cell].0), usize::from(back[cell].1));
            if a + b == 0 {
                break;
            }
            (i, j) = (i - a, j - b);
            let at = Place { i, a, j, b };
            path.push((at, self.probability(at)));
        }
        path.reverse();
        path
    }

    fn gain(&self, at: Place, gap: f64) -> f64 {
        if at.a == 0 || at.b == 0 { gap * self.probability(at) } else { self.probability(at) }
    }

    /// How probable a bead or a sentence alone at its place is.
    fn probability(&self, at: Place) -> f64 {
        match (at.a, at.b) {
            (_, 0) => self.alone(0, at.i, at.j).iter().sum(),
            (0, _) => self.alone(1, at.i, at.j).iter().sum(),
            _ => self.bead(at),
        }
    }
}

pub(super) fn product(features: &[f32], weights: &[f32]) -> f32 {
    features.iter().zip(weights).map(|(feature, weight)| feature * weight).sum()
}

fn scores(pair: &Pair<'_>, weights: &Weights) -> Vec<f32> {
    let max = pair.max_bead;
    let width = kinds(max);
    let mut scores = vec![f32::NEG_INFINITY; pair.band.cells() * width];
    pair.band.cut(&mut scores, width).into_par_iter().enumerate().for_each(|(i, row)| {
        let (low, high) = pair.band.row(i);
        for (j, cell) in (low..=high).zip(row.chunks_exact_mut(width)) {
            for a in 1..max {
                for b in 1..=max - a {
                    let at = Place { i, a, j, b };
                    let ends = pair.band.cell(i + a, j + b);
                    if ends.is_some() && pair.similarity(at).is_some() {
                        cell[kind(a, b, max)] = product(&pair.features(at), &weights.bead);
                    }
                }
            }
        }
    });
    scores
}
