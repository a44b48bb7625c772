//! What an article sets off, in the English of its sentences.
//!
//! Owns: which English words answer to words that are bold, in italics or linked. In: a bitext, the markup of the
//! article, an encoder of tokens. Out: the markup of each translation. Never: losing a link.
//!
//! English seldom keeps the order of the Arabic, and linked words are sometimes wrong. The words set off are therefore
//! the run of English words in which links from inside the markup most outweigh those from outside it.

use super::PipelineError;
use super::words::link_pairs;
use crate::align::WordOptions;
use crate::domain::{Bitext, ByteSpan, Markup, SegmentId};
use crate::ports::TokenEncoder;
use crate::text::words::words;

/// What a word without any link takes from a run; a run spans few of them to reach its next word.
const UNLINKED: f64 = -0.3;

/// The markup of each segment's translation, in the order of the segments; spans are those of its text.
///
/// A link whose words have no counterpart, or share it with another link, has an empty span at the end of the text.
/// Other markup without counterpart is left out.
///
/// # Errors
/// [`PipelineError`] when the encoder fails.
pub fn carry_markup(
    bitext: &Bitext,
    markup: &[Markup],
    encoder: &mut dyn TokenEncoder,
) -> Result<Vec<Vec<Markup>>, PipelineError> {
    let segments = bitext.source().segments();
    let mut carried = vec![Vec::new(); segments.len()];
    let mut marked = Vec::new();
    for (index, (segment, translation)) in segments.iter().zip(bitext.translations()).enumerate() {
        let inside = markup.iter().filter_map(|mark| mark.clipped_to(segment.span));
        let inside: Vec<Markup> = inside.collect();
        if !inside.is_empty() && !translation.text.is_empty() {
            let arabic = bitext.source().segment_text(SegmentId::new(index));
            marked.push((index, inside, (arabic, translation.text.as_str())));
        }
    }
    let pairs: Vec<(&str, &str)> = marked.iter().map(|(_, _, pair)| *pair).collect();
    let linked = link_pairs(&pairs, encoder, &WordOptions::default())?;
    for ((index, inside, (arabic, english)), links) in marked.into_iter().zip(linked) {
        if let Some(carried) = carried.get_mut(index) {
            *carried = across(&inside, arabic, english, &links);
        }
    }
    Ok(carried)
}

/// Markup of a sentence as markup of its translation.
fn across(
    markup: &[Markup],
    arabic: &str,
    english: &str,
    links: &[(ByteSpan, ByteSpan)],
) -> Vec<Markup> {
    let (from, to) = (words(arabic), words(english));
    let mut carried: Vec<Markup> = Vec::new();
    for mark in markup {
        let kind = mark.kind.clone();
        let is_inside = |word: &ByteSpan| word.clipped_to(mark.span).is_some();
        if !from.iter().any(is_inside) {
            continue;
        }
        let span = if from.iter().all(is_inside) {
            Some(ByteSpan::whole(english))
        } else {
            best_run(&to, links, is_inside)
                .and_then(|(start, end)| ByteSpan::within(english, start, end).ok())
        };
        let is_taken = |span: &ByteSpan| {
            let mut links = carried.iter().filter(|other| other.kind.is_link());
            kind.is_link() && links.any(|link| link.span.clipped_to(*span).is_some())
        };
        let end = ByteSpan::within(english, english.len(), english.len());
        let span = match span.filter(|span| !is_taken(span)) {
            None if kind.is_link() => end.ok(),
            span => span,
        };
        carried.extend(span.map(|span| Markup { span, kind }));
    }
    carried.sort_by_key(|mark| mark.span);
    carried
}

/// The run of English words with the highest sum of links from inside less links from outside: its start and end.
#[expect(clippy::cast_precision_loss, reason = "a sentence has few words")]
fn best_run(
    english: &[ByteSpan],
    links: &[(ByteSpan, ByteSpan)],
    is_inside: impl Fn(&ByteSpan) -> bool,
) -> Option<(usize, usize)> {
    let mut best: Option<(f64, usize, usize)> = None;
    let mut run: Option<(f64, usize)> = None;
    for word in english {
        let here = || links.iter().filter(|(_, to)| to == word);
        let inside = here().filter(|(from, _)| is_inside(from)).count();
        let worth = match here().count() {
            0 => UNLINKED,
            all => inside as f64 - (all - inside) as f64,
        };
        let (sum, start) = match run {
            Some((sum, start)) if sum > 0.0 => (sum + worth, start),
            _ => (worth, word.start()),
        };
        run = Some((sum, start));
        if sum > best.map_or(0.0, |(best, ..)| best) {
            best = Some((sum, start, word.end()));
        }
    }
    best.map(|(_, start, end)| (start, end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::MarkupKind;

    /// Words of both texts by their places in it, linked in pairs.
    fn links(arabic: &str, english: &str, pairs: &[(usize, usize)]) -> Vec<(ByteSpan, ByteSpan)> {
        let (from, to) = (words(arabic), words(english));
        pairs.iter().map(|(i, j)| (from[*i], to[*j])).collect()
    }

    fn mark(text: &str, part: &str, kind: MarkupKind) -> Markup {
        let start = text.find(part).unwrap();
        Markup { span: ByteSpan::within(text, start, start + part.len()).unwrap(), kind }
    }

    fn shown<'a>(english: &'a str, markup: &[Markup]) -> Vec<&'a str> {
        markup.iter().map(|mark| mark.span.of(english).unwrap()).collect()
    }

    #[test]
    fn words_are_found_where_the_english_has_them() {
        let (arabic, english) = (
            "زار الرئيس التونسي مدينة صفاقس .",
            "The Tunisian president visited the city of Sfax .",
        );
        let links = links(arabic, english, &[(0, 3), (1, 2), (2, 1), (3, 5), (4, 7), (5, 8)]);
        let marks = [
            mark(arabic, "الرئيس التونسي", MarkupKind::Strong),
            mark(arabic, "مدينة صفاقس", MarkupKind::Link("x".into())),
            mark(arabic, arabic, MarkupKind::Emphasis),
        ];
        let carried = across(&marks, arabic, english, &links);
        let expected = [english, "Tunisian president", "city of Sfax"];
        assert_eq!(shown(english, &carried), expected);
        assert!(carried[2].kind.is_link());
    }

    #[test]
    fn one_wrong_link_does_not_stretch_the_run() {
        let (arabic, english) =
            ("قال وزير المالية أمس", "the finance minister said it here yesterday");
        let links = links(arabic, english, &[(0, 3), (1, 2), (2, 1), (1, 6), (3, 5)]);
        let marks = [mark(arabic, "وزير المالية", MarkupKind::Strong)];
        assert_eq!(shown(english, &across(&marks, arabic, english, &links)), ["finance minister"]);
    }

    #[test]
    fn a_link_is_never_lost_and_nothing_else_is_invented() {
        let (arabic, english) = ("في بيان له هنا", "in a statement");
        let links = links(arabic, english, &[(0, 0), (1, 2)]);
        let marks = [
            mark(arabic, "بيان", MarkupKind::Link("x".into())),
            mark(arabic, "هنا", MarkupKind::Link("y".into())),
            mark(arabic, "هنا", MarkupKind::Strong),
        ];
        let carried = across(&marks, arabic, english, &links);
        assert_eq!(shown(english, &carried), ["statement", ""]);
        assert_eq!(carried[1].kind, MarkupKind::Link("y".into()));
    }
}
