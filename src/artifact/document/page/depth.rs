//! How deep the elements of a page lie inside one another.
//!
//! Owns: the bound. In: the text of a page. Out: whether a tree can be made of it. Never: the tree.

use html5gum::{Token, Tokenizer};

/// Open elements beyond which no tree is made: time and stack of its readers grow with the depth.
const DEEPEST: usize = 250;

/// Elements that hold nothing, or that end where the next begins.
const NOT_COUNTED: &str = " area base br col embed hr img input link meta param source track wbr p li dt dd tr td th tbody \
    thead tfoot option colgroup html body head ";

/// Whether a page may be made into a tree. Elements that nobody closes count as open.
pub(super) fn fits_a_tree(text: &str) -> bool {
    let (mut open, mut deepest) = (0_usize, 0_usize);
    for Ok(token) in Tokenizer::new(text) {
        match token {
            Token::StartTag(tag) if !tag.self_closing && counts(&tag.name) => {
                open += 1;
                deepest = deepest.max(open);
            }
            Token::EndTag(tag) if counts(&tag.name) => open = open.saturating_sub(1),
            _ => {}
        }
    }
    deepest <= DEEPEST
}

fn counts(name: &[u8]) -> bool {
    let name = String::from_utf8_lossy(name);
    !NOT_COUNTED.split(' ').any(|entry| entry == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_elements_are_counted_and_those_that_end_by_themselves_are_not() {
        assert!(fits_a_tree(&"<p>x<br><li>".repeat(10_000)));
        assert!(fits_a_tree(&"<div><b>x</b></div>".repeat(10_000)));
        assert!(!fits_a_tree(&"<b>".repeat(DEEPEST + 1)));
    }
}
