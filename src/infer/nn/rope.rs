//! Tables of the rotary position embedding.

/// Cosines and sines by position, grown as longer sequences come.
pub(crate) struct RotaryTable {
    /// Angle a position, `K / 2` values.
    frequencies: Vec<f32>,
    /// `[positions, K / 2]`
    cos: Vec<f32>,
    /// `[positions, K / 2]`
    sin: Vec<f32>,
}

impl RotaryTable {
    /// `base^(−2i / K)`, each divided by its entry of `factors` (Llama 3.1's correction) where given.
    ///
    /// Source: Su et al. 2021, "`RoFormer`"; `rope_freqs` of GGUF.
    pub(crate) fn new(head_width: usize, base: f32, factors: Option<&[f32]>) -> Self {
        let half = head_width / 2;
        let frequency = |i: usize| {
            #[expect(clippy::cast_precision_loss, reason = "head widths are far below 2^24")]
            let exponent = (2 * i) as f32 / head_width as f32;
            let factor = factors.and_then(|f| f.get(i)).copied().unwrap_or(1.0);
            1.0 / base.powf(exponent) / factor
        };
        Self { frequencies: (0..half).map(frequency).collect(), cos: Vec::new(), sin: Vec::new() }
    }

    /// Makes sure that positions `0..len` are there.
    pub(crate) fn reserve(&mut self, len: usize) {
        let half = self.frequencies.len().max(1);
        for position in self.cos.len() / half..len {
            #[expect(clippy::cast_precision_loss, reason = "contexts are below 2^24")]
            let position = position as f32;
            for frequency in &self.frequencies {
                let (sin, cos) = (position * frequency).sin_cos();
                self.cos.push(cos);
                self.sin.push(sin);
            }
        }
    }

    /// Cosines and sines of one position (`K / 2` values each); the position must be reserved.
    pub(crate) fn at(&self, position: usize) -> (&[f32], &[f32]) {
        let half = self.frequencies.len();
        let range = position * half..(position + 1) * half;
        (&self.cos[range.clone()], &self.sin[range])
    }
}
