//! The OpenAI wire: one chat request, whole or streamed, and the list of models.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Method, Url};
use serde_json::Value;

use crate::domain::{Answer, Endpoint, EndpointKind, Fault, MoneyClass, Request, sha256_hex};
use crate::provider::answer::answer_of;
use crate::provider::body::{body_of, has_media, input_bytes_of, max_output_of};
use crate::provider::classify::{Rules, Said, error_in_success, is_markup};
use crate::provider::exchange::{Ask, Opened, open};
use crate::provider::gather::{Gather, Odd};
use crate::provider::http::Http;
use crate::provider::sse::{SseError, SseReader};
use crate::provider::{Prepared, ProviderError, Reply, Watch};

/// Limit of a question that generates nothing.
const QUESTION_LIMIT: Duration = Duration::from_secs(30);
/// Bytes of a broken answer that are kept for the view.
const LONGEST_PARTIAL: usize = 64 << 10;

/// An address that speaks the wire.
#[derive(Debug)]
pub(super) struct OpenAi {
    pub(super) http: Http,
    rules: Rules,
    chat: Url,
}

impl OpenAi {
    /// Makes the wire of an endpoint whose chat lies at `chat_path` under its address.
    pub(super) fn new(endpoint: &Endpoint, chat_path: &str) -> Result<Self, ProviderError> {
        let http = Http::new(endpoint)?;
        let rules = Rules {
            no_charge_on_error: endpoint.no_charge_on_error,
            llama: endpoint.kind == EndpointKind::LlamaCpp,
            secrets: http.secrets.clone(),
        };
        let chat = http.url(chat_path);
        Ok(Self { http, rules, chat })
    }

    /// Writes a request for this wire; `identity` is the server's, `None` when answers may not be cached.
    pub(super) fn prepare(
        &self,
        request: &Request,
        identity: Option<&str>,
    ) -> Result<Prepared, ProviderError> {
        let endpoint = self.http.endpoint();
        let stream = request.stream || endpoint.stream;
        let body = body_of(request, stream, &endpoint.body)?;
        let bytes = serde_json::to_vec(&body).map_err(|source| ProviderError::Json { source })?;
        Ok(Prepared {
            cache_basis: identity.map(|identity| self.basis(&bytes, identity)),
            input_bytes: input_bytes_of(request),
            max_output_tokens: max_output_of(&body),
            has_media: has_media(request),
            stream,
            model: request.model.clone(),
            script: None,
            body: Arc::from(bytes),
        })
    }

    /// Base URL, query, body and identity, hashed; the address is parsed, so that no two spellings of one differ.
    fn basis(&self, body: &[u8], identity: &str) -> String {
        let address = self.chat.as_str().as_bytes();
        let whole = [address, b"\n", identity.as_bytes(), b"\n", body].concat();
        sha256_hex(&whole)
    }

    /// Sends one attempt.
    pub(super) async fn send(
        &self,
        prepared: &Prepared,
        attempt: &str,
        watch: &Watch,
    ) -> Result<Reply, Fault> {
        let endpoint = self.http.endpoint();
        let ask = Ask {
            method: Method::POST,
            url: self.chat.clone(),
            body: Some(&prepared.body),
            attempt: Some(attempt),
            total: endpoint.timeout,
            first: if prepared.stream {
                endpoint.idle_timeout
            } else {
                endpoint.timeout
            },
            idle: endpoint.idle_timeout,
        };
        let mut opened = open(&self.http, ask, &self.rules, watch).await?;
        let read = if opened.is_stream() {
            self.read_stream(&mut opened, watch).await
        } else {
            self.read_whole(&mut opened, watch).await
        };
        let request_id = opened.request_id.clone();
        let mut answer = read.map_err(|fault| with_request_id(fault, request_id.as_ref()))?;
        answer.request_id = request_id;
        warn_of_model(&mut answer, &prepared.model, self.rules.llama);
        let latency = opened.elapsed();
        let first_byte = opened.first_byte.unwrap_or(latency);
        opened.release().await;
        Ok(Reply::new(answer, first_byte, latency))
    }

    async fn read_whole(&self, opened: &mut Opened, watch: &Watch) -> Result<Answer, Fault> {
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
        if let Some(said) = self.error_in(&value) {
            return Err(error_in_success(25, &said, opened.wait(), &self.rules));
        }
        answer_of(value).ok_or_else(|| portal(fault(24, "JSON came that is no answer")))
    }

    /// An error beside the choices, or in the first of them, as some routers put it.
    fn error_in(&self, value: &Value) -> Option<Said> {
        Said::of_answer(value).or_else(|| Said::of_answer(value.pointer("/choices/0")?))
    }

    async fn read_stream(&self, opened: &mut Opened, watch: &Watch) -> Result<Answer, Fault> {
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
                if let std::borrow::Cow::Owned(clean) = self.rules.secrets.scrub(&event.data) {
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

    /// Asks for something that generates nothing, and so costs nothing.
    pub(super) async fn question(
        &self,
        method: Method,
        url: Url,
        body: Option<&[u8]>,
    ) -> Result<Value, Fault> {
        let endpoint = self.http.endpoint();
        let ask = Ask {
            method,
            url,
            body,
            attempt: None,
            total: endpoint.timeout.min(QUESTION_LIMIT),
            first: endpoint.timeout.min(QUESTION_LIMIT),
            idle: endpoint.idle_timeout,
        };
        self.ask(ask).await.map_err(|fault| Fault {
            money: MoneyClass::NotSent,
            partial_text: None,
            ..fault
        })
    }

    async fn ask(&self, ask: Ask<'_>) -> Result<Value, Fault> {
        let quiet = Watch::none();
        let mut opened = open(&self.http, ask, &self.rules, &quiet).await?;
        let mut body = Vec::new();
        while opened.read(&mut body, &quiet).await? {}
        serde_json::from_slice(&body).map_err(|error| {
            let message = format!("the answer is not JSON: {error}");
            Fault::new(22, MoneyClass::NotSent, message)
        })
    }

    /// Lists the models that the endpoint names.
    pub(super) async fn models(&self, path: &str) -> Result<Vec<String>, Fault> {
        let value = self
            .question(Method::GET, self.http.url(path), None)
            .await?;
        let list = value
            .get("data")
            .or_else(|| value.get("models"))
            .unwrap_or(&value);
        let models = list.as_array().into_iter().flatten();
        Ok(models
            .filter_map(|model| {
                let name = model
                    .get("id")
                    .or_else(|| model.get("name"))
                    .unwrap_or(model);
                name.as_str().map(str::to_owned)
            })
            .collect())
    }
}

/// What is left in the reader at the end: whole lines first, then the last event without its blank line.
fn rest(reader: &mut SseReader) -> Result<Option<crate::provider::sse::SseEvent>, SseError> {
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

fn with_request_id(fault: Fault, id: Option<&String>) -> Fault {
    let mut fault = fault;
    fault.request_id = id.cloned();
    if let Some(answer) = &mut fault.settled_by {
        answer.request_id = id.cloned();
    }
    fault
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

/// The answer is priced by the model that it names; a person should know when that is another one (F44). A dated name of the
/// model asked for is the same model, and a llama.cpp server ignores the name.
fn warn_of_model(answer: &mut Answer, asked: &str, any_name: bool) {
    let bare = |name: &str| name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    if let Some(returned) = &answer.model_returned
        && !any_name
        && !bare(returned).starts_with(&bare(asked))
    {
        let warning = format!("`{asked}` was asked for and `{returned}` answered");
        answer.warnings.push(warning);
    }
}
