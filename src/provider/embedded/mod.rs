//! The model inside `pw`, and other files of its kind: inference in this process, without key, network or cost.
//!
//! [`Weights`] are loaded on first use, once, and shared. An answer is prepared like one of any other wire, then written by
//! one thread beside the runtime; as many are written at once as the machine has threads, and the others wait. Nothing but
//! what is needed for one answer is held for each: its tokens, keys and values.
//!
//! Start with `send` below; then `write` (one answer) and [`model`] (one token).

mod asked;
mod error;
pub mod gguf;
pub mod model;
mod sampler;
mod stops;
pub mod tokenizer;
mod weights;
mod write;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::available_parallelism;
use std::time::Duration;

use serde_json::json;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

use crate::domain::{Answer, Endpoint, Fault, MoneyClass, Request, Usage, sha256_hex};
use crate::provider::answer::empty_answer;
use crate::provider::body::{body_of, has_media, input_bytes_of, max_output_of};
use crate::provider::{Prepared, ProviderError, Reply, ServerInfo, Watch};

pub use asked::{Asked, Sampling};
pub use error::{EmbeddedError, LoadError};
pub use weights::Weights;
pub use write::{WriteError, Written, write};

/// The name of the model that ships inside `pw`.
pub const WEATHER: &str = "weather";

/// A model in this process.
#[derive(Debug)]
pub(super) struct Embedded {
    endpoint: Endpoint,
    /// The weights of a file of the user's own; `None`: those that ship inside.
    own: Option<Arc<Weights>>,
    /// A place for each answer that is written at once.
    places: Arc<Semaphore>,
    slots: u32,
}

impl Embedded {
    /// Makes the endpoint, and reads its file where it names one.
    pub(super) fn load(endpoint: &Endpoint) -> Result<Self, ProviderError> {
        let own = endpoint.file.as_deref().map(Weights::read).transpose();
        let threads = available_parallelism().map_or(1, usize::from);
        let slots = endpoint.concurrency.map_or(threads, |most| most as usize);
        let slots = slots.min(Semaphore::MAX_PERMITS);
        Ok(Self {
            own: own.map_err(|error| error.at(&endpoint.name))?.map(Arc::new),
            endpoint: endpoint.clone(),
            places: Arc::new(Semaphore::new(slots)),
            slots: u32::try_from(slots).unwrap_or(u32::MAX),
        })
    }

    /// Loads the weights if nobody did before.
    fn weights(&self) -> Result<Arc<Weights>, EmbeddedError> {
        match &self.own {
            Some(own) => Ok(Arc::clone(own)),
            None => Weights::shipped().map_err(|error| error.at(&self.endpoint.name)),
        }
    }

    pub(super) fn ready(&self) -> Result<ServerInfo, Fault> {
        let weights = self.weights().map_err(|error| not_sent(&error))?;
        Ok(ServerInfo {
            slots: Some(self.slots),
            context: Some(weights.model.dims().context as u64),
            parameters: Some(weights.model.parameters() as u64),
            identity: Some(weights.identity()),
            supports_tools: Some(false),
        })
    }

    pub(super) fn models(&self) -> Vec<String> {
        vec![self.served().to_owned()]
    }

    fn served(&self) -> &str {
        self.endpoint.model.as_deref().unwrap_or(WEATHER)
    }

    /// Writes a request in the form of the `OpenAI` wire, which is what is stored, and reads what it asks.
    pub(super) fn prepare(&self, request: &Request) -> Result<Prepared, ProviderError> {
        let endpoint = &self.endpoint;
        if request.model != self.served() {
            return Err(ProviderError::Embedded(EmbeddedError::Model {
                endpoint: endpoint.name.clone(),
                found: request.model.clone(),
                served: self.served().to_owned(),
            }));
        }
        let weights = self.weights()?;
        let stream = request.stream || endpoint.stream;
        let body = body_of(request, stream, &endpoint.body)?;
        let asked = Asked::read(&weights, request, &body)
            .map_err(|what| EmbeddedError::asked(&endpoint.name, what))?;
        let bytes = serde_json::to_vec(&body).map_err(|source| ProviderError::Json { source })?;
        let basis = [weights.identity().as_bytes(), b"\n", &bytes].concat();
        Ok(Prepared {
            cache_basis: Some(sha256_hex(&basis)),
            input_bytes: input_bytes_of(request),
            max_output_tokens: max_output_of(&body),
            has_media: has_media(request),
            stream,
            model: request.model.clone(),
            script: None,
            asked: Some(Arc::new(asked)),
            body: Arc::from(bytes),
        })
    }

    /// Writes one answer beside the runtime; a caller that goes away ends it at its next token.
    pub(super) async fn send(&self, prepared: &Prepared, watch: &Watch) -> Result<Reply, Fault> {
        let started = Instant::now();
        (watch.fail)("before-send");
        let asked = prepared
            .asked
            .clone()
            .ok_or_else(|| not_sent(&"the request was prepared for another endpoint"))?;
        let weights = self.weights().map_err(|error| not_sent(&error))?;
        if let Some(message) = asked.too_long(&weights) {
            return Err(Fault {
                caused_by_request: true,
                ..Fault::new(49, MoneyClass::Refused, message)
            });
        }
        let place = Arc::clone(&self.places).acquire_owned().await;
        let place = place.map_err(|error| not_sent(&error))?;
        let gone = Gone::default();
        let stop = Arc::clone(&gone.0);
        let prompt = asked.prompt_tokens();
        let mut shown = Shown::new(watch, started);
        let writing = tokio::task::spawn_blocking(move || {
            let _place = place;
            let stop = || stop.load(Ordering::Relaxed);
            let written = write(&weights, &asked, &mut |text| shown.show(text), &stop);
            (written, shown.first)
        });
        let written = timeout(self.endpoint.timeout, writing).await;
        let (written, first) = written
            .map_err(|_| self.late())?
            .map_err(|error| not_sent(&error))?;
        let answer = answer(
            written.map_err(|error| not_sent(&error))?,
            prompt,
            &prepared.model,
        );
        let latency = started.elapsed();
        Ok(Reply::new(answer, first.unwrap_or(latency), latency))
    }

    fn late(&self) -> Fault {
        let limit = self.endpoint.timeout.as_secs_f64();
        let message =
            format!("no answer within {limit} s: the machine is busy, or the limit too short");
        Fault::new(26, MoneyClass::Refused, message)
    }
}

/// Tells the writing thread that nobody waits any more, when dropped.
#[derive(Default)]
struct Gone(Arc<AtomicBool>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The text on its way to whoever watches it.
struct Shown {
    watch: Watch,
    started: Instant,
    /// When the first piece was there.
    first: Option<Duration>,
}

impl Shown {
    fn new(watch: &Watch, started: Instant) -> Self {
        Self {
            watch: watch.clone(),
            started,
            first: None,
        }
    }

    fn show(&mut self, text: &str) {
        if self.first.is_none() {
            self.first = Some(self.started.elapsed());
            (self.watch.fail)("after-headers");
            (self.watch.fail)("mid-body");
        }
        if let Some(on_text) = &self.watch.on_text {
            on_text(text);
        }
    }
}

fn not_sent(error: &impl ToString) -> Fault {
    Fault::new(0, MoneyClass::NotSent, error.to_string())
}

fn answer(written: Written, prompt: usize, model: &str) -> Answer {
    let (input, output) = (prompt as u64, written.tokens as u64);
    Answer {
        text: Some(written.text),
        finish_reason: Some(written.finish),
        model_returned: Some(model.to_owned()),
        usage: Some(Usage::of(input, output)),
        usage_raw: Some(
            json!({"prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output}),
        ),
        ..empty_answer()
    }
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
