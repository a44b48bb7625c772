//! Two texts to an alignment.
//!
//! Owns: what of a text goes into alignment, and what is said of the result. In: two texts cut into sentences, an
//! encoder, and where a bridge is wanted the machine translation of one of them. Out: an [`Alignment`].

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use super::translate::{TranslateOptions, translate_sentences};
use super::{Observer, PipelineError};
use crate::align::{self, Bridge, TextVectors, Tokens};
use crate::domain::{
    AlignedText, Alignment, Bead, Finding, Language, ModelSignature, Side, Signature,
};
use crate::ports::{Embedder, Search, Translator};
use crate::text::{evidence, script};

/// How to align two texts.
#[derive(Clone, Debug, Default)]
pub struct AlignOptions {
    /// Settings of the search.
    pub search: align::Options,
    /// Beads that are less probable are rejected.
    pub min_confidence: f64,
}

/// Below this share of sentences with a counterpart the texts are no translations of one another.
const TRANSLATION: f64 = 0.25;
/// The search finds the best beads there are, and between unrelated texts too some seem probable: a bead whose sides are
/// less similar counts for nothing when it is asked whether the texts translate one another.
const RELATED: f64 = 0.3;
/// A bead that is less probable is unsure.
pub(super) const UNSURE: f64 = 0.5;

/// The Arabic side of two texts in English, by machine: a second road on which sentences can be compared.
#[derive(Clone, Debug)]
pub struct Bridged {
    /// One translation a sentence.
    pub sentences: Vec<String>,
    /// Which translator made them.
    pub translator: ModelSignature,
}

impl Bridged {
    /// Translates the sentences of a text, each once, greedily: what a translation says is enough here, how it reads is not
    /// looked at.
    ///
    /// # Errors
    /// [`PipelineError`] when the translator fails.
    pub fn new(
        text: &AlignedText,
        translator: &mut dyn Translator,
        options: &TranslateOptions,
        observer: &mut dyn Observer,
    ) -> Result<Self, PipelineError> {
        let greedy = Search { beam_width: 1, ..options.search };
        let options = TranslateOptions { search: greedy, max_attempts: 1, ..*options };
        let made = translate_sentences(&sentences(text), translator, &options, observer)?;
        let sentences = made.into_iter().map(|translation| translation.text).collect();
        Ok(Self { sentences, translator: translator.signature() })
    }
}

/// Aligns two texts, on two roads if there is a bridge.
///
/// # Errors
/// [`PipelineError`] when the encoder fails.
pub fn align_texts(
    source: AlignedText,
    target: AlignedText,
    bridge: Option<&Bridged>,
    embedder: &mut dyn Embedder,
    options: &AlignOptions,
) -> Result<Alignment, PipelineError> {
    let (from, to) = prepare(
        (&source, &target),
        bridge.map(|b| &*b.sentences),
        embedder,
        options.search.max_bead,
    )?;
    let mut beads = align::align(&from, &to, &options.search);
    reject(&mut beads, options.min_confidence);
    let findings = findings(&beads, &source, &target, options.min_confidence.max(UNSURE));
    let settings = vec![
        ("search".to_owned(), "crf".to_owned()),
        ("max-bead".to_owned(), options.search.max_bead.to_string()),
        ("min-confidence".to_owned(), options.min_confidence.to_string()),
        ("bridge".to_owned(), bridge.is_some().to_string()),
    ];
    let signature = Signature {
        models: std::iter::once(embedder.signature())
            .chain(bridge.map(|bridge| bridge.translator.clone()))
            .collect(),
        settings,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    Ok(Alignment::new(source, target, beads, findings, signature)?)
}

/// Marks exactly the beads of a finished alignment as rejected that are less probable than asked for, and says anew how
/// many are unsure.
///
/// # Errors
/// [`PipelineError::Alignment`] never for an alignment that held.
pub fn reject_below(alignment: Alignment, min_confidence: f64) -> Result<Alignment, PipelineError> {
    let mut beads = alignment.beads().to_vec();
    reject(&mut beads, min_confidence);
    let Alignment { source, target, mut findings, mut signature, .. } = alignment;
    let name = "min-confidence";
    signature.settings.retain(|(setting, _)| setting != name);
    signature.settings.push((name.to_owned(), min_confidence.to_string()));
    findings.retain(|finding| !matches!(finding, Finding::Unsure { .. }));
    let in_front = |finding: &Finding| !matches!(finding, Finding::Moved { .. });
    let at = findings.iter().take_while(|finding| in_front(finding)).count();
    findings.splice(at..at, unsure(&beads, min_confidence.max(UNSURE)));
    Ok(Alignment::new(source, target, beads, findings, signature)?)
}

fn reject(beads: &mut [Bead], min_confidence: f64) {
    for bead in beads {
        bead.rejected = !bead.is_gap() && bead.probability < min_confidence;
    }
}

/// Turns two texts into what alignment compares; `bridge` is the Arabic one in English, one translation a sentence.
///
/// # Errors
/// [`PipelineError`] when the encoder fails.
pub fn prepare(
    (source, target): (&AlignedText, &AlignedText),
    bridge: Option<&[String]>,
    embedder: &mut dyn Embedder,
    max_bead: usize,
) -> Result<(TextVectors, TextVectors), PipelineError> {
    let (source_literals, target_literals) =
        weighted(source, target, |text, _| evidence::literals(text));
    let (source_names, target_names) = weighted(source, target, evidence::names);
    let mut from = vectors(source, embedder, max_bead)?;
    let mut to = vectors(target, embedder, max_bead)?;
    (from.literals, to.literals) = (source_literals, target_literals);
    (from.names, to.names) = (source_names, target_names);
    if let Some(translated) = bridge {
        let arabic_first = source.language == Language::Arabic;
        let (arabic, english) =
            if arabic_first { (&mut from, &mut to) } else { (&mut to, &mut from) };
        let english_text = if arabic_first { target } else { source };
        let grams = |texts: &[&str]| texts.iter().map(|text| evidence::grams(text)).collect();
        let texts: Vec<&str> = translated.iter().map(String::as_str).collect();
        let (left, right) = tf_idf(grams(&texts), grams(&sentences(english_text)));
        let runs = embedder.embed_runs(&texts, max_bead)?;
        arabic.bridge = Some(Bridge { runs, grams: left });
        english.bridge = Some(Bridge { runs: english.runs.clone(), grams: right });
    }
    Ok((from, to))
}

fn sentences(text: &AlignedText) -> Vec<&str> {
    text.sentences.iter().map(|sentence| sentence.text.as_str()).collect()
}

fn vectors(
    text: &AlignedText,
    embedder: &mut dyn Embedder,
    max_bead: usize,
) -> Result<TextVectors, PipelineError> {
    let runs = embedder.embed_runs(&sentences(text), max_bead)?;
    #[expect(clippy::cast_precision_loss, reason = "sentences have fewer than 2^24 letters")]
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count() as f32;
    Ok(TextVectors {
        runs,
        letters: text.sentences.iter().map(|sentence| letters(&sentence.text)).collect(),
        paragraphs: text.sentences.iter().map(|sentence| sentence.paragraph).collect(),
        headings: text.sentences.iter().map(|sentence| sentence.heading).collect(),
        literals: Vec::new(),
        names: Vec::new(),
        bridge: None,
    })
}

/// Strings that both texts have, by how few sentences have them: products of weights are inverse document frequencies.
fn weighted(
    source: &AlignedText,
    target: &AlignedText,
    strings: impl Fn(&str, Language) -> Vec<String>,
) -> (Vec<Tokens>, Vec<Tokens>) {
    let of = |text: &AlignedText| -> Vec<Vec<String>> {
        sentences(text).into_iter().map(|sentence| strings(sentence, text.language)).collect()
    };
    let (mut left, mut right) = (of(source), of(target));
    // A word that the other text never has is no evidence.
    let known = |texts: &[Vec<String>]| texts.iter().flatten().map(|s| key(s)).collect();
    let (in_left, in_right): (std::collections::HashSet<u64>, std::collections::HashSet<u64>) =
        (known(&left), known(&right));
    for strings in &mut left {
        strings.retain(|string| in_right.contains(&key(string)));
    }
    for strings in &mut right {
        strings.retain(|string| in_left.contains(&key(string)));
    }
    let weigh = |_, frequency: f32, sentences: f32| (sentences / frequency).ln().max(0.0).sqrt();
    tokens(left, right, weigh)
}

/// TF-IDF weights of n-grams, the count of each in its sentence times its inverse document frequency.
fn tf_idf(left: Vec<Vec<String>>, right: Vec<Vec<String>>) -> (Vec<Tokens>, Vec<Tokens>) {
    tokens(left, right, |count, frequency, sentences| count * (sentences / frequency).ln().max(0.0))
}

/// Strings of sentences as ids with weights, from count in the sentence, sentences with it, and all sentences.
fn tokens(
    left: Vec<Vec<String>>,
    right: Vec<Vec<String>>,
    weigh: impl Fn(f32, f32, f32) -> f32,
) -> (Vec<Tokens>, Vec<Tokens>) {
    let counted = |texts: Vec<Vec<String>>| -> Vec<HashMap<u64, f32>> {
        let count = |strings: Vec<String>| {
            strings.iter().fold(HashMap::new(), |mut counts, string| {
                *counts.entry(key(string)).or_insert(0.0) += 1.0;
                counts
            })
        };
        texts.into_iter().map(count).collect()
    };
    let (left, right) = (counted(left), counted(right));
    let mut frequencies: HashMap<u64, f32> = HashMap::new();
    for id in left.iter().chain(&right).flat_map(HashMap::keys) {
        *frequencies.entry(*id).or_insert(0.0) += 1.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "texts have fewer than 2^24 sentences")]
    let all = (left.len() + right.len()) as f32;
    let weighted = |sentences: Vec<HashMap<u64, f32>>| -> Vec<Tokens> {
        let one = |counts: HashMap<u64, f32>| {
            let weight = |(id, count): (u64, f32)| (id, weigh(count, frequencies[&id], all));
            let mut tokens: Tokens = counts.into_iter().map(weight).collect();
            tokens.sort_by_key(|(id, _)| *id);
            tokens
        };
        sentences.into_iter().map(one).collect()
    };
    (weighted(left), weighted(right))
}

fn key(string: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    string.hash(&mut hasher);
    hasher.finish()
}

/// What is said of an alignment; a bead that is less probable than `sure` is unsure.
pub(super) fn findings(
    beads: &[Bead],
    source: &AlignedText,
    target: &AlignedText,
    sure: f64,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let aligned = share_aligned(beads, source.sentences.len() + target.sentences.len());
    if aligned < TRANSLATION {
        findings.push(Finding::NotATranslation { aligned });
    }
    findings.extend(other_languages(Side::Source, source));
    findings.extend(other_languages(Side::Target, target));
    if aligned >= TRANSLATION {
        findings.extend(alone(Side::Source, source, beads));
        findings.extend(alone(Side::Target, target, beads));
    }
    findings.extend(unsure(beads, sure));
    findings.extend(moved(beads));
    findings
}

fn unsure(beads: &[Bead], sure: f64) -> Option<Finding> {
    let judged = beads.iter().filter(|bead| !bead.is_gap());
    let unsure = judged.clone().filter(|bead| bead.probability < sure).count();
    (unsure > 0).then(|| Finding::Unsure { beads: unsure, share: share(unsure, judged.count()) })
}

#[expect(clippy::cast_precision_loss, reason = "texts have fewer than 2^52 sentences")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Share of sentences of both sides in beads of related texts, each counted as much as its bead is probable.
fn share_aligned(beads: &[Bead], sentences: usize) -> f64 {
    let count = |bead: &Bead| bead.source.len() + bead.target.len();
    #[expect(clippy::cast_precision_loss, reason = "beads have a handful of sentences")]
    let sure = |bead: &Bead| bead.probability * count(bead) as f64;
    // The sum of nothing is a negative zero.
    // Beads that a ladder brought have no similarity to doubt them by.
    let related =
        |bead: &&Bead| !bead.is_gap() && bead.similarity.is_none_or(|cosine| cosine >= RELATED);
    let aligned = 0.0 + beads.iter().filter(related).map(sure).sum::<f64>();
    #[expect(clippy::cast_precision_loss, reason = "texts have fewer than 2^52 sentences")]
    let all = sentences.max(1) as f64;
    aligned / all
}

/// Sentences of at least a few letters that are in the script of the other language.
fn other_languages(side: Side, text: &AlignedText) -> Option<Finding> {
    let foreign = |sentence: &&crate::domain::AlignedSentence| {
        let letters = script::letters(&sentence.text);
        let (ours, theirs) = match text.language {
            Language::Arabic => (letters.arabic, letters.latin),
            Language::English => (letters.latin, letters.arabic),
        };
        theirs > 8 && theirs > 4 * ours
    };
    let sentences = text.sentences.iter().filter(foreign).count();
    (sentences > 0).then_some(Finding::OtherLanguage { side, sentences })
}

/// Paragraphs of which nothing has a counterpart.
fn alone(side: Side, text: &AlignedText, beads: &[Bead]) -> Vec<Finding> {
    let paragraphs = text.sentences.iter().map(|s| s.paragraph + 1).max().unwrap_or(0);
    let mut has_counterpart = vec![false; paragraphs];
    let mut is_there = vec![false; paragraphs];
    for sentence in &text.sentences {
        is_there[sentence.paragraph] = true;
    }
    for bead in beads.iter().filter(|bead| !bead.is_gap()) {
        let range = if side == Side::Source { bead.source.clone() } else { bead.target.clone() };
        for sentence in text.sentences.get(range).unwrap_or_default() {
            has_counterpart[sentence.paragraph] = true;
        }
    }
    let paragraphs = has_counterpart.iter().zip(is_there).enumerate();
    paragraphs
        .filter(|(_, (has, there))| *there && !**has)
        .map(|(paragraph, _)| Finding::ParagraphAlone { side, paragraph })
        .collect()
}

/// Moved beads that follow one another on both sides, as one block.
fn moved(beads: &[Bead]) -> Vec<Finding> {
    let mut blocks: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    for bead in beads.iter().filter(|bead| bead.moved) {
        match blocks.last_mut() {
            Some((source, target))
                if source.end == bead.source.start && target.end == bead.target.start =>
            {
                (source.end, target.end) = (bead.source.end, bead.target.end);
            }
            _ => blocks.push((bead.source.clone(), bead.target.clone())),
        }
    }
    blocks.into_iter().map(|(source, target)| Finding::Moved { source, target }).collect()
}
