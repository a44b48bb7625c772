//! The order of steps, on stand-ins whose behaviour each test writes down.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::collections::HashMap;

use isnad::domain::{
    Article, Brief, DoubtKind, FailureReason, Language, ModelSignature, Origin, Outcome,
    ParagraphKind, ReliabilityWeights, SegmentedArticle, Verdict, WHOLE_WEIGHTS, WORD_WEIGHTS,
};
use isnad::pipeline::{
    BriefOptions, Engines, Extractive, Silent, Style, Thresholds, TranslateOptions, VerifyOptions,
    brief, translate,
};
use isnad::ports::fakes::{FakeEmbedder, FakeTranslator};
use isnad::ports::{
    Candidate, Hypothesis, Length, Scored, Search, StopReason, Summarizer, TokenCounter,
    TokenScore, TranslateError, Translator,
};
use isnad::text::{SegmentOptions, segment_article};

/// Answers from a list: for a source, what the greedy and what the careful search give.
struct Scripted {
    answers: HashMap<&'static str, (&'static str, &'static str)>,
    calls: Vec<(String, usize)>,
    max_tokens: usize,
    /// A word of which it is not sure.
    unsure: &'static str,
}

impl Scripted {
    fn new(answers: &[(&'static str, (&'static str, &'static str))]) -> Self {
        let answers = answers.iter().copied().collect();
        Self { answers, calls: Vec::new(), max_tokens: 100, unsure: "" }
    }
}

impl TokenCounter for Scripted {
    fn count_tokens(&self, text: &str) -> usize {
        text.split_whitespace().count()
    }
    fn max_segment_tokens(&self) -> usize {
        self.max_tokens
    }
}

impl Translator for Scripted {
    fn translate(
        &mut self,
        segments: &[&str],
        search: &Search,
        on_done: &mut (dyn FnMut() + Send),
    ) -> Result<Vec<Hypothesis>, TranslateError> {
        let answer = |segment: &&str| {
            self.calls.push(((*segment).to_owned(), search.beam_width));
            on_done();
            let known = self.answers.get(segment).copied();
            let (greedy, careful) = known.unwrap_or(("a piece of text", "a piece of text"));
            let text = if search.beam_width == 1 { greedy } else { careful };
            Hypothesis {
                text: text.to_owned(),
                mean_logprob_nats: -0.3,
                tokens: 5,
                stop: StopReason::EndMark,
            }
        };
        Ok(segments.iter().map(answer).collect())
    }
    /// A token is a word.
    fn score(&mut self, pairs: &[(&str, &str)]) -> Result<Vec<Option<Scored>>, TranslateError> {
        let token = |text: &str, word: &str| {
            let start = word.as_ptr() as usize - text.as_ptr() as usize;
            TokenScore {
                bytes: (start, start + word.len()),
                logprob_nats: -0.1,
                entropy_nats: if word == self.unsure { 9.0 } else { 0.0 },
                rank: 0,
            }
        };
        let scored = |text: &str| Scored {
            tokens: text.split_whitespace().map(|word| token(text, word)).collect(),
            known: Vec::new(),
        };
        Ok(pairs.iter().map(|(_, text)| Some(scored(text))).collect())
    }

    fn signature(&self) -> ModelSignature {
        ModelSignature {
            role: "translator".into(),
            name: "scripted".into(),
            sha256: "0".into(),
            adapter_sha256: None,
        }
    }
}

fn search(beam_width: usize) -> Search {
    Search {
        beam_width,
        length_penalty: 1.0,
        no_repeat_ngram: 0,
        forbid_source_script: true,
        max_new_tokens: 200,
    }
}

fn options(max_attempts: usize) -> TranslateOptions {
    TranslateOptions {
        keep_boilerplate: false,
        search: search(1),
        retry: search(4),
        max_attempts,
        thresholds: Thresholds::default(),
        reliability: None,
    }
}

/// A word is as wrong as the entropy before it is high, and a translation as right as its worst word is.
fn weights() -> ReliabilityWeights {
    let (mut word, mut whole) = ([0.0; WORD_WEIGHTS], [0.0; WHOLE_WEIGHTS]);
    (word[0], word[3]) = (-6.0, 1.0);
    (whole[0], whole[2]) = (3.0, -6.0);
    ReliabilityWeights { word, whole }
}

fn segmented(text: &str) -> SegmentedArticle {
    let article = Article::new("test", Language::Arabic, text);
    segment_article(article, &SegmentOptions::default()).unwrap()
}

const GOOD: &str = "وصل الرئيس إلى العاصمة يوم الجمعة.";
const HARD: &str = "أعلنت الوزارة خطة جديدة للتعليم في البلاد.";

#[test]
fn a_failed_segment_is_tried_again_and_the_better_text_kept() {
    let looping = "the plan the plan the plan the plan the plan";
    let sound = "The ministry announced a new plan for education.";
    let mut translator = Scripted::new(&[
        (GOOD, ("The president arrived in the capital on Friday.", "unused")),
        (HARD, (looping, sound)),
    ]);
    let article = segmented(&format!("{GOOD} {HARD}"));

    let bitext = translate(article, &mut translator, &options(3), &mut Silent).unwrap();

    assert_eq!(bitext.translations()[1].text, sound);
    assert_eq!(bitext.translations()[1].attempts, 2);
    assert!(bitext.failed().next().is_none());
    let retried: Vec<&str> =
        translator.calls.iter().filter(|(_, beam)| *beam == 4).map(|(s, _)| s.as_str()).collect();
    assert_eq!(retried, [HARD], "only the failed segment is tried again");
}

#[test]
fn a_segment_that_keeps_failing_stays_and_says_why() {
    let mut translator = Scripted::new(&[(HARD, ("", ""))]);
    let mut options = options(2);
    options.thresholds.text.max_length_ratio = 10.0;

    let bitext = translate(segmented(HARD), &mut translator, &options, &mut Silent).unwrap();

    let (_, reasons) = bitext.failed().next().unwrap();
    assert_eq!(reasons, [FailureReason::Empty]);
    assert_eq!(bitext.translations()[0].attempts, 2);
}

#[test]
fn a_third_attempt_works_on_smaller_pieces() {
    let long = "كلمة ".repeat(39) + "كلمة.";
    let mut translator = Scripted::new(&[]);
    let mut options = options(3);
    options.thresholds.text.max_length_ratio = 0.01; // nothing passes

    translate(segmented(&long), &mut translator, &options, &mut Silent).unwrap();

    let words: Vec<usize> =
        translator.calls.iter().map(|(text, _)| text.split_whitespace().count()).collect();
    assert_eq!(words, [40, 40, 20, 20]);
}

#[test]
fn a_segment_longer_than_the_model_takes_is_cut_and_joined() {
    let long = "كلمة ".repeat(150) + "كلمة.";
    let mut translator = Scripted::new(&[]);

    let bitext = translate(segmented(&long), &mut translator, &options(1), &mut Silent).unwrap();

    assert!(translator.calls.len() > 1);
    assert!(translator.calls.iter().all(|(text, _)| text.split_whitespace().count() <= 100));
    let pieces = translator.calls.len();
    assert_eq!(bitext.translations()[0].text, vec!["a piece of text"; pieces].join(" "));
}

#[test]
fn text_without_arabic_letters_stands_as_it_is() {
    let mut translator = Scripted::new(&[]);
    let text = format!("{GOOD}\n\nhttps://example.org/2021\n\n{HARD}");

    let bitext = translate(segmented(&text), &mut translator, &options(1), &mut Silent).unwrap();

    assert!(bitext.translations().iter().any(|t| t.text == "https://example.org/2021"));
    assert!(translator.calls.iter().all(|(text, _)| !text.contains("example")));
}

#[test]
fn boilerplate_is_skipped_unless_it_is_kept() {
    let text = format!("{GOOD} {HARD}\n\nاترك تعليقاً\n\nزر الذهاب إلى الأعلى");
    let outcomes = |keep_boilerplate| {
        let options = TranslateOptions { keep_boilerplate, ..options(1) };
        let mut translator = Scripted::new(&[]);
        let bitext = translate(segmented(&text), &mut translator, &options, &mut Silent).unwrap();
        let skipped = |t: &&isnad::domain::Translation| t.outcome == Outcome::Skipped;
        bitext.translations().iter().filter(skipped).count()
    };
    assert_eq!(outcomes(false), 2);
    assert_eq!(outcomes(true), 0);
}

/// The brief of an article by this translator, with a stand-in for the encoder.
fn brief_by(
    translator: &mut dyn Translator,
    article: SegmentedArticle,
    options: &BriefOptions,
) -> Brief {
    let mut engines =
        Engines { translator, encoder: &mut FakeEmbedder, writer: None, entailer: None };
    brief(article, &mut engines, options, &mut Silent).unwrap()
}

fn brief_options(length: Length) -> BriefOptions {
    BriefOptions {
        translate: options(2),
        style: Style::Extractive,
        length,
        strict: false,
        // The stand-in knows no meaning, so likeness counts for nothing.
        verify: VerifyOptions {
            min_support: 0.0,
            min_confidence: 0.0,
            max_road_gap: 2.0,
            ..VerifyOptions::default()
        },
        settings: vec![("search".into(), "greedy".into())],
        warnings: vec!["read as windows-1256".into()],
    }
}

const ARTICLE: &str = "عالمي\n\nزيارة الرئيس إلى العاصمة\n\n\
    وصل الرئيس إلى العاصمة يوم الجمعة في زيارة رسمية. والتقى رئيس الحكومة في مقر الوزارة صباحا.\n\n\
    وبحث الجانبان 12 اتفاقا في مجالات التجارة والطاقة والتعليم. وغادر الوفد البلاد مساء اليوم نفسه.\n\n\
    المصدر: وكالة الأنباء\n\nاترك تعليقاً";

#[test]
fn a_brief_carries_claims_evidence_and_report() {
    let mut translator = FakeTranslator::default();
    let options = brief_options(Length::Sentences(3));
    let brief = brief_by(&mut translator, segmented(ARTICLE), &options);

    assert_eq!(brief.claims.len(), 3);
    for claim in &brief.claims {
        let first = &claim.evidence[0];
        assert_eq!(first.translation, claim.text, "an extracted claim rests on its own sentence");
        assert_ne!(claim.verdict, Verdict::Unsupported);
        assert_eq!(first.span.of(ARTICLE), Some(first.quote.as_str()));
    }
    let title = brief.title.as_ref().unwrap();
    assert_eq!(title.source, "زيارة الرئيس إلى العاصمة");
    assert!(!title.translation.text.is_empty());
    assert_eq!(brief.article.metadata.source.as_deref(), Some("وكالة الأنباء"));
    assert_eq!(brief.report.left_out.len(), 2);
    assert_eq!(brief.report.warnings, ["read as windows-1256"]);
    assert_eq!(brief.report.signature.models.len(), 2);
    let kinds: Vec<ParagraphKind> = brief.paragraphs.iter().map(|p| p.kind).collect();
    assert!(kinds.contains(&ParagraphKind::Title) && kinds.contains(&ParagraphKind::Source));
}

#[test]
fn a_number_that_the_arabic_lacks_is_a_doubt() {
    let mut translator =
        Scripted::new(&[(GOOD, ("The president came on 7 June to the capital", ""))]);
    let options = brief_options(Length::Sentences(1));
    let brief = brief_by(&mut translator, segmented(GOOD), &options);

    let doubts = &brief.claims[0].doubts;
    assert!(doubts.iter().any(|doubt| doubt.text.contains("“7 June”")), "{doubts:?}");
}

#[test]
fn an_article_whose_translation_failed_has_no_claims() {
    let mut translator = Scripted::new(&[(GOOD, ("", "")), (HARD, ("", ""))]);
    let text = format!("{GOOD} {HARD}");
    let options = brief_options(Length::Sentences(4));
    let brief = brief_by(&mut translator, segmented(&text), &options);

    assert!(brief.claims.is_empty());
    assert_eq!(brief.report.failed.len(), 2);
}

const PLAN: &str = "The ministry announced a new plan for education.";

#[test]
fn sound_translations_are_estimated_where_there_are_weights() {
    let mut translator = Scripted::new(&[
        (GOOD, ("The president arrived in the capital on Friday.", "")),
        (HARD, ("", "")),
    ]);
    translator.unsure = "capital";
    let article = || segmented(&format!("{GOOD} {HARD}\n\n2021"));
    let bitext = translate(article(), &mut translator, &options(1), &mut Silent).unwrap();
    assert!(bitext.translations().iter().all(|made| made.reliability.is_none()));

    let options = TranslateOptions { reliability: Some(weights()), ..options(1) };
    let bitext = translate(article(), &mut translator, &options, &mut Silent).unwrap();
    let estimates: Vec<bool> =
        bitext.translations().iter().map(|made| made.reliability.is_some()).collect();
    assert_eq!(estimates, [true, false, false], "one failed, one was not translated");
    let made = &bitext.translations()[0];
    let estimate = made.reliability.as_ref().unwrap();
    let doubtful: Vec<&str> = estimate
        .words
        .iter()
        .filter(|word| word.wrong > 0.5)
        .filter_map(|word| word.span.of(&made.text))
        .collect();
    assert_eq!(doubtful, ["capital"]);
    assert!(estimate.right < 0.2, "{}", estimate.right);
}

#[test]
fn a_claim_whose_words_may_be_wrong_is_not_verified_and_a_surer_sentence_is_chosen() {
    let other = "وصل الوزير إلى المدينة يوم الجمعة.";
    let mut translator = Scripted::new(&[
        (HARD, (PLAN, "")),
        (other, ("The minister arrived in the city on Friday.", "")),
    ]);
    let article = || segmented(&format!("{HARD} {other}"));
    let mut made = |unsure: &'static str, length: usize| {
        translator.unsure = unsure;
        let mut options = brief_options(Length::Sentences(length));
        options.translate.reliability = Some(weights());
        brief_by(&mut translator, article(), &options)
    };
    let doubts = |brief: &Brief| {
        let of = |claim: &isnad::domain::BriefClaim| {
            claim.doubts.iter().any(|doubt| doubt.kind == DoubtKind::Unsure)
        };
        brief.claims.iter().map(of).collect::<Vec<bool>>()
    };
    let all = made("ministry", 2);
    assert_eq!(doubts(&all), [true, false]);
    let (unsure, sure) = (&all.claims[0], &all.claims[1]);
    assert_eq!(unsure.verdict, Verdict::Partial);
    assert!(unsure.confidence < 0.2 && sure.confidence > unsure.confidence, "{unsure:?}");
    let doubt = unsure.doubts.iter().find(|doubt| doubt.kind == DoubtKind::Unsure).unwrap();
    assert_eq!(doubt.origin, Origin::Translation);
    assert_eq!(doubt.span.unwrap().of(&all.summary), Some("ministry"));
    assert!(doubt.text.contains("“ministry”"), "{}", doubt.text);
    assert_eq!(doubts(&made("", 2)), [false, false]);
    let chosen = |brief: Brief| brief.claims[0].text.clone();
    assert!(chosen(made("ministry", 1)).starts_with("The minister arrived"));
    assert!(chosen(made("city", 1)).starts_with("The ministry announced"));
}

fn candidates(texts: &[&str]) -> Vec<Candidate> {
    let candidate = |(index, text): (usize, &&str)| Candidate {
        segment: isnad::domain::SegmentId::new(index),
        text: (*text).to_owned(),
        right: None,
    };
    texts.iter().enumerate().map(candidate).collect()
}

const SENTENCES: [&str; 4] = [
    "The president arrived in the capital on Friday for talks.",
    "The president arrived in the capital on Friday for talks!",
    "Trade between both countries grew by a fifth last year.",
    "He left the country late in the evening of that day.",
];

#[test]
fn a_summary_keeps_its_length_and_the_reading_order() {
    let mut embedder = FakeEmbedder;
    let mut extractive = Extractive::new(&mut embedder);
    let mut summarize =
        |length| extractive.summarize(Some("Talks"), &candidates(&SENTENCES), length).unwrap();
    assert_eq!(summarize(Length::Sentences(2)).sentences().len(), 2);
    let words = summarize(Length::Words(21));
    assert!(words.text().split_whitespace().count() <= 21 && !words.text().is_empty());
    assert_eq!(summarize(Length::Words(1)).sentences().len(), 1, "always one sentence");
    let all = summarize(Length::Sentences(9));
    assert_eq!(all.text(), SENTENCES.join(" "));
}

#[test]
fn a_summary_does_not_say_the_same_thing_twice() {
    let mut embedder = FakeEmbedder;
    let summary = Extractive::new(&mut embedder)
        .summarize(None, &candidates(&SENTENCES), Length::Sentences(2))
        .unwrap();
    let twin = |text: &str| text.starts_with("The president arrived");
    let sentences = summary.sentences().iter().filter_map(|span| span.of(summary.text()));
    assert_eq!(sentences.filter(|s| twin(s)).count(), 1);
}

#[test]
fn nothing_to_summarize_gives_an_empty_summary() {
    let mut embedder = FakeEmbedder;
    let summary =
        Extractive::new(&mut embedder).summarize(None, &[], Length::Sentences(4)).unwrap();
    assert_eq!(summary.text(), "");
}

#[test]
fn a_name_that_displaced_another_is_a_doubt() {
    const SOURCE: &str = "تحدث فلاديمير بوتين مع جو بايدن يوم الجمعة.";
    let wrong = "Vladimir Putin spoke to Vladimir Putin on Friday.";
    let mut translator = Scripted::new(&[(SOURCE, (wrong, wrong))]);
    let options = brief_options(Length::Sentences(1));
    let brief = brief_by(&mut translator, segmented(SOURCE), &options);

    let doubts = &brief.claims[0].doubts;
    assert!(doubts.iter().any(|doubt| doubt.text.contains("“Putin” 2 times")), "{doubts:?}");
}
