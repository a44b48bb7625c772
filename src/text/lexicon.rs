//! Arabic names and words whose English is known.
//!
//! Owns: the form of a lexicon, which of its entries a source has, and the line of glosses that a translator reads beside it.
//! In: the text of a lexicon, made by `models/training/lexicon.py`; a source. Out: English names and words.
//! Never: which of several English words is meant; a search that leans on these decides, or a network that reads them.
//!
//! A list of written forms says more than one of stems, which are left for words that it lacks. Stems are those of light10 (Larkey,
//! Ballesteros & Connell 2007, "Light stemming for Arabic information retrieval") with particles taken off first and a few endings
//! more.

use std::collections::HashMap;

use unicode_normalization::char::is_combining_mark;

use super::names::letters::fold_arabic;
use super::script::{ascii_digit, is_arabic_letter};
use super::words::words;

/// Letters that are left of a word when a particle is taken off, at least.
const MIN_STEM: usize = 3;
/// Words from this length on can have a one-letter particle.
const MIN_WITH_PARTICLE: usize = 5;
const ARTICLES: [&str; 4] = ["بال", "كال", "لل", "ال"];
/// What inflection writes onto a form: accusative, feminine, nisba, persons of the perfect, pronouns, plural and dual.
const INFLECTIONS: [&str; 17] = [
    "ا", "ه", "ي", "ت", "ك", "ها", "هم", "هن", "كم", "نا", "ات", "ون", "ين", "ان", "وا", "هما",
    "كما",
];
/// Stands for the English of a word of grammar.
const GRAMMAR: &str = "-";
/// Alternatives of a word in a line of glosses, at most.
const MOST_GLOSSES: usize = 3;
const ENDINGS: [&str; 10] = ["هما", "كما", "ها", "هم", "نا", "ات", "ون", "ين", "يه", "ه"];

/// Names and words with their English.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    /// Arabic names by their first word: the others, and the English.
    names: HashMap<String, Vec<(Vec<String>, String)>>,
    /// English words by Arabic stem.
    words: HashMap<String, Vec<String>>,
    /// English words by written form, without article and particles.
    forms: HashMap<String, Vec<String>>,
}

/// A line that is neither a name nor a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {0} of the lexicon is no entry: `n`, `f` or `w`, a tab, Arabic, a tab, English")]
pub struct LexiconError(pub usize);

impl Lexicon {
    /// Reads lines `n<TAB>Arabic<TAB>English` (names), `f<TAB>form<TAB>English;English` (written forms, best first; `-` for a word
    /// of grammar, of which nothing is to be said) and `w<TAB>stem<TAB>English` (words); lines that begin with `#` are remarks.
    ///
    /// # Errors
    /// [`LexiconError`] names the first other line.
    pub fn read(text: &str) -> Result<Self, LexiconError> {
        let mut lexicon = Self::default();
        for (number, line) in (1..).zip(text.lines()) {
            if line.starts_with('#') || line.is_empty() {
                continue;
            }
            let mut cells = line.split('\t');
            let entry = (cells.next(), cells.next(), cells.next(), cells.next());
            let (Some(kind), Some(arabic), Some(english), None) = entry else {
                return Err(LexiconError(number));
            };
            let mut parts = arabic.split(' ').map(ToOwned::to_owned);
            let first = parts.next().filter(|first| !first.is_empty() && !english.is_empty());
            let first = first.ok_or(LexiconError(number))?;
            let english = english.to_owned();
            match kind {
                "n" => lexicon.names.entry(first).or_default().push((parts.collect(), english)),
                "w" => lexicon.words.entry(first).or_default().push(english),
                "f" => {
                    let words = english.split(';').filter(|word| *word != GRAMMAR);
                    lexicon.forms.entry(first).or_default().extend(words.map(ToOwned::to_owned));
                }
                _ => return Err(LexiconError(number)),
            }
        }
        Ok(lexicon)
    }

    /// Puts a term before all that the lexicon has for these words, with and without article.
    pub fn put(&mut self, arabic: &str, english: &str) {
        let mut words = folded_words(arabic).into_iter();
        let Some(first) = words.next() else { return };
        let others: Vec<String> = words.collect();
        for first in [format!("ال{first}"), first] {
            self.names.entry(first).or_default().insert(0, (others.clone(), english.to_owned()));
        }
    }

    /// The English of each name that `source` has, in order; of names that overlap the first, and the longest.
    #[must_use]
    pub fn names(&self, source: &str) -> Vec<Vec<&str>> {
        let words = folded_words(source);
        let mut found = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let Some((length, english)) = self.name_at(&words, at) else {
                at += 1;
                continue;
            };
            found.push(vec![english]);
            at += length;
        }
        found
    }

    /// What each word of `source` may be in English, in order; nothing for those that are not known. The form that stands there
    /// counts before one without particles, one without its inflection after them, and any form before a stem.
    #[must_use]
    pub fn words(&self, source: &str) -> Vec<Vec<&str>> {
        let words = folded_words(source);
        let english = words.iter().filter_map(|word| self.word(word));
        english.map(|alternatives| alternatives.iter().map(String::as_str).collect()).collect()
    }

    /// What stands behind `source` in the prompt of a translator that was trained with it (`models/training/glosses.py`, which
    /// gives the same line): `focused; focus, parties; sides, Vladimir Putin, 2021`. Each word or name that is known, in order, and
    /// what is not in Arabic letters as it stands.
    #[must_use]
    pub fn glosses(&self, source: &str) -> String {
        let inner = |c: char| c.is_alphanumeric() || is_combining_mark(c) || c == 'ـ';
        let runs = source.split(|c| !inner(c)).filter(|run| !run.is_empty());
        let runs: Vec<&str> = runs.collect();
        let words: Vec<String> = runs.iter().map(|run| fold_arabic(run)).collect();
        let mut glosses = Vec::new();
        let mut at = 0;
        while let (Some(run), Some(word)) = (runs.get(at), words.get(at)) {
            let mut length = 1;
            if word.is_empty() {
                glosses.push(run.chars().map(|c| ascii_digit(c).unwrap_or(c)).collect());
            } else if let Some((all, english)) = self.name_at(&words, at) {
                length = all;
                glosses.push(english.to_owned());
            } else if let Some(known) = self.word(word) {
                let best: Vec<&str> = known.iter().take(MOST_GLOSSES).map(String::as_str).collect();
                glosses.push(best.join("; "));
            }
            at += length;
        }
        glosses.join(", ")
    }

    /// The numbers in ASCII digits that `source` has, in order: they stay what they are, and no lexicon lists them.
    #[must_use]
    pub fn numbers(source: &str) -> Vec<Vec<&str>> {
        let inner = |c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',' | ':');
        let mut found = Vec::new();
        for run in source.split(inner) {
            let number = run.trim_matches(|c: char| !c.is_ascii_digit());
            if !number.is_empty() {
                found.push(vec![number]);
            }
        }
        found
    }

    /// English of a folded word: of its form, or else of its stem; never empty.
    fn word(&self, word: &str) -> Option<&Vec<String>> {
        let forms = forms(word);
        let known = forms.iter().find_map(|form| self.forms.get(*form));
        let inflected = || forms.iter().flat_map(|form| bases(form));
        let known = known.or_else(|| inflected().find_map(|base| self.forms.get(&base)));
        known.or_else(|| self.words.get(stem(word))).filter(|english| !english.is_empty())
    }

    fn name_at(&self, words: &[String], at: usize) -> Option<(usize, &str)> {
        let readings = readings(words.get(at)?);
        let named = readings.iter().filter_map(|reading| self.names.get(reading)).flatten();
        let behind = words.get(at + 1..).unwrap_or_default();
        let fits = named.filter(|(others, _)| behind.starts_with(others));
        let longest = fits.reduce(|a, b| if b.0.len() > a.0.len() { b } else { a });
        longest.map(|(others, english)| (others.len() + 1, english.as_str()))
    }
}

fn folded_words(text: &str) -> Vec<String> {
    let words = words(text).into_iter().filter_map(|span| span.of(text));
    let arabic = words.filter(|word| word.chars().any(is_arabic_letter));
    arabic.map(fold_arabic).filter(|word| !word.is_empty()).collect()
}

/// A folded word without the particles that may be written onto it, itself first.
fn readings(word: &str) -> Vec<String> {
    let long = |word: &str| word.chars().count() >= MIN_WITH_PARTICLE;
    let mut found = vec![word.to_owned()];
    let conjunction = word.strip_prefix(['و', 'ف']).filter(|_| long(word));
    found.extend(conjunction.map(ToOwned::to_owned));
    for form in found.clone() {
        if !long(&form) {
            continue;
        }
        found.extend(form.strip_prefix(['ب', 'ل']).map(ToOwned::to_owned));
        found.extend(form.strip_prefix("لل").map(|rest| format!("ال{rest}")));
    }
    found
}

/// What a folded word may be once article and particles are taken off, the word itself first.
fn forms(word: &str) -> Vec<&str> {
    let letters = |word: &str| word.chars().count();
    let long = |word: &&str| letters(word) > MIN_STEM;
    let mut found = Vec::new();
    let conjunction = Some(word).filter(long).and_then(|w| w.strip_prefix(['و', 'ف']));
    for form in [Some(word), conjunction].into_iter().flatten() {
        found.push(form);
        let bare = ARTICLES.iter().filter_map(|article| form.strip_prefix(article));
        found.extend(bare.filter(|rest| letters(rest) >= MIN_STEM));
        found.extend(Some(form).filter(long).and_then(|f| f.strip_prefix(['ب', 'ل', 'ك'])));
    }
    found
}

/// Forms of which `form` may be an inflection, closest first.
fn bases(form: &str) -> Vec<String> {
    let letters = |word: &str| word.chars().count();
    let future = form.strip_prefix('س').filter(|rest| rest.starts_with(['ا', 'ي', 'ت', 'ن']));
    let future = future.filter(|rest| letters(rest) > MIN_STEM);
    let mut found: Vec<String> = future.map(ToOwned::to_owned).into_iter().collect();
    for inflected in [Some(form), future].into_iter().flatten() {
        let bare = INFLECTIONS.iter().filter_map(|ending| inflected.strip_suffix(ending));
        for base in bare.filter(|base| letters(base) >= MIN_STEM) {
            found.push(base.to_owned());
            // Of a feminine noun before a pronoun.
            let feminine = base.strip_suffix('ت').filter(|rest| letters(rest) >= MIN_STEM);
            found.extend(feminine.map(|rest| format!("{rest}ه")));
        }
    }
    found
}

/// A folded word without what is written onto it.
fn stem(word: &str) -> &str {
    let letters = |word: &str| word.chars().count();
    let long = |word: &&str| letters(word) >= MIN_WITH_PARTICLE;
    let enough = |rest: &&str| letters(rest) >= MIN_STEM;
    let word = Some(word).filter(long).and_then(|w| w.strip_prefix(['و', 'ف'])).unwrap_or(word);
    let article = ARTICLES.iter().find_map(|article| word.strip_prefix(article).filter(enough));
    let particle = || Some(word).filter(long).and_then(|w| w.strip_prefix(['ب', 'ل', 'ك']));
    let word = article.or_else(particle).unwrap_or(word);
    ENDINGS.iter().find_map(|ending| word.strip_suffix(ending).filter(enough)).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LEXICON: &str = "# names and words\nn\tتكساس\tTexas\nn\tالعراق\tIraq\nn\tشرم الشيخ\tSharm el-Sheikh\nn\tشرم\tSharm\nw\tحكوم\tgovernment\nw\tمدرس\tschool\nw\tمدرس\tteacher\nf\tوزاره\tministry\nf\tمحكوم\tsentenced;convict\n";

    #[test]
    fn names_are_found_behind_particles_and_the_longest_counts() -> Result<(), LexiconError> {
        let lexicon = Lexicon::read(LEXICON)?;
        assert_eq!(lexicon.names("سافر إلى تِكساس، ثم للعراق").concat(), ["Texas", "Iraq"]);
        assert_eq!(
            lexicon.names("وبتكساس ثم شرم الشيخ وتكساس").concat(),
            ["Texas", "Sharm el-Sheikh", "Texas"]
        );
        assert_eq!(lexicon.names("في شرم").concat(), ["Sharm"]);
        assert_eq!(lexicon.names("تكساسي Texas").concat(), [""; 0]);
        Ok(())
    }

    #[test]
    fn words_are_found_by_their_stems() -> Result<(), LexiconError> {
        let lexicon = Lexicon::read(LEXICON)?;
        assert_eq!(
            lexicon.words("والحكومات بالمدرسة، وحكومتها والحكومة"),
            [vec!["government"], vec!["school", "teacher"], vec!["government"]]
        );
        assert_eq!(lexicon.words("حكم").concat(), [""; 0]);
        Ok(())
    }

    #[test]
    fn words_are_found_by_their_forms_first() -> Result<(), LexiconError> {
        let lexicon = Lexicon::read(LEXICON)?;
        let convict = ["sentenced", "convict"];
        assert_eq!(lexicon.words("وزارة").concat(), ["ministry"]);
        assert_eq!(lexicon.words("للوزارة والوزارة وبوزارة").concat(), ["ministry"; 3]);
        assert_eq!(lexicon.words("فالمحكوم حكوم"), [convict.to_vec(), vec!["government"]]);
        Ok(())
    }

    #[test]
    fn glosses_stand_in_the_order_of_the_source() -> Result<(), LexiconError> {
        let many = format!("{LEXICON}f\tعين\teye;spring;appointed;same\n");
        let lexicon = Lexicon::read(&many)?;
        for (source, expected) in [
            ("والوزارة في شرم الشيخ، ٣٥ مدرسة", "ministry, Sharm el-Sheikh, 35, school; teacher"),
            ("عين في 2021، Reuters", "eye; spring; appointed, 2021, Reuters"),
            ("قال ثم ذهب", ""),
            ("", ""),
        ] {
            assert_eq!(lexicon.glosses(source), expected);
        }
        Ok(())
    }

    #[test]
    fn an_inflected_word_is_found_by_the_form_it_is_made_of() -> Result<(), LexiconError> {
        let lexicon = Lexicon::read(
            "f\tكانوا\t-\nw\tانوا\tnothing\nf\tسياره\tcar\nf\tتشكل\tform\nf\tيوفر\tprovides\nw\tيوفر\tnothing\n",
        )?;
        assert_eq!(lexicon.glosses("كانوا وسيارتهم ستشكلها ويوفرون"), "car, form, provides");
        assert_eq!(lexicon.glosses("سير"), "");
        Ok(())
    }

    #[test]
    fn a_term_stands_before_what_is_known_of_its_words() -> Result<(), LexiconError> {
        let mut lexicon = Lexicon::read(LEXICON)?;
        lexicon.put("وزارة المالية", "Treasury");
        lexicon.put("تكساس", "Lone Star State");
        lexicon.put("،", "nothing");
        let source = "الوزارة ووزارة المالية وبالوزارة المالية بتكساس";
        assert_eq!(lexicon.glosses(source), "ministry, Treasury, Treasury, Lone Star State");
        Ok(())
    }

    #[test]
    fn numbers_are_found_as_they_stand() {
        assert_eq!(
            Lexicon::numbers("في 16.5 مليون، عام 2021. الساعة 10:30، و2021").concat(),
            ["16.5", "2021", "10:30", "2021"]
        );
    }

    #[test]
    fn stems_are_those_of_the_recipe() {
        for (word, expected) in [
            ("والحكومات", "حكوم"),
            ("بالمدرسه", "مدرس"),
            ("للدول", "دول"),
            ("كتابهم", "تاب"),
            ("لدول", "لدول"),
            ("ولد", "ولد"),
            ("سنه", "سنه"),
            ("المسلمين", "مسلم"),
        ] {
            assert_eq!(stem(word), expected, "{word}");
        }
    }

    #[test]
    fn a_line_that_is_no_entry_is_named() {
        assert_eq!(Lexicon::read("n\tا\tA\nx\tا\tA\n").err(), Some(LexiconError(2)));
        assert_eq!(Lexicon::read("n\tا\n").err(), Some(LexiconError(1)));
        assert_eq!(Lexicon::read("n\t\tA\n").err(), Some(LexiconError(1)));
        assert_eq!(Lexicon::read("n\tا\tA\tB\n").err(), Some(LexiconError(1)));
    }

    proptest! {
        #[test]
        fn any_source_may_come(source in "[ابتويةلن ]{0,40}|\\PC{0,30}") {
            let lexicon = Lexicon::read(LEXICON).unwrap_or_default();
            prop_assert!(lexicon.names(&source).len() + lexicon.words(&source).len() <= source.len());
            prop_assert!(!lexicon.glosses(&source).contains('\n'));
            for word in folded_words(&source) {
                prop_assert!(forms(&word).iter().all(|form| word.ends_with(form)));
                prop_assert!(word.contains(stem(&word)) && readings(&word).first() == Some(&word));
            }
        }
    }
}
