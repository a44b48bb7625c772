//! The element that holds the article.
//!
//! Owns: how far down and up the tree is gone. In: the body of a page without its boxes. Out: an element.
//! Never: looking at names; `boxes` did.
#![expect(
    clippy::cast_precision_loss,
    reason = "a page has fewer characters than a float has exact integers"
)]

use dom_query::NodeRef;

use super::boxes::{Weight, weigh};

/// An element with so much of the running text of its parent takes its place.
const ENOUGH: f64 = 0.8;

/// Of what a parent has beside the element found, so much must be running text for the parent to take its place.
const CLEAN: f64 = 0.6;

/// The smallest element that holds nearly all running text, with what stands around it if that runs, too.
pub(super) fn find<'a>(body: &NodeRef<'a>) -> NodeRef<'a> {
    let whole = weigh(body);
    let mut found = *body;
    loop {
        let children = found.element_children();
        let weighed = children.into_iter().map(|child| (weigh(&child), child));
        let Some((heaviest, child)) = weighed.max_by_key(|(weight, _)| weight.running) else {
            break;
        };
        let share = heaviest.running as f64 / whole.running.max(1) as f64;
        // A paragraph is no article.
        if share < ENOUGH || child.element_children().is_empty() {
            break;
        }
        found = child;
    }
    while found.id != body.id {
        let Some(parent) = found.parent().filter(|parent| is_clean(weigh(&found), weigh(parent)))
        else {
            break;
        };
        found = parent;
    }
    found
}

/// Whether what `parent` holds more than `found` is running text for the most part.
fn is_clean(found: Weight, parent: Weight) -> bool {
    let running = parent.running.saturating_sub(found.running);
    let beside = parent.beside.saturating_sub(found.beside);
    running as f64 >= CLEAN * (running + beside) as f64
}
