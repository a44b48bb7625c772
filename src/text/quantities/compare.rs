//! Holds the quantities of a claim against those of its evidence.
//!
//! Owns: when two values agree, and which value stands in the place of another. In: readings of both texts.
//! Out: one answer for each fact of the claim. Never: words.

use super::derived::{are_one_share, derived, is_share_of};
use super::value::{
    Amount, Bound, Day, Dimension, Era, Precision, Reading, Strength, Value, equal,
};
use crate::domain::{Agreement, FactKind};

/// How a reading of the claim stands, and the index of the reading of the evidence that answers to it.
pub(super) type Answer = (Agreement, Option<usize>);

/// Answers for `claim`, in its order. Exact agreements are given away first, so that one number of the evidence stands in
/// the place of one number of the claim.
pub(super) fn answers(claim: &[Reading], evidence: &[Reading]) -> Vec<Answer> {
    let mut answers: Vec<Option<Answer>> = vec![None; claim.len()];
    let mut taken = vec![false; evidence.len()];
    // Stated in the evidence before hinted there; exact before near.
    for (wanted, hints) in [
        (Agreement::Same, false),
        (Agreement::Near, false),
        (Agreement::Same, true),
        (Agreement::Near, true),
    ] {
        for (index, reading) in claim.iter().enumerate() {
            if answers.get(index).is_some_and(Option::is_some) {
                continue;
            }
            let place = relative(index, claim.len());
            let fits = |(_, other): &(usize, &Reading)| {
                (other.strength == Strength::Hint) == hints
                    && agreement(&reading.value, &other.value) == Some(wanted)
                    && !(is_vaguer(&other.value, &reading.value) && states_a_year(evidence))
            };
            let distance = |at: usize| (relative(at, evidence.len()) - place).abs();
            let best = evidence.iter().enumerate().filter(fits).map(|(at, _)| at).min_by(|a, b| {
                let used = |at: usize| taken.get(at).copied().unwrap_or(false);
                used(*a).cmp(&used(*b)).then(distance(*a).total_cmp(&distance(*b)))
            });
            let Some(best) = best else { continue };
            // A hint is no answer where another number stands unused in its place.
            if hints
                && rival(reading, evidence, &taken).is_some()
                && !is_firm_hint(reading, evidence.get(best))
            {
                continue;
            }
            if let (Some(answer), Some(taken)) = (answers.get_mut(index), taken.get_mut(best)) {
                (*answer, *taken) = (Some((wanted, Some(best))), true);
            }
        }
    }
    let used = taken.clone();
    let settled = answers.into_iter().zip(claim);
    settled
        .map(|(answer, reading)| {
            let answer = answer
                .or_else(|| Some((Agreement::Near, Some(derived(reading, evidence, &used)?))));
            answer.unwrap_or_else(|| unanswered(reading, evidence, &mut taken))
        })
        .collect()
}

/// Whether `other` is the century of a year, which answers to it only where no year is stated.
fn is_vaguer(other: &Value, year: &Value) -> bool {
    matches!((other, year), (Value::Century(_), Value::Day(_)))
}

fn states_a_year(evidence: &[Reading]) -> bool {
    evidence.iter().any(|reading| matches!(reading.value, Value::Day(Day { year: Some(_), .. })))
}

fn relative(index: usize, length: usize) -> f64 {
    let (index, length) =
        (u32::try_from(index).unwrap_or(u32::MAX), u32::try_from(length).unwrap_or(u32::MAX));
    f64::from(index) / f64::from(length.max(1))
}

/// A number of the evidence, stated and not yet used, that could be meant where the claim has `reading`: a small count for a
/// small count, an ordinal for an ordinal, a share for a share.
fn rival(reading: &Reading, evidence: &[Reading], taken: &[bool]) -> Option<usize> {
    let Value::Amount(claimed) = reading.value else { return None };
    evidence.iter().zip(taken).position(|(other, taken)| {
        let Value::Amount(amount) = other.value else { return false };
        !taken
            && other.strength == Strength::Stated
            && amount.ordinal == claimed.ordinal
            && amount.low <= 20.0
            && (amount.low > 0.9) == (claimed.low > 0.9)
            && (amount.unit.dimension == claimed.unit.dimension)
    })
}

/// Hints of a named unit ("a week") answer to that unit whatever else stands there.
fn is_firm_hint(reading: &Reading, other: Option<&Reading>) -> bool {
    let unit = |reading: &Reading| match reading.value {
        Value::Amount(amount) if !amount.unit.is_none() => Some(amount.unit.dimension),
        _ => None,
    };
    unit(reading).is_some() && unit(reading) == other.and_then(unit)
}

/// Another value in its place, or nothing.
fn unanswered(reading: &Reading, evidence: &[Reading], taken: &mut [bool]) -> Answer {
    let place = if reading.strength == Strength::Faint {
        rival(reading, evidence, taken)
    } else {
        let other = |(_, (other, taken)): &(usize, (&Reading, &mut bool))| {
            !**taken
                && other.strength == Strength::Stated
                && same_sort(&reading.value, &other.value)
        };
        evidence.iter().zip(taken.iter_mut()).enumerate().find(other).map(|(at, _)| at)
    };
    match (place, reading.strength) {
        (Some(place), _) => {
            if let Some(taken) = taken.get_mut(place) {
                *taken = true;
            }
            (Agreement::Differs, Some(place))
        }
        (None, Strength::Faint) => (Agreement::Near, None),
        (None, _) => (Agreement::Absent, None),
    }
}

/// Whether one could have been written by mistake for the other.
fn same_sort(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Amount(a), Value::Amount(b)) => match (a.unit.dimension, b.unit.dimension) {
            (Dimension::Money(_), Dimension::Money(_)) => true,
            (a, b) => a == b,
        },
        (Value::Day(a), Value::Day(b)) => {
            (a.year.is_some() && b.year.is_some())
                || (a.month.is_some() && b.month.is_some())
                || (a.weekday.is_some() && b.weekday.is_some())
        }
        (Value::Decade(_) | Value::Day(_), Value::Decade(_))
        | (Value::Decade(_), Value::Day(_)) => true,
        (Value::Amount(amount), Value::Day(_)) => amount.unit.is_none() && amount.low >= 1000.0,
        _ => std::mem::discriminant(a) == std::mem::discriminant(b) && a.kind() == FactKind::Date,
    }
}

/// How two values agree, if they do.
fn agreement(claim: &Value, evidence: &Value) -> Option<Agreement> {
    use Agreement::{Near, Same};
    match (claim, evidence) {
        (Value::Amount(a), Value::Amount(b)) => amounts(a, b),
        (Value::Day(a), Value::Day(b)) => days(a, b),
        (Value::Amount(amount), Value::Day(day)) => number_and_day(amount, day),
        // A number of the evidence stands for a year, never for a month with its day.
        (Value::Day(day), Value::Amount(amount)) if day.month.is_none() => {
            number_and_day(amount, day)
        }
        (Value::Decade(a), Value::Decade(b)) => {
            let short = *a < 100 || *b < 100;
            (a == b || (short && a % 100 == b % 100)).then_some(Same)
        }
        // "The 1980s" is less exact than 1986, which nobody gets out of "the 1980s".
        (Value::Decade(decade), Value::Day(day)) => {
            day.year.is_some_and(|year| is_of_decade(year, *decade)).then_some(Near)
        }
        (Value::Day(day), Value::Decade(decade)) => (day.year == Some(*decade)).then_some(Near),
        (Value::Decade(decade), Value::Amount(a)) | (Value::Amount(a), Value::Decade(decade)) => {
            equal(a.low, f64::from(*decade)).then_some(Near)
        }
        (Value::Century(century), other) | (other, Value::Century(century)) => {
            of_century(*century, other)
        }
        (Value::Quarter(a), Value::Quarter(b)) => (a == b).then_some(Same),
        (Value::Quarter(quarter), Value::Amount(a))
        | (Value::Amount(a), Value::Quarter(quarter)) => {
            (a.ordinal && equal(a.low, f64::from(*quarter))).then_some(Same)
        }
        (Value::Quarter(quarter), Value::Day(day)) | (Value::Day(day), Value::Quarter(quarter)) => {
            let of_quarter = |month: u8| (month - 1) / 3 + 1 == *quarter;
            let common = day.era == Era::Common;
            (common && day.month.is_some_and(of_quarter)).then_some(Near)
        }
        (
            Value::Clock { minutes: a, half_known: x },
            Value::Clock { minutes: b, half_known: y },
        ) => (a == b || (!(*x && *y) && a % 720 == b % 720)).then_some(Same),
        (Value::Clock { minutes, .. }, Value::Amount(a))
        | (Value::Amount(a), Value::Clock { minutes, .. }) => {
            let hour = f64::from(*minutes) / 60.0;
            (equal(a.low, hour)
                || equal(a.low + 12.0, hour)
                || equal(a.low, f64::from(minutes / 60 * 100 + minutes % 60)))
            .then_some(Near)
        }
        (Value::Relative { period: p, steps: s }, Value::Relative { period: q, steps: t }) => {
            (p == q && s == t).then_some(Same)
        }
        _ => None,
    }
}

/// Whether a year lies in a decade, which may be told without its century: 80.
fn is_of_decade(year: u32, decade: u32) -> bool {
    let first = year / 10 * 10;
    first == decade || decade < 100 && first % 100 == decade
}

/// A century against another, "the 1600s", its number, or a year of it.
fn of_century(century: u32, other: &Value) -> Option<Agreement> {
    let (agrees, how) = match other {
        Value::Century(other) => (century == *other, Agreement::Same),
        Value::Decade(first) => (first % 100 == 0 && first / 100 + 1 == century, Agreement::Same),
        Value::Amount(amount) => (equal(amount.low, f64::from(century)), Agreement::Same),
        Value::Day(Day { year: Some(year), era: Era::Common, .. }) => {
            (year.saturating_sub(1) / 100 + 1 == century, Agreement::Near)
        }
        _ => return None,
    };
    agrees.then_some(how)
}

/// A bare number against a date: a year, or a day of the month.
fn number_and_day(amount: &Amount, day: &Day) -> Option<Agreement> {
    let is = |part: Option<u32>| part.is_some_and(|part| equal(amount.low, f64::from(part)));
    let year = day.month.is_none() && day.era != Era::Hijri && is(day.year);
    let of_month = day.date.map(u32::from);
    if amount.precision == Precision::Vague || !amount.unit.is_none() {
        return None;
    }
    (year || is(of_month) || is(day.year)).then_some(Agreement::Same)
}

/// Each part that the claim states must stand in the evidence; only the year may stand elsewhere in it.
fn days(claim: &Day, evidence: &Day) -> Option<Agreement> {
    let same = |a: Option<u8>, b: Option<u8>| a.is_none() || b.is_none() || a == b;
    let straight = same(claim.month, evidence.month) && same(claim.date, evidence.date);
    let swapped = (claim.swappable || evidence.swappable)
        && same(claim.month, evidence.date)
        && same(claim.date, evidence.month);
    let years = claim.year.is_none() || evidence.year.is_none() || claim.year == evidence.year;
    let eras = claim.era == evidence.era || (claim.year.is_none() && claim.month.is_none());
    if !(straight || swapped) || !years || !same(claim.weekday, evidence.weekday) || !eras {
        return None;
    }
    let count = |day: &Day| {
        [day.year.is_some(), day.month.is_some(), day.date.is_some(), day.weekday.is_some()]
    };
    let both: Vec<(bool, bool)> = count(claim).into_iter().zip(count(evidence)).collect();
    let shared = both.iter().filter(|(a, b)| *a && *b).count();
    let missing = both.iter().filter(|(a, b)| *a && !*b).count();
    let month_lost = claim.month.is_some() && evidence.month.is_none();
    match (shared, missing) {
        _ if month_lost && !(claim.weekday.is_some() && evidence.weekday.is_some()) => None,
        (0, _) => None,
        (_, 0) => Some(Agreement::Same),
        _ => Some(Agreement::Near),
    }
}

fn amounts(claim: &Amount, evidence: &Amount) -> Option<Agreement> {
    if is_share_of(claim, evidence) || is_share_of(evidence, claim) {
        return Some(Agreement::Near);
    }
    if is_told_in(claim, evidence) {
        return Some(Agreement::Near);
    }
    let (a, b, exactly) = comparable(claim, evidence)?;
    if !equal(a, b) && are_one_share(claim, evidence) {
        return Some(Agreement::Near);
    }
    let found = match (claim.precision, evidence.precision) {
        (Precision::Vague, Precision::Vague) => vague(claim, evidence),
        (Precision::Vague, _) => is_among(b, claim, a).then_some(Agreement::Near),
        (_, Precision::Vague) => is_among(a, evidence, b).then_some(Agreement::Near),
        _ if equal(a, b) => Some(Agreement::Same),
        _ if is_grouped(a, b) || is_grouped(b, a) => Some(Agreement::Near),
        _ if is_rounded(claim, evidence, a, b) => Some(Agreement::Near),
        _ if is_bounded(claim, evidence, a, b) => Some(Agreement::Near),
        _ => None,
    };
    found.map(|agreement| if exactly { agreement } else { Agreement::Near })
}

/// Whether a share is told by this number: "three of the five judges" where it is three out of five.
fn is_told_in(number: &Amount, share: &Amount) -> bool {
    let counts = number.unit.is_none() && !number.ordinal && number.told_as.is_none();
    let told = |(part, whole)| equal(number.low, part) || equal(number.low, whole);
    counts && share.told_as.is_some_and(told)
}

/// Whether `stated` is one of `vague`, whose least is `least` in the same base.
fn is_among(stated: f64, vague: &Amount, least: f64) -> bool {
    least <= stated && stated <= least * vague.high / vague.low.max(1.0)
}

/// How many times as much as is told there may be for "more than" to be said of it, or as little for "less than".
const BOUNDED: f64 = 2.0;

/// Whether the evidence lies where a claim of "more than" or "less than" says, itself perhaps told by such a bound.
fn is_bounded(claim: &Amount, evidence: &Amount, a: f64, b: f64) -> bool {
    let rounder = significant(claim.low) < significant(evidence.low);
    let told = evidence.bound == Bound::None || evidence.bound == claim.bound && rounder;
    let whole = !claim.ordinal && !evidence.ordinal && told;
    whole
        && match claim.bound {
            Bound::None => false,
            Bound::Above => a <= b && b <= a * BOUNDED,
            Bound::Below => b <= a && a <= b * BOUNDED,
        }
}

/// `711.988` may be a whole number whose thousands are parted by a dot.
fn is_grouped(whole: f64, dotted: f64) -> bool {
    let of_three = (dotted * 100.0).fract() > 1e-6 && (dotted * 100.0).fract() < 1.0 - 1e-6;
    dotted < 1000.0 && of_three && equal(whole, dotted * 1000.0)
}

/// Both values in a common base, and whether their units say the same; nothing if they say different things.
pub(super) fn comparable(claim: &Amount, evidence: &Amount) -> Option<(f64, f64, bool)> {
    let (p, q) = (claim.unit, evidence.unit);
    let base = |amount: &Amount| amount.low * amount.unit.factor;
    let nations = p.nation.is_none() || q.nation.is_none() || p.nation == q.nation;
    if p.dimension == q.dimension {
        return nations.then(|| (base(claim), base(evidence), true));
    }
    // English pounds are money or weight.
    if matches!(
        (p.dimension, q.dimension),
        (Dimension::Money("pound"), Dimension::Mass) | (Dimension::Mass, Dimension::Money("pound"))
    ) {
        return Some((claim.low, evidence.low, true));
    }
    // A half is 50 percent; so is a 50 whose percent sign stands elsewhere.
    if p.is_none() && q.dimension == Dimension::Share
        || q.is_none() && p.dimension == Dimension::Share
    {
        let fraction = claim.low.min(evidence.low) < 1.0;
        return Some(if fraction {
            (base(claim), base(evidence), true)
        } else {
            (claim.low, evidence.low, false)
        });
    }
    let either = p.is_none() || q.is_none();
    either.then_some((claim.low, evidence.low, true))
}

fn vague(claim: &Amount, evidence: &Amount) -> Option<Agreement> {
    if equal(claim.low, evidence.low) {
        return Some(Agreement::Same);
    }
    let ratio = claim.low / evidence.low.max(1.0);
    (0.4..2.5).contains(&ratio).then_some(Agreement::Near)
}

/// Whether one value is the other rounded: within 5 % where one of them is said to be about right or the claim has fewer
/// digits, to which the evidence rounds; within 3 % where units were converted, 6 where the claim
/// says "almost".
fn is_rounded(claim: &Amount, evidence: &Amount, a: f64, b: f64) -> bool {
    let distance = (a - b).abs() / a.abs().max(b.abs()).max(1e-9);
    let factors = (claim.unit.factor, evidence.unit.factor);
    if claim.ordinal || evidence.ordinal {
        return false;
    }
    let converted = claim.unit.dimension == evidence.unit.dimension && !equal(factors.0, factors.1);
    let loose = if claim.precision == Precision::About { 0.06 } else { 0.03 };
    if converted && distance <= loose {
        return true;
    }
    let (few, many) = (significant(claim.low), significant(evidence.low));
    let about = (claim.precision == Precision::About && few <= many)
        || (evidence.precision == Precision::About && many <= few);
    let rounds =
        few < many && equal(rounded(evidence.low, few), claim.low) && equal(factors.0, factors.1);
    let small = a.abs().max(b.abs()) <= 20.0
        && claim.low.fract().abs() < 1e-9
        && evidence.low.fract().abs() < 1e-9;
    distance <= 0.05 && !small && (rounds || (about && few.min(many) <= 2))
}

/// How many digits a number shows without the zeros at its ends.
fn significant(value: f64) -> usize {
    let shown = format!("{value:e}");
    let mantissa = shown.split('e').next().unwrap_or_default();
    mantissa.chars().filter(char::is_ascii_digit).count()
}

fn rounded(value: f64, digits: usize) -> f64 {
    let digits = digits.saturating_sub(1);
    format!("{value:.digits$e}").parse().unwrap_or(value)
}
