//! How much a PDF document unpacks to.
//!
//! Owns: the ways in which its reader unpacks a stream, and their order. In: the bytes of a file. Out: a size, or that it is
//! too large. Never: objects: a hostile file can hide them, but not from its reader's own unpackers.

use std::io::{self, Read};

use flate2::read::{DeflateDecoder, ZlibDecoder};
use weezl::decode::Decoder;
use weezl::{BitOrder, LzwStatus};

/// Bits of the symbols of LZW in a PDF document.
const SYMBOL_BITS: u8 = 8;

/// How many bytes all streams unpack to, if that is no more than `max_bytes` and no stream is packed twice.
///
/// What stands before a stream is not believed: each is unpacked in every way that the file may ask for.
pub(super) fn unpacked_bytes(bytes: &[u8], max_bytes: u64) -> Option<u64> {
    if packed_twice(bytes) {
        return None;
    }
    let odd = Odd::of(bytes);
    let mut sum = 0;
    let mut rest = bytes;
    while let Some(at) = find(rest, b"stream") {
        let behind = rest.get(at + 6..)?;
        let is_end = at >= 3 && rest.get(at - 3..at) == Some(b"end");
        let start = behind.iter().take(2).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        rest = behind;
        if !is_end && start > 0 {
            // One byte more than is allowed tells that there are more.
            sum += unpacked(behind.get(start..)?, odd, max_bytes.saturating_add(1) - sum);
            if sum > max_bytes {
                return None;
            }
        }
    }
    Some(sum)
}

/// The rarer ways of packing that a file names.
#[derive(Clone, Copy)]
struct Odd {
    lzw: bool,
    ascii85: bool,
}

impl Odd {
    fn of(bytes: &[u8]) -> Self {
        // A letter written as `#4c` is one that nobody needs to write so, but a hostile file.
        let is_letter = |at: usize| matches!(bytes.get(at + 1..at + 3), Some([b'4'..=b'7', low]) if low.is_ascii_hexdigit());
        let mut signs = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'#');
        let is_hidden = signs.any(|(at, _)| is_letter(at));
        let names = |name: &[u8]| is_hidden || find(bytes, name).is_some();
        Self { lzw: names(b"LZW"), ascii85: names(b"85Decode") || names(b"A85") }
    }
}

/// How many bytes a stream unpacks to in the way that gives the most; counting stops at `limit`.
fn unpacked(packed: &[u8], odd: Odd, limit: u64) -> u64 {
    let mut most = read_to_end(ZlibDecoder::new(packed), limit);
    if most == 0 {
        // The reader leaves out a head that is none and tries again.
        most = read_to_end(DeflateDecoder::new(packed.get(2..).unwrap_or_default()), limit);
    }
    if odd.lzw {
        most = most.max(lzw(
            Decoder::with_tiff_size_switch(BitOrder::Msb, SYMBOL_BITS),
            packed,
            limit,
        ));
        most = most.max(lzw(Decoder::new(BitOrder::Msb, SYMBOL_BITS), packed, limit));
    }
    if odd.ascii85 {
        let plain = ascii85(packed, limit);
        let inside = unpacked(&plain, Odd { ascii85: false, ..odd }, limit);
        most = most.max(inside + plain.len() as u64);
    }
    most.min(limit)
}

/// What is read before a fault counts.
fn read_to_end(stream: impl Read, limit: u64) -> u64 {
    let mut counted = Counted(0);
    let _ = io::copy(&mut stream.take(limit), &mut counted);
    counted.0
}

/// Counts what is written to it.
struct Counted(u64);

impl io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn lzw(mut decoder: Decoder, packed: &[u8], limit: u64) -> u64 {
    let mut buffer = vec![0; 1 << 16];
    let (mut rest, mut sum) = (packed, 0);
    while sum < limit {
        let step = decoder.decode_bytes(rest, &mut buffer);
        sum += step.consumed_out as u64;
        rest = rest.get(step.consumed_in..).unwrap_or_default();
        let goes_on = matches!(step.status, Ok(LzwStatus::Ok));
        if !goes_on || (step.consumed_in == 0 && step.consumed_out == 0) {
            break;
        }
    }
    sum
}

/// The bytes that a text in base 85 stands for, up to its end or its first fault.
fn ascii85(text: &[u8], limit: u64) -> Vec<u8> {
    let mut plain = Vec::new();
    let (mut group, mut count) = (0u32, 0);
    for byte in text {
        match byte {
            _ if plain.len() as u64 >= limit => break,
            b'z' if count == 0 => plain.extend([0; 4]),
            byte if byte.is_ascii_whitespace() => {}
            b'!'..=b'u' => {
                group = group.wrapping_mul(85).wrapping_add(u32::from(byte - b'!'));
                count += 1;
            }
            _ => break,
        }
        if count == 5 {
            plain.extend(group.to_be_bytes());
            (group, count) = (0, 0);
        }
    }
    if count > 1 {
        let padded = (count..5).fold(group, |group, _| group.wrapping_mul(85).wrapping_add(84));
        plain.extend(padded.to_be_bytes().iter().take(count - 1));
    }
    plain
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

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    const LIMIT: u64 = 100_000;

    fn file(filter: &str, packed: &[u8]) -> Vec<u8> {
        let head = format!("1 0 obj\n<< /Filter {filter} >>\nstream\n");
        [head.as_bytes(), packed, b"\nendstream"].concat()
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    fn base85(bytes: &[u8]) -> Vec<u8> {
        let mut text = Vec::new();
        for chunk in bytes.chunks(4) {
            let mut group = [0; 4];
            group[..chunk.len()].copy_from_slice(chunk);
            let number = u32::from_be_bytes(group);
            let digits = [85u32.pow(4), 85u32.pow(3), 85u32.pow(2), 85, 1];
            let digits = digits.map(|power| b'!' + u8::try_from(number / power % 85).unwrap());
            text.extend(&digits[..=chunk.len()]);
        }
        [text, b"~>".to_vec()].concat()
    }

    #[test]
    fn streams_are_counted_however_they_are_packed() {
        let plain: Vec<u8> = b"BT (one two three) Tj ET\n".repeat(2_000);
        let deflated = zlib(&plain);
        let headless = [b"xx", &deflated[2..]].concat();
        let mut encoder = weezl::encode::Encoder::with_tiff_size_switch(BitOrder::Msb, SYMBOL_BITS);
        let lzw = encoder.encode(&plain).unwrap();
        let cases = [
            ("/FlateDecode", deflated.clone()),
            ("/FlateDecode", headless),
            ("/LZWDecode", lzw.clone()),
            ("/L#5aWDecode", lzw.clone()),
            ("[/ASCII85Decode /FlateDecode]", base85(&deflated)),
            ("[/ASCII85Decode/LZWDecode]", base85(&lzw)),
        ];
        for (filter, packed) in cases {
            let small = packed.len() as u64;
            let bytes = file(filter, &packed);
            let counted = unpacked_bytes(&bytes, LIMIT).unwrap();
            let whole = plain.len() as u64;
            assert!((whole..=whole + small).contains(&counted), "{filter}: {counted}");
            assert_eq!(unpacked_bytes(&bytes, whole - 1), None, "{filter}");
        }
        let twice = file("[/FlateDecode /LZWDecode]", &zlib(&deflated));
        assert_eq!(unpacked_bytes(&twice, LIMIT), None);
    }

    #[test]
    fn base_85_is_read_as_it_was_written() {
        let bytes = [250, 251, 252, 253, 254, 255, 7, 8, 9];
        for length in 0..bytes.len() {
            assert_eq!(ascii85(&base85(&bytes[..length]), LIMIT), bytes[..length]);
        }
        assert_eq!(ascii85(b"z!!", LIMIT), [0, 0, 0, 0, 0]);
    }
}
