//! What holds for any text: nothing is lost, spans are valid, maps are total, time grows with length.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

use std::time::{Duration, Instant};

use isnad::domain::{Article, ByteSpan, Language, SegmentedArticle};
use isnad::text::budget::cut;
use isnad::text::language::{LooksLike, looks_arabic};
use isnad::text::numbers::numbers;
use isnad::text::repetition::longest_loop;
use isnad::text::{
    Marks, Profile, SegmentOptions, english, normalize_with, segment_article, sentences,
};
use proptest::prelude::*;

/// Pieces of writing that meet in real pages, in any order.
const PIECES: &[&str] = &[
    "قال",
    "د",
    "وأضاف",
    "الرئيس",
    "ﻣﺤﻤﺪ",
    "ﷲ",
    "ﷺ",
    "كِتَـــابٌ",
    "أ",
    "م",
    "ق.م",
    "إلخ",
    "هـ",
    "Dr",
    "U.S",
    "Inc",
    "The",
    "file.txt",
    "http://a.b/c?d=1",
    "4.5",
    "٤٫٥",
    "١٬٠٠٠",
    "1.",
    "(1)",
    "-",
    "–",
    "•",
    "*",
    ".",
    "..",
    "...",
    "…",
    "؟",
    "!",
    "؟!",
    "،",
    "؛",
    ":",
    "«",
    "»",
    "“",
    "”",
    "\"",
    "(",
    ")",
    "[1]",
    "[",
    "]",
    " ",
    "  ",
    "\u{a0}",
    "\n",
    "\r\n",
    "\r",
    "\n\n",
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\u{200f}",
    "\u{200e}",
    "\u{202b}",
    "\u{202c}",
    "\u{feff}",
    "\u{ad}",
    "\u{200d}",
    "\u{0}",
    "\u{7}",
    "\u{301}",
    "ا\u{654}",
    "\u{fe70}",
    "\u{fc5e}",
    "٪",
    "👩‍👩‍👧",
    "🇸🇾",
    "語。",
    "المصدر",
    "رويترز",
    "إعلان",
    "16/6/2021",
    "يونيو",
    "\u{653}",
    "İ",
    "K",
    "e\u{301}",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(PIECES).prop_map(str::to_owned),
        3 => Just(" ".to_owned()),
        1 => any::<char>().prop_map(String::from),
    ];
    prop_oneof![
        6 => prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
    ]
}

fn segmented(text: &str, options: &SegmentOptions) -> SegmentedArticle {
    let article = Article::new("test", Language::Arabic, text);
    segment_article(article, options).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

fn visible(text: &str) -> String {
    let blank = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{feff}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
    };
    text.chars().filter(|c| !blank(*c)).collect()
}

fn rises_and_covers(text: &str, spans: &[ByteSpan]) -> Result<(), TestCaseError> {
    let mut end = 0;
    let mut covered = String::new();
    for span in spans {
        prop_assert!(span.start() >= end && !span.is_empty());
        end = span.end();
        let part = span.of(text);
        prop_assert!(part.is_some(), "a span cuts a character");
        covered.push_str(&visible(part.unwrap()));
    }
    prop_assert_eq!(covered, visible(text));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_can_be_segmented_without_loss(text in text()) {
        let article = segmented(&text, &SegmentOptions::default());
        let spans: Vec<ByteSpan> = article.segments().iter().map(|segment| segment.span).collect();
        rises_and_covers(&text, &spans)?;
        for span in spans {
            let segment = span.of(&text).unwrap();
            let ends = [segment.chars().next().unwrap(), segment.chars().next_back().unwrap()];
            prop_assert!(ends.iter().all(|c| !visible(&c.to_string()).is_empty()));
        }
        segmented(&text, &SegmentOptions::default().splitting_at_semicolons());
    }

    #[test]
    fn english_sentences_cover_the_text(text in text()) {
        rises_and_covers(&text, &english::sentences(&text))?;
    }

    #[test]
    fn normal_text_is_stable_and_leads_back(text in text(), cuts in any::<(prop::sample::Index, prop::sample::Index)>()) {
        for (profile, marks) in [
            (Profile::Translate, Marks::Remove),
            (Profile::Translate, Marks::Keep),
            (Profile::Match, Marks::Remove),
        ] {
            let normal = normalize_with(&text, profile, marks);
            let again = normalize_with(normal.text(), profile, marks);
            prop_assert_eq!(again.text(), normal.text());

            let bounds: Vec<usize> =
                normal.text().char_indices().map(|(at, _)| at).chain([normal.text().len()]).collect();
            let (a, b) = (bounds[cuts.0.index(bounds.len())], bounds[cuts.1.index(bounds.len())]);
            let span = ByteSpan::within(normal.text(), a.min(b), a.max(b)).unwrap();
            let back = normal.to_original(span);
            prop_assert!(back.check(&text).is_ok());
            prop_assert!(span.is_empty() || !back.is_empty());

            let mut earlier = ByteSpan::whole("");
            for pair in bounds.windows(2) {
                let letter = ByteSpan::within(normal.text(), pair[0], pair[1]).unwrap();
                let back = normal.to_original(letter);
                prop_assert!(back.check(&text).is_ok());
                prop_assert!(back.start() >= earlier.start() && back.end() >= earlier.end());
                earlier = back;
            }
        }
    }

    #[test]
    fn pieces_fit_and_cover(text in text(), max in 1_usize..20) {
        let chars = |text: &str| text.chars().count();
        let words = |text: &str| text.split_whitespace().count() + 1;
        let pieces = cut(&text, max, &chars);
        rises_and_covers(&text, &pieces)?;
        for piece in pieces {
            prop_assert!(chars(piece.of(&text).unwrap()) <= max);
        }
        rises_and_covers(&text, &cut(&text, max, &words))?;
    }

    #[test]
    fn numbers_and_loops_are_found_in_any_text(text in text()) {
        for number in numbers(&text) {
            prop_assert!(number.span.check(&text).is_ok());
            prop_assert!(number.value.parse::<f64>().is_ok());
        }
        if let Some(found) = longest_loop(&text) {
            prop_assert!(found.times >= 3 && !found.phrase.is_empty());
        }
        let arabic = text.chars().any(isnad::text::script::is_arabic_letter);
        prop_assert!(arabic || looks_arabic(&text) != LooksLike::Arabic);
    }
}

#[test]
fn semicolons_end_segments_only_on_demand() {
    let text = "اتفق الطرفان على الهدنة؛ غير أن القصف استمر.";
    assert_eq!(sentences(text, &SegmentOptions::default()).len(), 1);
    assert_eq!(sentences(text, &SegmentOptions::default().splitting_at_semicolons()).len(), 2);
}

/// Quadratic work on a million characters would take minutes; linear work takes well under a second
/// without optimisation.
const PATIENCE: Duration = Duration::from_secs(10);

#[test]
fn a_million_odd_characters_take_seconds_at_most() {
    let million = 1_000_000;
    let texts = [
        ".".repeat(million),
        "س".repeat(million),
        ". ".repeat(million / 2),
        "«".repeat(million),
        "(.)".repeat(million / 3),
        "\" . ".repeat(million / 4),
        format!("{}{}", " ".repeat(million / 2), "a.b ".repeat(million / 8)),
        "… - ".repeat(million / 4),
        "1.\u{200b}".repeat(million / 3),
        "[1]".repeat(million / 3),
        "\n\u{200f}".repeat(million / 2),
        "- أ\n".repeat(million / 4),
        "كلمة، و".repeat(million / 7),
    ];
    for text in &texts {
        let label: String = text.chars().skip(million / 2).take(8).collect();
        let start = Instant::now();
        let segments = segmented(text, &SegmentOptions::default()).segments().len();
        let normal = normalize_with(text, Profile::Translate, Marks::Remove);
        let found = numbers(normal.text()).len() + usize::from(longest_loop(text).is_some());
        let pieces = cut(text, 400, &|text: &str| text.len() / 3);
        assert!(start.elapsed() < PATIENCE, "{label:?} took {:?}", start.elapsed());
        assert!(segments.max(pieces.len()).max(found) < text.len());
    }
}

#[test]
fn a_paragraph_of_fifty_thousand_characters_is_cut_with_little_counting() {
    let text = "وقال الرئيس إن البلاد آمنة وإن الجيش يحرس حدودها كلها ".repeat(1000);
    let counted = std::cell::Cell::new(0);
    let count = |text: &str| {
        counted.set(counted.get() + text.len());
        text.len() / 4 + 1
    };
    let pieces = cut(&text, 200, &count);
    assert!(pieces.iter().all(|piece| piece.len() / 4 < 200));
    assert!(counted.get() < 3 * text.len(), "{} bytes counted", counted.get());
}
