//! A llama.cpp server: the `OpenAI` wire, and what else its server tells.
//!
//! Source: llama.cpp `tools/server/README.md`, tried against builds of 0.5 and 0.7.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::{Method, Url};
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use tokio::time::{Instant, sleep};

use crate::domain::{Endpoint, Fault, MoneyClass, Request};
use crate::provider::openai::OpenAi;
use crate::provider::{Prepared, ProviderError, Reply, ServerInfo, Watch};

/// How long a server may load its model; large files on slow disks take a minute.
const LOADING_LIMIT: Duration = Duration::from_mins(3);

/// A server, asked once what it is.
#[derive(Debug)]
pub(super) struct Llama {
    wire: OpenAi,
    info: OnceCell<ServerInfo>,
    /// False once the server does not know the exact count's address (before 0.6).
    counts_chats: AtomicBool,
}

impl Llama {
    /// Makes the wire; the address is taken with or without its `/v1`, since health and properties lie outside.
    pub(super) fn new(endpoint: &Endpoint) -> Result<Self, ProviderError> {
        let mut endpoint = endpoint.clone();
        let root = endpoint.base_url.trim_end_matches('/');
        endpoint.base_url = root.strip_suffix("/v1").unwrap_or(root).to_owned();
        Ok(Self {
            wire: OpenAi::new(&endpoint, "/v1/chat/completions")?,
            info: OnceCell::new(),
            counts_chats: AtomicBool::new(true),
        })
    }

    pub(super) async fn ready(&self) -> Result<ServerInfo, Fault> {
        let info = self.info.get_or_try_init(async || {
            self.wait_until_loaded().await?;
            let props = self
                .wire
                .question(Method::GET, self.url("/props"), None)
                .await?;
            Ok(info_of(&props))
        });
        info.await.cloned()
    }

    pub(super) fn prepare(&self, request: &Request) -> Result<Prepared, ProviderError> {
        let info = self.info.get();
        let identity = info.and_then(|info| info.identity.as_deref());
        if !request.tools.is_empty() && info.and_then(|info| info.supports_tools) == Some(false) {
            return Err(ProviderError::ToolsUnsupported {
                endpoint: self.wire.http.endpoint().name.clone(),
                identity: identity.unwrap_or("the server").to_owned(),
            });
        }
        self.wire.prepare(request, identity)
    }

    /// Sends one attempt; while the server loads its model nothing runs, so waiting for it is no attempt (F9).
    pub(super) async fn send(
        &self,
        prepared: &Prepared,
        attempt: &str,
        watch: &Watch,
    ) -> Result<Reply, Fault> {
        match self.wire.send(prepared, attempt, watch).await {
            Err(fault) if fault.status == Some(503) && fault.message.contains("oading model") => {
                self.wait_until_loaded().await?;
                self.wire.send(prepared, attempt, watch).await
            }
            result => result,
        }
    }

    /// Counts the input exactly by the server's own template and tokenizer; `None` where it cannot.
    pub(super) async fn count_input(&self, body: &[u8]) -> Option<u64> {
        if self.counts_chats.load(Ordering::Relaxed) {
            let url = self.url("/v1/chat/completions/input_tokens");
            match self.wire.question(Method::POST, url, Some(body)).await {
                Ok(value) => return count_of(&value),
                Err(fault) if fault.status == Some(404) => {
                    self.counts_chats.store(false, Ordering::Relaxed);
                }
                Err(_) => return None,
            }
        }
        self.count_by_tokenizing(body).await
    }

    async fn count_by_tokenizing(&self, body: &[u8]) -> Option<u64> {
        let url = self.url("/apply-template");
        let rendered = self
            .wire
            .question(Method::POST, url, Some(body))
            .await
            .ok()?;
        let prompt = rendered.get("prompt")?.as_str()?;
        let ask =
            json!({"content": prompt, "add_special": true, "parse_special": true}).to_string();
        let url = self.url("/tokenize");
        let tokens = self
            .wire
            .question(Method::POST, url, Some(ask.as_bytes()))
            .await
            .ok()?;
        Some(tokens.get("tokens")?.as_array()?.len() as u64)
    }

    pub(super) async fn models(&self) -> Result<Vec<String>, Fault> {
        self.wire.models("/v1/models").await
    }

    pub(super) fn endpoint(&self) -> &Endpoint {
        self.wire.http.endpoint()
    }

    fn url(&self, path: &str) -> Url {
        self.wire.http.url(path)
    }

    async fn wait_until_loaded(&self) -> Result<(), Fault> {
        let limit = LOADING_LIMIT.min(self.endpoint().timeout);
        let begin = Instant::now();
        let mut pause = Duration::from_millis(50);
        loop {
            match self
                .wire
                .question(Method::GET, self.url("/health"), None)
                .await
            {
                Err(fault) if fault.status == Some(503) => {
                    if begin.elapsed() + pause > limit {
                        let message = format!(
                            "the server is still loading its model after {} s",
                            begin.elapsed().as_secs()
                        );
                        return Err(Fault {
                            status: Some(503),
                            stops_endpoint: true,
                            ..Fault::new(9, MoneyClass::NotSent, message)
                        });
                    }
                }
                // A proxy may hide `/health`; then the properties will tell.
                Err(fault) if fault.status == Some(404) => return Ok(()),
                Err(fault) => return Err(fault),
                Ok(_) => return Ok(()),
            }
            sleep(pause).await;
            pause = (2 * pause).min(Duration::from_secs(2));
        }
    }
}

fn info_of(props: &Value) -> ServerInfo {
    let text = |key: &str| {
        props
            .get(key)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    let identity = text("model_path").map(|path| {
        let build = text("build_info").unwrap_or("unknown build");
        format!("{path} ({build})")
    });
    ServerInfo {
        slots: props
            .get("total_slots")
            .and_then(Value::as_u64)
            .and_then(|slots| u32::try_from(slots).ok()),
        context: props
            .pointer("/default_generation_settings/n_ctx")
            .or_else(|| props.get("n_ctx"))
            .and_then(Value::as_u64),
        parameters: None,
        identity,
        supports_tools: props
            .pointer("/chat_template_caps/supports_tools")
            .and_then(Value::as_bool),
    }
}

fn count_of(value: &Value) -> Option<u64> {
    ["input_tokens", "n_tokens", "prompt_tokens"]
        .iter()
        .find_map(|key| value.get(key)?.as_u64())
}
