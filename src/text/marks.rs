//! Runs of end marks, with the closing marks and footnote numbers that belong to them.
//!
//! Owns: how far such a run reaches.
//! In: a paragraph and where to look. Out: [`Run`].
//! Never: whether a sentence ends there.

use super::chars::{
    after, before, is_blank, is_closer, is_dot, is_end_mark, is_strong_mark, skip_blanks,
};
use super::quotes::Enclosures;
use super::script::ascii_digit;
use super::segment::SegmentOptions;

/// End marks in a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Run {
    /// Where the first mark begins.
    pub(crate) start: usize,
    /// Where the last mark, closing mark or footnote number ends.
    pub(crate) end: usize,
    /// Whether white space stands in front of the marks, as news agencies write.
    pub(crate) spaced: bool,
    /// The closing mark that ends the run, if it has a partner and no end mark follows it.
    pub(crate) closed_in: Option<usize>,
    dots: usize,
    strong: usize,
    semicolons: usize,
    wide: bool,
}

impl Run {
    /// The next run at or after `from`.
    pub(crate) fn next(
        text: &str,
        from: usize,
        options: &SegmentOptions,
        enclosures: &Enclosures,
    ) -> Option<Self> {
        let is_mark =
            |c: char| is_end_mark(c) || (options.split_at_semicolon && matches!(c, ';' | '؛'));
        let start = from + text.get(from..)?.find(is_mark)?;
        let spaced = before(text, start).next().is_some_and(is_blank);
        let mut run = Self { start, end: start, spaced, ..Self::default() };
        loop {
            let before_step = run.end;
            run.take_marks(text, is_mark);
            run.take_closers(text, enclosures);
            run.take_footnotes(text);
            run.take_lone_marks(text, is_mark);
            if run.end == before_step {
                return Some(run);
            }
        }
    }

    /// One dot and nothing else that could end a sentence.
    pub(crate) fn is_single_dot(&self) -> bool {
        self.dots == 1 && self.strong == 0 && self.semicolons == 0
    }

    /// Dots that say something was left out.
    pub(crate) fn is_ellipsis(&self) -> bool {
        self.dots > 1 && self.strong == 0
    }

    /// Whether it asks or exclaims.
    pub(crate) fn is_strong(&self) -> bool {
        self.strong > 0
    }

    /// Whether it holds a mark of a script that writes no spaces.
    pub(crate) fn is_wide(&self) -> bool {
        self.wide
    }

    fn take_marks(&mut self, text: &str, is_mark: impl Fn(char) -> bool) {
        for c in after(text, self.end) {
            if !is_mark(c) {
                break;
            }
            match c {
                _ if is_dot(c) => self.dots += 1,
                '…' | '\u{61e}' => self.dots += 3,
                _ if is_strong_mark(c) => self.strong += 1,
                _ => self.semicolons += 1,
            }
            self.wide |= matches!(c, '。' | '｡' | '？' | '！' | '．');
            self.end += c.len_utf8();
            self.closed_in = None;
        }
    }

    fn take_closers(&mut self, text: &str, enclosures: &Enclosures) {
        loop {
            // Behind agency spacing, only a mark that is known to close something.
            let at = skip_blanks(text, self.end);
            let known = enclosures.closing_at(at).filter(|pair| pair.open < self.start);
            let Some(c) = after(text, at).next() else { return };
            let glued = at == self.end;
            let lone = is_closer(c) || matches!(c, '\'' | '"') && ends_word(text, at + 1);
            if !(known.is_some() || glued && lone) {
                return;
            }
            self.end = at + c.len_utf8();
            if known.is_some() {
                self.closed_in = Some(at);
            }
        }
    }

    /// `[12]` right behind the marks, as in Wikipedia.
    fn take_footnotes(&mut self, text: &str) {
        loop {
            let mut rest = after(text, self.end);
            if rest.next() != Some('[') {
                return;
            }
            let mut length = 1;
            let mut digits = 0;
            let close = rest.take(6).find(|c| {
                length += c.len_utf8();
                let digit = ascii_digit(*c).is_some();
                digits += usize::from(digit);
                !digit
            });
            if close != Some(']') || digits == 0 {
                return;
            }
            self.end += length;
        }
    }

    /// Marks that stand alone behind white space: `كلمة . .` and `؟ !`.
    fn take_lone_marks(&mut self, text: &str, is_mark: impl Fn(char) -> bool) {
        let at = skip_blanks(text, self.end);
        if at == self.end {
            return;
        }
        let rest = text.get(at..).unwrap_or_default();
        let marks = rest.len() - rest.trim_start_matches(&is_mark).len();
        let alone =
            marks > 0 && rest.get(marks..).and_then(|r| r.chars().next()).is_none_or(is_blank);
        // "كلمة. ..." begins with what was left out; it does not end twice.
        if alone && rest.get(..marks).is_some_and(|m| m.chars().count() == 1) {
            let dots = self.dots;
            self.end = at;
            self.take_marks(text, is_mark);
            // ". ." is a full stop twice, not an ellipsis.
            self.dots = dots.max(usize::from(self.dots > 0));
        }
    }
}

/// Whether white space, a mark or nothing stands at `at`.
fn ends_word(text: &str, at: usize) -> bool {
    after(text, at).next().is_none_or(|c| !c.is_alphanumeric())
}
