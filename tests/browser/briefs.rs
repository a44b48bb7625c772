//! Briefs for the browser: made by hand for one matter each, or grown to a length.

use isnad::domain::{
    Article, Brief, BriefClaim, BriefParagraph, BriefSegment, ByteSpan, ClaimId, Coverage,
    Evidence, Language, Outcome, ParagraphId, ParagraphKind, Report, Road, SCHEMA_VERSION,
    SegmentId, Signature, SummaryAuthor, Translation, Verdict, WordLink,
};

/// Sentences of a paragraph: Arabic and English.
type Pairs = Vec<(String, String)>;

/// A brief whose claims are the English of the sentences `cited`, each with one piece of evidence. The first word of
/// both is linked.
pub(crate) fn brief(name: &str, paragraphs: &[Pairs], cited: &[usize]) -> Brief {
    let text: Vec<String> = paragraphs
        .iter()
        .map(|pairs| pairs.iter().map(|(arabic, _)| arabic.as_str()).collect::<Vec<_>>().join(" "))
        .collect();
    let text = text.join("\n\n");
    let mut segments = 0;
    let mut at = 0;
    let span =
        |start: usize, length: usize| ByteSpan::within(&text, start, start + length).unwrap();
    let mut made: Vec<BriefParagraph> = Vec::new();
    for pairs in paragraphs {
        let start = at;
        let mut own = Vec::new();
        for (arabic, english) in pairs {
            own.push(BriefSegment {
                id: SegmentId::new(segments),
                span: span(at, arabic.len()),
                source: arabic.clone(),
                translation: translation(english),
            });
            segments += 1;
            at += arabic.len() + 1;
        }
        let title = made.is_empty() && paragraphs.len() > 1;
        made.push(BriefParagraph {
            id: ParagraphId::new(made.len()),
            span: span(start, at - 1 - start),
            kind: if title { ParagraphKind::Title } else { ParagraphKind::Body },
            segments: own,
        });
        at += 1;
    }
    let (summary, claims) = claims(&made, cited);
    let running = made.iter().skip(usize::from(made.len() > 1)).map(|paragraph| paragraph.id);
    let is_used = |id: &ParagraphId| claims.iter().any(|claim| claim.evidence[0].paragraph == *id);
    let (paragraphs_used, paragraphs_omitted) = running.partition(is_used);
    Brief {
        schema_version: SCHEMA_VERSION,
        title: (made.len() > 1).then(|| made[0].segments[0].clone()),
        article: Article::new(name, Language::Arabic, text.clone()),
        summary,
        summary_language: Language::English,
        author: SummaryAuthor::Extractive,
        coverage: Coverage { paragraphs_used, paragraphs_omitted, ..Coverage::default() },
        claims,
        paragraphs: made,
        report: Report {
            signature: Signature { version: "0.1.0".to_owned(), ..Signature::default() },
            ..Report::default()
        },
    }
}

fn translation(english: &str) -> Translation {
    let (text, outcome) = (english.to_owned(), Outcome::Translated);
    Translation {
        text,
        mean_logprob_nats: -0.3,
        tokens: 9,
        attempts: 1,
        reliability: None,
        outcome,
    }
}

fn claims(paragraphs: &[BriefParagraph], cited: &[usize]) -> (String, Vec<BriefClaim>) {
    let all: Vec<(&BriefParagraph, &BriefSegment)> =
        paragraphs.iter().flat_map(|p| p.segments.iter().map(move |s| (p, s))).collect();
    let texts: Vec<&str> = cited.iter().map(|at| all[*at].1.translation.text.as_str()).collect();
    let summary = texts.join(" ");
    let mut start = 0;
    let mut claims = Vec::new();
    for (number, at) in cited.iter().enumerate() {
        let (paragraph, segment) = all[*at];
        let text = segment.translation.text.clone();
        let first = |text: &str| text.split(' ').next().unwrap().len();
        let source = segment.span.start();
        let words = WordLink {
            claim: ByteSpan::within(&summary, start, start + first(&text)).unwrap(),
            source: ByteSpan::whole(&segment.source[..first(&segment.source)]).shifted_by(source),
        };
        let span = ByteSpan::within(&summary, start, start + text.len()).unwrap();
        start = span.end() + 1;
        claims.push(BriefClaim {
            id: ClaimId::new(number),
            text: text.clone(),
            span,
            sentence: number,
            verdict: Verdict::Verified,
            confidence: 0.9,
            doubts: Vec::new(),
            evidence: vec![Evidence {
                segment: segment.id,
                paragraph: paragraph.id,
                span: segment.span,
                quote: segment.source.clone(),
                translation: text,
                scores: vec![(Road::ThroughEnglish, 0.9)],
                entailment: None,
                words: vec![words],
            }],
        });
    }
    (summary, claims)
}

fn pair(arabic: &str, english: &str) -> (String, String) {
    (arabic.to_owned(), english.to_owned())
}

/// Latin words and numbers inside Arabic, Arabic inside English.
pub(crate) fn both_directions() -> Brief {
    let paragraphs = [
        vec![pair("مرحبا gpt-5", "Hello gpt-5")],
        vec![
            pair(
                "ارتفعت الأسعار نسبة 4.5% من 2010-2015 في 16/6/2021.",
                "Prices rose 4.5% from 2010–2015 on 16/6/2021.",
            ),
            pair(
                "قال الناطق: «استخدمنا Windows 10 (النسخة 22H2)، ثم C++!»",
                "The spokesman said: “we used Windows 10 («النسخة 22H2»), then C++!”",
            ),
        ],
        vec![pair(
            "طلبت مجموعة REvil مبلغ $70 مليون عبر https://example.org/a?b=c.",
            "The group REvil (ريفيل) demanded $70 million.",
        )],
    ];
    brief("both-directions.txt", &paragraphs, &[1, 2, 3])
}

/// One paragraph without a title.
pub(crate) fn smallest() -> Brief {
    brief("smallest.txt", &[vec![pair("وصل الوفد.", "The delegation arrived.")]], &[0])
}

/// Titles only, nothing cited.
pub(crate) fn without_claims() -> Brief {
    let paragraphs = [vec![pair("عنوان", "A title")], vec![pair("نص قصير.", "A short text.")]];
    brief("no-claims.txt", &paragraphs, &[])
}

/// An article of `count` paragraphs; claims cite the first, the middle and the last of running text.
pub(crate) fn long(count: usize) -> Brief {
    let mut paragraphs = vec![vec![pair("تقرير طويل", "A long report")]];
    for number in 1..count {
        let arabic = format!(
            "أعلنت الوزارة في بيانها رقم {number} أن المشروع سيبدأ في الربع الأول من عام 2027."
        );
        let english = format!(
            "The ministry announced in its statement no. {number} that the project will start in the first quarter of 2027."
        );
        let second = (
            "وأضاف الناطق أن التكلفة ستبلغ 4.5 مليون دولار.",
            "The spokesman added that the cost will be $4.5 million.",
        );
        let pairs = vec![(arabic, english), pair(second.0, second.1)];
        paragraphs.push(pairs);
    }
    let last = 2 * (count - 1);
    brief("long.txt", &paragraphs, &[1, count, last])
}
