//! The names of an English claim, held against Arabic evidence and its English translation.
//!
//! Owns: when a name of several words is there, there in part, or replaced.
//! In: claim, Arabic, English if it is known. Out: a check for each name that can be decided.
//! Never: a verdict about words that may have been translated, where no English is at hand.

use super::super::english;
use super::super::script::is_latin_letter;
use super::arabic::{self, is_ordinary, span_of};
use super::letters::{ArabicWord, arabic_words, fold_latin};
use super::lexicon::TABLE;
use super::spot::{self, Name, NameWord, WordKind};
use super::translit::LatinName;
use crate::domain::{Agreement, ByteSpan, FactCheck, FactKind};

/// Words need this many letters in common at their beginning to be forms of one.
const STEM: usize = 5;

/// Where the evidence has what a name says.
struct Evidence<'a> {
    text: &'a str,
    words: Vec<ArabicWord>,
    /// Words in Latin letters that stand in the Arabic, folded.
    latin: Vec<(String, ByteSpan)>,
    /// Words of the English translation, folded.
    english: Option<Vec<String>>,
}

/// What became of one word of a name.
enum Found {
    /// In the Arabic.
    Arabic(ByteSpan),
    /// In the English only.
    English,
    Missing,
    /// It may be there, translated.
    Unknown,
}

pub(super) fn compare(claim: &str, evidence: &str, english: Option<&str>) -> Vec<FactCheck> {
    let names = spot::find(claim);
    let evidence = Evidence::new(evidence, english);
    let mut checks: Vec<FactCheck> = names.iter().filter_map(|name| evidence.check(name)).collect();
    if checks.iter().any(|check| check.agreement == Agreement::Absent) {
        let hints =
            english.map_or_else(|| claim.to_owned(), |english| format!("{claim}\n\n{english}"));
        let left: Vec<ByteSpan> = arabic::find(evidence.text, &hints)
            .into_iter()
            .map(|fact| fact.span)
            .filter(|span| !evidence.is_named(*span, &names))
            .collect();
        replace(&mut checks, &left);
    }
    checks
}

/// Gives each absent name the Arabic name that is left over where it should stand.
fn replace(checks: &mut [FactCheck], left: &[ByteSpan]) {
    let mut left = left.iter();
    for check in checks.iter_mut().filter(|check| check.agreement == Agreement::Absent) {
        if let Some(span) = left.next() {
            (check.agreement, check.evidence) = (Agreement::Differs, Some(*span));
        }
    }
}

impl<'a> Evidence<'a> {
    fn new(text: &'a str, english: Option<&str>) -> Self {
        let latin = super::super::words::words(text)
            .into_iter()
            .filter_map(|span| Some((span.of(text)?, span)))
            .filter(|(word, _)| word.chars().any(is_latin_letter))
            .map(|(word, span)| (fold_latin(word), span));
        let english = english.map(|text| {
            english::words(text)
                .flat_map(|w| w.split('-').map(fold_latin).collect::<Vec<_>>())
                .collect()
        });
        Self { text, words: arabic_words(text), latin: latin.collect(), english }
    }

    /// Whether one of `names` answers to this Arabic name.
    fn is_named(&self, span: ByteSpan, names: &[Name]) -> bool {
        let here = |found: ByteSpan| span.contains(found) || found.contains(span);
        names.iter().any(|name| {
            let mut by_table = name.rows.iter().filter_map(|row| self.row(*row));
            by_table.any(here)
                || name.words.iter().any(|word| self.transliterated(&word.folded).is_some_and(here))
        })
    }

    fn check(&self, name: &Name) -> Option<FactCheck> {
        let whole = name.rows.iter().find_map(|row| self.row(*row));
        let decided = |agreement, evidence| {
            Some(FactCheck { kind: FactKind::Name, claim: name.span, evidence, agreement })
        };
        if whole.is_some() {
            return decided(Agreement::Same, whole);
        }
        let listed = !name.rows.is_empty();
        let found: Vec<Found> =
            (0..name.words.len()).map(|at| self.word(&name.words, at, listed)).collect();
        let first =
            found.iter().find_map(|f| if let Found::Arabic(span) = f { Some(*span) } else { None });
        let missing = found.iter().filter(|f| matches!(f, Found::Missing)).count();
        let there = found.iter().any(|f| matches!(f, Found::Arabic(_) | Found::English));
        if missing == 0 {
            return if there { decided(Agreement::Same, first) } else { self.translated(name) };
        }
        let mut known = found.iter().filter(|f| !matches!(f, Found::Unknown));
        let last_is_there =
            known.next_back().is_some_and(|f| matches!(f, Found::Arabic(_) | Found::English));
        match first.filter(|_| last_is_there) {
            Some(span) => match self.other_in_front(span) {
                Some(other) => decided(Agreement::Differs, Some(other)),
                None => decided(Agreement::Near, Some(span)),
            },
            None => decided(Agreement::Absent, None),
        }
    }

    /// A name of ordinary words: looked for in the English, where there is some.
    fn translated(&self, name: &Name) -> Option<FactCheck> {
        let english = self.english.as_ref()?;
        let stem = |word: &str| word.chars().take(STEM).collect::<String>();
        let words = name.words.iter().filter(|word| word.kind != WordKind::Filler);
        let (mut all, mut there) = (0, 0);
        for word in words {
            all += 1;
            there += usize::from(english.iter().any(|e| e.starts_with(&stem(&word.folded))));
        }
        let agreement = if there * 2 >= all { Agreement::Same } else { Agreement::Absent };
        (all > 0).then_some(FactCheck {
            kind: FactKind::Name,
            claim: name.span,
            evidence: None,
            agreement,
        })
    }

    /// The word in front of a family name, if it can only be another given name: neither title nor with article.
    fn other_in_front(&self, span: ByteSpan) -> Option<ByteSpan> {
        let at = self.words.iter().position(|word| word.span == span)?.checked_sub(1)?;
        let word = self.words.get(at)?;
        let short = word.folded.chars().count() < 3;
        let article = word.forms.iter().any(|form| form.starts_with("ال"));
        let title = at.checked_sub(1).and_then(|b| self.words.get(b)).is_some_and(is_ordinary);
        (title && !short && !article && !is_ordinary(word)).then_some(word.span)
    }

    fn row(&self, row: usize) -> Option<ByteSpan> {
        let (at, length) = TABLE.find(row, &self.words)?;
        span_of(self.text, &self.words, at, length)
    }

    fn word(&self, words: &[NameWord], at: usize, listed: bool) -> Found {
        let Some(word) = words.get(at).filter(|word| word.kind != WordKind::Filler) else {
            return Found::Unknown;
        };
        let literal = self.latin.iter().find(|(latin, _)| *latin == word.folded);
        if let Some((_, span)) = literal {
            return Found::Arabic(*span);
        }
        let spelling = TABLE.english(&word.folded).iter().find_map(|row| self.row(*row));
        let joined = |other: Option<&NameWord>, before: bool| {
            let other = other?;
            let (a, b) =
                if before { (&other.folded, &word.folded) } else { (&word.folded, &other.folded) };
            self.transliterated(&format!("{a}{b}"))
        };
        let parts = || {
            let mut parts = word.folded.split('-').filter(|p| p.len() > 2).peekable();
            word.folded.contains('-').then(|| parts.find_map(|part| self.transliterated(part)))?
        };
        let found = spelling
            .or_else(|| self.transliterated(&word.folded))
            .or_else(|| joined(words.get(at + 1), false))
            .or_else(|| joined(at.checked_sub(1).and_then(|b| words.get(b)), true))
            .or_else(parts);
        if let Some(span) = found {
            return Found::Arabic(span);
        }
        let in_english = self.english.as_ref().map(|english| english.contains(&word.folded));
        let telling = LatinName::new(&word.folded).is_telling();
        match (in_english, word.kind) {
            (Some(true), _) => Found::English,
            (Some(false), WordKind::Acronym) => Found::Missing,
            (_, WordKind::Proper) if telling => Found::Missing,
            (_, WordKind::Acronym) if listed => Found::Missing,
            (None, WordKind::Common) if listed && words.len() == 1 => Found::Missing,
            _ => Found::Unknown,
        }
    }

    /// Where a word, or two words written as one, is near enough to `folded`; the nearest.
    fn transliterated(&self, folded: &str) -> Option<ByteSpan> {
        let name = LatinName::new(folded);
        if !name.is_telling() {
            return None;
        }
        let singles = self.words.iter().map(|word| {
            let far =
                word.forms.iter().map(|form| name.distance(form)).fold(f32::INFINITY, f32::min);
            (far, word.span)
        });
        let pairs = self.words.windows(2).filter_map(|pair| {
            let [a, b] = pair else { return None };
            let far = a.forms.iter().map(|form| name.distance(&format!("{form}{}", b.folded)));
            let span = ByteSpan::within(self.text, a.span.start(), b.span.end()).ok()?;
            Some((far.fold(f32::INFINITY, f32::min), span))
        });
        let near = singles.chain(pairs).filter(|(far, _)| *far <= name.limit());
        near.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, span)| span)
    }
}
