//! The words for units of measure and currencies.
//!
//! Owns: the table. In: nothing. Out: rows of words with dimension and factor.
//! Never: anything but nouns and their abbreviations.
//! Source of factors: the SI brochure; year and month are means of the Gregorian calendar (365.2425 days, a twelfth).

use super::value::Dimension::{
    self, Area, Barrel, Data, Degree, Length, Mass, Money, Power, Time, Volume,
};

/// One unit and its words, parted by blanks.
pub(super) struct UnitRow {
    pub(super) dimension: Dimension,
    pub(super) factor: f64,
    pub(super) english: &'static str,
    pub(super) arabic: &'static str,
    /// Arabic words for two of it.
    pub(super) arabic_dual: &'static str,
}

const fn row(
    dimension: Dimension,
    factor: f64,
    english: &'static str,
    arabic: &'static str,
    arabic_dual: &'static str,
) -> UnitRow {
    UnitRow { dimension, factor, english, arabic, arabic_dual }
}

/// Seconds of a mean year.
const YEAR: f64 = 365.2425 * 86_400.0;
/// Seconds of a hundred of them. Its word also stands in dates, so it is in their tables.
pub(super) const CENTURY: f64 = YEAR * 100.0;

pub(super) const ROWS: &[UnitRow] = &[
    row(Money("dollar"), 1.0, "dollar dollars usd", "دولار دولارا دولارات", "دولاران دولارين"),
    row(Money("dollar"), 0.01, "cent cents", "سنت سنتا سنتات", ""),
    row(Money("euro"), 1.0, "euro euros eur", "يورو يوروهات", ""),
    row(
        Money("pound"),
        1.0,
        "pound pounds sterling gbp egp",
        "جنيه جنيها جنيهات إسترليني استرليني استرلينيا",
        "جنيهان جنيهين",
    ),
    row(Money("pound"), 1.0, "lira liras lire", "ليرة ليرات", "ليرتان ليرتين"),
    row(Money("riyal"), 1.0, "riyal riyals rial rials sar qar", "ريال ريالا ريالات", "ريالان ريالين"),
    row(Money("dirham"), 1.0, "dirham dirhams aed", "درهم درهما دراهم", "درهمان درهمين"),
    row(Money("dinar"), 1.0, "dinar dinars kwd iqd", "دينار دينارا دنانير", "ديناران دينارين"),
    row(Money("shekel"), 1.0, "shekel shekels ils nis", "شيكل شيكلا شواكل شيقل", "شيكلان شيكلين"),
    row(Money("yuan"), 1.0, "yuan renminbi cny rmb", "يوان يوانا", ""),
    row(Money("yen"), 1.0, "yen jpy", "ين ينا", ""),
    row(Money("rupee"), 1.0, "rupee rupees inr", "روبية روبيات", "روبيتان روبيتين"),
    row(Money("rouble"), 1.0, "rouble roubles ruble rubles", "روبل روبلا روبلات", ""),
    row(Money("franc"), 1.0, "franc francs chf", "فرنك فرنكا فرنكات", ""),
    row(Money("peso"), 1.0, "peso pesos", "بيزو بيسو", ""),
    row(Money("krone"), 1.0, "krone kroner krona kronor", "كرونة كرونات", ""),
    row(
        Length,
        1000.0,
        "kilometre kilometres kilometer kilometers km kms",
        "كيلومتر كيلومترا كيلومترات كلم كم",
        "كيلومتران كيلومترين",
    ),
    row(Length, 1.0, "metre metres meter meters m", "متر مترا أمتار م", "متران مترين"),
    row(
        Length,
        0.01,
        "centimetre centimetres centimeter centimeters cm",
        "سنتيمتر سنتيمترا سنتيمترات سنتمتر سم",
        "سنتيمتران سنتيمترين",
    ),
    row(
        Length,
        0.001,
        "millimetre millimetres millimeter millimeters mm",
        "مليمتر مليمترا مليمترات ملليمتر ميليمتر ملم مم",
        "مليمترين",
    ),
    row(Length, 1609.344, "mile miles", "ميل ميلا أميال", ""),
    row(Length, 0.3048, "foot feet ft", "قدم قدما أقدام", "قدمان قدمين"),
    row(Length, 0.0254, "inch inches", "بوصة بوصات إنش", "بوصتان بوصتين"),
    row(Length, 0.9144, "yard yards yd", "ياردة ياردات", "ياردتان ياردتين"),
    row(Area, 10_000.0, "hectare hectares ha", "هكتار هكتارا هكتارات", "هكتاران هكتارين"),
    row(Area, 4_046.856, "acre acres", "فدان فدانا أفدنة", "فدانان فدانين"),
    row(Volume, 1.0, "litre litres liter liters", "لتر لترا لترات", "لتران لترين"),
    row(
        Volume,
        0.001,
        "millilitre millilitres milliliter milliliters ml",
        "مليلتر ملليلتر مليلترا مل",
        "",
    ),
    row(Volume, 3.785_41, "gallon gallons", "غالون غالونا غالونات جالون جالونا", ""),
    row(Mass, 1e6, "tonne tonnes ton tons", "طن طنا أطنان", "طنان طنين"),
    row(
        Mass,
        1000.0,
        "kilogram kilograms kilo kilos kg kgs",
        "كيلوغرام كيلوغراما كيلوغرامات كيلوجرام كيلوجراما كيلوجرامات كيلو كغم كغ كجم",
        "كيلوغرامين كيلوجرامين",
    ),
    row(Mass, 1.0, "gram grams g", "غرام غراما غرامات جرام جراما جرامات غم", "غرامين جرامين"),
    row(Mass, 0.001, "milligram milligrams mg", "مليغرام مليجرام ملليغرام ملغ مجم ملغم", ""),
    row(Mass, 453.592, "lb lbs", "رطل رطلا أرطال باوند", "رطلين"),
    row(Mass, 28.3495, "ounce ounces oz", "أونصة أوقية أونصات", ""),
    row(Time, 60.0, "minute minutes min mins", "دقيقة دقائق", "دقيقتان دقيقتين"),
    row(Time, 3_600.0, "hour hours hr hrs", "ساعة ساعات", "ساعتان ساعتين"),
    row(Time, 1.0, "seconds sec secs", "ثوان ثواني", "ثانيتان ثانيتين"),
    row(Time, 86_400.0, "day days", "يوم يوما أيام", "يومان يومين"),
    row(Time, 86_400.0, "night nights", "ليلة ليال ليالي ليلا", "ليلتان ليلتين"),
    row(Time, 604_800.0, "week weeks", "أسبوع أسبوعا أسابيع", "أسبوعان أسبوعين"),
    row(Time, 1_209_600.0, "fortnight", "", ""),
    row(Time, YEAR / 12.0, "month months", "شهر شهرا أشهر شهور", "شهران شهرين"),
    row(
        Time,
        YEAR,
        "year years yr yrs",
        "سنة سنوات سنين عام عاما أعوام سنويا",
        "سنتان سنتين عامان عامين سنتي عامي",
    ),
    row(Time, YEAR * 10.0, "decade decades", "عقد عقدا عقود", "عقدان عقدين"),
    row(Time, YEAR * 1000.0, "millennium millennia", "ألفية", ""),
    row(
        Degree,
        1.0,
        "degree degrees c f celsius fahrenheit centigrade",
        "درجة درجات",
        "درجتان درجتين",
    ),
    row(Power, 1.0, "watt watts", "واط واطا", ""),
    row(Power, 1e3, "kilowatt kilowatts kw", "كيلوواط كيلووات", ""),
    row(Power, 1e6, "megawatt megawatts mw", "ميغاواط ميجاواط ميغاوات ميجاوات", ""),
    row(Power, 1e9, "gigawatt gigawatts gw", "غيغاواط جيجاواط غيغاوات جيجاوات", ""),
    row(Data, 1e3, "kilobyte kilobytes kb", "كيلوبايت", ""),
    row(Data, 1e6, "megabyte megabytes mb", "ميغابايت ميجابايت", ""),
    row(Data, 1e9, "gigabyte gigabytes gb", "غيغابايت جيجابايت", ""),
    row(Barrel, 1.0, "barrel barrels bpd", "برميل برميلا براميل", "برميلان برميلين"),
];
