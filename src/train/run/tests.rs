use std::fs;
use std::path::Path;

use super::*;
use crate::train::corpus::HeldOut;
use crate::train::vocabulary;

fn weights(folder: &Path, name: &str, stops: &[usize]) -> Vec<u8> {
    let corpus = Corpus::new(HeldOut::default());
    let tokenizer =
        Tokenizer::new(vocabulary::learn_from(&corpus, 1, 1, 20)).expect("a vocabulary");
    let out = folder.join(name).with_extension("gguf");
    for stop in stops {
        let settings = Settings {
            shape: Shape {
                vocabulary: tokenizer.size(),
                width: 32,
                layers: 1,
                heads: 2,
                hidden: 32,
                context: 512,
            },
            seed: 3,
            steps: 6,
            stop: Some(*stop),
            batch: 200,
            rate: 1e-3,
            out: out.clone(),
            checkpoint: folder.join(name).with_extension("safetensors"),
            from: None,
            every: 2,
        };
        let run = Run::new(settings, &corpus, &tokenizer).expect("a run");
        run.train(|_| ()).expect("training");
    }
    fs::read(&out).expect("weights")
}

/// With candle on one thread a sum has one order; its products are small enough here that it takes only one anyway.
#[test]
fn the_same_seed_gives_the_same_bytes_whether_cut_or_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = weights(folder.path(), "whole", &[6]);
    assert_eq!(whole, weights(folder.path(), "again", &[6]));
    assert_eq!(whole, weights(folder.path(), "cut", &[4, 6]));
    assert_ne!(whole, weights(folder.path(), "short", &[4]));
}
