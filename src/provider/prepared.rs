//! What goes to a provider and what comes back, beyond the domain's words.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::{Answer, FailPoint};
use crate::provider::embedded::Asked;

/// Takes each piece of a text as it comes.
pub type TextSink = Arc<dyn Fn(&str) + Send + Sync>;

/// What a provider is told besides the request: fail points, and where text goes as it comes.
#[derive(Clone)]
pub struct Watch {
    /// Called at `before-send`, `after-headers` and `mid-body`.
    pub fail: FailPoint,
    /// Called with each piece of a streamed text.
    pub on_text: Option<TextSink>,
}

impl Watch {
    /// Makes a watch that does nothing.
    pub fn none() -> Self {
        Self {
            fail: Arc::new(|_| {}),
            on_text: None,
        }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("on_text", &self.on_text.is_some())
            .finish_non_exhaustive()
    }
}

/// A request in the form of its wire: its bytes are what is hashed, sent and stored.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The final body.
    pub body: Arc<[u8]>,
    /// SHA-256 in hex of base URL, query, body and the server's identity (for an embedded model: its file's hash and our
    /// version): the cache's key but for the repeat. `None` where answers are never cached: scripted endpoints, and a
    /// llama.cpp server that was not asked by `ready` or hides its identity.
    pub cache_basis: Option<String>,
    /// Upper bound of the input in tokens: UTF-8 bytes of texts, schemas and tools, and 16 a message. Without media.
    pub input_bytes: u64,
    /// The most tokens that this body lets the model write, over all its answers (`n`); `None` where the endpoint's own
    /// `body` removed the limit.
    pub max_output_tokens: Option<u64>,
    /// True when a message holds an image, whose tokens `input_bytes` cannot bound.
    pub has_media: bool,
    /// True when a stream is asked for.
    pub stream: bool,
    pub(super) model: String,
    pub(super) script: Option<ScriptView>,
    pub(super) asked: Option<Arc<Asked>>,
}

/// What a script's rules look at.
#[derive(Debug, Clone)]
pub(super) struct ScriptView {
    pub(super) last: String,
    pub(super) conversation: String,
    pub(super) max_tokens: u32,
}

/// An answer that came, with its times.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The answer.
    pub answer: Answer,
    /// From the call of `send` to the last byte, by the monotonic clock.
    pub latency: Duration,
    /// From the call of `send` to the first byte of the body.
    pub first_byte: Duration,
    /// Bytes of the answer's text.
    pub text_bytes: u64,
}

impl Reply {
    pub(super) fn new(answer: Answer, first_byte: Duration, latency: Duration) -> Self {
        let text_bytes = answer.text.as_ref().map_or(0, |text| text.len() as u64);
        Self {
            answer,
            latency,
            first_byte,
            text_bytes,
        }
    }
}

/// What a server says about itself; all unknown where it cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServerInfo {
    /// How many calls it serves at once.
    pub slots: Option<u32>,
    /// Tokens of context a slot has.
    pub context: Option<u64>,
    /// Parameters of its model.
    pub parameters: Option<u64>,
    /// Model file and build, for the cache's key.
    pub identity: Option<String>,
    /// Whether its chat template knows tools.
    pub supports_tools: Option<bool>,
}
