//! Quantities as they stand in reports, read and held against each other in both directions.

use proptest::prelude::*;

use super::{compare, facts};
use crate::domain::Agreement::{self, Absent, Differs, Near, Same};
use crate::domain::FactKind::{self, Date, Measure, Money, Number, Percentage};
use crate::domain::Language::{self, Arabic, English};

fn found(text: &str, language: Language) -> Vec<(FactKind, &str)> {
    let facts = facts(text, language).into_iter();
    facts.map(|fact| (fact.kind, fact.span.of(text).unwrap_or("?"))).collect()
}

/// The agreements of an English claim with Arabic evidence.
fn checked(claim: &str, evidence: &str) -> Vec<Agreement> {
    compare(claim, English, evidence, Arabic).into_iter().map(|check| check.agreement).collect()
}

/// Both ways round.
fn equal(english: &str, arabic: &str) {
    let there = checked(english, arabic);
    assert!(
        !there.is_empty() && there.iter().all(|a| *a == Same),
        "{english} | {arabic}: {there:?}"
    );
    let back = compare(arabic, Arabic, english, English);
    assert!(!back.is_empty(), "{arabic}: nothing is claimed");
    assert!(back.iter().all(|check| check.agreement == Same), "{arabic} | {english}: {back:?}");
}

#[test]
fn one_in_three_is_a_third() {
    equal("one in three hotels", "ثلث الفنادق");
    equal("1 in 4 women", "ربع النساء");
    equal("three in every four houses", "ثلاثة من كل أربعة منازل");
    assert_eq!(checked("one in five hotels", "ثلث الفنادق"), [Differs]);
    equal("about one care centre in three.", "نحو ثلث المراكز");
    assert_eq!(found("They met one minister in three countries.", English).len(), 2);
    assert_eq!(found("He won one in three days.", English).len(), 1);
    assert_eq!(checked("one in 2019", "واحد في عام 2019"), [Same]);
}

#[test]
fn a_share_told_by_its_part_and_its_whole_has_both() {
    let evidence = "امتنع ثلاثة من أصل خمسة قضاة";
    assert_eq!(checked("Three of the five judges refused.", evidence), [Near, Near]);
    assert_eq!(checked("Four of the five judges refused.", evidence), [Absent, Near]);
    assert_eq!(checked("Three out of seven judges refused.", evidence), [Differs]);
    equal("94 out of 100 people", "94 في المئة من السكان");
    equal("One item in three of the plastic was a cap.", "ثلث البلاستيك أغطية");
}

#[test]
fn noon_has_several_names() {
    assert_eq!(checked("They met at noon.", "التقوا عند الظهيرة"), [Same]);
    assert_eq!(checked("They met at midday.", "التقوا ظهرا"), [Same]);
    assert_eq!(checked("They met at noon.", "التقوا بعد الظهر"), [Absent]);
}

#[test]
fn a_part_of_a_unit_is_a_measure() {
    assert_eq!(checked("three quarters of a million dollars", "750 ألف دولار"), [Same]);
    equal("a quarter of an hour", "ربع ساعة");
    assert_eq!(checked("a quarter of an hour", "نصف ساعة"), [Differs]);
    assert_eq!(checked("a quarter of a million people", "250 ألف شخص"), [Same]);
}

#[test]
fn a_decade_may_be_told_for_a_year_and_no_year_for_a_decade() {
    assert_eq!(checked("He was killed in the 1980s.", "قتل في فبراير 1986"), [Near]);
    assert_eq!(checked("He was killed in the eighties.", "قتل في عام 1986"), [Near]);
    assert_eq!(checked("He was killed in the 1980s.", "قتل في عام 1976"), [Differs]);
    assert_eq!(checked("He was killed in 1986.", "قتل في ثمانينيات القرن العشرين"), [Differs]);
}

#[test]
fn words_and_digits_are_the_same_number() {
    equal("seventy million people", "سبعون مليون نسمة");
    equal("25 soldiers", "خمسة وعشرون جنديا");
    equal("twenty-five soldiers", "٢٥ جنديا");
    equal("300 homes", "ثلاثمئة منزل");
    equal("300 homes", "ثلاث مائة منزل");
    equal("2,000 workers", "ألفي عامل");
    equal("2 million voters", "مليوني ناخب");
    equal("half a million pilgrims", "نصف مليون حاج");
    equal("1.5 million refugees", "مليون ونصف المليون لاجئ");
    equal("1,914 tents", "ألف وتسعمئة وأربع عشرة خيمة");
    equal("14 banks", "أربعة عشر مصرفا");
    equal("11 players", "أحد عشر لاعبا");
    equal("12,500 seats", "12 ألفا و500 مقعد");
    equal("1,050,000 people", "مليون و50 ألف شخص");
    equal("3.25 million people", "3 ملايين و250 ألف شخص");
    equal("two and a half million", "مليونان ونصف المليون");
    equal("two-thirds of the voters", "ثلثي الناخبين");
    equal("three quarters of the land", "ثلاثة أرباع الأرض");
}

#[test]
fn two_numbers_joined_by_and_stay_two() {
    assert_eq!(found("بين مليونين وثلاثة ملايين", Arabic).len(), 2);
    assert_eq!(found("ثلاثة وخمسة", Arabic).len(), 2);
    assert_eq!(found("two and three", English).len(), 2);
    assert_eq!(found("خمسة وثلاثون", Arabic).len(), 1);
}

#[test]
fn units_and_currencies_belong_to_their_number() {
    assert_eq!(
        found("It cost $3.5bn, or 12% more.", English),
        [(Money, "$3.5bn"), (Percentage, "12%")]
    );
    assert_eq!(found("نمو بنسبة خمسة في المئة", Arabic), [(Percentage, "خمسة في المئة")]);
    assert_eq!(found("على بعد 20 كيلومترا", Arabic), [(Measure, "20 كيلومترا")]);
    equal("3.5 billion US dollars", "3.5 مليار دولار أمريكي");
    equal("$3.5bn", "ثلاثة مليارات ونصف المليار دولار");
    equal("five percent", "خمسة بالمائة");
    equal("20 square kilometres", "20 كيلومترا مربعا");
    equal("two days", "يومين");
    equal("two weeks", "14 يوما");
    equal("200 pounds", "200 رطل");
    equal("20 km2", "20 كيلومترا مربعا");
    assert_eq!(checked("5 million euros", "5 ملايين دولار"), [Differs]);
    assert_eq!(checked("5 million Canadian dollars", "5 ملايين دولار أمريكي"), [Differs]);
    assert_eq!(checked("20 miles", "20 كيلومترا"), [Differs]);
    assert_eq!(checked("between 50 and 60 percent", "بين 50 و60 بالمئة"), [Same, Same]);
}

#[test]
fn another_value_differs_and_is_shown() {
    assert_eq!(checked("40 people died", "قتل 30 شخصا"), [Differs]);
    assert_eq!(checked("3.5 million dollars", "3.5 مليار دولار"), [Differs]);
    assert_eq!(checked("40 people died", "قتل أشخاص"), [Absent]);
    let evidence = "قتل ثلاثون شخصا";
    let check = compare("40 people died", English, evidence, Arabic);
    assert_eq!(check[0].evidence.and_then(|span| span.of(evidence)), Some("ثلاثون"));
}

#[test]
fn rounded_and_vague_values_are_near() {
    assert_eq!(checked("about 70 million", "69.8 مليون"), [Near]);
    assert_eq!(checked("1,013 homes", "نحو 1000 منزل"), [Near]);
    assert_eq!(checked("dozens of people", "36 شخصا"), [Near]);
    assert_eq!(checked("36 people", "عشرات الأشخاص"), [Near]);
    assert_eq!(checked("tens of thousands", "عشرات الآلاف"), [Same]);
    assert_eq!(checked("hundreds of people", "عشرات الأشخاص"), [Differs]);
    assert_eq!(checked("71 million", "70 مليون"), [Differs]);
}

#[test]
fn dates_agree_in_every_way_of_writing() {
    equal("8 April 2020", "8 نيسان/أبريل 2020");
    equal("April 8, 2020", "الثامن من أبريل عام 2020");
    equal("15 January", "15 كانون الثاني");
    equal("in 1948", "سنة ١٩٤٨");
    equal("in 1914", "عام ألف وتسعمئة وأربعة عشر");
    equal("in the nineteenth century", "في القرن التاسع عشر");
    equal("the 1990s", "التسعينيات");
    equal("the 1930s", "ثلاثينيات القرن العشرين");
    equal("at 9:30 pm", "الساعة التاسعة والنصف مساء");
    equal("on Monday", "يوم الاثنين");
    equal("last month", "الشهر الماضي");
    equal("yesterday", "أمس");
    equal("in 300 BC", "عام 300 ق.م");
    assert_eq!(found("16.6.2021", Arabic), [(Date, "16.6.2021")]);
    assert_eq!(checked("8 May 2020", "8 أبريل 2020"), [Differs]);
    assert_eq!(checked("9 April 2020", "8 أبريل 2020"), [Differs]);
    assert_eq!(checked("in April 2019", "في ديسمبر 2019، وكان عام 2019"), [Differs]);
    assert_eq!(checked("in 2018", "عام 2019"), [Differs]);
    assert_eq!(checked("next month", "الشهر الماضي"), [Differs]);
    assert_eq!(checked("8 April 2020", "8 أبريل"), [Near]);
}

#[test]
fn a_hijri_date_is_not_converted() {
    assert_eq!(checked("in 2023", "عام 1445 هـ"), [Differs]);
    assert_eq!(checked("in 2023", "عام 1445 هـ الموافق 2023"), [Same]);
    assert_eq!(checked("in 1445", "عام 1445 هـ"), [Differs]);
}

#[test]
fn ordinals_agree() {
    equal("the third round", "الجولة الثالثة");
    equal("the 21st session", "الدورة الحادية والعشرين");
    equal("the thirteenth floor", "الطابق الثالث عشر");
    assert_eq!(checked("the third round", "الجولة الرابعة"), [Differs]);
}

#[test]
fn words_that_state_no_number_raise_no_alarm() {
    for claim in ["One of them may march on.", "no one knows", "COVID-19 and N95 masks", "at first"]
    {
        assert_eq!(found(claim, English), [], "{claim}");
    }
    for claim in ["the first time", "one man", "half", "Two presidents met."] {
        let checks = checked(claim, "اجتمع الرئيسان في القاهرة");
        assert!(checks.iter().all(|a| matches!(a, Same | Near)), "{claim}: {checks:?}");
    }
    assert_eq!(found("قال أحد المسؤولين إن الرئيسين اجتمعا", Arabic), []);
    assert_eq!(checked("two men", "قتل ثلاثة رجال من المصريين"), [Differs]);
    assert_eq!(found("a few seconds ago, second to none", English), []);
}

#[test]
fn numbers_without_a_unit_are_numbers() {
    assert_eq!(found("26 people", English), [(Number, "26")]);
}

proptest! {
    #[test]
    fn facts_rise_and_lie_in_any_text(
        text in "[0-9٠-٩.,:/%$ -]{0,20}|\\PC{0,40}|((two|hundred|and|a|half|-|million|May|2020|s|third|of|km|,) ?){0,12}|((و|خمسة|عشر|ألف|ملايين|ونصف|الساعة|عام|القرن|12|في|المئة|مايو) ?){0,12}"
    ) {
        for language in [Arabic, English] {
            let mut end = 0;
            for fact in facts(&text, language) {
                prop_assert!(fact.span.start() >= end && !fact.span.is_empty());
                prop_assert!(fact.span.check(&text).is_ok());
                end = fact.span.end();
            }
            let checks = compare(&text, language, &text, language);
            prop_assert_eq!(checks.len(), facts(&text, language).len());
            for check in checks {
                prop_assert!(matches!(check.agreement, Same | Near), "{:?}", check);
            }
        }
    }
}

#[test]
fn shares_are_told_in_round_words() {
    assert_eq!(checked("nearly a fifth of them", "18 في المئة منهم"), [Near]);
    assert_eq!(
        checked("a tenth of them", "9.6 في المئة منهم"),
        [Absent],
        "not said to be about right"
    );
    equal("a third of the hotels", "ثلثها في مسقط");
}

#[test]
fn a_reader_may_add_up_what_the_evidence_has() {
    let evidence = "20 ألف دولار جائزة و5 آلاف دولار مكافأة";
    assert_eq!(checked("She won 25,000 dollars.", evidence), [Near]);
    assert_eq!(checked("She won 15,000 dollars.", evidence), [Near]);
    assert_eq!(checked("She won 24,000 dollars.", evidence), [Differs]);
    let half = checked("Of 20,000 dollars she won 25,000 dollars.", evidence);
    assert_eq!(half, [Same, Differs], "one of the two is told already");
    let leaves = "في مئة واثنتين وستين ورقة، فقدت منها إحدى عشرة ورقة";
    assert_eq!(checked("Of the 162 leaves, 151 survive.", leaves), [Same, Near]);
    assert_eq!(checked("Of the 162 leaves, 152 survive.", leaves), [Same, Differs]);
    assert_eq!(checked("More than nine-tenths of its 162 leaves are there.", leaves), [Near, Same]);
    assert_eq!(checked("Two thirds of its 162 leaves are there.", leaves), [Differs, Same]);
    let hotels = "افتتاح 18 فندقا جديدا، ثلثها في مسقط";
    assert_eq!(checked("Of the 18 hotels, six are in Muscat.", hotels), [Same, Near]);
    assert_eq!(checked("Of the 18 hotels, five are in Muscat.", hotels), [Same, Differs]);
}

#[test]
fn a_reader_may_tell_the_rest_of_a_whole() {
    assert_eq!(checked("42 percent are men", "58 في المئة من النساء"), [Near]);
    assert_eq!(checked("43 percent are men", "58 في المئة من النساء"), [Differs]);
    assert_eq!(checked("More than two-thirds died.", "نجا 31 بالمئة منها"), [Near]);
    assert_eq!(checked("Two-thirds died.", "نجا 67 بالمئة منها"), [Near]);
    assert_eq!(checked("Two-thirds died.", "نجا 57 بالمئة منها"), [Absent]);
    assert_eq!(checked("well over a third", "تراجع بنسبة 38 بالمئة"), [Near]);
}

#[test]
fn more_than_a_number_is_any_that_is_a_little_more() {
    assert_eq!(checked("more than a hundred prisoners", "عفو عن 137 سجينا"), [Near]);
    assert_eq!(checked("over 2,000 dollars", "سعره 2,400 دولار"), [Near]);
    assert_eq!(checked("at least 200 breaches", "سجلت 214 مخالفة"), [Near]);
    assert_eq!(checked("no more than 200 breaches", "سجلت 214 مخالفة"), [Differs]);
    assert_eq!(checked("fewer than 200 breaches", "سجلت 214 مخالفة"), [Differs]);
    assert_eq!(checked("more than 300 breaches", "سجلت 214 مخالفة"), [Differs]);
    let least = "بنسبة 7 في المائة على الأقل";
    assert_eq!(checked("at least 6 percent", least), [Differs], "bounds are told as they stand");
    assert_eq!(checked("at least 7 percent", least), [Same]);
    assert_eq!(checked("more than 30 breaches", "سجلت 214 مخالفة"), [Differs]);
    assert_eq!(checked("less than half an hour", "25 دقيقة"), [Near]);
    assert_eq!(checked("thousands of hectares", "أكثر من سبعة آلاف هكتار"), [Near]);
}

#[test]
fn numbers_have_forms_of_their_own_in_arabic() {
    assert_eq!(checked("over 20 percent of the electricity", "أكثر من خمس الكهرباء"), [Same]);
    equal("five countries", "خمس دول");
    equal("two million euros", "مليونا يورو");
    equal("a million dollars", "مليون دولار");
    assert_eq!(checked("for forty years", "في العقود الأربعة الأخيرة"), [Same]);
    assert_eq!(checked("a three-point belt", "حزام ثلاثي النقاط"), [Same]);
    assert_eq!(checked("three-winged", "ثلاثية الأجنحة"), [Same]);
    assert_eq!(checked("in his twenties", "عشرينيا بريطانيا"), [Same]);
    equal("between 22,000 and 25,000", "بين 22 و25 ألفا");
    equal("11.80 euros", "11 يورو و80 سنتا");
    equal("at midnight", "عند منتصف الليل");
    assert_eq!(checked("for a hundred and fifty years", "مدى قرن ونصف القرن"), [Same]);
    equal("in the 1600s", "في القرن السابع عشر");
    assert_eq!(checked("in the nineteenth century", "سنة 1885"), [Near]);
    assert_eq!(checked("in the eighteenth century", "سنة 1885"), [Absent]);
    assert_eq!(found("The three leaders met.", English), []);
}

#[test]
fn durations_of_two_units_are_one() {
    equal("3 minutes and 58.4 seconds", "3 دقائق و58.4 ثانية");
    equal("3 minutes 58.4 seconds", "3 دقائق و58.4 ثانية");
    equal("two years and three months", "سنتين وثلاثة أشهر");
    equal("27 months", "سنتين وثلاثة أشهر");
    assert_eq!(checked("less than four minutes", "3 دقائق و58.4 ثانية"), [Near]);
    assert_eq!(checked("less than three minutes", "3 دقائق و58.4 ثانية"), [Differs]);
    assert_eq!(found("three months and two years", English).len(), 2);
}

#[test]
fn quarters_and_centuries_are_told_in_months_and_years() {
    equal("in the third quarter", "في الربع الثالث من العام");
    equal("fourth-quarter profit", "أرباح الربع الرابع");
    assert_eq!(checked("between July and September", "في الربع الثالث"), [Near, Near]);
    assert_eq!(checked("between May and September", "في الربع الثالث"), [Absent, Near]);
    assert_eq!(checked("some 800 years ago", "قبل نحو ثمانية قرون"), [Same]);
    assert_eq!(checked("some 700 years ago", "قبل نحو ثمانية قرون"), [Differs]);
}

#[test]
fn spans_of_years_and_years_before_christ_are_read_whole() {
    equal("from 1943–6", "من 1943–1946");
    equal("on July 21, 356 BCE", "في 21 من تموز عام 356 قبل الميلاد");
    equal("since 1998-99", "منذ 1998-1999");
}

#[test]
fn words_that_are_also_others_state_nothing() {
    assert_eq!(found("بسبب التعاون بين الاثنين", Arabic), []);
    assert_eq!(found("أسس أغسطس الإمبراطورية", Arabic), []);
    assert_eq!(found("تأهل إلى نصف النهائي", Arabic), []);
    assert_eq!(found("في العام التالي", Arabic), []);
    assert_eq!(found("في مارس الماضي", Arabic), [(Date, "مارس")]);
    equal("the first ten samples", "أول عشر عينات");
}

#[test]
fn numbers_that_are_names_or_told_otherwise() {
    assert_eq!(found("They dried okra in the old quarters of Damascus.", English), []);
    assert_eq!(found("Six clubs want teams in The Hundred.", English).len(), 1);
    assert_eq!(found("He worked in Mar del Plata.", English), []);
    assert_eq!(checked("more than half of all workers", "ستة من كل عشرة عمال"), [Near]);
    assert_eq!(checked("a five-year plan", "خطة خمسية"), [Same]);
    assert_eq!(checked("Well over a thousand bones", "أكثر من 1500 عظمة"), [Near]);
    assert_eq!(checked("more than 1,200 bones", "أكثر من 1500 عظمة"), [Differs]);
    assert_eq!(checked("almost four days later", "بعد 91 ساعة"), [Near]);
    assert_eq!(checked("four days later", "بعد 91 ساعة"), [Differs]);
    assert_eq!(checked("in 2006", "أواخر القرن الحادي والعشرين، وفي عام 2009"), [Differs]);
    assert_eq!(checked("its eleventh member", "العضو الحادي عشر"), [Same]);
}

#[test]
fn shares_and_ranks_are_held_against_each_other() {
    assert_eq!(checked("About half of new mothers", "خمس الأمهات الجدد"), [Differs]);
    assert_eq!(checked("three quarters of the visitors", "ربع الزوار"), [Differs]);
    assert_eq!(checked("The party finished second.", "جاء الحزب في المرتبة الرابعة"), [Differs]);
    assert_eq!(checked("The party finished second.", "جاء الحزب في المرتبة الثانية"), [Same]);
}
