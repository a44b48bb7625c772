//! Dates, years, decades, centuries, times of day and relative times.
//!
//! Owns: how they are put together in both languages. In: tokens. Out: readings.
//! Never: amounts; conversion between calendars.

use super::lexicon::Meaning::{
    self, Century, DayStep, Decade, DoubtfulMonth, Half, HijriMonth, Hour, Month, MonthHead,
    Ordinal, Part, Second, Step, Unit, Weekday, YearCue,
};
use super::lexicon::{Afternoon, is_year};
use super::numerals::numeral;
use super::read::without_article;
use super::token::Tokens;
use super::value::{Day, Era, Period, Reading, Strength, Value, small, whole};
use crate::domain::Language;

/// The date or time that begins at token `at`.
pub(super) fn date(tokens: &Tokens, at: usize) -> Option<Reading> {
    numeric(tokens, at)
        .or_else(|| clock(tokens, at))
        .or_else(|| calendar(tokens, at))
        .or_else(|| decade(tokens, at))
        .or_else(|| quarter(tokens, at))
        .or_else(|| century(tokens, at))
        .or_else(|| year(tokens, at))
        .or_else(|| relative(tokens, at))
}

fn stated(first: usize, end: usize, value: Value) -> Reading {
    Reading { first, end, value, strength: Strength::Stated }
}

/// `2021-06-16`, `16/6/2021`, `16.6.2021`
fn numeric(tokens: &Tokens, at: usize) -> Option<Reading> {
    let [a, b, c] = [at, at + 2, at + 4].map(|at| tokens.digits(at).and_then(|v| whole(v, 9999)));
    let (a, b, c) = (a?, b?, c?);
    let mark = tokens.mark(at + 1).filter(|mark| matches!(mark, '-' | '/' | '.'))?;
    let tight = (at + 1..at + 5).all(|at| tokens.is_glued(at));
    if tokens.mark(at + 3) != Some(mark) || !tight {
        return None;
    }
    let (year, month, day) = if a > 31 { (a, b, c) } else { (c, b, a) };
    let (month, day) = if month > 12 { (day, month) } else { (month, day) };
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || year < 1000 {
        return None;
    }
    let swappable = a <= 12 && mark == '/';
    let (month, day) = (u8::try_from(month).ok(), u8::try_from(day).ok());
    let day = Day { year: Some(year), month, date: day, swappable, ..Day::EMPTY };
    Some(stated(at, at + 5, Value::Day(day)))
}

/// `9:30 am`, `11 pm`, `11 o'clock`, `الساعة التاسعة والنصف مساء`, `noon`
fn clock(tokens: &Tokens, at: usize) -> Option<Reading> {
    if let (Some(Half(half @ (Afternoon::Noon | Afternoon::Midnight))), Language::English) =
        (tokens.meaning(at), tokens.language)
    {
        let minutes = if half == Afternoon::Noon { 720 } else { 0 };
        return Some(stated(at, at + 1, Value::Clock { minutes, half_known: true }));
    }
    if tokens.word(at) == "منتصف" && matches!(tokens.word(at + 1), "الليل" | "ليل" | "ليله")
    {
        return Some(stated(at, at + 2, Value::Clock { minutes: 0, half_known: true }));
    }
    if let Some(noon) = arabic_noon(tokens, at) {
        return Some(noon);
    }
    let cued = tokens.language == Language::Arabic && tokens.meaning(at) == Some(Hour);
    let first = at + usize::from(cued);
    let number = numeral(tokens, first)?;
    let hour = whole(number.amount.low, 24).filter(|_| number.end > first)?;
    let mut end = number.end;
    let digits = tokens.digits(first).is_some();
    let mut minutes = hour * 60;
    let colon = digits && matches!(tokens.mark(end), Some(':')) && tokens.is_glued(end + 1);
    let minute = tokens.digits(end + 1).and_then(|v| whole(v, 59)).filter(|_| colon);
    if let Some(minute) = minute.filter(|_| tokens.plain_digits(end + 1) == 2) {
        minutes += minute;
        end += 2;
    } else if cued {
        (minutes, end) = spoken_minutes(tokens, minutes, end);
    }
    let oclock = tokens.word(end) == "o" && tokens.meaning(end + 2) == Some(Hour);
    end += if oclock { 3 } else { 0 };
    let half = half_of_day(tokens, end).filter(|_| digits || cued || oclock);
    if let Some((afternoon, behind)) = half {
        end = behind;
        minutes = minutes % 720 + if afternoon { 720 } else { 0 };
    }
    let is_time = minute.is_some()
        || cued
        || oclock
        || (half.is_some() && tokens.language == Language::English && hour <= 12);
    let half_known = half.is_some() || hour > 12;
    is_time.then(|| stated(at, end, Value::Clock { minutes: minutes % 1440, half_known }))
}

/// "عند الظهيرة"; the same word is an afternoon behind "after", and a verb without its article.
fn arabic_noon(tokens: &Tokens, at: usize) -> Option<Reading> {
    let is_noon = matches!(tokens.word(at), "الظهر" | "الظهيره" | "ظهرا");
    let before = at.checked_sub(1).map_or("", |before| tokens.word(before));
    let alone = !before.ends_with("بعد") && !before.ends_with("قبل");
    let value = Value::Clock { minutes: 720, half_known: true };
    (is_noon && alone).then(|| Reading { strength: Strength::Hint, ..stated(at, at + 1, value) })
}

/// "والنصف", "والربع", "إلا ربعا"
fn spoken_minutes(tokens: &Tokens, minutes: u32, end: usize) -> (u32, usize) {
    let share = |at: usize| match tokens.meaning(at) {
        Some(Part(share)) => whole((share * 60.0).round(), 59),
        _ => None,
    };
    if let Some(more) = share(end).filter(|_| tokens.joined(end).is_some()) {
        return (minutes + more, end + 1);
    }
    match share(end + 1).filter(|_| tokens.word(end) == "الا") {
        Some(less) => ((minutes + 1440) - less, end + 2),
        None => (minutes, end),
    }
}

/// Whether "am" or "pm" stands at `at`, and the token behind it.
fn half_of_day(tokens: &Tokens, at: usize) -> Option<(bool, usize)> {
    // "a.m."
    if tokens.mark(at + 1) == Some('.') && tokens.word(at + 2) == "m" {
        let end = at + 3 + usize::from(tokens.mark(at + 3) == Some('.') && tokens.is_glued(at + 3));
        return match tokens.word(at) {
            "a" => Some((false, end)),
            "p" => Some((true, end)),
            _ => None,
        };
    }
    match tokens.meaning(at)? {
        Half(Afternoon::Before) => Some((false, at + 1)),
        Half(Afternoon::After) => Some((true, at + 1)),
        _ => None,
    }
}

/// A month at `at`: its number, calendar, and the token behind it. `كانون الثاني/يناير` is one month.
fn month(tokens: &Tokens, at: usize) -> Option<(u8, Era, usize)> {
    let named = match tokens.meaning(at)? {
        Month(month) => (month, Era::Common, at + 1),
        DoubtfulMonth(month) => {
            let token = tokens.all.get(at)?;
            let written =
                token.capital || (tokens.language == Language::Arabic && !token.entry.definite);
            // Mar del Plata is a town.
            (written && tokens.word(at + 1) != "del").then_some(())?;
            (month, Era::Common, at + 1)
        }
        HijriMonth(month) => (month, Era::Hijri, at + 1),
        MonthHead(first, second, era) => match tokens.meaning(at + 1)? {
            Ordinal(1.0) => (first, era, at + 2),
            Ordinal(2.0) | Second => (second, era, at + 2),
            _ if tokens.word(at + 1).ends_with("اخره") => (second, era, at + 2),
            _ => return None,
        },
        _ => return None,
    };
    let (number, era, end) = named;
    let opened = usize::from(matches!(tokens.mark(end), Some('/' | '(' | '-')));
    if let Some((other, _, behind)) = (tokens.language == Language::Arabic)
        .then(|| month(tokens, end + opened))
        .flatten()
        .filter(|(other, ..)| *other == number)
    {
        let closed = usize::from(tokens.mark(behind) == Some(')'));
        return Some((other, era, behind + closed));
    }
    Some((number, era, end))
}

/// A number at `at` that can be a day of the month, and the token behind it.
fn day_of_month(tokens: &Tokens, at: usize) -> Option<(u8, usize)> {
    let number = numeral(tokens, at)?;
    let value = small(number.amount.low, 31).filter(|day| *day > 0)?;
    let digits = tokens.digits(at).is_some();
    (number.amount.ordinal || (digits && tokens.plain_digits(at) <= 2))
        .then_some((value, number.end))
}

/// A year at `at`, however it is introduced, and the token behind it.
fn year_at(tokens: &Tokens, at: usize) -> Option<(u32, Era, usize)> {
    let mut first = at;
    for _ in 0..2 {
        let skips = matches!(tokens.mark(first), Some(',' | '،'))
            || matches!(tokens.word(first), "of" | "من")
            || matches!(tokens.meaning(first), Some(Unit(unit)) if is_year(unit));
        first += usize::from(skips);
    }
    let cued = first > at;
    let value = match tokens.plain_digits(first) {
        4 => tokens.digits(first)?,
        3 if cued
            && (tokens.language == Language::Arabic || era(tokens, first + 1).1 > first + 1) =>
        {
            tokens.digits(first)?
        }
        _ => {
            let number = numeral(tokens, first)?;
            let in_words = cued && number.in_words && tokens.mark(at).is_none();
            Some(number.amount.low).filter(|year| in_words && (1000.0..2200.0).contains(year))?;
            let (era, end) = era(tokens, number.end);
            return Some((whole(number.amount.low, 2200)?, era, end));
        }
    };
    let year = whole(value, 2200).filter(|year| *year >= 100)?;
    if tokens.is_glued(first + 1) && tokens.word(first + 1) == "s" {
        return None;
    }
    let (era, end) = era(tokens, first + 1);
    Some((year, era, end))
}

/// "BC", "ق.م", "هـ" at `at`.
fn era(tokens: &Tokens, at: usize) -> (Era, usize) {
    if tokens.word(at) == "ق" && tokens.word(at + 2) == "م" {
        return (Era::BeforeChrist, at + 3);
    }
    if tokens.word(at) == "قبل" && tokens.word(at + 1) == "الميلاد" {
        return (Era::BeforeChrist, at + 2);
    }
    match tokens.meaning(at) {
        Some(Meaning::Era(era)) => (era, at + 1),
        _ if tokens.word(at) == "م" => (Era::Common, at + 1),
        _ => (Era::Common, at),
    }
}

/// Day, month and year in any order, with the day of the week in front.
fn calendar(tokens: &Tokens, at: usize) -> Option<Reading> {
    let mut date = Day::EMPTY;
    let mut next = at;
    if let Some(Weekday(weekday)) = tokens.meaning(at) {
        date.weekday = Some(weekday);
        next = at + 1;
    }
    // "بين الاثنين" is between the two.
    if date.weekday == Some(1) && at > 0 && tokens.word(at - 1) == "بين" {
        return None;
    }
    let weekday_end = next;
    if date.weekday.is_some() {
        next += usize::from(matches!(tokens.mark(next), Some(',' | '،')));
    }
    let (day, mut next) =
        day_of_month(tokens, next).map_or((None, next), |(day, end)| (Some(day), end));
    if day.is_some() {
        for _ in 0..2 {
            let links = matches!(tokens.word(next), "من" | "of" | "شهر");
            next += usize::from(links);
        }
    }
    let Some((month, calendar, mut end)) = month(tokens, next) else {
        let alone = date.weekday.is_some() && weekday_end > at;
        // Friday prayers are held on other days, too, in what is told of them.
        let named = matches!(tokens.word(weekday_end), "prayer" | "prayers" | "sermon");
        let strength = if named { Strength::Hint } else { Strength::Stated };
        let value = Value::Day(date);
        return alone.then(|| Reading { strength, ..stated(at, weekday_end, value) });
    };
    (date.date, date.month, date.era) = (day, Some(month), calendar);
    if let Some((day, behind)) = day_of_month(tokens, end).filter(|_| date.date.is_none()) {
        (date.date, end) = (Some(day), behind);
    }
    if let Some((year, era, behind)) = year_at(tokens, end) {
        (date.year, end) = (Some(year), behind);
        if era != Era::Common {
            date.era = era;
        }
    }
    let doubtful =
        matches!(tokens.meaning(next), Some(DoubtfulMonth(_))) || is_uncued(tokens, next);
    let alone = date.date.is_none() && date.year.is_none();
    let cued = at > 0 && matches!(tokens.meaning(at - 1), Some(YearCue | Step(_)));
    let strength = if doubtful && alone && !cued { Strength::Hint } else { Strength::Stated };
    Some(Reading { strength, ..stated(at, end, Value::Day(date)) })
}

/// Whether the month at `at` may be another word, as nothing in front speaks of time: مارس is also "exerted", أغسطس Augustus.
fn is_uncued(tokens: &Tokens, at: usize) -> bool {
    let named = tokens.word(at).trim_start_matches(['و', 'ف', 'ب', 'ل']);
    let before = at.checked_sub(1).map_or("", |before| tokens.word(before));
    let cued = matches!(
        before.strip_prefix('و').unwrap_or(before),
        "في" | "شهر"
            | "خلال"
            | "منذ"
            | "حتي"
            | "الي"
            | "من"
            | "نهايه"
            | "مطلع"
            | "اواخر"
            | "اوائل"
            | "منتصف"
            | "بدايه"
            | "قبل"
            | "بعد"
    );
    matches!(named, "مارس" | "اغسطس") && !cued && !matches!(tokens.meaning(at + 1), Some(Step(_)))
}

/// "1990s", "nineties", "تسعينيات القرن العشرين", "الثمانينيات 1980"
fn decade(tokens: &Tokens, at: usize) -> Option<Reading> {
    if let Some(Decade(tens)) = tokens.meaning(at) {
        let named = numeral(tokens, at + 2).filter(|_| tokens.meaning(at + 1) == Some(Century));
        let Some(number) = named.filter(|number| number.amount.low >= 2.0) else {
            return Some(stated(at, at + 1, Value::Decade(tens)));
        };
        let century = whole(number.amount.low, 40)?;
        return Some(stated(at, number.end, Value::Decade((century - 1) * 100 + tens)));
    }
    let value = tokens.digits(at).and_then(|value| whole(value, 2100))?;
    let apostrophe = usize::from(matches!(tokens.mark(at + 1), Some('\'' | '’')));
    let plural = at + 1 + apostrophe;
    let ends = tokens.word(plural) == "s" && tokens.is_glued(plural);
    (ends && value % 10 == 0 && !(100..1000).contains(&value))
        .then(|| stated(at, plural + 1, Value::Decade(value)))
}

/// "the third quarter", "الربع الثالث"
fn quarter(tokens: &Tokens, at: usize) -> Option<Reading> {
    let is_quarter =
        |at: usize| matches!(tokens.word(at), "quarter" | "الربع" | "للربع" | "بالربع");
    let arabic = tokens.language == Language::Arabic;
    let number = numeral(tokens, at + usize::from(arabic)).filter(|n| n.amount.ordinal)?;
    let behind = number.end + usize::from(tokens.is_dash(number.end));
    let (noun, end) = if arabic { (at, number.end) } else { (behind, behind + 1) };
    let value = small(number.amount.low, 4).filter(|quarter| *quarter > 0)?;
    is_quarter(noun).then(|| stated(at, end, Value::Quarter(value)))
}

/// "19th century", "nineteenth and twentieth centuries", "القرن التاسع عشر", "القرنين 18 و19"
fn century(tokens: &Tokens, at: usize) -> Option<Reading> {
    let century = |number: f64| whole(number, 40).filter(|c| *c > 0);
    if tokens.language == Language::Arabic {
        let behind = tokens.meaning(at) == Some(Century);
        let linked = (1..=5).any(|back| at >= back && tokens.meaning(at - back) == Some(Century));
        let article = usize::from(behind && tokens.word(at + 1) == "ال");
        let first = at + usize::from(behind) + article;
        let number = numeral(tokens, first)?;
        let second = linked && tokens.joined(at).is_some() && number.amount.ordinal;
        let value = century(number.amount.low).filter(|_| behind || second)?;
        return Some(stated(at, number.end, Value::Century(value)));
    }
    let number = numeral(tokens, at).filter(|number| number.amount.ordinal)?;
    let value = century(number.amount.low)?;
    let mut end = number.end;
    end += usize::from(tokens.is_dash(end));
    if tokens.meaning(end) == Some(Century) {
        return Some(stated(at, end + 1, Value::Century(value)));
    }
    let ahead = (end..end + 5).find(|next| tokens.meaning(*next) == Some(Century))?;
    let ordinal = (end..ahead).any(|next| numeral(tokens, next).is_some_and(|n| n.amount.ordinal));
    ordinal.then(|| stated(at, number.end, Value::Century(value)))
}

/// A year behind "in", "عام", in brackets, beside another year, or between 1900 and 2039.
fn year(tokens: &Tokens, at: usize) -> Option<Reading> {
    if let Some(Unit(unit)) = tokens.meaning(at) {
        let (year, era, end) = is_year(unit).then(|| year_at(tokens, at))??;
        return Some(stated(at, end, Value::Day(Day { era, ..Day::of_year(year) })));
    }
    let value = tokens.digits(at).and_then(|value| whole(value, 2200))?;
    if let Some(year) = end_of_span(tokens, at, value) {
        return Some(stated(at, at + 1, Value::Day(Day::of_year(year))));
    }
    let plain = tokens.plain_digits(at);
    let (era, end) = era(tokens, at + 1);
    let marked = end > at + 1;
    let before = at.checked_sub(1);
    let cue = before.is_some_and(|before| {
        matches!(tokens.meaning(before), Some(YearCue | Step(_)))
            || matches!(tokens.meaning(before), Some(Unit(unit)) if is_year(unit))
            || tokens.mark(before) == Some('(')
            || (tokens.is_dash(before) && before > 0 && tokens.plain_digits(before - 1) == 4)
    });
    let counted = matches!(
        tokens.meaning(at + 1),
        Some(Unit(_) | Meaning::Scale(_) | Meaning::Percent)
    ) && !matches!(tokens.meaning(at + 1), Some(Unit(unit)) if is_year(unit) && tokens.language == Language::Arabic);
    let likely =
        plain == 4 && !counted && ((cue && value >= 1000) || (1900..2040).contains(&value));
    let day = Day { era, ..Day::of_year(value) };
    (likely || (marked && value > 0 && plain > 0)).then(|| stated(at, end, Value::Day(day)))
}

/// The second year of "1943–6" or "1998-99".
fn end_of_span(tokens: &Tokens, at: usize, value: u32) -> Option<u32> {
    let first = at.checked_sub(2)?;
    let span = tokens.is_dash(at - 1) && tokens.is_glued(at - 1) && tokens.is_glued(at);
    let year = tokens.digits(first).and_then(|year| whole(year, 2200))?;
    let missing = 10u32.pow(u32::try_from(tokens.plain_digits(at)).ok().filter(|n| *n <= 2)?);
    let is_year = tokens.plain_digits(first) == 4 && year >= 1000;
    (span && is_year && value > year % missing).then_some(year - year % missing + value)
}

fn period(tokens: &Tokens, at: usize) -> Option<Period> {
    let Some(Unit(unit)) = tokens.meaning(at) else { return None };
    if is_year(unit) {
        return Some(Period::Year);
    }
    let days = unit.factor / 86_400.0;
    match unit.dimension {
        super::value::Dimension::Time if (6.9..7.1).contains(&days) => Some(Period::Week),
        super::value::Dimension::Time if (29.0..32.0).contains(&days) => Some(Period::Month),
        _ => None,
    }
}

/// "yesterday", "last month", "الشهر الماضي"
fn relative(tokens: &Tokens, at: usize) -> Option<Reading> {
    if let Some(DayStep(steps)) = tokens.meaning(at) {
        let strength = if steps == 0 { Strength::Faint } else { Strength::Stated };
        let value = Value::Relative { period: Period::Day, steps };
        return Some(Reading { strength, ..stated(at, at + 1, value) });
    }
    // "Since the start of the year" says which one.
    let begins = matches!(tokens.word(at), "مطلع" | "بدايه" | "اول" | "نهايه" | "اواخر" | "اوائل");
    if begins && tokens.all.get(at + 1).is_some_and(|token| token.entry.definite) {
        let period = period(tokens, at + 1)?;
        let own = !matches!(tokens.meaning(at + 2), Some(Step(_)));
        let value = Value::Relative { period, steps: 0 };
        return own.then(|| Reading { strength: Strength::Hint, ..stated(at, at + 2, value) });
    }
    let (noun, adjective) = match tokens.language {
        Language::English => (at + 1, at),
        Language::Arabic if tokens.meaning(at) == Some(Step(0)) => (at + 1, at),
        Language::Arabic => (at, at + 1),
    };
    let period = period(tokens, noun)?;
    let Some(Step(steps)) = tokens.meaning(adjective) else { return None };
    // "the last year of his life" is no year of the calendar.
    let described = at > 0
        && matches!(
            tokens.word(at - 1),
            "the" | "his" | "her" | "their" | "its" | "every" | "each"
        );
    // "The following year" is one of the story, not of the calendar.
    let told = matches!(
        without_article(tokens.word(adjective)),
        "تالي" | "تاليه" | "سابق" | "سابقه" | "اخير" | "اخيره" | "prior"
    );
    let strength = if told { Strength::Hint } else { Strength::Stated };
    let reading = stated(at, at + 2, Value::Relative { period, steps });
    (!described).then_some(Reading { strength, ..reading })
}
