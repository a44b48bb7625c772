//! What shows in a translation's text that it failed.
//!
//! Owns: six checks that need the texts alone, and their limits.
//! In: a translation, and its source where it is known. Out: reasons; none means nothing shows.
//! Never: what an engine says of its own work.

use super::garbled::garbled_word;
use super::repetition::longest_loop;
use super::script::{arabic_letter_share, letters, share};
use super::{Profile, normalize};
use crate::domain::FailureReason;

/// What is still no fault.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Least characters of the translation for each character of the source.
    pub min_length_ratio: f32,
    /// Most characters of the translation for each character of the source.
    pub max_length_ratio: f32,
    /// Largest share of Arabic letters in the translation, 0 to 1.
    pub max_source_script: f32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { min_length_ratio: 0.35, max_length_ratio: 3.5, max_source_script: 0.0 }
    }
}

/// Sources shorter than this many characters have no meaningful length ratio.
const MIN_CHARS_FOR_RATIO: usize = 20;

/// The faults of `translation`; none where the source is known and has no letters.
///
/// Without the source, a text that stands untranslated shows by its Arabic letters only, and no length is
/// implausible.
#[must_use]
pub fn faults(source: Option<&str>, translation: &str, limits: &Limits) -> Vec<FailureReason> {
    if source.is_some_and(|source| letters(source).total() == 0) {
        return Vec::new();
    }
    let text = translation.trim();
    if text.is_empty() {
        return vec![FailureReason::Empty];
    }
    let mut reasons = Vec::new();
    // A text that repeats itself may do so in translation.
    if source.and_then(longest_loop).is_none()
        && let Some(repeated) = longest_loop(text)
    {
        let (phrase, times) = (repeated.phrase, repeated.times);
        reasons.push(FailureReason::RepetitionLoop { phrase, times });
    }
    let matching = |text| normalize(text, Profile::Match).text().to_owned();
    let arabic = arabic_letter_share(text);
    if source.is_some_and(|source| matching(source) == matching(text)) {
        reasons.push(FailureReason::CopiedSource);
    } else if arabic > limits.max_source_script {
        reasons.push(FailureReason::SourceScriptLeft { share: arabic });
    }
    // What the source has garbled is no fault of its translation.
    if source.and_then(garbled_word).is_none()
        && let Some(word) = garbled_word(text)
    {
        reasons.push(FailureReason::Garbled { word: word.to_owned() });
    }
    let source_chars = source.map_or(0, |source| source.chars().count());
    let ratio = share(text.chars().count(), source_chars);
    let plausible = limits.min_length_ratio..=limits.max_length_ratio;
    if source_chars >= MIN_CHARS_FOR_RATIO && !plausible.contains(&ratio) {
        reasons.push(FailureReason::LengthRatio { ratio });
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "أكد الرئيس الروسي أنه يرحب بالتنسيق بين البلدين";
    const LOOP: &str = "the coordination of the coordination of the coordination of the";

    fn reasons(text: &str) -> Vec<FailureReason> {
        faults(Some(SOURCE), text, &Limits::default())
    }

    #[test]
    fn a_fit_translation_has_no_faults() {
        assert_eq!(reasons("The Russian president said he welcomed coordination"), []);
    }

    #[test]
    fn each_fault_is_named() {
        assert_eq!(reasons("  "), [FailureReason::Empty]);
        assert_eq!(reasons(SOURCE), [FailureReason::CopiedSource]);
        assert!(matches!(reasons(LOOP)[..], [FailureReason::RepetitionLoop { .. }]));
        let half = "The Russian president الروسي welcomed coordination";
        assert!(matches!(reasons(half)[..], [FailureReason::SourceScriptLeft { .. }]));
        assert!(matches!(reasons("Yes.")[..], [FailureReason::LengthRatio { .. }]));
        let garbled = "The Russian president of Tráº§n welcomed coordination";
        assert_eq!(reasons(garbled), [FailureReason::Garbled { word: "Tráº§n".to_owned() }]);
        let source = format!("{SOURCE} Tráº§n");
        assert_eq!(faults(Some(&source), garbled, &Limits::default()), []);
    }

    #[test]
    fn without_a_source_the_text_still_speaks() {
        let alone = |text| faults(None, text, &Limits::default());
        assert_eq!(alone(""), [FailureReason::Empty]);
        assert!(matches!(alone(LOOP)[..], [FailureReason::RepetitionLoop { .. }]));
        assert!(matches!(alone(SOURCE)[..], [FailureReason::SourceScriptLeft { .. }]));
        assert_eq!(alone("Yes."), []);
    }

    #[test]
    fn every_limit_changes_the_verdict() {
        let usual = Limits::default();
        let text = "The Russian president الروسي welcomed the coordination";
        let judged = |limits| faults(Some(SOURCE), text, &limits).len();
        assert_eq!(judged(usual), 1);
        assert_eq!(judged(Limits { max_source_script: 0.5, ..usual }), 0);
        assert_eq!(judged(Limits { max_length_ratio: 0.5, ..usual }), 2);
        assert_eq!(judged(Limits { min_length_ratio: 2.0, ..usual }), 2);
    }

    #[test]
    fn digits_alone_are_not_judged() {
        assert_eq!(faults(Some("2021"), "", &Limits::default()), []);
    }
}
