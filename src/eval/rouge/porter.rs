//! Porter's stemmer with the extensions of NLTK.
//!
//! Owns: the rules and the irregular forms. In: one word in lower case. Out: its stem.
//! Never: which words are stemmed (that is the tokenizer's decision).
//! Source: Porter 1980, "An algorithm for suffix stripping"; `PorterStemmer` of NLTK 3.10 in its default mode
//! `NLTK_EXTENSIONS`, `nltk/stem/porter.py`.

/// Forms that no rule reaches, and their stems.
const IRREGULAR: [(&str, &str); 16] = [
    ("canning", "canning"),
    ("cannings", "canning"),
    ("dying", "die"),
    ("exceed", "exceed"),
    ("howe", "howe"),
    ("inning", "inning"),
    ("innings", "inning"),
    ("lying", "lie"),
    ("news", "news"),
    ("outing", "outing"),
    ("outings", "outing"),
    ("proceed", "proceed"),
    ("skies", "sky"),
    ("sky", "sky"),
    ("succeed", "succeed"),
    ("tying", "tie"),
];

/// Suffix and replacement, for stems of measure 1 and above. The first suffix that fits decides.
const STEP_2: [(&str, &str); 20] = [
    ("ational", "ate"),
    ("tional", "tion"),
    ("enci", "ence"),
    ("anci", "ance"),
    ("izer", "ize"),
    ("bli", "ble"),
    ("entli", "ent"),
    ("eli", "e"),
    ("ousli", "ous"),
    ("ization", "ize"),
    ("ation", "ate"),
    ("ator", "ate"),
    ("alism", "al"),
    ("iveness", "ive"),
    ("fulness", "ful"),
    ("ousness", "ous"),
    ("aliti", "al"),
    ("iviti", "ive"),
    ("biliti", "ble"),
    ("fulli", "ful"),
];

/// As [`STEP_2`].
const STEP_3: [(&str, &str); 7] = [
    ("icate", "ic"),
    ("ative", ""),
    ("alize", "al"),
    ("iciti", "ic"),
    ("ical", "ic"),
    ("ful", ""),
    ("ness", ""),
];

/// Suffixes that stems of measure 2 and above lose, besides `ion`. The first that fits decides.
const STEP_4: [(&str, &str); 18] = [
    ("al", ""),
    ("ance", ""),
    ("ence", ""),
    ("er", ""),
    ("ic", ""),
    ("able", ""),
    ("ible", ""),
    ("ant", ""),
    ("ement", ""),
    ("ment", ""),
    ("ent", ""),
    ("ou", ""),
    ("ism", ""),
    ("ate", ""),
    ("iti", ""),
    ("ous", ""),
    ("ive", ""),
    ("ize", ""),
];

/// The stem of `word`, which is in lower case. Words of one or two characters are their own stems.
pub(super) fn stem(word: &str) -> String {
    if let Some((_, stem)) = IRREGULAR.iter().find(|(form, _)| *form == word) {
        return (*stem).to_owned();
    }
    if word.chars().nth(2).is_none() {
        return word.to_owned();
    }
    let word = without_plural(word);
    let word = without_past_or_gerund(word);
    let word = with_final_i(word);
    let word = step_2(word);
    let word = replaced(word, &STEP_3, 1);
    let word = step_4(word);
    let word = without_final_e(word);
    without_double_l(word)
}

/// Step 1a.
fn without_plural(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ies") {
        return if stem.chars().count() == 1 { format!("{stem}ie") } else { format!("{stem}i") };
    }
    match word.strip_suffix('s') {
        Some(stem) if word.ends_with("sses") => stem.strip_suffix('e').unwrap_or(stem).to_owned(),
        Some(stem) if !stem.ends_with('s') => stem.to_owned(),
        _ => word.to_owned(),
    }
}

/// Step 1b.
fn without_past_or_gerund(word: String) -> String {
    if let Some(stem) = word.strip_suffix("ied") {
        return if stem.chars().count() == 1 { format!("{stem}ie") } else { format!("{stem}i") };
    }
    if let Some(stem) = word.strip_suffix("eed") {
        return if measure(stem) > 0 { format!("{stem}ee") } else { word };
    }
    let stem = word.strip_suffix("ed").or_else(|| word.strip_suffix("ing"));
    match stem {
        Some(stem) if has_vowel(stem) => mended(stem),
        _ => word,
    }
}

/// The second half of step 1b: gives back an `e`, or takes one of two equal consonants.
fn mended(stem: &str) -> String {
    if ["at", "bl", "iz"].iter().any(|end| stem.ends_with(end)) {
        return format!("{stem}e");
    }
    let mut stem = stem.to_owned();
    if ends_in_double_consonant(&stem) {
        if !stem.ends_with(['l', 's', 'z']) {
            stem.pop();
        }
    } else if measure(&stem) == 1 && ends_short(&stem) {
        stem.push('e');
    }
    stem
}

/// Step 1c: a final `y` after a consonant becomes `i`, unless that consonant is all there is.
fn with_final_i(word: String) -> String {
    match word.strip_suffix('y') {
        Some(stem) if stem.chars().nth(1).is_some() && consonants(stem).last() == Some(true) => {
            format!("{stem}i")
        }
        _ => word,
    }
}

/// Step 2. What has lost its `li` after `al` goes through the rules with that `al`.
fn step_2(word: String) -> String {
    let word = match word.strip_suffix("alli") {
        Some(stem) if measure(stem) > 0 => format!("{stem}al"),
        Some(_) => return word,
        None => word,
    };
    match word.strip_suffix("logi") {
        // The `l` counts as part of the stem, so that `geologi` becomes `geolog` like `archaeologi`.
        Some(stem) if measure(&format!("{stem}l")) > 0 => format!("{stem}log"),
        Some(_) => word,
        None => replaced(word, &STEP_2, 1),
    }
}

fn step_4(word: String) -> String {
    match word.strip_suffix("ion") {
        Some(stem) if measure(stem) > 1 && stem.ends_with(['s', 't']) => stem.to_owned(),
        Some(_) => word,
        None => replaced(word, &STEP_4, 2),
    }
}

/// Step 5a.
fn without_final_e(word: String) -> String {
    match word.strip_suffix('e').map(|stem| (stem, measure(stem))) {
        Some((stem, 2..)) => stem.to_owned(),
        Some((stem, 1)) if !ends_short(stem) => stem.to_owned(),
        _ => word,
    }
}

/// Step 5b.
fn without_double_l(mut word: String) -> String {
    if word.ends_with("ll") {
        word.pop();
        if measure(&word) <= 1 {
            word.push('l');
        }
    }
    word
}

/// `word` after the first of `rules` whose suffix it has, if the rest has at least the measure `least`.
fn replaced(word: String, rules: &[(&str, &str)], least: usize) -> String {
    let fitting = rules.iter().find_map(|(suffix, replacement)| {
        word.strip_suffix(suffix).map(|stem| (stem, *replacement))
    });
    match fitting {
        Some((stem, replacement)) if measure(stem) >= least => format!("{stem}{replacement}"),
        _ => word,
    }
}

/// For each character whether it is a consonant: not `a e i o u`, and not a `y` after a consonant.
fn consonants(word: &str) -> impl Iterator<Item = bool> {
    word.chars().scan(false, |after_consonant, c| {
        let consonant = match c {
            'a' | 'e' | 'i' | 'o' | 'u' => false,
            'y' => !*after_consonant,
            _ => true,
        };
        *after_consonant = consonant;
        Some(consonant)
    })
}

/// Porter's *m*: how many times a vowel is followed by a consonant.
fn measure(word: &str) -> usize {
    consonants(word).zip(consonants(word).skip(1)).filter(|&(first, next)| !first && next).count()
}

fn has_vowel(word: &str) -> bool {
    consonants(word).any(|consonant| !consonant)
}

/// Porter's *\*d*.
fn ends_in_double_consonant(word: &str) -> bool {
    let mut back = word.chars().rev();
    let last = back.next();
    last.is_some() && back.next() == last && consonants(word).last() == Some(true)
}

/// Porter's *\*o*: consonant, vowel, consonant other than `w x y` at the end; or, in NLTK, the whole word is
/// a vowel and any consonant.
fn ends_short(word: &str) -> bool {
    let kinds: Vec<bool> = consonants(word).collect();
    match kinds.as_slice() {
        [false, true] => true,
        [.., true, false, true] => !word.ends_with(['w', 'x', 'y']),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    const FIXTURE: &str = include_str!("../../../tests/differential/fixtures/rouge.json");

    #[derive(Deserialize)]
    struct Fixture {
        stems: Vec<(String, String)>,
    }

    /// Witness: `PorterStemmer` of the NLTK named in the fixture's header.
    /// Made by `tests/differential/gen/rouge.py`.
    #[test]
    fn stems_are_those_of_nltk() {
        let fixture: Fixture = serde_json::from_str(FIXTURE).unwrap();
        assert!(fixture.stems.len() > 2_000);
        for (word, expected) in &fixture.stems {
            assert_eq!(stem(word), *expected, "stem of {word}");
        }
    }

    fn assert_stems(expected: &[(&str, &str)]) {
        for (word, expected) in expected {
            assert_eq!(stem(word), *expected, "stem of {word}");
        }
    }

    #[test]
    fn irregular_forms_come_before_the_rules() {
        assert_stems(&[
            ("dying", "die"),
            ("skies", "sky"),
            ("news", "news"),
            ("innings", "inning"),
        ]);
    }

    #[test]
    fn plurals_and_verb_endings_go() {
        assert_stems(&[
            ("caresses", "caress"),
            ("ponies", "poni"),
            ("ties", "tie"),
            ("cats", "cat"),
            ("agreed", "agre"),
            ("feed", "feed"),
            ("died", "die"),
            ("spied", "spi"),
            ("hopping", "hop"),
            ("hoping", "hope"),
            ("falling", "fall"),
            ("sized", "size"),
            ("sing", "sing"),
        ]);
    }

    #[test]
    fn y_becomes_i_after_a_consonant_only() {
        assert_stems(&[("happy", "happi"), ("enjoy", "enjoy"), ("fly", "fli"), ("by", "by")]);
    }

    #[test]
    fn derivations_lose_their_endings_step_by_step() {
        assert_stems(&[
            ("relationally", "relat"),
            ("rationally", "ration"),
            ("geology", "geolog"),
            ("hopefully", "hope"),
            ("sensibility", "sensibl"),
            ("replacement", "replac"),
            ("adoption", "adopt"),
            ("controlling", "control"),
            ("oversimplification", "oversimplif"),
        ]);
    }

    #[test]
    fn short_words_and_digits_are_left_alone() {
        assert_stems(&[
            ("as", "as"),
            ("", ""),
            ("2024", "2024"),
            ("1990s", "1990"),
            ("yyyy", "yyyi"),
        ]);
    }
}
