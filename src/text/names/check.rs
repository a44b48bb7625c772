//! The names of an English claim, held against Arabic evidence and its English translation.
//!
//! Owns: when a name of several words is there, there in part, or replaced.
//! In: claim, Arabic, English if it is known. Out: a check for each name that can be decided.
//! Never: a verdict about words that may have been translated, where no English is at hand.
//!
//! A word that the English lacks has one source less, so the Arabic must spell it closely, and with a word that no name of
//! the English answers to better: short names are near some Arabic word by chance.

use super::super::script::is_latin_letter;
use super::arabic::{self, is_ordinary, span_of};
use super::english::English;
use super::letters::{ArabicWord, arabic_words, fold_latin};
use super::lexicon::TABLE;
use super::peoples;
use super::seats;
use super::spot::{self, Name, NameWord, WordKind};
use super::translit::LatinName;
use crate::domain::{Agreement, ByteSpan, FactCheck, FactKind};

/// The distance up to which a name that the English lacks is the same, and what it is for long names.
const NEAR_UNSUPPORTED: f32 = 0.10;
const NEAR_UNSUPPORTED_LONG: f32 = 0.18;
/// Endings of the adjectives that Arabic makes of peoples.
const OF_PEOPLE: [&str; 4] = ["يه", "يين", "يون", "ي"];

/// Where the evidence has what a name says.
struct Evidence<'a> {
    text: &'a str,
    words: Vec<ArabicWord>,
    /// Words in Latin letters that stand in the Arabic, folded.
    latin: Vec<(String, ByteSpan)>,
    english: Option<English>,
}

/// What became of one word of a name.
enum Found {
    /// In the Arabic.
    Arabic(ByteSpan),
    /// In the English only.
    English,
    Missing,
    /// An ordinary word that the English lacks.
    Foreign,
    /// It may be there, translated.
    Unknown,
}

pub(super) fn compare(claim: &str, evidence: &str, english: Option<&str>) -> Vec<FactCheck> {
    let evidence = Evidence::new(evidence, english, claim);
    let is_retold = evidence.english.as_ref().is_some_and(|english| english.is_retold);
    let mut names = spot::find_all(claim);
    names.retain(|name| is_retold || !name.weak);
    let mut checks: Vec<FactCheck> = names.iter().filter_map(|name| evidence.check(name)).collect();
    if english.is_some() {
        checks.extend(evidence.peoples(claim, &names));
        checks.sort_by_key(|check| check.claim.start());
    }
    if checks.iter().any(|check| check.agreement == Agreement::Absent) {
        let hints =
            english.map_or_else(|| claim.to_owned(), |english| format!("{claim}\n\n{english}"));
        let left: Vec<ByteSpan> = arabic::find(evidence.text, &hints)
            .into_iter()
            .map(|fact| fact.span)
            .filter(|span| !evidence.is_named(*span, &names))
            .collect();
        evidence.seat(&mut checks, &names, &left);
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

fn check(claim: ByteSpan, agreement: Agreement, evidence: Option<ByteSpan>) -> FactCheck {
    FactCheck { kind: FactKind::Name, claim, evidence, agreement }
}

impl<'a> Evidence<'a> {
    fn new(text: &'a str, english: Option<&str>, claim: &str) -> Self {
        let latin = super::super::words::words(text)
            .into_iter()
            .filter_map(|span| Some((span.of(text)?, span)))
            .filter(|(word, _)| word.chars().any(is_latin_letter))
            .map(|(word, span)| (fold_latin(word), span));
        let english = english.map(|text| English::new(text, claim));
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

    /// Lets a capital stand for its country, where the Arabic names no other place or person in its stead.
    fn seat(&self, checks: &mut [FactCheck], names: &[Name], left: &[ByteSpan]) {
        let folded = |name: &Name| -> Vec<String> {
            name.words.iter().map(|word| word.folded.clone()).collect()
        };
        // Countries whose capitals the claim names take no other's place.
        let seats = names.iter().map(|name| folded(name).join(" "));
        let ruled: Vec<ByteSpan> = seats
            .flat_map(|seat| seats::rows(&seat).iter().filter_map(|row| self.row(*row)))
            .collect();
        for check in checks.iter_mut().filter(|check| check.agreement == Agreement::Absent) {
            let absent = names.iter().find(|name| name.span == check.claim);
            let by_seat = absent.and_then(|name| self.seat_of(&name.rows));
            if let Some(seat) = by_seat {
                (check.agreement, check.evidence) = (Agreement::Near, Some(seat));
                continue;
            }
            let country = absent
                .map(|name| folded(name).join(" "))
                .and_then(|seat| seats::rows(&seat).iter().find_map(|row| self.row(*row)));
            // "مجلس النواب العراقي" names the parliament of that country.
            let alone = |country: &ByteSpan| {
                let touches =
                    |o: &ByteSpan| o.start() <= country.end() + 1 && country.start() <= o.end() + 1;
                left.iter().all(|other| touches(other) || ruled.contains(other))
            };
            if let Some(country) = country.filter(alone) {
                (check.agreement, check.evidence) = (Agreement::Near, Some(country));
            }
        }
    }

    /// Where the capital of a country stands, if the evidence has it.
    fn seat_of(&self, country: &[usize]) -> Option<ByteSpan> {
        seats::of_country(country).find_map(|seat| {
            let listed = TABLE.english(seat).iter().find_map(|row| self.row(*row));
            let named = self.english.as_ref().is_some_and(|english| english.has_name(seat));
            listed.or_else(|| if named { self.transliterated(seat) } else { self.unclaimed(seat) })
        })
    }

    fn check(&self, name: &Name) -> Option<FactCheck> {
        let whole = self.listed(&name.rows);
        // A land may be told by its people.
        let by_people = self.english.as_ref().is_some_and(|english| english.has_row(&name.rows));
        if whole.is_some() || by_people {
            return Some(check(name.span, Agreement::Same, whole));
        }
        let listed = !name.rows.is_empty();
        let found: Vec<Found> =
            (0..name.words.len()).map(|at| self.word(&name.words, at, listed)).collect();
        let first =
            found.iter().find_map(|f| if let Found::Arabic(span) = f { Some(*span) } else { None });
        let missing = found.iter().filter(|f| matches!(f, Found::Missing)).count();
        let is_there = |f: &Found| matches!(f, Found::Arabic(_) | Found::English);
        if missing == 0 {
            let foreign = found.iter().filter(|f| matches!(f, Found::Foreign)).count();
            let there = found.iter().filter(|f| is_there(f)).count();
            // Who speaks in words of his own may call an institution by other ordinary words.
            let free = self.english.as_ref().is_none_or(|english| !english.is_retold);
            let tolerable = foreign == 0 || (free && there >= foreign);
            return match (tolerable, there > 0) {
                (false, _) => Some(check(name.span, Agreement::Absent, None)),
                (true, true) => Some(check(name.span, Agreement::Same, first)),
                (true, false) => None,
            };
        }
        let mut known = found.iter().filter(|f| !matches!(f, Found::Unknown));
        let last_is_there = known.next_back().is_some_and(is_there);
        let (agreement, evidence) = match first.filter(|_| last_is_there) {
            Some(span) => match self.other_in_front(span) {
                Some(other) => (Agreement::Differs, Some(other)),
                None if self.other_name_in_front(name) => (Agreement::Absent, None),
                None => (Agreement::Near, Some(span)),
            },
            None => (Agreement::Absent, None),
        };
        Some(check(name.span, agreement, evidence))
    }

    /// Peoples of the claim outside its names: whether the Arabic or the English speaks of them.
    fn peoples(&self, claim: &str, names: &[Name]) -> Vec<FactCheck> {
        let Some(english) = &self.english else { return Vec::new() };
        let outside = |span: ByteSpan| !names.iter().any(|name| name.span.contains(span));
        let strange = |people: &str| {
            let rows = peoples::rows(people);
            let mut stems = peoples::stems(people).chain([people]);
            !english.has(people)
                && !english.has_kin(people)
                && !english.has_row(&rows)
                && (english.is_retold || !rows.is_empty())
                && !rows.iter().any(|row| self.row(*row).is_some())
                && !self.has_people(people)
                && self.seat_of(&rows).is_none()
                && !stems.any(|stem| self.unclaimed(stem).is_some())
        };
        let found = spot::peoples(claim).into_iter().filter(|(span, _)| outside(*span));
        let judged = found.map(|(span, people)| {
            let agreement = if strange(&people) { Agreement::Absent } else { Agreement::Same };
            check(span, agreement, None)
        });
        judged.collect()
    }

    /// Whether an adjective of the Arabic is spelt like `people`.
    fn has_people(&self, people: &str) -> bool {
        let name = LatinName::new(people);
        let mut forms = self.words.iter().flat_map(|word| &word.forms);
        let bare = |form: &String| {
            let mut stems = OF_PEOPLE.iter().filter_map(|ending| form.strip_suffix(ending));
            stems.any(|stem| name.distance(stem) <= NEAR_UNSUPPORTED)
        };
        forms.any(bare)
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

    /// Whether the English has another given name in front of the family name.
    fn other_name_in_front(&self, name: &Name) -> bool {
        let last = name.words.last().filter(|word| word.kind == WordKind::Proper);
        let english = self.english.as_ref();
        english.zip(last).is_some_and(|(english, last)| english.has_given_name(&last.folded))
    }

    fn row(&self, row: usize) -> Option<ByteSpan> {
        let (at, length) = TABLE.find(row, &self.words)?;
        span_of(self.text, &self.words, at, length)
    }

    /// Where one of the rows of a spelling stands. Where the English lacks it, neither an ordinary word counts nor one
    /// that a name of the English answers to.
    fn listed(&self, rows: &[usize]) -> Option<ByteSpan> {
        let mut spans = rows.iter().filter_map(|row| self.row(*row));
        match &self.english {
            Some(english) if !english.has_row(rows) => spans.find(|span| {
                let mut words = self.words.iter().filter(|word| span.contains(word.span));
                !words.clone().all(is_ordinary) && !words.any(|word| english.claims(word, 0.0))
            }),
            _ => spans.next(),
        }
    }

    fn word(&self, words: &[NameWord], at: usize, listed: bool) -> Found {
        let Some(word) = words.get(at).filter(|word| word.kind != WordKind::Filler) else {
            return Found::Unknown;
        };
        let literal = self.latin.iter().find(|(latin, _)| *latin == word.folded);
        if let Some((_, span)) = literal {
            return Found::Arabic(*span);
        }
        let supported = self.english.as_ref().map(|english| match word.kind {
            WordKind::Common => english.has(&word.folded),
            _ => english.has_name(&word.folded) || english.has_kin(&word.folded),
        });
        let near = |folded: &str| match supported {
            Some(false) => self.unclaimed(folded),
            _ => self.transliterated(folded),
        };
        let joined = |other: Option<&NameWord>, before: bool| {
            let other = other?;
            let (a, b) =
                if before { (&other.folded, &word.folded) } else { (&word.folded, &other.folded) };
            let found = near(&format!("{a}{b}"))?;
            // What answers to the other word alone says nothing of this one, unless this is its article.
            let article = word.folded.len() <= 2;
            (article || self.transliterated(&other.folded) != Some(found)).then_some(found)
        };
        let parts = || {
            let mut parts = word.folded.split('-').filter(|p| p.len() > 2).peekable();
            word.folded.contains('-').then(|| parts.find_map(near))?
        };
        let found = self
            .listed(TABLE.english(&word.folded))
            .or_else(|| near(&word.folded))
            .or_else(|| joined(words.get(at + 1), false))
            .or_else(|| joined(at.checked_sub(1).and_then(|b| words.get(b)), true))
            .or_else(parts);
        if let Some(span) = found {
            return Found::Arabic(span);
        }
        let by_parts = |english: &English| {
            let mut parts = word.folded.split('-').filter(|part| part.len() > 2);
            word.folded.contains('-') && parts.all(|part| english.has(part))
        };
        if self.english.as_ref().is_some_and(by_parts) {
            return Found::English;
        }
        let telling = LatinName::new(&word.folded).is_telling();
        let spelt_out = || self.english.as_ref().is_some_and(|e| e.spells_out(&word.folded));
        match (supported, word.kind) {
            (Some(true), _) => Found::English,
            (Some(false), WordKind::Acronym) if spelt_out() => Found::English,
            (Some(false), WordKind::Acronym | WordKind::Proper) => Found::Missing,
            (None, WordKind::Proper) if telling => Found::Missing,
            (None, WordKind::Acronym) if listed => Found::Missing,
            (None, WordKind::Common) if listed && words.len() == 1 => Found::Missing,
            (Some(false), WordKind::Common) if !spot::is_title(&word.folded) => Found::Foreign,
            _ => Found::Unknown,
        }
    }

    /// Where a word, or two words written as one, is near enough to `folded`; the nearest.
    fn transliterated(&self, folded: &str) -> Option<ByteSpan> {
        let name = LatinName::new(folded);
        self.nearest(&name).filter(|(far, _)| *far <= name.limit()).map(|(_, span)| span)
    }

    /// The same for a word that the English lacks: closer, and by no word that is ordinary or a name of the English.
    fn unclaimed(&self, folded: &str) -> Option<ByteSpan> {
        let name = LatinName::new(folded);
        let limit = if name.is_long() { NEAR_UNSUPPORTED_LONG } else { NEAR_UNSUPPORTED };
        let (far, span) = self.nearest(&name).filter(|(far, _)| *far <= limit)?;
        let english = self.english.as_ref()?;
        let mut words = self.words.iter().filter(|word| span.contains(word.span));
        let taken = words.any(|word| is_ordinary(word) || english.claims(word, far));
        (!taken).then_some(span)
    }

    fn nearest(&self, name: &LatinName) -> Option<(f32, ByteSpan)> {
        if !name.is_telling() {
            return None;
        }
        let singles = self.words.iter().map(|word| (name.distance_of(word), word.span));
        let pairs = self.words.windows(2).filter_map(|pair| {
            let [a, b] = pair else { return None };
            // Abdullatif, Badreddine: the article between two words written as one may be spoken in part or not at all.
            let ends = [Some(b.folded.as_str()), b.folded.strip_prefix("ال")];
            let joined = |end: &str| {
                let far = a.forms.iter().map(|form| name.distance(&format!("{form}{end}")));
                far.fold(f32::INFINITY, f32::min)
            };
            let far = ends.into_iter().flatten().map(joined).fold(f32::INFINITY, f32::min);
            let span = ByteSpan::within(self.text, a.span.start(), b.span.end()).ok()?;
            Some((far, span))
        });
        singles.chain(pairs).min_by(|a, b| a.0.total_cmp(&b.0))
    }
}
