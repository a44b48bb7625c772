//! Summaries that a model writes, each sentence citing.
//!
//! Owns: which sentences the model is shown, how its drafts are read, and what a citation must be to count.
//! In: the English of sound segments, a writer. Out: drafts as summaries, likeliest first.
//! Never: which draft is best; that takes verdicts. A citation that names no sentence is dropped and counted, never mended.
//! Source: drafts ranked by how well their citations hold, Gao et al. 2023 (ALCE).

use std::fmt::Write as _;

use super::Extractive;
use crate::domain::{ByteSpan, SegmentId, Summary, SummaryError};
use crate::ports::{
    Candidate, Embedder, Length, SummarizeError, Summarizer as _, WriteRequest, Writer,
};

/// Drafts that are asked for.
const DRAFTS: usize = 4;
/// Tokens of the article that the model is shown, at most: it reads some hundred a second.
const MAX_SOURCE_TOKENS: usize = 1500;
/// Tokens of a draft for each sentence, and for each word, of the length asked for.
const TOKENS_A_SENTENCE: usize = 70;
const TOKENS_A_WORD: usize = 2;

/// One draft, read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Draft {
    pub(crate) summary: Summary,
    /// Citations that name no sentence of the article.
    pub(crate) rejected: usize,
}

/// The drafts of a summary of `candidates`; none for none.
///
/// # Errors
/// [`SummarizeError`] when an engine fails.
pub(crate) fn drafts(
    title: Option<&str>,
    candidates: &[Candidate],
    length: Length,
    writer: &mut dyn Writer,
    embedder: &mut dyn Embedder,
) -> Result<Vec<Draft>, SummarizeError> {
    let shown = shown(title, candidates, &*writer, embedder)?;
    if shown.is_empty() {
        return Ok(Vec::new());
    }
    let mut source = String::new();
    for (index, candidate) in shown.iter().enumerate() {
        let _ = writeln!(source, "{}. {}", index + 1, one_line(&candidate.text));
    }
    let max_new_tokens = match length {
        Length::Sentences(n) => n * TOKENS_A_SENTENCE,
        Length::Words(n) => n * TOKENS_A_WORD + TOKENS_A_SENTENCE,
    };
    let request =
        WriteRequest { source: &source, sentences: shown.len(), drafts: DRAFTS, max_new_tokens };
    let texts = writer.write(&request)?;
    let segments: Vec<SegmentId> = shown.iter().map(|candidate| candidate.segment).collect();
    texts.iter().map(|text| Ok(read(text, &segments, length)?)).collect()
}

/// All candidates, or those that an extractive summary would take first if they are too many.
fn shown(
    title: Option<&str>,
    candidates: &[Candidate],
    writer: &dyn Writer,
    embedder: &mut dyn Embedder,
) -> Result<Vec<Candidate>, SummarizeError> {
    let tokens: Vec<usize> =
        candidates.iter().map(|candidate| writer.count_tokens(&candidate.text) + 4).collect();
    let all: usize = tokens.iter().sum();
    if all <= MAX_SOURCE_TOKENS {
        return Ok(candidates.to_vec());
    }
    let most = (candidates.len() * MAX_SOURCE_TOKENS / all).max(1);
    let picked = Extractive::new(embedder).summarize(title, candidates, Length::Sentences(most))?;
    let cited: Vec<SegmentId> =
        (0..picked.sentences().len()).flat_map(|index| picked.cited(index).to_vec()).collect();
    Ok(candidates.iter().filter(|candidate| cited.contains(&candidate.segment)).cloned().collect())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A sentence a line, citations in brackets at its end; what is longer than asked for is left out.
fn read(text: &str, segments: &[SegmentId], length: Length) -> Result<Draft, SummaryError> {
    let (mut summary, mut places) = (String::new(), Vec::new());
    let (mut citations, mut rejected, mut words) = (Vec::new(), 0, 0);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (sentence, cited) = cut(line);
        let count = sentence.split_whitespace().count();
        let fits = match length {
            Length::Sentences(most) => places.len() < most,
            Length::Words(most) => places.is_empty() || words + count <= most,
        };
        if sentence.is_empty() || !fits {
            continue;
        }
        words += count;
        let mut known = Vec::new();
        for number in cited {
            let segment = number.and_then(|n| segments.get(n.checked_sub(1)?));
            rejected += usize::from(segment.is_none());
            known.extend(segment.filter(|segment| !known.contains(*segment)).copied());
        }
        if !summary.is_empty() {
            summary.push(' ');
        }
        places.push((summary.len(), summary.len() + sentence.len()));
        summary.push_str(sentence);
        citations.push(known);
    }
    let spans: Result<Vec<ByteSpan>, _> =
        places.into_iter().map(|(start, end)| ByteSpan::within(&summary, start, end)).collect();
    let spans = spans?;
    Ok(Draft { summary: Summary::new(summary, spans)?.citing(citations)?, rejected })
}

/// The words of a line, and what stands in the brackets behind them: numbers, or nothing where it is no number.
fn cut(line: &str) -> (&str, Vec<Option<usize>>) {
    let line = line.trim_end_matches(['.', ' ']);
    let brackets = line.strip_suffix(']').and_then(|rest| rest.rsplit_once('['));
    let Some((sentence, numbers)) = brackets else { return (line, Vec::new()) };
    let numbers = numbers.split(',').map(|number| number.trim().parse().ok());
    (sentence.trim_end(), numbers.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(text: &str, length: Length) -> Draft {
        let segments = [3, 5, 8].map(SegmentId::new);
        read(text, &segments, length).unwrap()
    }

    #[test]
    fn citations_lead_to_the_segments_that_were_shown() {
        let read = draft("It rained. [1]\nThey won. [2, 3].\n", Length::Sentences(4));
        assert_eq!(read.summary.text(), "It rained. They won.");
        assert_eq!(read.summary.cited(1), [5, 8].map(SegmentId::new));
        assert_eq!(read.rejected, 0);
    }

    #[test]
    fn a_citation_out_of_range_is_dropped_and_counted() {
        let read = draft("It rained. [4, 0, x]", Length::Sentences(4));
        assert_eq!((read.summary.cited(0).len(), read.rejected), (0, 3));
    }

    #[test]
    fn the_length_is_kept() {
        let text = "One two three. [1]\nFour five six. [2]\nSeven. [3]";
        assert_eq!(draft(text, Length::Sentences(2)).summary.sentences().len(), 2);
        assert_eq!(draft(text, Length::Words(4)).summary.text(), "One two three. Seven.");
    }
}
