//! `--glossary` and `--forbid`: terms that translations must and must not contain.
//!
//! Owns: the form of a glossary file, and when a source has a term.
//! In: a file of lines `Arabic TAB English`. Out: what the engines want, and what is missing in a translation.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use isnad::artifact::{Input, read_lines};
use isnad::domain::{Outcome, SegmentId, Translation};
use isnad::infer::Terminology;
use isnad::text::for_translation;

use super::CliError;

/// More than any glossary has.
const MAX_BYTES: u64 = 1 << 26;

/// The terms of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    /// Arabic, normalised as sources are, and the English that stands for it.
    pairs: Arc<Vec<(String, String)>>,
    forbidden: Vec<String>,
}

impl Terms {
    /// Reads the glossary, if there is one.
    ///
    /// # Errors
    /// [`CliError::Glossary`] for a file that cannot be read or a line that is no pair.
    pub(crate) fn read(glossary: Option<&PathBuf>, forbidden: &[String]) -> Result<Self, CliError> {
        let pairs = match glossary {
            Some(path) => pairs(path)?,
            None => Vec::new(),
        };
        Ok(Self { pairs: Arc::new(pairs), forbidden: forbidden.to_vec() })
    }

    /// The terms in the form the engines take.
    pub(crate) fn terms(&self) -> Terminology {
        let pairs = Arc::clone(&self.pairs);
        let find = move |source: &str| {
            found(&pairs, source).into_iter().map(|(_, english)| english).collect()
        };
        Terminology {
            required: (!self.pairs.is_empty()).then(|| Arc::new(find) as isnad::infer::Terms),
            forbidden: self.forbidden.clone(),
            ..Terminology::default()
        }
    }

    /// Arabic, normalised as sources are, and English.
    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// What a signature says of them: they change translations.
    pub(crate) fn signature(&self) -> Vec<(String, String)> {
        let count =
            |name: &str, count: usize| (count > 0).then(|| (name.to_owned(), count.to_string()));
        [count("glossary", self.pairs.len()), count("forbidden", self.forbidden.len())]
            .into_iter()
            .flatten()
            .collect()
    }

    /// A warning for each translation that lacks a term of its source.
    pub(crate) fn warnings<'t>(
        &self,
        pairs: impl Iterator<Item = (SegmentId, &'t str, &'t Translation)>,
    ) -> Vec<String> {
        let mut warnings = Vec::new();
        for (id, source, translation) in
            pairs.filter(|(_, _, made)| made.outcome != Outcome::Skipped)
        {
            let source = for_translation(source);
            for (arabic, wanted) in found(&self.pairs, source.text()) {
                if !translation.text.contains(&wanted) {
                    let number = id.number();
                    warnings.push(format!("warning: the translation of sentence {number} lacks `{wanted}` for `{arabic}`"));
                }
            }
        }
        warnings
    }
}

/// The terms that `source` has as whole words, also behind a prefix of one or two letters (و، ب، ل، ال …).
fn found(pairs: &[(String, String)], source: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for (arabic, english) in pairs {
        let is_new = found.iter().all(|(_, other)| other != english);
        if is_new && has_term(source, arabic) {
            found.push((arabic.clone(), english.clone()));
        }
    }
    found
}

fn has_term(source: &str, term: &str) -> bool {
    source.match_indices(term).any(|(at, _)| {
        let before = source.get(..at).unwrap_or_default();
        let prefix: String =
            before.chars().rev().take_while(|character| character.is_alphanumeric()).collect();
        let behind = source.get(at + term.len()..).and_then(|behind| behind.chars().next());
        let is_prefix =
            prefix.chars().all(|letter| "وفبكللاس".contains(letter)) && prefix.chars().count() <= 3;
        is_prefix && behind.is_none_or(|character| !character.is_alphanumeric())
    })
}

fn pairs(path: &Path) -> Result<Vec<(String, String)>, CliError> {
    let failed = |message: String| CliError::Glossary { path: path.to_owned(), message };
    let file = Input::File(path.to_owned());
    let text = read_lines(&file, MAX_BYTES).map_err(|error| failed(error.to_string()))?.lines;
    let mut pairs = Vec::new();
    for (line, text) in (1..).zip(&text) {
        if text.trim().is_empty() || text.starts_with('#') {
            continue;
        }
        match text.split_once('\t').map(|(arabic, english)| (arabic.trim(), english.trim())) {
            Some((arabic, english)) if !arabic.is_empty() && !english.is_empty() => {
                pairs.push((for_translation(arabic).text().trim().to_owned(), english.to_owned()));
            }
            _ => return Err(failed(format!("line {line} is no pair: Arabic, a tab, English"))),
        }
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_is_found_as_a_whole_word_and_behind_prefixes() {
        for (source, has) in [
            ("قال حزب الله إن", true),
            ("وحزب الله", true),
            ("لحزب الله", true),
            ("أحزب الله", false),
            ("حزب اللهم", false),
        ] {
            assert_eq!(has_term(source, "حزب الله"), has, "{source}");
        }
    }
}
