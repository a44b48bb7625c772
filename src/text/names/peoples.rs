//! Words for peoples, tongues and faiths.
//!
//! Owns: which words they are, and the country that each is of.
//! In: a folded English word. Out: rows of the table of exonyms, whose Arabic forms answer to the people as well.
//! Never: a people as a name of its own: what "the Iraqi minister" names is the minister.

use super::super::chars::is_listed;
use super::lexicon::TABLE;

/// Peoples whose word is not made from that of the country by an ending, with the country as the table spells it.
const IRREGULAR: [(&str, &str); 40] = [
    ("american|americans", "united states"),
    ("british|briton|britons", "united kingdom"),
    ("english|englishman|englishmen", "england"),
    ("french|frenchman|frenchmen", "france"),
    ("german|germans", "germany"),
    ("dutch|dutchman", "netherlands"),
    ("greek|greeks", "greece"),
    ("spanish|spaniard|spaniards", "spain"),
    ("irish|irishman", "ireland"),
    ("scottish|scots", "scotland"),
    ("welsh", "wales"),
    ("swiss", "switzerland"),
    ("swedish|swede|swedes", "sweden"),
    ("danish|dane|danes", "denmark"),
    ("finnish|finn|finns", "finland"),
    ("norwegian|norwegians", "norway"),
    ("polish|pole|poles", "poland"),
    ("czech|czechs", "czech republic"),
    ("turkish|turk|turks", "turkey"),
    ("filipino|filipinos", "philippines"),
    ("chinese", "china"),
    ("argentine|argentines", "argentina"),
    ("burkinabe", "burkina faso"),
    ("burmese", "myanmar"),
    ("congolese", "congo"),
    ("cuban|cubans", "cuba"),
    ("cypriot|cypriots", "cyprus"),
    ("faroese", "faroe islands"),
    ("florentine|florentines", "florence"),
    ("ivorian|ivorians", "ivory coast"),
    ("malagasy", "madagascar"),
    ("mozambican|mozambicans", "mozambique"),
    ("neapolitan|neapolitans", "naples"),
    ("peruvian|peruvians", "peru"),
    ("portuguese", "portugal"),
    ("togolese", "togo"),
    ("turkmen|turkmens", "turkmenistan"),
    ("uzbek|uzbeks", "uzbekistan"),
    ("venetian|venetians", "venice"),
    ("viennese", "vienna"),
];
/// Others that the endings do not tell, and faiths.
const LISTED: &str = "muslim|muslims|islam|islamic|islamist|islamists|christian|christians|christianity|jew|jews|\
     jewish|judaism|catholic|catholics|catholicism|orthodox|sunni|sunnis|shia|shiite|shiites|hindu|hindus|hinduism|\
     buddhist|buddhists|buddhism|arab|arabs|arabic|kurd|kurds|kurdish|israeli|israelis|palestinian|palestinians|\
     saudi|saudis|emirati|iraqi|iraqis|iranian|iranians|persian|persians|afghan|afghans|indian|indians|thai|roman|\
     romans|european|europeans|african|africans|asian|asians|berber|berbers|amazigh|slavic|soviet|soviets|jordanian|\
     lebanese|yemeni|yemenis|omani|qatari|kuwaiti|bahraini|moroccan|tunisian|algerian|portuguese|mongolian|hebrew";
/// What is written onto the name of a country, longest first.
const ENDINGS: [&str; 10] = ["ians", "eans", "ian", "ean", "ans", "ese", "ish", "an", "is", "i"];
/// Letters that a stem must have.
const MIN_STEM: usize = 4;

/// Whether `lower` is a word for a people, a tongue or a faith.
pub(super) fn is_people(lower: &str) -> bool {
    is_listed(LISTED, lower)
        || IRREGULAR.iter().any(|(words, _)| is_listed(words, lower))
        || stems(lower).any(|stem| TABLE.is_stem(stem))
}

/// Rows of the countries that a people may be of; none for faiths.
pub(super) fn rows(lower: &str) -> Vec<usize> {
    let irregular = IRREGULAR.iter().find(|(words, _)| is_listed(words, lower));
    match irregular {
        Some((_, country)) => TABLE.english(country).to_vec(),
        None => stems(lower).flat_map(|stem| TABLE.begun_by(stem)).collect(),
    }
}

/// `lower` without each ending that leaves enough.
pub(super) fn stems(lower: &str) -> impl Iterator<Item = &str> {
    let stems = ENDINGS.iter().filter_map(move |ending| lower.strip_suffix(ending));
    stems.filter(|stem| stem.chars().count() >= MIN_STEM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_people_answers_to_its_country() {
        for (people, country) in
            [("german", "germany"), ("french", "france"), ("iraqi", "iraq"), ("egyptians", "egypt")]
        {
            let row = TABLE.english(country)[0];
            assert!(is_people(people) && rows(people).contains(&row), "{people}");
        }
    }

    #[test]
    fn faiths_have_no_country_and_names_are_no_peoples() {
        assert!(is_people("muslim") && rows("muslim").is_empty());
        assert!(!is_people("putin") && !is_people("obama"));
    }
}
