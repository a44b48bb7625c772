//! Names of people as they are written in life, in both scripts.
#![allow(clippy::unwrap_used, reason = "a test fails where a file is not as it should be")]

use isnad::domain::Agreement;
use isnad::text::names::compare;

const PEOPLE: &str = include_str!("data/names/people.tsv");

fn people() -> Vec<(&'static str, &'static str)> {
    PEOPLE.lines().map(|line| line.split_once('\t').unwrap()).collect()
}

/// Whether a sentence that names `arabic` is taken to bear out a claim that names `latin`.
fn is_same(latin: &str, arabic: &str) -> bool {
    let claim = format!("Yesterday, {latin} spoke.");
    let evidence = format!("تحدث {arabic} بعد ظهر يوم الخميس.");
    let checks = compare(&claim, &evidence, None);
    !checks.is_empty()
        && checks.iter().all(|check| matches!(check.agreement, Agreement::Same | Agreement::Near))
}

#[test]
fn people_are_recognised_by_the_spellings_they_are_known_by() {
    let people = people();
    let missed: Vec<_> = people.iter().filter(|(arabic, latin)| !is_same(latin, arabic)).collect();
    assert!(
        missed.len() * 100 <= people.len() * 4,
        "{} of {}: {missed:?}",
        missed.len(),
        people.len()
    );
}

#[test]
fn a_given_name_shared_with_somebody_else_is_not_enough() {
    let people = people();
    let given = |name: &str| name.split(' ').next().unwrap_or_default().to_owned();
    let mut pairs = Vec::new();
    for (at, (arabic, latin)) in people.iter().enumerate() {
        let mut others = people.iter().skip(at + 1);
        let other = others.find(|(_, other)| given(other) == given(latin));
        pairs.extend(other.map(|(_, other)| (*arabic, *other)));
    }
    assert!(pairs.len() > 50);
    let taken: Vec<_> = pairs.iter().filter(|(arabic, latin)| is_same(latin, arabic)).collect();
    assert!(taken.len() * 100 <= pairs.len() * 10, "{} of {}: {taken:?}", taken.len(), pairs.len());
}
