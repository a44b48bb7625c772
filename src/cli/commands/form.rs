//! What a brief is written as, and where to.
//!
//! Owns: the choice of the form from options, extension and terminal; documents that need a file. In: what was asked, a
//! brief. Out: text for standard output, or a file that is whole. Never: how a form looks.

use std::io::IsTerminal as _;
use std::path::Path;

use isnad::artifact::{Input, PdfEngine, package, pdf, write_atomic};
use isnad::domain::Brief;
use isnad::render::{self, Colour, Format};
use time::OffsetDateTime;

use super::articles::Joined;
use crate::cli::{CliError, Outcome};

/// Cells of a line where the terminal does not tell its width.
const WIDTH: usize = 100;

/// What a brief is written as.
#[derive(Debug)]
pub(super) enum Form {
    /// A string, for a file or standard output.
    Text(Format),
    /// Columns for the terminal that standard output is.
    Terminal,
    /// A Word document.
    Docx,
    /// Paper, by the program that prints it.
    Pdf(PdfEngine),
}

impl Form {
    /// The form that was asked for; else that of the output's extension; else columns on a terminal, Markdown elsewhere.
    ///
    /// What a form needs besides is looked for now, before the work begins.
    pub(super) fn of(
        format: Option<&str>,
        (json, plain): (bool, bool),
        output: Option<&Path>,
    ) -> Result<Self, CliError> {
        let extension = output.and_then(Path::extension).and_then(|extension| extension.to_str());
        let name = match (format, extension) {
            _ if json => return Ok(Self::Text(Format::Json)),
            _ if plain => return Ok(Self::Text(Format::Text)),
            (Some(name), _) => Some(name),
            (None, extension) => extension.filter(|name| is_document(name)),
        };
        let document = name.filter(|name| is_document(name)).map(str::to_ascii_lowercase);
        match (document, name, output) {
            (Some(document), _, None) => Err(CliError::NeedsFile(document)),
            (Some(document), ..) if document == "docx" => Ok(Self::Docx),
            (Some(_), ..) => Ok(Self::Pdf(PdfEngine::find(std::env::var_os("PATH").as_deref())?)),
            (None, Some(name), _) => Ok(Self::Text(name.parse()?)),
            (None, None, Some(path)) => Format::from_extension(path)
                .map(Self::Text)
                .ok_or_else(|| CliError::Extension(path.to_owned())),
            (None, None, None) if std::io::stdout().is_terminal() => Ok(Self::Terminal),
            (None, None, None) => Ok(Self::Text(Format::Markdown)),
        }
    }

    /// The extension of files in this form.
    pub(super) fn extension(&self) -> &'static str {
        match self {
            Self::Text(Format::Html) => "html",
            Self::Text(Format::Json) => "json",
            Self::Text(Format::Text) | Self::Terminal => "txt",
            Self::Text(_) => "md",
            Self::Docx => "docx",
            Self::Pdf(_) => "pdf",
        }
    }

    /// How several briefs in this form stand one behind the other.
    pub(super) fn joined(&self) -> Joined {
        match self {
            Self::Text(Format::Json) => Joined::JsonLines,
            Self::Text(Format::Markdown) => Joined::Ruled,
            _ => Joined::Named,
        }
    }

    /// Writes `brief` to `output`, or puts it into `outcome` for standard output. `input` must not be written over.
    pub(super) fn deliver(
        &self,
        brief: &Brief,
        (output, input): (Option<&Path>, &Input),
        outcome: &mut Outcome,
    ) -> Result<(), CliError> {
        let bytes = match self {
            Self::Text(Format::Html) => render::html_made(brief, &made())?.into_bytes(),
            Self::Text(format) => render::brief(brief, *format)?.into_bytes(),
            Self::Terminal => render::terminal(brief, width(), colour()).into_bytes(),
            Self::Docx => {
                let parts = render::docx_parts(brief);
                package(parts.iter().map(|part| (part.name, part.xml.as_str())))?
            }
            Self::Pdf(engine) => pdf(&render::html_made(brief, &made())?, engine)?,
        };
        match output {
            Some(path) => {
                write_atomic(path, &bytes, input)?;
                outcome.notes.push(format!("wrote {}", path.display()));
            }
            // Documents always have a file, so this is text and nothing is replaced.
            None => outcome.text = String::from_utf8_lossy(&bytes).into_owned(),
        }
        Ok(())
    }
}

fn is_document(name: &str) -> bool {
    ["docx", "pdf"].iter().any(|document| name.eq_ignore_ascii_case(document))
}

fn width() -> usize {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let asked = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    told.or_else(asked).unwrap_or(WIDTH)
}

/// The time now, or that of `SOURCE_DATE_EPOCH` (<https://reproducible-builds.org/specs/source-date-epoch>), for whoever
/// wants the same bytes again.
fn made() -> String {
    let named = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok());
    let named = named.and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    let time = named.unwrap_or_else(OffsetDateTime::now_utc);
    let (year, month, day) = time.to_calendar_date();
    format!("{year}-{:02}-{day:02}, {:02}:{:02} UTC", u8::from(month), time.hour(), time.minute())
}

/// As <https://no-color.org> asks: none where `NO_COLOR` is set to something.
fn colour() -> Colour {
    let is_set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let is_dumb = is_set("TERM").is_some_and(|term| term == "dumb");
    if is_set("NO_COLOR").is_some() || is_dumb { Colour::Never } else { Colour::Ansi }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(format: Option<&str>, output: Option<&str>) -> String {
        match Form::of(format, (false, false), output.map(Path::new)) {
            Ok(Form::Pdf(_)) | Err(CliError::Pdf(_)) => "Pdf".to_owned(),
            Ok(form) => format!("{form:?}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_option_outweighs_the_extension() {
        assert_eq!(named(None, Some("a.DOCX")), "Docx");
        assert_eq!(named(None, Some("a.pdf")), "Pdf");
        assert_eq!(named(None, Some("a.txt")), "Text(Text)");
        assert_eq!(named(Some("html"), Some("a.pdf")), "Text(Html)");
        assert_eq!(named(Some("Docx"), Some("a.bin")), "Docx");
        assert!(named(None, Some("a.bin")).contains("extension"));
    }

    #[test]
    fn a_document_needs_a_file() {
        assert!(matches!(Form::of(Some("pdf"), (false, false), None), Err(CliError::NeedsFile(_))));
        assert!(matches!(
            Form::of(Some("docx"), (false, false), None),
            Err(CliError::NeedsFile(_))
        ));
    }
}
