//! `isnad check`: a summary that somebody else wrote, or a saved brief, held against its article.

use std::path::Path;

use isnad::artifact::{
    ArticleOptions, Input, ReadOptions, check_output, inputs_of, is_file_of_briefs, read_articles,
    read_bitext, read_briefs,
};
use isnad::domain::{Brief, Language};
use isnad::infer::LoadedEncoder;
use isnad::pipeline::{
    self, CheckOptions, Engines, GivenSummary, PipelineError, Witnesses, check_bitext, taken_apart,
};
use isnad::ports::Entailer;
use isnad::text::language::{LooksLike, looks_arabic};

use super::articles::prepare;
use super::brief::{notes, status};
use super::engines::{embedder, entailer, input, open_store, resolve, settings, translator};
use super::form::Form;
use crate::cli::args::{self, Global, Reading};
use crate::cli::progress::Bars;
use crate::cli::settings::{Layers, NLI, Settings};
use crate::cli::{CliError, Outcome};

pub(super) fn run(
    asked: &args::Check,
    global: &Global,
    mut layers: Layers,
) -> Result<Outcome, CliError> {
    let output = asked.output.as_deref();
    let form = Form::of(asked.format.as_deref(), (asked.json, asked.plain), output)?;
    layers.translating(&asked.translating)?;
    layers.flag("encoding", asked.encoding.as_ref());
    layers.flag("embedder", asked.embedder.as_ref());
    layers.flag("nli", asked.nli.as_ref());
    let source = input(&asked.summary);
    let others = asked.article.iter().chain(&asked.bitext);
    if source == Input::Stdin && others.map(|path| input(path)).any(|other| other == Input::Stdin) {
        return Err(CliError::StdinTwice);
    }
    if let Some(output) = &asked.output {
        check_output(output, &source)?;
    }
    let mut remarks = Vec::new();
    let brief = if is_file_of_briefs(&asked.summary) && asked.article.is_none() {
        again(&asked.summary, global, layers, &mut remarks)?
    } else {
        given(asked, global, layers)?
    };
    let mut outcome =
        Outcome { status: status(&brief), notes: notes(&brief, global), ..Outcome::default() };
    outcome.notes.extend(remarks);
    form.deliver(&brief, (output, &source), &mut outcome)?;
    Ok(outcome)
}

/// A summary against an article, translated here or by people.
fn given(asked: &args::Check, global: &Global, layers: Layers) -> Result<Brief, CliError> {
    let early = layers.resolve()?;
    let summary = summary(asked, &early)?;
    let store = open_store()?;
    let mut bars = Bars::new(global.quiet);
    match (&asked.bitext, &asked.article) {
        (Some(file), _) => {
            let bitext = read_bitext(&input(file), early.max_bytes)?;
            let settings = settings(layers, None)?;
            let mut encoder = embedder(&store, &settings)?;
            let mut entailer = entailer(&store, &settings)?;
            let witnesses = witnesses(&mut encoder, entailer.as_deref_mut());
            let options = options(&settings, "people", Vec::new());
            Ok(check_bitext(&bitext, &summary, witnesses, &options, &mut bars)?)
        }
        (None, Some(article)) => {
            let reading = Reading {
                inputs: vec![article.clone()],
                from: asked.from.clone(),
                text_field: asked.text_field.clone(),
                encoding: asked.encoding.clone(),
                force: asked.force,
                split_at_semicolon: false,
            };
            let mut found = Vec::new();
            for input in inputs_of(&reading.inputs)? {
                found.extend(prepare(&input, &reading, &early)?);
            }
            let given = found.len();
            let prepared = found.pop().filter(|_| given == 1);
            let prepared = prepared.ok_or(CliError::OneArticle(given))?;
            let (settings, model) = resolve(&store, layers)?;
            let mut translator = translator(&model, &settings)?;
            let mut encoder = embedder(&store, &settings)?;
            let mut entailer = entailer(&store, &settings)?;
            let mut engines = Engines {
                translator: translator.as_mut(),
                encoder: &mut encoder,
                writer: None,
                entailer: entailer.as_deref_mut().map(|entailer| entailer as _),
            };
            let options = options(&settings, "isnad", prepared.notes);
            Ok(pipeline::check(prepared.article, &summary, &mut engines, &options, &mut bars)?)
        }
        (None, None) => Err(CliError::NoArticle),
    }
}

fn summary(asked: &args::Check, early: &Settings) -> Result<GivenSummary, CliError> {
    let read = ReadOptions { encoding: None, max_bytes: early.max_bytes };
    let options = ArticleOptions { read, ..ArticleOptions::default() };
    let found = read_articles(&input(&asked.summary), &options)?;
    let [found] = found.as_slice() else { return Err(CliError::OneArticle(found.len())) };
    let text = found.article.text();
    let language = match looks_arabic(text) {
        LooksLike::Arabic | LooksLike::ArabicScript { .. } => Language::Arabic,
        _ => Language::English,
    };
    let given = if asked.claims {
        GivenSummary::lines(text, language)
    } else {
        GivenSummary::text(text, language)
    };
    Ok(given.map_err(PipelineError::from)?)
}

/// The verdicts of a saved brief, recomputed from what it holds.
fn again(
    path: &Path,
    global: &Global,
    layers: Layers,
    remarks: &mut Vec<String>,
) -> Result<Brief, CliError> {
    let settings = settings(layers, None)?;
    let saved = read_briefs(path)?;
    let [saved] = saved.as_slice() else { return Err(CliError::OneBrief(saved.len())) };
    let unfit = || CliError::NotRecomputable(path.to_owned());
    let (bitext, summary) = taken_apart(&saved.brief).ok_or_else(unfit)?;
    let store = open_store()?;
    let mut encoder = embedder(&store, &settings)?;
    let mut entailer = entailer(&store, &settings)?;
    let mut bars = Bars::new(global.quiet);
    let mut named = saved.brief.report.signature.settings.clone();
    // Whether a model read the claims then says nothing of now.
    named.retain(|(name, _)| name != NLI);
    named.extend(settings.entailment_signature());
    let warnings = saved.brief.report.warnings.clone();
    let options = CheckOptions { settings: named, ..options(&settings, "brief", warnings) };
    let witnesses = witnesses(&mut encoder, entailer.as_deref_mut());
    let mut brief = check_bitext(&bitext, &summary, witnesses, &options, &mut bars)?;
    brief.author = saved.brief.author;
    let pairs = brief.claims.iter().zip(&saved.brief.claims);
    let same = pairs.filter(|(new, old)| new.verdict == old.verdict && new.text == old.text);
    remarks.push(format!(
        "note: {} of {} verdicts came out as saved",
        same.count(),
        saved.brief.claims.len().max(brief.claims.len())
    ));
    Ok(brief)
}

fn witnesses<'a>(
    encoder: &'a mut LoadedEncoder,
    entailer: Option<&'a mut (dyn Entailer + Send + 'static)>,
) -> Witnesses<'a> {
    Witnesses { encoder, entailer: entailer.map(|entailer| entailer as _) }
}

fn options(settings: &Settings, translated_by: &str, warnings: Vec<String>) -> CheckOptions {
    let mut named = match translated_by {
        "isnad" => settings.signature(false),
        _ => Vec::new(),
    };
    named.push(("translation".to_owned(), translated_by.to_owned()));
    named.extend(settings.entailment_signature());
    CheckOptions {
        translate: settings.translate,
        verify: settings.verify.clone(),
        settings: named,
        warnings,
    }
}
