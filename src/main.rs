//! The `isnad` command: see `isnad --help`.

#![deny(clippy::disallowed_methods)]

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}
