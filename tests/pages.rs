//! How much of the article is found on saved pages of Arabic sites, and how little of what stands around it.
//!
//! Owns: the score and its floors. In: pages and gold texts of `tests/data/pages`, both written for this test. Out: a table
//! (`--nocapture` shows it). The rules of the extraction were made looking at pages 01 to 12; 13 to 24 were only measured.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]
#![allow(clippy::print_stdout, reason = "the figures are the point of the test")]
#![allow(clippy::disallowed_methods, reason = "pages and gold texts are read here")]

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use isnad::artifact::{ArticleOptions, FoundArticle, Input, read_articles};

/// Least mean F1 of tokens, over all pages and over those that no rule was made for.
const LEAST_MEAN: f64 = 0.92;
/// No page may fall below.
const LEAST: f64 = 0.80;
/// Pages up to this number were looked at while the rules were made.
const LAST_SEEN: usize = 12;

struct Page {
    name: String,
    fields: HashMap<String, String>,
    gold: String,
    found: FoundArticle,
}

fn pages() -> Vec<Page> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/pages");
    let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|e| e == "html")).collect();
    files.sort();
    files.into_iter().map(|file| page(&file)).collect()
}

fn page(file: &Path) -> Page {
    let name = file.file_stem().unwrap().to_string_lossy().into_owned();
    let gold = std::fs::read_to_string(file.with_extension("gold.txt")).unwrap();
    let (head, gold) = gold.split_once("\n\n").unwrap();
    let field = |line: &str| {
        let (key, value) = line.split_once(": ").unwrap();
        (key.to_owned(), value.to_owned())
    };
    let mut found =
        read_articles(&Input::File(file.to_owned()), &ArticleOptions::default()).unwrap();
    assert_eq!(found.len(), 1, "{name}");
    let fields = head.lines().map(field).collect();
    Page { name, fields, gold: gold.to_owned(), found: found.remove(0) }
}

fn tokens(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric() && !is_mark(c));
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// Vowel marks belong to their word.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{64b}'..='\u{65f}' | '\u{670}')
}

/// Tools differ in whether they give the title; it is taken out of both sides.
fn without_title(text: &str, title: &str) -> Vec<String> {
    let title = tokens(title);
    text.lines().map(tokens).filter(|line| *line != title).flatten().collect()
}

fn f1(found: &[String], gold: &[String]) -> f64 {
    let mut counts: HashMap<&str, i64> = HashMap::new();
    for token in gold {
        *counts.entry(token).or_default() += 1;
    }
    let mut common = 0_u32;
    for token in found {
        let left = counts.entry(token).or_default();
        common += u32::from(*left > 0);
        *left -= 1;
    }
    let share = |whole: usize| f64::from(common) / f64::from(u32::try_from(whole.max(1)).unwrap());
    let (precision, recall) = (share(found.len()), share(gold.len()));
    if common == 0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) }
}

fn score(page: &Page) -> f64 {
    let title = page.fields.get("title").cloned().unwrap_or_default();
    let found = without_title(page.found.article.text(), &title);
    f1(&found, &without_title(&page.gold, &title))
}

fn mean(scores: &[f64]) -> f64 {
    scores.iter().sum::<f64>() / f64::from(u32::try_from(scores.len()).unwrap())
}

#[test]
fn the_article_is_found_on_every_page() {
    let pages = pages();
    assert!(pages.len() >= 20, "{} pages", pages.len());
    let scores: Vec<f64> = pages.iter().map(score).collect();
    let table: Vec<String> =
        pages.iter().zip(&scores).map(|(page, f1)| format!("{:20}{f1:.3}", page.name)).collect();
    let (dev, test) = scores.split_at(LAST_SEEN);
    let table = format!(
        "{}\ndev {:.3}, test {:.3}, all {:.3}",
        table.join("\n"),
        mean(dev),
        mean(test),
        mean(&scores)
    );
    println!("{table}");
    assert!(mean(&scores) >= LEAST_MEAN, "{table}");
    assert!(mean(test) >= LEAST_MEAN, "{table}");
    assert!(scores.iter().all(|score| *score >= LEAST), "{table}");
}

#[test]
fn title_author_date_source_and_address_are_found() {
    let mut wrong = Vec::new();
    let mut known = 0;
    for page in pages() {
        let metadata = &page.found.article.metadata;
        let told = [
            ("byline", &metadata.byline),
            ("date", &metadata.date),
            ("source", &metadata.source),
            ("url", &metadata.url),
        ];
        for (name, found) in told {
            let Some(gold) = page.fields.get(name) else { continue };
            known += 1;
            if found.as_ref() != Some(gold) {
                wrong.push(format!("{}: {name}: {found:?} for {gold:?}", page.name));
            }
        }
        let text = page.found.article.text();
        let title = page.fields.get("title").unwrap();
        known += 1;
        if !text.lines().any(|line| tokens(line) == tokens(title)) {
            wrong.push(format!("{}: no title in {text:.200}", page.name));
        }
    }
    assert!(known > 60, "{known}");
    // What a page says of itself in words alone is missed now and then.
    assert!(wrong.len() * 15 <= known, "{} of {known}:\n{}", wrong.len(), wrong.join("\n"));
}

/// For the table beside other tools: `tests/bench/pages/compare.py`.
#[test]
fn write_pages() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    std::fs::create_dir_all(&folder).unwrap();
    for page in pages() {
        let file = folder.join(format!("{}.txt", page.name));
        std::fs::write(&file, page.found.article.text()).unwrap();
        assert!(!page.found.article.text().is_empty());
    }
}
