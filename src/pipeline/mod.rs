//! The order of steps, generic over ports.
//!
//! Owns: translate → check → retry, summarize, claims, attribute, verify, and the finished brief.
//! In: domain values and engines behind ports. Out: domain values.
//! Never: engines of its own, files, printing.

mod align;
mod assemble;
mod attribute;
mod check;
mod checks;
mod claims;
mod coverage;
mod entail;
mod error;
mod fidelity;
mod judge;
mod ladder;
mod markup;
mod parts;
mod progress;
mod recheck;
mod reliability;
mod summarize;
mod translate;
mod verify;
mod words;

pub use align::{AlignOptions, Bridged, align_texts, prepare, reject_below};
pub use assemble::{BriefOptions, Engines, Style, brief};
pub use attribute::{Sources, Statement, Support, attribute};
pub use check::{CheckOptions, GivenSummary, check, check_bitext};
pub use checks::{Thresholds, judge};
pub use claims::{Granularity, claims};
pub use coverage::coverage;
pub use error::PipelineError;
pub use judge::Witnesses;
pub use ladder::{JoinedLadder, LadderError, join_ladder};
pub use markup::carry_markup;
pub use progress::{Observer, Silent, Stage};
pub use recheck::taken_apart;
pub use reliability::{WHOLE_COUNTS, WORD_COUNTS, count_whole, count_words, reliability};
pub use summarize::{Compress, Extractive};
pub use translate::{TranslateOptions, n_best, translate, translate_sentences};
pub use verify::{EntailmentOptions, FEATURES, Judged, NAMES, VerifyOptions, Weights, verify};
pub use words::link_words;
