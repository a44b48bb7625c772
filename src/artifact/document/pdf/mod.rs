//! Text of a PDF document.
//!
//! Owns: the order of the steps, and that a broken or hostile file ends in an error: its reader runs in a thread of its own,
//! for so long at most, after its size and its depth were looked at. In: the bytes of a file. Out: blocks.
//! Never: pictures.

mod bounds;
mod glyphs;
mod layout;
mod size;

use std::sync::Once;
use std::sync::mpsc;
use std::time::Duration;

use pdf_extract::{Document, Object};

use super::super::ArtifactError;
use super::Blocks;
use crate::domain::Metadata;
use glyphs::Glyphs;

/// A file that takes longer is refused.
const LONGEST: Duration = Duration::from_secs(120);

/// The stack of the reader: it calls itself for drawings inside drawings.
const STACK_BYTES: usize = 64 << 20;

/// The name of its thread, by which its panics are known.
const THREAD: &str = "isnad-pdf";

pub(super) fn blocks(bytes: &[u8], name: &str, max_bytes: u64) -> Result<Blocks, ArtifactError> {
    let damaged = |reason: &str| ArtifactError::DamagedPdf {
        name: name.to_owned(),
        reason: reason.to_owned(),
    };
    if size::unpacked_bytes(bytes, max_bytes).is_none() {
        return Err(ArtifactError::TooLarge { name: name.to_owned(), max_bytes });
    }
    silence();
    let (sender, receiver) = mpsc::sync_channel(1);
    let owned = bytes.to_vec();
    let reader = std::thread::Builder::new().name(THREAD.to_owned()).stack_size(STACK_BYTES);
    // The thread of a file that takes too long is left alone: it cannot be stopped, and the program ends soon.
    let started = reader.spawn(move || drop(sender.send(read(&owned))));
    started.map_err(|source| ArtifactError::Unreadable { name: name.to_owned(), source })?;
    let found = match receiver.recv_timeout(LONGEST) {
        Ok(found) => found,
        Err(mpsc::RecvTimeoutError::Timeout) => return Err(damaged("it takes too long to read")),
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            return Err(damaged("its parts contradict each other"));
        }
    };
    match found {
        Ok(blocks) => Ok(blocks),
        Err(Fault::Encrypted) => Err(ArtifactError::Encrypted { name: name.to_owned() }),
        Err(Fault::NoText) => Err(ArtifactError::NeedsOcr { name: name.to_owned() }),
        Err(Fault::Damaged(reason)) => Err(damaged(&reason)),
    }
}

/// Why a file has no text for us.
enum Fault {
    Encrypted,
    NoText,
    Damaged(String),
}

fn read(bytes: &[u8]) -> Result<Blocks, Fault> {
    let damaged = |error: &dyn std::fmt::Display| Fault::Damaged(error.to_string());
    let mut document = Document::load_mem(bytes).map_err(|error| damaged(&error))?;
    // Many files are encrypted with no password at all, to forbid this or that.
    if document.is_encrypted() && document.decrypt("").is_err() {
        return Err(Fault::Encrypted);
    }
    if document.get_pages().is_empty() {
        return Err(Fault::Damaged("it has no page".to_owned()));
    }
    bounds::drawings_end(&document).map_err(Fault::Damaged)?;
    let mut glyphs = Glyphs::default();
    pdf_extract::output_doc(&document, &mut glyphs).map_err(|error| damaged(&error))?;
    if !glyphs.pages.iter().flatten().any(|glyph| glyph.text.chars().any(char::is_alphabetic)) {
        return Err(Fault::NoText);
    }
    let mut blocks = layout::blocks(glyphs.pages);
    let (title, metadata) = told(&document);
    // Programs put the name of the file there; a title has several words.
    blocks.title =
        title.filter(|title| title.split_whitespace().count() > 2 && !title.contains('.'));
    blocks.metadata = metadata;
    Ok(blocks)
}

/// What the file tells about itself.
fn told(document: &Document) -> (Option<String>, Metadata) {
    let info = document.trailer.get(b"Info").and_then(Object::as_reference);
    let info = info.and_then(|id| document.get_dictionary(id));
    let field = |name: &[u8]| {
        let text = pdf_extract::decode_text_string(info.as_ref().ok()?.get(name).ok()?).ok()?;
        let text = text.trim().to_owned();
        (!text.is_empty()).then_some(text)
    };
    let metadata = Metadata { byline: field(b"Author"), ..Metadata::default() };
    (field(b"Title"), metadata)
}

/// Keeps panics of the reader off the terminal: they become errors.
fn silence() {
    static SILENCED: Once = Once::new();
    SILENCED.call_once(|| {
        let told = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().name() != Some(THREAD) {
                told(panic);
            }
        }));
    });
}
