//! Tensors: their heads, where their data lies, and their numbers.

use crate::provider::embedded::gguf::bytes::Bytes;
use crate::provider::embedded::gguf::{GgufError, f32_of_f16};

/// Weights that share a scale in `Q8_0`.
pub const Q8_BLOCK: usize = 32;
/// Bytes of such a block: a half float, then a signed byte a weight.
const Q8_BYTES: usize = 2 + Q8_BLOCK;
/// The most dimensions that ggml knows.
const MOST_DIMENSIONS: u32 = 4;

/// How numbers are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TensorType {
    /// Single floats.
    F32,
    /// Half floats.
    F16,
    /// Blocks of 32 signed bytes with a half float as their scale.
    Q8_0,
}

impl TensorType {
    fn read(name: &str, number: u32) -> Result<Self, GgufError> {
        match number {
            0 => Ok(Self::F32),
            1 => Ok(Self::F16),
            8 => Ok(Self::Q8_0),
            _ => Err(GgufError::TensorType {
                name: name.to_owned(),
                found: number,
            }),
        }
    }

    /// Returns how many numbers lie in how many bytes.
    fn block(self) -> (u64, u64) {
        match self {
            Self::F32 => (1, 4),
            Self::F16 => (1, 2),
            Self::Q8_0 => (Q8_BLOCK as u64, Q8_BYTES as u64),
        }
    }
}

/// A tensor's description; its data comes later in the file.
#[derive(Debug)]
pub(super) struct Head<'a> {
    pub(super) name: &'a str,
    shape: Vec<u64>,
    kind: TensorType,
    offset: u64,
}

impl<'a> Head<'a> {
    pub(super) fn read(bytes: &mut Bytes<'a>) -> Result<Self, GgufError> {
        let name = bytes.text("the name of a tensor")?;
        let dimensions = bytes.u32("the dimensions of a tensor")?;
        if dimensions > MOST_DIMENSIONS {
            return Err(GgufError::Tensor {
                name: name.to_owned(),
                problem: format!("has {dimensions} dimensions, expected at most 4"),
            });
        }
        let shape = (0..dimensions)
            .map(|_| bytes.u64("the size of a tensor"))
            .collect::<Result<_, _>>()?;
        let kind = TensorType::read(name, bytes.u32("the type of a tensor")?)?;
        let offset = bytes.u64("the offset of a tensor")?;
        Ok(Self {
            name,
            shape,
            kind,
            offset,
        })
    }

    /// Finds the tensor's numbers in the data of the file.
    pub(super) fn place(self, data: &'a [u8], alignment: u64) -> Result<Tensor<'a>, GgufError> {
        let wrong = |problem: String| GgufError::Tensor {
            name: self.name.to_owned(),
            problem,
        };
        if !self.offset.is_multiple_of(alignment) {
            let offset = self.offset;
            return Err(wrong(format!(
                "lies at {offset}, expected a multiple of {alignment}"
            )));
        }
        let (numbers, bytes) = self.kind.block();
        let row = self.shape.first().copied().unwrap_or(1);
        if !row.is_multiple_of(numbers) {
            return Err(wrong(format!(
                "has rows of {row} weights, expected a multiple of {numbers}"
            )));
        }
        let length = self
            .shape
            .iter()
            .try_fold(1u64, |product, size| product.checked_mul(*size))
            .and_then(|count| (count / numbers).checked_mul(bytes));
        let place = length.and_then(|length| {
            let start = usize::try_from(self.offset).ok()?;
            let end = start.checked_add(usize::try_from(length).ok()?)?;
            data.get(start..end)
        });
        let Some(bytes) = place else {
            let length = length.map_or("more".to_owned(), |length| length.to_string());
            return Err(wrong(format!(
                "needs {length} bytes from {} on, and the file has {} bytes of data: it was cut, or is none of this format",
                self.offset,
                data.len()
            )));
        };
        Ok(Tensor {
            shape: self.shape,
            kind: self.kind,
            bytes,
        })
    }
}

/// A tensor: a view of its numbers.
#[derive(Debug)]
pub struct Tensor<'a> {
    shape: Vec<u64>,
    kind: TensorType,
    /// As they lie in the file.
    pub(in crate::provider::embedded) bytes: &'a [u8],
}

impl Tensor<'_> {
    /// Returns its sizes, the innermost first: a matrix of `out` rows and `in` columns is `[in, out]`.
    pub fn shape(&self) -> &[u64] {
        &self.shape
    }

    /// Returns how its numbers are kept.
    pub fn kind(&self) -> TensorType {
        self.kind
    }

    /// Returns its numbers, row after row.
    pub fn to_f32(&self) -> Vec<f32> {
        match self.kind {
            TensorType::F32 => {
                let numbers = self.bytes.as_chunks().0.iter();
                numbers.map(|bytes| f32::from_le_bytes(*bytes)).collect()
            }
            TensorType::F16 => {
                let numbers = self.bytes.as_chunks().0.iter();
                numbers
                    .map(|bytes| f32_of_f16(u16::from_le_bytes(*bytes)))
                    .collect()
            }
            TensorType::Q8_0 => {
                let blocks = self.bytes.as_chunks::<Q8_BYTES>().0.iter();
                blocks
                    .flat_map(|[low, high, weights @ ..]| {
                        let scale = f32_of_f16(u16::from_le_bytes([*low, *high]));
                        weights
                            .iter()
                            .map(move |weight| scale * f32::from(weight.cast_signed()))
                    })
                    .collect()
            }
        }
    }
}
