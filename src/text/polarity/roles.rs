//! Finds two names or nouns of an English claim that stand in each other's place in the evidence.
//!
//! Owns: what a name or noun stands next to, passives, things in a row. In: two English texts. Out: role checks.
//! Never: a parse. Two words count as exchanged only if each stands in the claim where the other stands in the evidence,
//! next to a verb, and neither stands where it stood.

use std::collections::HashSet;

use super::{fold, verbs};
use crate::domain::{Agreement, ByteSpan, FactCheck, FactKind, Language};
use crate::text::chars::is_listed;
use crate::text::words::words;

/// Words of content between a name and a word that it counts as standing next to.
const NEAR: usize = 4;
/// Words in front of a name that may be its title.
const TITLE: usize = 3;
/// Share of the words of a claim that the evidence must have. Who changes roles says the rest as it stands; who says a thing
/// in other words puts its words in other places.
const RETOLD: f32 = 0.85;

/// Words without content of their own, and verbs of speech, whose place in a sentence is free.
const SMALL: &str = "a|an|the|of|to|in|on|at|by|for|with|from|as|and|or|that|this|these|those|it|its|he|she|they|we|his|her|\
     their|our|him|them|is|are|was|were|be|been|being|has|have|had|do|does|did|will|would|can|could|may|might|not|no|also|\
     more|most|very|who|which|what|where|when|how|into|about|than|then|near|against|over|under|between|during|through|across|around|off|out|up|down|without|within|upon|toward|towards|since|until|along|among|there|so|said|says|say|according|added|because|if";
/// Where the surroundings of a name end.
const WALLS: &str = "while|whereas|but|after|before|when|although|though|;|:|.|because";
const VERBS: &str = "beat|won|lost|gave|told|taught|made|took|sent|sold|bought|paid|met|led|held|hit|cut|put|found|sued|shot|saw|\
     left|struck|fought|drew|overthrew|brought|caught|chose|spoke|wrote|knew|came|went|broke|spent|became|got|set|kept";
/// Parts of a date: they have capitals and no role.
const DATES: &str = "january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|\
     wednesday|thursday|friday|saturday|sunday|ramadan|shaban|muharram|rajab";
const BEING: &str = "is|are|was|were|be|been|being";

/// What a unit can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum UnitKind {
    /// A mark or a word of grammar.
    Small,
    Name,
    /// Perhaps a noun: it may be exchanged.
    Noun,
    /// A noun in front of a name: it belongs to the name and stands next to nothing.
    Title,
    /// A verb, number or adverb.
    Other,
}

/// A word, or a name of several.
#[derive(Clone, Debug)]
struct Unit {
    span: ByteSpan,
    /// Folded; of a name all words.
    parts: Vec<String>,
    key: String,
    kind: UnitKind,
}

impl Unit {
    fn is(&self, kind: UnitKind) -> bool {
        self.kind == kind
    }

    /// Whether it may change places with another.
    fn is_movable(&self) -> bool {
        matches!(self.kind, UnitKind::Name | UnitKind::Noun)
    }
}

/// A word that another stands next to, and whether it stands behind it.
type Neighbour = (String, bool);

/// See [`super::compare_roles`].
pub(super) fn compare(claim: &str, english: &str) -> Vec<FactCheck> {
    let ours = actives(units(claim));
    let theirs = actives(units(english));
    if told(&ours, &theirs) < RETOLD {
        return Vec::new();
    }
    let nouns: Vec<usize> =
        (0..ours.len()).filter(|&at| ours.get(at).is_some_and(Unit::is_movable)).collect();
    for (order, &first) in nouns.iter().enumerate() {
        for &second in nouns.iter().skip(order + 1) {
            let (Some(a), Some(b)) = (ours.get(first), ours.get(second)) else { continue };
            if a.key == b.key || in_a_row(&ours, first, second) {
                continue;
            }
            if exchanged(&ours, &theirs, (first, second)) {
                let start = a.span.start().min(b.span.start());
                let end = a.span.end().max(b.span.end());
                let Ok(span) = ByteSpan::within(claim, start, end) else { continue };
                let (kind, agreement) = (FactKind::Role, Agreement::Differs);
                return vec![FactCheck { kind, claim: span, evidence: None, agreement }];
            }
        }
    }
    Vec::new()
}

/// Share of the names and words of content of `ours` that `theirs` has.
#[expect(clippy::cast_precision_loss, reason = "sentences have fewer than 2^24 words")]
fn told(ours: &[Unit], theirs: &[Unit]) -> f32 {
    let says = |unit: &&Unit| !unit.is(UnitKind::Small);
    let there = |unit: &&Unit| theirs.iter().any(|other| is_same(unit, other));
    let all = ours.iter().filter(says);
    all.clone().filter(there).count() as f32 / all.count().max(1) as f32
}

/// Whether the two units of the claim stand in each other's place in the evidence.
fn exchanged(ours: &[Unit], theirs: &[Unit], (first, second): (usize, usize)) -> bool {
    let (Some(a), Some(b)) = (ours.get(first), ours.get(second)) else { return false };
    let places = |unit: &Unit| -> Vec<usize> {
        let same = |at: &usize| {
            theirs.get(*at).is_some_and(|other| other.is_movable() && is_same(unit, other))
        };
        (0..theirs.len()).filter(same).collect()
    };
    let (a_there, b_there) = (places(a), places(b));
    if a_there.is_empty() || b_there.is_empty() {
        return false;
    }
    let apart = a_there
        .iter()
        .all(|x| b_there.iter().all(|y| x != y && !in_a_row(theirs, *x.min(y), *x.max(y))));
    let all = |places: &[usize]| -> HashSet<Neighbour> {
        places.iter().flat_map(|&at| neighbours(theirs, at)).collect()
    };
    let (near_a, near_b) = (all(&a_there), all(&b_there));
    let judge = |at: usize, own: &HashSet<Neighbour>, other: &HashSet<Neighbour>| {
        let mut here = neighbours(ours, at);
        here.retain(|(word, _)| *word != a.key && *word != b.key);
        let crossed: Vec<&Neighbour> =
            here.iter().filter(|n| other.contains(*n) && !own.contains(*n)).collect();
        let kept = here.iter().filter(|n| own.contains(*n) && !other.contains(*n)).count();
        let told = crossed.iter().any(|(word, _)| is_verb_key(ours, word));
        (crossed.len(), kept, told)
    };
    let (a_crossed, a_kept, a_told) = judge(first, &near_a, &near_b);
    let (b_crossed, b_kept, b_told) = judge(second, &near_b, &near_a);
    apart
        && a_crossed > 0
        && b_crossed > 0
        && (a_told || b_told)
        && a_crossed + b_crossed > 2 * (a_kept + b_kept)
}

/// What a unit stands next to, titles, small words and other names left out.
fn neighbours(units: &[Unit], at: usize) -> HashSet<Neighbour> {
    let wall = |unit: &&Unit| unit.is(UnitKind::Small) && is_listed(WALLS, &unit.key);
    let says = |unit: &&Unit| matches!(unit.kind, UnitKind::Noun | UnitKind::Other);
    let behind = units.iter().skip(at + 1).take_while(|unit| !wall(unit)).filter(says).take(NEAR);
    let front = units
        .iter()
        .take(at)
        .rev()
        .skip_while(|unit| matches!(unit.kind, UnitKind::Noun | UnitKind::Title));
    let before = front.take_while(|unit| !wall(unit)).filter(says).take(NEAR);
    let after = behind.map(|unit| (unit.key.clone(), true));
    after.chain(before.map(|unit| (unit.key.clone(), false))).collect()
}

/// Whether the word of this stem is a verb where it stands in `units`.
fn is_verb_key(units: &[Unit], key: &str) -> bool {
    units.iter().any(|unit| unit.key == key && unit.parts.first().is_some_and(|word| is_verb(word)))
}

fn is_verb(word: &str) -> bool {
    let ending = word.len() > 4 && (word.ends_with("ed") || word.ends_with("ing"));
    ending || is_listed(VERBS, word)
}

/// Names with a part of three letters or more in common, or words of one stem.
fn is_same(one: &Unit, other: &Unit) -> bool {
    if !one.is(UnitKind::Name) && !other.is(UnitKind::Name) {
        return one.key == other.key;
    }
    let (Some(last), Some(there)) = (one.parts.last(), other.parts.last()) else { return false };
    // A person may go by the last name; what is called "Bank of X" and "Army of X" is not the same.
    last.len() > 2
        && last == there
        && (one.parts.len() == 1 || other.parts.len() == 1 || one.parts == other.parts)
}

/// Whether only "and", commas and small words stand between two units: they share one role.
fn in_a_row(units: &[Unit], first: usize, second: usize) -> bool {
    let between = units.get(first + 1..second).unwrap_or_default();
    between.iter().all(|unit| !unit.is(UnitKind::Other))
        && between
            .iter()
            .any(|unit| matches!(unit.key.as_str(), "and" | "," | "or" | "with" | "between"))
        && !between.iter().any(|unit| is_listed("while|whereas|but|;|.|then", &unit.key))
}

fn units(text: &str) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let mut joined = false; // whether the last unit is a name that may go on
    for (at, span) in words(text).into_iter().enumerate() {
        let shown = span.of(text).unwrap_or_default();
        let word = fold(shown);
        let word =
            word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(&word).to_owned();
        let small = !word.chars().any(char::is_alphanumeric)
            || is_listed(SMALL, &word)
            || is_listed(WALLS, &word);
        let capital = shown.chars().any(char::is_uppercase);
        // A word in front of the sentence has a capital whatever it is.
        let opens = at == 0 || units.last().is_some_and(|unit| unit.key == ".");
        let next = text.get(span.end()..).unwrap_or_default().trim_start();
        let lone = opens && !next.starts_with(char::is_uppercase) && !shown.contains('-');
        let dated = capital && is_listed(DATES, &word);
        let name = capital && !small && !lone && !dated;
        if let (true, true, Some(last)) = (name, joined, units.last_mut()) {
            last.parts.push(word);
            last.key = last.parts.join(" ");
            last.span = ByteSpan::within(text, last.span.start(), span.end()).unwrap_or(last.span);
            joined = !shown.ends_with("'s");
            continue;
        }
        joined = name && !shown.ends_with("'s") && !shown.ends_with("’s");
        let number = word.starts_with(char::is_numeric);
        let kind = match (small, name) {
            (true, _) => UnitKind::Small,
            (_, true) => UnitKind::Name,
            _ if number || dated || is_verb(&word) || word.ends_with("ly") => UnitKind::Other,
            _ => UnitKind::Noun,
        };
        let key = if small || name { word.clone() } else { verbs::key(&word, Language::English) };
        units.push(Unit { span, parts: vec![word], key, kind });
    }
    for at in 0..units.len() {
        if units.get(at).is_some_and(|unit| unit.is(UnitKind::Name)) {
            let before = units.iter_mut().take(at).rev().take(TITLE);
            let title = before.take_while(|unit| unit.is(UnitKind::Noun));
            title.for_each(|unit| unit.kind = UnitKind::Title);
        }
    }
    units
}

/// The units with "X was hit in Z" told as "hit X in Z": what suffers stands behind its verb.
fn without_agent(units: Vec<Unit>) -> Vec<Unit> {
    let suffered = |unit: &Unit| {
        let word = unit.parts.first().map_or("", String::as_str);
        !word.ends_with("ing") && (is_verb(word) || word.len() > 4 && word.ends_with("en"))
    };
    let behind = |at: usize| {
        let near = units.iter().enumerate().skip(at + 1).take(2);
        near.clone().find(|(_, unit)| suffered(unit)).map(|(verb, _)| verb + 1)
    };
    let being = |at: usize| units.get(at).is_some_and(|unit| is_listed(BEING, &unit.key));
    let passive = (0..units.len()).filter(|at| being(*at)).find_map(|at| Some((at, behind(at)?)));
    let Some((being, end)) = passive else { return units };
    let wall = |unit: &Unit| is_listed(WALLS, &unit.key) || unit.key == ",";
    let start = units.iter().take(being).rposition(wall).map_or(0, |at| at + 1);
    let part = |from: usize, to: usize| units.get(from..to).unwrap_or_default().iter().cloned();
    part(0, start)
        .chain(part(being, end))
        .chain(part(start, being))
        .chain(part(end, units.len()))
        .collect()
}

/// Whether the word in front of `by` is said of the noun in front of it: "a law passed by the senate", not "rose by 5 percent".
fn is_participle(units: &[Unit], by: usize) -> bool {
    let Some([noun, verb]) = by.checked_sub(2).and_then(|at| units.get(at..by)) else {
        return false;
    };
    let agent = units.iter().skip(by + 1).find(|unit| !unit.is(UnitKind::Small));
    noun.is_movable()
        && verb.parts.first().is_some_and(|word| word.ends_with("ed"))
        && agent.is_some_and(Unit::is_movable)
}

/// The units with "X was hit by Y" told as "Y hit X".
fn actives(units: Vec<Unit>) -> Vec<Unit> {
    let being = |unit: &Unit| is_listed(BEING, &unit.key);
    let Some(by) = (0..units.len()).find(|&at| {
        let verb = units.get(..at).and_then(|before| before.last());
        let tells = verb
            .and_then(|unit| unit.parts.first())
            .is_some_and(|word| word.ends_with("en") || is_verb(word));
        let passive = at >= 2
            && units.get(at.saturating_sub(3)..at).is_some_and(|near| near.iter().any(being));
        units.get(at).is_some_and(|unit| unit.key == "by")
            && tells
            && (passive || is_participle(&units, at))
    }) else {
        return without_agent(units);
    };
    let wall = |unit: &Unit| {
        is_listed(WALLS, &unit.key)
            || is_listed(",|in|on|at|for|who|which|with|to|from|that", &unit.key)
    };
    let start = (0..by)
        .rev()
        .find(|&at| units.get(at).is_some_and(|u| is_listed(WALLS, &u.key) || u.key == ","));
    let start = start.map_or(0, |at| at + 1);
    let end =
        (by + 1..units.len()).find(|&at| units.get(at).is_some_and(wall)).unwrap_or(units.len());
    let helped = (start..by).find(|&at| units.get(at).is_some_and(being));
    let verb = helped.unwrap_or(by - 1);
    let part = |from: usize, to: usize| units.get(from..to).unwrap_or_default().iter().cloned();
    part(0, start)
        .chain(part(by + 1, end))
        .chain(part(verb, by))
        .chain(part(start, verb))
        .chain(part(end, units.len()))
        .collect()
}
