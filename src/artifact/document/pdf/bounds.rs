//! That the drawings of a PDF document come to an end.
//!
//! Owns: how deep and how often they may draw each other. In: a document. Out: a reason to refuse it, or none. Never: text.

use pdf_extract::{Dictionary, Document, Object, Stream};

/// Drawings inside one another, and drawings on all pages together, beyond which a file is refused.
const DEEPEST_DRAWING: usize = 24;
const MOST_DRAWINGS: usize = 50_000;

/// Refuses a file whose drawings draw themselves, or draw others more often than anybody could look at.
pub(super) fn drawings_end(document: &Document) -> Result<(), String> {
    let mut left = MOST_DRAWINGS;
    for page in document.get_pages().into_values() {
        let content = document.get_page_content(page).map_err(|error| error.to_string())?;
        let resources =
            document.get_dictionary(page).ok().and_then(|page| inherited(document, page));
        draw(document, &content, resources, DEEPEST_DRAWING, &mut left)?;
    }
    Ok(())
}

/// The resources of a page, its own or those of the pages above it.
fn inherited<'a>(document: &'a Document, page: &'a Dictionary) -> Option<&'a Dictionary> {
    let mut node = page;
    for _ in 0..DEEPEST_DRAWING * 4 {
        if let Some(found) = dictionary(document, node, b"Resources") {
            return Some(found);
        }
        node = dictionary(document, node, b"Parent")?;
    }
    None
}

fn dictionary<'a>(
    document: &'a Document,
    of: &'a Dictionary,
    name: &[u8],
) -> Option<&'a Dictionary> {
    let object = of.get(name).ok()?;
    document.dereference(object).ok()?.1.as_dict().ok()
}

fn draw(
    document: &Document,
    content: &[u8],
    resources: Option<&Dictionary>,
    depth: usize,
    left: &mut usize,
) -> Result<(), String> {
    let Some(drawings) =
        resources.and_then(|resources| dictionary(document, resources, b"XObject"))
    else {
        return Ok(());
    };
    for name in drawn(content) {
        let Some(form) = form(document, drawings, name) else { continue };
        if depth == 0 || *left == 0 {
            return Err("its drawings draw themselves or too many others".to_owned());
        }
        *left -= 1;
        let own = dictionary(document, &form.dict, b"Resources");
        let inside = form.decompressed_content().unwrap_or_else(|_| form.content.clone());
        draw(document, &inside, own.or(resources), depth - 1, left)?;
    }
    Ok(())
}

fn form<'a>(document: &'a Document, drawings: &'a Dictionary, name: &[u8]) -> Option<&'a Stream> {
    let object = drawings.get(name).ok()?;
    let stream = document.dereference(object).ok()?.1.as_stream().ok()?;
    let is_picture =
        stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|kind| kind == b"Image");
    (!is_picture).then_some(stream)
}

/// The names that a content draws: `/Name Do`.
fn drawn(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut previous: &[u8] = b"";
    content.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).filter_map(move |word| {
        let name = std::mem::replace(&mut previous, word);
        if word.starts_with(b"Do") { name.strip_prefix(b"/") } else { None }
    })
}
