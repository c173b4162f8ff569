//! GGUF: the file that `llama.cpp` keeps a model in. Metadata by key, tensors by name, every offset and length checked.
//!
//! Little-endian: `GGUF`, version, counts, key-value pairs, descriptions of tensors, padding, data. Nothing is copied but
//! names: values and tensors are views of the bytes, so that a hostile file can cost no more memory than its own length
//! (and a constant for each of its entries, whose number is bounded).
//!
//! Source: `docs/gguf.md` of ggml; versions 2 and 3 differ in byte order alone, and big-endian files are refused.

mod bytes;
mod error;
mod f16;
mod tensor;
mod value;

use std::collections::BTreeMap;

use crate::provider::embedded::gguf::bytes::Bytes;
use crate::provider::embedded::gguf::value::Value;

pub use error::GgufError;
pub use f16::f32_of_f16;
pub use tensor::{Q8_BLOCK, Tensor, TensorType};

/// The most key-value pairs, and the most tensors, of a file; known models have a few hundred.
const MOST_ENTRIES: u64 = 4096;
/// Where the data of a tensor begins is a multiple of this, unless `general.alignment` says otherwise.
const ALIGNMENT: u64 = 32;

/// A file, read: a view of its bytes.
#[derive(Debug)]
pub struct Gguf<'a> {
    values: BTreeMap<&'a str, Value<'a>>,
    tensors: BTreeMap<&'a str, Tensor<'a>>,
}

impl<'a> Gguf<'a> {
    /// Reads a file's head and checks that all of its data is there.
    ///
    /// Errors: what is wrong and at which byte. No input panics.
    pub fn read(file: &'a [u8]) -> Result<Self, GgufError> {
        let mut bytes = Bytes::new(file);
        let magic = bytes.take(4, "the magic number")?;
        if magic != b"GGUF" {
            return Err(GgufError::Magic {
                found: magic.escape_ascii().to_string(),
            });
        }
        let version = bytes.u32("the version")?;
        if !(2..=3).contains(&version) {
            return Err(GgufError::Version { found: version });
        }
        let tensors = bytes.count(MOST_ENTRIES, "tensors")?;
        let pairs = bytes.count(MOST_ENTRIES, "key-value pairs")?;
        let mut gguf = Self {
            values: BTreeMap::new(),
            tensors: BTreeMap::new(),
        };
        for _ in 0..pairs {
            let key = bytes.text("a key")?;
            let value = Value::read(&mut bytes, key)?;
            if gguf.values.insert(key, value).is_some() {
                return Err(GgufError::Twice {
                    name: key.to_owned(),
                });
            }
        }
        gguf.read_tensors(&mut bytes, tensors)?;
        Ok(gguf)
    }

    fn read_tensors(&mut self, bytes: &mut Bytes<'a>, count: u64) -> Result<(), GgufError> {
        let mut heads = Vec::new();
        for _ in 0..count {
            heads.push(tensor::Head::read(bytes)?);
        }
        let alignment = self.alignment()?;
        let data = bytes.aligned(alignment);
        for head in heads {
            let name = head.name;
            let tensor = head.place(data, alignment)?;
            if self.tensors.insert(name, tensor).is_some() {
                return Err(GgufError::Twice {
                    name: name.to_owned(),
                });
            }
        }
        Ok(())
    }

    fn alignment(&self) -> Result<u64, GgufError> {
        let key = "general.alignment";
        if !self.values.contains_key(key) {
            return Ok(ALIGNMENT);
        }
        let found = self.count(key)? as u64;
        if !found.is_power_of_two() {
            return Err(GgufError::value(key, found.to_string(), "a power of two"));
        }
        Ok(found)
    }

    /// Tells whether a key is there.
    pub fn has(&self, key: &str) -> bool {
        self.values.contains_key(key)
    }

    /// Lists all keys.
    pub fn keys(&self) -> impl Iterator<Item = &'a str> {
        self.values.keys().copied()
    }

    /// Returns a text.
    pub fn text(&self, key: &str) -> Result<&'a str, GgufError> {
        match self.value(key)? {
            Value::Text(text) => Ok(text),
            other => Err(GgufError::value(key, other.kind(), "a string")),
        }
    }

    /// Returns a whole number that is not negative and fits 32 bits: sizes, counts and token ids.
    pub fn count(&self, key: &str) -> Result<usize, GgufError> {
        let expected = "a whole number from 0 to 4294967295";
        match self.value(key)? {
            Value::Whole(number) => u32::try_from(*number)
                .ok()
                .and_then(|number| usize::try_from(number).ok())
                .ok_or_else(|| GgufError::value(key, number.to_string(), expected)),
            other => Err(GgufError::value(key, other.kind(), expected)),
        }
    }

    /// Returns a number with a point.
    pub fn number(&self, key: &str) -> Result<f32, GgufError> {
        match self.value(key)? {
            Value::Real(number) => Ok(*number),
            other => Err(GgufError::value(key, other.kind(), "a 32-bit float")),
        }
    }

    /// Returns a yes or no.
    pub fn flag(&self, key: &str) -> Result<bool, GgufError> {
        match self.value(key)? {
            Value::Flag(flag) => Ok(*flag),
            other => Err(GgufError::value(key, other.kind(), "a boolean")),
        }
    }

    /// Returns a list of texts.
    pub fn texts(&self, key: &str) -> Result<&[&'a str], GgufError> {
        match self.value(key)? {
            Value::Texts(texts) => Ok(texts),
            other => Err(GgufError::value(key, other.kind(), "a list of strings")),
        }
    }

    /// Returns a list of 32-bit floats.
    pub fn numbers(&self, key: &str) -> Result<Vec<f32>, GgufError> {
        let found = self.value(key)?;
        found
            .words(value::F32)
            .map(|words| words.map(f32::from_le_bytes).collect())
            .ok_or_else(|| GgufError::value(key, found.kind(), "a list of 32-bit floats"))
    }

    /// Returns a list of 32-bit integers.
    pub fn integers(&self, key: &str) -> Result<Vec<i32>, GgufError> {
        let found = self.value(key)?;
        found
            .words(value::I32)
            .map(|words| words.map(i32::from_le_bytes).collect())
            .ok_or_else(|| GgufError::value(key, found.kind(), "a list of 32-bit integers"))
    }

    /// Returns a tensor.
    pub fn tensor(&self, name: &str) -> Option<&Tensor<'a>> {
        self.tensors.get(name)
    }

    /// Lists the names of all tensors.
    pub fn tensor_names(&self) -> impl Iterator<Item = &'a str> {
        self.tensors.keys().copied()
    }

    fn value(&self, key: &str) -> Result<&Value<'a>, GgufError> {
        self.values.get(key).ok_or_else(|| GgufError::Missing {
            what: "key",
            name: key.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests;
