//! The only place that prints: results on stdout, everything else on stderr.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use super::CliError;

/// How a command went, short of an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Status {
    /// All is well.
    #[default]
    Done,
    /// The result is there, but something in it failed or is unsupported.
    Blemished,
}

/// What a command gives back.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// For stdout; empty if the result went to a file.
    pub(crate) text: String,
    /// For stderr, unless quiet.
    pub(crate) notes: Vec<String>,
    /// How it went.
    pub(crate) status: Status,
    /// What kept single files of several from being worked on.
    pub(crate) failures: Vec<CliError>,
}

impl Outcome {
    /// A result without notes.
    pub(crate) fn done(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// Prints the outcome and gives the exit code.
pub(crate) fn print(outcome: &Outcome, quiet: bool) -> ExitCode {
    if !quiet {
        for note in &outcome.notes {
            tell(note);
        }
    }
    let failed = outcome.failures.iter().map(complain).max();
    let mut text = outcome.text.clone();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    match (written, failed, outcome.status) {
        // A reader that has seen enough, such as `head`, is no failure.
        (Err(error), ..) if error.kind() != io::ErrorKind::BrokenPipe => {
            tell(&format!("error: cannot write to standard output: {error}"));
            ExitCode::from(2)
        }
        (_, Some(code), _) => ExitCode::from(code),
        (_, None, Status::Done) => ExitCode::SUCCESS,
        (_, None, Status::Blemished) => ExitCode::from(1),
    }
}

/// Prints an error with its causes and a hint; gives its exit code.
pub(crate) fn fail(error: &CliError) -> ExitCode {
    ExitCode::from(complain(error))
}

fn complain(error: &CliError) -> u8 {
    tell(&format!("error: {error}"));
    let mut cause = error.source();
    while let Some(error) = cause {
        tell(&format!("  because: {error}"));
        cause = error.source();
    }
    if let Some(hint) = error.hint() {
        tell(&format!("hint: {hint}"));
    }
    error.exit_code()
}

/// Prints what the argument parser has to say: help on stdout, misuse on stderr.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    // Nothing can be done if even this cannot be printed.
    let _ = error.print();
    if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS }
}

/// One line on stderr.
pub(crate) fn tell(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
