//! Reads the quantities of a text: numbers with their units, dates, and hints of number.
//!
//! Owns: which unit belongs to which number, what is an identifier, ranges that share a unit.
//! In: tokens. Out: readings in order that never overlap. Never: comparison.

use super::dates::date;
use super::lexicon::Meaning::{
    About, Century, Cubic, DoubleUnit, Nation, OneOf, Part, Percent, Scale, Second, Square,
    Unit as Named, Weekday,
};
use super::lexicon::may_be_dual;
use super::numerals::{Numeral, numeral};
use super::token::{Kind, Tokens};
use super::unit_words::CENTURY;
use super::value::{Amount, Bound, Dimension, Precision, Reading, Strength, Unit, Value, equal};
use crate::domain::Language;
use crate::text::chars::is_listed;

/// All readings of `tokens`, hints included.
pub(super) fn readings(tokens: &Tokens) -> Vec<Reading> {
    let mut found: Vec<Reading> = Vec::new();
    let mut at = 0;
    while at < tokens.all.len() {
        let floor = found.last().map_or(0, |last| last.end);
        let named = |at: usize| if is_identifier(tokens, at) { None } else { date(tokens, at) };
        let next = named(at).or_else(|| amount(tokens, at, floor)).or_else(|| hint(tokens, at));
        match next.filter(|reading| reading.end > at) {
            Some(reading) => {
                at = reading.end;
                found.push(reading);
            }
            None => at += 1,
        }
    }
    share_units(tokens, &mut found);
    join_durations(tokens, found)
}

/// Digits that belong to a name: COVID-19, N95, 3D.
fn is_identifier(tokens: &Tokens, at: usize) -> bool {
    if tokens.digits(at).is_none() {
        return false;
    }
    let is_name = |at: usize| {
        tokens.all.get(at).is_some_and(|token| token.kind == Kind::Word)
            && !matches!(
                tokens.meaning(at),
                Some(super::lexicon::Meaning::YearCue | About | Nation(_))
            )
            && (tokens.word(at).is_ascii() || tokens.is_dash(at + 1))
    };
    let glued = tokens.is_glued(at);
    let behind_name = glued && at > 0 && is_name(at - 1);
    let behind_dash =
        glued && at > 1 && tokens.is_dash(at - 1) && tokens.is_glued(at - 1) && is_name(at - 2);
    let suffix = tokens.is_glued(at + 1)
        && tokens.word(at + 1).is_ascii()
        && !tokens.word(at + 1).is_empty()
        && !matches!(tokens.word(at + 1), "st" | "nd" | "rd" | "th" | "s" | "k" | "x" | "m")
        && tokens.meaning(at + 1).is_none();
    behind_name || behind_dash || suffix
}

/// The number at `at` with its unit; a sign of currency may stand in front.
fn amount(tokens: &Tokens, at: usize, floor: usize) -> Option<Reading> {
    if let Some(DoubleUnit(unit)) = tokens.meaning(at) {
        let half = tokens.joined(at + 1).filter(|next| tokens.meaning(*next) == Some(Part(0.5)));
        let value = if half.is_some() { 2.5 } else { 2.0 };
        let amount = Amount { unit, ..Amount::exact(value) };
        let end = half.map_or(at + 1, |next| next + 1);
        // "العامين" are the general ones, too, and "عامي" introduces two years.
        let doubtful = matches!(tokens.word(at), "العامين" | "العامان" | "عامي" | "سنتي");
        let strength = if doubtful { Strength::Hint } else { Strength::Stated };
        return Some(Reading { first: at, end, value: Value::Amount(amount), strength });
    }
    let money = money_sign(tokens, at);
    let first = money.map_or(at, |(_, behind)| behind);
    let number = numeral(tokens, first)?;
    let (mut amount, mut end) = (number.amount, number.end);
    if let Some((unit, _)) = money {
        amount.unit = unit;
        if tokens.word(end) == "m" || tokens.word(end) == "k" {
            let scale = if tokens.word(end) == "m" { 1e6 } else { 1e3 };
            (amount.low, amount.high) = (amount.low * scale, amount.high * scale);
            end += 1;
        }
        // "$5 million US dollars"
        end = unit_behind(tokens, end, &amount)
            .filter(|(u, _)| u.dimension == unit.dimension)
            .map_or(end, |(_, end)| end);
    } else if !amount.ordinal {
        if is_percent(tokens, first) {
            amount.unit = Unit::PERCENT;
        } else if let Some((unit, behind)) = unit_behind(tokens, end, &amount) {
            (amount.unit, end) = (unit, behind);
        } else if let Some(unit) = unit_in_front(tokens, at, &number) {
            amount.unit = unit;
        }
        if let Some(next) = tokens
            .joined(end)
            .filter(|next| !amount.unit.is_none() && tokens.meaning(*next) == Some(Part(0.5)))
        {
            (amount.low, amount.high) = (amount.low + 0.5, amount.high + 0.5);
            end = next + 1;
        }
    }
    amount.bound = bound(tokens, at, floor).unwrap_or_else(|| bound_behind(tokens, end));
    let rough = amount.bound != Bound::None || is_about(tokens, at, floor);
    if amount.precision == Precision::Exact && rough {
        amount.precision = Precision::About;
    }
    let strength = if is_identifier(tokens, first) {
        Strength::Hint
    } else {
        strength(tokens, at, &number, &amount)
    };
    Some(Reading { first: at, end, value: Value::Amount(amount), strength })
}

fn is_percent(tokens: &Tokens, at: usize) -> bool {
    matches!(tokens.all.get(at).map(|token| token.kind), Some(Kind::Digits { percent: true, .. }))
}

/// `$`, `US$`, `USD` in front of digits: the unit, and where the digits stand.
fn money_sign(tokens: &Tokens, at: usize) -> Option<(Unit, usize)> {
    let nation = match tokens.meaning(at) {
        Some(Nation(nation)) if tokens.mark(at + 1) == Some('$') => Some(nation),
        _ => None,
    };
    let sign = at + usize::from(nation.is_some());
    let noun = match tokens.mark(sign) {
        Some('$') => "dollar",
        Some('€') => "euro",
        Some('£') => "pound",
        Some('¥') => "yen",
        Some('₪') => "shekel",
        Some('₹') => "rupee",
        _ => match tokens.meaning(sign) {
            Some(Named(unit)) if tokens.word(sign).len() == 3 && tokens.word(sign).is_ascii() => {
                match unit.dimension {
                    Dimension::Money(noun)
                        if tokens.all.get(sign).is_some_and(|token| token.capital) =>
                    {
                        noun
                    }
                    _ => return None,
                }
            }
            _ => return None,
        },
    };
    let unit = Unit { nation, ..Unit::new(Dimension::Money(noun), 1.0) };
    tokens.digits(sign + 1).map(|_| (unit, sign + 1))
}

/// The unit whose words begin at `at`, behind a number, and where they end.
fn unit_behind(tokens: &Tokens, at: usize, amount: &Amount) -> Option<(Unit, usize)> {
    if let Some(behind) = percent_words(tokens, at) {
        return Some((Unit::PERCENT, behind));
    }
    let mut next = at;
    next += usize::from(tokens.is_dash(next) && tokens.is_glued(next + 1));
    next += usize::from(matches!(tokens.mark(next), Some('°' | 'º')));
    let of = matches!(tokens.word(next), "of" | "من") && (amount.low >= 100.0);
    next += usize::from(of);
    let power = match tokens.meaning(next) {
        Some(Square) => 2,
        Some(Cubic) => 3,
        _ => 1,
    };
    next += usize::from(power > 1);
    let nation = match tokens.meaning(next) {
        Some(Nation(nation)) => Some(nation),
        _ => None,
    };
    next += usize::from(nation.is_some());
    // "Can. dollars"
    next += usize::from(nation.is_some() && tokens.mark(next) == Some('.'));
    let unit = unit_at(tokens, next);
    let (Some(mut unit), false) = (unit, tokens.joined(next).is_some()) else {
        let sign = matches!(tokens.mark(at), Some('€' | '$' | '£'));
        return sign.then(|| money_noun(tokens.mark(at))).flatten().map(|unit| (unit, at + 1));
    };
    // One letter is a unit only where it touches the number.
    if tokens.word(next).chars().count() == 1 && !tokens.is_glued(next) {
        return None;
    }
    unit.nation = nation;
    let mut end = next + 1;
    let (power, behind) = power_behind(tokens, end).unwrap_or((power, end));
    end = behind;
    if unit.dimension == Dimension::Length && power > 1 {
        unit.factor = if power == 2 { unit.factor.powi(2) } else { unit.factor.powi(3) * 1e3 };
        unit.dimension = if power == 2 { Dimension::Area } else { Dimension::Volume };
    }
    if let (Dimension::Money(_), Some(Nation(nation))) = (unit.dimension, tokens.meaning(end)) {
        unit.nation = Some(nation);
        end += 1;
    }
    if matches!((unit.dimension, tokens.meaning(end)), (Dimension::Money(_), Some(Named(again))) if again.dimension == unit.dimension)
    {
        // "جنيه إسترليني"
        end += 1;
    }
    Some((unit, end))
}

/// The unit that the word at `at` names behind a number: there "قرن" is a hundred years and "ثانية" no second one.
fn unit_at(tokens: &Tokens, at: usize) -> Option<Unit> {
    match tokens.meaning(at)? {
        Named(unit) => Some(unit),
        Century => Some(Unit::new(Dimension::Time, CENTURY)),
        Second if tokens.language == Language::Arabic => Some(Unit::new(Dimension::Time, 1.0)),
        _ => None,
    }
}

/// "العقود الأربعة": a definite unit that its number stands behind.
fn unit_in_front(tokens: &Tokens, at: usize, number: &Numeral) -> Option<Unit> {
    let definite = |at: usize| tokens.all.get(at).is_some_and(|token| token.entry.definite);
    let before = at.checked_sub(1).filter(|before| definite(*before) && definite(at))?;
    number.in_words.then(|| unit_at(tokens, before))?
}

/// "مربع", or the 2 of `km2`: the power of a unit, and where it ends.
fn power_behind(tokens: &Tokens, at: usize) -> Option<(i32, usize)> {
    let digit = tokens.digits(at).filter(|_| tokens.is_glued(at));
    match tokens.meaning(at) {
        Some(Square) => Some((2, at + 1)),
        Some(Cubic) => Some((3, at + 1)),
        _ if digit.is_some_and(|digit| equal(digit, 2.0)) => Some((2, at + 1)),
        _ if digit.is_some_and(|digit| equal(digit, 3.0)) => Some((3, at + 1)),
        _ => match tokens.mark(at) {
            Some('²') => Some((2, at + 1)),
            Some('³') => Some((3, at + 1)),
            _ => None,
        },
    }
}

fn money_noun(sign: Option<char>) -> Option<Unit> {
    let noun = match sign? {
        '€' => "euro",
        '$' => "dollar",
        '£' => "pound",
        _ => return None,
    };
    Some(Unit::new(Dimension::Money(noun), 1.0))
}

/// Where the words for "percent" end that begin at `at`.
fn percent_words(tokens: &Tokens, at: usize) -> Option<usize> {
    let hundred = |at: usize| tokens.meaning(at) == Some(super::lexicon::Meaning::Cardinal(100.0));
    let point = |end: usize| end + usize::from(matches!(tokens.word(end), "point" | "points"));
    let entry = tokens.all.get(at)?.entry;
    if tokens.meaning(at) == Some(Percent) {
        return Some(point(at + 1));
    }
    if tokens.word(at) == "per" && tokens.word(at + 1) == "cent" {
        return Some(point(at + 2));
    }
    if matches!(tokens.mark(at), Some('%' | '٪')) {
        return Some(at + 1);
    }
    if hundred(at) && entry.with_in {
        return Some(at + 1);
    }
    if tokens.word(at) == "في" && hundred(at + 1) && tokens.all.get(at + 1)?.entry.definite {
        return Some(at + 2);
    }
    (matches!(tokens.word(at), "نقطه" | "نقاط") && tokens.word(at + 1) == "مييه").then_some(at + 2)
}

/// Whether "about", "more than" and the like stand up to two tokens in front of `at`.
fn is_about(tokens: &Tokens, at: usize, floor: usize) -> bool {
    let low = at.saturating_sub(2).max(floor);
    (low..at).any(|at| tokens.meaning(at) == Some(About) && tokens.mark(at + 1).is_none())
        || matches!(at.checked_sub(1).and_then(|at| tokens.mark(at)), Some('~' | '≈'))
}

/// Words of which one, up to two tokens in front of a number, says that there is more of it, or less.
const ABOVE: &str = "more|over|above|least|exceeding|exceeded|exceeds|اكثر|يزيد|تزيد|زاد|يفوق|تفوق|تجاوز|تجاوزت|يتجاوز|تتجاوز|يربو";
const BELOW: &str = "less|under|below|fewer|most|اقل|يقل|تقل";

/// Whether "more than" or "at most" stands up to two tokens in front of `at`; "no more than" turns it round.
fn bound(tokens: &Tokens, at: usize, floor: usize) -> Option<Bound> {
    let low = at.saturating_sub(2).max(floor);
    let word = (low..at)
        .rev()
        .find(|at| is_listed(ABOVE, tokens.word(*at)) || is_listed(BELOW, tokens.word(*at)))?;
    let denied = word > floor && matches!(tokens.word(word - 1), "no" | "not" | "لا" | "لم" | "الا");
    Some(if is_listed(ABOVE, tokens.word(word)) == denied { Bound::Below } else { Bound::Above })
}

/// "7 في المئة على الأقل", `300+`
fn bound_behind(tokens: &Tokens, end: usize) -> Bound {
    let plus = tokens.mark(end) == Some('+')
        || end.checked_sub(2).is_some_and(|at| tokens.mark(at) == Some('+'));
    let told = (end..end + 3).find_map(|at| match tokens.word(at) {
        "الاقل" | "least" => Some(Bound::Above),
        "الاكثر" | "most" => Some(Bound::Below),
        _ => None,
    });
    told.unwrap_or(if plus { Bound::Above } else { Bound::None })
}

/// In front of these, "one" is a pronoun.
const PRONOUN_BEFORE: [&str; 31] = [
    "of", "another", "such", "who", "that", "which", "day", "can", "could", "may", "must",
    "should", "is", "was", "in", "on", "for", "to", "at", "s", "or", "and", "with", "where", "has",
    "من", "would", "might", "will", "as", "by",
];

/// Behind these, "one" is a pronoun.
const PRONOUN_BEHIND: [&str; 11] =
    ["this", "that", "no", "any", "every", "each", "which", "the", "another", "some", "only"];

/// Words in front of the rank that somebody has.
const RANKED: &str = "came|come|comes|coming|finish|finished|finishing|place|placed|places|placing|rank|ranked|ranks|ranking";

/// Words behind "one" among which "another" may answer to it.
const ANOTHER: usize = 5;

/// How far a number states something.
fn strength(tokens: &Tokens, at: usize, number: &Numeral, amount: &Amount) -> Strength {
    let scaled = matches!(tokens.meaning(number.end - 1), Some(Scale(_)));
    let alpha = tokens.word(at) == "الفا" && number.end == at + 1;
    if !number.in_words || (scaled && !alpha) || !amount.unit.is_none() && !equal(amount.low, 1.0) {
        return Strength::Stated;
    }
    let arabic = tokens.language == Language::Arabic;
    let next = tokens.word(number.end);
    if amount.ordinal && amount.low <= 2.0 {
        let firm = at > 0
            && (matches!(tokens.word(at - 1), "the" | "a" | "his" | "her" | "its" | "their" | "s")
                || is_listed(RANKED, tokens.word(at - 1)));
        return if arabic || firm { Strength::Faint } else { Strength::Hint };
    }
    if equal(amount.low, 1.0) && !amount.ordinal {
        let in_front = at.checked_sub(1).map_or("", |at| tokens.word(at));
        // "from one place to another"
        let mut behind = (number.end..number.end + ANOTHER).map(|at| tokens.word(at));
        let pronoun = next.is_empty()
            || PRONOUN_BEFORE.contains(&next)
            || PRONOUN_BEHIND.contains(&in_front)
            || behind.any(|word| word == "another");
        return if pronoun { Strength::Hint } else { Strength::Faint };
    }
    // "نصف النهائي" is a round of a cup.
    if amount.low < 1.0 && without_article(next).starts_with("نهاي") {
        return Strength::Hint;
    }
    if equal(amount.low, 0.5) && amount.unit.is_none() {
        return Strength::Faint;
    }
    // "The three of them" may be named one by one.
    let known = at > 0 && matches!(tokens.word(at - 1), "the" | "these" | "those");
    if known && !amount.ordinal && amount.low > 1.0 && amount.low <= 3.0 && amount.unit.is_none() {
        return Strength::Hint;
    }
    // "ألفا" alone is a thousand or the Greek letter.
    if alpha {
        return Strength::Hint;
    }
    // "كلا", "both" in Arabic and the ten that is a verb are no claims.
    let both = arabic && tokens.word(at).starts_with("كل");
    if both { Strength::Hint } else { Strength::Stated }
}

/// A folded Arabic word less its article.
pub(super) fn without_article(word: &str) -> &str {
    word.strip_prefix("ال").unwrap_or(word)
}

/// Words that may mean a number: Arabic duals, "one of", singular units, Roman numerals.
fn hint(tokens: &Tokens, at: usize) -> Option<Reading> {
    let word = tokens.word(at);
    let is_dual = tokens.language == Language::Arabic && may_be_dual(word);
    let arabic = fold_of(word).or(is_dual.then_some(2.0));
    let (value, unit) = match tokens.meaning(at) {
        Some(OneOf) => (1.0, Unit::NONE),
        Some(Named(unit)) => (1.0, unit),
        Some(Century) => (1.0, Unit::new(Dimension::Time, CENTURY)),
        Some(Weekday(1)) => (2.0, Unit::NONE),
        None if arabic.is_some() => (arabic?, Unit::NONE),
        None if matches!(word, "both" | "couple" | "pair" | "twice" | "twin" | "double") => {
            (2.0, Unit::NONE)
        }
        None if matches!(word, "once" | "single") => (1.0, Unit::NONE),
        None => {
            (roman(word).filter(|_| tokens.all.get(at).is_some_and(|t| t.capital))?, Unit::NONE)
        }
        _ => return None,
    };
    let half = tokens
        .joined(at + 1)
        .filter(|next| tokens.meaning(*next) == Some(Part(0.5)) && !unit.is_none());
    let value = if half.is_some() { value + 0.5 } else { value };
    let end = half.map_or(at + 1, |next| next + 1);
    let amount = Amount { unit, ..Amount::exact(value) };
    Some(Reading { first: at, end, value: Value::Amount(amount), strength: Strength::Hint })
}

/// How many of something an Arabic adjective says there are: "ثلاثية" is threefold.
fn fold_of(word: &str) -> Option<f64> {
    const STEMS: [(&str, f64); 8] = [
        ("ثنائي", 2.0),
        ("ثلاثي", 3.0),
        ("رباعي", 4.0),
        ("خماسي", 5.0),
        ("خمسي", 5.0),
        ("سداسي", 6.0),
        ("سباعي", 7.0),
        ("ثماني", 8.0),
    ];
    let bare = without_article(word.trim_start_matches(['و', 'ف']));
    let stem = STEMS.iter().find(|(stem, _)| matches!(bare.strip_prefix(stem), Some("" | "ه")));
    stem.map(|(_, count)| *count)
}

/// The value of a Roman numeral of two letters or more.
fn roman(word: &str) -> Option<f64> {
    let digit = |c: char| match c {
        'i' => Some(1.0),
        'v' => Some(5.0),
        'x' => Some(10.0),
        'l' => Some(50.0),
        _ => None,
    };
    let digits: Option<Vec<f64>> = word.chars().map(digit).collect();
    let digits = digits.filter(|digits| digits.len() > 1)?;
    let signed = digits.iter().enumerate().map(|(index, value)| {
        if digits.get(index + 1).is_some_and(|next| next > value) { -value } else { *value }
    });
    Some(signed.sum())
}

/// "between 50 and 60 percent", "5-10 km": the first number has the unit of the second.
fn share_units(tokens: &Tokens, found: &mut [Reading]) {
    for index in (1..found.len()).rev() {
        let (before, rest) = found.split_at_mut(index);
        let (Some(left), Some(right)) = (before.last_mut(), rest.first()) else { continue };
        let links = (left.end..right.first).all(|at| {
            tokens.is_dash(at)
                || matches!(tokens.mark(at), Some(',' | '،' | '/'))
                || matches!(tokens.word(at), "to" | "and" | "or" | "الي" | "او" | "و")
        });
        let (Value::Amount(a), Value::Amount(b)) = (&mut left.value, &right.value) else {
            continue;
        };
        let bare = a.unit.is_none() && !a.ordinal && left.strength == Strength::Stated;
        if links && right.first <= left.end + 2 && bare {
            share_scale(tokens, (left.first, a), (right.first, b));
        }
        if links && right.first <= left.end + 2 && bare && right.strength == Strength::Stated {
            a.unit = b.unit;
        }
    }
}

/// "between 22 and 25 thousand": the first number has the scale of the second.
fn share_scale(
    tokens: &Tokens,
    (first, left): (usize, &mut Amount),
    (second, right): (usize, &Amount),
) {
    let Some((small, large)) = tokens.digits(first).zip(tokens.digits(second)) else { return };
    let opens = first.checked_sub(1).map_or("", |before| tokens.word(before));
    let ranges = matches!(opens, "between" | "from" | "بين" | "من");
    let scale = right.low / large;
    if ranges && scale >= 1e3 && small < large && equal(left.low, small) {
        (left.low, left.high) = (small * scale, small * scale);
    }
}

/// "3 minutes and 58.4 seconds" is one time.
fn join_durations(tokens: &Tokens, found: Vec<Reading>) -> Vec<Reading> {
    let mut joined: Vec<Reading> = Vec::with_capacity(found.len());
    for reading in found {
        match joined.last_mut().and_then(|last| Some((together(tokens, last, &reading)?, last))) {
            Some((whole, last)) => *last = whole,
            None => joined.push(reading),
        }
    }
    joined
}

/// Both readings as one, if the second goes on with a smaller unit of time.
fn together(tokens: &Tokens, left: &Reading, right: &Reading) -> Option<Reading> {
    let (Value::Amount(a), Value::Amount(b)) = (left.value, right.value) else { return None };
    let cents =
        matches!((a.unit.dimension, b.unit.dimension), (Dimension::Money(_), Dimension::Money(_)))
            && equal(a.unit.factor, 1.0)
            && equal(b.unit.factor, 0.01)
            && b.low < 100.0;
    let time = |amount: &Amount| amount.unit.dimension == Dimension::Time && !amount.ordinal;
    let stated = left.strength == Strength::Stated && right.strength == Strength::Stated;
    let links =
        left.end == right.first || left.end + 1 == right.first && tokens.joined(left.end).is_some();
    let goes_on = cents || time(&a) && time(&b) && b.low * b.unit.factor < a.unit.factor;
    let exact = a.precision != Precision::Vague && b.precision == Precision::Exact;
    (stated && links && goes_on && exact).then(|| {
        // Sums of money are told in the larger unit, times in the smaller one.
        let unit = if cents { a.unit } else { b.unit };
        let value = (a.low * a.unit.factor + b.low * b.unit.factor) / unit.factor;
        let amount = Amount { low: value, high: value, unit, ..a };
        Reading { first: left.first, end: right.end, value: Value::Amount(amount), ..*left }
    })
}
