//! Values that a reader works out from others of the evidence: 151 of 162 where 11 are lost, 42 percent where 58 are the rest.
//!
//! Owns: sums, differences, what is left of a whole, shares of a number and what share a number is. In: a reading of the
//! claim, those of its evidence. Out: the reading of the evidence that it was worked out from. Never: values that stand there.

use super::compare::comparable;
use super::value::{Amount, Dimension, Precision, Reading, Strength, Value, equal};

/// From here on a number may be the sum or difference of two of the evidence; smaller ones meet so by chance.
const WORKED_OUT: f64 = 20.0;
/// Likewise the whole that a share is of.
const LEAST_WHOLE: f64 = 10.0;
/// How far a share may be from "nearly a fifth", and from "a fifth".
const NEARLY: f64 = 0.15;
const ROUNDLY: f64 = 0.03;
/// A count that is a share of another is told as a whole one.
const HALF_ONE: f64 = 0.5;

/// The evidence as far as values can be worked out from it: index, amount, and whether the claim states it as well.
type Known = (usize, Amount, bool);

/// What `reading` was worked out from, if it was. `used` are the readings of the evidence that the claim states.
pub(super) fn derived(reading: &Reading, evidence: &[Reading], used: &[bool]) -> Option<usize> {
    let Value::Amount(claim) = reading.value else { return None };
    if claim.ordinal || claim.precision == Precision::Vague {
        return None;
    }
    let exact = |(at, (other, used)): (usize, (&Reading, &bool))| match other.value {
        Value::Amount(amount)
            if amount.precision != Precision::Vague
                && !amount.ordinal
                && other.strength == Strength::Stated =>
        {
            Some((at, amount, *used))
        }
        _ => None,
    };
    let known: Vec<Known> = evidence.iter().zip(used).enumerate().filter_map(exact).collect();
    rest_of_whole(&claim, &known)
        .or_else(|| sum(&claim, &known))
        .or_else(|| part(&claim, &known))
        .or_else(|| ratio(&claim, &known))
}

/// Whether an amount is a part of a whole, and which: 0.5 for a half and for 50 percent.
fn share(amount: &Amount) -> Option<f64> {
    let part = amount.low * amount.unit.factor;
    let of_whole = amount.unit.is_none() || amount.unit.dimension == Dimension::Share;
    (of_whole && !amount.ordinal && part > 0.0 && part < 1.0).then_some(part)
}

/// Whether two shares are one, of which one is told in words: "two-thirds" is 67 percent, "nearly a fifth" 18.
pub(super) fn are_one_share(claim: &Amount, evidence: &Amount) -> bool {
    let in_words = |amount: &Amount| amount.unit.is_none() && amount.precision != Precision::Vague;
    let (Some(a), Some(b)) = (share(claim), share(evidence)) else { return false };
    (in_words(claim) || in_words(evidence)) && is_about(a, b, is_rough(claim, evidence))
}

/// "a third" is written like an ordinal and may be one; "nearly a tenth" may be 9.6 percent.
pub(super) fn is_share_of(ordinal: &Amount, other: &Amount) -> bool {
    let about = ordinal.precision == Precision::About;
    ordinal.ordinal && share(other).is_some_and(|part| is_about(1.0 / ordinal.low, part, about))
}

fn is_rough(claim: &Amount, evidence: &Amount) -> bool {
    claim.precision == Precision::About || evidence.precision == Precision::About
}

/// `told` is what words say of `part`.
fn is_about(told: f64, part: f64, rough: bool) -> bool {
    (part / told - 1.0).abs() <= if rough { NEARLY } else { ROUNDLY }
}

/// 42 percent, where the evidence has the other 58.
fn rest_of_whole(claim: &Amount, known: &[Known]) -> Option<usize> {
    let part = share(claim)?;
    let rest = |amount: &Amount| share(amount).map(|other| 1.0 - other);
    let fits = |rest: f64, amount: &Amount| {
        match (claim.unit.is_none(), amount.unit.is_none()) {
            (false, false) => equal(part, rest),
            // Nobody says "three quarters" where others say "a quarter" of the rest.
            (true, true) => false,
            _ => is_about(part, rest, is_rough(claim, amount)),
        }
    };
    let free = known.iter().filter(|(_, _, used)| !used);
    free.filter_map(|(at, amount, _)| Some((*at, rest(amount)?, amount)))
        .find_map(|(at, rest, amount)| fits(rest, amount).then_some(at))
}

/// The sum or difference of two numbers, or what is left of a number that the claim states.
fn sum(claim: &Amount, known: &[Known]) -> Option<usize> {
    let exact = |amount: &Amount| amount.precision == Precision::Exact;
    if claim.low < WORKED_OUT || claim.unit.dimension == Dimension::Share || !exact(claim) {
        return None;
    }
    let pairs = known
        .iter()
        .enumerate()
        .flat_map(|(place, first)| known.iter().skip(place + 1).map(move |second| (first, second)));
    let fits = |(first, second): &(&Known, &Known)| {
        let Some((wanted, a, _)) = comparable(claim, &first.1) else { return false };
        let Some((_, b, _)) = comparable(claim, &second.1) else { return false };
        let (whole, part) = if a > b { (first, second) } else { (second, first) };
        let left = equal(wanted, (a - b).abs());
        let free = !first.2 && !second.2;
        exact(&first.1)
            && exact(&second.1)
            && (free && (left || equal(wanted, a + b)) || left && whole.2 && !part.2)
    };
    pairs.into_iter().find(fits).map(|(first, second)| if first.2 { second.0 } else { first.0 })
}

/// Six, where a third of 18 is meant.
fn part(claim: &Amount, known: &[Known]) -> Option<usize> {
    let counts = |amount: &Amount| amount.unit.is_none() && amount.low >= 1.0;
    if !counts(claim) || claim.low < 2.0 {
        return None;
    }
    let wholes =
        || known.iter().filter(|(_, amount, _)| counts(amount) && amount.low >= LEAST_WHOLE);
    let free = known.iter().filter(|(_, _, used)| !used);
    free.filter_map(|(at, amount, _)| Some((*at, share(amount)?))).find_map(|(at, share)| {
        let mut meant = wholes().map(|(_, whole, _)| whole.low * share);
        meant.any(|meant| (meant - claim.low).abs() < HALF_ONE).then_some(at)
    })
}

/// "Nine-tenths", where 151 of 162 are left or 11 of them lost. Percentages are told from two numbers by chance too easily.
fn ratio(claim: &Amount, known: &[Known]) -> Option<usize> {
    let told = share(claim).filter(|_| claim.unit.is_none())?;
    let rough = claim.precision == Precision::About;
    let counts = |(_, amount, _): &&Known| amount.unit.is_none() && amount.low >= 1.0;
    let numbers = || known.iter().filter(counts);
    numbers().filter(|(_, whole, _)| whole.low >= LEAST_WHOLE).find_map(|(_, whole, _)| {
        let mut parts = numbers().filter(|(_, part, used)| !used && part.low < whole.low);
        let fits = |part: f64| is_about(told, part, rough) || is_about(told, 1.0 - part, rough);
        parts.find(|(_, part, _)| fits(part.low / whole.low)).map(|(at, _, _)| *at)
    })
}
