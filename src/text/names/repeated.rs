//! Names across two scripts, by the consonants they share.
//!
//! Owns: a coarse skeleton that an Arabic spelling of a name and its Latin one have in common.
//! In: a claim and an Arabic sentence. Out: names that the claim repeats more often than the sentence does.
//! Never: a list of names, or a guess whether an unknown word is one.

use std::collections::BTreeMap;

use super::lexicon::is_common;

/// A name that stands in the claim more often than in the Arabic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepeatedName {
    /// As the claim spells it.
    pub name: String,
    /// The Arabic word it answers to.
    pub arabic: String,
    /// How often the claim has it.
    pub in_claim: usize,
    /// How often the Arabic sentence has it.
    pub in_arabic: usize,
}

/// Shorter words have too few consonants to be told apart.
const MIN_LETTERS: usize = 4;
const MIN_CONSONANTS: usize = 3;

/// Capitalised words of `claim` that answer to a word of `arabic` but come more often: where a translator
/// takes one person for another, the same name turns up twice.
#[must_use]
pub fn repeated_names(claim: &str, arabic: &str) -> Vec<RepeatedName> {
    let mut words: BTreeMap<String, (String, usize)> = BTreeMap::new();
    for word in arabic.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        for skeleton in arabic_skeletons(word) {
            words.entry(skeleton).or_insert_with(|| (word.to_owned(), 0)).1 += 1;
        }
    }
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for word in claim.split(|c: char| !c.is_alphabetic()) {
        // "Doctor" or "Link" may be part of two names.
        let proper = word.starts_with(char::is_uppercase) && !is_common(&word.to_lowercase());
        if proper && word.chars().count() >= MIN_LETTERS {
            *names.entry(word).or_default() += 1;
        }
    }
    let repeated = |(name, in_claim): (&str, usize)| {
        let skeleton = latin_skeleton(name);
        let (arabic, in_arabic) = words.get(&skeleton)?;
        let told_apart = skeleton.chars().count() >= MIN_CONSONANTS && in_claim > *in_arabic;
        let (name, arabic, in_arabic) = (name.to_owned(), arabic.clone(), *in_arabic);
        told_apart.then_some(RepeatedName { name, arabic, in_claim, in_arabic })
    };
    names.into_iter().filter_map(repeated).collect()
}

/// Skeletons of a word as it stands and without the prefixes that are written onto it.
pub(in crate::text) fn arabic_skeletons(word: &str) -> Vec<String> {
    let mut forms = vec![word];
    for prefix in ["و", "ف", "ب", "ل", "ك", "ال"] {
        let stripped: Vec<&str> =
            forms.iter().filter_map(|form| form.strip_prefix(prefix)).collect();
        forms.extend(stripped);
    }
    let mut skeletons: Vec<String> =
        forms.into_iter().map(|form| squeeze(form.chars().filter_map(arabic_class))).collect();
    skeletons.sort();
    skeletons.dedup();
    skeletons
}

pub(in crate::text) fn latin_skeleton(word: &str) -> String {
    let lower = word.to_lowercase().replace("ph", "f").replace("ch", "s");
    let mut rest = lower.chars().peekable();
    let mut classes = Vec::new();
    while let Some(c) = rest.next() {
        let soft = matches!(rest.peek(), Some('e' | 'i' | 'y'));
        match c {
            'c' if soft => classes.push('s'),
            'x' => classes.extend(['k', 's']),
            _ => classes.extend(latin_class(c)),
        }
    }
    squeeze(classes.into_iter())
}

/// Double letters count once: Arabic does not write them.
fn squeeze(classes: impl Iterator<Item = char>) -> String {
    let mut skeleton = String::new();
    for class in classes {
        if !skeleton.ends_with(class) {
            skeleton.push(class);
        }
    }
    skeleton
}

/// The class of a consonant; vowels, h, w and y are spelt too freely to count.
fn latin_class(c: char) -> Option<char> {
    Some(match c {
        'b' | 'p' => 'b',
        'f' | 'v' => 'f',
        't' => 't',
        'd' => 'd',
        'k' | 'c' | 'q' => 'k',
        'g' | 'j' => 'g',
        's' | 'z' => 's',
        'r' | 'l' | 'm' | 'n' => c,
        _ => return None,
    })
}

fn arabic_class(c: char) -> Option<char> {
    Some(match c {
        'ب' | 'پ' => 'b',
        'ف' | 'ڤ' => 'f',
        'ت' | 'ط' | 'ث' => 't',
        'د' | 'ض' | 'ذ' | 'ظ' => 'd',
        'ك' | 'ق' | 'خ' | 'ک' => 'k',
        'ج' | 'غ' | 'گ' => 'g',
        'س' | 'ص' | 'ز' | 'ش' => 's',
        'ر' => 'r',
        'ل' => 'l',
        'م' => 'm',
        'ن' => 'n',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARABIC: &str = "أكد الرئيس الروسي فلاديمير بوتين ونظيره الأمريكي جو بايدن في اتصال هاتفي";

    #[test]
    fn a_name_that_took_the_place_of_another_is_found() {
        let claim = "Russian president Vladimir Putin and his rival Vladimir Putin spoke";
        let found = repeated_names(claim, ARABIC);
        let names: Vec<&str> = found.iter().map(|name| name.name.as_str()).collect();
        assert_eq!(names, ["Putin", "Vladimir"]);
        assert_eq!((found[0].in_claim, found[0].in_arabic), (2, 1));
        assert_eq!(found[0].arabic, "بوتين");
    }

    #[test]
    fn a_right_translation_repeats_nothing() {
        let claim = "Russian president Vladimir Putin and his US counterpart Joe Biden spoke";
        assert_eq!(repeated_names(claim, ARABIC), []);
    }

    #[test]
    fn written_on_prefixes_do_not_hide_a_name() {
        let skeletons = |latin| arabic_skeletons("وبالقاهرة").contains(&latin_skeleton(latin));
        assert!(skeletons("Qahira"));
        assert_eq!(repeated_names("Biden and Biden", "بوتين وبايدن").len(), 1);
    }

    #[test]
    fn a_name_that_comes_as_often_in_arabic_is_no_doubt() {
        assert_eq!(repeated_names("Putin met Putin", "بوتين مع بوتين"), []);
        assert_eq!(repeated_names("", ""), []);
    }
}
