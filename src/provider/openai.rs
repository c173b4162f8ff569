//! The `OpenAI` wire: one chat request, whole or streamed, and the list of models.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Method, Url};
use serde_json::Value;

use crate::domain::{Answer, Endpoint, EndpointKind, Fault, MoneyClass, Request, sha256_hex};
use crate::provider::body::{body_of, has_media, input_bytes_of, max_output_of};
use crate::provider::classify::Rules;
use crate::provider::exchange::{Ask, open};
use crate::provider::http::Http;
use crate::provider::{Prepared, ProviderError, Reply, Watch};

/// Limit of a question that generates nothing.
const QUESTION_LIMIT: Duration = Duration::from_secs(30);
/// An address that speaks the wire.
#[derive(Debug)]
pub(super) struct OpenAi {
    pub(super) http: Http,
    pub(super) rules: Rules,
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
            asked: None,
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

fn with_request_id(fault: Fault, id: Option<&String>) -> Fault {
    let mut fault = fault;
    fault.request_id = id.cloned();
    if let Some(answer) = &mut fault.settled_by {
        answer.request_id = id.cloned();
    }
    fault
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
