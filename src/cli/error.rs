//! One error for the whole command line: which kind, and what helps.

use std::path::PathBuf;

use isnad::artifact::{ArtifactError, Input, PackageError, PdfError};
use isnad::domain::SegmentationError;
use isnad::eval::{NotationError, ThreadsError, UnknownSmoothing, UnknownTokenizer};
use isnad::infer::InferError;
use isnad::pipeline::{LadderError, PipelineError};
use isnad::ports::{EmbedError, ModelFileError};
use isnad::render::{RenderError, UnknownFormat};
use isnad::store::StoreError;

/// Why a command could not be carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    #[error(transparent)]
    Format(#[from] UnknownFormat),
    #[error("cannot tell the format from the extension of `{}`", .0.display())]
    Extension(PathBuf),
    #[error("a {0} document cannot go to standard output")]
    NeedsFile(String),
    #[error(transparent)]
    Package(#[from] PackageError),
    #[error(transparent)]
    Pdf(#[from] PdfError),
    #[error("`{value}` is no value for `{key}`, as set by {origin}: {expected}")]
    Setting { key: &'static str, value: String, origin: String, expected: &'static str },
    #[error("configuration file `{}`: {message}", path.display())]
    Config { path: PathBuf, message: String },
    #[error("glossary `{}`: {message}", path.display())]
    Glossary { path: PathBuf, message: String },
    #[error("model file `{}`: {error}", path.display())]
    Lexicon { path: PathBuf, error: isnad::text::lexicon::LexiconError },
    #[error("the text does not look Arabic: {0}")]
    NotArabic(String),
    #[error("{file}: {error}")]
    OfFile { file: String, error: Box<CliError> },
    #[error("several articles do not fit into one file `{}`", .0.display())]
    FolderForSeveral(PathBuf),
    #[error("a summary is held against one article, and {0} were given")]
    OneArticle(usize),
    #[error("model `{name}` has the role {found}; the role {wanted} is needed")]
    WrongRole { name: String, found: String, wanted: &'static str },
    #[error("the catalog does not say how model `{name}` is asked")]
    NoPrompt { name: String },
    #[error("`{command}` failed: {problem}")]
    Command { command: String, problem: String },
    #[error("a model file is damaged\n{}", report.trim_end())]
    Damaged { report: String },
    #[error("cannot tell the format of the report from the extension of `{}`", .0.display())]
    ReportExtension(PathBuf),
    #[error("resamples and trials are whole numbers from 1 to 1000000")]
    Resamples,
    #[error("unknown metric `{name}`; there are {known}")]
    UnknownMetric { name: String, known: String },
    #[error("there is nothing to evaluate")]
    NothingToEvaluate,
    #[error("metric `{metric}` needs a reference")]
    NoReference { metric: &'static str },
    #[error("metric `{metric}` needs the source")]
    NoSource { metric: &'static str },
    #[error("`{0}` is no NAME=FILE")]
    UnnamedSystem(String),
    #[error("a paired test compares two systems at least")]
    OneSystem,
    #[error("two systems are called `{0}`")]
    SameName(String),
    #[error("{name} has {lines} segments, {other} has {expected}")]
    LineCounts { name: String, lines: usize, other: String, expected: usize },
    #[error("alignments are compared two files at a time: what was found, and gold")]
    TwoAlignments,
    #[error("beads and aer are scored alone")]
    MixedMetrics,
    #[error("`{}` is no brief, while others are", .0.display())]
    MixedInputs(PathBuf),
    #[error("several briefs need a folder of references, not the file `{}`", .0.display())]
    FolderNeeded(PathBuf),
    #[error("`{}` is no test set: it has no reference*.txt", .0.display())]
    NoTestSet(PathBuf),
    #[error("there is no COMET estimator `{name}`")]
    NoComet { name: String, source: Box<StoreError> },
    #[error("unknown tokenizer of ROUGE: `{0}`")]
    UnknownRougeTokenizer(String),
    #[error("cannot read {name}")]
    Notation { name: String, source: NotationError },
    #[error("{name} is no ladder of these texts")]
    Ladder { name: String, source: LadderError },
    #[error("there is nothing to check the summary against")]
    NoArticle,
    #[error("verdicts are recomputed for one brief at a time, and {0} were given")]
    OneBrief(usize),
    #[error("`{}` does not hold all of its article, so its verdicts cannot be recomputed", .0.display())]
    NotRecomputable(PathBuf),
    #[error("only one file may be standard input")]
    StdinTwice,
    #[error("{0} holds no links of words")]
    NoLinks(String),
    #[error("two texts are needed, of which one may be standard input")]
    TwoTexts,
    #[error("the first text is English and the second Arabic")]
    SidesSwapped,
    #[error("both texts are in one language; one has to be Arabic, the other English")]
    OneLanguage,
    #[error("a bead of {0} sentences: the largest may have 2 to 10")]
    MaxBead(usize),
    #[error("{0} is no probability")]
    Probability(f64),
    #[error("cannot tell the format of the alignment from the extension of `{}`", .0.display())]
    AlignmentExtension(PathBuf),
    #[error("`{0}` is no pattern such as '*.ar.txt=*.en.txt'")]
    Pattern(String),
    #[error("no file fits `{0}`")]
    NoPairs(String),
    #[error("a worker stopped")]
    Worker,
    #[error(transparent)]
    Tokenizer(#[from] UnknownTokenizer),
    #[error(transparent)]
    Smoothing(#[from] UnknownSmoothing),
    #[error(transparent)]
    Threads(#[from] ThreadsError),
    #[error(transparent)]
    Embed(#[from] EmbedError),
    #[error(transparent)]
    Segmentation(#[from] SegmentationError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    ModelFile(#[from] ModelFileError),
    #[error(transparent)]
    Infer(#[from] InferError),
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
    #[error(transparent)]
    Render(#[from] RenderError),
}

/// What to do where no page can be printed.
const PRINT_HINT: &str =
    "install Chromium or WeasyPrint; or write .html and print it in any browser";

impl CliError {
    /// The same error, told of one file among several.
    pub(crate) fn of_file(self, input: &Input) -> Self {
        match self {
            // These name their file themselves.
            Self::Artifact(_) => self,
            error => Self::OfFile { file: input.name(), error: Box::new(error) },
        }
    }

    /// 2 for what the user can mend by typing, 3 for models and machine.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::OfFile { error, .. } => error.exit_code(),
            Self::Store(
                StoreError::UnknownModel { .. }
                | StoreError::NoModelAtPath { .. }
                | StoreError::Reference { .. }
                | StoreError::NothingToImport { .. },
            ) => 2,
            Self::Damaged { .. }
            | Self::Command { .. }
            | Self::Worker
            | Self::Package(_)
            | Self::Pdf(_)
            | Self::Threads(_)
            | Self::Embed(_)
            | Self::Segmentation(_)
            | Self::Store(_)
            | Self::Infer(_)
            | Self::Pipeline(_)
            | Self::Render(_)
            | Self::ModelFile(_)
            | Self::Lexicon { .. } => 3,
            _ => 2,
        }
    }

    /// What the user can do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::OfFile { error, .. } => error.hint(),
            Self::Artifact(error) => artifact_hint(error),
            Self::Store(error) => error.hint(),
            Self::Damaged { .. } => Some(
                "restore files that came with isnad from its distribution; fetch others again with `isnad models pull`"
                    .to_owned(),
            ),
            Self::Infer(InferError::File(_)) => {
                Some("check all models with `isnad models verify`".to_owned())
            }
            Self::Format(_) | Self::Extension(_) => {
                Some("give --format markdown, html, json, text, docx or pdf".to_owned())
            }
            Self::NeedsFile(_) => Some("name a file with -o".to_owned()),
            Self::Pdf(_) => Some(PRINT_HINT.to_owned()),
            Self::Setting { .. } | Self::Config { .. } => {
                Some("see all settings with `isnad config show`".to_owned())
            }
            Self::NotArabic(_) => Some("give --force to translate it all the same".to_owned()),
            Self::WrongRole { .. } => {
                Some("see all models and their roles with `isnad models list`".to_owned())
            }
            Self::NoPrompt { .. } => {
                Some("give its catalog file a prompt; models/README.md tells how".to_owned())
            }
            Self::NoArticle => Some(
                "name the article behind the summary, its translation by people with --bitext, or a brief saved as JSON"
                    .to_owned(),
            ),
            Self::NothingToEvaluate => {
                Some("name hypotheses and references, or --systems and --ref".to_owned())
            }
            Self::NoReference { .. } => Some(
                "name a reference behind the hypotheses, or with --ref; failures, arabic and semantic-src need none"
                    .to_owned(),
            ),
            Self::NoComet { .. } => Some(
                "fetch Unbabel/wmt22-comet-da, convert it with models/training/convert_comet.py, and give its folder to --comet"
                    .to_owned(),
            ),
            Self::NoSource { .. } => Some("name it with --source".to_owned()),
            Self::LineCounts { .. } => {
                Some("all files of an evaluation hold a segment a line, in one order".to_owned())
            }
            Self::ReportExtension(_) => {
                Some("give --format table, json, tsv, latex or html".to_owned())
            }
            Self::Tokenizer(_) => {
                Some("there are 13a, intl, char, none, and paths to .model files".to_owned())
            }
            Self::Smoothing(_) => Some("there are exp, none, floor=0.1 and add-k=1".to_owned()),
            Self::UnknownRougeTokenizer(_) => {
                Some("there are rouge-score and unicode".to_owned())
            }
            Self::OneSystem | Self::UnnamedSystem(_) => Some("write --systems a=a.txt b=b.txt".to_owned()),
            _ => self.other_hint().map(str::to_owned),
        }
    }

    fn other_hint(&self) -> Option<&'static str> {
        match self {
            Self::FolderForSeveral(_) => Some("give -o a folder, with a / at its end"),
            Self::SidesSwapped => Some("give --auto-swap to swap them"),
            Self::Ladder { source: LadderError::Astray { .. }, .. } => Some(
                "give the texts the ladder was made of, and --presplit if a line was a sentence then",
            ),
            Self::NoLinks(_) => Some("align with --words, and save as json, tmx or xliff"),
            Self::Notation { .. } => Some(
                "`isnad align convert` writes the .ladder of a .json, .tmx or .xlf, and its .pharaoh if words were linked",
            ),
            Self::AlignmentExtension(_) => {
                Some("give --format tsv, json, html, tmx, xliff12, xliff21 or ladder")
            }
            _ => None,
        }
    }
}

/// The line that fetches a page and reads it; the address is quoted for a shell.
fn fetch_line(url: &str) -> String {
    let url = if url.contains("://") { url.to_owned() } else { format!("https://{url}") };
    format!("curl -L '{}' | isnad brief -", url.replace('\'', "'\\''"))
}

fn artifact_hint(error: &ArtifactError) -> Option<String> {
    let hint = match error {
        ArtifactError::IsUrl { url } => return Some(fetch_line(url)),
        ArtifactError::NoField { found, .. } if !found.is_empty() => {
            return Some(format!("name it with --text-field; there are {}", found.join(", ")));
        }
        ArtifactError::NoField { .. } => "name it with --text-field",
        ArtifactError::NoFiles { .. } => {
            "give a file, or a folder with .txt, .md, .html, .docx, .epub, .pdf, .xml or .json files"
        }
        ArtifactError::NeedsOcr { .. } => {
            "recognise its text first, for example with ocrmypdf -l ara"
        }
        ArtifactError::Encrypted { .. } => "save it without a password first",
        ArtifactError::UnknownDocumentFormat { .. } => {
            "give --from text, lines, markdown, html, docx, epub, pdf, feed, json or jsonl"
        }
        ArtifactError::NotText { .. } => "save it as plain text first",
        ArtifactError::InvalidUtf8 { .. }
        | ArtifactError::InvalidIn { .. }
        | ArtifactError::UnknownEncoding { .. } => {
            "name the encoding, for example --encoding windows-1256"
        }
        ArtifactError::UnknownAlignment { .. } => {
            "a ladder can be read with its texts: give them to --source and --target"
        }
        ArtifactError::TooLarge { .. } => "raise max_megabytes in the configuration file",
        ArtifactError::OutputIsInput { .. } => "give another file to -o",
        ArtifactError::NotFound { .. } => "give a file, or - for standard input",
        _ => return None,
    };
    Some(hint.to_owned())
}
