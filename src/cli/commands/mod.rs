//! One command a file: open what it needs, call the library, return a value.

mod align;
mod articles;
mod brief;
mod check;
mod config;
mod doctor;
mod engines;
mod evaluate;
mod form;
mod models;
mod summarize;
mod translate;

use clap::CommandFactory;

use super::args::{Args, Command};
use super::settings::Layers;
use super::{CliError, Outcome};

/// Carries out what was asked.
pub(crate) fn run(args: Args) -> Result<Outcome, CliError> {
    if let Command::Completions { shell } = args.command {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Args::command(), "isnad", &mut script);
        return Ok(Outcome::done(String::from_utf8_lossy(&script)));
    }
    let layers = Layers::read(&args.global)?;
    match args.command {
        Command::Brief(asked) => brief::run(&asked, &args.global, layers),
        Command::Summarize(asked) => summarize::run(&asked, &args.global, layers),
        Command::Check(asked) => check::run(&asked, &args.global, layers),
        Command::Translate(asked) => translate::run(&asked, &args.global, layers),
        Command::Align(asked) => align::run(&asked, &args.global, layers),
        Command::Evaluate(asked) => evaluate::run(&asked, &args.global, layers),
        Command::Models { command } => models::run(command, &args.global, layers),
        Command::Doctor { json } => doctor::run(json, layers),
        Command::Config { command } => config::run(&command, layers),
        Command::Completions { .. } => Ok(Outcome::done("")),
    }
}
