use std::collections::BTreeMap;

use candle_core::{D, Tensor};

use super::*;
use crate::provider::embedded::gguf::Gguf;
use crate::provider::embedded::model::{Model, Session};
use crate::train::corpus::{Corpus, HeldOut};
use crate::train::gguf_write;
use crate::train::vocabulary;

const SHAPE: Shape = Shape {
    vocabulary: 40,
    width: 8,
    layers: 2,
    heads: 2,
    hidden: 12,
    context: 16,
};

fn batch() -> Batch {
    Batch {
        rows: 2,
        tokens: vec![3, 1, 4, 1, 5, 9, 2, 6, 5, 3],
        answers: Lesson {
            places: vec![2, 3, 4, 8, 9],
            next: vec![1, 5, 7, 3, 0],
            weights: vec![1.0, 0.5, 2.0, 1.0, 0.25],
        },
        prompts: Lesson {
            places: vec![0, 1, 5, 6],
            next: vec![1, 4, 2, 6],
            weights: vec![0.1; 4],
        },
    }
}

/// The same network in candle's own operations, each of which has a gradient.
fn plain_loss(network: &Network, batch: &Batch) -> Result<Tensor> {
    let weight = |name: &str| network.weight(name);
    let norm = |x: &Tensor, w: &Tensor| {
        let scale = (x.sqr()?.mean_keepdim(D::Minus1)? + f64::from(crate::train::EPSILON))?
            .sqrt()?
            .recip()?;
        x.broadcast_mul(&scale)?.broadcast_mul(w)
    };
    let shape = network.shape;
    let (length, head) = (batch.tokens.len() / batch.rows, shape.width / shape.heads);
    let angles = |of: fn(&(f32, f32)) -> f32| {
        let each: Vec<f32> = network.angles[..length * head / 2]
            .iter()
            .flat_map(|angle| [of(angle); 2])
            .collect();
        Tensor::from_vec(each, (length, head), &Device::Cpu)
    };
    let (cos, sin) = (angles(|angle| angle.0)?, angles(|angle| angle.1)?);
    let mut turn = vec![0_f32; head * head];
    for pair in (0..head).step_by(2) {
        turn[(pair + 1) * head + pair] = -1.0;
        turn[pair * head + pair + 1] = 1.0;
    }
    let turn = Tensor::from_vec(turn, (head, head), &Device::Cpu)?;
    let mask: Vec<f32> = (0..length * length)
        .map(|at| {
            if at % length > at / length {
                f32::NEG_INFINITY
            } else {
                0.0
            }
        })
        .collect();
    let mask = Tensor::from_vec(mask, (length, length), &Device::Cpu)?;
    let split = |x: Tensor| {
        x.reshape((batch.rows, length, shape.heads, head))?
            .transpose(1, 2)?
            .contiguous()?
            .reshape((batch.rows * shape.heads, length, head))
    };
    let rotate = |x: Tensor| {
        let turned = x.reshape(((), head))?.matmul(&turn)?.reshape(x.shape())?;
        x.broadcast_mul(&cos)? + turned.broadcast_mul(&sin)?
    };
    let tokens = Tensor::from_slice(&batch.tokens, batch.tokens.len(), &Device::Cpu)?;
    let mut x = weight("token_embd.weight")?.index_select(&tokens, 0)?;
    for layer in 0..shape.layers {
        let part = |name: &str| weight(&format!("blk.{layer}.{name}.weight"));
        let y = norm(&x, part("attn_norm")?)?;
        let times = |x: &Tensor, name: &str| x.matmul(&part(name)?.t()?);
        let (q, k) = (
            rotate(split(times(&y, "attn_q")?)?)?,
            rotate(split(times(&y, "attn_k")?)?)?,
        );
        let scores = (q.matmul(&k.t()?)? / f64::from(u32::try_from(head).expect("small")).sqrt())?
            .broadcast_add(&mask)?;
        let powers = scores
            .broadcast_sub(&scores.max_keepdim(D::Minus1)?.detach())?
            .exp()?;
        let shares = powers.broadcast_div(&powers.sum_keepdim(D::Minus1)?)?;
        let mixed = shares.matmul(&split(times(&y, "attn_v")?)?)?;
        let mixed = mixed
            .reshape((batch.rows, shape.heads, length, head))?
            .transpose(1, 2)?
            .contiguous()?
            .reshape(x.shape())?;
        x = (x + times(&mixed, "attn_output")?)?;
        let y = norm(&x, part("ffn_norm")?)?;
        let hidden = (times(&y, "ffn_gate")?.silu()? * times(&y, "ffn_up")?)?;
        x = (x + times(&hidden, "ffn_down")?)?;
    }
    let lessons = [&batch.answers, &batch.prompts];
    let places = lessons.map(|lesson| lesson.places.clone()).concat();
    let (count, next) = (
        places.len(),
        lessons.map(|lesson| lesson.next.clone()).concat(),
    );
    let places = Tensor::from_vec(places, count, &Device::Cpu)?;
    let x = norm(&x, weight("output_norm.weight")?)?.index_select(&places, 0)?;
    let logits = x.matmul(&weight("token_embd.weight")?.t()?)?;
    let total = logits.exp()?.sum(D::Minus1)?.log()?;
    let next = Tensor::from_vec(next, (count, 1), &Device::Cpu)?;
    let chosen = logits.gather(&next, 1)?.squeeze(1)?;
    let weights = lessons.map(|lesson| lesson.weights.clone()).concat();
    let weights = Tensor::from_vec(weights, count, &Device::Cpu)?;
    ((total - chosen)? * weights)?.sum_all()
}

#[test]
fn fused_parts_have_the_values_and_gradients_of_the_plain_ones() {
    let network = Network::new(SHAPE, 5).expect("a network");
    let [answers, prompts] = network.losses(&batch()).expect("losses");
    let (fused, plain) = (
        (answers + prompts).expect("a sum"),
        plain_loss(&network, &batch()).expect("a loss"),
    );
    let number = |loss: &Tensor| loss.to_scalar::<f32>().expect("a number");
    assert!(
        (number(&fused) - number(&plain)).abs() < 1e-4,
        "{} and {}",
        number(&fused),
        number(&plain)
    );
    let (fused, plain) = (
        fused.backward().expect("gradients"),
        plain.backward().expect("gradients"),
    );
    for (name, weight) in &network.weights {
        let numbers = |store: &candle_core::backprop::GradStore| {
            store
                .get(weight)
                .expect(name)
                .flatten_all()
                .expect("numbers")
                .to_vec1::<f32>()
                .expect("numbers")
        };
        let (fused, plain) = (numbers(&fused), numbers(&plain));
        assert!(
            plain.iter().any(|number| number.abs() > 1e-5),
            "{name} has no gradient"
        );
        for (one, other) in fused.iter().zip(&plain) {
            assert!(
                (one - other).abs() < 1e-3 * other.abs().max(1e-2),
                "{name}: {one} and {other}"
            );
        }
    }
}

/// Trained here, answered there: both read the same logits from one file.
#[test]
fn the_reader_in_the_program_has_the_logits_of_the_trained_network() {
    let vocabulary = vocabulary::learn_from(&Corpus::new(HeldOut::default()), 1, 1, 20);
    let shape = Shape {
        vocabulary: vocabulary.tokens.len(),
        width: 64,
        hidden: 96,
        ..SHAPE
    };
    let network = Network::new(shape, 9).expect("a network");
    let weights: BTreeMap<_, _> = network
        .weights
        .iter()
        .map(|(name, weight)| {
            let numbers = weight
                .flatten_all()
                .expect("numbers")
                .to_vec1::<f32>()
                .expect("numbers");
            (name.clone(), (weight.dims().to_vec(), numbers))
        })
        .collect();
    let file = gguf_write::model(&shape, &vocabulary, &weights);
    let gguf = Gguf::read(&file).expect("a file");
    let model = Model::of(&gguf, vocabulary.tokens.len()).expect("a model");
    // The file holds rounded weights: the network gets the same.
    let rounded = weights.keys().map(|name| {
        let tensor = gguf.tensor(name).expect(name);
        let shape: Vec<usize> = weights[name].0.clone();
        let tensor = Tensor::from_vec(tensor.to_f32(), shape, &Device::Cpu).expect("a tensor");
        (name.clone(), Var::from_tensor(&tensor).expect("a variable"))
    });
    let network = Network::of(shape, rounded.collect());
    let tokens = vec![300, 7, 301, 42, 299, 300, 5, 310];
    let places: Vec<u32> = (0..8).collect();
    let batch = Batch {
        rows: 1,
        tokens: tokens.clone(),
        ..Batch::default()
    };
    let vectors = network.vectors(&batch).expect("vectors");
    let trained = network
        .logits(&vectors, &places)
        .expect("logits")
        .to_vec2::<f32>()
        .expect("numbers");
    let mut session = Session::new(&model, tokens.len());
    for (token, trained) in tokens.iter().zip(trained) {
        let read = model.read(&mut session, &[*token]).expect("logits");
        for (one, other) in read.iter().zip(&trained) {
            assert!((one - other).abs() < 1e-4, "{one} and {other}");
        }
    }
}
