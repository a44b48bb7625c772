//! Cuts control and user-defined tokens out of a text before it is merged.
//!
//! Owns: which spellings stand for a token, and which of them plain text may use.
//! In: a text. Out: runs of text and tokens, in order.
//! Never: merging.

use std::collections::HashMap;

use super::vocabulary::TokenKind;

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fragment<'t> {
    /// Text to be merged; not empty.
    Text(&'t str),
    /// A token found by its spelling.
    Token(u32),
}

/// Whether the text was written by the program or by someone else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// Only user-defined tokens are cut out.
    PlainData,
    /// Control tokens too.
    Template,
}

struct SpecialToken {
    text: String,
    id: u32,
    silent: bool,
}

/// The tokens that are found by their spelling.
///
/// Where several fit, the longest of those that begin first is taken, as in `tokenizers`. (llama.cpp looks for the
/// longest spelling in the whole text first; the two differ only if the end of one token is the beginning of another.)
pub(super) struct SpecialTokens {
    /// By first byte; longest first.
    by_first_byte: HashMap<u8, Vec<SpecialToken>>,
}

impl SpecialTokens {
    pub(super) fn new(texts: &[String], kinds: &[TokenKind]) -> Self {
        let mut by_first_byte: HashMap<u8, Vec<SpecialToken>> = HashMap::new();
        for ((id, text), kind) in (0_u32..).zip(texts).zip(kinds) {
            let silent = kind.is_silent();
            let Some(&first) = text.as_bytes().first() else { continue };
            if silent || *kind == TokenKind::UserDefined {
                let token = SpecialToken { text: text.clone(), id, silent };
                by_first_byte.entry(first).or_default().push(token);
            }
        }
        for tokens in by_first_byte.values_mut() {
            tokens.sort_by_key(|token| std::cmp::Reverse(token.text.len()));
        }
        Self { by_first_byte }
    }

    /// The token spelt exactly `text`.
    pub(super) fn id(&self, text: &str) -> Option<u32> {
        let tokens = self.by_first_byte.get(text.as_bytes().first()?)?;
        tokens.iter().find(|token| token.text == text).map(|token| token.id)
    }

    pub(super) fn cut<'t>(&self, text: &'t str, trust: Trust) -> Vec<Fragment<'t>> {
        let mut fragments = Vec::new();
        let (mut written_to, mut at) = (0, 0);
        while let Some(rest) = text.as_bytes().get(at..)
            && let Some(first) = rest.first()
        {
            let found = self.by_first_byte.get(first).and_then(|tokens| {
                tokens.iter().find(|token| {
                    (trust == Trust::Template || !token.silent)
                        && rest.starts_with(token.text.as_bytes())
                })
            });
            let Some(token) = found else {
                at += 1;
                continue;
            };
            push_text(&mut fragments, text.get(written_to..at));
            fragments.push(Fragment::Token(token.id));
            at += token.text.len();
            written_to = at;
        }
        push_text(&mut fragments, text.get(written_to..));
        fragments
    }
}

fn push_text<'t>(fragments: &mut Vec<Fragment<'t>>, text: Option<&'t str>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        fragments.push(Fragment::Text(text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn specials() -> SpecialTokens {
        let texts = ["<eos>", "  ", "   ", "a"].map(String::from);
        let kinds =
            [TokenKind::Control, TokenKind::UserDefined, TokenKind::UserDefined, TokenKind::Normal];
        SpecialTokens::new(&texts, &kinds)
    }

    #[test]
    fn plain_text_that_spells_a_control_token_stays_text() {
        let fragments = specials().cut("a<eos>", Trust::PlainData);
        assert_eq!(fragments, [Fragment::Text("a<eos>")]);
    }

    #[test]
    fn a_template_may_spell_a_control_token() {
        let fragments = specials().cut("a<eos>ب", Trust::Template);
        assert_eq!(fragments, [Fragment::Text("a"), Fragment::Token(0), Fragment::Text("ب")]);
    }

    #[test]
    fn the_longest_user_defined_token_is_cut_out_first() {
        let fragments = specials().cut("b     c", Trust::PlainData);
        let expected =
            [Fragment::Text("b"), Fragment::Token(2), Fragment::Token(1), Fragment::Text("c")];
        assert_eq!(fragments, expected);
    }

    #[test]
    fn only_special_tokens_have_a_special_id() {
        assert_eq!(specials().id("<eos>"), Some(0));
        assert_eq!(specials().id("a"), None);
        assert_eq!(specials().id(""), None);
    }
}
