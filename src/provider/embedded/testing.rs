//! Files for tests: a small model with random weights, written by hand, and every part of it open to change.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};

use crate::provider::embedded::tokenizer::{TEMPLATE, TokenKind, Vocabulary};

/// The scale of every block, 2⁻⁹, as a half float: weights lie within ±¼.
const SCALE: u16 = 6 << 10;

/// A file in parts.
#[derive(Debug, Clone)]
pub(super) struct File {
    pub(super) pairs: Vec<(String, Entry)>,
    pub(super) tensors: Vec<Weights>,
}

/// A value of metadata.
#[derive(Debug, Clone)]
pub(super) enum Entry {
    U32(u32),
    F32(f32),
    Flag(bool),
    Text(String),
    Texts(Vec<String>),
    F32s(Vec<f32>),
    I32s(Vec<i32>),
}

/// A tensor: `Q8_0` by ggml's number 8, single floats by 0.
#[derive(Debug, Clone)]
pub(super) struct Weights {
    pub(super) name: String,
    pub(super) shape: Vec<u64>,
    pub(super) kind: u32,
    pub(super) data: Vec<u8>,
}

/// Sizes of the small model: width, layers, heads, heads of keys, hidden, context.
pub(super) const WIDTH: usize = 32;
pub(super) const LAYERS: usize = 2;
pub(super) const HEADS: usize = 4;
pub(super) const KV_HEADS: usize = 2;
pub(super) const HIDDEN: usize = 64;
pub(super) const CONTEXT: usize = 96;

/// Makes a vocabulary of these merges, best first, on top of the tokens that must be.
pub(super) fn vocabulary(texts: &[&str]) -> Vocabulary {
    let mut vocabulary = Vocabulary::default();
    let mut add = |token: &str, score: f32, kind: TokenKind| {
        vocabulary.tokens.push(token.to_owned());
        vocabulary.scores.push(score);
        vocabulary.kinds.push(kind);
    };
    add("<unk>", 0.0, TokenKind::Unknown);
    for control in ["<s>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"] {
        add(control, 0.0, TokenKind::Control);
    }
    for byte in 0..=255_u8 {
        add(&format!("<0x{byte:02X}>"), 0.0, TokenKind::Byte);
    }
    let mut score = 0.0;
    for text in texts {
        score -= 1.0;
        add(text, score, TokenKind::Normal);
    }
    vocabulary
}

/// What the small model can say besides bytes.
pub(super) const TEXTS: &[&str] = &[
    "今天", "晴天", "雨天", "▁is", "unny", "今", "天", "晴", "雨", "是", "▁", "i", "s", "u", "n",
    "y", "un", "ny", "sunny", "。", "▁i", "a", "b",
];

impl File {
    /// Makes the small model; another seed, other weights.
    pub(super) fn small(seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let vocabulary = vocabulary(TEXTS);
        let mut tensors = vec![
            q8("token_embd", vocabulary.tokens.len(), WIDTH, &mut random),
            norm("output_norm", &mut random),
        ];
        let kv = WIDTH / HEADS * KV_HEADS;
        for layer in 0..LAYERS {
            for part in ["attn_norm", "ffn_norm"] {
                tensors.push(norm(&format!("blk.{layer}.{part}"), &mut random));
            }
            for (part, rows, columns) in [
                ("attn_q", WIDTH, WIDTH),
                ("attn_k", kv, WIDTH),
                ("attn_v", kv, WIDTH),
                ("attn_output", WIDTH, WIDTH),
                ("ffn_gate", HIDDEN, WIDTH),
                ("ffn_up", HIDDEN, WIDTH),
                ("ffn_down", WIDTH, HIDDEN),
            ] {
                tensors.push(q8(
                    &format!("blk.{layer}.{part}"),
                    rows,
                    columns,
                    &mut random,
                ));
            }
        }
        Self {
            pairs: pairs(&vocabulary),
            tensors,
        }
    }

    /// Sets a value, or adds it.
    pub(super) fn with(mut self, key: &str, entry: Entry) -> Self {
        match self.pairs.iter_mut().find(|(known, _)| known == key) {
            Some((_, value)) => *value = entry,
            None => self.pairs.push((key.to_owned(), entry)),
        }
        self
    }

    /// Leaves a value out.
    pub(super) fn without(mut self, key: &str) -> Self {
        self.pairs.retain(|(known, _)| known != key);
        self
    }

    /// Writes the file, version 3, aligned to 32 bytes.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut head = b"GGUF".to_vec();
        head.extend(3_u32.to_le_bytes());
        head.extend((self.tensors.len() as u64).to_le_bytes());
        head.extend((self.pairs.len() as u64).to_le_bytes());
        for (key, entry) in &self.pairs {
            text(&mut head, key);
            entry.write(&mut head);
        }
        let mut data = Vec::new();
        for tensor in &self.tensors {
            data.resize(data.len().next_multiple_of(32), 0);
            text(&mut head, &tensor.name);
            head.extend(
                u32::try_from(tensor.shape.len())
                    .expect("few")
                    .to_le_bytes(),
            );
            head.extend(tensor.shape.iter().flat_map(|size| size.to_le_bytes()));
            head.extend(tensor.kind.to_le_bytes());
            head.extend((data.len() as u64).to_le_bytes());
            data.extend(&tensor.data);
        }
        head.resize(head.len().next_multiple_of(32), 0);
        head.extend(data);
        head
    }
}

impl Entry {
    fn write(&self, to: &mut Vec<u8>) {
        let list = |to: &mut Vec<u8>, kind: u32, length: usize| {
            to.extend(9_u32.to_le_bytes());
            to.extend(kind.to_le_bytes());
            to.extend((length as u64).to_le_bytes());
        };
        match self {
            Self::U32(number) => {
                to.extend(4_u32.to_le_bytes());
                to.extend(number.to_le_bytes());
            }
            Self::F32(number) => {
                to.extend(6_u32.to_le_bytes());
                to.extend(number.to_le_bytes());
            }
            Self::Flag(flag) => {
                to.extend(7_u32.to_le_bytes());
                to.push(u8::from(*flag));
            }
            Self::Text(value) => {
                to.extend(8_u32.to_le_bytes());
                text(to, value);
            }
            Self::Texts(values) => {
                list(to, 8, values.len());
                for value in values {
                    text(to, value);
                }
            }
            Self::F32s(values) => {
                list(to, 6, values.len());
                to.extend(values.iter().flat_map(|value| value.to_le_bytes()));
            }
            Self::I32s(values) => {
                list(to, 5, values.len());
                to.extend(values.iter().flat_map(|value| value.to_le_bytes()));
            }
        }
    }
}

fn text(to: &mut Vec<u8>, text: &str) {
    to.extend((text.len() as u64).to_le_bytes());
    to.extend(text.as_bytes());
}

fn pairs(vocabulary: &Vocabulary) -> Vec<(String, Entry)> {
    let count = |number: usize| Entry::U32(u32::try_from(number).expect("small"));
    let kinds = vocabulary.kinds.iter().map(|kind| *kind as i32);
    [
        ("general.architecture", Entry::Text("llama".to_owned())),
        ("llama.context_length", count(CONTEXT)),
        ("llama.embedding_length", count(WIDTH)),
        ("llama.block_count", count(LAYERS)),
        ("llama.feed_forward_length", count(HIDDEN)),
        ("llama.attention.head_count", count(HEADS)),
        ("llama.attention.head_count_kv", count(KV_HEADS)),
        ("llama.rope.dimension_count", count(WIDTH / HEADS)),
        ("llama.attention.layer_norm_rms_epsilon", Entry::F32(1e-5)),
        ("tokenizer.ggml.model", Entry::Text("llama".to_owned())),
        (
            "tokenizer.ggml.tokens",
            Entry::Texts(vocabulary.tokens.clone()),
        ),
        (
            "tokenizer.ggml.scores",
            Entry::F32s(vocabulary.scores.clone()),
        ),
        ("tokenizer.ggml.token_type", Entry::I32s(kinds.collect())),
        ("tokenizer.ggml.unknown_token_id", count(0)),
        ("tokenizer.ggml.bos_token_id", count(1)),
        ("tokenizer.ggml.eos_token_id", count(2)),
        ("tokenizer.ggml.add_bos_token", Entry::Flag(false)),
        ("tokenizer.ggml.add_space_prefix", Entry::Flag(false)),
        ("tokenizer.chat_template", Entry::Text(TEMPLATE.to_owned())),
    ]
    .map(|(key, entry)| (key.to_owned(), entry))
    .to_vec()
}

fn q8(name: &str, rows: usize, columns: usize, random: &mut ChaCha8Rng) -> Weights {
    let mut data = Vec::new();
    for _ in 0..rows * columns / 32 {
        data.extend(SCALE.to_le_bytes());
        data.extend((0..32).map(|_| random.random_range(-127_i8..=127).cast_unsigned()));
    }
    Weights {
        name: format!("{name}.weight"),
        shape: vec![columns as u64, rows as u64],
        kind: 8,
        data,
    }
}

fn norm(name: &str, random: &mut ChaCha8Rng) -> Weights {
    let weights = (0..WIDTH).map(|_| random.random_range(0.5_f32..1.5));
    Weights {
        name: format!("{name}.weight"),
        shape: vec![WIDTH as u64],
        kind: 0,
        data: weights.flat_map(f32::to_le_bytes).collect(),
    }
}
