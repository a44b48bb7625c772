//! `isnad models`: what is known, what is here, what is sound, what comes and goes.

mod bench;
mod packages;

use std::path::Path;

use isnad::store::{HeldAgainst, ModelStatus, Presence, PullEvent, PullOutcome, Store};
use serde_json::{Value, json};

use super::engines::open_store;
use crate::cli::args::Global;
use crate::cli::args_models::Models;
use crate::cli::progress::Bars;
use crate::cli::settings::Layers;
use crate::cli::{CliError, Outcome};

pub(super) fn run(command: Models, global: &Global, layers: Layers) -> Result<Outcome, CliError> {
    let store = open_store()?;
    match command {
        Models::List { json } => Ok(list(&store, json)),
        Models::Pull { name, packages: true, yes, .. } => packages::pull(&store, &name, yes),
        Models::Pull { name, offline, .. } => pull(&store, &name, offline, global),
        Models::Import { folder, name } => import(&store, &folder, name.as_deref(), global),
        Models::Path { name } => Ok(Outcome::done(store.path(&name)?.display().to_string())),
        Models::Verify { name, all, json } => verify(&store, name, all, json),
        Models::Bench { name, sentences, weights, beam, json } => {
            let asked = bench::Asked { name: &name, sentences, weights, beam, json };
            bench::run(&store, &asked, layers)
        }
        Models::Remove { name } => {
            Ok(Outcome::done(format!("removed {}", store.remove(&name)?.display())))
        }
    }
}

fn list(store: &Store, json: bool) -> Outcome {
    let models = store.list();
    let others = store.others();
    if json {
        let mut all: Vec<Value> = models.iter().map(|model| json!(model)).collect();
        all.extend(others.iter().map(|name| {
            let presence = json!({ "state": "present", "origin": "user_data", "folder": store.path(name).ok() });
            json!({ "name": name, "role": null, "presence": presence })
        }));
        return Outcome::done(format!("{:#}", Value::Array(all)));
    }
    let names = models.iter().map(|model| &model.name).chain(&others);
    let name_width = names.map(String::len).max().unwrap_or(0);
    let shipped =
        |name: &str| store.catalog().get(name).is_some_and(|known| known.entry.source.shipped);
    let line = |model: &ModelStatus| line(model, name_width, shipped(&model.name));
    let other = |name: &String| {
        let folder = store.path(name).map(|path| path.display().to_string()).unwrap_or_default();
        format!("{name:name_width$}  {:10}  here      {folder}\n", "not listed")
    };
    let text: String = models.iter().map(line).chain(others.iter().map(other)).collect();
    Outcome::done(text)
}

#[expect(clippy::cast_precision_loss, reason = "megabytes are shown, not counted")]
fn line(model: &ModelStatus, name_width: usize, shipped: bool) -> String {
    let state = match &model.presence {
        Presence::Present { folder, .. } => format!("here      {}", folder.display()),
        Presence::Damaged { problem, .. } => format!("damaged   {problem}"),
        Presence::Missing if shipped => "missing   it comes with isnad, in `models`".to_owned(),
        Presence::Missing => format!("missing   isnad models pull {}", model.name),
    };
    let warning = if model.licence.non_commercial { " (non-commercial)" } else { "" };
    let size =
        model.bytes.map_or_else(|| "?".to_owned(), |bytes| format!("{:.0}", bytes as f64 / 1e6));
    format!(
        "{:name_width$}  {:10}  {size:>6} MB  {:10}{warning}  {state}\n",
        model.name,
        model.role.to_string(),
        model.licence.name,
    )
}

fn pull(store: &Store, name: &str, offline: bool, global: &Global) -> Result<Outcome, CliError> {
    use isnad::pipeline::Observer as _;
    let mut bars = Bars::new(global.quiet);
    let mut notes: Vec<String> = licence_note(store, name).into_iter().collect();
    let mut show = |event: PullEvent<'_>| match event {
        PullEvent::Started { file, bytes } => bars.begin_bytes(file, bytes),
        PullEvent::Advanced { done, .. } => bars.set(done),
        PullEvent::Retrying { file, attempt } => notes.push(format!("{file}: attempt {attempt}")),
        _ => bars.end(),
    };
    let report = store.pull(name, &mut show, offline)?;
    let text = match report.outcome {
        PullOutcome::AlreadyHere => format!("{name} is already here: {}", report.folder.display()),
        PullOutcome::Pulled(_) => format!("pulled {name} to {}", report.folder.display()),
    };
    Ok(Outcome { notes, ..Outcome::done(text) })
}

/// What whoever fetches a model should know of its licence.
fn licence_note(store: &Store, name: &str) -> Option<String> {
    let licence = &store.catalog().get(name)?.entry.licence;
    let note = licence.note.as_deref().map(|note| format!(": {note}")).unwrap_or_default();
    licence
        .non_commercial
        .then(|| format!("warning: the licence {} forbids commercial use{note}", licence.name))
}

fn import(
    store: &Store,
    folder: &Path,
    name: Option<&str>,
    global: &Global,
) -> Result<Outcome, CliError> {
    use isnad::pipeline::Observer as _;
    let mut bars = Bars::new(global.quiet);
    let imported = store.import(folder, name, &mut |file| bars.begin_bytes(file, 0))?;
    bars.end();
    let line = |model: &isnad::store::Imported| {
        let how = if model.is_verified { "verified" } else { "recorded" };
        format!("imported {} ({how}) to {}", model.name, model.folder.display())
    };
    Ok(Outcome::done(imported.iter().map(line).collect::<Vec<_>>().join("\n")))
}

fn verify(store: &Store, name: Option<String>, all: bool, json: bool) -> Result<Outcome, CliError> {
    let is_here = |model: &ModelStatus| !matches!(model.presence, Presence::Missing);
    let mut names: Vec<String> = match name {
        Some(name) => vec![name],
        None => store.list().into_iter().filter(is_here).map(|model| model.name).collect(),
    };
    if all {
        names.extend(store.others());
    }
    let (mut lines, mut values, mut damaged) = (Vec::new(), Vec::new(), false);
    for name in names {
        for check in store.verify(&name)? {
            let path = check.path.display();
            let word = match (&check.result, check.held_against) {
                (Err(_), _) => "damaged",
                (Ok(_), HeldAgainst::Published) => "sound",
                (Ok(_), HeldAgainst::Recorded) => "unchanged",
                (Ok(_), _) => "unchecked",
            };
            damaged |= check.result.is_err();
            let (sha256, problem) = match &check.result {
                Ok(sha256) => (Some(sha256), None),
                Err(error) => (None, Some(error.to_string())),
            };
            values.push(json!({
                "model": name, "role": check.role, "path": check.path, "state": word, "sha256": sha256, "problem": problem,
            }));
            lines.push(match (sha256, problem) {
                (Some(sha256), _) => format!("{name}  {word:9}  {sha256}  {path}"),
                (None, problem) => format!("{name}  {word:9}  {}", problem.unwrap_or_default()),
            });
        }
    }
    let report = if json { format!("{:#}", Value::Array(values)) } else { lines.join("\n") };
    if damaged { Err(CliError::Damaged { report }) } else { Ok(Outcome::done(report)) }
}
