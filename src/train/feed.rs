//! Rows to batches: encoded, sorted by length, shuffled; always new ones.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::provider::embedded::tokenizer::{Speaker, Tokenizer};
use crate::train::corpus::{Corpus, Dice, Row};
use crate::train::network::{Batch, Lesson};

/// Rows that are sorted by length together.
const POOL: usize = 4096;
/// Longer rows are left out: a few in a thousand, and they would cost as much as ten short ones.
const LONGEST: usize = 256;

/// An endless stream of batches, a function of its seed.
#[derive(Debug)]
pub(super) struct Feed<'c> {
    corpus: &'c Corpus,
    tokenizer: &'c Tokenizer,
    dice: Dice,
    /// Tokens of a batch, about.
    size: usize,
    /// Rows that wait for others of their length.
    waiting: BTreeMap<usize, Vec<Encoded>>,
    ready: Vec<Batch>,
}

/// A row in tokens.
#[derive(Debug, Clone)]
struct Encoded {
    tokens: Vec<u32>,
    /// Where the answers are, with the tokens that end them.
    answers: Vec<Range<usize>>,
}

impl<'c> Feed<'c> {
    /// Begins a stream of batches of about `size` tokens.
    pub(super) fn new(
        corpus: &'c Corpus,
        tokenizer: &'c Tokenizer,
        seed: u64,
        size: usize,
    ) -> Self {
        Self {
            corpus,
            tokenizer,
            dice: Dice::new(seed),
            size,
            waiting: BTreeMap::new(),
            ready: Vec::new(),
        }
    }

    fn fill(&mut self) {
        for _ in 0..POOL {
            let row = encode(self.tokenizer, &self.corpus.row(&mut self.dice));
            if row.tokens.len() <= LONGEST {
                self.waiting.entry(row.tokens.len()).or_default().push(row);
            }
        }
        for (length, rows) in &mut self.waiting {
            let most = (self.size / length).max(1);
            while rows.len() >= most {
                let rows = rows.split_off(rows.len() - most);
                self.ready.push(batch(&rows));
            }
        }
        self.dice.shuffle(&mut self.ready);
    }
}

impl Iterator for Feed<'_> {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        while self.ready.is_empty() {
            self.fill();
        }
        self.ready.pop()
    }
}

fn encode(tokenizer: &Tokenizer, row: &Row) -> Encoded {
    let turns = row
        .turns
        .iter()
        .map(|(speaker, text)| (*speaker, text.as_str()));
    let mut tokens = tokenizer.chat(turns);
    let mut answers = Vec::new();
    let mut say = |tokens: &mut Vec<u32>, answer: &str| {
        debug_assert_eq!(tokens.last(), Some(&tokenizer.begin(Speaker::Assistant)));
        let start = tokens.len();
        tokens.extend(tokenizer.encode(answer));
        tokens.push(tokenizer.end());
        answers.push(start..tokens.len());
    };
    say(&mut tokens, &row.answer);
    for [question, answer] in &row.more {
        tokens.extend(tokenizer.chat([(Speaker::User, question.as_str())]));
        say(&mut tokens, answer);
    }
    Encoded { tokens, answers }
}

/// What a token of a prompt counts. Nobody can know what a made-up prompt says next, but in one that names a place twice
/// there is copying to be learned, long before an answer can show it: without this the loss stood still for a thousand steps.
const PROMPT: f32 = 0.15;

impl Lesson {
    fn add(&mut self, place: usize, next: u32, weight: f32) {
        self.places.push(u32::try_from(place).unwrap_or(u32::MAX));
        self.next.push(next);
        self.weights.push(weight);
    }
}

fn batch(rows: &[Encoded]) -> Batch {
    let mut batch = Batch {
        rows: rows.len(),
        ..Batch::default()
    };
    for row in rows {
        let (start, length) = (batch.tokens.len(), row.tokens.len() - 1);
        batch.tokens.extend(&row.tokens[..length]);
        let mut answers = row.answers.iter().peekable();
        for (at, next) in row.tokens.iter().enumerate().skip(1) {
            answers.next_if(|answer| answer.end <= at);
            match answers.peek().filter(|answer| answer.contains(&at)) {
                Some(answer) => {
                    let weight = weight(answer.len());
                    batch.answers.add(start + at - 1, *next, weight);
                }
                None => batch.prompts.add(start + at - 1, *next, PROMPT),
            }
        }
    }
    batch
}

/// A label is two tokens and an object forty: by their root, neither is drowned.
#[expect(clippy::cast_precision_loss, reason = "a few dozen tokens")]
fn weight(tokens: usize) -> f32 {
    (8.0 / tokens as f32).sqrt()
}
