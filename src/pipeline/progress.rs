//! How a run tells where it stands.

/// A step that takes noticeable time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// First translation of every segment; one unit a piece of text.
    Translate,
    /// Another try for segments that failed a check.
    Retry,
    /// How far each translation can be relied on.
    Estimate,
    /// Vectors of both languages; one unit a sentence.
    Embed,
}

/// Is told where a run stands.
pub trait Observer: Send {
    /// A stage of `units` begins.
    fn begin(&mut self, stage: Stage, units: usize);
    /// One unit is done.
    fn advance(&mut self);
    /// The stage is over.
    fn end(&mut self);
}

/// Tells nobody.
pub struct Silent;

impl Observer for Silent {
    fn begin(&mut self, _: Stage, _: usize) {}
    fn advance(&mut self) {}
    fn end(&mut self) {}
}
