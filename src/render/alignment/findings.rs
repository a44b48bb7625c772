//! What an alignment found, in the words that people read on a page, in a table and beside a command.
//!
//! Owns: the wording, and what each text is called. In: findings. Out: one line of plain text each.
//! Never: markup, a judgement of its own.

use std::ops::Range;

use crate::domain::{Alignment, Finding, Language, Side};
use crate::render::visible::one_line;

/// A finding as one line that begins in lower case and has no full stop; numbers count from 1.
#[must_use]
pub fn finding_in_words(finding: &Finding, alignment: &Alignment) -> String {
    let name = |side: Side| text_name(alignment, side);
    match finding {
        Finding::ParagraphAlone { side, paragraph } => format!(
            "paragraph {} of the {} has no counterpart in the {}",
            paragraph.saturating_add(1),
            name(*side),
            name(other(*side))
        ),
        Finding::Unsure { beads, share } => {
            let unit = if *beads == 1 { "bead" } else { "beads" };
            format!(
                "{} of the beads that join both texts are unsure ({beads} {unit})",
                percent(*share)
            )
        }
        Finding::Moved { source, target } => format!(
            "{} of the {} {} elsewhere in the {}, as {}: order is crossed here",
            sentences(source),
            name(Side::Source),
            if source.len() == 1 { "stands" } else { "stand" },
            name(Side::Target),
            sentences(target)
        ),
        Finding::Swapped => format!(
            "the files were swapped: `{}` is the source and `{}` the target",
            one_line(&alignment.source.name),
            one_line(&alignment.target.name)
        ),
        Finding::NotATranslation { aligned } => format!(
            "the texts do not seem to translate one another: only {} of the sentences have a counterpart",
            percent(*aligned)
        ),
        Finding::OtherLanguage { side, sentences: 1 } => {
            format!("1 sentence of the {} is written in another language", name(*side))
        }
        Finding::OtherLanguage { side, sentences } => {
            format!("{sentences} sentences of the {} are written in another language", name(*side))
        }
    }
}

/// `Arabic text`, or `first text` where both are in the same language.
pub(super) fn text_name(alignment: &Alignment, side: Side) -> &'static str {
    let is_same = alignment.source.language == alignment.target.language;
    match (is_same, side, alignment.side(side).language) {
        (true, Side::Source, _) => "first text",
        (true, Side::Target, _) => "second text",
        (false, _, Language::Arabic) => "Arabic text",
        (false, _, Language::English) => "English text",
    }
}

pub(super) fn other(side: Side) -> Side {
    match side {
        Side::Source => Side::Target,
        Side::Target => Side::Source,
    }
}

/// `sentence 4`, `sentences 4–7`.
pub(super) fn sentences(range: &Range<usize>) -> String {
    match range.len() {
        0 => "no sentence".to_owned(),
        1 => format!("sentence {}", range.start.saturating_add(1)),
        _ => format!("sentences {}–{}", range.start.saturating_add(1), range.end),
    }
}

/// A share between 0 and 1 in whole percent; a share that is neither nothing nor all is never shown as one.
fn percent(share: f64) -> String {
    match share {
        small if small > 0.0 && small < 0.01 => "less than 1 %".to_owned(),
        large if large < 1.0 && large > 0.99 => "more than 99 %".to_owned(),
        // A saved share may be anything; a negative zero would show its sign.
        share if share <= 0.0 => "0 %".to_owned(),
        share => format!("{:.0} %", share.min(1.0) * 100.0),
    }
}
