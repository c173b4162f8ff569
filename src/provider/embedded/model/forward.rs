//! The forward pass.

use crate::provider::embedded::model::matrix::{Matrix, dot};
use crate::provider::embedded::model::rope::Rotations;
use crate::provider::embedded::model::session::Memory;
use crate::provider::embedded::model::weights::Layer;
use crate::provider::embedded::model::{Dims, Model, Session};

/// Tokens that go through a layer together: enough to use each weight often, few enough to stay in a cache, and between two
/// of them an answer can be given up.
pub(in crate::provider::embedded) const BATCH: usize = 32;

/// Why a token cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// The context is full.
    #[error("{found} tokens were given, and the context has {context}")]
    Full {
        /// Tokens with those before.
        found: usize,
        /// Tokens of the context.
        context: usize,
    },
    /// A token that the model does not have.
    #[error("token {found} was given, and the vocabulary has {size}")]
    Token {
        /// Its id.
        found: u32,
        /// Size of the vocabulary.
        size: usize,
    },
}

impl Model {
    /// Reads tokens after those that the session has read, and returns the logits of what follows the last one: a number
    /// for each token of the vocabulary. Without tokens: none.
    ///
    /// Errors: a full context, or a token that is none; the session may then have read some of them.
    pub fn read(&self, session: &mut Session, tokens: &[u32]) -> Result<Vec<f32>, StepError> {
        let found = session.length + tokens.len();
        if found > self.dims.context {
            return Err(StepError::Full {
                found,
                context: self.dims.context,
            });
        }
        let mut last = Vec::new();
        for batch in tokens.chunks(BATCH) {
            last = self.read_batch(session, batch)?;
        }
        let mut logits = vec![
            0.0;
            if last.is_empty() {
                0
            } else {
                self.embedding.rows()
            }
        ];
        let output = self.output.as_ref().unwrap_or(&self.embedding);
        output.multiply(&normed(&last, &self.norm, self.dims.epsilon), &mut logits);
        Ok(logits)
    }

    /// Returns what stands for the last token after all layers.
    fn read_batch(&self, session: &mut Session, tokens: &[u32]) -> Result<Vec<f32>, StepError> {
        let dims = &self.dims;
        let mut stream = Vec::with_capacity(tokens.len() * dims.width);
        for token in tokens {
            let row = self.embedding.row(*token as usize);
            stream.extend_from_slice(row.ok_or(StepError::Token {
                found: *token,
                size: self.embedding.rows(),
            })?);
        }
        let rotations = Rotations::new(session.length, tokens.len(), dims.head, dims.rope_base);
        for (layer, memory) in self.layers.iter().zip(&mut session.memories) {
            let input = normed(&stream, &layer.attention_norm, dims.epsilon);
            add(
                &mut stream,
                &attention(dims, layer, memory, &rotations, &input),
            );
            let input = normed(&stream, &layer.feed_norm, dims.epsilon);
            add(&mut stream, &feed_forward(layer, &input));
        }
        session.length += tokens.len();
        Ok(stream.split_off(stream.len() - dims.width))
    }
}

/// Attention of new tokens (`n × width`) to themselves and all before.
fn attention(
    dims: &Dims,
    layer: &Layer,
    memory: &mut Memory,
    rotations: &Rotations,
    input: &[f32],
) -> Vec<f32> {
    let (width, kv_width) = (dims.width, dims.kv_width());
    let mut queries = product(&layer.query, input, width);
    let mut keys = product(&layer.key, input, width);
    rotations.turn(&mut queries, width);
    rotations.turn(&mut keys, kv_width);
    let before = memory.keys.len() / kv_width;
    memory.keys.extend_from_slice(&keys);
    memory
        .values
        .extend_from_slice(&product(&layer.value, input, width));
    let mut mixed = vec![0.0; queries.len()];
    let mut scores = Vec::new();
    let pairs = queries
        .chunks_exact(dims.head)
        .zip(mixed.chunks_exact_mut(dims.head));
    for (index, (query, mixed)) in pairs.enumerate() {
        let (token, head) = (index / dims.heads, index % dims.heads);
        let offset = head * dims.kv_heads / dims.heads * dims.head;
        let seen = before + token + 1;
        weigh(
            query,
            &memory.keys[..seen * kv_width],
            kv_width,
            offset,
            &mut scores,
        );
        for (score, value) in scores.iter().zip(memory.values.chunks_exact(kv_width)) {
            let value = &value[offset..][..dims.head];
            mixed
                .iter_mut()
                .zip(value)
                .for_each(|(m, v)| *m += score * v);
        }
    }
    product(&layer.out, &mixed, width)
}

/// Fills `scores` with the share of attention that each key gets: the softmax of `query · key / √head`.
#[expect(
    clippy::cast_precision_loss,
    reason = "the size of a head is far below 2^24"
)]
fn weigh(query: &[f32], keys: &[f32], kv_width: usize, offset: usize, scores: &mut Vec<f32>) {
    let scale = 1.0 / (query.len() as f32).sqrt();
    scores.clear();
    let each = keys.chunks_exact(kv_width);
    scores.extend(each.map(|key| scale * dot(query, &key[offset..][..query.len()])));
    let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut total = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - most).exp();
        total += *score;
    }
    for score in scores {
        *score /= total;
    }
}

fn feed_forward(layer: &Layer, input: &[f32]) -> Vec<f32> {
    let width = layer.feed_norm.len();
    let mut hidden = product(&layer.gate, input, width);
    let up = product(&layer.up, input, width);
    for (gate, up) in hidden.iter_mut().zip(&up) {
        *gate = *gate / (1.0 + (-*gate).exp()) * up;
    }
    product(&layer.down, &hidden, layer.up.rows())
}

/// Multiplies rows of `columns` numbers by a matrix.
fn product(matrix: &Matrix, input: &[f32], columns: usize) -> Vec<f32> {
    let mut output = vec![0.0; input.len() / columns * matrix.rows()];
    matrix.multiply(input, &mut output);
    output
}

/// Scales each row to a mean square of one, then by the weights (`RMSNorm`, Zhang and Sennrich 2019).
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "as ggml does: the sum in double floats, the rest in single ones"
)]
fn normed(rows: &[f32], weights: &[f32], epsilon: f32) -> Vec<f32> {
    let mut normed = Vec::with_capacity(rows.len());
    for row in rows.chunks_exact(weights.len()) {
        let sum: f64 = row.iter().map(|x| f64::from(x * x)).sum();
        let scale = 1.0 / ((sum / row.len() as f64) as f32 + epsilon).sqrt();
        normed.extend(row.iter().zip(weights).map(|(x, w)| x * scale * w));
    }
    normed
}

fn add(stream: &mut [f32], more: &[f32]) {
    stream.iter_mut().zip(more).for_each(|(s, m)| *s += m);
}
