//! Holds negation and modality of a claim against those of its evidence.
//!
//! Owns: when a marker that only one side has is a disagreement. In: readings of both texts. Out: checks.
//! Never: alarms about a clause of the evidence that the claim does not tell.

use super::lexicon::Level;
use super::reading::{Marker, Reading, Token};
use super::verbs;
use crate::domain::{Agreement, ByteSpan, FactCheck, FactKind, Language};
use crate::text::chars::{is_listed, visible_span};
use crate::text::names;

/// Words of a negation's scope that may show that the claim tells the same.
const NEGATED: usize = 4;
/// The same for a modality, which stands further from what it weakens.
const WEAKENED: usize = 7;
/// The same for a denial, which stands in front of a whole clause.
const DENIED: usize = 9;

/// A claim and its evidence, with the pairs of their words that answer to each other.
pub(super) struct Pair<'a> {
    pub(super) claim: (&'a str, Language),
    pub(super) evidence: (&'a str, Language),
    claim_reading: Reading,
    evidence_reading: Reading,
    /// Names of the evidence that the claim has, with the place in the claim.
    names: Vec<(ByteSpan, ByteSpan)>,
}

impl<'a> Pair<'a> {
    pub(super) fn of(claim: (&'a str, Language), evidence: (&'a str, Language)) -> Self {
        let claim_reading = Reading::of(claim.0, claim.1);
        let evidence_reading = Reading::of(evidence.0, evidence.1);
        Self { claim, evidence, claim_reading, evidence_reading, names: Vec::new() }
    }

    pub(super) fn checks(mut self) -> Vec<FactCheck> {
        let claim_is_blank = visible_span(self.claim.0, 0, self.claim.0.len()).is_none();
        if claim_is_blank || visible_span(self.evidence.0, 0, self.evidence.0.len()).is_none() {
            return Vec::new();
        }
        self.name();
        let mut checks = Vec::new();
        for kind in [FactKind::Negation, FactKind::Modality] {
            let (ours, theirs) = (&self.claim_reading, &self.evidence_reading);
            let found = match (Self::covers(kind, ours), Self::covers(kind, theirs)) {
                (true, false) => self.added(kind),
                (false, true) => self.dropped(kind).or_else(|| self.untold(kind)),
                (true, true) => self.uneven(kind),
                (false, false) => None,
            };
            checks.extend(found.or_else(|| self.surer(kind)));
        }
        checks
    }

    /// Names are the surest sign across scripts, but cost most: they are read only where something may be dropped.
    fn name(&mut self) {
        let firm = |m: &Marker| m.level >= Level::Shown;
        let languages = (self.claim.1, self.evidence.1);
        if languages == (Language::English, Language::Arabic)
            && self.evidence_reading.markers.iter().any(firm)
        {
            let found = names::compare(self.claim.0, self.evidence.0, None);
            let there =
                found.iter().filter(|c| matches!(c.agreement, Agreement::Same | Agreement::Near));
            self.names = there.filter_map(|c| Some((c.evidence?, c.claim))).collect();
        }
    }

    /// Whether anything in `reading` may answer to a marker of `kind`.
    fn covers(kind: FactKind, reading: &Reading) -> bool {
        let reported = kind == FactKind::Modality && is_reported(reading);
        reading.of_kind(kind).any(|marker| {
            let word = reading.tokens.get(marker.first).map_or("", |t| t.word.as_str());
            // "would" behind a verb of speech is the future of what was said.
            !(reported && word == "would")
        })
    }

    fn added(&self, kind: FactKind) -> Option<FactCheck> {
        let reading = &self.claim_reading;
        let marker = reading.of_kind(kind).find(|marker| marker.level >= Level::Firm)?;
        if kind == FactKind::Negation && self.is_record() {
            return None;
        }
        let claim = reading.span(self.claim.0, marker)?;
        Some(FactCheck { kind, claim, evidence: None, agreement: Agreement::Absent })
    }

    /// Whether an English claim says by a negation what the Arabic says by a superlative: "a level not seen for 25 years" of
    /// the highest, "no swimmer before her had" of the first.
    fn is_record(&self) -> bool {
        let own = self.claim_reading.tokens.iter().any(|token| {
            token.word.len() > 4 && token.word.ends_with("est")
                || is_listed("first|most|least|record", &token.word)
        });
        (self.claim.1, self.evidence.1) == (Language::English, Language::Arabic)
            && !own
            && has_any(&self.claim_reading, "since|before|ever|years|other|previously|decades")
            && has_any(
                &self.evidence_reading,
                "اعلي|الاعلي|ادني|الادني|اكبر|الاكبر|اسوا|الاسوا|اقوي|الاقوي|اشد|الاشد|اطول|الاطول|اول|الاول|الاولي|اولي",
            )
    }

    fn dropped(&self, kind: FactKind) -> Option<FactCheck> {
        let reading = &self.evidence_reading;
        if kind == FactKind::Negation && self.is_first() {
            return None;
        }
        let shown = |m: &&Marker| m.level >= Level::Shown;
        let (marker, at) = reading
            .of_kind(kind)
            .filter(shown)
            .find_map(|marker| Some((marker, self.anchor(kind, marker)?)))?;
        let evidence = reading.span(self.evidence.0, marker);
        Some(FactCheck { kind, claim: at, evidence, agreement: Agreement::Differs })
    }

    /// Whether a claim in English calls that the first of which the evidence says that there was none before.
    fn is_first(&self) -> bool {
        has_any(&self.claim_reading, "first")
            && has_any(&self.evidence_reading, "before|ever|قبل|يسبق|سبق|قط")
    }

    /// What is dropped by a claim that retells all of the evidence.
    fn untold(&self, kind: FactKind) -> Option<FactCheck> {
        let reading = &self.evidence_reading;
        if kind == FactKind::Negation && self.is_first() {
            return None;
        }
        let marker = reading.of_kind(kind).find(|marker| marker.level >= Level::Firm)?;
        // "Not this but that" is often told as "that more than this".
        let contrast = reading.tokens.iter().any(|token| token.word == "بل")
            || self.tells_contrast(marker) && !self.tells_subject(marker);
        // A modality that opens a sentence of one clause is about whatever is told of it.
        let across = self.claim.1 != self.evidence.1 && kind == FactKind::Modality;
        let opening = across && marker.first <= 1 && reading.is_one_clause();
        if contrast || !(opening || self.is_retold()) {
            return None;
        }
        let claim = visible_span(self.claim.0, 0, self.claim.0.len())?;
        let evidence = reading.span(self.evidence.0, marker);
        Some(FactCheck { kind, claim, evidence, agreement: Agreement::Differs })
    }

    /// Where both sides deny something and the claim retells the evidence: more clear negations on one side than anything on
    /// the other can answer to.
    fn uneven(&self, kind: FactKind) -> Option<FactCheck> {
        if kind != FactKind::Negation || !self.is_retold() {
            return None;
        }
        let count = |reading: &Reading, least: Level| {
            reading.of_kind(kind).filter(|marker| marker.level >= least).count()
        };
        let (ours, theirs) = (&self.claim_reading, &self.evidence_reading);
        // Vague words answer to vague words first.
        let vague =
            |reading: &Reading| count(reading, Level::Hidden) - count(reading, Level::Shown);
        let added = count(ours, Level::Firm) > count(theirs, Level::Meant);
        if added && vague(theirs) <= vague(ours) {
            return self.added(kind);
        }
        let clear = count(theirs, Level::Firm) > count(ours, Level::Meant);
        if clear && vague(ours) <= vague(theirs) {
            return self.dropped(kind).or_else(|| self.untold(kind));
        }
        None
    }

    /// A modality that is gone where the claim retells evidence of its own language: word for word, nothing else can answer to
    /// it.
    fn surer(&self, kind: FactKind) -> Option<FactCheck> {
        let same_language = self.claim.1 == self.evidence.1;
        if kind != FactKind::Modality || !same_language || !self.is_retold() {
            return None;
        }
        let (ours, theirs) = (&self.claim_reading, &self.evidence_reading);
        let words = |reading: &Reading| -> Vec<String> {
            let first = |marker: &Marker| reading.tokens.get(marker.first);
            reading.of_kind(kind).filter_map(first).map(|token| token.word.clone()).collect()
        };
        let (mut left, there) = (words(ours), words(theirs));
        if left.len() >= there.len() {
            return None;
        }
        let gone = |(marker, word): &(&Marker, String)| match left.iter().position(|w| w == word) {
            Some(at) => {
                left.remove(at);
                false
            }
            None => marker.level >= Level::Shown,
        };
        let (marker, _) = theirs.of_kind(kind).zip(there).find(gone)?;
        let whole = || visible_span(self.claim.0, 0, self.claim.0.len());
        let claim = self.anchor(kind, marker).or_else(whole)?;
        let evidence = theirs.span(self.evidence.0, marker);
        Some(FactCheck { kind, claim, evidence, agreement: Agreement::Differs })
    }

    /// Whether the claim is long enough to tell all of the evidence.
    fn is_retold(&self) -> bool {
        let spoken = |reading: &Reading| {
            reading.tokens.iter().filter(|t| t.word.chars().any(char::is_alphanumeric)).count()
        };
        let (ours, theirs) = (spoken(&self.claim_reading), spoken(&self.evidence_reading));
        // English has articles and prepositions where Arabic has prefixes: a quarter more words.
        let (claim, evidence) = match (self.claim.1, self.evidence.1) {
            (Language::English, Language::Arabic) => (ours * 10, theirs * 10),
            (Language::Arabic, Language::English) => (ours * 10, theirs * 7),
            _ => (ours * 10, theirs * 9),
        };
        claim >= evidence
    }

    /// Where the claim tells what `marker` of the evidence is about, if it surely does.
    fn anchor(&self, kind: FactKind, marker: &Marker) -> Option<ByteSpan> {
        let reading = &self.evidence_reading;
        let word = reading.tokens.get(marker.first).map_or("", |t| t.word.as_str());
        let word = word.strip_prefix('و').unwrap_or(word);
        let particle = is_listed("not|never|no|لم|لن|لا|ليس|ليست", word);
        let reach = match kind {
            FactKind::Modality => WEAKENED,
            _ if particle => NEGATED,
            _ => DENIED,
        };
        let mut scope = reading.scope(marker, reach);
        if marker.level == Level::Undecided {
            let clause = reading.clause(marker);
            scope =
                reading.tokens.iter().filter(|t| t.clause == clause && !t.key.is_empty()).collect();
            if Self::covers(FactKind::Negation, &self.claim_reading) {
                return None;
            }
        }
        let met: Vec<(usize, ByteSpan)> = scope
            .iter()
            .enumerate()
            .filter_map(|(at, token)| Some((at, self.answer(token)?)))
            .collect();
        let (first, span) = *met.first()?;
        let certain = kind == FactKind::Modality && self.is_certain();
        let sure = match marker.level {
            Level::Shown => met.len() >= 2 && (kind == FactKind::Negation && first == 0 || certain),
            Level::Undecided => met.len() >= 2,
            _ if certain => true,
            // One word in common is little where all words could be.
            _ if self.claim.1 == self.evidence.1 && self.tells_contrast(marker) => {
                self.is_retold() && met.len() >= 2 && self.tells_subject(marker)
            }
            _ if self.claim.1 == self.evidence.1 && !self.is_retold() => {
                first == 0 && met.len() >= 2
            }
            // The negated word itself, told once in the evidence; or two words of what is denied.
            // A name is what much else is said of, too.
            _ => {
                let alone = match kind {
                    FactKind::Modality => !self.is_name(scope.first()),
                    _ => !self.is_repeated(scope.first()),
                };
                first == 0 && alone || met.len() >= 2
            }
        };
        sure.then_some(span)
    }

    /// Whether the claim tells what the evidence has instead of what it denies: "not the heat; it is the pollution".
    fn tells_contrast(&self, marker: &Marker) -> bool {
        let next = self.evidence_reading.clause(marker) + 1;
        let tokens = self.evidence_reading.tokens.iter();
        tokens
            .filter(|token| token.clause == next && !token.key.is_empty())
            .any(|token| self.answer(token).is_some())
    }

    /// Whether the claim tells what the evidence says it of, in front of the denial.
    fn tells_subject(&self, marker: &Marker) -> bool {
        let clause = self.evidence_reading.clause(marker);
        let before = self.evidence_reading.tokens.iter().take(marker.first);
        before
            .filter(|token| token.clause == clause && !token.key.is_empty())
            .any(|token| self.answer(token).is_some())
    }

    /// The word of the claim that answers to `token` of the evidence.
    fn answer(&self, token: &Token) -> Option<ByteSpan> {
        if let Some((_, claim)) = self.names.iter().find(|(there, _)| there.contains(token.span)) {
            return Some(*claim);
        }
        let same_language = self.claim.1 == self.evidence.1;
        let number = token.key.starts_with(char::is_numeric);
        let told = self.claim_reading.tokens.iter().find(|other| {
            let same = (same_language || number) && !other.key.is_empty() && other.key == token.key;
            same || !other.ideas.is_disjoint(&token.ideas)
        });
        told.map(|other| other.span)
    }

    /// Whether a name of the claim answers to the word.
    fn is_name(&self, token: Option<&&Token>) -> bool {
        token.is_some_and(|token| self.names.iter().any(|(there, _)| there.contains(token.span)))
    }

    /// Whether the evidence says the word more than once, so that the claim may tell the other one.
    fn is_repeated(&self, token: Option<&&Token>) -> bool {
        let Some(token) = token else { return false };
        let tokens = self.evidence_reading.tokens.iter();
        tokens.filter(|other| other.key == token.key).count() > 1
    }

    /// Whether the claim says that something will be, or is beyond doubt.
    fn is_certain(&self) -> bool {
        let tokens = &self.claim_reading.tokens;
        tokens.iter().any(|token| match self.claim.1 {
            Language::English => {
                let stem = verbs::key(&token.word, Language::English);
                is_listed("will|certain|certainly|definitely|surely|decided|would", &token.word)
                    || is_listed("prov|confirm", &stem)
            }
            Language::Arabic => {
                is_listed("حتما|بالتاكيد|موكد|الموكد|سوف|اثبت|اثبتت|قرر|قررت", &token.word)
                    || ["ست", "سي"].iter().any(|prefix| token.word.starts_with(prefix))
            }
        })
    }
}

/// Whether one of the words of `list` stands in the text.
fn has_any(reading: &Reading, list: &str) -> bool {
    reading.tokens.iter().any(|token| is_listed(list, &token.word))
}

/// Whether a past verb of speech stands in the text.
fn is_reported(reading: &Reading) -> bool {
    has_any(reading, "said|confirmed|announced|added|told|stressed|stated|noted|declared|reported")
}
