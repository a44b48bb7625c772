//! Words of a bead that light one another up.
//!
//! Owns: which words belong together, and the markup that says so. In: the words and links of a bead.
//! Out: escaped markup, and pairs of words as text. Never: colours; those are the style sheet's.

use std::collections::HashMap;
use std::fmt::Write;
use std::ops::Range;

use minijinja::HtmlEscape;

use crate::domain::{Alignment, Bead, BeadWords, ByteSpan, Side, Word};
use crate::render::visible::one_line;

/// Groups of one bead that light up; the style sheet holds a rule for each. Longer beads exist only where an
/// alignment went wrong, and their other links stay in the list of pairs.
const MAX_GROUPS: usize = 150;

/// Words that are linked with one another, directly or over others.
pub(super) struct Groups {
    /// For each sentence, by side and index, its words that are linked: where, and in which group (from 1).
    words: HashMap<(Side, usize), Vec<(ByteSpan, usize)>>,
    /// For each group its words on the source and on the target side, as shown.
    pub(super) pairs: Vec<(String, String)>,
}

impl Groups {
    /// Nothing is linked.
    pub(super) fn none() -> Self {
        Self { words: HashMap::new(), pairs: Vec::new() }
    }

    pub(super) fn of(alignment: &Alignment, bead: &Bead) -> Self {
        let Some(words) = &bead.words else { return Self::none() };
        let (source, target, count) = numbers(words);
        let mut groups = Self { words: HashMap::new(), pairs: vec![Default::default(); count] };
        let sides = [(Side::Source, &words.source, source), (Side::Target, &words.target, target)];
        for (side, words, numbers) in sides {
            for (word, number) in words.iter().zip(numbers) {
                if number > 0 {
                    groups.push(alignment, side, *word, number);
                }
            }
        }
        for places in groups.words.values_mut() {
            places.sort_unstable();
        }
        groups
    }

    fn push(&mut self, alignment: &Alignment, side: Side, word: Word, number: usize) {
        self.words.entry((side, word.sentence)).or_default().push((word.span, number));
        let sentence = alignment.side(side).sentences.get(word.sentence);
        let text = sentence.and_then(|sentence| word.span.of(&sentence.text)).unwrap_or_default();
        let Some((source, target)) = self.pairs.get_mut(number - 1) else { return };
        let list = if side == Side::Source { source } else { target };
        if !list.is_empty() {
            list.push(' ');
        }
        list.push_str(&one_line(text));
    }

    /// How many groups light up.
    pub(super) fn lit(&self) -> usize {
        self.pairs.len().min(MAX_GROUPS)
    }

    /// Sentences of a side as escaped markup, a space between them; linked words are marked with their group.
    pub(super) fn markup(&self, alignment: &Alignment, side: Side, range: Range<usize>) -> String {
        let mut markup = String::new();
        for index in range {
            let Some(sentence) = alignment.side(side).sentences.get(index) else { continue };
            if !markup.is_empty() {
                markup.push(' ');
            }
            match self.words.get(&(side, index)) {
                Some(words) => push_marked(&mut markup, &sentence.text, words),
                None => push(&mut markup, &one_line(&sentence.text)),
            }
        }
        markup
    }
}

/// Numbers of groups for the words of both sides, 0 for a word without links, and how many groups there are.
fn numbers(words: &BeadWords) -> (Vec<usize>, Vec<usize>, usize) {
    let (sources, all) = (words.source.len(), words.source.len() + words.target.len());
    let mut parent: Vec<usize> = (0..all).collect();
    let mut is_linked = vec![false; all];
    for &(from, to) in &words.links {
        let (from, to) = (from, sources + to);
        (is_linked[from], is_linked[to]) = (true, true);
        let (a, b) = (root(&mut parent, from), root(&mut parent, to));
        parent[a.max(b)] = a.min(b);
    }
    let (mut known, mut count) = (vec![0; all], 0);
    let number = |(word, is_linked): (usize, bool)| {
        let root = root(&mut parent, word);
        if is_linked && known[root] == 0 {
            count += 1;
            known[root] = count;
        }
        if is_linked { known[root] } else { 0 }
    };
    let mut numbers: Vec<usize> = is_linked.into_iter().enumerate().map(number).collect();
    let target = numbers.split_off(sources);
    (numbers, target, count)
}

/// The first word of a group, the way to it made shorter.
fn root(parent: &mut [usize], mut word: usize) -> usize {
    while parent[word] != word {
        parent[word] = parent[parent[word]];
        word = parent[word];
    }
    word
}

fn push(markup: &mut String, text: &str) {
    // Writing to a string cannot fail.
    let _ = write!(markup, "{}", HtmlEscape(text));
}

/// A sentence in pieces: what stands between words, and the words. A word that overlaps the one before is not marked.
fn push_marked(markup: &mut String, text: &str, words: &[(ByteSpan, usize)]) {
    // Where nothing needs to be made visible, pieces are shown as they are: a pair of direction marks may
    // open in one and close in another. Else each piece is made visible alone, which spells out such a pair.
    let is_plain = one_line(text) == text;
    let shown = |piece: &str| if is_plain { piece.to_owned() } else { visible_piece(piece) };
    let mut at = 0;
    for (span, number) in words {
        let (Some(before), Some(word)) = (text.get(at..span.start()), span.of(text)) else {
            continue;
        };
        push(markup, &shown(before));
        if *number <= MAX_GROUPS {
            let word = shown(word);
            let _ =
                write!(markup, "<i class=\"g{number}\" tabindex=\"-1\">{}</i>", HtmlEscape(&word));
        } else {
            push(markup, &shown(word));
        }
        at = span.end();
    }
    push(markup, &shown(text.get(at..).unwrap_or_default()));
}

/// A piece of a line without control characters; white space at its ends becomes one space.
fn visible_piece(piece: &str) -> String {
    let space = |is_blank: bool| if is_blank { " " } else { "" };
    let line = one_line(piece);
    if line.is_empty() {
        return space(!piece.is_empty()).to_owned();
    }
    let (first, last) =
        (piece.starts_with(char::is_whitespace), piece.ends_with(char::is_whitespace));
    format!("{}{line}{}", space(first), space(last))
}

/// Rules for `groups` groups: a word under the pointer or with the focus lights the words of its group in its bead.
pub(super) fn rules(groups: usize) -> String {
    if groups == 0 {
        return String::new();
    }
    let rule = |n: usize| format!(".bead:has(.g{n}:is(:hover,:focus)) .g{n}");
    let rules: Vec<String> = (1..=groups).map(rule).collect();
    format!(
        "{} {{ background: var(--lit); box-shadow: 0 0 0 2px var(--lit), 0 2px 0 2px var(--link); }}\n",
        rules.join(",\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(count: usize) -> Vec<Word> {
        vec![Word { sentence: 0, span: ByteSpan::whole("") }; count]
    }

    #[test]
    fn words_are_grouped_over_one_another_and_numbered_in_reading_order() {
        let links = vec![(1, 2), (3, 0), (3, 1), (4, 1)];
        let words = BeadWords { source: words(5), target: words(4), links };
        assert_eq!(numbers(&words), (vec![0, 1, 0, 2, 2], vec![2, 2, 1, 0], 2));
    }

    #[test]
    fn a_long_chain_of_links_is_one_group() {
        let links = (0..20_000).flat_map(|n| [(n, n), (n + 1, n)]).collect();
        let words = BeadWords { source: words(20_001), target: words(20_000), links };
        let (source, target, count) = numbers(&words);
        assert!(count == 1 && source.iter().chain(&target).all(|number| *number == 1));
    }

    #[test]
    fn a_piece_keeps_one_space_at_its_ends() {
        assert_eq!(visible_piece(" \u{202e}a\n"), " ⟨U+202E⟩a ");
        assert_eq!(visible_piece("\n"), " ");
        assert_eq!(visible_piece(""), "");
    }
}
