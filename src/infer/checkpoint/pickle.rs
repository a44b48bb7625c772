//! The part of Python's pickle language that tensors are written in.
//!
//! Owns: the opcodes up to protocol 5 that `PyTorch` uses. A pickle can name any function and have it called; here, names are
//! held against a short list and nothing is ever called: a pickle that names anything else is refused.
//! In: bytes. Out: one value.
//! Source: `Lib/pickletools.py` of `CPython`.

use std::collections::HashMap;
use std::io::Read;

use crate::ports::Cause;

/// Values on the stack and in the memo, at most.
const MAX_VALUES: usize = 1 << 24;
/// The longest text or integer, bytes.
const MAX_TEXT_BYTES: usize = 1 << 20;

/// What a pickle describes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    None,
    Flag(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    Tuple(Vec<Value>),
    List(Vec<Value>),
    /// Pairs in the order they were set.
    Dict(Vec<(Value, Value)>),
    /// `module.name`; on the list of known names.
    Global(String),
    /// A storage of numbers, by its persistent id.
    Stored(Box<Value>),
    /// A known function and what it was to be called with.
    Call(String, Vec<Value>),
}

/// Names that a checkpoint of tensors has; storage classes are recognised by their form.
const KNOWN: [&str; 6] = [
    "collections.OrderedDict",
    "torch._utils._rebuild_tensor_v2",
    "torch._utils._rebuild_parameter",
    "torch._utils._rebuild_tensor",
    "torch.Size",
    "torch.serialization._get_layout",
];

fn is_known(name: &str) -> bool {
    let storage = name.strip_prefix("torch.").and_then(|name| name.strip_suffix("Storage"));
    let is_storage =
        storage.is_some_and(|kind| kind.chars().all(|letter| letter.is_ascii_alphanumeric()));
    KNOWN.contains(&name) || is_storage
}

/// Reads one pickle, up to its end mark.
///
/// # Errors
/// What is wrong with it, and the name it must not use.
pub(super) fn read(reader: &mut dyn Read) -> Result<Value, Cause> {
    Machine { reader, stack: Vec::new(), marks: Vec::new(), memo: HashMap::new() }.run()
}

struct Machine<'r> {
    reader: &'r mut dyn Read,
    stack: Vec<Value>,
    /// Heights of the stack at which marks stand.
    marks: Vec<usize>,
    memo: HashMap<u32, Value>,
}

impl Machine<'_> {
    fn run(mut self) -> Result<Value, Cause> {
        loop {
            let [code] = self.bytes::<1>()?;
            if code == b'.' {
                return self.pop();
            }
            if self.stack.len().max(self.memo.len()) > MAX_VALUES {
                return Err("the pickle holds too many values".into());
            }
            if !(self.literal(code)?
                || self.structure(code)?
                || self.keep(code)?
                || self.object(code)?)
            {
                return Err(format!("pickle code {code:#04x} is not one that tensors need").into());
            }
        }
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Cause> {
        let mut bytes = [0; N];
        self.reader.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn run_of(&mut self, length: usize) -> Result<Vec<u8>, Cause> {
        if length > MAX_TEXT_BYTES {
            return Err(format!("a text of {length} bytes is too long").into());
        }
        let mut bytes = vec![0; length];
        self.reader.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn line(&mut self) -> Result<String, Cause> {
        let mut line = Vec::new();
        loop {
            match self.bytes::<1>()? {
                [b'\n'] => return Ok(String::from_utf8(line)?),
                [byte] if line.len() < MAX_TEXT_BYTES => line.push(byte),
                _ => return Err("a name is too long".into()),
            }
        }
    }

    fn pop(&mut self) -> Result<Value, Cause> {
        self.stack.pop().ok_or_else(|| "the pickle takes more than it gave".into())
    }

    /// What stands above the last mark.
    fn above_mark(&mut self) -> Result<Vec<Value>, Cause> {
        let at = self.marks.pop().filter(|at| *at <= self.stack.len());
        Ok(self.stack.split_off(at.ok_or("the pickle lacks a mark")?))
    }

    fn integer(&mut self, length: usize) -> Result<Value, Cause> {
        let bytes = self.run_of(length)?;
        if length > 10 {
            return Err("an integer is too long".into());
        }
        let negative = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
        let mut value: i128 = if negative { -1 } else { 0 };
        for byte in bytes.iter().rev() {
            value = value << 8 | i128::from(*byte);
        }
        // The magic number of old files needs 77 bits; what is beyond 64 is told by its low bits.
        #[expect(clippy::cast_possible_truncation, reason = "see above")]
        Ok(Value::Integer(value as i64))
    }

    fn text(&mut self, length: usize) -> Result<Value, Cause> {
        Ok(Value::Text(String::from_utf8(self.run_of(length)?)?))
    }

    fn literal(&mut self, code: u8) -> Result<bool, Cause> {
        let value = match code {
            b'N' => Value::None,
            0x88 => Value::Flag(true),
            0x89 => Value::Flag(false),
            b'K' => Value::Integer(i64::from(self.bytes::<1>()?[0])),
            b'M' => Value::Integer(i64::from(u16::from_le_bytes(self.bytes()?))),
            b'J' => Value::Integer(i64::from(i32::from_le_bytes(self.bytes()?))),
            0x8a => {
                let [length] = self.bytes::<1>()?;
                self.integer(usize::from(length))?
            }
            b'G' => Value::Float(f64::from_be_bytes(self.bytes()?)),
            b'X' => {
                let length = u32::from_le_bytes(self.bytes()?);
                self.text(usize::try_from(length)?)?
            }
            0x8c | b'U' => {
                let [length] = self.bytes::<1>()?;
                self.text(usize::from(length))?
            }
            b')' => Value::Tuple(Vec::new()),
            b']' => Value::List(Vec::new()),
            b'}' => Value::Dict(Vec::new()),
            _ => return Ok(false),
        };
        self.stack.push(value);
        Ok(true)
    }

    fn structure(&mut self, code: u8) -> Result<bool, Cause> {
        match code {
            b'(' => self.marks.push(self.stack.len()),
            b't' => {
                let values = self.above_mark()?;
                self.stack.push(Value::Tuple(values));
            }
            0x85..=0x87 => {
                let count = usize::from(code - 0x84);
                let at = self
                    .stack
                    .len()
                    .checked_sub(count)
                    .ok_or("the pickle takes more than it gave")?;
                let values = self.stack.split_off(at);
                self.stack.push(Value::Tuple(values));
            }
            b'a' => {
                let value = self.pop()?;
                self.append(vec![value])?;
            }
            b'e' => {
                let values = self.above_mark()?;
                self.append(values)?;
            }
            b's' => {
                let (value, key) = (self.pop()?, self.pop()?);
                self.set(vec![key, value])?;
            }
            b'u' => {
                let values = self.above_mark()?;
                self.set(values)?;
            }
            b'0' => {
                self.pop()?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn append(&mut self, values: Vec<Value>) -> Result<(), Cause> {
        match self.stack.last_mut() {
            Some(Value::List(list)) => list.extend(values),
            _ => return Err("the pickle appends to what is no list".into()),
        }
        Ok(())
    }

    fn set(&mut self, values: Vec<Value>) -> Result<(), Cause> {
        let Some(Value::Dict(pairs)) = self.stack.last_mut() else {
            return Err("the pickle sets a key of what is no dictionary".into());
        };
        let mut values = values.into_iter();
        while let (Some(key), Some(value)) = (values.next(), values.next()) {
            pairs.push((key, value));
        }
        Ok(())
    }

    /// The memo: values that are named again later.
    fn keep(&mut self, code: u8) -> Result<bool, Cause> {
        let slot = match code {
            b'q' | b'h' => u32::from(self.bytes::<1>()?[0]),
            b'r' | b'j' => u32::from_le_bytes(self.bytes()?),
            0x94 => u32::try_from(self.memo.len())?,
            _ => return Ok(false),
        };
        if matches!(code, b'h' | b'j') {
            let value = self.memo.get(&slot).cloned();
            self.stack.push(value.ok_or("the pickle recalls what it never kept")?);
        } else if let Some(value) = self.stack.last().cloned() {
            // A container is kept as it is now: those of checkpoints are filled before they are recalled, or never are.
            self.memo.insert(slot, value);
        }
        Ok(true)
    }

    fn object(&mut self, code: u8) -> Result<bool, Cause> {
        match code {
            0x80 => {
                let [version] = self.bytes::<1>()?;
                if version > 5 {
                    return Err(format!("pickle protocol {version} is not known").into());
                }
            }
            0x95 => {
                self.bytes::<8>()?;
            }
            b'c' => {
                let (module, name) = (self.line()?, self.line()?);
                self.global(&module, &name)?;
            }
            0x93 => match (self.pop()?, self.pop()?) {
                (Value::Text(name), Value::Text(module)) => self.global(&module, &name)?,
                _ => return Err("the pickle names a class without a name".into()),
            },
            b'Q' => {
                let id = self.pop()?;
                self.stack.push(Value::Stored(Box::new(id)));
            }
            b'R' | 0x81 => match (self.pop()?, self.pop()?) {
                (Value::Tuple(arguments), Value::Global(name)) => {
                    self.stack.push(match name.as_str() {
                        "collections.OrderedDict" => Value::Dict(Vec::new()),
                        _ => Value::Call(name, arguments),
                    });
                }
                _ => return Err("the pickle calls what is no function".into()),
            },
            // State of an object, such as `_metadata` of a state dictionary: of no use here.
            b'b' => {
                self.pop()?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn global(&mut self, module: &str, name: &str) -> Result<(), Cause> {
        let name = format!("{module}.{name}");
        if !is_known(&name) {
            return Err(format!(
                "the pickle names `{name}`, which is no part of a tensor; it is not opened"
            )
            .into());
        }
        self.stack.push(Value::Global(name));
        Ok(())
    }
}
