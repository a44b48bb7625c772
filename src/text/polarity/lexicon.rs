//! The words of negation and modality in both languages.
//!
//! Owns: which phrases deny or weaken a statement, and how much weight each may bear.
//! In: folded words. Out: the longest phrase that begins there. Never: what the phrase is about.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::fold;
use crate::domain::{FactKind, Language};

/// What a phrase may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// Answers to a marker of the other side, but is none: `only`, `unharmed`, `if`.
    Hidden,
    /// Denies in its own way, so that it answers to any marker of the other side, but is none: `ruled out`, `too few`.
    Meant,
    /// A marker too vague to raise an alarm alone: `could`, `would`, دون.
    Shown,
    /// A marker whose absence on the other side is a disagreement.
    Firm,
    /// Says that nothing is settled yet: a modality that is worded as a negation.
    Undecided,
}

/// What a phrase says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sense {
    pub(super) kind: FactKind,
    pub(super) level: Level,
}

/// Phrases parted by `|`; `*` at the end of a phrase stands for any ending of its last word.
type Table = &'static [(FactKind, Level, &'static str)];

const ENGLISH: Table = &[
    (
        FactKind::Negation,
        Level::Firm,
        "not|no|never|neither|nor|nobody|none|cannot|nothing|nowhere|no one|without|denied|denies|deny|denying|refused|\
         refuses|refuse|refusing|declined to|declines to|turned down|rejected|rejects|reject|rejecting|failed to|fails \
         to|fail to|failing to|failure to|unable|has yet to|have yet to|had yet to|is yet to|are yet to|was yet to|were yet to",
    ),
    (
        FactKind::Negation,
        Level::Meant,
        "rule out|ruled out|rules out|ruling out|too few|too little|lack*|absen*|fail*|refus*|ignor*|hardly|barely|scarcely|spare|spares|spared|leaves out|left out|leave out|leaving out|exclud*|omit*|than any|than anyone|than anybody",
    ),
    (
        FactKind::Negation,
        Level::Hidden,
        "not only|not just|not merely|not to mention|hard to|hard for|stay away|stays away|stayed away|no longer|no less than|no fewer than|no more than|no better than|no later than|not forget|never forget|nothing but|no \
         doubt|no matter|none other than|whether or not|not least|no sooner|if not|not later than|no choice but|no option but|no alternative but|only|just|except*|\
         apart from|other than|rather than|instead|rarely|seldom|few|fewer|less|\
         little|least|unab*|unb*|unaf*|unav*|unc*|undam*|undet*|undi*|une*|unf*|unh*|unin*|unj*|unk*|\
         unl*|unm*|unn*|uno*|unp*|unr*|uns*|untr*|unu*|unw*|in*able|non*|free|disagree*|disappear*|disput*|dismiss*|disabl*|avoid*|prevent*|stop*|ban|bans|banned|banning|prohibit*|\
         forbid*|forbade|forbidden|block*|exclus*|exempt*|declin*|reject*|denial*|deni*|miss*|lost|lose*|\
         loss|zero|halt*|suspend*|cancel*|abandon*|oppos*|against|contrary|false|wrong*|illegal*|illegitim*|inv*|infinit*|endless*|discourag*|*less|\
         incomplete*|inadequa*|insuffic*|inaccess*|inappropr*|inconsist*|ineffect*|inab*|neglig*|neglect*|\
         despite|although|though|however|impossible|withhold*|withheld|withdr*|ceas*|\
         remain*|empty|out of|nor|difficult*|weak*|poor*|limited|scarc*|silent|secret|intact|alone|mere*|unlike",
    ),
    (
        FactKind::Modality,
        Level::Firm,
        "may|might|allegedly|alleged|reportedly|expected to|is expected|are expected|was expected|were expected|likely|\
         unlikely|perhaps|maybe|possibly|probably|presumably|purportedly|supposedly|plans to|plan to|planned to|planning \
         to|intends to|intend to|intended to|intending to",
    ),
    (
        FactKind::Modality,
        Level::Shown,
        "could|would|expects|expected|is studying|are studying|is considering|are considering|was studying|was \
         considering",
    ),
    (
        FactKind::Modality,
        Level::Hidden,
        "can|cannot|can't|should|must|shall|ought|possib*|probab*|potential*|if|unless|whether|hope*|hoping|want*|seek*|\
         sought|aim*|propos*|threat*|believ*|think*|thought|suspect*|seem*|appear*|apparent*|suggest*|estimat*|expect*|\
         plan*|inten*|chance*|risk*|able|ability|allow*|enabl*|predict*|forecast*|project*|prospect*|anticipat*|assum*|\
         suppos*|claim*|alleg*|rumo*|consider*|study|studying|attempt*|try|tries|tried|trying|about to|liab*|likel*|\
         prone|tend*|often|sometimes|usually|generally|some|capable|capacity|susp*|feasib*|ready|prepar*|\
         undecided|unclear|yet|up to|set to|due to|eventual*|could've|optional*|impossib*|unable|candidate*|\
         poised|so-called|reported|vulnerab*|most|presum*|deem*|speculat*|theor*|hypothe*|approximate*|roughly|around|almost|nearly|even|\
         on the cards|on the table|in the works|in the offing|option*|conceiv*|perceiv*|fear*|opportunit*|let|lets|question*|rather|maximum|easily|permit*|help*|doubt*|wish*",
    ),
];

const ARABIC: Table = &[
    (
        FactKind::Negation,
        Level::Firm,
        "لم|لن|ليس|ليست|ليسوا|لست|لسنا|ليسا|لا|نفى|نفت|نفوا|ينفي|تنفي|نفيه|نفيها|تنفيه|ينفيه|تنفيها|ينفيها|نفته|نفتها|نافيا|نافية|رفض|رفضت|رفضوا|يرفض|\
         ترفض|يرفضون|رافضا|رافضة|فشل في|فشلت في|فشلوا في|غير قادر|غير قادرة|غير قادرين|أنكر|أنكرت|ينكر|تنكر",
    ),
    (
        FactKind::Negation,
        Level::Meant,
        "تجاهل*|يتجاهل*|تتجاهل*|متجاهل*|استبعد*|استبعاد*|يستبعد*|تستبعد*|أخفق*|تعذر*|يتعذر|بتعذر*|لتعذر*|غياب*|انعدام*|افتقر*|\
         يفتقر*|تفتقر*|افتقار*|لافتقار*|عجز عن|عجزت|عجزوا|عجزه|عجزها|عجزهم|يعجز|تعجز|انقرض*|خال من|خالية من|خلوها من|خلوه من|بخلو*|خارج عن|خارجة عن|\
         بعيدا عن|لولا|ما لم|إياك|إياكم|معفون|معفيون|معفاة|معفى|يعفى|تعفى|أعفي*|إعفاء*|تقاعس*|خالف|خالفت|خالفوا|يخالف|تخالف|\
         فاته|فاتها|فاتهم|يفوت|باستثناء|تريث*|تنصل*",
    ),
    (
        FactKind::Negation,
        Level::Shown,
        "غير|دون|بدون|دوني|دونه|دونها|دونهم|بدوني|بدونه|بدونها|بدونهم|عدم|لعدم|بعدم|لا أحد|رفضه|رفضها|رفضهم|لرفضه|لرفضها|لرفضهم|لم يسبق|نفي|فشل|فشلت|فشلوا|يفشل|تفشل|ما من|ينف|تنف",
    ),
    (
        FactKind::Negation,
        Level::Hidden,
        "لا ليغا|لا ليجا|لا باز|لا ديفانس|لا ريوخا|لا سكالا|لا روشيل|لا كورونيا|لا بلاتا|لا سيما|لاسيما|لا يزال|لا تزال|لا يزالون|لا زال|لا زالت|لم يزل|لم تزل|ما زال|ما زالت|ما زالوا|مازال|مازالت|\
         ما يزال|لا بد|لابد|لا بأس|لا شك|لاشك|بلا شك|ليس فقط|ليست فقط|لا فقط|لم يكن فقط|ليس مجرد|غير أن|غير أنه|غير أنها|\
         غير أنهم|إلا أن|إلا أنه|إلا أنها|لا يقل عن|لا تقل عن|لا يقل|لا تقل|لا يزيد عن|لا تزيد عن|لا يزيد على|لا تزيد على|\
         لا يتجاوز|لا تتجاوز|لم يتجاوز|لم تتجاوز|لم يعد|لم تعد|لم يعودوا|لا غير|لم يلبث|لم تلبث|ما لبث|لا محالة|لا غنى|\
         لا ريب|لا سواه|أم لا|لا نهائي*|لا نهاية*|لانهائي*|لم شمل|لم الشمل|لا تنس*|بلا|إلا|سوى|عدا|فقط|ليس إلا|لا إلا|استثن*|مستثن*|كذب|كذبت|يكذب|نفا*|منع*|يمنع*|تمنع*|ممنوع*|حظر*|\
         يحظر*|تحظر*|محظور*|حرم*|توقف*|يتوقف*|تتوقف*|أوقف*|إيقاف|وقف|فقدان|نقص*|منعدم*|خال|خالي*|خلو|تخلو|\
         يخلو|ضعف|ضعيف*|قليل*|قلة|قل|أقل|نادر*|ندرة|مستحيل*|استحال*|صعب*|صعوبة|يصعب|حرمان*|تجنب*|يتجنب*|تتجنب*|تفاد*|\
         لتفادي|انقطاع|ألغ*|إلغاء*|يلغي|بخلاف|عكس|ضد|معارض*|يعارض*|تعارض*|خطأ|خاطئ*|باطل*|عجز*|يعجز*|عاجز*|\
         رفض*|بالرفض|امتنع*|يمتنع*|امتناع*|تخل*|ألا|بألا|ألّا|لئلا|كي لا|حتى لا|مجهول*|لما|\
         فشل*|فاشل*|مجانا|مجاني*|بقي|بقيت|ظل|ظلت|إنكار*|قط|أبدا|مطلقا|\
         حال|حالت|يحول|اللا*|ما كان|ما كانت|بما لا|مما لا|أمسك|أحجم|غاب*|سلبي*|مفقود*|\
         رغم|برغم|وحده|وحدها|وحدهم|سارع*|يسارع*|تسارع*|معلق|معلقة|علق|علقت|متخف*|خفية|ضاعت|ضاع|دع|زوال|استغن*|حيلولة|للحيلولة|كاد|يكاد|تكاد|أدنى|بالكاد|بقلة|صفر|مختلف*",
    ),
    (
        FactKind::Modality,
        Level::Firm,
        "ربما|من المتوقع|من المرجح|من المحتمل|من الممكن|يحتمل|تحتمل|يعتزم|تعتزم|يعتزمون|مزعوم|مزعومة|المزعوم|المزعومة|\
         يتوقع|تتوقع|يرجح|ترجح|رجح|رجحت|المرجح أن|المتوقع أن|المحتمل أن|لعل|لعله|لعلها",
    ),
    (
        FactKind::Modality,
        Level::Undecided,
        "لم يحسم|لم تحسم|لم يتقرر|لم تتقرر|لم يتضح|لم تتضح|لم يتحدد|لم تتحدد|لم يبت|لم تبت",
    ),
    (
        FactKind::Modality,
        Level::Shown,
        "يمكن|زعم|زعمت|يزعم|تزعم|زعموا|توقع|توقعت|توقعوا|ممكن|تدرس|يدرس|يدرسون|محتمل|محتملة|يخطط|تخطط|ينوي|تنوي",
    ),
    (
        FactKind::Modality,
        Level::Hidden,
        "تنص|ينص|نص|يحظر|تحظر|حظر*|محظور*|ممنوع*|منع*|يمنع*|تمنع*|مسموح*|يحق|تحق|ألا|خوفا|تخوف*|خشية|يخش*|تخش*|خشي*|تحسب*|مخاف*|\
         تهمة|بتهمة|تهم*|متهم*|المتهم*|اتهم*|يتهم*|تتهم*|اتهام*|صمم*|أعد|أعدت|إذا|لو|إن|أما إذا|ما إذا|إمكان*|بإمكان*|بالإمكان|احتمال*|محتمل*|المحتمل*|نية|بنية|نيته|نيتها|ينو*|خطة|خطط*|تخطيط*|\
         يأمل*|تأمل*|أمل*|يسعى|تسعى|سعي*|يهدف|تهدف|اقترح*|يقترح*|مقترح*|يعتقد*|تعتقد*|اعتقد*|نعتقد|يبدو|تبدو|بدا|بدت|\
         يظن*|تظن*|ظن*|يشتبه|اشتبه*|هدد*|يهدد*|تهدد*|عسى|قابل*|مرشح*|تقدير*|يفترض|تفترض|افترض*|المفترض|يستطيع*|تستطيع*|\
         استطاع*|قدرة|قادر*|القدرة|يجوز|تجوز|ينبغي|يجب|تجب|متوقع*|المتوقع*|مرجح*|المرجح*|الأرجح|مرجحا|توقع*|نتوقع|يمكن*|\
         تمكن*|يتمكن*|تتمكن*|يتيح*|تتيح*|يسمح*|تسمح*|سمح*|ممكن*|الممكن*|مستحيل*|فرصة|فرص|خطر|مخاطر*|اعتزم*|عزم*|اعتزام|\
         يريد|تريد|أراد*|مزمع*|المزمع*|المقرر|مقرر*|يكاد|تكاد|كاد|لولا|متى|حال|لقد|سوف|غالبا|عادة|أحيانا|بعض|\
         تفيد|أفاد*|يدع*|ادع*|بزعم|مشتبه*|المشتبه*|يقال|قيل|يرى|ترى|رأى|حسب|بحسب|تنبؤ*|تنبأ*|يتنبأ*|تقريبا|نحو|حوالي|أي|أو|محاول*|\
         حاول*|يحاول*|تحاول*|لتصبح|قصد|ينوون|حتى|كأن*|طموح*|استعداد*|يستعد*|تستعد*|شك|شكوك|مهدد*|معرض*|عرضة|كي|لكي",
    ),
];

/// One phrase of a table: the folded words behind its first one.
struct Phrase {
    rest: Vec<String>,
    /// Whether the last word stands for all that begin like it.
    open: bool,
    sense: Sense,
}

/// The phrases of one language.
pub(super) struct Phrases {
    /// By the first word where that is whole.
    whole: HashMap<String, Vec<Phrase>>,
    /// Single words with an open end, and what must stand behind the first part.
    open: Vec<(String, String, Sense)>,
}

static PHRASES: LazyLock<[Phrases; 2]> =
    LazyLock::new(|| [Phrases::of(ARABIC), Phrases::of(ENGLISH)]);

/// The phrases of `language`.
pub(super) fn phrases(language: Language) -> &'static Phrases {
    let [arabic, english] = &*PHRASES;
    if language == Language::Arabic { arabic } else { english }
}

impl Phrases {
    fn of(table: Table) -> Self {
        let mut phrases = Self { whole: HashMap::new(), open: Vec::new() };
        for (kind, level, list) in table {
            let sense = Sense { kind: *kind, level: *level };
            for entry in list.split('|') {
                phrases.add(entry.trim(), sense);
            }
        }
        phrases
    }

    fn add(&mut self, entry: &str, sense: Sense) {
        let mut words = entry.split_whitespace();
        let Some(first) = words.next() else { return };
        let rest: Vec<String> = words.map(|word| fold(word.trim_end_matches('*'))).collect();
        if let (Some((head, tail)), true) = (first.split_once('*'), rest.is_empty()) {
            self.open.push((fold(head), fold(tail), sense));
            return;
        }
        let open = entry.ends_with('*');
        self.whole.entry(fold(first)).or_default().push(Phrase { rest, open, sense });
    }

    /// What the words from the first of `words` on say, one sense a kind at most, with the number of words it takes.
    pub(super) fn at(&self, words: &[&str]) -> Vec<(Sense, usize)> {
        let Some((first, behind)) = words.split_first() else { return Vec::new() };
        let mut found: Vec<(Sense, usize)> = Vec::new();
        let mut keep = |sense: Sense, length: usize| {
            let known = found.iter_mut().find(|(other, _)| other.kind == sense.kind);
            match known {
                Some(other) if (length, sense.level) > (other.1, other.0.level) => {
                    *other = (sense, length);
                }
                Some(_) => {}
                None => found.push((sense, length)),
            }
        };
        for phrase in self.whole.get(*first).into_iter().flatten() {
            let fits = phrase.rest.iter().enumerate().all(|(at, word)| {
                let last = at + 1 == phrase.rest.len();
                behind.get(at).is_some_and(|there| {
                    there == word || last && phrase.open && there.starts_with(word.as_str())
                })
            });
            if fits {
                keep(phrase.sense, 1 + phrase.rest.len());
            }
        }
        for (head, tail, sense) in &self.open {
            let fits = first.strip_prefix(head.as_str()).is_some_and(|end| {
                // A stem alone is no word: `un`, س.
                end.ends_with(tail.as_str())
                    && end.chars().count() >= tail.chars().count()
                    && (head.chars().count() > 2 || end.chars().count() > 2)
            });
            if fits {
                keep(*sense, 1);
            }
        }
        found
    }
}
