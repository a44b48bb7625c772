//! An alignment made by hand, for the golden files: headings, gaps, a moved block, words, every finding.
//!
//! Both texts were written for this file; probabilities, hashes and names are made up.

use std::ops::Range;

use isnad::domain::{
    AlignedSentence, AlignedText, Alignment, Bead, BeadWords, ByteSpan, Finding, Language,
    ModelSignature, Side, Signature, Word,
};

/// Paragraph, whether it is a headline, text.
type Line = (usize, bool, &'static str);

const ARABIC: [Line; 9] = [
    (0, true, "ميناء المدينة القديم"),
    (1, false, "بُني الميناء سنة 1874."),
    (1, false, "وكانت السفن تحمل إليه القطن والقمح."),
    (2, false, "أغلقته البلدية بعد الحرب، ثم فتحته شركة PortCo للصيادين فقط."),
    (3, false, "يقول الصياد سالم: «البحر لا يكذب»."),
    (3, false, "ويعمل معه ثلاثة من أبنائه."),
    (4, false, "في الشتاء تخلو المقاهي من الزبائن."),
    (5, false, "تنشر الصحيفة هذا الملف بالتعاون مع المتحف."),
    (6, false, "وسيُفتتح المتحف في الربيع."),
];

const ENGLISH: [Line; 9] = [
    (0, true, "The old harbour of the city"),
    (1, false, "The harbour was built in 1874, and ships brought cotton and wheat to it."),
    (2, false, "In winter the cafés have no customers."),
    (3, false, "After the war the city closed it."),
    (3, false, "Later a company called PortCo opened it again, for fishermen only."),
    (4, false, "Salem, a fisherman, says: \"The sea does not lie.\""),
    (4, false, "His sons are at sea."),
    (5, false, "Photographs: the museum's archive."),
    (6, false, "The museum is to open in spring."),
];

fn text(name: &str, language: Language, lines: &[Line]) -> AlignedText {
    let sentence = |&(paragraph, heading, text): &Line| AlignedSentence {
        text: text.to_owned(),
        paragraph,
        heading,
    };
    let digit = if language == Language::Arabic { "0a" } else { "0e" };
    AlignedText {
        name: name.to_owned(),
        sha256: digit.repeat(32),
        language,
        sentences: lines.iter().map(sentence).collect(),
    }
}

pub(crate) fn bead(source: Range<usize>, target: Range<usize>, probability: f64) -> Bead {
    let is_gap = source.is_empty() || target.is_empty();
    Bead {
        source,
        target,
        probability,
        similarity: (!is_gap).then_some(probability / 2.0 + 0.25),
        moved: false,
        rejected: false,
        words: None,
    }
}

/// Where `word` stands in a sentence.
fn word(text: &AlignedText, sentence: usize, word: &str) -> Word {
    let line = &text.sentences[sentence].text;
    let start = line.find(word).unwrap();
    Word { sentence, span: ByteSpan::within(line, start, start + word.len()).unwrap() }
}

/// Links of the second bead; the harbour is one group with its verb, and `it` has no link.
fn words(arabic: &AlignedText, english: &AlignedText) -> BeadWords {
    let source =
        [(1, "بُني"), (1, "الميناء"), (1, "1874"), (2, "السفن"), (2, "القطن"), (2, "والقمح")];
    let target = ["harbour", "built", "1874", "ships", "cotton", "wheat", "it"];
    BeadWords {
        source: source.iter().map(|(sentence, text)| word(arabic, *sentence, text)).collect(),
        target: target.iter().map(|text| word(english, 1, text)).collect(),
        links: vec![(0, 0), (0, 1), (1, 0), (2, 2), (3, 3), (4, 4), (5, 5)],
    }
}

/// The alignment.
pub(crate) fn sample() -> Alignment {
    let arabic = text("harbour.ar.txt", Language::Arabic, &ARABIC);
    let english = text("harbour.en.txt", Language::English, &ENGLISH);
    let words = Some(words(&arabic, &english));
    let beads = vec![
        bead(0..1, 0..1, 0.996),
        Bead { words, ..bead(1..3, 1..2, 0.94) },
        bead(3..4, 3..5, 0.81),
        bead(4..5, 5..6, 0.62),
        Bead { rejected: true, ..bead(5..6, 6..7, 0.21) },
        Bead { moved: true, ..bead(6..7, 2..3, 0.44) },
        bead(7..8, 7..7, 0.9),
        bead(8..8, 7..8, 0.88),
        bead(8..9, 8..9, 0.97),
    ];
    let findings = vec![
        Finding::ParagraphAlone { side: Side::Source, paragraph: 5 },
        Finding::ParagraphAlone { side: Side::Target, paragraph: 5 },
        Finding::Unsure { beads: 2, share: 2.0 / 7.0 },
        Finding::Moved { source: 6..7, target: 2..3 },
        Finding::Swapped,
        Finding::NotATranslation { aligned: 0.08 },
        Finding::OtherLanguage { side: Side::Target, sentences: 1 },
    ];
    let model = ModelSignature {
        role: "embedder".to_owned(),
        name: "isnad-embed".to_owned(),
        sha256: "5e".repeat(32),
        adapter_sha256: None,
    };
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let settings = vec![pair("max-bead", "6"), pair("min-confidence", "0.5")];
    let signature = Signature { models: vec![model], settings, version: "0.1.0".to_owned() };
    Alignment::new(arabic, english, beads, findings, signature).unwrap()
}
