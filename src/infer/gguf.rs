//! The header of a GGUF file: metadata and a list of tensors.
//!
//! Owns: the format itself, versions 2 and 3, little-endian. Every length is checked against the file
//! before memory is asked for, so a damaged or hostile header costs no more than the file is long.
//! In: a reader. Out: a [`Header`].
//! Never: the meaning of a key, the contents of a tensor.
//!
//! Source: the GGUF specification, ggml-org/ggml, `docs/gguf.md`.

use std::collections::HashMap;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

const MAGIC: [u8; 4] = *b"GGUF";
/// Where `general.alignment` is absent, tensors begin at multiples of this.
const DEFAULT_ALIGNMENT: u64 = 32;
/// ggml itself has no tensors of more dimensions.
const MAX_DIMENSIONS: u32 = 4;
/// Arrays may hold arrays; nobody needs more levels, and each would take stack.
const MAX_NESTING: usize = 4;

/// Why a header cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum GgufError {
    /// The file ends early, or the system failed.
    #[error("cannot read on at byte {at}")]
    Io { at: u64, source: io::Error },
    #[error("the file does not begin with `GGUF`")]
    Magic,
    #[error("version {found}; 2 and 3 are supported")]
    Version { found: u32 },
    #[error("byte {at}: {count} {what} do not fit the {left} bytes that are left")]
    Count { at: u64, what: &'static str, count: u64, left: u64 },
    #[error("byte {at}: unknown kind of value: {kind}")]
    Kind { at: u64, kind: u32 },
    #[error("arrays are nested deeper than {MAX_NESTING}")]
    Nesting,
    #[error("comes twice: `{name}`")]
    Duplicate { name: String },
    #[error("alignment is no power of two: {found}")]
    Alignment { found: i64 },
    #[error("tensor `{name}` has {dimensions} dimensions, at most {MAX_DIMENSIONS} are possible")]
    Dimensions { name: String, dimensions: u32 },
}

/// One value of the metadata; numbers are widened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// Numbers above the range of `i64` become its maximum: no key has a use for them.
    Integer(i64),
    Float(f64),
    Flag(bool),
    Text(String),
    Texts(Vec<String>),
    Integers(Vec<i64>),
    Floats(Vec<f64>),
    /// Arrays of flags and of arrays, which no key we read has.
    Other,
}

/// Where a tensor is and what it looks like.
#[derive(Clone, Debug)]
pub(crate) struct TensorInfo {
    /// Slowest dimension first: `[rows, columns]`.
    pub(crate) shape: Vec<u64>,
    /// ggml's number of the block format.
    pub(crate) format: u32,
    /// Bytes from the start of the tensor data.
    pub(crate) offset: u64,
}

/// What stands before the tensor data.
#[derive(Debug)]
pub(crate) struct Header {
    pub(crate) values: HashMap<String, Value>,
    pub(crate) tensors: HashMap<String, TensorInfo>,
    /// Byte at which the tensor data begins.
    pub(crate) data_start: u64,
    /// Bytes of the whole file.
    pub(crate) file_bytes: u64,
}

impl Header {
    /// Reads the header of a file from its first byte on.
    ///
    /// # Errors
    /// [`GgufError`] says what does not fit the format.
    pub(crate) fn read(reader: &mut (impl Read + Seek)) -> Result<Self, GgufError> {
        let io = |source| GgufError::Io { at: 0, source };
        let file_bytes = reader.seek(SeekFrom::End(0)).map_err(io)?;
        reader.seek(SeekFrom::Start(0)).map_err(io)?;
        let inner = BufReader::with_capacity(1 << 18, reader);
        let mut source = Source { inner, at: 0, file_bytes };
        if source.array::<4>()? != MAGIC {
            return Err(GgufError::Magic);
        }
        let version = source.u32()?;
        if !(2..=3).contains(&version) {
            return Err(GgufError::Version { found: version });
        }
        let (tensor_count, value_count) = (source.u64()?, source.u64()?);
        let mut values = HashMap::new();
        // A value takes at least its name's length, its kind and one byte.
        for _ in 0..source.checked_count(value_count, 8 + 4 + 1, "values")? {
            let (name, kind) = (source.text()?, source.u32()?);
            let value = source.value(kind)?;
            insert(&mut values, name, value)?;
        }
        let mut tensors = HashMap::new();
        for _ in 0..source.checked_count(tensor_count, 8 + 4 + 4 + 8, "tensors")? {
            let name = source.text()?;
            let info = source.tensor(&name)?;
            insert(&mut tensors, name, info)?;
        }
        let alignment = match values.get("general.alignment") {
            Some(Value::Integer(found)) => u64::try_from(*found)
                .ok()
                .filter(|alignment| alignment.is_power_of_two() && *alignment <= 1 << 20)
                .ok_or(GgufError::Alignment { found: *found })?,
            _ => DEFAULT_ALIGNMENT,
        };
        let data_start = source.at.next_multiple_of(alignment);
        Ok(Self { values, tensors, data_start, file_bytes })
    }
}

fn insert<T>(map: &mut HashMap<String, T>, name: String, value: T) -> Result<(), GgufError> {
    if map.contains_key(&name) {
        return Err(GgufError::Duplicate { name });
    }
    map.insert(name, value);
    Ok(())
}

/// A reader that knows where it stands and how long the file is.
struct Source<R> {
    inner: BufReader<R>,
    at: u64,
    file_bytes: u64,
}

impl<R: Read> Source<R> {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), GgufError> {
        let at = self.at;
        self.inner.read_exact(bytes).map_err(|source| GgufError::Io { at, source })?;
        self.at += bytes.len() as u64;
        Ok(())
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], GgufError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn u32(&mut self) -> Result<u32, GgufError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn u64(&mut self) -> Result<u64, GgufError> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    /// `count`, once it is clear that so many things of `each` bytes can stand in the rest of the file.
    fn checked_count(&self, count: u64, each: u64, what: &'static str) -> Result<usize, GgufError> {
        let left = self.file_bytes.saturating_sub(self.at);
        let fits = count.checked_mul(each).is_some_and(|bytes| bytes <= left);
        let error = GgufError::Count { at: self.at, what, count, left };
        if fits { usize::try_from(count).map_err(|_| error) } else { Err(error) }
    }

    fn text(&mut self) -> Result<String, GgufError> {
        let length = self.u64()?;
        let mut bytes = vec![0; self.checked_count(length, 1, "bytes of a string")?];
        self.fill(&mut bytes)?;
        // Vocabularies in the wild hold pieces of characters.
        Ok(String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    fn integer(&mut self, kind: u32) -> Result<i64, GgufError> {
        Ok(match kind {
            0 => self.array::<1>()?[0].into(),
            1 => i8::from_le_bytes(self.array()?).into(),
            2 => u16::from_le_bytes(self.array()?).into(),
            3 => i16::from_le_bytes(self.array()?).into(),
            4 => self.u32()?.into(),
            5 => i32::from_le_bytes(self.array()?).into(),
            10 => i64::try_from(self.u64()?).unwrap_or(i64::MAX),
            11 => i64::from_le_bytes(self.array()?),
            _ => return Err(GgufError::Kind { at: self.at, kind }),
        })
    }

    fn float(&mut self, kind: u32) -> Result<f64, GgufError> {
        Ok(match kind {
            6 => f32::from_le_bytes(self.array()?).into(),
            12 => f64::from_le_bytes(self.array()?),
            _ => return Err(GgufError::Kind { at: self.at, kind }),
        })
    }

    fn value(&mut self, kind: u32) -> Result<Value, GgufError> {
        Ok(match kind {
            6 | 12 => Value::Float(self.float(kind)?),
            7 => Value::Flag(self.array::<1>()? != [0]),
            8 => Value::Text(self.text()?),
            9 => self.values(0)?,
            _ => Value::Integer(self.integer(kind)?),
        })
    }

    /// An array, from the kind of its elements on.
    fn values(&mut self, depth: usize) -> Result<Value, GgufError> {
        let (kind, count) = (self.u32()?, self.u64()?);
        let each = match kind {
            0 | 1 | 7 => 1,
            2 | 3 => 2,
            4..=6 => 4,
            8 | 10..=12 => 8,
            9 => 4 + 8,
            _ => return Err(GgufError::Kind { at: self.at, kind }),
        };
        let count = 0..self.checked_count(count, each, "elements of an array")?;
        Ok(match kind {
            6 | 12 => Value::Floats(count.map(|_| self.float(kind)).collect::<Result<_, _>>()?),
            8 => Value::Texts(count.map(|_| self.text()).collect::<Result<_, _>>()?),
            7 => {
                for _ in count {
                    self.array::<1>()?;
                }
                Value::Other
            }
            9 if depth + 1 >= MAX_NESTING => return Err(GgufError::Nesting),
            9 => {
                for _ in count {
                    self.values(depth + 1)?;
                }
                Value::Other
            }
            _ => Value::Integers(count.map(|_| self.integer(kind)).collect::<Result<_, _>>()?),
        })
    }

    fn tensor(&mut self, name: &str) -> Result<TensorInfo, GgufError> {
        let dimensions = self.u32()?;
        if dimensions > MAX_DIMENSIONS {
            return Err(GgufError::Dimensions { name: name.to_owned(), dimensions });
        }
        // The file has the fastest dimension first.
        let mut shape = (0..dimensions).map(|_| self.u64()).collect::<Result<Vec<_>, _>>()?;
        shape.reverse();
        Ok(TensorInfo { shape, format: self.u32()?, offset: self.u64()? })
    }
}
