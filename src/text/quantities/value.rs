//! What a quantity is once it is read, whatever language it was written in.
//!
//! Owns: amounts with their unit and exactness, calendar days, decades, centuries, times of day, relative times.
//! In: parts. Out: values that can be compared. Never: words of a language, positions in a text.

use crate::domain::FactKind;

/// What a unit measures. The factor of a [`Unit`] leads to the base named here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dimension {
    /// Nothing, or things whose name is not in the lexicon.
    Count,
    /// Base: the whole; a percent is 0.01.
    Share,
    /// The noun of a currency, as `dollar`.
    Money(&'static str),
    /// Base: metre.
    Length,
    /// Base: square metre.
    Area,
    /// Base: litre.
    Volume,
    /// Base: gram.
    Mass,
    /// Base: second.
    Time,
    /// Degrees of heat or of an angle.
    Degree,
    /// Base: watt.
    Power,
    /// Base: byte.
    Data,
    /// Base: barrel of oil.
    Barrel,
}

/// A unit of measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Unit {
    pub(super) dimension: Dimension,
    /// How many of the base of the dimension it is.
    pub(super) factor: f64,
    /// The country of a currency where it is named.
    pub(super) nation: Option<&'static str>,
}

impl Unit {
    pub(super) const NONE: Self = Self::new(Dimension::Count, 1.0);
    pub(super) const PERCENT: Self = Self::new(Dimension::Share, 0.01);

    pub(super) const fn new(dimension: Dimension, factor: f64) -> Self {
        Self { dimension, factor, nation: None }
    }

    pub(super) fn is_none(self) -> bool {
        self.dimension == Dimension::Count
    }
}

/// How exactly an amount is stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Precision {
    Exact,
    /// Behind "about", "nearly", "more than".
    About,
    /// "dozens", "thousands".
    Vague,
}

/// On which side of a number that which is counted lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    /// It is the number, or about it.
    None,
    /// Behind "more than", "at least".
    Above,
    /// Behind "less than", "at most".
    Below,
}

/// A number with what it counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Amount {
    pub(super) low: f64,
    /// Above `low` for vague amounts only.
    pub(super) high: f64,
    pub(super) precision: Precision,
    pub(super) bound: Bound,
    pub(super) unit: Unit,
    pub(super) ordinal: bool,
    /// Of a share told as "three out of five" its part and its whole.
    pub(super) told_as: Option<(f64, f64)>,
}

impl Amount {
    pub(super) fn exact(value: f64) -> Self {
        Self {
            low: value,
            high: value,
            precision: Precision::Exact,
            bound: Bound::None,
            unit: Unit::NONE,
            ordinal: false,
            told_as: None,
        }
    }
}

/// How the years of a date are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Era {
    Common,
    BeforeChrist,
    Hijri,
}

/// The parts of a calendar date that are stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) year: Option<u32>,
    /// 1 to 12 in the calendar of `era`.
    pub(super) month: Option<u8>,
    /// Day of the month.
    pub(super) date: Option<u8>,
    /// 0 for Sunday.
    pub(super) weekday: Option<u8>,
    pub(super) era: Era,
    /// `3/4/2020`: day and month may be the other way round.
    pub(super) swappable: bool,
}

impl Day {
    pub(super) const EMPTY: Self = Self {
        year: None,
        month: None,
        date: None,
        weekday: None,
        era: Era::Common,
        swappable: false,
    };

    pub(super) fn of_year(year: u32) -> Self {
        Self { year: Some(year), ..Self::EMPTY }
    }
}

/// A span of the calendar that "last" and "next" are said of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Period {
    Day,
    Week,
    Month,
    Year,
}

/// A quantity, date or time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value {
    Amount(Amount),
    Day(Day),
    /// Its first year; below 100 where the century is not named.
    Decade(u32),
    /// Counted from 1.
    Century(u32),
    /// Of a year, counted from 1.
    Quarter(u8),
    /// Minutes since midnight; whether the half of the day is known.
    Clock {
        minutes: u32,
        half_known: bool,
    },
    /// Steps from the present: −1 for "last", 0 for "this", 1 for "next".
    Relative {
        period: Period,
        steps: i8,
    },
}

impl Value {
    /// The kind of fact it is.
    pub(super) fn kind(&self) -> FactKind {
        match self {
            Self::Amount(amount) => match amount.unit.dimension {
                Dimension::Count => FactKind::Number,
                Dimension::Share => FactKind::Percentage,
                Dimension::Money(_) => FactKind::Money,
                _ => FactKind::Measure,
            },
            _ => FactKind::Date,
        }
    }
}

/// How far a reading can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strength {
    /// It is stated.
    Stated,
    /// Stated by a word that often states nothing: "one", "first", "half", "today". A claim of it is not refuted by silence.
    Faint,
    /// It may be meant: a dual, a singular. It can support a claim and is none.
    Hint,
}

/// A quantity found in a text, by tokens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    /// Index of its first token.
    pub(super) first: usize,
    /// Index behind its last token.
    pub(super) end: usize,
    pub(super) value: Value,
    pub(super) strength: Strength,
}

/// Whether two computed values are the same number.
pub(super) fn equal(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1e-3)
}

/// `value` as a whole number not above `limit`, if it is one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
pub(super) fn whole(value: f64, limit: u32) -> Option<u32> {
    let fits = value >= 0.0 && value <= f64::from(limit) && equal(value, value.round());
    fits.then(|| value.round() as u32)
}

/// As [`whole`] for values of one byte.
pub(super) fn small(value: f64, limit: u8) -> Option<u8> {
    whole(value, u32::from(limit)).and_then(|value| u8::try_from(value).ok())
}
