//! Bytes to text.
//!
//! Owns: byte order marks, UTF-8 and UTF-16, and the recognition of the two old Arabic code pages.
//! In: the bytes of a file. Out: its text, and a note wherever the reader should know what was done.
//! Never: changing a character. Only a leading byte order mark goes, and a note says so.

use std::fmt;
use std::str::FromStr;

use encoding_rs::{DecoderResult, Encoding, ISO_8859_6, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1256};

use super::{ArtifactError, FileKind, magic};
use crate::domain::is_blank;

/// A text encoding by one of its web names (`utf-8`, `windows-1256`, `iso-8859-6`, `utf-16le`, …).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextEncoding(&'static Encoding);

impl TextEncoding {
    /// Its canonical name.
    #[must_use]
    pub fn name(self) -> &'static str {
        // The standard spells it in lower case, the decoder does not.
        if self.0 == WINDOWS_1256 { "windows-1256" } else { self.0.name() }
    }
}

impl FromStr for TextEncoding {
    type Err = ArtifactError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Encoding::for_label(name.as_bytes())
            .map(Self)
            .ok_or_else(|| ArtifactError::UnknownEncoding { name: name.to_owned() })
    }
}

/// What the reader of an article should know about how it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadNote {
    /// A byte order mark was dropped from the front.
    ByteOrderMark,
    /// The text was not UTF-8; this encoding was recognised, not declared.
    Encoding(&'static str),
    /// The text begins like a web page; its tags will be taken for words.
    Markup,
    /// So many bytes of a web page were no UTF-8 and became U+FFFD.
    Mended(usize),
}

impl fmt::Display for ReadNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ByteOrderMark => f.write_str("a byte order mark was dropped from the front"),
            Self::Encoding(name) => write!(f, "the file is not UTF-8; it was read as {name}"),
            Self::Mended(bytes) => {
                write!(f, "{bytes} bytes of the page are not UTF-8 and were replaced by a mark")
            }
            Self::Markup => {
                f.write_str("the text begins like a web page; its tags are taken for words")
            }
        }
    }
}

/// The text of `bytes`; `name` is for error messages.
pub(super) fn decode(
    bytes: &[u8],
    declared: Option<TextEncoding>,
    name: &str,
) -> Result<(String, Vec<ReadNote>), ArtifactError> {
    if bytes.is_empty() {
        return Err(ArtifactError::Empty { name: name.to_owned() });
    }
    let not_text = |kind| ArtifactError::NotText { name: name.to_owned(), kind };
    if let Some(kind) = magic::recognize(bytes) {
        return Err(not_text(kind));
    }
    let mut notes = Vec::new();
    let (encoding, body) = match (declared, Encoding::for_bom(bytes)) {
        (Some(TextEncoding(encoding)), Some((marked, length))) if marked == encoding => {
            notes.push(ReadNote::ByteOrderMark);
            (Some(encoding), bytes.get(length..).unwrap_or_default())
        }
        (Some(TextEncoding(encoding)), _) => (Some(encoding), bytes),
        (None, Some((marked, length))) => {
            notes.push(ReadNote::ByteOrderMark);
            (Some(marked), bytes.get(length..).unwrap_or_default())
        }
        (None, None) => (None, bytes),
    };
    let dropped = bytes.len() - body.len();
    let text = match encoding {
        Some(encoding) => strictly(body, encoding).map_err(|at| match encoding {
            encoding if encoding == UTF_8 => {
                ArtifactError::InvalidUtf8 { name: name.to_owned(), at: at + dropped }
            }
            encoding => ArtifactError::InvalidIn {
                name: name.to_owned(),
                encoding: TextEncoding(encoding).name(),
                at: at + dropped,
            },
        })?,
        None => guess(body, name, &mut notes)?,
    };
    if text.contains('\0') {
        return Err(not_text(FileKind::Binary));
    }
    if text.chars().all(is_blank) {
        return Err(ArtifactError::OnlyWhiteSpace { name: name.to_owned() });
    }
    if begins_like_a_web_page(&text) {
        notes.push(ReadNote::Markup);
    }
    Ok((text, notes))
}

/// Of so many bytes of a web page one may be bad: more are a page whose parts are in several encodings.
const BYTES_TO_ONE_BAD: usize = 500;

/// The text of a web page in UTF-8 with a few bad bytes, as browsers read it.
pub(super) fn decode_mending(
    bytes: &[u8],
    name: &str,
) -> Result<(String, Vec<ReadNote>), ArtifactError> {
    let bad: usize = bytes.utf8_chunks().map(|chunk| chunk.invalid().len()).sum();
    if bad * BYTES_TO_ONE_BAD > bytes.len() {
        return decode(bytes, Some(TextEncoding(UTF_8)), name);
    }
    let (text, mut notes) = decode(String::from_utf8_lossy(bytes).as_bytes(), None, name)?;
    notes.push(ReadNote::Mended(bad));
    Ok((text, notes))
}

/// Decodes without replacing anything; the error is the offset of the first bad sequence.
fn strictly(bytes: &[u8], encoding: &'static Encoding) -> Result<String, usize> {
    if encoding == UTF_8 {
        let text = std::str::from_utf8(bytes).map_err(|error| error.valid_up_to())?;
        return Ok(text.to_owned());
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    let mut text = String::with_capacity(room.unwrap_or(bytes.len()));
    let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    match result {
        DecoderResult::InputEmpty => Ok(text),
        DecoderResult::Malformed(bad, beyond) => {
            Err(read.saturating_sub(usize::from(bad) + usize::from(beyond)))
        }
        DecoderResult::OutputFull => Err(read),
    }
}

/// UTF-8, else whatever makes Arabic of the bytes.
fn guess(bytes: &[u8], name: &str, notes: &mut Vec<ReadNote>) -> Result<String, ArtifactError> {
    let has_nul = bytes.contains(&0);
    let invalid_at = match std::str::from_utf8(bytes) {
        Ok(text) if !has_nul => return Ok(text.to_owned()),
        Ok(_) => bytes.len(),
        Err(error) => error.valid_up_to(),
    };
    let candidates: &[&'static Encoding] = if has_nul {
        &[UTF_16LE, UTF_16BE]
    } else if is_mostly_utf8(bytes) {
        &[]
    } else {
        &[WINDOWS_1256, ISO_8859_6]
    };
    let best = candidates
        .iter()
        .filter_map(|&encoding| Some((encoding, strictly(bytes, encoding).ok()?)))
        .filter(|(_, text)| is_mostly_arabic(text))
        .max_by_key(|(_, text)| text.chars().filter(|c| is_common_arabic(*c)).count());
    match best {
        Some((encoding, text)) => {
            notes.push(ReadNote::Encoding(TextEncoding(encoding).name()));
            Ok(text)
        }
        None if has_nul => {
            Err(ArtifactError::NotText { name: name.to_owned(), kind: FileKind::Binary })
        }
        None => Err(ArtifactError::InvalidUtf8 { name: name.to_owned(), at: invalid_at }),
    }
}

/// Whether this is UTF-8 with a flaw: more characters beyond ASCII decode than fail.
///
/// Without this test a damaged UTF-8 file would be read as windows-1256, where each Arabic letter
/// turns into `ط` or `ظ` and one more sign. Real windows-1256 hardly ever forms a UTF-8 sequence.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += chunk.invalid().len();
    }
    good > bad
}

/// Most letters are Arabic, and so are nearly all signs beyond ASCII.
fn is_mostly_arabic(text: &str) -> bool {
    let count = |wanted: &dyn Fn(char) -> bool| text.chars().filter(|c| wanted(*c)).count();
    let arabic = count(&is_arabic);
    let letters = count(&char::is_alphabetic);
    // Typographic quotes, dashes and no-break spaces are no evidence either way.
    let foreign = count(&|c| !c.is_ascii() && !is_arabic(c) && (c.is_alphabetic() || is_odd(c)));
    let common = count(&is_common_arabic);
    arabic * 2 > letters && arabic > foreign * 9 && common * 2 > arabic
}

/// The Arabic block and its supplement and presentation forms.
fn is_arabic(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

/// The ten letters that make up more than half of running Arabic text.
fn is_common_arabic(c: char) -> bool {
    matches!(c, 'ا' | 'ل' | 'ي' | 'م' | 'ن' | 'و' | 'ر' | 'ت' | 'ب' | 'ه')
}

/// Signs that a wrong decoding produces and an article rarely holds.
fn is_odd(c: char) -> bool {
    c.is_control() || matches!(c, '\u{a1}'..='\u{a9}' | '\u{ac}'..='\u{ba}' | '\u{bc}'..='\u{bf}')
}

pub(super) fn begins_like_a_web_page(text: &str) -> bool {
    let head: String = text.trim_start().chars().take(15).collect::<String>().to_lowercase();
    ["<!doctype html", "<html", "<head", "<body", "<?xml"].iter().any(|tag| head.starts_with(tag))
}
