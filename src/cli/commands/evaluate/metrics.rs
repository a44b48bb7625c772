//! Names of metrics to columns of scores.
//!
//! Owns: what may be asked for by which name, and what each metric needs.

use std::path::Path;
use std::sync::Arc;

use isnad::domain::ModelSignature;
use isnad::eval::{
    Bleu, Chrf, Column, MetricWithScoring, Preservation, Rouge, RougeKind, RougeOptions,
    RougeTokenizer, Ter, TerOptions, Texts, Tokenizer, estimated, failures, on_threads, semantic,
    semantic_source, token_matching,
};
use isnad::infer::{CometEstimator, InferError, SentencePieces};
use isnad::ports::{Embedder, ModelFiles as _, PieceTokenizer as _, QualityEstimator as _};
use isnad::text::script::letters;

use super::super::engines::{embedder, open_store};
use super::stem;
use super::watched::Watched;
use crate::cli::CliError;
use crate::cli::args::Global;
use crate::cli::args_evaluate::Scoring;
use crate::cli::settings::Settings;

/// Whose numbers ours are, as their signatures say.
const SACREBLEU: Option<&str> = Some("2.6.0");
const ROUGE_SCORE: Option<&str> = Some("0.1.2");

/// A metric that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    Bleu,
    Chrf,
    ChrfPlusPlus,
    Ter,
    Rouge(RougeKind),
    Semantic,
    SemanticSource,
    BertScore,
    Comet,
    Kept(Preservation),
    Failures,
    Beads,
    Aer,
}

use Choice::{Aer, Beads, BertScore, Comet, Failures, Kept, Semantic, SemanticSource};

/// Every name, in the order of the help text.
const NAMES: [(&str, &[Choice]); 21] = [
    ("bleu", &[Choice::Bleu]),
    ("chrf", &[Choice::Chrf]),
    ("chrf++", &[Choice::ChrfPlusPlus]),
    ("ter", &[Choice::Ter]),
    ("rouge1", &[Choice::Rouge(RougeKind::One)]),
    ("rouge2", &[Choice::Rouge(RougeKind::Two)]),
    ("rougel", &[Choice::Rouge(RougeKind::L)]),
    ("rougelsum", &[Choice::Rouge(RougeKind::Lsum)]),
    ("rouge", &ROUGE),
    ("semantic", &[Semantic]),
    ("bertscore", &[BertScore]),
    ("semantic-src", &[SemanticSource]),
    ("comet", &[Comet]),
    ("numbers", &[Kept(Preservation::Numbers)]),
    ("names", &[Kept(Preservation::Names)]),
    ("length", &[Kept(Preservation::LengthError)]),
    ("arabic", &[Kept(Preservation::ArabicLeft)]),
    ("failures", &[Failures]),
    ("beads", &[Beads]),
    ("aer", &[Aer]),
    ("kept", &KEPT),
];

const ROUGE: [Choice; 4] = [
    Choice::Rouge(RougeKind::One),
    Choice::Rouge(RougeKind::Two),
    Choice::Rouge(RougeKind::L),
    Choice::Rouge(RougeKind::Lsum),
];

const KEPT: [Choice; 5] = [
    Kept(Preservation::Numbers),
    Kept(Preservation::Names),
    Kept(Preservation::LengthError),
    Kept(Preservation::ArabicLeft),
    Failures,
];

impl Choice {
    /// The metrics called `names`, each once, in the order of their first mention; nothing for nothing.
    pub(super) fn read(names: &[String]) -> Result<Vec<Self>, CliError> {
        let mut choices = Vec::new();
        for name in names.iter().map(|name| name.trim().to_lowercase()) {
            let found = NAMES.iter().find(|(known, _)| *known == name).map(|(_, found)| *found);
            let Some(found) = found else {
                let known = NAMES.map(|(name, _)| name).join(", ");
                return Err(CliError::UnknownMetric { name, known });
            };
            for choice in found {
                if !choices.contains(choice) {
                    choices.push(*choice);
                }
            }
        }
        Ok(choices)
    }

    /// Whether it judges alignments instead of texts.
    pub(super) fn is_alignment(self) -> bool {
        matches!(self, Beads | Aer)
    }

    /// Whether it compares with a reference.
    pub(super) fn needs_reference(self) -> bool {
        !matches!(self, SemanticSource | Failures | Kept(Preservation::ArabicLeft))
    }

    /// Whether it looks at the source.
    pub(super) fn needs_source(self) -> bool {
        matches!(self, SemanticSource | Comet)
    }

    /// Its name on the command line.
    pub(super) fn name(self) -> &'static str {
        let own = NAMES.iter().find(|(_, choices)| **choices == [self]);
        own.map_or("", |(name, _)| *name)
    }

    /// The metric that compares texts alone, and the version whose numbers it gives; none if it needs more.
    pub(super) fn lexical(
        self,
        scoring: &Scoring,
        tokenizer: &Tokenizer,
        rouge: RougeTokenizer,
    ) -> Result<Option<Lexical>, CliError> {
        let metric: Box<dyn MetricWithScoring> = match self {
            Choice::Bleu => Box::new(Bleu {
                tokenizer: tokenizer.clone(),
                smoothing: scoring.smooth.parse()?,
                lowercase: scoring.lowercase,
                effective_order: false,
            }),
            Choice::Chrf => Box::new(with_flags(Chrf::default(), scoring)),
            Choice::ChrfPlusPlus => Box::new(with_flags(Chrf::plus_plus(), scoring)),
            Choice::Ter => Box::new(Ter::new(TerOptions {
                normalized: scoring.ter_normalized,
                no_punct: scoring.ter_no_punct,
                asian_support: scoring.ter_asian_support,
                case_sensitive: scoring.ter_case_sensitive,
            })),
            Choice::Rouge(kind) => {
                let options = RougeOptions { stemmer: scoring.stem, tokenizer: rouge };
                Box::new(Rouge::new(kind, options))
            }
            Kept(kept) => Box::new(kept),
            Semantic | SemanticSource | BertScore | Comet | Failures | Beads | Aer => {
                return Ok(None);
            }
        };
        let equals = match self {
            Choice::Bleu | Choice::Chrf | Choice::ChrfPlusPlus | Choice::Ter => SACREBLEU,
            // The Unicode tokenizer is ours.
            Choice::Rouge(_) if rouge == RougeTokenizer::Default => ROUGE_SCORE,
            _ => None,
        };
        Ok(Some((metric, equals)))
    }
}

type Lexical = (Box<dyn MetricWithScoring>, Option<&'static str>);

fn with_flags(mut chrf: Chrf, scoring: &Scoring) -> Chrf {
    chrf.lowercase = scoring.lowercase;
    chrf.whitespace = scoring.chrf_whitespace;
    chrf.eps_smoothing = scoring.chrf_eps;
    chrf
}

/// The tokenizer of BLEU, with the model it needs.
pub(super) fn tokenizer(scoring: &Scoring) -> Result<Tokenizer, CliError> {
    let name = &scoring.tokenize;
    if !Path::new(name).is_file() {
        return Ok(name.parse()?);
    }
    let model = open_store()?.resolve(name)?;
    let file = model.open("pieces").map_err(InferError::File)?;
    let pieces = SentencePieces::load(file, stem(Path::new(name)))?;
    let signature = pieces.signature();
    let name = format!("{}@{}", signature.name, signature.short_sha256());
    Ok(Tokenizer::Pieces { name, model: Arc::new(pieces) })
}

/// The tokenizer of ROUGE: rouge-score's own finds nothing in texts that are not in Latin letters.
pub(super) fn rouge_tokenizer<'a>(
    scoring: &Scoring,
    mut references: impl Iterator<Item = &'a str>,
) -> Result<RougeTokenizer, CliError> {
    match scoring.rouge_tokenizer.as_deref() {
        Some("rouge-score") => Ok(RougeTokenizer::Default),
        Some("unicode") => Ok(RougeTokenizer::Unicode),
        Some(other) => Err(CliError::UnknownRougeTokenizer(other.to_owned())),
        None => {
            let (latin, total) = references.by_ref().take(1000).fold((0, 0), |sum, line| {
                let letters = letters(line);
                (sum.0 + letters.latin, sum.1 + letters.total())
            });
            let foreign = 2 * latin < total;
            Ok(if foreign { RougeTokenizer::Unicode } else { RougeTokenizer::Default })
        }
    }
}

/// What is needed to load models and to show how far they are.
pub(super) struct Engines<'a> {
    settings: &'a Settings,
    quiet: bool,
}

impl<'a> Engines<'a> {
    pub(super) fn new(global: &Global, settings: &'a Settings) -> Self {
        Self { settings, quiet: global.quiet }
    }

    fn comet(&self, name: &str) -> Result<CometEstimator, CliError> {
        let store = open_store()?;
        if self.settings.verify_fully {
            store.verify_fully();
        }
        let model = store.resolve(name);
        let model = model.map_err(|source| CliError::NoComet {
            name: name.to_owned(),
            source: Box::new(source),
        })?;
        Ok(CometEstimator::load(&model, model.name(), self.settings.threads)?)
    }
}

/// A column for each choice, and the models that took part.
pub(super) fn columns(
    choices: &[Choice],
    texts: &Texts,
    scoring: &Scoring,
    engines: &Engines<'_>,
) -> Result<(Vec<Column>, Vec<ModelSignature>), CliError> {
    let tokenizer = tokenizer(scoring)?;
    let references = texts.references.iter().flatten().map(String::as_str);
    let rouge = rouge_tokenizer(scoring, references)?;
    let wants_encoder = |choice: &Choice| matches!(choice, Semantic | SemanticSource | BertScore);
    let mut models = Vec::new();
    let mut encoder = None;
    if choices.iter().any(wants_encoder) {
        let loaded = embedder(&open_store()?, engines.settings)?;
        models.push(Embedder::signature(&loaded));
        encoder = Some(loaded);
    }
    let source = texts.source.as_deref().unwrap_or_default();
    let (systems, references) = (texts.systems.len(), texts.references.len());
    let mut columns = Vec::new();
    for choice in choices {
        if let Some((metric, equals)) = choice.lexical(scoring, &tokenizer, rouge)? {
            let threads = engines.settings.threads;
            columns.push(on_threads(threads, || Column::of(metric, equals, texts))?);
            continue;
        }
        columns.push(match (choice, &mut encoder) {
            (Failures, _) => failures(texts),
            (Comet, _) => {
                let mut estimator = engines.comet(&scoring.comet)?;
                models.push(estimator.signature());
                estimated(
                    texts,
                    source,
                    &mut Watched::new(&mut estimator, engines.quiet, texts, systems),
                )?
            }
            (Semantic, Some(encoder)) => {
                let lists = systems + references;
                semantic(texts, &mut Watched::new(encoder, engines.quiet, texts, lists))?
            }
            (SemanticSource, Some(encoder)) => {
                let lists = systems + 1;
                semantic_source(
                    texts,
                    source,
                    &mut Watched::new(encoder, engines.quiet, texts, lists),
                )?
            }
            (BertScore, Some(encoder)) => {
                let lists = systems + references;
                token_matching(texts, &mut Watched::new(encoder, engines.quiet, texts, lists))?
            }
            _ => continue,
        });
    }
    Ok((columns, models))
}
