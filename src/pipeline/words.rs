//! Links between the words of each bead.
//!
//! Owns: which token belongs to which word, and which words are written the same on both sides.
//! In: an alignment and an encoder of tokens. Out: the alignment with links.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::PipelineError;
use crate::align::{WordOptions, WordStates, link};
use crate::domain::{AlignedSentence, Alignment, Bead, BeadWords, ByteSpan, Word};
use crate::ports::{TokenEncoder, TokenStates};
use crate::text::{numbers::numbers, words::words};

/// Beads whose words are compared at one time.
const BATCH: usize = 64;

/// Links the words of every bead that has sentences on both sides.
///
/// # Errors
/// [`PipelineError`] when the encoder fails.
pub fn link_words(
    alignment: Alignment,
    encoder: &mut dyn TokenEncoder,
    options: &WordOptions,
) -> Result<Alignment, PipelineError> {
    let mut beads = alignment.beads().to_vec();
    for batch in beads.chunks_mut(BATCH) {
        let mut sides: Vec<[Joined; 2]> = Vec::new();
        for bead in batch.iter().filter(|bead| !bead.is_gap()) {
            sides.push([
                Joined::new(&alignment.source.sentences, &bead.source),
                Joined::new(&alignment.target.sentences, &bead.target),
            ]);
        }
        let texts: Vec<&str> = sides.iter().flatten().map(|side| side.text.as_str()).collect();
        let states = encoder.token_states(&texts)?;
        let full = batch.iter_mut().filter(|bead: &&mut Bead| !bead.is_gap());
        for ((bead, [source, target]), states) in full.zip(sides).zip(states.chunks_exact(2)) {
            let links = match states {
                [from, to] => linked((&source, from), (&target, to), options),
                _ => Vec::new(),
            };
            let (source, target) = (source.words, target.words);
            bead.words = Some(BeadWords { source, target, links });
        }
    }
    let Alignment { source, target, findings, signature, .. } = alignment;
    Ok(Alignment::new(source, target, beads, findings, signature)?)
}

/// Linked words of pairs of texts: spans of the first and of the second text of each pair, in the order of the first.
///
/// # Errors
/// [`PipelineError`] when the encoder fails.
pub(super) fn link_pairs(
    pairs: &[(&str, &str)],
    encoder: &mut dyn TokenEncoder,
    options: &WordOptions,
) -> Result<Vec<Vec<(ByteSpan, ByteSpan)>>, PipelineError> {
    let side = |text: &str| {
        let text = text.to_owned();
        Joined::new(&[AlignedSentence { text, paragraph: 0, heading: false }], &(0..1))
    };
    let mut all = Vec::with_capacity(pairs.len());
    for batch in pairs.chunks(BATCH) {
        let texts: Vec<&str> = batch.iter().flat_map(|(from, to)| [*from, *to]).collect();
        let states = encoder.token_states(&texts)?;
        for ((from, to), states) in batch.iter().zip(states.chunks_exact(2)) {
            let [of_from, of_to] = states else { continue };
            let (from, to) = (side(from), side(to));
            let links = linked((&from, of_from), (&to, of_to), options);
            let spans =
                |(i, j): (usize, usize)| Some((from.words.get(i)?.span, to.words.get(j)?.span));
            all.push(links.into_iter().filter_map(spans).collect());
        }
    }
    Ok(all)
}

/// The sentences of one side of a bead as one text, and its words.
struct Joined {
    text: String,
    /// Where each word stands in its sentence.
    words: Vec<Word>,
    /// Where each word stands in the text.
    places: Vec<std::ops::Range<usize>>,
}

impl Joined {
    fn new(sentences: &[AlignedSentence], range: &std::ops::Range<usize>) -> Self {
        let (mut text, mut found, mut places) = (String::new(), Vec::new(), Vec::new());
        let here = sentences.iter().enumerate().take(range.end).skip(range.start);
        for (sentence, content) in here {
            if !text.is_empty() {
                text.push(' ');
            }
            for span in words(&content.text) {
                found.push(Word { sentence, span });
                places.push(text.len() + span.start()..text.len() + span.end());
            }
            text.push_str(&content.text);
        }
        Self { text, words: found, places }
    }

    /// The word that each token overlaps first.
    fn of_tokens(&self, states: &TokenStates) -> Vec<Option<usize>> {
        let of = |span: &crate::domain::ByteSpan| {
            let word = self.places.partition_point(|place| place.end <= span.start());
            let place = self.places.get(word)?;
            (place.start < span.end()).then_some(word)
        };
        states.spans.iter().map(of).collect()
    }

    /// A value for each word that both languages write alike: numbers by their value, other strings in Latin letters.
    fn literals(&self) -> Vec<Option<u64>> {
        let literal = |place: &std::ops::Range<usize>| {
            let word = self.text.get(place.clone())?;
            let number = numbers(word).into_iter().next().map(|number| number.value);
            let latin =
                || word.chars().any(|c| c.is_ascii_alphabetic()).then(|| word.to_lowercase());
            let mut hasher = DefaultHasher::new();
            number.or_else(latin)?.hash(&mut hasher);
            Some(hasher.finish())
        };
        self.places.iter().map(literal).collect()
    }
}

fn linked(
    (source, from): (&Joined, &TokenStates),
    (target, to): (&Joined, &TokenStates),
    options: &WordOptions,
) -> Vec<(usize, usize)> {
    let words = [source.of_tokens(from), target.of_tokens(to)];
    let literals = [source.literals(), target.literals()];
    let left = WordStates {
        width: from.width,
        values: &from.values,
        words: &words[0],
        literals: &literals[0],
    };
    let right = WordStates {
        width: to.width,
        values: &to.values,
        words: &words[1],
        literals: &literals[1],
    };
    link(&left, &right, options)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AlignedText, Language, Signature};
    use crate::ports::fakes::FakeEmbedder;

    #[test]
    fn links_name_words_of_the_right_sentences() {
        let text = |language, lines: &[&str]| {
            let sentence = |text: &&str| {
                let text = (*text).to_owned();
                AlignedSentence { text, paragraph: 0, heading: false }
            };
            let sentences = lines.iter().map(sentence).collect();
            AlignedText { name: "t".into(), sha256: String::new(), language, sentences }
        };
        let bead = |source, target| Bead {
            source,
            target,
            probability: 1.0,
            similarity: None,
            moved: false,
            rejected: false,
            words: None,
        };
        let made = Alignment::new(
            text(Language::Arabic, &["alpha", "beta 1990.", "gamma"]),
            text(Language::English, &["beta 1990 gamma"]),
            vec![bead(0..1, 0..0), bead(1..3, 0..1)],
            Vec::new(),
            Signature::default(),
        );
        let linked = link_words(made.unwrap(), &mut FakeEmbedder, &WordOptions::default()).unwrap();
        assert!(linked.beads()[0].words.is_none());
        let words = linked.beads()[1].words.as_ref().unwrap();
        let of = |word: &Word, text: &AlignedText| {
            word.span.of(&text.sentences[word.sentence].text).unwrap().to_owned()
        };
        let pairs: Vec<(String, String)> = words
            .links
            .iter()
            .map(|(i, j)| {
                (of(&words.source[*i], &linked.source), of(&words.target[*j], &linked.target))
            })
            .collect();
        for word in ["beta", "1990", "gamma"] {
            assert!(pairs.contains(&(word.to_owned(), word.to_owned())), "{pairs:?}");
        }
    }
}
