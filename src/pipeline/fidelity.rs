//! Whether a translation tells the facts of its source.
//!
//! Owns: what counts as a disagreement. In: an Arabic text and English. Out: how many there are.
//! Never: a verdict; what agrees can be wrong in everything else.

use crate::domain::{Agreement, FactCheck, Language};
use crate::text::{names, polarity, quantities};

/// Numbers and dates that only one side has, names of the English that no Arabic word answers to, and negations and
/// modalities of one side alone.
pub(super) fn disagreements(arabic: &str, english: &str) -> usize {
    let both = |compare: fn(&str, Language, &str, Language) -> Vec<FactCheck>| {
        let made = compare(english, Language::English, arabic, Language::Arabic);
        made.into_iter().chain(compare(arabic, Language::Arabic, english, Language::English))
    };
    let all = both(quantities::compare)
        .chain(names::compare(english, arabic, None))
        .chain(polarity::compare(english, Language::English, arabic, Language::Arabic));
    let disagrees =
        |check: &FactCheck| matches!(check.agreement, Agreement::Absent | Agreement::Differs);
    all.filter(disagrees).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_one_side_says_is_counted() {
        let arabic = "لم يعلن الرئيس بوتين عن قتلى بين 42 جنديا في موسكو";
        let of = |english| disagreements(arabic, english);
        assert_eq!(of("President Putin did not announce deaths among 42 soldiers in Moscow"), 0);
        assert!(of("President Biden did not announce deaths among 42 soldiers in Moscow") > 0);
        assert!(of("President Putin did not announce deaths among soldiers in Moscow") > 0);
        assert!(of("President Putin did not announce 7 deaths among 42 soldiers in Moscow") > 0);
        assert!(of("President Putin announced deaths among 42 soldiers in Moscow") > 0);
    }
}
