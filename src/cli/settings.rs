//! What was typed, the environment, the configuration file and the catalog, resolved to settings.
//!
//! Owns: the order (flag > environment > configuration file > catalog > built-in), the names of the
//! settings, and the origin of each value.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use isnad::artifact::TextEncoding;
use isnad::infer::Precision;
use isnad::pipeline::{EntailmentOptions, Style, Thresholds, TranslateOptions, VerifyOptions};
use isnad::ports::{Length, Search};
use isnad::store::Decoding;
use isnad::text::faults::Limits;

use super::CliError;
use super::args::{Global, Reading, Summarizing, Translating};
use super::terminology::Terms;

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Flag,
    Environment(String),
    File(PathBuf),
    Catalog(String),
    BuiltIn,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("flag"),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Catalog(name) => write!(f, "catalog {name}"),
            Self::BuiltIn => f.write_str("built-in"),
        }
    }
}

/// Name, built-in value (empty: none) and form of every setting.
const KEYS: [(&str, &str, &str); 29] = [
    ("translator", "isnad-ar-en", "a name of the catalog, hf:OWNER/NAME, or a path"),
    ("embedder", "usem3-ar-en", "a name of the catalog, hf:OWNER/NAME, or a path"),
    ("threads", "0", "a whole number; 0 is all cores"),
    ("sentences", "4", "a whole number from 1"),
    ("words", "", "a whole number from 1"),
    (
        "summarizer",
        "extractive",
        "extractive, compress, abstractive, abstractive:MODEL, or the name of a model",
    ),
    ("strict", "false", "true or false"),
    ("encoding", "", "a name such as utf-8 or windows-1256"),
    ("split_at_semicolon", "false", "true or false"),
    ("keep_boilerplate", "false", "true or false"),
    ("beam", "1", "a whole number from 1 to 32"),
    ("length_penalty", "1", "a number from 0"),
    ("no_repeat_ngram", "0", "a whole number; 0 is off"),
    ("forbid_source_script", "true", "true or false"),
    ("name_bonus", "0", "a number from 0"),
    ("word_bonus", "0", "a number from 0"),
    ("batch", "16", "a whole number from 1"),
    ("attempts", "3", "a whole number from 1 to 9"),
    ("min_length_ratio", "0.35", "a number from 0"),
    ("max_length_ratio", "3.5", "a number from 0"),
    ("max_source_script", "0", "a number from 0 to 1"),
    ("min_mean_logprob", "-1.6", "a number up to 0"),
    ("max_megabytes", "64", "a whole number from 1"),
    ("weights", "float32", "float32 or int8"),
    ("min_right", "0.5", "a number from 0 to 1"),
    ("nli", "none", "none, a name of the catalog, hf:OWNER/NAME, or a path"),
    ("nli_entailment", "0.9", "a number from 0.5 to 1"),
    ("nli_contradiction", "0.9", "a number from 0.5 to 1"),
    ("verify", "quick", "quick or full"),
];

/// No model where one could be named.
const NO_MODEL: &str = "none";

/// Name, in a signature, of when readings of an entailment model count.
pub(crate) const NLI: &str = "nli";

/// The model that writes summaries, unless one is named.
const WRITER: &str = "qwen2.5-coder-1.5b-instruct";

/// All that a command needs to know.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) threads: usize,
    pub(crate) embedder: String,
    /// The entailment model, if claims are to be read by one.
    pub(crate) entailer: Option<String>,
    pub(crate) encoding: Option<TextEncoding>,
    pub(crate) max_bytes: u64,
    pub(crate) split_at_semicolon: bool,
    pub(crate) length: Length,
    pub(crate) style: Style,
    /// The model that writes, where one is needed.
    pub(crate) writer: Option<String>,
    pub(crate) strict: bool,
    pub(crate) batch: usize,
    pub(crate) precision: Precision,
    /// Whether every file of a model is read before it is used, whatever was recorded when it came.
    pub(crate) verify_fully: bool,
    pub(crate) terminology: Terms,
    /// Bonus in nats of the tokens of names and of words that the translator's lexicon has.
    pub(crate) lexicon: LexiconBonus,
    pub(crate) translate: TranslateOptions,
    pub(crate) verify: VerifyOptions,
    /// Every setting with its value and origin.
    pub(crate) shown: Vec<(&'static str, String, Origin)>,
}

/// How much a search leans on the lexicon of its translator, in nats a token; 0 is not at all.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct LexiconBonus {
    pub(crate) names: f32,
    pub(crate) words: f32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form of a check of a setting")]
fn not_negative(x: &f32) -> bool {
    x.is_finite() && *x >= 0.0
}

/// The layers a value can come from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layers {
    flags: BTreeMap<&'static str, String>,
    environment: BTreeMap<&'static str, (String, String)>,
    file: Option<(PathBuf, BTreeMap<String, String>)>,
    catalog: Option<(String, BTreeMap<&'static str, String>)>,
    terminology: Terms,
}

impl Layers {
    /// Reads environment and configuration file.
    ///
    /// # Errors
    /// [`CliError::Config`] for a file that cannot be read or names an unknown setting.
    pub(crate) fn read(global: &Global) -> Result<Self, CliError> {
        let variable = |key: &str| format!("ISNAD_{}", key.to_uppercase());
        let environment = KEYS.iter().filter_map(|(key, ..)| {
            let name = variable(key);
            let value = std::env::var(&name).ok().filter(|value| !value.trim().is_empty())?;
            Some((*key, (name, value.trim().to_owned())))
        });
        let mut layers = Self { environment: environment.collect(), ..Self::default() };
        let named =
            global.config.clone().or_else(|| std::env::var_os("ISNAD_CONFIG").map(Into::into));
        layers.file = match (named, config_path()) {
            (Some(path), _) => Some((path.clone(), read_config(&path)?)),
            (None, Some(path)) if path.exists() => Some((path.clone(), read_config(&path)?)),
            _ => None,
        };
        layers.flag("threads", global.threads.as_ref());
        layers.flag("verify", global.verify.as_ref());
        Ok(layers)
    }

    /// Takes note of a flag that was given.
    pub(crate) fn flag(&mut self, key: &'static str, value: Option<&String>) {
        if let Some(value) = value {
            self.flags.insert(key, value.clone());
        }
    }

    fn switch(&mut self, key: &'static str, on: bool) {
        if on {
            self.flags.insert(key, "true".to_owned());
        }
    }

    pub(crate) fn summarizing(&mut self, summarizing: &Summarizing) {
        self.flag("sentences", summarizing.sentences.as_ref());
        self.flag("words", summarizing.words.as_ref());
        self.flag("summarizer", summarizing.summarizer.as_ref());
        self.switch("strict", summarizing.strict);
        self.flag("embedder", summarizing.embedder.as_ref());
        self.flag("nli", summarizing.nli.as_ref());
    }

    pub(crate) fn reading(&mut self, reading: &Reading) {
        self.flag("encoding", reading.encoding.as_ref());
        self.switch("split_at_semicolon", reading.split_at_semicolon);
    }

    /// Takes note of how to translate.
    ///
    /// # Errors
    /// [`CliError::Glossary`] for a glossary that cannot be read.
    pub(crate) fn translating(&mut self, translating: &Translating) -> Result<(), CliError> {
        self.terminology = Terms::read(translating.glossary.as_ref(), &translating.forbid)?;
        self.flag("weights", translating.weights.as_ref());
        self.flag("translator", translating.translator.as_ref());
        self.flag("beam", translating.beam.as_ref());
        self.flag("batch", translating.batch.as_ref());
        self.flag("attempts", translating.attempts.as_ref());
        self.switch("keep_boilerplate", translating.keep_boilerplate);
        Ok(())
    }

    /// What the catalog says of decoding with the model called `name`.
    pub(crate) fn catalog(&mut self, name: &str, decoding: &Decoding) {
        let values = BTreeMap::from([
            ("beam", decoding.beam_width.to_string()),
            ("length_penalty", decoding.length_penalty.to_string()),
            ("no_repeat_ngram", decoding.no_repeat_ngram.to_string()),
            ("forbid_source_script", decoding.forbid_source_script.to_string()),
            ("name_bonus", decoding.name_bonus.to_string()),
            ("word_bonus", decoding.word_bonus.to_string()),
            ("batch", decoding.batch.to_string()),
        ]);
        self.catalog = Some((name.to_owned(), values));
    }

    /// Value and origin of one setting; empty if it has none.
    pub(crate) fn value(&self, key: &'static str) -> (String, Origin) {
        if let Some(value) = self.flags.get(key) {
            return (value.clone(), Origin::Flag);
        }
        if let Some((name, value)) = self.environment.get(key) {
            return (value.clone(), Origin::Environment(name.clone()));
        }
        if let Some((path, values)) = &self.file
            && let Some(value) = values.get(key)
        {
            return (value.clone(), Origin::File(path.clone()));
        }
        if let Some((name, values)) = &self.catalog
            && let Some(value) = values.get(key)
        {
            return (value.clone(), Origin::Catalog(name.clone()));
        }
        let built_in = KEYS.iter().find(|(name, ..)| *name == key);
        (built_in.map(|(_, value, _)| (*value).to_owned()).unwrap_or_default(), Origin::BuiltIn)
    }

    fn parse<T: FromStr>(
        &self,
        key: &'static str,
        holds: impl Fn(&T) -> bool,
    ) -> Result<Option<T>, CliError> {
        let (value, origin) = self.value(key);
        if value.is_empty() {
            return Ok(None);
        }
        match value.parse::<T>().ok().filter(holds) {
            Some(parsed) => Ok(Some(parsed)),
            None => Err(wrong(key, value, &origin)),
        }
    }

    /// As [`parse`](Self::parse), for a setting that always has a value.
    fn get<T: FromStr>(
        &self,
        key: &'static str,
        holds: impl Fn(&T) -> bool,
    ) -> Result<T, CliError> {
        self.parse(key, holds)?.ok_or_else(|| wrong(key, String::new(), &Origin::BuiltIn))
    }

    /// The settings in force.
    ///
    /// # Errors
    /// [`CliError::Setting`] names a value that cannot be used, and where it comes from.
    pub(crate) fn resolve(&self) -> Result<Settings, CliError> {
        let threads = match self.get("threads", |n: &usize| *n <= 1024)? {
            0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            n => n,
        };
        Ok(Settings {
            threads,
            embedder: self.get("embedder", |_| true)?,
            entailer: self.parse("nli", |_| true)?.filter(|name: &String| name != NO_MODEL),
            encoding: self.parse("encoding", |_| true)?,
            max_bytes: self.get("max_megabytes", |n: &u64| (1..=1 << 20).contains(n))? << 20,
            split_at_semicolon: self.get("split_at_semicolon", |_| true)?,
            length: self.length()?,
            style: self.style()?.0,
            writer: self.style()?.1,
            strict: self.get("strict", |_| true)?,
            batch: self.get("batch", |n: &usize| (1..=1024).contains(n))?,
            precision: match self
                .get("weights", |form: &String| ["float32", "int8"].contains(&form.as_str()))?
                .as_str()
            {
                "int8" => Precision::Int8,
                _ => Precision::Float32,
            },
            verify_fully: self
                .get("verify", |how: &String| ["quick", "full"].contains(&how.as_str()))?
                == "full",
            terminology: self.terminology.clone(),
            lexicon: LexiconBonus {
                names: self.get("name_bonus", not_negative)?,
                words: self.get("word_bonus", not_negative)?,
            },
            translate: self.translate()?,
            verify: VerifyOptions {
                min_right: self.get("min_right", |p: &f32| (0.0..=1.0).contains(p))?,
                entailment: self.entailment()?,
                ..VerifyOptions::default()
            },
            shown: KEYS
                .iter()
                .map(|(key, ..)| {
                    let (value, origin) = self.value(key);
                    (*key, value, origin)
                })
                .collect(),
        })
    }

    /// When a reading of the entailment model counts. Below one half, a text could entail a claim and contradict it.
    fn entailment(&self) -> Result<EntailmentOptions, CliError> {
        let probability = |p: &f32| (0.5..=1.0).contains(p);
        Ok(EntailmentOptions {
            min_entailment: self.get("nli_entailment", probability)?,
            min_contradiction: self.get("nli_contradiction", probability)?,
        })
    }

    /// A word limit that was set counts unless a sentence limit was set closer to the user.
    fn length(&self) -> Result<Length, CliError> {
        let positive = |n: &usize| *n >= 1;
        let rank = |key| match self.value(key).1 {
            Origin::Flag => 0,
            Origin::Environment(_) => 1,
            Origin::File(_) => 2,
            Origin::Catalog(_) | Origin::BuiltIn => 3,
        };
        match self.parse("words", positive)? {
            Some(words) if rank("words") <= rank("sentences") => Ok(Length::Words(words)),
            _ => Ok(Length::Sentences(self.get("sentences", positive)?)),
        }
    }

    /// How a summary is made, and the model that writes it.
    fn style(&self) -> Result<(Style, Option<String>), CliError> {
        let (value, origin) = self.value("summarizer");
        // Names of models have other characters than names of kinds.
        if value.starts_with("hf:") || (!value.contains(':') && value.contains(['-', '.', '/'])) {
            return Ok((Style::Abstractive, Some(value)));
        }
        match value.split_once(':').unwrap_or((&value, "")) {
            ("extractive", "") => Ok((Style::Extractive, None)),
            ("compress", "") => Ok((Style::Compress, None)),
            ("abstractive", "") => Ok((Style::Abstractive, Some(WRITER.to_owned()))),
            ("abstractive", model) => Ok((Style::Abstractive, Some(model.to_owned()))),
            _ => Err(wrong("summarizer", value, &origin)),
        }
    }

    fn translate(&self) -> Result<TranslateOptions, CliError> {
        let search = Search {
            beam_width: self.get("beam", |n: &usize| (1..=32).contains(n))?,
            length_penalty: self.get("length_penalty", not_negative)?,
            no_repeat_ngram: self.get("no_repeat_ngram", |_| true)?,
            forbid_source_script: self.get("forbid_source_script", |_| true)?,
            max_new_tokens: usize::MAX,
        };
        let retry = Search {
            beam_width: search.beam_width.max(4),
            no_repeat_ngram: if search.no_repeat_ngram == 0 { 4 } else { search.no_repeat_ngram },
            ..search
        };
        Ok(TranslateOptions {
            keep_boilerplate: self.get("keep_boilerplate", |_| true)?,
            search,
            retry,
            max_attempts: self.get("attempts", |n: &usize| (1..=9).contains(n))?,
            thresholds: Thresholds {
                text: Limits {
                    min_length_ratio: self.get("min_length_ratio", not_negative)?,
                    max_length_ratio: self.get("max_length_ratio", not_negative)?,
                    max_source_script: self
                        .get("max_source_script", |x: &f32| (0.0..=1.0).contains(x))?,
                },
                min_mean_logprob: self.get("min_mean_logprob", |x: &f32| *x <= 0.0)?,
            },
            // The catalog has them, if anybody.
            reliability: None,
        })
    }
}

impl Settings {
    /// The settings that change a translation or a brief, for its signature.
    pub(crate) fn signature(&self, with_summary: bool) -> Vec<(String, String)> {
        let search = &self.translate.search;
        let mut settings = vec![
            (
                "search".to_owned(),
                match search.beam_width {
                    1 => "greedy".to_owned(),
                    width => format!("beam{width},penalty{}", search.length_penalty),
                },
            ),
            ("attempts".to_owned(), self.translate.max_attempts.to_string()),
            (
                "mask".to_owned(),
                if search.forbid_source_script { "arabic" } else { "none" }.to_owned(),
            ),
            ("seg".to_owned(), if self.split_at_semicolon { "2" } else { "1" }.to_owned()),
        ];
        if self.precision == Precision::Int8 {
            settings.push(("weights".to_owned(), "int8".to_owned()));
        }
        let LexiconBonus { names, words } = self.lexicon;
        if names > 0.0 || words > 0.0 {
            settings.push(("lexicon".to_owned(), format!("names{names},words{words}")));
        }
        settings.extend(self.terminology.signature());
        if search.no_repeat_ngram > 0 {
            settings.push(("ngram".to_owned(), search.no_repeat_ngram.to_string()));
        }
        if with_summary {
            let length = match self.length {
                Length::Sentences(n) => format!("sentences{n}"),
                Length::Words(n) => format!("words{n}"),
            };
            let style = match self.style {
                Style::Extractive => "extractive",
                Style::Compress => "compress",
                Style::Abstractive => "abstractive",
            };
            let strict = if self.strict { ",strict" } else { "" };
            settings.push(("summary".to_owned(), format!("{style},{length}{strict}")));
            if self.translate.reliability.is_some() {
                settings.push(("right".to_owned(), self.verify.min_right.to_string()));
            }
            settings.extend(self.entailment_signature());
        }
        settings
    }

    /// When readings of the entailment model count, if there is one.
    pub(crate) fn entailment_signature(&self) -> Option<(String, String)> {
        let EntailmentOptions { min_entailment, min_contradiction } = &self.verify.entailment;
        self.entailer.as_ref()?;
        let value = format!("entails{min_entailment},contradicts{min_contradiction}");
        Some((NLI.to_owned(), value))
    }
}

fn wrong(key: &'static str, value: String, origin: &Origin) -> CliError {
    let expected = KEYS.iter().find(|(name, ..)| *name == key).map_or("", |(_, _, form)| *form);
    CliError::Setting { key, value, origin: origin.to_string(), expected }
}

/// Where the configuration file is looked for, unless one is named.
pub(crate) fn config_path() -> Option<PathBuf> {
    dirs::config_dir().map(|folder| folder.join("isnad").join("config.toml"))
}

#[expect(clippy::disallowed_methods, reason = "settings own the configuration file")]
fn read_config(path: &Path) -> Result<BTreeMap<String, String>, CliError> {
    let failed = |message: String| CliError::Config { path: path.to_owned(), message };
    let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    let table: toml::Table = text.parse().map_err(|e: toml::de::Error| failed(e.to_string()))?;
    let mut values = BTreeMap::new();
    for (key, value) in table {
        if !KEYS.iter().any(|(name, ..)| *name == key) {
            let known: Vec<&str> = KEYS.iter().map(|(name, ..)| *name).collect();
            return Err(failed(format!("unknown setting `{key}`; there are {}", known.join(", "))));
        }
        let value = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(_) | toml::Value::Float(_) | toml::Value::Boolean(_) => {
                value.to_string()
            }
            _ => return Err(failed(format!("`{key}` must be a single value"))),
        };
        values.insert(key, value);
    }
    Ok(values)
}
