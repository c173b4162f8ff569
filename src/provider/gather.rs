//! A streamed answer, put together from its chunks.

use serde_json::Value;

use crate::domain::{Answer, FinishReason, ToolCall};
use crate::provider::answer::{
    empty_answer, reasoning_of, take, take_frame, take_text, text_of, written,
};
use crate::provider::classify::Said;
use crate::provider::sse::SseEvent;

/// A repeated piece of text at least this long is a doubled chunk rather than a word said twice.
const DOUBLED: usize = 16;

/// The answer so far.
#[derive(Debug)]
pub(super) struct Gather {
    pub(super) answer: Answer,
    /// `[DONE]` has come.
    pub(super) done: bool,
    previous: String,
    doubled: usize,
    others: bool,
    choices: bool,
}

/// What an event was, where it was not a chunk.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Odd {
    /// The provider reports an error in the stream (F36).
    Error(Said),
    /// Not JSON: cut or garbled (F34).
    Garbled,
}

impl Gather {
    pub(super) fn new() -> Self {
        Self {
            answer: empty_answer(),
            done: false,
            previous: String::new(),
            doubled: 0,
            others: false,
            choices: false,
        }
    }

    /// Takes one event, and gives new text to `on_text`.
    pub(super) fn take(
        &mut self,
        event: SseEvent,
        on_text: Option<&(dyn Fn(&str) + Send + Sync)>,
    ) -> Result<(), Odd> {
        if event.data.trim() == "[DONE]" {
            self.done = true;
            return Ok(());
        }
        if event.data.trim().is_empty() {
            return Ok(());
        }
        let mut chunk: Value = serde_json::from_str(&event.data).map_err(|_| Odd::Garbled)?;
        take_frame(&mut self.answer, &mut chunk);
        if let Some(said) = Said::of_answer(&chunk) {
            return Err(Odd::Error(said));
        }
        if event.name == "error" {
            return Err(Odd::Error(Said::of_error(&chunk)));
        }
        let before = self.answer.text.as_ref().map_or(0, String::len);
        let ends = self.take_choices(&mut chunk);
        let text = self.answer.text.as_deref().unwrap_or("");
        let new = &text[before.min(text.len())..];
        if event.data == self.previous && (ends || new.len() >= DOUBLED) {
            self.doubled += 1;
        }
        if let Some(on_text) = on_text.filter(|_| !new.is_empty()) {
            on_text(new);
        }
        self.previous = event.data;
        Ok(())
    }

    /// Returns true when the chunk says why the model stopped.
    fn take_choices(&mut self, chunk: &mut Value) -> bool {
        let mut ends = false;
        let choices = chunk.get_mut("choices").and_then(Value::as_array_mut);
        for choice in choices.into_iter().flatten() {
            self.choices = true;
            let index = choice.get("index").and_then(Value::as_u64).unwrap_or(0);
            if index == 0 {
                ends |= self.take_choice(choice);
            } else {
                self.others = true;
            }
        }
        ends
    }

    fn take_choice(&mut self, choice: &mut Value) -> bool {
        if let Some(logprobs) = take(choice, "logprobs") {
            self.add_logprobs(logprobs);
        }
        if let Some(delta) = choice.get_mut("delta") {
            self.take_delta(delta);
        } else if let Some(text) = take_text(choice, "text") {
            append(&mut self.answer.text, text);
        }
        let reason = take_text(choice, "finish_reason").filter(|reason| !reason.is_empty());
        let ends = reason.is_some();
        if let Some(reason) = reason {
            self.answer.finish_reason = Some(FinishReason::from(reason));
        }
        ends
    }

    fn take_delta(&mut self, delta: &mut Value) {
        if let Some(text) = take(delta, "content").and_then(text_of) {
            append(&mut self.answer.text, text);
        }
        if let Some(text) = take_text(delta, "refusal") {
            append(&mut self.answer.refusal, text);
        }
        if let Some(text) = reasoning_of(delta) {
            append(&mut self.answer.reasoning, text);
        }
        if let Some(Value::Array(calls)) = take(delta, "tool_calls") {
            for call in calls {
                self.take_tool_call(call);
            }
        }
    }

    /// Pieces of one call share its index; a server that gives none starts a call with each id.
    fn take_tool_call(&mut self, mut piece: Value) {
        let id = take_text(&mut piece, "id").filter(|id| !id.is_empty());
        let calls = &mut self.answer.tool_calls;
        let index = piece.get("index").and_then(Value::as_u64);
        let at = match index.and_then(|index| usize::try_from(index).ok()) {
            Some(index) => index.min(calls.len()),
            None if id.is_some() || calls.is_empty() => calls.len(),
            None => calls.len() - 1,
        };
        if at == calls.len() {
            calls.push(ToolCall {
                id: String::new(),
                name: String::new(),
                arguments: String::new(),
            });
        }
        let call = &mut calls[at];
        if let Some(id) = id {
            call.id = id;
        }
        let Some(function) = piece.get_mut("function") else {
            return;
        };
        if let Some(name) = take_text(function, "name") {
            call.name.push_str(&name);
        }
        if let Some(arguments) = take(function, "arguments") {
            call.arguments.push_str(&written(arguments));
        }
    }

    fn add_logprobs(&mut self, mut logprobs: Value) {
        let Some(Value::Array(new)) = take(&mut logprobs, "content") else {
            return;
        };
        let whole = self
            .answer
            .logprobs
            .get_or_insert_with(|| serde_json::json!({"content": []}));
        if let Some(all) = whole.get_mut("content").and_then(Value::as_array_mut) {
            all.extend(new);
        }
    }

    /// True when all has come that will: the model said why it stopped, or there was nothing to say at all (F41).
    pub(super) fn is_whole(&self) -> bool {
        self.answer.finish_reason.is_some()
            || (self.done && !self.choices && self.answer.usage.is_some())
    }

    /// Ends the answer, with what was odd about its chunks.
    pub(super) fn into_answer(mut self) -> Answer {
        let doubled = self.doubled;
        if doubled > 0 {
            self.warn(format!("{doubled} chunks of the stream came twice"));
        }
        if self.others {
            self.warn("more than one choice came and the first is read".to_owned());
        }
        if !self.choices {
            self.warn("the answer has no choices".to_owned());
        }
        let nothing = self.answer.text.is_none()
            && self.answer.refusal.is_none()
            && self.answer.reasoning.is_none()
            && self.answer.tool_calls.is_empty();
        if nothing && self.answer.finish_reason.is_some() {
            // A model that ends at once says the empty text, as it does without a stream.
            self.answer.text = Some(String::new());
        }
        self.answer
    }

    pub(super) fn warn(&mut self, warning: String) {
        self.answer.warnings.push(warning);
    }
}

fn append(whole: &mut Option<String>, piece: String) {
    match whole {
        Some(text) => text.push_str(&piece),
        None if piece.is_empty() => {}
        None => *whole = Some(piece),
    }
}

#[cfg(test)]
mod tests;
