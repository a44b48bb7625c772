//! Measures the checks of names on sentences that translate one another.
//!
//! `cargo run --release --example name_checks -- CORPUS dev|held-out`, CORPUS as in `tests/bench/claims/generate.py`. Blocks
//! of neighbouring lines fall into one half or the other by a hash. False alarms: names of the English that are not found in
//! its Arabic. Caught: names put in the place of others, from another document or from a line near by. With
//! `TRANSLATED=FILE` (lines `arabic<TAB>english<TAB>machine translation`) the alarms are those of a claim in a person's
//! words against the machine's English. `EVERY=n` looks at every n-th pair alone. `SHOW=alarms|missed|missed-near` lists
//! cases. The names that are exchanged are found by the rules here, not by those that are measured.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::string_slice,
    reason = "a measure, run by hand"
)]

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use isnad::domain::{Agreement, FactCheck};
use isnad::text::names::compare;

/// Files of sentences in prose.
const FILES: [&str; 9] = [
    "01_flores_dev",
    "03_xquad",
    "05_mtgeneval",
    "08_tico19",
    "09_ud_pud",
    "10_un_sdg",
    "12_cc_legalcode",
    "16_ethereum_org",
    "17_unccd_prais4",
];
/// Lines that stay together.
const BLOCK: usize = 20;
/// Capitalised, but not exchanged.
const KEPT: &str = "January February March April May June July August September October November December Monday Tuesday \
     Wednesday Thursday Friday Saturday Sunday Mr Mrs Ms Dr Sir President Prime Minister King Queen The General Day \
     Christmas Internet I";

struct Pair {
    file: usize,
    block: usize,
    arabic: String,
    english: String,
    names: Vec<Named>,
}

/// A name inside a sentence, and the word in front of it.
#[derive(Clone)]
struct Named {
    at: Range<usize>,
    text: String,
    before: String,
}

/// How often something happened.
#[derive(Default)]
struct Share {
    hit: usize,
    all: usize,
}

impl Share {
    fn count(&mut self, hit: bool) {
        self.hit += usize::from(hit);
        self.all += 1;
    }

    fn told(&self) -> String {
        let share = 100.0 * self.hit as f64 / self.all.max(1) as f64;
        format!("{:6} of {:6}  {share:5.1} %", self.hit, self.all)
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(file) = std::env::var_os("TRANSLATED") {
        return translated(Path::new(&file));
    }
    let [corpus, half] = arguments.as_slice() else { panic!("CORPUS dev|held-out") };
    let pairs = pairs(Path::new(corpus), half == "dev");
    let every = std::env::var("EVERY").map_or(1, |every| every.parse().unwrap());
    println!("{} pairs", pairs.len());
    let (mut alone, mut both) = (Share::default(), Share::default());
    for pair in pairs.iter().step_by(every) {
        for (english, share) in [(None, &mut alone), (Some(pair.english.as_str()), &mut both)] {
            for check in compare(&pair.english, &pair.arabic, english) {
                share.count(is_flagged(&check));
                if is_flagged(&check) && english.is_none() {
                    show("alarms", &pair.english, place_of(&check), &pair.arabic);
                } else if is_flagged(&check) {
                    show("alarms-both", &pair.english, place_of(&check), &pair.arabic);
                }
            }
        }
    }
    println!("{:44} {}", "false alarms, Arabic alone", alone.told());
    println!("{:44} {}", "false alarms, its English given", both.told());
    for (from, near) in [("another document", false), ("the same document", true)] {
        swaps(&pairs, every, from, near);
    }
}

/// Exchanges each name of each pair once, and counts what is noticed.
fn swaps(pairs: &[Pair], every: usize, from: &str, near: bool) {
    let mut found: BTreeMap<&str, Share> = BTreeMap::new();
    for (index, pair) in pairs.iter().enumerate().step_by(every) {
        for (at, name) in pair.names.iter().enumerate() {
            let Some(other) = stranger(pairs, index, name, at, near) else { continue };
            let claim = format!(
                "{}{other}{}",
                &pair.english[..name.at.start],
                &pair.english[name.at.end..]
            );
            let place = name.at.start..name.at.start + other.len();
            let settings = [
                ("Arabic alone", None),
                ("its English given", Some(pair.english.as_str())),
                ("its English changed, too", Some(claim.as_str())),
            ];
            for (setting, english) in settings {
                let checks = compare(&claim, &pair.arabic, english);
                let mut there = checks.iter().filter(|check| {
                    let span = place_of(check);
                    span.start < place.end && place.start < span.end
                });
                let caught = there.any(is_flagged);
                found.entry(setting).or_default().count(caught);
                if !caught && english == Some(pair.english.as_str()) {
                    let show_as = if near { "missed-near" } else { "missed" };
                    show(show_as, &claim, place.clone(), &pair.arabic);
                }
            }
        }
    }
    for (setting, share) in found {
        println!("{:44} {}", format!("caught, from {from}, {setting}"), share.told());
    }
}

/// A name to stand in the place of `name`: as many words behind the same word if there is one, and none that the sentence has.
fn stranger(pairs: &[Pair], index: usize, name: &Named, at: usize, near: bool) -> Option<String> {
    let pair = &pairs[index];
    let lower = pair.english.to_lowercase();
    let size = name.text.split(' ').count();
    let fits = |other: &&Named| {
        let foreign = |part: &str| {
            let begin: String = part.to_lowercase().chars().take(4).collect();
            !lower.contains(&begin)
        };
        other.before == name.before
            && other.text.split(' ').count() == size
            && other.text.split(' ').all(foreign)
    };
    let elsewhere =
        pairs.iter().filter(|other| other.file == pair.file && (other.block == pair.block) == near);
    let options: Vec<&Named> = elsewhere.flat_map(|other| &other.names).filter(fits).collect();
    let chosen = hash(&format!("{}{at}", pair.english)) as usize % options.len().max(1);
    options.get(chosen).map(|other| other.text.clone())
}

/// The pairs of one half.
fn pairs(corpus: &Path, dev: bool) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (file, name) in FILES.iter().enumerate() {
        let text = std::fs::read_to_string(corpus.join(format!("{name}.tsv"))).unwrap();
        for (line, cells) in text.lines().enumerate() {
            let mut cells = cells.split('\t');
            let (Some(arabic), Some(english), kind) = (cells.next(), cells.next(), cells.next())
            else {
                continue;
            };
            let block = line / BLOCK;
            let mine = hash(&format!("{name}{block}")).is_multiple_of(2) == dev;
            let told = english.split(' ').count() > 3 && arabic.split(' ').count() > 2;
            if mine && told && kind != Some("ui") {
                let names = inner_names(english);
                let (arabic, english) = (arabic.to_owned(), english.to_owned());
                pairs.push(Pair { file, block, arabic, english, names });
            }
        }
    }
    pairs
}

/// Runs of capitalised words behind a word in small letters or a comma.
fn inner_names(text: &str) -> Vec<Named> {
    let mut names: Vec<Named> = Vec::new();
    let mut before = "";
    let mut open = false;
    let mut start = 0;
    for word in text.split(' ') {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let bare = bare.strip_suffix("'s").or_else(|| bare.strip_suffix("’s")).unwrap_or(bare);
        let from = start + word.find(bare).unwrap_or_default();
        let small = |word: &str| {
            word.ends_with(|c: char| c.is_lowercase() || c == ',')
                && word.starts_with(char::is_lowercase)
        };
        let capital = bare.starts_with(char::is_uppercase)
            && bare.chars().count() > 2
            && bare.chars().all(char::is_alphabetic)
            && !KEPT.split_whitespace().any(|kept| kept == bare)
            && word.starts_with(bare);
        if capital && open {
            let last = names.last_mut().unwrap();
            last.at.end = from + bare.len();
            text[last.at.clone()].clone_into(&mut last.text);
        } else if capital && small(before) {
            let at = from..from + bare.len();
            names.push(Named { at, text: bare.to_owned(), before: before.to_owned() });
            open = true;
        }
        open = open && capital && word.ends_with(bare);
        before = word;
        start += word.len() + 1;
    }
    names
}

/// Alarms about a person's translation, where a machine's is the English at hand.
fn translated(file: &Path) {
    let text = std::fs::read_to_string(file).unwrap();
    let mut alarms = Share::default();
    for line in text.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let [arabic, claim, english] = cells.as_slice() else { continue };
        for check in compare(claim, arabic, Some(english)) {
            alarms.count(is_flagged(&check));
            if is_flagged(&check) {
                show("alarms", claim, place_of(&check), &format!("{arabic}\n   {english}"));
            }
        }
    }
    println!("{:44} {}", "false alarms, a machine's English given", alarms.told());
}

fn place_of(check: &FactCheck) -> Range<usize> {
    check.claim.start()..check.claim.end()
}

fn is_flagged(check: &FactCheck) -> bool {
    matches!(check.agreement, Agreement::Absent | Agreement::Differs)
}

fn show(what: &str, text: &str, at: Range<usize>, arabic: &str) {
    if std::env::var_os("SHOW").is_some_and(|shown| *shown == *what) {
        println!("{what} [{}] {text}\n   {arabic}", &text[at]);
    }
}

/// FNV-1a, and its bits mixed: texts that differ at the end alone must not agree in the high ones.
fn hash(text: &str) -> u64 {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32
}
