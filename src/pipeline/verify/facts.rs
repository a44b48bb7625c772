//! The facts of a claim against its evidence.
//!
//! Owns: whose fault a disagreement is, and what may be taken from the sentences around the evidence.
//! In: a claim and one or two segments. Out: one finding a fact, and what the translation lost.

use super::super::attribute::Statement;
use super::wording;
use crate::domain::{
    Agreement, Bitext, ByteSpan, Doubt, FactCheck, FactKind, Language, Origin, ParagraphId,
    SegmentId,
};
use crate::text::clauses::are_parted;
use crate::text::names;
use crate::text::noun_clauses::about_a_noun;
use crate::text::polarity;
use crate::text::quantities;

/// Both languages of one segment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Side<'a> {
    pub(super) segment: SegmentId,
    pub(super) paragraph: Option<ParagraphId>,
    pub(super) arabic: &'a str,
    pub(super) english: &'a str,
}

impl<'a> Side<'a> {
    pub(super) fn of(bitext: &'a Bitext, segment: SegmentId) -> Self {
        let source = bitext.source();
        Self {
            segment,
            paragraph: source.segments().get(segment.index()).map(|s| s.paragraph),
            arabic: source.segment_text(segment),
            english: bitext.translation(segment).map(|t| t.text.as_str()).unwrap_or_default(),
        }
    }

    /// Sentences of one paragraph, or next to each other, may be told as one.
    fn is_near(&self, other: &Self) -> bool {
        let apart = self.segment.index().abs_diff(other.segment.index());
        self.paragraph == other.paragraph || apart <= 1
    }
}

/// Sentences in front of the evidence whose names it may speak of without naming them.
const CONTEXT: usize = 2;

/// The headline and the sentences in front of `segment`: what a reader of it has in mind.
pub(super) fn context(bitext: &Bitext, segment: SegmentId) -> Vec<Side<'_>> {
    let first = segment.index().saturating_sub(CONTEXT);
    let title = bitext.source().title();
    let title = title.and_then(|id| bitext.source().paragraphs().get(id.index()));
    let before = (first..segment.index()).map(SegmentId::new);
    let headline = title.into_iter().flat_map(crate::domain::Paragraph::segment_ids);
    before.chain(headline).map(|id| Side::of(bitext, id)).collect()
}

/// One fact of the claim and what became of it.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) check: FactCheck,
    /// The segment that `check.evidence` is a span of.
    pub(super) segment: SegmentId,
    /// Whether only the English of the segment shows it.
    pub(super) by_english: bool,
    pub(super) origin: Origin,
}

impl Finding {
    pub(super) fn is_borne_out(&self) -> bool {
        self.check.agreement.is_borne_out()
    }
}

/// What the facts of a claim say about it.
#[derive(Clone, Debug)]
pub(super) struct Findings {
    /// The evidence, best first.
    pub(super) segments: Vec<SegmentId>,
    pub(super) facts: Vec<Finding>,
    /// Facts of the Arabic that its English has not, where the claim retells the whole sentence, and names that came twice.
    lost: Vec<Doubt>,
    /// Whether facts of one statement come from sentences that stand apart.
    combined: bool,
}

impl Findings {
    /// What one segment says of the claim.
    pub(super) fn of(
        statement: &Statement<'_>,
        side: Option<&Side<'_>>,
        context: &[Side<'_>],
    ) -> Self {
        let mut lost = side.map(|side| lost(statement, side)).unwrap_or_default();
        lost.extend(side.into_iter().flat_map(|side| repeated(statement, side)));
        Self {
            segments: side.into_iter().map(|side| side.segment).collect(),
            facts: side.map(|side| against(statement, side, context)).unwrap_or_default(),
            lost,
            combined: false,
        }
    }

    /// What two segments say of it, of which these findings are the first's; the second answers for negations and modalities
    /// if it `reports`.
    pub(super) fn with(
        &self,
        statement: &Statement<'_>,
        [first, second]: [&Side<'_>; 2],
        reports: bool,
        context: &[Side<'_>],
    ) -> Self {
        let alone = self.clone();
        let swapped = Swapped::of(statement, first);
        let mut next = against(statement, second, context);
        next.retain(|finding| {
            !swapped.has(finding.check.kind) || is_by_the_way(statement, finding)
        });
        let by_second: Vec<ByteSpan> =
            next.iter().filter(|f| f.is_borne_out()).map(|f| f.check.claim).collect();
        let facts = joined(alone.facts, next, reports);
        let used = facts.iter().any(|f| f.is_borne_out() && f.segment == second.segment);
        // What both segments have joins nothing.
        let by_one = |fact: &&Finding| {
            fact.segment == second.segment || !by_second.contains(&fact.check.claim)
        };
        let of_one: Vec<&Finding> = facts.iter().filter(by_one).collect();
        let combined = used && !first.is_near(second) && !told_apart(statement, second, &of_one);
        Self { segments: vec![first.segment, second.segment], facts, combined, ..alone }
    }

    /// Facts of the claim that its evidence does not bear out.
    pub(super) fn missing(&self) -> usize {
        self.facts.iter().filter(|finding| !finding.is_borne_out()).count()
    }

    pub(super) fn doubts(&self, statement: &Statement<'_>) -> Vec<Doubt> {
        let missing = self.facts.iter().filter(|finding| !finding.is_borne_out());
        let mut doubts: Vec<Doubt> = missing.map(|f| wording::fact(statement, f)).collect();
        doubts.extend(self.lost.iter().cloned());
        if self.combined {
            doubts.push(wording::combined(&self.segments));
        }
        doubts
    }

    /// Facts of the article that the claim has.
    pub(super) fn used(&self) -> Vec<(SegmentId, ByteSpan)> {
        let borne_out = self.facts.iter().filter(|finding| finding.is_borne_out());
        borne_out.filter_map(|f| Some((f.segment, f.check.evidence?))).collect()
    }
}

/// Whether the clauses of a statement that rests on two segments rest on one of them each: two things are told, and no third
/// is made of their halves.
fn told_apart(statement: &Statement<'_>, second: &Side<'_>, facts: &[&Finding]) -> bool {
    let parted = |from, to| are_parted(statement.text, statement.language, from, to);
    let mut places: Vec<(ByteSpan, bool)> = facts
        .iter()
        .filter(|fact| fact.is_borne_out() && !fact.check.kind.is_turn())
        .map(|fact| (fact.check.claim, fact.segment == second.segment))
        .collect();
    places.sort_by_key(|(span, _)| span.start());
    let (Some((first, _)), Some((last, _))) = (places.first(), places.last()) else { return false };
    if places.iter().all(|(_, of_second)| *of_second) {
        // The rest of the claim, without facts, is what the first segment is for.
        return parted(0, first.start()) || parted(last.end(), statement.text.len());
    }
    places.windows(2).all(|pair| match pair {
        [(a, of_a), (b, of_b)] => of_a == of_b || parted(a.end(), b.start()),
        _ => true,
    })
}

/// Whether a claim says something in a clause about a noun, which takes the place of nothing.
fn is_by_the_way(statement: &Statement<'_>, finding: &Finding) -> bool {
    statement.language == Language::English
        && about_a_noun(statement.text, finding.check.claim).is_some()
}

/// Share of the words of a clause about a noun that a segment must have to be what it tells of.
const CLAUSE_TOLD: f32 = 0.6;

/// The clauses about a noun in which all stands that `alone` lacks; nothing if some of it stands elsewhere.
pub(super) fn by_the_way<'a>(statement: &Statement<'a>, alone: &Findings) -> Option<Vec<&'a str>> {
    let missing = alone.facts.iter().filter(|finding| !finding.is_borne_out());
    let clause =
        |finding: &Finding| about_a_noun(statement.text, finding.check.claim)?.of(statement.text);
    (statement.language == Language::English).then(|| missing.map(clause).collect())?
}

/// Whether the English of `side` has the words of each of these clauses.
pub(super) fn tells_all(clauses: &[&str], side: &Side<'_>) -> bool {
    clauses.iter().all(|clause| retold(side.english, clause) >= CLAUSE_TOLD)
}

/// What two segments together bear out.
///
/// A quantity or a name may stand in either, and so may a negation or a modality that the claim adds to the first, if the
/// second `reports`: only a segment with one of its own does not report it. What the claim drops or turns round stays said,
/// as the second segment may be silent on it because it is about something else.
fn joined(first: Vec<Finding>, second: Vec<Finding>, reports: bool) -> Vec<Finding> {
    let reported_by = |finding: &Finding, others: &[Finding]| {
        others.iter().any(|other| other.check.kind == finding.check.kind)
    };
    let may_answer = |finding: &Finding| {
        finding.check.kind.is_turn() && finding.check.agreement == Agreement::Absent
    };
    let mut facts = first;
    facts.retain(|fact| !reports || !may_answer(fact) || reported_by(fact, &second));
    for other in second.into_iter().filter(Finding::is_borne_out) {
        let same = |f: &&mut Finding| {
            (f.check.kind, f.check.claim) == (other.check.kind, other.check.claim)
        };
        if let Some(kept) = facts.iter_mut().find(same).filter(|kept| !kept.is_borne_out()) {
            *kept = other;
        }
    }
    facts
}

/// Each fact of the claim against one segment.
fn against(statement: &Statement<'_>, side: &Side<'_>, context: &[Side<'_>]) -> Vec<Finding> {
    let (claim, language) = (statement.text, statement.language);
    let arabic = Language::Arabic;
    let mut checks = quantities::compare(claim, language, side.arabic, arabic);
    checks.extend(named(statement, side, context));
    checks.extend(polarity::compare(claim, language, side.arabic, arabic));
    let told = if language == Language::English { retold(claim, side.english) } else { 0.0 };
    let parted = || are_parted(claim, language, 0, claim.len());
    if language == Language::English && told < if parted() { RETOLD } else { HALF_TOLD } {
        // A long claim that tells of much else does not tell the whole sentence.
        let whole = claim.trim().len();
        checks.retain(|check| !check.kind.is_turn() || check.claim.len() < whole);
    }
    let mut of_arabic = checks.len();
    let mut in_english = Vec::new();
    if language == Language::English {
        checks.extend(polarity::compare_roles(claim, side.english));
        checks.extend(polarity::compare_opposites(claim, side.english));
        in_english = quantities::compare(claim, language, side.english, Language::English);
        let turns = polarity::compare(claim, language, side.english, Language::English);
        // In nearly the same words a negation that comes or goes shows better than across two languages; and one whose very
        // words the claim has without it shows in any claim.
        let is_new = |turn: &&FactCheck| !checks.iter().any(|check| check.kind == turn.kind);
        let shows = |turn: &&FactCheck| {
            let dropped = turn.kind == FactKind::Negation && turn.agreement == Agreement::Differs;
            told >= RETOLD || dropped && turn.claim.len() < claim.trim().len()
        };
        let new = turns.iter().filter(is_new).filter(shows);
        let new: Vec<FactCheck> = new.map(|turn| FactCheck { evidence: None, ..*turn }).collect();
        checks.extend(new);
        if !denies(claim, side.english, &turns, told) {
            of_arabic -= checks.iter().take(of_arabic).filter(|check| is_denial(check)).count();
            checks.retain(|check| !is_denial(check));
        }
        in_english.extend(turns);
        in_english.extend(names_in_english(claim, side.english));
    }
    let finding = |(place, check): (usize, FactCheck)| {
        let origin = origin(&check, language, &in_english);
        let by_english = place >= of_arabic && check.kind.is_turn();
        Finding { check, segment: side.segment, by_english, origin }
    };
    checks.into_iter().enumerate().map(finding).collect()
}

/// A negation that the evidence has not.
fn is_denial(check: &FactCheck) -> bool {
    check.kind == FactKind::Negation && check.agreement == Agreement::Absent
}

/// Whether a negation that the Arabic has not denies what it says: it is of a word of the English, or the translator's, of
/// whose words the claim then has the most.
fn denies(claim: &str, english: &str, turns: &[FactCheck], told: f32) -> bool {
    let ours_alone = turns.iter().any(|turn| turn.kind == FactKind::Negation);
    polarity::denies_a_word_of(claim, english) || !ours_alone && told >= HALF_TOLD
}

/// A fact that the English has and the Arabic has not was changed by the translation.
fn origin(check: &FactCheck, language: Language, in_english: &[FactCheck]) -> Origin {
    if language == Language::Arabic || matches!(check.kind, FactKind::Role | FactKind::Opposite) {
        return Origin::Summary;
    }
    let same = |other: &&FactCheck| other.kind == check.kind && other.claim == check.claim;
    let there = match check.kind {
        // A marker is listed only where the two sides differ: agreement leaves nothing behind.
        FactKind::Negation | FactKind::Modality => {
            !in_english.iter().any(|other| other.kind == check.kind)
        }
        _ => in_english.iter().find(same).is_some_and(|other| other.agreement == Agreement::Same),
    };
    if there { Origin::Translation } else { Origin::Summary }
}

fn names_in_english(claim: &str, english: &str) -> Vec<FactCheck> {
    let there = english.to_lowercase();
    let check = |name: crate::domain::Fact| {
        let found = name.span.of(claim).is_some_and(|text| there.contains(&text.to_lowercase()));
        let agreement = if found { Agreement::Same } else { Agreement::Absent };
        FactCheck { kind: name.kind, claim: name.span, evidence: None, agreement }
    };
    names::names(claim).into_iter().map(check).collect()
}

/// Names of the claim in the evidence; one that no other name has displaced may stand in front of it.
fn named(statement: &Statement<'_>, side: &Side<'_>, context: &[Side<'_>]) -> Vec<FactCheck> {
    let compare = |side: &Side<'_>| match statement.language {
        Language::English => names::compare(statement.text, side.arabic, Some(side.english)),
        Language::Arabic => names::compare_arabic(statement.text, side.arabic),
    };
    let mut checks = compare(side);
    let all_there = checks.iter().all(|check| check.agreement != Agreement::Absent);
    if all_there || names::leaves_a_name_out(statement.text, side.english) {
        return checks;
    }
    for around in context {
        let there = compare(around);
        for check in checks.iter_mut().filter(|check| check.agreement == Agreement::Absent) {
            let named = there.iter().any(|other| {
                other.claim == check.claim && matches!(other.agreement, Agreement::Same)
            });
            if named {
                check.agreement = Agreement::Near;
            }
        }
    }
    checks
}

/// Names that the claim has more often than the Arabic; if the English has them as often, the translation is at fault.
fn repeated(statement: &Statement<'_>, side: &Side<'_>) -> Vec<Doubt> {
    if statement.language != Language::English {
        return Vec::new();
    }
    let in_english = names::repeated_names(side.english, side.arabic);
    let doubt = |name: names::RepeatedName| {
        let there = in_english.iter().any(|other| other.name == name.name);
        let origin = if there { Origin::Translation } else { Origin::Summary };
        wording::repeated(&name, side, origin)
    };
    names::repeated_names(statement.text, side.arabic).into_iter().map(doubt).collect()
}

/// What a claim has in another's place where it tells the whole of a sentence but for that. The name or number there is
/// often one of a sentence near by, which then bears out nothing.
#[derive(Clone, Copy, Debug, Default)]
struct Swapped {
    name: bool,
    quantity: bool,
}

impl Swapped {
    fn of(statement: &Statement<'_>, side: &Side<'_>) -> Self {
        let (claim, english) = (statement.text, side.english);
        if !retells(statement, side) {
            return Self::default();
        }
        let told = quantities::compare(english, Language::English, claim, Language::English);
        let quantity = told.iter().any(|check| !check.agreement.is_borne_out());
        Self { name: names::leaves_a_name_out(claim, english), quantity }
    }

    fn has(self, kind: FactKind) -> bool {
        match kind {
            FactKind::Name => self.name,
            kind if kind.is_turn() => false,
            _ => self.quantity,
        }
    }
}

/// Share of a segment's English words that a claim repeats, for it to count as retelling the whole sentence.
const RETOLD: f32 = 0.8;

/// The same for a claim to answer for what the sentence denies or weakens, wherever in it.
const HALF_TOLD: f32 = 0.5;

/// Quantities of the Arabic that its English lacks, where the claim retells that English.
fn lost(statement: &Statement<'_>, side: &Side<'_>) -> Vec<Doubt> {
    if !retells(statement, side) {
        return Vec::new();
    }
    let there = quantities::compare(side.arabic, Language::Arabic, side.english, Language::English);
    let gone = there.iter().filter(|check| !check.agreement.is_borne_out());
    gone.map(|check| wording::lost(check, side)).collect()
}

/// Whether a claim has clauses of which one may tell something else than the segment.
pub(super) fn tells_more(statement: &Statement<'_>, side: &Side<'_>) -> bool {
    let whole = statement.text.len();
    are_parted(statement.text, statement.language, 0, whole) && !retells(statement, side)
}

/// Whether a claim tells the whole of a segment in the words of its English.
fn retells(statement: &Statement<'_>, side: &Side<'_>) -> bool {
    statement.language == Language::English && retold(statement.text, side.english) >= RETOLD
}

#[expect(clippy::cast_precision_loss, reason = "sentences have fewer than 2^24 words")]
fn retold(claim: &str, english: &str) -> f32 {
    let claim: Vec<String> = crate::text::english::words(claim).map(str::to_lowercase).collect();
    let words: Vec<String> = crate::text::english::words(english).map(str::to_lowercase).collect();
    let there = words.iter().filter(|word| claim.contains(word)).count();
    there as f32 / words.len().max(1) as f32
}
