//! Numbers in digits and words, put together: `3.5 million`, `خمسة وعشرون ألفا`, `two-thirds`, `tens of thousands`.
//!
//! Owns: how number words compose in both languages. In: tokens. Out: the value and where it ends.
//! Never: units, dates.

use super::lexicon::Meaning::{
    Cardinal, DoubleScale, Few, Many, OneOf, Ordinal, Part, Scale, Second, Ten, Unit,
};
use super::token::Tokens;
use super::value::{Amount, Precision, equal};
use crate::domain::Language;

/// A number without its unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numeral {
    pub(super) end: usize,
    pub(super) amount: Amount,
    /// Written in words throughout.
    pub(super) in_words: bool,
}

fn exact(value: f64, end: usize) -> Numeral {
    Numeral { end, amount: Amount::exact(value), in_words: true }
}

/// "thousands" reaches from two of them to a hundred of them.
fn vague(low: f64, high: f64, end: usize) -> Numeral {
    let amount = Amount { low, high, precision: Precision::Vague, ..Amount::exact(low) };
    Numeral { end, amount, in_words: true }
}

fn many(scale: f64, end: usize) -> Numeral {
    let reach = if scale > 500.0 { 1000.0 } else { 20.0 };
    vague(scale, scale * reach, end)
}

fn ordinal(value: f64, end: usize) -> Numeral {
    let amount = Amount { ordinal: true, ..Amount::exact(value) };
    Numeral { end, amount, in_words: true }
}

/// Behind "one in", a larger number is a year or counts something else.
const LARGEST_WHOLE: f64 = 1000.0;

/// Words between "one" and "in" of a share.
const LONGEST_KIND: usize = 4;

/// The number that begins at token `at`.
pub(super) fn numeral(tokens: &Tokens, at: usize) -> Option<Numeral> {
    if let Some(share) = ratio(tokens, at) {
        return Some(share);
    }
    if let Some(value) = tokens.digits(at) {
        return Some(behind_digits(tokens, at, value));
    }
    match tokens.language {
        Language::Arabic => arabic(tokens, at),
        Language::English => english(tokens, at),
    }
}

/// "one in three", "nine out of every ten", "واحد من كل ثلاثة": a share, if no unit stands behind it ("one in three days").
fn ratio(tokens: &Tokens, at: usize) -> Option<Numeral> {
    let count = |at: usize| match tokens.meaning(at) {
        Some(Cardinal(value)) => Some(value),
        Some(Ten) => Some(10.0),
        _ if tokens.plain_digits(at) > 0 => tokens.digits(at),
        _ => None,
    };
    let part = count(at)?;
    let every = |at: usize| matches!(tokens.word(at), "every" | "each" | "كل");
    if let Some(end) = one_of_its_kind(tokens, at) {
        let whole = count(end - 1).filter(|whole| part < *whole && *whole <= LARGEST_WHOLE)?;
        return equal(part, 1.0).then(|| exact(part / whole, end));
    }
    let behind = match (tokens.word(at + 1), tokens.word(at + 2)) {
        ("in" | "من", _) if every(at + 2) => at + 3,
        ("in", _) if equal(part, 1.0) => at + 2,
        ("out", "of") | ("من", "اصل" | "بين") if every(at + 3) => at + 4,
        ("out", "of") | ("من", "اصل") => at + 3,
        _ => return None,
    };
    let whole = count(behind).filter(|whole| part < *whole && *whole <= LARGEST_WHOLE)?;
    let unit = matches!(tokens.meaning(behind + 1), Some(Unit(_) | Scale(_)));
    let amount = Amount { told_as: Some((part, whole)), ..Amount::exact(part / whole) };
    (!unit).then(|| Numeral { amount, ..exact(0.0, behind + 1) })
}

/// "one primary school in three", if the clause ends there or goes on with its verb: where it ends.
fn one_of_its_kind(tokens: &Tokens, at: usize) -> Option<usize> {
    let is_noun = |at: &usize| !tokens.word(*at).is_empty() && tokens.meaning(*at).is_none();
    let noun = (at + 1..=at + LONGEST_KIND + 1).take_while(is_noun);
    let linked = noun.take_while(|at| tokens.word(*at) != "in").count() + at + 1;
    let end = linked + 2;
    let ends = tokens.all.get(end).is_none()
        || matches!(tokens.mark(end), Some('.' | ',' | ';' | '"' | '”'))
        || matches!(
            tokens.word(end),
            "of" | "is" | "are" | "was" | "were" | "has" | "have" | "had"
        );
    (tokens.word(at) == "one" && linked > at + 1 && tokens.word(linked) == "in" && ends)
        .then_some(end)
}

/// Digits with the scale or ordinal ending behind them.
fn behind_digits(tokens: &Tokens, at: usize, value: f64) -> Numeral {
    let mut found = Numeral { in_words: false, ..exact(value, at + 1) };
    if tokens.is_glued(at + 1) && matches!(tokens.word(at + 1), "st" | "nd" | "rd" | "th") {
        found.amount.ordinal = true;
        found.end = at + 2;
        return found;
    }
    // "a 10-million", "300+ billion"
    let plus = tokens.mark(at + 1) == Some('+');
    let dash = usize::from(plus || (tokens.is_dash(at + 1) && tokens.is_glued(at + 2)));
    let next = at + 1 + dash;
    let joined = tokens.joined(next).is_some();
    match tokens.meaning(next) {
        Some(Scale(scale) | Many(scale)) if !joined && !(13.0..=500.0).contains(&scale) => {
            found.end = next + 1;
            found.amount = Amount::exact(value * scale);
            if tokens.language == Language::Arabic {
                return arabic_rest(tokens, found, scale);
            }
            found
        }
        // "2 and a half"
        Some(super::lexicon::Meaning::And)
            if tokens.word(next + 1) == "a" && tokens.meaning(next + 2) == Some(Part(0.5)) =>
        {
            let scale = scale_at(tokens, next + 3);
            let end = next + 3 + usize::from(scale.is_some());
            Numeral { in_words: false, ..exact((value + 0.5) * scale.unwrap_or(1.0), end) }
        }
        _ => found,
    }
}

fn scale_at(tokens: &Tokens, at: usize) -> Option<f64> {
    match tokens.meaning(at) {
        Some(Scale(scale)) => Some(scale),
        _ => None,
    }
}

/// "of a million" at `at`: the scale, and where it ends.
fn of_scale(tokens: &Tokens, at: usize) -> Option<(f64, usize)> {
    let of = tokens.word(at) == "of" && matches!(tokens.word(at + 1), "a" | "an");
    scale_at(tokens, at + 2).filter(|_| of).map(|scale| (scale, at + 3))
}

fn english(tokens: &Tokens, at: usize) -> Option<Numeral> {
    let article = usize::from(matches!(tokens.word(at), "a" | "an"));
    let first = at + article;
    match tokens.meaning(first)? {
        Few => scale_at(tokens, first + 1).map(|s| vague(s * 2.0, s * 10.0, first + 2)),
        Many(scale) if article == 0 => Some(english_many(tokens, first, scale)),
        Part(share) => english_part(tokens, first, share, article > 0),
        // "The Hundred" is a name.
        Scale(_) if first > 0 && tokens.all.get(first).is_some_and(|token| token.capital) => None,
        Scale(_) => english_words(tokens, first),
        Ordinal(3.0) if article > 0 && tokens.word(first + 1) == "of" => {
            Some(exact(1.0 / 3.0, first + 1))
        }
        Cardinal(_) | Ordinal(_) | Second if article == 0 => english_words(tokens, first),
        _ => None,
    }
}

/// "hundreds of thousands"
fn english_many(tokens: &Tokens, at: usize, scale: f64) -> Numeral {
    let of = usize::from(tokens.word(at + 1) == "of");
    match tokens.meaning(at + 1 + of) {
        Some(Many(next) | Scale(next)) if next > scale => {
            let product = scale * next;
            vague(product, product * 20.0, at + 2 + of)
        }
        _ => many(scale, at + 1),
    }
}

/// "half", "half a million", "a quarter of"
fn english_part(tokens: &Tokens, at: usize, share: f64, article: bool) -> Option<Numeral> {
    // "half an hour", "a quarter of an hour"
    let is_article = |at: usize| matches!(tokens.word(at), "a" | "an");
    let of = usize::from(tokens.word(at + 1) == "of" && is_article(at + 2));
    let next = at + 1 + of + usize::from(is_article(at + 1 + of));
    let joint = next + usize::from(tokens.is_dash(next));
    if let Some(scale) = scale_at(tokens, joint) {
        return Some(exact(share * scale, joint + 1));
    }
    if matches!(tokens.meaning(next), Some(Unit(_))) && next > at + 1 {
        return Some(exact(share, next));
    }
    let ordered = at > 0 && matches!(tokens.meaning(at - 1), Some(Ordinal(_) | Second));
    // Quarters of a town, which have no number in front.
    let told = article || tokens.word(at) == "quarter" && tokens.word(at + 1) == "of";
    let quarter = equal(share, 0.25) && !told;
    (!ordered && !quarter).then(|| exact(share, at + 1))
}

/// Cardinals and ordinals in words: hundreds, tens, units and scales in falling order.
fn english_words(tokens: &Tokens, at: usize) -> Option<Numeral> {
    let (mut total, mut group, mut last_scale) = (0.0, 0.0, f64::INFINITY);
    let mut next = at;
    let mut end = at;
    loop {
        let word = if end > at { behind_link(tokens, next) } else { next };
        let fits = |value: f64| {
            end == at
                || (value < 100.0 && equal(group % 100.0, 0.0) && (group > 0.0 || total > 0.0))
                || (value < 10.0 && group % 100.0 >= 20.0 && equal(group % 10.0, 0.0))
        };
        match tokens.meaning(word) {
            Some(Cardinal(value)) if fits(value) => group += value,
            Some(Ordinal(3.0)) if equal(total + group, 1.0) => {
                return Some(exact(1.0 / 3.0, word + 1));
            }
            Some(Ordinal(value)) if fits(value) => {
                return Some(ordinal(total + group + value, word + 1));
            }
            Some(Second) if fits(2.0) => return Some(ordinal(total + group + 2.0, word + 1)),
            Some(Scale(100.0)) if end == at || (group > 0.0 && group < 100.0) => {
                group = group.max(1.0) * 100.0;
            }
            Some(Scale(scale)) if scale < last_scale && (end == at || group > 0.0) => {
                total += group.max(1.0) * scale;
                (group, last_scale) = (0.0, scale);
            }
            Some(Part(share)) if end > at && group > 0.0 && group < 10.0 => {
                let (scale, end) = of_scale(tokens, word + 1).unwrap_or((1.0, word + 1));
                return Some(exact(group * share * scale, end));
            }
            _ => break,
        }
        (next, end) = (word + 1, word + 1);
    }
    (end > at).then(|| with_half(tokens, total, group, end))
}

/// The word behind what joins English number words: "twenty-five", "one hundred and five".
fn behind_link(tokens: &Tokens, at: usize) -> usize {
    let hyphen = tokens.is_dash(at) && tokens.is_glued(at) && tokens.is_glued(at + 1);
    let hundreds = at.checked_sub(1).and_then(|at| scale_at(tokens, at)).is_some_and(|s| s > 50.0);
    at + usize::from(hyphen || (hundreds && tokens.word(at) == "and"))
}

/// "two and a half million"
fn with_half(tokens: &Tokens, total: f64, group: f64, end: usize) -> Numeral {
    let half = tokens.word(end) == "and"
        && tokens.word(end + 1) == "a"
        && tokens.meaning(end + 2) == Some(Part(0.5));
    if half && group > 0.0 {
        let scale = scale_at(tokens, end + 3);
        let end = end + 3 + usize::from(scale.is_some());
        return exact((total + group + 0.5) * scale.unwrap_or(1.0), end);
    }
    exact(total + group, end)
}

fn arabic(tokens: &Tokens, at: usize) -> Option<Numeral> {
    if let Some(found) = fifth(tokens, at).or_else(|| two_of(tokens, at)) {
        return Some(found);
    }
    match tokens.meaning(at)? {
        Many(scale) => Some(arabic_many(tokens, at, scale)),
        Few => match tokens.meaning(at + 1) {
            Some(Many(s) | Scale(s)) => Some(vague(s * 2.0, s * 10.0, at + 2)),
            _ => None,
        },
        Part(share) => {
            let scale = scale_at(tokens, at + 1);
            let end = at + 1 + usize::from(scale.is_some());
            Some(exact(share * scale.unwrap_or(1.0), end))
        }
        Ordinal(value) => Some(arabic_ordinal(tokens, at, value)),
        Second => Some(arabic_ordinal(tokens, at, 2.0)),
        OneOf if !counts(tokens, at) => None,
        OneOf if tokens.word(at).ends_with("حادي") => Some(arabic_ordinal(tokens, at, 11.0)),
        Cardinal(count) if is_many_parts(tokens, at + 1) => match tokens.meaning(at + 1) {
            Some(Part(share)) => Some(exact(count * share, at + 2)),
            _ => None,
        },
        Cardinal(_) | OneOf | Ten | Scale(_) | DoubleScale(_) => {
            let start = exact(0.0, at);
            let found = arabic_rest(tokens, start, f64::INFINITY);
            (found.end > at).then_some(found)
        }
        _ => None,
    }
}

/// "خمس الكهرباء" is a fifth of it; what five of something stand before has no article.
fn fifth(tokens: &Tokens, at: usize) -> Option<Numeral> {
    let share = match tokens.word(at) {
        "خمس" => 0.2,
        "سدس" => 1.0 / 6.0,
        _ => return None,
    };
    let whole = tokens.word(at + 1).starts_with("ال") && tokens.meaning(at + 1).is_none();
    whole.then(|| exact(share, at + 1))
}

/// "مليونا يورو" is two million of them: behind a number, or joined to another, the same letters are one.
fn two_of(tokens: &Tokens, at: usize) -> Option<Numeral> {
    let scale = match tokens.word(at) {
        "مليونا" => 1e6,
        "مليارا" => 1e9,
        _ => return None,
    };
    matches!(tokens.meaning(at + 1), Some(Unit(_))).then(|| exact(2.0 * scale, at + 1))
}

/// Whether "one of" at `at` stands in front of a ten: eleven, twenty-one.
fn counts(tokens: &Tokens, at: usize) -> bool {
    let joined = tokens.joined(at + 1);
    match tokens.meaning(joined.unwrap_or(at + 1)) {
        Some(Ten) => joined.is_none(),
        Some(Cardinal(value)) => joined.is_some() && value >= 20.0,
        _ => false,
    }
}

/// "عشرات الآلاف"
fn arabic_many(tokens: &Tokens, at: usize, scale: f64) -> Numeral {
    let next = at + 1 + usize::from(tokens.word(at + 1) == "من");
    match tokens.meaning(next) {
        Some(Many(more) | Scale(more)) if tokens.joined(next).is_none() && more > 500.0 => {
            let product = scale * more;
            vague(product, product * 20.0, next + 1)
        }
        _ => many(scale, at + 1),
    }
}

/// "الحادي والعشرون", "الثالث عشر"
fn arabic_ordinal(tokens: &Tokens, at: usize, unit: f64) -> Numeral {
    let joined = tokens.joined(at + 1);
    match tokens.meaning(joined.unwrap_or(at + 1)) {
        // "أول عشر" is the first ten; the eleventh begins with another word.
        Some(Ten) if joined.is_none() && unit > 1.0 => ordinal(unit % 10.0 + 10.0, at + 2),
        Some(Cardinal(ten)) if (20.0..100.0).contains(&ten) => match joined {
            Some(next) => ordinal(unit % 10.0 + ten, next + 1),
            None => ordinal(unit, at + 1),
        },
        _ => ordinal(unit, at + 1),
    }
}

/// What a group below a thousand already holds.
#[derive(Default)]
struct Group {
    value: f64,
    unit: bool,
    ten: bool,
    hundred: bool,
}

impl Group {
    /// Takes a ten in: the second half of a teen, or a ten of its own where the number is open.
    fn take_ten(&mut self, open: bool, joined: bool) -> bool {
        if joined || !self.unit || self.ten {
            return open && self.take(10.0, joined);
        }
        self.value += 10.0;
        self.ten = true;
        true
    }

    /// Takes `value` in; whether it fits behind what is there.
    fn take(&mut self, value: f64, joined: bool) -> bool {
        let empty = !self.unit && !self.ten && !self.hundred;
        let fits = if value >= 100.0 {
            if self.unit && !self.ten && !joined && equal(value, 100.0) {
                (self.value, self.unit, self.hundred) = (self.value * 100.0, false, true);
                return true;
            }
            empty
        } else if value >= 20.0 {
            !self.ten && (joined || empty)
        } else {
            !self.unit && !self.ten && (joined || empty)
        };
        if fits {
            self.value += value;
            self.hundred |= value >= 100.0;
            self.ten |= (10.0..100.0).contains(&value);
            self.unit |= value < 10.0;
        }
        fits
    }
}

/// Reads on behind `so_far`, whose last scale was `last_scale`: groups joined by "and", each with its scale.
fn arabic_rest(tokens: &Tokens, so_far: Numeral, mut last_scale: f64) -> Numeral {
    let start = so_far.end;
    let (mut total, mut group, mut found) = (so_far.amount.low, Group::default(), so_far);
    let (mut next, mut settled) = (start, so_far);
    loop {
        let joined = tokens.joined(next);
        let word = joined.unwrap_or(next);
        let opens = total > 0.0 && group.value.abs() < 0.5;
        // "خمسة بالمئة" is no five hundred.
        let percent = word > start && tokens.all.get(word).is_some_and(|token| token.entry.with_in);
        let open = (!opens || joined.is_some()) && !percent;
        let more = digits_behind(tokens, word, last_scale);
        if let Some((more, end)) = more.filter(|_| opens && joined.is_some()) {
            return Numeral { end, amount: Amount::exact(total + more), ..found };
        }
        let taken = match tokens.meaning(word) {
            Some(Cardinal(value)) => open && group.take(value, joined.is_some()),
            Some(OneOf) => open && counts(tokens, word) && group.take(1.0, joined.is_some()),
            Some(Ten) => group.take_ten(open, joined.is_some()),
            Some(Scale(scale) | Many(scale)) if scale < last_scale && scale > 500.0 => {
                let alone = group.value.abs() < 0.5;
                let fits = if alone { open } else { joined.is_none() };
                if fits {
                    total += if alone { scale } else { group.value * scale };
                    (group, last_scale) = (Group::default(), scale);
                }
                fits
            }
            Some(DoubleScale(scale)) if scale < last_scale && group.value.abs() < 0.5 && open => {
                total += 2.0 * scale;
                last_scale = scale;
                true
            }
            Some(Part(share)) if joined.is_some() && word > start => {
                let small = group.value > 0.5 || last_scale.is_infinite();
                let whole = if small { 1.0 } else { last_scale };
                let value = total + group.value + share * whole;
                return behind_half(
                    tokens,
                    word + 1,
                    Numeral { amount: Amount::exact(value), ..found },
                    whole,
                );
            }
            _ => false,
        };
        if !taken {
            // "مليونان وثلاثة ملايين" are two numbers: the group belongs to the scale behind it.
            let split = group.value > 0.5 && settled.end > start && joined.is_none();
            let other = matches!(tokens.meaning(word), Some(Scale(s) | Many(s)) if s >= last_scale);
            return if split && other { settled } else { found };
        }
        next = word + 1;
        found = Numeral { end: next, amount: Amount::exact(total + group.value), ..found };
        if group.value < 0.5 {
            settled = found;
        }
    }
}

/// "مليون ونصف المليون": the scale said again behind the half.
fn behind_half(tokens: &Tokens, at: usize, found: Numeral, whole: f64) -> Numeral {
    let again = scale_at(tokens, at).is_some_and(|scale| scale <= whole);
    Numeral { end: at + usize::from(again), ..found }
}

/// "12 ألفا و500", "مليون و50 ألفا": digits behind a scale that are below it, with a smaller one of their own; their value and
/// where they end.
fn digits_behind(tokens: &Tokens, at: usize, scale: f64) -> Option<(f64, usize)> {
    let digits = tokens.digits(at).filter(|_| scale.is_finite())?;
    match tokens.meaning(at + 1) {
        Some(Scale(own) | Many(own))
            if own > 500.0 && digits * own < scale && tokens.joined(at + 1).is_none() =>
        {
            Some((digits * own, at + 2))
        }
        _ => (100.0..scale).contains(&digits).then_some((digits, at + 1)),
    }
}

/// "أرباع": parts that a number stands in front of.
fn is_many_parts(tokens: &Tokens, at: usize) -> bool {
    matches!(tokens.word(at), "ارباع" | "اخماس" | "اعشار")
}
