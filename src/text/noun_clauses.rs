//! Clauses that say something of a noun by the way.
//!
//! Owns: where such a clause of an English text begins, and what of it shows what it is about. In: a text, a span of it.
//! Out: the clause. Never: whether two clauses are parted (`clauses.rs`).

use super::clauses::{is_verb, lower, opens_relative};
use super::words::words;
use crate::domain::ByteSpan;

/// The clause about a noun in which an English text tells what stands at `span`, up to there: `which leaves out Kurdistan`,
/// `launched on March 3`; `Palestinian film that won the prize` for the word in front of such a noun.
#[must_use]
pub fn about_a_noun(text: &str, span: ByteSpan) -> Option<ByteSpan> {
    let tokens = words(text);
    let ends_by = |at: usize| tokens.iter().take_while(|token| token.end() <= at).count();
    let (reached, behind) = (ends_by(span.start()), ends_by(span.end()));
    let word = |index: usize| lower(text, &tokens, index);
    let span_of = |first: usize, end: usize| {
        ByteSpan::within(text, tokens.get(first)?.start(), tokens.get(end.checked_sub(1)?)?.end())
            .ok()
    };
    let noun = word(behind);
    if noun.chars().any(char::is_alphabetic) && opens(text, &tokens, behind + 1) {
        let inside = (behind + 1..tokens.len()).take_while(|at| !is_stop(&word(*at)));
        return span_of(reached, behind + 1 + inside.take(SHOWN).count());
    }
    let open = (1..reached).rev().find(|at| opens(text, &tokens, *at))?;
    let verbs = (open + 2..reached).filter(|at| is_verb(text, &tokens, *at));
    let inside = verbs.count() <= 1 && (open..reached).all(|at| !is_stop(&word(at)));
    inside.then(|| span_of(open, behind))?
}

/// Words of a clause that show what it is about.
const SHOWN: usize = 5;

fn is_stop(word: &str) -> bool {
    matches!(word, "," | ";" | "." | "and" | "but" | "or")
}

/// Words in front of a participle that it is not said of.
const NO_NOUNS: [&str; 8] = ["he", "she", "it", "they", "we", "i", "you", "there"];

/// Whether a clause about a noun begins at token `at`. Behind a participle the verb of the sentence is still to come: nothing
/// in front of it tells what was done.
fn opens(text: &str, tokens: &[ByteSpan], at: usize) -> bool {
    let word = |index: usize| lower(text, tokens, index);
    let pronoun = ["which", "who", "whose", "where", "that"].contains(&word(at).as_str());
    let begins = (0..at).rev().find(|before| is_stop(&word(*before))).map_or(0, |stop| stop + 1);
    let told = (begins..at).any(|before| is_verb(text, tokens, before));
    let noun = at.checked_sub(1).map(word).unwrap_or_default();
    let reduced = !told && !noun.ends_with("ly") && !NO_NOUNS.contains(&noun.as_str());
    opens_relative(text, tokens, at) && (pronoun || reduced)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_clause_says_of_a_noun_is_told_by_the_way() {
        let clause = |text: &'static str, name: &str| {
            let start = text.find(name).unwrap();
            let span = ByteSpan::within(text, start, start + name.len()).unwrap();
            about_a_noun(text, span).and_then(|clause| clause.of(text))
        };
        let law = "The law, which leaves out Erbil, takes effect.";
        assert_eq!(clause(law, "Erbil"), Some("which leaves out Erbil"));
        let campaign = "The campaign launched on March 3 may be extended.";
        assert_eq!(clause(campaign, "March 3"), Some("launched on March 3"));
        let film = "The French film that won the Golden Lion is shown in Oman.";
        assert_eq!(clause(film, "Golden Lion"), Some("that won the Golden Lion"));
        assert_eq!(clause(film, "French"), Some("French film that won the Golden Lion"));
        assert_eq!(clause(film, "Oman"), None);
        assert_eq!(clause("The law, which was passed, leaves out Erbil.", "Erbil"), None);
        assert_eq!(clause("The law leaves out Erbil.", "Erbil"), None);
        let talks = "The talks finally ended in spring and Enrique decided to leave.";
        assert_eq!(clause(talks, "Enrique"), None);
        let river = "The first was the Ohio River, which flowed into another.";
        assert_eq!(clause(river, "Ohio River"), None);
    }
}
