//! `isnad translate`: plain, in two columns, as JSON, from standard input, into a file.

use super::machine::{Machine, SENTENCE, list, published_sha256, span, string};

const PARAGRAPHS: &str = "أثرت جرائم الإنترنت على العلاقات الأمريكية الروسية في العقود الأخيرة.\n\n\
    ورحب الجانبان بتنسيق الجهود الروسية والأمريكية بشأن هذه القضية.\n\nاترك تعليقاً\n";

#[test]
fn the_plain_form_has_one_english_paragraph_for_each_arabic_one() {
    let machine = Machine::new();
    machine.file("article.txt", PARAGRAPHS);
    let run = machine.run(&["translate", "article.txt"]).done();
    assert_eq!(run.stdout.trim_end().split("\n\n").count(), 2, "{run}");
    assert!(run.stdout.is_ascii() || !run.stdout.contains("الجانبان"), "{run}");
    run.prints(&["Russia"]);
}

#[test]
fn standard_input_gives_the_same_as_a_file() {
    let machine = Machine::new();
    machine.file("article.txt", SENTENCE);
    let from_file = machine.run(&["translate", "article.txt"]).finished();
    let from_stdin = machine.run_with_stdin(&["translate", "-"], SENTENCE.as_bytes()).finished();
    assert_eq!(from_file.stdout, from_stdin.stdout);
    let json = machine.run_with_stdin(&["translate", "-", "--json"], SENTENCE.as_bytes());
    assert_eq!(json.finished().json()["article"]["id"], "stdin");
    machine.run(&["translate", "-"]).refused(2, &["stdin is empty"]);
}

#[test]
fn two_columns_keep_both_languages_side_by_side() {
    let machine = Machine::new();
    machine.file("article.txt", SENTENCE);
    let english = machine.run(&["translate", "article.txt"]).finished().stdout;
    let columns = machine.run(&["translate", "article.txt", "--bitext"]).finished().stdout;
    for line in columns.lines() {
        assert!(line.contains('│'), "{columns}");
    }
    for word in english.split_whitespace().chain(SENTENCE.split_whitespace()) {
        assert!(columns.contains(word), "`{word}` is lost\n{columns}");
    }
}

#[test]
fn links_and_bold_words_stand_on_their_english() {
    let machine = Machine::new();
    let marked = SENTENCE
        .replace("مجلس الأمن الدولي", "[مجلس الأمن الدولي](https://a.example/?x&y)")
        .replace("ورحب الجانبان", "**ورحب الجانبان**");
    machine.file("article.md", format!("# **عنوان**\n\n{marked} [هنا](javascript:alert(1))\n"));
    let markdown = machine.run(&["translate", "article.md", "-o", "o.md"]).finished();
    markdown.says(&["wrote o.md"]);
    let read = |name| std::fs::read_to_string(machine.work().join(name)).unwrap();
    let markdown = read("o.md");
    let linked = markdown.split_once("](<https://a.example/?x&amp;y>)").unwrap().0;
    let words = linked.rsplit_once('[').unwrap().1;
    assert!(words.contains("Council"), "{markdown}");
    assert_eq!(markdown.matches("**").count(), 2, "the headline is none\n{markdown}");
    machine.run(&["translate", "article.md", "-o", "o.html"]).finished();
    let page = read("o.html");
    let link = format!("<a href=\"https://a.example/?x&amp;y\" rel=\"noreferrer\">{words}</a>");
    assert!(page.contains(&link) && page.contains("<strong>"), "{page}");
    assert!(!page.contains("javascript"), "{page}");
}

#[test]
fn each_sentence_has_an_estimate_and_doubtful_ones_are_counted() {
    let run = |min_right: &str| {
        let machine = Machine::new().with("ISNAD_MIN_RIGHT", min_right);
        machine.file("article.txt", PARAGRAPHS);
        machine.run(&["translate", "article.txt", "--json"]).done()
    };
    let strict = run("0.99").says(&["note: the translator is not sure of 2 of 2 sentences"]);
    let json = strict.json();
    let segments = list(&json, "paragraphs").iter().flat_map(|p| list(p, "segments"));
    let made: Vec<_> = segments.map(|segment| &segment["translation"]).collect();
    for translation in made.iter().filter(|made| made["outcome"] == "translated") {
        let estimate = &translation["reliability"];
        assert!((0.0..=1.0).contains(&estimate["right"].as_f64().unwrap()), "{estimate}");
        let text = string(translation, "text");
        let words: Vec<&str> =
            list(estimate, "words").iter().filter_map(|word| text.get(span(word))).collect();
        assert_eq!(words.concat(), text.replace(' ', ""), "words and marks cover the sentence");
    }
    let skipped = made.iter().find(|made| made["outcome"] == "skipped").unwrap();
    assert!(skipped["reliability"].is_null());
    let without = run("0");
    assert!(!without.stdout.contains("reliability") && without.stderr.is_empty(), "{without}");
}

#[test]
fn the_json_form_has_spans_scores_and_the_recipe() {
    let machine = Machine::new();
    machine.file("article.txt", PARAGRAPHS);
    let translation = machine.run(&["translate", "article.txt", "--json"]).done().json();
    assert_eq!(translation["schema_version"], 2);
    let text = string(&translation["article"], "text");
    assert_eq!(text, PARAGRAPHS);
    let segments: Vec<_> =
        list(&translation, "paragraphs").iter().flat_map(|p| list(p, "segments")).collect();
    assert_eq!(segments.len(), 3);
    for segment in &segments {
        assert_eq!(text.get(span(segment)), Some(string(segment, "source")));
    }
    let outcomes: Vec<&str> =
        segments.iter().map(|segment| string(&segment["translation"], "outcome")).collect();
    assert_eq!(outcomes, ["translated", "translated", "skipped"]);
    assert!(segments[0]["translation"]["mean_logprob_nats"].as_f64().unwrap() < 0.0);
    let models = list(&translation["signature"], "models");
    assert_eq!(models[0]["sha256"], *published_sha256(string(&models[0], "name")));
}

#[test]
fn boilerplate_is_translated_when_it_is_asked_for() {
    let machine = Machine::new();
    machine.file("article.txt", PARAGRAPHS);
    let arguments = ["translate", "article.txt", "--json", "--keep-boilerplate"];
    let translation = machine.run(&arguments).finished().json();
    let last = &list(&translation, "paragraphs")[2]["segments"][0];
    assert_ne!(last["translation"]["outcome"], "skipped", "{last}");
    assert!(!string(&last["translation"], "text").is_empty());
}

#[test]
fn the_same_input_gives_the_same_bytes_however_it_is_batched() {
    let machine = Machine::new();
    machine.file("article.txt", PARAGRAPHS);
    let with = |arguments: &[&str]| {
        machine.run(&[&["translate", "article.txt"], arguments].concat()).finished().stdout
    };
    let first = with(&[]);
    assert_eq!(first, with(&["--batch", "1", "--threads", "1"]));
}

#[test]
fn quiet_leaves_stderr_empty() {
    let machine = Machine::new();
    let marked = [b"\xef\xbb\xbf", SENTENCE.as_bytes()].concat();
    machine.file("article.txt", marked);
    let loud = machine.run(&["translate", "article.txt", "-o", "loud.txt"]).finished();
    loud.says(&["warning: a byte order mark", "wrote loud.txt"]);
    let quiet = ["translate", "article.txt", "-o", "quiet.txt", "--quiet"];
    let quiet = machine.run(&quiet).finished();
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
    let read = |name: &str| std::fs::read_to_string(machine.work().join(name)).unwrap();
    assert_eq!(read("loud.txt"), read("quiet.txt"));
    machine.run(&["translate", "none.txt", "--quiet"]).refused(2, &["none.txt does not exist"]);
}
