//! The command line: what was typed, what it means, and what is printed.
//!
//! Owns: arguments, settings and their origins, printing, exit codes. Binary only.
//! Never: algorithms; each command opens what it needs, calls the library and returns a value.

mod args;
mod args_align;
mod args_evaluate;
mod args_models;
mod commands;
mod error;
mod output;
mod progress;
mod settings;
mod terminology;

use std::process::ExitCode;

use clap::Parser;

pub(crate) use error::CliError;
pub(crate) use output::{Outcome, Status};

/// Parses the arguments, runs the command, prints its outcome.
pub(crate) fn run() -> ExitCode {
    let args = match args::Args::try_parse() {
        Ok(args) => args,
        Err(error) => return output::usage(&error),
    };
    let quiet = args.global.quiet;
    match commands::run(args) {
        Ok(outcome) => output::print(&outcome, quiet),
        Err(error) => output::fail(&error),
    }
}
