//! Cuts an overlong segment into pieces that a model can take.
//!
//! Owns: where a cut hurts least: at clause marks, then in front of a conjunction, then at a space,
//! and inside a word only if nothing else is left.
//! In: text, a limit, and a way to count. Out: spans of the pieces.
//! Never: what is counted (the caller counts tokens), sentence ends.

use std::collections::HashMap;

use unicode_normalization::char::is_combining_mark;

use super::chars::{is_blank, part, skip_blanks, visible_span};
use super::script::is_arabic_letter;
use crate::domain::ByteSpan;

/// Longer words are measured in parts of so many characters, so that counting stays cheap.
const ATOM_CHARS: usize = 32;

/// So many words are measured together before the first piece is chosen.
const SAMPLE_ATOMS: usize = 64;

/// How good a place is for a cut; the better, the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cut {
    InsideWord,
    Space,
    BeforeConjunction,
    Clause,
    Strong,
}

/// A word, or a part of a very long one, with the white space behind it.
struct Atom {
    start: usize,
    /// Where the next atom begins.
    next: usize,
    /// Sum of what all atoms up to this one count by themselves.
    cost_after: usize,
    /// The quality of a cut behind it.
    cut: Cut,
}

/// Cuts `text` into pieces of which `count` says at most `max` (at least 1 is assumed).
///
/// The pieces are about equally long, rise, and hold every visible character. Only a piece of a
/// single character may count more than `max`.
///
/// `count` is called once for each different word and a few times for each piece, never for the
/// whole of a long text: the time grows with the length of the text if that of `count` does.
#[must_use]
pub fn cut(text: &str, max: usize, count: &dyn Fn(&str) -> usize) -> Vec<ByteSpan> {
    let atoms = atoms(text, count);
    let mut scale = Scale::sample(text, &atoms, max.max(1), count);
    let mut pieces = Vec::new();
    let mut first = 0;
    while first < atoms.len() {
        let mut end = choose(&atoms, first, scale.budget());
        // What words count by themselves is an estimate; what the piece counts is the truth.
        while let Some(span) = piece(text, &atoms, first, end) {
            let measured = count(span.of(text).unwrap_or_default());
            scale.learn(cost_before(&atoms, end) - cost_before(&atoms, first), measured);
            if measured <= scale.max {
                pieces.push(span);
                break;
            }
            if end - first == 1 {
                cut_atom(text, span, scale.max, count, &mut pieces);
                break;
            }
            let budget = scale.budget();
            end = best_cut(&atoms, first, (budget / 2, budget, budget)).min(end - 1);
        }
        first = end;
    }
    pieces
}

/// How what words cost by themselves compares with what they count together.
struct Scale {
    max: usize,
    /// What `count` says of nothing: an end mark, for instance.
    constant: usize,
    cost: usize,
    counted: usize,
}

impl Scale {
    /// Measures the first words together.
    fn sample(text: &str, atoms: &[Atom], max: usize, count: &dyn Fn(&str) -> usize) -> Self {
        let mut scale = Self { max, constant: count(""), cost: 1, counted: 1 };
        let end = atoms.len().min(SAMPLE_ATOMS);
        if let Some(span) = piece(text, atoms, 0, end) {
            scale.learn(cost_before(atoms, end), count(span.of(text).unwrap_or_default()));
        }
        scale
    }

    fn learn(&mut self, cost: usize, counted: usize) {
        self.cost = cost.max(1);
        self.counted = counted.saturating_sub(self.constant).max(1);
    }

    /// The cost that words may have to count `max` together.
    fn budget(&self) -> usize {
        let net = self.max.saturating_sub(self.constant).max(1);
        (net.saturating_mul(self.cost) / self.counted).max(1)
    }
}

fn piece(text: &str, atoms: &[Atom], first: usize, end: usize) -> Option<ByteSpan> {
    visible_span(text, atoms.get(first)?.start, atoms.get(end.checked_sub(1)?)?.next)
}

/// Words with their cost and the quality of the cut behind them.
fn atoms(text: &str, count: &dyn Fn(&str) -> usize) -> Vec<Atom> {
    // An end mark that each call of `count` adds must not be counted for each word. No word is free,
    // or a search for the end of a piece would run through the whole text.
    let constant = count("");
    let mut costs: HashMap<&str, usize> = HashMap::new();
    let mut atoms: Vec<Atom> = Vec::new();
    let mut total = 0;
    let mut start = skip_blanks(text, 0);
    while start < text.len() {
        let rest = part(text, start, text.len());
        let (length, whole) = atom_length(rest);
        let end = start + length;
        let next = if whole { skip_blanks(text, end) } else { end };
        let word = part(text, start, end);
        total += *costs.entry(word).or_insert_with(|| count(word).saturating_sub(constant).max(1));
        let cut = if whole { quality(word, part(text, next, text.len())) } else { Cut::InsideWord };
        atoms.push(Atom { start, next, cost_after: total, cut });
        start = next;
    }
    atoms
}

/// Bytes of the first word of `rest`, or of its first part; whether the word ends there.
fn atom_length(rest: &str) -> (usize, bool) {
    for (index, (at, c)) in rest.char_indices().enumerate() {
        if is_blank(c) {
            return (at, true);
        }
        if index >= ATOM_CHARS && !joins_previous(c) || index >= 2 * ATOM_CHARS {
            return (at, false);
        }
    }
    (rest.len(), true)
}

/// Whether a cut in front of `c` would part a character that a reader sees as one.
fn joins_previous(c: char) -> bool {
    is_combining_mark(c) || matches!(c, '\u{200d}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

fn quality(word: &str, rest: &str) -> Cut {
    let last = word.trim_end_matches(['"', '”', '»', ')', ']', '\'']).chars().next_back();
    match last {
        Some('.' | '؟' | '?' | '!' | '…' | '؛' | ';' | '۔') => return Cut::Strong,
        Some('،' | ',' | ':' | '–' | '—' | '-') => return Cut::Clause,
        _ => {}
    }
    let next_word = rest.split(is_blank).next().unwrap_or_default();
    match next_word.chars().next() {
        Some('–' | '—' | '(' | '«' | '“') => Cut::Clause,
        // Agency spacing: the comma stands alone in front of the next word.
        Some('،' | '؛' | ',' | ';' | '.' | ':' | '؟' | '!') => Cut::InsideWord,
        Some('و') if is_conjunction(next_word) => Cut::BeforeConjunction,
        _ if matches!(
            next_word,
            "and" | "or" | "but" | "which" | "that" | "ثم" | "أو" | "لكن" | "حيث" | "أن"
        ) =>
        {
            Cut::BeforeConjunction
        }
        _ => Cut::Space,
    }
}

/// Whether a word beginning with و is "and" and a word: four letters or more, as a rule.
fn is_conjunction(word: &str) -> bool {
    word == "و" || word.chars().filter(|c| is_arabic_letter(*c)).take(4).count() == 4
}

/// The end of the piece that begins at `first`: all the rest if it fits, else about an equal share.
fn choose(atoms: &[Atom], first: usize, budget: usize) -> usize {
    let rest = cost_before(atoms, atoms.len()) - cost_before(atoms, first);
    if rest <= budget {
        return atoms.len();
    }
    let share = rest.div_ceil(rest.div_ceil(budget));
    best_cut(atoms, first, (share / 2, share, budget))
}

/// The best cut whose cost lies between the least and the most of `(least, ideal, most)`; among
/// equals the one nearest to the ideal. At least one atom.
fn best_cut(atoms: &[Atom], first: usize, (least, ideal, most): (usize, usize, usize)) -> usize {
    let before = cost_before(atoms, first);
    let mut best = (Cut::InsideWord, usize::MAX, first + 1);
    for (index, atom) in atoms.iter().enumerate().skip(first) {
        let cost = atom.cost_after - before;
        if cost > most && index > first {
            break;
        }
        let distance = cost.abs_diff(ideal);
        let better = atom.cut > best.0 || (atom.cut == best.0 && distance < best.1);
        if cost >= least && better {
            best = (atom.cut, distance, index + 1);
        }
    }
    best.2
}

/// What the first `first` atoms cost by themselves.
fn cost_before(atoms: &[Atom], first: usize) -> usize {
    first.checked_sub(1).and_then(|index| atoms.get(index)).map_or(0, |atom| atom.cost_after)
}

/// Cuts one word between characters: the longest parts that fit.
fn cut_atom(
    text: &str,
    span: ByteSpan,
    max: usize,
    count: &dyn Fn(&str) -> usize,
    pieces: &mut Vec<ByteSpan>,
) {
    let mut start = span.start();
    while start < span.end() {
        let rest = part(text, start, span.end());
        let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8());
        let mut longest = rest.chars().next().map_or(rest.len(), char::len_utf8);
        for end in ends {
            if count(part(rest, 0, end)) > max {
                break;
            }
            longest = end;
        }
        if let Some(piece) = visible_span(text, start, start + longest) {
            pieces.push(piece);
        }
        start += longest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> usize {
        text.split_whitespace().count()
    }

    fn pieces<'a>(text: &'a str, max: usize, count: &dyn Fn(&str) -> usize) -> Vec<&'a str> {
        cut(text, max, count).into_iter().filter_map(|span| span.of(text)).collect()
    }

    #[test]
    fn a_text_that_fits_is_one_piece() {
        assert_eq!(pieces(" كلمة وكلمة ", 5, &words), ["كلمة وكلمة"]);
    }

    #[test]
    fn clause_marks_are_the_first_choice() {
        let text = "قال الرئيس إن البلاد آمنة، وإن الجيش يحرس حدودها كلها";
        assert_eq!(
            pieces(text, 6, &words),
            ["قال الرئيس إن البلاد آمنة،", "وإن الجيش يحرس حدودها كلها"]
        );
    }

    #[test]
    fn a_conjunction_is_better_than_a_space() {
        let text = "ذهب الوزير إلى المدينة والتقى هناك أعضاء البرلمان";
        assert_eq!(
            pieces(text, 5, &words),
            ["ذهب الوزير إلى المدينة", "والتقى هناك أعضاء البرلمان"]
        );
    }

    #[test]
    fn a_comma_of_an_agency_stays_with_its_word() {
        let text = "أكد الرئيس ذلك ، قال الكرملين أمس";
        assert_eq!(pieces(text, 4, &words), ["أكد الرئيس ذلك ،", "قال الكرملين أمس"]);
    }

    #[test]
    fn a_word_without_end_is_cut_between_characters() {
        let chars = |text: &str| text.chars().count();
        let text = "س".repeat(100);
        let found = pieces(&text, 7, &chars);
        assert!(found.iter().all(|piece| chars(piece) <= 7));
        assert_eq!(found.concat(), text);
    }

    #[test]
    fn a_count_with_an_end_mark_is_not_counted_twice() {
        let with_end_mark = |text: &str| words(text) + 1;
        let text = "كلمة ".repeat(30);
        assert_eq!(cut(&text, 16, &with_end_mark).len(), 2);
    }
}
