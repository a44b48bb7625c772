//! Tells the lines of a web page from the lines of an article.
//!
//! Owns: the wording of comment forms, buttons, notices and menus, in Arabic and English.
//! In: one short line. Out: what part of the page it is, if any.
//! Never: where the line stands (see `kinds`), long lines: a paragraph of an article may speak of
//! comments, cookies and rights.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::normalize::{Profile, normalize};
use super::script::ascii_digit;
use crate::domain::BoilerplateKind::{
    self, Advertisement, CommentForm, Cookie, Copyright, EndMark, Navigation, Ornament, ReadAlso,
    Share, Subscription,
};

/// Longer lines are never boilerplate, in bytes.
pub(crate) const LONGEST_LINE_BYTES: usize = 600;

/// How a phrase must stand in a line.
#[derive(Clone, Copy)]
enum Stands {
    /// The line is the phrase.
    Alone,
    /// The line begins with the phrase and has at most so many words.
    First(usize),
    /// The line ends with the phrase, without an end mark, and has at most so many words.
    Last(usize),
}

use Stands::{Alone, First, Last};

const RULES: &[(BoilerplateKind, Stands, &str)] = &[
    (
        CommentForm,
        First(30),
        "لن يتم نشر عنوان بريدك|لن يتم نشر بريدك|الحقول الإلزامية مشار|الحقول المطلوبة مشار|\
         احفظ اسمي|أعلمني بمتابعة التعليقات|your email address will not be|\
         required fields are marked|save my name",
    ),
    (
        CommentForm,
        First(6),
        "اترك تعليقا|اترك تعليق|اترك ردا|اترك رد|أضف تعليقا|أضف تعليق|اكتب تعليقا|\
         اكتب تعليقك|أضف تعليقك|اترك تعليقك|إلغاء الرد|leave a comment|leave a reply|\
         cancel reply|add a comment|post a comment",
    ),
    (
        CommentForm,
        Alone,
        "التعليقات|تعليقات|تعليق|التعليقات مغلقة|لا توجد تعليقات|لا يوجد تعليقات|\
         إرسال التعليق|نشر التعليق|أرسل تعليقك|شاركنا رأيك|شاركنا برأيك|الاسم|\
         البريد الإلكتروني|الموقع الإلكتروني|الموقع|الحقول الإلزامية|comments|no comments|\
         post comment",
    ),
    (
        Share,
        First(9),
        "تابعنا على|تابعونا على|انضم إلى قناتنا|انضموا إلى قناتنا|اشترك في قناتنا|شارك هذا|\
         شارك هذه|شارك المقال|شارك الخبر|شارك الموضوع|شارك عبر|مشاركة عبر|شارك على|\
         مشاركة على|انقر للمشاركة|اضغط للمشاركة|share this|share on|follow us on",
    ),
    (
        Share,
        Alone,
        "شارك|شاركها|مشاركة|المشاركة|نسخ الرابط|انسخ الرابط|تم نسخ الرابط|طباعة|تابعنا|\
         تابعونا|مشاركة الخبر|مشاركة المقال|share|print|copy link",
    ),
    (
        ReadAlso,
        First(30),
        "اقرأ أيضا|إقرأ أيضا|شاهد أيضا|طالع أيضا|اقرأ المزيد|انظر أيضا|اقرأوا أيضا|\
         إقرأ المزيد|قد يهمك أيضا|قد يعجبك أيضا|ربما يعجبك|read also|see also|read more",
    ),
    (
        ReadAlso,
        First(5),
        "مواضيع ذات صلة|مقالات ذات صلة|أخبار ذات صلة|موضوعات ذات صلة|مواضيع متعلقة|\
         مواضيع مشابهة|مقالات مشابهة|موضوعات متعلقة|أخبار متعلقة|related articles|\
         related posts|related news",
    ),
    (
        ReadAlso,
        Alone,
        "ذات صلة|قد يهمك|قد يعجبك|الأكثر قراءة|الأكثر مشاهدة|للمزيد|المزيد|أحدث الأخبار|\
         آخر الأخبار|most read",
    ),
    (
        Navigation,
        Alone,
        "زر الذهاب إلى الأعلى|العودة إلى الأعلى|الذهاب إلى الأعلى|إلى الأعلى|العودة للأعلى|\
         القائمة|القائمة الرئيسية|الرئيسية|الصفحة الرئيسية|بحث|بحث عن|تسجيل الدخول|\
         إنشاء حساب|السابق|التالي|المقال السابق|المقال التالي|المقالة السابقة|\
         المقالة التالية|الخبر السابق|الخبر التالي|إغلاق|من نحن|اتصل بنا|تواصل معنا|\
         سياسة الخصوصية|شروط الاستخدام|خريطة الموقع|back to top|menu|home|next|previous|\
         next article|previous article|privacy policy|terms of use|skip to content",
    ),
    (
        Navigation,
        First(5),
        "تخطى إلى المحتوى|تخطي إلى المحتوى|تخط إلى المحتوى|انتقل إلى المحتوى|\
         الانتقال إلى المحتوى",
    ),
    (
        Cookie,
        First(50),
        "نستخدم ملفات تعريف الارتباط|نحن نستخدم ملفات تعريف الارتباط|\
         يستخدم هذا الموقع ملفات|يستخدم موقعنا ملفات|هذا الموقع يستخدم ملفات|\
         باستخدامك هذا الموقع|باستخدامك لهذا الموقع|باستمرارك في تصفح|we use cookies|\
         this site uses cookies|this website uses cookies",
    ),
    (
        Cookie,
        Alone,
        "سياسة ملفات تعريف الارتباط|قبول الكل|قبول ملفات تعريف الارتباط|أوافق|موافق|\
         إعدادات ملفات تعريف الارتباط|accept all|accept cookies|cookie policy",
    ),
    (
        EndMark,
        Alone,
        "نهاية الرسالة|نهاية الخبر|انتهى|انتهى الخبر|انتهت الرسالة|نهاية التقرير|\
         نهاية البيان|تمت|the end|end of message",
    ),
    (
        Subscription,
        First(14),
        "اشترك في نشرتنا|اشترك في النشرة|اشترك في القائمة البريدية|اشترك بالنشرة|سجل بريدك|\
         أدخل بريدك|احصل على آخر الأخبار|اشترك ليصلك|اشترك لتصلك|subscribe to our|\
         sign up for our",
    ),
    (
        Subscription,
        Alone,
        "اشترك|اشترك الآن|النشرة البريدية|القائمة البريدية|النشرة الإخبارية|تفعيل الإشعارات|\
         subscribe|newsletter",
    ),
    (
        Copyright,
        First(16),
        "جميع الحقوق محفوظة|كل الحقوق محفوظة|كافة الحقوق محفوظة|الحقوق محفوظة|\
         حقوق الطبع محفوظة|حقوق النشر محفوظة|حقوق الطبع والنشر محفوظة|all rights reserved",
    ),
    (
        Copyright,
        Last(14),
        "جميع الحقوق محفوظة|كل الحقوق محفوظة|كافة الحقوق محفوظة|all rights reserved",
    ),
    (
        Advertisement,
        Alone,
        "إعلان|إعلانات|الإعلانات|إعلان ممول|محتوى ممول|مادة إعلانية|مساحة إعلانية|\
         محتوى إعلاني|advertisement|advertisements|sponsored|sponsored content|ad",
    ),
];

/// Sections of news sites.
const CATEGORIES: &str = "عالمي|عالمية|محلي|محليات|محلية|عربي|عربية|دولي|دولية|دوليات|عربي ودولي|عرب وعالم|سياسة|\
     السياسة|سياسي|سياسية|اقتصاد|الاقتصاد|اقتصادي|مال وأعمال|أعمال|أسواق|رياضة|الرياضة|\
     رياضي|ثقافة|الثقافة|ثقافي|ثقافة وفن|ثقافة وفنون|فن|فنون|منوعات|المنوعات|أخبار|الأخبار|\
     خبر عاجل|عاجل|أخبار عاجلة|أخبار العالم|أخبار عالمية|أخبار محلية|أخبار عربية|\
     أخبار دولية|العالم|صحة|الصحة|طب وصحة|تكنولوجيا|التكنولوجيا|علوم|علوم وتكنولوجيا|تقنية|\
     تقارير|تحقيقات|آراء|رأي|الرأي|مقالات|مقالات الرأي|مجتمع|المجتمع|حوادث|سياحة|سياحة وسفر|\
     بيئة|تعليم|الشرق الأوسط|شؤون دولية|شؤون عربية|غير مصنف|مميز|الأخبار الرئيسية|\
     أهم الأخبار|world|politics|business|sports|news";

/// Names of networks and the words around them on buttons.
const NETWORKS: &str = "فيسبوك|فيس بوك|تويتر|واتساب|واتس اب|تيليجرام|تلغرام|تليجرام|تيلقرام|تلجرام|لينكدإن|\
     لينكد إن|إنستغرام|انستجرام|بينتيريست|ماسنجر|فايبر|يوتيوب|تيك توك|سناب شات|facebook|\
     twitter|whatsapp|telegram|linkedin|pinterest|instagram|messenger|reddit|viber|youtube|\
     tiktok|tumblr";

const BUTTON_WORDS: &str = "مشاركة|شارك|عبر|على|البريد|بريد|الإلكتروني|طباعة|نسخ|الرابط|x|email|share|print|copy|\
     link|on|via|تويت|ايميل";

struct Tables {
    alone: HashMap<String, BoilerplateKind>,
    first: Vec<(String, usize, BoilerplateKind)>,
    last: Vec<(String, usize, BoilerplateKind)>,
    categories: HashSet<String>,
    networks: HashSet<String>,
    buttons: HashSet<String>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut tables = Tables {
        alone: HashMap::new(),
        first: Vec::new(),
        last: Vec::new(),
        categories: CATEGORIES.split('|').map(plain).collect(),
        networks: NETWORKS.split('|').flat_map(words_of).collect(),
        buttons: BUTTON_WORDS.split('|').flat_map(words_of).collect(),
    };
    for (kind, stands, phrases) in RULES {
        for phrase in phrases.split('|').map(plain) {
            match stands {
                Alone => drop(tables.alone.insert(phrase, *kind)),
                First(words) => tables.first.push((phrase, *words, *kind)),
                Last(words) => tables.last.push((phrase, *words, *kind)),
            }
        }
    }
    tables
});

/// The words of `line`, letters and digits only, in the form of [`Profile::Match`], joined by spaces.
pub(crate) fn plain(line: &str) -> String {
    words_of(line).join(" ")
}

fn words_of(line: &str) -> Vec<String> {
    let normal = normalize(line, Profile::Match);
    let words = normal.text().split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// What part of a web page `line` is, judged by its words alone; nothing for text of an article.
///
/// Section labels are not among the answers: see [`is_category`].
#[must_use]
pub fn boilerplate(line: &str) -> Option<BoilerplateKind> {
    if !line.chars().any(char::is_alphanumeric) {
        return Some(Ornament);
    }
    if line.len() > LONGEST_LINE_BYTES {
        return None;
    }
    let plain = plain(line);
    let words = plain.split(' ').count();
    if let Some(kind) = TABLES.alone.get(&plain) {
        return Some(*kind);
    }
    let begins = |phrase: &str| {
        plain.strip_prefix(phrase).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    let first = TABLES.first.iter().find(|(phrase, most, _)| words <= *most && begins(phrase));
    if let Some((_, _, kind)) = first {
        return Some(*kind);
    }
    let stopped = line.trim_end().ends_with(['.', '؟', '!', '?']);
    let ends = |phrase: &str| {
        plain.strip_suffix(phrase).is_some_and(|rest| rest.is_empty() || rest.ends_with(' '))
    };
    let last = TABLES.last.iter().find(|(phrase, most, _)| words <= *most && ends(phrase));
    match last {
        Some((_, _, kind)) if !stopped => Some(*kind),
        _ => by_shape(line, &plain, words),
    }
}

/// Lines that no fixed phrase describes: counts of comments, rows of buttons, breadcrumbs, ©.
fn by_shape(line: &str, plain: &str, words: usize) -> Option<BoilerplateKind> {
    let mut parts = plain.split(' ');
    let counted = parts.next().is_some_and(|word| word.chars().all(|c| ascii_digit(c).is_some()))
        && parts
            .next()
            .is_some_and(|word| matches!(word, "تعليق" | "تعليقات" | "comments" | "comment"));
    if counted && words == 2 {
        return Some(CommentForm);
    }
    let buttons =
        plain.split(' ').all(|w| TABLES.networks.contains(w) || TABLES.buttons.contains(w));
    if buttons && words <= 16 && plain.split(' ').any(|word| TABLES.networks.contains(word)) {
        return Some(Share);
    }
    let trail = ['»', '›', '>', '/', '|', '←', '\\'].iter().any(|mark| line.contains(*mark));
    if trail && words <= 16 && (plain.starts_with("الرييسيه ") || plain.starts_with("home "))
    {
        return Some(Navigation);
    }
    let rights = line.contains('©')
        && (line.trim_start().starts_with('©')
            || plain.starts_with("حقوق")
            || plain.starts_with("copyright"));
    (rights && words <= 16).then_some(Copyright)
}

/// Whether `line` is the name of a section of a news site. Only its place tells whether it is meant
/// as one: it may be a headline inside an article.
#[must_use]
pub fn is_category(line: &str) -> bool {
    line.len() <= 60 && TABLES.categories.contains(&plain(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_of_a_page_is_recognized() {
        for (line, kind) in [
            ("اترك تعليقاً", CommentForm),
            ("لن يتم نشر عنوان بريدك الإلكتروني. الحقول الإلزامية مشار إليها بـ *", CommentForm),
            ("٣ تعليقات", CommentForm),
            ("الاسم *", CommentForm),
            ("شارك المقال على:", Share),
            ("فيسبوك تويتر واتساب طباعة", Share),
            ("اقرأ أيضاً: الكرملين يعلق على الاتصال", ReadAlso),
            ("مقالات ذات صلة", ReadAlso),
            ("زر الذهاب إلى الأعلى", Navigation),
            ("الرئيسية » أخبار » عالمي", Navigation),
            ("نستخدم ملفات تعريف الارتباط لتحسين تجربتك على موقعنا.", Cookie),
            ("نهاية الرسالة", EndMark),
            ("/انتهى/", EndMark),
            ("اشترك في نشرتنا البريدية", Subscription),
            ("جميع الحقوق محفوظة © 2021", Copyright),
            ("© 2021 وكالة الأنباء", Copyright),
            ("صحيفة اليوم - جميع الحقوق محفوظة", Copyright),
            ("- إعلان -", Advertisement),
            ("***", Ornament),
            (".", Ornament),
        ] {
            assert_eq!(boilerplate(line), Some(kind), "{line}");
        }
    }

    #[test]
    fn text_of_an_article_is_never_boilerplate() {
        for line in [
            "شارك الرئيس في القمة.",
            "شارك آلاف المواطنين في المظاهرة على الرغم من المطر.",
            "إعلان حالة الطوارئ في العاصمة",
            "أكد الوزير أن جميع الحقوق محفوظة.",
            "وقال إن جميع الحقوق محفوظة للعمال بموجب القانون الجديد",
            "تستخدم المواقع ملفات تعريف الارتباط لتتبع زوارها.",
            "انتهى الاجتماع دون اتفاق.",
            "انتهى مؤتمر باريس",
            "اقرأ الكتاب ثم احكم عليه.",
            "حقوق النشر في العصر الرقمي",
            "اشترك الجيشان في المناورات.",
            "تعليق الدراسة في ثلاث محافظات",
            "التعليقات المسيئة على فيسبوك تهدد الصحافة",
            "المزيد من الضحايا في إدلب",
            "الموقع الأثري في تدمر",
            "سياسة الخصوصية في الاتحاد الأوروبي تثير الجدل",
            "الاسم الحقيقي للكاتب مجهول.",
            "فيسبوك تعلن عن أرباحها",
        ] {
            assert_eq!(boilerplate(line), None, "{line}");
        }
    }

    #[test]
    fn a_long_paragraph_that_begins_like_a_notice_is_text() {
        let line = format!("اقرأ أيضا {}", "كلمة من المقال ".repeat(40));
        assert_eq!(boilerplate(&line), None);
    }

    #[test]
    fn section_labels_are_known_whole() {
        assert!(is_category("عالمي"));
        assert!(is_category("أخبار عالمية :"));
        assert!(!is_category("عالمي في المرتبة الأولى"));
    }
}
