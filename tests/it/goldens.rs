//! The model inside `pw` writes what llama.cpp writes with the same file: token by token, at temperature 0.
//!
//! `goldens.jsonl` was recorded from a real server by `tests/llama/record.py`; `llama.rs` asks a live one.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use pw::domain::FinishReason;
use pw::provider::embedded::tokenizer::Speaker;
use pw::provider::embedded::{Asked, Weights, write};
use serde::Deserialize;

const GOLDENS: &str = include_str!("fixtures/embedded/goldens.jsonl");

/// The first line: of which model the others are.
#[derive(Deserialize)]
struct Head {
    sha256: String,
    max_tokens: usize,
}

/// What a server answered.
#[derive(Debug, Deserialize)]
struct Golden {
    messages: Vec<Message>,
    tokens: Vec<u32>,
    text: String,
    finish: String,
    written: usize,
}

#[derive(Debug, Deserialize)]
struct Message {
    role: String,
    content: String,
}

fn goldens() -> (Head, Vec<Golden>) {
    let (head, rest) = GOLDENS.split_once('\n').unwrap();
    let goldens = rest.lines().map(|line| serde_json::from_str(line).unwrap());
    (serde_json::from_str(head).unwrap(), goldens.collect())
}

impl Golden {
    fn turns(&self) -> impl Iterator<Item = (Speaker, &str)> {
        self.messages.iter().map(|message| {
            let speaker = match message.role.as_str() {
                "system" => Speaker::System,
                "user" => Speaker::User,
                _ => Speaker::Assistant,
            };
            (speaker, message.content.as_str())
        })
    }
}

#[test]
fn the_goldens_are_of_the_model_inside() {
    let (head, goldens) = goldens();
    let weights = Weights::shipped().unwrap();
    assert_eq!(
        head.sha256,
        weights.hash(),
        "record them again: tests/llama/record.py"
    );
    assert!(goldens.len() >= 40);
}

#[test]
fn prompts_become_the_tokens_of_llama_cpp() {
    let weights = Weights::shipped().unwrap();
    for golden in goldens().1 {
        assert_eq!(
            weights.tokenizer().chat(golden.turns()),
            golden.tokens,
            "{golden:?}"
        );
    }
}

#[test]
fn answers_are_those_of_llama_cpp() {
    let weights = Weights::shipped().unwrap();
    let (head, goldens) = goldens();
    let next = AtomicUsize::new(0);
    let check = || {
        while let Some(golden) = goldens.get(next.fetch_add(1, Ordering::Relaxed)) {
            let asked = Asked::greedy(golden.tokens.clone()).at_most(head.max_tokens);
            let written = write(&weights, &asked, &mut |_| {}, &|| false).unwrap();
            let finish = FinishReason::from(golden.finish.clone());
            assert_eq!(
                (&written.text, written.tokens, written.finish),
                (&golden.text, golden.written, finish),
                "{golden:?}"
            );
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(check);
        }
    });
}
