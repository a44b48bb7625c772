//! What a page tells about its article in its head.
//!
//! Owns: the names under which title, author, date, publisher and address stand, and which of them is believed first.
//! In: the text of a page. Out: title and metadata. Never: the text of the article.

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{StartTag, Token, Tokenizer};
use serde_json::Value;

use crate::artifact::document::html;
use crate::domain::Metadata;

/// What a page tells.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) title: Option<String>,
    /// Whether the title is only that of the window, which may name the site.
    pub(super) is_guess: bool,
    pub(super) metadata: Metadata,
}

/// Data in JSON of a page is looked at so deep.
const DEEPEST: usize = 6;

/// A title of fewer words is the name of the site.
const FEWEST_WORDS: usize = 3;

/// Kinds of JSON-LD objects that are articles; each ends so.
const ARTICLES: [&str; 4] = ["Article", "BlogPosting", "LiveBlogPosting", "Report"];

pub(super) fn told(text: &str) -> Told {
    let mut page = Page::default();
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    for Ok(token) in Tokenizer::new_with_emitter(text, emitter) {
        match token {
            Token::StartTag(tag) => page.start(&tag),
            Token::EndTag(tag) => page.end(&tag.name),
            Token::String(text) => page.text(&String::from_utf8_lossy(&text)),
            _ => {}
        }
    }
    page.told()
}

/// Which text is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reads {
    Title,
    Headline,
    Data,
    Author,
}

#[derive(Default)]
struct Page {
    /// Names and contents of `meta`, in their order.
    meta: Vec<(String, String)>,
    title: String,
    headlines: Vec<String>,
    data: Vec<String>,
    author: String,
    canonical: Option<String>,
    date: Option<String>,
    reads: Option<(Reads, Vec<u8>, usize)>,
}

fn attribute(tag: &StartTag<()>, name: &str) -> Option<String> {
    let value = tag.attributes.iter().find(|(key, _)| ***key == *name.as_bytes())?.1;
    some(&String::from_utf8_lossy(value))
}

fn some(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

impl Page {
    fn start(&mut self, tag: &StartTag<()>) {
        if let Some((_, name, depth)) = &mut self.reads {
            *depth += usize::from(**name == *tag.name && !tag.self_closing);
            return;
        }
        let read = match &**tag.name {
            b"meta" => {
                self.meta(tag);
                None
            }
            b"link" if attribute(tag, "rel").is_some_and(|rel| rel == "canonical") => {
                self.canonical = self.canonical.take().or_else(|| attribute(tag, "href"));
                None
            }
            b"title" if self.title.is_empty() => Some(Reads::Title),
            b"h1" => {
                self.headlines.push(String::new());
                Some(Reads::Headline)
            }
            b"script" => {
                let kind = attribute(tag, "type").unwrap_or_default();
                let is_data = kind.eq_ignore_ascii_case("application/ld+json");
                if is_data {
                    self.data.push(String::new());
                }
                is_data.then_some(Reads::Data)
            }
            _ => self.other(tag),
        };
        if let Some(read) = read {
            self.reads = Some((read, tag.name.to_vec(), 1));
        }
    }

    fn meta(&mut self, tag: &StartTag<()>) {
        let names = ["property", "name", "itemprop"];
        let name = names.iter().find_map(|name| attribute(tag, name));
        if let (Some(name), Some(content)) = (name, attribute(tag, "content")) {
            self.meta.push((name.to_lowercase(), content));
        }
    }

    /// Dates and authors that stand in the page itself.
    fn other(&mut self, tag: &StartTag<()>) -> Option<Reads> {
        let class = attribute(tag, "class").unwrap_or_default();
        let has = |word: &str| class.split(' ').any(|known| known == word);
        let property = attribute(tag, "itemprop").unwrap_or_default();
        let date = match &**tag.name {
            b"time" => attribute(tag, "datetime"),
            b"abbr" if has("published") => attribute(tag, "title"),
            _ if property == "datePublished" => attribute(tag, "content"),
            _ => None,
        };
        // Times of day are those of single reports.
        self.date = self.date.take().or(date.filter(|date| date.len() > 5));
        let rel = attribute(tag, "rel").unwrap_or_default();
        let is_author = rel == "author"
            || property == "author"
            || (&**tag.name == b"span" && has("fn"))
            || ["author", "byline", "post-author", "entry-author"].iter().any(|name| has(name));
        (is_author && self.author.is_empty()).then_some(Reads::Author)
    }

    fn end(&mut self, ended: &[u8]) {
        if let Some((_, name, depth)) = &mut self.reads {
            *depth -= usize::from(name == ended);
            if *depth == 0 {
                self.reads = None;
            }
        }
    }

    fn text(&mut self, text: &str) {
        let place = match self.reads.as_ref().map(|(reads, ..)| *reads) {
            Some(Reads::Title) => &mut self.title,
            Some(Reads::Headline) => match self.headlines.last_mut() {
                Some(headline) => headline,
                None => return,
            },
            Some(Reads::Data) => match self.data.last_mut() {
                Some(data) => data,
                None => return,
            },
            Some(Reads::Author) => &mut self.author,
            None => return,
        };
        place.push_str(text);
    }

    fn named(&self, names: &[&str]) -> Option<String> {
        let find = |name: &&str| self.meta.iter().find(|(known, _)| known == name);
        names.iter().find_map(find).map(|(_, content)| content.clone())
    }

    fn told(self) -> Told {
        let data: Vec<Value> =
            self.data.iter().filter_map(|data| serde_json::from_str(data).ok()).collect();
        let article = data.iter().find_map(|value| article(value, DEEPEST));
        let field = |name: &str| article.and_then(|article| words(article.get(name)?));
        let source = field("publisher").or_else(|| self.named(&["og:site_name", "dc.publisher"]));
        let metadata = Metadata {
            byline: field("author").and_then(|name| person(&name)).or_else(|| self.author()),
            date: field("datePublished").or_else(|| self.date()),
            url: self.url(article),
            source,
        };
        let sure = field("headline").or_else(|| self.headline(metadata.source.as_deref()));
        let is_guess = sure.is_none();
        let shown = some(&self.title).unwrap_or_default();
        let guess = || Some(without_site(&shown, metadata.source.as_deref()));
        let title = sure.or_else(|| guess().filter(|title| is_title(title)));
        Told { title, is_guess, metadata }
    }

    fn author(&self) -> Option<String> {
        let names = ["author", "article:author", "dc.creator", "twitter:creator", "parsely-author"];
        let mut told = self.meta.iter().filter(|(name, _)| names.contains(&name.as_str()));
        let writer = told.find_map(|(_, content)| person(content));
        writer.or_else(|| person(&some(&self.author)?))
    }

    fn date(&self) -> Option<String> {
        let names = [
            "article:published_time",
            "datepublished",
            "dc.date.issued",
            "dc.date",
            "dcterms.created",
            "pubdate",
            "publishdate",
            "date",
        ];
        self.named(&names).or_else(|| self.date.clone())
    }

    fn url(&self, article: Option<&Value>) -> Option<String> {
        let field = |name: &str| article.and_then(|article| article.get(name));
        let page = field("mainEntityOfPage").and_then(|page| match page {
            Value::Object(page) => page.get("@id")?.as_str(),
            page => page.as_str(),
        });
        let url = page.or_else(|| field("url")?.as_str()).map(str::to_owned);
        let url = url.or_else(|| self.named(&["og:url"])).or_else(|| self.canonical.clone());
        url.filter(|url| url.starts_with("http://") || url.starts_with("https://"))
    }

    /// The headline: of a preview, else the heading of the first rank that the window shows, or that is alone.
    fn headline(&self, site: Option<&str>) -> Option<String> {
        let previewed = self.named(&["og:title", "twitter:title", "dc.title"]);
        let previewed = previewed.map(|title| without_site(&title, site));
        if let Some(title) = previewed.filter(|title| is_title(title)) {
            return Some(title);
        }
        let shown = some(&self.title).unwrap_or_default();
        let headlines: Vec<String> = self.headlines.iter().filter_map(|text| some(text)).collect();
        let same = headlines
            .iter()
            .find(|headline| shown.contains(headline.as_str()) && is_title(headline));
        if let Some(headline) = same {
            return Some(headline.clone());
        }
        match headlines.as_slice() {
            [headline] => Some(headline.clone()),
            _ => None,
        }
    }
}

fn is_title(title: &str) -> bool {
    title.split_whitespace().count() >= FEWEST_WORDS
}

/// A title without the name of the site behind or before it.
fn without_site(title: &str, site: Option<&str>) -> String {
    let mut parts = vec![title];
    for mark in [" | ", " - ", " – ", " — ", " :: ", " » "] {
        parts = parts.iter().flat_map(|part| part.split(mark)).collect();
    }
    let is_site = |part: &&str| site.is_some_and(|site| part.trim() == site.trim());
    let longest =
        parts.iter().filter(|part| !is_site(part)).max_by_key(|part| part.chars().count());
    let longest = longest.map_or(title, |part| part.trim());
    // A short remainder is the name of a section.
    if is_title(longest) || parts.len() == 1 { longest.to_owned() } else { String::new() }
}

/// A name without its label; nothing for an address or the name of an account.
fn person(name: &str) -> Option<String> {
    let name = html::plain(name);
    let mut name = name.trim();
    for label in
        ["مرسلة بواسطة", "بقلم", "كتب", "كتبت", "كتبه", "الكاتب", "حاورها", "حاوره", "by", "By"]
    {
        if let Some(rest) = name.strip_prefix(label)
            && rest.starts_with([':', ' '])
        {
            name = rest.trim_start_matches([':', ' ', '-']);
        }
    }
    let fits = !name.is_empty() && name.chars().count() <= 80;
    (fits && !name.contains("://") && !name.starts_with('@')).then(|| name.to_owned())
}

/// The article among the objects of a page.
fn article(value: &Value, depth: usize) -> Option<&Value> {
    let depth = depth.checked_sub(1)?;
    match value {
        Value::Array(values) => values.iter().find_map(|value| article(value, depth)),
        Value::Object(object) => {
            let kinds: Vec<&str> = match object.get("@type") {
                Some(Value::String(kind)) => vec![kind],
                Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
                _ => Vec::new(),
            };
            let is_article =
                kinds.iter().any(|kind| ARTICLES.iter().any(|known| kind.ends_with(known)));
            if is_article {
                return Some(value);
            }
            object.get("@graph").and_then(|graph| article(graph, depth))
        }
        _ => None,
    }
}

/// A name, several names, or the name of an object.
fn words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => some(&html::plain(text)),
        Value::Array(values) => {
            let names: Vec<String> = values.iter().filter_map(words).collect();
            (!names.is_empty()).then(|| names.join("، "))
        }
        Value::Object(object) => words(object.get("name")?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_of_the_page_is_believed_before_previews_and_those_before_the_page() {
        let page = "<title>خبر مهم اليوم | الموقع</title><meta property=og:title content='عنوان طويل آخر - الموقع'>\
            <meta property='og:site_name' content='الموقع'><meta name=author content='https://x.org/a'>\
            <link rel=canonical href=https://x.org/1><h1>خبر مهم اليوم</h1><span class=author>بقلم: <b>سلمى حداد</b></span>\
            <time datetime=2024-01-02>أمس</time>";
        let found = told(page);
        assert_eq!(found.title.as_deref(), Some("عنوان طويل آخر"));
        assert_eq!(found.metadata.byline.as_deref(), Some("سلمى حداد"));
        assert_eq!(found.metadata.date.as_deref(), Some("2024-01-02"));
        assert_eq!(found.metadata.url.as_deref(), Some("https://x.org/1"));
        let data = "<script type='application/ld+json'>{\"@graph\":[{\"@type\":[\"NewsArticle\"],\"headline\":\"ع &amp; ن\",\
            \"author\":[{\"name\":\"أ\"},\"ب\"],\"datePublished\":\"2020\",\"publisher\":{\"name\":\"وكالة\"},\
            \"mainEntityOfPage\":\"https://x.org/2\"}]}</script>";
        let found = told(&format!("{data}{page}"));
        assert_eq!(found.title.as_deref(), Some("ع & ن"));
        assert_eq!(found.metadata.byline.as_deref(), Some("أ، ب"));
        assert_eq!(found.metadata.source.as_deref(), Some("وكالة"));
        assert_eq!(found.metadata.url.as_deref(), Some("https://x.org/2"));
    }

    #[test]
    fn an_address_that_is_none_and_broken_data_are_passed_over() {
        let page = "<meta property=og:url content='javascript:alert(1)'><script type='application/ld+json'>{</script>";
        assert_eq!(told(page).metadata, Metadata::default());
    }

    #[test]
    fn the_name_of_the_site_is_not_the_title() {
        let titled = |title: &str| told(&format!("<title>{title}</title>")).title;
        assert_eq!(titled("جريدة الفجر - العدد 2214"), None);
        assert_eq!(titled("الأخبار"), None);
        assert_eq!(titled("الموقع :: خبر مهم عن المدينة").as_deref(), Some("خبر مهم عن المدينة"));
    }
}
