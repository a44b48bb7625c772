//! Shortens an English sentence by leaving things out.
//!
//! Owns: what may go without a change of what the rest says: brackets, relative clauses between commas, asides that open with
//! "adding that" and the like, opening connectives, and who reported it where that is an agency or a document.
//! In: one sentence. Out: the same with parts left out; what is left stands in it in the same words and order, but for the
//! capital letter at its begin. Never: who said or claims something. That is part of what is said.

use super::chars::part;
use super::clauses::statements;
use crate::domain::Language;

/// Words that are left, at least.
const MIN_WORDS: usize = 6;

/// Openings that carry nothing.
const CONNECTIVES: [&str; 12] = [
    "Moreover, ",
    "Furthermore, ",
    "In addition, ",
    "Meanwhile, ",
    "However, ",
    "In this context, ",
    "In the same context, ",
    "For its part, ",
    "For his part, ",
    "For her part, ",
    "In turn, ",
    "It is worth noting that ",
];
/// Openings of asides between commas, or behind the last comma.
const ASIDES: [&str; 16] = [
    "which ",
    "who ",
    "whose ",
    "where ",
    "adding that ",
    "noting that ",
    "pointing out that ",
    "stressing that ",
    "explaining that ",
    "indicating that ",
    "according to the agency",
    "according to a statement",
    "according to the statement",
    "the agency reported",
    "the agency said",
    "the statement said",
];

/// `sentence` without what can be spared; as it is where too little would be left.
#[must_use]
pub fn shortened(sentence: &str) -> String {
    let mut text = without_brackets(sentence);
    while let Some(shorter) = without_aside(&text) {
        text = shorter;
    }
    if let Some(rest) = CONNECTIVES.iter().find_map(|opening| text.strip_prefix(opening)) {
        text = capitalised(rest);
    }
    if words(&text) < MIN_WORDS { sentence.to_owned() } else { text }
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().map(char::to_uppercase).into_iter().flatten();
    first.chain(rest).collect()
}

/// Round brackets with what stands in them; those that do not close stay.
fn without_brackets(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('(') {
        let behind = part(rest, open + 1, rest.len());
        let close = behind.find(')').filter(|close| !part(behind, 0, *close).contains('('));
        let Some(close) = close else { break };
        kept.push_str(part(rest, 0, open).trim_end());
        rest = part(behind, close + 1, behind.len());
    }
    kept.push_str(rest);
    kept
}

/// The text without its last aside, if it has one and what is left can stand.
fn without_aside(text: &str) -> Option<String> {
    let commas: Vec<usize> = text.match_indices(", ").map(|(at, _)| at).collect();
    for (index, &from) in commas.iter().enumerate().rev() {
        let inside = part(text, from + 2, text.len());
        if !ASIDES.iter().any(|opening| inside.starts_with(opening)) {
            continue;
        }
        let end_mark = text.trim_end_matches(['.', '!', '?', '”', '"']).len();
        let to = commas.get(index + 1).copied();
        // An aside in the middle takes its closing comma with it; one with commas of its own is not told from its sentence.
        let rest = match to {
            Some(to) if commas.len() == index + 2 => part(text, to + 1, text.len()),
            Some(_) => continue,
            None => part(text, end_mark, text.len()),
        };
        let shorter = format!("{}{rest}", part(text, 0, from));
        if words(&shorter) >= MIN_WORDS && !statements(&shorter, Language::English).is_empty() {
            return Some(shorter);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn asides_brackets_and_openings_go() {
        assert_eq!(
            shortened("Moreover, the World Health Organization (WHO) sent doctors to the city."),
            "The World Health Organization sent doctors to the city."
        );
        assert_eq!(
            shortened("The minister, who was named in May, opened the bridge over the river."),
            "The minister opened the bridge over the river."
        );
        assert_eq!(
            shortened("The bank cut its rate to 4 percent, adding that prices had fallen."),
            "The bank cut its rate to 4 percent."
        );
    }

    #[test]
    fn speakers_and_short_sentences_stay() {
        for whole in [
            "The war will end soon, the rebel leader said.",
            "He left (by train).",
            "According to the opposition, 40 people were killed in the attack.",
        ] {
            assert_eq!(shortened(whole), whole);
        }
    }

    proptest! {
        #[test]
        fn what_is_left_stands_in_the_sentence_in_the_same_order(
            text in "([a-z]{1,6}|, which |, who |\\(|\\)|\\.|, |Moreover, | ){0,30}|\\PC{0,30}"
        ) {
            let short = shortened(&text).to_lowercase();
            let whole = text.to_lowercase();
            let mut rest = whole.split_whitespace().flat_map(str::chars);
            for c in short.split_whitespace().flat_map(str::chars) {
                prop_assert!(rest.any(|other| other == c), "{short:?}");
            }
        }
    }
}
