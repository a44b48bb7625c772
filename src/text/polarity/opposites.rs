//! Finds a word of an English claim where its evidence has the opposite: "exports rose" and "exports fell".
//!
//! Owns: pairs of opposites, and when two of them stand in one place. In: two English texts. Out: opposite checks.
//! Never: synonyms; a word that only one side has says nothing here.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::lexicon::Level;
use super::reading::{Marker, Reading, Token};
use super::verbs;
use crate::domain::{Agreement, FactCheck, FactKind, Language};
use crate::text::chars::is_listed;

/// Share of the words of a claim that the evidence must have.
const TOLD: f32 = 0.5;
/// Words behind a negation that it is about.
const DENIED: usize = 2;
/// Letters that two words of one stem begin with.
const KIN: usize = 4;
/// Words that turn what is told, beside negations.
const TURNS: &str =
    "instead|rather|unless|despite|although|though|but|stop|stopped|prevent|prevented";

/// Words that say the opposite of each other of the same thing. A word may stand in several pairs.
const OPPOSITES: &[(&str, &str)] = &[
    (
        "rise rose risen rising raise raised raises increase increased increases grew grow grown growing gain gained climb \
         climbed widen widened higher upgraded accelerated quickened doubled tripled",
        "fall fell fallen falling lower lowered lowers drop dropped decline declined decrease decreased shrank shrink shrunk \
         shrinking cut cuts downgraded narrow narrowed slowed reduce reduced slump slumped waned halved",
    ),
    (
        "accept accepted approve approved grant granted agree agreed welcome welcomed allow allowed allows permit permitted \
         legalized upheld uphold",
        "reject rejected refuse refused oppose opposed objected ban banned prohibit prohibited forbade barred annul annulled \
         overturned blocked criticized criticised",
    ),
    (
        "support supported back backed defend defended praise praised hailed applauded",
        "oppose opposed reject rejected resist resisted attacked denounce denounced condemn condemned criticize criticized \
         criticise criticised rebuked",
    ),
    ("import imported imports importing", "export exported exports exporting"),
    ("open opened opens opening inaugurated", "close closed closes closing shut"),
    (
        "begin began begins begun start started launched introduced introduce",
        "end ended ends ending ceased abolish abolished finish finished scrapped cancelled canceled halted suspended",
    ),
    ("first", "last"),
    ("early earlier", "late later"),
    ("above exceed exceeded exceeds", "below"),
    ("high highest tallest largest biggest", "low lowest shortest smallest"),
    ("hot heat warm warmer hotter", "cold cool cooler colder"),
    ("large big larger bigger", "small smaller"),
    ("long longer", "short shorter"),
    ("old older oldest ancient", "new newer newest young younger"),
    ("north northern northward", "south southern southward"),
    ("east eastern eastward", "west western westward"),
    ("inside indoor", "outside outdoor"),
    ("morning mornings dawn", "evening evenings night"),
    ("summer", "winter"),
    ("left", "right"),
    ("arrive arrived", "leave departed depart"),
    ("appoint appointed hired hire", "dismiss dismissed fired sacked"),
    ("acquit acquitted innocent", "convict convicted guilty sentenced"),
    ("fast rapid rapidly quickly faster swift", "slow slowly slower"),
    ("strong stronger strengthen strengthened", "weak weaker weaken weakened"),
    ("rich wealthy", "poor"),
    ("success succeed succeeded managed", "failure fail failed"),
    ("often frequently usually", "seldom rarely"),
    ("minor slight", "serious severe"),
    ("majority", "minority"),
    ("bottom", "top"),
    ("black", "white"),
    ("light lighter", "heavy heavier"),
    ("wet wettest wetter", "dry driest drier"),
    ("solid", "liquid"),
    ("extend extended lengthened", "shorten shortened"),
    ("advance advanced", "retreat retreated withdrew"),
    ("alive survived survive", "dead died killed"),
    ("public", "private"),
    ("hard harder difficult", "easy easier softer soft"),
    ("better best improve improved", "worse worst deteriorate deteriorated worsened worsen"),
    ("male men man boy boys", "female women woman girl girls"),
    ("father", "mother"),
    ("day", "night"),
    ("upward", "downward"),
    ("domestic", "foreign"),
    ("peace", "war"),
    ("friend friends ally allies", "enemy enemies"),
    ("united unified", "divided"),
    ("cheap cheaper inexpensive", "expensive costly"),
    ("optimistic optimism", "pessimistic pessimism"),
    ("acknowledge acknowledged admit admitted confirmed confirm", "deny denied denies"),
    ("plentiful abundant", "scarce scant rare"),
    ("full", "empty"),
    ("thin", "thick"),
    ("ascend ascended", "descend descended"),
    ("urban", "rural"),
    ("resume resumed resumption restored reinstated", "suspend suspended suspension halted"),
    ("attend attended", "boycott boycotted"),
    ("deploy deployed", "withdraw withdrew withdrawn"),
    ("delay delayed slow slowed", "hasten hastened accelerate accelerated sped"),
    ("prolong prolonged", "shorten shortened"),
    ("attract attracted attracts", "repel repelled repels"),
    ("positive", "negative"),
    ("deep deeper", "shallow shallower superficial"),
    ("allowed permitted legal", "forbidden banned illegal"),
    ("wide wider widest", "narrow narrower narrowest"),
    ("longest", "shortest"),
    ("oldest", "youngest"),
    ("upper", "lower"),
    ("optional voluntary", "compulsory mandatory obligatory"),
    ("clear explicit specific", "vague unclear"),
    ("tighten tightened", "loosen loosened eased relaxed"),
    ("impose imposed", "lift lifted"),
    ("sunny sunshine", "rainy rain"),
    ("pass passed", "fail failed"),
    ("horizontal horizontally", "vertical vertically"),
    ("binding", "nonbinding"),
    ("generous", "meager meagre"),
    ("expand expanded expanding", "shrink shrank shrunk shrinking"),
    ("minimum", "maximum"),
    ("arrival", "departure"),
    ("ahead", "behind"),
    ("smooth", "rough"),
    ("rare rarer rarest", "common commoner widespread frequent"),
    ("profit profits gain gains", "loss losses"),
    ("victory win", "defeat"),
    ("release released freed", "detain detained arrested jailed imprisoned"),
    ("deficit", "surplus"),
    ("build built rebuilt erected", "demolish demolished destroyed"),
    ("noisy noise loud", "quiet quietness silent silence"),
    ("remember remembered", "forget forgot forgotten"),
];

/// Words for the two ends of one deed: who tells it from the other end says the same.
const CONVERSES: &[(&str, &str)] = &[
    ("buy bought buying purchased acquire acquired", "sell sold selling"),
    ("win won winning", "lose lost losing"),
];

/// A side of a pair: its number, which of the two, and whether both are ends of one deed.
type Side = (usize, bool, bool);

static SIDES: LazyLock<HashMap<String, Vec<Side>>> = LazyLock::new(|| {
    let mut sides: HashMap<String, Vec<Side>> = HashMap::new();
    let pairs = OPPOSITES.iter().map(|pair| (pair, false));
    for (number, (pair, converse)) in
        pairs.chain(CONVERSES.iter().map(|pair| (pair, true))).enumerate()
    {
        for (words, first) in [(pair.0, true), (pair.1, false)] {
            for word in words.split_whitespace() {
                let of_word = sides.entry(verbs::key(word, Language::English)).or_default();
                of_word.push((number, first, converse));
            }
        }
    }
    sides
});

/// See [`super::compare_opposites`].
pub(super) fn compare(claim: &str, english: &str) -> Vec<FactCheck> {
    let (ours, theirs) =
        (Reading::of(claim, Language::English), Reading::of(english, Language::English));
    let (here, there) = (content(&ours), content(&theirs));
    if is_turned(&ours) != is_turned(&theirs) || told(&here, &there) < TOLD {
        return Vec::new();
    }
    let opposite = |at: usize| {
        let token = *here.get(at)?;
        let against = |side: &&Side| stands_against((&ours, &here), at, (&theirs, &there), **side);
        sides(token).iter().find(against).map(|_| token.span)
    };
    let found = (0..here.len()).find_map(opposite);
    let (kind, agreement) = (FactKind::Opposite, Agreement::Differs);
    found.map(|claim| FactCheck { kind, claim, evidence: None, agreement }).into_iter().collect()
}

/// Whether the evidence has the other side of `side` where the claim has it at `at`, denied in both or in none, and neither
/// text has both.
fn stands_against(
    (ours, here): (&Reading, &[&Token]),
    at: usize,
    (theirs, there): (&Reading, &[&Token]),
    side: Side,
) -> bool {
    let (number, first, converse) = side;
    let other = (number, !first, converse);
    let has = |tokens: &[&Token], side: Side| tokens.iter().any(|t| sides(t).contains(&side));
    if has(here, other) || has(there, side) {
        return false;
    }
    let own = beside(here, at, converse);
    let denied = here.get(at).is_some_and(|token| is_denied(ours, token));
    let answers = |(at, token): (usize, &&Token)| {
        sides(token).contains(&other)
            && is_denied(theirs, token) == denied
            && beside(there, at, converse).iter().any(|key| own.iter().any(|own| are_kin(own, key)))
    };
    there.iter().enumerate().any(answers)
}

/// The stems beside a word; in front of it only, if it is an end of a deed that may be told from the other end.
fn beside<'a>(tokens: &[&'a Token], at: usize, converse: bool) -> Vec<&'a str> {
    let before = at.checked_sub(1).and_then(|before| tokens.get(before));
    let behind = tokens.get(at + 1).filter(|_| !converse);
    before.into_iter().chain(behind).map(|token| token.key.as_str()).collect()
}

/// Whether a negation in front of it is about the word, "not as large as" among them.
fn is_denied(reading: &Reading, token: &Token) -> bool {
    let denies = |marker: &&Marker| {
        let word = reading.tokens.get(marker.first).map_or("", |first| first.word.as_str());
        is_listed("not|no|never|neither|nor|cannot|without|nobody|none|nothing", word)
    };
    let mut negations = reading.of_kind(FactKind::Negation).filter(denies);
    negations.any(|marker| reading.scope(marker, DENIED).iter().any(|word| word.span == token.span))
}

fn sides(token: &Token) -> &'static [Side] {
    SIDES.get(&token.key).map_or(&[], Vec::as_slice)
}

/// Words that say something.
fn content(reading: &Reading) -> Vec<&Token> {
    reading.tokens.iter().filter(|token| !token.key.is_empty()).collect()
}

/// Whether something in the text may turn an opposite round.
fn is_turned(reading: &Reading) -> bool {
    reading.of_kind(FactKind::Negation).any(|marker| marker.level >= Level::Meant)
        || reading.tokens.iter().any(|token| is_listed(TURNS, &token.word))
}

#[expect(clippy::cast_precision_loss, reason = "sentences have fewer than 2^24 words")]
fn told(ours: &[&Token], theirs: &[&Token]) -> f32 {
    let there = |token: &&&Token| theirs.iter().any(|other| are_kin(&token.key, &other.key));
    ours.iter().filter(there).count() as f32 / ours.len().max(1) as f32
}

fn are_kin(one: &str, other: &str) -> bool {
    let begin = |word: &str| word.chars().take(KIN).collect::<String>();
    one == other || begin(one).chars().count() == KIN && begin(one) == begin(other)
}
