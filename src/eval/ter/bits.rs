//! The whole matrix of edit distances, one machine word a row.
//!
//! Owns: rows as differences between neighbouring columns, one bit each.
//! In: numbered words, of the reference at most as many as a machine word has bits. Out: distances.
//! Never: the band; the caller proves that it does not matter.
//! Source: Myers 1999 (doi 10.1145/316542.316550), in the form of Hyyrö 2003 for distances between whole strings.

use std::ops::{BitAnd, BitOr, BitXor, Not};

use super::alignment::Matrix;

/// An unsigned integer as a set of columns.
pub(super) trait Columns:
    Copy
    + Default
    + PartialEq
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
    + BitXor<Output = Self>
    + Not<Output = Self>
{
    /// The columns below `count`, at most as many as there are bits.
    fn first(count: usize) -> Self;
    /// The sum modulo the size of the type.
    fn plus(self, other: Self) -> Self;
    /// Each column one further, and column 0 if `carry`.
    fn next(self, carry: bool) -> Self;
    /// How many there are.
    fn count(self) -> usize;
}

macro_rules! columns {
    ($integer:ty) => {
        impl Columns for $integer {
            fn first(count: usize) -> Self {
                u32::try_from(count)
                    .ok()
                    .and_then(|count| (1 as $integer).checked_shl(count))
                    .map_or(<$integer>::MAX, |bit| bit - 1)
            }

            fn plus(self, other: Self) -> Self {
                self.wrapping_add(other)
            }

            fn next(self, carry: bool) -> Self {
                (self << 1) | <$integer>::from(carry)
            }

            fn count(self) -> usize {
                self.count_ones() as usize
            }
        }
    };
}

columns!(u64);
columns!(u128);

/// A row: where the distance is larger by one than in the column before, and where it is smaller by one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Row<C> {
    larger: C,
    smaller: C,
}

impl<C: Columns> Row<C> {
    /// The row above the first word of the hypothesis.
    fn first() -> Self {
        Self { larger: !C::default(), smaller: C::default() }
    }

    /// The row below, for a word of the hypothesis that equals the words of the reference in `equal`.
    fn below(self, equal: C) -> Self {
        let Self { larger, smaller } = self;
        // Where the distance is that of the cell before in the row above.
        let diagonal = ((equal & larger).plus(larger) ^ larger) | equal | smaller;
        // Where it is larger, or smaller, than in the cell above; at the edge it is larger.
        let down = (smaller | !(diagonal | larger)).next(true);
        let up = (diagonal & larger).next(false);
        Self { larger: up | !(diagonal | down), smaller: down & diagonal }
    }

    /// The distance in this row, the `row`th, after `column` words of the reference.
    fn at(self, row: usize, column: usize) -> usize {
        let columns = C::first(column);
        row + (self.larger & columns).count() - (self.smaller & columns).count()
    }
}

/// The matrix for one reference.
#[derive(Default)]
pub(super) struct BitRows<C> {
    length: usize,
    /// For each word, where it is in the reference.
    places: Vec<C>,
    rows: Vec<Row<C>>,
}

impl<C: Columns> BitRows<C> {
    /// Makes ready for hypotheses of words below `vocabulary`.
    pub(super) fn prepare(&mut self, reference: &[u32], vocabulary: usize) {
        self.length = reference.len();
        self.places.clear();
        self.places.resize(vocabulary, C::default());
        let mut place = C::first(1);
        for &word in reference {
            let places = &mut self.places[word as usize];
            *places = *places | place;
            place = place.next(false);
        }
    }

    /// The distance of `hypothesis`.
    pub(super) fn distance(&self, hypothesis: &[u32]) -> usize {
        self.finish(Row::first(), hypothesis).at(hypothesis.len(), self.length)
    }

    fn finish(&self, row: Row<C>, words: &[u32]) -> Row<C> {
        words.iter().fold(row, |row, &word| row.below(self.places[word as usize]))
    }
}

impl<C: Columns> Matrix for BitRows<C> {
    const WHOLE: bool = true;

    fn fill(&mut self, hypothesis: &[u32]) -> usize {
        let mut row = Row::first();
        self.rows.clear();
        self.rows.push(row);
        for &word in hypothesis {
            row = row.below(self.places[word as usize]);
            self.rows.push(row);
        }
        row.at(hypothesis.len(), self.length)
    }

    fn at(&self, row: usize, column: usize) -> usize {
        self.rows[row].at(row, column)
    }

    fn distance_after(&mut self, hypothesis: &[u32], same: usize, _limit: usize) -> usize {
        let rest = hypothesis.get(same..).unwrap_or_default();
        self.finish(self.rows[same], rest).at(hypothesis.len(), self.length)
    }
}
