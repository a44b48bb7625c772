//! The header of a safetensors file.
//!
//! Owns: the format: the length of a JSON object (u64, little-endian), the object, then the numbers. Everything the header
//! promises is checked against the file before memory is asked for.
//! In: a reader. Out: where each tensor is.
//! Source: the format description of huggingface/safetensors. Same: the cap on the header, gaps and overlaps are refused.

use std::collections::HashMap;
use std::io::{Read, Seek, SeekFrom};

use serde::Deserialize;

use super::{Info, Kind};
use crate::ports::{Cause, ReadSeek};

/// The library reads no longer header.
const MAX_HEADER_BYTES: u64 = 100_000_000;
/// More dimensions than any network has.
const MAX_DIMENSIONS: usize = 8;

#[derive(Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<u64>,
    data_offsets: [u64; 2],
}

/// Reads the header of a file of `length` bytes.
///
/// # Errors
/// What is wrong with it.
pub(super) fn header(
    reader: &mut Box<dyn ReadSeek>,
    length: u64,
) -> Result<HashMap<String, Info>, Cause> {
    if length < 8 {
        return Err(format!("{length} bytes are no header").into());
    }
    let mut size = [0u8; 8];
    reader.seek(SeekFrom::Start(0))?;
    reader.read_exact(&mut size)?;
    let size = u64::from_le_bytes(size);
    if size > MAX_HEADER_BYTES || size > length - 8 {
        return Err(format!("a header of {size} bytes does not fit a file of {length}").into());
    }
    let mut json = vec![0; usize::try_from(size)?];
    reader.read_exact(&mut json)?;
    let entries: HashMap<String, serde_json::Value> = serde_json::from_slice(&json)?;
    let data = 8 + size;
    let mut tensors = HashMap::new();
    let mut ranges = Vec::new();
    for (name, entry) in entries {
        if name == "__metadata__" {
            continue;
        }
        let entry: Entry =
            serde_json::from_value(entry).map_err(|error| format!("tensor `{name}`: {error}"))?;
        let kind = kind(&entry.dtype)
            .ok_or_else(|| format!("tensor `{name}` has the unknown type `{}`", entry.dtype))?;
        let [start, end] = entry.data_offsets;
        let info = Info {
            file: 0,
            kind,
            shape: entry.shape,
            start: data.saturating_add(start),
            strides: None,
        };
        let needed = info.count().and_then(|count| count.checked_mul(kind.bytes()));
        if info.shape.len() > MAX_DIMENSIONS
            || end.checked_sub(start) != needed
            || end > length - data
        {
            let shape = &info.shape;
            return Err(
                format!("tensor `{name}` {shape:?} cannot be the bytes {start} to {end}").into()
            );
        }
        ranges.push((start, end));
        tensors.insert(name, info);
    }
    cover(ranges, length - data)?;
    Ok(tensors)
}

/// Whether the ranges follow one another and end at byte `length`.
fn cover(mut ranges: Vec<(u64, u64)>, length: u64) -> Result<(), Cause> {
    ranges.sort_unstable();
    let mut reached = 0;
    for (start, end) in ranges {
        if start != reached {
            return Err(format!("tensors leave a gap or overlap at byte {start}").into());
        }
        reached = end;
    }
    if reached != length {
        return Err(format!("the tensors end at byte {reached} of {length}").into());
    }
    Ok(())
}

fn kind(name: &str) -> Option<Kind> {
    Some(match name {
        "F64" => Kind::F64,
        "F32" => Kind::F32,
        "F16" => Kind::F16,
        "BF16" => Kind::Bf16,
        "BOOL" | "U8" | "I8" | "F8_E5M2" | "F8_E4M3" | "F8_E8M0" => Kind::Other { bytes: 1 },
        "I16" | "U16" => Kind::Other { bytes: 2 },
        "I32" | "U32" => Kind::Other { bytes: 4 },
        "I64" | "U64" | "C64" => Kind::Other { bytes: 8 },
        _ => return None,
    })
}
