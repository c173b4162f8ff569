//! Answers from a file of rules: deterministic, priced, fast. For tests, and to show what a failure looks like.
//!
//! ```yaml
//! rules:
//!   - match: "(北京|上海).*天气"     # a regular expression, or plain text; by default on the last user message
//!     in: conversation              # or `last`
//!     reply: "$1晴"                  # or a list, taken in turn by each conversation
//!     usage: { input_tokens: 12, output_tokens: 3 }   # by default a token for each 4 bytes
//!     latency_ms: 20
//!     finish_reason: stop
//!     fault: "429"                  # see `named`
//!     times: 2                      # the rule's first two uses fail, later ones answer
//! ```
//! The first rule that matches answers; without a match the call fails.

mod named;
mod rules;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use regex::Captures;
use tokio::time::{Instant, sleep};

use crate::domain::{
    Answer, Endpoint, Fault, FinishReason, Message, MoneyClass, Request, Role, Usage, sha256_hex,
};
use crate::provider::answer::empty_answer;
use crate::provider::body::{has_media, input_bytes_of};
use crate::provider::prepared::ScriptView;
use crate::provider::scripted::named::fault_named;
use crate::provider::scripted::rules::{Rule, Where, read_rules};
use crate::provider::{Prepared, ProviderError, Reply, Watch};

pub use rules::ScriptError;

/// Bytes that are taken for a token where a rule gives no usage.
const BYTES_A_TOKEN: usize = 4;

/// A script with what it has counted.
#[derive(Debug)]
pub(super) struct Scripted {
    rules: Vec<Rule>,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    /// Faults given, by rule.
    faults: HashMap<usize, u32>,
    /// Replies given, by rule and conversation: each conversation takes a list from its start, whatever the order of calls.
    replies: HashMap<(usize, String), usize>,
}

impl Scripted {
    /// Reads the endpoint's script.
    pub(super) fn load(endpoint: &Endpoint) -> Result<Self, ProviderError> {
        let path = endpoint
            .script
            .as_ref()
            .ok_or_else(|| ProviderError::NoScript {
                endpoint: endpoint.name.clone(),
            })?;
        Ok(Self {
            rules: read_rules(path)?,
            counts: Mutex::default(),
        })
    }

    /// Keeps of a request what rules look at; the body is the request itself.
    pub(super) fn prepare(request: &Request) -> Result<Prepared, ProviderError> {
        let body = serde_json::to_vec(request).map_err(|source| ProviderError::Json { source })?;
        let last = request
            .messages
            .iter()
            .rev()
            .find(|message| message.role == Role::User);
        let texts: Vec<String> = request.messages.iter().map(Message::plain_text).collect();
        Ok(Prepared {
            body: Arc::from(body),
            cache_basis: None,
            input_bytes: input_bytes_of(request),
            max_output_tokens: Some(u64::from(request.max_tokens)),
            has_media: has_media(request),
            stream: request.stream,
            model: request.model.clone(),
            script: Some(ScriptView {
                last: last.map(Message::plain_text).unwrap_or_default(),
                conversation: texts.join("\n"),
                max_tokens: request.max_tokens,
            }),
            asked: None,
        })
    }

    /// Answers by the first rule that matches.
    pub(super) async fn send(&self, prepared: &Prepared, watch: &Watch) -> Result<Reply, Fault> {
        let started = Instant::now();
        (watch.fail)("before-send");
        let Some(view) = &prepared.script else {
            return Err(stopped(
                "the request was prepared for another endpoint".to_owned(),
            ));
        };
        let found = self.rules.iter().enumerate().find_map(|(index, rule)| {
            let text = match rule.place {
                Where::Last => &view.last,
                Where::Conversation => &view.conversation,
            };
            rule.captures(text).map(|captures| (index, rule, captures))
        });
        let Some((index, rule, captures)) = found else {
            let beginning: String = view
                .last
                .chars()
                .filter(|c| !c.is_control())
                .take(60)
                .collect();
            return Err(stopped(format!(
                "no rule of the script matches `{beginning}`"
            )));
        };
        let outcome = self.outcome(index, rule, captures, view, &prepared.model);
        if !rule.latency.is_zero() {
            sleep(rule.latency).await;
        }
        let answer = outcome?;
        (watch.fail)("after-headers");
        (watch.fail)("mid-body");
        if let (Some(on_text), Some(text)) = (&watch.on_text, &answer.text) {
            on_text(text);
        }
        let latency = started.elapsed();
        Ok(Reply::new(answer, latency, latency))
    }

    fn outcome(
        &self,
        index: usize,
        rule: &Rule,
        captures: Option<Captures<'_>>,
        view: &ScriptView,
        model: &str,
    ) -> Result<Answer, Fault> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(name) = rule.fault {
            let given = counts.faults.entry(index).or_default();
            if rule.times.is_none_or(|times| *given < times) {
                *given += 1;
                return Err(fault_named(name));
            }
        }
        let key = (index, view.conversation.clone());
        let turn = counts.replies.entry(key).or_default();
        let template = &rule.replies[*turn % rule.replies.len()];
        *turn += 1;
        let mut text = String::new();
        match captures {
            Some(captures) => captures.expand(template, &mut text),
            None => text.push_str(template),
        }
        Ok(answer(rule, text, view, model))
    }
}

/// An answer without given usage is cut at the limit, as a model's would be.
fn answer(rule: &Rule, mut text: String, view: &ScriptView, model: &str) -> Answer {
    let mut finish = rule.finish_reason.clone();
    let most = BYTES_A_TOKEN.saturating_mul(usize::try_from(view.max_tokens).unwrap_or(usize::MAX));
    if rule.usage.is_none() && text.len() > most {
        text.truncate(text.floor_char_boundary(most));
        finish.get_or_insert(FinishReason::Length);
    }
    let tokens = |text: &str| (text.len() / BYTES_A_TOKEN).max(1) as u64;
    let usage = rule
        .usage
        .clone()
        .unwrap_or_else(|| Usage::of(tokens(&view.conversation), tokens(&text)));
    Answer {
        finish_reason: Some(finish.unwrap_or(FinishReason::Stop)),
        model_returned: Some(model.to_owned()),
        usage_raw: serde_json::to_value(&usage).ok(),
        usage: Some(usage),
        response_id: Some(format!(
            "scripted-{}",
            &sha256_hex(view.conversation.as_bytes())[..12]
        )),
        text: Some(text),
        ..empty_answer()
    }
}

fn stopped(message: String) -> Fault {
    Fault::new(0, MoneyClass::NotSent, message)
}

#[cfg(test)]
mod tests;
