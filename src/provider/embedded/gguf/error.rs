//! What is wrong with a file of a model.

/// A file that is no GGUF, is cut, or holds what this reader does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GgufError {
    /// The first bytes are others.
    #[error("begins with `{found}`, expected `GGUF`: this is no file of that format")]
    Magic {
        /// What was found, escaped.
        found: String,
    },
    /// A version that is not read.
    #[error("is GGUF version {found}, expected 2 or 3 (little-endian)")]
    Version {
        /// What was found.
        found: u32,
    },
    /// The file ends too early.
    #[error(
        "ends inside {what}: {needed} bytes are needed at byte {at} and {left} are left; the file was cut"
    )]
    Cut {
        /// What was being read.
        what: &'static str,
        /// Where, in bytes.
        at: usize,
        /// Bytes needed there.
        needed: u64,
        /// Bytes left there.
        left: usize,
    },
    /// A count that no real file has.
    #[error("says at byte {at} that it has {found} {what}, expected at most {most}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// Where, in bytes.
        at: usize,
        /// What was found.
        found: u64,
        /// The bound.
        most: u64,
    },
    /// A string that is no UTF-8.
    #[error("has {what} at byte {at} that is not UTF-8")]
    Utf8 {
        /// What was being read.
        what: &'static str,
        /// Where, in bytes.
        at: usize,
    },
    /// A key or a tensor that is there twice.
    #[error("has `{name}` twice")]
    Twice {
        /// Its name.
        name: String,
    },
    /// A key or a tensor that is not there.
    #[error("has no {what} `{name}`")]
    Missing {
        /// `key` or `tensor`.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// A key or a tensor that would change what the model computes, and is not known here.
    #[error("has a {what} `{name}`, which this reader does not know: it serves plain llama models")]
    Unknown {
        /// `key` or `tensor`.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// A type of a value that is not known.
    #[error(
        "has a value of type {found} under `{key}`, expected a type from 0 to 12, and no list of lists"
    )]
    ValueType {
        /// The key.
        key: String,
        /// The type's number.
        found: u32,
    },
    /// A value that does not fit.
    #[error("has {found} under `{key}`, expected {expected}")]
    Value {
        /// The key.
        key: String,
        /// What was found.
        found: String,
        /// What was expected.
        expected: String,
    },
    /// A type of a tensor that is not read.
    #[error("has tensor `{name}` in ggml's type {found}, expected F32 (0), F16 (1) or Q8_0 (8)")]
    TensorType {
        /// The tensor.
        name: String,
        /// The type's number.
        found: u32,
    },
    /// A tensor that does not fit.
    #[error("has a tensor `{name}` that {problem}")]
    Tensor {
        /// The tensor.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl GgufError {
    /// Makes the error of a value that does not fit.
    pub(in crate::provider::embedded) fn value(
        key: &str,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self::Value {
            key: key.to_owned(),
            found: found.into(),
            expected: expected.into(),
        }
    }
}
