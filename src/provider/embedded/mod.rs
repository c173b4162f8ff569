//! The model inside `pw`, and other files of its kind: inference in this process.

pub mod gguf;
pub mod model;
pub mod tokenizer;
