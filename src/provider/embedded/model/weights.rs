//! Weights from a file.

use std::collections::BTreeSet;

use crate::provider::embedded::gguf::{Gguf, GgufError};
use crate::provider::embedded::model::Dims;
use crate::provider::embedded::model::matrix::Matrix;

/// A model, loaded: read-only, shared by all answers.
#[derive(Debug)]
pub struct Model {
    pub(super) dims: Dims,
    /// A row for each token.
    pub(super) embedding: Matrix,
    /// `None`: the embedding is the output too.
    pub(super) output: Option<Matrix>,
    pub(super) norm: Vec<f32>,
    pub(super) layers: Vec<Layer>,
}

/// One layer: attention, then feed-forward.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) attention_norm: Vec<f32>,
    pub(super) query: Matrix,
    pub(super) key: Matrix,
    pub(super) value: Matrix,
    pub(super) out: Matrix,
    pub(super) feed_norm: Vec<f32>,
    pub(super) gate: Matrix,
    pub(super) up: Matrix,
    pub(super) down: Matrix,
}

impl Model {
    /// Loads the weights of a file for a vocabulary of this many tokens.
    ///
    /// Errors: another architecture; a tensor that is missing, has another shape or is not known: it would be left out of
    /// the computation.
    pub fn of(gguf: &Gguf<'_>, vocabulary: usize) -> Result<Self, GgufError> {
        let dims = Dims::of(gguf)?;
        let mut source = Source {
            gguf,
            used: BTreeSet::new(),
        };
        let embedding = source.matrix("token_embd.weight", vocabulary, dims.width)?;
        let output = match gguf.tensor("output.weight") {
            Some(_) => Some(source.matrix("output.weight", vocabulary, dims.width)?),
            None => None,
        };
        let norm = source.vector("output_norm.weight", dims.width)?;
        let layers = (0..dims.layers).map(|number| source.layer(&dims, number));
        let layers = layers.collect::<Result<_, _>>()?;
        source.refuse_unused()?;
        Ok(Self {
            dims,
            embedding,
            output,
            norm,
            layers,
        })
    }

    /// Returns its sizes.
    pub fn dims(&self) -> &Dims {
        &self.dims
    }

    /// Counts its parameters.
    pub fn parameters(&self) -> usize {
        let layer = |l: &Layer| {
            let matrices = [&l.query, &l.key, &l.value, &l.out, &l.gate, &l.up, &l.down];
            let norms = l.attention_norm.len() + l.feed_norm.len();
            norms + matrices.iter().map(|m| m.parameters()).sum::<usize>()
        };
        self.embedding.parameters()
            + self.output.as_ref().map_or(0, Matrix::parameters)
            + self.norm.len()
            + self.layers.iter().map(layer).sum::<usize>()
    }
}

struct Source<'g, 'a> {
    gguf: &'g Gguf<'a>,
    used: BTreeSet<String>,
}

impl Source<'_, '_> {
    fn layer(&mut self, dims: &Dims, number: usize) -> Result<Layer, GgufError> {
        let name = |part: &str| format!("blk.{number}.{part}.weight");
        let (width, hidden, kv) = (dims.width, dims.hidden, dims.kv_width());
        Ok(Layer {
            attention_norm: self.vector(&name("attn_norm"), width)?,
            query: self.matrix(&name("attn_q"), width, width)?,
            key: self.matrix(&name("attn_k"), kv, width)?,
            value: self.matrix(&name("attn_v"), kv, width)?,
            out: self.matrix(&name("attn_output"), width, width)?,
            feed_norm: self.vector(&name("ffn_norm"), width)?,
            gate: self.matrix(&name("ffn_gate"), hidden, width)?,
            up: self.matrix(&name("ffn_up"), hidden, width)?,
            down: self.matrix(&name("ffn_down"), width, hidden)?,
        })
    }

    fn matrix(&mut self, name: &str, rows: usize, columns: usize) -> Result<Matrix, GgufError> {
        let weights = self.numbers(name, &[columns as u64, rows as u64])?;
        Ok(Matrix::new(columns, weights))
    }

    fn vector(&mut self, name: &str, length: usize) -> Result<Vec<f32>, GgufError> {
        self.numbers(name, &[length as u64])
    }

    fn numbers(&mut self, name: &str, shape: &[u64]) -> Result<Vec<f32>, GgufError> {
        let tensor = self.gguf.tensor(name).ok_or_else(|| GgufError::Missing {
            what: "tensor",
            name: name.to_owned(),
        })?;
        if tensor.shape() != shape {
            return Err(GgufError::Tensor {
                name: name.to_owned(),
                problem: format!("is {:?}, expected {shape:?}", tensor.shape()),
            });
        }
        self.used.insert(name.to_owned());
        Ok(tensor.to_f32())
    }

    fn refuse_unused(&self) -> Result<(), GgufError> {
        let unused = |name: &&str| !self.used.contains(*name);
        match self.gguf.tensor_names().find(unused) {
            Some(name) => Err(GgufError::Unknown {
                what: "tensor",
                name: name.to_owned(),
            }),
            None => Ok(()),
        }
    }
}
