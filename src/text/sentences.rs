//! Cuts one paragraph into sentences.
//!
//! Owns: what ends a sentence in Arabic and English, and what only looks like it.
//! In: the text of one paragraph. Out: spans **relative to that paragraph**.
//! Never: models, files, positions in the article (the caller shifts them).

use super::abbreviations::{
    DotMeans, begins_sentence, dot_means, goes_on, is_speech, surely_begins_sentence,
};
use super::chars::{
    after, before, continues, is_blank, is_dash, is_end_mark, is_tashkil, part, skip_blanks,
    visible_span,
};
use super::marks::Run;
use super::quotes::{Enclosure, Enclosures};
use super::script::{ascii_digit, is_arabic_letter, is_latin_letter};
use super::segment::SegmentOptions;
use crate::domain::ByteSpan;

/// The longest word looked at, in bytes: no abbreviation is longer.
const LONGEST_WORD_BYTES: usize = 64;

/// The sentences of `paragraph`, in order; closing marks belong to the sentence they close.
///
/// Every visible character lies in one of them. A text without a visible character has none.
#[must_use]
pub fn sentences(paragraph: &str, options: &SegmentOptions) -> Vec<ByteSpan> {
    let enclosures = Enclosures::find(paragraph);
    let mut spans: Vec<ByteSpan> = Vec::new();
    let mut start = skip_blanks(paragraph, 0);
    let mut at = start;
    while let Some(run) = Run::next(paragraph, at, options, &enclosures) {
        at = run.end;
        let place = Place::new(paragraph, start, &run);
        if place.is_boundary(&enclosures) {
            add(paragraph, &mut spans, start, run.end);
            start = skip_blanks(paragraph, run.end);
            at = start;
        }
    }
    add(paragraph, &mut spans, start, paragraph.len());
    spans
}

/// Adds a sentence; marks and symbols alone go with the sentence in front of them.
fn add(paragraph: &str, spans: &mut Vec<ByteSpan>, start: usize, end: usize) {
    let Some(span) = visible_span(paragraph, start, end) else { return };
    let is_text = part(paragraph, start, end).chars().any(char::is_alphanumeric);
    match spans.last_mut() {
        Some(last) if !is_text => {
            if let Ok(joined) = ByteSpan::within(paragraph, last.start(), span.end()) {
                *last = joined;
            }
        }
        _ => spans.push(span),
    }
}

/// A run of marks and what stands around it.
struct Place<'a> {
    text: &'a str,
    run: &'a Run,
    /// Where the sentence begins that the run may end: its first visible character.
    start: usize,
    /// The character in front of the run, tashkil aside.
    previous: Option<char>,
    /// Where the next visible character stands.
    next_at: usize,
    next: Option<char>,
}

impl<'a> Place<'a> {
    fn new(text: &'a str, start: usize, run: &'a Run) -> Self {
        let next_at = skip_blanks(text, run.end);
        Self {
            text,
            run,
            start,
            previous: before(text, run.start).find(|c| !is_tashkil(*c)),
            next_at,
            next: after(text, next_at).next(),
        }
    }

    fn is_boundary(&self, enclosures: &Enclosures) -> bool {
        let Some(next) = self.next else { return true };
        if enclosures.hold_together(self.run.start, self.run.end) {
            return false;
        }
        if self.run.is_wide() {
            return true;
        }
        if self.next_at == self.run.end {
            return self.is_glued_boundary(next);
        }
        // "(!)" and "(؟)" are comments on the word in front of them.
        let bracketed = matches!(self.previous, Some('(' | '['));
        let lower_next = is_latin_letter(next) && next.is_lowercase();
        let lower_goes_on = lower_next && self.previous.is_some_and(is_latin_or_digit);
        if bracketed || continues(next) || (is_end_mark(next) && !self.run.spaced) || lower_goes_on
        {
            return false;
        }
        if is_dash(next) && self.run.closed_in.is_some() {
            return false;
        }
        if let Some(close) = self.run.closed_in {
            return enclosures.closing_at(close).is_none_or(|pair| self.ends_behind(pair));
        }
        if self.run.is_ellipsis() {
            return surely_begins_sentence(self.next_word()) && !self.is_start_empty();
        }
        if self.run.is_single_dot() && !self.run.spaced {
            return self.is_full_stop();
        }
        true
    }

    /// A mark with no space behind it: the space was forgotten, or the mark belongs to a word.
    fn is_glued_boundary(&self, next: char) -> bool {
        let word_behind = self.next_word();
        let arabic_next = is_arabic_letter(next) || matches!(next, '«' | '“');
        let spaced_before = self.previous.is_none_or(is_blank);
        if !arabic_next || spaced_before || self.run.is_ellipsis() {
            return false;
        }
        if !self.run.is_single_dot() {
            let arabic_before = self.previous.is_some_and(|c| !is_latin_letter(c) && c != '(');
            return arabic_before && self.run.closed_in.is_none();
        }
        let letters = |word: &str| word.chars().filter(|c| c.is_alphabetic()).count();
        let word = self.word();
        let whole_words = letters(word_behind) >= 2 && !word_behind.contains('.');
        let before_ok = match self.previous {
            Some(c) if ascii_digit(c).is_some() => !self.is_list_number(word),
            Some(c) => {
                self.run.closed_in.is_some() || !c.is_alphabetic() || {
                    letters(word) >= 3 && !word.chars().any(is_latin_letter)
                }
            }
            None => false,
        };
        let dot_ends = dot_means(self.earlier_word(), word, word_behind) == DotMeans::End;
        whole_words && before_ok && dot_ends && !word.contains(['.', '/', '@', '\\'])
    }

    /// One dot with a space behind it.
    fn is_full_stop(&self) -> bool {
        let word = self.word();
        if self.is_list_number(word) {
            return false;
        }
        let next = self.next_word();
        match dot_means(self.earlier_word(), word, next) {
            DotMeans::End => true,
            DotMeans::Abbreviation => false,
            DotMeans::Either => begins_sentence(next),
        }
    }

    /// Whether a sentence ends behind the marks and the mark that closes `pair`.
    fn ends_behind(&self, pair: &Enclosure) -> bool {
        let next = self.next_word();
        let opens_sentence = self.start >= pair.open;
        if !pair.is_quotation() {
            return opens_sentence;
        }
        let phrase = self.run.is_strong() || pair.words <= SHORT_PHRASE_WORDS;
        if (phrase && goes_on(next)) || (opens_sentence && self.is_attribution(next)) {
            return false;
        }
        // “HK Management Inc.” is a name.
        let dot_ends = || dot_means(self.earlier_word(), self.word(), next) == DotMeans::End;
        if self.run.is_single_dot() && !dot_ends() {
            return surely_begins_sentence(next);
        }
        let latin_next = next.chars().next().is_some_and(is_latin_letter);
        if latin_next || !self.run.is_strong() || opens_sentence || pair.words > SHORT_TITLE_WORDS {
            return true;
        }
        // «أين الكتاب؟» inside a sentence is a phrase of it, unless a new one surely begins.
        (surely_begins_sentence(next) && !next.starts_with('و')) || is_speech(next)
    }

    /// "…" said he / قال فلان: the verb of speech stands next, in English also behind its subject.
    fn is_attribution(&self, next: &str) -> bool {
        let second_at = skip_blanks(self.text, self.next_at + next.len());
        is_speech(next)
            || (next.chars().all(is_latin_letter) && is_speech(word_from(self.text, second_at)))
    }

    /// `12.` at the start of a sentence or behind a colon counts what follows.
    fn is_list_number(&self, word: &str) -> bool {
        let number = word.trim_start_matches(['(', '[']);
        let counts = !number.is_empty()
            && number.len() <= 6
            && number.chars().all(|c| c == '.' || ascii_digit(c).is_some());
        let word_at = self.run.start - word.len();
        let mut before = before(self.text, word_at);
        let spaced = before.next().is_some_and(is_blank);
        let behind_colon = spaced && before.find(|c| !is_blank(*c)) == Some(':');
        counts && (word_at <= self.start || behind_colon)
    }

    /// Whether nothing but marks stands in front of the run.
    fn is_start_empty(&self) -> bool {
        let text = part(self.text, self.start, self.run.start);
        !text.chars().take(32).any(char::is_alphanumeric)
    }

    /// The word in front of the marks, without opening marks.
    fn word(&self) -> &'a str {
        word_until(self.text, self.run.start)
    }

    /// The word in front of that.
    fn earlier_word(&self) -> &'a str {
        let until = self.run.start - self.word().len();
        let blanks = before(self.text, until).take(4).take_while(|c| is_blank(*c));
        word_until(self.text, until - blanks.map(char::len_utf8).sum::<usize>())
    }

    fn next_word(&self) -> &'a str {
        let text = self.text;
        let opening =
            after(text, self.next_at).take(3).take_while(|c| is_opening(*c) || is_dash(*c));
        let skipped: usize = opening.map(char::len_utf8).sum();
        word_from(text, skip_few_blanks(text, self.next_at + skipped))
    }
}

/// A quotation of at most so many words that asks or exclaims may be a title or a phrase.
const SHORT_TITLE_WORDS: usize = 12;

/// A quotation of at most so many words is a phrase even with a full stop inside.
const SHORT_PHRASE_WORDS: usize = 5;

fn is_latin_or_digit(c: char) -> bool {
    is_latin_letter(c) || c.is_ascii_digit() || matches!(c, '"' | '”' | ')' | '.')
}

fn is_opening(c: char) -> bool {
    matches!(c, '«' | '“' | '"' | '(' | '[' | '‘' | '\'' | '”' | '»')
}

fn skip_few_blanks(text: &str, at: usize) -> usize {
    at + after(text, at).take(3).take_while(|c| is_blank(*c)).map(char::len_utf8).sum::<usize>()
}

/// The word that ends at `end`.
fn word_until(text: &str, end: usize) -> &str {
    let mut length = 0;
    for c in before(text, end) {
        let inside =
            !is_blank(c) && !is_opening(c) && !matches!(c, ',' | '،' | ':' | ';' | '؛' | '؟' | '!');
        if !inside || length + c.len_utf8() > LONGEST_WORD_BYTES {
            break;
        }
        length += c.len_utf8();
    }
    part(text, end - length, end)
}

/// The word that begins at `start`, without marks behind it.
fn word_from(text: &str, start: usize) -> &str {
    let mut length = 0;
    for c in after(text, start) {
        let inside = c.is_alphanumeric() || is_tashkil(c) || matches!(c, '.' | '\'' | '’' | 'ـ');
        if !inside || length + c.len_utf8() > LONGEST_WORD_BYTES {
            break;
        }
        length += c.len_utf8();
    }
    part(text, start, start + length).trim_end_matches('.')
}
