//! `PyTorch`'s own checkpoints: a zip archive since version 1.6, a row of pickles before.
//!
//! Owns: where each tensor's numbers are in them. Nothing of a pickle is run.
//! In: a reader. Out: where each tensor is.
//! Source: `torch/serialization.py`. Different: archives with compressed members are refused; `PyTorch` writes none.

use std::collections::HashMap;
use std::io::{BufReader, Read, Seek, SeekFrom};

use zip::{CompressionMethod, ZipArchive};

use super::pickle::{Value, read};
use super::{Info, Kind};
use crate::ports::{Cause, ReadSeek};

/// The list of tensors is a few kilobytes long.
const MAX_PICKLE_BYTES: u64 = 1 << 28;
/// Low 64 bits of the number that old files begin with.
const MAGIC: i64 = 0xa86a_20f9_469c_fc6c_u64.cast_signed();
const LEGACY_VERSION: i64 = 1001;

/// The tensors of an archive.
///
/// # Errors
/// What is wrong with it.
pub(super) fn zipped(reader: &mut Box<dyn ReadSeek>) -> Result<HashMap<String, Info>, Cause> {
    let mut archive = ZipArchive::new(BufReader::new(reader))?;
    let names = archive.file_names().flatten().map(std::borrow::Cow::into_owned);
    let list = names.into_iter().find(|name| name.ends_with("/data.pkl"));
    let list = list.ok_or("the archive has no data.pkl")?;
    let folder = list.strip_suffix("data.pkl").unwrap_or_default().to_owned();
    let state = read(&mut archive.by_name(&list)?.take(MAX_PICKLE_BYTES))?;
    let order = format!("{folder}byteorder");
    if let Ok(mut member) = archive.by_name(&order) {
        let mut order = String::new();
        member.by_ref().take(16).read_to_string(&mut order)?;
        if order.trim() != "little" {
            return Err("its numbers are not little-endian".into());
        }
    }
    let mut starts = HashMap::new();
    for index in 0..archive.len() {
        let member = archive.by_index(index)?;
        let name = member.name()?.into_owned();
        let Some(key) = name.strip_prefix(&format!("{folder}data/")) else { continue };
        if member.compression() != CompressionMethod::Stored {
            return Err(format!("`{name}` is compressed").into());
        }
        let start = member.data_start().ok_or("a member has no place in the archive")?;
        starts.insert(key.to_owned(), (start, member.size()));
    }
    tensors(state, &starts)
}

/// The tensors of a file of pickles: magic number, version, system, state, names of storages; then each storage, its length
/// before it.
///
/// # Errors
/// What is wrong with it.
pub(super) fn legacy(reader: &mut Box<dyn ReadSeek>) -> Result<HashMap<String, Info>, Cause> {
    reader.seek(SeekFrom::Start(0))?;
    let mut reader = BufReader::new(reader);
    if read(&mut reader)? != Value::Integer(MAGIC)
        || read(&mut reader)? != Value::Integer(LEGACY_VERSION)
    {
        return Err("it is a pickle, but no checkpoint".into());
    }
    read(&mut reader)?;
    let state = read(&mut reader)?;
    let Value::List(keys) = read(&mut reader)? else {
        return Err("the names of the storages are no list".into());
    };
    let widths = widths(&state);
    let mut starts = HashMap::new();
    for key in keys {
        let Value::Text(key) = key else { return Err("the name of a storage is no text".into()) };
        let mut count = [0u8; 8];
        reader.read_exact(&mut count)?;
        let start = reader.stream_position()?;
        let width = widths.get(&key).copied().unwrap_or(1);
        let bytes = u64::from_le_bytes(count).checked_mul(width).ok_or("a storage is too long")?;
        reader.seek_relative(i64::try_from(bytes)?)?;
        starts.insert(key, (start, bytes));
    }
    tensors(state, &starts)
}

/// Bytes of a number of each storage that the tensors of `state` stand in.
fn widths(state: &Value) -> HashMap<String, u64> {
    let Value::Dict(pairs) = state else { return HashMap::new() };
    let stored = pairs.iter().filter_map(|(_, value)| storage(value).ok());
    stored.map(|(key, kind, _)| (key, kind.bytes())).collect()
}

fn tensors(
    state: Value,
    starts: &HashMap<String, (u64, u64)>,
) -> Result<HashMap<String, Info>, Cause> {
    let Value::Dict(pairs) = state else { return Err("it holds no dictionary of tensors".into()) };
    let mut tensors = HashMap::new();
    for (name, value) in pairs {
        let Value::Text(name) = name else { return Err("the name of a tensor is no text".into()) };
        // Beside tensors, a training script may have left a number or a text.
        if !matches!(value, Value::Call(..)) {
            continue;
        }
        let info = info(&value, starts).map_err(|error| format!("tensor `{name}`: {error}"))?;
        tensors.insert(name, info);
    }
    Ok(tensors)
}

/// Key, kind and arguments of a call that rebuilds a tensor.
fn storage(value: &Value) -> Result<(String, Kind, &[Value]), Cause> {
    let Value::Call(function, arguments) = value else { return Err("it is no tensor".into()) };
    if function == "torch._utils._rebuild_parameter" {
        return storage(arguments.first().ok_or("a parameter without a tensor")?);
    }
    let Some(Value::Stored(id)) = arguments.first() else { return Err("it has no storage".into()) };
    let Value::Tuple(id) = id.as_ref() else { return Err("its storage has no name".into()) };
    match id.as_slice() {
        [Value::Text(tag), Value::Global(class), Value::Text(key), ..] if tag == "storage" => {
            Ok((key.clone(), kind(class)?, arguments))
        }
        _ => Err("its storage has no name".into()),
    }
}

fn info(value: &Value, starts: &HashMap<String, (u64, u64)>) -> Result<Info, Cause> {
    let (key, kind, arguments) = storage(value)?;
    let (start, bytes) =
        *starts.get(&key).ok_or_else(|| format!("its storage `{key}` is not there"))?;
    let (Some(Value::Integer(offset)), Some(Value::Tuple(shape)), Some(Value::Tuple(strides))) =
        (arguments.get(1), arguments.get(2), arguments.get(3))
    else {
        return Err("it has no shape".into());
    };
    let sizes = |values: &[Value]| -> Result<Vec<u64>, Cause> {
        let size = |value: &Value| match value {
            Value::Integer(size) => Ok(u64::try_from(*size)?),
            _ => Err("a size is no number".into()),
        };
        values.iter().map(size).collect()
    };
    let (shape, strides) = (sizes(shape)?, sizes(strides)?);
    if shape.len() != strides.len() || shape.contains(&0) {
        return Err("its shape is empty or does not fit its strides".into());
    }
    let first =
        u64::try_from(*offset)?.checked_mul(kind.bytes()).ok_or("it begins too far away")?;
    let last = shape
        .iter()
        .zip(&strides)
        .try_fold(1u64, |last, (size, stride)| last.checked_add((size - 1).checked_mul(*stride)?));
    let needed =
        last.and_then(|count| count.checked_mul(kind.bytes())).and_then(|n| n.checked_add(first));
    if needed.is_none_or(|needed| needed > bytes) {
        return Err(format!("{shape:?} does not fit the {bytes} bytes of its storage").into());
    }
    let is_dense = is_dense(&shape, &strides);
    Ok(Info { file: 0, kind, shape, start: start + first, strides: (!is_dense).then_some(strides) })
}

fn is_dense(shape: &[u64], strides: &[u64]) -> bool {
    let mut expected = 1u64;
    shape.iter().zip(strides).rev().all(|(size, stride)| {
        let fits = *size == 1 || *stride == expected;
        expected = expected.saturating_mul(*size);
        fits
    })
}

fn kind(class: &str) -> Result<Kind, Cause> {
    Ok(match class {
        "torch.DoubleStorage" => Kind::F64,
        "torch.FloatStorage" => Kind::F32,
        "torch.HalfStorage" => Kind::F16,
        "torch.BFloat16Storage" => Kind::Bf16,
        "torch.LongStorage" => Kind::Other { bytes: 8 },
        "torch.IntStorage" => Kind::Other { bytes: 4 },
        "torch.ShortStorage" => Kind::Other { bytes: 2 },
        "torch.CharStorage" | "torch.ByteStorage" | "torch.BoolStorage" => Kind::Other { bytes: 1 },
        _ => return Err(format!("numbers of the kind `{class}` are not known").into()),
    })
}
