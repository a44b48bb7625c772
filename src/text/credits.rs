//! Lines that name the agency, the newspaper, the author, or the date.
//!
//! Owns: names of agencies and months, and the forms of such lines.
//! In: one short line. Out: whether it is such a line, and what it names.
//! Never: where in the article it stands.

use super::boilerplate::plain;
use super::chars::is_listed;
use super::numbers::numbers;

/// A credit has at most so many words: longer ones tell something.
const LONGEST_CREDIT_WORDS: usize = 8;

/// A date line has at most so many words.
const LONGEST_DATE_WORDS: usize = 14;

/// Agencies and broadcasters, in the form of `boilerplate::plain`.
const AGENCIES: &str = "رويترز|وكالات|الوكالات|الاناضول|سبوتنيك|فرانس برس|ا ف ب|اف ب|ا ب|د ب ا|سانا|واس|وام|\
     كونا|بترا|وفا|ايسنا|ارنا|فارس|تسنيم|شينخوا|نوفوستي|تاس|انترفاكس|اسوشيتد برس|\
     اسوشييتد برس|يونهاب|بي بي سي|سي ان ان|الجزيره|الجزيره نت|العربيه|العربيه نت|\
     روسيا اليوم|الميادين|القدس العربي|الشرق الاوسط|reuters|afp|ap|dpa|bbc|cnn|rt|xinhua|\
     tass|isna|irna|sana|spa|wam|خاص";

/// Words in front of the name of a source.
const LABELS: &str = "المصدر|المصادر|مصدر الخبر|مصدر|الناشر|source|بقلم|كتب|كتبت|الكاتب|by";

/// Labels of authors: such a line is a credit, but names no agency.
const AUTHOR_LABELS: &str = "بقلم|كتب|كتبت|الكاتب|by";

const MONTHS: &str = "يناير|فبراير|مارس|ابريل|مايو|يونيو|يوليو|اغسطس|سبتمبر|اكتوبر|نوفمبر|ديسمبر|كانون|شباط|\
     اذار|نيسان|ايار|حزيران|تموز|اب|ايلول|تشرين|جانفي|فيفري|افريل|ماي|جوان|جويليه|اوت|محرم|\
     صفر|ربيع|جمادي|رجب|شعبان|رمضان|شوال|ذو|ذي|january|february|march|april|may|june|july|\
     august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec";

const DATE_WORDS: &str = "السبت|الاحد|الاثنين|الثلاثاء|الاربعاء|الخميس|الجمعه|يوم|الساعه|صباحا|مساء|ظهرا|بتوقيت|\
     غرينتش|جرينتش|مكه|المكرمه|القدس|م|ه|ص|الموافق|نشر|نشرت|في|بتاريخ|تاريخ|النشر|اخر|تحديث|\
     الاول|الثاني|الاخر|الاولي|الثانيه|الاخره|القعده|الحجه|المكرم|المبارك|عام|سنه|شهر|علي|\
     gmt|utc|am|pm|published|updated|last|on|at|date|monday|tuesday|wednesday|thursday|\
     friday|saturday|sunday|st|nd|rd|th";

/// Whether `line` names an agency, a newspaper or an author and nothing else.
pub(crate) fn is_source(line: &str) -> bool {
    let plain = plain(line);
    if plain.split(' ').count() > LONGEST_CREDIT_WORDS {
        return false;
    }
    after_label(line).is_some() || agency_in_brackets(line).is_some() || is_dateline(line)
}

/// The source that a line names for which [`is_source`] holds; nothing where it names an author.
pub(crate) fn source(line: &str) -> Option<String> {
    let name = match after_label(line) {
        Some((label, _)) if is_listed(AUTHOR_LABELS, label.as_str()) => return None,
        Some((_, name)) => name,
        None => agency_in_brackets(line).unwrap_or_else(|| pieces(line).last().unwrap_or(line)),
    };
    let name = trim(name);
    (!name.is_empty()).then(|| name.to_owned())
}

/// The author that a line names for which [`is_source`] holds; nothing where it names an agency.
pub(crate) fn author(line: &str) -> Option<String> {
    let (_, name) = after_label(line).filter(|(label, _)| is_listed(AUTHOR_LABELS, label))?;
    let name = trim(name);
    (!name.is_empty()).then(|| name.to_owned())
}

/// `المصدر : وكالة ايسنا للأنباء.`: label and name.
fn after_label(line: &str) -> Option<(String, &str)> {
    let (label, name) = line.split_once([':', '：', '|', '-', '–'])?;
    let label = plain(label);
    let known = LABELS.split('|').any(|known| plain_eq(&label, known));
    (known && name.chars().any(char::is_alphabetic)).then_some((label, name))
}

fn plain_eq(plain_label: &str, known: &str) -> bool {
    plain(known) == plain_label
}

/// `(رويترز)`, `(أ ف ب / رويترز)`.
fn agency_in_brackets(line: &str) -> Option<&str> {
    let inner = line.trim().trim_end_matches(['.', ' ']).strip_prefix(['(', '['])?;
    let inner = inner.strip_suffix([')', ']'])?;
    inner.split(['/', '،', ',', '+', '-', '–']).all(is_agency).then_some(inner)
}

/// `القدس - وكالات`: a place and an agency; or an agency alone.
fn is_dateline(line: &str) -> bool {
    let stopped = line.trim_end().ends_with(['.', '؟', '!', ':', '،']);
    let pieces: Vec<&str> = pieces(line).collect();
    let short = pieces.iter().all(|piece| plain(piece).split(' ').count() <= 4);
    !stopped && short && pieces.last().is_some_and(|last| is_agency(last))
}

fn pieces(line: &str) -> impl Iterator<Item = &str> {
    line.split(['-', '–', '—', '/', '|', '(', ')', ':'])
        .filter(|p| p.chars().any(char::is_alphanumeric))
}

fn is_agency(name: &str) -> bool {
    let plain = plain(name);
    let known = |name: &str| is_listed(AGENCIES, name);
    let short = plain.split(' ').count() <= 4;
    known(&plain) || plain.strip_prefix("وكاله ").is_some_and(|rest| short && is_agency_name(rest))
}

/// What may follow "agency": a known name, "the news agency", "news of …".
fn is_agency_name(rest: &str) -> bool {
    let first = rest.split(' ').next().unwrap_or_default();
    is_listed(AGENCIES, rest) || is_listed(AGENCIES, first) || matches!(first, "الانباء" | "انباء")
}

/// Whether `line` is a date, with a time and words like "published" at most.
pub(crate) fn is_date(line: &str) -> bool {
    let plain = plain(line);
    let words: Vec<&str> = plain.split(' ').collect();
    let is_number = |word: &str| word.chars().all(|c| c.is_ascii_digit());
    // "16th", "1442ه", "2021م" carry a number, too.
    let numeric = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let month = words.iter().any(|word| is_listed(MONTHS, word));
    let fits = words.iter().all(|word| {
        is_number(word) || numeric(word) || is_listed(MONTHS, word) || is_listed(DATE_WORDS, word)
    });
    if !fits || words.len() > LONGEST_DATE_WORDS {
        return false;
    }
    let count = words.iter().filter(|word| numeric(word)).count();
    let year = numbers(line)
        .iter()
        .filter_map(|number| number.value.parse::<u32>().ok())
        .any(|value| (1300..2200).contains(&value));
    let separated = line.contains(['/', '.', '-', '–']);
    (month && count >= 1 && (year || count <= 3)) || (count >= 3 && year && separated)
}

/// The date of a line for which [`is_date`] holds, without a label in front.
pub(crate) fn date(line: &str) -> Option<String> {
    let unlabelled = line
        .split_once(':')
        .filter(|(label, _)| !label.chars().any(char::is_numeric))
        .map_or(line, |(_, date)| date);
    let date = trim(unlabelled);
    (!date.is_empty()).then(|| date.to_owned())
}

fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, 'ـ'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_agencies_are_sources() {
        for (line, name) in [
            ("المصدر : وكالة ايسنا للأنباء.", "وكالة ايسنا للأنباء"),
            ("المصدر: رويترز", "رويترز"),
            ("(رويترز)", "رويترز"),
            ("القدس - وكالات", "وكالات"),
            ("القاهرة – رويترز", "رويترز"),
            ("طهران - وكالة أنباء فارس", "وكالة أنباء فارس"),
            ("(أ ف ب / رويترز)", "أ ف ب / رويترز"),
            ("Source: Reuters", "Reuters"),
        ] {
            assert!(is_source(line), "{line}");
            assert_eq!(source(line).as_deref(), Some(name), "{line}");
        }
    }

    #[test]
    fn an_author_line_is_a_credit_without_an_agency() {
        assert!(is_source("بقلم: أحمد خالد"));
        assert_eq!(source("بقلم: أحمد خالد"), None);
    }

    #[test]
    fn sentences_about_sources_are_not_sources() {
        for line in [
            "المصدر الرئيسي للطاقة هو الغاز.",
            "المصدر: قال مسؤول رفيع في الخارجية إن الاتفاق لم يوقع بعد",
            "رويترز: انفجار في بيروت",
            "نقلت رويترز عن مصدر أمني",
            "كتب أحمد رسالة إلى وكالات",
        ] {
            assert!(!is_source(line), "{line}");
        }
    }

    #[test]
    fn dates_of_several_forms_are_dates() {
        for (line, text) in [
            ("16 يونيو 2021", "16 يونيو 2021"),
            ("نشر في: 16/6/2021", "16/6/2021"),
            ("الأربعاء ١٦ حزيران ٢٠٢١ - 10:30 صباحا", "الأربعاء ١٦ حزيران ٢٠٢١ - 10:30 صباحا"),
            ("2021-06-16", "2021-06-16"),
            (
                "آخر تحديث: الجمعة 9 يوليو 2021 الساعة 18:00 بتوقيت غرينتش",
                "الجمعة 9 يوليو 2021 الساعة 18:00 بتوقيت غرينتش",
            ),
        ] {
            assert!(is_date(line), "{line}");
            assert_eq!(date(line).as_deref(), Some(text), "{line}");
        }
    }

    #[test]
    fn numbers_and_reports_with_dates_are_not_dates() {
        for line in
            ["1979", "ثورة 25 يناير", "في 16 يونيو التقى الرئيسان", "02-123-4567", "مارس", ""]
        {
            assert!(!is_date(line), "{line}");
        }
    }
}
