//! The page of a brief in a real browser.
//!
//! Owns: what a reader may rely on when a page is opened, pointed at, typed at and printed. In: briefs made by hand, and
//! briefs of real articles made by the program. Out: pictures under `target/browser`. Never: the network.
//!
//! Needs chromedriver and Chromium; without them each test says so and passes. The accessibility test also needs
//! `axe.min.js` of the npm package axe-core, named by `ISNAD_AXE` or installed under `target/browser-tools`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]
#![allow(clippy::disallowed_methods, reason = "pages and pictures are written here")]
#![allow(clippy::print_stderr, reason = "a skipped test says why")]
#![allow(clippy::string_slice, reason = "briefs are made of text that is known")]
#![allow(clippy::needless_pass_by_value, reason = "JSON literals read best where they are used")]

#[path = "browser/briefs.rs"]
mod briefs;
#[path = "browser/driver.rs"]
mod driver;
#[path = "golden/render/sample.rs"]
mod sample;

use std::path::{Path, PathBuf};

use driver::{Browser, Screen};
use isnad::domain::Brief;
use isnad::render;
use serde_json::{Value, json};

const INJECTIONS: &str = include_str!("browser/injections.txt");
const DESK: Screen = Screen { width: 1440, height: 1000, dark: false };

/// Where pages and pictures are put; kept to be looked at.
fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A browser at the page of a brief.
fn opened(name: &str, brief: &Brief, screen: Screen) -> Option<Browser> {
    let browser = Browser::start()?;
    browser.look(screen);
    browser.open(&page(name, brief));
    Some(browser)
}

fn page(name: &str, brief: &Brief) -> PathBuf {
    let path = folder().join(format!("{name}.html"));
    // Tests run side by side: a page is there whole or not at all.
    let mut part = tempfile::NamedTempFile::new_in(folder()).unwrap();
    std::io::Write::write_all(&mut part, render::html(brief).unwrap().as_bytes()).unwrap();
    part.persist(&path).unwrap();
    path
}

/// Briefs of real articles, made by the program and kept as they were.
fn real() -> Vec<(String, Brief)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/briefs");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let json = files.into_iter().filter(|path| path.extension().is_some_and(|e| e == "json"));
    let briefs = json.map(|path| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let brief: Brief = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        (name, brief)
    });
    briefs.collect()
}

fn all() -> Vec<(String, Brief)> {
    let made = [
        ("sample", sample::sample()),
        ("both-directions", briefs::both_directions()),
        ("smallest", briefs::smallest()),
        ("without-claims", briefs::without_claims()),
    ];
    made.map(|(name, brief)| (name.to_owned(), brief)).into_iter().chain(real()).collect()
}

/// Ids of what has a class.
fn ids(browser: &Browser, selector: &str) -> Vec<String> {
    let script =
        format!("return [...document.querySelectorAll({selector:?})].map(node => node.id);");
    let ids = browser.run(&script);
    ids.as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect()
}

fn texts(browser: &Browser, selector: &str) -> Vec<String> {
    let script = format!(
        "return [...document.querySelectorAll({selector:?})].map(node => node.textContent);"
    );
    let texts = browser.run(&script);
    texts.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_claim_under_the_pointer_lights_its_evidence_and_words_in_both_languages() {
    for (name, brief) in all().into_iter().filter(|(_, brief)| !brief.claims.is_empty()) {
        let Some(browser) = opened(&name, &brief, DESK) else { return };
        for claim in brief.claims.iter().filter(|claim| !claim.evidence.is_empty()) {
            let number = claim.id.number();
            browser.run(&format!(
                "document.getElementById('c{number}').scrollIntoView({{block: 'center'}});"
            ));
            browser.point_at(&format!("#c{number} .judgement .badge"));
            let mut expected: Vec<String> = claim
                .evidence
                .iter()
                .flat_map(|e| ["a", "s"].map(|side| format!("{side}{}", e.segment.number())))
                .collect();
            let mut lit = ids(&browser, ".s.lit");
            expected.sort();
            expected.dedup();
            lit.sort();
            assert_eq!(lit, expected, "{name}, claim {number}");
            assert_eq!(ids(&browser, ".claim.current"), [format!("c{number}")]);
            let has_words = claim.evidence.iter().any(|evidence| !evidence.words.is_empty());
            assert_eq!(!texts(&browser, ".article .arabic .w.lit").is_empty(), has_words);
        }
    }
}

#[test]
fn the_words_that_light_are_the_linked_ones_and_one_word_lights_its_own_alone() {
    let Some(browser) = opened("sample-words", &sample::sample(), DESK) else { return };
    browser.point_at("#c2 .badge");
    assert_eq!(
        texts(&browser, ".article .arabic .w.lit").concat(),
        "قمة جنيف16 يونيوأمن المعلومات"
    );
    let english = texts(&browser, ".article .english .w.lit");
    assert_eq!(english, ["Geneva summit", "June 16", "information security"]);
    browser.point_at("#c2 .statement .w");
    assert_eq!(texts(&browser, ".article .arabic .w.lit"), ["أمن المعلومات"]);
    browser.point_at("h1");
    assert_eq!(texts(&browser, ".lit"), Vec::<String>::new(), "the light goes out");
}

#[test]
fn evidence_out_of_sight_is_scrolled_to_and_stays_lit_while_the_pointer_rests() {
    let brief = briefs::long(200);
    let Some(browser) = opened("scrolled", &brief, DESK) else { return };
    browser.point_at("#c3 .badge");
    let seen = browser.run_until_done(
        "setTimeout(() => { const box = document.querySelector('.s.lit').getBoundingClientRect(); \
         done([box.top >= 0 && innerHeight >= box.bottom, document.querySelector('.claim.current').id]); }, 1500);",
    );
    assert_eq!(seen, json!([true, "c3"]));
}

#[test]
fn a_click_on_a_sentence_shows_its_counterpart_and_offers_its_citation() {
    let Some(browser) = opened("sample-click", &sample::sample(), DESK) else { return };
    browser.run("document.getElementById('a13').scrollIntoView({block: 'center'});");
    browser.point_at("#a13 .t");
    browser.click();
    assert_eq!(ids(&browser, ".picked"), ["s13", "a13"]);
    assert_eq!(ids(&browser, ".claim.current"), ["c4"], "the claim that cites it");
    browser.run("window.copied = ''; navigator.clipboard.writeText = async text => { window.copied = text; };");
    browser.point_at("#p11 .pick");
    browser.click();
    let copied = browser.run("return window.copied;");
    let copied = copied.as_str().unwrap();
    let parts = [
        "«الهجوم ، الذي",
        "“The attack, believed",
        "Paragraph 11, sentence 13; ",
        "file putin-biden-call.txt, sha256 of its text ",
    ];
    for part in parts {
        assert!(copied.contains(part), "{copied}");
    }
    assert_eq!(texts(&browser, "#told"), ["Citation copied"]);
    browser.press("\u{e00c}");
    assert_eq!(ids(&browser, ".picked, .lit"), Vec::<String>::new(), "Escape puts all back");
}

#[test]
fn the_keyboard_reaches_claims_and_sentences_and_lights_them() {
    let Some(browser) = opened("sample-keys", &sample::sample(), DESK) else { return };
    let mut reached = Vec::new();
    for _ in 0..60 {
        browser.press("\u{e004}");
        let lit = browser.run(
            "return [document.activeElement.className, document.activeElement.getAttribute('href') || '', \
             [...document.querySelectorAll('.s.lit')].map(node => node.id).join(' ')];",
        );
        reached.push(lit);
    }
    let lights = |class: &str, href: &str, lit: &str| reached.contains(&json!([class, href, lit]));
    assert!(lights("number", "#c2", "s6 a6"), "{reached:?}");
    assert!(lights("ref", "#s7", "s7 s8 a7 a8"), "{reached:?}");
    assert!(lights("n", "#a2", "s2 a2"), "{reached:?}");
}

#[test]
fn pages_open_without_complaint_and_without_the_network() {
    let Some(browser) = Browser::start() else { return };
    for (name, brief) in all().into_iter().chain([("long".to_owned(), briefs::long(120))]) {
        let path = page(&name, &brief);
        browser.open(&path);
        browser.point_at("h1");
        let complaints: Vec<String> = browser.log("browser");
        assert!(complaints.is_empty(), "{name}: {complaints:?}");
        let asked = requests(&browser);
        assert!(asked.iter().all(|url| *url == format!("file://{}", path.display())), "{asked:?}");
        assert!(asked.len() == 1, "{name}: the page itself, once: {asked:?}");
    }
}

/// Addresses that the browser asked for since the last call.
fn requests(browser: &Browser) -> Vec<String> {
    let events = browser.log("performance").into_iter();
    let events = events.map(|event| serde_json::from_str::<Value>(&event).unwrap());
    let sent = events.filter(|event| event["message"]["method"] == "Network.requestWillBeSent");
    let urls =
        sent.map(|event| event["message"]["params"]["request"]["url"].as_str().unwrap().to_owned());
    // A browser opens with a page of its own.
    urls.filter(|url| !url.starts_with("chrome://") && !url.starts_with("data:")).collect()
}

#[test]
fn each_language_has_its_direction_and_what_runs_against_it_stands_apart() {
    let Some(browser) = opened("directions", &briefs::both_directions(), DESK) else { return };
    let style = "const of = selector => [...document.querySelectorAll(selector)].map(node => { const style = getComputedStyle(node); \
         return [style.direction, style.unicodeBidi, node.closest('[lang]').lang, node.textContent]; });";
    let arabic = browser.run(&format!("{style} return of('.article .arabic');"));
    for column in arabic.as_array().unwrap() {
        assert_eq!((&column[0], &column[2]), (&json!("rtl"), &json!("ar")), "{column}");
    }
    let inside = browser.run(&format!("{style} return of('.article .arabic bdi');"));
    let inside = inside.as_array().unwrap();
    let runs: Vec<&str> = inside.iter().map(|bdi| bdi[3].as_str().unwrap()).collect();
    let expected = [
        "gpt-5",
        "4.5%",
        "2010",
        "2015",
        "16/6/2021",
        "Windows 10",
        "22H2",
        "C++",
        "REvil",
        "$70",
        "https://example.org/a?b=c",
    ];
    assert_eq!(runs, expected);
    assert!(inside.iter().all(|bdi| bdi[0] == "ltr" && bdi[1] == "isolate"), "{inside:?}");
    let english = browser.run(&format!("{style} return of('.article .english bdi');"));
    assert!(
        english.as_array().unwrap().iter().all(|bdi| bdi[0] == "rtl" && bdi[2] == "ar"),
        "{english}"
    );
    // Arabic stands on the right of English, and its first word on the right of its last.
    let places = browser.run(
        "const left = selector => document.querySelector(selector).getBoundingClientRect().left; \
         return [left('#p1 .english'), left('#p1 .arabic'), left('#a4 bdi'), left('#a4 .w')];",
    );
    let at = |index: usize| places[index].as_f64().unwrap();
    assert!(at(0) < at(1) && at(2) < at(3), "{places}");
}

/// The sample with an attack wherever a text can stand; another one in each place, in turn.
fn attacked() -> Brief {
    let mut attacks = INJECTIONS.lines().cycle();
    let mut brief = sample::sample();
    // All strings of the saved form but those that name a choice or are held against spans.
    let mut next = || attacks.next().unwrap().to_owned();
    brief.article.metadata.source = Some(next());
    brief.article.metadata.date = Some(next());
    brief.article.metadata.url = Some("javascript:alert(1)".to_owned());
    brief.report.warnings = INJECTIONS.lines().map(str::to_owned).collect();
    for segment in brief.paragraphs.iter_mut().flat_map(|p| &mut p.segments).chain(&mut brief.title)
    {
        segment.source = next();
        segment.translation.text = next();
    }
    for claim in &mut brief.claims {
        claim.text = next();
        claim.doubts.iter_mut().for_each(|doubt| doubt.text = next());
        for evidence in &mut claim.evidence {
            (evidence.quote, evidence.translation) = (next(), next());
        }
    }
    brief.report.left_out.iter_mut().for_each(|left| left.text = next());
    brief.report.removed.iter_mut().for_each(|gone| gone.text = next());
    brief.coverage.facts.iter_mut().for_each(|fact| fact.quote = next());
    for model in &mut brief.report.signature.models {
        (model.role, model.name, model.sha256) = (next(), next(), next());
    }
    brief.report.signature.settings = vec![(next(), next())];
    brief.report.signature.version = next();
    let text = brief.article.text().to_owned();
    let metadata = brief.article.metadata.clone();
    brief.article = isnad::domain::Article::new(next(), brief.article.language(), text);
    brief.article.metadata = metadata;
    brief
}

#[test]
fn no_attack_in_a_text_title_name_address_or_value_is_executed() {
    let Some(browser) = opened("attacked", &attacked(), DESK) else { return };
    for selector in ["h1", "#c1 .badge", "#c3 .badge", "#report"] {
        browser.run(&format!(
            "document.querySelector({selector:?}).scrollIntoView({{block: 'center'}});"
        ));
        browser.point_at(selector);
        browser.click();
        assert!(!browser.has_dialog(), "{selector}");
    }
    let foreign = browser.run(
        "return [document.scripts.length, document.querySelectorAll('img, iframe, object, embed, form, input, base, link, \
         math, template, [onload], [onerror], [onfocus], [onmouseover], [href^=javascript], [href^=data], [style]').length, \
         document.querySelectorAll('style').length];",
    );
    assert_eq!(foreign, json!([1, 0, 1]));
    assert!(browser.log("browser").is_empty(), "the policy had nothing to refuse");
    assert_eq!(requests(&browser).len(), 1);
    assert!(texts(&browser, "footer li").iter().any(|text| text == "<img src=x onerror=alert(1)>"));
}

/// Whatever escaping might miss, the policy of the page stops.
#[test]
fn the_policy_stops_a_script_that_gets_into_the_page() {
    let brief = sample::sample();
    let html = render::html(&brief).unwrap();
    let attack = "<script>document.title = 'run'</script><img src=x onerror=\"document.title='run'\"><p style=\"color:red\" id=red>x</p>";
    let path = folder().join("breached.html");
    std::fs::write(&path, html.replace("<main>", &format!("<main>{attack}"))).unwrap();
    let Some(browser) = Browser::start() else { return };
    browser.open(&path);
    let title = browser.run("return document.title;");
    assert_ne!(title, "run");
    let colour = browser.run("return getComputedStyle(document.getElementById('red')).color;");
    assert_ne!(colour, "rgb(255, 0, 0)");
    assert!(browser.log("browser").iter().any(|line| line.contains("Content Security Policy")));
}

#[test]
fn the_page_can_be_read_without_its_script() {
    let Some(browser) = Browser::start() else { return };
    browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
    browser.open(&page("no-script", &sample::sample()));
    let state = browser.run(
        "const seen = selector => [...document.querySelectorAll(selector)].every(node => node.getClientRects().length > 0); \
         return [document.documentElement.className, seen('.statement'), seen('.article .english'), seen('.article .arabic'), \
         seen('.ref[href]'), [...document.querySelectorAll('.copy')].some(node => node.getClientRects().length > 0)];",
    );
    assert_eq!(
        state,
        json!(["", true, true, true, true, false]),
        "and no button that does nothing"
    );
}

#[test]
fn a_long_article_is_painted_within_two_seconds_and_lit_within_a_tenth() {
    let brief = briefs::long(5000);
    let Some(browser) = opened("long-5000", &brief, DESK) else { return };
    let painted = browser.run_until_done(
        "requestAnimationFrame(() => setTimeout(() => done(performance.getEntriesByName('first-contentful-paint')[0].startTime), 100));",
    );
    let painted = painted.as_f64().unwrap();
    let lit = browser.run_until_done(
        "const times = []; const claims = [...document.querySelectorAll('.claim .badge')]; \
         const step = n => { if (n === 12) return done(times); const start = performance.now(); \
           claims[n % 3].dispatchEvent(new MouseEvent('mouseover', { bubbles: true })); \
           requestAnimationFrame(() => { document.body.getBoundingClientRect(); const channel = new MessageChannel(); \
             channel.port1.onmessage = () => { times.push(performance.now() - start); step(n + 1); }; channel.port2.postMessage(0); }); }; \
         step(0);",
    );
    let mut times: Vec<f64> =
        lit.as_array().unwrap().iter().map(|time| time.as_f64().unwrap()).collect();
    times.sort_by(f64::total_cmp);
    let middle = times[times.len() / 2];
    eprintln!(
        "5000 paragraphs: first paint {painted:.0} ms, hover median {middle:.0} ms, worst {:.0} ms",
        times[times.len() - 1]
    );
    assert!(painted < 2000.0, "first paint after {painted:.0} ms");
    assert!(middle < 100.0, "hover takes {times:?} ms");
}

/// Rules of axe-core at the levels that WCAG 2.2 AA asks for; serious and critical findings fail.
#[test]
fn axe_finds_nothing_serious() {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/browser-tools/node_modules/axe-core/axe.min.js");
    let path = std::env::var_os("ISNAD_AXE").map_or(installed, PathBuf::from);
    let Ok(axe) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: axe-core is not installed (set ISNAD_AXE to its axe.min.js)");
        return;
    };
    let Some(browser) = Browser::start() else { return };
    let phone = Screen { width: 390, height: 844, dark: true };
    for (name, brief) in all() {
        for screen in [DESK, Screen { dark: true, ..DESK }, phone] {
            browser.look(screen);
            browser.open(&page(&name, &brief));
            browser.run(
                "for (const details of document.querySelectorAll('details')) details.open = true;",
            );
            browser.run("const claim = document.querySelector('.claim .badge'); if (claim) claim.dispatchEvent(new MouseEvent('mouseover', { bubbles: true }));");
            browser.run(&axe);
            let found = browser.run_until_done(
                "axe.run(document, { resultTypes: ['violations'] }).then(result => done(result.violations \
                 .filter(it => ['serious', 'critical'].includes(it.impact)) \
                 .map(it => [it.id, it.nodes.slice(0, 3).map(node => node.html + ' ' + node.failureSummary)])), error => done(String(error)));",
            );
            assert_eq!(found, json!([]), "{name} {screen:?}");
        }
    }
}

/// Nothing is asserted of how they look, but that there is something; people look at them.
#[test]
fn pictures_are_taken_at_three_widths_in_light_and_dark_and_of_the_print() {
    let Some(browser) = Browser::start() else { return };
    let folder = folder();
    for (name, brief) in all() {
        for (screen, width, height) in
            [("desk", 1440, 1000), ("tablet", 900, 1100), ("phone", 390, 844)]
        {
            for dark in [false, true] {
                browser.look(Screen { width, height, dark });
                browser.open(&page(&name, &brief));
                let wide = browser.run("return document.documentElement.scrollWidth > innerWidth;");
                assert_eq!(wide, json!(false), "{name} can be scrolled sideways on {screen}");
                let theme = if dark { "dark" } else { "light" };
                keep(&folder.join(format!("{name}-{screen}-{theme}.png")), &browser.picture());
            }
        }
        for (paper, width, height) in [("a4", 21.0, 29.7), ("letter", 21.59, 27.94)] {
            keep(&folder.join(format!("{name}-{paper}.pdf")), &browser.print(width, height));
        }
    }
}

fn keep(path: &Path, base64: &str) {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(base64).unwrap();
    assert!(bytes.len() > 2000, "{}", path.display());
    std::fs::write(path, bytes).unwrap();
}
