//! The articles that were asked for: read, cut into sentences, worked on one after the other.
//!
//! Owns: where the result of each goes, and that one that fails stops no other. In: what was typed. Out: one outcome.
//! Never: what is done with an article.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use isnad::artifact::{
    ArticleOptions, FoundArticle, Input, ReadOptions, check_output, create_folder, inputs_of,
    read_articles,
};
use isnad::domain::{Markup, SegmentedArticle};
use isnad::text::garbled::misread;
use isnad::text::language::{LooksLike, looks_arabic};
use isnad::text::{SegmentOptions, segment_article, segment_laid_out};

use crate::cli::args::Reading;
use crate::cli::settings::Settings;
use crate::cli::{CliError, Outcome, Status};

/// An article ready to be worked on, and what to tell about how it was read.
pub(super) struct Prepared {
    pub(super) input: Input,
    pub(super) article: SegmentedArticle,
    /// What of it is set off.
    pub(super) markup: Vec<Markup>,
    pub(super) notes: Vec<String>,
}

/// How the results of several articles stand one behind the other on standard output.
#[derive(Clone, Copy)]
pub(super) enum Joined {
    /// Behind a line with the name of each.
    Named,
    /// With a rule between them.
    Ruled,
    /// Each JSON value on a line of its own.
    JsonLines,
}

/// Where results go.
enum Target {
    Stdout,
    File(PathBuf),
    Folder(PathBuf),
}

/// What was asked for, read.
pub(super) struct Articles {
    prepared: Vec<Prepared>,
    failures: Vec<CliError>,
    target: Target,
}

/// Whether `output` is a folder for the results of what was `typed`, and not a file.
pub(super) fn is_folder(output: &Path, typed: &[PathBuf]) -> bool {
    let ends = output.as_os_str().as_encoded_bytes().ends_with(b"/");
    let is_pattern = |path: &Path| path.to_string_lossy().contains(['*', '?', '[']);
    let several = typed.len() > 1 || typed.iter().any(|path| path.is_dir() || is_pattern(path));
    ends || output.is_dir() || (several && output.extension().is_none())
}

impl Articles {
    /// Reads all articles, after checking that their results could be written.
    ///
    /// One file that cannot be read is an error; of several, those that can be read are worked on.
    pub(super) fn read(
        reading: &Reading,
        output: Option<&Path>,
        settings: &Settings,
    ) -> Result<Self, CliError> {
        let inputs = inputs_of(&reading.inputs)?;
        let alone = inputs.len() == 1;
        let folder = output.filter(|output| is_folder(output, &reading.inputs));
        match (output, folder, inputs.as_slice()) {
            (Some(file), None, [input]) => check_output(file, input)?,
            (Some(file), None, _) => return Err(CliError::FolderForSeveral(file.to_owned())),
            _ => {}
        }
        let mut prepared = Vec::new();
        let mut failures = Vec::new();
        for input in &inputs {
            match prepare(input, reading, settings) {
                Ok(found) => prepared.extend(found),
                Err(error) if alone => return Err(error),
                Err(error) => failures.push(error.of_file(input)),
            }
        }
        let target = match (output, folder) {
            (None, _) => Target::Stdout,
            (Some(_), Some(folder)) => Target::Folder(folder.to_owned()),
            (Some(file), None) if prepared.len() > 1 => {
                return Err(CliError::FolderForSeveral(file.to_owned()));
            }
            (Some(file), None) => Target::File(file.to_owned()),
        };
        if let Target::Folder(folder) = &target {
            create_folder(folder)?;
        }
        Ok(Self { prepared, failures, target })
    }

    /// Whether there is nothing to work on, so that no engine need be loaded.
    pub(super) fn is_empty(&self) -> bool {
        self.prepared.is_empty()
    }

    /// Whether any has bold words, italics or links.
    pub(super) fn are_marked(&self) -> bool {
        self.prepared.iter().any(|prepared| !prepared.markup.is_empty())
    }

    /// Does `work` with each article and the file for its result; files in a folder get `extension`.
    pub(super) fn each(
        self,
        extension: &str,
        joined: Joined,
        mut work: impl FnMut(Prepared, Option<&Path>) -> Result<Outcome, CliError>,
    ) -> Result<Outcome, CliError> {
        let Self { prepared, failures, target } = self;
        let alone = prepared.len() == 1 && failures.is_empty();
        let mut all = Outcome { failures, ..Outcome::default() };
        let mut texts = Vec::new();
        let mut taken = HashSet::new();
        for article in prepared {
            let id = article.article.article().id().to_owned();
            let input = article.input.clone();
            let file = match &target {
                Target::Stdout => None,
                Target::File(file) => Some(file.clone()),
                Target::Folder(folder) => Some(folder.join(file_name(&id, extension, &mut taken))),
            };
            match work(article, file.as_deref()) {
                Ok(made) => {
                    let told = |note: String| if alone { note } else { format!("{id}: {note}") };
                    all.notes.extend(made.notes.into_iter().map(told));
                    if made.status == Status::Blemished {
                        all.status = Status::Blemished;
                    }
                    texts.push((id, made.text));
                }
                Err(error) if alone => return Err(error),
                Err(error) => all.failures.push(error.of_file(&input)),
            }
        }
        all.text = match target {
            Target::Stdout => together(texts, joined),
            _ => String::new(),
        };
        Ok(all)
    }
}

/// The articles of one file.
pub(super) fn prepare(
    input: &Input,
    reading: &Reading,
    settings: &Settings,
) -> Result<Vec<Prepared>, CliError> {
    let options = ArticleOptions {
        read: ReadOptions { encoding: settings.encoding, max_bytes: settings.max_bytes },
        format: reading.from.as_deref().map(str::parse).transpose()?,
        text_field: reading.text_field.clone(),
    };
    let found = read_articles(input, &options)?;
    found.into_iter().map(|found| cut(input, found, reading, settings)).collect()
}

/// Cuts an article that looks Arabic.
fn cut(
    input: &Input,
    found: FoundArticle,
    reading: &Reading,
    settings: &Settings,
) -> Result<Prepared, CliError> {
    let FoundArticle { article, mut notes, layout, markup } = found;
    let garbled = misread(article.text()).map(|(word, encoding)| {
        format!("it is garbled (“{word}”), like UTF-8 that was read as {encoding} and saved again")
    });
    let script = || match looks_arabic(article.text()) {
        LooksLike::Arabic => None,
        LooksLike::NoLetters => Some("it has no letters".to_owned()),
        LooksLike::Other { arabic_share } => {
            Some(format!("{:.0} % of its letters are Arabic", arabic_share * 100.0))
        }
        LooksLike::ArabicScript { foreign_share } => Some(format!(
            "{:.0} % of its letters belong to other languages of the Arabic script, such as Persian or Urdu",
            foreign_share * 100.0
        )),
        _ => Some("its script was not recognised".to_owned()),
    };
    match garbled.or_else(script) {
        Some(doubt) if !reading.force => return Err(CliError::NotArabic(doubt)),
        Some(doubt) => notes.push(format!("the text does not look Arabic: {doubt}")),
        None => {}
    }
    let mut options = SegmentOptions::default();
    if settings.split_at_semicolon {
        options = options.splitting_at_semicolons();
    }
    let article = if layout.is_empty() {
        segment_article(article, &options)?
    } else {
        segment_laid_out(article, &layout, &options)?
    };
    Ok(Prepared { input: input.clone(), article, markup, notes })
}

/// A name in a folder for the result of the article `id`, which no other article has.
fn file_name(id: &str, extension: &str, taken: &mut HashSet<String>) -> String {
    let (file, number) = id.rsplit_once('#').map_or((id, None), |(file, n)| (file, Some(n)));
    let stem = Path::new(file).file_stem().map_or(file.into(), |stem| stem.to_string_lossy());
    let name = match number {
        Some(number) => format!("{stem}-{number}"),
        None => stem.into_owned(),
    };
    let names = std::iter::once(name.clone()).chain((2..).map(|n| format!("{name}-{n}")));
    let mut names = names.map(|name| format!("{name}.{extension}"));
    names.find(|name| taken.insert(name.clone())).unwrap_or_default()
}

fn together(mut texts: Vec<(String, String)>, joined: Joined) -> String {
    if texts.len() < 2 {
        return texts.pop().map_or_else(String::new, |(_, text)| text);
    }
    let ended = |text: &str| format!("{}\n", text.trim_end_matches('\n'));
    match joined {
        Joined::Named => {
            let named = texts.iter().map(|(id, text)| format!("==> {id} <==\n{}", ended(text)));
            named.collect::<Vec<_>>().join("\n")
        }
        Joined::Ruled => {
            let all: Vec<String> = texts.iter().map(|(_, text)| ended(text)).collect();
            all.join("\n---\n\n")
        }
        Joined::JsonLines => texts.iter().map(|(_, text)| one_line(text)).collect(),
    }
}

/// A JSON value on one line; its strings hold no line end.
fn one_line(json: &str) -> String {
    let lines: Vec<&str> = json.lines().map(str::trim_start).collect();
    format!("{}\n", lines.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_article_gets_a_file_of_its_own() {
        let mut taken = HashSet::new();
        let mut name = |id| file_name(id, "md", &mut taken);
        assert_eq!(name("a.txt"), "a.md");
        assert_eq!(name("a.html"), "a-2.md");
        assert_eq!(name("feed.xml#2"), "feed-2.md");
        assert_eq!(name("خبر.pdf"), "خبر.md");
        assert_eq!(name("stdin"), "stdin.md");
    }

    #[test]
    fn results_on_standard_output_are_told_apart() {
        let texts = || {
            vec![
                ("a".to_owned(), "{\n  \"x\": 1\n}".to_owned()),
                ("b".to_owned(), "{}\n".to_owned()),
            ]
        };
        assert_eq!(together(texts(), Joined::JsonLines), "{\"x\": 1}\n{}\n");
        assert_eq!(together(texts().split_off(1), Joined::Named), "{}\n");
        assert!(together(texts(), Joined::Named).contains("\n\n==> b <==\n{}\n"));
    }
}
