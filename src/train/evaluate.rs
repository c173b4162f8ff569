//! How often a model says what it should, by kind.

use std::collections::BTreeMap;

use crate::provider::embedded::tokenizer::Speaker;
use crate::provider::embedded::{Asked, Weights, WriteError, write};
use crate::train::corpus::{Kind, Row};

/// The longest answer, in tokens.
const LONGEST: usize = 96;

/// Answers a chat with the likeliest token, again and again.
pub fn answer(weights: &Weights, turns: &[(Speaker, String)]) -> Result<String, WriteError> {
    let turns = turns
        .iter()
        .map(|(speaker, text)| (*speaker, text.as_str()));
    let asked = Asked::greedy(weights.tokenizer().chat(turns)).at_most(LONGEST);
    Ok(write(weights, &asked, &mut |_| (), &|| false)?.text)
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
    pub fn ask(&mut self, weights: &Weights, row: Row) -> Result<(), WriteError> {
        let said = answer(weights, &row.turns)?;
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
