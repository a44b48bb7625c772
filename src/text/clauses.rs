//! Cuts a sentence into statements that can be checked one by one.
//!
//! Owns: where a clause ends: coordination, trailing relative clauses, lists of numbers; and what counts as a verb for that.
//! In: one sentence, English or Arabic. Out: spans of it that rise; between them stand only commas and conjunctions.
//! Never: a parse. Where it is unsure it does not cut: a statement that is too long is still checked, one that was torn
//! apart is not.

use super::chars::part;
use super::words::words;
use crate::domain::{ByteSpan, Language};

/// Fewer words say too little to be a statement of their own.
const MIN_WORDS: usize = 4;
/// A member of a list of numbers may be shorter: `12 in Cairo`.
const MIN_LISTED: usize = 3;

/// Words that join two clauses; the clause begins behind them.
const JOINTS: [&str; 8] =
    ["and", "but", "while", "whereas", "although", "though", "yet", "because"];
/// Words that open a relative clause; they belong to it.
const RELATIVES: [&str; 4] = ["which", "who", "whose", "where"];
const ARABIC_JOINTS: [&str; 8] = ["بينما", "فيما", "كما", "لكن", "ولكن", "حيث", "وذلك", "غير"];

/// Verbs that do not end in `ed`, as news tells things, and auxiliaries.
const VERBS: &[&str] = &[
    "is",
    "are",
    "was",
    "were",
    "be",
    "been",
    "has",
    "have",
    "had",
    "will",
    "would",
    "can",
    "could",
    "may",
    "might",
    "must",
    "should",
    "shall",
    "did",
    "does",
    "do",
    "said",
    "says",
    "say",
    "told",
    "tells",
    "made",
    "makes",
    "took",
    "takes",
    "gave",
    "gives",
    "went",
    "goes",
    "came",
    "comes",
    "rose",
    "rises",
    "fell",
    "falls",
    "grew",
    "grows",
    "won",
    "wins",
    "lost",
    "loses",
    "led",
    "leads",
    "held",
    "holds",
    "met",
    "meets",
    "sent",
    "sends",
    "spent",
    "spends",
    "paid",
    "pays",
    "cut",
    "cuts",
    "put",
    "puts",
    "set",
    "sets",
    "hit",
    "hits",
    "left",
    "leaves",
    "began",
    "begins",
    "became",
    "becomes",
    "kept",
    "keeps",
    "saw",
    "sees",
    "found",
    "finds",
    "got",
    "gets",
    "built",
    "builds",
    "bought",
    "buys",
    "brought",
    "brings",
    "broke",
    "breaks",
    "chose",
    "drew",
    "drove",
    "fought",
    "flew",
    "forced",
    "knew",
    "knows",
    "lay",
    "lies",
    "meant",
    "means",
    "read",
    "ran",
    "runs",
    "sold",
    "sells",
    "shot",
    "showed",
    "shows",
    "spoke",
    "speaks",
    "stood",
    "stands",
    "struck",
    "thought",
    "thinks",
    "threw",
    "understood",
    "wore",
    "wrote",
    "writes",
    "calls",
    "remains",
    "includes",
    "needs",
    "wants",
    "plans",
    "aims",
    "seeks",
    "expects",
    "believes",
    "reached",
    "adds",
    "warns",
    "contains",
    "taken",
    "given",
    "shown",
    "driven",
    "written",
    "stolen",
    "thrown",
    "beaten",
    "having",
    "cost",
    "costs",
    "run",
    "felt",
    "heard",
    "hurt",
    "spread",
    "taught",
    "involves",
    "covers",
    "offers",
    "hopes",
    "intends",
    "rests",
    "regards",
    "endure",
    "earns",
    "faces",
    "rejects",
    "denies",
    "supports",
    "accuses",
];
/// Words behind which a word in `ed` describes and does not tell.
const DETERMINERS: [&str; 18] = [
    "the", "a", "an", "its", "his", "her", "their", "this", "these", "those", "of", "by", "in",
    "on", "at", "from", "for", "with",
];
/// Words in `ed` that tell nothing.
const NO_VERBS: [&str; 3] = ["compared", "based", "united"];
/// How words begin behind which "that" says what is said or thought.
const REPORTING: [&str; 20] = [
    "say", "sai", "think", "thought", "believ", "hop", "fear", "argu", "suggest", "estimat",
    "insist", "know", "expect", "reckon", "hold", "agree", "warn", "fact", "report", "claim",
];
/// Participles that do not end in `ed`.
const PARTICIPLES: [&str; 12] = [
    "found", "built", "held", "made", "taken", "written", "given", "shown", "led", "sold", "sent",
    "born",
];
/// Words behind a participle that tell where, when or by whom.
const PLACED: [&str; 10] = ["in", "on", "at", "by", "from", "near", "to", "for", "during", "last"];

/// The statements of `sentence`; the whole sentence where it has one.
///
/// Cut are: clauses behind a semicolon; clauses behind a comma and a conjunction, or behind `and` and `but` alone where a
/// verb follows at once, if both sides have a verb; relative clauses that end the sentence; members of lists that each
/// begin with a number.
#[must_use]
pub fn statements(sentence: &str, language: Language) -> Vec<ByteSpan> {
    let tokens = words(sentence);
    let mut found = Vec::new();
    let mut from = 0;
    for at in 1..tokens.len() {
        let Some(skip) = boundary(sentence, &tokens, at, language) else { continue };
        let next = at + skip;
        let (left, right) = (from..at, next..tokens.len());
        // A semicolon stands between clauses, whatever their verbs.
        let sure = matches!(tokens.get(at).and_then(|mark| mark.of(sentence)), Some(";" | "؛"));
        let fit = |range| fits(sentence, &tokens, range, language, sure);
        if fit(&left) && fit(&right) {
            found.extend(joined(sentence, &tokens, left));
            from = next;
        }
    }
    found.extend(joined(sentence, &tokens, from..tokens.len()));
    found
}

/// Whether a conjunction, a semicolon, a relative pronoun or the end of a relative clause stands between the bytes `from` and
/// `to` of `text`, so that what stands on both sides may have been told apart.
///
/// An "and" and a comma count only where a verb stands on both sides: "Egypt and Sudan" are told together.
#[must_use]
pub fn are_parted(text: &str, language: Language, from: usize, to: usize) -> bool {
    let tokens = words(text);
    let inside =
        |at: &usize| tokens.get(*at).is_some_and(|span| span.start() >= from && span.end() <= to);
    let mut between = (0..tokens.len()).filter(inside);
    match language {
        Language::English => between.any(|at| parts(text, &tokens, from, at)),
        Language::Arabic => between.any(|at| {
            let word = tokens.get(at).and_then(|span| span.of(text)).unwrap_or_default();
            let joins = word.starts_with('و') && word.chars().count() > 3;
            matches!(word, ";" | "؛") || ARABIC_JOINTS.contains(&word) || joins
        }),
    }
}

/// Token `at` in small letters; nothing behind the end.
pub(super) fn lower(text: &str, tokens: &[ByteSpan], at: usize) -> String {
    tokens.get(at).and_then(|span| span.of(text)).unwrap_or_default().to_lowercase()
}

/// Whether an English clause begins or ends at token `at`, which stands behind byte `from`.
fn parts(text: &str, tokens: &[ByteSpan], from: usize, at: usize) -> bool {
    let word = |index: usize| lower(text, tokens, index);
    let before = |at: usize| at.checked_sub(1).map(word).unwrap_or_default();
    let told =
        |range: std::ops::Range<usize>| range.into_iter().any(|at| is_verb(text, tokens, at));
    match word(at).as_str() {
        ";" => true,
        "," if ends_participle(text, tokens, at) => true,
        "and" | "," | "after" | "before" | "when" | "as" | "until" | "since" | "once" => {
            told(0..at) && tells(text, tokens, at + 1)
        }
        "with" | "compared" | "against" | "up" | "down" => before(at) == ",",
        // "22 women among them"
        "them" | "whom" => before(at) == "among",
        this if JOINTS.contains(&this) || RELATIVES.contains(&this) => true,
        // The verb of the sentence behind a clause about its subject.
        _ => {
            let reached = tokens.iter().take_while(|span| span.end() <= from).count();
            is_verb(text, tokens, at)
                && (0..reached).any(|open| {
                    let done = word(at - 1).ends_with("ed") && told(at - 1..at);
                    opens_relative(text, tokens, open) && (done || told(open..at - 1))
                })
        }
    }
}

/// Words in front of a participle that opens a sentence: `After keeping half of them, …`.
const BEFORE_PARTICIPLE: [&str; 9] =
    ["after", "before", "while", "when", "since", "by", "despite", "without", "besides"];
/// Words in `ing` that open a sentence without telling anything.
const NO_PARTICIPLES: [&str; 12] = [
    "during",
    "according",
    "including",
    "following",
    "regarding",
    "concerning",
    "beijing",
    "nothing",
    "everything",
    "something",
    "morning",
    "evening",
];

/// Whether the clause of a participle that opens the sentence ends at the comma `at`: `Having tested 184 samples, …`.
fn ends_participle(text: &str, tokens: &[ByteSpan], at: usize) -> bool {
    let word = |index: usize| lower(text, tokens, index);
    let first = usize::from(BEFORE_PARTICIPLE.contains(&word(0).as_str()));
    let opens = word(first).len() > 4
        && word(first).ends_with("ing")
        && !NO_PARTICIPLES.contains(&word(first).as_str());
    opens && at > first + 1 && (0..at).all(|before| word(before) != ",")
}

/// Whether a clause about the noun before it begins at token `at`: `who …`, `that parliament passed`, `found in Cairo`.
pub(super) fn opens_relative(text: &str, tokens: &[ByteSpan], at: usize) -> bool {
    let word = |index: usize| lower(text, tokens, index);
    let Some(before) = at.checked_sub(1) else { return false };
    let noun = word(before);
    let describes = !is_verb(text, tokens, before)
        && !REPORTING.iter().any(|stem| noun.starts_with(stem))
        && noun.chars().any(char::is_alphabetic)
        && !DETERMINERS.contains(&noun.as_str());
    match word(at).as_str() {
        "that" => describes,
        this if RELATIVES.contains(&this) => true,
        this => {
            let participle = this.ends_with("ed") || PARTICIPLES.contains(&this);
            describes && participle && PLACED.contains(&word(at + 1).as_str())
        }
    }
}

/// Whether a verb stands at token `at` or behind it, before the next mark or conjunction.
fn tells(text: &str, tokens: &[ByteSpan], at: usize) -> bool {
    let ends = |index: &usize| {
        let word = tokens.get(*index).and_then(|span| span.of(text)).unwrap_or_default();
        matches!(word, "," | ";" | ".") || JOINTS.contains(&word) || RELATIVES.contains(&word)
    };
    (at..tokens.len()).take_while(|index| !ends(index)).any(|index| is_verb(text, tokens, index))
}

/// Whether a clause may begin at token `at`; tokens to leave out before it begins.
fn boundary(text: &str, tokens: &[ByteSpan], at: usize, language: Language) -> Option<usize> {
    let word = |index: usize| tokens.get(index).and_then(|span| span.of(text)).unwrap_or_default();
    let lower = |index: usize| word(index).to_lowercase();
    match word(at) {
        ";" | "؛" => return Some(1),
        "," | "،" => {}
        _ => {
            let joins = matches!(lower(at).as_str(), "and" | "but");
            let verb = language == Language::English && joins && is_verb(text, tokens, at + 1);
            let lists = joins && opens_listed(text, tokens, at + 1);
            return (verb || lists).then_some(1);
        }
    }
    let next = lower(at + 1);
    match language {
        Language::English if JOINTS.contains(&next.as_str()) => Some(2),
        Language::English if RELATIVES.contains(&next.as_str()) => Some(1),
        Language::Arabic if ARABIC_JOINTS.contains(&next.as_str()) => Some(1),
        _ => opens_listed(text, tokens, at + 1).then_some(1),
    }
}

/// Whether the tokens from `at` on read like `15 in Giza`, and a number stands before as well.
fn opens_listed(text: &str, tokens: &[ByteSpan], at: usize) -> bool {
    let number = |span: &ByteSpan| {
        span.of(text).is_some_and(|word| word.chars().next().is_some_and(char::is_numeric))
    };
    let letters = |span: &ByteSpan| {
        span.of(text).is_some_and(|word| word.chars().next().is_some_and(char::is_alphabetic))
    };
    tokens.get(at).is_some_and(number)
        && tokens.get(at + 1).is_some_and(letters)
        && tokens.get(at + 2).is_some_and(letters)
        && tokens.iter().take(at).any(number)
}

/// Whether the tokens of `range` are enough for a statement; `any_verb` if it needs none that is known.
fn fits(
    text: &str,
    tokens: &[ByteSpan],
    range: &std::ops::Range<usize>,
    language: Language,
    any_verb: bool,
) -> bool {
    let spoken = range.clone().filter(|&index| {
        let word = tokens.get(index).and_then(|span| span.of(text)).unwrap_or_default();
        word.chars().any(char::is_alphanumeric)
    });
    let count = spoken.count();
    let listed = opens_listed(text, tokens, range.start);
    let verb = match language {
        Language::English => range.clone().any(|index| is_verb(text, tokens, index)),
        Language::Arabic => true,
    };
    count >= MIN_WORDS && (verb || any_verb) || listed && count >= MIN_LISTED
}

/// Whether the word at `at` is taken for a finite verb.
pub(super) fn is_verb(text: &str, tokens: &[ByteSpan], at: usize) -> bool {
    let word = |index: usize| lower(text, tokens, index);
    let this = word(at);
    if VERBS.contains(&this.as_str()) {
        return true;
    }
    let before = if at == 0 { String::new() } else { word(at - 1) };
    this.len() > 4
        && this.ends_with("ed")
        && !DETERMINERS.contains(&before.as_str())
        && !NO_VERBS.contains(&this.as_str())
}

/// From the first to the last token of `range`, marks at its end included, commas at its end not.
fn joined(text: &str, tokens: &[ByteSpan], range: std::ops::Range<usize>) -> Option<ByteSpan> {
    let mut inside = tokens.get(range)?;
    while let Some((last, rest)) = inside.split_last() {
        if !matches!(last.of(text), Some("," | "،" | ";" | "؛")) {
            break;
        }
        inside = rest;
    }
    let (first, last) = (inside.first()?, inside.last()?);
    // What stands behind the last word, such as an invisible mark, stays outside.
    let span = ByteSpan::within(text, first.start(), last.end()).ok()?;
    (!part(text, span.start(), span.end()).trim().is_empty()).then_some(span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(text: &str) -> Vec<&str> {
        statements(text, Language::English).into_iter().filter_map(|span| span.of(text)).collect()
    }

    #[test]
    fn clauses_with_a_verb_each_are_parted() {
        assert_eq!(
            cut("The bank raised its rate to 5 percent, but the lira fell against the dollar."),
            ["The bank raised its rate to 5 percent", "the lira fell against the dollar."]
        );
        assert_eq!(
            cut("The army left the city on Friday and killed 12 people in two villages."),
            ["The army left the city on Friday", "killed 12 people in two villages."]
        );
        assert_eq!(
            cut("Prices rose by a tenth; the government blames the war."),
            ["Prices rose by a tenth", "the government blames the war."]
        );
    }

    #[test]
    fn things_in_a_row_stay_together() {
        for whole in [
            "The president and the prime minister met in Cairo and Alexandria.",
            "He praised the talks, and the wine.",
            "Salt, sugar and flour are sold out.",
            "She was tired and hungry.",
        ] {
            assert_eq!(cut(whole), [whole]);
        }
    }

    #[test]
    fn relative_clauses_at_the_end_are_statements_and_those_inside_are_not() {
        assert_eq!(
            cut("The prize went to Naguib Mahfouz, who was born in Cairo in 1911."),
            ["The prize went to Naguib Mahfouz", "who was born in Cairo in 1911."]
        );
    }

    #[test]
    fn members_of_a_list_of_numbers_are_statements() {
        assert_eq!(
            cut("The storm killed 12 people in Cairo, 15 people in Giza and 7 others in Aswan."),
            ["The storm killed 12 people in Cairo", "15 people in Giza", "7 others in Aswan."]
        );
    }

    #[test]
    fn arabic_is_cut_at_semicolons_and_conjunctions() {
        let text = "ارتفعت الأسعار بنسبة عشرة في المئة، بينما انخفضت الصادرات إلى النصف تقريبا.";
        let cut: Vec<&str> = statements(text, Language::Arabic)
            .into_iter()
            .filter_map(|span| span.of(text))
            .collect();
        assert_eq!(cut.len(), 2, "{cut:?}");
        assert!(cut[1].starts_with("بينما"));
    }

    #[test]
    fn what_two_clauses_tell_is_parted_and_what_one_tells_is_not() {
        let parted = |text: &str| are_parted(text, Language::English, 0, text.len());
        assert!(parted("The floods killed 17 people and damaged 640 houses."));
        assert!(parted("They were rescued from a boat and taken to Lampedusa."));
        assert!(parted("Najma-2, which was launched on Saturday, weighs 410 kilograms."));
        assert!(!parted("The floods in Yemen and Oman killed 17 people in June."));
        assert!(!parted("Of the samples in polluted water, 96 percent survived."));
        let between = |text: &str, from: &str, to: &str| {
            let place = |word: &str| text.find(word).unwrap();
            are_parted(text, Language::English, place(from) + from.len(), place(to))
        };
        for (text, from, to) in [
            (
                "The law that parliament passed on Tuesday leaves out Kurdistan.",
                "Tuesday",
                "Kurdistan",
            ),
            ("The boat found in Malta is to be sold in Rome.", "Malta", "Rome"),
            ("The college, whose campus has 450 places, has signed with Dal.", "450", "Dal"),
            ("Having tested 184 samples, the team left for Sudan.", "184", "Sudan"),
            ("After keeping half for 42 days, the team plans trials in Sudan.", "42", "Sudan"),
            ("The law for which Tigris voted takes effect in 90 days.", "Tigris", "90"),
            ("The survivors, 22 women among them, are in Rome.", "22", "Rome"),
            ("Now 17 people died, compared with 180 in 2008.", "17", "180"),
        ] {
            assert!(between(text, from, to), "{text}");
        }
        for (text, from, to) in [
            ("Dal is to train 300 students in Irbid.", "Dal", "300"),
            ("Officials said that 12 people died in Giza.", "12", "Giza"),
            ("Compared with 2019, stocks fell by 61 percent.", "2019", "61"),
            ("During the war of 2019, stocks fell by 61 percent.", "2019", "61"),
        ] {
            assert!(!between(text, from, to), "{text}");
        }
        assert!(are_parted("غمرت السيول قرى ودمرت 640 منزلا", Language::Arabic, 0, 60));
        let text = "He came to Cairo and said that 12 people had died in Giza.";
        assert!(!are_parted(text, Language::English, 30, text.len()));
    }

    proptest! {
        #[test]
        fn statements_rise_and_leave_only_marks_and_conjunctions_out(
            text in "([a-z]{1,7}|and|but|was|, |; |12 |\\.|which| ){0,40}|\\PC{0,30}"
        ) {
            for language in [Language::English, Language::Arabic] {
                let mut at = 0;
                for span in statements(&text, language) {
                    prop_assert!(span.start() >= at && !span.is_empty());
                    prop_assert!(span.of(&text).is_some());
                    at = span.end();
                }
            }
        }
    }
}
