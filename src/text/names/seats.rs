//! Capitals that stand for the state: "lawmakers in Baghdad" where the Arabic has "the Iraqi parliament".
//!
//! Owns: which capital is of which country. In: a name of a claim, folded. Out: rows of the table of exonyms.
//! Never: when the evidence is of another town.

use super::lexicon::TABLE;

/// Seats of governments and their countries, spelt as in the table of exonyms.
const SEATS: [(&str, &str); 40] = [
    ("abu dhabi", "united arab emirates"),
    ("algiers", "algeria"),
    ("amman", "jordan"),
    ("ankara", "turkey"),
    ("athens", "greece"),
    ("baghdad", "iraq"),
    ("beijing", "china"),
    ("beirut", "lebanon"),
    ("berlin", "germany"),
    ("cairo", "egypt"),
    ("damascus", "syria"),
    ("delhi", "india"),
    ("doha", "qatar"),
    ("islamabad", "pakistan"),
    ("jakarta", "indonesia"),
    ("kabul", "afghanistan"),
    ("khartoum", "sudan"),
    ("kyiv", "ukraine"),
    ("kuwait city", "kuwait"),
    ("lisbon", "portugal"),
    ("london", "united kingdom"),
    ("madrid", "spain"),
    ("manama", "bahrain"),
    ("mogadishu", "somalia"),
    ("moscow", "russia"),
    ("muscat", "oman"),
    ("nouakchott", "mauritania"),
    ("ottawa", "canada"),
    ("paris", "france"),
    ("pyongyang", "north korea"),
    ("rabat", "morocco"),
    ("riyadh", "saudi arabia"),
    ("rome", "italy"),
    ("sanaa", "yemen"),
    ("seoul", "south korea"),
    ("tehran", "iran"),
    ("tokyo", "japan"),
    ("tripoli", "libya"),
    ("tunis", "tunisia"),
    ("washington", "united states"),
];

/// Rows of the country whose government sits at `lower`; none for other names.
pub(super) fn rows(lower: &str) -> &'static [usize] {
    let seat = SEATS.iter().find(|(seat, _)| *seat == lower);
    seat.map_or(&[], |(_, country)| TABLE.english(country))
}

/// The seats of the governments of the countries that `country`, rows of the table, may be.
pub(super) fn of_country(country: &[usize]) -> impl Iterator<Item = &'static str> {
    let of_it = |of: &&(&str, &str)| country.iter().any(|row| TABLE.english(of.1).contains(row));
    SEATS.iter().filter(of_it).map(|(seat, _)| *seat)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_is_in_the_table() {
        for (seat, country) in SEATS {
            assert!(!rows(seat).is_empty(), "{country}");
        }
        assert!(rows("jeddah").is_empty());
    }
}
