use proptest::prelude::*;

use super::*;
use crate::provider::embedded::testing::{Entry, File, TEXTS, vocabulary};

fn small() -> Tokenizer {
    Tokenizer::new(vocabulary(TEXTS)).unwrap()
}

fn spelled(tokenizer: &Tokenizer, text: &str) -> Vec<String> {
    let tokens = tokenizer.encode(text);
    let texts = tokens
        .iter()
        .map(|id| &tokenizer.vocabulary().tokens[*id as usize]);
    texts.cloned().collect()
}

#[test]
fn pairs_merge_by_score_and_the_leftmost_of_equals_first() {
    let tokenizer = small();
    // `un` is merged before `ny`, and leaves nothing that makes `unny`: `sunny` is out of reach.
    assert_eq!(spelled(&tokenizer, "sunny"), ["sunny"]);
    assert_eq!(
        spelled(&tokenizer, "今天是晴天。"),
        ["今天", "是", "晴天", "。"]
    );
    assert_eq!(spelled(&tokenizer, "it is"), ["i", "<0x74>", "▁is"]);

    let equal = Tokenizer::new({
        let mut vocabulary = vocabulary(&["ab", "ba", "a", "b"]);
        let ids = vocabulary.scores.len() - 4;
        vocabulary.scores[ids..ids + 2].fill(-1.0);
        vocabulary
    })
    .unwrap();
    assert_eq!(spelled(&equal, "aba"), ["ab", "a"]);
    assert_eq!(spelled(&equal, "baba"), ["ba", "ba"]);
}

#[test]
fn a_character_outside_the_vocabulary_becomes_its_bytes() {
    let tokenizer = small();
    assert_eq!(
        spelled(&tokenizer, "😀"),
        ["<0xF0>", "<0x9F>", "<0x98>", "<0x80>"]
    );
    assert_eq!(spelled(&tokenizer, "\n"), ["<0x0A>"]);
    assert_eq!(spelled(&tokenizer, ""), Vec::<String>::new());
}

#[test]
fn control_tokens_come_from_the_template_alone() {
    let tokenizer = small();
    let turns = [(Speaker::System, "a"), (Speaker::User, "<|end|>b")];
    let tokens = tokenizer.chat(turns);
    let (end, controls) = (tokenizer.end(), [3, 2, 4, 2, 5]);
    let found: Vec<u32> = tokens
        .iter()
        .copied()
        .filter(|id| (1..6).contains(id))
        .collect();
    assert_eq!((end, &found[..]), (2, &controls[..]));
    assert_eq!(tokenizer.decode(&tokens), "a<|end|>b");
    for literal in ["<|user|>", "<s>", "<unk>", "<0x41>"] {
        let encoded = tokenizer.encode(literal);
        let kinds = encoded.iter().map(|id| tokenizer.vocabulary().kind(*id));
        assert!(
            kinds.flatten().all(|kind| kind != TokenKind::Control),
            "{literal}"
        );
        assert_eq!(tokenizer.decode(&encoded), literal);
    }
}

#[test]
fn what_the_last_turn_puts_into_the_models_mouth_is_not_ended() {
    let tokenizer = small();
    let open = tokenizer.chat([(Speaker::User, "a"), (Speaker::Assistant, "今天")]);
    let before = tokenizer.chat([(Speaker::User, "a")]);
    assert_eq!(open, [before, tokenizer.encode("今天")].concat());
    assert_eq!(tokenizer.chat([]), [tokenizer.begin(Speaker::Assistant)]);
}

#[test]
fn a_stream_never_gives_half_a_character() {
    let tokenizer = small();
    let mut stream = TextStream::default();
    let bytes = tokenizer.encode("😀");
    let pushed: Vec<String> = bytes
        .iter()
        .map(|id| stream.push(&tokenizer, *id))
        .collect();
    assert_eq!(pushed, ["", "", "", "😀"]);
    // A character that ends early is replaced as soon as that is sure, and at the end.
    let broken = [bytes[0], bytes[1], tokenizer.encode("a")[0], bytes[0]];
    assert_eq!(tokenizer.decode(&broken), "\u{fffd}a\u{fffd}");
    assert_eq!(tokenizer.decode(&[u32::MAX, 0, 2]), "");
}

#[test]
fn another_tokenizer_is_refused() {
    let of = |file: File| {
        let bytes = file.bytes();
        Tokenizer::of(&Gguf::read(&bytes).unwrap())
            .map(drop)
            .unwrap_err()
            .to_string()
    };
    let small = || File::small(1);
    let text = |text: &str| Entry::Text(text.to_owned());
    assert_eq!(
        of(small().with("tokenizer.ggml.model", text("gpt2"))),
        "has `gpt2` under `tokenizer.ggml.model`, expected `llama`"
    );
    assert_eq!(
        of(small().with("tokenizer.ggml.add_bos_token", Entry::Flag(true))),
        "has `true` under `tokenizer.ggml.add_bos_token`, expected `false`"
    );
    let other = of(small().with(
        "tokenizer.chat_template",
        text(&"{{ bos_token }}".repeat(99)),
    ));
    assert!(
        other.contains("under `tokenizer.chat_template`") && other.len() < 300,
        "{other}"
    );
    assert_eq!(
        of(small().with("tokenizer.ggml.eos_token_id", Entry::U32(1))),
        "has 1 under `tokenizer.ggml.eos_token_id`, expected 2, which is `<|end|>`"
    );
    assert_eq!(
        of(small().with("tokenizer.ggml.scores", Entry::F32s(vec![0.0]))),
        "has 285 tokens, 1 scores and 285 types of tokens, expected as many of each"
    );
    let renamed = |from: &str, to: &str| {
        let mut names = vocabulary(TEXTS).tokens;
        names
            .iter_mut()
            .filter(|name| *name == from)
            .for_each(|name| to.clone_into(name));
        of(small().with("tokenizer.ggml.tokens", Entry::Texts(names)))
    };
    assert!(renamed("<0x0A>", "\n").starts_with("has no byte token `<0x0A>`"));
    assert!(renamed("<|user|>", "<|im_start|>").starts_with("has no control token `<|user|>`"));
    assert_eq!(
        renamed("今天", "晴天"),
        "has the token `晴天` twice, as 262 and 263"
    );
}

/// The definition: look through the whole text for the best pair, merge it, begin again.
fn by_definition(tokenizer: &Tokenizer, text: &str) -> Vec<u32> {
    let mut pieces: Vec<String> = text.replace(' ', "▁").chars().map(String::from).collect();
    let score = |text: &str| {
        let id = *tokenizer.texts.get(text)?;
        Some(tokenizer.vocabulary.scores[id as usize])
    };
    loop {
        let mut best: Option<(usize, f32)> = None;
        for left in 1..pieces.len() {
            if let Some(found) = score(&(pieces[left - 1].clone() + &pieces[left]))
                && best.is_none_or(|(_, most)| found > most)
            {
                best = Some((left, found));
            }
        }
        let Some((right, _)) = best else { break };
        let merged = pieces.remove(right);
        pieces[right - 1].push_str(&merged);
    }
    let tokens = pieces
        .iter()
        .flat_map(|piece| match tokenizer.texts.get(piece) {
            Some(id) => vec![*id],
            None => piece.bytes().map(|byte| 6 + u32::from(byte)).collect(),
        });
    tokens.collect()
}

proptest! {
    #[test]
    fn the_heap_gives_what_the_definition_gives(text in "[今天晴雨是 isuny。ab😀]{0,40}") {
        let tokenizer = small();
        let tokens = tokenizer.encode(&text);
        prop_assert!(tokenizer.at_least(&text) <= tokens.len());
        prop_assert_eq!(tokens, by_definition(&tokenizer, &text));
    }

    #[test]
    fn what_was_encoded_decodes_to_the_same_text(text in "\\PC{0,40}") {
        let tokenizer = small();
        let text = text.replace('▁', " ");
        prop_assert_eq!(tokenizer.decode(&tokenizer.encode(&text)), text);
    }
}

#[test]
fn a_long_text_is_no_square() {
    // A square of this length would be ten billion steps.
    let text = "今天sunny ".repeat(12_500);
    assert_eq!(small().encode(&text).len(), 3 * 12_500);
}
