//! What a reader sees: golden files of one brief, and briefs that try to deceive.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "golden files are read and, on demand, rewritten here"
)]
#![allow(
    clippy::assigning_clones,
    reason = "the hostile brief is made once; plain assignments read best"
)]

#[path = "golden/render/sample.rs"]
mod sample;

use std::path::Path;

use isnad::domain::{
    Bitext, Brief, BriefParagraph, ByteSpan, Doubt, DoubtKind, FactKind, FailureReason, Origin,
    Outcome, Paragraph, ParagraphId, Road, Segment, SegmentedArticle, Severity, Verdict, WordLink,
};
use isnad::render::{self, Colour, Format, RenderError};
use proptest::prelude::*;

use sample::sample;

/// Compares with a file under `tests`; `ISNAD_BLESS=1 cargo test --test render` rewrites it instead.
fn assert_golden(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name);
    if std::env::var_os("ISNAD_BLESS").is_some() {
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    let differs = expected.lines().zip(actual.lines()).find(|(old, new)| old != new);
    assert!(expected == actual, "{name} differs, first in {differs:#?}");
}

fn bitext(brief: &Brief) -> Bitext {
    let mut paragraphs = Vec::new();
    let mut segments = Vec::new();
    let mut translations = Vec::new();
    for paragraph in &brief.paragraphs {
        let first = segments.len();
        for segment in &paragraph.segments {
            segments.push(Segment { span: segment.span, paragraph: paragraph.id });
            translations.push(segment.translation.clone());
        }
        paragraphs.push(Paragraph::new(paragraph.span, paragraph.kind, first, segments.len()));
    }
    let source = SegmentedArticle::new(brief.article.clone(), paragraphs, segments).unwrap();
    Bitext::new(source, translations).unwrap()
}

#[test]
fn the_sample_holds_its_own_invariants() {
    assert_eq!(sample().check(), Ok(()));
}

#[test]
fn the_brief_in_json_is_the_golden_one() {
    assert_golden("data/brief_sample.json", &render::json(&sample()).unwrap());
}

#[test]
fn the_brief_in_markdown_is_the_golden_one() {
    assert_golden("golden/render/brief.md", &render::markdown(&sample()));
}

#[test]
fn the_brief_in_html_is_the_golden_one() {
    assert_golden("golden/render/brief.html", &render::html(&sample()).unwrap());
}

#[test]
fn the_brief_in_plain_text_is_the_golden_one() {
    assert_golden("golden/render/brief.txt", &render::text(&sample()));
}

#[test]
fn the_brief_on_a_terminal_is_the_golden_one() {
    let lines = render::terminal(&sample(), 100, Colour::Never);
    assert_golden("golden/render/brief_terminal.txt", &lines);
}

#[test]
fn colours_are_the_only_difference_on_a_terminal_that_shows_them() {
    let brief = sample();
    let coloured = render::terminal(&brief, 90, Colour::Ansi);
    let mut plain = String::new();
    for (index, part) in coloured.split('\u{1b}').enumerate() {
        plain.push_str(if index == 0 { part } else { part.split_once('m').unwrap().1 });
    }
    assert!(coloured.contains("\u{1b}[32m[verified"));
    let trimmed = |text: &str| -> Vec<String> {
        text.lines().map(|line| line.trim_end().to_owned()).collect()
    };
    assert_eq!(trimmed(&plain), trimmed(&render::terminal(&brief, 90, Colour::Never)));
}

#[test]
fn no_line_on_a_terminal_is_wider_than_it_but_those_of_the_recipe() {
    for width in [40, 80, 133] {
        let lines = render::terminal(&sample(), width, Colour::Never);
        let body = lines.split("translator: ").next().unwrap();
        for line in body.lines() {
            let cells: usize =
                line.chars().map(|c| unicode_width::UnicodeWidthChar::width(c).unwrap_or(0)).sum();
            assert!(cells <= width, "{cells} cells, not {width}: {line}");
        }
    }
}

#[test]
fn the_translation_as_text_is_the_golden_one() {
    assert_golden("golden/render/translation.txt", &render::translation_text(&bitext(&sample())));
}

#[test]
fn the_translation_in_columns_is_the_golden_one() {
    let columns = render::translation_bitext(&bitext(&sample()), 100);
    assert_golden("golden/render/translation_columns.txt", &columns);
}

#[test]
fn the_translation_in_json_has_the_paragraphs_of_the_brief() {
    let brief = sample();
    let text = render::translation_json(&bitext(&brief), &brief.report.signature).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let paragraphs: Vec<BriefParagraph> =
        serde_json::from_value(document["paragraphs"].clone()).unwrap();
    assert!(paragraphs == brief.paragraphs);
    assert_eq!(document["article"]["id"], "putin-biden-call.txt");
    assert_eq!(document["signature"]["version"], "0.1.0");
}

/// Tries to leave its place: markup, quotes, entities, separators, direction overrides, escapes.
const HOSTILE: &str = "</p><script>alert('x')</script> \"&amp;' <img src=x onerror=alert(1)> \u{2028}\
    \u{202e}fdp.exe \u{1b}[31m *b* [l](javascript:x) `c` <!-- </title></style> {{ 7*7 }} {% raw %}";

/// The sample with the hostile text wherever a text can stand.
fn hostile() -> Brief {
    let mut brief = sample();
    let metadata = brief.article.metadata.clone();
    let article = isnad::domain::Article::new(HOSTILE, brief.article.language(), HOSTILE);
    brief.article = article;
    brief.article.metadata = metadata;
    brief.article.metadata.source = Some(HOSTILE.to_owned());
    brief.article.metadata.date = Some(HOSTILE.to_owned());
    brief.article.metadata.url = Some(format!("javascript:{HOSTILE}"));
    let whole = ByteSpan::whole(HOSTILE);
    for segment in brief.paragraphs.iter_mut().flat_map(|p| &mut p.segments).chain(&mut brief.title)
    {
        (segment.source, segment.span) = (HOSTILE.to_owned(), whole);
        segment.translation.text = HOSTILE.to_owned();
    }
    let looping = FailureReason::RepetitionLoop { phrase: HOSTILE.to_owned(), times: 2 };
    let failed = Outcome::Failed(vec![looping.clone()]);
    brief.paragraphs[2].segments[0].translation.outcome = failed;
    brief.summary = HOSTILE.to_owned();
    for claim in &mut brief.claims {
        (claim.text, claim.span) = (HOSTILE.to_owned(), whole);
        claim.verdict = Verdict::Partial;
        claim.doubts = vec![Doubt {
            kind: DoubtKind::Quote,
            origin: Origin::Summary,
            severity: Severity::Contradicts,
            span: Some(whole),
            text: HOSTILE.to_owned(),
        }];
        for evidence in &mut claim.evidence {
            (evidence.quote, evidence.span) = (HOSTILE.to_owned(), whole);
            evidence.translation = HOSTILE.to_owned();
            // Cuts inside the markup that the text tries to write.
            let cut = ByteSpan::within(HOSTILE, 2, 9).unwrap();
            evidence.words = vec![WordLink { claim: cut, source: cut }];
        }
    }
    for fact in &mut brief.coverage.facts {
        (fact.quote, fact.span, fact.used) = (HOSTILE.to_owned(), whole, false);
    }
    for gone in &mut brief.report.removed {
        gone.text = HOSTILE.to_owned();
        gone.doubts.clone_from(&brief.claims[0].doubts);
    }
    for paragraph in &mut brief.paragraphs {
        paragraph.span = whole;
    }
    brief.report.left_out.iter_mut().for_each(|left| left.text = HOSTILE.to_owned());
    brief.report.failed.iter_mut().for_each(|failed| failed.reasons = vec![looping.clone()]);
    brief.report.warnings = vec![HOSTILE.to_owned()];
    for model in &mut brief.report.signature.models {
        model.role = HOSTILE.to_owned();
        model.name = HOSTILE.to_owned();
        model.sha256 = HOSTILE.to_owned();
    }
    brief.report.signature.settings = vec![(HOSTILE.to_owned(), HOSTILE.to_owned())];
    brief.report.signature.version = HOSTILE.to_owned();
    brief
}

#[test]
fn the_hostile_brief_is_a_valid_one() {
    assert_eq!(hostile().check(), Ok(()));
}

/// The tags of a page without what stands between them.
fn tags(page: &str) -> Vec<String> {
    let after = page.split('<').skip(1);
    after.map(|tag| tag.split('>').next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_page_holds_no_tag_of_the_article() {
    let page = render::html(&hostile()).unwrap();
    let allowed = [
        "!doctype",
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "main",
        "section",
        "footer",
        "p",
        "h1",
        "h2",
        "h3",
        "dl",
        "dt",
        "dd",
        "div",
        "ul",
        "ol",
        "li",
        "span",
        "bdi",
        "a",
        "figure",
        "figcaption",
        "blockquote",
        "details",
        "summary",
        "strong",
        "br",
        "sup",
        "button",
        "script",
        "svg",
        "rect",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ];
    for tag in tags(&page) {
        let name = tag.trim_start_matches('/').split(' ').next().unwrap().to_lowercase();
        assert!(allowed.contains(&name.as_str()), "<{tag}>");
        // What stands inside quotes is a value, and all quotes of the article are escaped.
        let unquoted: String = tag.split('"').step_by(2).collect();
        assert!(!unquoted.contains("onerror") && !unquoted.contains("style="), "<{tag}>");
        assert!(!tag.contains("href=\"javascript:"), "<{tag}>");
    }
    assert!(page.contains("{{ 7*7 }}"), "the article must not be run as a template");
    assert_eq!(page.matches("</style>").count(), 1);
    assert_eq!(page.matches("</title>").count(), 1);
    assert_eq!(page.matches("<script").count(), 1, "only the page's own");
}

#[test]
fn no_output_for_people_holds_an_override_or_an_escape_sequence() {
    let brief = hostile();
    for text in [
        render::markdown(&brief),
        render::html(&brief).unwrap(),
        render::text(&brief),
        render::terminal(&brief, 300, Colour::Never),
        render::docx_parts(&brief).into_iter().map(|part| part.xml).collect(),
    ] {
        assert!(!text.contains(['\u{202e}', '\u{1b}', '\u{2028}']));
        assert!(text.contains("⟨U+202E⟩fdp.exe"), "it is shown, not dropped");
    }
    let spoilt = spoilt_bitext();
    for text in [render::translation_text(&spoilt), render::translation_bitext(&spoilt, 80)] {
        assert!(!text.contains(['\u{202e}', '\u{1b}', '\u{2028}']));
        assert!(text.contains("⟨U+202E⟩fdp.exe"));
    }
}

fn spoilt_bitext() -> Bitext {
    let mut brief = sample();
    brief.paragraphs[2].segments[0].translation.text = HOSTILE.to_owned();
    bitext(&brief)
}

#[test]
fn markdown_holds_no_markup_of_the_article() {
    let text = render::markdown(&hostile());
    for tag in tags(&text) {
        let name = tag.trim_start_matches('/').split(' ').next().unwrap();
        assert!(["p", "bdi", "sup"].contains(&name), "<{tag}>");
    }
    for markup in [" *b* ", " [l](", " `c` "] {
        assert!(!text.contains(markup), "{markup}");
    }
}

#[test]
fn every_link_of_the_page_leads_to_an_anchor_of_it() {
    let page = render::html(&sample()).unwrap();
    let values = |attribute: &str| -> Vec<String> {
        let after = page.split(attribute).skip(1);
        after.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    };
    let ids = values(" id=\"");
    let links = values("href=\"#");
    assert!(links.len() > 20, "{links:?}");
    for link in links {
        assert_eq!(ids.iter().filter(|id| **id == link).count(), 1, "#{link}");
    }
}

#[test]
fn text_of_the_summary_outside_every_claim_is_still_shown() {
    let mut brief = sample();
    brief.claims.pop();
    assert!(render::html(&brief).unwrap().contains("Biden threatened new sanctions"));
    assert!(render::markdown(&brief).contains("Biden threatened new sanctions"));
}

#[test]
fn a_number_that_json_cannot_hold_is_an_error_and_not_null() {
    let mut brief = sample();
    brief.claims[0].evidence[0].scores[0] = (Road::Across, f32::NAN);
    assert!(matches!(render::json(&brief), Err(RenderError::NotFinite { .. })));
    let mut brief = sample();
    brief.paragraphs[3].segments[0].translation.mean_logprob_nats = f32::NEG_INFINITY;
    assert!(matches!(render::json(&brief), Err(RenderError::NotFinite { .. })));
}

#[test]
fn a_failed_sentence_is_marked_in_the_plain_translation() {
    let text = render::translation_text(&bitext(&sample()));
    let mark = "[translation failed: repeats “were not received” 3 times] They were not received";
    assert!(text.contains(mark));
}

#[test]
fn a_format_is_known_by_its_name_and_by_its_extension() {
    for format in Format::ALL {
        assert_eq!(format.to_string().parse(), Ok(format));
    }
    assert_eq!(Format::from_extension(Path::new("a/b.HTML")), Some(Format::Html));
    assert_eq!(Format::from_extension(Path::new("b.md")), Some(Format::Markdown));
    assert_eq!(Format::from_extension(Path::new("b.txt")), Some(Format::Text));
    assert_eq!(Format::from_extension(Path::new("b.docx")), None, "a document is no string");
    assert!("docx".parse::<Format>().is_err());
}

fn reason() -> impl Strategy<Value = FailureReason> {
    let number = -1.0e6_f32..1.0e6;
    prop_oneof![
        (".*", 0_usize..99)
            .prop_map(|(phrase, times)| FailureReason::RepetitionLoop { phrase, times }),
        number.clone().prop_map(|share| FailureReason::SourceScriptLeft { share }),
        number.clone().prop_map(|ratio| FailureReason::LengthRatio { ratio }),
        number.prop_map(|mean_nats| FailureReason::LowLogprob { mean_nats }),
        Just(FailureReason::CopiedSource),
        Just(FailureReason::Empty),
        (0_usize..999).prop_map(|limit| FailureReason::CutAtLimit { limit }),
    ]
}

proptest! {
    #[test]
    fn what_is_saved_is_read_back_equal(
        texts in proptest::collection::vec(".*", 8),
        reasons in proptest::collection::vec(reason(), 0..4),
        numbers in proptest::collection::vec(-1.0_f32..1.0, 3),
        doubts in proptest::collection::vec(".*", 0..3),
    ) {
        let mut brief = sample();
        brief.article.metadata.url = texts.first().cloned();
        brief.article.metadata.source = None;
        brief.summary.clone_from(&texts[1]);
        brief.title = None;
        brief.claims[0].text.clone_from(&texts[2]);
        brief.claims[0].verdict = Verdict::Contradicted;
        brief.claims[0].confidence = numbers[0].abs();
        brief.claims[0].doubts = doubts
            .into_iter()
            .map(|text| Doubt {
                kind: DoubtKind::Fact(FactKind::Date),
                origin: Origin::Translation,
                severity: Severity::Missing,
                span: None,
                text,
            })
            .collect();
        brief.claims[1].verdict = Verdict::Unsupported;
        brief.claims[0].evidence[0].scores =
            vec![(Road::Across, numbers[0]), (Road::ThroughEnglish, numbers[1])];
        let translation = &mut brief.paragraphs[4].segments[0].translation;
        translation.text.clone_from(&texts[3]);
        translation.mean_logprob_nats = numbers[2];
        translation.outcome = Outcome::Failed(reasons.clone());
        brief.report.failed[0].reasons = reasons;
        brief.report.failed[0].paragraph = ParagraphId::new(3);
        brief.report.warnings = texts[4..6].to_vec();
        brief.report.signature.settings = vec![(texts[6].clone(), texts[7].clone())];
        let saved = render::json(&brief).unwrap();
        let opening = "{\n  \"schema_version\": 2,";
        prop_assert!(saved.starts_with(opening));
        let read: Brief = serde_json::from_str(&saved).unwrap();
        prop_assert_eq!(read, brief);
    }

    #[test]
    fn any_text_can_be_rendered(text in ".*", width in 0_usize..200) {
        let mut brief = sample();
        brief.paragraphs[3].segments[0].translation.text.clone_from(&text);
        brief.claims[0].evidence[0].translation = text;
        prop_assert!(render::html(&brief).is_ok());
        prop_assert!(!render::markdown(&brief).is_empty());
        prop_assert!(!render::translation_bitext(&bitext(&brief), width).is_empty());
        prop_assert!(!render::text(&brief).is_empty());
        prop_assert!(!render::terminal(&brief, width, Colour::Ansi).is_empty());
        prop_assert!(render::docx_parts(&brief).len() == 8);
    }
}
