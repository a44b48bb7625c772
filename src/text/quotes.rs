//! Pairs of quotation marks and brackets in one paragraph.
//!
//! Owns: which mark opens, which closes, and how many words stand between them.
//! In: the text of one paragraph. Out: [`Enclosures`].
//! Never: sentence ends.

use super::chars::{is_blank, is_dash, is_tashkil};

/// Marks that can close one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// « » ‹ ›, also the wrong way round.
    Guillemets,
    /// “ ” „ and ", also mixed.
    Quotes,
    /// ( )
    Round,
    /// [ ] and { }
    Square,
}

/// A pair: where its opening and its closing mark begin, and the words between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Enclosure {
    pub(crate) class: Class,
    pub(crate) open: usize,
    pub(crate) close: usize,
    pub(crate) words: usize,
}

impl Enclosure {
    /// Whether it is a quotation rather than an aside in brackets.
    pub(crate) fn is_quotation(&self) -> bool {
        matches!(self.class, Class::Guillemets | Class::Quotes)
    }
}

/// All pairs of a paragraph, in the order in which they close.
#[derive(Clone, Debug, Default)]
pub(crate) struct Enclosures {
    pairs: Vec<Enclosure>,
    /// Stretches that hold no sentence end: outermost short pairs, in rising order.
    kept_whole: Vec<(usize, usize)>,
}

/// A quotation of more words may hold sentences of its own: a reader sees speech there, not a phrase.
const LONGEST_WHOLE_QUOTATION_WORDS: usize = 12;

/// The same for an aside in brackets, which is read as part of the sentence around it.
const LONGEST_WHOLE_ASIDE_WORDS: usize = 40;

/// Marks left open that are remembered; deeper nesting does not happen in prose.
const DEEPEST_NESTING: usize = 12;

/// Whether more than one word of `text` stands in quotation marks. One alone is often marked as unusual, or left over from a
/// quotation that goes on.
pub(crate) fn quotes_words(text: &str) -> bool {
    let pairs = Enclosures::find(text).pairs;
    pairs.iter().any(|pair| pair.is_quotation() && pair.words > 1)
}

struct Open {
    class: Class,
    at: usize,
    words_before: usize,
}

impl Enclosures {
    /// Pairs the marks of `paragraph`. Marks without a partner are left out.
    pub(crate) fn find(paragraph: &str) -> Self {
        let mut found = Self::default();
        let mut open: Vec<Open> = Vec::new();
        let mut words = 0;
        let mut previous = None;
        let mut chars = paragraph.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if !is_blank(c) && previous.is_none_or(is_blank) {
                words += 1;
            }
            if let Some((class, nominal)) = classify(c) {
                let next = chars.peek().map(|(_, next)| *next);
                let pending = open.iter().any(|o| o.class == class);
                match side(nominal, previous, next, pending) {
                    Side::Opens => {
                        if open.len() == DEEPEST_NESTING {
                            open.remove(0);
                        }
                        open.push(Open { class, at, words_before: words.max(1) - 1 });
                    }
                    Side::Closes => found.close(&mut open, class, at, words),
                }
            }
            if !is_tashkil(c) {
                previous = Some(c);
            }
        }
        found.keep_whole();
        found
    }

    fn close(&mut self, open: &mut Vec<Open>, class: Class, close: usize, words: usize) {
        let Some(index) = open.iter().rposition(|o| o.class == class) else { return };
        if let Some(partner) = open.drain(index..).next() {
            let words = words - partner.words_before;
            self.pairs.push(Enclosure { class, open: partner.at, close, words });
        }
    }

    fn keep_whole(&mut self) {
        let short = |pair: &&Enclosure| {
            let limit = if pair.is_quotation() {
                LONGEST_WHOLE_QUOTATION_WORDS
            } else {
                LONGEST_WHOLE_ASIDE_WORDS
            };
            pair.words <= limit
        };
        let mut spans: Vec<_> =
            self.pairs.iter().filter(short).map(|pair| (pair.open, pair.close)).collect();
        spans.sort_unstable();
        for span in spans {
            if self.kept_whole.last().is_none_or(|last| last.1 <= span.0) {
                self.kept_whole.push(span);
            }
        }
    }

    /// Whether no sentence may end between `start` and `end`, the ends of a run of marks.
    pub(crate) fn hold_together(&self, start: usize, end: usize) -> bool {
        let index = self.kept_whole.partition_point(|(open, _)| *open < start);
        let around = index.checked_sub(1).and_then(|index| self.kept_whole.get(index));
        around.is_some_and(|(_, close)| end <= *close)
    }

    /// The pair whose closing mark stands at `at`.
    pub(crate) fn closing_at(&self, at: usize) -> Option<&Enclosure> {
        let index = self.pairs.binary_search_by_key(&at, |pair| pair.close).ok()?;
        self.pairs.get(index)
    }
}

#[derive(Clone, Copy)]
enum Nominal {
    Opening,
    Closing,
    Either,
}

enum Side {
    Opens,
    Closes,
}

fn classify(c: char) -> Option<(Class, Nominal)> {
    Some(match c {
        '«' | '‹' => (Class::Guillemets, Nominal::Opening),
        '»' | '›' => (Class::Guillemets, Nominal::Closing),
        '“' | '„' => (Class::Quotes, Nominal::Opening),
        '”' => (Class::Quotes, Nominal::Closing),
        '"' | '＂' => (Class::Quotes, Nominal::Either),
        '(' | '﴿' => (Class::Round, Nominal::Opening),
        ')' | '﴾' => (Class::Round, Nominal::Closing),
        '[' | '{' => (Class::Square, Nominal::Opening),
        ']' | '}' => (Class::Square, Nominal::Closing),
        _ => return None,
    })
}

/// Which way a mark faces: by the white space around it, else by its shape, else by what is open.
fn side(nominal: Nominal, previous: Option<char>, next: Option<char>, pending: bool) -> Side {
    let free_before =
        previous.is_none_or(|c| is_blank(c) || is_dash(c) || matches!(c, '(' | '[' | '«' | '“'));
    let free_behind = next.is_none_or(|c| is_blank(c) || (!c.is_alphanumeric() && !opens(c)));
    let faces_forward = match nominal {
        Nominal::Either if free_before != free_behind => free_before,
        Nominal::Either => !pending,
        // Reversed pairs: »نص« and ”نص“.
        Nominal::Closing => !pending && !free_behind,
        Nominal::Opening => !pending || free_before || !free_behind,
    };
    if faces_forward { Side::Opens } else { Side::Closes }
}

fn opens(c: char) -> bool {
    matches!(c, '(' | '[' | '{' | '«' | '“' | '"' | '‘' | '\'')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(paragraph: &str) -> Vec<&str> {
        let found = Enclosures::find(paragraph);
        found.pairs.iter().filter_map(|p| paragraph.get(p.open..p.close)).collect()
    }

    #[test]
    fn straight_quotes_are_paired_by_the_space_around_them() {
        assert_eq!(pairs("قال \"نعم\" و\"لا\" ثم"), ["\"نعم", "\"لا"]);
    }

    #[test]
    fn reversed_quotation_marks_are_paired() {
        assert_eq!(pairs("كتاب »القانون« و”الأدب“."), ["»القانون", "”الأدب"]);
    }

    #[test]
    fn a_mark_without_partner_is_no_pair() {
        assert!(pairs("قال \"نعم ثم ذهب").is_empty());
        assert!(pairs("1) كذا 2) كذا").is_empty());
    }

    #[test]
    fn long_quotations_may_hold_sentences_short_ones_may_not() {
        let short = "قال «نعم. لا.» ثم";
        let dot = short.find('.').unwrap_or_default();
        assert!(Enclosures::find(short).hold_together(dot, dot + 1));
        let long = format!("قال «{}نعم. لا» ثم", "كلمة ".repeat(20));
        let dot = long.find('.').unwrap_or_default();
        assert!(!Enclosures::find(&long).hold_together(dot, dot + 1));
    }

    #[test]
    fn many_open_marks_take_little_time() {
        let deep = "(".repeat(200_000) + &"»".repeat(200_000);
        assert!(Enclosures::find(&deep).pairs.is_empty());
    }
}
