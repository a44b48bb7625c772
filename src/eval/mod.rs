//! How good it is: outputs against references, the way researchers report them.
//!
//! Owns: metrics as sums of per-segment statistics, their signatures, resampling and significance.
//! In: texts, vectors behind ports, finished briefs. Out: [`Evaluation`](crate::domain::Evaluation)s.
//! Never: files, tensors, and what a report looks like (that is `render`).

mod alignment;
mod bleu;
mod briefs;
mod chrf;
mod compare;
mod metric;
mod ngrams;
mod preservation;
mod random;
mod resample;
mod rouge;
mod semantic;
mod ter;
mod threads;
mod tokenize;

pub use alignment::{
    AlignmentErrorRate, Bead, BeadAgreement, BeadF1, BeadKind, NotationError, WordLinks,
    read_ladder, read_links,
};
pub use bleu::{Bleu, Smoothing, UnknownSmoothing};
pub use briefs::{
    JudgedBrief, Unit, citation_columns, laid_side_by_side, own_columns, summaries,
    translation_column,
};
pub use chrf::{Chrf, UnusableOrder};
pub use compare::{
    Column, DEFAULT_SEED, MetricWithScoring, Resampling, System, Texts, compare, segments,
};
pub use metric::{Mean, Metric, Precision, Scoring, Share};
pub use preservation::{Preservation, failures};
pub use resample::Statistics;
pub use rouge::{Rouge, RougeKind, RougeOptions, RougeScore, RougeTokenizer};
pub use semantic::{estimated, semantic, semantic_source, token_matching};
pub use ter::{Ter, TerOptions};
pub use threads::{ThreadsError, on_threads};
pub use tokenize::{Tokenizer, UnknownTokenizer};
