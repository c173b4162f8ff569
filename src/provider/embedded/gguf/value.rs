//! Values of metadata.

use crate::provider::embedded::gguf::GgufError;
use crate::provider::embedded::gguf::bytes::Bytes;

/// Numbers of the types in a file.
const U8: u32 = 0;
const I8: u32 = 1;
const U16: u32 = 2;
const I16: u32 = 3;
const U32: u32 = 4;
pub(super) const I32: u32 = 5;
pub(super) const F32: u32 = 6;
const BOOL: u32 = 7;
const TEXT: u32 = 8;
const LIST: u32 = 9;
const U64: u32 = 10;
const I64: u32 = 11;
const F64: u32 = 12;

/// The most entries of a list; the largest vocabularies have a quarter of it.
const MOST_ITEMS: u64 = 1 << 20;

/// A value; lists of numbers stay in the bytes of the file.
#[derive(Debug, PartialEq)]
pub(super) enum Value<'a> {
    Whole(i128),
    Real(f32),
    Double(f64),
    Flag(bool),
    Text(&'a str),
    Texts(Vec<&'a str>),
    Packed { kind: u32, bytes: &'a [u8] },
}

impl<'a> Value<'a> {
    /// Reads the type of a key's value, then the value.
    pub(super) fn read(bytes: &mut Bytes<'a>, key: &str) -> Result<Self, GgufError> {
        let what = "a value";
        Ok(match bytes.u32("the type of a value")? {
            U8 => Self::Whole(u8::from_le_bytes(bytes.array(what)?).into()),
            I8 => Self::Whole(i8::from_le_bytes(bytes.array(what)?).into()),
            U16 => Self::Whole(u16::from_le_bytes(bytes.array(what)?).into()),
            I16 => Self::Whole(i16::from_le_bytes(bytes.array(what)?).into()),
            U32 => Self::Whole(u32::from_le_bytes(bytes.array(what)?).into()),
            I32 => Self::Whole(i32::from_le_bytes(bytes.array(what)?).into()),
            U64 => Self::Whole(u64::from_le_bytes(bytes.array(what)?).into()),
            I64 => Self::Whole(i64::from_le_bytes(bytes.array(what)?).into()),
            F32 => Self::Real(f32::from_le_bytes(bytes.array(what)?)),
            F64 => Self::Double(f64::from_le_bytes(bytes.array(what)?)),
            BOOL => Self::Flag(bytes.array::<1>(what)? != [0]),
            TEXT => Self::Text(bytes.text(what)?),
            LIST => Self::read_list(bytes, key)?,
            other => return Err(unknown(key, other)),
        })
    }

    fn read_list(bytes: &mut Bytes<'a>, key: &str) -> Result<Self, GgufError> {
        let kind = bytes.u32("the type of a list")?;
        let count = bytes.count(MOST_ITEMS, "entries of a list")?;
        if kind == TEXT {
            let texts = (0..count).map(|_| bytes.text("an entry of a list"));
            return Ok(Self::Texts(texts.collect::<Result<_, _>>()?));
        }
        let size = size_of_scalar(kind).ok_or_else(|| unknown(key, kind))?;
        let bytes = bytes.take(count * size, "the entries of a list")?;
        Ok(Self::Packed { kind, bytes })
    }

    /// Returns the entries of a list of four bytes each, if it is one of this type.
    pub(super) fn words(&self, wanted: u32) -> Option<impl Iterator<Item = [u8; 4]>> {
        match self {
            Self::Packed { kind, bytes } if *kind == wanted => {
                Some(bytes.as_chunks().0.iter().copied())
            }
            _ => None,
        }
    }

    /// Says what it is, for an error.
    pub(super) fn kind(&self) -> String {
        match self {
            Self::Whole(number) => number.to_string(),
            Self::Real(number) => number.to_string(),
            Self::Double(_) => "a 64-bit float".to_owned(),
            Self::Flag(flag) => flag.to_string(),
            Self::Text(_) => "a string".to_owned(),
            Self::Texts(_) => "a list of strings".to_owned(),
            Self::Packed { .. } => "a list of numbers".to_owned(),
        }
    }
}

/// Bytes of one entry of a list; lists of lists are known to no reader.
fn size_of_scalar(kind: u32) -> Option<u64> {
    match kind {
        U8 | I8 | BOOL => Some(1),
        U16 | I16 => Some(2),
        U32 | I32 | F32 => Some(4),
        U64 | I64 | F64 => Some(8),
        _ => None,
    }
}

fn unknown(key: &str, kind: u32) -> GgufError {
    GgufError::ValueType {
        key: key.to_owned(),
        found: kind,
    }
}
