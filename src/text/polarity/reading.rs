//! A text as words, clauses and the markers among them.
//!
//! Owns: which occurrence of a marker word is one: months, perfects, phrases, doubled negations.
//! In: text. Out: [`Reading`]. Never: a second text.

use std::collections::HashSet;

use super::lexicon::{Level, Sense, phrases};
use super::{fold, verbs};
use crate::domain::{ByteSpan, FactKind, Language};
use crate::text::words::words;

/// One word or mark.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) span: ByteSpan,
    /// Folded; contracted negations (`didn't`) are cut to `not`.
    pub(super) word: String,
    /// Number of the clause it stands in.
    pub(super) clause: usize,
    pub(super) ideas: HashSet<usize>,
    /// The stem, or the digits of a number; empty for words of grammar and marks.
    pub(super) key: String,
}

/// A word or phrase that denies or weakens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marker {
    pub(super) kind: FactKind,
    pub(super) level: Level,
    /// The first of its tokens.
    pub(super) first: usize,
    /// One past the last.
    pub(super) end: usize,
}

/// A text, read.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) tokens: Vec<Token>,
    pub(super) markers: Vec<Marker>,
}

/// Words behind a negation among which an exception to it may stand.
const EXCEPTED: usize = 7;
/// Words in front of an Arabic negation among which "hardly" may stand, with a subject between.
const HARDLY: usize = 3;
/// Words between "too" and the "to" of what it rules out.
const TOO: usize = 6;

/// Words behind which a new clause begins.
const JOINTS: &str = "but|while|whereas|although|though|which|who|whom|because|however|that's|لكن|ولكن|لكنها|لكنه|بينما|فيما|حيث|\
     الذي|التي|الذين|اللذين|الا|بل|مما|وفق|بحسب";
/// Words of grammar: they show nothing about what is denied.
const GRAMMAR: &str = "a|an|the|of|to|in|on|at|by|for|with|from|as|and|or|but|that|this|these|those|it|its|he|she|they|we|you|i|\
     his|her|their|our|your|my|him|them|us|is|are|was|were|be|been|being|am|has|have|had|having|do|does|did|will|would|can|could|\
     may|might|must|should|shall|not|no|any|some|all|there|here|so|than|then|who|which|what|when|where|how|also|more|most|very|\
     said|says|say|if|while|only|other|such|into|about|after|before|over|under|between|during|through|each|both|one|yet|في|من|\
     الي|علي|عن|مع|ان|او|ثم|هذا|هذه|ذلك|تلك|الذي|التي|الذين|كان|كانت|يكون|تكون|يكن|تكن|هو|هي|هم|اي|كل|بعض|قد|لا|لم|لن|ليس|ما|\
     بعد|قبل|حتي|بين|خلال|عند|كما|لكن|و|انه|انها|هناك|له|لها|لهم|به|بها|فيه|فيها|منه|منها|عليه|عليها|قال|قالت|واضاف|اذا|غير|دون|\
     اكثر|كذلك|ايضا|الا|سوي|يتم|تتم|تم|اكد|احد|شخص|حيث|وقد|لدي|بان";

impl Reading {
    pub(super) fn of(text: &str, language: Language) -> Self {
        let mut tokens = Vec::new();
        let mut clause = 0;
        for span in words(text) {
            let shown = span.of(text).unwrap_or_default();
            let mut word = fold(shown);
            if word.ends_with("n't") || word.ends_with("n’t") {
                "not".clone_into(&mut word);
            }
            let ends = matches!(word.as_str(), "," | ";" | ":" | "." | "،" | "؛" | "؟" | "?" | "!");
            let bare = word.strip_prefix('و').unwrap_or(&word);
            if ends || listed(JOINTS, &word) || listed(JOINTS, bare) {
                clause += 1;
            }
            let says = word.chars().any(char::is_alphanumeric) && !listed(GRAMMAR, &word);
            let (ideas, key) = if says {
                let digits = word.chars().all(|c| !c.is_alphabetic());
                let key = if digits { plain(&word) } else { verbs::key(&word, language) };
                (verbs::ideas(&word, language), key)
            } else {
                (HashSet::new(), String::new())
            };
            tokens.push(Token { span, word, clause, ideas, key });
        }
        let mut reading = Self { tokens, markers: Vec::new() };
        reading.mark(text, language);
        reading.cancel();
        match language {
            Language::Arabic => reading.except(),
            Language::English => reading.compare(),
        }
        reading
    }

    fn mark(&mut self, text: &str, language: Language) {
        let folded: Vec<&str> = self.tokens.iter().map(|token| token.word.as_str()).collect();
        let mut taken = [(FactKind::Negation, 0), (FactKind::Modality, 0)];
        let mut markers = Vec::new();
        for at in 0..folded.len() {
            let mut window: Vec<&str> = folded.iter().skip(at).take(4).copied().collect();
            let mut found = phrases(language).at(&window);
            // The conjunctions و and ف are written onto the word.
            let first = window.first().copied().unwrap_or_default();
            let bare = first.strip_prefix(['و', 'ف']).filter(|rest| rest.chars().count() >= 2);
            if let (true, Some(bare), Some(head)) = (found.is_empty(), bare, window.first_mut()) {
                *head = bare;
                found = phrases(language).at(&window);
            }
            if language == Language::Arabic {
                let kind = FactKind::Modality;
                found.extend(qad(&window).map(|level| (Sense { kind, level }, 1)));
            }
            for (sense, length) in found {
                let free = taken.iter_mut().find(|(kind, end)| *kind == sense.kind && *end <= at);
                let Some((_, end)) = free else { continue };
                // UNESCO is no word that "un" makes.
                let shown = self.tokens.get(at).and_then(|t| t.span.of(text)).unwrap_or_default();
                let acronym = shown.chars().filter(char::is_ascii_uppercase).count() > 1;
                // The month, and "No. 11".
                let numbered = first == "no" && window.get(1) == Some(&".");
                if first == "may" && self.is_month(text, at)
                    || numbered && length == 1
                    || acronym && sense.level == Level::Hidden
                {
                    continue;
                }
                *end = at + length;
                let marker =
                    Marker { kind: sense.kind, level: sense.level, first: at, end: at + length };
                markers.push(marker);
            }
        }
        self.markers = markers;
    }

    /// Whether the word `may` at `at` is the month.
    fn is_month(&self, text: &str, at: usize) -> bool {
        let shown =
            |at: usize| self.tokens.get(at).and_then(|t| t.span.of(text)).unwrap_or_default();
        if !shown(at).starts_with('M') {
            return false;
        }
        let next = shown(at + 1);
        at > 0 || next.starts_with(char::is_numeric) || matches!(next, "," | "Day")
    }

    /// Two negations of one clause that stand together deny nothing: `did not deny`, لم ينف.
    fn cancel(&mut self) {
        let firm: Vec<usize> = (0..self.markers.len())
            .filter(|&at| {
                self.markers.get(at).is_some_and(|marker| {
                    marker.kind == FactKind::Negation && marker.level >= Level::Shown
                })
            })
            .collect();
        let mut done = None;
        for pair in firm.windows(2) {
            let [one, two] = pair else { continue };
            if done == Some(*one) {
                continue;
            }
            let (Some(a), Some(b)) = (self.markers.get(*one), self.markers.get(*two)) else {
                continue;
            };
            let plain = |m: &Marker| {
                self.tokens.get(m.first).is_some_and(|t| {
                    listed("not|no|never|cannot|لا|لم|لن|ليس|ولم|ولا|ولن|وليس|فلم", &t.word)
                })
            };
            // "Not without" is left alone: "cannot go without" denies something.
            let denies = |m: &Marker| {
                !plain(m)
                    && self
                        .tokens
                        .get(m.first)
                        .is_some_and(|t| !listed("without|دون|بدون|nor|neither", &t.word))
            };
            // `no … not` in a row of plain ones is two statements, or the emphasis of one.
            if b.first <= a.end + 1 && plain(a) && denies(b) && self.clause(a) == self.clause(b) {
                done = Some(*two);
                for at in [*one, *two] {
                    if let Some(marker) = self.markers.get_mut(at) {
                        marker.level = Level::Hidden;
                    }
                }
            }
        }
    }

    /// A negation with an exception says "only", and one of "only" says "also": لم ينج سوى عشرة، لا يتعلق بهذا فحسب.
    fn except(&mut self) {
        for marker in &mut self.markers {
            let plain = "لا|لم|لن|ليس|ليست|ما|ولا|ولم|ولن|وليس|وليست|وما|فلا|فلم|فلن";
            let first = self.tokens.get(marker.first);
            let denies = first.is_some_and(|token| listed(plain, &token.word));
            if marker.kind != FactKind::Negation || !denies {
                continue;
            }
            let behind = self.tokens.iter().skip(marker.end).take(EXCEPTED);
            let inside: Vec<&str> = behind.map(|token| token.word.as_str()).collect();
            let ends = |word: &&str| matches!(*word, "," | "،" | "؛" | "." | ":" | ";");
            let end = inside.iter().position(ends).unwrap_or(inside.len());
            let only = (0..end).any(|at| {
                let next = inside.get(at + 1).copied().unwrap_or_default();
                // إلا أن is "but", لا يدوم أكثر من is "at most", and لم يكتف is "not only".
                listed("سوي|فقط|فحسب|وحسب|يكتفي|تكتفي|يكتف|تكتف|يكتفوا|يكتفون", inside[at])
                    || inside[at] == "الا" && !next.starts_with("ان")
                    || inside[at] == "اكثر" && next == "من"
            });
            let before = self.tokens.iter().take(marker.first).rev().take(HARDLY);
            let hardly = before.into_iter().any(|token| listed("يكاد|تكاد|كاد|كادت", &token.word));
            if only || hardly {
                marker.level = Level::Hidden;
            }
        }
    }

    /// What is worded as a negation and denies nothing: "no country sent more guests than France" says which one sent the most,
    /// "not until May" when, "did not keep her from" that she did, "no village
    /// without a church" that each has one. "Too full to take more" denies without one.
    fn compare(&mut self) {
        let words: Vec<String> = self.tokens.iter().map(|token| token.word.clone()).collect();
        let clauses: Vec<usize> = self.tokens.iter().map(|token| token.clause).collect();
        let clause_at = |at: usize| clauses.get(at).copied();
        let clause_behind = |at: usize| -> Vec<&str> {
            let from = words.iter().zip(&clauses).skip(at);
            let inside = from.take_while(|(_, clause)| clause_at(at) == Some(**clause));
            inside.map(|(word, _)| word.as_str()).collect()
        };
        let mut doubled = None;
        for marker in &mut self.markers {
            let Some(first) = words.get(marker.first) else { continue };
            let before = marker.first.checked_sub(1);
            let opens = before.is_none_or(|at| {
                clause_at(at) != clause_at(marker.first) || words.get(at).is_some_and(|w| w == ",")
            });
            let inside = clause_behind(marker.end);
            let plain = listed("not|no|never|cannot|none|nobody|nothing|nowhere|no one", first);
            if marker.kind != FactKind::Negation || !(plain || first == "without") {
                continue;
            }
            let none = !listed("not|never|cannot", first);
            let until = plain && inside.contains(&"until");
            let kept = plain
                && inside
                    .first()
                    .is_some_and(|verb| listed("stop|prevent|deter|keep|stopped", verb))
                && inside.contains(&"from");
            let every = none && plain && inside.contains(&"without");
            if none && opens && is_superlative(&inside)
                || is_less(first, &inside)
                || until
                || kept
                || every
                || doubled == clause_at(marker.first)
            {
                marker.level = Level::Hidden;
            }
            doubled = if every { clause_at(marker.first) } else { doubled };
        }
        for at in (0..words.len()).filter(|at| words[*at] == "too") {
            if clause_behind(at).iter().skip(2).take(TOO).any(|word| *word == "to") {
                let (kind, level) = (FactKind::Negation, Level::Meant);
                self.markers.push(Marker { kind, level, first: at, end: at + 1 });
            }
        }
        self.markers.sort_by_key(|marker| marker.first);
    }

    /// Whether no word and no mark parts it into clauses.
    pub(super) fn is_one_clause(&self) -> bool {
        self.tokens.iter().filter(|token| !token.key.is_empty()).all(|token| token.clause == 0)
    }

    pub(super) fn clause(&self, marker: &Marker) -> usize {
        self.tokens.get(marker.first).map_or(0, |token| token.clause)
    }

    pub(super) fn of_kind(&self, kind: FactKind) -> impl Iterator<Item = &Marker> {
        self.markers.iter().filter(move |marker| marker.kind == kind)
    }

    pub(super) fn span(&self, text: &str, marker: &Marker) -> Option<ByteSpan> {
        let start = self.tokens.get(marker.first)?.span.start();
        let end = self.tokens.get(marker.end.checked_sub(1)?)?.span.end();
        ByteSpan::within(text, start, end).ok()
    }

    /// What the marker is about: the next words of its clause that say something.
    pub(super) fn scope(&self, marker: &Marker, reach: usize) -> Vec<&Token> {
        let clause = self.clause(marker);
        let behind = self.tokens.iter().skip(marker.end);
        // What was before or after is not denied.
        let inside = behind.take_while(|token| {
            token.clause == clause && !listed("after|before|until|since|بعد|قبل|منذ", &token.word)
        });
        inside.filter(|token| !token.key.is_empty()).take(reach).collect()
    }
}

/// Whether what stands behind "no" says which is the most: "more … than", "as … as", "other … like".
fn is_superlative(inside: &[&str]) -> bool {
    let than = inside.iter().position(|word| *word == "than");
    let more = than.and_then(|at| inside.get(..at)).is_some_and(|before| {
        before.iter().any(|word| {
            listed("more|less|fewer|better|worse", word) || word.len() > 4 && word.ends_with("er")
        })
    });
    more || inside.contains(&"other") && inside.iter().any(|word| listed("as|like|so", word))
}

/// "not … as much … as": less than that.
fn is_less(first: &str, inside: &[&str]) -> bool {
    first == "not" && inside.iter().filter(|word| **word == "as").count() > 1
}

/// Perfects that begin like an imperfect: forms V and VI in ت.
const PERFECTS: &str = "تم|تمت|تمكن|تعرض|تسبب|توفي|توفيت|تجاوز|توصل|تزايد|تراجع|تحول|تقدم|تلقي|تبين|تغير|تطور|تولي|تحقق|توقف|توقع|\
     تزوج|تخرج|تعهد|تحدث|تضرر|تاثر|تاسس|تاسست|تخلي|تحدي|ترك|تركت|تبني|تعلم|تكون|تسلم|تسلمت|تصاعد|تراوح|تزامن|تضاعف|تعافي|تقاعد|تنازل|تواصل|توافق|تشكل|تغلب|تفوق|تمسك|تنقل|توسع|تفشي|تجمع|تجمهر|تاخر|تدهور|تفاقم|تعاون|تناول|تورط|تبع|تكرر|تصدر|تزوجا";

/// What قد at the beginning of `words` says: "may" with an imperfect, "has" with a perfect, and either where a form may be both.
fn qad(words: &[&str]) -> Option<Level> {
    let [first, second, ..] = words else { return None };
    let second = if *second == "لا" { words.get(2).unwrap_or(second) } else { second };
    let third_person = second.starts_with('ي') && second.chars().count() > 2;
    let feminine = second.starts_with('ت')
        && second.chars().count() > 2
        && !second.ends_with('ت')
        && !second.ends_with("وا");
    let both = listed(PERFECTS, second) && *second != "تكون";
    let level = if both && !third_person { Level::Hidden } else { Level::Firm };
    (matches!(*first, "قد" | "وقد" | "فقد") && (third_person || feminine)).then_some(level)
}

fn listed(list: &str, word: &str) -> bool {
    crate::text::chars::is_listed(list, word)
}

/// The digits of a number without what groups them.
fn plain(word: &str) -> String {
    word.chars().filter(|c| c.is_numeric() || *c == '.').collect()
}
