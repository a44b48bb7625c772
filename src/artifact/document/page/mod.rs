//! The article on a web page.
//!
//! Owns: which part of a page is its article, and the order of the steps that find it. In: the text of a page.
//! Out: blocks, title and metadata. Never: following an address, running a script.
//!
//! Boxes go first that classes, links or their first words give away; what is left is searched for the article, by the
//! rules of Readability and by ours; then single lines go. A page that is nested too deep for a tree is read flat.
#![expect(
    clippy::cast_precision_loss,
    reason = "a page has fewer characters than a float has exact integers"
)]

mod boxes;
mod depth;
mod lines;
mod main_part;
mod meta;

use dom_query::Document;
use dom_smoothie::{Config, Readability};

use super::{Blocks, html};
use boxes::{Weight, weigh};
use meta::Told;

/// Elements beyond which a page is read flat: none that people write has as many.
const MOST_ELEMENTS: usize = 200_000;

/// What Readability found must have so much of the running text that we found, or it lost a part.
const LEAST_FOUND: f64 = 0.9;

/// What it found beside running text may be so much of it, at most.
const MOST_BESIDE: f64 = 0.3;

pub(super) fn article(text: &str) -> Blocks {
    let mut told = meta::told(text);
    let whole = html::blocks(text);
    let found = if depth::fits_a_tree(text) { by_tree(text, &mut told) } else { None };
    match found {
        Some(blocks) => lines::pruned(Blocks { language: whole.language, ..blocks }, told, &whole),
        None => lines::pruned(html::blocks(text), told, &whole),
    }
}

/// The blocks of the article by the tree of the page; nothing where no running text is in it.
fn by_tree(text: &str, told: &mut Told) -> Option<Blocks> {
    let document = Document::from(text);
    if document.root().descendants_it().take(MOST_ELEMENTS + 1).count() > MOST_ELEMENTS {
        return None;
    }
    if told.is_guess || told.title.is_none() {
        told.title = boxes::headline(&document).or(told.title.take());
    }
    boxes::remove(&document);
    let body = document.body()?;
    let whole = weigh(&body);
    if whole.running == 0 {
        return None;
    }
    let ours = html::blocks(&main_part::find(&body).html());
    let theirs = readable(&document.html());
    Some(match theirs {
        Some(theirs) if is_as_good(&theirs, &ours) => theirs,
        _ => ours,
    })
}

/// What Readability takes out of a page.
fn readable(page: &str) -> Option<Blocks> {
    let config = Config { max_elements_to_parse: MOST_ELEMENTS, ..Config::default() };
    let article = Readability::new(page, None, Some(config)).ok()?.parse().ok()?;
    Some(html::blocks(&article.content))
}

/// Whether `theirs` has nearly all of the running text of `ours`, and less beside it.
fn is_as_good(theirs: &Blocks, ours: &Blocks) -> bool {
    let weight = |blocks: &Blocks| {
        let mut sum = Weight::default();
        for block in &blocks.blocks {
            sum.add_text(&block.text);
        }
        sum
    };
    let (theirs, ours) = (weight(theirs), weight(ours));
    let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    share(theirs.running, ours.running) >= LEAST_FOUND
        && theirs.beside < ours.beside
        && share(theirs.beside, theirs.running) <= MOST_BESIDE
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENTENCE: &str =
        "أعلنت الوزارة أمس أن العمل في الجسر الجديد سينتهي قبل نهاية العام الجاري.";

    fn texts(page: &str) -> Vec<String> {
        article(page).blocks.into_iter().map(|block| block.text).collect()
    }

    #[test]
    fn boxes_and_menus_are_left_out_and_paragraphs_stay() {
        let page = format!(
            "<html><body><ul class=nav><li><a href=/>الرئيسية</a><li><a>رياضة</a></ul><div><h1>جسر جديد في المدينة</h1>\
             <p>{SENTENCE}</p><div class=related><p>{SENTENCE} أخرى.</p></div><p>{SENTENCE} وأضافت.</p></div></body>"
        );
        let expected =
            ["جسر جديد في المدينة".into(), SENTENCE.into(), format!("{SENTENCE} وأضافت.")];
        assert_eq!(texts(&page), expected);
    }

    #[test]
    fn a_page_that_is_nested_too_deep_is_read_flat_and_soon() {
        for depth in [50, 100_000] {
            let page =
                format!("<html><body>{}<p>{SENTENCE}</p>", "<div><font color=1>".repeat(depth));
            assert_eq!(texts(&page), [SENTENCE], "{depth}");
        }
    }

    #[test]
    fn a_page_without_running_text_is_read_whole() {
        assert_eq!(texts("<html><body><p>سلام</p></body></html>"), ["سلام"]);
        assert!(texts("<html><body><script>x</script></body></html>").is_empty());
    }
}
