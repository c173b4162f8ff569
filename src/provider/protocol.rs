//! An endpoint's provider: one type, whatever the protocol behind it.

use crate::domain::{Endpoint, EndpointKind, Fault, MoneyClass, Request};
use crate::provider::embedded::Embedded;
use crate::provider::llama::Llama;
use crate::provider::openai::OpenAi;
use crate::provider::scripted::Scripted;
use crate::provider::{Prepared, ProviderError, Reply, ServerInfo, Watch};

/// The protocol implementation behind one endpoint; shared by all its calls.
#[derive(Debug)]
pub struct Provider {
    endpoint: Endpoint,
    wire: Wire,
}

#[derive(Debug)]
enum Wire {
    OpenAi(OpenAi),
    Llama(Llama),
    Embedded(Embedded),
    Scripted(Scripted),
}

impl Provider {
    /// Makes the provider of an endpoint; opens no connection, and reads a model or a script where a file is named.
    ///
    /// Errors: an address that is none, a key that would go out in the clear, a model or a script that is wrong.
    pub fn new(endpoint: Endpoint) -> Result<Self, ProviderError> {
        let wire = match endpoint.kind {
            EndpointKind::OpenAi => Wire::OpenAi(OpenAi::new(&endpoint, "/chat/completions")?),
            EndpointKind::LlamaCpp => Wire::Llama(Llama::new(&endpoint)?),
            EndpointKind::Embedded => Wire::Embedded(Embedded::load(&endpoint)?),
            EndpointKind::Scripted => Wire::Scripted(Scripted::load(&endpoint)?),
        };
        Ok(Self { endpoint, wire })
    }

    /// Returns the endpoint as it was given.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Asks a llama.cpp server what it is, once, waiting while it loads its model; loads an embedded one; others answer at
    /// once.
    ///
    /// Errors: a fault whose money is *not sent*.
    pub async fn ready(&self) -> Result<ServerInfo, Fault> {
        match &self.wire {
            Wire::Llama(llama) => Box::pin(llama.ready()).await,
            Wire::Embedded(embedded) => embedded.ready(),
            Wire::OpenAi(_) | Wire::Scripted(_) => Ok(ServerInfo::default()),
        }
    }

    /// Writes a request in the form of its wire. For llama.cpp, `ready` must have been awaited for the answer to be cached
    /// and for tools to be checked.
    pub fn prepare(&self, request: &Request) -> Result<Prepared, ProviderError> {
        match &self.wire {
            Wire::OpenAi(openai) => openai.prepare(request, Some("")),
            Wire::Llama(llama) => llama.prepare(request),
            Wire::Embedded(embedded) => embedded.prepare(request),
            Wire::Scripted(_) => Scripted::prepare(request),
        }
    }

    /// Counts the input tokens exactly where that can be known (llama.cpp and embedded models).
    pub async fn count_input(&self, prepared: &Prepared) -> Option<u64> {
        match &self.wire {
            Wire::Llama(llama) => Box::pin(llama.count_input(&prepared.body)).await,
            Wire::Embedded(_) => prepared
                .asked
                .as_ref()
                .map(|asked| asked.prompt_tokens() as u64),
            Wire::OpenAi(_) | Wire::Scripted(_) => None,
        }
    }

    /// Sends one attempt: at most one request that generates, never tried again in here.
    ///
    /// Errors: a row of the fault table.
    pub async fn send(
        &self,
        prepared: &Prepared,
        attempt: &str,
        watch: &Watch,
    ) -> Result<Reply, Fault> {
        match &self.wire {
            Wire::OpenAi(openai) => Box::pin(openai.send(prepared, attempt, watch)).await,
            Wire::Llama(llama) => Box::pin(llama.send(prepared, attempt, watch)).await,
            Wire::Embedded(embedded) => embedded.send(prepared, watch).await,
            Wire::Scripted(scripted) => scripted.send(prepared, watch).await,
        }
    }

    /// Lists the models that the endpoint offers; a scripted one offers the model of its configuration.
    ///
    /// Errors: a fault whose money is *not sent*.
    pub async fn models(&self) -> Result<Vec<String>, Fault> {
        match &self.wire {
            Wire::OpenAi(openai) => Box::pin(openai.models("/models")).await,
            Wire::Llama(llama) => Box::pin(llama.models()).await,
            Wire::Embedded(embedded) => Ok(embedded.models()),
            Wire::Scripted(_) => self
                .endpoint
                .model
                .clone()
                .map(|model| vec![model])
                .ok_or_else(|| Fault::new(0, MoneyClass::NotSent, "the script names no model")),
        }
    }
}
