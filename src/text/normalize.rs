//! One way of writing for each text, with a way back to the original bytes.
//!
//! Owns: presentation forms, tatweel, tashkil, digits, invisible marks, spacing, letter variants.
//! In: text. Out: [`Normalized`]: the new text and a total map to the old one.
//! Never: changes the original; an article's own text is never normalised.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{compose, is_combining_mark};

use super::chars::{is_blank, is_format_mark, is_tashkil};
use super::script::{ascii_digit, is_arabic_letter, share};
use crate::domain::ByteSpan;

/// How far normalisation goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Profile {
    /// Gentle, for a translation model: nothing that carries meaning is lost.
    Translate,
    /// For finding the same word: also hamza and alef forms, ya and alef maqsura, ta marbuta and
    /// ha, Persian letter forms, and case are made equal.
    Match,
}

/// What becomes of tashkil.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Marks {
    /// Tashkil is left out.
    Remove,
    /// Tashkil stays where it is.
    Keep,
}

/// A run of the new text and the bytes of the old one that it stands for.
#[derive(Clone, Copy, Debug)]
struct Piece {
    /// First byte in the new text; the run ends where the next one begins.
    normal: usize,
    start: usize,
    end: usize,
    /// Whether the bytes are the same, so that offsets inside the run can be shifted.
    exact: bool,
}

/// The bytes that a character comes from, and whether it is the same there.
#[derive(Clone, Copy)]
struct Origin {
    start: usize,
    end: usize,
    exact: bool,
}

/// A normalised text and the way back.
#[derive(Clone, Debug)]
pub struct Normalized<'a> {
    original: &'a str,
    text: String,
    pieces: Vec<Piece>,
}

/// Above this share of tashkil among letters a text is vocalised throughout, as scripture and primers are;
/// ordinary prose has one mark to fifty letters.
const VOCALISED: f32 = 0.25;

/// Normalises `text` as a translation model wants it: [`Profile::Translate`], with the few marks that prose
/// carries (they tell words apart) and without those of a text that is vocalised throughout (models have
/// seen few of these).
#[must_use]
pub fn for_translation(text: &str) -> Normalized<'_> {
    let marks = text.chars().filter(|c| is_tashkil(*c)).count();
    let letters = text.chars().filter(|c| is_arabic_letter(*c)).count();
    let vocalised = share(marks, letters) > VOCALISED;
    normalize_with(text, Profile::Translate, if vocalised { Marks::Remove } else { Marks::Keep })
}

/// Normalises `text` without tashkil. See [`normalize_with`].
#[must_use]
pub fn normalize(text: &str, profile: Profile) -> Normalized<'_> {
    normalize_with(text, profile, Marks::Remove)
}

/// Normalises `text`; normalising the result again changes nothing.
///
/// Both profiles: Arabic presentation forms and ligatures become ordinary letters (NFKC), tatweel
/// and zero-width, bidi and control characters go away, letters and their combining marks are
/// composed, digits become ASCII (`٫` and `٬` between digits become `.` and `,`), runs of white space
/// become one space, and the space that news agencies put in front of a closing mark goes away.
#[must_use]
pub fn normalize_with(text: &str, profile: Profile, marks: Marks) -> Normalized<'_> {
    let rules = Rules { profile, marks };
    let mut writer = Writer { out: Normalized::empty(text), space: None };
    let mut forms = Vec::new();
    for (start, c) in text.char_indices() {
        let end = start + c.len_utf8();
        rules.map(c, &mut forms);
        if forms.is_empty() {
            // What was left out belongs to the letter in front of it: a quote shows it again.
            if !is_format_mark(c) && !c.is_control() {
                writer.attach(end);
            }
            continue;
        }
        for &form in &forms {
            let rest = text.get(end..).unwrap_or_default();
            let form = writer.in_context(form, rest, &rules);
            writer.put(form, Origin { start, end, exact: form == c }, rest, &rules);
        }
    }
    writer.out
}

impl<'a> Normalized<'a> {
    fn empty(original: &'a str) -> Self {
        Self { original, text: String::new(), pieces: Vec::new() }
    }

    /// The normalised text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text it was made from.
    #[must_use]
    pub fn original(&self) -> &'a str {
        self.original
    }

    /// The bytes of the original behind `span` of the normalised text.
    ///
    /// Total: ends inside a character or behind the text are moved to the left until they fit. Spans
    /// that follow one another give spans that do; where one character became several, or several
    /// became one, all of them are returned.
    #[must_use]
    pub fn to_original(&self, span: ByteSpan) -> ByteSpan {
        let start = floor_char(&self.text, span.start());
        let end = floor_char(&self.text, span.end());
        let original_start = self.start_of(start);
        let original_end = if end > start { self.end_of(end) } else { original_start };
        ByteSpan::within(self.original, original_start, original_end)
            .unwrap_or_else(|_| ByteSpan::whole(""))
    }

    fn start_of(&self, normal: usize) -> usize {
        if normal >= self.text.len() {
            return self.pieces.last().map_or(0, |piece| piece.end);
        }
        let index = self.pieces.partition_point(|piece| piece.normal <= normal);
        match index.checked_sub(1).and_then(|index| self.pieces.get(index)) {
            Some(piece) if piece.exact => piece.start + (normal - piece.normal),
            Some(piece) => piece.start,
            None => 0,
        }
    }

    /// `normal` is not 0.
    fn end_of(&self, normal: usize) -> usize {
        let index = self.pieces.partition_point(|piece| piece.normal < normal);
        match index.checked_sub(1).and_then(|index| self.pieces.get(index)) {
            Some(piece) if piece.exact => piece.start + (normal - piece.normal),
            Some(piece) => piece.end,
            None => 0,
        }
    }
}

fn floor_char(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

struct Rules {
    profile: Profile,
    marks: Marks,
}

impl Rules {
    /// What `c` alone becomes: nothing, one character, or several. White space becomes one space.
    fn map(&self, c: char, forms: &mut Vec<char>) {
        forms.clear();
        if c.is_ascii_graphic() && self.profile == Profile::Translate {
            forms.push(c);
        } else if c.is_whitespace() {
            forms.push(' ');
        } else if matches!(c, '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}') {
            let letters = std::iter::once(c).nfkc().any(|form| !is_carrier(form));
            for form in
                std::iter::once(c).nfkc().filter(|form| letters || !matches!(form, ' ' | 'ـ'))
            {
                self.map_plain(form, forms);
            }
        } else {
            self.map_plain(c, forms);
        }
    }

    fn map_plain(&self, c: char, forms: &mut Vec<char>) {
        let removed = c == 'ـ'
            || is_format_mark(c)
            || (c.is_control() && !c.is_whitespace())
            || (is_tashkil(c) && self.marks == Marks::Remove);
        if removed {
            return;
        }
        let c = match c {
            '٪' | '﹪' => '%',
            _ => ascii_digit(c).unwrap_or(c),
        };
        if self.profile == Profile::Translate {
            forms.push(c);
        } else {
            match c {
                '\u{653}'..='\u{655}' => {}
                'أ' | 'إ' | 'آ' | 'ٱ' | 'ٲ' | 'ٳ' => forms.push('ا'),
                'ى' | 'ی' | 'ې' | 'ئ' => forms.push('ي'),
                'ؤ' => forms.push('و'),
                'ة' => forms.push('ه'),
                'ک' | 'ڪ' => forms.push('ك'),
                _ => forms.extend(c.to_lowercase()),
            }
        }
    }

    /// What stands next after normalisation, in front of `rest`.
    fn next(&self, rest: &str) -> Option<char> {
        let mut forms = Vec::new();
        rest.chars().find_map(|c| {
            self.map(c, &mut forms);
            forms.first().copied()
        })
    }
}

/// Space and tatweel that carry a mark shown alone, and such marks.
fn is_carrier(c: char) -> bool {
    matches!(c, ' ' | 'ـ') || is_combining_mark(c)
}

struct Writer<'a> {
    out: Normalized<'a>,
    /// White space seen but not yet written.
    space: Option<(usize, usize)>,
}

impl Writer<'_> {
    /// Arabic decimal and thousands marks are such only between digits; elsewhere they are commas.
    fn in_context(&self, c: char, rest: &str, rules: &Rules) -> char {
        if !matches!(c, '٫' | '٬') {
            return c;
        }
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let inside = self.space.is_none() && digit(self.out.text.chars().next_back());
        match (inside && digit(rules.next(rest)), c) {
            (true, '٫') => '.',
            (true, _) => ',',
            (false, _) => '،',
        }
    }

    fn put(&mut self, c: char, origin: Origin, rest: &str, rules: &Rules) {
        let Origin { start, end, exact } = origin;
        if c == ' ' {
            if !self.out.text.is_empty() {
                let from = self.space.map_or(start, |(from, _)| from);
                self.space = Some((from, end));
            }
            return;
        }
        if let Some((from, to)) = self.space.take() {
            if !closes_up(c, rest, rules) {
                self.push(' ', from, to, false);
            }
        } else if is_combining_mark(c) && self.compose(c, end) {
            return;
        }
        self.push(c, start, end, exact);
    }

    fn push(&mut self, c: char, start: usize, end: usize, exact: bool) {
        let normal = self.out.text.len();
        self.out.text.push(c);
        match self.out.pieces.last_mut() {
            Some(last) if exact && last.exact && last.end == start => last.end = end,
            _ => self.out.pieces.push(Piece { normal, start, end, exact }),
        }
    }

    /// Joins a combining mark with the letter in front, if Unicode has a letter for both.
    fn compose(&mut self, mark: char, end: usize) -> bool {
        let Some(last) = self.out.text.chars().next_back() else { return false };
        let Some(whole) = compose(last, mark) else { return false };
        let start = self.pop(last);
        self.push(whole, start, end, false);
        true
    }

    /// Lets the last character stand for the bytes up to `end`, too.
    fn attach(&mut self, end: usize) {
        if self.space.is_some() {
            return;
        }
        if let Some(last) = self.out.text.chars().next_back() {
            let start = self.pop(last);
            self.push(last, start, end, false);
        }
    }

    /// Takes the last character back; returns where it stands in the original.
    fn pop(&mut self, last: char) -> usize {
        self.out.text.pop();
        let length = self.out.text.len();
        let Some(piece) = self.out.pieces.last_mut() else { return 0 };
        if piece.normal == length {
            let start = piece.start;
            self.out.pieces.pop();
            start
        } else {
            piece.end -= last.len_utf8();
            piece.end
        }
    }
}

/// Whether white space in front of `c` is a habit of news agencies rather than a separator.
fn closes_up(c: char, rest: &str, rules: &Rules) -> bool {
    match c {
        '،' | '؛' | '؟' | '!' | '»' | '”' | ')' | ']' | ',' | ';' | ':' | '?' => true,
        // ".NET", ".5" and "..." stay apart from the word in front.
        '.' | '۔' => rules.next(rest).is_none_or(|next| {
            is_blank(next) || !(next.is_alphanumeric() || matches!(next, '.' | '۔'))
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translate(text: &str) -> String {
        normalize(text, Profile::Translate).text().to_owned()
    }

    fn matching(text: &str) -> String {
        normalize(text, Profile::Match).text().to_owned()
    }

    #[test]
    fn prose_keeps_its_few_marks_and_vocalised_text_loses_them() {
        assert_eq!(for_translation("وصل أيضًا إلى القاهرة").text(), "وصل أيضًا إلى القاهرة");
        assert_eq!(for_translation("بِسْمِ اللَّهِ الرَّحْمَٰنِ").text(), "بسم الله الرحمن");
        assert_eq!(for_translation("").text(), "");
    }

    #[test]
    fn presentation_forms_become_letters() {
        assert_eq!(translate("ﻣﺤﻤﺪ ﷺ ﻻ ﷲ"), "محمد صلى الله عليه وسلم لا الله");
    }

    #[test]
    fn tatweel_and_tashkil_go_unless_kept() {
        assert_eq!(translate("الكِتَـــاب"), "الكتاب");
        assert_eq!(normalize_with("الكِتَـــاب", Profile::Translate, Marks::Keep).text(), "الكِتَاب");
    }

    #[test]
    fn digits_and_their_marks_become_ascii() {
        assert_eq!(translate("٤٫٥٪ و ١٬٠٠٠ و ۱۲"), "4.5% و 1,000 و 12");
        assert_eq!(translate("قال٫ ثم ذهب"), "قال، ثم ذهب");
    }

    #[test]
    fn agency_spacing_is_closed_up() {
        assert_eq!(translate("موسكو ، اليوم .  ثم قال ؟"), "موسكو، اليوم. ثم قال؟");
        assert_eq!(translate("تقنية .NET و ... هكذا"), "تقنية .NET و ... هكذا");
    }

    #[test]
    fn invisible_marks_go() {
        assert_eq!(translate("\u{feff}أه\u{200f}لا\u{a0}\u{200b} بك\u{202c}\r\n"), "أهلا بك");
    }

    #[test]
    fn the_gentle_profile_keeps_letters_the_other_joins_them() {
        assert_eq!(translate("أسئلة إلى Ibrahim"), "أسئلة إلى Ibrahim");
        assert_eq!(matching("أسئلة إلى Ibrahim"), "اسيله الي ibrahim");
    }

    #[test]
    fn a_letter_and_its_hamza_are_composed() {
        assert_eq!(translate("ا\u{654}حمد"), "أحمد");
    }

    #[test]
    fn a_span_leads_back_to_the_letters_with_their_marks() {
        let original = "قرأ الكِتَـــابَ ، ثم";
        let normal = normalize(original, Profile::Translate);
        let start = normal.text().find("الكتاب").unwrap_or_default();
        let span = ByteSpan::within(normal.text(), start, start + "الكتاب".len());
        let back = span.map(|span| normal.to_original(span));
        assert_eq!(back.ok().and_then(|span| span.of(original)), Some("الكِتَـــابَ"));
    }

    #[test]
    fn a_ligature_is_never_cut() {
        let normal = normalize("ﷲ", Profile::Translate);
        assert_eq!(normal.text(), "الله");
        let first_letter =
            ByteSpan::within(normal.text(), 0, 2).map(|span| normal.to_original(span));
        assert_eq!(first_letter, Ok(ByteSpan::whole("ﷲ")));
    }

    #[test]
    fn an_empty_text_has_an_empty_original() {
        let normal = normalize(" \u{200f} ", Profile::Translate);
        assert!(normal.text().is_empty());
        assert!(normal.to_original(ByteSpan::whole("anything")).is_empty());
    }
}
