//! Units of text that somebody paired, as TMX and XLIFF hold them.
//!
//! Owns: how units become an alignment: by our notes where they hold, else one bead each.
//! In: units with notes. Out: an [`Alignment`]. Never: the syntax of a file.

use super::super::ArtifactError;
use crate::domain::exchange::{self, ExchangeHeader, Origin, PREFIX};
use crate::domain::{
    AlignedSentence, AlignedText, Alignment, Bead, Finding, Language, Signature, is_blank,
};

/// One unit: text on either side, and what was noted about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) source: String,
    pub(super) target: String,
    notes: Vec<(String, String)>,
}

impl Unit {
    /// Keeps a note if it is one of ours.
    pub(super) fn note(&mut self, name: &str, value: String) {
        if let Some(name) = name.strip_prefix(PREFIX) {
            self.notes.push((name.to_owned(), value));
        }
    }

    fn noted(&self, name: &str) -> Option<&str> {
        self.notes.iter().find(|(noted, _)| noted == name).map(|(_, value)| value.as_str())
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.noted(name)?.parse().ok().filter(|value: &f64| value.is_finite())
    }

    fn holds(&self, name: &str) -> bool {
        self.noted(name) == Some("true")
    }

    /// The sentences of a side by our notes: their index in the text, and themselves. Nothing if the notes are absent or
    /// the text is another by now.
    fn sentences(
        &self,
        range: &str,
        layout: &str,
        text: &str,
    ) -> Option<(usize, Vec<AlignedSentence>)> {
        let range = exchange::range(self.noted(range)?)?;
        let sentences = match self.noted(layout) {
            Some(layout) => exchange::cut(text, layout)?,
            None if text.is_empty() => Vec::new(),
            None => return None,
        };
        (sentences.len() == range.len()).then_some((range.start, sentences))
    }

    fn bead(&self, source: (usize, usize), target: (usize, usize)) -> Bead {
        let words = self.noted(exchange::WORDS).and_then(|words| serde_json::from_str(words).ok());
        Bead {
            source: source.0..source.0 + source.1,
            target: target.0..target.0 + target.1,
            probability: self.number(exchange::PROBABILITY).unwrap_or(1.0),
            similarity: self.number(exchange::SIMILARITY),
            moved: self.holds(exchange::MOVED),
            rejected: self.holds(exchange::REJECTED),
            words,
        }
    }
}

/// All units of a file.
#[derive(Debug)]
pub(super) struct Units {
    pub(super) source: Language,
    pub(super) target: Language,
    /// Our header as JSON, where there is one.
    pub(super) header: Option<String>,
    pub(super) all: Vec<Unit>,
}

/// Two texts and the beads between them.
type Joined = (Vec<AlignedSentence>, Vec<AlignedSentence>, Vec<Bead>);

impl Units {
    /// The alignment that the units tell of.
    pub(super) fn join(self, name: &str) -> Result<Alignment, ArtifactError> {
        if self.all.iter().all(|unit| is_empty(&unit.source) && is_empty(&unit.target)) {
            return Err(ArtifactError::NoUnits { name: name.to_owned() });
        }
        let header = self.header.as_deref().and_then(|json| serde_json::from_str(json).ok());
        let header = header.unwrap_or_else(|| {
            let origin = || Origin { name: name.to_owned(), sha256: String::new() };
            let signature = Signature::default();
            ExchangeHeader { source: origin(), target: origin(), findings: Vec::new(), signature }
        });
        let (joined, numbers_hold) = match self.by_notes() {
            Some(joined) => (joined, true),
            None => (self.by_order(), false),
        };
        let (source, target, beads) = joined;
        let mut findings = header.findings;
        findings.retain(|finding| numbers_hold || !names_a_place(finding));
        let text = |origin: Origin, language, sentences| {
            let Origin { name, sha256 } = origin;
            AlignedText { name, sha256, language, sentences }
        };
        let source = text(header.source, self.source, source);
        let target = text(header.target, self.target, target);
        Alignment::new(source, target, beads, findings, header.signature)
            .map_err(|source| ArtifactError::UntrustedAlignment { name: name.to_owned(), source })
    }

    /// By our notes, if every unit has them and together they tell of every sentence once.
    fn by_notes(&self) -> Option<Joined> {
        let (mut source, mut target) = (Vec::new(), Vec::new());
        let mut beads = Vec::new();
        for unit in &self.all {
            let (from, left) =
                unit.sentences(exchange::SOURCE, exchange::SOURCE_SENTENCES, &unit.source)?;
            let (to, right) =
                unit.sentences(exchange::TARGET, exchange::TARGET_SENTENCES, &unit.target)?;
            beads.push(unit.bead((from, left.len()), (to, right.len())));
            source.extend(left.into_iter().enumerate().map(|(index, s)| (from + index, s)));
            target.extend(right.into_iter().enumerate().map(|(index, s)| (to + index, s)));
        }
        Some((in_order(source)?, in_order(target)?, beads))
    }

    /// One bead a unit, one sentence a side.
    fn by_order(&self) -> Joined {
        let (mut source, mut target) = (Vec::new(), Vec::new());
        let mut beads = Vec::new();
        for unit in &self.all {
            let starts = (source.len(), target.len());
            source.extend(sentence(&unit.source));
            target.extend(sentence(&unit.target));
            let counts = (source.len() - starts.0, target.len() - starts.1);
            if counts != (0, 0) {
                // Spans of words belong to sentences that are no longer there.
                let bead = unit.bead((starts.0, counts.0), (starts.1, counts.1));
                let similarity = bead.similarity.filter(|cosine| cosine.abs() <= 1.0);
                let probability = bead.probability.clamp(0.0, 1.0);
                beads.push(Bead { words: None, similarity, probability, ..bead });
            }
        }
        (source, target, beads)
    }
}

/// Whether a finding speaks of sentences or paragraphs by their numbers.
fn names_a_place(finding: &Finding) -> bool {
    matches!(finding, Finding::ParagraphAlone { .. } | Finding::Moved { .. })
}

fn is_empty(text: &str) -> bool {
    text.chars().all(is_blank)
}

/// The sentences by their numbers, if these are 0, 1, 2 and so on.
fn in_order(mut sentences: Vec<(usize, AlignedSentence)>) -> Option<Vec<AlignedSentence>> {
    sentences.sort_by_key(|(index, _)| *index);
    let whole = sentences.iter().enumerate().all(|(at, (index, _))| at == *index);
    whole.then(|| sentences.into_iter().map(|(_, sentence)| sentence).collect())
}

/// A text as one sentence on one line, nothing if it is blank.
fn sentence(text: &str) -> Option<AlignedSentence> {
    let lines =
        text.split(['\n', '\r', '\u{2028}', '\u{2029}']).map(|line| line.trim_matches(is_blank));
    let text = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(AlignedSentence { text, paragraph: 0, heading: false })
}

/// Arabic and English among `tags`, the one that `first` names in front; Arabic, if it names neither.
pub(super) fn languages(
    tags: &[String],
    first: Option<&str>,
    name: &str,
) -> Result<(Language, Language), ArtifactError> {
    let holds = |language| tags.iter().any(|tag| language_of(tag) == Some(language));
    if !holds(Language::Arabic) || !holds(Language::English) {
        let found = if tags.is_empty() { "no language".to_owned() } else { tags.join(", ") };
        return Err(ArtifactError::OtherLanguages { name: name.to_owned(), found });
    }
    match first.and_then(language_of) {
        Some(Language::English) => Ok((Language::English, Language::Arabic)),
        _ => Ok((Language::Arabic, Language::English)),
    }
}

/// The language that a tag such as `ar-EG` begins with.
pub(super) fn language_of(tag: &str) -> Option<Language> {
    super::super::document::language_of_tag(tag)
}
