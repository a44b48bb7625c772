//! Boxes of a page that are not its article.
//!
//! Owns: the names of classes, the roles and the first words that give them away, and how text is weighed.
//! In: the tree of a page. Out: the same tree without them. Never: a box that holds most of what there is to read.
#![expect(
    clippy::cast_precision_loss,
    reason = "a page has fewer characters than a float has exact integers"
)]

use std::collections::HashMap;

use dom_query::{Document, NodeRef};

use crate::domain::BoilerplateKind;
use crate::text::boilerplate::boilerplate;

/// Elements that never hold text of an article.
const NEVER: &str = "script, style, noscript, template, iframe, svg, nav, button, input, select, textarea, option, dialog, \
    object, audio, video, canvas, [hidden], [aria-hidden=true], [role=navigation], [role=dialog], [role=search], \
    [role=complementary], amp-sidebar, amp-ad, amp-social-share";

/// Words of class and id of boxes. A box goes unless it holds nearly all of the running text: themes call whatever they like
/// a widget.
const STRONG: &str = " comment comments commentlist commentarea respond reply disqus related recommended recommend \
    recommendation recommendations sidebar rail navbar navbox nav menu breadcrumb breadcrumbs crumbs crumb newsletter subscribe \
    subscription share shares sharing social addthis cookie cookies consent gdpr paywall advert advertisement ads ad adslot \
    promo sponsor sponsored banner footer pagination pager similar popular trending mostread ticker breaking toolbar poll vote \
    survey rating rate rating signature userinfo login loginbox signin infobox toc catlinks editsection references reference \
    reflist feedback copyright masthead topbar pullquote skip jump tweet twitter facebook whatsapp followers archive \
    blogarchive profile disclaimer tags tag labels keywords filmography scoreboard stats quickreply hidden ";

/// Words that often name a box, and often do not.
const WEAK: &str = " more also other next prev previous meta info side header hdr ftr foot ft top bottom bottom-bar author bio \
    byline widget tools actions buttons likes like latest last update counter views date dateline time credits \
    inline box card print outline docinfo sources source follow sub site logo slug reviewed facts ";

/// Of the running text of the page, a box named by a strong word holds so much at most, one named by a weak word so much.
const MOST_OF_STRONG: f64 = 0.6;
const MOST_OF_WEAK: f64 = 0.2;

/// A box with more of its text in links is a list of links.
const MOST_LINKED: f64 = 0.6;

/// A box with boilerplate in its first line has at least so much of its text in links, or is short.
const LEAST_LINKED: f64 = 0.3;
const SHORT_BOX_CHARS: usize = 400;

/// A line of so many characters is running text if it has a mark of a sentence.
const RUNNING_CHARS: usize = 40;
/// A line of so many is, with or without.
const LONG_CHARS: usize = 120;

/// A headline has so many words.
const FEWEST_TITLE_WORDS: usize = 4;
const MOST_TITLE_WORDS: usize = 25;

/// How much text there is, in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Weight {
    /// Sentences.
    pub(super) running: usize,
    /// Menus, labels, captions, headlines.
    pub(super) beside: usize,
    /// All of it that lies in links.
    pub(super) linked: usize,
}

impl Weight {
    /// Adds a line that is no link.
    pub(super) fn add_text(&mut self, text: &str) {
        self.add_line(text.trim(), 0);
    }

    fn add_line(&mut self, line: &str, linked: usize) {
        let chars = line.chars().count();
        let has_mark = line.contains(['.', '،', '؛', '؟', '!', ':', '»', ',']);
        let runs = chars >= LONG_CHARS || (chars >= RUNNING_CHARS && has_mark);
        if runs && linked * 2 < chars {
            self.running += chars;
        } else {
            self.beside += chars;
        }
        self.linked += linked;
    }

    fn all(self) -> usize {
        self.running + self.beside
    }
}

/// How much text an element holds. Text and elements inside a line are one line, whatever holds them.
pub(super) fn weigh(node: &NodeRef<'_>) -> Weight {
    let mut weight = Weight::default();
    let mut line = Line::default();
    walk(node, false, &mut line, &mut weight);
    line.end(&mut weight);
    weight
}

#[derive(Default)]
struct Line {
    text: String,
    linked: usize,
}

impl Line {
    fn end(&mut self, weight: &mut Weight) {
        let text = std::mem::take(&mut self.text);
        let words: Vec<&str> = text.split_whitespace().collect();
        if !words.is_empty() {
            weight.add_line(&words.join(" "), self.linked);
        }
        self.linked = 0;
    }
}

fn walk(node: &NodeRef<'_>, in_link: bool, line: &mut Line, weight: &mut Weight) {
    if node.is_text() {
        let text = node.text();
        if in_link {
            line.linked +=
                text.split_whitespace().map(|word| word.chars().count() + 1).sum::<usize>();
        }
        line.text.push_str(&text);
        return;
    }
    let name = node.node_name().unwrap_or_default();
    let parts = super::html::parts_lines(&name);
    if parts {
        line.end(weight);
    }
    for child in node.children_it(false) {
        walk(&child, in_link || &*name == "a", line, weight);
    }
    if parts {
        line.end(weight);
    }
}

/// A headline that is none by its element: by its class, or by large type of old pages.
pub(super) fn headline(document: &Document) -> Option<String> {
    const NAMES: &str = " title ttl headline heading subject posttitle ";
    let body = document.body()?;
    let named = body.descendants().into_iter().filter(|node| {
        let is_large = node.has_name("font")
            && node
                .attr("size")
                .is_some_and(|size| matches!(&*size, "4" | "5" | "6" | "7" | "+1" | "+2" | "+3"));
        is_large || words_of(node).iter().any(|word| among(NAMES, word))
    });
    let texts = named.map(|node| node.text().split_whitespace().collect::<Vec<_>>().join(" "));
    let mut titles = texts.filter(|text| {
        (FEWEST_TITLE_WORDS..=MOST_TITLE_WORDS).contains(&text.split(' ').count())
            && !text.ends_with('.')
    });
    titles.next()
}

/// Takes the boxes out of a page.
pub(super) fn remove(document: &Document) {
    document.select(NEVER).remove();
    let Some(body) = document.body() else { return };
    let captions = document.select("figcaption, caption, .wp-caption-text, .cap, [class*=caption]");
    let in_captions: usize = captions.nodes().iter().map(|node| weigh(node).running).sum();
    // In a gallery the captions are the text.
    if (in_captions as f64) < MOST_OF_WEAK * weigh(&body).running as f64 {
        captions.remove();
    }
    named(&body);
    linked(&body);
}

/// Boxes whose class, id, role or element says what they are.
fn named(body: &NodeRef<'_>) {
    let whole = weigh(body).running.max(1) as f64;
    let mut boxes = Vec::new();
    // What all boxes of one name hold: a hundred entries of a report may each be small.
    let mut held: HashMap<Vec<String>, usize> = HashMap::new();
    for node in body.descendants() {
        let Some(most) = most_of(&node) else { continue };
        let running = weigh(&node).running;
        let words = words_of(&node);
        *held.entry(words.clone()).or_default() += running;
        boxes.push((node, words, running, most));
    }
    for (node, words, running, most) in boxes {
        let all =
            if words.is_empty() { running } else { held.get(&words).copied().unwrap_or(running) };
        if !is_gone(&node, body) && all as f64 / whole <= most && !holds_title(&node) {
            node.remove_from_parent();
        }
    }
}

/// The share of the running text that an element may hold to go as a box; nothing if it is none.
fn most_of(node: &NodeRef<'_>) -> Option<f64> {
    if !node.is_element() {
        return None;
    }
    let name = node.node_name().unwrap_or_default();
    // Parts of a sentence are named for what they look like.
    let is_inline = matches!(&*name, "span" | "a" | "label");
    let is_box = super::html::parts_lines(&name) || is_inline || matches!(&*name, "sup" | "time");
    if !is_box || matches!(&*name, "body" | "main" | "article" | "h1" | "h2" | "h3") {
        return None;
    }
    let words = words_of(node);
    let has = |list: &str| words.iter().any(|word| among(list, word));
    if has(STRONG) || matches!(&*name, "aside" | "footer") {
        return Some(MOST_OF_STRONG);
    }
    let beside = [node.prev_sibling(), node.next_sibling()];
    let in_sentence = is_inline && beside.iter().flatten().any(NodeRef::is_nonempty_text);
    let is_weak = has(WEAK) || matches!(&*name, "header" | "form" | "label" | "time");
    (is_weak && !in_sentence).then_some(MOST_OF_WEAK)
}

/// Lists of links, and boxes that begin like one.
fn linked(body: &NodeRef<'_>) {
    let whole = weigh(body).running.max(1) as f64;
    for node in body.descendants() {
        if !node.is_element() || is_gone(&node, body) {
            continue;
        }
        let name = node.node_name().unwrap_or_default();
        if !matches!(
            &*name,
            "div"
                | "section"
                | "ul"
                | "ol"
                | "dl"
                | "table"
                | "tr"
                | "td"
                | "p"
                | "center"
                | "li"
                | "article"
        ) {
            continue;
        }
        let weight = weigh(&node);
        if weight.all() == 0 || weight.running as f64 / whole > MOST_OF_STRONG || holds_title(&node)
        {
            continue;
        }
        let share = weight.linked as f64 / weight.all() as f64;
        let begins = || begins_like_a_box(&node);
        let is_box = share > MOST_LINKED
            || (weight.all() <= SHORT_BOX_CHARS && begins())
            || (share >= LEAST_LINKED && begins());
        if is_box {
            node.remove_from_parent();
        }
    }
}

/// Whether the first line of a box is that of a form, of buttons or of links to elsewhere.
fn begins_like_a_box(node: &NodeRef<'_>) -> bool {
    use BoilerplateKind::{
        Advertisement, CommentForm, Cookie, Navigation, ReadAlso, Share, Subscription,
    };

    let text = node.formatted_text();
    let Some(line) = text.lines().map(str::trim).find(|line| !line.is_empty()) else {
        return false;
    };
    let kind = boilerplate(line);
    matches!(
        kind,
        Some(Advertisement | CommentForm | Cookie | Navigation | ReadAlso | Share | Subscription)
    )
}

/// Whether the headline of the page lies in an element.
fn holds_title(node: &NodeRef<'_>) -> bool {
    node.has_name("h1") || node.descendants_it().any(|inner| inner.has_name("h1"))
}

fn is_gone(node: &NodeRef<'_>, body: &NodeRef<'_>) -> bool {
    !node.ancestors_it(None).any(|above| above.id == body.id)
}

/// The words of class, id and role: `relatedPosts-box` is `related`, `posts`, `box`.
fn words_of(node: &NodeRef<'_>) -> Vec<String> {
    let mut words = Vec::new();
    for name in ["class", "id", "role"] {
        let Some(value) = node.attr(name) else { continue };
        let mut word = String::new();
        let mut was_lower = false;
        for c in value.chars() {
            if !c.is_alphanumeric() || (c.is_uppercase() && was_lower) {
                words.push(std::mem::take(&mut word));
            }
            if c.is_alphanumeric() {
                word.extend(c.to_lowercase());
            }
            was_lower = c.is_lowercase();
        }
        words.push(word);
    }
    words.retain(|word| !word.is_empty());
    words
}

fn among(list: &str, word: &str) -> bool {
    list.split(' ').any(|entry| entry == word && !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_into_words() {
        let document = Document::from("<div class='relatedPosts-box x_y' id=ctl00_pnlMore>x</div>");
        let node = document.select("div").nodes()[0];
        assert_eq!(words_of(&node), ["related", "posts", "box", "x", "y", "ctl00", "pnl", "more"]);
    }

    #[test]
    fn a_line_runs_over_elements_inside_it() {
        let page = "<body><div>قالت الوزيرة <b>إن العمل</b> في <a href=x>الجسر</a> سينتهي قبل العام.</div><div><a>رياضة</a></div>";
        let document = Document::from(page);
        let weight = weigh(&document.body().unwrap());
        assert_eq!((weight.running, weight.beside, weight.linked), (48, 5, 12));
    }
}
