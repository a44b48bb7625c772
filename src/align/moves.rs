//! Blocks that stand elsewhere in the other text.
//!
//! Owns: what is done with sentences that the monotone pass left alone. In: beads of one path. Out: the same beads, and
//! in the place of sentences alone beads that cross the order.

use std::ops::Range;

use super::band::Band;
use super::beads::{Options, bead};
use super::features::Pair;
use super::lattice::Lattice;
use super::text::TextVectors;
use crate::domain::Bead;

/// A bead that is less probable than this may belong to a moved block instead.
const DOUBTFUL: f64 = 0.25;
/// Pairs of sequences that are looked at, at most; the longest first.
const MOST_PAIRS: usize = 4_096;

/// Looks for moved blocks among sentences that have no counterpart.
pub(super) fn find(
    beads: &mut Vec<Bead>,
    source: &TextVectors,
    target: &TextVectors,
    options: &Options,
) {
    loop {
        let (sources, targets) = (loose(beads, true), loose(beads, false));
        let mut pairs: Vec<_> = sources
            .iter()
            .flat_map(|s| targets.iter().map(move |t| (s.clone(), t.clone())))
            .collect();
        pairs.sort_by_key(|(s, t)| std::cmp::Reverse(s.len().min(t.len())));
        pairs.truncate(MOST_PAIRS);
        let found = pairs.into_iter().filter_map(|(s, t)| block(source, target, s, t, options));
        let best = found.max_by(|one, two| one.odds.total_cmp(&two.odds));
        let Some(best) = best else { return };
        replace(beads, best);
    }
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
    s: Range<usize>,
    t: Range<usize>,
    options: &Options,
) -> Option<Block> {
    let (from, to) = (source.part(&s)?, target.part(&t)?);
    let band = Band::whole(s.len(), t.len());
    let pair = Pair::new(&from, &to, &band, options.max_bead);
    let lattice = Lattice::new(&pair, &options.weights, &pair.nearest());
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
fn replace(beads: &mut Vec<Bead>, block: Block) {
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
    kept.extend(block.beads);
    *beads = kept;
}
