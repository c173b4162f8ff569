//! How often a model says what it should, by kind.

use std::collections::BTreeMap;

use crate::provider::embedded::gguf::{Gguf, GgufError};
use crate::provider::embedded::model::{Model, Session, StepError};
use crate::provider::embedded::tokenizer::{Speaker, Tokenizer, TokenizerError};
use crate::train::corpus::{Kind, Row};

/// The longest answer, in tokens.
const LONGEST: usize = 96;

/// A model that answers, greedily.
#[derive(Debug)]
pub struct Answerer {
    tokenizer: Tokenizer,
    model: Model,
}

/// Why a file cannot answer.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// It is no model of this kind.
    #[error(transparent)]
    Gguf(#[from] GgufError),
    /// Its vocabulary is not of this kind.
    #[error(transparent)]
    Tokenizer(#[from] TokenizerError),
    /// A prompt is too long.
    #[error(transparent)]
    Step(#[from] StepError),
}

impl Answerer {
    /// Reads a file.
    pub fn read(file: &[u8]) -> Result<Self, AnswerError> {
        let gguf = Gguf::read(file)?;
        let tokenizer = Tokenizer::of(&gguf)?;
        let model = Model::of(&gguf, tokenizer.size())?;
        Ok(Self { tokenizer, model })
    }

    /// Answers a chat with the likeliest token, again and again.
    pub fn answer(&self, turns: &[(Speaker, String)]) -> Result<String, AnswerError> {
        let mut tokens = self.tokenizer.chat(
            turns
                .iter()
                .map(|(speaker, text)| (*speaker, text.as_str())),
        );
        let mut session = Session::new(&self.model, tokens.len() + LONGEST);
        let mut said = Vec::new();
        while said.len() < LONGEST {
            let logits = self.model.read(&mut session, &tokens)?;
            let best = (0..)
                .zip(&logits)
                .max_by(|(_, one), (_, other)| one.total_cmp(other));
            match best {
                Some((token, _)) if token != self.tokenizer.end() => {
                    said.push(token);
                    tokens = vec![token];
                }
                _ => break,
            }
        }
        Ok(self.tokenizer.decode(&said))
    }
}

/// Right and asked, by kind, and what went wrong.
#[derive(Debug, Default)]
pub struct Marks {
    /// Right and asked.
    pub by_kind: BTreeMap<Kind, (usize, usize)>,
    /// Rows that were not answered as they should be, with what was said.
    pub wrong: Vec<(Row, String)>,
}

impl Marks {
    /// Asks one row.
    pub fn ask(&mut self, answerer: &Answerer, row: Row) -> Result<(), AnswerError> {
        let said = answerer.answer(&row.turns)?;
        let (right, asked) = self.by_kind.entry(row.kind).or_default();
        *asked += 1;
        if said == row.answer {
            *right += 1;
        } else {
            self.wrong.push((row, said));
        }
        Ok(())
    }
}
