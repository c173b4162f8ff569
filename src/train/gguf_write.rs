//! The weights as a GGUF, version 3: what `llama.cpp` and this program's own reader read.
//!
//! Matrices are `Q8_0` (blocks of 32 numbers of a row with one scale), norms single floats.

use std::collections::BTreeMap;

use crate::provider::embedded::gguf::Q8_BLOCK;
use crate::provider::embedded::tokenizer::{TEMPLATE, Vocabulary};

/// Data of a tensor begins at a multiple of this.
const ALIGNMENT: usize = 32;

/// A file being put together.
#[derive(Debug, Default)]
pub struct GgufWriter {
    pairs: Vec<u8>,
    pair_count: u64,
    heads: Vec<u8>,
    data: Vec<u8>,
    tensor_count: u64,
}

impl GgufWriter {
    /// Adds a number without a sign.
    pub fn count(&mut self, key: &str, value: usize) {
        self.key(key, 4);
        self.pairs
            .extend(u32::try_from(value).unwrap_or(u32::MAX).to_le_bytes());
    }

    /// Adds a float.
    pub fn float(&mut self, key: &str, value: f32) {
        self.key(key, 6);
        self.pairs.extend(value.to_le_bytes());
    }

    /// Adds yes or no.
    pub fn flag(&mut self, key: &str, value: bool) {
        self.key(key, 7);
        self.pairs.push(u8::from(value));
    }

    /// Adds a text.
    pub fn text(&mut self, key: &str, value: &str) {
        self.key(key, 8);
        text(&mut self.pairs, value);
    }

    /// Adds a vocabulary, with the chat template and the tokens that have a part in it.
    pub fn vocabulary(&mut self, vocabulary: &Vocabulary) {
        self.text("tokenizer.ggml.model", "llama");
        self.list(
            "tokenizer.ggml.tokens",
            8,
            &vocabulary.tokens,
            |pairs, token| text(pairs, token),
        );
        self.list(
            "tokenizer.ggml.scores",
            6,
            &vocabulary.scores,
            |pairs, score| pairs.extend(score.to_le_bytes()),
        );
        self.list(
            "tokenizer.ggml.token_type",
            5,
            &vocabulary.kinds,
            |pairs, kind| pairs.extend((*kind as i32).to_le_bytes()),
        );
        for (key, token) in [("unknown", "<unk>"), ("bos", "<s>"), ("eos", "<|end|>")] {
            let id = vocabulary.tokens.iter().position(|other| other == token);
            self.count(&format!("tokenizer.ggml.{key}_token_id"), id.unwrap_or(0));
        }
        self.flag("tokenizer.ggml.add_bos_token", false);
        self.flag("tokenizer.ggml.add_space_prefix", false);
        self.text("tokenizer.chat_template", TEMPLATE);
    }

    /// Adds a tensor; `shape` is (rows, columns) or (length): ggml names the fastest dimension first.
    pub fn tensor(&mut self, name: &str, shape: &[usize], numbers: &[f32]) {
        self.tensor_count += 1;
        text(&mut self.heads, name);
        self.heads
            .extend(u32::try_from(shape.len()).unwrap_or(u32::MAX).to_le_bytes());
        for size in shape.iter().rev() {
            self.heads.extend((*size as u64).to_le_bytes());
        }
        let quantised =
            shape.len() > 1 && shape.last().is_some_and(|columns| columns % Q8_BLOCK == 0);
        let kind: u32 = if quantised { 8 } else { 0 };
        self.heads.extend(kind.to_le_bytes());
        self.heads.extend((self.data.len() as u64).to_le_bytes());
        if quantised {
            numbers
                .chunks(Q8_BLOCK)
                .for_each(|block| q8(&mut self.data, block));
        } else {
            self.data
                .extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        }
        pad(&mut self.data);
    }

    /// Returns the file.
    pub fn finish(self) -> Vec<u8> {
        let mut file = b"GGUF".to_vec();
        file.extend(3_u32.to_le_bytes());
        file.extend(self.tensor_count.to_le_bytes());
        file.extend(self.pair_count.to_le_bytes());
        file.extend(self.pairs);
        file.extend(self.heads);
        pad(&mut file);
        file.extend(self.data);
        file
    }

    fn key(&mut self, key: &str, kind: u32) {
        self.pair_count += 1;
        text(&mut self.pairs, key);
        self.pairs.extend(kind.to_le_bytes());
    }

    fn list<T>(&mut self, key: &str, kind: u32, values: &[T], write: impl Fn(&mut Vec<u8>, &T)) {
        self.key(key, 9);
        self.pairs.extend(kind.to_le_bytes());
        self.pairs.extend((values.len() as u64).to_le_bytes());
        for value in values {
            write(&mut self.pairs, value);
        }
    }
}

/// Writes a whole model.
pub fn model(
    shape: &crate::train::Shape,
    vocabulary: &Vocabulary,
    weights: &BTreeMap<String, (Vec<usize>, Vec<f32>)>,
) -> Vec<u8> {
    let mut file = GgufWriter::default();
    file.text("general.architecture", "llama");
    file.text("general.name", "weather");
    file.text("general.license", "MIT OR Apache-2.0");
    // `MOSTLY_Q8_0` of llama.cpp's file types.
    file.count("general.file_type", 7);
    file.count("general.quantization_version", 2);
    file.count("llama.vocab_size", vocabulary.tokens.len());
    file.count("llama.context_length", shape.context);
    file.count("llama.embedding_length", shape.width);
    file.count("llama.block_count", shape.layers);
    file.count("llama.feed_forward_length", shape.hidden);
    file.count("llama.attention.head_count", shape.heads);
    file.count("llama.attention.head_count_kv", shape.heads);
    file.count("llama.rope.dimension_count", shape.width / shape.heads);
    file.float("llama.rope.freq_base", crate::train::ROPE_BASE);
    file.float(
        "llama.attention.layer_norm_rms_epsilon",
        crate::train::EPSILON,
    );
    file.vocabulary(vocabulary);
    for (name, (shape, numbers)) in weights {
        file.tensor(name, shape, numbers);
    }
    file.finish()
}

fn text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend((text.len() as u64).to_le_bytes());
    bytes.extend(text.as_bytes());
}

fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
}

/// Writes one block: the scale as a half float, then each number over the scale.
///
/// Source: `quantize_row_q8_0_ref` of ggml.
fn q8(bytes: &mut Vec<u8>, block: &[f32]) {
    let greatest = block
        .iter()
        .fold(0.0_f32, |most, number| most.max(number.abs()));
    let scale = greatest / 127.0;
    let over = if scale == 0.0 { 0.0 } else { 1.0 / scale };
    bytes.extend(half(scale).to_le_bytes());
    #[expect(clippy::cast_possible_truncation, reason = "between -127 and 127")]
    bytes.extend(
        block
            .iter()
            .map(|number| (number * over).round() as i8)
            .flat_map(i8::to_le_bytes),
    );
}

/// Rounds a number that is not negative to a half float, ties to even; what is too small becomes 0.
fn half(number: f32) -> u16 {
    let bits = number.to_bits();
    // Exponents are biased by 127 and by 15.
    let Some(shifted) = bits
        .checked_sub((127 - 15) << 23)
        .filter(|shifted| *shifted >= 1 << 23)
    else {
        return subnormal(number);
    };
    let rounded = shifted + 0x0FFF + ((shifted >> 13) & 1);
    u16::try_from(rounded >> 13).map_or(0x7C00, |half| half.min(0x7C00))
}

/// Half floats below 2⁻¹⁴ are whole multiples of 2⁻²⁴.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "at most 1024, never negative"
)]
fn subnormal(number: f32) -> u16 {
    (number * 16_777_216.0).round_ties_even() as u16
}

#[cfg(test)]
mod tests;
