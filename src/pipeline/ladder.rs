//! A ladder and its two texts to an alignment.
//!
//! Owns: what a ladder must keep to fit its texts, where sentences stand that it leaves out, and which beads cross the
//! order of the others. In: rungs, two texts cut into sentences. Out: an [`Alignment`]. Never: aligning anew.

use std::collections::BTreeMap;
use std::ops::Range;

use super::align::{UNSURE, findings};
use crate::domain::{
    AlignedText, Alignment, AlignmentError, Bead, NotationError, Rung, Side, Signature, read_rungs,
};

/// Why a ladder and two texts do not belong together.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LadderError {
    /// A line that is no bead.
    #[error(transparent)]
    Notation(#[from] NotationError),
    /// There is no line with a bead.
    #[error("there is no bead in it")]
    NoBead,
    /// An empty line parts two documents.
    #[error("line {line}: another document begins, while there is one pair of texts")]
    Documents {
        /// The first line of the second document, from 1.
        line: usize,
    },
    /// A bead has no sentence on either side.
    #[error("line {line}: a bead without any sentence")]
    Empty {
        /// The line, from 1.
        line: usize,
    },
    /// A sentence that the text does not have.
    #[error(
        "line {line}: there is no sentence {sentence} in the {}, which has {sentences}, counted from 0",
        name(*side)
    )]
    Astray {
        /// The line, from 1.
        line: usize,
        /// The text.
        side: Side,
        /// The number of the sentence.
        sentence: usize,
        /// How many the text has.
        sentences: usize,
    },
    /// The sentences of one side of a bead do not follow one another.
    #[error("line {line}: the sentences of the {} do not follow one another", name(*side))]
    Parted {
        /// The line, from 1.
        line: usize,
        /// The text.
        side: Side,
    },
    /// A sentence stands in two beads.
    #[error("line {line}: sentence {sentence} of the {} is in line {before} already", name(*side))]
    Twice {
        /// The line, from 1.
        line: usize,
        /// The text.
        side: Side,
        /// The number of the sentence.
        sentence: usize,
        /// The line that has it, too.
        before: usize,
    },
    /// The finished alignment does not hold; it is not given out.
    #[error("the alignment failed its own check")]
    Alignment(#[from] AlignmentError),
}

fn name(side: Side) -> &'static str {
    match side {
        Side::Source => "source",
        Side::Target => "target",
    }
}

/// An alignment out of a ladder, and how many sentences no line of it had.
#[derive(Clone, Debug, PartialEq)]
pub struct JoinedLadder {
    /// The alignment.
    pub alignment: Alignment,
    /// Sentences of both sides that are alone because the ladder does not name them.
    pub left_out: usize,
}

/// Joins a ladder with the texts whose sentences it numbers.
///
/// A bead is as probable as one minus its cost, between 0 and 1, which is what our ladders hold; without a cost it is
/// certain. Sentences in no line become gaps, each behind the sentence before it. Beads outside the longest order that
/// source and target share (most sentences) count as moved. Findings are those of [`align_texts`](super::align_texts).
///
/// # Errors
/// [`LadderError`], with the first line that does not fit.
pub fn join_ladder(
    ladder: &str,
    source: AlignedText,
    target: AlignedText,
) -> Result<JoinedLadder, LadderError> {
    let documents = read_rungs(ladder)?;
    if let Some(rung) = documents.get(1).and_then(|rungs| rungs.first()) {
        return Err(LadderError::Documents { line: rung.line });
    }
    let rungs = documents.into_iter().next().ok_or(LadderError::NoBead)?;
    let mut sides = [
        Sentences::new(Side::Source, source.sentences.len()),
        Sentences::new(Side::Target, target.sentences.len()),
    ];
    let beads = rungs.iter().map(|rung| bead(rung, &mut sides)).collect::<Result<_, _>>()?;
    let [from, to] = sides.map(Sentences::left_out);
    let left_out = from.len() + to.len();
    let mut beads = in_order(beads, &from, &to);
    mark_moved(&mut beads);
    place_gaps(&mut beads);
    let findings = findings(&beads, &source, &target, UNSURE);
    let signature = Signature {
        settings: vec![("search".to_owned(), "ladder".to_owned())],
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ..Signature::default()
    };
    let alignment = Alignment::new(source, target, beads, findings, signature)?;
    Ok(JoinedLadder { alignment, left_out })
}

/// Which line each sentence of a side was in, so far.
struct Sentences {
    side: Side,
    lines: Vec<Option<usize>>,
}

impl Sentences {
    fn new(side: Side, sentences: usize) -> Self {
        Self { side, lines: vec![None; sentences] }
    }

    /// The numbers of a rung as a range; nothing for none.
    fn take(
        &mut self,
        line: usize,
        numbers: &[usize],
    ) -> Result<Option<Range<usize>>, LadderError> {
        let (side, sentences) = (self.side, self.lines.len());
        let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else { return Ok(None) };
        for &sentence in numbers {
            match self.lines.get_mut(sentence) {
                None => return Err(LadderError::Astray { line, side, sentence, sentences }),
                Some(Some(before)) => {
                    return Err(LadderError::Twice { line, side, sentence, before: *before });
                }
                Some(free) => *free = Some(line),
            }
        }
        // No number is there twice and all are small by now.
        if numbers.windows(2).any(|pair| pair[0] + 1 != pair[1]) {
            return Err(LadderError::Parted { line, side });
        }
        Ok(Some(*first..*last + 1))
    }

    fn left_out(self) -> Vec<usize> {
        let lines = self.lines.into_iter().enumerate();
        lines.filter(|(_, line)| line.is_none()).map(|(sentence, _)| sentence).collect()
    }
}

fn bead(rung: &Rung, sides: &mut [Sentences; 2]) -> Result<Bead, LadderError> {
    let [from, to] = sides;
    let source = from.take(rung.line, &rung.source)?;
    let target = to.take(rung.line, &rung.target)?;
    if source.is_none() && target.is_none() {
        return Err(LadderError::Empty { line: rung.line });
    }
    let probability = rung.cost.map_or(1.0, |cost| (1.0 - cost).clamp(0.0, 1.0));
    Ok(joined(source.unwrap_or_default(), target.unwrap_or_default(), probability))
}

fn joined(source: Range<usize>, target: Range<usize>, probability: f64) -> Bead {
    let (similarity, words) = (None, None);
    Bead { source, target, probability, similarity, moved: false, rejected: false, words }
}

/// Beads by their source sentences. Those without keep their place behind the line before them, and sentences that were
/// left out stand behind the sentence before them.
fn in_order(beads: Vec<Bead>, from: &[usize], to: &[usize]) -> Vec<Bead> {
    let mut place = 0;
    let mut keyed: Vec<(usize, Bead)> = Vec::with_capacity(beads.len() + from.len());
    for bead in beads {
        if !bead.source.is_empty() {
            place = bead.source.start;
        }
        keyed.push((place, bead));
    }
    keyed
        .extend(from.iter().map(|&sentence| (sentence, joined(sentence..sentence + 1, 0..0, 1.0))));
    keyed.sort_by_key(|(place, _)| *place);

    // Targets left out, by the sentence that begins a run of them.
    let mut runs: BTreeMap<usize, Range<usize>> = BTreeMap::new();
    for &sentence in to {
        match runs.last_entry() {
            Some(mut run) if run.get().end == sentence => run.get_mut().end += 1,
            _ => drop(runs.insert(sentence, sentence..sentence + 1)),
        }
    }
    let alone = |run: Range<usize>| run.map(|sentence| joined(0..0, sentence..sentence + 1, 1.0));
    let mut ordered: Vec<Bead> = runs.remove(&0).into_iter().flat_map(alone).collect();
    for (_, bead) in keyed {
        let run = if bead.target.is_empty() { None } else { runs.remove(&bead.target.end) };
        ordered.push(bead);
        ordered.extend(run.into_iter().flat_map(alone));
    }
    ordered
}

/// Marks what is not in the order that source and target share: that with the most sentences.
fn mark_moved(beads: &mut [Bead]) {
    // The most sentences of an order that ends at or before a target sentence, and its last bead. Later entries have more.
    let mut best: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    let mut before: Vec<Option<usize>> = vec![None; beads.len()];
    for (index, bead) in beads.iter().enumerate().filter(|(_, bead)| !bead.is_gap()) {
        let start = bead.target.start;
        let last = best.range(..start).next_back().map(|(_, last)| *last);
        before[index] = last.map(|(_, index)| index);
        let sentences = last.map_or(0, |(sentences, _)| sentences);
        let sentences = sentences + bead.source.len() + bead.target.len();
        let is_less =
            |(at, (less, _)): (&usize, &(usize, usize))| (*less <= sentences).then_some(*at);
        while let Some(less) = best.range(start..).next().and_then(is_less) {
            best.remove(&less);
        }
        best.insert(start, (sentences, index));
    }
    for bead in beads.iter_mut() {
        bead.moved = !bead.is_gap();
    }
    let mut at = best.last_key_value().map(|(_, (_, index))| *index);
    while let Some(index) = at {
        beads[index].moved = false;
        at = before[index];
    }
}

/// Says of each gap where in the other text it would stand: behind what was there before it.
fn place_gaps(beads: &mut [Bead]) {
    let (mut source, mut target) = (0, 0);
    for bead in beads {
        if bead.source.is_empty() {
            bead.source = source..source;
        }
        if bead.target.is_empty() {
            bead.target = target..target;
        }
        if !bead.moved {
            (source, target) = (bead.source.end, bead.target.end);
        }
    }
}
