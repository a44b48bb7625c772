//! Deterministic stand-ins for the engines, for tests of everything that uses a port.
//!
//! Owns: a word-by-word translator, a character n-gram embedder of texts and of words, a writer and an entailer that say what
//! they were told. The first two read Arabic letters as Latin
//! ones, so a fake translation is near its source in the space of the fake embedder.
//! Never: quality. Nothing here is a translation or knows a meaning.

use super::{
    EmbedError, Embedder, EntailError, Entailer, Hypothesis, Search, StopReason, TokenCounter,
    TokenEncoder, TokenStates, TranslateError, Translator, WriteError, WriteRequest, Writer,
};
use crate::domain::{ByteSpan, Entailment, Language, ModelSignature};

/// Log-probability that the fake gives every token, in nats.
const LOGPROB_NATS: f32 = -0.25;
/// Values of a fake vector.
const DIMENSIONS: usize = 64;
/// Letters of the n-grams that are counted.
const GRAM: usize = 3;

/// Translates each word by writing its Arabic letters in Latin ones; a token is a word.
///
/// Where the source script is allowed in the output, words stay as they are.
#[derive(Clone, Debug)]
pub struct FakeTranslator {
    max_segment_tokens: usize,
}

impl FakeTranslator {
    /// A translator that takes segments of so many words.
    #[must_use]
    pub fn new(max_segment_tokens: usize) -> Self {
        Self { max_segment_tokens }
    }
}

impl Default for FakeTranslator {
    /// One that takes 120 words.
    fn default() -> Self {
        Self::new(120)
    }
}

impl TokenCounter for FakeTranslator {
    fn count_tokens(&self, text: &str) -> usize {
        text.split_whitespace().count()
    }

    fn max_segment_tokens(&self) -> usize {
        self.max_segment_tokens
    }
}

impl Translator for FakeTranslator {
    fn translate(
        &mut self,
        segments: &[&str],
        search: &Search,
        on_done: &mut (dyn FnMut() + Send),
    ) -> Result<Vec<Hypothesis>, TranslateError> {
        for (index, segment) in segments.iter().enumerate() {
            let (needed, limit) = (self.count_tokens(segment), self.max_segment_tokens);
            if needed > limit {
                return Err(TranslateError::SegmentTooLong { index, needed, limit });
            }
        }
        let one = |segment: &&str| {
            on_done();
            translated(segment, search)
        };
        Ok(segments.iter().map(one).collect())
    }

    fn signature(&self) -> ModelSignature {
        signature("translator", "fake-translator")
    }
}

fn translated(segment: &str, search: &Search) -> Hypothesis {
    let word = |word: &str| -> String {
        if search.forbid_source_script {
            word.chars().map(latin).collect()
        } else {
            word.to_owned()
        }
    };
    let mut words: Vec<String> = segment.split_whitespace().map(word).collect();
    if words.is_empty() {
        return Hypothesis::empty();
    }
    let stop = if words.len() > search.max_new_tokens {
        StopReason::TokenLimit
    } else {
        StopReason::EndMark
    };
    words.truncate(search.max_new_tokens);
    // The end mark is a token as well.
    let tokens = words.len() + usize::from(stop == StopReason::EndMark);
    Hypothesis { text: words.join(" "), mean_logprob_nats: LOGPROB_NATS, tokens, stop }
}

/// Arabic letters and digits as Latin ones, the same always the same; other characters as they are.
fn latin(character: char) -> char {
    match character {
        '\u{660}'..='\u{669}' => digit(u32::from(character) - 0x660),
        '\u{6f0}'..='\u{6f9}' => digit(u32::from(character) - 0x6f0),
        '؟' => '?',
        '،' => ',',
        '؛' => ';',
        '\u{600}'..='\u{7ff}' | '\u{fb50}'..='\u{feff}' => {
            char::from_u32(u32::from('a') + u32::from(character) % 26).unwrap_or('a')
        }
        other => other,
    }
}

fn digit(value: u32) -> char {
    char::from_digit(value, 10).unwrap_or('0')
}

/// Gives the drafts it was made with; a token is a word.
#[derive(Clone, Debug)]
pub struct FakeWriter {
    drafts: Vec<String>,
}

impl FakeWriter {
    /// A writer of `drafts`.
    #[must_use]
    pub fn new(drafts: &[&str]) -> Self {
        Self { drafts: drafts.iter().map(|draft| (*draft).to_owned()).collect() }
    }
}

impl Writer for FakeWriter {
    fn write(&mut self, request: &WriteRequest<'_>) -> Result<Vec<String>, WriteError> {
        Ok(self.drafts.iter().take(request.drafts).cloned().collect())
    }

    fn count_tokens(&self, text: &str) -> usize {
        text.split_whitespace().count()
    }

    fn signature(&self) -> ModelSignature {
        signature("writer", "fake-writer")
    }
}

/// Reads as it was told, a token a word; what it was told nothing of is neutral.
#[derive(Clone, Debug)]
pub struct FakeEntailer {
    rules: Vec<(String, String, [f32; 3])>,
    max_words: usize,
    claims: Option<Language>,
    /// Pairs it was asked to read, over all calls.
    pub read: usize,
}

impl FakeEntailer {
    /// A model that reads pairs whose premise and hypothesis contain these texts with these probabilities of entailment,
    /// neutral and contradiction; the first rule that fits counts.
    #[must_use]
    pub fn new(rules: &[(&str, &str, [f32; 3])]) -> Self {
        let owned = |(premise, hypothesis, probabilities): &(&str, &str, [f32; 3])| {
            ((*premise).to_owned(), (*hypothesis).to_owned(), *probabilities)
        };
        let rules = rules.iter().map(owned).collect();
        Self { rules, max_words: usize::MAX, claims: None, read: 0 }
    }

    /// The same for claims of one language alone.
    #[must_use]
    pub fn only(self, claims: Language) -> Self {
        Self { claims: Some(claims), ..self }
    }

    /// The same with room for so many words of a pair.
    #[must_use]
    pub fn with_room(self, max_words: usize) -> Self {
        Self { max_words, ..self }
    }
}

impl Entailer for FakeEntailer {
    fn reads(&self, claim: Language) -> bool {
        self.claims.is_none_or(|only| only == claim)
    }

    fn read(&mut self, pairs: &[(&str, &str)]) -> Result<Vec<Option<Entailment>>, EntailError> {
        self.read += pairs.len();
        let words = |text: &str| text.split_whitespace().count();
        let one = |(premise, hypothesis): &(&str, &str)| {
            let room = self.max_words.saturating_sub(words(hypothesis));
            let fits = |rule: &&(String, String, [f32; 3])| {
                premise.contains(&rule.0) && hypothesis.contains(&rule.1)
            };
            let rule = self.rules.iter().find(fits);
            let [entailment, neutral, contradiction] =
                rule.map_or([0.0, 1.0, 0.0], |(_, _, probabilities)| *probabilities);
            let cut_tokens = words(premise).saturating_sub(room);
            (room > 0).then_some(Entailment { entailment, neutral, contradiction, cut_tokens })
        };
        Ok(pairs.iter().map(one).collect())
    }

    fn signature(&self) -> ModelSignature {
        signature("entailment", "fake-entailer")
    }
}

/// Counts the character n-grams of a text, by hash, and scales the counts to length 1.
#[derive(Clone, Debug, Default)]
pub struct FakeEmbedder;

impl Embedder for FakeEmbedder {
    fn embed(&mut self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        Ok(texts.iter().map(|text| embedded(text)).collect())
    }

    fn dimensions(&self) -> usize {
        DIMENSIONS
    }

    fn signature(&self) -> ModelSignature {
        signature("embedder", "fake-embedder")
    }
}

/// A token is a word, and its state the vector of the word alone.
impl TokenEncoder for FakeEmbedder {
    fn token_states(&mut self, texts: &[&str]) -> Result<Vec<TokenStates>, EmbedError> {
        let one = |text: &&str| {
            let mut states = TokenStates { width: DIMENSIONS, ..TokenStates::default() };
            let mut end = 0;
            for word in text.split_whitespace() {
                let start = end + text.get(end..).and_then(|rest| rest.find(word)).unwrap_or(0);
                end = start + word.len();
                states.values.extend(embedded(word));
                states.spans.extend(ByteSpan::within(text, start, end));
            }
            states
        };
        Ok(texts.iter().map(one).collect())
    }

    fn signature(&self) -> ModelSignature {
        Embedder::signature(self)
    }
}

fn embedded(text: &str) -> Vec<f32> {
    // A mark on both sides: texts shorter than an n-gram, and empty ones, have one as well.
    let marked = format!("\u{2}{text}\u{3}");
    let letters: Vec<char> = marked.chars().map(latin).flat_map(char::to_lowercase).collect();
    let mut counts = vec![0f32; DIMENSIONS];
    for gram in letters.windows(GRAM.min(letters.len())) {
        // FNV-1a over the characters.
        let hash = gram.iter().fold(0x811c_9dc5_u32, |hash, letter| {
            (hash ^ u32::from(*letter)).wrapping_mul(0x0100_0193)
        });
        let place = usize::try_from(hash >> 16).unwrap_or(0) % DIMENSIONS;
        if let Some(count) = counts.get_mut(place) {
            *count += 1.0;
        }
    }
    let length = counts.iter().map(|count| count * count).sum::<f32>().sqrt();
    counts.iter().map(|count| count / length).collect()
}

fn signature(role: &str, name: &str) -> ModelSignature {
    ModelSignature {
        role: role.to_owned(),
        name: name.to_owned(),
        sha256: "0".repeat(64),
        adapter_sha256: None,
    }
}
