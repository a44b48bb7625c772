//! The random numbers of numpy, bit for bit, so that resamples can be those of sacreBLEU.
//!
//! Owns: `numpy.random.default_rng(seed)` as far as resampling needs it: seeding, bounded integers, booleans.
//! Source: O'Neill 2014 (PCG XSL-RR 128/64) and 2015 (seed sequences); Lemire 2019 (bounded integers);
//! `SeedSequence`, `PCG64` and `Generator.integers` of numpy 2.4.
//! Never: secrets; these numbers can be foretold.

const MULTIPLIER: u128 = 0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645;

/// numpy's default generator.
#[derive(Clone, Debug)]
pub(super) struct Random {
    state: u128,
    increment: u128,
    /// The upper half of the last 64 bits, if only the lower half was used.
    spare: Option<u32>,
}

impl Random {
    /// `numpy.random.default_rng(seed)`.
    pub(super) fn new(seed: u64) -> Self {
        let [state_high, state_low, stream_high, stream_low] = seed_sequence(seed);
        let wide = |high, low| (u128::from(high) << 64) | u128::from(low);
        let increment = (wide(stream_high, stream_low) << 1) | 1;
        let mut random = Self { state: increment, increment, spare: None };
        random.state = random.state.wrapping_add(wide(state_high, state_low));
        random.step();
        random
    }

    fn step(&mut self) {
        self.state = self.state.wrapping_mul(MULTIPLIER).wrapping_add(self.increment);
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "the halves and the six top bits are meant"
    )]
    fn next_u64(&mut self) -> u64 {
        self.step();
        let folded = ((self.state >> 64) as u64) ^ (self.state as u64);
        folded.rotate_right((self.state >> 122) as u32)
    }

    #[expect(clippy::cast_possible_truncation, reason = "the halves are meant")]
    fn next_u32(&mut self) -> u32 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let bits = self.next_u64();
        self.spare = Some((bits >> 32) as u32);
        bits as u32
    }

    /// One of `0..bound`, each equally likely; 0 for a bound of 0 or 1, for which numpy draws nothing.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        if bound <= 1 {
            return 0;
        }
        let mut product = u64::from(self.next_u32()) * u64::from(bound);
        #[expect(clippy::cast_possible_truncation, reason = "the halves are meant")]
        let (mut low, threshold) = (product as u32, bound.wrapping_neg() % bound);
        while low < threshold {
            product = u64::from(self.next_u32()) * u64::from(bound);
            #[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
            {
                low = product as u32;
            }
        }
        (product >> 32) as u32
    }
}

/// `Generator.integers(2, dtype=bool)`: one bit after the other, 32 from each draw.
#[derive(Debug)]
pub(super) struct Coins<'a> {
    random: &'a mut Random,
    bits: u32,
    left: u32,
}

impl<'a> Coins<'a> {
    pub(super) fn new(random: &'a mut Random) -> Self {
        Self { random, bits: 0, left: 0 }
    }

    /// Heads or tails.
    pub(super) fn toss(&mut self) -> bool {
        if self.left == 0 {
            self.bits = self.random.next_u32();
            self.left = 32;
        } else {
            self.bits >>= 1;
        }
        self.left -= 1;
        self.bits & 1 == 1
    }
}

/// Four 64-bit words from a seed: a pool of four 32-bit words, stirred so that every bit of the seed reaches
/// every word, then drawn out twice round.
fn seed_sequence(seed: u64) -> [u64; 4] {
    const INITIAL_A: u32 = 0x43b0_d7e5;
    const MULTIPLIER_A: u32 = 0x931e_8875;
    const INITIAL_B: u32 = 0x8b51_f9dd;
    const MULTIPLIER_B: u32 = 0x58f3_8ded;
    const MIX_LEFT: u32 = 0xca01_f9dd;
    const MIX_RIGHT: u32 = 0x4973_f715;
    const SHIFT: u32 = 16;

    fn hash(value: u32, constant: &mut u32, multiplier: u32) -> u32 {
        let mixed = value ^ *constant;
        *constant = constant.wrapping_mul(multiplier);
        let mixed = mixed.wrapping_mul(*constant);
        mixed ^ (mixed >> SHIFT)
    }

    #[expect(clippy::cast_possible_truncation, reason = "the halves are meant")]
    let mut pool = [seed as u32, (seed >> 32) as u32, 0, 0];
    let mut constant = INITIAL_A;
    for word in &mut pool {
        *word = hash(*word, &mut constant, MULTIPLIER_A);
    }
    for from in 0..4 {
        for into in (0..4).filter(|into| *into != from) {
            let stirred = hash(pool[from], &mut constant, MULTIPLIER_A);
            let mixed =
                MIX_LEFT.wrapping_mul(pool[into]).wrapping_sub(MIX_RIGHT.wrapping_mul(stirred));
            pool[into] = mixed ^ (mixed >> SHIFT);
        }
    }
    let mut constant = INITIAL_B;
    let mut drawn = [0u64; 8];
    for (word, source) in drawn.iter_mut().zip(pool.iter().cycle()) {
        *word = u64::from(hash(*source, &mut constant, MULTIPLIER_B));
    }
    std::array::from_fn(|index| drawn[2 * index] | (drawn[2 * index + 1] << 32))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Witness: `numpy.random.default_rng(12345).integers(0, 1012, 8)`, numpy 2.4.6.
    #[test]
    fn bounded_integers_are_those_of_numpy() {
        let mut random = Random::new(12_345);
        let drawn: Vec<u32> = (0..8).map(|_| random.below(1012)).collect();
        assert_eq!(drawn, INTEGERS);
        let mut random = Random::new(1 << 40);
        let drawn: Vec<u32> = (0..6).map(|_| random.below(3_000_000_000)).collect();
        assert_eq!(drawn, WIDE_INTEGERS);
    }

    /// Witness: `numpy.random.default_rng(12345).integers(2, size=40, dtype=bool)`, numpy 2.4.6.
    #[test]
    fn tosses_are_those_of_numpy() {
        let mut random = Random::new(12_345);
        let mut coins = Coins::new(&mut random);
        let tossed: String = (0..40).map(|_| if coins.toss() { '1' } else { '0' }).collect();
        assert_eq!(tossed, TOSSES);
    }

    const INTEGERS: [u32; 8] = [707, 230, 798, 320, 206, 806, 650, 684];
    const WIDE_INTEGERS: [u32; 6] =
        [2_767_366_916, 1_082_428_719, 2_985_688_072, 473_165_107, 1_846_999_609, 2_071_031_649];
    const TOSSES: &str = "1011100110000011111111110100110110110001";
}
