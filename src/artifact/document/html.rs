//! Text of a web page.
//!
//! Owns: which elements part blocks, which are headings and items, which hold nothing to read; the encoding that a page
//! names. In: text. Out: blocks and the page's language. Never: scripts, styles, what a style would hide.
//!
//! The page is read as the tokens of the HTML standard, not as a tree: blocks need no nesting, and a page that closes
//! nothing costs no more than one that does.

use std::str::FromStr;

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{StartTag, Token, Tokenizer};

use super::super::decode::{TextEncoding, begins_like_a_web_page};
use super::runs::Runs;
use super::{Blocks, language_of_tag};
use crate::domain::{BlockKind, MarkupKind};

/// A page names its encoding in its first bytes, so many at most by the standard.
const HEAD_BYTES: usize = 1024;

/// Elements that part the text before them from the text behind.
const PARTING: &str = " address article aside blockquote body caption center dd details dialog div dl dt fieldset \
    figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody \
    td tfoot th thead tr ul ";

/// Elements whose text nobody reads as part of the page.
const LEFT_OUT: &str = " audio button canvas iframe math nav noembed noframes noscript object script select style svg \
    template textarea title video ";

/// Elements that hold items.
const LISTS: &str = " ul ol dl table ";

fn among(list: &str, name: &str) -> bool {
    list.split(' ').any(|entry| entry == name) && !name.is_empty()
}

/// Whether an element parts the text before it from the text behind, as a line end does.
pub(super) fn parts_lines(name: &str) -> bool {
    among(PARTING, name) || name == "br"
}

/// The encoding named in the head of a page whose bytes are not UTF-8 and have no byte order mark.
pub(super) fn named_encoding(bytes: &[u8]) -> Option<TextEncoding> {
    if std::str::from_utf8(bytes).is_ok() || encoding_rs::Encoding::for_bom(bytes).is_some() {
        return None;
    }
    let head =
        String::from_utf8_lossy(bytes.get(..HEAD_BYTES).unwrap_or(bytes)).to_ascii_lowercase();
    let charset = head.split_once("charset=");
    let declared = || head.strip_prefix("<?xml").and_then(|xml| xml.split_once("encoding="));
    let (_, behind) = charset.or_else(declared)?;
    let name = behind.trim_start_matches(['"', '\'', ' ']);
    let name = name.split(|c: char| !c.is_ascii_alphanumeric() && !"-_:.".contains(c)).next()?;
    let named = TextEncoding::from_str(name).ok()?;
    // The bytes contradict it.
    (named.name() != "UTF-8").then_some(named)
}

/// A page whose encoding is not known yet, without what stands between angle brackets.
pub(super) fn without_tags(bytes: &[u8]) -> Vec<u8> {
    let mut in_tag = false;
    let mut is_shown = |byte: &&u8| {
        in_tag |= **byte == b'<';
        let is_shown = !in_tag;
        in_tag &= **byte != b'>';
        is_shown
    };
    bytes.iter().filter(|byte| is_shown(byte)).copied().collect()
}

/// Whether bytes in no encoding yet begin like a web page.
pub(super) fn begins_like_a_page(bytes: &[u8]) -> bool {
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    begins_like_a_web_page(&String::from_utf8_lossy(head))
}

pub(super) fn blocks(text: &str) -> Blocks {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut walk = Walk::default();
    for Ok(token) in Tokenizer::new_with_emitter(text, emitter) {
        match token {
            Token::StartTag(tag) => walk.start(&tag),
            Token::EndTag(tag) => walk.end(&String::from_utf8_lossy(&tag.name)),
            Token::String(text) => walk.text(&String::from_utf8_lossy(&text)),
            _ => {}
        }
    }
    walk.flush();
    walk.blocks
}

/// A line without the entities and tags that were escaped twice.
pub(super) fn plain(line: &str) -> String {
    if !line.contains(['<', '&']) {
        return line.to_owned();
    }
    let texts: Vec<String> = blocks(line).blocks.into_iter().map(|block| block.text).collect();
    texts.join(" ")
}

/// Where in the page we are.
#[derive(Default)]
struct Walk {
    blocks: Blocks,
    text: Runs,
    /// The element that is left out and how often it is open inside itself.
    left_out: Option<(String, usize)>,
    in_heading: bool,
    in_paragraph: bool,
    lists: usize,
}

impl Walk {
    fn start(&mut self, tag: &StartTag<()>) {
        let name = String::from_utf8_lossy(&tag.name);
        let name = name.as_ref();
        if let Some((left_out, depth)) = &mut self.left_out {
            *depth += usize::from(left_out == name);
            return;
        }
        if among(LEFT_OUT, name) {
            if !tag.self_closing {
                self.left_out = Some((name.to_owned(), 1));
            }
            return;
        }
        match name {
            "html" => self.blocks.language = self.blocks.language.or_else(|| language(tag)),
            "br" => self.text.push('\n'),
            "a" => {
                self.text.close(&MarkupKind::Link(String::new()));
                let address = attribute(tag, b"href");
                if let Some(link) = address.as_deref().and_then(MarkupKind::link) {
                    self.text.open(link);
                }
            }
            _ => {
                if let Some(kind) = set_off(name) {
                    self.text.open(kind);
                }
            }
        }
        if among(PARTING, name) {
            self.flush();
            self.in_heading = is_heading(name) || (self.in_heading && name != "p");
            self.in_paragraph = name == "p";
            self.lists += usize::from(among(LISTS, name));
        }
    }

    fn end(&mut self, name: &str) {
        if let Some((left_out, depth)) = &mut self.left_out {
            *depth -= usize::from(left_out == name);
            if *depth == 0 {
                self.left_out = None;
            }
            return;
        }
        match name {
            "a" => self.text.close(&MarkupKind::Link(String::new())),
            _ => {
                if let Some(kind) = set_off(name) {
                    self.text.close(&kind);
                }
            }
        }
        if among(PARTING, name) {
            self.flush();
            self.in_heading &= !is_heading(name);
            self.in_paragraph = false;
            self.lists = self.lists.saturating_sub(usize::from(among(LISTS, name)));
        }
    }

    /// White space of the source becomes one space; line ends that the page shows are those of `<br>`.
    fn text(&mut self, text: &str) {
        if self.left_out.is_some() {
            return;
        }
        for c in text.chars() {
            if !matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}') {
                self.text.push(c);
            } else if !self.text.text().ends_with([' ', '\n']) {
                self.text.push(' ');
            }
        }
    }

    /// An empty line between two `<br>` parts blocks, too.
    fn flush(&mut self) {
        let kind = match (self.in_heading, self.in_paragraph, self.lists) {
            (true, _, _) => BlockKind::Heading,
            (false, false, 1..) => BlockKind::ListItem,
            _ => BlockKind::Paragraph,
        };
        for part in self.text.take().parts() {
            self.blocks.push_run(kind, &part);
        }
    }
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

/// How the text of an element is set off.
fn set_off(name: &str) -> Option<MarkupKind> {
    match name {
        "b" | "strong" => Some(MarkupKind::Strong),
        "i" | "em" => Some(MarkupKind::Emphasis),
        _ => None,
    }
}

fn attribute(tag: &StartTag<()>, name: &[u8]) -> Option<String> {
    let (_, value) = tag.attributes.iter().find(|(key, _)| ***key == *name)?;
    Some(String::from_utf8_lossy(value).into_owned())
}

fn language(tag: &StartTag<()>) -> Option<crate::domain::Language> {
    language_of_tag(&attribute(tag, b"lang").or_else(|| attribute(tag, b"xml:lang"))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    fn read(text: &str) -> Vec<(BlockKind, String)> {
        blocks(text).blocks.into_iter().map(|block| (block.kind, block.text)).collect()
    }

    #[test]
    fn headings_paragraphs_and_items_are_told_apart() {
        use BlockKind::{Heading, ListItem, Paragraph};
        let page = "<!doctype html><html lang='ar'><head><title>no</title><style>no</style><body>\
            <nav><ul><li>no</ul></nav><h1>عنوان <em>مهم</em></h1><div>One &amp;\n   <a href=x>two</a>.\
            <p>Three<br>four<br/> <br>five<ul><li>six<li>seven</ul>eight<table><tr><td>nine<td><p>ten</table>\
            <script>if (a < b) no()</script><!-- no -->";
        let expected = [
            (Heading, "عنوان مهم"),
            (Paragraph, "One & two."),
            (Paragraph, "Three\nfour"),
            (Paragraph, "five"),
            (ListItem, "six"),
            (ListItem, "seven"),
            (Paragraph, "eight"),
            (ListItem, "nine"),
            (Paragraph, "ten"),
        ];
        assert_eq!(read(page), expected.map(|(kind, text)| (kind, text.to_owned())));
        assert_eq!(blocks(page).language, Some(Language::Arabic));
    }

    #[test]
    fn bold_italics_and_links_keep_their_words() {
        let page = "<p>قال  <b>الوزير <em>الأول</em></b> <a href='https://a.example/?x&amp;y'>في بيان<br><br>له</a> \
                    <a name=x>ثم</a><a href=' JavaScript:x()'>عاد</a>";
        let found = blocks(page).blocks;
        let marks: Vec<_> = found
            .iter()
            .flat_map(|b| b.markup.iter().map(|mark| (mark.span.of(&b.text), mark.kind.clone())))
            .collect();
        let link = MarkupKind::Link("https://a.example/?x&y".to_owned());
        let expected = [
            (Some("الوزير الأول"), MarkupKind::Strong),
            (Some("الأول"), MarkupKind::Emphasis),
            (Some("في بيان"), link.clone()),
            (Some("له"), link),
        ];
        assert_eq!(marks, expected);
        assert_eq!(found[1].text, "له ثمعاد");
    }

    #[test]
    fn a_page_that_closes_nothing_is_read_to_its_end() {
        let deep = "<div><b><p>x".repeat(50_000);
        assert_eq!(read(&deep).len(), 50_000);
        assert!(read("<p>a &lt;b&gt; &nbsp;c</i></p></div>")[0].1.starts_with("a <b>"));
    }

    #[test]
    fn the_named_encoding_counts_only_where_utf8_does_not_fit() {
        let named = |bytes: &[u8]| named_encoding(bytes).map(TextEncoding::name);
        assert_eq!(named(b"<meta charset=windows-1256>\xc7"), Some("windows-1256"));
        let pair = b"<meta http-equiv=x content=\"text/html; charset=iso-8859-6\">\xc7";
        assert_eq!(named(pair), Some("ISO-8859-6"));
        assert_eq!(named(b"<meta charset=windows-1256>abc"), None);
        assert_eq!(named(b"<meta charset=utf-8>\xc7"), None);
        assert_eq!(named(b"<meta charset=nonsense>\xc7"), None);
    }
}
