//! Single lines of a page that are not its article.
//!
//! Owns: labels, credits and counters before, behind and between paragraphs; who wrote it and when, where only a line says
//! so. In: blocks and what the page told. Out: blocks and metadata. Never: a line inside the article that could be text.

use super::meta::Told;
use crate::artifact::document::Blocks;
use crate::domain::{Block, BlockKind, BoilerplateKind, ByteSpan, ParagraphKind};
use crate::text::boilerplate::boilerplate;
use crate::text::credits;
use crate::text::kinds::{Outline, outline};

/// A line before or behind the article with fewer words and no full stop is a label of the page.
const FEWEST_WORDS: usize = 7;

/// Behind the last sentence a heading or a line of so many words may still be text.
const RUNNING_CHARS: usize = 40;

/// A line that names an author or a date has at most so many words.
const LONGEST_CREDIT: usize = 14;

/// Words of counters: `1240 مشاهدة`.
const COUNTED: &str = " مشاهدة مشاهدات زيارة زيارات قراءة قراءات مشاركة مشاركات تقييم تقييما تقييمات دقيقة دقائق الزوار \
    الزيارات التنزيلات ";

/// The article of `found` alone, and all that is known about it.
/// Credits are looked for on the `whole` page: they stand above the article more often than in it.
pub(super) fn pruned(found: Blocks, told: Told, whole: &Blocks) -> Blocks {
    let Blocks { mut blocks, language, .. } = found;
    let Told { title, mut metadata, .. } = told;
    let credits = credits(whole);
    metadata.byline = metadata.byline.or_else(|| byline(&credits));
    metadata.date = metadata.date.or_else(|| credits.iter().find_map(|line| date_of(line)));
    if metadata.byline.is_none() || metadata.date.is_none() {
        let Outline { byline, date, .. } = known(credits.iter().copied());
        metadata.byline = metadata.byline.or(byline);
        metadata.date = metadata.date.or(date);
    }
    let known = known(blocks.iter().map(|block| block.text.as_str()));
    let names: Vec<String> = [&title, &metadata.byline, &metadata.source, &metadata.date]
        .into_iter()
        .flatten()
        .map(|name| plain(name))
        .collect();
    let is_name = |block: &Block| {
        let line = plain(&block.text);
        // The headline stays where it stands.
        names.contains(&line) && names.first().filter(|_| title.is_some()) != Some(&line)
    };
    let kinds = known.kinds;
    let mut index = 0;
    blocks.retain(|block| {
        let kind = kinds.get(index).copied();
        index += 1;
        !is_of_page(block, kind) && !is_name(block)
    });
    edges(&mut blocks, title.as_deref());
    Blocks { blocks, language, title, metadata }
}

/// The short lines of a page, cut where marks part a name from a date.
fn credits(whole: &Blocks) -> Vec<&str> {
    let lines = whole.blocks.iter().flat_map(|block| block.text.split(['|', '\n']));
    let lines = lines.flat_map(|line| line.split(" - ")).map(str::trim);
    lines.filter(|line| (1..=LONGEST_CREDIT).contains(&words(line))).collect()
}

/// What the words of the lines tell.
fn known<'a>(lines: impl IntoIterator<Item = &'a str>) -> Outline {
    let mut text = String::new();
    let mut spans = Vec::new();
    for line in lines {
        let start = text.len();
        text.push_str(line);
        spans.extend(ByteSpan::within(&text, start, text.len()).ok());
        text.push('\n');
    }
    outline(&text, &spans)
}

/// Whether a line is a label, a button, a credit or a counter.
fn is_of_page(block: &Block, kind: Option<ParagraphKind>) -> bool {
    let is_heading = block.kind == BlockKind::Heading;
    match (kind, boilerplate(&block.text)) {
        (_, Some(kind)) if is_heading => kind.is_certain() || kind == BoilerplateKind::Ornament,
        (_, Some(_)) => true,
        (Some(ParagraphKind::Source | ParagraphKind::Date | ParagraphKind::Boilerplate(_)), _) => {
            !is_heading
        }
        _ => is_counter(&block.text) || byline_of(&block.text).is_some(),
    }
}

fn is_counter(line: &str) -> bool {
    let words: Vec<&str> =
        line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let counts = words.iter().any(|word| word.chars().all(char::is_numeric));
    let counted = words.iter().any(|word| COUNTED.split(' ').any(|known| known == *word));
    words.len() <= FEWEST_WORDS && counts && counted
}

/// Lines before the first and behind the last sentence that are labels.
fn edges(blocks: &mut Vec<Block>, title: Option<&str>) {
    let runs = |block: &Block| {
        let stopped = block.text.trim_end().ends_with(['.', '؟', '!', '»', ':']);
        block.text.chars().count() >= RUNNING_CHARS
            && (stopped || words(&block.text) > FEWEST_WORDS * 2)
    };
    let (Some(first), Some(last)) = (blocks.iter().position(runs), blocks.iter().rposition(runs))
    else {
        return;
    };
    let is_title = |block: &Block| title.is_some_and(|title| plain(title) == plain(&block.text));
    let mut behind = true;
    let mut index = 0;
    blocks.retain(|block| {
        let at = index;
        index += 1;
        if at < first {
            return is_title(block)
                || block.kind == BlockKind::Heading
                || words(&block.text) >= FEWEST_WORDS;
        }
        // A list goes on behind the last sentence; anything else there ends the article.
        behind &=
            at <= last || block.kind == BlockKind::ListItem || words(&block.text) >= FEWEST_WORDS;
        at <= last || behind
    });
    while blocks.last().is_some_and(|block| block.kind == BlockKind::Heading) && blocks.len() > 1 {
        blocks.pop();
    }
}

fn words(line: &str) -> usize {
    line.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count()
}

fn plain(line: &str) -> String {
    line.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn byline(lines: &[&str]) -> Option<String> {
    lines.iter().find_map(|line| byline_of(line))
}

/// The author in a line such as `كتبه مازن العلي في 3 فبراير 2018` or `كتب - عصام ربيع:`.
fn byline_of(line: &str) -> Option<String> {
    const LABELS: [&str; 8] =
        ["كتبه", "كتبته", "بقلم", "كتب", "كتبت", "نشر بواسطة", "مرسلة بواسطة", "إعداد"];
    let line = line.trim();
    let rest = LABELS.iter().find_map(|label| {
        let rest = line.strip_prefix(label)?;
        // A verb that goes on is a sentence: `كتب الرئيس رسالة`.
        let marked = rest.starts_with([':', ' ']) && rest.trim_start().starts_with([':', '-', '–']);
        let named = matches!(*label, "كتبه" | "كتبته" | "نشر بواسطة" | "مرسلة بواسطة")
            && rest.starts_with(' ');
        (marked || named).then(|| rest.trim_start_matches([':', '-', '–', ' ']))
    })?;
    let name = rest.split([':', '|', '-', '–', '،', '(']).next()?;
    let name = name.split(" في ").next()?.trim();
    let fits = (1..=5).contains(&words(name)) && words(line) <= 14 && !name.contains('.');
    fits.then(|| name.to_owned())
}

/// The date in a line that says that it is one: `تاريخ النشر: 14/09/2022`, `كتبه مازن العلي في 3 فبراير 2018`.
///
/// A date alone may be that of today, which many pages show.
fn date_of(line: &str) -> Option<String> {
    const LABELS: [&str; 6] =
        ["تاريخ النشر", "تاريخ الإضافة", "نشر في", "نشر بتاريخ", "نُشر في", "بتاريخ"];
    let line = line.trim();
    let is_labelled = LABELS.iter().any(|label| line.starts_with(label));
    let date = match line.split_once(" في ") {
        Some((_, date)) if byline_of(line).is_some() => date,
        _ if is_labelled && line.contains(':') => line,
        _ => return None,
    };
    credits::is_date(date).then(|| credits::date(date)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_author_is_known_by_the_label_and_not_by_the_verb() {
        let cases = [
            ("كتبه مازن العلي في 3 فبراير 2018 | 4 تعليقات", Some("مازن العلي")),
            ("كتب - عصام ربيع:", Some("عصام ربيع")),
            ("بقلم: هناء الكردي", Some("هناء الكردي")),
            ("نشر بواسطة دائرة الإعلام في الخميس", Some("دائرة الإعلام")),
            ("كتب الرئيس رسالة إلى نظيره", None),
            ("كتب: إن الأمر انتهى. ثم رحل", None),
        ];
        for (line, name) in cases {
            assert_eq!(byline_of(line).as_deref(), name, "{line}");
        }
    }

    #[test]
    fn a_date_is_known_where_the_line_says_that_it_is_one() {
        let cases = [
            ("تاريخ النشر: 14/09/2022", Some("14/09/2022")),
            ("كتبه مازن العلي في 3 فبراير 2018", Some("3 فبراير 2018")),
            ("الأربعاء 26 نوفمبر 2025", None),
            ("بقلم: هناء الكردي", None),
            ("بقلم: هناء الكردي في بيروت", None),
        ];
        for (line, date) in cases {
            assert_eq!(date_of(line).as_deref(), date, "{line}");
        }
    }

    #[test]
    fn counters_are_known() {
        assert!(is_counter("1240 مشاهدة"));
        assert!(is_counter("عدد الزيارات: 1,904"));
        assert!(!is_counter("بعد 5 دقائق من بداية المباراة سجل الفريق هدفا"));
    }
}
