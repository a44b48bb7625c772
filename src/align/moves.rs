//! Blocks that stand elsewhere in the other text.
//!
//! Owns: what is done with sentences that the monotone pass left alone. In: beads of one path. Out: the same beads, and
//! in the place of sentences alone beads that cross the order.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use rayon::prelude::*;

use super::band::Band;
use super::beads::{Options, bead};
use super::features::Pair;
use super::lattice::Lattice;
use super::similarity::baselines;
use super::text::TextVectors;
use crate::domain::{Bead, RunVectors};

/// A bead that is less probable than this may belong to a moved block instead.
const DOUBTFUL: f64 = 0.25;
/// Sentences of a longer sequence that are looked at together, and the step from one such part to the next.
const PART: usize = 64;
const STEP: usize = 32;
/// Products of vectors that are made at most when sentences without counterpart are compared with one another.
const MOST_PRODUCTS: usize = 1 << 25;

/// Neighbouring sentences of both sides.
type Sequences = (Range<usize>, Range<usize>);

/// Looks for moved blocks among sentences that have no counterpart.
///
/// Where a block moved, some of its sentences are nearer to one another than to all others that are alone. Only sequences
/// that hold such a pair are aligned.
pub(super) fn find(
    beads: &mut Vec<Bead>,
    source: &TextVectors,
    target: &TextVectors,
    options: &Options,
) {
    let hits = nearest_both_ways(source, target, &loose(beads, true), &loose(beads, false));
    let mut known: HashMap<Sequences, Option<Block>> = HashMap::new();
    loop {
        let (sources, targets) = (loose(beads, true), loose(beads, false));
        let parts = |hit: &(usize, usize)| Some((part(&sources, hit.0)?, part(&targets, hit.1)?));
        let pairs: BTreeSet<[usize; 4]> =
            hits.iter().filter_map(parts).map(|(s, t)| [s.start, s.end, t.start, t.end]).collect();
        let pairs = || pairs.iter().map(|[a, b, c, d]| (*a..*b, *c..*d));
        let new: Vec<Sequences> = pairs().filter(|pair| !known.contains_key(pair)).collect();
        let looked_at = new.into_par_iter().map(|pair| {
            let found = block(source, target, &pair.0, &pair.1, options);
            (pair, found)
        });
        known.extend(looked_at.collect::<Vec<_>>());
        let found = pairs().filter_map(|pair| known.get(&pair)?.as_ref());
        let Some(best) = found.max_by(|one, two| one.odds.total_cmp(&two.odds)) else { return };
        replace(beads, best);
    }
}

/// The part of a sequence around one of its sentences.
fn part(sequences: &[Range<usize>], sentence: usize) -> Option<Range<usize>> {
    let after = sequences.partition_point(|sequence| sequence.start <= sentence);
    let sequence = sequences.get(after.checked_sub(1)?).filter(|s| s.contains(&sentence))?;
    if sequence.len() <= PART {
        return Some(sequence.clone());
    }
    let middle = sequence.start + (sentence - sequence.start) / STEP * STEP + STEP / 2;
    let start = middle.saturating_sub(PART / 2).max(sequence.start);
    Some(start..(start + PART).min(sequence.end))
}

/// Pairs of sentences of which each is the nearest to the other.
fn nearest_both_ways(
    source: &TextVectors,
    target: &TextVectors,
    sources: &[Range<usize>],
    targets: &[Range<usize>],
) -> Vec<(usize, usize)> {
    let from: Vec<usize> = sources.iter().cloned().flatten().collect();
    let mut to: Vec<usize> = targets.iter().cloned().flatten().collect();
    to.truncate(MOST_PRODUCTS / from.len().max(1));
    let margins = [baselines(&source.runs, &target.runs), baselines(&target.runs, &source.runs)];
    let margin = |i: usize, j: usize| {
        let cosine =
            source.runs.run(i, 1).zip(target.runs.run(j, 1)).map(|(a, b)| RunVectors::cosine(a, b));
        let unrelated =
            margins[0][i * source.runs.longest()] + margins[1][j * target.runs.longest()];
        cosine.unwrap_or(-1.0) - unrelated / 2.0
    };
    let best = |one: &[usize], of: &dyn Fn(usize) -> f32| -> Option<usize> {
        one.iter().copied().max_by(|a, b| of(*a).total_cmp(&of(*b)))
    };
    let nearest: Vec<Option<usize>> =
        from.par_iter().map(|i| best(&to, &|j| margin(*i, j))).collect();
    let mut wanted: Vec<usize> = nearest.iter().flatten().copied().collect();
    wanted.sort_unstable();
    wanted.dedup();
    let back: HashMap<usize, usize> =
        wanted.into_par_iter().filter_map(|j| Some((j, best(&from, &|i| margin(i, j))?))).collect();
    let pairs = from.iter().zip(nearest).filter_map(|(i, j)| Some((*i, j?)));
    pairs.filter(|(i, j)| back.get(j) == Some(i)).collect()
}

/// A moved block, with the log-odds that it is one.
struct Block {
    odds: f64,
    beads: Vec<Bead>,
}

/// Sequences of neighbouring sentences that are alone or in doubtful beads.
fn loose(beads: &[Bead], source: bool) -> Vec<Range<usize>> {
    let side = |bead: &Bead| if source { bead.source.clone() } else { bead.target.clone() };
    let is_loose = |bead: &&Bead| (bead.is_gap() || bead.probability < DOUBTFUL) && !bead.moved;
    let mut ranges: Vec<_> =
        beads.iter().filter(is_loose).map(side).filter(|r| !r.is_empty()).collect();
    ranges.sort_by_key(|range| range.start);
    ranges.into_iter().fold(Vec::<Range<usize>>::new(), |mut joined, range| {
        match joined.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            _ => joined.push(range),
        }
        joined
    })
}

/// The block that two sequences hold, if it is more probable than none.
fn block(
    source: &TextVectors,
    target: &TextVectors,
    s: &Range<usize>,
    t: &Range<usize>,
    options: &Options,
) -> Option<Block> {
    let (from, to) = (source.part(s)?, target.part(t)?);
    let band = Band::whole(s.len(), t.len());
    let pair = Pair::new(&from, &to, &band, options.max_bead);
    let lattice = Lattice::new(&pair, options.weights_for(&from), &pair.nearest());
    // Against the one path on which all are alone.
    let odds = lattice.total() - lattice.nothing() + options.move_prior;
    let share = 1.0 / (1.0 + (-odds).exp());
    let path = lattice.decode(options.gap_gain);
    let beads: Vec<Bead> = path
        .into_iter()
        .filter(|(at, probability)| at.a > 0 && at.b > 0 && probability * share > 0.5)
        .map(|(at, probability)| {
            let mut bead = bead(&pair, at, probability * share);
            bead.source = bead.source.start + s.start..bead.source.end + s.start;
            bead.target = bead.target.start + t.start..bead.target.end + t.start;
            bead.moved = true;
            bead
        })
        .collect();
    (odds > 0.0 && !beads.is_empty()).then_some(Block { odds, beads })
}

/// Puts a block in the place of what its sentences were in; what else those beads held is alone now.
fn replace(beads: &mut Vec<Bead>, block: &Block) {
    let taken = |range: &Range<usize>, source: bool| {
        let mut sides =
            block.beads.iter().map(|b| if source { b.source.clone() } else { b.target.clone() });
        sides.any(|side| side.start < range.end && range.start < side.end)
    };
    let mut kept = Vec::with_capacity(beads.len() + block.beads.len());
    for bead in beads.drain(..) {
        if !taken(&bead.source, true) && !taken(&bead.target, false) {
            kept.push(bead);
            continue;
        }
        let freed = 1.0 - bead.probability;
        let alone = |source: Range<usize>, target: Range<usize>| Bead {
            source,
            target,
            probability: if bead.is_gap() { bead.probability } else { freed },
            similarity: None,
            ..bead.clone()
        };
        let place = bead.source.start;
        let sources = bead.source.clone().filter(|i| !taken(&(*i..i + 1), true));
        kept.extend(sources.map(|i| alone(i..i + 1, bead.target.start..bead.target.start)));
        let targets = bead.target.clone().filter(|j| !taken(&(*j..j + 1), false));
        kept.extend(targets.map(|j| alone(place..place, j..j + 1)));
    }
    kept.extend(block.beads.iter().cloned());
    *beads = kept;
}
