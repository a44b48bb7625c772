//! A GGUF file: its metadata and its tensors.
//!
//! Owns: the way from the bytes of a tensor to the form the kernels want.
//! In: a verified [`ModelFile`]. Out: metadata values, vectors and linear layers.
//! Never: the meaning of a tensor; the layout of the header (`gguf` reads it).

use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

use candle_core::Device;
use candle_core::quantized::ggml_file::qtensor_from_ggml;
use candle_core::quantized::{GgmlDType, QTensor};

use super::adapter::Adapter;
use super::error::InferError;
use super::gguf::{Header, TensorInfo, Value};
use super::kernels::{BlockFormat, PackedMatrix};
use super::nn::Linear;
use crate::ports::{Cause, ModelFile, ReadSeek};

/// Tensors by name, whatever the format of their file.
pub(crate) trait Weights {
    /// Whether there is a tensor of this name.
    fn has_tensor(&self, name: &str) -> bool;

    /// A vector of `len` finite floats.
    ///
    /// # Errors
    /// [`InferError::Tensor`] if it is absent, has another shape, or holds what is no number.
    fn vector(&mut self, name: &str, len: usize) -> Result<Vec<f32>, InferError>;

    /// The finite floats of a matrix `[rows, columns]`, row by row.
    ///
    /// # Errors
    /// As [`vector`](Self::vector).
    fn matrix(&mut self, name: &str, rows: usize, columns: usize) -> Result<Vec<f32>, InferError>;

    /// A matrix `[rows, columns]` in the form it is multiplied in.
    ///
    /// # Errors
    /// As [`vector`](Self::vector).
    fn linear(&mut self, name: &str, rows: usize, columns: usize) -> Result<Linear, InferError>;
}

/// An open GGUF file.
pub(crate) struct GgufFile {
    header: Header,
    reader: Box<dyn ReadSeek>,
    path: PathBuf,
    sha256: String,
    adapter: Option<Box<Adapter>>,
}

impl GgufFile {
    /// Reads the header.
    ///
    /// # Errors
    /// [`InferError::Format`] if it is not GGUF, or its counts do not fit the file.
    pub(crate) fn read(file: ModelFile) -> Result<Self, InferError> {
        let ModelFile { mut reader, path, sha256 } = file;
        match Header::read(&mut reader) {
            Ok(header) => Ok(Self { header, reader, path, sha256, adapter: None }),
            Err(source) => {
                Err(InferError::Format { path, format: "GGUF", source: Box::new(source) })
            }
        }
    }

    /// Lets `adapter` correct the matrices that are read from now on.
    ///
    /// # Errors
    /// As [`Adapter::read`].
    pub(crate) fn adapt(&mut self, adapter: ModelFile) -> Result<(), InferError> {
        let architecture = self.text("general.architecture").unwrap_or_default();
        self.adapter = Some(Box::new(Adapter::read(adapter, architecture)?));
        Ok(())
    }

    /// Says whether all of the adapter, if there is one, was for matrices that were read.
    ///
    /// # Errors
    /// As [`Adapter::finish`].
    pub(crate) fn finish(&self) -> Result<(), InferError> {
        self.adapter.as_ref().map_or(Ok(()), |adapter| adapter.finish())
    }

    /// The names of all tensors.
    pub(crate) fn tensors(&self) -> impl Iterator<Item = &str> {
        self.header.tensors.keys().map(String::as_str)
    }

    pub(crate) fn path(&self) -> &PathBuf {
        &self.path
    }

    pub(crate) fn sha256(&self) -> &str {
        &self.sha256
    }

    fn value(&self, key: &str) -> Option<&Value> {
        self.header.values.get(key)
    }

    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        match self.value(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn number(&self, key: &str) -> Option<usize> {
        match self.value(key) {
            Some(Value::Integer(number)) => usize::try_from(*number).ok(),
            _ => None,
        }
    }

    pub(crate) fn float(&self, key: &str) -> Option<f32> {
        match self.value(key) {
            Some(Value::Float(number)) => Some(narrow(*number)),
            _ => None,
        }
    }

    pub(crate) fn flag(&self, key: &str) -> Option<bool> {
        match self.value(key) {
            Some(Value::Flag(flag)) => Some(*flag),
            _ => None,
        }
    }

    /// Takes an array of strings out of the metadata; large vocabularies are not copied.
    pub(crate) fn take_texts(&mut self, key: &str) -> Option<Vec<String>> {
        match self.header.values.remove(key) {
            Some(Value::Texts(texts)) => Some(texts),
            _ => None,
        }
    }

    pub(crate) fn take_floats(&mut self, key: &str) -> Option<Vec<f32>> {
        match self.header.values.remove(key) {
            Some(Value::Floats(numbers)) => Some(numbers.into_iter().map(narrow).collect()),
            _ => None,
        }
    }

    pub(crate) fn take_integers(&mut self, key: &str) -> Option<Vec<i32>> {
        match self.header.values.remove(key) {
            Some(Value::Integers(numbers)) => {
                numbers.into_iter().map(|number| i32::try_from(number).ok()).collect()
            }
            _ => None,
        }
    }

    pub(crate) fn has_value(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    pub(crate) fn has_tensor(&self, name: &str) -> bool {
        self.header.tensors.contains_key(name)
    }

    fn wrong(&self, tensor: &str, detail: impl Into<Cause>) -> InferError {
        let (tensor, path) = (tensor.to_owned(), self.path.clone());
        InferError::Tensor { tensor, path, detail: detail.into() }
    }

    fn info(&self, name: &str) -> Result<TensorInfo, InferError> {
        let info = self.header.tensors.get(name).cloned();
        info.ok_or_else(|| self.wrong(name, "absent"))
    }

    /// The bytes of a tensor of `values` values; asks for memory only after the file was seen to have them.
    fn bytes(
        &mut self,
        info: &TensorInfo,
        format: GgmlDType,
        values: usize,
    ) -> io::Result<Vec<u8>> {
        let start = self.header.data_start.saturating_add(info.offset);
        let bytes = (values / format.block_size()).saturating_mul(format.type_size());
        let left = self.header.file_bytes.saturating_sub(start);
        if left < bytes as u64 {
            let detail = format!("needs {bytes} bytes from byte {start} on, the file has {left}");
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, detail));
        }
        self.reader.seek(SeekFrom::Start(start))?;
        let mut data = vec![0; bytes];
        self.reader.read_exact(&mut data)?;
        Ok(data)
    }

    /// A tensor of exactly this shape, with its format.
    fn tensor(&mut self, name: &str, shape: &[usize]) -> Result<(GgmlDType, Vec<u8>), InferError> {
        let info = self.info(name)?;
        if !info.shape.iter().copied().eq(shape.iter().map(|&dimension| dimension as u64)) {
            let detail = format!("{:?}, expected {shape:?}", info.shape);
            return Err(self.wrong(name, detail));
        }
        let Some(format) = block_format(info.format) else {
            return Err(self.wrong(name, format!("format {} is not supported", info.format)));
        };
        let (columns, block) = (shape.last().copied().unwrap_or(0), format.block_size());
        if columns == 0 || !columns.is_multiple_of(block) {
            return Err(self.wrong(name, format!("{columns} columns are no blocks of {block}")));
        }
        match self.bytes(&info, format, shape.iter().product()) {
            Ok(bytes) => Ok((format, bytes)),
            Err(error) => Err(self.wrong(name, error)),
        }
    }

    /// A vector of `len` finite floats.
    pub(crate) fn vector(&mut self, name: &str, len: usize) -> Result<Vec<f32>, InferError> {
        let (format, bytes) = self.tensor(name, &[len])?;
        let values = if format == GgmlDType::F32 {
            bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
        } else {
            foreign(format, &bytes, &[len])?.dequantize(&Device::Cpu)?.to_vec1::<f32>()?
        };
        if values.iter().all(|value| value.is_finite()) {
            Ok(values)
        } else {
            Err(self.wrong(name, "holds values that are no numbers"))
        }
    }

    /// The finite floats of a matrix `[rows, columns]`, row by row.
    pub(crate) fn matrix(
        &mut self,
        name: &str,
        rows: usize,
        columns: usize,
    ) -> Result<Vec<f32>, InferError> {
        let (format, bytes) = self.tensor(name, &[rows, columns])?;
        let tensor = foreign(format, &bytes, &[rows, columns])?.dequantize(&Device::Cpu)?;
        let values = tensor.flatten_all()?.to_vec1::<f32>()?;
        if values.iter().all(|value| value.is_finite()) {
            Ok(values)
        } else {
            Err(self.wrong(name, "holds values that are no numbers"))
        }
    }

    /// Rows of a matrix; `None` for a tensor that is absent or none.
    pub(crate) fn rows(&self, name: &str) -> Option<usize> {
        match self.header.tensors.get(name)?.shape.as_slice() {
            [rows, _] => usize::try_from(*rows).ok(),
            _ => None,
        }
    }

    /// The matrix `[rows, columns]` in the best form there is for its format, with what the adapter has for it.
    pub(crate) fn linear(
        &mut self,
        name: &str,
        rows: usize,
        columns: usize,
    ) -> Result<Linear, InferError> {
        let matrix = self.plain_linear(name, rows, columns)?;
        match &mut self.adapter {
            Some(adapter) => adapter.adapt(name, matrix),
            None => Ok(matrix),
        }
    }

    fn plain_linear(
        &mut self,
        name: &str,
        rows: usize,
        columns: usize,
    ) -> Result<Linear, InferError> {
        let (format, bytes) = self.tensor(name, &[rows, columns])?;
        let packed = match format {
            GgmlDType::Q8_0 => BlockFormat::Q8_0,
            GgmlDType::Q5_0 => BlockFormat::Q5_0,
            GgmlDType::Q4_0 => BlockFormat::Q4_0,
            _ => return Linear::from_quantised(foreign(format, &bytes, &[rows, columns])?),
        };
        match PackedMatrix::from_blocks(packed, rows, columns, &bytes) {
            Ok(matrix) => Ok(Linear::from_packed(matrix)),
            Err(error) => Err(self.wrong(name, error)),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "written as 32 bits, or no need for more")]
fn narrow(number: f64) -> f32 {
    number as f32
}

/// The formats by ggml's numbers, as far as candle multiplies them.
fn block_format(number: u32) -> Option<GgmlDType> {
    Some(match number {
        0 => GgmlDType::F32,
        1 => GgmlDType::F16,
        2 => GgmlDType::Q4_0,
        3 => GgmlDType::Q4_1,
        6 => GgmlDType::Q5_0,
        7 => GgmlDType::Q5_1,
        8 => GgmlDType::Q8_0,
        10 => GgmlDType::Q2K,
        11 => GgmlDType::Q3K,
        12 => GgmlDType::Q4K,
        13 => GgmlDType::Q5K,
        14 => GgmlDType::Q6K,
        30 => GgmlDType::BF16,
        _ => return None,
    })
}

fn foreign(format: GgmlDType, bytes: &[u8], shape: &[usize]) -> Result<QTensor, InferError> {
    Ok(qtensor_from_ggml(format, bytes, shape.to_vec(), &Device::Cpu)?)
}
