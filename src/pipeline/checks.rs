//! The failure verdict of one translation.
//!
//! Owns: what makes a translation unfit, and the thresholds.
//! In: source and hypothesis. Out: reasons; none means fit.
//! Never: a second try (that is `translate`).

use crate::domain::FailureReason;
use crate::ports::{Hypothesis, StopReason};
use crate::text::repetition::longest_loop;
use crate::text::script::{arabic_letter_share, letters};
use crate::text::{Profile, normalize};

/// When a translation counts as failed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// Least characters of the translation for each character of the source.
    pub min_length_ratio: f32,
    /// Most characters of the translation for each character of the source.
    pub max_length_ratio: f32,
    /// Largest share of Arabic letters in the translation, 0 to 1.
    pub max_source_script: f32,
    /// Least mean log-probability of a token, in nats.
    pub min_mean_logprob: f32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            min_length_ratio: 0.35,
            max_length_ratio: 3.5,
            max_source_script: 0.0,
            min_mean_logprob: -1.6,
        }
    }
}

/// Sources shorter than this many characters have no meaningful length ratio.
const MIN_CHARS_FOR_RATIO: usize = 20;

/// The checks that `hypothesis` fails as a translation of `source`; none where the source has no letters.
#[must_use]
pub fn judge(source: &str, hypothesis: &Hypothesis, thresholds: &Thresholds) -> Vec<FailureReason> {
    if letters(source).total() == 0 {
        return Vec::new();
    }
    let text = hypothesis.text.trim();
    if text.is_empty() {
        return vec![FailureReason::Empty];
    }
    let mut reasons = Vec::new();
    // A text that repeats itself may do so in translation.
    if longest_loop(source).is_none()
        && let Some(repeated) = longest_loop(text)
    {
        let (phrase, times) = (repeated.phrase, repeated.times);
        reasons.push(FailureReason::RepetitionLoop { phrase, times });
    }
    let share = arabic_letter_share(text);
    if normalize(source, Profile::Match).text() == normalize(text, Profile::Match).text() {
        reasons.push(FailureReason::CopiedSource);
    } else if share > thresholds.max_source_script {
        reasons.push(FailureReason::SourceScriptLeft { share });
    }
    let source_chars = source.chars().count();
    let ratio = share_of(text.chars().count(), source_chars);
    let plausible = thresholds.min_length_ratio..=thresholds.max_length_ratio;
    if source_chars >= MIN_CHARS_FOR_RATIO && !plausible.contains(&ratio) {
        reasons.push(FailureReason::LengthRatio { ratio });
    }
    if hypothesis.stop == StopReason::TokenLimit {
        reasons.push(FailureReason::CutAtLimit { limit: hypothesis.tokens });
    }
    if hypothesis.mean_logprob_nats < thresholds.min_mean_logprob {
        reasons.push(FailureReason::LowLogprob { mean_nats: hypothesis.mean_logprob_nats });
    }
    reasons
}

#[expect(clippy::cast_precision_loss, reason = "a ratio of lengths needs no more than 24 bits")]
fn share_of(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "أكد الرئيس الروسي أنه يرحب بالتنسيق بين البلدين";

    fn hypothesis(text: &str) -> Hypothesis {
        Hypothesis {
            text: text.to_owned(),
            mean_logprob_nats: -0.4,
            tokens: 12,
            stop: StopReason::EndMark,
        }
    }

    fn reasons(text: &str) -> Vec<FailureReason> {
        judge(SOURCE, &hypothesis(text), &Thresholds::default())
    }

    #[test]
    fn a_fit_translation_has_no_reasons() {
        assert_eq!(reasons("The Russian president said he welcomed coordination"), []);
    }

    #[test]
    fn each_way_to_fail_is_named() {
        assert_eq!(reasons("  "), [FailureReason::Empty]);
        assert_eq!(reasons(SOURCE), [FailureReason::CopiedSource]);
        let looping = "the coordination of the coordination of the coordination of the";
        assert!(matches!(reasons(looping)[..], [FailureReason::RepetitionLoop { .. }]));
        let half = "The Russian president الروسي welcomed coordination";
        assert!(matches!(reasons(half)[..], [FailureReason::SourceScriptLeft { .. }]));
        assert!(matches!(reasons("Yes.")[..], [FailureReason::LengthRatio { .. }]));
    }

    #[test]
    fn a_cut_and_an_unlikely_text_fail() {
        let mut poor = hypothesis("The Russian president said he welcomed coordination");
        poor.stop = StopReason::TokenLimit;
        poor.mean_logprob_nats = -3.0;
        let reasons = judge(SOURCE, &poor, &Thresholds::default());
        assert!(matches!(
            reasons[..],
            [FailureReason::CutAtLimit { limit: 12 }, FailureReason::LowLogprob { .. }]
        ));
    }

    #[test]
    fn every_threshold_changes_the_verdict() {
        let usual = Thresholds::default();
        let text = hypothesis("The Russian president الروسي welcomed the coordination");
        let judged = |thresholds| judge(SOURCE, &text, &thresholds).len();
        assert_eq!(judged(usual), 1);
        assert_eq!(judged(Thresholds { max_source_script: 0.5, ..usual }), 0);
        assert_eq!(judged(Thresholds { min_mean_logprob: -0.1, ..usual }), 2);
        assert_eq!(judged(Thresholds { max_length_ratio: 0.5, ..usual }), 2);
        assert_eq!(judged(Thresholds { min_length_ratio: 2.0, ..usual }), 2);
    }

    #[test]
    fn digits_alone_are_not_judged() {
        assert_eq!(judge("2021", &hypothesis(""), &Thresholds::default()), []);
    }
}
