//! `isnad config`: the settings in force and where each comes from.

use super::engines::{open_store, settings};
use crate::cli::args::Config;
use crate::cli::settings::{Layers, config_path};
use crate::cli::{CliError, Outcome};

pub(super) fn run(command: &Config, layers: Layers) -> Result<Outcome, CliError> {
    match command {
        Config::Path => {
            let path = config_path().map(|path| path.display().to_string());
            Ok(Outcome::done(path.unwrap_or_default()))
        }
        Config::Show { json } => show(*json, layers),
    }
}

fn show(json: bool, layers: Layers) -> Result<Outcome, CliError> {
    // The catalog is looked at, not the model: settings can be shown where no model is.
    let store = open_store()?;
    let known = store.catalog().get(&layers.value("translator").0);
    let settings = settings(layers, known.map(|known| &*known.entry))?;
    if json {
        let values = settings.shown.iter().map(|(key, value, origin)| {
            let value = serde_json::json!({ "value": value, "origin": origin.to_string() });
            ((*key).to_owned(), value)
        });
        let object: serde_json::Map<String, serde_json::Value> = values.collect();
        return Ok(Outcome::done(format!("{:#}", serde_json::Value::Object(object))));
    }
    let lines = settings.shown.iter().map(|(key, value, origin)| {
        let value = if value.is_empty() { "-" } else { value };
        format!("{key:22}{value:16}{origin}\n")
    });
    Ok(Outcome::done(lines.collect::<String>()))
}
