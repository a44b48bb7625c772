//! Names of claims against evidence, in small cases and in any text.

use proptest::prelude::*;

use super::*;
use crate::domain::Agreement::{self, Absent, Differs, Near, Same};

const MEETING: &str =
    "أكد الرئيس الروسي فلاديمير بوتين ونظيره الأمريكي جو بايدن في اتصال هاتفي من جنيف";

fn agreements(claim: &str, evidence: &str) -> Vec<Agreement> {
    compare(claim, evidence, None).into_iter().map(|check| check.agreement).collect()
}

#[test]
fn names_of_the_evidence_are_the_same() {
    assert_eq!(agreements("Vladimir Putin and Joe Biden talked in Geneva.", MEETING), [Same; 3]);
    assert_eq!(agreements("Egypt spoke.", "وقال الرئيس المصري"), [Same]);
    assert_eq!(agreements("The UN met in New York.", "اجتمعت الأمم المتحدة في نيويورك"), [Same; 2]);
    assert_eq!(agreements("They use Panthers.", "هم في فريق Panthers"), [Same]);
}

#[test]
fn a_name_of_another_is_not() {
    let checks = compare("Vladimir Putin and Emmanuel Macron talked.", MEETING, None);
    assert_eq!(checks.iter().map(|c| c.agreement).collect::<Vec<_>>(), [Same, Differs]);
    assert!(checks[1].evidence.and_then(|span| span.of(MEETING)).is_some());
    assert_eq!(agreements("Macron talked.", "تحدث الرجل"), [Absent]);
    assert_ne!(agreements("Vladimir Zelensky talked.", MEETING), [Same]);
}

#[test]
fn a_family_name_alone_is_near() {
    assert_eq!(agreements("John Kerry spoke.", "تحدث السيناتور كيري"), [Near]);
    assert_eq!(agreements("Michelle Obama spoke.", "تحدث الرئيس باراك أوباما"), [Differs]);
}

#[test]
fn the_translation_decides_about_ordinary_words() {
    let arabic = "اجتمع المجلس";
    let check = |english| compare("They met in the Green House.", arabic, english).len();
    assert_eq!(check(None), 0);
    let with =
        |english| compare("They met in the Green House.", arabic, Some(english))[0].agreement;
    assert_eq!((with("at the Green House"), with("in a hut")), (Same, Absent));
}

/// What becomes of the names of `claim` where the English of the evidence is known.
fn with_english(claim: &str, arabic: &str, english: &str) -> Vec<Agreement> {
    compare(claim, arabic, Some(english)).into_iter().map(|check| check.agreement).collect()
}

#[test]
fn a_chance_likeness_is_no_name_where_the_english_has_another() {
    let arabic = "وفي غضون أسبوع من بداية حرب إيطاليا";
    let english = "Within a week of Italy's declaration of war";
    assert_eq!(with_english("Within a week of Italy's declaration", arabic, english), [Same]);
    assert_eq!(with_english("Within a week of Bardia's declaration", arabic, english), [Differs]);
}

#[test]
fn an_arabic_name_belongs_to_the_name_of_the_english_that_is_nearer() {
    let (arabic, english) = ("تحدث ميشيل أمس", "Michel spoke yesterday.");
    assert_eq!(with_english("Michel spoke.", arabic, english), [Same]);
    assert_ne!(with_english("Michela spoke.", arabic, english), [Same]);
}

#[test]
fn peoples_that_neither_side_speaks_of_are_noticed() {
    let (arabic, english) = ("النظام النمساوي جديد", "The Austrian system is new.");
    assert_eq!(with_english("The Austrian system is new.", arabic, english), [Same]);
    assert_eq!(with_english("The system of Austria is new.", arabic, english), [Same]);
    assert_ne!(with_english("The German system is new.", arabic, english), [Same]);
    assert_eq!(compare("The German system is new.", arabic, None), [], "nothing is known");
    assert_eq!(with_english("The American press.", "الصحافة الأمريكية", "The US press."), [Same]);
}

#[test]
fn an_ordinary_word_in_the_place_of_a_name_is_noticed() {
    let (arabic, english) = ("على قبر مونمارتر", "on the Montmartre grave of the council");
    assert_eq!(with_english("shoes on the Society grave", arabic, english).len(), 1);
    assert_eq!(with_english("on the grave of the Council", arabic, english), [Same]);
    let short = with_english("They won the Pro Bowl.", "فازوا", "They properly won the Cup.");
    assert_eq!(short, [Absent], "a short word is no beginning of another");
}

#[test]
fn acronyms_may_be_spelt_out() {
    let (arabic, english) = ("نقابة المحامين", "the National Lawyers Guild");
    assert_eq!(with_english("Members of the NLG met.", arabic, english), [Same]);
    assert_eq!(with_english("Members of the ACLU met.", arabic, english), [Absent]);
}

#[test]
fn a_family_name_has_the_given_name_that_the_english_tells() {
    let (arabic, english) = ("قال أوباما", "Barack Obama said");
    assert_eq!(with_english("Michelle Obama said", arabic, english), [Absent]);
    assert_eq!(with_english("Michelle Obama said", arabic, "Obama said"), [Near]);
}

#[test]
fn compounds_of_ordinary_words_open_sentences() {
    assert_eq!(agreements("Deforestation brought insects.", "جاءت الحشرات"), []);
    assert_eq!(agreements("Bamako must reply.", "على مالي أن ترد"), [Near]);
    assert_eq!(names("Ninety-three left. Real-time data. Al-Sisi spoke.").len(), 1);
}

#[test]
fn arabic_claims_are_held_against_arabic() {
    let found = compare_arabic("وصل الرئيس بوتين إلى مصر", "زار بوتين القاهرة وقال لمصر");
    assert_eq!(found.iter().map(|c| c.agreement).collect::<Vec<_>>(), [Same, Same]);
    let other = compare_arabic("وصل الرئيس ماكرون", "وصل الرئيس بوتين");
    assert_eq!(other.iter().map(|c| c.agreement).collect::<Vec<_>>(), [Differs]);
}

#[test]
fn arabic_names_are_found_by_titles_tables_and_english() {
    let found = |english| -> Vec<&str> {
        arabic_names(MEETING, english).into_iter().filter_map(|f| f.span.of(MEETING)).collect()
    };
    assert!(found("").contains(&"جنيف"));
    assert!(found("Vladimir Putin met Joe Biden").contains(&"بوتين"));
    assert_eq!(arabic_names("قال ماكرون أمس", "").len(), 1);
}

proptest! {
    #[test]
    fn spans_are_valid_and_rise(claim in "[A-Za-z .'’\\-éUS]{0,40}|\\PC{0,30}", evidence in "[ابتوليمن ءةA]{0,40}|\\PC{0,30}") {
        let mut end = 0;
        for fact in names(&claim) {
            prop_assert!(fact.span.check(&claim).is_ok() && fact.span.start() >= end && !fact.span.is_empty());
            end = fact.span.end();
        }
        for check in compare(&claim, &evidence, Some(&claim)).into_iter().chain(compare(&claim, &evidence, None)) {
            prop_assert!(check.claim.check(&claim).is_ok());
            prop_assert!(check.evidence.is_none_or(|span| span.check(&evidence).is_ok()));
        }
        let mut end = 0;
        for fact in arabic_names(&evidence, &claim) {
            prop_assert!(fact.span.check(&evidence).is_ok() && fact.span.start() >= end && !fact.span.is_empty());
            end = fact.span.end();
        }
        for check in compare_arabic(&evidence, &claim) {
            prop_assert!(check.claim.check(&evidence).is_ok());
        }
    }
}

#[test]
fn a_capital_stands_for_its_country_where_no_other_place_is_named() {
    let (arabic, english) =
        ("أقر مجلس النواب العراقي القانون", "Iraq's parliament passed the law.");
    assert_eq!(with_english("Lawmakers in Baghdad passed it.", arabic, english), [Near]);
    assert_eq!(with_english("Lawmakers in Amman passed it.", arabic, english), [Differs]);
    let (arabic, english) = ("تتهم الخرطوم نجامينا", "Khartoum accuses N'Djamena.");
    assert_eq!(with_english("They are accused by Sudan.", arabic, english), [Near]);
    assert_eq!(with_english("They are accused by Libya.", arabic, english), [Differs]);
    let (arabic, english) =
        ("أقر مجلس النواب العراقي القانون في أربيل", "Iraq's parliament passed the law in Erbil.");
    assert_eq!(with_english("Lawmakers in Baghdad passed it.", arabic, english), [Differs]);
}

#[test]
fn lands_capitals_and_peoples_answer_to_each_other() {
    let with = |claim, arabic, english| -> Vec<Agreement> {
        compare(claim, arabic, Some(english)).into_iter().map(|check| check.agreement).collect()
    };
    let faso = ("شيدها المهندس البوركينابي", "The Burkinabe architect built it.");
    assert_eq!(with("An architect from Burkina Faso built it.", faso.0, faso.1), [Same]);
    let tehran = ("نفت السلطة القضائية في طهران ذلك", "The judiciary in Tehran denied it.");
    assert_eq!(with("Iran's judiciary denied it.", tehran.0, tehran.1), [Near]);
    let third = (
        "حلت اليابان ثالثة بعد الولايات المتحدة والصين",
        "Japan came third after the United States and China.",
    );
    assert_eq!(with("Tokyo came behind Washington and Beijing.", third.0, third.1), [Near; 3]);
    let prague = ("فقس الفرخ في حديقة براغ", "The chick hatched at the Prague zoo.");
    assert_eq!(with("A chick hatched at a Czech zoo.", prague.0, prague.1), [Same]);
    assert_eq!(with("A chick hatched at a Danish zoo.", prague.0, prague.1), [Differs]);
}

#[test]
fn a_kind_that_opens_a_sentence_is_no_name() {
    assert_eq!(names("Manatees eat plants."), []);
    assert_eq!(names("A Mars-sized body hit Earth.").len(), 1);
    assert_eq!(names("Brussels said so.").len(), 1);
}
