//! Words that tell what a negation or a modality is about, in both languages.
//!
//! Owns: a small bilingual list of verbs and nouns of news, and stems of both languages.
//! In: a folded word. Out: the ideas it may stand for, and its stem. Never: senses in context.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::fold;
use crate::domain::Language;

/// English words, Arabic stems without the prefixes and endings of conjugation.
const IDEAS: &[(&str, &str)] = &[
    ("announce announcement", "اعلن علن اعلان"),
    ("close shut closure", "اغلق غلق اغلاق اقفل"),
    ("exceed surpass", "تجاوز جاوز تخط تعد"),
    ("include cover contain comprise", "شمل شمول تضمن ضمن حتو احتو غط"),
    ("agree approve agreement approval accept", "وافق موافقه اتفق تفق اتفاق قبل قبول اتفاقيه"),
    ("sign signing", "وقع توقيع"),
    ("find found discover discovery", "عثر عثور وجد جد كتشف اكتشف اكتشاف"),
    ("confirm affirm stress", "اكد كد تاكيد"),
    ("attend attendance", "حضر حضور"),
    ("reach amount", "بلغ بلوغ وصل صل"),
    ("raise increase rise rose risen rising", "رفع زاد زيد زياده ارتفع رتفع ارتفاع"),
    ("pay paid payment", "دفع سدد"),
    ("know knew known knowledge aware", "علم عرف معرفه دري دراي"),
    ("win won victory beat", "فاز فوز"),
    ("lose lost loss", "خسر خساره فقد فقدان"),
    ("die died death dead", "مات موت توفي وفاه وفيات لقي حتف"),
    ("injure injury hurt wound", "اصيب صاب اصابه اصابات جرح جرحي"),
    ("open opening", "فتح افتتح فتتح افتتاح"),
    ("arrive arrival", "وصل صل وصول"),
    ("change alter modify", "غير تغير تغيير تغيرات عدل تعديل"),
    ("happen occur", "حدث حصل وقع جري"),
    ("damage harm", "ضرر اضرار تضرر اضر ضر"),
    ("take part participate join", "شارك مشاركه انضم نضم"),
    ("record register", "سجل تسجيل"),
    ("appear emerge show", "ورد رد ظهر اظهر ظهور بدا بدو"),
    ("use usage", "استخدم ستخدم استخدام استعمل ستعمل استعمال"),
    ("intend plan intention", "عتزم اعتزم نيه خطط نوي اعتزام"),
    ("return renew resume", "عاد عود عوده تجدد استانف ستانف"),
    ("begin began begun start launch", "بدا بدء بدايه شرع نطلق اطلق طلق اطلاق"),
    ("remain stay", "بقي بقا بقاء ظل"),
    ("issue publish release", "صدر اصدر اصدار نشر"),
    ("charge impose levy", "فرض"),
    ("extend extension expand", "مدد تمديد توسيع وسع وسيع"),
    ("challenge appeal contest", "طعن استانف"),
    ("study research", "دراسه درس بحث ابحاث"),
    ("rain rains", "مطر امطار"),
    ("cycle", "دوره"),
    ("student", "طالب طلاب طلبه تلميذ تلاميذ"),
    ("law legislation bill", "قانون قوانين تشريع"),
    ("airport", "مطار"),
    ("build built construct construction", "بني بناء انشاء"),
    ("fee fees", "رسوم رسم"),
    ("place seat", "مقعد مقاعد"),
    ("last end", "اخر نهايه انته نته"),
    ("name", "اسم اسماء"),
    ("kill killing", "قتل مقتل"),
    ("attack", "هاجم هجوم اعتد"),
    ("arrest detain", "اعتقل عتقل اعتقال احتجز"),
    ("meet met meeting", "التق لتق اجتمع جتمع اجتماع لقاء"),
    ("visit", "زار زور زياره"),
    ("leave left depart", "غادر مغادره ترك"),
    ("go went gone", "ذهب"),
    ("come came", "جاء ات قدم"),
    ("say said", "قال قول"),
    ("speak spoke talk", "تحدث تكلم حديث"),
    ("write wrote written", "كتب كتابه"),
    ("read", "قرا قراءه"),
    ("see saw seen", "راي شاهد"),
    ("hear heard", "سمع"),
    ("think thought believe", "ظن عتقد اعتقد فكر"),
    ("understand understood", "فهم"),
    ("want wish", "اراد ريد رغب"),
    ("need require", "احتاج حتاج حاجه تطلب طلب لزم"),
    ("give gave given grant provide", "اعط عط منح قدم وفر"),
    ("take took taken", "اخذ"),
    ("receive got get obtain", "تلق حصل استلم ستلم"),
    ("send sent", "ارسل رسل بعث"),
    ("buy bought purchase", "اشتر شتر شراء"),
    ("sell sold sale", "باع بيع"),
    ("make made produce", "صنع انتج نتج انتاج"),
    ("do did done perform", "فعل قام اجر"),
    ("work", "عمل"),
    ("help assist", "ساعد مساعده"),
    ("support back", "دعم اید ايد"),
    ("oppose", "عارض معارضه"),
    ("fall fell drop decline decrease", "انخفض نخفض تراجع هبط سقط"),
    ("cause lead led", "سبب تسبب اد ادي"),
    ("prevent stop ban", "منع اوقف وقف توقف"),
    ("allow permit", "سمح سماح"),
    ("enter entry", "دخل دخول"),
    ("exit withdraw", "خرج نسحب انسحب انسحاب"),
    ("hold held", "عقد"),
    ("elect vote", "انتخب نتخب انتخاب صوت تصويت"),
    ("serve service", "خدم خدمه"),
    ("live lived", "عاش عيش سكن"),
    ("bear born", "ولد"),
    ("grow grew grown", "نم نمو"),
    ("play", "لعب"),
    ("run ran compete", "ركض خاض خوض"),
    ("score goal", "هدف اهداف"),
    ("finish complete", "اكمل كمل اتم انه نه"),
    ("continue", "استمر ستمر واصل مواصله تواصل"),
    ("decide decision", "قرر قرار تقرر"),
    ("choose chose chosen select", "اختار ختار اختيار"),
    ("suffer", "عان عاني"),
    ("survive", "نجا ينج نج"),
    ("treat treatment", "عالج علاج"),
    ("test", "اختبر ختبر اختبار فحص"),
    ("infect infection", "عدوي اصاب"),
    ("spread", "انتشر نتشر انتشار"),
    ("transmit", "نقل نتقل انتقل"),
    ("vaccinate vaccine", "لقاح لقاحات تطعيم"),
    ("recommend", "اوص وصي توصيه"),
    ("answer respond reply", "رد اجاب جيب استجاب"),
    ("ask request demand", "طلب سال مطالبه طالب"),
    ("comment", "علق تعليق"),
    ("mention cite", "ذكر"),
    ("reveal disclose", "كشف افصح"),
    ("identify determine specify", "حدد تحديد تعرف"),
    ("prove evidence proof", "ثبت اثبت دليل ادله"),
    ("claim", "زعم ادع"),
    ("achieve", "حقق تحقيق"),
    ("destroy", "دمر تدمير"),
    ("break broke", "كسر حطم"),
    ("cut", "قطع حذف"),
    ("delete remove", "حذف ازال زال ازاله"),
    ("carry transport", "حمل نقل"),
    ("move", "تحرك حرك نقل نتقل"),
    ("follow", "تبع اتبع"),
    ("fight fought", "قاتل حارب"),
    ("fire shoot shot", "اطلق نار"),
    ("control", "سيطر سيطره تحكم"),
    ("own possess have has had", "ملك متلك امتلك لدي"),
    ("belong", "نتم انتم"),
    ("represent", "مثل"),
    ("consider regard", "عتبر اعتبر"),
    ("call", "دع سم"),
    ("affect influence", "اثر تاثير"),
    ("depend rely", "عتمد اعتمد"),
    ("exist existence", "وجد وجود"),
    ("apply", "طبق تطبيق نطبق انطبق"),
    ("work function operate", "عمل شغل"),
    ("fly flight", "طار رحله رحلات"),
    ("travel trip", "سافر سفر"),
    ("land", "هبط"),
    ("recognize", "اعترف عترف"),
    ("resign", "استقال ستقيل استقاله"),
    ("succeed success", "نجح نجاح"),
    ("try attempt", "حاول محاوله"),
    ("wait", "انتظر نتظر"),
    ("watch", "شاهد"),
    ("wear", "ارتد لبس"),
    ("eat", "اكل"),
    ("drink", "شرب"),
    ("sleep", "نام نوم"),
    ("learn", "تعلم"),
    ("teach taught", "علم درس"),
    ("love like", "احب حب"),
    ("trust", "وثق ثق ثقه"),
    ("cost price", "كلف تكلفه سعر اسعار"),
    ("spend spent", "انفق نفق"),
    ("save", "انقذ نقذ وفر"),
    ("protect", "حم حمايه"),
    ("fund finance", "مول تمويل"),
    ("invest", "استثمر ستثمر استثمار"),
    ("lead leader", "قاد قود"),
    ("government", "حكومه"),
    ("minister ministry", "وزير وزاره"),
    ("president", "رئيس"),
    ("company firm", "شركه"),
    ("court", "محكمه"),
    ("loan", "قرض"),
    ("bank", "بنك مصرف"),
    ("war", "حرب"),
    ("peace", "سلام"),
    ("disease illness", "مرض امراض"),
    ("virus", "فيروس"),
    ("symptom", "اعراض عرض"),
    ("campaign", "حمله"),
    ("satellite", "قمر"),
    ("military", "عسكري عسكريه"),
    ("week", "اسبوع اسبوعين اسابيع"),
    ("film movie", "فيلم"),
    ("scene", "مشهد مشاهد"),
    ("deal", "صفقه اتفاق"),
    ("strike", "اضراب ضرب"),
    ("border", "حدود"),
];

static ENGLISH: LazyLock<HashMap<String, Vec<usize>>> = LazyLock::new(|| {
    let mut ideas: HashMap<String, Vec<usize>> = HashMap::new();
    for (idea, (english, _)) in IDEAS.iter().enumerate() {
        for word in english.split(' ') {
            ideas.entry(stem(word)).or_default().push(idea);
        }
    }
    ideas
});

static ARABIC: LazyLock<HashMap<String, Vec<usize>>> = LazyLock::new(|| {
    let mut ideas: HashMap<String, Vec<usize>> = HashMap::new();
    for (idea, (_, arabic)) in IDEAS.iter().enumerate() {
        for word in arabic.split(' ') {
            ideas.entry(fold(word)).or_default().push(idea);
        }
    }
    ideas
});

/// The ideas that a folded word may stand for.
pub(super) fn ideas(word: &str, language: Language) -> HashSet<usize> {
    match language {
        Language::English => ENGLISH.get(&stem(word)).into_iter().flatten().copied().collect(),
        Language::Arabic => forms(word)
            .iter()
            .flat_map(|form| ARABIC.get(form).into_iter().flatten())
            .copied()
            .collect(),
    }
}

/// A folded word without its endings; for Arabic without prefixes, too. Equal for forms of one word, mostly.
pub(super) fn key(word: &str, language: Language) -> String {
    match language {
        Language::English => stem(word),
        Language::Arabic => {
            let forms = forms(word);
            let long = forms.iter().filter(|form| form.chars().count() >= 3);
            long.min_by_key(|form| form.chars().count()).cloned().unwrap_or_else(|| word.to_owned())
        }
    }
}

/// English endings that come off, longest first; a stem keeps three letters.
fn stem(word: &str) -> String {
    let word = word.strip_suffix("'s").unwrap_or(word);
    let cut = ["ies", "ied", "ing", "ed", "es", "s", "e", "y"]
        .iter()
        .find_map(|end| word.strip_suffix(end).filter(|rest| rest.len() >= 3));
    let rest = cut.unwrap_or(word);
    let rest = rest.strip_suffix('e').filter(|short| short.len() >= 3).unwrap_or(rest);
    let mut letters: Vec<char> = rest.chars().collect();
    // The doubled letter of "stopped" is no part of its stem.
    if let [.., first, second] = letters.as_slice()
        && first == second
        && letters.len() > 3
    {
        letters.pop();
    }
    letters.into_iter().collect()
}

/// The word and what is left of it without conjunctions, prefixes and endings.
fn forms(word: &str) -> Vec<String> {
    let mut forms = vec![word.to_owned()];
    for prefixes in [&["و", "ف"][..], &["س", "ل", "ب", "ك"], &["ال", "ي", "ت", "ن"], &["ت"]]
    {
        for form in forms.clone() {
            let bare = prefixes.iter().filter_map(|prefix| form.strip_prefix(prefix));
            forms.extend(bare.filter(|rest| rest.chars().count() >= 2).map(str::to_owned));
        }
    }
    for form in forms.clone() {
        for end in ["ها", "هم", "نا", "وا", "ون", "ان", "ين", "ات", "ت", "ه", "ا", "ي"]
        {
            let rest = form.strip_suffix(end).filter(|rest| rest.chars().count() >= 2);
            forms.extend(rest.map(str::to_owned));
        }
    }
    forms
}
