//! The failure verdict of one translation.
//!
//! Owns: what an engine's own account adds to the faults that the text shows, and all thresholds together.
//! In: source and hypothesis. Out: reasons; none means fit.
//! Never: a second try (that is `translate`).

use crate::domain::FailureReason;
use crate::ports::{Hypothesis, StopReason};
use crate::text::faults::{Limits, faults};
use crate::text::script::letters;

/// When a translation counts as failed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// What the text may show.
    pub text: Limits,
    /// Least mean log-probability of a token, in nats.
    pub min_mean_logprob: f32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { text: Limits::default(), min_mean_logprob: -1.6 }
    }
}

/// The checks that `hypothesis` fails as a translation of `source`; none where the source has no letters.
#[must_use]
pub fn judge(source: &str, hypothesis: &Hypothesis, thresholds: &Thresholds) -> Vec<FailureReason> {
    let mut reasons = faults(Some(source), &hypothesis.text, &thresholds.text);
    if letters(source).total() == 0 || hypothesis.text.trim().is_empty() {
        return reasons;
    }
    if hypothesis.stop == StopReason::TokenLimit {
        reasons.push(FailureReason::CutAtLimit { limit: hypothesis.tokens });
    }
    if hypothesis.mean_logprob_nats < thresholds.min_mean_logprob {
        reasons.push(FailureReason::LowLogprob { mean_nats: hypothesis.mean_logprob_nats });
    }
    reasons
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

    #[test]
    fn the_faults_of_the_text_count() {
        let judged = |text| judge(SOURCE, &hypothesis(text), &Thresholds::default());
        assert_eq!(judged("The Russian president said he welcomed coordination"), []);
        assert_eq!(judged(" "), [FailureReason::Empty]);
        assert!(matches!(judged("Yes.")[..], [FailureReason::LengthRatio { .. }]));
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
    fn the_least_logprob_changes_the_verdict() {
        let text = hypothesis("The Russian president said he welcomed coordination");
        let judged = |min_mean_logprob| {
            judge(SOURCE, &text, &Thresholds { min_mean_logprob, ..Thresholds::default() }).len()
        };
        assert_eq!((judged(-1.6), judged(-0.1)), (0, 1));
    }

    #[test]
    fn digits_alone_are_not_judged() {
        assert_eq!(judge("2021", &hypothesis(""), &Thresholds::default()), []);
    }
}
