//! The vocabulary, learned from the corpus by counting pairs (BPE) and written as SPM scores.
//!
//! Names, figures and conditions are cut out before counting, and no merge holds a digit, a sign or a decimal point: what
//! is copied is made of the same pieces wherever it stands. Merges stay inside a word; a space joins a whole word only.

use std::collections::{BTreeMap, BTreeSet};

use crate::provider::embedded::tokenizer::{Speaker, TokenKind, Vocabulary};
use crate::train::corpus::{Corpus, Dice, Row, characters};

/// Stands for a space in a token, as SPM has it.
const SPACE: char = '\u{2581}';
/// Rows that are counted.
const ROWS: usize = 24_000;
/// The longest token, in characters.
const LONGEST: usize = 9;
/// Letters of the punctuation between the parts of a JSON object.
const JSON: [char; 6] = ['{', '}', '"', ':', ',', SPACE];

/// Learns a vocabulary of `size` tokens (fewer if the corpus has not enough pairs).
pub fn learn(corpus: &Corpus, seed: u64, size: usize) -> Vocabulary {
    learn_from(corpus, seed, size, ROWS)
}

pub(crate) fn learn_from(corpus: &Corpus, seed: u64, size: usize, rows: usize) -> Vocabulary {
    let mut dice = Dice::new(seed);
    let mut words: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    let mut letters: BTreeSet<char> = (' '..='~').filter(|letter| *letter != ' ').collect();
    letters.extend(characters());
    letters.extend([SPACE, '\n']);
    for _ in 0..rows {
        let row = corpus.row(&mut dice);
        for text in texts(&row) {
            letters.extend(text.chars().filter(|letter| *letter != CUT));
            for word in split(&text) {
                *words
                    .entry(word.chars().map(String::from).collect())
                    .or_default() += 1;
            }
        }
        letters.extend(
            row.facts
                .iter()
                .flat_map(|[_, condition, ..]| condition.chars())
                .filter(|letter| *letter != ' '),
        );
    }
    let mut vocabulary = controls();
    let room = size.saturating_sub(vocabulary.tokens.len() + letters.len());
    let merges = merges(words, room);
    let normal = merges
        .into_iter()
        .chain(letters.into_iter().map(String::from));
    for (rank, token) in normal.enumerate() {
        vocabulary.tokens.push(token);
        #[expect(clippy::cast_precision_loss, reason = "a few thousand ranks")]
        vocabulary.scores.push(-(rank as f32));
        vocabulary.kinds.push(TokenKind::Normal);
    }
    vocabulary
}

/// What is cut out of a text.
const CUT: char = '\0';

/// The texts of a row without what is copied, spaces as tokens have them.
fn texts(row: &Row) -> Vec<String> {
    let turns = row.turns.iter().map(|(_, text)| text.as_str());
    turns
        .chain([row.answer.as_str()])
        .chain(row.more.iter().flatten().map(String::as_str))
        .map(|text| {
            let mut text = text.to_owned();
            for word in row.copied.iter().filter(|word| !word.is_empty()) {
                text = text.replace(word.as_str(), "\0");
            }
            text.replace(' ', SPACE.encode_utf8(&mut [0; 4]))
        })
        .collect()
}

/// The tokens that every vocabulary has: unknown, the ends, the speakers, the bytes.
fn controls() -> Vocabulary {
    let speakers = [Speaker::System, Speaker::User, Speaker::Assistant].map(Speaker::token);
    let names = ["<unk>", "<s>", "<|end|>"].into_iter().chain(speakers);
    let mut vocabulary = Vocabulary::default();
    for name in names {
        vocabulary.tokens.push(name.to_owned());
        vocabulary.kinds.push(if name == "<unk>" {
            TokenKind::Unknown
        } else {
            TokenKind::Control
        });
    }
    for byte in 0..=u8::MAX {
        vocabulary.tokens.push(format!("<0x{byte:02X}>"));
        vocabulary.kinds.push(TokenKind::Byte);
    }
    vocabulary.scores = vec![0.0; vocabulary.tokens.len()];
    vocabulary
}

/// Splits a text into runs inside which letters may merge.
fn split(text: &str) -> Vec<String> {
    #[derive(PartialEq, Clone, Copy)]
    enum Run {
        Latin,
        Han,
        Json,
        Alone,
    }
    let run = |letter: char| match letter {
        'a'..='z' | 'A'..='Z' | '\'' => Run::Latin,
        _ if JSON.contains(&letter) => Run::Json,
        '\u{4E00}'..='\u{9FFF}' => Run::Han,
        _ => Run::Alone,
    };
    let mut words: Vec<(Run, String)> = Vec::new();
    for letter in text.chars() {
        let kind = run(letter);
        match words.last_mut() {
            Some((last, word)) if *last == kind && kind != Run::Alone => word.push(letter),
            // One space joins the word behind it.
            Some((last, word))
                if kind == Run::Latin && *last == Run::Json && word.chars().eq([SPACE]) =>
            {
                *last = Run::Latin;
                word.push(letter);
            }
            _ => words.push((kind, letter.to_string())),
        }
    }
    let mergeable = |(run, word): &(Run, String)| match run {
        Run::Latin | Run::Han => true,
        Run::Json => word.contains('"'),
        Run::Alone => false,
    };
    words
        .into_iter()
        .filter(mergeable)
        .map(|(_, word)| word)
        .collect()
}

/// Merges the commonest pair again and again; of equals, the first in order.
fn merges(words: BTreeMap<Vec<String>, usize>, most: usize) -> Vec<String> {
    let mut words: Vec<(Vec<String>, usize)> = words.into_iter().collect();
    let mut tokens = Vec::new();
    let mut known = BTreeSet::new();
    while tokens.len() < most {
        let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for (word, count) in &words {
            for pair in word.windows(2) {
                let joins = pair[0].chars().eq([SPACE])
                    && word.len() > 2
                    && word[0] == pair[0]
                    && !word[1].starts_with(JSON);
                if !joins && pair[0].chars().count() + pair[1].chars().count() <= LONGEST {
                    *counts.entry((&pair[0], &pair[1])).or_default() += count;
                }
            }
        }
        let best = counts
            .into_iter()
            .max_by_key(|((left, right), count)| (*count, std::cmp::Reverse((*left, *right))));
        let Some(((left, right), count)) =
            best.map(|((left, right), count)| ((left.to_owned(), right.to_owned()), count))
        else {
            break;
        };
        if count < 2 {
            break;
        }
        for (word, _) in &mut words {
            let mut at = 0;
            while at + 1 < word.len() {
                if word[at] == left && word[at + 1] == right {
                    word[at] = format!("{left}{right}");
                    word.remove(at + 1);
                }
                at += 1;
            }
        }
        words.retain(|(word, _)| word.len() > 1);
        let token = format!("{left}{right}");
        if known.insert(token.clone()) {
            tokens.push(token);
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::embedded::tokenizer::Tokenizer;
    use crate::train::corpus::HeldOut;

    /// Few rows: the rules are the same.
    fn small() -> Vocabulary {
        learn_from(&Corpus::new(HeldOut::default()), 1, 2048, 1500)
    }

    #[test]
    fn merges_hold_nothing_that_is_copied() {
        let vocabulary = small();
        let merged = vocabulary
            .tokens
            .iter()
            .zip(&vocabulary.kinds)
            .filter(|(token, kind)| **kind == TokenKind::Normal && token.chars().count() > 1);
        let merged: Vec<&String> = merged.map(|(token, _)| token).collect();
        assert!(merged.len() > 300, "{}", merged.len());
        for token in &merged {
            assert!(!token.contains(|letter: char| letter.is_ascii_digit() || "+-−.~℃°%".contains(letter)), "{token}");
        }
        assert!(merged.iter().any(|token| *token == "天气"));
        assert!(merged.iter().any(|token| *token == "▁the"));
    }

    #[test]
    fn figures_are_read_digit_by_digit_and_any_text_comes_back() {
        let tokenizer = Tokenizer::new(small()).expect("a vocabulary");
        assert_eq!(tokenizer.encode("-12.5").len(), 5);
        for text in [
            "北京今天晴，最高温度4度。",
            "The high in Zürich is 22.",
            "𠮷野家 😀\n\tx",
            r#"{"city": "北京"}"#,
        ] {
            assert_eq!(tokenizer.decode(&tokenizer.encode(text)), text);
        }
    }
}
