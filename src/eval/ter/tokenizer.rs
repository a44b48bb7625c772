//! From a line to the words that TER compares.
//!
//! Owns: the tercom recipe: lower case, normal form, punctuation, Asian characters.
//! In: a line. Out: its words, each a slice of one prepared text.
//! Never: numbering of words, edit distances.
//! Source: `tokenizers/tokenizer_ter.py`, sacreBLEU 2.6.0, after `ter/core/Normalizer.java` of tercom. White space
//! that the recipe inserts is only seen by the steps named here, since the result is cut at white space anyway.

use super::TerOptions;
use crate::text::python;

/// `line` ready to be cut with [`python::words`].
pub(super) fn prepare(line: &str, options: TerOptions) -> String {
    let line = python::trim_end(line);
    let mut text = if options.case_sensitive { line.to_owned() } else { line.to_lowercase() };
    if options.normalized {
        text = normalize(&text);
        if options.asian_support {
            text = spaced(&text, stands_alone);
        }
    }
    if options.no_punct {
        text.retain(|c| !is_punctuation(c));
        if options.asian_support {
            text.retain(|c| !is_asian_punctuation(c));
        }
    }
    text
}

/// The same for a line of a reference, which the reference implementation tokenizes twice: once where all metrics
/// prepare their references, and once more where TER takes their words. It shows in normal form, as in `it's.`, where
/// the first pass puts the space after `'s` that the second one looks for; the other steps leave their result alone.
pub(super) fn prepare_reference(line: &str, options: TerOptions) -> String {
    let mut text = prepare(line, options);
    if options.normalized {
        let words: Vec<&str> = python::words(&text).collect();
        text = prepare(&words.join(" "), options);
    }
    text
}

/// Lines joined, XML escapes resolved, punctuation set apart.
fn normalize(text: &str) -> String {
    let mut text = text.replace("\n-", "").replace('\n', " ");
    // One after the other: `&amp;lt;` becomes `<`, and `&amp;quot;` stays `&quot;`.
    for (escape, character) in [("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")] {
        if text.contains(escape) {
            text = text.replace(escape, character);
        }
    }
    // The spaces around the text are read by the steps below. They are also why two rules of the reference never
    // apply: `'s` at the very end, and runs of kana that fill the text from its first character.
    let text = spaced(&format!(" {text} "), is_western_separator);
    let text = text.replace("'s ", " 's ");
    let text = pairs(&text, |first, second| {
        (!first.is_ascii_digit() && is_stop(second)).then_some(["", " ", " "])
    });
    let text = pairs(&text, |first, second| {
        (is_stop(first) && !second.is_ascii_digit()).then_some([" ", " ", ""])
    });
    pairs(&text, |first, second| {
        (first.is_ascii_digit() && second == '-').then_some(["", " ", " "])
    })
}

/// `text` with a space on each side of the characters that are `chosen`.
fn spaced(text: &str, chosen: fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        if chosen(c) {
            out.extend([' ', c, ' ']);
        } else {
            out.push(c);
        }
    }
    out
}

/// `text` with strings put before, between and after each pair of neighbours for which `rule` gives them. As with
/// a substitution by pattern, a character belongs to one pair at most, and pairs are found from the left.
fn pairs(text: &str, rule: impl Fn(char, char) -> Option<[&'static str; 3]>) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text.chars();
    while let Some(first) = rest.next() {
        let mut ahead = rest.clone();
        match ahead.next().and_then(|second| Some((second, rule(first, second)?))) {
            Some((second, [before, between, after])) => {
                out.push_str(before);
                out.push(first);
                out.push_str(between);
                out.push(second);
                out.push_str(after);
                rest = ahead;
            }
            None => out.push(first),
        }
    }
    out
}

fn is_stop(c: char) -> bool {
    matches!(c, '.' | ',')
}

/// What stands apart in Western text. The range from the space to `&` is tercom's.
fn is_western_separator(c: char) -> bool {
    matches!(c, ' '..='&' | '('..='+' | '/' | ':'..='@' | '['..='`' | '{'..='~')
}

fn is_punctuation(c: char) -> bool {
    matches!(c, '.' | ',' | '?' | ':' | ';' | '!' | '"' | '(' | ')')
}

/// Asian and full-width punctuation.
fn is_asian_punctuation(c: char) -> bool {
    matches!(c,
        '\u{3001}' | '\u{3002}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301f}'
        | '\u{ff61}'..='\u{ff65}' | '\u{30fb}'
        | '\u{ff01}' | '\u{ff02}' | '\u{ff08}' | '\u{ff09}' | '\u{ff0c}' | '\u{ff0e}'
        | '\u{ff1a}' | '\u{ff1b}' | '\u{ff1f}')
}

/// Asian characters that are words of their own.
fn stands_alone(c: char) -> bool {
    is_asian_punctuation(c)
        || matches!(c,
            '\u{2e80}'..='\u{2eff}' // radicals supplement
            | '\u{31c0}'..='\u{31ef}' // strokes
            // Enclosed letters and months end at U+32FF; the reference has the end as 3F22, and so have we.
            | '\u{3200}'..='\u{3f22}'
            | '\u{3400}'..='\u{4dbf}' // ideographs, extension A
            | '\u{4e00}'..='\u{9fff}' // ideographs
            | '\u{f900}'..='\u{faff}' // compatibility ideographs
            | '\u{fe30}'..='\u{fe4f}') // compatibility forms
}

#[cfg(test)]
mod tests {
    use super::*;

    const NORMALIZED: TerOptions = TerOptions {
        normalized: true,
        no_punct: false,
        asian_support: false,
        case_sensitive: false,
    };

    fn words(line: &str, options: TerOptions) -> String {
        python::words(&prepare(line, options)).collect::<Vec<_>>().join(" ")
    }

    /// Witness of all expectations here: `TercomTokenizer`, sacreBLEU 2.6.0.
    #[test]
    fn normal_form_sets_punctuation_apart() {
        for (line, expected) in [
            ("It's 3.5, not 1,000-2.", "it 's 3.5 , not 1,000 - 2 ."),
            ("end-\n-ed\nline", "end-ed line"),
            ("&amp;lt; &amp;quot; &QUOT;", "< & quot ; \""),
            ("a..b,.c", "a . . b , . c"),
            ("it's. it's", "it's . it 's"),
        ] {
            assert_eq!(words(line, NORMALIZED), expected, "{line}");
        }
    }

    /// Witness: `TER(normalized=True)._extract_reference_info`, given what `_preprocess_segment` made of the line.
    #[test]
    fn references_go_through_twice() {
        let words = |line| {
            let text = prepare_reference(line, NORMALIZED);
            python::words(&text).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(words("it's."), "it 's .");
        assert_eq!(words("a..b"), "a . . b");
        assert_eq!(words("it's? &amp;amp;"), "it 's ? & amp ;");
    }

    #[test]
    fn asian_characters_are_words_only_if_asked_for() {
        let asian = TerOptions { asian_support: true, ..NORMALIZED };
        assert_eq!(words("日本、ひらがな", NORMALIZED), "日本、ひらがな");
        assert_eq!(words("日本、ひらがな", asian), "日 本 、 ひらがな");
        let bare = TerOptions { no_punct: true, asian_support: true, ..TerOptions::default() };
        assert_eq!(words("「日本」(a)!?", bare), "日本a");
    }
}
