//! A file of a model, loaded once.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use crate::domain::{Sha256Hex, sha256_hex};
use crate::provider::embedded::LoadError;
use crate::provider::embedded::gguf::Gguf;
use crate::provider::embedded::model::{Dims, Model};
use crate::provider::embedded::tokenizer::Tokenizer;

/// The model that ships inside `pw`: made by the trainer of this repository, for this repository.
const SHIPPED: &[u8] = include_bytes!("weather.gguf");
/// Its hash, as `sha256sum weather.gguf` prints it; a test holds it to the file.
const SHIPPED_HASH: &str = include_str!("weather.gguf.sha256");
/// The largest file that is read: widened to single floats it takes four times as much memory, and a model of this size is
/// served faster by a llama.cpp server.
const MOST_BYTES: u64 = 64 << 20;

/// A vocabulary and the weights that go with it.
#[derive(Debug)]
pub struct Weights {
    pub(super) tokenizer: Tokenizer,
    pub(super) model: Model,
    hash: Sha256Hex,
}

impl Weights {
    /// Returns the model that ships inside `pw`, loading it the first time (about 10 ms).
    pub fn shipped() -> Result<Arc<Self>, LoadError> {
        static LOADED: LazyLock<Result<Arc<Weights>, LoadError>> = LazyLock::new(|| {
            let hash = SHIPPED_HASH.split_whitespace().next().unwrap_or_default();
            Weights::new(SHIPPED, hash.to_owned()).map(Arc::new)
        });
        LOADED.clone()
    }

    /// Reads a file of at most 64 MiB.
    ///
    /// Errors: it cannot be read, is too large, or is no model of this kind.
    pub fn read(path: &Path) -> Result<Self, LoadError> {
        let file = || path.display().to_string();
        let unreadable = |error: std::io::Error| LoadError::Unreadable {
            file: file(),
            reason: error.to_string(),
        };
        let mut bytes = Vec::new();
        let mut opened = File::open(path).map_err(unreadable)?.take(MOST_BYTES + 1);
        opened.read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > MOST_BYTES {
            return Err(LoadError::TooLarge { file: file() });
        }
        Self::of(&bytes).map_err(|error| error.in_file(file()))
    }

    /// Loads the bytes of a file.
    ///
    /// Errors: it is no GGUF, of another architecture, or with another tokenizer.
    pub fn of(bytes: &[u8]) -> Result<Self, LoadError> {
        Self::new(bytes, sha256_hex(bytes))
    }

    fn new(bytes: &[u8], hash: Sha256Hex) -> Result<Self, LoadError> {
        let gguf = Gguf::read(bytes)?;
        // The architecture first: it is what a stranger's file most likely differs in.
        Dims::of(&gguf)?;
        let tokenizer = Tokenizer::of(&gguf)?;
        let model = Model::of(&gguf, tokenizer.size())?;
        Ok(Self {
            tokenizer,
            model,
            hash,
        })
    }

    /// Names what decides an answer besides the request: the file and the program that computes it.
    pub(super) fn identity(&self) -> String {
        format!("{} (pw {})", self.hash, env!("CARGO_PKG_VERSION"))
    }

    /// Returns the SHA-256 of its file.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Returns its tokenizer.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// Returns its model.
    pub fn model(&self) -> &Model {
        &self.model
    }
}
