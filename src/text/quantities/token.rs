//! A text as words, numbers and marks, each with what it can mean.
//!
//! Owns: where tokens begin and end. In: a text and its language. Out: [`Tokens`].
//! Never: what several tokens mean together.

use unicode_normalization::char::is_combining_mark;

use super::lexicon::{Entry, Meaning, fold, look_up};
use crate::domain::{ByteSpan, Language};
use crate::text::chars::{after, is_blank, is_format_mark, part};
use crate::text::numbers::numbers;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// Letters.
    Word,
    /// A number in digits, a percent sign behind it included.
    Digits { value: f64, percent: bool, plain: usize },
    /// Any other visible character.
    Mark(char),
}

/// A word, number or mark of the text.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    /// No white space stands in front of it.
    pub(super) glued: bool,
    pub(super) capital: bool,
    /// Folded for looking up; empty for anything but words.
    pub(super) word: String,
    pub(super) kind: Kind,
    pub(super) entry: Entry,
}

/// A text cut into tokens. Every access is total: behind the end there is nothing.
pub(super) struct Tokens {
    pub(super) all: Vec<Token>,
    pub(super) language: Language,
}

impl Tokens {
    pub(super) fn of(text: &str, language: Language) -> Self {
        let mut all = Vec::new();
        let mut at = 0;
        for number in numbers(text) {
            gap(text, at, number.span.start(), language, &mut all);
            let value = number.value.parse().unwrap_or(0.0);
            // Four digits without grouping may be a year.
            let shown = number.span.of(text).unwrap_or_default();
            let separated = shown.chars().any(|c| !c.is_numeric());
            let plain = if separated { 0 } else { shown.chars().count() };
            let kind = Kind::Digits { value, percent: number.percent, plain };
            all.push(token(text, number.span.start(), number.span.end(), kind, language));
            at = number.span.end();
        }
        gap(text, at, text.len(), language, &mut all);
        Self { all, language }
    }

    pub(super) fn meaning(&self, at: usize) -> Option<Meaning> {
        self.all.get(at)?.entry.meaning
    }

    pub(super) fn word(&self, at: usize) -> &str {
        self.all.get(at).map_or("", |token| token.word.as_str())
    }

    pub(super) fn mark(&self, at: usize) -> Option<char> {
        match self.all.get(at)?.kind {
            Kind::Mark(mark) => Some(mark),
            _ => None,
        }
    }

    pub(super) fn digits(&self, at: usize) -> Option<f64> {
        match self.all.get(at)?.kind {
            Kind::Digits { value, .. } => Some(value),
            _ => None,
        }
    }

    /// How many digits stand at `at` without any separator between them; 0 where there are others.
    pub(super) fn plain_digits(&self, at: usize) -> usize {
        match self.all.get(at).map(|token| token.kind) {
            Some(Kind::Digits { plain, .. }) => plain,
            _ => 0,
        }
    }

    /// Whether no white space parts `at` from the token in front.
    pub(super) fn is_glued(&self, at: usize) -> bool {
        at > 0 && self.all.get(at).is_some_and(|token| token.glued)
    }

    pub(super) fn is_dash(&self, at: usize) -> bool {
        matches!(self.mark(at), Some('-' | '\u{2010}' | '\u{2011}' | '–' | '—'))
    }

    /// Joined to what stands in front by "and", as a prefix or as a word of its own; where the joined word stands.
    pub(super) fn joined(&self, at: usize) -> Option<usize> {
        if self.all.get(at)?.entry.joined {
            return Some(at);
        }
        (self.meaning(at) == Some(Meaning::And)).then_some(at + 1)
    }

    pub(super) fn span(&self, text: &str, first: usize, end: usize) -> Option<ByteSpan> {
        let start = self.all.get(first)?.start;
        let end = self.all.get(end.checked_sub(1)?)?.end;
        ByteSpan::within(text, start, end).ok()
    }
}

fn is_part(c: char) -> bool {
    c.is_alphabetic() || is_combining_mark(c)
}

/// The tokens of a stretch without digits.
fn gap(text: &str, start: usize, end: usize, language: Language, all: &mut Vec<Token>) {
    let mut at = start;
    while at < end {
        let Some(first) = after(text, at).next() else { return };
        let kind = if is_part(first) { Kind::Word } else { Kind::Mark(first) };
        let mut next = at + first.len_utf8();
        if kind == Kind::Word {
            let more =
                part(text, next, end).chars().take_while(|c| is_part(*c) || is_format_mark(*c));
            next += more.map(char::len_utf8).sum::<usize>();
        }
        if !is_blank(first) && !first.is_control() && !is_format_mark(first) {
            all.push(token(text, at, next, kind, language));
        }
        at = next;
    }
}

fn token(text: &str, start: usize, end: usize, kind: Kind, language: Language) -> Token {
    let shown = part(text, start, end);
    let glued = crate::text::chars::before(text, start).next().is_some_and(|c| !is_blank(c));
    let capital = shown.chars().next().is_some_and(char::is_uppercase);
    let word = if kind == Kind::Word { fold(shown) } else { String::new() };
    let entry = if word.is_empty() { Entry::default() } else { look_up(&word, language) };
    Token { start, end, glued, capital, word, kind, entry }
}
