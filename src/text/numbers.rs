//! Numbers written in digits, in one form for every script.
//!
//! Owns: what digits, separators and percent signs belong together.
//! In: text of any language. Out: spans and canonical values, to compare a text with its translation.
//! Never: numbers written in words.

use super::chars::{after, is_blank, part, skip_blanks};
use super::script::ascii_digit;
use crate::domain::ByteSpan;

/// A number written in digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// Its digits and separators, percent sign or words included.
    pub span: ByteSpan,
    /// ASCII digits without grouping, with `.` before a fraction; no leading zeros, no trailing
    /// zeros of a fraction: `٧٠` is `70`, `1,000` is `1000`, `٤٫٥٠` is `4.5`.
    pub value: String,
    /// Whether a percent sign or the words for it follow.
    pub percent: bool,
}

/// Digits in a row, and the separator that joins them to the next ones.
struct Group {
    digits: String,
    start: usize,
    end: usize,
    separator: Option<char>,
}

/// The numbers of `text`, in order.
///
/// Groups of three digits behind commas, dots, apostrophes or Arabic thousands marks are one number,
/// and so are digits behind one dot, one Arabic decimal mark, or a comma before one or two digits.
/// `40.000` is read as forty thousand, for a fraction of nothing but zeros is never written with
/// three of them. Dates and times fall into their parts: `16.6.2021` is three numbers.
#[must_use]
pub fn numbers(text: &str) -> Vec<Number> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(groups) = next_groups(text, at) {
        at = groups.last().map_or(text.len(), |last| last.end);
        let numbers = join(&groups);
        let last = numbers.len().saturating_sub(1);
        for (index, (value, start, end)) in numbers.into_iter().enumerate() {
            let percent_end = if index == last { percent_end(text, end) } else { None };
            if let Ok(span) = ByteSpan::within(text, start, percent_end.unwrap_or(end)) {
                found.push(Number { span, value, percent: percent_end.is_some() });
            }
        }
    }
    found
}

/// The next digits at or after `at`, with all digits that separators join to them.
fn next_groups(text: &str, at: usize) -> Option<Vec<Group>> {
    let rest = text.get(at..)?;
    let first = rest.char_indices().find(|(_, c)| ascii_digit(*c).is_some())?.0;
    let mut start = at + first;
    let mut groups = Vec::new();
    loop {
        let mut end = start;
        let mut digits = String::new();
        for c in after(text, start) {
            let Some(digit) = ascii_digit(c) else { break };
            digits.push(digit);
            end += c.len_utf8();
        }
        let mut next = after(text, end);
        let separator = next.next().filter(|c| is_separator(*c));
        let joined = separator.is_some() && next.next().is_some_and(|c| ascii_digit(c).is_some());
        let separator = separator.filter(|_| joined);
        groups.push(Group { digits, start, end, separator });
        match separator {
            Some(separator) => start = end + separator.len_utf8(),
            None => return Some(groups),
        }
    }
}

fn is_separator(c: char) -> bool {
    matches!(c, '.' | ',' | '،' | '٫' | '٬' | '\'' | '’' | '\u{a0}' | '\u{202f}' | '\u{2009}')
}

/// Joins groups into numbers: value, start, end.
fn join(groups: &[Group]) -> Vec<(String, usize, usize)> {
    let separators: Vec<char> = groups.iter().filter_map(|group| group.separator).collect();
    let whole = |fraction_groups: usize| {
        let cut = groups.len() - fraction_groups;
        let digits = |part: &[Group]| part.iter().map(|g| g.digits.as_str()).collect::<String>();
        let (integer, fraction) = groups.split_at(cut);
        let start = groups.first().map_or(0, |group| group.start);
        let end = groups.last().map_or(0, |group| group.end);
        vec![(canonical(&digits(integer), &digits(fraction)), start, end)]
    };
    let Some((&last, earlier)) = separators.split_last() else { return whole(0) };
    let uniform = earlier.iter().all(|separator| *separator == last);
    if is_grouped(groups) && uniform && !is_fraction_of_three(groups, last) {
        return whole(0);
    }
    let same_before = earlier.windows(2).all(|pair| pair[0] == pair[1]);
    let decimal = match last {
        '.' | '٫' => true,
        ',' | '،' => groups.last().is_some_and(|g| g.digits.len() <= 2 || !earlier.is_empty()),
        _ => false,
    };
    let integer_is_whole =
        earlier.is_empty() || groups.split_last().is_some_and(|(_, integer)| is_grouped(integer));
    if decimal && integer_is_whole && same_before && !earlier.contains(&last) {
        return whole(1);
    }
    groups.iter().map(|g| (canonical(&g.digits, ""), g.start, g.end)).collect()
}

/// One to three digits, then groups of exactly three.
fn is_grouped(groups: &[Group]) -> bool {
    let mut lengths = groups.iter().map(|group| group.digits.len());
    lengths.next().is_some_and(|first| (1..=3).contains(&first))
        && lengths.all(|length| length == 3)
        && groups.first().is_some_and(|group| groups.len() == 1 || !group.digits.starts_with('0'))
}

/// `3.142`: one dot before three digits that are not all zero is a fraction.
fn is_fraction_of_three(groups: &[Group], separator: char) -> bool {
    let zeros = groups.last().is_some_and(|last| last.digits.bytes().all(|b| b == b'0'));
    separator == '٫' || (separator == '.' && groups.len() == 2 && !zeros)
}

fn canonical(integer: &str, fraction: &str) -> String {
    let integer = integer.trim_start_matches('0');
    let integer = if integer.is_empty() { "0" } else { integer };
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { integer.to_owned() } else { format!("{integer}.{fraction}") }
}

/// Where a percent sign, or the words for one, ends that follows a number ending at `end`.
fn percent_end(text: &str, end: usize) -> Option<usize> {
    const WORDS: [&str; 9] = [
        "في المئة",
        "في المائة",
        "فى المائة",
        "بالمئة",
        "بالمائة",
        "per cent",
        "percent",
        "في الماية",
        "بالمية",
    ];
    // Spaces only, few of them: a sign far off belongs to something else.
    let at = skip_blanks(text, end).min(end + 4);
    let rest = text.get(at..)?;
    let spaced = part(text, end, at).chars().all(|c| is_blank(c) && c != '\n' && c != '\r');
    if let Some(sign) = rest.chars().next().filter(|c| matches!(c, '%' | '٪' | '﹪' | '％')) {
        return spaced.then_some(at + sign.len_utf8());
    }
    let word = WORDS.iter().find(|word| rest.starts_with(**word))?;
    (spaced && at > end).then_some(at + word.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        numbers(text).into_iter().map(|number| number.value).collect()
    }

    #[test]
    fn digits_of_every_script_give_the_same_value() {
        assert_eq!(values("٧٠ و ۷۰ و 70"), ["70", "70", "70"]);
    }

    #[test]
    fn grouping_is_left_out() {
        assert_eq!(
            values("1,000 1.000.000 ١٬٢٣٤ 1'000 40.000"),
            ["1000", "1000000", "1234", "1000", "40000"]
        );
        assert_eq!(values("1,345,596.50 و 1.345.596,5"), ["1345596.5", "1345596.5"]);
    }

    #[test]
    fn fractions_have_one_form() {
        assert_eq!(
            values("4.5 ٤٫٥ 4,5 4.50 ٠٫٥ 3.142 75.8%"),
            ["4.5", "4.5", "4.5", "4.5", "0.5", "3.142", "75.8"]
        );
    }

    #[test]
    fn dates_times_and_lists_fall_into_their_parts() {
        assert_eq!(
            values("16.6.2021 10:30 2021-06-16"),
            ["16", "6", "2021", "10", "30", "2021", "6", "16"]
        );
        assert_eq!(values("1990,1991,1992"), ["1990", "1991", "1992"]);
        assert_eq!(values("192.168.0.1"), ["192", "168", "0", "1"]);
    }

    #[test]
    fn percent_is_seen_as_sign_and_as_words() {
        let text = "10% و ٢٠٪ و 30 في المئة و 40 بالمائة and 50 percent and 60";
        let percents: Vec<bool> = numbers(text).iter().map(|number| number.percent).collect();
        assert_eq!(percents, [true, true, true, true, true, false]);
    }

    #[test]
    fn a_full_stop_behind_a_number_is_not_part_of_it() {
        let text = "عام 2010. بعدها";
        let found = numbers(text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].span.of(text), Some("2010"));
    }
}
