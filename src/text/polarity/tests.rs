//! What is reported and what is not, in both directions and across languages.

use proptest::prelude::*;

use super::*;
use crate::domain::{Agreement, FactKind};
use Language::{Arabic, English};

fn marked(text: &str, language: Language) -> Vec<(FactKind, &str)> {
    let found = markers(text, language);
    found.into_iter().filter_map(|fact| Some((fact.kind, fact.span.of(text)?))).collect()
}

fn found(claim: (&str, Language), evidence: (&str, Language)) -> Vec<(FactKind, Agreement)> {
    let checks = compare(claim.0, claim.1, evidence.0, evidence.1);
    checks.into_iter().map(|check| (check.kind, check.agreement)).collect()
}

fn english(claim: &str, evidence: &str) -> Vec<(FactKind, Agreement)> {
    found((claim, English), (evidence, Arabic))
}

const DROPPED: (FactKind, Agreement) = (FactKind::Negation, Agreement::Differs);
const ADDED: (FactKind, Agreement) = (FactKind::Negation, Agreement::Absent);

#[test]
fn what_is_retold_word_for_word_keeps_its_modalities() {
    let of = |claim, evidence| found((claim, English), (evidence, English));
    let evidence = "They may leave, and others could stay there for years if they want.";
    assert_eq!(of(evidence, evidence), []);
    let surer = "They will leave, and others could stay there for years if they want.";
    assert_eq!(of(surer, evidence), [(FactKind::Modality, Agreement::Differs)]);
    let surer = "They may leave, and others will stay there for years if they want.";
    assert_eq!(of(surer, evidence), [(FactKind::Modality, Agreement::Differs)]);
    assert_eq!(of("Others stay there.", evidence), [], "it need not tell all");
}

#[test]
fn markers_of_both_languages_are_found_in_order() {
    use FactKind::{Modality, Negation};
    assert_eq!(
        marked("He denied it and may not go without her.", English),
        [(Negation, "denied"), (Modality, "may"), (Negation, "not"), (Negation, "without")]
    );
    assert_eq!(
        marked("نفى الوزير ذلك ولم يحضر، وقد يعود غدا", Arabic),
        [(Negation, "نفى"), (Negation, "ولم"), (Modality, "وقد")]
    );
    assert_eq!(marked("They didn't pay.", English), [(Negation, "didn't")]);
}

#[test]
fn what_only_looks_like_a_marker_is_none() {
    for text in [
        "Not only Cairo but Giza flooded.",
        "No less than 12 people came.",
        "It was no longer open.",
        "The talks began in May 2020.",
        "On 3 May the port opened.",
        "He did not deny it.",
    ] {
        assert_eq!(marked(text, English), [], "{text}");
    }
    for text in [
        "ما لا يقل عن 12 شخصا",
        "ولا سيما في القاهرة",
        "لا يزال الميناء مفتوحا",
        "لا بد من الاتفاق",
        "وقد أعلن الوزير الاتفاق",
        "وقد تمكن الفريق من الفوز",
        "غير أن الوزير وافق",
        "لم ينف الوزير الخبر",
    ] {
        assert_eq!(marked(text, Arabic), [], "{text}");
    }
}

#[test]
fn a_negation_that_the_claim_drops_or_adds_is_reported() {
    let evidence = "لم تعلن الشركة نتائجها.";
    assert_eq!(english("The company announced its results.", evidence), [DROPPED]);
    assert_eq!(english("The company did not announce its results.", evidence), []);
    let evidence = "أعلنت الشركة نتائجها.";
    assert_eq!(english("The company did not announce its results.", evidence), [ADDED]);
    assert_eq!(english("The company announced its results.", evidence), []);
}

#[test]
fn words_of_refusal_answer_to_each_other() {
    assert_eq!(english("The minister declined to comment.", "رفض الوزير التعليق."), []);
    assert_eq!(english("The minister was unable to attend.", "لم يتمكن الوزير من الحضور."), []);
    assert_eq!(
        english(
            "The source confirmed that the government will request a loan.",
            "نفى المصدر أن تكون الحكومة ستطلب قرضا."
        ),
        [DROPPED]
    );
}

#[test]
fn a_negation_of_another_clause_does_not_alarm() {
    let evidence = "وقع الوزير الاتفاق في القاهرة يوم الأحد، لكنه لم يحضر المؤتمر الصحفي الذي عقد بعد ذلك بحضور عدد كبير من الصحفيين.";
    assert_eq!(english("The minister signed the deal in Cairo.", evidence), []);
    assert_eq!(english("The minister attended the press conference.", evidence), [DROPPED]);
}

#[test]
fn what_may_be_is_told_apart_from_what_will_be() {
    let may = "قد ترفع الوزارة الرسوم.";
    let will = "سترفع الوزارة الرسوم.";
    let dropped = (FactKind::Modality, Agreement::Differs);
    let added = (FactKind::Modality, Agreement::Absent);
    assert_eq!(english("The ministry will raise the fees.", may), [dropped]);
    assert_eq!(english("The ministry may raise the fees.", may), []);
    assert_eq!(english("The ministry may raise the fees.", will), [added]);
    assert_eq!(english("The ministry will raise the fees.", will), []);
    assert_eq!(found(("سترفع الوزارة الرسوم حتما.", Arabic), (may, Arabic)), [dropped]);
}

#[test]
fn texts_of_one_language_are_compared_by_stem() {
    let pair = |claim, evidence| found((claim, English), (evidence, English));
    assert_eq!(
        pair("The bank closed the branch.", "The bank did not close the branch."),
        [DROPPED]
    );
    assert_eq!(pair("The bank did not close the branch.", "The bank closed the branch."), [ADDED]);
    assert_eq!(found(("شمل القانون الإقليم", Arabic), ("لا يشمل القانون الإقليم", Arabic)), [DROPPED]);
    assert_eq!(found(("لا يشمل القانون الإقليم", Arabic), ("شمل القانون الإقليم", Arabic)), [ADDED]);
}

#[test]
fn a_dropped_marker_is_named_and_its_verb_is_shown() {
    let (claim, evidence) = ("The law covers the region.", "لا يشمل القانون الإقليم.");
    let checks = compare(claim, English, evidence, Arabic);
    let shown: Vec<_> = checks
        .iter()
        .map(|check| (check.claim.of(claim), check.evidence.and_then(|span| span.of(evidence))))
        .collect();
    assert_eq!(shown, [(Some("covers"), Some("لا"))]);
}

#[test]
fn exchanged_roles_are_reported_with_both_names() {
    let evidence = "Rebels attacked the convoy near Aleppo.";
    let claim = "The convoy attacked rebels near Aleppo.";
    let checks = compare_roles(claim, evidence);
    let shown: Vec<_> = checks.iter().map(|c| (c.kind, c.agreement, c.claim.of(claim))).collect();
    assert_eq!(shown, [(FactKind::Role, Agreement::Differs, Some("convoy attacked rebels"))]);
    assert_eq!(
        compare_roles("Egypt accused Sudan of neglect.", "Sudan accused Egypt of neglect.").len(),
        1
    );
}

#[test]
fn the_same_roles_in_another_voice_or_order_are_no_exchange() {
    for (claim, evidence) in [
        (
            "The convoy was attacked by rebels near Aleppo.",
            "Rebels attacked the convoy near Aleppo.",
        ),
        ("Rebels attacked the convoy.", "The convoy was attacked by rebels."),
        ("Egypt and Sudan signed the deal.", "Sudan and Egypt signed the deal."),
        ("Rebels attacked the convoy.", "Rebels attacked the convoy."),
    ] {
        assert_eq!(compare_roles(claim, evidence), [], "{claim}");
    }
    let claim = "The convoy was attacked by rebels near Aleppo.";
    assert_eq!(compare_roles(claim, "The convoy attacked rebels near Aleppo.").len(), 1);
}

#[test]
fn a_month_has_no_role() {
    let claim = "Salma broke the record in the marathon that Bahrain's Layla Issa had held since August 2013.";
    let evidence = "The record had been held by Bahrain's Layla Issa since August 2013.";
    assert_eq!(compare_roles(claim, evidence), []);
}

proptest! {
    #[test]
    fn spans_are_parts_of_their_texts_and_never_empty(
        claim in "([a-z]{1,6}|not|may|denied|was|by|Egypt|Sudan|لم|قد|يعلن|أعلن|, |\\. | ){0,25}|\\PC{0,30}",
        evidence in "([a-z]{1,6}|no|might|attacked|Egypt|Sudan|لا|ليس|يشمل|نفى|، | ){0,25}|\\PC{0,30}",
    ) {
        for ours in [English, Arabic] {
            let mut at = 0;
            for fact in markers(&claim, ours) {
                prop_assert!(fact.span.start() >= at && !fact.span.is_empty());
                prop_assert!(fact.span.check(&claim).is_ok());
                at = fact.span.start();
            }
            for theirs in [English, Arabic] {
                for check in compare(&claim, ours, &evidence, theirs) {
                    prop_assert!(!check.claim.is_empty() && check.claim.check(&claim).is_ok());
                    let there = check.evidence;
                    prop_assert!(there.is_none_or(|s| !s.is_empty() && s.check(&evidence).is_ok()));
                }
            }
        }
        for check in compare_roles(&claim, &evidence) {
            prop_assert!(!check.claim.is_empty() && check.claim.check(&claim).is_ok());
        }
    }
}

#[test]
fn who_suffers_in_a_passive_without_an_agent_has_not_changed_roles() {
    let english =
        "Seventeen people were killed in the floods that hit the city of Seiyun on Sunday.";
    assert_eq!(compare_roles("The floods in Seiyun killed 17 people.", english), []);
    let turned = compare_roles("The mayor accused the company.", "The company accused the mayor.");
    assert_eq!(turned.len(), 1);
}

#[test]
fn only_and_also_are_no_denials() {
    let evidence = "لم ينج سوى 31 بالمئة من العينات";
    assert_eq!(english("A mere 31 percent of the samples were alive.", evidence), []);
    let evidence = "الأمر لا يتعلق بالعطاء فقط";
    assert_eq!(english("It is about giving as well as taking.", evidence), []);
    assert_eq!(marked("He was cosmonaut No. 11 of the team.", English), []);
    assert_eq!(marked("Do not forget to pay.", English), []);
}

#[test]
fn what_is_denied_in_other_words_is_denied() {
    let evidence = "لم تعلن الشركة بعد موقفها";
    assert_eq!(english("The company has yet to announce its position.", evidence), []);
    assert_eq!(english("The company has announced its position.", evidence), [DROPPED]);
    let evidence = "قالت المديرة إن القمر لن يستخدم لأغراض عسكرية";
    assert_eq!(
        english("Military use of the satellite was ruled out by the director.", evidence),
        []
    );
}

#[test]
fn a_denial_that_goes_missing_shows_in_the_words_of_its_sentence() {
    let of = |claim| {
        let evidence =
            "Heat is not the greatest danger here; it is the pollution that comes from the land.";
        found((claim, English), (evidence, English))
    };
    assert_eq!(of("Heat is the greatest danger."), [DROPPED]);
    assert_eq!(of("Pollution is the greatest danger."), [], "it tells the contrast");
    let long =
        "She regards the pollution that comes from the land as the greatest danger here by far.";
    assert_eq!(of(long), [], "and nothing of the heat");
    let whole = "Heat is the greatest danger here; it is the pollution that comes from the land.";
    assert_eq!(of(whole), [DROPPED]);
    assert_eq!(of("The danger comes from the land."), [], "one word could be any");
}

#[test]
fn a_modality_that_opens_a_sentence_is_about_all_of_it() {
    let lost = [(FactKind::Modality, Agreement::Differs)];
    let evidence = "قد تمدد الحملة أسبوعين إضافيين";
    assert_eq!(english("It was prolonged by a fortnight.", evidence), lost);
    assert_eq!(english("It could be prolonged by a fortnight.", evidence), []);
}

#[test]
fn a_superlative_worded_as_a_negation_denies_nothing() {
    let evidence = "وجاء الإماراتيون في المرتبة الأولى بين الزوار";
    let most = "No nationality supplied more visitors than the Emiratis.";
    assert_eq!(english(most, evidence), []);
    let none = [(FactKind::Negation, Agreement::Absent)];
    assert_eq!(english("No nationality supplied any visitors.", evidence), none);
}

#[test]
fn roles_are_read_where_the_rest_is_told_as_it_stands() {
    let english =
        "Fishermen accused the port company of dumping oil near the harbour of Sfax in May.";
    let turned = "The port company accused fishermen of dumping oil near the harbour of Sfax.";
    assert_eq!(compare_roles(turned, english).len(), 1);
    let free = "By dumping oil off Sfax, fishermen say, the port company harmed the catch they accused it of ruining.";
    assert_eq!(compare_roles(free, english), []);
}

#[test]
fn denials_that_say_when_or_which_or_despite_what_deny_nothing() {
    for claim in [
        "The museum did not open until May.",
        "There is no village without a church.",
        "The rain did not stop her from running.",
        "Men do not lose as much bone mass as women.",
        "No other coin was square like the dirham.",
    ] {
        let firm = markers(claim, English).into_iter().filter(|m| m.kind == FactKind::Negation);
        assert_eq!(firm.count(), 0, "{claim}");
    }
    assert_eq!(marked("The rain did not stop.", English), [(FactKind::Negation, "not")]);
}

#[test]
fn arabic_denies_in_verbs_and_by_exceptions() {
    for (claim, evidence) in [
        ("The city has no regular transport.", "تفتقر العاصمة إلى نقل عام منتظم"),
        ("The moon is too small to hold an atmosphere.", "لا يمكن للقمر الاحتفاظ بغلاف جوي"),
        ("The season is over in two weeks at most.", "لا يدوم الموسم أكثر من أسبوعين"),
        ("She sang the passage again and again.", "لم تكن المغنية تكتفي بأداء المقطع مرة واحدة"),
        (
            "If the pumps are not replaced, UNESCO warned, the tombs are at risk.",
            "حذرت اليونسكو من خطر يهدد المقابر ما لم تستبدل المضخات",
        ),
        (
            "The river reached a level not recorded for 25 years.",
            "بلغ النهر أعلى مستوى يسجل منذ ربع قرن",
        ),
        ("He was the first surgeon to transplant lungs.", "لم يسبق لأي جراح أن زرع رئتين قبله"),
        ("Medicines may not be advertised.", "يمنع إعلان الأدوية"),
    ] {
        assert_eq!(english(claim, evidence), [], "{claim}");
    }
    let added = [(FactKind::Negation, Agreement::Absent)];
    assert_eq!(
        english("The river did not reach its highest level.", "بلغ النهر أعلى مستوى"),
        added
    );
}

#[test]
fn opposites_in_one_place_contradict() {
    let opposite = |claim, english| -> Vec<FactKind> {
        compare_opposites(claim, english).into_iter().map(|check| check.kind).collect()
    };
    let rose = "Exports of dates rose by a tenth in the first half of the year.";
    assert_eq!(opposite("Exports of dates fell by a tenth.", rose), [FactKind::Opposite]);
    assert_eq!(opposite("Exports of dates grew by a tenth.", rose), []);
    assert_eq!(opposite("Exports of dates did not fall by a tenth.", rose), []);
    assert_eq!(opposite("The price of bread fell in Cairo.", rose), [], "of something else");
    let both = "Exports of dates rose and those of figs fell.";
    assert_eq!(opposite("Exports of figs fell.", both), []);
    let won = "Qatif won the volleyball cup after beating Ibtisam.";
    assert_eq!(opposite("Ibtisam lost the volleyball cup to Qatif.", won), []);
    assert_eq!(opposite("Qatif lost the volleyball cup to Ibtisam.", won), [FactKind::Opposite]);
}

#[test]
fn a_denial_in_other_words_is_one_if_all_it_is_about_stands_there() {
    let call = "They confirmed in a call that they welcome the transfer of aid to Syria.";
    assert!(denies_a_word_of("They did not speak about aid to Syria.", call));
    assert!(denies_a_word_of("They did not welcome it.", call));
    assert!(!denies_a_word_of("They did not quarrel over aid.", call));
    assert!(!denies_a_word_of("They did not meet in Damascus about aid.", call));
}
