//! `isnad models`: what is known, what is here, what is sound.

use isnad::store::{ModelStatus, Presence, PullEvent, PullOutcome, Store};

use super::engines::open_store;
use crate::cli::args::{Global, Models};
use crate::cli::progress::Bars;
use crate::cli::{CliError, Outcome};

pub(super) fn run(command: Models, global: &Global) -> Result<Outcome, CliError> {
    let store = open_store()?;
    match command {
        Models::List { json } => Ok(list(&store, json)),
        Models::Pull { name, show_commands: true, .. } => {
            let commands = store.package_commands(&name)?;
            Ok(Outcome::done(commands.unwrap_or_default().join("\n")))
        }
        Models::Pull { name, offline, .. } => pull(&store, &name, offline, global),
        Models::Path { name } => Ok(Outcome::done(store.path(&name)?.display().to_string())),
        Models::Verify { name } => verify(&store, name),
        Models::Remove { name } => {
            Ok(Outcome::done(format!("removed {}", store.remove(&name)?.display())))
        }
    }
}

fn list(store: &Store, json: bool) -> Outcome {
    let models = store.list();
    if json {
        return Outcome::done(format!("{:#}", serde_json::json!(models)));
    }
    let name_width = models.iter().map(|model| model.name.len()).max().unwrap_or(0);
    let shipped =
        |name: &str| store.catalog().get(name).is_some_and(|known| known.entry.source.shipped);
    let line = |model: &ModelStatus| line(model, name_width, shipped(&model.name));
    Outcome::done(models.iter().map(line).collect::<String>())
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
    format!(
        "{:name_width$}  {:10}  {:6.0} MB  {:10}{warning}  {state}\n",
        model.name,
        model.role.to_string(),
        model.bytes as f64 / 1e6,
        model.licence.name,
    )
}

fn pull(store: &Store, name: &str, offline: bool, global: &Global) -> Result<Outcome, CliError> {
    use isnad::pipeline::Observer as _;
    let mut bars = Bars::new(global.quiet);
    let mut notes = Vec::new();
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
    Ok(Outcome { text, notes, ..Outcome::default() })
}

fn verify(store: &Store, name: Option<String>) -> Result<Outcome, CliError> {
    let is_here = |model: &ModelStatus| !matches!(model.presence, Presence::Missing);
    let names = match name {
        Some(name) => vec![name],
        None => store.list().into_iter().filter(is_here).map(|model| model.name).collect(),
    };
    let (mut lines, mut damaged) = (Vec::new(), false);
    for name in names {
        for check in store.verify(&name)? {
            let path = check.path.display();
            match check.result {
                Ok(sha256) if check.has_published_checksum => {
                    lines.push(format!("{name}  sound      {sha256}  {path}"));
                }
                Ok(sha256) => lines.push(format!("{name}  unchecked  {sha256}  {path}")),
                Err(error) => {
                    lines.push(format!("{name}  damaged    {error}"));
                    damaged = true;
                }
            }
        }
    }
    let report = lines.join("\n");
    if damaged { Err(CliError::Damaged { report }) } else { Ok(Outcome::done(report)) }
}
