//! Reading an answer of the `OpenAI` wire, whole or streamed, and what is wrong with it (F22 to F25, F34 to F43).

use std::borrow::Cow;

use serde_json::Value;

use crate::domain::{Answer, Fault, MoneyClass};
use crate::provider::Watch;
use crate::provider::answer::answer_of;
use crate::provider::classify::{Said, error_in_success, is_markup};
use crate::provider::exchange::Opened;
use crate::provider::gather::{Gather, Odd};
use crate::provider::openai::OpenAi;
use crate::provider::sse::{SseError, SseEvent, SseReader};

/// Bytes of a broken answer that are kept for the view.
const LONGEST_PARTIAL: usize = 64 << 10;

impl OpenAi {
    /// Reads an answer that comes whole.
    pub(super) async fn read_whole(
        &self,
        opened: &mut Opened,
        watch: &Watch,
    ) -> Result<Answer, Fault> {
        let mut body = Vec::new();
        loop {
            match opened.read(&mut body, watch).await {
                Ok(true) => {}
                Ok(false) => break,
                Err(fault) => return Err(self.with_partial(fault, &body)),
            }
        }
        let answer = self.read_body(opened, &body)?;
        if let (Some(on_text), Some(text)) = (&watch.on_text, &answer.text) {
            on_text(text);
        }
        Ok(answer)
    }

    fn read_body(&self, opened: &Opened, body: &[u8]) -> Result<Answer, Fault> {
        let fault = |row, message: &str| Fault {
            status: Some(opened.status()),
            ..self.with_partial(Fault::new(row, MoneyClass::Ambiguous, message), body)
        };
        if opened.is_html() || is_markup(body) {
            return Err(portal(fault(
                24,
                "a page of HTML came in place of an answer",
            )));
        }
        let Ok(text) = std::str::from_utf8(body) else {
            return Err(fault(23, "the answer is not valid UTF-8"));
        };
        let text = self.rules.secrets.scrub(text);
        let value: Value = serde_json::from_str(&text).map_err(|error| {
            let message = format!("the answer is not whole JSON: {error}");
            Fault {
                retry: true,
                max_attempts: Some(2),
                ..fault(22, &message)
            }
        })?;
        if let Some(said) = error_in(&value) {
            return Err(error_in_success(25, &said, opened.wait(), &self.rules));
        }
        answer_of(value).ok_or_else(|| portal(fault(24, "JSON came that is no answer")))
    }

    /// Reads an answer that comes in events.
    pub(super) async fn read_stream(
        &self,
        opened: &mut Opened,
        watch: &Watch,
    ) -> Result<Answer, Fault> {
        let mut gather = Gather::new();
        let result = self.gather(opened, &mut gather, watch).await;
        let ended = gather.is_whole();
        match result {
            // All of the text is there: a break after it costs at most the count, and then the hold stays (F40).
            Err(fault) if ended && fault.code.0 != 36 => {
                gather.warn(format!("after the answer: {}", fault.message));
                Ok(gather.into_answer())
            }
            Err(fault) => Err(cut(fault, gather.into_answer())),
            Ok(()) if ended => {
                if !gather.done {
                    gather.warn("the stream ended without `[DONE]`".to_owned());
                }
                Ok(gather.into_answer())
            }
            Ok(()) => {
                let (row, message) = if gather.done {
                    (43, "the stream ended without a finish reason")
                } else {
                    (34, "the stream was cut")
                };
                let fault = retried(Fault::new(row, MoneyClass::Ambiguous, message));
                Err(cut(fault, gather.into_answer()))
            }
        }
    }

    async fn gather(
        &self,
        opened: &mut Opened,
        gather: &mut Gather,
        watch: &Watch,
    ) -> Result<(), Fault> {
        let mut reader = SseReader::default();
        let mut bytes = Vec::new();
        while !gather.done {
            bytes.clear();
            let more = opened.read(&mut bytes, watch).await?;
            reader.feed(&bytes);
            loop {
                let event = if more {
                    reader.next_event()
                } else {
                    rest(&mut reader)
                };
                let Some(mut event) = event.map_err(bad_stream)? else {
                    break;
                };
                if let Cow::Owned(clean) = self.rules.secrets.scrub(&event.data) {
                    event.data = clean;
                }
                gather
                    .take(event, watch.on_text.as_deref())
                    .map_err(|odd| self.odd(odd, opened))?;
            }
            if !more {
                break;
            }
        }
        Ok(())
    }

    fn odd(&self, odd: Odd, opened: &Opened) -> Fault {
        match odd {
            Odd::Error(said) => error_in_success(36, &said, opened.wait(), &self.rules),
            Odd::Garbled => {
                let message = "the stream has an event that is not JSON";
                retried(Fault::new(34, MoneyClass::Ambiguous, message))
            }
        }
    }

    /// Keeps what came of a body, for the view only.
    fn with_partial(&self, fault: Fault, body: &[u8]) -> Fault {
        let text = String::from_utf8_lossy(&body[..body.len().min(LONGEST_PARTIAL)]);
        Fault {
            partial_text: (!text.is_empty()).then(|| self.rules.secrets.scrub(&text).into_owned()),
            ..fault
        }
    }
}

/// An error beside the choices, or in the first of them, as some routers put it.
fn error_in(value: &Value) -> Option<Said> {
    Said::of_answer(value).or_else(|| Said::of_answer(value.pointer("/choices/0")?))
}

/// What is left in the reader at the end: whole lines first, then the last event without its blank line.
fn rest(reader: &mut SseReader) -> Result<Option<SseEvent>, SseError> {
    match reader.next_event()? {
        Some(event) => Ok(Some(event)),
        None => reader.last_event(),
    }
}

fn bad_stream(error: SseError) -> Fault {
    match error {
        SseError::LineTooLong => Fault::new(
            35,
            MoneyClass::Ambiguous,
            "the stream has a line longer than 1 MiB",
        ),
        SseError::NotUtf8 => Fault::new(23, MoneyClass::Ambiguous, "the stream is not valid UTF-8"),
    }
}

/// Keeps the text of a broken stream for the view, and its count of usage for the ledger.
fn cut(fault: Fault, answer: Answer) -> Fault {
    let mut partial = answer.text.clone().unwrap_or_default();
    partial.truncate(partial.floor_char_boundary(LONGEST_PARTIAL));
    Fault {
        partial_text: Some(partial).filter(|text| !text.is_empty()),
        settled_by: answer.usage.is_some().then(|| Box::new(answer)),
        ..fault
    }
}

/// A captive portal or a wrong address: once may be chance, twice is the endpoint's (F24).
fn portal(fault: Fault) -> Fault {
    Fault {
        retry: true,
        max_attempts: Some(2),
        stops_endpoint: true,
        ..fault
    }
}

fn retried(fault: Fault) -> Fault {
    Fault {
        retry: true,
        ..fault
    }
}
