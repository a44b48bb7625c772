//! Half-open byte ranges into one text.
//!
//! Owns: the rule that both ends lie on `char` boundaries of the text they were made for.

use serde::{Deserialize, Serialize};

/// Half-open byte range into one text; both ends lie on `char` boundaries of that text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ByteSpan {
    start: usize,
    end: usize,
}

/// Why a pair of numbers is not a span of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpanError {
    /// The end lies before the start.
    #[error("span {start}..{end} ends before it starts")]
    Reversed {
        /// First byte.
        start: usize,
        /// One past the last byte.
        end: usize,
    },
    /// The end lies behind the text.
    #[error("span {start}..{end} leaves a text of {len} bytes")]
    OutOfBounds {
        /// First byte.
        start: usize,
        /// One past the last byte.
        end: usize,
        /// Length of the text in bytes.
        len: usize,
    },
    /// An end falls inside a character.
    #[error("byte {at} falls inside a character")]
    CutsCharacter {
        /// The offending offset.
        at: usize,
    },
}

impl ByteSpan {
    /// The span `start..end` of `text`.
    ///
    /// # Errors
    /// [`SpanError`] if the ends are reversed, out of bounds or inside a character of `text`.
    pub fn within(text: &str, start: usize, end: usize) -> Result<Self, SpanError> {
        if end < start {
            return Err(SpanError::Reversed { start, end });
        }
        if end > text.len() {
            return Err(SpanError::OutOfBounds { start, end, len: text.len() });
        }
        match [start, end].into_iter().find(|&at| !text.is_char_boundary(at)) {
            Some(at) => Err(SpanError::CutsCharacter { at }),
            None => Ok(Self { start, end }),
        }
    }

    /// The span that covers all of `text`.
    #[must_use]
    pub fn whole(text: &str) -> Self {
        Self { start: 0, end: text.len() }
    }

    /// First byte.
    #[must_use]
    pub fn start(self) -> usize {
        self.start
    }

    /// One past the last byte.
    #[must_use]
    pub fn end(self) -> usize {
        self.end
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether the span holds no byte.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The same span seen from a text that begins `offset` bytes earlier.
    #[must_use]
    pub fn shifted_by(self, offset: usize) -> Self {
        Self { start: self.start + offset, end: self.end + offset }
    }

    /// Whether `inner` lies inside this span (equal ends count as inside).
    #[must_use]
    pub fn contains(self, inner: Self) -> bool {
        self.start <= inner.start && inner.end <= self.end
    }

    /// Whether a byte lies in both spans.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// What of this span lies in `outer`, counted from the start of `outer`; nothing if they share no byte.
    #[must_use]
    pub fn clipped_to(self, outer: Self) -> Option<Self> {
        let start = self.start.max(outer.start);
        let end = self.end.min(outer.end);
        (start < end).then(|| Self { start: start - outer.start, end: end - outer.start })
    }

    /// The bytes of this span in `text`, or nothing if the span was made for another text.
    #[must_use]
    pub fn of(self, text: &str) -> Option<&str> {
        text.get(self.start..self.end)
    }

    /// Whether the span fits `text`; for values that were read from a file.
    ///
    /// # Errors
    /// As [`ByteSpan::within`].
    pub fn check(self, text: &str) -> Result<(), SpanError> {
        Self::within(text, self.start, self.end).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_may_not_cut_an_arabic_letter() {
        assert_eq!(ByteSpan::within("سلام", 0, 1), Err(SpanError::CutsCharacter { at: 1 }));
    }

    #[test]
    fn a_span_of_another_text_yields_nothing() {
        let span = ByteSpan::whole("سلام");
        assert_eq!(span.of("abc"), None);
    }
}
