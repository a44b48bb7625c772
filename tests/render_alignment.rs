//! What a reader sees of an alignment: golden files, texts that try to deceive, beads of every shape.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
#![allow(
    clippy::disallowed_methods,
    reason = "golden files are read and, on demand, rewritten here"
)]

#[path = "golden/alignment/sample.rs"]
mod sample;

use std::path::Path;
use std::time::{Duration, Instant};

use isnad::domain::{
    AlignedSentence, AlignedText, Alignment, Bead, BeadWords, ByteSpan, Finding, Language, Side,
    Signature, Word,
};
use isnad::render::{
    AlignmentFormat, Colour, RenderError, alignment, alignment_table, finding_in_words,
};
use proptest::prelude::*;

use sample::{bead, sample};

/// Compares with a golden file; `ISNAD_BLESS=1 cargo test --test render_alignment` rewrites it instead.
fn assert_golden(name: &str, actual: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/alignment");
    let path = folder.join(name);
    if std::env::var_os("ISNAD_BLESS").is_some() {
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    let differs = expected.lines().zip(actual.lines()).find(|(old, new)| old != new);
    assert!(expected == actual, "{name} differs, first in {differs:#?}");
}

fn page(value: &Alignment) -> String {
    alignment(value, AlignmentFormat::Html).unwrap()
}

fn table(value: &Alignment, width: usize) -> String {
    alignment_table(value, Some(width), Colour::Never)
}

/// One sentence a paragraph.
fn text(language: Language, sentences: &[&str]) -> AlignedText {
    let sentence = |(paragraph, text): (usize, &&str)| AlignedSentence {
        text: (*text).to_owned(),
        paragraph,
        heading: false,
    };
    let sentences = sentences.iter().enumerate().map(sentence).collect();
    AlignedText { name: "t".to_owned(), sha256: String::new(), language, sentences }
}

fn joined(arabic: &[&str], english: &[&str], beads: Vec<Bead>) -> Alignment {
    let (arabic, english) = (text(Language::Arabic, arabic), text(Language::English, english));
    Alignment::new(arabic, english, beads, Vec::new(), Signature::default()).unwrap()
}

/// The same alignment with source and target exchanged.
fn turned(value: &Alignment) -> Alignment {
    let turn = |bead: &Bead| Bead {
        source: bead.target.clone(),
        target: bead.source.clone(),
        words: None,
        ..bead.clone()
    };
    let mut beads: Vec<Bead> = value.beads().iter().map(turn).collect();
    beads.sort_by_key(|bead| bead.source.start);
    let (source, target) = (value.target.clone(), value.source.clone());
    Alignment::new(source, target, beads, Vec::new(), Signature::default()).unwrap()
}

#[test]
fn the_page_the_table_and_the_saved_form_are_the_golden_ones() {
    let value = sample();
    assert_golden("reader.html", &page(&value));
    assert_golden("table.txt", &alignment(&value, AlignmentFormat::Table).unwrap());
    assert_golden("colours.txt", &alignment_table(&value, Some(64), Colour::Ansi));
    assert_golden("saved.json", &alignment(&value, AlignmentFormat::Json).unwrap());
}

#[test]
fn what_is_saved_is_read_back_equal() {
    for value in [sample(), hostile()] {
        let saved = alignment(&value, AlignmentFormat::Json).unwrap();
        assert!(saved.starts_with("{\n  \"schema_version\": 1,"));
        assert_eq!(serde_json::from_str::<Alignment>(&saved).unwrap(), value);
    }
}

#[test]
fn every_finding_is_told_in_words() {
    let value = sample();
    let told: Vec<String> =
        value.findings.iter().map(|finding| finding_in_words(finding, &value)).collect();
    let expected = [
        "paragraph 6 of the Arabic text has no counterpart in the English text",
        "paragraph 6 of the English text has no counterpart in the Arabic text",
        "29 % of the beads that join both texts are unsure (2 beads)",
        "sentence 7 of the Arabic text stands elsewhere in the English text, as sentence 3: order is crossed here",
        "the files were swapped: `harbour.ar.txt` is the source and `harbour.en.txt` the target",
        "the texts do not seem to translate one another: only 8 % of the sentences have a counterpart",
        "1 sentence of the English text is written in another language",
    ];
    assert_eq!(told, expected);
    let page = page(&value);
    let table = table(&value, 300);
    for line in expected {
        assert!(page.contains(line) && table.contains(line), "{line}");
    }
    let few = Finding::Unsure { beads: 1, share: 0.001 };
    let told = finding_in_words(&few, &value);
    assert_eq!(told, "less than 1 % of the beads that join both texts are unsure (1 bead)");
}

#[test]
fn two_texts_of_one_language_are_called_first_and_second() {
    let mut value = sample();
    value.target.language = Language::Arabic;
    let finding = Finding::ParagraphAlone { side: Side::Target, paragraph: 0 };
    let told = finding_in_words(&finding, &value);
    assert_eq!(told, "paragraph 1 of the second text has no counterpart in the first text");
    assert_eq!(page(&value).matches("dir=\"rtl\"").count(), 16);
}

#[test]
fn a_number_that_is_none_is_an_error_in_every_format() {
    for finding in [
        Finding::Unsure { beads: 1, share: f64::NAN },
        Finding::NotATranslation { aligned: f64::INFINITY },
    ] {
        let mut value = sample();
        value.findings.push(finding);
        for format in AlignmentFormat::ALL {
            assert!(matches!(alignment(&value, format), Err(RenderError::NotFinite { .. })));
        }
    }
}

/// Tries to leave its place: markup, templates, lines, direction overrides, escapes.
const HOSTILE: &str = "</p><script>alert('x')</script> \"&amp;' <img src=x onerror=alert(1)> \u{2028}\
    \u{202e}fdp.exe \u{1b}[31m <!-- </title></style></svg> {{ 7*7 }} {% raw %}\t#&~\r\n[y]\u{2067}";

/// The sample with the hostile text wherever a text can stand.
fn hostile() -> Alignment {
    let mut value = sample();
    let spoil = |text: &mut String| *text = format!("{text}{HOSTILE}");
    for side in [&mut value.source, &mut value.target] {
        spoil(&mut side.name);
        spoil(&mut side.sha256);
        side.sentences.iter_mut().for_each(|sentence| spoil(&mut sentence.text));
    }
    for model in &mut value.signature.models {
        [&mut model.role, &mut model.name, &mut model.sha256].into_iter().for_each(spoil);
    }
    for (name, setting) in &mut value.signature.settings {
        spoil(name);
        spoil(setting);
    }
    spoil(&mut value.signature.version);
    value
}

/// The tags of a page without what stands between them.
fn tags(page: &str) -> Vec<String> {
    let after = page.split('<').skip(1);
    after.map(|tag| tag.split('>').next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_page_holds_no_tag_of_a_file() {
    let page = page(&hostile());
    let allowed = "!doctype html head meta title style body header main footer fieldset legend label input \
        p h1 h2 h3 dl dt dd div ul li span bdi a i figure figcaption br code svg rect";
    let allowed: Vec<&str> = allowed.split(' ').collect();
    for tag in tags(&page) {
        let name = tag.trim_start_matches('/').split(' ').next().unwrap().to_lowercase();
        assert!(allowed.contains(&name.as_str()), "<{tag}>");
        // What stands inside quotes is a value, and all quotes of a file are escaped.
        let unquoted: String = tag.split('"').step_by(2).collect();
        assert!(!unquoted.contains("onerror") && !unquoted.contains("style="), "<{tag}>");
    }
    assert!(page.contains("{{ 7*7 }}"), "a text must not be run as a template");
    assert_eq!(page.matches("</style>").count(), 1);
    assert_eq!(page.matches(" style=").count(), 0, "the policy admits no style in an attribute");
}

#[test]
fn nothing_that_people_read_holds_an_override_or_an_escape_sequence() {
    let value = hostile();
    for text in [page(&value), table(&value, 100), table(&value, 1)] {
        assert!(!text.contains(['\u{202e}', '\u{1b}', '\u{2028}', '\r', '\t']));
        let squeezed: String = text.split_whitespace().collect();
        assert!(squeezed.contains("U+202E"), "it is shown, not dropped");
    }
}

#[test]
fn a_word_may_hold_markup_and_control_characters() {
    let arabic = "<b>\u{202e}\u{1b}&\"' ثم";
    let mut odd = bead(0..1, 0..1, 0.9);
    let span = |from, to| ByteSpan::within(arabic, from, to).unwrap();
    let english = ByteSpan::within("<i>x</i>", 0, 3).unwrap();
    // The last word overlaps the one before.
    let source = [span(0, 10), span(11, arabic.len()), span(12 + 1, arabic.len())];
    odd.words = Some(BeadWords {
        source: source.map(|span| Word { sentence: 0, span }).to_vec(),
        target: vec![Word { sentence: 0, span: english }],
        links: vec![(0, 0), (1, 0), (2, 0)],
    });
    let page = page(&joined(&[arabic], &["<i>x</i>"], vec![odd]));
    let first = "<i class=\"g1\" tabindex=\"-1\">&lt;b&gt;⟨U+202E⟩␛&amp;&quot;&#x27;</i>";
    let second = " <i class=\"g1\" tabindex=\"-1\">ثم</i></p>";
    assert!(page.contains(&format!("{first}{second}")), "{page}");
    assert!(page.contains("<i class=\"g1\" tabindex=\"-1\">&lt;i&gt;</i>x&lt;&#x2f;i&gt;"));
}

#[test]
fn linked_words_light_one_another_and_others_do_not() {
    let page = page(&sample());
    // The verb and its subject are one group over the harbour.
    for (group, word) in
        [(1, "بُني"), (1, "الميناء"), (1, "harbour"), (1, "built"), (2, "1874"), (5, "wheat")]
    {
        let marked = format!("<i class=\"g{group}\" tabindex=\"-1\">{word}</i>");
        assert!(page.contains(&marked), "{marked}");
    }
    assert!(page.contains(" to it."), "a word without link is plain");
    assert!(page.contains(".bead:has(.g5:is(:hover,:focus)) .g5 {") && !page.contains(".g6"));
    assert!(
        page.contains("<bdi lang=\"en\">harbour built</bdi> – <bdi lang=\"ar\">بُني الميناء</bdi>")
    );
}

#[test]
fn the_policy_admits_the_style_of_the_page_and_nothing_else() {
    let page = page(&sample());
    let (_, policy) = page.split_once("http-equiv=\"Content-Security-Policy\" content=\"").unwrap();
    let policy = policy.split('"').next().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(policy.ends_with("='; base-uri 'none'; form-action 'none'"), "{policy}");
    assert!(!page.contains("http://") && !page.contains("https://"), "nothing leads out");
    assert!(!page.contains("url(") && !page.contains("@import") && !page.contains("<script"));
}

#[test]
fn the_page_names_files_models_and_settings() {
    let (value, page) = (sample(), page(&sample()));
    for side in [&value.source, &value.target] {
        assert!(page.contains(&format!("<bdi>{}</bdi>", side.name)));
        assert!(page.contains(&format!("<bdi>{}</bdi>", side.sha256)));
    }
    assert!(page.contains(&format!("<bdi>{}</bdi>", value.signature.models[0].sha256)));
    assert!(page.contains("isnad-embed@5e5e5e5e · max-bead:6 · min-confidence:0.5 · v:0.1.0"));
}

#[test]
fn every_link_of_the_page_leads_to_an_anchor_of_it() {
    for page in [page(&sample()), page(&turned(&sample()))] {
        let values = |attribute: &str| -> Vec<String> {
            let after = page.split(attribute).skip(1);
            after.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
        };
        let (ids, links) = (values(" id=\""), values("href=\"#"));
        assert!(links.len() > 8, "{links:?}");
        for link in links.iter().chain(&values("aria-labelledby=\"")) {
            assert_eq!(ids.iter().filter(|id| *id == link).count(), 1, "#{link}");
        }
    }
}

#[test]
fn arabic_stands_on_the_right_whichever_text_is_the_source() {
    for value in [sample(), turned(&sample())] {
        let page = page(&value);
        assert_eq!(page.matches("<div class=\"cell right\" lang=\"ar\" dir=\"rtl\">").count(), 8);
        assert_eq!(page.matches("<div class=\"cell left\" lang=\"en\" dir=\"ltr\">").count(), 8);
        let table = table(&value, 100);
        let line = table.lines().find(|line| line.contains("harbour of the city")).unwrap();
        let (left, right) = line.split_once('│').unwrap();
        assert!(left.contains("The old harbour") && right.contains("ميناء المدينة"), "{line}");
    }
}

#[test]
fn a_gap_is_told_on_the_side_that_is_empty() {
    let page = page(&sample());
    let missing = |column: &str, text: &str| {
        format!(
            "<div class=\"cell {column}\"><p class=\"missing\">no counterpart in the {text}</p></div>"
        )
    };
    assert_eq!(page.matches(&missing("left", "English text")).count(), 1);
    assert_eq!(page.matches(&missing("right", "Arabic text")).count(), 1);
    assert_eq!(table(&sample(), 100).matches("[no counterpart]").count(), 2);
}

#[test]
fn headings_and_paragraphs_stay_visible() {
    let page = page(&sample());
    assert_eq!(
        page.matches("<h3><span class=\"pilcrow\" aria-hidden=\"true\">¶1</span>").count(),
        2
    );
    // The third bead: one Arabic sentence that opens a paragraph, two English ones in one.
    assert!(page.contains("¶4</span> After the war the city closed it. Later a company"));
    assert_eq!(page.matches("class=\"bead sure begins\"").count(), 3);
}

/// Blocks a, b | c, d that changed places: the source reads a b c d, the target c d a b.
fn crossed() -> Alignment {
    let beads = vec![
        Bead { moved: true, ..bead(0..1, 2..3, 0.9) },
        Bead { moved: true, ..bead(1..2, 3..4, 0.9) },
        bead(2..3, 0..1, 0.9),
        bead(3..4, 1..2, 0.9),
    ];
    joined(&["أ", "ب", "ت", "ث"], &["c", "d", "a", "b"], beads)
}

#[test]
fn a_moved_block_is_linked_both_ways_and_marked_once() {
    let page = page(&crossed());
    assert_eq!(page.matches("class=\"elsewhere left\"").count(), 1);
    assert!(page.contains(
        "sentences 3–4 of the English text stand here; see <a href=\"#b1\">beads 1–2</a>"
    ));
    assert_eq!(page.matches("<a href=\"#m1\">where sentence ").count(), 2);
    let at = |what: &str| page.find(what).unwrap();
    assert!(
        at("id=\"b4\"") < at("id=\"m1\""),
        "behind d, which stands before a in the English text"
    );
    let turned = self::page(&turned(&crossed()));
    assert!(turned.contains("class=\"elsewhere right\""));
    assert!(turned.find("id=\"m3\"").unwrap() < turned.find("id=\"b1\"").unwrap());
    assert_eq!(table(&crossed(), 100).matches("0.90↕").count(), 2);
}

#[test]
fn a_block_that_was_moved_to_the_top_is_marked_before_all_rows() {
    let moved = Bead { moved: true, ..bead(1..2, 0..1, 0.9) };
    let page = page(&joined(&["أ", "ب"], &["b", "a"], vec![bead(0..1, 1..2, 0.9), moved]));
    assert!(page.find("id=\"m2\"").unwrap() < page.find("id=\"b1\"").unwrap());
}

#[test]
fn an_alignment_without_sentences_or_with_an_empty_side_can_be_written() {
    let nothing = joined(&[], &[], Vec::new());
    let half = joined(&[], &["a", "b"], vec![bead(0..0, 0..2, 0.5)]);
    for value in [nothing, turned(&half), half] {
        for format in AlignmentFormat::ALL {
            assert!(alignment(&value, format).is_ok());
        }
        assert!(!table(&value, 0).is_empty());
    }
}

#[test]
fn one_sentence_against_five_thousand_is_written_at_once() {
    let english: Vec<String> =
        (0..5_000).map(|n| format!("Sentence number {n} of a long text.")).collect();
    let english: Vec<&str> = english.iter().map(String::as_str).collect();
    let gaps = (1..5_000).map(|n| bead(1..1, n..n + 1, 0.5));
    let moved =
        (0..5_000).map(|n| Bead { moved: n % 2 == 1, ..bead(n..n + 1, 4_999 - n..5_000 - n, 0.9) });
    let arabic = vec!["جملة واحدة."; 5_000];
    for value in [
        joined(&arabic[..1], &english, vec![bead(0..1, 0..5_000, 0.01)]),
        joined(
            &arabic[..1],
            &english,
            std::iter::once(bead(0..1, 0..1, 0.9)).chain(gaps).collect(),
        ),
        joined(&arabic, &english, moved.collect()),
    ] {
        let start = Instant::now();
        assert!(page(&value).contains("Sentence number 4999"));
        assert!(table(&value, 100).contains("4999"));
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    }
}

#[test]
fn a_table_keeps_to_its_width() {
    let cells = |line: &str| {
        let shown =
            line.chars().filter(|c| !matches!(c, '\u{2066}'..='\u{2069}' | '\u{64b}'..='\u{652}'));
        shown.count()
    };
    for width in [60, 80, 100, 140] {
        for line in table(&sample(), width).lines() {
            assert!(cells(line) <= width, "{width}: {line}");
        }
    }
}

#[test]
fn a_table_has_colours_only_if_asked() {
    let value = sample();
    assert!(!table(&value, 80).contains('\u{1b}'));
    let coloured = alignment_table(&value, Some(80), Colour::Ansi);
    assert_eq!(coloured.matches("\u{1b}[0m").count(), value.beads().len());
    let mut plain = coloured.replace("\u{1b}[0m", "");
    for code in ["32", "33", "31", "1;31", "2"] {
        plain = plain.replace(&format!("\u{1b}[{code}m"), "");
    }
    assert_eq!(plain, table(&value, 80));
}

#[test]
fn beads_are_unsure_below_the_confidence_that_was_asked_for() {
    let mut value = sample();
    assert_eq!(page(&value).matches("<span class=\"badge partial\">unsure</span>").count(), 1);
    value.signature.settings[1].1 = "0.9".to_owned();
    assert_eq!(page(&value).matches("<span class=\"badge partial\">unsure</span>").count(), 3);
    assert_eq!(page(&value).matches("<span class=\"badge failed\">rejected</span>").count(), 1);
}

#[test]
fn a_format_is_known_by_its_name_and_by_its_extension() {
    for format in AlignmentFormat::ALL {
        assert_eq!(format.to_string().parse(), Ok(format));
    }
    for (name, format) in [
        ("a.json", AlignmentFormat::Json),
        ("a.tsv", AlignmentFormat::Tsv),
        ("a/b.HTML", AlignmentFormat::Html),
        ("a.htm", AlignmentFormat::Html),
        ("a.tmx", AlignmentFormat::Tmx),
        ("a.xlf", AlignmentFormat::Xliff12),
        ("a.xliff", AlignmentFormat::Xliff12),
        ("a.ladder", AlignmentFormat::Ladder),
        ("a.align", AlignmentFormat::Ladder),
        ("a.pharaoh", AlignmentFormat::Pharaoh),
    ] {
        assert_eq!(AlignmentFormat::from_extension(Path::new(name)), Some(format));
    }
    assert_eq!(AlignmentFormat::from_extension(Path::new("a.csv")), None);
    let told = "xml".parse::<AlignmentFormat>().unwrap_err().to_string();
    let known = "table, tsv, json, html, tmx, xliff12, xliff21, ladder and pharaoh";
    assert_eq!(told, format!("unknown format `xml`; there are {known}"));
}

/// WCAG 2.2: relative luminance and contrast; AA asks 3 of a mark and 4.5 of text.
#[test]
fn every_mark_of_the_page_can_be_told_from_its_ground() {
    let page = page(&sample());
    let (_, own) = page.split_once("--sure: #").unwrap();
    let own = format!("--sure: #{own}");
    let (light, dark) = own.split_once("prefers-color-scheme: dark").unwrap();
    let (base_light, base_dark) = page.split_once("prefers-color-scheme: dark").unwrap();
    for (own, base) in [(light, base_light), (dark, base_dark)] {
        for mark in ["sure", "likely", "fair", "unsure", "gap"] {
            for ground in ["page", "card", "target"] {
                let contrast = contrast(luminance(own, mark), luminance(base, ground));
                assert!(contrast >= 3.0, "{mark} on {ground} is {contrast:.2}");
            }
        }
        let contrast = contrast(luminance(base, "ink"), luminance(own, "lit"));
        assert!(contrast >= 4.5, "a lit word is {contrast:.2}");
    }
}

fn contrast(a: f64, b: f64) -> f64 {
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(css: &str, name: &str) -> f64 {
    let (_, rest) = css.split_once(&format!("--{name}: #")).unwrap();
    let hex: String = rest.chars().take(6).collect();
    let value = u32::from_str_radix(&hex, 16).unwrap();
    let part = |shift: u32| {
        let c = f64::from((value >> shift) & 255) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
}

proptest! {
    #[test]
    fn any_text_can_be_rendered(text in ".*", probability in 0.0_f64..=1.0, width in 0_usize..200) {
        let mut words = bead(0..1, 0..1, probability);
        let whole = Word { sentence: 0, span: ByteSpan::whole(&text) };
        words.words = Some(BeadWords { source: vec![whole], target: vec![whole], links: vec![(0, 0)] });
        let value = joined(&[&text], &[&text], vec![words]);
        for format in AlignmentFormat::ALL {
            prop_assert!(alignment(&value, format).is_ok());
        }
        let shown = table(&value, width);
        prop_assert!(shown.chars().all(|c| !c.is_control() || c == '\n'));
        let saved = alignment(&value, AlignmentFormat::Json).unwrap();
        prop_assert_eq!(serde_json::from_str::<Alignment>(&saved).unwrap(), value);
    }
}
