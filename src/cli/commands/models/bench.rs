//! `isnad models bench`: what a model costs on this machine.
//!
//! Owns: the sentences, what is timed, and the report. In: a model. Out: seconds, tokens and texts a second, bytes.
//! Never: how good its output is (`evaluate` tells).

use std::time::{Duration, Instant};

use isnad::ports::Embedder as _;
use isnad::store::{Model, Role, Store, peak_memory};
use serde_json::{Map, Value, json};

use super::super::engines::{embedder, resolve, translator};
use crate::cli::settings::{Layers, Settings};
use crate::cli::{CliError, Outcome};

/// Sentences of news, of different lengths; taken again from the first if more are asked for.
const SENTENCES: [&str; 8] = [
    "وصل الرئيس إلى القاهرة اليوم.",
    "أعلنت وزارة الصحة تسجيل ثلاث حالات جديدة في العاصمة.",
    "قال المتحدث باسم الحكومة إن المفاوضات ستستأنف يوم الأحد المقبل في جنيف.",
    "ارتفعت أسعار النفط بنسبة اثنين في المئة بعد قرار خفض الإنتاج.",
    "فاز الفريق بالمباراة النهائية.",
    "ذكرت مصادر محلية أن الأمطار الغزيرة تسببت في إغلاق عدد من الطرق الرئيسية في شمال البلاد.",
    "تعمل الشركة على تطوير مصنع جديد يوفر مئات فرص العمل للشباب.",
    "أكد الباحثون أن نتائج الدراسة لا تزال أولية وتحتاج إلى مزيد من التحقق قبل نشرها.",
];

pub(super) struct Asked<'a> {
    pub(super) name: &'a str,
    pub(super) sentences: usize,
    pub(super) weights: Option<String>,
    pub(super) beam: Option<String>,
    pub(super) json: bool,
}

pub(super) fn run(
    store: &Store,
    asked: &Asked<'_>,
    mut layers: Layers,
) -> Result<Outcome, CliError> {
    let model = store.resolve(asked.name)?;
    let count = asked.sentences.max(1);
    let texts: Vec<&str> = SENTENCES.iter().copied().cycle().take(count).collect();
    let name = asked.name.to_owned();
    let is_encoder = match model.entry() {
        Some(entry) if !entry.role.writes_text() && entry.role != Role::Embedder => {
            let found = entry.role.to_string();
            return Err(CliError::WrongRole {
                name,
                found,
                wanted: "translator, general or embedder",
            });
        }
        Some(entry) => entry.role == Role::Embedder,
        None => is_encoder(&model),
    };
    layers.flag(if is_encoder { "embedder" } else { "translator" }, Some(&name));
    layers.flag("weights", asked.weights.as_ref());
    layers.flag("beam", Some(&asked.beam.clone().unwrap_or_else(|| "1".to_owned())));
    let mut report = if is_encoder {
        encode(store, &layers.resolve()?, &texts)?
    } else {
        translate(store, layers, &texts)?
    };
    report.insert("model".to_owned(), name.into());
    report.insert("file_bytes".to_owned(), model.bytes().into());
    report.insert("peak_memory_bytes".to_owned(), peak_memory().into());
    let report = Value::Object(report);
    Ok(Outcome::done(if asked.json { format!("{report:#}") } else { lines(&report) }))
}

/// Of a model that the catalog does not know: encoders have these files, or weights without a network that writes.
fn is_encoder(model: &Model) -> bool {
    let has = |wanted: &str| model.roles().any(|role| role == wanted);
    has("pooling")
        || has("modules")
        || (has("tokenizer") && !has("sentencepiece") && has("config") && !has("source_pieces"))
}

fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1000.0).round() / 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "rates are shown, not counted")]
fn rate(count: usize, time: Duration) -> f64 {
    (count as f64 / time.as_secs_f64().max(1e-9) * 10.0).round() / 10.0
}

fn translate(
    store: &Store,
    layers: Layers,
    texts: &[&str],
) -> Result<Map<String, Value>, CliError> {
    let (settings, model) = resolve(store, layers)?;
    let started = Instant::now();
    let mut engine = translator(&model, &settings)?;
    let loaded = started.elapsed();
    let failed = isnad::pipeline::PipelineError::from;
    let search = settings.translate.search;
    // The first call touches memory that later ones find ready.
    engine.translate(&texts[..1], &search, &mut || {}).map_err(failed)?;
    let started = Instant::now();
    let made = engine.translate(texts, &search, &mut || {}).map_err(failed)?;
    let taken = started.elapsed();
    let tokens: usize = made.iter().map(|hypothesis| hypothesis.tokens).sum();
    let read: usize = texts.iter().map(|text| engine.count_tokens(text)).sum();
    Ok(report(
        &settings,
        json!({
            "load_seconds": seconds(loaded),
            "sentences": texts.len(),
            "source_tokens": read,
            "output_tokens": tokens,
            "seconds": seconds(taken),
            "output_tokens_per_second": rate(tokens, taken),
            "sentences_per_second": rate(texts.len(), taken),
            "beam": search.beam_width,
            "batch": settings.batch,
        }),
    ))
}

fn encode(
    store: &Store,
    settings: &Settings,
    texts: &[&str],
) -> Result<Map<String, Value>, CliError> {
    let started = Instant::now();
    let mut engine = embedder(store, settings)?;
    let loaded = started.elapsed();
    let failed = isnad::pipeline::PipelineError::from;
    engine.embed(&texts[..1]).map_err(failed)?;
    let started = Instant::now();
    engine.embed(texts).map_err(failed)?;
    let taken = started.elapsed();
    Ok(report(
        settings,
        json!({
            "load_seconds": seconds(loaded),
            "sentences": texts.len(),
            "seconds": seconds(taken),
            "sentences_per_second": rate(texts.len(), taken),
            "dimensions": engine.dimensions(),
        }),
    ))
}

fn report(settings: &Settings, measured: Value) -> Map<String, Value> {
    let Value::Object(mut report) = measured else { return Map::new() };
    report.insert("threads".to_owned(), settings.threads.into());
    report
}

fn lines(report: &Value) -> String {
    let Value::Object(report) = report else { return String::new() };
    let line = |(key, value): (&String, &Value)| match value {
        Value::String(value) => format!("{key:26}{value}"),
        other => format!("{key:26}{other}"),
    };
    report.iter().map(line).collect::<Vec<_>>().join("\n")
}
