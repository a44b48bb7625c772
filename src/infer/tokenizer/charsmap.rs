//! The text normaliser of sentencepiece.
//!
//! Owns: the precompiled character map (a double-array trie and a table of replacements) and the rules for spaces.
//! In: text. Out: the text that pieces are matched against.
//! Never: pieces.

use std::ops::Range;

use super::TokenizerError;
use super::spm_bpe::SPACE_SIGN;
use super::trie::Trie;

/// How spaces are treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SpaceRules {
    /// A space goes before the text.
    pub(super) add_dummy_prefix: bool,
    /// Spaces at both ends go; several become one.
    pub(super) remove_extra_whitespaces: bool,
    /// A space becomes U+2581.
    pub(super) escape_whitespaces: bool,
}

/// Rewrites text as the model saw it in training.
pub(super) struct Normalizer {
    units: Vec<u32>,
    /// Replacements, each ended by a zero.
    replacements: String,
    rules: SpaceRules,
    /// ASCII bytes that begin no entry of the map, and so stay as they are.
    is_plain: [bool; 128],
    /// Strings that stay as they are.
    kept: Option<Trie>,
}

impl Normalizer {
    /// `map` is empty, or the length in bytes of the trie (u32, little-endian), the trie, the replacements.
    ///
    /// # Errors
    /// [`TokenizerError::CharacterMap`] if the parts do not fit together.
    pub(super) fn new(map: &[u8], rules: SpaceRules) -> Result<Self, TokenizerError> {
        let damaged = |reason| TokenizerError::CharacterMap { reason };
        let (units, replacements) = if map.is_empty() {
            (Vec::new(), String::new())
        } else {
            let (length, rest) = map.split_first_chunk().ok_or(damaged("it has no header"))?;
            let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
            let (trie, replacements) =
                rest.split_at_checked(length).ok_or(damaged("the trie is cut off"))?;
            let (units, odd) = trie.as_chunks::<4>();
            if !odd.is_empty() {
                return Err(damaged("the trie ends inside a unit"));
            }
            let replacements = String::from_utf8(replacements.to_vec())
                .map_err(|_| damaged("a replacement is not UTF-8"))?;
            (units.iter().map(|unit| u32::from_le_bytes(*unit)).collect(), replacements)
        };
        let mut normalizer =
            Self { units, replacements, rules, is_plain: [false; 128], kept: None };
        for byte in 0..128_u8 {
            normalizer.is_plain[usize::from(byte)] =
                byte != b' ' && normalizer.child(normalizer.root(), byte).is_none();
        }
        Ok(normalizer)
    }

    /// The same, but that what is in `kept` is not rewritten; user-defined pieces are not.
    pub(super) fn keeping(self, kept: Trie) -> Self {
        Self { kept: Some(kept), ..self }
    }

    /// Rewrites `text`.
    ///
    /// Source: `Normalizer::Normalize` of sentencepiece.
    pub(super) fn normalize(&self, text: &str) -> String {
        self.rewrite(text, |_, _| {})
    }

    /// Rewrites `text`, and calls `wrote(length, origin)` whenever something was added: how many bytes there are now,
    /// and which bytes of `text` the new ones stand for. Spaces at the end may be taken off again afterwards.
    pub(super) fn rewrite(&self, text: &str, mut wrote: impl FnMut(usize, Range<usize>)) -> String {
        let rules = self.rules;
        let mut rest = text;
        if rules.remove_extra_whitespaces {
            while let (" ", later) = self.first(rest) {
                rest = later;
            }
        }
        let mut out = String::with_capacity(text.len() * 5 / 4 + 3);
        if rest.is_empty() {
            return out;
        }
        let space = if rules.escape_whitespaces { SPACE_SIGN } else { ' ' };
        let place = |rest: &str| text.len() - rest.len();
        if rules.add_dummy_prefix {
            out.push(space);
            wrote(out.len(), place(rest)..place(rest));
        }
        let mut after_space = rules.remove_extra_whitespaces;
        while !rest.is_empty() {
            let (mut replacement, later) = self.first(rest);
            let origin = place(rest)..place(later);
            rest = later;
            if after_space {
                replacement = replacement.trim_start_matches(' ');
            }
            if replacement.is_empty() {
                continue;
            }
            out.extend(replacement.chars().map(|c| if c == ' ' { space } else { c }));
            wrote(out.len(), origin);
            after_space = rules.remove_extra_whitespaces && replacement.ends_with(' ');
        }
        if rules.remove_extra_whitespaces {
            out.truncate(out.trim_end_matches(space).len());
        }
        out
    }

    /// What the beginning of `text` becomes, and the text after it.
    fn first<'t>(&'t self, text: &'t str) -> (&'t str, &'t str) {
        let bytes = text.as_bytes();
        if let Some(kept) = &self.kept {
            let mut longest = 0;
            kept.prefixes(bytes, |length, _| longest = length);
            if longest > 0 {
                return text.split_at_checked(longest).unwrap_or((text, ""));
            }
        }
        let is_plain =
            bytes.first().is_some_and(|&byte| byte.is_ascii() && self.is_plain[usize::from(byte)]);
        if !is_plain
            && let Some((length, replacement)) = self.longest_entry(bytes)
            && let Some(later) = text.get(length..)
        {
            return (replacement, later);
        }
        let length = text.chars().next().map_or(0, char::len_utf8);
        text.split_at_checked(length).unwrap_or((text, ""))
    }

    /// The longest entry of the map that begins `text`: its bytes and what they become.
    fn longest_entry(&self, text: &[u8]) -> Option<(usize, &str)> {
        let mut node = self.root();
        let mut longest = None;
        for (length, &byte) in (1..).zip(text) {
            let Some(unit) = self.child(node, byte) else { break };
            node = unit.children;
            if unit.has_value {
                longest = self.units.get(node).map(|value| (length, value & 0x7FFF_FFFF));
            }
        }
        let (length, value) = longest?;
        let replacement = self.replacements.get(usize::try_from(value).ok()?..)?;
        Some((length, replacement.split('\0').next()?))
    }

    fn root(&self) -> usize {
        self.units.first().map_or(0, |&unit| offset(unit))
    }

    /// Follows `byte` from the node whose children are found from `children` on.
    fn child(&self, children: usize, byte: u8) -> Option<Child> {
        let at = children ^ usize::from(byte);
        let unit = *self.units.get(at)?;
        (unit & 0x8000_00FF == u32::from(byte))
            .then(|| Child { children: at ^ offset(unit), has_value: unit & 0x100 != 0 })
    }
}

/// A node of the double array.
struct Child {
    children: usize,
    has_value: bool,
}

/// How far a unit's children are, in the layout of darts-clone: 22 bits, and one that scales them by 256.
fn offset(unit: u32) -> usize {
    ((unit >> 10) as usize) << ((unit & 0x200) >> 6)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;

    const ALL: SpaceRules = SpaceRules {
        add_dummy_prefix: true,
        remove_extra_whitespaces: true,
        escape_whitespaces: true,
    };
    const NONE: SpaceRules = SpaceRules {
        add_dummy_prefix: false,
        remove_extra_whitespaces: false,
        escape_whitespaces: false,
    };

    fn spaced(rules: SpaceRules, text: &str) -> String {
        Normalizer::new(&[], rules).unwrap().normalize(text)
    }

    #[test]
    fn each_rule_for_spaces_changes_something() {
        let text = "  a  b ";
        assert_eq!(spaced(NONE, text), text);
        assert_eq!(spaced(SpaceRules { add_dummy_prefix: true, ..NONE }, text), "   a  b ");
        assert_eq!(spaced(SpaceRules { remove_extra_whitespaces: true, ..NONE }, text), "a b");
        assert_eq!(spaced(SpaceRules { escape_whitespaces: true, ..NONE }, text), "▁▁a▁▁b▁");
        assert_eq!(spaced(ALL, text), "▁a▁b");
    }

    #[test]
    fn nothing_but_spaces_becomes_nothing() {
        assert_eq!(spaced(ALL, "   "), "");
        assert_eq!(spaced(ALL, ""), "");
    }

    #[test]
    fn a_damaged_map_is_refused_not_read() {
        for (map, reason) in [
            (&[1_u8, 0][..], "it has no header"),
            (&[8, 0, 0, 0, 1], "the trie is cut off"),
            (&[2, 0, 0, 0, 1, 1], "the trie ends inside a unit"),
            (&[0, 0, 0, 0, 0xFF], "a replacement is not UTF-8"),
        ] {
            let error = Normalizer::new(map, ALL).err().unwrap();
            assert_eq!(error.to_string(), format!("the character map is damaged: {reason}"));
        }
    }
}
