//! An alignment in the order and words in which a person reads it on the page.
//!
//! Owns: which side stands where, rows, paragraph breaks, places of moved blocks, labels, numbers from 1.
//! In: an alignment. Out: text that went through `visible`, not yet escaped; only sentences, whose words are
//! marked, are markup already. Never: judging a bead.

use std::collections::HashMap;
use std::ops::Range;

use serde::Serialize;

use super::band::{Band, unsure_below};
use super::findings::{finding_in_words, other, sentences, text_name};
use super::strip::strip;
use super::words::Groups;
use crate::domain::{Alignment, Bead, Finding, Language, Side};
use crate::render::visible::one_line;

/// The whole page.
#[derive(Serialize)]
pub(super) struct View {
    /// The text of the right column, then that of the left one.
    texts: [Text; 2],
    findings: Vec<Told>,
    kinds: Vec<(String, usize)>,
    bead_count: usize,
    strip: String,
    legend: Vec<Legend>,
    rows: Vec<Row>,
    models: Vec<[String; 3]>,
    settings: Vec<(String, String)>,
    version: String,
    signature: String,
    has_words: bool,
    /// How many groups of words light up in a bead at most.
    #[serde(skip)]
    pub(super) lit: usize,
}

/// One of the two texts.
#[derive(Serialize)]
struct Text {
    /// `Arabic text`.
    label: &'static str,
    name: String,
    sha256: String,
    lang: &'static str,
    direction: &'static str,
    is_source: bool,
    sentences: usize,
    paragraphs: usize,
}

/// A finding.
#[derive(Serialize)]
struct Told {
    text: String,
    /// Whether it puts all of the alignment in doubt.
    is_grave: bool,
    /// Number of the bead it is about.
    bead: Option<usize>,
}

#[derive(Serialize)]
struct Legend {
    band: Band,
    meaning: String,
    beads: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
enum Row {
    /// The place in the target order of beads that stand elsewhere.
    Elsewhere {
        first: usize,
        last: usize,
        column: &'static str,
        sentences: String,
        label: &'static str,
    },
    Bead(Box<BeadRow>),
}

#[derive(Serialize)]
struct BeadRow {
    number: usize,
    kind: String,
    band: Band,
    probability: String,
    similarity: Option<String>,
    /// Whether a paragraph begins here, in either text.
    begins: bool,
    /// Number of the bead that the mark at its place in the target order begins with.
    moved: Option<usize>,
    /// Where it stands in the target, in words.
    stands: String,
    /// The right cell, then the left one.
    cells: [Cell; 2],
    /// Words of the right and of the left column that are linked.
    pairs: Vec<(String, String)>,
}

#[derive(Serialize)]
struct Cell {
    /// What stands in a cell without sentences.
    missing: Option<String>,
    paragraphs: Vec<Paragraph>,
}

/// The sentences of a bead that stand in one paragraph.
#[derive(Serialize)]
struct Paragraph {
    /// Its number, where it begins here.
    number: Option<usize>,
    heading: bool,
    markup: String,
}

impl View {
    pub(super) fn of(alignment: &Alignment) -> Self {
        let beads = alignment.beads();
        let unsure_below = unsure_below(alignment);
        let right = right(alignment);
        let (rows, lit) = rows(alignment, right, unsure_below);
        let signature = &alignment.signature;
        let pair = |(name, value): &(String, String)| (one_line(name), one_line(value));
        Self {
            texts: [right, other(right)].map(|side| text(alignment, side)),
            findings: told(alignment),
            kinds: kinds(beads).into_iter().collect(),
            bead_count: beads.len(),
            strip: strip(beads, unsure_below),
            legend: legend(beads, unsure_below),
            rows,
            models: signature
                .models
                .iter()
                .map(|model| {
                    [&model.role, &model.name, &model.checksums()].map(|part| one_line(part))
                })
                .collect(),
            settings: signature.settings.iter().map(pair).collect(),
            version: one_line(&signature.version),
            signature: one_line(&signature.to_string()),
            has_words: lit > 0,
            lit,
        }
    }
}

/// The side that stands on the right: the Arabic one; of two Arabic texts the first, of two English ones the second.
pub(super) fn right(alignment: &Alignment) -> Side {
    match (alignment.source.language, alignment.target.language) {
        (Language::Arabic, _) => Side::Source,
        (Language::English, _) => Side::Target,
    }
}

fn text(alignment: &Alignment, side: Side) -> Text {
    let text = alignment.side(side);
    let sentences = &text.sentences;
    let begins = |index: &usize| begins(alignment, side, *index);
    Text {
        label: text_name(alignment, side),
        name: one_line(&text.name),
        sha256: one_line(&text.sha256),
        lang: text.language.tag(),
        direction: match text.language {
            Language::Arabic => "rtl",
            Language::English => "ltr",
        },
        is_source: side == Side::Source,
        sentences: sentences.len(),
        paragraphs: (0..sentences.len()).filter(begins).count(),
    }
}

/// Whether a paragraph begins with this sentence.
pub(super) fn begins(alignment: &Alignment, side: Side, sentence: usize) -> bool {
    let sentences = &alignment.side(side).sentences;
    let paragraph = |index: usize| sentences.get(index).map(|sentence| sentence.paragraph);
    sentence.checked_sub(1).is_none_or(|before| paragraph(before) != paragraph(sentence))
}

/// Kinds of beads with their counts, the most frequent first.
pub(super) fn kinds(beads: &[Bead]) -> Vec<(String, usize)> {
    let mut counts: HashMap<(usize, usize), usize> = HashMap::new();
    for bead in beads {
        *counts.entry((bead.source.len(), bead.target.len())).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|(a, n), (b, m)| m.cmp(n).then(a.cmp(b)));
    counts.into_iter().map(|((source, target), n)| (format!("{source}-{target}"), n)).collect()
}

fn legend(beads: &[Bead], unsure_below: f64) -> Vec<Legend> {
    let count = |band: Band| beads.iter().filter(|b| Band::of(b, unsure_below) == band).count();
    let entry =
        |band: Band| Legend { band, meaning: band.meaning(unsure_below), beads: count(band) };
    Band::ALL.map(entry).into_iter().filter(|entry| entry.beads > 0).collect()
}

fn told(alignment: &Alignment) -> Vec<Told> {
    let bead_of = |side: Side, sentence: usize| {
        let mut beads = alignment.beads().iter();
        beads.position(|bead| range(bead, side).contains(&sentence)).map(|index| index + 1)
    };
    let tell = |finding: &Finding| Told {
        text: finding_in_words(finding, alignment),
        is_grave: matches!(finding, Finding::NotATranslation { .. }),
        bead: match finding {
            Finding::ParagraphAlone { side, paragraph } => {
                let mut sentences = alignment.side(*side).sentences.iter();
                let first = sentences.position(|sentence| sentence.paragraph == *paragraph);
                first.and_then(|first| bead_of(*side, first))
            }
            Finding::Moved { source, .. } => bead_of(Side::Source, source.start),
            _ => None,
        },
    };
    alignment.findings.iter().map(tell).collect()
}

pub(super) fn range(bead: &Bead, side: Side) -> &Range<usize> {
    match side {
        Side::Source => &bead.source,
        Side::Target => &bead.target,
    }
}

/// A run of moved beads that are neighbours in both texts.
struct Block {
    beads: Range<usize>,
    target: Range<usize>,
}

/// Blocks by the bead after which their target sentences would stand, counted from 1; 0 is before all.
fn elsewhere(beads: &[Bead]) -> HashMap<usize, Vec<Block>> {
    let mut order: Vec<(usize, usize)> = Vec::new();
    let mut blocks: Vec<Block> = Vec::new();
    for (index, bead) in beads.iter().enumerate().filter(|(_, bead)| !bead.target.is_empty()) {
        match blocks.last_mut() {
            _ if !bead.moved => order.push((bead.target.start, index + 1)),
            Some(block) if block.beads.end == index && block.target.end == bead.target.start => {
                (block.beads.end, block.target.end) = (index + 1, bead.target.end);
            }
            _ => blocks.push(Block { beads: index..index + 1, target: bead.target.clone() }),
        }
    }
    order.sort_unstable();
    blocks.sort_by_key(|block| block.target.start);
    let mut places: HashMap<usize, Vec<Block>> = HashMap::new();
    for block in blocks {
        let before = order.partition_point(|(start, _)| *start < block.target.start);
        let place = before.checked_sub(1).and_then(|last| order.get(last)).map_or(0, |(_, n)| *n);
        places.entry(place).or_default().push(block);
    }
    places
}

fn rows(alignment: &Alignment, right: Side, unsure_below: f64) -> (Vec<Row>, usize) {
    let mut places = elsewhere(alignment.beads());
    let blocks = places.values().flatten();
    let marks: HashMap<usize, usize> =
        blocks.flat_map(|b| b.beads.clone().map(|bead| (bead, b.beads.start + 1))).collect();
    let mark = |block: Block| Row::Elsewhere {
        first: block.beads.start + 1,
        last: block.beads.end,
        column: if right == Side::Target { "right" } else { "left" },
        sentences: sentences(&block.target),
        label: text_name(alignment, Side::Target),
    };
    let mut rows: Vec<Row> = places.remove(&0).unwrap_or_default().into_iter().map(mark).collect();
    let mut lit = 0;
    for (index, bead) in alignment.beads().iter().enumerate() {
        let groups = Groups::of(alignment, bead);
        lit = lit.max(groups.lit());
        let cells = [right, other(right)].map(|side| cell(alignment, bead, side, &groups));
        let swap = |(source, target)| {
            if right == Side::Source { (source, target) } else { (target, source) }
        };
        rows.push(Row::Bead(Box::new(BeadRow {
            number: index + 1,
            kind: bead.kind(),
            band: Band::of(bead, unsure_below),
            probability: format!("{:.2}", bead.probability),
            similarity: bead.similarity.map(|cosine| format!("{cosine:.2}")),
            begins: [Side::Source, Side::Target].into_iter().any(|side| {
                range(bead, side).clone().next().is_some_and(|first| begins(alignment, side, first))
            }),
            moved: marks.get(&index).copied(),
            stands: sentences(&bead.target),
            cells,
            pairs: groups.pairs.into_iter().map(swap).collect(),
        })));
        rows.extend(places.remove(&(index + 1)).unwrap_or_default().into_iter().map(mark));
    }
    (rows, lit)
}

fn cell(alignment: &Alignment, bead: &Bead, side: Side, groups: &Groups) -> Cell {
    let all = &alignment.side(side).sentences;
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    let mut at = range(bead, side).start;
    for run in alignment.sentences(bead, side).chunk_by(|a, b| a.paragraph == b.paragraph) {
        let first = all.get(at);
        let number =
            first.filter(|_| begins(alignment, side, at)).map(|s| s.paragraph.saturating_add(1));
        paragraphs.push(Paragraph {
            number,
            heading: first.is_some_and(|sentence| sentence.heading),
            markup: groups.markup(alignment, side, at..at + run.len()),
        });
        at += run.len();
    }
    let missing = || format!("no counterpart in the {}", text_name(alignment, side));
    Cell { missing: paragraphs.is_empty().then(missing), paragraphs }
}
