//! Progress of engines that look at many texts.

use isnad::domain::ModelSignature;
use isnad::eval::Texts;
use isnad::pipeline::{Observer as _, Stage};
use isnad::ports::{EmbedError, Embedder, QualityEstimator, TokenEncoder, TokenStates};

use crate::cli::progress::Bars;

/// An engine that tells a bar how many texts it has seen.
pub(super) struct Watched<'a, E> {
    engine: &'a mut E,
    bars: Bars,
}

impl<'a, E> Watched<'a, E> {
    /// Watches `engine` over all lines of `lists` of texts.
    pub(super) fn new(engine: &'a mut E, quiet: bool, texts: &Texts, lists: usize) -> Self {
        let mut bars = Bars::new(quiet);
        bars.begin(Stage::Embed, lists * texts.segments());
        Self { engine, bars }
    }

    fn seen<T>(&mut self, texts: usize, result: T) -> T {
        (0..texts).for_each(|_| self.bars.advance());
        result
    }
}

impl<E> Drop for Watched<'_, E> {
    fn drop(&mut self) {
        self.bars.end();
    }
}

impl<E: Embedder> Embedder for Watched<'_, E> {
    fn embed(&mut self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let vectors = self.engine.embed(texts);
        self.seen(texts.len(), vectors)
    }

    fn dimensions(&self) -> usize {
        self.engine.dimensions()
    }

    fn signature(&self) -> ModelSignature {
        self.engine.signature()
    }
}

impl<E: TokenEncoder> TokenEncoder for Watched<'_, E> {
    fn token_states(&mut self, texts: &[&str]) -> Result<Vec<TokenStates>, EmbedError> {
        let states = self.engine.token_states(texts);
        self.seen(texts.len(), states)
    }

    fn signature(&self) -> ModelSignature {
        self.engine.signature()
    }
}

impl<E: QualityEstimator> QualityEstimator for Watched<'_, E> {
    fn estimate(&mut self, triples: &[(&str, &str, &str)]) -> Result<Vec<f32>, EmbedError> {
        let estimates = self.engine.estimate(triples);
        self.seen(triples.len(), estimates)
    }

    fn signature(&self) -> ModelSignature {
        self.engine.signature()
    }
}
