//! A translation as plain English text.
//!
//! Owns: paragraphs as lines, and the mark of a failed sentence.
//! In: a bitext. Out: text. Never: the Arabic (that is `columns`).

use std::fmt::Write as _;

use super::brief::reasons as in_words;
use super::visible::one_line;
use crate::domain::{Bitext, NBest, Outcome, Paragraph, Translation};

/// The English, one paragraph a line and a blank line between; boilerplate is left out.
///
/// A failed sentence reads `[translation failed: reasons] text`.
#[must_use]
pub fn translation_text(bitext: &Bitext) -> String {
    let paragraphs = bitext.source().paragraphs().iter();
    let lines: Vec<String> =
        paragraphs.map(|p| paragraph_text(bitext, p)).filter(|line| !line.is_empty()).collect();
    let mut text = lines.join("\n\n");
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// The best translations of segments, one a line: number of the sentence, score and text, with tabs between.
#[must_use]
pub fn n_best_text(lists: &[NBest]) -> String {
    let mut text = String::new();
    for list in lists {
        for alternative in &list.alternatives {
            let (number, score) = (list.segment.number(), alternative.score);
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{number}\t{score:.4}\t{}", one_line(&alternative.text));
        }
    }
    text
}

fn paragraph_text(bitext: &Bitext, paragraph: &Paragraph) -> String {
    let translations = paragraph.segment_ids().filter_map(|id| bitext.translation(id));
    let sentences: Vec<String> = translations.filter_map(sentence).collect();
    sentences.join(" ")
}

/// The English of one sentence with its mark; nothing where it was skipped.
pub(super) fn sentence(translation: &Translation) -> Option<String> {
    let text = one_line(&translation.text);
    match &translation.outcome {
        Outcome::Skipped => None,
        Outcome::Translated => Some(text),
        Outcome::Failed(reasons) => {
            let marked = format!("[translation failed: {}] {text}", in_words(reasons));
            Some(marked.trim_end().to_owned())
        }
    }
}
