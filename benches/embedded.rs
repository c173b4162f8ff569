//! The model inside `pw`: loading it, reading a prompt, writing an answer, answers side by side.
//!
//! `cargo bench --bench embedded`. One thread an answer; the number of answers at once is what makes use of a machine.
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot go on says why by panicking"
)]

use std::sync::Arc;
use std::thread;

use divan::Bencher;
use divan::counter::ItemsCount;

use pw::provider::embedded::model::Session;
use pw::provider::embedded::tokenizer::Speaker;
use pw::provider::embedded::{Asked, Weights, write};

const FILE: &[u8] = include_bytes!("../src/provider/embedded/weather.gguf");
/// Tokens of an answer, long for this model.
const ANSWER: usize = 32;

fn main() {
    divan::main();
}

fn weights() -> Arc<Weights> {
    Weights::shipped().unwrap()
}

/// A prompt as the shipped suites have them.
fn prompt(weights: &Weights) -> Vec<u32> {
    let text =
        "资料：北京，晴，最低-3度，最高4度\n请回答北京今天的天气情况，要有最高气温和最低气温";
    weights.tokenizer().chat([(Speaker::User, text)])
}

#[divan::bench]
fn load(bencher: Bencher) {
    bencher.bench(|| Weights::of(FILE).unwrap());
}

#[divan::bench(args = [16, 128, 500])]
fn read_prompt(bencher: Bencher, tokens: usize) {
    let weights = weights();
    let prompt: Vec<u32> = prompt(&weights).into_iter().cycle().take(tokens).collect();
    bencher
        .counter(ItemsCount::new(tokens))
        .with_inputs(|| Session::new(weights.model(), tokens))
        .bench_values(|mut session| weights.model().read(&mut session, &prompt).unwrap());
}

#[divan::bench(args = [16, 400])]
fn write_token_after(bencher: Bencher, before: usize) {
    let weights = weights();
    let prompt: Vec<u32> = prompt(&weights).into_iter().cycle().take(before).collect();
    bencher
        .counter(ItemsCount::new(64_usize))
        .with_inputs(|| {
            let mut session = Session::new(weights.model(), before + 64);
            weights.model().read(&mut session, &prompt).unwrap();
            session
        })
        .bench_values(|mut session| {
            for token in 0..64 {
                weights.model().read(&mut session, &[300 + token]).unwrap();
            }
            session
        });
}

#[divan::bench(args = [1, 2, 16])]
fn answers_at_once(bencher: Bencher, answers: usize) {
    let weights = weights();
    let asked = Asked::greedy(prompt(&weights)).at_most(ANSWER);
    bencher.counter(ItemsCount::new(answers)).bench(|| {
        thread::scope(|scope| {
            for _ in 0..answers {
                scope.spawn(|| write(&weights, &asked, &mut |_| {}, &|| false).unwrap());
            }
        });
    });
}
