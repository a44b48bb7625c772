//! `isnad doctor`: what this machine has, and whether a translation works on it.

use std::time::Instant;

use isnad::infer::instruction_set;
use isnad::ports::Embedder;
use isnad::store::{Environment, Presence};
use serde_json::{Value, json};

use super::engines::{embedder, open_store, resolve, translator};
use crate::cli::settings::{Layers, config_path};
use crate::cli::{CliError, Outcome, Status};

/// A sentence that every Arabic–English model can translate.
const PROBE: &str = "وصل الرئيس إلى القاهرة اليوم.";

pub(super) fn run(as_json: bool, layers: Layers) -> Result<Outcome, CliError> {
    let environment = Environment::current();
    let store = open_store()?;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let threads = layers.resolve()?.threads;
    let folders: Vec<Value> = store
        .locations()
        .iter()
        .map(|location| json!({ "folder": location.folder, "origin": location.origin }))
        .collect();
    let listed = store.list();
    let models: Vec<Value> = listed
        .iter()
        .map(|model| json!({ "name": model.name, "presence": model.presence }))
        .collect();
    let here = listed.iter().filter(|m| matches!(m.presence, Presence::Present { .. })).count();
    let probe = probe(&store, layers);
    let sound = probe.is_ok();
    let probe = match probe {
        Ok(probe) => probe,
        Err(error) => json!({ "error": error.to_string(), "hint": error.hint() }),
    };
    let report = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "platform": format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        "instruction_set": instruction_set(),
        "cores": cores,
        "threads": threads,
        "config_file": config_path(),
        "downloads": environment.downloads(),
        "hub_cache": environment.hub_cache(),
        "model_folders": folders,
        "models_here": here,
        "models": models,
        "probe": probe,
    });
    let text = if as_json { format!("{report:#}") } else { lines(&report) };
    // A machine that cannot translate is what this command is asked to find: a result, not an error.
    let status = if sound { Status::Done } else { Status::Blemished };
    Ok(Outcome { text, status, ..Outcome::default() })
}

fn probe(store: &isnad::store::Store, layers: Layers) -> Result<Value, CliError> {
    let started = Instant::now();
    let (settings, model) = resolve(store, layers)?;
    let mut translator = translator(&model, &settings)?;
    let mut embedder = embedder(store, &settings)?;
    let loaded = started.elapsed();
    let translating = Instant::now();
    let search = settings.translate.search;
    let hypotheses = translator
        .translate(&[PROBE], &search, &mut || {})
        .map_err(isnad::pipeline::PipelineError::from)?;
    let english = hypotheses.first().map(|h| h.text.clone()).unwrap_or_default();
    let vectors =
        embedder.embed(&[PROBE, &english]).map_err(isnad::pipeline::PipelineError::from)?;
    let similarity: f32 = match vectors.as_slice() {
        [a, b] => a.iter().zip(b).map(|(a, b)| a * b).sum(),
        _ => 0.0,
    };
    Ok(json!({
        "translator": translator.signature(),
        "embedder": Embedder::signature(&embedder),
        "load_ms": u64::try_from(loaded.as_millis()).unwrap_or(u64::MAX),
        "translate_ms": u64::try_from(translating.elapsed().as_millis()).unwrap_or(u64::MAX),
        "source": PROBE,
        "translation": english,
        "similarity": similarity,
    }))
}

/// The report for people: one value a line, nested names joined by dots.
fn lines(report: &Value) -> String {
    let mut lines = Vec::new();
    write_lines("", report, &mut lines);
    lines.join("\n")
}

fn write_lines(name: &str, value: &Value, lines: &mut Vec<String>) {
    let inner = |key: &str| if name.is_empty() { key.to_owned() } else { format!("{name}.{key}") };
    match value {
        Value::Object(object) => {
            object.iter().for_each(|(key, value)| write_lines(&inner(key), value, lines));
        }
        Value::Array(values) => {
            let numbered = values.iter().enumerate();
            numbered.for_each(|(i, value)| write_lines(&inner(&(i + 1).to_string()), value, lines));
        }
        Value::String(value) => lines.push(format!("{name:36}{value}")),
        other => lines.push(format!("{name:36}{other}")),
    }
}
