//! Which words of an English text are names.
//!
//! Owns: capitals, and the capitalised words that are no names: titles, days, months, openings of sentences.
//! In: English text. Out: names with their words, as spans of that text.
//! Never: what a name is called in Arabic.

use super::super::chars::{is_listed, part};
use super::super::english::sentences;
use super::super::words::words;
use super::letters::fold_latin;
use super::lexicon::{TABLE, is_common};
use super::peoples;
use crate::domain::ByteSpan;

/// Capitalised, but no names: pronouns, days, months, and what tells times.
const NO_NAMES: &str = "i|i'm|i've|i'll|i'd|ok|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|\
     february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|\
     sep|sept|oct|nov|dec|am|pm|ad|bc|bce|ce|bst|gmt|utc|est|pst|km|kg|vs|earth|hijri|gregorian";
/// Capitalised like a name, but words like others: directions, abbreviations.
const PLAIN: &str = "latin|latino|victorian|western|eastern|northern|southern|north|south|east|west|dna|rna|tv|covid|\
     coronavirus|sars|mers|hiv|aids|ceo";

/// What stands in front of a name and is not part of it.
const TITLES: &str = "mr|mrs|ms|miss|dr|prof|professor|sir|lord|lady|dame|president|fig|figure|table|vice|prime|minister|premier|\
     chancellor|senator|sen|rep|representative|congressman|governor|gov|mayor|king|queen|prince|princess|emperor|\
     empress|sultan|emir|sheikh|shaikh|imam|ayatollah|pope|bishop|archbishop|cardinal|saint|st|general|gen|colonel|\
     col|major|maj|captain|capt|lieutenant|lt|sergeant|sgt|admiral|commander|marshal|judge|justice|chief|secretary|\
     ambassador|director|chairman|chairwoman|speaker|deputy|foreign|former|doctor|father|brother|sister|rabbi|\
     reverend|rev|count|countess|duke|duchess|baron|earl|the|a|an|in|on|at|of|for|and|but|or|by|from|to|with|as|\
     his|her|its|their|our|my|your|this|that|these|those|he|she|it|they|we|you|if|when|while|after|before|no|not|\
     there|then|so|yes|hello|thanks|mum|mom|dad";

/// Small words that may stand inside a name.
const INSIDE: &str = "bin|ibn|bint|van|von|der|den|de|del|da|di|du|la|le|el|al|abu|y";
/// Places that are ordinary words, too, but open a sentence as places.
const PLACES: &str =
    "china|turkey|chad|jersey|jordan|guinea|japan|panama|niger|mali|congress|georgia|wales";
/// Small words that join the parts of the name of an institution.
const JOINS: &str = "of|for|the";
/// What words are made with from others.
const PREFIXES: [&str; 10] =
    ["un", "de", "re", "dis", "mis", "over", "under", "non", "inter", "anti"];
/// Letters that a plural has more than.
const MIN_PLURAL: usize = 5;
/// Written onto a name with a hyphen.
const ARTICLES: [&str; 12] =
    ["al", "el", "as", "ash", "ad", "adh", "an", "ar", "at", "az", "ul", "s"];

/// One word of a name.
#[derive(Clone, Debug)]
pub(super) struct NameWord {
    /// Lower case without marks, article and possessive.
    pub(super) folded: String,
    pub(super) kind: WordKind,
}

/// What can be said of a word of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WordKind {
    /// Only a name.
    Proper,
    /// Also an ordinary word, which may be translated.
    Common,
    /// Capital letters that stand for words.
    Acronym,
    /// "of", "bin", an initial: nothing to compare.
    Filler,
}

/// A name: a run of words.
#[derive(Clone, Debug)]
pub(super) struct Name {
    pub(super) span: ByteSpan,
    pub(super) words: Vec<NameWord>,
    /// Rows of the table of exonyms, if the name as a whole has some.
    pub(super) rows: Vec<usize>,
    /// A single ordinary word behind an article ("the Society"): a name only where something else says so.
    pub(super) weak: bool,
}

/// A word of the text with what decides about it.
struct Token<'a> {
    span: ByteSpan,
    text: &'a str,
    initial: bool,
    /// Only blanks (and the dot of an initial or title) lie between this word and the one before.
    joined: bool,
    /// Most words of the sentence are capitalised, so that a capital tells nothing.
    headline: bool,
}

/// The names of `text`, in order.
pub(super) fn find(text: &str) -> Vec<Name> {
    let mut names = find_all(text);
    names.retain(|name| !name.weak);
    names
}

/// The names of `text` and what may be one, in order.
pub(super) fn find_all(text: &str) -> Vec<Name> {
    let tokens: Vec<Token<'_>> =
        sentences(text).into_iter().flat_map(|sentence| tokens(text, sentence)).collect();
    let mut names = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let (name, next) = match exonym_at(text, &tokens, at) {
            Some((name, next)) => (Some(name), next),
            None => run_at(text, &tokens, at),
        };
        names.extend(name);
        at = next.max(at + 1);
    }
    names
}

/// The words of one sentence; dotted capitals are one word.
fn tokens(text: &str, sentence: ByteSpan) -> Vec<Token<'_>> {
    let inside = sentence.of(text).unwrap_or_default();
    let spans: Vec<ByteSpan> =
        words(inside).into_iter().map(|span| span.shifted_by(sentence.start())).collect();
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let mut end = sentence.start();
    let mut owns = false;
    for span in spans {
        let word = span.of(text).unwrap_or_default();
        if !word.chars().any(char::is_alphabetic) {
            continue;
        }
        let between = part(text, end, span.start());
        end = span.end();
        let single = |word: &str| word.chars().count() == 1 && word.starts_with(char::is_uppercase);
        if let Some(last) = tokens.last_mut() {
            let dotted = last.text.chars().filter(|c| *c != '.').all(char::is_uppercase)
                && (last.text.contains('.') || single(last.text));
            if between == "." && dotted && single(word) {
                last.text = part(text, last.span.start(), end);
                last.span = ByteSpan::within(text, last.span.start(), end).unwrap_or(last.span);
                continue;
            }
        }
        let before = tokens.last().map(|last| last.text);
        let quoted = between.chars().any(|c| matches!(c, '"' | '“' | '«' | ':' | '‘' | '•'));
        let dot_belongs = before.is_some_and(|b| single(b) || is_listed(TITLES, &b.to_lowercase()));
        let joined = between.trim().is_empty() || (between.trim() == "." && dot_belongs);
        // "Italy's Running Tours" is two names.
        let joined = joined && !owns;
        let bare = without_possessive(word);
        owns = bare.len() < word.len();
        let span = ByteSpan::within(text, span.start(), span.start() + bare.len()).unwrap_or(span);
        let initial = before.is_none() || quoted;
        tokens.push(Token { span, text: bare, initial, joined, headline: false });
    }
    let headline = is_headline(&tokens);
    for token in &mut tokens {
        token.headline = headline;
    }
    tokens
}

/// Whether ordinary words inside the sentence are capitalised as a rule.
fn is_headline(tokens: &[Token<'_>]) -> bool {
    let inside = tokens.iter().filter(|token| !token.initial && token.text.chars().count() > 3);
    let ordinary: Vec<_> = inside.filter(|token| is_common(&token.text.to_lowercase())).collect();
    let capitals = ordinary.iter().filter(|token| is_capital(token.text)).count();
    ordinary.len() > 2 && capitals * 10 > ordinary.len() * 7
}

fn without_possessive(word: &str) -> &str {
    word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word)
}

fn is_capital(word: &str) -> bool {
    let bare = without_written_article(word);
    bare.starts_with(char::is_uppercase)
}

/// `al-Sisi` → `Sisi`.
fn without_written_article(word: &str) -> &str {
    let Some((article, rest)) = word.split_once(['-', '\u{2010}', '\u{2011}']) else { return word };
    let listed = ARTICLES.contains(&article.to_lowercase().as_str());
    if listed && rest.starts_with(char::is_uppercase) { rest } else { word }
}

/// The longest name of the table that begins at token `at`.
fn exonym_at(text: &str, tokens: &[Token<'_>], at: usize) -> Option<(Name, usize)> {
    let first = tokens.get(at).filter(|token| is_capital(token.text))?;
    for length in (1..=TABLE.longest).rev() {
        let Some(window) = tokens.get(at..at + length) else { continue };
        if !window.iter().skip(1).all(|token| token.joined) {
            continue;
        }
        let last_is_name = window.last().is_some_and(|token| is_capital(token.text));
        let spelling: Vec<String> = window.iter().map(|token| spelling(token.text)).collect();
        let spelling = spelling.join(" ");
        let rows = TABLE.english(&spelling);
        let risky = length == 1
            && ((first.initial || first.headline)
                && is_common(&spelling.to_lowercase())
                && !is_listed(PLACES, &spelling)
                || goes_on_at(tokens, at + 1));
        if rows.is_empty() || !last_is_name || risky {
            continue;
        }
        let name_words: Vec<NameWord> = window.iter().filter_map(name_word).collect();
        let span = ByteSpan::within(text, first.span.start(), window.last()?.span.end()).ok()?;
        let name = Name { span, words: name_words, rows: rows.to_vec(), weak: false };
        return Some((name, at + length));
    }
    None
}

/// How the table would spell it.
fn spelling(word: &str) -> String {
    let capitals = word.chars().all(|c| c.is_uppercase() || c == '.');
    if capitals { word.to_owned() } else { fold_latin(word) }
}

/// Whether token `at`, or the one behind a small word there, continues a name in front of it.
fn goes_on_at(tokens: &[Token<'_>], at: usize) -> bool {
    let small = tokens.get(at).is_some_and(|next| next.joined && is_listed(INSIDE, next.text));
    tokens.get(at + usize::from(small)).is_some_and(goes_on)
}

/// Whether `next` continues a name in front of it.
fn goes_on(next: &Token<'_>) -> bool {
    let lower = next.text.to_lowercase();
    next.joined
        && is_capital(next.text)
        && !next.headline
        && !is_people(&lower)
        && !is_listed(TITLES, &lower)
}

/// The run of capitalised words at token `at`, and the token behind it.
fn run_at(text: &str, tokens: &[Token<'_>], at: usize) -> (Option<Name>, usize) {
    let Some(first) = tokens.get(at).filter(|token| opens(token)) else { return (None, at + 1) };
    let mut end = at + 1;
    while let Some(next) = tokens.get(end).filter(|next| next.joined) {
        let follows =
            |offset: usize| tokens.get(end + offset).is_some_and(|t| t.joined && goes_on(t));
        let small = !is_capital(next.text);
        let institution = tokens.get(end - 1).and_then(name_word);
        let institution = institution.is_some_and(|word| word.kind == WordKind::Common);
        let joins = institution && is_listed(JOINS, next.text);
        if goes_on(next) {
            end += 1;
        } else if small && (is_listed(INSIDE, next.text) || joins) && follows(1) {
            end += 2;
        } else {
            break;
        }
    }
    let window = tokens.get(at..end).unwrap_or_default();
    let words: Vec<NameWord> = window.iter().filter_map(name_word).collect();
    let telling =
        words.iter().any(|word| matches!(word.kind, WordKind::Proper | WordKind::Acronym));
    let common = words.iter().filter(|word| word.kind == WordKind::Common).count();
    let determined = at > 0
        && first.joined
        && tokens
            .get(at - 1)
            .is_some_and(|b| is_listed("the|a|an|this|that|our|his|her|its", b.text));
    let is_name = telling || common >= 2 || (common == 1 && !determined && !first.headline);
    // "Houseflies carry germs": kinds open a sentence as often as names in s.
    let kinds = window.len() == 1 && first.initial && is_plural(first.text);
    let weak = kinds || !is_name && common == 1 && !first.headline;
    let last = window.last().map_or(first.span, |token| token.span);
    let span = ByteSpan::within(text, first.span.start(), last.end()).unwrap_or(first.span);
    ((is_name || weak).then_some(Name { span, words, rows: Vec::new(), weak }), end)
}

/// Whether a word may be the plural of an ordinary one.
fn is_plural(word: &str) -> bool {
    let small = word.chars().skip(1).all(char::is_lowercase);
    let other = ["ss", "us", "is", "os", "as"];
    word.chars().count() > MIN_PLURAL
        && small
        && word.ends_with('s')
        && !other.iter().any(|ending| word.ends_with(ending))
}

/// Whether a name may begin with this token.
fn opens(token: &Token<'_>) -> bool {
    let lower = token.text.to_lowercase();
    let ordinary = is_ordinary(&without_written_article(&lower).to_lowercase());
    is_capital(token.text)
        && token.text.chars().any(char::is_alphabetic)
        && !token.text.chars().any(char::is_numeric)
        && !is_people(&lower)
        && !is_listed(TITLES, &lower)
        && !((token.initial || token.headline) && ordinary)
}

/// Whether a word, or every part of a compound such as "ninety-three", is a common one.
fn is_ordinary(lower: &str) -> bool {
    // "Unvaccinated", "Deforestation": lists of common words have few of the words that prefixes make.
    let common = |rest: &str| rest.len() > 4 && is_common(rest);
    let made = |prefix: &str| {
        let rest = lower.strip_prefix(prefix);
        rest.is_some_and(|rest| common(rest) || rest.strip_suffix("ation").is_some_and(common))
    };
    PREFIXES.iter().any(|prefix| made(prefix))
        || is_common(lower)
        || (lower.contains('-') && lower.split('-').all(is_common))
}

/// Days, months, faiths and peoples, also as parts of a compound, and words such as "London-based" whose end is ordinary.
fn is_people(lower: &str) -> bool {
    let single = |word: &str| {
        is_listed(NO_NAMES, word) || is_listed(PLAIN, word) || peoples::is_people(word)
    };
    single(lower) || lower.split('-').count() > 1 && lower.split('-').any(single)
}

/// Whether a word stands in front of names without being part of them.
pub(super) fn is_title(lower: &str) -> bool {
    is_listed(TITLES, lower)
}

/// Peoples, faiths and words like "Latin" in `text`, in order; those inside a name are among them.
pub(super) fn peoples(text: &str) -> Vec<(ByteSpan, String)> {
    let tokens = sentences(text).into_iter().flat_map(|sentence| tokens(text, sentence));
    let tokens = tokens.filter(|token| is_capital(token.text));
    let folded = tokens.map(|token| (token.span, fold_latin(token.text)));
    let is_one = |folded: &str| is_listed(PLAIN, folded) || peoples::is_people(folded);
    folded.filter(|(_, folded)| is_one(folded)).collect()
}

/// What can be compared of a word.
fn name_word(token: &Token<'_>) -> Option<NameWord> {
    let bare = without_written_article(token.text);
    let small_end = bare.split('-').skip(1).any(|p| p.starts_with(char::is_lowercase));
    // "Mars-sized" says Mars.
    let bare = if small_end { bare.split('-').next().unwrap_or(bare) } else { bare };
    let letters = bare.chars().filter(|c| c.is_alphabetic()).count();
    let folded = fold_latin(bare);
    let lower = token.text.to_lowercase();
    let capitals = bare.chars().filter(|c| c.is_uppercase()).count();
    let kind = if letters < 2 || !is_capital(token.text) || bare.chars().any(char::is_numeric) {
        WordKind::Filler
    } else if capitals > 1 && letters - capitals < 2 && letters <= 6 && !token.headline {
        WordKind::Acronym
    } else if is_listed(TITLES, &lower) || is_common(&folded) || is_people(&lower) || small_end {
        WordKind::Common
    } else {
        WordKind::Proper
    };
    (!folded.is_empty()).then_some(NameWord { folded, kind })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spotted(text: &str) -> Vec<&str> {
        find(text).into_iter().filter_map(|name| name.span.of(text)).collect()
    }

    #[test]
    fn titles_peoples_days_and_openings_are_no_names() {
        assert_eq!(
            spotted("Local officials said Russian President Vladimir Putin left Moscow on Monday."),
            ["Vladimir Putin", "Moscow"]
        );
        assert_eq!(spotted("The Iraqi and Canadian ministers met in March."), [""; 0]);
        assert_eq!(
            spotted("Dr. Salah Gaafar told Mr. Baradei's wife."),
            ["Salah Gaafar", "Baradei"]
        );
        assert_eq!(spotted("I think we won. It rained."), [""; 0]);
    }

    #[test]
    fn a_name_may_open_a_sentence() {
        assert_eq!(spotted("Putin spoke. Moscow listened."), ["Putin", "Moscow"]);
        assert_eq!(spotted("United Nations experts left."), ["United Nations"]);
    }

    #[test]
    fn particles_initials_and_institutions_hold_together() {
        assert_eq!(
            spotted("He met Abdel Fattah el-Sisi, Mohammed bin Salman and John F. Kennedy."),
            ["Abdel Fattah el-Sisi", "Mohammed bin Salman", "John F. Kennedy"]
        );
        assert_eq!(
            spotted("at the University of Warwick in the U.S. Senate"),
            ["University of Warwick", "U.S", "Senate"]
        );
    }

    #[test]
    fn a_pronoun_in_a_sentence_is_no_organisation() {
        assert_eq!(spotted("Who told us? Who did?"), [""; 0]);
        assert_eq!(spotted("the WHO and the US said"), ["WHO", "US"]);
    }
}
