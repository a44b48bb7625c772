//! Which words of an Arabic text are probably names, and names of an Arabic claim in Arabic evidence.
//!
//! Owns: the words in front of names: titles, verbs of speech.
//! In: Arabic text, and English that helps where it is there. Out: facts with spans of the Arabic.
//! Never: a guess about a word that nothing marks as a name.

use super::super::chars::is_listed;
use super::letters::{ArabicWord, arabic_words};
use super::lexicon::TABLE;
use super::spot::{self, WordKind};
use super::translit::LatinName;
use crate::domain::{Agreement, ByteSpan, Fact, FactCheck, FactKind};

/// Titles, folded and without article; a name follows.
const TITLES: &str = "رييس|رييسه|وزير|وزيره|ملك|ملكه|امير|اميره|سيد|سيده|دكتور|دكتوره|شيخ|امام|بابا|سلطان|جنرال|\
     عقيد|لواء|فريق|عميد|نايب|سناتور|سيناتور|مستشار|مستشاره|سفير|محافظ|متحدث|ناطق|مدينه|نهر|بحيره|جزيره|قريه";
/// Verbs of speech, folded; their subject follows.
const SPEECH: &str = "قال|قالت|اعلن|اعلنت|اكد|اكدت|اضاف|اضافت|صرح|صرحت|اوضح|اوضحت|ذكر|ذكرت";
/// Words behind a title or a verb of speech that are no names, folded.
const ORDINARY: &str = "ان|انه|انها|في|من|علي|الي|عن|هذا|هذه|ذلك|هو|هي|هم|انا|نحن|لا|لم|لن|ما|قد|كان|كانت|مع|بعد|\
     قبل|خلال|امس|اليوم|دوله|وزراء|حكومه|مجلس|لجنه|حزب|جمهوريه|بلاد|خارجيه|دفاع|داخليه|ماليه|صحه|عدل|رييس|وزير|باسم|\
     رسمي|سابق|حالي|جديد|عام|عن|له|لها|كل|بعض|احد|مسوول|مسوولون|خبراء|عده|التي|الذي|انهم|ايضا|كما|حيث|لكن|بل|\
     غير|بين|عند|منذ|حول|حتي|اذا|اي|كانوا|يكون|تكون|هناك|دون|نحو|ضد|ذات|اول|ثم|او|ام|لقد|سوف|مثل|به|بها|فيه|فيها|\
     منه|منها|عليه|عليها|اليه|اليها|حين|اكثر|اقل|كبير|كبيره|سنه|يوم|شهر|هم|هن|تم|يتم|ذلك|تلك|هولاء|كذلك|مما|لان|اخر|\
     اخري|بدايه|نهايه|جدا|فقط|معظم|جميع|عبر|تحت|فوق|امام|وراء|ليس|ليست|لدي|لديه|نفس|نفسه|غالبا|بان|بانه|عندما|بينما|مدي|\
     مره|حوالي|داخل|خارج|قرن|عدد|جزء|نوع|بسبب|مركز|منطقه|مدينه|عالم|ناس|شخص|كلمه|اسم|فتره|حياه|عمل|نظام|حرب|قوه|\
     بشان|شان|وكاله|وكالات|ابلغ|ابلغت|نقل|نقلت|نقلا|وفقا|حسب|بحسب|افاد|افادت|انباء";

/// Whether a word is a title or ordinary, so that it is no name beside one.
pub(super) fn is_ordinary(word: &ArabicWord) -> bool {
    word.forms
        .iter()
        .any(|f| is_listed(ORDINARY, f) || is_listed(TITLES, f) || is_listed(SPEECH, f))
}

/// Arabic words of `text` that are probably names, in order.
pub(super) fn find(text: &str, english: &str) -> Vec<Fact> {
    let words = arabic_words(text);
    let latin: Vec<LatinName> = spot::find(english)
        .iter()
        .flat_map(|name| &name.words)
        .filter(|word| word.kind == WordKind::Proper)
        .map(|word| LatinName::new(&word.folded))
        .collect();
    let answers = answers(&words, &latin);
    let mut facts = Vec::new();
    let mut at = 0;
    while at < words.len() {
        // A name that is spelt like a preposition is the preposition.
        let named = TABLE.at(&words, at).filter(|(_, length)| {
            *length > 1 || words.get(at).is_none_or(|word| !is_ordinary(word))
        });
        let length = match named {
            Some((_, length)) => length,
            None => usize::from(is_marked(&words, at) || answers.get(at) == Some(&true)),
        };
        let last = (at + length).checked_sub(1).filter(|_| length > 0);
        if let (Some(first), Some(last)) = (words.get(at), last.and_then(|last| words.get(last))) {
            let span = ByteSpan::within(text, first.span.start(), last.span.end());
            facts.extend(span.map(|span| Fact { kind: FactKind::Name, span }));
        }
        at += length.max(1);
    }
    facts
}

/// Which words answer to a name: the nearest to each, for others are near some name by chance.
fn answers(words: &[ArabicWord], latin: &[LatinName]) -> Vec<bool> {
    let mut answers = vec![false; words.len()];
    for name in latin {
        let far = |word: &ArabicWord| {
            if is_ordinary(word) { f32::INFINITY } else { name.distance_of(word) }
        };
        let far: Vec<f32> = words.iter().map(far).collect();
        let nearest = far.iter().copied().fold(f32::INFINITY, f32::min);
        if nearest <= name.limit() {
            let pairs = answers.iter_mut().zip(far);
            pairs.for_each(|(answers, far)| *answers |= far <= nearest);
        }
    }
    answers
}

/// Whether the word in front is a title, or a verb of speech whose subject has no article.
fn is_marked(words: &[ArabicWord], at: usize) -> bool {
    let (Some(word), Some(before)) = (words.get(at), at.checked_sub(1).and_then(|b| words.get(b)))
    else {
        return false;
    };
    let after = |list| before.forms.iter().any(|form| is_listed(list, form));
    let plain = !is_ordinary(word) && word.folded.chars().count() > 2;
    let article = word.forms.iter().any(|form| form.starts_with("ال"));
    plain && !article && (after(TITLES) || after(SPEECH)) && !word.folded.ends_with("يه")
}

/// The names of an Arabic claim, held against Arabic evidence.
pub(super) fn compare(claim: &str, evidence: &str) -> Vec<FactCheck> {
    let (in_claim, in_evidence) = (arabic_words(claim), arabic_words(evidence));
    let share = |a: &ArabicWord, b: &ArabicWord| {
        b.reads(&a.folded)
            || a.reads(&b.folded)
            || a.forms.iter().skip(1).any(|f| f.chars().count() > 2 && b.reads(f))
    };
    let has = |word: &ArabicWord| in_evidence.iter().find(|other| share(word, other));
    let mut left: Vec<ByteSpan> = find(evidence, "").into_iter().map(|fact| fact.span).collect();
    left.retain(|span| {
        let mut inside = in_evidence.iter().filter(|word| span.contains(word.span));
        !inside.all(|word| in_claim.iter().any(|other| share(word, other)))
    });
    let check = |fact: Fact| {
        let first = in_claim.iter().position(|word| word.span.start() == fact.span.start());
        let row = first.and_then(|at| TABLE.at(&in_claim, at)).map(|(row, _)| row);
        let range = row.and_then(|row| TABLE.find(row, &in_evidence));
        let known = range.and_then(|(at, length)| span_of(evidence, &in_evidence, at, length));
        let inside: Vec<_> = in_claim.iter().filter(|word| fact.span.contains(word.span)).collect();
        let literal = inside.iter().all(|word| has(word).is_some());
        let first = inside.first().and_then(|word| has(word)).filter(|_| literal).map(|w| w.span);
        let found = known.or(first);
        let (agreement, evidence) = match (found, left.first()) {
            (Some(span), _) => (Agreement::Same, Some(span)),
            (None, Some(span)) => (Agreement::Differs, Some(*span)),
            (None, None) => (Agreement::Absent, None),
        };
        FactCheck { kind: FactKind::Name, claim: fact.span, evidence, agreement }
    };
    find(claim, "").into_iter().map(check).collect()
}

/// The span of `length` words from word `at` on.
pub(super) fn span_of(
    text: &str,
    words: &[ArabicWord],
    at: usize,
    length: usize,
) -> Option<ByteSpan> {
    let last = words.get((at + length).checked_sub(1)?)?;
    ByteSpan::within(text, words.get(at)?.span.start(), last.span.end()).ok()
}
