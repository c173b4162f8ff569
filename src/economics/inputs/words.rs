//! What a `compare.toml` says in words, days and lists instead of numbers.

/// A key that is no number.
#[derive(Debug)]
pub(super) struct Word {
    pub(super) name: &'static str,
    pub(super) kind: WordKind,
}

/// What it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WordKind {
    Text,
    Day,
    Switch,
    Choice(&'static [&'static str]),
    /// A whole number that is no part of a world, between these.
    Whole(u64, u64),
    /// `[[effort, passed, cases], …]`.
    Points,
}

use WordKind::{Choice, Day, Points, Switch, Text, Whole};

const fn word(name: &'static str, kind: WordKind) -> Word {
    Word { name, kind }
}

/// Every one of them.
#[rustfmt::skip]
pub(super) static WORDS: [Word; 15] = [
    word("as_of", Day),
    word("basis", Choice(&["forward", "total"])),
    word("draws", Whole(100, 1_000_000)),
    word("seed", Whole(0, u64::MAX)),
    word("prompt.model", Text),
    word("prompt.curve", Points),
    word("finetune.model", Text),
    word("finetune.curve", Points),
    word("finetune.task", Choice(&["classification", "generation", "agent"])),
    word("finetune.packing", Switch),
    word("finetune.available_until", Day),
    word("finetune.base_model_until", Day),
    word("finetune.own_training.method", Choice(&["lora", "qlora", "qlora-4", "qlora-8", "qlora-2", "full", "full-bf16"])),
    word("finetune.own_training.objective", Choice(&["sft", "dpo"])),
    word("finetune.own_training.checkpointing", Switch),
];

/// Returns the key with a name.
pub(super) fn find(name: &str) -> Option<&'static Word> {
    WORDS.iter().find(|word| word.name == name)
}
