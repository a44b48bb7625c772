//! Where a token stands: sinusoids added to embeddings, or biases of distances added to scores.
//!
//! Owns: both tables. In: the shape of the network. Out: rows of floats.

use super::config::{Family, Seq2SeqConfig};

/// A table of positions.
pub(super) struct Sinusoids {
    width: usize,
    values: Vec<f32>, // [positions, D]
}

impl Sinusoids {
    /// `None` for families without them.
    ///
    /// Sines in the first half, cosines in the second. Marian: angle `p / 10000^(2i/D)` at position `p`; M2M-100:
    /// `(p + 2) / 10000^(i/(D/2 − 1))`, as fairseq keeps two positions for itself.
    pub(super) fn of(config: &Seq2SeqConfig) -> Option<Self> {
        let half = config.width / 2;
        let (first, divisor) = match config.family {
            Family::Marian => (0usize, wide(half)),
            Family::M2m100 => (2, wide(half.saturating_sub(1).max(1))),
            Family::T5 => return None,
        };
        let mut values = Vec::with_capacity(config.positions * config.width);
        for position in 0..config.positions {
            let angle =
                |at: usize| angle(wide(position + first), wide(at) / divisor, config.family);
            values.extend((0..half).map(|at| narrow(angle(at).sin())));
            values.extend((0..half).map(|at| narrow(angle(at).cos())));
        }
        Some(Self { width: config.width, values })
    }

    pub(super) fn at(&self, position: usize) -> &[f32] {
        self.values.get(position * self.width..(position + 1) * self.width).unwrap_or_default()
    }
}

/// The reference computes Marian's angles in 64 bits and those of M2M-100 in 32, where rounding shows in high positions.
fn angle(position: f64, exponent: f64, family: Family) -> f64 {
    match family {
        Family::M2m100 => {
            f64::from(narrow(position) * (narrow(exponent) * -narrow(10_000f64.ln())).exp())
        }
        Family::Marian | Family::T5 => position / 10_000f64.powf(exponent),
    }
}

#[expect(clippy::cast_precision_loss, reason = "positions and widths are far below 2^53")]
fn wide(number: usize) -> f64 {
    number as f64
}

#[expect(clippy::cast_possible_truncation, reason = "networks compute in 32 bits")]
fn narrow(number: f64) -> f32 {
    number as f32
}

/// Biases by how far a key is from a query, in buckets that widen with the distance.
///
/// Source: `T5Attention._relative_position_bucket` of transformers 4.57.
pub(super) struct Distances {
    values: Vec<f32>, // [buckets, H]
    heads: usize,
    buckets: usize,
    farthest: usize,
    both_ways: bool,
}

impl Distances {
    pub(super) fn new(values: Vec<f32>, heads: usize, farthest: usize, both_ways: bool) -> Self {
        Self { buckets: values.len() / heads, values, heads, farthest, both_ways }
    }

    /// For each head, biases of `count` keys in a row, the first of which stands `before` tokens before the query:
    /// `[H, count]`.
    pub(super) fn row(&self, before: usize, count: usize) -> Vec<f32> {
        let mut row = Vec::with_capacity(self.heads * count);
        let buckets: Vec<usize> = (0..count).map(|key| self.bucket(key, before)).collect();
        for head in 0..self.heads {
            row.extend(
                buckets.iter().map(|bucket| {
                    self.values.get(bucket * self.heads + head).copied().unwrap_or(0.0)
                }),
            );
        }
        row
    }

    /// The bucket of a key at `key` for a query at `query`.
    fn bucket(&self, key: usize, query: usize) -> usize {
        let (buckets, base) = match (self.both_ways, key > query) {
            (true, true) => (self.buckets / 2, self.buckets / 2),
            (true, false) => (self.buckets / 2, 0),
            (false, true) => return 0,
            (false, false) => (self.buckets, 0),
        };
        let distance = key.abs_diff(query);
        let exact = buckets / 2;
        if distance < exact {
            return base + distance;
        }
        // In 32 bits, as the reference: a distance on the edge of two buckets must fall to the same side.
        let (distance, exact_f, farthest) =
            (narrow(wide(distance)), narrow(wide(exact)), wide(self.farthest));
        let share = (distance / exact_f).ln() / narrow((farthest / wide(exact)).ln());
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "not negative, and capped on the next line"
        )]
        let more = (share * narrow(wide(buckets - exact))) as usize;
        base + (exact + more).min(buckets - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Witness: `T5Attention._relative_position_bucket`, transformers 4.57.1, 32 buckets, 128 tokens.
    #[test]
    fn buckets_are_those_of_the_reference() {
        let of = |both_ways| Distances::new(vec![0.0; 32], 1, 128, both_ways);
        let both = [
            (7, 7, 0),
            (9, 7, 18),
            (7, 9, 2),
            (40, 0, 28),
            (0, 40, 12),
            (127, 0, 31),
            (300, 0, 31),
        ];
        for (key, query, bucket) in both {
            assert_eq!(of(true).bucket(key, query), bucket, "{key} {query}");
        }
        for (key, query, bucket) in
            [(7, 7, 0), (9, 7, 0), (0, 15, 15), (0, 16, 16), (0, 40, 23), (0, 128, 31)]
        {
            assert_eq!(of(false).bucket(key, query), bucket, "{key} {query}");
        }
    }
}
