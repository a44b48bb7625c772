//! The article on a web page.
//!
//! Owns: which part of a page is its article. In: the text of a page. Out: blocks, title and metadata.
//! Never: following an address, running a script.

use super::{Blocks, html};

pub(super) fn article(text: &str) -> Blocks {
    html::blocks(text)
}
