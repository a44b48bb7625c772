//! The writer port over a T5 that was trained to summarize.
//!
//! Owns: the source without its numbers, and the way from an output to a sentence a line. Such a model cites nothing: what its
//! sentences rest on is found by whoever verifies them.
//! Never: search.

use super::error::InferError;
use super::seq2seq_translator::Seq2SeqTranslator;
use super::translator::TranslatorOptions;
use crate::domain::ModelSignature;
use crate::ports::{
    ModelFiles, Search, TokenCounter as _, Translator as _, WriteError, WriteRequest, Writer,
};

/// T5, mT5 or FLAN-T5 as a writer of summaries.
pub struct Seq2SeqWriter {
    engine: Seq2SeqTranslator,
    search: Search,
}

impl Seq2SeqWriter {
    /// Loads the model; its prompt goes around the article.
    ///
    /// # Errors
    /// As [`Seq2SeqTranslator::load`].
    pub fn load(
        files: &dyn ModelFiles,
        options: TranslatorOptions,
        search: Search,
    ) -> Result<Self, InferError> {
        Ok(Self { engine: Seq2SeqTranslator::load(files, options)?, search })
    }
}

impl Writer for Seq2SeqWriter {
    fn write(&mut self, request: &WriteRequest<'_>) -> Result<Vec<String>, WriteError> {
        let source: Vec<&str> = request.source.lines().map(unnumbered).collect();
        let source = source.join(" ");
        let (needed, limit) = (self.engine.count_tokens(&source), self.engine.positions());
        if needed > limit {
            return Err(WriteError::TooLong { needed, limit });
        }
        let search = Search {
            beam_width: self.search.beam_width.max(request.drafts),
            max_new_tokens: request.max_new_tokens,
            ..self.search
        };
        let ranked = self.engine.n_best(&[&source], &search, &mut || {});
        let ranked = ranked.map_err(|error| WriteError::Engine(Box::new(error)))?;
        let best = ranked.into_iter().flatten().take(request.drafts);
        Ok(best.map(|ranked| a_sentence_a_line(&ranked.hypothesis.text)).collect())
    }

    fn count_tokens(&self, text: &str) -> usize {
        self.engine.count_tokens(text)
    }

    fn signature(&self) -> ModelSignature {
        ModelSignature { role: "writer".to_owned(), ..self.engine.signature() }
    }
}

/// A line of the request without the number before it.
fn unnumbered(line: &str) -> &str {
    match line.split_once(". ") {
        Some((number, rest)) if number.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        _ => line,
    }
}

/// Breaks a text where a sentence ends and a capital letter follows; a bracket at the end would be read as a citation.
fn a_sentence_a_line(text: &str) -> String {
    let (mut lines, mut after_end) = (String::new(), false);
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        if after_end && word.chars().next().is_some_and(char::is_uppercase) {
            lines.push('\n');
        } else if !lines.is_empty() {
            lines.push(' ');
        }
        lines.extend(word.chars().filter(|letter| !['[', ']'].contains(letter)));
        // "Mr." and "U.S." end no sentence.
        let short =
            word.trim_end_matches('.').chars().count() <= 2 || word.matches('.').count() > 1;
        after_end = word.ends_with(['.', '!', '?']) && !short && words.peek().is_some();
    }
    lines
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;
    use crate::infer::seq2seq_parity::Folder;
    use crate::infer::{Precision, PromptFormat, Terminology};

    #[test]
    fn numbers_go_and_sentences_stand_a_line_each() {
        assert_eq!(unnumbered("12. A line. Two."), "A line. Two.");
        assert_eq!(unnumbered("A. line"), "A. line");
        let text = "Mr. Smith came. He [2] left the U.S. Senate! why? Nobody knows.";
        let expected = "Mr. Smith came.\nHe 2 left the U.S. Senate! why?\nNobody knows.";
        assert_eq!(a_sentence_a_line(text), expected);
    }

    #[test]
    fn drafts_are_the_best_of_the_beam_over_the_text_without_its_numbers() {
        let options = TranslatorOptions {
            name: "t5".to_owned(),
            prompt: PromptFormat::Plain { template: "{source}".to_owned(), bos: false },
            threads: 1,
            batch: 8,
            max_segment_tokens: 400,
            answer_tokens: (0.0, 100),
            precision: Precision::Float32,
            terminology: Terminology::default(),
        };
        let search = Search {
            beam_width: 1,
            length_penalty: 0.6,
            no_repeat_ngram: 2,
            forbid_source_script: false,
            max_new_tokens: 100,
        };
        let mut writer = Seq2SeqWriter::load(&Folder("t5"), options.clone(), search).unwrap();
        let request = WriteRequest {
            source: "1. The license is here.\n2. It stays.\n",
            sentences: 2,
            drafts: 3,
            max_new_tokens: 12,
        };
        let drafts = writer.write(&request).unwrap();
        assert!((1..=3).contains(&drafts.len()));
        let mut alone = Seq2SeqTranslator::load(&Folder("t5"), options).unwrap();
        let search = Search { beam_width: 3, max_new_tokens: 12, ..search };
        let best = alone.n_best(&["The license is here. It stays."], &search, &mut || {}).unwrap();
        assert_eq!(drafts[0], a_sentence_a_line(&best[0][0].hypothesis.text));
        assert_eq!(writer.signature().role, "writer");
        let long = "word ".repeat(4000);
        let request = WriteRequest { source: &long, ..request };
        assert!(matches!(writer.write(&request), Err(WriteError::TooLong { .. })));
    }
}
