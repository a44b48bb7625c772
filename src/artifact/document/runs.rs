//! The text of a block while it is read, with what is set off in it.
//!
//! Owns: where markup begins and ends, over blocks that end before it does. In: pieces of text, starts and ends.
//! Out: runs. Never: which tags mean what.

use std::ops::Range;

use crate::domain::{ByteSpan, Markup, MarkupKind, is_blank};

/// A text with its markup, by where that begins.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) text: String,
    pub(super) markup: Vec<Markup>,
}

impl Run {
    /// A text in which nothing is set off.
    pub(super) fn plain(text: &str) -> Self {
        Self { text: text.to_owned(), markup: Vec::new() }
    }

    /// A part of it, without blank characters at its ends; nothing where only they are.
    pub(super) fn part(text: &str, markup: &[Markup], range: Range<usize>) -> Option<Self> {
        let part = text.get(range.clone())?;
        let shown = part.trim_start_matches(is_blank);
        let start = range.end - shown.len();
        let shown = shown.trim_end_matches(is_blank);
        let span = ByteSpan::within(text, start, start + shown.len()).ok()?;
        let markup = markup.iter().filter_map(|mark| mark.clipped_to(span)).collect();
        (!span.is_empty()).then(|| Self { text: shown.to_owned(), markup })
    }

    /// Its parts between empty lines.
    pub(super) fn parts(&self) -> impl Iterator<Item = Self> {
        let starts = self.text.match_indices("\n\n").map(|(at, gap)| at + gap.len());
        let ends = self.text.match_indices("\n\n").map(|(at, _)| at);
        let ranges = std::iter::once(0).chain(starts).zip(ends.chain([self.text.len()]));
        ranges.filter_map(|(start, end)| Self::part(&self.text, &self.markup, start..end))
    }
}

/// Markup that has begun.
#[derive(Debug)]
struct Open {
    kind: MarkupKind,
    start: usize,
    /// How often it is open inside itself.
    depth: usize,
}

/// Collects the text of a block.
#[derive(Debug, Default)]
pub(super) struct Runs {
    run: Run,
    /// At most one of each kind, so that a page that closes nothing costs nothing.
    open: Vec<Open>,
}

impl Runs {
    pub(super) fn text(&self) -> &str {
        &self.run.text
    }

    pub(super) fn push(&mut self, c: char) {
        self.run.text.push(c);
    }

    pub(super) fn push_str(&mut self, text: &str) {
        self.run.text.push_str(text);
    }

    /// Markup begins here. A link ends the link before it, other markup goes on inside itself.
    pub(super) fn open(&mut self, kind: MarkupKind) {
        if kind.is_link() {
            self.close(&kind);
        }
        match self.open.iter_mut().find(|open| open.kind.is_like(&kind)) {
            Some(open) => open.depth += 1,
            None => self.open.push(Open { kind, start: self.run.text.len(), depth: 1 }),
        }
    }

    /// Markup like this ends here, if any is open.
    pub(super) fn close(&mut self, like: &MarkupKind) {
        let Some(at) = self.open.iter().position(|open| open.kind.is_like(like)) else { return };
        if let Some(open) = self.open.get_mut(at)
            && open.depth > 1
        {
            open.depth -= 1;
            return;
        }
        let Open { kind, start, .. } = self.open.remove(at);
        self.add(kind, start);
    }

    fn add(&mut self, kind: MarkupKind, start: usize) {
        let markup = &mut self.run.markup;
        let before = markup.iter().position(|mark| mark.span.end() == start && mark.kind == kind);
        // Bold beside bold is one.
        let start = before.map_or(start, |at| markup.remove(at).span.start());
        if let Ok(span) = ByteSpan::within(&self.run.text, start, self.run.text.len())
            && !span.is_empty()
        {
            markup.push(Markup { span, kind });
        }
    }

    /// What was collected; markup that is still open goes on in the next block.
    pub(super) fn take(&mut self) -> Run {
        let open: Vec<_> = self.open.iter().map(|open| (open.kind.clone(), open.start)).collect();
        for (kind, start) in open {
            self.add(kind, start);
        }
        self.open.iter_mut().for_each(|open| open.start = 0);
        let mut run = std::mem::take(&mut self.run);
        run.markup.sort_by_key(|mark| mark.span);
        run
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(run: &Run) -> Vec<(&str, &MarkupKind)> {
        run.markup.iter().map(|mark| (mark.span.of(&run.text).unwrap(), &mark.kind)).collect()
    }

    #[test]
    fn markup_nests_crosses_blocks_and_joins_its_neighbour() {
        let link = |to: &str| MarkupKind::Link(to.to_owned());
        let mut runs = Runs::default();
        runs.open(MarkupKind::Strong);
        runs.push_str("a ");
        runs.open(link("x"));
        runs.push_str("b");
        runs.open(MarkupKind::Strong);
        runs.push_str("c");
        runs.close(&MarkupKind::Strong);
        runs.open(link("y"));
        runs.push_str("d");
        let first = runs.take();
        let strong = &MarkupKind::Strong;
        assert_eq!(marks(&first), [("a bcd", strong), ("bc", &link("x")), ("d", &link("y"))]);
        runs.push_str("e");
        runs.close(&link(""));
        runs.close(&MarkupKind::Strong);
        runs.open(MarkupKind::Strong);
        runs.push_str("f");
        runs.close(&MarkupKind::Strong);
        runs.close(&MarkupKind::Emphasis);
        assert_eq!(marks(&runs.take()), [("e", &link("y")), ("ef", strong)]);
        assert_eq!(runs.take(), Run::default());
    }

    #[test]
    fn parts_keep_what_is_set_off_in_them() {
        let mut runs = Runs::default();
        runs.push_str(" a\n\n");
        runs.open(MarkupKind::Emphasis);
        runs.push_str("سلام b\n\n\n c ");
        runs.close(&MarkupKind::Emphasis);
        let run = runs.take();
        let parts: Vec<Run> = run.parts().collect();
        let texts: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
        assert_eq!(texts, ["a", "سلام b", "c"]);
        assert!(parts[0].markup.is_empty());
        assert_eq!(marks(&parts[1]), [("سلام b", &MarkupKind::Emphasis)]);
        assert_eq!(marks(&parts[2]), [("c", &MarkupKind::Emphasis)]);
    }
}
