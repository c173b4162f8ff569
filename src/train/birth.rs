//! The weights before training: by chance, but born to copy.
//!
//! A network of this size drawn wholly by chance learned the labels at once and stood still for two million tokens before
//! it copied its first name. What it has to find for that are two heads in a row: one that tells a token what stood before
//! it, and one that looks for where the present token stood before and says what came next (Olsson et al. 2022, "In-context
//! Learning and Induction Heads"). So it is given a faint form of both, and later layers pass on what they look at
//! (Trockman and Kolter 2023, "Mimetic Initialization of Self-Attention Layers"). Training is free to unlearn them.

use std::collections::BTreeMap;

use crate::train::corpus::Dice;
use crate::train::{ROPE_BASE, Shape};

/// Deviation of an embedding's numbers and of a matrix's.
const EMBEDDING: f32 = 0.05;
const MATRIX: f32 = 0.06;
/// The first numbers of every embedding are one constant: positions can be told without a bias only by something constant.
const CONSTANTS: usize = 6;
const CONSTANT: f32 = 0.2;
/// Heads of the first layer that look one token back, how strongly, and on how many of their fastest pairs.
const BACK_HEADS: usize = 2;
const BACK: f32 = 5.0;
const BACK_PAIRS: usize = 6;
/// Heads of the next two layers that look behind an earlier copy of the present token.
const MATCH_HEADS: usize = 3;
/// How much of what it looks at a later layer passes on.
const PASS: f32 = 0.15;

/// A matrix by rows, or a vector as one row.
#[derive(Debug, Clone)]
pub(super) struct Matrix {
    pub(super) columns: usize,
    pub(super) numbers: Vec<f32>,
}

impl Matrix {
    fn chance(rows: usize, columns: usize, deviation: f32, dice: &mut Dice) -> Self {
        let numbers = (0..rows * columns).map(|_| dice.normal() * deviation).collect();
        Self { columns, numbers }
    }

    fn rows(&self) -> usize {
        self.numbers.len() / self.columns
    }

    fn row(&self, row: usize) -> &[f32] {
        &self.numbers[row * self.columns..][..self.columns]
    }

    fn transposed(&self) -> Self {
        let numbers = (0..self.columns).flat_map(|column| (0..self.rows()).map(move |row| self.numbers[row * self.columns + column]));
        Self { columns: self.rows(), numbers: numbers.collect() }
    }

    /// `self · other`.
    fn times(&self, other: &Self) -> Self {
        let other = other.transposed();
        let dot = |one: &[f32], other: &[f32]| one.iter().zip(other).map(|(a, b)| a * b).sum::<f32>();
        let numbers = (0..self.rows()).flat_map(|row| (0..other.rows()).map(move |column| (row, column)));
        let numbers = numbers.map(|(row, column)| dot(self.row(row), other.row(column))).collect();
        Self { columns: other.rows(), numbers }
    }

    fn scaled(mut self, factor: f32) -> Self {
        self.numbers.iter_mut().for_each(|number| *number *= factor);
        self
    }

    /// Some of the rows.
    fn part(&self, from: usize, rows: usize) -> Self {
        Self { columns: self.columns, numbers: self.numbers[from * self.columns..][..rows * self.columns].to_vec() }
    }
}

/// Makes the weights, by the names that a GGUF gives them.
pub(super) fn weights(shape: &Shape, seed: u64) -> BTreeMap<String, Matrix> {
    let mut dice = Dice::new(seed);
    let Shape { width, hidden, .. } = *shape;
    let ones = || Matrix { columns: width, numbers: vec![1.0; width] };
    let mut embedding = Matrix::chance(shape.vocabulary, width, EMBEDDING, &mut dice);
    for row in embedding.numbers.chunks_mut(width) {
        row.iter_mut().take(CONSTANTS).for_each(|number| *number = CONSTANT);
    }
    let mut all = BTreeMap::from([("token_embd.weight".to_owned(), embedding), ("output_norm.weight".to_owned(), ones())]);
    // What the first layer tells a token of the one before it: `P`.
    let mut before = None;
    for layer in 0..shape.layers {
        let mut square = |deviation| Matrix::chance(width, width, deviation, &mut dice);
        let (mut query, mut key, value) = (square(MATRIX), square(MATRIX), square(MATRIX));
        let out = match &before {
            None => square(MATRIX / 5.0),
            Some(_) => value.transposed().scaled(PASS),
        };
        match &before {
            None => {
                look_back(shape, &mut query, &mut key);
                let seen = BACK_HEADS.min(shape.heads) * width / shape.heads;
                before = Some(out.transposed().part(0, seen).transposed().times(&value.part(0, seen)));
            }
            Some(before) if layer <= 2 => look_behind(shape, before, &query, &mut key),
            Some(_) => {}
        }
        let parts = [
            ("attn_norm", ones()),
            ("attn_q", query),
            ("attn_k", key),
            ("attn_v", value),
            ("attn_output", out),
            ("ffn_norm", ones()),
            ("ffn_gate", Matrix::chance(hidden, width, MATRIX, &mut dice)),
            ("ffn_up", Matrix::chance(hidden, width, MATRIX, &mut dice)),
            ("ffn_down", Matrix::chance(width, hidden, MATRIX / 3.0, &mut dice)),
        ];
        all.extend(parts.map(|(name, matrix)| (format!("blk.{layer}.{name}.weight"), matrix)));
    }
    all
}

/// Turns queries one position on, so that they fit the key one token back; both read the constant alone.
#[expect(clippy::cast_precision_loss, reason = "sizes are small")]
fn look_back(shape: &Shape, query: &mut Matrix, key: &mut Matrix) {
    let (width, head) = (shape.width, shape.width / shape.heads);
    let constants = CONSTANTS.min(width);
    let square = constants as f32 * CONSTANT.powi(2) + (width - constants) as f32 * EMBEDDING.powi(2);
    let normed = CONSTANT / (square / width as f32).sqrt();
    let read = BACK / (constants as f32 * normed);
    for at in (0..BACK_HEADS.min(shape.heads)).map(|number| number * head) {
        for matrix in [&mut *query, &mut *key] {
            matrix.numbers[at * width..(at + head) * width].fill(0.0);
        }
        for pair in 0..BACK_PAIRS.min(head / 2) {
            let angle = ROPE_BASE.powf(-((2 * pair) as f32) / head as f32);
            let row = (at + 2 * pair) * width;
            key.numbers[row..row + constants].fill(read);
            query.numbers[row..row + constants].fill(read * angle.cos());
            query.numbers[row + width..row + width + constants].fill(-read * angle.sin());
        }
    }
}

/// Makes keys of what stood before a token that fit queries of the present one: `K = Q·Pᵀ`, as large as by chance.
fn look_behind(shape: &Shape, before: &Matrix, query: &Matrix, key: &mut Matrix) {
    let rows = MATCH_HEADS.min(shape.heads) * shape.width / shape.heads;
    let fitting = query.part(0, rows).times(&before.transposed());
    #[expect(clippy::cast_precision_loss, reason = "a small matrix")]
    let deviation = (fitting.numbers.iter().map(|number| number * number).sum::<f32>() / fitting.numbers.len() as f32).sqrt();
    let fitting = fitting.scaled(1.5 * MATRIX / deviation);
    key.numbers[..fitting.numbers.len()].copy_from_slice(&fitting.numbers);
}
