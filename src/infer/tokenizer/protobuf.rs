//! The wire format of protocol buffers, as far as a sentencepiece model needs it.
//!
//! Owns: numbers of variable length, fields and their lengths. Nothing is copied, so a hostile length costs nothing.
//! In: the bytes of one message. Out: its fields in their order, unknown ones too; the caller skips those.
//! Never: the meaning of a field.
//! Source: the encoding guide of protocol buffers (`protobuf.dev/programming-guides/encoding`).

/// Bytes of the longest number: 64 bits, 7 a byte.
const MAX_VARINT_BYTES: usize = 10;

/// Why bytes are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum WireError {
    #[error("the message ends inside a field")]
    Truncated,
    #[error("a number is longer than 64 bits")]
    Number,
    #[error("field {field} has the unsupported wire type {found}")]
    WireType { field: u64, found: u64 },
    #[error("field {field} is not {expected}")]
    Kind { field: u64, expected: &'static str },
}

/// The contents of a field, by its wire type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Contents<'m> {
    Number(u64),
    /// Text, bytes or a message.
    Bytes(&'m [u8]),
    Fixed32([u8; 4]),
    Fixed64([u8; 8]),
}

/// One field of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Field<'m> {
    pub(super) number: u64,
    pub(super) contents: Contents<'m>,
}

impl<'m> Field<'m> {
    pub(super) fn bytes(self) -> Result<&'m [u8], WireError> {
        match self.contents {
            Contents::Bytes(bytes) => Ok(bytes),
            _ => Err(self.other("bytes")),
        }
    }

    pub(super) fn number(self) -> Result<u64, WireError> {
        match self.contents {
            Contents::Number(number) => Ok(number),
            _ => Err(self.other("a number")),
        }
    }

    pub(super) fn flag(self) -> Result<bool, WireError> {
        Ok(self.number()? != 0)
    }

    pub(super) fn float(self) -> Result<f32, WireError> {
        match self.contents {
            Contents::Fixed32(bytes) => Ok(f32::from_le_bytes(bytes)),
            _ => Err(self.other("a float")),
        }
    }

    fn other(self, expected: &'static str) -> WireError {
        WireError::Kind { field: self.number, expected }
    }
}

/// The fields of a message; ends behind the first error.
pub(super) struct Fields<'m> {
    rest: &'m [u8],
}

impl<'m> Fields<'m> {
    pub(super) fn of(message: &'m [u8]) -> Self {
        Self { rest: message }
    }

    fn varint(&mut self) -> Result<u64, WireError> {
        let mut value = 0_u64;
        for index in 0..MAX_VARINT_BYTES {
            let (byte, rest) = self.rest.split_first().ok_or(WireError::Truncated)?;
            self.rest = rest;
            let bits = u64::from(byte & 0x7F);
            let shift = 7 * index;
            // Of the tenth byte only one bit fits.
            if shift == 63 && bits > 1 {
                return Err(WireError::Number);
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(WireError::Number)
    }

    fn take(&mut self, length: u64) -> Result<&'m [u8], WireError> {
        let length = usize::try_from(length).map_err(|_| WireError::Truncated)?;
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(WireError::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(WireError::Truncated)?;
        self.rest = rest;
        Ok(*taken)
    }

    fn field(&mut self) -> Result<Field<'m>, WireError> {
        let tag = self.varint()?;
        let number = tag >> 3;
        let contents = match tag & 7 {
            0 => Contents::Number(self.varint()?),
            1 => Contents::Fixed64(self.array()?),
            2 => {
                let length = self.varint()?;
                Contents::Bytes(self.take(length)?)
            }
            5 => Contents::Fixed32(self.array()?),
            // 3 and 4 are groups, which proto2 has long given up.
            found => return Err(WireError::WireType { field: number, found }),
        };
        Ok(Field { number, contents })
    }
}

impl<'m> Iterator for Fields<'m> {
    type Item = Result<Field<'m>, WireError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(message: &[u8]) -> Vec<Result<Field<'_>, WireError>> {
        Fields::of(message).collect()
    }

    #[test]
    fn every_kind_of_field_is_read_in_its_order() {
        let message = [
            0x08, 0x96, 0x01, 0x12, 2, b'a', b'b', 0x1D, 0, 0, 0x80, 0x3F, 0x21, 1, 2, 3, 4, 5, 6,
            7, 8,
        ];
        let fields = all(&message);
        assert_eq!(fields[0].unwrap().number(), Ok(150));
        assert_eq!(fields[1].unwrap().bytes(), Ok(b"ab".as_slice()));
        assert_eq!(fields[2].unwrap().float().unwrap().to_bits(), 1.0_f32.to_bits());
        assert_eq!(fields[3].unwrap().contents, Contents::Fixed64([1, 2, 3, 4, 5, 6, 7, 8]));
        assert_eq!(fields.len(), 4);
    }

    #[test]
    fn what_is_no_message_is_told_and_ends_the_reading() {
        let tenth_byte_too_large = [0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2];
        for (message, error) in [
            ([0x08].as_slice(), WireError::Truncated),
            (&[0x12, 3, b'a'], WireError::Truncated),
            (&[0x12, 255, 255, 255, 255, 255, 255, 255, 255, 127], WireError::Truncated),
            (&tenth_byte_too_large, WireError::Number),
            (&[255; 12], WireError::Number),
            (&[0x0B, 1, 1], WireError::WireType { field: 1, found: 3 }),
        ] {
            assert_eq!(all(message), [Err(error)], "{message:?}");
        }
    }

    #[test]
    fn a_field_of_another_kind_is_told() {
        let field = all(&[0x08, 1])[0].unwrap();
        let told = field.float().unwrap_err().to_string();
        assert_eq!(told, "field 1 is not a float");
    }
}
