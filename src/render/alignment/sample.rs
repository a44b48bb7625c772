//! A small alignment for tests: merged, rejected and moved beads, a gap, and text that needs escapes.

use std::ops::Range;

use crate::domain::{
    AlignedSentence, AlignedText, Alignment, Bead, BeadWords, ByteSpan, Finding, Language, Side,
    Signature, Word,
};

fn text(language: Language, sentences: &[&str]) -> AlignedText {
    let sentence = |(index, text): (usize, &&str)| AlignedSentence {
        text: (*text).to_owned(),
        paragraph: index / 2,
        heading: false,
    };
    let sentences = sentences.iter().enumerate().map(sentence).collect();
    AlignedText { name: "a\tb.txt".into(), sha256: "00".into(), language, sentences }
}

fn bead(source: Range<usize>, target: Range<usize>, probability: f64) -> Bead {
    let similarity = (!source.is_empty() && !target.is_empty()).then_some(0.5);
    let (moved, rejected, words) = (false, false, None);
    Bead { source, target, probability, similarity, moved, rejected, words }
}

/// Four beads: 1-2, 1-0, a rejected 1-1 and a moved 1-1 with words, whose targets cross.
pub(super) fn sample() -> Alignment {
    let source = text(Language::Arabic, &["واحد\tاثنان.", "ثلاثة\\", "أربعة", "خمسة"]);
    let target = text(Language::English, &["A <b> & c.", "Two.", "Five", "Four"]);
    let mut beads = vec![
        bead(0..1, 0..2, 0.98765),
        bead(1..2, 2..2, 0.5),
        bead(2..3, 3..4, 0.25),
        bead(3..4, 2..3, 1.0),
    ];
    beads[2].rejected = true;
    beads[3].moved = true;
    let word = |sentence: usize, text: &str| Word { sentence, span: ByteSpan::whole(text) };
    beads[3].words = Some(BeadWords {
        source: vec![word(3, "خمسة")],
        target: vec![word(2, "Five")],
        links: vec![(0, 0)],
    });
    let findings = vec![Finding::ParagraphAlone { side: Side::Source, paragraph: 0 }];
    let signature = Signature { version: "0.1.0".into(), ..Signature::default() };
    Alignment::new(source, target, beads, findings, signature).unwrap()
}
