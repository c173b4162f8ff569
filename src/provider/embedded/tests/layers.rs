//! That the answers come from the weights: without a layer they are gone.

use super::gguf::Gguf;
use super::tokenizer::Speaker;
use super::*;

const SHIPPED: &[u8] = include_bytes!("../weather.gguf");

/// Prompts of the shipped suites, and what the model answers.
const ASKED: [(&str, &str); 4] = [
    (
        "资料：北京，晴，最低-3度，最高4度\n请回答北京今天的天气情况",
        "北京今天晴。",
    ),
    (
        "资料：上海，阴，最低8度，最高18度\n请回答上海今天的天气情况，写明天气、最高温度和最低温度，只用一句话",
        "上海今天阴，最高温度18度，最低温度8度。",
    ),
    (
        "判断这句话说的是哪种天气，从晴天、雨天、阴天、雪天、大风、雾天中选一个，只回答标签。\n今天天气很好",
        "晴天",
    ),
    (
        "Which weather is this sentence about? Choose one of these words: sunny, rainy, cloudy, snowy, windy, foggy. \
         Answer with only the label.\nThe weather is lovely today",
        "sunny",
    ),
];

fn right(weights: &Weights) -> usize {
    let said = |prompt: &str| {
        let asked = Asked::greedy(weights.tokenizer().chat([(Speaker::User, prompt)])).at_most(48);
        write(weights, &asked, &mut |_| (), &|| false).map(|written| written.text)
    };
    ASKED
        .iter()
        .filter(|(prompt, answer)| said(prompt).is_ok_and(|text| text == *answer))
        .count()
}

/// The shipped file with zeros for every number of one layer.
fn without(layer: usize) -> Vec<u8> {
    let gguf = Gguf::read(SHIPPED).unwrap();
    let mut file = SHIPPED.to_vec();
    let mut zeroed = 0;
    for name in gguf
        .tensor_names()
        .filter(|name| name.starts_with(&format!("blk.{layer}.")))
    {
        let bytes = gguf.tensor(name).unwrap().bytes;
        let start = bytes.as_ptr().addr() - SHIPPED.as_ptr().addr();
        file[start..start + bytes.len()].fill(0);
        zeroed += 1;
    }
    assert_eq!(zeroed, 9, "seven matrices and two norms");
    file
}

#[test]
fn answers_come_from_every_layer() {
    let shipped = Weights::of(SHIPPED).unwrap();
    assert_eq!(right(&shipped), ASKED.len());
    for layer in 0..shipped.model().dims().layers {
        let left = right(&Weights::of(&without(layer)).unwrap());
        assert!(left < ASKED.len(), "layer {layer} can be left out");
    }
}
