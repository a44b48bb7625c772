//! Tensors of a checkpoint by name: safetensors, or `PyTorch`'s own files.
//!
//! Owns: which of the formats a file has, and the way from the bytes of a tensor to floats and layers.
//! In: verified files: one, or a list and those it names. Out: vectors and linear layers, one at a time: a file is never in
//! memory whole.
//! Never: the meaning of a tensor; running code of a pickle.

mod pickle;
mod safetensors;
mod shards;
#[cfg(test)]
mod tests;
mod torch;

use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

use candle_core::{Device, Tensor};
use half::slice::HalfFloatSliceExt as _;
use half::{bf16, f16};

use super::error::InferError;
use super::files::optional;
use super::kernels::{BlockFormat, PackedMatrix};
use super::nn::Linear;
use super::weights::Weights;
use crate::ports::{Cause, ModelFile, ModelFiles, ReadSeek};

/// How a number is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    F64,
    F32,
    F16,
    Bf16,
    /// Integers, flags and narrow floats: they may stand in a file, but no network reads them.
    Other {
        bytes: u64,
    },
}

impl Kind {
    fn bytes(self) -> u64 {
        match self {
            Self::F64 => 8,
            Self::F32 => 4,
            Self::F16 | Self::Bf16 => 2,
            Self::Other { bytes } => bytes,
        }
    }
}

/// Where the numbers of one tensor are.
#[derive(Clone, Debug)]
struct Info {
    /// Which of the files it is in.
    file: usize,
    kind: Kind,
    shape: Vec<u64>,
    /// Byte of the file at which the first number stands.
    start: u64,
    /// Numbers from one element to the next, a dimension; `None` if they stand densely, the last dimension fastest.
    strides: Option<Vec<u64>>,
}

impl Info {
    /// Numbers of the tensor; `None` beyond 64 bits.
    fn count(&self) -> Option<u64> {
        self.shape.iter().try_fold(1u64, |count, size| count.checked_mul(*size))
    }
}

/// How matrices are kept in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Precision {
    /// As 32-bit floats, whatever the file has.
    #[default]
    Float32,
    /// As 8-bit integers with a scale for each 32 of them (`Q8_0`); a quarter of the memory.
    Int8,
}

/// Numbers that are read at once.
const BUFFER: usize = 1 << 15;

/// One file of a checkpoint.
struct Part {
    reader: Box<dyn ReadSeek>,
    path: PathBuf,
}

/// An open checkpoint.
pub(crate) struct Checkpoint {
    tensors: HashMap<String, Info>,
    parts: Vec<Part>,
    path: PathBuf,
    sha256: String,
    precision: Precision,
}

impl Checkpoint {
    /// Opens the weights of a model: the file of the role `weights`, or those that `weights_index` lists.
    ///
    /// # Errors
    /// As [`read`](Self::read); also for a list that does not fit the files.
    pub(crate) fn open(files: &dyn ModelFiles, precision: Precision) -> Result<Self, InferError> {
        if optional(files, "weights")?.is_none() && optional(files, shards::INDEX)?.is_some() {
            return shards::open(files, precision);
        }
        Self::read(files.open("weights")?, precision)
    }

    /// Reads the list of tensors.
    ///
    /// # Errors
    /// [`InferError::Format`] if it is in none of the formats, damaged, or a pickle that names foreign classes.
    pub(crate) fn read(file: ModelFile, precision: Precision) -> Result<Self, InferError> {
        let ModelFile { mut reader, path, sha256 } = file;
        let (format, listed) = list(&mut reader);
        let wrong = |source| InferError::Format { path: path.clone(), format, source };
        let (tensors, bytes) = listed.map_err(wrong)?;
        check(&tensors, bytes).map_err(wrong)?;
        let parts = vec![Part { reader, path: path.clone() }];
        Ok(Self { tensors, parts, path, sha256, precision })
    }

    pub(crate) fn sha256(&self) -> &str {
        &self.sha256
    }

    fn wrong(&self, tensor: &str, detail: impl Into<Cause>) -> InferError {
        let part = self.tensors.get(tensor).and_then(|info| self.parts.get(info.file));
        InferError::Tensor {
            tensor: tensor.to_owned(),
            path: part.map_or(&self.path, |part| &part.path).clone(),
            detail: detail.into(),
        }
    }

    /// All float tensors at once, for small networks that compute with candle; what stands before `prefix` is cut off names.
    ///
    /// # Errors
    /// [`InferError::Tensor`] for values that are no numbers.
    pub(crate) fn into_tensors(
        mut self,
        prefix: &str,
    ) -> Result<HashMap<String, Tensor>, InferError> {
        let listed: Vec<(String, Vec<u64>)> = self
            .tensors
            .iter()
            .filter(|(_, info)| !matches!(info.kind, Kind::Other { .. }))
            .map(|(name, info)| (name.clone(), info.shape.clone()))
            .collect();
        let mut tensors = HashMap::new();
        for (name, shape) in listed {
            let shape: Vec<usize> =
                shape.iter().map(|size| usize::try_from(*size).unwrap_or(usize::MAX)).collect();
            let values = self.floats(&name, &shape)?;
            let short = name.strip_prefix(prefix).unwrap_or(&name).to_owned();
            tensors.insert(short, Tensor::from_vec(values, shape, &Device::Cpu)?);
        }
        Ok(tensors)
    }

    /// Whether a name begins with `prefix`.
    pub(crate) fn has_prefix(&self, prefix: &str) -> bool {
        self.tensors.keys().any(|name| name.starts_with(prefix))
    }

    /// How many numbers a tensor has, if there is one.
    pub(crate) fn count(&self, name: &str) -> Option<usize> {
        usize::try_from(self.tensors.get(name)?.count()?).ok()
    }

    /// The bytes of a tensor whose numbers have one each.
    ///
    /// # Errors
    /// [`InferError::Tensor`] if it is absent or its numbers are wider.
    pub(crate) fn bytes(&mut self, name: &str) -> Result<Vec<u8>, InferError> {
        let info = self.tensors.get(name).cloned().ok_or_else(|| self.wrong(name, "absent"))?;
        let count = self.count(name).filter(|_| info.kind == Kind::Other { bytes: 1 });
        let Some(count) = count.filter(|_| info.strides.is_none()) else {
            return Err(self.wrong(name, "its numbers are no bytes"));
        };
        let mut bytes = vec![0; count];
        match self.reader(&info).and_then(|reader| reader.read_exact(&mut bytes)) {
            Ok(()) => Ok(bytes),
            Err(error) => Err(self.wrong(name, error)),
        }
    }

    /// The file of a tensor, at its first number.
    fn reader(&mut self, info: &Info) -> io::Result<&mut Box<dyn ReadSeek>> {
        let part = self.parts.get_mut(info.file).ok_or(io::ErrorKind::NotFound)?;
        part.reader.seek(SeekFrom::Start(info.start))?;
        Ok(&mut part.reader)
    }

    /// The finite numbers of a tensor of this shape; dimensions of 1 do not count.
    fn floats(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, InferError> {
        let info = self.tensors.get(name).cloned().ok_or_else(|| self.wrong(name, "absent"))?;
        let thick = |size: &u64| *size != 1;
        let found: Vec<u64> = info.shape.iter().copied().filter(thick).collect();
        let wanted: Vec<u64> = shape.iter().map(|size| *size as u64).filter(thick).collect();
        if found != wanted {
            return Err(self.wrong(name, format!("{:?}, expected {shape:?}", info.shape)));
        }
        if let Kind::Other { .. } = info.kind {
            return Err(self.wrong(name, "its numbers are no floats"));
        }
        let values = match self.numbers(&info, shape.iter().product()) {
            Ok(values) => values,
            Err(error) => return Err(self.wrong(name, error)),
        };
        if values.iter().all(|value| value.is_finite()) {
            Ok(values)
        } else {
            Err(self.wrong(name, "holds values that are no numbers"))
        }
    }

    fn numbers(&mut self, info: &Info, count: usize) -> io::Result<Vec<f32>> {
        let width = info.kind.bytes();
        let bytes = usize::try_from(width).unwrap_or(8);
        let reader = self.reader(info)?;
        let Some(strides) = &info.strides else {
            return dense(reader, info.kind, count);
        };
        let last =
            info.shape.iter().zip(strides).map(|(size, stride)| (size - 1) * stride).sum::<u64>();
        let span = usize::try_from(last + 1).unwrap_or(usize::MAX);
        let mut data = vec![0; span.saturating_mul(bytes)];
        reader.read_exact(&mut data)?;
        let mut place = vec![0u64; info.shape.len()];
        let mut values = Vec::with_capacity(count);
        for _ in 0..count {
            let at: u64 = place.iter().zip(strides).map(|(place, stride)| place * stride).sum();
            let start = usize::try_from(at).unwrap_or(0) * bytes;
            values.push(number(info.kind, &data[start..start + bytes]));
            for (place, size) in place.iter_mut().zip(&info.shape).rev() {
                *place += 1;
                if *place < *size {
                    break;
                }
                *place = 0;
            }
        }
        Ok(values)
    }
}

impl Weights for Checkpoint {
    fn has_tensor(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    fn vector(&mut self, name: &str, len: usize) -> Result<Vec<f32>, InferError> {
        self.floats(name, &[len])
    }

    fn matrix(&mut self, name: &str, rows: usize, columns: usize) -> Result<Vec<f32>, InferError> {
        self.floats(name, &[rows, columns])
    }

    fn linear(&mut self, name: &str, rows: usize, columns: usize) -> Result<Linear, InferError> {
        let values = self.floats(name, &[rows, columns])?;
        let block = super::kernels::BLOCK;
        if self.precision == Precision::Float32 || !columns.is_multiple_of(block) {
            return Ok(Linear::from_floats(&values, columns));
        }
        match PackedMatrix::from_blocks(BlockFormat::Q8_0, rows, columns, &quantised(&values)) {
            Ok(matrix) => Ok(Linear::from_packed(matrix)),
            Err(error) => Err(self.wrong(name, error)),
        }
    }
}

/// Every tensor lies within the file.
fn check(tensors: &HashMap<String, Info>, file_bytes: u64) -> Result<(), Cause> {
    for (name, info) in tensors {
        let last = match &info.strides {
            None => info.count(),
            Some(strides) => {
                info.shape.iter().zip(strides).try_fold(1u64, |last, (size, stride)| {
                    last.checked_add(size.saturating_sub(1).checked_mul(*stride)?)
                })
            }
        };
        let end = last
            .and_then(|count| count.checked_mul(info.kind.bytes()))
            .and_then(|bytes| bytes.checked_add(info.start));
        if end.is_none_or(|end| end > file_bytes) || info.count().is_none() {
            let shape = &info.shape;
            return Err(format!(
                "tensor `{name}` {shape:?} does not fit the {file_bytes} bytes of the file"
            )
            .into());
        }
    }
    Ok(())
}

/// Tensors and the length of the file.
type Listing = (HashMap<String, Info>, u64);

/// The format by its first bytes, and the tensors in it.
fn list(reader: &mut Box<dyn ReadSeek>) -> (&'static str, Result<Listing, Cause>) {
    let mut first = [0u8; 9];
    let mut begin = |reader: &mut Box<dyn ReadSeek>| -> io::Result<u64> {
        let length = reader.seek(SeekFrom::End(0))?;
        reader.seek(SeekFrom::Start(0))?;
        if length >= 9 {
            reader.read_exact(&mut first)?;
        }
        reader.seek(SeekFrom::Start(0))?;
        Ok(length)
    };
    let length = match begin(reader) {
        Ok(length) => length,
        Err(error) => return ("a checkpoint", Err(error.into())),
    };
    let with_length = |tensors: Result<HashMap<String, Info>, Cause>| Ok((tensors?, length));
    if first.starts_with(b"PK\x03\x04") {
        ("a PyTorch checkpoint", with_length(torch::zipped(reader)))
    } else if first[0] == 0x80 && first[8] != b'{' {
        ("a PyTorch checkpoint", with_length(torch::legacy(reader)))
    } else {
        ("safetensors", with_length(safetensors::header(reader, length)))
    }
}

/// `count` numbers that stand one behind the other. The bytes pass through a small buffer: pages that are touched for the
/// first time cost more than the reading.
fn dense(reader: &mut impl Read, kind: Kind, count: usize) -> io::Result<Vec<f32>> {
    let width = usize::try_from(kind.bytes()).unwrap_or(8);
    let mut buffer = vec![0; BUFFER * width];
    let mut values = Vec::with_capacity(count);
    while values.len() < count {
        let next = BUFFER.min(count - values.len());
        let bytes = &mut buffer[..next * width];
        reader.read_exact(bytes)?;
        match kind {
            Kind::F32 => values.extend(bytes.as_chunks().0.iter().copied().map(f32::from_le_bytes)),
            Kind::F16 => {
                let halves = bytes.as_chunks().0.iter().copied().map(f16::from_le_bytes);
                let first = values.len();
                values.resize(first + next, 0.0);
                halves.collect::<Vec<_>>().convert_to_f32_slice(&mut values[first..]);
            }
            _ => values.extend(bytes.chunks_exact(width).map(|bytes| number(kind, bytes))),
        }
    }
    Ok(values)
}

#[expect(clippy::cast_possible_truncation, reason = "networks compute in 32 bits")]
fn number(kind: Kind, bytes: &[u8]) -> f32 {
    match kind {
        Kind::F64 => first(bytes).map_or(f32::NAN, |bytes| f64::from_le_bytes(bytes) as f32),
        Kind::F32 => first(bytes).map_or(f32::NAN, f32::from_le_bytes),
        Kind::F16 => first(bytes).map_or(f32::NAN, |bytes| f16::from_le_bytes(bytes).to_f32()),
        Kind::Bf16 => first(bytes).map_or(f32::NAN, |bytes| bf16::from_le_bytes(bytes).to_f32()),
        Kind::Other { .. } => f32::NAN,
    }
}

fn first<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.first_chunk().copied()
}

/// Floats as the bytes of `Q8_0` blocks: each 32 with the scale `max|x| / 127`, in half precision.
fn quantised(values: &[f32]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(values.len() / 32 * 34);
    for block in values.as_chunks::<32>().0 {
        let peak = block.iter().fold(0f32, |peak, value| peak.max(value.abs()));
        let scale = f16::from_f32(peak / 127.0);
        let inverse = if scale > f16::ZERO { 1.0 / scale.to_f32() } else { 0.0 };
        bytes.extend(scale.to_le_bytes());
        #[expect(clippy::cast_possible_truncation, reason = "rounded and clamped to 8 bits")]
        let integer = |value: &f32| (value * inverse).round().clamp(-127.0, 127.0) as i8;
        bytes.extend(block.iter().map(|value| integer(value).cast_unsigned()));
    }
    bytes
}
