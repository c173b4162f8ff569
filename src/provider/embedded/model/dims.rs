//! The sizes of a model, as its metadata gives them.

use crate::provider::embedded::gguf::{Gguf, GgufError};

/// Keys of the architecture that are read here. Any other one would change what the model computes.
const KNOWN: &[&str] = &[
    "llama.attention.head_count",
    "llama.attention.head_count_kv",
    "llama.attention.key_length",
    "llama.attention.layer_norm_rms_epsilon",
    "llama.attention.value_length",
    "llama.block_count",
    "llama.context_length",
    "llama.embedding_length",
    "llama.feed_forward_length",
    "llama.rope.dimension_count",
    "llama.rope.freq_base",
    "llama.vocab_size",
];
/// The base of rotary positions where a file gives none.
const ROPE_BASE: f32 = 10_000.0;

/// The sizes of a llama, in numbers (not bytes).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dims {
    /// Numbers that stand for a token between layers.
    pub width: usize,
    /// Layers.
    pub layers: usize,
    /// Heads that ask.
    pub heads: usize,
    /// Heads that are asked; each serves `heads / kv_heads` of the others.
    pub kv_heads: usize,
    /// Numbers of one head.
    pub head: usize,
    /// Numbers between the two halves of a feed-forward layer.
    pub hidden: usize,
    /// Tokens that prompt and answer may have together.
    pub context: usize,
    /// Added to the mean square in `RMSNorm`.
    pub epsilon: f32,
    /// Base of the rotary positions.
    pub rope_base: f32,
}

impl Dims {
    /// Reads the sizes of a file.
    ///
    /// Errors: another architecture, a key that this forward pass does not know, sizes that do not fit each other.
    pub fn of(gguf: &Gguf<'_>) -> Result<Self, GgufError> {
        let key = "general.architecture";
        let found = gguf.text(key)?;
        if found != "llama" {
            let found = format!("`{}`", found.escape_debug());
            return Err(GgufError::value(key, found, "`llama`"));
        }
        if let Some(unknown) = gguf
            .keys()
            .find(|key| key.starts_with("llama.") && !KNOWN.contains(key))
        {
            return Err(GgufError::Unknown {
                what: "key",
                name: unknown.to_owned(),
            });
        }
        let heads = positive(gguf, "llama.attention.head_count")?;
        let width = positive(gguf, "llama.embedding_length")?;
        let dims = Self {
            width,
            layers: positive(gguf, "llama.block_count")?,
            heads,
            kv_heads: or(gguf, "llama.attention.head_count_kv", heads)?,
            head: width / heads,
            hidden: positive(gguf, "llama.feed_forward_length")?,
            context: positive(gguf, "llama.context_length")?,
            epsilon: gguf.number("llama.attention.layer_norm_rms_epsilon")?,
            rope_base: if gguf.has("llama.rope.freq_base") {
                gguf.number("llama.rope.freq_base")?
            } else {
                ROPE_BASE
            },
        };
        dims.check(gguf)?;
        Ok(dims)
    }

    fn check(&self, gguf: &Gguf<'_>) -> Result<(), GgufError> {
        let wrong = |key, found: usize, expected: String| {
            Err(GgufError::value(key, found.to_string(), expected))
        };
        if !self.width.is_multiple_of(self.heads) || !self.head.is_multiple_of(2) {
            let expected = format!("an even multiple of {} heads", self.heads);
            return wrong("llama.embedding_length", self.width, expected);
        }
        if !self.heads.is_multiple_of(self.kv_heads) {
            let expected = format!("a divisor of {} heads", self.heads);
            return wrong("llama.attention.head_count_kv", self.kv_heads, expected);
        }
        for key in [
            "llama.rope.dimension_count",
            "llama.attention.key_length",
            "llama.attention.value_length",
        ] {
            let found = or(gguf, key, self.head)?;
            if found != self.head {
                return wrong(key, found, format!("{}, the size of a head", self.head));
            }
        }
        for (key, found) in [
            ("llama.attention.layer_norm_rms_epsilon", self.epsilon),
            ("llama.rope.freq_base", self.rope_base),
        ] {
            if !(found.is_finite() && found > 0.0) {
                return Err(GgufError::value(key, found.to_string(), "a number above 0"));
            }
        }
        Ok(())
    }

    /// Returns the numbers of keys, and of values, that a token leaves behind in a layer.
    pub(super) fn kv_width(&self) -> usize {
        self.kv_heads * self.head
    }
}

fn positive(gguf: &Gguf<'_>, key: &str) -> Result<usize, GgufError> {
    match gguf.count(key)? {
        0 => Err(GgufError::value(key, "0", "a whole number from 1")),
        count => Ok(count),
    }
}

fn or(gguf: &Gguf<'_>, key: &str, default: usize) -> Result<usize, GgufError> {
    if gguf.has(key) {
        positive(gguf, key)
    } else {
        Ok(default)
    }
}
