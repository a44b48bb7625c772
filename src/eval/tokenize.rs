//! sacreBLEU's tokenisers for BLEU.
//!
//! Owns: the rules of `13a`, `intl`, `char` and `none`; sentencepiece pieces come through a port.
//! In: one line. Out: its tokens, separated by single spaces.
//! Source: `tokenizers/` of sacreBLEU 2.6.0, whose regular expressions follow mteval-v13a.pl and mteval-v14.pl.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, LazyLock};

use regex::Regex;

use crate::ports::PieceTokenizer;
use crate::text::python;

/// How a line is cut into tokens before n-grams are counted.
#[derive(Clone, Default)]
pub enum Tokenizer {
    /// mteval-v13a: the default of WMT and sacreBLEU.
    #[default]
    Mteval13a,
    /// mteval-v14 with its international option: all Unicode punctuation and symbols stand alone.
    International,
    /// Characters.
    Character,
    /// Spaces only: the text is tokenised already.
    None,
    /// Pieces of a sentencepiece model, as in spBLEU; the name goes into the signature.
    Pieces {
        /// `flores200`, `flores101`, or the name of another model.
        name: String,
        /// The model.
        model: Arc<dyn PieceTokenizer>,
    },
}

impl fmt::Debug for Tokenizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The tokenizer that was asked for needs no model and is not known.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown tokenizer `{0}`")]
pub struct UnknownTokenizer(pub String);

impl FromStr for Tokenizer {
    type Err = UnknownTokenizer;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "13a" => Ok(Self::Mteval13a),
            "intl" => Ok(Self::International),
            "char" => Ok(Self::Character),
            "none" => Ok(Self::None),
            _ => Err(UnknownTokenizer(name.to_owned())),
        }
    }
}

impl Tokenizer {
    /// Its name in signatures.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Mteval13a => "13a",
            Self::International => "intl",
            Self::Character => "char",
            Self::None => "none",
            Self::Pieces { name, .. } => name,
        }
    }

    /// The tokens of `line`, with white space between them and perhaps around them.
    #[must_use]
    pub fn tokenize(&self, line: &str) -> String {
        match self {
            Self::Mteval13a => mteval_13a(line),
            Self::International => international(line),
            Self::Character => spaced(line.chars()),
            Self::None => line.to_owned(),
            Self::Pieces { model, .. } => model.pieces(line).join(" "),
        }
    }
}

fn spaced(characters: impl Iterator<Item = char>) -> String {
    let mut text = String::new();
    for character in characters {
        text.push(character);
        text.push(' ');
    }
    text
}

/// The four replacements of mteval-v13a, one after the other over the whole line, each from left to right with
/// matches that do not overlap; a later one sees the spaces that an earlier one put in.
fn mteval_13a(line: &str) -> String {
    let unescaped = unescape(line);
    let mut spread = Vec::with_capacity(unescaped.len() * 2 + 2);
    spread.push(' ');
    for character in unescaped.chars() {
        if stands_alone(character) {
            spread.extend([' ', character, ' ']);
        } else {
            spread.push(character);
        }
    }
    spread.push(' ');
    let spread = separate(&spread, |first, second| {
        (!first.is_ascii_digit() && is_stop(second)).then_some([
            Some(first),
            Some(' '),
            Some(second),
            Some(' '),
        ])
    });
    let spread = separate(&spread, |first, second| {
        (is_stop(first) && !second.is_ascii_digit()).then_some([
            Some(' '),
            Some(first),
            Some(' '),
            Some(second),
        ])
    });
    let spread = separate(&spread, |first, second| {
        (first.is_ascii_digit() && second == '-').then_some([
            Some(first),
            Some(' '),
            Some(second),
            Some(' '),
        ])
    });
    spread.into_iter().collect()
}

fn unescape(line: &str) -> String {
    let line = line.replace("<skipped>", "").replace("-\n", "").replace('\n', " ");
    if !line.contains('&') {
        return line;
    }
    line.replace("&quot;", "\"").replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
}

fn is_stop(character: char) -> bool {
    matches!(character, '.' | ',')
}

/// ASCII punctuation without apostrophe, comma, hyphen and full stop.
fn stands_alone(character: char) -> bool {
    matches!(character, '{'..='~' | '['..='`' | ' '..='&' | '('..='+' | ':'..='@' | '/')
}

/// Replaces pairs of characters for which `rule` has an answer, from left to right without overlap.
fn separate(
    characters: &[char],
    rule: impl Fn(char, char) -> Option<[Option<char>; 4]>,
) -> Vec<char> {
    let mut result = Vec::with_capacity(characters.len() + characters.len() / 4);
    let mut at = 0;
    while let Some(&first) = characters.get(at) {
        let replaced = characters.get(at + 1).and_then(|&second| rule(first, second));
        if let Some(replacement) = replaced {
            result.extend(replacement.into_iter().flatten());
            at += 2;
        } else {
            result.push(first);
            at += 1;
        }
    }
    result
}

fn international(line: &str) -> String {
    let mut line = line.to_owned();
    for (pattern, replacement) in INTERNATIONAL.iter().flatten() {
        line = pattern.replace_all(&line, *replacement).into_owned();
    }
    line
}

/// None only if a pattern written here were not one; a test compiles them.
static INTERNATIONAL: LazyLock<[Option<(Regex, &str)>; 3]> = LazyLock::new(|| {
    [
        (r"(?s)(\P{N})(\p{P})", "${1} ${2} "),
        (r"(?s)(\p{P})(\P{N})", " ${1} ${2}"),
        (r"(\p{S})", " ${1} "),
    ]
    .map(|(pattern, replacement)| Some((Regex::new(pattern).ok()?, replacement)))
});

/// The tokens of `line` after sacreBLEU's preparation: trailing space cut, lower case if asked for.
pub(super) fn prepared(line: &str, lowercase: bool, tokenizer: &Tokenizer) -> String {
    if lowercase {
        tokenizer.tokenize(python::trim_end(&line.to_lowercase()))
    } else {
        tokenizer.tokenize(python::trim_end(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(tokenizer: &Tokenizer, line: &str) -> Vec<String> {
        let text = prepared(line, false, tokenizer);
        python::words(&text).map(str::to_owned).collect()
    }

    #[test]
    fn all_patterns_are_patterns() {
        assert!(INTERNATIONAL.iter().all(Option::is_some));
    }

    #[test]
    fn thirteen_a_keeps_decimals_and_splits_stops() {
        let line = "It rose 3.5%, to $1,200 (up from &quot;low&quot;).";
        let expected = [
            "It", "rose", "3.5", "%", ",", "to", "$", "1,200", "(", "up", "from", "\"", "low",
            "\"", ")", ".",
        ];
        assert_eq!(tokens(&Tokenizer::Mteval13a, line), expected);
    }

    #[test]
    fn international_splits_arabic_punctuation() {
        let expected = ["قال", "،", "«", "نعم", "»", "؟"];
        assert_eq!(tokens(&Tokenizer::International, "قال، «نعم»؟"), expected);
        assert_eq!(tokens(&Tokenizer::Mteval13a, "قال، «نعم»؟"), ["قال،", "«نعم»؟"]);
    }

    #[test]
    fn characters_leave_spaces_out() {
        assert_eq!(tokens(&Tokenizer::Character, "a b"), ["a", "b"]);
    }
}
