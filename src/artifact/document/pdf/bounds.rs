//! What is looked at before a PDF document is read.
//!
//! Owns: how much it unpacks to, and that its drawings come to an end. In: bytes, then objects. Out: a size, or a reason to
//! refuse it. Never: text.

use std::io::Read as _;

use flate2::read::ZlibDecoder;
use pdf_extract::{Dictionary, Document, Object, Stream};

/// Drawings inside one another, and drawings on all pages together, beyond which a file is refused.
const DEEPEST_DRAWING: usize = 24;
const MOST_DRAWINGS: usize = 50_000;

/// How many bytes all streams unpack to, if that is no more than `max_bytes` and no stream is packed twice.
pub(super) fn unpacked_bytes(bytes: &[u8], max_bytes: u64) -> Option<u64> {
    if packed_twice(bytes) {
        return None;
    }
    let mut sum = 0;
    let mut rest = bytes;
    while let Some(at) = find(rest, b"stream") {
        let behind = rest.get(at + 6..)?;
        let is_end = at >= 3 && rest.get(at - 3..at) == Some(b"end");
        let start = behind.iter().take(2).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        rest = behind;
        if is_end || start == 0 {
            continue;
        }
        let packed = behind.get(start..)?;
        // Two bytes tell whether it is such a stream at all.
        let is_zlib = matches!(packed, [first, second, ..] if first & 0x0f == 8
            && (usize::from(*first) * 256 + usize::from(*second)) % 31 == 0);
        if is_zlib {
            let mut unpacked = ZlibDecoder::new(packed).take(max_bytes.saturating_add(1) - sum);
            // What is read before a fault counts.
            let mut buffer = vec![0; 1 << 16];
            while let Ok(read) = unpacked.read(&mut buffer) {
                if read == 0 {
                    break;
                }
                sum += read as u64;
            }
            if sum > max_bytes {
                return None;
            }
        }
    }
    Some(sum)
}

/// Whether a list of filters has the same one twice, which nobody needs and bombs do.
fn packed_twice(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = find(rest, b"/Filter") {
        rest = rest.get(at + 7..).unwrap_or_default();
        let list = rest.get(..rest.len().min(256)).unwrap_or_default();
        let start = list.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let Some(list) = list.get(start..).filter(|list| list.first() == Some(&b'[')) else {
            continue;
        };
        let end = find(list, b"]").unwrap_or(list.len());
        let text = String::from_utf8_lossy(list.get(..end).unwrap_or_default()).into_owned();
        if text.matches("FlateDecode").count()
            + text.matches("/Fl ").count()
            + text.matches("LZW").count()
            > 1
        {
            return true;
        }
    }
    false
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut from = 0;
    loop {
        let at = from + bytes.get(from..)?.iter().position(|byte| *byte == first)?;
        if bytes.get(at..)?.starts_with(wanted) {
            return Some(at);
        }
        from = at + 1;
    }
}

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
