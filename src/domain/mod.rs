//! What things are: plain data and its invariants.
//!
//! Owns: spans, ids, and the values that pass from room to room.
//! In: parts. Out: values that can only be valid.
//! Never: anything else of ours; only `std`, `serde` and `thiserror`.

mod alignment;
mod article;
mod bitext;
mod brief;
mod claim;
mod coverage;
mod document;
mod doubt;
mod entailment;
mod evaluation;
mod evidence;
pub mod exchange;
mod fact;
mod ids;
mod ladder;
mod markup;
mod n_best;
mod ordered_map;
mod reliability;
mod run_vectors;
mod segment;
mod signature;
mod span;
mod summary;

pub use alignment::{
    ALIGNMENT_SCHEMA_VERSION, AlignedSentence, AlignedText, Alignment, AlignmentError, Bead,
    BeadWords, Finding, Side, Word,
};
pub use article::{Article, Language, Metadata};
pub use bitext::{Bitext, BitextError, FailureReason, Outcome, Translation};
pub use brief::{
    Brief, BriefClaim, BriefError, BriefParagraph, BriefSegment, Evidence, FailedSegment, LeftOut,
    Removed, Report, SCHEMA_VERSION, SummaryAuthor,
};
pub use claim::Claim;
pub use coverage::{Coverage, CoveredFact};
pub use document::{Block, BlockKind, Document, LaidOut};
pub use doubt::{Doubt, DoubtKind, Origin, Severity};
pub use entailment::{Entailment, LinkEntailment};
pub use evaluation::{
    EVALUATION_SCHEMA_VERSION, Evaluation, EvaluationInput, InputRole, Interval, MetricInfo,
    MetricScore, PairedTest, SegmentOutput, SegmentScores, Significance, SystemScores,
};
pub use evidence::{Attribution, EvidenceLink, Road, Verdict, WordLink};
pub use fact::{Agreement, Fact, FactCheck, FactKind};
pub use ids::{ClaimId, ParagraphId, SegmentId};
pub use ladder::{NotationError, Rung, read_rungs};
pub use markup::{Markup, MarkupKind};
pub use n_best::{Alternative, NBest};
pub use reliability::{
    Reliability, ReliabilityWeights, WHOLE_WEIGHTS, WORD_WEIGHTS, WordReliability,
};
pub use run_vectors::RunVectors;
pub use segment::{
    BoilerplateKind, Paragraph, ParagraphKind, Segment, SegmentationError, SegmentedArticle,
    is_blank,
};
pub use signature::{ModelSignature, Signature};
pub use span::{ByteSpan, SpanError};
pub use summary::{Summary, SummaryError};
