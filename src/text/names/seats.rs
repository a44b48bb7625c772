//! Capitals that stand for the state: "lawmakers in Baghdad" where the Arabic has "the Iraqi parliament".
//!
//! Owns: which capital is of which country. In: a name of a claim, folded. Out: rows of the table of exonyms.
//! Never: when the evidence is of another town.

use super::lexicon::TABLE;

/// Seats of governments and their countries, spelt as in the table of exonyms.
const SEATS: [(&str, &str); 86] = [
    ("abu dhabi", "united arab emirates"),
    ("abuja", "nigeria"),
    ("accra", "ghana"),
    ("addis ababa", "ethiopia"),
    ("algiers", "algeria"),
    ("amman", "jordan"),
    ("ankara", "turkey"),
    ("astana", "kazakhstan"),
    ("athens", "greece"),
    ("baghdad", "iraq"),
    ("baku", "azerbaijan"),
    ("bangkok", "thailand"),
    ("beijing", "china"),
    ("beirut", "lebanon"),
    ("belgrade", "serbia"),
    ("berlin", "germany"),
    ("bern", "switzerland"),
    ("bogota", "colombia"),
    ("brasilia", "brazil"),
    ("bratislava", "slovakia"),
    ("bucharest", "romania"),
    ("budapest", "hungary"),
    ("buenos aires", "argentina"),
    ("cairo", "egypt"),
    ("canberra", "australia"),
    ("caracas", "venezuela"),
    ("colombo", "sri lanka"),
    ("copenhagen", "denmark"),
    ("dakar", "senegal"),
    ("damascus", "syria"),
    ("delhi", "india"),
    ("dhaka", "bangladesh"),
    ("doha", "qatar"),
    ("dublin", "ireland"),
    ("hanoi", "vietnam"),
    ("harare", "zimbabwe"),
    ("havana", "cuba"),
    ("helsinki", "finland"),
    ("islamabad", "pakistan"),
    ("jakarta", "indonesia"),
    ("kabul", "afghanistan"),
    ("kathmandu", "nepal"),
    ("khartoum", "sudan"),
    ("kinshasa", "dr congo"),
    ("kuwait city", "kuwait"),
    ("kyiv", "ukraine"),
    ("lima", "peru"),
    ("lisbon", "portugal"),
    ("london", "united kingdom"),
    ("madrid", "spain"),
    ("manama", "bahrain"),
    ("manila", "philippines"),
    ("mogadishu", "somalia"),
    ("moscow", "russia"),
    ("muscat", "oman"),
    ("nairobi", "kenya"),
    ("nicosia", "cyprus"),
    ("nouakchott", "mauritania"),
    ("oslo", "norway"),
    ("ottawa", "canada"),
    ("paris", "france"),
    ("prague", "czech republic"),
    ("pretoria", "south africa"),
    ("pyongyang", "north korea"),
    ("quito", "ecuador"),
    ("rabat", "morocco"),
    ("reykjavik", "iceland"),
    ("riyadh", "saudi arabia"),
    ("rome", "italy"),
    ("sanaa", "yemen"),
    ("santiago", "chile"),
    ("seoul", "south korea"),
    ("sofia", "bulgaria"),
    ("stockholm", "sweden"),
    ("tbilisi", "georgia"),
    ("tehran", "iran"),
    ("tokyo", "japan"),
    ("tripoli", "libya"),
    ("tunis", "tunisia"),
    ("vienna", "austria"),
    ("vilnius", "lithuania"),
    ("warsaw", "poland"),
    ("washington", "united states"),
    ("wellington", "new zealand"),
    ("yerevan", "armenia"),
    ("zagreb", "croatia"),
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
