//! A brief made by hand, for the golden files.
//!
//! `article.txt` is a dispatch of the Iranian Students' News Agency (ISNA) of July 2021 as a news site
//! republished it, page furniture included. The English was written by hand in the manner of a
//! translator; one sentence is spoilt on purpose. Scores, names of models and settings are made up.

use isnad::domain::{
    Article, BoilerplateKind, Brief, BriefClaim, BriefParagraph, BriefSegment, ByteSpan, ClaimId,
    Coverage, CoveredFact, Doubt, DoubtKind, Evidence, FactKind, FailedSegment, FailureReason,
    Language, LeftOut, ModelSignature, Origin, Outcome, ParagraphId, ParagraphKind, Reliability,
    Removed, Report, Road, SCHEMA_VERSION, SegmentId, Severity, Signature, SummaryAuthor,
    Translation, Verdict, WordLink, WordReliability,
};

const ARTICLE: &str = include_str!("article.txt");

/// Each paragraph of the article: what it is, and the first words and English of its sentences.
type Sentences = &'static [(&'static str, &'static str)];

const fn page(kind: BoilerplateKind) -> ParagraphKind {
    ParagraphKind::Boilerplate(kind)
}

const PARAGRAPHS: [(ParagraphKind, Sentences); 19] = [
    (page(BoilerplateKind::Category), &[("عالمي", "")]),
    (
        ParagraphKind::Title,
        &[("محادثة", "Putin–Biden phone call focuses on the Syrian crisis and cyberattacks")],
    ),
    (
        ParagraphKind::Body,
        &[(
            "أكد",
            "Russian President Vladimir Putin and his American counterpart Joe Biden affirmed in a phone call on Friday night that they welcome coordination between the two countries on the delivery of aid to Syria.",
        )],
    ),
    (
        ParagraphKind::Body,
        &[(
            "وبحسب",
            "According to the Iranian Students' News Agency, quoting the Russia Today website, the Kremlin said in a statement that during the call Putin and Biden focused on the humanitarian dimension of the latest developments in Syria.",
        )],
    ),
    (
        ParagraphKind::Body,
        &[(
            "ورحب",
            "The two sides welcomed the coordination of Russian and American efforts on this issue, including within the framework of the UN Security Council.",
        )],
    ),
    (
        ParagraphKind::Body,
        &[(
            "وفق",
            "According to the Kremlin statement, Putin and Biden continued the Russian-American dialogue, begun at the Geneva summit on June 16, on information security and combating cybercrime.",
        )],
    ),
    (
        ParagraphKind::Body,
        &[
            (
                "وتعليق",
                "Commenting on recent reports of alleged cyberattacks on Russian territory, Putin said that although the Russian side had been ready to work together to thwart such operations over the past month, there had been no requests through official American channels.",
            ),
            ("لم يتم", "They were not received were not received were not received"),
        ],
    ),
    (
        ParagraphKind::Body,
        &[(
            "وبحسب",
            "According to the Kremlin, the two leaders stressed the need for substantive and effective cooperation in cybersecurity and for continued contact.",
        )],
    ),
    (
        ParagraphKind::Body,
        &[(
            "وقال",
            "US President Joe Biden also said that he had pressed Putin to crack down on groups that carry out ransom attacks.",
        )],
    ),
    (
        ParagraphKind::Body,
        &[(
            "وقال",
            "“I told Putin that when a ransomware operation is carried out from his country, even if his government is not behind it, we expect him to act against them on the basis of the information we provide,” he said.",
        )],
    ),
    (
        ParagraphKind::Body,
        &[
            (
                "تم",
                "The call between the two leaders came as a massive ransomware attack disrupted hundreds of companies in dozens of countries around the world.",
            ),
            (
                "الهجوم",
                "The attack, believed to have been carried out by the Russian group REvil, held the data of hundreds of small and medium-sized companies hostage and demanded $70 million for its release.",
            ),
        ],
    ),
    (
        ParagraphKind::Body,
        &[(
            "في",
            "In such attacks the victims' computers are encrypted by ransomware, and a sum of money is demanded in return for the password to decrypt them.",
        )],
    ),
    (
        ParagraphKind::Body,
        &[(
            "حذر",
            "Joe Biden warned Vladimir Putin about cyberattacks last month during a meeting in Geneva, Switzerland, and told his Russian counterpart that intrusions into critical infrastructure must be considered a red line.",
        )],
    ),
    (
        ParagraphKind::Body,
        &[("أثرت", "Cybercrime has affected American-Russian relations in recent decades.")],
    ),
    (page(BoilerplateKind::EndMark), &[("نهاية", "")]),
    (page(BoilerplateKind::Ornament), &[(".", "")]),
    (ParagraphKind::Source, &[("المصدر", "Source: ISNA News Agency.")]),
    (page(BoilerplateKind::CommentForm), &[("اترك", "")]),
    (page(BoilerplateKind::CommentForm), &[("لن", ""), ("الحقول", "")]),
];

/// A doubt: kind, origin, severity, the words of the claim it is about, and its text.
type DoubtRow = (DoubtKind, Origin, Severity, Option<&'static str>, &'static str);

/// A claim as it is written down here.
struct ClaimRow {
    text: &'static str,
    verdict: Verdict,
    confidence: f32,
    doubts: &'static [DoubtRow],
    /// For each piece of evidence the segment and its scores by both roads.
    links: &'static [(usize, f32, Option<f32>)],
    /// Words of the claim and of its first piece of evidence.
    words: &'static [(&'static str, &'static str)],
}

const CLAIMS: [ClaimRow; 6] = [
    ClaimRow {
        text: "Vladimir Putin and Joe Biden said in a phone call on Friday night that they welcome coordination on aid deliveries to Syria.",
        verdict: Verdict::Verified,
        confidence: 0.97,
        doubts: &[],
        links: &[(2, 0.93, Some(0.88)), (4, 0.71, Some(0.64))],
        words: &[
            ("Vladimir Putin", "فلاديمير بوتين"),
            ("Joe Biden", "جو بايدن"),
            ("phone call", "اتصال هاتفي"),
            ("Friday night", "ليلة الجمعة"),
            ("coordination", "بالتنسيق"),
            ("aid", "المساعدات"),
            ("Syria", "سوريا"),
        ],
    },
    ClaimRow {
        text: "They continued a dialogue on information security and cybercrime that began at the Geneva summit on June 16.",
        verdict: Verdict::Verified,
        confidence: 0.94,
        doubts: &[],
        links: &[(5, 0.91, Some(0.86))],
        words: &[
            ("information security", "أمن المعلومات"),
            ("Geneva summit", "قمة جنيف"),
            ("June 16", "16 يونيو"),
        ],
    },
    ClaimRow {
        text: "Putin said that Washington had sent no requests about the attacks through official channels.",
        verdict: Verdict::Partial,
        confidence: 0.58,
        doubts: &[
            (
                DoubtKind::Roads,
                Origin::Unclear,
                Severity::Missing,
                None,
                "the two roads lead to different sentences",
            ),
            (
                DoubtKind::Fact(FactKind::Name),
                Origin::Summary,
                Severity::Missing,
                Some("Washington"),
                "“Washington” is not named in the evidence",
            ),
        ],
        links: &[(6, 0.78, None), (7, 0.55, Some(0.61))],
        words: &[("Putin", "بوتين"), ("requests", "طلبات")],
    },
    ClaimRow {
        text: "The attack blamed on the REvil group demanded $70 million.",
        verdict: Verdict::Verified,
        confidence: 0.9,
        doubts: &[],
        links: &[(12, 0.9, Some(0.84))],
        words: &[("REvil", "REvil"), ("$70 million", "70 مليون دولار")],
    },
    ClaimRow {
        text: "It hit thousands of companies in 3 countries.",
        verdict: Verdict::Contradicted,
        confidence: 0.06,
        doubts: &[(
            DoubtKind::Fact(FactKind::Number),
            Origin::Summary,
            Severity::Contradicts,
            Some("3 countries"),
            "the article says “عشرات البلدان” (dozens of countries), not 3",
        )],
        links: &[(11, 0.74, Some(0.7))],
        words: &[("companies", "الشركات")],
    },
    ClaimRow {
        text: "Biden threatened new sanctions against Russia.",
        verdict: Verdict::Unsupported,
        confidence: 0.02,
        doubts: &[],
        links: &[],
        words: &[],
    },
];

fn doubts(rows: &[DoubtRow], place: impl Fn(&str) -> ByteSpan) -> Vec<Doubt> {
    let doubt = |&(kind, origin, severity, words, text): &DoubtRow| Doubt {
        kind,
        origin,
        severity,
        span: words.map(&place),
        text: text.to_owned(),
    };
    rows.iter().map(doubt).collect()
}

/// `words` in `text`, from `from` on.
fn found(text: &str, from: usize, words: &str) -> ByteSpan {
    let start = from + text.get(from..).unwrap().find(words).expect(words);
    ByteSpan::within(text, start, start + words.len()).unwrap()
}

fn failure() -> Vec<FailureReason> {
    vec![FailureReason::RepetitionLoop { phrase: "were not received".to_owned(), times: 3 }]
}

/// The brief behind the golden files.
pub(crate) fn sample() -> Brief {
    let mut article = Article::new("putin-biden-call.txt", Language::Arabic, ARTICLE);
    article.metadata.source = Some("وكالة ايسنا للأنباء".to_owned());
    article.metadata.date = Some("10 July 2021".to_owned());
    let paragraphs = paragraphs();
    let segments: Vec<&BriefSegment> = paragraphs.iter().flat_map(|p| &p.segments).collect();
    let (summary, claims) = summary(&paragraphs, &segments);
    let title = segments.get(1).map(|title| BriefSegment::clone(title));
    let left_out = paragraphs.iter().filter_map(left_out).collect();
    let failed = vec![FailedSegment {
        segment: SegmentId::new(7),
        paragraph: ParagraphId::new(6),
        reasons: failure(),
    }];
    let warnings = vec!["the file is not UTF-8; it was read as windows-1256".to_owned()];
    let removed = vec![Removed {
        text: "The White House confirmed the call.".to_owned(),
        verdict: Verdict::Unsupported,
        doubts: Vec::new(),
    }];
    let coverage = coverage(&claims, &paragraphs);
    let report = Report { left_out, failed, removed, warnings, signature: signature() };
    Brief {
        schema_version: SCHEMA_VERSION,
        article,
        title,
        summary,
        summary_language: Language::English,
        author: SummaryAuthor::Abstractive,
        claims,
        coverage,
        paragraphs,
        report,
    }
}

fn coverage(claims: &[BriefClaim], paragraphs: &[BriefParagraph]) -> Coverage {
    let cites =
        |id: ParagraphId| claims.iter().flat_map(|c| &c.evidence).any(|e| e.paragraph == id);
    let running = paragraphs.iter().filter(|p| p.kind == ParagraphKind::Body).map(|p| p.id);
    let (paragraphs_used, paragraphs_omitted) = running.partition(|id| cites(*id));
    let facts = [
        (FactKind::Name, 2, "فلاديمير بوتين", true),
        (FactKind::Name, 3, "روسيا اليوم", false),
        (FactKind::Date, 5, "16 يونيو", true),
        (FactKind::Number, 12, "مئات", false),
        (FactKind::Money, 12, "70 مليون دولار", true),
        (FactKind::Name, 14, "سويسرا", false),
    ];
    let segments: Vec<&BriefSegment> = paragraphs.iter().flat_map(|p| &p.segments).collect();
    let facts = facts.into_iter().map(|(kind, segment, quote, used)| {
        let segment = segments[segment];
        let span = found(ARTICLE, segment.span.start(), quote);
        CoveredFact { kind, segment: segment.id, span, quote: quote.to_owned(), used }
    });
    Coverage {
        paragraphs_used,
        paragraphs_omitted,
        facts: facts.collect(),
        similarity: 0.68,
        lead_share: 0.2,
        redundancy: 0.41,
        compression: 0.23,
    }
}

fn left_out(paragraph: &BriefParagraph) -> Option<LeftOut> {
    let ParagraphKind::Boilerplate(kind) = paragraph.kind else { return None };
    let text = paragraph.span.of(ARTICLE).unwrap().to_owned();
    Some(LeftOut { paragraph: paragraph.id, kind, text })
}

/// The lines of the article that are not blank, with the rows of the table above.
fn paragraphs() -> Vec<BriefParagraph> {
    let mut next_segment = 0;
    let mut at = 0;
    let mut paragraphs = Vec::new();
    let mut rows =
        PARAGRAPHS.iter().copied().chain([(page(BoilerplateKind::Navigation), &[("زر", "")][..])]);
    for line in ARTICLE.split_inclusive('\n') {
        let (start, text) = (at + (line.len() - line.trim_start().len()), line.trim());
        at += line.len();
        if text.is_empty() {
            continue;
        }
        let (kind, sentences) = rows.next().expect("a row for each paragraph");
        let span = ByteSpan::within(ARTICLE, start, start + text.len()).unwrap();
        let segments = segments(text, start, sentences, kind, next_segment);
        next_segment += segments.len();
        paragraphs.push(BriefParagraph {
            id: ParagraphId::new(paragraphs.len()),
            span,
            kind,
            segments,
        });
    }
    assert!(rows.next().is_none(), "a paragraph for each row");
    paragraphs
}

fn segments(
    text: &str,
    offset: usize,
    sentences: Sentences,
    kind: ParagraphKind,
    first_id: usize,
) -> Vec<BriefSegment> {
    let mut starts: Vec<usize> = Vec::new();
    for (opening, _) in sentences {
        let from = starts.last().map_or(0, |start| start + 1);
        let from = (from..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap();
        starts.push(from + text.get(from..).unwrap().find(opening).expect(opening));
    }
    assert_eq!(starts.first(), Some(&0), "the first sentence opens its paragraph");
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let spans = starts.iter().copied().zip(ends);
    let numbered = spans.zip(sentences).enumerate();
    numbered
        .map(|(index, ((start, end), (_, english)))| {
            let source = text.get(start..end).unwrap().trim_end();
            let start = offset + start;
            BriefSegment {
                id: SegmentId::new(first_id + index),
                span: ByteSpan::within(ARTICLE, start, start + source.len()).unwrap(),
                source: source.to_owned(),
                translation: translation(english, kind),
            }
        })
        .collect()
}

/// Every long word is less sure than the others.
fn reliability(english: &str) -> Reliability {
    let doubt = |word: &str| {
        let start = word.as_ptr() as usize - english.as_ptr() as usize;
        let span = ByteSpan::within(english, start, start + word.len()).unwrap();
        WordReliability { span, wrong: if word.len() > 11 { 0.612 } else { 0.05 } }
    };
    Reliability { right: 0.571, words: english.split(' ').map(doubt).collect() }
}

fn translation(english: &str, kind: ParagraphKind) -> Translation {
    if kind.is_boilerplate() {
        return Translation::skipped();
    }
    let is_spoilt = english.starts_with("They were not received");
    Translation {
        text: english.to_owned(),
        mean_logprob_nats: if is_spoilt { -1.84 } else { -0.31 },
        tokens: english.split(' ').count() * 4 / 3 + 1,
        attempts: if is_spoilt { 3 } else { 1 },
        reliability: (!is_spoilt).then(|| reliability(english)),
        outcome: if is_spoilt { Outcome::Failed(failure()) } else { Outcome::Translated },
    }
}

fn summary(paragraphs: &[BriefParagraph], segments: &[&BriefSegment]) -> (String, Vec<BriefClaim>) {
    let summary = CLAIMS.map(|claim| claim.text).join(" ");
    let mut made = Vec::new();
    let mut start = 0;
    for (number, row) in CLAIMS.iter().enumerate() {
        let span = found(&summary, start, row.text);
        start = span.end();
        let evidence = row.links.iter().enumerate().map(|(rank, &(segment, english, across))| {
            let segment = segments.get(segment).unwrap();
            let above = paragraphs.iter().find(|p| p.span.contains(segment.span)).unwrap();
            let across = across.map(|score| (Road::Across, score));
            let words = row.words.iter().filter(|_| rank == 0).map(|(claim, source)| WordLink {
                claim: found(&summary, span.start(), claim),
                source: found(ARTICLE, segment.span.start(), source),
            });
            Evidence {
                segment: segment.id,
                paragraph: above.id,
                span: segment.span,
                quote: segment.source.clone(),
                translation: segment.translation.text.clone(),
                scores: [(Road::ThroughEnglish, english)].into_iter().chain(across).collect(),
                entailment: None,
                words: words.collect(),
            }
        });
        made.push(BriefClaim {
            id: ClaimId::new(number),
            text: row.text.to_owned(),
            span,
            sentence: number,
            verdict: row.verdict,
            confidence: row.confidence,
            doubts: doubts(row.doubts, |words| found(&summary, span.start(), words)),
            evidence: evidence.collect(),
        });
    }
    (summary, made)
}

fn signature() -> Signature {
    let model = |role: &str, name: &str, digit: &str| ModelSignature {
        role: role.to_owned(),
        name: name.to_owned(),
        sha256: digit.repeat(16),
        adapter_sha256: None,
    };
    let setting = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Signature {
        models: vec![
            ModelSignature {
                adapter_sha256: Some("e5f6".repeat(16)),
                ..model("translator", "sample-translator-ar-en", "a1b2")
            },
            model("embedder", "sample-embedder", "c3d4"),
        ],
        settings: vec![setting("search", "greedy"), setting("summary sentences", "5")],
        version: "0.1.0".to_owned(),
    }
}
