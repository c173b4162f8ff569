use proptest::prelude::*;

use super::*;
use crate::provider::embedded::testing::{Entry, File};

/// Reads everything that a served file is read for.
fn load(bytes: &[u8]) -> Result<usize, String> {
    use crate::provider::embedded::{model::Model, tokenizer::Tokenizer};
    let gguf = Gguf::read(bytes).map_err(|error| error.to_string())?;
    let tokenizer = Tokenizer::of(&gguf).map_err(|error| error.to_string())?;
    let model = Model::of(&gguf, tokenizer.size()).map_err(|error| error.to_string())?;
    Ok(model.parameters())
}

#[test]
fn values_and_tensors_are_read_as_they_were_written() {
    let bytes = File::small(1).bytes();
    let gguf = Gguf::read(&bytes).unwrap();
    assert_eq!(gguf.text("general.architecture"), Ok("llama"));
    assert_eq!(gguf.count("llama.block_count"), Ok(2));
    assert_eq!(gguf.flag("tokenizer.ggml.add_bos_token"), Ok(false));
    let epsilon = gguf.number("llama.attention.layer_norm_rms_epsilon");
    assert_eq!(epsilon.map(f32::to_bits), Ok(1e-5_f32.to_bits()));
    assert_eq!(gguf.texts("tokenizer.ggml.tokens").unwrap()[6], "<0x00>");
    assert_eq!(
        gguf.integers("tokenizer.ggml.token_type").unwrap()[..3],
        [2, 3, 3]
    );
    let key = gguf.tensor("blk.1.attn_k.weight").unwrap();
    assert_eq!((key.shape(), key.kind()), (&[32, 16][..], TensorType::Q8_0));
    assert_eq!(key.to_f32().len(), 512);
    assert_eq!(load(&bytes), Ok(27_712));
}

#[test]
fn numbers_of_every_type_are_widened_exactly() {
    let halves: Vec<u8> = [0x3c00_u16, 0xb800]
        .iter()
        .flat_map(|h| h.to_le_bytes())
        .collect();
    let mut block = 0x4000_u16.to_le_bytes().to_vec();
    block.extend((0..32).map(|n: i8| (n - 16).cast_unsigned()));
    let mut file = File::small(1);
    file.tensors.truncate(2);
    (
        file.tensors[0].kind,
        file.tensors[0].shape,
        file.tensors[0].data,
    ) = (1, vec![2], halves);
    (
        file.tensors[1].kind,
        file.tensors[1].shape,
        file.tensors[1].data,
    ) = (8, vec![32, 1], block);
    let bytes = file.bytes();
    let gguf = Gguf::read(&bytes).unwrap();
    assert_eq!(
        gguf.tensor("token_embd.weight").unwrap().to_f32(),
        [1.0, -0.5]
    );
    let expected: Vec<f32> = (-16..16).map(|n: i8| 2.0 * f32::from(n)).collect();
    assert_eq!(
        gguf.tensor("output_norm.weight").unwrap().to_f32(),
        expected
    );
}

#[test]
fn a_file_cut_anywhere_is_an_error_that_says_so() {
    let bytes = File::small(1).bytes();
    for length in 0..bytes.len() {
        let error = Gguf::read(&bytes[..length])
            .map(drop)
            .unwrap_err()
            .to_string();
        assert!(error.contains("cut"), "{length}: {error}");
    }
}

#[test]
fn what_does_not_fit_is_named() {
    let small = || File::small(1);
    let error = |file: File| load(&file.bytes()).unwrap_err();
    assert!(
        load(b"PK\x03\x04 a zip")
            .unwrap_err()
            .contains("begins with `PK\\x03\\x04`")
    );
    let mut old = small().bytes();
    old[4] = 1;
    assert_eq!(
        load(&old).unwrap_err(),
        "is GGUF version 1, expected 2 or 3 (little-endian)"
    );
    let mut crowded = small().bytes();
    crowded[8..16].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(
        load(&crowded)
            .unwrap_err()
            .contains("18446744073709551615 tensors, expected at most 4096")
    );

    let mut twice = small();
    twice
        .pairs
        .push(("llama.block_count".to_owned(), Entry::U32(2)));
    assert_eq!(error(twice), "has `llama.block_count` twice");
    let mut quantised = small();
    quantised.tensors[0].kind = 12;
    assert_eq!(
        error(quantised),
        "has tensor `token_embd.weight` in ggml's type 12, expected F32 (0), F16 (1) or Q8_0 (8)"
    );
    let mut huge = small();
    huge.tensors[0].shape = vec![u64::MAX / 2 - 31, 3];
    assert!(error(huge).contains("needs more bytes from 0 on"));
    let mut ragged = small();
    ragged.tensors[0].shape = vec![33, 4];
    assert!(error(ragged).contains("has rows of 33 weights, expected a multiple of 32"));
}

#[test]
fn another_model_than_a_plain_llama_is_refused() {
    let small = || File::small(1);
    let error = |file: File| load(&file.bytes()).unwrap_err();
    let text = |text: &str| Entry::Text(text.to_owned());
    assert_eq!(
        error(small().with("general.architecture", text("qwen3"))),
        "has `qwen3` under `general.architecture`, expected `llama`"
    );
    assert_eq!(
        error(small().with("llama.expert_count", Entry::U32(8))),
        "has a key `llama.expert_count`, which this reader does not know: it serves plain llama models"
    );
    assert_eq!(
        error(small().with("llama.attention.head_count", Entry::U32(0))),
        "has 0 under `llama.attention.head_count`, expected a whole number from 1"
    );
    assert_eq!(
        error(small().with("llama.attention.head_count_kv", Entry::U32(3))),
        "has 3 under `llama.attention.head_count_kv`, expected a divisor of 4 heads"
    );
    assert_eq!(
        error(small().with("llama.rope.dimension_count", Entry::U32(4))),
        "has 4 under `llama.rope.dimension_count`, expected 8, the size of a head"
    );
    assert_eq!(
        error(small().with("llama.attention.head_count_kv", Entry::U32(4))),
        "has a tensor `blk.0.attn_k.weight` that is [32, 16], expected [32, 32]"
    );
    assert_eq!(
        error(small().with("llama.block_count", Entry::U32(3))),
        "has no tensor `blk.2.attn_norm.weight`"
    );
    assert!(
        error(small().with("llama.block_count", Entry::U32(1))).contains("blk.1.attn_k.weight")
    );
    assert_eq!(
        error(small().without("llama.context_length")),
        "has no key `llama.context_length`"
    );
}

proptest! {
    /// Bytes that were changed anywhere load or are an error; nothing panics and nothing is read past the end.
    #[test]
    fn no_damage_panics(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut bytes = File::small(1).bytes();
        // The head is where damage matters; the rest are weights.
        let head = 8_192.min(bytes.len());
        for (place, byte) in changes {
            let place = place.index(head);
            bytes[place] = byte;
        }
        if let Ok(parameters) = load(&bytes) {
            prop_assert!(parameters < bytes.len());
        }
    }
}
