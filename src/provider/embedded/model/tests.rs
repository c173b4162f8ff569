use super::*;
use crate::provider::embedded::gguf::Gguf;
use crate::provider::embedded::testing::{CONTEXT, Entry, File, HEADS, KV_HEADS, WIDTH};

const VOCABULARY: usize = 285;

fn model(file: &File) -> Model {
    let bytes = file.bytes();
    Model::of(&Gguf::read(&bytes).unwrap(), VOCABULARY).unwrap()
}

/// Tokens that are none of a pattern.
fn tokens(count: u32) -> Vec<u32> {
    (0..count).map(|n| (n * n * 31 + n * 7 + 3) % 285).collect()
}

/// The forward pass from the definitions: one token after another, no memory, no blocks, double floats.
struct Reference<'a>(Gguf<'a>);

#[expect(clippy::cast_precision_loss, reason = "sizes and positions are small")]
impl Reference<'_> {
    fn numbers(&self, name: &str) -> Vec<f64> {
        let tensor = self.0.tensor(&format!("{name}.weight")).unwrap();
        tensor.to_f32().into_iter().map(f64::from).collect()
    }

    fn times(&self, name: &str, input: &[f64]) -> Vec<f64> {
        let weights = self.numbers(name);
        let rows = weights.chunks(input.len());
        rows.map(|row| row.iter().zip(input).map(|(w, x)| w * x).sum())
            .collect()
    }

    fn norm(&self, name: &str, input: &[f64]) -> Vec<f64> {
        let mean = input.iter().map(|x| x * x).sum::<f64>() / input.len() as f64;
        let scale = 1.0 / (mean + 1e-5).sqrt();
        self.numbers(name)
            .iter()
            .zip(input)
            .map(|(w, x)| w * x * scale)
            .collect()
    }

    /// Turns pair `(2i, 2i+1)` of each head by `position / 10000^(2i/head)`.
    fn rotated(vector: &[f64], position: usize) -> Vec<f64> {
        let head = WIDTH / HEADS;
        let mut turned = vector.to_vec();
        for start in (0..vector.len()).step_by(2) {
            let angle = position as f64 / 10_000_f64.powf((start % head) as f64 / head as f64);
            let (a, b) = (vector[start], vector[start + 1]);
            turned[start] = a * angle.cos() - b * angle.sin();
            turned[start + 1] = a * angle.sin() + b * angle.cos();
        }
        turned
    }

    fn attention(&self, layer: usize, inputs: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let name = |part: &str| format!("blk.{layer}.{part}");
        let all = |part: &str| -> Vec<Vec<f64>> {
            inputs
                .iter()
                .map(|input| self.times(&name(part), input))
                .collect()
        };
        let turned = |vectors: Vec<Vec<f64>>| -> Vec<Vec<f64>> {
            let each = vectors.iter().enumerate();
            each.map(|(position, vector)| Self::rotated(vector, position))
                .collect()
        };
        let (queries, keys, values) = (turned(all("attn_q")), turned(all("attn_k")), all("attn_v"));
        let head = WIDTH / HEADS;
        (0..inputs.len())
            .map(|at| {
                let mut mixed = vec![0.0; WIDTH];
                for h in 0..HEADS {
                    let of = h / (HEADS / KV_HEADS) * head;
                    let score = |past: usize| {
                        let pairs =
                            (0..head).map(|i| queries[at][h * head + i] * keys[past][of + i]);
                        (pairs.sum::<f64>() / (head as f64).sqrt()).exp()
                    };
                    let total: f64 = (0..=at).map(score).sum();
                    for i in 0..head {
                        let shares =
                            (0..=at).map(|past| score(past) / total * values[past][of + i]);
                        mixed[h * head + i] = shares.sum();
                    }
                }
                self.times(&name("attn_output"), &mixed)
            })
            .collect()
    }

    fn logits(&self, layers: usize, tokens: &[u32]) -> Vec<f64> {
        let embedding = self.numbers("token_embd");
        let row = |token: &u32| embedding[*token as usize * WIDTH..][..WIDTH].to_vec();
        let mut states: Vec<Vec<f64>> = tokens.iter().map(row).collect();
        let add = |state: &mut [f64], more: &[f64]| {
            state.iter_mut().zip(more).for_each(|(s, m)| *s += m);
        };
        for layer in 0..layers {
            let name = |part: &str| format!("blk.{layer}.{part}");
            let normed: Vec<_> = states
                .iter()
                .map(|s| self.norm(&name("attn_norm"), s))
                .collect();
            for (state, more) in states.iter_mut().zip(self.attention(layer, &normed)) {
                add(state, &more);
                let input = self.norm(&name("ffn_norm"), state);
                let gates = self.times(&name("ffn_gate"), &input);
                let ups = self.times(&name("ffn_up"), &input);
                let hidden: Vec<f64> = gates
                    .iter()
                    .zip(&ups)
                    .map(|(g, u)| g / (1.0 + (-g).exp()) * u)
                    .collect();
                add(state, &self.times(&name("ffn_down"), &hidden));
            }
        }
        let last = self.norm("output_norm", states.last().unwrap());
        let output = match self.0.tensor("output.weight") {
            Some(_) => "output",
            None => "token_embd",
        };
        self.times(output, &last)
    }
}

fn assert_near(found: &[f32], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (token, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!(
            (f64::from(*found) - expected).abs() < 1e-4,
            "{token}: {found} for {expected}"
        );
    }
}

#[test]
fn logits_are_those_of_the_definitions() {
    // One token; less than a batch; a batch and one; two batches and more.
    for (seed, count) in [(1, 1), (2, 7), (3, 33), (4, 75)] {
        let file = File::small(seed);
        let bytes = file.bytes();
        let reference = Reference(Gguf::read(&bytes).unwrap());
        let model = model(&file);
        let tokens = tokens(count);
        let found = model
            .read(&mut Session::new(&model, CONTEXT), &tokens)
            .unwrap();
        assert_near(&found, &reference.logits(2, &tokens));
    }
}

#[test]
fn an_output_matrix_of_its_own_is_used() {
    let mut file = File::small(1);
    let mut output = File::small(9).tensors.swap_remove(0);
    output.name = "output.weight".to_owned();
    file.tensors.push(output);
    let bytes = file.bytes();
    let reference = Reference(Gguf::read(&bytes).unwrap());
    let model = model(&file);
    let found = model
        .read(&mut Session::new(&model, CONTEXT), &tokens(5))
        .unwrap();
    assert_near(&found, &reference.logits(2, &tokens(5)));
}

#[test]
fn tokens_read_one_by_one_give_what_a_batch_gives() {
    let model = model(&File::small(5));
    let tokens = tokens(40);
    let whole = model
        .read(&mut Session::new(&model, CONTEXT), &tokens)
        .unwrap();
    let mut session = Session::new(&model, CONTEXT);
    let mut last = Vec::new();
    for token in &tokens {
        last = model.read(&mut session, &[*token]).unwrap();
    }
    assert_eq!(session.length(), tokens.len());
    assert_eq!(
        last, whole,
        "not one bit differs: sums are taken in the same order"
    );
}

#[test]
fn a_full_context_and_an_alien_token_are_errors() {
    let model = model(&File::small(1));
    let mut session = Session::new(&model, usize::MAX);
    let full = StepError::Full {
        found: CONTEXT + 1,
        context: CONTEXT,
    };
    assert_eq!(
        model.read(&mut session, &vec![7; CONTEXT + 1]),
        Err(full.clone())
    );
    assert_eq!(model.read(&mut session, &[]), Ok(Vec::new()));
    assert!(model.read(&mut session, &[7; CONTEXT]).is_ok());
    assert_eq!(model.read(&mut session, &[7]), Err(full));
    let alien = StepError::Token {
        found: 285,
        size: VOCABULARY,
    };
    assert_eq!(model.read(&mut Session::new(&model, 1), &[285]), Err(alien));
}

#[test]
fn sizes_are_read_from_the_file() {
    let file = File::small(1)
        .with("llama.rope.freq_base", Entry::F32(500.0))
        .without("llama.rope.dimension_count");
    let dims = *model(&file).dims();
    assert_eq!(
        (dims.width, dims.head, dims.kv_heads, dims.context),
        (32, 8, 2, 96)
    );
    assert_eq!(dims.rope_base.to_bits(), 500_f32.to_bits());
}
