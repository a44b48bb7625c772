//! Cuts text into the words that byte-level BPE may not merge across.
//!
//! Owns: the patterns of the model families we read, under the names GGUF gives them.
//! In: text. Out: pieces of it, in order, that together are the text.
//! Never: merging, bytes.

use regex::Regex;

use super::TokenizerError;

/// One way to cut.
#[derive(Clone, Copy)]
struct Pattern {
    regex: &'static str,
    /// Whether spaces that end a line are one word, to the last line end; else they are spaces like others.
    keeps_line_ends: bool,
}

/// Contractions, letters, one to three digits, marks, line ends, spaces: the Llama 3 family.
const LLAMA_3: Pattern = Pattern {
    regex: concat!(
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|",
        r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+"
    ),
    keeps_line_ends: true,
};
/// The same with digits one by one: Qwen 2, 2.5 and 3.
const QWEN_2: Pattern = Pattern {
    regex: concat!(
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|",
        r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+"
    ),
    keeps_line_ends: true,
};
const GPT_2: Pattern = simple(r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+");
const ONE_DIGIT: Pattern = simple(r"\p{N}");
const PUNCTUATION: Pattern = simple(r"[\p{P}$+<=>^~|]+");
const DIGITS: Pattern = simple(r"\p{N}+");
const THREE_DIGITS: Pattern = simple(r"[0-9]{3}");

const fn simple(regex: &'static str) -> Pattern {
    Pattern { regex, keeps_line_ends: false }
}

/// Values of `tokenizer.ggml.pre` that are read.
const SUPPORTED: &[&str] =
    &["qwen2", "llama-bpe", "llama3", "llama-v3", "gpt-2", "smollm", "default"];

struct Step {
    regex: Regex,
    keeps_line_ends: bool,
}

/// Patterns used one after another, each on the pieces that the one before it left.
///
/// The published patterns end in `\s+(?!\S)|\s+`: spaces before a word, but for the last one, which goes with the word.
/// Ours end in `\s+` and the last space is given back afterwards. So no pattern looks ahead, and matching takes time
/// linear in the text, whatever the text is.
pub(super) struct Pretokenizer {
    steps: Vec<Step>,
    /// Whether words that are tokens as they stand are not merged piece by piece.
    pub(super) takes_whole_words: bool,
    /// Whether text is brought to Unicode's composed form (NFC) first.
    pub(super) composes: bool,
}

impl Pretokenizer {
    /// The pre-tokenizer that a GGUF file names.
    ///
    /// # Errors
    /// [`TokenizerError::UnknownPreTokenizer`] if we have no pattern for it.
    pub(super) fn named(name: &str) -> Result<Self, TokenizerError> {
        let patterns: &[Pattern] = match name {
            "qwen2" => &[QWEN_2],
            "llama-bpe" | "llama3" | "llama-v3" => &[LLAMA_3],
            "gpt-2" => &[GPT_2],
            "smollm" => &[ONE_DIGIT, GPT_2],
            "default" | "" => &[PUNCTUATION, GPT_2, DIGITS, THREE_DIGITS],
            _ => {
                let found = name.to_owned();
                return Err(TokenizerError::UnknownPreTokenizer { found, supported: SUPPORTED });
            }
        };
        let steps = (patterns.iter())
            .map(|pattern| {
                let regex = Regex::new(pattern.regex)?;
                Ok(Step { regex, keeps_line_ends: pattern.keeps_line_ends })
            })
            .collect::<Result<_, regex::Error>>()
            .map_err(|error| TokenizerError::Setup(error.into()))?;
        let takes_whole_words = matches!(name, "llama-bpe" | "llama3" | "llama-v3");
        Ok(Self { steps, takes_whole_words, composes: name == "qwen2" })
    }

    /// Hands the words of `text` to `take`, in order.
    pub(super) fn words<'t>(&self, text: &'t str, take: &mut dyn FnMut(&'t str)) {
        split(&self.steps, text, take);
    }
}

fn split<'t>(steps: &[Step], text: &'t str, take: &mut dyn FnMut(&'t str)) {
    let Some((step, later)) = steps.split_first() else {
        take(text);
        return;
    };
    let mut at = 0;
    while let Some(found) = step.regex.find_at(text, at) {
        let is_last = found.end() == text.len();
        let bytes = if is_last { found.len() } else { step.bytes_kept(found.as_str()) };
        let end = found.start() + bytes;
        for piece in [text.get(at..found.start()), text.get(found.start()..end)] {
            if let Some(piece) = piece.filter(|piece| !piece.is_empty()) {
                split(later, piece, take);
            }
        }
        at = end;
    }
    if let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        split(later, rest, take);
    }
}

impl Step {
    /// The bytes of a match before more text that stay in it: all, but for the last of several spaces.
    fn bytes_kept(&self, found: &str) -> usize {
        let Some(last) = found.chars().next_back() else { return 0 };
        let but_last = found.len() - last.len_utf8();
        let ends_line = self.keeps_line_ends && matches!(last, '\r' | '\n');
        if but_last > 0 && !ends_line && found.chars().all(char::is_whitespace) {
            but_last
        } else {
            found.len()
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;

    fn words(name: &str, text: &'static str) -> Vec<&'static str> {
        let mut words = Vec::new();
        Pretokenizer::named(name).unwrap().words(text, &mut |word| words.push(word));
        words
    }

    #[test]
    fn every_supported_name_has_a_pattern_that_compiles() {
        for name in SUPPORTED {
            assert_eq!(words(name, "ab 12").concat(), "ab 12");
        }
    }

    #[test]
    fn spaces_before_a_word_leave_it_one() {
        assert_eq!(words("qwen2", "a   ب  "), ["a", "  ", " ب", "  "]);
        assert_eq!(words("gpt-2", "a\n\nb"), ["a", "\n", "\n", "b"]);
    }

    #[test]
    fn line_ends_stay_together_where_the_family_keeps_them() {
        assert_eq!(words("qwen2", "a \n\n  b"), ["a", " \n\n", " ", " b"]);
        assert_eq!(words("llama-bpe", "a.\n\nb"), ["a", ".\n\n", "b"]);
    }

    #[test]
    fn each_family_cuts_digits_its_own_way() {
        assert_eq!(words("qwen2", "12345"), ["1", "2", "3", "4", "5"]);
        assert_eq!(words("llama-bpe", "12345"), ["123", "45"]);
        assert_eq!(words("smollm", "a 12"), ["a", " ", "1", "2"]);
        assert_eq!(words("gpt-2", "a 12345"), ["a", " 12345"]);
        assert_eq!(words("default", "12345"), ["123", "45"]);
    }

    #[test]
    fn arabic_vowel_signs_are_not_letters() {
        assert_eq!(words("qwen2", "كِتاب"), ["ك", "ِتاب"]);
        assert_eq!(words("gpt-2", "كِتاب"), ["ك", "ِ", "تاب"]);
    }
}
