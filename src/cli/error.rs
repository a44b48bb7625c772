//! One error for the whole command line: which kind, and what helps.

use std::path::PathBuf;

use isnad::artifact::ArtifactError;
use isnad::domain::SegmentationError;
use isnad::infer::InferError;
use isnad::pipeline::PipelineError;
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
    #[error("`{value}` is no value for `{key}`, as set by {origin}: {expected}")]
    Setting { key: &'static str, value: String, origin: String, expected: &'static str },
    #[error("configuration file `{}`: {message}", path.display())]
    Config { path: PathBuf, message: String },
    #[error("the text does not look Arabic: {0}")]
    NotArabic(String),
    #[error("model `{name}` has the role {found}; the role {wanted} is needed")]
    WrongRole { name: String, found: String, wanted: &'static str },
    #[error("the catalog does not say how model `{name}` is asked")]
    NoPrompt { name: String },
    #[error("a model file is damaged\n{}", report.trim_end())]
    Damaged { report: String },
    #[error(transparent)]
    Segmentation(#[from] SegmentationError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Infer(#[from] InferError),
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
    #[error(transparent)]
    Render(#[from] RenderError),
}

impl CliError {
    /// 2 for what the user can mend by typing, 3 for models and machine.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Artifact(_)
            | Self::Format(_)
            | Self::Extension(_)
            | Self::Setting { .. }
            | Self::Config { .. }
            | Self::NotArabic(_)
            | Self::WrongRole { .. }
            | Self::NoPrompt { .. }
            | Self::Store(StoreError::UnknownModel { .. } | StoreError::NoModelAtPath { .. }) => 2,
            Self::Damaged { .. }
            | Self::Segmentation(_)
            | Self::Store(_)
            | Self::Infer(_)
            | Self::Pipeline(_)
            | Self::Render(_) => 3,
        }
    }

    /// What the user can do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
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
                Some("give --format markdown, --format html or --format json".to_owned())
            }
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
            Self::Segmentation(_) | Self::Infer(_) | Self::Pipeline(_) | Self::Render(_) => None,
        }
    }
}

fn artifact_hint(error: &ArtifactError) -> Option<String> {
    let hint = match error {
        ArtifactError::NotText { .. } => "save it as plain text first",
        ArtifactError::InvalidUtf8 { .. }
        | ArtifactError::InvalidIn { .. }
        | ArtifactError::UnknownEncoding { .. } => {
            "name the encoding, for example --encoding windows-1256"
        }
        ArtifactError::TooLarge { .. } => "raise max_megabytes in the configuration file",
        ArtifactError::OutputIsInput { .. } => "give another file to -o",
        ArtifactError::NotFound { .. } => "give a file, or - for standard input",
        _ => return None,
    };
    Some(hint.to_owned())
}
