//! The order of steps, generic over ports.
//!
//! Owns: translate → check → retry, summarize, claims, attribute, verify, and the finished brief.
//! In: domain values and engines behind ports. Out: domain values.
//! Never: engines of its own, files, printing.

mod align;
mod assemble;
mod attribute;
mod checks;
mod claims;
mod error;
mod ladder;
mod progress;
mod summarize;
mod translate;
mod verify;
mod words;

pub use align::{AlignOptions, Bridged, align_texts, prepare, reject_below};
pub use assemble::{BriefOptions, Engines, brief};
pub use attribute::{Vectors, attribute};
pub use checks::{Thresholds, judge};
pub use claims::claims;
pub use error::PipelineError;
pub use ladder::{JoinedLadder, LadderError, join_ladder};
pub use progress::{Observer, Silent, Stage};
pub use summarize::Extractive;
pub use translate::{TranslateOptions, translate, translate_sentences};
pub use verify::{VerifyOptions, verify};
pub use words::link_words;
